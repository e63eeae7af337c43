"""`uncramp why --story`: what happened, in plain words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from uncramp.actions.cases import Case
from uncramp.actions.story import (
    StoryCase,
    read_story,
    story_case,
    with_story_question,
    with_sure,
)
from uncramp.actions.why import (
    WhyAnswer,
    look_up_weather,
    record,
    why_case,
    why_run,
    with_other_runs,
)
from uncramp.cli.interviewing import QuestionData, ask_in_a_row, ask_yes_or_no
from uncramp.cli.show import Face
from uncramp.envelope import plain
from uncramp.vocabulary import Answers
from uncramp.wording.catalogue import text
from uncramp.wording.safety import question_data
from uncramp.wording.story import ask_first_lines, ask_first_words, heard_lines, with_story
from uncramp.wording.why import run_title, why_data, why_lines

__all__ = ["StoryCall", "answer_story"]

STANDARD_INPUT: Final = "-"

Explain = Callable[[Case], WhyAnswer]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCall:
    """One call of `why --story`: what else was told, and how it is shown."""

    case: Case
    command: str
    interactive: bool
    bystander: bool
    full: bool


def answer_story(
    face: Face, said: str, call: StoryCall, *, reference: str | None, stands_alone: bool
) -> None:
    """Answer a story on its own, or about a run of the runner; InputError as `read_story`."""
    words = sys.stdin.read() if said == STANDARD_INPUT else said
    story = story_case(call.case, read_story(words))
    if stands_alone:
        story = _settled(story, why_case, call, face)
        answer = with_story_question(why_case(story.case), story)
        data, lines = _shown(answer, story, call, face, kept=False)
        face.out("why", data, lines)
        return
    with face.context() as context:
        look_up_weather(context, reference, story.case)

        def explain(case: Case) -> WhyAnswer:
            return why_run(context, reference=reference, case=case)

        story = _settled(story, explain, call, face)
        answer = with_story_question(with_other_runs(context, explain(story.case)), story)
        data, lines = _shown(answer, story, call, face, kept=True)
        record(context, answer, data=plain(data), text="\n".join(lines))
    face.out("why", data, lines)


def _settled(story: StoryCase, explain: Explain, call: StoryCall, face: Face) -> StoryCase:
    """The story after the interview, where one was asked for: danger words first, then the rest."""
    if not call.interactive:
        return story
    sure = {
        one: ask_yes_or_no([ask_first_words(one)], yes=text("story.yes"), no=text("story.no"))
        for one in story.heard.ask_first
    }
    story = with_sure(story, sure)

    def with_told(told: Answers) -> StoryCase:
        case = replace(story.case, answers={**story.case.answers, **told})
        return replace(story, case=case, told={**story.told, **told})

    def question_after(told: Answers) -> QuestionData | None:
        now = with_told(told)
        answer = with_story_question(explain(now.case), now)
        question = answer.explanation.question
        facts = answer.explanation.run_facts.facts
        return None if question is None else question_data(question, facts, units=face.units)

    return with_told(ask_in_a_row(question_after, story.told, bystander=call.bystander))


def _shown(
    answer: WhyAnswer, story: StoryCase, call: StoryCall, face: Face, *, kept: bool
) -> tuple[Mapping[str, Any], list[str]]:
    """Data and lines: dangers first, then what was understood, then the answer."""
    usual = why_data(
        answer.explanation,
        run=None if answer.run is None else run_title(answer.run, units=face.units),
        timeline=answer.timeline,
        weather=answer.weather,
        balance=answer.balance,
        units=face.units,
    )
    first = ask_first_lines(story.heard.ask_first)
    heard = heard_lines(story.heard, units=face.units)
    said = why_lines(usual, command=call.command, full=call.full, kept=kept)
    blocks = [said, heard, first] if usual["stop"] else [first, heard, said]
    lines = [line for block in blocks if block for line in (*block, "")][:-1]
    return with_story(usual, story.heard, units=face.units), lines
