"""Which question to ask next, what an answer means, and what answers would change the kind.

Questions are data (`evidence/interview.json`). Screening comes first and is asked whole. Then the
question that can tell most about the kind, until no answer left could change it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from uncramp.cramps import not_a_cramp, weigh
from uncramp.errors import InputError
from uncramp.evidence import rules_file, value
from uncramp.evidence.rules import DONT_REMEMBER, NONE_OF_THESE, Case, chosen, holds
from uncramp.screening import screen
from uncramp.vocabulary import Answers, Kind

__all__ = [
    "Option",
    "Question",
    "WouldChange",
    "checked_answers",
    "n_told",
    "next_question",
    "questions",
    "raised_by",
    "would_change",
]


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer; `text` is a message id."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; texts are message ids."""

    id: str
    section: str
    type: str
    """`multi`, `single` or `number`."""
    text: str
    text_with: tuple[str, str] | None
    """A fact (a distance in km) and the text that names it, when it is known."""
    bystander: str | None
    why: str | None
    options: tuple[Option, ...]
    unit: str | None
    low: float | None
    high: float | None
    ask_when: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class WouldChange:
    """An answer not given that would change the kind."""

    question: str
    option: str
    kind: Kind


@cache
def questions() -> Mapping[str, Question]:
    """Every question by id, in the order of the file."""
    return {
        entry["id"]: Question(
            id=entry["id"],
            section=entry["section"],
            type=entry["type"],
            text=entry["text"],
            text_with=_text_with(entry.get("text_with")),
            bystander=entry.get("bystander"),
            why=entry.get("why"),
            options=tuple(Option(one["id"], one["text"]) for one in entry.get("options", ())),
            unit=entry.get("unit"),
            low=entry.get("low"),
            high=entry.get("high"),
            ask_when=entry.get("ask_when"),
        )
        for entry in rules_file("interview")["questions"]
    }


def _text_with(entry: Mapping[str, str] | None) -> tuple[str, str] | None:
    return None if entry is None else (entry["fact"], entry["text"])


def checked_answers(raw: Mapping[str, object]) -> Answers:
    """`raw` as answers; InputError names what is not understood and what would be.

    Options may come as one id, a list of ids, or for numbers a number; null and an empty list
    mean "not answered" and are dropped.
    """
    checked: dict[str, str | tuple[str, ...] | float] = {}
    for name, answer in raw.items():
        if name not in questions():
            raise InputError(
                "unknown_question", values={"question": name, "allowed": ", ".join(questions())}
            )
        if answer is not None and answer not in ([], (), ""):
            checked[name] = _checked_answer(questions()[name], answer)
    return checked


def _checked_answer(question: Question, answer: object) -> str | tuple[str, ...] | float:
    if question.type == "number":
        return DONT_REMEMBER if answer == DONT_REMEMBER else _checked_number(question, answer)
    given = list(answer) if isinstance(answer, list | tuple) else [answer]
    allowed = [option.id for option in question.options]
    for option in given:
        if option not in allowed:
            raise InputError(
                "unknown_option",
                values={"question": question.id, "option": option, "allowed": ", ".join(allowed)},
            )
    if question.type == "multi":
        return tuple(dict.fromkeys(str(option) for option in given))
    if len(given) > 1:
        raise InputError("one_option_only", values={"question": question.id})
    return str(given[0])


def _checked_number(question: Question, answer: object) -> float:
    low, high = question.low or 0.0, question.high or math.inf
    is_number = isinstance(answer, int | float) and not isinstance(answer, bool)
    if not is_number or not low <= float(str(answer)) <= high:
        raise InputError(
            "bad_number",
            values={
                "question": question.id,
                "value": answer,
                "low": low,
                "high": high,
                "unit": question.unit or "",
            },
        )
    return float(str(answer))


