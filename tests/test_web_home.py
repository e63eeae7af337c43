"""Home: where a runner stands, the next step, and the very first visit."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from starlette.testclient import TestClient

from diary_support import write_history
from uncramp.actions.context import Context
from uncramp.actions.diary import mark_run
from uncramp.actions.importing import import_paths
from uncramp.actions.next_step import Standing, home_state, next_step
from uncramp.store.rows import StoredAnswer
from web_support import NOW, client, demo_store

HOME: Final = "/r/me"


def words(page: str) -> str:
    """What a page says, without its markup."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def home(browser: TestClient, runner: str = "me") -> str:
    """The words of the first page."""
    return words(browser.get(f"/r/{runner}").text)


def big_button(page: str) -> str:
    """Where the one big button leads."""
    found = re.findall(r'class="button big" href="([^"]+)"', page)
    assert len(found) == 1
    return str(found[0])


def history(data_dir: Path, tmp_path: Path) -> None:
    """Fifteen runs, four of which stop or slow to a walk."""
    with Context(data_dir=data_dir, now=NOW) as context:
        import_paths(context, [write_history(tmp_path / "files")], workers=1)


def explained(data_dir: Path, run_id: int) -> None:
    """Somebody asked why about this run."""
    with Context(data_dir=data_dir, now=NOW) as context:
        context.store.save_advice(
            context.stored_runner(),
            verb="why",
            activity_id=run_id,
            at=NOW,
            inputs={},
            result={},
            text="It fits overload.",
            package_version="0.1",
            model_version="1",
            evidence_version="1",
        )


# ---------------------------------------------------------------- the decision


def test_the_order_of_the_next_step() -> None:
    """Safety, then data, then questions, then what was begun, then what is open."""
    assert next_step(Standing()) == "add"
    assert next_step(Standing(n_runs=5)) == "now"
    assert next_step(Standing(n_runs=5, has_unexplained=True)) == "why"
    assert next_step(Standing(n_runs=5, has_unexplained=True, has_draft=True)) == "draft"
    assert next_step(Standing(n_runs=5, n_to_ask=1, has_draft=True)) == "diary"
    assert next_step(Standing(has_open_stop=True)) == "stop"


def test_a_stop_wins_over_everything() -> None:
    """Whatever else is open, an open stop is the next step; without one it never is."""
    flags = (False, True)
    for n_runs, n_to_ask, draft, open_cramp in product((0, 3), (0, 2), flags, flags):
        standing = Standing(
            n_runs=n_runs, n_to_ask=n_to_ask, has_draft=draft, has_unexplained=open_cramp
        )
        assert next_step(replace(standing, has_open_stop=True)) == "stop"
        assert next_step(standing) != "stop"


# ---------------------------------------------------------------- the first visit


def test_the_first_visit_says_what_this_is(data_dir: Path) -> None:
    """Two sentences, the danger signs, the place for files, and a way without any."""
    answer = client(data_dir).get(HOME)
    assert answer.status_code == 200
    said = words(answer.text)
    assert "Why you cramp, and what to do about it" in said
    assert "Bad signs with a cramp, now or since the run? Look here first." in said
    assert "Nothing leaves it." in said
    assert "Garmin" in said
    assert "Start with none" in said
    assert 'name="files"' in answer.text
    assert 'href="/r/me/now"' in answer.text
    assert 'href="/r/me/why"' in answer.text
    assert not data_dir.exists()


def test_a_runner_without_runs_sees_the_same(data_dir: Path) -> None:
    """Added, but nothing imported yet."""
    browser = client(data_dir)
    assert "Add your runs" in words(browser.post(HOME).text)
    assert "Why you cramp" in home(browser)


def test_a_name_nobody_has(data_dir: Path) -> None:
    """Offered to be made with one button; who is here is one tap away."""
    browser = client(demo_store(data_dir))
    answer = browser.get("/r/anna")
    assert answer.status_code == 404
    assert "There is nobody called anna here" in words(answer.text)
    assert 'href="/r/me"' in answer.text
    made = browser.post("/r/anna")
    assert made.url.path == "/r/anna"
    assert made.status_code == 200
    assert "Add your runs" in words(made.text)


