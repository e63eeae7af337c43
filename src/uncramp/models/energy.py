"""Energy: what running and walking cost, and how much of it becomes heat."""

from __future__ import annotations

from typing import Final

import numpy as np

from uncramp.models import Real, Validity, shaped

__all__ = [
    "OXYGEN_UPTAKE_ACSM_RUNNING",
    "OXYGEN_UPTAKE_ACSM_WALKING",
    "RUNNING_COST_MINETTI2002",
    "climbing_power_w",
    "energy_per_oxygen_parsons1993",
    "oxygen_uptake_acsm_running",
    "oxygen_uptake_acsm_walking",
    "running_cost_minetti2002",
]

GRAVITY_M_S2: Final = 9.81

OXYGEN_UPTAKE_ACSM_RUNNING: Final = {"speed_m_s": Validity(low=134 / 60, high=8.0, unit="m/s")}
OXYGEN_UPTAKE_ACSM_WALKING: Final = {"speed_m_s": Validity(low=50 / 60, high=100 / 60, unit="m/s")}
RUNNING_COST_MINETTI2002: Final = {"grade": Validity(low=-0.45, high=0.45, unit="m/m")}


def running_cost_minetti2002(*, grade: Real) -> Real:
    """Net energy a kilogram needs to run a metre at `grade`, in J kg⁻¹ m⁻¹.

    Formula: C(i) = 155.4 i⁵ − 30.4 i⁴ − 43.3 i³ + 46.3 i² + 19.5 i + 3.6 with i = `grade`, height
    over way (m/m, uphill positive, any shape), −0.45 to 0.45. Net: standing is taken off. It does
    not depend on speed.

    Error: ten runners on a treadmill; level 3.40 ± 0.24 measured against 3.6 by the polynomial,
    +0.45 18.93 ± 1.74 against 19.43.

    Source (`minetti_2002`): Minetti et al., J Appl Physiol 2002, 93:1039; coefficients checked
    against the printed means only.

    >>> round(running_cost_minetti2002(grade=0.05), 3)
    4.685
    """
    i = np.asarray(grade, dtype=np.float64)
    cost = ((((155.4 * i - 30.4) * i - 43.3) * i + 46.3) * i + 19.5) * i + 3.6
    return shaped(cost, grade)


def oxygen_uptake_acsm_running(*, speed_m_s: Real, grade: Real) -> Real:
    """Gross oxygen uptake of running, in mL kg⁻¹ min⁻¹.

    Formula: VO₂ = 3.5 + 0.2 S + 0.9 S G with S = speed in m/min and G = `grade` (m/m, uphill
    positive); `speed_m_s` in m/s, above 134 m/min (2.23 m/s), less if truly running; any shape.
    Not made for courses that go up *and* down: use Minetti 2002 there.

    Error: too high in 29 of 33 people on treadmills (tested with another grade term).

    Source (`acsm_getp10`): American College of Sports Medicine, Guidelines for Exercise Testing
    and Prescription, 10th edition, Table 6.3.

    >>> round(oxygen_uptake_acsm_running(speed_m_s=10 / 3.6, grade=0.0), 2)
    36.83
    """
    speed_m_min = 60.0 * np.asarray(speed_m_s, dtype=np.float64)
    return shaped(3.5 + 0.2 * speed_m_min + 0.9 * speed_m_min * grade, speed_m_s, grade)


def oxygen_uptake_acsm_walking(*, speed_m_s: Real, grade: Real) -> Real:
    """Gross oxygen uptake of walking, in mL kg⁻¹ min⁻¹.

    Formula: VO₂ = 3.5 + 0.1 S + 1.8 S G with S = speed in m/min and G = `grade` (m/m, uphill
    positive); `speed_m_s` in m/s, 50 to 100 m/min (0.83 to 1.67 m/s); any shape.

    Error: not stated in the source.

    Source (`acsm_getp10`): as for running.

    >>> round(oxygen_uptake_acsm_walking(speed_m_s=80 / 60, grade=0.1), 1)
    25.9
    """
    speed_m_min = 60.0 * np.asarray(speed_m_s, dtype=np.float64)
    return shaped(3.5 + 0.1 * speed_m_min + 1.8 * speed_m_min * grade, speed_m_s, grade)


def energy_per_oxygen_parsons1993(*, respiratory_exchange_ratio: Real) -> Real:
    """Energy set free by a litre of oxygen, in J/L.

    Formula: (0.23 R + 0.77) × 21 166 with R = respiratory exchange ratio, 0.7 (fat) to 1.0
    (carbohydrate); any shape.

    Error: not stated in the source.

    Source (`parsons_1993`): Parsons, Human Thermal Environments, as given in the manual of heatex.

    >>> round(energy_per_oxygen_parsons1993(respiratory_exchange_ratio=1.0))
    21166
    """
    ratio = np.asarray(respiratory_exchange_ratio, dtype=np.float64)
    return shaped((0.23 * ratio + 0.77) * 21_166.0, respiratory_exchange_ratio)


def climbing_power_w(*, body_mass_kg: Real, speed_m_s: Real, grade: Real) -> Real:
    """Power that goes into height and so does not become heat, in W; negative downhill.

    Formula: W = m g v sin(atan(G)); `body_mass_kg` kg, `speed_m_s` m/s along the way, `grade` m/m;
    any shapes that broadcast, no limits. Heat is metabolic rate less this.

    Source: the definition of potential energy.

    >>> round(climbing_power_w(body_mass_kg=70.0, speed_m_s=3.0, grade=0.1))
    205
    """
    slope = np.asarray(grade, dtype=np.float64)
    height_share = slope / np.sqrt(1.0 + slope * slope)
    power = body_mass_kg * GRAVITY_M_S2 * speed_m_s * height_share
    return shaped(power, body_mass_kg, speed_m_s, grade)
