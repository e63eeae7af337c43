"""What somebody's training was, in words and as plain data: best times, races, lay-offs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from uncramp.training_history import Fastest, LayOff, PastRun
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, distance, duration, pace
from uncramp.wording.runs import runner_option

if TYPE_CHECKING:
    from uncramp.actions.training_history import TrainingSummary
    from uncramp.races import Race

__all__ = ["training_data", "training_lines"]

SHOWN = 8
"""The newest of a list; --json has them all."""


def _run(run: PastRun) -> dict[str, Any]:
    return {"id": run.run_id, "day": run.day, "title": run.title}


def training_data(summary: TrainingSummary, *, recomputed: int | None) -> dict[str, Any]:
    """The `data` of `uncramp runs training --json`; SI units."""
    return {
        "recomputed": recomputed,
        "fastest": [
            {"name": one.name, "distance_m": one.distance_m, "time_s": one.time_s, **_run(one.run)}
            for one in summary.fastest.values()
        ],
        "races": [
            {"distance": one.distance, "confidence": one.confidence, "signs": one.signs,
             **_run(one.run)}
            for one in summary.races
        ],
        "lay_offs": [
            {"first": one.first, "last": one.last, "days": one.days, "is_long": one.is_long}
            for one in summary.lay_offs
        ],
        "years": [
            {"first": one.first, "n_runs": one.n_runs, "distance_m": one.distance_m,
             "moving_s": one.moving_s, "ascent_m": one.ascent_m,
             "longest_m": None if one.longest is None else one.longest.metrics.get("distance_m")}
            for one in summary.years
        ],
        "left_out": [{"reasons": run.left_out, **_run(run)} for run in summary.left_out],
    }  # fmt: skip


def training_lines(
    summary: TrainingSummary, *, runner: str, units: Units, recomputed: int | None
) -> Iterator[str]:
    """Best times first, then races and lay-offs, then what does not count."""
    if recomputed is not None:
        yield text("best.recomputed", n_activities=recomputed)
    if not summary.fastest:
        yield text("best.none", who=runner_option(runner))
        return
    yield text("best.fastest")
    yield from (_fastest_line(one, units=units) for one in summary.fastest.values())
    if summary.races:
        yield text("best.races")
        yield from (_race_line(one, units=units) for one in summary.races[-SHOWN:])
    if summary.lay_offs:
        yield text("best.lay_offs")
        yield from (_lay_off_line(one) for one in summary.lay_offs[-SHOWN:])
    if summary.left_out:
        yield text("best.left_out", n_runs=len(summary.left_out))
    yield text("best.note")
    yield text("best.next", who=runner_option(runner))


def _fastest_line(one: Fastest, *, units: Units) -> str:
    return text(
        "best.fastest_line",
        name=f"{one.name:<9}",
        time=f"{duration(one.time_s):>8}",
        pace=f"{pace(one.distance_m, one.time_s, units=units):>10}",
        day=one.run.day or text("runs.no_time"),
        id=one.run.run_id,
    )


def _race_line(race: Race, *, units: Units) -> str:
    return text(
        "best.race_line",
        day=race.run.day or text("runs.no_time"),
        distance=distance(race.run.metrics.get("distance_m"), units=units),
        confidence=text(f"best.confidence.{race.confidence}"),
        id=race.run.run_id,
    )


def _lay_off_line(one: LayOff) -> str:
    return text("best.lay_off_line", first=one.first, last=one.last, days=one.days)
