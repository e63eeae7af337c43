"""The pages of `why` in a browser without scripts: forms, links, and what leaves the app."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from uncramp.actions.context import Context
from uncramp.interview import questions
from uncramp.screening import screening_questions
from uncramp.wording.catalogue import text
from web_support import NOW, client, demo_store

Page = Any
"""A response, of whichever client library the test client is made of."""

WHY: Final = "/r/me/why"
STORY: Final[dict[str, Sequence[str]]] = {
    **dict.fromkeys(screening_questions(), ("none",)),
    "profile": ("yes",),
    "places": ("calf_left",),
    "when": ("during_run",),
    "feel": ("knot",),
    "spread": ("one_muscle",),
    "warning": ("at_once",),
    "relief": ("stretch_stayed",),
    "load": ("longer",),
    "drinking": ("plain_water",),
    "sweat": ("heavy",),
    "salt_marks": ("no",),
    "heat": ("mild",),
    "cramped_before": ("first_time",),
    "onset_confirm": ("yes",),
    "muscles": ("calf",),
    "strength_work": ("never",),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The synthetic runner's data."""
    return demo_store(tmp_path / "data")


@pytest.fixture
def browser(folder: Path) -> TestClient:
    """A browser on it that was let in and runs no scripts."""
    return client(folder)


def words(page: Page) -> str:
    """What stands on a page."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", page.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def path_of(page: Page) -> str:
    """Where a page is."""
    return str(page.url.path)


def step_of(page: Page) -> str:
    """The last part of its address."""
    return path_of(page).rpartition("/")[2]


def begin(browser: TestClient, about: str = "last", day: str = "") -> Page:
    """Begin an interview; the first question."""
    return browser.post(WHY, data={"about": about, "day": day})


def send(browser: TestClient, page: Page, *chosen: str, **more: str) -> Page:
    """Send the form of a question as a browser does, hidden fields too."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    return browser.post(path_of(page), data={**hidden, "choice": list(chosen), **more})


def walk(browser: TestClient, page: Page, story: Mapping[str, Sequence[str]] = STORY) -> Page:
    """Answer page by page to the list of answers, or to where it stops."""
    for _ in range(len(questions()) + 3):
        step = step_of(page)
        if step in ("check", "stopped"):
            return page
        assert page.status_code == 200, words(page)
        more = {"number": "32"} if step == "onset_km" else {}
        page = send(browser, page, *story.get(step, ()), **more)
    pytest.fail("it does not end")


def answered(
    browser: TestClient, story: Mapping[str, Sequence[str]] = STORY, about: str = "last"
) -> Page:
    """The answer to a story."""
    check = walk(browser, begin(browser, about), story)
    return browser.post(path_of(check))


def chosen_on(page: Page) -> list[str]:
    """What is ticked when a page opens."""
    return re.findall(
        r'<input type="(?:checkbox|radio)"[^>]* value="([^"]+)"[^>]* checked', page.text
    )


# ---------------------------------------------------------------- the whole way


def test_the_whole_way_without_a_script(browser: TestClient) -> None:
    """From the start to the answer by forms alone: dangers, the runner, the map, what tells."""
    page = begin(browser)
    steps = []
    while step_of(page) != "check":
        steps.append(step_of(page))
        assert len(re.findall(r"<h1\b", page.text)) == 1
        page = send(browser, page, *STORY.get(steps[-1], ()))
    assert steps[:9] == [*screening_questions(), "profile", "places"]
    assert "None of these" in words(page)
    assert "One muscle, one spot (from the places you marked)" in words(page)
    answer = browser.post(path_of(page))
    assert path_of(answer) == "/r/me/answers/1"
    assert text("why.headline.overload.clear") in words(answer)
    assert "You passed your longest run" in words(answer)
    for heading in ("now", "next", "why", "sure", "watch"):
        assert f'id="{heading}"' in answer.text
    listed = browser.get(WHY)
    assert 'href="/r/me/answers/1"' in listed.text
    assert text("ask.go_on_title") not in words(listed)


