"""`uncramp diary`: what the runs show, what the runner says of them, and how to take it back.

A proposal is computed once, at import, with the other numbers of an activity; reading the diary
asks the store three questions however many runs there are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, get_args

from uncramp.actions.cases import case_from
from uncramp.actions.context import Context
from uncramp.actions.runs import find_run
from uncramp.actions.training_history import current_metrics
from uncramp.actions.years import believed_m
from uncramp.diary import Diary, DiaryRun, Place, Said, diary
from uncramp.errors import InputError
from uncramp.evidence.rules import DONT_REMEMBER
from uncramp.interview import checked_answers
from uncramp.store.rows import ActivityRow, CrampMark
from uncramp.training_history import RIDDEN
from uncramp.units import metres_from_kilometres, metres_from_miles

if TYPE_CHECKING:
    from uncramp.onset import Onset
    from uncramp.vocabulary import Answers

__all__ = [
    "ALL",
    "DiaryPage",
    "Step",
    "answer",
    "answers_from_text",
    "asked_in_turn",
    "diary_runs",
    "forget",
    "mark_answers",
    "mark_run",
    "note_onset",
    "proposals",
]

ALL: Final = "all"
"""In place of an id: every run that is still asked about."""


Step = tuple[DiaryRun, ...]
"""Runs that are asked about together, or one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryPage:
    """The diary of one runner, with the runs it is about."""

    diary: Diary
    rows: Mapping[int, ActivityRow]
    marks: Mapping[int, CrampMark]


def proposals(context: Context) -> DiaryPage:
    """The diary of the runner of `context`; after an import its question is said first."""
    runner = context.stored_runner()
    rows = context.store.activities(runner, with_excluded=False)
    marks = context.store.marks(runner)
    runs = diary_runs(context, rows, marks)
    unit_m = metres_from_miles(1.0) if context.units == "imperial" else metres_from_kilometres(1.0)
    return DiaryPage(
        diary=diary(runs, unit_m=unit_m),
        rows={row.activity_id: row for row in rows},
        marks=marks,
    )


def diary_runs(
    context: Context, rows: Sequence[ActivityRow], marks: Mapping[int, CrampMark]
) -> list[DiaryRun]:
    """The runs among `rows` as the diary sees them; rides stored as runs are left out.

    Where a file is not believed its distance is not known, so that it is never the longest run.
    """
    every = current_metrics(context, [row for row in rows if row.is_run])
    runs = []
    for row in (row for row in rows if row.is_run):
        metrics = every[row.activity_id]
        proposed = metrics.get("proposed_onset")
        if RIDDEN & set(metrics.get("reasons", ())):
            continue
        run = DiaryRun(
            activity_id=row.activity_id,
            start_utc=row.start_utc,
            distance_m=believed_m(metrics),
            moving_s=row.moving_s,
            proposed=None if proposed is None else Place(**proposed),
            **_told(row, marks.get(row.activity_id)),
        )
        runs.append(run)
    return runs


def _told(row: ActivityRow, mark: CrampMark | None) -> dict[str, Any]:
    """What the runner said, in the words of the diary."""
    if mark is None:
        return {}
    share = None
    if mark.km is not None and row.distance_m:
        share = min(1.0, metres_from_kilometres(mark.km) / row.distance_m)
    place = Place(km=mark.km, minute=mark.minute, share=share)
    return {"said": mark.cramped, "place": place, "muscles": mark.muscles}


# Answers


def answers_from_text(page: DiaryPage, given: Sequence[str]) -> dict[int, Said]:
    """Answers from `ID[,ID]=yes|no|dont_remember` texts; the id `all` means every open run."""
    said: dict[int, Said] = {}
    for one in given:
        names, equals, word = one.partition("=")
        chosen = next((known for known in get_args(Said) if known == word.strip()), None)
        if not equals or chosen is None:
            raise InputError("bad_diary_answer", values={"given": one})
        for name in names.split(","):
            if name.strip() == ALL:
                said |= dict.fromkeys((run.activity_id for run in open_runs(page)), chosen)
            elif re.fullmatch(r"[0-9]{1,9}", name.strip()):
                said[int(name)] = chosen
            else:
                raise InputError("bad_diary_answer", values={"given": one})
    return said


def open_runs(page: DiaryPage) -> list[DiaryRun]:
    """Every run that is still asked about."""
    return [run for step in asked_in_turn(page) for run in step]


def asked_in_turn(page: DiaryPage) -> list[Step]:
    """What to ask, one question after the other: a whole group, or one run."""
    return [group.runs for group in page.diary.groups] + [(run,) for run in page.diary.scattered]


