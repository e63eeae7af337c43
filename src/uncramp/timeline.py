"""One run as it went: what its file says about the cramp, each thing placed at its minute.

Pure judgement on one activity and a few numbers of earlier runs. Minutes are elapsed minutes from
the start, pauses included; pace is of running time, without gaps. Missing is absent, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from uncramp import units
from uncramp.evidence import value
from uncramp.onset import Onset, onset_at, propose_onset, share_of
from uncramp.run_facts import RunFacts, RunSummary, Sky, facts_from_summary
from uncramp.track import (
    Track,
    bin_edges,
    climbed_and_fallen_m,
    distance_of,
    known,
    levels,
    track_of,
)
from uncramp.vocabulary import Activity, Interval

__all__ = ["Losses", "RecentRun", "Timeline", "TimelinePoint", "replay", "with_losses"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentRun:
    """Another run of the same runner, in the numbers the store keeps of it."""

    start_utc: datetime
    distance_m: float | None
    moving_s: float | None
    descent_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePoint:
    """One thing that happened; `event` names the message `timeline.<event>`.

    `values` hold faster_pct (first_part), slower_pct (first_part_slower), days
    (longest_run_passed), slowdown_pct (slowdown), descent_m (descent), with beyond_pct
    (descent_beyond); minute and share_pct (onset, onset_stop, onset_collapse), only minute
    (onset_minute: the file has no distance); sweat_l and sodium_mg, each with _low and _high
    (losses at the cramp, losses_end at the end). All but onset_minute, losses, and descent in a
    file without distance, have a `km`.
    """

    minute: float | None
    km: float | None
    share: float | None
    event: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A run replayed: facts for the rules, the onset if any, and points in order of the run.

    `thin` names what could not be said: longest_run, first_part, descent (too little history);
    no_start, no_distance, no_elevation, onset_not_placed (too little in the file); losses_profile,
    losses_weather, losses_pace (what the losses need and nobody told).
    """

    facts: RunFacts
    onset: Onset | None
    points: tuple[TimelinePoint, ...]
    thin: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """What the body is reckoned to have lost up to one minute of a run."""

    minute: float
    at_cramp: bool
    """Up to the cramp as told or confirmed; else up to the end."""
    sweat_l: Interval
    sodium_mg: Interval
    salt_loss_ratio: float | None = None
    """What the sodium says of the kind; None where no cramp is placed."""


def with_losses(timeline: Timeline, losses: Losses) -> Timeline:
    """The timeline with what was lost as a moment of it, and as facts up to a cramp."""
    values = {
        f"{name}{part}": number
        for name, band in (("sweat_l", losses.sweat_l), ("sodium_mg", losses.sodium_mg))
        for part, number in (("", band.median), ("_low", band.low), ("_high", band.high))
    }
    point = TimelinePoint(
        minute=losses.minute,
        km=None,
        share=None,
        event="losses" if losses.at_cramp else "losses_end",
        values=values,
    )
    facts = dict(timeline.facts.facts)
    if losses.at_cramp:
        facts["run.sweat_loss_l"] = losses.sweat_l.median
        facts["run.sodium_loss_mg"] = losses.sodium_mg.median
    if losses.at_cramp and losses.salt_loss_ratio is not None:
        facts["run.salt_loss_ratio"] = losses.salt_loss_ratio
    points = sorted(
        (*timeline.points, point), key=lambda p: math.inf if p.minute is None else p.minute
    )
    return replace(timeline, facts=replace(timeline.facts, facts=facts), points=tuple(points))


