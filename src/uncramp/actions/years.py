"""`uncramp runs --years`: the runs of each year, month by month, as far as files are believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.runs import RunFilter, is_hidden, list_runs
from uncramp.actions.training_history import TrainingSummary, current_metrics, history_of
from uncramp.store.rows import ActivityRow, CrampMark
from uncramp.training_history import RIDDEN

__all__ = ["MonthSummary", "YearSummary", "believed_m", "year_view", "years_and_training"]

MONTHS: Final = range(1, 13)


class CountedRun(NamedTuple):
    """What a month needs of one run."""

    distance_m: float | None
    cramp: CrampMark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSummary:
    """The runs of one month; `distance_m` is None when there are runs and no distance of any."""

    month: int
    n_runs: int
    distance_m: float | None
    longest_m: float | None
    cramps: tuple[CrampMark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSummary:
    """The runs of one year, month by month."""

    year: int
    n_runs: int
    distance_m: float | None
    longest_m: float | None
    n_cramps: int
    months: tuple[MonthSummary, ...]


def year_view(context: Context, wanted: RunFilter | None = None) -> tuple[YearSummary, ...]:
    """Years in which there were runs (or the sport that is named), oldest first.

    Rides stored as runs are left out; of a file that is not believed the run counts, its distance
    does not.
    """
    chosen = wanted or RunFilter()
    listed = list_runs(context, chosen)
    rows = [row for row in listed.rows if row.is_run or chosen.sport is not None]
    return years_of(context, rows, listed.marks, current_metrics(context, rows))


def years_and_training(context: Context) -> tuple[tuple[YearSummary, ...], TrainingSummary]:
    """The years of all runs and what stands out in them, from one reading of the store."""
    runner = context.stored_runner()
    rows = context.store.activities(runner, with_duplicates=True)
    metrics = current_metrics(context, rows)
    history = history_of(context, rows, metrics)
    counting = [row for row in rows if row.is_run and not is_hidden(row)]
    years = years_of(context, counting, context.store.marks(runner), metrics)
    return years, TrainingSummary(history=history, today=context.now.date())


def years_of(
    context: Context,
    rows: Sequence[ActivityRow],
    marks: Mapping[int, CrampMark],
    metrics: Mapping[int, Mapping[str, Any]],
) -> tuple[YearSummary, ...]:
    """The years of these activities, oldest first."""
    years: dict[int, dict[int, list[CountedRun]]] = {}
    for row in rows:
        day, known = local_date(context, row), metrics[row.activity_id]
        if day is not None and RIDDEN.isdisjoint(known.get("reasons", ())):
            distance_m = believed_m(known) if row.is_run else row.distance_m
            mark = marks.get(row.activity_id)
            cramp = mark if mark is not None and mark.cramped == "yes" else None
            months = years.setdefault(day.year, {})
            months.setdefault(day.month, []).append(CountedRun(distance_m, cramp))
    return tuple(year_of(year, months=months) for year, months in sorted(years.items()))


def believed_m(metrics: Mapping[str, Any]) -> float | None:
    """The distance of a run whose file is believed; None for another."""
    distance_m = metrics.get("distance_m") if metrics.get("plausible") else None
    return distance_m if isinstance(distance_m, float) else None


def year_of(year: int, *, months: Mapping[int, Sequence[CountedRun]]) -> YearSummary:
    """One year of runs."""
    found = tuple(month_of(month, runs=months.get(month, ())) for month in MONTHS)
    distances = [one.distance_m for one in found if one.distance_m is not None and one.n_runs]
    return YearSummary(
        year=year,
        n_runs=sum(one.n_runs for one in found),
        distance_m=sum(distances) if distances else None,
        longest_m=max((one.longest_m for one in found if one.longest_m is not None), default=None),
        n_cramps=sum(len(one.cramps) for one in found),
        months=found,
    )


def month_of(month: int, *, runs: Sequence[CountedRun]) -> MonthSummary:
    """One month of runs."""
    distances = [run.distance_m for run in runs if run.distance_m is not None]
    return MonthSummary(
        month=month,
        n_runs=len(runs),
        distance_m=sum(distances) if distances or not runs else None,
        longest_m=max(distances, default=None),
        cramps=tuple(run.cramp for run in runs if run.cramp is not None),
    )