@pytest.mark.parametrize("name", ["ann%40example.org", "%20anna", "-x", "a" * 65])
def test_a_name_nobody_can_have(data_dir: Path, name: str) -> None:
    """Said so; no button, and asking all the same makes nothing."""
    browser = client(demo_store(data_dir))
    answer = browser.get(f"/r/{name}")
    assert answer.status_code == 404
    assert "This cannot be a name here" in words(answer.text)
    assert "<form" not in answer.text
    assert browser.post(f"/r/{name}").status_code == 422


def test_a_strange_name_is_shown_as_text(data_dir: Path) -> None:
    """What stands in the address is never markup."""
    page = client(demo_store(data_dir)).get("/r/%3Cscript%3Ealert(1)%3C%2Fscript%3E").text
    assert "<script>alert" not in page


# ---------------------------------------------------------------- where things stand


def test_the_state_in_one_sentence(data_dir: Path) -> None:
    """How many runs since when, and how many cramped."""
    assert "55 runs since 2026. One of them cramped." in home(client(demo_store(data_dir)))


def test_the_doors(data_dir: Path) -> None:
    """Each with a line, none that leads nowhere yet."""
    page = client(demo_store(data_dir)).get(HOME).text
    doors = re.findall(r'<li class="door[^"]*"><a href="([^"]+)"', page)
    places = ("now", "why", "runs", "race", "sweat", "add")
    assert doors == [f"/r/me/{place}" for place in places]


def test_the_last_run_with_its_strip(data_dir: Path) -> None:
    """The marathon: how far beyond training, where it cramped, one tap to look at it."""
    page = client(demo_store(data_dir)).get(HOME).text
    assert "Sun 4 Oct 2026" in page
    assert "Past your longest run of the month before at 28.0 km." in words(page)
    assert "It cramped at 32.0 km." in words(page)
    assert 'class="strip-small"' in page or "strip-small" in page


def test_questions_come_first(data_dir: Path, tmp_path: Path) -> None:
    """The diary's own sentence, and its page behind the big button."""
    history(data_dir, tmp_path)
    browser = client(data_dir)
    page = browser.get(HOME).text
    assert "15 runs since 2025. No cramp is noted." in words(page)
    assert "3 of your 15 runs stopped or slowed to a walk between 10 and 11 km." in words(page)
    assert big_button(page) == "/r/me/diary"


def test_a_cramp_that_nobody_looked_into(data_dir: Path) -> None:
    """The newest of them, by its day; once it was asked why, the phone is next."""
    browser = client(demo_store(data_dir))
    page = browser.get(HOME).text
    run_id = int(re.findall(r"/r/me/runs/(\d+)", page)[0])
    assert "You told us of a cramp in your run of Sun 4 Oct 2026." in words(page)
    assert big_button(page) == f"/r/me/why?run={run_id}"
    explained(data_dir, run_id)
    page = browser.get(HOME).text
    assert "Have the first-aid page on your phone." in words(page)
    assert big_button(page) == "/r/me/now"


def test_the_newest_cramp_is_asked_about_first(data_dir: Path) -> None:
    """Of several, and an explained one is passed over."""
    demo_store(data_dir)
    with Context(data_dir=data_dir, now=NOW) as context:
        newest = home_state(context)
        assert newest is not None
        assert newest.unexplained is not None
        marathon = newest.unexplained.activity_id
        mark_run(context, "3", km=2.0)
    explained(data_dir, marathon)
    page = client(data_dir).get(HOME).text
    assert big_button(page) == "/r/me/why?run=3"
    assert "2 of them cramped." in words(page)


def test_what_was_begun_goes_on(data_dir: Path) -> None:
    """An interview that was not finished, by the run it is about; put away it is no step."""
    demo_store(data_dir)
    with Context(data_dir=data_dir, now=NOW) as context:
        runner = context.stored_runner()
        run_id = context.store.activities(runner)[-1].activity_id
        answers = {"feel": StoredAnswer(answer="knot", at=NOW)}
        draft = context.store.add_draft(runner, run_id, answers, started_at=NOW, updated_at=NOW)
    page = client(data_dir).get(HOME).text
    assert "You began to look into your run of Sun 4 Oct 2026." in words(page)
    assert big_button(page) == f"/r/me/why/{draft}"
    with Context(data_dir=data_dir, now=NOW) as context:
        context.store.change_draft(
            context.stored_runner(), draft, lambda row: replace(row, dropped=True)
        )
    assert "why?run=" in big_button(client(data_dir).get(HOME).text)


