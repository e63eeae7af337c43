"""What somebody typed, as answers to the interview's questions."""

from __future__ import annotations

from collections.abc import Sequence

from uncramp.errors import InputError
from uncramp.evidence.rules import DONT_REMEMBER
from uncramp.interview import Question, checked_answers, questions
from uncramp.vocabulary import Answers

__all__ = ["answers_from_options", "typed_answer"]


def answers_from_options(given: Sequence[str]) -> Answers:
    """Answers from `question=option[,option]` texts; InputError says what is not understood."""
    raw: dict[str, object] = {}
    for one in given:
        name, equals, answer = one.partition("=")
        if not equals:
            raise InputError("bad_answer", values={"given": one})
        raw[name] = _parsed(name, answer)
    return checked_answers(raw)


def _parsed(name: str, answer: str) -> object:
    question = questions().get(name)
    if question is not None and question.type == "number":
        try:
            return float(answer)
        except ValueError:
            return answer
    return [part.strip() for part in answer.split(",") if part.strip()]


def typed_answer(question_id: str, typed: str) -> Answers | None:
    """The answer that option numbers (`1` or `2,4`) or a number mean; None when they mean none.

    For a question that takes a number an empty line is "I don't remember"; screening questions
    have no default, because silence must never pass for "none of these".
    """
    question = questions()[question_id]
    understood = _number(typed) if question.type == "number" else _options(question, typed)
    if understood is None:
        return None
    try:
        return checked_answers({question_id: understood})
    except InputError:
        return None


def _number(typed: str) -> object:
    if not typed:
        return DONT_REMEMBER
    try:
        return float(typed.replace(",", "."))
    except ValueError:
        return None


def _options(question: Question, typed: str) -> object:
    numbers = typed.replace(",", " ").split()
    n_options = len(question.options)
    if not numbers or not all(one.isdecimal() and 1 <= int(one) <= n_options for one in numbers):
        return None
    return [question.options[int(one) - 1].id for one in numbers]
