"""Masses, volumes and lengths as people type them: a number, with or without its unit.

A bare number is in the runner's units. No unit is guessed from how large a number is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import time
from types import MappingProxyType
from typing import Final, Literal

from uncramp.errors import InputError
from uncramp.evidence import value
from uncramp.units import (
    celsius_from_fahrenheit,
    kilograms_from_grams,
    kilograms_from_ounces,
    kilograms_from_pounds,
    litres_from_fluid_ounces,
    litres_from_millilitres,
    metres_from_feet,
    metres_from_kilometres,
    metres_from_miles,
    seconds_from_minutes,
)
from uncramp.wording.quantities import Units

__all__ = [
    "QuantityKind",
    "parsed_clock",
    "parsed_duration",
    "parsed_height",
    "parsed_length",
    "parsed_number",
    "parsed_quantity",
    "parsed_temperature",
]

QuantityKind = Literal["body_mass", "small_mass", "volume", "distance", "height"]

TYPED: Final = re.compile(r"([+\-−]?\d{1,6}(?:[.,]\d{1,6})?|[.,]\d{1,6})\s*([a-z .]*)")

TYPED_DEGREES: Final = re.compile(r"([+\-−]?\d{1,3}(?:[.,]\d{1,3})?)\s*(?:°|deg)?\s*([cf]?)")

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
HEIGHTS: Final[Mapping[str, Convert]] = MappingProxyType({"m": same, "ft": metres_from_feet})
KNOWN: Final[Mapping[QuantityKind, Mapping[str, Convert]]] = MappingProxyType(
    {
        "body_mass": MASSES,
        "small_mass": MASSES,
        "volume": VOLUMES,
        "distance": DISTANCES,
        "height": HEIGHTS,
    }
)
BARE: Final[Mapping[QuantityKind, Mapping[Units, str]]] = MappingProxyType(
    {
        "body_mass": {"metric": "kg", "imperial": "lb"},
        "small_mass": {"metric": "g", "imperial": "oz"},
        "volume": {"metric": "l", "imperial": "fl oz"},
        "distance": {"metric": "km", "imperial": "mi"},
        "height": {"metric": "m", "imperial": "ft"},
    }
)


RACES: Final = MappingProxyType(
    {"marathon": "marathon", "half": "half", "half marathon": "half", "10k": "10km", "5k": "5km"}
)
"""What races are called to their distance in the evidence."""
CLOCK: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
CLOCKED: Final = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)")
SPOKEN: Final = re.compile(
    r"(?:(\d{1,3}) ?h(?:ours?)?)? ?(?:(\d{1,3}) ?(?:min(?:utes)?|m)?)? ?(?:(\d{1,2}) ?s)?"
)


def parsed_length(given: str, *, units: Units) -> float:
    """`marathon`, `half`, `10k`, `42.2 km` or `26.2 mi` in metres; InputError `bad_quantity`."""
    name = RACES.get(" ".join(given.lower().split()))
    if name is not None:
        return value(f"training.distance.{name}")
    return parsed_quantity(given, "distance", units=units)


def parsed_height(given: str, *, units: Units) -> float:
    """`350`, `350 m` or `1200 ft` in metres; InputError `bad_quantity`."""
    return parsed_quantity(given, "height", units=units)


def parsed_clock(given: str) -> time:
    """`9:30` as a time of day; InputError `bad_clock`."""
    found = CLOCK.fullmatch(given.strip())
    if found is None:
        raise InputError("bad_clock", values={"given": given})
    return time(int(found[1]), int(found[2]))


def parsed_duration(given: str) -> float:
    """`3:45:00`, `45:30`, `2h30`, `2 h 30 min` or `150 min` in seconds; InputError `bad_duration`.

    Two numbers with a colon are minutes and seconds, as on a watch.
    """
    said = " ".join(given.lower().split())
    found = CLOCKED.fullmatch(said) or SPOKEN.fullmatch(said)
    if found is None or not any(found.groups()) or said.isdecimal():
        raise InputError("bad_duration", values={"given": given})
    hours, minutes, seconds = (int(one or 0) for one in found.groups())
    return seconds_from_minutes(60.0 * hours + minutes) + seconds


def parsed_temperature(given: str, *, units: Units) -> float:
    """`24`, `24C` or `75 °F` in °C; InputError `bad_quantity`."""
    found = TYPED_DEGREES.fullmatch(given.strip().lower())
    if found is None:
        raise InputError("bad_quantity", values={"given": given, "units": "C, F"})
    number = float(found[1].replace(",", ".").replace("−", "-"))
    unit = found[2] or ("f" if units == "imperial" else "c")
    return celsius_from_fahrenheit(number) if unit == "f" else number


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
