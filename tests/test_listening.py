"""A story in plain words: what is understood, and above all what is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from story_support import FILES, heard_of, scores, stories
from story_words_page import page_text
from uncramp.actions.story import LONGEST_STORY
from uncramp.evidence import rules_file
from uncramp.interview import checked_answers, questions
from uncramp.listening import AskFirst, Because, hear
from uncramp.screening import screening_questions

ROOT: Final = Path(__file__).resolve().parent.parent
DANGERS_FROM_WORDS: Final = 0.98
DANGERS_BLIND: Final = 0.95
LEAST_STORIES: Final = 200


def told_of(story: str, question: str) -> tuple[str, ...]:
    """The options that are understood of one question."""
    said = heard_of(story).answers.get(question, ())
    return said if isinstance(said, tuple) else (str(said),)


def asked_of(story: str) -> list[tuple[str, str]]:
    """Danger words that are asked about first: question and option."""
    return [(one.question_id, one.option_id) for one in hear(story).ask_first]


def test_the_story_of_the_brief() -> None:
    """Twitches in both calves from 15 miles, then one locks."""
    told = "pinging away in both calves from 15 miles, then the right one locked on the last hill"
    heard = hear(told)
    assert heard.answers == {
        "warning": "twitches",
        "feel": "knot",
        "spread": "both_sides",
        "when": "during_run",
        "places": ("calf_left", "calf_right"),
        "onset_km": 24.1,
    }
    assert heard.ask_first == ()
    assert {one.words for one in heard.because} >= {"pinging away", "locked", "from 15 miles"}


def test_every_answer_can_be_traced_to_words_in_the_story() -> None:
    """`because` names each answer, with its words as they stand and where."""
    for story in stories():
        heard = heard_of(story.text)
        traced = {
            (one.question_id, one.value) for one in heard.because if one.question_id in questions()
        }
        flat = {
            (name, one)
            for name, said in heard.answers.items()
            for one in (said if isinstance(said, tuple) else (said,))
        }
        assert flat <= traced, story.text
        heard_words: list[Because | AskFirst] = [*heard.because, *heard.ask_first]
        for one in heard_words:
            assert one.words
            assert story.text[one.start : one.end] == one.words


def test_answers_are_ones_the_interview_takes() -> None:
    """Nothing is understood that could not be ticked."""
    for story in stories():
        answers = heard_of(story.text).answers
        assert checked_answers(answers) == answers, story.text


@pytest.mark.parametrize(
    ("story", "question", "option"),
    [
        ("No chest pain, but my calf cramped.", "danger_body", "chest_pain"),
        ("I had no fever, headache or rash.", "danger_body", "hives_or_swelling"),
        ("Chest pain: none.", "danger_body", "chest_pain"),
        ("My friend was confused at the finish. My calf cramped.", "danger_body", "confused"),
        ("Ten years ago I fainted at a concert. My calf cramped.", "danger_body",
         "fainted_or_racing_heart"),
        ("I was confused about how much salt to take.", "danger_body", "confused"),
        ("Collapsed on the sofa with a beer.", "danger_body", "collapsed"),
        ("My dad has diabetes, I don't.", "health", "diabetes"),
        ("I popped a gel and kicked for the finish.", "danger_limb", "pop_or_kick"),
        ("Three marathons, three cramps around mile 21, long runs always fine.", "danger_history",
         "same_distance_cold_foot"),
        ("Is it normal that my calf goes rock hard in a cramp?", "danger_limb",
         "out_of_proportion"),
    ],
)  # fmt: skip
def test_what_is_denied_of_others_or_long_ago_is_no_sign(
    story: str, question: str, option: str
) -> None:
    """Negation, whose symptom, tense, and words that only sound alike: neither told nor asked."""
    assert option not in told_of(story, question)
    assert (question, option) not in asked_of(story)


@pytest.mark.parametrize(
    ("story", "question", "option"),
    [
        ("I had no chest pain but I collapsed.", "danger_body", "collapsed"),
        ("I couldn't stop vomiting.", "danger_feel", "vomiting"),
        ("My wife said I was slurring my words.", "danger_body", "face_arm_speech"),
        ("My husband collapsed at mile 20, I am with him.", "danger_body", "collapsed"),
        ("Never felt so dizzy in my life.", "danger_feel", "dizzy_or_sick"),
        ("Is it bad that my pee is dark brown?", "danger_feel", "dark_urine"),
        ("My pee's like cola.", "danger_feel", "dark_urine"),
        ("I recieved ibuprofin at the start.", "medicines", "nsaid"),
        (
            "Calf tightens after 800 m every time, then it is fine when I stand.",
            "danger_history",
            "same_distance_cold_foot",
        ),
    ],
)
def test_what_is_told_counts_however_it_is_wrapped(story: str, question: str, option: str) -> None:
    """A denial of one thing is none of the next, and what others saw counts."""
    assert option in told_of(story, question)


@pytest.mark.parametrize(
    ("story", "question", "option"),
    [
        ("Could it be a blood clot in my leg?", "danger_limb", "swollen_warm_limb"),
        ("I threw up at the finish.", "danger_feel", "vomiting"),
        ("It was like being shot in the calf.", "danger_limb", "pop_or_kick"),
        ("No chest pain, dizziness.", "danger_feel", "dizzy_or_sick"),
        ("Last year I fainted in a race.", "danger_body", "fainted_or_racing_heart"),
        ("I nearly fainted.", "danger_body", "fainted_or_racing_heart"),
        ("Not sure if I had chest pain.", "danger_body", "chest_pain"),
    ],
)
def test_an_ambiguous_danger_word_is_asked_about_and_never_guessed(
    story: str, question: str, option: str
) -> None:
    """Neither told nor dropped."""
    assert (question, option) in asked_of(story)
    assert option not in told_of(story, question)


def test_what_is_asked_first_names_a_flag_that_exists() -> None:
    """Each sign leads to a stop or lock of red_flags.json."""
    flags = rules_file("red_flags")
    known = {flag["id"] for flag in (*flags["stops"], *flags["locks"])}
    asked = [one for story in stories() for one in heard_of(story.text).ask_first]
    assert asked
    assert {one.flag for one in asked} <= known


@pytest.mark.parametrize(
    ("said", "km"),
    [
        ("at 32 km", 32.0),
        ("at km 32", 32.0),
        ("at 32k", 32.0),
        ("at mile 20", 32.2),
        ("at the 20 mile mark", 32.2),
        ("about twenty two miles in", 35.4),
        ("with 5 km to go in the marathon", 37.2),
        ("halfway in the half marathon", 10.5),
    ],
)
def test_distances_in_every_unit(said: str, km: float) -> None:
    """Kilometres, miles, words for numbers, and what was left to run."""
    assert hear(f"My calf cramped {said}.").answers["onset_km"] == km


def test_training_is_not_where_the_cramp_came() -> None:
    """A weekly sum, a long run and a gel are no onset; the longest run makes it longer."""
    heard = hear(
        "I run 50 miles a week, longest run 18 miles. Gel at 5 miles. Calf cramped at 21 miles."
    )
    assert heard.answers["onset_km"] == 33.8
    assert heard.answers["load"] == ("longer",)


@pytest.mark.parametrize(("said", "celsius"), [("30 degrees", 30), ("86F", 30), ("86 degrees", 30)])
def test_warmth_in_either_scale(said: str, celsius: float) -> None:
    """A bare number nobody could run in is Fahrenheit."""
    found = hear(f"It was {said} and my calf cramped.").run.temp_air_c
    assert found == pytest.approx(celsius, abs=0.1)


@settings(max_examples=40)
@given(st.text(max_size=300))
def test_any_text_is_heard(story: str) -> None:
    """Whatever is typed, something well-formed comes back, the same each time."""
    heard = hear(story)
    assert heard == hear(story)
    assert checked_answers(heard.answers) == heard.answers


@settings(max_examples=15)
@given(st.sampled_from(stories()), st.sampled_from(["It was a nice day.", "The band played on."]))
def test_more_words_never_take_a_danger_away(story: Any, more: str) -> None:
    """A sentence about something else leaves every danger sign standing, told or asked."""
    longer = f"{story.text}\n{more}"
    for question in screening_questions():
        signs = set(told_of(story.text, question))
        asked = {option for name, option in asked_of(longer) if name == question}
        kept = set(told_of(longer, question)) | asked
        assert signs <= kept, (story.text, question)


# ---------------------------------------------------------------- the written stories


def test_there_are_enough_stories_of_every_kind() -> None:
    """At least 200, a part of them kept apart, every sign of the screening among them."""
    assert len(stories()) >= LEAST_STORIES
    assert {story.file for story in stories()} == set(FILES)
    assert len({story.text for story in stories()}) == len(stories())
    told = {one for story in stories() for one in story.expected}
    signs = {
        (question.id, option.id)
        for question in questions().values()
        if question.section == "screen"
        for option in question.options
        if option.id not in ("none", "dont_remember")
    }
    asked = {("ask", f"{question}.{option}") for question, option in signs}
    missing = {one for one in signs if one not in told and ("ask", ".".join(one)) not in asked}
    assert not missing, sorted(missing)


def test_danger_signs_are_found_in_the_words_alone() -> None:
    """Recall of told danger signs and locks: over all stories, and in the part not tuned to."""
    blind = [one for one in stories() if one.file == "blind"]
    for chosen, least in ((stories(), DANGERS_FROM_WORDS), (blind, DANGERS_BLIND)):
        found, _ = scores(chosen)
        dangers = [score for name, score in found.items() if name.partition("=")[0] in
                   screening_questions()]  # fmt: skip
        right = sum(one.right for one in dangers)
        assert right >= least * (right + sum(one.missed for one in dangers))


def test_the_page_shows_the_figures_of_today() -> None:
    """docs/reference/plain-words.md is what `python tests/story_words_page.py` writes."""
    page = (ROOT / "docs/reference/plain-words.md").read_text(encoding="utf-8")
    assert page == page_text()


# ---------------------------------------------------------------- the words


def strings(data: Any, path: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Every pattern of the data file with where it stands."""
    if isinstance(data, str):
        yield "/".join(path), data
    elif isinstance(data, Mapping):
        for name, value in data.items():
            yield from strings(value, (*path, name))
    elif isinstance(data, Sequence):
        for at, value in enumerate(data):
            yield from strings(value, (*path, str(at)))


