"""`uncramp research`: the models bare, for those who check them."""

from __future__ import annotations

from pathlib import Path

import click

from uncramp.actions.simulating import simulate_text
from uncramp.cli.show import ExitCode, Face, common_options
from uncramp.wording.catalogue import text
from uncramp.wording.research import (
    simulated_data,
    simulated_lines,
    validated_data,
    validated_lines,
)

__all__ = ["research"]


@click.group(help=text("cli.help.research"))
@common_options
def research(face: Face) -> None:
    """The research commands."""
    del face


@research.command(help=text("cli.help.research_simulate"))
@common_options
@click.option(
    "--scenario",
    "scenario_file",
    metavar="FILE",
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help=text("cli.option.scenario"),
)
@click.option("--draws", metavar="N", type=int, help=text("cli.option.draws"))
def simulate(face: Face, *, scenario_file: Path, draws: int | None) -> None:
    """One scenario, from a file or from standard input."""
    with click.open_file(str(scenario_file), encoding="utf-8") as file:
        written = file.read()
    data = simulated_data(simulate_text(written, file_name=scenario_file.name, draws=draws))
    face.out("research.simulate", data, simulated_lines(data))


@research.command(help=text("cli.help.research_validate"))
@common_options
def validate(face: Face) -> None:
    """Every published case; exit code 3 when one is red."""
    from uncramp.actions.validating import validate as run_cases

    validation = run_cases()
    data = validated_data(validation)
    face.out("research.validate", data, validated_lines(data))
    if not validation.passed:
        face.exit(ExitCode.FOUND_PROBLEM)
