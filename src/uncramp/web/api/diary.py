"""`/api/runners/{runner}/diary`: as `uncramp diary`."""

from __future__ import annotations

from typing import Literal

from fastapi import Request
from pydantic import Field

from uncramp.actions.cases import RUN_RANGES
from uncramp.actions.context import Context
from uncramp.actions.diary import (
    ALL,
    answers_from_text,
    forget,
    mark_run,
    proposals,
)
from uncramp.actions.diary import (
    answer as keep_answers,
)
from uncramp.web.api.answering import Body, Reply, about, answer, api_router, reading
from uncramp.web.api.case_schema import Muscle
from uncramp.web.api.parameters import RunnerName, RunNumber, RunReference, ShownUnits
from uncramp.wording.catalogue import text
from uncramp.wording.diary import diary_data
from uncramp.wording.quantities import Units

__all__ = ["router"]

router = api_router("diary")

Said = Literal["yes", "no", "dont_remember"]
MOST_ANSWERS = 10_000
LAST_KM, LAST_MINUTE = RUN_RANGES["onset_km"][1], RUN_RANGES["onset_min"][1]


class DiaryAnswer(Body):
    """What is said of one run."""

    run: RunNumber = Field(description=text("api.field.diary_run"))
    said: Said = Field(description=text("api.field.said"))


class DiaryAnswers(Body):
    """Answers for single runs, and one for all that are still asked about."""

    answers: list[DiaryAnswer] = Field(
        [], max_length=MOST_ANSWERS, description=text("api.field.diary_answers")
    )
    all_open: Said | None = Field(None, description=text("api.field.all_open"))


class Mark(Body):
    """Where and in which muscles a cramp came; the rest stays, or is taken from the file."""

    km: float | None = Field(None, ge=0, le=LAST_KM, description=text("api.field.onset_km"))
    minute: float | None = Field(
        None, ge=0, le=LAST_MINUTE, description=text("api.field.onset_min")
    )
    muscles: list[Muscle] = Field([], max_length=40, description=text("api.field.muscles"))


def page(context: Context, units: Units) -> Reply:
    """The diary as it stands."""
    return answer("diary", diary_data(proposals(context), units=units))


@router.get("/runners/{runner}/diary", **about("show_diary", "diary"))
def show(request: Request, runner: RunnerName, units: ShownUnits = "metric") -> Reply:
    """What to ask, what was told, what repeats."""
    with reading(request, runner, units) as context:
        return page(context, units)


@router.post("/runners/{runner}/diary", **about("answer_diary", "diary"))
def tell(
    request: Request, runner: RunnerName, given: DiaryAnswers, units: ShownUnits = "metric"
) -> Reply:
    """Keep answers; what is said of a single run goes before what is said of all."""
    with reading(request, runner, units) as context:
        asked = proposals(context)
        of_all = [] if given.all_open is None else [f"{ALL}={given.all_open}"]
        said = answers_from_text(asked, of_all)
        said |= {one.run: one.said for one in given.answers}
        keep_answers(context, asked, said)
        return page(context, units)


@router.put("/runners/{runner}/diary/{run}", **about("mark_cramp", "diary"))
def mark(
    request: Request,
    runner: RunnerName,
    run: RunReference,
    given: Mark,
    units: ShownUnits = "metric",
) -> Reply:
    """Note a cramp on a run."""
    with reading(request, runner, units) as context:
        mark_run(context, run, km=given.km, minute=given.minute, muscles=given.muscles)
        return page(context, units)


@router.delete("/runners/{runner}/diary/{run}", **about("forget_answer", "diary"))
def take_back(
    request: Request, runner: RunnerName, run: RunReference, units: ShownUnits = "metric"
) -> Reply:
    """Take back what was said of a run; it is asked about again."""
    with reading(request, runner, units) as context:
        forget(context, [run])
        return page(context, units)
