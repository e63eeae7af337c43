"""Requests about a race: runner, today, race, history and screen as JSON, checked and made ours.

`gap`, `train` and `plan` read the same parts, so that one file serves all of them. Nothing here
touches a store. Anything may be missing that can be missing; nothing may be misspelt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any, Final

from uncramp.actions.cases import PROFILE_RANGES, profile_facts
from uncramp.errors import InputError
from uncramp.models.wbgt import wbgt_approximation_abm
from uncramp.screening import Screening, screen
from uncramp.vocabulary import CoursePoint, PlannedRace, Sex, TrainedRun, UserProfile

__all__ = [
    "RACE_RANGES",
    "REQUEST_PARTS",
    "RaceRequest",
    "RequestScreen",
    "document_from_text",
    "numbers_of",
    "only_keys",
    "part_of",
    "race_request",
    "screen_of_request",
    "with_wbgt",
]

REQUEST_PARTS: Final = ("runner", "today", "race", "history", "screen")
"""What every verb about a race reads of a request."""
OTHER_VERBS: Final = (
    "days",
    "strength_days",
    "cramped_muscles",
    "recently_injured",
    "more_recovery",
    "walking_hurts",
    "blocked_days",
    "cleared",
)
"""What one verb needs and the others leave alone, so that one file serves all."""

RACE_RANGES: Final = {
    "distance_m": (100.0, 400_000.0, "m"),
    "goal_time_s": (10.0, 500_000.0, "s"),
    "ascent_m": (0.0, 30_000.0, "m"),
    "descent_m": (0.0, 30_000.0, "m"),
    "temp_air_c": (-50.0, 60.0, "°C"),
    "relative_humidity_pct": (0.0, 100.0, "%"),
    "wind_speed_m_s": (0.0, 60.0, "m/s"),
    "solar_w_m2": (0.0, 1500.0, "W/m²"),
    "wbgt_c": (-50.0, 60.0, "°C"),
}
RUN_RANGES: Final = {
    "distance_m": (1.0, 1_000_000.0, "m"),
    "moving_s": (1.0, 1_000_000.0, "s"),
    "ascent_m": (0.0, 50_000.0, "m"),
    "descent_m": (0.0, 50_000.0, "m"),
    "steep_descent_m": (0.0, 50_000.0, "m"),
    "mean_heart_rate_bpm": (20.0, 250.0, "bpm"),
    "level_speed_m_s": (0.1, 13.0, "m/s"),
    "decoupling_pct": (-90.0, 500.0, "%"),
    "wbgt_c": (-50.0, 60.0, "°C"),
}
SPLIT_RANGE: Final = (5.0, 500_000.0, "s")
POINT_RANGES: Final = {"at_m": (0.0, 400_000.0, "m"), "elevation_m": (-500.0, 9_000.0, "m")}
"""All wider than any runner or race: they catch wrong units, not unusual people."""

RUNNER_YES_NO: Final = ("cramped_before", "family_cramps")
RUNNER_OTHER: Final = ("name", "resting_heart_rate_bpm", "max_heart_rate_bpm")
"""Known of runners elsewhere, and not needed here."""
LONGEST_HISTORY: Final = 50_000
CLOCK: Final = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestScreen:
    """The screening a request carries; what it does not say is not known."""

    complete: bool
    screening: Screening

    @property
    def stopped(self) -> bool:
        """Whether a stop is open: then only the stop speaks."""
        return bool(self.screening.stops)

    def blocks(self, topic: str) -> bool:
        """Whether nothing may be advised on `topic`, an incomplete screen left aside."""
        return self.stopped or any(topic in lock.blocks for lock in self.screening.locks)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceRequest:
    """What somebody asked about one race."""

    runner: UserProfile
    today: date
    race: PlannedRace
    history: tuple[TrainedRun, ...]
    """Runs up to today, oldest first."""
    screen: RequestScreen
    cramped_before: bool | None = None
    family_cramps: bool | None = None
    n_in_future: int = 0
    """Runs dated after today, which were left out."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What the verb itself asked for, as it came."""


