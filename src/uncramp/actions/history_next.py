"""From which day on a proposed run may be tried, and where it stands in a plan that is kept."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.plans_kept import newest_training
from uncramp.actions.races import list_races
from uncramp.actions.rehearsals_kept import rehearsals_kept
from uncramp.evidence import value
from uncramp.rehearsal.shapes import Heat
from uncramp.training_plan import Novelty

if TYPE_CHECKING:
    from uncramp.actions.history_sets import Runs
    from uncramp.history.shapes import Next

__all__ = ["PlannedRun", "planned_run", "rested_on"]

NEW_IN: Final = MappingProxyType({"cool_beyond": Novelty.LONGEST, "cool_downhill": Novelty.DESCENT})
"""What a session of a training plan has to have for being the run that is proposed."""
DAY: Final = timedelta(days=1)
HOT: Final = "hot_within"
OF_DRINK: Final = (HOT, "drink_plan")
"""Proposals that are rehearsals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """A run of a kept plan on which the proposed change is tried."""

    race_id: int
    session_id: str
    day: date
    distance_m: float


def rested_on(runs: Runs) -> date | None:
    """The first day for a run that is a test; None where that is today.

    Not within two weeks of a race, or of another run, that went beyond what training had come to,
    nor before one that is so near; and after a cramp as long as training is easy only.
    """
    today, base_m = runs.context.now.date(), runs.longest_now_m() or 0.0
    rest = timedelta(days=value("conditioning.rule.spent_days"))
    ratio = value("conditioning.rule.spent_ratio")
    over = [run for run in runs.trained if run.day <= today]
    spent = [run.day for run in over
             if run.distance_m > (base_m if run.is_race else ratio * base_m)]  # fmt: skip
    races = [one.race for one in list_races(runs.context) if (one.race.distance_m or 0.0) > base_m]
    spent += [race.day for race in races if today <= race.day <= today + rest]
    sore = timedelta(hours=value("conditioning.screen.easy_after_cramp_h"))
    free = [day + rest for day in spent] + [run.day + sore for run in over if run.cramped]
    last = max(free, default=today - DAY)
    return last + DAY if last >= today else None


def planned_run(context: Context, proposed: Next) -> PlannedRun | None:
    """The first run to come, of any race's plans, that is what is proposed; None without one.

    It goes no further than what is proposed, and comes no sooner after a race.
    """
    first = proposed.not_before or context.now.date()
    rest = timedelta(days=value("conditioning.rule.spent_days"))
    races = list_races(context)
    found = [
        run
        for one in races
        for run in runs_of(context, one.race_id, proposed.id)
        if first <= run.day < one.race.day
        and (proposed.distance_m is None or run.distance_m <= proposed.distance_m)
        and not any(other.race.day <= run.day <= other.race.day + rest for other in races)
    ]
    return min(found, key=lambda run: run.day, default=None)


def runs_of(context: Context, race_id: int, proposed: str) -> Iterator[PlannedRun]:
    """Sessions of one race's training plan that have just that change in them, and no other."""
    training = newest_training(context, race_id)
    if training is None:
        return
    tried = rehearsed(context, race_id, proposed)
    for one in training.plan.sessions:
        fits = one.novelties == (NEW_IN[proposed],) if proposed in NEW_IN else one.id in tried
        if fits and one.distance_m is not None:
            yield PlannedRun(race_id=race_id, session_id=one.id, day=one.day,
                             distance_m=one.distance_m)  # fmt: skip


def rehearsed(context: Context, race_id: int, proposed: str) -> Container[str]:
    """Sessions on which the drinking plan is tried; in the heat of the race, where that is it."""
    sets = rehearsals_kept(context, race_id)
    if proposed not in OF_DRINK or not sets:
        return ()
    return {one.session_id for one in sets[-1].rehearsals.rehearsals
            if proposed != HOT or one.heat is Heat.LIKE_THE_RACE}  # fmt: skip
