"""Plans as they were made, kept with what was asked, and what became of their sessions.

The newest plan of a kind counts; older ones stay, so that what was advised can be held against what
happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from uncramp import MODEL_VERSION, __version__
from uncramp.actions.context import Context
from uncramp.actions.from_plain import from_plain
from uncramp.actions.gap import gap_of_race
from uncramp.drink_plan import DrinkPlan
from uncramp.envelope import plain
from uncramp.errors import InputError
from uncramp.evidence import EVIDENCE_VERSION
from uncramp.store.rows import DocumentRow
from uncramp.training_plan import Session, TrainingPlan

__all__ = [
    "PLANS",
    "KeptDrinking",
    "KeptTraining",
    "PlanKind",
    "SessionNote",
    "SessionState",
    "dropped_sessions",
    "keep_plan",
    "newest_drinking",
    "newest_training",
    "note_session",
    "plans_before",
    "session_notes",
    "session_states",
]

PlanKind = Literal["training", "drinking"]
SessionState = Literal["done", "missed", "moved", "painful", "to_come"]

STATES: Final = get_args(SessionState)
PLANS: Final[Mapping[str, type[TrainingPlan] | type[DrinkPlan]]] = MappingProxyType(
    {"training": TrainingPlan, "drinking": DrinkPlan}
)
"""What a kept plan of each kind is read back as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTraining:
    """A training plan in the store."""

    number: int
    at: datetime
    plan: TrainingPlan
    request: Mapping[str, Any]
    """The wishes it was made from."""
    sequence: int
    """How many plans for this race there were before it: calendars count by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDrinking:
    """A drinking plan in the store; fields as in `KeptTraining`."""

    number: int
    at: datetime
    plan: DrinkPlan
    request: Mapping[str, Any]
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNote:
    """What became of one session."""

    session_id: str
    state: SessionState
    day: date | None = None
    """When it was done, or moved to."""
    note: str = ""
    activity: int | None = None
    """The run it became, by its number in the store."""


def keep_plan(
    context: Context,
    race_id: int,
    kind: PlanKind,
    plan: TrainingPlan | DrinkPlan,
    *,
    request: Mapping[str, Any],
) -> int:
    """Keep a plan with what was asked and the versions behind it; its number.

    The pace that goes with it is kept too, so that the race can be held against what was said.
    """
    content = {
        "plan": plain(plan),
        "request": plain(request),
        "pace": plain(gap_of_race(context, str(race_id)).pace),
        "package_version": __version__,
        "model_version": MODEL_VERSION,
        "evidence_version": EVIDENCE_VERSION,
    }
    return context.store.add_document(
        context.stored_runner(), "plan", content, at=context.now, about=race_id, name=kind
    )


def newest_training(context: Context, race_id: int) -> KeptTraining | None:
    """The training plan that counts; None when there is none."""
    rows = plans_of(context, race_id, "training")
    if not rows:
        return None
    told = rows[-1].content
    return KeptTraining(
        number=rows[-1].document_id,
        at=rows[-1].at,
        plan=from_plain(TrainingPlan, told["plan"]),
        request=told["request"],
        sequence=len(rows) - 1,
    )


def dropped_sessions(context: Context, race_id: int) -> tuple[Session, ...]:
    """Sessions of earlier training plans that the newest one has no more, from its day on."""
    rows = plans_of(context, race_id, "training")
    plans = [from_plain(TrainingPlan, row.content["plan"]) for row in rows]
    if not plans:
        return ()
    there = {one.id for one in plans[-1].sessions}
    earlier = {one.id: one for plan in plans[:-1] for one in plan.sessions}
    since = rows[-1].at.date()
    return tuple(one for one in earlier.values() if one.id not in there and one.day >= since)


def newest_drinking(context: Context, race_id: int) -> KeptDrinking | None:
    """The drinking plan that counts; None when there is none."""
    rows = plans_of(context, race_id, "drinking")
    if not rows:
        return None
    told = rows[-1].content
    return KeptDrinking(
        number=rows[-1].document_id,
        at=rows[-1].at,
        plan=from_plain(DrinkPlan, told["plan"]),
        request=told["request"],
        sequence=len(rows) - 1,
    )


def plans_of(context: Context, race_id: int, kind: PlanKind) -> list[DocumentRow]:
    """Every plan of a kind for a race, oldest first."""
    rows = context.store.documents(context.stored_runner(), "plan", about=race_id)
    return [one for one in rows if one.name == kind]


def plans_before(
    context: Context, race_id: int, day: date, *, began: datetime | None
) -> list[DocumentRow]:
    """Plans of either kind that stood when the race began, or on its day where no one knows when.

    The oldest first.
    """
    rows = context.store.documents(context.stored_runner(), "plan", about=race_id)
    if began is not None:
        return [one for one in rows if one.at < began]
    return [one for one in rows if one.at.astimezone(context.now.tzinfo).date() <= day]


# ---------------------------------------------------------------- sessions


def note_session(context: Context, race_id: int, note: SessionNote) -> None:
    """Keep what became of a session, in place of what was said before.

    InputError `unknown_option` for a state that is none.
    """
    if note.state not in STATES:
        values = {"question": "state", "option": note.state, "allowed": ", ".join(STATES)}
        raise InputError("unknown_option", values=values)
    runner, store = context.stored_runner(), context.store
    before = [one for one in store.documents(runner, "session", about=race_id)
              if one.name == note.session_id]  # fmt: skip
    if before:
        store.change_document(runner, before[0], plain(note), at=context.now)
    else:
        store.add_document(
            runner, "session", plain(note), at=context.now, about=race_id, name=note.session_id
        )


def session_notes(context: Context, race_id: int) -> dict[str, SessionNote]:
    """What became of each session of a race, by its id."""
    rows = context.store.documents(context.stored_runner(), "session", about=race_id)
    return {one.name: from_plain(SessionNote, one.content) for one in rows}


def session_states(context: Context, race_id: int) -> dict[str, SessionState]:
    """State of each session of which anything was said, by its id."""
    return {name: one.state for name, one in session_notes(context, race_id).items()}
