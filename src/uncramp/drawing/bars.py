"""A year at a glance: a bar a month, the cramps above it, the year before in grey behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from uncramp.drawing.grammar import (
    LETTERS,
    WIDTHS,
    Layout,
    cramp_mark,
    finite,
    nice_ticks,
    shown_width,
)
from uncramp.drawing.svg import group, line, picture, rectangle, words

__all__ = ["Bar", "year_bars"]

HEIGHT: Final = {"wide": 150.0, "narrow": 120.0}
GUTTER: Final = {"wide": 56.0, "narrow": 40.0}
MARK: Final = 9.0
MOST_MARKS: Final = 3
"""More cramps than these are said as a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One month."""

    name: str
    """Short: it stands below the bar."""
    value: float | None
    """None: there were runs, their distance is not known. 0: no runs."""
    cramps: int = 0
    past: float | None = None
    """The same month a year before."""


def year_bars(
    bars: Sequence[Bar],
    *,
    title: str,
    description: str = "",
    unit: str = "",
    highest: float | None = None,
    layout: Layout = "wide",
    prefix: str = "year",
) -> str:
    """Bars side by side. `highest` gives several years one scale."""
    letters, width = LETTERS[layout], WIDTHS[layout]
    values = [value for one in bars for each in (one.value, one.past, highest)
              if (value := finite(each)) is not None]  # fmt: skip
    high = max([*values, 0.0]) or 1.0
    most = max((marks_height(one, high, HEIGHT[layout], letters) for one in bars), default=0.0)
    top = max(most, letters * 0.8) + 6
    floor = top + HEIGHT[layout]
    left, right = GUTTER[layout], width - 2
    step = (right - left) / max(len(bars), 1)
    ticks = [one for one in nice_ticks(0.0, high, most=4) if one > 0]
    grid = []
    for index, value in enumerate(ticks):
        y = floor - value / high * (floor - top)
        said = f"{value:g} {unit}" if unit and index == len(ticks) - 1 else f"{value:g}"
        fits = shown_width(said, letters) <= left - 8
        grid.append(line(left, y, right, y, "grid"))
        grid.append(
            words(left - 8, y + letters * 0.35, said, "halo soft", anchor="end", size=letters)
            if fits
            else words(2, y - 5, said, "halo soft", size=letters)
        )
    columns = [
        column(one, x=left + index * step, step=step, floor=floor, scale=(floor - top) / high,
               letters=letters)
        for index, one in enumerate(bars)
    ]  # fmt: skip
    return picture(
        width=width,
        height=floor + letters + 14,
        title=title,
        description=description,
        prefix=prefix,
        classes="bars",
        children=[*grid, line(left, floor, right, floor, "base"), *columns],
    )


def marks_height(bar: Bar, high: float, height: float, letters: float) -> float:
    """How far the cramps over a bar stand out above the highest line."""
    tallest = max(finite(bar.value) or 0.0, finite(bar.past) or 0.0, 0.0) / high * height
    n_marks = bar.cramps if bar.cramps <= MOST_MARKS else 1
    needed = n_marks * (2 * MARK + 3) + 6 + (letters + 4 if n_marks < bar.cramps else 0)
    return tallest + needed - height if bar.cramps > 0 else 0.0


def column(bar: Bar, *, x: float, step: float, floor: float, scale: float, letters: float) -> str:
    """One month: last year behind, this year, its cramps above, its name below."""
    middle, wide = x + step / 2, min(step * 0.62, 44.0)
    past, value = finite(bar.past), finite(bar.value)
    height = 0.0 if value is None else max(value, 0.0) * scale
    behind = 0.0 if past is None else max(past, 0.0) * scale
    parts = [
        rectangle(middle - wide / 2 - 4, floor - behind, wide + 8, behind, "bar-past"),
        line(
            middle - wide / 2 - 4, floor - behind, middle + wide / 2 + 4, floor - behind, "bar-cap"
        )
        if behind
        else "",
        rectangle(middle - wide / 2, floor - height, wide, height, "bar-today"),
    ]
    if value is None:
        parts.append(rectangle(middle - wide / 2, floor - 10, wide, 10, "unknown"))
        height = 10.0
    from_y = floor - max(height, behind) - MARK - 5
    if bar.cramps > MOST_MARKS:
        parts.append(cramp_mark(middle, from_y, MARK))
        parts.append(words(middle, from_y - MARK - 5, str(bar.cramps), "halo strong",
                           anchor="middle", size=letters))  # fmt: skip
    else:
        parts += [cramp_mark(middle, from_y - index * (2 * MARK + 3), MARK)
                  for index in range(max(bar.cramps, 0))]  # fmt: skip
    parts.append(
        words(middle, floor + letters + 6, bar.name, "soft", anchor="middle", size=letters)
    )
    return group("month", *parts)
