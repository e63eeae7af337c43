"""The balance for many plans and draws, compiled: the twin of `balance`, with numba.

What leaves the body does not depend on what is drunk, so it is worked out once a draw and minute
(`lose`), and every plan only moves what is in the gut (`drink`). Draws lie in blocks whose time
loop is outside and whose draw loop is inside, over one flat buffer, so that the compiler sees plain
vectors. What is carried are losses, never levels. There is no exponential in the loops: the one of
the gut is a constant of the draw.

Imported only for large jobs: numba takes longer to load than a small job to run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numba import njit

from uncramp.evidence import value
from uncramp.models.sweat import ACCLIMATION_MMOL_PER_L, LATENT_HEAT_J_PER_G
from uncramp.simulation.balance import EMPTY_L, PlanEnds
from uncramp.simulation.draws import Body
from uncramp.simulation.forcing import Forcing
from uncramp.simulation.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Blocks = NDArray[np.floating[Any]]

__all__ = ["Losses", "losses_of", "run_plans"]

BLOCK: Final = 64
N_STATES: Final = 5
N_LOST: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Losses:
    """What leaves the body whatever is drunk."""

    water_l: Blocks
    """Cumulated, shape (n_blocks, n_minutes, BLOCK); padded draws lose nothing."""
    sweat_loss_l: Blocks
    sodium_loss_mmol: Blocks
    cation_loss_mmol: Blocks
    """At the end, shape (n_draws,)."""


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def lose(draws: Any, forcing: Any, fixed: Any, lost_l: Any, ends: Any) -> None:
    """Sweat and urine of every draw: `balance.sweat_of_minute` and the losses of `_step`.

    `draws` (8, n_blocks, BLOCK), `forcing` (n_minutes, 4), `fixed` 8 numbers; fills `lost_l`
    (n_blocks, n_minutes, BLOCK) and `ends` (3, n_blocks, BLOCK).
    """
    per_w, least_rate, reference, shift, least_salt, most_salt, potassium, hour = (
        fixed[0], fixed[1], fixed[2], fixed[3], fixed[4], fixed[5], fixed[6], fixed[7],
    )  # fmt: skip
    half, one, none = fixed.dtype.type(0.5), fixed.dtype.type(1), fixed.dtype.type(0)
    own = np.zeros(8 * BLOCK, dtype=draws.dtype)
    state = np.zeros(N_LOST * BLOCK, dtype=draws.dtype)
    for block in range(draws.shape[1]):
        state[:] = 0
        for number in range(8):
            for draw in range(BLOCK):
                own[number * BLOCK + draw] = draws[number, block, draw]
        for minute in range(forcing.shape[0]):
            e0, e1 = forcing[minute, 0], forcing[minute, 1]
            m0, m1 = forcing[minute, 2], forcing[minute, 3]
            for draw in range(BLOCK):
                cost = own[draw]
                ereq = max(e0 + e1 * cost, none)
                wet = ereq / max(m0 + m1 * cost, one)
                share = max(own[3 * BLOCK + draw], one - wet * wet * half)
                made = max(own[BLOCK + draw] * per_w * ereq / share, least_rate)
                told = own[2 * BLOCK + draw]
                rate = told if told >= none else made
                salt = own[4 * BLOCK + draw] + own[5 * BLOCK + draw] * (rate - reference) - shift
                salt = min(max(salt, least_salt), most_salt)
                sweat, urine = rate * hour, own[6 * BLOCK + draw]
                state[BLOCK + draw] += sweat
                state[2 * BLOCK + draw] += sweat * salt
                state[3 * BLOCK + draw] += sweat * (salt + potassium)
                state[3 * BLOCK + draw] += urine * own[7 * BLOCK + draw]
                state[draw] += sweat + urine
                lost_l[block, minute, draw] = state[draw]
        for number in range(3):
            for draw in range(BLOCK):
                ends[number, block, draw] = state[(number + 1) * BLOCK + draw]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def drink(
    drunk_l: Any, salted_mmol: Any, share: Any, cap_l: Any, lost_l: Any, empty_l: Any, out: Any
) -> None:
    """Every plan over every block of draws: what `balance._step` does with the gut.

    `drunk_l` and `salted_mmol` (n_plans, n_minutes), `share` and `cap_l` (n_blocks, BLOCK); fills
    `out` (n_plans, 5, n_blocks, BLOCK).
    """
    n_plans, n_minutes = drunk_l.shape
    state = np.zeros(N_STATES * BLOCK, dtype=share.dtype)
    for block in range(share.shape[0]):
        for plan in range(n_plans):
            state[:] = 0
            for minute in range(n_minutes):
                drunk, salted = drunk_l[plan, minute], salted_mmol[plan, minute]
                for draw in range(BLOCK):
                    gut_l = state[draw] + drunk
                    gut_mmol = state[BLOCK + draw] + salted
                    passed = min(share[block, draw], cap_l[block, draw] / max(gut_l, empty_l))
                    taken_l = state[2 * BLOCK + draw] + passed * gut_l
                    state[3 * BLOCK + draw] += passed * gut_mmol
                    gut_l -= passed * gut_l
                    state[draw] = gut_l
                    state[BLOCK + draw] = gut_mmol - passed * gut_mmol
                    state[2 * BLOCK + draw] = taken_l
                    held = taken_l + gut_l - lost_l[block, minute, draw]
                    state[4 * BLOCK + draw] = max(state[4 * BLOCK + draw], held)
            for number in range(N_STATES):
                for draw in range(BLOCK):
                    out[plan, number, block, draw] = state[number * BLOCK + draw]


def in_blocks(values: NDArray[np.float64], dtype: Any) -> Blocks:
    """Draws in blocks, the last one filled up with zeros."""
    n_blocks = -(-len(values) // BLOCK)
    padded = np.zeros(n_blocks * BLOCK, dtype=dtype)
    padded[: len(values)] = values
    return padded.reshape(n_blocks, BLOCK)


def losses_of(
    scenario: Scenario, forcing: Forcing, body: Body, *, dtype: Any = np.float32
) -> Losses:
    """The part that no plan changes; `dtype` float32 or float64."""
    told = scenario.runner.sweat_sodium_mmol_per_l
    final = told is not None and told.sd == 0.0
    draws = np.stack([
        in_blocks(one, dtype)
        for one in (
            body.running_cost_factor, body.sweat_factor,
            np.nan_to_num(body.sweat_rate_l_per_h, nan=-1.0), body.least_efficiency,
            body.sweat_sodium_mmol_per_l, body.sodium_slope, body.urine_l_per_h / 60.0,
            body.urine_cation_mmol_per_l,
        )
    ])  # fmt: skip
    draws[3] = np.maximum(draws[3], dtype(1e-3))
    forced = np.stack((forcing.ereq_w_m2, forcing.ereq_slope_w_m2, forcing.emax_w_m2,
                       forcing.emax_slope_w_m2), axis=1).astype(dtype)  # fmt: skip
    fixed = np.array([
        3.6 * forcing.body_area_m2 / LATENT_HEAT_J_PER_G,
        value("sweat.least_rate_l_per_h"),
        value("sodium.reference_rate_l_per_h"),
        0.0 if final else ACCLIMATION_MMOL_PER_L * scenario.runner.acclimation,
        0.0 if final else value("sodium.least_mmol_per_l"),
        1e6 if final else value("sodium.most_mmol_per_l"),
        value("sodium.sweat_potassium_mmol_per_l"),
        1.0 / 60.0,
    ], dtype=dtype)  # fmt: skip
    n_blocks = draws.shape[1]
    lost_l = np.empty((n_blocks, scenario.exercise.n_minutes, BLOCK), dtype=dtype)
    ends = np.empty((3, n_blocks, BLOCK), dtype=dtype)
    lose(draws, forced, fixed, lost_l, ends)
    flat = ends.reshape(3, -1)[:, : body.n_draws]
    return Losses(
        water_l=lost_l, sweat_loss_l=flat[0], sodium_loss_mmol=flat[1], cation_loss_mmol=flat[2]
    )


def run_plans(scenario: Scenario, body: Body, losses: Losses) -> PlanEnds:
    """Every plan of the scenario over every draw, in the precision of `losses`."""
    dtype = losses.water_l.dtype
    n_plans, n_blocks = scenario.intake.n_plans, len(losses.water_l)
    out = np.empty((n_plans, N_STATES, n_blocks, BLOCK), dtype=dtype)
    drink(
        scenario.intake.fluid_l.astype(dtype),
        scenario.intake.cation_mmol.astype(dtype),
        in_blocks(-np.expm1(-body.gut_rate_per_h / 60.0), dtype),
        in_blocks(body.gut_cap_l_per_h / 60.0, dtype),
        losses.water_l,
        dtype.type(EMPTY_L),
        out,
    )
    ends = out.reshape(n_plans, N_STATES, n_blocks * BLOCK)[:, :, : body.n_draws]
    lost_l = losses.water_l[:, -1].reshape(-1)[: body.n_draws]
    return PlanEnds(
        gut_fluid_l=ends[:, 0],
        gut_cation_mmol=ends[:, 1],
        water_change_l=ends[:, 2] - lost_l,
        cation_change_mmol=ends[:, 3] - losses.cation_loss_mmol,
        most_water_l=ends[:, 4],
    )
