"""Taking things out again: one import, or one runner; inside the caller's transaction."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, delete, func, select, update

from uncramp.store import schema
from uncramp.store.about_runs import ARCHIVE, TITLE, WEATHER
from uncramp.store.rows import ImportRun
from uncramp.store.twins import elect_keepers

__all__ = ["erase", "import_runs", "take_back"]

ABOUT_ACTIVITIES: Final = (
    schema.import_fill,
    schema.interview_draft,
    schema.metrics,
    schema.weather,
    schema.cramp_mark,
    schema.cramp_answers,
    schema.stream,
    schema.lap,
)
OUTLIVING: Final = (schema.advice, schema.sweat_test)
"""Tables whose rows stay when the activity they are about goes."""


def import_runs(connection: Connection, runner_id: int) -> list[ImportRun]:
    """Imports of which anything is stored, oldest first."""
    table = schema.activity
    at = func.min(table.c.imported_at)
    query = (
        select(table.c.import_stamp, at.label("at"), func.count().label("n_activities"))
        .where(table.c.runner_id == runner_id, table.c.import_stamp.is_not(None))
        .group_by(table.c.import_stamp)
        .order_by(at, table.c.import_stamp)
    )
    return [ImportRun(*row) for row in connection.execute(query)]


def take_back(connection: Connection, runner_id: int, stamp: str) -> int | None:
    """Remove what one import added; the number of activities, None when it left no trace.

    The ledger and sweat tests stay: those about these activities point to no activity any more.
    """
    n_filled = take_back_filled(connection, runner_id, stamp)
    activity = schema.activity
    mine = (activity.c.runner_id == runner_id, activity.c.import_stamp == stamp)
    leaving = select(activity.c.activity_id).where(*mine)
    n_activities: int = connection.execute(
        select(func.count()).select_from(activity).where(*mine)
    ).scalar_one()
    if not n_activities:
        return 0 if n_filled else None
    elect_keepers(connection, runner_id, leaving)
    for table in OUTLIVING:
        connection.execute(
            update(table)
            .where(table.c.runner_id == runner_id, table.c.activity_id.in_(leaving))
            .values(activity_id=None)
        )
    for table in ABOUT_ACTIVITIES:
        connection.execute(
            delete(table).where(table.c.runner_id == runner_id, table.c.activity_id.in_(leaving))
        )
    connection.execute(delete(activity).where(*mine))
    remove_unused_originals(connection, runner_id)
    return n_activities


def take_back_filled(connection: Connection, runner_id: int, stamp: str) -> int:
    """Remove what one import told of activities that were there before; how many things."""
    fill, activity, weather = schema.import_fill, schema.activity, schema.weather

    def filled(field: str) -> Any:
        return select(fill.c.activity_id).where(
            fill.c.runner_id == runner_id, fill.c.import_stamp == stamp, fill.c.field == field
        )

    connection.execute(
        update(activity)
        .where(activity.c.runner_id == runner_id, activity.c.activity_id.in_(filled(TITLE)))
        .values(title=None)
    )
    connection.execute(
        delete(weather).where(
            weather.c.runner_id == runner_id,
            weather.c.source == ARCHIVE,
            weather.c.activity_id.in_(filled(WEATHER)),
        )
    )
    gone = delete(fill).where(fill.c.runner_id == runner_id, fill.c.import_stamp == stamp)
    return connection.execute(gone).rowcount


def remove_unused_originals(connection: Connection, runner_id: int) -> None:
    """Remove files of which no activity is stored any more."""
    activity = schema.activity
    used = select(activity.c.original_sha256).where(activity.c.runner_id == runner_id)
    for table in (schema.original_content, schema.original):
        connection.execute(
            delete(table).where(table.c.runner_id == runner_id, table.c.sha256.not_in(used))
        )


def erase(connection: Connection, runner_id: int) -> None:
    """Remove a runner with everything that was ever stored about them, the ledger too."""
    for table in reversed(schema.METADATA.sorted_tables):
        if "runner_id" in table.c:
            connection.execute(delete(table).where(table.c.runner_id == runner_id))
