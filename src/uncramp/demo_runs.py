"""The runs of the synthetic runner: years of marathons, and the training for the last of them.

Five marathons lie in the years before. Two were flat and hot and went well; three were hilly and
cool and cramped on the way. So it is not the heat, and `history` has to find that. Then come 14
weeks of training, and a flat marathon in mild weather that cramped at 32 km.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.activities.fit_writer import write_activity
from uncramp.vocabulary import Sex, UserProfile

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray

__all__ = [
    "PAST_RACES",
    "PROFILE",
    "RACE_DAY",
    "Outing",
    "PastRace",
    "earlier_outings",
    "fit_bytes",
    "outings",
]

SEED: Final = 26_2
EARLY: Final = time(6, 0)
RACE_DAY: Final = datetime(2026, 10, 4, tzinfo=UTC)
"""A Sunday; the training is the 14 weeks up to it. The demo moves it near to today."""
UTC_OFFSET_S: Final = 7_200
PROFILE: Final = UserProfile(sex=Sex.FEMALE, age_y=38, height_cm=168, body_mass_kg=61.0)

LONG_RUNS_KM: Final = (14, 16, 18, 13, 18, 20, 22, 24, 22, 15, 28, 18, 14)
"""The Sundays before the race; the longest comes three weeks before, as rehearsal of the race."""
WEEKDAYS: Final = ((1, 8.0, 2.74), (3, 10.0, 2.96), (5, 6.0, 2.68))
"""Days after Monday, kilometres, metres a second."""
LONG_RUN_M_S: Final = 2.82
LONG_RUN_SPREAD_M_S: Final = 0.04

MARATHON: Final = (
    (14_000.0, 3.22),
    (24_000.0, 3.10),
    (32_000.0, 2.94),
)
"""Up to which metre at which speed, before it grabs."""
CRAMP_STOP_S: Final = 270
AFTER_CRAMP: Final = ((240, 1.35), (210, 2.45), (60, 0.0))
"""Walk, run, stretch, in seconds and metres a second, again and again to the finish."""
MARATHON_M: Final = 42_240.0
"""A watch measures a little more than the course."""


PAST_LONG_RUNS: Final = ((7, 24.0), (6, 28.0), (5, 30.0), (4, 28.0), (3, 30.0), (2, 20.0))
"""Weeks before each marathon of the years before, and kilometres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLongRun:
    """A long run that led up to one of them."""

    day: date
    distance_m: float
    temp_air_c: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRace:
    """A marathon of the years before."""

    weeks_before: int
    """Before the race that is shown."""
    temp_air_c: float
    is_hilly: bool
    """Hilly ones cramped, flat ones did not."""

    def day(self, race_day: date) -> date:
        """When it was."""
        return race_day - timedelta(weeks=self.weeks_before)

    def long_runs(self, day: date) -> list[PastLongRun]:
        """The long runs before the marathon of a day, in weather like one another."""
        rng = np.random.default_rng(self.weeks_before)
        return [
            PastLongRun(
                day=day - timedelta(weeks=weeks),
                distance_m=1000.0 * km,
                temp_air_c=round(float(rng.uniform(*PAST_TRAINING_C))),
            )
            for weeks, km in PAST_LONG_RUNS
        ]


