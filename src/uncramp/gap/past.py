"""What a history amounts to: weekly distance, usual pace, the longest run, critical speed, efforts.

Every run is seen as on level ground and in cool air, as far as its heights and its heat are known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from uncramp.evidence import value
from uncramp.models.load import grade_factor_minetti2002, grade_factor_strava2017
from uncramp.models.racetime import critical_speed, heat_slowdown_mantzios2022
from uncramp.units import kilometres_from_metres
from uncramp.vocabulary import CoursePoint, PlannedRace, TrainedRun

__all__ = [
    "CriticalSpeed",
    "Effort",
    "Training",
    "course_factor",
    "critical_speed_m_s",
    "critical_speed_of",
    "efforts",
    "heat_factor",
    "longest_of",
    "recent",
    "training_of",
]

SPLITS: Final = ("400m", "1km", "1mile", "5km", "10km")
"""Stretches that tell of critical speed, shortest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """The last weeks in two numbers."""

    km_per_week: float
    pace_s_per_km: float
    weeks: float
    """How many weeks these are means of."""
    runs: tuple[TrainedRun, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """One hard piece of running, as if it had been level and cool."""

    distance_m: float
    time_s: float
    run: TrainedRun
    is_race: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalSpeed:
    """The critical speed with the runs that it comes from."""

    speed_m_s: float
    runs: tuple[TrainedRun, ...]


# ---------------------------------------------------------------- ground and heat


def course_factor(race: PlannedRace) -> float:
    """Time on this course over time on the level: Minetti uphill, Strava's table downhill.

    From the profile where there is one, else from metres of climb and fall on the slopes of
    `conditioning.course.grade_pct`; 1 where neither is known.
    """
    if len(race.course) > 1:
        return _profile_factor(race.course)
    return climb_factor(
        distance_m=race.distance_m, ascent_m=race.ascent_m, descent_m=race.descent_m
    )


def climb_factor(*, distance_m: float, ascent_m: float | None, descent_m: float | None) -> float:
    """The same from metres up and down alone; metres of fall that are not known count as none."""
    up_m, down_m = ascent_m or 0.0, descent_m or 0.0
    if up_m + down_m <= 0 or distance_m <= 0:
        return 1.0
    grade = max(value("conditioning.course.grade_pct") / 100, (up_m + down_m) / distance_m)
    grade = min(grade, value("conditioning.course.steepest_pct") / 100)
    up = up_m / grade * (grade_factor_minetti2002(grade) - 1)
    down = down_m / grade * (grade_factor_strava2017(-grade) - 1)
    return 1 + (up + down) / distance_m


def _profile_factor(course: Sequence[CoursePoint]) -> float:
    """Mean factor over the pieces of a profile, weighted by their length."""
    steepest = value("conditioning.course.steepest_pct") / 100
    whole_m = level_m = 0.0
    for first, second in pairwise(course):
        length_m = second.at_m - first.at_m
        if length_m <= 0:
            continue
        grade = (second.elevation_m - first.elevation_m) / length_m
        grade = max(-steepest, min(grade, steepest))
        factor = grade_factor_minetti2002(grade) if grade > 0 else grade_factor_strava2017(grade)
        whole_m += length_m
        level_m += length_m * factor
    return level_m / whole_m if whole_m > 0 else 1.0


def heat_factor(wbgt_c: float | None) -> float:
    """Time in this heat over time in cool air, the middle of the published band; 1 if not known."""
    if wbgt_c is None:
        return 1.0
    low_pct, high_pct = heat_slowdown_mantzios2022(wbgt_c=wbgt_c)
    return 1 + (low_pct + high_pct) / 2 / 100


def level_time_s(run: TrainedRun) -> float:
    """Moving time of a run as if it had been level and cool."""
    if run.level_speed_m_s is not None and run.level_speed_m_s > 0:
        seconds = run.distance_m / run.level_speed_m_s
    else:
        seconds = run.moving_s / climb_factor(
            distance_m=run.distance_m, ascent_m=run.ascent_m, descent_m=run.descent_m
        )
    return seconds / heat_factor(run.wbgt_c)


# ---------------------------------------------------------------- the weeks before


def recent(history: Sequence[TrainedRun], *, today: date, days: float) -> tuple[TrainedRun, ...]:
    """Runs of the last `days` days, today's with them."""
    first = today - timedelta(days=days)
    return tuple(run for run in history if first < run.day <= today)


def longest_of(history: Sequence[TrainedRun], *, today: date) -> TrainedRun | None:
    """The longest run of the last 30 days."""
    runs = recent(history, today=today, days=value("conditioning.gap.longest_days"))
    return max(runs, key=lambda run: run.distance_m, default=None)


def training_of(history: Sequence[TrainedRun], *, today: date) -> Training | None:
    """Weekly distance and mean pace of the last eight weeks, or of those there are; None if empty.

    A history that began later is a mean over its own weeks: what was run before is not known.
    """
    week_days, weeks = (
        value("conditioning.gap.week_days"),
        value("conditioning.prediction.volume_weeks"),
    )
    runs = recent(history, today=today, days=weeks * week_days)
    metres, seconds = sum(run.distance_m for run in runs), sum(run.moving_s for run in runs)
    if metres <= 0 or seconds <= 0:
        return None
    begun = math.ceil(((today - min(run.day for run in history)).days + 1) / week_days)
    weeks = min(weeks, max(begun, 1))
    km = kilometres_from_metres(metres)
    return Training(km_per_week=km / weeks, pace_s_per_km=seconds / km, weeks=weeks, runs=runs)


# ---------------------------------------------------------------- critical speed


def critical_speed_m_s(history: Sequence[TrainedRun], today: date) -> float | None:
    """Critical speed from the fastest stretches of the last 16 weeks; None where they do not tell.

    Without stretches, short races serve. Training that never was fast gives none: its short
    stretches are hardly faster than its long ones.
    """
    found = critical_speed_of(history, today=today)
    return None if found is None else found.speed_m_s


def critical_speed_of(history: Sequence[TrainedRun], *, today: date) -> CriticalSpeed | None:
    """The same with its runs."""
    runs = recent(history, today=today, days=value("conditioning.gap.cs_days"))
    points = _fastest_points(runs) or _race_points(runs)
    times = {distance_m: seconds for distance_m, (seconds, _) in points.items()}
    if len(times) < 2:
        return None
    distances = sorted(times)
    speed_m_s, reserve_m = critical_speed(
        distances_m=distances, times_s=[times[one] for one in distances]
    )
    slowest = distances[-1] / times[distances[-1]]
    if reserve_m < value("conditioning.gap.cs_least_reserve_m") or not 0 < speed_m_s <= slowest:
        return None
    used = {id(run): run for _, run in points.values()}
    return CriticalSpeed(speed_m_s=speed_m_s, runs=tuple(used.values()))


Points = dict[float, tuple[float, TrainedRun]]


def _fastest_points(runs: Sequence[TrainedRun]) -> Points:
    """The fastest time over each stretch; none without one as long as 5 km."""
    points: Points = {}
    limit_m = value("training.distance.5km")
    for name in SPLITS:
        distance_m = value(f"training.distance.{name}")
        held = [(run.fastest_s[name], run) for run in runs if name in run.fastest_s]
        if held and distance_m <= limit_m:
            points[distance_m] = min(held, key=lambda one: one[0])
    return points if limit_m in points and len(points) > 1 else {}


def _race_points(runs: Sequence[TrainedRun]) -> Points:
    """Short races as points, the fastest of about the same distance; one must be twice the other.

    A longer one that was faster makes the shorter one no effort.
    """
    longest_m = value("conditioning.gap.cs_longest_m")
    points: Points = {}
    for run in sorted(runs, key=lambda one: one.distance_m / one.moving_s, reverse=True):
        near = any(
            max(run.distance_m, other)
            < value("conditioning.prediction.apart") * min(run.distance_m, other)
            for other in points
        )
        if run.is_race and run.distance_m <= longest_m and not near:
            points[run.distance_m] = (level_time_s(run), run)
    return points


# ---------------------------------------------------------------- hard runs


def efforts(history: Sequence[TrainedRun], *, today: date, race_m: float) -> tuple[Effort, ...]:
    """Races of the last half year; where there are none, every run and stretch long enough.

    A run of a marathon's length counts as a race. One that cramped says something of races about as
    long or longer than it, and nothing of shorter ones.
    """
    days = value("conditioning.prediction.recent_days")
    least_m = value("conditioning.prediction.effort_from_m")
    runs = [run for run in recent(history, today=today, days=days) if run.distance_m >= least_m]
    races = tuple(
        Effort(distance_m=run.distance_m, time_s=level_time_s(run), run=run, is_race=True)
        for run in runs
        if _is_race(run) and not (run.cramped and race_m < _nearly(run.distance_m))
    )
    if races:
        return races
    return tuple(one for run in runs for one in _pieces(run, least_m))


def _is_race(run: TrainedRun) -> bool:
    low, high = value("conditioning.gap.marathon_from_m"), value("conditioning.gap.marathon_to_m")
    return run.is_race or low <= run.distance_m <= high


def _nearly(distance_m: float) -> float:
    """The shortest distance that is about as long."""
    return value("conditioning.prediction.as_long") * distance_m


def _pieces(run: TrainedRun, least_m: float) -> list[Effort]:
    """A training run as a whole, and its fastest stretches.

    A stretch of more than half of the run is none of its own: what came after it was slower. After
    a cramp the first part is not what the runner could have gone on with.
    """
    factor = level_time_s(run) / run.moving_s
    found = [Effort(distance_m=run.distance_m, time_s=level_time_s(run), run=run, is_race=False)]
    for name, seconds in run.fastest_s.items():
        distance_m = value(f"training.distance.{name}")
        if not run.cramped and least_m <= distance_m <= run.distance_m / 2:
            found.append(
                Effort(distance_m=distance_m, time_s=seconds * factor, run=run, is_race=False)
            )
    return found
