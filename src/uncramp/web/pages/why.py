"""Why did I cramp: which cramp it is about, one question a page, all answers before they are used.

Every answer is kept by a form that leads on, so that the pages need no script and the back button
loses nothing. A danger sign interrupts with a page of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from uncramp.actions.asking import (
    CHECK,
    MAP,
    PROFILE,
    STOPPED,
    Interview,
    answer_step,
    check_step,
    clear_stop,
    finish,
    interview,
    put_away,
    set_bystander,
    skip_step,
    start,
    step_before,
    take_back,
    waiting_topics,
)
from uncramp.actions.days import local_date
from uncramp.actions.pictures import BodyWords, body_map
from uncramp.actions.why_start import beginning
from uncramp.errors import InputError, NotFoundError, UncrampError
from uncramp.web.links import page_url
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.asking import (
    about_words,
    by_level,
    check_groups,
    map_groups,
    place_names,
    progress_words,
    question_page,
    topic_words,
    watch_words,
)
from uncramp.wording.catalogue import error_text, text
from uncramp.wording.run_pages import day_words
from uncramp.wording.safety import safety_net, stop_data
from uncramp.wording.story import run_words

__all__ = [
    "LAST",
    "NO_FILE",
    "OTHER_DAY",
    "problem_words",
    "router",
    "see_other",
    "stop_values",
    "to_step",
    "why_page",
]

router = APIRouter(include_in_schema=False)

UNFIT: Final = 422
LAST: Final = "last"
OTHER_DAY: Final = "day"
NO_FILE: Final = "none"

Chosen = Annotated[list[str], Form(default_factory=list)]
Word = Annotated[str, Form()]


def see_other(request: Request, name: str, *parts: object, then: str = "") -> RedirectResponse:
    """On to another page, by GET."""
    address = page_url(name, runner_of(request), *parts)
    return RedirectResponse(address + (f"?then={then}" if then else ""), status_code=303)


def to_step(request: Request, draft_id: int, step: str, *, then: str = "") -> RedirectResponse:
    """On to a step of an interview."""
    if step == CHECK:
        return see_other(request, "check_answers", draft_id)
    if step == STOPPED:
        return see_other(request, "stopped", draft_id)
    return see_other(request, "ask", draft_id, step, then=then)


def problem_words(error: UncrampError) -> str:
    """What is wrong with what was sent, in one sentence."""
    return error_text(error.code, dict(error.values))["what"]


# ---------------------------------------------------------------- the beginning


@router.get("/r/{runner}/why")
def why(request: Request) -> Response:
    """Which cramp it is about, what is under way, what was answered before."""
    draft_id = request.query_params.get("draft", "")
    if draft_id.isdecimal():
        return see_other(request, "draft", draft_id)
    return why_page(request)


def why_page(
    request: Request,
    *,
    errors: Mapping[str, str] | None = None,
    sent: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The page, with what was wrong with what was sent; while a stop is open, only that speaks."""
    status_code = UNFIT if errors else 200
    with context_of(request) as context:
        state = beginning(context, about=request.query_params.get("run", ""))
        today = context.now.date()
    stop = stop_data(state.screening)
    given: dict[str, Any] = {"here": "why", "errors": errors or {}, "sent": sent or {}}
    if stop is not None:
        action = page_url("why_stopped", runner_of(request))
        values = {**stop_values(stop, today, action=action), **given}
        return render(request, "stopped.html", values, status_code=status_code)
    values = {
        **given,
        "state": state,
        "asked_about": request.query_params.get("run", ""),
        "away": request.query_params.get("away", ""),
        "about": lambda one: about_words(one.row, one.day, units=units_of(request)),
        "day": day_words,
        "today": today.isoformat(),
    }
    return render(request, "why_start.html", values, status_code=status_code)


@router.get("/r/{runner}/why/stopped")
def to_why(request: Request) -> Response:
    """What is open stands on the page `why`."""
    return see_other(request, "why")


@router.post("/r/{runner}/why/stopped")
def close_open_stop(request: Request, flag: Word = "", day: Word = "") -> Response:
    """Close a stop that is open, outside any interview."""
    try:
        with context_of(request) as context:
            clear_stop(context, None, flag, seen_on=day_typed(day))
    except InputError as error:
        return why_page(
            request, errors={f"day-{flag}": problem_words(error)}, sent={f"day-{flag}": day}
        )
    return see_other(request, "why")


