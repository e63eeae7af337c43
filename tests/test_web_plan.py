"""The drinking plan on its page and in the API: its form, another day, and files to carry."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from uncramp.actions.context import Context
from uncramp.actions.plan import DrinkWishes, plan_of_race
from uncramp.actions.plan_pages import plan_file_names
from uncramp.actions.preferences import change_profile, conditions, note_conditions
from uncramp.export.race_pdf import can_make_pdf
from uncramp.interview import questions
from uncramp.vocabulary import Sex, UserProfile
from uncramp.wording.catalogue import text
from uncramp.wording.plan_page import typed_from_wishes
from web_support import NOW, client, demo_store, words_of

PROFILE: Final = UserProfile(sex=Sex.FEMALE, age_y=38, height_cm=168, body_mass_kg=61)
RACE: Final = {
    "name": "Synthetic city marathon",
    "day": "2026-12-13",
    "length": "marathon",
    "hours": "4",
    "minutes": "00",
    "degrees": "27",
    "humidity": "60",
}
DAY: Final = {"stations": "every 5 km water+iso", "cup": "150", "trialled_l": "700"}
PLANNED: Final = "/r/me/race/1/plan"
SCREEN: Final = {one.id: ["none"] for one in questions().values() if one.section == "screen"}
OPEN_STOP: Final = {**SCREEN, "danger_body": ["breathless"]}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The synthetic runner's store with a body, before and after a plan for a hot race."""
    empty = demo_store(tmp_path_factory.mktemp("plan") / "empty")
    with Context(data_dir=empty, now=NOW) as context:
        change_profile(context, PROFILE)
    done = empty.with_name("planned")
    shutil.copytree(empty, done)
    browser = client(done)
    answer = browser.post(added(browser), data={**DAY, **SCREEN})
    assert str(answer.url).endswith(f"{PLANNED}?done=planned"), words_of(answer.text)
    return {"empty": empty, "planned": done}


@pytest.fixture
def folder(request: pytest.FixtureRequest, stores: dict[str, Path], tmp_path: Path) -> Path:
    """A store for this test alone; with a plan in it for who asks for `planned`."""
    kind = "planned" if "planned" in request.fixturenames else "empty"
    return Path(shutil.copytree(stores[kind], tmp_path / "data"))


@pytest.fixture
def page(browser: TestClient) -> str:
    """The address of the plan of a hot race that was just kept."""
    return added(browser)


@pytest.fixture
def planned() -> str:
    """The address of a plan that was made."""
    return PLANNED


def added(browser: TestClient, **changes: str) -> str:
    """The address of the plan of a new race."""
    answer = browser.post("/r/me/race/add", data={**RACE, **changes})
    assert answer.status_code == 200, words_of(answer.text)
    return f"{answer.url.path}/plan"


def tables_of(page: str) -> list[str]:
    """Every schedule on a page."""
    return re.findall(r'<table class="stops">.*?</table>', page, flags=re.DOTALL)


# ---------------------------------------------------------------- the form


def test_the_race_leads_to_its_drinking_plan(browser: TestClient, page: str) -> None:
    """One link; before a plan there is the form with the health questions, and no schedule."""
    assert f'href="{page}"' in browser.get(page.removesuffix("/plan")).text
    answer = browser.get(page)
    assert answer.status_code == 200
    assert 'name="stations"' in answer.text
    assert all(f'name="{one}"' in answer.text for one in SCREEN)
    assert not tables_of(answer.text)
    assert "race-card.html" not in answer.text


def test_without_the_health_questions_there_are_no_doses(browser: TestClient, page: str) -> None:
    """It says so, asks again, and what was typed is still there."""
    answer = browser.post(page, data=DAY)
    assert answer.status_code == 200
    assert text("drink.status.locked") in words_of(answer.text)
    assert text("drink_plan.locked.incomplete") in words_of(answer.text)
    assert 'value="every 5 km water+iso"' in answer.text
    assert not tables_of(answer.text)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("cup", "a mug", "write a number"),
        ("cup", "9000", "from 20 mL to 1500 mL"),
        ("trialled_mg", "9999", "from 0 to 3000"),
        ("trialled_mg", "some", "write a number"),
        ("stations", "here and there", "We cannot read this"),
        ("stations", "every 5 km beer", "We do not know beer"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    browser: TestClient, page: str, field: str, typed: str, said: str
) -> None:
    """In the summary and beside the field, with everything kept; no plan is made."""
    answer = browser.post(page, data={**DAY, **SCREEN, "carry": ["s_caps"], field: typed})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert said in words_of(answer.text)
    assert f'value="{typed}"' in answer.text
    assert 'name="carry" value="s_caps" checked' in answer.text
    assert not tables_of(browser.get(page).text)


