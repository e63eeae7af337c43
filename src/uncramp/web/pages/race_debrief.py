"""Looking back on a race: what came against what was planned, and what the runner tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from uncramp.actions.context import Context
from uncramp.actions.debrief_pictures import debrief_picture
from uncramp.actions.race_debrief import (
    GUT,
    TOOK,
    DebriefAnswer,
    DebriefAsked,
    debrief_of_race,
    tell_debrief,
)
from uncramp.actions.races import find_race
from uncramp.errors import InputError
from uncramp.units import kilometres_from_metres
from uncramp.web.links import page_url
from uncramp.web.pages.work import UNFIT, see
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.catalogue import text
from uncramp.wording.plan_page import number_from
from uncramp.wording.quantities import Units
from uncramp.wording.race_debrief import debrief_about, debrief_view
from uncramp.wording.race_page import flags_of_race, race_name
from uncramp.wording.run_pages import length_in, length_unit, metres_in

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]
KEPT: Final = "kept"
EXAMPLE_KM: Final = 32.0


@router.get("/r/{runner}/race/{race:int}/debrief")
def debrief(request: Request, race: int) -> HTMLResponse:
    """The debrief; while a stop is open nothing but the stop."""
    with context_of(request) as context:
        return debrief_page(request, context, race)


@router.post("/r/{runner}/race/{race:int}/debrief")
def tell(
    request: Request,
    race: int,
    cramped: Text = "",
    km: Text = "",
    km_was: Text = "",
    took: Text = "",
    gut: Text = "",
) -> Response:
    """Keep what was told; a place that was left as it stood stays as exact as it was."""
    typed = {"cramped": cramped, "km": km, "took": took, "gut": gut}
    units = units_of(request)
    with context_of(request) as context:
        try:
            length = number_from(km) if cramped == "yes" and km != km_was else None
            asked = DebriefAsked(
                took=took if took in TOOK else None,
                gut=gut if gut in GUT else None,
                cramped={"yes": True, "no": False}.get(cramped),
                km=None
                if length is None
                else kilometres_from_metres(metres_in(length, units=units)),
            )
            tell_debrief(context, str(race), asked)
        except ValueError:
            return debrief_page(request, context, race, typed=typed)
        except InputError as error:
            if error.code != "bad_number":
                raise
            return debrief_page(request, context, race, typed=typed)
    return see(f"{page_url('race_debrief', runner_of(request), race)}?done={KEPT}")


def debrief_page(
    request: Request, context: Context, race: int, *, typed: Mapping[str, str] | None = None
) -> HTMLResponse:
    """The page; with `typed` the place that was typed is wrong, and the input is kept."""
    values: dict[str, Any] = {"here": "race", "errors": {}, "noted": None}
    try:
        answer, units = debrief_of_race(context, str(race)), units_of(request)
    except InputError as error:
        if error.code != "race_not_run":
            raise
        kept_race = find_race(context, str(race))
        name = race_name(kept_race.race)
        values |= {"race_id": race, "name": name, "to_come": True}
        return render(request, "race_debrief.html", values)
    errors = {} if typed is None else {"km": wrong_place(units)}
    row = None if answer.run is None else answer.run.row
    kept = request.query_params.get("done") == KEPT
    values |= {
        "to_come": False,
        "errors": errors,
        "noted": {"lines": [text("race_debrief.form.kept")], "undo": "", "fields": []}
        if kept
        else None,
        "race_id": race,
        "name": race_name(answer.kept.race),
        "about": debrief_about(answer),
        "flags": flags_of_race(answer.screening),
        "stopped": answer.stopped,
        "run": None if row is None else row.activity_id,
        "weighs": answer.weighs and answer.told.body_mass_change_pct is None,
        "view": debrief_view(answer, units=units),
        "picture": debrief_picture(answer, units=units),
        "typed": typed_from(answer, units=units) if typed is None else dict(typed),
        "km_was": place_typed(answer, units=units),
        "unit": length_unit(units),
        "told": answer.told_at is not None,
        "did_cramp": answer.run is not None and answer.run.cramped.said is True,
    }
    status = UNFIT if errors else 200
    return render(request, "race_debrief.html", values, status_code=status)


def wrong_place(units: Units) -> str:
    """What is wrong with a place that is none of this run."""
    example = length_in(1000.0 * EXAMPLE_KM, units=units)
    return text("race_debrief.form.wrong_number", example=f"{example:.0f}")


def typed_from(answer: DebriefAnswer, *, units: Units) -> dict[str, str]:
    """The form with what was told before."""
    said = None if answer.run is None else answer.run.cramped.said
    return {
        "cramped": "" if said is None else "yes" if said else "no",
        "km": place_typed(answer, units=units),
        "took": str(answer.told.took or ""),
        "gut": str(answer.told.gut or ""),
    }


def place_typed(answer: DebriefAnswer, *, units: Units) -> str:
    """Where it cramped, or may have, as it would be typed."""
    at_m = None if answer.run is None else answer.run.cramped.at_m
    return "" if at_m is None else f"{length_in(at_m, units=units):.1f}"
