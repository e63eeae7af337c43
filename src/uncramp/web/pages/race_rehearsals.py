"""Rehearsals on My race: which runs, what to drink there, how it was, and what it has proved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from uncramp.actions.cases import case_from
from uncramp.actions.context import Context
from uncramp.actions.ledger_pictures import checks_picture
from uncramp.actions.rehearse import (
    OUTCOMES,
    CompareAnswer,
    CompareAsked,
    LogAsked,
    RehearsalAnswer,
    compare_for_race,
    log_rehearsal,
    plan_rehearsals,
    rehearsals_of_race,
)
from uncramp.errors import InputError, NotFoundError
from uncramp.web.fields import Fields, Sent
from uncramp.web.links import page_url
from uncramp.web.pages.work import UNFIT, see
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units
from uncramp.wording.race_page import flags_of_race, race_name, screen_questions
from uncramp.wording.rehearsal_page import (
    REHEARSAL_NOTES,
    compare_words,
    rehearsal_trouble,
    rehearsal_view,
)
from uncramp.wording.run_pages import day_words
from uncramp.wording.sweat_forms import error_words, numbers_from, unit_names

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

SCALE: Final = ("before", "after", "drunk", "urine")
WORDS: Final = ("took", "gut", "twitched", "cramped", "run", "session", "compares")
FIELDS: Final = (*SCALE, *WORDS)
ALL_FINE: Final = {"took": "as_planned", "gut": "fine", "twitched": "no", "cramped": "no"}
"""What the one tap says."""
YES_NO: Final = {"yes": True, "no": False}
WRONG_SCALE: Final = "sweat_"
"""Refusals of a weighing, which stand beside its fields."""


@router.get("/r/{runner}/race/{race:int}/rehearsals")
def rehearsals(request: Request, race: int) -> HTMLResponse:
    """What is planned, due, run and proved so far."""
    with context_of(request) as context:
        answer = rehearsals_of_race(context, str(race))
        return rehearsal_page(request, context, race, answer)


@router.post("/r/{runner}/race/{race:int}/rehearsals")
def plan(request: Request, race: int, typed: Sent) -> Response:
    """Choose and predict them; where health questions are open, ask those first."""
    with context_of(request) as context:
        try:
            answers = case_from({"answers": dict(typed)}, file_name="").answers
            answer = plan_rehearsals(context, str(race), answers=answers)
        except (InputError, NotFoundError) as error:
            if error.code in ("unknown_race", "unknown_runner"):
                raise
            answer = rehearsals_of_race(context, str(race))
            errors = {"plan": rehearsal_trouble(error)}
            return rehearsal_page(request, context, race, answer, errors=errors, typed=typed)
        if answer.held_back is not None:
            return rehearsal_page(request, context, race, answer, typed=typed)
    return to_page(request, race, done="planned")


@router.post("/r/{runner}/race/{race:int}/rehearsals/log")
def log(request: Request, race: int, typed: Sent) -> Response:
    """Keep what became of one; what is wrong is said beside the field, with all that was typed."""
    given = {name: next(iter(typed.get(name, ())), "") for name in FIELDS}
    if "fine" in typed.get("do", ()):
        given |= ALL_FINE
    units = units_of(request)
    numbers, errors = numbers_from({name: given[name] for name in SCALE}, needed=(), units=units)
    with context_of(request) as context:
        if not errors:
            try:
                log_rehearsal(context, str(race), asked_from(given, numbers))
                return to_page(request, race, done="logged")
            except (InputError, NotFoundError) as error:
                if error.code in ("unknown_race", "unknown_runner"):
                    raise
                errors = wrong_words(request, error, given)
        answer = rehearsals_of_race(context, str(race))
        return rehearsal_page(request, context, race, answer, errors=errors, typed=typed)


@router.post("/r/{runner}/race/{race:int}/rehearsals/compare")
def compare(request: Request, race: int, typed: Sent) -> Response:
    """Begin or end a comparison, or look what it would take."""
    given = {name: next(iter(typed.get(name, ())), "") for name in ("do", "outcome")}
    outcome = given["outcome"] if given["outcome"] in OUTCOMES else None
    asked = CompareAsked(outcome=outcome, begins=given["do"] == "begin", ends=given["do"] == "end")
    if not (asked.begins or asked.ends):
        address = page_url("rehearsals", runner_of(request), race)
        return see(f"{address}?{urlencode({'outcome': outcome or ''})}#compare")
    with context_of(request) as context:
        try:
            found = compare_for_race(context, str(race), asked)
        except (InputError, NotFoundError) as error:
            if error.code in ("unknown_race", "unknown_runner"):
                raise
            answer = rehearsals_of_race(context, str(race))
            errors = {"compare": rehearsal_trouble(error)}
            return rehearsal_page(request, context, race, answer, errors=errors)
    if asked.begins and (found.state is None or found.state.trial is None):
        return not_begun(request, race, found)
    return to_page(request, race, done="begun" if asked.begins else "ended")


def not_begun(request: Request, race: int, found: CompareAnswer) -> Response:
    """Why a comparison that was asked for did not begin."""
    why = "cannot" if found.held_back is None else found.held_back
    with context_of(request) as context:
        answer = rehearsals_of_race(context, str(race))
        errors = {"compare": text(f"rehearsal_page.compare.not_begun.{why}")}
        return rehearsal_page(request, context, race, answer, errors=errors)


# ---------------------------------------------------------------- what was typed


def asked_from(given: Mapping[str, str], numbers: Mapping[str, float]) -> LogAsked:
    """What was told, as the action takes it."""
    return LogAsked(
        run=given["run"].strip() or None,
        session=given["session"] or None,
        took=given["took"] or None,
        gut=given["gut"] or None,
        twitched=YES_NO.get(given["twitched"]),
        cramped=YES_NO.get(given["cramped"]),
        fluid_intake_l=numbers.get("fluid_intake_l"),
        body_mass_before_kg=numbers.get("body_mass_before_kg"),
        body_mass_after_kg=numbers.get("body_mass_after_kg"),
        urine_output_l=numbers.get("urine_output_l"),
        compares=given["compares"] == "yes",
    )


def wrong_words(
    request: Request, error: InputError | NotFoundError, given: Mapping[str, str]
) -> dict[str, str]:
    """A refusal beside the field it is about."""
    if error.code.startswith(WRONG_SCALE):
        return error_words(error, typed=given, units=units_of(request))
    return {"log": rehearsal_trouble(error)}


# ---------------------------------------------------------------- the page


def rehearsal_page(
    request: Request,
    context: Context,
    race: int,
    answer: RehearsalAnswer,
    *,
    errors: Mapping[str, str] | None = None,
    typed: Fields | None = None,
) -> HTMLResponse:
    """The page with what was wrong and what was typed."""
    units = units_of(request)
    done = request.query_params.get("done", "")
    checked = [(one.check, day_words(one.log.day)) for one in answer.scored if one.check]
    values: dict[str, Any] = {
        "here": "race",
        "errors": dict(errors or {}),
        "noted": noted(done),
        "race_id": race,
        "name": race_name(answer.kept.race),
        "flags": flags_of_race(answer.screening),
        "stopped": bool(answer.screening.stops),
        "held": answer.held_back,
        "is_over": answer.is_over,
        "has_training": answer.has_training,
        "has_drinking": answer.has_drinking,
        "weighs": answer.weighs,
        "view": rehearsal_view(answer, units=units),
        "picture": checks_picture(
            [one for one, _ in checked], units=units, names=[day for _, day in checked]
        ),
        "compare": comparison(request, context, race, answer, units=units),
        "questions": screen_questions(answer.unanswered, chosen=typed or {}, units=units),
        "typed": fields_of(answer, typed),
        "due_run": answer.due_run,
        "log_wrong": bool(errors) and not {"plan", "compare"} & set(errors or ()),
        "unit": unit_names(units),
    }
    status = UNFIT if errors else 200
    return render(request, "race_rehearsals.html", values, status_code=status)


def fields_of(answer: RehearsalAnswer, typed: Fields | None) -> dict[str, str]:
    """The fields of the form: as they were typed, else the run that waits to be told of."""
    if typed is not None:
        return {name: next(iter(typed.get(name, ())), "") for name in FIELDS}
    waiting = "" if answer.due_run is None else str(answer.due_run)
    return {**dict.fromkeys(FIELDS, ""), "run": waiting}


def comparison(
    request: Request, context: Context, race: int, answer: RehearsalAnswer, *, units: Units
) -> dict[str, Any] | None:
    """A comparison as it stands; None where there is nothing to compare, or none may be."""
    if answer.held_back is not None or not answer.has_drinking:
        return None
    wanted = request.query_params.get("outcome", "")
    outcome = wanted if wanted in OUTCOMES else None
    try:
        found = compare_for_race(context, str(race), CompareAsked(outcome=outcome))
    except (InputError, NotFoundError):  # no schedule to compare, or no scale for this runner
        return None
    return compare_words(found, units=units)


def noted(done: str) -> dict[str, Any] | None:
    """What was just done."""
    if done not in REHEARSAL_NOTES:
        return None
    return {"lines": [text(f"rehearsal_page.noted.{done}")], "undo": "", "fields": []}


def to_page(request: Request, race: int, *, done: str) -> RedirectResponse:
    """To the page, which says what was done."""
    address = page_url("rehearsals", runner_of(request), race)
    return see(f"{address}?{urlencode({'done': done})}")
