"""A run as a line of distance over time: how far the runner was when, and which steps were run.

Pure judgement on one activity: everything that asks for pace, pauses or climbs asks here. Seconds
are elapsed seconds from the start. Missing is absent, never 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from uncramp import units
from uncramp.evidence import value

if TYPE_CHECKING:
    from uncramp.vocabulary import Activity, FloatArray, NullMask

__all__ = [
    "Track",
    "bin_edges",
    "bin_s",
    "bin_speeds",
    "bins_in",
    "climbed_and_fallen_m",
    "climbing",
    "course_metres",
    "distance_of",
    "known",
    "levels",
    "track_of",
    "windows",
]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Where the runner was when, between neighbouring records; `time_s` rises.

    `time_s`, `metres` and `ran_m` have one value a record; `silent`, `jumps` and `moving` one a
    step between two records, so one less.
    """

    time_s: FloatArray
    metres: FloatArray
    """As the watch counted; never falls."""
    ran_m: FloatArray
    """The same without jumps."""
    silent: NullMask
    """Steps in which nothing was recorded: pauses and gaps."""
    jumps: NullMask
    """Steps nobody can have run; none in other sports, where we know no limit."""
    moving: NullMask
    """Steps that are neither silent, nor spent standing, nor jumps."""

    @property
    def steps_s(self) -> FloatArray:
        """Seconds of each step."""
        return np.diff(self.time_s)

    @property
    def steps_m(self) -> FloatArray:
        """Metres of each step, without jumps."""
        return np.diff(self.ran_m)

    @property
    def jump_m(self) -> float:
        """Metres of all jumps."""
        return float(np.diff(self.metres)[self.jumps].sum())

    @property
    def moving_s(self) -> float:
        """Seconds of the steps that count as moving."""
        return float(self.steps_s[self.moving].sum())

    @property
    def moving_m(self) -> float:
        """Metres covered in that time."""
        return float(self.steps_m[self.moving].sum())

    def second_at(self, metres: float) -> float | None:
        """When this place was reached first, in elapsed seconds; None past the end."""
        if 100 * metres > (100 + value("training.beyond_end_pct")) * self.metres[-1]:
            return None
        after = min(int(np.searchsorted(self.metres, metres)), self.metres.size - 1)
        around = slice(max(0, after - 1), after + 1)
        return float(np.interp(metres, self.metres[around], self.time_s[around]))

    def metres_at(self, second: float) -> float | None:
        """How far the runner had come after this many elapsed seconds; None past the end."""
        if 100 * second > (100 + value("training.beyond_end_pct")) * self.time_s[-1]:
            return None
        return float(np.interp(second, self.time_s, self.metres))

    def speed_m_s(self, *, begin_m: float, end_m: float, counted: NullMask) -> float | None:
        """Mean speed between two places over the `counted` steps; None when there are none."""
        low, high = self.metres[:-1], self.metres[1:]
        inside = np.minimum(high, end_m) - np.maximum(low, begin_m)
        share = np.where(high > low, inside / np.maximum(high - low, 1e-9), inside >= 0)
        share = np.clip(share, 0, 1) * counted
        seconds = float((self.steps_s * share).sum())
        return float((self.steps_m * share).sum()) / seconds if seconds > 0 else None


def track_of(activity: Activity) -> Track | None:
    """The run as a line of distance over time; None without both."""
    metres = _metres(activity)
    if metres is None:
        return None
    usable = np.isfinite(activity.time_s) & np.isfinite(metres)
    time_s, metres = activity.time_s[usable], np.maximum.accumulate(metres[usable])
    last_of_moment = np.append(np.diff(time_s) > 0, True)[: time_s.size]
    time_s, metres = time_s[last_of_moment], metres[last_of_moment]
    if time_s.size and time_s[0] > 0 and metres[0] > 0:
        time_s, metres = np.append(0.0, time_s), np.append(0.0, metres)
    if time_s.size < 2 or metres[-1] <= 0:
        return None
    silent = _silent(np.diff(time_s))
    jumps = np.zeros(silent.size, dtype=np.bool_)
    if activity.is_run:
        jumps = _jumps(time_s, metres, silent)
    ran_m = np.append(0, np.cumsum(np.where(jumps, 0.0, np.diff(metres))))
    speed = _speed_around(time_s, ran_m, bin_s())
    moving = ~silent & ~jumps & (speed >= value("training.standstill_m_s"))
    return Track(time_s, metres, ran_m, silent, jumps, moving)


