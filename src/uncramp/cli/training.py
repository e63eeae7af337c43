"""`uncramp runs training`: best times, races and lay-offs."""

from __future__ import annotations

import click

from uncramp.actions.training_history import recompute, training_summary
from uncramp.cli.progress import counted_progress
from uncramp.cli.show import Face, common_options
from uncramp.wording.catalogue import text
from uncramp.wording.training import training_data, training_lines

__all__ = ["training"]


@click.command(help=text("cli.help.runs_training"))
@common_options
@click.option("--recompute", "again", is_flag=True, help=text("cli.option.recompute"))
def training(face: Face, *, again: bool) -> None:
    """What the whole history says."""
    with face.context() as context, counted_progress(text("cli.help.runs_training")) as progress:
        recomputed = recompute(context, progress=progress) if again else None
        summary = training_summary(context)
    lines = training_lines(summary, runner=face.runner, units=face.units, recomputed=recomputed)
    face.out("runs.training", training_data(summary, recomputed=recomputed), lines)
