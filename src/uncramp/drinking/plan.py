"""The drinking plan of one race: `plan_drinking`.

First whether anything may be said at all, then whether thirst is the better answer, then the search
inside the hard limits, and last the check of the rows that come out, on draws no search has seen.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from uncramp.drink_plan import DrinkPlan, DrinkStatus, PerHour, Take
from uncramp.drinking import say
from uncramp.drinking.asked import DrinkAsked
from uncramp.drinking.balance import balance_of
from uncramp.drinking.branches import branches_of, sensitivity_of
from uncramp.drinking.core import core_plan
from uncramp.drinking.limits import servings_in
from uncramp.drinking.locked import locked_plan
from uncramp.drinking.stress import stop_drinking
from uncramp.units import hours_from_minutes

__all__ = ["plan_drinking"]


def plan_drinking(asked: DrinkAsked, *, with_branches: bool = True) -> DrinkPlan:
    """The plan, or why there is none.

    `with_branches=False` leaves out what other weather and another sweat rate would change: for a
    live what-if, a third of the time.
    """
    locked = locked_plan(asked)
    if locked is not None:
        return locked
    core = core_plan(asked)
    if core.status is not DrinkStatus.PLANNED or core.fresh is None:
        return DrinkPlan(
            status=core.status,
            because=core.because,
            before=say.before_thirst(),
            after=say.after(),
            limits=core.limits,
            assumed=say.assumed(asked),
        )
    return DrinkPlan(
        status=core.status,
        because=core.because,
        schedule=core.schedule,
        per_hour=per_hour(asked, core.schedule),
        before=say.before(asked),
        after=say.after(),
        balance=balance_of(asked, core.schedule),
        limits=core.limits,
        branches=branches_of(asked, core.schedule, with_other_days=with_branches),
        stop_drinking_trigger=stop_drinking(core.schedule, core.fresh),
        assumed=say.assumed(asked),
        sensitivity=sensitivity_of(asked, core.schedule) if with_branches else (),
        carry=carry_of(asked, core.schedule),
    )


def per_hour(asked: DrinkAsked, schedule: tuple[Take, ...]) -> PerHour:
    """Means over the race."""
    hours = hours_from_minutes(asked.n_minutes)
    return PerHour(
        fluid_l=sum(one.fluid_l for one in schedule) / hours,
        sodium_mg=sum(one.sodium_mg for one in schedule) / hours,
        carbohydrate_g=sum(one.carbohydrate_g for one in schedule) / hours,
    )


def carry_of(asked: DrinkAsked, schedule: tuple[Take, ...]) -> tuple[tuple[str, int], ...]:
    """Whole servings to bring along: bottles as full as they are, capsules as counted."""
    servings: dict[str, float] = defaultdict(float)
    for one in schedule:
        if one.carried:
            servings[one.product] += servings_in(asked.products[one.product], one)
    return tuple((name, int(np.ceil(count - 1e-9))) for name, count in sorted(servings.items()))
