"""`uncramp sweat` and what it is made from: `add`, `sodium`, `watch`, `group`, `list`, `remove`."""

from __future__ import annotations

from pathlib import Path

import click

from uncramp.actions.runs import parsed_day
from uncramp.actions.sweat_group import GroupResult, add_group_csv, group_sample
from uncramp.actions.sweat_tests import (
    SITES,
    SodiumAsked,
    WeighInAsked,
    add_sodium,
    add_watch_estimate,
    add_weigh_in,
    list_tests,
    refuse_teaching,
    remove_test,
    restore_test,
)
from uncramp.actions.typed_quantities import QuantityKind, parsed_quantity
from uncramp.actions.weather import parsed_weather
from uncramp.cli.show import ExitCode, Face, common_options
from uncramp.cli.sweat_show import show_sweat
from uncramp.errors import InputError
from uncramp.units import mmol_from_mg_sodium
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units
from uncramp.wording.sweat_tests import (
    added_data,
    added_lines,
    group_data,
    group_lines,
    how_to_weigh_data,
    how_to_weigh_lines,
    removed_data,
    removed_lines,
    tests_data,
    tests_lines,
)

__all__ = ["sweat"]


@click.group(invoke_without_command=True, help=text("cli.help.sweat"))
@common_options
def sweat(face: Face) -> None:
    """What is known of one's own sweat, unless a subcommand was given."""
    if click.get_current_context().invoked_subcommand is None:
        show_sweat(face)


@sweat.command(help=text("cli.help.sweat_add"))
@common_options
@click.option("--before", metavar="MASS", help=text("cli.option.sweat_before"))
@click.option("--after", metavar="MASS", help=text("cli.option.sweat_after"))
@click.option("--drunk", metavar="VOLUME", help=text("cli.option.sweat_drunk"))
@click.option("--run", metavar="RUN", help=text("cli.option.sweat_run"))
@click.option("--no-run", is_flag=True, help=text("cli.option.sweat_no_run"))
@click.option("--day", metavar="DATE", help=text("cli.option.sweat_day"))
@click.option("--minutes", type=float, metavar="N", help=text("cli.option.sweat_minutes"))
@click.option("--urine", metavar="VOLUME", help=text("cli.option.sweat_urine"))
@click.option("--food", metavar="MASS", help=text("cli.option.sweat_food"))
@click.option("--towel", metavar="MASS", help=text("cli.option.sweat_towel"))
@click.option("--scale-step", metavar="MASS", help=text("cli.option.sweat_step"))
@click.option("--distance", metavar="LENGTH", help=text("cli.option.sweat_distance"))
@click.option("--weather", metavar="WEATHER", help=text("cli.option.sweat_weather"))
def add(
    face: Face,
    *,
    before: str | None,
    after: str | None,
    drunk: str | None,
    run: str | None,
    no_run: bool,
    day: str | None,
    minutes: float | None,
    urine: str | None,
    food: str | None,
    towel: str | None,
    scale_step: str | None,
    distance: str | None,
    weather: str | None,
) -> None:
    """Keep a weigh-in; without any number, say how one is done."""
    needed = {"--before": before, "--after": after, "--drunk": drunk}
    if not any(needed.values()):
        teach(face)
        return
    if before is None or after is None or drunk is None:
        missing = ", ".join(name for name, said in needed.items() if said is None)
        raise InputError("sweat_incomplete", values={"missing": missing})
    told = None if weather is None else parsed_weather(weather)
    asked = WeighInAsked(
        body_mass_before_kg=parsed_quantity(before, "body_mass", units=face.units),
        body_mass_after_kg=parsed_quantity(after, "body_mass", units=face.units),
        fluid_intake_l=parsed_quantity(drunk, "volume", units=face.units),
        duration_min=minutes,
        run=run,
        without_run=no_run,
        day=None if day is None else parsed_day(day),
        food_kg=maybe(food, "small_mass", units=face.units),
        urine_output_l=maybe(urine, "volume", units=face.units),
        held_sweat_kg=maybe(towel, "small_mass", units=face.units),
        scale_step_kg=maybe(scale_step, "body_mass", units=face.units),
        distance_m=maybe(distance, "distance", units=face.units),
        temp_air_c=None if told is None else told.temp_air_c,
        relative_humidity_pct=None if told is None else told.relative_humidity_pct,
    )
    with face.context() as context:
        added = add_weigh_in(context, asked)
    lines = added_lines(added, runner=face.runner, units=face.units)
    face.out("sweat.add", added_data(added), lines)


