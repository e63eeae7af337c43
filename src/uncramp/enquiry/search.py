"""Full-text search over claims, sources and the manual, where no curated answer fits.

The rank is BM25 as Robertson and Zaragoza give it (2009, section 3.4), over stems. Ties go by the
order of the texts, so that the same question finds the same texts on every machine.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from uncramp.enquiry.shapes import Ground
from uncramp.enquiry.words import corrected, tokens
from uncramp.evidence import claims, rules_file, sources, value
from uncramp.evidence.manual import ManualSection, manual_sections
from uncramp.screening import TOPICS

__all__ = ["Passage", "found"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One text that can be found, and what it is to rest an answer on."""

    ground: Ground
    words: Mapping[str, int]
    head: frozenset[str]
    """Words of its title: one that tells something has to be asked for."""
    length: int
    topics: tuple[str, ...] = ()
    """On these it gives advice."""


@cache
def passages() -> tuple[Passage, ...]:
    """Everything that can be found, claims first."""
    topics = rules_file("common_questions")["claim_topics"]
    free = frozenset(rules_file("common_questions")["free_pages"])
    of_claims = [
        _passage(
            Ground(kind="claim", id=one.id, grade=one.grade, citations=one.citations),
            f"{one.text} {one.supports} {one.against}",
            f"{one.text} {one.supports} {one.against}",
            tuple(topics.get(one.id, ())),
        )
        for one in claims().values()
    ]
    of_sources = [
        _passage(Ground(kind="source", id=one.key, title=one.title), one.title, one.title, ())
        for one in sources().values()
        if not one.identifier.startswith("docs/")
    ]
    of_manual = [
        _passage(
            _page(one),
            f"{one.title} {one.heading} {one.text}",
            f"{one.title} {one.heading}",
            () if one.page in free else TOPICS,
        )
        for one in manual_sections()
    ]
    return (*of_claims, *of_manual, *of_sources)


def _page(section: ManualSection) -> Ground:
    words = section.text.split()
    most = int(value("enquiry.search.excerpt_words"))
    shown = " ".join(islice(words, most)) + (" …" if len(words) > most else "")
    heading = section.heading if section.heading == section.title else (
        f"{section.title}: {section.heading}"
    )  # fmt: skip
    return Ground(kind="manual", id=section.page, title=heading, excerpt=shown)


def _passage(ground: Ground, text: str, head: str, topics: tuple[str, ...]) -> Passage:
    words = Counter(tokens(text))
    return Passage(
        ground=ground,
        words=words,
        head=frozenset(tokens(head)),
        length=sum(words.values()),
        topics=topics,
    )


@cache
def _worth() -> Mapping[str, float]:
    """What finding each word is worth."""
    counts = Counter(word for one in passages() for word in one.words)
    return {word: _rarity(count) for word, count in counts.items()}


def _rarity(count: int) -> float:
    return math.log(1 + (len(passages()) - count + 0.5) / (count + 0.5))


def found(question: str) -> Sequence[Passage]:
    """The texts that answer a question best, or none when even the best covers too little of it."""
    worth = _worth()
    asked = frozenset(corrected(tokens(question), frozenset(worth)))
    if not asked - frozenset(rules_file("common_questions")["helpers"]):
        return ()
    ranked = sorted(
        ((_rank(asked, one), one) for one in passages()), key=lambda pair: pair[0], reverse=True
    )
    whole = sum(worth.get(word, _rarity(0)) for word in sorted(asked))
    good = [one for rank, one in ranked if rank > 0 and _is_enough(one, asked, whole)]
    return good[: int(value("enquiry.search.shown"))]


def _rank(asked: frozenset[str], passage: Passage) -> float:
    worth = _worth()
    k1, b = value("enquiry.search.saturation"), value("enquiry.search.length_share")
    lengthy = 1 - b + b * passage.length / _usual_length()
    return sum(
        worth[word] * times * (k1 + 1) / (times + k1 * lengthy)
        for word in sorted(asked)
        if (times := passage.words.get(word, 0))
    )


@cache
def _usual_length() -> float:
    return sum(one.length for one in passages()) / len(passages())


def _is_enough(passage: Passage, asked: frozenset[str], whole: float) -> bool:
    """Whether a text covers the question: by several telling words, one of them in its title.

    For a section of the manual one is enough where the title names it.
    """
    worth = _worth()
    shared = sorted(asked & passage.words.keys())
    telling = [word for word in shared if worth[word] >= value("enquiry.search.telling")]
    in_head = passage.head & set(telling)
    is_page = passage.ground.kind == "manual" and telling == sorted(in_head)
    if not in_head or (len(telling) < value("enquiry.search.least_words") and not is_page):
        return False
    covered = sum(worth[word] for word in shared)
    return covered >= value("enquiry.search.least_cover") * whole
