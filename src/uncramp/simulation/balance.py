"""The body, minute by minute: the readable reference, float64, arrays of (plans, draws).

What is carried are losses and gains since the start, never levels, so that little is lost to
rounding. The order within a minute is that of the evidence notes on water and sodium, section 7:
drink, sweat, what the sweat holds, what the gut passes on, urine, and the two balances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from uncramp.evidence import value
from uncramp.models.fluid import fuel_mass_loss_kg
from uncramp.models.sodium import plasma_sodium_nguyen_kurtz
from uncramp.models.sweat import sweat_rate_from_heat_balance, sweat_sodium_buono2007
from uncramp.simulation.draws import Body
from uncramp.simulation.forcing import Forcing
from uncramp.simulation.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    Blocks = NDArray[np.floating[Any]]

__all__ = [
    "EMPTY_L",
    "STATES",
    "PlanEnds",
    "Trace",
    "body_mass_change_kg",
    "plasma_sodium_mmol_per_l",
    "simulate",
    "sweat_of_minute",
]

STATES: Final = ("gut_fluid_l", "gut_cation_mmol", "water_change_l", "cation_change_mmol",
                 "sweat_loss_l", "sodium_loss_mmol", "urine_l", "fluid_intake_l",
                 "cation_intake_mmol", "energy_kcal", "most_water_l")  # fmt: skip
"""Everything that is carried from minute to minute, all 0 at the start; `most_water_l` is the most
that water change and gut together ever came to."""

EMPTY_L: Final = 1e-12
"""A gut that holds no more than this is empty; salt in it passes at the gut's own rate."""

