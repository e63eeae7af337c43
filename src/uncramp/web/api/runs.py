"""`/api/runners/{runner}/runs`: as `uncramp runs`, `runs --years`, `runs training`, `runs show`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request

from uncramp.actions.runs import RunFilter, list_runs, parsed_day
from uncramp.actions.showing import show_run
from uncramp.actions.training_history import recompute, training_summary
from uncramp.actions.years import year_view
from uncramp.web.api.answering import Reply, about, answer, api_router, reading
from uncramp.web.api.parameters import Day, RunnerName, RunReference
from uncramp.wording.catalogue import text
from uncramp.wording.runs import runs_data
from uncramp.wording.showing import details_data, n_columns
from uncramp.wording.training import training_data
from uncramp.wording.years import years_data

__all__ = ["router"]

router = api_router("runs")

COLUMNS = 80
"""As wide as the command line takes the terminal to be."""

Since = Annotated[Day | None, Query(description=text("api.field.since"))]
Until = Annotated[Day | None, Query(description=text("api.field.until"))]


def run_filter(
    *,
    year: Annotated[int | None, Query(ge=1900, le=9999, description=text("api.field.year"))] = None,
    since: Since = None,
    until: Until = None,
    sport: Annotated[
        str | None, Query(min_length=1, max_length=64, description=text("api.field.sport"))
    ] = None,
    cramped: Annotated[bool, Query(description=text("api.field.cramped"))] = False,
    flagged: Annotated[bool, Query(description=text("api.field.flagged"))] = False,
    every: Annotated[bool, Query(alias="all", description=text("api.field.all"))] = False,
) -> RunFilter:
    """What the address asks for."""
    return RunFilter(
        year=year,
        since=None if since is None else parsed_day(since),
        until=None if until is None else parsed_day(until),
        sport=sport,
        cramped=cramped,
        flagged=flagged,
        hidden_too=every,
    )


Wanted = Annotated[RunFilter, Depends(run_filter)]


@router.get("/runners/{runner}/runs", **about("list_runs", "runs"))
def list_(request: Request, runner: RunnerName, wanted: Wanted) -> Reply:
    """Stored activities, oldest first."""
    with reading(request, runner) as context:
        return answer("runs", runs_data(list_runs(context, wanted)))


@router.get("/runners/{runner}/runs/years", **about("list_years", "runs.years"))
def years(request: Request, runner: RunnerName, wanted: Wanted) -> Reply:
    """Years at a glance."""
    with reading(request, runner) as context:
        return answer("runs.years", years_data(year_view(context, wanted)))


@router.get("/runners/{runner}/runs/training", **about("show_training", "runs.training"))
def training(request: Request, runner: RunnerName) -> Reply:
    """Best times, races and lay-offs."""
    with reading(request, runner) as context:
        summary = training_summary(context)
    return answer("runs.training", training_data(summary, recomputed=None))


@router.post("/runners/{runner}/runs/training", **about("recompute_training", "runs.training"))
def training_again(request: Request, runner: RunnerName) -> Reply:
    """The same, with everything counted again from the stored runs."""
    with reading(request, runner) as context:
        recomputed = recompute(context)
        summary = training_summary(context)
    return answer("runs.training", training_data(summary, recomputed=recomputed))


@router.get("/runners/{runner}/runs/{run}", **about("show_run", "runs.show"))
def show(request: Request, runner: RunnerName, run: RunReference) -> Reply:
    """One activity in detail."""
    with reading(request, runner) as context:
        details = show_run(context, run, n_stretches=n_columns(COLUMNS))
    return answer("runs.show", details_data(details))
