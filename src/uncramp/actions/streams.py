"""The recorded channels of one run, thinned so that a picture of any part of it stays quick.

Places never leave here: only channels of known meaning are given, and none of them is a position.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from uncramp.actions.context import Context
from uncramp.actions.runs import find_run
from uncramp.errors import InputError
from uncramp.track import Track, bin_s, track_of
from uncramp.units import (
    metres_from_kilometres,
    metres_from_miles,
    seconds_from_minutes,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from uncramp.vocabulary import Activity, FloatArray

    Places = npt.NDArray[np.intp]

__all__ = [
    "FEWEST_POINTS",
    "MOST_POINTS",
    "Axis",
    "Channel",
    "RunStreams",
    "Window",
    "run_streams",
    "thinned",
    "window_from",
    "window_s",
]

Axis = Literal["time", "distance"]

FEWEST_POINTS: Final = 20
MOST_POINTS: Final = 4_000
POINTS_A_BUCKET: Final = 4
"""A lowest, a highest, and a gap after each."""
ROOM_FOR_ENDS: Final = 4
"""The first and the last value, and a gap beside each."""

STEPS: Final = "steps"
SHOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "heart_rate": "heart_rate_bpm",
        "elevation": "elevation_m",
        "cadence": "cadence_rpm",
        "power": "power_w",
        "warmth": "temp_watch_c",
    }
)
"""Name of a curve to the channel it is of; speed is worked out from the distance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of a run, in minutes of elapsed time or in metres of way."""

    axis: Axis
    begin: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One curve; a value of None is a gap in the line. `metres` is None without a distance."""

    name: str
    """`speed` (m/s), `steps` (both legs, a minute), or a name of `SHOWN` in its channel's unit."""
    time_s: tuple[float, ...]
    metres: tuple[float, ...] | None
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStreams:
    """Curves of one run between two moments."""

    elapsed_s: float
    distance_m: float | None
    begin_s: float
    end_s: float
    channels: tuple[Channel, ...]


def run_streams(
    context: Context, reference: str, *, window: Window | None = None, points: int = 1_000
) -> RunStreams:
    """The curves of a run, or of a part of it, each in at most so many points.

    NotFoundError as `find_run`; InputError `bad_stretch` for a part that is none.
    """
    if not FEWEST_POINTS <= points <= MOST_POINTS:
        raise InputError("bad_stretch")
    row = find_run(context, reference)
    _, activity = context.store.activity(context.stored_runner(), row.activity_id)
    track = track_of(activity)
    times = activity.time_s[np.isfinite(activity.time_s)]
    whole_s = float(times[-1]) if times.size else 0.0
    begin_s, end_s = window_s(track, window, whole_s=whole_s)
    curves = ((name, *curve) for name, curve in curves_of(activity, track).items())
    return RunStreams(
        elapsed_s=whole_s,
        distance_m=None if track is None else float(track.metres[-1]),
        begin_s=begin_s,
        end_s=end_s,
        channels=tuple(
            channel_of(name, *inside(time_s, values, begin_s, end_s), track=track, points=points)
            for name, time_s, values in curves
        ),
    )


# Which part


def window_from(
    axis: Axis, begin: float | None, end: float | None, *, imperial: bool
) -> Window | None:
    """A part as a reader names it: minutes, or kilometres (miles); None for the whole run.

    InputError `bad_stretch` when it ends before it begins.
    """
    if begin is None and end is None:
        return None
    low = 0.0 if begin is None else begin
    high = float("inf") if end is None else end
    if not 0 <= low < high:
        raise InputError("bad_stretch")
    if axis == "distance":
        metres = metres_from_miles if imperial else metres_from_kilometres
        low, high = metres(low), metres(high)
    return Window(axis=axis, begin=low, end=high)


def window_s(track: Track | None, window: Window | None, *, whole_s: float) -> tuple[float, float]:
    """The elapsed seconds between which a part lies; InputError `bad_stretch` beyond the run."""
    if window is None:
        return 0.0, whole_s
    if window.axis == "time":
        begin_s, end_s = seconds_from_minutes(window.begin), seconds_from_minutes(window.end)
    elif track is None:
        raise InputError("bad_stretch")
    else:
        last = track.metres.size - 1
        first = np.searchsorted(track.metres, window.begin, side="right") - 1
        after = np.searchsorted(track.metres, window.end, side="left")
        begin_s = float(track.time_s[max(int(first), 0)])
        end_s = float(track.time_s[min(int(after), last)])
        if window.begin >= track.metres[-1]:
            begin_s = whole_s
    end_s = min(end_s, whole_s)
    if begin_s >= end_s:
        raise InputError("bad_stretch")
    return begin_s, end_s


