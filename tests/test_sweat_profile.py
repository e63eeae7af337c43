"""The runner's own sweat: the closed form against the dense one, calibration, and honesty."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

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
    expected_narrowing,
    leave_one_out,
    log_readings,
    sodium_posterior,
    sweat_posterior,
    watch_opinion,
    weigh_in_error_l_per_h,
)
from uncramp.vocabulary import WeighIn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

MILD: Final = Forecast(rate_l_per_h=1.0, drip_slope=0.0)
HUMID: Final = Forecast(rate_l_per_h=1.8, drip_slope=-0.9)
WET: Final = Forecast(rate_l_per_h=1.6, drip_slope=-1.1)
PRIOR_SD: Final = value("sweat.multiplier_log_sd")


def weighed(rate: float, *, error: float = 0.05, forecast: Forecast = MILD) -> SweatTest:
    """One weigh-in."""
    return SweatTest(rate_l_per_h=rate, error_l_per_h=error, forecast=forecast)


def error_of(
    *, scale_step_kg: float | None, duration_min: float, rate: float, dry: bool = True
) -> float:
    """Error of a weigh-in of 0.5 L drunk, nothing eaten, and no urine."""
    nothing = 0.0 if dry else None
    test = WeighIn(
        body_mass_before_kg=70.0, body_mass_after_kg=70.0 - rate * duration_min / 60.0 + 0.5,
        fluid_intake_l=0.5, duration_min=duration_min, scale_step_kg=scale_step_kg, food_kg=0.0,
        urine_output_l=nothing, held_sweat_kg=nothing,
    )  # fmt: skip
    return weigh_in_error_l_per_h(test, rate_l_per_h=rate)


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
    pivot = value("sweat.pivot_rate_l_per_h")
    rows = np.array(
        [
            [1.0, one.forecast.drip_slope, math.log(one.forecast.rate_l_per_h / pivot)]
            for one in tests
        ]
    )
    seen, error = log_readings(tests)
    drip = even_variance(value("sweat.least_efficiency"), 1.0)
    prior = np.diag([PRIOR_SD**2, drip, value("sweat.heat_answer_sd") ** 2])
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
    """Same evidence, same mean, same spread, to nine digits."""
    assert sweat_posterior(tests).log_multiplier == pytest.approx(dense(tests), rel=1e-9, abs=1e-9)


NUTS: Final = tomllib.loads(
    (Path(__file__).parent / "published" / "sweat_nuts.toml").read_text(encoding="utf-8")
)


def read_case(case: Mapping[str, Any]) -> list[SweatTest]:
    """The weigh-ins of a case of the oracle."""
    return [
        SweatTest(
            rate_l_per_h=one[2], error_l_per_h=one[3],
            forecast=Forecast(rate_l_per_h=one[0], drip_slope=one[1]),
        )
        for one in case["tests"]
    ]  # fmt: skip


@pytest.mark.parametrize("case", NUTS["case"], ids=lambda one: str(one["name"]))
def test_the_closed_form_is_what_a_sampler_finds(case: Mapping[str, Any]) -> None:
    """Means within 0.05 of a standard deviation of NumPyro's, and spreads within 3 per cent."""
    found = sweat_posterior(read_case(case))
    hot = Forecast(rate_l_per_h=NUTS["hot"][0], drip_slope=NUTS["hot"][1])
    for ours, theirs in (
        (found.log_multiplier, case["log_multiplier"]),
        (found.log_rate(hot, with_day=False), case["log_rate_hot"]),
    ):
        assert abs(ours[0] - theirs[0]) < 0.05 * theirs[1]
        assert ours[1] == pytest.approx(theirs[1], rel=0.03)


# ---------------------------------------------------------------- calibration


