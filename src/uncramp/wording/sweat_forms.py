"""What is typed into the forms about sweat, read in the reader's units; what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from uncramp.units import (
    celsius_from_fahrenheit,
    fahrenheit_from_celsius,
    fluid_ounces_from_litres,
    grams_from_kilograms,
    kilograms_from_grams,
    kilograms_from_ounces,
    kilograms_from_pounds,
    litres_from_fluid_ounces,
    metres_from_kilometres,
    metres_from_miles,
    mmol_from_mg_sodium,
    ounces_from_kilograms,
    pounds_from_kilograms,
    seconds_from_minutes,
    sodium_mg_from_mmol,
)
from uncramp.wording.catalogue import error_text, text
from uncramp.wording.quantities import Units, distance, duration
from uncramp.wording.run_pages import day_words, length_in, length_unit, row_words
from uncramp.wording.sweat_page import degrees_unit, rate_words

if TYPE_CHECKING:
    from uncramp.actions.sweat_form import FormRuns
    from uncramp.actions.sweat_group import GroupResult, RefusedLine
    from uncramp.actions.sweat_tests import Checked
    from uncramp.errors import UncrampError

__all__ = [
    "FIELDS",
    "NO_RUN",
    "QUIET_FLAGS",
    "error_words",
    "group_words",
    "hint_words",
    "how_to_weigh",
    "numbers_from",
    "pace_example",
    "run_options",
    "site_options",
    "sodium_unit_options",
    "speed_from_pace",
    "step_options",
    "unit_names",
]

Convert = Callable[[float], float]

HOW: Final = ("when", "before", "drink", "toilet", "after", "scale")
"""The instructions, in order."""
NO_RUN: Final = ""
LONGEST: Final = 12
SCALE_STEPS: Final = {
    "metric": ("0.01", "0.05", "0.1", "0.2", "0.5"),
    "imperial": ("0.1", "0.2", "0.5", "1"),
}
MG: Final = "mg"
FIELDS: Final = MappingProxyType(
    {
        "before": "body_mass_before_kg",
        "after": "body_mass_after_kg",
        "drunk": "fluid_intake_l",
        "minutes": "duration_min",
        "urine": "urine_output_l",
        "food": "food_kg",
        "held": "held_sweat_kg",
        "step": "scale_step_kg",
        "degrees": "temp_air_c",
        "humidity": "relative_humidity_pct",
        "distance": "distance_m",
        "sodium": "sodium_mmol_per_l",
        "rate": "sweat_rate_l_per_h",
    }
)
"""Field of a form to what it is called in a test."""
KINDS: Final = MappingProxyType(
    {
        "before": "mass", "after": "mass", "step": "mass", "drunk": "volume", "urine": "volume",
        "rate": "rate", "food": "small_mass", "held": "small_mass", "degrees": "heat",
        "distance": "length",
    }
)  # fmt: skip
EXAMPLES: Final = MappingProxyType({"before": "68.4", "after": "67.6", "drunk": "0.5"})
AN_EXAMPLE: Final = "20"
FIELD_OF: Final = MappingProxyType(
    {
        "sweat_too_light": "before",
        "sweat_drop": "after",
        "sweat_gain": "after",
        "sweat_no_duration": "minutes",
        "sweat_which_run": "run",
        "sweat_run_other_day": "day",
        "sweat_day": "day",
        "sweat_already": "before",
        "unknown_site": "site",
    }
)
"""Beside which field a refusal stands."""
OF_THE_RUN: Final = frozenset({"day", "minutes"})
"""Fields that a chosen run fills."""
QUIET_FLAGS: Final = frozenset({"weather_unknown"})
"""Odd, but nothing that a second look at the scale could put right."""
UNIT_IS_SAID: Final = frozenset({"sweat_too_light", "sweat_day"})
"""Their remedy is how to write a unit or a day, which the form does by itself."""
COMMAND: Final = "`"
"""Stands in words that are for a terminal."""
SITES: Final = ("forearm", "thigh", "five_site", "whole_body")


def unchanged(value: float) -> float:
    """What is typed as it is kept."""
    return value


def into_si(kind: str, units: Units) -> Convert:
    """How what is typed becomes what is kept."""
    metric: dict[str, Convert] = {
        "small_mass": kilograms_from_grams,
        "length": metres_from_kilometres,
    }
    imperial: dict[str, Convert] = {
        "mass": kilograms_from_pounds,
        "small_mass": kilograms_from_ounces,
        "volume": litres_from_fluid_ounces,
        "rate": litres_from_fluid_ounces,
        "heat": celsius_from_fahrenheit,
        "length": metres_from_miles,
    }
    return (metric if units == "metric" else imperial).get(kind, unchanged)


def out_of_si(kind: str, units: Units) -> Convert:
    """How a limit is said in the reader's units."""
    metric: dict[str, Convert] = {
        "small_mass": grams_from_kilograms,
        "length": lambda metres: length_in(metres, units=units),
    }
    imperial: dict[str, Convert] = {
        "mass": pounds_from_kilograms,
        "small_mass": ounces_from_kilograms,
        "volume": fluid_ounces_from_litres,
        "rate": fluid_ounces_from_litres,
        "heat": fahrenheit_from_celsius,
        "length": lambda metres: length_in(metres, units=units),
    }
    return (metric if units == "metric" else imperial).get(kind, unchanged)


