"""What the scale should show after a rehearsal, said beforehand for any weather and pace.

The sweat model is the one that weigh-ins teach: a log-normal rate for one day of this runner. The
table holds it for a grid of weather and pace, so that a run can be held against what was believed
before it, in the weather that came. Urine stands on neither side: it is put back when it was told.
"""

from __future__ import annotations

from dataclasses import replace
from math import exp, hypot
from typing import TYPE_CHECKING

import numpy as np

from uncramp.evidence import value
from uncramp.models.fluid import fuel_mass_loss_kg
from uncramp.models.spread import BAND, band_half_width
from uncramp.rehearsal.shapes import Log, SweatTable
from uncramp.simulation.forecast import Condition, expected_sweat
from uncramp.sweat_profile import Forecast, weigh_in_error_l_per_h
from uncramp.units import hours_from_minutes, seconds_from_minutes
from uncramp.vocabulary import Interval, WeighIn

if TYPE_CHECKING:
    from uncramp.simulation.scenario import SimulatedRunner
    from uncramp.sweat_profile import SweatPosterior

__all__ = ["mass_change_pct", "predicted_of_log", "sweat_rate", "table_of"]


def table_of(
    body: SimulatedRunner,
    posterior: SweatPosterior,
    *,
    temp_air_c: float,
    speed_m_s: float,
    duration_min: float,
) -> SweatTable:
    """What is expected of this runner around one air and pace, in the shade without wind."""
    step, steps = value("rehearsal.table.step_c"), int(value("rehearsal.table.steps"))
    share = value("rehearsal.table.speed_share")
    temps = tuple(temp_air_c + step * one for one in range(-steps, steps + 1))
    humidities = (
        value("rehearsal.table.humidity_low_pct"),
        value("sweat.unknown_humidity_pct"),
        value("rehearsal.table.humidity_high_pct"),
    )
    speeds = tuple(speed_m_s * one for one in (1.0 - share, 1.0, 1.0 + share))
    steady = Condition(
        body_mass_kg=body.body_mass_kg,
        height_cm=body.height_cm,
        speed_m_s=speed_m_s,
        duration_min=duration_min,
        temp_air_c=temp_air_c,
        relative_humidity_pct=humidities[0],
    )
    found = [
        [
            [
                one_cell(
                    posterior,
                    replace(
                        steady, temp_air_c=temp, relative_humidity_pct=humidity, speed_m_s=speed
                    ),
                )
                for speed in speeds
            ]
            for humidity in humidities
        ]
        for temp in temps
    ]
    hours = hours_from_minutes(duration_min)
    return SweatTable(
        temps_c=temps,
        humidities_pct=humidities,
        speeds_m_s=speeds,
        log_rate=tuple(tuple(tuple(cell[0] for cell in row) for row in one) for one in found),
        log_sd=tuple(tuple(tuple(cell[1] for cell in row) for row in one) for one in found),
        fuel_kg_per_h=tuple(cell[2] / hours for cell in found[0][0]),
        duration_min=duration_min,
        warm_up_l=warm_up_l(steady),
    )


def one_cell(posterior: SweatPosterior, condition: Condition) -> tuple[float, float, float]:
    """Mean and spread of the log rate, and fuel burnt, of one condition."""
    expected = expected_sweat(condition)
    forecast = Forecast(rate_l_per_h=expected.rate_l_per_h, drip_slope=expected.drip_slope)
    mean, sd = posterior.log_rate(forecast)
    fuel_kg = float(fuel_mass_loss_kg(energy_kcal=np.asarray(expected.energy_kcal)))
    return mean, sd, fuel_kg


def warm_up_l(condition: Condition) -> float:
    """Sweat saved while the body warms up: from the mean rates of two lengths."""
    hours = hours_from_minutes(condition.duration_min)
    longer = replace(condition, duration_min=2 * condition.duration_min)
    more = expected_sweat(longer).rate_l_per_h - expected_sweat(condition).rate_l_per_h
    return 2 * hours * more


# ---------------------------------------------------------------- reading the table


