"""An exported training plan, read again and held against every rule.

Knows nothing of how plans are made: it reads the plain JSON of a plan and of what was asked, works
out by itself what is long, hard or new from distances and steps, and never takes the plan's word
for it. Written from the evidence notes on conditioning (section 5) and the readings that
`training/slots.py` states. A hard rule that is broken makes a plan wrong; a soft one is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from math import floor
from statistics import median
from typing import Any, Final

from uncramp.evidence import parameter, value
from uncramp.units import kilometres_from_metres, minutes_from_seconds
from uncramp.vocabulary import Said

__all__ = ["Violation", "check_plan"]

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK: Final = len(WEEKDAYS)
NO_RUN: Final = frozenset({"strength", "mobility"})
LONG: Final = frozenset({"long", "rehearsal"})
HARD_KINDS: Final = frozenset({"speed", "hills", "descent"})
FAST_STEPS: Final = frozenset({"fast_100", "fast_200", "fast_400", "repeat", "short_repeat",
                               "sharp_repeat", "hill_up"})  # fmt: skip
FINISH_STEPS: Final = frozenset({"fast_100", "fast_200", "fast_400"})
HEAVY_LOADS: Final = frozenset({"load_middle", "load_heavy", "load_learn"})
WARM_STEP: Final = "warm_day"
STATUSES: Final = frozenset({"planned", "best_reachable", "refused"})
TINY: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One place where a plan breaks a rule."""

    rule: str
    """`R1` to `R13`, `screen` for what a screening forbids, `plan` for what every plan has."""
    hard: bool
    day: date | None
    said: Said


