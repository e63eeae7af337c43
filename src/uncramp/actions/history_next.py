"""Where what `history` proposes to try stands in a plan that is kept already."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.plans_kept import newest_training
from uncramp.actions.races import list_races
from uncramp.actions.rehearsals_kept import rehearsals_kept
from uncramp.rehearsal.shapes import Heat
from uncramp.training_plan import Novelty

if TYPE_CHECKING:
    from uncramp.history.shapes import Next

__all__ = ["PlannedRun", "planned_run"]

NEW_IN: Final = MappingProxyType({"cool_beyond": Novelty.LONGEST, "cool_downhill": Novelty.DESCENT})
"""What a session of a training plan has to have for being the run that is proposed."""
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


def planned_run(context: Context, proposed: Next) -> PlannedRun | None:
    """The first run to come, of any race's plans, that is what is proposed; None without one."""
    today = context.now.date()
    races = [one for one in list_races(context) if one.race.day >= today]
    found = [run for one in races for run in runs_of(context, one.race_id, proposed.id)
             if run.day >= today]  # fmt: skip
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