def between(table: SweatTable, *, temp_air_c: float, humidity_pct: float, speed_m_s: float) -> (
    tuple[float, float, float] | None
):  # fmt: skip
    """Log rate, its spread and fuel in between; None for air or pace that nobody predicted."""
    humidity_pct = min(max(humidity_pct, table.humidities_pct[0]), table.humidities_pct[-1])
    places = (
        (table.temps_c, temp_air_c),
        (table.humidities_pct, humidity_pct),
        (table.speeds_m_s, speed_m_s),
    )
    if not all(axis[0] <= at <= axis[-1] for axis, at in places):
        return None
    weights = [weights_on(axis, at) for axis, at in places]
    mean, sd = (
        float(np.einsum("ths,t,h,s->", np.asarray(one), *weights))
        for one in (table.log_rate, table.log_sd)
    )
    return mean, sd, float(np.asarray(table.fuel_kg_per_h) @ weights[-1])


def weights_on(axis: tuple[float, ...], at: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How much each point of an axis counts at a place between two of them."""
    units = np.eye(len(axis))
    return np.array([np.interp(at, axis, one) for one in units])


def sweat_rate(
    table: SweatTable,
    *,
    temp_air_c: float,
    humidity_pct: float,
    speed_m_s: float,
    duration_min: float,
) -> Interval | None:
    """Mean sweat rate to expect of one run, with the band that holds 9 of 10."""
    found = between(table, temp_air_c=temp_air_c, humidity_pct=humidity_pct, speed_m_s=speed_m_s)
    if found is None:
        return None
    half = band_half_width(BAND) * found[1]
    shorter = 1.0 / hours_from_minutes(duration_min) - 1.0 / hours_from_minutes(table.duration_min)
    saved = table.warm_up_l * shorter
    factor = max(exp(found[0]) - saved, value("sweat.least_rate_l_per_h")) / exp(found[0])
    low, middle, high = (factor * exp(found[0] + one) for one in (-half, 0.0, half))
    return Interval(low, middle, high, BAND)


def mass_change_pct(
    table: SweatTable,
    *,
    body_mass_kg: float,
    duration_min: float,
    temp_air_c: float,
    humidity_pct: float,
    speed_m_s: float,
    fluid_l: float,
    scale_step_kg: float | None = None,
) -> Interval | None:
    """Body mass change to expect on the scale; None for air or pace that nobody predicted."""
    place = {"temp_air_c": temp_air_c, "humidity_pct": humidity_pct, "speed_m_s": speed_m_s}
    rate = sweat_rate(table, duration_min=duration_min, **place)
    found = between(table, **place)
    if rate is None or found is None:
        return None
    hours = hours_from_minutes(duration_min)
    weighed = WeighIn(
        body_mass_before_kg=body_mass_kg,
        body_mass_after_kg=body_mass_kg,
        fluid_intake_l=fluid_l,
        duration_min=duration_min,
        scale_step_kg=scale_step_kg,
    )
    error_kg = hours * weigh_in_error_l_per_h(weighed, rate_l_per_h=rate.median)
    scale = band_half_width(BAND) * error_kg
    middle = fluid_l - hours * (rate.median + found[2])
    below = hypot(hours * (rate.high - rate.median), scale)
    above = hypot(hours * (rate.median - rate.low), scale)
    pct = 100 / body_mass_kg
    return Interval(pct * (middle - below), pct * middle, pct * (middle + above), BAND)


def predicted_of_log(table: SweatTable, log: Log) -> Interval | None:
    """What was expected of a run as it was; None where too little is known of it."""
    known = (log.temp_air_c, log.distance_m, log.duration_min, log.fluid_intake_l,
             log.body_mass_before_kg)  # fmt: skip
    temp, distance, minutes, fluid, mass = known
    if temp is None or not distance or not minutes or fluid is None or not mass:
        return None
    humidity = log.relative_humidity_pct
    return mass_change_pct(
        table,
        body_mass_kg=mass,
        duration_min=minutes,
        temp_air_c=temp,
        humidity_pct=value("sweat.unknown_humidity_pct") if humidity is None else humidity,
        speed_m_s=distance / seconds_from_minutes(minutes),
        fluid_l=fluid,
        scale_step_kg=log.scale_step_kg,
    )
