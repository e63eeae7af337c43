"""`/api/runners/{runner}/now`: as `uncramp now`. No store is opened."""

from __future__ import annotations

from fastapi import Request
from pydantic import Field

from uncramp.actions.cases import case_from
from uncramp.actions.now import advise_now, note_advice, now_questions, open_flags
from uncramp.web.api.answering import Body, Reply, about, answer, api_router, opened
from uncramp.web.api.case_schema import AnswersBody
from uncramp.web.api.parameters import RunnerName
from uncramp.wording.catalogue import text
from uncramp.wording.now import now_data, now_lines
from uncramp.wording.runs import runner_option
from uncramp.wording.safety import question_data

__all__ = ["router"]

router = api_router("now")


class NowAnswers(Body):
    """What was answered so far."""

    answers: AnswersBody = Field(description=text("api.field.answers"))


@router.get("/runners/{runner}/now", **about("show_now", "now"))
def show(request: Request, runner: RunnerName) -> Reply:
    """What to do while nothing is told yet: open stops and locks, and the first question."""
    return told(request, runner, NowAnswers(answers={}))


@router.post("/runners/{runner}/now", **about("answer_now", "now"))
def told(request: Request, runner: RunnerName, given: NowAnswers) -> Reply:
    """What to do this minute; noted in the journal when something was answered."""
    context = opened(request, runner)
    flags = open_flags(context.data_dir, runner)
    answers = case_from({"answers": given.answers}, file_name="").answers
    advice = advise_now(answers, flags)
    data = now_data(advice)
    if answers:
        said = "\n".join(now_lines(data, command=f"uncramp now{runner_option(runner)}"))
        note_advice(context.data_dir, advice, runner=runner, data=data, said=said, at=context.now)
    return answer("now", data, () if flags.readable else (text("now.flags_unknown"),))


@router.get("/runners/{runner}/now/questions", **about("list_now_questions", "now_questions"))
def questions(runner: RunnerName) -> Reply:
    """Everything that may be asked, in its order."""
    del runner
    return answer("now_questions", {"questions": [question_data(one) for one in now_questions()]})