@router.post("/r/{runner}/why")
def begin(request: Request, about: Word = "", day: Word = "") -> Response:
    """Begin about the run that was chosen, or go on where that was begun."""
    try:
        if not about:
            raise InputError("nothing_chosen")
        reference = {LAST: LAST, NO_FILE: None, OTHER_DAY: day}.get(about, about)
        with context_of(request) as context:
            draft_id = start(context, reference)
    except (InputError, NotFoundError) as error:
        field = "day" if about == OTHER_DAY else "about"
        words = text("ask.no_day") if about == OTHER_DAY and not day else problem_words(error)
        return why_page(request, errors={field: words}, sent={"about": about, "day": day})
    return see_other(request, "draft", draft_id)


@router.get("/r/{runner}/why/{draft_id:int}")
def go_on(request: Request, draft_id: int) -> Response:
    """Where the interview was left."""
    with context_of(request) as context:
        step = interview(context, draft_id).step
    return to_step(request, draft_id, step)


@router.post("/r/{runner}/why/{draft_id:int}")
def change(request: Request, draft_id: int, do: Word = "") -> Response:
    """Put an interview away, or take that back; say for whom the answers are."""
    with context_of(request) as context:
        if do == "away":
            put_away(context, draft_id)
            address = page_url("why", runner_of(request))
            return RedirectResponse(f"{address}?away={draft_id}", status_code=303)
        if do == "back":
            take_back(context, draft_id)
            return see_other(request, "why")
        step = do.partition(":")[2]
        set_bystander(context, draft_id, bystander=do.startswith("someone:"))
    return to_step(request, draft_id, step)


# ---------------------------------------------------------------- all answers


@router.get("/r/{runner}/why/{draft_id:int}/check")
def check(request: Request, draft_id: int) -> Response:
    """All answers, each to be changed, before they are used."""
    with context_of(request) as context:
        asked = interview(context, draft_id)
        if asked.step == STOPPED:
            return to_step(request, draft_id, STOPPED)
        units = units_of(request)
        values = {
            "bare": True,
            "draft": asked.draft,
            "about": about_of(asked, context, request),
            "groups": check_groups(asked, units=units),
            "of_story": run_words(asked.of_story, units=units),
            "is_screened": asked.is_screened,
            "next_step": "" if asked.step == CHECK else asked.step,
            "waiting": topic_words(waiting_topics(asked)),
            "before": step_before(asked, CHECK),
        }
    return render(request, "check_answers.html", values)


@router.post("/r/{runner}/why/{draft_id:int}/check")
def show_answer(request: Request, draft_id: int) -> Response:
    """Use the answers; a danger question that is open comes first."""
    with context_of(request) as context:
        advice_id = finish(context, draft_id)
        if advice_id is None:
            return to_step(request, draft_id, interview(context, draft_id).step)
    return see_other(request, "answer", advice_id)


# ---------------------------------------------------------------- what stops it


def stop_values(stop: Mapping[str, Any], today: date, *, action: str) -> dict[str, Any]:
    """What the page of a stop says; `action` is where a clearance is sent."""
    return {
        "levels": by_level(stop),
        "safety_net": safety_net("why.safety_net"),
        "today": today.isoformat(),
        "action": action,
        "errors": {},
        "sent": {},
    }


@router.get("/r/{runner}/why/{draft_id:int}/stopped")
def stopped(request: Request, draft_id: int) -> Response:
    """The danger, what to do, and how it is closed; nothing else."""
    return stopped_page(request, draft_id)


def stopped_page(
    request: Request,
    draft_id: int,
    *,
    errors: Mapping[str, str] | None = None,
    sent: Mapping[str, str] | None = None,
) -> Response:
    """The page, with what was wrong with what was sent."""
    with context_of(request) as context:
        asked = interview(context, draft_id)
        today = context.now.date()
    stop = stop_data(asked.answer.explanation.screening)
    if stop is None:
        return to_step(request, draft_id, asked.step)
    values = {
        "bare": True,
        **stop_values(stop, today, action=page_url("stopped", runner_of(request), draft_id)),
        "errors": errors or {},
        "sent": sent or {},
    }
    return render(request, "stopped.html", values, status_code=UNFIT if errors else 200)


