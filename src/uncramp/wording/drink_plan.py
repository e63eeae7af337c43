"""Drinking plans in words: the data of the `plan` envelope, and the lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from uncramp.drink_plan import Branch, DrinkPlan, DrinkStatus, Limit, PerHour, Take
from uncramp.envelope import plain
from uncramp.interview import questions
from uncramp.units import grams_from_milligrams, salt_mg_from_sodium_mg
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, small_volume
from uncramp.wording.race_card import (
    about_race,
    branch_words,
    carry_words,
    race_title,
    stop_drinking_words,
    stop_words,
)
from uncramp.wording.runs import runner_option
from uncramp.wording.safety import closing_lines, locks_data, stop_data, stop_lines
from uncramp.wording.said import sentences

if TYPE_CHECKING:
    from uncramp.actions.plan import DrinkAnswer
    from uncramp.actions.products import ListedProduct

__all__ = [
    "drink_data",
    "drink_headline",
    "drink_lines",
    "per_hour_words",
    "product_data",
    "product_lines",
    "products_data",
]


def drink_data(answer: DrinkAnswer, *, units: Units) -> dict[str, Any]:
    """The data of `uncramp.plan/1`; sentences are in words, numbers in SI."""
    plan = answer.plan
    return {
        "status": plan.status,
        "because": sentences(plan.because, units=units),
        "schedule": [take_data(one) for one in plan.schedule],
        "per_hour": plan.per_hour,
        "lost_per_hour": answer.lost_per_hour,
        "before": sentences(plan.before, units=units),
        "after": sentences(plan.after, units=units),
        "balance": plain(plan.balance),
        "limits": [limit_data(one) for one in plan.limits],
        "branches": [branch_data(one, units=units) for one in plan.branches],
        "stop_drinking_trigger": trigger_data(plan),
        "assumed": sentences(plan.assumed, units=units),
        "sensitivity": sentences(plan.sensitivity, units=units),
        "carry": [{"product": name, "servings": n} for name, n in plan.carry],
        "products": dict(answer.names),
        "race": None if answer.race is None else {
            "reference": answer.reference, "name": answer.race.name, "date": answer.race.day,
            "distance_m": answer.race.distance_m,
        },
        "stop": stop_data(answer.screening),
        "locks": locks_data(answer.screening),
        "unanswered": list(answer.unanswered),
    }  # fmt: skip


def take_data(take: Take) -> dict[str, Any]:
    """One row of the schedule."""
    data: dict[str, Any] = plain(take)
    return data


def limit_data(limit: Limit) -> dict[str, Any]:
    """One hard limit, and how close the plan comes."""
    data: dict[str, Any] = plain(limit)
    return data


def branch_data(branch: Branch, *, units: Units) -> dict[str, Any]:
    """What to do when something is otherwise."""
    schedule = None if branch.schedule is None else [take_data(one) for one in branch.schedule]
    return {
        "id": branch.id,
        "name": text(f"race_card.if.{branch.id}"),
        "do": sentences(branch.do, units=units),
        "schedule": schedule,
    }


def trigger_data(plan: DrinkPlan) -> dict[str, Any] | None:
    """When the rest is left out; None when all of it can be drunk on the worst day."""
    trigger = plan.stop_drinking_trigger
    if trigger is None:
        return None
    return {
        "when": trigger.when,
        "skip_after_min": trigger.skip_after_min,
        "text": stop_drinking_words(plan),
    }


# ---------------------------------------------------------------- lines


def drink_headline(plan: DrinkPlan) -> str:
    """The answer in one line."""
    return text(f"drink.status.{plan.status}")


def per_hour_words(per_hour: PerHour, *, units: Units) -> str:
    """How much an hour, the household way first."""
    return text(
        "drink.per_hour",
        fluid=small_volume(per_hour.fluid_l, units=units),
        sodium=f"{per_hour.sodium_mg:.0f}",
        carbohydrate=f"{per_hour.carbohydrate_g:.0f}",
    )


def drink_lines(answer: DrinkAnswer, *, runner: str, units: Units) -> Iterator[str]:
    """The plan for a terminal: before, on the way, after, and what if."""
    stop = stop_data(answer.screening)
    if stop is not None:
        yield from stop_lines(stop)
        yield from closing_lines(stop)
        return
    plan = answer.plan
    if answer.race is not None:
        yield race_title(answer.race)
        yield about_race(answer.race, units=units)
        yield ""
    yield drink_headline(plan)
    yield from (f"- {line}" for line in sentences(plan.because, units=units))
    yield from unanswered_lines(answer, runner=runner)
    yield from lost_lines(answer, units=units)
    yield from schedule_lines(answer, units=units)
    yield from part("drink.before", sentences(plan.before, units=units))
    yield from part("drink.carry", carry_words(plan, names=answer.names))
    yield from branch_lines(plan, names=answer.names, units=units)
    yield from part("drink.sure", sentences(plan.sensitivity, units=units))
    yield from part("drink.assumed_title", sentences(plan.assumed, units=units))
    yield from part("drink.after", sentences(plan.after, units=units))
    if plan.status is not DrinkStatus.LOCKED:
        yield ""
        yield text("page.not_a_device")
    if answer.reference is not None and plan.status is DrinkStatus.PLANNED:
        yield text("drink.next_card", race=answer.reference, who=runner_option(runner))


def unanswered_lines(answer: DrinkAnswer, *, runner: str) -> Iterator[str]:
    """Which danger questions are open, what they can be answered with, and how."""
    if not answer.unanswered:
        return
    yield ""
    yield text("drink.answer_first", who=runner_option(runner))
    for name in answer.unanswered:
        question = questions()[name]
        yield f"- {name}: {text(question.text)}"
        yield f"    {', '.join(option.id for option in question.options)}"


def lost_lines(answer: DrinkAnswer, *, units: Units) -> Iterator[str]:
    """What goes out in an hour, with how far runners differ."""
    lost = answer.lost_per_hour
    if lost is None:
        return
    water, sodium = lost.water_l, lost.sodium_mg
    yield ""
    yield text(
        "drink.lost",
        water=small_volume(water.median, units=units),
        water_low=small_volume(water.low, units=units),
        water_high=small_volume(water.high, units=units),
        sodium=f"{sodium.median:.0f}",
        low=f"{sodium.low:.0f}",
        high=f"{sodium.high:.0f}",
    )


def schedule_lines(answer: DrinkAnswer, *, units: Units) -> Iterator[str]:
    """What is taken where, and when to leave it out."""
    plan = answer.plan
    if plan.per_hour is None:
        return
    yield ""
    yield per_hour_words(plan.per_hour, units=units)
    salt_g = grams_from_milligrams(salt_mg_from_sodium_mg(plan.per_hour.sodium_mg))
    yield text("drink.per_hour_salt", salt=f"{salt_g:.1f}")
    yield ""
    for one in stop_words(plan.schedule, names=answer.names, units=units):
        yield text("drink.row", at=f"{one.at:>8}", clock=f"{one.clock:>8}",
                   takes=", ".join(one.takes))  # fmt: skip
    yield ""
    trigger = stop_drinking_words(plan)
    if trigger is not None:
        yield trigger
    yield text("race_card.most")
    yield text("race_card.thirst")


def branch_lines(plan: DrinkPlan, *, names: Mapping[str, str], units: Units) -> Iterator[str]:
    """Every "what if"; another schedule stands in the card and in --json."""
    branches = branch_words(plan, names=names, units=units)
    if branches:
        yield ""
        yield text("race_card.if_title")
    for one in branches:
        yield f"- {one.name}: {' '.join(one.do)}"


def part(title: str, lines: Sequence[str]) -> Iterator[str]:
    """A heading with what stands below it; nothing when there is nothing."""
    if lines:
        yield ""
        yield text(title)
        yield from (f"- {line}" for line in lines)


# ---------------------------------------------------------------- products


def product_data(listed: ListedProduct) -> dict[str, Any]:
    """One product with where its numbers come from."""
    label = listed.label
    return {
        **plain(listed.product),
        "own": label is None,
        "serving": None if label is None else label.serving,
        "read_on": None if label is None else label.read_on,
        "confidence": None if label is None else label.confidence,
        "conflict": None if label is None else label.conflict or None,
    }


def products_data(listed: Sequence[ListedProduct]) -> dict[str, Any]:
    """The `data` of `uncramp products`."""
    return {"products": [product_data(one) for one in listed]}


def product_lines(listed: Sequence[ListedProduct]) -> Iterator[str]:
    """A line a product: id, what one serving holds, and how sure that is."""
    for one in listed:
        product, label = one.product, one.label
        yield text(
            "drink.product",
            id=product.id,
            name=product.name,
            serving=text("drink.one_serving") if label is None else label.serving,
            sodium=f"{product.sodium_mg:.0f}",
        )
        if label is None:
            yield text("drink.product_own")
        else:
            sure = text(f"drink.sure.{label.confidence}")
            yield text("drink.product_label", sure=sure, day=label.read_on)
            if label.conflict:
                yield text("drink.product_conflict", conflict=label.conflict)
