"""`uncramp research validate`: every published case run again, and what share our bands hold.

Each function of `WAYS` makes our number of a case from its inputs; nothing here knows the published
one. Population cases run a few groups of runners over many drinking plans and draws of the priors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from uncramp.evidence import PublishedCase, published_cases, value
from uncramp.models import energy, fluid, sodium, sweat
from uncramp.models.spread import BAND
from uncramp.simulation.balance import simulate
from uncramp.simulation.draws import draw_body, inverse_normal, sobol, sodium_prior
from uncramp.simulation.forcing import forcing_of
from uncramp.simulation.run import outcome_of, quantities_of
from uncramp.simulation.scenario import Intake, scenario_from_document
from uncramp.sweat_profile import Forecast, SweatTest, sweat_posterior

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["COVERAGE", "WAYS", "Checked", "Coverage", "Ours", "Validation", "validate"]

Inputs = Mapping[str, Any]

COVERAGE: Final = (0.8, 0.97)
"""Share of what was measured that bands for 90 of 100 should hold."""
PLANS: Final = 33
MEMBERS: Final = 64
EVERY_MIN: Final = 20


@dataclass(frozen=True, slots=True)
class Ours:
    """Our number of one case, with its band where draws made it."""

    number: float
    p5: float | None = None
    p95: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One case and how it came out."""

    case: PublishedCase
    ours: Ours
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What share of the people measured, as normal about their mean, lies inside our bands."""

    share: float
    low: float
    high: float
    cases: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the bands are neither too narrow nor too wide."""
        return self.low <= self.share <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """Every case, and the coverage."""

    cases: tuple[Checked, ...]
    coverage: Coverage

    @property
    def passed(self) -> bool:
        """Whether nothing is red."""
        return self.coverage.passed and all(one.passed for one in self.cases)


def validate() -> Validation:
    """Run every published case."""
    checked = tuple(_checked(case) for case in published_cases().values())
    return Validation(cases=checked, coverage=_coverage(checked))


def _checked(case: PublishedCase) -> Checked:
    ours = WAYS[case.how](case.inputs)
    return Checked(case=case, ours=ours, passed=_passes(case, ours))


def _passes(case: PublishedCase, ours: Ours) -> bool:
    tolerance = case.tolerance
    if "band" in tolerance:
        inside = ours.p5 is not None and ours.p95 is not None
        return inside and ours.p5 <= case.published <= ours.p95  # type: ignore[operator]
    if "low" in tolerance:
        return tolerance["low"] <= ours.number <= tolerance["high"]
    allowed = tolerance.get("absolute", abs(case.published) * tolerance.get("share", 0.0))
    return abs(ours.number - case.published) <= allowed


def _coverage(checked: tuple[Checked, ...]) -> Coverage:
    """Mean over sweat and sodium cases with a published spread and a band of ours."""
    held = {}
    for one in checked:
        case, ours = one.case, one.ours
        if case.published_sd is None or ours.p5 is None or ours.p95 is None:
            continue
        if case.topic not in ("sweat", "sodium"):
            continue
        people = NormalDist(case.published, case.published_sd)
        held[case.id] = people.cdf(ours.p95) - people.cdf(ours.p5)
    low, high = COVERAGE
    share = float(np.mean(list(held.values())))
    return Coverage(share=share, low=low, high=high, cases=tuple(held))


# Equations


def _plasma_sodium(inputs: Inputs) -> Ours:
    return Ours(
        sodium.plasma_sodium_nguyen_kurtz(
            plasma_sodium_start_mmol_per_l=inputs["start"],
            total_body_water_l=inputs["water_l"],
            sodium_potassium_change_mmol=inputs["cation_mmol"],
            water_change_l=inputs["change_l"],
        )
    )


def _plasma_sodium_change(inputs: Inputs) -> Ours:
    return Ours(_plasma_sodium(inputs).number - inputs["start"])


def _running_cost(inputs: Inputs) -> Ours:
    return Ours(energy.running_cost_minetti2002(grade=inputs["grade"]))


def _oxygen_uptake(inputs: Inputs) -> Ours:
    speed = inputs["speed_km_h"] / 3.6
    return Ours(energy.oxygen_uptake_acsm_running(speed_m_s=speed, grade=0.0))


