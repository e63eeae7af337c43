"""How long a race would take today: several published models, one band.

The power law is the backbone: Riegel's exponent up to the half marathon, beyond it the one that
runners of the same weekly distance showed. A runner's own exponent moves it only a little, for on
its own it predicts worse. Vickers and Vertosick, the minimal power model and Tanda stand beside it
where they are valid. All are computed on the level in cool air; course and heat come last.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from types import MappingProxyType
from typing import Final

from uncramp.evidence import value
from uncramp.gap.past import (
    Effort,
    Training,
    course_factor,
    efforts,
    heat_factor,
    training_of,
)
from uncramp.gap.shapes import Prediction
from uncramp.models import racetime
from uncramp.units import (
    Miles,
    kilometres_from_metres,
    metres_from_kilometres,
    miles_from_metres,
    seconds_from_minutes,
)
from uncramp.vocabulary import Interval, PlannedRace, Said, Sex, TrainedRun, UserProfile

__all__ = ["is_marathon", "predict", "tanda_is_valid"]

BANDS: Final = (
    ("conditioning.exponent_at.under_20_km", "conditioning.exponent.under_20_miles"),
    ("conditioning.exponent_at.from_20_km", "conditioning.exponent.from_20_miles"),
    ("conditioning.exponent_at.from_35_km", "conditioning.exponent.from_35_miles"),
    ("conditioning.exponent_at.from_50_km", "conditioning.exponent.from_50_miles"),
)
"""Kilometres a week, and the exponent beyond the half of those who run as many."""
MISSES: Final = (
    ("training.distance.5km", "conditioning.miss.5km_min"),
    ("training.distance.10km", "conditioning.miss.10km_min"),
    ("training.distance.half", "conditioning.miss.half_min"),
    ("training.distance.marathon", "conditioning.miss.marathon_min"),
)
"""A distance, and the miss of a marathon predicted from it."""
SHARES: Final = (
    ("training.distance.5km", "conditioning.miss.5km_share"),
    ("training.distance.half", "conditioning.miss.half_share"),
    ("training.distance.100km", "conditioning.miss.100km_share"),
)
"""A distance, and how far a race of that distance misses, as a share of its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What every model gets; times on the level in cool air."""

    race: PlannedRace
    training: Training
    anchors: tuple[Effort, ...]
    """Hard runs or races nearest in distance, best evidence first."""
    races: tuple[Effort, ...]
    """All races that count: what they say of the runner's own exponent."""
    raced: bool


def predict(
    *, race: PlannedRace, history: Sequence[TrainedRun], today: date, runner: UserProfile
) -> Prediction | None:
    """The finish time of `race` if it were run today; None without a run to go by."""
    training = training_of(history, today=today)
    found = efforts(history, today=today, race_m=race.distance_m)
    if not found:
        return None
    if training is None:  # races of half a year, and no run for eight weeks
        training = Training(km_per_week=0.0, pace_s_per_km=0.0, weeks=0.0, runs=())
    raced = found[0].is_race
    counted = _counted(found, race, training)
    asked = _Asked(
        race=race,
        training=training,
        anchors=_nearest(counted, race),
        races=counted if raced else (),
        raced=raced,
    )
    level = _by_model(asked)
    middle = _weighted(level)
    few = len(history) < value("conditioning.prediction.few_runs")
    sd_s = _sd_s(asked, middle) * (value("conditioning.prediction.few_runs_factor") if few else 1.0)
    ground, heat = course_factor(race), heat_factor(race.wbgt_c)
    band = _interval(middle, sd_s)
    return Prediction(
        time_s=_scaled(band, ground * heat),
        by_model=MappingProxyType(
            {name: _scaled(_interval(one.time_s, one.sd_s), ground * heat)
             for name, one in level.items()}
        ),
        from_runs=_used(asked, level),
        because=_because(asked, ground=ground, heat=heat, few=few),
        assumed=_assumed(race, runner, level),
        level_time_s=band,
    )  # fmt: skip


