"""`uncramp fetch intervals`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click

from uncramp.actions.fetching import OWN_ATHLETE, FetchedFiles, fetch_intervals, read_key
from uncramp.actions.runs import parsed_day
from uncramp.cli.progress import counted_progress
from uncramp.cli.show import ExitCode, Face, common_options
from uncramp.wording.catalogue import text
from uncramp.wording.fetching import fetched_data, fetched_lines, fetched_warnings

__all__ = ["fetch"]

OTHERS_MAY_READ: Final = 0o077


@click.group(help=text("cli.help.fetch"))
@common_options
def fetch(face: Face) -> None:
    """The services."""
    del face


@fetch.command(help=text("cli.help.fetch_intervals"))
@common_options
@click.option(
    "--key-file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=text("cli.option.key_file"),
)
@click.option("--athlete", metavar="ID", default=OWN_ATHLETE, help=text("cli.option.athlete"))
@click.option("--since", metavar="DATE", help=text("cli.option.fetch_since"))
@click.option("--all-sports", is_flag=True, help=text("cli.option.all_sports"))
def intervals(
    face: Face, *, key_file: Path | None, athlete: str, since: str | None, all_sports: bool
) -> None:
    """Originals from intervals.icu."""
    day = None if since is None else parsed_day(since)
    key = read_key(key_file)
    with face.context() as context, counted_progress(text("fetch.asking")) as progress:
        fetched = fetch_intervals(
            context, key=key, athlete=athlete, since=day, all_sports=all_sports, progress=progress
        )
    is_open = key_file is not None and others_may_read(key_file)
    face.out(
        "fetch.intervals",
        fetched_data(fetched),
        fetched_lines(fetched, runner=face.runner, key_is_open=is_open),
        warnings=fetched_warnings(fetched, key_is_open=is_open),
    )
    face.exit(exit_code(fetched))


def others_may_read(key_file: Path) -> bool:
    """Whether the rights of the key file are wider than they need be."""
    return os.name == "posix" and bool(key_file.stat().st_mode & OTHERS_MAY_READ)


def exit_code(fetched: FetchedFiles) -> ExitCode:
    """0; 4 when something stayed out, 1 when all did."""
    if not fetched.refused and not fetched.from_strava and fetched.problem is None:
        return ExitCode.DONE
    came = fetched.added + fetched.already_there + fetched.linked + fetched.n_known
    return ExitCode.PARTLY_DONE if came else ExitCode.CANNOT
