"""What the pages of a race show of its training: the newest plan, its sessions, the plan before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from uncramp.actions.context import Context
from uncramp.actions.from_plain import from_plain
from uncramp.actions.plans_kept import (
    SessionNote,
    newest_training,
    note_session,
    session_notes,
)
from uncramp.actions.trained_runs import trained_runs
from uncramp.errors import NotFoundError
from uncramp.training.update import State, compare
from uncramp.training_plan import Session, TrainingPlan

__all__ = ["ShownTraining", "previous_sessions", "shown_training", "tick_session"]

KIND: Final = "training"
TO_COME: Final = "to_come"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTraining:
    """The plan that counts, and what became of its sessions."""

    plan: TrainingPlan
    states: Mapping[str, str]
    """State of each session by its id: as it was told, else as the stored runs say."""
    wishes: Mapping[str, Any]
    """What the plan was made from, as a request says it."""


def shown_training(context: Context, race_id: int) -> ShownTraining | None:
    """The plan of a race with its sessions; None when there is none."""
    kept = newest_training(context, race_id)
    if kept is None:
        return None
    notes = session_notes(context, race_id)
    told = {name: State(note.state) for name, note in notes.items() if note.state != TO_COME}
    found = compare(
        kept.plan,
        history=trained_runs(context),
        today=context.now.date(),
        told=told,
        first=kept.at.date() - timedelta(days=1),
    )
    states = {row.session.id: str(row.state) for row in found.rows}
    return ShownTraining(plan=kept.plan, states=states, wishes=kept.request)


def previous_sessions(context: Context, race_id: int) -> tuple[Session, ...]:
    """Sessions of the plan before the one that counts; none when there was no other."""
    rows = context.store.documents(context.stored_runner(), "plan", about=race_id)
    older = [row for row in rows if row.name == KIND][:-1]
    if not older:
        return ()
    plan: TrainingPlan = from_plain(TrainingPlan, older[-1].content["plan"])
    return plan.sessions


def tick_session(context: Context, race_id: int, session_id: str, state: str) -> Session:
    """Keep what became of one session; the plan stays as it is.

    NotFoundError `unknown_session` for one that is not in the plan that counts; InputError
    `unknown_option` for a state that is none.
    """
    kept = newest_training(context, race_id)
    found = [] if kept is None else [one for one in kept.plan.sessions if one.id == session_id]
    if not found:
        raise NotFoundError("unknown_session", values={"session": session_id})
    note = SessionNote(session_id=session_id, state=state, day=found[0].day)  # type: ignore[arg-type]
    note_session(context, race_id, note)
    return found[0]
