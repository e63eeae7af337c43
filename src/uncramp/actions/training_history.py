"""The stored runs as training history: read from what was computed at import, redone when stale.

What was computed by an older `METRICS_VERSION` is computed again from the stored streams. When the
decoder has changed since, it is computed from the stored original, decoded anew, as long as that
is plainly the same activity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from uncramp.actions.context import Context
from uncramp.errors import NotFoundError, RefusedFileError
from uncramp.races import Race, races
from uncramp.training_history import (
    METRICS_VERSION,
    Fastest,
    History,
    LayOff,
    PastRun,
    Period,
    metrics_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uncramp.store.rows import ActivityRow, StoredMetrics
    from uncramp.timeline import RecentRun
    from uncramp.vocabulary import Activity

__all__ = [
    "Recomputing",
    "TrainingSummary",
    "current_metrics",
    "load_history",
    "recent_runs",
    "recompute",
    "training_summary",
]


class Recomputing(Protocol):
    """Called before each activity that is read again."""

    def __call__(self, *, done: int, total: int) -> None:
        """`done` of `total` activities are finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSummary:
    """Everything a year view shows."""

    years: tuple[Period, ...]
    months: tuple[Period, ...]
    weeks: tuple[Period, ...]
    lay_offs: tuple[LayOff, ...]
    races: tuple[Race, ...]
    fastest: Mapping[str, Fastest]
    left_out: tuple[PastRun, ...]
    """Runs whose files are not believed, with the reasons in `PastRun.left_out`."""


def load_history(context: Context, *, progress: Recomputing | None = None) -> History:
    """The runner's history; what is missing or stale is computed and kept first.

    NotFoundError for an unknown runner.
    """
    rows = context.store.activities(context.stored_runner(), with_duplicates=True)
    metrics = current_metrics(context, rows, progress=progress)
    return History(
        PastRun(
            run_id=row.activity_id,
            start_utc=row.start_utc,
            day=_day(context, row),
            is_run=row.is_run,
            sub_sport=row.sub_sport,
            title=row.title,
            excluded=row.excluded,
            is_linked=row.duplicate_of is not None,
            timer_s=row.moving_s,
            metrics=metrics[row.activity_id],
        )
        for row in rows
    )


def current_metrics(
    context: Context, rows: Sequence[ActivityRow], *, progress: Recomputing | None = None
) -> dict[int, Mapping[str, Any]]:
    """The metrics of each of these activities, by id, as this version counts them."""
    stored = context.store.metrics(context.stored_runner())
    fresh = _computed(context, _stale(rows, stored), progress=progress)
    return {
        row.activity_id: fresh.get(row.activity_id) or stored[row.activity_id].metrics
        for row in rows
    }


def recent_runs(context: Context, row: ActivityRow) -> list[RecentRun]:
    """The other runs that count, as a replay of `row` needs them.

    Excluded and linked runs, and files that are not believed, are left out. Distance and descent
    are our own count, the same for every device; time is the watch's own without pauses, for the
    first part of a replayed run counts standing too.
    """
    from uncramp.timeline import RecentRun

    rows = [
        other
        for other in context.store.activities(context.stored_runner(), with_excluded=False)
        if other.is_run and other.activity_id not in {row.activity_id, row.duplicate_of}
    ]
    metrics = current_metrics(context, rows)
    return [
        RecentRun(
            start_utc=other.start_utc,
            distance_m=metrics[other.activity_id].get("distance_m"),
            moving_s=other.moving_s,
            descent_m=metrics[other.activity_id].get("descent_m"),
        )
        for other in rows
        if other.start_utc is not None and metrics[other.activity_id].get("plausible")
    ]


def recompute(
    context: Context, *, everything: bool = True, progress: Recomputing | None = None
) -> int:
    """Compute the metrics of all activities again, or only of stale ones; how many it were."""
    runner = context.stored_runner()
    rows = context.store.activities(runner, with_duplicates=True)
    chosen = rows if everything else _stale(rows, context.store.metrics(runner))
    return len(_computed(context, chosen, progress=progress))


def training_summary(context: Context) -> TrainingSummary:
    """Distance, time and longest run a year, month and week, and what stands out."""
    history = load_history(context)
    return TrainingSummary(
        years=history.years(),
        months=history.months(),
        weeks=history.weeks(),
        lay_offs=history.lay_offs(today=context.now.date()),
        races=races(history),
        fastest=history.fastest(),
        left_out=tuple(
            run for run in history.others if run.is_run and not run.excluded and not run.is_linked
        ),
    )


def _day(context: Context, row: ActivityRow) -> date | None:
    """The day an activity began where it was run, as far as the file says; else where we are."""
    if row.start_utc is None:
        return None
    if row.utc_offset_s is None:
        return row.start_utc.astimezone(context.now.tzinfo or UTC).date()
    return (row.start_utc + timedelta(seconds=row.utc_offset_s)).date()


# Computing


def _wanted_version(row: ActivityRow) -> str:
    """The version that metrics of this activity must carry to be fresh."""
    from uncramp.activities import DECODER_VERSION

    if row.decoder_version == DECODER_VERSION:
        return METRICS_VERSION
    return f"{METRICS_VERSION}+decoder{DECODER_VERSION}"


def _stale(rows: Sequence[ActivityRow], stored: Mapping[int, StoredMetrics]) -> list[ActivityRow]:
    """Activities without metrics, or with those of another version."""
    return [
        row
        for row in rows
        if row.activity_id not in stored or stored[row.activity_id].version != _wanted_version(row)
    ]


def _computed(
    context: Context, rows: Sequence[ActivityRow], *, progress: Recomputing | None
) -> dict[int, dict[str, Any]]:
    """Metrics of these activities, each kept as soon as it is there."""
    runner, found = context.stored_runner(), {}
    for done, row in enumerate(rows):
        if progress is not None:
            progress(done=done, total=len(rows))
        _, activity = context.store.activity(runner, row.activity_id)
        if _wanted_version(row) != METRICS_VERSION:
            activity = _decoded_anew(context, row) or activity
        found[row.activity_id] = _metrics_of(activity)
        context.store.save_metrics(
            runner, row.activity_id, found[row.activity_id], version=_wanted_version(row)
        )
    return found


def _metrics_of(activity: Activity) -> dict[str, Any]:
    """The metrics; an activity that they stumble over is kept, and not believed."""
    try:
        return metrics_of(activity)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return {"plausible": False, "reasons": ["not_readable"], "proposed_onset": None}


def _decoded_anew(context: Context, row: ActivityRow) -> Activity | None:
    """The activity from its stored original; None when there is none, or it is another one now.

    Runs that were split or merged by hand have no original of their own.
    """
    from uncramp.activities import read_bytes

    try:
        content = context.store.original(context.stored_runner(), row.sha256)
        reading = read_bytes(content, name=row.source_file)
    except (NotFoundError, RefusedFileError):
        return None
    same = [
        activity
        for activity in reading.activities
        if activity.session_index == row.session_index
        and activity.start_utc == row.start_utc
        and activity.elapsed_s == row.elapsed_s
        and activity.sport == row.sport
    ]
    return same[0] if len(same) == 1 else None
