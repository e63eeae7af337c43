"""Numbers in a story: where the cramp came, how far and long the run was, how warm the day was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from uncramp.evidence import rules_file
from uncramp.listening.context import Context, Sure, meaning_of, story_patterns
from uncramp.listening.patterns import Hit, patterns_of
from uncramp.listening.words import Word
from uncramp.units import (
    celsius_from_fahrenheit,
    kilometres_from_metres,
    metres_from_kilometres,
    metres_from_miles,
    minutes_from_seconds,
    seconds_from_minutes,
)

__all__ = ["Numbers", "Reading", "numbers_told"]

MILE: Final = "mile"
KM: Final = "km"


@dataclass(frozen=True, slots=True)
class Reading:
    """One number with the words it was read from."""

    value: float
    hit: Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Every number that the story tells; None where it tells none."""

    onset_km: Reading | None = None
    onset_min: Reading | None = None
    distance_m: Reading | None = None
    duration_s: Reading | None = None
    longest_m: Reading | None = None
    temp_air_c: Reading | None = None
    race: Reading | None = None


@dataclass(frozen=True, slots=True)
class Teller:
    """A story, and how numbers are looked for in it."""

    context: Context
    data: Any = field(default_factory=lambda: rules_file("story_words"))

    @property
    def words(self) -> Sequence[Word]:
        """The words of the story."""
        return self.context.words

    def hits(self, name: str, *never: str) -> list[Hit]:
        """Places of one list of `distances`, without those that one of `never` overlaps."""
        story = self.context.story
        gone = [hit for one in never for hit in story.hits(story_patterns("distances", one))]
        return [
            hit
            for hit in story.hits(story_patterns("distances", name))
            if not any(hit.overlaps(one) for one in gone) and self.is_meant(hit)
        ]

    def is_meant(self, hit: Hit) -> bool:
        """Whether it is said of the runner, and not denied or only feared."""
        return meaning_of(self.context, hit, is_danger=False, lasts=False) == Sure.YES

    def inside(self, hit: Hit) -> Sequence[Word]:
        """The words of a hit."""
        return self.words[hit.first : hit.last]

    def has(self, hit: Hit, name: str) -> bool:
        """Whether a word of the class stands in the hit."""
        return any(word.text in self.data["classes"][name] for word in self.inside(hit))

    def metres(self, hit: Hit) -> float:
        """The first length of a hit; without a unit, in that of the whole story."""
        number = next(word.number for word in self.inside(hit) if word.number is not None)
        in_miles = self.has(hit, MILE) or (not self.has(hit, KM) and self.counts_miles())
        return metres_from_miles(number) if in_miles else metres_from_kilometres(number)

    def counts_miles(self) -> bool:
        """Whether more lengths of the story are told in miles than in kilometres."""
        texts = [word.text for word in self.words]
        miles = sum(1 for one in texts if one in self.data["classes"][MILE])
        return miles > sum(1 for one in texts if one in self.data["classes"][KM])

    def grips(self, hit: Hit) -> bool:
        """Whether its clause, or the one after, tells of a cramp."""
        clause = self.words[hit.first].clause
        return any(
            self.words[one.first].clause - clause in (0, 1) and not one.overlaps(hit)
            for one in self.context.story.hits(story_patterns("cramp"))
        )


def numbers_told(context: Context) -> Numbers:
    """Every number that the story tells of this run."""
    teller = Teller(context)
    distance = _race_distance(teller)
    longest = _first(teller.hits("longest"), teller.metres)
    return Numbers(
        onset_km=_onset_km(teller, distance),
        onset_min=_onset_min(teller),
        distance_m=distance,
        duration_s=_duration(teller),
        longest_m=longest,
        temp_air_c=_temperature(teller),
        race=_race(teller),
    )


def _first(hits: Iterable[Hit], read: Callable[[Hit], float | None]) -> Reading | None:
    """The first hit that can be read."""
    for hit in hits:
        value = read(hit)
        if value is not None:
            return Reading(value, hit)
    return None


