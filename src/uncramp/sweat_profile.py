"""One runner's own sweat: what weigh-ins teach about rate, and patches about sodium.

The heat balance says what a runner like this would sweat in that weather; each weigh-in says how
far off that was. On logarithms this is a straight line with three unknowns: the personal
multiplier, how much of the sweat drips off, and how much less or more steeply than the heat balance
the rate answers to heat and pace. Weighing has a known error for each test, and days differ by an
unknown spread. Given the spread the answer is closed form; the spread is summed over a grid.
docs/reference/sweat-model.md has the equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from uncramp.evidence import value
from uncramp.models.spread import (
    BAND,
    LIMITS,
    STEPS,
    band_half_width,
    even_variance,
    log_normal_grid,
    log_of_reading,
    student_half_width,
)
from uncramp.models.sweat import whole_body_sodium_baker
from uncramp.units import hours_from_minutes, sodium_mg_from_mmol
from uncramp.vocabulary import Interval, SodiumSample, WeighIn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from uncramp.models.sweat import PatchSite

    FloatArray = NDArray[np.float64]

__all__ = [
    "Forecast",
    "LeftOut",
    "SodiumTest",
    "SweatPosterior",
    "SweatTest",
    "agreement_half_width",
    "expected_narrowing",
    "leave_one_out",
    "log_readings",
    "sodium_mg_per_h",
    "sodium_posterior",
    "sodium_test",
    "sweat_posterior",
    "watch_opinion",
    "weigh_in_error_l_per_h",
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
    """Log multiplier, least efficiency less its middle, and answer to heat; (n_spreads, 3)."""
    covariances: FloatArray
    """Shape (n_spreads, 3, 3)."""
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
        row = row_of(forecast)
        means = np.log(forecast.rate_l_per_h) + self.means @ row
        variances = np.einsum("i,sij,j->s", row, self.covariances, row)
        if with_day:
            variances = variances + self.day_log_sd**2
        mean = float(self.weights @ means)
        return mean, float(np.sqrt(self.weights @ (variances + (means - mean) ** 2)))

    def log_multiplier_in(self, forecast: Forecast) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm of a typical day's rate over the forecast.

        For a simulation that multiplies the heat balance by one number: the answer to heat and pace
        is in it, and the doubt about dripping is not, since a simulation draws that itself.
        """
        row = row_of(forecast)
        mean = float(self.weights @ (self.means @ row))
        kept = row * np.array([1.0, 0.0, 1.0])
        around = (self.means @ kept - float(self.weights @ (self.means @ kept))) ** 2
        variance = np.einsum("i,sij,j->s", kept, self.covariances, kept) + around
        return mean, float(np.sqrt(self.weights @ variance))

    def rate_l_per_h(self, forecast: Forecast) -> Interval:
        """The rate to expect on one day in one condition, with the band that holds 9 of 10."""
        mean, sd = self.log_rate(forecast)
        return log_band(mean, sd)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One test against what all the others say of it."""

    measured_l_per_h: float
    expected: Interval

    @property
    def error_l_per_h(self) -> float:
        """Expected less measured."""
        return self.expected.median - self.measured_l_per_h


def row_of(forecast: Forecast) -> FloatArray:
    """How the log rate of one condition answers to each unknown."""
    heat = np.log(forecast.rate_l_per_h / value("sweat.pivot_rate_l_per_h"))
    return np.array([1.0, forecast.drip_slope, heat])


def log_band(mean: float, sd: float) -> Interval:
    """The band of a number whose logarithm is normal."""
    half = band_half_width(BAND) * sd
    low, middle, high = np.exp([mean - half, mean, mean + half])
    return Interval(float(low), float(middle), float(high), BAND)


# ---------------------------------------------------------------- rate


def sweat_posterior(tests: Sequence[SweatTest]) -> SweatPosterior:
    """What `tests` say of one runner; without any, what is known of runners at large.

    A weigh-in on a coarse scale over a short run has a large error and so teaches little. A rate
    that is not above 0 is left out.
    """
    observed = [one for one in tests if one.rate_l_per_h > 0.0]
    spreads, log_weights = log_normal_grid(
        value("sweat.day_log_sd"), value("sweat.day_log_sd_spread")
    )
    rows = rows_of(observed)
    seen, errors = log_readings(observed)
    noise = spreads[:, None] ** 2 + errors[None, :] ** 2
    precision = prior_precision() + np.einsum("ti,st,tj->sij", rows, 1.0 / noise, rows)
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


def rows_of(tests: Sequence[SweatTest]) -> FloatArray:
    """One row a test; shape (n_tests, 3)."""
    return np.array([row_of(one.forecast) for one in tests]).reshape(-1, len(prior_precision()))


def prior_precision() -> FloatArray:
    """Of the three unknowns before any test; they know nothing of each other."""
    drip_variance = even_variance(value("sweat.least_efficiency"), 1.0)
    return np.diag(
        [
            value("sweat.multiplier_log_sd") ** -2,
            1.0 / drip_variance,
            value("sweat.heat_answer_sd") ** -2,
        ]
    )


def log_readings(tests: Sequence[SweatTest]) -> tuple[FloatArray, FloatArray]:
    """Each weigh-in as a reading of the log of measured over forecast, with its error.

    Weighing errs in litres, not in per cent: a reading that came out low by chance must not look
    less sure than one that came out high. So each becomes the normal reading of the logarithm that
    leaves the same mean and variance behind, in the light of all others (expectation propagation).
    """
    forecast = np.log([one.forecast.rate_l_per_h for one in tests])
    rate = np.array([one.rate_l_per_h for one in tests])
    error = np.array([one.error_l_per_h for one in tests])
    rows, precision = rows_of(tests), prior_precision()
    variance = value("sweat.day_log_sd") ** 2
    prior = np.einsum("ti,i,ti->t", rows, 1.0 / np.diag(precision), rows) + variance
    likely = np.log(rate)
    for _ in range(2):
        likely, width = linear_reading(forecast, prior, rate=rate, error=error, around=likely)
    seen, spread = np.log(rate), (error / np.exp(likely)) ** 2
    for _ in range(STEPS):
        weight = 1.0 / (variance + spread)
        covariance = np.linalg.inv(precision + (rows.T * weight) @ rows)
        fitted = rows @ (covariance @ (rows.T @ (weight * (seen - forecast))))
        own = 1.0 / np.einsum("ti,ij,tj->t", rows, covariance, rows)
        others = 1.0 / (own - weight)
        before = forecast + others * (own * fitted - weight * (seen - forecast))
        cavity = others + variance
        likely, width = log_of_reading(
            mean=before, variance=cavity, reading=rate, error=error, near=(likely, width)
        )
        surer = np.maximum(1.0 / width - 1.0 / cavity, 1.0 / (100 * cavity))
        seen = likely + (likely - before) / (cavity * surer)
        spread = 1.0 / surer
    return seen - forecast, np.sqrt(spread)


def linear_reading(
    mean: FloatArray,
    variance: FloatArray,
    *,
    rate: FloatArray,
    error: FloatArray,
    around: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Where the log of a rate lies after reading the rate, on a straight line near `around`."""
    level = np.exp(around)
    precision = 1.0 / variance + (level / error) ** 2
    seen = around + rate / level - 1.0
    return (mean / variance + seen * (level / error) ** 2) / precision, 1.0 / precision


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


