"""Where a run looks as if a cramp stopped it, from its file alone.

Pure judgement on one activity. A false proposal is worse than none: the runner is asked about each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from uncramp import units
from uncramp.evidence import value
from uncramp.track import (
    Track,
    bin_edges,
    bin_s,
    bin_speeds,
    bins_in,
    climbing,
    distance_of,
    levels,
    track_of,
    windows,
)

if TYPE_CHECKING:
    from uncramp.vocabulary import Activity, FloatArray, NullMask

__all__ = ["Onset", "onset_at", "propose_onset", "share_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """Where the cramp came: elapsed `minute`, `km`, and `share` (0–1) of the distance."""

    minute: float
    km: float | None
    share: float | None
    proposed: bool
    """True while only the file suggests it and the runner has not confirmed."""
    sign: str
    """`answered`, or what the file shows: `stop` or `collapse`."""


def share_of(km: float | None, distance_m: float | None) -> float | None:
    """Share of the distance at `km`, 0–1; None when either is not known."""
    if km is None or not distance_m:
        return None
    return min(1.0, units.metres_from_kilometres(km) / distance_m)


def onset_at(
    km: float | None, minute: float, distance_m: float | None, *, sign: str, proposed: bool
) -> Onset:
    """An onset, with its share of the distance where that is known."""
    share = share_of(km, distance_m)
    return Onset(minute=minute, km=km, share=share, proposed=proposed, sign=sign)


def propose_onset(activity: Activity) -> Onset | None:
    """Where a run looks as if a cramp stopped it; None unless that is plain.

    The runner ran steadily, then within moments stood or walked for longer than at a traffic
    light, not because of a climb; and from then on mostly walked, or ran on slower after
    standing, or stood for long once, with the watch on. Planned walk breaks, intervals, a pause
    with the watch stopped and the walk home after a run do not count. The end of a run is never
    read: too many things end one.
    """
    track = track_of(activity)
    if track is None or not activity.is_run:
        return None
    edges = bin_edges(track.time_s[0], track.time_s[-1])
    speed = bin_speeds(track.time_s, track.ran_m)
    uphill = climbing(speed, levels(activity, edges))
    for place, steady_m_s in _breaks(speed, uphill):
        onset_s = _sharpest_drop(track, edges[place])
        begin = int(np.searchsorted(edges, onset_s))
        stood = _stood(speed[begin:])
        walked = _walked(speed, uphill, begin=begin + stood, steady_m_s=steady_m_s)
        recorded = not track.silent[
            (track.time_s[1:] > onset_s) & (track.time_s[:-1] < edges[begin + stood])
        ].any()
        slowed = _is_slow(walked, steady_m_s, after_stop=stood > 0)
        if slowed or (recorded and _stood_once(speed, stood, walked, steady_m_s)):
            metres = float(np.interp(onset_s, track.time_s, track.metres))
            km, minute = units.kilometres_from_metres(metres), units.minutes_from_seconds(onset_s)
            is_stop = stood >= bins_in("cramps.onset.sustained_min") - 1
            return onset_at(
                km,
                minute,
                distance_of(activity, track),
                sign="stop" if is_stop else "collapse",
                proposed=True,
            )
    return None


def _collapsed(speed_m_s: float) -> float:
    """The speed of a collapsed pace, for someone who ran at `speed_m_s`."""
    return speed_m_s / (1 + value("cramps.onset.collapse_pct") / 100)


def _walking(steady_m_s: float) -> float:
    """The speed below which someone who ran at `steady_m_s` has stopped running."""
    return min(_collapsed(steady_m_s), value("training.walking_m_s"))


def _breaks(speed: FloatArray, climbs: NullMask) -> list[tuple[int, float]]:
    """First bins of a walk or stop right after steady running, with the steady speed."""
    n_steady, n_down = (bins_in(f"cramps.onset.{name}_min") for name in ("steady", "sustained"))
    if speed.size < n_steady + n_down:
        return []
    before = windows(speed, "cramps.onset.steady_min")[:-n_down]
    after = windows(speed, "cramps.onset.sustained_min")[n_steady:]
    uphill = np.lib.stride_tricks.sliding_window_view(climbs, n_down)[n_steady:]
    steady_m_s = np.median(before, axis=1)
    limit = np.minimum(steady_m_s * _collapsed(1.0), value("training.walking_m_s"))
    steady = (before < limit[:, None]).sum(axis=1) <= n_down
    found = steady & (after.mean(axis=1) < limit) & (uphill.mean(axis=1) < 0.5)
    first = np.flatnonzero(found & ~np.append(False, found[:-1]))
    return [(int(place) + n_steady, float(steady_m_s[place])) for place in first]


def _sharpest_drop(track: Track, near_s: float) -> float:
    """The second at which the pace before and after differ most, just after `near_s`."""
    reach_s = units.seconds_from_minutes(value("cramps.onset.sustained_min"))
    seconds = near_s + np.arange(-bin_s(), reach_s)
    before, here, after = (
        np.interp(seconds + shift_s, track.time_s, track.ran_m)
        for shift_s in (-reach_s, 0, reach_s)
    )
    return float(seconds[np.argmax(2 * here - before - after)])


def _stood(speed: FloatArray) -> int:
    """For how many bins the runner stood still from the first one on."""
    still = speed < value("training.standstill_m_s")
    return int(still.size if still.all() else np.argmin(still))


def _walked(
    speed: FloatArray, climbs: NullMask, *, begin: int, steady_m_s: float
) -> FloatArray | None:
    """Speeds of the rest of the run, climbs left out; None when that is too little to judge.

    The rest ends where running ended. Who only walks must do so for longer than from the end of a
    run to the door.
    """
    n_steady = bins_in("cramps.onset.steady_min")
    for limit, needed in (
        (_walking(steady_m_s), n_steady),
        (value("training.walking_m_s") / 2, 2 * n_steady),
    ):
        rest = np.flatnonzero(speed[begin:] > limit)
        if rest.size and rest[-1] + 1 >= needed:
            part = slice(begin, begin + int(rest[-1]) + 1)
            flat = speed[part][~climbs[part]]
            return flat if (flat > limit).sum() >= 2 else None
    return None


def _is_slow(walked: FloatArray | None, steady_m_s: float, *, after_stop: bool) -> bool:
    """Whether most of the rest was walked; after a stop, half of a collapse will do.

    A cool-down is jogged, and is shorter.
    """
    if walked is None:
        return False
    slow = (_collapsed(steady_m_s) + steady_m_s) / 2 if after_stop else _walking(steady_m_s)
    return bool(np.median(walked) < slow)


def _stood_once(
    speed: FloatArray, stood: int, walked: FloatArray | None, steady_m_s: float
) -> bool:
    """Whether the runner stood for twice as long as a collapse must last, then and only then, and
    was not faster after it."""
    n_long = 2 * bins_in("cramps.onset.sustained_min")
    if walked is None or stood < n_long - 1:
        return False
    still = np.append(False, speed < value("training.standstill_m_s"))
    starts = np.flatnonzero(still[1:] & ~still[:-1])
    stops = [place for place in starts if _stood(speed[place:]) >= n_long / 2 - 1]
    return len(stops) == 1 and bool(np.median(walked) <= steady_m_s)
