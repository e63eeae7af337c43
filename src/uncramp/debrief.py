"""A race held against its plan: what happened, what fitted, and what to change.

Pure judgement on what was planned and what was run. It says what went together, never that one
thing made the other; and one race without a cramp proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from uncramp.drink_plan import DrinkPlan
from uncramp.evidence import value
from uncramp.ledger import Check, check
from uncramp.pacing import PacePlan
from uncramp.units import metres_from_kilometres
from uncramp.vocabulary import Interval, Said, Split

__all__ = [
    "Cramped",
    "Debrief",
    "Finding",
    "Gut",
    "Planned",
    "Ran",
    "SplitRow",
    "Told",
    "Took",
    "Towards",
    "debrief",
]


class Took(StrEnum):
    """What was drunk and taken, against the plan."""

    AS_PLANNED = "as_planned"
    LESS = "less"
    MORE = "more"
    NOTHING = "nothing"


class Gut(StrEnum):
    """How the stomach took it."""

    FINE = "fine"
    UPSET = "upset"


class Towards(StrEnum):
    """What a finding is for."""

    ALERT = "alert"
    """About safety: it comes first."""
    FITTED = "fitted"
    CHANGE = "change"
    NOTE = "note"
    UNKNOWN = "unknown"
    """What would have told more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What was planned; None where nothing was."""

    distance_m: float
    pace: PacePlan | None = None
    said_before: bool = False
    """Whether the pace and its prediction were kept before the race, not reckoned afterwards."""
    drink: DrinkPlan | None = None
    temp_air_c: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What the watch tells of the race."""

    distance_m: float
    elapsed_s: float
    splits: tuple[Split, ...]
    """When each mark of the pace plan was passed, as far as it was; places as in the plan."""
    first_part_s: float | None = None
    """Time to where the ceiling of the pace plan ends."""
    longest_before_m: float | None = None
    temp_air_c: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cramped:
    """Where it cramped, or may have; `said` is None as long as nobody told."""

    said: bool | None = None
    at_m: float | None = None
    at_min: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the runner told afterwards."""

    took: Took | None = None
    gut: Gut | None = None
    fluid_intake_l: float | None = None
    body_mass_change_pct: float | None = None
    """After against before; below 0 is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the debrief says."""

    id: str
    towards: Towards
    said: Said
    topic: str | None = None
    """What a lock may block: `training`, `drink`; None for a mere fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRow:
    """One mark of the course: planned and run, since the gun."""

    at_m: float
    planned_s: float
    ran_s: float | None
    """None: it was not passed."""

    @property
    def late_s(self) -> float | None:
        """How much later than planned; below 0 is sooner."""
        return None if self.ran_s is None else self.ran_s - self.planned_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Debrief:
    """A whole answer."""

    headline: Said
    finished: bool
    findings: tuple[Finding, ...]
    """Safety first, then what to change with the most telling first, what fitted, notes, gaps."""
    splits: tuple[SplitRow, ...]
    checks: tuple[Check, ...]

    def of(self, towards: Towards) -> tuple[Finding, ...]:
        """The findings of one sort, in their order."""
        return tuple(one for one in self.findings if one.towards is towards)


def debrief(
    *,
    planned: Planned,
    ran: Ran,
    cramped: Cramped,
    told: Told,
    blocked: Iterable[str] = (),
) -> Debrief:
    """The race against its plan; advice on a topic that is `blocked` is left out."""
    finished = ran.distance_m >= value("debrief.race.finished_share") * planned.distance_m
    checks = tuple(checks_of(planned, ran, told, finished=finished))
    found = (
        *pace_findings(planned, ran, finished=finished, checks=checks),
        *distance_findings(ran, cramped),
        *drink_findings(planned, told),
        *mass_findings(told, checks),
        *heat_findings(planned, ran),
        *cramp_findings(planned, cramped, told, checks),
    )
    shut = frozenset(blocked)
    order = list(Towards)
    kept = [one for one in found if one.topic is None or one.topic not in shut]
    return Debrief(
        headline=headline(ran, cramped),
        finished=finished,
        findings=tuple(sorted(kept, key=lambda one: order.index(one.towards))),
        splits=rows_of(planned, ran),
        checks=checks,
    )


def rows_of(planned: Planned, ran: Ran) -> tuple[SplitRow, ...]:
    """Every mark of the pace plan with the time it was passed."""
    if planned.pace is None:
        return ()
    passed = {one.at_m: one.at_s for one in ran.splits}
    return tuple(
        SplitRow(at_m=one.at_m, planned_s=one.at_s, ran_s=passed.get(one.at_m))
        for one in planned.pace.splits
    )


def finding(
    name: str,
    towards: Towards,
    values: Mapping[str, float] | None = None,
    *,
    topic: str | None = None,
) -> Finding:
    """A finding whose sentence is `race_debrief.<name>`."""
    said = Said(id=f"race_debrief.{name}", values=values or {})
    return Finding(id=name, towards=towards, said=said, topic=topic)


# ---------------------------------------------------------------- what happened


