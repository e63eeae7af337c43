"""Stage 1: how far each week and each long run goes, in whole steps of 100 m.

The frame says which days there are; here every rule about distances becomes rows of an integer
program. Objectives, one after the other: the longest run of the last 30 days, up to the target; the
last seven days not too empty (R8); nobody saves up for the last weeks; least ups and downs from
week to week; lowest peak; least change from the plan that is kept, or else an even rise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from uncramp.training.frame import WEEK, Frame, Slice, long_share, others_share, steps
from uncramp.training.law import number, percent, whole
from uncramp.training.model import Expression, Model, added, solve, value_of
from uncramp.training_plan import Phase

__all__ = ["RULES_OF_DISTANCE", "Weeks", "best_longest", "can_reach", "problem", "solve_weeks"]

RULES_OF_DISTANCE: Final = ("R1", "R1b", "R2", "R3", "R4", "R8", "history")
"""What can stand against a longer run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """What stage 1 decided."""

    long: dict[int, int]
    """Long run by week, in steps."""
    others: dict[Slice, int]
    """Sum of the other runs of each slice."""
    each: dict[Slice, int]
    """The longest of the other runs of each slice."""
    longest: int
    """Longest run of the last 30 days before the race."""
    held_weeks: frozenset[int]
    """Build weeks in which the long run does not grow."""
    proved: bool
    """Whether every objective was proved best."""


