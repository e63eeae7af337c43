"""`now` in words: the data of its envelope, and the same for a terminal at the roadside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uncramp.roadside import RoadsideAdvice
from uncramp.screening import DANGER_QUESTIONS
from uncramp.wording.catalogue import text
from uncramp.wording.safety import (
    advice_data,
    closing_lines,
    locks_data,
    question_data,
    safety_net,
    screen_word,
    stop_data,
    stop_lines,
)

__all__ = ["now_data", "now_lines"]


def now_data(advice: RoadsideAdvice) -> dict[str, Any]:
    """The data of the `now` envelope; `now` is empty while a stop is open."""
    screening = advice.screening
    return {
        "screen": screen_word(screening),
        "dangers_answered": not set(DANGER_QUESTIONS) & set(screening.unanswered),
        "unanswered": list(screening.unanswered),
        "stop": stop_data(screening),
        "locks": locks_data(screening),
        "now": [advice_data(step) for step in advice.steps],
        "salt_waits": _salt_waits(advice),
        "safety_net": safety_net("now.safety_net"),
        "next_question": advice.question and question_data(advice.question),
    }


def _salt_waits(advice: RoadsideAdvice) -> bool:
    """The pattern asks for salt, and only unanswered questions hold the advice back."""
    screening = advice.screening
    locked = any("salt" in lock.blocks for lock in screening.locks)
    return (
        advice.answers.get("pattern") == "twitching"
        and not screening.complete
        and not screening.stops
        and not locked
    )


def now_lines(data: Mapping[str, Any], *, command: str) -> list[str]:
    """`data` of now_data as lines; `command` is how the reader asks again."""
    if data["stop"]:
        said = [text("why.headline.stop"), *stop_lines(data["stop"])]
        return [*said, "", data["safety_net"], "", *closing_lines(data["stop"])]
    lines = [text("now.danger_card"), ""]
    if not data["dangers_answered"]:
        return [*lines, text("now.answer_dangers"), text("now.bystander"), *_then(data, command)]
    lines.append(text("now.steps"))
    for number, step in enumerate(data["now"], 1):
        lines.append(f"  {number}. {step['text']} [{step['grade']}]")
        if step["dispute"]:
            lines.append(f"     {text('why.disagreement', dispute=step['dispute'])}")
    if data["locks"]:
        names = ", ".join(lock["name"].lower() for lock in data["locks"])
        lines.append(text("now.salt_locked", names=names))
    if data["salt_waits"]:
        lines.append(text("now.salt_waits"))
    return [*lines, "", data["safety_net"], *_then(data, command)]


def _then(data: Mapping[str, Any], command: str) -> list[str]:
    question = data["next_question"]
    if question is None:
        return []
    asked = text("why.ask_next", question=question["text"])
    return ["", asked, text("why.answer_all", command=command)]
