"""Field values out of scanned FIT messages: one vectorised decode per field of a definition.

Both paths start from the same gather of message rows: whole columns for records, and small
dictionaries of plain Python values for the rare messages.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncramp.activities.fit_profile import BASE_TYPES, MESSAGE_FIELDS, FieldFact
from uncramp.activities.fit_scan import FieldPlace, FitChunk, MessageGroup

__all__ = ["Message", "Value", "column", "messages", "rows"]

Value = int | float | str | tuple[int | float | None, ...]
Message = dict[str, Value]
"""Own field name to physical value; a field that says nothing is absent."""

TEXT = "S"


def rows(data: bytes, group: MessageGroup) -> NDArray[np.uint8]:
    """The bytes of each message of the group, shape (n messages, message size)."""
    size = group.definition.size
    every = np.ndarray((len(data) - size + 1,), dtype=f"V{size}", buffer=data, strides=(1,))
    return every[group.positions].view(np.uint8).reshape(-1, size)


def column(
    table: NDArray[np.uint8], place: FieldPlace, *, base_type: int, big_endian: bool
) -> tuple[NDArray[Any], NDArray[np.bool_]] | None:
    """Raw values of one field and where they are null, shape (n,), or (n, k) for an array field.

    A size that is no multiple of the base type is read as a plain unsigned number of that size,
    which is what such devices mean; None when no number has that size.
    """
    number = base_type & 0x1F
    if number >= len(BASE_TYPES) or place.size == 0:
        return None
    kind = BASE_TYPES[number]
    code, size, invalid = kind.code, kind.size, kind.invalid
    if code == TEXT:
        return None
    if place.size % size:
        if place.size not in (1, 2, 4):
            return None
        code, size, invalid = f"u{place.size}", place.size, 256**place.size - 1
    dtype = np.dtype(f"{'>' if big_endian else '<'}{code}")
    raw = np.ascontiguousarray(table[:, place.start : place.start + place.size]).view(dtype)
    if place.size == size:
        raw = raw[:, 0]
    null = ~np.isfinite(raw) if invalid is None else raw == invalid
    return raw, null


def messages(data: bytes, chunk: FitChunk, global_number: int) -> list[Message]:
    """All messages of one kind in file order, with the fields of the profile that say something."""
    found: list[tuple[int, Message]] = []
    for group in chunk.groups:
        if group.definition.global_number == global_number:
            decoded = _decode(data, group)
            found.extend(zip(group.positions.tolist(), decoded, strict=True))
    found.sort(key=lambda item: item[0])
    return [message for _, message in found]


def _decode(data: bytes, group: MessageGroup) -> list[Message]:
    definition = group.definition
    facts = MESSAGE_FIELDS[definition.global_number]
    table = rows(data, group)
    result: list[Message] = [{} for _ in range(len(table))]
    for place in definition.fields:
        fact = facts.get(place.number)
        if fact is None:
            continue
        if _is_text(place):
            values: list[Any] = [
                _text(row[place.start : place.start + place.size]) for row in table
            ]
        else:
            values = _numbers(table, place, fact, big_endian=definition.big_endian)
        for message, value in zip(result, values, strict=False):
            if value is not None:
                message.setdefault(fact.name, value)
    if group.header_times is not None:
        for message, told in zip(result, group.header_times.tolist(), strict=True):
            if isfinite(told):
                message["timestamp"] = int(told)
    return result


def _is_text(place: FieldPlace) -> bool:
    number = place.base_type & 0x1F
    return number < len(BASE_TYPES) and BASE_TYPES[number].code == TEXT


def _text(content: NDArray[np.uint8]) -> str | None:
    """Text up to its end mark, which some devices leave out."""
    text = content.tobytes().split(b"\0", 1)[0].decode("utf-8", errors="replace").strip()
    return text or None


def _numbers(
    table: NDArray[np.uint8], place: FieldPlace, fact: FieldFact, *, big_endian: bool
) -> list[Any]:
    decoded = column(table, place, base_type=place.base_type, big_endian=big_endian)
    if decoded is None:
        return []
    raw, null = decoded
    plain = fact.scale == 1.0 and fact.offset == 0.0
    values = raw if plain else raw / fact.scale - fact.offset
    if raw.ndim == 1:
        pairs = zip(values.tolist(), null.tolist(), strict=True)
        return [None if is_null else value for value, is_null in pairs]
    return [
        tuple(None if is_null else value for value, is_null in zip(line, nulls, strict=True))
        for line, nulls in zip(values.tolist(), null.tolist(), strict=True)
    ]
