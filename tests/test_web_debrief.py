"""The look back on a race and the ledger as pages and over HTTP, without a script."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from typing import Final

import pytest
from starlette.testclient import TestClient

from test_race_card import DRINK
from test_race_debrief import ASKED, BEFORE
from uncramp.actions.context import Context
from uncramp.actions.plans_kept import keep_plan
from uncramp.actions.preferences import change_profile, note_conditions
from uncramp.actions.race_debrief import debrief_of_race
from uncramp.actions.races import add_race
from uncramp.demo_runs import PROFILE
from web_support import NOW, demo_store

BACK: Final = "/r/me/race/1/debrief"
LEDGER: Final = "/r/me/settings/ledger"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The synthetic runner after the marathon, with a plan that was kept before."""
    made = demo_store(tmp_path / "data")
    with Context(data_dir=made, now=BEFORE) as context:
        change_profile(context, PROFILE)
        kept = add_race(context, ASKED)
        keep_plan(context, kept.race_id, "drinking", DRINK, request={"products": []})
    return made


def words(page: str) -> str:
    """The page as it is read."""
    return " ".join(unescape(page).split())


def test_every_way_leads_there(browser: TestClient) -> None:
    """From home and from the race itself; and from there to the ledger, which is in settings."""
    assert BACK in browser.get("/r/me").text
    assert BACK in browser.get("/r/me/race/1").text
    assert BACK in browser.get("/r/me/race").text
    assert LEDGER in browser.get(BACK).text
    assert LEDGER in browser.get("/r/me/settings").text
    assert LEDGER not in browser.get("/r/me").text


def test_the_page_says_what_to_change_and_draws_it(browser: TestClient) -> None:
    """The headline is the finding; plan and race stand side by side at every mark."""
    page = browser.get(BACK)
    assert page.status_code == 200
    said = words(page.text)
    assert "<h1>You passed your longest run at 28.0 km; the cramp came at 32.0 km</h1>" in said
    assert "Next time hold the first part to the plan." in said
    assert page.text.count("<svg") >= 4
    assert said.count("later</td>") + said.count("sooner</td>") == 9
    assert "How was it?" in said


def test_what_is_told_is_kept_and_shown_again(browser: TestClient, context: Context) -> None:
    """A place that was left as it stood stays as exact as the file has it."""
    before = debrief_of_race(context, "1")
    assert before.run is not None
    form = {"cramped": "yes", "km": "32.0", "km_was": "32.0", "took": "as_planned", "gut": "upset"}
    page = browser.post(BACK, data=form)
    assert page.status_code == 200
    assert str(page.url).endswith("/debrief?done=kept")
    said = words(page.text)
    assert "Kept." in said
    assert "Try smaller amounts" in said
    assert 'value="upset" checked' in page.text
    after = debrief_of_race(context, "1")
    assert after.run is not None
    assert after.run.cramped.at_m == before.run.cramped.at_m
    assert BACK not in browser.get("/r/me").text


@pytest.mark.parametrize("place", ["far", "500"])
def test_a_place_that_is_none_is_said_beside_the_field(
    browser: TestClient, context: Context, place: str
) -> None:
    """All that was typed stays, and nothing is kept."""
    form = {"cramped": "yes", "km": place, "km_was": "32.0", "took": "less", "gut": ""}
    page = browser.post(BACK, data=form)
    assert page.status_code == 422
    assert 'id="km-error"' in page.text
    assert f'value="{place}"' in page.text
    assert 'value="less" checked' in page.text
    assert debrief_of_race(context, "1").told_at is None


def test_saying_no_takes_the_place_away(browser: TestClient) -> None:
    """The page then says that one race proves nothing."""
    page = browser.post(BACK, data={"cramped": "no", "km": "32.0", "km_was": "32.0"})
    said = words(page.text)
    assert "<h1>No cramp this time</h1>" in said
    assert "proves nothing" in said


def test_a_stop_is_all_that_speaks(browser: TestClient, context: Context) -> None:
    """Neither the race nor its plan is on the page."""
    runner = context.stored_runner()
    context.store.open_flag(runner, flag_id="hyponatraemia", kind="stop", at=NOW)
    page = browser.get(BACK)
    assert page.status_code == 200
    assert 'class="care' in page.text
    assert "What to change" not in page.text
    assert "<svg" not in page.text.partition("<main")[2].replace('<svg class="icon"', "")
    ledger = words(browser.get(LEDGER).text)
    assert 'class="care' in ledger
    assert "mg of sodium" not in ledger


def test_locks_are_named(browser: TestClient, context: Context) -> None:
    """With the way to where they can be cleared."""
    note_conditions(context, ["health.kidney"])
    said = words(browser.get(BACK).text)
    assert "Some advice is held back" in said
    assert "mg of sodium" not in words(browser.get(LEDGER).text)


def test_a_race_without_a_run_says_what_to_do(browser: TestClient, context: Context) -> None:
    """And so does a race to come; one that nobody knows is not found."""
    from datetime import date, timedelta

    from uncramp.actions.races import RaceAsked

    add_race(context, RaceAsked(day=date(2026, 10, 2), distance_m=10_000.0))
    assert "Add the run" in browser.get("/r/me/race/3/debrief").text
    add_race(context, RaceAsked(day=NOW.date() + timedelta(days=9), distance_m=10_000.0))
    assert "still to come" in browser.get("/r/me/race/4/debrief").text
    assert browser.get("/r/me/race/99/debrief").status_code == 404


def test_the_ledger_shows_each_advice_with_what_came(browser: TestClient) -> None:
    """And counts what was said beforehand."""
    browser.post(BACK, data={"took": "as_planned"})
    page = browser.get(LEDGER)
    said = words(page.text)
    assert page.status_code == 200
    assert "One outcome so far" in said
    assert "Time at the finish" in said
    assert '<figure class="picture">' in page.text


def test_the_ledger_leaves_as_files_without_a_place(browser: TestClient) -> None:
    """The JSON is that of the command; the table has one row an outcome."""
    browser.post(BACK, data={"took": "as_planned"})
    told = browser.get(f"{LEDGER}/uncramp-ledger.json")
    assert "attachment" in told.headers["content-disposition"]
    assert json.loads(told.text)["data"]["calibration"]["n"] == 1
    assert ASKED.name not in told.text
    table = browser.get(f"{LEDGER}/uncramp-ledger.csv")
    assert len(table.text.splitlines()) == 2
    assert browser.get(f"{LEDGER}/other.txt").status_code == 404


def test_the_api_gives_the_same(browser: TestClient) -> None:
    """Debrief and ledger in the envelope; a race to come is a conflict."""
    shown = browser.get("/api/runners/me/races/1/debrief").json()
    assert shown["schema"] == "uncramp.race.debrief/1"
    assert shown["data"]["plan"]["said_before"] is True
    told = browser.post("/api/runners/me/races/1/debrief", json={"took": "more", "cramped": True})
    assert told.status_code == 200
    assert told.json()["data"]["told"]["took"] == "more"
    ledger = browser.get("/api/runners/me/ledger").json()
    assert ledger["data"]["calibration"]["n"] == 1
    wrong = browser.post("/api/runners/me/races/1/debrief", json={"took": "plenty"})
    assert wrong.status_code == 422
