"""Danger signs and locks in a story: said, or perhaps said and then asked about first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from uncramp.evidence import rules_file
from uncramp.evidence.rules import questions_in
from uncramp.interview import raised_by
from uncramp.listening.context import Context, Sure, meaning_of
from uncramp.listening.patterns import Hit, Pattern, patterns_of

__all__ = ["HeardSign", "flag_of", "heard_signs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardSign:
    """One sign of a screening question, and where it stands in the story."""

    question: str
    option: str
    sure: Sure
    hit: Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One sign with the words for it."""

    question: str
    option: str
    lasts: bool
    """Whether it counts however long ago it was."""
    past_only: bool
    """Whether it counts only when it was long ago; now, another question asks for it."""
    surely: tuple[Pattern, ...]
    """Words so plain that neither `never` nor `past_only` takes them back."""
    says: tuple[Pattern, ...]
    maybe: tuple[Pattern, ...]
    never: tuple[Pattern, ...]


@cache
def signs() -> tuple[Sign, ...]:
    """Every sign of the data file."""
    data = rules_file("story_words")
    return tuple(
        Sign(
            question=one["question"],
            option=one["option"],
            lasts=one.get("tense") == "any",
            past_only=one.get("past_only", False),
            surely=patterns_of(one.get("surely", ()), data["classes"]),
            says=patterns_of(one["says"], data["classes"]),
            maybe=patterns_of(one.get("maybe", ()), data["classes"]),
            never=patterns_of(one.get("never", ()), data["classes"]),
        )
        for one in data["signs"]
    )


def heard_signs(context: Context) -> tuple[HeardSign, ...]:
    """What the story says of dangers, in the order of the questions; surest words of each sign."""
    heard = [list(_heard(sign, context)) for sign in signs()]
    sure = [one.hit for row in heard for one in row if one.sure == Sure.YES]
    left = [
        [one for one in row if one.sure == Sure.YES or not _is_explained(one, sure)]
        for row in heard
    ]
    return tuple(
        min(row, key=lambda one: (one.sure != Sure.YES, one.hit.first)) for row in left if row
    )


def _is_explained(unsure: HeardSign, sure: Sequence[Hit]) -> bool:
    """Whether its words are part of a sign that is sure: then there is nothing left to ask."""
    return any(one.overlaps(unsure.hit) for one in sure)


def _heard(sign: Sign, context: Context) -> Iterator[HeardSign]:
    never = context.story.hits(sign.never)
    for hit in context.story.hits(sign.surely):
        sure = meaning_of(context, hit, is_danger=True, lasts=sign.lasts)
        if sure != Sure.NO:
            yield HeardSign(question=sign.question, option=sign.option, sure=sure, hit=hit)
    for patterns, is_clear in ((sign.says, True), (sign.maybe, False)):
        for hit in context.story.hits(patterns):
            if any(hit.overlaps(one) for one in never):
                continue
            sure = _meant(sign, context, hit)
            if sure == Sure.NO:
                continue
            sure = sure if is_clear else Sure.ASK
            yield HeardSign(question=sign.question, option=sign.option, sure=sure, hit=hit)


def _meant(sign: Sign, context: Context, hit: Hit) -> Sure:
    meant = meaning_of(context, hit, is_danger=True, lasts=sign.lasts)
    if not sign.past_only or meant == Sure.NO:
        return meant
    past = context.meaning(hit)
    if past.long_past == Sure.YES:
        return meant
    return Sure.ASK if past.maybe_past or past.long_past == Sure.ASK else Sure.NO


@cache
def flag_of(question: str, option: str) -> str:
    """The stop or lock that this sign raises, or else the first one that reads it."""
    stops, locks = raised_by(question, option)
    if stops or locks:
        return (*stops, *locks)[0]
    flags: Mapping[str, Any] = rules_file("red_flags")
    for flag in (*flags["stops"], *flags["locks"]):
        rules = [flag["when"], *(step["when"] for step in flag.get("escalates", ()))]
        if any(pair == (question, option) for rule in rules for pair in questions_in(rule)):
            return str(flag["id"])
    return ""
