"""`/api/runners/{runner}/ask`: as `uncramp ask`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request

from uncramp.actions.ask import LONGEST_QUESTION
from uncramp.actions.ask import ask as asked_now
from uncramp.web.api.answering import Reply, about, answer, api_router, opened
from uncramp.web.api.parameters import NO_ZERO_BYTE, RunnerName, ShownUnits
from uncramp.wording.ask import ask_data
from uncramp.wording.catalogue import text

__all__ = ["router"]

router = api_router("ask")

Question = Annotated[
    str,
    Query(
        min_length=1,
        max_length=LONGEST_QUESTION,
        pattern=NO_ZERO_BYTE,
        description=text("api.field.ask_question"),
        examples=["do bananas help?"],
    ),
]


@router.get("/runners/{runner}/ask", **about("ask", "ask"))
def ask(
    request: Request, runner: RunnerName, question: Question, units: ShownUnits = "metric"
) -> Reply:
    """One question answered."""
    with opened(request, runner, units) as context:
        data = ask_data(asked_now(context, question), units=units)
    return answer("ask", data)
