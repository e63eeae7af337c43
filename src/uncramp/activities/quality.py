"""Sanity for every file format: times that never step back, no absurd values, an honest summary.

The limits here say what a file can plausibly hold, for any sport and any device; they are not
estimates from people. What is changed or looks wrong is told in a flag, never silently.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.vocabulary import (
    Activity,
    Lap,
    QualityFlag,
    Stream,
    UserProfile,
)

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray, NullMask

__all__ = ["Recorded", "RecordedLap", "finish", "path_steps_m", "utc_datetime"]

EARTH_RADIUS_M: Final = 6_371_000.0

LONGEST_ACTIVITY_S: Final = 10 * 86_400.0
"""Six-day races are recorded in one file; ten days leaves room for breaks."""

WINDOW_SLACK_S: Final = 3_600.0
"""How far outside its session's own times a record may lie before its clock is disbelieved."""

SHORTEST_GAP_S: Final = 30.0
"""Smart recording writes a record every few seconds; a longer silence is a pause or a gap …"""
GAP_IN_STEPS: Final = 10.0
"""… unless the whole file is that sparse: then ten of its usual steps."""

LONG_GAP_S: Final = 300.0
"""A silence this long is not running time even when the watch's timer says so."""

CLOCK_SET_S: Final = 60.0
"""A lasting step back by more is the clock being set, by less a repeated stretch."""

EARLIEST_EPOCH_S: Final = 946_684_800.0
"""2000-01-01: no watch file is older; earlier times mean that the clock was never set."""
LATEST_EPOCH_S: Final = 4_102_444_800.0
"""2100-01-01."""

FASTEST_M_S: Final = 100.0
"""Faster than any sport on the ground."""
FASTEST_RUN_M_S: Final = 13.0
"""Faster than a sprint record, so no whole run has this average."""

SMALL_STEP_BACK_M: Final = 50.0
"""Devices correct their distance by a few metres; only larger steps back are wrong values."""

MOST_JUMPS: Final = 20

HALF_THE_RECORDS: Final = 0.5

