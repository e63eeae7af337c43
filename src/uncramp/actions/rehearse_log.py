"""`uncramp rehearse log`: what became of a rehearsal, kept, scored and learnt from.

One tap is enough: "as planned" means the amounts of the plan. Weights go through the sweat tests,
a cramp into the diary, and what is left of the rehearsals is predicted anew from what the scale
taught. Nothing is kept when a part of it cannot be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
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
from uncramp.actions.rehearsal_runs import (
    began,
    drunk_l,
    log_of,
    planned_in,
    row_of,
    runs_of_sessions,
    set_before,
    told_rehearsals,
    weigh_in_of,
)
from uncramp.actions.rehearsals_kept import (
    RehearsalNote,
    note_rehearsal,
    rehearsal_notes,
    rehearsals_kept,
    trials_kept,
)
from uncramp.actions.runner_body import runner_body
from uncramp.actions.runs import find_run, parsed_day
from uncramp.actions.sweat_tests import (
    Checked,
    WeighInAsked,
    check_plausible_weigh_in,
    keep_test,
    refuse_out_of_range,
    refuse_weighing_under_lock,
)
from uncramp.actions.train_kept import answered_screening
from uncramp.debrief import Gut, Took
from uncramp.errors import InputError, NotFoundError
from uncramp.evidence import value
from uncramp.rehearsal.shapes import Rehearsal
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
A_WEEK: Final = timedelta(days=7)
"""A long run that was moved is still that run; later it is another one."""


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
    told, `no_comparison`; InputError `unknown_option`, `rehearsal_which`, `rehearsal_told_already`,
    `rehearsal_other_session`, `rehearsal_half_weighed`, `rehearsal_drunk_missing`,
    `rehearsal_no_run`, `comparison_not_this_run`, `one_change`, and as `check_plausible_weigh_in`.
    """
    took, gut = option("took", asked.took, TOOK), option("gut", asked.gut, GUT)
    refuse_out_of_range(asked)
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
        fluid_intake_l=told_l(asked, before),
    )
    if asked.weighs:
        keep_test(context, weighing(context, asked, note, which))
    if asked.cramped is not None and which.row is not None:
        mark_cramp(context, which.row, cramped=asked.cramped)
    note_rehearsal(context, kept.race_id, note)
    tick(context, kept, which)
    screening = answered_screening(context, {})
    is_free = held_back_by(screening, anew=False) is None
    is_known = runner_body(context).simulated is not None
    if is_free and is_known and kept.race.day >= context.now.date():
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
        return which_due(context, kept, runs)
    if asked.run is None:
        which = which_of_session(context, kept, asked.session or "", runs)
        return refuse_another(context, kept, which)
    if day_without_run(context, asked.run):
        day = parsed_day(asked.run)
        session = asked.session or session_on(context, kept, day)
        return refuse_another(context, kept, which_of(context, kept, session, day, None))
    row = find_run(context, asked.run)
    day = local_date(context, row) or context.now.date()
    by_run = {number: session for session, number in runs.items()
              if session in days_of_sessions(context, kept)}  # fmt: skip
    told = {one.row.activity_id: one.note.session_id
            for one in told_rehearsals(context, kept.race_id) if one.row is not None}  # fmt: skip
    session = asked.session or told.get(row.activity_id) or by_run.get(row.activity_id)
    session = session or session_on(context, kept, day)
    return refuse_another(context, kept, which_of(context, kept, session, day, row))


def which_due(context: Context, kept: KeptRace, runs: Mapping[str, int]) -> Which:
    """The one that waits; NotFoundError `no_rehearsal_due`, InputError `rehearsal_which` of two."""
    answer = answer_for(context, kept, answered_screening(context, {}), anew=False)
    planned, today = answer.due, context.now.date()
    if planned is None:
        raise NotFoundError("no_rehearsal_due")
    row = row_of(context, runs.get(planned.session_id))
    day = planned.day if row is None else local_date(context, row) or planned.day
    of_today = session_on(context, kept, today)
    settled = {None, planned.session_id, *runs, *(one.log.session_id for one in answer.scored)}
    if day != today and of_today not in settled:
        raise InputError("rehearsal_which", values={"day": day, "today": today})
    return which_of(context, kept, planned.session_id, day, row)


def refuse_another(context: Context, kept: KeptRace, which: Which) -> Which:
    """The same, when it can be that rehearsal.

    InputError `rehearsal_other_session` for a session of another week, `rehearsal_told_already`
    for a run that is another rehearsal already.
    """
    day = days_of_sessions(context, kept).get(which.session_id or "")
    if day is not None and abs(which.day - day) > A_WEEK:
        raise InputError("rehearsal_other_session", values={"planned": day, "day": which.day})
    number = None if which.row is None else which.row.activity_id
    for one in told_rehearsals(context, kept.race_id):
        is_run = one.row is not None and one.row.activity_id == number
        if is_run and one.note.session_id not in (None, which.session_id):
            raise InputError("rehearsal_told_already")
    return which


