"""Water and sodium of a stored run: its file minute by minute through the simulated body.

What comes out is an estimate with a wide band, and never why a cramp came. Sun and wind are left
out, as they are where a sweat test is read, so that what tests taught fits what is simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import log
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.intake import ToldIntake, told_intakes
from uncramp.actions.runner_body import RunnerBody, runner_body
from uncramp.actions.training_history import current_metrics
from uncramp.actions.weather import best_of
from uncramp.cramps import salt_loss_ratio
from uncramp.evidence import value
from uncramp.simulation.balance import STATES, simulate, sweat_of_minute
from uncramp.simulation.draws import Body, draw_body
from uncramp.simulation.forcing import forcing_of
from uncramp.simulation.scenario import Exercise, Intake, Scenario, SimulatedRunner, Weather
from uncramp.timeline import Losses
from uncramp.track import bin_edges, levels, track_of
from uncramp.units import (
    minutes_from_seconds,
    mmol_from_mg_sodium,
    seconds_from_minutes,
    sodium_mg_from_mmol,
)
from uncramp.vocabulary import Interval

if TYPE_CHECKING:
    from datetime import date

    from uncramp.store.rows import ActivityRow, Cramped, CrampMark
    from uncramp.vocabulary import Activity, FloatArray

__all__ = [
    "Air",
    "LossCurve",
    "OtherRun",
    "RunBalance",
    "compared",
    "curve_from",
    "minutes_of",
    "run_balance",
    "scenario_of",
]

DRAWS: Final = 512
LEVEL: Final = 0.9
BAND_PCT: Final = (5, 50, 95)
MOST_POINTS: Final = 60
LONGEST_MIN: Final = 2880
"""As long as a scenario may be."""
MOST_OTHERS: Final = 12
LOOKED_AT: Final = 20
"""Other runs of which the file is asked whether it is believed."""
DEGREES_ALIKE: Final = 10.0
"""So many degrees are as unlike as a run that is e times as long."""
LEAST_MINUTE_M: Final = 30.0
"""A minute in which less was covered has no slope worth the name."""
MINUTES_AN_HOUR: Final = 60.0
SMOOTHING: Final = (1.0, 2.0, 3.0, 2.0, 1.0)
"""How much the levels of the minutes around count in that of a minute."""
STEEPEST: Final = 0.45
ALWAYS_ASSUMED: Final = ("shade_no_wind",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """The air of a run."""

    temp_air_c: float
    relative_humidity_pct: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LossCurve:
    """What was lost since the start, at some minutes."""

    minutes: tuple[float, ...]
    sweat_l: tuple[Interval, ...]
    sodium_mg: tuple[Interval, ...]

    def at(self, bands: tuple[Interval, ...], minute: float) -> Interval:
        """One of the two at any minute, in a straight line between its neighbours."""
        low, median, high = (
            float(np.interp(minute, self.minutes, [getattr(one, part) for one in bands]))
            for part in ("low", "median", "high")
        )
        return Interval(low=low, median=median, high=high, level=LEVEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRun:
    """Another run of the same runner: what it cost, up to its cramp or its end."""

    activity_id: int
    day: date | None
    cramped: Cramped | None
    """None when nobody said."""
    minutes: float
    temp_air_c: float
    sweat_l: float
    sodium_mg: float
    as_much: bool
    """Whether it cost at least as much sodium as the run it is held against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBalance:
    """One run through the simulated body; `losses` and `curve` are None while `missing` is not."""

    losses: Losses | None = None
    curve: LossCurve | None = None
    missing: tuple[str, ...] = ()
    """`profile`, `weather`, `pace`: ids of messages `timeline.thin.losses_<id>`."""
    profile_missing: tuple[str, ...] = ()
    """Which fields of the profile."""
    assumed: tuple[str, ...] = ()
    """Ids of messages `assumed.<id>`."""
    drunk_l: float | None = None
    """By that minute, as it was told of this run; None when nobody told."""
    sodium_taken_mg: float | None = None
    """By that minute, in a plan that was followed; None when nobody told."""
    water_l: Interval | None = None
    """Water in the body against the start, with `drunk_l` counted; below 0 is lost."""
    air: Air | None = None
    """The air that it was simulated in."""
    others: tuple[OtherRun, ...] = field(default=())
    """Like runs, those first of which something is known."""


