"""An answer to `why` on a page: for and against side by side, what would change it, the balance.

Takes the data of the `why` envelope as it stands in the ledger; most of it is in words already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from uncramp.evidence.rules import DONT_REMEMBER
from uncramp.interview import questions
from uncramp.vocabulary import Kind
from uncramp.wording.catalogue import messages, text
from uncramp.wording.run_pages import day_words

__all__ = [
    "answer_view",
    "file_stem",
    "grade_words",
    "place_words",
    "reasons_in_short",
    "said_words",
    "saved_words",
]

OVERLOAD: Final = "overload"
ELECTROLYTE: Final = "electrolyte"
NEITHER: Final = "neither"
SAID_ABOVE: Final = "finish_screening"
"""What waits stands above the advice on a page, with the way to answer it."""
MOST_CHANGES: Final = 4
MOST_SHORT: Final = 3
FIRST_SHOWN: Final = 4
"""Pieces of advice that are shown at once; the rest is one tap away."""


def answer_view(data: Mapping[str, Any], *, places: Sequence[str]) -> dict[str, Any]:
    """What the page shows of an answer, in the order in which it is read."""
    now = [one for one in data.get("now", ()) if one["id"] != SAID_ABOVE]
    following = list(data.get("next", ()))
    return {
        "headline": data["headline"],
        "now": now[:FIRST_SHOWN],
        "more_now": now[FIRST_SHOWN:],
        "next": following[:FIRST_SHOWN],
        "more_next": following[FIRST_SHOWN:],
        "sides": sides(data),
        "neutral": [one for one in data.get("because", ()) if one["towards"] == NEITHER],
        "how_sure": data["balance_of_evidence"]["words"],
        "known": text("why.known", known=data["n_told"], asked=data["n_asked"]),
        "changes": changes(data),
        "dispute": data["dispute"],
        "safety_net": data["safety_net"],
        "assumed": [*data.get("assumed", ()), *outside(data)],
        "cannot_say": list(data.get("cannot_say", ())),
        "weather": (data.get("weather") or {}).get("text", ""),
        "losses": losses(data),
        "balance": balance(data),
        "places": place_words(places),
    }


def sides(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Reasons for the kind that fits and against it; where none fits, for the one and the other."""
    if data["kind"] == Kind.NOT_A_CRAMP:
        return []
    order = (ELECTROLYTE, OVERLOAD) if data["kind"] == Kind.ELECTROLYTE else (OVERLOAD, ELECTROLYTE)
    is_open = data["kind"] in (Kind.MIXED, Kind.UNCLEAR)
    titles = ("", "") if is_open else (text("answer.for"), text("answer.against"))
    return [
        {
            "title": title or text(f"why.towards.{towards}"),
            "detail": text(f"why.towards.{towards}") if title else "",
            "items": [one for one in data.get("because", ()) if one["towards"] == towards],
        }
        for title, towards in zip(titles, order, strict=True)
    ]


def reasons_in_short(data: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    """The strongest reasons on each side, each in one sentence."""
    short = messages("finding")
    found = []
    for side in sides(data):
        counted = [one for one in side["items"] if one["counted"]]
        counted.sort(key=lambda one: -abs(weight_of(one)))
        said = tuple(
            short.get(f"finding.{one['finding']}", one["text"]) for one in counted[:MOST_SHORT]
        )
        found.append((side["title"], said or (text("answer.nothing"),)))
    return found


def weight_of(reason: Mapping[str, Any]) -> float:
    """How much a reason says, either way: its ratio, or one over it."""
    ratio = float(reason["weight"])
    return ratio if ratio >= 1 or not ratio else 1 / ratio


def changes(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Answers not given that would change the kind, one line a question."""
    found: dict[str, dict[str, str]] = {}
    for one in data.get("would_change_it", ()):
        if one["question"] in questions():
            found.setdefault(one["question"], {"question": one["question"], "text": one["text"]})
    return list(found.values())[:MOST_CHANGES]


def outside(data: Mapping[str, Any]) -> list[str]:
    """Limits of models that were crossed."""
    return [text("why.outside", what=what) for what in data.get("outside_validity", ())]


def losses(data: Mapping[str, Any]) -> dict[str, Any]:
    """What was lost on the run, and the runs beside it; empty where it is not known."""
    told = data.get("losses") or {}
    return {name: told[name] for name in ("text", "lines", "meaning")} if told.get("curve") else {}


def balance(data: Mapping[str, Any]) -> dict[str, Any]:
    """Every contribution with its number, for who wants to check the sum."""
    told = data["balance_of_evidence"]
    if not told.get("contributions") or "log_odds" not in told:
        return {}
    return {
        "rows": [
            {
                "group": text(f"why.group.{one['group']}"),
                "text": one["text"],
                "log_odds": signed(one["log_odds"]),
                "evidence": one["evidence"],
            }
            for one in told["contributions"]
        ],
        "sum": signed(told["log_odds"]),
        "low": signed(told["range"]["low"]),
        "high": signed(told["range"]["high"]),
    }


def signed(number: float) -> str:
    """`+0.69` or `−1.10`."""
    return f"{number:+.2f}".replace("-", "−")


def place_words(places: Sequence[str]) -> list[str]:
    """Where it cramped, in order."""
    names = {one.id: text(one.text) for one in questions()["places"].options}
    return [names[place] for place in places if place in names and place != DONT_REMEMBER]


def file_stem(day: Any) -> str:
    """What a file that is handed on is called, without its ending."""
    return f"uncramp-why-{day.isoformat()}"


def grade_words(grade: str) -> str:
    """`Grade A`, or the name of a grade that is no letter: `Our judgement`."""
    name = text(f"evidence_page.grade.{grade.lower()}.name")
    return text("answer.grade_letter", letter=name) if len(grade) == 1 else name


def said_words(day: Any) -> str:
    """When it was said."""
    return text("answer.said_on", day=day_words(day))


def saved_words(day: Any) -> str:
    """When a file was saved, and that it stands still from then on."""
    return text("answer.saved_on", day=day_words(day))
