"""Asking questions on a terminal: one at a time, with a way back, and no answer ever lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import click

from uncramp.cli.show import echo_lines
from uncramp.errors import InputError
from uncramp.evidence.rules import DONT_REMEMBER
from uncramp.interview import Question, checked_answers, questions
from uncramp.vocabulary import Answers
from uncramp.wording.catalogue import text

__all__ = ["answers_from_options", "ask_in_a_row", "command_text"]

BACK: Final = "b"
QUIT: Final = "q"

Given = dict[str, str | tuple[str, ...] | float]


def answers_from_options(given: Sequence[str]) -> Answers:
    """Answers from `--answer question=option[,option]`; InputError says what is not understood."""
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


def command_text(verb: str, options: Mapping[str, str | None]) -> str:
    """How the reader asks again: the verb with the options that were given."""
    parts = [f"{name} {value}".strip() for name, value in options.items() if value is not None]
    return " ".join(["uncramp", verb, *parts])


def ask_in_a_row(
    next_question: Callable[[Answers], Question | None], answers: Answers, *, bystander: bool
) -> Answers:
    """Ask until nothing is left, the reader quits, or a stop ends the questions.

    `next_question` is asked after every answer, and keeps what was answered if it wants to.
    """
    told: Given = dict(answers)
    asked: list[str] = []
    echo_lines([text("cli.interview.how"), ""])
    while (question := next_question(told)) is not None:
        answer = _ask(question, bystander=bystander)
        if answer == QUIT:
            break
        if answer == BACK:
            if asked:
                told.pop(asked.pop())
            continue
        told |= checked_answers({question.id: answer})
        asked.append(question.id)
    return told


def _ask(question: Question, *, bystander: bool) -> object:
    """One question; gives the answer, BACK or QUIT, and asks again until it is understood."""
    said = question.bystander if bystander and question.bystander else question.text
    lines = [text(said)]
    if question.why is not None:
        lines.append(f"  {text(question.why)}")
    lines += [f"  {number:>2}  {text(one.text)}" for number, one in enumerate(question.options, 1)]
    echo_lines(lines)
    hint = text(f"cli.interview.{question.type}")
    while True:
        try:
            typed = click.prompt(hint, prompt_suffix=" > ", default="", show_default=False)
        except click.Abort:
            # The end of the input means: no more answers. Ctrl-C comes here too and ends the same.
            return QUIT
        answer = _understood(question, typed.strip().lower())
        if answer is not None:
            click.echo("")
            return answer
        echo_lines([text("cli.interview.again", n_options=len(question.options))])


def _understood(question: Question, typed: str) -> object:
    if typed in (BACK, QUIT):
        return typed
    if question.type == "number":
        if not typed:
            return DONT_REMEMBER
        number = float(typed) if typed.replace(".", "", 1).isdigit() else None
        in_range = number is not None and (question.low or 0) <= number <= (question.high or number)
        return number if in_range else None
    numbers = typed.replace(",", " ").split()
    if not numbers or not all(one.isdigit() for one in numbers):
        return None
    if not all(1 <= int(one) <= len(question.options) for one in numbers):
        return None
    chosen = [question.options[int(one) - 1].id for one in numbers]
    if question.type == "single":
        return chosen[0] if len(chosen) == 1 else None
    return chosen
