"""`uncramp runner add | list | show | clear`."""

from __future__ import annotations

from datetime import date

import click

from uncramp.actions.runners import add_runner, clear_flag, list_runners, show_runner
from uncramp.cli.show import Face, common_options
from uncramp.errors import InputError
from uncramp.vocabulary import Sex, UserProfile
from uncramp.wording.catalogue import text
from uncramp.wording.runs import (
    cleared_data,
    cleared_lines,
    runner_data,
    runner_lines,
    runners_lines,
)

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
    data = {"runners": [runner_data(summary) for summary in summaries]}
    face.out("runner.list", data, runners_lines(summaries))


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


def parsed_day(given: str) -> date:
    """The day that was typed; InputError `bad_date` when it is none."""
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise InputError("bad_date", values={"date": given}) from error
