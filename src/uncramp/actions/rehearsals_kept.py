"""Rehearsals, what became of them, and comparisons, as documents of the store.

What was predicted is kept as it was said and never changed; what the runner tells changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from uncramp.actions.context import Context
from uncramp.actions.from_plain import from_plain
from uncramp.debrief import Gut, Took
from uncramp.envelope import plain
from uncramp.rehearsal.shapes import Arm, Rehearsals, Trial

__all__ = [
    "COMPARISON",
    "LOG",
    "REHEARSAL",
    "KeptRehearsals",
    "KeptTrial",
    "RehearsalNote",
    "keep_rehearsals",
    "keep_trial",
    "note_rehearsal",
    "rehearsal_notes",
    "rehearsals_kept",
    "trials_kept",
]

REHEARSAL: Final = "rehearsal"
LOG: Final = "rehearsal_log"
COMPARISON: Final = "comparison"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRehearsals:
    """Rehearsals with what was predicted, and the moment it was said."""

    number: int
    at: datetime
    rehearsals: Rehearsals


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalNote:
    """What was told of one rehearsal; None is what was not."""

    session_id: str | None
    """None: a run of a comparison that was no rehearsal."""
    day: date
    took: Took | None = None
    gut: Gut | None = None
    twitched: bool | None = None
    cramped: bool | None = None
    fluid_intake_l: float | None = None
    activity: int | None = None
    trial: str | None = None
    """Name of the comparison that it was a run of."""
    arm: Arm | None = None
    position: int | None = None

    @property
    def name(self) -> str:
        """What the note is known by."""
        return self.session_id or f"run-{self.day.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTrial:
    """A comparison in the store."""

    number: int
    name: str
    """The moment when it was begun."""
    trial: Trial


# ---------------------------------------------------------------- planned


def keep_rehearsals(context: Context, race_id: int, rehearsals: Rehearsals) -> int:
    """Keep rehearsals beside those of before; the number."""
    return context.store.add_document(
        context.stored_runner(),
        REHEARSAL,
        plain(rehearsals),
        at=context.now,
        about=race_id,
        name=REHEARSAL,
    )


def rehearsals_kept(context: Context, race_id: int) -> tuple[KeptRehearsals, ...]:
    """Every set that was predicted for a race, the oldest first."""
    rows = context.store.documents(context.stored_runner(), REHEARSAL, about=race_id)
    return tuple(
        KeptRehearsals(
            number=row.document_id,
            at=row.at,
            rehearsals=from_plain(Rehearsals, row.content),
        )
        for row in sorted(rows, key=lambda row: row.at)
    )


# ---------------------------------------------------------------- told


def note_rehearsal(context: Context, race_id: int, note: RehearsalNote) -> None:
    """Keep what was told of a rehearsal, in place of what was told before."""
    runner, store = context.stored_runner(), context.store
    before = [one for one in store.documents(runner, LOG, about=race_id) if one.name == note.name]
    if before:
        store.change_document(runner, before[0], plain(note), at=context.now)
    else:
        store.add_document(runner, LOG, plain(note), at=context.now, about=race_id, name=note.name)


def rehearsal_notes(context: Context, race_id: int) -> tuple[RehearsalNote, ...]:
    """What was told of rehearsals of a race, by day."""
    rows = context.store.documents(context.stored_runner(), LOG, about=race_id)
    notes = [from_plain(RehearsalNote, one.content) for one in rows]
    return tuple(sorted(notes, key=lambda one: (one.day, one.name)))


# ---------------------------------------------------------------- compared


def keep_trial(context: Context, race_id: int, trial: Trial, *, number: int | None = None) -> int:
    """Keep a new comparison, or the one of this number changed; its number."""
    runner, store = context.stored_runner(), context.store
    if number is None:
        return store.add_document(
            runner,
            COMPARISON,
            plain(trial),
            at=context.now,
            about=race_id,
            name=context.now.isoformat(),
        )
    row = store.document(runner, number, COMPARISON)
    store.change_document(runner, row, plain(trial), at=context.now)
    return number


def trials_kept(context: Context, race_id: int) -> tuple[KeptTrial, ...]:
    """Every comparison that was begun for a race, the oldest first."""
    rows = context.store.documents(context.stored_runner(), COMPARISON, about=race_id)
    return tuple(
        KeptTrial(number=row.document_id, name=row.name, trial=from_plain(Trial, row.content))
        for row in rows
    )
