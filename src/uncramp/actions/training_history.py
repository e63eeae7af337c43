"""The stored runs as training history: read from what was computed at import, redone when stale.

What was computed by an older `METRICS_VERSION` is computed again from the stored streams. When the
decoder has changed since, it is computed from the stored original, decoded anew, as long as that
is plainly the same activity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.errors import NotFoundError, RefusedFileError
from uncramp.evidence import value
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
    "history_of",
    "load_history",
    "recent_runs",
    "recompute",
    "training_summary",
]


class Recomputing(Protocol):
    """Called before each activity that is read again."""

    def __call__(self, *, done: int, total: int) -> None:
        """`done` of `total` activities are finished."""


@dataclass(frozen=True, kw_only=True)
class TrainingSummary:
    """Everything a year view shows, each part computed when it is asked for."""

    history: History
    today: date

    @cached_property
    def years(self) -> tuple[Period, ...]:
        """Every year with a run."""
        return self.history.years()

    @cached_property
    def months(self) -> tuple[Period, ...]:
        """Every month with a run."""
        return self.history.months()

    @cached_property
    def weeks(self) -> tuple[Period, ...]:
        """Every week from the first run to the last."""
        return self.history.weeks()

    @cached_property
    def lay_offs(self) -> tuple[LayOff, ...]:
        """Stretches of days without a run, up to today."""
        return self.history.lay_offs(today=self.today)

    @cached_property
    def races(self) -> tuple[Race, ...]:
        """Runs that look like races."""
        return races(self.history)

    @cached_property
    def fastest(self) -> Mapping[str, Fastest]:
        """The fastest time over each distance."""
        return self.history.fastest()

    @cached_property
    def left_out(self) -> tuple[PastRun, ...]:
        """Runs whose files are not believed, with the reasons in `PastRun.left_out`."""
        return tuple(
            run
            for run in self.history.others
            if run.is_run and not run.excluded and not run.is_linked
        )


def load_history(context: Context, *, progress: Recomputing | None = None) -> History:
    """The runner's history; what is missing or stale is computed and kept first.

    NotFoundError for an unknown runner.
    """
    rows = context.store.activities(context.stored_runner(), with_duplicates=True)
    return history_of(context, rows, current_metrics(context, rows, progress=progress))


def history_of(
    context: Context, rows: Sequence[ActivityRow], metrics: Mapping[int, Mapping[str, Any]]
) -> History:
    """Stored activities of every kind as history, with the metrics of each."""
    return History(
        PastRun(
            run_id=row.activity_id,
            start_utc=row.start_utc,
            day=local_date(context, row),
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
    ids = [row.activity_id for row in rows]
    stored = context.store.metrics(context.stored_runner(), ids)
    fresh = _computed(context, _stale(rows, stored), progress=progress)
    return {
        row.activity_id: fresh.get(row.activity_id) or stored[row.activity_id].metrics
        for row in rows
    }


def recent_runs(context: Context, row: ActivityRow) -> list[RecentRun]:
    """The other runs that count, as a replay of `row` needs them.

    Excluded and linked runs, and files that are not believed, are left out. Distance and descent
    are our own count, the same for every device; time is the watch's own without pauses, for the
    first part of a replayed run counts standing too. Runs too long ago to matter are not read.
    """
    from uncramp.timeline import RecentRun

    if row.start_utc is None:
        return []
    days = max(value("cramps.history_days"), value("cramps.pace_history_days"))
    rows = [
        other
        for other in context.store.activities(
            context.stored_runner(),
            with_excluded=False,
            between=(row.start_utc - timedelta(days=days), row.start_utc),
        )
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
    return TrainingSummary(history=load_history(context), today=context.now.date())


# Computing


def _decoder_version() -> int:
    """The version of our decoders; asking loads them."""
    from uncramp.activities import DECODER_VERSION

    return DECODER_VERSION


def _wanted_version(row: ActivityRow, decoder: int) -> str:
    """The version that metrics of this activity must carry to be fresh."""
    if row.decoder_version == decoder:
        return METRICS_VERSION
    return f"{METRICS_VERSION}+decoder{decoder}"


def _stale(rows: Sequence[ActivityRow], stored: Mapping[int, StoredMetrics]) -> list[ActivityRow]:
    """Activities without metrics, or with those of another version."""
    decoder = _decoder_version()
    return [
        row
        for row in rows
        if row.activity_id not in stored
        or stored[row.activity_id].version != _wanted_version(row, decoder)
    ]


def _computed(
    context: Context, rows: Sequence[ActivityRow], *, progress: Recomputing | None
) -> dict[int, dict[str, Any]]:
    """Metrics of these activities, each kept as soon as it is there."""
    runner, found, decoder = context.stored_runner(), {}, _decoder_version()
    for done, row in enumerate(rows):
        if progress is not None:
            progress(done=done, total=len(rows))
        _, activity = context.store.activity(runner, row.activity_id)
        version = _wanted_version(row, decoder)
        if version != METRICS_VERSION:
            activity = _decoded_anew(context, row) or activity
        found[row.activity_id] = _metrics_of(activity)
        context.store.save_metrics(runner, row.activity_id, found[row.activity_id], version=version)
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
