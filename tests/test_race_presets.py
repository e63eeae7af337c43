"""Big races, labels and what a request may not say: held together, and against the planner."""

from __future__ import annotations

import json
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uncramp.actions.plan import plan_of_request, preset_stations
from uncramp.actions.products import catalogue, product_from
from uncramp.actions.typed_quantities import parsed_temperature
from uncramp.cli.root import main
from uncramp.drink_plan import DrinkStatus, ProductKind, Take
from uncramp.drinking.limits import check_schedule
from uncramp.errors import InputError, UncrampError
from uncramp.evidence import product_labels, race_presets, rules_file
from uncramp.wording.drink_plan import drink_data, drink_lines

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "products.md"
REQUEST: Final[dict[str, Any]] = {
    "runner": {"sex": "male", "age_y": 40, "height_cm": 178, "body_mass_kg": 75},
    "screen": {"complete": True, "flags": [], "locks": []},
    "race": {
        "distance_m": 21097.5, "duration_min": 130,
        "weather": {"temp_air_c": 27, "relative_humidity_pct": 60},
        "stations": [{"at_m": 5000 * n, "offers": ["water", "iso"], "cup_l": 0.15}
                     for n in range(1, 5)],
    },
    "products": [
        {"id": "iso", "kind": "drink", "sodium_mg": 225, "volume_l": 0.5, "carbohydrate_g": 30},
        {"id": "cap", "kind": "capsule", "sodium_mg": 215, "max": 6},
    ],
}  # fmt: skip


def changed(**parts: Any) -> dict[str, Any]:
    """The request with other parts; `race__weather` goes one deeper."""
    document = deepcopy(REQUEST)
    for name, part in parts.items():
        outer, _, inner = name.partition("__")
        if inner:
            document[outer][inner] = part
        else:
            document[outer] = part
    return document


# ---------------------------------------------------------------- big races and labels


@pytest.mark.parametrize("name", list(race_presets()))
def test_every_big_race_reads_as_a_runner_would_type_it(name: str) -> None:
    """In order, inside the race, only with products that are listed, and dated."""
    preset = race_presets()[name]
    found = preset_stations(preset)
    places = [one.at_m for one in found]
    assert len(places) >= 12
    assert places == sorted(set(places))
    assert all(0 < one < preset.distance_m for one in places)
    assert all(offer in catalogue() for one in found for offer in one.offers)
    assert sum("water" in one.offers for one in found) >= 12
    assert all(later - one > 300 for one, later in pairwise(places))
    assert preset.read_on == "2026-11"
    assert preset.citations
    assert preset.note.endswith(".")


def test_the_page_of_products_says_what_the_list_says() -> None:
    """Each product and each big race has its row with its own numbers."""
    rows = [
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    cells = {row.split("`")[1]: row.split(" | ") for row in rows}
    assert cells.keys() == product_labels().keys() | race_presets().keys()
    for name, label in product_labels().items():
        assert cells[name][3] == f"{label.sodium_mg:g}", name
        assert cells[name][8] == label.confidence, name
        assert label.conflict in cells[name][9]
    for name, preset in race_presets().items():
        assert preset.stations in " | ".join(cells[name])


def test_labels_are_plausible_as_sodium_and_not_as_salt() -> None:
    """A drink of a race holds less sodium a litre than sea water, and more than none."""
    for label in product_labels().values():
        if label.kind == ProductKind.DRINK:
            per_l = label.sodium_mg / label.volume_l
            assert 200 <= per_l <= 2100, label.id
        assert label.confidence in ("high", "medium", "low")


def test_salt_of_an_eu_label_is_converted() -> None:
    """1 g of salt is 393 mg of sodium."""
    gel = {"id": "eu_gel", "kind": "gel", "salt_mg": 1000}
    assert product_from(gel).sodium_mg == pytest.approx(393.4, abs=0.5)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"id": "a", "kind": "drink", "sodium_mg": 200}, "drink_without_volume"),
        ({"id": "a", "kind": "drink", "sodium_mg": 200, "volume_l": 0}, "drink_without_volume"),
        ({"id": "a", "kind": "gel", "max": True}, "bad_number"),
        ({"id": "a", "kind": "gel", "max": -1}, "bad_number"),
        ({"id": "a", "kind": "gel", "sodium_mg": float("nan")}, "bad_number"),
        ({"id": "a", "kind": "gel", "sodium_mg": True}, "bad_number"),
        ({"id": "a", "kind": "gel", "salt_mg": 1e9}, "bad_number"),
    ],
)
def test_a_product_that_cannot_be_is_refused(told: dict[str, Any], code: str) -> None:
    """By a code that has words."""
    with pytest.raises(InputError) as raised:
        product_from(told)
    assert raised.value.code == code