def headline(ran: Ran, cramped: Cramped) -> Said:
    """The one thing to say of the race."""
    if cramped.said is None:
        maybe = cramped.at_m is not None
        values = {"at_m": cramped.at_m} if maybe else {}
        return Said(id=f"race_debrief.head.{'maybe' if maybe else 'not_told'}", values=values)
    if not cramped.said:
        return Said(id="race_debrief.head.none")
    if cramped.at_m is None:
        return Said(id="race_debrief.head.cramped")
    values = {"at_m": cramped.at_m}
    if ran.longest_before_m is None or cramped.at_m <= ran.longest_before_m:
        return Said(id="race_debrief.head.cramped_at", values=values)
    values["longest_m"] = ran.longest_before_m
    return Said(id="race_debrief.head.cramped_beyond", values=values)


def checks_of(planned: Planned, ran: Ran, told: Told, *, finished: bool) -> Iterator[Check]:
    """What was predicted of the race, against what came."""
    expected = None if planned.pace is None else planned.pace.predicted
    if expected is not None and finished:
        yield check("finish_time_s", "s", expected, ran.elapsed_s, counts=planned.said_before)
    mass = mass_expected(planned)
    if mass is not None and finished and told.body_mass_change_pct is not None:
        yield check(
            "body_mass_change_pct",
            "%",
            mass,
            told.body_mass_change_pct,
            counts=took_of(planned, told) is Took.AS_PLANNED,
        )


def took_of(planned: Planned, told: Told) -> Took | None:
    """What was taken: what the amounts say, else as it was told; None when neither is known."""
    drink = planned.drink
    wanted_l = 0.0 if drink is None else sum(one.fluid_l for one in drink.schedule)
    if told.fluid_intake_l is None or wanted_l <= 0:
        return told.took
    by_pct = 100 * (told.fluid_intake_l / wanted_l - 1)
    if abs(by_pct) < value("debrief.off.drink_pct"):
        return told.took or Took.AS_PLANNED
    if told.fluid_intake_l <= 0:
        return Took.NOTHING
    return Took.MORE if by_pct > 0 else Took.LESS


def mass_expected(planned: Planned) -> Interval | None:
    """Body mass at the finish against the start, had everything been taken as planned."""
    if planned.drink is None or not planned.drink.balance:
        return None
    return planned.drink.balance[-1].body_mass_change_pct


def check_named(checks: Sequence[Check], what: str) -> Check | None:
    """One outcome, where there is one."""
    return next((one for one in checks if one.what == what), None)


# ---------------------------------------------------------------- pace and distance


def pace_findings(
    planned: Planned, ran: Ran, *, finished: bool, checks: Sequence[Check]
) -> Iterator[Finding]:
    """The first part, the rest, and the finish."""
    if planned.pace is None:
        yield finding("pace.no_plan", Towards.UNKNOWN)
        return
    if not planned.said_before:
        yield finding("pace.said_after", Towards.NOTE)
    yield from first_part(planned.pace, ran)
    if finished:
        yield from rest_of_race(planned.pace, ran)
    else:
        values = {"distance_m": ran.distance_m, "race_m": planned.distance_m}
        yield finding("pace.no_finish", Towards.NOTE, values)
    time = check_named(checks, "finish_time_s")
    if time is not None:
        yield finish(time)


def first_part(pace: PacePlan, ran: Ran) -> Iterator[Finding]:
    """Whether the first part was held back as planned."""
    if ran.first_part_s is None or ran.first_part_s <= 0:
        return
    km = pace.ceiling_until_m / metres_from_kilometres(1)
    ran_pace = ran.first_part_s / km
    faster_pct = 100 * (pace.ceiling_s_per_km / ran_pace - 1)
    values = {
        "until_m": pace.ceiling_until_m,
        "ran_s_per_km": ran_pace,
        "planned_s_per_km": pace.ceiling_s_per_km,
        "faster_pct": faster_pct,
    }
    if faster_pct < value("debrief.off.first_part_pct"):
        yield finding("pace.first_held", Towards.FITTED, values)
        return
    found = finding("pace.first_fast", Towards.CHANGE, values, topic="training")
    yield replace(found, said=replace(found.said, sources=("schwellnus_2011b",)))


def rest_of_race(pace: PacePlan, ran: Ran) -> Iterator[Finding]:
    """Whether the rest came as planned after the first part."""
    if ran.first_part_s is None or not pace.splits:
        return
    planned_first_s = time_at(pace.splits, pace.ceiling_until_m)
    planned_rest_s = pace.splits[-1].at_s - planned_first_s
    rest_s = ran.elapsed_s - ran.first_part_s
    if planned_rest_s <= 0:
        return
    slower_pct = 100 * (rest_s / planned_rest_s - 1)
    values = {"until_m": pace.ceiling_until_m, "slower_pct": slower_pct}
    if slower_pct >= value("debrief.off.fade_pct"):
        yield finding("pace.faded", Towards.NOTE, values)
    elif slower_pct > -value("debrief.off.fade_pct"):
        yield finding("pace.even", Towards.FITTED, {"until_m": pace.ceiling_until_m})


