"""`/api/runners/{runner}/why`: as `uncramp why`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from pydantic import Field, StringConstraints

from uncramp.actions.cases import Case, case_from
from uncramp.actions.story import (
    LONGEST_STORY,
    read_story,
    story_case,
    with_story_question,
)
from uncramp.actions.why import look_up_weather, record, why_run, with_other_runs
from uncramp.envelope import plain
from uncramp.web.api.answering import Body, Reply, about, answer, api_router, reading
from uncramp.web.api.case_schema import CaseBody
from uncramp.web.api.parameters import NO_ZERO_BYTE, Reference, RunnerName, ShownUnits
from uncramp.wording.catalogue import text
from uncramp.wording.runs import runner_option
from uncramp.wording.story import with_story
from uncramp.wording.why import questions_data, run_title, why_data, why_lines

__all__ = ["router"]

router = api_router("why")


class WhyRequest(Body):
    """Which run, and what is told about it."""

    run: Reference | None = Field(None, description=text("api.field.why_run"))
    case: CaseBody | None = Field(None, description=text("api.field.case"))
    story: (
        Annotated[str, StringConstraints(max_length=LONGEST_STORY, pattern=NO_ZERO_BYTE)] | None
    ) = Field(None, description=text("api.field.story"))


@router.post("/runners/{runner}/why", **about("explain_cramp", "why"))
def why(
    request: Request,
    runner: RunnerName,
    given: WhyRequest,
    *,
    keep: Annotated[bool, Query(description=text("api.field.keep"))] = True,
    units: ShownUnits = "metric",
) -> Reply:
    """Which kind a cramp fits, and why; kept as the command line keeps it."""
    case = Case() if given.case is None else case_from(given.case, file_name="")
    is_told = given.story is not None and bool(given.story.strip())
    told = story_case(case, read_story(given.story or "")) if is_told else None
    case = case if told is None else told.case
    names_nothing = given.run is None and given.case is None and told is None
    wanted = "last" if names_nothing else given.run
    with reading(request, runner, units) as context:
        if keep:
            look_up_weather(context, wanted, case)
        found = with_other_runs(context, why_run(context, reference=wanted, case=case))
        found = found if told is None else with_story_question(found, told)
        data = why_data(
            found.explanation,
            run=None if found.run is None else run_title(found.run, units=units),
            timeline=found.timeline,
            weather=found.weather,
            balance=found.balance,
            units=units,
        )
        if keep:
            command = f"uncramp why{f' {given.run}' if given.run else ''}{runner_option(runner)}"
            record(
                context, found, data=plain(data), text="\n".join(why_lines(data, command=command))
            )
    if told is not None:
        data = with_story(data, told.heard, units=units)
    return answer("why", data)


@router.get("/runners/{runner}/why/questions", **about("list_why_questions", "why_questions"))
def questions(runner: RunnerName) -> Reply:
    """The whole interview."""
    del runner
    return answer("why_questions", questions_data())