def test_what_has_to_be_told_first_has_a_link(browser: TestClient, context: Context) -> None:
    """No weather: to the race. No weight: to the profile."""
    no_weather = added(browser, degrees="", humidity="")
    answer = browser.post(no_weather, data={**DAY, **SCREEN})
    assert answer.status_code == 422
    assert text("plan_page.wrong.weather") in words_of(answer.text)
    assert f'href="{no_weather.removesuffix("plan")}change"' in answer.text
    change_profile(context, UserProfile(sex=Sex.FEMALE))
    answer = browser.post(no_weather, data={**DAY, **SCREEN})
    assert text("plan_page.wrong.body") in words_of(answer.text)
    assert 'href="/r/me/settings#profile"' in answer.text


def test_wishes_stand_in_the_form_as_they_were_typed() -> None:
    """In the reader's own units; nothing told is an empty field."""
    wishes = DrinkWishes(cup_l=0.15, carry_l=0.5, trialled_sodium_mg_per_h=400)
    metric = typed_from_wishes(wishes, units="metric")
    assert (metric["cup"], metric["carry_l"], metric["trialled_mg"]) == ("150", "500", "400")
    assert metric["trialled_l"] == metric["stations"] == ""
    assert typed_from_wishes(wishes, units="imperial")["cup"] == "5.07"


# ---------------------------------------------------------------- the plan


def test_the_plan_says_what_the_card_says(
    browser: TestClient, planned: str, context: Context
) -> None:
    """The headline, the amounts, every stop with its clock, and the rule above all: thirst."""
    race = planned.split("/")[-2]
    answer = browser.get(planned)
    words = words_of(answer.text)
    made = browser.get(f"/api/runners/me/races/{race}/plan").json()["data"]
    assert made["status"] == "planned"
    assert text("drink.status.planned") in words
    assert text("race_card.thirst") in words
    assert made["stop_drinking_trigger"]["text"] in words
    for said in (*made["because"], *made["before"], *made["after"], *made["assumed"]):
        assert said in words
    table = words_of(f"<main{tables_of(answer.text)[0]}")
    places = {row["at_m"] for row in made["schedule"]}
    assert places
    assert all(f"{place / 1000:.0f} km" in table for place in places)
    assert f"{1000 * made['per_hour']['fluid_l']:.0f} mL" in words
    assert len(made["limits"]) == answer.text.count("<td>yes</td>")
    assert "blood sodium" not in words
    assert all(text(f"race_card.if.{one['id']}") in words for one in made["branches"])


def test_it_is_planned_again_with_what_was_told(browser: TestClient, planned: str) -> None:
    """The form has the last wishes; the new plan takes the place of the old one."""
    assert 'value="every 5 km water+iso"' in browser.get(planned).text
    answer = browser.post(planned, data={**DAY, "stations": "every 7 km water"})
    assert text("plan_page.noted") in words_of(answer.text)
    assert "7 km" in tables_of(answer.text)[0]
    assert "15 km" not in tables_of(answer.text)[0]


def test_on_a_cool_day_it_says_thirst(browser: TestClient) -> None:
    """No schedule, no amounts and nothing about the most."""
    page = added(browser, degrees="8")
    answer = browser.post(page, data={**DAY, **SCREEN})
    words = words_of(answer.text)
    assert text("drink.status.thirst") in words
    assert text("drink_plan.thirst.rule") in words
    assert not tables_of(answer.text)


def test_an_open_stop_leaves_only_the_stop(browser: TestClient, planned: str) -> None:
    """Nothing of the kept plan is shown, no form, and no file leaves."""
    with_stop = browser.post(planned, data={**DAY, **OPEN_STOP})
    again = browser.get(planned)
    for answer in (with_stop, again):
        assert 'class="care ' in answer.text
        assert not tables_of(answer.text)
        assert "<form class" not in answer.text
    name = planned.replace("/plan", "/card/race-card.html")
    assert browser.get(name).status_code == 409
    race = planned.split("/")[-2]
    told = browser.get(f"/api/runners/me/races/{race}/plan").json()["data"]
    assert told["status"] == "locked"
    assert told["stop"] is not None
    assert not told["schedule"]


def test_a_lock_on_drink_holds_the_plan_back(
    browser: TestClient, planned: str, context: Context
) -> None:
    """A kidney disease noted later: no doses from then on, and why."""
    kidney = next(one for one in conditions() if "drink" in blocked_by(one.locks))
    note_conditions(context, [kidney.id])
    answer = browser.get(planned)
    assert text("drink.status.locked") in words_of(answer.text)
    assert text("drink_plan.locked.ask") in words_of(answer.text)
    assert not tables_of(answer.text)
    assert 'name="stations"' not in answer.text


def blocked_by(locks: tuple[str, ...]) -> set[str]:
    """What these locks hold back."""
    from uncramp.evidence import rules_file

    return {
        topic for one in rules_file("red_flags")["locks"] if one["id"] in locks
        for topic in one["blocks"]
    }  # fmt: skip


# ---------------------------------------------------------------- what if


