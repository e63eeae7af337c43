"""The small strip of runs that the diary asks about, and of the last run: from stored numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING

from uncramp.actions.context import Context
from uncramp.actions.diary import DiaryPage
from uncramp.actions.run_strips import StripFacts, small_strip
from uncramp.actions.training_history import current_metrics
from uncramp.actions.years import believed_m
from uncramp.evidence import value
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, distance

if TYPE_CHECKING:
    from uncramp.diary import DiaryRun
    from uncramp.store.rows import ActivityRow

__all__ = ["SmallStrip", "small_strips"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallStrip:
    """One run as a strip: SVG of our own, and what it says of the weeks before."""

    svg: str
    words: str


def small_strips(context: Context, page: DiaryPage, ids: Iterable[int]) -> dict[int, SmallStrip]:
    """The small strip of each of these runs by id."""
    rows = [page.rows[one] for one in dict.fromkeys(ids)]
    runs = [
        (one.start_utc, one)
        for one in page.rows.values()
        if one.is_run and one.start_utc is not None
    ]
    runs.sort(key=itemgetter(0))
    before = {row.activity_id: weeks_before(runs, row) for row in rows}
    needed = {one.activity_id: one for some in before.values() for one in some}
    needed |= {row.activity_id: row for row in rows}
    metrics = current_metrics(context, list(needed.values())) if needed else {}
    lengths = {activity_id: believed_m(one) for activity_id, one in metrics.items()}
    told = {run.activity_id: run for run in every_run(page)}
    strips = {}
    for row in rows:
        past = [lengths[one.activity_id] for one in before[row.activity_id]]
        facts = facts_of(
            told.get(row.activity_id),
            distance_m=lengths[row.activity_id],
            longest_before_m=max((one for one in past if one is not None), default=None),
        )
        prefix = f"run-{row.activity_id}"
        strips[row.activity_id] = SmallStrip(
            svg=small_strip(facts, prefix=prefix, units=context.units),
            words=beyond_words(facts, units=context.units),
        )
    return strips


def weeks_before(
    runs: Sequence[tuple[datetime, ActivityRow]], row: ActivityRow
) -> list[ActivityRow]:
    """Runs of the days before that were over when this one began, as a replay takes them.

    `runs` come with their starts, in that order.
    """
    if row.start_utc is None:
        return []
    first = row.start_utc - timedelta(days=value("cramps.history_days"))
    low, high = (bisect_left(runs, one, key=itemgetter(0)) for one in (first, row.start_utc))
    return [
        one
        for start, one in runs[low:high]
        if start + timedelta(seconds=one.moving_s or 0.0) <= row.start_utc
        and one.activity_id != row.duplicate_of
    ]


def every_run(page: DiaryPage) -> Iterable[DiaryRun]:
    """Every run that the diary says anything of."""
    for group in page.diary.groups:
        yield from group.runs
    yield from page.diary.scattered
    yield from page.diary.cramped


def facts_of(
    told: DiaryRun | None, *, distance_m: float | None, longest_before_m: float | None
) -> StripFacts:
    """What the strip is drawn from."""
    cramp = None if told is None or told.place is None else told.place.share
    maybe = told.proposed.share if told is not None and told.is_open and told.proposed else None
    return StripFacts(
        distance_m=distance_m,
        longest_before_m=longest_before_m,
        cramp_share=cramp,
        maybe_share=maybe,
    )


def beyond_words(facts: StripFacts, *, units: Units) -> str:
    """How far the run went beyond the weeks before, in a sentence."""
    if facts.beyond_from is not None:
        beyond = distance(facts.longest_before_m, units=units)
        return text("run_pages.strip.beyond", beyond=beyond)
    return text("run_pages.strip.unknown" if facts.within is None else "run_pages.strip.within")
