"""Small pictures for a terminal: lists of numbers to lines of text, all of them as wide as asked.

The numbers come ready, one a column. A column without a number stays blank. The signs are in one
place, so that the cramp looks the same everywhere; the command line knows plain letters for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from uncramp.wording.catalogue import text

__all__ = [
    "BEYOND",
    "CRAMP",
    "MAYBE",
    "NOTHING",
    "WITHIN",
    "Marks",
    "axis",
    "bars",
    "column_of",
    "legend",
    "run_strip",
    "ticks",
]

EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
CRAMP: Final = "✕"
MAYBE: Final = "?"
"""The file shows something, and nobody has said yet what it was."""
BEYOND: Final = "░"
WITHIN: Final = "─"
NOTHING: Final = "·"

STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)
MOST_TICKS: Final = 6

Marks = Mapping[int, str]
"""Column to the sign that stands in it."""


def bars(
    values: Sequence[float | None],
    *,
    rows: int,
    low: float | None = None,
    high: float | None = None,
    marks: Marks | None = None,
) -> list[str]:
    """Columns as high as their values, top row first; the lowest still shows an eighth.

    `low` and `high` are where the picture begins and ends, from the values when not given; values
    beyond are cut there. A mark stands in the top row.
    """
    known = [one for one in values if one is not None]
    bottom = min(known, default=0.0) if low is None else low
    top = max(known, default=0.0) if high is None else high
    full = rows * (len(EIGHTHS) - 1)
    heights = [_eighths(one, bottom=bottom, top=top, full=full) for one in values]
    lines = [_row(heights, row) for row in reversed(range(rows))]
    return [_marked(lines[0], marks), *lines[1:]] if lines else []


def _eighths(value: float | None, *, bottom: float, top: float, full: int) -> int:
    """How many eighths of a row a column is high; 0 for none, half when all are equal."""
    if value is None:
        return 0
    if top <= bottom:
        return max(1, full // 2)
    share = (min(max(value, bottom), top) - bottom) / (top - bottom)
    return 1 + round(share * (full - 1))


def _row(heights: Sequence[int], row: int) -> str:
    """One row of columns; row 0 is at the bottom."""
    most = len(EIGHTHS) - 1
    return "".join(EIGHTHS[min(max(height - row * most, 0), most)] for height in heights)


def _marked(line: str, marks: Marks | None) -> str:
    """The line with signs put in; a mark beyond either end stands at that end."""
    letters = list(line)
    for column, sign in (marks or {}).items():
        if letters:
            letters[min(max(column, 0), len(letters) - 1)] = sign
    return "".join(letters)


def run_strip(
    columns: int, *, within: str = WITHIN, beyond_from: int | None, marks: Marks | None = None
) -> str:
    """One run as a line: within training, beyond it from a column on, and where it grabbed."""
    n_within = columns if beyond_from is None else min(max(beyond_from, 0), columns)
    return _marked(within * n_within + BEYOND * (columns - n_within), marks)


def column_of(share: float, *, columns: int) -> int:
    """The column of a place that lies so far along the whole (0–1)."""
    return min(max(int(share * columns), 0), columns - 1)


def ticks(whole: float, columns: int) -> Iterator[tuple[int, str]]:
    """Whole numbers along an axis that ends at `whole`, with their columns; a handful of them."""
    step = next((one for one in STEPS if one * MOST_TICKS >= whole), STEPS[-1])
    number = 0
    while number <= whole and whole > 0 and number / step <= 2 * MOST_TICKS:
        yield column_of(number / whole, columns=columns), str(number)
        number += step


def axis(columns: int, labels: Iterable[tuple[int, str]]) -> str:
    """Labels that begin below their columns; those that touch another or the end are left out."""
    taken: dict[int, str] = {}
    for column, label in labels:
        room = range(column - 1, column + len(label) + 1)
        fits = column >= 0 and column + len(label) <= columns
        if fits and not any(place in taken for place in room):
            taken |= dict(zip(range(column, column + len(label)), label, strict=True))
    return "".join(taken.get(place, " ") for place in range(columns)).rstrip()


def legend(picture: str) -> str:
    """What the signs in a strip mean, in words."""
    names = {
        WITHIN: "within",
        BEYOND: "beyond",
        NOTHING: "not_known",
        CRAMP: "cramp",
        MAYBE: "maybe",
    }
    shown = [f"{sign} {text(f'runs.sign.{name}')}" for sign, name in names.items()
             if sign in picture]  # fmt: skip
    return "   ".join(shown)
