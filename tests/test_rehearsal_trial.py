"""The plan against drinking as usual: error rates, order, pairs, and when it stops. Made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uncramp.debrief import Gut
from uncramp.rehearsal.shapes import Arm, Log, Outcome, Trial, TrialState, TrialStatus
from uncramp.rehearsal.trial import (
    Usual,
    begin,
    errors_of,
    happened_in,
    state_before,
    state_of,
)

TODAY: Final = date(2026, 3, 1)
FLIPS: Final = [index % 3 == 0 for index in range(24)]
OFTEN: Final = Usual(happened=19, runs=20)
"""One who nearly always loses more than 2 %."""


def trial(outcome: Outcome = Outcome.MASS, usual: Usual = OFTEN) -> Trial:
    """A comparison that could tell."""
    made = begin(outcome, usual, flips=FLIPS, today=TODAY)
    assert made is not None
    return made


def log(position: int, arm: Arm, *, lost_pct: float = 1.0, cramped: bool | None = None,
        wbgt: float | None = 18.0, minutes: float = 150.0) -> Log:  # fmt: skip
    """One run of a comparison."""
    return Log(
        session_id=None,
        day=TODAY + timedelta(days=7 * position),
        cramped=cramped,
        duration_min=minutes,
        wbgt_c=wbgt,
        body_mass_before_kg=60.0,
        body_mass_change_kg=-0.6 * lost_pct,
        arm=arm,
        position=position,
    )


def season(made: Trial, pairs: int, *, plan_pct: float, usual_pct: float) -> list[Log]:
    """So many complete pairs, with one loss under each arm."""
    return [
        log(at, arm, lost_pct=plan_pct if arm is Arm.PLAN else usual_pct)
        for at, arm in enumerate(made.order[: 2 * pairs])
    ]


def state(made: Trial, logs: list[Log]) -> TrialState:
    """What they say."""
    return state_of(made, logs, available_runs=40)


def test_every_pair_has_either_arm_once_in_the_order_of_chance() -> None:
    """Two a pair; what chance said decides which comes first."""
    made = trial()
    assert len(made.order) == 48
    for index, flip in enumerate(FLIPS):
        pair = made.order[2 * index : 2 * index + 2]
        assert set(pair) == {Arm.PLAN, Arm.USUAL}
        assert (pair[0] is Arm.PLAN) == flip


def test_error_rates_are_fixed_beforehand() -> None:
    """At most 5 in 100 false claims, at least 80 in 100 found; the fewest pairs that do."""
    made = trial()
    assert made.false_claims <= 0.05
    assert made.power >= 0.8
    fewer = errors_of(made.pairs - 1, made.certainty, plan=made.hoped_share, usual=made.base_share)
    assert fewer[0] < made.power


@pytest.mark.parametrize("share", [0.0, 0.04, 0.2, 0.33, 0.5, 0.72, 1.0])
def test_no_difference_is_rarely_called_one(share: float) -> None:
    """Both claims together, for any share that is the same under both arms."""
    made = trial()
    assert sum(errors_of(made.pairs, made.certainty, plan=share, usual=share)) <= 0.05


@given(plan=st.floats(0.0, 1.0), usual=st.floats(0.0, 1.0))
@settings(deadline=None, max_examples=40)
def test_the_two_arms_are_treated_alike(plan: float, usual: float) -> None:
    """Arms changed over, claims changed over."""
    made = trial()
    there = errors_of(made.pairs, made.certainty, plan=plan, usual=usual)
    back = errors_of(made.pairs, made.certainty, plan=usual, usual=plan)
    assert there == pytest.approx((back[1], back[0]), abs=1e-9)


def test_a_usual_cramp_rate_is_beyond_any_one_life() -> None:
    """At 20 % a run no number of runs that is tried would tell; what could is said."""
    found = state_before(Outcome.CRAMP, {Outcome.MASS: OFTEN}, available_runs=30)
    assert found.status is TrialStatus.IMPOSSIBLE
    assert found.needed_runs is None
    assert [one.id for one in found.because] == [
        "rehearsals.trial.never",
        "rehearsals.trial.instead",
    ]
    mass = next(one for one in found.others if one.outcome is Outcome.MASS)
    assert mass.possible
    assert mass.runs is not None
    assert begin(Outcome.CRAMP, Usual(), flips=FLIPS, today=TODAY) is None


def test_fewer_runs_than_it_takes_make_it_impossible() -> None:
    """One run less than needed, and it is not begun."""
    needed = state_before(Outcome.MASS, {Outcome.MASS: OFTEN}, available_runs=99).needed_runs
    assert needed is not None
    few = state_before(Outcome.MASS, {Outcome.MASS: OFTEN}, available_runs=needed - 1)
    assert few.status is TrialStatus.IMPOSSIBLE
    assert few.because[0].id == "rehearsals.trial.too_few"
    enough = state_before(Outcome.MASS, {Outcome.MASS: OFTEN}, available_runs=needed)
    assert enough.status is TrialStatus.POSSIBLE


def test_own_runs_speak_only_when_there_are_enough() -> None:
    """Five of one's own say nothing yet; six do."""
    few = trial_share(Usual(happened=5, runs=5))
    none = trial_share(Usual())
    assert few == none == 0.7
    assert trial_share(Usual(happened=6, runs=6)) == pytest.approx(6.5 / 7)


