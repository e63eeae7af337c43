"""The whole plan: the best day of the week for the long run, the weeks, the days, and the answer.

`plan` is all that others call. It gives a plan that reaches what was wished for, the best that can
be reached, or the reasons why there is none; a race within ten days has an answer of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from uncramp.training.asked import TrainingAsked
from uncramp.training.days import runs_of, slots_of
from uncramp.training.frame import WEEK, Frame, frame_of, long_days_to_try, steps, week_around
from uncramp.training.held import rules_held
from uncramp.training.law import number, whole
from uncramp.training.mended import kept_short, mended, misread_week
from uncramp.training.race_week import race_week
from uncramp.training.sessions import fill
from uncramp.training.slots import Slot
from uncramp.training.weeks import best_longest, solve_weeks
from uncramp.training.why_not import why_not
from uncramp.training_plan import Phase, RuleState, SessionKind, Status, TrainingPlan, Week
from uncramp.vocabulary import Said

__all__ = ["Decided", "decide", "plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the two stages decided, before it is put into sessions."""

    frame: Frame
    proved: bool
    """Whether the weeks are known to be the best there are."""
    slots: tuple[Slot, ...]
    runs: Mapping[int, int]
    """Distance by day, in steps."""
    simpler: tuple[Said, ...] = ()
    """What was left out or made shorter so that every hard rule holds."""


def plan(asked: TrainingAsked) -> TrainingPlan:
    """A training plan from `today` to the day of the race."""
    left = (asked.race.day - asked.today).days
    if left < 0:
        return _refused("training_plan.race_over")
    if left <= whole("conditioning.rule.race_week_days"):
        return race_week(asked)
    if not asked.days:
        return _refused("training_plan.no_days")
    if left > (whole("conditioning.rule.year_weeks") + 1) * WEEK:
        return _refused("training_plan.too_far")
    for decided in _attempts(asked):
        rules = rules_held(decided.frame, decided.slots)
        if all(rule.held for rule in rules if rule.hard and rule.applies):
            return _answer(decided, rules)
    return _refused("training_plan.contradiction")


def _attempts(asked: TrainingAsked) -> Iterator[Decided]:
    """The best plan; the same with nothing hard or new; then those of other days for the long run.

    Taken one after the other until one keeps every hard rule, which nearly always the first does.
    """
    best = decide(asked)
    if best is not None:
        yield best
        yield _plain(best)
    for weekday in long_days_to_try(asked):
        if best is None or weekday != best.frame.long_weekday:
            other = _settled(frame_of(asked, long_weekday=weekday))
            if other is not None:
                yield other
                yield _plain(other)


def _plain(decided: Decided) -> Decided:
    slots = slots_of(decided.frame, decided.runs, plain=True)
    return replace(decided, slots=slots,
                   simpler=(*decided.simpler, Said(id="training_plan.only_easy")))  # fmt: skip


def decide(asked: TrainingAsked) -> Decided | None:
    """Both stages, with the long run on the day of the week that reaches furthest.

    None when even without a wish the rules contradict each other, which no known case does.
    """
    best: tuple[int, Frame] | None = None
    for weekday in long_days_to_try(asked):
        frame = frame_of(asked, long_weekday=weekday)
        reached = best_longest(frame, above=None if best is None else best[0])
        best = best if reached is None else (reached, frame)
        if best is not None and best[0] >= best[1].target:
            break
    if best is None:
        return None
    return _settled(best[1], best[0])


