"""`uncramp import PATH…`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from uncramp.actions.importing import ImportResult, Progress, import_paths
from uncramp.cli.show import ExitCode, Face, common_options
from uncramp.wording.catalogue import text
from uncramp.wording.importing import import_data, import_lines, import_warnings

__all__ = ["import_"]


@click.command("import", help=text("cli.help.import"))
@common_options
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
def import_(face: Face, paths: tuple[Path, ...]) -> None:
    """Import, report, and say with the exit code whether something stayed out."""
    with face.context() as context, shown_progress() as progress:
        result = import_paths(context, paths, progress=progress)
    face.out(
        "import",
        import_data(result),
        import_lines(result, units=face.units),
        warnings=import_warnings(result),
    )
    face.exit(exit_code(result))


def exit_code(result: ImportResult) -> ExitCode:
    """0, 4 when some files stayed out, 1 when all did."""
    if not result.refused:
        return ExitCode.DONE
    return ExitCode.PARTLY_DONE if result.activities else ExitCode.CANNOT


@contextmanager
def shown_progress() -> Iterator[Progress | None]:
    """A progress bar on stderr, when that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn(text("import.progress")),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[name]}", markup=False),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, name="")

        def show(*, done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, name=name)

        yield show
