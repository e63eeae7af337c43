"""`uncramp diary`: answered in bulk, with one key each, or by a mark of one's own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import click

from uncramp.actions.context import Context
from uncramp.actions.diary import (
    DiaryPage,
    Step,
    answer,
    answers_from_text,
    asked_in_turn,
    forget,
    mark_run,
    proposals,
)
from uncramp.cli.show import Face, common_options, echo_lines
from uncramp.errors import InputError
from uncramp.wording.catalogue import text
from uncramp.wording.diary import diary_data, diary_page_lines, step_lines

__all__ = ["diary"]

SAID: Final[Mapping[str, Literal["yes", "no", "dont_remember"]]] = MappingProxyType(
    {"y": "yes", "n": "no", "d": "dont_remember"}
)
SKIP, BACK, QUIT, ONE_BY_ONE = "s", "b", "q", "o"


@click.command(help=text("cli.help.diary"))
@common_options
@click.option("--answer", "given", metavar="ID=A", multiple=True, help=text("cli.option.said"))
@click.option("--interactive", is_flag=True, help=text("cli.option.one_key"))
@click.option("--mark", "marked", metavar="ID", help=text("cli.option.mark"))
@click.option("--km", type=float, help=text("cli.option.mark_km"))
@click.option("--minute", type=float, help=text("cli.option.mark_minute"))
@click.option("--muscle", "muscles", metavar="M", multiple=True, help=text("cli.option.muscle"))
@click.option("--undo", "taken_back", metavar="ID", multiple=True, help=text("cli.option.unsaid"))
def diary(
    face: Face,
    *,
    given: tuple[str, ...],
    interactive: bool,
    marked: str | None,
    km: float | None,
    minute: float | None,
    muscles: tuple[str, ...],
    taken_back: tuple[str, ...],
) -> None:
    """Take back, mark, answer, ask; then show where things stand."""
    if marked is None and (km is not None or minute is not None or muscles):
        raise InputError("mark_without_run")
    with face.context() as context:
        if taken_back:
            forget(context, taken_back)
        if marked is not None:
            mark_run(context, marked, km=km, minute=minute, muscles=muscles)
        if given:
            page = proposals(context)
            answer(context, page, answers_from_text(page, given))
        if interactive:
            ask(context, proposals(context), face)
        page = proposals(context)
    face.out(
        "diary",
        diary_data(page, units=face.units),
        diary_page_lines(page, runner=face.runner, units=face.units),
    )


def ask(context: Context, page: DiaryPage, face: Face) -> None:
    """Ask about group after group, then run after run; every answer is kept at once."""
    steps = asked_in_turn(page)
    if steps:
        echo_lines([text("diary.keys")], to_stderr=True)
    place = 0
    while 0 <= place < len(steps):
        key = key_for(page, steps[place], n_left=sum(map(len, steps[place:])), face=face)
        ids = [run.activity_id for run in steps[place]]
        if key == QUIT:
            return
        if key == BACK:
            place = max(0, place - 1)
            forget(context, [str(run.activity_id) for run in steps[place]])
        elif key == ONE_BY_ONE:
            steps[place : place + 1] = [(run,) for run in steps[place]]
        elif key == SKIP:
            place += 1
        else:
            if key.isupper():
                ids = [run.activity_id for step in steps[place:] for run in step]
                place = len(steps) - 1
            answer(context, page, dict.fromkeys(ids, SAID[key.lower()]))
            place += 1


def key_for(page: DiaryPage, runs: Step, *, n_left: int, face: Face) -> str:
    """Show one question and give the key that answers it; asks again until it is understood."""
    lines = ["", *step_lines(page, runs, units=face.units)]
    is_group = len(runs) > 1
    echo_lines([*lines, text("diary.left", n=n_left)], to_stderr=True)
    allowed = {*SAID, *map(str.upper, SAID), SKIP, BACK, QUIT, *(ONE_BY_ONE if is_group else "")}
    while True:
        click.echo(text("diary.key_group" if is_group else "diary.key_one"), nl=False, err=True)
        key = one_key()
        click.echo(f" {key}", err=True)
        if key in allowed:
            return key
        if key.lower() in allowed:
            return key.lower()
        echo_lines([text("diary.key_again")], to_stderr=True)


def one_key() -> str:
    """One key on a terminal, else the first letter of a line; the end of the input stops."""
    if sys.stdin.isatty():
        try:
            return click.getchar()
        except (EOFError, KeyboardInterrupt):
            return QUIT
    line = sys.stdin.readline()
    return line.strip()[:1] or (SKIP if line else QUIT)
