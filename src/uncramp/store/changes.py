"""Statements that several of the store's transactions share; each runs inside its caller's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Connection,
    Row,
    Table,
    Text,
    bindparam,
    cast,
    insert,
    select,
    update,
)

from uncramp.errors import NotFoundError
from uncramp.store import schema
from uncramp.store.convert import profile_values
from uncramp.store.mirror import JournalEntry
from uncramp.store.names import kept_name
from uncramp.store.rows import StoredRunner
from uncramp.vocabulary import UserProfile

if TYPE_CHECKING:
    from uncramp.store.packing import PackedReading

__all__ = [
    "ACTIVITIES_BETWEEN",
    "CHOSEN_STREAMS",
    "LAPS",
    "LINKED_ACTIVITIES",
    "LISTED_ACTIVITIES",
    "STREAMS",
    "activity_ids_of",
    "insert_advice",
    "insert_all",
    "insert_reading",
    "insert_runner",
    "one_activity",
    "open_flags_in",
    "open_ids",
    "runner_id_of",
    "take_in",
]

ONLY_WHOLE: Final = frozenset({"device_serial", "file_created_utc", "profile", "original_sha256"})
"""Columns that lists leave out."""

# Built once: putting a statement together costs more than running it.
WHOLE_ACTIVITIES: Final = (
    select(
        *(one for one in schema.activity.c if one.name not in {"runner_id", "flags"}),
        cast(schema.activity.c.flags, Text).label("flags_json"),
        schema.original.c.sha256,
        schema.original.c.file_name.label("source_file"),
        schema.original.c.file_format,
    )
    .join_from(schema.activity, schema.original)
    .where(schema.activity.c.runner_id == bindparam("of_runner"))
)
LISTED_ACTIVITIES: Final = WHOLE_ACTIVITIES.with_only_columns(
    *(one for one in WHOLE_ACTIVITIES.selected_columns if one.name not in ONLY_WHOLE),
    maintain_column_froms=True,
).order_by(schema.activity.c.start_utc.asc().nulls_first(), schema.activity.c.activity_id)
ACTIVITIES_BETWEEN: Final = LISTED_ACTIVITIES.where(
    schema.activity.c.start_utc >= bindparam("first"),
    schema.activity.c.start_utc < bindparam("end"),
)
LINKED_ACTIVITIES: Final = LISTED_ACTIVITIES.where(
    schema.activity.c.duplicate_of == bindparam("of_activity")
)
ONE_ACTIVITY: Final = WHOLE_ACTIVITIES.where(
    schema.activity.c.activity_id == bindparam("of_activity")
)
STREAMS: Final = select(schema.stream).where(
    schema.stream.c.runner_id == bindparam("of_runner"),
    schema.stream.c.activity_id == bindparam("of_activity"),
)
CHOSEN_STREAMS: Final = STREAMS.where(
    schema.stream.c.channel.in_(bindparam("channels", expanding=True))
)
LAPS: Final = (
    select(schema.lap)
    .where(
        schema.lap.c.runner_id == bindparam("of_runner"),
        schema.lap.c.activity_id == bindparam("of_activity"),
    )
    .order_by(schema.lap.c.lap_index)
)


def one_activity(connection: Connection, runner: StoredRunner, activity_id: int) -> Any:
    """One activity's row; NotFoundError `unknown_run` when there is none."""
    key = {"of_runner": runner.runner_id, "of_activity": activity_id}
    row: Any = connection.execute(ONE_ACTIVITY, key).one_or_none()
    if row is None:
        values = {"reference": str(activity_id), "runner": runner.name}
        raise NotFoundError("unknown_run", values=values)
    return row


def insert_original(
    connection: Connection, runner_id: int, packed: PackedReading, *, at: datetime
) -> None:
    """A file's name and bytes."""
    key = {"runner_id": runner_id, "sha256": packed.sha256}
    about = {
        "file_name": kept_name(packed.file_name),
        "file_format": packed.file_format,
        "imported_at": at,
    }
    content = {"compression": packed.compression, "content": packed.content}
    insert_all(connection, schema.original, [about], key=key)
    insert_all(connection, schema.original_content, [content], key=key)


def insert_reading(
    connection: Connection,
    runner_id: int,
    packed: PackedReading,
    *,
    at: datetime,
    stamp: str | None,
) -> tuple[int, ...]:
    """A file with all its activities and what was computed of them; their new ids."""
    insert_original(connection, runner_id, packed, at=at)
    first = reserve_activity_ids(connection, runner_id, len(packed.activities))
    origin = {
        "original_sha256": packed.sha256,
        "decoder_version": packed.decoder_version,
        "imported_at": at,
        "import_stamp": stamp,
    }
    for activity_id, one in enumerate(packed.activities, start=first):
        key = {"runner_id": runner_id, "activity_id": activity_id}
        insert_all(connection, schema.activity, [one.summary], key={**key, **origin})
        insert_all(connection, schema.stream, one.streams, key=key)
        insert_all(connection, schema.lap, one.laps, key=key)
    rows = [
        {"activity_id": activity_id, "metrics": dict(metrics)}
        for activity_id, metrics in enumerate(packed.metrics, start=first)
        if metrics is not None
    ]
    computed = {"runner_id": runner_id, "version": packed.metrics_version}
    insert_all(connection, schema.metrics, rows, key=computed)
    return tuple(range(first, first + len(packed.activities)))


