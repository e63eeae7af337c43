"""A race within days: what can still change, what must not, and the few easy runs until then.

Nothing gained in these days carries a race; what is done wrong can spoil it. So no rule is
stretched here: short easy runs, one short quick session when there is room for it, days off, and
the things that still help: pace, sleep, drinks that are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from uncramp.evidence import value
from uncramp.training.asked import EVERY_DAY, TrainingAsked
from uncramp.training.sessions import fill
from uncramp.training.slots import Slot
from uncramp.training_plan import (
    Phase,
    RuleState,
    Session,
    SessionKind,
    Status,
    TrainingPlan,
    Week,
)
from uncramp.vocabulary import Said, TrainedRun

__all__ = ["race_week"]

CAN: Final = ("pace", "rest", "sleep", "drinks", "kit")
"""What can still change; `train.race_week.can.<id>`."""
MUST_NOT: Final = ("long", "hard", "strength", "new", "water")
"""What must not; `train.race_week.must_not.<id>`."""
RULES: Final = (
    ("R1", "cohort"), ("R1b", "judgement"), ("R6", "trial"), ("R7", "judgement"), ("R8", "A"),
    ("R9", "cohort"), ("R11", "judgement"), ("R13", "judgement"),
)  # fmt: skip
"""Rules that say something about so few days; all of them hard."""
ALL_RULES: Final = ("R1", "R1b", "R1c", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10",
                    "R11", "R12", "R13")  # fmt: skip
SOFT: Final = frozenset({"R4", "R12"})
WEEK: Final = len(EVERY_DAY)


def race_week(asked: TrainingAsked) -> TrainingPlan:
    """The answer for a race within `conditioning.rule.race_week_days`."""
    slots = (*_runs(asked), _race(asked))
    sessions = fill(slots, asked)
    longest = _longest(asked.history, asked.today, before=asked.today + timedelta(days=1))
    says = [
        _said("train.race_week.soon", days=(asked.race.day - asked.today).days),
        *(_said(f"train.race_week.can.{one}") for one in CAN),
        *(_said(f"train.race_week.must_not.{one}") for one in MUST_NOT),
    ]
    if longest and asked.race.distance_m > longest * value("conditioning.rule.longest_ratio"):
        says.insert(
            1,
            Said(
                id="train.race_week.beyond",
                values={"longest_m": longest, "race_m": asked.race.distance_m},
                sources=("frandsen_2025",),
            ),
        )
    held = dict(RULES)
    return TrainingPlan(
        status=Status.BEST_REACHABLE,
        because=tuple(says),
        sessions=sessions,
        weeks=_weeks(asked, sessions),
        rules=tuple(
            RuleState(id=one, hard=one not in SOFT, held=True, grade=held.get(one, "judgement"),
                      applies=one in held)
            for one in ALL_RULES
        ),
        unmet=(_said("train.race_week.no_gain"),),
    )  # fmt: skip


def _runs(asked: TrainingAsked) -> list[Slot]:
    """Short easy runs on the days there are, one of them quick when it may be."""
    days = _free_days(asked)
    longest = _longest(asked.history, asked.today, before=asked.today + timedelta(days=1))
    left = _left_m(asked)
    short = value("conditioning.race_week.short_m")
    most = min(value("conditioning.race_week.long_m"),
               longest * value("conditioning.rule.last_run_share"))  # fmt: skip
    if most < short or left < short or not days:
        return []
    count = min(len(days), int(left // short))
    chosen = _spread(days, count)
    distance = _whole(min(most, left / count))
    sharp = _sharp_day(asked, chosen, distance)
    return [
        _slot(asked, day, distance, nth=nth, is_sharp=day == sharp, longest=longest)
        for nth, day in enumerate(chosen, 1)
    ]


def _free_days(asked: TrainingAsked) -> list[date]:
    """Days with time from tomorrow to two days before the race; the day before it is a day off."""
    count = (asked.race.day - asked.today).days
    days = [asked.today + timedelta(days=one) for one in range(1, count - 1)]
    return [
        day
        for day in days
        if EVERY_DAY[day.weekday()] in asked.days and day not in asked.blocked_days
    ]


def _left_m(asked: TrainingAsked) -> float:
    """What the last days may still hold: a share of a usual week, less what they had.

    Never more than what the last three weeks lead up to: after weeks off there is nothing.
    """
    volumes = _weeks_run_m(asked)
    recent = volumes[: round(value("conditioning.rule.volume_look_back_weeks"))]
    most = min(
        max(volumes) * value("conditioning.race_week.volume_share"),
        max(recent) * value("conditioning.rule.volume_ratio"),
    )
    first = asked.race.day - timedelta(days=WEEK)
    first = min(first, asked.today)
    done = sum(run.distance_m for run in asked.history if first <= run.day <= asked.today)
    return most - done


def _weeks_run_m(asked: TrainingAsked) -> list[float]:
    """The four weeks before today, the last one first."""
    volumes = []
    for week in range(round(value("conditioning.rule.history_weeks"))):
        after = asked.today - timedelta(days=week * WEEK)
        first = after - timedelta(days=WEEK)
        volumes.append(sum(run.distance_m for run in asked.history if first <= run.day < after))
    return volumes


def _spread(days: Sequence[date], count: int) -> list[date]:
    """So many days of those there are, evenly, the early ones first."""
    return [days[len(days) * one // count] for one in range(count)]


def _sharp_day(asked: TrainingAsked, days: Sequence[date], distance: float) -> date | None:
    """The last day that is far enough from the race, from today's run, and from a cramp."""
    rest = round(value("conditioning.rule.last_easy_days"))
    gap = timedelta(days=round(value("conditioning.rule.hard_gap_careful_days")))
    least = value("conditioning.session.warm_up_m") + value("conditioning.session.cool_down_m")
    if asked.no_timed_repeats or distance < least:
        return None
    fit = [
        day
        for day in days
        if (asked.race.day - day).days > rest
        and day >= asked.today + gap
        and (asked.no_hard_until is None or day >= asked.no_hard_until)
    ]
    return fit[-1] if fit else None


