"""`uncramp history`: why you keep cramping, from all your runs."""

from __future__ import annotations

import click

from uncramp.actions.answers import answers_from_options
from uncramp.actions.history import history_of_runner
from uncramp.cli.show import Face, common_options
from uncramp.wording.catalogue import text
from uncramp.wording.history import history_data, history_lines

__all__ = ["history"]


@click.command(help=text("cli.help.history"))
@common_options
@click.option("--answer", "given", metavar="Q=A", multiple=True, help=text("cli.option.answer"))
def history(face: Face, *, given: tuple[str, ...]) -> None:
    """Compare; of the answers those to the danger questions are kept."""
    with face.context() as context:
        answer = history_of_runner(context, given=answers_from_options(given))
        data = history_data(answer, units=face.units)
        lines = list(history_lines(answer, units=face.units))
    face.out("history", data, lines)
