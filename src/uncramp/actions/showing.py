"""`uncramp runs show`: one activity in detail, and its numbers along the way for a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.hiding import is_about_places
from uncramp.actions.runs import find_run
from uncramp.actions.streams import Window, window_s
from uncramp.actions.training_history import current_metrics, recent_runs
from uncramp.store.rows import ActivityRow, CrampMark
from uncramp.units import (
    metres_from_kilometres,
    metres_from_miles,
)
from uncramp.vocabulary import Activity, Lap, Stream, UserProfile

if TYPE_CHECKING:
    from uncramp.onset import Onset
    from uncramp.timeline import Timeline
    from uncramp.track import Track
    from uncramp.vocabulary import FloatArray

__all__ = [
    "ChannelSummary",
    "Course",
    "RunDetails",
    "Split",
    "Stretch",
    "means_between",
    "run_details",
    "show_run",
    "splits",
]

SHORTEST_REST_SHARE: Final = 0.1
"""A rest after the last whole split is shown when it is at least this share of one."""

STRETCHES: Final = 60
"""Into how many equal parts a run is cut for its picture, unless asked otherwise."""


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
class Stretch:
    """One of many equal parts of a run, up to `until_m` or `until_s`; pauses count."""

    until_m: float | None
    until_s: float
    speed_m_s: float | None
    heart_rate_bpm: float | None
    elevation_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A run as it went, in equal parts of its distance, or of its time when it has no distance."""

    stretches: tuple[Stretch, ...]
    distance_m: float | None
    elapsed_s: float
    longest_before_known: bool
    """Whether any earlier run of the days before is stored."""
    beyond_m: float | None
    """Where the run went past the longest of the days before; None when it did not."""
    onset: Onset | None
    """Where the cramp came, or where the file suggests one; None after "no cramp"."""
    begin_m: float | None = None
    begin_s: float = 0.0
    """Where the first stretch begins: not at the start when only a part is shown."""
    is_part: bool = False
    fastest_like_m_s: float | None = None
    """The fastest recent run of like length."""

    def share(self, metres: float | None, second: float | None) -> float | None:
        """How far along the picture a place lies, 0–1; None when it cannot be placed."""
        along, whole = (metres, self.distance_m) if self.distance_m else (second, self.elapsed_s)
        return min(1.0, max(0.0, along / whole)) if along is not None and whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetails:
    """Everything about one activity that may be shown; no coordinates."""

    row: ActivityRow
    mark: CrampMark | None
    profile: UserProfile | None
    course: Course | None
    """None when too little was recorded."""
    laps: tuple[Lap, ...]
    channels: tuple[ChannelSummary, ...]
    splits: tuple[Split, ...]
    timeline: Timeline
    reasons: tuple[str, ...]
    """Why the file is not believed."""

    @property
    def is_doubted(self) -> bool:
        """Whether its numbers cannot be held against other runs."""
        return bool(set(self.reasons) - {"no_clock"})


def show_run(context: Context, reference: str, *, n_stretches: int = STRETCHES) -> RunDetails:
    """One activity in detail, its course in so many parts."""
    runner = context.stored_runner()
    row, activity = context.store.activity(runner, find_run(context, reference).activity_id)
    return run_details(context, row, activity, n_stretches=n_stretches)


def run_details(
    context: Context,
    row: ActivityRow,
    activity: Activity,
    *,
    n_stretches: int = STRETCHES,
    window: Window | None = None,
) -> RunDetails:
    """One activity that was read already; its course may be that of a part only.

    InputError `bad_stretch` for a part that is none.
    """
    mark = context.store.marks(context.stored_runner()).get(row.activity_id)
    every_m = metres_from_miles(1.0) if context.units == "imperial" else metres_from_kilometres(1.0)
    timeline = replayed(context, row, activity, mark)
    return RunDetails(
        row=row,
        mark=mark,
        profile=activity.profile,
        course=course_of(activity, timeline, mark, n_stretches=n_stretches, window=window),
        laps=activity.laps,
        channels=tuple(channel_summary(stream) for stream in activity.streams.values()),
        splits=splits(activity.time_s, activity.streams, every_m=every_m),
        timeline=timeline,
        reasons=tuple(current_metrics(context, [row])[row.activity_id].get("reasons", ())),
    )


