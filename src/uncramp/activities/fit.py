"""FIT files: from scanned messages to one activity per session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from uncramp.activities.fit_columns import Records, read_records
from uncramp.activities.fit_heart_rate import beats, heart_rate_at
from uncramp.activities.fit_messages import Message, messages
from uncramp.activities.fit_profile import (
    ACTIVITY,
    DEVICE_INFO,
    EPOCH_OFFSET_S,
    EVENT,
    FILE_ID,
    FILE_TYPES,
    GARMIN_PRODUCTS,
    HEART_RATE,
    LAP,
    MANUFACTURERS,
    SESSION,
    SPORT,
    SPORTS,
    SUB_SPORTS,
    SYSTEM_TIME_LIMIT,
    USER_PROFILE,
)
from uncramp.activities.fit_scan import FitChunk, scan_file
from uncramp.activities.quality import Recorded, RecordedLap, finish, utc_datetime
from uncramp.errors import RefusedFileError
from uncramp.vocabulary import Activity, QualityFlag, Sex, Stream, UserProfile

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray

__all__ = ["read_fit"]

ACTIVITY_FILE = 4
GARMIN = 1
TIMER_EVENT = 0
TIMER_START = 0
TIMER_STOPS = frozenset({1, 4, 8, 9})
QUARTER_HOUR_S = 900
FARTHEST_UTC_OFFSET_S = 14 * 3600
CLOCK_SKEW_S = 120
"""Local and universal time of an activity message are written within two minutes."""


@dataclass(slots=True)
class _Part:
    """What one chunk of the file holds."""

    chunk: FitChunk
    file_id: Message
    sessions: list[Message]
    records: Records


@dataclass(frozen=True, slots=True, kw_only=True)
class _Device:
    name: str | None
    serial: int | None


def read_fit(data: bytes) -> tuple[Activity, ...]:
    """One activity per session, in file order; a file without sessions is one activity."""
    chunks, file_flags = scan_file(data)
    parts = [_part(data, chunk) for chunk in chunks]
    _refuse_other_kinds(parts)
    stored = [m for part in parts for m in messages(data, part.chunk, HEART_RATE)]
    parts = [part for part in parts if part.records.epoch_s.size or part.sessions]
    if stored:
        _merge_heart_rate(parts, stored)
    activities: list[Activity] = []
    for part in parts:
        recorded = _sessions(data, part, tuple(file_flags), len(activities))
        activities.extend([finish(session) for session in recorded])
    return tuple(activities)


def _part(data: bytes, chunk: FitChunk) -> _Part:
    return _Part(
        chunk=chunk,
        file_id=next(iter(messages(data, chunk, FILE_ID)), {}),
        sessions=messages(data, chunk, SESSION),
        records=read_records(data, chunk),
    )


def _refuse_other_kinds(parts: list[_Part]) -> None:
    """Only recorded activities are taken in; a session or plain records outweigh a wrong type."""
    kinds = {_number(part.file_id, "type") for part in parts}
    other = sorted(
        name for kind in kinds if kind != ACTIVITY_FILE and (name := FILE_TYPES.get(kind or 0))
    )
    sessions = any(part.sessions for part in parts)
    records = any(part.records.epoch_s.size for part in parts)
    if sessions or (records and not (other and ACTIVITY_FILE not in kinds)):
        return
    if other:
        known = other[0] if other[0] in ("workout", "course", "monitoring", "settings") else "other"
        raise RefusedFileError(f"fit_{known}")
    raise RefusedFileError("no_records")


def _merge_heart_rate(parts: list[_Part], stored: list[Message]) -> None:
    """Put the strap's stored heart rates beside the records they belong to."""
    times, rates = beats(stored)
    if not times.size:
        return
    for part in parts:
        records = part.records
        if not records.epoch_s.size:
            continue
        merged = heart_rate_at(records.epoch_s, times, rates)
        found = np.isfinite(merged)
        if not found.any():
            continue
        native = records.streams.get("heart_rate_bpm")
        if native is not None:
            merged = np.where(found, merged, native.physical())
        null = ~np.isfinite(merged)
        values = np.where(null, 0.0, merged).astype(np.uint8)
        stream = Stream(channel="heart_rate_bpm", values=values, null=null if null.any() else None)
        records.streams["heart_rate_bpm"] = stream
        detail = str(int(found.sum()))
        part.chunk.flags.append(
            QualityFlag(code="heart_rate_merged", kind="repaired", detail=detail)
        )


