"""Which part of a drinking plan a training run tries, thinned until it is safe on that run.

A training run is slower, shorter and mostly cooler than the race, so it loses less. Every hard
limit of a drinking plan is held against the run itself; drinks that would break one are left out,
whole stops at a time, so that a capsule keeps its water.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from uncramp.drink_plan import Product, Take
from uncramp.drinking.asked import DrinkAsked, DrinkScreen, exercise_of_splits, place_at
from uncramp.drinking.days import days_of
from uncramp.drinking.limits import limits_of
from uncramp.evidence import value
from uncramp.simulation.scenario import Weather
from uncramp.units import seconds_from_minutes
from uncramp.vocabulary import Split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uncramp.simulation.scenario import Exercise, SimulatedRunner

__all__ = ["Part", "exercise_of", "part_of", "steady_air"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is drunk and taken on one run, in minutes of that run."""

    from_min: float
    to_min: float
    schedule: tuple[Take, ...]
    left_out: int

    @property
    def fluid_l(self) -> float:
        """All of it."""
        return sum(one.fluid_l for one in self.schedule)

    @property
    def sodium_mg(self) -> float:
        """All of it."""
        return sum(one.sodium_mg for one in self.schedule)


def exercise_of(*, distance_m: float, duration_min: float) -> Exercise:
    """An even run on the level."""
    return exercise_of_splits(
        splits=(Split(at_m=distance_m, at_s=seconds_from_minutes(duration_min)),)
    )


def steady_air(n_minutes: int, *, temp_air_c: float, humidity_pct: float) -> Weather:
    """The same air all the way, in the shade without wind."""
    flat = np.ones(n_minutes)
    return Weather(
        temp_air_c=temp_air_c * flat,
        relative_humidity_pct=humidity_pct * flat,
        wind_speed_m_s=0.0 * flat,
        solar_w_m2=0.0 * flat,
    )


def part_of(
    schedule: Sequence[Take],
    *,
    from_min: float,
    runner: SimulatedRunner,
    distance_m: float,
    duration_min: float,
    temp_air_c: float,
    humidity_pct: float,
    products: Mapping[str, Product],
    screen: DrinkScreen,
    trialled_l_per_h: float | None = None,
    trialled_sodium_mg_per_h: float | None = None,
) -> Part:
    """The drinks of `duration_min` of the race from a minute on, as many as are safe on the run.

    `runner` is fitted to such a run. Where not one drink is safe, nothing is drunk by plan.
    """
    exercise = exercise_of(distance_m=distance_m, duration_min=duration_min)
    to_min = from_min + duration_min
    inside = [one for one in schedule if from_min <= one.at_min < to_min]
    asked = DrinkAsked(
        runner=runner,
        exercise=exercise,
        weather=steady_air(exercise.n_minutes, temp_air_c=temp_air_c, humidity_pct=humidity_pct),
        distance_m=distance_m,
        products=products,
        carry=tuple(sorted({one.product for one in inside})),
        carry_l=sum(one.fluid_l for one in inside),
        trialled_l_per_h=trialled_l_per_h,
        trialled_sodium_mg_per_h=trialled_sodium_mg_per_h,
        screen=screen,
    )
    moved = tuple(
        replace(
            one,
            at_min=one.at_min - from_min,
            at_m=min(place_at(asked, one.at_min - from_min), distance_m),
            carried=True,
        )
        for one in sorted(inside, key=lambda one: one.at_min)
    )
    kept = thinned(asked, moved)
    return Part(from_min=from_min, to_min=to_min, schedule=kept, left_out=len(moved) - len(kept))


def thinned(asked: DrinkAsked, rows: tuple[Take, ...]) -> tuple[Take, ...]:
    """As many whole stops as hold every limit, spread evenly over the run."""
    stops = [tuple(group) for _, group in groupby(rows, key=lambda one: one.at_min)]
    if not stops:
        return ()
    first = int(value("drinking.search.draws"))
    days = days_of(asked, n_draws=int(value("drinking.search.fresh_draws")), first=first)

    def holds(n_kept: int) -> bool:
        return all(one.held for one in limits_of(asked, spread(stops, n_kept), days, first=first))

    fewest, most = 0, len(stops)
    while fewest < most:
        middle = (fewest + most + 1) // 2
        if holds(middle):
            fewest = middle
        else:
            most = middle - 1
    return spread(stops, fewest)


def spread(stops: Sequence[tuple[Take, ...]], n_kept: int) -> tuple[Take, ...]:
    """So many of the stops, evenly chosen."""
    if n_kept == 0:
        return ()
    at = np.unique(np.floor((np.arange(n_kept) + 0.5) * len(stops) / n_kept).astype(int))
    return tuple(one for index in at for one in stops[int(index)])
