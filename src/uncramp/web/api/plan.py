"""`/api/runners/{runner}/races/{race}/plan`: as `uncramp plan RACE`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from pydantic import Field, StringConstraints

from uncramp.actions.cases import case_from
from uncramp.actions.plan import DrinkWishes, plan_of_race
from uncramp.actions.plan_pages import kept_answer
from uncramp.envelope import plain
from uncramp.web.api.answering import Body, Reply, about, answer, api_router, reading
from uncramp.web.api.case_schema import AnswersBody
from uncramp.web.api.parameters import NO_ZERO_BYTE, RunnerName, ShownUnits
from uncramp.web.api.races import RaceNumber
from uncramp.wording.catalogue import text
from uncramp.wording.drink_plan import drink_data

__all__ = ["router"]

router = api_router("races")

LONGEST_LINE = 2000
MOST_PRODUCTS = 100
MOST_MISSED = 100
FARTHEST_M = 400_000
ProductName = Annotated[str, StringConstraints(max_length=40, pattern=NO_ZERO_BYTE)]
Place = Annotated[float, Field(ge=0, le=FARTHEST_M)]


class PlanTold(Body):
    """What the runner says about the race day; all of it may be left out."""

    stations: str | None = Field(
        None,
        max_length=LONGEST_LINE,
        pattern=NO_ZERO_BYTE,
        description=text("api.field.plan_stations"),
    )
    cup_l: float | None = Field(None, ge=0.02, le=1.5, description=text("api.field.plan_cup_l"))
    carry: list[ProductName] = Field(
        [], max_length=MOST_PRODUCTS, description=text("api.field.plan_carry")
    )
    carry_l: float = Field(0.0, ge=0, le=5, description=text("api.field.plan_carry_l"))
    trialled: list[ProductName] = Field(
        [], max_length=MOST_PRODUCTS, description=text("api.field.plan_trialled")
    )
    trialled_l_per_h: float | None = Field(
        None, ge=0, le=2.5, description=text("api.field.plan_trialled_l")
    )
    trialled_sodium_mg_per_h: float | None = Field(
        None, ge=0, le=3000, description=text("api.field.plan_trialled_mg")
    )
    temp_air_c: float | None = Field(
        None, ge=-30, le=50, description=text("api.field.plan_temp_air_c")
    )
    slower_share: float = Field(0.0, ge=-0.5, le=3, description=text("api.field.plan_slower"))
    missed: list[Place] = Field(
        [], max_length=MOST_MISSED, description=text("api.field.plan_missed")
    )
    what_if: bool = Field(default=False, description=text("api.field.plan_what_if"))
    answers: AnswersBody | None = Field(None, description=text("api.field.train_answers"))

    def wishes(self) -> DrinkWishes:
        """The same as the action takes it."""
        return DrinkWishes(
            stations=self.stations,
            cup_l=self.cup_l,
            carry=tuple(self.carry),
            carry_l=self.carry_l,
            trialled=tuple(self.trialled),
            trialled_l_per_h=self.trialled_l_per_h,
            trialled_sodium_mg_per_h=self.trialled_sodium_mg_per_h,
            temp_air_c=self.temp_air_c,
            slower_share=self.slower_share,
            missed=tuple(self.missed),
        )

    @property
    def keeps(self) -> bool:
        """Whether it is the plan for the day, not a look at another one."""
        is_other = self.temp_air_c is not None or self.slower_share or self.missed
        return not (self.what_if or is_other)


@router.get("/runners/{runner}/races/{race}/plan", **about("show_drinks", "plan"))
def show(
    request: Request, runner: RunnerName, race: RaceNumber, units: ShownUnits = "metric"
) -> Reply:
    """The drinking plan that counts."""
    with reading(request, runner, units) as context:
        kept = kept_answer(context, str(race))
    return answer("plan", plain(drink_data(kept, units=units)))


@router.post("/runners/{runner}/races/{race}/plan", **about("plan_drinks", "plan"))
def make(
    request: Request,
    runner: RunnerName,
    race: RaceNumber,
    given: PlanTold,
    units: ShownUnits = "metric",
) -> Reply:
    """A plan for race day; kept, unless it is a what-if or there may be none."""
    answers = case_from({"answers": given.answers or {}}, file_name="").answers
    with reading(request, runner, units) as context:
        made = plan_of_race(
            context, str(race), given.wishes(), answers=answers, units=units, keeps=given.keeps
        )
    return answer("plan", plain(drink_data(made, units=units)))
