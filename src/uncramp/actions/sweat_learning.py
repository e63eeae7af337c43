"""From stored sweat tests to what they say: each read against the heat balance of its own day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot

from uncramp.evidence import value
from uncramp.models.sweat import sweat_rate_from_weigh_in
from uncramp.simulation.draws import sodium_prior
from uncramp.simulation.forecast import Condition, energy_of_running_kcal, expected_sweat
from uncramp.simulation.scenario import SimulatedRunner, Told
from uncramp.sweat_profile import (
    Forecast,
    SodiumTest,
    SweatPosterior,
    SweatTest,
    sodium_posterior,
    sodium_test,
    sweat_posterior,
    watch_opinion,
    weigh_in_error_l_per_h,
)
from uncramp.units import hours_from_minutes, seconds_from_minutes
from uncramp.vocabulary import KeptTest, SodiumSample, WatchEstimate, WeighIn

__all__ = [
    "Learnt",
    "Place",
    "ReadSodium",
    "ReadSweat",
    "forecast_at",
    "learn",
    "narrowed",
    "rate_of_weigh_in",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Weather and pace of a test, as far as they are known; the rest is assumed and told."""

    temp_air_c: float
    relative_humidity_pct: float
    speed_m_s: float
    assumed: tuple[str, ...]
    """`weather`, `humidity`, `pace`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSweat:
    """A weigh-in or a watch's estimate, against the forecast of its own condition."""

    kept: KeptTest
    test: SweatTest
    place: Place
    counts: bool
    """False where the rate is not above 0, and no logarithm can be read."""
    doubtful: bool
    """Higher than we believe; counts with a larger error."""

    @property
    def is_watch(self) -> bool:
        """Whether a watch reckoned it."""
        return isinstance(self.kept.test, WatchEstimate)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSodium:
    """A patch or a laboratory value, for the whole body and the reference rate."""

    kept: KeptTest
    sample: SodiumSample
    test: SodiumTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """All that the tests of one runner say."""

    sweat: tuple[ReadSweat, ...]
    """Oldest first; weigh-ins and watch estimates."""
    sodium: tuple[ReadSodium, ...]
    posterior: SweatPosterior
    sodium_mmol_per_l: Told
    """At the reference rate; the prior of the runner's sex where there is no test."""

    @property
    def weigh_ins(self) -> tuple[ReadSweat, ...]:
        """Those that count and stood on a scale."""
        return tuple(one for one in self.sweat if one.counts and not one.is_watch)

    def up_to(self, n_tests: int) -> SweatPosterior:
        """What the first `n_tests` weigh-ins and estimates say."""
        return posterior_of(self.sweat[:n_tests])

    def sodium_up_to(self, body: SimulatedRunner, n_tests: int) -> Told:
        """What the first `n_tests` sodium tests say."""
        return sodium_of(body, self.sodium[:n_tests])


def learn(
    body: SimulatedRunner, kept: Sequence[KeptTest], *, usual_speed_m_s: float | None
) -> Learnt:
    """What `kept` says of the runner with this body; `usual_speed_m_s` where none is known."""
    speed = usual_speed_m_s or value("sweat.unknown_speed_m_s")
    sweat = tuple(
        read_sweat(body, one, usual_speed_m_s=speed)
        for one in kept
        if not isinstance(one.test, SodiumSample)
    )
    sodium = tuple(
        ReadSodium(kept=one, sample=one.test, test=sodium_test(one.test))
        for one in kept
        if isinstance(one.test, SodiumSample)
    )
    return Learnt(
        sweat=sweat,
        sodium=sodium,
        posterior=posterior_of(sweat),
        sodium_mmol_per_l=sodium_of(body, sodium),
    )


def posterior_of(read: Sequence[ReadSweat]) -> SweatPosterior:
    """Every weigh-in, and all that a watch says as one opinion."""
    scale = [one.test for one in read if one.counts and not one.is_watch]
    watch = watch_opinion([one.test for one in read if one.is_watch])
    return sweat_posterior([*scale, *watch])


def sodium_of(body: SimulatedRunner, read: Sequence[ReadSodium]) -> Told:
    """Sweat sodium at the reference rate."""
    prior = sodium_prior(body.sex)
    found = sodium_posterior([one.test for one in read], prior_mean=prior.mean, prior_sd=prior.sd)
    return Told(*found)


def narrowed(body: SimulatedRunner, learnt: Learnt) -> SimulatedRunner:
    """The body with what the tests taught; where there is no test the prior stays."""
    return replace(
        body,
        sweat_multiplier_log=Told(*learnt.posterior.log_multiplier)
        if learnt.posterior.n_tests
        else None,
        sweat_sodium_mmol_per_l=learnt.sodium_mmol_per_l if learnt.sodium else None,
    )


