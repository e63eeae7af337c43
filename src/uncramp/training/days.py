"""Stage 2: which day has which session, from the distances of the weeks.

HiGHS places hard sessions and strength work; first times and rehearsals go to long runs that are
not new longest ones, so that no week and no session holds two new things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from uncramp.training.frame import WEEK, Frame, Slice, others_share, steps
from uncramp.training.law import number, percent, whole
from uncramp.training.model import Expression, Model, added, solve
from uncramp.training.slots import Slot
from uncramp.training.weeks import Weeks
from uncramp.training_plan import Novelty, Phase, Session, SessionKind

__all__ = ["runs_of", "slots_of"]


@dataclass(slots=True)
class _Days:
    """Distances by day, in steps, and what has been placed."""

    frame: Frame
    runs: dict[int, int] = field(default_factory=dict)
    hard: frozenset[int] = frozenset()
    strength: frozenset[int] = frozenset()

    def longest_before(self, day: int) -> int:
        """The longest run of the 30 days before a day, done or planned."""
        first = day - whole("conditioning.rule.longest_window_days")
        planned = max((far for on, far in self.runs.items() if first <= on < day), default=0)
        return max(planned, self.frame.done_longest(day))


def runs_of(frame: Frame, weeks: Weeks) -> dict[int, int]:
    """The distance of every run by day, as the weeks have it."""
    made = _Days(frame=frame)
    made.runs = {frame.long_day[week]: far for week, far in weeks.long.items() if far}
    made.runs |= frame.return_runs
    for part in sorted(weeks.others, key=lambda part: part.days):
        made.runs |= _shared_out(made, part, weeks)
    return made.runs


def slots_of(frame: Frame, runs: Mapping[int, int], *, plain: bool = False) -> tuple[Slot, ...]:
    """Every session, the race too, in order; `plain`: nothing hard, nothing new, no strength."""
    made = _Days(frame=frame, runs=dict(runs))
    if not plain:
        made.hard, made.strength = _placed(made)
    slots = [_run_slot(made, day) for day in sorted(made.runs)]
    slots = slots if plain else _with_content(made, slots)
    slots += [_strength_slot(made, day) for day in sorted(made.strength)]
    slots += _mobility(made)
    slots.append(_slot(frame, frame.race_day, SessionKind.RACE,
                       distance_m=frame.asked.race.distance_m))  # fmt: skip
    return _named(_counted(slots), frame)


def _slot(
    frame: Frame,
    day: int,
    kind: SessionKind,
    *,
    distance_m: float | None = None,
    after_run: bool = False,
) -> Slot:
    return Slot(
        id="",
        day=frame.date_of(day),
        kind=kind,
        distance_m=distance_m,
        week=day // WEEK,
        phase=frame.phases[day // WEEK],
        days_to_race=frame.race_day - day,
        after_run=after_run,
    )


# Distances


def _shared_out(made: _Days, part: Slice, weeks: Weeks) -> dict[int, int]:
    """The distance of a slice on its days: shorter beside the long run, nothing too short."""
    total = weeks.others[part]
    least = steps(number("conditioning.rule.shortest_run_m"))
    if part.part != "build":
        least //= 2
    beside = {day + one for day in made.frame.long_day.values() for one in (-1, 1)}
    share = others_share(part, made.frame.race_day)
    plain = made.frame.target * percent("conditioning.rule.others_share") // 100
    plain = min(plain, weeks.long.get(part.week, plain))
    plain = min(plain, weeks.each[part])
    most = {day: min(made.longest_before(day) * share // 100, plain) for day in part.days}
    order = sorted(part.days, key=lambda day: (day in beside, day))
    count = min(len(order), total // least)
    while count < len(order) and sum(most[day] for day in order[:count]) < total:
        count += 1
    days = sorted(order[:count])
    caps = {day: most[day] for day in days}
    usual = made.frame.long_weekday
    heavy = {day: 1 if made.frame.weekday(day) == usual else 2 * 2 if day in beside else 2
             for day in days}  # fmt: skip
    found = dict.fromkeys(days, 0)
    left = total
    while left and (open_days := [day for day in days if found[day] < caps[day]]):
        day = min(open_days, key=lambda day: (found[day] * heavy[day], day))
        found[day] += 1
        left -= 1
    return {day: far for day, far in found.items() if far}


# Hard sessions and strength


def _placed(made: _Days) -> tuple[frozenset[int], frozenset[int]]:
    """Days of hard sessions and of strength work."""
    model = Model()
    hard = {day: model.variable(f"hard{day}", 0, 1) for day in _may_be_hard(made)}
    strong = {day: model.variable(f"strong{day}", 0, 1) for day in _may_be_strong(made)}
    for first in range(made.frame.race_day):
        _one_in(model, hard, range(first, first + WEEK), 1)
        _one_in(
            model, strong, range(first, first + whole("conditioning.rule.strength_gap_days")), 1
        )
        before = [strong[first]] if first in strong else []
        after = [hard[first + 1]] if first + 1 in hard else []
        if before and after:
            model.at_most(added((before[0], 1), (after[0], 1)), {"": 1}, "R6")
    for week in range(len(made.frame.phases)):
        days = range(week * WEEK, (week + 1) * WEEK)
        _one_in(model, strong, days, whole("conditioning.rule.strength_per_week"))
    taper = made.frame.race_day - 2 * WEEK
    _one_in(model, strong, range(taper, taper + WEEK), 1)
    sharp = {day: one for day, one in hard.items() if day >= made.frame.race_day - 2 * WEEK}
    aims: list[Expression] = [
        added(*((one, -1) for one in group.values())) for group in (sharp, strong, hard)
    ]
    aims.append(_preferences(made, hard, strong))
    wished = [aim for aim in aims if aim]
    nodes = [whole("conditioning.rule.nodes")] * len(wished)
    got = solve(model, wished, seconds=number("conditioning.rule.seconds"), nodes=nodes)
    found = {} if got is None else got[0]
    return (
        frozenset(day for day in hard if found.get(f"hard{day}")),
        frozenset(day for day in strong if found.get(f"strong{day}")),
    )


def _one_in(model: Model, chosen: Mapping[int, Expression], days: range, most: int) -> None:
    inside = [(chosen[day], 1) for day in days if day in chosen]
    if len(inside) > most:
        model.at_most(added(*inside), {"": most}, "place")


def _may_be_hard(made: _Days) -> list[int]:
    """Days of runs that may be hard: away from long runs, from the start and from the race."""
    frame, asked = made.frame, made.frame.asked
    if asked.no_timed_repeats:
        return []
    first_week = _first_week(frame) + whole("conditioning.rule.quality_from_week")
    last = frame.race_day - whole("conditioning.rule.last_easy_days")
    least = 2 * steps(number("conditioning.rule.shortest_run_m"))
    found = []
    for day, far in made.runs.items():
        week = day // WEEK
        apart = all(abs(day - long) >= frame.hard_gap for long in frame.long_day.values())
        free = asked.no_hard_until is None or frame.date_of(day) >= asked.no_hard_until
        if (
            apart
            and free
            and week >= first_week
            and day < last
            and (2 * far >= least if day >= frame.race_day - 2 * WEEK else far >= least)
            and frame.phases[week] in (Phase.BUILD, Phase.TAPER, Phase.RACE)
            and (len(frame.days_in(week)) > 2 or frame.phases[week] is not Phase.BUILD)
        ):
            found.append(day)
    return sorted(found)


def _first_week(frame: Frame) -> int:
    """The first week after the return weeks."""
    return max(frame.returning, default=-1) + 1


def _may_be_strong(made: _Days) -> list[int]:
    """Days for strength: those told, or any day of running; never before a long run."""
    frame, asked = made.frame, made.frame.asked
    if asked.no_heavy_legs:
        return []
    weekdays = asked.strength_days or asked.days
    blocked = set(asked.blocked_days)
    found = []
    for day in range(frame.race_day - WEEK):
        free = asked.no_hard_until is None or frame.date_of(day) >= asked.no_hard_until
        here = frame.weekday(day) in weekdays and frame.date_of(day) not in blocked
        done = day == 0 and 0 in frame.volume
        if free and here and not done and day + 1 not in frame.long_day.values():
            found.append(day)
    return found


def _preferences(
    made: _Days, hard: Mapping[int, Expression], strong: Mapping[int, Expression]
) -> Expression:
    """The same days every week; strength not on the day of the long run; as in the kept plan."""
    frame = made.frame
    kept = _kept_days(frame)
    parts: list[tuple[Expression, int]] = []
    for day, one in strong.items():
        on_long = day in frame.long_day.values()
        told = frame.date_of(day) in kept.get(SessionKind.STRENGTH, frozenset())
        parts.append((one, 100 * on_long + 2 * (day not in made.runs) - WEEK * WEEK * told))
        parts.append((one, (day + frame.asked.today.weekday()) % WEEK))
    for day, one in hard.items():
        told = frame.date_of(day) in kept.get(SessionKind.SPEED, frozenset())
        parts.append((one, (day + frame.asked.today.weekday()) % WEEK - WEEK * WEEK * told))
    return added(*parts)


def _kept_days(frame: Frame) -> dict[SessionKind, frozenset[date]]:
    sessions = () if frame.asked.kept is None else frame.asked.kept.sessions
    return {
        kind: frozenset(one.day for one in sessions if one.kind is kind)
        for kind in (SessionKind.STRENGTH, SessionKind.SPEED)
    }


# What a run is


def _run_slot(made: _Days, day: int) -> Slot:
    frame, far = made.frame, made.runs[day]
    l30 = made.longest_before(day)
    is_long = day in frame.long_day.values()
    hard = day in made.hard
    kind = SessionKind.LONG if is_long else SessionKind.SPEED if hard else SessionKind.EASY
    back = frame.phases[day // WEEK] is Phase.RETURN
    new = (Novelty.LONGEST,) if far > l30 and not back else ()
    slot = _slot(frame, day, kind, distance_m=far * number("conditioning.rule.step_m"))
    return replace(
        slot,
        is_long=is_long,
        is_hard=hard,
        sharpen=hard and day >= frame.race_day - 2 * WEEK,
        novelties=new,
        first_of=new,
        l30_m=l30 * number("conditioning.rule.step_m"),
        duration_s=(slot.distance_m or 0) / frame.easy_m_s if back else None,
    )


def _strength_slot(made: _Days, day: int) -> Slot:
    slot = _slot(made.frame, day, SessionKind.STRENGTH, after_run=day in made.runs)
    return replace(slot, heavy_legs=True)


def _mobility(made: _Days) -> list[Slot]:
    """Two short rounds a week, after easy runs without strength work."""
    found = []
    for week in range(len(made.frame.phases)):
        easy = [day for day in made.frame.days_in(week)
                if day in made.runs and day not in made.strength and day not in made.hard
                and day not in made.frame.long_day.values()]  # fmt: skip
        found += [_slot(made.frame, day, SessionKind.MOBILITY, after_run=True) for day in easy[:2]]
    return found


# What is new in a run


def _with_content(made: _Days, slots: list[Slot]) -> list[Slot]:
    """Fast finishes, pre-fatigue, descents and rehearsals on the long runs that may have them."""
    frame, asked = made.frame, made.frame.asked
    last_on: dict[Novelty, int] = {}
    found = []
    for slot in slots:
        day = frame.race_day - slot.days_to_race
        kind = None
        start = (_first_week(frame) + whole("conditioning.rule.new_from_week") - 1) * WEEK
        free = asked.no_hard_until is None or slot.day >= asked.no_hard_until
        if slot.is_long and not slot.novelties and day >= start and free:
            kind = _next_novelty(frame, slot, day, last_on)
        if kind is not None:
            first = () if kind in last_on else (kind,)
            last_on[kind] = day
            hard = kind in (Novelty.FAST_FINISH, Novelty.DESCENT)
            slot = replace(slot, novelties=(kind,), first_of=first, is_hard=hard,  # noqa: PLW2901
                           kind=SessionKind.DESCENT if kind is Novelty.DESCENT else slot.kind,
                           descent_m=asked.race.descent_m if kind is Novelty.DESCENT
                           else None)  # fmt: skip
        found.append(slot)
    return _rehearsed(found)


def _next_novelty(
    frame: Frame, slot: Slot, day: int, last_on: Mapping[Novelty, int]
) -> Novelty | None:
    """The one that waited longest among those that may come now."""
    asked, left = frame.asked, slot.days_to_race
    distance_m = slot.distance_m or 0
    descent_m = asked.race.descent_m or 0
    hilly = 100 * descent_m >= number("conditioning.rule.hilly_pct") * asked.race.distance_m
    options = []
    every = whole("conditioning.rule.descent_every_days")
    if hilly and day - last_on.get(Novelty.DESCENT, -every) >= every and left >= 2 * WEEK:
        options.append(Novelty.DESCENT)
    share = number("conditioning.rule.pre_fatigue_share")
    if (
        day - last_on.get(Novelty.PRE_FATIGUE, -every) >= 2 * WEEK
        and left >= whole("conditioning.rule.last_new_days")
        and distance_m <= share * slot.l30_m
        and not asked.no_heavy_legs
    ):
        options.append(Novelty.PRE_FATIGUE)
    long_enough = distance_m >= number("conditioning.rule.return_below_m")
    waited = day - last_on.get(Novelty.FAST_FINISH, -every) >= 2 * WEEK
    if waited and long_enough and not asked.no_timed_repeats:
        options.append(Novelty.FAST_FINISH)
    return min(options, key=lambda one: last_on.get(one, -every), default=None)


def _rehearsed(slots: list[Slot]) -> list[Slot]:
    """The last plain long runs rehearse drinking and salt."""
    plain = [slot for slot in slots if slot.kind is SessionKind.LONG
             and slot.novelties in ((), (Novelty.LONGEST,))]  # fmt: skip
    last = plain[-whole("conditioning.rule.rehearsals") - 1 :]
    return [replace(slot, kind=SessionKind.REHEARSAL) if slot in last else slot for slot in slots]


# Numbers and names


def _counted(slots: list[Slot]) -> list[Slot]:
    """Each slot with the how-manieth of its sort it is, and of how many."""
    slots.sort(key=lambda slot: (slot.day, slot.distance_m is None, slot.kind))
    sorts = [_sort_of(slot) for slot in slots]
    seen: dict[str, int] = {}
    found = []
    for slot, sort in zip(slots, sorts, strict=True):
        seen[sort] = seen.get(sort, 0) + 1
        found.append(replace(slot, nth=seen[sort], of=sorts.count(sort)))
    return found


def _sort_of(slot: Slot) -> str:
    new = [one for one in slot.novelties if one is not Novelty.LONGEST]
    return f"{new[0]}" if new else f"{slot.kind}"


def _named(slots: list[Slot], frame: Frame) -> tuple[Slot, ...]:
    """Ids by calendar week; a session that stays, or that the runner moved, keeps its id."""
    kept = frame.asked.kept
    old: dict[tuple[date, bool, SessionKind | None], str] = {}
    for one in () if kept is None else kept.sessions:
        then = frame.asked.fixed_days.get(one.day, one.day)
        old.setdefault((then, one.distance_m is not None, _apart(one)), one.id)
    taken: set[str] = set()
    found = []
    for slot in slots:
        key = (slot.day, slot.distance_m is not None, _apart(slot))
        name = old.get(key)
        found.append(replace(slot, id=name if name and name not in taken else ""))
        taken.add(name or "")
    counts: dict[date, int] = {}
    known = set(old.values())
    for index, slot in enumerate(found):
        if not slot.id:
            monday = slot.day - timedelta(days=slot.day.weekday())
            while True:
                counts[monday] = counts.get(monday, 0) + 1
                name = f"{monday.isoformat()}-{counts[monday]}"
                if name not in known and name not in taken:
                    break
            taken.add(name)
            found[index] = replace(slot, id=name)
    return tuple(found)


def _apart(one: Slot | Session) -> SessionKind | None:
    """Runs of a day are one another's; strength, mobility and the race are themselves."""
    alone = (SessionKind.STRENGTH, SessionKind.MOBILITY, SessionKind.RACE)
    return one.kind if one.kind in alone else None
