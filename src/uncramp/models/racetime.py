"""Race times: what one race, or the training, says about another distance; and what heat costs.

No model here is good to better than a standard deviation of a quarter of an hour in a marathon.
Show them side by side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from uncramp.models import Real, Validity, shaped
from uncramp.units import Miles, kilometres_from_metres, seconds_from_minutes

__all__ = [
    "CRITICAL_SPEED",
    "MINIMAL_POWER",
    "RIEGEL",
    "ROBERTS2010",
    "SLOWDOWN_ELY2007",
    "TANDA2011",
    "VDOT_DANIELS",
    "VICKERS2016",
    "Miles",
    "MinimalPower",
    "critical_speed",
    "heat_slowdown_mantzios2022",
    "hit_the_wall_doherty2020",
    "minimal_power_fit",
    "minimal_power_time",
    "riegel",
    "slowdown_ely2007",
    "tanda2011_km_per_week",
    "tanda2011_pace",
    "unsuccessful_starters_roberts2010",
    "vdot_daniels",
    "vickers2016_one_race",
    "vickers2016_two_races",
]

RIEGEL = {"time_s": Validity(low=210, high=13_800, unit="s")}
VICKERS2016 = {
    "distance_m": Validity(low=5_000, high=42_195, unit="m"),
    "miles_per_week": Validity(low=0, high=100, unit="mi/week"),
}
TANDA2011 = {
    "km_per_week": Validity(low=40, high=120, unit="km/week"),
    "goal_time_s": Validity(low=10_020, high=12_960, unit="s"),
}
CRITICAL_SPEED = {"distance_m": Validity(low=400, high=5_000, unit="m")}
MINIMAL_POWER = {"distance_m": Validity(low=800, high=42_195, unit="m")}
VDOT_DANIELS = {"time_s": Validity(low=210, high=14_400, unit="s")}
ROBERTS2010 = {"wbgt_c": Validity(low=1, high=22, unit="°C")}
SLOWDOWN_ELY2007 = {"wbgt_c": Validity(low=5, high=25, unit="°C")}

MARATHON_M: Final = 42_195.0
ELY_2007: Final = {
    "male": ((10.0, 1.7), (15.0, 2.5), (20.0, 3.3), (25.0, 4.5)),
    "female": ((10.0, 3.2), (15.0, 3.2), (20.0, 3.8), (25.0, 5.4)),
}
"""Upper end of each band of WBGT from 5 °C on, and how much slower the first ran there, in %."""
WALL: Final = {1000: (1.11, 0.0532), 5000: (1.073, 0.0346)}
"""Length of a split; slowest over the mean of the rest; spread of splits over their mean."""
STEPS: Final = 60
"""More than any search below needs."""

# ---------------------------------------------------------------- from one race to another


def riegel(*, time_s: Real, distance_m: Real, target_m: Real, exponent: Real) -> Real:
    """Time over `target_m` of somebody who ran `distance_m` in `time_s`: the power law.

    Formula: T2 = T1 (D2 / D1)^k, in s and m, any shape; k = `exponent`, 1.06 as published.

    Error: holds for efforts of about 3.5 to 230 minutes. From the half marathon to the marathon
    1.06 is too fast by 12.4 ± 16.6 min (633 recreational runners), and by ten minutes or more for
    half of them. An exponent from a runner's own 10 km and half does worse still (root mean square
    28.7 min in 130, 39.2 in 1,285): shrink it hard towards that of runners who train as much.

    Source (`riegel_1981`): Riegel, Am Sci 1981, 69(3):285; read in secondary sources.

    >>> round(riegel(time_s=1200, distance_m=5000, target_m=10_000, exponent=1.06), 1)
    2501.9
    """
    return shaped(
        time_s * (target_m / distance_m) ** exponent, time_s, distance_m, target_m, exponent
    )


def vickers2016_one_race(*, time_s: float, distance_m: float, miles_per_week: Miles) -> float:
    """Marathon time in s from one race and the usual distance a week, in miles.

    Formula: v_R = 42195 / (T (42195 / D)^1.07); v = 0.16018617 + 0.83076202 v_R + 0.06423826 m/10;
    T_M = 42195 / v; in s, m and m/s, m = `miles_per_week` (not kilometres: the type is its own).

    Error: mean squared error 228 min², against 381 for the power law (2,303 runners, split two to
    one). Checked again: from the half −1.5 ± 16.2 min, from 10 km +0.7 ± 21.8, from 5 km −5.1 ±
    18.8. Copies with 0.6423826 are about: they make a 1:45 half into a 2:11 marathon.

    Source (`vickers_2016`): Vickers and Vertosick 2016, additional file 1; the coefficients are
    those of five public implementations that agree, not read in the file itself.

    >>> round(vickers2016_one_race(time_s=6300, distance_m=21_097.5, miles_per_week=Miles(40)), 1)
    13755.8
    """
    race_m_s: float = MARATHON_M / (time_s * (MARATHON_M / distance_m) ** 1.07)
    speed_m_s = 0.16018617 + 0.83076202 * race_m_s + 0.06423826 * (miles_per_week / 10)
    return MARATHON_M / speed_m_s


def vickers2016_two_races(
    *,
    time1_s: float,
    distance1_m: float,
    time2_s: float,
    distance2_m: float,
    miles_per_week: Miles,
) -> float:
    """Marathon time in s from two races and the usual distance a week, in miles.

    Formula: k = ln(T2/T1) / ln(D2/D1), race 2 the longer; k_M = 1.4510756 − 0.23797948 k −
    0.01410023 m/10; T_M = T2 (42195 / D2)^k_M. The races are put in order here.

    Error: mean squared error 208 min² where one race gave 228. Note the sign: who slows down more
    from race 1 to race 2 gets a smaller exponent for the rest of the way.

    Source (`vickers_2016`): as `vickers2016_one_race`.

    >>> races = {"time1_s": 2700, "distance1_m": 10_000, "time2_s": 6300, "distance2_m": 21_097.5}
    >>> round(vickers2016_two_races(**races, miles_per_week=Miles(40)), 1)
    13736.5
    """
    if distance1_m > distance2_m:
        time1_s, distance1_m, time2_s, distance2_m = time2_s, distance2_m, time1_s, distance1_m
    if distance1_m == distance2_m:
        return math.nan
    own = math.log(time2_s / time1_s) / math.log(distance2_m / distance1_m)
    exponent = 1.4510756 - 0.23797948 * own - 0.01410023 * (miles_per_week / 10)
    return time2_s * math.pow(MARATHON_M / distance2_m, exponent)


# ---------------------------------------------------------------- from training


def tanda2011_pace(*, km_per_week: Real, pace_s_per_km: Real) -> Real:
    """Marathon pace in s/km from eight weeks of training that end a week before the race.

    Formula: P_m = 17.1 + 140 e^(−0.0053 K) + 0.55 P; K = `km_per_week` (not miles: a `Miles` is
    refused), P = mean pace of all training, s/km; any shape.

    Error: fitted on men of 2:47 to 3:36, root mean square 5.4 min; 9.5 min below 2:47. Checked
    again on 87 recreational finishers: +0.7 ± 15.1 min, and −12.7 for those slower than 3:36.
    Nothing for women.

    Source (`tanda_2011`): Tanda 2011, from two secondary sources that agree.

    >>> round(tanda2011_pace(km_per_week=60.0, pace_s_per_km=330.0), 2)
    300.46
    """
    _kilometres(km_per_week)
    pace = 17.1 + 140 * np.exp(-0.0053 * np.asarray(km_per_week)) + 0.55 * pace_s_per_km
    return shaped(pace, km_per_week, pace_s_per_km)


def tanda2011_km_per_week(*, goal_time_s: Real, pace_s_per_km: Real) -> Real:
    """Kilometres a week behind a marathon in `goal_time_s`: `tanda2011_pace` the other way round.

    Formula: K = −ln((P_goal − 17.1 − 0.55 P) / 140) / 0.0053. NaN where no distance is enough at
    this pace of training; below 0 where the goal asks for none.

    Error: that of `tanda2011_pace`, made large: 15 minutes of race are about 30 km a week.

    Source (`tanda_2011`): as `tanda2011_pace`.

    >>> round(tanda2011_km_per_week(goal_time_s=12_600.0, pace_s_per_km=330.0), 2)
    63.46
    """
    goal = np.asarray(goal_time_s, dtype=np.float64) / kilometres_from_metres(MARATHON_M)
    left = (goal - 17.1 - 0.55 * np.asarray(pace_s_per_km, dtype=np.float64)) / 140
    with np.errstate(invalid="ignore", divide="ignore"):
        weekly = np.where(left > 0, -np.log(left) / 0.0053, np.nan)
    return shaped(weekly, goal_time_s, pace_s_per_km)


def _kilometres(given: object) -> None:
    """A defect of the caller where miles come in for kilometres."""
    if isinstance(given, Miles):
        msg = "km_per_week was given in miles"
        raise TypeError(msg)


# ---------------------------------------------------------------- limits of a runner


def critical_speed(
    *, distances_m: Sequence[float], times_s: Sequence[float]
) -> tuple[float, float]:
    """Critical speed in m/s and the distance above it in m, from hard efforts.

    Formula: d = CS t + D′, least squares of distance on time; from two efforts on. (NaN, NaN) for
    fewer, or for equal times.

    Error: CS 0.14 m/s (field against treadmill), retest 0.4 %; D′ 88 m, 13 %: of no use as a number
    of one runner. From training files of 25,000 marathon runners CS explains two thirds of
    marathon speed, error 8 %. For intensity, never for a marathon time.

    Source (`smyth_muniz_pumares_2020`, `galbraith_2014`): Med Sci Sports Exerc 2020, 52(12):2637.

    >>> speed, reserve = critical_speed(distances_m=[1200, 2400, 3600], times_s=[225, 485, 745])
    >>> round(speed, 4), round(reserve, 1)
    (4.6154, 161.5)
    """
    times, metres = (np.asarray(one, dtype=np.float64) for one in (times_s, distances_m))
    if len(times) < 2 or float(np.ptp(times)) <= 0:
        return math.nan, math.nan
    off = times - times.mean()
    speed_m_s = float(off @ (metres - metres.mean()) / (off @ off))
    return speed_m_s, float(metres.mean() - speed_m_s * times.mean())


class MinimalPower(NamedTuple):
    """A runner in two numbers."""

    v_m: float
    """Speed that is held for `t_c_s`, m/s."""
    gamma_l: float
    """Share of it that is lost for every e-fold of time."""

    @property
    def endurance(self) -> float:
        """How many times `t_c_s` nine tenths of `v_m` are held: exp(0.1 / γ)."""
        return math.exp(0.1 / self.gamma_l) if self.gamma_l > 0 else math.inf


def minimal_power_time(
    *,
    v_m: float,
    gamma_l: float,
    t_c_s: float = 360.0,
    distance_m: float,
    gamma_s: float | None = None,
) -> float:
    """Time in s over `distance_m` by the minimal power model.

    Formula: v(T) = v_m (1 − γ ln(T / t_c)), solved for T v(T) = d; γ = `gamma_l` from v_m t_c on,
    `gamma_s` below it. In closed form T = −d / (γ v_m W₋₁(−d e^(−1/γ) / (γ v_m t_c))); found here
    by Newton's method on ln(T / t_c). NaN where no time solves it: too far for this runner, or
    nearer than v_m t_c and `gamma_s` not given.

    Error: mean below 1 % for records and personal bests, 800 m to marathon. Needs all-out
    races. The logarithmic law is the published one; t_c of six minutes is from general knowledge.

    Source (`mulligan_2018`): Mulligan, Adam and Emig, PLoS ONE 2018, 13(11):e0206645; the abstract.

    >>> round(minimal_power_time(v_m=5, gamma_l=0.06, distance_m=42_195), 1)
    10586.8
    """
    log_ratio = math.log(distance_m / (v_m * t_c_s)) if distance_m > 0 and v_m > 0 else math.nan
    gamma = gamma_l if log_ratio >= 0 else gamma_s
    if gamma is None or not math.isfinite(log_ratio) or not 0 <= gamma < 1:
        return math.nan
    u = log_ratio
    for _ in range(STEPS):
        left = 1 - gamma * u
        if left <= gamma:  # beyond the furthest that this runner gets
            return math.nan
        step = (log_ratio - u - math.log(left)) / (1 - gamma / left)
        u += step
        if abs(step) < 1e-13:
            return t_c_s * math.exp(u)
    return math.nan


def minimal_power_fit(
    *, distances_m: Sequence[float], times_s: Sequence[float], t_c_s: float = 360.0
) -> MinimalPower:
    """The runner behind some all-out races, each longer than `t_c_s`.

    Formula: two races give v_m and γ exactly, from v_i = v_m − (v_m γ) ln(T_i / t_c). More are
    fitted by least squares on the relative error of time, from that line on. Shorter races are
    left out; NaN for fewer than two left, or of equal times.

    Error: as `minimal_power_time`. Runs that were not all-out make v_m too low. Two races less than
    1.8 times apart, or more than 180 days, say little.

    Source (`mulligan_2018`): as `minimal_power_time`.

    >>> runner = minimal_power_fit(distances_m=[5000, 21_097.5], times_s=[1320, 6000])
    >>> round(runner.v_m, 4), round(runner.gamma_l, 5)
    (4.021, 0.04462)
    """
    pairs = [(d, t) for d, t in zip(distances_m, times_s, strict=True) if t >= t_c_s]
    if len({t for _, t in pairs}) < 2:
        return MinimalPower(math.nan, math.nan)
    metres, times = np.array(pairs, dtype=np.float64).T
    logs = np.log(times / t_c_s)
    off = logs - logs.mean()
    slope = float(off @ (metres / times) / (off @ off))
    v_m = float((metres / times).mean() - slope * logs.mean())
    runner = MinimalPower(v_m, -slope / v_m if v_m > 0 else math.nan)
    return runner if len(pairs) == 2 else _refined(runner, metres, times, t_c_s)


def _refined(
    runner: MinimalPower, metres: NDArray[np.float64], times: NDArray[np.float64], t_c_s: float
) -> MinimalPower:
    """Gauss-Newton on relative errors of time; a step that does not help is halved, then left."""
    errors = _time_errors(runner, metres, times, t_c_s)
    for _ in range(STEPS):
        if not np.all(np.isfinite(errors)):
            return runner
        found = times * (1 + errors)
        logs = np.log(found / t_c_s)
        falls = runner.v_m * (1 - runner.gamma_l * logs - runner.gamma_l)
        slopes = np.stack([-metres / runner.v_m / falls, runner.v_m * found * logs / falls])
        step = np.linalg.lstsq((slopes / times).T, -errors, rcond=None)[0]
        share = 1.0
        while share > 1e-6:
            tried = MinimalPower(
                runner.v_m + share * float(step[0]), runner.gamma_l + share * float(step[1])
            )
            new = _time_errors(tried, metres, times, t_c_s)
            if np.all(np.isfinite(new)) and new @ new < errors @ errors:
                runner, errors = tried, new
                break
            share /= 2
        else:
            return runner
    return runner


def _time_errors(
    runner: MinimalPower, metres: NDArray[np.float64], times: NDArray[np.float64], t_c_s: float
) -> NDArray[np.float64]:
    """Predicted over actual time, less one; for distances just below v_m t_c the law goes on."""
    v_m, gamma = runner
    found = [
        minimal_power_time(v_m=v_m, gamma_l=gamma, gamma_s=gamma, t_c_s=t_c_s, distance_m=d)
        for d in metres.tolist()
    ]
    return np.array(found, dtype=np.float64) / times - 1


def vdot_daniels(*, time_s: Real, distance_m: Real) -> Real:
    """Oxygen uptake in mL/kg/min that a race time stands for, by Daniels and Gilbert.

    Formula: (−4.60 + 0.182258 v + 0.000104 v²) / (0.8 + 0.1894393 e^(−0.012778 t) + 0.2989558
    e^(−0.1932605 t)); v in m/min, t in min; any shape.

    Error: not stated; a scale to compare races by, not a measured uptake. For comparison only.

    Source (`daniels_gilbert_1979`): Oxygen Power, 1979; read in public implementations that agree.

    >>> round(vdot_daniels(time_s=1200.0, distance_m=5000.0), 2)
    49.81
    """
    minutes = np.asarray(time_s, dtype=np.float64) / seconds_from_minutes(1.0)
    speed = np.asarray(distance_m, dtype=np.float64) / minutes
    cost = -4.60 + 0.182258 * speed + 0.000104 * speed**2
    share = 0.8 + 0.1894393 * np.exp(-0.012778 * minutes) + 0.2989558 * np.exp(-0.1932605 * minutes)
    return shaped(cost / share, time_s, distance_m)


# ---------------------------------------------------------------- heat


def heat_slowdown_mantzios2022(*, wbgt_c: Real) -> tuple[Real, Real]:
    """How much slower the best run in this heat or cold, in %, from the lower to the upper end.

    Formula: 0.3 to 0.4 % for each °C of WBGT outside 7.5 to 15 °C; 0 inside; any shape.

    Error: the band is the published one, for elite runners over 1,258 races. Slower runners are
    out longer: at least this.

    Source (`mantzios_2022`): Mantzios et al., Med Sci Sports Exerc 2022; the abstract.

    >>> [round(end, 1) for end in heat_slowdown_mantzios2022(wbgt_c=22.0)]
    [2.1, 2.8]
    """
    given = np.asarray(wbgt_c, dtype=np.float64)
    beyond = np.maximum(given - 15.0, 0.0) + np.maximum(7.5 - given, 0.0)
    return shaped(0.3 * beyond, wbgt_c), shaped(0.4 * beyond, wbgt_c)


def slowdown_ely2007(*, wbgt_c: float, sex: Literal["male", "female"]) -> float:
    """How far the first in a marathon were from the course record at this WBGT, in %.

    Formula: a table of four bands of 5 °C from 5 to 25 °C; a limit belongs to the warmer band, 25
    to the last. NaN outside.

    Error: winners only; places 25 to 300 lost more, so slower runners lose at least this. Another
    study found the faster to lose more (New York, first thousand): disputed.

    Source (`ely_2007`): Ely et al., Med Sci Sports Exerc 2007; the abstract.

    >>> slowdown_ely2007(wbgt_c=22, sex="male")
    4.5
    """
    low, high = SLOWDOWN_ELY2007["wbgt_c"].low, SLOWDOWN_ELY2007["wbgt_c"].high
    if not low <= wbgt_c <= high:
        return math.nan
    return next(slower_pct for to_c, slower_pct in ELY_2007[sex] if wbgt_c < to_c or to_c == high)


def unsuccessful_starters_roberts2010(*, wbgt_c: Real) -> Real:
    """Starters of a marathon who do not finish or need the medical tent, in %.

    Formula: (0.514 W² − 8.097 W + 78.926) / 10, W in °C of WBGT at the start; any shape.

    Error: one northern race whose runners are not used to heat; 20.5 °C, the limit proposed there,
    gives 12.9 %. A secondary page has 9.5 % at 17 °C where the equation gives 9.0.

    Source (`roberts_2010`): Roberts, Med Sci Sports Exerc 2010, 42(2):226; equation from a
    secondary source.

    >>> round(unsuccessful_starters_roberts2010(wbgt_c=20.5), 1)
    12.9
    """
    return ((0.514 * wbgt_c - 8.097) * wbgt_c + 78.926) / 10


# ---------------------------------------------------------------- the wall


def hit_the_wall_doherty2020(*, times_s: Sequence[float], split_m: Literal[1000, 5000]) -> bool:
    """Whether a marathon, by its splits of equal length, looks like one that met the wall.

    Formula: some 1 km split at least 11 % slower than the mean of the others, or the standard
    deviation of splits over their mean above 0.0532; for 5 km 7.3 % and 0.0346. Population
    standard deviation: the source does not say which. Fewer than three splits say nothing: False.

    Error: against what 83 runners told: sensitivity 0.82 to 1, specificity 0.60 to 0.80. It does
    not tell a cramp from empty stores: ask the runner.

    Source (`doherty_2020`): Doherty et al., J Athl Train 2020, 55(5):494; the abstract.

    >>> hit_the_wall_doherty2020(times_s=[300] * 35 + [360] * 7, split_m=1000)
    True
    """
    times = np.asarray(times_s, dtype=np.float64)
    if len(times) < 3:
        return False
    slower, spread = WALL[split_m]
    others = (times.sum() - times) / (len(times) - 1)
    return bool(np.any(times >= slower * others) or np.std(times / times.mean()) > spread)