# ---------------------------------------------------------------- what was typed


@pytest.mark.parametrize(
    ("given", "units", "expected"),
    [("24", "metric", 24), ("24C", "imperial", 24), ("75 °F", "metric", 23.9),
     ("75", "imperial", 23.9), ("-3,5", "metric", -3.5), ("−3.5 °c", "metric", -3.5)],
)  # fmt: skip
def test_degrees_as_people_type_them(given: str, units: Any, expected: float) -> None:
    """Bare numbers are in the runner's units."""
    assert parsed_temperature(given, units=units) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("given", ["", "warm", "24 K", "2e3", "24C 60%", "1000"])
def test_what_is_no_temperature_is_refused(given: str) -> None:
    """In words."""
    with pytest.raises(InputError) as raised:
        parsed_temperature(given, units="metric")
    assert raised.value.code == "bad_quantity"


# ---------------------------------------------------------------- what a request may not say


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"race__duration_min": 10}, "pace_impossible"),
        ({"race__splits": [{"at_m": 10_000, "at_s": 3600}]}, "splits_without_finish"),
        ({"race__splits": []}, "bad_splits"),
        ({"race__splits": [{"at_m": 21097.5, "at_s": 190_000}]}, "bad_number"),
        ({"race__stations": [{"at_m": 30_000, "offers": ["water"]}]}, "bad_number"),
        ({"race__start": 9}, "bad_clock"),
        ({"race__start": "25:00"}, "bad_clock"),
        ({"race__weather": {"relative_humidity_pct": 60}}, "missing_in_request"),
        ({"race__weather": {"temp_air_c": 99}}, "bad_number"),
        ({"race__weather": {"temp_air_c": 20, "rain": 1}}, "scenario_unknown_key"),
        ({"products": REQUEST["products"] * 2}, "bad_request_part"),
    ],
)
def test_what_no_race_is_like_is_refused(parts: dict[str, Any], code: str) -> None:
    """Before anything is simulated."""
    with pytest.raises(InputError) as raised:
        plan_of_request(changed(**parts))
    assert raised.value.code == code


def test_weather_that_is_not_told_is_taken_and_said() -> None:
    """Humidity, sun and wind."""
    answer = plan_of_request(changed(race__weather={"temp_air_c": 27}), with_branches=False)
    ids = {one.id for one in answer.plan.assumed}
    assert {"drink.assumed.humidity", "assumed.shade_no_wind"} <= ids
    assert float(answer.asked.weather.relative_humidity_pct[0]) == 60.0


def test_what_is_lost_in_an_hour_does_not_hang_on_the_plan() -> None:
    """G33: the band is the runner's; nobody who gets no doses is told one."""
    planned = plan_of_request(REQUEST, with_branches=False)
    alone = plan_of_request(changed(race__stations=[], products=[]), with_branches=False)
    assert planned.lost_per_hour == alone.lost_per_hour
    lost = planned.lost_per_hour
    assert lost is not None
    assert 0 < lost.sodium_mg.low < lost.sodium_mg.median < lost.sodium_mg.high
    assert 0.5 < lost.water_l.median < 2.0
    locked = plan_of_request(changed(screen={"complete": False}))
    assert locked.lost_per_hour is None


