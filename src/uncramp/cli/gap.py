"""`uncramp gap`: how far a race goes beyond what was trained for, and how to pace it."""

from __future__ import annotations

from pathlib import Path

import click

from uncramp.actions.gap import gap_of_race, gap_of_request
from uncramp.actions.race_requests import document_from_text
from uncramp.cli.show import Face, common_options
from uncramp.wording.catalogue import text
from uncramp.wording.gap import gap_data, gap_lines

__all__ = ["gap"]


@click.command(help=text("cli.help.gap"))
@common_options
@click.argument("reference", metavar="[RACE|next]", required=False)
@click.option(
    "--request",
    "request_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help=text("cli.option.request"),
)
def gap(face: Face, *, reference: str | None, request_file: Path | None) -> None:
    """Answer from the request alone, or from the store."""
    if request_file is not None:
        if reference is not None:
            raise click.UsageError(text("cli.request_or_race"), click.get_current_context())
        with click.open_file(str(request_file), encoding="utf-8-sig", errors="replace") as file:
            document = document_from_text(file.read(), file_name=request_file.name)
        answer = gap_of_request(document)
    else:
        with face.context() as context:
            answer = gap_of_race(context, reference or "next")
    face.out(
        "gap",
        gap_data(answer, units=face.units),
        gap_lines(answer, runner=face.runner, units=face.units),
    )
