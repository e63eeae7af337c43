"""`uncramp rehearse`: a drinking plan tried on long runs. `plan`, `log`, `show`, `compare`."""

from __future__ import annotations

import click

from uncramp.actions.answers import answers_from_options
from uncramp.actions.rehearse import (
    GUT,
    OUTCOMES,
    TOOK,
    CompareAsked,
    LogAsked,
    RehearsalAnswer,
    compare_for_race,
    log_rehearsal,
    plan_rehearsals,
    rehearsals_of_race,
)
from uncramp.actions.typed_quantities import QuantityKind, parsed_quantity, parsed_temperature
from uncramp.cli.show import Face, common_options
from uncramp.wording.catalogue import text
from uncramp.wording.rehearse import (
    compare_data,
    compare_lines,
    rehearse_data,
    rehearse_lines,
)

__all__ = ["rehearse"]

YES_NO = ["yes", "no"]


@click.group(help=text("cli.help.rehearse"))
@common_options
def rehearse(face: Face) -> None:
    """Everything is done by the parts."""
    del face


@rehearse.command(help=text("cli.help.rehearse_plan"))
@common_options
@click.argument("reference", metavar="[RACE|next]", default="next")
@click.option("--temp", metavar="TEMP", help=text("cli.option.rehearse_temp"))
@click.option("--answer", "given", metavar="Q=A", multiple=True, help=text("cli.option.answer"))
def plan(face: Face, reference: str, *, temp: str | None, given: tuple[str, ...]) -> None:
    """Choose, predict and keep."""
    degrees = None if temp is None else parsed_temperature(temp, units=face.units)
    answers = answers_from_options(given)
    with face.context() as context:
        answer = plan_rehearsals(context, reference, temp_air_c=degrees, answers=answers)
    out(face, "rehearse.plan", answer)


@rehearse.command(help=text("cli.help.rehearse_log"))
@common_options
@click.argument("reference", metavar="[RACE|next]", default="next")
@click.option("--as-planned", is_flag=True, help=text("cli.option.rehearse_as_planned"))
@click.option("--took", type=click.Choice(TOOK), help=text("cli.option.rehearse_took"))
@click.option("--gut", type=click.Choice(GUT), help=text("cli.option.rehearse_gut"))
@click.option("--twitched", type=click.Choice(YES_NO), help=text("cli.option.rehearse_twitched"))
@click.option("--cramped", type=click.Choice(YES_NO), help=text("cli.option.rehearse_cramped"))
@click.option("--drunk", metavar="VOLUME", help=text("cli.option.rehearse_drunk"))
@click.option("--before", metavar="MASS", help=text("cli.option.rehearse_before"))
@click.option("--after", metavar="MASS", help=text("cli.option.rehearse_after"))
@click.option("--urine", metavar="VOLUME", help=text("cli.option.rehearse_urine"))
@click.option("--scale-step", metavar="MASS", help=text("cli.option.rehearse_scale"))
@click.option("--run", metavar="RUN", help=text("cli.option.rehearse_run"))
@click.option("--session", metavar="SESSION", help=text("cli.option.rehearse_session"))
@click.option("--compares", is_flag=True, help=text("cli.option.rehearse_compares"))
def log(
    face: Face,
    reference: str,
    *,
    as_planned: bool,
    took: str | None,
    gut: str | None,
    twitched: str | None,
    cramped: str | None,
    drunk: str | None,
    before: str | None,
    after: str | None,
    urine: str | None,
    scale_step: str | None,
    run: str | None,
    session: str | None,
    compares: bool,
) -> None:
    """Keep what was told; what was told beside --as-planned goes before it."""
    asked = LogAsked(
        run=run,
        session=session,
        took=took or ("as_planned" if as_planned else None),
        gut=gut or ("fine" if as_planned else None),
        twitched=said_yes(twitched, quiet=as_planned),
        cramped=said_yes(cramped, quiet=as_planned),
        fluid_intake_l=amount(face, drunk, "volume"),
        body_mass_before_kg=amount(face, before, "body_mass"),
        body_mass_after_kg=amount(face, after, "body_mass"),
        urine_output_l=amount(face, urine, "volume"),
        scale_step_kg=amount(face, scale_step, "body_mass"),
        compares=compares,
    )
    with face.context() as context:
        answer = log_rehearsal(context, reference, asked)
    out(face, "rehearse.log", answer)


@rehearse.command(help=text("cli.help.rehearse_show"))
@common_options
@click.argument("reference", metavar="[RACE|next]", default="next")
def show(face: Face, reference: str) -> None:
    """Show it; nothing is kept."""
    with face.context() as context:
        answer = rehearsals_of_race(context, reference)
    out(face, "rehearse.show", answer)


@rehearse.command(help=text("cli.help.rehearse_compare"))
@common_options
@click.argument("reference", metavar="[RACE|next]", default="next")
@click.option("--outcome", type=click.Choice(OUTCOMES), help=text("cli.option.rehearse_outcome"))
@click.option("--runs", type=int, metavar="N", help=text("cli.option.rehearse_runs"))
@click.option("--begin", "begins", is_flag=True, help=text("cli.option.rehearse_begin"))
@click.option("--end", "ends", is_flag=True, help=text("cli.option.rehearse_end"))
@click.option("--answer", "given", metavar="Q=A", multiple=True, help=text("cli.option.answer"))
def compare(
    face: Face,
    reference: str,
    *,
    outcome: str | None,
    runs: int | None,
    begins: bool,
    ends: bool,
    given: tuple[str, ...],
) -> None:
    """Whether it could tell, or what it says; begun or ended when asked."""
    asked = CompareAsked(outcome=outcome, runs=runs, begins=begins, ends=ends)
    answers = answers_from_options(given)
    with face.context() as context:
        answer = compare_for_race(context, reference, asked, answers=answers)
    face.out(
        "rehearse.compare",
        compare_data(answer, units=face.units),
        compare_lines(answer, units=face.units),
    )


def out(face: Face, verb: str, answer: RehearsalAnswer) -> None:
    """Rehearsals as the envelope or in words."""
    face.out(
        verb,
        rehearse_data(answer, units=face.units),
        rehearse_lines(answer, runner=face.runner, units=face.units),
    )


def said_yes(given: str | None, *, quiet: bool) -> bool | None:
    """A yes or a no; no where all was quiet; None where nothing was said."""
    if given is None:
        return False if quiet else None
    return given == "yes"


def amount(face: Face, given: str | None, kind: QuantityKind) -> float | None:
    """An amount that may be missing."""
    return None if given is None else parsed_quantity(given, kind, units=face.units)
