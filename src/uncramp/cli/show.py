"""What every verb shares: the options of each, and how its answer is shown.

A new verb is a click command in a file of its own, named in `root.VERBS`:

    @click.command(help=text("cli.help.sweat"))
    @common_options
    @click.argument("reference", default="last")
    def sweat(face: Face, reference: str) -> None:
        with face.context() as context:
            result = sweat_profile(context, reference)
        face.out("sweat", sweat_data(result), sweat_lines(result, units=face.units))
        face.exit(ExitCode.FOUND_PROBLEM)       # only when it is not 0

`common_options` adds --runner, --data-dir, --units and --json and passes a `Face` as the first
argument. `lines` may be a generator: with --json it is never asked for a line.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any, Concatenate, Final, NoReturn, ParamSpec

import click

from uncramp.actions.context import DATABASE_VARIABLE, DEFAULT_RUNNER, Context, data_folder
from uncramp.envelope import dump, envelope
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units

__all__ = ["ExitCode", "Face", "common_options", "echo_json", "echo_lines"]

Parameters = ParamSpec("Parameters")

FACE: Final = "uncramp.face"
COLUMNS: Final = 80
LIST_MARK: Final = re.compile(r"- |\d+\. ")
"""What a list item begins with; its further lines stand under its words."""


class ExitCode(IntEnum):
    """What the command line says to scripts."""

    DONE = 0
    CANNOT = 1
    USAGE = 2
    FOUND_PROBLEM = 3
    PARTLY_DONE = 4
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """The common options of one call, and the two ways to answer it."""

    runner: str = DEFAULT_RUNNER
    runner_given: bool = False
    """Whether --runner was typed; a case file touches no store unless it was."""
    data_dir: Path | None = None
    units: Units = "metric"
    json: bool = False

    def context(self) -> Context:
        """Where, when and for whom the action runs; the clock is read here and nowhere else."""
        return Context(
            data_dir=data_folder(self.data_dir),
            now=datetime.now(UTC).astimezone(),
            runner=self.runner,
            units=self.units,
            database_url=os.environ.get(DATABASE_VARIABLE) or None,
        )

    def out(
        self,
        verb: str,
        data: Mapping[str, object],
        lines: Iterable[str],
        *,
        warnings: Iterable[str] = (),
    ) -> None:
        """The answer to stdout: one JSON envelope, or `lines` for people.

        `warnings` go into the envelope only; a verb's lines say them in their own place.
        """
        if self.json:
            echo_json(envelope(verb, data, warnings))
        else:
            echo_lines(lines)

    def exit(self, code: ExitCode) -> NoReturn:
        """End the command with an exit code."""
        click.get_current_context().exit(int(code))


def echo_json(document: Mapping[str, object]) -> None:
    """One JSON object to stdout; letters beyond ASCII are escaped where stdout cannot take them."""
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    click.echo(dump(document, ascii_only=encoding != "utf8"))


def echo_lines(lines: Iterable[str], *, to_stderr: bool = False) -> None:
    """Lines to stdout (or stderr), long ones broken at words under their own indent."""
    width = min(shutil.get_terminal_size((COLUMNS, 24)).columns, COLUMNS)
    for line in lines:
        click.echo(wrapped(line, width=max(width, 20)), err=to_stderr)


def wrapped(line: str, *, width: int) -> str:
    """`line` in at most `width` columns; words (and so commands' parts) stay whole."""
    if len(line) <= width:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    mark = LIST_MARK.match(line.lstrip())
    hanging = " " * len(mark.group()) if mark else ""
    return textwrap.fill(
        line.strip(),
        width=width,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Put one common option into the call's Face; what was not given changes nothing.

    `context.meta` is shared with the group above, so that
    `uncramp --json runs` is `uncramp runs --json`.
    """
    known: Face = context.meta.setdefault(FACE, Face())
    if value not in {None, False} and parameter.name is not None:
        given = replace(known, **{parameter.name: value})
        is_runner = parameter.name == "runner"
        context.meta[FACE] = replace(given, runner_given=True) if is_runner else given


def common_options(
    command: Callable[Concatenate[Face, Parameters], None],
) -> Callable[Parameters, None]:
    """Add the options that every verb has, and pass them as a Face."""
    passed: Callable[Parameters, None] = click.decorators.pass_meta_key(
        FACE, doc_description="the common options"
    )(command)
    for option in reversed(COMMON):
        passed = option(passed)
    return passed


COMMON: Final[tuple[Callable[[Callable[..., None]], Callable[..., None]], ...]] = (
    click.option(
        "--runner",
        metavar="NAME",
        expose_value=False,
        callback=keep,
        help=text("cli.option.runner") + f"  [{DEFAULT_RUNNER}]",
    ),
    click.option(
        "--data-dir",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        expose_value=False,
        callback=keep,
        help=text("cli.option.data_dir"),
    ),
    click.option(
        "--units",
        type=click.Choice(("metric", "imperial")),
        expose_value=False,
        callback=keep,
        help=text("cli.option.units"),
    ),
    click.option(
        "--json", is_flag=True, expose_value=False, callback=keep, help=text("cli.option.json")
    ),
)