def replayed(
    context: Context, row: ActivityRow, activity: Activity, mark: CrampMark | None
) -> Timeline:
    """The run held against those before it, with the cramp where it was marked."""
    from uncramp.timeline import replay

    cramp = mark if mark is not None and mark.cramped == "yes" else None
    return replay(
        activity,
        recent=recent_runs(context, row),
        onset_km=None if cramp is None else cramp.km,
        onset_min=None if cramp is None else cramp.minute,
    )


def course_of(
    activity: Activity,
    timeline: Timeline,
    mark: CrampMark | None,
    *,
    n_stretches: int,
    window: Window | None,
) -> Course | None:
    """The numbers of the picture."""
    import numpy as np

    from uncramp.track import track_of

    track = track_of(activity) if activity.is_run or "distance_m" in activity.streams else None
    times = activity.time_s[np.isfinite(activity.time_s)]
    if times.size < 2 or times[-1] <= times[0] or n_stretches < 1:
        return None
    recorded_s = times if track is None else track.time_s
    begin_s, end_s = window_s(track, window, whole_s=float(recorded_s[-1]))
    begin_s = max(begin_s, float(recorded_s[0]))
    ends_s, ends_m = parts_of(track, begin_s, end_s, n_stretches=n_stretches)
    passed = [point for point in timeline.points if point.event == "longest_run_passed"]
    beyond_km = passed[0].km if passed else None
    return Course(
        stretches=stretches(activity, ends_s, ends_m),
        distance_m=None if track is None else float(track.metres[-1]),
        elapsed_s=float(times[-1]),
        longest_before_known="longest_run" not in timeline.thin,
        beyond_m=None if beyond_km is None else metres_from_kilometres(beyond_km),
        onset=None if mark is not None and mark.cramped == "no" else timeline.onset,
        begin_m=None if ends_m is None else float(ends_m[0]),
        begin_s=float(ends_s[0]),
        is_part=window is not None,
        fastest_like_m_s=fastest_like_m_s(track, timeline),
    )


def fastest_like_m_s(track: Track | None, timeline: Timeline) -> float | None:
    """The speed that the first part was held against."""
    found = [point for point in timeline.points if point.event.startswith("first_part")]
    if track is None or not found or found[0].km is None:
        return None
    end_m = metres_from_kilometres(found[0].km)
    speed = track.speed_m_s(begin_m=0.0, end_m=end_m, counted=~track.silent)
    share = 1 + timeline.facts.facts["run.first_part_faster_pct"] / 100
    return speed / share if speed and share > 0 else None


def parts_of(
    track: Track | None, begin_s: float, end_s: float, *, n_stretches: int
) -> tuple[FloatArray, FloatArray | None]:
    """Where equal parts end, in seconds and in metres: of the way, or of the time without one."""
    import numpy as np

    if track is not None:
        begin_m, end_m = np.interp((begin_s, end_s), track.time_s, track.metres)
        if end_m > begin_m:
            ends_m = np.linspace(begin_m, end_m, n_stretches + 1)
            ends_s = np.maximum.accumulate(np.interp(ends_m, track.metres, track.time_s))
            return ends_s, ends_m
    return np.linspace(begin_s, end_s, n_stretches + 1), None


def stretches(
    activity: Activity, ends_s: FloatArray, ends_m: FloatArray | None
) -> tuple[Stretch, ...]:
    """One part between every two ends."""
    import numpy as np

    rates, levels = (
        means_between(activity.time_s, activity.streams.get(name), ends_s.tolist())
        for name in ("heart_rate_bpm", "elevation_m")
    )
    speeds: list[float | None] = [None] * (ends_s.size - 1)
    if ends_m is not None:
        steps_s = np.diff(ends_s)
        speeds = [
            float(metres / seconds) if seconds > 0 else None
            for metres, seconds in zip(np.diff(ends_m), steps_s, strict=True)
        ]
    return tuple(
        Stretch(
            until_m=None if ends_m is None else float(ends_m[index + 1]),
            until_s=float(ends_s[index + 1]),
            speed_m_s=speeds[index],
            heart_rate_bpm=rates[index],
            elevation_m=levels[index],
        )
        for index in range(ends_s.size - 1)
    )


def channel_summary(stream: Stream) -> ChannelSummary:
    """How many values a channel has, and their range."""
    import numpy as np

    values = stream.physical()
    values = values[np.isfinite(values)]
    is_shown = len(values) > 0 and not is_about_places(stream.channel)
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
    heart_rates = means_between(time_s, streams.get("heart_rate_bpm"), passed_s.tolist())
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


def means_between(
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
