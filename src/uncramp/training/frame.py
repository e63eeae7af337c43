"""The calendar of a plan, before any distance is decided: weeks, phases, days to run on.

Days are counted from `today` = 0; the race is on day `race_day`. Distances here are in steps of
100 m, whole numbers, so that a solver can keep every rule exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise
from statistics import median_high
from typing import Final

from uncramp.training.asked import EVERY_DAY, TrainingAsked
from uncramp.training.law import number, percent, whole
from uncramp.training_plan import Phase
from uncramp.units import seconds_from_minutes
from uncramp.vocabulary import TrainedRun

__all__ = [
    "WEEK",
    "Frame",
    "Slice",
    "frame_of",
    "long_days_to_try",
    "long_share",
    "others_share",
    "steps",
    "week_around",
]

WEEK: Final = len(EVERY_DAY)


@dataclass(frozen=True, slots=True)
class Slice:
    """Runs beside the long run whose distance is decided together."""

    week: int
    days: tuple[int, ...]
    part: str
    """`build`, `first` and `last` of the taper, or `easy`: the days just before the race."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Everything about the calendar and the past that the rules ask for."""

    asked: TrainingAsked
    race_day: int
    is_short: bool
    """Up to the half marathon."""
    careful: bool
    """50 or older, or injured in the last year."""
    easy_m_s: float
    """Usual speed of the runs done."""
    target: int
    """Longest run aimed at."""
    volume_cap: int
    past_cap: int
    """What the past alone would allow a week."""
    longest: Mapping[int, int]
    """Longest run done, by day (0 and before)."""
    volume: Mapping[int, int]
    """Distance done, by day."""
    weekdays: tuple[str, ...]
    """The usual days of a run."""
    long_weekday: str
    run_days: tuple[int, ...]
    phases: tuple[Phase, ...]
    long_day: Mapping[int, int]
    """Day of the long run, by week; weeks without one are absent."""
    returning: Mapping[int, int]
    """Distance of each run of a return week, by week."""
    return_runs: Mapping[int, int]
    """Runs of return weeks by day; before the race they taper as all others do."""
    slices: tuple[Slice, ...]

    def weekday(self, day: int) -> str:
        """`mon` to `sun`."""
        return EVERY_DAY[(self.asked.today + timedelta(days=day)).weekday()]

    def date_of(self, day: int) -> date:
        """The date of a day."""
        return self.asked.today + timedelta(days=day)

    def done_longest(self, day: int) -> int:
        """Longest run done in the 30 days before a day."""
        first = day - whole("conditioning.rule.longest_window_days")
        return max((far for on, far in self.longest.items() if first <= on < day), default=0)

    @property
    def usual_longest(self) -> int:
        """What long runs have been: the median of the last four weeks, so that no race counts."""
        weeks = range(-whole("conditioning.rule.history_weeks"), 0)
        longest = (max((far for on, far in self.longest.items() if on // WEEK == week), default=0)
                   for week in weeks)  # fmt: skip
        return median_high(ran) if (ran := [far for far in longest if far]) else 0

    @property
    def spent_on(self) -> int | None:
        """Day of a run far beyond the usual long one in the last two weeks, a race as a rule."""
        far = self.usual_longest * percent("conditioning.rule.spent_ratio")
        first = -whole("conditioning.rule.spent_days")
        return max((on for on, one in self.longest.items() if on >= first and 100 * one > far),
                   default=None)  # fmt: skip

    @property
    def first_week_share(self) -> float | None:
        """Most of the usual volume that the first week has; None: no such limit."""
        if self.asked.limit_first_week is not None or self.spent_on is None:
            return self.asked.limit_first_week
        return number("conditioning.update.restart_share")

    def usual_in(self, week: int) -> int:
        """Distance done in a week, a run far beyond the usual long one counted like that one."""
        most = self.usual_longest
        return sum(min(far, most) for on, far in self.volume.items() if on // WEEK == week)

    def done_in(self, week: int) -> int:
        """Distance done in a week; weeks before `today` are negative."""
        return sum(far for on, far in self.volume.items() if on // WEEK == week)

    def days_in(self, week: int) -> tuple[int, ...]:
        """The days to run on in a week."""
        return tuple(day for day in self.run_days if day // WEEK == week)

    def is_whole(self, week: int) -> bool:
        """Whether all the usual days of this week are free."""
        return len(self.days_in(week)) >= len(self.weekdays)

    @property
    def is_far(self) -> bool:
        """Whether the race is so far off that the weeks are planned more coarsely."""
        return len(self.phases) > whole("conditioning.rule.detailed_weeks") + 1

    @property
    def taper_days(self) -> int:
        """Length of the taper."""
        return _taper_days(is_short=self.is_short)

    @property
    def taper_from(self) -> int:
        """The day from which less is run."""
        return _taper_from(self.phases, self.race_day, is_short=self.is_short)

    @property
    def last_long_day(self) -> int:
        """After it no run is long."""
        return self.race_day - _near(is_short=self.is_short)

    @property
    def hard_gap(self) -> int:
        """Days between hard sessions."""
        if self.careful:
            return whole("conditioning.rule.hard_gap_careful_days")
        return whole("conditioning.rule.hard_gap_days")


def steps(distance_m: float) -> int:
    """Whole steps of 100 m, rounded down."""
    return int(distance_m / number("conditioning.rule.step_m") + 1e-9)


def _taper_days(*, is_short: bool) -> int:
    if is_short:
        return whole("conditioning.rule.taper_short_days")
    return whole("conditioning.rule.taper_days")


def _taper_from(phases: tuple[Phase, ...], race_day: int, *, is_short: bool) -> int:
    """First day of the taper; one later when that day ends a week of building up."""
    first = race_day - _taper_days(is_short=is_short)
    tapers = (Phase.TAPER, Phase.RACE)
    return first + (first >= 0 and phases[first // WEEK] not in tapers)


def _near(*, is_short: bool) -> int:
    if is_short:
        return whole("conditioning.rule.longest_before_short_race_near")
    return whole("conditioning.rule.longest_before_race_near")


def _past(asked: TrainingAsked) -> tuple[TrainedRun, ...]:
    first = asked.today - timedelta(days=whole("conditioning.rule.year_days"))
    return tuple(run for run in asked.history if first <= run.day <= asked.today)


def _easy_m_s(runs: tuple[TrainedRun, ...], today: date) -> float:
    """Mean speed of the runs of two months that were no races; a beginner's when there are none."""
    first = today - timedelta(days=2 * whole("conditioning.rule.longest_window_days"))
    chosen = [run for run in runs if not run.is_race and run.day >= first] or list(runs)
    moving_s = sum(run.moving_s for run in chosen)
    if moving_s <= 0:
        return number("conditioning.rule.beginner_m_s")
    return sum(run.distance_m for run in chosen) / moving_s


def _distances(asked: TrainingAsked) -> tuple[dict[int, int], dict[int, int]]:
    """Longest and summed distance of each day that had a run, in steps, rounded down."""
    longest: dict[int, int] = {}
    volume_m: dict[int, float] = {}
    for run in _past(asked):
        day = (run.day - asked.today).days
        longest[day] = max(longest.get(day, 0), steps(run.distance_m))
        volume_m[day] = volume_m.get(day, 0) + run.distance_m
    return longest, {day: steps(far_m) for day, far_m in volume_m.items()}


def _target(asked: TrainingAsked, *, is_short: bool, longest: int, easy_m_s: float) -> int:
    """How long the longest run should become: so that the race is no spike, or as plans have it.

    Before a short race who already runs longer keeps that, up to a half marathon; nobody is asked
    to run for longer than four hours.
    """
    inside_m = asked.race.distance_m / number("conditioning.rule.longest_ratio")
    if is_short:
        wanted = max(steps(inside_m) + 1, steps(number("conditioning.rule.return_below_m")))
        most = min(longest, steps(number("conditioning.rule.half_marathon_m")))
    else:
        wanted = steps(min(inside_m, number("conditioning.rule.marathon_long_m")))
        most = wanted
    by_time = steps(number("conditioning.rule.longest_run_ever_s") * easy_m_s)
    return min(max(wanted, most), max(by_time, longest))


def _past_cap(volume: Mapping[int, int]) -> int:
    """1.5 times the best four weeks of the year."""
    span = whole("conditioning.rule.history_weeks") * WEEK
    best = max(
        (sum(far for on, far in volume.items() if end - span < on <= end) for end in volume),
        default=0,
    )
    weeks = whole("conditioning.rule.history_weeks")
    return best * percent("conditioning.rule.history_ratio") // (100 * weeks)


def _knows_the_year(volume: Mapping[int, int]) -> bool:
    """Whether the history is long enough to say how much is much."""
    return min(volume, default=0) <= -whole("conditioning.rule.history_least_days")


def week_around(longest: int, n_runs: int) -> int:
    """The least week that a long run of this length may stand in (R4)."""
    return -(-longest * 100 // long_share(n_runs))


def long_share(n_runs: int) -> int:
    """Largest share of a week that the planner gives the long run, in percent (R4, which is soft).

    The fewer runs a week has, the larger a part of it the long one is.
    """
    if n_runs >= whole("conditioning.rule.five_runs"):
        return percent("conditioning.rule.long_share")
    if n_runs > 2:
        return percent("conditioning.rule.long_share_few")
    return percent("conditioning.rule.long_share_two") if n_runs > 1 else 100


def others_share(part: Slice, race_day: int) -> int:
    """Largest share of the longest run that another run has, in percent: less before the race."""
    if part.part == "easy":
        return percent("conditioning.rule.last_run_share")
    if part.part == "last" and max(part.days) > race_day - WEEK:
        return percent("conditioning.rule.race_week_run_share")
    return percent("conditioning.rule.others_share")


def _spread(days: tuple[str, ...], long_weekday: str) -> tuple[int, int, int]:
    """How unevenly days lie in the week, and whether the day after the long run is one."""
    at = sorted(EVERY_DAY.index(day) for day in days)
    gaps = [
        (later - earlier) % WEEK or WEEK for earlier, later in zip(at, at[1:] + at[:1], strict=True)
    ]
    after = EVERY_DAY[(EVERY_DAY.index(long_weekday) + 1) % WEEK]
    before = EVERY_DAY[EVERY_DAY.index(long_weekday) - 1]
    return sum(gap * gap for gap in gaps), int(after in days), int(before in days)


def _weekdays(asked: TrainingAsked, long_weekday: str, per_week: float) -> tuple[str, ...]:
    """The usual days of a run: one more a week than so far, three at least, spread evenly."""
    usual = -int(-per_week // 1) + 1
    count = min(len(asked.days), WEEK - 1, max(usual, whole("conditioning.rule.return_runs")))
    if per_week > WEEK - 1 and len(asked.days) == WEEK:
        count = WEEK
    options = [days for days in combinations(asked.days, count) if long_weekday in days]
    return min(options, key=lambda days: (*_spread(days, long_weekday), days))


def long_days_to_try(asked: TrainingAsked) -> tuple[str, ...]:
    """Days of the week for the long run: as in the past, as the race, the weekend, any."""
    longest = max(
        (run for run in _past(asked) if not run.is_race
         and (asked.today - run.day).days <= whole("conditioning.rule.longest_window_days")),
        key=lambda run: run.distance_m, default=None)  # fmt: skip
    wished = [] if longest is None else [EVERY_DAY[longest.day.weekday()]]
    wished += [EVERY_DAY[asked.race.day.weekday()], *reversed(EVERY_DAY)]
    return tuple(dict.fromkeys(day for day in wished if day in asked.days))


def frame_of(
    asked: TrainingAsked,
    *,
    long_weekday: str,
    n_more_weeks: int = 0,
    after: tuple[Frame, int, Mapping[int, int]] | None = None,
) -> Frame:
    """The calendar with the long run on one day of the week.

    `n_more_weeks` puts the race off, to see how much longer a goal would need. `after` is a frame
    whose return weeks were misread from a week on, and the runs that came of it.
    """
    race_day = (asked.race.day - asked.today).days + n_more_weeks * WEEK
    longest, volume = _distances(asked)
    is_short = asked.race.distance_m <= number("conditioning.rule.half_marathon_m")
    age_y = asked.runner.age_y
    careful = asked.recently_injured or (
        age_y is not None and age_y >= number("conditioning.rule.masters_age")
    )
    easy_m_s = _easy_m_s(_past(asked), asked.today)
    window = whole("conditioning.rule.longest_window_days")
    recent = [on for on in volume if on > -window]
    weekdays = _weekdays(asked, long_weekday, len(recent) * WEEK / window)
    run_days = _run_days(asked, weekdays, race_day, ran_today=0 in volume)
    l30 = max((far for on, far in longest.items() if on >= -window), default=0)
    offset = (EVERY_DAY.index(long_weekday) - asked.today.weekday()) % WEEK
    returning = _returning(longest, volume, run_days, race_day, easy_m_s, offset, after)
    phases = _phases(asked, race_day, returning, careful=careful, is_short=is_short)
    last_long = race_day - _near(is_short=is_short)
    long_day = _long_days(asked, long_weekday, run_days, longest, last_long, returning)
    target = _target(asked, is_short=is_short, longest=l30, easy_m_s=easy_m_s)
    cap = max(_past_cap(volume), max(returning.values(), default=0)
              * whole("conditioning.rule.return_runs"))  # fmt: skip
    return Frame(
        asked=asked,
        race_day=race_day,
        is_short=is_short,
        careful=careful,
        easy_m_s=easy_m_s,
        target=target,
        volume_cap=max(cap, 0 if _knows_the_year(volume) else week_around(target, len(weekdays))),
        past_cap=_past_cap(volume),
        longest=longest,
        volume=volume,
        weekdays=weekdays,
        long_weekday=long_weekday,
        run_days=run_days,
        phases=phases,
        long_day=long_day,
        returning=returning,
        return_runs=_return_runs(returning, volume, run_days, race_day, is_short=is_short),
        slices=_slices(
            run_days,
            long_day,
            returning,
            race_day,
            taper_from=_taper_from(phases, race_day, is_short=is_short),
        ),
    )


def _run_days(
    asked: TrainingAsked, weekdays: tuple[str, ...], race_day: int, *, ran_today: bool
) -> tuple[int, ...]:
    blocked = {(day - asked.today).days for day in asked.blocked_days}
    left = {(day - asked.today).days for day in asked.fixed_days}
    taken = {(day - asked.today).days for day in asked.fixed_days.values()}
    first = asked.today.weekday()
    usual = {day for day in range(race_day) if EVERY_DAY[(first + day) % WEEK] in weekdays}
    days = ((usual - left) | {day for day in taken if 0 <= day < race_day}) - blocked
    return tuple(sorted(days - {0} if ran_today else days))


def _returning(
    longest: Mapping[int, int],
    volume: Mapping[int, int],
    run_days: tuple[int, ...],
    race_day: int,
    easy_m_s: float,
    long_offset: int,
    after: tuple[Frame, int, Mapping[int, int]] | None,
) -> dict[int, int]:
    """Weeks that start anew after a break, and how far each of their runs goes (R1c)."""
    below = steps(number("conditioning.rule.return_below_m"))
    window = whole("conditioning.rule.longest_window_days")
    quiet = whole("conditioning.rule.return_quiet_days")
    found: dict[int, int] = {}
    in_a_row = 0
    ran = {on for on, far in volume.items() if far}
    far_on = dict(longest)
    start = 0
    if after is not None:
        earlier, start, runs = after
        found = {week: far for week, far in earlier.returning.items() if week < start}
        known = {day: far for day, far in runs.items() if day < start * WEEK}
        far_on = known | {day: max(far, known.get(day, 0)) for day, far in longest.items()}
        ran |= set(known)
        while in_a_row < start and start - in_a_row - 1 in found:
            in_a_row += 1
    for week in range(start, race_day // WEEK + 1):
        first = week * WEEK
        l30 = max((far for on, far in far_on.items() if first - window <= on < first), default=0)
        days = [day for day in run_days if day // WEEK == week]
        if l30 >= below and any(first - quiet <= on < first for on in ran):
            big = max((on for on, far in far_on.items() if 2 * far > l30), default=-window)
            if any(day - big >= WEEK and day % WEEK == long_offset for day in days):
                break
            ran |= set(days)
            in_a_row = 0
            continue
        minutes = number("conditioning.rule.return_first_min") + in_a_row * number(
            "conditioning.rule.return_step_min"
        )
        minutes = min(minutes, number("conditioning.rule.return_most_min"))
        in_a_row += 1
        found[week] = steps(seconds_from_minutes(minutes) * easy_m_s)
        for day in _spaced([day for day in run_days if day // WEEK == week]):
            far_on[day] = found[week]
            ran.add(day)
    return found


def _return_runs(
    returning: Mapping[int, int],
    volume: Mapping[int, int],
    run_days: tuple[int, ...],
    race_day: int,
    *,
    is_short: bool,
) -> dict[int, int]:
    """Distance of each run of the return weeks; none in the last days before the race."""
    taper = race_day - _taper_days(is_short=is_short)
    last = race_day - whole("conditioning.rule.last_easy_days")
    found = {day: far for week, far in returning.items() for day in
             _spaced([day for day in run_days if day // WEEK == week]) if day < last}  # fmt: skip
    found = {day: far // 2 if day // WEEK == race_day // WEEK else far
             for day, far in found.items()}  # fmt: skip
    weeks = whole("conditioning.rule.history_weeks")
    before = [sum(far for day, far in found.items() if day // WEEK == week)
              for week in returning if (week + 1) * WEEK <= taper]  # fmt: skip
    done = [sum(far for day, far in volume.items() if day // WEEK == week)
            for week in range(-weeks, 0)]  # fmt: skip
    top = max(before, default=0) or max(done, default=0)
    if not top:
        return found
    shares = {race_day - WEEK: 100 // 2}
    if not is_short:
        shares[taper] = percent("conditioning.rule.taper_first_share")
    for first, share in shares.items():
        days = [day for day in found if first <= day < first + WEEK]
        for day in days:
            found[day] = min(found[day], top * share // (100 * len(days)))
    return {day: far for day, far in found.items() if far}


def _spaced(days: list[int]) -> list[int]:
    """At most three days of a return week, apart where that is possible."""
    count = whole("conditioning.rule.return_runs")
    if len(days) <= count:
        return days
    options = [(_apart(some), some) for some in combinations(days, count)]
    return list(max(options)[1])


def _apart(some: tuple[int, ...]) -> tuple[int, ...]:
    """How far days lie apart, and how early they are."""
    return (min(later - earlier for earlier, later in pairwise(some)), *(-day for day in some))


def _phases(
    asked: TrainingAsked,
    race_day: int,
    returning: Mapping[int, int],
    *,
    careful: bool,
    is_short: bool,
) -> tuple[Phase, ...]:
    """What each week is for; the last holds the race."""
    often = careful or asked.more_recovery
    every = whole("conditioning.rule.recovery_every_careful" if often
                  else "conditioning.rule.recovery_every")  # fmt: skip
    taper_from = race_day - _taper_days(is_short=is_short)
    found = []
    for week in range(race_day // WEEK + 1):
        in_taper = sum(day >= taper_from for day in range(week * WEEK, (week + 1) * WEEK))
        if week == race_day // WEEK:
            found.append(Phase.RACE)
        elif week in returning:
            found.append(Phase.RETURN)
        elif 2 * in_taper > WEEK:
            found.append(Phase.TAPER)
        elif (week - max((at for at in returning if at < week), default=-1)) % every == 0:
            found.append(Phase.RECOVERY)
        else:
            found.append(Phase.BUILD)
    return tuple(found)


def _long_days(
    asked: TrainingAsked,
    long_weekday: str,
    run_days: tuple[int, ...],
    longest: Mapping[int, int],
    last: int,
    returning: Mapping[int, int],
) -> dict[int, int]:
    """Day of the long run of each week: a week apart, from the last one done as well (R1b)."""
    window = whole("conditioning.rule.longest_window_days")
    share = percent("conditioning.rule.others_share")
    until = asked.no_hard_until
    start = 0 if until is None else max(0, (until - asked.today).days)
    before = -window
    for on, far in longest.items():
        l30 = max((other for day, other in longest.items() if on - window <= day < on), default=0)
        if 100 * far > share * l30:
            before = max(before, on)
    moved = {(old - asked.today).days: (new - asked.today).days
             for old, new in asked.fixed_days.items()}  # fmt: skip
    first = asked.today.weekday()
    found: dict[int, int] = {}
    for day in range(start, last + 1):
        here = moved.get(day, day)
        week = here // WEEK
        usual = EVERY_DAY[(first + day) % WEEK] == long_weekday
        if not usual or here not in run_days or week in returning or week in found:
            continue
        if here - before >= WEEK and start <= here <= last:
            found[week] = before = here
    return found


def _slices(
    run_days: tuple[int, ...],
    long_day: Mapping[int, int],
    returning: Mapping[int, int],
    race_day: int,
    *,
    taper_from: int,
) -> tuple[Slice, ...]:
    """The other runs, put together by week and by part of the taper."""
    last = race_day - WEEK
    easy = race_day - whole("conditioning.rule.last_easy_days")
    found: dict[tuple[int, str], list[int]] = {}
    for day in run_days:
        if day in long_day.values() or day // WEEK in returning:
            continue
        part = ("easy" if day >= easy else "last" if day >= last
                else "first" if day >= taper_from else "build")  # fmt: skip
        found.setdefault((day // WEEK, part), []).append(day)
    return tuple(Slice(week, tuple(days), part) for (week, part), days in sorted(found.items()))
