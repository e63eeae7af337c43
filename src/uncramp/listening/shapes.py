"""What was understood of a story."""

from __future__ import annotations

from dataclasses import dataclass, field

from uncramp.run_facts import RunSummary
from uncramp.vocabulary import Answers

__all__ = ["AskFirst", "Because", "Heard"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """One thing that was understood, and the words that led there."""

    question_id: str
    """A question of the interview, or `run.<name>` for what was told of the run itself."""
    value: str | float
    """An option, or a number in the unit of the question."""
    words: str
    """As they stand in the story."""
    start: int
    end: int
    """Where they stand: the story from `start` up to `end`, counted in letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskFirst:
    """A danger word that may mean danger or not: asked about before anything else."""

    question_id: str
    option_id: str
    flag: str
    """The stop or lock that a yes would raise or feed."""
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A story as data; what was not told is absent."""

    answers: Answers
    run: RunSummary = field(default_factory=RunSummary)
    because: tuple[Because, ...] = ()
    ask_first: tuple[AskFirst, ...] = ()
    about_other: bool = False
    """Whether all of it is about somebody else, who then is the runner meant."""