def test_posting_leads_on_by_get(browser: TestClient) -> None:
    """Every form answers with 303, so that reloading sends nothing twice."""
    page = begin(browser)
    answer = browser.post(path_of(page), data={"choice": "none"}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("/danger_feel")


def test_progress_is_said_in_words(browser: TestClient) -> None:
    """Counted through the dangers, and then only that a few are left."""
    page = begin(browser)
    assert "Safety 1 of 7" in words(page)
    page = send(browser, page, "none")
    assert "Safety 2 of 7" in words(page)
    browser.get(path_of(page))
    while step_of(page) != "when":
        page = send(browser, page, *STORY[step_of(page)])
    assert "A few more" in words(page)


def back_from(page: Page) -> str:
    """Where the link on top leads."""
    link = re.search(r'<a class="back" href="([^"]+)"', page.text)
    assert link is not None
    return html.unescape(link[1])


def test_back_leads_to_each_answer_and_loses_none(browser: TestClient) -> None:
    """The link on top goes to the page before, on which the answer is still chosen."""
    page = begin(browser)
    steps = []
    while step_of(page) != "warning":
        steps.append(step_of(page))
        page = send(browser, page, *STORY[steps[-1]])
    steps.remove("profile")  # it was kept, so there is nothing to ask any more
    for step in reversed(steps):
        page = browser.get(back_from(page))
        assert step_of(page) == step
        assert chosen_on(page) == list(STORY[step])
    assert back_from(page) == WHY
    assert step_of(browser.get(f"{WHY}/1")) == "warning"


def test_a_restart_keeps_the_draft(browser: TestClient, folder: Path) -> None:
    """Another process, the next day: go on where it stopped; only the dangers are put again."""
    page = begin(browser)
    while step_of(page) != "feel":
        page = send(browser, page, *STORY[step_of(page)])
    again = client(folder)
    start = again.get(WHY)
    assert text("ask.go_on_title") in words(start)
    assert step_of(again.get(f"{WHY}/1")) == "feel"
    assert step_of(again.get(f"{WHY}?draft=1")) == "feel"
    tomorrow = client(folder, clock=lambda: NOW + timedelta(hours=30))
    page = tomorrow.get(f"{WHY}/1")
    assert step_of(page) == "danger_body"
    assert text("ask.stale") in words(page)
    assert chosen_on(page) == []
    away = tomorrow.post(f"{WHY}/1", data={"do": "away"})
    assert text("ask.go_on_title") not in words(away)
    back = tomorrow.post(f"{WHY}/1", data={"do": "back"})
    assert text("ask.go_on_title") in words(back)


# ---------------------------------------------------------------- what it can be about


def test_the_last_run_is_offered_first(browser: TestClient) -> None:
    """With its length and day, chosen already."""
    page = browser.get(WHY)
    assert chosen_on(page) == ["last"]
    assert "Your last run Run, 42.2 km, Sun 4 Oct 2026" in words(page)
    assert chosen_on(browser.get(f"{WHY}?run=3")) == ["3"]


def test_a_run_is_found_by_its_day(browser: TestClient) -> None:
    """Typed as a date; one without a run is said beside the field."""
    page = begin(browser, "day", "2026-09-27")
    assert step_of(page) == "danger_body"
    assert "Sun 27 Sept 2026" in words(page) or "Sun 27 Sep 2026" in words(page)
    for day, said in (("2026-09-28", "no activity on 2026-09-28"), ("", text("ask.no_day"))):
        wrong = begin(browser, "day", day)
        assert wrong.status_code == 422
        assert said in words(wrong)
        assert 'href="#day"' in wrong.text
        assert chosen_on(wrong) == ["day"]


def test_a_cramp_without_a_file(tmp_path: Path) -> None:
    """For a runner who has no store yet: one is made, and answers alone give an answer."""
    browser = client(tmp_path / "new")
    page = browser.get(WHY)
    assert chosen_on(page) == ["none"]
    assert text("ask.no_runs") in words(page)
    answer = answered(browser, about="none")
    assert text("why.headline.overload.clear") in words(answer)
    assert "<figure" not in answer.text


@pytest.mark.parametrize("address", [f"{WHY}/7", f"{WHY}/7/spread", f"{WHY}/7/check",
                                     f"{WHY}/7/stopped", "/r/me/answers/7",
                                     "/r/me/answers/7/image.png", "/r/me/answers/7/page.html",
                                     "/r/me/answers/7/run.csv"])  # fmt: skip
def test_what_is_not_there_is_said(browser: TestClient, address: str) -> None:
    """Somebody else's number, or an old one."""
    assert browser.get(address).status_code == 404


def test_no_other_runner_finds_an_answer(browser: TestClient, folder: Path) -> None:
    """Drafts and answers belong to one runner."""
    answered(browser)
    with Context(data_dir=folder, now=NOW) as context:
        context.store.add_runner("ann", at=NOW)
    assert browser.get("/r/ann/answers/1").status_code == 404
    assert browser.get("/r/ann/why/1/check").status_code == 404
    assert "/answers/1" not in browser.get("/r/ann/why").text


# ---------------------------------------------------------------- what is sent wrongly


def test_none_beside_a_sign_is_refused_in_words(browser: TestClient) -> None:
    """Beside the field and in the summary; what was ticked stays ticked."""
    page = begin(browser)
    wrong = send(browser, page, "none", "burning_hot")
    assert wrong.status_code == 422
    assert words(wrong).count(text("error.none_and_others.what")) == 2
    assert chosen_on(wrong) == ["burning_hot", "none"]
    assert "There is a problem" in wrong.text.partition("</title>")[0]
    assert 'href="#answer"' in wrong.text
    silent = send(browser, page)
    assert silent.status_code == 422
    assert text("error.nothing_chosen.what") in words(silent)


def test_a_number_is_typed_in_the_readers_units(browser: TestClient, folder: Path) -> None:
    """Miles for who reads miles, and what was typed stays when it is wrong."""
    browser.cookies.set("uncramp-units", "imperial")
    page = begin(browser)
    while step_of(page) != "when":
        page = send(browser, page, *STORY[step_of(page)])
    page = browser.get(f"{WHY}/1/onset_km")
    assert text("ask.onset_miles") in words(page)
    assert "The whole run was 26.2 mi." in words(page)
    wrong = send(browser, page, number="32")
    assert wrong.status_code == 422
    assert "Type a number from 0 to 26.2 mi." in words(wrong)
    assert 'value="32"' in wrong.text
    send(browser, page, number="19.9")
    with Context(data_dir=folder, now=NOW) as context:
        draft = context.store.draft(context.stored_runner(), 1)
    assert draft.answers["onset_km"].answer == pytest.approx(32.03, abs=0.01)
    assert 'value="19.9"' in browser.get(f"{WHY}/1/onset_km").text
    assert "19.9 mi" in words(browser.get(f"{WHY}/1/check"))


def test_a_danger_question_that_is_open_comes_before_any_page(browser: TestClient) -> None:
    """An address typed by hand leads to it; the answer waits for all seven."""
    begin(browser)
    assert step_of(browser.get(f"{WHY}/1/spread")) == "danger_body"
    check = browser.get(f"{WHY}/1/check")
    assert text("ask.check.unsafe") in words(check)
    assert text("ask.check.show") not in words(check)
    assert step_of(browser.post(f"{WHY}/1/check")) == "danger_body"


def test_skipping_and_showing(browser: TestClient) -> None:
    """A question may be left out; the answer may be had at any time after the dangers."""
    page = begin(browser)
    assert 'value="skip"' not in page.text
    assert 'value="show"' not in page.text
    while step_of(page) != "when":
        page = send(browser, page, *STORY[step_of(page)])
    page = send(browser, page, go="skip")
    assert step_of(page) == "feel"
    check = send(browser, page, "knot", go="show")
    assert step_of(check) == "check"
    assert "A hard knot I could not let go" in words(check)
    assert words(check).count(text("ask.check.open")) == 1
    assert step_of(send(browser, browser.get(f"{WHY}/1/warning"), go="show")) == "check"


def test_an_answer_is_changed_from_the_list(browser: TestClient) -> None:
    """It leads to that question and back to the list; the map asks what hangs on it again."""
    check = walk(browser, begin(browser))
    page = browser.get(f"{path_of(check).removesuffix('check')}feel", params={"then": "check"})
    assert back_from(page).endswith("/check")
    assert step_of(send(browser, page, "flutter")) == "check"
    page = browser.get(f"{WHY}/1/places", params={"then": "check"})
    page = send(browser, page, "calf_left", "calf_right")
    assert step_of(page) == "spread"
    assert chosen_on(page) == ["both_sides"]
    assert text("ask.offered") in words(page)
    assert step_of(send(browser, page, "both_sides")) == "check"


def test_the_order_of_the_places_is_kept(browser: TestClient, folder: Path) -> None:
    """A script sends the order of the taps; without one the reader says what came first."""
    begin(browser)
    for name in screening_questions():
        browser.post(f"{WHY}/1/{name}", data={"choice": "none"})
    page = browser.get(f"{WHY}/1/places")
    assert "<noscript>" in page.text
    boxes = re.findall(r'type="checkbox" name="choice"[^>]* value="(\w+)"', page.text)
    assert sorted(boxes) == sorted(one.id for one in questions()["places"].options)

    def kept() -> object:
        with Context(data_dir=folder, now=NOW) as context:
            return context.store.draft(context.stored_runner(), 1).answers["places"].answer

    send(browser, page, "calf_left", "foot_left", "hamstring_left", first="hamstring_left")
    assert kept() == ("hamstring_left", "calf_left", "foot_left")
    send(browser, page, "calf_left", "foot_left", order="foot_left calf_left neck_left")
    assert kept() == ("foot_left", "calf_left")
    again = browser.get(f"{WHY}/1/places")
    assert 'name="order" value="foot_left calf_left"' in again.text


def test_somebody_else_can_answer(browser: TestClient) -> None:
    """Other words where there are any, and a way back."""
    begin(browser)
    page = browser.post(f"{WHY}/1", data={"do": "someone:danger_body"})
    assert text("screen.danger_body.bystander") in words(page)
    page = browser.post(f"{WHY}/1", data={"do": "myself:danger_body"})
    assert text("screen.danger_body.text") in words(page)


# ---------------------------------------------------------------- what stops it


def stop(browser: TestClient) -> Page:
    """An interview that a danger sign stops."""
    page = begin(browser)
    page = send(browser, page, "none")
    page = send(browser, page, "none")
    return send(browser, page, "swollen_warm_limb", "bone_spot")


def test_a_danger_sign_interrupts_with_a_page_of_its_own(browser: TestClient, folder: Path) -> None:
    """One card a level, most urgent first; what to watch for; how it is closed; nothing else."""
    page = stop(browser)
    assert step_of(page) == "stopped"
    levels = re.findall(r'<section class="care (\w+)"', page.text)
    assert levels == sorted(set(levels), key=["emergency_now", "same_day", "see_doctor"].index)
    assert text("stop.dvt.name") in words(page)
    assert text("ask.stopped.only_so") in words(page)
    assert "Speaks for" not in words(page)
    for address in (f"{WHY}/1/spread", f"{WHY}/1/check", f"{WHY}/1"):
        assert step_of(browser.get(address)) == "stopped"
    assert text("why.headline.stop") in words(browser.get(WHY))
    assert text("ask.begin") not in words(browser.get(WHY))
    with Context(data_dir=folder, now=NOW) as context:
        flags = context.store.open_flags(context.stored_runner())
    assert {flag.flag_id for flag in flags} == {"dvt", "bone_stress_injury"}


def test_only_a_visit_closes_it(browser: TestClient) -> None:
    """A day that has not come is refused; then the dangers are put again, the rest is kept."""
    page = stop(browser)
    close: Callable[..., Page] = lambda **data: browser.post(path_of(page), data=data)  # noqa: E731
    wrong = close(flag="dvt", day="2026-10-09")
    assert wrong.status_code == 422
    assert "2026-10-09 has not come yet." in words(wrong)
    assert 'href="#day-dvt"' in wrong.text
    assert close(flag="dvt", day="soon").status_code == 422
    assert step_of(close(flag="dvt", day="2026-10-06")) == "stopped"
    closed = browser.post(f"{WHY}/stopped", data={"flag": "bone_stress_injury",
                                                  "day": "2026-10-06"})  # fmt: skip
    assert path_of(closed) == WHY
    assert step_of(browser.get(f"{WHY}/1")) == "danger_body"


def test_while_a_stop_is_open_nothing_else_of_an_answer_is_shown(
    browser: TestClient, folder: Path
) -> None:
    """On the page, in the image and in the file alike; once closed it is back."""
    answer = answered(browser)
    image = browser.get(f"{path_of(answer)}/image.png").content
    with Context(data_dir=folder, now=NOW) as context:
        context.store.open_flag(context.stored_runner(), flag_id="cardiac", kind="stop", at=NOW)
    shown = browser.get(path_of(answer))
    alone = browser.get(f"{path_of(answer)}/page.html")
    for page in (shown, alone):
        assert text("why.headline.stop") in words(page)
        assert text("stop.cardiac.name") in words(page)
        assert text("why.headline.overload.clear") not in words(page)
        assert "Stretch" not in words(page)
        assert "<figure" not in page.text
    assert browser.get(f"{path_of(answer)}/image.png").content != image
    table = browser.get(f"{path_of(answer)}/run.csv", follow_redirects=False)
    assert table.status_code == 303
    browser.post(f"{WHY}/stopped", data={"flag": "cardiac", "day": "2026-10-06"})
    assert text("why.headline.overload.clear") in words(browser.get(path_of(answer)))


def test_a_lock_opened_later_hides_the_advice_it_blocks(browser: TestClient, folder: Path) -> None:
    """And says so, on the page and in the file."""
    story = {**STORY, "feel": ("flutter",), "places": ("calf_left", "arm_or_hand_left"),
             "spread": ("jumping",), "warning": ("twitches",), "relief": ("salt_slow",),
             "load": ("easy",)}  # fmt: skip
    answer = answered(browser, story)
    salty = text("relief.after.eat_and_drink")
    assert salty in words(answer)
    with Context(data_dir=folder, now=NOW) as context:
        me = context.stored_runner()
        context.store.open_flag(me, flag_id="salt_contraindicated", kind="lock", at=NOW)
    for address in (path_of(answer), f"{path_of(answer)}/page.html"):
        page = browser.get(address)
        assert salty not in words(page)
        assert text("answer.lock_now") in words(page)
        assert text("lock.salt_contraindicated.name") in words(page)


def test_an_answer_says_what_waits(browser: TestClient) -> None:
    """Somebody who does not know of their medicines gets no dose, and a way to answer."""
    answer = answered(browser, {**STORY, "medicines": ("dont_remember",)})
    assert "Until then there is none on: salt, drink amounts, pills, training." in words(answer)
    page = browser.post(f"{path_of(answer)}/change", data={"question": "medicines"})
    assert step_of(page) == "medicines"
    assert step_of(send(browser, page, "none")) == "check"


def test_a_stop_that_was_closed_leads_on(browser: TestClient) -> None:
    """Its page says so and goes back to the questions."""
    page = stop(browser)
    for flag in ("dvt", "bone_stress_injury"):
        browser.post(path_of(page), data={"flag": flag, "day": "2026-10-06"})
    answer = browser.get("/r/me/answers/1")
    assert text("answer.was_stopped") in words(answer)
    assert text("answer.now") not in words(answer)


# ---------------------------------------------------------------- the answer


def test_for_and_against_stand_side_by_side_with_grade_and_sources(browser: TestClient) -> None:
    """Each reason has its sources one tap away."""
    answer = answered(browser)
    why = answer.text.partition('id="why"')[2].partition('id="sure"')[0]
    assert words_in(why).index("For it") < words_in(why).index("Against it")
    n_reasons = why.count("<li><p>")
    assert n_reasons >= 3
    assert why.count('<details class="from">') == n_reasons
    assert why.count("/evidence/sources/") >= n_reasons


def words_in(markup: str) -> str:
    """Words of a part of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def test_what_would_change_it_can_be_answered_at_once(browser: TestClient) -> None:
    """Each line leads to its question, and from there to a new answer."""
    page = begin(browser)
    while step_of(page) != "feel":
        page = send(browser, page, *STORY[step_of(page)])
    answer = browser.post(path_of(send(browser, page, "knot", go="show")))
    wanted = re.findall(r'name="question" value="(\w+)"', answer.text)
    assert "warning" in wanted
    page = browser.post(f"{path_of(answer)}/change", data={"question": "warning"})
    assert step_of(page) == "warning"
    check = send(browser, page, "twitches")
    newer = browser.post(path_of(check))
    assert path_of(newer) == "/r/me/answers/2"
    assert text("answer.newer") in words(browser.get(path_of(answer)))


def test_the_numbers_behind_the_picture(browser: TestClient) -> None:
    """A table on the page, and the same as CSV with a name of its own."""
    answer = answered(browser)
    assert answer.text.count("<table>") == 2
    table = browser.get(f"{path_of(answer)}/run.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert 'filename="uncramp-why-2026-10-04.csv"' in table.headers["content-disposition"]
    assert len(table.text.splitlines()) == 44


PNG_START: Final = b"\x89PNG\r\n\x1a\n"


def test_the_image_is_a_png_of_1080_pixels(browser: TestClient) -> None:
    """And changes with a name that is typed."""
    answer = answered(browser)
    image = browser.get(f"{path_of(answer)}/image.png")
    assert image.headers["content-type"] == "image/png"
    assert 'filename="uncramp-why-2026-10-04.png"' in image.headers["content-disposition"]
    assert image.content.startswith(PNG_START)
    width, height = struct.unpack(">II", image.content[16:24])
    assert width == 1080
    assert height > 1080
    assert image.content.endswith(b"IEND\xaeB`\x82")
    named = browser.get(f"{path_of(answer)}/image.png", params={"name": "Ann"})
    assert named.content != image.content


def test_the_file_stands_alone(browser: TestClient) -> None:
    """One file: its style allowed by its hash, no script, no address, no name unless typed."""
    answer = answered(browser)
    alone = browser.get(f"{path_of(answer)}/page.html", params={"name": "Ann <b>"})
    assert 'filename="uncramp-why-2026-10-04.html"' in alone.headers["content-disposition"]
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', alone.text)
    style = re.search(r"<style>(.*?)</style>", alone.text, re.DOTALL)
    assert policy is not None
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    markup = alone.text.replace("http://www.w3.org/2000/svg", "")
    assert "http" not in markup.replace('http-equiv="Content', "")
    assert not re.search(r"<(script|link|img|form|a|iframe|object|use)\b", markup)
    assert not re.search(r"\b(src|href|style|on\w+)=|url\(|@import", markup)
    assert "Ann &lt;b&gt;" in alone.text
    assert "Ann" not in browser.get(f"{path_of(answer)}/page.html").text
    for said in (text("why.headline.overload.clear"), "You passed your longest run", "For it",
                 text("answer.watch")):  # fmt: skip
        assert said in words(alone)


def test_nothing_that_leaves_tells_where_or_who(browser: TestClient) -> None:
    """Neither the runner's name, nor a place, nor the name of a file."""
    answer = answered(browser)
    for name in ("page.html", "run.csv"):
        leaves = browser.get(f"{path_of(answer)}/{name}").text
        for told in ("latitude", "synthetic", ".fit", "/r/me"):
            assert told not in leaves
