"""Unit conversions, and nothing else; no other module multiplies by these numbers."""

from __future__ import annotations

from typing import Final

__all__ = [
    "Miles",
    "celsius_from_fahrenheit",
    "centimetres_from_inches",
    "fahrenheit_from_celsius",
    "feet_from_metres",
    "fluid_ounces_from_litres",
    "grams_from_kilograms",
    "grams_from_milligrams",
    "hours_from_minutes",
    "inches_from_centimetres",
    "kilocalories_from_joules",
    "kilograms_from_grams",
    "kilograms_from_ounces",
    "kilograms_from_pounds",
    "kilometres_from_metres",
    "kilometres_per_hour_from_metres_per_second",
    "litres_from_fluid_ounces",
    "litres_from_millilitres",
    "metres_from_feet",
    "metres_from_kilometres",
    "metres_from_miles",
    "metres_per_second_from_kilometres_per_hour",
    "metres_per_second_from_miles_per_hour",
    "miles_from_metres",
    "miles_per_hour_from_metres_per_second",
    "millilitres_from_litres",
    "minutes_from_seconds",
    "mmol_from_mg_sodium",
    "ounces_from_kilograms",
    "pounds_from_kilograms",
    "salt_mg_from_sodium_mg",
    "seconds_from_minutes",
    "sodium_mg_from_mmol",
    "sodium_mg_from_salt_mg",
]

METRES_PER_MILE: Final = 1609.344
CENTIMETRES_PER_INCH: Final = 2.54
METRES_PER_FOOT: Final = 0.3048
KILOGRAMS_PER_POUND: Final = 0.45359237
JOULES_PER_KILOCALORIE: Final = 4184.0
OUNCES_PER_POUND: Final = 16.0
SODIUM_MG_PER_MMOL: Final = 22.98977
SODIUM_MASS_FRACTION_OF_SALT: Final = 22.98977 / 58.44277
LITRES_PER_US_FLUID_OUNCE: Final = 0.0295735295625


class Miles(float):
    """A distance in miles where a formula wants miles; reckoning with it gives plain floats."""

    __slots__ = ()


def kilometres_from_metres(distance_m: float) -> float:
    """Kilometres in `distance_m` metres."""
    return distance_m / 1000.0


def metres_from_kilometres(distance_km: float) -> float:
    """Metres in `distance_km` kilometres."""
    return distance_km * 1000.0


def miles_from_metres(distance_m: float) -> Miles:
    """International miles in `distance_m` metres."""
    return Miles(distance_m / METRES_PER_MILE)


def metres_from_miles(distance_miles: float) -> float:
    """Metres in `distance_miles` international miles."""
    return distance_miles * METRES_PER_MILE


def minutes_from_seconds(duration_s: float) -> float:
    """Minutes in `duration_s` seconds."""
    return duration_s / 60.0


def hours_from_minutes(duration_min: float) -> float:
    """Hours in `duration_min` minutes."""
    return duration_min / 60.0


def seconds_from_minutes(duration_min: float) -> float:
    """Seconds in `duration_min` minutes."""
    return duration_min * 60.0


def kilograms_from_pounds(mass_lb: float) -> float:
    """Kilograms in `mass_lb` avoirdupois pounds."""
    return mass_lb * KILOGRAMS_PER_POUND


def pounds_from_kilograms(mass_kg: float) -> float:
    """Avoirdupois pounds in `mass_kg` kilograms."""
    return mass_kg / KILOGRAMS_PER_POUND


def centimetres_from_inches(length_in: float) -> float:
    """Centimetres in `length_in` inches."""
    return length_in * CENTIMETRES_PER_INCH


def inches_from_centimetres(length_cm: float) -> float:
    """Inches in `length_cm` centimetres."""
    return length_cm / CENTIMETRES_PER_INCH


def feet_from_metres(length_m: float) -> float:
    """International feet in `length_m` metres."""
    return length_m / METRES_PER_FOOT


