"""The race on a watch and in a calendar: a workout that prompts at each station, and an event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from uncramp.export.calendar import CalendarEvent
from uncramp.export.workout import WatchStep, workout_file
from uncramp.vocabulary import PlannedRace, Split
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import distance, duration
from uncramp.wording.race_card import CardStop, CardWords

__all__ = ["race_event", "race_workout"]

SAME_PLACE_M: Final = 50.0


def race_event(race: PlannedRace, card: CardWords, *, uid: str) -> CalendarEvent:
    """The race with the whole card in its description."""
    return CalendarEvent(
        uid=uid,
        day=race.day,
        title=card.title,
        description="\n".join(description(card)),
        start=race.start,
        duration_s=race.goal_time_s or 0.0,
    )


def description(card: CardWords) -> list[str]:
    """The card in lines."""
    splits = [f"{at} {clock}" for at, clock in card.splits]
    stops = [f"{one.at} ({one.clock}): {', '.join(one.takes)}" for one in card.stops]
    trigger = [card.stop_drinking] if card.stop_drinking else []
    return [
        card.about, *card.pace, "", *splits, "",
        text("race_card.drinks"), *stops, *trigger, *card.drink, "",
        text("race_card.twinge"), *card.twinge, "",
        text("race_card.dangers"), card.dangers, "",
        text("race_card.after"), *card.after, "", card.what_it_is,
    ]  # fmt: skip


def race_workout(
    race: PlannedRace, card: CardWords, splits: Sequence[Split], *, number: int, made_at: datetime
) -> bytes:
    """A workout for the watch: one step to each split or station, its note saying what comes.

    Pace is shown in the notes and is no target, so that no watch beeps at a hill.
    """
    steps, before_m = [], 0.0
    for at_m, note in prompts(race, card.stops, splits):
        steps.append(WatchStep(name=note, note=note, distance_m=at_m - before_m))
        before_m = at_m
    return workout_file(steps, name=card.title, number=number, made_at=made_at)


def prompts(
    race: PlannedRace, stops: Sequence[CardStop], splits: Sequence[Split]
) -> list[tuple[float, str]]:
    """Every place where something happens, in order, up to the finish, and what is said there."""
    takes: dict[float, list[str]] = {race.distance_m: []}
    for stop in stops:
        if 0.0 < stop.rows[0].at_m <= race.distance_m:
            takes.setdefault(stop.rows[0].at_m, []).extend(stop.takes)
    clocks: dict[float, str] = {}
    for split in splits:
        near = [at for at in takes if abs(at - split.at_m) <= SAME_PLACE_M]
        at_m = near[0] if near else split.at_m
        takes.setdefault(at_m, [])
        clocks[at_m] = duration(split.at_s)
    return [(at_m, said_at(at_m, clocks.get(at_m), takes[at_m])) for at_m in sorted(takes)]


def said_at(at_m: float, clock: str | None, takes: Sequence[str]) -> str:
    """`10.0 km 53:20: 2 × water, 300 mL`."""
    where = " ".join(one for one in (distance(at_m, units="metric"), clock) if one)
    return f"{where}: {', '.join(takes)}" if takes else where
