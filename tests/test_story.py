"""A story beside a case: what it adds, what stays open, and what wins."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from story_support import Story, heard_of, is_danger, stories
from uncramp.actions.cases import Case
from uncramp.actions.context import Context
from uncramp.actions.story import (
    LONGEST_STORY,
    answers_from_ticks,
    read_story,
    story_case,
    with_story_question,
    with_sure,
)
from uncramp.actions.why import why_case
from uncramp.cli import main
from uncramp.errors import InputError
from uncramp.evidence import rules_file
from uncramp.evidence.rules import chosen
from uncramp.screening import screen, screening_questions
from uncramp.vocabulary import Kind
from web_support import NOW, ORIGIN, client, demo_store

PINGING: Final = (
    "pinging away in both calves from 15 miles, then the right one locked on the last hill"
)


BEHIND: Final = {"Origin": ORIGIN}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that holds nothing yet."""
    monkeypatch.setenv("UNCRAMP_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("UNCRAMP_DATABASE_URL", raising=False)
    return tmp_path / "data"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The data of one call of `why` that went well."""
    assert main(["why", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)["data"]


# ---------------------------------------------------------------- the action


def test_a_danger_sign_told_leaves_the_rest_of_its_question_open() -> None:
    """One medicine told does not answer for the others; a stop told counts at once."""
    story = story_case(Case(), read_story("I take ramipril and my calf cramps."))
    answer = with_story_question(why_case(story.case), story)
    screening = answer.explanation.screening
    assert [lock.id for lock in screening.locks] == ["medication"]
    assert "medicines" in screening.unanswered
    assert answer.explanation.question is not None
    assert answer.explanation.question.id == "danger_body"
    fainted = story_case(Case(), read_story("I collapsed at the finish, calf cramps."))
    assert why_case(fainted.case).explanation.kind == Kind.STOP


def test_the_danger_question_that_was_partly_told_is_asked_too() -> None:
    """With all others answered, the one left is the one of which a sign was told."""
    answers: dict[str, tuple[str, ...]] = dict.fromkeys(screening_questions(), ("none",))
    del answers["medicines"]
    story = story_case(Case(answers=answers), read_story("I take ramipril and my calf cramps."))
    answer = with_story_question(why_case(story.case), story)
    assert answer.explanation.question is not None
    assert answer.explanation.question.id == "medicines"


def test_what_was_answered_wins_over_the_story() -> None:
    """The runner corrects us: an answer of their own takes the place of what was heard."""
    case = Case(answers={"warning": "at_once", "danger_body": ("none",)})
    story = story_case(case, read_story("It kept twitching, then I collapsed."))
    assert story.case.answers["warning"] == "at_once"
    assert story.case.answers["danger_body"] == ("none",)


def test_a_danger_word_that_was_settled_is_no_longer_asked() -> None:
    """Yes makes it a sign, no takes it away; either way it is settled."""
    story = story_case(Case(), read_story("I threw up at the finish, calf cramps."))
    (asked,) = story.heard.ask_first
    yes, no = with_sure(story, {asked: True}), with_sure(story, {asked: False})
    assert "vomiting" in str(yes.case.answers["danger_feel"])
    assert "danger_feel" not in no.case.answers
    assert yes.heard.ask_first == no.heard.ask_first == ()


def test_a_cramp_after_the_end_of_the_run_takes_the_run_away() -> None:
    """Numbers that cannot both be true: the place of the cramp stays, the length goes."""
    story = story_case(Case(), read_story("In the half marathon my calf cramped at 30 km."))
    assert story.case.answers["onset_km"] == 30.0
    assert story.case.run.distance_m is None


@pytest.mark.parametrize(
    ("said", "code"), [("  \n", "story_empty"), ("a" * (LONGEST_STORY + 1), "story_too_long")]
)
def test_a_story_without_or_with_too_many_words(said: str, code: str) -> None:
    """Refused in words."""
    with pytest.raises(InputError) as raised:
        read_story(said)
    assert raised.value.code == code


def test_ticks_become_answers_again() -> None:
    """Several of a question that takes several, one of the others, numbers as numbers."""
    ticks = ["places=calf_left", "places=calf_right", "onset_km=24.1", "warning=twitches",
             "health=kidney"]  # fmt: skip
    assert answers_from_ticks(ticks) == {
        "places": ("calf_left", "calf_right"),
        "onset_km": 24.1,
        "warning": "twitches",
        "health": ("kidney", "dont_remember"),
    }
    for wrong in ("nothing=at_all", "warning=sideways", "onset_km=far"):
        with pytest.raises(InputError):
            answers_from_ticks([wrong])


def screened(story: Story) -> frozenset[str]:
    """The flags at the end, when every danger question that is asked is answered truthfully."""
    asked = story_case(Case(), heard_of(story.text))
    for _ in screening_questions():
        answer = with_story_question(why_case(asked.case), asked)
        question = answer.explanation.question
        if question is None or question.section != "screen":
            break
        name = question.id
        signs = tuple(option for asked_in, option in story.expected if asked_in == name)
        told = {name: signs or ("none",)}
        case = replace(asked.case, answers={**asked.case.answers, **told})
        asked = replace(asked, case=case, told={**asked.told, **told})
    found = why_case(asked.case).explanation.screening
    return frozenset({stop.id for stop in found.stops} | {lock.id for lock in found.locks})


def hard_ones() -> list[Story]:
    """Stories with a danger that the words missed or left open, and some with locks."""
    missed = [story for story in stories() if not understood_whole(story)]
    locks = ("health", "medicines", "past")
    locked = [story for story in stories() if any(name in locks for name, _ in story.expected)]
    return [*missed, *locked[::24]]


def understood_whole(story: Story) -> bool:
    """Whether every danger that is told was heard."""
    found = heard_of(story.text).answers
    return all(
        option in (chosen(found, name) or ())
        for name, option in story.expected
        if is_danger((name, option))
    )


@pytest.mark.parametrize("story", hard_ones(), ids=lambda story: story.text[:40])
def test_after_the_screening_no_danger_is_lost(story: Story) -> None:
    """A sign the words missed is asked for: its flags are up, or another stop came first."""
    signs = [one for one in story.expected if is_danger(one)]
    wanted = screen({name: tuple(o for n, o in signs if n == name) for name, _ in signs})
    flags = screened(story)
    stopped = {flag["id"] for flag in rules_file("red_flags")["stops"]} & flags
    assert {stop.id for stop in wanted.stops} <= flags or stopped
    assert {lock.id for lock in wanted.locks} <= flags or stopped


# ---------------------------------------------------------------- the command


def test_why_story_answers_alone(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """The usual data with answers, because and ask_first; no store is made."""
    data = told(capsys, "--story", PINGING)
    assert data["answers"]["places"] == ["calf_left", "calf_right"]
    assert data["answers"]["warning"] == "twitches"
    assert data["ask_first"] == []
    assert data["screen"] == "incomplete"
    assert data["next_question"]["id"] == "danger_body"
    words = {one["question_id"]: one["words"] for one in data["because"] if one["question_id"]}
    assert words["warning"] == "pinging away"
    assert {"finding", "towards", "weight", "text"} <= set(data["because"][0])
    assert not folder.exists()


def test_the_story_comes_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-` reads it; a danger word that may be one is asked first with its flag and words alone."""
    monkeypatch.setattr("sys.stdin", io.StringIO("I threw up at the finish.\nCalf cramps."))
    data = told(capsys, "--story", "-")
    assert data["ask_first"] == [
        {"question_id": "danger_feel", "flag": "hyponatraemia", "words": "threw up"}
    ]
    assert data["kind"] != "stop"


def test_a_stop_in_a_story_stops(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0 and only the stop's own words, with the words that led there."""
    data = told(capsys, "--story", "My pee was like cola after the race, thighs cramped.")
    assert data["kind"] == "stop"
    assert data["now"] == data["next"] == []
    assert {"question_id": "danger_feel", "value": "dark_urine"}.items() <= data["because"][
        0
    ].items()


def test_a_case_beside_the_story_wins(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The case file says how it began; the story says the rest."""
    case = tmp_path / "case.json"
    case.write_text(json.dumps({"answers": {"warning": "at_once"}}), encoding="utf-8")
    data = told(capsys, "--story", PINGING, "--case", str(case))
    found = {one["finding"] for one in data["because"]}
    assert "locked_at_once" in found
    assert "twitches_first" not in found


def test_words_for_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Dangers to settle come first, then what was understood, then the answer."""
    assert main(["why", "--story", "I threw up at the finish and both calves cramped"]) == 0
    out = capsys.readouterr().out
    first, heard = out.index("threw up"), out.index("What we understood")
    assert first < heard < out.index("WHAT TO DO NOW")
    assert "danger_feel=vomiting" in out


@pytest.mark.parametrize(
    ("story", "said"), [("My daughter cramped in both calves at 15 km.", True), (PINGING, False)]
)
def test_whose_story_it_is_is_said(
    capsys: pytest.CaptureFixture[str], browser: TestClient, story: str, said: bool
) -> None:
    """Told by who is with the runner: in the terminal, as data, and on the page."""
    assert main(["why", "--story", story]) == 0
    assert ("You tell of somebody else" in capsys.readouterr().out) is said
    assert told(capsys, "--story", story)["about_other"] is said
    page = browser.post("/r/me/why/story", data={"story": story, "about": "none"})
    assert ("You tell of somebody else" in page.text) is said


def test_the_interview_goes_on_after_a_story(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unclear word first, then the screening; what the story told is not asked again."""
    monkeypatch.setattr("sys.stdin", io.StringIO("2\n" + "10\n" * 2 + "q\n"))
    assert main(["why", "--story", "threw up once, both calves cramped", "--interactive"]) == 0
    asked = capsys.readouterr().err
    assert asked.index("threw up") < asked.index("Right now, or since the run")


def test_two_things_from_one_standard_input(capsys: pytest.CaptureFixture[str]) -> None:
    """Refused before anything is read."""
    assert main(["why", "--story", "-", "--case", "-", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "one_standard_input"


# ---------------------------------------------------------------- the pages and the API


@pytest.fixture
def browser(tmp_path: Path) -> TestClient:
    """A browser on the synthetic runner's data that runs no scripts."""
    return client(demo_store(tmp_path / "demo"))


def test_the_page_shows_ticks_with_their_words(browser: TestClient) -> None:
    """Every answer is ticked, with what was said; nothing is kept yet."""
    page = browser.post("/r/me/why/story", data={"story": PINGING, "about": "none"})
    assert page.status_code == 200
    assert 'value="warning=twitches" checked' in page.text
    assert "<q>pinging away</q>" in page.text
    assert "Go on where you stopped" not in browser.get("/r/me/why").text


def test_ticks_lead_into_the_interview(browser: TestClient) -> None:
    """What stays ticked is answered; the danger questions come next, then what is missing."""
    ticks = ["places=calf_left", "warning=twitches", "medicines=nsaid"]
    sent = {"story": PINGING, "about": "none", "day": "", "tick": ticks}
    page = browser.post("/r/me/why/story/use", data=sent)
    assert page.url.path.endswith("/danger_body")
    draft = page.url.path.split("/")[-2]
    for step in ("danger_body", "danger_feel", "danger_limb", "danger_history", "health", "past"):
        page = browser.post(f"/r/me/why/{draft}/{step}", data={"choice": "none"})
    assert page.url.path.endswith("/medicines")
    assert 'value="nsaid" id' in page.text or 'value="nsaid" checked' in page.text
    assert 'value="dont_remember" checked' not in page.text
    page = browser.post(f"/r/me/why/{draft}/medicines", data={"choice": "nsaid"})
    assert not page.url.path.endswith(("/warning", "/places", "/medicines"))


def test_what_was_told_of_the_run_counts_on_the_page(tmp_path: Path) -> None:
    """Length and warmth are ticked too, stand among the answers, and weigh as on the terminal."""
    story = "My calves cramped at 32 km of a 50 km race, it was 29 degrees."
    folder = demo_store(tmp_path / "data")
    with client(folder) as browser:
        page = browser.post("/r/me/why/story", data={"story": story, "about": "none"})
        ticks = re.findall(r'name="tick" value="([^"]+)" checked', page.text)
        assert {"run.temp_air_c=29.0", "run.distance_m=50000.0"} <= set(ticks)
        sent = {"story": story, "about": "none", "day": "", "tick": ticks}
        page = browser.post("/r/me/why/story/use", data=sent)
        draft = page.url.path.split("/")[-2]
        for step in screening_questions():
            browser.post(f"/r/me/why/{draft}/{step}", data={"choice": "none"})
        check = browser.get(f"/r/me/why/{draft}/check")
        assert "From your own words: The run was 50.0 km; It was 29 °C." in check.text
        assert browser.post(f"/r/me/why/{draft}/check").status_code == 200
        cool = [one for one in ticks if not one.startswith("run.temp")]
        browser.post("/r/me/why/story/use", data={**sent, "tick": [*cool, "run.temp_air_c=nan"]})
    with Context(data_dir=folder, now=NOW) as context:
        drafts = context.store.drafts(context.stored_runner())
        (line,) = context.store.advice(context.stored_runner())
    kept: Any = line.inputs["facts"]
    assert sorted("run.temp_air_c" in one.answers for one in drafts) == [False, True]
    facts = why_case(story_case(Case(), read_story(story)).case).explanation.run_facts.facts
    assert facts["run.temp_air_c"] == kept["run.temp_air_c"] == 29.0
    assert facts["run.onset_share"] == kept["run.onset_share"]


def test_a_danger_in_a_story_interrupts(browser: TestClient) -> None:
    """A stop that stays ticked leads to the page of the stop, and is kept."""
    sent = {"story": "I collapsed", "about": "none", "day": "", "tick": ["danger_body=collapsed"]}
    page = browser.post("/r/me/why/story/use", data=sent)
    assert page.url.path.endswith("/stopped")
    assert "heat_stroke" in browser.get("/api/runners/me/flags").text


def test_an_unclear_danger_word_must_be_settled(browser: TestClient) -> None:
    """Without an answer the page comes back with the words and the ticks still there."""
    story = "I threw up at the finish, calf cramps"
    sent = {"story": story, "about": "none", "day": "", "asked": "danger_feel.vomiting"}
    sent["asked"] = "danger_feel=vomiting"
    page = browser.post("/r/me/why/story/use", data=sent)
    assert page.status_code == 422
    assert story in page.text
    assert "checked" not in page.text
    half = {**sent, "tick": ["when=after_run"], "asked": ["danger_feel=vomiting", "x"]}
    kept = browser.post("/r/me/why/story/use", data={**half, "sure-danger_feel=vomiting": "no"})
    assert kept.status_code == 422
    assert re.search('name="sure-danger_feel=vomiting" value="no" checked', kept.text)
    yes = browser.post("/r/me/why/story/use", data={**sent, "sure-danger_feel=vomiting": "yes"})
    assert yes.url.path.endswith("/stopped")


def test_an_empty_story_keeps_the_page(browser: TestClient) -> None:
    """Said beside the box; telling it again brings the words back."""
    page = browser.post("/r/me/why/story", data={"story": " ", "about": "none"})
    assert page.status_code == 422
    assert 'id="story-error"' in page.text
    again = browser.post("/r/me/why/story", data={"story": "my calf", "go": "again"})
    assert ">my calf</textarea>" in again.text


def test_markup_in_a_story_is_only_words(browser: TestClient) -> None:
    """What is typed is shown as typed and never becomes part of the page."""
    page = browser.post("/r/me/why/story", data={"story": "<b>calf</b> cramp", "about": "none"})
    assert "<b>calf</b>" not in page.text


def test_the_api_says_what_the_command_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same data for the same story and runner."""
    folder = demo_store(tmp_path / "demo")
    with client(folder) as browser:
        sent = {"story": PINGING}
        answer = browser.post("/api/runners/me/why?keep=false", json=sent)
        assert answer.status_code == 200
        too_long = browser.post("/api/runners/me/why", json={"story": "a" * (LONGEST_STORY + 1)})
        assert too_long.status_code == 422
    arguments = ["--story", PINGING, "--runner", "me", "--data-dir", str(folder)]
    assert answer.json()["data"] == told(capsys, *arguments)
