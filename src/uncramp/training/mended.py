"""The last word on distances: whatever the solver said, no run is left that breaks a hard rule.

Stage 1 speaks of weeks and of sums, and sharing them out on days rounds. Here every hard rule about
distances is looked at day by day, and what is too much is cut, never added to, until nothing
changes. A run that becomes too short to go out for is left out. Cutting always ends, at the latest
with no run at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from uncramp.training.frame import WEEK, Frame, steps
from uncramp.training.law import number, percent, whole
from uncramp.training_plan import Phase

__all__ = ["Runs", "kept_short", "mended", "misread_week"]


@dataclass(slots=True)
class Runs:
    """Distances by day, in steps, and what was done before."""

    frame: Frame
    far: dict[int, int]

    def longest_before(self, day: int) -> int:
        """The longest run of the 30 days before a day, done or planned."""
        first = day - whole("conditioning.rule.longest_window_days")
        planned = max((self.far.get(on, 0) for on in range(max(first, 0), day)), default=0)
        return max(planned, self.frame.done_longest(day))

    def total(self, first: int, end: int) -> int:
        """Planned distance from a day up to the day before another."""
        return sum(self.far.get(day, 0) for day in range(first, end))

    def volume(self, week: int) -> int:
        """Distance of a week, done and planned; weeks before `today` are negative."""
        done = self.frame.done_in(week) if week <= 0 else 0
        return done + (self.total(week * WEEK, (week + 1) * WEEK) if week >= 0 else 0)

    def longest_in(self, week: int) -> int:
        """Longest run of a week, done and planned."""
        days = range(week * WEEK, (week + 1) * WEEK)
        done = self.frame.longest.get(0, 0) if week == 0 else 0
        return max(done, *(self.far.get(day, 0) for day in days))

    def is_back(self, day: int) -> bool:
        """Whether a day lies in a week of the return to running."""
        return self.frame.phases[day // WEEK] is Phase.RETURN

    def cap(self, days: Iterable[int], most: int) -> None:
        """No run of these days is longer than that."""
        for day in days:
            if self.far.get(day, 0) > most:
                self.far[day] = max(0, most)

    def shrink(self, days: range, most: int) -> None:
        """All runs of these days together come to no more than that."""
        total = self.total(days.start, days.stop)
        if total > most:
            for day in days:
                if day in self.far:
                    self.far[day] = self.far[day] * max(0, most) // total

    def block(self, week: int) -> range:
        """Weeks that a recovery week is held against: those since the recovery week before."""
        ends = (Phase.RETURN, Phase.RECOVERY)
        before = [at + 1 for at in range(week) if self.frame.phases[at] in ends]
        return range(max(before, default=0), week)


def mended(frame: Frame, runs: Mapping[int, int]) -> dict[int, int]:
    """The runs without whatever breaks a hard rule about distances."""
    now = Runs(frame, dict(runs))
    least = steps(number("conditioning.rule.shortest_run_m")) // 2
    while True:
        before = dict(now.far)
        for cut in CUTS:
            cut(now)
        now.far = {day: far for day, far in now.far.items() if far >= least}
        if now.far == before:
            return now.far


def kept_short(frame: Frame, runs: Mapping[int, int]) -> dict[int, int]:
    """The runs, those before a return to running too short to put it in doubt (R1c)."""
    below = steps(number("conditioning.rule.return_below_m"))
    end = max(frame.returning, default=0) * WEEK
    return {day: min(far, below - 1) if day < end else far for day, far in runs.items()}


def misread_week(frame: Frame, runs: Mapping[int, int]) -> int | None:
    """The first week that is wrongly a return to running, or wrongly none (R1c)."""
    now = Runs(frame, dict(runs))
    below = steps(number("conditioning.rule.return_below_m"))
    quiet = whole("conditioning.rule.return_quiet_days")
    for week, phase in enumerate(frame.phases):
        first = week * WEEK
        ran = any(now.far.get(day, 0) for day in range(max(0, first - quiet), first))
        ran |= any(far for day, far in frame.volume.items() if first - quiet <= day < first)
        is_back = now.longest_before(first) < below or not ran
        if phase not in (Phase.TAPER, Phase.RACE) and is_back is not (phase is Phase.RETURN):
            return week
    return None


def _longest(now: Runs) -> None:
    """R1 and R1b: nothing far beyond the longest run, and only the long run of a week near it."""
    ratio, share = percent("conditioning.rule.longest_ratio"), percent(
        "conditioning.rule.others_share")  # fmt: skip
    last = -WEEK
    longs = set(now.frame.long_day.values())
    for day in sorted(now.far):
        if now.is_back(day):
            continue
        l30 = now.longest_before(day)
        alone = day in longs and day - last >= WEEK
        now.cap([day], l30 * (ratio if alone else share) // 100)
        last = day if 100 * now.far[day] > share * l30 else last


def _weeks(now: Runs) -> None:
    """R2: no week far above the three before it."""
    ratio = percent("conditioning.rule.volume_refuse_ratio")
    back = whole("conditioning.rule.volume_look_back_weeks")
    for week, phase in enumerate(now.frame.phases):
        if phase is not Phase.RETURN:
            most = max(now.volume(week - one - 1) for one in range(back))
            done = now.frame.done_in(0) if week == 0 else 0
            days = range(week * WEEK, (week + 1) * WEEK)
            now.shrink(days, most * ratio // 100 - done)


def _recovery(now: Runs) -> None:
    """R3: a recovery week between its bounds, by cutting it or the weeks before it."""
    for week, phase in enumerate(now.frame.phases):
        block = now.block(week)
        if phase is not Phase.RECOVERY or not block:
            continue
        days = range(week * WEEK, (week + 1) * WEEK)
        high, low = (percent(f"conditioning.rule.recovery_{one}") for one in
                     ("volume_high", "volume_low"))  # fmt: skip
        now.shrink(days, max(now.volume(at) for at in block) * high // 100)
        for at in block:
            done = now.frame.done_in(0) if at == 0 else 0
            most = 100 * (now.volume(week) + 1) // low - done
            now.shrink(range(at * WEEK, (at + 1) * WEEK), most)
        high, low = (percent(f"conditioning.rule.recovery_{one}") for one in
                     ("long_high", "long_low"))  # fmt: skip
        now.cap(days, max(now.longest_in(at) for at in block) * high // 100)
        most = 100 * (now.longest_in(week) + 1) // low
        now.cap(range(block.start * WEEK, block.stop * WEEK), most)


def _taper(now: Runs) -> None:
    """R8: the upper bounds of the taper."""
    frame, race = now.frame, now.frame.race_day
    ended = range((race - frame.taper_days) // WEEK)
    weeks = whole("conditioning.rule.history_weeks")
    top = max((now.volume(week) for week in ended), default=0) or max(
        now.volume(-week - 1) for week in range(weeks)
    )
    if not top:
        return
    last = range(race - WEEK, race)
    now.shrink(last, top * percent("conditioning.rule.taper_last_high") // 100)
    if not frame.is_short and race > 2 * WEEK:
        share = percent("conditioning.rule.taper_first_share")
        now.shrink(range(frame.taper_from, race - WEEK), top * share // 100)


def _end(now: Runs) -> None:
    """R9 and R10: little in the last three days, and the longest run where it counts."""
    frame, race = now.frame, now.frame.race_day
    share = percent("conditioning.rule.last_run_share")
    for day in range(max(0, race - whole("conditioning.rule.last_easy_days")), race):
        if not now.is_back(day):
            now.cap([day], now.longest_before(day) * share // 100)
    window = range(max(0, race - whole("conditioning.rule.longest_window_days")), race)
    if any(now.is_back(day) for day in window if now.far.get(day)):
        return
    far = race - whole("conditioning.rule.longest_before_race_far")
    if far > 0:
        inside = range(far, frame.last_long_day + 1)
        most = max((now.far.get(day, 0) for day in inside), default=0)
        now.cap((day for day in window if day not in inside), most)
        return
    others = percent("conditioning.rule.others_share")
    for day in range(frame.last_long_day + 1, race):
        now.cap([day], now.longest_before(day) * others // 100)


CUTS: Final = (_longest, _weeks, _recovery, _taper, _end)
