"""Short runs as real watch files, some of which stop; for the tests of the diary and of `runs`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from uncramp.activities.fit_writer import write_activity

STEADY_M_S = 3.0
STOP_S = 300
SLOW_M_S = 1.2


def run_bytes(
    day: str,
    *,
    km: float = 6.0,
    stop_km: float | None = None,
    walk_km: float | None = None,
    speed_m_s: float = STEADY_M_S,
    cadence_rpm: float | None = 85.0,
    serial: int = 1,
) -> bytes:
    """An even run; from `stop_km` on it stands and then walks, from `walk_km` on it walks."""
    place_km = stop_km if stop_km is not None else walk_km
    steady_m = 1000.0 * (km if place_km is None else place_km)
    parts = [np.full(round(steady_m / speed_m_s), speed_m_s)]
    if stop_km is not None:
        parts.append(np.zeros(STOP_S))
    if place_km is not None:
        parts.append(np.full(round((1000.0 * km - steady_m) / SLOW_M_S), SLOW_M_S))
    metres = np.append(0.0, np.cumsum(np.concatenate(parts)))
    seconds = np.arange(metres.size, dtype=np.float64)
    kept = np.unique(np.append(np.arange(0, metres.size, 5), metres.size - 1))
    return write_activity(
        start_utc=datetime.fromisoformat(f"{day}T08:00:00").replace(tzinfo=UTC),
        time_s=seconds[kept],
        distance_m=metres[kept],
        elevation_m=(50.0 + 8.0 * np.sin(metres / 800.0))[kept],
        heart_rate_bpm=np.rint(130.0 + metres / 400.0)[kept],
        cadence_rpm=None if cadence_rpm is None else np.full(kept.size, cadence_rpm),
        serial=serial,
    )


def write_history(folder: Path) -> Path:
    """Four easy runs a month for three months, each month closed by a run that went wrong.

    Activities 1 to 15 by day; 5, 10 and 15 stop at 10.2, 10.4 and 10.6 km of 14, 3 walks at 5.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for last_day, month, stop_km in ((28, 3, 10.2), (28, 4, 10.4), (29, 5, 10.6)):
        for day in (2, 9, 16, 23):
            number += 1
            walk_km = 5.0 if number == 3 else None
            content = run_bytes(f"2025-{month:02d}-{day:02d}", km=8.0, walk_km=walk_km)
            (folder / f"run{number:02d}.fit").write_bytes(content)
        number += 1
        content = run_bytes(f"2025-{month:02d}-{last_day}", km=14.0, stop_km=stop_km)
        (folder / f"run{number:02d}.fit").write_bytes(content)
    return folder
