"""Races, plans, sessions and products of one's own: out with an export, and back from one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, get_args

from uncramp.actions.debrief_notes import DEBRIEF, DebriefNote
from uncramp.actions.from_plain import from_plain
from uncramp.actions.plans_kept import PLANS, SessionNote, SessionState
from uncramp.actions.products import product_from
from uncramp.actions.races import race_of
from uncramp.actions.rehearsals_kept import COMPARISON, LOG, REHEARSAL, RehearsalNote
from uncramp.errors import InputError
from uncramp.rehearsal.shapes import Rehearsals, Trial
from uncramp.store.rows import DocumentKind, DocumentRow, StoredRunner
from uncramp.store.store import Store

__all__ = ["documents_told", "put_documents_back"]

BELONGS_TO_RACE: Final = ("plan", "session", "debrief", REHEARSAL, LOG, COMPARISON)
CHANGES: Final = ("session", "product", "debrief", LOG, COMPARISON)
"""Known by their name; the newer word counts."""
PRESET: Final = "drink.assumed.preset"
"""Sentences that name a big race."""


# ---------------------------------------------------------------- out


def documents_told(rows: Sequence[DocumentRow], *, without_places: bool) -> list[dict[str, Any]]:
    """Documents as an export has them; what belongs to a race that was taken out stays here.

    `without_places` leaves out what tells where a race is, and words of one's own.
    """
    there = {row.document_id for row in rows}
    told = [row for row in rows if row.about is None or row.about in there]
    numbers = {row.document_id: number for number, row in enumerate(told, start=1)}
    return [
        {
            "number": numbers[row.document_id],
            "kind": row.kind,
            "about": None if row.about is None else numbers[row.about],
            "name": "" if without_places and row.kind == "race" else row.name,
            "content": handed_over(row) if without_places else row.content,
            "at": row.at,
        }
        for row in told
    ]


def handed_over(row: DocumentRow) -> Mapping[str, Any]:
    """The content without the name and the course of a race, and without notes."""
    match row.kind:
        case "race":
            return {**row.content, "name": "", "course": []}
        case "session":
            return {**row.content, "note": ""}
        case "plan":
            plan = dict(row.content["plan"])
            plan["assumed"] = [
                one for one in plan.get("assumed", ()) if not one["id"].startswith(PRESET)
            ]
            return {**row.content, "plan": plan, "request": {}}
        case "product" | "debrief" | "rehearsal" | "rehearsal_log" | "comparison":
            return row.content


# ---------------------------------------------------------------- back


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One document of an export, checked."""

    number: int
    kind: DocumentKind
    about: int | None
    """Number of another one in the same export."""
    name: str
    content: dict[str, Any]
    at: datetime


def put_documents_back(
    store: Store,
    runner: StoredRunner,
    entries: Sequence[Mapping[str, Any]],
    *,
    activities: Mapping[int, int],
) -> int:
    """Keep what is not known here, or is newer; how many. One removed here stays so.

    `activities` are numbers of the export to those here. ValueError, TypeError or LookupError for
    what no document can be; then nothing was kept.
    """
    every = [checked(one, activities=activities) for one in entries]
    races: set[int | None] = {None}
    for told in every:
        if told.about not in races:
            raise ValueError(told.about)
        races |= {told.number} if told.kind == "race" else set()
    rows = store.documents(runner, with_removed=True)
    numbers: dict[int, int] = {}
    n_put = 0
    for told in every:
        about = None if told.about is None else numbers[told.about]
        same = known(told, rows, about=about)
        if same is None:
            numbers[told.number] = store.add_document(
                runner, told.kind, told.content, at=told.at, name=told.name, about=about
            )
            n_put += 1
            continue
        numbers[told.number] = same.document_id
        if told.kind in CHANGES and same.removed_at is None and told.at > same.at:
            store.change_document(runner, same, told.content, at=told.at)
            n_put += 1
    return n_put


def known(told: Told, rows: Sequence[DocumentRow], *, about: int | None) -> DocumentRow | None:
    """The document here that is the same one; those that count before those taken out.

    A race is known by when it was added, since its name may change; a plan by when it was made.
    """
    same = [row for row in rows if (row.kind, row.about) == (told.kind, about)]
    if told.kind != "race":
        same = [row for row in same if row.name == told.name]
    if told.kind not in CHANGES:
        same = [row for row in same if row.at == told.at]
        if len(same) > 1:  # at one and the same moment
            alike = [row for row in same if row.content == told.content]
            same = alike if told.kind == "plan" else alike or same
    same.sort(key=lambda row: row.removed_at is not None)
    return same[0] if same else None


def checked(entry: Mapping[str, Any], *, activities: Mapping[int, int]) -> Told:
    """One entry that can be read again later; ValueError, TypeError or LookupError else."""
    kind, about, at = entry["kind"], entry["about"], datetime.fromisoformat(entry["at"])
    if kind not in get_args(DocumentKind) or (about is None) is (kind in BELONGS_TO_RACE):
        raise ValueError(kind)
    if at.tzinfo is None:
        msg = "a moment without a time zone"
        raise ValueError(msg)
    content, name = dict(entry["content"]), str(entry["name"])
    try:
        content = CHECKS[kind](name, content)
    except InputError as error:
        raise ValueError(error.code) from error
    if content.get("activity") is not None:
        content["activity"] = activities[content["activity"]]
    return Told(
        number=int(entry["number"]), kind=kind, about=about, name=name, content=content, at=at
    )


def checked_race(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """A race that can be run."""
    del name
    race_of(content)
    return content


def checked_plan(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """A plan of a kind that is known, with what was asked."""
    from_plain(PLANS[name], content["plan"])
    if not isinstance(content["request"], Mapping):
        raise TypeError(name)
    return content


def checked_session(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """What became of a session."""
    note = from_plain(SessionNote, content)
    if note.session_id != name or note.state not in get_args(SessionState):
        raise ValueError(name)
    return content


def checked_product(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """A product with numbers that can be."""
    if product_from(content).id != name:
        raise ValueError(name)
    return content


def checked_debrief(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """What was told of a race afterwards."""
    if name != DEBRIEF:
        raise ValueError(name)
    from_plain(DebriefNote, content)
    return content


def checked_rehearsals(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """Rehearsals with what was predicted."""
    if name != REHEARSAL:
        raise ValueError(name)
    from_plain(Rehearsals, content)
    return content


def checked_rehearsal_note(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """What became of a rehearsal."""
    if from_plain(RehearsalNote, content).name != name:
        raise ValueError(name)
    return content


def checked_comparison(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """A comparison as it was begun."""
    datetime.fromisoformat(name)
    from_plain(Trial, content)
    return content


CHECKS: Final = {
    "race": checked_race,
    "plan": checked_plan,
    "session": checked_session,
    "product": checked_product,
    "debrief": checked_debrief,
    REHEARSAL: checked_rehearsals,
    LOG: checked_rehearsal_note,
    COMPARISON: checked_comparison,
}
