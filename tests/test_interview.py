"""The interview: what is asked, in which order, when it ends, and what answers mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stories import Story, answered, stories
from uncramp.cramps import weigh
from uncramp.errors import InputError
from uncramp.evidence.rules import DONT_REMEMBER, NONE_OF_THESE
from uncramp.interview import (
    Question,
    checked_answers,
    n_told,
    next_question,
    questions,
    raised_by,
    would_change,
)
from uncramp.screening import screening_questions
from uncramp.vocabulary import Kind

SCREENED: Final = dict.fromkeys(screening_questions(), ("none",))
OPENED: Final = {**SCREENED, "when": "during_run", "feel": "knot"}
SECTIONS: Final = ("screen", "map", "kind", "advice", "now")


def options(question: Question) -> list[str]:
    """The ids that can be chosen."""
    return [option.id for option in question.options]


def as_answer(question: Question, option: str) -> str | tuple[str, ...]:
    """One option in the shape its question takes."""
    return (option,) if question.type == "multi" else option


def asked(case: Mapping[str, Any]) -> str | None:
    """The id of the next question."""
    question = next_question(case)
    return None if question is None else question.id


# ---------------------------------------------------------------- the order


def test_screening_is_asked_first_and_whole() -> None:
    """Whatever else was told, and whatever was found, all seven come before the rest."""
    case: dict[str, Any] = {"when": "during_run", "feel": "knot", "spread": "jumping"}
    for name in screening_questions():
        question = next_question(case)
        assert question is not None
        assert question.id == name
        case[name] = (question.options[0].id,)
    assert asked(case) not in screening_questions()


def test_first_whether_it_is_a_cramp_at_all() -> None:
    """After the screening: when it came and how it felt."""
    assert asked(SCREENED) == "when"
    assert asked({**SCREENED, "when": "during_run"}) == "feel"


def test_a_stop_seen_on_the_watch_is_offered_for_confirmation() -> None:
    """Only when the file proposes one; without a proposal it makes no sense to ask."""
    assert asked({**OPENED, "run.proposed_onset_km": 31.0}) == "onset_confirm"
    assert asked(OPENED) != "onset_confirm"


def test_where_it_was_is_asked_before_anything_else_about_the_kind() -> None:
    """The best single discriminator in the literature is also the most informative question."""
    assert asked(OPENED) == "spread"


def information(case: Mapping[str, Any], question: Question) -> float:
    """Expected drop of entropy of the kind, in bit: an independent way to the same quantity."""
    before = 1 / (1 + math.exp(-weigh(case).log_odds))
    real = [one for one in options(question) if one not in (DONT_REMEMBER, NONE_OF_THESE)]
    ratios = [
        math.exp(weigh({**case, question.id: as_answer(question, one)}).log_odds
                 - weigh(case).log_odds)
        for one in real
    ]  # fmt: skip
    left = 0.0
    for ratio in ratios:
        overload, electrolyte = 1 / len(ratios), ratio / sum(ratios)
        chance = (1 - before) * overload + before * electrolyte
        left += chance * entropy(before * electrolyte / chance)
    return entropy(before) - left if ratios else 0.0


def entropy(share: float) -> float:
    """Of one of two things, in bit."""
    return -sum(p * math.log2(p) for p in (share, 1 - share) if p > 0)


@given(
    told=st.fixed_dictionaries(
        {},
        optional={
            name: st.sampled_from(options(questions()[name]))
            for name in ("spread", "warning", "relief", "drinking", "sweat", "salt_marks", "heat")
        },
    )
)
def test_the_most_informative_question_comes_first(told: dict[str, str]) -> None:
    """Of all open questions about the kind, the one asked tells at least as much as any other."""
    case = {**OPENED, **told}
    question = next_question(case)
    if question is None or question.section != "kind" or question.type == "number":
        return
    open_ones = [
        one
        for one in questions().values()
        if one.section == "kind" and one.type != "number" and one.id not in case
        and one.id != "onset_confirm"
    ]  # fmt: skip
    best = max(information(case, one) for one in open_ones)
    assert information(case, question) == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize(
    ("facts", "makes_sense"),
    [
        ({}, False),
        ({"run.distance_km": 42.2}, True),
        ({"run.distance_km": 42.2, "run.proposed_onset_km": 30.0}, False),
        ({"run.distance_km": 42.2, "run.proposed_onset_km": 30.0, "onset_confirm": "yes"}, False),
        ({"run.distance_km": 42.2, "run.proposed_onset_km": 30.0, "onset_confirm": "no"}, True),
        ({"run.distance_km": 42.2, "run.proposed_onset_km": 30.0, "onset_confirm": DONT_REMEMBER},
         True),
    ],
)  # fmt: skip
def test_where_it_came_is_asked_of_a_run_with_a_distance(
    facts: dict[str, Any], makes_sense: bool
) -> None:
    """When the watch proposes nothing, or proposed it wrongly; after the proposal, never before."""
    with_onset = n_told({**facts, "onset_km": 30.0})
    assert (n_told(facts)[1] == with_onset[1]) == makes_sense


# ---------------------------------------------------------------- the end


def test_it_stops_early_when_nothing_left_could_change_the_kind() -> None:
    """A steady overload pattern goes to what shapes the advice: which muscle."""
    plain = {"spread": "one_muscle", "warning": "at_once", "relief": "stretch_stayed",
             "load": ("longer",), "heat": "mild", "salt_marks": "no"}  # fmt: skip
    case = {**OPENED, **plain}
    assert weigh(case).kind == Kind.OVERLOAD
    assert not would_change(case)
    assert asked(case) == "muscles"
    assert asked({**case, "muscles": ("calf",)}) == "strength_work"
    assert asked({**case, "muscles": ("calf",), "strength_work": "never"}) is None


def test_screening_is_exempt_from_stopping_early() -> None:
    """However plain the pattern, a screening question left open is asked."""
    plain = {"spread": "one_muscle", "warning": "at_once", "relief": "stretch_stayed"}
    for name in screening_questions():
        case = {**OPENED, **plain}
        del case[name]
        assert asked(case) == name


@pytest.mark.parametrize("story", stories().values(), ids=lambda story: story.id)
def test_nothing_is_asked_twice(story: Story) -> None:
    """What has an answer, even "I don't remember", is never asked again."""
    question = answered(story.case).explanation.question
    assert question is None or question.id not in story.answers()


@given(
    data=st.data(),
    known=st.sets(st.sampled_from(["run.distance_km", "run.proposed_onset_km"])),
)
def test_every_path_ends(data: st.DataObject, known: set[str]) -> None:
    """Any answers, number questions included: no loop, no question twice, at most all of them."""
    case: dict[str, Any] = dict.fromkeys(sorted(known), 30.0)
    seen: list[str] = []
    while (question := next_question(case)) is not None:
        assert question.id not in seen
        seen.append(question.id)
        if question.type == "number":
            case[question.id] = data.draw(
                st.one_of(st.floats(0, 42), st.just(DONT_REMEMBER)), label=question.id
            )
        else:
            option = data.draw(st.sampled_from(options(question)), label=question.id)
            case[question.id] = as_answer(question, option)
        assert len(seen) <= len(questions())
    assert set(screening_questions()) <= set(seen)
    assert not any(questions()[name].section in ("now", "map") for name in seen)


def test_a_stopped_runner_is_asked_nothing() -> None:
    """No question may delay help."""
    case = {"answers": {"danger_body": ["chest_pain"]}}
    assert answered(case).explanation.question is None


# ---------------------------------------------------------------- what would change it


@given(
    told=st.fixed_dictionaries(
        {},
        optional={
            question.id: st.sampled_from(options(question)).map(partial(as_answer, question))
            for question in questions().values()
            if question.section == "kind" and question.options
        },
    )
)
def test_would_change_is_what_trying_every_answer_finds(told: dict[str, Any]) -> None:
    """Brute force: each option of each open question about the kind, tried one at a time."""
    expected = {
        (question.id, option, kind)
        for question in questions().values()
        if question.section == "kind" and question.id not in told
        and question.id not in ("onset_confirm", "onset_km")
        for option in options(question)
        if option not in (DONT_REMEMBER, NONE_OF_THESE)
        for kind in [weigh({**told, question.id: as_answer(question, option)}).kind]
        if kind != weigh(told).kind
    }  # fmt: skip
    found = would_change(told)
    assert {(one.question, one.option, one.kind) for one in found} == expected
    order = list(questions())
    assert [order.index(one.question) for one in found] == sorted(
        order.index(one.question) for one in found
    )


# ---------------------------------------------------------------- what answers mean


def test_answers_are_taken_in_every_reasonable_shape() -> None:
    """One id, a list, a number; null, an empty list and an empty text are no answer."""
    given_answers = {
        "danger_body": "none", "health": ["kidney", "kidney"], "spread": ["jumping"],
        "onset_km": 31, "heat": None, "load": [], "relief": "", "past": ("none",),
    }  # fmt: skip
    assert checked_answers(given_answers) == {
        "danger_body": ("none",), "health": ("kidney",), "spread": "jumping",
        "onset_km": 31.0, "past": ("none",),
    }  # fmt: skip
    assert checked_answers({"onset_km": DONT_REMEMBER}) == {"onset_km": DONT_REMEMBER}


@pytest.mark.parametrize(
    ("answers", "code", "named"),
    [
        ({"danger": ["none"]}, "unknown_question", "danger"),
        ({"spread": "everywhere"}, "unknown_option", "everywhere"),
        ({"health": ["none", "gout"]}, "unknown_option", "gout"),
        ({"health": 3}, "unknown_option", "3"),
        ({"spread": ["jumping", "one_muscle"]}, "one_option_only", "spread"),
        ({"onset_km": "thirty"}, "bad_number", "thirty"),
        ({"onset_km": -1}, "bad_number", "-1"),
        ({"onset_km": 401}, "bad_number", "401"),
        ({"onset_km": True}, "bad_number", "True"),
        ({"onset_km": math.nan}, "bad_number", "nan"),
        ({"onset_km": [3]}, "bad_number", "[3]"),
    ],
)
def test_what_is_not_understood_is_named(answers: dict[str, Any], code: str, named: str) -> None:
    """No answer is silently dropped: the error says which, and what would be taken."""
    with pytest.raises(InputError) as caught:
        checked_answers(answers)
    assert caught.value.code == code
    assert named in " ".join(str(one) for one in caught.value.values.values())


@pytest.mark.parametrize("question", questions().values(), ids=lambda question: question.id)
def test_every_question_can_be_passed(question: Question) -> None:
    """ "I don't remember" is always an answer, and the danger questions have "none of these"."""
    assert checked_answers({question.id: DONT_REMEMBER})
    assert question.section in SECTIONS
    if question.section == "screen":
        assert NONE_OF_THESE in options(question)
        assert question.bystander


def test_raised_by_tells_what_one_answer_does() -> None:
    """Faces can mark an option before it is sent."""
    assert raised_by("danger_body", "chest_pain") == (("cardiac",), ())
    assert raised_by("health", "pregnant") == ((), ("pregnancy",))
    assert raised_by("danger_body", "none") == ((), ())


def test_completeness_counts_what_makes_sense_to_ask() -> None:
    """No proposal on the watch, no distance: neither is counted as left open."""
    told, all_asked = n_told({})
    assert told == 0
    hidden = {"onset_confirm", "onset_km"}
    counted = {one.id for one in questions().values() if one.section in ("screen", "kind")}
    assert all_asked == len(counted - hidden)
    assert n_told({**SCREENED, "when": DONT_REMEMBER}) == (len(SCREENED), all_asked)
    assert n_told({**SCREENED, "when": "during_run"}) == (len(SCREENED) + 1, all_asked)
