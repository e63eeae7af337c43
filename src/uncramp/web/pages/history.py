"""Why do I keep cramping: every cramp held against all other runs, in one picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from uncramp.actions.cases import case_from
from uncramp.actions.history import HistoryAnswer, history_of_runner
from uncramp.actions.history_pictures import history_picture
from uncramp.errors import InputError
from uncramp.web.fields import Fields, Sent
from uncramp.web.links import page_url
from uncramp.web.pages.work import UNFIT, problem_words, see
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.history import history_view
from uncramp.wording.race_page import flags_of_race, screen_questions

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/r/{runner}/history")
def history(request: Request) -> HTMLResponse:
    """The comparison, and what to try next."""
    with context_of(request) as context:
        answer = history_of_runner(context)
    return history_page(request, answer)


@router.post("/r/{runner}/history")
def screen(request: Request, chosen: Sent) -> Response:
    """Keep answers to the danger questions, then show what they hold back, or do not."""
    with context_of(request) as context:
        try:
            answers = case_from({"answers": chosen}, file_name="").answers
        except InputError as error:
            errors = {"screen": problem_words(error)}
            return history_page(request, history_of_runner(context), errors=errors)
        answer = history_of_runner(context, given=answers)
        if answer.held_back == "incomplete":
            return history_page(request, answer, chosen=chosen)
    return see(page_url("history", runner_of(request)))


def history_page(
    request: Request,
    answer: HistoryAnswer,
    *,
    errors: Mapping[str, str] | None = None,
    chosen: Fields | None = None,
) -> HTMLResponse:
    """The page, with the danger questions where what to try waits for them."""
    units = units_of(request)
    waits = answer.held_back == "incomplete"
    values: dict[str, Any] = {
        "here": "why",
        "errors": dict(errors or {}),
        "flags": flags_of_race(answer.screening),
        "view": history_view(answer, units=units),
        "picture": history_picture(answer, units=units),
        "questions": screen_questions(
            answer.screening.unanswered if waits else (), chosen=chosen or {}, units=units
        ),
    }
    return render(request, "history.html", values, status_code=UNFIT if errors else 200)
