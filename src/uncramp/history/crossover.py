"""Cramp runs against the other runs of the same runner, minute by minute: a case-crossover study.

Each cramp stands beside those other runs that went on at least as long, all read off at the same
minute (a risk set), so that nothing that goes with time, or with who the runner is, can mislead.
The conditional likelihood of the cramp having come in just this run is

    L(β) = Π exp(βᵀx_cramp) / Σ_runs exp(βᵀx_run)

(Maclure 1991; Cox's partial likelihood with time since the start). Races and training differ in
more than can be measured; that difference has a coefficient and a prior of its own. Priors are
normal on the log odds. Everything is summed over a grid, so nothing is drawn and nothing is
approximated but by the fineness of the grid. Four explanations share what is believed: neither
group has a part, one of them has, or both; each is the mean likelihood over what it thinks
possible, so that one with more freedom has to earn it, and looking at two groups at once needs no
further correction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.evidence import value
from uncramp.history.shapes import (
    CORE,
    EXPOSURES,
    SCALES,
    Compared,
    Count,
    Group,
    Moment,
    Odds,
    RiskSet,
    Verdict,
)
from uncramp.vocabulary import Interval

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray

__all__ = ["Posterior", "comparable", "compare", "indices_of", "posterior_of", "steps_of"]

EXPLANATIONS: Final = ("neither", "load", "salt", "both")
GROUPS: Final = (Group.LOAD, Group.SALT)


# ---------------------------------------------------------------- in steps


def steps_of(name: str, amount: float) -> float:
    """An amount in steps of its exposure, cut off where less or more makes no difference.

    More is what is feared: days since a hard day and strength count the other way round.
    """
    step, low, high = (value(key) for key in SCALES[name])
    steps = (min(max(amount, low), high) - low) / step
    return -steps if name in PROTECTS else steps


PROTECTS: Final = frozenset({"hard_day", "strength"})
"""More of these is better."""


def indices_of(values: Mapping[str, float], known: Mapping[Group, Sequence[str]]) -> list[float]:
    """The two groups in steps: load adds up, for each part of it tires; water and salt go together,
    so that their mean counts."""
    load = sum(steps_of(name, values[name]) for name in known[Group.LOAD])
    salt = [steps_of(name, values[name]) for name in known[Group.SALT]]
    return [load, sum(salt) / len(salt) if salt else 0.0]


def comparable(sets: Sequence[RiskSet]) -> tuple[RiskSet, ...]:
    """Those cramps that have other runs beside them."""
    return tuple(one for one in sets if one.controls)


def known_in(sets: Sequence[RiskSet]) -> dict[Group, tuple[str, ...]]:
    """Which parts of a group are known of most cramps and the runs beside them."""
    found = {}
    for group in GROUPS:
        found[group] = tuple(name for name in CORE[group] if len(with_known(sets, (name,))) * 2
                             > len(sets))  # fmt: skip
    return found


def with_known(sets: Sequence[RiskSet], names: Sequence[str]) -> list[RiskSet]:
    """The sets reduced to moments of which all `names` are known; without the empty ones."""
    found = []
    for one in sets:
        kept = tuple(other for other in one.controls if knows(other, names))
        if kept and knows(one.cramp, names):
            found.append(RiskSet(minute=one.minute, cramp=one.cramp, controls=kept))
    return found


def knows(moment: Moment, names: Sequence[str]) -> bool:
    """Whether all of these are known of it."""
    return all(name in moment.values for name in names)


# ---------------------------------------------------------------- the likelihood on a grid


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What is believed of load, salt and race after looking; arrays [load, salt, race]."""

    load: FloatArray
    """Log odds a step, the places of the grid."""
    salt: FloatArray
    race: FloatArray
    likelihood: FloatArray
    """Scaled to 1 at its highest."""
    prior: FloatArray
    """Adds up to 1."""
    baseline: FloatArray
    """Expected cramps by the last of these minutes on a run of zero steps, no race."""
    known: Mapping[Group, tuple[str, ...]]

    @property
    def joint(self) -> FloatArray:
        """What is believed, when both may have a part of either sign."""
        weight = self.likelihood * self.prior
        return np.asarray(weight / weight.sum())

    def mean_over(self, explanation: str, amount: FloatArray | float = 1.0) -> float:
        """Mean of likelihood times `amount` over what one explanation thinks possible.

        Causes only raise the odds: of the groups that have a part the upper half of the prior
        counts, of the others only 0.
        """
        weight = self.prior
        for axis, group in enumerate(GROUPS):
            places = self.load if group is Group.LOAD else self.salt
            has_part = explanation in (group.value, "both")
            chosen = (places > 0) if has_part else (np.abs(places) < 1e-9)
            shape = [1, 1, 1]
            shape[axis] = places.size
            weight = weight * chosen.reshape(shape)
        return float((weight * self.likelihood * amount).sum() / weight.sum())

    def shares(self) -> dict[str, float]:
        """How the four explanations share what is believed; beforehand a quarter each."""
        means = {one: self.mean_over(one) for one in EXPLANATIONS}
        total = sum(means.values())
        return {one: mean / total for one, mean in means.items()}

    def band(self, group: Group) -> Interval:
        """Odds for one step of a group, with the other taken into account."""
        axis = GROUPS.index(group)
        others = tuple(one for one in (0, 1, 2) if one != axis)
        places = self.load if axis == 0 else self.salt
        return odds_band(places, self.joint.sum(axis=others))