def forecast_at(
    body: SimulatedRunner,
    *,
    temp_air_c: float,
    relative_humidity_pct: float,
    speed_m_s: float,
    duration_min: float,
) -> Forecast:
    """What heat balance says of this body in one condition, in the shade without wind."""
    expected = expected_sweat(
        Condition(
            body_mass_kg=body.body_mass_kg,
            height_cm=body.height_cm,
            speed_m_s=speed_m_s,
            duration_min=duration_min,
            temp_air_c=temp_air_c,
            relative_humidity_pct=relative_humidity_pct,
        )
    )
    return Forecast(rate_l_per_h=expected.rate_l_per_h, drip_slope=expected.drip_slope)


# ---------------------------------------------------------------- one test


def read_sweat(body: SimulatedRunner, kept: KeptTest, *, usual_speed_m_s: float) -> ReadSweat:
    """One test against the forecast of its own condition."""
    test = kept.test
    assert not isinstance(test, SodiumSample)  # noqa: S101  (`learn` sorts them)
    place = place_of(test, usual_speed_m_s=usual_speed_m_s)
    condition = condition_of(body, test, place)
    expected = expected_sweat(condition)
    forecast = Forecast(rate_l_per_h=expected.rate_l_per_h, drip_slope=expected.drip_slope)
    share = unknown_share(condition, place)
    hours = hours_from_minutes(test.duration_min)
    if isinstance(test, WatchEstimate):
        rate = test.sweat_loss_l / hours
        error = value("sweat.watch_error_share") * rate
    else:
        rate = rate_of_weigh_in(test, energy_kcal=expected.energy_kcal)
        error = weigh_in_error_l_per_h(test, rate_l_per_h=rate, forecast_share=share)
    return ReadSweat(
        kept=kept,
        test=SweatTest(rate_l_per_h=rate, error_l_per_h=error, forecast=forecast),
        place=place,
        counts=rate > 0.0,
        doubtful=rate > value("sweat.doubtful_rate_l_per_h"),
    )


def rate_of_weigh_in(test: WeighIn, *, energy_kcal: float | None = None) -> float:
    """Sweat rate of a weigh-in in L/h; what was not told adds nothing.

    Energy is that of the heat balance on the level, which needs no height. Where the pace is not
    known it is that of runners at large.
    """
    speed = value("sweat.unknown_speed_m_s")
    place = place_of(test, usual_speed_m_s=speed)
    if energy_kcal is None:
        energy_kcal = energy_of_running_kcal(
            body_mass_kg=test.body_mass_before_kg,
            speed_m_s=place.speed_m_s,
            duration_min=test.duration_min,
        )
    return sweat_rate_from_weigh_in(
        body_mass_before_kg=test.body_mass_before_kg,
        body_mass_after_kg=test.body_mass_after_kg,
        duration_h=hours_from_minutes(test.duration_min),
        energy_kcal=energy_kcal,
        fluid_intake_l=test.fluid_intake_l,
        food_kg=test.food_kg or 0.0,
        urine_output_l=test.urine_output_l or 0.0,
        held_sweat_kg=test.held_sweat_kg or 0.0,
    )


def place_of(test: WeighIn | WatchEstimate, *, usual_speed_m_s: float) -> Place:
    """What was told, and what has to be assumed."""
    told = {
        "weather": test.temp_air_c,
        "humidity": test.relative_humidity_pct,
        "pace": test.distance_m,
    }
    temperature = test.temp_air_c
    humidity = test.relative_humidity_pct
    return Place(
        temp_air_c=value("sweat.unknown_temp_c") if temperature is None else temperature,
        relative_humidity_pct=value("sweat.unknown_humidity_pct") if humidity is None else humidity,
        speed_m_s=usual_speed_m_s
        if test.distance_m is None
        else test.distance_m / seconds_from_minutes(test.duration_min),
        assumed=tuple(name for name, one in told.items() if one is None),
    )


def condition_of(body: SimulatedRunner, test: WeighIn | WatchEstimate, place: Place) -> Condition:
    """The condition of a test; a weigh-in knows the mass of its day, wind and sun perhaps."""
    shade = Condition(
        body_mass_kg=body.body_mass_kg,
        height_cm=body.height_cm,
        speed_m_s=place.speed_m_s,
        duration_min=test.duration_min,
        temp_air_c=place.temp_air_c,
        relative_humidity_pct=place.relative_humidity_pct,
    )
    if isinstance(test, WatchEstimate):
        return shade
    return replace(
        shade,
        body_mass_kg=test.body_mass_before_kg,
        wind_speed_m_s=test.wind_speed_m_s or 0.0,
        solar_w_m2=test.solar_w_m2 or 0.0,
    )


def unknown_share(condition: Condition, place: Place) -> float:
    """Spread of the forecast, as a share of it, where weather or pace had to be assumed."""
    share = value("sweat.unknown_speed_share") if "pace" in place.assumed else 0.0
    if "weather" not in place.assumed:
        return share
    away = value("sweat.unknown_temp_sd_c")
    cool, warm = (
        expected_sweat(replace(condition, temp_air_c=condition.temp_air_c + step)).rate_l_per_h
        for step in (-away, away)
    )
    middle = expected_sweat(condition).rate_l_per_h
    return hypot((warm - cool) / (2.0 * middle), share)
