"""What an answer can say about the runner who asks: facts from the diary, races and sweat tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from uncramp.actions.cases import profile_facts
from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.diary import DiaryPage, proposals
from uncramp.actions.races import list_races
from uncramp.actions.sweat import my_sweat
from uncramp.diary import DiaryRun, Repeat
from uncramp.units import metres_from_kilometres

__all__ = ["known_facts"]

FROM_DIARY: Final = frozenset({"longest", "late", "muscle", "diary", "recent", "long_run"})
FROM_SWEAT: Final = frozenset({"sweat", "salt"})
REPEATS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "beyond_longest": ("you.n_beyond", "you.of_beyond"),
        "late": ("you.n_late", "you.of_late"),
        "same_muscle": ("you.n_same_muscle", "you.of_same_muscle"),
    }
)
MONTH: Final = timedelta(days=30)
SHOWN_AT_C: Final = 20.0


def known_facts(context: Context, groups: frozenset[str]) -> dict[str, float]:
    """Facts by name, `you.…` and `runner.…`; what is not known is absent."""
    found: dict[str, float] = {}
    if "age" in groups:
        found |= profile_facts(context.stored_runner().profile)
    if groups & FROM_DIARY:
        found |= _from_diary(context, proposals(context))
    if "race" in groups:
        found |= _next_race(context)
    if groups & FROM_SWEAT:
        found |= _from_sweat(context)
    return found


def _from_diary(context: Context, page: DiaryPage) -> dict[str, float]:
    """Counts of runs and cramps, and when."""
    told = page.diary
    found: dict[str, float] = {"you.n_runs": told.n_runs, "you.n_cramps": len(told.cramped)}
    for repeat in told.repeats:
        found |= _repeat(repeat)
    today = context.now.date()
    dated = [(day, run) for run in told.cramped if (day := _day(context, page, run)) is not None]
    if dated:
        day, run = dated[-1]
        found["you.days_since_cramp"] = (today - day).days
        if run.place is not None and run.place.km is not None:
            found["you.last_cramp_m"] = metres_from_kilometres(run.place.km)
        before = _longest(context, page, until=day - timedelta(days=1))
        found |= {} if before is None else {"you.longest_before_m": before}
    longest = _longest(context, page, until=today)
    return found if longest is None else {**found, "you.longest_30_m": longest}


def _repeat(repeat: Repeat) -> dict[str, float]:
    if repeat.what not in REPEATS:
        return {}
    count, of = REPEATS[repeat.what]
    return {count: repeat.count, of: repeat.of}


def _day(context: Context, page: DiaryPage, run: DiaryRun) -> date | None:
    return local_date(context, page.rows[run.activity_id])


def _longest(context: Context, page: DiaryPage, *, until: date) -> float | None:
    """The longest run of the month that ends with the day `until`."""
    lately = (
        row.distance_m
        for row in page.rows.values()
        if row.is_run
        and row.distance_m
        and (day := local_date(context, row)) is not None
        and until - MONTH < day <= until
    )
    return max(lately, default=None)


def _next_race(context: Context) -> dict[str, float]:
    today = context.now.date()
    coming = [one.race for one in list_races(context) if one.race.day >= today]
    if not coming:
        return {}
    race = min(coming, key=lambda one: one.day)
    return {"you.days_to_race": (race.day - today).days, "you.race_m": race.distance_m}


def _from_sweat(context: Context) -> dict[str, float]:
    """What the runner's own tests say; nothing while weighing is not to be offered."""
    sweat = my_sweat(context)
    if sweat.missing or sweat.locked or sweat.is_held:
        return {}
    counted = [one for one in sweat.tests if one.counts]
    found: dict[str, float] = {
        "you.n_weigh_ins": sum(one.kind == "weigh_in" for one in counted),
        "you.n_sodium_tests": sum(one.kind == "sodium" for one in counted),
    }
    usual = (one for one in sweat.rates if one.pace == "usual" and one.temp_air_c == SHOWN_AT_C)
    rate = next(usual, None)
    if rate is not None:
        found["you.sweat_l_per_h"] = rate.mine.median
    if sweat.sodium is not None:
        found["you.sodium_mg_per_l"] = sweat.sodium.mg_per_l.median
    return found
