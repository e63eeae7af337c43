"""Why somebody keeps cramping: the comparison, its words, and whole runners with a known cause.

All runners are made up.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from balance_support import NOW, Ran, keep
from history_support import Cause, Season, season_of, sets_of
from made_runs import made_run
from uncramp.actions.context import Context
from uncramp.actions.history import HistoryAnswer, history_of_runner
from uncramp.actions.history_next import rested_on
from uncramp.actions.history_own import (
    cramp_free_sodium,
    cramped_muscles,
    long_without_cramp,
    own_facts,
)
from uncramp.actions.history_sets import Runs, risk_sets
from uncramp.actions.plan import DrinkWishes, plan_of_run
from uncramp.actions.preferences import note_conditions, start_runner
from uncramp.actions.races import RaceAsked, add_race
from uncramp.cli import main
from uncramp.evidence import value
from uncramp.history.crossover import compare, posterior_of, steps_of
from uncramp.history.exposures import (
    Body,
    Course,
    Prepared,
    course_of,
    exposures_at,
    longest_usual_m,
    prepared_for,
)
from uncramp.history.findings import headline_of
from uncramp.history.next_test import next_test
from uncramp.history.shapes import EXPOSURES, Group, Moment, RiskSet, Verdict
from uncramp.store.rows import Cramped, CrampMark
from uncramp.vocabulary import TrainedRun
from uncramp.wording.history import history_data, history_lines

SCREENED: Final = dict.fromkeys(
    ("danger_body", "danger_feel", "danger_limb", "danger_history", "health", "past", "medicines"),
    ("none",),
)
RACE_DAYS: Final = tuple(date(2023, 4, 30) + timedelta(weeks=22) * n for n in range(5))

IN_SEASON: Final = datetime.combine(RACE_DAYS[-1] + timedelta(days=2), time(18), UTC)
"""Two days after the last race, with long runs in the weeks before it."""


# ---------------------------------------------------------------- made-up risk sets


def moment(
    run_id: int, values: Mapping[str, float] | None = None, *, is_race: bool = False
) -> Moment:
    """A run in exposures; core parts that are not named are ordinary."""
    usual = {"past_longest": -10.0, "pace": -10.0, "descent": 0.0, "sodium": 1500.0, "water": 2.0}
    return Moment(run_id=run_id, is_race=is_race, values={**usual, **(values or {})})


def sets_with(cramps: int, values: Mapping[str, float], *, controls: int = 8) -> list[RiskSet]:
    """Cramp runs that had `values`, each beside ordinary runs that differ a little."""
    beside = tuple(
        moment(
            100 + n,
            {
                "past_longest": -16.0 + 4 * (n % 4),
                "sodium": 1200.0 + 200 * (n % 4),
                "water": 1.6 + 0.3 * (n % 4),
            },
        )
        for n in range(controls)
    )
    return [RiskSet(minute=160.0, cramp=moment(n, values), controls=beside) for n in range(cramps)]


LOADED: Final = {"past_longest": 20.0, "pace": 8.0}
SALTY: Final = {"sodium": 4000.0, "water": 4.5}


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (LOADED, Verdict.LOAD),
        (SALTY, Verdict.SALT),
        ({**LOADED, **SALTY}, Verdict.TOGETHER),
        ({"past_longest": -20.0, "sodium": 1000.0, "water": 1.3}, Verdict.NOTHING),
    ],
)
def test_what_the_runs_had_decides(values: dict[str, float], verdict: Verdict) -> None:
    """One group, the other, both at once so that nobody can tell, and neither."""
    assert compare(sets_with(6, values)).verdict is verdict


@pytest.mark.parametrize(("cramps", "controls"), [(0, 8), (2, 8), (6, 4), (6, 0)])
def test_nothing_is_said_of_too_few(cramps: int, controls: int) -> None:
    """Neither of two cramps, nor beside a handful of runs, however plain it looks."""
    found = compare(sets_with(cramps, LOADED, controls=controls))
    assert found.verdict is Verdict.TOO_FEW
    assert (found.groups, found.exposures, dict(found.shares)) == ((), (), {})


def test_nothing_told_moves_nothing() -> None:
    """Sets in which all runs are alike leave exactly what was believed before."""
    same = tuple(moment(100 + n) for n in range(6))
    sets = [RiskSet(minute=90.0, cramp=moment(n), controls=same) for n in range(4)]
    found = posterior_of(sets)
    assert found.joint == pytest.approx(found.prior / found.prior.sum())
    assert list(found.shares().values()) == pytest.approx([0.25] * 4)
    for group in (Group.LOAD, Group.SALT):
        assert found.band(group).median == pytest.approx(1.0, abs=0.01)


def test_the_likelihood_is_coxs() -> None:
    """At one place of the grid: the product of shares, worked out by hand."""
    sets = [
        RiskSet(
            minute=90.0,
            cramp=moment(1, {"past_longest": 10.0}, is_race=True),
            controls=(moment(2), moment(3, {"sodium": 2500.0})),
        )
    ]
    found = posterior_of(sets)
    at = (25, 30, 3)
    load, salt, race = found.load[25], found.salt[30], found.race[3]
    rows = []
    for one in (sets[0].cramp, *sets[0].controls):
        x = sum(steps_of(name, one.values[name]) for name in ("past_longest", "pace", "descent"))
        y = (steps_of("sodium", one.values["sodium"]) + steps_of("water", one.values["water"])) / 2
        rows.append(np.exp(load * x + salt * y + race * one.is_race))
    same = found.likelihood[at] / found.likelihood[20, 20, 4]
    middle = [np.exp(found.race[4] * one.is_race) for one in (sets[0].cramp, *sets[0].controls)]
    assert same == pytest.approx((rows[0] / sum(rows)) / (middle[0] / sum(middle)))


def test_while_one_group_is_unknown_the_other_is_not_named() -> None:
    """Without weather salt may have gone along with it: something, but nobody can say what."""
    known = ("past_longest", "pace", "descent")
    sets = [
        RiskSet(
            minute=one.minute,
            cramp=without(one.cramp, known),
            controls=tuple(without(other, known) for other in one.controls),
        )
        for one in sets_with(6, LOADED)
    ]
    found = compare(sets)
    assert found.verdict is Verdict.TOGETHER
    assert [one.name for one in found.groups] == [Group.LOAD]


def without(one: Moment, kept: tuple[str, ...]) -> Moment:
    """The moment with only these values."""
    return Moment(
        run_id=one.run_id, is_race=one.is_race, values={name: one.values[name] for name in kept}
    )


def test_races_take_their_share() -> None:
    """The same runs say less of load when all the cramps were in races and no other run was."""
    plain = compare(sets_with(5, LOADED))
    raced = [
        RiskSet(
            minute=one.minute,
            cramp=Moment(run_id=one.cramp.run_id, is_race=True, values=one.cramp.values),
            controls=one.controls,
        )
        for one in sets_with(5, LOADED)
    ]
    assert compare(raced).groups[0].band.median < plain.groups[0].band.median
    assert compare(raced).shares["neither"] > plain.shares["neither"]


@pytest.mark.parametrize("name", EXPOSURES)
def test_steps_only_ever_grow_towards_what_is_feared(name: str) -> None:
    """More of it, or less of what protects, and never further than the limits."""
    amounts = np.linspace(-200.0, 9000.0, 60)
    steps = [steps_of(name, amount) for amount in amounts]
    if name in ("hard_day", "strength"):
        steps = steps[::-1]
    assert steps == sorted(steps)
    assert steps[-1] - steps[0] <= 12.0


def test_few_null_runners_are_told_a_cause() -> None:
    """A small piece of the deep study: forty runners whose cramps have no cause at all."""
    rng = np.random.default_rng(3)
    cause, season = Cause(race=1.0, wanted=10.0), Season(long_runs=40)
    told = [compare(sets_of(season_of(rng, season), cause, rng)).verdict for _ in range(12)]
    assert sum(one in (Verdict.LOAD, Verdict.SALT, Verdict.BOTH) for one in told) <= 1


# ---------------------------------------------------------------- what to try next


def test_the_next_test_parts_what_rose_together() -> None:
    """Distance and salt rose together: a hot run within training, at an easy effort."""
    sets = sets_with(6, {**LOADED, **SALTY})
    found = next_test(sets, compare(sets), longest_m=30_000.0)
    assert found is not None
    assert found.id == "hot_within"
    assert found.distance_m == pytest.approx(24_000.0)
    assert found.wbgt_to_c is not None
    assert found.wbgt_to_c <= value("rehearsal.heat.ceiling_wbgt_c")
    assert 0 < found.tells_bits < 1


@pytest.mark.parametrize(
    ("values", "expected"), [(SALTY, {"drink_plan"}), (LOADED, {"even_start", "cool_beyond"})]
)
def test_once_a_cause_is_found_the_change_is_about_it(
    values: dict[str, float], expected: set[str]
) -> None:
    """Drinks for salt; pace or distance, which were high, for load, and no hot run."""
    sets = sets_with(6, values)
    found = next_test(sets, compare(sets), longest_m=30_000.0)
    assert found is not None
    assert found.id in expected


@pytest.mark.parametrize("topic", ["salt", "drink", "training"])
def test_a_block_holds_back_every_test_that_needs_it(topic: str) -> None:
    """No hot run and no drinking plan under a lock on salt or drink; nothing under training."""
    sets = sets_with(6, {**LOADED, **SALTY})
    found = next_test(sets, compare(sets), longest_m=30_000.0, blocked=frozenset({topic}))
    assert found is None or topic not in found.needs
    if topic == "training":
        assert found is None


@pytest.mark.parametrize(("longest_km", "expected_km"), [(20.0, 22.0), (28.0, 30.8), (31.0, 32.0)])
def test_a_test_goes_no_further_than_training_rules_allow(
    longest_km: float, expected_km: float
) -> None:
    """At most a tenth past the longest run, never past what plans aim at, only in cool air."""
    sets = sets_with(6, {"past_longest": 25.0})
    found = next_test(sets, compare(sets), longest_m=1000 * longest_km)
    assert found is not None
    assert found.id == "cool_beyond"
    assert found.distance_m == pytest.approx(1000 * expected_km)
    assert found.wbgt_to_c == value("history.next.cool_below_c")


def test_who_runs_as_far_as_plans_go_is_sent_no_further() -> None:
    """Past 32 km a longer run is no training, whatever the cramps had."""
    sets = sets_with(6, {"past_longest": 25.0})
    found = next_test(sets, compare(sets), longest_m=32_000.0)
    assert found is None or found.id != "cool_beyond"


def test_a_race_is_no_base_to_go_on_from(classic: Path) -> None:
    """The day after a marathon nobody is sent a share of that, nor out for two weeks."""
    day_after = datetime.combine(RACE_DAYS[-1] + timedelta(days=1), time(18), UTC)
    with Context(data_dir=classic, now=day_after) as context:
        answer = history_of_runner(context, given=SCREENED)
    assert answer.next is not None
    assert answer.next.id == "hot_within"
    assert answer.next.distance_m == pytest.approx(
        30_000 * value("history.next.within_share"), 1e-2
    )
    assert answer.next.not_before == RACE_DAYS[-1] + timedelta(days=15)
    assert "Not before Mon 20 Jan 2025" in said_by(answer)


@pytest.mark.parametrize(("days", "waits"), [(-20, None), (-3, 15), (14, 15), (15, None)])
def test_a_test_run_keeps_away_from_races(classic: Path, days: int, waits: int | None) -> None:
    """Three days before a race as well as two weeks after it; on the day after that it is free."""
    day = datetime.combine(RACE_DAYS[-1] + timedelta(days=days), time(18), UTC)
    with Context(data_dir=classic, now=day) as context:
        found = rested_on(Runs.of(context))
    assert found == (None if waits is None else RACE_DAYS[-1] + timedelta(days=waits))


def test_nobody_is_sent_out_without_a_base() -> None:
    """With no long run of the last month known, and with too few cramps, no run is proposed."""
    sets = sets_with(6, {"past_longest": 25.0})
    found = next_test(sets, compare(sets), longest_m=None)
    assert found is None or not found.is_run
    few = sets_with(2, {"past_longest": 25.0})
    assert next_test(few, compare(few), longest_m=30_000.0) is None


def test_a_cause_needs_enough_cramps_of_which_all_is_known() -> None:
    """Three cramps, each with something else missing, are not three cramps to go by."""
    parts = ("past_longest", "pace", "sodium")
    sets = [
        replace(one, cramp=replace(one.cramp, values={
            name: amount for name, amount in one.cramp.values.items() if name != part}))
        for one, part in zip(sets_with(3, LOADED), parts, strict=True)
    ]  # fmt: skip
    found = compare(sets)
    assert found.verdict is Verdict.TOO_FEW
    assert headline_of(found).id == "my_history.head.too_few.known"


def test_together_is_said_only_of_what_rose_together() -> None:
    """Half a picture, and a group that did not rise, are called what they are."""
    both = compare(sets_with(4, {**LOADED, **SALTY}))
    assert headline_of(both).id == "my_history.head.together"
    of_load = [one for one in both.groups if one.name == "load"]
    half = replace(both, groups=tuple(of_load))
    assert headline_of(half).id == "my_history.head.together.half"
    plain = replace(both, counts=tuple(replace(one, is_more=False) for one in both.counts))
    assert headline_of(plain).id == "my_history.head.together.some"


# ---------------------------------------------------------------- what a run had by a minute


def flat(minutes: int, m_s: float) -> Course:
    """A level run with a heart that beats more and more, and a body that loses evenly."""
    return Course(
        metres=np.full(minutes, 60 * m_s),
        factors=np.ones(minutes),
        bins_m=np.full(2 * minutes + 1, 100.0),
        heart_rate_bpm=np.linspace(130.0, 160.0, minutes),
        wbgt_c=18.0,
        body=Body(
            sodium_mg=10.0 * np.arange(1.0, minutes + 1),
            water_pct=0.02 * np.arange(1.0, minutes + 1),
        ),
    )


def test_exposures_end_five_minutes_before() -> None:
    """What comes later, the slowing down of a cramp above all, changes nothing."""
    prepared = Prepared(longest_m=18_000.0, expected_m_s=3.2, critical_m_s=3.6, most_descent_m=0.0)
    steady = flat(180, 3.0)
    collapsed = Course(
        metres=np.append(steady.metres[:115], np.full(65, 10.0)),
        factors=steady.factors,
        bins_m=steady.bins_m,
        heart_rate_bpm=steady.heart_rate_bpm,
        wbgt_c=steady.wbgt_c,
        body=steady.body,
    )
    found = exposures_at(steady, prepared, 120.0)
    assert found == exposures_at(collapsed, prepared, 120.0)
    assert found["past_longest"] == pytest.approx(100 * (115 * 180 / 18_000 - 1))
    assert found["pace"] == pytest.approx(100 * (3.0 / 3.2 - 1))
    assert found["critical_speed"] == pytest.approx(100 * 3.0 / 3.6)
    assert found["sodium"] == pytest.approx(1150.0)
    assert found["descent"] == pytest.approx(0.0)
    assert found["decoupling"] > 5
    assert {"hard_day", "strength"}.isdisjoint(found)


def test_what_is_not_known_is_absent() -> None:
    """No history, no heights, no heart, no air: nothing at all, and never a 0."""
    blind = Course(metres=np.full(90, 180.0), factors=np.ones(90), bins_m=None,
                   heart_rate_bpm=None)  # fmt: skip
    assert exposures_at(blind, Prepared(), 60.0) == {}
    assert exposures_at(flat(90, 3.0), Prepared(longest_m=1.0), 5.0) == {}


def test_descent_is_counted_up_to_the_minute() -> None:
    """Half the way down is half the fall."""
    run = made_run([(120.0, 3.0)], grade=-0.02)
    minutes = np.full(120, 3.0)
    course = course_of(run, speed_m_s=minutes, grade=np.full(120, -0.02))
    found = exposures_at(course, Prepared(most_descent_m=200.0), 65.0)
    assert found["descent"] == pytest.approx(100 * (60 * 180 * 0.02 / 200 - 1), abs=3)


def trained(days_ago: int, km: float, **more: Any) -> TrainedRun:
    """A run so many days before the race."""
    return TrainedRun(
        day=RACE_DAYS[0] - timedelta(days=days_ago), distance_m=1000 * km, moving_s=350 * km, **more
    )


def test_only_what_came_before_prepares() -> None:
    """The longest run and the fall are those before; fitness may show later too, in races."""
    runs = [
        trained(20, 28.0, descent_m=150.0),
        trained(10, 24.0, descent_m=100.0),
        trained(3, 12.0, descent_m=50.0),
        trained(0, 42.0, descent_m=900.0, is_race=True, fastest_s={"10km": 2400.0}),
        trained(-30, 36.0, descent_m=800.0),
        trained(-60, 21.1, is_race=True, fastest_s={"half": 6300.0}),
    ]
    found = prepared_for(RACE_DAYS[0], 42_195.0, runs, ())
    assert (found.longest_m, found.most_descent_m) == (28_000.0, 150.0)
    half_s = 6300.0 * (42_195.0 / 21_097.5) ** value("history.pace_exponent")
    assert found.expected_m_s == pytest.approx(42_195.0 / half_s, rel=1e-3)
    assert found.strength_per_week is None
    assert found.hard_days_ago == 7
    assert prepared_for(RACE_DAYS[0], 42_195.0, runs[:2], ()).longest_m is None


def test_a_race_nobody_called_one_is_no_base_either() -> None:
    """A marathon among long runs of 20 km is left out, as plans leave it out; steps are not."""
    runs = [trained(ago, km) for ago, km in ((27, 18.0), (20, 20.0), (13, 22.0), (6, 14.0))]
    assert longest_usual_m(RACE_DAYS[0], runs) == 22_000.0
    assert longest_usual_m(RACE_DAYS[0], [*runs, trained(1, 42.2)]) == 22_000.0
    assert longest_usual_m(RACE_DAYS[0], [*runs, trained(1, 25.0)]) == 25_000.0
    assert longest_usual_m(RACE_DAYS[0], [*runs, trained(1, 25.0, is_race=True)]) == 22_000.0
    assert longest_usual_m(RACE_DAYS[0], runs[:1]) is None
    idle = [trained(20, 10.0), trained(18, 8.0), trained(16, 10.0), trained(1, 42.2)]
    assert longest_usual_m(RACE_DAYS[0], idle) == 10_000.0


def test_strength_is_unknown_until_somebody_notes_it() -> None:
    """Nothing noted is not nothing done; from the first note on, none is none."""
    day = RACE_DAYS[0]
    assert prepared_for(day, 1.0, [], [day - timedelta(days=5)]).strength_per_week is None
    noted = [day - timedelta(days=days) for days in (90, 40, 30, 20, 3)]
    found = prepared_for(day, 1.0, [], noted).strength_per_week
    assert found == pytest.approx(4 / 6)
    old = prepared_for(day, 1.0, [], [day - timedelta(days=300)]).strength_per_week
    assert old == 0


# ---------------------------------------------------------------- whole runners


def season(
    races: Callable[[int, date], Ran], long_run: Callable[[int, int, date], Ran]
) -> list[Ran]:
    """Five races, each after six long runs a week apart."""
    runs: list[Ran] = []
    for number, day in enumerate(RACE_DAYS):
        runs += [
            long_run(number, weeks, day - timedelta(weeks=weeks)) for weeks in (7, 6, 5, 4, 3, 2)
        ]
        runs.append(races(number, day))
    return runs


def store_of(folder: Path, runs: list[Ran]) -> Path:
    """A store with these runs, each race day kept as a race."""
    data = folder / "data"
    with Context(data_dir=data, now=NOW) as context:
        start_runner(context)
        keep(context, folder / "files", *runs)
        for day in RACE_DAYS:
            add_race(context, RaceAsked(name=f"Synthetic {day}", day=day, distance_m=42_195.0))
    return data


def classic_run(number: int, weeks: int, day: date) -> Ran:
    """Long runs up to 30 km, slower than races, mild weather."""
    km = {7: 24.0, 6: 26.0, 5: 28.0, 4: 30.0, 3: 30.0, 2: 20.0}[weeks]
    return Ran(
        day=day.isoformat(), km=km, speed_m_s=2.75, weather=(13.0 + (weeks + number) % 4, 60)
    )


@pytest.fixture(scope="module")
def classic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cramps in every marathon, at 33 km; the longest training run is 30 km."""
    return store_of(
        tmp_path_factory.mktemp("classic"),
        season(
            lambda _, day: Ran(day=day.isoformat(), km=42.2, speed_m_s=3.25, weather=(15.0, 60),
                               cramped="yes", minute=33_500 / 3.25 / 60),
            classic_run,
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def hilly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hot marathons went well, three hilly ones in cool air brought cramps: it is the fall."""

    def race(number: int, day: date) -> Ran:
        if number < 2:
            return Ran(
                day=day.isoformat(), km=42.2, speed_m_s=3.0, weather=(27.0, 60), cramped="no"
            )
        return Ran(day=day.isoformat(), km=42.2, speed_m_s=2.8, weather=(12.0, 60), cramped="yes",
                   minute=155.0, hills_m=70.0)  # fmt: skip

    def long_run(number: int, weeks: int, day: date) -> Ran:
        one = classic_run(number, weeks, day)
        return Ran(day=one.day, km=max(one.km, 28.0), speed_m_s=2.9,
                   weather=(10.0 + 3.0 * weeks, 60), hills_m=8.0)  # fmt: skip

    return store_of(tmp_path_factory.mktemp("hilly"), season(race, long_run))


@pytest.fixture(scope="module")
def hot_races(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every marathon was hot and past the longest run: nobody can tell which it was."""
    return store_of(
        tmp_path_factory.mktemp("hot"),
        season(
            lambda _, day: Ran(day=day.isoformat(), km=42.2, speed_m_s=3.1, weather=(31.0, 60),
                               cramped="yes", minute=32_500 / 3.1 / 60),
            lambda number, weeks, day: Ran(day=day.isoformat(), km=30.0, speed_m_s=2.75,
                                           weather=(10.0 + (weeks + number) % 4, 60)),
        ),
    )  # fmt: skip


@pytest.fixture
def opened() -> Iterator[Callable[..., Context]]:
    """Opens a store, and closes it after the test."""
    contexts = []

    def at(data: Path, now: datetime = NOW) -> Context:
        contexts.append(Context(data_dir=data, now=now))
        return contexts[-1]

    yield at
    for one in contexts:
        one.close()


def said_by(answer: HistoryAnswer) -> str:
    """Everything on one line, as the terminal says it."""
    return " ".join(" ".join(history_lines(answer, units="metric")).split())


def test_the_classic(classic: Path, opened: Callable[[Path], Context]) -> None:
    """Cramps in every marathon, longest training run 30 km: distance, salt ordinary, races said."""
    answer = history_of_runner(opened(classic))
    assert answer.compared is not None
    assert answer.compared.verdict in (Verdict.LOAD, Verdict.LEANS_LOAD)
    words = said_by(answer)
    assert "In 5 of 5 cramps you were past your longest run of 30 days" in words
    assert "Your salt balance was ordinary" in words
    assert "All 5 came in races" in words
    load, salt = answer.compared.groups
    assert load.band.low > 1
    assert salt.band.low < 1 < salt.band.high


def test_two_hot_races_and_three_hilly_ones(hilly: Path, opened: Callable[[Path], Context]) -> None:
    """The built-in cause is found: the downhill, not the heat."""
    answer = history_of_runner(opened(hilly), given=SCREENED)
    assert answer.compared is not None
    assert answer.compared.verdict in (Verdict.LOAD, Verdict.LEANS_LOAD)
    high = [one.said.id for one in answer.findings if one.group is Group.LOAD]
    assert high == ["my_history.high.descent"]
    assert "my_history.high.heat" not in [one.said.id for one in answer.findings]
    by_name = {one.name: one.band for one in answer.compared.exposures}
    assert by_name["descent"].median == max(one.median for one in by_name.values())
    assert by_name["heat"].median < 1


def test_who_cannot_be_told_is_not_told(
    hot_races: Path, tmp_path: Path, opened: Callable[..., Context]
) -> None:
    """Distance and salt rose together: no cause, and the run that would part them."""
    copied = Path(shutil.copytree(hot_races, tmp_path / "data"))  # answers to the screen are kept
    answer = history_of_runner(opened(copied, IN_SEASON), given=SCREENED)
    assert answer.compared is not None
    assert answer.compared.verdict is Verdict.TOGETHER
    assert answer.next is not None
    assert answer.next.id == "hot_within"
    assert "can’t tell yet" in said_by(answer)


def test_silence_of_the_file_is_no_control(
    classic: Path, opened: Callable[[Path], Context]
) -> None:
    """Controls were still going, are not forgotten ones, and never the cramp run itself."""
    context = opened(classic)
    runs = Runs.of(context)
    sets, cramps = risk_sets(runs)
    assert len(sets) == len(cramps) == 5
    for one in sets:
        ids = [other.run_id for other in one.controls]
        assert one.cramp.run_id not in ids
        for number in ids:
            assert (runs.rows[number].elapsed_s or 0) >= 60 * one.minute
            assert number not in {cramp.run_id for cramp in cramps}


def test_why_hears_the_other_cramps_and_not_the_run_itself(
    classic: Path, opened: Callable[[Path], Context]
) -> None:
    """Own facts speak of a group this run had too, and only with enough other cramps."""
    context = opened(classic)
    last = max(one.activity_id for one in context.store.activities(context.stored_runner()))
    found = own_facts(context, last, minute=170.0)
    assert set(found) == {"run.own_load", "run.own_salt"} or set(found) == {"run.own_load"}
    assert found["run.own_load"] > 0.5
    early = own_facts(context, last, minute=4.0)
    assert early == {}


# ---------------------------------------------------------------- safety, and the faces


def test_what_to_try_waits_for_the_danger_questions(hot_races: Path, tmp_path: Path) -> None:
    """Unanswered: findings stay, the test is held back; a lock holds back what it is about."""
    later = Context(data_dir=Path(shutil.copytree(hot_races, tmp_path / "data")), now=IN_SEASON)
    try:
        waiting = history_of_runner(later)
        assert (waiting.next, waiting.held_back) == (None, "incomplete")
        assert waiting.findings
        note_conditions(later, ["health.kidney"])
        locked = history_of_runner(later, given={**SCREENED, "health": ("kidney",)})
        assert locked.next is None or not locked.next.needs & {"salt", "drink"}
        stopped = history_of_runner(later, given={**SCREENED, "danger_body": ("confused",)})
        assert stopped.screening.stops
        assert (stopped.compared, stopped.next, stopped.findings) == (None, None, ())
        assert "What to try" not in said_by(stopped)
    finally:
        later.close()


def test_nobody_and_nothing_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A runner without runs is told what to do first; an unknown one is refused."""
    with Context(data_dir=tmp_path, now=NOW) as context:
        start_runner(context)
        answer = history_of_runner(context)
        assert answer.compared is not None
        assert answer.compared.verdict is Verdict.TOO_FEW
        assert "Mark your cramps in the diary" in said_by(answer)
    assert main(["history", "--runner", "nobody", "--json", "--data-dir", str(tmp_path)]) == 1
    assert json.loads(capsys.readouterr().out)["schema"] == "uncramp.error/1"
    assert main(["history", "--answer", "danger_body", "--data-dir", str(tmp_path)]) == 2


def test_the_command_says_what_the_action_says(
    classic: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One envelope; no share of belief, no chance of a cramp, no blood value in it."""
    assert main(["history", "--json", "--data-dir", str(classic)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "uncramp.history/1"
    data = told["data"]
    assert (data["cramps_told"], data["cramps_compared"]) == (5, 5)
    assert {one["name"] for one in data["groups"]} == {"load", "salt"}
    assert data["next"] is None
    text = json.dumps(told)
    assert not any(word in text for word in ("shares", "tells_bits", "probab", "plasma"))
    with Context(data_dir=classic, now=NOW) as context:
        answer = history_of_runner(context)
    again = history_data(answer, units="metric")
    assert data["headline"] == again["headline"]


def test_a_drinking_plan_aims_at_the_sodium_of_long_runs_without_a_cramp(
    classic: Path, opened: Callable[[Path], Context]
) -> None:
    """The last year's six long runs count, its marathon with a cramp does not."""
    context = opened(classic)
    found = cramp_free_sodium(context)
    assert found is not None
    assert found.n_runs == 6
    assert -600 < found.sodium_change_mg_per_h < -50
    planned = plan_of_run(context, duration_min=240.0, temp_air_c=26.0, relative_humidity_pct=60.0,
                          distance_m=42_195.0, wishes=DrinkWishes(), answers=SCREENED)  # fmt: skip
    assert planned.asked.cramp_free_sodium_change_mg_per_h == found.sodium_change_mg_per_h
    told = [one.id for one in planned.plan.assumed]
    assert "drink_plan.assumed.own_sodium" in told
    assert "drink_plan.assumed.sodium_aim" not in told


def test_runs_that_may_have_cramped_say_nothing_of_salt(classic: Path, tmp_path: Path) -> None:
    """A run that is marked, or not remembered, is left out; two are too few to go by."""
    data = tmp_path / "data"
    shutil.copytree(classic, data)
    with Context(data_dir=data, now=NOW) as context:
        runner = context.stored_runner()
        latest = [row.activity_id for row in long_without_cramp(context)]
        told: tuple[Cramped, ...] = ("yes", "dont_remember", "no", "yes", "yes")
        for number, said in zip(latest, told, strict=False):
            mark = CrampMark(activity_id=number, cramped=said, minute=None, at=NOW)
            context.store.save_mark(runner, mark)
        assert len(long_without_cramp(context)) == len(latest) - 4 == 2
        assert cramp_free_sodium(context) is None


def test_the_muscles_that_cramped_most_come_first(
    classic: Path, opened: Callable[[Path], Context]
) -> None:
    """The hook for strength work: by count, at most two, none when nobody told."""
    context = opened(classic)
    assert cramped_muscles(context) == ()
    runner = context.stored_runner()
    for number, mark in context.store.marks(runner).items():
        muscles = ("calf", "hamstring") if number % 2 else ("calf",)
        context.store.save_mark(
            runner,
            CrampMark(activity_id=number, cramped=mark.cramped, minute=mark.minute,
                      muscles=muscles, at=NOW),
        )  # fmt: skip
    assert cramped_muscles(context) == ("calf", "hamstring")
    assert cramped_muscles(context, most=1) == ("calf",)