# ---------------------------------------------------------------- stops and locks


def open_flag(data_dir: Path, flag_id: str, kind: str) -> None:
    """A stop or a lock of `me`, opened yesterday."""
    with Context(data_dir=data_dir, now=NOW) as context:
        context.store.open_flag(
            context.stored_runner(),
            flag_id=flag_id,
            kind="stop" if kind == "stop" else "lock",
            at=NOW - timedelta(days=1),
        )


def test_an_open_stop_comes_first(data_dir: Path) -> None:
    """Its card with the level in words, how it is closed, and no other big button."""
    open_flag(demo_store(data_dir), "dvt", "stop")
    page = client(data_dir).get(HOME).text
    assert '<section class="care same_day"' in page
    assert "Today: urgent" in words(page)
    assert "Blood clot in the leg" in words(page)
    assert "A clinician has seen me about this" in words(page)
    assert 'class="button big"' not in page


def test_two_stops_of_one_level_share_a_card(data_dir: Path) -> None:
    """One card a level; the others are named, and each can be closed by itself."""
    demo_store(data_dir)
    for flag in ("dvt", "medication", "cardiac"):
        open_flag(data_dir, flag, "stop")
    page = client(data_dir).get(HOME).text
    levels = re.findall(r'<section class="care (\w+)"', page)
    assert len(levels) == len(set(levels))
    for flag in ("dvt", "medication", "cardiac"):
        assert f'value="stop:{flag}"' in page


def test_a_stop_is_closed_by_a_dated_visit(data_dir: Path) -> None:
    """From here, back to here; a day before it was raised, or to come, closes nothing."""
    open_flag(demo_store(data_dir), "dvt", "stop")
    browser = client(data_dir)
    form = {"flag": "stop:dvt", "page": "home", "note": "all clear"}
    for day, said in (
        ("2026-10-04", "A visit before that day cannot clear it."),
        ("2026-10-07", "has not come yet"),
        ("tomorrow", "is not a day in the calendar"),
        ("", "is not a day in the calendar"),
    ):
        answer = browser.post("/r/me/settings/clear", data={**form, "day": day})
        assert answer.status_code == 422, day
        assert said in words(answer.text)
        assert 'value="all clear"' in answer.text
    answer = browser.post("/r/me/settings/clear", data={**form, "day": "2026-10-06"})
    assert answer.url.path == HOME
    assert "Blood clot" not in answer.text
    with Context(data_dir=data_dir, now=NOW) as context:
        (flag,) = context.store.flags(context.stored_runner())
    assert (f"{flag.cleared_on}", flag.clearance_note) == ("2026-10-06", "all clear")


def test_locks_are_named_with_what_they_hold_back(data_dir: Path) -> None:
    """Quietly, below; the step stays."""
    open_flag(demo_store(data_dir), "pregnancy", "lock")
    page = client(data_dir).get(HOME).text
    assert "Pregnancy: no advice on salt, drink amounts, pills, massage, training." in words(page)
    assert big_button(page).startswith("/r/me/why")


def test_another_runner_is_not_in_the_picture(data_dir: Path) -> None:
    """Nothing of one runner shows on the first page of the other."""
    open_flag(demo_store(data_dir), "dvt", "stop")
    browser = client(data_dir)
    browser.post("/r/anna")
    said = home(browser, "anna")
    assert "Blood clot" not in said
    assert "55 runs" not in said


def test_imperial_units(data_dir: Path) -> None:
    """As the cookie of this browser says."""
    browser = client(demo_store(data_dir))
    browser.cookies.set("uncramp-units", "imperial")
    assert "26.2 mi" in home(browser)
    assert "It cramped at 19.9 mi." in home(browser)
