"""`uncramp runner add | list | show | clear | erase`."""

from __future__ import annotations

import sys
from datetime import date

import click

from uncramp.actions.runners import add_runner, clear_flag, list_runners, show_runner
from uncramp.actions.safekeeping import ErasePlan, erase, plan_erase
from uncramp.cli.show import ExitCode, Face, common_options, echo_lines
from uncramp.errors import InputError
from uncramp.vocabulary import Sex, UserProfile
from uncramp.wording.catalogue import text
from uncramp.wording.runs import (
    cleared_data,
    cleared_lines,
    runner_data,
    runner_lines,
    runners_data,
    runners_lines,
)
from uncramp.wording.safekeeping import erase_data, erase_plan_lines, erased_lines

__all__ = ["runner"]


@click.group(help=text("cli.help.runner"))
def runner() -> None:
    """People."""


@runner.command(help=text("cli.help.runner_add"))
@common_options
@click.argument("name")
@click.option("--sex", type=click.Choice([sex.value for sex in Sex]), help=text("cli.option.sex"))
@click.option("--age", type=float, help=text("cli.option.age"))
@click.option("--height-cm", type=float, help=text("cli.option.height"))
@click.option("--mass-kg", type=float, help=text("cli.option.mass"))
def add(
    face: Face,
    name: str,
    sex: str | None,
    age: float | None,
    height_cm: float | None,
    mass_kg: float | None,
) -> None:
    """A new runner."""
    profile = UserProfile(
        sex=None if sex is None else Sex(sex),
        age_y=age,
        height_cm=height_cm,
        body_mass_kg=mass_kg,
    )
    with face.context() as context:
        summary = add_runner(context, name=name, profile=profile)
    face.out("runner.add", runner_data(summary), runner_lines(summary, units=face.units))


@runner.command("list", help=text("cli.help.runner_list"))
@common_options
def list_(face: Face) -> None:
    """Everybody."""
    with face.context() as context:
        summaries = list_runners(context)
    face.out("runner.list", runners_data(summaries), runners_lines(summaries))


@runner.command(help=text("cli.help.runner_show"))
@common_options
def show(face: Face) -> None:
    """One runner."""
    with face.context() as context:
        summary = show_runner(context)
    face.out("runner.show", runner_data(summary), runner_lines(summary, units=face.units))


@runner.command(help=text("cli.help.runner_clear"))
@common_options
@click.argument("flag_id", metavar="FLAG_ID")
@click.option(
    "--seen-clinician", metavar="DATE", required=True, help=text("cli.option.seen_clinician")
)
@click.option("--note", metavar="TEXT", help=text("cli.option.note"))
def clear(face: Face, flag_id: str, seen_clinician: str, note: str | None) -> None:
    """A dated clearance."""
    day = parsed_day(seen_clinician)
    with face.context() as context:
        cleared = clear_flag(context, reference=flag_id, seen_clinician=day, note=note)
    face.out("runner.clear", cleared_data(cleared), cleared_lines(cleared))


@runner.command("erase", help=text("cli.help.runner_erase"))
@common_options
@click.argument("name")
@click.option("--yes", is_flag=True, help=text("cli.option.erase_yes"))
def erase_(face: Face, name: str, *, yes: bool) -> None:
    """A runner, gone for good."""
    with face.context() as context:
        if not yes and not is_sure(face, plan_erase(context, name)):
            echo_lines([text("safekeeping.erase.kept")])
            face.exit(ExitCode.CANNOT)
        erased = erase(context, name)
    face.out("runner.erase", erase_data(erased), erased_lines(erased))
    face.exit(ExitCode.DONE if erased.is_scrubbed else ExitCode.PARTLY_DONE)


def is_sure(face: Face, plan: ErasePlan) -> bool:
    """Say what will be gone, and ask for the name; InputError when there is nobody to ask."""
    if face.json or not sys.stdin.isatty():
        raise InputError("erase_unsure")
    echo_lines(erase_plan_lines(plan))
    typed: str = click.prompt(text("safekeeping.erase.ask"), default="", show_default=False)
    return typed.strip() == plan.runner


def parsed_day(given: str) -> date:
    """The day that was typed; InputError `bad_date` when it is none."""
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise InputError("bad_date", values={"date": given}) from error
