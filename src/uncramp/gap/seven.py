"""The seven gaps, each with the model's own error; they are never averaged into one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median
from types import MappingProxyType
from typing import Final

from uncramp.evidence import value
from uncramp.gap.past import (
    Training,
    course_factor,
    critical_speed_of,
    heat_factor,
    longest_of,
    recent,
    training_of,
)
from uncramp.gap.prediction import is_marathon, predict, tanda_is_valid
from uncramp.gap.shapes import GAPS, Gap, GapReport, Prediction
from uncramp.models import load, racetime
from uncramp.units import kilometres_from_metres, metres_from_kilometres, minutes_from_seconds
from uncramp.vocabulary import PlannedRace, Said, Sex, TrainedRun, UserProfile

__all__ = ["gaps_of"]

RATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "small": "conditioning.gap.spike_small_ratio",
        "moderate": "conditioning.gap.spike_moderate_ratio",
        "large": "conditioning.gap.spike_large_ratio",
    }
)
"""Injury rates by class of run; the class that is no spike has none."""
COHORTS: Final = (
    ("conditioning.gap.cohort_fast_min", "conditioning.gap.cohort_fast_km"),
    ("conditioning.gap.cohort_middle_min", "conditioning.gap.cohort_middle_km"),
    ("conditioning.gap.cohort_slow_min", "conditioning.gap.cohort_slow_km"),
)
"""A finish time, and what those who had it ran a week."""
PRONE_EARLIER: Final = ("schwellnus_2011", "kona_records", "hoffman_2015")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What every gap looks at."""

    runner: UserProfile
    today: date
    race: PlannedRace
    history: Sequence[TrainedRun]
    prediction: Prediction | None
    training: Training | None

    @property
    def aim_s(self) -> float | None:
        """The goal; to finish well is what the prediction says."""
        if self.race.goal_time_s is not None:
            return self.race.goal_time_s
        return None if self.prediction is None else self.prediction.time_s.median

    @property
    def hardness(self) -> float:
        """Time on this course and day over time on the level in cool air."""
        return course_factor(self.race) * heat_factor(self.race.wbgt_c)


def gaps_of(
    *,
    runner: UserProfile,
    today: date,
    race: PlannedRace,
    history: Sequence[TrainedRun],
    cramped_before: bool | None = None,
    family_cramps: bool | None = None,
) -> GapReport:
    """How far `race` goes beyond what `history` trained for, one gap at a time.

    `cramped_before` and `family_cramps` are what the runner told; runs that cramped tell too.
    """
    past = sorted((run for run in history if run.day <= today), key=lambda run: run.day)
    facts = _Facts(
        runner=runner,
        today=today,
        race=race,
        history=past,
        prediction=predict(race=race, history=past, today=today, runner=runner),
        training=training_of(past, today=today),
    )
    return GapReport(
        gaps=tuple(OF[name](facts) for name in GAPS),
        prediction=facts.prediction,
        proneness=_proneness(facts, cramped_before=cramped_before, family_cramps=family_cramps),
        reachable=_reachable(facts),
        says=_says(facts),
        assumed=() if facts.prediction is None else facts.prediction.assumed,
    )


def _unknown(gap: str, unit: str, *why: Said, runs: Sequence[TrainedRun] = ()) -> Gap:
    """A gap that could not be computed, and why."""
    return Gap(id=gap, value=None, unit=unit, missing=why, runs=tuple(runs))


def _limits(*keys: str) -> tuple[float, ...]:
    """Where one published class ends and the next begins."""
    return tuple(value(key) for key in keys)


def _said(name: str, *sources: str) -> Said:
    return Said(id=name, sources=sources)


# ---------------------------------------------------------------- pace


