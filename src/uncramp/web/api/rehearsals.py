"""`/api/runners/{runner}/races/{race}/rehearsals`: as `uncramp rehearse`."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Request
from pydantic import BeforeValidator, Field

from uncramp.actions.cases import case_from
from uncramp.actions.rehearse import (
    CompareAsked,
    LogAsked,
    compare_for_race,
    log_rehearsal,
    plan_rehearsals,
    rehearsals_of_race,
)
from uncramp.web.api.answering import Body, Reply, about, answer, api_router, reading
from uncramp.web.api.case_schema import AnswersBody
from uncramp.web.api.parameters import NO_ZERO_BYTE, RunnerName, ShownUnits, told, whole
from uncramp.web.api.races import RaceNumber
from uncramp.wording.catalogue import text
from uncramp.wording.rehearse import compare_data, rehearse_data

__all__ = ["router"]

router = api_router("rehearsals")

LONGEST_NAME = 40
MOST_RUNS = 1000


class PlanTold(Body):
    """What the choice goes by beside the kept plans."""

    temp_air_c: float | None = told("temp_air_c", described="rehearse_temp")
    answers: AnswersBody | None = Field(None, description=text("api.field.train_answers"))


class LogTold(Body):
    """What is told of one rehearsal; what is left out stays as it was told before."""

    run: str | None = Field(
        None,
        max_length=LONGEST_NAME,
        pattern=NO_ZERO_BYTE,
        description=text("api.field.rehearse_run"),
    )
    session: str | None = Field(
        None,
        max_length=LONGEST_NAME,
        pattern=NO_ZERO_BYTE,
        description=text("api.field.rehearse_session"),
    )
    took: Literal["as_planned", "less", "more", "nothing"] | None = Field(
        None, description=text("api.field.debrief_took")
    )
    gut: Literal["fine", "upset"] | None = Field(None, description=text("api.field.debrief_gut"))
    twitched: bool | None = Field(None, description=text("api.field.rehearse_twitched"))
    cramped: bool | None = Field(None, description=text("api.field.debrief_cramped"))
    fluid_intake_l: float | None = told("fluid_intake_l", described="debrief_drunk")
    body_mass_before_kg: float | None = told("body_mass_before_kg", described="debrief_before")
    body_mass_after_kg: float | None = told("body_mass_after_kg", described="debrief_after")
    urine_output_l: float | None = told("urine_output_l", described="rehearse_urine")
    compares: bool = Field(default=False, description=text("api.field.rehearse_compares"))


class CompareTold(Body):
    """What is asked about a comparison."""

    outcome: Literal["cramp", "gut", "mass"] | None = Field(
        None, description=text("api.field.rehearse_outcome")
    )
    runs: Annotated[int, Field(ge=0, le=MOST_RUNS), BeforeValidator(whole)] | None = Field(
        None, description=text("api.field.rehearse_runs")
    )
    begins: bool = Field(default=False, description=text("api.field.rehearse_begins"))
    ends: bool = Field(default=False, description=text("api.field.rehearse_ends"))


@router.get(
    "/runners/{runner}/races/{race}/rehearsals", **about("show_rehearsals", "rehearse.show")
)
def show(
    request: Request, runner: RunnerName, race: RaceNumber, units: ShownUnits = "metric"
) -> Reply:
    """What is planned, run and shown so far."""
    with reading(request, runner, units) as context:
        found = rehearsals_of_race(context, str(race))
    return answer("rehearse.show", rehearse_data(found, units=units))


@router.post(
    "/runners/{runner}/races/{race}/rehearsals", **about("plan_rehearsals", "rehearse.plan")
)
def plan(
    request: Request,
    runner: RunnerName,
    race: RaceNumber,
    given: PlanTold,
    units: ShownUnits = "metric",
) -> Reply:
    """Choose and predict the runs, and keep that."""
    answers = case_from({"answers": given.answers or {}}, file_name="").answers
    with reading(request, runner, units) as context:
        found = plan_rehearsals(context, str(race), temp_air_c=given.temp_air_c, answers=answers)
    return answer("rehearse.plan", rehearse_data(found, units=units))


@router.post(
    "/runners/{runner}/races/{race}/rehearsals/log", **about("log_rehearsal", "rehearse.log")
)
def log(
    request: Request,
    runner: RunnerName,
    race: RaceNumber,
    given: LogTold,
    units: ShownUnits = "metric",
) -> Reply:
    """Keep what became of one, and score it."""
    asked = LogAsked(
        run=given.run,
        session=given.session,
        took=given.took,
        gut=given.gut,
        twitched=given.twitched,
        cramped=given.cramped,
        fluid_intake_l=given.fluid_intake_l,
        body_mass_before_kg=given.body_mass_before_kg,
        body_mass_after_kg=given.body_mass_after_kg,
        urine_output_l=given.urine_output_l,
        compares=given.compares,
    )
    with reading(request, runner, units) as context:
        found = log_rehearsal(context, str(race), asked)
    return answer("rehearse.log", rehearse_data(found, units=units))


@router.post(
    "/runners/{runner}/races/{race}/rehearsals/compare",
    **about("compare_rehearsals", "rehearse.compare"),
)
def compare(
    request: Request,
    runner: RunnerName,
    race: RaceNumber,
    given: CompareTold,
    units: ShownUnits = "metric",
) -> Reply:
    """Whether a comparison could tell, or what it says; begun or ended when asked."""
    asked = CompareAsked(
        outcome=given.outcome, runs=given.runs, begins=given.begins, ends=given.ends
    )
    with reading(request, runner, units) as context:
        found = compare_for_race(context, str(race), asked)
    return answer("rehearse.compare", compare_data(found, units=units))
