"""A told rehearsal with what its run, its weather and the scale say."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.plans_kept import newest_training
from uncramp.actions.rehearsals_kept import RehearsalNote
from uncramp.actions.sweat_tests import kept_tests
from uncramp.actions.trained_runs import trained_runs
from uncramp.actions.weather import best_of
from uncramp.errors import NotFoundError
from uncramp.models.wbgt import wbgt_approximation_abm
from uncramp.rehearsal.shapes import Log
from uncramp.training.update import compare
from uncramp.units import minutes_from_seconds
from uncramp.vocabulary import WeighIn

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow

__all__ = ["change_kg", "log_of", "row_of", "runs_of_sessions", "weigh_in_of"]

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


def log_of(context: Context, note: RehearsalNote) -> Log:
    """A rehearsal as it was."""
    row = row_of(context, note.activity)
    weighed = weigh_in_of(context, activity=note.activity, day=note.day)
    temp, humidity = air_of(context, row, weighed)
    minutes = None if weighed is None else weighed.duration_min
    if row is not None:
        seconds = row.elapsed_s or row.moving_s
        minutes = minutes_from_seconds(seconds) if seconds else minutes
    distance = row.distance_m if row is not None else None
    if weighed is not None and weighed.distance_m is not None:
        distance = weighed.distance_m
    fluid = weighed.fluid_intake_l if weighed is not None else note.fluid_intake_l
    return Log(
        session_id=note.session_id,
        day=note.day,
        took=note.took,
        gut=note.gut,
        twitched=note.twitched,
        cramped=note.cramped,
        activity=note.activity,
        began=began(context, row, note.day),
        duration_min=minutes,
        distance_m=distance,
        temp_air_c=temp,
        relative_humidity_pct=humidity,
        wbgt_c=wbgt(temp, humidity),
        body_mass_change_kg=None if weighed is None else change_kg(weighed),
        body_mass_before_kg=None if weighed is None else weighed.body_mass_before_kg,
        fluid_intake_l=fluid,
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