def agreement_half_width(errors: Sequence[float]) -> float:
    """Half of the 95 % limits of agreement around no bias, as published forecasts give it.

    Few errors do not tell their own spread well, so the limits are wider then.
    """
    squares = np.asarray(errors) ** 2
    return student_half_width(LIMITS, len(errors)) * float(np.sqrt(squares.mean()))


def expected_narrowing(
    known: SweatPosterior, *, test: Forecast, error_l_per_h: float, goals: Sequence[Forecast]
) -> float:
    """Share by which one more weigh-in would narrow the bands of `goals`, on average.

    It does not depend on what the scale will show, only on where and how well it is done.
    """
    row = row_of(test)
    level = np.exp(known.log_rate(test)[0])
    noise = known.day_log_sd**2 + (error_l_per_h / level) ** 2
    pulled = known.covariances @ row
    learnt = pulled[:, :, None] * pulled[:, None, :] / (pulled @ row + noise)[:, None, None]
    shares = []
    for goal in goals:
        target = row_of(goal)
        before = np.einsum("i,sij,j->s", target, known.covariances, target) + known.day_log_sd**2
        less = np.einsum("i,sij,j->s", target, learnt, target)
        shares.append(1.0 - np.sqrt(known.weights @ (before - less) / (known.weights @ before)))
    return float(np.mean(shares))


# ---------------------------------------------------------------- what one test is worth


