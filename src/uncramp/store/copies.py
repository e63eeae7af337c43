"""Copies of a SQLite database file: made, checked, put back, looked into, and wiped clean.

A backup is the database itself, copied by SQLite while others may read and write, with one more
table, `kept_file`: the small files that lay beside it, and `about`, which says when the copy was
made and holds a digest of every row. Everything here works on a file, without bringing its tables
up to date, so that a newer or a damaged database can be looked at too.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import make_url, update
from sqlalchemy.exc import ArgumentError

from uncramp.errors import NotFoundError, StoreError
from uncramp.store import schema
from uncramp.store.database import make_engine, writing
from uncramp.store.migrations import MIGRATIONS
from uncramp.store.names import DATABASE_FILE
from uncramp.store.rows import StoredRunner

__all__ = [
    "COPY_SCHEMA",
    "CopyAbout",
    "DatabaseState",
    "OpenFlag",
    "check_copy",
    "database_path",
    "look_into",
    "move_aside",
    "replace_content",
    "reserve_up_to",
    "scrub",
    "unpack_copy",
    "write_copy",
]

COPY_SCHEMA: Final = "uncramp.backup/1"
ABOUT: Final = "about"
KEPT: Final = "kept_file"
SIDE_FILES: Final = ("-wal", "-shm", "-journal")
SECONDS_TO_WAIT: Final = 30.0
SLEEP: Final = 0.25
FETCHED: Final = 256
NEWEST: Final = MIGRATIONS[-1].number


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyAbout:
    """What a checked copy says of itself; `written_at` is None for a copy without an `about`."""

    written_at: datetime | None
    number: int
    """Of the newest migration in it."""
    n_runners: int
    n_activities: int
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFlag:
    """A stop or lock that is open in a database file."""

    runner: str
    kind: str
    flag_id: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseState:
    """What a look into a database file finds; nothing in it is changed."""

    problems: tuple[str, ...]
    """What SQLite's own check says; empty when all is well."""
    number: int
    newest: int = NEWEST
    n_runners: int
    n_activities: int
    open_flags: tuple[OpenFlag, ...]
    newest_at: datetime | None
    """The latest moment at which anything was imported or advised."""


def database_path(folder: Path, url: str | None) -> Path | None:
    """The SQLite file that is used; None when the database is elsewhere."""
    if not url:
        return folder / DATABASE_FILE
    try:
        target = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("bad_database_url") from error
    is_file = target.get_backend_name() == "sqlite" and target.database not in {None, ":memory:"}
    return Path(str(target.database)) if is_file else None


# ---------------------------------------------------------------- connections


def opened(path: Path, *, mode: str = "ro") -> sqlite3.Connection:
    """`path` opened in a way that trusts nothing in it; transactions are begun by hand."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode if '=' in mode else f'mode={mode}'}",
        uri=True,
        timeout=SECONDS_TO_WAIT,
        isolation_level=None,
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def busy_watch(status: int, remaining: int, total: int) -> None:
    """Ends a copy that waits for ever; Python's own loop would not."""
    del remaining, total
    if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        raise StoreError("store_locked")


@contextmanager
def copy_trouble() -> Iterator[None]:
    """Trouble with a backup file as a StoreError; no path, no SQL."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StoreError("store_locked") from error
        detail = str(error).partition("\n")[0]
        raise StoreError("backup_failed", values={"detail": detail}) from error
    except sqlite3.DatabaseError as error:
        raise StoreError("store_damaged") from error
    except OSError as error:
        raise StoreError("backup_failed", values={"detail": error.strerror or ""}) from error


@contextmanager
def as_own_trouble() -> Iterator[None]:
    """What is wrong with a copy that was just made is wrong with the database itself."""
    try:
        yield
    except StoreError as error:
        if error.code == "backup_newer":
            raise StoreError("newer_database", values=error.values) from error
        if error.code in {"backup_damaged", "backup_foreign"}:
            raise StoreError("store_damaged") from error
        raise


def make_private(path: Path) -> None:
    """A new, empty file for its owner only."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def make_lasting(path: Path) -> None:
    """Wait until the disk has the file, and where the system can, its folder."""
    for place, flags in ((path, os.O_RDWR), (path.parent, os.O_RDONLY)):
        with suppress(OSError):
            descriptor = os.open(place, flags)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


# ---------------------------------------------------------------- making


