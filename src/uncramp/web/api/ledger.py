"""`/api/runners/{runner}/ledger`, and the look back on a race: as `ledger` and `race debrief`."""

from __future__ import annotations

from typing import Literal

from fastapi import Request
from pydantic import Field

from uncramp.actions.ledger import ledger_of
from uncramp.actions.race_debrief import DebriefAsked, debrief_of_race, tell_debrief
from uncramp.web.api.answering import Body, Reply, about, answer, api_router, reading
from uncramp.web.api.case_schema import Muscle
from uncramp.web.api.parameters import RunnerName, RunNumber, ShownUnits, told
from uncramp.web.api.races import RaceNumber
from uncramp.wording.catalogue import text
from uncramp.wording.ledger import ledger_data
from uncramp.wording.race_debrief import debrief_data

__all__ = ["router"]

router = api_router("ledger")

MOST_KM = 1000
MOST_MUSCLES = 20


class DebriefTold(Body):
    """What is told of a race; what is left out stays as it was told before."""

    run: RunNumber | None = Field(None, description=text("api.field.debrief_run"))
    took: Literal["as_planned", "less", "more", "nothing"] | None = Field(
        None, description=text("api.field.debrief_took")
    )
    gut: Literal["fine", "upset"] | None = Field(None, description=text("api.field.debrief_gut"))
    cramped: bool | None = Field(None, description=text("api.field.debrief_cramped"))
    km: float | None = Field(None, ge=0, le=MOST_KM, description=text("api.field.debrief_km"))
    muscles: list[Muscle] = Field(
        [], max_length=MOST_MUSCLES, description=text("api.field.debrief_muscles")
    )
    body_mass_before_kg: float | None = told("body_mass_before_kg", described="debrief_before")
    body_mass_after_kg: float | None = told("body_mass_after_kg", described="debrief_after")
    fluid_intake_l: float | None = told("fluid_intake_l", described="debrief_drunk")

    def asked(self) -> DebriefAsked:
        """The same as the action takes it."""
        return DebriefAsked(
            run=None if self.run is None else str(self.run),
            took=self.took,
            gut=self.gut,
            cramped=self.cramped,
            km=self.km,
            muscles=tuple(self.muscles),
            body_mass_before_kg=self.body_mass_before_kg,
            body_mass_after_kg=self.body_mass_after_kg,
            fluid_intake_l=self.fluid_intake_l,
        )


@router.get("/runners/{runner}/ledger", **about("show_ledger", "ledger"))
def show(request: Request, runner: RunnerName, units: ShownUnits = "metric") -> Reply:
    """Every advice, what came of it, and how well predictions held."""
    with reading(request, runner, units) as context:
        found = ledger_of(context)
    return answer("ledger", ledger_data(found, units=units))


@router.get("/runners/{runner}/races/{race}/debrief", **about("show_debrief", "race.debrief"))
def debrief(
    request: Request, runner: RunnerName, race: RaceNumber, units: ShownUnits = "metric"
) -> Reply:
    """A race that was run against its plans."""
    with reading(request, runner, units) as context:
        found = debrief_of_race(context, str(race))
    return answer("race.debrief", debrief_data(found, units=units))


@router.post("/runners/{runner}/races/{race}/debrief", **about("tell_debrief", "race.debrief"))
def tell(
    request: Request,
    runner: RunnerName,
    race: RaceNumber,
    given: DebriefTold,
    units: ShownUnits = "metric",
) -> Reply:
    """Keep what is told of a race, and hold it against its plans."""
    with reading(request, runner, units) as context:
        found = tell_debrief(context, str(race), given.asked())
    return answer("race.debrief", debrief_data(found, units=units))
