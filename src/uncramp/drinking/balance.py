"""Where the runner stands along the course: water and sodium with their bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.drink_plan import Moment, Take
from uncramp.drinking.asked import DrinkAsked, place_at
from uncramp.drinking.days import scenario_with
from uncramp.drinking.limits import intake_of
from uncramp.evidence import value
from uncramp.simulation.balance import body_mass_change_kg, simulate
from uncramp.simulation.draws import draw_body
from uncramp.simulation.forcing import forcing_of
from uncramp.units import sodium_mg_from_mmol
from uncramp.vocabulary import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["balance_of"]

MG: Final = sodium_mg_from_mmol(1.0)


def balance_of(asked: DrinkAsked, schedule: Sequence[Take]) -> tuple[Moment, ...]:
    """Moments from gun to finish by the runner's own model."""
    scenario = scenario_with(asked, asked.runner, intake_of(asked, schedule))
    body = draw_body(scenario, n_draws=int(value("drinking.search.fresh_draws")))
    step = int(value("drinking.stop.carried_every_min")) // 2
    minutes = tuple(dict.fromkeys((*range(0, asked.n_minutes, step), asked.n_minutes)))
    trace = simulate(scenario, forcing_of(scenario), body, minutes=minutes)
    carried = trace.carried
    mass_pct = 100 * body_mass_change_kg(trace)[:, 0] / asked.runner.body_mass_kg
    water_l = carried["water_change_l"][:, 0]
    fluid_l = np.concatenate(([0.0], np.cumsum(scenario.intake.fluid_l[0])))
    sodium_mg = np.concatenate(([0.0], np.cumsum(MG * scenario.intake.sodium_mmol[0])))
    lost = carried["sodium_loss_mmol"] + carried["urine_l"] * body.urine_cation_mmol_per_l
    change_mg = sodium_mg[list(minutes), None] - MG * lost[:, 0]
    return tuple(
        Moment(
            at_min=float(minute),
            at_m=min(place_at(asked, float(minute)), asked.distance_m),
            water_change_l=band(water_l[index]),
            body_mass_change_pct=band(mass_pct[index]),
            sodium_change_mg=band(change_mg[index]),
            fluid_intake_l=float(fluid_l[minute]),
            sodium_intake_mg=float(sodium_mg[minute]),
        )
        for index, minute in enumerate(minutes)
    )


def band(values: FloatArray) -> Interval:
    """The middle, and the band that nine in ten draws fall into."""
    outside = value("drinking.limit.sweat_percentile")
    low, median, high = np.percentile(values, (outside, 100 / 2, 100 - outside)).tolist()
    return Interval(low=low, median=median, high=high, level=1.0 - 2 * outside / 100)
