"""Two hundred random kills during imports; what is left at the end is as if there had been none."""

from __future__ import annotations

import os
import random
import shutil
from itertools import count
from pathlib import Path

import pytest

from import_support import content_of, import_all, kill_after, seconds_of, things_to_import

pytestmark = [
    pytest.mark.deep,
    pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX"),
]

KILLS = 200
WITH_WORKERS = 20
"""Of them; starting workers takes a second, and what stores is the same process."""


@pytest.mark.parametrize(("workers", "n_kills"), [(1, KILLS - WITH_WORKERS), (2, WITH_WORKERS)])
def test_two_hundred_kills(workers: int, n_kills: int, tmp_path: Path) -> None:
    """Each at a random moment, each time resumed until the import ends by itself."""
    folder = things_to_import(tmp_path / "in", n_files=60)
    import_all(str(folder), str(tmp_path / "whole"), 1)
    wanted = content_of(tmp_path / "whole")
    whole_s = min(
        seconds_of(folder, tmp_path / f"timed{number}", workers=workers) for number in range(3)
    )
    chance = random.Random(200)  # noqa: S311  (no secret)
    killed = 0
    for number in count():
        data_dir = tmp_path / f"data{number}"
        while kill_after(chance.uniform(0, whole_s), folder, data_dir, workers=workers):
            killed += 1
        assert content_of(data_dir) == wanted, f"round {number}, kill {killed}"
        shutil.rmtree(data_dir)
        if killed >= n_kills:
            break
