"""Rehearsals as a page, without a script: chosen, told with one tap, weighed, held back, compared.

The synthetic runner in September, with the training and the drinking plan of the demo.
"""

from __future__ import annotations

import re
import shutil
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Final

import pytest
from starlette.testclient import TestClient

from uncramp.actions.context import Context
from uncramp.actions.preferences import change_profile, note_conditions
from uncramp.actions.rehearse import CompareAsked, compare_for_race, rehearsals_of_race
from uncramp.demo import SCREEN
from uncramp.demo_runs import PROFILE
from uncramp.demo_season import PLANNED as DAYS_BEFORE
from uncramp.demo_season import RACE_DAY, ZONE, play_season
from web_support import client, demo_store

PAGE: Final = "/r/me/race/1/rehearsals"
NAME: Final = "Synthetic autumn marathon"
PLANNED: Final = datetime.combine(
    RACE_DAY - timedelta(days=DAYS_BEFORE), datetime.min.time().replace(hour=20), tzinfo=ZONE
)
CHOSEN: Final = PLANNED + timedelta(minutes=5)
AFTER: Final = PLANNED + timedelta(days=5)
"""The evening of the first long run."""


def words(page: str) -> str:
    """The page as it is read."""
    return " ".join(unescape(page).split())


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthetic runner with the plans of the demo's season; to be copied."""
    made = demo_store(tmp_path_factory.mktemp("season") / "data")
    with Context(data_dir=made, now=PLANNED) as context:
        change_profile(context, PROFILE)
    screened = {one.partition("=")[0]: ("none",) for one in SCREEN}
    play_season(made, name=NAME, screened=screened, rehearses=False)
    return made


@pytest.fixture
def folder(season: Path, tmp_path: Path) -> Path:
    """The same for this test alone."""
    return Path(shutil.copytree(season, tmp_path / "data"))


def at(folder: Path, now: datetime) -> TestClient:
    """Somebody who was let in, at a moment of the season."""
    return client(folder, clock=lambda: now)


def chosen(folder: Path) -> None:
    """The runs, as the page chooses them."""
    browser = at(folder, CHOSEN)
    page = browser.post(PAGE)
    assert page.status_code == 200, words(page.text)
    assert "What is expected of each run is kept." in words(page.text)


def test_the_race_leads_there_and_the_page_chooses(folder: Path) -> None:
    """Each run says how far, what to take, when not to run it, and what the scale should show."""
    browser = at(folder, CHOSEN)
    assert PAGE in browser.get("/r/me/race/1").text
    assert "Choose the runs" in words(browser.get(PAGE).text)
    chosen(folder)
    page = browser.get(PAGE)
    said = words(page.text)
    assert "Sun 23 Aug 2026" in said
    assert re.search(r"Take [\d.]+ m?L with \d+ mg of sodium", said)
    assert "Expected on the scale:" in said
    assert "Weigh before and after." in said
    assert "Hotter than" in said


def test_the_stamp_says_what_is_missing_and_what_it_is_no_promise_of(folder: Path) -> None:
    """Before any run: nothing is proven."""
    chosen(folder)
    said = words(at(folder, CHOSEN).get(PAGE).text)
    assert "Not yet proven to drink" in said
    assert "Runs that went as predicted: 0 of 3." in said
    assert 'class="caution"' in said
    assert "Still to be shown" in said


def test_one_tap_with_the_scale_keeps_it_all(folder: Path) -> None:
    """As planned and all fine, with the weights, by one button."""
    chosen(folder)
    browser = at(folder, AFTER)
    form = {"do": "fine", "before": "61.2", "after": "60.0", "drunk": "0.3", "run": "2026-08-23"}
    page = browser.post(f"{PAGE}/log", data=form)
    assert page.status_code == 200, words(page.text)
    assert "Kept." in words(page.text)
    with Context(data_dir=folder, now=AFTER) as context:
        (scored,) = rehearsals_of_race(context, "1").scored
    assert scored.log.took == "as_planned"
    assert scored.log.gut == "fine"
    assert (scored.log.twitched, scored.log.cramped) == (False, False)
    assert scored.log.body_mass_change_kg == pytest.approx(-1.2)
    assert scored.predicted_at is not None
    assert scored.predicted_at < AFTER


