"""Red flags first: which dangers an answer names, and which advice they block.

Two outcomes, never mixed up. A *stop* is acute or undiagnosed: nothing but its own do and do-not
may be said. A *lock* is chronic: it blocks some topics of advice and leaves the rest. Both come
from `evidence/red_flags.json`; none can be outvoted, and a missing answer never closes one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from uncramp.evidence import Citation, rules_file, value
from uncramp.evidence.rules import DONT_REMEMBER, Case, chosen, holds

__all__ = [
    "DANGER_QUESTIONS",
    "TOPICS",
    "URGENCIES",
    "Lock",
    "Screening",
    "Stop",
    "screen",
    "screening_questions",
]

TOPICS: Final = ("salt", "drink", "supplement", "stretch", "massage", "ice", "training")
"""Every topic of advice that a flag can block."""

URGENCIES: Final = ("emergency_now", "same_day", "see_doctor")
"""Most urgent first."""

NEEDS_WHOLE_SCREEN: Final = frozenset({"salt", "drink", "supplement", "training"})
DANGER_QUESTIONS: Final = ("danger_body", "danger_feel", "danger_limb")
"""Until these are answered not even a stretch is safe to advise: it could be a clot or a tear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One raised danger; the texts are message ids."""

    id: str
    urgency: str
    tense: str
    """When the sign counts: `now`, `last_24_h` or `past`."""
    name: str
    because: str
    do: tuple[str, ...]
    do_not: tuple[str, ...]
    cleared_by: str
    citations: tuple[Citation, ...]
    stored: bool
    """True when it is still open from before and this time's answers do not raise it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """One chronic condition or medicine; the texts are message ids."""

    id: str
    name: str
    because: str
    blocks: tuple[str, ...]
    do: tuple[str, ...]
    do_not: tuple[str, ...]
    cleared_by: str
    citations: tuple[Citation, ...]
    stored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What the screening found; `unanswered` are screening question ids."""

    stops: tuple[Stop, ...]
    locks: tuple[Lock, ...]
    unanswered: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Every screening question has an answer other than "I don't know"."""
        return not self.unanswered

    @property
    def blocked(self) -> frozenset[str]:
        """Topics on which nothing may be advised."""
        if self.stops or any(question in self.unanswered for question in DANGER_QUESTIONS):
            return frozenset(TOPICS)
        locked = frozenset(topic for lock in self.locks for topic in lock.blocks)
        return locked if self.complete else locked | NEEDS_WHOLE_SCREEN


def screening_questions() -> tuple[str, ...]:
    """Ids of the screening questions, in the order they are asked."""
    return tuple(
        question["id"]
        for question in rules_file("interview")["questions"]
        if question["section"] == "screen"
    )


def _answered(case: Case, question: str) -> bool:
    options = chosen(case, question)
    return options is not None and DONT_REMEMBER not in options


def _citations(entry: Mapping[str, Any]) -> tuple[Citation, ...]:
    return tuple(Citation(cited["key"], cited["at"]) for cited in entry["sources"])


def _urgency(entry: Mapping[str, Any], case: Case, *, stored: bool) -> str:
    """The first urgency rule that holds, else the flag's own urgency.

    What raised a stored flag is not told again, so it keeps the most urgent level it can have.
    """
    steps = entry.get("urgency_rules", ())
    if stored:
        levels = [str(entry["urgency"]), *(str(step["urgency"]) for step in steps)]
        return min(levels, key=URGENCIES.index)
    for step in steps:
        if holds(step["when"], case, value):
            return str(step["urgency"])
    return str(entry["urgency"])


def _stop(entry: Mapping[str, Any], case: Case, *, stored: bool) -> Stop:
    return Stop(
        id=entry["id"],
        urgency=_urgency(entry, case, stored=stored),
        tense=entry["tense"],
        name=entry["name"],
        because=entry["because"],
        do=tuple(entry["do"]),
        do_not=tuple(entry["do_not"]),
        cleared_by=entry["cleared_by"],
        citations=_citations(entry),
        stored=stored,
    )


def _lock(entry: Mapping[str, Any], *, stored: bool) -> Lock:
    return Lock(
        id=entry["id"],
        name=entry["name"],
        because=entry["because"],
        blocks=tuple(entry["blocks"]),
        do=tuple(entry["do"]),
        do_not=tuple(entry["do_not"]),
        cleared_by=entry["cleared_by"],
        citations=_citations(entry),
        stored=stored,
    )


def screen(
    case: Case, *, open_stops: Collection[str] = (), open_locks: Collection[str] = ()
) -> Screening:
    """Screen one case for stops and locks.

    `open_stops` and `open_locks` are flag ids stored earlier and not cleared: they hold whatever
    is answered today, and a stored lock meets today's warning signs like one named today.
    """
    flags = rules_file("red_flags")
    named = {entry["id"] for entry in flags["locks"] if holds(entry["when"], case, value)}
    locked = [entry for entry in flags["locks"] if entry["id"] in named | set(open_locks)]
    raised = {entry["id"] for entry in flags["stops"] if holds(entry["when"], case, value)}
    raised |= {
        step["stop"]
        for entry in locked
        for step in entry["escalates"]
        if holds(step["when"], case, value)
    }
    stops = [
        _stop(entry, case, stored=entry["id"] not in raised)
        for entry in flags["stops"]
        if entry["id"] in raised | set(open_stops)
    ]
    return Screening(
        stops=tuple(sorted(stops, key=lambda stop: URGENCIES.index(stop.urgency))),
        locks=tuple(_lock(entry, stored=entry["id"] not in named) for entry in locked),
        unanswered=tuple(
            question for question in screening_questions() if not _answered(case, question)
        ),
    )
