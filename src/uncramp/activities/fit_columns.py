"""The record messages of a chunk as columns at device resolution."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from uncramp.activities.fit_messages import Message, column, messages, rows
from uncramp.activities.fit_profile import (
    CHANNELS,
    EPOCH_OFFSET_S,
    FIELD_DESCRIPTION,
    RECORD,
    TIMESTAMP,
)
from uncramp.activities.fit_scan import Definition, FieldPlace, FitChunk, MessageGroup
from uncramp.vocabulary import Stream

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray

__all__ = ["Records", "read_records"]

FRACTIONAL_CADENCE = 53
COMPRESSED_SPEED_DISTANCE = 8
CHANNEL_FIELDS = {fact.number: (rank, fact) for rank, fact in enumerate(CHANNELS)}

Slots = NDArray[np.int64]
"""Places of a group's messages among all records of the chunk."""


@dataclass(frozen=True, slots=True)
class Records:
    """All records of a chunk: Unix times (NaN where a record has none) and raw channels."""

    epoch_s: FloatArray
    streams: dict[str, Stream]


@dataclass(frozen=True, slots=True)
class _Piece:
    """One decoded field of one group of records."""

    slots: Slots
    raw: NDArray[Any]
    null: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _DeveloperField:
    channel: str
    base_type: int
    scale: float
    offset: float


def read_records(data: bytes, chunk: FitChunk) -> Records:
    """Decode every record message; unknown fields are stepped over."""
    groups = [g for g in chunk.groups if g.definition.global_number == RECORD]
    n_records = sum(group.positions.size for group in groups)
    described = _described_fields(messages(data, chunk, FIELD_DESCRIPTION))
    pieces: dict[int, list[_Piece]] = {}
    developer: dict[str, tuple[_DeveloperField, list[_Piece]]] = {}
    epoch_s = np.full(n_records, np.nan)
    for group, slots in zip(groups, _slots(groups), strict=True):
        table = rows(data, group)
        for place, piece in _native_pieces(table, group.definition, slots):
            pieces.setdefault(place.number, []).append(piece)
        for fact, piece in _developer_pieces(table, group.definition, slots, described):
            developer.setdefault(fact.channel, (fact, []))[1].append(piece)
        if group.header_times is not None:
            epoch_s[slots] = group.header_times + EPOCH_OFFSET_S
    for piece in pieces.pop(TIMESTAMP, []):
        told = piece.raw + float(EPOCH_OFFSET_S)
        epoch_s[piece.slots[~piece.null]] = told[~piece.null]
    streams = _native_streams(n_records, pieces)
    for fact, found in developer.values():
        stream = _stream(n_records, fact.channel, found, fact.scale, fact.offset)
        streams.setdefault(fact.channel, stream)
    return Records(epoch_s, streams)


def _slots(groups: list[MessageGroup]) -> Iterator[Slots]:
    if len(groups) == 1:
        yield np.arange(groups[0].positions.size)
        return
    everywhere = np.sort(np.concatenate([g.positions for g in groups])) if groups else None
    for group in groups:
        yield np.searchsorted(everywhere, group.positions)  # type: ignore[arg-type]


def _native_pieces(
    table: NDArray[np.uint8], definition: Definition, slots: Slots
) -> Iterator[tuple[FieldPlace, _Piece]]:
    seen = set()
    for place in definition.fields:
        number = place.number
        if number in seen:
            continue
        seen.add(number)
        if number == COMPRESSED_SPEED_DISTANCE and place.size == 3:
            packed = table[:, place.start : place.start + 3]
            yield place, _Piece(slots, packed, (packed == 0xFF).all(axis=1))
        elif number in CHANNEL_FIELDS or number in (TIMESTAMP, FRACTIONAL_CADENCE):
            decoded = column(
                table, place, base_type=place.base_type, big_endian=definition.big_endian
            )
            if decoded is not None:
                yield place, _first_of_each(slots, *decoded)


def _first_of_each(slots: Slots, raw: NDArray[Any], null: NDArray[np.bool_]) -> _Piece:
    """Where a device writes several values into a field that has one, the first counts."""
    return _Piece(slots, raw, null) if raw.ndim == 1 else _Piece(slots, raw[:, 0], null[:, 0])


def _native_streams(n_records: int, pieces: dict[int, list[_Piece]]) -> dict[str, Stream]:
    by_channel: dict[str, list[_Piece]] = {}
    for number in sorted(pieces, key=lambda n: CHANNEL_FIELDS[n][0] if n in CHANNEL_FIELDS else -1):
        if number in CHANNEL_FIELDS:
            channel = CHANNEL_FIELDS[number][1].channel
            by_channel.setdefault(channel, []).extend(pieces[number])
    scales = {fact.channel: (fact.scale, fact.offset) for fact in CHANNELS}
    streams = {
        channel: _stream(n_records, channel, found, *scales[channel])
        for channel, found in by_channel.items()
    }
    if COMPRESSED_SPEED_DISTANCE in pieces:
        for stream in _expanded(n_records, pieces[COMPRESSED_SPEED_DISTANCE]):
            streams.setdefault(stream.channel, stream)
    if FRACTIONAL_CADENCE in pieces and "cadence_rpm" in streams:
        streams["cadence_rpm"] = _fine_cadence(
            streams["cadence_rpm"], _stream(n_records, "", pieces[FRACTIONAL_CADENCE], 1.0, 0.0)
        )
    return streams


