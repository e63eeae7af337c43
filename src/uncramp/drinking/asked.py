"""What a drinking plan is asked from: who runs where and when, what is handed out, what is known.

`docs/reference/drinking-plan.md` says what each part does to the plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.drink_plan import Product, Station
from uncramp.simulation.scenario import Exercise, Intake, Scenario, SimulatedRunner, Weather
from uncramp.units import seconds_from_minutes
from uncramp.vocabulary import Said, Split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["DrinkAsked", "DrinkScreen", "at_minute", "exercise_of_splits",
           "place_at", "scenario_of"]  # fmt: skip

SECONDS: Final = seconds_from_minutes(1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrinkScreen:
    """What the danger questions left open; what is not known is not complete."""

    complete: bool = False
    stops: tuple[str, ...] = ()
    """Ids of open stops."""
    locks: tuple[str, ...] = ()
    """Ids of open locks that hold drink or salt back."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrinkAsked:
    """One asking. Everything that is None is not known, and is said under `assumed`."""

    runner: SimulatedRunner
    """As the personal model knows this body; the population prior is checked beside it."""
    exercise: Exercise
    """Speed and grade of every minute from gun to finish."""
    weather: Weather
    """Of the same minutes."""
    distance_m: float
    stations: tuple[Station, ...] = ()
    products: Mapping[str, Product] = field(default_factory=dict)
    """Everything that a station offers or that could be carried, by id; plain water too."""
    carry: tuple[str, ...] = ()
    """Ids of products the runner would bring along."""
    carry_l: float = 0.0
    """Drink that can be carried from the start; it is drunk between stations."""
    trialled: tuple[str, ...] = ()
    """Ids of products kept down in training."""
    trialled_l_per_h: float | None = None
    trialled_sodium_mg_per_h: float | None = None
    cramp_free_sodium_change_mg_per_h: float | None = None
    """Sodium balance (taken in less lost) of this runner's long runs without a cramp; below 0."""
    screen: DrinkScreen = field(default_factory=DrinkScreen)
    assumed: tuple[Said, ...] = ()
    """What the caller had to assume already."""

    @property
    def n_minutes(self) -> int:
        """How long the race is simulated."""
        return self.exercise.n_minutes


def exercise_of_splits(
    *, splits: tuple[Split, ...], grade_at_m: tuple[tuple[float, float], ...] = ()
) -> Exercise:
    """Speed of every minute from cumulated splits (the last one is the finish); ValueError if
    they do not go on. `grade_at_m` are (distance from which on, grade) pairs in order."""
    times = np.array([0.0, *(one.at_s for one in splits)]) / SECONDS
    places = np.array([0.0, *(one.at_m for one in splits)])
    if len(splits) == 0 or (np.diff(times) <= 0.0).any() or (np.diff(places) <= 0.0).any():
        msg = "splits must go on in time and in distance"
        raise ValueError(msg)
    n_minutes = max(1, round(float(times[-1])))
    edges = np.linspace(0.0, times[-1], n_minutes + 1)
    passed = np.interp(edges, times, places)
    grade = np.zeros(n_minutes)
    if grade_at_m:
        starts = np.array([at for at, _ in grade_at_m])
        middle = (passed[1:] + passed[:-1]) / 2
        found = np.searchsorted(starts, middle, side="right") - 1
        grade = np.array([one for _, one in grade_at_m])[np.maximum(found, 0)]
    return Exercise(speed_m_s=np.diff(passed) / SECONDS, grade=grade)


def at_minute(asked: DrinkAsked, at_m: float) -> float:
    """When the runner passes a place, in minutes since the gun."""
    passed = passed_m(asked)
    return float(np.interp(at_m, passed, np.arange(len(passed), dtype=np.float64)))


def place_at(asked: DrinkAsked, at_min: float) -> float:
    """Where the runner is at a minute, in metres from the start."""
    passed = passed_m(asked)
    return float(np.interp(at_min, np.arange(len(passed), dtype=np.float64), passed))


def passed_m(asked: DrinkAsked) -> FloatArray:
    """Way behind the runner at each minute, the start included."""
    return np.concatenate(([0.0], np.cumsum(asked.exercise.speed_m_s) * SECONDS))


def scenario_of(asked: DrinkAsked, *, runner: SimulatedRunner, intake: Intake) -> Scenario:
    """The race as the simulator takes it."""
    return Scenario(runner=runner, exercise=asked.exercise, weather=asked.weather, intake=intake)