LIMITS: Final = MappingProxyType(
    {
        "latitude_deg": (-90.0, 90.0),
        "longitude_deg": (-180.0, 180.0),
        "elevation_m": (-500.0, 12_000.0),
        "distance_m": (0.0, 3_000_000.0),
        "speed_m_s": (0.0, FASTEST_M_S),
        "heart_rate_bpm": (1.0, 250.0),
        "cadence_rpm": (0.0, 254.0),
        "power_w": (0.0, 4_000.0),
        "temp_watch_c": (-50.0, 80.0),
    }
)
"""Smallest and largest value believed per channel, in the channel's unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedLap:
    """One lap as written, on the Unix clock."""

    start_epoch_s: float
    elapsed_s: float | None = None
    timer_s: float | None = None
    distance_m: float | None = None


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Recorded:
    """What a file says about one session, before anything is checked."""

    sport: str
    sub_sport: str | None = None
    session_index: int = 0
    start_epoch_s: float | None = None
    elapsed_s: float | None = None
    timer_s: float | None = None
    distance_m: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    reported_sweat_loss_l: float | None = None
    utc_offset_s: int | None = None
    device: str | None = None
    device_serial: int | None = None
    file_created_utc: datetime | None = None
    profile: UserProfile | None = None
    epoch_s: FloatArray
    """Unix time of each record, NaN where it has none."""
    streams: dict[str, Stream]
    pauses: tuple[tuple[float, float], ...] = ()
    """Unix times between which the timer was stopped."""
    segment_starts: tuple[int, ...] = ()
    """Records before which nothing was recorded for a while (a new track segment)."""
    laps: tuple[RecordedLap, ...] = ()
    flags: tuple[QualityFlag, ...] = ()


@dataclass(slots=True)
class _Work:
    """Flags gathered on the way."""

    flags: list[QualityFlag] = field(default_factory=list)

    def flag(self, code: str, kind: str, detail: str = "") -> None:
        self.flags.append(QualityFlag(code=code, kind=kind, detail=detail))


def finish(recorded: Recorded) -> Activity:
    """The activity with repaired times, absurd values dropped, and its summary."""
    work = _Work(list(recorded.flags))
    epoch_s = _repaired_times(recorded, work)
    n_records = epoch_s.size
    start = _start_epoch_s(recorded, epoch_s)
    time_s = np.round(epoch_s - start, 3) if start is not None else np.full(n_records, np.nan)
    streams = _plausible_streams(recorded.streams, time_s, work)
    heart_rate = streams.get("heart_rate_bpm")
    mean_heart_rate = _mean(heart_rate)
    streams = _merge_twin_rows(streams, time_s, work)
    elapsed_s = _elapsed_s(recorded, time_s)
    distance_m = _distance_m(recorded, streams, elapsed_s, work)
    _flag_missing(recorded, streams, n_records, distance_m, work)
    clock_set = start is not None and EARLIEST_EPOCH_S <= start <= LATEST_EPOCH_S
    if start is not None and not clock_set:
        work.flag("clock_not_set", "odd")
    return Activity(
        sport=recorded.sport,
        sub_sport=recorded.sub_sport,
        session_index=recorded.session_index,
        start_utc=utc_datetime(start) if clock_set else None,
        utc_offset_s=recorded.utc_offset_s if clock_set else None,
        elapsed_s=elapsed_s,
        moving_s=_moving_s(recorded, time_s, start or 0.0, elapsed_s),
        distance_m=distance_m,
        ascent_m=recorded.ascent_m,
        descent_m=recorded.descent_m,
        n_records=n_records,
        mean_heart_rate_bpm=mean_heart_rate,
        reported_sweat_loss_l=recorded.reported_sweat_loss_l,
        device=recorded.device,
        device_serial=recorded.device_serial,
        file_created_utc=recorded.file_created_utc,
        profile=recorded.profile,
        time_s=time_s,
        streams=streams,
        laps=_laps(recorded, start),
        flags=_unique(work.flags),
    )


def utc_datetime(epoch_s: float | None) -> datetime | None:
    """The moment `epoch_s` seconds after 1970 in UTC, None when no device can mean it."""
    if epoch_s is None or not EARLIEST_EPOCH_S <= epoch_s <= LATEST_EPOCH_S:
        return None
    return datetime.fromtimestamp(epoch_s, UTC)


# Times


def _repaired_times(recorded: Recorded, work: _Work) -> FloatArray:
    """Unix times that never step back; all NaN when the file tells too few."""
    told = np.array(recorded.epoch_s, dtype=np.float64)
    known = np.isfinite(told)
    if not told.size:
        return told
    if known.sum() < HALF_THE_RECORDS * told.size:
        return _no_times(told.size, int(known.sum()), work)
    low, high = _window(recorded, told[known])
    outside = known & ((told < low) | (told > high))
    if known.all() and not outside.any() and (np.diff(told) >= 0).all():
        times = told
    else:
        times = _in_line(told, known, outside, work)
    if times[-1] - times[0] > LONGEST_ACTIVITY_S:
        return _no_times(told.size, 0, work)
    same = int((np.diff(times) == 0).sum())
    if same:
        work.flag("duplicate_times", "odd", str(same))
    return times


def _no_times(n_records: int, n_known: int, work: _Work) -> FloatArray:
    work.flag("no_times", "missing", f"{n_records - n_known} of {n_records}")
    return np.full(n_records, np.nan)


def _in_line(told: FloatArray, known: NullMask, outside: NullMask, work: _Work) -> FloatArray:
    """Times with unknown and absurd ones filled in and steps back taken out."""
    spikes = outside | _spikes(told, known & ~outside)
    if spikes.any():
        work.flag("absurd_times_repaired", "repaired", str(int(spikes.sum())))
    if not known.all():
        work.flag("records_without_time", "repaired", str(int((~known).sum())))
    times = _filled(told, known & ~spikes)
    steps = np.diff(times, prepend=times[:1])
    if (steps < 0).any():
        work.flag("time_steps_back", "repaired", str(int((steps < 0).sum())))
        times = times - np.cumsum(np.where(steps < -CLOCK_SET_S, steps, 0.0))
        times = np.maximum.accumulate(times)
    return times


def _window(recorded: Recorded, told: FloatArray) -> tuple[float, float]:
    """Between which times a record is believed."""
    start, elapsed_s = recorded.start_epoch_s, recorded.elapsed_s
    if start is not None and elapsed_s is not None and 0 < elapsed_s <= LONGEST_ACTIVITY_S:
        low, high = start - WINDOW_SLACK_S, start + elapsed_s + WINDOW_SLACK_S
        if ((told >= low) & (told <= high)).mean() >= HALF_THE_RECORDS:
            return low, high
    middle = float(np.median(told))
    return middle - LONGEST_ACTIVITY_S / 2, middle + LONGEST_ACTIVITY_S / 2


def _spikes(told: FloatArray, usable: NullMask) -> NullMask:
    """Records whose clock leaves its neighbours and comes back.

    The running median of a sequence that only rises is the sequence itself, so a record that
    differs much from it stands out; a lasting step moves the median too and does not.
    """
    result = np.zeros(told.size, dtype=np.bool_)
    values = told[usable]
    if values.size < 3:
        return result
    steps = np.diff(values)
    if (steps >= 0).all():
        return result
    reach = 5
    padded = np.concatenate([np.full(reach, values[0]), values, np.full(reach, values[-1])])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    usual_step = float(np.median(np.abs(steps)))
    away = np.abs(values - np.median(windows, axis=1)) > GAP_IN_STEPS * usual_step + reach
    result[np.flatnonzero(usable)[away]] = True
    return result


def _filled(told: FloatArray, good: NullMask) -> FloatArray:
    """Times for all records: between good ones in even steps, beyond them at the usual step."""
    places = np.flatnonzero(good)
    if not places.size:
        return np.full(told.size, np.nan)
    every = np.arange(told.size)
    times = np.interp(every, places, told[places])
    steps = np.diff(told[places]) / np.maximum(np.diff(places), 1)
    step = max(0.0, float(np.median(steps))) if steps.size else 1.0
    before, after = every < places[0], every > places[-1]
    times[before] -= step * (places[0] - every[before])
    times[after] += step * (every[after] - places[-1])
    return times


def _start_epoch_s(recorded: Recorded, epoch_s: FloatArray) -> float | None:
    """The session's own start, or the first record when that is earlier or there is no session."""
    first = float(epoch_s[0]) if epoch_s.size and np.isfinite(epoch_s[0]) else None
    told = recorded.start_epoch_s
    if first is None:
        return told
    if told is None or abs(first - told) > LONGEST_ACTIVITY_S:
        return first
    return min(first, told)