def document_from_text(text: str, *, file_name: str) -> Mapping[str, Any]:
    """The JSON object in a text; InputError `bad_request_file` says what is wrong with it."""
    try:
        raw = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _bad_file(file_name, str(error)) from None
    if not isinstance(raw, dict):
        raise _bad_file(file_name, "the outermost part is no object")
    return raw


def race_request(document: Mapping[str, Any], *, more: Sequence[str] = ()) -> RaceRequest:
    """The request in a parsed JSON object; `more` names the parts that the verb itself reads.

    InputError says what is missing, misspelt or out of range.
    """
    only_keys(document, (*REQUEST_PARTS, *OTHER_VERBS, *more), part="request")
    today = _day(document, "today")
    race = _race(part_of(document, "race", needed=True))
    if race.day < today:
        raise InputError("race_is_over", values={"day": race.day, "today": today})
    raw_runner = part_of(document, "runner")
    runner = _runner(raw_runner)
    history = _history(document.get("history"))
    return RaceRequest(
        runner=runner,
        today=today,
        race=race,
        history=tuple(run for run in history if run.day <= today),
        screen=screen_of_request(document, profile=runner),
        cramped_before=_yes_no(raw_runner, "cramped_before"),
        family_cramps=_yes_no(raw_runner, "family_cramps"),
        n_in_future=sum(run.day > today for run in history),
        more={name: document[name] for name in more if document.get(name) is not None},
    )


def screen_of_request(
    document: Mapping[str, Any], *, profile: UserProfile | None = None
) -> RequestScreen:
    """The screening of a request: absent, or not complete, means incomplete.

    The age of `profile` opens locks too. InputError for a flag nobody knows.
    """
    raw = part_of(document, "screen")
    only_keys(raw, ("complete", "flags", "locks"), part="screen")
    stops, locks = _names(raw, "flags"), _names(raw, "locks")
    known = screen({}, open_stops=stops, open_locks=locks)
    found = {one.id for one in known.stops} | {one.id for one in known.locks}
    unknown = [one for one in (*stops, *locks) if one not in found]
    if unknown:
        raise InputError("unknown_request_flag", values={"flag": unknown[0]})
    facts = {} if profile is None else profile_facts(profile)
    return RequestScreen(
        complete=_yes_no(raw, "complete") is True,
        screening=screen(facts, open_stops=stops, open_locks=locks),
    )


def with_wbgt(race: PlannedRace) -> PlannedRace:
    """The race with its WBGT, told or reckoned from temperature and humidity; else as it was."""
    if race.wbgt_c is not None or race.temp_air_c is None or race.relative_humidity_pct is None:
        return race
    reckoned = wbgt_approximation_abm(
        temp_air_c=race.temp_air_c, relative_humidity_pct=race.relative_humidity_pct
    )
    return replace(race, wbgt_c=reckoned)


def only_keys(raw: Mapping[str, Any], allowed: Collection[str], *, part: str) -> None:
    """InputError `unknown_request_key` for a key that `part` does not have."""
    for key in raw:
        if key not in allowed:
            values = {"key": key, "part": part, "allowed": ", ".join(allowed)}
            raise InputError("unknown_request_key", values=values)


def part_of(document: Mapping[str, Any], name: str, *, needed: bool = False) -> Mapping[str, Any]:
    """One object of a request, empty when it is absent; InputError when it is none."""
    raw = document.get(name)
    if raw is None:
        if needed:
            raise InputError("missing_in_request", values={"key": name})
        return {}
    if not isinstance(raw, Mapping):
        raise InputError("bad_request_part", values={"key": name, "wanted": "an object {…}"})
    return raw


