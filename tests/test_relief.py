"""Advice: the right stretch, real numbers, and nothing that a flag blocks."""

from __future__ import annotations

from typing import Any, Final

import pytest

from uncramp.evidence import rules_file, value
from uncramp.interview import questions
from uncramp.relief import AFTER, NEXT, ROADSIDE, Advice, capsule_mmol_per_l, relief_for
from uncramp.roadside import advise, roadside_questions
from uncramp.screening import DANGER_QUESTIONS, TOPICS, screen, screening_questions
from uncramp.wording.catalogue import text
from uncramp.wording.safety import advice_data

SCREENED: Final[dict[str, Any]] = dict.fromkeys(screening_questions(), ("none",))
SECTIONS: Final = (ROADSIDE, AFTER, NEXT)


def pieces(section: str, **case: Any) -> tuple[Advice, ...]:
    """The advice for a case that was screened whole with nothing found."""
    told = {**SCREENED, **case}
    return relief_for(section, told, screen(told))


def ids(advice: tuple[Advice, ...]) -> list[str]:
    """Ids in the order of use."""
    return [piece.id for piece in advice]


def test_a_capsule_in_half_a_litre_is_weaker_than_sweat() -> None:
    """215 mg of sodium (22.99 g/mol) in 0.5 L is 18.7 mmol/L, less than half of typical sweat."""
    assert capsule_mmol_per_l() == pytest.approx(215 / 22.99 / 0.5, abs=0.01)
    assert capsule_mmol_per_l() == pytest.approx(18.7, abs=0.05)
    assert capsule_mmol_per_l() < value("safety.typical_sweat_sodium_mmol_per_l") / 2


def test_the_numbers_stand_in_the_sentence() -> None:
    """What a capsule is and is not, with its figures, on the twitching pattern."""
    (numbers,) = (
        one for one in pieces(ROADSIDE, pattern="twitching") if one.id == "capsule_numbers"
    )
    said = advice_data(numbers)["text"]
    assert all(figure in said for figure in ("215 mg", "0.5 L", "18.7 mmol", "45"))


@pytest.mark.parametrize("muscle", [one.id for one in questions()["muscles"].options][:-1])
@pytest.mark.parametrize("section", [ROADSIDE, AFTER])
def test_the_stretch_is_for_the_muscle_that_was_named(section: str, muscle: str) -> None:
    """A card of its own for every muscle that can be named."""
    (card,) = (one for one in pieces(section, muscles=(muscle,)) if one.id == "stretch_card")
    assert card.text == f"relief.stretch.{muscle}"
    assert text(card.text) != text("relief.stretch.any")
    assert card.grade == "A"


def test_two_muscles_get_two_cards_and_none_gets_the_general_one() -> None:
    """Nobody is left without a stretch."""
    both = [one.text for one in pieces(ROADSIDE, muscles=("calf", "hamstring"))
            if one.id == "stretch_card"]  # fmt: skip
    assert both == ["relief.stretch.calf", "relief.stretch.hamstring"]
    for case in ({}, {"muscles": ("dont_remember",)}):
        cards = [one.text for one in pieces(ROADSIDE, **case) if one.id == "stretch_card"]
        assert cards == ["relief.stretch.any"]


def test_the_roadside_goes_from_stretch_to_easing_back() -> None:
    """Stop, stretch it, hold, massage, ice; then walk, then jog."""
    found = ids(pieces(ROADSIDE, pattern="one_knot"))
    wanted = ["stop", "stretch_card", "hold", "massage", "ice", "ease_back", "get_help"]
    assert [one for one in found if one in wanted] == wanted
    assert not {"electrolyte", "capsule_numbers"} & set(found)


def test_twitching_gets_the_electrolyte_drink_within_limits() -> None:
    """G27, G28: sipped to thirst, in place of the next planned drink, both sides told."""
    found = {one.id: one for one in pieces(ROADSIDE, pattern="twitching")}
    drink = advice_data(found["electrolyte"])
    assert "thirst" in drink["text"]
    assert drink["dispute"]
    assert "next planned drink" in advice_data(found["electrolyte_counts"])["text"]


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("stop", [one["id"] for one in rules_file("red_flags")["stops"]])
def test_a_stop_leaves_nothing(section: str, stop: str) -> None:
    """Not a stretch, not a sip."""
    told = {**SCREENED, "pattern": "twitching", "kind": "mixed"}
    assert relief_for(section, told, screen(told, open_stops=[stop])) == ()


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("topic", TOPICS)
def test_a_blocked_topic_is_never_advised(section: str, topic: str) -> None:
    """Each lock takes away its topics and leaves the others."""
    told = {**SCREENED, "pattern": "twitching", "kind": "mixed"}
    for lock in rules_file("red_flags")["locks"]:
        found = relief_for(section, told, screen(told, open_locks=[lock["id"]]))
        given = {one for piece in found for one in piece.topics}
        assert (topic in given) <= (topic not in lock["blocks"])
        if section == ROADSIDE:
            assert "stretch" in given