def test_every_sign_of_the_screening_has_words() -> None:
    """Every danger sign and lock can be told, and nothing that is none."""
    listed = [(one["question"], one["option"]) for one in rules_file("story_words")["signs"]]
    signs = [
        (question.id, option.id)
        for question in questions().values()
        if question.section == "screen"
        for option in question.options
        if option.id not in ("none", "dont_remember")
    ]
    assert sorted(listed) == sorted(signs)


def test_findings_and_regions_are_ones_of_the_interview() -> None:
    """Every option in the data is one that can be answered."""
    data = rules_file("story_words")
    for entry in data["findings"]:
        options = {one.id for one in questions()[entry["question"]].options}
        assert {one["option"] for one in entry["options"]} <= options
        assert bool(entry.get("multi")) == (questions()[entry["question"]].type == "multi")
    regions = {one.id.rpartition("_")[0] for one in questions()["places"].options}
    assert {one["region"] for one in data["muscles"]} <= regions


def test_patterns_are_well_formed() -> None:
    """A part may be missing whole or not at all, classes exist, and something has to be said."""
    data = json.loads(json.dumps(rules_file("story_words")))
    classes = data["classes"]
    spoken = ("signs", "findings", "muscles", "sides", "distances", "races", "temperature")
    offenders = []
    for name in spoken:
        for where, pattern in strings(data[name], (name,)):
            if where.rpartition("/")[2] in ("question", "option", "region", "tense", "yields_to"):
                continue
            parts = pattern.split()
            for part in parts:
                marks = {one.startswith("?") for one in part.split("|")}
                named = re.findall(r"@(\w+)", part)
                ok = len(marks) == 1 and all(one in classes for one in named)
                offenders += [] if ok and "||" not in part else [f"{where}: {part}"]
            needed = [one for one in parts if not one.startswith(("?", ".."))]
            offenders += [] if needed else [f"{where}: {pattern}"]
    assert not offenders, offenders


