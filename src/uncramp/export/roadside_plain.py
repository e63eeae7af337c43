"""What the roadside page says without JavaScript: every end of its road, walked by `advise` itself.

A phone without scripts can open and close, and nothing else. So signs that mean the same are one
fold with their answer inside, each muscle is a fold in the step that stretches it, and salt stands
only behind "none of these" of every health question.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from uncramp.evidence.rules import DONT_REMEMBER
from uncramp.export.roadside_data import (
    before_salt,
    named_options,
    no_dangers,
    nothing_wrong,
)
from uncramp.interview import questions
from uncramp.roadside import advise
from uncramp.screening import DANGER_QUESTIONS
from uncramp.vocabulary import Answers
from uncramp.wording.catalogue import text
from uncramp.wording.now import now_data

__all__ = ["Fold", "Group", "Plain", "plain_page"]


@dataclass(frozen=True, slots=True)
class Fold:
    """Signs to tap, and what is then said (data of `now`)."""

    texts: tuple[str, ...]
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """One question: the signs with an answer of their own, and those that only lock salt away."""

    text: str
    folds: tuple[Fold, ...]
    locks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """The whole page; each `said` is the data of `now`."""

    open: dict[str, Any] | None
    """Stops that are open from before; then there is nothing else."""
    groups: tuple[Group, ...]
    calm: dict[str, Any]
    """No danger sign, and no muscle named."""
    muscles: tuple[tuple[str, str], ...]
    """Muscle and its stretch, in words."""
    pattern: str
    twitching: str
    locked: str | None
    """Why no salt is advised whatever is answered."""
    health: tuple[Group, ...]
    salt: dict[str, Any]
    """What comes on top of `calm` when it twitches and nothing speaks against salt."""
    unsure: dict[str, Any]


def plain_page(*, open_stops: Collection[str] = (), open_locks: Collection[str] = ()) -> Plain:
    """Every answer of the page, under flags that are still open (flag ids)."""

    def said(answers: Answers) -> dict[str, Any]:
        return now_data(advise(answers, open_stops=open_stops, open_locks=open_locks))

    def folds(name: str) -> tuple[Fold, ...]:
        alone = [Fold((text(one.text),), said({name: (one.id,)})) for one in named_options(name)]
        return together(alone)

    calm = said(no_dangers())
    locks = [lock["name"].lower() for lock in calm["locks"]]
    pattern = questions()["pattern"]
    return Plain(
        open=said({}) if open_stops else None,
        groups=tuple(Group(text(questions()[q].text), folds(q)) for q in DANGER_QUESTIONS),
        calm=calm,
        muscles=tuple(
            (text(one.text), stretch(said({**no_dangers(), "muscles": (one.id,)})))
            for one in named_options("muscles")
        ),
        pattern=text(pattern.text),
        twitching=next(text(one.text) for one in pattern.options if one.id == "twitching"),
        locked=text("now.salt_locked", names=", ".join(locks)) if locks else None,
        health=tuple(parted(text(questions()[q].text), folds(q)) for q in before_salt()),
        salt=on_top(said({**nothing_wrong(), "pattern": "twitching"}), calm),
        unsure=said(dict.fromkeys(DANGER_QUESTIONS, (DONT_REMEMBER,))),
    )


def together(folds: Sequence[Fold]) -> tuple[Fold, ...]:
    """Signs with the same answer as one fold, in the order of their first sign."""
    joined: list[Fold] = []
    for fold in folds:
        stop = fold.said["stop"]
        at = next((at for at, one in enumerate(joined) if stop and one.said["stop"] == stop), None)
        if at is None:
            joined.append(fold)
        else:
            joined[at] = Fold((*joined[at].texts, *fold.texts), joined[at].said)
    return tuple(joined)


def stretch(said: dict[str, Any]) -> str:
    """The stretch card among the steps."""
    return next((str(step["text"]) for step in said["now"] if step["id"] == "stretch_card"), "")


def parted(question: str, folds: Sequence[Fold]) -> Group:
    """Signs that stop keep their answer; the others only mean that salt stays away."""
    stops = tuple(fold for fold in folds if fold.said["stop"])
    locks = tuple(one for fold in folds if not fold.said["stop"] for one in fold.texts)
    return Group(question, stops, locks)


def on_top(said: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """`said` with only those steps that `before` did not have."""
    known = [step["text"] for step in before["now"]]
    return {**said, "now": [step for step in said["now"] if step["text"] not in known]}
