"""Spreads: textbook facts about even and normal spreads, for those who may hold no numbers."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BAND", "band_half_width", "even_variance", "log_normal_grid"]

BAND: Final = 0.9
"""Share of the draws that every band in this package holds."""

GRID_POINTS: Final = 65
GRID_REACH: Final = 4.0


def band_half_width(level: float) -> float:
    """Half the width of the normal band that holds `level`, in standard deviations.

    Formula: the normal quantile of (1 + level) / 2; `level` a share, above 0 and below 1.

    Error: rounding. Source: the definition of the normal distribution.

    >>> round(band_half_width(0.9), 6)
    1.644854
    """
    return NormalDist().inv_cdf((1.0 + level) / 2.0)


def even_variance(low: float, high: float) -> float:
    """Variance of a number that is spread evenly from `low` to `high`.

    Formula: (high − low)² / 12, any unit and range.

    Error: none. Source: the definition of the even distribution.

    >>> even_variance(0.0, 12.0)
    12.0
    """
    return (high - low) ** 2 / 12.0


def log_normal_grid(
    middle: float, log_sd: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points of a log-normal spread, and the logarithm of their weight but for a constant.

    Formula: middle × exp(log_sd z) at 65 even z from −4 to 4, log weight −z² / 2; `middle` above
    0, `log_sd` the standard deviation of the logarithm.

    Error: the tails beyond z = 4 hold less than 0.01 per cent. Source: the trapezoid rule.

    >>> points, _ = log_normal_grid(2.0, 0.5)
    >>> len(points), float(points[32])
    (65, 2.0)
    """
    z = np.linspace(-GRID_REACH, GRID_REACH, GRID_POINTS)
    return middle * np.exp(log_sd * z), -0.5 * z**2
