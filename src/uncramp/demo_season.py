"""What the synthetic runner told: of races of the years before, and in the weeks before the last.

Each part is played with the clock of its day, through the same actions as the command line, so that
what was predicted stands in the store before the race that it is about.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from uncramp import demo_runs
from uncramp.actions.context import Context
from uncramp.actions.diary import answer, mark_run, proposals
from uncramp.actions.plan import DrinkWishes, plan_of_race
from uncramp.actions.races import RaceAsked, add_race
from uncramp.actions.rehearse import LogAsked, log_rehearsal, plan_rehearsals
from uncramp.actions.runs import find_run
from uncramp.actions.sweat_tests import WeighInAsked, add_weigh_in
from uncramp.actions.train import TrainWishes
from uncramp.actions.train_kept import train_of_race
from uncramp.actions.weather import TypedWeather, set_weather
from uncramp.vocabulary import Answers
from uncramp.wording.catalogue import text

__all__ = ["PLANNED", "RACE", "RACE_DAY", "ZONE", "Season", "play_past", "play_season"]

ZONE: Final = timezone(timedelta(hours=2))
RACE_DAY: Final = demo_runs.RACE_DAY.date()
ADDED: Final = 55
PLANNED: Final = 47
"""Days before the race on which it was added, and its drinks were planned."""
RACE: Final = RaceAsked(
    day=RACE_DAY,
    distance_m=42_195.0,
    goal_time_s=14_100.0,
    temp_air_c=24.0,
    relative_humidity_pct=60.0,
)
STATIONS: Final = "every 5 km water+iso"
DAYS: Final = ("tue", "thu", "sat", "sun")
WEIGHED: Final = (
    (63, 61.2, 60.6, 0.25, 19.0),
    (56, 61.0, 60.0, 0.3, 21.0),
    (49, 61.3, 60.1, 0.5, 25.0),
)
"""Days before the race of a long run, weight before and after in kg, litres drunk, degrees."""
REHEARSED: Final = (
    (42, 61.1, 59.9, 21.0),
    (35, 61.2, 60.2, 19.0),
    (21, 61.0, 59.3, 25.0),
    (14, 61.2, 60.3, 22.0),
)
"""The same of the long runs on which the drinking plan was tried; drunk was what it had.

The third is nearly as long and as hot as the race. The last was cut short, and does not count.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """What came of it."""

    race_id: int
    n_weighed: int
    n_rehearsed: int


def play_season(
    folder: Path,
    *,
    name: str,
    screened: Answers,
    rehearses: bool = True,
    race_day: date = RACE_DAY,
) -> Season:
    """Tell the store in `folder`, which has the runs, all of the season up to the race.

    `name` is that of the race, `screened` answers to the health questions. Without `rehearses` the
    plans are made and not tried.
    """
    with evening_of(folder, race_day - timedelta(days=ADDED)) as context:
        kept = add_race(context, replace(RACE, name=name, day=race_day))
        race = str(kept.race_id)
        train_of_race(context, race, TrainWishes(days=DAYS), answers=screened)
    for before, *weighed in WEIGHED:
        weigh(folder, race_day - timedelta(days=before), *weighed)
    with evening_of(folder, race_day - timedelta(days=PLANNED)) as context:
        plan_of_race(context, race, DrinkWishes(stations=STATIONS), answers=screened)
        if rehearses:
            plan_rehearsals(context, race)
    tried = REHEARSED if rehearses else ()
    for before, *weighed in tried:
        rehearse(folder, race, race_day - timedelta(days=before), *weighed)
    return Season(race_id=kept.race_id, n_weighed=len(WEIGHED), n_rehearsed=len(tried))


def play_past(folder: Path, *, race_day: date = RACE_DAY) -> None:
    """Tell the store in `folder`, which has the runs, of the marathons of the years before."""
    for past in demo_runs.PAST_RACES:
        day = past.day(race_day)
        kind = "hilly" if past.is_hilly else "hot"
        name = text(f"demo.past_races.{kind}", year=day.year)
        with evening_of(folder, day) as context:
            add_race(context, RaceAsked(name=name, day=day, distance_m=RACE.distance_m))
            told_weather(context, day, past.temp_air_c)
            if past.is_hilly:
                mark_run(context, day.isoformat(), muscles=["calf"])
            else:
                run = find_run(context, day.isoformat()).activity_id
                answer(context, proposals(context), {run: "no"})
            for one in past.long_runs(day):
                told_weather(context, one.day, one.temp_air_c)


def weigh(
    folder: Path, day: date, before_kg: float, after_kg: float, drunk_l: float, degrees: float
) -> None:
    """One weigh-in on the long run of a day, on the evening of it."""
    with evening_of(folder, day) as context:
        told_weather(context, day, degrees)
        add_weigh_in(
            context,
            WeighInAsked(
                body_mass_before_kg=before_kg,
                body_mass_after_kg=after_kg,
                fluid_intake_l=drunk_l,
                run=day.isoformat(),
            ),
        )


def rehearse(
    folder: Path,
    race: str,
    day: date,
    before_kg: float,
    after_kg: float,
    degrees: float,
) -> None:
    """One rehearsal told on the evening of it: as planned, and all fine."""
    with evening_of(folder, day) as context:
        told_weather(context, day, degrees)
        log_rehearsal(
            context,
            race,
            LogAsked(
                run=day.isoformat(),
                took="as_planned",
                gut="fine",
                twitched=False,
                cramped=False,
                body_mass_before_kg=before_kg,
                body_mass_after_kg=after_kg,
            ),
        )


def evening_of(folder: Path, day: date) -> Context:
    """The store on the evening of a day; close it."""
    evening = datetime(day.year, day.month, day.day, 20, 0, tzinfo=ZONE)
    return Context(data_dir=folder, now=evening)


def told_weather(context: Context, day: date, degrees: float) -> None:
    """The weather of the long run of a day."""
    weather = TypedWeather(temp_air_c=degrees, relative_humidity_pct=60.0)
    set_weather(context, day.isoformat(), weather)
