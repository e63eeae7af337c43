"""The tables as they are now, for building statements.

`migrations.py` makes them; a test holds the two together. Every table but `setting` and `cache`
starts with the runner it belongs to, so that one runner's data can be listed, exported and erased
by one key. Activity ids count up within a runner and are never given out twice.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

__all__ = [
    "METADATA",
    "UtcDateTime",
    "activity",
    "advice",
    "cache",
    "cramp_answers",
    "cramp_mark",
    "document",
    "flag",
    "import_fill",
    "interview_draft",
    "lap",
    "metrics",
    "migration",
    "original",
    "original_content",
    "runner",
    "setting",
    "stream",
    "sweat_test",
    "weather",
]

NAME_LENGTH: Final = 64


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; goes in and comes out with its time zone on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone; SQLite keeps UTC without writing so."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a moment without a time zone cannot be stored"
            raise ValueError(msg)
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


METADATA: Final = MetaData()

migration: Final = Table(
    "migration",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("applied_at", UtcDateTime, nullable=False),
    Column("package_version", Text, nullable=False),
)

runner: Final = Table(
    "runner",
    METADATA,
    Column("runner_id", Integer, primary_key=True),
    Column("name", String(NAME_LENGTH), nullable=False, unique=True),
    Column("sex", Text),
    Column("age_y", Float),
    Column("height_cm", Float),
    Column("body_mass_kg", Float),
    Column("added_at", UtcDateTime, nullable=False),
    Column("profile_at", UtcDateTime),
    Column("last_activity_id", Integer, nullable=False),
)

original: Final = Table(
    "original",
    METADATA,
    Column("runner_id", ForeignKey("runner.runner_id"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("file_format", Text, nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
)

original_content: Final = Table(
    "original_content",
    METADATA,
    Column("runner_id", Integer, primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("compression", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    ForeignKeyConstraint(["runner_id", "sha256"], ["original.runner_id", "original.sha256"]),
)

activity: Final = Table(
    "activity",
    METADATA,
    Column("runner_id", ForeignKey("runner.runner_id"), primary_key=True),
    Column("activity_id", Integer, primary_key=True, autoincrement=False),
    Column("original_sha256", String(64), nullable=False),
    Column("session_index", Integer, nullable=False),
    Column("sport", Text, nullable=False),
    Column("sub_sport", Text),
    Column("start_utc", UtcDateTime),
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
    Column("file_created_utc", UtcDateTime),
    Column("profile", JSON(none_as_null=True)),
    Column("flags", JSON, nullable=False),
    Column("decoder_version", Integer, nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("title", Text),
    Column("excluded", Boolean, nullable=False, server_default=false()),
    Column("duplicate_of", Integer),
    Column("import_stamp", Text),
    ForeignKeyConstraint(
        ["runner_id", "original_sha256"], ["original.runner_id", "original.sha256"]
    ),
    UniqueConstraint("runner_id", "original_sha256", "session_index"),
    Index("activity_by_start", "runner_id", "start_utc"),
)

lap: Final = Table(
    "lap",
    METADATA,
    Column("runner_id", Integer, primary_key=True),
    Column("activity_id", Integer, primary_key=True, autoincrement=False),
    Column("lap_index", Integer, primary_key=True, autoincrement=False),
    Column("start_s", Float, nullable=False),
    Column("elapsed_s", Float),
    Column("timer_s", Float),
    Column("distance_m", Float),
    ForeignKeyConstraint(
        ["runner_id", "activity_id"], ["activity.runner_id", "activity.activity_id"]
    ),
)

stream: Final = Table(
    "stream",
    METADATA,
    Column("runner_id", Integer, primary_key=True),
    Column("activity_id", Integer, primary_key=True, autoincrement=False),
    Column("channel", Text, primary_key=True),
    Column("dtype", String(8), nullable=False),
    Column("n_values", Integer, nullable=False),
    Column("scale", Float, nullable=False),
    Column("offset", Float, nullable=False),
    Column("null_bits", LargeBinary),
    Column("content", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["runner_id", "activity_id"], ["activity.runner_id", "activity.activity_id"]
    ),
)

cramp_answers: Final = Table(
    "cramp_answers",
    METADATA,
    Column("runner_id", ForeignKey("runner.runner_id"), nullable=False),
    Column("answer_id", Integer, primary_key=True),
    Column("activity_id", Integer),
    Column("question_id", Text, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(
        ["runner_id", "activity_id"], ["activity.runner_id", "activity.activity_id"]
    ),
    Index("cramp_answers_by_activity", "runner_id", "activity_id"),
)

advice: Final = Table(
    "advice",
    METADATA,
    Column("runner_id", ForeignKey("runner.runner_id"), nullable=False),
    Column("advice_id", Integer, primary_key=True),
    Column("verb", Text, nullable=False),
    Column("activity_id", Integer),
    Column("at", UtcDateTime, nullable=False),
    Column("inputs", JSON, nullable=False),
    Column("result", JSON, nullable=False),
    Column("package_version", Text, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("evidence_version", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("journal_key", String(64)),
    ForeignKeyConstraint(
        ["runner_id", "activity_id"], ["activity.runner_id", "activity.activity_id"]
    ),
    UniqueConstraint("runner_id", "journal_key"),
    Index("advice_by_time", "runner_id", "at"),
)

flag: Final = Table(
    "flag",
    METADATA,
    Column("runner_id", ForeignKey("runner.runner_id"), nullable=False),
    Column("flag_number", Integer, primary_key=True),
    Column("flag_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("advice_id", ForeignKey("advice.advice_id")),
    Column("cleared_on", Date),
    Column("clearance_note", Text),
    Index("flag_by_runner", "runner_id", "flag_id"),
)

metrics: Final = Table(
    "metrics",
    METADATA,
    Column("runner_id", Integer, primary_key=True, autoincrement=False),
    Column("activity_id", Integer, primary_key=True, autoincrement=False),
    Column("version", Text, nullable=False),
    Column("metrics", JSON, nullable=False),
    ForeignKeyConstraint(
        ["runner_id", "activity_id"], ["activity.runner_id", "activity.activity_id"]
    ),
)

weather: Final = Table(
    "weather",
    METADATA,
    Column("runner_id", Integer, primary_key=True, autoincrement=False),
    Column("activity_id", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, primary_key=True),
    Column("temp_air_c", Float),
    Column("relative_humidity_pct", Float),
    Column("wind_speed_m_s", Float),
    Column("dew_point_c", Float),
    Column("cloud_cover_pct", Float),
    Column("attribution", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(
        ["runner_id", "activity_id"], ["activity.runner_id", "activity.activity_id"]
    ),
)

cramp_mark: Final = Table(
    "cramp_mark",
    METADATA,
    Column("runner_id", Integer, primary_key=True, autoincrement=False),
    Column("activity_id", Integer, primary_key=True, autoincrement=False),
    Column("cramped", Text, nullable=False),
    Column("minute", Float),
    Column("km", Float),
    Column("muscles", JSON, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(
        ["runner_id", "activity_id"], ["activity.runner_id", "activity.activity_id"]
    ),
)

import_fill: Final = Table(
    "import_fill",
    METADATA,
    Column("runner_id", Integer, primary_key=True, autoincrement=False),
    Column("activity_id", Integer, primary_key=True, autoincrement=False),
    Column("field", Text, primary_key=True),
    Column("import_stamp", Text, nullable=False),
    ForeignKeyConstraint(
        ["runner_id", "activity_id"], ["activity.runner_id", "activity.activity_id"]
    ),
)
"""What an import told of an activity that was there before it, so that undoing takes it back."""

interview_draft: Final = Table(
    "interview_draft",
    METADATA,
    Column("runner_id", ForeignKey("runner.runner_id"), nullable=False),
    Column("draft_id", Integer, primary_key=True),
    Column("activity_id", Integer),
    Column("answers", JSON, nullable=False),
    Column("path", JSON, nullable=False),
    Column("bystander", Boolean, nullable=False, server_default=false()),
    Column("dropped", Boolean, nullable=False, server_default=false()),
    Column("started_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("finished_advice_id", ForeignKey("advice.advice_id")),
    ForeignKeyConstraint(
        ["runner_id", "activity_id"], ["activity.runner_id", "activity.activity_id"]
    ),
    Index("interview_draft_by_runner", "runner_id", "updated_at"),
)
"""An interview that is under way, so that nothing typed is lost; answers with their moments."""

sweat_test: Final = Table(
    "sweat_test",
    METADATA,
    Column("runner_id", ForeignKey("runner.runner_id"), nullable=False),
    Column("test_id", Integer, primary_key=True),
    Column("activity_id", Integer),
    Column("day", Date, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("told", JSON, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    ForeignKeyConstraint(
        ["runner_id", "activity_id"], ["activity.runner_id", "activity.activity_id"]
    ),
    Index("sweat_test_by_day", "runner_id", "day"),
)
"""A weigh-in, sweat sodium or the reckoning of a watch: `told` as `kind` has it, SI units."""

document: Final = Table(
    "document",
    METADATA,
    Column("runner_id", ForeignKey("runner.runner_id"), nullable=False),
    Column("document_id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("about", Integer),
    Column("name", Text, nullable=False),
    Column("content", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    Index("document_by_kind", "runner_id", "kind"),
)
"""What is planned: a race, a plan, what became of a session, a product; `about` is the number of
the race that it belongs to."""

setting: Final = Table(
    "setting",
    METADATA,
    Column("name", String(NAME_LENGTH), primary_key=True),
    Column("value", Text, nullable=False),
)

cache: Final = Table(
    "cache",
    METADATA,
    Column("kind", String(NAME_LENGTH), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
