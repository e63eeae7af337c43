"""One run: the finding, its pictures, a closer look at a part, and what the file says of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.run_changes import muscle_ids
from uncramp.actions.run_page import RunPage, run_page
from uncramp.actions.run_pictures import run_picture
from uncramp.actions.runs import find_run
from uncramp.actions.streams import (
    FEWEST_POINTS,
    MOST_POINTS,
    Axis,
    run_streams,
    window_from,
)
from uncramp.envelope import envelope
from uncramp.errors import InputError
from uncramp.web.links import page_url
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units
from uncramp.wording.run_pages import (
    clock_words,
    day_words,
    is_on_foot,
    length_unit,
    muscle_words,
    run_facts_words,
    run_heading,
)
from uncramp.wording.run_views import (
    channel_rows,
    cramp_fields,
    cramp_words_of,
    file_notes,
    lap_rows,
    recording_name,
    recording_words,
    streams_data,
    weather_words,
    zoom_marks,
    zoom_words,
)

__all__ = ["Entered", "number_from", "router", "show_page"]

router = APIRouter(include_in_schema=False)

DEFAULT_POINTS: Final = 800
SEE_OTHER: Final = 303
UNPROCESSABLE: Final = 422
LONGEST_NUMBER: Final = 12
UNDO_TOPICS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cramp_noted": "cramp",
        "no_cramp": "cramp",
        "not_remembered": "cramp",
        "cramp_forgotten": "cramp",
        "named": "title",
        "unnamed": "title",
        "excluded": "count",
        "included": "count",
        "merged": "links",
        "split": "links",
        "weather_typed": "weather",
        "weather_forgotten": "weather",
        "weather_found": "",
        "weather_not_found": "",
        "undone": "",
    }
)
"""What was done, as the address says it, to what an undo is of; "" can not be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What was typed into a form of the page that could not be taken, and why."""

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    """Name of the field to what is wrong with it."""


@router.get("/r/{runner}/runs/{run}")
def run(request: Request, run: str) -> Response:
    """The page of one run; `last` and a day lead to the run they mean."""
    return show_page(request, run, Entered())


@router.get("/r/{runner}/runs/{run}/streams.json")
def streams(
    request: Request,
    run: str,
    begin: Annotated[float | None, Query(alias="from")] = None,
    end: Annotated[float | None, Query(alias="to")] = None,
    by: Axis = "time",
    points: Annotated[int, Query(ge=FEWEST_POINTS, le=MOST_POINTS)] = DEFAULT_POINTS,
) -> JSONResponse:
    """The curves of a run or of a part of it, for zooming; no places."""
    units = units_of(request)
    window = window_from(by, begin, end, imperial=units == "imperial")
    with context_of(request) as context:
        found = run_streams(context, run, window=window, points=points)
    return JSONResponse(envelope("run.streams", streams_data(found, units=units)))


@router.get("/r/{runner}/runs/{run}/table.csv")
def table(request: Request, run: str) -> Response:
    """The numbers of the picture in SI units, a row a kilometre or mile."""
    with context_of(request) as context:
        name = f"run-{find_run(context, run).activity_id}.csv"
        picture = run_picture(context, run)
    return Response(
        picture.csv,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def show_page(request: Request, run: str, entered: Entered) -> Response:
    """The page, with what was typed into a form and what is wrong with it."""
    units = units_of(request)
    with context_of(request) as context:
        found = find_run(context, run)
        if run != str(found.activity_id):
            address = page_url("run", runner_of(request), found.activity_id)
            return RedirectResponse(address, status_code=SEE_OTHER)
        closer = closer_look(request, units)
        errors = {**entered.errors, **closer.errors}
        try:
            page = run_page(context, run, window=closer.values["window"])
        except InputError as error:
            if error.code != "bad_stretch":
                raise
            errors["from"] = text("run_pages.wrong.part")
            page = run_page(context, run)
        values = view_of(context, page, units=units)
    values |= {
        "here": "runs",
        "closer": closer.values,
        "entered": {**values["fields"], **entered.values},
        "errors": errors,
        **note_of(request),
    }
    return render(request, "run.html", values, status_code=UNPROCESSABLE if errors else 200)


# What is asked for


def closer_look(request: Request, units: Units) -> Entered:
    """The part of the run that the address names, with what cannot be understood."""
    query = request.query_params
    given = {name: query.get(name, "").strip() for name in ("from", "to")}
    axis: Axis = "time" if query.get("by") == "time" else "distance"
    values: dict[str, Any] = {**given, "by": axis, "window": None}
    try:
        begin, end = (number_from(given[name]) for name in ("from", "to"))
        values["window"] = window_from(axis, begin, end, imperial=units == "imperial")
    except (ValueError, InputError):
        return Entered(values=values, errors={"from": text("run_pages.wrong.part")})
    return Entered(values=values)


def number_from(given: str) -> float | None:
    """A number as people type it, `12,5` or `12.5`; None for nothing, ValueError for words."""
    if not given:
        return None
    if len(given) > LONGEST_NUMBER or not given.replace(",", ".").replace(".", "", 1).isdecimal():
        raise ValueError(given)
    return float(given.replace(",", "."))


def note_of(request: Request) -> dict[str, str]:
    """What was just done, with what taking it back needs."""
    done = request.query_params.get("done", "")
    if done not in UNDO_TOPICS:
        return {"done": "", "undo_topic": "", "undo_was": ""}
    was = request.query_params.get("was", "")
    return {
        "done": text(f"run_pages.done.{done}"),
        "undo_topic": UNDO_TOPICS[done] if was else "",
        "undo_was": was,
    }


# What is shown


def view_of(context: Context, page: RunPage, *, units: Units) -> dict[str, Any]:
    """The page in words."""
    details, row = page.details, page.details.row
    course, table = details.course, page.picture.table
    weather = weather_words(page.weather, units=units)
    return {
        "id": row.activity_id,
        "is_run": row.is_run,
        "on_foot": is_on_foot(row),
        "excluded": row.excluded,
        "title": row.title or "",
        "heading": run_heading(row, units=units),
        "day": day_words(local_date(context, row)),
        "clock": clock_words(row),
        "picture": page.picture,
        "part": page.part,
        "facts": run_facts_words(row, page.metrics, units=units),
        "has_curves": bool(page.picture.stacked_svg),
        "has_notes": table is not None and table.head[-1] == text("run_pages.head.note"),
        "has_way": course is not None and course.distance_m is not None,
        "unit": length_unit(units),
        "cramp": cramp_words_of(details, units=units),
        "fields": {
            **cramp_fields(details, units=units),
            **{name: weather[name] for name in ("degrees", "humidity")},
        },
        "muscles": [(one, muscle_words([one])) for one in muscle_ids()],
        "weather": weather,
        "file_notes": file_notes(row, details.reasons),
        "recording": recording_words(row),
        "channels": channel_rows(details),
        "laps": lap_rows(details, units=units),
        "zoom": zoom_of(page, units=units),
        **others_of(context, page, units=units),
    }


def others_of(context: Context, page: RunPage, *, units: Units) -> dict[str, Any]:
    """Other recordings of the run, and the runs before and after."""

    def named(row: Any) -> dict[str, Any] | None:
        if row is None:
            return None
        name = recording_name(row, local_date(context, row), units=units)
        return {"id": row.activity_id, "name": name, "day": day_words(local_date(context, row))}

    return {
        "keeper": named(page.keeper),
        "linked": [named(one) for one in page.linked],
        "near": [named(one) for one in page.near],
        "earlier": named(page.earlier),
        "later": named(page.later),
    }


def zoom_of(page: RunPage, *, units: Units) -> dict[str, Any]:
    """What the zooming script is told: marks and words as JSON."""
    marks = zoom_marks(page, units=units)
    return {
        "listed": marks,
        "marks": json.dumps(marks, ensure_ascii=False),
        "words": json.dumps(zoom_words(units), ensure_ascii=False),
    }
