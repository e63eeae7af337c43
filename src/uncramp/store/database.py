"""Connections and transactions: the only place that knows one database from another."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from uncramp.errors import StoreError
from uncramp.store.names import DATABASE_FILE

__all__ = [
    "back_up",
    "folder_trouble",
    "forget_deleted",
    "make_engine",
    "make_private_folder",
    "reading",
    "use_write_ahead_log",
    "writing",
]

SECONDS_TO_WAIT_FOR_ANOTHER_WRITER: Final = 30.0
WRITES: Final = "uncramp_writes"


@contextmanager
def folder_trouble() -> Iterator[None]:
    """What the system says about the data folder, as a StoreError without the path."""
    try:
        yield
    except OSError as error:
        raise StoreError("store_folder", values={"detail": error.strerror or ""}) from error


def make_private_folder(folder: Path) -> None:
    """Make `folder` for its owner only; one that is there already is left as it is."""
    with folder_trouble():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)


def make_engine(folder: Path, *, url: str | None) -> Engine:
    """An engine for `url`, or for the database file in `folder`; no connection is made yet."""
    target = parsed_url(url) if url else URL.create("sqlite", database=str(folder / DATABASE_FILE))
    if target.get_backend_name() != "sqlite":
        return engine_for(target)
    if target.database:
        touch_private(Path(target.database))
    return sqlite_engine(target)


def parsed_url(url: str) -> URL:
    """`url` taken apart; the error never repeats it, since it may hold a password."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("bad_database_url") from error


def engine_for(url: URL) -> Engine:
    """An engine; StoreError when the driver that `url` asks for is not installed."""
    try:
        return create_engine(url)
    except (ImportError, SQLAlchemyError) as error:
        raise StoreError("no_database_driver", values={"driver": url.drivername}) from error


def touch_private(path: Path) -> None:
    """An empty file that only its owner may read; one that is there already is left as it is."""
    with folder_trouble():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def sqlite_engine(url: URL) -> Engine:
    """SQLite with real transactions (the driver's own are switched off) and foreign keys."""
    engine = create_engine(url, connect_args={"timeout": SECONDS_TO_WAIT_FOR_ANOTHER_WRITER})

    @event.listens_for(engine, "connect")
    def prepare(driver_connection: sqlite3.Connection, _record: object) -> None:
        driver_connection.isolation_level = None
        with closing(driver_connection.cursor()) as cursor:
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.execute("PRAGMA synchronous = NORMAL")
            # What is deleted is health data: overwrite it at once.
            cursor.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def use_write_ahead_log(engine: Engine) -> None:
    """Let readers go on while one process writes; a setting that stays in the file."""
    if engine.dialect.name == "sqlite":
        with driver_connection(engine) as connection:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()


def back_up(engine: Engine, *, ending: str) -> None:
    """Copy the whole database to a file beside it, before its tables are changed."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return
    copy = Path(f"{engine.url.database}.{ending}")
    touch_private(copy)
    with driver_connection(engine) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def forget_deleted(engine: Engine) -> None:
    """Write the database anew, so that what was deleted is not in its file any more."""
    if engine.dialect.name == "sqlite":
        with driver_connection(engine) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


@contextmanager
def driver_connection(engine: Engine) -> Iterator[Any]:
    """SQLite's own connection, outside any transaction."""
    with as_store_errors(), closing(engine.raw_connection()) as proxy:
        yield proxy.driver_connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view of the database."""
    with as_store_errors(), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction: everything in the block is stored, or nothing."""
    with as_store_errors(), engine.connect() as connection:
        for_writing = connection.execution_options(**{WRITES: True})
        with for_writing.begin():
            yield for_writing


@contextmanager
def as_store_errors() -> Iterator[None]:
    """Database trouble as a StoreError; the driver's words are kept, its SQL and values are not."""
    try:
        yield
    except DBAPIError as error:
        raise trouble(str(error.orig)) from error
    except sqlite3.Error as error:
        raise trouble(str(error)) from error


def trouble(detail: str) -> StoreError:
    """The error that the driver's words mean; only their first line is passed on."""
    if "not a database" in detail or "malformed" in detail:
        return StoreError("store_damaged")
    if "locked" in detail:
        return StoreError("store_locked")
    if "disk is full" in detail:
        return StoreError("store_full")
    if "readonly" in detail or "unable to open" in detail:
        return StoreError("store_read_only")
    return StoreError("store_failed", values={"detail": detail.partition("\n")[0]})