def imagined(rng: np.random.Generator) -> tuple[float, float, list[SweatTest]]:
    """A runner from the prior as it is meant, not as the closed form has it.

    The least efficiency is even, the scale errs in litres whatever the rate, readings may come out
    below 0. Gives the log multiplier, the log of the typical rate in WET, and one to five tests.
    """
    multiplier = PRIOR_SD * rng.standard_normal()
    least = value("sweat.least_efficiency")
    drip = rng.uniform(least, 1.0) - (1.0 + least) / 2.0
    answer = value("sweat.heat_answer_sd") * rng.standard_normal()
    spread = value("sweat.day_log_sd") * math.exp(
        value("sweat.day_log_sd_spread") * rng.standard_normal()
    )
    pivot = value("sweat.pivot_rate_l_per_h")

    def typical(forecast: Forecast) -> float:
        heat = math.log(forecast.rate_l_per_h / pivot)
        personal = multiplier + forecast.drip_slope * drip + answer * heat
        return math.log(forecast.rate_l_per_h) + personal

    tests = []
    for _ in range(int(rng.integers(1, 6))):
        forecast = Forecast(
            rate_l_per_h=float(rng.uniform(0.5, 2.0)), drip_slope=float(rng.uniform(-1.2, 0))
        )
        error = float(rng.uniform(0.04, 0.25))
        truth = math.exp(typical(forecast) + spread * rng.standard_normal())
        tests.append(weighed(truth + error * rng.standard_normal(), error=error, forecast=forecast))
    return multiplier, typical(WET), tests


def rank(truth: float, means: FloatArray, sds: FloatArray, weights: FloatArray) -> float:
    """Share of a mixture of normals below the truth."""
    below = [0.5 * (1.0 + math.erf(step / math.sqrt(2.0))) for step in (truth - means) / sds]
    return float(weights @ np.array(below))


def uneven(ranks: list[float], *, n_bins: int = 20) -> float:
    """Chi-squared of ranks against even ones."""
    counts, _ = np.histogram(ranks, bins=n_bins, range=(0.0, 1.0))
    expected = len(ranks) / n_bins
    return float((((counts - expected) ** 2) / expected).sum())


@pytest.mark.deep
def test_ranks_are_uniform() -> None:
    """5,000 imagined runners: the truth falls evenly over its own posterior."""
    rng = np.random.default_rng(20)
    of_multiplier, of_rate, n_held = [], [], 0
    wet = np.array([1.0, WET.drip_slope,
                    math.log(WET.rate_l_per_h / value("sweat.pivot_rate_l_per_h"))])  # fmt: skip
    for _ in range(5000):
        multiplier, log_rate, tests = imagined(rng)
        found = sweat_posterior(tests)
        sds = np.sqrt(found.covariances[:, 0, 0])
        of_multiplier.append(rank(multiplier, found.means[:, 0], sds, found.weights))
        means = math.log(WET.rate_l_per_h) + found.means @ wet
        sds = np.sqrt(np.einsum("i,sij,j->s", wet, found.covariances, wet))
        of_rate.append(rank(log_rate, means, sds, found.weights))
        n_held += 0.05 < of_rate[-1] < 0.95
    # 99.9 % point of 19 degrees of freedom
    assert uneven(of_multiplier) < 43.8
    assert uneven(of_rate) < 43.8
    assert n_held / 5000 == pytest.approx(0.9, abs=0.015)


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


@given(
    step_kg=st.floats(0.01, 0.5), better=st.floats(0.1, 1.0), minutes=st.floats(20, 180),
    rate=st.floats(0.3, 2.5),
)  # fmt: skip
def test_a_finer_scale_never_teaches_less(
    step_kg: float, better: float, minutes: float, rate: float
) -> None:
    """Half the step: never a larger error, and never less to be learnt from it."""
    coarse = error_of(scale_step_kg=step_kg, duration_min=minutes, rate=rate)
    fine = error_of(scale_step_kg=better * step_kg, duration_min=minutes, rate=rate)
    assert fine <= coarse
    known = sweat_posterior([weighed(1.0), weighed(1.4, forecast=WET)])
    learnt = [
        expected_narrowing(known, test=MILD, error_l_per_h=one, goals=[MILD, WET])
        for one in (fine, coarse)
    ]
    assert learnt[0] >= learnt[1] - 1e-12 > -1e-9


@given(rate=st.floats(0.4, 2.5), error=st.floats(0.02, 0.3))
def test_a_surer_weighing_leaves_less_doubt(rate: float, error: float) -> None:
    """Twice the error on the same reading: the multiplier is never known better."""
    sure = sweat_posterior([weighed(rate, error=error)])
    less = sweat_posterior([weighed(rate, error=2 * error)])
    assert sure.log_multiplier[1] <= less.log_multiplier[1] + 1e-3


