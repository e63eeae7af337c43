"""What is changed on the page of one run: each a form, each can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from uncramp.actions.context import Context
from uncramp.actions.run_changes import (
    Change,
    count_run,
    forget_cramp,
    link_run,
    note_cramp,
    note_without_cramp,
    part_run,
    rename_run,
    type_weather,
    undo,
)
from uncramp.actions.runs import find_run
from uncramp.actions.weather import known_weather, look_up, parsed_weather
from uncramp.errors import InputError
from uncramp.units import kilometres_from_metres
from uncramp.web.links import page_url
from uncramp.web.pages.run import Entered, number_from, show_page
from uncramp.web.rendering import context_of, runner_of, units_of
from uncramp.wording.catalogue import text
from uncramp.wording.run_pages import metres_in

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

SEE_OTHER: Final = 303
Text = Annotated[str, Form()]


@router.post("/r/{runner}/runs/{run}/cramp")
def cramp(
    request: Request,
    run: str,
    said: Text = "yes",
    at: Text = "",
    at_was: Text = "",
    minute: Text = "",
    minute_was: Text = "",
    muscles: Annotated[list[str], Form()] = [],  # noqa: B006  (FastAPI copies it)
) -> Response:
    """Whether it cramped, and where; what was left as it stood stays as exact as it was."""
    if said == "no":
        return change(request, lambda context: note_without_cramp(context, run, remembered=True))
    if said == "dont_remember":
        return change(request, lambda context: note_without_cramp(context, run, remembered=False))
    if said == "forget":
        return change(request, lambda context: forget_cramp(context, run))
    typed = {"at": at, "minute": minute, "muscles": muscles}
    try:
        length, at_minute = number_from(at.strip()), number_from(minute.strip())
    except ValueError:
        return show_page(request, run, wrong(typed, "at", "run_pages.wrong.number"))
    km = None
    if length is not None and at != at_was:
        km = kilometres_from_metres(metres_in(length, units=units_of(request)))
    if minute == minute_was or km is not None:
        at_minute = None
    try:
        return change(
            request,
            lambda context: note_cramp(context, run, km=km, minute=at_minute, muscles=muscles),
        )
    except InputError as error:
        if error.code != "bad_number":
            raise
        return show_page(request, run, wrong(typed, "at", "run_pages.wrong.place"))


@router.post("/r/{runner}/runs/{run}/title")
def title(request: Request, run: str, title: Text = "") -> Response:
    """A name of one's own; an empty one takes it away."""
    return change(request, lambda context: rename_run(context, run, title))


@router.post("/r/{runner}/runs/{run}/count")
def count(request: Request, run: str, counts: Text = "yes") -> Response:
    """Leave the run out, or let it count."""
    return change(request, lambda context: count_run(context, run, counts=counts != "no"))


@router.post("/r/{runner}/runs/{run}/merge")
def merge(request: Request, run: str, other: Text = "") -> Response:
    """This run is a second recording of another."""
    if not other.strip():
        return show_page(request, run, wrong({}, "other", "run_pages.wrong.other"))
    return change(request, lambda context: link_run(context, run, other.strip()))


@router.post("/r/{runner}/runs/{run}/split")
def split(request: Request, run: str) -> Response:
    """This run is one by itself."""
    return change(request, lambda context: part_run(context, run))


@router.post("/r/{runner}/runs/{run}/weather")
def weather(
    request: Request,
    run: str,
    degrees: Text = "",
    humidity: Text = "",
    forget: Text = "",
    ask: Text = "",
) -> Response:
    """Type the weather, take it back, or have it looked up."""
    if forget:
        return change(request, lambda context: type_weather(context, run, None))
    if ask:
        return looked_up(request, run)
    unit = "F" if units_of(request) == "imperial" else "C"
    given = f"{degrees.strip()}{unit}"
    if humidity.strip():
        given += f" {humidity.strip()}%"
    try:
        typed = parsed_weather(given)
    except InputError:
        entered = {"degrees": degrees, "humidity": humidity}
        message = f"run_pages.wrong.weather_{unit.lower()}"
        return show_page(request, run, wrong(entered, "degrees", message))
    return change(request, lambda context: type_weather(context, run, typed))


@router.post("/r/{runner}/runs/{run}/undo")
def take_back(request: Request, run: str, topic: Text = "", was: Text = "") -> Response:
    """Put one thing back as it stood before."""
    with context_of(request) as context:
        row = undo(context, run, topic=topic, was=was)
    return back_to(request, row.activity_id, done="undone")


def looked_up(request: Request, run: str) -> Response:
    """Ask Open-Meteo, which the runner switched on; then say whether it knew."""
    with context_of(request) as context:
        row = find_run(context, run)
        look_up(context, row)
        best = known_weather(context, row, None).best
    done = "weather_not_found" if best is None or best.source == "watch" else "weather_found"
    return back_to(request, row.activity_id, done=done)


def change(request: Request, make: Callable[[Context], Change]) -> Response:
    """Make one change, and lead back to the run with a note that can take it back."""
    with context_of(request) as context:
        made = make(context)
    return back_to(request, made.row.activity_id, done=made.done, was=made.was)


def back_to(request: Request, run: int, *, done: str, was: str = "") -> RedirectResponse:
    """The page of the run, which says what was done."""
    query = {"done": done, **({"was": was} if was else {})}
    address = f"{page_url('run', runner_of(request), run)}?{urlencode(query)}"
    return RedirectResponse(address, status_code=SEE_OTHER)


def wrong(typed: Mapping[str, object], name: str, message_id: str) -> Entered:
    """What was typed, with one field that cannot be taken."""
    return Entered(values=typed, errors={name: text(message_id)})