def metres_from_feet(length_ft: float) -> float:
    """Metres in `length_ft` international feet."""
    return length_ft * METRES_PER_FOOT


def celsius_from_fahrenheit(temperature_f: float) -> float:
    """Degrees Celsius at `temperature_f` degrees Fahrenheit."""
    return (temperature_f - 32.0) / 1.8


def fahrenheit_from_celsius(temperature_c: float) -> float:
    """Degrees Fahrenheit at `temperature_c` degrees Celsius."""
    return temperature_c * 1.8 + 32.0


def metres_per_second_from_kilometres_per_hour(speed_km_h: float) -> float:
    """Metres a second at `speed_km_h` kilometres an hour."""
    return speed_km_h / 3.6


def kilometres_per_hour_from_metres_per_second(speed_m_s: float) -> float:
    """Kilometres an hour at `speed_m_s` metres a second."""
    return speed_m_s * 3.6


def metres_per_second_from_miles_per_hour(speed_mi_h: float) -> float:
    """Metres a second at `speed_mi_h` international miles an hour."""
    return speed_mi_h * METRES_PER_MILE / 3600.0


def miles_per_hour_from_metres_per_second(speed_m_s: float) -> float:
    """International miles an hour at `speed_m_s` metres a second."""
    return speed_m_s * 3600.0 / METRES_PER_MILE


def fluid_ounces_from_litres(volume_l: float) -> float:
    """US fluid ounces in `volume_l` litres."""
    return volume_l / LITRES_PER_US_FLUID_OUNCE


def mmol_from_mg_sodium(sodium_mg: float) -> float:
    """Millimoles in `sodium_mg` milligrams of sodium (not of salt)."""
    return sodium_mg / SODIUM_MG_PER_MMOL


def sodium_mg_from_mmol(sodium_mmol: float) -> float:
    """Milligrams of sodium in `sodium_mmol` millimoles."""
    return sodium_mmol * SODIUM_MG_PER_MMOL


def sodium_mg_from_salt_mg(salt_mg: float) -> float:
    """Milligrams of sodium in `salt_mg` milligrams of table salt (NaCl)."""
    return salt_mg * SODIUM_MASS_FRACTION_OF_SALT


def salt_mg_from_sodium_mg(sodium_mg: float) -> float:
    """Milligrams of table salt (NaCl) that hold `sodium_mg` milligrams of sodium."""
    return sodium_mg / SODIUM_MASS_FRACTION_OF_SALT


def litres_from_fluid_ounces(volume_fl_oz: float) -> float:
    """Litres in `volume_fl_oz` US fluid ounces."""
    return volume_fl_oz * LITRES_PER_US_FLUID_OUNCE


def kilograms_from_grams(mass_g: float) -> float:
    """Kilograms in `mass_g` grams."""
    return mass_g / 1000.0


def kilograms_from_ounces(mass_oz: float) -> float:
    """Kilograms in `mass_oz` avoirdupois ounces."""
    return mass_oz * KILOGRAMS_PER_POUND / OUNCES_PER_POUND


def grams_from_milligrams(mass_mg: float) -> float:
    """Grams in `mass_mg` milligrams."""
    return mass_mg / 1000.0


def grams_from_kilograms(mass_kg: float) -> float:
    """Grams in `mass_kg` kilograms."""
    return mass_kg * 1000.0


def kilocalories_from_joules(energy_j: float) -> float:
    """Kilocalories in `energy_j` joules."""
    return energy_j / JOULES_PER_KILOCALORIE


def litres_from_millilitres(volume_ml: float) -> float:
    """Litres in `volume_ml` millilitres."""
    return volume_ml / 1000.0


def millilitres_from_litres(volume_l: float) -> float:
    """Millilitres in `volume_l` litres."""
    return volume_l * 1000.0


def ounces_from_kilograms(mass_kg: float) -> float:
    """Avoirdupois ounces in `mass_kg` kilograms."""
    return mass_kg / KILOGRAMS_PER_POUND * OUNCES_PER_POUND