def is_marathon(race: PlannedRace) -> bool:
    """Whether models that know only the marathon may speak."""
    low, high = value("conditioning.gap.marathon_from_m"), value("conditioning.gap.marathon_to_m")
    return low <= race.distance_m <= high


def tanda_is_valid(*, km_per_week: float, time_s: float) -> bool:
    """Whether Tanda's equation was fitted on runners like this."""
    fastest = seconds_from_minutes(value("conditioning.gap.volume_fastest_min"))
    slowest = seconds_from_minutes(value("conditioning.gap.volume_slowest_min"))
    least = value("conditioning.gap.volume_least_km")
    most = value("conditioning.gap.volume_most_km")
    return least <= km_per_week <= most and fastest <= time_s <= slowest


# ---------------------------------------------------------------- which runs count


def _counted(found: Sequence[Effort], race: PlannedRace, training: Training) -> tuple[Effort, ...]:
    """Efforts that were hard enough.

    A slow race is left out when it cramped, or when another one of about its length or longer was
    much better. A slow long race beside a fast short one stays: it is what we know of the distance.
    Of training the one that promises most is taken alone: all others were run more easily.
    """
    promised = {id(one): _power_law(one, race.distance_m, training, own=None) for one in found}
    ranked = sorted(found, key=lambda one: promised[id(one)])
    if not ranked[0].is_race:
        return (ranked[0],)
    return tuple(one for one in ranked if not _went_wrong(one, ranked, promised))


def _nearest(counted: Sequence[Effort], race: PlannedRace) -> tuple[Effort, ...]:
    """Those of about the distance that is nearest to the race's, the newest first.

    A 10 km beside a half tells little more of a marathon: both miss in the same direction.
    """
    nearest = min(counted, key=lambda one: _apart(one.distance_m, race.distance_m))
    limit = math.log(value("conditioning.prediction.apart"))
    kept = [one for one in counted if _apart(one.distance_m, nearest.distance_m) < limit]
    return tuple(sorted(kept, key=lambda one: one.run.day, reverse=True))


def _apart(one_m: float, other_m: float) -> float:
    """How far two distances are apart, whichever is the longer."""
    return abs(math.log(one_m / other_m))


def _went_wrong(one: Effort, races: Sequence[Effort], promised: Mapping[int, float]) -> bool:
    """Whether this race says nothing of what the runner could do."""
    limit = promised[id(one)] / (1 + value("conditioning.prediction.slow_race_pct") / 100)
    least_m = value("conditioning.prediction.as_long") * one.distance_m
    better = [other for other in races if promised[id(other)] < limit]
    return any(one.run.cramped or other.distance_m >= least_m for other in better)


def _used(asked: _Asked, level: Mapping[str, _Model]) -> tuple[TrainedRun, ...]:
    """The runs behind the prediction; those of the volume come only where a model needs no race."""
    used = {id(one.run): one.run for one in (*asked.anchors, *asked.races)}
    if "tanda2011_pace" in level and not asked.raced:
        used |= {id(run): run for run in asked.training.runs}
    return tuple(used.values())


# ---------------------------------------------------------------- the models


@dataclass(frozen=True, slots=True)
class _Model:
    """What one model says, with its own published error."""

    time_s: float
    sd_s: float


def _by_model(asked: _Asked) -> dict[str, _Model]:
    """Every model that is valid here, on the level in cool air."""
    found = {"riegel": _riegel(asked)}
    pair = _pair(asked.races)
    if is_marathon(asked.race) and asked.raced:
        known = racetime.VICKERS2016["distance_m"].low
        if known <= asked.anchors[0].distance_m < value("conditioning.gap.marathon_from_m"):
            found["vickers2016_one_race"] = _vickers_one(asked)
        if pair is not None:
            found["vickers2016_two_races"] = _vickers_two(asked, pair)
    if pair is not None:
        power = _minimal_power(asked, pair)
        found |= {} if power is None else {"minimal_power": power}
    tanda = _tanda(asked) if is_marathon(asked.race) else None
    return found if tanda is None else found | {"tanda2011_pace": tanda}


