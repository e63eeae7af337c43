"""What a training plan is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from uncramp.training_plan import TrainingPlan
from uncramp.vocabulary import Interval, PlannedRace, TrainedRun, UserProfile

__all__ = ["EVERY_DAY", "TrainingAsked"]

EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingAsked:
    """Everything the planner knows; it asks nobody and reads no clock."""

    runner: UserProfile
    today: date
    race: PlannedRace
    history: tuple[TrainedRun, ...]
    """Runs done, races too; those after `today` are left out. Runs of `today` are done: nothing
    more is planned for that day."""
    days: tuple[str, ...]
    """Days of the week on which there is time to run, `mon` to `sun`."""
    strength_days: tuple[str, ...] = ()
    """Days for strength; empty: any day of `days`, or a day without a run, as it fits best."""
    cramped_muscles: tuple[str, ...] = ()
    recently_injured: bool = False
    """Injured in the last twelve months."""
    more_recovery: bool = False
    """Every third week is to be a recovery week, because the runner asked."""
    race_time_s: Interval | None = None
    """The prediction, never the goal: paces come from it (R11)."""
    critical_speed_m_s: float | None = None
    no_hard_until: date | None = None
    """Easy running only before this day: after a cramp, or while something hurts."""
    no_timed_repeats: bool = False
    """Sickle cell trait: no timed repeats at all; no speed and no fast finish."""
    no_heavy_legs: bool = False
    limit_first_week: float | None = None
    """Share of the last volume that the first week may have: 0.8 after a week off (5.2)."""
    blocked_days: tuple[date, ...] = ()
    """Single days without time."""
    fixed_days: Mapping[date, date] = field(default_factory=dict)
    """Sessions moved by the runner: from which day of the kept plan to which."""
    kept: TrainingPlan | None = None
    """The plan as it is, when it is to be changed as little as can be."""
