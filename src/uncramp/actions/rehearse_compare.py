"""`uncramp rehearse compare`: the plan against drinking as usual, on the runner's own long runs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.actions.context import Context
from uncramp.actions.plans_kept import newest_drinking
from uncramp.actions.races import KeptRace, find_race, list_races
from uncramp.actions.rehearsal_plans import held_back_by, race_minutes
from uncramp.actions.rehearsal_runs import change_kg, log_of, told_rehearsals
from uncramp.actions.rehearsals_kept import KeptTrial, keep_trial, trials_kept
from uncramp.actions.sweat_tests import kept_tests, weighing_lock
from uncramp.actions.train_kept import answered_screening
from uncramp.actions.trained_runs import trained_runs
from uncramp.errors import InputError, NotFoundError
from uncramp.evidence import value
from uncramp.rehearsal.shapes import Log, Outcome, TrialState, TrialStatus
from uncramp.rehearsal.trial import Usual, begin, happened_in, state_before, state_of
from uncramp.units import minutes_from_seconds
from uncramp.vocabulary import Answers, WeighIn

if TYPE_CHECKING:
    from uncramp.screening import Screening

__all__ = ["OUTCOMES", "CompareAnswer", "CompareAsked", "compare_for_race"]

OUTCOMES: Final = tuple(str(one) for one in Outcome)
A_YEAR: Final = timedelta(days=365)
MOST_RUNS: Final = 1000
SEED_BITS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareAsked:
    """What is asked about a comparison."""

    outcome: str | None = None
    """One of `OUTCOMES`; None: of the one under way, else `cramp`."""
    runs: int | None = None
    """How many such runs there will be; None: as many as the past year had, for two years."""
    begins: bool = False
    ends: bool = False
    seed: int | None = None
    """For the random order; None: drawn now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareAnswer:
    """A comparison for one race."""

    kept: KeptRace
    screening: Screening
    held_back: str | None
    """`stop`, `locked`, `incomplete`: then nobody is sent to compare anything."""
    unanswered: tuple[str, ...]
    state: TrialState | None
    """None while advice is held back."""


def compare_for_race(
    context: Context, reference: str, asked: CompareAsked, *, answers: Answers | None = None
) -> CompareAnswer:
    """Whether a comparison could tell, or what the one under way says; begins or ends it if asked.

    NotFoundError `no_drinking_plan`; InputError `unknown_option`, `bad_number`, `one_change`,
    `no_comparison`, `sweat_locked` for weights of somebody who is not to step on a scale.
    """
    kept = find_race(context, reference)
    outcome = outcome_of(asked.outcome)
    if asked.runs is not None and not 0 <= asked.runs <= MOST_RUNS:
        values = {"question": "runs", "value": asked.runs, "low": 0, "high": MOST_RUNS, "unit": ""}
        raise InputError("bad_number", values=values)
    screening = answered_screening(context, answers or {})
    held = held_back_by(screening, anew=asked.begins)
    state = None
    if asked.ends:
        end(context, kept)
    if held is None:
        state = state_now(context, kept, asked, outcome)
    return CompareAnswer(
        kept=kept,
        screening=screening,
        held_back=held,
        unanswered=screening.unanswered if held == "incomplete" else (),
        state=state,
    )


def outcome_of(given: str | None) -> Outcome | None:
    """The outcome that was named; InputError `unknown_option`."""
    if given is None:
        return None
    if given not in OUTCOMES:
        values = {"question": "outcome", "option": given, "allowed": ", ".join(OUTCOMES)}
        raise InputError("unknown_option", values=values)
    return Outcome(given)


