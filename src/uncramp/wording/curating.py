"""What the runner changed about what is stored, in words and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from uncramp.wording.catalogue import text
from uncramp.wording.runs import run_data, runner_option

if TYPE_CHECKING:
    from uncramp.actions.curating import Merged
    from uncramp.store.rows import ActivityRow

__all__ = [
    "changed_data",
    "excluded_lines",
    "merged_data",
    "merged_lines",
    "named_lines",
    "split_data",
    "split_lines",
]


def merged_data(merged: Merged) -> dict[str, Any]:
    """The `data` of `uncramp runs merge --json`."""
    return {"kept": run_data(merged.kept), "linked": run_data(merged.linked)}


def merged_lines(merged: Merged, *, runner: str) -> Iterator[str]:
    """Which one counts now."""
    kept, linked = merged.kept.activity_id, merged.linked.activity_id
    yield text("cli.curating.merged", kept=kept, linked=linked, who=runner_option(runner))


def split_data(parted: Sequence[ActivityRow]) -> dict[str, Any]:
    """The `data` of `uncramp runs split --json`."""
    return {"runs": [run_data(row) for row in parted]}


def split_lines(parted: Sequence[ActivityRow]) -> Iterator[str]:
    """Which ones count by themselves again."""
    yield text("cli.curating.split", ids=", ".join(str(row.activity_id) for row in parted))


def changed_data(row: ActivityRow) -> dict[str, Any]:
    """The `data` of `uncramp runs exclude --json` and `uncramp runs title --json`."""
    told = {"title": row.title, "excluded": row.excluded}
    return {"run": {**run_data(row), **told}}


def excluded_lines(row: ActivityRow, *, runner: str) -> Iterator[str]:
    """Whether it counts now, and how to take that back."""
    who = runner_option(runner)
    message = "cli.curating.excluded" if row.excluded else "cli.curating.included"
    yield text(message, id=row.activity_id, who=who)


def named_lines(row: ActivityRow) -> Iterator[str]:
    """What it is called now."""
    if row.title is None:
        yield text("cli.curating.unnamed", id=row.activity_id)
    else:
        yield text("cli.curating.named", id=row.activity_id, title=row.title)
