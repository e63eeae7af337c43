"""What every picture shares: two layouts, the cramp mark, nice numbers, labels that do not touch.

Pages hold both layouts of a picture and show one: wide from about 46rem on, else narrow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Final, Literal

from uncramp.drawing.letters import SLACK, shown_wrap, text_width
from uncramp.drawing.svg import Anchor, circle, element, group, line, path, polyline, words

__all__ = [
    "LETTERS",
    "WIDTHS",
    "Label",
    "Layout",
    "MarkKind",
    "Placed",
    "beside",
    "both_layouts",
    "cramp_mark",
    "draw_labels",
    "finite",
    "nice_ticks",
    "place_labels",
    "rows_height",
    "shown_width",
]

Layout = Literal["wide", "narrow"]
MarkKind = Literal["cramp", "maybe", "note"]

WIDTHS: Final = MappingProxyType({"wide": 960.0, "narrow": 360.0})
"""Units from edge to edge; one unit is about one pixel where the layout is meant to be seen."""
LETTERS: Final = MappingProxyType({"wide": 16.0, "narrow": 15.0})
"""Size of letters in each."""
LEADING: Final = 1.25
LEAST_WRAP: Final = 6.0
"""Words are not broken into lines narrower than so many letters."""
BESIDE: Final = 16.0
"""Room between a line and the words beside it."""
GAP: Final = 8.0
"""Least room between two labels side by side."""

LARGEST: Final = 1e12
SMALLEST: Final = 1e-9
NICE_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
MINUTE_STEPS: Final = (5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)


def both_layouts(draw: Callable[[Layout, str], str], *, prefix: str) -> str:
    """A picture in both layouts for a page; `draw` takes the layout and a prefix for its ids."""
    wide, narrow = draw("wide", f"{prefix}-wide"), draw("narrow", f"{prefix}-narrow")
    return element("div", {"class": "only-wide"}, wide) + element(
        "div", {"class": "only-narrow"}, narrow
    )


def cramp_mark(x: float, y: float, radius: float, kind: MarkKind = "cramp") -> str:
    """Where it grabbed, the same in every picture: an x in a disc; hollow when it only may be."""
    arm = radius * 0.42
    cross = polyline([(x - arm, y - arm), (x + arm, y + arm)])
    cross += polyline([(x - arm, y + arm), (x + arm, y - arm)])
    small = " small" if radius < 9 else ""
    return group(
        f"mark {kind}{small}",
        circle(x, y, radius + (1.5 if small else 2.5), "mark-halo"),
        circle(x, y, radius, "mark-disc"),
        path(cross, "mark-cross"),
    )


def finite(value: float | None) -> float | None:
    """The number, or None when it is none, not a number, or too large to be drawn."""
    if value is None or not abs(value) < LARGEST:
        return None
    return value if abs(value) > SMALLEST else 0.0


def nice_ticks(
    low: float, high: float, *, most: int = 4, minutes: bool = False
) -> tuple[float, ...]:
    """Up to `most` round numbers from `low` to `high`; of seconds, those round as minutes.

    One number when there is no room between the two.
    """
    span = high - low
    if not math.isfinite(span) or span <= 0 or span < abs(high) * 1e-9:
        return (low,) if math.isfinite(low) else ()
    for step in steps_from(span / most, minutes=minutes):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return tuple(index * step for index in range(first, last + 1)) or (low,)
    return (low,)


def steps_from(least: float, *, minutes: bool) -> Iterable[float]:
    """Round steps, smallest first, from about `least` on."""
    if minutes and MINUTE_STEPS[0] <= least <= MINUTE_STEPS[-1]:
        yield from (step for step in MINUTE_STEPS if step >= least)
    power = 10.0 ** math.floor(math.log10(least))
    yield from (step * power * more for more in (1.0, 10.0) for step in NICE_STEPS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words that belong to a place, or to all from `low` to `high`."""

    said: str
    low: float
    high: float
    strong: bool = False
    from_low: bool = False
    """Begins at `low` where there is room, instead of standing over the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A label with its lines and its place; `bottom` is counted up from the picture."""

    label: Label
    lines: tuple[str, ...]
    left: float
    width: float
    bottom: float
    height: float
    pointer: float
    """Where the thin line goes down from it."""

    def is_over(self, other: Placed) -> bool:
        """Whether the words of the two would touch."""
        return (
            self.left < other.left + other.width + GAP
            and other.left < self.left + self.width + GAP
            and self.bottom < other.bottom + other.height
            and other.bottom < self.bottom + self.height
        )

    def is_crossed_by(self, other: Placed) -> bool:
        """Whether the thin line of the other would go through these words."""
        return (
            other.bottom > self.bottom
            and self.left - GAP / 2 < other.pointer < self.left + self.width + GAP / 2
        )


