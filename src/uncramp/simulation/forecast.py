"""What heat balance says of one steady condition, before anything personal is known.

It is the simulation itself with the multiplier at 1 and every prior at its middle, so that a
weigh-in is read against the same heat balance as the one that a race is simulated with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.evidence import value
from uncramp.simulation.balance import sweat_of_minute
from uncramp.simulation.draws import Body
from uncramp.simulation.forcing import Forcing, forcing_of
from uncramp.simulation.scenario import Exercise, Intake, Scenario, SimulatedRunner, Weather

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["Condition", "Expected", "energy_of_running_kcal", "expected_in", "expected_sweat"]

STEP: Final = 0.01
"""By how much the least efficiency is moved, to see how the rate answers."""
KEPT: Final = 4096
ANY_HEIGHT_CM: Final = 170.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One body at one pace in one weather for a while."""

    body_mass_kg: float
    height_cm: float
    speed_m_s: float
    duration_min: float
    temp_air_c: float
    relative_humidity_pct: float
    wind_speed_m_s: float = 0.0
    solar_w_m2: float = 0.0


@dataclass(frozen=True, slots=True)
class Expected:
    """The middle of the heat balance over the whole time."""

    rate_l_per_h: float
    """Mean over the time, with multiplier 1 and middling dripping."""
    drip_slope: float
    """Change of the log rate with the least share that evaporates; 0 where nothing drips."""
    energy_kcal: float
    """Spent in the whole time."""


@lru_cache(maxsize=KEPT)
def expected_sweat(condition: Condition) -> Expected:
    """The sweat that heat balance expects in `condition`.

    Example: at 3 m/s a runner of 70 kg is expected to lose some 0.7 L/h at 20 °C.
    """
    found = expected_in(_scenario(condition))
    whole = condition.duration_min / max(1, round(condition.duration_min))
    return replace(found, energy_kcal=found.energy_kcal * whole)


def energy_of_running_kcal(*, body_mass_kg: float, speed_m_s: float, duration_min: float) -> float:
    """Energy of a level run by the heat balance; weather and height do not enter it."""
    any_weather = Condition(
        body_mass_kg=body_mass_kg,
        height_cm=ANY_HEIGHT_CM,
        speed_m_s=speed_m_s,
        duration_min=duration_min,
        temp_air_c=value("sweat.unknown_temp_c"),
        relative_humidity_pct=value("sweat.unknown_humidity_pct"),
    )
    return expected_sweat(any_weather).energy_kcal


def expected_in(scenario: Scenario) -> Expected:
    """The same for any scenario, with its hills and its weather minute by minute."""
    forcing = forcing_of(scenario)
    middle = (1.0 + value("sweat.least_efficiency")) / 2.0
    body = _typical(np.array([middle - STEP, middle, middle + STEP]))
    minutes = range(scenario.exercise.n_minutes)
    rates = np.stack([sweat_of_minute(scenario, forcing, body, one)[0] for one in minutes])
    less, typical, more = rates.mean(axis=0)
    return Expected(
        rate_l_per_h=float(typical),
        drip_slope=float(np.log(more / less)) / (2.0 * STEP),
        energy_kcal=_energy_kcal(forcing),
    )


def _energy_kcal(forcing: Forcing) -> float:
    cost = value("heat.running_cost_factor")
    return float((forcing.energy_kcal + forcing.energy_slope_kcal * cost).sum())


def _scenario(condition: Condition) -> Scenario:
    """Steady, level, nothing drunk. Sex and age do not enter the heat balance."""
    n_minutes = max(1, round(condition.duration_min))
    nothing = np.zeros((1, n_minutes))
    return Scenario(
        runner=SimulatedRunner(
            sex="female",
            age_y=0.0,
            height_cm=condition.height_cm,
            body_mass_kg=condition.body_mass_kg,
        ),
        exercise=Exercise(
            speed_m_s=np.full(n_minutes, condition.speed_m_s), grade=np.zeros(n_minutes)
        ),
        weather=Weather(
            temp_air_c=np.full(n_minutes, condition.temp_air_c),
            relative_humidity_pct=np.full(n_minutes, condition.relative_humidity_pct),
            wind_speed_m_s=np.full(n_minutes, condition.wind_speed_m_s),
            solar_w_m2=np.full(n_minutes, condition.solar_w_m2),
        ),
        intake=Intake(fluid_l=nothing, cation_mmol=nothing, sodium_mmol=nothing),
    )


def _typical(least_efficiency: FloatArray) -> Body:
    """A body with every prior of the sweat rate at its middle; what sweat does not need is 0."""
    none, one = np.zeros(len(least_efficiency)), np.ones(len(least_efficiency))
    return Body(
        running_cost_factor=value("heat.running_cost_factor") * one,
        sweat_factor=one,
        sweat_rate_l_per_h=np.nan * one,
        least_efficiency=least_efficiency,
        sweat_sodium_mmol_per_l=none,
        sodium_slope=none,
        total_body_water_l=none,
        plasma_sodium_start_mmol_per_l=none,
        plasma_residual_z=none,
        field_buffering=none,
        gut_rate_per_h=none,
        gut_cap_l_per_h=none,
        urine_l_per_h=none,
        urine_cation_mmol_per_l=none,
    )
