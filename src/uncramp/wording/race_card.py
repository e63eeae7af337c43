"""The race card in words: everything a runner carries, the same on paper, phone and watch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from uncramp.drink_plan import DrinkPlan, DrinkStatus, Take
from uncramp.units import seconds_from_minutes
from uncramp.vocabulary import PlannedRace
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, distance, duration, pace, small_volume, volume
from uncramp.wording.run_pages import day_words
from uncramp.wording.safety import safety_net
from uncramp.wording.said import said, sentences

if TYPE_CHECKING:
    from uncramp.pacing import PacePlan

__all__ = [
    "CardBranch",
    "CardStop",
    "CardWords",
    "about_race",
    "balance_finding",
    "branch_words",
    "card_words",
    "carry_words",
    "race_title",
    "stop_drinking_words",
    "stop_words",
    "take_words",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardStop:
    """One place where something is taken."""

    at: str
    clock: str
    """Since the gun."""
    takes: tuple[str, ...]
    rows: tuple[Take, ...]
    """The same as numbers, so that what is printed can be checked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardBranch:
    """What to do when something is otherwise."""

    name: str
    do: tuple[str, ...]
    stops: tuple[CardStop, ...]
    """Another schedule; empty when the same one goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWords:
    """Everything on a card, in the order in which it is needed."""

    title: str
    about: str
    pace: tuple[str, ...]
    splits: tuple[tuple[str, str], ...]
    drink: tuple[str, ...]
    """Why there is no schedule, or how to read it."""
    stops: tuple[CardStop, ...]
    stop_drinking: str | None
    before: tuple[str, ...]
    carry: tuple[str, ...]
    branches: tuple[CardBranch, ...]
    twinge: tuple[str, ...]
    dangers: str
    do_not_start: tuple[str, ...]
    stop_when: tuple[str, ...]
    after: tuple[str, ...]
    what_it_is: str


def card_words(
    race: PlannedRace,
    *,
    pace_plan: PacePlan | None,
    drink: DrinkPlan | None,
    names: Mapping[str, str],
    stretch: Sequence[str],
    units: Units,
) -> CardWords:
    """The card of one race; `names` are those of products, `stretch` what eases a cramp."""
    shown = drink if drink is not None and drink.status is DrinkStatus.PLANNED else None
    schedule = shown.schedule if shown else ()
    twinge = sentences(pace_plan.twinge, units=units) if pace_plan else []
    return CardWords(
        title=race_title(race),
        about=about_race(race, units=units),
        pace=pace_words(pace_plan, units=units),
        splits=split_words(pace_plan, units=units),
        drink=drink_words(drink, units=units),
        stops=stop_words(schedule, names=names, units=units),
        stop_drinking=stop_drinking_words(shown),
        before=tuple(sentences(drink.before, units=units)) if drink else (),
        carry=carry_words(shown, names=names),
        branches=branch_words(shown, names=names, units=units),
        twinge=(*twinge, *stretch),
        dangers=text("now.danger_card"),
        do_not_start=tuple(sentences(pace_plan.do_not_start, units=units)) if pace_plan else (),
        stop_when=tuple(sentences(pace_plan.stop_when, units=units)) if pace_plan else (),
        after=(
            *(sentences(drink.after, units=units) if drink else ()),
            safety_net("now.safety_net"),
        ),
        what_it_is=text("page.not_a_device"),
    )


def race_title(race: PlannedRace) -> str:
    """Its name, or what it is."""
    return race.name or text("race_card.unnamed")


def about_race(race: PlannedRace, *, units: Units) -> str:
    """Day, gun, distance and goal in one line."""
    parts = [day_words(race.day)]
    if race.start is not None:
        parts.append(text("race_card.gun", clock=f"{race.start:%H:%M}"))
    parts.append(distance(race.distance_m, units=units))
    if race.goal_time_s is not None:
        parts.append(text("race_card.goal", time=duration(race.goal_time_s)))
    return " · ".join(parts)


def pace_words(plan: PacePlan | None, *, units: Units) -> tuple[str, ...]:
    """The ceiling, first of all."""
    if plan is None:
        return (text("race_card.no_pace_plan"),)
    ceiling = text(
        "race_card.ceiling",
        pace=pace(1000.0, plan.ceiling_s_per_km, units=units),
        until=place(plan.ceiling_until_m, units=units),
    )
    return (ceiling, text("race_card.aim", time=duration(plan.target_time_s)))


def split_words(plan: PacePlan | None, *, units: Units) -> tuple[tuple[str, str], ...]:
    """Where and when."""
    splits = plan.splits if plan else ()
    return tuple((place(one.at_m, units=units), duration(one.at_s)) for one in splits)


def place(at_m: float, *, units: Units) -> str:
    """`10 km`, `42.2 km`: as the signs beside the road say it."""
    return distance(at_m, units=units).replace(".0", "")


def drink_words(drink: DrinkPlan | None, *, units: Units) -> tuple[str, ...]:
    """The rule above the schedule; where there is none, why."""
    if drink is None:
        return (text("race_card.no_drink_plan"), text("race_card.thirst"))
    if drink.status is DrinkStatus.PLANNED:
        return (text("race_card.most"), text("race_card.thirst"))
    return tuple(sentences(drink.because, units=units))


def stop_words(
    schedule: Collection[Take], *, names: Mapping[str, str], units: Units
) -> tuple[CardStop, ...]:
    """The schedule by place."""
    places = groupby(schedule, key=lambda one: (one.at_m, one.at_min))
    return tuple(
        stop_at(at_m, at_min, tuple(rows), names=names, units=units)
        for (at_m, at_min), rows in places
    )


def stop_at(
    at_m: float, at_min: float, rows: tuple[Take, ...], *, names: Mapping[str, str], units: Units
) -> CardStop:
    """What is taken at one place."""
    return CardStop(
        at=place(at_m, units=units),
        clock=duration(seconds_from_minutes(at_min)),
        takes=tuple(take_words(one, names=names, units=units) for one in rows),
        rows=rows,
    )


def take_words(take: Take, *, names: Mapping[str, str], units: Units) -> str:
    """`2 × water, 300 mL`."""
    name = names.get(take.product, take.product)
    if take.fluid_l > 0:
        volume = small_volume(take.fluid_l, units=units)
        return text("race_card.take_drink", n=take.servings, name=name, volume=volume)
    return text("race_card.take", n=take.servings, name=name)


def stop_drinking_words(drink: DrinkPlan | None) -> str | None:
    """When the rest of the schedule is left out."""
    trigger = drink.stop_drinking_trigger if drink else None
    if trigger is None:
        return None
    after = duration(seconds_from_minutes(trigger.skip_after_min))
    return text(f"race_card.stop_drinking.{trigger.when}", after=after)


def carry_words(drink: DrinkPlan | None, *, names: Mapping[str, str]) -> tuple[str, ...]:
    """What to bring along."""
    carried = drink.carry if drink else ()
    return tuple(text("race_card.take", n=n, name=names.get(one, one)) for one, n in carried)


def branch_words(
    drink: DrinkPlan | None, *, names: Mapping[str, str], units: Units
) -> tuple[CardBranch, ...]:
    """Every "what if"."""
    return tuple(
        CardBranch(
            name=text(f"race_card.if.{one.id}"),
            do=tuple(said(step, units=units) for step in one.do),
            stops=stop_words(one.schedule or (), names=names, units=units),
        )
        for one in (drink.branches if drink else ())
    )


def balance_finding(drink: DrinkPlan, *, units: Units) -> str:
    """What the picture of the balance shows, in one sentence."""
    lost_l = -drink.balance[-1].water_change_l.median
    if lost_l <= 0:
        return text("race_card.picture.finding_even")
    return text("race_card.picture.finding", water=volume(lost_l, units=units))
