"""Kept JSON back into the dataclass it was made from; the other way is `envelope.plain`."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints

__all__ = ["from_plain"]

Made = TypeVar("Made")
DAY_NAME: Final = "day"
MOMENTS = {date: date.fromisoformat, datetime: datetime.fromisoformat, time: time.fromisoformat}


def from_plain(shape: type[Made], told: Mapping[str, Any]) -> Made:
    """An object of the dataclass `shape`; fields it does not know are left out.

    ValueError, TypeError or KeyError for what cannot be one.
    """
    hints = type_hints(cast("Hashable", shape))
    known = {name: value(hints[name], one) for name, one in told.items() if name in hints}
    return shape(**known)


@cache
def type_hints(shape: Hashable) -> dict[str, Any]:
    """Fields of a dataclass with their types."""
    assert isinstance(shape, type)  # noqa: S101  (the cache wants what can be hashed)
    hints = get_type_hints(shape)
    return {one.name: hints[one.name] for one in fields(shape)}


def value(hint: Any, told: Any) -> Any:
    """One value as its type hint has it."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        if told is None:
            return None
        return value(next(one for one in inside if one is not NoneType), told)
    if origin is tuple:
        return _tuple(inside, told)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {name: _told(name, one) for name, one in told.items()}
    if isinstance(hint, type):
        return _plain_value(hint, told)
    return told


def _told(name: str, one: Any) -> Any:
    """A value of a sentence: what is called a day is one, so that it is said as one."""
    if not name.endswith(DAY_NAME) or not isinstance(one, str):
        return one
    try:
        return date.fromisoformat(one)
    except ValueError:
        return one


def _tuple(inside: tuple[Any, ...], told: Sequence[Any]) -> tuple[Any, ...]:
    if len(inside) == 2 and inside[1] is Ellipsis:
        return tuple(value(inside[0], one) for one in told)
    return tuple(value(hint, one) for hint, one in zip(inside, told, strict=True))


def _plain_value(hint: type[Any], told: Any) -> Any:
    if is_dataclass(hint):
        return from_plain(hint, told)
    if issubclass(hint, Enum):
        return hint(told)
    if hint in MOMENTS:
        return MOMENTS[hint](told)
    return float(told) if hint is float else told
