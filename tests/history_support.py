"""Simulated runners whose cramps have a known cause, in the exposures that `history` compares.

Everything is made up. A season of long runs and races goes by minute by minute; a cramp comes by a
hazard that a race, load and salt multiply; whether it is told of depends on where it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from uncramp.evidence import value
from uncramp.history.crossover import indices_of
from uncramp.history.shapes import CORE, Moment, RiskSet

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray

STEP_MIN = 5
LOST_MG_PER_L = 900.0


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What makes this runner cramp: log odds a step, and for a race."""

    load: float = 0.0
    salt: float = 0.0
    race: float = 0.0
    wanted: float = 6.0
    """Cramps that are to be expected in all."""
    told_race: float = 0.95
    """How likely a cramp in a race is told of."""
    told_training: float = 0.6


@dataclass(frozen=True, kw_only=True)
class Season:
    """How this runner runs."""

    long_runs: int = 70
    races: int = 12
    heat_spread_c: float = 7.0
    hilly_share: float = 0.2
    races_are_hot: bool = False
    """Then heat comes with distance, and nothing can tell the two apart."""


@dataclass(frozen=True, eq=False)
class Ran:
    """One simulated run: exposures every `STEP_MIN` minutes, and when a cramp came."""

    run_id: int
    is_race: bool
    values: dict[str, FloatArray]
    told_min: float | None = None

    @property
    def minutes(self) -> int:
        """How long it was."""
        return STEP_MIN * len(self.values["pace"])

    def moment(self, minute: float) -> Moment:
        """What it had had `history.lag_min` before a minute."""
        at = max(0, round((minute - value("history.lag_min")) / STEP_MIN) - 1)
        at = min(at, len(self.values["pace"]) - 1)
        values = {name: float(found[at]) for name, found in self.values.items()}
        return Moment(run_id=self.run_id, is_race=self.is_race, values=values)


def season_of(rng: np.random.Generator, season: Season) -> list[Ran]:
    """Long runs over 14 to 32 km and races from half marathon to marathon, in changing weather."""
    found = []
    usual_m_s = rng.uniform(2.5, 3.3)
    sweats = rng.uniform(0.6, 1.3)
    salty = rng.uniform(0.7, 1.4)
    n_runs = season.long_runs + season.races
    race_at = set(rng.choice(np.arange(5, n_runs), size=season.races, replace=False).tolist())
    longest_km = 18.0
    for number in range(n_runs):
        is_race = number in race_at
        temp_c = 15.0 + season.heat_spread_c * float(rng.standard_normal())
        km = float(rng.uniform(14.0, 30.0))
        if is_race:
            km = float(rng.choice([21.1, 30.0, 42.2, 42.2]))
            temp_c += 6.0 if season.races_are_hot else 0.0
        elif rng.random() < 0.3:
            km = longest_km * rng.uniform(0.95, 1.15)
        faster = float(rng.normal(0.0, 0.04)) + (0.12 if is_race else 0.0)
        found.append(
            run_of(
                number,
                is_race=is_race,
                km=km,
                speed_m_s=usual_m_s * (1 + faster),
                pace_pct=100 * (faster - 0.13),
                longest_km=longest_km,
                temp_c=temp_c,
                sweats=sweats * float(np.exp(rng.normal(0, 0.08))),
                salty=salty,
                descent=float(rng.uniform(0.5, 2.2))
                if rng.random() < season.hilly_share
                else float(rng.uniform(0.1, 0.7)),
                drunk_l_per_h=float(rng.uniform(0.2, 0.6)),
            )
        )
        longest_km = float(np.clip(max(0.9 * longest_km, km if not is_race else 0.0), 15.0, 32.0))
    return found


def run_of(
    number: int,
    *,
    is_race: bool,
    km: float,
    speed_m_s: float,
    pace_pct: float,
    longest_km: float,
    temp_c: float,
    sweats: float,
    salty: float,
    descent: float,
    drunk_l_per_h: float,
) -> Ran:
    """One run; `descent` is the fall at its end against the most of recent runs."""
    minutes = np.arange(STEP_MIN, 1000 * km / speed_m_s / 60 + STEP_MIN, STEP_MIN)
    way_km = minutes * 60 * speed_m_s / 1000
    rate = sweats * (0.3 + 0.03 * max(temp_c, 0.0)) * speed_m_s / 2.8
    lost_l = rate * minutes / 60
    return Ran(
        number,
        is_race,
        {
            "past_longest": 100 * (way_km / longest_km - 1),
            "pace": np.full(minutes.size, pace_pct),
            "descent": 100 * (descent * way_km / km - 1),
            "sodium": LOST_MG_PER_L * salty * lost_l,
            "water": 100 * np.maximum(lost_l - drunk_l_per_h * minutes / 60, 0.0) / 70.0,
        },
    )


def sets_of(runs: list[Ran], cause: Cause, rng: np.random.Generator) -> list[RiskSet]:
    """The cramps that were told of, each beside the runs still going then without one told."""
    rates = [hazard_of(run, cause) for run in runs]
    scale = cause.wanted / max(1e-9, sum(float(rate.sum()) for rate in rates))
    cramped: dict[int, float] = {}
    for run, rate in zip(runs, rates, strict=True):
        chance = 1 - np.exp(-scale * rate)
        came = np.flatnonzero(rng.random(rate.size) < chance)
        is_told = rng.random() < (cause.told_race if run.is_race else cause.told_training)
        if came.size and is_told:
            cramped[run.run_id] = float(STEP_MIN * (came[0] + 1))
    found = []
    for run in runs:
        if run.run_id not in cramped:
            continue
        minute = cramped[run.run_id]
        beside = [
            other.moment(minute)
            for other in runs
            if other.run_id != run.run_id
            and other.minutes >= minute
            and cramped.get(other.run_id, np.inf) > minute
        ]
        found.append(RiskSet(minute=minute, cramp=run.moment(minute), controls=tuple(beside)))
    return found


def hazard_of(run: Ran, cause: Cause) -> FloatArray:
    """Relative hazard every five minutes; cramps come late whatever their cause."""
    size = len(run.values["pace"])
    lag = round(value("history.lag_min") / STEP_MIN)
    logs = []
    for at in range(size):
        before = {name: float(one[max(0, at - lag)]) for name, one in run.values.items()}
        load, salt = indices_of(before, CORE)
        late = STEP_MIN * at / 60.0
        logs.append(late + cause.load * load + cause.salt * salt + cause.race * run.is_race)
    return np.asarray(np.exp(np.array(logs)))
