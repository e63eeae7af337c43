"""`uncramp export`, and what `uncramp import` does with such an export."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from uncramp.actions import exporting, safekeeping
from uncramp.actions.hiding import radius_from
from uncramp.cli.show import Face, common_options
from uncramp.errors import InputError
from uncramp.wording.catalogue import text
from uncramp.wording.safekeeping import (
    export_data,
    export_lines,
    reimport_data,
    reimport_lines,
)

__all__ = ["export", "take_in_export"]

Show = Callable[..., None]


@click.command(help=text("cli.help.export"))
@common_options
@click.argument("target", metavar="DIR_OR_ZIP", type=click.Path(path_type=Path))
@click.option("--all", "everybody", is_flag=True, help=text("cli.option.export_all"))
@click.option("--trim-home", metavar="DISTANCE", help=text("cli.option.trim_home"))
@click.option("--no-gps", is_flag=True, help=text("cli.option.no_gps"))
def export(
    face: Face, target: Path, *, everybody: bool, trim_home: str | None, no_gps: bool
) -> None:
    """Everything of one runner, or of all, in files anybody can read."""
    if everybody and face.runner_given:
        raise InputError("export_whom")
    radius_m = None if trim_home is None else radius_from(trim_home)
    with face.context() as context, progress_bar(text("safekeeping.export.progress")) as show:
        result = exporting.export(
            context,
            target,
            everybody=everybody,
            trim_home_m=radius_m,
            without_places=no_gps,
            progress=show,
        )
    face.out("export", export_data(result), export_lines(result))


def take_in_export(face: Face, paths: Sequence[Path]) -> bool:
    """Take in the one path, if it is an export of ours, and say what came back.

    False when it is none: then it is up to `uncramp import`. InputError `export_alone` when an
    export was given together with other files.
    """
    if not any(safekeeping.is_export(path) for path in paths):
        return False
    if len(paths) > 1:
        raise InputError("export_alone")
    with face.context() as context, progress_bar(text("import.progress")) as show:
        result = safekeeping.import_export(context, paths[0], progress=show)
    face.out("reimport", reimport_data(result), reimport_lines(result))
    return True


@contextmanager
def progress_bar(title: str) -> Iterator[Show | None]:
    """A progress bar on stderr, when that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[name]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, name="")

        def show(*, done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, name=name)

        yield show