PAST_RACES: Final = (
    PastRace(weeks_before=154, temp_air_c=26.0, is_hilly=False),
    PastRace(weeks_before=128, temp_air_c=11.0, is_hilly=True),
    PastRace(weeks_before=102, temp_air_c=27.0, is_hilly=False),
    PastRace(weeks_before=76, temp_air_c=12.0, is_hilly=True),
    PastRace(weeks_before=50, temp_air_c=10.0, is_hilly=True),
)
PAST_TRAINING_C: Final = (14.0, 24.0)
PAST_LONG_RUN_M_S: Final = 2.80
FLAT_RACE_M_S: Final = 2.92
HILLY_RACE_M_S: Final = 2.86
HILLY_CRAMP_M: Final = 28_500.0
FLAT_M: Final = 2.5
HILLY_M: Final = 28.0
"""Height of the waves of a course."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outing:
    """One invented run, without places; arrays hold one value per record."""

    name: str
    start_utc: datetime
    time_s: FloatArray
    distance_m: FloatArray
    elevation_m: FloatArray
    heart_rate_bpm: FloatArray
    cadence_rpm: FloatArray
    temp_watch_c: FloatArray


def outings(race_day: datetime = RACE_DAY) -> list[Outing]:
    """Every run of the 14 weeks, oldest first, the marathon last; the same each time."""
    rng = np.random.default_rng(SEED)
    first_monday = race_day - timedelta(weeks=len(LONG_RUNS_KM) + 1) + timedelta(days=1)
    found = []
    for week, long_km in enumerate(LONG_RUNS_KM):
        monday = first_monday + timedelta(weeks=week)
        for days, km, speed in WEEKDAYS:
            evening = monday + timedelta(days=days, hours=16, minutes=15 + int(rng.integers(30)))
            found.append(_training(rng, evening, metres=1000 * km, speed_m_s=speed))
        speed = LONG_RUN_M_S + LONG_RUN_SPREAD_M_S * float(rng.uniform(-1, 1))
        morning = monday + timedelta(days=6, hours=5, minutes=30 + int(rng.integers(40)))
        found.append(_training(rng, morning, metres=1000.0 * long_km, speed_m_s=speed))
    race_monday = race_day - timedelta(days=6)
    for days, km, speed in WEEKDAYS[:2]:
        evening = race_monday + timedelta(days=days, hours=16, minutes=30)
        found.append(_training(rng, evening, metres=600 * km, speed_m_s=speed))
    return [*found, _marathon(rng, race_day)]


def earlier_outings(race_day: datetime = RACE_DAY) -> list[Outing]:
    """The marathons of the years before and the long runs that led up to each, oldest first."""
    rng = np.random.default_rng(SEED + 1)
    found = []
    for race in PAST_RACES:
        day = race_day - timedelta(weeks=race.weeks_before)
        for one in race.long_runs(day.date()):
            morning = datetime.combine(one.day, EARLY, UTC)
            found.append(_even(rng, morning, metres=one.distance_m, speed_m_s=PAST_LONG_RUN_M_S,
                               temp_air_c=one.temp_air_c))  # fmt: skip
        found.append(_earlier_marathon(rng, day, race))
    return found


def _training(
    rng: np.random.Generator, start_utc: datetime, *, metres: float, speed_m_s: float
) -> Outing:
    """An even run in mild weather."""
    temp_air_c = float(rng.uniform(14.0, 21.0))
    return _even(rng, start_utc, metres=metres, speed_m_s=speed_m_s, temp_air_c=temp_air_c)


def _even(
    rng: np.random.Generator,
    start_utc: datetime,
    *,
    metres: float,
    speed_m_s: float,
    temp_air_c: float,
) -> Outing:
    """A run on the flat at one speed."""
    every = np.full(round(metres / speed_m_s), speed_m_s)
    return _outing(rng, start_utc, speed_m_s=every, hill_m=FLAT_M, temp_air_c=temp_air_c, every_s=4)


def _marathon(rng: np.random.Generator, race_day: datetime) -> Outing:
    """Too fast at first, fading, then the calf: a stop at 32 km, and walk and run to the end."""
    parts, done_m = [], 0.0
    for until_m, speed_m_s in MARATHON:
        parts.append(np.full(round((until_m - done_m) / speed_m_s), speed_m_s))
        done_m = until_m
    start_utc = race_day + timedelta(hours=7)
    every = np.concatenate([*parts, _cramped_from(done_m)])
    return _outing(rng, start_utc, speed_m_s=every, hill_m=1.2, temp_air_c=29.0, every_s=1)


def _earlier_marathon(rng: np.random.Generator, day: datetime, race: PastRace) -> Outing:
    """An even one, which on a hilly course cramps."""
    start_utc, heat = day + timedelta(hours=7), race.temp_air_c
    if not race.is_hilly:
        return _even(rng, start_utc, metres=MARATHON_M, speed_m_s=FLAT_RACE_M_S, temp_air_c=heat)
    fine = np.full(round(HILLY_CRAMP_M / HILLY_RACE_M_S), HILLY_RACE_M_S)
    every = np.concatenate([fine, _cramped_from(HILLY_CRAMP_M)])
    return _outing(rng, start_utc, speed_m_s=every, hill_m=HILLY_M, temp_air_c=heat, every_s=4)


def _cramped_from(done_m: float) -> FloatArray:
    """A stop, then walk and run to the finish: speeds, one per second."""
    again = np.concatenate([np.full(seconds, speed_m_s) for seconds, speed_m_s in AFTER_CRAMP])
    rest = np.tile(again, round((MARATHON_M - done_m) / again.sum()) + 1)
    ends = int(np.searchsorted(np.cumsum(rest), MARATHON_M - done_m)) + 1
    return np.concatenate([np.zeros(CRAMP_STOP_S), rest[:ends]])


def _outing(
    rng: np.random.Generator,
    start_utc: datetime,
    *,
    speed_m_s: FloatArray,
    hill_m: float,
    temp_air_c: float,
    every_s: int,
) -> Outing:
    """A run at these speeds, one per second, with what a watch adds: noise, heart, hills."""
    wobble = np.convolve(rng.standard_normal(speed_m_s.size + 19) * 0.4, np.full(20, 0.05), "valid")
    ran = speed_m_s * (1.0 + 0.3 * wobble)
    metres = np.append(0.0, np.cumsum(ran))
    seconds = np.arange(metres.size, dtype=np.float64)
    heat = max(0.0, temp_air_c - 15.0)
    effort = np.append(0.0, ran) * 21.0 + heat * 0.7 + seconds / 60.0 * (0.03 + 0.002 * heat)
    lag = np.exp(-np.arange(240.0) / 45.0)
    lagged = np.convolve(effort, lag / lag.sum())[: effort.size]
    kept = np.unique(np.append(np.arange(0, metres.size, every_s), metres.size - 1))
    hills = hill_m * np.sin(2.0 * np.pi * metres / 1_700.0)
    noise = rng.standard_normal((2, metres.size))
    return Outing(
        name=f"synthetic-{start_utc:%Y-%m-%d}.fit",
        start_utc=start_utc,
        time_s=seconds[kept],
        distance_m=metres[kept],
        elevation_m=(60.0 + hills + 0.2 * noise[0])[kept],
        heart_rate_bpm=np.rint(86.0 + lagged + noise[1])[kept],
        cadence_rpm=np.rint(
            np.append(0.0, np.where(ran > 2.0, 76.0 + 3.0 * ran, 27.0 * ran))[kept]
        ),
        temp_watch_c=np.rint(temp_air_c + 5.0 * (1.0 - np.exp(-seconds / 900.0)))[kept],
    )


def fit_bytes(outing: Outing) -> bytes:
    """The file a watch would have written of it."""
    return write_activity(
        start_utc=outing.start_utc,
        time_s=outing.time_s,
        distance_m=outing.distance_m,
        elevation_m=outing.elevation_m,
        heart_rate_bpm=outing.heart_rate_bpm,
        cadence_rpm=outing.cadence_rpm,
        temp_watch_c=outing.temp_watch_c,
        profile=PROFILE,
        utc_offset_s=UTC_OFFSET_S,
        serial=SEED,
    )
