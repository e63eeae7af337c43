"""`train`: the plan from today to race day, kept, changed as little as can be, and checked.

From a request alone, which touches no store, or from a kept race and the stored runs. The screen
comes first: an open stop, a lock on training or an unanswered danger question means no plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from uncramp.actions.race_requests import RaceRequest, race_request
from uncramp.errors import InputError
from uncramp.gap import critical_speed_m_s, predict
from uncramp.interview import questions
from uncramp.screening import Screening
from uncramp.training.asked import EVERY_DAY, TrainingAsked
from uncramp.training.screening import TrainingScreen, training_screen
from uncramp.training.update import Comparison, updated
from uncramp.training_plan import Status, TrainingPlan
from uncramp.vocabulary import PlannedRace, Said

__all__ = [
    "TrainAnswer",
    "TrainWishes",
    "asked_of",
    "train_answer",
    "train_of_request",
    "wishes_from",
]

MORE: Final = ("days", "strength_days", "cramped_muscles", "recently_injured", "more_recovery",
               "walking_hurts", "blocked_days", "cleared")  # fmt: skip
"""What `train` reads of a request beside what every verb about a race does."""
USUAL_DAYS: Final = ("tue", "thu", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainWishes:
    """What the runner wants of a plan; None: not said."""

    days: tuple[str, ...] | None = None
    strength_days: tuple[str, ...] = ()
    cramped_muscles: tuple[str, ...] = ()
    recently_injured: bool = False
    more_recovery: bool = False
    walking_hurts: bool | None = None
    blocked_days: tuple[date, ...] = ()
    cleared: tuple[str, ...] = ()
    """Locks that a clinician has cleared; from the store when there is one."""
    fixed_days: Mapping[date, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainAnswer:
    """A plan with everything a face needs to show it."""

    race: PlannedRace
    plan: TrainingPlan
    asked: TrainingAsked
    screening: Screening
    screen: TrainingScreen
    reference: str | None = None
    """How the race is named in the store; None for a request."""
    unanswered: tuple[str, ...] = ()
    """Screening questions without an answer, when that is why there is no plan."""
    comparison: Comparison | None = None
    """Planned against done, after an update."""
    sequence: int = 0
    """How often the plan was made anew: calendars count by it."""

    @property
    def stopped(self) -> bool:
        """Whether a stop is open: then only it speaks."""
        return bool(self.screening.stops)


# ---------------------------------------------------------------- without a store


def train_of_request(document: Mapping[str, Any]) -> TrainAnswer:
    """The answer to a request as JSON; InputError says what is wrong with it."""
    request = race_request(document, more=MORE)
    return train_answer(request, wishes_from(request.more))


def wishes_from(raw: Mapping[str, Any]) -> TrainWishes:
    """The wishes in parsed JSON, or in what was typed; InputError for what is misspelt."""
    days = _words(raw, "days", EVERY_DAY)
    if raw.get("days") is not None and not days:
        raise InputError("no_training_days")
    muscles = tuple(one.id for one in questions()["muscles"].options)
    return TrainWishes(
        days=days or None,
        strength_days=_words(raw, "strength_days", EVERY_DAY),
        cramped_muscles=_words(raw, "cramped_muscles", muscles),
        recently_injured=_yes(raw, "recently_injured") is True,
        more_recovery=_yes(raw, "more_recovery") is True,
        walking_hurts=_yes(raw, "walking_hurts"),
        blocked_days=tuple(_date(one) for one in _list(raw, "blocked_days")),
        cleared=tuple(str(one) for one in _list(raw, "cleared")),
    )


def _list(raw: Mapping[str, Any], key: str) -> Sequence[object]:
    given = raw.get(key) or ()
    if not isinstance(given, list | tuple):
        raise InputError("bad_request_part", values={"key": key, "wanted": "a list […]"})
    return given


def _words(raw: Mapping[str, Any], key: str, allowed: Sequence[str]) -> tuple[str, ...]:
    """Words out of a few, each once, in the order they were given."""
    given = _list(raw, key)
    for one in given:
        if one not in allowed:
            values = {"question": key, "option": one, "allowed": ", ".join(allowed)}
            raise InputError("unknown_option", values=values)
    return tuple(dict.fromkeys(str(one) for one in given))


def _yes(raw: Mapping[str, Any], key: str) -> bool | None:
    given = raw.get(key)
    if given is not None and not isinstance(given, bool):
        values = {"question": key, "option": given, "allowed": "true, false"}
        raise InputError("unknown_option", values=values)
    return given


def _date(given: object) -> date:
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        raise InputError("bad_request_day", values={"key": "day", "given": given}) from None


def train_answer(
    request: RaceRequest,
    wishes: TrainWishes,
    *,
    kept: TrainingPlan | None = None,
    comparison: Comparison | None = None,
) -> TrainAnswer:
    """Screen, ask the planner, and say what was assumed."""
    found = _screened(request, wishes)
    asked, assumed = _asked(request, wishes, found)
    asked = replace(asked, kept=kept)
    says: tuple[Said, ...] = ()
    if comparison is not None:
        asked, says = updated(asked, comparison)
    if not found.may_plan:
        made = TrainingPlan(status=Status.REFUSED, because=found.refused)
    else:
        from uncramp.training.plan import plan  # the solver is only for those who plan

        made = plan(asked)
        made = replace(
            made,
            because=(*says, *found.says, *made.because),
            assumed=(*made.assumed, *assumed),
        )
    return TrainAnswer(
        race=request.race,
        plan=made,
        asked=asked,
        screening=request.screen.screening,
        screen=found,
        comparison=comparison,
    )


def asked_of(request: RaceRequest, wishes: TrainWishes) -> TrainingAsked:
    """What the planner is asked, the screen left aside."""
    return _asked(request, wishes, TrainingScreen())[0]


def _screened(request: RaceRequest, wishes: TrainWishes) -> TrainingScreen:
    screening = request.screen.screening
    cramps = [run.day for run in request.history if run.cramped]
    return training_screen(
        complete=request.screen.complete,
        stops=[stop.id for stop in screening.stops],
        locks=[lock.id for lock in screening.locks],
        blocking=[lock.id for lock in screening.locks if "training" in lock.blocks],
        today=request.today,
        cleared=wishes.cleared,
        walking_hurts=wishes.walking_hurts,
        cramped_on=max(cramps, default=None),
    )


def _asked(
    request: RaceRequest, wishes: TrainWishes, found: TrainingScreen
) -> tuple[TrainingAsked, tuple[Said, ...]]:
    days = wishes.days or _days_run(request)
    assumed = (
        [] if wishes.days else [Said(id="train.assumed.days", values={"days": ", ".join(days)})]
    )
    prediction = predict(
        race=request.race, history=request.history, today=request.today, runner=request.runner
    )
    if prediction is None:
        assumed.append(Said(id="train.assumed.no_pace"))
    asked = TrainingAsked(
        runner=request.runner,
        today=request.today,
        race=request.race,
        history=request.history,
        days=days,
        strength_days=wishes.strength_days,
        cramped_muscles=wishes.cramped_muscles,
        recently_injured=wishes.recently_injured,
        more_recovery=wishes.more_recovery,
        race_time_s=None if prediction is None else prediction.time_s,
        critical_speed_m_s=critical_speed_m_s(request.history, request.today),
        no_hard_until=found.no_hard_until,
        no_timed_repeats=bool(found.restrict & {"no_timed_repeats", "full_recovery"}),
        no_heavy_legs="no_heavy_legs" in found.restrict,
        blocked_days=wishes.blocked_days,
        fixed_days=wishes.fixed_days,
    )
    return asked, tuple(assumed)


def _days_run(request: RaceRequest) -> tuple[str, ...]:
    """The weekdays on which the runner runs by custom, else four usual ones."""
    weeks = 8
    recent = [run for run in request.history if (request.today - run.day).days <= weeks * 7]
    counts = {day: sum(EVERY_DAY[run.day.weekday()] == day for run in recent) for day in EVERY_DAY}
    often = tuple(day for day in EVERY_DAY if counts[day] >= weeks / 4)
    return often if len(often) >= 2 else USUAL_DAYS