def _riegel(asked: _Asked) -> _Model:
    """The power law from every anchor, the surer ones counting more."""
    own = _own_exponent(asked)
    weights = [1 / _anchor_sd_min(one) ** 2 for one in asked.anchors]
    times = [
        _power_law(one, asked.race.distance_m, asked.training, own=own) for one in asked.anchors
    ]
    middle = sum(w * t for w, t in zip(weights, times, strict=True)) / sum(weights)
    if not asked.raced:
        middle *= 1 - value("conditioning.prediction.race_faster_pct") / 100
    return _Model(middle, _sd_s(asked, middle))


def _power_law(one: Effort, target_m: float, training: Training, *, own: float | None) -> float:
    """Time over `target_m`: one exponent up to the half marathon, another beyond it."""
    half_m = value("training.distance.half")
    short, long = value("conditioning.exponent.short"), own or _exponent(training.km_per_week)
    if target_m >= one.distance_m:
        bend_m = min(max(one.distance_m, half_m), target_m)
        first, second = short, long
    else:
        bend_m = max(min(one.distance_m, half_m), target_m)
        first, second = long, short
    at_bend = racetime.riegel(
        time_s=one.time_s, distance_m=one.distance_m, target_m=bend_m, exponent=first
    )
    return racetime.riegel(time_s=at_bend, distance_m=bend_m, target_m=target_m, exponent=second)


def _exponent(km_per_week: float) -> float:
    """The exponent beyond the half marathon of runners who train as much."""
    points = [(value(at), value(exponent)) for at, exponent in BANDS]
    return _line(km_per_week, points)


def _own_exponent(asked: _Asked) -> float:
    """The population's exponent, moved a little towards what the runner's own races show.

    What is compared with the population is the exponent over the same stretch: two races below the
    half marathon say how far the runner is from Riegel's.
    """
    population = _exponent(asked.training.km_per_week)
    moves = [_move(first, second, asked.training) for first, second in _pairs(asked.races)]
    if not moves:
        return population
    spread = value("conditioning.exponent.own_sd") ** 2
    transfer = value("conditioning.exponent.transfer_sd") ** 2
    precision = sum(1 / variance for _, variance in moves)
    seen = sum(move / variance for move, variance in moves) / precision
    share = spread / (spread + transfer + 1 / precision)
    return population + share * seen


def _move(first: Effort, second: Effort, training: Training) -> tuple[float, float]:
    """How far two races are from the population's exponent, and the variance of that."""
    ratio = math.log(second.distance_m / first.distance_m)
    expected = _power_law(first, second.distance_m, training, own=None)
    variance = 2 * (value("conditioning.exponent.race_sd") / ratio) ** 2
    return math.log(second.time_s / expected) / ratio, variance


def _pairs(races: Sequence[Effort]) -> list[tuple[Effort, Effort]]:
    """Races far enough apart in distance, the shorter first."""
    apart = value("conditioning.prediction.apart")
    ordered = sorted(races, key=lambda one: one.distance_m)
    return [
        (first, second)
        for first, second in combinations(ordered, 2)
        if second.distance_m >= apart * first.distance_m
    ]


def _pair(races: Sequence[Effort]) -> tuple[Effort, Effort] | None:
    """The two races that reach furthest."""
    return max(
        _pairs(races), key=lambda pair: (pair[1].distance_m, pair[0].distance_m), default=None
    )


def _miles(asked: _Asked) -> Miles:
    """Weekly miles."""
    return miles_from_metres(metres_from_kilometres(asked.training.km_per_week))


