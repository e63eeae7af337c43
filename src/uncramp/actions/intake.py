"""What was drunk, and the salt taken, on stored runs: the one place that knows what runners told.

A weigh-in tells how much was drunk. A rehearsal or a race that went as planned tells each drink and
its salt, where or when the plan had it. What nobody told is not known, which is not none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.debrief_notes import debrief_note
from uncramp.actions.from_plain import from_plain
from uncramp.actions.plans_kept import plans_before
from uncramp.actions.races import list_races, run_of_race
from uncramp.actions.rehearsal_runs import row_of, told_rehearsals
from uncramp.debrief import Took
from uncramp.drink_plan import DrinkPlan, Take
from uncramp.evidence import value
from uncramp.rehearsal.shapes import Arm
from uncramp.units import seconds_from_minutes
from uncramp.vocabulary import WeighIn

if TYPE_CHECKING:
    from uncramp.actions.races import KeptRace
    from uncramp.simulation.scenario import Exercise
    from uncramp.store.rows import ActivityRow
    from uncramp.vocabulary import FloatArray

__all__ = ["ToldIntake", "told_intakes"]

DRINKING: Final = "drinking"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldIntake:
    """What a runner told of the intake on one run."""

    fluid_intake_l: float | None = None
    """All that was drunk; None: what the plan had, where it was followed."""
    over_min: float | None = None
    """How long that was measured over; None: the whole run."""
    planned: tuple[Take, ...] | None = None
    """The plan that was followed; empty: nothing was taken. None: salt is not known."""
    by_place: bool = False
    """A race plan goes by place on the course, a rehearsal by the clock."""

    def each_minute(self, run: Exercise) -> tuple[FloatArray | None, FloatArray | None]:
        """Litres drunk and milligrams of sodium taken in each minute; None for what nobody told.

        A drink that the run ended before was not taken. A measured amount is spread as the plan
        had its drinks; one that says that the plan was not followed evenly, and with it nobody
        knows of the salt.
        """
        planned = self.planned_each_minute(run)
        if self.fluid_intake_l is None:
            return planned
        if planned[0] is not None and is_near(self.fluid_intake_l, float(planned[0].sum())):
            shape, sodium_mg = planned
        else:
            shape = sodium_mg = None
        if shape is None or not shape.any():
            until = run.n_minutes if self.over_min is None else max(1, round(self.over_min))
            shape = np.where(np.arange(run.n_minutes) < until, 1.0, 0.0)
        return self.fluid_intake_l * shape / shape.sum(), sodium_mg

    def planned_each_minute(self, run: Exercise) -> tuple[FloatArray | None, FloatArray | None]:
        """The same of the plan that was followed."""
        if self.planned is None:
            return None, None
        fluid_l, sodium_mg = np.zeros(run.n_minutes), np.zeros(run.n_minutes)
        for take, minute in zip(self.planned, self.minutes_of_takes(run), strict=True):
            if minute < run.n_minutes:
                fluid_l[int(minute)] += take.fluid_l
                sodium_mg[int(minute)] += take.sodium_mg
        return fluid_l, sodium_mg

    def minutes_of_takes(self, run: Exercise) -> FloatArray:
        """When each drink of the plan was due on this run."""
        takes = self.planned or ()
        if not self.by_place:
            return np.array([one.at_min for one in takes])
        metres = np.cumsum(run.speed_m_s * seconds_from_minutes(1.0))
        return np.searchsorted(metres, [one.at_m for one in takes]).astype(float)


def is_near(told_l: float, planned_l: float) -> bool:
    """Whether so much was drunk as planned, as rehearsals are held to it."""
    return abs(told_l - planned_l) <= planned_l * value("rehearsal.fit.drink_pct") / 100


def told_intakes(context: Context) -> dict[int, ToldIntake]:
    """What was told of each stored run of which anything was; the scale goes before the plan."""
    found: dict[int, ToldIntake] = {}
    for kept in list_races(context):
        found |= dict(told_of_rehearsals(context, kept)) | dict(told_of_race(context, kept))
    for test in context.store.sweat_tests(context.stored_runner()):
        if test.activity is not None and isinstance(test.test, WeighIn):
            found[test.activity] = replace(
                found.get(test.activity, ToldIntake()),
                fluid_intake_l=test.test.fluid_intake_l,
                over_min=test.test.duration_min,
            )
    return found


def told_of_rehearsals(context: Context, kept: KeptRace) -> Iterator[tuple[int, ToldIntake]]:
    """Rehearsals of one race, each with the run it became."""
    for told in told_rehearsals(context, kept.race_id):
        note, plan = told.note, told.planned
        is_plan = plan is not None and note.arm is not Arm.USUAL
        planned = takes_of(note.took, plan.schedule if plan is not None and is_plan else None)
        if told.row is not None and (note.fluid_intake_l is not None or planned is not None):
            known = ToldIntake(fluid_intake_l=note.fluid_intake_l, planned=planned)
            yield told.row.activity_id, known


def told_of_race(context: Context, kept: KeptRace) -> Iterator[tuple[int, ToldIntake]]:
    """The race itself, held against the drinking plan that stood when it began."""
    told = debrief_note(context, kept.race_id)
    if told is None or told.note.took is None:
        return
    row = run_told_of(context, kept, told.note.activity)
    if row is None:
        return
    plans = plans_before(context, kept.race_id, kept.race.day, began=row.start_utc)
    kinds = [one for one in plans if one.name == DRINKING]
    plan = from_plain(DrinkPlan, kinds[-1].content["plan"]).schedule if kinds else None
    planned = takes_of(told.note.took, plan)
    if planned is not None:
        yield row.activity_id, ToldIntake(planned=planned, by_place=True)


def run_told_of(context: Context, kept: KeptRace, number: int | None) -> ActivityRow | None:
    """The run of the race that was looked back on; that of the day when it was imported again."""
    row = row_of(context, number)
    if row is not None and local_date(context, row) == kept.race.day:
        return row
    return run_of_race(context, kept.race)


def takes_of(took: Took | None, plan: tuple[Take, ...] | None) -> tuple[Take, ...] | None:
    """What was taken, where the words settle it: the plan, or nothing at all."""
    if took is Took.NOTHING:
        return ()
    return plan if took is Took.AS_PLANNED else None
