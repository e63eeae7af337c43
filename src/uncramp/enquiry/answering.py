"""One question answered: danger first, then the curated answers, then what search finds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from uncramp.enquiry.entries import Entry, entries, fitting, fitting_whole, is_elsewhere, near
from uncramp.enquiry.search import Passage, found
from uncramp.enquiry.shapes import Enquiry, Ground, Line
from uncramp.evidence import Citation, claims, rules_file, value
from uncramp.evidence.rules import holds

__all__ = ["curated_titles", "enquire", "wanted_facts"]


def curated_titles() -> tuple[str, ...]:
    """Message ids of every question that has a curated answer, in the order of the file."""
    return tuple(one.title for one in entries())


def enquire(
    question: str, *, whole: str = "", blocked: Collection[str], known: Mapping[str, object]
) -> Enquiry:
    """The answer to a question; `whole` is the same with the illness that it names.

    `blocked` are topics on which nothing may be advised, `known` are facts of the runner. While a
    stop is open nobody should ask this; the stop speaks alone.
    """
    if is_elsewhere(question):
        return Enquiry(answered=False)
    entry = fitting_whole(whole) or fitting(question)
    if entry is not None:
        return _curated(entry, blocked=blocked, known=known)
    answer = _searched(found(question), blocked=blocked)
    if answer.answered or answer.held_back:
        return answer
    return replace(answer, near=tuple(one.title for one in near(question)))


def wanted_facts(question: str) -> frozenset[str]:
    """Groups of facts that the answer could tell the runner about, so that no other is made."""
    entry = None if is_elsewhere(question) else fitting(question)
    return frozenset() if entry is None else frozenset(entry.for_you)


def _curated(entry: Entry, *, blocked: Collection[str], known: Mapping[str, object]) -> Enquiry:
    topics = rules_file("common_questions")["claim_topics"]
    advice = [one for one in entry.advice if not set(one["topics"]) & set(blocked)]
    held = [topic for one in entry.advice if one not in advice for topic in one["topics"]]
    open_claims = [one for one in entry.claims if not set(topics.get(one, ())) & set(blocked)]
    return Enquiry(
        answered=True,
        entry=entry.id,
        short=tuple(Line(text=one) for one in entry.short),
        advice=tuple(_line(one) for one in advice),
        grounds=(
            *(_statement(one) for one in entry.statements),
            *(_claim(one) for one in open_claims),
        ),
        for_you=_about_you(entry.for_you, known),
        see_doctor_if=tuple(
            rules_file("common_questions")["doctor"][one] for one in entry.see_doctor_if
        ),
        held_back=tuple(dict.fromkeys(one for one in held if one in blocked)),
    )


def _about_you(groups: Collection[str], known: Mapping[str, object]) -> tuple[Line, ...]:
    """What of the runner's own data belongs to an answer."""
    lines = rules_file("common_questions")["personal"]
    return tuple(
        Line(text=one["text"], values=_known_values(one, known))
        for group in groups
        for one in lines[group]
        if holds(one["when"], known, value) is True
    )


def _known_values(line: Mapping[str, Any], known: Mapping[str, object]) -> dict[str, float]:
    filled = {}
    for place, fact in line.get("values", {}).items():
        number = known[fact]
        assert isinstance(number, int | float)  # noqa: S101  (the rule of the line asked for it)
        filled[place] = number
    return filled


def _line(raw: Mapping[str, Any]) -> Line:
    return Line(
        text=raw["text"],
        values={place: value(key) for place, key in raw.get("values", {}).items()},
    )


def _statement(name: str) -> Ground:
    raw = rules_file("common_questions")["statements"][name]
    return Ground(
        kind="statement",
        id=name,
        grade=raw["grade"],
        citations=tuple(Citation(one["key"], one["at"]) for one in raw["sources"]),
        said=_line(raw),
    )


def _claim(claim_id: str) -> Ground:
    claim = claims()[claim_id]
    return Ground(kind="claim", id=claim_id, grade=claim.grade, citations=claim.citations)


def _searched(texts: Collection[Passage], *, blocked: Collection[str]) -> Enquiry:
    shown = [one for one in texts if not set(one.topics) & set(blocked)]
    held = [topic for one in texts if one not in shown for topic in one.topics if topic in blocked]
    return Enquiry(
        answered=bool(shown),
        grounds=tuple(one.ground for one in shown),
        see_doctor_if=_always(),
        held_back=() if shown else tuple(dict.fromkeys(held)),
    )


def _always() -> tuple[str, ...]:
    """When to see a doctor whatever was asked."""
    data = rules_file("common_questions")
    return tuple(data["doctor"][one] for one in data["always"])
