"""`uncramp backup [FILE]` and `uncramp restore FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from uncramp.actions import safekeeping
from uncramp.cli.show import Face, common_options
from uncramp.wording.catalogue import text
from uncramp.wording.safekeeping import backup_data, backup_lines, restore_data, restore_lines

__all__ = ["backup", "restore"]


@click.command(help=text("cli.help.backup"))
@common_options
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
def backup(face: Face, file: Path | None) -> None:
    """One file that holds everything."""
    with face.context() as context:
        result = safekeeping.backup(context, file)
    face.out("backup", backup_data(result), backup_lines(result))


@click.command(help=text("cli.help.restore"))
@common_options
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def restore(face: Face, file: Path) -> None:
    """That file, put back."""
    with face.context() as context:
        result = safekeeping.restore(context, file)
    face.out("restore", restore_data(result), restore_lines(result))
