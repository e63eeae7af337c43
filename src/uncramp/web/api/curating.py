"""`/api/runners/{runner}/runs/{run}/…`: as `uncramp runs exclude | merge | split | title`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from pydantic import Field, StringConstraints

from uncramp.actions.curating import exclude_run, merge_runs, name_run, split_run
from uncramp.web.api.answering import Body, Reply, about, answer, api_router, reading
from uncramp.web.api.parameters import NO_ZERO_BYTE, Reference, RunnerName, RunReference
from uncramp.wording.catalogue import text
from uncramp.wording.curating import changed_data, merged_data, split_data

__all__ = ["router"]

router = api_router("runs")


class Other(Body):
    """The recording that is linked."""

    other: Reference = Field(description=text("api.field.other"))


class Title(Body):
    """A name for a run."""

    title: Annotated[str, StringConstraints(max_length=200, pattern=NO_ZERO_BYTE)] = Field(
        description=text("api.field.title")
    )


@router.post("/runners/{runner}/runs/{run}/exclude", **about("exclude_run", "runs.exclude"))
def exclude(request: Request, runner: RunnerName, run: RunReference) -> Reply:
    """Out of everything that looks at the history."""
    with reading(request, runner) as context:
        return answer("runs.exclude", changed_data(exclude_run(context, run)))


@router.post("/runners/{runner}/runs/{run}/include", **about("include_run", "runs.exclude"))
def include(request: Request, runner: RunnerName, run: RunReference) -> Reply:
    """In again."""
    with reading(request, runner) as context:
        return answer("runs.exclude", changed_data(exclude_run(context, run, excluded=False)))


@router.post("/runners/{runner}/runs/{run}/merge", **about("merge_runs", "runs.merge"))
def merge(request: Request, runner: RunnerName, run: RunReference, given: Other) -> Reply:
    """Two recordings of one run."""
    with reading(request, runner) as context:
        return answer("runs.merge", merged_data(merge_runs(context, run, given.other)))


@router.post("/runners/{runner}/runs/{run}/split", **about("split_run", "runs.split"))
def split(request: Request, runner: RunnerName, run: RunReference) -> Reply:
    """No longer recordings of one run."""
    with reading(request, runner) as context:
        return answer("runs.split", split_data(split_run(context, run)))


@router.put("/runners/{runner}/runs/{run}/title", **about("name_run", "runs.title"))
def title(request: Request, runner: RunnerName, run: RunReference, given: Title) -> Reply:
    """A name of one's own; an empty one takes it away."""
    with reading(request, runner) as context:
        return answer("runs.title", changed_data(name_run(context, run, given.title)))
