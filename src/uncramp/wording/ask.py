"""An answer to a question in words; the page, the terminal and the API say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from uncramp.evidence import claims, source
from uncramp.vocabulary import Said
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units
from uncramp.wording.safety import locks_data, screen_word, stop_data, stop_lines
from uncramp.wording.said import said

if TYPE_CHECKING:
    from uncramp.actions.ask import Asked
    from uncramp.enquiry import Enquiry, Ground, Line
    from uncramp.evidence import Citation

__all__ = ["ask_data", "ask_lines", "grade_words", "questions_list", "topic_words"]


def questions_list(titles: Iterable[str]) -> list[str]:
    """Every question that has an answer of its own."""
    return [text(one) for one in titles]


def grade_words(grade: str | None) -> str:
    """How sure, in words."""
    if grade is None:
        return text("ask_page.no_grade")
    return text("ask_page.grade", name=text(f"evidence_page.grade.{grade.lower()}.name"))


def topic_words(topics: Iterable[str]) -> str:
    """`salt, drink`."""
    return ", ".join(text(f"why.topic.{topic}") for topic in topics)


# ---------------------------------------------------------------- as data


def ask_data(asked: Asked, *, units: Units) -> dict[str, Any]:
    """The `data` of `uncramp ask --json`."""
    stop = stop_data(asked.screening)
    enquiry = asked.enquiry
    answer = _stopped(stop) if enquiry is None else _answered(enquiry, units=units)
    return {
        "question": asked.question,
        **answer,
        "stop": stop,
        "ask_first": list(asked.ask_first),
        "screen": screen_word(asked.screening),
        "locks": locks_data(asked.screening),
        "is_known": asked.is_known,
    }


def _stopped(stop: Mapping[str, Any] | None) -> dict[str, Any]:
    """Only the stop speaks; it is the answer where the question itself named the sign."""
    flags = [] if stop is None else stop["flags"]
    first = flags[0]
    is_asked = not first["stored"]
    words = text(
        "ask_page.stop" if is_asked else "ask_page.stop_open",
        name=first["name"],
        urgent=first["do"][0],
    )
    cited = [one for flag in flags for one in flag["sources"]]
    return {
        "answered": is_asked,
        "short": words,
        "advice": [],
        "because": [_ground(flag["because"], grade=None, cited=flag["sources"]) for flag in flags],
        "for_you": [],
        "see_doctor_if": list(dict.fromkeys(step for flag in flags for step in flag["do"])),
        "sources": _sources(one["key"] for one in cited),
        "held_back": [],
        "near": [],
    }


def _answered(enquiry: Enquiry, *, units: Units) -> dict[str, Any]:
    grounds = enquiry.grounds
    return {
        "answered": enquiry.answered,
        "short": " ".join(_short(enquiry, units=units)),
        "advice": [_line(one, units=units) for one in enquiry.advice],
        "because": [_because(one, units=units) for one in grounds],
        "for_you": [_line(one, units=units) for one in enquiry.for_you],
        "see_doctor_if": [text(one) for one in enquiry.see_doctor_if],
        "sources": _sources(_keys(grounds)),
        "held_back": list(enquiry.held_back),
        "near": [text(one) for one in enquiry.near],
    }


def _short(enquiry: Enquiry, *, units: Units) -> list[str]:
    if enquiry.short:
        return [_line(one, units=units) for one in enquiry.short]
    if enquiry.grounds:
        return [_found(enquiry.grounds[0])]
    if enquiry.held_back:
        return [text("ask_page.held", topics=topic_words(enquiry.held_back))]
    return [text("ask_page.unknown"), text("ask_page.unknown_hint")]


def _found(ground: Ground) -> str:
    """The first text that search found, as a sentence."""
    if ground.kind == "claim":
        return text("ask_page.claim", claim=claims()[ground.id].text)
    if ground.kind == "source":
        return text("ask_page.study", title=ground.title.strip("[]"))
    return text("ask_page.manual", title=ground.title, excerpt=ground.excerpt)


def _because(ground: Ground, *, units: Units) -> dict[str, Any]:
    if ground.said is not None:
        words = _line(ground.said, units=units)
    elif ground.kind == "claim":
        words = text("ask_page.claim", claim=claims()[ground.id].text)
    else:
        words = _found(ground)
    return _ground(words, grade=ground.grade, cited=_cited(ground.citations), ground=ground)


def _ground(
    words: str, *, grade: str | None, cited: list[dict[str, str]], ground: Ground | None = None
) -> dict[str, Any]:
    """One thing an answer rests on; what it does not have is None."""
    claim = claims()[ground.id] if ground is not None and ground.kind == "claim" else None
    return {
        "text": words,
        "grade": grade,
        "sources": cited,
        "claim": None if claim is None else claim.id,
        "supports": None if claim is None else claim.supports,
        "against": None if claim is None else claim.against or None,
        "page": ground.id if ground is not None and ground.kind == "manual" else None,
    }


def _cited(citations: Iterable[Citation]) -> list[dict[str, str]]:
    return [{"key": one.key, "at": one.at} for one in citations]


def _keys(grounds: Iterable[Ground]) -> Iterator[str]:
    for one in grounds:
        if one.kind == "source":
            yield one.id
        yield from (cited.key for cited in one.citations)


def _sources(keys: Iterable[str]) -> list[dict[str, str]]:
    """Each source once, in the order it is needed."""
    found = (source(key) for key in dict.fromkeys(keys))
    return [
        {"key": one.key, "name": one.short, "title": one.title, "identifier": one.identifier}
        for one in found
    ]


def _line(line: Line, *, units: Units) -> str:
    return said(Said(id=line.text, values=line.values), units=units)


# ---------------------------------------------------------------- on a terminal


def ask_lines(data: Mapping[str, Any]) -> Iterator[str]:
    """Danger first, then the answer, what it means for the reader, and what it rests on."""
    if data["ask_first"] and data["stop"] is None:
        yield text("ask_page.ask_first", words=", ".join(data["ask_first"]))
        yield text("ask_page.ask_first_how")
        yield ""
    yield data["short"]
    if data["stop"] is not None:
        yield from stop_lines(data["stop"])
        if any(flag["stored"] for flag in data["stop"]["flags"]):
            yield ""
            yield text("ask_page.stop_clear")
        return
    if data["advice"]:
        yield ""
        yield from data["advice"]
    yield from held_lines(data)
    yield from titled("ask_page.near", data["near"])
    if not data["answered"]:
        yield from titled("ask_page.doctor", data["see_doctor_if"])
        return
    yield from you_lines(data)
    yield from titled("ask_page.doctor", data["see_doctor_if"])
    yield ""
    yield text("ask_page.rests_on")
    for one in data["because"]:
        yield from ground_lines(one)
    names = (f"{one['name']}: {one['title']}. {one['identifier']}" for one in data["sources"])
    yield from titled("ask_page.sources", names)


def held_lines(data: Mapping[str, Any]) -> Iterator[str]:
    """What is not said, and why."""
    blocked = {topic for lock in data["locks"] for topic in lock["blocks"]}
    for lock in data["locks"]:
        yield ""
        yield text("ask_page.lock", name=lock["name"], topics=topic_words(lock["blocks"]))
    waiting = [topic for topic in data["held_back"] if topic not in blocked]
    if waiting and not data["ask_first"]:
        yield ""
        yield text("ask_page.waits", topics=topic_words(waiting))
        yield text("ask_page.waits_how")


def you_lines(data: Mapping[str, Any]) -> Iterator[str]:
    """What it means for the reader."""
    yield ""
    yield text("ask_page.for_you")
    if data["for_you"]:
        yield from (f"- {one}" for one in data["for_you"])
    else:
        yield "- " + text("ask_page.nothing_of_you" if data["is_known"] else "ask_page.nobody")


def titled(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A heading with a list below it; nothing for an empty list."""
    listed = [f"- {one}" for one in lines]
    if listed:
        yield ""
        yield text(title)
        yield from listed


def ground_lines(one: Mapping[str, Any]) -> Iterator[str]:
    """One thing it rests on, with its grade and who said so."""
    names = ", ".join(source(cited["key"]).short for cited in one["sources"])
    told = "; ".join(part for part in (grade_words(one["grade"]), names) if part)
    yield f"- {one['text']} ({told})"
    if one["supports"]:
        yield f"  {text('ask_page.for')}: {one['supports']}"
        yield f"  {text('ask_page.against')}: {one['against'] or text('ask_page.nobody_against')}"
