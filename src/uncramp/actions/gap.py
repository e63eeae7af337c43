"""`gap`: how far a race goes beyond what was trained for, with the pace plan that follows.

From a request alone, which touches no store, or from a kept race and the stored runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from uncramp.actions.race_requests import RaceRequest, race_request, with_wbgt
from uncramp.gap import GapReport, gaps_of
from uncramp.pacing import PacePlan, pace_plan
from uncramp.screening import Screening
from uncramp.vocabulary import PlannedRace, Said

if TYPE_CHECKING:
    from uncramp.actions.context import Context

__all__ = ["GapAnswer", "gap_of_race", "gap_of_request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapAnswer:
    """The gaps of one race, and the pace plan where one may be given."""

    race: PlannedRace
    report: GapReport
    pace: PacePlan | None
    """None while a stop is open, while a lock blocks training, or without anything to go by."""
    screening: Screening
    screen_complete: bool
    reference: str | None = None
    """How the race is named in the store; None for a request."""
    is_over: bool = False
    """The race was run: this is how things stood on the day before."""

    @property
    def stopped(self) -> bool:
        """Whether a stop is open: then only it speaks."""
        return bool(self.screening.stops)

    @property
    def locked(self) -> bool:
        """Whether a lock blocks advice on training."""
        return any("training" in lock.blocks for lock in self.screening.locks)


def gap_of_request(document: Mapping[str, Any]) -> GapAnswer:
    """The answer to a request as JSON; InputError says what is wrong with it."""
    return _answer(race_request(document))


def gap_of_race(context: Context, reference: str) -> GapAnswer:
    """The answer for a kept race of the context's runner, from the stored runs.

    Of a race that is over it says how things stood on the day before. NotFoundError for an unknown
    runner or race.
    """
    from uncramp.actions.preferences import open_flags_of
    from uncramp.actions.race_requests import RequestScreen
    from uncramp.actions.races import find_race
    from uncramp.actions.trained_runs import trained_runs

    kept = find_race(context, reference)
    today = context.now.date()
    over = kept.race.day < today
    today = kept.race.day - timedelta(days=1) if over else today
    flags = open_flags_of(context)
    request = RaceRequest(
        runner=context.stored_runner().profile,
        today=today,
        race=with_wbgt(kept.race),
        history=tuple(run for run in trained_runs(context) if run.day <= today),
        screen=RequestScreen(complete=True, screening=flags.screening),
    )
    answer = replace(_answer(request), reference=str(kept.race_id))
    if not over:
        return answer
    told = (Said(id="gap.assumed.race_over", values={"day": today}), *answer.report.assumed)
    return replace(answer, report=replace(answer.report, assumed=told), is_over=True)


def _answer(request: RaceRequest) -> GapAnswer:
    report = gaps_of(
        runner=request.runner,
        today=request.today,
        race=request.race,
        history=request.history,
        cramped_before=request.cramped_before,
        family_cramps=request.family_cramps,
    )
    answer = GapAnswer(
        race=request.race,
        report=replace(report, assumed=(*report.assumed, *_assumed(request))),
        pace=None,
        screening=request.screen.screening,
        screen_complete=request.screen.complete,
    )
    if answer.stopped or answer.locked:
        return answer
    return replace(answer, pace=_pace(request, report))


def _pace(request: RaceRequest, report: GapReport) -> PacePlan | None:
    """How to pace it; None where there is nothing to go by."""
    if report.prediction is None:
        return None
    return pace_plan(
        race=request.race,
        prediction=report.prediction,
        history_longest_m=_longest_m(report),
    )


def _longest_m(report: GapReport) -> float | None:
    """The longest run of the last 30 days; None where there is none."""
    spike = next(gap for gap in report.gaps if gap.id == "gap_spike")
    return spike.runs[0].distance_m if spike.runs else None


def _assumed(request: RaceRequest) -> tuple[Said, ...]:
    """What the request leaves open."""
    found = []
    if request.n_in_future:
        found.append(Said(id="gap.assumed.future_runs", values={"count": request.n_in_future}))
    if not request.screen.complete:
        found.append(Said(id="gap.assumed.screen"))
    return tuple(found)