def day_without_run(context: Context, reference: str) -> bool:
    """Whether a day is meant on which no run is stored."""
    try:
        day = parsed_day(reference)
    except InputError:
        return False
    rows = context.store.activities(context.stored_runner(), with_excluded=False)
    return not any(row.is_run and local_date(context, row) == day for row in rows)


def days_of_sessions(context: Context, kept: KeptRace) -> dict[str, date]:
    """Every session that was ever a rehearsal of the race, with its day."""
    sets = rehearsals_kept(context, kept.race_id)
    return {one.session_id: one.day for each in sets for one in each.rehearsals.rehearsals}


def which_of_session(
    context: Context, kept: KeptRace, session_id: str, runs: Mapping[str, int]
) -> Which:
    """The rehearsal of this id; NotFoundError `unknown_session`."""
    days = days_of_sessions(context, kept)
    if session_id not in days:
        raise NotFoundError("unknown_session", values={"session": session_id})
    row = row_of(context, runs.get(session_id))
    day = days[session_id] if row is None else local_date(context, row) or days[session_id]
    return which_of(context, kept, session_id, day, row)


def session_on(context: Context, kept: KeptRace, day: date) -> str | None:
    """The rehearsal of a day; None without one."""
    found = [name for name, on in days_of_sessions(context, kept).items() if on == day]
    return found[-1] if found else None


def which_of(
    context: Context,
    kept: KeptRace,
    session_id: str | None,
    day: date,
    row: ActivityRow | None,
) -> Which:
    """The same with what was planned before it.

    InputError `rehearsal_to_come` for a day to come, NotFoundError `unknown_session` for a session
    that is no rehearsal.
    """
    if day > context.now.date():
        raise InputError("rehearsal_to_come", values={"day": day})
    if session_id is not None and session_id not in days_of_sessions(context, kept):
        raise NotFoundError("unknown_session", values={"session": session_id})
    before = set_before(rehearsals_kept(context, kept.race_id), began(context, row, day))
    planned = None if before is None else planned_in(before, session_id)
    return Which(session_id=session_id, day=day, row=row, planned=planned)


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
    refuse_unlike(which, trial.began)
    every = told_rehearsals(context, kept.race_id)
    mine = [one for one in every if one.note.trial == trials[-1].name]
    state = state_of(trial, [log_of(context, one) for one in mine], available_runs=0)
    if state.next_arm is None:
        raise NotFoundError("no_comparison")
    taken = {one.note.position for one in mine}
    position = next(at for at in range(len(trial.order)) if at not in taken)
    return replace(note, trial=trials[-1].name, arm=state.next_arm, position=position)


def refuse_new_things(context: Context, kept: KeptRace, which: Which) -> None:
    """InputError `one_change` for a run on which something else was new as well."""
    training = newest_training(context, kept.race_id)
    sessions = () if training is None else training.plan.sessions
    session = next((one for one in sessions if one.id == which.session_id), None)
    if session is not None and set(session.novelties) - PLAIN:
        raise InputError("one_change")


def refuse_unlike(which: Which, first: date) -> None:
    """InputError `comparison_not_this_run` for one from before it began, or one that is short.

    The outcome of a run that is over is known: to choose it then is to choose the outcome.
    """
    minutes = minutes_of(which)
    is_short = minutes is not None and minutes < value("rehearsal.fit.least_min")
    if which.day < first or is_short:
        raise InputError("comparison_not_this_run")


# ---------------------------------------------------------------- what is kept


def told_l(asked: LogAsked, before: RehearsalNote) -> float | None:
    """Litres that were told, now or before; another word for what was taken ends the old ones."""
    if asked.fluid_intake_l is not None:
        return asked.fluid_intake_l
    is_another = asked.took is not None and asked.took != before.took
    return None if is_another else before.fluid_intake_l


def minutes_of(which: Which) -> float | None:
    """How long the run took; without one, as it was planned."""
    row = which.row
    if row is not None:
        seconds = row.elapsed_s or row.moving_s
        return None if seconds is None else minutes_from_seconds(seconds)
    return None if which.planned is None else which.planned.duration_min


def weighing(context: Context, asked: LogAsked, note: RehearsalNote, which: Which) -> Checked:
    """The weights as a sweat test of the run, of which there is none yet; keeps nothing."""
    refuse_weighing_under_lock(context)
    before_kg, after_kg = asked.body_mass_before_kg, asked.body_mass_after_kg
    if before_kg is None or after_kg is None:
        raise InputError("rehearsal_half_weighed")
    row = which.row
    if row is None:
        raise InputError("rehearsal_no_run", values={"day": which.day})
    if weigh_in_of(context, activity=row.activity_id, day=which.day):
        raise InputError("rehearsal_weighed_already", values={"day": which.day})
    fluid_l = drunk_l(note, which.planned, minutes_of(which))
    if fluid_l is None:
        raise InputError("rehearsal_drunk_missing")
    return check_plausible_weigh_in(
        context,
        WeighInAsked(
            run=str(row.activity_id),
            body_mass_before_kg=before_kg,
            body_mass_after_kg=after_kg,
            fluid_intake_l=fluid_l,
            urine_output_l=asked.urine_output_l,
            scale_step_kg=asked.scale_step_kg,
        ),
    )


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