def _stream(
    n_records: int, channel: str, found: Iterable[_Piece], scale: float, offset: float
) -> Stream:
    """One channel from the pieces of all groups; later pieces win where both say something."""
    found = tuple(found)
    if len(found) == 1 and found[0].raw.size == n_records:
        values = found[0].raw.astype(found[0].raw.dtype.newbyteorder("="))
        null = found[0].null
        values[null] = 0
        return Stream(
            channel=channel,
            values=values,
            scale=scale,
            offset=offset,
            null=null if null.any() else None,
        )
    values = np.zeros(n_records, dtype=np.result_type(*(piece.raw.dtype for piece in found)))
    null = np.ones(n_records, dtype=np.bool_)
    for piece in found:
        slots = piece.slots[~piece.null]
        values[slots] = piece.raw[~piece.null]
        null[slots] = False
    return Stream(
        channel=channel,
        values=values,
        scale=scale,
        offset=offset,
        null=null if null.any() else None,
    )


def _fine_cadence(whole: Stream, fraction: Stream) -> Stream:
    """Cadence with its fraction, in 128ths as the device writes it."""
    parts = (
        fraction.values if fraction.null is None else np.where(fraction.null, 0, fraction.values)
    )
    values = (whole.values.astype(np.uint32) * 128 + parts.astype(np.uint32)).astype(np.uint16)
    if whole.null is not None:
        values[whole.null] = 0
    return Stream(channel="cadence_rpm", values=values, scale=128.0, null=whole.null)


def _expanded(n_records: int, found: list[_Piece]) -> tuple[Stream, Stream]:
    """Speed (12 bits) and distance (12 bits that roll over) packed into three bytes."""
    packed = np.zeros((n_records, 3), dtype=np.int64)
    null = np.ones(n_records, dtype=np.bool_)
    for piece in found:
        packed[piece.slots] = piece.raw
        null[piece.slots] = piece.null
    speed = packed[:, 0] | (packed[:, 1] & 0x0F) << 8
    distance = packed[:, 1] >> 4 | packed[:, 2] << 4
    told = distance[~null]
    distance = np.zeros(n_records, dtype=np.int64)
    if told.size:
        distance[~null] = told[0] + np.concatenate([[0], np.cumsum(np.diff(told) & 0xFFF)])
    speed[null] = 0
    mask = null if null.any() else None
    return (
        Stream(channel="speed_m_s", values=speed.astype(np.uint16), scale=100.0, null=mask),
        Stream(channel="distance_m", values=distance.astype(np.uint32), scale=16.0, null=mask),
    )


def _described_fields(descriptions: list[Message]) -> dict[tuple[int, int], _DeveloperField]:
    """Developer fields by (developer, number), each with a channel name of its own."""
    described: dict[tuple[int, int], _DeveloperField] = {}
    taken: dict[str, tuple[int, int]] = {}
    for message in descriptions:
        index, number = message.get("developer_index"), message.get("number")
        base_type, name = message.get("base_type"), message.get("name")
        if not (isinstance(index, int) and isinstance(number, int) and isinstance(base_type, int)):
            continue
        channel = f"dev:{_plain_name(name if isinstance(name, str) else f'field {number}')}"
        if taken.setdefault(channel, (index, number)) != (index, number):
            channel = f"{channel} {index}.{number}"
        scale, offset = message.get("scale"), message.get("offset")
        described[index, number] = _DeveloperField(
            channel=channel,
            base_type=base_type,
            scale=float(scale) if isinstance(scale, int) and scale > 0 else 1.0,
            offset=float(offset) if isinstance(offset, int) else 0.0,
        )
    return described


def _plain_name(name: str) -> str:
    return re.sub(r"[^\w .%/()-]+", "_", name)[:64].strip()


def _developer_pieces(
    table: NDArray[np.uint8],
    definition: Definition,
    slots: Slots,
    described: dict[tuple[int, int], _DeveloperField],
) -> Iterator[tuple[_DeveloperField, _Piece]]:
    for place in definition.developer_fields:
        fact = described.get((place.base_type, place.number))
        if fact is None:
            continue
        decoded = column(table, place, base_type=fact.base_type, big_endian=definition.big_endian)
        if decoded is not None and decoded[0].ndim == 1:
            yield fact, _Piece(slots, *decoded)
