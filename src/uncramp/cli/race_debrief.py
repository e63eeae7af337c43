"""`uncramp race debrief`: a race that was run, against its plans and what was predicted."""

from __future__ import annotations

import click

from uncramp.actions.race_debrief import (
    GUT,
    TOOK,
    DebriefAsked,
    debrief_of_race,
    tell_debrief,
)
from uncramp.actions.typed_quantities import QuantityKind, parsed_length, parsed_quantity
from uncramp.cli.show import Face, common_options
from uncramp.units import kilometres_from_metres
from uncramp.wording.catalogue import text
from uncramp.wording.race_debrief import debrief_data, debrief_lines

__all__ = ["debrief"]


@click.command(help=text("cli.help.race_debrief"))
@common_options
@click.argument("reference", metavar="RACE")
@click.option("--run", metavar="RUN", help=text("cli.option.debrief_run"))
@click.option("--took", type=click.Choice(TOOK), help=text("cli.option.debrief_took"))
@click.option("--gut", type=click.Choice(GUT), help=text("cli.option.debrief_gut"))
@click.option("--cramped", type=click.Choice(["yes", "no"]),
              help=text("cli.option.debrief_cramped"))  # fmt: skip
@click.option("--at", metavar="LENGTH", help=text("cli.option.debrief_at"))
@click.option("--muscle", "muscles", metavar="MUSCLE", multiple=True,
              help=text("cli.option.debrief_muscle"))  # fmt: skip
@click.option("--before", metavar="MASS", help=text("cli.option.debrief_before"))
@click.option("--after", metavar="MASS", help=text("cli.option.debrief_after"))
@click.option("--drunk", metavar="VOLUME", help=text("cli.option.debrief_drunk"))
def debrief(
    face: Face,
    reference: str,
    *,
    run: str | None,
    took: str | None,
    gut: str | None,
    cramped: str | None,
    at: str | None,
    muscles: tuple[str, ...],
    before: str | None,
    after: str | None,
    drunk: str | None,
) -> None:
    """Show it; what was told goes into the store first."""
    place_m = None if at is None else parsed_length(at, units=face.units)
    did = None if cramped is None else cramped == "yes"
    asked = DebriefAsked(
        run=run,
        took=took,
        gut=gut,
        cramped=True if at is not None or muscles else did,
        km=None if place_m is None else kilometres_from_metres(place_m),
        muscles=muscles,
        body_mass_before_kg=amount(face, before, "body_mass"),
        body_mass_after_kg=amount(face, after, "body_mass"),
        fluid_intake_l=amount(face, drunk, "volume"),
    )
    with face.context() as context:
        if asked == DebriefAsked(run=run):
            answer = debrief_of_race(context, reference, run=run)
        else:
            answer = tell_debrief(context, reference, asked)
    face.out(
        "race.debrief",
        debrief_data(answer, units=face.units),
        debrief_lines(answer, runner=face.runner, units=face.units),
    )


def amount(face: Face, given: str | None, kind: QuantityKind) -> float | None:
    """An amount that may be missing."""
    return None if given is None else parsed_quantity(given, kind, units=face.units)
