"""Every cramp of a runner beside the runs that went on as long: what `history` compares.

A cramp counts when the diary knows when it came. Beside it stand all runs that went on as long
without one: those of which the runner said so, and those nobody said anything of, unless the file
looks as if a cramp stopped it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.diary import diary_runs
from uncramp.actions.history_runs import RunReader
from uncramp.actions.races import list_races
from uncramp.actions.trained_runs import trained_runs
from uncramp.evidence import value
from uncramp.history.exposures import (
    Course,
    Prepared,
    exposures_at,
    longest_usual_m,
    prepared_for,
)
from uncramp.history.shapes import Moment, RiskSet
from uncramp.units import metres_from_kilometres, seconds_from_minutes

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow, CrampMark
    from uncramp.vocabulary import TrainedRun

__all__ = ["CrampRun", "Missing", "Runs", "beside_at", "risk_sets"]

STRENGTH: Final = frozenset({"strength_training"})
STRENGTH_SESSION: Final = "strength"
DONE: Final = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrampRun:
    """One cramp that the diary knows of."""

    run_id: int
    day: date | None
    is_race: bool
    minute: float | None
    km: float | None
    beside: int
    """How many other runs went on as long; 0 where the minute is not known."""
    values: Mapping[str, float] = field(default_factory=dict)
    """What the run had had by then, by exposure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What would make the comparison better, and how often."""

    profile: tuple[str, ...] = ()
    """Fields without which nothing is known of water and salt."""
    weather: int = 0
    """Runs in the comparison whose weather nobody knows."""
    places: int = 0
    """Cramps of which it is not known when they came."""
    unasked: int = 0
    """Runs that look as if a cramp stopped them, and of which nobody said."""


# ---------------------------------------------------------------- the runs behind it


@dataclass(frozen=True, kw_only=True)
class Runs:
    """Everything the comparison asks of the store."""

    context: Context
    reader: RunReader
    trained: tuple[TrainedRun, ...]
    rows: Mapping[int, ActivityRow]
    marks: Mapping[int, CrampMark]
    unasked: frozenset[int]
    """Runs that look as if a cramp stopped them, and of which nobody said."""
    strength: tuple[date, ...]

    @classmethod
    def of(cls, context: Context) -> Runs:
        """All runs that count, and what was said of them."""
        runner, store = context.stored_runner(), context.store
        every = store.activities(runner, with_excluded=False)
        rows = {row.activity_id: row for row in every}
        marks = store.marks(runner)
        diary = diary_runs(context, every, marks)
        return cls(
            context=context,
            reader=RunReader.of(context),
            trained=with_races(context, trained_runs(context)),
            rows=rows,
            marks=marks,
            unasked=frozenset(run.activity_id for run in diary if run.is_open),
            strength=strength_days(context, every),
        )

    def prepared(self, run: TrainedRun) -> Prepared:
        """What the runs before had prepared for."""
        return prepared_for(run.day, run.distance_m, self.trained, self.strength)

    def longest_now_m(self) -> float | None:
        """The longest run that training can go on from today."""
        return longest_usual_m(self.context.now.date(), self.trained)

    def course(self, run: TrainedRun) -> Course | None:
        """One run minute by minute."""
        row = self.rows.get(run.run_id or 0)
        return None if row is None else self.reader.course(row)

    def minute_of(self, run: TrainedRun, course: Course) -> float | None:
        """When its cramp came: as it was said, or where it was said to be; None without one."""
        mark = self.marks.get(run.run_id or 0)
        if mark is None or mark.cramped != "yes":
            return None
        if mark.minute is not None or mark.km is None:
            return mark.minute
        way = course.metres.cumsum()
        metres = metres_from_kilometres(mark.km)
        return None if metres > way[-1] else float((way < metres).sum() + 1)

    def may_stand_beside(self, run: TrainedRun) -> bool:
        """Whether it counts as a run without a cramp up to where one was said to come."""
        mark = self.marks.get(run.run_id or 0)
        forgotten = mark is not None and mark.cramped == "dont_remember"
        return not forgotten and run.run_id not in self.unasked

    def missing(self, sets: Sequence[RiskSet], cramps: Sequence[CrampRun]) -> Missing:
        """What is not known of the runs that are compared."""
        ids = {moment.run_id for one in sets for moment in (one.cramp, *one.controls)}
        return Missing(
            profile=self.reader.who.missing,
            weather=len(ids - set(self.reader.air)),
            places=sum(one.minute is None for one in cramps),
            unasked=len(self.unasked),
        )


def beside_at(runs: Runs, minute: float, *, without: int) -> list[Moment]:
    """What every other run had had by a minute that it lasted to without a cramp."""
    chosen = [run for run in runs.trained if run.run_id != without]
    seen = Seen.of(runs, chosen, minutes_of(runs, chosen), [minute])
    return list(seen.going_on(minute))


def minutes_of(runs: Runs, chosen: Sequence[TrainedRun]) -> dict[int | None, float]:
    """When each cramp came; those without a place are left out."""
    return {
        run.run_id: minute
        for run in chosen
        if run.cramped and (course := runs.course(run)) is not None
        and (minute := runs.minute_of(run, course)) is not None
    }  # fmt: skip


def risk_sets(
    runs: Runs, *, without: int | None = None
) -> tuple[list[RiskSet], tuple[CrampRun, ...]]:
    """Every cramp beside the runs that went on as long, and all cramps in their order.

    `without` leaves one run out altogether: what the others say of it must not come from itself.
    """
    chosen = [run for run in runs.trained if run.run_id != without]
    cramped = minutes_of(runs, chosen)
    lag = value("history.lag_min")
    when = sorted({minute for minute in cramped.values() if minute > lag})
    seen = Seen.of(runs, chosen, cramped, when)
    sets = []
    for run in chosen:
        minute = cramped.get(run.run_id)
        if minute is not None and minute > lag and (run.run_id, minute) in seen.moments:
            sets.append(seen.set_of(run, minute))
    beside = {one.cramp.run_id: len(one.controls) for one in sets}
    values = {one.cramp.run_id: one.cramp.values for one in sets}
    return sets, tuple(
        CrampRun(
            run_id=run.run_id or 0,
            day=local_date(runs.context, runs.rows[run.run_id or 0]),
            is_race=run.is_race,
            minute=cramped.get(run.run_id),
            km=runs.marks[run.run_id or 0].km,
            beside=beside.get(run.run_id or 0, 0),
            values=values.get(run.run_id or 0, {}),
        )
        for run in chosen
        if run.cramped
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What every run had had by the minute of every cramp that it lasted to."""

    moments: Mapping[tuple[int | None, float], Moment]
    may_stand: frozenset[int | None]
    cramped: Mapping[int | None, float]

    @classmethod
    def of(
        cls,
        runs: Runs,
        chosen: Sequence[TrainedRun],
        cramped: Mapping[int | None, float],
        when: Sequence[float],
    ) -> Seen:
        """Open the runs that lasted to the first of the minutes, and no others."""
        moments: dict[tuple[int | None, float], Moment] = {}
        may_stand = frozenset(run.run_id for run in chosen if runs.may_stand_beside(run))
        for run in chosen:
            row = runs.rows.get(run.run_id or 0)
            lasted = seconds_from_minutes(when[0]) if when else 0.0
            if not when or row is None or (row.elapsed_s or run.moving_s) < lasted:
                continue
            if run.run_id not in may_stand and run.run_id not in cramped:
                continue
            course = runs.course(run)
            if course is None:
                continue
            until = min(cramped.get(run.run_id, course.n_minutes), course.n_minutes)
            prepared = runs.prepared(run)
            for minute in when:
                if minute <= max(until, cramped.get(run.run_id, 0.0)):
                    moments[run.run_id, minute] = Moment(
                        run_id=run.run_id or 0,
                        is_race=run.is_race,
                        values=exposures_at(course, prepared, minute),
                    )
        return cls(moments=moments, may_stand=may_stand, cramped=cramped)

    def set_of(self, run: TrainedRun, minute: float) -> RiskSet:
        """One cramp beside the runs that were still going, and had none before."""
        controls = tuple(one for one in self.going_on(minute) if one.run_id != run.run_id)
        return RiskSet(minute=minute, cramp=self.moments[run.run_id, minute], controls=controls)

    def going_on(self, minute: float) -> Iterator[Moment]:
        """The runs that lasted to a minute, and had no cramp by then."""
        for (number, at), moment in self.moments.items():
            is_free = self.cramped.get(number, minute + 1) > minute
            if at == minute and number in self.may_stand and is_free:
                yield moment


