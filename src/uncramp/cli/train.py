"""`uncramp train RACE` and its parts: `update`, `check`, `export`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from uncramp.actions.race_requests import document_from_text
from uncramp.actions.runs import parsed_day
from uncramp.actions.train import TrainAnswer, train_of_request, wishes_from
from uncramp.actions.train_check import check_files
from uncramp.cli.show import ExitCode, Face, common_options
from uncramp.envelope import plain
from uncramp.errors import InputError
from uncramp.wording.catalogue import text
from uncramp.wording.train import (
    check_data,
    check_lines,
    files_data,
    files_lines,
    train_data,
    train_lines,
)

__all__ = ["train"]

DEFAULT: Final = "plan"


class PlanFirst(click.Group):
    """A group whose first word may be a race: `train next` is `train plan next`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options of a plan may come straight after `train`."""
        asks_for_help = bool(args) and args[0] in ("--help", "-h")
        names_a_part = any(one in self.commands for one in args)
        if not asks_for_help and not names_a_part:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


@click.group(cls=PlanFirst, help=text("cli.help.train"))
@common_options
def train(face: Face) -> None:
    """Everything is done by the parts."""
    del face


@train.command(name=DEFAULT, help=text("cli.help.train_plan"))
@common_options
@click.argument("reference", metavar="[RACE|next]", required=False)
@click.option("--days", metavar="DAYS", help=text("cli.option.train_days"))
@click.option("--strength-days", metavar="DAYS", help=text("cli.option.train_strength_days"))
@click.option("--cramped", metavar="MUSCLES", help=text("cli.option.train_cramped"))
@click.option("--injured", is_flag=True, help=text("cli.option.train_injured"))
@click.option("--more-recovery", is_flag=True, help=text("cli.option.train_recovery"))
@click.option("--walking-hurts", is_flag=True, help=text("cli.option.train_walking"))
@click.option("--not-on", metavar="DATES", help=text("cli.option.train_not_on"))
@click.option("--answer", "given", metavar="Q=A", multiple=True, help=text("cli.option.answer"))
@click.option("--full", is_flag=True, help=text("cli.option.train_full"))
@click.option(
    "--request",
    "request_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help=text("cli.option.request"),
)
def plan(
    face: Face,
    *,
    reference: str | None,
    days: str | None,
    strength_days: str | None,
    cramped: str | None,
    injured: bool,
    more_recovery: bool,
    walking_hurts: bool,
    not_on: str | None,
    given: tuple[str, ...],
    full: bool,
    request_file: Path | None,
) -> None:
    """Plan from the request alone, or from the store and keep it."""
    if request_file is not None:
        if reference is not None:
            raise click.UsageError(text("cli.request_or_race"), click.get_current_context())
        show(face, train_of_request(_document(request_file)), full=full)
        return
    from uncramp.actions.answers import answers_from_options
    from uncramp.actions.train_kept import train_of_race

    wishes = wishes_from(
        {
            "days": listed(days),
            "strength_days": listed(strength_days),
            "cramped_muscles": listed(cramped),
            "recently_injured": injured,
            "more_recovery": more_recovery,
            "walking_hurts": walking_hurts,
            "blocked_days": [parsed_day(one).isoformat() for one in listed(not_on) or ()],
        }
    )
    answers = answers_from_options(given)
    with face.context() as context:
        answer = train_of_race(context, reference or "next", wishes, answers=answers)
    show(face, answer, full=full)


@train.command(help=text("cli.help.train_update"))
@common_options
@click.argument("reference", metavar="[RACE|next]", required=False)
@click.option("--done", metavar="DAY", multiple=True, help=text("cli.option.train_done"))
@click.option("--missed", metavar="DAY", multiple=True, help=text("cli.option.train_missed"))
@click.option("--painful", metavar="DAY", multiple=True, help=text("cli.option.train_painful"))
@click.option("--move", metavar="DAY=DAY", multiple=True, help=text("cli.option.train_move"))
@click.option("--full", is_flag=True, help=text("cli.option.train_full"))
def update(
    face: Face,
    *,
    reference: str | None,
    done: tuple[str, ...],
    missed: tuple[str, ...],
    painful: tuple[str, ...],
    move: tuple[str, ...],
    full: bool,
) -> None:
    """Hold the plan against what was run, and make the rest anew with the least change."""
    from uncramp.actions.train_kept import update_training

    told = {
        parsed_day(day): state
        for state, listed_days in (("done", done), ("missed", missed), ("painful", painful))
        for day in listed_days
    }
    with face.context() as context:
        answer = update_training(
            context, reference or "next", told=told, moves=dict(moved(one) for one in move)
        )
    show(face, answer, full=full)


@train.command(name="export", help=text("cli.help.train_export"))
@common_options
@click.argument("reference", metavar="[RACE|next]", required=False)
@click.option(
    "--to",
    "folder",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=text("cli.option.train_to"),
)
def export_(face: Face, *, reference: str | None, folder: Path) -> None:
    """Write every file of the kept plan into a folder."""
    from uncramp.actions.plan_files import training_files

    with face.context() as context:
        files = training_files(context, reference or "next", units=face.units)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        values = {"folder": str(folder), "problem": error.strerror}
        raise InputError("cannot_write_plan", values=values) from None
    face.out("train.export", files_data(folder.name, files), files_lines(str(folder), files))


@train.command(help=text("cli.help.train_check"))
@common_options
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--request",
    "request_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help=text("cli.option.train_check_request"),
)
def check(face: Face, *, files: tuple[Path, ...], request_file: Path | None) -> None:
    """Read an exported plan again and hold it against every rule."""
    request = None if request_file is None else _document(request_file)
    contents = [
        (file.name, file.read_text(encoding="utf-8-sig", errors="replace")) for file in files
    ]
    checked = check_files(contents, request=request)
    read = {"files": checked.files, "n_sessions": checked.n_sessions}
    face.out(
        "train.check",
        check_data(checked.found, read=read, units=face.units),
        check_lines(checked.found, units=face.units),
    )
    if not checked.is_fine:
        face.exit(ExitCode.FOUND_PROBLEM)


def show(face: Face, answer: TrainAnswer, *, full: bool) -> None:
    """A plan as the envelope or in words."""
    face.out(
        "train",
        plain(train_data(answer, units=face.units)),
        train_lines(answer, runner=face.runner, units=face.units, full=full),
    )


def listed(given: str | None) -> list[str] | None:
    """`tue,thu sat` as a list; None when nothing was given."""
    return None if given is None else given.replace(",", " ").lower().split()


def moved(given: str) -> tuple[date, date]:
    """`2026-10-04=2026-10-05` as two days."""
    first, equals, second = given.partition("=")
    if not equals:
        raise InputError("bad_move", values={"given": given})
    return parsed_day(first), parsed_day(second)


def _document(file: Path) -> Mapping[str, Any]:
    with click.open_file(str(file), encoding="utf-8-sig", errors="replace") as opened:
        return document_from_text(opened.read(), file_name=file.name)
