"""Where the messages of a FIT file stand: one pass that reads headers and definitions only.

A FIT file is one or more chunks (header, messages, checksum). Within a chunk a definition says
how the following data messages of a local type are laid out, so the scan is a short loop that
steps from message to message. What is damaged ends the chunk; what stood before it is kept.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from uncramp.activities.fit_crc import crc16
from uncramp.activities.fit_profile import TIMESTAMP, WANTED
from uncramp.errors import RefusedFileError
from uncramp.vocabulary import QualityFlag

__all__ = ["Definition", "FieldPlace", "FitChunk", "MessageGroup", "has_fit_header", "scan_file"]

SIGNATURE = b".FIT"
SHORT_HEADER_SIZE = 12
FULL_HEADER_SIZE = 14
MAX_HEADER_SIZE = 64
"""Longer headers than this are read as damage; the protocol knows 12 and 14."""
CRC_SIZE = 2
MOST_MESSAGES = 4_000_000
"""Four times ten days of a record every second; more is a file made to fill memory."""
LONGEST_DEFINITION = 6 + 3 * 255 + 1 + 3 * 255


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """One field of a definition: its number, place in the message, size and base type byte.

    For a developer field `base_type` is the index of the developer that described it.
    """

    number: int
    start: int
    size: int
    base_type: int


@dataclass(frozen=True, slots=True)
class Definition:
    """How the data messages of one kind are laid out; `size` counts the header byte too."""

    global_number: int
    big_endian: bool
    size: int
    fields: tuple[FieldPlace, ...]
    developer_fields: tuple[FieldPlace, ...]


@dataclass(frozen=True, slots=True)
class MessageGroup:
    """All messages of a chunk that share a definition, in file order."""

    definition: Definition
    positions: NDArray[np.int64]
    header_times: NDArray[np.float64] | None = None
    """FIT seconds told by compressed-timestamp headers, NaN for plain headers."""


@dataclass(slots=True)
class FitChunk:
    """One of the chained files in a FIT file."""

    groups: tuple[MessageGroup, ...] = ()
    flags: list[QualityFlag] = field(default_factory=list)


@dataclass(slots=True)
class _Scan:
    """Positions of the wanted messages, and which definition was in force when."""

    positions: array[int] = field(default_factory=lambda: array("q"))
    epochs: list[tuple[int, int, Definition]] = field(default_factory=list)
    """(index of the first message after it, local type, definition)"""
    end: int = 0
    problem: str | None = None


def has_fit_header(data: bytes, start: int = 0) -> bool:
    """Whether a FIT header stands at `start`, whatever the file's name says."""
    return data[start + 8 : start + 12] == SIGNATURE


def scan_file(data: bytes) -> tuple[list[FitChunk], list[QualityFlag]]:
    """All chunks of the file, and what is odd about the file as a whole."""
    chunks: list[FitChunk] = []
    start = 0
    while has_fit_header(data, start):
        chunk, start = _scan_chunk(data, start)
        chunks.append(chunk)
    flags = []
    if start + CRC_SIZE < len(data):
        flags.append(QualityFlag(code="trailing_bytes", kind="odd", detail=str(len(data) - start)))
    return chunks, flags


