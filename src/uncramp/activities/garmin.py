"""Garmin's account export: summaries of activities, and which of its FIT files are recordings.

The recordings are named by e-mail address and upload number, so a summary is matched by the moment
the activity began. Most of the files are all-day steps, sleep and settings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from uncramp.activities.archive_members import About, StartTimes, masked
from uncramp.activities.fit import read_fit
from uncramp.activities.fit_profile import (
    EPOCH_OFFSET_S,
    EVENT,
    FILE_ID,
    RECORD,
    SYSTEM_TIME_LIMIT,
    TIMESTAMP,
)
from uncramp.activities.fit_scan import has_fit_header
from uncramp.activities.sport_names import sport_named
from uncramp.errors import RefusedFileError

__all__ = ["add_summaries", "fit_starts_epoch_s", "looks_like_summaries", "not_recorded"]

SUMMARIES: Final = "summarizedActivitiesExport"
SUMMARIES_HEAD: Final = re.compile(rb'^\s*\[?\s*\{\s*"summarizedActivitiesExport"')
LONGEST_SUMMARY: Final = 2**23
"""Characters; one activity with all its splits has some hundred thousand."""
MOST_SUMMARIES: Final = 200_000
LONGEST_TITLE: Final = 200
PARENTS: Final = frozenset({"multi_sport", "multisport"})
EARLIEST_MS: Final = 946_684_800_000.0

ACTIVITY_FILE: Final = 4
LOOKED_AT: Final = 65_536
"""Bytes of a FIT file within which the first record stands."""
TYPE_FIELD: Final = 0
EVENT_FIELD: Final = 0
TIMER: Final = 0
NO_TIME: Final = 0xFFFFFFFF


def looks_like_summaries(head: bytes) -> bool:
    """Whether this is the beginning of a file of summaries."""
    return SUMMARIES_HEAD.match(head) is not None


# Summaries


def add_summaries(known: StartTimes, pieces: Iterable[bytes]) -> None:
    """Take in every summary of a file that comes in pieces; what is damaged ends it silently,
    since summaries only add titles."""
    for summary in _summaries(pieces):
        if len(known) >= MOST_SUMMARIES:
            return
        if (found := _about(summary)) is not None:
            known.add(*found)


def _summaries(pieces: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Summaries one by one: the whole file may have hundreds of megabytes, one summary few."""
    decoder = json.JSONDecoder()
    waiting, inside = "", False
    for piece in pieces:
        waiting += piece.decode("utf-8", errors="replace")
        if not inside:
            found = re.search(rf'"{SUMMARIES}"\s*:\s*\[', waiting)
            inside = found is not None
            if found is None:
                continue
            waiting = waiting[found.end() :]
        waiting = waiting.lstrip(" \t\r\n,")
        while waiting.startswith("{"):
            try:
                summary, end = decoder.raw_decode(waiting)
            except (ValueError, RecursionError):
                break
            if isinstance(summary, dict):
                yield summary
            waiting = waiting[end : end + LONGEST_SUMMARY * 2].lstrip(" \t\r\n,")
        inside = not waiting.startswith("]")
        if len(waiting) > LONGEST_SUMMARY:
            return


def _about(summary: dict[str, Any]) -> tuple[float, About] | None:
    """When the activity began, and what is said about it; not for the whole of a multisport
    event, whose parts have their own summaries."""
    kind = summary.get("activityType")
    if isinstance(kind, dict):
        kind = kind.get("typeKey")
    kind = kind if isinstance(kind, str) else ""
    if kind.lower() in PARENTS or summary.get("isParent") is True or summary.get("parent") is True:
        return None
    start_s = _start_s(summary)
    if start_s is None:
        return None
    title = summary.get("name") or summary.get("activityName")
    words = masked(title)[:LONGEST_TITLE].strip() if isinstance(title, str) else ""
    return start_s, About(
        source="garmin",
        title=words or None,
        sport=sport_named(kind),
        start_utc=datetime.fromtimestamp(start_s, UTC),
    )


