"""What the form for a weigh-in offers: the newest runs, and the one it most likely was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.sweat_tests import WatchOffer
from uncramp.errors import NotFoundError
from uncramp.units import minutes_from_seconds
from uncramp.vocabulary import WatchEstimate

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow

__all__ = ["FormRuns", "RunChoice", "form_runs", "watch_offers"]

MOST_RUNS: Final = 20
MOST_OFFERS: Final = 5
A_YEAR: Final = timedelta(days=366)
JUST_NOW: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChoice:
    """One run to choose."""

    row: ActivityRow
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRuns:
    """Runs to choose from, newest first."""

    choices: tuple[RunChoice, ...]
    likely: int | None
    """The newest, when it began within the last day."""


def form_runs(context: Context, *, also: int | None = None) -> FormRuns:
    """The newest runs of the runner, and the one called `also` when it is theirs."""
    newest = newest_runs(context)
    if also is not None and all(row.activity_id != also for row in newest):
        newest = [*asked_for(context, also), *newest]
    likely = None
    for row in newest:
        assert row.start_utc is not None  # noqa: S101  (those without a start were left out)
        if timedelta() <= context.now - row.start_utc <= JUST_NOW:
            likely = row.activity_id
    choices = tuple(RunChoice(row=row, day=local_date(context, row)) for row in reversed(newest))
    return FormRuns(choices=choices, likely=likely)


def newest_runs(context: Context) -> list[ActivityRow]:
    """The newest runs, oldest first; a year is read first, all only where that is not enough."""
    runner, runs = context.stored_runner(), []
    for between in ((context.now - A_YEAR, context.now + JUST_NOW), None):
        stored = context.store.activities(runner, with_excluded=False, between=between)
        runs = [row for row in stored if row.is_run and row.start_utc is not None]
        if len(runs) >= MOST_RUNS:
            break
    return runs[-MOST_RUNS:]


def asked_for(context: Context, activity_id: int) -> list[ActivityRow]:
    """The run that an address asks for, when it is one of this runner."""
    try:
        row = context.store.activity_row(context.stored_runner(), activity_id)
    except NotFoundError:
        return []
    return [row] if row.is_run and row.start_utc is not None else []


def watch_offers(context: Context) -> tuple[WatchOffer, ...]:
    """The newest runs of the last year whose watch worked sweat out and nobody took it."""
    runner = context.stored_runner()
    taken = {
        one.activity
        for one in context.store.sweat_tests(runner)
        if isinstance(one.test, WatchEstimate)
    }
    a_year = (context.now - A_YEAR, context.now + JUST_NOW)
    rows = context.store.activities(runner, with_excluded=False, between=a_year)
    found = []
    for row in reversed(rows):
        seconds = row.elapsed_s or row.moving_s
        if row.is_run and row.reported_sweat_loss_l and seconds and row.activity_id not in taken:
            found.append(
                WatchOffer(
                    run=row,
                    sweat_loss_l=row.reported_sweat_loss_l,
                    duration_min=minutes_from_seconds(seconds),
                )
            )
    return tuple(found[:MOST_OFFERS])
