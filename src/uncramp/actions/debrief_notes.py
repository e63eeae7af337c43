"""What the runner told of a race afterwards, one document a race; its meaning is reckoned anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from uncramp.actions.context import Context
from uncramp.actions.from_plain import from_plain
from uncramp.debrief import Gut, Took
from uncramp.envelope import plain

__all__ = ["DEBRIEF", "DebriefNote", "KeptNote", "debrief_note", "keep_debrief_note"]

DEBRIEF: Final = "debrief"


@dataclass(frozen=True, slots=True, kw_only=True)
class DebriefNote:
    """What was told; None is what was not."""

    activity: int | None = None
    """The run that was the race, where it was named."""
    took: Took | None = None
    gut: Gut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNote:
    """A note with the moment it was told."""

    at: datetime
    note: DebriefNote


def debrief_note(context: Context, race_id: int) -> KeptNote | None:
    """What was told of a race; None before anything was."""
    rows = context.store.documents(context.stored_runner(), DEBRIEF, about=race_id)
    if not rows:
        return None
    return KeptNote(at=rows[-1].at, note=from_plain(DebriefNote, rows[-1].content))


def keep_debrief_note(context: Context, race_id: int, note: DebriefNote) -> None:
    """Keep what was told, in place of what was told before."""
    runner, store = context.stored_runner(), context.store
    rows = store.documents(runner, DEBRIEF, about=race_id)
    if rows:
        store.change_document(runner, rows[-1], plain(note), at=context.now)
    else:
        store.add_document(
            runner, DEBRIEF, plain(note), at=context.now, about=race_id, name=DEBRIEF
        )
