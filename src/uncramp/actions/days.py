"""The day an activity belongs to: one answer for lists, years, weather and training history."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from uncramp.actions.context import Context

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow

__all__ = ["local_date"]


def local_date(context: Context, row: ActivityRow) -> date | None:
    """The day an activity began where it was run, as far as the file says; else where we are."""
    if row.start_utc is None:
        return None
    if row.utc_offset_s is None:
        return row.start_utc.astimezone(context.now.tzinfo or UTC).date()
    return (row.start_utc + timedelta(seconds=row.utc_offset_s)).date()
