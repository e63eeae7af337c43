"""A story cut into words: spelling made alike, numbers read, clauses and sentences counted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

__all__ = ["Word", "corrected", "words_of"]

PIECE: Final = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:[.:]\d+|,\d(?!\d))?|\d*\.\d+)|(?P<word>[a-z]+)|(?P<end>[.!?\n]+)|(?P<break>[,;:()–—/]|--)"
)
THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+")
APOSTROPHE: Final = re.compile("(?<=[a-z])['’‘`´](?=[a-z])")
OWNS: Final = "s"
IS: Final = "is"
FILLED: Final = "\u0000"
"""Stands where an apostrophe stood, so that places in the text stay as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word or number of a story."""

    text: str
    start: int
    end: int
    clause: int
    sentence: int
    asked: bool = False
    """Whether its sentence ends with a question mark."""
    number: float | None = None


def plain(story: str) -> str:
    """Small letters without accents, each in its old place; apostrophes inside words marked."""
    letters = (unicodedata.normalize("NFKD", one)[:1] or " " for one in story)
    small = "".join(one.lower() if len(one.lower()) == 1 else one for one in letters)
    return APOSTROPHE.sub(FILLED, small)


def words_of(
    story: str, numbers: Mapping[str, float], whole: frozenset[str] = frozenset()
) -> tuple[Word, ...]:
    """The words of a story in order; `numbers` are words that are numbers.

    "Pee's" becomes "pee is"; the words in `whole` stay one, as "its" does.
    """
    text = plain(story)
    found: list[Word] = []
    clause = sentence = begun = 0
    piece = re.compile(PIECE.pattern.replace("[a-z]+)", f"[a-z](?:[a-z]|{FILLED})*)"))
    for match in piece.finditer(text):
        if match["end"] or match["break"]:
            clause += 1
            if match["end"]:
                if "?" in match["end"]:
                    found[begun:] = [replace(one, asked=True) for one in found[begun:]]
                begun = len(found)
                sentence += 1
            continue
        here = partial(_word, clause=clause, sentence=sentence)
        stem, _, tail = match[0].partition(FILLED)
        if tail == OWNS and stem not in whole:
            middle = match.start() + len(stem)
            found.append(here(stem, match.start(), middle))
            found.append(here(IS, middle, match.end()))
            continue
        said = match[0].replace(FILLED, "")
        found.append(here(said, match.start(), match.end()))
    return tuple(_joined_numbers(found, numbers))


def _word(said: str, start: int, end: int, *, clause: int, sentence: int) -> Word:
    return Word(
        text=said, start=start, end=end, clause=clause, sentence=sentence, number=_number(said)
    )


def _number(said: str) -> float | None:
    """What digits say; minutes behind a colon become a share of the whole before it."""
    if not said[0].isdigit() and said[0] != ".":
        return None
    if ":" in said:
        return None
    return float(said.replace(",", "" if THOUSANDS.fullmatch(said) else "."))


def _joined_numbers(words: Sequence[Word], numbers: Mapping[str, float]) -> Iterable[Word]:
    """The words with "twenty two" as one word that is 22."""
    at = 0
    while at < len(words):
        word = words[at]
        value = numbers.get(word.text)
        after = words[at + 1] if at + 1 < len(words) else None
        if value is None:
            yield word
            at += 1
            continue
        unit = None if after is None or after.clause != word.clause else numbers.get(after.text)
        if after is not None and unit is not None and _are_one(value, unit):
            yield replace(word, end=after.end, number=value + unit)
            at += 2
        else:
            yield replace(word, number=value)
            at += 1


def _are_one(tens: float, unit: float) -> bool:
    """Whether two number words are one number: "twenty two", but not "two three"."""
    return tens > unit > 0 and str(int(tens)).endswith("0") and not str(int(unit)).endswith("0")


def corrected(
    words: Sequence[Word],
    *,
    known: frozenset[str],
    starts: tuple[str, ...],
    typed_right: frozenset[str],
    least: int,
    slips: Mapping[str, str],
) -> tuple[Word, ...]:
    """The words with one slip of the finger put right where that makes a known, longer word.

    What begins as one of `starts` is known too; `slips` are those of short words.
    """
    return tuple(
        replace(word, text=slips[word.text])
        if word.text in slips
        else word
        if word.text in known
        or word.text in typed_right
        or len(word.text) < least
        or word.text.startswith(starts)
        else replace(word, text=_nearest(word.text, known, least))
        for word in words
    )


def _nearest(word: str, known: frozenset[str], least: int) -> str:
    near = (one for one in known if len(one) >= least and _one_slip(word, one))
    return min(near, default=word)


def _one_slip(first: str, second: str) -> bool:
    """Whether one letter too many, too few or another, or two swapped, is all the difference.

    Endings are left alone: a plural or a tense is no slip, nor is another beginning.
    """
    short, long = sorted((first, second), key=len)
    if len(long) - len(short) > 1 or first[0] != second[0]:
        return False
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return start < len(short) and short[start:] == long[start + 1 :]
    if short[start + 1 :] == long[start + 1 :]:
        return True
    swapped = short[start : start + 2][::-1] == long[start : start + 2]
    return swapped and short[start + 2 :] == long[start + 2 :]