@cache
def places_of(points: int) -> FloatArray:
    """An odd number of places around 0, for the log odds of a step."""
    reach = value("history.grid.reach") * value("history.prior.step_log_sd")
    return np.linspace(-reach, reach, points)


@cache
def races_of() -> FloatArray:
    """Places for the log odds of a race."""
    reach = (value("history.grid.reach") - 1) * value("history.prior.race_log_sd")
    middle = math.log(value("history.prior.race_odds"))
    points = round(value("history.grid.race_points"))
    return np.linspace(middle - reach, middle + reach, points)


def bell(places: FloatArray, middle: float, spread: float) -> FloatArray:
    """A normal density on places, adding up to 1."""
    density = np.exp(-0.5 * ((places - middle) / spread) ** 2)
    return np.asarray(density / density.sum())


def race_prior() -> FloatArray:
    """What is believed of races beforehand."""
    return bell(races_of(), math.log(value("history.prior.race_odds")),
                value("history.prior.race_log_sd"))  # fmt: skip


def step_prior(places: FloatArray) -> FloatArray:
    """What is believed of a step beforehand."""
    return bell(places, 0.0, value("history.prior.step_log_sd"))


def posterior_of(sets: Sequence[RiskSet]) -> Posterior:
    """Load, salt and race together, from the cramps in which all parts are known."""
    known = known_in(sets)
    names = [name for group in GROUPS for name in known[group]]
    used = with_known(sets, names)
    points = round(value("history.grid.points"))
    places, races = places_of(points), races_of()
    total = np.zeros((points, points, races.size))
    baseline = np.zeros_like(total)
    for one in used:
        members = (one.cramp, *one.controls)
        x = np.array([indices_of(moment.values, known) for moment in members])
        is_race = np.array([float(moment.is_race) for moment in members])
        # exp(a + b) = exp(a) exp(b): each axis by itself, then one product for the whole grid.
        by_load = np.exp(np.outer(places, x[:, 0] - x[0, 0]))
        by_salt = np.exp(np.outer(places, x[:, 1] - x[0, 1]))
        by_race = np.exp(np.outer(races, is_race - is_race[0]))
        both = (by_load[:, None, :] * by_salt[None, :, :]).reshape(points * points, -1)
        summed = (both @ by_race.T).reshape(points, points, races.size)
        total -= np.log(summed)
        start = np.add.outer(np.add.outer(places * x[0, 0], places * x[0, 1]), races * is_race[0])
        baseline += 1.0 / (summed * np.exp(start))
    return Posterior(
        load=places,
        salt=places,
        race=races,
        likelihood=np.exp(total - total.max()),
        prior=step_prior(places)[:, None, None]
        * step_prior(places)[None, :, None]
        * race_prior()[None, None, :],
        baseline=baseline,
        known=known,
    )


def odds_band(places: FloatArray, weight: FloatArray) -> Interval:
    """Median and the two ends of the interval of a density on places of log odds, as odds."""
    total = np.append(0.0, np.cumsum(weight))
    half = (places[1] - places[0]) * 0.5
    edges = np.append(places - half, places[-1] + half)
    outside = (1 - value("history.level")) * 0.5
    low, median, high = np.interp((outside, 0.5, 1 - outside), total / total[-1], edges)
    return Interval(
        low=math.exp(low), median=math.exp(median), high=math.exp(high),
        level=value("history.level"),
    )  # fmt: skip


def odds_of(name: str, sets: Sequence[RiskSet]) -> Odds | None:
    """One exposure by itself, with races apart; None where no cramp can be compared by it."""
    used = with_known(sets, (name,))
    if not used:
        return None
    places, races = places_of(round(value("history.grid.points"))), races_of()
    total = np.zeros((places.size, races.size))
    for one in used:
        members = (one.cramp, *one.controls)
        x = np.array([steps_of(name, moment.values[name]) for moment in members])
        is_race = np.array([float(moment.is_race) for moment in members])
        total -= np.log(
            np.exp(np.outer(places, x - x[0])) @ np.exp(np.outer(races, is_race - is_race[0])).T
        )
    weight = np.exp(total - total.max()) * step_prior(places)[:, None] * race_prior()[None, :]
    return Odds(
        name=name,
        band=odds_band(places, weight.sum(axis=1)),
        per=value(SCALES[name][0]),
        n_cramps=len(used),
        n_controls=different(used),
    )


