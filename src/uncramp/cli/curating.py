"""`uncramp runs merge`, `split`, `exclude` and `title`: the runner has the last word."""

from __future__ import annotations

from typing import Final

import click

from uncramp.actions.curating import exclude_run, merge_runs, name_run, split_run
from uncramp.cli.show import Face, common_options
from uncramp.wording.catalogue import text
from uncramp.wording.curating import (
    changed_data,
    excluded_lines,
    merged_data,
    merged_lines,
    named_lines,
    split_data,
    split_lines,
)

__all__ = ["CURATING"]


@click.command(help=text("cli.help.runs_merge"))
@common_options
@click.argument("kept", metavar="ID")
@click.argument("linked", metavar="ID")
def merge(face: Face, kept: str, linked: str) -> None:
    """Two recordings of one run."""
    with face.context() as context:
        merged = merge_runs(context, kept, linked)
    face.out("runs.merge", merged_data(merged), merged_lines(merged, runner=face.runner))


@click.command(help=text("cli.help.runs_split"))
@common_options
@click.argument("reference", metavar="ID")
def split(face: Face, reference: str) -> None:
    """No longer recordings of one run."""
    with face.context() as context:
        parted = split_run(context, reference)
    face.out("runs.split", split_data(parted), split_lines(parted))


@click.command(help=text("cli.help.runs_exclude"))
@common_options
@click.argument("reference", metavar="ID")
@click.option("--undo", "counts", is_flag=True, help=text("cli.option.count_again"))
def exclude(face: Face, reference: str, *, counts: bool) -> None:
    """Out of everything that looks at the history, or in again."""
    with face.context() as context:
        row = exclude_run(context, reference, excluded=not counts)
    face.out("runs.exclude", changed_data(row), excluded_lines(row, runner=face.runner))


@click.command(help=text("cli.help.runs_title"))
@common_options
@click.argument("reference", metavar="ID")
@click.argument("title", metavar="TEXT")
def title(face: Face, reference: str, title: str) -> None:
    """A name of one's own."""
    with face.context() as context:
        row = name_run(context, reference, title)
    face.out("runs.title", changed_data(row), named_lines(row))


CURATING: Final = (merge, split, exclude, title)
"""What cli/runs.py puts under `uncramp runs`."""
