"""The scenario document: its schema, its page and its parser say the same."""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from uncramp.errors import InputError
from uncramp.evidence import value
from uncramp.simulation.scenario import DRAWS, LIMITS, scenario_from_document

REFERENCE: Final = Path(__file__).resolve().parents[1] / "docs" / "reference"
SCHEMA: Final[dict[str, Any]] = json.loads(
    (REFERENCE / "scenario.schema.json").read_text(encoding="utf-8")
)
PAGE: Final = (REFERENCE / "simulation.md").read_text(encoding="utf-8")

FULL: Final[dict[str, Any]] = {
    "runner": {
        "sex": "male", "age_y": 41, "height_cm": 176, "body_mass_kg": 72, "acclimation": 0.5,
        "sweat_rate_l_per_h": 1.2, "sweat_sodium_mmol_per_l": {"mean": 45, "sd": 6},
        "total_body_water_l": 43, "plasma_sodium_start_mmol_per_l": {"mean": 140},
    },
    "exercise": {
        "duration_min": 60, "speed_m_s": 3, "metabolic_rate_w": 900, "grade": 0.01,
        "air_speed_m_s": 3,
    },
    "weather": {
        "temp_air_c": 20, "relative_humidity_pct": 60, "wind_speed_m_s": 1, "solar_w_m2": 300,
    },
    "intake": [
        {"start_min": 0, "every_min": 20, "until_min": 50, "fluid_l": 0.2, "sodium_mmol": 4,
         "potassium_mmol": 1},
        {"start_min": 30, "fluid_l": 0, "sodium_mmol": 9},
    ],
    "setting": "lab",
    "draws": 64,
}  # fmt: skip
LEAST: Final[dict[str, Any]] = {
    "runner": {"sex": "female", "age_y": 30, "height_cm": 165, "body_mass_kg": 58},
    "exercise": {"duration_min": 30, "metabolic_rate_w": 700},
    "weather": {"temp_air_c": 15, "relative_humidity_pct": 70},
}
EXAMPLE: Final[dict[str, Any]] = json.loads(PAGE.partition("```json\n")[2].partition("```")[0])

Place = tuple[str, ...]


def numbers(schema: dict[str, Any], place: Place = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Every number of the schema with the way to it; an array has one step, `[]`."""
    for name, inner in schema.get("properties", {}).items():
        if inner.get("type") in ("number", "integer"):
            yield (*place, name), inner
        for choice in inner.get("oneOf", ()):
            if choice["type"] == "number":
                yield (*place, name), choice
            else:
                yield (*place, name, "mean"), choice["properties"]["mean"]
        if inner.get("type") == "array":
            yield from numbers(inner["items"], (*place, name, "[]"))
        yield from numbers(inner, (*place, name)) if "oneOf" not in inner else ()


def objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every object of the schema."""
    if "properties" in schema:
        yield schema
    for inner in (*schema.get("properties", {}).values(), *schema.get("oneOf", ())):
        yield from objects(inner)
    if "items" in schema:
        yield from objects(schema["items"])


def put(document: dict[str, Any], place: Place, number: float) -> dict[str, Any]:
    """The document with another number at a place."""
    made = copy.deepcopy(document)
    part: Any = made
    for step in place[:-1]:
        if step == "[]":
            part = part[0]
        elif step != place[-2] or place[-1] != "mean":
            part = part[step]
    if place[-1] == "mean":
        part[place[-2]] = {"mean": number, "sd": 0.0}
    else:
        part[place[-1]] = number
    return made


def is_taken(document: dict[str, Any]) -> bool:
    """Whether the parser takes it."""
    try:
        scenario_from_document(document)
    except InputError:
        return False
    return True


@pytest.mark.parametrize("document", [FULL, LEAST, EXAMPLE])
def test_valid_documents_are_taken(document: dict[str, Any]) -> None:
    """Everything told, as little as can be, and the example of the page."""
    assert is_taken(document)


def test_every_limit_is_in_the_schema_once() -> None:
    """Each number of the parser has its place, and the other way round."""
    found = {place[-2] if place[-1] == "mean" else place[-1] for place, _ in numbers(SCHEMA)}
    assert found == set(LIMITS)


@pytest.mark.parametrize(
    ("place", "schema"), [pytest.param(*one, id=".".join(one[0])) for one in numbers(SCHEMA)]
)
def test_each_limit_is_the_parsers(place: Place, schema: dict[str, Any]) -> None:
    """Both ends are taken, a step beyond is refused."""
    low, high = schema["minimum"], schema["maximum"]
    name = place[-2] if place[-1] == "mean" else place[-1]
    assert (low, high) == LIMITS[name]
    base = put(FULL, ("draws",), 16)
    if name in ("start_min", "until_min", "duration_min"):
        base["intake"][0]["every_min"] = 60
    for number in (low, high):
        assert is_taken(put(base, place, number)), number
    for number in (math.nextafter(low, -math.inf), math.nextafter(high, math.inf)):
        assert not is_taken(put(base, place, number)), number


@pytest.mark.parametrize("part", list(objects(SCHEMA)))
def test_no_object_takes_what_is_not_listed(part: dict[str, Any]) -> None:
    """A slip of the pen never becomes a default."""
    assert part["additionalProperties"] is False
    assert set(part["required"]) <= set(part["properties"])


@pytest.mark.parametrize("part", ["runner", "exercise", "weather", "intake"])
def test_what_is_required_is_required(part: str) -> None:
    """Without a required key the parser refuses, without another it does not."""
    schema = SCHEMA["properties"][part]
    schema = schema.get("items", schema)
    for name in schema["properties"]:
        document = copy.deepcopy(FULL)
        told = document[part][0] if part == "intake" else document[part]
        del told[name]
        assert is_taken(document) is (name not in schema["required"]), name
        told["colour"] = 1
        assert not is_taken(document)


def test_defaults_are_the_parsers() -> None:
    """What is missing is what the schema says."""
    scenario = scenario_from_document(LEAST)
    assert SCHEMA["properties"]["draws"]["default"] == DRAWS == scenario.draws
    assert SCHEMA["properties"]["setting"]["default"] == scenario.setting
    assert set(SCHEMA["required"]) == {"runner", "exercise", "weather"}
    assert scenario.exercise.air_speed_m_s is not None
    assert scenario.exercise.air_speed_m_s[0] == value("heat.unknown_air_speed_m_s")
    assert scenario.weather.solar_w_m2[0] == 0.0


def test_the_page_names_every_key_and_every_prior_that_exists() -> None:
    """Each key of a document is in a table; each parameter named there is in the evidence."""
    named = set(re.findall(r"`([a-z0-9_]+)`", PAGE))
    assert set(LIMITS) <= named
    rows = re.findall(r"\| ([^|]+) \| `((?:heat|sweat|sodium|fluid)\.[a-z0-9_]+)` \|", PAGE)
    assert len(rows) == 14
    for prior, key in rows:
        assert f"{value(key):g}" in prior, key