def numbers_of(
    raw: Mapping[str, Any],
    ranges: Mapping[str, tuple[float, float, str]],
    *,
    part: str,
    needed: Collection[str] = (),
) -> dict[str, float | None]:
    """The numbers of `raw` that `ranges` names, None where absent; InputError out of range."""
    return {
        key: _number(raw, key, limits, part=part, needed=key in needed)
        for key, limits in ranges.items()
    }


def _bad_file(file_name: str, problem: str) -> InputError:
    return InputError("bad_request_file", values={"file": file_name, "problem": problem})


def _no_constant(name: str) -> float:
    """NaN and Infinity are no JSON."""
    msg = f"{name} is no number in JSON"
    raise ValueError(msg)


def _number(
    raw: Mapping[str, Any],
    key: str,
    limits: tuple[float, float, str],
    *,
    part: str,
    needed: bool,
) -> float | None:
    given, (low, high, unit) = raw.get(key), limits
    name = f"{part}.{key}"
    if given is None:
        if needed:
            raise InputError("missing_in_request", values={"key": name})
        return None
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if not is_number or not low <= given <= high:
        values = {"question": name, "value": given, "low": low, "high": high, "unit": unit}
        raise InputError("bad_number", values=values)
    return float(given)


def _yes_no(raw: Mapping[str, Any], key: str) -> bool | None:
    given = raw.get(key)
    if given is not None and not isinstance(given, bool):
        values = {"question": key, "option": given, "allowed": "true, false"}
        raise InputError("unknown_option", values=values)
    return given


