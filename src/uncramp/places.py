"""Where on the body it cramped: what the places marked on the map tell of muscles and spread.

A place is a region and a side (`calf_left`); their order is the order in which the cramp moved.
What follows from them is never asked again; what only may follow is offered, and the runner says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from uncramp.evidence.rules import DONT_REMEMBER
from uncramp.vocabulary import Answers

__all__ = [
    "MAP",
    "MUSCLES",
    "muscles_of",
    "needs_chest_question",
    "offered_spread",
    "place_parts",
    "with_places",
]

MAP: Final = "places"
"""Id of the question that the body map answers."""

MUSCLES: Final = "muscles"
SPREAD: Final = "spread"
CHEST: Final = "chest"
CHEST_QUESTION: Final = "danger_body"
CHEST_SIGN: Final = "chest_pain"

WITHOUT_MUSCLE: Final = frozenset({CHEST, "neck"})
"""Regions for which no stretch is advised."""

NOT_ONE_SPOT: Final = frozenset({"abdomen", "arm_or_hand", CHEST, "neck"})
"""One place alone here says nothing of the spread: belly, arms and hands are named there too."""

WORK_TOGETHER: Final = frozenset(
    frozenset(pair)
    for pair in (
        ("calf", "soleus"),
        ("calf", "foot"),
        ("soleus", "foot"),
        ("shin", "foot"),
        ("calf", "hamstring"),
        ("hamstring", "glute"),
        ("hamstring", "adductor"),
        ("quadriceps", "adductor"),
        ("quadriceps", "hip_flexor"),
        ("hip_flexor", "abdomen"),
    )
)
"""Our judgement; it only chooses which answer is offered first, and weighs nothing."""


def place_parts(place: str) -> tuple[str, str]:
    """Region and side. Example: `place_parts("hip_flexor_left")` is `("hip_flexor", "left")`."""
    region, _, side = place.rpartition("_")
    return region, side


def _marked(answers: Answers) -> tuple[str, ...]:
    """The places in their order; empty when none was marked or none is remembered."""
    places = answers.get(MAP)
    if not isinstance(places, tuple):
        return ()
    return tuple(place for place in places if place != DONT_REMEMBER)


def muscles_of(places: Sequence[str]) -> tuple[str, ...]:
    """The muscles that were marked, each once; "don't remember" when there is a name for none."""
    regions = dict.fromkeys(place_parts(place)[0] for place in places)
    named = tuple(region for region in regions if region not in WITHOUT_MUSCLE)
    return named or ((DONT_REMEMBER,) if regions else ())


def _certain_spread(places: Sequence[str]) -> str | None:
    """The spread that needs no question: one place on a leg or the back is one muscle."""
    regions = {place_parts(place)[0] for place in places}
    return "one_muscle" if len(places) == 1 and not regions & NOT_ONE_SPOT else None


def offered_spread(answers: Answers) -> str | None:
    """The answer about the spread that the marked places make likely; None when none."""
    places = _marked(answers)
    certain = _certain_spread(places)
    if certain is not None or len(places) <= 1:
        return certain
    regions = frozenset(place_parts(place)[0] for place in places)
    if len(regions) == 1:
        return "both_sides"
    sides = {place_parts(place)[1] for place in places}
    together = len(places) == len(regions) and len(sides) == 1 and regions in WORK_TOGETHER
    return "neighbours" if together else "jumping"


def with_places(answers: Answers) -> Answers:
    """`answers` with what the map tells of muscles and spread, where these are not answered."""
    places = _marked(answers)
    if not places:
        return answers
    certain = _certain_spread(places)
    told = {MUSCLES: muscles_of(places)} | ({} if certain is None else {SPREAD: certain})
    return {**told, **answers}


def needs_chest_question(answers: Answers) -> bool:
    """Whether the chest was marked and its danger sign not: then it has to be asked once more."""
    marked = any(place_parts(place)[0] == CHEST for place in _marked(answers))
    danger = answers.get(CHEST_QUESTION)
    return marked and not (isinstance(danger, tuple) and CHEST_SIGN in danger)