@dataclass(frozen=True, slots=True)
class Run:
    """One run, done or planned."""

    day: date
    distance_m: float
    planned: bool
    index: int = -1


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A plan and what was asked, as the checker sees them."""

    data: Mapping[str, Any]
    today: date
    race_day: date
    race_m: float
    days: frozenset[str]
    strength_days: frozenset[str]
    blocked: frozenset[date]
    also: frozenset[date]
    """Days to which the runner moved a session, free or not."""
    careful: bool
    """50 or older, or injured in the last year: more room between hard days."""
    often: bool
    """Every third week is for recovery."""
    no_hard_until: date | None
    no_timed_repeats: bool
    done: tuple[Run, ...]

    @cached_property
    def sessions(self) -> tuple[Mapping[str, Any], ...]:
        """Everything but the race, by day."""
        listed = [one for one in self.data["sessions"] if one["kind"] != "race"]
        return tuple(sorted(listed, key=lambda one: str(one["date"])))

    @cached_property
    def planned(self) -> tuple[Run, ...]:
        """Every run of the plan, by day."""
        return tuple(
            Run(_day(one["date"]), float(one["distance_m"] or 0), planned=True, index=index)
            for index, one in enumerate(self.sessions)
            if one["kind"] not in NO_RUN
        )

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """Done and planned."""
        return (*self.done, *self.planned)

    @cached_property
    def phases(self) -> tuple[str, ...]:
        """Phase of each week, as the plan says."""
        return tuple(str(one["phase"]) for one in self.data["weeks"])

    @cached_property
    def is_short(self) -> bool:
        """Up to the half marathon."""
        return self.race_m <= number("half_marathon_m")

    def longest(self, day: date) -> float:
        """The longest run of the window before a day."""
        first = day - timedelta(days=number("longest_window_days"))
        return max((run.distance_m for run in self.runs if first <= run.day < day), default=0.0)

    def volume(self, first: date, last: date) -> float:
        """What is run from one day to another, both counted."""
        return sum(run.distance_m for run in self.runs if first <= run.day <= last)

    def bin_volume(self, week: int) -> float:
        """Volume of a week; those before today have numbers below 0."""
        first = self.today + timedelta(days=week * WEEK)
        return self.volume(first, first + timedelta(days=WEEK - 1))

    def bin_longest(self, week: int) -> float:
        """Longest run of a week."""
        first = self.today + timedelta(days=week * WEEK)
        last = first + timedelta(days=WEEK - 1)
        return max((run.distance_m for run in self.runs if first <= run.day <= last), default=0.0)

    def week_of(self, day: date) -> int:
        """Number of the week a day lies in."""
        return (day - self.today).days // WEEK

    def is_return(self, day: date) -> bool:
        """Whether a day lies in a week of phase `return`."""
        week = self.week_of(day)
        return 0 <= week < len(self.phases) and self.phases[week] == "return"

    def before_race(self, days: float) -> date:
        """So many days before the race."""
        return self.race_day - timedelta(days=days)


def number(name: str) -> float:
    """A number of the rules."""
    return value(f"conditioning.rule.{name}")


def check_plan(data: Mapping[str, Any], asked: Mapping[str, Any]) -> tuple[Violation, ...]:
    """Every violation of an exported plan, hard ones first.

    `data` is what `uncramp train --json` gives under `data`; `asked` a request of the same verb,
    or what the plan itself carries under `asked`.
    """
    if data["status"] not in STATUSES:
        return (_broken("plan", None, "status"),)
    if data["status"] == "refused":
        return (_broken("plan", None, "refused_with_sessions"),) if data["sessions"] else ()
    reading = _reading(data, asked)
    found = [one for rule in RULES for one in rule(reading)]
    return tuple(sorted(found, key=lambda one: (not one.hard, one.rule, one.day or date.min)))


# ---------------------------------------------------------------- reading


def _day(text: object) -> date:
    return date.fromisoformat(str(text))


def _reading(data: Mapping[str, Any], asked: Mapping[str, Any]) -> Reading:
    today = _day(asked["today"])
    runner = asked.get("runner") or {}
    age = runner.get("age_y")
    old = age is not None and age >= number("masters_age")
    careful = old or bool(asked.get("recently_injured"))
    until = asked.get("no_hard_until")
    race_day = _day(asked["race"]["date"])
    return Reading(
        data=data,
        today=today,
        race_day=race_day,
        race_m=float(asked["race"]["distance_m"]),
        days=frozenset(asked.get("days") or WEEKDAYS),
        strength_days=frozenset(asked.get("strength_days") or ()),
        blocked=frozenset(_day(one) for one in asked.get("blocked_days") or ()),
        also=frozenset(_day(one) for one in asked.get("also_days") or ()),
        careful=careful,
        often=careful or bool(asked.get("more_recovery")),
        no_hard_until=None if until is None else _day(until),
        no_timed_repeats=bool(asked.get("no_timed_repeats")),
        done=tuple(
            Run(_day(one["date"]), float(one["distance_m"]), planned=False)
            for one in asked.get("history") or ()
            if _day(one["date"]) <= today
        ),
    )


def _flat(steps: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for step in steps:
        yield step
        yield from _flat(step.get("steps") or ())


def _metres(steps: Sequence[Mapping[str, Any]]) -> float:
    return sum(
        (step.get("times") or 1)
        * (_metres(step["steps"]) if step.get("steps") else step.get("distance_m") or 0)
        for step in steps
    )


def _fast_metres(steps: Sequence[Mapping[str, Any]]) -> float:
    return sum(
        (step.get("times") or 1)
        * (
            _fast_metres(step["steps"])
            if step.get("steps")
            else (step.get("distance_m") or 0) * (step["id"] in FAST_STEPS)
        )
        for step in steps
    )


def _names(session: Mapping[str, Any]) -> set[str]:
    return {str(step["id"]) for step in _flat(session["steps"])}


def _is_hard(session: Mapping[str, Any]) -> bool:
    return session["kind"] in HARD_KINDS or bool(_names(session) & FAST_STEPS)


def _is_heavy(session: Mapping[str, Any]) -> bool:
    """Whether it is strength work for the legs that counts for R6."""
    return session["kind"] == "strength" and bool(_names(session) & HEAVY_LOADS)


def _news(reading: Reading, session: Mapping[str, Any]) -> set[str]:
    """What is new or special in a run: read from its distance and its steps alone.

    After a break every run by time is longer than those before it: R1c sees to these.
    """
    day, names = _day(session["date"]), _names(session)
    found = set()
    is_run = session["kind"] not in NO_RUN
    goes_farther = float(session["distance_m"] or 0) > reading.longest(day) + TINY
    if is_run and goes_farther and not reading.is_return(day):
        found.add("longest")
    if is_run and any(step.get("count") for step in _flat(session["steps"])):
        found.add("pre_fatigue")
    if names & FINISH_STEPS:
        found.add("fast_finish")
    if session["kind"] == "descent":
        found.add("descent")
    if WARM_STEP in names:
        found.add("heat")
    return found


def _broken(
    rule: str, day: date | None, what: str, *, hard: bool = True, values: object = None
) -> Violation:
    told = dict(values) if isinstance(values, Mapping) else {}
    if day is not None:
        told["day"] = day
    return Violation(
        rule=rule, hard=hard, day=day, said=Said(id=f"train.check.{what}", values=told)
    )


# ---------------------------------------------------------------- the rules


def _plan(reading: Reading) -> Iterator[Violation]:
    """What every plan must have, whatever the rules say."""
    races = [one for one in reading.data["sessions"] if one["kind"] == "race"]
    if [_day(one["date"]) for one in races] != [reading.race_day]:
        yield _broken("plan", reading.race_day, "race_day")
    seen = set()
    for session in reading.sessions:
        day, is_run = _day(session["date"]), session["kind"] not in NO_RUN
        ran_today = any(run.day == reading.today for run in reading.done)
        earliest = reading.today + timedelta(days=1 if ran_today else 0)
        if not earliest <= day < reading.race_day:
            yield _broken("plan", day, "outside")
        is_free = WEEKDAYS[day.weekday()] in reading.days and day not in reading.blocked
        if is_run and not is_free and day not in reading.also:
            yield _broken("plan", day, "not_free")
        is_strength = session["kind"] == "strength" and reading.strength_days
        is_lifting_day = WEEKDAYS[day.weekday()] in reading.strength_days or day in reading.also
        if is_strength and not is_lifting_day:
            yield _broken("plan", day, "not_free")
        if is_run and day in seen:
            yield _broken("plan", day, "two_runs")
        seen |= {day} if is_run else set()
        yield from _session_is_whole(session, day, is_run=is_run)
    yield from _weeks_add_up(reading)


def _session_is_whole(
    session: Mapping[str, Any], day: date, *, is_run: bool
) -> Iterator[Violation]:
    missing = [name for name in ("steps", "why", "claims", "grade", "duration_s")
               if not session.get(name)]  # fmt: skip
    if missing:
        yield _broken("plan", day, "lacks", values={"part": ", ".join(missing)})
    by_time = not any(step.get("distance_m") for step in _flat(session["steps"]))
    if is_run and not by_time:
        planned_m = float(session["distance_m"] or 0)
        if abs(_metres(session["steps"]) - planned_m) > 1:
            yield _broken("plan", day, "steps_add_up")


def _weeks_add_up(reading: Reading) -> Iterator[Violation]:
    for number_of, week in enumerate(reading.data["weeks"]):
        first = _day(week["first"])
        last = first + timedelta(days=WEEK - 1)
        if first != reading.today + timedelta(days=number_of * WEEK):
            yield _broken("plan", first, "week_begins")
        planned = sum(run.distance_m for run in reading.planned if first <= run.day <= last)
        done = sum(run.distance_m for run in reading.done if first <= run.day <= last)
        if min(abs(week["distance_m"] - planned), abs(week["distance_m"] - planned - done)) > 1:
            yield _broken("plan", first, "week_adds_up")


def _screen(reading: Reading) -> Iterator[Violation]:
    """Nothing hard where only easy running goes."""
    for session in reading.sessions:
        day = _day(session["date"])
        too_early = reading.no_hard_until is not None and day < reading.no_hard_until
        if too_early and (_is_hard(session) or session["kind"] in LONG or _is_heavy(session)):
            yield _broken("screen", day, "too_early")
        if reading.no_timed_repeats and _names(session) & FAST_STEPS:
            yield _broken("screen", day, "timed_repeats")


def _r1(reading: Reading) -> Iterator[Violation]:
    for run in reading.planned:
        longest = reading.longest(run.day)
        if reading.is_return(run.day) or longest < number("return_below_m"):
            continue
        if run.distance_m > longest * number("longest_ratio") + TINY:
            yield _broken(
                "R1", run.day, "r1", values={"run_m": run.distance_m, "longest_m": longest}
            )


def _r1b(reading: Reading) -> Iterator[Violation]:
    runs = [run for run in reading.planned if not reading.is_return(run.day)]
    for run in runs:
        if run.distance_m <= reading.longest(run.day) + TINY:
            continue
        for other in runs:
            near = abs((other.day - run.day).days) < WEEK and other is not run
            limit = number("others_share") * reading.longest(other.day)
            if near and other.distance_m > limit + TINY:
                yield _broken("R1b", other.day, "r1b", values={"run_m": other.distance_m})


def _r1c(reading: Reading) -> Iterator[Violation]:
    in_a_row = 0
    for week, phase in enumerate(reading.phases):
        first = reading.today + timedelta(days=week * WEEK)
        quiet_from = first - timedelta(days=number("return_quiet_days"))
        is_quiet = not any(quiet_from <= run.day < first for run in reading.runs)
        is_back = is_quiet or reading.longest(first) < number("return_below_m")
        in_a_row = in_a_row + 1 if phase == "return" else 0
        if (phase == "return") is not is_back and phase not in ("race", "taper"):
            yield _broken("R1c", first, "r1c")
        if phase == "return":
            yield from _return_week(reading, week, in_a_row)


def _return_week(reading: Reading, week: int, in_a_row: int) -> Iterator[Violation]:
    """By time, few, and a little longer from week to week."""
    grown = number("return_first_min") + number("return_step_min") * (in_a_row - 1)
    most = min(grown, number("return_most_min"))
    runs = [run for run in reading.planned if reading.week_of(run.day) == week]
    if len(runs) > (parameter("conditioning.rule.return_runs").high or 0):
        yield _broken("R1c", runs[0].day, "return_many")
    for run in runs:
        minutes = minutes_from_seconds(float(reading.sessions[run.index]["duration_s"]))
        if minutes > most + TINY or reading.sessions[run.index]["kind"] != "easy":
            yield _broken("R1c", run.day, "return_long")


def _r2(reading: Reading) -> Iterator[Violation]:
    back = round(number("volume_look_back_weeks"))
    for week, phase in enumerate(reading.phases):
        if phase == "return":
            continue
        most = max(reading.bin_volume(week - one - 1) for one in range(back))
        volume = reading.bin_volume(week)
        first = reading.today + timedelta(days=week * WEEK)
        values = {"week_m": volume, "most_m": most}
        if volume > most * number("volume_refuse_ratio") + TINY:
            yield _broken("R2", first, "r2", values=values)
        elif volume > most * number("volume_ratio") + number("step_m"):
            yield _broken("R2", first, "r2", hard=False, values=values)


def _r3(reading: Reading) -> Iterator[Violation]:
    every = round(number("recovery_every_careful" if reading.often else "recovery_every"))
    start = since = 0
    for week, phase in enumerate(reading.phases):
        if phase == "return":
            start = since = week + 1
            continue
        is_due = (week - start + 1) % every == 0 and phase not in ("taper", "race")
        if not is_due:
            continue
        first = reading.today + timedelta(days=week * WEEK)
        if phase != "recovery":
            yield _broken("R3", first, "r3_missing")
        before = range(since, week)
        volume = max((reading.bin_volume(one) for one in before), default=0.0)
        longest = max((reading.bin_longest(one) for one in before), default=0.0)
        is_light = _within(reading.bin_volume(week), volume, "recovery_volume")
        if not is_light or not _within(reading.bin_longest(week), longest, "recovery_long"):
            yield _broken("R3", first, "r3_heavy", values={"week_m": reading.bin_volume(week)})
        since = week + 1


def _within(amount: float, of: float, name: str) -> bool:
    """Whether an amount lies in the shares that a rule gives, to one step of rounding."""
    step = number("step_m")
    return of * number(f"{name}_low") - step <= amount <= of * number(f"{name}_high") + step


def _r4(reading: Reading) -> Iterator[Violation]:
    for run in reading.planned:
        session = reading.sessions[run.index]
        week = reading.week_of(run.day)
        if session["kind"] not in LONG or reading.is_return(run.day):
            continue
        count = sum(1 for one in reading.planned if reading.week_of(one.day) == week)
        share = number("long_share_five" if count >= number("five_runs") else "long_share")
        too_much = run.distance_m > share * reading.bin_volume(week) + number("step_m")
        too_slow = float(session["duration_s"]) > number("long_run_s")
        too_far = reading.is_short and run.distance_m > reading.race_m
        if too_much or too_slow or too_far:
            yield _broken("R4", run.day, "r4", hard=False, values={"run_m": run.distance_m})


def _r5(reading: Reading) -> Iterator[Violation]:
    gap = number("hard_gap_careful_days" if reading.careful else "hard_gap_days")
    hard = [_day(one["date"]) for one in reading.sessions if _is_hard(one)]
    long = [_day(one["date"]) for one in reading.sessions if one["kind"] in LONG]
    for first, second in pairwise(hard):
        if (second - first).days < gap:
            yield _broken("R5", second, "r5_apart")
    for day in long:
        if any(0 < abs((other - day).days) < gap for other in hard):
            yield _broken("R5", day, "r5_apart")
    for day in hard:
        if sum(1 for other in hard if 0 <= (other - day).days < WEEK) > 2:
            yield _broken("R5", day, "r5_many")
    runs = [one for one in reading.sessions if one["kind"] not in NO_RUN and one["distance_m"]]
    total = sum(float(one["duration_s"]) for one in runs)
    fast = sum(
        float(one["duration_s"]) * _fast_metres(one["steps"]) / float(one["distance_m"])
        for one in runs
    )
    if total and fast / total > 1 - value("conditioning.session.easy_time_share"):
        yield _broken("R5", None, "r5_easy")


def _r6(reading: Reading) -> Iterator[Violation]:
    heavy = [_day(one["date"]) for one in reading.sessions if _is_heavy(one)]
    demanding = {
        _day(one["date"]) for one in reading.sessions if _is_hard(one) or one["kind"] in LONG
    }
    for day in heavy:
        if day + timedelta(days=1) in demanding:
            yield _broken("R6", day, "r6_before")
        if day >= reading.before_race(WEEK):
            yield _broken("R6", day, "r6_race_week")
    last = [
        one for one in heavy if reading.before_race(2 * WEEK) <= one < reading.before_race(WEEK)
    ]
    if len(last) > 1:
        yield _broken("R6", last[-1], "r6_taper")
    for one in reading.sessions:
        steps = [step["id"] for step in one["steps"]]
        if one["kind"] == "strength" and not steps:
            yield _broken("R6", _day(one["date"]), "lacks", values={"part": "steps"})
    yield from _twice_a_week(reading, heavy)


def _twice_a_week(reading: Reading, heavy: Sequence[date]) -> Iterator[Violation]:
    """Two in each full week before the taper; fewer only when the plan says so."""
    says = [one for one in reading.data["rules"] if one["id"] == "R6"]
    admits = any(not one["held"] or one.get("because") for one in says)
    for week in range(len(reading.phases)):
        first = reading.today + timedelta(days=week * WEEK)
        last = first + timedelta(days=WEEK - 1)
        in_taper = last >= reading.before_race(2 * WEEK)
        waits = reading.no_hard_until is not None and first < reading.no_hard_until
        count = sum(1 for day in heavy if first <= day <= last)
        if not in_taper and not waits:
            if count > number("strength_per_week"):
                yield _broken("R6", first, "r6_many")
            if count < number("strength_per_week") and not admits:
                yield _broken("R6", first, "r6_few")


def _r7_r13(reading: Reading) -> Iterator[Violation]:
    """One novelty a week, one in a session."""
    seen: set[str] = set()
    firsts = []
    for session in reading.sessions:
        day, news = _day(session["date"]), _news(reading, session)
        if len(news) > 1:
            yield _broken("R13", day, "r13", values={"part": ", ".join(sorted(news))})
        if "longest" in news or news - seen - {"longest"}:
            firsts.append(day)
        seen |= news
        told = set(session.get("novelties") or ())
        told -= {"longest"} if reading.is_return(day) else set()
        if told != news:
            yield _broken("R13", day, "told_new", values={"part": ", ".join(sorted(told ^ news))})
    for first, second in pairwise(firsts):
        if (second - first).days < WEEK:
            yield _broken("R7", second, "r7")


def _r8(reading: Reading) -> Iterator[Violation]:
    taper = WEEK if reading.is_short else 2 * WEEK
    begins = reading.before_race(taper)
    ended = [
        week for week in range(len(reading.phases))
        if reading.today + timedelta(days=(week + 1) * WEEK - 1) < begins
    ]  # fmt: skip
    back = round(number("history_weeks"))
    of = max((reading.bin_volume(one) for one in ended), default=0.0) or max(
        reading.bin_volume(-one - 1) for one in range(back)
    )
    step = number("step_m")
    last = reading.volume(reading.before_race(WEEK), reading.before_race(1))
    in_days = (reading.race_day - reading.today).days
    if of and in_days > WEEK:
        if last > of * number("taper_last_high") + step:
            yield _broken("R8", reading.before_race(WEEK), "r8_much", values={"week_m": last})
        is_far = in_days > number("race_week_days")
        if is_far and last < of * number("taper_last_low") - step:
            first_day = reading.before_race(WEEK)
            yield _broken("R8", first_day, "r8_little", hard=False,
                          values={"week_m": last})  # fmt: skip
    if of and not reading.is_short and in_days > 2 * WEEK:
        counts = reading.phases[reading.week_of(begins)] in ("taper", "race")
        first = reading.volume(begins if counts else begins + timedelta(days=1),
                               reading.before_race(WEEK + 1))  # fmt: skip
        if first > of * number("taper_first_share") + step:
            yield _broken("R8", begins, "r8_much", values={"week_m": first})
    yield from _often_enough(reading, taper)


def _often_enough(reading: Reading, taper: int) -> Iterator[Violation]:
    """In the taper nearly as many runs as ever; the race is one of them."""
    usual = [
        sum(1 for run in reading.planned if reading.week_of(run.day) == week)
        for week, phase in enumerate(reading.phases)
        if phase == "build"
    ]
    if not usual:
        return
    least = floor(median(usual) * number("taper_frequency") + TINY)
    ends = [reading.race_day] if taper == WEEK else [reading.before_race(WEEK), reading.race_day]
    for end in ends:
        first = end - timedelta(days=WEEK - 1)
        count = sum(1 for run in reading.planned if first <= run.day <= end)
        count += 1 if end == reading.race_day else 0
        if first > reading.today and count < least:
            yield _broken("R8", first, "r8_few", hard=False)


def _r9(reading: Reading) -> Iterator[Violation]:
    first = reading.before_race(number("last_easy_days"))
    for session in reading.sessions:
        day = _day(session["date"])
        if day < first:
            continue
        is_run = session["kind"] not in NO_RUN
        far = is_run and float(session["distance_m"] or 0) > 0.5 * reading.longest(day) + TINY
        if _is_hard(session) or session["kind"] in LONG or (far and not reading.is_return(day)):
            yield _broken("R9", day, "r9")


def _r10(reading: Reading) -> Iterator[Violation]:
    near = number("longest_before_short_race_near" if reading.is_short
                  else "longest_before_race_near")  # fmt: skip
    first = reading.before_race(number("longest_before_race_far"))
    last = reading.before_race(near)
    window = reading.before_race(number("longest_window_days"))
    counted = [run for run in reading.runs if window <= run.day < reading.race_day]
    returning = any(reading.is_return(run.day) for run in counted if run.planned)
    if not counted or returning:
        return
    most = max(run.distance_m for run in counted)
    if reading.today < first:
        inside = [run.distance_m for run in counted if first <= run.day <= last]
        if most > max(inside, default=0.0) + TINY:
            yield _broken("R10", first, "r10", values={"longest_m": most})
        return
    for run in reading.planned:
        limit = number("others_share") * reading.longest(run.day)
        if run.day > last and run.distance_m > limit + TINY:
            yield _broken("R10", run.day, "r10", values={"longest_m": run.distance_m})


def _r11(reading: Reading) -> Iterator[Violation]:
    """The pace of the race step is that of the prediction the plan carries."""
    predicted = reading.data.get("predicted_s") or {}
    for session in reading.data["sessions"]:
        for step in _flat(session["steps"]):
            band = step.get("pace_s_per_km")
            if band and band[0] > band[1]:
                yield _broken("R11", _day(session["date"]), "r11_order")
            if band and step["id"] == "race":
                fastest = predicted.get("median")
                as_time = band[0] * kilometres_from_metres(reading.race_m)
                if fastest is None or abs(as_time - fastest) > 1:
                    yield _broken("R11", reading.race_day, "r11")


def _r12(reading: Reading) -> Iterator[Violation]:
    count = sum(1 for one in reading.sessions if one["kind"] == "rehearsal")
    if count < number("rehearsals"):
        yield _broken("R12", None, "r12", hard=False)


RULES: Final[tuple[Callable[[Reading], Iterator[Violation]], ...]] = (
    _plan, _screen, _r1, _r1b, _r1c, _r2, _r3, _r4, _r5, _r6, _r7_r13, _r8, _r9, _r10, _r11, _r12,
)  # fmt: skip
"""In the order of the rules; each is a generator of what it finds."""
