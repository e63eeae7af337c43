"""Invented runs whose answers are known, with the channels of a watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from uncramp.training_history import PastRun
from uncramp.vocabulary import Activity, Stream

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray

START = datetime(2026, 10, 4, 8, 0, tzinfo=UTC)
Part = tuple[float, float]
"""Minutes, and the speed in m/s."""


def channel(name: str, values: FloatArray) -> Stream:
    """A channel of plain numbers; NaN where nothing was recorded."""
    return Stream(channel=name, values=values)


def made_run(
    parts: Sequence[Part],
    *,
    every_s: int = 1,
    noise_m_s: float = 0.0,
    grade: float = 0.0,
    extra: Mapping[str, float] | None = None,
    without: Sequence[str] = (),
    sport: str = "running",
) -> Activity:
    """A run of stretches at a steady speed and one slope; `extra` gives channels one value.

    Positions, heart rate (150) and cadence (85) are there unless `without` names them.
    """
    speed = np.concatenate([np.full(round(60 * minutes), m_s) for minutes, m_s in parts])
    wobble = np.random.default_rng(7).standard_normal(speed.size) * noise_m_s
    metres = np.append(0.0, np.cumsum(np.maximum(0.0, speed + wobble * (speed > 0))))
    kept = slice(None, None, every_s)
    time_s, metres = np.arange(metres.size, dtype=np.float64)[kept], metres[kept]
    values = {
        "distance_m": metres,
        "elevation_m": 500.0 + grade * metres,
        "latitude_deg": 48.0 + metres / 111_000,
        "longitude_deg": np.full(metres.size, 11.0),
        "heart_rate_bpm": np.full(metres.size, 150.0),
        "cadence_rpm": np.full(metres.size, 85.0),
        **{name: np.full(metres.size, one) for name, one in (extra or {}).items()},
    }
    return Activity(
        sport=sport,
        start_utc=START,
        elapsed_s=float(time_s[-1]),
        moving_s=float(time_s[-1]),
        distance_m=float(metres[-1]),
        n_records=time_s.size,
        time_s=time_s,
        streams={name: channel(name, one) for name, one in values.items() if name not in without},
    )


def past_run(run_id: int, *, days_ago: float = 0, km: float = 10, **more: Any) -> PastRun:
    """A stored run so many days before START, at 3 m/s; `metrics` adds to its metrics."""
    start = START - timedelta(days=days_ago)
    metrics = {
        "plausible": True,
        "reasons": [],
        "distance_m": 1000 * km,
        "moving_distance_m": 1000 * km,
        "moving_s": 1000 * km / 3,
        **more.pop("metrics", {}),
    }
    day: date = start.date()
    settings = {"start_utc": start, "day": day, "is_run": True, "timer_s": 1000 * km / 3, **more}
    return PastRun(run_id=run_id, metrics=metrics, **settings)
