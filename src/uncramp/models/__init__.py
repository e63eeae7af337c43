"""Published equations as pure functions: numbers in, numbers out, exactly as published.

Scalars in, floats out; arrays in, arrays out (numpy broadcasting; a call that mixes both gives an
array). Every model states where it holds as `Validity` per argument; callers report what lies
outside with `outside`, and nothing is clamped or hidden. NaN in, NaN out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Real", "Validity", "outside", "shaped"]

Real = TypeVar("Real", float, "NDArray[np.float64]")
"""One number, or an array of them."""


def shaped(result: Any, *given: Real) -> Real:
    """`result` as a float when every argument was a scalar, else as an array."""
    import numpy as np

    if all(np.ndim(one) == 0 for one in given):
        return float(result)  # type: ignore[return-value]  # a TypeVar cannot say "as given"
    return np.asarray(result, dtype=np.float64)  # type: ignore[return-value]


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
