"""`uncramp import PATH…`, from a watch, from a folder as files come, and taken back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import click

from uncramp.actions.context import Context
from uncramp.actions.curating import undo_import
from uncramp.actions.diary import proposals
from uncramp.actions.importing import ImportResult, Progress, import_paths
from uncramp.actions.race_debrief import debriefs_due
from uncramp.actions.watching import find_device_folders, watch_folder
from uncramp.cli.export import take_in_export
from uncramp.cli.show import ExitCode, Face, common_options, echo_lines
from uncramp.wording.catalogue import text
from uncramp.wording.diary import diary_lines
from uncramp.wording.importing import (
    import_data,
    import_lines,
    import_warnings,
    progress_text,
    undone_data,
    undone_lines,
)
from uncramp.wording.race_debrief import due_lines

__all__ = ["import_"]


@click.command("import", help=text("cli.help.import"), epilog=text("cli.help.import_files"))
@common_options
@click.argument("paths", metavar="PATH...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--undo", "stamp", metavar="STAMP", help=text("cli.option.undo_import"))
@click.option("--watch-device", is_flag=True, help=text("cli.option.watch_device"))
@click.option(
    "--watch",
    "watched",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help=text("cli.option.watch"),
)
@click.option("--workers", metavar="N", type=click.IntRange(1, 64), help=text("cli.option.workers"))
def import_(
    face: Face,
    paths: tuple[Path, ...],
    *,
    stamp: str | None,
    watch_device: bool,
    watched: Path | None,
    workers: int | None,
) -> None:
    """Import, report, and say with the exit code whether something stayed out."""
    if sum(map(bool, (paths, stamp, watch_device, watched))) != 1:
        raise click.UsageError(text("cli.import_one"), click.get_current_context())
    if stamp is not None:
        with face.context() as context:
            undone = undo_import(context, stamp)
        face.out("import", undone_data(undone), undone_lines(undone))
    elif watched is not None:
        echo_lines([text("import.watching")], to_stderr=True)
        watch_folder(face.context, watched, tell=lambda context, result: say(face, context, result))
    elif not take_in_export(face, paths):
        if watch_device:
            paths = tuple(find_device_folders())
            echo_lines([text("import.device_found", n_folders=len(paths))], to_stderr=True)
        with face.context() as context:
            with shown_progress() as progress:
                result = import_paths(context, paths, progress=progress, workers=workers)
            say(face, context, result)
        face.exit(exit_code(result))


def say(face: Face, context: Context, result: ImportResult) -> None:
    """What came in; then, for people, what the runs show."""
    face.out(
        "import",
        import_data(result),
        chain(import_lines(result, units=face.units), diary_after(context, face, result)),
        warnings=import_warnings(result),
    )


def diary_after(context: Context, face: Face, result: ImportResult) -> Iterator[str]:
    """What the diary would like to know when a run came in; of a race, the look back."""
    if any(one.row.is_run and one.status != "already_there" for one in result.activities):
        yield from diary_lines(proposals(context), runner=face.runner, units=face.units)
        came = frozenset(one.row.activity_id for one in result.activities)
        yield from due_lines(debriefs_due(context, among=came), runner=face.runner)


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
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn(text("import.progress")),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[size]}", markup=False),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}", markup=False),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, name="", size="")

        def show(*, done: int, total: int, done_bytes: int, total_bytes: int, name: str) -> None:
            size = progress_text(done_bytes=done_bytes, total_bytes=total_bytes)
            bar.update(task, completed=done, total=total, name=name, size=size)

        yield show
