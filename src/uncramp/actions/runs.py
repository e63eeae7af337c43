"""`uncramp runs`: what is stored, one activity in detail, and which one `last` or a day means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.errors import InputError, NotFoundError
from uncramp.store.rows import ActivityRow
from uncramp.units import metres_from_kilometres, metres_from_miles
from uncramp.vocabulary import Lap, Stream, UserProfile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from uncramp.vocabulary import FloatArray

__all__ = [
    "ChannelSummary",
    "RunDetails",
    "Split",
    "find_run",
    "list_runs",
    "local_date",
    "show_run",
]

DAY: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
PLACE_WORDS: Final = ("latitude", "longitude", "position")
"""A channel named so holds places: its values are never shown, only how many there are."""

SHORTEST_REST_SHARE: Final = 0.1
"""A rest after the last whole split is shown when it is at least this share of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSummary:
    """How well one channel was recorded; `low` and `high` stay None for places."""

    channel: str
    n_values: int
    n_missing: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One kilometre or mile (the last may be shorter); pauses count in `elapsed_s`."""

    number: int
    distance_m: float
    is_whole: bool
    elapsed_s: float
    mean_heart_rate_bpm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetails:
    """Everything about one activity that may be shown; no coordinates."""

    row: ActivityRow
    profile: UserProfile | None
    laps: tuple[Lap, ...]
    channels: tuple[ChannelSummary, ...]
    splits: tuple[Split, ...]


def list_runs(context: Context) -> list[ActivityRow]:
    """Every stored activity of every sport, newest last."""
    return context.store.activities(context.stored_runner())


def find_run(context: Context, reference: str) -> ActivityRow:
    """The activity that `reference` means: an id, `last`, or a day as YYYY-MM-DD.

    `last` is the newest running activity, a day means its longest one; where nothing was running,
    any sport counts. NotFoundError `unknown_run` or `no_runs`, InputError `bad_date`.
    """
    runner = context.stored_runner()
    if re.fullmatch(r"[0-9]{1,9}", reference):
        return context.store.activity_row(runner, int(reference))
    rows = context.store.activities(runner)
    if not rows:
        raise NotFoundError("no_runs", values={"runner": runner.name})
    if reference == "last":
        return runs_or_all(rows)[-1]
    if not DAY.fullmatch(reference):
        raise NotFoundError("unknown_run", values={"reference": reference, "runner": runner.name})
    day = parsed_day(reference)
    of_day = runs_or_all([row for row in rows if local_date(context, row) == day])
    if not of_day:
        raise NotFoundError("no_run_that_day", values={"date": day, "runner": runner.name})
    return max(of_day, key=lambda row: (row.distance_m or 0.0, row.elapsed_s or 0.0))


def runs_or_all(rows: list[ActivityRow]) -> list[ActivityRow]:
    """The running ones among `rows`, or all when none is."""
    return [row for row in rows if row.is_run] or rows


def parsed_day(reference: str) -> date:
    """The day meant; InputError `bad_date` when the calendar has no such day."""
    try:
        return date(*(int(part) for part in reference.split("-")))
    except ValueError as error:
        raise InputError("bad_date", values={"date": reference}) from error


def local_date(context: Context, row: ActivityRow) -> date | None:
    """The day an activity began where it was run, as far as the file says; else where we are."""
    if row.start_utc is None:
        return None
    if row.utc_offset_s is None:
        return row.start_utc.astimezone(context.now.tzinfo or UTC).date()
    return (row.start_utc + timedelta(seconds=row.utc_offset_s)).date()


def show_run(context: Context, reference: str) -> RunDetails:
    """One activity in detail."""
    row = find_run(context, reference)
    stored, activity = context.store.activity(context.stored_runner(), row.activity_id)
    every_m = metres_from_miles(1.0) if context.units == "imperial" else metres_from_kilometres(1.0)
    return RunDetails(
        row=stored,
        profile=activity.profile,
        laps=activity.laps,
        channels=tuple(channel_summary(stream) for stream in activity.streams.values()),
        splits=splits(activity.time_s, activity.streams, every_m=every_m),
    )


def channel_summary(stream: Stream) -> ChannelSummary:
    """How many values a channel has, and their range."""
    import numpy as np

    values = stream.physical()
    values = values[np.isfinite(values)]
    is_place = any(word in stream.channel.lower() for word in PLACE_WORDS)
    is_shown = len(values) > 0 and not is_place
    return ChannelSummary(
        channel=stream.channel,
        n_values=len(values),
        n_missing=len(stream.values) - len(values),
        low=float(values.min()) if is_shown else None,
        high=float(values.max()) if is_shown else None,
    )


def splits(
    time_s: FloatArray, streams: Mapping[str, Stream], *, every_m: float
) -> tuple[Split, ...]:
    """Time of every `every_m` metres, by straight lines between records; empty without distance."""
    import numpy as np

    if "distance_m" not in streams:
        return ()
    covered_m = streams["distance_m"].physical()
    known = np.isfinite(covered_m)
    if np.count_nonzero(known) < 2:
        return ()
    at_s = time_s[known]
    covered_m = np.maximum.accumulate(covered_m[known])
    first_m, last_m = float(covered_m[0]), float(covered_m[-1])
    n_whole = int((last_m - first_m) // every_m)
    marks_m = first_m + every_m * np.arange(n_whole + 1)
    if last_m - marks_m[-1] >= SHORTEST_REST_SHARE * every_m:
        marks_m = np.append(marks_m, last_m)
    passed_s = np.interp(marks_m, covered_m, at_s)
    heart_rates = mean_heart_rates(time_s, streams.get("heart_rate_bpm"), passed_s.tolist())
    return tuple(
        Split(
            number=index + 1,
            distance_m=float(marks_m[index + 1] - marks_m[index]),
            is_whole=index < n_whole,
            elapsed_s=float(passed_s[index + 1] - passed_s[index]),
            mean_heart_rate_bpm=heart_rates[index],
        )
        for index in range(len(marks_m) - 1)
    )


def mean_heart_rates(
    time_s: FloatArray, stream: Stream | None, passed_s: Sequence[float]
) -> list[float | None]:
    """Mean of the records between each two moments; None where there are none."""
    import numpy as np

    if stream is None:
        return [None] * max(len(passed_s) - 1, 0)
    values = stream.physical()
    result: list[float | None] = []
    for start, end in pairwise(passed_s):
        between = values[(time_s >= start) & (time_s < end)]
        between = between[np.isfinite(between)]
        result.append(float(between.mean()) if len(between) else None)
    return result
