"""The drinking plan of a race: its form, the plan, another day tried out, and files to carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from uncramp.actions.cases import case_from
from uncramp.actions.context import Context
from uncramp.actions.drink_pictures import balance_picture
from uncramp.actions.plan import DrinkAnswer, DrinkWishes, plan_of_race
from uncramp.actions.plan_pages import (
    DrinkPage,
    KeptPlan,
    drink_page,
    plan_file,
    plan_file_names,
    what_if,
)
from uncramp.actions.products import list_products
from uncramp.actions.races import KeptRace, find_race
from uncramp.actions.typed_quantities import parsed_quantity
from uncramp.errors import InputError
from uncramp.web.fields import Fields, Sent
from uncramp.web.links import page_url
from uncramp.web.pages.work import UNFIT, problem_words, see
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.catalogue import text
from uncramp.wording.plan_page import (
    card_rows,
    degrees_from,
    flags_of_plan,
    form_error,
    if_words,
    made_words,
    missed_options,
    number_from,
    plan_page_words,
    plan_units,
    product_groups,
    shown_degrees,
    typed_from_wishes,
    volume_from,
    wrong_number,
)
from uncramp.wording.quantities import Units
from uncramp.wording.race_page import race_name, screen_questions

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

PERCENT: Final = 100.0
PLANNED: Final = "planned"
LISTS: Final = ("carry", "trialled")
VOLUMES: Final = {"cup": "cup_l", "carry_l": "carry_l", "trialled_l": "trialled_l_per_h"}
"""Fields of the form to what they are called in a wish."""
FIELDS: Final = ("stations", *VOLUMES, "trialled_mg")
IF_FIELDS: Final = ("temp", "slower", "missed")
LONGEST_PLACE: Final = 7
RESULT: Final = "if-result"
"""Where what is wrong with another day stands when it is about none of its fields."""

MEDIA: Final[Mapping[str, str]] = {
    "html": "text/html; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "fit": "application/vnd.ant.fit",
    "pdf": "application/pdf",
}


@router.get("/r/{runner}/race/{race:int}/plan")
def plan(request: Request, race: int) -> HTMLResponse:
    """The plan that counts, with another day beside it when one is asked for."""
    with context_of(request) as context:
        return plan_page(request, context, find_race(context, str(race)))


@router.post("/r/{runner}/race/{race:int}/plan")
def make(request: Request, race: int, typed: Sent) -> Response:
    """Make a plan; where health questions are open, or there may be none, say that."""
    units = units_of(request)
    with context_of(request) as context:
        kept = find_race(context, str(race))
        wishes, errors = wishes_of(typed, units=units)
        if errors:
            return plan_page(request, context, kept, errors=errors, typed=typed)
        try:
            chosen = {name: given for name, given in typed.items() if name not in (*FIELDS, *LISTS)}
            answers = case_from({"answers": chosen}, file_name="").answers
            answer = plan_of_race(context, str(race), wishes, answers=answers, units=units)
        except InputError as error:
            errors = form_error(error, problem=problem_words(error), units=units)
            return plan_page(request, context, kept, errors=errors, typed=typed)
        if answer.plan.status not in ("planned", "thirst"):
            return plan_page(request, context, kept, answer=answer, typed=typed)
    address = page_url("race_plan", runner_of(request), race)
    return see(f"{address}?{urlencode({'done': PLANNED})}")


@router.get("/r/{runner}/race/{race:int}/card/{name}")
def card(request: Request, race: int, name: str) -> Response:
    """The race card and all that goes with it, as a file."""
    with context_of(request) as context:
        content = plan_file(context, str(race), name, units=units_of(request))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA[name.rpartition(".")[2]], headers=headers)


# ---------------------------------------------------------------- what is typed


def wishes_of(typed: Fields, *, units: Units) -> tuple[DrinkWishes, dict[str, str]]:
    """What is typed as wishes, and what cannot be read, by field."""
    errors: dict[str, str] = {}
    amounts: dict[str, float | None] = {}
    for field in VOLUMES:
        given = volume_from(first_of(typed, field), units=units)
        try:
            amounts[field] = parsed_quantity(given, "volume", units=units) if given else None
        except InputError:
            errors[field] = wrong_number(field, units=units)
    try:
        amounts["trialled_mg"] = number_from(first_of(typed, "trialled_mg"))
    except ValueError:
        errors["trialled_mg"] = wrong_number("trialled_mg", units=units)
    wishes = DrinkWishes(
        stations=first_of(typed, "stations").strip() or None,
        cup_l=amounts.get("cup"),
        carry=tuple(typed.get("carry", ())),
        carry_l=amounts.get("carry_l") or 0.0,
        trialled=tuple(typed.get("trialled", ())),
        trialled_l_per_h=amounts.get("trialled_l"),
        trialled_sodium_mg_per_h=amounts.get("trialled_mg"),
    )
    return wishes, errors


def first_of(typed: Fields, field: str) -> str:
    """What is typed into one field; empty when it was not sent."""
    return next(iter(typed.get(field, ())), "")


# ---------------------------------------------------------------- the page


def plan_page(
    request: Request,
    context: Context,
    kept: KeptRace,
    *,
    errors: Mapping[str, str] | None = None,
    typed: Fields | None = None,
    answer: DrinkAnswer | None = None,
) -> HTMLResponse:
    """The page; `answer` is one that was not kept, because there may be no plan."""
    units, today = units_of(request), context.now.date()
    page = drink_page(context, kept.race_id)
    may_plan = page.held_back is None and kept.race.day >= today
    listed = list_products(context)
    tried, if_errors = tried_day(request, context, kept, page) if may_plan else (None, {})
    wishes = page.kept.wishes if page.kept else DrinkWishes()
    values: dict[str, Any] = {
        "here": "race",
        "errors": {**(errors or {}), **if_errors},
        "if_errors": if_errors,
        "noted": noted(request),
        "race_id": kept.race_id,
        "name": race_name(kept.race),
        "flags": flags_of_plan(page.screening),
        "is_held": page.held_back is not None,
        "not_kept": None
        if answer is None
        else plan_page_words(answer.plan, names=answer.names, units=units),
        **shown_plan(page, units=units),
        "what_if": tried,
        "units_of": plan_units(units),
        "may_plan": may_plan,
        "typed": typed_from_wishes(wishes, units=units)
        if typed is None
        else {name: first_of(typed, name) for name in FIELDS}
        | {name: typed.get(name, []) for name in LISTS},
        "groups": product_groups(listed),
        "questions": screen_questions(page.unanswered, chosen=typed or {}, units=units),
        "files": card_rows(plan_file_names()),
    }
    status = UNFIT if values["errors"] else 200
    return render(request, "race_plan.html", values, status_code=status)


def shown_plan(page: DrinkPage, *, units: Units) -> dict[str, Any]:
    """The plan that counts in words, or why there are no doses."""
    if page.held_back is not None:
        plan = plan_page_words(page.held_back, names={}, units=units)
        return {"plan": plan, "made": "", "picture": ""}
    if page.kept is None:
        return {"plan": None, "made": "", "picture": ""}
    kept = page.kept
    return {
        "plan": plan_page_words(kept.plan, names=kept.names, units=units),
        "made": made_words(kept.at),
        "picture": balance_picture(kept.plan, units=units),
    }


# ---------------------------------------------------------------- what if


def tried_day(
    request: Request, context: Context, kept: KeptRace, page: DrinkPage
) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """The form about another day with its result; None where there is no plan to compare with."""
    if page.kept is None or page.unanswered:
        return None, {}
    units, query = units_of(request), request.query_params
    asked = any(name in query for name in IF_FIELDS)
    typed = {
        "temp": query.get("temp", shown_degrees(kept.race.temp_air_c, units=units)),
        "slower": query.get("slower", "0"),
        "missed": query.get("missed", ""),
    }
    form = {
        "typed": typed,
        "stations": missed_options(page.kept.plan.schedule, names=page.kept.names, units=units),
        "result": None,
    }
    if not asked:
        return form, {}
    try:
        answer = other_day(context, kept, page.kept, typed, units=units)
    except InputError as error:
        found = form_error(error, problem=problem_words(error), units=units)
        return form, {name if name in IF_FIELDS else RESULT: said for name, said in found.items()}
    except ValueError as error:
        field = str(error)
        return form, {field: wrong_number(field, units=units)}
    form["result"] = if_words(answer, was=page.kept.plan, units=units)
    return form, {}


def other_day(
    context: Context,
    kept: KeptRace,
    plan: KeptPlan,
    typed: Mapping[str, str],
    *,
    units: Units,
) -> DrinkAnswer:
    """The plan of the day that is typed; ValueError names the field that is no number."""
    numbers: dict[str, float | None] = {}
    for field in ("temp", "slower"):
        try:
            numbers[field] = number_from(typed[field])
        except ValueError:
            raise ValueError(field) from None
    degrees, place = numbers["temp"], typed["missed"].strip()
    if place and not (len(place) <= LONGEST_PLACE and place.isascii() and place.isdecimal()):
        raise ValueError("missed")
    return what_if(
        context,
        kept.race_id,
        plan.wishes,
        temp_air_c=None if degrees is None else degrees_from(degrees, units=units),
        slower_share=(numbers["slower"] or 0.0) / PERCENT,
        missed=(float(place),) if place else (),
        units=units,
    )


def noted(request: Request) -> dict[str, Any] | None:
    """What was just done."""
    if request.query_params.get("done") != PLANNED:
        return None
    return {"lines": [text("plan_page.noted")], "undo": "", "fields": []}
