"""The one shape every machine-readable answer has, on the command line and over HTTP.

`{"schema": "uncramp.<verb>/1", "data": {…}, "warnings": […]}`; a failure is
`{"schema": "uncramp.error/1", "error": {"code", "what", "why", "remedy"}}`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any

__all__ = ["dump", "envelope", "error_envelope", "plain"]


def envelope(verb: str, data: Mapping[str, object], warnings: Iterable[str] = ()) -> dict[str, Any]:
    """The answer of `verb` as plain JSON values.

    Example: `envelope("runs", {"runs": ()})` is
    `{"schema": "uncramp.runs/1", "data": {"runs": []}, "warnings": []}`.
    """
    return {"schema": f"uncramp.{verb}/1", "data": plain(data), "warnings": list(warnings)}


def error_envelope(code: str, words: Mapping[str, str]) -> dict[str, Any]:
    """A failure; `words` are `what`, `why` and `remedy`."""
    return {"schema": "uncramp.error/1", "error": {"code": code, **words}}


def dump(document: Mapping[str, object], *, ascii_only: bool = False) -> str:
    """`document` as JSON text, keys in their order."""
    return json.dumps(plain(document), ensure_ascii=ascii_only, indent=2, allow_nan=False)


def plain(value: object) -> Any:
    """`value` in dict, list, str, int, float, bool and None only.

    Moments become ISO 8601 in UTC with a Z, sets are sorted, numbers that are not finite become
    None (missing is None). TypeError for what has no plain form, so that nothing leaks by accident.
    """
    kind = type(value)
    if kind is str or kind is int:
        return value
    if kind is float:
        return value if math.isfinite(value) else None  # type: ignore[arg-type]
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return plain_structure(value)


def plain_structure(value: object) -> Any:
    """The containers and arrays that `plain` goes down into."""
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(one) for key, one in value.items()}
    if isinstance(value, AbstractSet):
        return sorted(plain(one) for one in value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    to_list = getattr(value, "tolist", None)
    if callable(to_list):  # numpy's arrays and scalars, without importing numpy
        return plain(to_list())
    msg = f"{type(value).__name__} has no plain form"
    raise TypeError(msg)


def moment(value: datetime) -> str:
    """ISO 8601 in UTC, whole seconds when it falls on one; ValueError without a zone."""
    if value.tzinfo is None:
        msg = "a moment without a time zone has no place in an answer"
        raise ValueError(msg)
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
