"""What the tests of importing, runs, runners and the command line share: a made-up file format.

A file that begins with `RUN` holds one JSON object a line, each an activity. The real decoders
have tests of their own.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from uncramp import activities
from uncramp.errors import RefusedFileError
from uncramp.vocabulary import Activity, Lap, QualityFlag, Stream, UserProfile

NOW = datetime(2025, 10, 1, 18, 30, tzinfo=UTC)


@dataclass(frozen=True)
class MadeUpReading:
    """As `uncramp.activities.Reading`."""

    activities: tuple[Activity, ...]
    file_format: str
    sha256: str


def run_file(*sessions: dict[str, Any]) -> bytes:
    """Bytes of a file in the made-up format."""
    return b"RUN" + b"\n".join(json.dumps(one).encode() for one in sessions or ({},))


def read_bytes(data: bytes, *, name: str) -> MadeUpReading:
    """Stands in for the real decoders; some contents show how those can fail."""
    if data == b"RUN defect":
        raise ZeroDivisionError(f"what {name} says must not get out")
    if data == b"RUN nothing":
        return MadeUpReading((), "made-up", "0" * 64)
    if not data.startswith(b"RUN"):
        raise RefusedFileError("unknown_format", values={"ending": Path(name).suffix or "?"})
    lines = data[3:].splitlines()
    read = tuple(activity_from(json.loads(line), index) for index, line in enumerate(lines))
    return MadeUpReading(read, "made-up", hashlib.sha256(data).hexdigest())


def activity_from(given: dict[str, Any], index: int) -> Activity:
    """A run of `distance_m` at an even pace, a record every ten seconds."""
    distance_m, elapsed_s = given.get("distance_m", 5000.0), given.get("elapsed_s", 1800.0)
    time_s = np.arange(0.0, elapsed_s + 1, 10.0)
    covered = np.rint(time_s / elapsed_s * distance_m * 100).astype(np.uint32)
    start = given.get("start_utc", "2025-09-01T07:00:00+00:00")
    return Activity(
        sport=given.get("sport", "running"),
        session_index=index,
        start_utc=None if start is None else datetime.fromisoformat(start),
        utc_offset_s=given.get("utc_offset_s"),
        elapsed_s=elapsed_s,
        moving_s=elapsed_s,
        distance_m=distance_m,
        n_records=len(time_s),
        mean_heart_rate_bpm=150.0,
        reported_sweat_loss_l=given.get("sweat_l"),
        profile=UserProfile(age_y=44.0),
        time_s=time_s,
        streams={
            "distance_m": Stream(channel="distance_m", values=covered, scale=100.0),
            "heart_rate_bpm": Stream(
                channel="heart_rate_bpm", values=np.full(len(time_s), 150, np.uint8)
            ),
            "latitude_deg": Stream(channel="latitude_deg", values=np.full(len(time_s), 52.5)),
        },
        laps=(Lap(start_s=0.0, elapsed_s=900.0), Lap(start_s=900.0, distance_m=2500.0)),
        flags=tuple(QualityFlag(code=code, kind="odd") for code in given.get("flags", ())),
    )


def looks_like_activity(head: bytes, name: str) -> bool:
    """By content alone."""
    return head.startswith(b"RUN")


def use_made_up_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the real decoders."""
    monkeypatch.setattr(activities, "read_bytes", read_bytes)
    monkeypatch.setattr(activities, "looks_like_activity", looks_like_activity)


def write_runs(folder: Path, *sessions: dict[str, Any]) -> Path:
    """One file a session in `folder`, each on a day of its own unless it says when."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, session in enumerate(sessions, start=1):
        day = datetime(2025, 8, 31, 7, tzinfo=UTC) + timedelta(days=number)
        whole = {"start_utc": day.isoformat(), **session, "number": number}
        (folder / f"run{number}.fit").write_bytes(run_file(whole))
    return folder
