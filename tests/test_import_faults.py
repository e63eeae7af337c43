"""An import that is killed, or runs out of room, leaves a whole store and goes on from there.

A few of each here; hundreds in tests/deep.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from import_support import (
    NOW,
    content_of,
    import_all,
    kill_after,
    seconds_of,
    started,
    things_to_import,
    whole_trouble,
)
from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from uncramp.errors import StoreError
from uncramp.store.names import DATABASE_FILE

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs, some twice, some bad, and an archive."""
    return things_to_import(tmp_path_factory.mktemp("kills") / "in")


@pytest.fixture(scope="module")
def uninterrupted(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the store holds when nobody stops the import."""
    data_dir = tmp_path_factory.mktemp("whole")
    import_all(str(folder), str(data_dir), 1)
    return content_of(data_dir)


def test_the_things_to_import_are_worth_killing(uninterrupted: dict[str, Any]) -> None:
    """Links, names and metrics are among them."""
    assert len(uninterrupted["activity"]) == 36
    assert any(row[-1] is not None for row in uninterrupted["activity"])
    assert len(uninterrupted["metrics"]) == 36
    assert "Name 25" in str(uninterrupted["activity"])


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_and_resumed_is_as_if_never_killed(
    workers: int, folder: Path, uninterrupted: dict[str, Any], tmp_path: Path
) -> None:
    """Three kills at different moments, then to the end."""
    whole_s = seconds_of(folder, tmp_path / "timed", workers=workers)
    for share in (0.3, 0.5, 0.7):
        kill_after(share * whole_s, folder, tmp_path / "data", workers=workers)
    import_all(str(folder), str(tmp_path / "data"), workers)
    assert content_of(tmp_path / "data") == uninterrupted


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_workers_end_with_the_process_that_was_killed(tmp_path: Path) -> None:
    """Nobody is left behind to wait for work for ever."""
    folder = things_to_import(tmp_path / "in", n_files=200)  # enough to be far from its end
    process = started(folder, tmp_path / "data", workers=2)
    workers: set[str] = set()
    while process.is_alive() and len(workers) < 2:
        workers |= children_of(process.pid or 0)
    process.kill()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL, "it ended before it could be killed"
    for _ in range(300):
        alive = [pid for pid in workers if is_running(pid)]
        if not alive:
            break
        time.sleep(0.1)
    assert alive == []


def children_of(pid: int) -> set[str]:
    """The processes that `pid` has started; none when it is gone, at whatever moment it went."""
    found: set[str] = set()
    with suppress(OSError):
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):
                found |= set(path.read_text().split())
    return found


def is_running(pid: str) -> bool:
    """Whether a process is there and not only waiting to be forgotten."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def import_with(pragma: str, folder: Path, data_dir: Path) -> None:
    """Import with a database that is told `pragma` at every connection."""
    with Context(data_dir=data_dir, now=NOW) as context:
        engine = context.store._engine
        engine.dispose()
        event.listen(engine, "connect", lambda connection, _: connection.execute(pragma))
        import_paths(context, [folder])


def test_a_full_disk_is_told_and_costs_nothing_stored(
    folder: Path, uninterrupted: dict[str, Any], tmp_path: Path
) -> None:
    """However little room there is: whole files only, and the rest when there is room again."""
    codes = set()
    import_all(str(folder / "notes.txt"), str(tmp_path), 1)
    with closing(sqlite3.connect(tmp_path / DATABASE_FILE)) as database:
        empty = database.execute("PRAGMA page_count").fetchone()[0]
    for n_pages in range(empty, empty + 60, 15):
        try:
            import_with(f"PRAGMA max_page_count = {n_pages}", folder, tmp_path)
        except StoreError as error:
            codes.add(error.code)
        assert whole_trouble(tmp_path) == []
    assert codes == {"store_full"}
    import_all(str(folder), str(tmp_path), 1)
    assert content_of(tmp_path) == uninterrupted


def test_a_read_only_data_folder_is_told(folder: Path, tmp_path: Path) -> None:
    """Nothing is stored, and the words say what to change."""
    import_all(str(folder / "notes.txt"), str(tmp_path), 1)
    before = content_of(tmp_path)
    with pytest.raises(StoreError, match="store_read_only"):
        import_with("PRAGMA query_only = ON", folder, tmp_path)
    assert content_of(tmp_path) == before
