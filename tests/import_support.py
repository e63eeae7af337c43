"""What the tests of interrupted imports share: files to import, and what a store then holds."""

from __future__ import annotations

import gzip
import hashlib
import multiprocessing
import os
import signal
import sqlite3
import time
import zipfile
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

import numpy as np

from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from uncramp.activities.fit_writer import write_activity
from uncramp.store.names import DATABASE_FILE

NOW: Final = datetime(2025, 10, 1, 18, 30, tzinfo=UTC)
FIRST: Final = datetime(2025, 1, 1, 7, tzinfo=UTC)
CHANGING: Final = frozenset({"at", "imported_at", "import_stamp", "added_at", "applied_at"})
"""Columns that tell when something was stored."""
NOT_CONTENT: Final = frozenset({"migration", "import_fill"})

__all__ = [
    "NOW",
    "content_of",
    "import_all",
    "kill_after",
    "seconds_of",
    "short_fit",
    "started",
    "things_to_import",
    "whole_trouble",
]


def short_fit(number: int, *, n_records: int = 60) -> bytes:
    """A short run on a day of its own."""
    time_s = np.arange(n_records, dtype=np.float64)
    return write_activity(
        start_utc=FIRST + timedelta(days=number),
        time_s=time_s,
        distance_m=3.0 * time_s,
        heart_rate_bpm=120.0 + number % 40 + time_s % 7,
        cadence_rpm=np.full(n_records, 85.0),
        serial=1000 + number,
    )


def twin_gpx(number: int, *, n_records: int = 60) -> bytes:
    """The same run as a phone wrote it."""
    start = FIRST + timedelta(days=number, seconds=2)
    points = "".join(
        f'<trkpt lat="{48 + i * 2.7e-5:.7f}" lon="11.0"><time>'
        f"{start + timedelta(seconds=i):%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
        for i in range(n_records)
    )
    return (
        '<?xml version="1.0"?><gpx version="1.1" creator="phone" '
        f'xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{points}</trkseg></trk></gpx>'
    ).encode()


def things_to_import(folder: Path, *, n_files: int = 24) -> Path:
    """A folder of runs, some twice, some bad, and an archive that names and repeats some."""
    folder.mkdir(parents=True)
    for number in range(n_files):
        (folder / f"{number:03d}.fit").write_bytes(short_fit(number))
        if number % 6 == 0:
            (folder / f"{number - 0.5:05.1f}.gpx").write_bytes(twin_gpx(number))
    (folder / "bad.fit").write_bytes(short_fit(99)[:30])
    (folder / "notes.txt").write_text("hello", encoding="utf-8")
    lines = ["Activity ID,Activity Date,Activity Name,Activity Type,Filename"]
    with zipfile.ZipFile(folder / "export.zip", "w") as archive:
        for number in range(n_files - 4, n_files + 8):
            lines.append(
                f'{number},"Jan 1, 2025, 7:00:00 AM",Name {number},Run,activities/{number}.fit.gz'
            )
            data = gzip.compress(short_fit(number), mtime=0)
            archive.writestr(f"activities/{number}.fit.gz", data)
        archive.writestr("activities.csv", "\n".join(lines))
    return folder


def content_of(data_dir: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for when it was stored; long values by their digest."""
    with closing(sqlite3.connect(data_dir / DATABASE_FILE)) as database:
        names = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        return {
            table: rows_of(database, table)
            for (table,) in database.execute(names).fetchall()
            if table not in NOT_CONTENT
        }


def rows_of(database: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    """Rows of one table in a fixed order."""
    cursor = database.execute(f'SELECT * FROM "{table}"')  # noqa: S608
    kept = [i for i, column in enumerate(cursor.description) if column[0] not in CHANGING]
    return sorted((tuple(short(row[i]) for i in kept) for row in cursor), key=repr)


def short(value: Any) -> Any:
    """A value, or the digest of a long one."""
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value


def whole_trouble(data_dir: Path) -> list[str]:
    """What is wrong with the database: damage, dangling keys, activities that lack a part."""
    if not (data_dir / DATABASE_FILE).exists():
        return []
    checks = {
        "PRAGMA integrity_check": [("ok",)],
        "PRAGMA foreign_key_check": [],
    }
    lacking = (
        ("activity", "activity_id", "stream", "activity_id"),
        ("activity", "activity_id", "metrics", "activity_id"),
        ("original", "sha256", "original_content", "sha256"),
        ("original", "sha256", "activity", "original_sha256"),
    )
    halves = [
        f"SELECT {key} FROM {table} WHERE {key} NOT IN (SELECT {other_key} FROM {other})"  # noqa: S608
        for table, key, other, other_key in lacking
    ]
    kept = "SELECT activity_id FROM activity WHERE duplicate_of IS NULL"
    halves.append(f"SELECT activity_id FROM activity WHERE duplicate_of NOT IN ({kept})")  # noqa: S608
    with closing(sqlite3.connect(data_dir / DATABASE_FILE)) as database:
        has_tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0
        wanted = {**checks, **({query: [] for query in halves} if has_tables else {})}
        return [
            f"{query}: {found}"
            for query, good in wanted.items()
            if (found := database.execute(query).fetchall()) != good
        ]


def import_all(folder: str, data_dir: str, workers: int) -> None:
    """What runs in the process that gets killed."""
    with Context(data_dir=Path(data_dir), now=datetime.now(UTC)) as context:
        import_paths(context, [Path(folder)], workers=workers)


def starter() -> ForkServerContext:
    """Starts processes that have everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["import_support", "uncramp.training_history"])
    return context


def started(folder: Path, data_dir: Path, *, workers: int) -> BaseProcess:
    """An import in a process of its own."""
    process = starter().Process(
        target=import_all, args=(str(folder), str(data_dir), workers), daemon=False
    )
    process.start()
    return process


def kill_after(seconds: float, folder: Path, data_dir: Path, *, workers: int = 1) -> bool:
    """Import, kill -9 after a while; whether it was killed (it may have finished before)."""
    process = started(folder, data_dir, workers=workers)
    process.join(seconds)
    with suppress(ProcessLookupError):
        os.kill(process.pid or 0, signal.SIGKILL)
    process.join(30)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    assert whole_trouble(data_dir) == []
    return process.exitcode != 0


def seconds_of(folder: Path, data_dir: Path, *, workers: int = 1) -> float:
    """How long the import takes when nobody stops it."""
    begin = time.perf_counter()
    process = started(folder, data_dir, workers=workers)
    process.join()
    assert process.exitcode == 0
    return time.perf_counter() - begin
