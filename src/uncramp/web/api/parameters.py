"""What stands in addresses, and fields that several requests share."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from uncramp.actions.runs import parsed_day
from uncramp.actions.sweat_tests import RANGES
from uncramp.errors import InputError
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units

__all__ = [
    "HIGHEST_ID",
    "NAME",
    "NAME_LENGTH",
    "NO_ZERO_BYTE",
    "Day",
    "Reference",
    "RunNumber",
    "RunReference",
    "RunnerName",
    "ShownUnits",
    "needed",
    "told",
    "whole",
]

NAME: Final = r"^[\p{L}\p{N}](?:[\p{L}\p{N} ._'\-]*[\p{L}\p{N}._'\-])?$"
"""What `actions.runners.check_runner_name` takes."""
NAME_LENGTH: Final = 64
REFERENCE: Final = r"^(?:last|[0-9]{1,9}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})$"
NO_ZERO_BYTE: Final = r"^[^\x00]*$"
DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

RunnerName = Annotated[
    str,
    Path(
        min_length=1,
        max_length=NAME_LENGTH,
        pattern=NAME,
        description=text("api.field.runner"),
        examples=["me"],
    ),
]
RunReference = Annotated[
    str,
    Path(max_length=10, pattern=REFERENCE, description=text("api.field.run"), examples=["last"]),
]
Reference = Annotated[str, StringConstraints(max_length=10, pattern=REFERENCE)]
"""A run in a body: as in an address."""


def real_day(given: str) -> str:
    """`given`, when the calendar has such a day; `api.problem.value_error` says so when not."""
    try:
        parsed_day(given)
    except InputError as error:
        raise ValueError(error.code) from None
    return given


def whole(given: object) -> object:
    """A number that is whole, as such: in JSON 12.0 is 12."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


Day = Annotated[
    str,
    StringConstraints(pattern=DAY),
    AfterValidator(real_day),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A day in a body or a query, YYYY-MM-DD."""
HIGHEST_ID: Final = 999_999_999
RunNumber = Annotated[int, Field(ge=1, le=HIGHEST_ID), BeforeValidator(whole)]
"""A run in a body. The bounds come before the validator, else the schema does not tell them."""
ShownUnits = Annotated[Units, Query(description=text("api.field.units"))]


def told(name: str, *, described: str | None = None) -> float | None:
    """A number of a test that may be missing, within what a scale, bottle or clock can show."""
    low, high, _ = RANGES[name]
    words = text(f"api.field.{described or name}")
    field: float | None = Field(None, ge=low, le=high, description=words)
    return field


def needed(name: str) -> float:
    """A number of a test that must be there."""
    low, high, _ = RANGES[name]
    field: float = Field(ge=low, le=high, description=text(f"api.field.{name}"))
    return field
