"""How fast a step is run, and how long it takes: from what a runner can do now, never the goal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from uncramp.evidence import value
from uncramp.training.asked import TrainingAsked
from uncramp.units import metres_from_kilometres

__all__ = ["Band", "Paces", "easy_speed_m_s", "paces_of"]

KILOMETRE_M: Final = metres_from_kilometres(1)

Band = tuple[float, float]
"""Fastest and slowest, in seconds a kilometre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paces:
    """Bands of pace; None where nothing tells: then only words say how hard."""

    easy: Band | None
    repeat: Band | None
    """Repeats of some minutes, about critical speed."""
    finish: Band | None
    """Short and faster than the predicted race, no sprint; wide on the fast side."""
    race: Band | None
    easy_speed_m_s: float
    """What easy running is reckoned with; assumed when nothing is known."""
    repeat_speed_m_s: float
    """What everything fast is reckoned with."""


def paces_of(asked: TrainingAsked) -> Paces:
    """The paces of one runner (R11): critical speed and prediction of today."""
    critical = asked.critical_speed_m_s
    easy_speed = easy_speed_m_s(asked)
    race = asked.race_time_s
    race_speed = None if race is None else asked.race.distance_m / race.median
    fast = critical or max(race_speed or 0, easy_speed / value("conditioning.session.easy_share"))
    return Paces(
        easy=_band(
            critical,
            fastest=value("conditioning.session.easy_top_share"),
            slowest=value("conditioning.session.easy_slowest_share"),
        ),
        repeat=_band(
            critical,
            fastest=value("conditioning.session.speed_fastest_share"),
            slowest=value("conditioning.session.speed_slowest_share"),
        ),
        finish=_band(
            race_speed,
            fastest=value("conditioning.session.finish_fastest_share"),
            slowest=value("conditioning.session.finish_slowest_share"),
        ),
        race=None
        if race is None
        else (
            seconds_a_kilometre(asked.race.distance_m / race.median),
            seconds_a_kilometre(asked.race.distance_m / race.high),
        ),
        easy_speed_m_s=easy_speed,
        repeat_speed_m_s=fast,
    )


def easy_speed_m_s(asked: TrainingAsked) -> float:
    """Speed of an easy run: a share of critical speed, else the runner's middle run, else ours."""
    if asked.critical_speed_m_s is not None:
        return asked.critical_speed_m_s * value("conditioning.session.easy_share")
    speeds = sorted(
        run.distance_m / run.moving_s
        for run in asked.history
        if run.day <= asked.today and run.moving_s > 0 and not run.is_race
    )
    return speeds[len(speeds) // 2] if speeds else value("conditioning.rule.beginner_m_s")


def seconds_a_kilometre(speed_m_s: float) -> float:
    """Pace of a speed."""
    return KILOMETRE_M / speed_m_s


def _band(speed_m_s: float | None, *, fastest: float, slowest: float) -> Band | None:
    if not speed_m_s:
        return None
    return seconds_a_kilometre(speed_m_s * fastest), seconds_a_kilometre(speed_m_s * slowest)
