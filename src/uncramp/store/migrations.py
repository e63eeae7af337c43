"""Forward-only steps from an empty database to today's tables.

Each step runs in one transaction with the record that it ran. A released step is never edited:
that is why the first one spells out its tables again instead of using `schema.py`, which moves on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.schema import CreateColumn

from uncramp import __version__
from uncramp.errors import StoreError
from uncramp.store.database import back_up, reading, use_write_ahead_log, writing
from uncramp.store.schema import migration

__all__ = ["MIGRATIONS", "Migration", "bring_up_to_date"]


ACTIVITY_KEY: Final = ["runner_id", "activity_id"]
ACTIVITY_COLUMNS: Final = ["activity.runner_id", "activity.activity_id"]


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; `run` must not commit."""

    number: int
    name: str
    run: Callable[[Connection], None]


def bring_up_to_date(engine: Engine, *, steps: tuple[Migration, ...], at: datetime) -> None:
    """Run the migrations that are missing, after a backup when there is something to lose."""
    newest = steps[-1].number
    with reading(engine) as connection:
        applied = applied_number(connection, newest=newest)
    if applied == newest:
        return
    if applied:
        back_up(engine, ending=f"before-{newest}")
    else:
        use_write_ahead_log(engine)
    with writing(engine) as connection:
        apply_pending(connection, steps=steps, at=at, package_version=__version__)


def applied_number(connection: Connection, *, newest: int) -> int:
    """Number of the last step this database has seen, 0 for an empty one.

    Raises StoreError `newer_database` when that is beyond `newest`, and `foreign_database` when
    there are tables but none of ours. Nothing is changed.
    """
    tables = inspect(connection).get_table_names()
    if migration.name not in tables:
        if tables:
            raise StoreError("foreign_database")
        return 0
    found = connection.execute(select(func.max(migration.c.number))).scalar() or 0
    if found > newest:
        raise StoreError("newer_database", values={"found": found, "known": newest})
    return int(found)


def apply_pending(
    connection: Connection,
    *,
    steps: tuple[Migration, ...],
    at: datetime,
    package_version: str,
) -> int:
    """Run what is missing of `steps`, inside the caller's transaction; how many were run."""
    applied = applied_number(connection, newest=steps[-1].number)
    pending = [step for step in steps if step.number > applied]
    for step in pending:
        step.run(connection)
        connection.execute(
            insert(migration).values(
                number=step.number,
                name=step.name,
                applied_at=at,
                package_version=package_version,
            )
        )
    return len(pending)


def first_tables(connection: Connection) -> None:
    """Runners, originals, activities with laps and streams, answers, advice, flags."""
    metadata = MetaData()
    tables_of_runners(metadata)
    table_of_activities(metadata)
    tables_of_records(metadata)
    tables_of_advice(metadata)
    metadata.create_all(connection, checkfirst=False)


