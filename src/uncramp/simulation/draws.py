"""Draws: Sobol points through the priors, the same for every plan and every replan.

The direction numbers are those of Joe and Kuo; a fixed digital shift keeps the points off the
edges. Point `i` is the same whatever shard asks for it, so shards join by their index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.evidence import value
from uncramp.models.fluid import total_body_water_watson1980
from uncramp.simulation.scenario import Scenario, Told

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["DIMENSIONS", "Body", "draw_body", "inverse_normal", "sobol", "sodium_prior"]

BITS: Final = 32

JOE_KUO: Final = (
    (1, 0, (1,)), (2, 1, (1, 3)), (3, 1, (1, 3, 1)), (3, 2, (1, 1, 1)), (4, 1, (1, 1, 3, 3)),
    (4, 4, (1, 3, 5, 13)), (5, 2, (1, 1, 5, 5, 17)), (5, 4, (1, 1, 5, 5, 5)),
    (5, 7, (1, 1, 7, 11, 19)), (5, 11, (1, 1, 5, 1, 1)), (5, 13, (1, 1, 1, 3, 11)),
    (5, 14, (1, 3, 5, 5, 31)), (6, 1, (1, 3, 3, 9, 7, 49)), (6, 13, (1, 1, 1, 15, 21, 21)),
    (6, 16, (1, 3, 1, 13, 27, 49)),
)  # fmt: skip
"""Degree and coefficients of each primitive polynomial, and its first direction numbers; the first
dimension needs none. Source: new-joe-kuo-6.21201, as scipy ships it too."""

SHIFT: Final = (
    0x9E3779B9, 0x7F4A7C15, 0xF39CC060, 0x5CEDC834, 0x1082276B, 0xF3A27251, 0xF86C6A11, 0xD0C18E95,
    0x2767F0B1, 0x53D2B6A4, 0x8CB92BA7, 0x2F3D8DD7, 0xE5F2D1C3, 0x4A5B7E69, 0xB7E15162, 0x6A09E667,
)  # fmt: skip
"""One shift a dimension: digits of well-known constants, chosen once and never again."""

DIMENSIONS: Final = MappingProxyType(
    {
        name: index
        for index, name in enumerate(
            ("running_cost", "sweat_multiplier", "sweat_day", "sweat_sodium", "plasma_residual",
             "body_water", "plasma_start", "field_buffering", "least_efficiency", "sodium_slope",
             "gut_rate", "gut_cap", "urine", "urine_cation", "acclimated_gain")
        )
    }
)  # fmt: skip
"""Which coordinate of a point drives what; what matters most comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Runners who could be this one; every array has shape (n_draws,)."""

    running_cost_factor: FloatArray
    sweat_factor: FloatArray
    """Multiplier times day times acclimation; 1 where the rate itself is told."""
    sweat_rate_l_per_h: FloatArray
    """Told sweat rate, NaN where heat balance makes it."""
    least_efficiency: FloatArray
    sweat_sodium_mmol_per_l: FloatArray
    """At the reference sweat rate, or final where it was told as one number."""
    sodium_slope: FloatArray
    total_body_water_l: FloatArray
    plasma_sodium_start_mmol_per_l: FloatArray
    plasma_residual_z: FloatArray
    field_buffering: FloatArray
    gut_rate_per_h: FloatArray
    gut_cap_l_per_h: FloatArray
    urine_l_per_h: FloatArray
    urine_cation_mmol_per_l: FloatArray

    @property
    def n_draws(self) -> int:
        """How many runners."""
        return len(self.running_cost_factor)

    def some(self, wanted: slice) -> Body:
        """A slice of the draws; slices joined in order are the whole."""
        return Body(**{one.name: getattr(self, one.name)[wanted] for one in fields(self)})


def direction_numbers(dimension: int) -> NDArray[np.uint64]:
    """The 32 direction numbers of one dimension."""
    if dimension == 0:
        return np.array([1 << (BITS - 1 - bit) for bit in range(BITS)], dtype=np.uint64)
    degree, coefficients, first = JOE_KUO[dimension - 1]
    numbers = [number << (BITS - 1 - bit) for bit, number in enumerate(first)]
    for bit in range(degree, BITS):
        new = numbers[bit - degree] ^ (numbers[bit - degree] >> degree)
        for back in range(1, degree):
            if (coefficients >> (degree - 1 - back)) & 1:
                new ^= numbers[bit - back]
        numbers.append(new)
    return np.array(numbers, dtype=np.uint64)


def sobol(*, n_points: int, n_dimensions: int, first: int = 0) -> FloatArray:
    """Points `first` … `first + n_points` of the shifted sequence, shape (n_points, n_dimensions).

    Every coordinate lies strictly between 0 and 1. ValueError for more than 16 dimensions.
    """
    if not 0 < n_dimensions <= len(SHIFT):
        msg = f"the table has {len(SHIFT)} dimensions"
        raise ValueError(msg)
    numbers = np.stack([direction_numbers(one) for one in range(n_dimensions)], axis=1)
    index = np.arange(first, first + n_points, dtype=np.uint64)
    gray = first ^ (first >> 1)
    start = [bit for bit in range(BITS) if gray >> bit & 1]
    steps = np.empty((n_points, n_dimensions), dtype=np.uint64)
    steps[0] = np.bitwise_xor.reduce(numbers[start], axis=0)
    # From one point to the next a single bit of the Gray code turns: the lowest that is set.
    lowest = (index[1:] & (~index[1:] + np.uint64(1))).astype(np.float64)
    steps[1:] = numbers[np.frexp(lowest)[1] - 1]
    words = np.bitwise_xor.accumulate(steps, axis=0)
    shifted = (words ^ np.array(SHIFT[:n_dimensions], dtype=np.uint64)).astype(np.float64)
    return (shifted + 0.5) / 2.0**BITS


WICHURA_MIDDLE: Final = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3),
)  # fmt: skip
WICHURA_NEAR: Final = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9),
)  # fmt: skip
WICHURA_FAR: Final = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15),
)  # fmt: skip


def inverse_normal(probability: FloatArray) -> FloatArray:
    """Standard normal quantile, to about 1e-15 relative (Wichura 1988, algorithm AS 241)."""
    q = probability - 0.5
    middle = np.abs(q) <= 0.425
    r_middle = 0.180625 - q * q
    tail = np.minimum(probability, 1.0 - probability)
    r = np.sqrt(-np.log(np.where(middle, 0.25, tail)))
    near = _ratio(WICHURA_NEAR, r - 1.6)
    far = _ratio(WICHURA_FAR, r - 5.0)
    outer = np.sign(q) * np.where(r <= 5.0, near, far)
    return np.where(middle, q * _ratio(WICHURA_MIDDLE, r_middle), outer)


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: FloatArray) -> FloatArray:
    above, below = (np.polynomial.polynomial.polyval(x, np.array(one)) for one in coefficients)
    return np.asarray(above / below)


def draw_body(scenario: Scenario, *, n_draws: int, first: int = 0) -> Body:
    """Draws `first` … `first + n_draws` of the runner of `scenario`."""
    points = sobol(n_points=n_draws, n_dimensions=len(DIMENSIONS), first=first)
    even = {name: points[:, index] for name, index in DIMENSIONS.items()}
    z = {name: inverse_normal(column) for name, column in even.items()}
    runner = scenario.runner
    rate = runner.sweat_rate_l_per_h
    sodium = runner.sweat_sodium_mmol_per_l
    final = sodium is not None and sodium.sd == 0.0
    return Body(
        running_cost_factor=value("heat.running_cost_factor")
        + value("heat.running_cost_factor_sd") * z["running_cost"],
        sweat_factor=_sweat_factor(scenario, even, z),
        sweat_rate_l_per_h=np.full(n_draws, np.nan)
        if rate is None
        else np.maximum(_told(rate, z["sweat_multiplier"]), value("sweat.least_rate_l_per_h")),
        least_efficiency=_between(value("sweat.least_efficiency"), 1.0, even["least_efficiency"]),
        sweat_sodium_mmol_per_l=_sweat_sodium(scenario, z["sweat_sodium"]),
        sodium_slope=np.zeros(n_draws)
        if final
        else np.maximum(
            0.0,
            value("sodium.slope_mmol_per_l_per_l_per_h")
            + value("sodium.slope_sd_mmol_per_l_per_l_per_h") * z["sodium_slope"],
        ),
        total_body_water_l=_body_water(scenario, z["body_water"]),
        plasma_sodium_start_mmol_per_l=_told(
            runner.plasma_sodium_start_mmol_per_l
            or Told(
                value("sodium.plasma_start_mmol_per_l"), value("sodium.plasma_start_sd_mmol_per_l")
            ),
            z["plasma_start"],
        ),
        plasma_residual_z=z["plasma_residual"],
        field_buffering=np.ones(n_draws)
        if scenario.setting == "lab"
        else np.clip(
            value("sodium.field_buffering")
            + value("sodium.field_buffering_sd") * z["field_buffering"], 0.0, 1.0,
        ),
        gut_rate_per_h=_log_normal(value("fluid.gut_rate_per_h"), "fluid.gut_rate_log_sd",
                                   z["gut_rate"]),
        gut_cap_l_per_h=_between(value("fluid.gut_cap_low_l_per_h"),
                                 value("fluid.gut_cap_high_l_per_h"), even["gut_cap"]),
        urine_l_per_h=_log_normal(value("fluid.urine_l_per_h"), "fluid.urine_log_sd", z["urine"]),
        urine_cation_mmol_per_l=_between(value("fluid.urine_cation_low_mmol_per_l"),
                                         value("fluid.urine_cation_high_mmol_per_l"),
                                         even["urine_cation"]),
    )  # fmt: skip


def _told(told: Told, z: FloatArray) -> FloatArray:
    return told.mean + told.sd * z


def _between(low: float, high: float, even: FloatArray) -> FloatArray:
    return low + (high - low) * even


def _log_normal(middle: float, log_sd: str, z: FloatArray) -> FloatArray:
    return np.asarray(middle * np.exp(value(log_sd) * z))


def _sweat_factor(
    scenario: Scenario, even: Mapping[str, FloatArray], z: Mapping[str, FloatArray]
) -> FloatArray:
    """Personal multiplier, day, and what acclimation adds."""
    multiplier = scenario.runner.sweat_multiplier_log or Told(0.0, value("sweat.multiplier_log_sd"))
    day = value("sweat.day_log_sd") * z["sweat_day"]
    gain = 2.0 * value("sweat.acclimated_gain") * even["acclimated_gain"]
    personal = np.exp(_told(multiplier, z["sweat_multiplier"]) + day)
    return np.asarray(personal * (1.0 + scenario.runner.acclimation * gain))


def _sweat_sodium(scenario: Scenario, z: FloatArray) -> FloatArray:
    """Log-normal with the mean and spread of the prior, or what was told."""
    told = scenario.runner.sweat_sodium_mmol_per_l
    if told is not None and told.sd == 0.0:
        return np.full(len(z), told.mean)
    known = told or sodium_prior(scenario.runner.sex)
    variance = np.log1p((known.sd / known.mean) ** 2)
    return np.asarray(np.exp(np.log(known.mean) - variance / 2.0 + np.sqrt(variance) * z))


def sodium_prior(sex: str) -> Told:
    """Sweat sodium of marathon runners of that sex."""
    if sex == "male":
        return Told(value("sodium.sweat_men_mmol_per_l"), value("sodium.sweat_men_sd_mmol_per_l"))
    return Told(value("sodium.sweat_women_mmol_per_l"), value("sodium.sweat_women_sd_mmol_per_l"))


def _body_water(scenario: Scenario, z: FloatArray) -> FloatArray:
    """Watson's volume times the factor of athletes, within its bounds; or what was told."""
    runner = scenario.runner
    if runner.total_body_water_l is not None:
        return _told(runner.total_body_water_l, z)
    watson = total_body_water_watson1980(
        sex=runner.sex, age_y=runner.age_y, height_cm=runner.height_cm,
        body_mass_kg=runner.body_mass_kg,
    )  # fmt: skip
    factor = value("fluid.body_water_factor") + value("fluid.body_water_factor_sd") * z
    least = value("fluid.body_water_least_share") * runner.body_mass_kg
    most = value("fluid.body_water_most_share") * runner.body_mass_kg
    return np.clip(watson * factor, least, most)
