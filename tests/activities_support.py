"""Nasty files and shared files for the tests of `uncramp.activities`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from uncramp.activities import fit_writer as fit
from uncramp.activities import read_bytes
from uncramp.vocabulary import Activity, Lap, UserProfile

START = datetime(2026, 4, 19, 8, 30, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "activities"

RECORD_FIELDS = (
    fit.Field(253, fit.UINT32),
    fit.Field(3, fit.UINT8),
    fit.Field(5, fit.UINT32),
)
"""Timestamp, heart rate and distance."""
SESSION_FIELDS = (
    fit.Field(253, fit.UINT32),
    fit.Field(2, fit.UINT32),
    fit.Field(7, fit.UINT32),
    fit.Field(8, fit.UINT32),
    fit.Field(9, fit.UINT32),
    fit.Field(5, fit.ENUM),
)


def shared_file(name: str) -> Path:
    """One of the shared sample files; the test is skipped where they are not present."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"NEEDS-SHARED: {name} is not beside this checkout")
    return path


def flag_codes(activity: Activity) -> set[str]:
    """Codes of the activity's quality flags."""
    return {flag.code for flag in activity.flags}


def only(data: bytes, name: str = "run.fit") -> Activity:
    """The single activity of a file."""
    (activity,) = read_bytes(data, name=name).activities
    return activity


def plain_run(
    *,
    seconds: int = 600,
    sweat_loss_ml: int | None = None,
    profile: UserProfile | None = None,
    pauses_s: Sequence[tuple[float, float]] = (),
    laps: Sequence[Lap] = (),
) -> bytes:
    """A clean run of 3 m/s with every channel."""
    time_s = np.arange(seconds, dtype=np.float64)
    return fit.write_activity(
        start_utc=START,
        time_s=time_s,
        distance_m=3.0 * time_s,
        latitude_deg=48.0 + time_s * 1e-5,
        longitude_deg=11.0 + time_s * 1e-5,
        elevation_m=500 + 10 * np.sin(time_s / 60),
        speed_m_s=np.full(seconds, 3.0),
        heart_rate_bpm=140 + time_s % 20,
        cadence_rpm=np.full(seconds, 85.0),
        power_w=np.full(seconds, 250.0),
        temp_watch_c=np.full(seconds, 27.0),
        sweat_loss_ml=sweat_loss_ml,
        profile=profile,
        pauses_s=pauses_s,
        laps=laps,
        utc_offset_s=7200,
        serial=4711,
    )


def file_id(kind: int = 4) -> bytes:
    """Definition and message of a file_id of the given file type."""
    fields = [fit.Field(0, fit.ENUM), fit.Field(1, fit.UINT16)]
    return fit.definition(local=15, global_number=0, fields=fields) + fit.message(
        local=15, fields=fields, values=[kind, 1]
    )


def session(
    *,
    begin_s: int = 0,
    elapsed_s: float = 100.0,
    timer_s: float | None = None,
    distance_m: float | None = 300.0,
    sport: int = 1,
    big_endian: bool = False,
) -> bytes:
    """Definition and message of one session that began `begin_s` after START."""
    begin = fit.fit_time(START) + begin_s
    timer_s = elapsed_s if timer_s is None else timer_s
    values = [
        begin + round(elapsed_s),
        begin,
        round(elapsed_s * 1000),
        round(timer_s * 1000),
        None if distance_m is None else round(distance_m * 100),
        sport,
    ]
    return fit.definition(
        local=14, global_number=18, fields=SESSION_FIELDS, big_endian=big_endian
    ) + fit.message(local=14, fields=SESSION_FIELDS, values=values, big_endian=big_endian)


def records(
    times_s: Sequence[int | None],
    *,
    heart_rate: Sequence[int | None] | None = None,
    distance_m: Sequence[float | None] | None = None,
    big_endian: bool = False,
) -> bytes:
    """Definition and messages of records at seconds after START (None: no timestamp)."""
    rates = heart_rate or [150] * len(times_s)
    metres = distance_m or [3.0 * i for i in range(len(times_s))]
    body = fit.definition(local=0, global_number=20, fields=RECORD_FIELDS, big_endian=big_endian)
    for second, rate, metre in zip(times_s, rates, metres, strict=True):
        told = None if second is None else fit.fit_time(START) + second
        values = [told, rate, None if metre is None else round(metre * 100)]
        body += fit.message(local=0, fields=RECORD_FIELDS, values=values, big_endian=big_endian)
    return body
