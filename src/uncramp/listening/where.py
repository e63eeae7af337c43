"""Where it cramped: muscles and their sides, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from uncramp.evidence import rules_file
from uncramp.listening.context import Context, Sure, meaning_of, story_patterns
from uncramp.listening.patterns import Hit, Pattern, patterns_of

__all__ = ["Mention", "mentions"]

LEFT: Final = "left"
RIGHT: Final = "right"
BOTH: Final = (LEFT, RIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One muscle as told; `sides` is empty when no side is told."""

    region: str
    sides: tuple[str, ...]
    hit: Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One region with the words for it."""

    id: str
    says: tuple[Pattern, ...]
    both: tuple[Pattern, ...]
    never: tuple[Pattern, ...]


@cache
def regions() -> tuple[Region, ...]:
    """Every region of the data file; the narrower name comes first."""
    data = rules_file("story_words")
    return tuple(
        Region(
            id=one["region"],
            says=patterns_of(one["says"], data["classes"]),
            both=patterns_of(one["both"], data["classes"]),
            never=patterns_of(one["never"], data["classes"]),
        )
        for one in data["muscles"]
    )


def mentions(context: Context) -> tuple[Mention, ...]:
    """Every muscle that is told to have cramped, with its side, in order."""
    found: list[Mention] = []
    for region, hit in sorted(_named(context), key=lambda one: (one[1].first, -one[1].last)):
        if any(hit.overlaps(one.hit) for one in found) or not _cramped(context, hit, found):
            continue
        sides = _sides(context, region, hit, found)
        found.append(Mention(region=region.id, sides=sides, hit=hit))
    return tuple(_with_others(context, found))


def _named(context: Context) -> Iterator[tuple[Region, Hit]]:
    for region in regions():
        never = context.story.hits(region.never)
        for hit in context.story.hits(region.says):
            if not any(hit.overlaps(one) for one in never):
                yield region, hit


def _cramped(context: Context, hit: Hit, before: Sequence[Mention]) -> bool:
    """Whether the sentence is about a cramp, or goes on with one, of this runner."""
    if meaning_of(context, hit, is_danger=False, lasts=False) != Sure.YES:
        return False
    words = context.words
    sentence = words[hit.first].sentence
    if any(words[one.first].sentence == sentence and not one.overlaps(hit)
           for one in context.story.hits(story_patterns("cramp"))):  # fmt: skip
        return True
    first = next(word for word in words if word.sentence == sentence)
    alone = sum(1 for word in words if word.sentence == sentence) <= 2
    near = [one for one in before if sentence - words[one.hit.first].sentence <= 1]
    return (bool(near) or alone) and (alone or first.text in rules_file("story_words")["goes_on"])


def _sides(
    context: Context, region: Region, hit: Hit, before: Sequence[Mention]
) -> tuple[str, ...]:
    told = _told_before(context, hit, before) or _told_after(context, hit)
    if told:
        return told
    if any(one.overlaps(hit) for one in context.story.hits(region.both)):
        return BOTH
    joined = before and _are_joined(context, before[-1].hit, hit)
    return before[-1].sides if joined else ()


def _are_joined(context: Context, first: Hit, second: Hit) -> bool:
    """Whether only "and" stands between two muscles: "my right hamstring and calf"."""
    between = [word.text for word in context.words[first.last : second.first]]
    joins = rules_file("story_words")["context"]["and"]
    return bool(between) and len(between) <= 2 and any(one in joins for one in between)


def _side_hits(context: Context) -> list[tuple[Hit, tuple[str, ...]]]:
    """Every word for a side that means one."""
    never = context.story.hits(story_patterns("sides", "no_side"))
    found: list[tuple[Hit, tuple[str, ...]]] = [
        (hit, sides)
        for name, sides in ((LEFT, (LEFT,)), (RIGHT, (RIGHT,)), ("both", BOTH))
        for hit in context.story.hits(story_patterns("sides", name))
        if not any(hit.overlaps(one) for one in never)
    ]
    wide = [one for one in found if one[1] == BOTH]
    return wide + [one for one in found if not any(one[0].overlaps(two[0]) for two in wide
                                                   if two is not one)]  # fmt: skip


def _told_before(context: Context, hit: Hit, before: Sequence[Mention]) -> tuple[str, ...]:
    """The side in front of the muscle, with no other muscle between, or inside its name."""
    words = context.words
    near = [
        (one, sides)
        for one, sides in _side_hits(context)
        if one.overlaps(hit)
        or (one.last <= hit.first and words[one.first].clause == words[hit.first].clause
            and hit.first - one.last <= 2
            and not any(one.last <= other.hit.first < hit.first for other in before))
    ]  # fmt: skip
    return near[-1][1] if near else ()


def _told_after(context: Context, hit: Hit) -> tuple[str, ...]:
    """The side behind the muscle: "cramp in my calf on the left", "hamstrings in both legs"."""
    words = context.words
    after = context.story.hits(story_patterns("sides", "after"))
    named = [one for _, one in _named(context)]
    for one, sides in _side_hits(context):
        fits = words[one.first].sentence == words[hit.first].sentence and any(
            one.overlaps(phrase) for phrase in after
        )
        own = one.first - hit.last in (0, 1, 2) or (
            not any(_is_name_of(one, other) for other in named)
            and sum(1 for other in named
                    if words[other.first].sentence == words[hit.first].sentence) == 1
        )  # fmt: skip
        if fits and own and not any(_is_name_of(one, other) for other in named):
            return sides
    return ()


def _is_name_of(side: Hit, muscle: Hit) -> bool:
    """Whether a side stands right before a muscle, and so belongs to that one."""
    return muscle.first - side.last in (0, 1) or side.overlaps(muscle)


def _with_others(context: Context, found: Sequence[Mention]) -> list[Mention]:
    """The mentions, with "the right one", "then the other" after the muscle they mean."""
    taken = [one for _, one in _named(context)]
    sides = _side_hits(context)
    result = list(found)
    for phrase in context.story.hits(story_patterns("sides", "same_other")):
        before = [one for one in result if one.hit.last <= phrase.first]
        if not before or any(0 <= one.first - phrase.last <= 0 or phrase.overlaps(one)
                             for one in taken):  # fmt: skip
            continue
        last = before[-1]
        told = next((side for hit, side in sides if hit.overlaps(phrase)), _opposite(last.sides))
        if told and set(told) - {side for one in before if one.region == last.region
                                 for side in one.sides}:  # fmt: skip
            result.append(replace(last, sides=told, hit=phrase))
    return sorted(result, key=lambda one: one.hit.first)


def _opposite(sides: tuple[str, ...]) -> tuple[str, ...]:
    return (RIGHT,) if sides == (LEFT,) else (LEFT,) if sides == (RIGHT,) else ()
