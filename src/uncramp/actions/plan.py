"""`plan`: what to drink and take, from a request, for a kept race, or for a run of so many hours.

The screen comes first, as for every advice. Nobody's body is guessed: a runner whose mass is not
known gets told what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np

from uncramp.actions.context import Context
from uncramp.actions.gap import gap_of_race
from uncramp.actions.history_own import cramp_free_sodium
from uncramp.actions.plans_kept import keep_plan
from uncramp.actions.products import catalogue, own_products, product_from
from uncramp.actions.race_requests import numbers_of, only_keys, part_of, screen_of_request
from uncramp.actions.races import KeptRace, find_race
from uncramp.actions.runner_body import RunnerBody, runner_body
from uncramp.actions.stations import parsed_stations, stations_every
from uncramp.actions.train_kept import answered_screening
from uncramp.actions.typed_quantities import parsed_clock
from uncramp.drink_plan import DrinkPlan, DrinkStatus, Product, ProductKind, Station
from uncramp.drinking.asked import DrinkAsked, DrinkScreen, exercise_of_splits
from uncramp.drinking.balance import balance_of
from uncramp.drinking.locked import locked_by
from uncramp.drinking.plan import plan_drinking
from uncramp.envelope import plain
from uncramp.errors import InputError
from uncramp.evidence import RacePreset, race_presets, value
from uncramp.screening import Screening
from uncramp.simulation.scenario import (
    Exercise,
    Intake,
    Scenario,
    SimulatedRunner,
    Weather,
    runner_from_document,
    weather_from_document,
)
from uncramp.units import (
    hours_from_minutes,
    metres_from_kilometres,
    millilitres_from_litres,
    seconds_from_minutes,
)
from uncramp.vocabulary import Answers, Interval, PlannedRace, Said, Split, UserProfile
from uncramp.wording.quantities import Units

__all__ = ["DrinkAnswer", "DrinkWishes", "LostPerHour", "plan_of_race", "plan_of_request",
           "plan_of_run", "preset_stations"]  # fmt: skip

REQUEST: Final = ("runner", "screen", "race", "products", "carry", "carry_l", "trialled",
                  "trialled_l_per_h", "trialled_sodium_mg_per_h")  # fmt: skip
RACE: Final = ("distance_m", "duration_min", "splits", "start", "weather", "stations", "name",
               "date")  # fmt: skip
RACE_RANGES: Final = {"distance_m": (100.0, 400_000.0, "m"), "duration_min": (1.0, 2880.0, "min")}
STATION_RANGES: Final = {"at_m": (0.0, 400_000.0, "m"), "cup_l": (0.02, 1.5, "L")}
AMOUNTS: Final = {
    "carry_l": (0.0, 5.0, "L"),
    "trialled_l_per_h": (0.0, 2.5, "L/h"),
    "trialled_sodium_mg_per_h": (0.0, 3000.0, "mg/h"),
}
SPLIT_RANGES: Final = {"at_m": (0.0, 400_000.0, "m"), "at_s": (0.0, 200_000.0, "s"),
                       "at_min": (0.0, 3000.0, "min")}  # fmt: skip
WATER: Final = Product(id="water", kind=ProductKind.WATER, sodium_mg=0.0, name="water")
SHORTEST_MIN: Final = 1.0
LONGEST_MIN: Final = 2880
"""As long as a scenario may be."""
FASTEST_M_S: Final = 8.0
"""As fast as a scenario may be: no runner keeps that up for a minute's mean."""
MISSED_OFF_M: Final = 60.0
"""A station that is typed as missed may stand so far from where it is listed."""
SPLIT_OFF_M: Final = 100.0
"""The last split is the finish, give or take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrinkWishes:
    """What the runner says about the race day; None: not said."""

    stations: str | None = None
    """One line, as `parsed_stations` reads it."""
    cup_l: float | None = None
    carry: tuple[str, ...] = ()
    carry_l: float = 0.0
    trialled: tuple[str, ...] = ()
    trialled_l_per_h: float | None = None
    trialled_sodium_mg_per_h: float | None = None
    temp_air_c: float | None = None
    """Another temperature than the race's: what if?"""
    slower_share: float = 0.0
    """Slower than the pace plan by this share: what if?"""
    missed: tuple[float, ...] = ()
    """Places of stations that are left out: what if?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostPerHour:
    """What goes out in an hour when nothing is drunk: mean of the race, by the runner's model."""

    water_l: Interval
    sodium_mg: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class DrinkAnswer:
    """A plan with everything a face needs to show it."""

    plan: DrinkPlan
    screening: Screening
    made_from: DrinkAsked | None = None
    """None while the screen holds every dose back: then nothing else was needed."""
    unanswered: tuple[str, ...] = ()
    race: PlannedRace | None = None
    reference: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """What products are called, by id."""
    lost_per_hour: LostPerHour | None = None
    """None while the screen holds every dose back."""

    @property
    def stopped(self) -> bool:
        """Whether a stop is open: then only it speaks."""
        return bool(self.screening.stops)

    @property
    def asked(self) -> DrinkAsked:
        """What the planner was asked; there is none while the screen holds every dose back."""
        assert self.made_from is not None  # noqa: S101  (only what was planned is asked about)
        return self.made_from