# ---------------------------------------------------------------- what it comes to


def compare(
    sets: Sequence[RiskSet], *, n_told: int | None = None, n_placed: int | None = None
) -> Compared:
    """The whole comparison; `n_told` are all cramps, `n_placed` those with a place or a time.

    It takes enough cramps and runs of which all is known that it is reckoned from.
    """
    usable = comparable(sets)
    n_placed = len(sets) if n_placed is None else n_placed
    n_told = n_placed if n_told is None else n_told
    n_controls = different(usable)
    counts = tuple(one for name in EXPOSURES if (one := count_of(name, usable)) is not None)
    known = known_in(usable)
    names = [name for group in GROUPS for name in known[group]]
    used = with_known(usable, names) if names else []
    few = len(used) < value("history.least_cramps")
    if few or different(used) < value("history.least_controls"):
        return Compared(verdict=Verdict.TOO_FEW, n_cramps=len(usable), n_cramps_told=n_told,
                        n_placed=n_placed, n_controls=n_controls, counts=counts)  # fmt: skip
    found = posterior_of(usable)
    shares = found.shares()
    groups = tuple(
        Odds(
            name=group,
            band=found.band(group),
            per=1,
            n_cramps=len(used),
            n_controls=different(used),
        )
        for group in GROUPS
        if found.known[group]
    )
    exposures = (odds_of(name, usable) for name in EXPOSURES)
    return Compared(
        verdict=verdict_of(shares, found.known, counts),
        n_cramps=len(usable),
        n_cramps_told=n_told,
        n_placed=n_placed,
        n_controls=n_controls,
        groups=groups,
        exposures=tuple(one for one in exposures if one is not None),
        counts=counts,
        shares=shares,
    )


def different(sets: Sequence[RiskSet]) -> int:
    """How many different runs stand beside the cramps."""
    return len({other.run_id for one in sets for other in one.controls})


def verdict_of(
    shares: Mapping[str, float],
    known: Mapping[Group, Sequence[str]],
    counts: Sequence[Count] = (),
) -> Verdict:
    """What the shares amount to. While one group is not known neither is found: what is not known
    could have gone along with the other."""
    sure = {group: shares[group] + shares["both"] for group in GROUPS}
    found = [group for group in GROUPS if sure[group] >= value("history.found_share")]
    if all(known[group] for group in GROUPS):
        if len(found) > 1:
            return Verdict.BOTH
        if found:
            return FOUND[found[0]]
        for group, other in (GROUPS, GROUPS[::-1]):
            plain = stands_out(group, counts) and not stands_out(other, counts)
            if plain and sure[group] >= value("history.leaning_share"):
                return LEANS[group]
        if shares["neither"] >= value("history.nothing_share"):
            return Verdict.NOTHING
    if 1 - shares["neither"] >= value("history.together_share"):
        return Verdict.TOGETHER
    return Verdict.UNSURE


FOUND: Final = {Group.LOAD: Verdict.LOAD, Group.SALT: Verdict.SALT}
LEANS: Final = {Group.LOAD: Verdict.LEANS_LOAD, Group.SALT: Verdict.LEANS_SALT}


def stands_out(group: Group, counts: Sequence[Count]) -> bool:
    """Whether a part of a group was high in most cramps, and in few of the runs beside them."""
    return any(
        one.name in CORE[group]
        and one.high >= value("history.most_of") * one.of
        and one.others_high <= (1 - value("history.most_of")) * one.others
        for one in counts
    )


def count_of(name: str, sets: Sequence[RiskSet]) -> Count | None:
    """In how many cramps something was high; None where it is known of none of them."""
    used = with_known(sets, (name,))
    if not used:
        return None
    above: list[float] = []
    others: dict[int, bool] = {}
    high = 0
    for one in used:
        here = steps_of(name, one.cramp.values[name])
        beside = [steps_of(name, other.values[name]) for other in one.controls]
        middle = float(np.median(beside))
        above.append(here - middle)
        high += is_high(name, one.cramp, here, middle)
        for other, its_steps in zip(one.controls, beside, strict=True):
            is_as_high = is_high(name, other, its_steps, middle)
            others[other.run_id] = others.get(other.run_id, False) or is_as_high
    return Count(
        name=name,
        high=high,
        of=len(used),
        others_high=sum(others.values()),
        others=len(others),
        is_ordinary=abs(float(np.median(above))) < value("history.high_steps"),
        is_more=float(np.median(above)) > 0,
    )


BEYOND: Final = frozenset({"past_longest", "descent"})
"""Anything past the most that was done before is beyond."""


def is_high(name: str, moment: Moment, steps: float, middle: float) -> bool:
    """Whether a run had much of something: beyond training, or steps above the usual."""
    if name in BEYOND:
        return moment.values[name] > 0
    if name == "pace":
        return moment.values[name] >= value("history.pace_beyond_pct")
    return steps - middle >= value("history.high_steps")
