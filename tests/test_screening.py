"""Screening: stops and locks, how they stay, and what they block."""

from __future__ import annotations

from typing import Any, Final

import pytest

from stories import added
from test_red_flag_mutations import Check, expected_blocks, golden
from uncramp.evidence import rules_file
from uncramp.evidence.rules import DONT_REMEMBER
from uncramp.screening import (
    DANGER_QUESTIONS,
    TOPICS,
    URGENCIES,
    Screening,
    screen,
    screening_questions,
)
from uncramp.wording.catalogue import text

NOTHING: Final = dict.fromkeys(screening_questions(), ("none",))
DOSES: Final = frozenset({"salt", "drink", "supplement", "training"})


@pytest.mark.parametrize("check", golden(), ids=lambda check: str(dict(check.case))[:60])
def test_each_sign_raises_what_the_notes_say(check: Check) -> None:
    """Every row of tests/published/red_flags.toml, exactly: stops with urgency, and locks."""
    found = screen(check.case, open_stops=check.open_stops, open_locks=check.open_locks)
    assert {stop.id: stop.urgency for stop in found.stops} == check.stops
    assert {lock.id for lock in found.locks} == check.locks


@pytest.mark.parametrize(("lock", "blocks"), expected_blocks().items())
def test_each_lock_blocks_what_the_design_says(lock: str, blocks: list[str]) -> None:
    """Salt, drink and supplements always; training and massage where they can do harm."""
    found = screen(NOTHING, open_locks=[lock])
    assert found.blocked == set(blocks)
    assert sorted(found.locks[0].blocks) == sorted(blocks)


def test_screening_comes_first_and_danger_before_history() -> None:
    """Seven questions; what can kill today is asked before illnesses and medicines."""
    asked = screening_questions()
    assert asked[:3] == DANGER_QUESTIONS
    assert asked == (*DANGER_QUESTIONS, "danger_history", "health", "past", "medicines")


def test_nothing_found_blocks_nothing() -> None:
    """A whole screening answered "none of these" leaves every topic open."""
    found = screen(NOTHING)
    assert found == Screening(stops=(), locks=(), unanswered=())
    assert found.complete
    assert found.blocked == frozenset()


def test_silence_is_not_safety() -> None:
    """With no answers nothing is found, and nothing may be advised."""
    found = screen({})
    assert not found.complete
    assert found.unanswered == screening_questions()
    assert found.blocked == set(TOPICS)


@pytest.mark.parametrize("question", screening_questions())
@pytest.mark.parametrize("answer", [None, (), (DONT_REMEMBER,), ("none", DONT_REMEMBER)])
def test_one_question_open_keeps_the_screening_open(question: str, answer: Any) -> None:
    """Not answered, emptied or not known: doses and training wait; danger signs block all."""
    found = screen({**NOTHING, question: answer})
    assert found.unanswered == (question,)
    assert found.blocked == (set(TOPICS) if question in DANGER_QUESTIONS else DOSES)


def test_not_knowing_the_rest_does_not_hide_what_is_known() -> None:
    """One sign ticked beside "I don't know" is raised, and the question stays open."""
    found = screen({**NOTHING, "danger_limb": ("pop_or_kick", DONT_REMEMBER)})
    assert [stop.id for stop in found.stops] == ["muscle_tear"]
    assert not found.complete


def test_none_of_these_beside_a_sign_does_not_hide_it() -> None:
    """A slip of the finger never clears a danger."""
    found = screen({**NOTHING, "danger_body": ("none", "chest_pain")})
    assert [stop.id for stop in found.stops] == ["cardiac"]


def test_the_most_urgent_stop_is_told_first() -> None:
    """Emergencies stand above what can wait for a doctor."""
    answers: dict[str, Any] = dict(NOTHING)
    for question, option in (
        ("danger_history", "tight_at_same_time"),
        ("danger_feel", "dark_urine"),
        ("danger_body", "breathless"),
    ):
        answers = added(answers, question, option)
    found = screen(answers)
    assert [stop.id for stop in found.stops] == [
        "pulmonary_embolism",
        "rhabdomyolysis",
        "chronic_compartment_syndrome",
    ]
    assert [URGENCIES.index(stop.urgency) for stop in found.stops] == [0, 1, 2]