def test_salt_waits_for_the_health_questions() -> None:
    """Without them a stretch may be advised, a dose may not."""
    told: dict[str, Any] = dict.fromkeys(DANGER_QUESTIONS, ("none",))
    found = relief_for(ROADSIDE, {**told, "pattern": "twitching"}, screen(told))
    given = {topic for piece in found for topic in piece.topics}
    assert "stretch" in given
    assert not given & {"salt", "drink", "supplement", "training"}


def test_ice_is_short_and_through_cloth() -> None:
    """G11, G29: at most 15 minutes, through a cloth, never on numb skin."""
    for section in (ROADSIDE, AFTER):
        (ice,) = (advice_data(one) for one in pieces(section) if one.id == "ice")
        assert "15 minutes at most" in ice["text"]
        assert "cloth" in ice["text"]
        assert "numb" in ice["text"]
        assert ice["grade"] == "C"


def test_quinine_never_and_a_drip_only_by_staff() -> None:
    """G30, and the one treatment with an A against it."""
    said = {one.id: text(one.text) for one in pieces(ROADSIDE)}
    assert "Never take quinine" in said["no_quinine"]
    assert "Only they decide on a drip" in said["get_help"]
    after = {one.id: text(one.text) for one in pieces(AFTER, kind="electrolyte")}
    assert "for medical staff to decide" in after["drip"]


def test_magnesium_shows_both_sides_and_who_must_not() -> None:
    """G5: linked, no clear help, allowed, and not with kidney disease."""
    (magnesium,) = (text(one.text) for one in pieces(NEXT) if one.id == "magnesium")
    for part in ("Low levels go with cramps".lower(), "no clear help", "kidney"):
        assert part in magnesium.lower()


@pytest.mark.parametrize(
    ("kind", "has", "has_not"),
    [
        ("overload", {"raise_slowly", "strength", "key_sessions"}, {"weigh_in", "trial_plan"}),
        ("electrolyte", {"weigh_in", "trial_plan", "not_too_much"}, {"key_sessions", "strength"}),
        ("mixed", {"raise_slowly", "strength", "weigh_in", "trial_plan"}, {"change_one_thing"}),
        ("unclear", {"note_next_time", "change_one_thing"}, {"strength", "trial_plan"}),
    ],
)
def test_what_comes_next_fits_the_kind(kind: str, has: set[str], has_not: set[str]) -> None:
    """Training for overload, sweat and a trial plan for electrolyte, both for mixed."""
    found = set(ids(pieces(NEXT, kind=kind)))
    assert has <= found
    assert not has_not & found


def test_strength_is_not_preached_to_who_does_it() -> None:
    """Weekly work on the muscle is not asked for again."""
    assert "strength" not in ids(pieces(NEXT, kind="overload", strength_work="weekly"))
    for told in ("never", "sometimes", "dont_remember"):
        assert "strength" in ids(pieces(NEXT, kind="overload", strength_work=told))


def test_what_was_beyond_training_gets_its_own_step() -> None:
    """Faster, longer, hillier: one piece each, told or read from the file."""
    assert "start_slower" in ids(pieces(NEXT, kind="overload", load=("faster",)))
    found = ids(pieces(NEXT, **{"kind": "overload", "run.past_longest_pct": 25.0}))
    assert "longer_long_run" in found
    assert "start_slower" not in found
    assert "hills" in ids(pieces(NEXT, kind="overload", load=("hillier",)))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_piece_can_be_said_with_grade_and_source(section: str) -> None:
    """No hole in a sentence, a source for every word of advice."""
    for entry in rules_file("relief")[section]:
        told = {**SCREENED, "pattern": "twitching", "kind": "mixed", "load": ("faster", "longer")}
        for piece in relief_for(section, told, screen(told)):
            said = advice_data(piece)
            assert "{" not in said["text"]
            assert said["sources"]
        assert entry["grade"]


# ---------------------------------------------------------------- the roadside


def test_the_roadside_asks_dangers_first_and_health_only_for_salt() -> None:
    """Two taps to a stretch; the long questions only when salt is on the table."""
    asked = [question.id for question in roadside_questions({})]
    assert asked == [*DANGER_QUESTIONS, "muscles", "pattern"]
    twitching = [question.id for question in roadside_questions({"pattern": "twitching"})]
    assert set(twitching) - set(asked) == {"danger_history", "health", "past", "medicines"}


def test_the_roadside_with_nothing_answered_says_nothing() -> None:
    """Before the danger questions there is only the first of them, and safe words."""
    found = advise({})
    assert found.question is not None
    assert found.question.id == "danger_body"
    given = {topic for piece in found.steps for topic in piece.topics}
    assert given <= {"safety"}


def test_the_roadside_stops_asking_at_a_danger() -> None:
    """A danger sign ends the questions."""
    found = advise({"danger_body": ("breathless",)})
    assert found.question is None
    assert found.steps == ()
    assert [stop.id for stop in found.screening.stops] == ["pulmonary_embolism"]


def test_one_knot_needs_no_health_questions_for_a_stretch() -> None:
    """Danger answered, calf, one knot: the card is there and nothing is left to ask."""
    answers: dict[str, Any] = dict.fromkeys(DANGER_QUESTIONS, ("none",))
    found = advise({**answers, "muscles": ("calf",), "pattern": "one_knot"})
    assert found.question is None
    assert "relief.stretch.calf" in [piece.text for piece in found.steps]