# ---------------------------------------------------------------- reading


def numbers_from(
    typed: Mapping[str, str], *, needed: tuple[str, ...], units: Units
) -> tuple[dict[str, float], dict[str, str]]:
    """The numbers of a form by what they are called in a test, and what is wrong, by field.

    An empty field is not there: left out is not 0. A decimal comma is as good as a point.
    """
    numbers: dict[str, float] = {}
    errors: dict[str, str] = {}
    for field, name in FIELDS.items():
        given = typed.get(field, "").strip().replace(",", ".")
        if not given:
            if field in needed:
                errors[field] = text("sweat_page.wrong.missing", field=label_of(field))
            continue
        bare = given.removeprefix("-").replace(".", "", 1)
        if len(given) > LONGEST or not (bare.isascii() and bare.isdecimal()):
            example = EXAMPLES.get(field, AN_EXAMPLE)
            errors[field] = text("sweat_page.wrong.number", field=label_of(field), example=example)
            continue
        numbers[name] = into_si(KINDS.get(field, ""), units)(float(given))
    if typed.get("sodium_unit") == MG and "sodium_mmol_per_l" in numbers:
        numbers["sodium_mmol_per_l"] = mmol_from_mg_sodium(numbers["sodium_mmol_per_l"])
    return numbers, errors


def label_of(field: str) -> str:
    """What a field is called."""
    part = "patch" if field in ("sodium", "rate") else "form"
    return text(f"sweat_page.{part}.{field}")


def speed_from_pace(given: str, *, units: Units) -> float | None:
    """`5:20` a kilometre or a mile as metres a second; None for nothing, ValueError for no pace."""
    if not given.strip():
        return None
    minutes, _, seconds = given.strip().partition(":")
    parts = (minutes, seconds or "0")
    if not all(len(one) <= 2 and one.isascii() and one.isdecimal() for one in parts):
        raise ValueError(given)
    metres = metres_from_miles(1.0) if units == "imperial" else metres_from_kilometres(1.0)
    taken = seconds_from_minutes(float(minutes)) + float(parts[1])
    if not taken or float(parts[1]) >= seconds_from_minutes(1.0):
        raise ValueError(given)
    return metres / taken


def error_words(error: UncrampError, *, typed: Mapping[str, str], units: Units) -> dict[str, str]:
    """A refusal beside the field it is about."""
    if error.code != "sweat_number":
        words = error_text(error.code, error.values)
        told = ("what", "why") if error.code in UNIT_IS_SAID else ("what", "why", "remedy")
        parts = [words[part] for part in told if part in words]
        said = " ".join(part for part in parts if COMMAND not in part)
        field = FIELD_OF.get(error.code, "run")
        return {"run" if typed.get("run") and field in OF_THE_RUN else field: said}
    name = str(error.values["name"])
    field = next(field for field, called in FIELDS.items() if called == name)
    convert = out_of_si(KINDS.get(field, ""), units)
    if typed.get("sodium_unit") == MG and field == "sodium":
        convert = sodium_mg_from_mmol
    low, high = (convert(float(str(error.values[end]))) for end in ("low", "high"))
    return {
        field: text(
            "sweat_page.wrong.range",
            field=label_of(field),
            low=f"{low:.4g}",
            high=f"{high:.6g}",
        )
    }


