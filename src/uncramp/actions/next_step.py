"""Home: where a runner stands, and the one step that would help most now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.diary import DiaryPage, proposals
from uncramp.actions.preferences import OpenFlags, open_flags_of

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow, CrampMark, StoredRunner

__all__ = ["HomeState", "Standing", "StepKind", "diary_of", "home_state", "next_step"]

StepKind = Literal["stop", "add", "diary", "draft", "why", "now"]

WHY: Final = "why"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the next step depends on, and nothing else."""

    has_open_stop: bool = False
    n_runs: int = 0
    n_to_ask: int = 0
    """Runs that the diary would like to ask about."""
    has_draft: bool = False
    """Whether an interview about a cramp was begun and not finished."""
    has_unexplained: bool = False
    """Whether a cramp is marked of which nobody asked why."""


def next_step(standing: Standing) -> StepKind:
    """The step that helps most: safety, then data, then what was begun, then what is open."""
    if standing.has_open_stop:
        return "stop"
    if not standing.n_runs:
        return "add"
    if standing.n_to_ask:
        return "diary"
    if standing.has_draft:
        return "draft"
    return "why" if standing.has_unexplained else "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeState:
    """Everything the first page shows of a runner who is known."""

    known: tuple[str, ...]
    """All runners here, by name."""
    n_activities: int
    n_runs: int
    first_year: int | None
    cramped: tuple[ActivityRow, ...]
    """Runs with a cramp, oldest first."""
    last_run: ActivityRow | None
    last_mark: CrampMark | None
    diary: DiaryPage
    flags: OpenFlags
    draft_id: int | None
    draft_run: ActivityRow | None
    unexplained: ActivityRow | None
    """The newest cramped run of which nobody asked why."""
    step: StepKind


def home_state(context: Context) -> HomeState | None:
    """Where things stand; None when there is no such runner. Makes no store where there is none."""
    runner = context.store.find_runner(context.runner) if context.has_store else None
    if runner is None:
        return None
    store = context.store
    page = proposals(context)
    runs = [row for row in page.rows.values() if row.is_run]
    cramped = tuple(page.rows[run.activity_id] for run in page.diary.cramped)
    flags = open_flags_of(context)
    draft_id, draft_run = open_draft(context, runner)
    unexplained = newest_unexplained(context, runner, cramped)
    years = [day.year for row in runs if (day := local_date(context, row)) is not None]
    last = runs[-1] if runs else None
    standing = Standing(
        has_open_stop=any(row.kind == "stop" for row in flags.rows),
        n_runs=len(runs),
        n_to_ask=page.diary.n_open,
        has_draft=draft_id is not None,
        has_unexplained=unexplained is not None,
    )
    return HomeState(
        known=tuple(one.name for one in store.runners()),
        n_activities=len(page.rows),
        n_runs=len(runs),
        first_year=min(years, default=None),
        cramped=cramped,
        last_run=last,
        last_mark=None if last is None else page.marks.get(last.activity_id),
        diary=page,
        flags=flags,
        draft_id=draft_id,
        draft_run=draft_run,
        unexplained=unexplained,
        step=next_step(standing),
    )


def open_draft(context: Context, runner: StoredRunner) -> tuple[int | None, ActivityRow | None]:
    """The interview that was begun last and is not finished, with the run it is about."""
    drafts = context.store.drafts(runner)
    draft = next(
        (one for one in drafts if not one.dropped and one.finished_advice_id is None), None
    )
    if draft is None or not draft.path:
        return None, None
    if draft.activity_id is None:
        return draft.draft_id, None
    return draft.draft_id, context.store.activity_row(runner, draft.activity_id)


def newest_unexplained(
    context: Context, runner: StoredRunner, cramped: tuple[ActivityRow, ...]
) -> ActivityRow | None:
    """The newest of these runs about which the ledger holds no answer to why."""
    if not cramped:
        return None
    asked = {one.activity_id for one in context.store.advice(runner) if one.verb == WHY}
    open_ones = [row for row in cramped if row.activity_id not in asked]
    return open_ones[-1] if open_ones else None


def diary_of(context: Context) -> DiaryPage | None:
    """The diary of the runner; None for one who is not there."""
    if not context.has_store or context.store.find_runner(context.runner) is None:
        return None
    return proposals(context)
