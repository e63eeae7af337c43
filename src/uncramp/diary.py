"""The cramp diary: which runs to ask about, and what the cramps that were told have in common.

Counts only. Nothing here says why: a repeat is a true statement about the stored runs, with how
many of how many, and it is left unsaid when they are few. A run nobody was asked about, and one
nobody remembers, count for nothing; "no cramp" is information.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from uncramp import units
from uncramp.evidence import value

__all__ = ["Diary", "DiaryRun", "Group", "Place", "Repeat", "Said", "diary", "group_runs"]

Said = Literal["yes", "no", "dont_remember"]

METRES_A_KILOMETRE: Final = units.metres_from_kilometres(1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where on a run something happened; `share` (0–1) is of the run's distance."""

    km: float | None = None
    minute: float | None = None
    share: float | None = None
    sign: str = "answered"
    """`answered`, or what the file shows: `stop` or `collapse`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryRun:
    """One run of one runner; `distance_m` is None when it is not known or not believed."""

    activity_id: int
    start_utc: datetime | None = None
    distance_m: float | None = None
    moving_s: float | None = None
    proposed: Place | None = None
    """Where the file looks as if a cramp stopped the run."""
    said: Said | None = None
    """What the runner answered; None before that."""
    place: Place | None = None
    """Where the cramp came, when the runner said that there was one and this is known."""
    muscles: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the file shows something that nobody was asked about."""
        return self.proposed is not None and self.said is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Runs that stopped or slowed to a walk at about the same place, oldest first."""

    runs: tuple[DiaryRun, ...]
    low_km: float
    high_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A plain statement: true of `count` of the `of` cramps of which it is known.

    `what` is `beyond_longest` (later than the longest run of the days before), `late` (in the last
    part of the run), `longer_than`, `same_place` or `same_muscle`. `values`: days; share_pct;
    longer_than in units of length, n_that_long; low_km and high_km. `muscle` is an option of the
    interview.
    """

    what: str
    count: int
    of: int
    n_unknown: int
    """Cramps of which it is not known."""
    values: Mapping[str, float] = field(default_factory=dict)
    muscle: str | None = None
    without: tuple[int, int] | None = None
    """Of how many runs without a cramp the same is true, and of how many that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary:
    """What to ask, largest group first, and what was told so far."""

    n_runs: int
    groups: tuple[Group, ...]
    scattered: tuple[DiaryRun, ...]
    """Runs to ask about one by one, newest first."""
    cramped: tuple[DiaryRun, ...]
    """Runs with a cramp, oldest first."""
    n_without: int
    n_forgotten: int
    repeats: tuple[Repeat, ...]

    @property
    def n_open(self) -> int:
        """How many runs to ask about."""
        return sum(len(group.runs) for group in self.groups) + len(self.scattered)


def diary(runs: Iterable[DiaryRun], *, unit_m: float = METRES_A_KILOMETRE) -> Diary:
    """What `runs` show and what was told of them; lengths are cut at whole units of `unit_m`."""
    oldest_first = sorted(runs, key=_in_time)
    groups, scattered = group_runs([run for run in oldest_first if run.is_open])
    cramped = tuple(run for run in oldest_first if run.said == "yes")
    without = tuple(run for run in oldest_first if run.said == "no")
    found = (
        _beyond_longest(oldest_first, cramped, without),
        _late(cramped),
        _longer_than(oldest_first, cramped, unit_m=unit_m),
        _same_place(cramped),
        _same_muscle(cramped),
    )
    return Diary(
        n_runs=len(oldest_first),
        groups=groups,
        scattered=scattered,
        cramped=cramped,
        n_without=len(without),
        n_forgotten=sum(run.said == "dont_remember" for run in oldest_first),
        repeats=tuple(repeat for repeat in found if repeat is not None and _is_enough(repeat)),
    )


def _in_time(run: DiaryRun) -> tuple[bool, float, int]:
    """Oldest first; runs without a start come before all."""
    start = run.start_utc
    return start is not None, 0.0 if start is None else start.timestamp(), run.activity_id


# What to ask


def group_runs(runs: Sequence[DiaryRun]) -> tuple[tuple[Group, ...], tuple[DiaryRun, ...]]:
    """Runs that stopped at about the same kilometre, largest group first, and the rest.

    Each group is as large as can be made of what the larger ones left over, and no wider than
    `cramps.diary.group_width_pct` of where it begins.
    """
    rest = sorted(runs, key=lambda run: (_proposed_km(run), run.activity_id))
    groups = []
    while rest:
        begin, end = _fullest([_proposed_km(run) for run in rest])
        if end - begin < value("cramps.diary.group_runs"):
            break
        chosen = rest[begin:end]
        low_km, high_km = _proposed_km(chosen[0]), _proposed_km(chosen[-1])
        told = tuple(sorted(chosen, key=_in_time))
        groups.append(Group(runs=told, low_km=low_km, high_km=high_km))
        del rest[begin:end]
    return tuple(groups), tuple(sorted(rest, key=_in_time, reverse=True))


def _proposed_km(run: DiaryRun) -> float:
    """Where the file shows something; infinitely far when it does not say where."""
    km = None if run.proposed is None else run.proposed.km
    return math.inf if km is None else km


def _fullest(places_km: Sequence[float]) -> tuple[int, int]:
    """Begin and end of the most places within one width, the narrowest of equals; rising places."""
    wide = 1 + value("cramps.diary.group_width_pct") / 100
    best, begin = (0, 0), 0
    spread_of_best = math.inf
    for end, last_km in enumerate(places_km, 1):
        if math.isinf(last_km):
            break
        while places_km[begin] * wide < last_km:
            begin += 1
        spread = last_km - places_km[begin]
        n_more = (end - begin) - (best[1] - best[0])
        if n_more > 0 or (n_more == 0 and spread < spread_of_best):
            best, spread_of_best = (begin, end), spread
    return best


# What repeats


def _is_enough(repeat: Repeat) -> bool:
    """Whether it is said at all: of enough cramps, and of most of those of which it is known."""
    return repeat.count >= value("cramps.diary.repeat_runs") and repeat.count > repeat.of * 0.5


def _beyond_longest(
    history: Sequence[DiaryRun], cramped: Sequence[DiaryRun], without: Sequence[DiaryRun]
) -> Repeat:
    """Cramps later than the longest run of the days before; and runs that went so far without."""
    starts = [_in_time(run)[:2] for run in history]
    later = []
    for run in cramped:
        km = None if run.place is None else run.place.km
        longest_m = _longest_before(history, starts, run)
        if km is not None and longest_m is not None:
            later.append(units.metres_from_kilometres(km) > longest_m)
    free = []
    for run in without:
        longest_m = _longest_before(history, starts, run)
        if run.distance_m is not None and longest_m is not None:
            free.append(run.distance_m > longest_m)
    return Repeat(
        what="beyond_longest",
        count=sum(later),
        of=len(later),
        n_unknown=len(cramped) - len(later),
        values={"days": value("cramps.history_days")},
        without=(sum(free), len(free)) if free else None,
    )


def _longest_before(
    history: Sequence[DiaryRun], starts: Sequence[tuple[bool, float]], run: DiaryRun
) -> float | None:
    """Metres of the longest run over before this one began; None when the days held too few."""
    if run.start_utc is None:
        return None
    first = run.start_utc - timedelta(days=value("cramps.history_days"))
    before = history[
        bisect_left(starts, (True, first.timestamp())) : bisect_left(starts, _in_time(run)[:2])
    ]
    lengths = [
        other.distance_m
        for other in before
        if other.distance_m is not None and _end(other) <= run.start_utc
    ]
    return max(lengths) if len(lengths) >= value("cramps.diary.month_runs") else None


def _end(run: DiaryRun) -> datetime:
    """When a run that has a start was over, as far as its moving time tells."""
    assert run.start_utc is not None  # noqa: S101  (callers look among dated runs only)
    return run.start_utc + timedelta(seconds=run.moving_s or 0)


def _late(cramped: Sequence[DiaryRun]) -> Repeat:
    """Cramps in the last part of their run."""
    shares = [run.place.share for run in cramped if run.place is not None]
    known = [share for share in shares if share is not None]
    late = value("cramps.threshold.late_share")
    return Repeat(
        what="late",
        count=sum(share >= late for share in known),
        of=len(known),
        n_unknown=len(cramped) - len(known),
        values={"share_pct": 100 * (1 - late)},
    )


def _longer_than(
    history: Sequence[DiaryRun], cramped: Sequence[DiaryRun], *, unit_m: float
) -> Repeat | None:
    """All cramps in runs longer than so many whole units; None unless most runs are shorter."""
    known = [run.distance_m for run in cramped if run.distance_m is not None]
    whole = math.ceil(min(known, default=0) / unit_m) - 1
    lengths = [run.distance_m for run in history if run.distance_m is not None]
    n_longer = sum(length > whole * unit_m for length in lengths)
    if whole < 1 or n_longer >= len(lengths) * 0.5:
        return None
    return Repeat(
        what="longer_than",
        count=len(known),
        of=len(known),
        n_unknown=len(cramped) - len(known),
        values={"longer_than": whole, "n_that_long": n_longer},
    )


def _same_place(cramped: Sequence[DiaryRun]) -> Repeat | None:
    """The most cramps within one width of each other."""
    known = sorted(
        run.place.km for run in cramped if run.place is not None and run.place.km is not None
    )
    begin, end = _fullest(known)
    if begin == end:
        return None
    return Repeat(
        what="same_place",
        count=end - begin,
        of=len(known),
        n_unknown=len(cramped) - len(known),
        values={"low_km": known[begin], "high_km": known[end - 1]},
    )


def _same_muscle(cramped: Sequence[DiaryRun]) -> Repeat | None:
    """The muscle that cramped most often."""
    told = [set(run.muscles) for run in cramped if run.muscles]
    counts = Counter(muscle for muscles in told for muscle in sorted(muscles))
    if not counts:
        return None
    muscle, count = counts.most_common(1)[0]
    return Repeat(
        what="same_muscle",
        count=count,
        of=len(told),
        n_unknown=len(cramped) - len(told),
        muscle=muscle,
    )