def tables_of_runners(metadata: MetaData) -> None:
    """Version 1 of `migration`, `runner`, `original` and `original_content`."""
    Table(
        "migration",
        metadata,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("name", Text, nullable=False),
        Column("applied_at", DateTime(timezone=True), nullable=False),
        Column("package_version", Text, nullable=False),
    )
    Table(
        "runner",
        metadata,
        Column("runner_id", Integer, primary_key=True),
        Column("name", String(64), nullable=False),
        Column("sex", Text),
        Column("age_y", Float),
        Column("height_cm", Float),
        Column("body_mass_kg", Float),
        Column("added_at", DateTime(timezone=True), nullable=False),
        Column("profile_at", DateTime(timezone=True)),
        Column("last_activity_id", Integer, nullable=False),
        UniqueConstraint("name"),
    )
    Table(
        "original",
        metadata,
        Column("runner_id", Integer, primary_key=True, autoincrement=False),
        Column("sha256", String(64), primary_key=True),
        Column("file_name", Text, nullable=False),
        Column("file_format", Text, nullable=False),
        Column("imported_at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(["runner_id"], ["runner.runner_id"]),
    )
    Table(
        "original_content",
        metadata,
        Column("runner_id", Integer, primary_key=True, autoincrement=False),
        Column("sha256", String(64), primary_key=True),
        Column("compression", Text, nullable=False),
        Column("content", LargeBinary, nullable=False),
        ForeignKeyConstraint(["runner_id", "sha256"], ["original.runner_id", "original.sha256"]),
    )


def table_of_activities(metadata: MetaData) -> None:
    """Version 1 of `activity`."""
    Table(
        "activity",
        metadata,
        Column("runner_id", Integer, primary_key=True, autoincrement=False),
        Column("activity_id", Integer, primary_key=True, autoincrement=False),
        Column("original_sha256", String(64), nullable=False),
        Column("session_index", Integer, nullable=False),
        Column("sport", Text, nullable=False),
        Column("sub_sport", Text),
        Column("start_utc", DateTime(timezone=True)),
        Column("utc_offset_s", Integer),
        Column("elapsed_s", Float),
        Column("moving_s", Float),
        Column("distance_m", Float),
        Column("ascent_m", Float),
        Column("descent_m", Float),
        Column("n_records", Integer, nullable=False),
        Column("mean_heart_rate_bpm", Float),
        Column("reported_sweat_loss_l", Float),
        Column("device", Text),
        Column("device_serial", BigInteger),
        Column("file_created_utc", DateTime(timezone=True)),
        Column("profile", JSON),
        Column("flags", JSON, nullable=False),
        Column("decoder_version", Integer, nullable=False),
        Column("imported_at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(["runner_id"], ["runner.runner_id"]),
        ForeignKeyConstraint(
            ["runner_id", "original_sha256"], ["original.runner_id", "original.sha256"]
        ),
        UniqueConstraint("runner_id", "original_sha256", "session_index"),
        Index("activity_by_start", "runner_id", "start_utc"),
    )


def tables_of_records(metadata: MetaData) -> None:
    """Version 1 of `lap` and `stream`."""
    Table(
        "lap",
        metadata,
        Column("runner_id", Integer, primary_key=True, autoincrement=False),
        Column("activity_id", Integer, primary_key=True, autoincrement=False),
        Column("lap_index", Integer, primary_key=True, autoincrement=False),
        Column("start_s", Float, nullable=False),
        Column("elapsed_s", Float),
        Column("timer_s", Float),
        Column("distance_m", Float),
        ForeignKeyConstraint(ACTIVITY_KEY, ACTIVITY_COLUMNS),
    )
    Table(
        "stream",
        metadata,
        Column("runner_id", Integer, primary_key=True, autoincrement=False),
        Column("activity_id", Integer, primary_key=True, autoincrement=False),
        Column("channel", Text, primary_key=True),
        Column("dtype", String(8), nullable=False),
        Column("n_values", Integer, nullable=False),
        Column("scale", Float, nullable=False),
        Column("offset", Float, nullable=False),
        Column("null_bits", LargeBinary),
        Column("content", LargeBinary, nullable=False),
        ForeignKeyConstraint(ACTIVITY_KEY, ACTIVITY_COLUMNS),
    )


def tables_of_advice(metadata: MetaData) -> None:
    """Version 1 of `cramp_answers`, `advice` and `flag`."""
    Table(
        "cramp_answers",
        metadata,
        Column("runner_id", Integer, nullable=False),
        Column("answer_id", Integer, primary_key=True),
        Column("activity_id", Integer),
        Column("question_id", Text, nullable=False),
        Column("answer", JSON, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(["runner_id"], ["runner.runner_id"]),
        ForeignKeyConstraint(ACTIVITY_KEY, ACTIVITY_COLUMNS),
        Index("cramp_answers_by_activity", "runner_id", "activity_id"),
    )
    Table(
        "advice",
        metadata,
        Column("runner_id", Integer, nullable=False),
        Column("advice_id", Integer, primary_key=True),
        Column("verb", Text, nullable=False),
        Column("activity_id", Integer),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("inputs", JSON, nullable=False),
        Column("result", JSON, nullable=False),
        Column("package_version", Text, nullable=False),
        Column("model_version", Text, nullable=False),
        Column("evidence_version", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("journal_key", String(64)),
        ForeignKeyConstraint(["runner_id"], ["runner.runner_id"]),
        ForeignKeyConstraint(ACTIVITY_KEY, ACTIVITY_COLUMNS),
        UniqueConstraint("runner_id", "journal_key"),
        Index("advice_by_time", "runner_id", "at"),
    )
    Table(
        "flag",
        metadata,
        Column("runner_id", Integer, nullable=False),
        Column("flag_number", Integer, primary_key=True),
        Column("flag_id", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("opened_at", DateTime(timezone=True), nullable=False),
        Column("advice_id", Integer),
        Column("cleared_on", Date),
        Column("clearance_note", Text),
        ForeignKeyConstraint(["runner_id"], ["runner.runner_id"]),
        ForeignKeyConstraint(["advice_id"], ["advice.advice_id"]),
        Index("flag_by_runner", "runner_id", "flag_id"),
    )


def training_history(connection: Connection) -> None:
    """Titles, links and import stamps of activities; metrics, weather, marks; settings, cache."""
    metadata = MetaData()
    new_columns = (
        Column("title", Text),
        Column("excluded", Boolean, nullable=False, server_default=false()),
        Column("duplicate_of", Integer),
        Column("import_stamp", Text),
    )
    Table("activity", metadata, *activity_key(), *new_columns)
    for column in new_columns:
        said = CreateColumn(column).compile(dialect=connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE activity ADD COLUMN {said}")
    tables_about_activities(metadata)
    tables_of_the_house(metadata)
    new_tables = [table for table in metadata.sorted_tables if table.name != "activity"]
    metadata.create_all(connection, tables=new_tables, checkfirst=False)


def activity_key() -> tuple[Column[int], Column[int]]:
    """Runner and activity, the key of whatever is kept about an activity."""
    return (
        Column("runner_id", Integer, primary_key=True, autoincrement=False),
        Column("activity_id", Integer, primary_key=True, autoincrement=False),
    )


def tables_about_activities(metadata: MetaData) -> None:
    """Version 1 of `metrics`, `weather`, `cramp_mark` and `import_fill`."""
    Table(
        "metrics",
        metadata,
        *activity_key(),
        Column("version", Text, nullable=False),
        Column("metrics", JSON, nullable=False),
        ForeignKeyConstraint(ACTIVITY_KEY, ACTIVITY_COLUMNS),
    )
    Table(
        "weather",
        metadata,
        *activity_key(),
        Column("source", Text, primary_key=True),
        Column("temp_air_c", Float),
        Column("relative_humidity_pct", Float),
        Column("wind_speed_m_s", Float),
        Column("dew_point_c", Float),
        Column("cloud_cover_pct", Float),
        Column("attribution", Text, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(ACTIVITY_KEY, ACTIVITY_COLUMNS),
    )
    Table(
        "cramp_mark",
        metadata,
        *activity_key(),
        Column("cramped", Text, nullable=False),
        Column("minute", Float),
        Column("km", Float),
        Column("muscles", JSON, nullable=False),
        Column("source", Text, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(ACTIVITY_KEY, ACTIVITY_COLUMNS),
    )
    Table(
        "import_fill",
        metadata,
        *activity_key(),
        Column("field", Text, primary_key=True),
        Column("import_stamp", Text, nullable=False),
        ForeignKeyConstraint(ACTIVITY_KEY, ACTIVITY_COLUMNS),
    )


def tables_of_the_house(metadata: MetaData) -> None:
    """Version 1 of `setting` and `cache`, which belong to no runner."""
    Table(
        "setting",
        metadata,
        Column("name", String(64), primary_key=True),
        Column("value", Text, nullable=False),
    )
    Table(
        "cache",
        metadata,
        Column("kind", String(64), primary_key=True),
        Column("key", Text, primary_key=True),
        Column("content", LargeBinary, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
    )


def interview_drafts(connection: Connection) -> None:
    """Interviews that are under way."""
    metadata = MetaData()
    for name, key in (
        ("runner", ("runner_id",)),
        ("advice", ("advice_id",)),
        ("activity", ("runner_id", "activity_id")),
    ):
        Table(name, metadata, *(Column(one, Integer, primary_key=True) for one in key))
    draft = Table(
        "interview_draft",
        metadata,
        Column("runner_id", Integer, nullable=False),
        Column("draft_id", Integer, primary_key=True),
        Column("activity_id", Integer),
        Column("answers", JSON, nullable=False),
        Column("path", JSON, nullable=False),
        Column("bystander", Boolean, nullable=False, server_default=false()),
        Column("dropped", Boolean, nullable=False, server_default=false()),
        Column("started_at", DateTime(timezone=True), nullable=False),
        Column("updated_at", DateTime(timezone=True), nullable=False),
        Column("finished_advice_id", Integer),
        ForeignKeyConstraint(["runner_id"], ["runner.runner_id"]),
        ForeignKeyConstraint(["finished_advice_id"], ["advice.advice_id"]),
        ForeignKeyConstraint(ACTIVITY_KEY, ACTIVITY_COLUMNS),
        Index("interview_draft_by_runner", "runner_id", "updated_at"),
    )
    metadata.create_all(connection, tables=[draft], checkfirst=False)


def sweat_tests(connection: Connection) -> None:
    """Weigh-ins, sweat sodium, and what watches reckon."""
    metadata = MetaData()
    for name, key in (("runner", ("runner_id",)), ("activity", ("runner_id", "activity_id"))):
        Table(name, metadata, *(Column(one, Integer, primary_key=True) for one in key))
    test = Table(
        "sweat_test",
        metadata,
        Column("runner_id", Integer, nullable=False),
        Column("test_id", Integer, primary_key=True),
        Column("activity_id", Integer),
        Column("day", Date, nullable=False),
        Column("kind", String(16), nullable=False),
        Column("told", JSON, nullable=False),
        Column("added_at", DateTime(timezone=True), nullable=False),
        Column("removed_at", DateTime(timezone=True)),
        ForeignKeyConstraint(["runner_id"], ["runner.runner_id"]),
        ForeignKeyConstraint(ACTIVITY_KEY, ACTIVITY_COLUMNS),
        Index("sweat_test_by_day", "runner_id", "day"),
    )
    metadata.create_all(connection, tables=[test], checkfirst=False)


def documents(connection: Connection) -> None:
    """Races, plans for them, what became of sessions, products of one's own."""
    metadata = MetaData()
    Table("runner", metadata, Column("runner_id", Integer, primary_key=True))
    planned = Table(
        "document",
        metadata,
        Column("runner_id", Integer, nullable=False),
        Column("document_id", Integer, primary_key=True),
        Column("kind", String(16), nullable=False),
        Column("about", Integer),
        Column("name", Text, nullable=False),
        Column("content", JSON, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("removed_at", DateTime(timezone=True)),
        ForeignKeyConstraint(["runner_id"], ["runner.runner_id"]),
        Index("document_by_kind", "runner_id", "kind"),
    )
    metadata.create_all(connection, tables=[planned], checkfirst=False)


MIGRATIONS: Final = (
    Migration(1, "first tables", first_tables),
    Migration(2, "training history", training_history),
    Migration(3, "interview drafts", interview_drafts),
    Migration(4, "sweat tests", sweat_tests),
    Migration(5, "races and plans", documents),
)
