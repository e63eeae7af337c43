"""What a story tells of the cramp: how it began, felt and went, the load, drinks and heat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from uncramp.evidence import rules_file
from uncramp.listening.context import Context, Sure, meaning_of, story_patterns
from uncramp.listening.patterns import Hit, Pattern, patterns_of

__all__ = ["Told", "told_options"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One option of one question, and where the story tells it."""

    question: str
    option: str
    hit: Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option with the words for it."""

    id: str
    says: tuple[Pattern, ...]
    never: tuple[Pattern, ...]
    needs: tuple[Pattern, ...]
    """One of these must stand in the same sentence; empty when nothing must."""
    plain: bool
    """Whether a denial is part of the words, so that none is looked for before them."""
    only_without: bool
    """Whether it holds only where no cramp locked."""
    yields_to: str
    """Another option that wins when it is told too."""


@cache
def options(question: int) -> tuple[Option, ...]:
    """The options of one question of the data file, first come first."""
    data = rules_file("story_words")
    classes = data["classes"]
    return tuple(
        Option(
            id=one["option"],
            says=patterns_of(one["says"], classes),
            never=patterns_of(one["never"], classes),
            needs=patterns_of(one.get("needs", ()), classes),
            plain=one.get("plain", False),
            only_without=one.get("only_without", False),
            yields_to=one.get("yields_to", ""),
        )
        for one in data["findings"][question]["options"]
    )


def told_options(context: Context) -> tuple[Told, ...]:
    """What is told, one option a question, or several where several may be chosen."""
    found: list[Told] = []
    for at, entry in enumerate(rules_file("story_words")["findings"]):
        told = list(_of_question(context, at, entry))
        found += told if entry.get("multi") else told[:1]
    return tuple(found)


def _of_question(context: Context, at: int, entry: Any) -> Iterator[Told]:
    hits = {one.id: _hits(context, one) for one in options(at)}
    for one in options(at):
        loses = one.yields_to and hits[one.yields_to]
        if hits[one.id] and not loses:
            yield Told(question=entry["question"], option=one.id, hit=hits[one.id][0])


def _hits(context: Context, option: Option) -> list[Hit]:
    """Where the story tells the option."""
    if option.only_without and any(
        meaning_of(context, hit, is_danger=False, lasts=False) == Sure.YES
        for hit in context.story.hits(story_patterns("locked"))
    ):
        return []
    never = context.story.hits(option.never)
    needed = {context.words[one.first].sentence for one in context.story.hits(option.needs)}
    return [
        hit
        for hit in context.story.hits(option.says)
        if not any(hit.overlaps(one) for one in never)
        and (not option.needs or context.words[hit.first].sentence in needed)
        and _is_told(context, option, hit)
    ]


def _is_told(context: Context, option: Option, hit: Hit) -> bool:
    if option.plain:
        meant = context.meaning(hit)
        return meant.of_runner and not meant.supposed
    return meaning_of(context, hit, is_danger=False, lasts=False) == Sure.YES
