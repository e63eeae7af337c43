"""My sweat: what the runner loses an hour, how sure that is, and the tests it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from uncramp.actions.context import Context
from uncramp.actions.sweat import my_sweat
from uncramp.actions.sweat_form import watch_offers
from uncramp.actions.sweat_pictures import sweat_picture
from uncramp.actions.sweat_tests import (
    add_watch_estimate,
    list_tests,
    remove_test,
    restore_test,
)
from uncramp.errors import InputError
from uncramp.web.links import page_url
from uncramp.web.pages import sweat_forms
from uncramp.web.pages.work import UNFIT, problem_words, see
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.catalogue import text
from uncramp.wording.sweat_forms import how_to_weigh, pace_example, speed_from_pace, unit_names
from uncramp.wording.sweat_page import flag_lines, kept_rows, offer_rows, page_words

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
router.include_router(sweat_forms.router)

DONE: Final = ("added", "removed", "undone")
LONGEST_NUMBER: Final = 9


@router.get("/r/{runner}/sweat")
def sweat(request: Request) -> HTMLResponse:
    """The curve, the table, the next test, and every test there is."""
    errors, given = {}, request.query_params.get("pace", "")
    race_speed = None
    try:
        race_speed = speed_from_pace(given, units=units_of(request))
    except ValueError:
        example = pace_example(units_of(request))
        errors["pace"] = text("sweat_page.wrong.pace", example=example)
    return sweat_page(request, race_speed=race_speed, race_pace=given, errors=errors)


def sweat_page(
    request: Request,
    *,
    race_speed: float | None = None,
    race_pace: str = "",
    errors: Mapping[str, str],
) -> HTMLResponse:
    """The page, with what was wrong with what was sent."""
    units = units_of(request)
    with context_of(request) as context:
        context.stored_runner()
        found, offers = my_sweat(context, race_speed_m_s=race_speed), watch_offers(context)
        words, note = page_words(found, units=units), noted(request, context)
        if found.missing or found.locked:  # nothing is learnt, but what is kept can be taken out
            words["tests"] = kept_rows(list_tests(context), units=units)
    values: dict[str, Any] = {
        "here": "sweat",
        **words,
        "picture": sweat_picture(found, units=units),
        "how_steps": how_to_weigh(),
        "unit": unit_names(units),
        "race_pace": race_pace,
        "pace_example": pace_example(units),
        "errors": errors,
        "noted": note,
        "offers": offer_rows(offers, units=units),
    }
    return render(request, "sweat.html", values, status_code=UNFIT if errors else 200)


def noted(request: Request, context: Context) -> dict[str, Any] | None:
    """What was just done, and how it is taken back."""
    done, test = request.query_params.get("done", ""), request.query_params.get("test", "")
    is_number = len(test) <= LONGEST_NUMBER and test.isascii() and test.isdecimal()
    if done not in DONE or not is_number:
        return None
    runner, lines = runner_of(request), [text(f"sweat_page.noted.{done}")]
    if done == "added":
        lines += flag_lines(list_tests(context), int(test))
        undo = page_url("sweat_remove", runner, test)
    else:
        undo = f"{page_url('sweat', runner)}/undo" if done == "removed" else ""
    return {"lines": lines, "undo": undo, "fields": [("test", test)]}


@router.post("/r/{runner}/sweat/tests/{test_id:int}/remove")
def remove(request: Request, test_id: int) -> RedirectResponse:
    """Take a test out; the next page can bring it back."""
    with context_of(request) as context:
        remove_test(context, test_id)
    return back(request, "removed", test_id)


@router.post("/r/{runner}/sweat/undo")
def undo(request: Request, test: Annotated[int, Form()]) -> Response:
    """Let a test that was taken out count again."""
    try:
        with context_of(request) as context:
            restore_test(context, test)
    except InputError as error:
        return sweat_page(request, errors={"tests": problem_words(error)})
    return back(request, "undone", test)


@router.post("/r/{runner}/sweat/watch")
def use_watch(request: Request, run: Annotated[str, Form()] = "") -> Response:
    """Take what a watch worked out as a weak hint."""
    try:
        with context_of(request) as context:
            added = add_watch_estimate(context, run)
    except InputError as error:
        return sweat_page(request, errors={"watch": problem_words(error)})
    return back(request, "added", added.kept.id)


def back(request: Request, done: str, test_id: int) -> RedirectResponse:
    """To the page, which says what was done."""
    query = urlencode({"done": done, "test": test_id})
    return see(f"{page_url('sweat', runner_of(request))}?{query}")
