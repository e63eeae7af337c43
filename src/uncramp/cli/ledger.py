"""`uncramp ledger`: every advice, what came of it, and how well predictions held."""

from __future__ import annotations

import click

from uncramp.actions.ledger import ledger_of
from uncramp.cli.show import Face, common_options
from uncramp.wording.catalogue import text
from uncramp.wording.ledger import ledger_data, ledger_lines

__all__ = ["ledger"]


@click.command(help=text("cli.help.ledger"))
@common_options
def ledger(face: Face) -> None:
    """Read it all; nothing is kept."""
    with face.context() as context:
        found = ledger_of(context)
    face.out("ledger", ledger_data(found, units=face.units), ledger_lines(found, units=face.units))
