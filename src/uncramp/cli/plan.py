"""`uncramp plan`: what to drink and take on race day, or on any run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from uncramp.actions.race_requests import document_from_text
from uncramp.actions.typed_quantities import (
    parsed_duration,
    parsed_length,
    parsed_quantity,
    parsed_temperature,
)
from uncramp.cli.show import Face, common_options
from uncramp.errors import InputError
from uncramp.units import minutes_from_seconds
from uncramp.wording.catalogue import text
from uncramp.wording.drink_plan import drink_data, drink_lines

if TYPE_CHECKING:
    from uncramp.actions.plan import DrinkAnswer

__all__ = ["plan"]

PERCENT = 100.0


@click.command(help=text("cli.help.plan"))
@common_options
@click.argument("reference", metavar="[RACE|next]", required=False)
@click.option("--run", "run_time", metavar="TIME", help=text("cli.option.plan_run"))
@click.option("--temp", metavar="DEGREES", help=text("cli.option.plan_temp"))
@click.option("--humidity", type=float, metavar="N", help=text("cli.option.plan_humidity"))
@click.option("--distance", metavar="LENGTH", help=text("cli.option.plan_distance"))
@click.option("--stations", metavar="LINE", help=text("cli.option.plan_stations"))
@click.option("--cup", metavar="VOLUME", help=text("cli.option.plan_cup"))
@click.option("--carry", metavar="PRODUCTS", help=text("cli.option.plan_carry"))
@click.option("--carry-l", metavar="VOLUME", help=text("cli.option.plan_carry_l"))
@click.option("--trialled", metavar="PRODUCTS", help=text("cli.option.plan_trialled"))
@click.option("--trialled-drink", metavar="VOLUME", help=text("cli.option.plan_trialled_l"))
@click.option(
    "--trialled-sodium", type=float, metavar="N", help=text("cli.option.plan_trialled_mg")
)
@click.option("--slower", type=float, metavar="N", help=text("cli.option.plan_slower"))
@click.option("--missed", metavar="LENGTH", multiple=True, help=text("cli.option.plan_missed"))
@click.option("--what-if", is_flag=True, help=text("cli.option.plan_what_if"))
@click.option("--answer", "given", metavar="Q=A", multiple=True, help=text("cli.option.answer"))
@click.option(
    "--request",
    "request_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help=text("cli.option.request"),
)
def plan(
    face: Face,
    *,
    reference: str | None,
    run_time: str | None,
    temp: str | None,
    humidity: float | None,
    distance: str | None,
    stations: str | None,
    cup: str | None,
    carry: str | None,
    carry_l: str | None,
    trialled: str | None,
    trialled_drink: str | None,
    trialled_sodium: float | None,
    slower: float | None,
    missed: tuple[str, ...],
    what_if: bool,
    given: tuple[str, ...],
    request_file: Path | None,
) -> None:
    """Answer from the request alone, for a run, or for a kept race."""
    from uncramp.actions.plan import DrinkWishes, plan_of_race, plan_of_request, plan_of_run

    if sum(one is not None for one in (request_file, reference, run_time)) > 1:
        raise click.UsageError(text("cli.request_or_race"), click.get_current_context())
    if request_file is not None:
        show(face, plan_of_request(document_in(request_file)))
        return
    from uncramp.actions.answers import answers_from_options

    degrees = None if temp is None else parsed_temperature(temp, units=face.units)
    wishes = DrinkWishes(
        stations=stations,
        cup_l=volume(face, cup),
        carry=named(carry),
        carry_l=volume(face, carry_l) or 0.0,
        trialled=named(trialled),
        trialled_l_per_h=volume(face, trialled_drink),
        trialled_sodium_mg_per_h=trialled_sodium,
        temp_air_c=degrees,
        slower_share=(slower or 0.0) / PERCENT,
        missed=tuple(parsed_length(one, units=face.units) for one in missed),
    )
    answers = answers_from_options(given)
    is_what_if = what_if or degrees is not None or bool(slower) or bool(missed)
    with face.context() as context:
        if run_time is None:
            answer = plan_of_race(context, reference or "next", wishes, answers=answers,
                                  units=face.units, keeps=not is_what_if)  # fmt: skip
        else:
            answer = plan_of_run(
                context,
                duration_min=minutes_from_seconds(parsed_duration(run_time)),
                temp_air_c=needed(degrees),
                relative_humidity_pct=humidity,
                distance_m=None if distance is None else parsed_length(distance, units=face.units),
                wishes=wishes,
                answers=answers,
                units=face.units,
            )
    show(face, answer)


def needed(degrees: float | None) -> float:
    """A run without a race has no other weather."""
    if degrees is None:
        raise InputError("run_without_weather")
    return degrees


def document_in(file: Path) -> Mapping[str, Any]:
    """The request in a file."""
    with click.open_file(str(file), encoding="utf-8-sig", errors="replace") as opened:
        return document_from_text(opened.read(), file_name=file.name)


def show(face: Face, answer: DrinkAnswer) -> None:
    """A plan as the envelope or in words."""
    face.out(
        "plan",
        drink_data(answer, units=face.units),
        drink_lines(answer, runner=face.runner, units=face.units),
    )


def volume(face: Face, given: str | None) -> float | None:
    """A volume that may be missing."""
    return None if given is None else parsed_quantity(given, "volume", units=face.units)


def named(given: str | None) -> tuple[str, ...]:
    """`saltstick_caps, gu_gel` as ids."""
    return () if given is None else tuple(given.replace(",", " ").lower().split())
