"""`uncramp plan`: requests, kept races and plain runs; products and stations. Made-up data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safekeeping_support import context_in
from store_support import NOW
from test_race_card import printed
from uncramp.actions.plan import (
    DrinkAnswer,
    DrinkWishes,
    plan_of_race,
    plan_of_request,
    plan_of_run,
)
from uncramp.actions.plans_kept import newest_drinking
from uncramp.actions.preferences import change_profile
from uncramp.actions.products import (
    add_product,
    catalogue,
    list_products,
    own_products,
    remove_product,
)
from uncramp.actions.race_files import race_files
from uncramp.actions.races import RaceAsked, add_race
from uncramp.actions.stations import parsed_stations
from uncramp.cli.root import main
from uncramp.drink_plan import DrinkStatus, Take
from uncramp.drinking.asked import DrinkAsked
from uncramp.drinking.limits import check_schedule
from uncramp.envelope import dump
from uncramp.errors import InputError, NotFoundError
from uncramp.evidence import product_labels
from uncramp.interview import questions
from uncramp.screening import screening_questions
from uncramp.store.store import Store
from uncramp.vocabulary import Answers, Sex, UserProfile
from uncramp.wording.drink_plan import drink_data, drink_lines

SCREEN = {"complete": True, "flags": [], "locks": []}
REQUEST: Mapping[str, Any] = {
    "runner": {"sex": "male", "age_y": 38, "height_cm": 182, "body_mass_kg": 82,
               "sweat_rate_l_per_h": {"mean": 1.9, "sd": 0.15},
               "sweat_sodium_mmol_per_l": {"mean": 60, "sd": 6}},
    "screen": SCREEN,
    "race": {
        "distance_m": 42195, "duration_min": 210,
        "weather": {"temp_air_c": 27, "relative_humidity_pct": 50},
        "stations": [{"at_m": 5000 * n, "offers": ["water", "iso"], "cup_l": 0.2}
                     for n in range(1, 8)],
    },
    "products": [
        {"id": "water", "kind": "water", "sodium_mg": 0, "volume_l": 0.2},
        {"id": "iso", "kind": "drink", "sodium_mg": 110, "volume_l": 0.2, "carbohydrate_g": 12},
        {"id": "cap", "kind": "capsule", "sodium_mg": 215, "max": 6},
    ],
    "trialled": ["iso", "cap"],
}  # fmt: skip
FINE: Answers = {
    name: 0.0 if questions()[name].type == "number" else ("none",) for name in screening_questions()
}


def changed(**parts: Any) -> dict[str, Any]:
    """The request with other parts; `race__weather=...` goes one deeper."""
    document = deepcopy(dict(REQUEST))
    for name, part in parts.items():
        outer, _, inner = name.partition("__")
        if inner:
            document[outer][inner] = part
        else:
            document[outer] = part
    return document


def data_of(answer: DrinkAnswer) -> dict[str, Any]:
    """What `--json` says."""
    told: dict[str, Any] = json.loads(dump(drink_data(answer, units="metric")))
    return told


def asked_of(answer: DrinkAnswer) -> DrinkAsked:
    """What was planned from."""
    assert answer.asked is not None
    return answer.asked


# ---------------------------------------------------------------- requests


def test_a_salty_heavy_sweater_in_the_heat_gets_a_plan_that_holds() -> None:
    """Rows of the data, read back, hold every limit; the trigger is said."""
    answer = plan_of_request(REQUEST)
    data = data_of(answer)
    assert data["status"] == "planned"
    rows = tuple(Take(**row) for row in data["schedule"])
    assert rows
    assert all(0 <= row.at_min <= 210 for row in rows)
    assert all(limit.held for limit in check_schedule(asked_of(answer), rows))
    assert all(limit["held"] for limit in data["limits"])
    assert data["per_hour"]["fluid_l"] == pytest.approx(sum(row.fluid_l for row in rows) / 3.5)
    assert {one["id"] for one in data["branches"]} >= {"slower", "missed_station", "twinge"}


def test_a_small_slow_runner_on_a_cool_day_drinks_to_thirst() -> None:
    """And it says exactly that."""
    small = {"sex": "female", "age_y": 50, "height_cm": 155, "body_mass_kg": 47}
    cool = {"temp_air_c": 8, "relative_humidity_pct": 70}
    answer = plan_of_request(changed(runner=small, race__weather=cool, race__duration_min=320))
    assert data_of(answer)["status"] == "thirst"
    assert data_of(answer)["schedule"] == []
    assert "Drink to thirst." in list(drink_lines(answer, runner="me", units="metric"))


@pytest.mark.parametrize(
    "screen",
    [
        None,
        {},
        {"complete": False},
        {"complete": True, "locks": ["kidney_disease"]},
        {"complete": True, "flags": ["hyponatraemia"]},
    ],
)
def test_without_a_whole_clear_screen_there_are_no_doses(screen: object) -> None:
    """Nothing in the answer has a number to drink or take."""
    document = changed(screen=screen) if screen is not None else changed()
    if screen is None:
        del document["screen"]
    if isinstance(screen, dict) and "locks" in screen:
        lock = next(iter(screen_locks()))
        document["screen"]["locks"] = [lock]
    data = data_of(plan_of_request(document))
    assert data["status"] == "locked"
    assert data["because"]
    for part in ("schedule", "limits", "branches", "balance", "carry"):
        assert data[part] == []
    assert data["per_hour"] is None
    assert data["stop_drinking_trigger"] is None


def screen_locks() -> list[str]:
    """Locks that hold salt or drink back."""
    from uncramp.evidence import rules_file

    return [one["id"] for one in rules_file("red_flags")["locks"] if "salt" in one["blocks"]]


def test_a_minor_gets_no_doses_whatever_the_screen_says() -> None:
    """The age opens the lock."""
    young = {**REQUEST["runner"], "age_y": 16}
    assert plan_of_request(changed(runner=young)).plan.status is DrinkStatus.LOCKED


def test_what_is_not_told_is_taken_and_said() -> None:
    """No stations, no products: water every 5 km, out of the catalogue."""
    document = changed()
    del document["race"]["stations"], document["products"], document["trialled"]
    answer = plan_of_request(document)
    assert [one.at_m for one in asked_of(answer).stations] == [5000.0 * n for n in range(1, 9)]
    assert any("No station is known" in line for line in data_of(answer)["assumed"])


def test_splits_say_when_a_station_is_passed() -> None:
    """In seconds or minutes since the gun."""
    document = changed(
        race__splits=[{"at_m": 21000, "at_min": 100}, {"at_m": 42195, "at_s": 13_200}]
    )
    del document["race"]["duration_min"]
    answer = plan_of_request(document)
    assert asked_of(answer).n_minutes == 220


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"runner": None}, "missing_in_request"),
        ({"race__weather": None}, "missing_in_request"),
        ({"race__duration_min": None}, "missing_in_request"),
        ({"race__duration_min": -1}, "bad_number"),
        ({"race__distance_m": "far"}, "bad_number"),
        ({"race__stations": [{"at_m": 5000, "offers": ["rum"]}]}, "unknown_product"),
        ({"race__stations": "everywhere"}, "bad_request_part"),
        ({"race__splits": [{"at_m": 9, "at_s": 5}, {"at_m": 8, "at_s": 9}]}, "bad_splits"),
        ({"products": [{"id": "x", "kind": "beer"}]}, "unknown_option"),
        ({"products": [{"id": "X!", "kind": "gel"}]}, "bad_product_id"),
        ({"products": [{"id": "x", "kind": "gel", "sodium": 3}]}, "unknown_request_key"),
        ({"products": [{"id": "x", "kind": "gel", "sodium_mg": 1, "salt_mg": 1}]},
         "salt_and_sodium"),
        ({"trialled": "iso"}, "bad_request_part"),
        ({"carry_l": 90}, "bad_number"),
        ({"screen": {"complete": True, "flags": ["cold"]}}, "unknown_request_flag"),
        ({"thirst": 1}, "unknown_request_key"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(parts: dict[str, Any], code: str) -> None:
    """By a code that has what, why and remedy."""
    with pytest.raises(InputError) as raised:
        plan_of_request(changed(**parts))
    assert raised.value.code == code


def test_the_terminal_answers_a_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The envelope with its name, and words; a broken file is exit code 2."""
    file = tmp_path / "request.json"
    file.write_text(json.dumps(REQUEST))
    assert main(["plan", "--request", str(file), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "uncramp.plan/1"
    assert set(document["data"]) >= {
        "status", "because", "schedule", "per_hour", "before", "after", "balance", "limits",
        "branches", "stop_drinking_trigger", "assumed",
    }  # fmt: skip
    assert main(["plan", "--request", str(file)]) == 0
    assert "An hour:" in capsys.readouterr().out
    file.write_text("{")
    assert main(["plan", "--request", str(file)]) == 2
    assert "Traceback" not in capsys.readouterr().err


# ---------------------------------------------------------------- stations and products


def test_stations_in_one_line() -> None:
    """Every so often, listed, or both; those of one place are joined."""
    line = "every 5 km water+iso; 7,5 20 km gu_gel"
    found = parsed_stations(line, distance_m=21097.5, cup_l=0.15, known=catalogue(), units="metric")
    assert [(one.at_m, one.offers) for one in found] == [
        (5000.0, ("water", "iso")), (7500.0, ("gu_gel",)), (10000.0, ("water", "iso")),
        (15000.0, ("water", "iso")), (20000.0, ("water", "iso", "gu_gel")),
    ]  # fmt: skip
    miles = parsed_stations("every 2 water", distance_m=10000, cup_l=0.15, known=catalogue(),
                            units="imperial")  # fmt: skip
    assert [one.at_m for one in miles] == [3218.7, 6437.4, 9656.1]


@pytest.mark.parametrize("line", ["", "water", "every water", "every 0 km water", "every 5 km",
                                  "50 km water"])  # fmt: skip
def test_a_line_that_names_no_station_is_refused(line: str) -> None:
    """With how to write it."""
    with pytest.raises(InputError) as raised:
        parsed_stations(line, distance_m=21097.5, cup_l=0.15, known=catalogue(), units="metric")
    assert raised.value.code == "bad_stations"


@given(st.text(max_size=60))
def test_no_line_is_more_than_a_refusal(line: str) -> None:
    """Whatever is typed: stations inside the race, or an error in words."""
    try:
        found = parsed_stations(
            line, distance_m=42195.0, cup_l=0.15, known=catalogue(), units="metric"
        )
    except InputError:
        return
    assert all(0 < one.at_m < 42195 for one in found)


def test_every_label_is_dated_and_has_a_source() -> None:
    """And a kind that the planner knows."""
    assert len(product_labels()) >= 25
    for one in product_labels().values():
        assert one.read_on.startswith("20")
        assert one.citations
        assert catalogue()[one.id].sodium_mg == one.sodium_mg


def test_own_products_stand_over_the_catalogue(tmp_path: Path) -> None:
    """Typed as salt they are sodium; taken out, the label counts again."""
    with Store.open(tmp_path, at=NOW) as store:
        store.add_runner("me", at=NOW)
    with context_in(tmp_path) as context:
        add_product(context, {"id": "gu_gel", "kind": "gel", "salt_mg": 100, "name": "mine"})
        add_product(context, {"id": "gu_gel", "kind": "gel", "salt_mg": 200, "name": "mine"})
        assert own_products(context)["gu_gel"].sodium_mg == pytest.approx(78.7, abs=0.1)
        shown = {one.product.id: one for one in list_products(context)}
        assert shown["gu_gel"].label is None
        assert shown["s_caps"].label is not None
        remove_product(context, "gu_gel")
        assert own_products(context) == {}
        with pytest.raises(NotFoundError):
            remove_product(context, "gu_gel")


def test_the_list_of_products_in_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With conflicts said; adding and removing."""
    with Store.open(tmp_path, at=NOW) as store:
        store.add_runner("me", at=NOW)
    there = ("--data-dir", str(tmp_path))
    assert main(["products", *there]) == 0
    assert "20 to 35; the 85 seen is salt" in capsys.readouterr().out
    assert main(["products", "add", "my_mix", "--kind", "drink", "--sodium", "400", "--volume",
                 "500ml", "--json", *there]) == 0  # fmt: skip
    assert json.loads(capsys.readouterr().out)["data"]["volume_l"] == 0.5
    assert main(["products", "remove", "my_mix", *there]) == 0
    assert main(["products", "remove", "my_mix", *there]) == 1


# ---------------------------------------------------------------- for a kept race


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A heavy runner with a hot race and nothing else."""
    with Store.open(tmp_path / "data", at=NOW) as store:
        store.add_runner("me", at=NOW)
    with context_in(tmp_path / "data") as context:
        profile = UserProfile(sex=Sex.MALE, age_y=40, height_cm=185, body_mass_kg=88.0)
        change_profile(context, profile)
        add_race(
            context,
            RaceAsked(
                name="Hot one", day=NOW.date() + timedelta(days=60), start=time(9),
                distance_m=42195.0, goal_time_s=12_600.0, temp_air_c=28.0,
                relative_humidity_pct=55.0,
            ),
        )  # fmt: skip
    return tmp_path / "data"


WISHES = DrinkWishes(stations="every 5 km water+iso", cup_l=0.15, carry=("saltstick_caps",))


def test_a_race_gets_a_plan_that_is_kept_and_printed(folder: Path) -> None:
    """The rows on every printed page hold every limit, once more."""
    with context_in(folder) as context:
        answer = plan_of_race(context, "next", WISHES, answers=FINE)
        assert answer.plan.status is DrinkStatus.PLANNED
        kept = newest_drinking(context, int(answer.reference or 0))
        assert kept is not None
        assert kept.plan == answer.plan
        files = race_files(context, "next", units="metric")
    for name in ("race-card.html", "coach.html", "race-pack.html"):
        rows = printed(files[name].decode())
        assert rows == answer.plan.schedule
        assert all(limit.held for limit in check_schedule(asked_of(answer), rows))
    assert printed(files["race-card.html"].decode(), "wristband") == answer.plan.schedule


def test_a_what_if_keeps_nothing(folder: Path) -> None:
    """Cooler, slower, a station missed: other rows, inside the limits, and the store as it was."""
    with context_in(folder) as context:
        plan_of_race(context, "next", WISHES, answers=FINE)
        before = newest_drinking(context, 1)
        for other in (
            replace(WISHES, temp_air_c=20.0),
            replace(WISHES, slower_share=0.1),
            replace(WISHES, missed=(5000.0, 10000.0)),
        ):
            answer = plan_of_race(context, "next", other, keeps=False, with_branches=False)
            assert all(limit.held for limit in answer.plan.limits)
            assert not {one.at_m for one in answer.plan.schedule} & set(other.missed)
        assert newest_drinking(context, 1) == before


def test_unanswered_questions_hold_the_doses_back(folder: Path) -> None:
    """And are named; nothing is kept."""
    with context_in(folder) as context:
        answer = plan_of_race(context, "next", WISHES)
        assert answer.plan.status is DrinkStatus.LOCKED
        assert set(answer.unanswered) == set(screening_questions())
        assert newest_drinking(context, 1) is None


def test_a_condition_told_later_takes_the_doses_off_the_card(folder: Path) -> None:
    """Kidney disease after the plan: the card goes on without rows."""
    with context_in(folder) as context:
        plan_of_race(context, "next", WISHES, answers=FINE)
        later = {**FINE, "health": ("kidney",)}
        answer = plan_of_race(context, "next", WISHES, answers=later)
        assert answer.plan.status is DrinkStatus.LOCKED
        page = race_files(context, "next", units="metric")["race-card.html"].decode()
    assert printed(page) == ()


@pytest.mark.parametrize(
    ("profile", "asked", "code"),
    [
        (UserProfile(sex=Sex.MALE), {}, "plan_without_body"),
        (None, {"temp_air_c": None}, "plan_without_weather"),
        (None, {"goal_time_s": None}, "plan_without_pace"),
    ],
)
def test_what_a_plan_cannot_do_without_is_named(
    folder: Path, profile: UserProfile | None, asked: dict[str, None], code: str
) -> None:
    """Body, weather, pace."""
    with context_in(folder) as context:
        if profile is not None:
            change_profile(context, profile)
        base = RaceAsked(
            name="other", day=NOW.date() + timedelta(days=9), distance_m=42195.0,
            goal_time_s=12_600.0, temp_air_c=28.0,
        )  # fmt: skip
        add_race(context, replace(base, **asked))  # type: ignore[arg-type]
        with pytest.raises(InputError) as raised:
            plan_of_race(context, "next", WISHES, answers=FINE)
    assert raised.value.code == code


def test_a_run_needs_no_race(folder: Path) -> None:
    """How much salt an hour? With the pace and the humidity that were taken."""
    with context_in(folder) as context:
        answer = plan_of_run(
            context, duration_min=150, temp_air_c=27.0, relative_humidity_pct=None,
            distance_m=None, wishes=replace(WISHES, stations="every 3 km water"), answers=FINE,
        )  # fmt: skip
    said = data_of(answer)
    assert said["status"] in ("planned", "thirst")
    assert any("humidity of 60 %" in line for line in said["assumed"])
    assert any("even pace" in line for line in said["assumed"])