def distance_of(activity: Activity, track: Track | None) -> float | None:
    """The activity's own distance, else the recorded one; None when neither is known."""
    recorded = None if track is None else float(track.metres[-1])
    return known(activity.distance_m) or recorded


def known(number: float | None) -> float:
    """The number, or 0 when there is none worth the name."""
    return number if number is not None and math.isfinite(number) and number > 0 else 0.0


def _metres(activity: Activity) -> FloatArray | None:
    """Metres covered at each record: as recorded, else from speed, else along the positions."""
    told = activity.streams.get("distance_m")
    if told is not None and np.nan_to_num(told.physical()).max(initial=0) > 0:
        return told.physical()
    steps_s = np.diff(activity.time_s)
    counted_s = np.nan_to_num(steps_s) * ~_silent(steps_s)
    speed = activity.streams.get("speed_m_s")
    if speed is not None:
        return np.append(0, np.cumsum(np.nan_to_num(speed.physical()[1:]) * counted_s))
    north, east = (activity.streams.get(name) for name in ("latitude_deg", "longitude_deg"))
    if north is None or east is None or not activity.distance_m:
        return None
    return activity.distance_m * _along(north.physical(), east.physical(), counted_s > 0)


def course_metres(activity: Activity) -> FloatArray | None:
    """Metres from the start at each record, whether there are times or not; None without places."""
    told = activity.streams.get("distance_m")
    if told is not None and np.nan_to_num(told.physical()).max(initial=0) > 0:
        return told.physical()
    north, east = (activity.streams.get(name) for name in ("latitude_deg", "longitude_deg"))
    if north is None or east is None or not activity.distance_m:
        return None
    every = np.ones(max(len(north.values) - 1, 0), dtype=np.bool_)
    return activity.distance_m * _along(north.physical(), east.physical(), every)


def _along(north_deg: FloatArray, east_deg: FloatArray, counted: NullMask) -> FloatArray:
    """Share of the path behind each record, 0–1; NaN where there is no position."""
    places = np.flatnonzero(np.isfinite(north_deg + east_deg))
    result = np.full(north_deg.size, np.nan)
    if places.size > 1:
        north, east = np.radians(north_deg[places]), np.radians(east_deg[places])
        steps = np.hypot(np.diff(north), np.diff(east) * np.cos(north[1:]))
        path = np.append(0, np.cumsum(steps * counted[places[1:] - 1]))
        result[places] = path / path[-1] if path[-1] > 0 else np.nan
    return result


def _silent(steps_s: FloatArray) -> NullMask:
    """Steps in which nothing was recorded although more should have been."""
    rising = steps_s[np.isfinite(steps_s) & (steps_s > 0)]
    usual_s = float(np.median(rising)) if rising.size else 0.0
    return np.asarray(steps_s > max(bin_s(), 2 * usual_s))


def _speed_around(time_s: FloatArray, metres: FloatArray, span_s: float) -> FloatArray:
    """Speed at each step, over at least so many seconds around its middle."""
    middle, reach = (time_s[1:] + time_s[:-1]) / 2, np.maximum(span_s, np.diff(time_s)) / 2
    low, high = np.maximum(middle - reach, time_s[0]), np.minimum(middle + reach, time_s[-1])
    way = np.interp(high, time_s, metres) - np.interp(low, time_s, metres)
    return np.asarray(way / np.maximum(high - low, 1e-9))


