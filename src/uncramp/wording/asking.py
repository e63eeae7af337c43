"""The pages of the interview in words: one question, where it was, all answers, what stops it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from uncramp.evidence.rules import DONT_REMEMBER
from uncramp.interview import Question, questions
from uncramp.places import MAP, place_parts
from uncramp.screening import URGENCIES, screening_questions
from uncramp.units import metres_from_kilometres
from uncramp.wording import quantities
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, body_mass
from uncramp.wording.run_pages import day_words, length_in, run_heading
from uncramp.wording.safety import question_data

if TYPE_CHECKING:
    from datetime import date

    from uncramp.actions.asking import Interview
    from uncramp.store.rows import ActivityRow
    from uncramp.vocabulary import UserProfile

__all__ = [
    "about_words",
    "answer_words",
    "by_level",
    "check_groups",
    "map_groups",
    "place_names",
    "progress_words",
    "question_page",
    "topic_words",
    "watch_words",
]

GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("screen", ("screen",)),
    ("kind", ("map", "kind")),
    ("advice", ("advice",)),
)
"""Headings of the list of answers, and the sections of the interview below each."""

MAP_GROUPS: Final = (
    ("legs", ("calf", "soleus", "foot", "shin", "hamstring", "quadriceps", "adductor")),
    ("hips", ("hip_flexor", "glute", "abdomen", "back")),
    ("top", ("arm_or_hand", "chest", "neck")),
)


def about_words(row: ActivityRow | None, day: date | None, *, units: Units) -> str:
    """The run an interview is about: `Run, 42.2 km, Sun 4 Oct 2026`."""
    if row is None:
        return text("ask.no_file")
    return text("ask.run_on", run=run_heading(row, units=units), day=day_words(day))


def topic_words(topics: Iterable[str]) -> str:
    """Topics of advice in a row."""
    return ", ".join(text(f"why.topic.{topic}") for topic in topics)


# One question


def question_page(asked: Interview, step: str, *, units: Units) -> dict[str, Any]:
    """Everything the page of one question says and offers."""
    question = questions()[step]
    facts = asked.answer.explanation.run_facts.facts
    data = question_data(question, facts, units=units)
    said = asked.given.get(step, asked.answer.answers.get(step))
    chosen = _chosen(asked, step, said)
    is_number = question.type == "number"
    return {
        **data,
        "text": _question_text(question, data, bystander=asked.draft.bystander, units=units),
        "chosen": chosen,
        "has_bystander_words": question.bystander is not None,
        "typed": _typed(question, said, units=units),
        "unit_name": _unit_name(question, units=units) if is_number else "",
        "hint": _number_hint(asked, question, units=units) if is_number else "",
        "notes": list(_notes(asked, step, chosen=chosen, said=said)),
    }


def _question_text(
    question: Question, data: Mapping[str, Any], *, bystander: bool, units: Units
) -> str:
    if bystander and question.bystander is not None:
        return str(data["bystander"])
    if question.unit == "km" and units == "imperial":
        return text("ask.onset_miles")
    return str(data["text"])


def _chosen(asked: Interview, step: str, said: object) -> tuple[str, ...]:
    """The options that are chosen when the page opens."""
    if step in asked.stale:
        return ()
    if isinstance(said, str):
        return (said,)
    if isinstance(said, tuple):
        return tuple(one for one in said if one != DONT_REMEMBER or step not in asked.partly)
    offered = asked.preselected.get(step)
    return () if offered is None or said is not None else (offered,)


def _typed(question: Question, said: object, *, units: Units) -> str:
    """A number that was typed before, in the reader's units."""
    if not isinstance(said, int | float):
        return ""
    number = float(said)
    if question.unit == "km":
        number = length_in(metres_from_kilometres(number), units=units)
    return f"{number:.1f}".removesuffix(".0")


def _unit_name(question: Question, *, units: Units) -> str:
    if question.unit == "km":
        return text("ask.miles" if units == "imperial" else "ask.kilometres")
    return question.unit or ""


def _number_hint(asked: Interview, question: Question, *, units: Units) -> str:
    whole_km = asked.answer.explanation.case.get("run.distance_km")
    if question.unit != "km" or whole_km is None:
        return ""
    shown = quantities.distance(metres_from_kilometres(whole_km), units=units)
    return text("ask.run_length", distance=shown)


