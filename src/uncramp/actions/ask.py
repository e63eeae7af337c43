"""`ask`: a question in plain words, answered from the evidence and from the runner's own data.

Danger words in the question come first, then stops and locks that are open. It works with no store
at all, and writes nothing: a question is no answer about a danger sign, so it opens no flag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from uncramp.actions.cases import profile_facts
from uncramp.actions.context import Context
from uncramp.enquiry import (
    Enquiry,
    Heard,
    beside_part,
    curated_titles,
    enquire,
    heard,
    story_part,
    told_part,
    wanted_facts,
)
from uncramp.errors import InputError
from uncramp.evidence.rules import DONT_REMEMBER, NONE_OF_THESE
from uncramp.interview import checked_answers
from uncramp.listening import hear
from uncramp.screening import TOPICS, Screening, screen, screening_questions
from uncramp.vocabulary import Answers

__all__ = ["LONGEST_QUESTION", "Asked", "ask", "curated_titles", "listened"]

LONGEST_QUESTION: Final = 500
CHRONIC: Final = ("health", "past", "medicines")
"""Screening questions whose answers do not age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question and its answer."""

    question: str
    screening: Screening
    """With what the words of the question raise."""
    ask_first: tuple[str, ...]
    """Words that may mean danger, or not."""
    enquiry: Enquiry | None
    """None while a stop speaks."""
    is_known: bool
    """Whether there is a runner whose data could be used."""


def ask(
    context: Context,
    question: str,
    *,
    given: Mapping[str, object] | None = None,
    must_be_known: bool = False,
) -> Asked:
    """The answer to `question` for the runner of `context`, who need not be there.

    `given` are answers to screening questions, for this question only. InputError for a question
    that is empty or too long; with `must_be_known` NotFoundError `unknown_runner` for a runner
    nobody has added.
    """
    said = " ".join(question.split())
    if not said or len(said) > LONGEST_QUESTION:
        raise InputError("bad_question", values={"most": LONGEST_QUESTION})
    if must_be_known:
        context.stored_runner()
    is_known = context.has_store and context.store.find_runner(context.runner) is not None
    words = listened(said)
    screening = _screened(context, checked_answers(given or {}), words.answers, is_known=is_known)
    answered = None
    if not screening.stops:
        blocked = frozenset(TOPICS) if words.ask_first else screening.blocked
        known = _facts(context, wanted_facts(words.rest)) if is_known else {}
        answered = enquire(words.rest, whole=said, blocked=blocked, known=known)
    return Asked(
        question=said,
        screening=screening,
        ask_first=words.ask_first,
        enquiry=answered,
        is_known=is_known,
    )


def listened(question: str) -> Heard:
    """What a question says of dangers and locks, in words of either kind.

    What does not begin as a question goes to the ear for stories too: who tells of a sign mostly
    asks nothing. Illnesses and medicines count only where somebody is told to have them. What
    stands beside a question, of whomever, is asked about.
    """
    asked, told = heard(question), hear(told_part(question))
    story, beside = hear(story_part(question)), hear(beside_part(question))
    answers = {name: _signs(options) for name, options in asked.answers.items()}
    for name in screening_questions():
        heard_like_a_story = told if name in CHRONIC else story
        more = _signs(heard_like_a_story.answers.get(name, ()))
        signs = tuple(dict.fromkeys((*answers.get(name, ()), *more)))
        if signs:
            answers[name] = signs
    perhaps = [one for one in story.ask_first if one.question_id not in CHRONIC] + [*told.ask_first]
    unclear = [one.words for one in perhaps
               if one.option_id not in answers.get(one.question_id, ())]  # fmt: skip
    said = [(one.question_id, one.words) for one in beside.because]
    said += [(one.question_id, one.words) for one in beside.ask_first]
    open_ones = set(screening_questions()) - answers.keys()
    unclear += [words for name, words in said if name in open_ones]
    ask_first = tuple(dict.fromkeys((*asked.ask_first, *unclear)))
    return replace(asked, answers=answers, ask_first=ask_first)


def _signs(answer: object) -> tuple[str, ...]:
    """Options that name something."""
    return tuple(one for one in _options(answer) if one not in (NONE_OF_THESE, DONT_REMEMBER))


def _screened(context: Context, given: Answers, words: Answers, *, is_known: bool) -> Screening:
    """Open flags, fresh answers, and what the question says; a sign named counts above all."""
    saved, stops, locks = _kept(context) if is_known else ({}, [], [])
    told: dict[str, Any] = {**saved, **given}
    for question, options in words.items():
        before = told.get(question)
        kept = () if before is None or isinstance(before, float) else _options(before)
        told[question] = tuple(dict.fromkeys((*_options(options), *_signs(kept))))
    return screen(told, open_stops=stops, open_locks=locks)


def _options(answer: object) -> tuple[str, ...]:
    return (answer,) if isinstance(answer, str) else tuple(answer)  # type: ignore[arg-type]


def _kept(context: Context) -> tuple[dict[str, Any], list[str], list[str]]:
    """What was answered and still counts, and the flags that are open."""
    from uncramp.actions.why import usable_answers

    store, runner = context.store, context.stored_runner()
    answers = store.answers(runner, None)
    told: dict[str, Any] = {one: answers[one].answer for one in CHRONIC if one in answers}
    told |= usable_answers(context, answers)
    told |= profile_facts(runner.profile)
    flags = store.open_flags(runner)
    return (
        told,
        [flag.flag_id for flag in flags if flag.kind == "stop"],
        [flag.flag_id for flag in flags if flag.kind == "lock"],
    )


def _facts(context: Context, groups: frozenset[str]) -> Mapping[str, object]:
    """What of the runner the answer can use; the heavy half is left alone where it cannot."""
    if not groups:
        return {}
    from uncramp.actions.ask_facts import known_facts

    return known_facts(context, groups)
