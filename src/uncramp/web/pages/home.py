"""Home: where things stand, the next best step, and the doors; and the first visit of all."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from uncramp.actions.days import local_date
from uncramp.actions.diary_strips import small_strips
from uncramp.actions.next_step import HomeState, home_state
from uncramp.actions.preferences import start_runner
from uncramp.actions.race_debrief import debriefs_due
from uncramp.actions.runners import check_runner_name, overview
from uncramp.errors import InputError
from uncramp.web.links import page_url
from uncramp.web.pages.add import upload_values
from uncramp.web.pages.work import see, work_of
from uncramp.web.rendering import context_of, render, runner_of, settings_of
from uncramp.wording.home import flags_words, last_run_words, state_sentence, step_words
from uncramp.wording.race_debrief import due_words

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

NOT_FOUND: Final = 404


@router.get("/r/{runner}")
def home(request: Request) -> HTMLResponse:
    """The first page."""
    with context_of(request) as context:
        state = home_state(context)
        if state is None:
            return nobody_yet(request, known=overview(context).known)
        if not state.n_runs:
            return first_visit(request, state)
        last = [] if state.last_run is None else [state.last_run.activity_id]
        strips = small_strips(context, state.diary, last)
        runner, units, day_of = runner_of(request), context.units, partial(local_date, context)
        step = step_words(state, runner=runner, units=units, day_of=day_of)
        last_run = last_run_words(state, units=units, day_of=day_of)
        due = () if state.step == "stop" else debriefs_due(context)
    values: dict[str, Any] = {
        "here": "home",
        "state": state,
        "sentence": state_sentence(state),
        "step": step,
        "step_address": step_address(state, runner),
        "flags": flags_words(state.flags),
        "last": last_run,
        "strips": strips,
        "due": due_words(due),
        "work": work_of(request),
        "errors": {},
    }
    return render(request, "home.html", values)


def step_address(state: HomeState, runner: str) -> str:
    """Where the big button leads."""
    if state.step == "diary":
        return page_url("diary", runner)
    if state.step == "why" and state.unexplained is not None:
        return f"{page_url('why', runner)}?run={state.unexplained.activity_id}"
    if state.step == "draft" and state.draft_id is not None:
        return page_url("draft", runner, state.draft_id)
    return page_url("now", runner)


def nobody_yet(request: Request, *, known: tuple[str, ...]) -> HTMLResponse:
    """The very first visit, or a name that nobody here has."""
    name = runner_of(request)
    if not known and name == settings_of(request).home_runner:
        return first_visit(request, None)
    values = {
        "here": "home",
        "known": known,
        "can_be": can_be_a_name(name),
        "name": name,
        "url_of": page_url,
    }
    return render(request, "unknown_runner.html", values, status_code=NOT_FOUND)


def can_be_a_name(name: str) -> bool:
    """Whether a runner could be called so."""
    try:
        check_runner_name(name)
    except InputError:
        return False
    return True


def first_visit(request: Request, state: HomeState | None) -> HTMLResponse:
    """What this is, and where to put the files; nothing is made by looking at it."""
    values = {
        "here": "home",
        "flags": None if state is None else flags_words(state.flags),
        "work": work_of(request),
        "errors": {},
        **upload_values(request),
    }
    return render(request, "welcome.html", values)


@router.post("/r/{runner}")
def start(request: Request) -> Response:
    """A place for the runner that the address names."""
    with context_of(request) as context:
        start_runner(context)
    return see(page_url("home", runner_of(request)))
