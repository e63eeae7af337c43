"""What is in a session, who may train at all, and the answer for a race within days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from typing import Any, Final

import pytest

from train_support import TODAY, request
from uncramp.evidence import rules_file
from uncramp.training.asked import TrainingAsked
from uncramp.training.check import check_plan
from uncramp.training.race_week import race_week
from uncramp.training.screening import TrainingScreen, training_screen
from uncramp.training.sessions import fill
from uncramp.training.slots import Slot
from uncramp.training.strength import MUSCLES, strength_steps
from uncramp.training.update import State, compare, updated
from uncramp.training_plan import (
    Novelty,
    Phase,
    Session,
    SessionKind,
    Status,
    Step,
    TrainingPlan,
    Week,
)
from uncramp.vocabulary import Interval, PlannedRace, Said, TrainedRun, UserProfile
from uncramp.wording.catalogue import messages
from uncramp.wording.train import session_lines, step_lines

RUNNING: Final = (SessionKind.EASY, SessionKind.LONG, SessionKind.SPEED, SessionKind.HILLS,
                  SessionKind.DESCENT, SessionKind.REHEARSAL)  # fmt: skip


def asked(**more: Any) -> TrainingAsked:
    """A runner who runs 21 km on Sundays."""
    history = tuple(
        TrainedRun(day=TODAY - timedelta(days=back), distance_m=far, moving_s=far / 2.8)
        for week in range(5)
        for back, far in ((7 * week + 1, 21_000.0), (7 * week + 4, 9_000.0))
    )
    plain = TrainingAsked(
        runner=UserProfile(),
        today=TODAY,
        race=PlannedRace(day=TODAY + timedelta(days=100), distance_m=42_195.0),
        history=history,
        days=("tue", "thu", "sat", "sun"),
        race_time_s=Interval(low=13_000.0, median=14_000.0, high=15_500.0, level=0.9),
        critical_speed_m_s=3.6,
    )
    return replace(plain, **more)


def slot(kind: SessionKind, distance_m: float | None = 12_000.0, **more: Any) -> Slot:
    """One session as the planner decides it."""
    day = TODAY + timedelta(days=20)
    plain = Slot(id="x-1", day=day, kind=kind, distance_m=distance_m, week=2, phase=Phase.BUILD)
    return replace(plain, **more)


def one(decided: Slot, **more: Any) -> Session:
    """That session with its content."""
    return fill((decided,), asked(**more))[0]


def flat(steps: Sequence[Step]) -> Iterator[Step]:
    """Steps with those inside them."""
    return chain.from_iterable((step, *flat(step.steps)) for step in steps)


def metres(steps: Sequence[Step]) -> float:
    """The way that steps make."""
    return sum(step.times * (metres(step.steps) or step.distance_m or 0.0) for step in steps)


@pytest.mark.parametrize("distance_m", [1_000.0, 2_300.0, 5_100.0, 12_000.0, 32_000.0])
@pytest.mark.parametrize("kind", RUNNING)
@pytest.mark.parametrize("nth", [1, 2, 6, 9])
def test_steps_add_up_to_what_was_decided(kind: SessionKind, distance_m: float, nth: int) -> None:
    """Whatever the length, to the metre, and with every step longer than nothing."""
    session = one(slot(kind, distance_m, nth=nth))
    assert metres(session.steps) == pytest.approx(distance_m)
    assert all(step.distance_m is None or step.distance_m > 0 for step in flat(session.steps))
    assert session.duration_s > 0


@pytest.mark.parametrize(
    ("nth", "reps", "step"),
    [(1, 5, "fast_100"), (2, 3, "fast_200"), (3, 7, "fast_100"), (4, 5, "fast_200"),
     (6, 2, "fast_400"), (7, 10, "fast_100"), (8, 4, "fast_400"), (20, 4, "fast_400"),
     (21, 10, "fast_100")],
)  # fmt: skip
def test_the_fast_finish_grows_as_the_guide_says(nth: int, reps: int, step: str) -> None:
    """100s from 5 to 10, 200s from 3 to 5, later 400s from 2 to 4, and never more."""
    session = one(slot(SessionKind.LONG, 20_000.0, nth=nth, novelties=(Novelty.FAST_FINISH,)))
    repeats = next(found for found in session.steps if found.id == "repeats")
    assert (repeats.times, repeats.steps[0].id) == (reps, step)
    assert session.grade == "none"
    assert "G19" in session.claims


def test_leg_work_comes_before_the_run_and_grows_to_two_rounds() -> None:
    """Pre-fatigue: one round the first time, then two; the run keeps its whole distance."""
    first = one(slot(SessionKind.LONG, novelties=(Novelty.PRE_FATIGUE,), nth=1))
    later = one(slot(SessionKind.LONG, novelties=(Novelty.PRE_FATIGUE,), nth=3))
    assert [first.steps[0].times, later.steps[0].times] == [1, 2]
    assert first.steps[-1].distance_m == 12_000.0
    assert first.grade == "none"


def test_paces_come_from_the_prediction_and_not_from_the_goal() -> None:
    """R11: the same paces with any goal; none at all when nothing tells."""
    finish = slot(SessionKind.LONG, 20_000.0, novelties=(Novelty.FAST_FINISH,))
    race = asked().race
    dreamer = one(finish, race=replace(race, goal_time_s=9_000.0))
    assert dreamer == one(finish)
    unknown = one(finish, race_time_s=None, critical_speed_m_s=None)
    assert all(step.pace_s_per_km is None for step in flat(unknown.steps))
    fast = next(step for step in flat(dreamer.steps) if step.id == "fast_100")
    assert fast.pace_s_per_km is not None
    predicted = 14_000.0 / 42.195
    assert fast.pace_s_per_km[0] < fast.pace_s_per_km[1] < predicted
    easy = next(step for step in dreamer.steps if step.id == "long")
    assert easy.pace_s_per_km is not None
    assert easy.pace_s_per_km[0] == pytest.approx(1000 / (3.6 * 0.823))


@pytest.mark.parametrize("muscle", sorted(MUSCLES))
def test_strength_aims_first_at_the_muscle_that_cramped(muscle: str) -> None:
    """Its own exercise leads the round."""
    steps = strength_steps(nth=20, muscles=(muscle,))
    round_of = next(step for step in steps if step.id == "round")
    assert round_of.steps[0].id == MUSCLES[muscle][0]


def test_loads_are_learnt_before_they_are_heavy() -> None:
    """No weight, then some, then heavy; jumps only once the moves are known."""
    found = [{step.id for step in flat(strength_steps(nth=nth, muscles=()))} for nth in (1, 5, 20)]
    assert ["load_learn" in found[0], "load_middle" in found[1], "load_heavy" in found[2]] == [
        True, True, True
    ]  # fmt: skip
    assert ["pogo" in steps for steps in found] == [False, True, True]
    light = {step.id for step in flat(strength_steps(nth=20, muscles=(), is_light=True))}
    assert "load_none" in light
    assert "pogo" not in light


def test_a_beginner_is_told_how_how_many_and_when_to_stop() -> None:
    """Every exercise says when to stop, and every step of it has a number."""
    told = messages("session")
    exercises = {step.id: step for muscles in (tuple(MUSCLES), ())
                 for nth in (1, 20)
                 for step in flat(strength_steps(nth=nth, muscles=muscles[:2]))}  # fmt: skip
    exercises |= {name: Step(id=name, count=1) for pair in MUSCLES.values() for name in pair}
    for name, step in exercises.items():
        if name not in ("round", "rest", "warm_legs"):
            assert "top" in told[f"session.step.{name}"], name
        is_load = name.startswith("load_")
        assert is_load or step.count or step.duration_s or step.steps, name


def test_a_run_after_a_break_is_run_and_walked_by_time() -> None:
    """Its steps last as long as the planner said."""
    back = one(slot(SessionKind.EASY, 3_000.0, phase=Phase.RETURN, duration_s=1_500.0))
    repeats = back.steps[1]
    inner = sum(step.duration_s or 0.0 for step in repeats.steps)
    assert (back.steps[0].duration_s or 0.0) + repeats.times * inner == 1_500.0


@pytest.mark.parametrize("kind", list(SessionKind))
def test_every_session_says_why_and_how_good_the_evidence_is(kind: SessionKind) -> None:
    """And both can be put into words, in either units."""
    far = None if kind in (SessionKind.STRENGTH, SessionKind.MOBILITY) else 9_000.0
    session = one(slot(kind, far, heavy_legs=kind is SessionKind.STRENGTH))
    assert session.claims
    assert session.why.sources
    for lines in (session_lines(session, units="metric"), session_lines(session, units="imperial")):
        assert any(session.claims[0] in line for line in lines)
    assert step_lines(session.steps, units="metric")


# ---------------------------------------------------------------- who may train


def screened(**more: Any) -> TrainingScreen:
    """A screen without anything, changed."""
    plain: dict[str, Any] = {"complete": True, "stops": (), "locks": (), "blocking": (),
                             "today": TODAY}  # fmt: skip
    return training_screen(**plain | more)


def ids(told: Sequence[Said]) -> list[str]:
    """Message ids."""
    return [one_said.id for one_said in told]


def test_nothing_stands_against_a_runner_without_flags() -> None:
    """A whole screen with nothing in it."""
    assert screened().may_plan


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"complete": False}, "train.screen.incomplete"),
        ({"stops": ("dvt",)}, "train.screen.stop"),
        ({"locks": ("sickle_trait",), "blocking": ("sickle_trait",)}, "train.screen.sickle_trait"),
        ({"locks": ("earlier_heat_stroke",)}, "train.screen.earlier_heat_stroke"),
        ({"locks": ("earlier_rhabdomyolysis",)}, "train.screen.earlier_rhabdomyolysis"),
        ({"locks": ("pregnancy",)}, "train.screen.pregnancy"),
        ({"locks": ("minor",), "blocking": ("minor",)}, "train.screen.lock"),
        ({"walking_hurts": True}, "train.screen.walking_hurts"),
    ],
)
def test_who_sees_a_clinician_first_or_waits(change: dict[str, Any], message: str) -> None:
    """There is no plan, and the reason is said."""
    found = screened(**change)
    assert not found.may_plan
    assert message in ids(found.refused)


def test_an_open_stop_speaks_alone() -> None:
    """Nothing is said beside it."""
    found = screened(stops=("dvt",), locks=("pregnancy",), walking_hurts=True)
    assert ids(found.refused) == ["train.screen.stop"]


def test_a_carrier_who_was_cleared_gets_no_timed_repeats() -> None:
    """The trait stays when the lock is closed."""
    found = screened(cleared=("sickle_trait",))
    assert found.may_plan
    assert found.restrict == {"no_timed_repeats", "full_recovery"}


@pytest.mark.parametrize(("days_ago", "easy_only"), [(0, True), (3, True), (4, False), (9, False)])
def test_after_a_cramp_only_easy_running_for_three_days(days_ago: int, easy_only: bool) -> None:
    """72 hours from the end of the day on which it came."""
    cramped_on = TODAY - timedelta(days=days_ago)
    found = screened(cramped_on=cramped_on)
    assert (found.no_hard_until is not None) is easy_only
    if found.no_hard_until is not None:
        assert found.no_hard_until == cramped_on + timedelta(days=4)


def test_every_lock_that_blocks_training_stops_a_plan() -> None:
    """Also those that the pre-participation screen has no words of its own for."""
    for lock in rules_file("red_flags")["locks"]:
        if "training" in lock["blocks"]:
            assert not screened(locks=(lock["id"],), blocking=(lock["id"],)).may_plan


# ---------------------------------------------------------------- race week


@pytest.mark.parametrize("in_days", range(1, 11))
def test_race_week_keeps_every_rule(in_days: int) -> None:
    """From the day before the race to ten days out: few, short, and nothing hard at the end."""
    race = PlannedRace(day=TODAY + timedelta(days=in_days), distance_m=42_195.0)
    wished = asked(race=race)
    plan = race_week(wished)
    assert plan.status is Status.BEST_REACHABLE
    said = ids(plan.because)
    assert any(one_id.startswith("train.race_week.can") for one_id in said)
    assert any(one_id.startswith("train.race_week.must_not") for one_id in said)
    runs = [found for found in plan.sessions if found.kind is not SessionKind.RACE]
    assert all((found.distance_m or 0) <= 10_000 for found in runs)
    data = request(race_in=in_days, history=[
        {"date": run.day.isoformat(), "distance_m": run.distance_m, "moving_s": run.moving_s}
        for run in wished.history])  # fmt: skip
    from uncramp.actions.train import train_of_request
    from uncramp.envelope import plain
    from uncramp.wording.train import train_data

    found = plain(train_data(train_of_request(data), units="metric"))
    assert not [one_found for one_found in check_plan(found, data) if one_found.hard]


def test_nothing_is_planned_for_somebody_who_does_not_run() -> None:
    """No history, a race in a week: advice, and the race, but no runs made up."""
    race = PlannedRace(day=TODAY + timedelta(days=7), distance_m=42_195.0)
    plan = race_week(asked(race=race, history=()))
    assert [found.kind for found in plan.sessions] == [SessionKind.RACE]


# ---------------------------------------------------------------- after what was missed


def kept_plan() -> TrainingPlan:
    """Runs of 10 km on every second day from a fortnight ago on."""
    days = [TODAY - timedelta(days=back) for back in range(14, -8, -2)]
    slots = [slot(SessionKind.EASY, 10_000.0, id=f"s-{day}", day=day) for day in days]
    sessions = fill(slots, asked())
    week = Week(first=days[0], phase=Phase.BUILD, distance_m=0.0, longest_m=0.0)
    return TrainingPlan(status=Status.PLANNED, because=(), sessions=sessions, weeks=(week,))


def ran(*backs_and_metres: tuple[int, float]) -> tuple[TrainedRun, ...]:
    """Runs so many days ago."""
    return tuple(
        TrainedRun(day=TODAY - timedelta(days=back), distance_m=far, moving_s=far / 2.8)
        for back, far in backs_and_metres
    )


def states(history: tuple[TrainedRun, ...], told: dict[str, State] | None = None) -> dict[int, str]:
    """Days ago to what became of the session of that day."""
    found = compare(kept_plan(), history=history, today=TODAY, told=told or {},
                    first=TODAY - timedelta(days=15))  # fmt: skip
    return {(TODAY - row.session.day).days: str(row.state) for row in found.rows}


def test_planned_against_done() -> None:
    """On the day, the day after, too short, too long, not at all, and still to come."""
    found = states(ran((14, 10_000.0), (11, 10_100.0), (10, 5_000.0), (8, 15_000.0)))
    assert [found[back] for back in (14, 12, 10, 8, 6, -2)] == [
        "done", "moved", "less", "more", "missed", "to_come"
    ]  # fmt: skip


def test_what_the_runner_says_goes_before_what_the_files_say() -> None:
    """A session ticked as painful is painful although the run is there."""
    day = TODAY - timedelta(days=4)
    found = states(ran((4, 10_000.0)), {f"s-{day}": State.PAINFUL})
    assert found[4] == "painful"


@pytest.mark.parametrize(
    ("last_run", "message", "limit"),
    [(2, None, None), (6, None, None), (7, "week_off", 0.8), (13, "week_off", 0.8),
     (14, "fortnight_off", 0.8), (28, "month_off", 0.8)],
)  # fmt: skip
def test_what_time_off_asks_for(last_run: int, message: str | None, limit: float | None) -> None:
    """Nothing below a week; from a week on a lighter start; longer off, another goal."""
    history = ran((40, 10_000.0), (last_run, 10_000.0))
    found = compare(kept_plan(), history=history, today=TODAY, told={},
                    first=TODAY - timedelta(days=15))  # fmt: skip
    changed, says = updated(asked(history=history), found)
    assert changed.limit_first_week == limit
    off = [one_id for one_id in ids(says) if one_id.endswith("_off")]
    assert off == ([] if message is None else [f"train.update.{message}"])


def test_after_pain_there_is_only_easy_running_and_less_of_it() -> None:
    """And the runner is told when to see somebody."""
    day = TODAY - timedelta(days=2)
    found = compare(kept_plan(), history=ran((2, 10_000.0)), today=TODAY,
                    told={f"s-{day}": State.PAINFUL},
                    first=TODAY - timedelta(days=15))  # fmt: skip
    changed, says = updated(asked(), found)
    assert changed.no_hard_until == date(2026, 6, 6)
    assert changed.no_heavy_legs
    assert changed.limit_first_week == 0.5
    assert "train.update.painful" in ids(says)


def test_a_missed_session_is_never_made_up_for() -> None:
    """What the planner is asked after misses holds nothing more than before."""
    found = compare(kept_plan(), history=ran((2, 10_000.0)), today=TODAY, told={},
                    first=TODAY - timedelta(days=15))  # fmt: skip
    before = asked()
    changed, says = updated(before, found)
    assert changed == before
    assert "train.update.missed" in ids(says)
