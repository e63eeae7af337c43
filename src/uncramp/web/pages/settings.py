"""Settings: people, units, the profile, what holds advice back, and where new files come from.

What is shown is in `settings_view`; what takes longer, and what keeps data safe, in `keeping`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from uncramp.actions import open_meteo
from uncramp.actions.preferences import (
    change_profile,
    note_conditions,
    profile_trouble,
    start_runner,
    stop_watching,
    watch_says,
    watched_from_now,
)
from uncramp.actions.runners import add_runner, clear_flag
from uncramp.actions.settings_state import settings_state
from uncramp.errors import InputError, UncrampError
from uncramp.vocabulary import UserProfile
from uncramp.web.jobs import jobs_of
from uncramp.web.links import page_url
from uncramp.web.pages import keeping, ledger
from uncramp.web.pages.settings_view import settings_page
from uncramp.web.pages.work import UNFIT, problem_words, see
from uncramp.web.rendering import (
    UNITS_COOKIE,
    context_of,
    runner_of,
    units_of,
)
from uncramp.wording.catalogue import text
from uncramp.wording.settings_page import (
    profile_errors,
    profile_from,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
router.include_router(keeping.router)
router.include_router(ledger.router)

A_YEAR_S: Final = 365 * 24 * 3600


@router.get("/r/{runner}/settings")
def settings(request: Request) -> HTMLResponse:
    """Every setting on one page, with a list of its parts on top."""
    return settings_page(request)


def back_to(request: Request, done: str, *, part: str) -> RedirectResponse:
    """To the page again, with a word that it is done, at the part it is about."""
    address = page_url("settings", runner_of(request))
    return see(f"{address}?done={done}#{part}")


# ---------------------------------------------------------------- people and units


@router.post("/r/{runner}/settings/runners")
def new_runner(request: Request, name: Annotated[str, Form()] = "") -> Response:
    """A new runner, then their own first page."""
    given = name.strip()
    try:
        with context_of(request) as context:
            add_runner(context, name=given, profile=UserProfile())
    except InputError as error:
        errors = {"name": problem_words(error)}
        return settings_page(request, errors=errors, typed={"name": name}, status_code=UNFIT)
    return see(page_url("home", given))


@router.post("/r/{runner}/settings/units")
def choose_units(request: Request, units: Annotated[str, Form()] = "") -> Response:
    """Metric or imperial, kept by this browser."""
    response = back_to(request, "units", part="units")
    if units in {"metric", "imperial"}:
        response.set_cookie(
            UNITS_COOKIE, units, max_age=A_YEAR_S, httponly=True, samesite="strict", path="/"
        )
    return response


@router.post("/r/{runner}/settings/profile")
def save_profile(
    request: Request,
    sex: Annotated[str, Form()] = "",
    age_y: Annotated[str, Form()] = "",
    height_cm: Annotated[str, Form()] = "",
    body_mass_kg: Annotated[str, Form()] = "",
    feet: Annotated[str, Form()] = "",
    inches: Annotated[str, Form()] = "",
    pounds: Annotated[str, Form()] = "",
) -> Response:
    """Who the runner is; an age below that of an adult holds advice back."""
    units = units_of(request)
    typed = {
        "sex": sex,
        "age_y": age_y,
        "height_cm": height_cm,
        "body_mass_kg": body_mass_kg,
        "feet": feet,
        "inches": inches,
        "pounds": pounds,
    }
    locks: tuple[str, ...] = ()
    with context_of(request) as context:
        profile, errors = profile_from(typed, start_runner(context).profile, units=units)
        errors |= profile_errors(profile_trouble(profile), units=units)
        errors = {name: errors[name] for name in typed if name in errors}
        if not errors:
            locks = change_profile(context, profile)
    if errors:
        return settings_page(request, errors=errors, typed=typed, status_code=UNFIT)
    return back_to(request, "profile_lock" if locks else "profile", part="profile")


@router.post("/r/{runner}/settings/profile/watch")
def take_watch_profile(request: Request) -> Response:
    """What the watch says of its owner, confirmed."""
    locks: tuple[str, ...] = ()
    with context_of(request) as context:
        me = settings_state(context).me
        told = None if me is None else watch_says(context, me.newest_run)
        if told is not None:
            locks = change_profile(context, told)
    return back_to(request, "profile_lock" if locks else "profile", part="profile")


# ---------------------------------------------------------------- what holds advice back


@router.post("/r/{runner}/settings/conditions")
def tick_conditions(
    request: Request, condition: Annotated[list[str] | None, Form()] = None
) -> Response:
    """Hold advice back because of what was ticked; nothing is ever closed here."""
    try:
        with context_of(request) as context:
            start_runner(context)
            new = note_conditions(context, condition or [])
    except InputError as error:
        return settings_page(request, errors={"condition": problem_words(error)}, status_code=UNFIT)
    return back_to(request, "conditions" if new else "conditions_known", part="health")


@router.post("/r/{runner}/settings/clear")
def clear(
    request: Request,
    flag: Annotated[str, Form()] = "",
    day: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    page: Annotated[str, Form()] = "",
) -> Response:
    """The dated clearance of one stop or lock."""
    name = flag.replace(":", "-")
    try:
        seen = date.fromisoformat(day.strip())
    except ValueError:
        seen = None
    try:
        if seen is None:
            raise InputError("bad_date", values={"date": day or "–"})
        with context_of(request) as context:
            clear_flag(context, reference=flag, seen_clinician=seen, note=note.strip() or None)
    except InputError as error:
        return settings_page(
            request,
            errors={f"day-{name}": problem_words(error)},
            typed={f"day-{name}": day, f"note-{name}": note},
            status_code=UNFIT,
        )
    if page == "home":
        return see(page_url("home", runner_of(request)))
    return back_to(request, "cleared", part="health")


# ---------------------------------------------------------------- weather, and a folder


@router.post("/r/{runner}/settings/weather")
def switch_weather(request: Request, on: Annotated[str, Form()] = "") -> Response:
    """Look the weather up from now on, or ask nobody any more."""
    with context_of(request) as context:
        open_meteo.switch(context, on=on == "1")
    return back_to(request, "weather_on" if on == "1" else "weather_off", part="weather")


@router.post("/r/{runner}/settings/watch")
def watch(request: Request, folder: Annotated[str, Form()] = "") -> Response:
    """Watch a folder of this computer from now on."""
    try:
        path = Path(folder.strip()).expanduser().absolute()
        if not folder.strip():
            raise InputError("not_a_folder")
        with context_of(request) as context:
            watched_from_now(context, path)
    except (UncrampError, RuntimeError):  # a home that nobody has
        errors = {"watch_folder": text("settings.watch.missing")}
        return settings_page(
            request, errors=errors, typed={"watch_folder": folder}, status_code=UNFIT
        )
    jobs_of(request).watch(runner_of(request), path)
    return back_to(request, "watching", part="files")


@router.post("/r/{runner}/settings/watch/stop")
def end_watching(request: Request) -> Response:
    """Watch nothing for this runner any more."""
    jobs_of(request).stop_watching(runner_of(request))
    with context_of(request) as context:
        stop_watching(context)
    return back_to(request, "not_watching", part="files")
