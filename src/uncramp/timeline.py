"""One run as it went: what its file says about the cramp, each thing placed at its minute.

Pure judgement on one activity and a few numbers of earlier runs. Minutes are elapsed minutes from
the start, pauses included; pace is of running time, without gaps. Missing is absent, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp import units
from uncramp.evidence import value
from uncramp.run_facts import RunFacts, RunSummary, facts_from_summary
from uncramp.vocabulary import Activity

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray, NullMask

__all__ = ["Onset", "RecentRun", "Timeline", "TimelinePoint", "propose_onset", "replay"]

STANDSTILL_M_S: Final = 0.5
"""Slower than anybody walks; a watch at rest drifts less."""
WALKING_M_S: Final = 2.0
"""About where people change from walking to running."""
LEVEL_NOISE_M: Final = 2.0
"""A watch's elevation, averaged over a bin, wanders by about this much on the flat."""
CLIMB_PCT: Final = 2.0
"""From this grade on a climb explains a slower pace."""
DESCENT_COUNTS_M: Final = 100.0
"""Less descent than this loads no muscle, however little the runs before had."""
BEYOND_END_PCT: Final = 2.0
"""A told place may lie this far past what was recorded: courses and watches differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentRun:
    """Another run of the same runner, in the numbers the store keeps of it."""

    start_utc: datetime
    distance_m: float | None
    moving_s: float | None
    descent_m: float | None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePoint:
    """One thing that happened; `event` names the message `timeline.<event>`.

    `values` hold faster_pct (first_part), slower_pct (first_part_slower), days
    (longest_run_passed), slowdown_pct (slowdown), descent_m (descent), with beyond_pct
    (descent_beyond); minute and share_pct (onset, onset_stop, onset_collapse), only minute
    (onset_minute: the file has no distance). All but onset_minute, and descent in a file
    without distance, have a `km`.
    """

    minute: float | None
    km: float | None
    share: float | None
    event: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A run replayed: facts for the rules, the onset if any, and points in order of the run.

    `thin` names what could not be said: longest_run, first_part, descent (too little history);
    no_start, no_distance, no_elevation, onset_not_placed (too little in the file).
    """

    facts: RunFacts
    onset: Onset | None
    points: tuple[TimelinePoint, ...]
    thin: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Track:
    """Where the runner was when, between neighbouring records; `time_s` rises."""

    time_s: FloatArray
    metres: FloatArray
    """As the watch counted; never falls."""
    ran_m: FloatArray
    """The same without jumps faster than the runner can have been."""
    silent: NullMask
    """Steps in which nothing was recorded: pauses and gaps."""
    moving: NullMask
    """Steps that are neither silent nor spent standing."""

    def second_at(self, metres: float) -> float | None:
        """When this place was reached first, in elapsed seconds; None past the end."""
        if 100 * metres > (100 + BEYOND_END_PCT) * self.metres[-1]:
            return None
        after = min(int(np.searchsorted(self.metres, metres)), self.metres.size - 1)
        around = slice(max(0, after - 1), after + 1)
        return float(np.interp(metres, self.metres[around], self.time_s[around]))

    def metres_at(self, second: float) -> float | None:
        """How far the runner had come after this many elapsed seconds; None past the end."""
        if 100 * second > (100 + BEYOND_END_PCT) * self.time_s[-1]:
            return None
        return float(np.interp(second, self.time_s, self.metres))

    def speed_m_s(self, *, begin_m: float, end_m: float, counted: NullMask) -> float | None:
        """Mean speed between two places over the `counted` steps; None when there are none."""
        low, high = self.metres[:-1], self.metres[1:]
        inside = np.minimum(high, end_m) - np.maximum(low, begin_m)
        share = np.where(high > low, inside / np.maximum(high - low, 1e-9), inside >= 0)
        share = np.clip(share, 0, 1) * counted
        seconds = float((np.diff(self.time_s) * share).sum())
        return float((np.diff(self.ran_m) * share).sum()) / seconds if seconds > 0 else None