def _sessions(
    data: bytes, part: _Part, file_flags: tuple[QualityFlag, ...], first_index: int
) -> Iterable[Recorded]:
    """Each session with its own share of the records; no record is lost or counted twice."""
    flags = (*file_flags, *part.chunk.flags)
    sessions = sorted(part.sessions, key=lambda m: _start_s(m) or 0.0)
    if not sessions:
        sport = next(iter(messages(data, part.chunk, SPORT)), {})
        sessions = [{key: sport[key] for key in ("sport", "sub_sport") if key in sport}]
        flags = (*flags, QualityFlag(code="no_session", kind="repaired"))
    starts = [_start_s(session) for session in sessions]
    owner = _owners(part.records.epoch_s, starts)
    laps = [lap for m in messages(data, part.chunk, LAP) if (lap := _lap(m)) is not None]
    lap_owner = _owners(np.array([lap.start_epoch_s for lap in laps]), starts)
    device = _device(part.file_id, messages(data, part.chunk, DEVICE_INFO))
    profile = _profile(messages(data, part.chunk, USER_PROFILE))
    offset_s = _utc_offset_s(messages(data, part.chunk, ACTIVITY))
    pauses = _pauses(messages(data, part.chunk, EVENT))
    for index, session in enumerate(sessions):
        mine = None if len(sessions) == 1 else owner == index
        sweat_ml = _number(session, "sweat_loss_ml")
        yield Recorded(
            sport=_sport(session),
            sub_sport=SUB_SPORTS.get(_number(session, "sub_sport") or 0),
            session_index=first_index + index,
            start_epoch_s=starts[index],
            elapsed_s=_real(session, "elapsed_s"),
            timer_s=_real(session, "timer_s"),
            distance_m=_real(session, "distance_m"),
            ascent_m=_real(session, "ascent_m"),
            descent_m=_real(session, "descent_m"),
            reported_sweat_loss_l=None if sweat_ml is None else sweat_ml / 1000.0,
            utc_offset_s=offset_s,
            device=device.name,
            device_serial=device.serial,
            file_created_utc=utc_datetime(_epoch_s(part.file_id, "time_created")),
            profile=profile,
            epoch_s=part.records.epoch_s if mine is None else part.records.epoch_s[mine],
            streams={
                name: stream if mine is None else _share(stream, mine)
                for name, stream in part.records.streams.items()
            },
            pauses=pauses,
            laps=tuple(lap for lap, own in zip(laps, lap_owner, strict=True) if own == index),
            flags=flags,
        )


def _owners(epoch_s: FloatArray, starts: list[float | None]) -> FloatArray:
    """Which session each time falls in: the last one that had begun; unknown times stay with
    the record before."""
    begins = np.array([0.0 if start is None else start for start in starts])
    owner = np.maximum(np.searchsorted(begins, epoch_s, side="right") - 1, 0)
    unknown = np.isnan(epoch_s)
    if unknown.any():
        last_known = np.maximum.accumulate(np.where(unknown, -1, np.arange(epoch_s.size)))
        owner = np.where(last_known >= 0, owner[last_known], 0)
    return owner


def _share(stream: Stream, mine: FloatArray) -> Stream:
    null = None if stream.null is None else stream.null[mine]
    return Stream(
        channel=stream.channel,
        values=stream.values[mine],
        scale=stream.scale,
        offset=stream.offset,
        null=null if null is not None and null.any() else None,
    )