@cache
def raised_by(question_id: str, option_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of the stops and of the locks that this one answer raises on its own."""
    found = screen({question_id: (option_id,)})
    return tuple(stop.id for stop in found.stops), tuple(lock.id for lock in found.locks)


def _is_open(question: Question, case: Case) -> bool:
    """Not answered yet, and it makes sense to ask."""
    return case.get(question.id) is None and _makes_sense(question, case)


def _makes_sense(question: Question, case: Case) -> bool:
    return question.ask_when is None or bool(holds(question.ask_when, case, value))


def _open_kind_questions(case: Case) -> Iterator[Question]:
    for question in questions().values():
        if question.section == "kind" and _is_open(question, case):
            yield question


def _trials(question: Question, case: Case) -> Iterator[tuple[Option, Case]]:
    """The case as it would be after each real option."""
    for option in question.options:
        if option.id not in (DONT_REMEMBER, NONE_OF_THESE):
            answer = (option.id,) if question.type == "multi" else option.id
            yield option, {**case, question.id: answer}


def _bits(question: Question, case: Case) -> float:
    """Mutual information between the answer and the kind, in bit.

    Takes every option to be equally likely in an overload cramp (our judgement: no frequencies are
    published); its likelihood in an electrolyte cramp follows from the likelihood ratios.
    """
    before = weigh(case).log_odds
    shifts = [weigh(trial).log_odds - before for _, trial in _trials(question, case)]
    if not shifts:
        return 0.0
    ratios = [math.exp(shift) for shift in shifts]
    if_overload = [1.0 / len(ratios)] * len(ratios)
    if_electrolyte = [ratio / sum(ratios) for ratio in ratios]
    share = 1.0 / (1.0 + math.exp(-before))
    bits = 0.0
    for overload, electrolyte in zip(if_overload, if_electrolyte, strict=True):
        both = (1 - share) * overload + share * electrolyte
        bits += (1 - share) * overload * math.log2(overload / both)
        bits += share * electrolyte * math.log2(electrolyte / both)
    return bits


def _opens_the_case(case: Case) -> Question | None:
    """What must be known before weighing makes sense: is it a cramp at all, and when it came."""
    for name in ("when", "feel", "onset_confirm"):
        if _is_open(questions()[name], case):
            return questions()[name]
    return None


def next_question(case: Case) -> Question | None:
    """The question to ask now, or None when nothing left could change the answer.

    Screening first and whole; then whether it is a cramp at all, and if it is none the questions
    end; then the most informative question about the kind; last what shapes the advice.
    """
    for question in questions().values():
        if question.section == "screen" and _is_open(question, case):
            return question
    opening = _opens_the_case(case)
    if opening is not None or not_a_cramp(case) is not None:
        return opening
    return _most_informative(case) or _advice_question(case)


def _most_informative(case: Case) -> Question | None:
    if not _could_change(case):
        return None
    ranked = sorted(
        ((_bits(question, case), question) for question in _open_kind_questions(case)),
        key=lambda pair: -pair[0],
    )
    if ranked and ranked[0][0] >= value("cramps.worth_asking_bits"):
        return ranked[0][1]
    return next((one for _, one in ranked if one.type == "number"), None)


def _could_change(case: Case) -> bool:
    """Whether the evidence is still thin, or any one answer left would change the kind."""
    return weigh(case).kind == Kind.UNCLEAR or any(True for _ in would_change(case))


def _advice_question(case: Case) -> Question | None:
    for question in questions().values():
        if question.section == "advice" and _is_open(question, case):
            return question
    return None


def would_change(case: Case) -> tuple[WouldChange, ...]:
    """Answers still open that would change the kind, in the order of the questions."""
    now = weigh(case).kind
    found = []
    for question in _open_kind_questions(case):
        for option, trial in _trials(question, case):
            kind = weigh(trial).kind
            if kind != now:
                found.append(WouldChange(question.id, option.id, kind))
    return tuple(found)


def n_told(case: Case) -> tuple[int, int]:
    """How many screening and kind questions have an answer someone remembers, and of how many.

    A question that makes no sense for this case is not counted.
    """
    asked = [
        one
        for one in questions().values()
        if one.section in ("screen", "kind") and (_told(case, one.id) or _makes_sense(one, case))
    ]
    return sum(1 for one in asked if _told(case, one.id)), len(asked)


def _told(case: Case, question_id: str) -> bool:
    answer = case.get(question_id)
    if isinstance(answer, int | float):
        return True
    options = chosen(case, question_id)
    return options is not None and DONT_REMEMBER not in options
