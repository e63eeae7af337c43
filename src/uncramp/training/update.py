"""What was planned against what was run, and what the plan is made from now.

A missed session is dropped and never stacked on the next. What changes is what the planner is
told: the runs that were really done, a lower first week after a week off, only easy running after
pain. Everything else stays as near to the kept plan as the rules allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from uncramp.evidence import value
from uncramp.training.asked import TrainingAsked
from uncramp.training_plan import Session, SessionKind, TrainingPlan
from uncramp.vocabulary import Said, TrainedRun

__all__ = ["Comparison", "PlannedAgainstDone", "State", "compare", "told_runs", "updated"]


class State(StrEnum):
    """What became of a session."""

    DONE = "done"
    LESS = "less"
    """Run, and clearly shorter than planned."""
    MORE = "more"
    MISSED = "missed"
    MOVED = "moved"
    PAINFUL = "painful"
    TO_COME = "to_come"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAgainstDone:
    """One session and what became of it."""

    session: Session
    state: State
    run: TrainedRun | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A plan held against the runs since."""

    rows: tuple[PlannedAgainstDone, ...]
    extra: tuple[TrainedRun, ...]
    """Runs that no session asked for."""
    days_off: int | None
    """Whole days without a run up to today; None when no run is known."""
    hurt_on: tuple[date, ...] = ()
    """Days on which sessions of earlier plans hurt."""

    def count(self, *states: State) -> int:
        """How many sessions are in one of the states."""
        return sum(1 for row in self.rows if row.state in states)


def compare(
    plan: TrainingPlan,
    *,
    history: Sequence[TrainedRun],
    today: date,
    told: Mapping[str, State],
    first: date,
) -> Comparison:
    """Every session up to `today` with what became of it.

    What the runner told (`told`, by session id) goes before what the runs say. A run belongs to
    the session of its day, else to a missed one of the day before or after it. `first` is the day
    the plan was made: what was run before it belongs to no session.
    """
    runs = [run for run in history if first < run.day <= today]
    rows: list[PlannedAgainstDone] = []
    for session in plan.sessions:
        is_run = session.distance_m is not None
        told_state = told.get(session.id)
        run = _run_of(session, runs) if is_run and session.day <= today else None
        if run is not None:
            runs.remove(run)
        state = told_state or _state(session, run, today=today)
        rows.append(PlannedAgainstDone(session=session, state=state, run=run))
    done = [run.day for run in history if run.day <= today]
    off = (today - max(done)).days if done else None
    return Comparison(rows=tuple(rows), extra=tuple(runs), days_off=off)


def updated(asked: TrainingAsked, comparison: Comparison) -> tuple[TrainingAsked, tuple[Said, ...]]:
    """What the planner is asked now, and what the runner is told about it."""
    says: list[Said] = []
    missed = comparison.count(State.MISSED)
    if missed:
        says.append(_said("train.update.missed", n=missed))
    if comparison.extra:
        says.append(_said("train.update.extra", n=len(comparison.extra)))
    off = comparison.days_off or 0
    if off >= value("conditioning.update.month_off_days"):
        says.append(_said("train.update.month_off", n=off))
    elif off >= value("conditioning.update.fortnight_off_days"):
        says.append(_said("train.update.fortnight_off", n=off, source="feely_2023"))
    elif off >= value("conditioning.update.week_off_days"):
        says.append(_said("train.update.week_off", n=off, source="feely_2023"))
    if off >= value("conditioning.update.week_off_days"):
        asked = replace(asked, limit_first_week=value("conditioning.update.restart_share"))
    easy = timedelta(days=value("conditioning.update.easy_after_pain_days"))
    rows = (row.session.day for row in comparison.rows if row.state is State.PAINFUL)
    until = max((day + easy for day in (*rows, *comparison.hurt_on)), default=asked.today)
    if until > asked.today:
        asked = _after_pain(asked, until)
        says.append(_said("train.update.painful"))
    return asked, tuple(says)


def told_runs(
    plan: TrainingPlan,
    *,
    told: Mapping[str, State],
    history: Sequence[TrainedRun],
    today: date,
) -> tuple[TrainedRun, ...]:
    """The runs, with those sessions that the runner says were done and that no file shows."""
    shown = {run.day for run in history}
    added = [
        TrainedRun(day=session.day, distance_m=session.distance_m, moving_s=session.duration_s)
        for session in plan.sessions
        if told.get(session.id) is State.DONE
        and session.distance_m
        and session.day <= today
        and session.day not in shown
    ]
    return tuple(sorted((*history, *added), key=lambda run: run.day))


def _after_pain(asked: TrainingAsked, until: date) -> TrainingAsked:
    """Easy and less of it up to a day: what fitness needs to stay."""
    share = value("conditioning.update.maintain_share")
    return replace(
        asked,
        no_hard_until=max(until, asked.no_hard_until or until),
        no_heavy_legs=True,
        limit_first_week=min(share, asked.limit_first_week or share),
    )


def _run_of(session: Session, runs: Sequence[TrainedRun]) -> TrainedRun | None:
    """The run that most likely was this session."""
    nearest = sorted(runs, key=lambda run: (abs((run.day - session.day).days), -run.distance_m))
    same = [run for run in nearest if run.day == session.day]
    if same:
        return same[0]
    close = [run for run in nearest if abs((run.day - session.day).days) <= 1
             and _is_like(session, run)]  # fmt: skip
    return close[0] if close else None


def _is_like(session: Session, run: TrainedRun) -> bool:
    """Whether a run has about the distance of a session."""
    planned = session.distance_m or 0
    return abs(run.distance_m - planned) <= _slack(planned)


def _slack(planned_m: float) -> float:
    return planned_m * value("conditioning.update.done_within_pct") / 100


def _state(session: Session, run: TrainedRun | None, *, today: date) -> State:
    """What the runs say became of a session; strength and mobility are taken as done."""
    if session.day >= today and run is None:
        return State.TO_COME
    if session.distance_m is None or session.kind is SessionKind.RACE:
        return State.DONE
    if run is None:
        return State.MISSED
    if _is_like(session, run):
        return State.DONE if run.day == session.day else State.MOVED
    return State.LESS if run.distance_m < session.distance_m else State.MORE


def _said(message: str, *, n: int | None = None, source: str = "judgement") -> Said:
    return Said(id=message, values={} if n is None else {"n": n}, sources=(source,))