# ---------------------------------------------------------------- without a store


def plan_of_request(document: Mapping[str, Any], *, with_branches: bool = True) -> DrinkAnswer:
    """The answer to a request as JSON; InputError says what is wrong with it."""
    only_keys(document, REQUEST, part="request")
    runner = runner_from_document(part_of(document, "runner", needed=True))
    raw = part_of(document, "race", needed=True)
    only_keys(raw, RACE, part="race")
    products, assumed = request_products(document.get("products")), list[Said]()
    check_start(raw.get("start"))
    numbers = numbers_of(raw, RACE_RANGES, part="race", needed=("distance_m",))
    distance_m = numbers["distance_m"] or 0.0
    exercise = request_exercise(raw, distance_m, numbers["duration_min"])
    amounts = numbers_of(document, AMOUNTS, part="request")
    stations = request_stations(raw.get("stations"), distance_m, assumed)
    profile = UserProfile(age_y=runner.age_y)
    screen = screen_of_request(document, profile=profile)
    asked = DrinkAsked(
        runner=runner,
        exercise=exercise,
        weather=request_weather(part_of(raw, "weather", needed=True), exercise, assumed),
        distance_m=distance_m,
        stations=stations,
        products=products,
        carry=carried(document.get("carry"), products, stations),
        carry_l=amounts["carry_l"] or 0.0,
        trialled=words(document, "trialled"),
        trialled_l_per_h=amounts["trialled_l_per_h"],
        trialled_sodium_mg_per_h=amounts["trialled_sodium_mg_per_h"],
        screen=drink_screen(screen.screening, complete=screen.complete),
        assumed=tuple(assumed),
    )
    check_offers(asked)
    made = plan_drinking(asked, with_branches=with_branches)
    return DrinkAnswer(
        plan=made,
        made_from=asked,
        screening=screen.screening,
        names=names_of(products),
        lost_per_hour=lost_per_hour(asked, made),
    )


def lost_per_hour(asked: DrinkAsked, made: DrinkPlan) -> LostPerHour | None:
    """Water and sodium that go out in an hour; nothing to somebody who gets no doses."""
    if made.status is DrinkStatus.LOCKED:
        return None
    end, hours = balance_of(asked, ())[-1], hours_from_minutes(asked.n_minutes)
    return LostPerHour(
        water_l=lost_in(end.water_change_l, hours), sodium_mg=lost_in(end.sodium_change_mg, hours)
    )


def lost_in(change: Interval, hours: float) -> Interval:
    """A loss is a change downwards: the band turns round."""
    low, median, high = (-one / hours for one in (change.high, change.median, change.low))
    return Interval(low=low, median=median, high=high, level=change.level)


def request_products(given: object) -> dict[str, Product]:
    """The products of a request, plain water always; without any, the catalogue."""
    if given is None:
        return catalogue()
    products = [product_from(one) for one in objects(given, "products")]
    by_id = {one.id: one for one in products}
    if len(by_id) < len(products):
        raise InputError("bad_request_part", values={"key": "products", "wanted": "each id once"})
    return {WATER.id: WATER, **by_id}


