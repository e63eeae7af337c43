"""All cramps among all other runs, as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

from uncramp.actions.history import HistoryAnswer
from uncramp.drawing.dot_rows import DotRow, dot_rows
from uncramp.drawing.grammar import both_layouts
from uncramp.history.crossover import steps_of
from uncramp.history.shapes import CORE, Count, Group, RiskSet
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units
from uncramp.wording.said import said

__all__ = ["history_picture"]

DRAWN: Final = (*CORE[Group.LOAD], *CORE[Group.SALT], "heat")
LEAST_STEPS: Final = 3.0
"""The picture reaches at least so far from the middle."""


def history_picture(answer: HistoryAnswer, *, units: Units) -> str:
    """The picture in both layouts; empty where there is nothing to compare."""
    if answer.compared is None or answer.headline is None:
        return ""
    counts = {one.name: one for one in answer.compared.counts}
    rows = [row(counts[name], answer.sets) for name in DRAWN if name in counts]
    if not rows:
        return ""
    title = said(answer.headline, units=units)
    return both_layouts(
        lambda layout, own: dot_rows(
            rows,
            title=title,
            base=text("my_history.picture.usual"),
            more=text("my_history.picture.more"),
            description=text("my_history.picture.description"),
            layout=layout,
            prefix=own,
        ),
        prefix="history",
    )


def row(count: Count, sets: Sequence[RiskSet]) -> DotRow:
    """One thing: every cramp, and each other run once, in steps from the middle beside a cramp."""
    name = count.name
    cramps: list[float] = []
    others: dict[int, list[float]] = {}
    for one in sets:
        beside = {
            run.run_id: steps_of(name, run.values[name])
            for run in one.controls
            if name in run.values
        }
        if not beside or name not in one.cramp.values:
            continue
        middle = median(beside.values())
        cramps.append(steps_of(name, one.cramp.values[name]) - middle)
        for number, steps in beside.items():
            others.setdefault(number, []).append(steps - middle)
    dots = [median(many) for many in others.values()]
    reach = max([LEAST_STEPS, *(abs(one) for one in (*cramps, *dots))])
    return DotRow(
        name=text(f"my_history.name.{name}"),
        said=text("my_history.picture.said", n=count.high, of=count.of),
        others=[one / reach for one in dots],
        cramps=[one / reach for one in cramps],
    )
