"""Runs with weather and a runner of known size, for tests of what is lost on a run; all made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from uncramp.actions.preferences import change_profile
from uncramp.actions.weather import TypedWeather, set_weather
from uncramp.activities.fit_writer import write_activity
from uncramp.store.rows import Cramped, CrampMark
from uncramp.vocabulary import Sex, UserProfile

NOW = datetime(2025, 10, 6, 18, 0, tzinfo=UTC)
OWNER = UserProfile(sex=Sex.MALE, age_y=38.0, height_cm=178.0, body_mass_kg=72.0)


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One run: the day, how far and fast, and what is known of it."""

    day: str
    km: float = 30.0
    speed_m_s: float = 3.0
    weather: tuple[float, float | None] | None = (20.0, 60.0)
    cramped: Cramped | None = None
    minute: float | None = None
    hills_m: float = field(default=0.0)


def file_of(ran: Ran) -> bytes:
    """The run as a watch file: even pace, waves of hills."""
    time_s = np.arange(0.0, 1000.0 * ran.km / ran.speed_m_s, 5.0)
    metres = time_s * ran.speed_m_s
    return write_activity(
        start_utc=datetime.fromisoformat(f"{ran.day}T08:00:00").replace(tzinfo=UTC),
        time_s=time_s,
        distance_m=metres,
        elevation_m=200.0 + ran.hills_m * np.sin(metres / 1000.0),
        heart_rate_bpm=np.full(time_s.size, 150.0),
    )


def keep(context: Context, folder: Path, *runs: Ran, owner: UserProfile | None = OWNER) -> None:
    """The runs stored with their weather and marks, 1 the first; `owner` as the profile."""
    folder.mkdir(exist_ok=True)
    for number, ran in enumerate(runs, 1):
        path = folder / f"{number:02d}-{ran.day}.fit"
        path.write_bytes(file_of(ran))
        import_paths(context, [path])
    if owner is not None:
        change_profile(context, owner)
    rows = context.store.activities(context.stored_runner())
    for ran, row in zip(sorted(runs, key=lambda one: one.day), rows, strict=True):
        if ran.weather is not None:
            typed = TypedWeather(temp_air_c=ran.weather[0], relative_humidity_pct=ran.weather[1])
            set_weather(context, str(row.activity_id), typed)
        if ran.cramped is not None:
            mark = CrampMark(
                activity_id=row.activity_id, cramped=ran.cramped, minute=ran.minute, at=NOW
            )
            context.store.save_mark(context.stored_runner(), mark)
