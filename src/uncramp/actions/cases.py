"""A case file: one runner, one run and the answers, as JSON, checked before anything is computed.

`{"runner": {…}, "run": {…}, "answers": {question id: option | [options] | number}}`; anything may
be missing, nothing may be misspelt.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from uncramp import units
from uncramp.errors import InputError
from uncramp.interview import checked_answers
from uncramp.run_facts import RunSummary
from uncramp.vocabulary import Answers, Sex, UserProfile

__all__ = [
    "PROFILE_RANGES",
    "ROUNDING",
    "RUN_RANGES",
    "Case",
    "case_from",
    "case_from_text",
    "profile_facts",
]

PARTS: Final = ("runner", "run", "answers")

PROFILE_RANGES: Final = {
    "age_y": (5.0, 120.0, "years"),
    "height_cm": (80.0, 250.0, "cm"),
    "body_mass_kg": (20.0, 250.0, "kg"),
}
"""Wider than any runner: they catch wrong units, not unusual people."""

RUN_RANGES: Final = {
    "distance_m": (1.0, 1_000_000.0, "m"),
    "duration_s": (1.0, 1_000_000.0, "s"),
    "onset_km": (0.0, 1_000.0, "km"),
    "onset_min": (0.0, 20_000.0, "min"),
    "temp_air_c": (-50.0, 60.0, "°C"),
    "relative_humidity_pct": (0.0, 100.0, "%"),
    "longest_30_days_m": (1.0, 1_000_000.0, "m"),
}
ROUNDING: Final = 1.05
"""An onset may lie this far past the stated distance: watches and courses differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What somebody told about one cramp."""

    profile: UserProfile = field(default_factory=UserProfile)
    run: RunSummary = field(default_factory=RunSummary)
    answers: Answers = field(default_factory=dict)


def case_from_text(text: str, *, file_name: str) -> Case:
    """The case in a JSON text; InputError says what is wrong with it."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise InputError(
            "bad_case_file", values={"file": file_name, "problem": str(error)}
        ) from None
    if not isinstance(raw, dict):
        raise InputError(
            "bad_case_file",
            values={"file": file_name, "problem": "the outermost part is no object"},
        )
    return case_from(raw, file_name=file_name)


def case_from(raw: Mapping[str, Any], *, file_name: str) -> Case:
    """The case in a parsed JSON object; InputError says what is wrong with it."""
    _only(raw, PARTS)
    for part in PARTS:
        if not isinstance(raw.get(part) or {}, dict):
            raise InputError(
                "bad_case_file", values={"file": file_name, "problem": f"{part!r} is no object"}
            )
    return Case(
        profile=_profile(raw.get("runner") or {}),
        run=_run(raw.get("run") or {}),
        answers=checked_answers(raw.get("answers") or {}),
    )


def profile_facts(profile: UserProfile) -> dict[str, float]:
    """What of a profile rules can read."""
    return {} if profile.age_y is None else {"runner.age_y": profile.age_y}


def _only(raw: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    for key in raw:
        if key not in allowed:
            raise InputError("unknown_case_key", values={"key": key, "allowed": ", ".join(allowed)})


def _number(raw: Mapping[str, Any], key: str, limits: tuple[float, float, str]) -> float | None:
    given = raw.get(key)
    if given is None:
        return None
    low, high, unit = limits
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if not is_number or not low <= given <= high:
        raise InputError(
            "bad_number",
            values={"question": key, "value": given, "low": low, "high": high, "unit": unit},
        )
    return float(given)


def _profile(raw: Mapping[str, Any]) -> UserProfile:
    _only(raw, ("sex", *PROFILE_RANGES))
    sex = raw.get("sex")
    if sex is not None and sex not in tuple(Sex):
        raise InputError(
            "unknown_option",
            values={"question": "sex", "option": sex, "allowed": ", ".join(Sex)},
        )
    numbers = {key: _number(raw, key, limits) for key, limits in PROFILE_RANGES.items()}
    return UserProfile(
        sex=None if sex is None else Sex(sex),
        age_y=numbers["age_y"],
        height_cm=numbers["height_cm"],
        body_mass_kg=numbers["body_mass_kg"],
    )


def _run(raw: Mapping[str, Any]) -> RunSummary:
    _only(raw, ("race", *RUN_RANGES))
    race = raw.get("race")
    if race is not None and not isinstance(race, bool):
        raise InputError(
            "unknown_option",
            values={"question": "race", "option": race, "allowed": "true, false"},
        )
    numbers = {key: _number(raw, key, limits) for key, limits in RUN_RANGES.items()}
    run = RunSummary(race=race, sky=None, **numbers)
    _onset_inside(run)
    return run


def _onset_inside(run: RunSummary) -> None:
    """A cramp cannot come after the run it came in."""
    told = (
        ("onset_km", run.onset_km, _or_none(units.kilometres_from_metres, run.distance_m), "km"),
        ("onset_min", run.onset_min, _or_none(units.minutes_from_seconds, run.duration_s), "min"),
    )
    for key, onset, whole, unit in told:
        if onset is not None and whole is not None and onset > whole * ROUNDING:
            raise InputError(
                "bad_number",
                values={"question": key, "value": onset, "low": 0, "high": whole, "unit": unit},
            )


def _or_none(convert: Callable[[float], float], number: float | None) -> float | None:
    return None if number is None else convert(number)