# Values


def _plausible_streams(
    streams: dict[str, Stream], time_s: FloatArray, work: _Work
) -> dict[str, Stream]:
    kept: dict[str, Stream] = {}
    dropped = 0
    for channel, stream in streams.items():
        absurd = _outside_limits(stream)
        kept[channel] = stream if absurd is None else _without(stream, absurd)
        dropped += 0 if absurd is None else int(absurd.sum())
    if "distance_m" in kept:
        kept["distance_m"], count = _rising_distance(kept["distance_m"], time_s)
        dropped += count
    dropped += _pair_positions(kept, time_s)
    if dropped:
        work.flag("absurd_values_dropped", "repaired", str(dropped))
    return {name: stream for name, stream in kept.items() if _has_values(stream)}


def _has_values(stream: Stream) -> bool:
    return bool(stream.values.size) and (stream.null is None or not stream.null.all())


def _without(stream: Stream, absurd: NullMask) -> Stream:
    null = absurd if stream.null is None else stream.null | absurd
    values = stream.values.copy()
    values[null] = 0
    return replace(stream, values=values, null=null)


def _outside_limits(stream: Stream) -> NullMask | None:
    """Values no device can mean; None when there are none."""
    limits = LIMITS.get(stream.channel)
    if limits is None or not stream.values.size:
        return None
    low, high = ((limit + stream.offset) * stream.scale for limit in limits)
    values = stream.values
    if stream.null is None and low <= values.min() and values.max() <= high:
        return None
    absurd = (values < low) | (values > high)
    if stream.null is not None:
        absurd &= ~stream.null
    return absurd if absurd.any() else None


