"""Outcomes against what was said of them, as a picture: one line an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from uncramp.actions.ledger_shapes import Ledger
from uncramp.drawing.gap_picture import GapRow, gap_picture
from uncramp.drawing.grammar import both_layouts
from uncramp.ledger import Check, narrow_share
from uncramp.wording.catalogue import text
from uncramp.wording.ledger import amount_words
from uncramp.wording.quantities import Units

__all__ = ["checks_picture", "ledger_picture"]

MOST: Final = 12
"""Only the newest are drawn; the table has all."""
EDGE: Final = 0.6
"""Where the wide band ends in the picture, so that there is room for what fell outside."""


def ledger_picture(ledger: Ledger, *, units: Units) -> str:
    """The picture in both layouts; empty without an outcome."""
    return checks_picture([one for one in ledger.checks if one.counts], units=units)


def checks_picture(
    found: Sequence[Check], *, units: Units, names: Sequence[str] | None = None
) -> str:
    """Outcomes in the order in which they came, the newest last; empty without one.

    `names` stand before the lines; else what each is an outcome of.
    """
    checks = found[-MOST:]
    named = [text(f"ledger.what.{one.what}") for one in checks] if names is None else names[-MOST:]
    if not checks:
        return ""
    inside = sum(one.inside_90 for one in checks)
    rows = [row(one, name, units=units) for one, name in zip(checks, named, strict=True)]
    return both_layouts(
        lambda layout, own: gap_picture(
            rows,
            title=text("ledger.page.picture", inside=inside, n=len(checks)),
            base=text("ledger.page.middle"),
            room=text("ledger.page.less"),
            more=text("ledger.page.more"),
            description=text("ledger.page.how_lead"),
            layout=layout,
            prefix=own,
        ),
        prefix="ledger",
    )


def row(check: Check, name: str, *, units: Units) -> GapRow:
    """One outcome on the scale of its own band."""
    low, high, happened = (
        amount_words(check.what, one, units=units)
        for one in (check.predicted.low, check.predicted.high, check.happened)
    )
    return GapRow(
        name=name,
        said=text("ledger.page.row", happened=happened, low=low, high=high),
        at=EDGE * check.place,
        low=-EDGE,
        high=EDGE,
        limits=[-EDGE * narrow_share(), EDGE * narrow_share()],
        is_beyond=not check.inside_90,
    )