def _notes(asked: Interview, step: str, *, chosen: tuple[str, ...], said: object) -> Iterable[str]:
    """Why this is asked again, or why an answer is chosen already."""
    if step in asked.stale:
        yield text("ask.stale")
    elif step in asked.partly:
        yield text("ask.from_story")
    elif step in screening_questions() and step == asked.step and said is not None:
        yield text("ask.chest")
    if chosen and said is None:
        yield text("ask.offered")


def progress_words(asked: Interview, step: str) -> str:
    """How far the reader is, in words: counted through the dangers, then only "a few more"."""
    dangers = screening_questions()
    if step == MAP:
        return text("ask.progress.map")
    if step not in questions():
        return text("ask.progress.you")
    if step not in dangers:
        return text("ask.progress.more")
    is_again = step == asked.step and step not in asked.partly
    if is_again and asked.answer.answers.get(step) is not None:
        return text("ask.progress.again")
    return text("ask.progress.safety", number=dangers.index(step) + 1, count=len(dangers))


# Where it was


def place_names() -> dict[str, str]:
    """Every place on the body in words, by its id."""
    return {one.id: text(one.text) for one in questions()[MAP].options if one.id != DONT_REMEMBER}


def map_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The places as a list: headings, each with ids and words; legs first."""
    names = place_names()
    return [
        (
            text(f"ask.map.head.{group}"),
            [(place, said) for place, said in names.items() if place_parts(place)[0] in regions],
        )
        for group, regions in MAP_GROUPS
    ]


# Who the runner is


def watch_words(profile: UserProfile, *, units: Units) -> str:
    """What the watch knows of its owner: `a woman, 38 years, 168 cm, 61 kg`."""
    parts = []
    if profile.sex is not None:
        parts.append(text(f"ask.profile.{profile.sex}"))
    if profile.age_y is not None:
        parts.append(text("ask.profile.age", age=f"{profile.age_y:.0f}"))
    if profile.height_cm is not None:
        parts.append(text("ask.profile.height", height=f"{profile.height_cm:.0f}"))
    if profile.body_mass_kg is not None:
        parts.append(body_mass(profile.body_mass_kg, units=units))
    return text("ask.profile.says", facts=", ".join(parts))


# All answers


def answer_words(question_id: str, said: object, *, units: Units) -> str:
    """An answer as the reader gave it."""
    question = questions()[question_id]
    if isinstance(said, int | float):
        if question.unit == "km":
            return quantities.distance(metres_from_kilometres(said), units=units)
        return f"{said:g} {question.unit or ''}".strip()
    chosen = (said,) if isinstance(said, str) else said if isinstance(said, Sequence) else ()
    words = {one.id: text(one.text) for one in question.options}
    words.setdefault(DONT_REMEMBER, text("interview.dont_remember"))
    return ", ".join(words[one] for one in chosen)


def check_groups(asked: Interview, *, units: Units) -> list[dict[str, Any]]:
    """All that was answered or left out, under headings, each with where it comes from."""
    facts = asked.answer.explanation.run_facts.facts
    groups = []
    for heading, sections in GROUPS:
        rows = [
            {
                "id": question.id,
                "question": _question_text(
                    question,
                    question_data(question, facts, units=units),
                    bystander=asked.draft.bystander,
                    units=units,
                ),
                "answer": "" if said is None else answer_words(question.id, said, units=units),
                "from": "" if said is None else _source_words(asked, question.id),
            }
            for question in questions().values()
            if question.section in sections
            for said in [asked.answer.answers.get(question.id)]
            if said is not None or question.id in asked.draft.path or question.section == "screen"
        ]
        if rows:
            groups.append({"heading": text(f"ask.check.{heading}"), "rows": rows})
    return groups


def _source_words(asked: Interview, question_id: str) -> str:
    """Where an answer comes from, when not from these pages."""
    if question_id in asked.given:
        return ""
    if MAP in asked.given and question_id in ("muscles", "spread"):
        return text("ask.check.from_map")
    is_marked = question_id in ("onset_km", "onset_confirm", "muscles")
    return text("ask.check.from_diary" if is_marked else "ask.check.from_before")


# What stops it


def by_level(stop: Mapping[str, Any]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The open stops (of `stop_data`) level by level, most urgent first: one card a level."""
    return [
        (level, flags)
        for level in URGENCIES
        for flags in [[flag for flag in stop["flags"] if flag["urgency"] == level]]
        if flags
    ]