def time_at(splits: Sequence[Split], at_m: float) -> float:
    """Planned time to a place, in a straight line between its neighbours."""
    marks = (Split(at_m=0.0, at_s=0.0), *splits)
    for one, other in pairwise(marks):
        if at_m <= other.at_m:
            share = (at_m - one.at_m) / (other.at_m - one.at_m)
            return one.at_s + share * (other.at_s - one.at_s)
    return marks[-1].at_s


def finish(time: Check) -> Finding:
    """The finish against its band."""
    predicted = time.predicted
    values = {"finish_s": time.happened, "low_s": predicted.low, "high_s": predicted.high}
    if time.inside_90:
        return finding("pace.finish_inside", Towards.FITTED, values)
    name = "slower" if time.happened > predicted.high else "faster"
    return finding(f"pace.finish_{name}", Towards.NOTE, values)


def distance_findings(ran: Ran, cramped: Cramped) -> Iterator[Finding]:
    """How far it went beyond the longest run of the weeks before."""
    longest_m = ran.longest_before_m
    if longest_m is None:
        yield finding("distance.not_known", Towards.UNKNOWN)
        return
    if longest_m >= ran.distance_m:
        yield finding("distance.within", Towards.FITTED, {"longest_m": longest_m})
        return
    values = {"longest_m": longest_m, "beyond_m": ran.distance_m - longest_m}
    did = cramped.said is True and cramped.at_m is not None and cramped.at_m > longest_m
    if did:
        yield finding("distance.cramped_beyond", Towards.CHANGE, values, topic="training")
    else:
        yield finding("distance.beyond", Towards.NOTE, values)


# ---------------------------------------------------------------- drink, scale, heat


def drink_findings(planned: Planned, told: Told) -> Iterator[Finding]:
    """What was taken against the plan, and how the stomach took it."""
    has_plan = planned.drink is not None and bool(planned.drink.schedule)
    took = took_of(planned, told)
    if planned.drink is not None and not has_plan:
        yield finding("took.thirst", Towards.NOTE)
    elif not has_plan:
        yield finding("took.no_plan", Towards.UNKNOWN)
    elif took is None:
        yield finding("took.not_told", Towards.UNKNOWN)
    elif took is Took.AS_PLANNED:
        yield finding("took.as_planned", Towards.FITTED, topic="drink")
    elif took is Took.MORE:
        yield finding("took.more", Towards.CHANGE, topic="drink")
    else:
        yield finding("took.less", Towards.CHANGE, topic="drink")
    if told.gut is Gut.FINE:
        yield finding("gut.fine", Towards.FITTED)
    elif told.gut is Gut.UPSET:
        yield finding("gut.upset", Towards.CHANGE, topic="drink")


def mass_findings(told: Told, checks: Sequence[Check]) -> Iterator[Finding]:
    """The scale: a gain is about safety, the rest against what was predicted."""
    change = told.body_mass_change_pct
    if change is None:
        yield finding("mass.not_told", Towards.UNKNOWN)
        return
    if change >= value("debrief.off.scale_pct"):
        yield finding("mass.gained", Towards.ALERT, {"gained_pct": change})
        return
    mass = check_named(checks, "body_mass_change_pct")
    if mass is None:
        yield finding("mass.lost", Towards.NOTE, {"lost_pct": max(0.0, -change)})
        return
    values = {
        "lost_pct": max(0.0, -change),
        "low_pct": max(0.0, -mass.predicted.high),
        "high_pct": max(0.0, -mass.predicted.low),
    }
    if not mass.counts:
        yield finding("mass.other_drink", Towards.NOTE, values)
    elif mass.inside_90:
        yield finding("mass.inside", Towards.FITTED, values)
    elif mass.happened < mass.predicted.low:
        yield finding("mass.lost_more", Towards.CHANGE, values, topic="drink")
    else:
        yield finding("mass.lost_less", Towards.CHANGE, values, topic="drink")


def heat_findings(planned: Planned, ran: Ran) -> Iterator[Finding]:
    """Whether it was the weather that was planned for."""
    if planned.temp_air_c is None or ran.temp_air_c is None:
        return
    by_c = ran.temp_air_c - planned.temp_air_c
    if abs(by_c) >= value("debrief.off.heat_c"):
        name = "warmer" if by_c > 0 else "cooler"
        values = {"ran_c": ran.temp_air_c, "planned_c": planned.temp_air_c}
        yield finding(f"heat.{name}", Towards.NOTE, values)


def cramp_findings(
    planned: Planned, cramped: Cramped, told: Told, checks: Sequence[Check]
) -> Iterator[Finding]:
    """What this one race says of cramps, which is little."""
    if cramped.said is None:
        return
    if not cramped.said:
        yield finding("cramp.none_proves_nothing", Towards.NOTE)
        return
    mass = check_named(checks, "body_mass_change_pct")
    as_planned = took_of(planned, told) is Took.AS_PLANNED
    if as_planned and mass is not None and mass.inside_90:
        yield finding("cramp.drink_fitted", Towards.NOTE)