def shown_width(said: str, size: float, *, strong: bool = False) -> float:
    """How wide words may become in the font of a page."""
    return SLACK[strong] * text_width(said, size, bold=strong)


def beside(said: str, x: float, y: float, letters: float, room: float, style: str) -> list[str]:
    """Words beside a line, in as many lines as they need, about its middle."""
    lines = shown_wrap(said, room - BESIDE, letters, bold="strong" in style)
    first = y + letters * 0.35 - (len(lines) - 1) * letters * LEADING / 2
    return [
        words(x, first + index * letters * LEADING, one, style, size=letters)
        for index, one in enumerate(lines)
    ]


def place_labels(
    labels: Sequence[Label], *, left: float, right: float, size: float, widest: float
) -> tuple[Placed, ...]:
    """Labels in rows above a picture: each near its place, inside the edges, none over another.

    Labels that are given first stand lowest. `widest` is how wide a label may be before it wraps.
    """
    placed: list[Placed] = []
    for label in labels:
        own = min(widest, max(label.high - label.low, LEAST_WRAP * size))
        wraps = sorted(
            (shown_wrap(label.said, width, size, bold=label.strong) for width in (own, widest)),
            key=len,
        )
        if wraps[0]:
            tries = list(places_for(label, wraps, placed, left=left, right=right, size=size))
            free = [one for one in tries if not any(one.is_over(two) for two in placed)]
            clear = [one for one in free if not crossing(one, placed)]
            placed.append((clear or free)[0])
    return tuple(placed)


def places_for(
    label: Label,
    wraps: Sequence[Sequence[str]],
    placed: Sequence[Placed],
    *,
    left: float,
    right: float,
    size: float,
) -> Iterator[Placed]:
    """Where a label could stand, best first: lowest, in few lines, near to where it wants to be.

    The last of them is above all others, so that there is always one that is free.
    """
    levels = sorted({0.0, *(one.bottom + one.height for one in placed)})
    for level, lines in product(levels, wraps):
        width = max(shown_width(one, size, strong=label.strong) for one in lines)
        middle = (label.low + label.high) / 2
        ends = [(label.low, label.low), (label.high - width, label.high)]
        over = [(middle - width / 2, middle)]
        for edge, pointer in ends + over if label.from_low else over + ends:
            yield Placed(
                label=label,
                lines=tuple(lines),
                left=max(left, min(edge, right - width)),
                width=width,
                bottom=level,
                height=len(lines) * size * LEADING,
                pointer=min(max(pointer, left), right),
            )


def crossing(one: Placed, placed: Sequence[Placed]) -> bool:
    """Whether a thin line would go through words."""
    return any(one.is_crossed_by(two) or two.is_crossed_by(one) for two in placed)


def rows_height(placed: Sequence[Placed]) -> float:
    """How much room the labels take."""
    return max((one.bottom + one.height for one in placed), default=0.0)


def draw_labels(
    placed: Sequence[Placed], *, y: float, size: float, reach: float = 0.0, down: bool = False
) -> str:
    """The labels above `y`, or below it when the picture is above them.

    Thin lines lead from those in higher rows to `reach` beyond `y`.
    """
    drawn = []
    for one in placed:
        x, anchor = hold_of(one)
        sign = 1 if down else -1
        top = y + one.bottom if down else y - one.bottom - one.height
        if one.bottom > 0:
            drawn.append(
                line(one.pointer, y + sign * one.bottom, one.pointer, y - sign * reach, "leader")
            )
        classes = "halo strong" if one.label.strong else "halo"
        for index, said in enumerate(one.lines):
            base = top + (index + 0.82) * size * LEADING
            drawn.append(words(x, base, said, classes, anchor=anchor, size=size))
    return "".join(drawn)


def hold_of(one: Placed) -> tuple[float, Anchor]:
    """From where the words are drawn, so that they stay at their place in a narrower font."""
    right = one.left + one.width
    if abs(one.pointer - (one.left + right) / 2) < 1:
        return one.pointer, "middle"
    if abs(one.pointer - one.left) <= abs(right - one.pointer):
        return one.left, "start"
    return right, "end"
