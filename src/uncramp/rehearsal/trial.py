"""The plan against drinking as usual, on one runner: how many runs it takes, and what they say.

Runs come in pairs under like conditions, the order within a pair by chance. After each pair the two
shares are compared by their posteriors (Beta, prior of Jeffreys). How sure one has to be is set
beforehand, so that all looks together claim a difference that is not there at most as often as
`trial.false_claims` says. How many pairs it takes follows from that, and is exact: every course
that a comparison can take is summed up, nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from math import pi
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.debrief import Gut
from uncramp.evidence import value
from uncramp.rehearsal.shapes import Arm, Log, Outcome, Trial, TrialState, TrialStatus, Untestable
from uncramp.vocabulary import Said

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["Usual", "begin", "errors_of", "happened_in", "state_before", "state_of"]

SOURCES = ("judgement",)
BASE: Final[Mapping[Outcome, str]] = MappingProxyType(
    {
        Outcome.CRAMP: "rehearsal.trial.base_cramp_share",
        Outcome.GUT: "rehearsal.trial.base_gut_share",
        Outcome.MASS: "rehearsal.trial.base_mass_share",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """How often something happened on the runner's own long runs so far."""

    happened: int = 0
    runs: int = 0


# ---------------------------------------------------------------- before the first run


def begin(outcome: Outcome, usual: Usual, *, flips: Sequence[bool], today: date) -> Trial | None:
    """The comparison with everything fixed; None when no number of runs that is tried would do.

    `flips` are by chance, one a pair: whether the plan comes first.
    """
    base, hoped = shares_of(outcome, usual)
    pairs = pairs_needed(base, hoped)
    if pairs is None:
        return None
    plan_first, usual_first = (Arm.PLAN, Arm.USUAL), (Arm.USUAL, Arm.PLAN)
    order = [arm for flip in flips for arm in (plan_first if flip else usual_first)]
    certainty = certainty_for(pairs)
    return Trial(
        outcome=outcome,
        base_share=base,
        hoped_share=hoped,
        pairs=pairs,
        certainty=certainty,
        power=errors_of(pairs, certainty, plan=hoped, usual=base)[0],
        false_claims=false_claims(pairs, certainty),
        order=tuple(order),
        began=today,
    )


def state_before(
    outcome: Outcome, usual: Mapping[Outcome, Usual], *, available_runs: int
) -> TrialState:
    """Whether a comparison could tell, before it is begun, and what else could."""
    needed = runs_needed(outcome, usual.get(outcome, Usual()))
    others = tuple(
        Untestable(outcome=one, runs=runs, possible=runs is not None and runs <= available_runs)
        for one in Outcome
        if one is not outcome
        for runs in [runs_needed(one, usual.get(one, Usual()))]
    )
    possible = needed is not None and needed <= available_runs
    if possible:
        because = Said(id="rehearsals.trial.needs", values={"n": needed, "have": available_runs})
    elif needed is None:
        most = 2 * int(value("rehearsal.trial.most_pairs"))
        because = Said(id="rehearsals.trial.never", values={"most": most, "have": available_runs})
    else:
        because = Said(id="rehearsals.trial.too_few", values={"n": needed, "have": available_runs})
    return TrialState(
        status=TrialStatus.POSSIBLE if possible else TrialStatus.IMPOSSIBLE,
        outcome=outcome,
        needed_runs=needed,
        available_runs=available_runs,
        done_runs=0,
        next_arm=None,
        others=others,
        because=(replace(because, sources=SOURCES), *(() if possible else instead())),
    )


def instead() -> tuple[Said, ...]:
    """What a few runs can show, where a comparison cannot tell."""
    runs = int(value("rehearsal.stamp.rehearsals"))
    return (Said(id="rehearsals.trial.instead", values={"n": runs}, sources=SOURCES),)


def runs_needed(outcome: Outcome, usual: Usual) -> int | None:
    """Runs of both arms together."""
    pairs = pairs_needed(*shares_of(outcome, usual))
    return None if pairs is None else 2 * pairs


def shares_of(outcome: Outcome, usual: Usual) -> tuple[float, float]:
    """How often it happens as usual, and how often it would with a plan as good as hoped."""
    base = value(BASE[outcome])
    if usual.runs >= value("rehearsal.trial.least_runs"):
        weight = value("rehearsal.trial.prior_weight")
        base = (usual.happened + weight) / (usual.runs + 2 * weight)
    is_mass = outcome is Outcome.MASS
    hoped = value("rehearsal.trial.hoped_mass_share" if is_mass else "rehearsal.trial.hoped_share")
    return base, hoped * base