def _rising_distance(stream: Stream, time_s: FloatArray) -> tuple[Stream, int]:
    """The distance channel without values that fall out of a rising line, counted from 0.

    Also how many were dropped.
    """
    usable = np.ones(time_s.size, np.bool_) if stream.null is None else ~stream.null
    metres = stream.values[usable].astype(np.float64) / stream.scale - stream.offset
    seconds = time_s[usable]
    steps = np.diff(metres)
    possible = _possible_step_m(np.diff(seconds))
    count = 0
    if (steps < -SMALL_STEP_BACK_M).any() or (steps > possible).any():
        wrong = _out_of_line(metres)
        _mark_beyond_jumps(metres, seconds, wrong)
        absurd = np.zeros(time_s.size, dtype=np.bool_)
        absurd[np.flatnonzero(usable)[wrong]] = True
        count = int(wrong.sum())
        stream = _without(stream, absurd) if count else stream
        metres, seconds = metres[~wrong], seconds[~wrong]
    if metres.size and metres[0] > _possible_step_m(seconds[:1])[0] + 100.0:
        stream = _rebased(stream, metres[0])
    return stream, count


def _possible_step_m(step_s: FloatArray) -> FloatArray:
    """The farthest anyone moves in `step_s`; without times every step is possible."""
    return FASTEST_M_S * np.maximum(np.nan_to_num(step_s, nan=np.inf), 1.0)


def _out_of_line(values: FloatArray) -> NullMask:
    """Values that are not part of the longest rising line through the sequence."""
    tails: list[float] = []
    tail_places: list[int] = []
    before = np.full(values.size, -1)
    for place, value in enumerate(values.tolist()):
        at = bisect_right(tails, value)
        before[place] = tail_places[at - 1] if at else -1
        if at == len(tails):
            tails.append(value)
            tail_places.append(place)
        else:
            tails[at] = value
            tail_places[at] = place
    wrong = np.ones(values.size, dtype=np.bool_)
    place = tail_places[-1] if tail_places else -1
    while place >= 0:
        wrong[place] = False
        place = int(before[place])
    return wrong


def _mark_beyond_jumps(metres: FloatArray, seconds: FloatArray, wrong: NullMask) -> None:
    """Mark the shorter side of every step that nobody can make in its time.

    A channel that jumps again and again is noise, and is marked whole.
    """
    for _ in range(MOST_JUMPS):
        places = np.flatnonzero(~wrong)
        far = np.diff(metres[places]) > _possible_step_m(np.diff(seconds[places]))
        if not far.any():
            return
        cut = int(np.argmax(far)) + 1
        shorter = places[:cut] if cut <= places.size - cut else places[cut:]
        wrong[shorter] = True
    wrong[:] = True


def _rebased(stream: Stream, first_m: float) -> Stream:
    """Distance counted from this session's first record, not from the first session's."""
    base = int((first_m + stream.offset) * stream.scale)
    values = stream.values - np.array(base, dtype=stream.values.dtype)
    if stream.null is not None:
        values[stream.null] = 0
    return replace(stream, values=values)


