"""What this runner may lose on race day and on days that come out otherwise.

Two models stand side by side: the population and the runner's own. What the planned day may bring
holds under both. The card on other days holds under the runner's own, which is the population's
until there is a weigh-in; the word when to stop drinking is worked out under both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.drinking.asked import DrinkAsked, scenario_of
from uncramp.evidence import value
from uncramp.simulation.draws import Body, draw_body
from uncramp.simulation.losses import LostByMinute, lost_by_minute
from uncramp.simulation.scenario import Exercise, Intake, Scenario, SimulatedRunner, Weather
from uncramp.units import litres_from_millilitres

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = [
    "STRESSES",
    "Day",
    "Days",
    "asked_cooler",
    "asked_slower",
    "days_of",
    "models_of",
    "scenario_with",
    "window_sweat_l",
]

STRESSES: Final = ("slower", "cooler", "less_sweat", "larger_cups", "relief")
"""Design section 6: the printed card on another day, one change at a time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Day:
    """Water lost since the gun on one kind of day, and how the card is followed on it."""

    lost_l: tuple[FloatArray, ...]
    """One array a model, shape (n_minutes + 1, n_draws). Drinks are taken at the planned minute on
    a slow day too: whoever goes by the clock drinks sooner than whoever goes by the signs."""
    cup_factor: float = 1.0
    extra_l: float = 0.0
    """Drunk at once beside the plan; at the gun, where it counts longest."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Days:
    """The planned day, each stress, and all of them together."""

    base: tuple[LostByMinute, ...]
    """One a model; the runner's own comes last."""
    planned: Day
    stressed: Mapping[str, Day]
    worst: Day

    @property
    def own(self) -> LostByMinute:
        """The runner's own model on the planned day."""
        return self.base[-1]


def models_of(runner: SimulatedRunner) -> tuple[SimulatedRunner, ...]:
    """The population prior, then the runner's own model where it says anything more."""
    prior = replace(
        runner,
        acclimation=0.0,
        sweat_rate_l_per_h=None,
        sweat_multiplier_log=None,
        sweat_sodium_mmol_per_l=None,
        total_body_water_l=None,
        plasma_sodium_start_mmol_per_l=None,
    )
    return (prior,) if prior == runner else (prior, runner)


def asked_slower(asked: DrinkAsked) -> DrinkAsked:
    """The same race, taking longer."""
    factor = 1.0 + value("drinking.stress.slower_share")
    n_minutes = int(np.ceil(asked.n_minutes * factor))
    at = np.minimum((np.arange(n_minutes) / factor).astype(int), asked.n_minutes - 1)
    exercise, weather = asked.exercise, asked.weather
    rate = exercise.metabolic_rate_w
    air = exercise.air_speed_m_s
    return replace(
        asked,
        exercise=Exercise(
            speed_m_s=exercise.speed_m_s[at] / factor,
            grade=exercise.grade[at],
            metabolic_rate_w=None if rate is None else rate[at] / factor,
            air_speed_m_s=None if air is None else air[at],
        ),
        weather=Weather(
            temp_air_c=weather.temp_air_c[at],
            relative_humidity_pct=weather.relative_humidity_pct[at],
            wind_speed_m_s=weather.wind_speed_m_s[at],
            solar_w_m2=weather.solar_w_m2[at],
        ),
    )


def asked_cooler(asked: DrinkAsked, cooler_c: float) -> DrinkAsked:
    """The same race on a cooler day; below 0 on a hotter one."""
    weather = replace(asked.weather, temp_air_c=asked.weather.temp_air_c - cooler_c)
    return replace(asked, weather=weather)


def scenario_with(
    asked: DrinkAsked, runner: SimulatedRunner, intake: Intake | None = None
) -> Scenario:
    """The race as the simulator takes it; without an intake nothing is drunk."""
    nothing = np.zeros((1, asked.n_minutes))
    nothing_in = Intake(fluid_l=nothing, cation_mmol=nothing, sodium_mmol=nothing)
    return scenario_of(asked, runner=runner, intake=intake or nothing_in)


def days_of(asked: DrinkAsked, *, n_draws: int, first: int = 0) -> Days:
    """Every day for draws `first` … `first + n_draws` of both models."""
    cooler_c = value("drinking.stress.cooler_c")
    slower = asked_slower(asked)
    models = models_of(asked.runner)
    bodies = tuple(
        (one, draw_body(scenario_with(asked, one), n_draws=n_draws, first=first)) for one in models
    )
    base = lost(asked, bodies)
    lost_slower = lost(slower, bodies)
    lost_cooler = lost(asked_cooler(asked, cooler_c), bodies)
    lost_both = lost(asked_cooler(slower, cooler_c), bodies)
    kept = 1.0 - value("drinking.stress.less_sweat_share")
    cups = 1.0 + value("drinking.stress.larger_cups_share")
    relief_l = litres_from_millilitres(value("safety.relief_drink_ml"))
    return Days(
        base=base,
        planned=Day(lost_l=water(base)),
        stressed={
            "slower": Day(lost_l=water(lost_slower[-1:])),
            "cooler": Day(lost_l=water(lost_cooler[-1:])),
            "less_sweat": Day(lost_l=water(base[-1:], kept)),
            "larger_cups": Day(lost_l=water(base[-1:]), cup_factor=cups),
            "relief": Day(lost_l=water(base[-1:]), extra_l=relief_l),
        },
        worst=Day(lost_l=water(lost_both, kept), cup_factor=cups, extra_l=relief_l),
    )


def lost(
    asked: DrinkAsked, bodies: tuple[tuple[SimulatedRunner, Body], ...]
) -> tuple[LostByMinute, ...]:
    """One table a model; a body is drawn from the runner alone, whatever the weather."""
    return tuple(lost_by_minute(scenario_with(asked, runner), body) for runner, body in bodies)


def water(tables: tuple[LostByMinute, ...], kept: float = 1.0) -> tuple[FloatArray, ...]:
    """Sweat, or a share of it, and urine."""
    return tuple(kept * one.sweat_l + one.urine_l for one in tables)


def window_sweat_l(days: Days, *, window_min: int, percentile: float) -> FloatArray:
    """Sweat in the window that starts at each minute: a percentile of the runner's own model.

    A race shorter than the window is one window of its own.
    """
    own = days.own.sweat_l
    last = own.shape[0] - 1
    width = min(window_min, last)
    sweat = own[width:] - own[: last + 1 - width]
    return np.asarray(np.percentile(sweat, percentile, axis=1, method="lower"))
