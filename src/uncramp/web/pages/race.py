"""My race: what it asks beyond the training, how to pace it, and the training for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from uncramp.actions.context import Context
from uncramp.actions.gap import gap_of_race
from uncramp.actions.gap_pictures import gaps_picture
from uncramp.actions.race_pages import shown_training
from uncramp.actions.races import KeptRace, find_race, list_races
from uncramp.web.links import page_url
from uncramp.web.pages import race_debrief, race_forms, race_plan, race_rehearsals, race_training
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.catalogue import text
from uncramp.wording.gap import gap_finding
from uncramp.wording.race_page import (
    flags_of_race,
    gap_words,
    race_facts,
    race_name,
    session_row,
)
from uncramp.wording.run_pages import day_words

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
router.include_router(race_forms.router)
router.include_router(race_training.router)
router.include_router(race_plan.router)
router.include_router(race_debrief.router)
router.include_router(race_rehearsals.router)

DONE: Final = ("added", "changed", "removed", "undone")
LONGEST_NUMBER: Final = 9
COMING: Final = 4
"""Sessions shown here; the calendar has all."""


@router.get("/r/{runner}/race")
def my_race(request: Request) -> HTMLResponse:
    """The next race; without one, what there is to get."""
    with context_of(request) as context:
        context.stored_runner()
        races, today = list_races(context), context.now.date()
        coming = [one for one in races if one.race.day >= today]
        if coming:
            return _race_page(request, context, coming[0], races, place=text("race_page.title"))
        values = {
            "here": "race",
            "noted": noted(request),
            "past": [
                {"id": one.race_id, "name": race_name(one.race), "day": day_words(one.race.day)}
                for one in reversed(races)
            ],
        }
    return render(request, "race_none.html", values)


@router.get("/r/{runner}/race/{race:int}")
def one_race(request: Request, race: int) -> HTMLResponse:
    """One race by its number."""
    with context_of(request) as context:
        kept = find_race(context, str(race))
        return _race_page(request, context, kept, list_races(context), place=race_name(kept.race))


def _race_page(
    request: Request,
    context: Context,
    kept: KeptRace,
    races: tuple[KeptRace, ...],
    *,
    place: str,
) -> HTMLResponse:
    """The page of one race; `place` is what its tab is called."""
    units, today = units_of(request), context.now.date()
    answer = gap_of_race(context, str(kept.race_id))
    values: dict[str, Any] = {
        "here": "race",
        "errors": {},
        "noted": noted(request),
        "race_id": kept.race_id,
        "is_run": kept.race.day <= today,
        "title": race_name(kept.race),
        "place": place,
        "facts": race_facts(answer.race, today=today, units=units),
        "others": [
            {"id": one.race_id, "name": race_name(one.race)}
            for one in races
            if one.race_id != kept.race_id
        ],
        "flags": flags_of_race(answer.screening),
        "training": None
        if answer.stopped or answer.locked
        else coming_sessions(request, context, kept),
        **({} if answer.stopped else gap_words(answer, units=units)),
        "finding": "" if answer.stopped else gap_finding(answer.report),
        "picture": "" if answer.stopped else gaps_picture(answer.report, units=units),
    }
    return render(request, "race.html", values)


def coming_sessions(request: Request, context: Context, kept: KeptRace) -> dict[str, Any] | None:
    """The next sessions of the kept plan, and what the button says; nothing when it is over."""
    today = context.now.date()
    if kept.race.day < today:
        return None
    have = shown_training(context, kept.race_id)
    if have is None:
        return {"button": text("race_page.training.make"), "coming": []}
    coming = [one for one in have.plan.sessions if one.day >= today][:COMING]
    runner, units = runner_of(request), units_of(request)
    rows = [
        session_row(
            one,
            state=have.states.get(one.id, "to_come"),
            today=today,
            address=page_url("race_session", runner, kept.race_id, one.id),
            units=units,
        )
        for one in coming
    ]
    return {"button": text("race_page.training.open"), "coming": rows}


def noted(request: Request) -> Mapping[str, Any] | None:
    """What was just done, and how it is taken back."""
    done, race = request.query_params.get("done", ""), request.query_params.get("race", "")
    is_number = len(race) <= LONGEST_NUMBER and race.isascii() and race.isdecimal()
    if done not in DONE or not is_number:
        return None
    runner = runner_of(request)
    undo = {
        "added": page_url("race_remove", runner, race),
        "removed": f"{page_url('race', runner)}/undo",
    }.get(done, "")
    return {"lines": [text(f"race_page.noted.{done}")], "undo": undo, "fields": [("race", race)]}
