"""What is kept about an activity beside its file: metrics, weather, cramp marks, title.

Each function runs inside its caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, Text, cast, delete, insert, select, update

from uncramp.store import schema
from uncramp.store.packing import PackedAbout
from uncramp.store.rows import CrampMark, StoredMetrics, StoredWeather

__all__ = [
    "ARCHIVE",
    "TITLE",
    "WEATHER",
    "all_marks",
    "all_metrics",
    "all_weather",
    "carry_over",
    "carry_told",
    "fill_in",
    "put",
    "put_mark",
    "put_weather",
    "set_columns",
]

ARCHIVE: Final = "archive"
TITLE: Final = "title"
WEATHER: Final = "weather"
"""Fields that an import can fill in on an activity that was there before it."""
MOST_NAMED: Final = 500
"""Naming more activities than these costs more than reading all of them."""


def put(
    connection: Connection, table: Table, *, key: Mapping[str, object], values: Mapping[str, object]
) -> None:
    """The one row of `key`, made or replaced."""
    connection.execute(delete(table).where(*(table.c[name] == one for name, one in key.items())))
    connection.execute(insert(table).values(**key, **values))


def set_columns(
    connection: Connection, runner_id: int, activity_id: int, values: Mapping[str, object]
) -> None:
    """Change columns of one activity."""
    table = schema.activity
    connection.execute(
        update(table)
        .where(table.c.runner_id == runner_id, table.c.activity_id == activity_id)
        .values(**values)
    )


def all_metrics(
    connection: Connection, runner_id: int, only: Sequence[int] | None = None
) -> dict[int, StoredMetrics]:
    """Metrics of every activity of a runner that has any, or of those in `only`."""
    table = schema.metrics
    query = (
        select(table.c.activity_id, table.c.version, cast(table.c.metrics, Text))
        .where(table.c.runner_id == runner_id)
        .order_by(table.c.activity_id)
    )
    if only is not None and len(only) <= MOST_NAMED:
        query = query.where(table.c.activity_id.in_(only))
    wanted = None if only is None else frozenset(only)
    rows = connection.execute(query).all()
    # Read as one document: thousands of small ones cost half as much again.
    documents = json.loads(f"[{','.join(text for _, _, text in rows)}]")
    return {
        activity_id: StoredMetrics(activity_id=activity_id, version=version, metrics=metrics)
        for (activity_id, version, _), metrics in zip(rows, documents, strict=True)
        if wanted is None or activity_id in wanted
    }


def put_weather(connection: Connection, runner_id: int, weather: StoredWeather) -> None:
    """One source's weather of one activity, made or replaced."""
    values = {field.name: getattr(weather, field.name) for field in fields(StoredWeather)}
    key = {"runner_id": runner_id} | {name: values.pop(name) for name in ("activity_id", "source")}
    put(connection, schema.weather, key=key, values=values)


def all_weather(
    connection: Connection, runner_id: int, only: int | None = None
) -> dict[int, list[StoredWeather]]:
    """Weather of every activity of a runner that has any (or of `only` one), by source name."""
    table = schema.weather
    columns = [table.c[field.name] for field in fields(StoredWeather)]
    query = (
        select(*columns)
        .where(table.c.runner_id == runner_id)
        .order_by(table.c.activity_id, table.c.source)
    )
    if only is not None:
        query = query.where(table.c.activity_id == only)
    result: dict[int, list[StoredWeather]] = {}
    for row in connection.execute(query).mappings():
        result.setdefault(row["activity_id"], []).append(StoredWeather(**row))
    return result


def put_mark(connection: Connection, runner_id: int, mark: CrampMark) -> None:
    """What the runner says of one activity, made or replaced."""
    values = {field.name: getattr(mark, field.name) for field in fields(CrampMark)}
    values["muscles"] = list(mark.muscles)
    key = {"runner_id": runner_id, "activity_id": values.pop("activity_id")}
    put(connection, schema.cramp_mark, key=key, values=values)


def all_marks(connection: Connection, runner_id: int) -> dict[int, CrampMark]:
    """Marks of every activity of a runner that has one."""
    table = schema.cramp_mark
    columns = [table.c[field.name] for field in fields(CrampMark)]
    query = select(*columns).where(table.c.runner_id == runner_id).order_by(table.c.activity_id)
    return {
        row["activity_id"]: CrampMark(**{**row, "muscles": tuple(row["muscles"])})
        for row in connection.execute(query).mappings()
    }