# ---------------------------------------------------------------- what a form shows


def unit_names(units: Units) -> dict[str, str]:
    """The unit behind each kind of field."""
    metric = units == "metric"
    return {
        "mass": text("sweat_page.unit.kg" if metric else "sweat_page.unit.lb"),
        "small_mass": text("sweat_page.unit.g" if metric else "sweat_page.unit.oz"),
        "volume": text("sweat_page.unit.l" if metric else "sweat_page.unit.fl_oz"),
        "rate": text("sweat_page.unit.l_h" if metric else "sweat_page.unit.fl_oz_h"),
        "heat": degrees_unit(units),
        "length": length_unit(units),
        "pace": text("sweat_page.unit.pace_km" if metric else "sweat_page.unit.pace_mi"),
    }


def run_options(runs: FormRuns, *, units: Units) -> list[tuple[str, str]]:
    """Runs by their number; first that it was none of them."""
    named = [(NO_RUN, text("sweat_page.form.no_run"))]
    for one in runs.choices:
        numbers = row_words(one.row, units=units)
        parts = (day_words(one.day), one.row.title or "", numbers["distance"], numbers["time"])
        named.append((str(one.row.activity_id), " · ".join(part for part in parts if part)))
    return named


def step_options(units: Units) -> list[tuple[str, str]]:
    """What scales show."""
    unit = unit_names(units)["mass"]
    known = [(one, f"{one} {unit}") for one in SCALE_STEPS[units]]
    return [("", text("sweat_page.form.step_unknown")), *known]


def site_options() -> list[tuple[str, str]]:
    """Where sweat sodium may have been measured."""
    return [(one, text(f"sweat_page.patch.site.{one}")) for one in SITES]


def sodium_unit_options() -> list[tuple[str, str]]:
    """Units of a report."""
    return [(one, text(f"sweat_page.patch.unit.{one}")) for one in ("mmol", MG)]


def hint_words(checked: Checked, *, units: Units) -> dict[str, Any]:
    """What a weigh-in comes to, before it is kept, and what is odd about it."""
    rate = checked.rate_l_per_h or 0.0
    said = [text("sweat_page.form.would_be", rate=rate_words(rate, units=units))]
    test = checked.test
    if checked.run is not None:
        numbers = {
            "time": duration(seconds_from_minutes(getattr(test, "duration_min", 0.0))),
            "distance": distance(checked.run.distance_m, units=units),
        }
        said.append(
            text("sweat_page.form.on_run", time=numbers["time"], distance=numbers["distance"])
        )
    return {
        "words": " ".join(said),
        "doubts": [text(f"sweat_test.flag.{one}") for one in checked.flags],
        "is_doubtful": bool({*checked.flags} - QUIET_FLAGS),
        "code": ",".join(checked.flags),
    }


def group_words(result: GroupResult) -> dict[str, Any]:
    """What became of a file, line by line."""
    refused = [
        {"line": one.line, "runner": one.runner, "why": refusal_words(one)}
        for one in result.refused
    ]
    counts = {"n": len(result.added), "n_refused": len(refused), "n_already": len(result.already)}
    said = [text("sweat_page.group.done", **counts)]
    if result.unknown_columns:
        names = ", ".join(result.unknown_columns)
        said.append(text("sweat_page.group.passed_over", names=names))
    return {"said": " ".join(said), "refused": refused}


def refusal_words(line: RefusedLine) -> str:
    """Why one line stays out."""
    words = error_text(line.code, dict(line.values))
    parts = [words[part] for part in ("what", "why", "remedy") if part in words]
    return " ".join(part for part in parts if COMMAND not in part)


def how_to_weigh() -> list[str]:
    """How to weigh oneself, one step a line."""
    return [text(f"sweat_test.how.{step}") for step in HOW]


def pace_example(units: Units) -> str:
    """A pace as it is typed."""
    name = "pace_mile" if units == "imperial" else "pace"
    return text(f"sweat_page.example.{name}")
