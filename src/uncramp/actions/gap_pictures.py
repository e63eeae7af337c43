"""The gaps of a race as a picture for pages and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uncramp.drawing.gap_picture import GapRow, gap_picture
from uncramp.drawing.grammar import both_layouts
from uncramp.wording.catalogue import text
from uncramp.wording.gap import gap_finding, gap_place, gap_value_words
from uncramp.wording.quantities import Units

if TYPE_CHECKING:
    from uncramp.gap import Gap, GapReport

__all__ = ["gaps_picture"]

WITHIN: Final = frozenset({"spike_reference", "drift_low"})
"""Published classes in which nothing was found to be wrong."""


def gaps_picture(report: GapReport, *, units: Units, prefix: str = "gap") -> str:
    """The picture in both layouts."""
    rows = [row(gap, units=units) for gap in report.gaps]
    return both_layouts(
        lambda layout, own: gap_picture(
            rows,
            title=gap_finding(report),
            base=text("gap.picture.base"),
            room=text("gap.picture.room"),
            more=text("gap.picture.more"),
            description=text("gap.picture.legend"),
            layout=layout,
            prefix=own,
        ),
        prefix=prefix,
    )


def row(gap: Gap, *, units: Units) -> GapRow:
    """One gap with its words and its places."""
    at = place(gap, gap.value)
    return GapRow(
        name=text(f"gap.name.{gap.id}"),
        said=gap_value_words(gap, units=units),
        at=at,
        low=place(gap, gap.low),
        high=place(gap, gap.high),
        limits=[gap_place(gap, one) for one in gap.limits],
        is_beyond=at is not None and at > 0 and gap.klass not in WITHIN,
    )


def place(gap: Gap, value: float | None) -> float | None:
    """Where it stands; None where it is not known."""
    return None if value is None else gap_place(gap, value)
