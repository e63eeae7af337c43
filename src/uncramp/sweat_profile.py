"""One runner's own sweat: what weigh-ins teach about rate, and patches about sodium.

The heat balance says what a runner like this would sweat in that weather; each weigh-in says how
far off that was. On logarithms this is a straight line with two unknowns, the personal multiplier
and how much of the sweat drips off, a known error for each weigh-in, and an unknown spread from day
to day. Given the spread the answer is closed form; the spread itself is summed over a grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from uncramp.evidence import value
from uncramp.models.spread import BAND, band_half_width, even_variance, log_normal_grid
from uncramp.vocabulary import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = [
    "Forecast",
    "LeftOut",
    "SodiumTest",
    "SweatPosterior",
    "SweatTest",
    "leave_one_out",
    "sodium_posterior",
    "sweat_posterior",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What heat balance says of one condition, before anything personal."""

    rate_l_per_h: float
    """Sweat rate with multiplier 1 and middling dripping."""
    drip_slope: float
    """Change of the log rate with the least share that evaporates; 0 where nothing drips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweatTest:
    """One weigh-in: what was measured, how sure that is, and what was forecast."""

    rate_l_per_h: float
    error_l_per_h: float
    """Standard deviation of the weighing itself: scale, towel, urine, cups."""
    forecast: Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class SodiumTest:
    """One measurement of sweat sodium, already for the whole body and the reference rate."""

    sodium_mmol_per_l: float
    error_mmol_per_l: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SweatPosterior:
    """What is known after the tests: a mixture over the day-to-day spread."""

    weights: FloatArray
    """Of each spread, shape (n_spreads,), sum 1."""
    day_log_sd: FloatArray
    means: FloatArray
    """Log multiplier and least efficiency, less its middle; shape (n_spreads, 2)."""
    covariances: FloatArray
    """Shape (n_spreads, 2, 2)."""
    n_tests: int

    @property
    def log_multiplier(self) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm of the personal multiplier."""
        mean = float(self.weights @ self.means[:, 0])
        around = self.covariances[:, 0, 0] + (self.means[:, 0] - mean) ** 2
        return mean, float(np.sqrt(self.weights @ around))

    @property
    def spread(self) -> float:
        """Mean of the day-to-day spread of the log rate."""
        return float(self.weights @ self.day_log_sd)

    def log_rate(self, forecast: Forecast, *, with_day: bool = True) -> tuple[float, float]:
        """Mean and standard deviation of the log of the rate in one condition."""
        row = np.array([1.0, forecast.drip_slope])
        means = np.log(forecast.rate_l_per_h) + self.means @ row
        variances = np.einsum("i,sij,j->s", row, self.covariances, row)
        if with_day:
            variances = variances + self.day_log_sd**2
        mean = float(self.weights @ means)
        return mean, float(np.sqrt(self.weights @ (variances + (means - mean) ** 2)))

    def rate_l_per_h(self, forecast: Forecast) -> Interval:
        """The rate to expect on one day in one condition, with the band that holds 9 of 10."""
        mean, sd = self.log_rate(forecast)
        half = band_half_width(BAND) * sd
        low, middle, high = np.exp([mean - half, mean, mean + half])
        return Interval(float(low), float(middle), float(high), BAND)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One test against what all the others say of it."""

    measured_l_per_h: float
    expected: Interval

    @property
    def error_l_per_h(self) -> float:
        """Expected less measured."""
        return self.expected.median - self.measured_l_per_h


def sweat_posterior(tests: Sequence[SweatTest]) -> SweatPosterior:
    """What `tests` say of one runner; without any, what is known of runners at large.

    A weigh-in on a coarse scale over a short run has a large error and so teaches little.
    """
    observed = [one for one in tests if one.rate_l_per_h > 0.0]
    spreads, log_weights = _spread_grid()
    prior = np.diag([1.0 / value("sweat.multiplier_log_sd") ** 2, 1.0 / _drip_variance()])
    rows = np.array([[1.0, one.forecast.drip_slope] for one in observed]).reshape(-1, 2)
    seen = np.array([np.log(one.rate_l_per_h / one.forecast.rate_l_per_h) for one in observed])
    errors = np.array([one.error_l_per_h / one.rate_l_per_h for one in observed])
    noise = spreads[:, None] ** 2 + errors[None, :] ** 2
    precision = prior + np.einsum("ti,st,tj->sij", rows, 1.0 / noise, rows)
    covariances = np.linalg.inv(precision)
    pulled = np.einsum("ti,st,t->si", rows, 1.0 / noise, seen)
    means = np.einsum("sij,sj->si", covariances, pulled)
    evidence = (
        0.5 * np.linalg.slogdet(covariances)[1]
        - 0.5 * np.log(noise).sum(axis=1)
        - 0.5 * (seen**2 / noise).sum(axis=1)
        + 0.5 * np.einsum("si,si->s", means, pulled)
    )
    weights = np.exp(log_weights + evidence - np.max(log_weights + evidence))
    return SweatPosterior(
        weights=weights / weights.sum(),
        day_log_sd=spreads,
        means=means,
        covariances=covariances,
        n_tests=len(observed),
    )


def _spread_grid() -> tuple[FloatArray, FloatArray]:
    """Day-to-day spreads and the logarithm of their prior: log-normal about the published one."""
    return log_normal_grid(value("sweat.day_log_sd"), value("sweat.day_log_sd_spread"))


def _drip_variance() -> float:
    """Variance of the least efficiency, even between its floor and 1."""
    return even_variance(value("sweat.least_efficiency"), 1.0)


def leave_one_out(tests: Sequence[SweatTest]) -> tuple[LeftOut, ...]:
    """Every test against the posterior of all the others; nothing when there is only one."""
    if len(tests) < 2:
        return ()
    left = []
    for index, test in enumerate(tests):
        others = sweat_posterior([*tests[:index], *tests[index + 1 :]])
        left.append(
            LeftOut(measured_l_per_h=test.rate_l_per_h, expected=others.rate_l_per_h(test.forecast))
        )
    return tuple(left)


def sodium_posterior(
    tests: Sequence[SodiumTest], *, prior_mean: float, prior_sd: float
) -> tuple[float, float]:
    """Mean and standard deviation of sweat sodium at the reference rate, mmol/L.

    A normal prior and independent normal errors: precisions add up. Day-to-day variation of sodium
    counts in every test.
    """
    precision, pulled = 1.0 / prior_sd**2, prior_mean / prior_sd**2
    for test in tests:
        day = value("sodium.day_share") * test.sodium_mmol_per_l
        weight = 1.0 / (test.error_mmol_per_l**2 + day**2)
        precision += weight
        pulled += weight * test.sodium_mmol_per_l
    return pulled / precision, float(precision**-0.5)
