"""Written stories with what should be understood of each, and how well `hear` does on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from uncramp.listening import Heard, hear
from uncramp.screening import screening_questions

__all__ = [
    "FILES",
    "FULLY_LABELLED",
    "Score",
    "Story",
    "heard_of",
    "is_danger",
    "scores",
    "stories",
]

FOLDER: Final = Path(__file__).parent / "stories"
FILES: Final = (
    "tuned_cramps", "tuned_dangers", "held_out", "round_2", "round_3", "round_4", "blind",
    "blind_2", "hard",
)  # fmt: skip
FULLY_LABELLED: Final = frozenset({"tuned_cramps", "held_out"})
"""Files whose stories say all that should be understood; the other says the dangers only."""

Finding = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story of our own making; nobody is meant."""

    file: str
    text: str
    expected: frozenset[Finding]
    """Question and option; `ask` and `question.option` for what has to be asked about first."""


@dataclass(slots=True, kw_only=True)
class Score:
    """How often a finding was there, found, and found where it was not."""

    right: int = 0
    missed: int = 0
    wrong: int = 0

    @property
    def recall(self) -> float:
        """Share of those that were there."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def precision(self) -> float:
        """Share of those that were found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0


@cache
def stories() -> tuple[Story, ...]:
    """Every story; the first line of a pair is what to understand, the second the story."""
    found = []
    for name in FILES:
        lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        for labels, text in zip(lines[::2], lines[1::2], strict=True):
            expected = frozenset(labelled(labels))
            found.append(Story(file=name, text=text.replace("\\n", "\n"), expected=expected))
    return tuple(found)


def labelled(line: str) -> Iterable[Finding]:
    """The findings of one line of labels."""
    for label in [] if line == "none" else line.split():
        question, _, options = label.partition("=")
        for option in options.split(","):
            yield from labelled(option) if "=" in option else [(question, option)]


def is_danger(finding: Finding) -> bool:
    """Whether it belongs to the screening."""
    return finding[0] in screening_questions()


@cache
def heard_of(text: str) -> Heard:
    """What `hear` makes of a story; each is heard once."""
    return hear(text)


def understood(heard: Heard) -> frozenset[Finding]:
    """What `hear` understood, in the words of the labels."""
    found: set[Finding] = set()
    for question, said in heard.answers.items():
        if isinstance(said, tuple):
            found |= {(question, option) for option in said}
        else:
            found.add((question, f"{said:g}" if isinstance(said, float) else said))
    found |= {("ask", f"{one.question_id}.{one.option_id}") for one in heard.ask_first}
    return frozenset(found)


def scores(
    chosen: Iterable[Story],
) -> tuple[Mapping[str, Score], list[tuple[Story, list[Finding], list[Finding]]]]:
    """The score of every finding, and each story with what was missed and what was wrong."""
    kept: dict[str, Score] = {}
    failed = []
    for story in chosen:
        heard = understood(heard_of(story.text))
        missed, wrong = [], []
        for one in sorted(story.expected | heard):
            counts = is_danger(one) or one[0] == "ask" or story.file in FULLY_LABELLED
            if not counts or (story.file == "held_out" and one[0] == "ask"
                              and one not in story.expected):  # fmt: skip
                continue
            score = kept.setdefault(name_of(one), Score())
            if one in story.expected and one in heard:
                score.right += 1
            elif one in story.expected:
                score.missed += 1
                missed.append(one)
            else:
                score.wrong += 1
                wrong.append(one)
        if missed or wrong:
            failed.append((story, missed, wrong))
    return kept, failed


def name_of(finding: Finding) -> str:
    """The row of the table a finding belongs to: numbers and places by their question."""
    question, option = finding
    if question == "ask":
        return "ask_first"
    return question if question in ("onset_km", "places", "muscles") else f"{question}={option}"