def _pace(facts: _Facts) -> Gap:
    """Goal speed over predicted speed, in %; both on this course and day."""
    goal_s, prediction = facts.race.goal_time_s, facts.prediction
    if prediction is None:
        return _unknown("gap_pace", "%", _said("gap.missing.no_run"))
    if goal_s is None:
        return _unknown("gap_pace", "%", _said("gap.missing.no_goal"), runs=prediction.from_runs)
    band = prediction.time_s
    middles = [one.median for one in prediction.by_model.values()]
    if len(middles) > 1:
        fastest, slowest = min(middles), max(middles)
    else:
        fastest, slowest = band.low, band.high
    klass = "inside_spread"
    if goal_s < fastest:
        klass = "faster_than_every_model"
    elif goal_s > slowest:
        klass = "slower_than_every_model"
    said = Said(
        id=f"gap.because.pace_{klass}",
        values={"goal_s": goal_s, "fastest_s": fastest, "slowest_s": slowest},
        sources=("schwellnus_2011",),
    )
    return Gap(
        id="gap_pace",
        value=100 * (band.median / goal_s - 1),
        unit="%",
        low=100 * (band.low / goal_s - 1),
        high=100 * (band.high / goal_s - 1),
        level=band.level,
        kind_of_error="model",
        klass=klass,
        because=(said, *prediction.because),
        runs=prediction.from_runs,
        parts=MappingProxyType(
            {
                "goal_s": goal_s,
                "predicted_s": band.median,
                "low_s": band.low,
                "high_s": band.high,
                "fastest_model_s": fastest,
                "slowest_model_s": slowest,
            }
        ),
    )


# ---------------------------------------------------------------- distance


def _spike(facts: _Facts) -> Gap:
    """Race distance over the longest run of the last 30 days, in %."""
    longest = longest_of(facts.history, today=facts.today)
    days = value("conditioning.gap.longest_days")
    if longest is None:
        return _unknown(
            "gap_spike", "%", Said(id="gap.missing.no_recent_run", values={"days": days})
        )
    if longest.distance_m < value("conditioning.gap.no_longest_m"):
        said = Said(id="gap.missing.longest_short", values={"longest_m": longest.distance_m})
        return _unknown("gap_spike", "%", said, runs=(longest,))
    excess_pct, klass = load.spike_class_frandsen2025(
        longest_30_days_km=kilometres_from_metres(longest.distance_m),
        distance_km=kilometres_from_metres(facts.race.distance_m),
    )
    values = {"longest_m": longest.distance_m, "day": longest.day,
              "race_m": facts.race.distance_m, "excess_pct": abs(excess_pct)}  # fmt: skip
    name = "spike" if excess_pct > 0 else "spike_inside"
    because = [Said(id=f"gap.because.{name}", values=values)]
    if klass in RATES:
        because.append(
            Said(
                id="gap.because.spike_rate",
                values={"ratio": f"{value(RATES[klass]):.1f}"},
                sources=("frandsen_2025",),
            )
        )
    return Gap(
        id="gap_spike",
        value=excess_pct,
        unit="%",
        kind_of_error="exact",
        klass=f"spike_{klass}",
        because=tuple(because),
        runs=(longest,),
        limits=_limits(
            "conditioning.gap.spike_inside_pct",
            "conditioning.gap.spike_small_to_pct",
            "conditioning.gap.spike_moderate_to_pct",
        ),
        parts=MappingProxyType(
            {
                "longest_m": longest.distance_m,
                "race_m": facts.race.distance_m,
                "inside_m": facts.race.distance_m / _step(),
            }
        ),
    )


def _step() -> float:
    """The longest run may grow by this factor at a time."""
    return 1 + value("conditioning.gap.step_pct") / 100


# ---------------------------------------------------------------- intensity


def _intensity(facts: _Facts) -> Gap:
    """Speed of the race on the level as a share of critical speed, in %."""
    aim_s = facts.aim_s
    found = critical_speed_of(facts.history, today=facts.today)
    missing = [] if aim_s is not None else [_said("gap.missing.no_goal_no_run")]
    missing += [] if found is not None else [_said("gap.missing.no_critical_speed")]
    if aim_s is None or found is None:
        return _unknown("gap_intensity", "%", *missing)
    speed_m_s = facts.race.distance_m / aim_s * facts.hardness
    share_pct = 100 * speed_m_s / found.speed_m_s
    error = value("conditioning.prediction.band_sd") * value("conditioning.gap.cs_error_m_s")
    limit_pct = value("conditioning.gap.cs_fast_first_half_pct")
    klass = None
    if is_marathon(facts.race):
        klass = "cs_over_94" if share_pct > limit_pct else "cs_up_to_94"
    metre = metres_from_kilometres(1)
    because = [
        Said(
            id="gap.because.intensity",
            values={"share_pct": share_pct, "critical_s_per_km": metre / found.speed_m_s},
        )
    ]
    if is_marathon(facts.race):
        usual = {"usual_pct": value("conditioning.gap.cs_usual_pct"), "limit_pct": limit_pct}
        because.append(
            Said(id="gap.because.intensity_usual", values=usual,
                 sources=("smyth_muniz_pumares_2020",))
        )  # fmt: skip
    return Gap(
        id="gap_intensity",
        value=share_pct,
        unit="%",
        low=100 * speed_m_s / (found.speed_m_s + error),
        high=100 * speed_m_s / max(found.speed_m_s - error, found.speed_m_s / 2),
        level=value("conditioning.prediction.band_level"),
        kind_of_error="model",
        klass=klass,
        because=tuple(because),
        runs=found.runs,
        limits=_limits("conditioning.gap.cs_fast_first_half_pct") if klass else (),
        parts=MappingProxyType(
            {
                "critical_speed_m_s": found.speed_m_s,
                "race_speed_m_s": speed_m_s,
                "even_pct": value("conditioning.gap.cs_usual_pct") if klass else 100.0,
            }
        ),
    )


