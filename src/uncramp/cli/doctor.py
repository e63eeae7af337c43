"""`uncramp doctor`."""

from __future__ import annotations

import click

from uncramp.actions.doctor import check_up
from uncramp.cli.show import ExitCode, Face, common_options
from uncramp.wording.catalogue import text
from uncramp.wording.safekeeping import doctor_data, doctor_lines

__all__ = ["doctor"]


@click.command(help=text("cli.help.doctor"))
@common_options
def doctor(face: Face) -> None:
    """A check-up; the exit code says whether something must be mended."""
    with face.context() as context:
        result = check_up(context)
    face.out("doctor", doctor_data(result), doctor_lines(result))
    face.exit(ExitCode.FOUND_PROBLEM if result.has_failed else ExitCode.DONE)
