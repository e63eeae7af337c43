"""Stops, locks and advice in words; every verb that advises says them the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from uncramp.evidence import Citation, value
from uncramp.interview import Question, raised_by
from uncramp.relief import Advice
from uncramp.screening import Lock, Screening, Stop
from uncramp.units import metres_from_kilometres
from uncramp.wording import quantities
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units

__all__ = [
    "advice_data",
    "closing_lines",
    "locks_data",
    "number_text",
    "question_data",
    "safety_net",
    "screen_word",
    "stop_data",
    "stop_lines",
]


NO_FACTS: Final[Mapping[str, float]] = MappingProxyType({})


def number_text(number: float) -> str:
    """A number as a sentence carries it: three figures, no idle zeros."""
    return f"{number:.3g}"


def citation_data(citations: Iterable[Citation]) -> list[dict[str, str]]:
    """Source keys with where in the source it stands."""
    return [{"key": cited.key, "at": cited.at} for cited in citations]


def screen_word(screening: Screening) -> str:
    """`complete` or `incomplete`."""
    return "complete" if screening.complete else "incomplete"


def _flag(stop: Stop) -> dict[str, Any]:
    return {
        "id": stop.id,
        "name": text(stop.name),
        "urgency": stop.urgency,
        "tense": stop.tense,
        "because": text(stop.because),
        "do": [text(f"stop.urgency.{stop.urgency}"), *(text(one) for one in stop.do)],
        "do_not": [text(one) for one in stop.do_not],
        "cleared_by": text(stop.cleared_by),
        "stored": stop.stored,
        "sources": citation_data(stop.citations),
    }


def stop_data(screening: Screening) -> dict[str, Any] | None:
    """The open stops, most urgent first, or None."""
    return {"flags": [_flag(stop) for stop in screening.stops]} if screening.stops else None


def _lock(lock: Lock) -> dict[str, Any]:
    return {
        "id": lock.id,
        "name": text(lock.name),
        "blocks": list(lock.blocks),
        "because": text(lock.because),
        "do": [text(one) for one in lock.do],
        "do_not": [text(one) for one in lock.do_not],
        "cleared_by": text(lock.cleared_by),
        "stored": lock.stored,
        "sources": citation_data(lock.citations),
    }


def locks_data(screening: Screening) -> list[dict[str, Any]]:
    """The locks, each with the topics it blocks."""
    return [_lock(lock) for lock in screening.locks]


def advice_data(advice: Advice) -> dict[str, Any]:
    """One piece of advice with its grade, sources and, where experts differ, the other side."""
    values: Mapping[str, str] = {name: number_text(one) for name, one in advice.values.items()}
    return {
        "id": advice.id,
        "topics": list(advice.topics),
        "text": text(advice.text, **values),
        "grade": advice.grade,
        "sources": citation_data(advice.citations),
        "dispute": None if advice.dispute is None else text(advice.dispute),
    }


def safety_net(message_id: str) -> str:
    """What to watch for in the next days, and what to do then."""
    return text(message_id, hours=number_text(value("safety.watch_hours")))


def question_data(
    question: Question, facts: Mapping[str, float] = NO_FACTS, *, units: Units = "metric"
) -> dict[str, Any]:
    """One question with everything a face needs to ask it; `facts` fill what it can name."""
    return {
        "id": question.id,
        "section": question.section,
        "type": question.type,
        "text": _question_text(question, facts, units=units),
        "bystander": None if question.bystander is None else text(question.bystander),
        "why": None if question.why is None else text(question.why),
        "options": [_option(question, one.id, one.text) for one in question.options],
        "unit": question.unit,
        "low": question.low,
        "high": question.high,
        "asked_when": question.ask_when or "always",
    }


def _question_text(question: Question, facts: Mapping[str, float], *, units: Units) -> str:
    """The question, naming the place on the run where it is about one and the file knows it."""
    if question.text_with is None or question.text_with[0] not in facts:
        return text(question.text)
    fact, message_id = question.text_with
    place = quantities.distance(metres_from_kilometres(facts[fact]), units=units)
    return text(message_id, place=place)


def _option(question: Question, option_id: str, message_id: str) -> dict[str, Any]:
    option: dict[str, Any] = {"id": option_id, "text": text(message_id)}
    if question.section == "screen":
        stops, locks = raised_by(question.id, option_id)
        option |= {"raises": {"stops": list(stops), "locks": list(locks)}}
    return option


def stop_lines(stop: Mapping[str, Any]) -> list[str]:
    """The stops for a terminal: the level in words, then do, do not, and why."""
    lines = []
    for flag in stop["flags"]:
        level = flag["urgency"]
        lines += ["", f"[{text(f'why.level.{level}')}] {flag['name']}"]
        lines += [f"  - {step}" for step in (*flag["do"], *flag["do_not"])]
        lines += [f"  {text('why.reason')}: {flag['because']}"]
        if flag["stored"]:
            lines += [f"  {text('why.still_open')}"]
    return lines


def closing_lines(stop: Mapping[str, Any]) -> list[str]:
    """How each open stop is closed."""
    return [text("why.close_stop", flag=f"stop:{flag['id']}") for flag in stop["flags"]]