def maybe(given: str | None, kind: QuantityKind, *, units: Units) -> float | None:
    """A quantity that may be missing."""
    return None if given is None else parsed_quantity(given, kind, units=units)


def teach(face: Face) -> None:
    """How to weigh oneself; not for somebody who shall not weigh, or not run."""
    with face.context() as context:
        refuse_teaching(context)
    face.out("sweat.how", how_to_weigh_data(), how_to_weigh_lines(runner=face.runner))


@sweat.command(help=text("cli.help.sweat_sodium"))
@common_options
@click.option("--mmol", type=float, metavar="N", help=text("cli.option.sweat_mmol"))
@click.option("--mg", type=float, metavar="N", help=text("cli.option.sweat_mg"))
@click.option("--site", type=click.Choice(SITES), help=text("cli.option.sweat_site"))
@click.option("--whole-body", is_flag=True, help=text("cli.option.sweat_whole_body"))
@click.option("--rate", metavar="VOLUME", help=text("cli.option.sweat_rate"))
@click.option("--run", metavar="RUN", help=text("cli.option.sweat_run"))
@click.option("--day", metavar="DATE", help=text("cli.option.sweat_day"))
def sodium(
    face: Face,
    *,
    mmol: float | None,
    mg: float | None,
    site: str | None,
    whole_body: bool,
    rate: str | None,
    run: str | None,
    day: str | None,
) -> None:
    """Keep what a patch or a laboratory found."""
    if (site is None) is not whole_body:
        raise InputError("sweat_site_or_lab")
    if (mmol is None) is (mg is None):
        raise InputError("sweat_one_value")
    asked = SodiumAsked(
        sodium_mmol_per_l=mmol if mmol is not None else mmol_from_mg_sodium(mg or 0.0),
        site=site,
        day=None if day is None else parsed_day(day),
        run=run,
        sweat_rate_l_per_h=maybe(rate, "volume", units=face.units),
    )
    with face.context() as context:
        added = add_sodium(context, asked)
    lines = added_lines(added, runner=face.runner, units=face.units)
    face.out("sweat.sodium", added_data(added), lines)


@sweat.command(help=text("cli.help.sweat_watch"))
@common_options
@click.argument("reference", metavar="RUN")
@click.option("--loss", metavar="VOLUME", help=text("cli.option.sweat_loss"))
def watch(face: Face, reference: str, *, loss: str | None) -> None:
    """Keep what a watch reckoned."""
    with face.context() as context:
        loss_l = maybe(loss, "volume", units=face.units)
        added = add_watch_estimate(context, reference, sweat_loss_l=loss_l)
    lines = added_lines(added, runner=face.runner, units=face.units)
    face.out("sweat.watch", added_data(added), lines)


@sweat.command(help=text("cli.help.sweat_group"))
@common_options
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--sample", is_flag=True, help=text("cli.option.sweat_sample"))
def group(face: Face, file: Path | None, *, sample: bool) -> None:
    """Keep a group's weigh-ins, each line by itself."""
    if sample:
        face.out("sweat.sample", {"sample": group_sample()}, group_sample().splitlines())
        return
    if file is None:
        raise InputError("sweat_file", values={"detail": text("sweat_test.group.no_file")})
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError("sweat_file", values={"detail": error.strerror or ""}) from error
    with face.context() as context:
        result = add_group_csv(context, content, file.name)
    face.out("sweat.group", group_data(result), group_lines(result, units=face.units))
    face.exit(group_exit_code(result))


def group_exit_code(result: GroupResult) -> ExitCode:
    """0, 4 when some lines stayed out, 1 when all did."""
    if not result.refused:
        return ExitCode.DONE
    return ExitCode.PARTLY_DONE if result.added or result.already else ExitCode.CANNOT


@sweat.command("list", help=text("cli.help.sweat_list"))
@common_options
def list_(face: Face) -> None:
    """Every test that counts."""
    with face.context() as context:
        found = list_tests(context)
    lines = tests_lines(found, runner=face.runner, units=face.units)
    face.out("sweat.list", tests_data(found), lines)


@sweat.command(help=text("cli.help.sweat_remove"))
@common_options
@click.argument("number", metavar="ID", type=int)
@click.option("--undo", is_flag=True, help=text("cli.option.sweat_undo"))
def remove(face: Face, number: int, *, undo: bool) -> None:
    """Take a test out, or in again."""
    with face.context() as context:
        kept = restore_test(context, number) if undo else remove_test(context, number)
    lines = removed_lines(kept, removed=not undo, runner=face.runner)
    face.out("sweat.remove", removed_data(kept, removed=not undo), lines)
