"""Sentences that judgement handed up as data: `Said` into words, in the units of the reader.

The name of a value says what it is, as everywhere: `longest_m` is a distance, `ascent_m` a height,
`goal_s` a time, `ceiling_s_per_km` a pace, `wbgt_c` a temperature, `drink_l` a volume, `body_kg` a
mass, and a date a day. What a percent sign or "an hour" should follow stands in the message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from uncramp.units import feet_from_metres
from uncramp.vocabulary import Said
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import (
    Units,
    body_mass,
    distance,
    duration,
    pace,
    temperature,
    volume,
)
from uncramp.wording.run_pages import day_words

__all__ = ["height", "said", "sentences"]

METRES_IN_A_KILOMETRE: Final = 1000.0
HEIGHTS: Final = ("ascent_m", "descent_m", "elevation_m")


def height(height_m: float, *, units: Units) -> str:
    """`450 m` or `1480 ft`."""
    if units == "imperial":
        return text("cli.quantity.feet", value=f"{feet_from_metres(height_m):.0f}")
    return text("cli.quantity.metres", value=f"{height_m:.0f}")


def _pace(seconds_per_km: float, *, units: Units) -> str:
    return pace(METRES_IN_A_KILOMETRE, seconds_per_km, units=units)


def _duration(seconds: float, *, units: Units) -> str:  # noqa: ARG001  (as its sisters are called)
    return duration(seconds)


def _volume(litres: float, *, units: Units) -> str:
    return volume(litres, units=units)


FORMS: Final[Mapping[str, Callable[..., str]]] = MappingProxyType(
    {
        "_s_per_km": _pace,
        "_l_per_h": _volume,
        "_kg": body_mass,
        "_m": distance,
        "_s": _duration,
        "_c": temperature,
        "_l": _volume,
    }
)
"""End of a name to the way its number is said; the first that fits."""


def said(one: Said, *, units: Units) -> str:
    """One sentence in words."""
    return text(one.id, **{name: _value(name, given, units) for name, given in one.values.items()})


def sentences(many: tuple[Said, ...], *, units: Units) -> list[str]:
    """Several, in their order."""
    return [said(one, units=units) for one in many]


def _value(name: str, given: object, units: Units) -> str:
    if isinstance(given, date):
        return day_words(given)
    if isinstance(given, bool) or not isinstance(given, int | float):
        return str(given)
    if name.endswith(HEIGHTS):
        return height(given, units=units)
    for end, form in FORMS.items():
        if name.endswith(end):
            return form(given, units=units)
    return f"{given:.2g}" if abs(given) < 1 else f"{given:.1f}".removesuffix(".0")
