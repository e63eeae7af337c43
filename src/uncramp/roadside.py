"""A cramp this minute: two taps to an action, red flags above everything.

Dangers are asked first, then the muscle, then the pattern. Health and medicines are asked only
when the pattern makes salt worth talking about.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from uncramp.interview import Question, questions
from uncramp.relief import ROADSIDE, Advice, relief_for
from uncramp.screening import DANGER_QUESTIONS, Screening, screen
from uncramp.vocabulary import Answers

__all__ = ["RoadsideAdvice", "advise", "roadside_questions"]

FIRST: Final = (*DANGER_QUESTIONS, "muscles", "pattern")
BEFORE_SALT: Final = ("danger_history", "health", "past", "medicines")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadsideAdvice:
    """What to do this minute, and what to ask next (None when nothing is left)."""

    answers: Answers
    screening: Screening
    steps: tuple[Advice, ...]
    question: Question | None


def roadside_questions(answers: Answers) -> tuple[Question, ...]:
    """What is still to ask, in order."""
    wanted = (*FIRST, *BEFORE_SALT) if answers.get("pattern") == "twitching" else FIRST
    return tuple(questions()[name] for name in wanted if name not in answers)


def advise(
    answers: Answers,
    *,
    open_stops: Collection[str] = (),
    open_locks: Collection[str] = (),
) -> RoadsideAdvice:
    """What to do this minute, under flags that are still open (flag ids)."""
    screening = screen(answers, open_stops=open_stops, open_locks=open_locks)
    left = () if screening.stops else roadside_questions(answers)
    return RoadsideAdvice(
        answers=answers,
        screening=screening,
        steps=relief_for(ROADSIDE, answers, screening),
        question=left[0] if left else None,
    )
