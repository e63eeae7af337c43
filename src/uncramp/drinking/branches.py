"""What to do when the day, or the runner, is otherwise than planned.

Another schedule is only given for other weather, and it holds every hard limit in that weather. All
the rest leaves something out: fluid is never added, least of all because of a cramp.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from uncramp.drink_plan import Branch, DrinkStatus, Take
from uncramp.drinking.asked import DrinkAsked
from uncramp.drinking.core import Core, core_plan
from uncramp.drinking.days import asked_cooler
from uncramp.evidence import value
from uncramp.simulation.scenario import SimulatedRunner, Told
from uncramp.units import hours_from_minutes
from uncramp.vocabulary import Said

__all__ = ["asked_for_branch", "branches_of", "sensitivity_of"]

OTHER_WEATHER: Final = ("hotter", "cooler")


def asked_for_branch(asked: DrinkAsked, name: str) -> DrinkAsked:
    """The asking that the schedule of a branch was made for."""
    if name == "hotter":
        return asked_cooler(asked, -value("drinking.around.hotter_c"))
    if name == "cooler":
        return asked_cooler(asked, value("drinking.stress.cooler_c"))
    return asked


def branches_of(
    asked: DrinkAsked, schedule: tuple[Take, ...], *, with_other_days: bool
) -> tuple[Branch, ...]:
    """Every branch that fits this plan."""
    found = [weather(asked, name) for name in OTHER_WEATHER] if with_other_days else []
    found += [same("slower"), same("missed_station")]
    if any(one.carried and one.fluid_l > 0.0 for one in schedule):
        found.append(same("lost_bottle"))
    found.append(same("queasy"))
    found.append(
        Branch(
            id="twinge",
            do=(
                Said(id="drink_plan.branch.twinge", sources=("guide", "judgement")),
                Said(id="drink_plan.branch.no_extra", sources=("eah_consensus_2015",)),
            ),
        )
    )
    return tuple(found)


def same(name: str) -> Branch:
    """The same schedule, with something left out."""
    return Branch(id=name, do=(Said(id=f"drink_plan.branch.{name}", sources=("judgement",)),))


def weather(asked: DrinkAsked, name: str) -> Branch:
    """A schedule of its own for another temperature; where there is none, thirst."""
    other = asked_for_branch(asked, name)
    core = core_plan(other)
    change_c = float(np.mean(other.weather.temp_air_c))
    if core.status is not DrinkStatus.PLANNED:
        return Branch(
            id=name,
            do=(
                Said(id=f"drink_plan.branch.{name}", values={"about_c": change_c}),
                Said(id="drink_plan.thirst.rule", sources=("eah_consensus_2015",)),
            ),
            schedule=(),
        )
    return Branch(
        id=name,
        do=(Said(id=f"drink_plan.branch.{name}_plan", values={"about_c": change_c}),),
        schedule=core.schedule,
    )


def sensitivity_of(asked: DrinkAsked, schedule: tuple[Take, ...]) -> tuple[Said, ...]:
    """How the plan would change had the sweat rate been off, either way."""
    off = value("drinking.around.sweat_test_off_share")
    less = core_plan(replace(asked, runner=sweating(asked.runner, 1.0 - off)))
    more = core_plan(replace(asked, runner=sweating(asked.runner, 1.0 + off)))
    now = rate(asked, schedule)
    values = {
        "off_pct": 100 * off,
        "now_l": now,
        "less_l": rate(asked, less.schedule),
        "more_l": rate(asked, more.schedule),
    }
    is_same = same_schedule(less, schedule) and same_schedule(more, schedule)
    name = "drink_plan.sensitivity.same" if is_same else "drink_plan.sensitivity.changes"
    return (Said(id=name, values=values, sources=("judgement",)),)


def same_schedule(core: Core, schedule: tuple[Take, ...]) -> bool:
    """Whether nothing changes."""
    return core.schedule == schedule


def rate(asked: DrinkAsked, schedule: tuple[Take, ...]) -> float:
    """Drink in an hour."""
    return sum(one.fluid_l for one in schedule) / hours_from_minutes(asked.n_minutes)


def sweating(runner: SimulatedRunner, factor: float) -> SimulatedRunner:
    """The same body as if it sweated more or less."""
    told = runner.sweat_rate_l_per_h
    if told is not None:
        return replace(runner, sweat_rate_l_per_h=Told(told.mean * factor, told.sd * factor))
    log = runner.sweat_multiplier_log or Told(0.0, value("sweat.multiplier_log_sd"))
    shifted = Told(log.mean + float(np.log(factor)), log.sd)
    return replace(runner, sweat_multiplier_log=shifted)
