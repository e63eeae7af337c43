"""The form of a race: a new one, or one that changes; with its course as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from uncramp.actions.races import (
    RaceAsked,
    add_race,
    change_race,
    find_race,
    remove_race,
    restore_race,
)
from uncramp.errors import UncrampError
from uncramp.vocabulary import PlannedRace
from uncramp.web.links import page_url
from uncramp.web.pages.work import UNFIT, see
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.catalogue import text
from uncramp.wording.race_forms import (
    RACE_FIELDS,
    TypedRace,
    length_options,
    race_error_words,
    race_unit_names,
    typed_from_race,
    typed_race,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

MOST_FIELDS: Final = 40
MORE: Final = ("degrees", "humidity", "up", "down")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A form as it came."""

    typed: Mapping[str, str]
    course: bytes = b""
    """The file of the course; empty when none was chosen."""
    course_name: str = ""


async def sent_in(request: Request) -> Sent:
    """Every field of the form, and its file."""
    async with request.form(max_fields=MOST_FIELDS, max_files=1) as form:
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
        file = form.get("course")
        if not isinstance(file, UploadFile):
            return Sent(typed=typed)
        course = await file.read()
        return Sent(typed=typed, course=course, course_name=file.filename or "")


RaceForm = Annotated[Sent, Depends(sent_in)]


# ---------------------------------------------------------------- a new one


@router.get("/r/{runner}/race/add")
def add(request: Request) -> HTMLResponse:
    """The empty form."""
    with context_of(request) as context:
        context.stored_runner()
    return form_page(request, {})


@router.post("/r/{runner}/race/add")
def keep(request: Request, sent: RaceForm) -> Response:
    """Keep the race; what is wrong is said beside the field, with all that was typed."""
    found, errors = read(request, sent, has_course=False)
    if found is None:
        return form_page(request, sent.typed, errors=errors)
    try:
        with context_of(request) as context:
            kept = add_race(context, race_asked(found, sent))
    except UncrampError as error:
        return form_page(request, sent.typed, errors=wrong_words(error))
    return to_race(request, kept.race_id, done="added")


# ---------------------------------------------------------------- one that changes


@router.get("/r/{runner}/race/{race:int}/change")
def change(request: Request, race: int) -> HTMLResponse:
    """The form with what is kept."""
    with context_of(request) as context:
        kept = find_race(context, str(race))
    typed = typed_from_race(kept.race, units=units_of(request))
    return form_page(request, typed, race_id=race, has_course=bool(kept.race.course))


@router.post("/r/{runner}/race/{race:int}/change")
def keep_changes(request: Request, race: int, sent: RaceForm) -> Response:
    """Keep what the form says now; the course stays unless a new one is sent."""
    with context_of(request) as context:
        kept = find_race(context, str(race))
        has_course = bool(kept.race.course)
        found, errors = read(request, sent, has_course=has_course)
        if found is not None:
            try:
                asked = with_weather_of(kept.race, race_asked(found, sent))
                change_race(context, str(race), asked)
                return to_race(request, race, done="changed")
            except UncrampError as error:
                errors = wrong_words(error)
    return form_page(request, sent.typed, errors=errors, race_id=race, has_course=has_course)


@router.post("/r/{runner}/race/{race:int}/remove")
def remove(request: Request, race: int) -> RedirectResponse:
    """Take a race out; the next page can bring it back."""
    with context_of(request) as context:
        remove_race(context, str(race))
    query = urlencode({"done": "removed", "race": race})
    return see(f"{page_url('race', runner_of(request))}?{query}")


@router.post("/r/{runner}/race/undo")
def undo(request: Request, race: Annotated[int, Form()]) -> RedirectResponse:
    """Bring back a race that was taken out."""
    with context_of(request) as context:
        restore_race(context, race)
    return to_race(request, race, done="undone")


# ---------------------------------------------------------------- reading and showing


def read(
    request: Request, sent: Sent, *, has_course: bool
) -> tuple[TypedRace | None, dict[str, str]]:
    """What was typed, or what is wrong with it."""
    found, errors = typed_race(
        sent.typed, has_course=has_course or bool(sent.course), units=units_of(request)
    )
    return (None, errors) if errors else (found, {})


def race_asked(found: TypedRace, sent: Sent) -> RaceAsked:
    """What is to be kept, as the action takes it."""
    return RaceAsked(
        name=found.name,
        day=found.day,
        start=found.start,
        distance_m=found.distance_m,
        goal_time_s=found.goal_time_s,
        ascent_m=found.ascent_m,
        descent_m=found.descent_m,
        temp_air_c=found.temp_air_c,
        relative_humidity_pct=found.relative_humidity_pct,
        course=sent.course,
        course_name=sent.course_name,
    )


def with_weather_of(race: PlannedRace, asked: RaceAsked) -> RaceAsked:
    """What the form does not ask for stays as it was told elsewhere, while the rest agrees."""
    if (asked.temp_air_c, asked.relative_humidity_pct) != (
        race.temp_air_c,
        race.relative_humidity_pct,
    ):
        return asked
    return replace(
        asked,
        wind_speed_m_s=race.wind_speed_m_s,
        solar_w_m2=race.solar_w_m2,
        wbgt_c=race.wbgt_c,
    )


def wrong_words(error: UncrampError) -> dict[str, str]:
    """A refusal of the action beside its field."""
    return race_error_words(error.code, error.values)


def form_page(
    request: Request,
    typed: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    race_id: int | None = None,
    has_course: bool = False,
) -> HTMLResponse:
    """The form with what was typed and what is wrong with it."""
    runner, wrong = runner_of(request), dict(errors or {})
    is_new = race_id is None
    verb = "add" if is_new else "change"
    values: dict[str, Any] = {
        "here": "race",
        "title": text(f"race_page.{verb}.title"),
        "button": text(f"race_page.{verb}.button"),
        "action": page_url("race_add", runner)
        if is_new
        else page_url("race_change", runner, race_id),
        "back": page_url("race", runner) if is_new else page_url("race_one", runner, race_id),
        "removing": "" if is_new else page_url("race_remove", runner, race_id),
        "typed": {name: typed.get(name, "") for name in RACE_FIELDS},
        "errors": wrong,
        "lengths": length_options(has_course=has_course),
        "unit": race_unit_names(units_of(request)),
        "more_open": any(typed.get(name) or name in wrong for name in MORE),
    }
    return render(request, "race_form.html", values, status_code=UNFIT if wrong else 200)


def to_race(request: Request, race: int, *, done: str) -> RedirectResponse:
    """To the page of a race, which says what was done."""
    query = urlencode({"done": done, "race": race})
    return see(f"{page_url('race_one', runner_of(request), race)}?{query}")