def check_start(given: object) -> None:
    """InputError for a start that is no time of day; it changes nothing in the plan."""
    if given is None:
        return
    if not isinstance(given, str):
        raise InputError("bad_clock", values={"given": given})
    parsed_clock(given)


def request_weather(told: Mapping[str, Any], exercise: Exercise, assumed: list[Said]) -> Weather:
    """The weather of a request; what is left out is taken as usual, and that is said."""
    if told.get("temp_air_c") is None:
        raise InputError("missing_in_request", values={"key": "race.weather.temp_air_c"})
    known = {name: one for name, one in told.items() if one is not None}
    humidity = known.setdefault("relative_humidity_pct", value("drinking.around.humidity_pct"))
    tell_weather(
        assumed,
        humidity=humidity if told.get("relative_humidity_pct") is None else None,
        is_shade="wind_speed_m_s" not in known and "solar_w_m2" not in known,
    )
    return weather_from_document(known, exercise.n_minutes)


def tell_weather(assumed: list[Said], *, humidity: float | None, is_shade: bool) -> None:
    """Say what was taken of the weather; `humidity` is None where it was told."""
    if humidity is not None:
        assumed.append(Said(id="drink.assumed.humidity", values={"pct": humidity}))
    if is_shade:
        assumed.append(Said(id="assumed.shade_no_wind"))


def objects(given: object, key: str) -> list[Mapping[str, Any]]:
    """A list of JSON objects."""
    is_list = isinstance(given, list) and all(isinstance(one, Mapping) for one in given)
    if not is_list:
        raise InputError("bad_request_part", values={"key": key, "wanted": "a list [{…}]"})
    return list(given)  # type: ignore[call-overload, no-any-return]