def replay(
    activity: Activity,
    *,
    recent: Sequence[RecentRun],
    onset_km: float | None = None,
    onset_min: float | None = None,
    onset_confirmed: bool = False,
    temp_air_c: float | None = None,
    relative_humidity_pct: float | None = None,
) -> Timeline:
    """What the file of one run says, held against `recent` runs of the same runner.

    An answered onset (`onset_km`, or `onset_min` in elapsed minutes) wins; one that the file
    suggests is used for facts only when `onset_confirmed`. Runs in `recent` that did not end
    before this one began are left out. `run.slowdown_pct` compares running pace of the second
    half with the first, of the part before the onset where that is known, else of the whole run;
    `run.descent_m` counts up to the onset or the end.
    """
    track = _track(activity)
    distance_m = _distance_m(activity, track)
    onset, told = _where(activity, track, _Told(onset_km, onset_min), confirmed=onset_confirmed)
    history = _history(activity, recent, "cramps.history_days")
    ran = _Ran(activity, track, distance_m, recent, history, told)
    base = facts_from_summary(
        RunSummary(
            distance_m=distance_m,
            duration_s=activity.elapsed_s,
            onset_km=told.km,
            onset_min=told.minute,
            temp_air_c=temp_air_c,
            relative_humidity_pct=relative_humidity_pct,
            longest_30_days_m=ran.longest_m,
        )
    )
    found = [_first_part(ran), _slowdown(ran), _descent(ran), _longest_passed(ran)]
    found.append(_onset_found(ran, onset))
    facts = dict(base.facts)
    for more, _ in found:
        facts |= more
    points = [point for _, point in found if point is not None]
    return Timeline(
        facts=replace(base, facts={n: fact for n, fact in facts.items() if math.isfinite(fact)}),
        onset=onset,
        points=tuple(sorted(points, key=lambda p: math.inf if p.minute is None else p.minute)),
        thin=_thin(ran, facts),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """Where the cramp came as the runner says, or agrees."""

    km: float | None
    minute: float | None


@dataclass(frozen=True, slots=True, eq=False)
class _Ran:
    """One run with what it is held against."""

    activity: Activity
    track: _Track | None
    distance_m: float | None
    recent: Sequence[RecentRun]
    history: Sequence[RecentRun]
    """Those of `recent` within the days in which the longest run is looked for."""
    told: _Told

    @property
    def longest_m(self) -> float | None:
        """Distance of the longest run of the history; None when that is empty."""
        return max((_known(run.distance_m) for run in self.history), default=0) or None

    @property
    def most_descent_m(self) -> float | None:
        """Most metres down of any run of the history; None when it had none or knows none."""
        return max((_known(run.descent_m) for run in self.history), default=0) or None

    @property
    def onset_m(self) -> float | None:
        """Where the cramp came, in metres, when told or confirmed."""
        return None if self.told.km is None else units.metres_from_kilometres(self.told.km)

    @property
    def fastest_alike_m_s(self) -> float | None:
        """Highest mean speed of the recent runs of like length; None when they are too few."""
        shortest_m = value("cramps.like_length_share") * (self.distance_m or 0)
        speeds = [
            _known(run.distance_m) / _known(run.moving_s)
            for run in _history(self.activity, self.recent, "cramps.pace_history_days")
            if _known(run.moving_s) and _known(run.distance_m) >= max(shortest_m, 1)
        ]
        return max(speeds) if len(speeds) >= value("cramps.pace_history_runs") else None

    def point(
        self, event: str, values: Mapping[str, float], *, at_m: float | None, at_s: float | None
    ) -> TimelinePoint:
        """A point of the timeline at a place, a time, or both."""
        km = None if at_m is None else units.kilometres_from_metres(at_m)
        return TimelinePoint(
            minute=None if at_s is None else units.minutes_from_seconds(at_s),
            km=km,
            share=_share(km, self.distance_m),
            event=event,
            values=values,
        )


Found = tuple[dict[str, float], TimelinePoint | None]


# What is known of the run, and of those before


def _known(number: float | None) -> float:
    """The number, or 0 when there is none worth the name."""
    return number if number is not None and math.isfinite(number) and number > 0 else 0.0


def _distance_m(activity: Activity, track: _Track | None) -> float | None:
    recorded = None if track is None else float(track.metres[-1])
    return _known(activity.distance_m) or recorded


def _share(km: float | None, distance_m: float | None) -> float | None:
    if km is None or not distance_m:
        return None
    return min(1.0, units.metres_from_kilometres(km) / distance_m)


def _history(activity: Activity, recent: Sequence[RecentRun], days_key: str) -> list[RecentRun]:
    """Runs that were over when this one began, and began at most so many days before."""
    start = activity.start_utc
    if start is None:
        return []
    first = start - timedelta(days=value(days_key))
    return [
        run
        for run in recent
        if first <= run.start_utc < start
        and run.start_utc + timedelta(seconds=_known(run.moving_s)) <= start
    ]


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


def _along(north_deg: FloatArray, east_deg: FloatArray, counted: NullMask) -> FloatArray:
    """Share of the path behind each record, 0–1; NaN where there is no position."""
    known = np.flatnonzero(np.isfinite(north_deg + east_deg))
    result = np.full(north_deg.size, np.nan)
    if known.size > 1:
        north, east = np.radians(north_deg[known]), np.radians(east_deg[known])
        steps = np.hypot(np.diff(north), np.diff(east) * np.cos(north[1:]))
        path = np.append(0, np.cumsum(steps * counted[known[1:] - 1]))
        result[known] = path / path[-1] if path[-1] > 0 else np.nan
    return result


def _silent(steps_s: FloatArray) -> NullMask:
    """Steps in which nothing was recorded although more should have been."""
    rising = steps_s[np.isfinite(steps_s) & (steps_s > 0)]
    usual_s = float(np.median(rising)) if rising.size else 0.0
    return np.asarray(steps_s > max(_bin_s(), 2 * usual_s))


def _track(activity: Activity) -> _Track | None:
    """The run as a line of distance over time; None without both."""
    metres = _metres(activity)
    if metres is None:
        return None
    known = np.isfinite(activity.time_s) & np.isfinite(metres)
    time_s, metres = activity.time_s[known], np.maximum.accumulate(metres[known])
    last_of_moment = np.append(np.diff(time_s) > 0, True)[: time_s.size]
    time_s, metres = time_s[last_of_moment], metres[last_of_moment]
    if time_s.size < 2 or metres[-1] <= 0:
        return None
    steps_s = np.diff(time_s)
    steps_m = np.minimum(np.diff(metres), _fastest_m_s(time_s, metres) * steps_s)
    ran_m, silent = np.append(0, np.cumsum(steps_m)), _silent(steps_s)
    middle, reach = (time_s[1:] + time_s[:-1]) / 2, np.maximum(_bin_s(), steps_s) / 2
    low, high = np.maximum(middle - reach, time_s[0]), np.minimum(middle + reach, time_s[-1])
    speed = (np.interp(high, time_s, ran_m) - np.interp(low, time_s, ran_m)) / (high - low)
    return _Track(time_s, metres, ran_m, silent, ~silent & (speed >= STANDSTILL_M_S))


def _fastest_m_s(time_s: FloatArray, metres: FloatArray) -> float:
    """Twice what this runner kept up for a while: a faster step is a jump of the positions."""
    speeds = _bin_speeds(time_s, metres)
    if speeds.size < _bins_in("cramps.onset.sustained_min"):
        return math.inf
    kept_up = _windows(speeds, "cramps.onset.sustained_min").min(axis=1).max()
    return 2 * float(kept_up) or math.inf


# The run in bins of equal time


def _bin_s() -> float:
    """A quarter of the time a collapse must last: the grain at which pace is looked at."""
    return units.seconds_from_minutes(value("cramps.onset.sustained_min")) * 0.5 * 0.5


def _bins_in(minutes_key: str) -> int:
    return max(1, round(units.seconds_from_minutes(value(minutes_key)) / _bin_s()))


def _edges(begin_s: float, end_s: float) -> FloatArray:
    return np.asarray(np.arange(begin_s, end_s + 1e-9, _bin_s()))


def _bin_speeds(time_s: FloatArray, metres: FloatArray) -> FloatArray:
    return np.diff(np.interp(_edges(time_s[0], time_s[-1]), time_s, metres)) / _bin_s()


def _windows(bins: FloatArray, minutes_key: str) -> FloatArray:
    """Every stretch of so many minutes, one per row; needs at least that many bins."""
    return np.lib.stride_tricks.sliding_window_view(bins, _bins_in(minutes_key))


def _levels(activity: Activity, edges: FloatArray) -> FloatArray | None:
    """Mean elevation around each edge, in metres; None when none was recorded."""
    stream = activity.streams.get("elevation_m")
    if stream is None or not edges.size:
        return None
    level = stream.physical()
    known = np.isfinite(level) & np.isfinite(activity.time_s)
    place = np.rint((activity.time_s[known] - edges[0]) / _bin_s()).astype(int)
    inside = (place >= 0) & (place < edges.size)
    if not inside.any():
        return None
    count = np.bincount(place[inside], minlength=edges.size)
    total = np.bincount(place[inside], weights=level[known][inside], minlength=edges.size)
    have = count > 0
    return np.interp(edges, edges[have], total[have] / count[have])


def _climbing(speed: FloatArray, levels: FloatArray | None) -> NullMask:
    """Bins uphill enough to explain a slower pace, looking one bin back and one ahead."""
    if levels is None:
        return np.zeros(speed.size, dtype=np.bool_)
    around = np.arange(speed.size)
    low, high = np.maximum(around - 1, 0), np.minimum(around + 2, speed.size)
    metres = np.append(0, np.cumsum(speed * _bin_s()))
    gain, way = levels[high] - levels[low], metres[high] - metres[low]
    steep = (gain >= LEVEL_NOISE_M) & (100 * gain >= CLIMB_PCT * way)
    return np.asarray(steep & (speed >= STANDSTILL_M_S))


# Where the cramp came


def _where(
    activity: Activity, track: _Track | None, told: _Told, *, confirmed: bool
) -> tuple[Onset | None, _Told]:
    """The onset, and what of it may be used for facts."""
    if told.km is None and told.minute is None:
        proposed = propose_onset(activity)
        if proposed is None or not confirmed:
            return proposed, told
        return replace(proposed, proposed=False), _Told(proposed.km, proposed.minute)
    told = told if track is None else _completed(told, track)
    if told.minute is None:
        return None, told
    distance_m = _distance_m(activity, track)
    return _onset(told.km, told.minute, distance_m, sign="answered", proposed=False), told


def _completed(told: _Told, track: _Track) -> _Told:
    """The minute for a kilometre, or the kilometre for a minute, where the file can tell."""
    if told.minute is None and told.km is not None:
        second = track.second_at(units.metres_from_kilometres(told.km))
        return _Told(told.km, None if second is None else units.minutes_from_seconds(second))
    if told.km is None and told.minute is not None:
        metres = track.metres_at(units.seconds_from_minutes(told.minute))
        return _Told(None if metres is None else units.kilometres_from_metres(metres), told.minute)
    return told


def _onset(
    km: float | None, minute: float, distance_m: float | None, *, sign: str, proposed: bool
) -> Onset:
    share = _share(km, distance_m)
    return Onset(minute=minute, km=km, share=share, proposed=proposed, sign=sign)


def propose_onset(activity: Activity) -> Onset | None:
    """Where a run looks as if a cramp stopped it; None unless that is plain.

    The runner ran steadily, then within moments stood or walked for longer than at a traffic
    light, not because of a climb; and from then on mostly walked, or ran on slower after
    standing, or stood for long once, with the watch on. Planned walk breaks, intervals, a pause
    with the watch stopped and the walk home after a run do not count. The end of a run is never
    read: too many things end one.
    """
    track = _track(activity)
    if track is None or not activity.is_run:
        return None
    edges = _edges(track.time_s[0], track.time_s[-1])
    speed = _bin_speeds(track.time_s, track.ran_m)
    climbing = _climbing(speed, _levels(activity, edges))
    for place, steady_m_s in _breaks(speed, climbing):
        onset_s = _sharpest_drop(track, edges[place])
        begin = int(np.searchsorted(edges, onset_s))
        stood = _stood(speed[begin:])
        walked = _walked(speed, climbing, begin=begin + stood, steady_m_s=steady_m_s)
        recorded = not track.silent[
            (track.time_s[1:] > onset_s) & (track.time_s[:-1] < edges[begin + stood])
        ].any()
        slowed = _is_slow(walked, steady_m_s, after_stop=stood > 0)
        if slowed or (recorded and _stood_once(speed, stood, walked, steady_m_s)):
            metres = float(np.interp(onset_s, track.time_s, track.metres))
            km, minute = units.kilometres_from_metres(metres), units.minutes_from_seconds(onset_s)
            is_stop = stood >= _bins_in("cramps.onset.sustained_min") - 1
            return _onset(
                km,
                minute,
                _distance_m(activity, track),
                sign="stop" if is_stop else "collapse",
                proposed=True,
            )
    return None


def _collapsed(speed_m_s: float) -> float:
    """The speed of a collapsed pace, for someone who ran at `speed_m_s`."""
    return speed_m_s / (1 + value("cramps.onset.collapse_pct") / 100)


def _walking(steady_m_s: float) -> float:
    """The speed below which someone who ran at `steady_m_s` has stopped running."""
    return min(_collapsed(steady_m_s), WALKING_M_S)


def _breaks(speed: FloatArray, climbing: NullMask) -> list[tuple[int, float]]:
    """First bins of a walk or stop right after steady running, with the steady speed."""
    n_steady, n_down = (_bins_in(f"cramps.onset.{name}_min") for name in ("steady", "sustained"))
    if speed.size < n_steady + n_down:
        return []
    before = _windows(speed, "cramps.onset.steady_min")[:-n_down]
    after = _windows(speed, "cramps.onset.sustained_min")[n_steady:]
    uphill = np.lib.stride_tricks.sliding_window_view(climbing, n_down)[n_steady:]
    steady_m_s = np.median(before, axis=1)
    limit = np.minimum(steady_m_s * _collapsed(1.0), WALKING_M_S)
    steady = (before < limit[:, None]).sum(axis=1) <= n_down
    found = steady & (after.mean(axis=1) < limit) & (uphill.mean(axis=1) < 0.5)
    first = np.flatnonzero(found & ~np.append(False, found[:-1]))
    return [(int(place) + n_steady, float(steady_m_s[place])) for place in first]


def _sharpest_drop(track: _Track, near_s: float) -> float:
    """The second at which the pace before and after differ most, just after `near_s`."""
    reach_s = units.seconds_from_minutes(value("cramps.onset.sustained_min"))
    seconds = near_s + np.arange(-_bin_s(), reach_s)
    before, here, after = (
        np.interp(seconds + shift_s, track.time_s, track.ran_m)
        for shift_s in (-reach_s, 0, reach_s)
    )
    return float(seconds[np.argmax(2 * here - before - after)])


def _stood(speed: FloatArray) -> int:
    """For how many bins the runner stood still from the first one on."""
    still = speed < STANDSTILL_M_S
    return int(still.size if still.all() else np.argmin(still))


def _walked(
    speed: FloatArray, climbing: NullMask, *, begin: int, steady_m_s: float
) -> FloatArray | None:
    """Speeds of the rest of the run, climbs left out; None when that is too little to judge.

    The rest ends where running ended. Who only walks must do so for longer than from the end of a
    run to the door.
    """
    n_steady = _bins_in("cramps.onset.steady_min")
    for limit, needed in (
        (_walking(steady_m_s), n_steady),
        (WALKING_M_S / 2, 2 * n_steady),
    ):
        rest = np.flatnonzero(speed[begin:] > limit)
        if rest.size and rest[-1] + 1 >= needed:
            part = slice(begin, begin + int(rest[-1]) + 1)
            flat = speed[part][~climbing[part]]
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
    n_long = 2 * _bins_in("cramps.onset.sustained_min")
    if walked is None or stood < n_long - 1:
        return False
    still = np.append(False, speed < STANDSTILL_M_S)
    starts = np.flatnonzero(still[1:] & ~still[:-1])
    stops = [place for place in starts if _stood(speed[place:]) >= n_long / 2 - 1]
    return len(stops) == 1 and bool(np.median(walked) <= steady_m_s)


# What the file says of the load


def _first_part(ran: _Ran) -> Found:
    """Speed of the first part, standing included, against the fastest recent run of like length."""
    track, distance_m, fastest = ran.track, ran.distance_m, ran.fastest_alike_m_s
    if track is None or distance_m is None or fastest is None:
        return {}, None
    end_m = value("cramps.first_part_share") * distance_m
    cramped_before = ran.onset_m is not None and ran.onset_m < end_m
    speed = track.speed_m_s(begin_m=0.0, end_m=end_m, counted=~track.silent)
    if speed is None or cramped_before or end_m > track.metres[-1]:
        return {}, None
    faster_pct = 100 * (speed / fastest - 1)
    event, values = "first_part", {"faster_pct": faster_pct}
    if faster_pct < 0:
        event, values = "first_part_slower", {"slower_pct": -faster_pct}
    point = ran.point(event, values, at_m=end_m, at_s=track.second_at(end_m))
    return {"run.first_part_faster_pct": faster_pct}, point


def _slowdown(ran: _Ran) -> Found:
    """Running pace of the second half against the first, up to the onset where it is known."""
    track = ran.track
    if track is None:
        return {}, None
    end_m = min(float(track.metres[-1]), math.inf if ran.onset_m is None else ran.onset_m)
    half_m = end_m / 2
    first = track.speed_m_s(begin_m=0.0, end_m=half_m, counted=track.moving)
    second = track.speed_m_s(begin_m=half_m, end_m=end_m, counted=track.moving)
    if not first or not second:
        return {}, None
    slowdown_pct = 100 * (first / second - 1)
    facts = {"run.slowdown_pct": slowdown_pct}
    if slowdown_pct < 1:
        return facts, None
    values = {"slowdown_pct": slowdown_pct}
    return facts, ran.point("slowdown", values, at_m=half_m, at_s=track.second_at(half_m))


def _descent(ran: _Ran) -> Found:
    """Metres down until the onset or the end, against the most of any recent run."""
    times = ran.activity.time_s[np.isfinite(ran.activity.time_s)]
    end_s = float(times.max(initial=0))
    if ran.told.minute is not None:
        end_s = min(end_s, units.seconds_from_minutes(ran.told.minute))
    levels = _levels(ran.activity, _edges(0.0, end_s))
    if levels is None:
        return {}, None
    descent_m = _fallen_m(levels)
    facts, values = {"run.descent_m": descent_m}, {"descent_m": descent_m}
    if descent_m < DESCENT_COUNTS_M:
        return facts, None
    event, most_m = "descent", ran.most_descent_m
    if most_m is not None:
        facts["run.descent_beyond_pct"] = 100 * (descent_m / most_m - 1)
    if most_m is not None and descent_m > most_m:
        event, values["beyond_pct"] = "descent_beyond", facts["run.descent_beyond_pct"]
    at_m = None if ran.track is None else ran.track.metres_at(end_s)
    return facts, ran.point(event, values, at_m=at_m, at_s=end_s)


def _fallen_m(levels: FloatArray) -> float:
    """Metres down in all, leaving out wobbles smaller than the noise."""
    fallen, mark = 0.0, float(levels[0])
    for level in levels.tolist():
        if abs(level - mark) >= LEVEL_NOISE_M:
            fallen += max(0.0, mark - level)
            mark = level
    return fallen


def _longest_passed(ran: _Ran) -> Found:
    """Where the run went past the longest one of the days before."""
    longest_m = ran.longest_m
    if ran.track is None or longest_m is None or longest_m >= ran.track.metres[-1]:
        return {}, None
    values = {"days": value("cramps.history_days")}
    second = ran.track.second_at(longest_m)
    return {}, ran.point("longest_run_passed", values, at_m=longest_m, at_s=second)


def _onset_found(ran: _Ran, onset: Onset | None) -> Found:
    """The cramp itself, and the fact that the file suggests where it came."""
    if onset is None:
        return {}, None
    event = f"onset_{onset.sign}" if onset.proposed else "onset"
    values = {"minute": onset.minute}
    if onset.share is None:
        event = "onset_minute"
    else:
        values["share_pct"] = 100 * onset.share
    at_m = None if onset.km is None else units.metres_from_kilometres(onset.km)
    facts = {}
    if onset.km is not None and onset.sign != "answered":
        facts["run.proposed_onset_km"] = onset.km
    point = ran.point(event, values, at_m=at_m, at_s=units.seconds_from_minutes(onset.minute))
    return facts, point


def _thin(ran: _Ran, facts: Mapping[str, float]) -> tuple[str, ...]:
    """What could not be said, and whether the file or the history is to blame."""
    no_elevation = "run.descent_m" not in facts
    missing = {
        "no_start": ran.activity.start_utc is None,
        "no_distance": ran.track is None,
        "no_elevation": no_elevation,
        "onset_not_placed": ran.told.km is not None and ran.told.minute is None,
        "longest_run": ran.longest_m is None,
        "first_part": ran.fastest_alike_m_s is None,
        "descent": not no_elevation and ran.most_descent_m is None,
    }
    return tuple(name for name, is_missing in missing.items() if is_missing)
