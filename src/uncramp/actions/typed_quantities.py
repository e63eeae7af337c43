"""Masses, volumes and lengths as people type them: a number, with or without its unit.

A bare number is in the runner's units. No unit is guessed from how large a number is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal

from uncramp.errors import InputError
from uncramp.units import (
    kilograms_from_grams,
    kilograms_from_ounces,
    kilograms_from_pounds,
    litres_from_fluid_ounces,
    litres_from_millilitres,
    metres_from_kilometres,
    metres_from_miles,
)
from uncramp.wording.quantities import Units

__all__ = ["QuantityKind", "parsed_number", "parsed_quantity"]

QuantityKind = Literal["body_mass", "small_mass", "volume", "distance"]

TYPED: Final = re.compile(r"([+\-−]?\d{1,6}(?:[.,]\d{1,6})?|[.,]\d{1,6})\s*([a-z .]*)")

Convert = Callable[[float], float]


def same(number: float) -> float:
    """SI already."""
    return number


MASSES: Final[Mapping[str, Convert]] = MappingProxyType(
    {
        "kg": same,
        "g": kilograms_from_grams,
        "lb": kilograms_from_pounds,
        "lbs": kilograms_from_pounds,
        "oz": kilograms_from_ounces,
    }
)
VOLUMES: Final[Mapping[str, Convert]] = MappingProxyType(
    {
        "l": same,
        "ml": litres_from_millilitres,
        "oz": litres_from_fluid_ounces,
        "fl oz": litres_from_fluid_ounces,
    }
)
DISTANCES: Final[Mapping[str, Convert]] = MappingProxyType(
    {"km": metres_from_kilometres, "mi": metres_from_miles, "m": same}
)
KNOWN: Final[Mapping[QuantityKind, Mapping[str, Convert]]] = MappingProxyType(
    {"body_mass": MASSES, "small_mass": MASSES, "volume": VOLUMES, "distance": DISTANCES}
)
BARE: Final[Mapping[QuantityKind, Mapping[Units, str]]] = MappingProxyType(
    {
        "body_mass": {"metric": "kg", "imperial": "lb"},
        "small_mass": {"metric": "g", "imperial": "oz"},
        "volume": {"metric": "l", "imperial": "fl oz"},
        "distance": {"metric": "km", "imperial": "mi"},
    }
)


def parsed_number(given: str) -> float:
    """A number with a point or a comma; InputError `bad_quantity`."""
    found = TYPED.fullmatch(given.strip().lower())
    if found is None or found[2]:
        raise InputError("bad_quantity", values={"given": given, "units": "–"})
    return float(found[1].replace(",", ".").replace("−", "-"))


def parsed_quantity(given: str, kind: QuantityKind, *, units: Units) -> float:
    """`70.4`, `70,4 kg`, `155 lb`, `500ml` or `17 fl oz` in kilograms, litres or metres.

    InputError `bad_quantity` for anything else.
    """
    found = TYPED.fullmatch(given.strip().lower())
    unit = "" if found is None else " ".join(found[2].replace(".", " ").split())
    convert = KNOWN[kind].get(unit or BARE[kind][units])
    if found is None or convert is None:
        values = {"given": given, "units": ", ".join(KNOWN[kind])}
        raise InputError("bad_quantity", values=values)
    return convert(float(found[1].replace(",", ".").replace("−", "-")))