# ---------------------------------------------------------------- safety

FLAGS: Final = rules_file("red_flags")


@pytest.mark.parametrize("flag", [one["id"] for one in FLAGS["stops"]])
def test_every_stop_leaves_only_its_own_words(flag: str) -> None:
    """No dose, no branch, no band; `because` is the stop's."""
    screen = {"complete": True, "flags": [flag], "locks": []}
    answer = plan_of_request(changed(screen=screen))
    data = drink_data(answer, units="metric")
    assert data["status"] == "locked"
    assert {one.id.partition(".")[0] for one in answer.plan.because} <= {"drink_plan", "stop"}
    empty = ("schedule", "before", "after", "balance", "limits", "branches", "assumed", "carry",
             "sensitivity")  # fmt: skip
    assert all(len(data[part]) == 0 for part in empty)
    assert data["per_hour"] is data["lost_per_hour"] is data["stop_drinking_trigger"] is None
    shown = "\n".join(drink_lines(answer, runner="me", units="metric"))
    assert "mg" not in shown.split()


@pytest.mark.parametrize("lock", FLAGS["locks"], ids=lambda one: one["id"])
def test_every_lock_on_drink_or_salt_holds_doses_back(lock: dict[str, Any]) -> None:
    """With what to do instead and what to ask; other locks do not."""
    screen = {"complete": True, "flags": [], "locks": [lock["id"]]}
    plan = plan_of_request(changed(screen=screen), with_branches=False).plan
    ids = [one.id for one in plan.because]
    if {"salt", "drink"} & set(lock["blocks"]):
        assert plan.status is DrinkStatus.LOCKED
        assert {"drink_plan.thirst.rule", "drink_plan.locked.ask"} <= set(ids)
        assert not plan.schedule
        assert plan.per_hour is None
    else:
        assert plan.status is not DrinkStatus.LOCKED


junk = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
PLACES: Final = ("runner", "screen", "race", "products", "carry", "carry_l", "trialled",
                 "trialled_l_per_h", "trialled_sodium_mg_per_h", "race__weather", "race__stations",
                 "race__splits", "race__start", "race__duration_min")  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(place=st.sampled_from(PLACES), value=junk)
def test_no_junk_in_a_request_is_a_traceback(place: str, value: Any) -> None:
    """An error in words, or an answer whose rows hold every limit."""
    document = changed(**{place: value})
    document["screen"] = value if place == "screen" else {"complete": False}
    try:
        answer = plan_of_request(document)
    except UncrampError:
        return
    assert answer.plan.status is DrinkStatus.LOCKED
    assert not answer.plan.schedule


@settings(max_examples=4, deadline=None)
@given(
    minutes=st.integers(95, 220),
    degrees=st.integers(12, 34),
    kilograms=st.integers(45, 105),
    cup_ml=st.integers(60, 400),
    sodium_mg=st.integers(0, 900),
)
def test_the_rows_of_the_json_hold_every_limit(
    minutes: int, degrees: int, kilograms: int, cup_ml: int, sodium_mg: int
) -> None:
    """Read back from the text that `--json` prints."""
    document = changed(race__duration_min=minutes)
    document["race"]["weather"]["temp_air_c"] = degrees
    document["runner"]["body_mass_kg"] = kilograms
    document["products"][0]["sodium_mg"] = sodium_mg
    for station in document["race"]["stations"]:
        station["cup_l"] = cup_ml / 1000
    answer = plan_of_request(document, with_branches=False)
    data = json.loads(json.dumps(drink_data(answer, units="metric"), default=str))
    rows = tuple(Take(**row) for row in data["schedule"])
    assert all(limit.held for limit in check_schedule(answer.asked, rows))
    assert (data["status"] == "planned") == bool(rows)


def test_the_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    """`plan` and `products` among them."""
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "plan" in shown
    assert "products" in shown
