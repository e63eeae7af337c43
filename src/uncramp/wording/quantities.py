"""Quantities as people read them, metric or imperial; a missing one is a dash.

Conversions come from `uncramp.units`; here is only rounding and putting into words.
"""

from __future__ import annotations

from typing import Final, Literal

from uncramp.units import (
    fahrenheit_from_celsius,
    fluid_ounces_from_litres,
    kilometres_from_metres,
    miles_from_metres,
    millilitres_from_litres,
    pounds_from_kilograms,
)
from uncramp.wording.catalogue import text

__all__ = [
    "MISSING",
    "Units",
    "body_mass",
    "distance",
    "duration",
    "heart_rate",
    "pace",
    "small_volume",
    "temperature",
    "volume",
    "warmer_by",
]

Units = Literal["metric", "imperial"]

MISSING: Final = "–"


def distance(distance_m: float | None, *, units: Units) -> str:
    """`42.2 km` or `26.2 mi`."""
    if distance_m is None:
        return MISSING
    if units == "imperial":
        return text("cli.quantity.miles", value=f"{miles_from_metres(distance_m):.1f}")
    return text("cli.quantity.kilometres", value=f"{kilometres_from_metres(distance_m):.1f}")


def duration(duration_s: float | None) -> str:
    """`3:05:09`, or `5:09` below an hour."""
    if duration_s is None:
        return MISSING
    minutes, seconds = divmod(round(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def pace(distance_m: float | None, duration_s: float | None, *, units: Units) -> str:
    """Time a kilometre or a mile, `5:20 /km` or `8:35 /mi`."""
    if not distance_m or duration_s is None:
        return MISSING
    if units == "imperial":
        return text(
            "cli.quantity.a_mile", value=duration(duration_s / miles_from_metres(distance_m))
        )
    per_kilometre = duration_s / kilometres_from_metres(distance_m)
    return text("cli.quantity.a_kilometre", value=duration(per_kilometre))


def heart_rate(beats_per_minute: float | None) -> str:
    """`152`, beats a minute."""
    return MISSING if beats_per_minute is None else f"{beats_per_minute:.0f}"


def temperature(temperature_c: float | None, *, units: Units) -> str:
    """`21 °C` or `70 °F`."""
    if temperature_c is None:
        return MISSING
    if units == "imperial":
        value = fahrenheit_from_celsius(temperature_c)
        return text("cli.quantity.fahrenheit", value=f"{value:.0f}")
    return text("cli.quantity.celsius", value=f"{temperature_c:.0f}")


def warmer_by(difference_c: float, *, units: Units) -> str:
    """A difference: `5 °C` or `9 °F`."""
    if units == "imperial":
        value = fahrenheit_from_celsius(difference_c) - fahrenheit_from_celsius(0.0)
        return text("cli.quantity.fahrenheit", value=f"{value:.0f}")
    return temperature(difference_c, units=units)


def volume(volume_l: float | None, *, units: Units) -> str:
    """`0.5 L` or `17 fl oz`."""
    if volume_l is None:
        return MISSING
    if units == "imperial":
        return text("cli.quantity.fluid_ounces", value=f"{fluid_ounces_from_litres(volume_l):.0f}")
    return text("cli.quantity.litres", value=f"{volume_l:.1f}")


def small_volume(volume_l: float | None, *, units: Units) -> str:
    """`150 mL` or `5 fl oz`: what goes into a cup or a bottle."""
    if volume_l is None or units == "imperial":
        return volume(volume_l, units=units)
    millilitres = millilitres_from_litres(volume_l)
    return text("cli.quantity.millilitres", value=f"{millilitres:.0f}")


def body_mass(mass_kg: float | None, *, units: Units) -> str:
    """`68 kg` or `150 lb`."""
    if mass_kg is None:
        return MISSING
    if units == "imperial":
        return text("cli.quantity.pounds", value=f"{pounds_from_kilograms(mass_kg):.0f}")
    return text("cli.quantity.kilograms", value=f"{mass_kg:.0f}")