@router.post("/r/{runner}/why/{draft_id:int}/stopped")
def close_stop(request: Request, draft_id: int, flag: Word = "", day: Word = "") -> Response:
    """Close one stop with the day of a visit."""
    try:
        with context_of(request) as context:
            clear_stop(context, draft_id, flag, seen_on=day_typed(day))
    except InputError as error:
        words = problem_words(error)
        return stopped_page(
            request, draft_id, errors={f"day-{flag}": words}, sent={f"day-{flag}": day}
        )
    return see_other(request, "draft", draft_id)


def day_typed(day: str) -> date:
    """The day that was typed; InputError `bad_date`."""
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise InputError("bad_date", values={"date": day}) from None


# ---------------------------------------------------------------- one question


@router.get("/r/{runner}/why/{draft_id:int}/{step}")
def ask(request: Request, draft_id: int, step: str) -> Response:
    """One question; a danger question that is open comes before any other."""
    return ask_page(request, draft_id, step)


def ask_page(
    request: Request,
    draft_id: int,
    step: str,
    *,
    error: str = "",
    sent: Mapping[str, Any] | None = None,
) -> Response:
    """The page of a question, with what was wrong with what was sent."""
    check_step(step)
    units = units_of(request)
    with context_of(request) as context:
        asked = interview(context, draft_id)
        if must_wait(asked, step):
            return to_step(request, draft_id, asked.step)
        values: dict[str, Any] = {
            "bare": True,
            "draft": asked.draft,
            "step": step,
            "about": about_of(asked, context, request),
            "progress": progress_words(asked, step),
            "before": step_before(asked, step),
            "then": request.query_params.get("then", ""),
            "may_show": asked.is_screened,
            "errors": {"answer": error} if error else {},
        }
    if step == PROFILE:
        if asked.watch is None:
            return to_step(request, draft_id, asked.step)
        values["says"] = watch_words(asked.watch, units=units)
        return render(request, "watch_owner.html", values, status_code=UNFIT if error else 200)
    question = {**question_page(asked, step, units=units), **(sent or {})}
    template = "body.html" if step == MAP else "question.html"
    if step == MAP:
        values |= map_values(question["chosen"])
    values["question"] = question
    return render(request, template, values, status_code=UNFIT if error else 200)


def must_wait(asked: Interview, step: str) -> bool:
    """Whether a stop or an open danger question comes before this page."""
    if asked.step == STOPPED:
        return True
    is_danger = asked.is_danger(step)
    return not asked.is_screened and not is_danger


def about_of(asked: Interview, context: Any, request: Request) -> str:
    """The run it is about, in words."""
    day = None if asked.run is None else local_date(context, asked.run)
    return about_words(asked.run, day, units=units_of(request))


def map_values(chosen: Sequence[str]) -> dict[str, Any]:
    """The figure from both sides, and its places as a list."""
    names = place_names()
    words = BodyWords(
        front=text("ask.map.front"),
        back=text("ask.map.back"),
        left=text("ask.map.left"),
        right=text("ask.map.right"),
    )
    marked = [one for one in chosen if one in names]
    return {
        "figure": body_map(marked, names, said=words, interactive=True),
        "places": map_groups(),
        "marked": [(one, names[one]) for one in marked],
    }


@router.post("/r/{runner}/why/{draft_id:int}/{step}")
def answer(
    request: Request,
    draft_id: int,
    step: str,
    choice: Chosen,
    number: Word = "",
    order: Word = "",
    first: Word = "",
    go: Word = "",
    then: Word = "",
) -> Response:
    """Keep the answer and lead on; what is not understood is said beside the field."""
    chosen = in_order(choice, order=order, first=first)
    is_empty = not chosen and not number.strip()
    to_check = go == "show" or then == CHECK
    try:
        with context_of(request) as context:
            if go == "skip" or (go == "show" and is_empty):
                following = skip_step(context, draft_id, step, to_check=to_check)
            else:
                following = answer_step(
                    context, draft_id, step, chosen=chosen, typed=number, to_check=to_check
                )
    except InputError as error:
        sent = {"chosen": tuple(chosen), "typed": number}
        return ask_page(request, draft_id, step, error=problem_words(error), sent=sent)
    return to_step(request, draft_id, following, then=then)


def in_order(chosen: Sequence[str], *, order: str, first: str) -> list[str]:
    """The places in the order they were marked: a script tells it, or what came first is said."""
    told = [one for one in (*order.split(), first) if one in chosen]
    return list(dict.fromkeys((*told, *chosen)))
