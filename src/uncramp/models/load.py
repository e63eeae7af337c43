"""Load: what slopes cost a runner, what training adds up to, and how far a run goes beyond it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, overload

import numpy as np

from uncramp.models import Validity

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "GRADE_FACTOR_MINETTI2002",
    "GRADE_FACTOR_STRAVA2017",
    "TRIMP_BANISTER",
    "DriftClass",
    "SpikeClass",
    "banister_sum",
    "decoupling_class_smyth2022",
    "decoupling_smyth2022",
    "grade_factor_minetti2002",
    "grade_factor_strava2017",
    "monotony_foster",
    "spike_class_frandsen2025",
    "strain_foster",
    "trimp_banister",
]

GRADE_FACTOR_MINETTI2002 = {"grade": Validity(low=-0.45, high=0.45, unit="m/m")}
GRADE_FACTOR_STRAVA2017 = {"grade": Validity(low=-0.45, high=0.45, unit="m/m")}
TRIMP_BANISTER = {"reserve": Validity(low=0.0, high=1.0, unit="share")}

SpikeClass = Literal["reference", "small", "moderate", "large"]
DriftClass = Literal["low", "moderate", "high"]

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


# ---------------------------------------------------------------- what training adds up to


def trimp_banister(
    *,
    duration_min: float,
    heart_rate_bpm: float,
    resting_bpm: float,
    max_bpm: float,
    sex: Literal["male", "female"],
) -> float:
    """Training impulse of a run, without unit.

    Formula: t r A e^(B r), r = (HR − rest) / (max − rest); men A 0.64, B 1.92, women 0.86, 1.67.
    Programs differ: some take 0.64 or 0.82 for women.

    Error: none stated. Shown, never a gate. `TRIMP_BANISTER` holds for r, from 0 to 1.

    Source (`runalyze_2019`): as programs and reviews give it; Banister's own text not read.

    >>> told = {"heart_rate_bpm": 150, "resting_bpm": 60, "max_bpm": 190}
    >>> round(trimp_banister(duration_min=60, **told, sex="male"), 2)
    100.44
    """
    scale, growth = {"male": (0.64, 1.92), "female": (0.86, 1.67)}[sex]
    reserve = (heart_rate_bpm - resting_bpm) / (max_bpm - resting_bpm)
    return duration_min * reserve * scale * math.exp(growth * reserve)


def monotony_foster(*, daily_loads: Sequence[float]) -> float:
    """How much the days of a week resemble each other.

    Formula: mean over standard deviation of daily loads, days of rest as 0; the standard deviation
    is that of the population (n, not n − 1: both are in use, and differ by 8 % in a week).
    Infinite where all days are alike, NaN where nothing was done.

    Error: none stated. Shown, never a gate.

    Source (`runalyze_2019`): Foster's monotony as programs compute it; Foster's text not read.

    >>> round(monotony_foster(daily_loads=[0, 20, 10, 10, 10, 10, 10]), 4)
    1.8708
    """
    loads = np.asarray(daily_loads, dtype=np.float64)
    if not loads.size or not loads.any():
        return math.nan
    spread = float(loads.std())
    return float(loads.mean()) / spread if spread > 0 else math.inf


def strain_foster(*, daily_loads: Sequence[float]) -> float:
    """Load of a week times its `monotony_foster`; the same source, and no more sure.

    >>> round(strain_foster(daily_loads=[5, 15, 20, 20, 20, 25, 35]), 1)
    331.3
    """
    return float(sum(daily_loads)) * monotony_foster(daily_loads=daily_loads)


def banister_sum(*, daily_loads: Sequence[float], day: int, tau_days: float) -> float:
    """What is left on `day` of all loads until then: they fade by e in `tau_days`.

    Formula: Σ w_i e^(−(day − i) / τ) over i from 0 to `day`; the first load is day 0. A sum, not an
    average: programs that show a mean multiply by 1 − e^(−1/τ). 42 days are in use for fitness,
    7 for fatigue. Days beyond the loads are days of rest.

    Error: none stated. Never the aim of a plan: what it calls best contradicts how people taper.

    Source (`runalyze_2019`): the sum as programs compute it; Banister's text not read.

    >>> round(banister_sum(daily_loads=[1000], day=25, tau_days=42))
    551
    """
    loads = np.asarray(daily_loads, dtype=np.float64)[: max(day + 1, 0)]
    return float(loads @ np.exp((np.arange(loads.size) - day) / tau_days))


# ---------------------------------------------------------------- beyond what was trained


def spike_class_frandsen2025(
    *, longest_30_days_km: float, distance_km: float
) -> tuple[float, SpikeClass]:
    """How far a run goes beyond the longest of the last 30 days: % and published class.

    Formula: 100 (d / longest − 1); up to 10 % `reference`, up to 30 `small`, up to 100 `moderate`,
    above `large`; a limit belongs to the lower class. Without a run in 30 days the excess is
    infinite; how the study counted that was not found.

    Error: exact; what it means is not. Rates of overuse injury were 1.64, 1.52 and 2.28 times those
    of the reference: classes, not a line, so never interpolate. A rate over the time after, not the
    risk of that very run. Says nothing of cramps.

    Source (`frandsen_2025`): Frandsen et al., Br J Sports Med 2025, 59(17):1203; the abstract.

    >>> spike_class_frandsen2025(longest_30_days_km=16.0, distance_km=20.8)[1]
    'small'
    """
    if longest_30_days_km <= 0:
        return math.inf, "large"
    excess_pct = 100 * (distance_km / longest_30_days_km - 1)
    tiny = 1e-9  # 17.6 / 16 is a hair above 1.1 in floating point
    if excess_pct <= 10 + tiny:
        return excess_pct, "reference"
    if excess_pct <= 30 + tiny:
        return excess_pct, "small"
    return excess_pct, "moderate" if excess_pct <= 100 + tiny else "large"


def decoupling_smyth2022(
    *,
    early_heart_rate_bpm: float,
    early_speed_m_s: float,
    late_heart_rate_bpm: float,
    late_speed_m_s: float,
) -> tuple[float, DriftClass]:
    """How much dearer in heart beats a metre got from early to late in a run: ratio and class.

    Formula: (HR / v) late over (HR / v) early; early was 5 to 10 km, late 35 to 40 km of a
    marathon; speeds as on the level. Classes as `decoupling_class_smyth2022`.

    Error: mean 1.16 ± 0.22 over 82,303 recreational marathons. Heat and thirst raise it too.

    Source (`smyth_2022`): Smyth et al., Sports Med 2022; the abstract.

    >>> beats = {"early_heart_rate_bpm": 150, "late_heart_rate_bpm": 162}
    >>> ratio, klass = decoupling_smyth2022(**beats, early_speed_m_s=2.95, late_speed_m_s=2.75)
    >>> round(ratio, 4), klass
    (1.1585, 'moderate')
    """
    early = early_heart_rate_bpm / early_speed_m_s
    ratio = late_heart_rate_bpm / late_speed_m_s / early
    return ratio, decoupling_class_smyth2022(ratio=ratio)


def decoupling_class_smyth2022(*, ratio: float) -> DriftClass:
    """The class of a ratio of `decoupling_smyth2022`: below 1.1 low, below 1.2 moderate, else high.

    A third of runners was in each. Source (`smyth_2022`).

    >>> decoupling_class_smyth2022(ratio=1.2)
    'high'
    """
    if ratio < 1.1:
        return "low"
    return "moderate" if ratio < 1.2 else "high"