def _names(raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    given = raw.get(key) or ()
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise InputError("bad_request_part", values={"key": key, "wanted": "a list of words"})
    return tuple(given)


def _day(raw: Mapping[str, Any], key: str, *, part: str = "") -> date:
    given, name = raw.get(key), f"{part}.{key}" if part else key
    if given is None:
        raise InputError("missing_in_request", values={"key": name})
    try:
        return date.fromisoformat(given[:10] if isinstance(given, str) and "T" in given else given)
    except (TypeError, ValueError):
        raise InputError("bad_request_day", values={"key": name, "given": given}) from None


def _runner(raw: Mapping[str, Any]) -> UserProfile:
    only_keys(raw, ("sex", *PROFILE_RANGES, *RUNNER_YES_NO, *RUNNER_OTHER), part="runner")
    sex = raw.get("sex")
    if sex is not None and sex not in tuple(Sex):
        values = {"question": "runner.sex", "option": sex, "allowed": ", ".join(Sex)}
        raise InputError("unknown_option", values=values)
    numbers = numbers_of(raw, PROFILE_RANGES, part="runner")
    return UserProfile(
        sex=None if sex is None else Sex(sex),
        age_y=numbers["age_y"],
        height_cm=numbers["height_cm"],
        body_mass_kg=numbers["body_mass_kg"],
    )


def _race(raw: Mapping[str, Any]) -> PlannedRace:
    only_keys(raw, ("date", "name", "start", "course", *RACE_RANGES), part="race")
    numbers = numbers_of(raw, RACE_RANGES, part="race", needed=("distance_m",))
    name = raw.get("name") or ""
    if not isinstance(name, str):
        raise InputError("bad_request_part", values={"key": "race.name", "wanted": "a name"})
    return with_wbgt(
        PlannedRace(
            day=_day(raw, "date", part="race"),
            distance_m=numbers["distance_m"] or 0.0,
            name=name,
            start=_clock(raw.get("start")),
            goal_time_s=numbers["goal_time_s"],
            ascent_m=numbers["ascent_m"],
            descent_m=numbers["descent_m"],
            course=_course(raw.get("course")),
            temp_air_c=numbers["temp_air_c"],
            relative_humidity_pct=numbers["relative_humidity_pct"],
            wind_speed_m_s=numbers["wind_speed_m_s"],
            solar_w_m2=numbers["solar_w_m2"],
            wbgt_c=numbers["wbgt_c"],
        )
    )


def _clock(given: object) -> time | None:
    """A time of day such as `09:30`."""
    if given is None:
        return None
    try:
        if isinstance(given, str) and CLOCK.fullmatch(given):
            return time.fromisoformat(given.zfill(5) if given.count(":") == 1 else given)
    except ValueError:
        pass
    raise InputError("bad_request_part", values={"key": "race.start", "wanted": "HH:MM"})


def _course(given: object) -> tuple[CoursePoint, ...]:
    if given is None:
        return ()
    points = [_objects(given, "race.course", index) for index in range(_length(given))]
    found = []
    for index, raw in enumerate(points):
        part = f"race.course[{index}]"
        only_keys(raw, POINT_RANGES, part=part)
        numbers = numbers_of(raw, POINT_RANGES, part=part, needed=tuple(POINT_RANGES))
        at_m, elevation_m = numbers["at_m"] or 0.0, numbers["elevation_m"] or 0.0
        found.append(CoursePoint(at_m=at_m, elevation_m=elevation_m))
    return tuple(sorted(found, key=lambda point: point.at_m))


def _history(given: object) -> tuple[TrainedRun, ...]:
    """Every run told, oldest first."""
    if given is None:
        return ()
    runs = (_run(_objects(given, "history", index), index) for index in range(_length(given)))
    return tuple(sorted(runs, key=lambda run: run.day))


def _length(given: object) -> int:
    """How many entries a list has; what is no list has one, which is then refused."""
    if not isinstance(given, list | tuple):
        return 1
    if len(given) > LONGEST_HISTORY:
        values = {"key": "history", "wanted": f"at most {LONGEST_HISTORY} entries"}
        raise InputError("bad_request_part", values=values)
    return len(given)


def _objects(given: object, key: str, index: int) -> Mapping[str, Any]:
    """One entry of a list of objects."""
    if not isinstance(given, list | tuple):
        raise InputError("bad_request_part", values={"key": key, "wanted": "a list […]"})
    if not isinstance(given[index], Mapping):
        values = {"key": f"{key}[{index}]", "wanted": "an object {…}"}
        raise InputError("bad_request_part", values=values)
    found: Mapping[str, Any] = given[index]
    return found


def _run(raw: Mapping[str, Any], index: int) -> TrainedRun:
    part = f"history[{index}]"
    only_keys(raw, ("date", "race", "cramped", "fastest_s", "id", *RUN_RANGES), part=part)
    numbers = numbers_of(raw, RUN_RANGES, part=part, needed=("distance_m", "moving_s"))
    return TrainedRun(
        day=_day(raw, "date", part=part),
        distance_m=numbers["distance_m"] or 0.0,
        moving_s=numbers["moving_s"] or 0.0,
        ascent_m=numbers["ascent_m"],
        descent_m=numbers["descent_m"],
        steep_descent_m=numbers["steep_descent_m"],
        mean_heart_rate_bpm=numbers["mean_heart_rate_bpm"],
        is_race=_yes_no(raw, "race") is True,
        level_speed_m_s=numbers["level_speed_m_s"],
        fastest_s=_fastest(part_of(raw, "fastest_s"), part=f"{part}.fastest_s"),
        decoupling_pct=numbers["decoupling_pct"],
        wbgt_c=numbers["wbgt_c"],
        cramped=_yes_no(raw, "cramped"),
        run_id=raw["id"] if isinstance(raw.get("id"), int) else None,
    )


def _fastest(raw: Mapping[str, Any], *, part: str) -> dict[str, float]:
    """Fastest times inside a run, by the distances that are known."""
    from uncramp.training_history import SPLITS  # numpy is not for requests without splits

    only_keys(raw, SPLITS, part=part)
    numbers = numbers_of(raw, dict.fromkeys(raw, SPLIT_RANGE), part=part)
    return {name: number for name, number in numbers.items() if number is not None}
