"""Cramp runs among all other runs, one line for each thing: what lies to the right was more.

The upright line is the middle of the other runs. Grey dots are those runs, the cramp mark is where
the runs with a cramp were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from uncramp.drawing.grammar import (
    LETTERS,
    WIDTHS,
    Layout,
    beside,
    cramp_mark,
    finite,
    shown_width,
)
from uncramp.drawing.svg import circle, group, line, picture, words

__all__ = ["DotRow", "dot_rows"]

NAMES: Final = MappingProxyType({"wide": 210.0, "narrow": 0.0})
"""Room left of the lines for the names; on a narrow page they stand above."""
SAID: Final = MappingProxyType({"wide": 90.0, "narrow": 0.0})
ROW: Final = MappingProxyType({"wide": 64.0, "narrow": 92.0})
INSET: Final = 12.0
DOT: Final = 4.0
MARK: Final = 8.0
SPREAD: Final = 15.0
"""How far dots that would hide each other move up and down."""
LEADING: Final = 1.25
LANES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DotRow:
    """One thing; places go from -1 over 0 (the middle of the other runs) to 1."""

    name: str
    said: str
    """In how many cramps it was high, in words."""
    others: Sequence[float]
    cramps: Sequence[float]


def dot_rows(
    rows: Sequence[DotRow],
    *,
    title: str,
    base: str,
    more: str = "",
    description: str = "",
    layout: Layout = "wide",
    prefix: str = "dots",
) -> str:
    """The picture; the finding is its title. `base` names the upright line, `more` what is right
    of it, where that fits."""
    letters, width = LETTERS[layout], WIDTHS[layout]
    left, right = NAMES[layout] + INSET, width - SAID[layout] - INSET
    top = letters * LEADING + 8
    bottom = top + ROW[layout] * len(rows)
    middle = (left + right) / 2
    free = (right - left - shown_width(base, letters, strong=True)) / 2 - letters
    fits = more and shown_width(more, letters) <= free
    return picture(
        width=width,
        height=bottom + 8,
        title=title,
        description=description,
        prefix=prefix,
        classes="dots",
        children=[
            words(middle, letters, base, "strong", anchor="middle", size=letters),
            words(right, letters, more, "soft", anchor="end", size=letters) if fits else "",
            line(middle, top, middle, bottom, "tick"),
            *(
                group("row", *row_parts(one, top + index * ROW[layout], left, right, layout))
                for index, one in enumerate(rows)
            ),
        ],
    )


def row_parts(row: DotRow, top: float, left: float, right: float, layout: Layout) -> list[str]:
    """One line with its words, dots and marks."""
    letters, wide = LETTERS[layout], layout == "wide"
    y = top + ROW[layout] / 2 if wide else top + ROW[layout] - SPREAD - MARK - 4

    def place(at: float) -> float:
        return (left + right) / 2 + max(-1.0, min(at, 1.0)) * (right - left) / 2

    parts = [line(left, y, right, y, "grid")]
    others = [at for one in row.others if (at := finite(one)) is not None]
    cramps = [at for one in row.cramps if (at := finite(one)) is not None]
    parts += [
        circle(place(at), y + lane(index) * SPREAD, DOT, "bar-past other")
        for index, at in enumerate(sorted(others))
    ]
    parts += [
        cramp_mark(place(at), y + lane(index) * SPREAD, MARK)
        for index, at in enumerate(sorted(cramps))
    ]
    if wide:
        parts += beside(row.name, 2, y, letters, NAMES[layout], "strong")
        parts += beside(row.said, right + 14, y, letters, SAID[layout], "halo")
    else:
        parts.append(words(2, top + letters, row.name, "strong halo", size=letters))
        parts.append(words(right, top + letters, row.said, "halo", anchor="end", size=letters))
    return parts


def lane(index: int) -> float:
    """Up and down in turn, so that equal places are seen: 0, 1, -1, 0.5, -0.5."""
    return (0.0, 1.0, -1.0, 0.5, -0.5)[index % LANES]
