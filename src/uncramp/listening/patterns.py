"""Phrases as data: a small language of word patterns, and where they fit in a story.

A pattern is a row of parts, each for one word: `calf`, `calf|calves`, `seiz*` (what begins so),
`*pril` (what ends so), `@side` (a class of words), `#` (a number), `#:` (a clock, as 2:45).
`?word` may be missing or come a few times, as `?really|?very` may. `..3` leaves up to three
words out, inside one clause; `...8` goes over commas. No pattern goes over the end of a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from uncramp.listening.words import Word

__all__ = ["Hit", "Pattern", "Patterns", "compiled", "patterns_of"]

NUMBER: Final = "#"
CLOCK: Final = "#:"
GAP: Final = ".."
WIDE: Final = "..."
MAYBE: Final = "?"
CLASS: Final = "@"
ANY: Final = "*"


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one place of a pattern takes.

    Equal only to itself: patterns are read once, and as keys of what was found they would be
    hashed word by word each time, which took half of all the time.
    """

    words: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    is_number: bool = False
    is_clock: bool = False
    may_miss: bool = False
    gap: int = 0
    is_wide: bool = False

    def takes(self, word: Word) -> bool:
        """Whether the word fits."""
        said = word.text
        return (
            said in self.words
            or (self.is_number and word.number is not None)
            or (self.is_clock and CLOCK[-1] in said)
            or (bool(self.starts) and said.startswith(self.starts))
            or (bool(self.ends) and said.endswith(self.ends))
        )


Pattern = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pattern fits: the words from `first` up to, not with, `last`."""

    first: int
    last: int

    def overlaps(self, other: Hit) -> bool:
        """Whether they share a word."""
        return self.first < other.last and other.first < self.last


def compiled(pattern: str, classes: Mapping[str, Sequence[str]]) -> Pattern:
    """A pattern, read."""
    return tuple(_part(one, classes) for one in pattern.split())


def _part(said: str, classes: Mapping[str, Sequence[str]]) -> Part:
    if said.startswith(GAP):
        wide = said.startswith(WIDE)
        return Part(gap=int(said.removeprefix(WIDE if wide else GAP)), is_wide=wide)
    may_miss = said.startswith(MAYBE)
    choices: list[str] = []
    for one in (choice.removeprefix(MAYBE) for choice in said.split("|")):
        choices += classes[one.removeprefix(CLASS)] if one.startswith(CLASS) else [one]
    return Part(
        words=frozenset(one for one in choices if ANY not in one and NUMBER not in one),
        starts=tuple(one.removesuffix(ANY) for one in choices if one.endswith(ANY)),
        ends=tuple(one.removeprefix(ANY) for one in choices if one.startswith(ANY)),
        is_number=NUMBER in choices,
        is_clock=CLOCK in choices,
        may_miss=may_miss,
    )


def patterns_of(listed: Iterable[str], classes: Mapping[str, Sequence[str]]) -> tuple[Pattern, ...]:
    """Several patterns, read."""
    return tuple(compiled(one, classes) for one in listed)


class Patterns:
    """A story that patterns are looked for in."""

    def __init__(self, words: Sequence[Word], breaks: frozenset[str], *, repeats: int) -> None:
        """`breaks` are words that no gap goes over.

        `repeats` is how often a word that may be missing may come: "no no no …" would never end.
        """
        self.words = words
        self.breaks = breaks
        self.repeats = repeats
        self.known: dict[tuple[Pattern, ...], list[Hit]] = {}
        self.places: dict[str, list[int]] = {}
        for at, word in enumerate(words):
            self.places.setdefault(word.text, []).append(at)
        self.said = frozenset(self.places)

    def hits(self, patterns: tuple[Pattern, ...]) -> list[Hit]:
        """Every place where one of the patterns fits, in order; the longest at each beginning."""
        if patterns not in self.known:
            found = self._found(patterns)
            self.known[patterns] = sorted(found, key=lambda hit: (hit.first, -hit.last))
        return self.known[patterns]

    def _found(self, patterns: Iterable[Pattern]) -> Iterator[Hit]:
        for pattern in patterns:
            for first in self._beginnings(pattern[0]):
                last = self._end(pattern, 0, first, first)
                if last is not None and last > first:
                    yield Hit(first, last)

    def _beginnings(self, part: Part) -> Iterable[int]:
        """Where a pattern that begins with `part` can begin."""
        if part.starts or part.ends or part.is_number or part.is_clock or part.may_miss or part.gap:
            return range(len(self.words))
        return [at for one in part.words & self.said for at in self.places[one]]

    def _end(self, pattern: Pattern, part: int, at: int, first: int) -> int | None:
        """Where the rest of a pattern ends when it goes on at `at`."""
        if part == len(pattern):
            return at
        wanted = pattern[part]
        if wanted.gap:
            return self._over_gap(pattern, part, at, first)
        if not wanted.may_miss:
            fits = self._fits(wanted, at, first)
            return self._end(pattern, part + 1, at + 1, first) if fits else None
        most = at
        while most < at + self.repeats and self._fits(wanted, most, first):
            most += 1
        ends = (self._end(pattern, part + 1, here, first) for here in range(most, at - 1, -1))
        return next((end for end in ends if end is not None), None)

    def _fits(self, wanted: Part, at: int, first: int) -> bool:
        """Whether the word at `at` is there, in the sentence that began, and is one of `wanted`."""
        return (
            at < len(self.words)
            and self.words[at].sentence == self.words[first].sentence
            and wanted.takes(self.words[at])
        )

    def _over_gap(self, pattern: Pattern, part: int, at: int, first: int) -> int | None:
        gap = pattern[part]
        for here in range(at, min(at + gap.gap + 1, len(self.words))):
            if not gap.is_wide and self.words[here].clause != self.words[at - 1].clause:
                return None
            end = self._end(pattern, part + 1, here, first)
            if end is not None:
                return end
            if self.words[here].text in self.breaks:
                return None
        return self._end(pattern, part + 1, at, first) if at == len(self.words) else None
