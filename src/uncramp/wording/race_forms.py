"""What is typed into the form of a race, read in the reader's units; what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from types import MappingProxyType
from typing import Any, Final

from uncramp import evidence
from uncramp.units import (
    celsius_from_fahrenheit,
    feet_from_metres,
    minutes_from_seconds,
    seconds_from_minutes,
)
from uncramp.vocabulary import PlannedRace
from uncramp.wording.catalogue import error_text, text
from uncramp.wording.quantities import Units
from uncramp.wording.run_pages import degrees_in, length_in, length_unit, metres_in
from uncramp.wording.sweat_page import degrees_unit

__all__ = [
    "RACE_FIELDS",
    "TypedRace",
    "length_options",
    "race_error_words",
    "race_unit_names",
    "typed_from_race",
    "typed_race",
]

RACE_FIELDS: Final = (
    "name", "day", "start", "length", "distance", "hours", "minutes", "seconds",
    "up", "down", "degrees", "humidity",
)  # fmt: skip
"""Every field but the file."""
LENGTHS: Final = MappingProxyType(
    {
        "marathon": "training.distance.marathon",
        "half": "training.distance.half",
        "ten": "training.distance.10km",
    }
)
"""Choice of the form to the number of its distance."""
OTHER: Final = "other"
COURSE: Final = "course"
NUMBERS: Final = ("distance", "hours", "minutes", "seconds", "up", "down", "degrees", "humidity")
LONGEST: Final = 9
MINUTES_IN_AN_HOUR: Final = 60
EXAMPLES: Final = MappingProxyType({"distance": "33.5", "hours": "3", "minutes": "45",
                                    "seconds": "30"})  # fmt: skip
AN_EXAMPLE: Final = "20"
FIELD_OF: Final = MappingProxyType(
    {
        "distance_m": "distance",
        "goal_time_s": "hours",
        "ascent_m": "up",
        "descent_m": "down",
        "temp_air_c": "degrees",
        "relative_humidity_pct": "humidity",
        "race_without_day": "day",
        "race_without_distance": "distance",
        "no_course": "course",
        "course_of_another_length": "course",
    }
)
"""What a refusal is about to the field it stands beside."""
COMMAND: Final = "`"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRace:
    """A race as it was typed; None is what was left out."""

    name: str = ""
    day: date | None = None
    start: time | None = None
    distance_m: float | None = None
    goal_time_s: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    temp_air_c: float | None = None
    relative_humidity_pct: float | None = None


def typed_race(
    typed: Mapping[str, str], *, has_course: bool, units: Units
) -> tuple[TypedRace, dict[str, str]]:
    """What was typed in SI, and what is wrong with it by field.

    Left out is not 0; a decimal comma is as good as a point. A course brings its own distance.
    """
    numbers, errors = _numbers(typed)
    day, start = _day(typed, errors), _start(typed, errors)
    distance_m = _distance(typed, numbers, errors, has_course=has_course, units=units)
    found = TypedRace(
        name=typed.get("name", "").strip(),
        day=day,
        start=start,
        distance_m=distance_m,
        goal_time_s=_goal(numbers, errors),
        ascent_m=_metres_up(numbers.get("up"), units=units),
        descent_m=_metres_up(numbers.get("down"), units=units),
        temp_air_c=_celsius(numbers.get("degrees"), units=units),
        relative_humidity_pct=numbers.get("humidity"),
    )
    order = (*RACE_FIELDS[:5], COURSE, *RACE_FIELDS[5:])
    return found, {name: errors[name] for name in order if name in errors}


def _numbers(typed: Mapping[str, str]) -> tuple[dict[str, float], dict[str, str]]:
    numbers: dict[str, float] = {}
    errors: dict[str, str] = {}
    for field in NUMBERS:
        given = typed.get(field, "").strip().replace(",", ".")
        bare = given.removeprefix("-").replace(".", "", 1)
        if not given:
            continue
        if len(given) > LONGEST or not (bare.isascii() and bare.isdecimal()):
            example = EXAMPLES.get(field, AN_EXAMPLE)
            label = text(f"race_page.form.{field}")
            errors[field] = text("race_page.wrong.number", field=label, example=example)
        else:
            numbers[field] = float(given)
    return numbers, errors


def _day(typed: Mapping[str, str], errors: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(typed.get("day", "").strip())
    except ValueError:
        errors["day"] = text("race_page.wrong.day")
        return None


def _start(typed: Mapping[str, str], errors: dict[str, str]) -> time | None:
    given = typed.get("start", "").strip()
    try:
        return time.fromisoformat(given).replace(tzinfo=None) if given else None
    except ValueError:
        errors["start"] = text("race_page.wrong.start")
        return None


def _distance(
    typed: Mapping[str, str],
    numbers: Mapping[str, float],
    errors: dict[str, str],
    *,
    has_course: bool,
    units: Units,
) -> float | None:
    """Metres; None where the course is to say it."""
    chosen = typed.get("length", "")
    if chosen in LENGTHS:
        return evidence.value(LENGTHS[chosen])
    if chosen == OTHER:
        if "distance" not in numbers and "distance" not in errors:
            errors["distance"] = text("race_page.wrong.distance")
        return metres_in(numbers["distance"], units=units) if "distance" in numbers else None
    if chosen == COURSE and not has_course:
        errors[COURSE] = text("race_page.wrong.course")
    elif chosen != COURSE:
        errors["length"] = text("race_page.wrong.length")
    return None


def _goal(numbers: Mapping[str, float], errors: dict[str, str]) -> float | None:
    """Seconds; None to finish well."""
    parts = [numbers.get(name) for name in ("hours", "minutes", "seconds")]
    if all(part is None for part in parts):
        return None
    hours, minutes, seconds = (part or 0.0 for part in parts)
    whole = seconds_from_minutes(seconds_from_minutes(hours) + minutes) + seconds
    if min(hours, minutes, seconds) < 0 or not whole:
        errors.setdefault("hours", text("race_page.wrong.goal"))
    return whole


def _metres_up(given: float | None, *, units: Units) -> float | None:
    if given is None or units == "metric":
        return given
    return given / feet_from_metres(1.0)


def _celsius(given: float | None, *, units: Units) -> float | None:
    if given is None or units == "metric":
        return given
    return celsius_from_fahrenheit(given)


# ---------------------------------------------------------------- what the form shows


def typed_from_race(race: PlannedRace, *, units: Units) -> dict[str, str]:
    """A kept race as the form shows it."""
    known = {evidence.value(number): choice for choice, number in LENGTHS.items()}
    length = COURSE if race.course else known.get(race.distance_m, OTHER)
    shown = {
        "name": race.name,
        "day": race.day.isoformat(),
        "start": "" if race.start is None else f"{race.start:%H:%M}",
        "length": length,
        "distance": _plain(length_in(race.distance_m, units=units)) if length == OTHER else "",
        "up": "" if race.course else _height(race.ascent_m, units=units),
        "down": "" if race.course else _height(race.descent_m, units=units),
        "degrees": ""
        if race.temp_air_c is None
        else _plain(degrees_in(race.temp_air_c, units=units)),
        "humidity": _plain(race.relative_humidity_pct),
    }
    return shown | _goal_fields(race.goal_time_s)


def _goal_fields(goal_s: float | None) -> dict[str, str]:
    if goal_s is None:
        return {"hours": "", "minutes": "", "seconds": ""}
    whole_minutes = int(minutes_from_seconds(goal_s))
    hours, minutes = divmod(whole_minutes, MINUTES_IN_AN_HOUR)
    left = goal_s - seconds_from_minutes(whole_minutes)
    return {"hours": str(hours), "minutes": str(minutes), "seconds": _plain(left)}


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:.2f}".rstrip("0").rstrip(".")


def _height(metres: float | None, *, units: Units) -> str:
    if metres is None:
        return ""
    return f"{metres if units == 'metric' else feet_from_metres(metres):.0f}"


def length_options(*, has_course: bool) -> list[dict[str, str]]:
    """How long it is: the usual ones, another, or as the course says."""
    names = (*LENGTHS, OTHER, COURSE)
    said = {COURSE: "race_page.length.course_kept"} if has_course else {}
    return [{"id": one, "name": text(said.get(one, f"race_page.length.{one}"))} for one in names]


def race_unit_names(units: Units) -> dict[str, str]:
    """The unit behind each kind of field."""
    return {
        "length": length_unit(units),
        "heat": degrees_unit(units),
        "height": text("race_page.unit.ft" if units == "imperial" else "race_page.unit.m"),
    }


def race_error_words(code: str, values: Mapping[str, Any]) -> dict[str, str]:
    """A refusal beside the field it is about; without what is for a terminal."""
    words = error_text(code, dict(values))
    said = [words[part] for part in ("what", "why", "remedy") if part in words]
    field = FIELD_OF.get(str(values.get("question", "")), FIELD_OF.get(code, "name"))
    return {field: " ".join(part for part in said if COMMAND not in part)}