def _pair_positions(streams: dict[str, Stream], time_s: FloatArray) -> int:
    """Drop half positions, the place 0/0 and single far jumps from both channels; how many."""
    latitude, longitude = streams.get("latitude_deg"), streams.get("longitude_deg")
    if latitude is None or longitude is None:
        streams.pop("latitude_deg", None)
        streams.pop("longitude_deg", None)
        return 0
    null = np.zeros(time_s.size, dtype=np.bool_)
    for stream in (latitude, longitude):
        if stream.null is not None:
            null |= stream.null
    nowhere = ~null & (latitude.values == 0) & (longitude.values == 0)
    jumps = _jumps(latitude, longitude, null | nowhere, time_s)
    bad = null | nowhere | jumps
    if bad.any():
        streams["latitude_deg"] = _without(latitude, bad)
        streams["longitude_deg"] = _without(longitude, bad)
    return int(nowhere.sum()) + int(jumps.sum())


def _jumps(latitude: Stream, longitude: Stream, null: NullMask, time_s: FloatArray) -> NullMask:
    """Single positions that nobody can reach from the one before nor leave for the next."""
    result = np.zeros(time_s.size, dtype=np.bool_)
    places = np.flatnonzero(~null)
    if places.size < 3:
        return result
    steps_m = path_steps_m(
        latitude.values[places] / latitude.scale, longitude.values[places] / longitude.scale
    )
    if steps_m.max() <= FASTEST_M_S:
        return result
    far = steps_m > _possible_step_m(np.diff(time_s[places]))
    result[places[1:-1][far[:-1] & far[1:]]] = True
    return result


