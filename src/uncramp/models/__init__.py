"""Published equations as pure functions: numbers in, numbers out, exactly as published.

Every model states where it holds as `Validity` per argument; callers report what lies outside
with `outside`, and nothing is clamped or hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Validity", "outside"]


@dataclass(frozen=True, slots=True)
class Validity:
    """The range of one argument for which a model was made, in `unit`."""

    low: float
    high: float
    unit: str


def outside(ranges: Mapping[str, Validity], values: Mapping[str, float]) -> tuple[str, ...]:
    """Names of the arguments in `values` that lie outside their range, in order of `ranges`."""
    return tuple(
        name
        for name, valid in ranges.items()
        if name in values and not valid.low <= values[name] <= valid.high
    )