# ---------------------------------------------------------------- volume


def _volume(facts: _Facts) -> Gap:
    """Weekly kilometres that the goal asks for beyond those that were run."""
    training, aim_s = facts.training, facts.aim_s
    if training is None or aim_s is None:
        why = "gap.missing.no_recent_training" if training is None else "gap.missing.no_goal_no_run"
        return _unknown("gap_volume", "km/week", _said(why))
    if not is_marathon(facts.race):
        said = Said(
            id="gap.missing.volume_marathon_only",
            values={"weekly_m": metres_from_kilometres(training.km_per_week)},
        )
        return _unknown("gap_volume", "km/week", said, runs=training.runs)
    level_s = aim_s / facts.hardness
    found = _tanda_needs(training, facts.race, level_s)
    wanted_km, error_km, klass = found or _cohort_runs(level_s)
    gap_km = wanted_km - training.km_per_week
    values = {"weekly_m": metres_from_kilometres(training.km_per_week),
              "wanted_m": metres_from_kilometres(wanted_km), "aim_s": aim_s}  # fmt: skip
    source = "tanda_2011" if found else "muniz_pumares_2025"
    because = [Said(id=f"gap.because.{klass}", values=values, sources=(source,))]
    if found and facts.runner.sex is not Sex.MALE:
        because.append(_said("gap.because.tanda_men", "tanda_2011"))
    if training.weeks < value("conditioning.prediction.volume_weeks"):
        because.append(Said(id="gap.because.short_history", values={"weeks": training.weeks}))
    return Gap(
        id="gap_volume",
        value=gap_km,
        unit="km/week",
        low=gap_km - error_km,
        high=gap_km + error_km,
        level=value("conditioning.prediction.band_level"),
        kind_of_error="model" if found else "spread",
        klass=klass,
        because=tuple(because),
        runs=training.runs,
        parts=MappingProxyType(
            {"km_per_week": training.km_per_week, "wanted_km_per_week": wanted_km}
        ),
    )


def _tanda_needs(
    training: Training, race: PlannedRace, level_s: float
) -> tuple[float, float, str] | None:
    """Kilometres a week by Tanda's equation with their error; None outside its range."""
    if not tanda_is_valid(km_per_week=training.km_per_week, time_s=level_s):
        return None
    goal_s = level_s * value("training.distance.marathon") / race.distance_m
    needed = _tanda_km(goal_s, training)
    miss_s = (
        value("conditioning.gap.tanda_sd_s_per_km")
        * kilometres_from_metres(value("training.distance.marathon"))
        * value("conditioning.prediction.band_sd")
    )
    slower = _tanda_km(goal_s + miss_s, training)
    if needed is None:
        return None
    error_km = needed - slower if slower is not None else needed
    return needed, abs(error_km), "volume_tanda"


def _tanda_km(goal_s: float, training: Training) -> float | None:
    """The equation the other way round; None where no distance is enough at this pace."""
    found = racetime.tanda2011_km_per_week(goal_time_s=goal_s, pace_s_per_km=training.pace_s_per_km)
    return found if math.isfinite(found) and found >= 0 else None


def _cohort_runs(level_s: float) -> tuple[float, float, str]:
    """What finishers of that time ran a week, and how much it differs between them."""
    points = [(value(minutes), value(km)) for minutes, km in COHORTS]
    minutes = minutes_from_seconds(level_s)
    km = points[-1][1] if minutes >= points[-1][0] else points[0][1]
    for (low, from_km), (high, to_km) in pairwise(points):
        if low <= minutes <= high:
            km = from_km + (minutes - low) / (high - low) * (to_km - from_km)
    error = value("conditioning.gap.cohort_sd_km") * value("conditioning.prediction.band_sd")
    return km, error, "volume_cohort"


# ---------------------------------------------------------------- durability


