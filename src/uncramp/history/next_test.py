"""What to try next: one change, and the one from which most is to be learnt.

Each candidate is a run described in the steps of the two groups. What the four explanations expect
of it is compared: the more they differ, the more the run tells (mutual information between the
explanation and whether a cramp comes). How likely a cramp is in all is reckoned with, and never
shown. A change goes no further past what was trained than the rules of training plans allow, and
into no more heat than a rehearsal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from uncramp.evidence import value
from uncramp.history.crossover import Posterior, comparable, indices_of, posterior_of, steps_of
from uncramp.history.shapes import Compared, Group, Next, RiskSet, Verdict
from uncramp.vocabulary import Said

__all__ = ["next_test"]

TESTS: Final = ("hot_within", "cool_beyond", "cool_downhill")
"""Runs that part the two kinds."""
CHANGES: Final[dict[Verdict, tuple[str, ...]]] = {
    Verdict.LOAD: ("even_start", "cool_beyond", "cool_downhill"),
    Verdict.SALT: ("drink_plan",),
    Verdict.BOTH: ("even_start", "drink_plan"),
}
"""Once a cause is found: one change that takes it away, or prepares for it."""
PART_OF: Final = {"even_start": "pace", "cool_beyond": "past_longest", "cool_downhill": "descent"}
"""What of the load a change is about."""
NEEDS: Final = {
    "hot_within": frozenset({"training", "drink", "salt"}),
    "cool_beyond": frozenset({"training"}),
    "cool_downhill": frozenset({"training"}),
    "even_start": frozenset({"training"}),
    "drink_plan": frozenset({"drink", "salt"}),
}
HANDS_TO: Final = {
    "hot_within": "rehearse",
    "cool_beyond": "train",
    "cool_downhill": "train",
    "even_start": "gap",
    "drink_plan": "rehearse",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One run that could be tried, in steps."""

    load: float
    salt: float
    is_race: bool


def next_test(
    sets: Sequence[RiskSet],
    compared: Compared,
    *,
    longest_m: float | None,
    blocked: frozenset[str] = frozenset(),
) -> Next | None:
    """The change to try; None where there is nothing to compare, or all of it is blocked.

    `longest_m` is the longest training run of the last 30 days, `blocked` are topics not to speak
    of. Nobody is sent further than plans for a marathon go, nor out at all without a known base.
    """
    usable = comparable(sets)
    if compared.verdict is Verdict.TOO_FEW:
        return None
    posterior = posterior_of(usable)
    seen = levels_of(usable, posterior)
    found = []
    for name in names_for(compared):
        candidate = candidate_of(name, seen)
        is_safe = name not in TESTS or (longest_m is not None and goes(name, longest_m))
        if candidate is not None and is_safe and not NEEDS[name] & blocked:
            found.append((bits_of(posterior, candidate), name))
    if not found:
        return None
    bits, name = max(found, key=lambda one: one[0])
    if (
        name in TESTS
        and compared.verdict not in CHANGES
        and bits < value("history.next.least_bits")
    ):
        return None
    return said_of(name, bits, compared, longest_m=longest_m)


def names_for(compared: Compared) -> tuple[str, ...]:
    """Which candidates there are: those that part the kinds, or those that act on what was found.

    Of load only the part that was high in most cramps is acted on.
    """
    if compared.verdict not in CHANGES:
        return TESTS
    high = {one.name for one in compared.counts if one.high > one.of * 0.5}
    names = CHANGES[compared.verdict]
    return tuple(one for one in names if one not in PART_OF or PART_OF[one] in high) or names


# ---------------------------------------------------------------- runs in steps


@dataclass(frozen=True, slots=True)
class Levels:
    """The middle of what cramp runs had, and of what the other runs had at the same minutes."""

    cramps: tuple[float, float]
    others: tuple[float, float]
    """Load and salt."""
    parts: dict[str, tuple[float, float]]
    """The same for each part of the load that is known."""