def replay(
    activity: Activity,
    *,
    recent: Sequence[RecentRun],
    onset_km: float | None = None,
    onset_min: float | None = None,
    onset_confirmed: bool = False,
    temp_air_c: float | None = None,
    relative_humidity_pct: float | None = None,
    sky: Sky | None = None,
) -> Timeline:
    """What the file of one run says, held against `recent` runs of the same runner.

    An answered onset (`onset_km`, or `onset_min` in elapsed minutes) wins; one that the file
    suggests is used for facts only when `onset_confirmed`. Runs in `recent` that did not end
    before this one began are left out. `run.slowdown_pct` compares running pace of the second
    half with the first, of the part before the onset where that is known, else of the whole run;
    `run.descent_m` counts up to the onset or the end.
    """
    track = track_of(activity)
    distance_m = distance_of(activity, track)
    onset, told = _where(activity, track, _Told(onset_km, onset_min), confirmed=onset_confirmed)
    history = _history(activity, recent, "cramps.history_days")
    ran = _Ran(activity, track, distance_m, recent, history, told)
    base = facts_from_summary(
        RunSummary(
            distance_m=distance_m,
            duration_s=activity.elapsed_s,
            onset_km=told.km,
            onset_min=told.minute,
            temp_air_c=temp_air_c,
            relative_humidity_pct=relative_humidity_pct,
            longest_30_days_m=ran.longest_m,
            sky=sky,
        )
    )
    found = [_first_part(ran), _slowdown(ran), _descent(ran), _longest_passed(ran)]
    found.append(_onset_found(ran, onset))
    facts = dict(base.facts)
    for more, _ in found:
        facts |= more
    points = [point for _, point in found if point is not None]
    return Timeline(
        facts=replace(base, facts={n: fact for n, fact in facts.items() if math.isfinite(fact)}),
        onset=onset,
        points=tuple(sorted(points, key=lambda p: math.inf if p.minute is None else p.minute)),
        thin=_thin(ran, facts),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """Where the cramp came as the runner says, or agrees."""

    km: float | None
    minute: float | None


@dataclass(frozen=True, slots=True, eq=False)
class _Ran:
    """One run with what it is held against."""

    activity: Activity
    track: Track | None
    distance_m: float | None
    recent: Sequence[RecentRun]
    history: Sequence[RecentRun]
    """Those of `recent` within the days in which the longest run is looked for."""
    told: _Told

    @property
    def longest_m(self) -> float | None:
        """Distance of the longest run of the history; None when that is empty."""
        return max((known(run.distance_m) for run in self.history), default=0) or None

    @property
    def most_descent_m(self) -> float | None:
        """Most metres down of any run of the history; None when it had none or knows none."""
        return max((known(run.descent_m) for run in self.history), default=0) or None

    @property
    def onset_m(self) -> float | None:
        """Where the cramp came, in metres, when told or confirmed."""
        return None if self.told.km is None else units.metres_from_kilometres(self.told.km)

    @property
    def fastest_alike_m_s(self) -> float | None:
        """Highest mean speed of the recent runs of like length; None when they are too few."""
        shortest_m = value("cramps.like_length_share") * (self.distance_m or 0)
        speeds = [
            known(run.distance_m) / known(run.moving_s)
            for run in _history(self.activity, self.recent, "cramps.pace_history_days")
            if known(run.moving_s) and known(run.distance_m) >= max(shortest_m, 1)
        ]
        return max(speeds) if len(speeds) >= value("cramps.pace_history_runs") else None

    def point(
        self, event: str, values: Mapping[str, float], *, at_m: float | None, at_s: float | None
    ) -> TimelinePoint:
        """A point of the timeline at a place, a time, or both."""
        km = None if at_m is None else units.kilometres_from_metres(at_m)
        return TimelinePoint(
            minute=None if at_s is None else units.minutes_from_seconds(at_s),
            km=km,
            share=share_of(km, self.distance_m),
            event=event,
            values=values,
        )


Found = tuple[dict[str, float], TimelinePoint | None]


# What is known of the run, and of those before


def _history(activity: Activity, recent: Sequence[RecentRun], days_key: str) -> list[RecentRun]:
    """Runs that were over when this one began, and began at most so many days before."""
    start = activity.start_utc
    if start is None:
        return []
    first = start - timedelta(days=value(days_key))
    return [
        run
        for run in recent
        if first <= run.start_utc < start
        and run.start_utc + timedelta(seconds=known(run.moving_s)) <= start
    ]


# Where the cramp came


def _where(
    activity: Activity, track: Track | None, told: _Told, *, confirmed: bool
) -> tuple[Onset | None, _Told]:
    """The onset, and what of it may be used for facts."""
    if told.km is None and told.minute is None:
        proposed = propose_onset(activity)
        if proposed is None or not confirmed:
            return proposed, told
        return replace(proposed, proposed=False), _Told(proposed.km, proposed.minute)
    told = told if track is None else _completed(told, track)
    if told.minute is None:
        return None, told
    distance_m = distance_of(activity, track)
    return onset_at(told.km, told.minute, distance_m, sign="answered", proposed=False), told


def _completed(told: _Told, track: Track) -> _Told:
    """The minute for a kilometre, or the kilometre for a minute, where the file can tell."""
    if told.minute is None and told.km is not None:
        second = track.second_at(units.metres_from_kilometres(told.km))
        return _Told(told.km, None if second is None else units.minutes_from_seconds(second))
    if told.km is None and told.minute is not None:
        metres = track.metres_at(units.seconds_from_minutes(told.minute))
        return _Told(None if metres is None else units.kilometres_from_metres(metres), told.minute)
    return told


# What the file says of the load


def _first_part(ran: _Ran) -> Found:
    """Speed of the first part, standing included, against the fastest recent run of like length."""
    track, distance_m, fastest = ran.track, ran.distance_m, ran.fastest_alike_m_s
    if track is None or distance_m is None or fastest is None:
        return {}, None
    end_m = value("cramps.first_part_share") * distance_m
    cramped_before = ran.onset_m is not None and ran.onset_m < end_m
    speed = track.speed_m_s(begin_m=0.0, end_m=end_m, counted=~track.silent)
    if speed is None or cramped_before or end_m > track.metres[-1]:
        return {}, None
    faster_pct = 100 * (speed / fastest - 1)
    event, values = "first_part", {"faster_pct": faster_pct}
    if faster_pct < 0:
        event, values = "first_part_slower", {"slower_pct": -faster_pct}
    point = ran.point(event, values, at_m=end_m, at_s=track.second_at(end_m))
    return {"run.first_part_faster_pct": faster_pct}, point


def _slowdown(ran: _Ran) -> Found:
    """Running pace of the second half against the first, up to the onset where it is known."""
    track = ran.track
    if track is None:
        return {}, None
    end_m = min(float(track.metres[-1]), math.inf if ran.onset_m is None else ran.onset_m)
    half_m = end_m / 2
    first = track.speed_m_s(begin_m=0.0, end_m=half_m, counted=track.moving)
    second = track.speed_m_s(begin_m=half_m, end_m=end_m, counted=track.moving)
    if not first or not second:
        return {}, None
    slowdown_pct = 100 * (first / second - 1)
    facts = {"run.slowdown_pct": slowdown_pct}
    if slowdown_pct < 1:
        return facts, None
    values = {"slowdown_pct": slowdown_pct}
    return facts, ran.point("slowdown", values, at_m=half_m, at_s=track.second_at(half_m))


def _descent(ran: _Ran) -> Found:
    """Metres down until the onset or the end, against the most of any recent run."""
    times = ran.activity.time_s[np.isfinite(ran.activity.time_s)]
    end_s = float(times.max(initial=0))
    if ran.told.minute is not None:
        end_s = min(end_s, units.seconds_from_minutes(ran.told.minute))
    at_edges = levels(ran.activity, bin_edges(0.0, end_s))
    if at_edges is None:
        return {}, None
    _, descent_m = climbed_and_fallen_m(at_edges)
    facts, values = {"run.descent_m": descent_m}, {"descent_m": descent_m}
    if descent_m < value("training.descent_counts_m"):
        return facts, None
    event, most_m = "descent", ran.most_descent_m
    if most_m is not None:
        facts["run.descent_beyond_pct"] = 100 * (descent_m / most_m - 1)
    if most_m is not None and descent_m > most_m:
        event, values["beyond_pct"] = "descent_beyond", facts["run.descent_beyond_pct"]
    at_m = None if ran.track is None else ran.track.metres_at(end_s)
    return facts, ran.point(event, values, at_m=at_m, at_s=end_s)


def _longest_passed(ran: _Ran) -> Found:
    """Where the run went past the longest one of the days before."""
    longest_m = ran.longest_m
    if ran.track is None or longest_m is None or longest_m >= ran.track.metres[-1]:
        return {}, None
    values = {"days": value("cramps.history_days")}
    second = ran.track.second_at(longest_m)
    return {}, ran.point("longest_run_passed", values, at_m=longest_m, at_s=second)


def _onset_found(ran: _Ran, onset: Onset | None) -> Found:
    """The cramp itself, and the fact that the file suggests where it came."""
    if onset is None:
        return {}, None
    event = f"onset_{onset.sign}" if onset.proposed else "onset"
    values = {"minute": onset.minute}
    if onset.share is None:
        event = "onset_minute"
    else:
        values["share_pct"] = 100 * onset.share
    at_m = None if onset.km is None else units.metres_from_kilometres(onset.km)
    facts = {}
    if onset.km is not None and onset.sign != "answered":
        facts["run.proposed_onset_km"] = onset.km
    point = ran.point(event, values, at_m=at_m, at_s=units.seconds_from_minutes(onset.minute))
    return facts, point


def _thin(ran: _Ran, facts: Mapping[str, float]) -> tuple[str, ...]:
    """What could not be said, and whether the file or the history is to blame."""
    no_elevation = "run.descent_m" not in facts
    missing = {
        "no_start": ran.activity.start_utc is None,
        "no_distance": ran.track is None,
        "no_elevation": no_elevation,
        "onset_not_placed": ran.told.km is not None and ran.told.minute is None,
        "longest_run": ran.longest_m is None,
        "first_part": ran.fastest_alike_m_s is None,
        "descent": not no_elevation and ran.most_descent_m is None,
    }
    return tuple(name for name, is_missing in missing.items() if is_missing)