@given(n_tests=st.integers(0, 8), rate=st.floats(0.6, 2.0))
def test_one_more_like_the_others_never_unsettles(n_tests: int, rate: float) -> None:
    """Agreeing weigh-ins shrink doubt with every one, and bring the middle to what they say."""
    before = sweat_posterior([weighed(rate)] * n_tests)
    after = sweat_posterior([weighed(rate)] * (n_tests + 1))
    assert after.log_multiplier[1] < before.log_multiplier[1]
    far = [abs(one.log_multiplier[0] - math.log(rate)) for one in (before, after)]
    assert far[1] <= far[0] + 0.01


def test_low_and_high_slips_of_the_scale_cancel() -> None:
    """The scale errs in litres: as much too low as too high makes nobody sweat more."""
    mean, sd = sweat_posterior([weighed(0.7, error=0.3), weighed(1.3, error=0.3)]).log_multiplier
    assert -0.25 * sd < mean < 0.0


def test_three_poor_weigh_ins_are_no_better_than_a_good_one() -> None:
    """45 minutes on a 0.1 kg scale, kit and urine untold: three times that is one good morning."""
    poor = error_of(scale_step_kg=0.1, duration_min=45, rate=1.4, dry=False)
    good = error_of(scale_step_kg=0.1, duration_min=90, rate=1.4)
    three = sweat_posterior([weighed(1.4, error=poor)] * 3)
    one = sweat_posterior([weighed(1.4, error=good)])
    assert poor > 2.0 * good
    assert three.log_multiplier[1] > 0.9 * one.log_multiplier[1]
    assert 0.0 < three.log_multiplier[0] < math.log(1.4)


def test_poor_weigh_ins_can_make_it_worse_and_the_band_says_so() -> None:
    """Three such weigh-ins mislead more than one runner in six; the band still holds nine of ten.

    And leaning on the prior beats the plain mean of the three.
    """
    rng = np.random.default_rng(8)
    error = error_of(scale_step_kg=0.1, duration_min=45, rate=1.0, dry=False)
    n_runners, n_worse, n_held, off, off_plain = 400, 0, 0, 0.0, 0.0
    for _ in range(n_runners):
        typical = math.exp(PRIOR_SD * rng.standard_normal())
        days = typical * np.exp(value("sweat.day_log_sd") * rng.standard_normal(4))
        read = days[:3] + error * rng.standard_normal(3)
        band = sweat_posterior([weighed(float(one), error=error) for one in read]).rate_l_per_h(
            MILD
        )
        n_worse += abs(band.median - days[3]) > abs(1.0 - days[3])
        n_held += band.low <= days[3] <= band.high
        off, off_plain = off + abs(band.median - days[3]), off_plain + abs(read.mean() - days[3])
    assert n_worse > n_runners / 6
    assert 0.86 < n_held / n_runners < 0.96
    assert off < off_plain


def test_a_watch_is_one_opinion_however_often_it_speaks() -> None:
    """Ten estimates of a watch teach as little as one, and far less than one weigh-in."""
    assert watch_opinion([]) == ()
    once = sweat_posterior(watch_opinion([weighed(1.5)]))
    often = sweat_posterior(watch_opinion([weighed(1.5)] * 10))
    same(once, often)
    scale = sweat_posterior([weighed(1.5, error=0.1)])
    assert once.log_multiplier[1] > 0.8 * PRIOR_SD > scale.log_multiplier[1]


def test_cool_weigh_ins_do_not_settle_a_hot_race() -> None:
    """Many weigh-ins in the cold: sure there, and far less sure in the heat."""
    cool = Forecast(rate_l_per_h=0.35, drip_slope=0.0)
    found = sweat_posterior([weighed(0.6, error=0.08, forecast=cool)] * 8)
    ratio = {
        name: math.exp(found.log_rate(one)[0]) / one.rate_l_per_h
        for name, one in {"cool": cool, "hot": HUMID}.items()
    }
    assert 1.0 < ratio["hot"] < ratio["cool"] < 0.6 / 0.35
    assert found.log_rate(HUMID)[1] > 1.5 * found.log_rate(cool)[1]


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
