"""The years at a glance, and what stands out in them: best times, races, breaks."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from uncramp.actions.run_list import nobody_here
from uncramp.actions.year_pictures import year_pictures
from uncramp.actions.years import YearSummary, years_and_training
from uncramp.web.links import page_url
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.quantities import Units
from uncramp.wording.year_pages import month_row, training_words, year_words

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

SEE_OTHER: Final = 303


@router.get("/r/{runner}/years")
def years(request: Request) -> Response:
    """Every year with its months, newest first, then the training as a whole."""
    units, runner = units_of(request), runner_of(request)
    with context_of(request) as context:
        if nobody_here(context):
            return RedirectResponse(page_url("runs", runner), status_code=SEE_OTHER)
        found, summary = years_and_training(context)
        training = training_words(summary, units=units)
    if not found:
        return RedirectResponse(page_url("runs", runner), status_code=SEE_OTHER)
    pictures = year_pictures(found, units=units)
    values: dict[str, Any] = {
        "here": "runs",
        "years": [
            {
                **year_words(year, units=units),
                "picture": pictures[year.year],
                "address": runs_address(runner, {"year": str(year.year)}),
                "months": months_of(year, runner=runner, units=units),
            }
            for year in reversed(found)
        ],
        "training": training,
    }
    return render(request, "years.html", values)


def months_of(year: YearSummary, *, runner: str, units: Units) -> list[dict[str, Any]]:
    """Each month with the way to its runs."""
    rows = []
    for month in year.months:
        last = monthrange(year.year, month.month)[1]
        days = {
            "since": date(year.year, month.month, 1).isoformat(),
            "until": date(year.year, month.month, last).isoformat(),
        }
        row = month_row(year.year, month, units=units)
        rows.append({**row, "address": runs_address(runner, days)})
    return rows


def runs_address(runner: str, query: dict[str, str]) -> str:
    """The list of runs, filtered."""
    return f"{page_url('runs', runner)}?{urlencode(query)}"
