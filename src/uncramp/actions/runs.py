"""`uncramp runs`: what is stored, what of it is wanted, and which run `last` or a day means.

Years at a glance are in `years.py`, one run in detail in `showing.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.errors import InputError, NotFoundError
from uncramp.store.rows import ActivityRow, CrampMark

__all__ = [
    "RunFilter",
    "RunList",
    "find_run",
    "is_hidden",
    "list_runs",
    "parsed_day",
]

DAY: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which activities are wanted: all that is said must be true; days as they were there."""

    year: int | None = None
    since: date | None = None
    until: date | None = None
    sport: str | None = None
    """Sport or sub-sport, in any case of letters."""
    cramped: bool = False
    flagged: bool = False
    hidden_too: bool = False
    """Also what was excluded, and further recordings of the same run."""

    def wants(self, row: ActivityRow, *, day: date | None, mark: CrampMark | None) -> bool:
        """Whether the activity is wanted; one without a day is in no year."""
        in_time = (
            (self.year is None or (day is not None and day.year == self.year))
            and (self.since is None or (day is not None and day >= self.since))
            and (self.until is None or (day is not None and day <= self.until))
        )
        return (
            in_time
            and (self.sport is None or self.sport.strip().lower() in sports_of(row))
            and (not self.cramped or (mark is not None and mark.cramped == "yes"))
            and (not self.flagged or bool(row.flags))
        )


def sports_of(row: ActivityRow) -> frozenset[str]:
    """Sport and sub-sport in small letters."""
    return frozenset(name.lower() for name in (row.sport, row.sub_sport) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunList:
    """The activities that were wanted, oldest first, and how many there are besides."""

    rows: tuple[ActivityRow, ...]
    marks: Mapping[int, CrampMark]
    stored: tuple[ActivityRow, ...]
    """Everything that is stored, wanted or not, oldest first."""
    n_hidden: int
    """Wanted, but excluded or another recording of a run that is listed."""

    @property
    def n_stored(self) -> int:
        """How many there are in all."""
        return len(self.stored)


def list_runs(context: Context, wanted: RunFilter | None = None) -> RunList:
    """Stored activities of every sport, oldest first."""
    chosen = wanted or RunFilter()
    runner = context.stored_runner()
    marks = context.store.marks(runner)
    stored = context.store.activities(runner, with_duplicates=True)
    found = [
        row
        for row in stored
        if chosen.wants(row, day=local_date(context, row), mark=marks.get(row.activity_id))
    ]
    rows = [row for row in found if chosen.hidden_too or not is_hidden(row)]
    return RunList(
        rows=tuple(rows), marks=marks, stored=tuple(stored), n_hidden=len(found) - len(rows)
    )


def is_hidden(row: ActivityRow) -> bool:
    """Whether a run counts nowhere: excluded, or another recording of one that counts."""
    return row.excluded or row.duplicate_of is not None


def find_run(context: Context, reference: str) -> ActivityRow:
    """The activity that `reference` means: an id, `last`, or a day as YYYY-MM-DD.

    `last` is the newest running activity, a day means its longest one; where nothing was running,
    any sport counts. Excluded runs and further recordings are found by their id only.
    NotFoundError `unknown_run` or `no_runs`, InputError `bad_date`.
    """
    runner = context.stored_runner()
    if re.fullmatch(r"[0-9]{1,9}", reference):
        return context.store.activity_row(runner, int(reference))
    rows = context.store.activities(runner, with_excluded=False)
    if not rows:
        raise NotFoundError("no_runs", values={"runner": runner.name})
    if reference == "last":
        return runs_or_all(rows)[-1]
    if not DAY.fullmatch(reference):
        raise NotFoundError("unknown_run", values={"reference": reference, "runner": runner.name})
    day = parsed_day(reference)
    of_day = runs_or_all([row for row in rows if local_date(context, row) == day])
    if not of_day:
        raise NotFoundError("no_run_that_day", values={"date": day, "runner": runner.name})
    return max(of_day, key=lambda row: (row.distance_m or 0.0, row.elapsed_s or 0.0))


def runs_or_all(rows: list[ActivityRow]) -> list[ActivityRow]:
    """The running ones among `rows`, or all when none is."""
    return [row for row in rows if row.is_run] or rows


def parsed_day(reference: str) -> date:
    """The day meant; InputError `bad_date` when the calendar has no such day."""
    try:
        year, month, day = (int(part) for part in reference.split("-"))
        return date(year, month, day)
    except ValueError as error:
        raise InputError("bad_date", values={"date": reference}) from error