def runner_id_of(connection: Connection, name: str) -> int | None:
    """Key of the runner called `name`."""
    query = select(schema.runner.c.runner_id).where(schema.runner.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def insert_runner(
    connection: Connection, name: str, *, profile: UserProfile | None, at: datetime
) -> int:
    """A new runner's key."""
    statement = insert(schema.runner).values(
        name=name,
        added_at=at,
        last_activity_id=0,
        profile_at=None if profile is None else at,
        **profile_values(profile or UserProfile()),
    )
    return inserted_key(connection.execute(statement).inserted_primary_key)


def activity_ids_of(connection: Connection, runner_id: int, sha256: str) -> tuple[int, ...]:
    """Activities that came from the file of this content, in the order of its sessions."""
    table = schema.activity
    query = (
        select(table.c.activity_id)
        .where(table.c.runner_id == runner_id, table.c.original_sha256 == sha256)
        .order_by(table.c.session_index)
    )
    return tuple(connection.execute(query).scalars())


def reserve_activity_ids(connection: Connection, runner_id: int, n_ids: int) -> int:
    """The first of `n_ids` new activity ids; the change locks the runner's row until the end."""
    table = schema.runner
    connection.execute(
        update(table)
        .where(table.c.runner_id == bindparam("of_runner"))
        .values(last_activity_id=table.c.last_activity_id + bindparam("n_ids")),
        {"of_runner": runner_id, "n_ids": n_ids},
    )
    query = select(table.c.last_activity_id).where(table.c.runner_id == runner_id)
    last: int = connection.execute(query).scalar_one()
    return last - n_ids + 1


def insert_all(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, object]],
    *,
    key: Mapping[str, object],
) -> None:
    """Insert `rows`, each with `key` added; an empty list inserts nothing."""
    if rows:
        connection.execute(insert(table), [{**key, **row} for row in rows])


def insert_advice(
    connection: Connection,
    *,
    runner_id: int,
    verb: str,
    activity_id: int | None,
    at: datetime,
    inputs: dict[str, Any],
    result: dict[str, Any],
    text: str,
    package_version: str,
    model_version: str,
    evidence_version: str,
    journal_key: str | None,
) -> int:
    """A ledger line's key."""
    statement = insert(schema.advice).values(
        runner_id=runner_id,
        verb=verb,
        activity_id=activity_id,
        at=at,
        inputs=inputs,
        result=result,
        text=text,
        package_version=package_version,
        model_version=model_version,
        evidence_version=evidence_version,
        journal_key=journal_key,
    )
    return inserted_key(connection.execute(statement).inserted_primary_key)


def inserted_key(key: Row[Any] | None) -> int:
    """The number the database gave a new row."""
    assert key is not None  # noqa: S101  (both databases return it for a one-row insert)
    return int(key[0])


def open_flags_in(
    connection: Connection,
    runner_id: int,
    *,
    stops: Sequence[str],
    locks: Sequence[str],
    at: datetime,
    advice_id: int | None,
) -> None:
    """Open the flags that are not open yet."""
    table = schema.flag
    query = select(table.c.kind, table.c.flag_id).where(
        table.c.runner_id == runner_id, table.c.cleared_on.is_(None)
    )
    wanted = [("stop", flag) for flag in stops] + [("lock", flag) for flag in locks]
    known = {(row.kind, row.flag_id) for row in connection.execute(query)} if wanted else set()
    rows = [
        {"kind": kind, "flag_id": flag_id}
        for kind, flag_id in dict.fromkeys(wanted)
        if (kind, flag_id) not in known
    ]
    insert_all(
        connection,
        table,
        rows,
        key={"runner_id": runner_id, "opened_at": at, "advice_id": advice_id},
    )


def open_ids(connection: Connection) -> dict[str, dict[str, list[str]]]:
    """Open flags of every runner that has any, as the mirror says them."""
    query = (
        select(schema.runner.c.name, schema.flag.c.kind, schema.flag.c.flag_id)
        .join_from(schema.flag, schema.runner)
        .where(schema.flag.c.cleared_on.is_(None))
        .order_by(schema.runner.c.name, schema.flag.c.flag_id)
    )
    result: dict[str, dict[str, list[str]]] = {}
    for name, kind, flag_id in connection.execute(query):
        result.setdefault(name, {"stops": [], "locks": []})[f"{kind}s"].append(flag_id)
    return result


def take_in(connection: Connection, entry: JournalEntry) -> None:
    """One journal entry, unless it has been taken in before."""
    runner_id = runner_id_of(connection, entry.runner)
    if runner_id is None:
        runner_id = insert_runner(connection, entry.runner, profile=None, at=entry.at)
    seen = select(schema.advice.c.advice_id).where(
        schema.advice.c.runner_id == runner_id, schema.advice.c.journal_key == entry.key
    )
    if connection.execute(seen).first() is not None:
        return
    advice_id = insert_advice(
        connection,
        runner_id=runner_id,
        verb="now",
        activity_id=None,
        at=entry.at,
        inputs=entry.inputs,
        result=entry.result,
        text=entry.text,
        package_version=entry.package_version,
        model_version=entry.model_version,
        evidence_version=entry.evidence_version,
        journal_key=entry.key,
    )
    open_flags_in(
        connection,
        runner_id,
        stops=entry.stops,
        locks=entry.locks,
        at=entry.at,
        advice_id=advice_id,
    )