def levels_of(sets: Sequence[RiskSet], posterior: Posterior) -> Levels:
    """The middle of every group and part."""
    cramps: list[list[float]] = []
    others: list[list[float]] = []
    parts: dict[str, tuple[list[float], list[float]]] = {}
    names = [name for group in posterior.known for name in posterior.known[group]]
    for one in sets:
        for moment, target in ((one.cramp, 0), *((other, 1) for other in one.controls)):
            if any(name not in moment.values for name in names):
                continue
            (cramps, others)[target].append(indices_of(moment.values, posterior.known))
            for name in posterior.known[Group.LOAD]:
                steps = steps_of(name, moment.values[name])
                parts.setdefault(name, ([], []))[target].append(steps)
    middle_cramps, middle_others = (
        np.median(np.array(many), axis=0).tolist() if many else [0.0, 0.0]
        for many in (cramps, others)
    )
    middles = {
        name: (float(np.median(here)), float(np.median(beside)))
        for name, (here, beside) in parts.items()
        if here and beside
    }
    return Levels(tuple(middle_cramps), tuple(middle_others), middles)


def candidate_of(name: str, seen: Levels) -> Candidate | None:
    """A candidate in steps; None where the part of the load it is about is not known."""
    hotter = seen.others[1] + value("history.next.heat_steps")
    if name == "hot_within":
        return Candidate(seen.others[0], max(hotter, seen.cramps[1]), is_race=False)
    if name == "drink_plan":
        return Candidate(seen.cramps[0], min(seen.others[1], seen.cramps[1]), is_race=True)
    part = PART_OF[name]
    if part not in seen.parts:
        return None
    here, beside = seen.parts[part]
    if name == "even_start":
        return Candidate(seen.cramps[0] - max(here - beside, 0.0), seen.cramps[1], is_race=True)
    beyond = steps_of(part, value("history.next.beyond_pct"))
    return Candidate(seen.others[0] + max(beyond - beside, 0.0), seen.others[1], is_race=False)


def goes(name: str, longest_m: float) -> bool:
    """Whether a run may go on from the longest one: past it only up to where plans end."""
    return name != "cool_beyond" or longest_m < farthest_m()


def farthest_m() -> float:
    """Beyond this no training run is proposed."""
    return value("conditioning.rule.marathon_long_m")


# ---------------------------------------------------------------- what it would tell


def bits_of(posterior: Posterior, candidate: Candidate) -> float:
    """What the outcome of a run is expected to tell of which explanation is right, in bits."""
    logs = np.add.outer(
        np.add.outer(posterior.load * candidate.load, posterior.salt * candidate.salt),
        posterior.race * candidate.is_race,
    )
    chance = -np.expm1(-posterior.baseline * np.exp(logs))
    shares = posterior.shares()
    chances = {
        one: posterior.mean_over(one, chance) / max(posterior.mean_over(one), 1e-9)
        for one in shares
    }
    together = sum(shares[one] * chances[one] for one in shares)
    return entropy(together) - sum(shares[one] * entropy(chances[one]) for one in shares)


def entropy(chance: float) -> float:
    """Doubt about a yes or no, in bits."""
    if not 0 < chance < 1:
        return 0.0
    return -chance * math.log2(chance) - (1 - chance) * math.log2(1 - chance)


# ---------------------------------------------------------------- in words


def said_of(name: str, bits: float, compared: Compared, *, longest_m: float | None) -> Next:
    """The change with its amounts and its reason."""
    shares = {
        "hot_within": value("history.next.within_share"),
        "cool_beyond": 1 + value("history.next.beyond_pct") / 100,
        "cool_downhill": value("history.next.within_share"),
    }
    distance_m = None
    if longest_m is not None and name in shares:
        distance_m = min(longest_m * shares[name], farthest_m())
    is_hot, is_cool = name == "hot_within", name in ("cool_beyond", "cool_downhill")
    low = value("history.next.hot_from_c") if is_hot else None
    high = None
    if is_hot:
        high = value("history.next.heat_wbgt_c")
    elif is_cool:
        high = value("history.next.cool_below_c")
    amounts = {"distance_m": distance_m, "from_c": low, "to_c": high}
    values = {key: one for key, one in amounts.items() if one is not None}
    acts = compared.verdict in CHANGES
    return Next(
        id=name,
        do=Said(id=f"my_history.next.{name}", values=values, sources=("judgement",)),
        why=Said(id=f"my_history.next.{'acts' if acts else 'tells'}.{name}"),
        tells_bits=bits,
        needs=NEEDS[name],
        hand_to=HANDS_TO[name],
        distance_m=distance_m,
        wbgt_from_c=low,
        wbgt_to_c=high,
    )  # fmt: skip