def test_what_is_typed_wrongly_is_said_beside_its_field(folder: Path) -> None:
    """All that was typed stays, and nothing is kept."""
    chosen(folder)
    browser = at(folder, AFTER)
    form = {"run": "2026-08-23", "took": "less", "before": "sixty", "after": "60.0"}
    page = browser.post(f"{PAGE}/log", data=form)
    assert page.status_code == 422
    assert 'id="before-error"' in page.text
    assert 'value="sixty"' in page.text
    assert 'value="less" checked' in page.text
    with Context(data_dir=folder, now=AFTER) as context:
        assert rehearsals_of_race(context, "1").scored == ()


def test_half_a_weighing_is_refused_with_its_reason(folder: Path) -> None:
    """Before without after is no weighing."""
    chosen(folder)
    browser = at(folder, AFTER)
    page = browser.post(f"{PAGE}/log", data={"do": "fine", "before": "61.2", "run": "2026-08-23"})
    assert page.status_code == 422
    assert 'class="error-summary"' in page.text


def test_a_stop_is_all_that_speaks(folder: Path) -> None:
    """No run, no drink, no comparison."""
    chosen(folder)
    with Context(data_dir=folder, now=CHOSEN) as context:
        runner = context.stored_runner()
        context.store.open_flag(runner, flag_id="hyponatraemia", kind="stop", at=CHOSEN)
    page = at(folder, CHOSEN).get(PAGE)
    assert page.status_code == 200
    assert 'class="care' in page.text
    said = words(page.text)
    assert "mg of sodium" not in said
    assert "Does it help me?" not in said
    assert "Choose the runs" not in said


def test_a_lock_on_salt_holds_every_dose_back(folder: Path) -> None:
    """It says so, with the way to the health settings."""
    chosen(folder)
    with Context(data_dir=folder, now=CHOSEN) as context:
        note_conditions(context, ["health.kidney"])
    said = words(at(folder, CHOSEN).get(PAGE).text)
    assert "holds drink and salt advice back" in said
    assert "mg of sodium" not in said
    assert "Does it help me?" not in said


def test_nobody_with_an_eating_disorder_is_asked_to_weigh(folder: Path) -> None:
    """No field for the scale is on the page."""
    with Context(data_dir=folder, now=CHOSEN) as context:
        note_conditions(context, ["health.eating_disorder"])
    page = at(folder, CHOSEN).get(PAGE)
    assert 'name="before"' not in page.text
    assert "Weigh before and after." not in words(page.text)


def test_without_plans_it_says_what_comes_first(tmp_path: Path) -> None:
    """A race alone has nothing to rehearse."""
    from uncramp.actions.races import add_race
    from uncramp.demo_season import RACE

    made = demo_store(tmp_path / "data")
    with Context(data_dir=made, now=CHOSEN) as context:
        change_profile(context, PROFILE)
        add_race(context, RACE)
    page = at(made, CHOSEN).get(PAGE)
    assert page.status_code == 200
    assert "a long run of your training plan" in words(page.text)
    assert "Choose the runs" not in words(page.text)


def test_a_comparison_says_beforehand_what_it_takes(folder: Path) -> None:
    """For cramps it takes too many runs; what can be tested instead is listed."""
    chosen(folder)
    browser = at(folder, CHOSEN)
    said = words(browser.get(PAGE).text)
    assert "Does it help me? A fair test" in said
    looked = browser.post(f"{PAGE}/compare", data={"do": "look", "outcome": "gut"})
    assert looked.status_code == 200
    assert '<option value="gut" selected>' in looked.text


def test_a_comparison_that_cannot_tell_is_not_begun(folder: Path) -> None:
    """It says so at the button, and nothing is kept."""
    chosen(folder)
    page = at(folder, CHOSEN).post(f"{PAGE}/compare", data={"do": "begin", "outcome": "cramp"})
    assert "Not begun: in the runs that you will have it could not tell." in words(page.text)
    assert "Begun." not in words(page.text)
    with Context(data_dir=folder, now=AFTER) as context:
        state = compare_for_race(context, "1", CompareAsked()).state
    assert state is None or state.trial is None


def test_the_ledger_has_the_rehearsals(folder: Path) -> None:
    """The choice with its day, and each run that was told."""
    chosen(folder)
    browser = at(folder, AFTER)
    browser.post(f"{PAGE}/log", data={"do": "fine", "run": "2026-08-23"})
    said = words(browser.get("/r/me/settings/ledger").text)
    assert "Long runs to try the drinking plan on:" in said
    assert "A rehearsal on Sun 23 Aug 2026" in said
