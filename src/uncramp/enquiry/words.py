"""Words of a question: cut down to what tells questions apart.

Spelling, endings and the many names of one thing are made alike; words that say nothing are left
out. The lists stand in `evidence/common_questions.json`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from uncramp.evidence import rules_file, value

__all__ = ["clauses", "corrected", "sentences", "tokens", "words_in"]

SENTENCE_END: Final = re.compile(r"[.!?\n]+")
CLAUSE_END: Final = re.compile(r"[.!?;:,()\n]+")
APOSTROPHE: Final = re.compile("['’‘`]")
SHORT_WILL: Final = re.compile("['’‘`]ll\\b")
"""Without its apostrophe `I'll` would be an illness."""
WORD: Final = re.compile(r"[a-z0-9]+")
KEEP_S: Final = ("ss", "us", "is")
NO_DOUBLE: Final = frozenset("lsz")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words that say nothing, and those that stand for another."""

    neutral: frozenset[str]
    same: Mapping[tuple[str, ...], str]


@cache
def lexicon() -> Lexicon:
    """The lists of the data file."""
    data = rules_file("common_questions")
    same = {tuple(words_in(phrase)): word for phrase, word in data["same"].items()}
    return Lexicon(frozenset(data["neutral"]), same)


def plain(text: str) -> str:
    """Small letters without accents and apostrophes."""
    spread = unicodedata.normalize("NFKD", SHORT_WILL.sub(" will", text.lower()))
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return APOSTROPHE.sub("", bare)


def words_in(text: str) -> list[str]:
    """The words as they stand."""
    return WORD.findall(plain(text))


def sentences(text: str) -> list[str]:
    """The sentences of a text that hold a word."""
    return [part for part in SENTENCE_END.split(text) if words_in(part)]


def clauses(text: str) -> list[list[str]]:
    """The words of each clause, as they stand: a denial reaches no further."""
    return [words for part in CLAUSE_END.split(text) if (words := words_in(part))]


def tokens(text: str) -> tuple[str, ...]:
    """What is left of a text, in order and with repeats."""
    words = words_in(text)
    found: list[str] = []
    at = 0
    while at < len(words):
        phrase, length = _phrase(words, at)
        at += length
        kept = phrase is not None and phrase not in lexicon().neutral and not phrase.isdigit()
        if phrase is not None and kept:
            found.append(stem(phrase))
    return tuple(found)


def _phrase(words: Sequence[str], at: int) -> tuple[str | None, int]:
    """What the words from `at` on stand for, and how many they are; longest first."""
    same = lexicon().same
    most = min(int(value("enquiry.words.longest_phrase")), len(words) - at)
    for length in range(most, 0, -1):
        known = same.get(tuple(words[at : at + length]))
        if known is not None:
            return known, length
    return words[at], 1


def stem(word: str) -> str:
    """The word without its ending, good enough to hold `cramps` and `cramping` together."""
    least = value("enquiry.words.stem_letters")
    if word.endswith("ies") and len(word.removesuffix("ies")) > least:
        word = word.removesuffix("ies") + "y"
    elif word.endswith("s") and not word.endswith(KEEP_S) and len(word) > least + 1:
        word = word.removesuffix("s")
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > least:
            word = _single(rest)
            break
    bare = word.removesuffix("e")
    return bare if len(bare) > least else word


def _single(word: str) -> str:
    """`runn` is `run`."""
    last, before = word[-1], word[-2]
    return word[:-1] if last == before and last not in NO_DOUBLE else word


def corrected(asked: Iterable[str], known: frozenset[str]) -> tuple[str, ...]:
    """The words with one slip of the finger put right, where that makes a known word."""
    least = value("enquiry.words.typing_letters")
    return tuple(
        word if word in known or len(word) < least else _nearest(word, known) for word in asked
    )


def _nearest(word: str, known: frozenset[str]) -> str:
    near = (one for one in known if abs(len(one) - len(word)) <= 1 and _one_slip(word, one))
    return min(near, default=word)


def _one_slip(first: str, second: str) -> bool:
    """Whether one letter too many, too few or another, or two swapped, is all the difference."""
    short, long = sorted((first, second), key=len)
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    if short[start + 1 :] == long[start + 1 :]:
        return True
    swapped = short[start : start + 2][::-1] == long[start : start + 2]
    return swapped and short[start + 2 :] == long[start + 2 :]
