"""The numbers behind the picture of a run: a row a kilometre or mile, as text and as CSV.

A run without a distance gets a row every few minutes. No column holds a place.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.actions.showing import RunDetails, means_between
from uncramp.track import bin_edges, levels
from uncramp.units import minutes_from_seconds, seconds_from_minutes
from uncramp.wording.catalogue import text
from uncramp.wording.losses import sodium_words
from uncramp.wording.quantities import (
    MISSING,
    Units,
    distance,
    duration,
    heart_rate,
    pace,
    volume,
)
from uncramp.wording.run_pages import event_note, height_change, length_unit

if TYPE_CHECKING:
    from uncramp.actions.run_balance import LossCurve
    from uncramp.vocabulary import Activity

__all__ = ["PictureTable", "TableRow", "csv_of", "table_of", "table_rows"]

MOST_ROWS_OF_MINUTES: Final = 24
MINUTES: Final = (5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0)
"""How long a row of a run without a distance is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTable:
    """The numbers of a picture as text; columns without a value are left out."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One stretch of a run; SI units, None is not known."""

    number: int
    is_whole: bool
    distance_m: float | None
    until_s: float
    elapsed_s: float
    heart_rate_bpm: float | None
    height_change_m: float | None
    note: str = ""
    sweat_l: float | None = None
    sodium_mg: float | None = None
    """Reckoned to be lost since the start; None where it is not known."""


def table_rows(
    details: RunDetails, activity: Activity, *, curve: LossCurve | None = None
) -> list[TableRow]:
    """A row for each split, or every few minutes when there is no distance."""
    rows = rows_of_splits(details, activity) if details.splits else rows_of_minutes(activity)
    if curve is not None:
        rows = [with_lost(row, curve) for row in rows]
    noted: dict[int, list[str]] = {}
    for point in details.timeline.points:
        second = None if point.minute is None else seconds_from_minutes(point.minute)
        after = (index for index, row in enumerate(rows) if second is not None
                 and second <= row.until_s)  # fmt: skip
        noted.setdefault(next(after, len(rows) - 1), []).append(event_note(point))
    return [
        replace(row, note="; ".join(filter(None, noted.get(index, ()))))
        for index, row in enumerate(rows)
    ]


def with_lost(row: TableRow, curve: LossCurve) -> TableRow:
    """The row with what was lost until its end."""
    minute = minutes_from_seconds(row.until_s)
    sweat, sodium = curve.at(curve.sweat_l, minute), curve.at(curve.sodium_mg, minute)
    return replace(row, sweat_l=sweat.median, sodium_mg=sodium.median)


def rows_of_splits(details: RunDetails, activity: Activity) -> list[TableRow]:
    """A row a kilometre or mile."""
    metres = activity.streams["distance_m"].physical()
    begin_s = float(activity.time_s[np.isfinite(metres)][0])
    ends_s = list(accumulate((split.elapsed_s for split in details.splits), initial=begin_s))
    changes = height_changes(activity, ends_s)
    return [
        TableRow(
            number=split.number,
            is_whole=split.is_whole,
            distance_m=split.distance_m,
            until_s=ends_s[index + 1],
            elapsed_s=split.elapsed_s,
            heart_rate_bpm=split.mean_heart_rate_bpm,
            height_change_m=changes[index],
        )
        for index, split in enumerate(details.splits)
    ]


def rows_of_minutes(activity: Activity) -> list[TableRow]:
    """A row every few minutes, so that there are not too many."""
    times = activity.time_s[np.isfinite(activity.time_s)]
    whole_s = float(times[-1]) if times.size else 0.0
    steps_s = (seconds_from_minutes(one) for one in MINUTES)
    step_s = next((one for one in steps_s if whole_s <= one * MOST_ROWS_OF_MINUTES), whole_s)
    if whole_s <= 0:
        return []
    ends_s = [*np.arange(0.0, whole_s, step_s).tolist(), whole_s]
    rates = means_between(activity.time_s, activity.streams.get("heart_rate_bpm"), ends_s)
    changes = height_changes(activity, ends_s)
    return [
        TableRow(
            number=index + 1,
            is_whole=end_s - begin_s >= step_s,
            distance_m=None,
            until_s=end_s,
            elapsed_s=end_s - begin_s,
            heart_rate_bpm=rates[index],
            height_change_m=changes[index],
        )
        for index, (begin_s, end_s) in enumerate(pairwise(ends_s))
    ]


def height_changes(activity: Activity, ends_s: Sequence[float]) -> list[float | None]:
    """How much higher each stretch ended than it began; None without elevation."""
    edges = bin_edges(0.0, ends_s[-1])
    at_edges = levels(activity, edges)
    if at_edges is None:
        return [None] * (len(ends_s) - 1)
    return [float(one) for one in np.diff(np.interp(ends_s, edges, at_edges))]


# As text


def table_of(rows: Sequence[TableRow], *, on_foot: bool, units: Units) -> PictureTable | None:
    """The rows for a page; None when there are none."""
    if not rows:
        return None
    has_way = rows[0].distance_m is not None
    columns: dict[str, list[str]] = {
        length_unit(units) if has_way else text("run_pages.head.until"): [
            name_of(row, units=units) for row in rows
        ],
        text("run_pages.head.time"): [duration(row.elapsed_s) for row in rows],
        text("run_pages.head.pace"): [
            pace(row.distance_m, row.elapsed_s, units=units) if on_foot else MISSING for row in rows
        ],
        text("run_pages.head.heart_rate"): [heart_rate(row.heart_rate_bpm) for row in rows],
        text("run_pages.head.height"): [height_change(row.height_change_m) for row in rows],
        text("losses.head.sweat"): [volume(row.sweat_l, units=units) for row in rows],
        text("losses.head.sodium"): [
            MISSING if row.sodium_mg is None else sodium_words(row.sodium_mg) for row in rows
        ],
        text("run_pages.head.note"): [row.note or MISSING for row in rows],
    }
    shown = {head: cells for head, cells in columns.items() if set(cells) != {MISSING}}
    cells = zip(*shown.values(), strict=True)
    return PictureTable(
        head=tuple(shown),
        rows=tuple(tuple("" if c == MISSING else c for c in row) for row in cells),
    )


def name_of(row: TableRow, *, units: Units) -> str:
    """The number of a whole split, the length of the rest, or up to which minute."""
    if row.distance_m is None:
        return duration(row.until_s)
    return str(row.number) if row.is_whole else distance(row.distance_m, units=units)


CSV_COLUMNS: Final[Mapping[str, Callable[[TableRow], float | str | None]]] = MappingProxyType(
    {
        "split": lambda row: row.number,
        "distance_m": lambda row: rounded(row.distance_m),
        "until_s": lambda row: rounded(row.until_s),
        "elapsed_s": lambda row: rounded(row.elapsed_s),
        "heart_rate_bpm": lambda row: rounded(row.heart_rate_bpm),
        "height_change_m": lambda row: rounded(row.height_change_m),
        "sweat_l": lambda row: None if row.sweat_l is None else round(row.sweat_l, 2),
        "sodium_mg": lambda row: None if row.sodium_mg is None else round(row.sodium_mg),
        "note": lambda row: row.note,
    }
)


def csv_of(rows: Sequence[TableRow]) -> str:
    """The rows in SI units with a heading, what is not known empty; nothing without rows."""
    if not rows:
        return ""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows([cell(row) for cell in CSV_COLUMNS.values()] for row in rows)
    return written.getvalue()


def rounded(number: float | None) -> float | None:
    """With one decimal."""
    return None if number is None else round(number, 1)