def fill_in(
    connection: Connection,
    runner_id: int,
    activity_id: int,
    about: PackedAbout,
    *,
    at: datetime,
    stamp: str | None,
) -> None:
    """Title and weather of an archive, where the activity has none; noted for `import --undo`."""
    filled = []
    if about.title and fill_title(connection, runner_id, activity_id, about.title):
        filled.append(TITLE)
    if about.weather and not has_weather(connection, runner_id, activity_id, ARCHIVE):
        put_weather(
            connection,
            runner_id,
            StoredWeather(
                activity_id=activity_id,
                source="archive",
                attribution=about.attribution,
                at=at,
                **about.weather,
            ),
        )
        filled.append(WEATHER)
    note_filled(connection, runner_id, activity_id, filled, stamp=stamp)


def fill_title(connection: Connection, runner_id: int, activity_id: int, title: str) -> bool:
    """Whether the activity had no title and has this one now."""
    table = schema.activity
    change = (
        update(table)
        .where(
            table.c.runner_id == runner_id,
            table.c.activity_id == activity_id,
            table.c.title.is_(None),
        )
        .values(title=title)
    )
    return connection.execute(change).rowcount > 0


def has_weather(connection: Connection, runner_id: int, activity_id: int, source: str) -> bool:
    """Whether `source` has told the weather of this activity."""
    table = schema.weather
    query = select(table.c.source).where(
        table.c.runner_id == runner_id,
        table.c.activity_id == activity_id,
        table.c.source == source,
    )
    return connection.execute(query).first() is not None


def note_filled(
    connection: Connection,
    runner_id: int,
    activity_id: int,
    filled: list[str],
    *,
    stamp: str | None,
) -> None:
    """Remember what an import told of an activity that it did not bring itself."""
    table = schema.activity
    query = select(table.c.import_stamp).where(
        table.c.runner_id == runner_id, table.c.activity_id == activity_id
    )
    if stamp is None or not filled or connection.execute(query).scalar() == stamp:
        return
    for field in filled:
        key = {"runner_id": runner_id, "activity_id": activity_id, "field": field}
        put(connection, schema.import_fill, key=key, values={"import_stamp": stamp})


def carry_over(
    connection: Connection, runner_id: int, *, old: int, new: int, stamp: str | None
) -> None:
    """Tell of activity `new` what is known of `old`, another recording of the same run.

    Only what `new` lacks; `old` keeps its own, so that taking the two apart loses nothing.
    """
    carry_told(connection, runner_id, old=old, new=new)
    table = schema.activity
    query = select(table.c.title).where(table.c.runner_id == runner_id, table.c.activity_id == old)
    title = connection.execute(query).scalar()
    if title and fill_title(connection, runner_id, new, title):
        note_filled(connection, runner_id, new, [TITLE], stamp=stamp)
    for row in rows_of(connection, schema.weather, runner_id, old):
        if row["source"] == ARCHIVE and copy_weather(connection, row, new=new):
            note_filled(connection, runner_id, new, [WEATHER], stamp=stamp)


def carry_told(connection: Connection, runner_id: int, *, old: int, new: int) -> None:
    """As `carry_over`, but only what the runner said or was looked up, not what an import told."""
    for row in rows_of(connection, schema.weather, runner_id, old):
        if row["source"] != ARCHIVE:
            copy_weather(connection, row, new=new)
    if not rows_of(connection, schema.cramp_mark, runner_id, new):
        for row in rows_of(connection, schema.cramp_mark, runner_id, old):
            connection.execute(insert(schema.cramp_mark).values({**row, "activity_id": new}))
    carry_answers(connection, runner_id, old=old, new=new)
    table = schema.sweat_test
    connection.execute(
        update(table)
        .where(table.c.runner_id == runner_id, table.c.activity_id == old)
        .values(activity_id=new)
    )


def copy_weather(connection: Connection, row: Mapping[str, Any], *, new: int) -> bool:
    """Whether `new` had no weather of this source and has this one now."""
    if has_weather(connection, row["runner_id"], new, row["source"]):
        return False
    connection.execute(insert(schema.weather).values({**row, "activity_id": new}))
    return True


def carry_answers(connection: Connection, runner_id: int, *, old: int, new: int) -> None:
    """Answers about `old` to questions that nobody answered about `new`."""
    table = schema.cramp_answers
    known = {row["question_id"] for row in rows_of(connection, table, runner_id, new)}
    for row in rows_of(connection, table, runner_id, old):
        if row["question_id"] not in known:
            del row["answer_id"]
            connection.execute(insert(table).values({**row, "activity_id": new}))


def rows_of(
    connection: Connection, table: Table, runner_id: int, activity_id: int
) -> list[dict[str, Any]]:
    """Rows of a table about one activity."""
    query = select(table).where(table.c.runner_id == runner_id, table.c.activity_id == activity_id)
    return [dict(row) for row in connection.execute(query).mappings()]