RESIDUAL_KNOWN_H: Final = (2.0, 4.0, 20.0)
"""Hours for which the spread beside the equation is given."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trace:
    """What was carried, and the sweat rate, at the minutes asked for.

    Every array has shape (n_minutes, n_plans, n_draws).
    """

    minutes: tuple[int, ...]
    """Minutes since the start; 0 is the start."""
    carried: dict[str, FloatArray]
    sweat_rate_l_per_h: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanEnds:
    """How every plan ends for every draw, shape (n_plans, n_draws)."""

    gut_fluid_l: Blocks
    gut_cation_mmol: Blocks
    water_change_l: Blocks
    cation_change_mmol: Blocks
    most_water_l: Blocks


def sweat_of_minute(
    scenario: Scenario, forcing: Forcing, body: Body, minute: int
) -> tuple[FloatArray, FloatArray]:
    """Sweat rate (L/h) and its sodium (mmol/L) of every draw in one minute."""
    cost = body.running_cost_factor
    ereq = forcing.ereq_w_m2[minute] + forcing.ereq_slope_w_m2[minute] * cost
    emax = forcing.emax_w_m2[minute] + forcing.emax_slope_w_m2[minute] * cost
    wetness = np.maximum(ereq, 0.0) / np.maximum(emax, 1.0)
    efficiency = np.maximum(body.least_efficiency, 1.0 - wetness * wetness / 2.0)
    balance = sweat_rate_from_heat_balance(
        ereq_w_m2=ereq, body_area_m2=np.full_like(ereq, forcing.body_area_m2),
        efficiency=efficiency,
    )  # fmt: skip
    made = np.maximum(body.sweat_factor * balance, value("sweat.least_rate_l_per_h"))
    rate = np.where(np.isnan(body.sweat_rate_l_per_h), made, body.sweat_rate_l_per_h)
    told = scenario.runner.sweat_sodium_mmol_per_l
    if told is not None and told.sd == 0.0:
        return rate, body.sweat_sodium_mmol_per_l
    sodium = sweat_sodium_buono2007(
        sweat_sodium_mmol_per_l=body.sweat_sodium_mmol_per_l,
        slope_mmol_per_l_per_l_per_h=body.sodium_slope,
        sweat_rate_l_per_h=rate,
        reference_rate_l_per_h=np.full_like(rate, value("sodium.reference_rate_l_per_h")),
        acclimation=np.full_like(rate, scenario.runner.acclimation),
    )
    least, most = value("sodium.least_mmol_per_l"), value("sodium.most_mmol_per_l")
    return rate, np.clip(sodium, least, most)


def simulate(scenario: Scenario, forcing: Forcing, body: Body, *, minutes: Sequence[int]) -> Trace:
    """Run the whole scenario and keep what is carried at `minutes` (0 is the start)."""
    shape = (scenario.intake.n_plans, body.n_draws)
    carried = {name: np.zeros(shape) for name in STATES}
    wanted = {minute: index for index, minute in enumerate(minutes)}
    kept = {name: np.zeros((len(minutes), *shape)) for name in STATES}
    rates = np.zeros((len(minutes), *shape))
    for minute in range(scenario.exercise.n_minutes):
        rate, sodium = sweat_of_minute(scenario, forcing, body, minute)
        _step(scenario, forcing, body, carried, minute, rate, sodium)
        if minute == 0 and 0 in wanted:
            rates[wanted[0]] = rate
        if minute + 1 in wanted:
            index = wanted[minute + 1]
            rates[index] = rate
            for name in STATES:
                kept[name][index] = carried[name]
    return Trace(minutes=tuple(minutes), carried=kept, sweat_rate_l_per_h=rates)


def _step(
    scenario: Scenario,
    forcing: Forcing,
    body: Body,
    carried: dict[str, FloatArray],
    minute: int,
    sweat_rate_l_per_h: FloatArray,
    sweat_sodium_mmol_per_l: FloatArray,
) -> None:
    """One minute, in place."""
    drunk = scenario.intake.fluid_l[:, minute, None]
    salted = scenario.intake.cation_mmol[:, minute, None]
    gut_l = carried["gut_fluid_l"] + drunk
    gut_mmol = carried["gut_cation_mmol"] + salted
    share = -np.expm1(-body.gut_rate_per_h / 60.0)
    passed = np.minimum(share, body.gut_cap_l_per_h / 60.0 / np.maximum(gut_l, EMPTY_L))
    absorbed_l, absorbed_mmol = passed * gut_l, passed * gut_mmol
    sweat_l = sweat_rate_l_per_h / 60.0
    urine_l = body.urine_l_per_h / 60.0
    potassium = value("sodium.sweat_potassium_mmol_per_l")
    lost_mmol = sweat_l * (sweat_sodium_mmol_per_l + potassium)
    carried["gut_fluid_l"] = gut_l - absorbed_l
    carried["gut_cation_mmol"] = gut_mmol - absorbed_mmol
    carried["water_change_l"] += absorbed_l - sweat_l - urine_l
    carried["cation_change_mmol"] += (
        absorbed_mmol - lost_mmol - urine_l * body.urine_cation_mmol_per_l
    )
    carried["sweat_loss_l"] += sweat_l
    carried["sodium_loss_mmol"] += sweat_l * sweat_sodium_mmol_per_l
    carried["urine_l"] += urine_l
    carried["fluid_intake_l"] += drunk
    carried["cation_intake_mmol"] += salted
    held = carried["water_change_l"] + carried["gut_fluid_l"]
    carried["most_water_l"] = np.maximum(carried["most_water_l"], held)
    carried["energy_kcal"] += (
        forcing.energy_kcal[minute] + forcing.energy_slope_kcal[minute] * body.running_cost_factor
    )


def body_mass_change_kg(trace: Trace) -> FloatArray:
    """Drunk, less sweat, urine and fuel: what the scale would show, gut and all."""
    carried = trace.carried
    water = carried["fluid_intake_l"] - carried["sweat_loss_l"] - carried["urine_l"]
    return np.asarray(water - fuel_mass_loss_kg(energy_kcal=carried["energy_kcal"]))


def plasma_sodium_mmol_per_l(body: Body, trace: Trace) -> FloatArray:
    """Plasma sodium: the published equation, its departure shrunk in the field, and what strays."""
    start = body.plasma_sodium_start_mmol_per_l
    published = plasma_sodium_nguyen_kurtz(
        plasma_sodium_start_mmol_per_l=start,
        total_body_water_l=body.total_body_water_l,
        sodium_potassium_change_mmol=trace.carried["cation_change_mmol"],
        water_change_l=trace.carried["water_change_l"],
    )
    hours = np.array(trace.minutes, dtype=np.float64) / 60.0
    strays = residual_sd_mmol_per_l(hours)[:, None, None] * body.plasma_residual_z
    return np.asarray(start + body.field_buffering * (published - start) + strays)


def residual_sd_mmol_per_l(hours: FloatArray) -> FloatArray:
    """How far plasma sodium strays beside the equation; grows after two hours, 0 at the start."""
    sd = (
        value("sodium.residual_short_mmol_per_l"),
        value("sodium.residual_marathon_mmol_per_l"),
        value("sodium.residual_long_mmol_per_l"),
    )
    return np.where(hours > 0.0, np.interp(hours, RESIDUAL_KNOWN_H, sd), 0.0)
