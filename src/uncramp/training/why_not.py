"""Why a longest run is out of reach, and the least that would bring it within reach.

Every rule whose absence alone would free the wish belongs to each set of rules that contradicts it.
If these do not suffice, one more is tried, then rules are left out of all one by one. The least
relaxation is the shorter run that can be had, how many more weeks it would take, and what each
single rule costs.
"""

from __future__ import annotations

from dataclasses import dataclass

from uncramp.training.frame import Frame, frame_of
from uncramp.training.law import whole
from uncramp.training.weeks import RULES_OF_DISTANCE, best_longest, can_reach

__all__ = ["WhyNot", "why_not"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """What stands against a wish."""

    target: int
    """The longest run wished for, in steps of 100 m."""
    reachable: int
    rules: tuple[str, ...]
    """Smallest set of rules that contradicts it; empty when only the calendar does."""
    more_weeks: int | None
    """Least weeks by which the race would have to be later; None: more than half a year."""
    alone: tuple[tuple[str, int], ...]
    """What could be reached without one rule of these, where that is more."""


def why_not(frame: Frame, *, target: int, reachable: int) -> WhyNot:
    """The smallest conflict and the least relaxation; asked only when `reachable < target`."""
    all_rules = frozenset(RULES_OF_DISTANCE)
    needed = frozenset(
        rule for rule in RULES_OF_DISTANCE if not _too_short(frame, all_rules - {rule}, target)
    )
    rules = _smallest(frame, target, needed)
    best = {rule: target if rule in needed else best_longest(frame, rules=all_rules - {rule})
            for rule in rules}  # fmt: skip
    without = [(rule, far) for rule, far in best.items() if far is not None and far > reachable]
    return WhyNot(
        target=target,
        reachable=reachable,
        rules=rules,
        more_weeks=_more_weeks(frame, target),
        alone=tuple(without),
    )


def _too_short(frame: Frame, rules: frozenset[str], target: int) -> bool:
    return not can_reach(frame, target, rules=rules)


def _smallest(frame: Frame, target: int, needed: frozenset[str]) -> tuple[str, ...]:
    """A conflict holds every rule whose absence alone frees the wish; more only if it has to."""
    if _too_short(frame, needed, target):
        return tuple(rule for rule in RULES_OF_DISTANCE if rule in needed)
    others = [rule for rule in RULES_OF_DISTANCE if rule not in needed]
    for rule in others:
        if _too_short(frame, needed | {rule}, target):
            return tuple(one for one in RULES_OF_DISTANCE if one in needed | {rule})
    kept = list(RULES_OF_DISTANCE)
    for rule in others:
        left = [one for one in kept if one != rule]
        if _too_short(frame, frozenset(left), target):
            kept = left
    return tuple(kept)


def _more_weeks(frame: Frame, target: int) -> int | None:
    def reaches(weeks: int) -> bool:
        later = frame_of(frame.asked, long_weekday=frame.long_weekday, n_more_weeks=weeks)
        return not _too_short(later, frozenset(RULES_OF_DISTANCE), target)

    most, high = whole("conditioning.rule.more_weeks"), 1
    while high <= most and not reaches(high):
        high *= 2
    if high > most:
        return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high