def _jumps(time_s: FloatArray, metres: FloatArray, silent: NullMask) -> NullMask:
    """Steps faster than any sprinter, stretches far out of line with the rest of the run, and gaps
    that were crossed faster than the runner runs.

    What was kept up for minutes is no jump, however fast: that is a ride.
    """
    steps_m = np.diff(metres)
    speed = steps_m / np.maximum(np.diff(time_s), 1.0)
    own_m_s = _kept_up_m_s(time_s, np.append(0, np.cumsum(np.where(silent, 0.0, steps_m))))
    impossible = speed > max(value("training.jump_step_m_s"), 2 * own_m_s)
    limit = max(value("training.jump_window_m_s"), 2 * own_m_s)
    around = _speed_around(time_s, metres, value("training.jump_window_s"))
    out_of_line = (around > limit) & (speed > limit)
    driven = silent & (own_m_s > 0) & (speed > own_m_s + value("training.walking_m_s"))
    return np.asarray(impossible | out_of_line | driven)


def _kept_up_m_s(time_s: FloatArray, metres: FloatArray) -> float:
    """The speed this runner kept up for a while; 0 when the run is too short to tell."""
    speeds = bin_speeds(time_s, metres)
    if speeds.size < bins_in("cramps.onset.sustained_min"):
        return 0.0
    return float(windows(speeds, "cramps.onset.sustained_min").min(axis=1).max())


# The run in bins of equal time


def bin_s() -> float:
    """A quarter of the time a collapse must last: the grain at which pace is looked at."""
    return units.seconds_from_minutes(value("cramps.onset.sustained_min")) * 0.5 * 0.5


def bins_in(minutes_key: str) -> int:
    """How many bins the minutes of an evidence parameter make; at least one."""
    return max(1, round(units.seconds_from_minutes(value(minutes_key)) / bin_s()))


def bin_edges(begin_s: float, end_s: float) -> FloatArray:
    """Seconds at which bins begin and end."""
    return np.asarray(np.arange(begin_s, end_s + 1e-9, bin_s()))


def bin_speeds(time_s: FloatArray, metres: FloatArray) -> FloatArray:
    """Mean speed in each bin, in m/s."""
    return np.diff(np.interp(bin_edges(time_s[0], time_s[-1]), time_s, metres)) / bin_s()


def windows(bins: FloatArray, minutes_key: str) -> FloatArray:
    """Every stretch of so many minutes, one per row; needs at least that many bins."""
    return np.lib.stride_tricks.sliding_window_view(bins, bins_in(minutes_key))


# Up and down


def levels(activity: Activity, edges: FloatArray) -> FloatArray | None:
    """Mean elevation around each edge, in metres; None when none was recorded."""
    stream = activity.streams.get("elevation_m")
    if stream is None or not edges.size:
        return None
    level = stream.physical()
    usable = np.isfinite(level) & np.isfinite(activity.time_s)
    place = np.rint((activity.time_s[usable] - edges[0]) / bin_s()).astype(int)
    inside = (place >= 0) & (place < edges.size)
    if not inside.any():
        return None
    count = np.bincount(place[inside], minlength=edges.size)
    total = np.bincount(place[inside], weights=level[usable][inside], minlength=edges.size)
    have = count > 0
    return np.interp(edges, edges[have], total[have] / count[have])


def climbing(speed: FloatArray, at_edges: FloatArray | None) -> NullMask:
    """Bins uphill enough to explain a slower pace, looking one bin back and one ahead.

    `at_edges` are the levels at the edges of the bins that `speed` is of.
    """
    if at_edges is None:
        return np.zeros(speed.size, dtype=np.bool_)
    around = np.arange(speed.size)
    low, high = np.maximum(around - 1, 0), np.minimum(around + 2, speed.size)
    metres = np.append(0, np.cumsum(speed * bin_s()))
    gain, way = at_edges[high] - at_edges[low], metres[high] - metres[low]
    steep = (gain >= value("training.level_noise_m")) & (
        100 * gain >= value("training.climb_pct") * way
    )
    return np.asarray(steep & (speed >= value("training.standstill_m_s")))


def climbed_and_fallen_m(at_edges: FloatArray) -> tuple[float, float]:
    """Metres up and metres down in all, leaving out wobbles smaller than the noise."""
    noise_m = value("training.level_noise_m")
    climbed, fallen, mark = 0.0, 0.0, float(at_edges[0])
    for level in at_edges.tolist():
        if abs(level - mark) >= noise_m:
            climbed += max(0.0, level - mark)
            fallen += max(0.0, mark - level)
            mark = level
    return climbed, fallen
