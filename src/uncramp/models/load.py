"""Load: what slopes cost a runner, against the level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, overload

import numpy as np

from uncramp.models import Validity

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "GRADE_FACTOR_MINETTI2002",
    "GRADE_FACTOR_STRAVA2017",
    "grade_factor_minetti2002",
    "grade_factor_strava2017",
]

GRADE_FACTOR_MINETTI2002 = {"grade": Validity(low=-0.45, high=0.45, unit="m/m")}
GRADE_FACTOR_STRAVA2017 = {"grade": Validity(low=-0.45, high=0.45, unit="m/m")}

STRAVA_2017: Final = (
    (-0.45, 2.096), (-0.30, 1.495), (-0.25, 1.273), (-0.20, 1.081), (-0.15, 0.941),
    (-0.10, 0.876), (-0.08, 0.876), (-0.06, 0.891), (-0.04, 0.918), (-0.02, 0.960),
    (0.0, 1.0),
    (0.02, 1.055), (0.04, 1.135), (0.06, 1.228), (0.08, 1.337), (0.10, 1.459),
    (0.15, 1.846), (0.20, 2.297), (0.25, 2.727), (0.30, 3.158), (0.45, 4.286),
)  # fmt: skip
"""Grade and factor, as measured."""


@overload
def grade_factor_minetti2002(grade: float) -> float: ...
@overload
def grade_factor_minetti2002(grade: NDArray[np.float64]) -> NDArray[np.float64]: ...
def grade_factor_minetti2002(grade: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
    """Metabolic cost of running a metre at `grade`, relative to a level metre.

    Formula: C(i) / C(0) with C(i) = 155.4 i⁵ − 30.4 i⁴ − 43.3 i³ + 46.3 i² + 19.5 i + 3.6 in
    J kg⁻¹ m⁻¹; i = `grade` is height over way (m/m, uphill positive, any shape), −0.45 to 0.45.

    Error: measured on ten runners; level 3.40 ± 0.24 against 3.6 by the polynomial, +0.45
    18.93 ± 1.74 against 19.43. As a guide to pace it does well uphill; downhill it promises up to
    three times the gain that runners make, as the authors of `strava_gap_2017` found.

    Source (`minetti_2002`): Minetti et al., J Appl Physiol 2002, 93:1039; coefficients checked
    against the printed means only.

    >>> round(grade_factor_minetti2002(0.10), 4)
    1.6578
    """
    i = np.asarray(grade, dtype=np.float64)
    cost = ((((155.4 * i - 30.4) * i - 43.3) * i + 46.3) * i + 19.5) * i + 3.6
    factor = cost / 3.6
    return factor if isinstance(grade, np.ndarray) else float(factor)


@overload
def grade_factor_strava2017(grade: float) -> float: ...
@overload
def grade_factor_strava2017(grade: NDArray[np.float64]) -> NDArray[np.float64]: ...
def grade_factor_strava2017(grade: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
    """Speed on the level that is as hard as unit speed at `grade`, as Strava showed it.

    Formula: straight lines between 21 measured points from −0.45 to 0.45; `grade` is height over
    way (m/m, uphill positive, any shape). Beyond them the outermost factor, as in the source.

    Error: not stated. The factors were found by sending in made-up runs of one grade; the model
    behind them was fitted to heart rates of 240,000 athletes and does not depend on speed.

    Source (`strava_gap_2017`): specialsauce, measured on Strava's model of 2017.

    >>> grade_factor_strava2017(-0.10)
    0.876
    """
    grades, factors = zip(*STRAVA_2017, strict=True)
    factor = np.interp(grade, grades, factors)
    return factor if isinstance(grade, np.ndarray) else float(factor)