def _scan_chunk(data: bytes, start: int) -> tuple[FitChunk, int]:
    """The chunk whose header is at `start`, and where the next one would be."""
    header_size = data[start]
    if not SHORT_HEADER_SIZE <= header_size <= MAX_HEADER_SIZE:
        header_size = FULL_HEADER_SIZE
    body = start + header_size
    data_size = int.from_bytes(data[start + 4 : start + 8], "little")
    end = body + data_size
    flags = _header_flags(data, start, header_size)
    if data_size == 0:
        flags.append(QualityFlag(code="not_finalised", kind="repaired"))
        end = len(data)
    elif end + CRC_SIZE > len(data):
        lost = str(end + CRC_SIZE - len(data))
        flags.append(QualityFlag(code="truncated", kind="odd", detail=lost))
    end = min(end, len(data))
    scan = _scan_messages(data, body, end)
    if data_size and end + CRC_SIZE <= len(data) and crc16(data[start : end + CRC_SIZE]):
        longer = _scan_past_wrong_length(data, body, end)
        if longer is None:
            flags.append(QualityFlag(code="crc_wrong", kind="odd"))
        else:
            scan, end = longer, len(data) - CRC_SIZE
            flags.append(QualityFlag(code="not_finalised", kind="repaired"))
    left_over = end - scan.end
    known = {flag.code for flag in flags}
    if (
        scan.problem
        and scan.problem not in known
        and not (data_size == 0 and left_over <= CRC_SIZE)
    ):
        flags.append(QualityFlag(code=scan.problem, kind="odd", detail=str(left_over)))
    return FitChunk(groups=_group(data, body, scan), flags=flags), end + CRC_SIZE


def _header_flags(data: bytes, start: int, header_size: int) -> list[QualityFlag]:
    """A header checksum of 0 is allowed and common; any other must be right."""
    if header_size < FULL_HEADER_SIZE:
        return []
    written = int.from_bytes(data[start + 12 : start + 14], "little")
    if written in (0, crc16(data[start : start + 12])):
        return []
    return [QualityFlag(code="header_crc_wrong", kind="odd")]


def _scan_past_wrong_length(data: bytes, body: int, end: int) -> _Scan | None:
    """A scan to the end of the file, when the length in the header is wrong and it reads clean."""
    last = len(data) - CRC_SIZE
    if end + CRC_SIZE >= last or has_fit_header(data, end + CRC_SIZE):
        return None
    scan = _scan_messages(data, body, last)
    return None if scan.problem else scan


def _scan_messages(data: bytes, position: int, end: int, *, keep_all: bool = False) -> _Scan:
    """Step through the messages from `position` to `end`; the hot loop of the decoder."""
    scan = _Scan()
    steps = [0] * 256  # by header byte: size of a wanted message, minus that of another, 0: look
    remember = scan.positions.append
    while position < end:
        header = data[position]
        step = steps[header]
        if step > 0:
            remember(position)
            position += step
        elif step < 0:
            position -= step
        elif not 0x40 <= header < 0x80:
            scan.problem = "undefined_message"
            break
        else:
            definition, size = _read_definition(
                data[position : min(end, position + LONGEST_DEFINITION)]
            )
            if definition is None:
                scan.problem = "truncated"
                break
            wanted = keep_all or definition.global_number in WANTED
            _put_in_force(steps, scan, header & 0x0F, definition, wanted=wanted)
            position += size
    if position > end:
        scan.problem = "truncated"
        if scan.positions and scan.positions[-1] + steps[data[scan.positions[-1]]] > end:
            scan.positions.pop()
    if len(scan.positions) > MOST_MESSAGES:
        raise RefusedFileError("too_many_points")
    scan.end = min(position, end)
    return scan


def _put_in_force(
    steps: list[int], scan: _Scan, local: int, definition: Definition, *, wanted: bool
) -> None:
    step = definition.size if wanted else -definition.size
    for header in (local, local | 0x10, local | 0x20, local | 0x30):
        steps[header] = step
    if local < 4:  # compressed-timestamp headers have two bits for the local type
        for offset in range(32):
            steps[0x80 | local << 5 | offset] = step
    scan.epochs.append((len(scan.positions), local, definition))


def _read_definition(head: bytes) -> tuple[Definition | None, int]:
    """The definition message at the start of `head` and its size; None when it is cut off."""
    if len(head) < 6:
        return None, 0
    size = 6 + 3 * head[5]
    if head[0] & 0x20:
        if len(head) <= size:
            return None, 0
        size += 1 + 3 * head[size]
    return (_parse_definition(head[:size]), size) if len(head) >= size else (None, 0)


