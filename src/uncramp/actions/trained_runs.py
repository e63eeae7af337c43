"""The stored runs as training sees them: what counts, with what was computed at import."""

from __future__ import annotations

from typing import Final

from uncramp.actions.context import Context
from uncramp.actions.training_history import load_history
from uncramp.models.wbgt import wbgt_approximation_abm
from uncramp.races import races
from uncramp.training_history import PastRun
from uncramp.vocabulary import TrainedRun

__all__ = ["trained_runs", "wbgt_by_run"]

FASTEST: Final = "fastest_"
CRAMPED: Final = {"yes": True, "no": False}
ORDER: Final = ("typed", "archive", "open_meteo", "watch")
"""Whose weather is believed first."""


def trained_runs(context: Context) -> tuple[TrainedRun, ...]:
    """Every run of the context's runner that counts, oldest first.

    Runs of which no distance or time is known are left out: nothing can be said of them.
    """
    history = load_history(context)
    runner, store = context.stored_runner(), context.store
    raced = {one.run.run_id for one in races(history)}
    cramped = {number: CRAMPED.get(mark.cramped) for number, mark in store.marks(runner).items()}
    rows = {row.activity_id: row for row in store.activities(runner)}
    wbgt = wbgt_by_run(context)
    found = []
    for run in history.runs:
        row, moving_s = rows.get(run.run_id), run.metric("moving_s") or run.timer_s
        if run.day is None or run.distance_m <= 0 or not moving_s:
            continue
        found.append(
            TrainedRun(
                day=run.day,
                distance_m=run.distance_m,
                moving_s=moving_s,
                ascent_m=run.metric("ascent_m"),
                descent_m=run.metric("descent_m"),
                steep_descent_m=run.metric("steep_descent_m"),
                mean_heart_rate_bpm=None if row is None else row.mean_heart_rate_bpm,
                is_race=run.run_id in raced,
                level_speed_m_s=run.metric("level_speed_m_s"),
                fastest_s=fastest_of(run),
                decoupling_pct=run.metric("decoupling_pct"),
                wbgt_c=wbgt.get(run.run_id),
                cramped=cramped.get(run.run_id),
                run_id=run.run_id,
            )
        )
    return tuple(found)


def fastest_of(run: PastRun) -> dict[str, float]:
    """The fastest time of a run over each distance."""
    names = [name for name in run.metrics if name.startswith(FASTEST) and name.endswith("_s")]
    known = {name: run.metric(name) for name in names}
    return {
        name.removeprefix(FASTEST).removesuffix("_s"): seconds
        for name, seconds in known.items()
        if seconds is not None
    }


def wbgt_by_run(context: Context) -> dict[int, float]:
    """Heat of each run whose weather is known; the warm watch on the wrist is no weather."""
    found: dict[int, float] = {}
    for number, told in context.store.weather(context.stored_runner()).items():
        for one in sorted(told, key=lambda one: ORDER.index(one.source)):
            degrees, humidity = one.temp_air_c, one.relative_humidity_pct
            if one.source != "watch" and degrees is not None and humidity is not None:
                found[number] = wbgt_approximation_abm(
                    temp_air_c=degrees, relative_humidity_pct=humidity
                )
                break
    return found