def pairs_needed(base: float, hoped: float) -> int | None:
    """Fewest pairs that find what is hoped for often enough."""
    for pairs in range(1, int(value("rehearsal.trial.most_pairs")) + 1):
        power = errors_of(pairs, certainty_for(pairs), plan=hoped, usual=base)[0]
        if power >= value("rehearsal.trial.power"):
            return pairs
    return None


@cache
def certainty_for(pairs: int) -> float:
    """How sure one has to be, so that all looks together claim too much rarely enough."""
    allowed = value("rehearsal.trial.false_claims")
    low, high = 1.0 - allowed, 1.0
    while high - low > allowed / 100:
        middle = (low + high) / 2
        if false_claims(pairs, middle) <= allowed:
            high = middle
        else:
            low = middle
    return high


def false_claims(pairs: int, certainty: float) -> float:
    """Most often that a difference is claimed where both shares are the same."""
    most = int(value("rehearsal.trial.most_pairs"))
    same = np.arange(most // 2 + 1) / most
    better, worse = claims(pairs, certainty, same, same)
    return float((better + worse).max())


def errors_of(pairs: int, certainty: float, *, plan: float, usual: float) -> tuple[float, float]:
    """How often it claims that the plan is better, and that it is worse."""
    better, worse = claims(pairs, certainty, np.array([plan]), np.array([usual]))
    return float(better[0]), float(worse[0])


def claims(
    pairs: int, certainty: float, plan: FloatArray, usual: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Chance of either claim by the end, for several true shares at once."""
    worth = worth_going_on(pairs, certainty)
    on = np.ones((len(plan), 1, 1))
    better, worse = np.zeros(len(plan)), np.zeros(len(plan))
    for done in range(1, pairs + 1):
        on = one_pair_on(on, plan[:, None, None], usual[:, None, None])
        sure = surer(done)
        is_better, is_worse = sure >= certainty, sure <= 1.0 - certainty
        better += (on * is_better).sum(axis=(1, 2))
        worse += (on * is_worse).sum(axis=(1, 2))
        over = is_better | is_worse | is_futile(worth[done])
        on = on * ~over
    return better, worse


def one_pair_on(on: FloatArray, plan: FloatArray, usual: FloatArray) -> FloatArray:
    """Where comparisons stand after one more pair; axes: case, runs with it under either arm."""
    cases, size, _ = on.shape
    after = np.zeros((cases, size + 1, size + 1))
    for more in (0, 1):
        for other in (0, 1):
            chance = (plan if more else 1.0 - plan) * (usual if other else 1.0 - usual)
            after[:, more : size + more, other : size + other] += chance * on
    return after


@cache
def surer(done: int) -> FloatArray:
    """How sure it is that the plan has the smaller share, by runs with it under either arm."""
    density = posteriors(done)
    below = np.cumsum(density, axis=1) - density / 2
    return np.asarray(below @ density.T)


@cache
def posteriors(done: int) -> FloatArray:
    """Posterior of a share after `done` runs, one row for each count, over a grid of angles."""
    grid = int(value("rehearsal.trial.grid"))
    angle = (np.arange(grid) + 0.5) * pi / (2 * grid)
    weight = value("rehearsal.trial.prior_weight") - 0.5
    counts = np.arange(done + 1)[:, None] + weight
    logs = 2 * (counts * np.log(np.sin(angle)) + counts[::-1] * np.log(np.cos(angle)))
    density = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(density / density.sum(axis=1, keepdims=True))


@cache
def worth_going_on(pairs: int, certainty: float) -> tuple[FloatArray, ...]:
    """Chance of a claim by the end, as believed after each number of pairs."""
    weight = value("rehearsal.trial.prior_weight")
    found: list[FloatArray] = []
    for done in range(pairs, -1, -1):
        sure = surer(done)
        claimed = (sure >= certainty) | (sure <= 1.0 - certainty)
        if not found:
            found.append(claimed.astype(np.float64))
            continue
        later = found[-1]
        likely = (np.arange(done + 1) + weight) / (done + 2 * weight)
        plan, usual = likely[:, None], likely[None, :]
        ahead = (
            (1.0 - plan) * (1.0 - usual) * later[:-1, :-1]
            + plan * (1.0 - usual) * later[1:, :-1]
            + (1.0 - plan) * usual * later[:-1, 1:]
            + plan * usual * later[1:, 1:]
        )
        found.append(np.where(claimed, 1.0, ahead))
    return tuple(reversed(found))


def is_futile(worth: FloatArray) -> NDArray[np.bool_]:
    """Where going on is not worth the runs."""
    return np.asarray(worth < value("rehearsal.trial.futile_share"))


# ---------------------------------------------------------------- while it is under way


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Complete pairs so far."""

    pairs: int = 0
    plan: int = 0
    usual: int = 0


def state_of(trial: Trial, logs: Sequence[Log], *, available_runs: int) -> TrialState:
    """What the runs so far say; a pair counts when both runs are there, known and alike."""
    mine = {one.position: one for one in logs if one.position is not None}
    status, counted, dropped = look(trial, mine)
    open_at = next((at for at in range(len(trial.order)) if at not in mine), None)
    if trial.ended is not None and status is TrialStatus.RUNNING:
        status = TrialStatus.ENDED
    runs_on = status is TrialStatus.RUNNING and open_at is not None
    because = [Said(id=f"rehearsals.trial.because_{status}", values={"n": 2 * counted.pairs,
                    "most": 2 * trial.pairs}, sources=SOURCES)]  # fmt: skip
    if dropped:
        because.append(Said(id="rehearsals.trial.dropped", values={"n": dropped}))
    return TrialState(
        status=status,
        outcome=trial.outcome,
        needed_runs=2 * trial.pairs,
        available_runs=available_runs,
        done_runs=len(mine),
        next_arm=trial.order[open_at] if runs_on and open_at is not None else None,
        plan_with=counted.plan,
        plan_runs=counted.pairs,
        usual_with=counted.usual,
        usual_runs=counted.pairs,
        trial=trial,
        because=tuple(because),
    )


def look(trial: Trial, logs: dict[int, Log]) -> tuple[TrialStatus, Count, int]:
    """One look after each pair, in their order; the first that ends it holds."""
    worth = worth_going_on(trial.pairs, trial.certainty)
    counted, dropped = Count(), 0
    for first in range(0, len(trial.order), 2):
        pair = [logs.get(first), logs.get(first + 1)]
        if pair[0] is None or pair[1] is None:
            continue
        found = outcomes_of(trial, pair[0], pair[1])
        if found is None:
            dropped += 1
            continue
        counted = Count(pairs=counted.pairs + 1, plan=counted.plan + found[0],
                        usual=counted.usual + found[1])  # fmt: skip
        sure = surer(counted.pairs)[counted.plan, counted.usual]
        if sure >= trial.certainty:
            return TrialStatus.PLAN_BETTER, counted, dropped
        if sure <= 1.0 - trial.certainty:
            return TrialStatus.USUAL_BETTER, counted, dropped
        if counted.pairs == trial.pairs:
            return TrialStatus.NO_DIFFERENCE, counted, dropped
        if is_futile(worth[counted.pairs])[counted.plan, counted.usual]:
            return TrialStatus.CANNOT_TELL, counted, dropped
    return TrialStatus.RUNNING, counted, dropped


def outcomes_of(trial: Trial, one: Log, other: Log) -> tuple[int, int] | None:
    """What happened with the plan and as usual; None for a pair that does not count."""
    by_arm = {log.arm: happened_in(log, trial.outcome) for log in (one, other)}
    plan, usual = by_arm.get(Arm.PLAN), by_arm.get(Arm.USUAL)
    if plan is None or usual is None or not alike(one, other):
        return None
    return int(plan), int(usual)


def happened_in(log: Log, outcome: Outcome) -> bool | None:
    """Whether it happened on a run; None where nobody said."""
    if outcome is Outcome.CRAMP:
        return log.cramped
    if outcome is Outcome.GUT:
        return None if log.gut is None else log.gut is Gut.UPSET
    if log.body_mass_change_kg is None or not log.body_mass_before_kg:
        return None
    lost_pct = -100 * log.body_mass_change_kg / log.body_mass_before_kg
    return lost_pct > value("fluid.water_loss_pct")


def alike(one: Log, other: Log) -> bool:
    """Whether two runs were under like conditions; what is not known is not alike."""
    if one.wbgt_c is None or other.wbgt_c is None:
        return False
    if not one.duration_min or not other.duration_min:
        return False
    longer = max(one.duration_min, other.duration_min)
    apart = abs(one.duration_min - other.duration_min) / longer
    return abs(one.wbgt_c - other.wbgt_c) <= value(
        "rehearsal.trial.alike_wbgt_c"
    ) and apart <= value("rehearsal.trial.alike_duration_share")
