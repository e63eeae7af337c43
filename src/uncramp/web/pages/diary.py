"""The diary: which runs cramped, one calm question at a time, with no typing and an undo."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from uncramp.actions.days import local_date
from uncramp.actions.diary import DiaryPage, Step, answer, answers_from_text, asked_in_turn, forget
from uncramp.actions.diary_strips import small_strips
from uncramp.actions.next_step import HomeState, home_state
from uncramp.web.links import page_url
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.catalogue import text
from uncramp.wording.diary_page import question_words, so_far_words
from uncramp.wording.run_pages import day_words

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

SEE_OTHER: Final = 303
SAID: Final = ("yes", "no", "dont_remember")
IDS: Final = re.compile(r"\d{1,9}(,\d{1,9}){0,4999}")
MOST_CRAMPS: Final = 12
ONE_BY_ONE: Final = "1"


@router.get("/r/{runner}/diary")
def diary(request: Request) -> Response:
    """What the runs say so far, then the next question; or that there is none left."""
    is_split = request.query_params.get("one") == ONE_BY_ONE
    units = units_of(request)
    with context_of(request) as context:
        state = home_state(context)
        if state is None:
            return to_home(request)
        page = state.diary
        day_of = partial(local_date, context)
        steps = steps_of(page, is_split=is_split)
        so_far = so_far_words(page, units=units, day_of=day_of)
        so_far["cramps"] = so_far["cramps"][:MOST_CRAMPS]
        question = None
        if steps:
            question = question_words(
                page, steps[0], n_left=sum(map(len, steps)), units=units, day_of=day_of
            )
        shown = [one["id"] for one in (*(question["runs"] if question else ()), *so_far["cramps"])]
        strips = small_strips(context, page, shown)
        why = None if state.unexplained is None else day_words(day_of(state.unexplained))
    values: dict[str, Any] = {
        "here": "home",
        "question": question,
        "so_far": so_far,
        "strips": strips,
        "is_split": is_split,
        "can_split": any(len(step) > 1 for step in asked_in_turn(page)),
        "n_runs": page.diary.n_runs,
        "why_day": why,
        "why_address": why_address(state, runner_of(request)),
        **notice(request),
    }
    return render(request, "diary.html", values)


def to_home(request: Request) -> RedirectResponse:
    """The first page knows what to do about a runner who is not there."""
    return RedirectResponse(page_url("home", runner_of(request)), status_code=SEE_OTHER)


def steps_of(page: DiaryPage, *, is_split: bool) -> list[Step]:
    """What to ask, in turn: groups at once, or each run by itself."""
    steps = asked_in_turn(page)
    return [(run,) for step in steps for run in step] if is_split else steps


def why_address(state: HomeState, runner: str) -> str:
    """Where the newest cramp is looked into."""
    address = page_url("why", runner)
    return (
        address if state.unexplained is None else f"{address}?run={state.unexplained.activity_id}"
    )


def notice(request: Request) -> dict[str, str]:
    """What was just noted, and what taking it back needs."""
    said, ids = request.query_params.get("said", ""), request.query_params.get("ids", "")
    if said == "undone":
        return {"noted": text("diary_page.noted.undone"), "undo_ids": ""}
    if said not in SAID or not IDS.fullmatch(ids):
        return {"noted": "", "undo_ids": ""}
    return {"noted": text(f"diary_page.noted.{said}"), "undo_ids": ids}


@router.post("/r/{runner}/diary")
def say(
    request: Request,
    ids: Annotated[str, Form()] = "",
    said: Annotated[str, Form()] = "",
    one: Annotated[str, Form()] = "",
) -> Response:
    """Keep one answer, for one run or for a group at once."""
    with context_of(request) as context:
        state = home_state(context)
        if state is None:
            return to_home(request)
        answer(context, state.diary, answers_from_text(state.diary, [f"{ids}={said}"]))
    return back(request, one=one, said=said, ids=ids)


@router.post("/r/{runner}/diary/undo")
def undo(
    request: Request, ids: Annotated[str, Form()] = "", one: Annotated[str, Form()] = ""
) -> Response:
    """Take an answer back; the run is asked about again, or is as it was before a mark."""
    with context_of(request) as context:
        forget(context, [part for part in ids.split(",") if part])
    return back(request, one=one, said="undone", ids="")


def back(request: Request, *, one: str, said: str, ids: str) -> RedirectResponse:
    """To the next question."""
    parts = {"said": said, "ids": ids, "one": ONE_BY_ONE if one == ONE_BY_ONE else ""}
    query = "&".join(f"{name}={part}" for name, part in parts.items() if part)
    return RedirectResponse(
        f"{page_url('diary', runner_of(request))}?{query}", status_code=SEE_OTHER
    )
