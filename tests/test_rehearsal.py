"""Rehearsals as judgement: chosen, thinned, predicted, scored and stamped. All of it is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uncramp.debrief import Gut, Took
from uncramp.drink_plan import Product, ProductKind, Take
from uncramp.drinking.asked import DrinkAsked, DrinkScreen
from uncramp.drinking.limits import check_schedule
from uncramp.rehearsal.choose import Choice, choose
from uncramp.rehearsal.part import Part, exercise_of, part_of, steady_air
from uncramp.rehearsal.predict import mass_change_pct, predicted_of_log, sweat_rate, table_of
from uncramp.rehearsal.score import score
from uncramp.rehearsal.shapes import (
    Arm,
    Heat,
    Log,
    PlanState,
    Rehearsal,
    Rehearsals,
    Scored,
    Stamp,
    StampState,
    SweatTable,
)
from uncramp.rehearsal.stamp import stamp_of
from uncramp.simulation.forecast import Condition, expected_sweat
from uncramp.simulation.scenario import SimulatedRunner, Told
from uncramp.sweat_profile import sweat_posterior
from uncramp.training_plan import Novelty, Session, SessionKind
from uncramp.vocabulary import Said

TODAY: Final = date(2026, 8, 10)
RACE_DAY: Final = date(2026, 10, 4)
RACE_MIN: Final = 240.0
PLANNED_AT: Final = datetime(2026, 8, 10, 20, 0, tzinfo=UTC)
BODY: Final = SimulatedRunner(sex="female", age_y=40, height_cm=168, body_mass_kg=61)
KNOWN: Final = replace(BODY, sweat_multiplier_log=Told(0.0, 0.05))
WATER: Final = Product(id="water", kind=ProductKind.WATER, sodium_mg=0.0)
CAPSULE: Final = Product(id="capsule", kind=ProductKind.CAPSULE, sodium_mg=215.0)
PRODUCTS: Final = {"water": WATER, "capsule": CAPSULE}


def session(
    day: int,
    minutes: float,
    *novelties: Novelty,
    kind: SessionKind = SessionKind.REHEARSAL,
    first: tuple[Novelty, ...] | None = None,
) -> Session:
    """A long run so many days from today; what is new in it is new for the first time."""
    return Session(
        id=f"s{day}",
        day=TODAY + timedelta(days=day),
        kind=kind,
        duration_s=60.0 * minutes,
        distance_m=170.0 * minutes,
        why=Said(id="session.why.long"),
        grade="guide",
        novelties=novelties,
        first_of=novelties if first is None else first,
    )


def chosen(*sessions: Session, race_wbgt_c: float | None = 22.0, known: float | None = None,
           passed: int = 0) -> Choice:  # fmt: skip
    """The choice among them for a race of four hours."""
    return choose(
        sessions,
        today=TODAY,
        race_day=RACE_DAY,
        race_min=RACE_MIN,
        race_wbgt_c=race_wbgt_c,
        known_wbgt_c=known,
        passed=passed,
    )


# ---------------------------------------------------------------- which runs, in what heat


def test_rehearsals_are_plain_long_runs_to_come() -> None:
    """Neither the past, nor a short run, nor one with something else new in it rehearses."""
    choice = chosen(
        session(-3, 120),
        session(6, 120, Novelty.LONGEST),
        session(13, 50),
        session(20, 130, Novelty.FAST_FINISH),
        session(27, 150, kind=SessionKind.LONG),
        session(34, 160, kind=SessionKind.EASY),
    )
    assert [one.session.id for one in choice.chosen] == ["s6", "s27"]
    assert "rehearsals.unmet.few" in [one.id for one in choice.unmet]


def test_what_went_well_already_is_not_asked_for_again() -> None:
    """Two runs are enough for one who has one in a row; not for a beginner."""
    runs = (session(6, 120), session(13, 150))
    assert "rehearsals.unmet.few" in [one.id for one in chosen(*runs).unmet]
    assert chosen(*runs, passed=1).unmet == ()


def test_the_key_run_is_the_longest_that_may_be_hot() -> None:
    """60 % of four hours are 144 minutes; the key run begins at the start of the race."""
    choice = chosen(session(6, 120), session(13, 150), session(20, 145))
    key = [one for one in choice.chosen if one.is_key]
    assert [one.session.id for one in key] == ["s13"]
    assert key[0].heat is Heat.LIKE_THE_RACE
    assert (key[0].wbgt_from_c, key[0].wbgt_to_c) == (19.0, 25.0)
    assert key[0].from_min == 0.0
    assert not choice.unmet


def test_parts_take_turns_between_the_start_and_the_end_of_the_race() -> None:
    """What is drunk late in the race is tried as well."""
    runs = [session(day, 100) for day in (6, 13, 20, 27)]
    assert [one.from_min for one in chosen(*runs).chosen] == [0.0, 140.0, 0.0, 140.0]


@pytest.mark.parametrize(
    ("sessions", "wbgt", "known", "why"),
    [
        ((session(6, 150, Novelty.LONGEST),), 22.0, None, "heat_is_new"),
        ((session(6, 150), session(9, 90, Novelty.PRE_FATIGUE)), 22.0, None, "heat_is_new"),
        ((session(6, 100),), 22.0, None, "none_long"),
        ((session(6, 150),), 29.0, None, "too_hot"),
        ((session(6, 150),), None, None, "no_weather"),
    ],
)
def test_no_run_is_sent_into_the_heat_against_the_rules(
    sessions: tuple[Session, ...], wbgt: float | None, known: float | None, why: str
) -> None:
    """R13, R7, the length, the ceiling, and a weather that nobody told."""
    choice = chosen(*sessions, race_wbgt_c=wbgt, known=known)
    assert not [one for one in choice.chosen if one.heat is Heat.LIKE_THE_RACE]
    assert f"rehearsals.unmet.{why}" in [one.id for one in choice.unmet]


def test_heat_that_the_runner_knows_is_nothing_new() -> None:
    """Who ran in as much heat last week may do so on a new longest run."""
    run = session(6, 150, Novelty.LONGEST)
    assert not [one for one in chosen(run, known=18.9).chosen if one.is_key]
    assert [one.session.id for one in chosen(run, known=19.0).chosen if one.is_key] == ["s6"]


novelty = st.sampled_from([(), (), (Novelty.LONGEST,), (Novelty.FAST_FINISH,),
                           (Novelty.PRE_FATIGUE,)])  # fmt: skip


@given(
    runs=st.lists(st.tuples(st.integers(1, 54), st.integers(40, 200), novelty),
                  max_size=14, unique_by=lambda one: one[0]),
    wbgt=st.floats(5.0, 35.0),
)  # fmt: skip
@settings(deadline=None, max_examples=60)
def test_a_heat_rehearsal_is_never_beside_another_first_time(
    runs: list[tuple[int, int, tuple[Novelty, ...]]], wbgt: float
) -> None:
    """R7 and R13 for any plan; no session is moved or changed; the ceiling is kept."""
    sessions = [session(day, minutes, *new) for day, minutes, new in runs]
    choice = chosen(*sessions, race_wbgt_c=wbgt)
    assert all(one.session in sessions for one in choice.chosen)
    for one in choice.chosen:
        assert one.wbgt_to_c == 25.0
        assert one.wbgt_from_c is None or one.wbgt_from_c <= one.wbgt_to_c
    for hot in (one.session for one in choice.chosen if one.heat is Heat.LIKE_THE_RACE):
        assert not hot.novelties
        near = [s for s in sessions if s is not hot and abs((s.day - hot.day).days) < 7]
        assert not [s for s in near if s.first_of]


# ---------------------------------------------------------------- what to drink there


def drinks(*rows: tuple[float, float]) -> tuple[Take, ...]:
    """Water at some minutes of the race."""
    return tuple(
        Take(at_m=170 * at, at_min=at, product="water", servings=1, fluid_l=fluid, sodium_mg=0.0)
        for at, fluid in rows
    )


def part(
    schedule: tuple[Take, ...], *, temp: float, minutes: float = 120.0, start: float = 0.0
) -> Part:
    """The drinks of a training run in this air."""
    return part_of(
        schedule,
        from_min=start,
        runner=KNOWN,
        distance_m=170.0 * minutes,
        duration_min=minutes,
        temp_air_c=temp,
        humidity_pct=60.0,
        products=PRODUCTS,
        screen=DrinkScreen(complete=True),
    )


def test_a_part_has_the_minutes_of_the_run() -> None:
    """The last two hours of the race begin at the gun of the rehearsal."""
    found = part(drinks((30, 0.1), (130, 0.1), (200, 0.1)), temp=28.0, start=120.0)
    assert [one.at_min for one in found.schedule] == [10.0, 80.0]
    assert all(one.carried for one in found.schedule)
    assert (found.from_min, found.to_min, found.left_out) == (120.0, 240.0, 0)


def test_a_cool_run_gets_fewer_drinks_than_a_warm_one() -> None:
    """What would gain water on the day of the run is left out, and told."""
    race = drinks(*((float(at), 0.15) for at in range(15, 120, 15)))
    warm, cool = part(race, temp=30.0), part(race, temp=8.0)
    assert cool.fluid_l < warm.fluid_l
    assert cool.left_out == len(race) - len(cool.schedule) > 0


@pytest.mark.parametrize("temp", [5.0, 12.0, 28.0])
def test_every_part_keeps_every_hard_limit_on_its_own_run(temp: float) -> None:
    """Checked once more by the checker of drinking plans, from the rows alone."""
    race = tuple(
        take
        for at in (20.0, 45.0, 70.0, 95.0)
        for take in (
            *drinks((at, 0.25)),
            Take(at_m=170 * at, at_min=at, product="capsule", servings=1, fluid_l=0.0,
                 sodium_mg=215.0),
        )
    )  # fmt: skip
    found = part(race, temp=temp)
    exercise = exercise_of(distance_m=170.0 * 120, duration_min=120.0)
    asked = DrinkAsked(
        runner=KNOWN,
        exercise=exercise,
        weather=steady_air(exercise.n_minutes, temp_air_c=temp, humidity_pct=60.0),
        distance_m=170.0 * 120,
        products=PRODUCTS,
        carry=("water", "capsule"),
        carry_l=found.fluid_l,
        screen=DrinkScreen(complete=True),
    )
    broken = [one.id for one in check_schedule(asked, found.schedule) if not one.held]
    assert not found.schedule or not broken
    assert bool(found.schedule) == (temp > 20.0)
    minutes = [one.at_min for one in found.schedule if one.product == "capsule"]
    assert set(minutes) <= {one.at_min for one in found.schedule if one.product == "water"}


# ---------------------------------------------------------------- what the scale should show


@cache
def table() -> SweatTable:
    """What is believed of a runner of whom no test is known, around 18 °C and 2.8 m/s."""
    return table_of(BODY, sweat_posterior(()), temp_air_c=18.0, speed_m_s=2.8, duration_min=120.0)


@pytest.mark.parametrize(
    ("temp", "humidity", "speed", "minutes"),
    [(18.0, 60.0, 2.8, 120.0), (23.0, 60.0, 2.8, 120.0), (20.5, 70.0, 3.0, 120.0),
     (18.0, 60.0, 2.8, 70.0), (26.0, 40.0, 2.5, 200.0)],
)  # fmt: skip
def test_the_table_says_what_the_heat_balance_says(
    temp: float, humidity: float, speed: float, minutes: float
) -> None:
    """At its points exactly, in between and at other lengths within 5 %."""
    rate = sweat_rate(table(), temp_air_c=temp, humidity_pct=humidity, speed_m_s=speed,
                      duration_min=minutes)  # fmt: skip
    posterior = sweat_posterior(())
    condition = Condition(body_mass_kg=61, height_cm=168, speed_m_s=speed, duration_min=minutes,
                          temp_air_c=temp, relative_humidity_pct=humidity)  # fmt: skip
    expected = expected_sweat(condition).rate_l_per_h
    assert rate is not None
    assert posterior.n_tests == 0
    assert rate.median == pytest.approx(expected, rel=0.05)
    assert rate.low < rate.median < rate.high


def test_nothing_is_said_of_air_or_pace_that_nobody_predicted() -> None:
    """Beyond the table there is no prediction, not one that is stretched."""
    far = {"humidity_pct": 60.0, "duration_min": 120.0}
    assert sweat_rate(table(), temp_air_c=34.0, speed_m_s=2.8, **far) is None
    assert sweat_rate(table(), temp_air_c=18.0, speed_m_s=4.0, **far) is None


@given(drunk=st.floats(0.0, 1.5), more=st.floats(0.05, 1.0), temp=st.floats(4.0, 32.0))
@settings(deadline=None, max_examples=40)
def test_the_scale_follows_the_drink_litre_for_litre(
    drunk: float, more: float, temp: float
) -> None:
    """Half a litre more drunk is half a kilogram more on the scale, whatever the air."""
    place = {"body_mass_kg": 61.0, "duration_min": 120.0, "temp_air_c": temp,
             "humidity_pct": 60.0, "speed_m_s": 2.8}  # fmt: skip
    less = mass_change_pct(table(), fluid_l=drunk, **place)
    above = mass_change_pct(table(), fluid_l=drunk + more, **place)
    assert less is not None
    assert above is not None
    assert above.median - less.median == pytest.approx(100 * more / 61.0)
    assert less.low < less.median < less.high


def test_a_coarser_scale_makes_a_wider_band() -> None:
    """Weighing errs, and the band knows it."""
    log = run_log(5)
    fine = predicted_of_log(table(), replace(log, scale_step_kg=0.01))
    coarse = predicted_of_log(table(), replace(log, scale_step_kg=1.0))
    assert fine is not None
    assert coarse is not None
    assert coarse.high - coarse.low > fine.high - fine.low


# ---------------------------------------------------------------- scored


def planned(number: int, *, minutes: float = 150.0) -> Rehearsal:
    """A rehearsal with two cups of water."""
    schedule = drinks((40, 0.25), (90, 0.25))
    return Rehearsal(
        session_id=f"s{number}",
        day=TODAY + timedelta(days=number),
        distance_m=168.0 * minutes,
        duration_min=minutes,
        heat=Heat.AS_IT_COMES,
        temp_air_c=20.0,
        part_from_min=0.0,
        part_to_min=minutes,
        schedule=schedule,
        fluid_l=0.5,
        sodium_mg=0.0,
    )


def kept(mark: str = "plan-a", wbgt: float | None = 22.0) -> Rehearsals:
    """Rehearsals as they were kept."""
    return Rehearsals(
        rehearsals=tuple(planned(number) for number in range(60)),
        plan_number=1,
        plan_mark=mark,
        race_wbgt_c=wbgt,
        race_min=RACE_MIN,
        body_mass_kg=61.0,
        table=table(),
    )


def run_log(
    number: int,
    *,
    loss_kg: float | None = None,
    gut: Gut | None = Gut.FINE,
    minutes: float = 150.0,
    wbgt: float | None = 20.0,
) -> Log:
    """A rehearsal run as planned; without a loss the scale shows the middle of the band."""
    log = Log(
        session_id=f"s{number}",
        day=TODAY + timedelta(days=number),
        took=Took.AS_PLANNED,
        gut=gut,
        twitched=False,
        cramped=False,
        duration_min=minutes,
        distance_m=168.0 * minutes,
        temp_air_c=20.0,
        relative_humidity_pct=60.0,
        wbgt_c=wbgt,
        body_mass_before_kg=61.0,
        fluid_intake_l=0.5,
        scale_step_kg=0.1,
    )
    band = predicted_of_log(table(), log)
    assert band is not None
    change = 0.61 * band.median if loss_kg is None else -loss_kg
    return replace(log, body_mass_change_kg=change)


def scored(log: Log, *, before: Rehearsals | None = None) -> Scored:
    """Held against what was kept."""
    return score(log, before=kept() if before is None else before, predicted_at=PLANNED_AT,
                 race_wbgt_c=22.0, race_min=RACE_MIN)  # fmt: skip


def test_a_run_as_predicted_passes() -> None:
    """Inside the band with a quiet stomach, hot and long enough for the stamp."""
    found = scored(run_log(6))
    assert (found.fits, found.passed, found.like_the_race) == (True, True, True)
    assert [one.id for one in found.because] == ["rehearsals.score.inside"]
    assert found.predicted_at == PLANNED_AT


@pytest.mark.parametrize(("loss", "why"), [(4.5, "lost_more"), (-0.2, "lost_less")])
def test_a_run_outside_the_band_speaks_against_the_plan(loss: float, why: str) -> None:
    """More or less than was said: both are otherwise than said."""
    found = scored(run_log(6, loss_kg=loss))
    assert (found.fits, found.passed) == (True, False)
    assert f"rehearsals.score.{why}" in [one.id for one in found.because]


def test_a_weight_gained_is_said_first() -> None:
    """Too much to drink is what kills; it comes before the stomach and the band."""
    found = scored(run_log(6, loss_kg=-0.2, gut=Gut.UPSET))
    assert found.because[0].id == "rehearsals.score.gained"
    assert found.because[0].sources == ("eah_consensus_2015",)


def test_a_gain_does_not_pass_though_the_band_reaches_it() -> None:
    """Without a sweat test the band of a short cool run is wide enough to hold a gain."""
    cool = replace(run_log(6, minutes=120.0), temp_air_c=8.0, fluid_intake_l=0.9)
    band = predicted_of_log(table(), cool)
    assert band is not None
    assert band.high > 0.1
    found = scored(replace(cool, body_mass_change_kg=0.61 * 0.1, took=Took.AS_PLANNED),
                   before=replace(kept(), rehearsals=(drunk(0.9),)))  # fmt: skip
    assert found.check is not None
    assert found.check.inside_90
    assert (found.fits, found.passed) == (True, False)
    assert found.because[0].id == "rehearsals.score.gained"


def drunk(fluid_l: float) -> Rehearsal:
    """The sixth rehearsal, with so much in its cups."""
    return replace(planned(6, minutes=120.0), fluid_l=fluid_l, schedule=drinks((40, fluid_l)))


def test_air_in_which_the_plan_is_left_says_nothing_of_it() -> None:
    """At the coolest air of the plan it counts, and below it does not."""
    before = replace(kept(), rehearsals=(replace(planned(6), coolest_c=20.0),))
    assert scored(run_log(6), before=before).passed
    found = scored(replace(run_log(6), temp_air_c=19.5), before=before)
    assert (found.fits, found.passed) == (False, None)
    assert "rehearsals.score.cooler" in [one.id for one in found.because]


def test_an_upset_stomach_speaks_without_a_scale() -> None:
    """Nobody has to weigh to say that it does not stay down."""
    found = scored(replace(run_log(6, gut=Gut.UPSET), body_mass_change_kg=None))
    assert (found.fits, found.passed) == (True, False)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"took": Took.LESS},
        {"took": None},
        {"fluid_intake_l": 0.8},
        {"gut": None},
        {"body_mass_change_kg": None},
        {"temp_air_c": None},
        {"temp_air_c": 40.0},
        {"duration_min": 100.0},
        {"session_id": None},
        {"arm": Arm.USUAL},
    ],
)
def test_what_is_not_known_or_otherwise_counts_for_nothing(otherwise: dict[str, object]) -> None:
    """Neither for nor against the plan; and what lacks is said."""
    found = scored(replace(run_log(6), **otherwise))  # type: ignore[arg-type]
    assert (found.fits, found.passed) == (False, None)
    assert [one for one in found.because if one.id != "rehearsals.score.inside"]


def test_a_run_on_which_most_was_left_out_tries_nothing() -> None:
    """Half of the drinks at least; a plan to drink to thirst has none to leave out."""
    every = kept()
    for left_out, schedule, fits in ((2, True, True), (3, True, False), (1, False, False),
                                     (0, False, True)):  # fmt: skip
        tried = replace(every.rehearsals[6], left_out=left_out)
        tried = tried if schedule else replace(tried, schedule=())
        before = replace(every, rehearsals=(tried,))
        found = scored(run_log(6), before=before)
        assert found.fits is fits
        assert ("rehearsals.score.little_tried" in [one.id for one in found.because]) is not fits


def test_without_a_prediction_beforehand_nothing_counts() -> None:
    """A run before the first prediction is kept, and proves nothing."""
    found = score(run_log(6), before=None, predicted_at=None, race_wbgt_c=22.0, race_min=RACE_MIN)
    assert (found.fits, found.passed, found.check) == (False, None, None)


# ---------------------------------------------------------------- the stamp


def stamped(*found: Scored, mark: str = "plan-a", wbgt: float | None = 22.0,
            weighs: bool = True) -> Stamp:  # fmt: skip
    """The stamp of the plan as it is now."""
    return stamp_of(found, plan_mark=mark, race_wbgt_c=wbgt, race_min=RACE_MIN, weighs=weighs)


COOL_C: Final = 12.0


def test_three_as_predicted_one_of_them_like_the_race_earn_the_stamp() -> None:
    """And it says that it is no promise: 0.8 x 0.8 x 0.8 is 0.51."""
    found = stamped(
        scored(run_log(6, wbgt=COOL_C)), scored(run_log(13, wbgt=COOL_C)), scored(run_log(20))
    )
    assert found.state is StampState.PROVEN
    assert found.plan is PlanState.TOLERATED
    assert found.missing == ()
    assert found.caution.values == {"risk_pct": 20, "runs": 3, "clean_pct": 51}


def test_the_caution_is_always_there() -> None:
    """With the stamp and without it."""
    assert stamped().caution == stamped(*(scored(run_log(n)) for n in (1, 8, 15))).caution


@pytest.mark.parametrize(
    "runs",
    [
        [run_log(6), run_log(13)],
        [run_log(6, wbgt=COOL_C), run_log(13, wbgt=COOL_C), run_log(20, wbgt=COOL_C)],
        [run_log(6), run_log(13), run_log(20, gut=Gut.UPSET)],
        [run_log(6), run_log(13), run_log(20, loss_kg=4.5)],
        [run_log(6), run_log(13), replace(run_log(20), took=Took.MORE)],
        [run_log(6), run_log(13), replace(run_log(20), body_mass_change_kg=None)],
        [run_log(6, minutes=130), run_log(13, minutes=130), run_log(20, minutes=130)],
        [run_log(6, wbgt=None), run_log(13, wbgt=None), run_log(20, wbgt=None)],
    ],
)
def test_the_stamp_is_never_given_on_less(runs: list[Log]) -> None:
    """Two, all cool, one upset, one off the band, one otherwise, one not weighed, all short."""
    found = stamped(*(scored(one) for one in runs))
    assert found.state is not StampState.PROVEN
    assert found.missing


def test_hot_and_long_must_be_one_and_the_same_run() -> None:
    """A hot short one and a cool long one do not add up."""
    hot_short = scored(run_log(6, minutes=130))
    cool_long = [scored(run_log(day, wbgt=COOL_C)) for day in (13, 20)]
    assert stamped(hot_short, *cool_long).state is StampState.NOT_YET


log_kinds = st.sampled_from(["good", "cool", "upset", "off", "other", "unweighed"])


def made(kind: str, number: int) -> Scored:
    """A scored run of one kind."""
    logs = {
        "good": run_log(number),
        "cool": run_log(number, wbgt=COOL_C),
        "upset": run_log(number, gut=Gut.UPSET),
        "off": run_log(number, loss_kg=4.5),
        "other": replace(run_log(number), took=Took.LESS),
        "unweighed": replace(run_log(number), body_mass_change_kg=None),
    }
    return scored(logs[kind])


@given(kinds=st.lists(log_kinds, max_size=9))
@settings(deadline=None, max_examples=60)
def test_the_stamp_follows_its_rule_for_any_season(kinds: list[str]) -> None:
    """Proven exactly when the last three that fit are good, one of them like the race."""
    found = stamped(*(made(kind, 1 + index) for index, kind in enumerate(kinds)))
    fitting = [kind for kind in kinds if kind in ("good", "cool", "upset", "off")]
    row: list[str] = []
    for kind in fitting:
        row = [*row, kind] if kind in ("good", "cool") else []
    assert (found.state is StampState.PROVEN) == (len(row) >= 3 and "good" in row)
    assert found.passed == len(row)


def three(mark: str = "plan-a", wbgt: float | None = 22.0) -> list[Scored]:
    """Three good rehearsals of one plan."""
    return [scored(run_log(day), before=kept(mark, wbgt)) for day in (6, 13, 20)]


def test_another_plan_or_product_ends_the_stamp() -> None:
    """What was tried is not the plan any more; the reason is told."""
    found = stamped(*three(), mark="plan-b")
    assert (found.state, found.plan) == (StampState.EXPIRED, PlanState.CHANGED)
    assert found.because[0].id == "rehearsals.stamp.other_plan"
    assert found.passed == 0


@pytest.mark.parametrize(
    ("now", "stays"),
    [(24.9, True), (19.1, True), (25.1, False), (18.9, False), (None, False)],
)
def test_another_weather_ends_the_stamp(now: float | None, stays: bool) -> None:
    """More than 3 °C warmer or cooler, or a forecast that is lost."""
    found = stamped(*three(), wbgt=now)
    assert (found.state is StampState.PROVEN) == stays
    assert stays or found.state is StampState.EXPIRED


def test_a_bad_rehearsal_after_the_stamp_ends_it() -> None:
    """And the plan is changed, with the reason."""
    found = stamped(*three(), scored(run_log(27, gut=Gut.UPSET)))
    assert (found.state, found.plan) == (StampState.EXPIRED, PlanState.CHANGED)
    assert found.because[0].id == "rehearsals.stamp.broken_gut"


def test_a_plan_moves_from_untested_to_tolerated_to_changed() -> None:
    """As the runs come in, each with its reason."""
    runs = [run_log(6), run_log(13, loss_kg=4.5)]
    seen = [stamped(*(scored(one) for one in runs[:n])) for n in range(3)]
    assert [one.plan for one in seen] == [PlanState.UNTESTED, PlanState.TOLERATED,
                                          PlanState.CHANGED]  # fmt: skip
    assert [one.because[0].id for one in seen] == [
        "rehearsals.stamp.untested",
        "rehearsals.stamp.passed",
        "rehearsals.stamp.broken_scale",
    ]


def test_nobody_is_asked_to_weigh_for_the_stamp() -> None:
    """Under a lock that keeps from the scale the stamp is out of reach, and that is said."""
    found = stamped(weighs=False)
    assert [one.id for one in found.missing] == ["rehearsals.missing.no_scale"]
