"""What pace and weather ask of the body each minute: worked out once, for all draws and plans.

Heat made is proportional to the running cost, and so are, through core and skin temperature, all
the parts of the balance that answer to it. So each is worked out at two costs and is a straight
line in between: exact for what is linear, and within rounding of a per-draw sum for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.evidence import value
from uncramp.models import heat
from uncramp.models.energy import climbing_power_w, running_cost_minetti2002
from uncramp.simulation.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["Forcing", "forcing_of"]

J_PER_KCAL: Final = 4184.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forcing:
    """One value a minute, shape (n_minutes,): offset and slope on the running cost factor."""

    energy_kcal: FloatArray
    energy_slope_kcal: FloatArray
    ereq_w_m2: FloatArray
    ereq_slope_w_m2: FloatArray
    emax_w_m2: FloatArray
    emax_slope_w_m2: FloatArray
    body_area_m2: float


def forcing_of(scenario: Scenario) -> Forcing:
    """The forcing of a scenario."""
    runner = scenario.runner
    area = heat.body_area_du_bois1916(body_mass_kg=runner.body_mass_kg, height_cm=runner.height_cm)
    middle = value("heat.running_cost_factor")
    low, high = (
        middle - value("heat.running_cost_factor_sd"),
        middle + value("heat.running_cost_factor_sd"),
    )
    at_low, at_high = (_balance(scenario, factor, area) for factor in (low, high))
    slopes = [(b - a) / (high - low) for a, b in zip(at_low, at_high, strict=True)]
    offsets = [a - slope * low for a, slope in zip(at_low, slopes, strict=True)]
    return Forcing(
        energy_kcal=offsets[0],
        energy_slope_kcal=slopes[0],
        ereq_w_m2=offsets[1],
        ereq_slope_w_m2=slopes[1],
        emax_w_m2=offsets[2],
        emax_slope_w_m2=slopes[2],
        body_area_m2=area,
    )


def _balance(
    scenario: Scenario, cost_factor: float, area: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Energy (kcal a minute), evaporation asked for and possible (W/m²) at one running cost."""
    exercise, weather = scenario.exercise, scenario.weather
    mass_kg = scenario.runner.body_mass_kg
    metabolic_w = _metabolic_rate_w(scenario, cost_factor)
    height_w = climbing_power_w(
        body_mass_kg=np.full(exercise.n_minutes, mass_kg),
        speed_m_s=exercise.speed_m_s,
        grade=exercise.grade,
    )
    made = (metabolic_w - height_w) / area
    core, storage_w = _core(metabolic_w / area, mass_kg)
    air_kpa = (
        weather.relative_humidity_pct
        / 100.0
        * heat.saturation_vapour_pressure_kpa(temperature_c=weather.temp_air_c)
    )
    air_speed = _air_speed(scenario)
    radiant = _mean_radiant_c(scenario)
    skin = heat.skin_temperature_iso7933(
        temp_air_c=weather.temp_air_c,
        radiant_temperature_c=radiant,
        vapour_pressure_kpa=air_kpa,
        air_speed_m_s=np.minimum(air_speed, value("heat.skin_air_speed_limit_m_s")),
        core_temperature_c=core,
    )
    clothing = np.full(exercise.n_minutes, value("heat.clothing_clo"))
    convective = heat.film_coefficient_kerslake1972(air_speed_m_s=air_speed)
    dry = heat.dry_heat_loss(
        skin_temperature_c=skin,
        temp_air_c=weather.temp_air_c,
        radiant_temperature_c=radiant,
        convective_w_m2_k=convective,
        radiative_w_m2_k=heat.radiative_coefficient(
            skin_temperature_c=skin, radiant_temperature_c=radiant
        ),
        clothing_clo=clothing,
    )
    breath = heat.respiratory_heat_loss_parsons1993(
        metabolic_rate_w_m2=metabolic_w / area,
        temp_air_c=weather.temp_air_c,
        vapour_pressure_kpa=air_kpa,
    )
    ereq = made - breath - dry - storage_w / area
    emax = heat.evaporation_maximum(
        skin_temperature_c=skin,
        vapour_pressure_kpa=air_kpa,
        convective_w_m2_k=convective,
        clothing_clo=clothing,
    )
    return metabolic_w * 60.0 / J_PER_KCAL, ereq, emax


def _metabolic_rate_w(scenario: Scenario, cost_factor: float) -> FloatArray:
    """What the body spends: told, or from speed, grade and rest."""
    exercise = scenario.exercise
    if exercise.metabolic_rate_w is not None:
        return exercise.metabolic_rate_w
    moving = cost_factor * running_cost_minetti2002(grade=exercise.grade) * exercise.speed_m_s
    return np.asarray(scenario.runner.body_mass_kg * (moving + value("heat.resting_w_per_kg")))


def _core(metabolic_w_m2: FloatArray, mass_kg: float) -> tuple[FloatArray, FloatArray]:
    """Core temperature each minute, and the heat that warms the body, in W."""
    wanted = np.minimum(
        value("heat.core_set_c") + value("heat.core_set_per_w_m2") * metabolic_w_m2,
        value("heat.core_limit_c"),
    )
    share = 1.0 - np.exp(-1.0 / value("heat.core_time_constant_min"))
    core = np.empty_like(wanted)
    rise = np.empty_like(wanted)
    now = value("heat.core_start_c")
    for minute, goal in enumerate(wanted):
        rise[minute] = share * (goal - now)
        now += rise[minute]
        core[minute] = now
    return core, value("heat.body_heat_capacity_j_per_kg_k") * mass_kg * rise / 60.0


def _air_speed(scenario: Scenario) -> FloatArray:
    """Air past the skin: told, or running speed and wind, never quite still."""
    told = scenario.exercise.air_speed_m_s
    if told is not None:
        return np.maximum(told, value("heat.least_air_speed_m_s"))
    made = scenario.exercise.speed_m_s + scenario.weather.wind_speed_m_s
    return np.maximum(made, value("heat.least_air_speed_m_s"))


def _mean_radiant_c(scenario: Scenario) -> FloatArray:
    """Air temperature without sun; with it, the surroundings that would radiate as much."""
    air_k = scenario.weather.temp_air_c + heat.KELVIN
    absorbed = value("heat.absorbed_sun_share") * scenario.weather.solar_w_m2
    emitted = heat.EMISSIVITY * heat.STEFAN_BOLTZMANN * heat.RADIATING_SHARE
    return np.asarray((air_k**4 + absorbed / emitted) ** 0.25 - heat.KELVIN)
