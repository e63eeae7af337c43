"""The heart of a plan: thirst or a schedule, found inside the limits and checked on fresh draws."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from uncramp.drink_plan import DrinkStatus, Limit, Take
from uncramp.drinking import say
from uncramp.drinking.asked import DrinkAsked
from uncramp.drinking.bounds import bounds_of, most_fluid_l
from uncramp.drinking.days import Days, days_of
from uncramp.drinking.limits import limits_of
from uncramp.drinking.search import (
    Aim,
    Picks,
    Problem,
    is_broken,
    problem_of,
    search,
    single_changes,
    takes_of,
)
from uncramp.drinking.stops import Stop, stops_of
from uncramp.evidence import value
from uncramp.units import hours_from_minutes
from uncramp.vocabulary import Said

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["Core", "core_plan", "is_warm"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Core:
    """How it ended, and the rows with their limits."""

    status: DrinkStatus
    because: tuple[Said, ...]
    schedule: tuple[Take, ...] = ()
    limits: tuple[Limit, ...] = ()
    fresh: Days | None = None
    """The days that the rows were checked on."""


def core_plan(asked: DrinkAsked) -> Core:
    """A schedule whose rows hold every limit on fresh draws, or why there is none."""
    days = days_of(asked, n_draws=int(value("drinking.search.draws")))
    thirst = thirst_instead(asked, days)
    if thirst is not None:
        return Core(status=DrinkStatus.THIRST, because=thirst)
    stops = stops_of(asked)
    if not stops:
        return Core(status=DrinkStatus.REFUSED, because=say.nothing_on_the_way())
    first = int(value("drinking.search.draws"))
    fresh = days_of(asked, n_draws=int(value("drinking.search.fresh_draws")), first=first)
    scale = 1.0
    while True:
        problem = problem_for(asked, stops, days, scale)
        picks = search(problem)
        schedule = takes_of(stops, picks)
        if not any(one.fluid_l > 0.0 for one in schedule):
            return refused(asked, problem, stops, days)
        limits = limits_of(asked, schedule, fresh, first=first)
        if all(one.held for one in limits):
            because = (*say.why(lost_pct(asked, days), left_pct(asked, schedule, days)),
                       *say.binding(binding_limit(problem, picks, asked, days)))  # fmt: skip
            return Core(
                status=DrinkStatus.PLANNED,
                because=because,
                schedule=schedule,
                limits=limits,
                fresh=fresh,
            )
        scale *= 1.0 - value("drinking.limit.tighten_share")


def problem_for(asked: DrinkAsked, stops: tuple[Stop, ...], days: Days, scale: float) -> Problem:
    """The tables to search in."""
    bounds = bounds_of(
        asked, stops, days, share_pct=value("drinking.limit.search_share_pct"), scale=scale
    )
    return problem_of(
        stops,
        bounds,
        aim_of(asked, days),
        pairs_up_to=int(value("drinking.search.pairs_up_to")),
        n_starts=int(value("drinking.search.starts")),
        enumerate_up_to=value("drinking.search.enumerate_up_to"),
    )


def is_warm(asked: DrinkAsked) -> bool:
    """Whether water loss slows a runner on such a day."""
    return float(np.mean(asked.weather.temp_air_c)) >= value("drinking.aim.warm_from_c")


def band_pct(asked: DrinkAsked) -> float:
    """Water loss that is let be in this weather."""
    if is_warm(asked):
        return value("fluid.water_loss_pct")
    return value("drinking.aim.cool_loss_pct")


def lost_l(days: Days) -> float:
    """Water that is lost in the whole race, the middle of the runner's own model."""
    return float(np.median(days.own.sweat_l[-1] + days.own.urine_l[-1]))


def lost_pct(asked: DrinkAsked, days: Days) -> float:
    """The same in percent of body mass, when nothing is drunk."""
    return 100 * lost_l(days) / asked.runner.body_mass_kg


def left_pct(asked: DrinkAsked, schedule: tuple[Take, ...], days: Days) -> float:
    """Water that is still lost with the plan, in percent of body mass."""
    drunk = sum(one.fluid_l for one in schedule)
    return 100 * (lost_l(days) - drunk) / asked.runner.body_mass_kg


def thirst_instead(asked: DrinkAsked, days: Days) -> tuple[Said, ...] | None:
    """Why thirst is the better guide on this day; None when a schedule is worth having."""
    lost, warm = lost_pct(asked, days), is_warm(asked)
    if asked.n_minutes <= value("drinking.aim.short_min"):
        return say.thirst("short", lost)
    if not warm and asked.n_minutes <= value("drinking.aim.short_cool_min"):
        return say.thirst("short_cool", lost)
    if lost <= band_pct(asked):
        return say.thirst("little_loss", lost)
    most = most_fluid_l(days, share_pct=value("drinking.limit.search_share_pct"))
    if most / hours_from_minutes(asked.n_minutes) < value("drinking.aim.least_useful_l_per_h"):
        return say.thirst("limits", lost)
    return None


def aim_of(asked: DrinkAsked, days: Days) -> Aim:
    """What is wanted: the band for this weather, and the sodium of runs without a cramp."""
    kg = asked.runner.body_mass_kg
    gone_mg = float(np.median(days.own.sodium_mg))
    known = asked.cramp_free_sodium_change_mg_per_h
    if known is None:
        sodium_mg = value("drinking.aim.sodium_share") * gone_mg
    else:
        sodium_mg = gone_mg + known * hours_from_minutes(asked.n_minutes)
    water = {name for name, one in asked.products.items() if one.sodium_mg == 0.0}
    return Aim(
        fluid_l=max(0.0, lost_l(days) - band_pct(asked) * kg / 100),
        fluid_step_l=value("drinking.aim.water_step_pct") * kg / 100,
        sodium_mg=max(0.0, sodium_mg),
        sodium_step_mg=value("drinking.aim.sodium_step_mg"),
        trialled=frozenset((*asked.trialled, *water)) if asked.trialled else frozenset(),
    )


def binding_limit(problem: Problem, picks: Picks, asked: DrinkAsked, days: Days) -> str | None:
    """The limit that keeps the plan from more drink; None when there is enough."""
    fluid = problem.fluid_of(picks[None])[0]
    if fluid >= aim_of(asked, days).fluid_l - 1e-9:
        return None
    near = single_changes(problem, picks)
    more = near[problem.fluid_of(near) > fluid + 1e-9]
    broken = Counter(name for names in is_broken(problem, more) for name in names)
    return broken.most_common(1)[0][0] if broken else "stations"


def refused(asked: DrinkAsked, problem: Problem, stops: tuple[Stop, ...], days: Days) -> Core:
    """No drink holds the limits, though one is wanted: the limit that binds, and what frees it."""
    nothing = np.zeros(len(stops), dtype=np.int64)
    name = binding_limit(problem, nothing, asked, days) or "stations"
    return Core(status=DrinkStatus.REFUSED, because=say.refused(name, lost_pct(asked, days)))
