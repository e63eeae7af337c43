"""What to do: relief for the muscle that cramped, and what comes next. Red flags go first.

Advice is data (`evidence/relief.json`): each piece has topics, and a piece whose topic is blocked
by a stop, a lock or an unfinished screening is never returned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from uncramp import units
from uncramp.evidence import Citation, rules_file, value
from uncramp.evidence.rules import DONT_REMEMBER, Case, chosen, holds
from uncramp.screening import Screening

__all__ = ["AFTER", "NEXT", "ROADSIDE", "Advice", "relief_for"]

ROADSIDE: Final = "roadside"
AFTER: Final = "after"
NEXT: Final = "next"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One piece of advice; `text` and `dispute` are message ids, `values` fill the text."""

    id: str
    topics: tuple[str, ...]
    text: str
    values: Mapping[str, float] = field(default_factory=dict)
    grade: str
    citations: tuple[Citation, ...]
    dispute: str | None


def capsule_mmol_per_l() -> float:
    """Sodium of one salt capsule in the guide's half litre, mmol/L (18.7 for 215 mg)."""
    sodium_mmol = units.mmol_from_mg_sodium(value("safety.capsule_sodium_mg"))
    return sodium_mmol / value("safety.capsule_water_l")


def _values(entry: Mapping[str, Any]) -> dict[str, float]:
    filled = {name: value(key) for name, key in entry.get("values", {}).items()}
    if "capsule_mg" in filled:
        filled["capsule_mmol_per_l"] = capsule_mmol_per_l()
    return filled


def _stretch_cards(case: Case) -> tuple[str, ...]:
    """Message ids of the stretches for the muscles named, else of the general one."""
    rules = rules_file("relief")
    named = [muscle for muscle in chosen(case, "muscles") or () if muscle != DONT_REMEMBER]
    return tuple(rules["muscles"][muscle] for muscle in named) or (rules["any_muscle"],)


def _pieces(entry: Mapping[str, Any], case: Case) -> tuple[Advice, ...]:
    """The stretch card becomes one piece a muscle; all else is one piece."""
    texts = _stretch_cards(case) if entry["id"] == "stretch_card" else (entry["text"],)
    return tuple(
        Advice(
            id=entry["id"],
            topics=tuple(entry["topics"]),
            text=text,
            values=_values(entry),
            grade=entry["grade"],
            citations=tuple(Citation(cited["key"], cited["at"]) for cited in entry["sources"]),
            dispute=entry.get("dispute"),
        )
        for text in texts
    )


def _applies(entry: Mapping[str, Any], case: Case) -> bool:
    return "when" not in entry or bool(holds(entry["when"], case, value))


def relief_for(section: str, case: Case, screening: Screening) -> tuple[Advice, ...]:
    """Advice of `section` (`ROADSIDE`, `AFTER` or `NEXT`) that fits the case and is not blocked.

    `case` may hold `kind` (uncramp.vocabulary.Kind as text) beside answers and facts. An open stop
    leaves nothing.
    """
    if screening.stops:
        return ()
    return tuple(
        piece
        for entry in rules_file("relief")[section]
        if _applies(entry, case) and not screening.blocked & set(entry["topics"])
        for piece in _pieces(entry, case)
    )
