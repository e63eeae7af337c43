"""`uncramp sweat` without a subcommand: what is known of one's own sweat."""

from __future__ import annotations

from uncramp.actions.sweat import my_sweat
from uncramp.cli.show import Face
from uncramp.wording.my_sweat import my_sweat_data, my_sweat_lines

__all__ = ["show_sweat"]


def show_sweat(face: Face) -> None:
    """Show it; changes nothing."""
    with face.context() as context:
        found = my_sweat(context)
    face.out(
        "sweat",
        my_sweat_data(found),
        my_sweat_lines(found, runner=face.runner, units=face.units),
    )
