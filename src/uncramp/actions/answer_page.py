"""An answer to `why` as it is shown again and handed on: as said then, under what is open now.

The ledger keeps an answer as it was given. Before it is shown, or leaves as an image or a page, it
meets the stops and locks that are open at that moment: an open stop leaves nothing of it but the
stop's own words, and a lock opened since takes its topics away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.preferences import open_flags_of
from uncramp.errors import NotFoundError
from uncramp.evidence.rules import DONT_REMEMBER
from uncramp.places import MAP
from uncramp.screening import TOPICS, Screening
from uncramp.wording.run_pages import day_words

if TYPE_CHECKING:
    from datetime import date

    from uncramp.actions.run_pictures import RunPicture
    from uncramp.store.rows import ActivityRow, AdviceRow

__all__ = ["AnswerPage", "answer_csv", "answer_image", "answer_page"]

VERB: Final = "why"
STOP: Final = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """One answer as it may be shown now."""

    line: AdviceRow
    run: ActivityRow | None
    run_day: date | None
    said_on: date
    screening: Screening
    """What is open now; while it holds a stop nothing else of the answer may be shown."""
    data: Mapping[str, Any]
    """What was said then, without the advice that is blocked now."""
    new_locks: Screening
    """Locks that were opened after this was said."""
    waiting: tuple[str, ...]
    """Topics that waited for danger questions when this was said."""
    was_stopped: bool
    """Whether it was a stop that has been closed since."""
    places: tuple[str, ...]
    """Where it cramped, in order."""
    picture: RunPicture | None
    newer: int | None
    """A later answer about the same run."""

    @property
    def is_stopped(self) -> bool:
        """Whether a stop is open now."""
        return bool(self.screening.stops)


def answer_page(context: Context, advice_id: int, *, with_picture: bool = True) -> AnswerPage:
    """The answer of this number; NotFoundError `unknown_answer` when it is none to `why`."""
    runner = context.stored_runner()
    line = context.store.advice_row(runner, advice_id)
    if line.verb != VERB:
        raise NotFoundError("unknown_answer", values={"runner": runner.name})
    screening = open_flags_of(context).screening
    run = _run(context, line)
    is_stopped = bool(screening.stops)
    data: dict[str, Any] = dict(line.result)
    return AnswerPage(
        line=line,
        run=run,
        run_day=None if run is None else local_date(context, run),
        said_on=line.at.astimezone(context.now.tzinfo).date(),
        screening=screening,
        data={} if is_stopped else _allowed(data, screening),
        new_locks=_new_locks(data, screening),
        waiting=_waiting(data),
        was_stopped=data.get("kind") == STOP and not is_stopped,
        places=() if is_stopped else _places(line),
        picture=_picture(context, line, run) if with_picture and not is_stopped else None,
        newer=_newer(context, line),
    )


def _run(context: Context, line: AdviceRow) -> ActivityRow | None:
    """The run it is about, as long as it is stored."""
    if line.activity_id is None:
        return None
    return context.store.activity_row(context.stored_runner(), line.activity_id)


def _allowed(data: Mapping[str, Any], screening: Screening) -> dict[str, Any]:
    """What was said, without advice on a topic that a lock blocks now."""
    blocked = {topic for lock in screening.locks for topic in lock.blocks}
    return {
        **data,
        **{
            part: [one for one in data.get(part, ()) if not blocked & set(one["topics"])]
            for part in ("now", "next")
        },
    }


def _new_locks(data: Mapping[str, Any], screening: Screening) -> Screening:
    """The locks that are open now and were not then."""
    known = {lock["id"] for lock in data.get("locks", ())}
    new = tuple(lock for lock in screening.locks if lock.id not in known)
    return Screening(stops=(), locks=new, unanswered=())


def _waiting(data: Mapping[str, Any]) -> tuple[str, ...]:
    unanswered = tuple(data.get("unanswered", ()))
    blocked = Screening(stops=(), locks=(), unanswered=unanswered).blocked
    return tuple(topic for topic in TOPICS if topic in blocked)


def _places(line: AdviceRow) -> tuple[str, ...]:
    answers = line.inputs.get("answers")
    said = answers.get(MAP) if isinstance(answers, Mapping) else None
    marked = said if isinstance(said, Sequence) and not isinstance(said, str) else ()
    return tuple(place for place in marked if place != DONT_REMEMBER)


def _picture(context: Context, line: AdviceRow, run: ActivityRow | None) -> RunPicture | None:
    """The run drawn in the units that the words were said in."""
    if run is None:
        return None
    from uncramp.actions.run_balance import curve_from
    from uncramp.actions.run_pictures import run_picture

    told: Any = line.result.get("losses")
    kept = curve_from(told)
    said_in: Any = line.inputs.get("units")
    if said_in in ("metric", "imperial") and said_in != context.units:
        with replace(context, units=said_in) as other:
            return run_picture(other, str(run.activity_id), kept=kept, anew=False)
    return run_picture(context, str(run.activity_id), kept=kept, anew=False)


def _newer(context: Context, line: AdviceRow) -> int | None:
    """The newest answer about the same run, when that is another one."""
    if line.activity_id is None:
        return None
    lines = [
        one
        for one in context.store.advice(context.stored_runner())
        if one.verb == VERB and one.activity_id == line.activity_id
    ]
    newest = lines[-1] if lines else line
    return None if newest.advice_id == line.advice_id else newest.advice_id


def answer_csv(page: AnswerPage) -> str:
    """The numbers behind the picture of the run; empty while a stop is open or there is none."""
    return "" if page.picture is None else page.picture.csv


def answer_image(page: AnswerPage, *, name: str = "") -> bytes:
    """The answer as a PNG to hand on: no place on earth in it, and no name unless one is typed."""
    from uncramp.export.answer_image import answer_sheet, stop_sheet
    from uncramp.wording.safety import stop_data

    stop = stop_data(page.screening)
    if stop is not None:
        return stop_sheet(stop)
    picture = page.picture
    return answer_sheet(
        page.data,
        name=name,
        day=day_words(page.run_day or page.said_on),
        finding="" if picture is None else picture.title,
        places=page.places,
        pictures=() if picture is None else (picture.strip_svg_narrow, picture.stacked_svg_narrow),
    )