def answer(context: Context, page: DiaryPage, said: Mapping[int, Said]) -> None:
    """Keep answers; a cramp is marked where it was said to be before, else where the file shows it.

    NotFoundError `unknown_run` before anything is kept, when there is no such activity.
    """
    runner = context.stored_runner()
    for activity_id in said:
        must_be_run(context.store.activity_row(runner, activity_id))
    places = {run.activity_id: run.proposed for run in open_runs(page)}
    for activity_id, cramped in said.items():
        before = page.marks.get(activity_id)
        place = places.get(activity_id)
        km, minute = None, None
        muscles: tuple[str, ...] = ()
        if cramped == "yes" and before is not None and before.cramped == "yes":
            km, minute, muscles = before.km, before.minute, before.muscles
        elif cramped == "yes" and place is not None:
            km, minute = place.km, place.minute
        mark = CrampMark(
            activity_id=activity_id,
            cramped=cramped,
            km=km,
            minute=minute,
            muscles=muscles,
            source="diary",
            at=context.now,
        )
        context.store.save_mark(runner, mark)


def must_be_run(row: ActivityRow) -> None:
    """InputError `not_a_run` for an activity of another sport."""
    if not row.is_run:
        raise InputError("not_a_run", values={"id": row.activity_id, "sport": row.sport})


def mark_run(
    context: Context,
    reference: str,
    *,
    km: float | None = None,
    minute: float | None = None,
    muscles: Sequence[str] = (),
) -> CrampMark:
    """Note a cramp on a run; what is not said stays as it was noted, or as the file shows it.

    Of kilometre and minute the file tells the other. InputError for a place the run never came
    to, or a muscle that is none.
    """
    row = find_run(context, reference)
    must_be_run(row)
    _must_be_inside(row, km=km, minute=minute)
    told = checked_answers({"muscles": [one for part in muscles for one in part.split(",")]})
    chosen = told.get("muscles", ())
    runner = context.stored_runner()
    before = context.store.marks(runner).get(row.activity_id)
    is_new = before is None or before.cramped != "yes"
    if km is None and minute is None and before is not None and not is_new:
        km, minute = before.km, before.minute
    else:
        km, minute = _completed(context, row, km=km, minute=minute)
    if not muscles and before is not None and not is_new:
        chosen = before.muscles
    mark = CrampMark(
        activity_id=row.activity_id,
        cramped="yes",
        km=km,
        minute=minute,
        muscles=tuple(one for one in chosen if one != DONT_REMEMBER)
        if isinstance(chosen, tuple)
        else (),
        source="typed",
        at=context.now,
    )
    context.store.save_mark(runner, mark)
    return mark


def _must_be_inside(row: ActivityRow, *, km: float | None, minute: float | None) -> None:
    """InputError `bad_number` for a place outside the run; the case file's rules hold."""
    told = {
        "distance_m": row.distance_m or None,
        "duration_s": row.elapsed_s or None,
        "onset_km": km,
        "onset_min": minute,
    }
    case_from({"run": told}, file_name=row.source_file)


def _completed(
    context: Context, row: ActivityRow, *, km: float | None, minute: float | None
) -> tuple[float | None, float | None]:
    """Kilometre and minute, each from the other, or both from what the file shows."""
    if km is not None and minute is not None:
        return km, minute
    from uncramp.timeline import replay

    _, activity = context.store.activity(context.stored_runner(), row.activity_id)
    onset = replay(activity, recent=(), onset_km=km, onset_min=minute).onset
    return (km, minute) if onset is None else (onset.km, onset.minute)


def forget(context: Context, references: Sequence[str]) -> list[int]:
    """Take back what was said of these runs, so that they are asked about again; their ids."""
    ids = [find_run(context, reference).activity_id for reference in references]
    for activity_id in ids:
        context.store.remove_mark(context.stored_runner(), activity_id)
    return ids


def mark_answers(mark: CrampMark | None) -> Answers:
    """What a mark answers in the interview of `why`, so that nothing is asked twice."""
    if mark is None or mark.cramped == DONT_REMEMBER:
        return {}
    told: dict[str, str | tuple[str, ...] | float] = {"onset_confirm": mark.cramped}
    if mark.cramped == "yes" and mark.km is not None:
        told = {"onset_km": mark.km}
    if mark.muscles:
        told["muscles"] = mark.muscles
    return told


def note_onset(context: Context, row: ActivityRow, given: Answers, onset: Onset) -> None:
    """Mark the cramp that `why` was told of just now, so that the diary need not ask.

    "That stop was not the cramp" says nothing about whether there was one, and marks nothing.
    """
    if not row.is_run or not ("onset_km" in given or given.get("onset_confirm") == "yes"):
        return
    if onset.proposed or given.get("onset_km") == DONT_REMEMBER:
        return
    runner = context.stored_runner()
    before = context.store.marks(runner).get(row.activity_id)
    muscles = given.get("muscles", () if before is None else before.muscles)
    mark = CrampMark(
        activity_id=row.activity_id,
        cramped="yes",
        km=onset.km,
        minute=onset.minute,
        muscles=tuple(one for one in muscles if one != DONT_REMEMBER)
        if isinstance(muscles, tuple)
        else (),
        source="typed",
        at=context.now,
    )
    context.store.save_mark(runner, mark)
