"""The list of runs as a page shows it: newest first, by month, each with its small strip.

Only stored numbers are read, and those of no more runs than the page shows and the weeks before
them, so that thousands of runs are listed in a blink.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.run_strips import StripFacts, small_strip
from uncramp.actions.runs import RunFilter, RunList, is_hidden, list_runs
from uncramp.actions.training_history import current_metrics
from uncramp.actions.years import believed_m
from uncramp.evidence import value
from uncramp.units import metres_from_kilometres, seconds_from_minutes
from uncramp.wording.quantities import Units

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow, CrampMark

__all__ = ["ROWS_A_PAGE", "ListedRun", "MonthOfRuns", "RunListPage", "nobody_here", "run_list"]

ROWS_A_PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRun:
    """One line of the list."""

    row: ActivityRow
    day: date | None
    mark: CrampMark | None
    strip_svg: str
    """Empty for what is no run, or has no distance."""
    reasons: tuple[str, ...]
    """Why the file is not believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfRuns:
    """The lines of one month, newest first; `first` is its first day, None when not known."""

    first: date | None
    runs: tuple[ListedRun, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunListPage:
    """One page of the list, and what there is to choose from."""

    months: tuple[MonthOfRuns, ...]
    page: int
    n_pages: int
    n_found: int
    n_runs: int
    """Those of them that were run."""
    n_cramps: int
    """Runs with a cramp among those found."""
    n_hidden: int
    n_stored: int
    years: tuple[int, ...]
    """Newest first."""
    sports: tuple[str, ...]


def nobody_here(context: Context) -> bool:
    """Whether no runner at all is stored yet; asking makes no store."""
    return not context.has_store or not context.store.runners()


def run_list(context: Context, wanted: RunFilter | None = None, *, page: int = 1) -> RunListPage:
    """One page of the runs that are wanted; a page beyond the last is the last."""
    listed = list_runs(context, wanted)
    n_pages = max(1, -(-len(listed.rows) // ROWS_A_PAGE))
    page = min(max(page, 1), n_pages)
    newest_first = listed.rows[::-1][(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    lines = lines_of(context, newest_first, listed)
    days = (local_date(context, row) for row in listed.stored)
    return RunListPage(
        months=tuple(
            MonthOfRuns(first=first, runs=tuple(runs))
            for first, runs in groupby(lines, key=lambda line: first_of_month(line.day))
        ),
        page=page,
        n_pages=n_pages,
        n_found=len(listed.rows),
        n_runs=sum(row.is_run for row in listed.rows),
        n_cramps=sum(is_cramp(listed.marks.get(row.activity_id)) for row in listed.rows),
        n_hidden=listed.n_hidden,
        n_stored=listed.n_stored,
        years=tuple(sorted({day.year for day in days if day is not None}, reverse=True)),
        sports=tuple(sorted({row.sport for row in listed.stored})),
    )


def first_of_month(day: date | None) -> date | None:
    """The month a day is in."""
    return None if day is None else day.replace(day=1)


def is_cramp(mark: CrampMark | None) -> bool:
    """Whether the runner said that there was one."""
    return mark is not None and mark.cramped == "yes"


# The small strips


def lines_of(context: Context, rows: Sequence[ActivityRow], listed: RunList) -> list[ListedRun]:
    """The rows as lines of the list."""
    past = Past.of(listed.stored)
    needed = {row.activity_id: row for row in rows}
    for row in rows:
        needed |= {one.activity_id: one for one in past.before(row)}
    metrics = current_metrics(context, list(needed.values()))
    lengths = (row.distance_m or 0.0 for row in rows if row.is_run and not is_hidden(row))
    strips = Strips(
        past=past,
        metrics=metrics,
        marks=listed.marks,
        units=context.units,
        longest_m=max(lengths, default=0.0),
    )
    return [
        ListedRun(
            row=row,
            day=local_date(context, row),
            mark=listed.marks.get(row.activity_id),
            strip_svg=strips.drawn(row),
            reasons=tuple(metrics[row.activity_id].get("reasons", ())),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Past:
    """The runs that count, by their start."""

    rows: tuple[ActivityRow, ...]
    starts: tuple[datetime, ...]
    reach: timedelta

    @classmethod
    def of(cls, stored: Sequence[ActivityRow]) -> Past:
        """Those of `stored` that other runs are held against."""
        dated = [
            (row.start_utc, row)
            for row in stored
            if row.is_run and row.start_utc is not None and not is_hidden(row)
        ]
        return cls(
            tuple(row for _, row in dated),
            tuple(start for start, _ in dated),
            timedelta(days=value("cramps.history_days")),
        )

    def before(self, row: ActivityRow) -> Sequence[ActivityRow]:
        """The runs of the weeks before `row` that were over when it began."""
        if row.start_utc is None or not row.is_run:
            return ()
        low = bisect_left(self.starts, row.start_utc - self.reach)
        high = bisect_left(self.starts, row.start_utc)
        return [
            one
            for one, start in zip(self.rows[low:high], self.starts[low:high], strict=True)
            if start + timedelta(seconds=one.moving_s or 0.0) <= row.start_utc
            and row.activity_id not in {one.activity_id, one.duplicate_of}
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strips:
    """What the small strips of one page are drawn from."""

    past: Past
    metrics: Mapping[int, Mapping[str, Any]]
    marks: Mapping[int, CrampMark]
    units: Units
    longest_m: float
    """The longest run of the page: the others are as long as they are beside it."""

    def drawn(self, row: ActivityRow) -> str:
        """The strip of a run; a file that is not believed is held against nothing."""
        if not row.is_run or not row.distance_m:
            return ""
        own = self.metrics[row.activity_id]
        believed = believed_m(own)
        known = (believed_m(self.metrics[one.activity_id]) for one in self.past.before(row))
        longest_m = max((one for one in known if one), default=None)
        is_told = row.activity_id in self.marks
        facts = StripFacts(
            distance_m=believed or row.distance_m,
            longest_before_m=None if believed is None else longest_m,
            cramp_share=cramp_share(row, self.marks.get(row.activity_id)),
            maybe_share=None if is_told else proposed_share(own),
        )
        prefix = f"strip-{row.activity_id}"
        return small_strip(facts, prefix=prefix, units=self.units, longest_m=self.longest_m)


def cramp_share(row: ActivityRow, mark: CrampMark | None) -> float | None:
    """How far along the run the cramp came."""
    if mark is None or mark.cramped != "yes":
        return None
    if mark.km is not None and row.distance_m:
        return min(1.0, metres_from_kilometres(mark.km) / row.distance_m)
    if mark.minute is not None and row.elapsed_s:
        return min(1.0, seconds_from_minutes(mark.minute) / row.elapsed_s)
    return None


def proposed_share(metrics: Mapping[str, Any]) -> float | None:
    """Where the file looks as if one came."""
    proposed = metrics.get("proposed_onset")
    share = None if proposed is None else proposed.get("share")
    return share if isinstance(share, float) else None