def test_another_day_stands_beside_the_plan(browser: TestClient, planned: str) -> None:
    """Hotter and a station missed: another schedule without that station; the kept one stays."""
    before = tables_of(browser.get(planned).text)[0]
    at_m = re.findall(r'<option value="(\d+)"', browser.get(planned).text)[0]
    answer = browser.get(planned, params={"temp": "31", "slower": "5", "missed": at_m})
    assert answer.status_code == 200
    result = answer.text.partition('id="if-result"')[2]
    assert f'value="{at_m}" selected' in answer.text
    assert tables_of(answer.text)[0] == before
    other = tables_of(result)[0]
    assert other != before
    assert f">{int(at_m) / 1000:.0f} km<" not in other
    assert tables_of(browser.get(planned).text)[0] == before


def test_on_a_cool_day_the_what_if_says_thirst(browser: TestClient, planned: str) -> None:
    """The answer may be that there is no plan."""
    result = browser.get(planned, params={"temp": "8"}).text.partition('id="if-result"')[2]
    shown = result.partition("</section>")[0]
    assert text("drink.status.thirst") in words_of(f"<main {shown}")
    assert not tables_of(shown)


@pytest.mark.parametrize(
    "query", [{"temp": "hot"}, {"slower": "a lot"}, {"slower": "900"}, {"missed": "x"}]
)
def test_a_day_that_cannot_be_read_is_said(
    browser: TestClient, planned: str, query: dict[str, str]
) -> None:
    """Beside the field; the plan is still there."""
    answer = browser.get(planned, params=query)
    assert answer.status_code == 422
    assert f'href="#{next(iter(query))}"' in answer.text
    assert len(tables_of(answer.text)) >= 1


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("name", plan_file_names())
def test_every_file_that_is_offered_can_be_taken(
    browser: TestClient, planned: str, name: str
) -> None:
    """With its name, and as what it is."""
    address = planned.replace("/plan", f"/card/{name}")
    assert f'href="{address}"' in browser.get(planned).text
    answer = browser.get(address)
    assert answer.status_code == 200
    assert name in answer.headers["content-disposition"]
    first = {"html": b"<!doctype", "ics": b"BEGIN:VCALENDAR", "pdf": b"%PDF"}
    begins = first.get(name.rpartition(".")[2])
    if begins is None:
        assert answer.content[8:12] == b".FIT"
    else:
        assert answer.content.lower().startswith(begins.lower())


def test_the_pdf_is_offered_only_where_it_can_be_made() -> None:
    """Its part is an extra."""
    assert ("race-card.pdf" in plan_file_names()) is can_make_pdf()


def test_no_other_file_is_there(browser: TestClient, planned: str) -> None:
    """A name that we do not know is not found."""
    assert browser.get(planned.replace("/plan", "/card/other.html")).status_code == 404


# ---------------------------------------------------------------- the API


def test_the_api_makes_and_shows_the_plan(browser: TestClient, page: str) -> None:
    """404 before the first; the same plan after; a what-if keeps nothing."""
    address = f"/api/runners/me/races/{page.split('/')[-2]}/plan"
    missing = browser.get(address)
    assert missing.status_code == 404
    assert missing.json()["error"]["code"] == "no_drinking_plan"
    asked: dict[str, Any] = {
        "stations": "every 5 km water+iso",
        "cup_l": 0.15,
        "trialled_l_per_h": 0.7,
        "answers": SCREEN,
    }
    tried = browser.post(address, json={**asked, "what_if": True})
    assert tried.json()["data"]["status"] == "planned"
    assert browser.get(address).status_code == 404
    made = browser.post(address, json=asked).json()
    assert made["schema"] == "uncramp.plan/1"
    shown = browser.get(address).json()
    assert shown["schema"] == "uncramp.plan/1"
    assert {**shown["data"], "lost_per_hour": None, "products": {}} == {
        **made["data"], "lost_per_hour": None, "products": {},
    }  # fmt: skip
    assert made["data"]["lost_per_hour"]["water_l"]["median"] > 0
    hotter = browser.post(address, json={**asked, "temp_air_c": 32.0}).json()["data"]
    assert hotter["schedule"] != made["data"]["schedule"]
    assert browser.get(address).json() == shown


@pytest.mark.parametrize(
    "body", [{"cup_l": 9}, {"stations": "nowhere"}, {"beer": 1}, {"carry": ["no_such_gel"]}]
)
def test_the_api_refuses_what_it_cannot_read(
    browser: TestClient, page: str, body: dict[str, Any]
) -> None:
    """422 in words."""
    address = f"/api/runners/me/races/{page.split('/')[-2]}/plan"
    answer = browser.post(address, json={"answers": SCREEN, **body})
    assert answer.status_code == 422
    assert answer.json()["error"]["what"]


def test_the_page_and_the_action_agree(browser: TestClient, planned: str, context: Context) -> None:
    """The page shows what `plan_of_race` makes of the same wishes."""
    race = planned.split("/")[-2]
    wishes = DrinkWishes(stations=DAY["stations"], cup_l=0.15, trialled_l_per_h=0.7)
    made = plan_of_race(context, race, wishes, keeps=False).plan
    shown = browser.get(f"/api/runners/me/races/{race}/plan").json()["data"]["schedule"]
    assert [(one.at_m, one.product, one.servings) for one in made.schedule] == [
        (row["at_m"], row["product"], row["servings"]) for row in shown
    ]