def inside(
    time_s: FloatArray, values: FloatArray, begin_s: float, end_s: float
) -> tuple[FloatArray, FloatArray]:
    """The records between two moments and the next one on both sides, so that lines reach over."""
    first = max(int(np.searchsorted(time_s, begin_s, side="left")) - 1, 0)
    after = int(np.searchsorted(time_s, end_s, side="right")) + 1
    return time_s[first:after], values[first:after]


# The curves, whole


def curves_of(activity: Activity, track: Track | None) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Each curve that was recorded: moments and values, NaN in gaps and pauses."""
    found = {} if track is None else {"speed": speed_of(track)}
    usable = np.isfinite(activity.time_s)
    for name, channel in SHOWN.items():
        stream = activity.streams.get(channel)
        values = None if stream is None else stream.physical()[usable]
        if values is not None and np.isfinite(values).any():
            both_legs = name == "cadence" and activity.is_run
            shown = (STEPS, 2 * values) if both_legs else (name, values)
            found[shown[0]] = parted(activity.time_s[usable], shown[1], track)
    return found


def speed_of(track: Track) -> tuple[FloatArray, FloatArray]:
    """Speed at every record, over a few seconds around it; NaN in pauses and jumps.

    Single seconds of a GPS watch say nothing, so they are looked at together.
    """
    time_s, reach_s = track.time_s, bin_s() / 4
    low = np.maximum(time_s - reach_s, time_s[0])
    high = np.minimum(time_s + reach_s, time_s[-1])
    way = np.interp(high, time_s, track.ran_m) - np.interp(low, time_s, track.ran_m)
    speed = np.asarray(way / (high - low))
    speed[1:][track.jumps] = np.nan
    return parted(time_s, speed, track)


def parted(
    time_s: FloatArray, values: FloatArray, track: Track | None
) -> tuple[FloatArray, FloatArray]:
    """The curve with a gap wherever nothing was recorded for a while."""
    if track is None or not track.silent.any():
        return time_s, values
    starts, ends = track.time_s[:-1][track.silent], track.time_s[1:][track.silent]
    places = np.searchsorted(time_s, starts, side="right")
    return np.insert(time_s, places, (starts + ends) / 2), np.insert(values, places, np.nan)


# Fewer points


def channel_of(
    name: str, time_s: FloatArray, values: FloatArray, *, track: Track | None, points: int
) -> Channel:
    """One curve in at most so many points."""
    kept = thinned(values, points)
    metres = None if track is None else np.interp(time_s[kept], track.time_s, track.metres)
    return Channel(
        name=name,
        time_s=tuple(time_s[kept].tolist()),
        metres=None if metres is None else tuple(metres.tolist()),
        values=tuple(one if isfinite(one) else None for one in values[kept].tolist()),
    )


def thinned(values: FloatArray, points: int) -> Places:
    """Places of at most `points` values that look like all of them, in their order.

    All when they are few enough. Else the lowest and the highest of each bucket, the first and the
    last; and between two that are kept a NaN wherever any value between them is missing, so that
    no line is drawn where nothing was recorded.
    """
    if values.size <= points:
        return np.arange(values.size)
    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        return np.arange(min(values.size, 1))
    n_buckets = max(1, (points - ROOM_FOR_ENDS) // POINTS_A_BUCKET)
    bucket = known * n_buckets // values.size
    begins = np.flatnonzero(np.append(True, np.diff(bucket) > 0))
    order = np.lexsort((values[known], bucket))
    lowest = known[order[begins]]
    highest = known[order[np.append(begins[1:], known.size) - 1]]
    kept = np.unique(np.concatenate((known[:1], lowest, highest, known[-1:])))
    missing = np.flatnonzero(~np.isfinite(values))
    if not missing.size:
        return np.asarray(kept)
    after = np.searchsorted(missing, kept[:-1])
    next_gap = missing[np.minimum(after, missing.size - 1)]
    between = (next_gap > kept[:-1]) & (next_gap < kept[1:])
    return np.asarray(np.union1d(kept, next_gap[between]))
