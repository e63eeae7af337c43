"""Seven gaps at a glance: one line each, all hung on what was trained for.

Left of the upright line there is room, right of it the race asks for more. The dot is the race, the
soft band how far the model may be off, short strokes are where one published class ends and the
next begins. What is not known has an empty, broken line, and says so in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from uncramp.drawing.grammar import LETTERS, WIDTHS, Layout, beside, finite, shown_width
from uncramp.drawing.svg import circle, group, line, path, picture, polyline, rectangle, words

__all__ = ["GapRow", "gap_picture"]

NAMES: Final = MappingProxyType({"wide": 170.0, "narrow": 0.0})
"""Room left of the lines for the names; on a narrow page they stand above."""
SAID: Final = MappingProxyType({"wide": 280.0, "narrow": 0.0})
"""Room right of the lines for the values."""
ROW: Final = MappingProxyType({"wide": 54.0, "narrow": 74.0})
BAND: Final = 14.0
"""Height of the soft band."""
DOT: Final = 8.0
STROKE: Final = 7.0
LEADING: Final = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """One gap; places go from -1 over 0 (what was trained for) to 1."""

    name: str
    said: str
    """Its value in words."""
    at: float | None
    """None: not known."""
    low: float | None = None
    high: float | None = None
    limits: Sequence[float] = ()
    is_beyond: bool = False
    """The race asks for more than was trained for."""


def gap_picture(
    rows: Sequence[GapRow],
    *,
    title: str,
    base: str,
    room: str = "",
    more: str = "",
    description: str = "",
    layout: Layout = "wide",
    prefix: str = "gap",
) -> str:
    """The picture; the finding is its title.

    `base` names the upright line, `room` and `more` the two sides of it, where they fit.
    """
    letters, width = LETTERS[layout], WIDTHS[layout]
    left, right = NAMES[layout] + 10, width - SAID[layout] - 12
    top = letters * LEADING + 8
    bottom = top + ROW[layout] * len(rows)
    middle = (left + right) / 2
    return picture(
        width=width,
        height=bottom + 6,
        title=title,
        description=description,
        prefix=prefix,
        classes="gaps",
        children=[
            words(middle, letters, base, "strong", anchor="middle", size=letters),
            *sides(room, more, left, right, base, letters),
            line(middle, top, middle, bottom, "tick"),
            *(
                group("row", *row_parts(one, top + index * ROW[layout], left, right, layout))
                for index, one in enumerate(rows)
            ),
        ],
    )


def sides(room: str, more: str, left: float, right: float, base: str, letters: float) -> list[str]:
    """What left and right mean; nothing where it would touch the words of the upright line."""
    free = (right - left - shown_width(base, letters, strong=True)) / 2 - letters
    if max(shown_width(room, letters), shown_width(more, letters)) > free:
        return []
    return [
        words(left, letters, room, "soft", size=letters),
        words(right, letters, more, "soft", anchor="end", size=letters),
    ]


def row_parts(row: GapRow, top: float, left: float, right: float, layout: Layout) -> list[str]:
    """One line with its words."""
    letters, wide = LETTERS[layout], layout == "wide"
    y = top + ROW[layout] / 2 if wide else top + ROW[layout] - BAND - 6

    def place(at: float) -> float:
        return (left + right) / 2 + max(-1.0, min(at, 1.0)) * (right - left) / 2

    at = finite(row.at)
    parts = [line(left, y, right, y, "grid" if at is not None else "grid nothing")]
    low, high = finite(row.low), finite(row.high)
    if at is not None and low is not None and high is not None:
        start, end = place(low), place(high)
        parts.append(rectangle(start, y - BAND / 2, end - start, BAND, "soft-band", radius=3))
    if at is not None:
        parts += [
            line(place(one), y - STROKE, place(one), y + STROKE, "tick")
            for one in row.limits
            if abs(one) < 1
        ]
        parts.append(line(place(0), y, place(at), y, "beyond" if row.is_beyond else "within"))
        parts.append(circle(place(at), y, DOT, "dot beyond" if row.is_beyond else "dot within"))
        parts += arrow(row, at, y, left, right)
    style = "strong halo" if at is not None else "soft halo"
    if wide:
        parts += beside(row.name, 2, y, letters, NAMES[layout], "strong")
        parts += beside(row.said, right + 14, y, letters, SAID[layout], style)
    else:
        parts.append(words(2, top + letters, row.name, "strong halo", size=letters))
        parts.append(words(2, top + letters * 2.2, row.said, "soft halo", size=letters))
    return parts


def arrow(row: GapRow, at: float, y: float, left: float, right: float) -> list[str]:
    """A point at the edge, where a value lies beyond the picture."""
    if abs(at) < 1:
        return []
    edge, tip = (right, 11.0) if at > 0 else (left, -11.0)
    points = [(edge + tip / 3, y - 6), (edge + tip, y), (edge + tip / 3, y + 6)]
    return [path(polyline(points), "arrow beyond" if row.is_beyond else "arrow within")]
