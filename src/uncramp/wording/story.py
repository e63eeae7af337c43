"""A story in words: what was understood, the words that led there, what is asked about first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from uncramp.interview import questions
from uncramp.listening import AskFirst, Because, Heard
from uncramp.units import metres_from_kilometres
from uncramp.vocabulary import Answers
from uncramp.wording import quantities
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units

__all__ = [
    "ask_first_lines",
    "ask_first_words",
    "heard_lines",
    "heard_rows",
    "run_words",
    "with_story",
]

RUN: Final = "run"
KEYS: Final = ("question_id", "value", "words", "start", "end")


def with_story(data: Mapping[str, Any], heard: Heard, *, units: Units) -> dict[str, Any]:
    """The data of `why` with what the story told: `answers`, `because`, `ask_first`, `about_other`.

    `because` holds what was understood first, then the findings; every entry has the same keys.
    """
    findings = [{**dict.fromkeys(KEYS), **one} for one in data["because"]]
    return {
        **data,
        "answers": _plain(heard.answers),
        "because": [*(_because(one, units=units) for one in heard.because), *findings],
        "ask_first": [
            {"question_id": one.question_id, "flag": one.flag, "words": one.words}
            for one in heard.ask_first
        ],
        "about_other": heard.about_other,
    }


def _plain(answers: Answers) -> dict[str, Any]:
    return {name: list(said) if isinstance(said, tuple) else said for name, said in answers.items()}


def _because(one: Because, *, units: Units) -> dict[str, Any]:
    """What was understood, in the shape of a finding that weighs nothing."""
    return {
        "question_id": one.question_id,
        "value": one.value,
        "words": one.words,
        "start": one.start,
        "end": one.end,
        "finding": None,
        "text": _words_of(one, units=units),
        "towards": "neither",
        "weight": 1.0,
        "counted": False,
        "evidence": None,
        "grade": None,
        "sources": [],
    }


def _words_of(one: Because, *, units: Units) -> str:
    return _understood(one.question_id, one.value, units=units)


def _understood(name: str, said: object, *, units: Units) -> str:
    """The answer in words, as the interview has it."""
    number = float(said) if isinstance(said, int | float) else 0.0
    match name:
        case "onset_km":
            return text("story.onset", at=quantities.distance(metres_from_kilometres(number),
                                                              units=units))  # fmt: skip
        case "run.distance_m":
            return text("story.distance", distance=quantities.distance(number, units=units))
        case "run.duration_s":
            return text("story.duration", duration=quantities.duration(number))
        case "run.onset_min":
            return text("story.minute", minute=f"{number:.0f}")
        case "run.temp_air_c":
            return text("story.warmth", temperature=quantities.temperature(number, units=units))
    question = questions()[name]
    return next(text(option.text) for option in question.options if option.id == said)


def heard_lines(heard: Heard, *, units: Units) -> list[str]:
    """What was understood, for a terminal: each with the words that led there."""
    if not heard.because:
        return [text("story.nothing")]
    return [
        text("story.heading"),
        *(["  " + text("story.about_other")] if heard.about_other else []),
        *(
            "  "
            + text(
                "story.line",
                answer=_words_of(one, units=units),
                words=one.words,
            )
            for one in heard.because
        ),
        "  " + text("story.change"),
    ]


def ask_first_words(one: AskFirst) -> str:
    """One danger word as a question."""
    question = questions()[one.question_id]
    option = next(option for option in question.options if option.id == one.option_id)
    return text("story.ask_first", words=one.words, sign=text(option.text))


def ask_first_lines(asked: Sequence[AskFirst]) -> list[str]:
    """Danger words to be settled before anything else, for a terminal."""
    if not asked:
        return []
    lines = [text("story.first")]
    for one in asked:
        lines.append(f"  {ask_first_words(one)}")
        lines.append("    " + text("story.settle", question=one.question_id, option=one.option_id))
    return lines


def run_words(told: Mapping[str, object], *, units: Units) -> list[str]:
    """What a story told of the run itself, in words; `told` as `actions.story.OF_RUN` names it."""
    return [_understood(name, one, units=units) for name, one in told.items()]


def heard_rows(heard: Heard, *, units: Units) -> list[dict[str, Any]]:
    """What was understood for a page: one group a question, every option ticked, the run last."""
    rows: dict[str, dict[str, Any]] = {}
    for one in heard.because:
        question = questions().get(one.question_id)
        row = rows.setdefault(
            RUN if question is None else question.id,
            {
                "id": RUN if question is None else question.id,
                "question": text("story.page.run" if question is None else question.text),
                "is_danger": question is not None and question.section == "screen",
                "options": [],
            },
        )
        row["options"].append(
            {"value": f"{one.question_id}={one.value}", "text": _words_of(one, units=units),
             "words": one.words}
        )  # fmt: skip
    return [rows[name] for name in (*questions(), RUN) if name in rows]