def _onset_km(teller: Teller, distance: Reading | None) -> Reading | None:
    """Where the cramp came: right behind words of a lock, else near them, else near any cramp."""
    at = teller.hits("at", "never", "to_go", "longest")
    locks = [
        one
        for one in teller.context.story.hits(story_patterns("locked"))
        if meaning_of(teller.context, one, is_danger=False, lasts=False) == Sure.YES
    ]
    behind = {one.last for one in locks}
    clauses = {teller.words[one.first].clause for one in locks}
    told = [hit for hit in at if hit.first in behind]
    close = [hit for hit in at if teller.words[hit.first].clause in clauses]
    near = [hit for hit in at if teller.grips(hit)]
    found = _first([*told, *close, *near, *at], teller.metres)
    if found is None and distance is not None:
        found = _first(teller.hits("to_go", "longest"),
                       lambda hit: distance.value - teller.metres(hit))  # fmt: skip
        found = found or _first(
            teller.hits("half_way"), lambda _: distance.value - distance.value / 2
        )
    if found is None or found.value <= 0:
        return None
    return Reading(kilometres_from_metres(found.value), found.hit)


def _onset_min(teller: Teller) -> Reading | None:
    return _first(teller.hits("minutes", "minutes_never"), lambda hit: _minutes(teller, hit))


def _minutes(teller: Teller, hit: Hit) -> float | None:
    """Minutes of "2 hours 10", "90 minutes", "an hour and a half", "2:45"."""
    words = teller.inside(hit)
    hour = minutes_from_seconds(seconds_from_minutes(1) * _minutes_an_hour())
    clock = next((word.text for word in words if ":" in word.text), None)
    if clock is not None:
        after = teller.words[hit.last].text if hit.last < len(teller.words) else ""
        if after in {one for said in teller.data["distances"]["clock_never"]
                     for one in said.split("|")}:  # fmt: skip
            return None
        hours, _, rest = clock.partition(":")
        return float(hours) * hour + float(rest)
    numbers = [word.number for word in words if word.number is not None]
    texts = [word.text for word in words]
    is_hours = teller.has(hit, "hour")
    half = hour / 2 if is_hours and "half" in texts else 0
    if not numbers:
        return hour + half if is_hours else None
    if not is_hours:
        return numbers[0] if teller.has(hit, "minute") else None
    return numbers[0] * hour + half + (numbers[1] if len(numbers) > 1 else 0)


def _minutes_an_hour() -> float:
    return float(rules_file("story_words")["minutes_an_hour"])


def _duration(teller: Teller) -> Reading | None:
    found = _first(teller.hits("took"), lambda hit: _minutes(teller, hit))
    return None if found is None else Reading(seconds_from_minutes(found.value), found.hit)


def _race_distance(teller: Teller) -> Reading | None:
    """The one distance that is named; None when there are several."""
    classes = teller.data["classes"]
    gone = teller.context.story.hits(story_patterns("distances", "race_never"))
    found: list[Reading] = []
    for race in teller.data["races"]:
        never = teller.context.story.hits(patterns_of(race["never"], classes))
        for hit in teller.context.story.hits(patterns_of(race["says"], classes)):
            blocked = any(hit.overlaps(one) for one in (*never, *gone))
            if not blocked and teller.is_meant(hit) and not any(hit.overlaps(one.hit)
                                                                for one in found):  # fmt: skip
                found.append(Reading(float(race["distance_m"]), hit))
    return found[0] if len({one.value for one in found}) == 1 else None


def _race(teller: Teller) -> Reading | None:
    hits = teller.hits("race_is", "race_never")
    return Reading(1, hits[0]) if hits else None


def _temperature(teller: Teller) -> Reading | None:
    """The warmth of the air; a bare number that nobody could run in is in Fahrenheit."""
    data = teller.data["temperature"]
    story = teller.context.story
    named = {
        name: story.hits(story_patterns("temperature", name)) for name in ("fahrenheit", "celsius")
    }
    never = story.hits(story_patterns("temperature", "never"))

    def read(hit: Hit) -> float | None:
        number = next(word.number for word in teller.inside(hit) if word.number is not None)
        is_celsius = any(hit.overlaps(one) for one in named["celsius"])
        warm = number >= data["fahrenheit_from"] and not is_celsius
        is_fahrenheit = any(hit.overlaps(one) for one in named["fahrenheit"]) or warm
        value = celsius_from_fahrenheit(number) if is_fahrenheit else number
        return value if data["low"] <= value <= data["high"] else None

    hits = [
        hit
        for hit in story.hits(story_patterns("temperature", "degrees"))
        if not any(hit.overlaps(one) for one in never) and teller.is_meant(hit)
    ]
    return _first(hits, read)
