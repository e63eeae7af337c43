"""What leaves the body each minute, whatever is drunk: float64, all minutes at once.

Sweat and urine do not answer to the drink, so that body water and gut together are what was drunk
less what was lost. That makes every limit on drink a plain sum, exact for every draw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from uncramp.simulation.balance import sweat_of_minute
from uncramp.simulation.draws import Body
from uncramp.simulation.forcing import forcing_of
from uncramp.simulation.scenario import Scenario
from uncramp.units import sodium_mg_from_mmol

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["LostByMinute", "lost_by_minute"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LostByMinute:
    """Running totals since the gun, shape (n_minutes + 1, n_draws); row 0 is the start."""

    sweat_l: FloatArray
    urine_l: FloatArray
    sodium_mg: FloatArray
    """At the end, in sweat and urine, shape (n_draws,); urine's cations are taken as sodium."""


def lost_by_minute(scenario: Scenario, body: Body) -> LostByMinute:
    """What every draw of the runner of `scenario` loses.

    The same numbers as `balance.simulate` carries in `sweat_loss_l` and `urine_l`.
    """
    forcing = forcing_of(scenario)
    column = replace(
        forcing,
        ereq_w_m2=forcing.ereq_w_m2[None, :, None],
        ereq_slope_w_m2=forcing.ereq_slope_w_m2[None, :, None],
        emax_w_m2=forcing.emax_w_m2[None, :, None],
        emax_slope_w_m2=forcing.emax_slope_w_m2[None, :, None],
    )
    rate, sodium = sweat_of_minute(scenario, column, body, 0)
    minutes = np.arange(scenario.exercise.n_minutes + 1, dtype=np.float64)[:, None]
    urine = body.urine_l_per_h / 60.0 * minutes
    sweat = rate / 60.0
    salted = (sweat * sodium).sum(axis=0) + urine[-1] * body.urine_cation_mmol_per_l
    return LostByMinute(
        sweat_l=_running(sweat), urine_l=urine, sodium_mg=sodium_mg_from_mmol(1.0) * salted
    )


def _running(values: FloatArray) -> FloatArray:
    total = np.zeros((values.shape[0] + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=total[1:])
    return total
