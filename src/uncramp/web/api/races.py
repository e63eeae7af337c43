"""`/api/runners/{runner}/races`: as `uncramp race`, `uncramp gap` and `uncramp train`."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from fastapi import Path, Request
from pydantic import Field, StringConstraints

from uncramp.actions.cases import case_from
from uncramp.actions.gap import gap_of_race
from uncramp.actions.race_requests import RACE_RANGES
from uncramp.actions.races import (
    RaceAsked,
    add_race,
    change_race,
    find_race,
    list_races,
    remove_race,
    restore_race,
)
from uncramp.actions.runs import parsed_day
from uncramp.actions.train import wishes_from
from uncramp.actions.train_kept import train_of_race, update_training
from uncramp.envelope import plain
from uncramp.web.api.answering import Body, Reply, about, answer, api_router, reading
from uncramp.web.api.case_schema import AnswersBody, Muscle
from uncramp.web.api.parameters import HIGHEST_ID, NO_ZERO_BYTE, Day, RunnerName, ShownUnits
from uncramp.wording.catalogue import text
from uncramp.wording.gap import gap_data
from uncramp.wording.races import race_data, races_data
from uncramp.wording.train import train_data

__all__ = ["RaceNumber", "router"]

router = api_router("races")

CREATED = 201
LONGEST_NAME = 80
LONGEST_COURSE = 900_000
MOST_DAYS = 366
CLOCK = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"
RaceNumber = Annotated[int, Path(ge=1, le=HIGHEST_ID, description=text("api.field.race_number"))]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Clock = Annotated[str, StringConstraints(pattern=CLOCK)]


def told(name: str) -> float | None:
    """A number of a race that may be missing."""
    low, high, _ = RACE_RANGES[name]
    field: float | None = Field(None, ge=low, le=high, description=text(f"api.field.race_{name}"))
    return field


class RaceTold(Body):
    """A race; what is left out is not known, or the course says it."""

    name: str = Field(
        "", max_length=LONGEST_NAME, pattern=NO_ZERO_BYTE, description=text("api.field.race_name")
    )
    day: Day = Field(description=text("api.field.race_day"))
    start: Clock | None = Field(None, description=text("api.field.race_start"))
    distance_m: float | None = told("distance_m")
    goal_time_s: float | None = told("goal_time_s")
    ascent_m: float | None = told("ascent_m")
    descent_m: float | None = told("descent_m")
    temp_air_c: float | None = told("temp_air_c")
    relative_humidity_pct: float | None = told("relative_humidity_pct")
    wind_speed_m_s: float | None = told("wind_speed_m_s")
    solar_w_m2: float | None = told("solar_w_m2")
    wbgt_c: float | None = told("wbgt_c")
    course: str | None = Field(
        None, max_length=LONGEST_COURSE, description=text("api.field.race_course")
    )

    def asked(self) -> RaceAsked:
        """The same as the action takes it."""
        return RaceAsked(
            name=self.name,
            day=parsed_day(self.day),
            start=None if self.start is None else time.fromisoformat(self.start),
            distance_m=self.distance_m,
            goal_time_s=self.goal_time_s,
            ascent_m=self.ascent_m,
            descent_m=self.descent_m,
            temp_air_c=self.temp_air_c,
            relative_humidity_pct=self.relative_humidity_pct,
            wind_speed_m_s=self.wind_speed_m_s,
            solar_w_m2=self.solar_w_m2,
            wbgt_c=self.wbgt_c,
            course=b"" if self.course is None else self.course.encode("utf-8", "replace"),
        )


class TrainTold(Body):
    """What fits into a week; left out days are those on which the runner usually runs."""

    days: list[Weekday] | None = Field(
        None, min_length=1, max_length=7, description=text("api.field.train_days")
    )
    strength_days: list[Weekday] = Field(
        [], max_length=7, description=text("api.field.train_strength_days")
    )
    cramped_muscles: list[Muscle] = Field(
        [], max_length=20, description=text("api.field.train_cramped_muscles")
    )
    recently_injured: bool = Field(default=False, description=text("api.field.train_injured"))
    more_recovery: bool = Field(default=False, description=text("api.field.train_recovery"))
    walking_hurts: bool | None = Field(None, description=text("api.field.train_walking_hurts"))
    blocked_days: list[Day] = Field(
        [], max_length=MOST_DAYS, description=text("api.field.train_blocked_days")
    )
    answers: AnswersBody | None = Field(None, description=text("api.field.train_answers"))


class SessionTold(Body):
    """What became of the sessions of one day."""

    day: Day = Field(description=text("api.field.session_day"))
    state: Literal["done", "missed", "painful", "to_come"] = Field(
        description=text("api.field.session_state")
    )


class MoveTold(Body):
    """One day's sessions on another day."""

    day: Day = Field(description=text("api.field.session_day"))
    to: Day = Field(description=text("api.field.session_to"))