def write_copy(
    database: Path,
    target: Path,
    *,
    files: Mapping[str, bytes],
    at: datetime,
    package_version: str,
) -> CopyAbout:
    """Copy `database` and `files` into the one file `target`, and read it all again.

    `target` appears whole or not at all. Others may read and write the database meanwhile.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    with copy_trouble():
        partial.unlink(missing_ok=True)
        make_private(partial)
        try:
            with closing(opened(database)) as source, closing(opened(partial, mode="rw")) as copy:
                source.backup(copy, progress=busy_watch, sleep=SLEEP)
                copy.execute("PRAGMA journal_mode = DELETE").fetchall()
                add_files(copy, files, at=at, package_version=package_version)
            make_lasting(partial)
            with as_own_trouble():
                about = check_copy(partial)
            partial.replace(target)
            make_lasting(target)
        finally:
            for leftover in (partial, *side_files(partial)):
                leftover.unlink(missing_ok=True)
    return about


def add_files(
    copy: sqlite3.Connection, files: Mapping[str, bytes], *, at: datetime, package_version: str
) -> None:
    """The table of small files, with `about`."""
    about = {
        "schema": COPY_SCHEMA,
        "written_at": at.astimezone(UTC).isoformat(),
        "package_version": package_version,
        "digest": digest_of(copy),
    }
    rows = {**files, ABOUT: json.dumps(about).encode()}
    copy.execute("BEGIN IMMEDIATE")
    copy.execute(f"DROP TABLE IF EXISTS {KEPT}")
    copy.execute(f"CREATE TABLE {KEPT} (name TEXT PRIMARY KEY, content BLOB NOT NULL)")
    copy.executemany(f"INSERT INTO {KEPT} VALUES (?, ?)", sorted(rows.items()))  # noqa: S608
    copy.execute("COMMIT")


def digest_of(connection: sqlite3.Connection) -> str:
    """SHA-256 over every value of every table but the one of small files."""
    digest = hashlib.sha256()
    for table in sorted(tables_of(connection) - {KEPT}):
        digest.update(b"table" + table.encode())
        rows = connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid')  # noqa: S608
        while some := rows.fetchmany(FETCHED):
            for row in some:
                for value in row:
                    digest.update(marked(value))
    return digest.hexdigest()


def marked(value: Any) -> bytes:
    """One value as bytes that no other value has."""
    if isinstance(value, bytes):
        return b"b%d:" % len(value) + value
    said = ("" if value is None else repr(value)).encode()
    return f"{type(value).__name__}{len(said)}:".encode() + said


def tables_of(connection: sqlite3.Connection) -> set[str]:
    """Names of the tables that somebody made."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\'"
    )
    return {str(name) for (name,) in rows}


# ---------------------------------------------------------------- checking


def check_copy(path: Path) -> CopyAbout:
    """What the copy at `path` says of itself, once everything in it has been checked.

    NotFoundError `backup_missing`; StoreError `backup_foreign`, `backup_newer`, `backup_damaged`.
    """
    if not path.is_file():
        raise NotFoundError("backup_missing")
    try:
        with closing(opened(path, mode=mode_for(path))) as copy:
            number = number_of(copy)
            if number > NEWEST:
                raise StoreError("backup_newer", values={"found": number, "known": NEWEST})
            refuse_what_is_not_ours(copy)
            if problems_of(copy):
                raise StoreError("backup_damaged")
            about, files = about_of(copy)
            if about and about.get("digest") != digest_of(copy):
                raise StoreError("backup_damaged")
            return CopyAbout(
                written_at=moment_of(about.get("written_at")),
                number=number,
                n_runners=count_of(copy, "runner"),
                n_activities=count_of(copy, "activity"),
                files=files,
            )
    except (sqlite3.Error, ValueError, OSError) as error:
        if "not a database" in str(error):
            raise StoreError("backup_foreign") from error
        raise StoreError("backup_damaged") from error


def mode_for(path: Path) -> str:
    """How to open a copy: leaving no files beside it, unless its log belongs to it."""
    log = path.with_name(f"{path.name}-wal")
    has_log = log.exists() and log.stat().st_size > 0
    return "ro" if has_log else "mode=ro&immutable=1"


def number_of(connection: sqlite3.Connection) -> int:
    """Number of the newest migration; StoreError `backup_foreign` when there is none."""
    if "migration" not in tables_of(connection):
        raise StoreError("backup_foreign")
    (number,) = connection.execute("SELECT max(number) FROM migration").fetchone()
    if not isinstance(number, int):
        raise StoreError("backup_foreign")
    return number


def refuse_what_is_not_ours(connection: sqlite3.Connection) -> None:
    """StoreError `backup_foreign` for triggers, views and tables we never made.

    A trigger would run by itself as soon as the database is written to.
    """
    made = connection.execute("SELECT count(*) FROM sqlite_master WHERE type IN ('trigger','view')")
    strange = tables_of(connection) - {*schema.METADATA.tables, KEPT}
    if made.fetchone()[0] or strange:
        raise StoreError("backup_foreign")


def problems_of(connection: sqlite3.Connection) -> tuple[str, ...]:
    """What SQLite's two checks find."""
    said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
    problems = [] if said == ["ok"] else said
    n_loose = len(connection.execute("PRAGMA foreign_key_check").fetchmany(5))
    return (*problems, *(["rows that belong to nothing"] if n_loose else []))


def about_of(connection: sqlite3.Connection) -> tuple[dict[str, Any], dict[str, bytes]]:
    """`about` and the small files; both empty for the copies made before a migration."""
    if KEPT not in tables_of(connection):
        return {}, {}
    files = {
        str(name): content.encode() if isinstance(content, str) else bytes(content)
        for name, content in connection.execute(f"SELECT name, content FROM {KEPT}")  # noqa: S608
    }
    about = json.loads(files.pop(ABOUT, b"null"))
    if not isinstance(about, dict) or about.get("schema") != COPY_SCHEMA:
        raise StoreError("backup_damaged")
    return about, files


