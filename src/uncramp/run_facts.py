"""What is known of one run, as plain numbers that rules can read.

The numbers come from a case file or, through `timeline`, from a watch file. Everything unknown is
simply absent. No numpy here: a case must be answered in an eye's blink.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from uncramp import units
from uncramp.models import outside, wbgt

__all__ = ["RunFacts", "RunSummary", "Sky", "facts_from_summary", "with_onset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """Wind and sun during a run."""

    wind_speed_m_s: float
    """Ten metres above the ground."""
    solar_w_m2: float
    """On level ground."""
    direct_share: float
    """Share of it that comes as a beam."""
    cosine_of_zenith: float
    pressure_hpa: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run as a person would tell it; anything may be None."""

    distance_m: float | None = None
    duration_s: float | None = None
    race: bool | None = None
    onset_km: float | None = None
    onset_min: float | None = None
    temp_air_c: float | None = None
    relative_humidity_pct: float | None = None
    longest_30_days_m: float | None = None
    sky: Sky | None = None
    """None where sun or wind is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """Facts by name (`run.past_longest_pct`, …), with what was assumed to get them.

    Names: run.distance_km, run.duration_min, run.onset_km, run.onset_min, run.cramp_min (when it
    came, else how long the run was), run.onset_share (0–1 of the distance), run.past_longest_pct
    (distance at onset against the longest run of 30 days), run.first_part_faster_pct,
    run.slowdown_pct, run.descent_m, run.descent_beyond_pct, run.wbgt_c, run.temp_air_c; reckoned
    for a stored run, until the cramp: run.sweat_loss_l, run.sodium_loss_mg, run.salt_loss_ratio.
    """

    facts: Mapping[str, float]
    assumed: tuple[str, ...] = ()
    """Ids of messages `assumed.<id>`."""
    outside_validity: tuple[str, ...] = field(default=())
    """Model and argument, as `wbgt_approximation_abm: temp_air_c`."""


def facts_from_summary(run: RunSummary) -> RunFacts:
    """The facts that follow from one run as told."""
    facts: dict[str, float] = {}
    if run.distance_m is not None:
        facts["run.distance_km"] = units.kilometres_from_metres(run.distance_m)
    if run.duration_s is not None:
        facts["run.duration_min"] = units.minutes_from_seconds(run.duration_s)
    warm, assumed, limits = _heat(run)
    told = with_onset(
        facts | warm,
        onset_km=run.onset_km,
        onset_min=run.onset_min,
        longest_30_days_km=None
        if run.longest_30_days_m is None
        else units.kilometres_from_metres(run.longest_30_days_m),
    )
    return RunFacts(facts=told, assumed=assumed, outside_validity=limits)


def _heat(run: RunSummary) -> tuple[dict[str, float], tuple[str, ...], tuple[str, ...]]:
    """Heat facts, the ids of what was assumed, and the limits crossed."""
    if run.temp_air_c is None:
        return {}, (), ()
    facts = {"run.temp_air_c": run.temp_air_c}
    if run.relative_humidity_pct is None:
        return facts, (), ()
    weather = {
        "temp_air_c": run.temp_air_c,
        "relative_humidity_pct": run.relative_humidity_pct,
    }
    if run.sky is not None:
        outdoors = {
            **weather,
            "wind_speed_m_s": run.sky.wind_speed_m_s,
            "solar_w_m2": run.sky.solar_w_m2,
        }
        found, crossed = _heat_outdoors(run.sky, outdoors)
        if math.isfinite(found):
            return (facts | {"run.wbgt_c": found}, ("sun_from_clouds",),
                    tuple(f"wbgt_liljegren2008: {name}" for name in crossed))  # fmt: skip
    facts["run.wbgt_c"] = wbgt.wbgt_approximation_abm(
        temp_air_c=run.temp_air_c, relative_humidity_pct=run.relative_humidity_pct
    )
    crossed = outside(wbgt.WBGT_APPROXIMATION_ABM, weather)
    return facts, ("sun_and_wind",), tuple(f"wbgt_approximation_abm: {name}" for name in crossed)


def _heat_outdoors(sky: Sky, weather: Mapping[str, float]) -> tuple[float, tuple[str, ...]]:
    """The heat index in sun and wind, NaN where it does not settle, and the limits crossed."""
    from uncramp.models import heat  # numpy: only a stored run knows sun and wind

    found = heat.wbgt_liljegren2008(
        temp_air_c=weather["temp_air_c"],
        relative_humidity_pct=weather["relative_humidity_pct"],
        wind_speed_m_s=sky.wind_speed_m_s,
        solar_w_m2=sky.solar_w_m2,
        direct_share=sky.direct_share,
        cosine_of_zenith=sky.cosine_of_zenith,
        pressure_hpa=sky.pressure_hpa,
    )
    return found, outside(heat.WBGT_LILJEGREN2008, weather)


def with_onset(
    facts: Mapping[str, float],
    *,
    onset_km: float | None = None,
    onset_min: float | None = None,
    longest_30_days_km: float | None = None,
) -> dict[str, float]:
    """`facts` with what follows from where the cramp came.

    Kilometres and minutes each stand for themselves; without streams one is not guessed from the
    other, because runners slow down.
    """
    result = dict(facts)
    distance_km, duration_min = facts.get("run.distance_km"), facts.get("run.duration_min")
    if onset_km is not None:
        result["run.onset_km"] = onset_km
    if onset_min is not None:
        result["run.onset_min"] = onset_min
    if onset_km is not None and distance_km:
        result["run.onset_share"] = min(1.0, onset_km / distance_km)
    elif onset_min is not None and duration_min:
        result["run.onset_share"] = min(1.0, onset_min / duration_min)
    cramp_min = onset_min if onset_min is not None else duration_min
    if cramp_min is not None:
        result["run.cramp_min"] = cramp_min
    if onset_km is not None and longest_30_days_km:
        result["run.past_longest_pct"] = 100.0 * (onset_km / longest_30_days_km - 1.0)
    return result
