"""The list of runs: newest first, by month, with a filter that is a plain form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from uncramp.actions.run_list import ROWS_A_PAGE, ListedRun, RunListPage, nobody_here, run_list
from uncramp.actions.run_strips import example_strip
from uncramp.actions.runs import RunFilter, is_hidden, parsed_day
from uncramp.errors import InputError
from uncramp.web.links import page_url
from uncramp.web.pages import run, run_changes, years
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.catalogue import error_text, text
from uncramp.wording.quantities import Units
from uncramp.wording.run_pages import (
    count_words,
    day_words,
    flag_tags,
    mark_words,
    month_words,
    row_words,
    sport_words,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
for part in (years, run, run_changes):
    router.include_router(part.router)

CHOICES: Final = ("year", "since", "until", "sport", "cramped", "flagged", "hidden")
"""What the form may say; everything else in the address is left alone."""
TICKED: Final = "1"
YEAR_DIGITS: Final = 4
UNPROCESSABLE: Final = 422


@router.get("/r/{runner}/runs")
def runs(request: Request) -> HTMLResponse:
    """The list, or what to do first when there is nothing to list."""
    chosen = {name: request.query_params.get(name, "").strip() for name in CHOICES}
    wanted, errors = filter_from(chosen)
    with context_of(request) as context:
        if nobody_here(context):
            return empty(request)
        listed = run_list(context, wanted, page=page_from(request.query_params.get("page")))
    if not listed.n_stored:
        return empty(request)
    units = units_of(request)
    values: dict[str, Any] = {
        "here": "runs",
        "months": [
            {
                "name": month_words(month.first),
                "runs": [line_of(one, units=units) for one in month.runs],
            }
            for month in listed.months
        ],
        "listed": listed,
        "count": count_words(listed.n_found, n_runs=listed.n_runs, n_cramps=listed.n_cramps),
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "sports": [{"id": one, "name": sport_words(one)} for one in listed.sports],
        "errors": errors,
        "pages": pages_of(request, chosen, listed),
    }
    return render(request, "runs.html", values, status_code=UNPROCESSABLE if errors else 200)


def empty(request: Request) -> HTMLResponse:
    """No run yet: what to do first, and what it will look like."""
    values = {"here": "runs", "example": example_strip(units=units_of(request))}
    return render(request, "runs_empty.html", values)


# The filter


def filter_from(chosen: Mapping[str, str]) -> tuple[RunFilter, dict[str, str]]:
    """What is wanted, and what of it cannot be understood, by field; that is left out."""
    errors: dict[str, str] = {}
    days = {}
    for name in ("since", "until"):
        try:
            days[name] = parsed_day(chosen[name]) if chosen[name] else None
        except InputError as error:
            errors[name] = error_text(error.code, error.values)["what"]
    year = None
    if chosen["year"]:
        if chosen["year"].isdecimal() and len(chosen["year"]) == YEAR_DIGITS:
            year = int(chosen["year"])
        else:
            errors["year"] = text("run_pages.wrong.year")
    wanted = RunFilter(
        year=year,
        since=days.get("since"),
        until=days.get("until"),
        sport=chosen["sport"] or None,
        cramped=chosen["cramped"] == TICKED,
        flagged=chosen["flagged"] == TICKED,
        hidden_too=chosen["hidden"] == TICKED,
    )
    return wanted, errors


def page_from(given: str | None) -> int:
    """The page that is asked for; the first for anything that is no number."""
    return int(given) if given and given.isdecimal() and len(given) < YEAR_DIGITS + 1 else 1


def pages_of(request: Request, chosen: Mapping[str, str], listed: RunListPage) -> dict[str, Any]:
    """Where the newer and the older runs are, and which of all are shown."""
    first = (listed.page - 1) * ROWS_A_PAGE + 1

    kept = {name: said for name, said in chosen.items() if said}

    def address(more: Mapping[str, str]) -> str:
        query = {**kept, **more}
        bare = page_url("runs", runner_of(request))
        return f"{bare}?{urlencode(query)}" if query else bare

    def page_at(number: int) -> str | None:
        if not 1 <= number <= listed.n_pages:
            return None
        return address({"page": str(number)} if number > 1 else {})

    return {
        "newer": page_at(listed.page - 1),
        "older": page_at(listed.page + 1),
        "with_hidden": address({"hidden": TICKED}),
        "first": first,
        "last": min(first + ROWS_A_PAGE - 1, listed.n_found),
    }


# One line


def line_of(one: ListedRun, *, units: Units) -> dict[str, Any]:
    """A run as the list shows it."""
    return {
        "id": one.row.activity_id,
        "day": day_words(one.day, with_year=one.day is None),
        "title": one.row.title or "",
        "strip": one.strip_svg,
        "cramped": one.mark is not None and one.mark.cramped == "yes",
        "said": mark_words(one.mark, units=units),
        "hidden": is_hidden(one.row),
        "tags": [*hidden_tags(one), *flag_tags(one.row, one.reasons)],
        **row_words(one.row, units=units),
    }


def hidden_tags(one: ListedRun) -> list[str]:
    """Why a run is hidden, in words."""
    if not is_hidden(one.row):
        return []
    return [text(f"run_pages.hidden.{'excluded' if one.row.excluded else 'twin'}")]