def weigh_in_error_l_per_h(
    test: WeighIn, *, rate_l_per_h: float, forecast_share: float = 0.0
) -> float:
    """Standard deviation of the sweat rate of one weigh-in, in L/h.

    The scale reads twice; what was not told of kit, bottle stops and food can be there or not; cups
    are never quite full; the minutes between scale and run sweat too. `forecast_share` is what
    unknown weather adds, as a share of the rate.
    """
    step = value("sweat.unknown_scale_step_kg")
    parts = [
        2.0 * (step if test.scale_step_kg is None else test.scale_step_kg) ** 2,
        (value("sweat.drink_error_share") * test.fluid_intake_l) ** 2,
    ]
    unknown = {
        "sweat.unknown_urine_l": test.urine_output_l,
        "sweat.unknown_held_kg": test.held_sweat_kg,
        "sweat.unknown_food_kg": test.food_kg,
    }
    parts += [value(name) ** 2 for name, told in unknown.items() if told is None]
    weighed = np.sqrt(sum(parts)) / hours_from_minutes(test.duration_min)
    timed = rate_l_per_h * value("sweat.timing_error_min") / test.duration_min
    doubt = rate_l_per_h > value("sweat.doubtful_rate_l_per_h")
    factor = value("sweat.doubtful_error_factor") if doubt else 1.0
    return float(factor * np.sqrt(weighed**2 + timed**2 + (forecast_share * rate_l_per_h) ** 2))


def watch_opinion(tests: Sequence[SweatTest]) -> tuple[SweatTest, ...]:
    """All estimates of a watch as one weak test: it reckons the same way every time.

    Nothing when there is none. What it says is the typical ratio to the forecast, in typical
    weather; its error does not shrink with their number.
    """
    usable = [one for one in tests if one.rate_l_per_h > 0.0]
    if not usable:
        return ()
    rate = float(np.exp(np.mean([np.log(one.rate_l_per_h) for one in usable])))
    forecast = Forecast(
        rate_l_per_h=float(np.exp(np.mean([np.log(one.forecast.rate_l_per_h) for one in usable]))),
        drip_slope=float(np.mean([one.forecast.drip_slope for one in usable])),
    )
    error = value("sweat.watch_error_share") * rate
    return (SweatTest(rate_l_per_h=rate, error_l_per_h=error, forecast=forecast),)


# ---------------------------------------------------------------- sodium


def sodium_test(sample: SodiumSample) -> SodiumTest:
    """A patch or a laboratory value as whole-body sodium at the reference sweat rate.

    InputError `unknown_site` for a patch where no equation leads to the whole body.
    """
    if sample.method == "patch":
        level = whole_body_sodium_baker(
            regional_sweat_sodium_mmol_per_l=sample.sodium_mmol_per_l,
            site=cast("PatchSite", sample.site),
        )
        error = value("sodium.patch_error_mmol_per_l")
    else:
        level, error = sample.sodium_mmol_per_l, value("sodium.whole_body_error_mmol_per_l")
    slope = value("sodium.slope_mmol_per_l_per_l_per_h")
    if sample.sweat_rate_l_per_h is None:
        away, moved = 0.0, slope * value("sodium.unknown_rate_l_per_h")
    else:
        away = sample.sweat_rate_l_per_h - value("sodium.reference_rate_l_per_h")
        moved = value("sodium.slope_sd_mmol_per_l_per_l_per_h") * away
    return SodiumTest(
        sodium_mmol_per_l=min(
            max(level - slope * away, value("sodium.least_mmol_per_l")),
            value("sodium.most_mmol_per_l"),
        ),
        error_mmol_per_l=float(np.hypot(error, moved)),
    )


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


def sodium_mg_per_h(
    known: SweatPosterior, forecast: Forecast, *, mean_mmol_per_l: float, sd_mmol_per_l: float
) -> Interval:
    """Sodium lost in an hour of one day in one condition, in mg, with its band.

    Rate times what a litre holds at that rate; their doubts add up as shares. Between runners a
    higher rate means no saltier sweat, within one it does.
    """
    mean, sd = known.log_rate(forecast)
    rate = float(np.exp(mean))
    slope, away = (
        value("sodium.slope_mmol_per_l_per_l_per_h"),
        rate - value("sodium.reference_rate_l_per_h"),
    )
    level = min(
        max(mean_mmol_per_l + slope * away, value("sodium.least_mmol_per_l")),
        value("sodium.most_mmol_per_l"),
    )
    together = sd * (1.0 + slope * rate / level)
    apart = np.hypot(
        sd_mmol_per_l / level,
        value("sodium.slope_sd_mmol_per_l_per_l_per_h") * away / level,
    )
    share = float(np.sqrt(together**2 + apart**2 + value("sodium.day_share") ** 2))
    return log_band(float(np.log(sodium_mg_from_mmol(rate * level))), share)