def words(document: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of names."""
    given = document.get(key) or []
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise InputError("bad_request_part", values={"key": key, "wanted": 'a list ["…"]'})
    return tuple(given)


def request_exercise(
    raw: Mapping[str, Any], distance_m: float, duration_min: float | None
) -> Exercise:
    """Speed of every minute, from splits or from an even pace."""
    if raw.get("splits") is None:
        if duration_min is None:
            raise InputError("missing_in_request", values={"key": "race.duration_min"})
        return even_pace(distance_m, duration_min)
    splits = []
    for index, one in enumerate(objects(raw["splits"], "race.splits")):
        part = f"race.splits[{index}]"
        only_keys(one, SPLIT_RANGES, part=part)
        numbers = numbers_of(one, SPLIT_RANGES, part=part, needed=("at_m",))
        at_s, at_min = numbers["at_s"], numbers["at_min"]
        if at_s is None and at_min is None:
            raise InputError("missing_in_request", values={"key": f"{part}.at_s"})
        seconds = at_s if at_s is not None else seconds_from_minutes(at_min or 0.0)
        splits.append(Split(at_m=numbers["at_m"] or 0.0, at_s=seconds))
    exercise = exercise_from(tuple(splits))
    if abs(splits[-1].at_m - distance_m) > SPLIT_OFF_M:
        values = {"last_m": splits[-1].at_m, "distance_m": distance_m}
        raise InputError("splits_without_finish", values=values)
    return exercise


def exercise_from(splits: tuple[Split, ...], *, race: PlannedRace | None = None) -> Exercise:
    """Speed of every minute; InputError `bad_splits` when they do not go on."""
    try:
        found = exercise_of_splits(splits=splits, grade_at_m=() if race is None else grades(race))
    except ValueError:
        raise InputError("bad_splits") from None
    if float(found.speed_m_s.max()) > FASTEST_M_S:
        raise InputError("pace_impossible")
    if found.n_minutes > LONGEST_MIN:
        values = {"question": "duration_min", "value": found.n_minutes, "low": 1,
                  "high": LONGEST_MIN, "unit": "min"}  # fmt: skip
        raise InputError("bad_number", values=values)
    return found


def even_pace(distance_m: float, duration_min: float) -> Exercise:
    """The same speed from gun to finish on the level."""
    end_s = seconds_from_minutes(max(duration_min, SHORTEST_MIN))
    return exercise_from((Split(at_m=distance_m, at_s=end_s),))


def request_stations(given: object, distance_m: float, assumed: list[Said]) -> tuple[Station, ...]:
    """The stations of a request; when none are told, water every so often, and that is said."""
    if given is None:
        return usual_stations(distance_m, assumed)
    found = []
    for index, one in enumerate(objects(given, "race.stations")):
        part = f"race.stations[{index}]"
        only_keys(one, ("offers", *STATION_RANGES), part=part)
        numbers = numbers_of(one, STATION_RANGES, part=part, needed=("at_m",))
        cup_l, at_m = numbers["cup_l"], numbers["at_m"] or 0.0
        if at_m > distance_m:
            values = {"question": f"{part}.at_m", "value": at_m, "low": 0, "high": distance_m,
                      "unit": "m"}  # fmt: skip
            raise InputError("bad_number", values=values)
        found.append(
            Station(
                at_m=at_m,
                offers=words(one, "offers"),
                cup_l=value("drinking.around.cup_l") if cup_l is None else cup_l,
            )
        )
    return tuple(sorted(found, key=lambda one: one.at_m))


def usual_stations(
    distance_m: float, assumed: list[Said], *, with_drink: bool = False
) -> tuple[Station, ...]:
    """Water every 5 km; beside it a sports drink, where it is a run with all at hand."""
    every_m, cup_l = value("drinking.around.station_every_m"), value("drinking.around.cup_l")
    name = "drink.assumed.at_hand" if with_drink else "drink.assumed.stations"
    cup = millilitres_from_litres(cup_l)
    assumed.append(Said(id=name, values={"every_m": every_m, "cup": cup}))
    offers = ("water", "iso") if with_drink else ("water",)
    return stations_every(every_m, distance_m=distance_m, cup_l=cup_l, offers=offers)


def carried(
    given: object, products: Mapping[str, Product], stations: Sequence[Station]
) -> tuple[str, ...]:
    """What is brought along: as told, else every dry product of the request that no station has."""
    if given is not None:
        return words({"carry": given}, "carry")
    offered = {name for one in stations for name in one.offers}
    is_whole_catalogue = set(products) == set(catalogue())
    fluids = (ProductKind.WATER, ProductKind.DRINK)
    return (
        ()
        if is_whole_catalogue
        else tuple(
            name for name, one in products.items() if one.kind not in fluids and name not in offered
        )
    )


def check_offers(asked: DrinkAsked) -> None:
    """InputError `unknown_product` for what is offered, carried or tried and not known."""
    offered = [name for one in asked.stations for name in one.offers]
    for name in (*offered, *asked.carry, *asked.trialled):
        if name not in asked.products:
            values = {"product": name, "known": ", ".join(sorted(asked.products))}
            raise InputError("unknown_product", values=values)


def check_wishes(wishes: DrinkWishes) -> None:
    """InputError `bad_number` for an amount that cannot be."""
    ranges = {**AMOUNTS, "cup_l": STATION_RANGES["cup_l"], "slower_share": (-0.5, 3.0, "")}
    numbers_of({name: getattr(wishes, name) for name in ranges}, ranges, part="plan")


def drink_screen(screening: Screening, *, complete: bool) -> DrinkScreen:
    """What the screen leaves open, as the planner takes it."""
    return DrinkScreen(
        complete=complete,
        stops=tuple(one.id for one in screening.stops),
        locks=tuple(one.id for one in screening.locks if {"salt", "drink"} & set(one.blocks)),
    )


def names_of(products: Mapping[str, Product]) -> dict[str, str]:
    """What products are called."""
    return {name: one.name or name for name, one in products.items()}


# ---------------------------------------------------------------- for a kept race


def plan_of_race(
    context: Context,
    reference: str,
    wishes: DrinkWishes,
    *,
    answers: Answers | None = None,
    units: Units = "metric",
    keeps: bool = True,
    with_branches: bool = True,
) -> DrinkAnswer:
    """The plan of a kept race, with the runner's own body, pace plan and course.

    `keeps=False` leaves the store as it is: for a what-if. NotFoundError for an unknown runner or
    race; InputError for what is missing: `plan_without_body`, `plan_without_weather`,
    `plan_without_pace`.
    """
    check_wishes(wishes)
    kept = find_race(context, reference)
    screening = answered_screening(context, answers or {})
    held_back = held_back_by(screening, race=kept.race, reference=str(kept.race_id))
    if held_back is not None:
        return held_back
    body = known_body(context)
    splits = splits_of(context, kept, wishes)
    exercise = exercise_from(splits, race=kept.race)
    products = {**catalogue(), **own_products(context)}
    assumed = list[Said]()
    is_dry_known = kept.race.relative_humidity_pct is not None
    tell_weather(
        assumed,
        humidity=None if is_dry_known else value("drinking.around.humidity_pct"),
        is_shade=kept.race.wind_speed_m_s is None and kept.race.solar_w_m2 is None,
    )
    stations = race_stations(kept.race, wishes, products, assumed, units=units)
    asked = DrinkAsked(
        runner=fitted(body, exercise, race_weather(kept.race, wishes, exercise)),
        exercise=exercise,
        weather=race_weather(kept.race, wishes, exercise),
        distance_m=kept.race.distance_m,
        stations=stations,
        products=products,
        carry=wishes.carry,
        carry_l=wishes.carry_l,
        trialled=wishes.trialled,
        trialled_l_per_h=wishes.trialled_l_per_h,
        trialled_sodium_mg_per_h=wishes.trialled_sodium_mg_per_h,
        cramp_free_sodium_change_mg_per_h=own_sodium(context, assumed),
        screen=drink_screen(screening, complete=screening.complete),
        assumed=tuple(assumed),
    )
    check_offers(asked)
    made = plan_drinking(asked, with_branches=with_branches)
    answer = DrinkAnswer(
        plan=made,
        made_from=asked,
        screening=screening,
        unanswered=() if screening.stops else screening.unanswered,
        race=kept.race,
        reference=str(kept.race_id),
        names=names_of(products),
        lost_per_hour=lost_per_hour(asked, made),
    )
    if keeps and made.status in (DrinkStatus.PLANNED, DrinkStatus.THIRST):
        keep(context, kept, answer, wishes)
    return answer


def held_back_by(
    screening: Screening, *, race: PlannedRace | None = None, reference: str | None = None
) -> DrinkAnswer | None:
    """The answer without doses, before anything else is asked for; None when a plan may be made."""
    screen = drink_screen(screening, complete=screening.complete)
    plan = locked_by(screen, age_y=None)
    if plan is None:
        return None
    return DrinkAnswer(
        plan=plan,
        screening=screening,
        unanswered=() if screening.stops else screening.unanswered,
        race=race,
        reference=reference,
    )


def known_body(context: Context) -> RunnerBody:
    """The runner's body; InputError `plan_without_body` says what is missing of it."""
    body = runner_body(context)
    if body.simulated is None:
        raise InputError("plan_without_body", values={"missing": ", ".join(body.missing)})
    return body


def fitted(body: RunnerBody, exercise: Exercise, weather: Weather) -> SimulatedRunner:
    """The body with the sweat that its tests tell for just such a run."""
    runner = body.simulated
    assert runner is not None  # noqa: S101  (known_body looked)
    nothing = np.zeros((1, len(exercise.speed_m_s)))
    intake = Intake(fluid_l=nothing, cation_mmol=nothing, sodium_mmol=nothing)
    scenario = Scenario(runner=runner, exercise=exercise, weather=weather, intake=intake)
    return body.fitted_to(scenario).runner


def splits_of(context: Context, kept: KeptRace, wishes: DrinkWishes) -> tuple[Split, ...]:
    """When the runner is where: the pace plan, else the goal time at an even pace."""
    pace = gap_of_race(context, str(kept.race_id)).pace
    if pace is not None:
        splits = pace.splits
    elif kept.race.goal_time_s is not None:
        splits = (Split(at_m=kept.race.distance_m, at_s=kept.race.goal_time_s),)
    else:
        raise InputError("plan_without_pace")
    longer = 1.0 + wishes.slower_share
    return tuple(replace(one, at_s=one.at_s * longer) for one in splits)


def race_weather(race: PlannedRace, wishes: DrinkWishes, exercise: Exercise) -> Weather:
    """The weather of the race day, or another one that was asked for."""
    degrees = race.temp_air_c if wishes.temp_air_c is None else wishes.temp_air_c
    if degrees is None:
        raise InputError("plan_without_weather")
    humidity = race.relative_humidity_pct
    return steady(
        len(exercise.speed_m_s),
        degrees=degrees,
        humidity=value("drinking.around.humidity_pct") if humidity is None else humidity,
        wind=race.wind_speed_m_s or 0.0,
        sun=race.solar_w_m2 or 0.0,
    )


def steady(
    n_minutes: int, *, degrees: float, humidity: float, wind: float = 0.0, sun: float = 0.0
) -> Weather:
    """The same air from gun to finish."""
    told = {"temp_air_c": degrees, "relative_humidity_pct": humidity, "wind_speed_m_s": wind,
            "solar_w_m2": sun}  # fmt: skip
    return weather_from_document(told, n_minutes)


def grades(race: PlannedRace) -> tuple[tuple[float, float], ...]:
    """Slope of the course from each of its points on."""
    most = value("training.steepest_grade_pct") / 100
    steps = [(one, two) for one, two in pairwise(race.course) if two.at_m > one.at_m]
    slopes = [(two.elevation_m - one.elevation_m) / (two.at_m - one.at_m) for one, two in steps]
    return tuple(
        (one.at_m, min(max(slope, -most), most))
        for (one, _), slope in zip(steps, slopes, strict=True)
    )


def race_stations(
    race: PlannedRace,
    wishes: DrinkWishes,
    products: Mapping[str, Product],
    assumed: list[Said],
    *,
    units: Units,
) -> tuple[Station, ...]:
    """As they were typed, less those that are missed; else water every so often."""
    if wishes.stations is None:
        found = usual_stations(race.distance_m, assumed)
    else:
        preset = preset_named(wishes.stations)
        cup_l = wishes.cup_l
        if preset is not None:
            assumed.append(of_preset(preset))
            cup_l = preset.cup_l if cup_l is None else cup_l
        if cup_l is None:
            cup_l = value("drinking.around.cup_l")
            cup = millilitres_from_litres(cup_l)
            assumed.append(Said(id="drink.assumed.cup", values={"cup": cup}))
        found = parsed_stations(
            wishes.stations if preset is None else preset.stations,
            distance_m=race.distance_m,
            cup_l=cup_l,
            known=products,
            units=units,
        )
    return tuple(one for one in found if not is_missed(one, wishes.missed))


def is_missed(station: Station, missed: Sequence[float]) -> bool:
    """Whether a station is one of those that are left out, as typed by its distance."""
    return any(abs(station.at_m - one) <= MISSED_OFF_M for one in missed)


def preset_named(given: str) -> RacePreset | None:
    """The big race of this name, when it is one: `boston`, `New York City Marathon`."""
    wanted = " ".join(given.casefold().replace("_", " ").split())
    for one in race_presets().values():
        if wanted in (one.id.replace("_", " "), one.name.casefold()):
            return one
    return None


def preset_stations(preset: RacePreset) -> tuple[Station, ...]:
    """The stations of a big race, as listed."""
    return parsed_stations(
        preset.stations,
        distance_m=preset.distance_m,
        cup_l=preset.cup_l,
        known=catalogue(),
        units="metric",
    )


def of_preset(preset: RacePreset) -> Said:
    """Where the stations of a big race come from, and what was guessed."""
    name = "drink.assumed.preset" if preset.as_of else "drink.assumed.preset_no_year"
    values = {"name": preset.name, "year": preset.as_of, "read_on": preset.read_on,
              "note": preset.note}  # fmt: skip
    return Said(id=name, values=values, sources=tuple(one.key for one in preset.citations))


def own_sodium(context: Context, assumed: list[Said]) -> float | None:
    """Sodium balance of long runs without a cramp, mg an hour, told among what a plan rests on."""
    found = cramp_free_sodium(context)
    if found is None:
        return None
    values = {"n": found.n_runs, "loss_mg": round(-found.sodium_change_mg_per_h, -1)}
    assumed.append(Said(id="drink_plan.assumed.own_sodium", values=values, sources=("judgement",)))
    return found.sodium_change_mg_per_h


def keep(context: Context, kept: KeptRace, answer: DrinkAnswer, wishes: DrinkWishes) -> None:
    """Keep a plan with what was asked and the products in it."""
    plan, asked = answer.plan, answer.asked
    schedules = (plan.schedule, *(one.schedule or () for one in plan.branches))
    used = {one.product for rows in schedules for one in rows} | {name for name, _ in plan.carry}
    products = [plain(one) for name, one in asked.products.items() if name in used]
    request = {**plain(wishes), "products": products}
    keep_plan(context, kept.race_id, "drinking", answer.plan, request=request)


# ---------------------------------------------------------------- for any run


def plan_of_run(
    context: Context,
    *,
    duration_min: float,
    temp_air_c: float,
    relative_humidity_pct: float | None,
    distance_m: float | None,
    wishes: DrinkWishes,
    answers: Answers | None = None,
    units: Units = "metric",
) -> DrinkAnswer:
    """How much an hour on a run of this time and weather; nothing is kept but the answers."""
    check_wishes(wishes)
    screening = answered_screening(context, answers or {})
    held_back = held_back_by(screening)
    if held_back is not None:
        return held_back
    body, assumed = known_body(context), list[Said]()
    if distance_m is None:
        speed = value("drinking.around.speed_m_s")
        distance_m = speed * seconds_from_minutes(duration_min)
        pace = metres_from_kilometres(1.0) / speed
        assumed.append(Said(id="drink.assumed.pace", values={"pace_s_per_km": pace}))
    if relative_humidity_pct is None:
        relative_humidity_pct = value("drinking.around.humidity_pct")
        assumed.append(Said(id="drink.assumed.humidity", values={"pct": relative_humidity_pct}))
    exercise = even_pace(distance_m, duration_min)
    weather = steady(len(exercise.speed_m_s), degrees=temp_air_c, humidity=relative_humidity_pct)
    products = {**catalogue(), **own_products(context)}
    tell_weather(assumed, humidity=None, is_shade=True)
    race = PlannedRace(day=context.now.date(), distance_m=distance_m)
    asked = DrinkAsked(
        runner=fitted(body, exercise, weather),
        exercise=exercise,
        weather=weather,
        distance_m=distance_m,
        stations=run_stations(race, wishes, products, assumed, units=units),
        products=products,
        carry=wishes.carry,
        carry_l=wishes.carry_l,
        trialled=wishes.trialled,
        trialled_l_per_h=wishes.trialled_l_per_h,
        trialled_sodium_mg_per_h=wishes.trialled_sodium_mg_per_h,
        cramp_free_sodium_change_mg_per_h=own_sodium(context, assumed),
        screen=drink_screen(screening, complete=screening.complete),
        assumed=tuple(assumed),
    )
    check_offers(asked)
    made = plan_drinking(asked)
    return DrinkAnswer(
        plan=made,
        made_from=asked,
        screening=screening,
        names=names_of(products),
        lost_per_hour=lost_per_hour(asked, made),
    )


def run_stations(
    race: PlannedRace,
    wishes: DrinkWishes,
    products: Mapping[str, Product],
    assumed: list[Said],
    *,
    units: Units,
) -> tuple[Station, ...]:
    """As they were typed; else nothing but the bottle, or all at hand where none is carried."""
    if wishes.stations is not None:
        return race_stations(race, wishes, products, assumed, units=units)
    if wishes.carry_l > 0.0:
        return ()
    return usual_stations(race.distance_m, assumed, with_drink=True)