def _durability(facts: _Facts) -> Gap:
    """How much dearer in heart beats a metre gets late in the longest recent runs."""
    days = value("conditioning.prediction.volume_weeks") * value("conditioning.gap.week_days")
    runs = recent(facts.history, today=facts.today, days=days)
    long = [run for run in runs if run.moving_s >= value("conditioning.gap.drift_from_s")]
    read = sorted(
        (run for run in long if run.decoupling_pct is not None),
        key=lambda run: -run.distance_m,
    )[: int(value("conditioning.gap.drift_runs"))]
    if not read:
        why = "gap.missing.no_drift" if long else "gap.missing.no_long_run"
        return _unknown("gap_durability", "ratio", _said(why), runs=long)
    ratios = [1 + (run.decoupling_pct or 0.0) / 100 for run in read]
    middle = median(ratios)
    klass = load.decoupling_class_smyth2022(ratio=middle)
    said = Said(
        id="gap.because.drift",
        values={"drift_pct": 100 * (middle - 1), "count": len(read)},
        sources=("smyth_2022",),
    )
    return Gap(
        id="gap_durability",
        value=middle,
        unit="ratio",
        low=min(ratios),
        high=max(ratios),
        kind_of_error="spread",
        klass=f"drift_{klass}",
        because=(said, _said("gap.because.drift_halves", "judgement")),
        runs=tuple(read),
        limits=_limits("conditioning.gap.drift_low_ratio", "conditioning.gap.drift_moderate_ratio"),
        parts=MappingProxyType({"ratio": middle}),
    )


# ---------------------------------------------------------------- descent and heat


def _descent(facts: _Facts) -> Gap:
    """Metres down in the race over the most in one run of the last 30 days."""
    race_m = facts.race.descent_m
    if race_m is None:
        race_m = _fall_of(facts.race)
    days = value("conditioning.gap.longest_days")
    runs = [run for run in recent(facts.history, today=facts.today, days=days)
            if run.descent_m is not None]  # fmt: skip
    missing = [] if race_m is not None else [_said("gap.missing.no_descent_of_race")]
    missing += [] if runs else [_said("gap.missing.no_descent_of_runs")]
    if race_m is None or not runs:
        return _unknown("gap_descent", "ratio", *missing)
    most = max(runs, key=lambda run: run.descent_m or 0.0)
    most_m = most.descent_m or 0.0
    if most_m <= 0:
        said = Said(id="gap.missing.never_down", values={"descent_m": race_m})
        return _unknown("gap_descent", "ratio", said, runs=(most,))
    values = {"race_descent_m": race_m, "most_descent_m": most_m, "day": most.day}
    return Gap(
        id="gap_descent",
        value=race_m / most_m,
        unit="ratio",
        because=(
            Said(id="gap.because.descent", values=values),
            _said("gap.because.descent_no_limit", "bontemps_2020"),
        ),
        runs=(most,),
        parts=MappingProxyType({"race_m": race_m, "most_m": most_m}),
    )


def _fall_of(race: PlannedRace) -> float | None:
    """Metres down of a course profile."""
    if len(race.course) < 2:
        return None
    heights = [point.elevation_m for point in race.course]
    return sum(max(one - two, 0.0) for one, two in pairwise(heights))


def _heat(facts: _Facts) -> Gap:
    """WBGT of the race over the middle one of the runs of the last two weeks."""
    race_c = facts.race.wbgt_c
    days = value("conditioning.gap.heat_days")
    runs = [run for run in recent(facts.history, today=facts.today, days=days)
            if run.wbgt_c is not None]  # fmt: skip
    missing = [] if race_c is not None else [_said("gap.missing.no_heat_of_race")]
    missing += [] if runs else [Said(id="gap.missing.no_heat_of_runs", values={"days": days})]
    if race_c is None or not runs:
        return _unknown("gap_heat", "°C", *missing)
    usual_c = median([run.wbgt_c for run in runs if run.wbgt_c is not None])
    values = {"race_c": race_c, "usual_c": usual_c}
    name = "heat_hotter" if race_c > usual_c else "heat_cooler"
    return Gap(
        id="gap_heat",
        value=race_c - usual_c,
        unit="°C",
        because=(
            Said(id=f"gap.because.{name}", values=values),
            _said("gap.because.heat_no_limit", "judgement"),
        ),
        runs=tuple(runs),
        parts=MappingProxyType({"race_c": race_c, "usual_c": usual_c}),
    )