def _settled(frame: Frame, reached: int | None = None) -> Decided | None:
    """Both stages on one calendar, again until its return weeks are those that the runs ask for.

    Which weeks are a return to running depends on the runs before them, and these on the weeks.
    """
    found: Decided | None = None
    seen: set[int] = set()
    for _ in frame.phases:
        longest = best_longest(frame) if reached is None else reached
        if longest is None:
            return found
        if (kept := _as_kept(frame)) is not None:
            return kept
        longest, frame = _modest(longest, frame)
        weeks, reached = solve_weeks(frame, longest), None
        if weeks is None:
            return found
        first = runs_of(frame, weeks)
        runs = mended(frame, first)
        wrong = misread_week(frame, runs)
        if wrong in seen and wrong in frame.returning:
            runs = mended(frame, kept_short(frame, runs))
            wrong = misread_week(frame, runs)
        found = Decided(
            frame=frame, proved=weeks.proved, slots=slots_of(frame, runs), runs=runs,
            simpler=() if runs == first else (Said(id="training_plan.shorter_runs"),))  # fmt: skip
        if wrong is None:
            return found
        seen.add(wrong)
        frame = frame_of(frame.asked, long_weekday=frame.long_weekday, after=(frame, wrong, runs))
    return found


def _as_kept(frame: Frame) -> Decided | None:
    """The plan that is kept, cut to what the rules allow now, if it still does what it was for.

    So a session that was missed or moved leaves the rest as it was, and nothing is made up for.
    """
    asked = frame.asked
    if asked.kept is None or frame.returning or asked.limit_first_week or asked.no_hard_until:
        return None
    far = {(one.day - asked.today).days: one for one in asked.kept.sessions if one.distance_m}
    race = far.pop(frame.race_day, None)
    usual = {frame.weekday(day) for day in far if day >= 0}
    if race is None or race.kind is not SessionKind.RACE or usual != set(frame.weekdays):
        return None
    moved = {
        (asked.fixed_days.get(one.day, one.day) - asked.today).days: steps(one.distance_m or 0)
        for one in far.values()
    }
    told = {day: moved[day] for day in frame.run_days if day in moved}
    runs = mended(frame, told)
    if not is_enough(sum(runs.values()), sum(told.values())):
        return None
    if misread_week(frame, runs) is not None:
        return None
    found = Decided(frame=frame, proved=True, slots=slots_of(frame, runs), runs=runs)
    rules = rules_held(frame, found.slots)
    holds = all(rule.held for rule in rules if rule.hard and rule.applies)
    return found if holds and is_enough(_counting(frame, runs), _counting(frame, moved)) else None


def _modest(longest: int, frame: Frame) -> tuple[int, Frame]:
    """Weeks beyond what the past allows only as far as the run within reach needs them.

    Otherwise a goal that is out of reach would blow up weeks for a few hundred metres.
    """
    needed = max(frame.past_cap, week_around(longest, len(frame.weekdays)))
    if longest >= frame.target or needed >= frame.volume_cap or frame.returning:
        return longest, frame
    smaller = replace(frame, volume_cap=needed)
    reached = best_longest(smaller)
    return (longest, frame) if reached is None else (reached, smaller)


def _refused(message: str) -> TrainingPlan:
    return TrainingPlan(status=Status.REFUSED, because=(Said(id=message),))


def _answer(decided: Decided, rules: tuple[RuleState, ...]) -> TrainingPlan:
    frame = decided.frame
    reached = _counting(frame, decided.runs)
    step_m = number("conditioning.rule.step_m")
    enough = is_enough(reached, frame.target)
    unmet = () if enough else _unmet(frame, reached)
    unmet += tuple(said for rule in rules if rule.hard and rule.applies for said in rule.because)
    kind = "training_plan.reaches" if enough else "training_plan.best_reachable"
    because: tuple[Said, ...] = (
        Said(id=kind, values={"longest_m": reached * step_m, "target_m": frame.target * step_m}),
    )
    if frame.is_far:
        because += (Said(id="training_plan.far_off"),)
    return TrainingPlan(
        status=Status.PLANNED if enough else Status.BEST_REACHABLE,
        because=because + _spike(frame, reached),
        sessions=fill(decided.slots, frame.asked),
        weeks=_weeks(decided),
        rules=rules,
        unmet=unmet + decided.simpler + _soft(rules),
        assumed=_assumed(decided),
    )


