"""`uncramp runs` and `uncramp runs show ID`."""

from __future__ import annotations

import click

from uncramp.actions.runs import list_runs, show_run
from uncramp.cli.show import Face, common_options
from uncramp.wording.catalogue import text
from uncramp.wording.runs import details_data, details_lines, run_data, runs_lines

__all__ = ["runs"]


@click.group(invoke_without_command=True, help=text("cli.help.runs"))
@common_options
def runs(face: Face) -> None:
    """The list, unless a subcommand was given."""
    if click.get_current_context().invoked_subcommand is None:
        with face.context() as context:
            rows = list_runs(context)
        data = {"runs": [run_data(row) for row in rows]}
        face.out("runs", data, runs_lines(rows, runner=face.runner, units=face.units))


@runs.command(help=text("cli.help.runs_show"))
@common_options
@click.argument("reference", metavar="ID")
def show(face: Face, reference: str) -> None:
    """One activity in detail."""
    with face.context() as context:
        details = show_run(context, reference)
    face.out(
        "runs.show",
        details_data(details),
        details_lines(details, runner=face.runner, units=face.units),
    )