def test_a_stop_blocks_every_topic() -> None:
    """Even the least urgent, and with everything else answered."""
    found = screen({**NOTHING, "danger_history": ("tight_at_same_time",)})
    assert found.blocked == set(TOPICS)


def test_a_stored_stop_stays_until_it_is_cleared() -> None:
    """It holds against "none of these", says that it is stored, and keeps its worst level."""
    found = screen(NOTHING, open_stops=["hyponatraemia"])
    (stop,) = found.stops
    assert stop.stored
    assert stop.urgency == "emergency_now"
    again = screen({**NOTHING, "danger_feel": ("heavier_or_puffy",)}, open_stops=["hyponatraemia"])
    assert not again.stops[0].stored


def test_a_stored_lock_stays_and_is_marked() -> None:
    """The same for a lock; told again today it is no longer only stored."""
    (lock,) = screen(NOTHING, open_locks=["pregnancy"]).locks
    assert lock.stored
    told = {**NOTHING, "health": ("pregnant",)}
    assert not screen(told, open_locks=["pregnancy"]).locks[0].stored


def test_flags_are_never_raised_twice() -> None:
    """Two signs of one danger, stored as well, are one stop."""
    found = screen(
        {**NOTHING, "danger_feel": ("dark_urine", "no_urine")}, open_stops=["rhabdomyolysis"]
    )
    assert [stop.id for stop in found.stops] == ["rhabdomyolysis"]


def test_an_age_below_eighteen_locks_by_itself() -> None:
    """The profile is enough; nobody has to tick it."""
    assert [lock.id for lock in screen({**NOTHING, "runner.age_y": 17.0}).locks] == ["minor"]
    assert screen({**NOTHING, "runner.age_y": 18.0}).locks == ()


@pytest.mark.parametrize("flag", rules_file("red_flags")["stops"], ids=lambda flag: str(flag["id"]))
def test_every_stop_can_speak(flag: dict[str, Any]) -> None:
    """Name, reason, what to do, what not to do and how it is cleared, all in words."""
    (stop,) = screen(NOTHING, open_stops=[flag["id"]]).stops
    said = (stop.name, stop.because, stop.cleared_by, *stop.do, *stop.do_not)
    assert all(text(message) for message in said)
    assert stop.do
    assert stop.do_not
    assert stop.citations
    assert stop.tense in ("now", "last_24_h", "past")


def test_low_sodium_gets_no_drink_of_any_kind() -> None:
    """Over-drinking: no water and no sports drink until urine flows, and never left alone."""
    (stop,) = screen({**NOTHING, "danger_feel": ("heavier_or_puffy",)}).stops
    do_not = " ".join(text(one) for one in stop.do_not).lower()
    assert "no water" in do_not
    assert "no sports drink" in do_not
    assert "urine" in do_not
    assert "alone" in " ".join(text(one) for one in stop.do).lower()


def test_heat_stroke_is_cooled_before_it_is_moved() -> None:
    """Cool first, transport second; in cool weather too."""
    (stop,) = screen({**NOTHING, "danger_body": ("burning_hot",)}).stops
    assert "cool first" in text(stop.do[0]).lower()
    assert "cool day" in text(stop.because).lower()


@pytest.mark.parametrize("stop_id", ["dvt", "acute_compartment_syndrome", "muscle_tear"])
def test_nobody_is_told_to_rub_a_clot_a_tear_or_a_tense_muscle(stop_id: str) -> None:
    """Where hands do harm the flag says so itself."""
    (stop,) = screen(NOTHING, open_stops=[stop_id]).stops
    assert "not rub" in " ".join(text(one) for one in stop.do_not).lower()