def is_enough(reached: int, target: int) -> bool:
    """Whether a longest run is as good as the one wished for: what a watch cannot tell apart."""
    return reached >= _enough(target)


def _enough(target: int) -> int:
    near = 100 - whole("conditioning.rule.near_enough_pct")
    return -(-near * target // 100)


def _counting(frame: Frame, planned: Mapping[int, int]) -> int:
    """Longest run, done or planned, that still counts on race day."""
    first = frame.race_day - whole("conditioning.rule.longest_window_days")
    runs = [*frame.longest.items(), *planned.items()]
    return max((far for on, far in runs if on >= first), default=0)


def _spike(frame: Frame, reached: int) -> tuple[Said, ...]:
    """By how much the race goes beyond the longest run, said and not hidden."""
    race_m = frame.asked.race.distance_m
    longest_m = reached * number("conditioning.rule.step_m")
    if not longest_m or race_m <= longest_m:
        return ()
    return (
        Said(
            id="training_plan.spike",
            values={"longest_m": longest_m, "excess": round(100 * (race_m / longest_m - 1))},
            sources=("frandsen_2025",),
        ),
    )


def _unmet(frame: Frame, reached: int) -> tuple[Said, ...]:
    """The smallest conflict and the least relaxation, as sentences."""
    why = why_not(frame, target=_enough(frame.target), reachable=reached)
    step_m = number("conditioning.rule.step_m")
    values = {"target_m": frame.target * step_m, "longest_m": why.reachable * step_m}
    if why.rules:
        said = [Said(id="training_plan.conflict", values={**values, "rules": ", ".join(why.rules)})]
    else:
        said = [Said(id="training_plan.no_time", values=values)]
    if why.more_weeks is not None:
        said.append(Said(id="training_plan.more_weeks",
                         values={**values, "weeks": str(why.more_weeks)}))  # fmt: skip
    else:
        said.append(Said(id="training_plan.out_of_reach", values=values))
    said += [Said(id="training_plan.without_rule", values={"rule": rule, "longest_m": far * step_m})
             for rule, far in why.alone]  # fmt: skip
    return tuple(said)


def _soft(rules: tuple[RuleState, ...]) -> tuple[Said, ...]:
    names = {"R4": "training_plan.large_share", "R12": "training_plan.few_rehearsals"}
    return tuple(Said(id=names[rule.id]) for rule in rules if rule.id in names and not rule.held)


def _assumed(decided: Decided) -> tuple[Said, ...]:
    frame = decided.frame
    said = []
    if frame.returning:
        said.append(
            Said(id="training_plan.starts_anew", values={"weeks": str(len(frame.returning))})
        )
    if frame.spent_on is not None and frame.asked.limit_first_week is None:
        values = {"longest_m": frame.longest[frame.spent_on] * number("conditioning.rule.step_m")}
        said.append(Said(id="training_plan.spent", values=values))
    if not any(run.day <= frame.asked.today for run in frame.asked.history):
        said.append(Said(id="training_plan.no_runs_known"))
    if frame.careful:
        said.append(Said(id="training_plan.careful"))
    if not decided.proved:
        said.append(Said(id="training_plan.not_proved"))
    return tuple(said)


def _weeks(decided: Decided) -> tuple[Week, ...]:
    """Volume and longest run of each week, as the sessions have them."""
    frame, step_m = decided.frame, number("conditioning.rule.step_m")
    found = []
    for week, phase in enumerate(frame.phases):
        runs = [
            slot.distance_m
            for slot in decided.slots
            if slot.week == week and slot.distance_m and slot.kind is not SessionKind.RACE
        ]
        found.append(
            Week(
                first=frame.date_of(week * WEEK),
                phase=Phase(phase),
                distance_m=round(sum(runs) / step_m) * step_m,
                longest_m=max(runs, default=0.0),
            )
        )
    return tuple(found)