def trial_share(usual: Usual) -> float:
    """What is taken for usual."""
    return trial(Outcome.MASS, usual).base_share


def test_a_clear_difference_ends_it_early() -> None:
    """The plan loses little every time, thirst much: it need not go on to the end."""
    made = trial()
    logs = season(made, made.pairs, plan_pct=1.0, usual_pct=3.0)
    ends = [n for n in range(made.pairs + 1)
            if state(made, logs[: 2 * n]).status is TrialStatus.PLAN_BETTER]  # fmt: skip
    assert 0 < ends[0] < made.pairs
    found = state(made, logs)
    assert found.status is TrialStatus.PLAN_BETTER
    assert found.plan_runs == ends[0]
    assert found.next_arm is None


def test_a_plan_that_is_worse_is_called_worse() -> None:
    """It works both ways."""
    made = trial()
    found = state(made, season(made, made.pairs, plan_pct=3.0, usual_pct=1.0))
    assert found.status is TrialStatus.USUAL_BETTER


def test_it_stops_when_it_cannot_learn_more() -> None:
    """Both arms the same every time: before the end nothing that is left could tell."""
    made = trial()
    found = state(made, season(made, made.pairs, plan_pct=3.0, usual_pct=3.0))
    assert found.status is TrialStatus.CANNOT_TELL
    assert found.plan_runs < made.pairs
    assert found.next_arm is None


def test_only_complete_alike_and_known_pairs_count() -> None:
    """Half a pair, another heat, another length, or an outcome that nobody told: none counts."""
    made = trial()
    first = season(made, 1, plan_pct=1.0, usual_pct=3.0)
    assert state(made, first).plan_runs == 1
    assert state(made, first[:1]).plan_runs == 0
    for otherwise in (
        replace(first[1], wbgt_c=23.0),
        replace(first[1], wbgt_c=None),
        replace(first[1], duration_min=110.0),
        replace(first[1], body_mass_change_kg=None),
    ):
        found = state(made, [first[0], otherwise])
        assert found.plan_runs == 0
        assert "rehearsals.trial.dropped" in [one.id for one in found.because]


def test_the_next_run_is_the_first_that_is_open() -> None:
    """What chance said for it, and nothing of those after it."""
    made = trial()
    assert state(made, []).next_arm is made.order[0]
    logs = season(made, 2, plan_pct=1.0, usual_pct=1.0)
    assert state(made, logs[:3]).next_arm is made.order[3]


def test_one_that_was_ended_says_so() -> None:
    """It does not claim anything, and asks for no further run."""
    made = replace(trial(), ended=TODAY)
    found = state(made, [])
    assert (found.status, found.next_arm) == (TrialStatus.ENDED, None)


@pytest.mark.parametrize(
    ("outcome", "one", "wanted"),
    [
        (Outcome.CRAMP, log(0, Arm.PLAN, cramped=True), True),
        (Outcome.CRAMP, log(0, Arm.PLAN, cramped=None), None),
        (Outcome.GUT, replace(log(0, Arm.PLAN), gut=Gut.UPSET), True),
        (Outcome.GUT, replace(log(0, Arm.PLAN), gut=Gut.FINE), False),
        (Outcome.GUT, log(0, Arm.PLAN), None),
        (Outcome.MASS, log(0, Arm.PLAN, lost_pct=2.1), True),
        (Outcome.MASS, log(0, Arm.PLAN, lost_pct=1.9), False),
    ],
)
def test_what_happened_is_what_was_told(outcome: Outcome, one: Log, wanted: bool | None) -> None:
    """What nobody said is not known, and never a no."""
    assert happened_in(one, outcome) is wanted
