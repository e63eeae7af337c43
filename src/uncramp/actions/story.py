"""A story in plain words beside, or in place of, a case: what it tells goes where answers go.

What a story says of one danger sign leaves the others of that question open: they are asked all the
same. What was answered in the interview or stands in a case wins over what the story was heard to
say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from uncramp.actions.cases import ROUNDING, Case
from uncramp.actions.why import WhyAnswer
from uncramp.errors import InputError
from uncramp.evidence.rules import DONT_REMEMBER, chosen
from uncramp.interview import checked_answers, next_question, questions
from uncramp.listening import AskFirst, Heard, hear
from uncramp.run_facts import RunSummary
from uncramp.screening import screening_questions
from uncramp.units import kilometres_from_metres, minutes_from_seconds
from uncramp.vocabulary import Answers, Kind

__all__ = [
    "LONGEST_STORY",
    "OF_RUN",
    "StoryCase",
    "answers_from_ticks",
    "partly_told",
    "read_story",
    "run_from_ticks",
    "run_of_story",
    "story_case",
    "with_story_question",
    "with_sure",
]

LONGEST_STORY: Final = 20_000
"""Letters; a story told in an hour is shorter."""
OF_RUN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "run.distance_m": "distance_m",
        "run.duration_s": "duration_s",
        "run.onset_min": "onset_min",
        "run.temp_air_c": "temp_air_c",
    }
)
"""What a story tells of the run itself: as it is called among what was understood, and in a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCase:
    """A case with what a story adds, and what was heard."""

    case: Case
    """As it is explained."""
    heard: Heard
    told: Answers
    """What was answered otherwise than by the story."""


def read_story(story: str) -> Heard:
    """What a story tells; InputError `story_too_long` or `story_empty`."""
    if len(story) > LONGEST_STORY:
        raise InputError("story_too_long", values={"most": LONGEST_STORY})
    if not story.strip():
        raise InputError("story_empty")
    return hear(story)


def story_case(case: Case, heard: Heard) -> StoryCase:
    """The case with what was heard where it tells nothing itself."""
    answers = {**partly_told(heard.answers), **case.answers}
    run = _with_run(case.run, heard.run, answers)
    return StoryCase(case=replace(case, answers=answers, run=run), heard=heard, told=case.answers)


def with_sure(story: StoryCase, sure: Mapping[AskFirst, bool]) -> StoryCase:
    """The story with the danger words that were asked about; True means that it was one."""
    answers = dict(story.case.answers)
    for asked, yes in sure.items():
        before = chosen(answers, asked.question_id) or ()
        if yes and asked.question_id not in story.told:
            told = (*before, asked.option_id, DONT_REMEMBER)
            answers[asked.question_id] = tuple(dict.fromkeys(told))
    open_ones = tuple(one for one in story.heard.ask_first if one not in sure)
    return replace(
        story,
        case=replace(story.case, answers=answers),
        heard=replace(story.heard, ask_first=open_ones),
    )


def partly_told(answers: Answers) -> Answers:
    """Answers of a story: the rest of a danger question of which one sign was told stays open."""
    dangers = screening_questions()
    return checked_answers(
        {
            name: (*said, DONT_REMEMBER) if name in dangers and isinstance(said, tuple) else said
            for name, said in answers.items()
        }
    )


def run_from_ticks(ticks: Sequence[str]) -> dict[str, float]:
    """What of the run itself stayed ticked, by its name in `OF_RUN`; what is no number is not."""
    told = {}
    for tick in ticks:
        name, _, value = tick.partition("=")
        number = _number(value)
        if name in OF_RUN and isinstance(number, float) and math.isfinite(number):
            told[name] = number
    return told


def run_of_story(told: Mapping[str, object], answers: Answers) -> RunSummary:
    """The run as a story told it, where that can be true; `told` has it by names in `OF_RUN`."""
    said: dict[str, Any] = {OF_RUN[name]: one for name, one in told.items() if name in OF_RUN}
    return _with_run(RunSummary(), RunSummary(**said), answers)


def answers_from_ticks(ticks: Sequence[str]) -> Answers:
    """Answers of an interview from `question=value`, as a page sends what stayed ticked.

    What a story leaves of a danger question stays open. InputError for what is no answer.
    """
    raw: dict[str, object] = {}
    for tick in ticks:
        name, _, value = tick.partition("=")
        if name in OF_RUN:
            continue
        question = questions().get(name)
        if question is not None and question.type == "number":
            raw[name] = _number(value)
        elif question is not None and question.type == "single":
            raw.setdefault(name, value)
        else:
            before = raw.get(name, ())
            raw[name] = (*(before if isinstance(before, tuple) else ()), value)
    return partly_told(checked_answers(raw))


def _number(value: str) -> float | str:
    """The number that was sent; as it stands when it is none, so that the check says so."""
    try:
        return float(value)
    except ValueError:
        return value


def with_story_question(answer: WhyAnswer, story: StoryCase) -> WhyAnswer:
    """The answer with the question to ask next: danger questions partly told are asked too."""
    explanation = answer.explanation
    if explanation.kind == Kind.STOP:
        return answer
    partly = {
        name for name in screening_questions()
        if name in story.heard.answers and name not in story.told
        and DONT_REMEMBER in (chosen(answer.answers, name) or ())
    }  # fmt: skip
    asked = {name: said for name, said in explanation.case.items() if name not in partly}
    return replace(answer, explanation=replace(explanation, question=next_question(asked)))


def _with_run(run: RunSummary, heard: RunSummary, answers: Answers) -> RunSummary:
    """The run as told, with what the story adds where that can be true."""
    onset_km = answers.get("onset_km")
    told = replace(
        run,
        distance_m=heard.distance_m if run.distance_m is None else run.distance_m,
        duration_s=heard.duration_s if run.duration_s is None else run.duration_s,
        race=heard.race if run.race is None else run.race,
        temp_air_c=heard.temp_air_c if run.temp_air_c is None else run.temp_air_c,
    )
    onset = run.onset_km if run.onset_km is not None else onset_km
    if isinstance(onset, int | float) and _is_beyond(onset, told.distance_m):
        told = replace(told, distance_m=run.distance_m)
    if run.onset_min is None and onset is None and heard.onset_min is not None:
        fits = told.duration_s is None or (
            heard.onset_min <= minutes_from_seconds(told.duration_s) * ROUNDING
        )
        told = replace(told, onset_min=heard.onset_min) if fits else told
    return told


def _is_beyond(onset_km: float, distance_m: float | None) -> bool:
    """Whether a cramp would have come after the run it came in."""
    return distance_m is not None and onset_km > kilometres_from_metres(distance_m) * ROUNDING
