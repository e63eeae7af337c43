"""The diary as a page: one calm question at a time, what repeats, and what was said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from uncramp.units import metres_from_kilometres
from uncramp.wording.catalogue import text
from uncramp.wording.diary import diary_data, diary_lines
from uncramp.wording.quantities import Units, distance
from uncramp.wording.run_pages import clock_words, day_words, row_words, run_heading

if TYPE_CHECKING:
    from datetime import date

    from uncramp.actions.diary import DiaryPage
    from uncramp.diary import DiaryRun, Place
    from uncramp.store.rows import ActivityRow

__all__ = ["first_words", "question_words", "so_far_words"]

Days = Callable[["ActivityRow"], "date | None"]
"""The day a run began where it was run."""


def first_words(page: DiaryPage, *, runner: str, units: Units, day_of: Days) -> str:
    """What the runs show, in one sentence that is a question; nothing when none is open."""
    diary = page.diary
    if not diary.n_open:
        return ""
    if diary.groups or diary.n_open > 1:
        return next(diary_lines(page, runner=runner, units=units))
    (run,) = diary.scattered
    place = run.proposed
    if place is None or place.km is None:
        return text("diary_page.where.none") + " " + text("diary_page.ask.one")
    day = day_words(day_of(page.rows[run.activity_id]))
    at = place_words(place, units=units)
    return text(f"diary.first.one_{place.sign}", when=day, at=at)


def question_words(
    page: DiaryPage, runs: Sequence[DiaryRun], *, n_left: int, units: Units, day_of: Days
) -> dict[str, Any]:
    """One question: about one run, or about a group of them at once."""
    is_group = len(runs) > 1
    return {
        "is_group": is_group,
        "heading": text("diary_page.ask.group" if is_group else "diary_page.ask.one"),
        "where": where_words(page, runs, units=units),
        "runs": [run_words(page, run, units=units, day_of=day_of) for run in runs],
        "ids": ",".join(str(run.activity_id) for run in runs),
        "left": text("diary_page.left_one") if n_left == 1 else text("diary_page.left", n=n_left),
        "answers": [
            (said, text(f"diary_page.all_{said}" if is_group else f"diary_page.{said}"))
            for said in ("yes", "no", "dont_remember")
        ],
    }


def where_words(page: DiaryPage, runs: Sequence[DiaryRun], *, units: Units) -> str:
    """What the files show, and where."""
    if len(runs) > 1:
        wanted = {run.activity_id for run in runs}
        for group in diary_data(page, units=units)["groups"]:
            if {one["id"] for one in group["runs"]} == wanted:
                return str(group["text"]).rpartition(". ")[0] + "."
    place = runs[0].proposed
    if place is None or place.km is None:
        return text("diary_page.where.none")
    return text(f"diary_page.where.{place.sign}", at=place_words(place, units=units))


def place_words(place: Place, *, units: Units) -> str:
    """`32.1 km`."""
    km = place.km
    return distance(None if km is None else metres_from_kilometres(km), units=units)


def run_words(page: DiaryPage, run: DiaryRun, *, units: Units, day_of: Days) -> dict[str, Any]:
    """One run to recognise it by."""
    row = page.rows[run.activity_id]
    place = run.proposed if run.said is None else run.place
    at = ""
    if place is not None and place.km is not None:
        shown = place_words(place, units=units)
        at = text("diary_page.at", at=shown)
        if place.minute is not None:
            at = text("diary_page.at_minute", at=shown, minute=f"{place.minute:.0f}")
    return {
        "id": run.activity_id,
        "heading": run_heading(row, units=units),
        "day": day_words(day_of(row)),
        "clock": clock_words(row),
        "at": at,
        **row_words(row, units=units),
    }


def so_far_words(page: DiaryPage, *, units: Units, day_of: Days) -> dict[str, Any]:
    """What was told, and what of it repeats, with its counts."""
    diary = page.diary
    is_told = bool(diary.cramped or diary.n_without or diary.n_forgotten)
    return {
        "is_told": is_told,
        "repeats": [one["text"] for one in diary_data(page, units=units)["repeats"]],
        "counts": text(
            "diary_page.counts",
            n=len(diary.cramped),
            n_without=diary.n_without,
            n_forgotten=diary.n_forgotten,
        ),
        "cramps": [
            run_words(page, run, units=units, day_of=day_of) for run in reversed(diary.cramped)
        ],
    }
