"""The words of the page about years: each year and month, best times, races and breaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from uncramp.training_history import PastRun
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import MISSING, Units, distance, duration, pace
from uncramp.wording.run_pages import counted, day_words, month_words
from uncramp.wording.years import whole

if TYPE_CHECKING:
    from uncramp.actions.training_history import TrainingSummary
    from uncramp.actions.years import MonthSummary, YearSummary
    from uncramp.races import Race

__all__ = ["month_row", "training_words", "year_words"]

SHOWN: Final = 12
"""The newest of a list."""


def year_words(year: YearSummary, *, units: Units) -> dict[str, Any]:
    """One year: its numbers, and what stands out in a sentence."""
    longest = max(year.months, key=lambda month: month.longest_m or 0.0)
    said = []
    if longest.longest_m:
        name = text("run_pages.months").split()[longest.month - 1]
        at = distance(longest.longest_m, units=units)
        said.append(text("run_pages.years.longest", distance=at, month=name))
    if year.n_cramps:
        said.append(counted("years.cramps", year.n_cramps))
    return {
        "year": year.year,
        "distance": whole(year.distance_m, units=units),
        "runs": counted("years.runs", year.n_runs),
        "said": " ".join(said),
    }


def month_row(year: int, month: MonthSummary, *, units: Units) -> dict[str, Any]:
    """One month, for the table and for the link below its bar."""
    return {
        "name": month_words(date(year, month.month, 1)),
        "short": text("run_pages.months_short").split()[month.month - 1],
        "n_runs": month.n_runs,
        "distance": whole(month.distance_m, units=units) if month.n_runs else "",
        "number": whole(month.distance_m, units=units).partition(" ")[0],
        "longest": distance(month.longest_m, units=units) if month.n_runs else "",
        "n_cramps": len(month.cramps),
    }


# What stands out


def training_words(summary: TrainingSummary, *, units: Units) -> dict[str, Any]:
    """Best times, races and breaks, the newest first."""
    return {
        "fastest": [
            {
                "name": text(f"run_pages.best.{one.name}"),
                "time": duration(one.time_s),
                "pace": pace(one.distance_m, one.time_s, units=units),
                **run_of(one.run),
            }
            for one in summary.fastest.values()
        ],
        "races": list(race_rows(summary.races, units=units)),
        "breaks": [
            {
                "first": day_words(one.first),
                "last": day_words(one.last),
                "days": text("run_pages.years.days", n=one.days),
            }
            for one in reversed(summary.lay_offs[-SHOWN:])
        ],
        "n_left_out": len(summary.left_out),
    }


def race_rows(races: tuple[Race, ...], *, units: Units) -> Iterator[dict[str, Any]]:
    """Runs that look like races."""
    for one in reversed(races[-SHOWN:]):
        yield {
            "name": one.run.title or MISSING,
            "distance": distance(one.run.metrics.get("distance_m"), units=units),
            "sure": text(f"best.confidence.{one.confidence}"),
            **run_of(one.run),
        }


def run_of(run: PastRun) -> dict[str, Any]:
    """Which run, and when."""
    return {"id": run.run_id, "day": day_words(run.day)}
