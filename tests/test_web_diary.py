"""The diary in the browser: calm questions, three equal answers, an undo, and no typing."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Final

import pytest
from starlette.testclient import TestClient

from diary_support import write_history
from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from web_support import NOW, client, demo_store

DIARY: Final = "/r/me/diary"


@pytest.fixture
def browser(data_dir: Path, tmp_path: Path) -> TestClient:
    """Fifteen runs: 5, 10 and 15 stop at about the same place, 3 walks elsewhere."""
    with Context(data_dir=data_dir, now=NOW) as context:
        import_paths(context, [write_history(tmp_path / "files")], workers=1)
    return client(data_dir)


def words(page: str) -> str:
    """What a page says, without its markup."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def marks(data_dir: Path) -> dict[int, tuple[str, float | None]]:
    """What is stored: said, and at which kilometre."""
    with Context(data_dir=data_dir, now=NOW) as context:
        found = context.store.marks(context.stored_runner())
        return {one: (mark.cramped, mark.km) for one, mark in sorted(found.items())}


def asked(page: str) -> str:
    """Ids of the runs that the page asks about."""
    found = re.findall(r'<form class="answers".*?name="ids" value="([\d,]+)"', page, re.DOTALL)
    return str(found[0]) if found else ""


def test_the_group_is_asked_about_at_once(browser: TestClient) -> None:
    """One question, the runs with their strips, three equal buttons, nothing to type in."""
    page = browser.get(DIARY).text
    said = words(page)
    assert "3 runs stopped or slowed to a walk between 10 and 11 km. Were these cramps?" in said
    assert asked(page) == "5,10,15"
    assert re.findall(r'name="said" value="(\w+)"', page) == ["yes", "no", "dont_remember"]
    assert page.count("strip-small") >= 3
    assert "Fri 28 Mar 2025" in said
    assert "4 runs left to ask about." in said
    typed = re.findall(r'<input(?![^>]*type="hidden")[^>]*>|<textarea', page)
    assert typed == []


def test_one_answer_for_the_group(browser: TestClient, data_dir: Path) -> None:
    """Kept where the files show it; the next question follows, with an undo."""
    page = browser.post(DIARY, data={"ids": "5,10,15", "said": "yes"}).text
    found = marks(data_dir)
    assert [said for said, _ in found.values()] == ["yes", "yes", "yes"]
    assert [round(km or 0.0, 1) for _, km in found.values()] == [10.2, 10.4, 10.6]
    said = words(page)
    assert "Noted: a cramp." in said
    assert "Your run slowed to a walk at 5.0 km." in said
    assert "Was this a cramp?" in said
    assert "One run left to ask about." in said


def test_what_repeats_is_said_first(browser: TestClient) -> None:
    """Counts with their whole, above the next question, and that they are no causes."""
    page = words(browser.post(DIARY, data={"ids": "5,10,15", "said": "yes"}).text)
    assert "All 3 came between 10 and 11 km." in page
    assert "These are counts, not causes." in page
    assert page.index("All 3 came") < page.index("Was this a cramp?")
    assert "Runs with a cramp: 3. Without: 0. Not remembered: 0." in page


def test_undo_asks_again(browser: TestClient, data_dir: Path) -> None:
    """The whole group comes back, whatever was answered."""
    for said in ("yes", "no", "dont_remember"):
        page = browser.post(DIARY, data={"ids": "5,10,15", "said": said}).text
        ids = re.findall(r'diary/undo"><input type="hidden" name="ids" value="([\d,]+)"', page)[0]
        back = browser.post(f"{DIARY}/undo", data={"ids": ids}).text
        assert marks(data_dir) == {}
        assert asked(back) == "5,10,15"
        assert "Taken back. You are asked again." in words(back)


def test_each_run_by_itself(browser: TestClient, data_dir: Path) -> None:
    """Asked for with a link; the way of asking stays from answer to answer."""
    page = browser.get(f"{DIARY}?one=1").text
    assert asked(page) == "5"
    page = browser.post(DIARY, data={"ids": "5", "said": "no", "one": "1"}).text
    assert asked(page) == "10"
    assert marks(data_dir) == {5: ("no", None)}
    assert "Ask about them together" in words(page) or "Ask about each" not in words(page)


def test_when_all_is_answered(browser: TestClient) -> None:
    """Thanks, counts, and the way to why."""
    browser.post(DIARY, data={"ids": "5,10,15", "said": "yes"})
    page = browser.post(DIARY, data={"ids": "3", "said": "no"}).text
    said = words(page)
    assert "That is all. Thank you." in said
    assert "The newest cramp was on Thu 29 May 2025." in said
    assert 'href="/r/me/why?run=15"' in page
    assert "Runs with a cramp: 3. Without: 1. Not remembered: 0." in said
    assert asked(page) == ""


def test_a_cramp_is_taken_back_from_the_list(browser: TestClient, data_dir: Path) -> None:
    """Each one that was told has its own button, named by its day."""
    page = browser.post(DIARY, data={"ids": "5,10,15", "said": "yes"}).text
    assert 'aria-label="Take back what you said of Thu 29 May 2025"' in page
    browser.post(f"{DIARY}/undo", data={"ids": "15"})
    assert sorted(marks(data_dir)) == [5, 10]


def test_nothing_to_ask(data_dir: Path) -> None:
    """No run stops all of a sudden, or there are no runs."""
    browser = client(demo_store(data_dir))
    page = words(browser.get(DIARY).text)
    assert "That is all. Thank you." in page
    browser.post("/r/anna")
    assert "There are no runs here yet" in words(browser.get("/r/anna/diary").text)


def test_nobody_of_that_name(data_dir: Path) -> None:
    """The first page knows what to do, and nothing is made."""
    browser = client(data_dir)
    assert browser.get(DIARY).url.path == "/r/me"
    answer = browser.post(DIARY, data={"ids": "1", "said": "yes"})
    assert answer.url.path == "/r/me"
    assert not data_dir.exists()


@pytest.mark.parametrize(
    ("ids", "said", "status"),
    [("5", "perhaps", 422), ("", "yes", 422), ("x", "yes", 422), ("999", "yes", 404),
     ("5,999", "yes", 404), ("5;10", "yes", 422)],
)  # fmt: skip
def test_wrong_answers_keep_nothing(
    browser: TestClient, data_dir: Path, ids: str, said: str, status: int
) -> None:
    """A page that says so, and not half an answer."""
    assert browser.post(DIARY, data={"ids": ids, "said": said}).status_code == status
    assert marks(data_dir) == {}


def test_the_address_says_nothing_that_was_not_asked_for(browser: TestClient) -> None:
    """A made-up address shows no word of its own on the page, and undoes nothing."""
    page = browser.get(DIARY, params={"said": "hacked", "ids": "<b>5"}).text
    assert "hacked" not in page
    assert "<b>5" not in page
    page = browser.get(DIARY, params={"said": "yes", "ids": "5' onclick"}).text
    assert "onclick" not in page


def test_another_runner_cannot_answer(browser: TestClient, data_dir: Path) -> None:
    """Runs of one are none of the other's."""
    browser.post("/r/anna")
    answer = browser.post("/r/anna/diary", data={"ids": "5", "said": "yes"})
    assert answer.status_code == 404
    assert marks(data_dir) == {}


def test_imperial_units(browser: TestClient) -> None:
    """Places in miles."""
    browser.cookies.set("uncramp-units", "imperial")
    assert "between 6 and 7 mi" in words(browser.get(DIARY).text)
