"""The training for a race: its calendar, one session at a time, and what comes of a change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from uncramp.actions.cases import case_from
from uncramp.actions.context import Context
from uncramp.actions.plan_files import TRAINING_FILES, training_file
from uncramp.actions.preferences import open_flags_of
from uncramp.actions.race_pages import (
    ShownTraining,
    previous_sessions,
    shown_training,
    tick_session,
)
from uncramp.actions.races import KeptRace, find_race
from uncramp.actions.train import TrainAnswer, wishes_from
from uncramp.actions.train_kept import train_of_race, update_training
from uncramp.errors import InputError, NotFoundError
from uncramp.training_plan import Session
from uncramp.web.fields import Fields, Sent
from uncramp.web.links import page_url
from uncramp.web.pages.work import UNFIT, problem_words, see
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.catalogue import text
from uncramp.wording.race_page import (
    file_rows,
    flags_of_race,
    muscle_options,
    plan_changes,
    plan_words,
    race_name,
    screen_questions,
    session_words,
    weekday_options,
    weeks_words,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

FEWEST_DAYS: Final = 2
PAINFUL: Final = "painful"
TO_COME: Final = "to_come"
STATES: Final = ("done", "missed", PAINFUL, TO_COME)
DONE: Final = ("planned", "updated", "moved", "same", *STATES)
LISTS: Final = ("days", "strength_days", "cramped_muscles")
TICKS: Final = ("recently_injured", "more_recovery", "walking_hurts")
NOTHING: Final[Mapping[str, Any]] = dict.fromkeys(LISTS, ()) | dict.fromkeys(TICKS, False)

MEDIA: Final[Mapping[str, str]] = {
    "ics": "text/calendar; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "zip": "application/zip",
}

# ---------------------------------------------------------------- the calendar


@router.get("/r/{runner}/race/{race:int}/training")
def training(request: Request, race: int) -> HTMLResponse:
    """The calendar of the newest plan, or what has to be told before there is one."""
    with context_of(request) as context:
        kept = find_race(context, str(race))
        return training_page(request, context, kept)


@router.post("/r/{runner}/race/{race:int}/training")
def plan(request: Request, race: int, wished: Sent) -> Response:
    """Make a plan; where the screen is not answered, ask that first."""
    with context_of(request) as context:
        kept = find_race(context, str(race))
        if len(wished.get("days", ())) < FEWEST_DAYS:
            errors = {"days": text("race_page.wrong.days")}
            return training_page(request, context, kept, errors=errors, wished=wished)
        try:
            wishes = wishes_from(wishes_of(wished))
            answers = case_from({"answers": chosen_in(wished)}, file_name="").answers
            answer = train_of_race(context, str(race), wishes, answers=answers)
        except InputError as error:
            errors = {"days": problem_words(error)}
            return training_page(request, context, kept, errors=errors, wished=wished)
        if not answer.plan.sessions:
            return training_page(request, context, kept, answer=answer, wished=wished)
    return to_training(request, race, done="planned")


@router.post("/r/{runner}/race/{race:int}/training/update")
def update(request: Request, race: int) -> Response:
    """Hold the plan against the runs since, and make the rest of it anew."""
    return changed(request, race, told={}, moves={}, done="updated")


def changed(
    request: Request,
    race: int,
    *,
    told: Mapping[date, str],
    moves: Mapping[date, date],
    done: str,
) -> Response:
    """Make the plan anew with the least change; the next page says what is otherwise."""
    with context_of(request) as context:
        kept = find_race(context, str(race))
        try:
            answer = update_training(context, str(race), told=told, moves=moves)
        except (InputError, NotFoundError) as error:
            errors = {"plan": problem_words(error)}
            return training_page(request, context, kept, errors=errors)
        if not answer.plan.sessions:
            return training_page(request, context, kept, answer=answer)
    return to_training(request, race, done=done)


def wishes_of(wished: Fields) -> dict[str, Any]:
    """What was wished for, as a request says it."""
    lists = {name: wished.get(name, []) for name in LISTS}
    return lists | {name: bool(wished.get(name)) for name in TICKS}


def chosen_in(wished: Fields) -> dict[str, list[str]]:
    """What was chosen in the health questions."""
    return {name: given for name, given in wished.items() if name not in (*LISTS, *TICKS)}


def training_page(
    request: Request,
    context: Context,
    kept: KeptRace,
    *,
    errors: Mapping[str, str] | None = None,
    wished: Fields | None = None,
    answer: TrainAnswer | None = None,
) -> HTMLResponse:
    """The page; `answer` is one that was not kept, because there may be no plan."""
    units, today = units_of(request), context.now.date()
    have = shown_training(context, kept.race_id)
    wishes = {**NOTHING, **({} if have is None else have.wishes)}
    if wished is not None:
        wishes |= wishes_of(wished)
    asked = () if answer is None else answer.unanswered
    flags = flags_of_race(open_flags_of(context).screening)
    held = is_held(flags)
    values: dict[str, Any] = {
        "here": "race",
        "errors": dict(errors or {}),
        "noted": noted(request),
        "race_id": kept.race_id,
        "name": race_name(kept.race),
        "flags": flags,
        "plan": None if held else shown_plan(request, context, kept, have, answer),
        "files": file_rows(TRAINING_FILES),
        "wishes": wishes if kept.race.day >= today and not held else None,
        "weekdays": weekday_options(),
        "muscles": muscle_options(),
        "questions": screen_questions(asked, chosen=chosen_in(wished or {}), units=units),
    }
    status = UNFIT if errors else 200
    return render(request, "race_training.html", values, status_code=status)


def is_held(flags: Mapping[str, Any]) -> bool:
    """Whether a stop is open, or a lock on training: then nothing is planned, and nothing shown."""
    return bool(flags["stop"] or flags["locks"])


def shown_plan(
    request: Request,
    context: Context,
    kept: KeptRace,
    have: ShownTraining | None,
    answer: TrainAnswer | None,
) -> dict[str, Any] | None:
    """The plan in words: why there is none, or the newest with its calendar."""
    units, today = units_of(request), context.now.date()
    if answer is not None:
        return plan_words(answer.plan, units=units) | {"weeks": [], "changed": []}
    if have is None:
        return None
    weeks = weeks_words(
        have.plan,
        states=have.states,
        today=today,
        address_of=partial(page_url, "race_session", runner_of(request), kept.race_id),
        units=units,
    )
    is_new = request.query_params.get("done") in ("moved", "updated", PAINFUL)
    before = previous_sessions(context, kept.race_id) if is_new else ()
    coming = [one for one in have.plan.sessions if one.day >= today]
    was = [one for one in before if one.day >= today]
    changes = plan_changes(was, coming, units=units) if was else []
    return plan_words(have.plan, units=units) | {"weeks": weeks, "changed": changes}


def noted(request: Request) -> dict[str, Any] | None:
    """What was just done; it is changed back where it was changed."""
    done = request.query_params.get("done", "")
    if done not in DONE:
        return None
    return {"lines": [text(f"race_page.noted.{done}")], "undo": "", "fields": []}


def to_training(request: Request, race: int, *, done: str) -> RedirectResponse:
    """To the calendar, which says what was done."""
    address = page_url("race_training", runner_of(request), race)
    return see(f"{address}?{urlencode({'done': done})}")


# ---------------------------------------------------------------- one session


@router.get("/r/{runner}/race/{race:int}/training/{session}")
def session(request: Request, race: int, session: str) -> HTMLResponse:
    """What to do, how, why, and what became of it."""
    with context_of(request) as context:
        return session_page(request, context, race, session)


@router.post("/r/{runner}/race/{race:int}/training/{session}/state")
def tick(request: Request, race: int, session: str, state: Annotated[str, Form()] = "") -> Response:
    """Note what became of it; the plan is made anew only where it hurt."""
    given = state if state in STATES else TO_COME
    with context_of(request) as context:
        find_race(context, str(race))
        tick_session(context, race, session, given)
    if given == PAINFUL:
        return changed(request, race, told={}, moves={}, done=given)
    return to_training(request, race, done=given)


@router.post("/r/{runner}/race/{race:int}/training/{session}/move")
def move(request: Request, race: int, session: str, to: Annotated[str, Form()] = "") -> Response:
    """Move it to another day, and make the rest fit."""
    with context_of(request) as context:
        _, found = session_of(context, race, session)
        try:
            day = date.fromisoformat(to.strip())
        except ValueError:
            errors = {"to": text("race_page.wrong.move")}
            return session_page(request, context, race, session, errors=errors, to=to)
    return changed(request, race, told={}, moves={found.day: day}, done="moved")


def session_of(context: Context, race: int, session: str) -> tuple[ShownTraining, Session]:
    """One session of the newest plan; NotFoundError where there is none of that name."""
    find_race(context, str(race))
    have = shown_training(context, race)
    if have is not None:
        for one in have.plan.sessions:
            if one.id == session:
                return have, one
    raise NotFoundError("unknown_session", values={"session": session})


def session_page(
    request: Request,
    context: Context,
    race: int,
    session: str,
    *,
    errors: Mapping[str, str] | None = None,
    to: str = "",
) -> HTMLResponse:
    """The page of one session."""
    have, found = session_of(context, race, session)
    flags = flags_of_race(open_flags_of(context).screening)
    values: dict[str, Any] = {
        "here": "race",
        "errors": dict(errors or {}),
        "race_id": race,
        "flags": flags,
        "held": is_held(flags),
        "one": session_words(
            found, state=have.states.get(found.id, TO_COME), units=units_of(request)
        ),
        "to": to or found.day.isoformat(),
    }
    status = UNFIT if errors else 200
    return render(request, "race_session.html", values, status_code=status)


# ---------------------------------------------------------------- files


@router.get("/r/{runner}/race/{race:int}/files/{name}")
def file(request: Request, race: int, name: str) -> Response:
    """The plan as a file to take along."""
    with context_of(request) as context:
        content = training_file(context, str(race), name, units=units_of(request))
    kind = MEDIA.get(name.rpartition(".")[2], MEDIA["zip"])
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)
