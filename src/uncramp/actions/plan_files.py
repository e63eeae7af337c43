"""A kept training plan as files: calendar, watch, paper, table, JSON.

While a stop is open, or a lock on training, nothing leaves: what was handed on cannot be called
back.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.plans_kept import KeptTraining, dropped_sessions, newest_training
from uncramp.actions.preferences import may_not_train
from uncramp.actions.races import KeptRace, find_race
from uncramp.actions.train_kept import kept_answer
from uncramp.envelope import dump, envelope
from uncramp.errors import NotFoundError, UncrampError
from uncramp.export.calendar import CalendarEvent, calendar_file
from uncramp.export.training_sheet import training_csv, training_page
from uncramp.export.workout import file_number, session_workout
from uncramp.training_plan import SessionKind
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units
from uncramp.wording.race_card import about_race, race_title
from uncramp.wording.run_pages import day_words
from uncramp.wording.train import session_lines, session_title, train_data

if TYPE_CHECKING:
    from uncramp.training_plan import Session

__all__ = ["TRAINING_FILES", "training_file", "training_files"]

TRAINING_FILES: Final = (
    "training.ics", "training.html", "training.csv", "training.json", "workouts.zip",
)  # fmt: skip
"""Every file of a plan."""
NOT_RUN: Final = (SessionKind.STRENGTH, SessionKind.MOBILITY)
"""Sessions that are no workout for a watch."""
OLDEST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""Zip files know no earlier one; the same plan gives the same file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan that may leave, with what its files need."""

    kept: KeptRace
    training: KeptTraining
    owner: str
    """A short mark of the runner, so that two of them in one calendar stay apart."""


def training_files(context: Context, reference: str, *, units: Units) -> dict[str, bytes]:
    """Every file of the newest plan of a race by its name; errors as `training_file`."""
    return {name: training_file(context, reference, name, units=units) for name in TRAINING_FILES}


def training_file(context: Context, reference: str, name: str, *, units: Units) -> bytes:
    """One of `TRAINING_FILES`; NotFoundError for any other name, race or a plan that is not there.

    UncrampError `no_training_now` while a stop is open, or a lock on training.
    """
    planned = planned_in(context, reference)
    match name:
        case "training.ics":
            dropped = dropped_sessions(context, planned.kept.race_id)
            return training_calendar(planned, dropped=dropped, units=units)
        case "training.html":
            race = planned.kept.race
            made = text("plan_files.made", day=day_words(planned.training.at.date()))
            return training_page(
                planned.training.plan, title=text("plan_files.title", name=race_title(race)),
                about=about_race(race, units=units), units=units, made=made,
            ).encode()  # fmt: skip
        case "training.csv":
            return training_csv(planned.training.plan, units=units)
        case "training.json":
            answer = kept_answer(context, planned.kept, planned.training)
            return dump(envelope("train", train_data(answer, units=units))).encode()
        case "workouts.zip":
            return workouts(planned, units=units)
    raise NotFoundError("unknown_file", values={"name": name, "known": ", ".join(TRAINING_FILES)})


def planned_in(context: Context, reference: str) -> Planned:
    """The plan, unless there is none or it may not leave."""
    kept = find_race(context, reference)
    if may_not_train(context):
        raise UncrampError("no_training_now")
    training = newest_training(context, kept.race_id)
    if training is None or not training.plan.sessions:
        raise NotFoundError("no_training_plan")
    owner = hashlib.sha256(context.runner.encode()).hexdigest()[:8]
    return Planned(kept=kept, training=training, owner=owner)


def training_calendar(planned: Planned, *, dropped: Sequence[Session], units: Units) -> bytes:
    """Every session as an event of its whole day; those that are `dropped` take themselves out."""
    events = [event(planned, one, units=units) for one in planned.training.plan.sessions]
    gone = [event(planned, one, units=units) for one in dropped]
    return calendar_file(
        [*events, *(replace(one, title=text("plan_files.dropped", title=one.title),
                            is_cancelled=True) for one in gone)],
        name=race_title(planned.kept.race), sequence=planned.training.sequence,
        made_at=planned.training.at,
    )  # fmt: skip


def event(planned: Planned, session: Session, *, units: Units) -> CalendarEvent:
    """One session in a calendar, with what to do and why."""
    return CalendarEvent(
        uid=f"race-{planned.kept.race_id}-{session.id}-{planned.owner}@uncramp",
        day=session.day,
        title=session_title(session, units=units),
        description="\n".join(line.strip() for line in session_lines(session, units=units)[1:]),
    )


def workouts(planned: Planned, *, units: Units) -> bytes:
    """Every session that is run as a workout for the watch, in one zip file."""
    packed, names = io.BytesIO(), Counter[str]()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in planned.training.plan.sessions:
            if one.kind in NOT_RUN or not one.steps:
                continue
            name = f"{one.day.isoformat()}-{one.kind.value}"
            names[name] += 1
            again = "" if names[name] == 1 else f"-{names[name]}"
            archive.writestr(
                zipfile.ZipInfo(f"{name}{again}.fit", date_time=OLDEST_DAY),
                workout(planned, one, units=units),
            )
    return packed.getvalue()


def workout(planned: Planned, session: Session, *, units: Units) -> bytes:
    """One session for the watch; made anew after a change it is another file to the watch."""
    identity = f"{planned.owner} {planned.kept.race_id} {session.id} {planned.training.number}"
    return session_workout(
        session, name=session_title(session, units=units), number=file_number(identity),
        made_at=planned.training.at,
    )  # fmt: skip