def _slot(
    asked: TrainingAsked, day: date, distance: float, *, nth: int, is_sharp: bool, longest: float
) -> Slot:
    week = ((day - asked.today).days) // WEEK
    return Slot(
        id=_id(day, nth),
        day=day,
        kind=SessionKind.SPEED if is_sharp else SessionKind.EASY,
        distance_m=distance,
        week=week,
        phase=Phase.TAPER,
        is_hard=is_sharp,
        nth=1 if is_sharp else nth,
        l30_m=longest,
        days_to_race=(asked.race.day - day).days,
        sharpen=is_sharp,
    )


def _race(asked: TrainingAsked) -> Slot:
    return Slot(
        id=_id(asked.race.day, 0),
        day=asked.race.day,
        kind=SessionKind.RACE,
        distance_m=asked.race.distance_m,
        week=(asked.race.day - asked.today).days // WEEK,
        phase=Phase.RACE,
    )


def _id(day: date, nth: int) -> str:
    return f"{day - timedelta(days=day.weekday())}-{nth}"


def _longest(history: Sequence[TrainedRun], today: date, *, before: date) -> float:
    """The longest run of the window before a day."""
    window = timedelta(days=value("conditioning.rule.longest_window_days"))
    fresh = (run.distance_m for run in history
             if before - window <= run.day < before and run.day <= today)  # fmt: skip
    return max(fresh, default=0.0)


def _whole(distance_m: float) -> float:
    """In whole steps, downwards."""
    step = value("conditioning.rule.step_m")
    return distance_m // step * step


def _weeks(asked: TrainingAsked, sessions: Sequence[Session]) -> tuple[Week, ...]:
    """The seven days from today, and the rest when there is one."""
    count = (asked.race.day - asked.today).days // WEEK + 1
    found = []
    for week in range(count):
        first = asked.today + timedelta(days=week * WEEK)
        runs = [
            one.distance_m or 0
            for one in sessions
            if one.kind is not SessionKind.RACE and first <= one.day < first + timedelta(days=WEEK)
        ]
        phase = Phase.RACE if week == count - 1 else Phase.TAPER
        longest = max(runs, default=0.0)
        found.append(Week(first=first, phase=phase, distance_m=sum(runs, 0.0), longest_m=longest))
    return tuple(found)


def _said(message: str, *, days: int | None = None) -> Said:
    values = {} if days is None else {"days": days}
    return Said(id=message, values=values, sources=("judgement",))
