"""The best plan among all choices: uniform starts, then descent by single changes and swaps, then
exchange of pairs. Plans that break a limit are never looked at twice.

Body water and gut together are what was drunk less what was lost, and losses do not answer to the
drink. So every limit here is a sum over stops that may not pass a bound: exact for each draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from uncramp.drink_plan import Take
from uncramp.drinking.stops import Choice, Stop

Picks = npt.NDArray[np.int64]
"""Which choice at each stop."""

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = [
    "Aim",
    "Bound",
    "Picks",
    "Problem",
    "best_of",
    "descent",
    "exhaustive",
    "is_allowed",
    "is_broken",
    "keys_of",
    "problem_of",
    "search",
    "single_changes",
    "takes_of",
    "uniform",
]

ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bound:
    """Sums of one amount over some stops that may not be passed."""

    limit: str
    """Id of the limit it stands for."""
    amount: str
    """`fluid_l`, `sodium_mg`, `carbohydrate_g`, `caffeine_mg`, `carried_l` or `label:<product>`."""
    members: FloatArray
    """Shape (n_stops, n_sums): 1 where a stop counts in a sum."""
    most: FloatArray
    """Shape (n_sums,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What is wanted inside the limits, most important first."""

    fluid_l: float
    """Drink from which on the loss stays inside the band for this weather."""
    fluid_step_l: float
    sodium_mg: float
    sodium_step_mg: float
    trialled: frozenset[str]
    """Products kept down in training; empty where nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """Tables of shape (n_stops, n_choices); stops with fewer choices are filled with nothing."""

    n_choices: Picks
    amounts: dict[str, FloatArray]
    bounds: tuple[Bound, ...]
    """Those that a plan could break, the strictest of each sum."""
    named: tuple[Bound, ...]
    """All, as they were given."""
    labels: Picks
    """The same number for the same choice at different stops."""
    steady: FloatArray
    """Share of the race that has passed at each stop, shape (n_stops,)."""
    items: FloatArray
    untrialled: FloatArray
    aim: Aim
    pairs_up_to: int
    n_starts: int
    enumerate_up_to: float

    def fluid_of(self, picks: Picks) -> FloatArray:
        """Drink of plans, shape (n_plans,)."""
        return np.asarray(picked(self.amounts["fluid_l"], picks).sum(axis=1))


def problem_of(
    stops: Sequence[Stop],
    bounds: Sequence[Bound],
    aim: Aim,
    *,
    pairs_up_to: int,
    n_starts: int,
    enumerate_up_to: float,
) -> Problem:
    """The tables of all choices; `bounds` name amounts in them."""
    names = dict.fromkeys(one.amount for one in bounds)
    most = max(len(one.choices) for one in stops)
    times = np.array([one.at_min for one in stops])
    filled = [(*one.choices, *(one.choices[0],) * (most - len(one.choices))) for one in stops]
    numbers: dict[tuple[tuple[str, int], ...], int] = {}
    labels = np.array(
        [[numbers.setdefault(choice.label, len(numbers)) for choice in row] for row in filled]
    )
    amounts = {
        name: np.array([[amount_of(choice, name) for choice in row] for row in filled])
        for name in dict.fromkeys((*names, "fluid_l", "sodium_mg"))
    }
    tried = aim.trialled
    return Problem(
        n_choices=np.array([len(one.choices) for one in stops]),
        amounts=amounts,
        bounds=that_matter(bounds, amounts),
        named=tuple(bounds),
        labels=labels,
        steady=(times + ROUNDING) / (times[-1] + ROUNDING),
        items=np.array(
            [[float(sum(n for _, n in choice.label)) for choice in row] for row in filled]
        ),
        untrialled=np.array(
            [
                [
                    float(sum(n for name, n in choice.label if tried and name not in tried))
                    for choice in row
                ]
                for row in filled
            ]
        ),
        aim=aim,
        pairs_up_to=pairs_up_to,
        n_starts=n_starts,
        enumerate_up_to=enumerate_up_to,
    )


def that_matter(bounds: Sequence[Bound], amounts: Mapping[str, FloatArray]) -> tuple[Bound, ...]:
    """One bound for each kind of sum, with the least of its limits; only sums that can pass it."""
    least: dict[tuple[str, tuple[int, ...], bytes], Bound] = {}
    for bound in bounds:
        key = (bound.amount, bound.members.shape, bound.members.tobytes())
        known = least.get(key)
        most = bound.most if known is None else np.minimum(known.most, bound.most)
        least[key] = replace(bound, most=most)
    found = []
    for bound in least.values():
        highest = amounts[bound.amount].max(axis=1) @ bound.members
        can = highest > bound.most + ROUNDING
        if can.any():
            found.append(replace(bound, members=bound.members[:, can], most=bound.most[can]))
    return tuple(found)


def amount_of(choice: Choice, name: str) -> float:
    """How much of an amount a choice brings."""
    kind, _, product = name.partition(":")
    if kind == "label":
        return sum(servings for one, servings in choice.of_label if one == product)
    if kind == "carried_l":
        return sum(one.fluid_l for one in choice.takes if one.carried)
    return float(sum(getattr(one, name) for one in choice.takes))


def takes_of(stops: Sequence[Stop], picks: Picks) -> tuple[Take, ...]:
    """The rows of a plan."""
    return tuple(
        take
        for stop, pick in zip(stops, picks.tolist(), strict=True)
        for take in stop.choices[pick].takes
    )


def picked(table: FloatArray, picks: Picks) -> FloatArray:
    """Entries of plans, shape (n_plans, n_stops)."""
    return np.asarray(table[np.arange(len(table)), picks])


def is_allowed(problem: Problem, picks: Picks) -> NDArray[np.bool_]:
    """Which plans hold every bound; `picks` has shape (n_plans, n_stops)."""
    fine = np.ones(len(picks), dtype=np.bool_)
    for bound in problem.bounds:
        sums = picked(problem.amounts[bound.amount], picks) @ bound.members
        fine &= (sums <= bound.most + ROUNDING).all(axis=1)
    return fine


def is_broken(problem: Problem, picks: Picks) -> list[set[str]]:
    """Ids of the limits that each plan breaks."""
    found: list[set[str]] = [set() for _ in picks]
    for bound in problem.named:
        sums = picked(problem.amounts[bound.amount], picks) @ bound.members
        for plan in np.flatnonzero((sums > bound.most + ROUNDING).any(axis=1)).tolist():
            found[plan].add(bound.limit)
    return found


def keys_of(problem: Problem, picks: Picks) -> tuple[FloatArray, ...]:
    """What makes a plan better, most important first; less is better."""
    aim = problem.aim
    fluid = picked(problem.amounts["fluid_l"], picks).sum(axis=1)
    sodium = picked(problem.amounts["sodium_mg"], picks).sum(axis=1)
    label = picked(problem.labels.astype(np.float64), picks)
    each = picked(problem.amounts["fluid_l"], picks)
    ahead = np.cumsum(each, axis=1) - fluid[:, None] * problem.steady
    uneven = (ahead * ahead).sum(axis=1) + (each * each).sum(axis=1)
    return (
        short_of(aim.fluid_l, fluid, aim.fluid_step_l),
        short_of(aim.sodium_mg, sodium, aim.sodium_step_mg),
        picked(problem.untrialled, picks).sum(axis=1),
        picked(problem.items, picks).sum(axis=1),
        np.round(uneven / aim.fluid_step_l**2 * 2),
        np.asarray((label[:, 1:] != label[:, :-1]).sum(axis=1), dtype=np.float64),
        np.round(fluid / aim.fluid_step_l * 100),
        np.round(sodium / aim.sodium_step_mg * 100),
    )


def short_of(wanted: float, found: FloatArray, step: float) -> FloatArray:
    """Whole steps that are missing."""
    return np.ceil(np.maximum(wanted - found, 0.0) / step - ROUNDING)


def best_of(problem: Problem, picks: Picks) -> int:
    """Index of the best of allowed plans; the first where several are as good."""
    return int(np.lexsort(keys_of(problem, picks)[::-1])[0])


# Starts


def uniform(problem: Problem) -> Picks:
    """Every choice at every stop that has it, as long as the limits last: one plan a choice."""
    n_stops = len(problem.labels)
    plans = np.zeros((int(problem.labels.max()) + 1, n_stops), dtype=np.int64)
    for stop in range(n_stops):
        tried = plans.copy()
        for choice in range(int(problem.n_choices[stop])):
            tried[problem.labels[stop, choice], stop] = choice
        plans = np.where(is_allowed(problem, tried)[:, None], tried, plans)
    return plans


# Steps


def single_changes(problem: Problem, plan: Picks) -> Picks:
    """Another choice at one stop."""
    stops = np.repeat(np.arange(len(plan)), problem.n_choices)
    choices = np.concatenate([np.arange(count) for count in problem.n_choices])
    found = np.repeat(plan[None], len(stops), axis=0)
    found[np.arange(len(stops)), stops] = choices
    return found


def is_long(problem: Problem) -> bool:
    """Whether there are too many exchanges of two choices to try them all."""
    total = float(problem.n_choices.sum())
    own = float((problem.n_choices * problem.n_choices).sum())
    return (total * total - own) / 2 > problem.pairs_up_to


def reach_of(problem: Problem) -> int:
    """How many stops apart two may lie that are looked at together."""
    return 1 if is_long(problem) else len(problem.labels)


def swaps(problem: Problem, plan: Picks) -> Picks:
    """Two stops trade what they take, where both have it."""
    first, second = np.triu_indices(len(plan), 1)
    near = second - first <= reach_of(problem)
    first, second = first[near], second[near]
    where = {
        (stop, int(problem.labels[stop, choice])): choice
        for stop in range(len(plan))
        for choice in range(int(problem.n_choices[stop]))
    }
    found = []
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        mine = where.get((one, int(problem.labels[other, plan[other]])))
        theirs = where.get((other, int(problem.labels[one, plan[one]])))
        if mine is not None and theirs is not None and plan[one] != mine:
            traded = plan.copy()
            traded[one], traded[other] = mine, theirs
            found.append(traded)
    return np.array(found, dtype=np.int64).reshape(-1, len(plan))


def pair_changes(problem: Problem, plan: Picks) -> Iterator[Picks]:
    """Any two choices at two stops, stop by stop; only neighbours in long races."""
    n_stops = len(plan)
    for one in range(n_stops):
        for other in range(one + 1, min(n_stops, one + 1 + reach_of(problem))):
            mine, theirs = np.meshgrid(
                np.arange(problem.n_choices[one]),
                np.arange(problem.n_choices[other]),
                indexing="ij",
            )
            found = np.repeat(plan[None], mine.size, axis=0)
            found[:, one], found[:, other] = mine.ravel(), theirs.ravel()
            yield found


def better(problem: Problem, plan: Picks, others: Picks) -> Picks | None:
    """The best of others that are allowed, when it is better than the plan."""
    fine = others[is_allowed(problem, others)]
    if not len(fine):
        return None
    with_plan = np.concatenate((plan[None], fine))
    best = best_of(problem, with_plan)
    return None if best == 0 else with_plan[best]


def descend(problem: Problem, plan: Picks) -> Picks:
    """Single changes and swaps until nothing is better."""
    while True:
        near = np.concatenate((single_changes(problem, plan), swaps(problem, plan)))
        step = better(problem, plan, near)
        if step is None:
            return plan
        plan = step


def polish(problem: Problem, plan: Picks) -> Picks:
    """Pairs until nothing is better."""
    while True:
        start = plan
        for near in pair_changes(problem, plan):
            step = better(problem, plan, near)
            plan = plan if step is None else step
        if plan is start:
            return plan
        plan = descend(problem, plan)


def search(problem: Problem) -> Picks:
    """The best plan: of all, where they can be counted out, else the best that descent finds.

    Never worse than the best uniform one. Shape (n_stops,).
    """
    if np.prod(problem.n_choices.astype(np.float64)) <= problem.enumerate_up_to:
        return exhaustive(problem)
    return descent(problem)


def exhaustive(problem: Problem) -> Picks:
    """The best of all plans."""
    counts = [np.arange(count) for count in problem.n_choices]
    plans = np.stack(np.meshgrid(*counts, indexing="ij"), axis=-1).reshape(-1, len(counts))
    fine = plans[is_allowed(problem, plans)]
    return np.asarray(fine[best_of(problem, fine)])


def descent(problem: Problem) -> Picks:
    """The best that is found from the best uniform plans, and from nothing."""
    starts = uniform(problem)
    order = np.lexsort(keys_of(problem, starts)[::-1])
    few = is_long(problem)
    kept = starts[order[: 1 if few else problem.n_starts]]
    ends = np.unique([descend(problem, one) for one in (*kept, np.zeros_like(kept[0]))], axis=0)
    ends = ends[np.lexsort(keys_of(problem, ends)[::-1])]
    n_polished = 1 if few else 1 + 2
    found = np.stack([polish(problem, one) for one in ends[:n_polished]])
    return np.asarray(found[best_of(problem, found)])