@dataclass(slots=True)
class _Problem:
    """The program with the expressions that objectives and rules speak of."""

    frame: Frame
    model: Model = field(default_factory=Model)
    long: dict[int, Expression] = field(default_factory=dict)
    others: dict[Slice, Expression] = field(default_factory=dict)
    late: list[Expression] = field(default_factory=list)
    """What is missing below the lower bounds of build weeks."""
    empty: list[Expression] = field(default_factory=list)
    """What the last seven days lack."""
    longest: Expression = field(default_factory=dict)
    each: dict[Slice, Expression] = field(default_factory=dict)

    def volume(self, week: int) -> Expression:
        """Volume of a week as an expression."""
        if week in self.frame.returning:
            runs = self.frame.return_runs.items()
            return {"": sum(far for day, far in runs if day // WEEK == week)}
        parts = [(one, 1) for at, one in self.others.items() if at.week == week]
        parts += [(one, 1) for at, one in self.long.items() if at == week]
        return added(*parts)

    def builds(self, before: int) -> list[int]:
        """Whole build weeks before a week, the latest first."""
        return [
            week
            for week in range(before - 1, -1, -1)
            if self.frame.phases[week] is Phase.BUILD and self.frame.is_whole(week)
        ]


def problem(frame: Frame, *, held: frozenset[int], rules: frozenset[str]) -> _Problem:
    """Every rule of `rules` about distances as rows."""
    made = _Problem(frame=frame)
    most = 2 * max(frame.volume_cap, frame.target, max(frame.longest.values(), default=1),
                   max((frame.done_in(week) for week in range(-WEEK, 0)), default=1))  # fmt: skip
    cap = frame.volume_cap if "history" in rules else most
    for week in frame.long_day:
        high = min(most, cap, _longest_ever(frame))
        made.long[week] = made.model.variable(f"long{week}", 0, high)
    for part in frame.slices:
        name = f"others{part.week}{part.part}"
        high = len(part.days) * frame.target * percent("conditioning.rule.others_share") // 100
        made.others[part] = made.model.variable(name, 0, min(most, cap, high))
    for week in frame.long_day:
        _longest_rules(made, week, held=week in held, rules=rules)
    for part in frame.slices:
        _others_rule(made, part, most, rules)
    for week in range(len(frame.phases)):
        if frame.phases[week] is not Phase.RETURN:
            _volume_rules(made, week, rules)
        if frame.phases[week] is Phase.RECOVERY and "R3" in rules:
            _recovery_rules(made, week)
        if frame.phases[week] is Phase.BUILD and frame.is_whole(week):
            _build_wishes(made, week, most)
    _taper_rules(made, most, rules)
    _taper_long(made, most)
    _goal(made, most)
    return made


# The long run


def _longest_before(made: _Problem, day: int, week: int) -> list[Expression]:
    """What the longest run of the 30 days before a day may be: done, returning, or planned."""
    frame = made.frame
    window = whole("conditioning.rule.longest_window_days")
    options: list[Expression] = []
    if done := frame.done_longest(day):
        options.append({"": done})
    back = [far for on, far in frame.return_runs.items() if on < day and day - on <= window]
    options += [{"": max(back)}] if back else []
    planned = [at for at in made.long if at < week and day - frame.long_day[at] <= window]
    grown = [at for at in planned if frame.phases[at] is Phase.BUILD]
    options += [made.long[at] for at in (grown or planned)[-1:]]
    return options or _mean_before(made, day)


def _mean_before(made: _Problem, day: int) -> list[Expression]:
    """Where nothing else tells: the mean of other runs, which the longest of them reaches."""
    window = whole("conditioning.rule.longest_window_days")
    before = [part for part in made.others if max(part.days) < day <= min(part.days) + window]
    if not before:
        return []
    last = max(before, key=lambda part: part.days)
    name = f"mean{last.week}{last.part}"
    if name not in made.model.bounds:
        mean = made.model.variable(name, 0, made.model.largest(made.others[last]))
        made.model.at_most(added((mean, len(last.days))), made.others[last], "mean")
    return [{name: 1}]


def _longest_ever(frame: Frame) -> int:
    """No long run beyond four hours, nor beyond a short race, but for who does so already."""
    race = steps(frame.asked.race.distance_m)
    by_time = steps(number("conditioning.rule.longest_run_ever_s") * frame.easy_m_s)
    return max(frame.done_longest(0), min(by_time, race) if frame.is_short else by_time)


def _longest_rules(made: _Problem, week: int, *, held: bool, rules: frozenset[str]) -> None:
    frame, model, long = made.frame, made.model, made.long[week]
    options = _longest_before(made, frame.long_day[week], week)
    if "R1" in rules:
        ratio = 100 if held else percent("conditioning.rule.longest_ratio")
        scaled = [added((option, ratio)) for option in options]
        model.at_most_largest(added((long, 100)), scaled or [{}], "R1", name=f"r1_{week}")
    usual = frame.usual_longest
    share = long_share(len(frame.days_in(week)))
    if "R4" in rules and share >= percent("conditioning.rule.long_share_two"):
        alone = steps(number("conditioning.rule.few_runs_longest_s") * frame.easy_m_s)
        model.at_most(long, {"": max(usual, alone)}, "R4")
    if "R4" in rules and share < 100:
        cap = added((made.volume(week), share))
        model.at_most_largest(added((long, 100)), [cap, {"": 100 * usual}], "R4", name=f"r4_{week}")


def _others_rule(made: _Problem, part: Slice, most: int, rules: frozenset[str]) -> None:
    """R1b: every other run is at most 0.7 of the longest of the 30 days before it."""
    model, days = made.model, part.days
    high = percent("conditioning.rule.others_share") * made.frame.target // 100
    each = made.each[part] = model.variable(f"each{part.week}{part.part}", 0, high)
    share = others_share(part, made.frame.race_day)
    options = [added((one, share)) for one in
               _longest_before(made, max(days), part.week)]  # fmt: skip
    if "R1b" in rules:
        name = f"r1b_{part.week}{part.part}"
        model.at_most_largest(added((each, 100)), options or [{}], "R1b", name=name)
    model.at_most(made.others[part], added((each, len(days))), "R1b")
    least = steps(number("conditioning.rule.shortest_run_m")) // (1 if part.part == "build" else 2)
    if part.week in made.long:
        model.at_most(each, made.long[part.week], "order")
    runs = model.variable(f"any{part.week}{part.part}", 0, 1)
    model.at_most(added((runs, least)), made.others[part], "shortest")
    model.at_most(made.others[part], added((runs, most)), "shortest")


# The week


def _volume_rules(made: _Problem, week: int, rules: frozenset[str]) -> None:
    frame, model = made.frame, made.model
    volume = made.volume(week)
    back = range(week - whole("conditioning.rule.volume_look_back_weeks"), week)
    past = [frame.usual_in(at) for at in back if at <= 0]
    past += [made.model.largest(made.volume(at)) for at in back if at in frame.returning]
    top = max(past, default=0)
    options: list[Expression] = [{"": top}] if top else []
    planned = [at for at in back if at >= 0 and at not in frame.returning]
    builds = [at for at in planned if at in made.builds(week)]
    options += [made.volume(at) for at in (builds or planned)[-1:]]
    today = {"": frame.volume.get(0, 0) if week == 0 else 0}
    if "R2" in rules:
        ratio = percent("conditioning.rule.volume_ratio")
        scaled = [added((option, ratio)) for option in options]
        model.at_most_largest(added((volume, 100), (today, 100)), scaled or [{}], "R2",
                              name=f"r2_{week}")  # fmt: skip
    if "history" in rules:
        model.at_most(volume, {"": frame.volume_cap}, "history")
    limit = frame.first_week_share
    if week == 0 and limit is not None and past:
        model.at_most(volume, {"": int(limit * max(past))}, "R2")


def _recovery_rules(made: _Problem, week: int) -> None:
    """R3: between bounds of the weeks since the recovery week before."""
    frame, model = made.frame, made.model
    block = _block(frame, week)
    reached = [_with_today(made, at) for at in block]
    for there in reached:
        low = percent("conditioning.rule.recovery_volume_low")
        model.at_most(added((there, low)), added((made.volume(week), 100)), "R3")
    whole_ones = [there for at, there in zip(block, reached, strict=True) if frame.is_whole(at)]
    high = percent("conditioning.rule.recovery_volume_high")
    for there in (whole_ones or reached)[:1]:
        model.at_most(added((made.volume(week), 100)), added((there, high)), "R3")
    if week not in made.long:
        return
    long = made.long[week]
    low = percent("conditioning.rule.recovery_long_low")
    high = percent("conditioning.rule.recovery_long_high")
    for there in [one for at in block for one in _runs_of(made, at)]:
        model.at_most(added((there, low)), added((long, 100)), "R3")
    if not any(at in made.long for at in block):
        for part in [part for part in made.others if part.week in block[:1]]:
            share = added((made.others[part], high))
            model.at_most(added((long, 100 * len(part.days))), share, "R3")
    for at in [at for at in block if at in made.long][:1]:
        model.at_most(added((long, 100)), added((made.long[at], high)), "R3")
        _wish(made, f"lateR{week}", added((made.long[at], (low + high) // 2)), long,
              2 * 100 * frame.volume_cap)  # fmt: skip


def _block(frame: Frame, week: int) -> list[int]:
    """Weeks since the recovery or return week before, the latest first."""
    found = []
    for at in range(week - 1, -1, -1):
        if frame.phases[at] is not Phase.BUILD:
            break
        found.append(at)
    return found


def _with_today(made: _Problem, week: int) -> Expression:
    done = made.frame.volume.get(0, 0) if week == 0 else 0
    return added((made.volume(week), 1), ({"": done}, 1))


def _runs_of(made: _Problem, week: int) -> list[Expression]:
    """Every run of a week that may be its longest."""
    done = made.frame.longest.get(0, 0) if week == 0 else 0
    if week in made.long:
        return [made.long[week], {"": done}]
    names = [f"each{part.week}{part.part}" for part in made.others if part.week == week]
    return [*({name: 1} for name in names), {"": done}]


def _build_wishes(made: _Problem, week: int, most: int) -> None:
    """A build week keeps what was reached; what it lacks counts against the plan."""
    frame = made.frame
    keep = percent("conditioning.rule.build_share")
    before = made.builds(week)
    weeks = whole("conditioning.rule.history_weeks")
    usual = sum(frame.usual_in(at) for at in range(-weeks, 0)) // weeks
    volume = made.volume(before[0]) if before else {"": usual}
    _wish(made, f"lateV{week}", added((volume, keep)), made.volume(week), 100 * most)
    if week in made.long:
        longs = [at for at in before if at in made.long]
        enough = _enough(frame)
        done = {"": min(frame.done_longest(frame.long_day[week]), enough)}
        reached = made.long[longs[0]] if longs else done
        _wish(made, f"lateL{week}", added((reached, keep)), made.long[week], 100 * most,
              enough=100 * enough)  # fmt: skip
        least = steps(number("conditioning.rule.return_below_m"))
        _wish(made, f"lateM{week}", {"": 100 * least}, made.long[week], 100 * most)


def _enough(frame: Frame) -> int:
    """A long run that needs no keeping up for months before the race."""
    return frame.target * percent("conditioning.rule.recovery_long_high") // 100


def _wish(
    made: _Problem,
    name: str,
    low: Expression,
    high: Expression,
    most: int,
    *,
    enough: int | None = None,
) -> None:
    """`low <= 100 high`, or what is lacking counts; also when `100 high` is `enough`."""
    slack = made.model.variable(name, 0, most)
    if enough is not None and any(low):
        cut = made.model.variable(f"{name}cut", 0, most)
        made.model.at_most(added((low, 1), (cut, -1)), added((high, 100), (slack, 1)), "wish")
        made.model.at_most_largest(cut, [{}, added((low, 1), ({"": enough}, -1))], "wish",
                                   name=f"{name}cut")  # fmt: skip
        made.late.append(slack)
        return
    made.model.at_most(low, added((high, 100), (slack, 1)), "wish")
    made.late.append(slack)


# The end


def _taper_rules(made: _Problem, most: int, rules: frozenset[str]) -> None:
    """R8: less and less, from what was reached before the taper."""
    frame, model = made.frame, made.model
    taper = frame.race_day - frame.taper_days
    builds = [at for at in made.builds(len(frame.phases)) if (at + 1) * WEEK <= taper]
    ended = [at for at in range(taper // WEEK) if at not in frame.returning]
    back = [made.volume(at) for at in frame.returning if (at + 1) * WEEK <= taper]
    if builds or back:
        all_of = [_with_today(made, at) for at in ended] + back
        tops = [made.volume(at) for at in builds[:1]] + back[-1:]
    else:
        weeks = whole("conditioning.rule.history_weeks")
        done = max((frame.done_in(at) for at in range(-weeks, 0)), default=0)
        tops = all_of = [{"": done}]
    last = _part(made, frame.race_day - WEEK, frame.race_day)
    if "R8" in rules and any(model.largest(top) for top in tops):
        high = percent("conditioning.rule.taper_last_high")
        model.at_most_largest(added((last, 100)), [added((top, high)) for top in tops], "R8",
                              name="r8_last")  # fmt: skip
        if not frame.is_short:
            first = _part(made, frame.taper_from, frame.race_day - WEEK)
            share = percent("conditioning.rule.taper_first_share")
            model.at_most_largest(added((first, 100)), [added((top, share)) for top in tops],
                                  "R8", name="r8_first")  # fmt: skip
            _wish(made, "lateA", added((_usual_others(made, builds), share)), first, 100 * most)
        lack = model.variable("empty", 0, 100 * most)
        made.empty.append(lack)
        for one in all_of:
            low = percent("conditioning.rule.taper_last_low")
            model.at_most(added((one, low)), added((last, 100), (lack, 1)), "R8")
        _wish(made, "lateB", added((tops[0], 100 // 2)), last, 100 * most)
        _often_in_taper(made, most)
        for week, phase in enumerate(frame.phases):
            if phase is Phase.TAPER:
                model.at_most_largest(made.volume(week), tops, "R8", name=f"r8_{week}")


def _usual_others(made: _Problem, builds: list[int]) -> Expression:
    """What the last build week has beside its long run."""
    return added(*((one, 1) for at, one in made.others.items() if at.week in builds[:1]))


def _often_in_taper(made: _Problem, most: int) -> None:
    """R8: shorter runs in the taper, not fewer."""
    least = steps(number("conditioning.rule.shortest_run_m"))
    for part, total in made.others.items():
        if part.part == "build":
            continue
        name = f"often{part.week}{part.part}"
        lack = made.model.variable(name, 0, most)
        short = {"": least // 2 * len(part.days)}
        made.model.at_most(short, added((total, 1), (lack, 1)), "R8")
        made.empty.append(added((lack, 100)))
        _wish(made, f"late{name}", {"": 100 * least * len(part.days)}, total, 100 * most)


def _taper_long(made: _Problem, most: int) -> None:
    """A long run of the taper is no shorter than one of a recovery week, if it can be."""
    low = percent("conditioning.rule.recovery_long_low")
    for week in made.long:
        if made.frame.phases[week] in (Phase.TAPER, Phase.RACE):
            before = [at for at in made.builds(week) if at in made.long]
            for at in before[:1]:
                _wish(made, f"lateT{week}", added((made.long[at], low)), made.long[week],
                      100 * most)  # fmt: skip


def _part(made: _Problem, first: int, end: int) -> Expression:
    """What is run from a day up to the day before another."""
    parts = [(one, 1) for at, one in made.others.items() if first <= at.days[0] < end]
    parts += [(one, 1) for week, one in made.long.items()
              if first <= made.frame.long_day[week] < end]  # fmt: skip
    runs = made.frame.return_runs.items()
    parts.append(({"": sum(far for day, far in runs if first <= day < end)}, 1))
    return added(*parts)


def _goal(made: _Problem, most: int) -> None:
    """R10: the longest run of the last 30 days lies where it still counts and is digested."""
    frame, model = made.frame, made.model
    far = frame.race_day - whole("conditioning.rule.longest_before_race_far")
    window = frame.race_day - whole("conditioning.rule.longest_window_days")
    late = [week for week, day in frame.long_day.items() if day >= window]
    counts = [made.long[week] for week in late if frame.long_day[week] >= far]
    made.longest = model.variable("longest", 0, min(most, max(frame.target, 0)))
    model.at_most_largest(made.longest, counts or [{}], "R10", name="r10")
    for week in late:
        model.at_most(made.long[week], made.longest, "R10")


# Solving


def _solved(
    made: _Problem, aim: Expression, wishes: Sequence[Expression] = ()
) -> tuple[dict[str, int], list[bool]] | None:
    """The count of branches limits the search, so that the answer is always the same one."""
    seconds = number("conditioning.rule.seconds")
    nodes = [whole("conditioning.rule.nodes")]
    nodes += [whole("conditioning.rule.nodes_of_wishes")] * len(wishes)
    return solve(made.model, [aim, *wishes], seconds=seconds, nodes=nodes)


def best_longest(
    frame: Frame,
    *,
    rules: frozenset[str] = frozenset(RULES_OF_DISTANCE),
    above: int | None = None,
) -> int | None:
    """The longest run that can be reached where it counts; None when the rules contradict.

    Also None when nothing beyond `above` can be reached.
    """
    made = problem(frame, held=frozenset(), rules=rules)
    if above is not None:
        made.model.at_most({"": above + 1}, made.longest, "wish")
    got = _solved(made, added((made.longest, -1)))
    return None if got is None else value_of(made.longest, got[0])


def can_reach(
    frame: Frame,
    target: int,
    *,
    held: frozenset[int] = frozenset(),
    rules: frozenset[str] = frozenset(RULES_OF_DISTANCE),
) -> bool:
    """Whether some plan reaches a longest run."""
    made = problem(frame, held=held, rules=rules)
    if target > made.model.bounds["longest"][1]:
        return False
    made.model.at_most({"": target}, made.longest, "wish")
    return _solved(made, {}) is not None


def _rests(frame: Frame, n_held: int) -> frozenset[int]:
    """Build weeks in which the long run rests, spread evenly."""
    weeks = [week for week in frame.long_day if frame.phases[week] is Phase.BUILD]
    inner = weeks[1:]
    if not n_held or not inner:
        return frozenset()
    every = len(inner) / n_held
    return frozenset(inner[int(index * every)] for index in range(min(n_held, len(inner))))


def _held_weeks(frame: Frame, longest: int) -> frozenset[int]:
    """As many weeks without a new longest run as the goal leaves time for, at most every second."""
    weeks = [week for week in frame.long_day if frame.phases[week] is Phase.BUILD]
    low, high = 0, len(weeks) // 2
    if frame.is_far:
        held = _rests(frame, high)
        return held if can_reach(frame, longest, held=held) else frozenset()
    while low < high:
        middle = (low + high + 1) // 2
        if can_reach(frame, longest, held=_rests(frame, middle)):
            low = middle
        else:
            high = middle - 1
    return _rests(frame, low)


def solve_weeks(frame: Frame, longest: int) -> Weeks | None:
    """The plan of the weeks; `longest` is what `best_longest` gave."""
    held = _held_weeks(frame, longest)
    made = problem(frame, held=held, rules=frozenset(RULES_OF_DISTANCE))
    aims = [
        added(*((one, 1) for one in made.empty)),
        added(*((one, 1) for one in made.late)),
        *([] if frame.is_far else _smooth(made)),
        _like(made, longest),
    ]
    made.model.at_most({"": longest}, made.longest, "goal")
    got = _solved(made, {}, [aim for aim in aims if aim])
    if got is None:
        return None
    found, proved = got
    return Weeks(
        long={week: value_of(one, found) for week, one in made.long.items()},
        others={part: value_of(one, found) for part, one in made.others.items()},
        each={part: value_of(one, found) for part, one in made.each.items()},
        longest=value_of(made.longest, found),
        held_weeks=held,
        proved=all(proved),
    )


def _smooth(made: _Problem) -> list[Expression]:
    """Ups and downs between build weeks, and the highest week."""
    model, most = made.model, made.frame.volume_cap * 2
    builds = list(reversed(made.builds(len(made.frame.phases))))
    changes = []
    for earlier, later in pairwise(builds):
        change = _distance(model, f"change{later}", made.volume(later), made.volume(earlier), most)
        changes.append((change, 1))
    peak = model.variable("peak", 0, most)
    for week in builds:
        model.at_most(made.volume(week), peak, "peak")
    return [added(*changes), peak]


def _distance(model: Model, name: str, one: Expression, other: Expression, most: int) -> Expression:
    apart = model.variable(name, 0, most)
    model.at_most(added((one, 1), (other, -1)), apart, "apart")
    model.at_most(added((other, 1), (one, -1)), apart, "apart")
    return apart


def _like(made: _Problem, longest: int) -> Expression:
    """Distance from the plan that is kept, or from an even rise of long runs and weeks."""
    frame, model = made.frame, made.model
    kept = frame.asked.kept
    goals: list[tuple[str, Expression, int]] = []
    if kept is not None:
        by_day = {one.day: steps(one.distance_m or 0) for one in kept.sessions}
        for week, day in frame.long_day.items():
            if (then := frame.date_of(day)) in by_day:
                goals.append((f"kept{week}", made.long[week], by_day[then]))
        for part, one in made.others.items():
            sums = [by_day[frame.date_of(day)] for day in part.days if frame.date_of(day) in by_day]
            if sums:
                goals.append((f"kept{part.week}{part.part}", one, sum(sums)))
    else:
        weeks = [week for week in made.long if frame.phases[week] is Phase.BUILD]
        start = min(frame.usual_longest, _enough(frame))
        for index, week in enumerate(weeks):
            even = start + (longest - start) * (index + 1) // len(weeks)
            goals.append((f"even{week}", made.long[week], even))
    most = 2 * max(frame.volume_cap, longest)
    return added(*((_distance(model, name, one, {"": goal}, most + goal), 1)
                   for name, one, goal in goals))  # fmt: skip