def _vickers_one(asked: _Asked) -> _Model:
    best = asked.anchors[0]
    seconds = racetime.vickers2016_one_race(
        time_s=best.time_s, distance_m=best.distance_m, miles_per_week=_miles(asked)
    )
    return _Model(seconds, seconds_from_minutes(_anchor_sd_min(best)) * _longer(seconds))


def _vickers_two(asked: _Asked, pair: tuple[Effort, Effort]) -> _Model:
    first, second = pair
    seconds = racetime.vickers2016_two_races(
        time1_s=first.time_s,
        distance1_m=first.distance_m,
        time2_s=second.time_s,
        distance2_m=second.distance_m,
        miles_per_week=_miles(asked),
    )
    return _Model(seconds, _minutes_sd("conditioning.miss.two_races_min", seconds))


def _minimal_power(asked: _Asked, pair: tuple[Effort, Effort]) -> _Model | None:
    """None where two races do not make a runner: the longer one was not slower."""
    fit = racetime.minimal_power_fit(
        distances_m=[one.distance_m for one in pair], times_s=[one.time_s for one in pair]
    )
    if not (fit.v_m > 0 and fit.gamma_l > 0):
        return None
    seconds = racetime.minimal_power_time(
        v_m=fit.v_m, gamma_l=fit.gamma_l, distance_m=asked.race.distance_m
    )
    if not math.isfinite(seconds) or seconds <= 0:
        return None
    return _Model(seconds, _sd_s(asked, seconds) * _own_fit_is_worse())


def _own_fit_is_worse() -> float:
    """How much further a runner's own fit misses than the best model does."""
    return value("conditioning.miss.own_fit_min") / value("conditioning.miss.half_min")


def _tanda(asked: _Asked) -> _Model | None:
    """Tanda's pace, where the runner trains like those it was fitted on."""
    km, pace = asked.training.km_per_week, asked.training.pace_s_per_km
    if km <= 0:
        return None
    seconds_per_km = racetime.tanda2011_pace(km_per_week=km, pace_s_per_km=pace)
    seconds = seconds_per_km * kilometres_from_metres(asked.race.distance_m)
    if not tanda_is_valid(km_per_week=km, time_s=seconds):
        return None
    is_fitted = seconds <= racetime.TANDA2011["goal_time_s"].high
    key = "conditioning.miss.training_min" if is_fitted else "conditioning.miss.tanda_slow_min"
    return _Model(seconds, _minutes_sd(key, seconds))


def _weighted(level: Mapping[str, _Model]) -> float:
    """The models' mean, each counting by its published error."""
    weights = {name: 1 / one.sd_s**2 for name, one in level.items()}
    return sum(weights[name] * one.time_s for name, one in level.items()) / sum(weights.values())


# ---------------------------------------------------------------- the band


def _sd_s(asked: _Asked, time_s: float) -> float:
    """Standard deviation of a prediction, in seconds.

    Of a marathon: what predictions from this anchor missed in runners, the same in minutes up to
    four hours. Of other distances a share of the time, our own judgement, that meets the
    marathon's at its distance.
    """
    if asked.raced:
        minutes = min(_anchor_sd_min(one) for one in asked.anchors)
    else:
        minutes = value("conditioning.miss.training_min")
    if is_marathon(asked.race):
        return seconds_from_minutes(minutes) * _longer(time_s)
    apart = min(_apart(one.distance_m, asked.race.distance_m) for one in asked.anchors)
    doublings = max(apart / math.log(2) - 1, 0.0)
    known = 1 + value("conditioning.miss.doubling_share") * doublings
    if not asked.raced:
        known *= minutes / value("conditioning.miss.half_min")
    marathon_share = value("conditioning.miss.half_min") / value("conditioning.miss.from_min")
    points = [(math.log(value(distance)), value(share)) for distance, share in SHARES]
    points.append((math.log(value("training.distance.marathon")), marathon_share))
    return time_s * known * _line(math.log(asked.race.distance_m), sorted(points))


