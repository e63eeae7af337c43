"""One scenario: who runs how long, how fast, in which weather, and what goes in.

It comes from a run, a race or a JSON document (docs/reference/simulation.md describes that one).
Everything is per minute, so that a course or a recorded run is just another scenario.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import numpy as np

from uncramp.errors import InputError
from uncramp.evidence import value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = [
    "Exercise",
    "Intake",
    "Scenario",
    "SimulatedRunner",
    "Told",
    "Weather",
    "runner_from_document",
    "scenario_from_document",
    "weather_from_document",
]

Setting = Literal["lab", "field"]

DRAWS: Final = 1024
LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "age_y": (10, 100),
    "height_cm": (100, 230),
    "body_mass_kg": (25, 200),
    "acclimation": (0, 1),
    "sweat_rate_l_per_h": (0.05, 6),
    "sweat_sodium_mmol_per_l": (5, 200),
    "total_body_water_l": (12, 110),
    "plasma_sodium_start_mmol_per_l": (110, 170),
    "duration_min": (1, 2880),
    "speed_m_s": (0, 8),
    "metabolic_rate_w": (0, 2500),
    "grade": (-0.45, 0.45),
    "air_speed_m_s": (0, 30),
    "temp_air_c": (-30, 55),
    "relative_humidity_pct": (0, 100),
    "wind_speed_m_s": (0, 30),
    "solar_w_m2": (0, 1400),
    "start_min": (0, 2880),
    "every_min": (0.5, 2880),
    "until_min": (0, 2880),
    "fluid_l": (0, 5),
    "sodium_mmol": (0, 500),
    "potassium_mmol": (0, 200),
    "draws": (16, 1_000_000),
}
"""What a document may say, as people and weather can be; not what is wise."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one number: `sd` 0 means exactly."""

    mean: float
    sd: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedRunner:
    """A body; what is None has its prior."""

    sex: Literal["male", "female"]
    age_y: float
    height_cm: float
    body_mass_kg: float
    acclimation: float = 0.0
    sweat_rate_l_per_h: Told | None = None
    """Constant; in place of heat balance, multiplier and day."""
    sweat_multiplier_log: Told | None = None
    """Logarithm of the personal multiplier on the heat balance, as weigh-ins left it."""
    sweat_sodium_mmol_per_l: Told | None = None
    total_body_water_l: Told | None = None
    plasma_sodium_start_mmol_per_l: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exercise:
    """What is done, minute by minute; arrays have shape (n_minutes,)."""

    speed_m_s: FloatArray
    grade: FloatArray
    metabolic_rate_w: FloatArray | None = None
    """In place of what speed and grade cost."""
    air_speed_m_s: FloatArray | None = None
    """In place of what speed and wind make."""

    @property
    def n_minutes(self) -> int:
        """How long."""
        return len(self.speed_m_s)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weather:
    """The air, minute by minute; arrays have shape (n_minutes,)."""

    temp_air_c: FloatArray
    relative_humidity_pct: FloatArray
    wind_speed_m_s: FloatArray
    solar_w_m2: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Intake:
    """What goes in at each minute, one row a plan: shape (n_plans, n_minutes)."""

    fluid_l: FloatArray
    cation_mmol: FloatArray
    """Sodium and potassium that open up in the gut at that minute."""
    sodium_mmol: FloatArray
    """Sodium as it is swallowed."""

    @property
    def n_plans(self) -> int:
        """How many plans run side by side."""
        return len(self.fluid_l)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scenario:
    """Everything a simulation is told."""

    runner: SimulatedRunner
    exercise: Exercise
    weather: Weather
    intake: Intake
    setting: Setting = "field"
    draws: int = DRAWS

    def with_intake(self, intake: Intake) -> Scenario:
        """The same with other plans."""
        return replace(self, intake=intake)


# From a document


def scenario_from_document(document: Mapping[str, Any]) -> Scenario:
    """The scenario a JSON document tells; InputError names what is missing or impossible."""
    _known(document, "scenario", ("runner", "exercise", "weather", "intake", "setting", "draws"))
    exercise = _exercise(_part(document, "exercise"))
    setting = document.get("setting", "field")
    if setting not in ("lab", "field"):
        raise InputError(
            "bad_choice", values={"name": "setting", "given": setting, "allowed": "lab, field"}
        )
    draws = _number(document, "draws", DRAWS)
    return Scenario(
        runner=runner_from_document(_part(document, "runner")),
        exercise=exercise,
        weather=weather_from_document(_part(document, "weather"), exercise.n_minutes),
        intake=_intake(document.get("intake", ()), exercise.n_minutes),
        setting=cast("Setting", setting),
        draws=int(draws),
    )


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = document.get(name)
    if not isinstance(part, Mapping):
        raise InputError("scenario_part_missing", values={"part": name})
    return part


def _known(part: Mapping[str, Any], name: str, allowed: Sequence[str]) -> None:
    unknown = [key for key in part if key not in allowed]
    if unknown:
        raise InputError(
            "scenario_unknown_key",
            values={"key": unknown[0], "part": name, "allowed": ", ".join(allowed)},
        )


