"""Run a scenario and sum it up: bands over the draws, and the shares that matter.

Small jobs run the readable reference; many plans over many draws run its compiled twin, where numba
is (the extra `fast`). The caller never chooses. Draws come in shards that join by their index, so
that the answer does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.evidence import value
from uncramp.simulation.balance import (
    PlanEnds,
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

__all__ = ["QUANTITIES", "Band", "Moment", "Outcome", "outcome_of", "plan_ends", "quantities_of"]

QUANTITIES: Final = ("body_mass_change_pct", "body_mass_change_kg", "water_change_l",
                     "plasma_sodium_mmol_per_l", "plasma_sodium_change", "sweat_loss_l",
                     "sweat_rate_l_per_h", "sodium_loss_mmol", "gut_fluid_l", "urine_l",
                     "energy_kcal")  # fmt: skip
LARGE: Final = 3_000_000
"""Plans × draws × minutes from which on the twin is worth loading: it takes longer to load than
the reference needs for less."""
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
    bands = {name: bands_of(quantities[name][:, 0]) for name in QUANTITIES}
    timeline = tuple(
        Moment(minute=minute, bands={name: bands[name][index] for name in QUANTITIES})
        for index, minute in enumerate(minutes)
    )
    fast = float(np.median(trace.sweat_rate_l_per_h)) > value("sweat.doubtful_rate_l_per_h")
    return Outcome(
        end=timeline[-1],
        timeline=timeline,
        probability=shares(scenario, {name: one[-1, 0] for name, one in quantities.items()}),
        doubtful=("sweat_rate",) if fast else (),
    )


def plan_ends(scenario: Scenario, body: Body) -> PlanEnds:
    """How every plan of the scenario ends for every draw, to single precision at least.

    For searching among plans. What is decided is worked out once more with `balance.simulate`.
    """
    forcing, minutes = forcing_of(scenario), scenario.exercise.n_minutes
    if scenario.intake.n_plans * body.n_draws * minutes >= LARGE and find_spec("numba"):
        from uncramp.simulation import kernel

        return kernel.run_plans(scenario, body, kernel.losses_of(scenario, forcing, body))
    carried = simulate(scenario, forcing, body, minutes=[minutes]).carried
    return PlanEnds(**{one.name: carried[one.name][0] for one in fields(PlanEnds)})


def bands_of(values: FloatArray) -> list[Band]:
    """Bands of one quantity at every minute; `values` has shape (n_minutes, n_draws)."""
    rows = np.vstack((np.percentile(values, (5, 50, 95), axis=1), values.mean(axis=1),
                      values.std(axis=1)))  # fmt: skip
    return [
        Band(p5=p5, p50=p50, p95=p95, mean=mean, sd=sd)
        for p5, p50, p95, mean, sd in rows.T.tolist()
    ]


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
