"""Who gets no doses from us, and what to do instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from uncramp.drink_plan import DrinkPlan, DrinkStatus
from uncramp.drinking import say
from uncramp.drinking.asked import DrinkAsked, DrinkScreen
from uncramp.evidence import rules_file, value
from uncramp.vocabulary import Said

__all__ = ["locked_by", "locked_plan"]

HELD_BACK: Final = frozenset({"drink", "salt"})
MINOR: Final = "minor"


def locked_plan(asked: DrinkAsked) -> DrinkPlan | None:
    """The answer without doses; None when a plan may be made."""
    return locked_by(asked.screen, age_y=asked.runner.age_y)


def locked_by(screen: DrinkScreen, *, age_y: float | None) -> DrinkPlan | None:
    """The same from the screen alone, before anything else is known of runner or race.

    A stop leaves nothing but its own do and do-not. An unknown flag holds everything back too.
    """
    flags = rules_file("red_flags")
    if screen.stops:
        known = by_id(flags["stops"])
        told = tuple(sentence for name in screen.stops for sentence in of_stop(known.get(name)))
        because = (Said(id="drink_plan.locked.stop", sources=("judgement",)), *told)
        return DrinkPlan(status=DrinkStatus.LOCKED, because=because)
    locks = held_back(screen, by_id(flags["locks"]), age_y=age_y)
    because = tuple(sentence for lock in locks for sentence in of_lock(lock))
    if not screen.complete:
        because = (Said(id="drink_plan.locked.incomplete", sources=("judgement",)), *because)
    if not because:
        return None
    return DrinkPlan(
        status=DrinkStatus.LOCKED,
        because=(*because, Said(id="drink_plan.thirst.rule", sources=("eah_consensus_2015",)),
                 Said(id="drink_plan.locked.ask", sources=("judgement",))),
        after=say.after(),
    )  # fmt: skip


def by_id(entries: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Flags by their id."""
    return {entry["id"]: entry for entry in entries}


def held_back(
    screen: DrinkScreen, known: Mapping[str, Mapping[str, Any]], *, age_y: float | None
) -> list[Mapping[str, Any] | None]:
    """Locks that hold drink or salt back; None for one that we do not know."""
    names = dict.fromkeys(screen.locks)
    if age_y is not None and age_y < value("safety.adult_age"):
        names[MINOR] = None
    found = [known.get(name) for name in names]
    return [one for one in found if one is None or HELD_BACK & set(one["blocks"])]


def of_stop(flag: Mapping[str, Any] | None) -> tuple[Said, ...]:
    """Only what the flag itself says."""
    if flag is None:
        return (Said(id="drink_plan.locked.unknown", sources=("judgement",)),)
    ids = (flag["because"], *flag["do"], *flag["do_not"], flag["cleared_by"])
    return tuple(Said(id=one) for one in ids)


def of_lock(flag: Mapping[str, Any] | None) -> tuple[Said, ...]:
    """What it is, what to do, and what not."""
    if flag is None:
        return (Said(id="drink_plan.locked.unknown", sources=("judgement",)),)
    return tuple(Said(id=one) for one in (flag["because"], *flag["do"], *flag["do_not"]))