def run_balance(
    context: Context,
    row: ActivityRow,
    activity: Activity,
    *,
    air: Air | None,
    onset_min: float | None,
) -> RunBalance:
    """What the runner of `context` is reckoned to have lost on a run, up to the cramp or the end.

    Nothing is guessed of the runner: what is not known is told in `missing`.
    """
    who = runner_body(context)
    minutes = minutes_of(activity)
    missing = {
        "profile": who.simulated is None,
        "weather": air is None,
        "pace": minutes is None,
    }
    if who.simulated is None or air is None or minutes is None:
        return RunBalance(
            missing=tuple(name for name, is_missing in missing.items() if is_missing),
            profile_missing=who.missing,
        )
    told = told_intakes(context).get(row.activity_id, ToldIntake())
    drunk_l, sodium_mg = told.each_minute(minutes)
    scenario = who.fitted_to(scenario_of(who.simulated, minutes, air, drunk_l, sodium_mg))
    found = balance_of(scenario, onset_min=onset_min, has_drunk=drunk_l is not None)
    return replace(
        found,
        air=air,
        sodium_taken_mg=None if sodium_mg is None else taken_by(sodium_mg, found.losses),
        assumed=(*assumed_of(activity, air, drunk_l, sodium_mg), *who.assumed),
    )


def taken_by(sodium_mg: FloatArray, losses: Losses | None) -> float | None:
    """Sodium taken by the moment that matters."""
    return None if losses is None else float(sodium_mg[: round(losses.minute)].sum())