# ---------------------------------------------------------------- what turns in the middle


@pytest.mark.parametrize(
    ("story", "sign"),
    [
        ("Eight years ago I broke an arm, today my calf is swollen and warm.", "swollen_warm_limb"),
        ("No rash or fever, calf swollen and warm.", "swollen_warm_limb"),
        ("I had no chest pain until the last hill.", "chest_pain"),
        ("My brother collapsed and so did I.", "collapsed"),
        ("Usually no chest pain, but on Sunday.", "chest_pain"),
        ("My urin was drak brown, like cola.", "dark_urine"),
    ],
)
def test_a_denial_or_a_past_that_ends_takes_no_sign_away(story: str, sign: str) -> None:
    """Heard, or asked about first; never gone."""
    heard = hear(story)
    told = {one for said in heard.answers.values() if isinstance(said, tuple) for one in said}
    assert sign in told | {one.option_id for one in heard.ask_first}


@pytest.mark.parametrize(
    "story",
    [
        "Ten years ago I collapsed in a race. My calf cramps now.",
        "No rash, fever or chest pain.",
        "I put weight on my foot and it cramped.",
        "The sky went black and my calf cramped.",
        "The weather was burning hot, my calf cramped.",
    ],
)
def test_what_is_over_or_harmless_stays_so(story: str) -> None:
    """No stop comes from it."""
    heard = hear(story)
    assert not any(one.startswith("danger") for one in heard.answers)


@pytest.mark.parametrize("words", ["no ", "1 2 3 4 ", "no swelling or ", "calf cramp and "])
def test_words_without_end_come_to_an_end(words: str) -> None:
    """As long as a story may be: no crash, and an answer."""
    assert hear(words * (LONGEST_STORY // len(words))) is not None


@pytest.mark.parametrize(
    ("story", "km"),
    [
        ("My watch beeped at mile 3 and my calf cramped at 20 miles.", 32.2),
        ("At the 3 hour mark my calf cramped.", None),
        ("My heart rate hit 178 and my calf cramped.", None),
        ("My calf cramped at km 38,5.", 38.5),
        ("My calf cramped after 1,200 m of climb.", None),
    ],
)
def test_only_a_place_is_taken_for_one(story: str, km: float | None) -> None:
    """The number right behind the cramp counts; hours, beats and metres of climb are no place."""
    assert hear(story).answers.get("onset_km") == km