def _sweat_regression(inputs: Inputs) -> Ours:
    return Ours(
        sweat.sweat_loss_gonzalez2009(
            ereq_w_m2=inputs["ereq_w_m2"], emax_w_m2=inputs["emax_w_m2"], form=inputs["form"]
        )
    )


def _respiratory_water(inputs: Inputs) -> Ours:
    return Ours(
        fluid.respiratory_water_mitchell1972(
            metabolic_rate_w=inputs["metabolic_rate_w"],
            vapour_pressure_mmhg=inputs["vapour_pressure_mmhg"],
        )
    )


def _body_water(inputs: Inputs) -> Ours:
    return Ours(
        fluid.total_body_water_watson1980(
            sex=inputs["sex"], age_y=inputs["age_y"], height_cm=inputs["height_cm"],
            body_mass_kg=inputs["body_mass_kg"],
        )
    )  # fmt: skip


def _whole_body_sodium(inputs: Inputs) -> Ours:
    return Ours(
        sweat.whole_body_sodium_baker(
            regional_sweat_sodium_mmol_per_l=inputs["regional_mmol_per_l"], site=inputs["site"]
        )
    )


def _fuel_mass(inputs: Inputs) -> Ours:
    return Ours(fluid.fuel_mass_loss_kg(energy_kcal=inputs["energy_kcal"]))


def _mass_less_water(inputs: Inputs) -> Ours:
    return Ours(
        -fluid.body_water_change_l(body_mass_change_kg=0.0, energy_kcal=inputs["energy_kcal"])
    )


def _kept_mass(inputs: Inputs) -> Ours:
    """Fall of plasma sodium when drinking replaces sweat and fuel."""
    gained_l = fluid.fuel_mass_loss_kg(energy_kcal=inputs["energy_kcal"])
    drunk_mmol = (inputs["sweat_l"] + gained_l) * inputs["drink_mmol_per_l"]
    lost_mmol = inputs["sweat_l"] * inputs["sweat_cation_mmol_per_l"]
    known = {"cation_mmol": drunk_mmol - lost_mmol, "change_l": gained_l}
    return _plasma_sodium_change({**inputs, **known})


def _kept_mass_contrast(inputs: Inputs) -> Ours:
    other = {**inputs, "drink_mmol_per_l": inputs["against_mmol_per_l"]}
    return Ours(_kept_mass(inputs).number - _kept_mass(other).number)


def _acclimation_shift(inputs: Inputs) -> Ours:
    rate = inputs["sweat_rate_l_per_h"]
    before, after = (
        sweat.sweat_sodium_buono2007(
            sweat_sodium_mmol_per_l=inputs["sweat_sodium_mmol_per_l"],
            slope_mmol_per_l_per_l_per_h=value("sodium.slope_mmol_per_l_per_l_per_h"),
            sweat_rate_l_per_h=rate,
            reference_rate_l_per_h=value("sodium.reference_rate_l_per_h"),
            acclimation=acclimation,
        )
        for acclimation in (0.0, 1.0)
    )
    return Ours(after - before)


# Priors


def _patch_error(inputs: Inputs) -> Ours:
    """What the spread of the prior holds beside the spread that the patches showed."""
    slope = sweat.PATCH_LINES["forearm"][0]
    between = slope * inputs["forearm_sd_mmol_per_l"]
    return Ours(float(np.sqrt(value("sodium.sweat_men_sd_mmol_per_l") ** 2 - between**2)))


def _forearm(inputs: Inputs) -> tuple[float, float]:
    """Mean and spread on the forearm that the priors of both sexes mean."""
    slope, offset = sweat.PATCH_LINES["forearm"]
    counts = np.array([inputs["n_men"], inputs["n_women"]], dtype=np.float64)
    shares = counts / counts.sum()
    priors = [sodium_prior(sex) for sex in ("male", "female")]
    means = np.array([prior.mean for prior in priors])
    sds = np.array([prior.sd for prior in priors])
    on_arm = (means - offset) / slope
    mean = float(shares @ on_arm)
    variance = float(shares @ ((sds / slope) ** 2 + (on_arm - mean) ** 2))
    return mean, float(np.sqrt(variance))


