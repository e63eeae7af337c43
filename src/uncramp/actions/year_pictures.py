"""The years as pictures: a bar a month, its cramps above it, the year before in grey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from uncramp.actions.years import YearSummary
from uncramp.drawing.bars import Bar, year_bars
from uncramp.drawing.grammar import both_layouts
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units
from uncramp.wording.run_pages import length_in, length_unit
from uncramp.wording.years import year_title

__all__ = ["year_pictures"]


def year_pictures(years: Sequence[YearSummary], *, units: Units) -> Mapping[int, str]:
    """Each year drawn in both layouts, all on one scale."""
    by_year = {year.year: year for year in years}
    lengths = (month.distance_m or 0.0 for year in years for month in year.months)
    highest = length_in(max(lengths, default=0.0), units=units)
    return {
        year.year: year_picture(
            year, before=by_year.get(year.year - 1), highest=highest, units=units
        )
        for year in years
    }


def year_picture(
    year: YearSummary, *, before: YearSummary | None, highest: float, units: Units
) -> str:
    """One year."""
    names = text("run_pages.months_short").split()
    past = [None] * len(names) if before is None else [one.distance_m for one in before.months]
    bars = [
        Bar(
            name=name,
            value=None if month.distance_m is None else length_in(month.distance_m, units=units),
            cramps=len(month.cramps),
            past=None if earlier is None else length_in(earlier, units=units),
        )
        for name, month, earlier in zip(names, year.months, past, strict=True)
    ]
    short = [replace(bar, name=bar.name[0]) for bar in bars]
    title = year_title(year, units=units)
    return both_layouts(
        lambda layout, prefix: year_bars(
            bars if layout == "wide" else short,
            title=title,
            unit=length_unit(units) if layout == "wide" else "",
            highest=highest,
            layout=layout,
            prefix=prefix,
        ),
        prefix=f"year-{year.year}",
    )
