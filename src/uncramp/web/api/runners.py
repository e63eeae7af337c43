"""`/api/runners`: as `uncramp runner add | list | show | erase`."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Request
from pydantic import Field, StringConstraints

from uncramp.actions.cases import PROFILE_RANGES
from uncramp.actions.runners import add_runner, list_runners, show_runner
from uncramp.actions.safekeeping import Erased, erase
from uncramp.errors import InputError
from uncramp.vocabulary import Sex, UserProfile
from uncramp.web.api.answering import (
    Body,
    Reply,
    about,
    answer,
    api_router,
    carried_out,
    opened,
    reading,
)
from uncramp.web.api.parameters import NAME, NAME_LENGTH, RunnerName
from uncramp.web.jobs import Job, jobs_of
from uncramp.wording.catalogue import text
from uncramp.wording.runs import runner_data, runners_data
from uncramp.wording.safekeeping import erase_data

__all__ = ["router"]

router = api_router("runners")

Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME_LENGTH, pattern=NAME)]
Age, Height, Mass = (PROFILE_RANGES[name] for name in ("age_y", "height_cm", "body_mass_kg"))


class NewRunner(Body):
    """A runner who is not there yet."""

    name: Name = Field(description=text("api.field.name"))
    sex: Literal["male", "female"] | None = Field(None, description=text("api.field.sex"))
    age_y: float | None = Field(None, ge=Age[0], le=Age[1], description=text("api.field.age_y"))
    height_cm: float | None = Field(
        None, ge=Height[0], le=Height[1], description=text("api.field.height_cm")
    )
    body_mass_kg: float | None = Field(
        None, ge=Mass[0], le=Mass[1], description=text("api.field.body_mass_kg")
    )


class Confirmation(Body):
    """The runner's name once more, so that nobody is erased by a slip."""

    confirm: Name = Field(description=text("api.field.confirm"))


@router.get("/runners", **about("list_runners", "runner.list"))
def list_(request: Request) -> Reply:
    """Everybody."""
    with opened(request, "me") as context:
        summaries = list_runners(context) if context.has_store else []
    return answer("runner.list", runners_data(summaries))


@router.post("/runners", **about("add_runner", "runner.add", status_code=201))
def add(request: Request, given: NewRunner) -> Reply:
    """A new runner."""
    profile = UserProfile(
        sex=None if given.sex is None else Sex(given.sex),
        age_y=given.age_y,
        height_cm=given.height_cm,
        body_mass_kg=given.body_mass_kg,
    )
    with opened(request, given.name) as context:
        summary = add_runner(context, name=given.name, profile=profile)
        return answer("runner.add", runner_data(summary), status_code=201)


@router.get("/runners/{runner}", **about("show_runner", "runner.show"))
def show(request: Request, runner: RunnerName) -> Reply:
    """One runner."""
    with reading(request, runner) as context:
        return answer("runner.show", runner_data(show_runner(context)))


@router.delete("/runners/{runner}", **about("erase_runner", "runner.erase"))
def erase_(request: Request, runner: RunnerName, given: Confirmation) -> Reply:
    """A runner, gone for good."""
    with reading(request, runner) as context:
        context.stored_runner()
    if given.confirm != runner:
        raise InputError("erase_not_confirmed", values={"runner": runner})
    jobs_of(request).forget_runner(runner)

    def work(job: Job) -> Erased:
        del job
        with reading(request, runner) as context:
            return erase(context, runner)

    return answer("runner.erase", erase_data(carried_out(request, runner, "erase", work)))