def _anchor_sd_min(one: Effort) -> float:
    """How far a marathon predicted from this distance misses, in minutes."""
    points = [(math.log(value(distance)), value(miss)) for distance, miss in MISSES]
    return _line(math.log(one.distance_m), points)


def _minutes_sd(key: str, time_s: float) -> float:
    """A published error in minutes, for a marathon of this time."""
    return seconds_from_minutes(value(key)) * _longer(time_s)


def _longer(time_s: float) -> float:
    """Bands in minutes grow with times beyond those they were found on."""
    return max(1.0, time_s / seconds_from_minutes(value("conditioning.miss.from_min")))


def _interval(middle_s: float, sd_s: float) -> Interval:
    wide = value("conditioning.prediction.band_sd") * sd_s
    return Interval(
        low=max(middle_s - wide, middle_s / 2),
        median=middle_s,
        high=middle_s + wide,
        level=value("conditioning.prediction.band_level"),
    )


def _scaled(band: Interval, factor: float) -> Interval:
    """A band of times on another course, in other weather; its width in minutes stays."""
    return Interval(
        low=band.low + band.median * (factor - 1),
        median=band.median * factor,
        high=band.high + band.median * (factor - 1),
        level=band.level,
    )


def _line(x: float, points: Sequence[tuple[float, float]]) -> float:
    """Straight lines between points in order; level beyond the outermost."""
    if x <= points[0][0]:
        return points[0][1]
    for (x1, y1), (x2, y2) in pairwise(points):
        if x <= x2:
            return y1 + (x - x1) / (x2 - x1) * (y2 - y1)
    return points[-1][1]


# ---------------------------------------------------------------- in words


def _because(asked: _Asked, *, ground: float, heat: float, few: bool) -> tuple[Said, ...]:
    best = asked.anchors[0]
    start = "gap.because.from_race" if asked.raced else "gap.because.from_training"
    is_whole = best.distance_m == best.run.distance_m
    best_s = best.run.moving_s if is_whole else best.time_s
    told: Mapping[str, object] = {
        "best_m": best.distance_m,
        "best_s": best_s,
        "day": best.run.day,
    }
    found = [Said(id=start, values=told, sources=("riegel_1981", "vickers_2016"))]
    if len(asked.races) > 1:
        count = len(asked.races)
        found.append(Said(id="gap.because.races", values={"count": count}))
    if asked.race.distance_m > value("training.distance.half"):
        found.append(
            Said(
                id="gap.because.volume",
                values={
                    "weekly_m": metres_from_kilometres(asked.training.km_per_week),
                    "exponent": f"{_own_exponent(asked):.2f}",
                },
                sources=("vickers_2016",),
            )
        )
    if ground != 1:
        id_ = "gap.because.course_slower" if ground > 1 else "gap.because.course_faster"
        found.append(Said(id=id_, values={"course_pct": abs(100 * (ground - 1))},
                          sources=("minetti_2002", "strava_gap_2017")))  # fmt: skip
    if heat > 1:
        values = {"heat_pct": 100 * (heat - 1), "wbgt_c": asked.race.wbgt_c}
        found.append(Said(id="gap.because.heat", values=values, sources=("mantzios_2022",)))
    if few:
        found.append(Said(id="gap.because.few_runs", sources=("judgement",)))
    return tuple(found)


def _assumed(
    race: PlannedRace, runner: UserProfile, level: Mapping[str, _Model]
) -> tuple[Said, ...]:
    found = []
    if not race.course and race.ascent_m is None:
        found.append(Said(id="gap.assumed.level_course"))
    if race.wbgt_c is None:
        found.append(Said(id="gap.assumed.cool"))
    if "tanda2011_pace" in level and runner.sex is not Sex.MALE:
        found.append(Said(id="gap.assumed.tanda_men", sources=("tanda_2011",)))
    if not is_marathon(race):
        found.append(Said(id="gap.assumed.band", sources=("judgement",)))
    return tuple(found)