def _forearm_sodium_mean(inputs: Inputs) -> Ours:
    """With the band of both priors together, each log-normal, in their shares."""
    slope, offset = sweat.PATCH_LINES["forearm"]
    z = inverse_normal(sobol(n_points=1024, n_dimensions=1)[:, 0])
    people = []
    for sex, count in (("male", inputs["n_men"]), ("female", inputs["n_women"])):
        prior = sodium_prior(sex)
        variance = np.log1p((prior.sd / prior.mean) ** 2)
        whole = prior.mean * np.exp(np.sqrt(variance) * z - variance / 2.0)
        people += [(whole - offset) / slope] * int(count)
    low, high = np.quantile(np.concatenate(people), _tails())
    return Ours(_forearm(inputs)[0], float(low), float(high))


def _forearm_sodium_sd(inputs: Inputs) -> Ours:
    return Ours(_forearm(inputs)[1])


# Simulated


def _simulated(inputs: Inputs) -> Ours:
    """The middle of one quantity at the end of a scenario."""
    end = outcome_of(scenario_from_document(inputs["scenario"])).end.bands[inputs["quantity"]]
    return Ours(end.p50, end.p5, end.p95)


def _probability(inputs: Inputs) -> Ours:
    outcome = outcome_of(scenario_from_document(inputs["scenario"]))
    return Ours(outcome.probability[inputs["name"]])


def _contrast(inputs: Inputs) -> Ours:
    """Middle with the intake of the scenario less middle with the other intake."""
    other = {**inputs["scenario"], "intake": inputs["against"]}
    with_it, without = (
        _simulated({"scenario": document, "quantity": inputs["quantity"]}).number
        for document in (inputs["scenario"], other)
    )
    return Ours(with_it - without)


def _pooled_sweat_rate(inputs: Inputs) -> Ours:
    """Mean rate over sessions of equal weight; every session has its own draws."""
    rates = []
    for document in inputs["scenarios"]:
        scenario = scenario_from_document(document)
        body, minutes = draw_body(scenario, n_draws=256), scenario.exercise.n_minutes
        trace = simulate(scenario, forcing_of(scenario), body, minutes=[minutes])
        rates.append(trace.carried["sweat_loss_l"][0, 0] * 60.0 / minutes)
    pooled = np.concatenate(rates)
    low, high = np.quantile(pooled, _tails())
    return Ours(float(pooled.mean()), float(low), float(high))


def _day_to_day(inputs: Inputs) -> Ours:
    """Mean difference of two days: 2 / √π of the standard deviation of one."""
    rate = _simulated({**inputs, "quantity": "sweat_rate_l_per_h"}).number
    return Ours(2.0 / float(np.sqrt(np.pi)) * value("sweat.day_log_sd") * rate)


def _personalised_limit(inputs: Inputs) -> Ours:
    """Half of the 95 % limits of forecast less sweat on a new day, over imagined runners."""
    n_tests = int(inputs["weigh_ins"])
    points = sobol(n_points=int(inputs["runners"]), n_dimensions=2 * n_tests + 2)
    z = inverse_normal(points)
    forecast = Forecast(rate_l_per_h=inputs["forecast_l_per_h"], drip_slope=0.0)
    error = inputs["scale_kg"] * float(np.sqrt(2.0)) / inputs["hours"]
    typical = forecast.rate_l_per_h * np.exp(value("sweat.multiplier_log_sd") * z[:, 0])
    rates = typical[:, None] * np.exp(value("sweat.day_log_sd") * z[:, 1 : n_tests + 2])
    weighed = rates[:, :n_tests] + error * z[:, n_tests + 2 :]
    errors = []
    for row, next_rate in zip(weighed, rates[:, n_tests], strict=True):
        tests = [
            SweatTest(rate_l_per_h=float(one), error_l_per_h=error, forecast=forecast)
            for one in row
        ]
        errors.append(sweat_posterior(tests).rate_l_per_h(forecast).median - float(next_rate))
    low, high = np.quantile(errors, (0.025, 0.975))
    return Ours(float(high - low) / 2.0)


def _tails() -> tuple[float, float]:
    return (1.0 - BAND) / 2.0, (1.0 + BAND) / 2.0


