"""`train` for a kept race: the plan is made from the stored runs, kept, and changed with them.

The screen is asked before a plan is made; an answer that opens a stop or a lock opens it for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from uncramp.actions.cases import profile_facts
from uncramp.actions.context import Context
from uncramp.actions.history_own import cramped_muscles
from uncramp.actions.plans_kept import (
    KeptTraining,
    SessionNote,
    SessionState,
    keep_plan,
    newest_training,
    note_session,
    session_notes,
)
from uncramp.actions.race_requests import RaceRequest, RequestScreen, with_wbgt
from uncramp.actions.races import KeptRace, find_race
from uncramp.actions.train import TrainAnswer, TrainWishes, asked_of, train_answer, wishes_from
from uncramp.actions.trained_runs import trained_runs
from uncramp.actions.why import usable_answers
from uncramp.errors import InputError, NotFoundError
from uncramp.screening import Screening, screen
from uncramp.training.screening import TrainingScreen
from uncramp.training.update import Comparison, State, compare, told_runs
from uncramp.training_plan import Status
from uncramp.vocabulary import Answers, TrainedRun

__all__ = ["answered_screening", "kept_answer", "train_of_race", "update_training"]

CHRONIC: Final = ("health", "past", "medicines")
"""Screening questions whose answers do not age: what they opened stays open."""
TOLD: Final[Mapping[SessionState, State]] = {
    "done": State.DONE,
    "missed": State.MISSED,
    "moved": State.MOVED,
    "painful": State.PAINFUL,
}


def train_of_race(
    context: Context, reference: str, wishes: TrainWishes, *, answers: Answers | None = None
) -> TrainAnswer:
    """A new plan for a kept race; `answers` are those to the screen, which are kept.

    Nothing is kept of a plan that may not be. NotFoundError for an unknown runner or race,
    InputError `race_is_over`.
    """
    kept = _race_to_come(context, reference)
    if not wishes.cramped_muscles:
        wishes = replace(wishes, cramped_muscles=cramped_muscles(context))
    screening = answered_screening(context, answers or {})
    request = _request(context, kept, screening=screening, complete=screening.complete)
    made = train_answer(request, replace(wishes, cleared=_cleared(context)))
    unanswered = () if screening.stops else screening.unanswered
    made = replace(made, reference=str(kept.race_id), unanswered=unanswered)
    return _keep(context, kept, made, wishes)


def update_training(
    context: Context,
    reference: str,
    *,
    told: Mapping[date, str] | None = None,
    moves: Mapping[date, date] | None = None,
) -> TrainAnswer:
    """The kept plan made anew after what was run, missed, moved or painful; least change.

    `told` says what became of the sessions of a day, `moves` which day takes whose place.
    NotFoundError `no_training_plan` without a plan, InputError `no_session_on` for a day without
    a session.
    """
    kept = _race_to_come(context, reference)
    before = newest_training(context, kept.race_id)
    if before is None:
        raise NotFoundError("no_training_plan")
    _days_of(before, (*(told or {}), *(moves or {})))
    for day, state in (told or {}).items():
        _note(context, kept, before, day, state)
    wishes = wishes_from(_plain_wishes(before.request))
    wishes = replace(wishes, fixed_days=dict(moves or {}), cleared=_cleared(context))
    request = _request(context, kept, screening=answered_screening(context, {}), complete=True)
    notes = session_notes(context, kept.race_id)
    history, comparison = _compared(before, request, notes)
    request = replace(request, history=history)
    made = train_answer(request, wishes, kept=before.plan, comparison=comparison)
    made = replace(made, reference=str(kept.race_id))
    return _keep(context, kept, made, wishes)


def kept_answer(context: Context, kept: KeptRace, training: KeptTraining) -> TrainAnswer:
    """A kept plan with what it was made from on its day, as it was answered then."""
    wishes = wishes_from(_plain_wishes(training.request))
    made_from = training.request.get("made_from") or {}
    today = date.fromisoformat(made_from.get("today") or training.at.date().isoformat())
    request = _request(context, kept, screening=answered_screening(context, {}), complete=True)
    told = tuple(
        TrainedRun(
            day=date.fromisoformat(one["date"]),
            distance_m=one["distance_m"],
            moving_s=one["moving_s"],
        )
        for one in made_from.get("told") or ()
    )
    runs = sorted((*request.history, *told), key=lambda run: run.day)
    request = replace(request, today=today, history=tuple(run for run in runs if run.day <= today))
    until = made_from.get("no_hard_until")
    asked = replace(
        asked_of(request, wishes),
        no_hard_until=None if until is None else date.fromisoformat(until),
        no_timed_repeats=made_from.get("no_timed_repeats") is True,
        fixed_days={day: day for day in map(date.fromisoformat, made_from.get("also") or ())},
    )
    return TrainAnswer(
        race=request.race,
        plan=training.plan,
        asked=asked,
        screening=request.screen.screening,
        screen=TrainingScreen(),
        reference=str(kept.race_id),
        sequence=training.sequence,
    )


def _race_to_come(context: Context, reference: str) -> KeptRace:
    kept, today = find_race(context, reference), context.now.date()
    if kept.race.day < today:
        raise InputError("race_is_over", values={"day": kept.race.day, "today": today})
    return kept


def answered_screening(context: Context, given: Answers) -> Screening:
    """The screen as it is answered now; what it opens is opened in the store."""
    store, runner = context.store, context.stored_runner()
    if given:
        store.save_answers(runner, None, given, at=context.now)
    saved = store.answers(runner, None)
    told: dict[str, Any] = {one: saved[one].answer for one in CHRONIC if one in saved}
    told |= usable_answers(context, saved)
    rows = store.open_flags(runner)
    found = screen(
        {**told, **profile_facts(runner.profile)},
        open_stops=[row.flag_id for row in rows if row.kind == "stop"],
        open_locks=[row.flag_id for row in rows if row.kind == "lock"],
    )
    known = {row.flag_id for row in rows}
    if given:
        for stop in found.stops:
            if stop.id not in known:
                store.open_flag(runner, flag_id=stop.id, kind="stop", at=context.now)
        for lock in found.locks:
            if lock.id not in known:
                store.open_flag(runner, flag_id=lock.id, kind="lock", at=context.now)
    return found


def _cleared(context: Context) -> tuple[str, ...]:
    """Locks that a clinician has cleared: what they ask for afterwards stays."""
    flags = context.store.flags(context.stored_runner())
    return tuple(
        dict.fromkeys(row.flag_id for row in flags if row.kind == "lock" and row.cleared_on)
    )


def _request(
    context: Context, kept: KeptRace, *, screening: Screening, complete: bool
) -> RaceRequest:
    today = context.now.date()
    return RaceRequest(
        runner=context.stored_runner().profile,
        today=today,
        race=with_wbgt(kept.race),
        history=tuple(run for run in trained_runs(context) if run.day <= today),
        screen=RequestScreen(complete=complete, screening=screening),
    )


def _compared(
    before: KeptTraining, request: RaceRequest, notes: Mapping[str, SessionNote]
) -> tuple[tuple[TrainedRun, ...], Comparison]:
    """The runs with those that were only told, and what became of each session."""
    told = {name: TOLD[note.state] for name, note in notes.items() if note.state in TOLD}
    history = told_runs(before.plan, told=told, history=request.history, today=request.today)
    made_on = before.at.date() - timedelta(days=1)
    comparison = compare(
        before.plan, history=history, today=request.today, told=told, first=made_on
    )
    hurt = tuple(note.day for note in notes.values() if note.state == "painful" and note.day)
    return history, replace(comparison, hurt_on=hurt)


def _days_of(before: KeptTraining, days: Sequence[date]) -> None:
    """InputError `no_session_on` for a day on which the plan has nothing."""
    planned = {one.day for one in before.plan.sessions}
    for day in days:
        if day not in planned:
            raise InputError("no_session_on", values={"day": day})


def _note(context: Context, kept: KeptRace, before: KeptTraining, day: date, state: str) -> None:
    """Keep what became of the sessions of a day."""
    allowed: tuple[SessionState, ...] = ("done", "missed", "painful", "to_come")
    found = [one for one in allowed if one == state]
    if not found:
        values = {"question": "state", "option": state, "allowed": ", ".join(allowed)}
        raise InputError("unknown_option", values=values)
    for session in before.plan.sessions:
        if session.day == day:
            note = SessionNote(session_id=session.id, state=found[0], day=day)
            note_session(context, kept.race_id, note)


def _keep(context: Context, kept: KeptRace, made: TrainAnswer, wishes: TrainWishes) -> TrainAnswer:
    """Keep a plan that may be; a refused one leaves the kept plan as it was."""
    if made.plan.status is Status.REFUSED:
        return made
    keep_plan(context, kept.race_id, "training", made.plan, request=_wishes_data(wishes, made))
    newest = newest_training(context, kept.race_id)
    return made if newest is None else replace(made, sequence=newest.sequence)


def _wishes_data(wishes: TrainWishes, made: TrainAnswer) -> dict[str, Any]:
    """The wishes as they are kept, with the days that were taken."""
    return {
        "days": list(wishes.days or made.asked.days),
        "strength_days": list(wishes.strength_days),
        "cramped_muscles": list(wishes.cramped_muscles),
        "recently_injured": wishes.recently_injured,
        "more_recovery": wishes.more_recovery,
        "blocked_days": list(wishes.blocked_days),
        "made_from": {
            "today": made.asked.today,
            "no_hard_until": made.asked.no_hard_until,
            "no_timed_repeats": made.asked.no_timed_repeats,
            "also": list(made.asked.fixed_days.values()),
            "told": [
                {"date": run.day, "distance_m": run.distance_m, "moving_s": run.moving_s}
                for run in made.asked.history
                if run.run_id is None
            ],
        },
    }


def _plain_wishes(kept: Mapping[str, Any]) -> dict[str, Any]:
    names = ("days", "strength_days", "cramped_muscles", "recently_injured", "more_recovery",
             "blocked_days")  # fmt: skip
    return {name: kept[name] for name in names if name in kept}
