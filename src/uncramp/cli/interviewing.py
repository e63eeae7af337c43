"""Asking questions on a terminal: one at a time, with a way back, and no answer ever lost."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import click

from uncramp.actions.answers import typed_answer
from uncramp.cli.show import echo_lines
from uncramp.vocabulary import Answers
from uncramp.wording.catalogue import text

__all__ = ["QuestionData", "ask_in_a_row", "ask_yes_or_no", "command_text", "quoted"]

BACK: Final = "b"
QUIT: Final = "q"
LONGEST_AGAIN: Final = 40
"""Letters of a story that are repeated in a command."""

QuestionData = Mapping[str, Any]
"""A question as `wording.safety.question_data` gives it."""


def command_text(verb: str, options: Mapping[str, str | None]) -> str:
    """How the reader asks again: the verb with the options that were given."""
    parts = [f"{name} {value}".strip() for name, value in options.items() if value is not None]
    return " ".join(["uncramp", verb, *parts])


def quoted(said: str) -> str:
    """Words as they are typed on a command line again; long ones are only hinted at."""
    short = " ".join(said.split())
    if len(short) > LONGEST_AGAIN:
        short = short[:LONGEST_AGAIN].rstrip() + " …"
    return shlex.quote(short)


def ask_in_a_row(
    next_question: Callable[[Answers], QuestionData | None], answers: Answers, *, bystander: bool
) -> Answers:
    """Ask until nothing is left, the reader quits, or a stop ends the questions."""
    told = dict(answers)
    asked: list[str] = []
    echo_lines([text("cli.interview.how"), ""], to_stderr=True)
    while (question := next_question(told)) is not None:
        answer = _ask(question, bystander=bystander)
        if answer == QUIT:
            break
        if isinstance(answer, str):
            if asked:
                told.pop(asked.pop())
            continue
        told |= answer
        asked.append(question["id"])
    return told


def ask_yes_or_no(lines: Sequence[str], *, yes: str, no: str) -> bool:
    """Put one thing to the reader; only a plain yes is one."""
    echo_lines([*lines, f"   1  {yes}", f"   2  {no}"], to_stderr=True)
    typed = _line(text("cli.interview.single"))
    click.echo("", err=True)
    return typed is not None and typed.strip() == "1"


def _ask(question: QuestionData, *, bystander: bool) -> Answers | str:
    """One question; gives the answer, BACK or QUIT, and asks again until it is understood."""
    lines = [question["bystander"] if bystander and question["bystander"] else question["text"]]
    if question["why"] is not None:
        lines.append(f"  {question['why']}")
    lines += [f"  {number:>2}  {one['text']}" for number, one in enumerate(question["options"], 1)]
    echo_lines(lines, to_stderr=True)
    hint = text(f"cli.interview.{question['type']}")
    while True:
        typed = _line(hint)
        if typed is None:
            return QUIT
        typed = typed.strip().lower()
        if typed in (BACK, QUIT):
            return str(typed)
        answer = typed_answer(question["id"], typed)
        if answer is not None:
            click.echo("", err=True)
            return answer
        echo_lines(
            [text("cli.interview.again", n_options=len(question["options"]))], to_stderr=True
        )


def _line(hint: str) -> str | None:
    """What was typed; None at the end of the input and on Ctrl-C: what was told so far counts."""
    click.echo(f"{hint} > ", nl=False, err=True)
    try:
        return sys.stdin.readline() or None
    except KeyboardInterrupt:
        return None