def with_races(context: Context, runs: Sequence[TrainedRun]) -> tuple[TrainedRun, ...]:
    """The runs, with the longest one on the day of a kept race as a race."""
    days = {one.race.day for one in list_races(context)}
    longest: dict[date, float] = {}
    for run in runs:
        longest[run.day] = max(run.distance_m, longest.get(run.day, 0.0))
    return tuple(
        replace(run, is_race=True)
        if run.day in days and run.distance_m == longest[run.day]
        else run
        for run in runs
    )


def strength_days(context: Context, rows: Sequence[ActivityRow]) -> tuple[date, ...]:
    """Days of strength work: from the watch, and sessions of a plan that were ticked as done."""
    found = [local_date(context, row) for row in rows if row.sport in STRENGTH]
    runner = context.stored_runner()
    planned: dict[tuple[int | None, str], date] = {}
    for plan in context.store.documents(runner, "plan"):
        for session in (plan.content.get("plan") or {}).get("sessions") or ():
            if session.get("kind") == STRENGTH_SESSION:
                planned[plan.about, session["id"]] = date.fromisoformat(session["day"])
    for note in context.store.documents(runner, "session"):
        told = note.content
        if told.get("state") == DONE and (note.about, note.name) in planned:
            day = told.get("day")
            usual = planned[note.about, note.name]
            found.append(date.fromisoformat(day) if isinstance(day, str) else usual)
    return tuple(sorted(one for one in found if one is not None))
