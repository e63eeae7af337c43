"""Which run was the race, and what its file tells against the marks of a pace plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.run_pictures import read_run
from uncramp.actions.runs import find_run
from uncramp.actions.training_history import recent_runs
from uncramp.actions.weather import best_weather
from uncramp.debrief import Cramped, Ran
from uncramp.errors import InputError
from uncramp.evidence import value
from uncramp.track import track_of
from uncramp.units import metres_from_kilometres
from uncramp.vocabulary import Split

if TYPE_CHECKING:
    from uncramp.actions.showing import RunDetails
    from uncramp.pacing import PacePlan
    from uncramp.store.rows import ActivityRow
    from uncramp.track import Track
    from uncramp.vocabulary import Activity, PlannedRace

__all__ = ["RaceRun", "named_run", "race_run"]

WATCH = "watch"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RaceRun:
    """The run of a race, read."""

    row: ActivityRow
    activity: Activity
    details: RunDetails
    ran: Ran
    cramped: Cramped


def race_run(
    context: Context, race: PlannedRace, pace: PacePlan | None, row: ActivityRow
) -> RaceRun | None:
    """The run of a race against the marks of its plan; None where its file has no distance."""
    _, activity = context.store.activity(context.stored_runner(), row.activity_id)
    track = track_of(activity)
    if track is None:
        return None
    details = read_run(context, row, activity)
    return RaceRun(
        row=row,
        activity=activity,
        details=details,
        ran=ran_of(context, row, activity, track, race, pace),
        cramped=cramped_of(details),
    )


def named_run(context: Context, race: PlannedRace, run: str) -> ActivityRow:
    """The run that was named, which must be of the day of the race.

    NotFoundError for a run that is not there, InputError `race_other_day` for another day's.
    """
    row = find_run(context, run)
    day = local_date(context, row)
    if not row.is_run or day != race.day:
        raise InputError("race_other_day", values={"run": row.activity_id, "day": race.day})
    return row


def ran_of(
    context: Context,
    row: ActivityRow,
    activity: Activity,
    track: Track,
    race: PlannedRace,
    pace: PacePlan | None,
) -> Ran:
    """Times at the marks; the watch's metres are drawn out to those of the race."""
    whole_m = float(track.metres[-1])
    finished = whole_m >= value("debrief.race.finished_share") * race.distance_m
    factor = whole_m / race.distance_m if finished else 1.0
    end_s = track.second_at(whole_m)
    weather = best_weather(context, row, activity)
    known_air = weather is not None and weather.source != WATCH
    return Ran(
        distance_m=whole_m,
        elapsed_s=float(track.time_s[-1]) if end_s is None else end_s,
        splits=() if pace is None else passed(track, pace, factor),
        first_part_s=None if pace is None else passed_at(track, pace.ceiling_until_m * factor),
        longest_before_m=longest_before_m(context, row),
        temp_air_c=weather.temp_air_c if weather is not None and known_air else None,
    )


def passed(track: Track, pace: PacePlan, factor: float) -> tuple[Split, ...]:
    """When each mark of the plan was passed."""
    times = ((one.at_m, passed_at(track, one.at_m * factor)) for one in pace.splits)
    return tuple(Split(at_m=at_m, at_s=at_s) for at_m, at_s in times if at_s is not None)


def passed_at(track: Track, metres: float) -> float | None:
    """When a place was reached; None past the end."""
    return track.second_at(min(metres, float(track.metres[-1]))) if reached(track, metres) else None


def reached(track: Track, metres: float) -> bool:
    """Whether the run came so far, but for the rounding of a product."""
    return metres <= float(track.metres[-1]) * (1 + 1e-9)


def longest_before_m(context: Context, row: ActivityRow) -> float | None:
    """The longest run of the days before; None when none is known."""
    if row.start_utc is None:
        return None
    first = row.start_utc - timedelta(days=value("cramps.history_days"))
    known = [
        one.distance_m
        for one in recent_runs(context, row)
        if first <= one.start_utc < row.start_utc and one.distance_m
    ]
    return max(known, default=None)


def cramped_of(details: RunDetails) -> Cramped:
    """Where it cramped as the runner said, else where the file suggests it."""
    mark = details.mark
    onset = None if details.course is None else details.course.onset
    at_m = None if onset is None or onset.km is None else metres_from_kilometres(onset.km)
    at_min = None if onset is None else onset.minute
    if mark is None or mark.cramped == "dont_remember":
        return Cramped(said=None, at_m=at_m, at_min=at_min)
    if mark.cramped == "no":
        return Cramped(said=False)
    if onset is None or onset.proposed:
        return Cramped(said=True)
    return Cramped(said=True, at_m=at_m, at_min=at_min)