def state_now(
    context: Context, kept: KeptRace, asked: CompareAsked, outcome: Outcome | None
) -> TrialState:
    """The comparison as it stands, begun now if that was asked and can tell."""
    drinking = newest_drinking(context, kept.race_id)
    if drinking is None or not drinking.plan.schedule:
        raise NotFoundError("no_drinking_plan")
    race_min = race_minutes(drinking.plan)
    available = runs_to_come(context, race_min) if asked.runs is None else asked.runs
    trials = trials_kept(context, kept.race_id)
    if trials and not asked.begins and outcome in (None, trials[-1].trial.outcome):
        return under_way(context, kept, trials[-1], available)
    wanted = outcome or Outcome.CRAMP
    if wanted is Outcome.MASS and weighing_lock(context) is not None:
        raise InputError("sweat_locked")
    usual = usual_of(context, race_min)
    state = state_before(wanted, usual, available_runs=available)
    if weighing_lock(context) is not None:
        others = tuple(one for one in state.others if one.outcome is not Outcome.MASS)
        state = replace(state, others=others)
    if not asked.begins or state.status is TrialStatus.IMPOSSIBLE:
        return state
    refuse_second(context)
    seed = secrets.randbits(SEED_BITS) if asked.seed is None else asked.seed
    most = int(value("rehearsal.trial.most_pairs"))
    flips = (np.random.default_rng(seed).random(most) < 1 / 2).tolist()
    trial = begin(wanted, usual.get(wanted, Usual()), flips=flips, today=context.now.date())
    assert trial is not None  # noqa: S101  (what is possible needs a known number of pairs)
    keep_trial(context, kept.race_id, trial)
    return state_of(trial, (), available_runs=available)


def under_way(context: Context, kept: KeptRace, one: KeptTrial, available_runs: int) -> TrialState:
    """What a comparison says so far."""
    return state_of(one.trial, logs_of(context, kept, one), available_runs=available_runs)


def logs_of(context: Context, kept: KeptRace, one: KeptTrial) -> list[Log]:
    """Runs of a comparison."""
    told = told_rehearsals(context, kept.race_id)
    return [log_of(context, each) for each in told if each.note.trial == one.name]


def refuse_second(context: Context) -> None:
    """InputError `one_change` while another comparison is under way, for whatever race."""
    for kept in list_races(context):
        for one in trials_kept(context, kept.race_id):
            state = under_way(context, kept, one, 0)
            if state.status is TrialStatus.RUNNING:
                raise InputError("one_change")


def end(context: Context, kept: KeptRace) -> None:
    """End the comparison that is under way; InputError `no_comparison`."""
    trials = trials_kept(context, kept.race_id)
    if not trials or trials[-1].trial.ended is not None:
        raise NotFoundError("no_comparison")
    ended = replace(trials[-1].trial, ended=context.now.date())
    keep_trial(context, kept.race_id, ended, number=trials[-1].number)


# ---------------------------------------------------------------- what one's own runs say


def long_enough_min(race_min: float) -> float:
    """Runs from so many minutes on are like the race."""
    return value("rehearsal.stamp.duration_share") * race_min


def runs_to_come(context: Context, race_min: float) -> int:
    """As many long runs as the past year had, for as many years as a comparison may take."""
    today = context.now.date()
    found = [
        run
        for run in trained_runs(context)
        if today - A_YEAR <= run.day <= today
        and minutes_from_seconds(run.moving_s) >= long_enough_min(race_min)
    ]
    return round(len(found) * value("rehearsal.trial.years"))


def usual_of(context: Context, race_min: float) -> dict[Outcome, Usual]:
    """How often each outcome came on the runner's own long runs."""
    least = long_enough_min(race_min)
    told = [
        run.cramped
        for run in trained_runs(context)
        if run.cramped is not None and minutes_from_seconds(run.moving_s) >= least
    ]
    weighed = [
        happened_in(
            Log(
                session_id=None,
                day=one.day,
                body_mass_change_kg=change_kg(one.test),
                body_mass_before_kg=one.test.body_mass_before_kg,
            ),
            Outcome.MASS,
        )
        for one in kept_tests(context)
        if isinstance(one.test, WeighIn) and one.test.duration_min >= least
    ]
    return {
        Outcome.CRAMP: Usual(happened=sum(told), runs=len(told)),
        Outcome.MASS: Usual(happened=sum(one is True for one in weighed), runs=len(weighed)),
    }
