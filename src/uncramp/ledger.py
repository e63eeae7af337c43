"""How well predictions held: each outcome against the band that was said beforehand.

A prediction comes as a middle and a band. Either half of the band is read as half of a normal
curve, so that the band for any other share follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma, log
from statistics import NormalDist

from uncramp.evidence import value
from uncramp.vocabulary import Interval

__all__ = ["Calibration", "Check", "Trust", "band_for", "calibration", "check", "narrow_share"]


class Trust(StrEnum):
    """What the outcomes so far say of the bands."""

    TOO_FEW = "too_few"
    AS_SAID = "as_said"
    TOO_SURE = "too_sure"
    """Fewer outcomes came inside than was promised."""
    TOO_UNSURE = "too_unsure"
    """So many came inside the narrow band that it could be narrower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One outcome against what was predicted of it."""

    what: str
    """`finish_time_s`, `body_mass_change_pct`, …: message `ledger.what.<what>`."""
    unit: str
    predicted: Interval
    happened: float
    inside_50: bool
    inside_90: bool
    counts: bool = True
    """Whether it was said beforehand, of what was then done."""

    @property
    def place(self) -> float:
        """How far from the middle it came: 1 is the high edge of the wide band, -1 the low one."""
        wide = band_for(self.predicted, value("debrief.band.wide"))
        edge = wide.high if self.happened >= wide.median else wide.low
        half = abs(edge - wide.median)
        return (self.happened - wide.median) / half if half else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Shares of outcomes inside the bands, in per cent; None without any."""

    n: int
    n_inside_50: int
    n_inside_90: int
    inside_50_pct: float | None
    inside_90_pct: float | None
    trust: Trust


def check(
    what: str, unit: str, predicted: Interval, happened: float, *, counts: bool = True
) -> Check:
    """An outcome held against its prediction."""
    narrow = band_for(predicted, value("debrief.band.narrow"))
    wide = band_for(predicted, value("debrief.band.wide"))
    return Check(
        what=what,
        unit=unit,
        predicted=predicted,
        happened=happened,
        inside_50=narrow.low <= happened <= narrow.high,
        inside_90=wide.low <= happened <= wide.high,
        counts=counts,
    )


def band_for(predicted: Interval, share: float) -> Interval:
    """The band of the same prediction that should hold another share of outcomes."""
    factor = reach(share) / reach(predicted.level)
    if share == predicted.level:
        return predicted
    return Interval(
        low=predicted.median - factor * (predicted.median - predicted.low),
        median=predicted.median,
        high=predicted.median + factor * (predicted.high - predicted.median),
        level=share,
    )


def reach(share: float) -> float:
    """How many standard deviations to either side hold this share of a normal curve."""
    return NormalDist().inv_cdf((1 + share) / 2)


def calibration(checks: Sequence[Check]) -> Calibration:
    """How the outcomes that count fell."""
    counted = [one for one in checks if one.counts]
    n = len(counted)
    narrow, wide = sum(one.inside_50 for one in counted), sum(one.inside_90 for one in counted)
    return Calibration(
        n=n,
        n_inside_50=narrow,
        n_inside_90=wide,
        inside_50_pct=100 * narrow / n if n else None,
        inside_90_pct=100 * wide / n if n else None,
        trust=trust_in(n, narrow=narrow, wide=wide),
    )


def trust_in(n: int, *, narrow: int, wide: int) -> Trust:
    """Whether as many came inside as the bands promise."""
    if n < value("debrief.band.fewest"):
        return Trust.TOO_FEW
    odd = value("debrief.band.surprise")
    promised_wide, promised_narrow = value("debrief.band.wide"), value("debrief.band.narrow")
    if min(at_most(wide, n, promised_wide), at_most(narrow, n, promised_narrow)) <= odd / 2:
        return Trust.TOO_SURE
    if at_most(n - narrow, n, 1 - promised_narrow) <= odd / 2:
        return Trust.TOO_UNSURE
    return Trust.AS_SAID


def at_most(count: int, n: int, share: float) -> float:
    """Chance that so many of `n` or fewer come inside a band that holds this share."""
    ways = (lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) for k in range(count + 1))
    return sum(exp(one + k * log(share) + (n - k) * log(1 - share)) for k, one in enumerate(ways))


def narrow_share() -> float:
    """How wide the narrow band is against the wide one."""
    return reach(value("debrief.band.narrow")) / reach(value("debrief.band.wide"))
