"""Run a scenario and sum it up: bands over the draws, and the shares that matter.

Small jobs run the readable reference. Draws come in shards that join by their index, so that the
answer does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.evidence import value
from uncramp.simulation.balance import (
    Trace,
    body_mass_change_kg,
    plasma_sodium_mmol_per_l,
    simulate,
)
from uncramp.simulation.draws import Body, draw_body
from uncramp.simulation.forcing import forcing_of
from uncramp.simulation.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["QUANTITIES", "Band", "Moment", "Outcome", "outcome_of", "quantities_of"]

QUANTITIES: Final = ("body_mass_change_pct", "body_mass_change_kg", "water_change_l",
                     "plasma_sodium_mmol_per_l", "plasma_sodium_change", "sweat_loss_l",
                     "sweat_rate_l_per_h", "sodium_loss_mmol", "gut_fluid_l", "urine_l",
                     "energy_kcal")  # fmt: skip
EVERY_MIN: Final = 5
"""The timeline has a moment every so many minutes, and the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One quantity over all draws."""

    p5: float
    p50: float
    p95: float
    mean: float
    sd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Every quantity at one minute."""

    minute: int
    bands: Mapping[str, Band]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one plan comes to; shares are over draws of the model, never a chance of a cramp."""

    end: Moment
    timeline: tuple[Moment, ...]
    probability: Mapping[str, float]
    doubtful: tuple[str, ...]
    """What lies outside what we believe: `sweat_rate`."""


def quantities_of(scenario: Scenario, body: Body, trace: Trace) -> dict[str, FloatArray]:
    """Every quantity that is shown, shape (n_minutes, n_plans, n_draws)."""
    mass_kg = body_mass_change_kg(trace)
    plasma = plasma_sodium_mmol_per_l(body, trace)
    shown = ("water_change_l", "sweat_loss_l", "sodium_loss_mmol", "gut_fluid_l", "urine_l",
             "energy_kcal")  # fmt: skip
    return {
        "body_mass_change_pct": 100.0 * mass_kg / scenario.runner.body_mass_kg,
        "body_mass_change_kg": mass_kg,
        "plasma_sodium_mmol_per_l": plasma,
        "plasma_sodium_change": plasma - body.plasma_sodium_start_mmol_per_l,
        "sweat_rate_l_per_h": trace.sweat_rate_l_per_h,
        **{name: trace.carried[name] for name in shown},
    }


def outcome_of(scenario: Scenario) -> Outcome:
    """Simulate the first plan of a scenario and sum it up.

    Example: the water that a runner of 70 kg loses in an hour at 28 °C is
    `-outcome_of(scenario).end.bands["water_change_l"].p50`.
    """
    n_minutes = scenario.exercise.n_minutes
    minutes = tuple(dict.fromkeys((*range(0, n_minutes, EVERY_MIN), n_minutes)))
    body = draw_body(scenario, n_draws=scenario.draws)
    trace = simulate(scenario, forcing_of(scenario), body, minutes=minutes)
    quantities = quantities_of(scenario, body, trace)
    timeline = tuple(
        Moment(
            minute=minute,
            bands={name: band(quantities[name][index, 0]) for name in QUANTITIES},
        )
        for index, minute in enumerate(minutes)
    )
    fast = float(np.median(trace.sweat_rate_l_per_h)) > value("sweat.doubtful_rate_l_per_h")
    return Outcome(
        end=timeline[-1],
        timeline=timeline,
        probability=shares(scenario, {name: one[-1, 0] for name, one in quantities.items()}),
        doubtful=("sweat_rate",) if fast else (),
    )


def band(values: FloatArray) -> Band:
    """Bands of one quantity."""
    p5, p50, p95 = np.percentile(values, (5, 50, 95))
    return Band(p5=float(p5), p50=float(p50), p95=float(p95), mean=float(values.mean()),
                sd=float(values.std()))  # fmt: skip


def shares(scenario: Scenario, end: Mapping[str, FloatArray]) -> dict[str, float]:
    """Shares of the draws at the end: water or mass gained, sodium low, much water lost."""
    lost_l = value("fluid.water_loss_pct") / 100.0 * scenario.runner.body_mass_kg
    found = {
        "mass_gain": end["body_mass_change_kg"] > 0.0,
        "water_gain": end["water_change_l"] > 0.0,
        "plasma_sodium_below_135": end["plasma_sodium_mmol_per_l"] < value("sodium.low_mmol_per_l"),
        "water_loss_above_2pct": -end["water_change_l"] > lost_l,
    }
    return {name: float(np.mean(one)) for name, one in found.items()}
