"""The runner's own sweat: the closed form against the dense one, calibration, and honesty."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.evidence import value
from uncramp.models.spread import even_variance, log_normal_grid
from uncramp.sweat_profile import (
    Forecast,
    SodiumTest,
    SweatPosterior,
    SweatTest,
    leave_one_out,
    sodium_posterior,
    sweat_posterior,
)

MILD: Final = Forecast(rate_l_per_h=1.0, drip_slope=0.0)
HUMID: Final = Forecast(rate_l_per_h=1.8, drip_slope=-0.9)
PRIOR_SD: Final = value("sweat.multiplier_log_sd")


def weighed(rate: float, *, error: float = 0.05, forecast: Forecast = MILD) -> SweatTest:
    """One weigh-in."""
    return SweatTest(rate_l_per_h=rate, error_l_per_h=error, forecast=forecast)


def scale_error(*, resolution_kg: float, minutes: float) -> float:
    """Error of two weighings, as a rate."""
    return resolution_kg * math.sqrt(2.0) * 60.0 / minutes


def same(one: SweatPosterior, other: SweatPosterior) -> None:
    """Both say the same of everything."""
    assert one.log_multiplier == pytest.approx(other.log_multiplier, abs=1e-12)
    for forecast in (MILD, HUMID):
        assert one.log_rate(forecast) == pytest.approx(other.log_rate(forecast), abs=1e-12)


# ---------------------------------------------------------------- none, one, many


def test_no_test_is_the_prior() -> None:
    """The multiplier of runners at large, and no correlation that nothing taught."""
    prior = sweat_posterior([])
    assert prior.n_tests == 0
    assert prior.log_multiplier == pytest.approx((0.0, PRIOR_SD), abs=1e-12)
    assert prior.rate_l_per_h(MILD).median == pytest.approx(MILD.rate_l_per_h)
    points, logs = log_normal_grid(value("sweat.day_log_sd"), value("sweat.day_log_sd_spread"))
    weights = np.exp(logs) / np.exp(logs).sum()
    assert prior.spread == pytest.approx(float(weights @ points))


def test_one_test_moves_towards_it_and_not_onto_it() -> None:
    """One day is one day: the middle lies between prior and test, the band shrinks."""
    prior, after = sweat_posterior([]), sweat_posterior([weighed(1.5)])
    mean, sd = after.log_multiplier
    assert 0.0 < mean < math.log(1.5)
    assert sd < prior.log_multiplier[1]
    assert 1.0 < after.rate_l_per_h(MILD).median < 1.5
    assert after.n_tests == 1


def test_many_tests_find_the_runner() -> None:
    """Forty weigh-ins in like weather leave little doubt about the typical rate there."""
    rng = np.random.default_rng(3)
    rates = 1.4 * np.exp(0.1 * rng.standard_normal(40))
    after = sweat_posterior([weighed(float(rate), error=0.02) for rate in rates])
    mean, sd = after.log_rate(MILD, with_day=False)
    assert mean == pytest.approx(math.log(1.4), abs=3 * sd)
    assert sd < 0.03
    assert after.spread == pytest.approx(0.1, rel=0.25)


def test_a_gain_teaches_nothing() -> None:
    """A rate that is not above zero has no logarithm and is left out."""
    assert sweat_posterior([weighed(-0.2)]).n_tests == 0
    same(sweat_posterior([weighed(-0.2), weighed(1.2)]), sweat_posterior([weighed(1.2)]))


def test_order_does_not_matter() -> None:
    """Weigh-ins have no sequence."""
    tests = [weighed(1.1), weighed(1.9, forecast=HUMID), weighed(0.8, error=0.2)]
    same(sweat_posterior(tests), sweat_posterior(tests[::-1]))


# ---------------------------------------------------------------- against the dense form


def dense(tests: list[SweatTest]) -> tuple[float, float]:
    """Mean and spread of the log multiplier by conditioning one big normal, a spread at a time."""
    spreads, log_weights = log_normal_grid(
        value("sweat.day_log_sd"), value("sweat.day_log_sd_spread")
    )
    rows = np.array([[1.0, one.forecast.drip_slope] for one in tests])
    seen = np.array([math.log(one.rate_l_per_h / one.forecast.rate_l_per_h) for one in tests])
    error = np.array([one.error_l_per_h / one.rate_l_per_h for one in tests])
    prior = np.diag([PRIOR_SD**2, even_variance(value("sweat.least_efficiency"), 1.0)])
    logs, means, variances = [], [], []
    for spread, log_weight in zip(spreads, log_weights, strict=True):
        covariance = rows @ prior @ rows.T + np.diag(spread**2 + error**2)
        across = prior[0] @ rows.T
        means.append(float(across @ np.linalg.solve(covariance, seen)))
        variances.append(float(prior[0, 0] - across @ np.linalg.solve(covariance, across)))
        fit = seen @ np.linalg.solve(covariance, seen)
        logs.append(log_weight - 0.5 * (np.linalg.slogdet(covariance)[1] + fit))
    weights = np.exp(np.array(logs) - max(logs))
    weights /= weights.sum()
    mean = float(weights @ means)
    around = np.array(variances) + (np.array(means) - mean) ** 2
    return mean, math.sqrt(float(weights @ around))


conditions = st.builds(Forecast, rate_l_per_h=st.floats(0.4, 2.5), drip_slope=st.floats(-1.3, 0.0))
weigh_ins = st.builds(
    SweatTest, rate_l_per_h=st.floats(0.3, 3.0), error_l_per_h=st.floats(0.01, 0.4),
    forecast=conditions,
)  # fmt: skip


@given(tests=st.lists(weigh_ins, min_size=1, max_size=8))
def test_the_closed_form_is_the_dense_one(tests: list[SweatTest]) -> None:
    """Same evidence, same mean, same spread, to twelve digits."""
    assert sweat_posterior(tests).log_multiplier == pytest.approx(
        dense(tests), rel=1e-12, abs=1e-12
    )


# ---------------------------------------------------------------- calibration


@pytest.mark.slow
def test_ranks_are_uniform() -> None:
    """5,000 runners drawn from the prior: the truth falls evenly over its own posterior."""
    rng = np.random.default_rng(20)
    n_runners, n_bins = 5000, 20
    drip_sd = math.sqrt(even_variance(value("sweat.least_efficiency"), 1.0))
    ranks = np.empty(n_runners)
    for index in range(n_runners):
        z = rng.standard_normal(3)
        multiplier, drip = PRIOR_SD * z[0], drip_sd * z[1]
        spread = value("sweat.day_log_sd") * math.exp(value("sweat.day_log_sd_spread") * z[2])
        tests = []
        for _ in range(int(rng.integers(1, 5))):
            forecast = Forecast(
                rate_l_per_h=float(rng.uniform(0.6, 2.0)), drip_slope=float(rng.uniform(-1.2, 0))
            )
            relative = float(rng.uniform(0.03, 0.2))
            noise = math.hypot(spread, relative) * rng.standard_normal()
            logarithm = multiplier + forecast.drip_slope * drip + noise
            rate = forecast.rate_l_per_h * math.exp(logarithm)
            tests.append(weighed(rate, error=relative * rate, forecast=forecast))
        found = sweat_posterior(tests)
        steps = (multiplier - found.means[:, 0]) / np.sqrt(2.0 * found.covariances[:, 0, 0])
        below = [0.5 * (1.0 + math.erf(step)) for step in steps]
        ranks[index] = found.weights @ np.array(below)
    counts, _ = np.histogram(ranks, bins=n_bins, range=(0.0, 1.0))
    expected = n_runners / n_bins
    chi_squared = float((((counts - expected) ** 2) / expected).sum())
    assert chi_squared < 43.8, counts  # 99.9 % point of 19 degrees of freedom


# ---------------------------------------------------------------- honesty


def test_a_short_run_on_a_coarse_scale_barely_teaches() -> None:
    """Twenty minutes on a 0.1 kg scale: three of them teach less than one good weigh-in."""
    poor = scale_error(resolution_kg=0.1, minutes=20)
    good = scale_error(resolution_kg=0.1, minutes=90)
    one_poor = sweat_posterior([weighed(1.5, error=poor)])
    one_good = sweat_posterior([weighed(1.5, error=good)])
    three_poor = sweat_posterior([weighed(1.5, error=poor)] * 3)
    assert one_poor.log_multiplier[1] > 0.7 * PRIOR_SD
    assert one_poor.log_multiplier[0] < 0.55 * math.log(1.5)
    assert one_poor.log_multiplier[0] < one_good.log_multiplier[0]
    assert three_poor.log_multiplier[1] > one_good.log_multiplier[1]


@given(rate=st.floats(0.4, 2.5), error=st.floats(0.02, 0.5))
def test_a_surer_weighing_moves_more(rate: float, error: float) -> None:
    """The larger the error, the nearer to the prior, on either side."""
    sure = sweat_posterior([weighed(rate, error=error)])
    less = sweat_posterior([weighed(rate, error=2 * error)])
    assert abs(less.log_multiplier[0]) <= abs(sure.log_multiplier[0]) + 1e-12


@given(n_tests=st.integers(0, 8), rate=st.floats(0.6, 2.0))
def test_one_more_like_the_others_never_unsettles(n_tests: int, rate: float) -> None:
    """Agreeing weigh-ins shrink doubt with every one, and never past what they say."""
    before = sweat_posterior([weighed(rate)] * n_tests)
    after = sweat_posterior([weighed(rate)] * (n_tests + 1))
    assert after.log_multiplier[1] < before.log_multiplier[1]
    assert abs(before.log_multiplier[0]) <= abs(after.log_multiplier[0]) + 1e-12
    assert abs(after.log_multiplier[0]) <= abs(math.log(rate)) + 1e-12


def test_cool_days_say_little_about_dripping() -> None:
    """Where nothing drips, the humid forecast keeps its own doubt."""
    dry_days = sweat_posterior([weighed(1.3, error=0.02)] * 10)
    both = sweat_posterior(
        [weighed(1.3, error=0.02)] * 10 + [weighed(2.3, error=0.02, forecast=HUMID)] * 5
    )
    assert dry_days.log_rate(HUMID, with_day=False)[1] > dry_days.log_rate(MILD, with_day=False)[1]
    assert both.log_rate(HUMID, with_day=False)[1] < dry_days.log_rate(HUMID, with_day=False)[1]


def test_a_band_holds_nine_of_ten_and_the_day() -> None:
    """Low, middle and high in order; one day is less sure than the typical day."""
    found = sweat_posterior([weighed(1.2)] * 3)
    interval = found.rate_l_per_h(MILD)
    assert 0.0 < interval.low < interval.median < interval.high
    assert interval.level == 0.9
    assert found.log_rate(MILD)[1] > found.log_rate(MILD, with_day=False)[1]


# ---------------------------------------------------------------- one left out


def test_leaving_one_out_needs_two() -> None:
    """A single test cannot be its own judge."""
    assert leave_one_out([]) == ()
    assert leave_one_out([weighed(1.2)]) == ()


def test_each_test_is_judged_by_the_others_alone() -> None:
    """What is left out does not know itself."""
    tests = [weighed(1.2), weighed(1.3), weighed(2.4)]
    left = leave_one_out(tests)
    assert [one.measured_l_per_h for one in left] == [1.2, 1.3, 2.4]
    expected = sweat_posterior(tests[:2]).rate_l_per_h(MILD)
    assert left[2].expected == expected
    assert left[2].error_l_per_h == pytest.approx(expected.median - 2.4)


# ---------------------------------------------------------------- sodium


def test_sodium_without_a_test_is_the_prior() -> None:
    """Nothing learnt, nothing changed."""
    assert sodium_posterior([], prior_mean=36.0, prior_sd=13.0) == pytest.approx((36.0, 13.0))


def test_sodium_precisions_add_up() -> None:
    """By hand, with the day in the error of the test."""
    test = SodiumTest(sodium_mmol_per_l=60.0, error_mmol_per_l=7.0)
    mean, sd = sodium_posterior([test], prior_mean=36.0, prior_sd=13.0)
    variance = 7.0**2 + (value("sodium.day_share") * 60.0) ** 2
    weight = 13.0**2 / (13.0**2 + variance)
    assert mean == pytest.approx(36.0 + weight * 24.0)
    assert sd == pytest.approx(13.0 * math.sqrt(1.0 - weight))


@given(seen=st.lists(st.floats(10, 110), min_size=1, max_size=6), error=st.floats(1, 20))
def test_sodium_stays_between_prior_and_tests(seen: list[float], error: float) -> None:
    """A mean of means, surer than the prior."""
    tests = [SodiumTest(sodium_mmol_per_l=one, error_mmol_per_l=error) for one in seen]
    mean, sd = sodium_posterior(tests, prior_mean=36.0, prior_sd=13.0)
    assert min(36.0, *seen) - 1e-9 <= mean <= max(36.0, *seen) + 1e-9
    assert sd < 13.0