class UpdateTold(Body):
    """What became of the plan since it was made."""

    told: list[SessionTold] = Field(
        [], max_length=MOST_DAYS, description=text("api.field.train_told")
    )
    moves: list[MoveTold] = Field(
        [], max_length=MOST_DAYS, description=text("api.field.train_moves")
    )


@router.get("/runners/{runner}/races", **about("list_races", "race.list"))
def show_races(request: Request, runner: RunnerName) -> Reply:
    """Every race."""
    with reading(request, runner) as context:
        return answer("race.list", races_data(list_races(context)))


@router.post("/runners/{runner}/races", **about("add_race", "race.add", status_code=CREATED))
def add(request: Request, runner: RunnerName, given: RaceTold) -> Reply:
    """Keep one more race."""
    with reading(request, runner) as context:
        kept = add_race(context, given.asked())
    return answer("race.add", race_data(kept), status_code=CREATED)


@router.get("/runners/{runner}/races/{race}", **about("show_race", "race.show"))
def show(request: Request, runner: RunnerName, race: RaceNumber) -> Reply:
    """One race."""
    with reading(request, runner) as context:
        return answer("race.show", race_data(find_race(context, str(race))))


@router.put("/runners/{runner}/races/{race}", **about("change_race", "race.change"))
def change(request: Request, runner: RunnerName, race: RaceNumber, given: RaceTold) -> Reply:
    """Put this in place of what was kept; the course stays unless a new one comes."""
    with reading(request, runner) as context:
        return answer("race.change", race_data(change_race(context, str(race), given.asked())))


@router.delete("/runners/{runner}/races/{race}", **about("remove_race", "race.remove"))
def remove(request: Request, runner: RunnerName, race: RaceNumber) -> Reply:
    """Take a race out; it can be brought back."""
    with reading(request, runner) as context:
        return answer("race.remove", race_data(remove_race(context, str(race))))


@router.post("/runners/{runner}/races/{race}/restore", **about("restore_race", "race.remove"))
def restore(request: Request, runner: RunnerName, race: RaceNumber) -> Reply:
    """Bring back a race that was taken out."""
    with reading(request, runner) as context:
        return answer("race.remove", race_data(restore_race(context, race)))


@router.get("/runners/{runner}/races/{race}/gap", **about("show_gap", "gap"))
def gap(
    request: Request, runner: RunnerName, race: RaceNumber, units: ShownUnits = "metric"
) -> Reply:
    """What the race asks beyond the training, and how to pace it."""
    with reading(request, runner, units) as context:
        found = gap_of_race(context, str(race))
    return answer("gap", gap_data(found, units=units))


@router.post("/runners/{runner}/races/{race}/train", **about("plan_training", "train"))
def train(
    request: Request,
    runner: RunnerName,
    race: RaceNumber,
    given: TrainTold,
    units: ShownUnits = "metric",
) -> Reply:
    """A plan from today to race day; kept, unless there may be none."""
    wishes = wishes_from(given.model_dump(exclude={"answers"}))
    answers = case_from({"answers": given.answers or {}}, file_name="").answers
    with reading(request, runner, units) as context:
        made = train_of_race(context, str(race), wishes, answers=answers)
    return answer("train", plain(train_data(made, units=units)))


@router.post("/runners/{runner}/races/{race}/train/update", **about("update_training", "train"))
def update(
    request: Request,
    runner: RunnerName,
    race: RaceNumber,
    given: UpdateTold,
    units: ShownUnits = "metric",
) -> Reply:
    """The kept plan made anew after what was run, missed, moved or painful."""
    states: dict[date, str] = {parsed_day(one.day): one.state for one in given.told}
    moves = {parsed_day(one.day): parsed_day(one.to) for one in given.moves}
    with reading(request, runner, units) as context:
        made = update_training(context, str(race), told=states, moves=moves)
    return answer("train", plain(train_data(made, units=units)))
