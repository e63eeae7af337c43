"""`uncramp ask`: a question in plain words, answered from the evidence and your own data."""

from __future__ import annotations

import click

from uncramp.actions.answers import answers_from_options
from uncramp.actions.ask import ask as asked_now
from uncramp.cli.show import Face, common_options
from uncramp.wording.ask import ask_data, ask_lines
from uncramp.wording.catalogue import text

__all__ = ["ask"]

STANDARD_INPUT = "-"


@click.command(help=text("cli.help.ask"))
@common_options
@click.argument("question", nargs=-1, required=True)
@click.option("--answer", "given", metavar="Q=A", multiple=True, help=text("cli.option.answer"))
def ask(face: Face, *, question: tuple[str, ...], given: tuple[str, ...]) -> None:
    """Answer one question; nothing is stored."""
    said = " ".join(question)
    if said == STANDARD_INPUT:
        with click.open_file(said, encoding="utf-8-sig", errors="replace") as file:
            said = file.read()
    with face.context() as context:
        answer = asked_now(
            context,
            said,
            given=answers_from_options(given),
            must_be_known=face.runner_given,
        )
        data = ask_data(answer, units=face.units)
    face.out("ask", data, ask_lines(data))