# Cohorts


def _drinking_plans(inputs: Inputs, n_minutes: int) -> Intake:
    """Plans that cut the spread of what was drunk into equal shares, a drink every 20 min."""
    told = inputs["drink_l"]
    people = NormalDist(told["mean"], told["sd"])
    least, most = people.cdf(0.0), people.cdf(told["high"])
    shares = least + (most - least) * (np.arange(PLANS) + 0.5) / PLANS
    totals = np.array([people.inv_cdf(float(share)) for share in shares])
    at = np.arange(EVERY_MIN, n_minutes, EVERY_MIN)
    litres = np.zeros((PLANS, n_minutes))
    litres[:, at] = totals[:, None] / len(at)
    salt = litres * inputs["drink_mmol_per_l"]
    return Intake(fluid_l=litres, cation_mmol=salt, sodium_mmol=salt)


def _cohort(inputs: Inputs) -> Ours:
    """One number over everybody in every group."""
    people: dict[str, list[FloatArray]] = {"change": [], "end": [], "mass": [], "fluid": []}
    for document in inputs["groups"]:
        scenario = scenario_from_document(document)
        minutes = scenario.exercise.n_minutes
        scenario = scenario.with_intake(_drinking_plans(inputs, minutes))
        body = draw_body(scenario, n_draws=MEMBERS)
        trace = simulate(scenario, forcing_of(scenario), body, minutes=[minutes])
        found = quantities_of(scenario, body, trace)
        people["change"].append(found["plasma_sodium_change"].ravel())
        people["end"].append(found["plasma_sodium_mmol_per_l"].ravel())
        people["mass"].append(found["body_mass_change_pct"].ravel())
        people["fluid"].append(trace.carried["fluid_intake_l"].ravel())
    return Ours(MEASURES[inputs["measure"]]({k: np.concatenate(v) for k, v in people.items()}))


def _r(one: FloatArray, other: FloatArray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def _odds_ratio(people: Mapping[str, FloatArray]) -> float:
    """Odds of a low sodium among those who gained mass, against the others."""
    low = people["end"] <= value("sodium.low_mmol_per_l")
    gained = people["mass"] > 0.0
    counts = [
        int(np.sum(low[gained])), int(np.sum(~low[gained])),
        int(np.sum(low[~gained])), int(np.sum(~low[~gained])),
    ]  # fmt: skip
    a, b, c, d = (count + 0.5 for count in counts)
    return a * d / (b * c)


MEASURES: Final[Mapping[str, Callable[[Mapping[str, FloatArray]], float]]] = MappingProxyType(
    {
        "sodium_change": lambda people: float(people["change"].mean()),
        "r_sodium_change_mass": lambda people: _r(people["change"], people["mass"]),
        "r_sodium_change_fluid": lambda people: _r(people["change"], people["fluid"]),
        "r_sodium_mass": lambda people: _r(people["end"], people["mass"]),
        "odds_ratio_gain": _odds_ratio,
    }
)

WAYS: Final[Mapping[str, Callable[[Inputs], Ours]]] = MappingProxyType(
    {
        "plasma_sodium": _plasma_sodium,
        "plasma_sodium_change": _plasma_sodium_change,
        "running_cost": _running_cost,
        "oxygen_uptake": _oxygen_uptake,
        "sweat_regression": _sweat_regression,
        "respiratory_water": _respiratory_water,
        "body_water": _body_water,
        "whole_body_sodium": _whole_body_sodium,
        "fuel_mass": _fuel_mass,
        "mass_less_water": _mass_less_water,
        "kept_mass": _kept_mass,
        "kept_mass_contrast": _kept_mass_contrast,
        "acclimation_shift": _acclimation_shift,
        "patch_error": _patch_error,
        "forearm_sodium_mean": _forearm_sodium_mean,
        "forearm_sodium_sd": _forearm_sodium_sd,
        "simulated": _simulated,
        "probability": _probability,
        "contrast": _contrast,
        "pooled_sweat_rate": _pooled_sweat_rate,
        "day_to_day": _day_to_day,
        "personalised_limit": _personalised_limit,
        "cohort": _cohort,
    }
)
"""How each case is computed, by the name it gives."""