@lru_cache(maxsize=512)
def _parse_definition(content: bytes) -> Definition:
    big_endian = content[2] == 1
    after_fields = 6 + 3 * content[5]
    fields, size = _places(content[6:after_fields], 1)
    developer_fields: tuple[FieldPlace, ...] = ()
    if content[0] & 0x20:
        developer_fields, size = _places(content[after_fields + 1 :], size)
    return Definition(
        global_number=int.from_bytes(content[3:5], "big" if big_endian else "little"),
        big_endian=big_endian,
        size=size,
        fields=fields,
        developer_fields=developer_fields,
    )


def _places(triples: bytes, start: int) -> tuple[tuple[FieldPlace, ...], int]:
    """Fields from (number, size, type) triples, and where the message ends."""
    places = []
    for i in range(0, len(triples), 3):
        number, size, base_type = triples[i : i + 3]
        places.append(FieldPlace(number, start, size, base_type))
        start += size
    return tuple(places), start


def _group(data: bytes, body: int, scan: _Scan) -> tuple[MessageGroup, ...]:
    """The scanned messages by definition."""
    positions = np.frombuffer(scan.positions, dtype=np.int64)
    headers = np.frombuffer(data, dtype=np.uint8)[positions]
    compressed = headers >= 0x80
    if not compressed.any():
        return tuple(
            MessageGroup(definition, positions[members])
            for definition, members in _members(headers & 0x0F, scan.epochs)
            if members.size
        )
    # Any message with a timestamp moves the clock that compressed headers refer to.
    scan = _scan_messages(data, body, scan.end, keep_all=True)
    positions = np.frombuffer(scan.positions, dtype=np.int64)
    headers = np.frombuffer(data, dtype=np.uint8)[positions]
    local = np.where(headers >= 0x80, headers >> 5 & 0x03, headers & 0x0F)
    by_definition = list(_members(local, scan.epochs))
    times = _header_times(data, positions, headers, by_definition)
    return tuple(
        MessageGroup(definition, positions[members], times[members])
        for definition, members in by_definition
        if members.size and definition.global_number in WANTED
    )


def _members(
    local: NDArray[Any], epochs: list[tuple[int, int, Definition]]
) -> list[tuple[Definition, NDArray[np.int64]]]:
    """Which messages each definition describes, as rising indices."""
    ends = dict.fromkeys(range(16), local.size)
    pieces: dict[Definition, list[NDArray[np.int64]]] = {}
    for begin, local_type, definition in reversed(epochs):
        end = ends[local_type]
        ends[local_type] = begin
        if end > begin:
            found = np.flatnonzero(local[begin:end] == local_type)
            pieces.setdefault(definition, []).append(found + begin)
    return [
        (definition, found[0] if len(found) == 1 else np.concatenate(found[::-1]))
        for definition, found in pieces.items()
    ]


def _header_times(
    data: bytes,
    positions: NDArray[np.int64],
    headers: NDArray[np.uint8],
    by_definition: list[tuple[Definition, NDArray[np.int64]]],
) -> NDArray[np.float64]:
    """FIT seconds of every message with a compressed header: five low bits on a running clock."""
    plain: dict[int, int] = {}
    for definition, members in by_definition:
        place = next((f for f in definition.fields if (f.number, f.size) == (TIMESTAMP, 4)), None)
        if place is not None:
            order: Literal["big", "little"] = "big" if definition.big_endian else "little"
            for index in members.tolist():
                start = int(positions[index]) + place.start
                plain[index] = int.from_bytes(data[start : start + 4], order)
    times = np.full(positions.size, np.nan)
    clock: int | None = None
    for index, header in enumerate(headers.tolist()):
        if header < 0x80:
            told = plain.get(index)
            clock = clock if told is None or told == 0xFFFFFFFF else told
        elif clock is not None:
            clock += ((header & 0x1F) - clock) & 0x1F
            times[index] = clock
    return times
