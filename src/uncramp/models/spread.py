"""Spreads: textbook facts about even and normal spreads, for those who may hold no numbers."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "BAND",
    "LIMITS",
    "STEPS",
    "band_half_width",
    "even_variance",
    "log_normal_grid",
    "log_of_reading",
    "student_half_width",
]

BAND: Final = 0.9
"""Share of the draws that every band in this package holds."""
LIMITS: Final = 0.95
"""Share that the limits of agreement between two ways of measuring hold, as papers print them."""
STEPS: Final = 6
"""Repeats after which readings that are matched to one another stand still."""

GRID_POINTS: Final = 65
GRID_REACH: Final = 4.0
ANGLES: Final = np.linspace(-np.pi / 2.0, np.pi / 2.0, 20_001)
READING_NODES: Final = np.linspace(-6.0, 6.0, 41)


def band_half_width(level: float) -> float:
    """Half the width of the normal band that holds `level`, in standard deviations.

    Formula: the normal quantile of (1 + level) / 2; `level` a share, above 0 and below 1.

    Error: rounding. Source: the definition of the normal distribution.

    >>> round(band_half_width(0.9), 6)
    1.644854
    """
    return NormalDist().inv_cdf((1.0 + level) / 2.0)


def student_half_width(level: float, n_values: int) -> float:
    """Half the width that holds `level` where the spread itself is known from `n_values` only.

    Formula: the quantile of Student's distribution with n_values degrees of freedom at (1 + level)
    / 2; with t = √n tan θ its density goes as cos^(n − 1) θ; `level` above 0 and below 1,
    `n_values` 1 or more.

    Error: below 1e-3. Source: the definition of Student's distribution.

    >>> round(student_half_width(0.95, 2), 2), round(student_half_width(0.95, 10), 2)
    (4.3, 2.23)
    """
    shares = np.cumsum(np.cos(ANGLES).clip(0.0) ** (n_values - 1))
    angle = np.interp((1.0 + level) / 2.0, (shares - shares[0]) / (shares[-1] - shares[0]), ANGLES)
    return float(np.sqrt(n_values) * np.tan(angle))


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


def log_of_reading(
    *,
    mean: NDArray[np.float64],
    variance: NDArray[np.float64],
    reading: NDArray[np.float64],
    error: NDArray[np.float64],
    near: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance of the logarithm of a number after one reading of the number itself.

    Formula: moments of N(u; mean, variance) N(reading; exp u, error²) by the trapezoid rule at 41
    points within six standard deviations of `near`, a rough (mean, variance) of the answer; all of
    shape (n_readings,), `reading` and `error` in one unit, `error` above 0.

    Error: below 1e-3 standard deviations when `near` is within one of the answer. Source: the
    definition of a moment.

    >>> found = log_of_reading(mean=np.zeros(1), variance=np.ones(1), reading=np.ones(1),
    ...                        error=np.array([0.01]), near=(np.zeros(1), np.array([1e-4])))
    >>> round(float(found[0][0]), 3), round(float(found[1][0]), 5)
    (-0.0, 0.0001)
    """
    points = near[0][:, None] + np.sqrt(near[1])[:, None] * READING_NODES
    off = (reading[:, None] - np.exp(points)) / error[:, None]
    logs = -0.5 * ((points - mean[:, None]) ** 2 / variance[:, None] + off**2)
    shares = np.exp(logs - logs.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    middle = (shares * points).sum(axis=1)
    return middle, (shares * (points - middle[:, None]) ** 2).sum(axis=1)
