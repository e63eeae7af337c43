"""Which rules a plan keeps, read off its sessions: the planner's own look back at its work.

Every promise of a hard rule is looked at again here, by days, whatever the solver said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median_low
from typing import Final

from uncramp.training.frame import WEEK, Frame, steps
from uncramp.training.law import number, percent, whole
from uncramp.training.mended import Runs, misread_week
from uncramp.training.slots import Slot
from uncramp.training_plan import Phase, RuleState, SessionKind
from uncramp.vocabulary import Said

__all__ = ["HARD", "rules_held"]

HARD: Final = frozenset({"R1", "R1b", "R1c", "R2", "R3", "R5", "R6", "R7", "R8", "R9", "R10",
                         "R11", "R13"})  # fmt: skip
GRADES: Final[Mapping[str, str]] = {
    "R1": "cohort",
    "R6": "trial",
    "R8": "A",
    "R9": "cohort",
    "R12": "guide",
}
"""All others are `judgement`."""


@dataclass(slots=True)
class _Plan:
    """Sessions by day, in steps of 100 m."""

    frame: Frame
    slots: tuple[Slot, ...]
    runs: dict[int, int] = field(default_factory=dict)

    def day(self, slot: Slot) -> int:
        """Days from `today`."""
        return (slot.day - self.frame.asked.today).days

    def l30(self, day: int) -> int:
        """Longest run of the 30 days before."""
        first = day - whole("conditioning.rule.longest_window_days")
        planned = max((far for on, far in self.runs.items() if first <= on < day), default=0)
        return max(planned, self.frame.done_longest(day))

    def total(self, first: int, end: int) -> int:
        """Distance from a day up to the day before another."""
        return sum(far for on, far in self.runs.items() if first <= on < end)

    def ratio_days(self) -> list[int]:
        """Days of runs that are held against the longest run: all outside return weeks."""
        return [day for day in self.runs
                if self.frame.phases[day // WEEK] is not Phase.RETURN]  # fmt: skip

    def ended(self) -> list[int]:
        """Weeks that end before the taper."""
        end = self.frame.race_day - self.frame.taper_days
        return [week for week in range(len(self.frame.phases)) if (week + 1) * WEEK <= end]

    def builds(self) -> list[int]:
        """Whole build weeks that end before the taper."""
        end = self.frame.race_day - self.frame.taper_days
        return [week for week, phase in enumerate(self.frame.phases)
                if phase is Phase.BUILD and self.frame.is_whole(week)
                and (week + 1) * WEEK <= end]  # fmt: skip


def rules_held(frame: Frame, slots: tuple[Slot, ...]) -> tuple[RuleState, ...]:
    """How the plan stands to each rule."""
    plan = _Plan(frame=frame, slots=slots)
    for slot in slots:
        if slot.distance_m is not None and slot.kind is not SessionKind.RACE:
            plan.runs[plan.day(slot)] = steps(slot.distance_m)
    found = []
    for rule, check in CHECKS.items():
        applies, broken = check(plan)
        ids = ["training_plan.not_kept"] if broken else []
        if rule in NOTES and NOTES[rule][0](plan):
            ids.append(NOTES[rule][1])
        found.append(
            RuleState(
                id=rule,
                hard=rule in HARD,
                held=not broken,
                grade=GRADES.get(rule, "judgement"),
                applies=applies,
                because=tuple(Said(id=one, values={"rule": rule}) for one in ids),
            )
        )
    return tuple(found)


def _r1(plan: _Plan) -> tuple[bool, bool]:
    ratio = percent("conditioning.rule.longest_ratio")
    days = plan.ratio_days()
    return bool(days), any(100 * plan.runs[day] > ratio * plan.l30(day) for day in days)


def _r1b(plan: _Plan) -> tuple[bool, bool]:
    share = percent("conditioning.rule.others_share")
    days = plan.ratio_days()
    above = sorted(day for day in days if 100 * plan.runs[day] > share * plan.l30(day))
    close = any(later - earlier < WEEK for earlier, later in pairwise(above))
    return bool(days), close


def _r1c(plan: _Plan) -> tuple[bool, bool]:
    frame = plan.frame
    wrong = misread_week(frame, plan.runs) is not None
    wrong |= any(plan.runs[day] > frame.returning[day // WEEK]
                 for day in plan.runs if day // WEEK in frame.returning)  # fmt: skip
    most = whole("conditioning.rule.return_runs")
    wrong |= any(sum(day // WEEK == week for day in plan.runs) > most for week in frame.returning)
    return wrong or bool(frame.returning), wrong


def _r2(plan: _Plan) -> tuple[bool, bool]:
    frame = plan.frame
    back = whole("conditioning.rule.volume_look_back_weeks")
    ratio = percent("conditioning.rule.volume_refuse_ratio")

    def volume(week: int) -> int:
        planned = plan.total(week * WEEK, (week + 1) * WEEK) if week >= 0 else 0
        return planned + (frame.done_in(week) if week <= 0 else 0)

    wrong = any(
        100 * volume(week) > ratio * max(volume(at) for at in range(week - back, week))
        for week, phase in enumerate(frame.phases)
        if phase is not Phase.RETURN
    )
    return any(phase is not Phase.RETURN for phase in frame.phases), wrong


def _r3(plan: _Plan) -> tuple[bool, bool]:
    frame, now = plan.frame, Runs(plan.frame, plan.runs)
    applies = wrong = False
    for week, phase in enumerate(frame.phases):
        block = now.block(week)
        if phase is not Phase.RECOVERY:
            continue
        applies = True
        for name, here, there in (
            ("volume", now.volume(week), max((now.volume(at) for at in block), default=0)),
            ("long", now.longest_in(week), max((now.longest_in(at) for at in block), default=0)),
        ):
            low = percent(f"conditioning.rule.recovery_{name}_low")
            high = percent(f"conditioning.rule.recovery_{name}_high")
            wrong |= not low * there <= 100 * here + 100 <= high * there + 2 * 100
    return applies, wrong


def _r4(plan: _Plan) -> tuple[bool, bool]:
    frame = plan.frame
    wrong = False
    for week, day in frame.long_day.items():
        far, runs = plan.runs.get(day, 0), len(frame.days_in(week))
        five = runs >= whole("conditioning.rule.five_runs")
        share = percent(
            "conditioning.rule.long_share_five" if five else "conditioning.rule.long_share"
        )
        if far and frame.phases[week] is Phase.BUILD:
            wrong |= 100 * far > share * plan.total(week * WEEK, (week + 1) * WEEK)
        by_time = number("conditioning.rule.long_run_s") * frame.easy_m_s
        wrong |= far > steps(by_time)
        wrong |= frame.is_short and far > steps(frame.asked.race.distance_m)
    return bool(frame.long_day), wrong


def _r5(plan: _Plan) -> tuple[bool, bool]:
    hard = sorted(plan.day(slot) for slot in plan.slots if slot.is_hard)
    gap = plan.frame.hard_gap
    close = any(later - earlier < gap for earlier, later in pairwise(hard))
    longs = plan.frame.long_day.values()
    close |= any(0 < abs(day - long) < gap for day in hard for long in longs)
    many = any(sum(first <= day < first + WEEK for day in hard) > 2 for first in hard)
    return bool(hard), close or many


def _r6(plan: _Plan) -> tuple[bool, bool]:
    frame = plan.frame
    strong = [plan.day(slot) for slot in plan.slots if slot.heavy_legs]
    keys = {plan.day(slot) for slot in plan.slots if slot.is_long or slot.is_hard}
    wrong = any(day + 1 in keys for day in strong)
    wrong |= any(day >= frame.race_day - WEEK for day in strong)
    taper = frame.race_day - 2 * WEEK
    most = whole("conditioning.rule.strength_per_week")
    weeks = [day // WEEK for day in strong]
    wrong |= any(weeks.count(week) > most for week in weeks)
    wrong |= sum(taper <= day < taper + WEEK for day in strong) > 1
    return bool(strong), wrong


def _few_strength(plan: _Plan) -> bool:
    """Whether a full week before the taper has less strength work than R6 wishes for."""
    frame = plan.frame
    strong = [plan.day(slot) // WEEK for slot in plan.slots if slot.heavy_legs]
    wanted = whole("conditioning.rule.strength_per_week")
    weeks = range((frame.race_day - 2 * WEEK) // WEEK)
    return not frame.asked.no_heavy_legs and any(strong.count(week) < wanted for week in weeks)


def _r7(plan: _Plan) -> tuple[bool, bool]:
    days = sorted(plan.day(slot) for slot in plan.slots if slot.first_of)
    close = any(later - earlier < WEEK for earlier, later in pairwise(days))
    bins = [day // WEEK for day in days]
    return bool(days), close or len(bins) != len(set(bins))


def _r8(plan: _Plan) -> tuple[bool, bool]:
    frame, top = plan.frame, _reference(plan)
    if not top:
        return False, False
    last = plan.total(frame.race_day - WEEK, frame.race_day)
    wrong = 100 * last > percent("conditioning.rule.taper_last_high") * top
    if not frame.is_short and frame.race_day > 2 * WEEK:
        first = plan.total(frame.taper_from, frame.race_day - WEEK)
        wrong |= 100 * first > percent("conditioning.rule.taper_first_share") * top
    return True, wrong


def _reference(plan: _Plan) -> int:
    """The volume that a taper is held against."""
    now, weeks = Runs(plan.frame, plan.runs), whole("conditioning.rule.history_weeks")
    return max((now.volume(at) for at in plan.ended()), default=0) or max(
        now.volume(-week - 1) for week in range(weeks)
    )


def _thin(plan: _Plan) -> bool:
    """Whether the last seven days fall below what R8 wishes for: volume, or number of runs."""
    last = plan.total(plan.frame.race_day - WEEK, plan.frame.race_day)
    low = percent("conditioning.rule.taper_last_low")
    return low * _reference(plan) > 100 * last + 100 or _too_few(plan, plan.builds())


def _too_few(plan: _Plan, builds: list[int]) -> bool:
    """Whether the taper has too few runs; the race counts as one."""
    if not builds:
        return False
    usual = median_low(sum(day // WEEK == week for day in plan.runs) for week in builds)
    least = int(usual * number("conditioning.rule.taper_frequency") + 1e-9)
    race = plan.frame.race_day
    runs = [*plan.runs, race]
    windows = range(race - WEEK + 1, race - plan.frame.taper_days, -WEEK)
    return any(sum(first <= day < first + WEEK for day in runs) < least for first in windows)


def _r9(plan: _Plan) -> tuple[bool, bool]:
    first = plan.frame.race_day - whole("conditioning.rule.last_easy_days")
    share = percent("conditioning.rule.last_run_share")
    late = [day for day in plan.runs if day >= first and day // WEEK not in plan.frame.returning]
    wrong = any(100 * plan.runs[day] > share * plan.l30(day) for day in late)
    wrong |= any(plan.day(slot) >= first for slot in plan.slots if slot.is_hard or slot.is_long)
    return True, wrong


def _r10(plan: _Plan) -> tuple[bool, bool]:
    frame = plan.frame
    window = frame.race_day - whole("conditioning.rule.longest_window_days")
    far = frame.race_day - whole("conditioning.rule.longest_before_race_far")
    recent = {day: run for day, run in plan.runs.items() if day >= window}
    longest = max(recent.values(), default=0)
    if not frame.long_day or longest <= frame.done_longest(0):
        return False, False
    return True, not any(run == longest and far <= day <= frame.last_long_day
                         for day, run in recent.items())  # fmt: skip


def _r11(plan: _Plan) -> tuple[bool, bool]:
    return bool(plan.runs), False


def _r12(plan: _Plan) -> tuple[bool, bool]:
    count = sum(slot.kind is SessionKind.REHEARSAL for slot in plan.slots)
    return True, count < whole("conditioning.rule.rehearsals")


def _r13(plan: _Plan) -> tuple[bool, bool]:
    return bool(plan.runs), any(len(set(slot.novelties)) > 1 for slot in plan.slots)


CHECKS: Final[Mapping[str, Callable[[_Plan], tuple[bool, bool]]]] = {
    "R1": _r1,
    "R1b": _r1b,
    "R1c": _r1c,
    "R2": _r2,
    "R3": _r3,
    "R4": _r4,
    "R5": _r5,
    "R6": _r6,
    "R7": _r7,
    "R8": _r8,
    "R9": _r9,
    "R10": _r10,
    "R11": _r11,
    "R12": _r12,
    "R13": _r13,
}
"""Rule to whether it applies, and whether it is broken."""

NOTES: Final[Mapping[str, tuple[Callable[[_Plan], bool], str]]] = {
    "R6": (_few_strength, "training_plan.fewer_strength"),
    "R8": (_thin, "training_plan.thin_taper"),
}
"""The soft half of a hard rule, and what is said when it is not kept."""