def _start_s(summary: dict[str, Any]) -> float | None:
    """Unix time of the start. `startTimeLocal` is shifted by the runner's zone, which it does not
    tell, so it is not used."""
    for key in ("startTimeGmt", "startTimeGMT", "beginTimestamp"):
        value = summary.get(key)
        if isinstance(value, int | float) and EARLIEST_MS <= value <= 4_102_444_800_000:
            return float(value) / 1000.0
    return None


# FIT files


def not_recorded(data: bytes) -> str | None:
    """The code of the reason when a FIT file is of another kind than a recording, else None."""
    kind, _ = _looked_at(data)
    if kind is None or kind == ACTIVITY_FILE:
        return None
    try:
        read_fit(data)
    except RefusedFileError as refusal:
        return refusal.code if refusal.code.startswith("fit_") else None
    return None


def fit_starts_epoch_s(data: bytes) -> tuple[float, ...]:
    """Unix times at which the activity may have begun: the first record, and before it the
    timer's start, which can be minutes earlier."""
    return _looked_at(data)[1]


def _looked_at(data: bytes) -> tuple[int | None, tuple[float, ...]]:
    """File type and starts of a FIT file, from its first messages."""
    kind: int | None = None
    timer: tuple[float, ...] = ()
    layouts: dict[int, _Layout] = {}
    if not has_fit_header(data):
        return None, ()
    place = data[0] if 12 <= data[0] <= 64 else 14
    end = min(len(data), LOOKED_AT)
    while place < end:
        header = data[place]
        compressed = bool(header & 0x80)
        local = header >> 5 & 3 if compressed else header & 0x0F
        if header & 0x40 and not compressed:
            place = _definition(data, place, layouts)
            continue
        layout = layouts.get(local)
        if layout is None or place + layout.size > len(data):
            break
        message = data[place : place + layout.size]
        if layout.number == FILE_ID:
            kind = layout.value(message, TYPE_FIELD)
        elif layout.number == RECORD:
            return kind, (*layout.moment(message), *timer)
        elif layout.number == EVENT and layout.value(message, EVENT_FIELD) == TIMER:
            timer = timer or layout.moment(message)
        place += layout.size
    return kind, timer


@dataclass(frozen=True, slots=True)
class _Layout:
    """How messages of one local type are laid out; fields as (place, size) by number."""

    number: int
    big_endian: bool
    size: int
    fields: dict[int, tuple[int, int]]

    def value(self, message: bytes, number: int) -> int | None:
        """The number in a field, None when the message has no such field."""
        if number not in self.fields:
            return None
        place, size = self.fields[number]
        return int.from_bytes(message[place : place + size], "big" if self.big_endian else "little")

    def moment(self, message: bytes) -> tuple[float, ...]:
        """Unix time of the message, nothing when it tells none."""
        told = self.value(message, TIMESTAMP)
        if told is None or not SYSTEM_TIME_LIMIT <= told < NO_TIME:
            return ()
        return (float(told + EPOCH_OFFSET_S),)


def _definition(data: bytes, place: int, layouts: dict[int, _Layout]) -> int:
    """Note the definition at `place`; where the next message stands."""
    head = data[place : place + 6]
    if len(head) < 6:
        return len(data)
    big_endian = bool(head[2])
    number = int.from_bytes(head[3:5], "big" if big_endian else "little")
    fields: dict[int, tuple[int, int]] = {}
    size, after = 1, place + 6 + 3 * head[5]
    for at in range(place + 6, after, 3):
        triple = data[at : at + 3]
        if len(triple) < 3:
            return len(data)
        fields[triple[0]] = (size, triple[1])
        size += triple[1]
    if head[0] & 0x20:
        count = data[after] if after < len(data) else 0
        size += sum(data[after + 2 : after + 1 + 3 * count : 3])
        after += 1 + 3 * count
    layouts[head[0] & 0x0F] = _Layout(number, big_endian, size, fields)
    return after
