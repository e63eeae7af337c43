"""Years of running at a glance: a bar a month, the longest run, and the cramps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from uncramp.units import kilometres_from_metres, miles_from_metres
from uncramp.wording.catalogue import text
from uncramp.wording.pictures import CRAMP, NOTHING, bars
from uncramp.wording.quantities import MISSING, Units, distance
from uncramp.wording.runs import mark_data, runner_option

if TYPE_CHECKING:
    from uncramp.actions.years import MonthSummary, YearSummary

__all__ = ["whole", "year_title", "years_data", "years_lines"]

LABEL: Final = 9
ROWS: Final = 2
WIDE: Final = 5
"""Columns a month, with the blank before it; four where five do not fit."""


def years_data(years: Sequence[YearSummary]) -> dict[str, Any]:
    """The `data` of `uncramp runs --years --json`."""
    return {
        "years": [
            {
                "year": year.year,
                "n_runs": year.n_runs,
                "distance_m": year.distance_m,
                "longest_m": year.longest_m,
                "n_cramps": year.n_cramps,
                "months": [
                    {
                        "month": month.month,
                        "n_runs": month.n_runs,
                        "distance_m": month.distance_m,
                        "longest_m": month.longest_m,
                        "cramps": [
                            {"id": mark.activity_id, **(mark_data(mark) or {})}
                            for mark in month.cramps
                        ],
                    }
                    for month in year.months
                ],
            }
            for year in years
        ]
    }


def years_lines(
    years: Sequence[YearSummary], *, runner: str, units: Units, width: int = 80
) -> Iterator[str]:
    """A small picture for every year, newest last; bars of all years have one scale."""
    who = runner_option(runner)
    if not years:
        yield text("runs.no_years")
        yield text("runs.all_next", who=who)
        return
    most_m = max((month.distance_m or 0.0 for year in years for month in year.months), default=0.0)
    wide = min(WIDE, max(2, (width - LABEL) // 12))
    for year in years:
        yield year_title(year, units=units)
        yield from year_lines(year, most_m=most_m, wide=wide, units=units)
        yield ""
    if any(year.n_cramps for year in years):
        yield text("runs.cramp_legend", sign=CRAMP)
    yield text("runs.years.next", who=who, year=years[-1].year)


def year_title(year: YearSummary, *, units: Units) -> str:
    """The year in one sentence."""
    return text(
        "runs.years.title_cramps" if year.n_cramps else "runs.years.title",
        year=year.year,
        distance=whole(year.distance_m, units=units),
        n_runs=year.n_runs,
        longest=distance(year.longest_m, units=units),
        n_cramps=year.n_cramps,
    )


def year_lines(year: YearSummary, *, most_m: float, wide: int, units: Units) -> Iterator[str]:
    """Bars, then the numbers below them where they fit."""
    heights = [month.distance_m or None for month in year.months]
    unit = text(f"runs.years.{'mile' if units == 'imperial' else 'kilometre'}")
    for line in filter(str.strip, bars(heights, rows=ROWS, low=0.0, high=most_m)):
        yield row_of("", [sign * (wide - 1) for sign in line], wide=wide)
    names = text("runs.years.months").split()
    yield row_of("", [name[: wide - 1] for name in names], wide=wide)
    if wide >= WIDE - 1:
        yield row_of(unit, [number(month.distance_m, units=units) for month in year.months],
                     wide=wide)  # fmt: skip
        yield row_of(
            text("runs.years.longest"),
            [number(month.longest_m or 0.0, units=units) for month in year.months],
            wide=wide,
        )
    if year.n_cramps:
        signs = [cramps_of(month, room=wide - 1) for month in year.months]
        yield row_of(text("runs.years.cramps"), signs, wide=wide)


def row_of(label: str, cells: Sequence[str], *, wide: int) -> str:
    """A label and one cell a month."""
    return (f"{label:<{LABEL}}" + "".join(f"{cell:>{wide}}" for cell in cells)).rstrip()


def cramps_of(month: MonthSummary, *, room: int) -> str:
    """A sign for every cramp; their number and one sign where there is no room."""
    count = len(month.cramps)
    return CRAMP * count if count <= room else f"{count}{CRAMP}"


def number(metres: float | None, *, units: Units) -> str:
    """A whole number of kilometres or miles; a point for none, a dash for not known."""
    if metres is None:
        return MISSING
    return whole(metres, units=units).partition(" ")[0] if metres else NOTHING


def whole(metres: float | None, *, units: Units) -> str:
    """`182 km` or `113 mi`."""
    if metres is None:
        return MISSING
    if units == "imperial":
        return text("cli.quantity.miles", value=f"{miles_from_metres(metres):.0f}")
    return text("cli.quantity.kilometres", value=f"{kilometres_from_metres(metres):.0f}")
