"""The page that compares all cramps, and its path of the API. Made-up data."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from balance_support import Ran
from test_history import IN_SEASON, SCREENED, classic_run, season, store_of
from uncramp.actions import history
from uncramp.actions.context import Context
from uncramp.actions.history_next import PlannedRun
from uncramp.wording.history import history_lines
from web_support import client, demo_store

HISTORY: Final = "/r/me/history"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runner with cramps in three of five marathons."""
    return store_of(
        tmp_path_factory.mktemp("page"),
        season(
            lambda number, day: Ran(
                day=day.isoformat(), km=42.2, speed_m_s=3.25, weather=(15.0, 60),
                cramped="yes" if number > 1 else "no",
                minute=170.0 if number > 1 else None,
            ),
            classic_run,
        ),
    )  # fmt: skip


def test_the_page_of_a_runner_with_one_cramp(tmp_path: Path) -> None:
    """Too few to compare, said plainly, with the cramp and no picture of a cause."""
    page = client(demo_store(tmp_path)).get(HISTORY)
    assert page.status_code == 200
    assert "Too few cramps to compare" in page.text
    assert "times (" not in page.text


def test_picture_findings_and_the_danger_questions(data: Path) -> None:
    """Headline, one picture in both layouts, findings, a table; what to try waits."""
    browser = client(data, clock=lambda: IN_SEASON)
    page = browser.get(HISTORY)
    assert page.status_code == 200
    assert page.text.count("<svg") >= 2
    for part in ("What your cramp runs had", "past your longest run", "What to try next",
                 "waits for the danger questions", 'name="danger_body"',
                 "Odds for a step"):  # fmt: skip
        assert part in page.text, part
    assert "%" not in page.text.split("<h1>")[1].split("</h1>")[0]


def test_answers_to_the_questions_free_what_to_try(data: Path) -> None:
    """All answered: 303 back to the page, which now says what to try."""
    browser = client(data, clock=lambda: IN_SEASON)
    partly = browser.post(HISTORY, data={"danger_body": "none"})
    assert partly.status_code == 200
    assert "waits for the danger questions" in partly.text
    wrong = browser.post(HISTORY, data={"danger_body": "no_such_thing"})
    assert wrong.status_code == 422
    done = browser.post(HISTORY, data=dict.fromkeys(SCREENED, "none"), follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, HISTORY)
    assert "waits for the danger questions" not in browser.get(HISTORY).text


def test_a_run_of_the_plan_that_is_it_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page, terminal and API name the run in place of saying which verb makes one."""
    run = PlannedRun(race_id=7, session_id="2026-10-12-6", day=date(2026, 10, 18),
                     distance_m=20_800.0)  # fmt: skip
    monkeypatch.setattr(history, "planned_run", lambda *_: run)
    browser = client(data, clock=lambda: IN_SEASON)
    browser.post(HISTORY, data=dict.fromkeys(SCREENED, "none"))
    page = browser.get(HISTORY)
    assert "Your plan has such a run already: Sun 18 Oct 2026, 20.8 km." in page.text
    assert "/r/me/race/7/training/2026-10-12-6" in page.text
    told = browser.get("/api/runners/me/history").json()["data"]["next"]
    assert told["planned"] == {"race": 7, "session_id": "2026-10-12-6", "day": "2026-10-18",
                               "distance_m": 20_800.0}  # fmt: skip
    with Context(data_dir=data, now=IN_SEASON) as context:
        lines = list(history_lines(history.history_of_runner(context), units="metric"))
    assert lines[-1].startswith("Your plan has such a run already")


def test_a_stop_speaks_alone(data: Path) -> None:
    """No finding, no picture, no run to try."""
    browser = client(data, clock=lambda: IN_SEASON)
    answers = dict.fromkeys(SCREENED, "none") | {"danger_body": "confused"}
    browser.post(HISTORY, data=answers)
    page = browser.get(HISTORY)
    assert "care emergency_now" in page.text
    assert "What your cramp runs had" not in page.text
    told = browser.get("/api/runners/me/history").json()["data"]
    assert (told["findings"], told["next"], told["verdict"]) == ([], None, None)
