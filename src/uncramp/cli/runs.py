"""`uncramp runs`, `uncramp runs --years` and `uncramp runs show ID`."""

from __future__ import annotations

import shutil
from typing import Final

import click

from uncramp.actions.runs import RunFilter, list_runs, parsed_day
from uncramp.actions.showing import show_run
from uncramp.actions.years import year_view
from uncramp.cli.curating import CURATING
from uncramp.cli.show import Face, common_options
from uncramp.cli.training import training
from uncramp.wording.catalogue import text
from uncramp.wording.runs import runs_data, runs_lines
from uncramp.wording.showing import details_data, details_lines, n_columns
from uncramp.wording.years import years_data, years_lines

__all__ = ["runs"]

COLUMNS: Final = 80


@click.group(invoke_without_command=True, help=text("cli.help.runs"))
@common_options
@click.option("--year", type=click.IntRange(1900, 9999), metavar="Y", help=text("cli.option.year"))
@click.option("--since", metavar="DATE", help=text("cli.option.since"))
@click.option("--until", metavar="DATE", help=text("cli.option.until"))
@click.option("--sport", metavar="S", help=text("cli.option.sport"))
@click.option("--cramped", is_flag=True, help=text("cli.option.cramped"))
@click.option("--flagged", is_flag=True, help=text("cli.option.flagged"))
@click.option("--all", "hidden_too", is_flag=True, help=text("cli.option.hidden"))
@click.option("--years", is_flag=True, help=text("cli.option.years"))
def runs(
    face: Face,
    *,
    year: int | None,
    since: str | None,
    until: str | None,
    sport: str | None,
    cramped: bool,
    flagged: bool,
    hidden_too: bool,
    years: bool,
) -> None:
    """The list, or the years, unless a subcommand was given."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    wanted = RunFilter(
        year=year,
        since=None if since is None else parsed_day(since),
        until=None if until is None else parsed_day(until),
        sport=sport,
        cramped=cramped,
        flagged=flagged,
        hidden_too=hidden_too,
    )
    with face.context() as context:
        if years:
            found = year_view(context, wanted)
            lines = years_lines(found, runner=face.runner, units=face.units, width=columns())
            face.out("runs.years", years_data(found), lines)
            return
        listed = list_runs(context, wanted)
    face.out("runs", runs_data(listed), runs_lines(listed, runner=face.runner, units=face.units))


@runs.command(help=text("cli.help.runs_show"))
@common_options
@click.argument("reference", metavar="ID")
@click.option("--full", is_flag=True, help=text("cli.option.show_full"))
def show(face: Face, reference: str, *, full: bool) -> None:
    """One activity in detail."""
    width = COLUMNS if face.json else columns()
    with face.context() as context:
        details = show_run(context, reference, n_stretches=n_columns(width))
    face.out(
        "runs.show",
        details_data(details),
        details_lines(details, runner=face.runner, units=face.units, full=full, width=width),
    )


def columns() -> int:
    """How wide the terminal is, as far as lines are made for it."""
    return min(shutil.get_terminal_size((COLUMNS, 24)).columns, COLUMNS)


for command in (*CURATING, training):
    runs.add_command(command)
