"""The search for a drinking plan: against every plan there is, and one choice everywhere."""

from __future__ import annotations

from dataclasses import replace
from itertools import product as every

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drinking_support import asked, runner
from strategies import drink_askings
from test_drinking import broken, through_json
from uncramp.drink_plan import DrinkStatus, Station
from uncramp.drinking.asked import DrinkAsked
from uncramp.drinking.core import problem_for
from uncramp.drinking.days import days_of
from uncramp.drinking.plan import plan_drinking
from uncramp.drinking.search import (
    Problem,
    best_of,
    descent,
    exhaustive,
    is_allowed,
    is_broken,
    keys_of,
    search,
    takes_of,
    uniform,
)
from uncramp.drinking.stops import stops_of
from uncramp.simulation.scenario import Told

SMALL = 20_000


def problem_of_race(race: DrinkAsked) -> Problem:
    """The tables of one race."""
    return problem_for(race, stops_of(race), days_of(race, n_draws=256), 1.0)


def made(number: int) -> DrinkAsked:
    """One of many small problems; three stations, everything else differs."""
    offers = (("water",), ("iso",), ("water", "iso"))
    stations = [
        Station(
            at_m=6_000.0 + 11_000.0 * place + 700.0 * (number % 5),
            offers=offers[(number + place) % 3],
            cup_l=(0.1, 0.15, 0.2)[(number + place) % 3],
        )
        for place in range(3)
    ]
    sweat = (None, Told(0.9, 0.1), Told(1.6, 0.1), Told(2.3, 0.1))[number % 4]
    sodium = (None, Told(25.0, 4.0), Told(70.0, 4.0))[number % 3]
    return asked(
        n_minutes=180 + 17 * (number % 8),
        temp_air_c=14.0 + 2.5 * (number % 7),
        who=runner(body_mass_kg=50.0 + 5.0 * (number % 9), sweat=sweat, sodium=sodium),
        stations=stations,
        carry=((), ("capsule",), ("chew",))[number % 3],
        trialled=((), ("iso",), ("capsule",))[(number // 3) % 3],
        trialled_l_per_h=(None, 0.5, 1.0)[(number // 2) % 3],
        trialled_sodium_mg_per_h=(None, 300.0, 800.0)[(number // 5) % 3],
    )


def by_hand(problem: Problem) -> tuple[float, ...]:
    """The key of the best plan, one plan at a time with sums written out."""
    best: tuple[float, ...] | None = None
    for picks in every(*(range(count) for count in problem.n_choices.tolist())):
        fine = all(
            sum(
                problem.amounts[bound.amount][stop, pick] * bound.members[stop, column]
                for stop, pick in enumerate(picks)
            )
            <= bound.most[column] + 1e-9
            for bound in problem.named
            for column in range(len(bound.most))
        )
        if fine:
            key = tuple(float(one[0]) for one in keys_of(problem, np.array([picks])))
            best = key if best is None else min(best, key)
    assert best is not None
    return best


@pytest.mark.parametrize("block", range(3))
def test_gap_to_all_plans_is_zero_on_sixty_problems(block: int) -> None:
    """And descent alone, which longer races rest on, finds the same there."""
    for number in range(20 * block, 20 * (block + 1)):
        problem = problem_of_race(made(number))
        assert np.prod(problem.n_choices) <= SMALL
        best = exhaustive(problem)
        for found in (search(problem), descent(problem)):
            for one, other in zip(
                keys_of(problem, best[None]), keys_of(problem, found[None]), strict=True
            ):
                assert one == other, number


def test_all_plans_are_all_plans() -> None:
    """The counting out itself, against plain loops over two stations."""
    for number in (1, 2, 11):
        race = made(number)
        problem = problem_of_race(replace(race, stations=race.stations[:2]))
        found = tuple(float(one[0]) for one in keys_of(problem, exhaustive(problem)[None]))
        assert found == by_hand(problem)


def test_never_worse_than_the_same_everywhere() -> None:
    """Nine stations, too many plans to count out."""
    race = asked(temp_air_c=28.0, who=runner(sweat=Told(1.8, 0.1)))
    problem = problem_of_race(race)
    same = uniform(problem)
    assert is_allowed(problem, same).all()
    both = np.concatenate((search(problem)[None], same))
    assert best_of(problem, both) == 0


def test_only_bounds_that_matter_are_kept_and_none_is_lost() -> None:
    """What is allowed by the few is allowed by all."""
    problem = problem_of_race(made(4))
    plans = np.stack(
        np.meshgrid(*[np.arange(one) for one in problem.n_choices], indexing="ij"), axis=-1
    ).reshape(-1, 3)
    assert len(problem.bounds) < len(problem.named)
    names = is_broken(problem, plans)
    np.testing.assert_array_equal(is_allowed(problem, plans), [not one for one in names])


def test_capsules_only_come_with_water() -> None:
    """No choice holds a capsule without enough plain water at the same place."""
    for stop in stops_of(made(1)):
        for choice in stop.choices:
            capsules = sum(one.servings for one in choice.takes if one.product == "capsule")
            water = sum(one.fluid_l for one in choice.takes if one.product == "water")
            assert water >= 0.69 * 0.215 * capsules
        assert not stop.choices[0].takes
    assert not takes_of(stops_of(made(1)), np.zeros(3, dtype=np.int64))


@pytest.mark.parametrize(("coolest_c", "warmest_c"), [(-10.0, 16.0), (16.0, 28.0), (28.0, 42.0)])
@settings(max_examples=6)
@given(data=st.data())
def test_no_plan_breaks_a_limit(data: st.DataObject, coolest_c: float, warmest_c: float) -> None:
    """Random runners, races, weather and catalogues: the exported rows, not the object."""
    race = data.draw(drink_askings(coolest_c=coolest_c, warmest_c=warmest_c))
    plan = plan_drinking(race, with_branches=False)
    if plan.status is DrinkStatus.PLANNED:
        assert plan.schedule
        assert not broken(race, through_json(plan.schedule))
        assert plan.balance[-1].water_change_l.high < 0.0
    else:
        assert not plan.schedule
        assert plan.because


@given(minutes=st.integers(1, 60))
@settings(max_examples=10)
def test_short_runs_always_get_thirst(minutes: int) -> None:
    """However hot."""
    race = asked(n_minutes=minutes, distance_m=150.0 * minutes, temp_air_c=38.0)
    assert plan_drinking(race).status is DrinkStatus.THIRST
