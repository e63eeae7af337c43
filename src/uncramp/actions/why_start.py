"""Where `why` begins in a face: which cramp it can be about, what is under way, what was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from uncramp.actions.asking import is_under_way
from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.preferences import open_flags_of
from uncramp.screening import Screening

if TYPE_CHECKING:
    from datetime import date

    from uncramp.store.rows import ActivityRow, AdviceRow, DraftRow, StoredRunner

__all__ = ["AboutRun", "Answered", "Beginning", "UnderWay", "beginning"]

VERB: Final = "why"
MOST_MARKED: Final = 4
MOST_UNDER_WAY: Final = 3
MOST_ANSWERED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutRun:
    """A run that can be asked about, with its day; both None for a cramp without a file."""

    row: ActivityRow | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """An interview that can be gone on with."""

    draft: DraftRow
    about: AboutRun
    day: date
    """When it was last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer that was given."""

    line: AdviceRow
    about: AboutRun
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What can be begun or gone on with; all empty for a runner who is not there yet."""

    screening: Screening
    """Of what is open from before: while it holds a stop, nothing else is offered."""
    last: AboutRun | None = None
    marked: tuple[AboutRun, ...] = ()
    """Runs with a cramp in the diary, newest first, without the last one."""
    other: AboutRun | None = None
    """The run that was asked for, when it is none of these."""
    under_way: tuple[UnderWay, ...] = ()
    answered: tuple[Answered, ...] = field(default=())
    """Newest first."""


def beginning(context: Context, *, about: str = "") -> Beginning:
    """What `why` can be about; makes no store where there is none. `about` is a run's number.

    NotFoundError `unknown_runner` where others are known and this one is not.
    """
    screening = open_flags_of(context).screening
    runner = context.store.find_runner(context.runner) if context.has_store else None
    if runner is None:
        if context.has_store and context.store.runners():
            context.stored_runner()  # says who is known
        return Beginning(screening=screening)
    rows = context.store.activities(runner, with_duplicates=True)
    runs = [row for row in rows if row.is_run and not row.excluded and row.duplicate_of is None]
    marks = context.store.marks(runner)
    cramped = [
        row
        for row in reversed(runs[:-1])
        if row.activity_id in marks and marks[row.activity_id].cramped == "yes"
    ]
    by_id = {row.activity_id: row for row in rows}
    offered = [*runs[-1:], *cramped[:MOST_MARKED]]
    wanted = by_id.get(int(about)) if about.isdecimal() else None
    return Beginning(
        screening=screening,
        last=_about(context, runs[-1]) if runs else None,
        marked=tuple(_about(context, row) for row in cramped[:MOST_MARKED]),
        other=None if wanted is None or wanted in offered else _about(context, wanted),
        under_way=_under_way(context, runner, by_id),
        answered=_answered(context, runner, by_id),
    )


def _about(context: Context, row: ActivityRow | None) -> AboutRun:
    return AboutRun() if row is None else AboutRun(row=row, day=local_date(context, row))


def _under_way(
    context: Context, runner: StoredRunner, by_id: dict[int, ActivityRow]
) -> tuple[UnderWay, ...]:
    """The interviews that were changed last and have not ended; empty ones are not offered."""
    open_ones = [one for one in context.store.drafts(runner) if is_under_way(one) and one.answers]
    return tuple(
        UnderWay(
            draft=one,
            about=_about(context, by_id.get(one.activity_id or 0)),
            day=one.updated_at.astimezone(context.now.tzinfo).date(),
        )
        for one in open_ones[:MOST_UNDER_WAY]
    )


def _answered(
    context: Context, runner: StoredRunner, by_id: dict[int, ActivityRow]
) -> tuple[Answered, ...]:
    """The answers given last."""
    lines = [line for line in reversed(context.store.advice(runner)) if line.verb == VERB]
    return tuple(
        Answered(
            line=line,
            about=_about(context, by_id.get(line.activity_id or 0)),
            day=line.at.astimezone(context.now.tzinfo).date(),
        )
        for line in lines[:MOST_ANSWERED]
    )
