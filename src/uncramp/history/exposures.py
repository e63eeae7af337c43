"""What a run had had up to a minute, and what the runner had been prepared for by then.

Only what came before the run counts as preparation, and only what came before the minute as
exposure. What is not known is absent, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_high
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.evidence import value
from uncramp.models.load import grade_factor_minetti2002, grade_factor_strava2017
from uncramp.models.racetime import critical_speed, riegel
from uncramp.track import bin_s, climbed_and_fallen_m, levels
from uncramp.units import seconds_from_minutes
from uncramp.vocabulary import TrainedRun

if TYPE_CHECKING:
    from uncramp.vocabulary import Activity, FloatArray

__all__ = [
    "Body",
    "Course",
    "Prepared",
    "course_of",
    "exposures_at",
    "longest_usual_m",
    "prepared_for",
]

EFFORTS: Final = ("5km", "10km", "half", "30km", "marathon")
"""Stretches that tell what pace is to be expected."""
SHORT_EFFORTS: Final = ("1mile", "5km", "10km")
"""Stretches that tell of critical speed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What the runs before had prepared for; None: they do not say."""

    longest_m: float | None = None
    most_descent_m: float | None = None
    expected_m_s: float | None = None
    """Over the distance of this run, raced."""
    critical_m_s: float | None = None
    hard_days_ago: float | None = None
    strength_per_week: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Body:
    """Water and sodium a runner has lost and not taken in, at the end of every minute."""

    sodium_mg: FloatArray
    water_pct: FloatArray
    """Of body mass."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """One run, minute by minute."""

    metres: FloatArray
    """In each minute."""
    factors: FloatArray
    """What a metre of it is worth on the level."""
    bins_m: FloatArray | None
    """Levels at the edges of bins of `track.bin_s()`; None where none were recorded."""
    heart_rate_bpm: FloatArray | None
    """Mean of each minute, NaN where there is none."""
    wbgt_c: float | None = None
    body: Body | None = None

    @property
    def n_minutes(self) -> int:
        """How long it went on, pauses included."""
        return int(self.metres.size)


def course_of(
    activity: Activity,
    *,
    speed_m_s: FloatArray,
    grade: FloatArray,
    wbgt_c: float | None = None,
    body: Body | None = None,
) -> Course:
    """A run from its file; `speed_m_s` and `grade` are those of each minute."""
    up, down = np.maximum(grade, 0.0), np.minimum(grade, 0.0)
    uphill = grade_factor_minetti2002(up)
    edges_s = np.arange(0.0, seconds_from_minutes(speed_m_s.size) + 1e-9, bin_s())
    return Course(
        metres=speed_m_s * seconds_from_minutes(1.0),
        factors=np.where(grade > 0, uphill, grade_factor_strava2017(down)),
        bins_m=levels(activity, edges_s),
        heart_rate_bpm=beats_of(activity, speed_m_s.size),
        wbgt_c=wbgt_c,
        body=body,
    )


def beats_of(activity: Activity, n_minutes: int) -> FloatArray | None:
    """Mean heart rate of each minute."""
    stream = activity.streams.get("heart_rate_bpm")
    if stream is None:
        return None
    beats = stream.physical()
    usable = np.isfinite(beats) & np.isfinite(activity.time_s)
    place = (activity.time_s[usable] // seconds_from_minutes(1.0)).astype(int)
    inside = (place >= 0) & (place < n_minutes)
    count = np.bincount(place[inside], minlength=n_minutes)
    total = np.bincount(place[inside], weights=beats[usable][inside], minlength=n_minutes)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


# ---------------------------------------------------------------- up to a minute


def exposures_at(course: Course, prepared: Prepared, minute: float) -> dict[str, float]:
    """Everything that is known of a run up to `history.lag_min` before a minute."""
    until = math.floor(minute - value("history.lag_min"))
    until = min(until, course.n_minutes)
    if until < 1:
        return {}
    metres = course.metres[:until]
    way_m = float(metres.sum())
    level_m_s = float(metres @ course.factors[:until]) / seconds_from_minutes(until)
    found = {
        "past_longest": beyond_pct(way_m, prepared.longest_m),
        "pace": beyond_pct(level_m_s, prepared.expected_m_s),
        "descent": descent_pct(course, prepared, until),
        "critical_speed": percent_of(level_m_s, prepared.critical_m_s),
        "hard_day": prepared.hard_days_ago,
        "strength": prepared.strength_per_week,
        "decoupling": decoupling_pct(course, until),
        "heat": course.wbgt_c,
        **body_at(course, until),
    }
    return {name: one for name, one in found.items() if one is not None and math.isfinite(one)}


def beyond_pct(amount: float, trained: float | None) -> float | None:
    """How far past what was trained, in per cent; below 0 is within."""
    return 100 * (amount / trained - 1) if trained else None


def percent_of(amount: float, whole: float | None) -> float | None:
    """One as a share of another, in per cent."""
    return 100 * amount / whole if whole else None


def descent_pct(course: Course, prepared: Prepared, until: int) -> float | None:
    """Metres down so far against the most of any run before; small amounts are all alike."""
    if course.bins_m is None or prepared.most_descent_m is None:
        return None
    n_bins = int(seconds_from_minutes(until) / bin_s()) + 1
    _, fallen_m = climbed_and_fallen_m(course.bins_m[:n_bins])
    least_m = value("history.least_descent_m")
    return beyond_pct(max(fallen_m, least_m), max(prepared.most_descent_m, least_m))


def decoupling_pct(course: Course, until: int) -> float | None:
    """How much more heartbeats the level metre cost in the second half of the way so far."""
    if course.heart_rate_bpm is None:
        return None
    worth = course.metres[:until] * course.factors[:until]
    beats = course.heart_rate_bpm[:until]
    ran = course.metres[:until] >= seconds_from_minutes(value("training.walking_m_s"))
    ran = ran & np.isfinite(beats)
    if ran.sum() < value("training.decoupling_min"):
        return None
    worth, beats = worth[ran], beats[ran]
    half = int(ran.sum()) // 2
    first, second = (
        float(beats[part].mean() / worth[part].mean()) for part in (slice(half), slice(half, None))
    )
    return 100 * (second / first - 1) if first > 0 else None


def body_at(course: Course, until: int) -> dict[str, float | None]:
    """Water and sodium lost and not taken in so far."""
    if course.body is None:
        return {}
    return {
        "sodium": float(course.body.sodium_mg[until - 1]),
        "water": float(course.body.water_pct[until - 1]),
    }


# ---------------------------------------------------------------- before the run

WEEK: Final = timedelta(weeks=1)


def prepared_for(
    day: date, distance_m: float, runs: Sequence[TrainedRun], strength: Sequence[date]
) -> Prepared:
    """What `runs` before a day had prepared for, for a run of this length; oldest first.

    `strength` are the days of strength work. None of it anywhere says that nobody notes it, not
    that it was not done.
    """
    month = lately(runs, day, "cramps.history_days")
    enough = len(month) >= value("cramps.diary.month_runs")
    longest_m = max((run.distance_m for run in month), default=None) if enough else None
    falls = [run.descent_m for run in lately(runs, day, "cramps.pace_history_days")]
    known_falls = [one for one in falls if one is not None]
    fit = around(runs, day)
    critical_m_s = critical_of(bests_of(fit))
    return Prepared(
        longest_m=longest_m,
        most_descent_m=max(known_falls) if len(known_falls) >= value("cramps.pace_history_runs")
        else None,
        expected_m_s=expected_of(bests_of([run for run in fit if run.is_race]), distance_m),
        critical_m_s=critical_m_s,
        hard_days_ago=hard_days_ago(day, month, longest_m, critical_m_s),
        strength_per_week=strength_per_week(day, strength),
    )  # fmt: skip


def longest_usual_m(day: date, runs: Sequence[TrainedRun]) -> float | None:
    """The longest run of the 30 days before that training can go on from; None with too few runs.

    A race is none, nor is a run far beyond the long run of the middle one of the other weeks: a
    week does not speak for its own run.
    """
    month = [run for run in lately(runs, day, "cramps.history_days") if not run.is_race]
    if len(month) < value("cramps.diary.month_runs"):
        return None
    weeks: dict[int, float] = {}
    for run in month:
        week = (day - run.day) // WEEK
        weeks[week] = max(run.distance_m, weeks.get(week, 0.0))
    ratio = value("conditioning.rule.spent_ratio")
    usual = [
        run.distance_m
        for run in month
        for others in [[far for week, far in weeks.items() if week != (day - run.day) // WEEK]]
        if others and run.distance_m <= ratio * median_high(others)
    ]
    return max(usual, default=None)


def lately(runs: Sequence[TrainedRun], day: date, days_key: str) -> list[TrainedRun]:
    """The runs of so many days before a day."""
    first = day - timedelta(days=value(days_key))
    return [run for run in runs if first <= run.day < day]


def around(runs: Sequence[TrainedRun], day: date) -> list[TrainedRun]:
    """Other runs of the months before and after a day: how fit one was shows later too."""
    far = timedelta(days=value("history.fit_days"))
    return [run for run in runs if run.day != day and abs(run.day - day) <= far]


def bests_of(runs: Sequence[TrainedRun]) -> dict[str, float]:
    """The fastest time over each distance, as if it had been level."""
    found: dict[str, float] = {}
    for run in runs:
        for name, seconds in run.fastest_s.items():
            found[name] = min(seconds / level_factor(run), found.get(name, math.inf))
    return found


def level_factor(run: TrainedRun) -> float:
    """How much faster the run would have been on the level; 1 where its heights are not known."""
    if run.level_speed_m_s is None:
        return 1.0
    return run.level_speed_m_s * run.moving_s / run.distance_m


def expected_of(bests: Mapping[str, float], distance_m: float) -> float | None:
    """The highest speed that any best promises over a distance; None without one.

    `bests` are of races: training is no measure of what one can do.
    """
    speeds = []
    for name in EFFORTS:
        if name in bests and distance_m > 0:
            time_s = riegel(
                time_s=bests[name],
                distance_m=value(f"training.distance.{name}"),
                target_m=distance_m,
                exponent=value("history.pace_exponent"),
            )
            speeds.append(distance_m / float(time_s))
    return max(speeds, default=None)


def critical_of(bests: Mapping[str, float]) -> float | None:
    """Critical speed from the short bests; None where they make none."""
    names = [name for name in SHORT_EFFORTS if name in bests]
    speed_m_s, reserve_m = critical_speed(
        distances_m=[value(f"training.distance.{name}") for name in names],
        times_s=[bests[name] for name in names],
    )
    return speed_m_s if speed_m_s > 0 and reserve_m > 0 else None


def hard_days_ago(
    day: date,
    month: Sequence[TrainedRun],
    longest_m: float | None,
    critical_m_s: float | None,
) -> float | None:
    """Days since the last race, long run or fast run, at most `history.hard_most_days`."""
    if longest_m is None:
        return None
    most = value("history.hard_most_days")
    long_m = value("history.hard_long_share") * longest_m
    fast_m_s = value("history.hard_fast_share") * (critical_m_s or math.inf)
    ago = [
        (day - run.day).days
        for run in month
        if run.is_race
        or run.distance_m >= long_m
        or (run.level_speed_m_s or run.distance_m / run.moving_s) >= fast_m_s
    ]
    return min([*ago, most])


def strength_per_week(day: date, strength: Sequence[date]) -> float | None:
    """Sessions a week; None before the first one that anybody noted."""
    first = day - timedelta(days=value("history.strength_weeks"))
    if not strength or min(strength) > first:
        return None
    done = sum(first <= one < day for one in strength)
    return done * timedelta(weeks=1) / (day - first)
