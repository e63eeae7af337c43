"""The curated answers of `evidence/common_questions.json`, and which of them a question means."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from uncramp.enquiry.words import corrected, sentences, tokens
from uncramp.evidence import rules_file, value

__all__ = ["Entry", "asked_words", "entries", "fitting", "fitting_whole", "is_elsewhere", "near"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One curated answer; texts are message ids, statements and lines are named by id."""

    id: str
    title: str
    """Message id: the question in our words."""
    needs_cramp: bool
    """Its words alone could be about anything, so the question has to name a cramp."""
    needs_whole: bool
    """It is about an illness, so it is looked for in the question with that illness still in it."""
    asks: tuple[frozenset[str], ...]
    words: frozenset[str]
    """Of all ways of asking."""
    short: tuple[str, ...]
    advice: tuple[Mapping[str, Any], ...]
    statements: tuple[str, ...]
    claims: tuple[str, ...]
    for_you: tuple[str, ...]
    see_doctor_if: tuple[str, ...]


@cache
def entries() -> tuple[Entry, ...]:
    """Every curated answer, in the order of the file."""
    return tuple(_entry(raw) for raw in rules_file("common_questions")["questions"])


def _entry(raw: Mapping[str, Any]) -> Entry:
    asks = tuple(frozenset(tokens(ask)) for ask in raw["ask"])
    return Entry(
        id=raw["id"],
        title=raw["title"],
        needs_cramp=raw.get("needs_cramp", False),
        needs_whole=raw.get("needs_whole", False),
        asks=asks,
        words=frozenset().union(*asks),
        short=tuple(raw["short"]),
        advice=tuple(raw["advice"]),
        statements=tuple(raw["rests_on"]["statements"]),
        claims=tuple(raw["rests_on"]["claims"]),
        for_you=tuple(raw["for_you"]),
        see_doctor_if=tuple(raw["see_doctor_if"]),
    )


@cache
def _counts() -> Counter[str]:
    """In how many entries each word stands."""
    return Counter(word for entry in entries() for word in entry.words)


def _weight(words: frozenset[str]) -> float:
    """What words are worth together: the rarer among the entries, the more."""
    every, counts = len(entries()), _counts()
    return sum(
        math.log(1 + (every - counts[word] + 0.5) / (counts[word] + 0.5)) for word in sorted(words)
    )


def asked_words(text: str) -> frozenset[str]:
    """The words of a question as the entries know them."""
    return frozenset(corrected(tokens(text), frozenset(_counts())))


def is_elsewhere(text: str) -> bool:
    """Whether the question names what is none of our business, such as a dog or a baby."""
    data = rules_file("common_questions")
    away = list(data["out_of_scope"])
    if not _names_cramp(text):
        away += data["off_without_cramp"]
    return bool(frozenset(tokens(text)) & frozenset(tokens(" ".join(away))))


def _names_cramp(text: str) -> bool:
    return bool(_subject() & frozenset(tokens(text)))


@cache
def _subject() -> frozenset[str]:
    return frozenset(tokens(" ".join(rules_file("common_questions")["subject"])))


def fitting_whole(question: str) -> Entry | None:
    """The entry about an illness that a question means, asked in nearly its own words."""
    known = tuple(entry for entry in entries() if entry.needs_whole)
    score, entry = _best(asked_words(question), known)
    return entry if score >= value("enquiry.match.least_whole") else None


def fitting(question: str) -> Entry | None:
    """The entry that a question means; None when none is near enough.

    The question as a whole goes first; of several sentences one alone may be the question.
    """
    named = _names_cramp(question)
    known = tuple(
        entry for entry in entries() if (named or not entry.needs_cramp) and not entry.needs_whole
    )
    least = value("enquiry.match.least_with_cramp" if named else "enquiry.match.least")
    for parts in ((question,), sentences(question)):
        scored = (_best(asked_words(part), known) for part in parts)
        best = max(scored, default=(0.0, None), key=_first)
        if best[0] >= least:
            return best[1]
    return None


def near(question: str) -> tuple[Entry, ...]:
    """Entries that share something with a question that none fits, nearest first."""
    asked = asked_words(question)
    least = value("enquiry.match.near")
    scored = [(score, one) for one in entries() if (score := _score(asked, one)) >= least]
    scored.sort(key=_first, reverse=True)
    return tuple(entry for _, entry in scored[: int(value("enquiry.match.near_most"))])


def _first(pair: tuple[float, Entry | None]) -> float:
    return pair[0]


def _best(asked: frozenset[str], known: Sequence[Entry]) -> tuple[float, Entry | None]:
    """The nearest entry and how near it is; of equals the first of the file."""
    scored = ((_score(asked, entry), entry) for entry in known)
    return max(scored, default=(0.0, None), key=_first)


def _score(asked: frozenset[str], entry: Entry) -> float:
    """How near a question is to an entry, 0 to 1; 0 when they share too little.

    Where the question names a cramp its subject is plain: a word nobody knows then counts for
    less, and helping words such as "how long" are enough to tell it.
    """
    named = bool(asked & _subject())
    shared = asked & entry.words
    telling = shared if named else shared - frozenset(rules_file("common_questions")["helpers"])
    if _weight(telling) < value("enquiry.match.least_weight"):
        return 0.0
    strange = frozenset(word for word in asked if word not in _counts())
    whole = _weight(asked)
    if named:
        whole -= (1 - value("enquiry.match.strange_share")) * _weight(strange)
    share = value("enquiry.match.cover_share")
    likest = max(2 * _weight(asked & ask) / (whole + _weight(ask)) for ask in entry.asks)
    return share * _weight(shared) / whole + (1 - share) * likest
