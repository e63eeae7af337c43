"""`uncramp rehearse log`: what became of a rehearsal, kept, scored and learnt from.

One tap is enough: "as planned" means the amounts of the plan. Weights go through the sweat tests,
a cramp into the diary, and what is left of the rehearsals is predicted anew from what the scale
taught. Nothing is kept when a part of it cannot be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.diary import mark_run
from uncramp.actions.plans_kept import newest_training
from uncramp.actions.race_pages import tick_session
from uncramp.actions.races import KeptRace, find_race
from uncramp.actions.rehearsal_plans import (
    RehearsalAnswer,
    answer_for,
    held_back_by,
    predict_anew,
)
from uncramp.actions.rehearsal_runs import log_of, row_of, runs_of_sessions, weigh_in_of
from uncramp.actions.rehearsals_kept import (
    RehearsalNote,
    note_rehearsal,
    rehearsal_notes,
    rehearsals_kept,
    trials_kept,
)
from uncramp.actions.runs import find_run, parsed_day
from uncramp.actions.sweat_tests import (
    WeighInAsked,
    add_weigh_in,
    refuse_weighing_under_lock,
)
from uncramp.actions.train_kept import answered_screening
from uncramp.debrief import Gut, Took
from uncramp.errors import InputError, NotFoundError
from uncramp.rehearsal.score import planned_fluid_l
from uncramp.rehearsal.shapes import Arm, Rehearsal
from uncramp.rehearsal.trial import state_of
from uncramp.store.rows import CrampMark
from uncramp.training_plan import Novelty
from uncramp.units import minutes_from_seconds

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow

__all__ = ["GUT", "TOOK", "LogAsked", "log_rehearsal"]

TOOK: Final = tuple(str(one) for one in Took)
GUT: Final = tuple(str(one) for one in Gut)
PLAIN: Final = frozenset({Novelty.LONGEST})
DONE: Final = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAsked:
    """What the runner tells of one rehearsal; None: not said, or as it was said before."""

    run: str | None = None
    """Number, `last` or a day; None: the rehearsal that is due."""
    session: str | None = None
    took: str | None = None
    """One of `TOOK`."""
    gut: str | None = None
    """One of `GUT`."""
    twitched: bool | None = None
    cramped: bool | None = None
    fluid_intake_l: float | None = None
    body_mass_before_kg: float | None = None
    body_mass_after_kg: float | None = None
    urine_output_l: float | None = None
    scale_step_kg: float | None = None
    compares: bool = False
    """A run of the comparison that is under way."""

    @property
    def weighs(self) -> bool:
        """Whether a weight was told."""
        return self.body_mass_before_kg is not None or self.body_mass_after_kg is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """The run that is told of."""

    session_id: str | None
    day: date
    row: ActivityRow | None
    planned: Rehearsal | None
    """As it was predicted last; None for a run that is no rehearsal."""


def log_rehearsal(context: Context, reference: str, asked: LogAsked) -> RehearsalAnswer:
    """Keep what the runner tells, score it, learn from the scale, and predict the rest anew.

    NotFoundError for an unknown race, run or session, `no_rehearsal_due` when nothing waits to be
    told; InputError `unknown_option`, `rehearsal_half_weighed`, `no_comparison`, `one_change`, and
    as `add_weigh_in`.
    """
    took, gut = option("took", asked.took, TOOK), option("gut", asked.gut, GUT)
    kept = find_race(context, reference)
    which = which_run(context, kept, asked)
    before = note_before(context, kept, which)
    if asked.compares and before.arm is None:
        before = placed(context, kept, which, before)
    note = replace(
        before,
        took=before.took if took is None else Took(took),
        gut=before.gut if gut is None else Gut(gut),
        twitched=before.twitched if asked.twitched is None else asked.twitched,
        cramped=before.cramped if asked.cramped is None else asked.cramped,
        activity=None if which.row is None else which.row.activity_id,
    )
    note = replace(note, fluid_intake_l=drunk_l(asked, note, which))
    if asked.weighs:
        weigh(context, asked, note, which)
    if asked.cramped is not None and which.row is not None:
        mark_cramp(context, which.row, cramped=asked.cramped)
    note_rehearsal(context, kept.race_id, note)
    tick(context, kept, which)
    screening = answered_screening(context, {})
    is_free = held_back_by(screening, anew=False) is None
    if is_free and kept.race.day >= context.now.date():
        predict_anew(context, kept)
    return answer_for(context, kept, screening, anew=False)


def option(question: str, given: str | None, allowed: tuple[str, ...]) -> str | None:
    """A word out of a few; InputError `unknown_option` for another one."""
    if given is not None and given not in allowed:
        values = {"question": question, "option": given, "allowed": ", ".join(allowed)}
        raise InputError("unknown_option", values=values)
    return given


# ---------------------------------------------------------------- which run it was


def which_run(context: Context, kept: KeptRace, asked: LogAsked) -> Which:
    """The run and the rehearsal that are meant: as named, else the one that is due."""
    runs = runs_of_sessions(context, kept.race_id)
    if asked.run is None and asked.session is None:
        answer = answer_for(context, kept, answered_screening(context, {}), anew=False)
        planned = answer.due
        if planned is None:
            raise NotFoundError("no_rehearsal_due")
        row = row_of(context, runs.get(planned.session_id))
        return which_of(context, kept, planned.session_id, planned.day, row)
    if asked.run is None:
        return which_of_session(context, kept, asked.session or "", runs)
    if day_without_run(context, asked.run):
        day = parsed_day(asked.run)
        return which_of(context, kept, asked.session or session_on(context, kept, day), day, None)
    row = find_run(context, asked.run)
    day = local_date(context, row) or context.now.date()
    by_run = {number: session for session, number in runs.items()}
    session = asked.session or by_run.get(row.activity_id) or session_on(context, kept, day)
    return which_of(context, kept, session, day, row)


def day_without_run(context: Context, reference: str) -> bool:
    """Whether a day is meant on which no run is stored."""
    try:
        day = parsed_day(reference)
    except InputError:
        return False
    rows = context.store.activities(context.stored_runner(), with_excluded=False)
    return not any(row.is_run and local_date(context, row) == day for row in rows)


def which_of_session(
    context: Context, kept: KeptRace, session_id: str, runs: dict[str, int]
) -> Which:
    """The rehearsal of this id; NotFoundError `unknown_session`."""
    sets = rehearsals_kept(context, kept.race_id)
    days = {one.session_id: one.day for kept_set in sets for one in kept_set.rehearsals.rehearsals}
    if session_id not in days:
        raise NotFoundError("unknown_session", values={"session": session_id})
    row = row_of(context, runs.get(session_id))
    day = days[session_id] if row is None else local_date(context, row) or days[session_id]
    return which_of(context, kept, session_id, day, row)


def session_on(context: Context, kept: KeptRace, day: date) -> str | None:
    """The rehearsal of a day; None without one."""
    sets = rehearsals_kept(context, kept.race_id)
    found = [one.session_id for kept_set in sets for one in kept_set.rehearsals.rehearsals
             if one.day == day]  # fmt: skip
    return found[-1] if found else None


def which_of(
    context: Context,
    kept: KeptRace,
    session_id: str | None,
    day: date,
    row: ActivityRow | None,
) -> Which:
    """The same with what was planned. InputError `rehearsal_to_come` for a day to come."""
    if day > context.now.date():
        raise InputError("rehearsal_to_come", values={"day": day})
    sets = rehearsals_kept(context, kept.race_id)
    planned = [one for kept_set in sets for one in kept_set.rehearsals.rehearsals
               if one.session_id == session_id]  # fmt: skip
    return Which(session_id=session_id, day=day, row=row, planned=planned[-1] if planned else None)


def note_before(context: Context, kept: KeptRace, which: Which) -> RehearsalNote:
    """What was told of it before, or an empty note."""
    fresh = RehearsalNote(session_id=which.session_id, day=which.day)
    notes = {one.name: one for one in rehearsal_notes(context, kept.race_id)}
    return replace(notes.get(fresh.name, fresh), day=which.day)


def placed(context: Context, kept: KeptRace, which: Which, note: RehearsalNote) -> RehearsalNote:
    """The note in the next place of the comparison under way; InputError `no_comparison`."""
    trials = trials_kept(context, kept.race_id)
    if not trials or trials[-1].trial.ended is not None:
        raise NotFoundError("no_comparison")
    refuse_new_things(context, kept, which)
    trial = trials[-1].trial
    mine = [one for one in rehearsal_notes(context, kept.race_id) if one.trial == trials[-1].name]
    state = state_of(trial, [log_of(context, one) for one in mine], available_runs=0)
    if state.next_arm is None:
        raise NotFoundError("no_comparison")
    taken = {one.position for one in mine}
    position = next(at for at in range(len(trial.order)) if at not in taken)
    return replace(note, trial=trials[-1].name, arm=state.next_arm, position=position)


def refuse_new_things(context: Context, kept: KeptRace, which: Which) -> None:
    """InputError `one_change` for a run on which something else was new as well."""
    training = newest_training(context, kept.race_id)
    sessions = () if training is None else training.plan.sessions
    session = next((one for one in sessions if one.id == which.session_id), None)
    if session is not None and set(session.novelties) - PLAIN:
        raise InputError("one_change")


# ---------------------------------------------------------------- what is kept


def drunk_l(asked: LogAsked, note: RehearsalNote, which: Which) -> float | None:
    """What was drunk: as told, else as planned; None where neither says."""
    if asked.fluid_intake_l is not None:
        return asked.fluid_intake_l
    if note.fluid_intake_l is not None:
        return note.fluid_intake_l
    if note.took is Took.NOTHING:
        return 0.0
    is_plan = note.took is Took.AS_PLANNED and note.arm is not Arm.USUAL
    if is_plan and which.planned is not None and which.planned.schedule:
        return planned_fluid_l(which.planned, minutes_of(which))
    return None


def minutes_of(which: Which) -> float | None:
    """How long the run took; without one, as it was planned."""
    row = which.row
    if row is not None:
        seconds = row.elapsed_s or row.moving_s
        return None if seconds is None else minutes_from_seconds(seconds)
    return None if which.planned is None else which.planned.duration_min


def weigh(context: Context, asked: LogAsked, note: RehearsalNote, which: Which) -> None:
    """Keep the weights as a sweat test; one that is there already stays as it is."""
    refuse_weighing_under_lock(context)
    before_kg, after_kg = asked.body_mass_before_kg, asked.body_mass_after_kg
    if before_kg is None or after_kg is None or note.fluid_intake_l is None:
        raise InputError("rehearsal_half_weighed")
    row = which.row
    if weigh_in_of(context, activity=None if row is None else row.activity_id, day=which.day):
        raise InputError("rehearsal_weighed_already", values={"day": which.day})
    told = WeighInAsked(
        body_mass_before_kg=before_kg,
        body_mass_after_kg=after_kg,
        fluid_intake_l=note.fluid_intake_l,
        urine_output_l=asked.urine_output_l,
        scale_step_kg=asked.scale_step_kg,
    )
    if row is not None:
        told = replace(told, run=str(row.activity_id))
    else:
        planned = which.planned
        told = replace(
            told,
            without_run=True,
            day=which.day,
            duration_min=minutes_of(which),
            distance_m=None if planned is None else planned.distance_m,
        )
    add_weigh_in(context, told)


def mark_cramp(context: Context, row: ActivityRow, *, cramped: bool) -> None:
    """Note in the diary whether it cramped."""
    if cramped:
        mark_run(context, str(row.activity_id))
        return
    mark = CrampMark(activity_id=row.activity_id, cramped="no", source="typed", at=context.now)
    context.store.save_mark(context.stored_runner(), mark)


def tick(context: Context, kept: KeptRace, which: Which) -> None:
    """Tick the session off in the training plan, when it is in it."""
    training = newest_training(context, kept.race_id)
    sessions = () if training is None else training.plan.sessions
    if which.session_id is not None and any(one.id == which.session_id for one in sessions):
        tick_session(context, kept.race_id, which.session_id, DONE)
