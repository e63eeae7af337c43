"""What the roadside page runs on: the rules, questions and texts that `advise` uses, as plain data.

Nothing is written down here a second time: all of it is read from the evidence files and from the
message catalogue. Where a statement comes from is left out, to keep the page small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from uncramp.evidence import rules_file, value
from uncramp.evidence.rules import DONT_REMEMBER, NONE_OF_THESE, Rule, questions_in
from uncramp.interview import Option, questions
from uncramp.relief import ROADSIDE, relief_for
from uncramp.roadside import roadside_questions
from uncramp.screening import (
    DANGER_QUESTIONS,
    TOPICS,
    URGENCIES,
    Screening,
    screen,
    screening_questions,
)
from uncramp.vocabulary import Answers
from uncramp.wording.catalogue import text
from uncramp.wording.safety import advice_data, safety_net

__all__ = ["before_salt", "named_options", "no_dangers", "nothing_wrong", "roadside_data"]

WAYS_OUT: Final = frozenset({NONE_OF_THESE, DONT_REMEMBER})
STOP_PARTS: Final = ("id", "urgency", "urgency_rules", "when")
LOCK_PARTS: Final = ("id", "when", "blocks", "escalates")


@cache
def roadside_data() -> Mapping[str, Any]:
    """Rules, questions and texts as JSON values; `rules.js` interprets them as Python does."""
    flags, relief = rules_file("red_flags"), rules_file("relief")
    first = [one.id for one in roadside_questions({})]
    return {
        "urgencies": {level: text(f"stop.urgency.{level}") for level in URGENCIES},
        "topics": list(TOPICS),
        "whole_screen": sorted(topics_of_a_whole_screen()),
        "dangers": list(DANGER_QUESTIONS),
        "screening": list(screening_questions()),
        "first": first,
        "before_salt": list(before_salt()),
        "stops": [stop_data(entry) for entry in flags["stops"]],
        "locks": [lock_data(entry) for entry in flags["locks"]],
        "numbers": numbers(),
        "steps": [step_data(entry) for entry in relief[ROADSIDE]],
        "muscles": {name: text(card) for name, card in relief["muscles"].items()},
        "safety_net": safety_net("now.safety_net"),
        "questions": [asked(name) for name in (*first, *before_salt())],
    }


def before_salt() -> tuple[str, ...]:
    """Ids of the questions that are asked only when the pattern makes salt worth talking about."""
    first = {one.id for one in roadside_questions({})}
    twitching = roadside_questions({"pattern": "twitching"})
    return tuple(one.id for one in twitching if one.id not in first)


def no_dangers() -> Answers:
    """The three danger questions, each with "none of these"."""
    return dict.fromkeys(DANGER_QUESTIONS, (NONE_OF_THESE,))


def nothing_wrong() -> Answers:
    """Every screening question with "none of these"."""
    return dict.fromkeys(screening_questions(), (NONE_OF_THESE,))


def topics_of_a_whole_screen() -> frozenset[str]:
    """What waits until no screening question is open, though no flag is."""
    return Screening(stops=(), locks=(), unanswered=(before_salt()[0],)).blocked


def stop_data(entry: Mapping[str, Any]) -> dict[str, Any]:
    """One stop: its rules as they are, its texts in words and in the order they are said."""
    return {
        **{name: entry[name] for name in STOP_PARTS if name in entry},
        "name": text(entry["name"]),
        "do": [text(one) for one in entry["do"]],
        "do_not": [text(one) for one in entry["do_not"]],
        "because": text(entry["because"]),
    }


def lock_data(entry: Mapping[str, Any]) -> dict[str, Any]:
    """One lock: its rules as they are, and its name; the page says no more of it."""
    return {**{name: entry[name] for name in LOCK_PARTS}, "name": text(entry["name"])}


def rules() -> Iterator[Rule]:
    """Every rule that the page runs."""
    flags = rules_file("red_flags")
    for entry in (*flags["stops"], *flags["locks"]):
        yield entry["when"]
        for step in (*entry.get("urgency_rules", ()), *entry.get("escalates", ())):
            yield step["when"]
    yield from (entry["when"] for entry in rules_file("relief")[ROADSIDE] if "when" in entry)


def numbers() -> dict[str, float]:
    """Evidence parameters that the rules compare with, by key."""
    keys = {key for rule in rules() for key in limits(rule)}
    return {key: value(key) for key in sorted(keys)}


def limits(rule: Rule) -> Iterator[str]:
    """Every evidence parameter that one rule compares with."""
    for operator, operand in rule.items():
        if operator in ("at_least", "below"):
            yield from (part for part in operand[1:] if isinstance(part, str))
        elif operator in ("all", "any"):
            for part in operand:
                yield from limits(part)
        elif operator == "not":
            yield from limits(operand)


@cache
def said() -> Mapping[str, Mapping[str, Any]]:
    """Each piece of roadside advice by id, worded once as `now` words it."""
    cases: list[dict[str, Any]] = [dict(nothing_wrong())]
    for entry in rules_file("relief")[ROADSIDE]:
        for name, option in questions_in(entry["when"]) if "when" in entry else ():
            cases.append({**nothing_wrong(), name: (option,)})
    pieces = [piece for case in cases for piece in relief_for(ROADSIDE, case, screen(case))]
    return {piece.id: advice_data(piece) for piece in pieces}


def step_data(entry: Mapping[str, Any]) -> dict[str, Any]:
    """One piece of roadside advice: what it is about, when it fits, and its words."""
    words = said()[entry["id"]]
    step = {name: words[name] for name in ("id", "topics", "text")}
    if words["dispute"] is not None:
        step["dispute"] = text("why.disagreement", dispute=words["dispute"])
    return step | ({"when": entry["when"]} if "when" in entry else {})


def named_options(name: str) -> tuple[Option, ...]:
    """What can be named for a question, without its two ways out."""
    return tuple(one for one in questions()[name].options if one.id not in WAYS_OUT)


def asked(name: str) -> dict[str, Any]:
    """One question in words."""
    question = questions()[name]
    words = {"id": name, "text": text(question.text)}
    if question.bystander is not None:
        words["bystander"] = text(question.bystander)
    return {**words, "options": [[one.id, text(one.text)] for one in named_options(name)]}
