"""What the page of a drinking plan shows: the plan that counts, a what-if, and files to carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from uncramp.actions.context import Context
from uncramp.actions.from_plain import from_plain
from uncramp.actions.plan import DrinkAnswer, DrinkWishes, plan_of_race
from uncramp.actions.plans_kept import KeptDrinking, newest_drinking
from uncramp.actions.products import list_products
from uncramp.actions.race_files import PDF_FILE, RACE_FILES, race_files
from uncramp.actions.races import find_race
from uncramp.actions.train_kept import answered_screening
from uncramp.drink_plan import DrinkPlan
from uncramp.drinking.asked import DrinkScreen
from uncramp.drinking.locked import locked_by
from uncramp.errors import NotFoundError
from uncramp.export.race_pdf import can_make_pdf
from uncramp.screening import Screening
from uncramp.wording.quantities import Units

__all__ = [
    "DrinkPage",
    "KeptPlan",
    "drink_page",
    "kept_answer",
    "plan_file",
    "plan_file_names",
    "what_if",
]

OF_DRINK: Final = frozenset({"salt", "drink"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPlan:
    """The plan that counts, and what it was made from."""

    at: datetime
    plan: DrinkPlan
    wishes: DrinkWishes
    names: Mapping[str, str]
    """What products are called, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrinkPage:
    """Everything that is known before anything is asked."""

    screening: Screening
    unanswered: tuple[str, ...]
    """Health questions that come first; none while a stop is open."""
    held_back: DrinkPlan | None
    """Why there are no doses for this runner; None when a plan may be made and shown."""
    kept: KeptPlan | None


def drink_page(context: Context, race_id: int) -> DrinkPage:
    """The plan of a race, and whether a stop or a lock that is open now holds every dose back.

    Health questions that have to be asked anew hold back a new plan, not the one that is kept.
    """
    screening = answered_screening(context, {})
    screen = DrinkScreen(
        complete=True,
        stops=tuple(one.id for one in screening.stops),
        locks=tuple(one.id for one in screening.locks if OF_DRINK & set(one.blocks)),
    )
    return DrinkPage(
        screening=screening,
        unanswered=() if screening.stops else screening.unanswered,
        held_back=locked_by(screen, age_y=context.stored_runner().profile.age_y),
        kept=kept_plan(context, newest_drinking(context, race_id)),
    )


def kept_plan(context: Context, kept: KeptDrinking | None) -> KeptPlan | None:
    """A plan of the store with its wishes; products that are gone keep the name they had."""
    if kept is None:
        return None
    told = {name: one for name, one in kept.request.items() if name != "products"}
    now = {one.product.id: one.product.name or one.product.id for one in list_products(context)}
    then = {str(one["id"]): str(one.get("name") or one["id"]) for one in kept.request["products"]}
    return KeptPlan(
        at=kept.at,
        plan=kept.plan,
        wishes=from_plain(DrinkWishes, told),
        names={**now, **then},
    )


def kept_answer(context: Context, reference: str) -> DrinkAnswer:
    """The plan that counts as `plan_of_race` gave it; NotFoundError where there is none.

    While the screen holds every dose back, that is the answer. What goes out in an hour is worked
    out when a plan is made, and is not kept with it.
    """
    race = find_race(context, reference)
    page = drink_page(context, race.race_id)
    if page.kept is None and page.held_back is None:
        raise NotFoundError("no_drinking_plan", values={"race": race.race_id})
    plan, names = page.held_back, dict[str, str]()
    if plan is None and page.kept is not None:
        plan, names = page.kept.plan, dict(page.kept.names)
    assert plan is not None  # noqa: S101  (one of the two is there)
    return DrinkAnswer(
        plan=plan,
        screening=page.screening,
        unanswered=page.unanswered,
        race=race.race,
        reference=str(race.race_id),
        names=names,
    )


def what_if(
    context: Context,
    race_id: int,
    wishes: DrinkWishes,
    *,
    temp_air_c: float | None,
    slower_share: float,
    missed: tuple[float, ...],
    units: Units,
) -> DrinkAnswer:
    """The plan were the day otherwise; nothing is kept. Errors as `plan_of_race`."""
    other = replace(wishes, temp_air_c=temp_air_c, slower_share=slower_share, missed=missed)
    return plan_of_race(context, str(race_id), other, units=units, keeps=False, with_branches=False)


def plan_file_names() -> tuple[str, ...]:
    """Files that can be made here; the PDF needs its extra."""
    return (*RACE_FILES, PDF_FILE) if can_make_pdf() else RACE_FILES


def plan_file(context: Context, reference: str, name: str, *, units: Units) -> bytes:
    """One file to carry; NotFoundError for any other name. Errors as `race_files`."""
    if name not in (*RACE_FILES, PDF_FILE):
        values = {"name": name, "known": ", ".join((*RACE_FILES, PDF_FILE))}
        raise NotFoundError("unknown_file", values=values)
    files = race_files(context, reference, units=units, with_pdf=name == PDF_FILE)
    return files[name]