def _number(part: Mapping[str, Any], name: str, default: float | None = None) -> float:
    given = part.get(name)
    if given is None and default is not None:
        return default
    return _checked(name, given)


def _checked(name: str, given: object) -> float:
    low, high = LIMITS[name]
    return _between(name, given, low=low, high=high)


def _between(name: str, given: object, *, low: float, high: float) -> float:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if not is_number or not low <= float(cast("float", given)) <= high:
        raise InputError(
            "bad_number",
            values={"question": name, "value": given, "low": low, "high": high, "unit": ""},
        )
    return float(cast("float", given))


def _told(part: Mapping[str, Any], name: str) -> Told | None:
    """A number, `{mean, sd}`, or None where the prior holds."""
    given = part.get(name)
    if given is None:
        return None
    if isinstance(given, Mapping):
        _known(given, name, ("mean", "sd"))
        spread = _between(f"{name}.sd", given.get("sd", 0.0), low=0.0, high=LIMITS[name][1])
        return Told(_checked(name, given.get("mean")), spread)
    return Told(_checked(name, given))


def runner_from_document(part: Mapping[str, Any]) -> SimulatedRunner:
    """The body of a document; InputError names what is missing or impossible."""
    priors = ("sweat_rate_l_per_h", "sweat_sodium_mmol_per_l", "total_body_water_l",
              "plasma_sodium_start_mmol_per_l")  # fmt: skip
    basic = ("sex", "age_y", "height_cm", "body_mass_kg")
    _known(part, "runner", (*basic, "acclimation", *priors))
    sex = part.get("sex")
    if sex not in ("male", "female"):
        raise InputError("unknown_sex", values={"given": sex})
    told = {name: _told(part, name) for name in priors}
    return SimulatedRunner(
        sex=cast("Literal['male', 'female']", sex),
        age_y=_number(part, "age_y"),
        height_cm=_number(part, "height_cm"),
        body_mass_kg=_number(part, "body_mass_kg"),
        acclimation=_number(part, "acclimation", 0.0),
        **told,
    )


def _exercise(part: Mapping[str, Any]) -> Exercise:
    _known(part, "exercise", ("duration_min", "speed_m_s", "metabolic_rate_w", "grade",
                              "air_speed_m_s"))  # fmt: skip
    n_minutes = round(_number(part, "duration_min"))
    has_speed, has_rate = "speed_m_s" in part, "metabolic_rate_w" in part
    if not has_speed and not has_rate:
        raise InputError("scenario_no_effort", values={})
    speed = _number(part, "speed_m_s") if has_speed else 0.0
    air = part.get("air_speed_m_s")
    if air is None and not has_speed:
        air = value("heat.unknown_air_speed_m_s")
    return Exercise(
        speed_m_s=np.full(n_minutes, speed),
        grade=np.full(n_minutes, _number(part, "grade", 0.0)),
        metabolic_rate_w=np.full(n_minutes, _number(part, "metabolic_rate_w"))
        if has_rate
        else None,
        air_speed_m_s=None if air is None else np.full(n_minutes, _checked("air_speed_m_s", air)),
    )


def weather_from_document(part: Mapping[str, Any], n_minutes: int) -> Weather:
    """The same weather for every minute; InputError as above."""
    names = ("temp_air_c", "relative_humidity_pct", "wind_speed_m_s", "solar_w_m2")
    _known(part, "weather", names)
    defaults = {"wind_speed_m_s": 0.0, "solar_w_m2": 0.0}
    return Weather(
        **{name: np.full(n_minutes, _number(part, name, defaults.get(name))) for name in names}
    )


def _intake(events: object, n_minutes: int) -> Intake:
    """One plan from a list of events; one that repeats ends before `until_min`."""
    if not isinstance(events, Sequence) or isinstance(events, str):
        raise InputError("scenario_part_missing", values={"part": "intake"})
    fluid, cation, sodium = (np.zeros((1, n_minutes)) for _ in range(3))
    for event in events:
        if not isinstance(event, Mapping):
            raise InputError("scenario_part_missing", values={"part": "intake"})
        _known(event, "intake", ("start_min", "every_min", "until_min", "fluid_l", "sodium_mmol",
                                 "potassium_mmol"))  # fmt: skip
        drunk = _number(event, "fluid_l")
        salt = _number(event, "sodium_mmol")
        lag = 0 if drunk else round(value("fluid.capsule_lag_min"))
        for minute in _minutes(event, n_minutes):
            fluid[0, minute] += drunk
            sodium[0, minute] += salt
            if minute + lag < n_minutes:
                cation[0, minute + lag] += salt + _number(event, "potassium_mmol", 0.0)
    return Intake(fluid_l=fluid, cation_mmol=cation, sodium_mmol=sodium)


def _minutes(event: Mapping[str, Any], n_minutes: int) -> list[int]:
    start = _number(event, "start_min")
    if "every_min" not in event:
        return [int(start)] if start < n_minutes else []
    until = min(_number(event, "until_min", float(n_minutes)), float(n_minutes))
    every = _number(event, "every_min")
    return [int(at) for at in np.arange(start, until, every)]