OF: Final[Mapping[str, Callable[[_Facts], Gap]]] = MappingProxyType(
    {
        "gap_pace": _pace,
        "gap_spike": _spike,
        "gap_intensity": _intensity,
        "gap_volume": _volume,
        "gap_durability": _durability,
        "gap_descent": _descent,
        "gap_heat": _heat,
    }
)


# ---------------------------------------------------------------- beside the gaps


def _proneness(
    facts: _Facts, *, cramped_before: bool | None, family_cramps: bool | None
) -> tuple[Said, ...]:
    """What makes cramps likelier whatever the training; what is not known is said to be so."""
    cramped = [run for run in facts.history if run.cramped]
    found = []
    if cramped:
        values = {"count": len(cramped), "day": cramped[-1].day}
        found.append(Said(id="gap.prone.cramped_runs", values=values, sources=PRONE_EARLIER))
    elif cramped_before:
        found.append(_said("gap.prone.cramped_before", *PRONE_EARLIER))
    elif cramped_before is None:
        found.append(_said("gap.prone.not_asked"))
    if family_cramps:
        found.append(_said("gap.prone.family", "shang_2011"))
    age_y = facts.runner.age_y
    if age_y is not None and age_y > value("conditioning.gap.older_from_y"):
        found.append(_said("gap.prone.age", "safer_xxix"))
    if facts.runner.sex is Sex.MALE:
        found.append(_said("gap.prone.men", "safer_xxix"))
    return tuple(found)


def _wanted_longest_m(race: PlannedRace) -> float:
    """The longest run that prepares: within 10 % of the race, or what plans usually reach."""
    return min(race.distance_m / _step(), value("conditioning.gap.usual_longest_m"))


def _reachable(facts: _Facts) -> tuple[Said, ...]:
    """Whether the longest run can grow in time by 10 % steps, with recovery weeks and taper."""
    longest = longest_of(facts.history, today=facts.today)
    weeks = (facts.race.day - facts.today).days // value("conditioning.gap.week_days")
    wanted_m = _wanted_longest_m(facts.race)
    if longest is None or longest.distance_m < value("conditioning.gap.no_longest_m"):
        return (Said(id="gap.reach.start_easy", values={"weeks": weeks}, sources=("judgement",)),)
    if longest.distance_m >= wanted_m:
        counts = (facts.race.day - longest.day).days <= value("conditioning.gap.longest_days")
        values = {"longest_m": longest.distance_m, "wanted_m": wanted_m}
        return (Said(id="gap.reach.there" if counts else "gap.reach.again", values=values),)
    steps = math.ceil(math.log(wanted_m / longest.distance_m) / math.log(_step()) - 1e-9)
    needed = _weeks_for(steps)
    values = {"longest_m": longest.distance_m, "wanted_m": wanted_m, "weeks": weeks,
              "needed": needed}  # fmt: skip
    if needed <= weeks:
        return (Said(id="gap.reach.in_time", values=values, sources=("frandsen_2025",)),)
    while steps > 0 and _weeks_for(steps) > weeks:
        steps -= 1
    if steps <= 0:
        return (Said(id="gap.reach.no_time", values=values, sources=("frandsen_2025",)),)
    best_m = min(longest.distance_m * _step() ** steps, wanted_m)
    values |= {
        "best_m": best_m,
        "excess_pct": 100 * (facts.race.distance_m / best_m - 1),
    }
    return (Said(id="gap.reach.not_by_then", values=values, sources=("frandsen_2025",)),)


def _weeks_for(steps: int) -> float:
    """Weeks that so many steps need: every fourth is for recovery, the last are taper."""
    rests = (steps - 1) // value("conditioning.gap.steps_between_rests") if steps else 0
    return steps + rests + value("conditioning.gap.taper_weeks")


def _says(facts: _Facts) -> tuple[Said, ...]:
    """What holds for everybody who runs this distance."""
    race_m, usual_m = facts.race.distance_m, value("conditioning.gap.usual_longest_m")
    values = {"race_m": race_m, "usual_m": usual_m, "inside_m": race_m / _step(),
              "excess_pct": 100 * (race_m / usual_m - 1)}  # fmt: skip
    if is_marathon(facts.race):
        id_ = "gap.says.marathon"
    elif race_m / _step() > usual_m:
        id_ = "gap.says.beyond"
    else:
        id_ = "gap.says.needs"
    return (
        Said(id=id_, values=values, sources=("frandsen_2025",)),
        _said("gap.says.no_probability", "judgement"),
    )
