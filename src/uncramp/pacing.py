"""How to pace a race: where to be when, what to do at the first twinge, and when to leave it.

The pace comes from what the runner is fit for today, not from the goal. The first part has a
ceiling, since those who cramped had started faster than equals who did not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Final

from uncramp.evidence import value
from uncramp.gap import Prediction, course_factor
from uncramp.models.racetime import heat_slowdown_mantzios2022
from uncramp.units import metres_from_kilometres
from uncramp.vocabulary import CoursePoint, Interval, PlannedRace, Said, Split

__all__ = ["PacePlan", "pace_plan"]

TWINGE: Final = ("ease", "stretch", "loosen", "no_more_drink", "on", "again")
DO_NOT_START: Final = ("fever", "chest", "pain", "calf", "urine", "pills")
STOP_WHEN: Final = ("confused", "chest", "swollen", "pop", "numb", "spreads")


@dataclass(frozen=True, slots=True, kw_only=True)
class PacePlan:
    """A whole answer."""

    target_time_s: float
    """Never faster than the middle of the prediction."""
    predicted: Interval | None
    """Of the finish time, in s."""
    goal_is_beyond: bool
    """The goal asks for more than the middle of the prediction: it is not what is planned for."""
    ceiling_s_per_km: float
    """Mean pace to `ceiling_until_m`: no earlier there than this, slower uphill on the way."""
    ceiling_until_m: float
    splits: tuple[Split, ...]
    """Every 5 km and the finish, from the gun, with the hills of the course and the heat."""
    heat_slowdown_pct: tuple[float, float] | None
    """From and to; None when the weather is not known."""
    twinge: tuple[Said, ...]
    do_not_start: tuple[Said, ...]
    stop_when: tuple[Said, ...]
    because: tuple[Said, ...]
    assumed: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Halves:
    """Times of the part below the ceiling and of the rest, and the effort behind both."""

    until_m: float
    first_s: float
    second_s: float
    held_back: bool
    """The first part falls by more than it climbs, and gets no credit for it."""
    effort_m: Mapping[float, float]
    """Level metres from the gun to every mark, to `until_m` and to the finish."""


def pace_plan(
    *, race: PlannedRace, prediction: Prediction, history_longest_m: float | None
) -> PacePlan:
    """Even effort over the course at the slower of goal and prediction, with a ceiling to halfway.

    A first part that falls buys no time: it is run no faster than level ground at the same effort,
    and the rest is never asked to make up for that beyond what the runner is fit for. So the finish
    may come a little after both goal and prediction.
    """
    predicted, goal_s = prediction.time_s, race.goal_time_s
    aim_s = predicted.median if goal_s is None else max(goal_s, predicted.median)
    halves = _halves(race, aim_s=aim_s, fit_s=predicted.median)
    heat = None if race.wbgt_c is None else heat_slowdown_mantzios2022(wbgt_c=race.wbgt_c)
    return PacePlan(
        target_time_s=halves.first_s + halves.second_s,
        predicted=predicted,
        goal_is_beyond=goal_s is not None and goal_s < predicted.median,
        ceiling_s_per_km=halves.first_s / halves.until_m * metres_from_kilometres(1),
        ceiling_until_m=halves.until_m,
        splits=tuple(Split(at_m=at_m, at_s=_time_s(race, halves, at_m)) for at_m in _marks(race)),
        heat_slowdown_pct=heat,
        twinge=_listed("twinge", TWINGE),
        do_not_start=(*_too_hot(race), *_listed("do_not_start", DO_NOT_START)),
        stop_when=_listed("stop_when", STOP_WHEN),
        because=(
            *_target_because(race, predicted, halves),
            *_part_because(race, halves, heat, history_longest_m),
        ),
        assumed=_assumed(race),
    )


# ---------------------------------------------------------------- time over the course


def _halves(race: PlannedRace, *, aim_s: float, fit_s: float) -> _Halves:
    """Time until the ceiling ends, and after it."""
    whole_m = race.distance_m
    until_m = whole_m * value("conditioning.pacing.ceiling_share")
    places = sorted({0.0, *_marks(race), until_m})
    pieces = (_effort_m(race, from_m, to_m) for from_m, to_m in pairwise(places))
    effort_m = dict(zip(places, accumulate(pieces, initial=0.0), strict=True))
    share = effort_m[until_m] / effort_m[whole_m]
    level_s = aim_s * until_m / effort_m[whole_m]
    first_s = max(aim_s * share, level_s)
    return _Halves(
        until_m=until_m,
        first_s=first_s,
        second_s=max(aim_s - first_s, fit_s * (1 - share)),
        held_back=level_s - aim_s * share > value("conditioning.pacing.held_back_s"),
        effort_m=effort_m,
    )


def _marks(race: PlannedRace) -> tuple[float, ...]:
    """Every 5 km, and the finish."""
    every_m = value("conditioning.pacing.split_m")
    marks = (count * every_m for count in range(1, int(race.distance_m / every_m) + 1))
    return (*(mark for mark in marks if mark < race.distance_m - 1), race.distance_m)


def _time_s(race: PlannedRace, halves: _Halves, at_m: float) -> float:
    """Time from the gun to a place, with even effort inside each part."""
    effort_m, until_m = halves.effort_m, halves.until_m
    if at_m <= until_m:
        return halves.first_s * effort_m[at_m] / effort_m[until_m]
    rest = effort_m[race.distance_m] - effort_m[until_m]
    return halves.first_s + halves.second_s * (effort_m[at_m] - effort_m[until_m]) / rest


def _effort_m(race: PlannedRace, from_m: float, to_m: float) -> float:
    """Level metres that are as long to run as this stretch; its own metres on an unknown course."""
    length_m = to_m - from_m
    if len(race.course) < 2 or length_m <= 0:
        return length_m
    course = _cut(race.course, from_m / race.distance_m, to_m / race.distance_m)
    return length_m * course_factor(replace(race, distance_m=length_m, course=course))


def _cut(
    course: Sequence[CoursePoint], from_share: float, to_share: float
) -> tuple[CoursePoint, ...]:
    """A piece of a profile; shares, since files are seldom as long as the race says."""
    start_m, whole_m = course[0].at_m, course[-1].at_m - course[0].at_m
    low_m, high_m = start_m + from_share * whole_m, start_m + to_share * whole_m
    inner = (point for point in course if low_m < point.at_m < high_m)
    return (_at(course, low_m), *inner, _at(course, high_m))


def _at(course: Sequence[CoursePoint], at_m: float) -> CoursePoint:
    """A point of a profile, on the straight line between its neighbours."""
    after = bisect_right(course, at_m, key=lambda point: point.at_m)
    if after in (0, len(course)):
        return replace(course[0 if after == 0 else -1], at_m=at_m)
    first, second = course[after - 1], course[after]
    share = (at_m - first.at_m) / (second.at_m - first.at_m)
    elevation_m = first.elevation_m + share * (second.elevation_m - first.elevation_m)
    return CoursePoint(at_m=at_m, elevation_m=elevation_m)


# ---------------------------------------------------------------- in words


def _listed(part: str, names: Sequence[str]) -> tuple[Said, ...]:
    return tuple(Said(id=f"pacing.{part}.{name}") for name in names)


def _too_hot(race: PlannedRace) -> tuple[Said, ...]:
    """A race that its own medical director would not have started."""
    limit_c = value("conditioning.pacing.do_not_start_wbgt_c")
    if race.wbgt_c is None or race.wbgt_c < limit_c:
        return ()
    values = {"wbgt_c": race.wbgt_c, "limit_c": limit_c}
    return (Said(id="pacing.do_not_start.hot", values=values, sources=("roberts_2010",)),)


def _target_because(race: PlannedRace, predicted: Interval, halves: _Halves) -> tuple[Said, ...]:
    """Where the target comes from."""
    values = {"predicted_s": predicted.median, "low_s": predicted.low, "high_s": predicted.high}
    if race.goal_time_s is None:
        return (Said(id="pacing.because.prediction", values=values),)
    values["goal_s"] = race.goal_time_s
    if race.goal_time_s >= predicted.median:
        return (Said(id="pacing.because.goal", values=values),)
    if race.goal_time_s < predicted.low:
        return (Said(id="pacing.because.goal_far_beyond", values=values),)
    values["until_m"] = halves.until_m
    return (Said(id="pacing.because.goal_beyond", values=values),)


def _part_because(
    race: PlannedRace,
    halves: _Halves,
    heat: tuple[float, float] | None,
    longest_m: float | None,
) -> tuple[Said, ...]:
    """Why the first part has a ceiling, and what moved the splits."""
    found = [Said(id="pacing.because.first_part", sources=("schwellnus_2011b",))]
    if halves.held_back:
        found.append(Said(id="pacing.because.falls_first", values={"until_m": halves.until_m}))
    if len(race.course) > 1:
        found.append(
            Said(
                id="pacing.because.course",
                values={"until_m": halves.until_m},
                sources=("minetti_2002", "strava_gap_2017"),
            )
        )
    if heat is not None and heat[1] > 0:
        values = {"low_pct": heat[0], "high_pct": heat[1], "wbgt_c": race.wbgt_c}
        name = "heat" if (race.wbgt_c or 0) > value("conditioning.pacing.cool_wbgt_c") else "cold"
        found.append(Said(id=f"pacing.because.{name}", values=values, sources=("mantzios_2022",)))
    if longest_m is not None and longest_m < race.distance_m:
        found.append(Said(id="pacing.because.beyond", values={"longest_m": longest_m}))
    return tuple(found)


def _assumed(race: PlannedRace) -> tuple[Said, ...]:
    found = []
    if race.wbgt_c is None:
        found.append(Said(id="pacing.assumed.cool"))
    if len(race.course) < 2:
        found.append(Said(id="pacing.assumed.even_ground"))
    return tuple(found)