def count_of(connection: sqlite3.Connection, table: str) -> int:
    """Rows of a table."""
    (number,) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
    return int(number)


def moment_of(said: object) -> datetime | None:
    """A moment as SQLite or JSON has it, in UTC; None for anything else."""
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def look_into(path: Path) -> DatabaseState:
    """Check and count a database file; StoreError when it cannot be read or is not ours."""
    with copy_trouble(), closing(readable(path)) as connection:
        connection.execute("BEGIN")
        if "migration" not in tables_of(connection):
            raise StoreError("foreign_database")
        return DatabaseState(
            problems=problems_of(connection),
            number=number_of(connection),
            n_runners=count_of(connection, "runner"),
            n_activities=count_of(connection, "activity"),
            open_flags=open_flags_of(connection),
            newest_at=newest_of(connection),
        )


def readable(path: Path) -> sqlite3.Connection:
    """`path` opened for reading, in a folder that cannot be written to as well."""
    connection = opened(path)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        return opened(path, mode="mode=ro&immutable=1")
    return connection


def open_flags_of(connection: sqlite3.Connection) -> tuple[OpenFlag, ...]:
    """Stops and locks that nobody has cleared."""
    rows = connection.execute(
        "SELECT runner.name, flag.kind, flag.flag_id, flag.opened_at FROM flag "
        "JOIN runner USING (runner_id) WHERE flag.cleared_on IS NULL "
        "ORDER BY runner.name, flag.kind, flag.flag_id"
    )
    return tuple(
        OpenFlag(
            runner=str(name),
            kind=str(kind),
            flag_id=str(flag_id),
            opened_at=moment_of(at) or datetime.fromtimestamp(0, UTC),
        )
        for name, kind, flag_id, at in rows
    )


def newest_of(connection: sqlite3.Connection) -> datetime | None:
    """The latest moment the database knows of something that was done."""
    said = [
        connection.execute(query).fetchone()[0]
        for query in ("SELECT max(imported_at) FROM original", "SELECT max(at) FROM advice")
    ]
    return max((one for one in map(moment_of, said) if one is not None), default=None)


# ---------------------------------------------------------------- putting back


def unpack_copy(path: Path, target: Path) -> None:
    """The database inside a checked copy, alone in the new file `target`."""
    with copy_trouble():
        make_private(target)
        with (
            closing(opened(path, mode=mode_for(path))) as copy,
            closing(opened(target, mode="rw")) as database,
        ):
            copy.backup(database)
            database.execute(f"DROP TABLE IF EXISTS {KEPT}")
            database.execute("VACUUM")


def replace_content(source: Path, target: Path) -> None:
    """Make the database `target` hold what `source` holds, in one transaction of SQLite.

    Whoever reads sees the old content or the new, also after a crash. StoreError `store_locked`
    when another process is writing.
    """
    with copy_trouble():
        if not target.exists():
            make_private(target)
        with (
            closing(opened(source, mode="rw")) as whole,
            closing(opened(target, mode="rw")) as database,
        ):
            database.execute("PRAGMA synchronous = FULL")
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
            whole.backup(database, progress=busy_watch, sleep=SLEEP)
            database.execute("PRAGMA journal_mode = WAL").fetchall()


def move_aside(database: Path, target: Path) -> None:
    """Rename a database that cannot be read any more, with the files that belong to it."""
    with copy_trouble():
        for old in side_files(database):
            if old.exists():
                old.replace(target.with_name(target.name + old.name.removeprefix(database.name)))
        database.replace(target)


def side_files(database: Path) -> Sequence[Path]:
    """Files SQLite may have put beside a database."""
    return [database.with_name(database.name + ending) for ending in SIDE_FILES]


# ---------------------------------------------------------------- wiping


def scrub(database: Path) -> bool:
    """Leave nothing of erased rows in the file; False when it is kept open or the disk is full.

    What was freed is overwritten, the file is written anew, and the log is emptied. What was
    cached of the weather goes too, since its keys tell where somebody ran.
    """
    try:
        with copy_trouble(), closing(opened(database, mode="rw")) as connection:
            connection.execute("PRAGMA secure_delete = ON").fetchall()
            if "cache" in tables_of(connection):
                connection.execute("DELETE FROM cache")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.execute("VACUUM")
            is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except StoreError as error:
        if error.code not in {"store_locked", "backup_failed"}:
            raise
        return False
    return not is_busy


def reserve_up_to(folder: Path, *, url: str | None, runner: StoredRunner, activity_id: int) -> None:
    """Never give this id, or a smaller one, to a new activity of `runner`."""
    table = schema.runner
    change = (
        update(table)
        .where(table.c.runner_id == runner.runner_id, table.c.last_activity_id < activity_id)
        .values(last_activity_id=activity_id)
    )
    engine = make_engine(folder, url=url)
    try:
        with writing(engine) as connection:
            connection.execute(change)
    finally:
        engine.dispose()
