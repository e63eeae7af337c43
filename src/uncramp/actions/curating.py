"""The runner's last word on what is stored: which recordings are one run, which runs count, names.

Nothing is deleted here but by undoing an import, and that takes back only what it brought.
"""

from __future__ import annotations

from dataclasses import dataclass

from uncramp.actions.context import Context
from uncramp.actions.runs import find_run
from uncramp.errors import InputError
from uncramp.store.names import kept_title
from uncramp.store.rows import ActivityRow

__all__ = [
    "Merged",
    "Undone",
    "exclude_run",
    "merge_runs",
    "name_run",
    "split_run",
    "undo_import",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Two recordings of one run: the one that counts, and the one that is linked to it."""

    kept: ActivityRow
    linked: ActivityRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """An import that was taken back."""

    stamp: str
    n_removed: int


def merge_runs(context: Context, kept: str, linked: str) -> Merged:
    """Say that two activities are recordings of one run, of which `kept` counts.

    What was told of the one is told of the other where it lacks. InputError `same_run`.
    """
    store, runner = context.store, context.stored_runner()
    keeper, other = find_run(context, kept), find_run(context, linked)
    store.link(runner, other.activity_id, duplicate_of=keeper.activity_id)
    other = store.activity_row(runner, other.activity_id)
    return Merged(
        kept=store.activity_row(runner, other.duplicate_of or keeper.activity_id), linked=other
    )


def split_run(context: Context, reference: str) -> tuple[ActivityRow, ...]:
    """Part an activity from those it was linked with; every one that counts by itself again.

    InputError `not_merged` when it was linked with none.
    """
    store, runner = context.store, context.stored_runner()
    row = find_run(context, reference)
    parted = store.unlink(runner, row.activity_id)
    if not parted:
        raise InputError("not_merged", values={"id": row.activity_id})
    return tuple(store.activity_row(runner, activity_id) for activity_id in parted)


def exclude_run(context: Context, reference: str, *, excluded: bool = True) -> ActivityRow:
    """Keep an activity out of the history, the proposals and the longest run, or let it count."""
    store, runner = context.store, context.stored_runner()
    row = find_run(context, reference)
    store.set_excluded(runner, row.activity_id, excluded)
    return store.activity_row(runner, row.activity_id)


def name_run(context: Context, reference: str, title: str) -> ActivityRow:
    """Name an activity; an empty name takes the name away. E-mail addresses are not kept."""
    store, runner = context.store, context.stored_runner()
    row = find_run(context, reference)
    store.set_title(runner, row.activity_id, kept_title(title) or None)
    return store.activity_row(runner, row.activity_id)


def undo_import(context: Context, stamp: str) -> Undone:
    """Take back exactly what one import brought; NotFoundError `unknown_import`."""
    n_removed = context.store.undo_import(context.stored_runner(), stamp)
    return Undone(stamp=stamp, n_removed=n_removed)
