"""A restore killed at any moment leaves the old content or the new, never a mixture."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from uncramp.actions.context import Context
from uncramp.actions.safekeeping import backup, leftovers
from uncramp.store.packing import pack_reading
from uncramp.store.store import Store
from uncramp.vocabulary import Activity, Stream

pytestmark = pytest.mark.deep

NOW = datetime(2025, 10, 1, 18, 30, tzinfo=UTC)
KILLS = 60

RESTORE = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uncramp.actions.context import Context
from uncramp.actions.safekeeping import restore
now = datetime(2025, 10, 2, tzinfo=UTC) + timedelta(seconds=int(sys.argv[3]))
print("go", flush=True)
with Context(data_dir=Path(sys.argv[1]), now=now) as context:
    restore(context, Path(sys.argv[2]))
"""


def filled(folder: Path, *, n_runs: int, seed: int) -> None:
    """A store of a few megabytes that does not pack."""
    draws = np.random.default_rng(seed)
    with Store.open(folder, at=NOW) as store:
        runner = store.add_runner(f"runner {seed}", at=NOW)
        for number in range(n_runs):
            values = draws.normal(size=5000)
            run = Activity(
                sport="running",
                start_utc=NOW + timedelta(days=number),
                n_records=len(values),
                time_s=np.arange(5000.0),
                streams={"power_w": Stream(channel="power_w", values=values)},
            )
            packed = pack_reading(
                name="run.fit",
                data=values.tobytes(),
                activities=[run],
                sha256=f"{seed:032d}{number:032d}",
                file_format="fit",
                decoder_version=1,
            )
            store.add_reading(runner, packed, at=NOW)


def contents(folder: Path) -> list[tuple[Any, ...]]:
    """Every row of the tables that differ between the two states."""
    with closing(sqlite3.connect(folder / "uncramp.sqlite3")) as connection:
        (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
        assert sound == "ok"
        return [
            *connection.execute("SELECT * FROM runner"),
            *connection.execute("SELECT * FROM original_content ORDER BY rowid"),
            *connection.execute("SELECT * FROM stream ORDER BY rowid"),
        ]


def test_a_killed_restore_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    """Killed 60 times at random moments; both outcomes occur, nothing else does."""
    filled(tmp_path / "new", n_runs=40, seed=1)
    with Context(data_dir=tmp_path / "new", now=NOW) as context:
        backup(context, tmp_path / "copy")
    filled(tmp_path / "data", n_runs=60, seed=2)
    old, new = contents(tmp_path / "data"), contents(tmp_path / "new")
    with Context(data_dir=tmp_path / "data", now=NOW) as context:
        backup(context, tmp_path / "old_copy")
    seen = set()
    chance = random.Random(7)  # noqa: S311  (moments to stop at, no secret)
    copy = tmp_path / "copy"
    for number in range(KILLS):
        killed(tmp_path / "data", copy, number=number, after_s=chance.uniform(0.0, 1.2))
        found = contents(tmp_path / "data")
        assert found in (old, new), f"kill {number}"
        seen.add(found == new)
        copy = tmp_path / ("old_copy" if found == new else "copy")
    assert seen == {True, False}
    killed(tmp_path / "data", tmp_path / "copy", number=KILLS, after_s=60.0)
    assert contents(tmp_path / "data") == new
    assert not leftovers(tmp_path / "data")


def killed(folder: Path, copy: Path, *, number: int, after_s: float) -> None:
    """A restore in a process of its own, killed so long after it began."""
    process = subprocess.Popen(
        [sys.executable, "-c", RESTORE, str(folder), str(copy), str(number)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    process.stdout.readline()
    ends = time.monotonic() + after_s
    while process.poll() is None and time.monotonic() < ends:
        time.sleep(0.005)
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
