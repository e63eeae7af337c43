"""The training behind a run: what each activity amounts to, and what all of them do together.

Pure judgement. `metrics_of` reads one activity once, at import, into plain JSON numbers; `History`
answers from those. A file that no runner can have run is flagged, and never becomes the longest
run, a fastest split or a race. Missing is absent, never 0.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from uncramp import units
from uncramp.evidence import value
from uncramp.models.load import grade_factor_minetti2002, grade_factor_strava2017
from uncramp.onset import propose_onset
from uncramp.track import (
    Track,
    bin_edges,
    bin_s,
    bins_in,
    climbed_and_fallen_m,
    known,
    levels,
    track_of,
)

if TYPE_CHECKING:
    from uncramp.vocabulary import Activity, FloatArray, NullMask

__all__ = [
    "METRICS_VERSION",
    "RIDDEN",
    "SPLITS",
    "Fastest",
    "History",
    "LayOff",
    "Longest",
    "PastRun",
    "Period",
    "metrics_of",
]

METRICS_VERSION: Final = "1"
"""Changes with every change of what `metrics_of` gives; stored metrics of another are redone."""

SPLITS: Final[Mapping[str, str]] = {
    "400m": "training.distance.400m",
    "1km": "training.distance.1km",
    "1mile": "training.distance.1mile",
    "5km": "training.distance.5km",
    "10km": "training.distance.10km",
    "half": "training.distance.half",
    "30km": "training.distance.30km",
    "marathon": "training.distance.marathon",
}
"""Distances whose fastest time is kept, shortest first; the metric is `fastest_<name>_s`."""

FASTEST: Final[Mapping[str, str]] = {name: f"fastest_{name}_s" for name in SPLITS}
"""The metric of each."""

RECORDS: Final[Mapping[str, str]] = {
    "training.distance.400m": "training.record.400m",
    "training.distance.1km": "training.record.1km",
    "training.distance.1mile": "training.record.1mile",
    "training.distance.5km": "training.record.5km",
    "training.distance.10km": "training.record.10km",
    "training.distance.half": "training.record.half",
    "training.distance.marathon": "training.record.marathon",
    "training.distance.100km": "training.record.100km",
}
"""The fastest times anybody has run, by distance."""

RIDDEN: Final = frozenset({"faster_than_anyone", "as_fast_as_a_ride", "no_steps", "steps_too_long"})
"""Reasons that say that it was no run at all."""


def metrics_of(activity: Activity) -> dict[str, Any]:
    """Everything that history needs of one activity, as plain JSON; keys without a value lack.

    `plausible` and `reasons` (codes, see `_doubts`) are always there; so is `proposed_onset`
    (`km`, `minute`, `share`, `sign`, or null). Of any sport: `distance_m` (the activity's own, less
    jumps), `moving_distance_m` and `moving_s` (without pauses, gaps, standing and jumps),
    `ascent_m`, `descent_m`; `jump_m` where there are any.
    Of runs that were no rides: `speed_m_s` (moving), `level_speed_m_s` (as hard on the level:
    Minetti uphill, Strava's factors downhill), `level_speed_minetti2002_m_s` (Minetti both ways),
    `steep_descent_m`, `decoupling_pct` (heart rate per level speed, second half of the running
    against the first).
    Of plausible runs: `fastest_<name>_s` for each of `SPLITS`, in elapsed seconds: standing and
    pauses on the way count; a jump, or a gap in which way was made, lies in no split.
    """
    track = track_of(activity)
    found: dict[str, Any] = {**_amounts(activity, track), **_heights(activity)}
    fastest: dict[str, float] = {}
    reasons = [] if activity.start_utc is not None else ["no_clock"]
    onset = None
    if activity.is_run:
        fastest = {} if track is None else _fastest(track)
        reasons += _doubts(activity, track, fastest)
    if activity.is_run and track is not None and not RIDDEN & set(reasons):
        found |= _effort(activity, track)
        onset = _onset(activity)
    if not reasons:
        found |= {f"fastest_{name}_s": seconds for name, seconds in fastest.items()}
    finite = {name: float(number) for name, number in found.items() if math.isfinite(number)}
    return {"plausible": not reasons, "reasons": reasons, "proposed_onset": onset, **finite}


# Amounts


def _amounts(activity: Activity, track: Track | None) -> dict[str, float]:
    """Distance and time, with and without standing."""
    told_m, jump_m = known(activity.distance_m), 0.0 if track is None else track.jump_m
    recorded_m = 0.0 if track is None else float(track.ran_m[-1])
    distance_m = max(told_m - jump_m, 0.0) if told_m else recorded_m
    found = {"distance_m": distance_m} if distance_m else {}
    if jump_m:
        found["jump_m"] = jump_m
    if track is not None:
        return found | {"moving_distance_m": track.moving_m, "moving_s": track.moving_s}
    return found | ({"moving_s": known(activity.moving_s)} if known(activity.moving_s) else {})


def _heights(activity: Activity) -> dict[str, float]:
    """Metres up and down, counted alike for every device."""
    end_s = float(activity.time_s[np.isfinite(activity.time_s)].max(initial=0))
    at_edges = levels(activity, bin_edges(0.0, end_s))
    if at_edges is None:
        return {}
    climbed_m, fallen_m = climbed_and_fallen_m(at_edges)
    return {"ascent_m": climbed_m, "descent_m": fallen_m}


def _effort(activity: Activity, track: Track) -> dict[str, float]:
    """Speeds, slopes and the drift of the heart rate."""
    speed_m_s = track.moving_m / track.moving_s if track.moving_s > 0 else math.nan
    found = {"speed_m_s": speed_m_s}
    slopes = _slopes(activity, track)
    if slopes is not None:
        lengths_m, grades = np.diff(slopes.edges_m), slopes.grades
        steep = 100 * grades < -value("training.steep_descent_pct")
        minetti = float(np.average(grade_factor_minetti2002(grades), weights=lengths_m))
        found |= {
            "level_speed_m_s": speed_m_s * float(np.average(slopes.factors, weights=lengths_m)),
            "level_speed_minetti2002_m_s": speed_m_s * minetti,
            "steep_descent_m": float(lengths_m[steep].sum()),
        }
    drift_pct = _decoupling_pct(activity, track, slopes)
    return found if drift_pct is None else found | {"decoupling_pct": drift_pct}


@dataclass(frozen=True, slots=True, eq=False)
class _Slopes:
    """Slope of each stretch between neighbouring `edges_m`."""

    edges_m: FloatArray
    grades: FloatArray

    @property
    def factors(self) -> FloatArray:
        """What a metre is worth on the level: uphill as the muscles pay, downhill as runners really
        run, for the cost alone promises more."""
        up, down = np.maximum(self.grades, 0.0), np.minimum(self.grades, 0.0)
        uphill = self.grades > 0
        return np.where(uphill, grade_factor_minetti2002(up), grade_factor_strava2017(down))

    def factors_at(self, metres: FloatArray) -> FloatArray:
        """The factor at each place."""
        stretch = np.searchsorted(self.edges_m, metres, side="right") - 1
        return np.asarray(self.factors[np.clip(stretch, 0, self.grades.size - 1)])


def _slopes(activity: Activity, track: Track) -> _Slopes | None:
    """Slopes of stretches of about equal length, wobbles of the elevation left out."""
    stream = activity.streams.get("elevation_m")
    if stream is None:
        return None
    level = stream.physical()
    usable = np.isfinite(level) & np.isfinite(activity.time_s)
    at_m = np.interp(activity.time_s[usable], track.time_s, track.ran_m)
    stretch = np.rint(at_m / value("training.grade_over_m"))
    _, place, count = np.unique(stretch, return_inverse=True, return_counts=True)
    edges_m = np.bincount(place, weights=at_m) / count
    heights = np.bincount(place, weights=level[usable]) / count
    if edges_m.size < 2:
        return None
    settled = _settled(heights)
    heights = np.interp(edges_m, edges_m[settled], heights[settled])
    steepest = value("training.steepest_grade_pct") / 100
    grades = np.clip(np.diff(heights) / np.diff(edges_m), -steepest, steepest)
    return _Slopes(edges_m, grades)


def _settled(heights: FloatArray) -> list[int]:
    """Places at which the height has moved by more than the noise; the first and the last too.

    Between them a straight line is as true as the wobbles are.
    """
    noise_m, mark, places = value("training.level_noise_m"), float(heights[0]), [0]
    for place, height in enumerate(heights.tolist()):
        if abs(height - mark) >= noise_m:
            places.append(place)
            mark = height
    return places if places[-1] == heights.size - 1 else [*places, heights.size - 1]


def _decoupling_pct(activity: Activity, track: Track, slopes: _Slopes | None) -> float | None:
    """How much more heart beats a metre cost in the second half of the running, in %.

    Only bins that were run count; None when those with a heart rate are too few. Without elevation
    the ground is taken as level.
    """
    stream = activity.streams.get("heart_rate_bpm")
    edges = bin_edges(track.time_s[0], track.time_s[-1])
    if stream is None or edges.size < 2:
        return None
    beats = stream.physical()
    usable = np.isfinite(beats) & np.isfinite(activity.time_s)
    place = ((activity.time_s[usable] - edges[0]) // bin_s()).astype(int)
    inside = (place >= 0) & (place < edges.size - 1)
    count = np.bincount(place[inside], minlength=edges.size - 1)
    total = np.bincount(place[inside], weights=beats[usable][inside], minlength=edges.size - 1)
    metres = np.interp(edges, track.time_s, track.ran_m)
    speed = np.diff(metres) / bin_s()
    ran = (count > 0) & (speed >= value("training.walking_m_s"))
    if ran.sum() < bins_in("training.decoupling_min"):
        return None
    if slopes is not None:
        speed = speed * slopes.factors_at((metres[1:] + metres[:-1]) / 2)
    rate, pace = (total[ran] / count[ran]), speed[ran]
    half = int(ran.sum()) // 2
    first, second = (
        float(rate[part].mean() / pace[part].mean()) for part in (slice(half), slice(half, None))
    )
    return 100 * (second / first - 1) if first > 0 else None


def _onset(activity: Activity) -> dict[str, Any] | None:
    """Where the file looks as if a cramp stopped the run."""
    found = propose_onset(activity)
    if found is None:
        return None
    return {name: one for name, one in asdict(found).items() if name != "proposed"}


# Fastest splits


def _fastest(track: Track) -> dict[str, float]:
    """Elapsed seconds of the fastest stretch of each distance that the run holds."""
    found = {name: _fastest_s(track, value(key)) for name, key in SPLITS.items()}
    return {name: seconds for name, seconds in found.items() if seconds is not None}


def _broken(track: Track) -> NullMask:
    """Steps that no split may hold: jumps, and gaps in which way was made."""
    went = track.steps_m >= value("training.standstill_m_s") * track.steps_s
    return track.jumps | (track.silent & went)


def _fastest_s(track: Track, distance_m: float) -> float | None:
    """The fastest stretch of a distance: it begins or ends at a record, for between two records
    the pace is even."""
    time_s, metres = track.time_s, track.ran_m
    if metres[-1] - metres[0] < distance_m:
        return None
    n_broken = np.append(0, np.cumsum(_broken(track)))
    best = math.inf
    begin = np.flatnonzero(metres + distance_m <= metres[-1])
    after = np.minimum(np.searchsorted(metres, metres[begin] + distance_m), metres.size - 1)
    arrived_s = _at(metres[begin] + distance_m, after - 1, metres, time_s)
    whole = n_broken[after] == n_broken[begin]
    best = min(best, float((arrived_s - time_s[begin])[whole].min(initial=math.inf)))
    end = np.flatnonzero(metres - distance_m >= metres[0])
    before = np.searchsorted(metres, metres[end] - distance_m, side="right") - 1
    left_s = _at(metres[end] - distance_m, before, metres, time_s)
    whole = n_broken[end] == n_broken[before]
    best = min(best, float((time_s[end] - left_s)[whole].min(initial=math.inf)))
    return best if 0 < best < math.inf else None


def _at(target_m: FloatArray, step: Any, metres: FloatArray, time_s: FloatArray) -> FloatArray:
    """When each place was passed, within the step from record `step` to the next."""
    step = np.clip(step, 0, metres.size - 2)
    length = metres[step + 1] - metres[step]
    share = np.where(length > 0, (target_m - metres[step]) / np.maximum(length, 1e-9), 0.0)
    return np.asarray(time_s[step] + np.clip(share, 0, 1) * (time_s[step + 1] - time_s[step]))


# Whether to believe it


def _doubts(activity: Activity, track: Track | None, fastest: Mapping[str, float]) -> list[str]:
    """Why this cannot be a whole run as recorded; empty when nothing speaks against it.

    `gps_jump`: jumps make up much of the distance. `distances_disagree`: the file's own distance is
    not that of its records. `faster_than_anyone`: over some distance faster than the record.
    `as_fast_as_a_ride`: nearly so, without any sign of steps. `no_steps`: most of the way fast, and
    the step counter stood still. `steps_too_long`: fast with steps nobody makes.
    `no_sign_of_running`: a distance without positions, steps, heart rate or power.
    """
    steps = _Steps.of(activity, track)
    share = _share_of_record(activity, track, fastest)
    doubts = {
        "gps_jump": track is not None
        and (
            100 * track.jump_m > value("training.jumps_count_pct") * track.metres[-1]
            or _was_cut(activity, track)
        ),
        "distances_disagree": track is not None and _distances_disagree(activity, track),
        "faster_than_anyone": share > 1 + value("training.record_margin_pct") / 100,
        "as_fast_as_a_ride": not steps.counted and share > value("training.ride_share_of_record"),
        "no_steps": steps.fast_without_share >= 0.5,
        "steps_too_long": steps.length_m > value("training.longest_step_m"),
        "no_sign_of_running": track is not None and not steps.counted and not _has_body(activity),
    }
    return [reason for reason, holds in doubts.items() if holds]


def _was_cut(activity: Activity, track: Track) -> bool:
    """Whether reading the file dropped distances that nobody can have run, and much with them.

    Then what is left of the records does not reach over the run, or not to its told distance.
    """
    if "absurd_values_dropped" not in {flag.code for flag in activity.flags}:
        return False
    stream = activity.streams.get("distance_m")
    timed = np.isfinite(activity.time_s)
    if stream is None or not timed.any():
        return False
    kept_s = activity.time_s[timed & np.isfinite(stream.physical())]
    reach_s = float(np.ptp(kept_s)) if kept_s.size else 0.0
    whole_s = float(np.ptp(activity.time_s[timed]))
    lost_m = known(activity.distance_m) - float(track.metres[-1])
    return reach_s < value("training.records_cover_share") * whole_s or lost_m > value(
        "training.distances_disagree_m"
    )


def _distances_disagree(activity: Activity, track: Track) -> bool:
    """Whether records that last to the end tell another distance than the file itself."""
    told_m, recorded_m = known(activity.distance_m), float(track.metres[-1])
    last_s = float(activity.time_s[np.isfinite(activity.time_s)].max(initial=0))
    covered = last_s >= value("training.records_cover_share") * known(activity.elapsed_s)
    apart = 100 * abs(told_m - recorded_m)
    return (
        bool(told_m and covered)
        and apart > 100 * value("training.distances_disagree_m")
        and apart > value("training.distances_disagree_pct") * max(told_m, recorded_m)
    )


def _has_body(activity: Activity) -> bool:
    """Whether the file holds positions, a heart rate or a power."""
    return any(
        name in activity.streams and bool(np.isfinite(activity.streams[name].physical()).any())
        for name in ("latitude_deg", "heart_rate_bpm", "power_w")
    )


def _share_of_record(
    activity: Activity, track: Track | None, fastest: Mapping[str, float]
) -> float:
    """The highest speed over any distance, as a share of the fastest anybody has run."""
    told_s = known(activity.moving_s) or known(activity.elapsed_s)
    reached = [(value(SPLITS[name]), seconds) for name, seconds in fastest.items()]
    if track is not None:
        reached.append((track.moving_m, track.moving_s))
    else:
        reached.append((known(activity.distance_m), told_s))
    return max(
        (
            distance_m / seconds / _record_m_s(distance_m)
            for distance_m, seconds in reached
            if distance_m > 0 and seconds > 0
        ),
        default=0.0,
    )


def _record_m_s(distance_m: float) -> float:
    """The fastest anybody has run a distance, between the distances with a record."""
    distances = [value(key) for key in RECORDS]
    speeds = [value(key) / value(record) for key, record in RECORDS.items()]
    return float(np.interp(math.log(distance_m), np.log(distances), speeds))


@dataclass(frozen=True, slots=True)
class _Steps:
    """What the step counter says of the way that was covered fast."""

    counted: bool
    """Whether any step was counted at all."""
    fast_without_share: float = 0.0
    """Share of the way covered fast while the counter stood still."""
    length_m: float = 0.0
    """Length of the middle step of the fast way, when it was half of the way or more."""

    @classmethod
    def of(cls, activity: Activity, track: Track | None) -> _Steps:
        stream = activity.streams.get("cadence_rpm")
        cadence = np.zeros(0) if stream is None else stream.physical()
        if not np.nan_to_num(cadence).max(initial=0) > 0:
            return cls(counted=False)
        if track is None:
            return cls(counted=True)
        usable = np.isfinite(cadence) & np.isfinite(activity.time_s)
        rpm = np.interp(track.time_s[1:], activity.time_s[usable], cadence[usable])
        speed = track.steps_m / track.steps_s
        used = track.moving
        fast = used & (speed > value("training.no_steps_m_s"))
        stepping = rpm >= value("training.steps_rpm")
        whole_m = float(track.steps_m[used].sum())
        without_m = float(track.steps_m[fast & ~stepping].sum())
        with_m = float(track.steps_m[fast & stepping].sum())
        lengths = speed[fast & stepping] / (2 * rpm[fast & stepping]) if with_m else np.zeros(1)
        return cls(
            counted=True,
            fast_without_share=without_m / whole_m if whole_m else 0.0,
            length_m=units.seconds_from_minutes(float(np.median(lengths)))
            if 2 * with_m >= whole_m
            else 0.0,
        )


# All runs of one runner


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """One stored activity, as history sees it."""

    run_id: int
    start_utc: datetime | None
    day: date | None
    """The day it began, where it was run."""
    is_run: bool
    sub_sport: str | None = None
    title: str | None = None
    excluded: bool = False
    is_linked: bool = False
    """Another recording of a run that counts already."""
    timer_s: float | None = None
    """The watch's own time without pauses."""
    metrics: Mapping[str, Any] = field(default_factory=dict)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Why it does not count: codes of `metrics_of`, or `excluded`, `linked`, `not_a_run`,
        `not_read` (no metrics yet); empty when it counts."""
        if not self.is_run:
            return ("not_a_run",)
        if self.excluded or self.is_linked:
            return ("excluded" if self.excluded else "linked",)
        if "plausible" not in self.metrics:
            return ("not_read",)
        undated = () if self.start_utc is not None and self.day is not None else ("no_clock",)
        return tuple(dict.fromkeys((*self.metrics.get("reasons", ()), *undated)))

    def metric(self, name: str) -> float | None:
        """One number of `metrics_of`; None when it is not known."""
        number = self.metrics.get(name)
        if isinstance(number, float):
            return number
        return float(number) if isinstance(number, int) else None

    @property
    def distance_m(self) -> float:
        """The believed distance; 0 when none is known."""
        return self.metric("distance_m") or 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Longest:
    """From `day` on, until the next one, `run` was the longest of the days before; None: no run."""

    day: date
    run: PastRun | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayOff:
    """Days without a run, from `first` to `last`; `is_long` from two weeks on."""

    first: date
    last: date
    days: int
    is_long: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fastest:
    """The fastest time over a distance, and the run that holds it."""

    name: str
    distance_m: float
    time_s: float
    run: PastRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What was run in a week, a month or a year that began on `first`."""

    first: date
    n_runs: int
    distance_m: float
    moving_s: float
    ascent_m: float
    longest: PastRun | None


class History:
    """The runs of one runner that count, oldest first, and what they amount to.

    Excluded and linked activities, other sports, and files that are not believed are in `others`
    and nowhere else.
    """

    def __init__(self, activities: Iterable[PastRun]) -> None:
        every = sorted(activities, key=lambda run: run.run_id)
        sorted_out = [(run, bool(run.left_out)) for run in every]
        counting = [run for run, is_out in sorted_out if not is_out]
        self.runs: tuple[PastRun, ...] = tuple(sorted(counting, key=_began))
        self.others: tuple[PastRun, ...] = tuple(run for run, is_out in sorted_out if is_out)
        self._starts = [_began(run) for run in self.runs]

    def between(self, first: datetime, end: datetime) -> tuple[PastRun, ...]:
        """Runs that began at `first` or later and before `end`."""
        low, high = (bisect_left(self._starts, moment.timestamp()) for moment in (first, end))
        return self.runs[low:high]

    def longest_before(self, moment: datetime) -> PastRun | None:
        """The longest run of the `cramps.history_days` days before a moment."""
        first = moment - timedelta(days=value("cramps.history_days"))
        return _longest(self.between(first, moment))

    def longest_series(self) -> tuple[Longest, ...]:
        """The longest run of the last `cramps.history_days` days, on each day that it changed."""
        reach = timedelta(days=value("cramps.history_days"))
        days = [_day(run) for run in self.runs]
        found: list[Longest] = []
        for day in sorted({*days, *(day + reach for day in days)}):
            low = _first_after(days, day - reach)
            run = _longest(self.runs[low : _first_after(days, day)])
            if not found or found[-1].run is not run:
                found.append(Longest(day=day, run=run))
        return tuple(found)

    def lay_offs(self, *, today: date | None = None) -> tuple[LayOff, ...]:
        """Stretches of days without a run, oldest first; with `today`, the present one too.

        A run whose file is not believed ends a lay-off unless it was a ride: its day was run.
        """
        ran = [run for run in self.others if run.day and _was_run(run)]
        days = sorted({_day(run) for run in (*self.runs, *ran)})
        if today is not None and days and today > days[-1]:
            days.append(today + timedelta(days=1))
        found = []
        for before, after in pairwise(days):
            n_days = (after - before).days - 1
            if n_days >= value("training.layoff_days"):
                found.append(
                    LayOff(
                        first=before + timedelta(days=1),
                        last=after - timedelta(days=1),
                        days=n_days,
                        is_long=n_days >= value("training.long_layoff_days"),
                    )
                )
        return tuple(found)

    def fastest(self) -> dict[str, Fastest]:
        """The fastest time ever over each of `SPLITS`, of the first run that reached it."""
        found: dict[str, Fastest] = {}
        for name, key in SPLITS.items():
            metric = FASTEST[name]
            ran = [run for run in self.runs if run.metrics.get(metric) is not None]
            if ran:
                run = min(ran, key=lambda run: run.metrics[metric])
                time_s = float(run.metrics[metric])
                found[name] = Fastest(name=name, distance_m=value(key), time_s=time_s, run=run)
        return found

    def weeks(self) -> tuple[Period, ...]:
        """Every week, from Monday, from the first run to the last, empty ones too."""
        groups: dict[date, list[PastRun]] = {}
        for run in self.runs:
            day = _day(run)
            groups.setdefault(day - timedelta(days=day.weekday()), []).append(run)
        if not groups:
            return ()
        first, last = min(groups), max(groups)
        mondays = [
            first + timedelta(weeks=n) for n in range((last - first) // timedelta(weeks=1) + 1)
        ]
        return tuple(_period(monday, groups.get(monday, ())) for monday in mondays)

    def months(self) -> tuple[Period, ...]:
        """Every month with a run, oldest first."""
        return self._periods(lambda day: day.replace(day=1))

    def years(self) -> tuple[Period, ...]:
        """Every year with a run, oldest first."""
        return self._periods(lambda day: day.replace(month=1, day=1))

    def _periods(self, first_of: Callable[[date], date]) -> tuple[Period, ...]:
        groups: dict[date, list[PastRun]] = {}
        for run in self.runs:
            groups.setdefault(first_of(_day(run)), []).append(run)
        return tuple(_period(first, groups[first]) for first in sorted(groups))


def _began(run: PastRun) -> float:
    """When a run that counts began."""
    return math.inf if run.start_utc is None else run.start_utc.timestamp()


def _day(run: PastRun) -> date:
    """The day of a run that counts, or whose day is known."""
    assert run.day is not None  # noqa: S101  (what has no day is left out)
    return run.day


def _first_after(days: Sequence[date], day: date) -> int:
    """Place of the first of the sorted `days` that comes after `day`."""
    return bisect_right(days, day)


def _was_run(run: PastRun) -> bool:
    """Whether an activity that does not count was a run all the same."""
    return run.is_run and not run.excluded and not RIDDEN & set(run.left_out)


def _longest(runs: Sequence[PastRun]) -> PastRun | None:
    """The longest of some runs, the first of equal ones; None when no distance is known."""
    found = max(runs, key=lambda run: run.distance_m, default=None)
    return found if found is not None and found.distance_m > 0 else None


def _period(first: date, runs: Sequence[PastRun]) -> Period:
    """The sums of some runs."""
    return Period(
        first=first,
        n_runs=len(runs),
        distance_m=sum(run.distance_m for run in runs),
        moving_s=sum(run.metric("moving_s") or run.timer_s or 0.0 for run in runs),
        ascent_m=sum(run.metric("ascent_m") or 0.0 for run in runs),
        longest=_longest(runs),
    )
