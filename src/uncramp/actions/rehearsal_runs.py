"""A told rehearsal with what its run, its weather and the scale say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.plans_kept import newest_training
from uncramp.actions.rehearsals_kept import (
    KeptRehearsals,
    RehearsalNote,
    rehearsal_notes,
    rehearsals_kept,
)
from uncramp.actions.sweat_tests import kept_tests
from uncramp.actions.trained_runs import trained_runs
from uncramp.actions.weather import best_of
from uncramp.debrief import Took
from uncramp.errors import NotFoundError
from uncramp.models.wbgt import wbgt_approximation_abm
from uncramp.rehearsal.score import planned_fluid_l
from uncramp.rehearsal.shapes import Arm, Log, Rehearsal
from uncramp.training.update import compare
from uncramp.units import minutes_from_seconds
from uncramp.vocabulary import WeighIn

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow

__all__ = [
    "ToldRehearsal",
    "began",
    "change_kg",
    "drunk_l",
    "log_of",
    "planned_in",
    "row_of",
    "runs_of_sessions",
    "set_before",
    "told_rehearsals",
    "weigh_in_of",
]

WATCH: Final = "watch"


def row_of(context: Context, number: int | None) -> ActivityRow | None:
    """The stored run of this number; None where there is none any more."""
    if number is None:
        return None
    try:
        return context.store.activity_row(context.stored_runner(), number)
    except NotFoundError:
        return None


def weigh_in_of(context: Context, *, activity: int | None, day: date) -> WeighIn | None:
    """The weigh-in on a run, else one of that day that is on no run."""
    tests = [one for one in kept_tests(context) if isinstance(one.test, WeighIn)]
    on_run = [one.test for one in tests if activity is not None and one.activity == activity]
    loose = [one.test for one in tests if one.activity is None and one.day == day]
    found = (on_run or loose)[-1:]
    return found[0] if found and isinstance(found[0], WeighIn) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRehearsal:
    """What was told of one rehearsal, the run it was, and what had been planned for it."""

    note: RehearsalNote
    row: ActivityRow | None
    """None as long as the file is not there."""
    before: KeptRehearsals | None
    """What was kept last before the run began; None: nothing was."""

    @property
    def planned(self) -> Rehearsal | None:
        """The rehearsal as it was planned then; None for a run that was none."""
        return None if self.before is None else planned_in(self.before, self.note.session_id)


def told_rehearsals(context: Context, race_id: int) -> list[ToldRehearsal]:
    """All that was told of rehearsals of a race, by day; a run is one rehearsal, never two.

    A run whose file came after the words, or was imported again, is found by its day.
    """
    notes, sets = rehearsal_notes(context, race_id), rehearsals_kept(context, race_id)
    rows = {note.name: row_of(context, note.activity) for note in notes}
    taken = {row.activity_id for row in rows.values() if row is not None}
    found, seen = [], set[int]()
    for note in notes:
        row = rows[note.name]
        if row is None:
            row = run_of_day(context, note.day, but=taken)
        if row is not None and row.activity_id in seen:
            continue
        seen |= set() if row is None else {row.activity_id}
        before = set_before(sets, began(context, row, note.day))
        found.append(ToldRehearsal(note=note, row=row, before=before))
    return found


def run_of_day(context: Context, day: date, *, but: Collection[int]) -> ActivityRow | None:
    """The longest run of a day that is not among `but`; None without one."""
    rows = context.store.activities(context.stored_runner(), with_excluded=False)
    found = [
        row
        for row in rows
        if row.is_run and row.activity_id not in but and local_date(context, row) == day
    ]
    return max(found, key=lambda row: row.elapsed_s or 0.0, default=None)


def set_before(sets: Sequence[KeptRehearsals], began_at: datetime) -> KeptRehearsals | None:
    """The set that was kept last before a run began: only what was said before counts."""
    return next((one for one in reversed(sets) if one.at <= began_at), None)


def planned_in(kept: KeptRehearsals, session_id: str | None) -> Rehearsal | None:
    """The rehearsal of this session in a set."""
    every = kept.rehearsals.rehearsals
    return next((one for one in every if one.session_id == session_id), None)


def drunk_l(
    note: RehearsalNote, planned: Rehearsal | None, duration_min: float | None
) -> float | None:
    """What was drunk: as told, else as planned up to the end of the run; None: nobody knows."""
    if note.fluid_intake_l is not None:
        return note.fluid_intake_l
    if note.took is Took.NOTHING:
        return 0.0
    is_plan = note.took is Took.AS_PLANNED and note.arm is not Arm.USUAL
    if is_plan and planned is not None and planned.schedule:
        return planned_fluid_l(planned, duration_min)
    return None


def log_of(context: Context, told: ToldRehearsal) -> Log:
    """A rehearsal as it was."""
    note, row = told.note, told.row
    weighed = weigh_in_of(context, activity=None if row is None else row.activity_id, day=note.day)
    temp, humidity = air_of(context, row, weighed)
    minutes = None if weighed is None else weighed.duration_min
    if row is not None:
        seconds = row.elapsed_s or row.moving_s
        minutes = minutes_from_seconds(seconds) if seconds else minutes
    distance = row.distance_m if row is not None else None
    if weighed is not None and weighed.distance_m is not None:
        distance = weighed.distance_m
    planned_l = drunk_l(note, told.planned, minutes)
    return Log(
        session_id=note.session_id,
        day=note.day,
        took=note.took,
        gut=note.gut,
        twitched=note.twitched,
        cramped=note.cramped,
        activity=None if row is None else row.activity_id,
        began=began(context, row, note.day),
        duration_min=minutes,
        distance_m=distance,
        temp_air_c=temp,
        relative_humidity_pct=humidity,
        wbgt_c=wbgt(temp, humidity),
        body_mass_change_kg=None if weighed is None else change_kg(weighed),
        body_mass_before_kg=None if weighed is None else weighed.body_mass_before_kg,
        fluid_intake_l=planned_l if weighed is None else weighed.fluid_intake_l,
        scale_step_kg=None if weighed is None else weighed.scale_step_kg,
        arm=note.arm,
        position=note.position,
    )


def began(context: Context, row: ActivityRow | None, day: date) -> datetime:
    """When the run began; without one, as early as it can have been."""
    if row is not None and row.start_utc is not None:
        return row.start_utc
    return datetime.combine(day, time(), tzinfo=context.now.tzinfo)


def change_kg(weighed: WeighIn) -> float:
    """After less before, with urine put back, and food and sweat in the kit taken off."""
    added = (weighed.food_kg or 0.0) + (weighed.held_sweat_kg or 0.0)
    passed = weighed.urine_output_l or 0.0
    return weighed.body_mass_after_kg - weighed.body_mass_before_kg + passed - added


def air_of(
    context: Context, row: ActivityRow | None, weighed: WeighIn | None
) -> tuple[float | None, float | None]:
    """Temperature and humidity as the weigh-in has them, else as they are stored for the run."""
    if weighed is not None and weighed.temp_air_c is not None:
        return weighed.temp_air_c, weighed.relative_humidity_pct
    if row is None:
        return None, None
    told = context.store.weather(context.stored_runner(), row.activity_id)
    every = [one for found in told.values() for one in found if one.source != WATCH]
    best = best_of(every)
    return (None, None) if best is None else (best.temp_air_c, best.relative_humidity_pct)


def wbgt(temp_air_c: float | None, humidity_pct: float | None) -> float | None:
    """Heat, as for races and training runs; None where either is not known."""
    if temp_air_c is None or humidity_pct is None:
        return None
    return wbgt_approximation_abm(temp_air_c=temp_air_c, relative_humidity_pct=humidity_pct)


def runs_of_sessions(context: Context, race_id: int) -> dict[str, int]:
    """Number of the stored run that each session of the training plan became."""
    kept = newest_training(context, race_id)
    if kept is None:
        return {}
    found = compare(
        kept.plan,
        history=trained_runs(context),
        today=context.now.date(),
        told={},
        first=kept.at.date() - timedelta(days=1),
    )
    return {
        row.session.id: row.run.run_id
        for row in found.rows
        if row.run is not None and row.run.run_id is not None
    }