def balance_of(scenario: Scenario, *, onset_min: float | None, has_drunk: bool) -> RunBalance:
    """A scenario simulated, with the moment that matters."""
    n_minutes = scenario.exercise.n_minutes
    at = n_minutes if onset_min is None else min(max(1, round(onset_min)), n_minutes)
    body = body_of(scenario)
    step = max(1, -(-n_minutes // MOST_POINTS))
    wanted = sorted({*range(0, n_minutes, step), n_minutes, at})
    trace = simulate(scenario, forcing_of(scenario), body, minutes=wanted)
    carried = {name: trace.carried[name][:, 0] for name in STATES}
    sweat = [band(one) for one in carried["sweat_loss_l"]]
    sodium_mg = sodium_mg_from_mmol(1.0) * carried["sodium_loss_mmol"]
    sodium = [band(one) for one in sodium_mg]
    here = wanted.index(at)
    logs = np.log(sodium_mg[here])
    ratio = salt_loss_ratio(log_mg=float(logs.mean()), log_sd=float(logs.std()))
    held = carried["water_change_l"][here] + carried["gut_fluid_l"][here]
    return RunBalance(
        losses=Losses(
            minute=float(at),
            at_cramp=onset_min is not None,
            sweat_l=sweat[here],
            sodium_mg=sodium[here],
            salt_loss_ratio=None if onset_min is None else ratio,
        ),
        curve=LossCurve(
            minutes=tuple(float(one) for one in wanted),
            sweat_l=tuple(sweat),
            sodium_mg=tuple(sodium),
        ),
        drunk_l=float(carried["fluid_intake_l"][here][0]) if has_drunk else None,
        water_l=band(held) if has_drunk else None,
    )


def band(draws: FloatArray) -> Interval:
    """The middle of the draws, and where nine of ten lie."""
    low, median, high = np.percentile(draws, BAND_PCT).tolist()
    return Interval(low=low, median=median, high=high, level=LEVEL)


def body_of(scenario: Scenario) -> Body:
    """The draws of a runner: the same ones for every run, so that runs compare."""
    return draw_body(scenario, n_draws=DRAWS)


# ---------------------------------------------------------------- a run as a scenario


def minutes_of(activity: Activity) -> Exercise | None:
    """Speed and slope of every minute, pauses at rest; None without a distance."""
    track = track_of(activity) if activity.is_run else None
    if track is None:
        return None
    n_minutes = max(1, round(minutes_from_seconds(float(track.time_s[-1]))))
    if n_minutes > LONGEST_MIN:
        return None
    edges_s = seconds_from_minutes(1.0) * np.arange(n_minutes + 1.0)
    metres = np.diff(np.interp(edges_s, track.time_s, track.ran_m))
    return Exercise(
        speed_m_s=metres / seconds_from_minutes(1.0), grade=grades_of(activity, edges_s, metres)
    )


def grades_of(activity: Activity, edges_s: FloatArray, metres: FloatArray) -> FloatArray:
    """Slope of every minute from smoothed levels; level where none were recorded."""
    bins_s = bin_edges(0.0, float(edges_s[-1]))
    at_bins = levels(activity, bins_s)
    if at_bins is None:
        return np.zeros(metres.size)
    at_minutes = np.interp(edges_s, bins_s, at_bins)
    kernel = np.array(SMOOTHING) / sum(SMOOTHING)
    padded = np.pad(at_minutes, len(SMOOTHING) // 2, mode="edge")
    smooth = np.convolve(padded, kernel, mode="valid")
    slope = np.diff(smooth) / np.maximum(metres, LEAST_MINUTE_M)
    return np.asarray(np.clip(slope, -STEEPEST, STEEPEST))


def scenario_of(
    runner: SimulatedRunner,
    minutes: Exercise,
    air: Air,
    drunk_l: FloatArray | None = None,
    sodium_mg: FloatArray | None = None,
) -> Scenario:
    """The scenario of a run in the field, in the shade, without wind; None went in as nothing."""
    n_minutes = minutes.n_minutes
    humidity = air.relative_humidity_pct
    none = np.zeros((1, n_minutes))
    salt = none if sodium_mg is None else mmol_from_mg_sodium(1.0) * sodium_mg[None, :]
    return Scenario(
        runner=runner,
        exercise=minutes,
        weather=Weather(
            temp_air_c=np.full(n_minutes, air.temp_air_c),
            relative_humidity_pct=np.full(
                n_minutes, value("sweat.unknown_humidity_pct") if humidity is None else humidity
            ),
            wind_speed_m_s=np.zeros(n_minutes),
            solar_w_m2=np.zeros(n_minutes),
        ),
        intake=Intake(
            fluid_l=none if drunk_l is None else drunk_l[None, :],
            cation_mmol=salt,
            sodium_mmol=salt,
        ),
        setting="field",
    )


def assumed_of(
    activity: Activity, air: Air, drunk_l: FloatArray | None, sodium_mg: FloatArray | None
) -> tuple[str, ...]:
    """What nobody told of the run."""
    told = {
        "humidity": air.relative_humidity_pct is not None,
        "level_course": "elevation_m" in activity.streams,
        "drink_not_told": drunk_l is not None,
        "salt_not_told": drunk_l is None or sodium_mg is not None,
    }
    return (*ALWAYS_ASSUMED, *(name for name, is_told in told.items() if not is_told))


# ---------------------------------------------------------------- other runs


def compared(context: Context, row: ActivityRow, balance: RunBalance) -> tuple[OtherRun, ...]:
    """Up to a dozen like runs, at least as long or as hot; those first that something was said of.

    Only runs whose weather is known; a watch warmed by the wrist does not count.
    """
    who, air = runner_body(context), balance.air
    if balance.losses is None or air is None or who.simulated is None:
        return ()
    runner = context.stored_runner()
    marks = context.store.marks(runner)
    nearest = like_runs(context, row, air, minute=balance.losses.minute, marks=marks)
    metrics = current_metrics(context, [one for one, _ in nearest])
    found: list[OtherRun] = []
    for other, its_air in nearest:
        if len(found) < MOST_OTHERS and metrics[other.activity_id].get("plausible"):
            one = other_run(context, other, who, its_air, marks.get(other.activity_id))
            found += [] if one is None else [one]
    here_mg = balance.losses.sodium_mg.median
    return tuple(replace(one, as_much=one.sodium_mg >= here_mg) for one in found)


def like_runs(
    context: Context,
    row: ActivityRow,
    air: Air,
    *,
    minute: float,
    marks: Mapping[int, CrampMark],
) -> list[tuple[ActivityRow, Air]]:
    """Runs at least as long or as hot, the most alike first, with their air."""
    runner = context.stored_runner()
    told = context.store.weather(runner)
    found: list[tuple[bool, float, int, ActivityRow, Air]] = []
    for other in context.store.activities(runner, with_excluded=False):
        best = best_of(one for one in told.get(other.activity_id, ()) if one.source != "watch")
        if best is None or best.temp_air_c is None or not other.is_run or not other.moving_s:
            continue
        lasted = minutes_from_seconds(other.moving_s)
        is_like = lasted >= minute or best.temp_air_c >= air.temp_air_c
        if is_like and other.activity_id not in {row.activity_id, row.duplicate_of}:
            apart = abs(log(lasted / minute))
            apart += abs(best.temp_air_c - air.temp_air_c) / DEGREES_ALIKE
            its_air = Air(
                temp_air_c=best.temp_air_c, relative_humidity_pct=best.relative_humidity_pct
            )
            is_marked = is_told(marks.get(other.activity_id))
            found.append((not is_marked, apart, other.activity_id, other, its_air))
    return [(one[3], one[4]) for one in sorted(found, key=lambda one: one[:3])[:LOOKED_AT]]


def is_told(mark: CrampMark | None) -> bool:
    """Whether somebody said if a cramp came."""
    return mark is not None and mark.cramped != "dont_remember"


def other_run(
    context: Context,
    row: ActivityRow,
    who: RunnerBody,
    air: Air,
    mark: CrampMark | None,
) -> OtherRun | None:
    """What another run cost; None when its file does not tell."""
    _, activity = context.store.activity(context.stored_runner(), row.activity_id)
    minutes = minutes_of(activity)
    if minutes is None or who.simulated is None:
        return None
    until = minutes.n_minutes
    if mark is not None and mark.cramped == "yes" and mark.minute is not None:
        until = min(max(1, round(mark.minute)), until)
    scenario = who.fitted_to(scenario_of(who.simulated, minutes, air))
    sweat_l, sodium_mg = lost_until(scenario, until)
    return OtherRun(
        activity_id=row.activity_id,
        day=local_date(context, row),
        cramped=mark.cramped if mark is not None and is_told(mark) else None,
        minutes=float(until),
        temp_air_c=air.temp_air_c,
        sweat_l=sweat_l,
        sodium_mg=sodium_mg,
        as_much=False,
    )


def lost_until(scenario: Scenario, until: int) -> tuple[float, float]:
    """Middle sweat (L) and sodium (mg) lost by a minute; the gut has no part in it."""
    body, forcing = body_of(scenario), forcing_of(scenario)
    sweat_l, sodium_mmol = np.zeros(body.n_draws), np.zeros(body.n_draws)
    for minute in range(until):
        rate, sodium = sweat_of_minute(scenario, forcing, body, minute)
        lost = rate / MINUTES_AN_HOUR
        sweat_l += lost
        sodium_mmol += lost * sodium
    return float(np.median(sweat_l)), sodium_mg_from_mmol(float(np.median(sodium_mmol)))


# ---------------------------------------------------------------- from the ledger


def curve_from(data: Mapping[str, Any] | None) -> tuple[Losses, LossCurve] | None:
    """The moment and the curve as an answer in the ledger keeps them; None when it has none."""
    if not data or not data.get("curve"):
        return None
    curve = data["curve"]
    bands = {
        name: tuple(Interval(low=a, median=b, high=c, level=LEVEL) for a, b, c in curve[name])
        for name in ("sweat_l", "sodium_mg")
    }
    return (
        Losses(
            minute=data["minute"],
            at_cramp=data["at_cramp"],
            sweat_l=Interval(**data["sweat_l"]),
            sodium_mg=Interval(**data["sodium_mg"]),
        ),
        LossCurve(minutes=tuple(curve["minutes"]), **bands),
    )