def path_steps_m(latitude_deg: FloatArray, longitude_deg: FloatArray) -> FloatArray:
    """Great-circle distance between neighbouring positions, shape (n - 1,)."""
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    half = (
        np.sin(np.diff(latitude) / 2) ** 2
        + np.cos(latitude[:-1]) * np.cos(latitude[1:]) * np.sin(np.diff(longitude) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def _merge_twin_rows(
    streams: dict[str, Stream], time_s: FloatArray, work: _Work
) -> dict[str, Stream]:
    """Let rows of the same moment share what only one of them carries (position and heart
    rate written in turns)."""
    if time_s.size < 2:
        return streams
    same = np.diff(time_s) == 0
    if not same.any():
        return streams
    merged: dict[str, Stream] = {}
    filled = 0
    for channel, stream in streams.items():
        if stream.null is None:
            merged[channel] = stream
            continue
        values, null = stream.values.copy(), stream.null.copy()
        later = np.flatnonzero(same & null[1:] & ~null[:-1]) + 1
        values[later], null[later] = values[later - 1], False
        earlier = np.flatnonzero(same & null[:-1] & ~null[1:])
        values[earlier], null[earlier] = values[earlier + 1], False
        filled += later.size + earlier.size
        merged[channel] = replace(stream, values=values, null=null if null.any() else None)
    if filled:
        work.flag("rows_merged", "repaired", str(filled))
    return merged


# Summary


def _mean(stream: Stream | None) -> float | None:
    if stream is None:
        return None
    values = stream.values if stream.null is None else stream.values[~stream.null]
    return float(values.mean()) / stream.scale - stream.offset if values.size else None


def _span_s(time_s: FloatArray) -> float | None:
    return float(time_s[-1]) if time_s.size and np.isfinite(time_s[-1]) else None


def _elapsed_s(recorded: Recorded, time_s: FloatArray) -> float | None:
    """The session's own elapsed time unless it is absurd or shorter than its records."""
    span, told = _span_s(time_s), recorded.elapsed_s
    if told is None or not 0 < told <= LONGEST_ACTIVITY_S:
        return span
    return told if span is None or span <= told + SHORTEST_GAP_S else span


def _moving_s(
    recorded: Recorded, time_s: FloatArray, start: float, elapsed_s: float | None
) -> float | None:
    """Time without pauses and gaps: the watch's timer, less gaps that it did not notice."""
    steps = np.diff(time_s)
    if elapsed_s is None:
        return None
    if not steps.size or not np.isfinite(steps).all():
        return recorded.timer_s if _believable_timer(recorded.timer_s, elapsed_s) else None
    usual_gap_s = max(SHORTEST_GAP_S, GAP_IN_STEPS * float(np.median(steps)))
    if _believable_timer(recorded.timer_s, elapsed_s):
        silent_s = float(steps[steps > max(LONG_GAP_S, usual_gap_s)].sum())
        return min(recorded.timer_s or 0.0, max(0.0, elapsed_s - silent_s))
    gaps = steps > usual_gap_s
    middle = start + (time_s[1:] + time_s[:-1]) / 2
    still = gaps
    for begin, end in recorded.pauses:
        still = still | ((middle > begin) & (middle < end))
    return float(steps[~still].sum())


def _believable_timer(timer_s: float | None, elapsed_s: float) -> bool:
    return timer_s is not None and 0 < timer_s <= elapsed_s * 1.01 + 1.0


def _distance_m(
    recorded: Recorded,
    streams: dict[str, Stream],
    elapsed_s: float | None,
    work: _Work,
) -> float | None:
    """The session's own distance when believable, else the last record's, else the path."""
    from_records = _last(streams.get("distance_m"))
    told = recorded.distance_m
    if told is not None and _believable_distance(told, recorded.sport, elapsed_s):
        short = from_records is not None and from_records > 100.0
        if not (told == 0.0 and short):
            return told
    if told is not None and told > 0:
        work.flag("session_distance_absurd", "repaired")
    return from_records if from_records is not None else _path_m(recorded, streams)


def _believable_distance(distance_m: float, sport: str, elapsed_s: float | None) -> bool:
    fastest = FASTEST_RUN_M_S if sport == "running" else FASTEST_M_S
    return 0 <= distance_m <= fastest * max(elapsed_s or LONGEST_ACTIVITY_S, 10.0)


def _last(stream: Stream | None) -> float | None:
    if stream is None:
        return None
    values = stream.values if stream.null is None else stream.values[~stream.null]
    return float(values.max()) / stream.scale - stream.offset if values.size else None


def _path_m(recorded: Recorded, streams: dict[str, Stream]) -> float | None:
    latitude, longitude = streams.get("latitude_deg"), streams.get("longitude_deg")
    if latitude is None or longitude is None:
        return None
    places = np.arange(latitude.values.size)
    if latitude.null is not None:
        places = places[~latitude.null]
    if places.size < 2:
        return None
    steps_m = path_steps_m(
        latitude.values[places] / latitude.scale, longitude.values[places] / longitude.scale
    )
    segment = np.searchsorted(np.array(recorded.segment_starts, dtype=np.int64), places, "right")
    return float(steps_m[np.diff(segment) == 0].sum())


def _laps(recorded: Recorded, start: float | None) -> tuple[Lap, ...]:
    if start is None:
        return ()
    return tuple(
        Lap(
            start_s=max(0.0, lap.start_epoch_s - start),
            elapsed_s=lap.elapsed_s,
            timer_s=lap.timer_s,
            distance_m=lap.distance_m,
        )
        for lap in recorded.laps
        if abs(lap.start_epoch_s - start) <= LONGEST_ACTIVITY_S
    )


def _flag_missing(
    recorded: Recorded,
    streams: dict[str, Stream],
    n_records: int,
    distance_m: float | None,
    work: _Work,
) -> None:
    if n_records == 0:
        work.flag("no_records", "missing")
    if recorded.sport == "unknown":
        work.flag("no_sport", "missing")
    for channel, code in (("heart_rate_bpm", "no_heart_rate"), ("latitude_deg", "no_position")):
        stream = streams.get(channel)
        if stream is None:
            work.flag(code, "missing")
        elif channel == "heart_rate_bpm" and stream.null is not None:
            have = n_records - int(stream.null.sum())
            if have < HALF_THE_RECORDS * n_records:
                work.flag("heart_rate_patchy", "odd", f"{have} of {n_records}")
    if distance_m is None:
        work.flag("no_distance", "missing")
    if "temp_watch_c" in streams:
        work.flag("watch_temperature_warmed_by_wrist", "odd")


def _unique(flags: list[QualityFlag]) -> tuple[QualityFlag, ...]:
    return tuple(dict.fromkeys(flags))