def _number(message: Message, name: str) -> int | None:
    value = message.get(name)
    if isinstance(value, tuple):
        value = value[0]
    return int(value) if isinstance(value, int | float) and abs(value) < 2**63 else None


def _real(message: Message, name: str) -> float | None:
    value = message.get(name)
    return float(value) if isinstance(value, int | float) else None


def _epoch_s(message: Message, name: str) -> float | None:
    value = _number(message, name)
    return None if value is None else float(value + EPOCH_OFFSET_S)


def _start_s(session: Message) -> float | None:
    """When a session or lap began; from its end where the start is not written."""
    start = _epoch_s(session, "start_time")
    end, elapsed_s = _epoch_s(session, "timestamp"), _real(session, "elapsed_s")
    if start is None and end is not None and elapsed_s is not None:
        return end - elapsed_s
    return start


def _lap(message: Message) -> RecordedLap | None:
    start = _start_s(message)
    if start is None:
        return None
    return RecordedLap(
        start_epoch_s=start,
        elapsed_s=_real(message, "elapsed_s"),
        timer_s=_real(message, "timer_s"),
        distance_m=_real(message, "distance_m"),
    )


def _sport(session: Message) -> str:
    number = _number(session, "sport")
    return "unknown" if number is None else SPORTS.get(number, f"sport_{number}")


def _device(file_id: Message, infos: list[Message]) -> _Device:
    """The recording device: the file's own words, else its first device message."""
    creator = next((m for m in infos if _number(m, "device_index") in (0, None)), {})
    facts = {**creator, **file_id}
    manufacturer = _number(facts, "manufacturer")
    product, name = _number(facts, "product"), facts.get("product_name")
    if manufacturer is None:
        return _Device(name=name if isinstance(name, str) else None, serial=None)
    words = [MANUFACTURERS.get(manufacturer, f"manufacturer_{manufacturer}")]
    if isinstance(name, str):
        words.append(name)
    elif product is not None:
        known = GARMIN_PRODUCTS.get(product) if manufacturer == GARMIN else None
        words.append(known or str(product))
    return _Device(name=" ".join(words), serial=_number(facts, "serial_number"))


def _profile(profiles: list[Message]) -> UserProfile | None:
    if not profiles:
        return None
    told = profiles[0]
    gender, height_m = _number(told, "gender"), _real(told, "height_m")
    profile = UserProfile(
        sex={0: Sex.FEMALE, 1: Sex.MALE}.get(-1 if gender is None else gender),
        age_y=_real(told, "age_y") or None,
        height_cm=round(height_m * 100.0, 1) if height_m else None,
        body_mass_kg=_real(told, "body_mass_kg") or None,
    )
    return None if profile == UserProfile() else profile


def _utc_offset_s(activity_messages: list[Message]) -> int | None:
    """The runner's clock against universal time, in whole quarter hours."""
    for message in activity_messages:
        timestamp, local = _number(message, "timestamp"), _number(message, "local_timestamp")
        if timestamp is None or local is None or local < SYSTEM_TIME_LIMIT:
            continue
        offset_s = round((local - timestamp) / QUARTER_HOUR_S) * QUARTER_HOUR_S
        close = abs(local - timestamp - offset_s) <= CLOCK_SKEW_S
        if close and abs(offset_s) <= FARTHEST_UTC_OFFSET_S:
            return offset_s
    return None


def _pauses(events: list[Message]) -> tuple[tuple[float, float], ...]:
    """Unix times between which the timer was stopped."""
    pauses: list[tuple[float, float]] = []
    stopped: float | None = None
    for message in events:
        moment = _epoch_s(message, "timestamp")
        if _number(message, "event") != TIMER_EVENT or moment is None:
            continue
        kind = _number(message, "event_type")
        if kind == TIMER_START and stopped is not None:
            if moment > stopped:
                pauses.append((stopped, moment))
            stopped = None
        elif kind in TIMER_STOPS:
            stopped = moment
    return tuple(pauses)
