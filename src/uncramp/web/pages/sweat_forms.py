"""The forms about sweat: a weigh-in, sweat sodium, a day on which a group weighed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, File, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from uncramp.actions.context import Context
from uncramp.actions.preferences import may_not_train
from uncramp.actions.sweat_form import form_runs
from uncramp.actions.sweat_group import add_group_csv, group_sample
from uncramp.actions.sweat_tests import (
    Added,
    Checked,
    SodiumAsked,
    WeighInAsked,
    add_sodium,
    add_weigh_in,
    check_weigh_in,
    weighing_lock,
)
from uncramp.errors import InputError, NotFoundError, UncrampError
from uncramp.web.links import page_url
from uncramp.web.pages.work import UNFIT, problem_words, see
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.catalogue import text
from uncramp.wording.sweat_forms import (
    FIELDS,
    NO_RUN,
    QUIET_FLAGS,
    error_words,
    group_words,
    hint_words,
    how_to_weigh,
    numbers_from,
    run_options,
    site_options,
    sodium_unit_options,
    step_options,
    unit_names,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

NEEDED: Final = ("before", "after", "drunk")
WITHOUT_RUN: Final = (*NEEDED, "minutes")
MORE: Final = ("urine", "food", "held", "step", "degrees", "humidity", "distance")
WHOLE_BODY: Final = "whole_body"
MOST_BYTES: Final = 2_000_000
MOST_FIELDS: Final = 40


async def typed_in(request: Request) -> dict[str, str]:
    """Every field of a form."""
    form = await request.form(max_fields=MOST_FIELDS, max_files=0)
    return {name: value for name, value in form.items() if isinstance(value, str)}


Typed = Annotated[dict[str, str], Depends(typed_in)]


# ---------------------------------------------------------------- a weigh-in


@router.get("/r/{runner}/sweat/weigh-in")
def weigh_in(request: Request) -> Response:
    """The form, with the newest run chosen when it was of today or yesterday."""
    wanted = request.query_params.get("run", "")
    with context_of(request) as context:
        if weighing_lock(context) is not None:
            return to_sweat(request)
        also = int(wanted) if wanted.isascii() and wanted.isdecimal() else None
        runs = form_runs(context, also=also)
        likely = runs.likely if also is None else also
        chosen = NO_RUN if likely is None else str(likely)
        typed = {"run": chosen, "day": context.now.date().isoformat()}
        return weigh_in_page(request, context, typed)


@router.post("/r/{runner}/sweat/weigh-in")
def add(request: Request, typed: Typed) -> Response:
    """Work it out, or keep it; what is odd is told once before it is kept."""
    with context_of(request) as context:
        if weighing_lock(context) is not None:
            return to_sweat(request)
        asked, errors = asked_from(request, typed)
        try:
            checked = None if asked is None else check_weigh_in(context, asked)
        except (InputError, NotFoundError) as error:
            checked, errors = None, error_words(error, typed=typed, units=units_of(request))
        if asked is None or checked is None:
            return weigh_in_page(request, context, typed, errors=errors)
        told = {*typed.get("doubted", "").split(","), *QUIET_FLAGS}
        if typed.get("do") == "check" or not {*checked.flags} <= told:
            return weigh_in_page(request, context, typed, checked=checked)
        return kept(request, add_weigh_in(context, asked))


@router.post("/r/{runner}/sweat/weigh-in/hint")
def hint(request: Request, typed: Typed) -> JSONResponse:
    """What the weigh-in comes to so far, for the script of the form; nothing is kept."""
    return JSONResponse(hint_of(request, typed))


def hint_of(request: Request, typed: Mapping[str, str]) -> dict[str, Any]:
    """The words beside the form; none as long as something is missing or cannot be."""
    nothing: dict[str, Any] = {"words": "", "doubts": [], "code": "", "is_doubtful": False}
    asked, _ = asked_from(request, typed)
    if asked is None:
        return nothing
    with context_of(request) as context:
        try:
            return hint_words(check_weigh_in(context, asked), units=units_of(request))
        except (InputError, NotFoundError) as error:
            words = error_words(error, typed=typed, units=units_of(request))
            return {**nothing, "words": " ".join(words.values()), "is_doubtful": True}


def asked_from(
    request: Request, typed: Mapping[str, str]
) -> tuple[WeighInAsked | None, dict[str, str]]:
    """What was typed in SI, or what is wrong with it by field.

    A chosen run tells the day and the minutes; then what stands in those fields says nothing.
    """
    run = typed.get("run", "").strip()
    with_run = run != NO_RUN
    given = {**typed, "minutes": ""} if with_run else typed
    needed = NEEDED if with_run else WITHOUT_RUN
    numbers, errors = numbers_from(given, needed=needed, units=units_of(request))
    day = None if with_run else day_from(typed)
    if not with_run and day is None:
        errors["day"] = text("sweat_page.wrong.day")
    if errors:
        order = ("run", "day", *FIELDS)
        return None, {name: errors[name] for name in order if name in errors}
    return WeighInAsked(
        run=run if with_run else None,
        without_run=not with_run,
        day=day,
        body_mass_before_kg=numbers["body_mass_before_kg"],
        body_mass_after_kg=numbers["body_mass_after_kg"],
        fluid_intake_l=numbers["fluid_intake_l"],
        duration_min=numbers.get("duration_min"),
        urine_output_l=numbers.get("urine_output_l"),
        food_kg=numbers.get("food_kg"),
        held_sweat_kg=numbers.get("held_sweat_kg"),
        scale_step_kg=numbers.get("scale_step_kg"),
        temp_air_c=numbers.get("temp_air_c"),
        relative_humidity_pct=numbers.get("relative_humidity_pct"),
        distance_m=numbers.get("distance_m"),
    ), {}


def day_from(typed: Mapping[str, str]) -> date | None:
    """The day that was chosen; None when it is none."""
    try:
        return date.fromisoformat(typed.get("day", "").strip())
    except ValueError:
        return None


def weigh_in_page(
    request: Request,
    context: Context,
    typed: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    checked: Checked | None = None,
) -> HTMLResponse:
    """The form with what was typed, what is wrong with it, or what it comes to."""
    units = units_of(request)
    run = typed.get("run", "")
    runs = form_runs(context, also=int(run) if run.isascii() and run.isdecimal() else None)
    wrong = dict(errors or {})
    values: dict[str, Any] = {
        "here": "sweat",
        "typed": {name: typed.get(name, "") for name in ("run", "day", *FIELDS)},
        "errors": wrong,
        "runs": run_options(runs, units=units),
        "steps": step_options(units),
        "unit": unit_names(units),
        "more_open": any(typed.get(name) or name in wrong for name in MORE),
        "hint": None if checked is None else hint_words(checked, units=units),
        "how_steps": () if may_not_train(context) else how_to_weigh(),
    }
    return render(request, "sweat_weigh_in.html", values, status_code=UNFIT if wrong else 200)


def kept(request: Request, added: Added) -> RedirectResponse:
    """To the page about all tests, which says that it is kept and can take it back."""
    return to_sweat(request, f"?done=added&test={added.kept.id}")


def to_sweat(request: Request, query: str = "") -> RedirectResponse:
    """To the page about all tests."""
    return see(page_url("sweat", runner_of(request)) + query)


# ---------------------------------------------------------------- sodium


@router.get("/r/{runner}/sweat/sodium")
def sodium(request: Request) -> HTMLResponse:
    """The form for a patch or a laboratory value."""
    with context_of(request) as context:
        context.stored_runner()
        today = context.now.date().isoformat()
    return sodium_page(request, {"day": today, "sodium_unit": "mmol"})


@router.post("/r/{runner}/sweat/sodium")
def keep_sodium(request: Request, typed: Typed) -> Response:
    """Keep it."""
    units, done_on = units_of(request), day_from(typed)
    numbers, errors = numbers_from(typed, needed=("sodium",), units=units)
    if done_on is None:
        errors["day"] = text("sweat_page.wrong.day")
    site = typed.get("site", "")
    if site not in dict(site_options()):
        errors["site"] = text("sweat_page.wrong.site")
    if errors:
        order = ("day", "site", "sodium", "rate")
        return sodium_page(request, typed, {name: errors[name] for name in order if name in errors})
    asked = SodiumAsked(
        sodium_mmol_per_l=numbers["sodium_mmol_per_l"],
        site=None if site == WHOLE_BODY else site,
        day=done_on,
        sweat_rate_l_per_h=numbers.get("sweat_rate_l_per_h"),
    )
    try:
        with context_of(request) as context:
            return kept(request, add_sodium(context, asked))
    except InputError as error:
        return sodium_page(request, typed, error_words(error, typed=typed, units=units))


def sodium_page(
    request: Request, typed: Mapping[str, str], errors: Mapping[str, str] | None = None
) -> HTMLResponse:
    """The form with what was typed and what is wrong with it."""
    names = ("day", "site", "sodium", "sodium_unit", "rate")
    values: dict[str, Any] = {
        "here": "sweat",
        "typed": {name: typed.get(name, "") for name in names},
        "errors": errors or {},
        "sites": site_options(),
        "sodium_units": sodium_unit_options(),
        "unit": unit_names(units_of(request)),
    }
    return render(request, "sweat_sodium.html", values, status_code=UNFIT if errors else 200)


# ---------------------------------------------------------------- a group


@router.get("/r/{runner}/sweat/group")
def group(request: Request) -> HTMLResponse:
    """What the file looks like, and where to put it."""
    return group_page(request)


@router.post("/r/{runner}/sweat/group")
def take_group(request: Request, file: Annotated[UploadFile | None, File()] = None) -> HTMLResponse:
    """Every line that can be kept, and why the others cannot."""
    content = b"" if file is None else file.file.read(MOST_BYTES + 1)
    if file is None or not content:
        return group_page(request, errors={"file": text("sweat_page.group.no_file")})
    try:
        with context_of(request) as context:
            result = add_group_csv(context, content, file.filename or "")
    except UncrampError as error:
        return group_page(request, errors={"file": problem_words(error)})
    return group_page(request, result=group_words(result))


def group_page(
    request: Request,
    *,
    errors: Mapping[str, str] | None = None,
    result: Mapping[str, Any] | None = None,
) -> HTMLResponse:
    """The form, and what came of a file."""
    values = {
        "here": "sweat",
        "errors": errors or {},
        "result": result,
        "sample": group_sample(),
    }
    return render(request, "sweat_group.html", values, status_code=UNFIT if errors else 200)
