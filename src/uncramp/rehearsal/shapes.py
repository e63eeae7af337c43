"""What rehearsals are, as plain data: planned, predicted, logged, scored, stamped, compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from uncramp.debrief import Gut, Took
from uncramp.drink_plan import Take
from uncramp.ledger import Check
from uncramp.vocabulary import Interval, Said

__all__ = [
    "Arm",
    "Heat",
    "Log",
    "Outcome",
    "PlanState",
    "Rehearsal",
    "Rehearsals",
    "Scored",
    "Stamp",
    "StampState",
    "SweatTable",
    "Trial",
    "TrialState",
    "TrialStatus",
    "Untestable",
]


class Heat(StrEnum):
    """In what heat a rehearsal is run."""

    AS_IT_COMES = "as_it_comes"
    LIKE_THE_RACE = "like_the_race"
    """In the window `wbgt_from_c` to `wbgt_to_c`."""


class PlanState(StrEnum):
    """How far a drinking plan has come."""

    UNTESTED = "untested"
    TOLERATED = "tolerated_and_predicted"
    CHANGED = "changed"
    """What was tried is no longer the plan, or a rehearsal spoke against it."""


class StampState(StrEnum):
    """Whether a plan is "proven to drink"."""

    NOT_YET = "not_yet"
    PROVEN = "proven_to_drink"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """What an n-of-1 comparison counts."""

    CRAMP = "cramp"
    GUT = "gut"
    """An upset stomach."""
    MASS = "mass"
    """More body mass lost than is wished for."""


class Arm(StrEnum):
    """What is drunk on one run of a comparison."""

    PLAN = "plan"
    USUAL = "usual"
    """The usual drinks, to thirst."""


class TrialStatus(StrEnum):
    """How a comparison stands."""

    POSSIBLE = "possible"
    """It could be begun."""
    IMPOSSIBLE = "impossible"
    """It would take more runs than there are."""
    RUNNING = "running"
    PLAN_BETTER = "plan_better"
    USUAL_BETTER = "usual_better"
    NO_DIFFERENCE = "no_difference"
    """As many runs as were needed, and none stood out."""
    CANNOT_TELL = "cannot_tell"
    """Whatever the runs that are left bring, they can no longer tell."""
    ENDED = "ended"
    """By the runner."""


# ---------------------------------------------------------------- planned


@dataclass(frozen=True, slots=True, kw_only=True)
class SweatTable:
    """What was expected beforehand of every weather and pace: mean and spread of the log of the
    sweat rate in L/h, `[temperature][humidity][speed]`, and fuel burnt by speed."""

    temps_c: tuple[float, ...]
    humidities_pct: tuple[float, ...]
    speeds_m_s: tuple[float, ...]
    log_rate: tuple[tuple[tuple[float, ...], ...], ...]
    log_sd: tuple[tuple[tuple[float, ...], ...], ...]
    """One day of this runner, with the doubt about the runner."""
    fuel_kg_per_h: tuple[float, ...]
    duration_min: float
    """How long a run the rates are the mean of."""
    warm_up_l: float
    """Sweat that warming up saves, whatever the length: a longer run has a higher mean rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """One long run of the training plan on which a part of the drinking plan is tried."""

    session_id: str
    day: date
    distance_m: float
    duration_min: float
    heat: Heat
    is_key: bool = False
    """The one that has to be both hot and long for the stamp."""
    wbgt_from_c: float | None = None
    wbgt_to_c: float | None = None
    """Above this the rehearsal is not run: it is done another day, or cooler."""
    temp_air_c: float | None = None
    """The air that amounts were checked in."""
    coolest_c: float | None = None
    """In cooler air than this the runner drinks to thirst instead."""
    part_from_min: float
    """Which minutes of the race the drinking comes from."""
    part_to_min: float
    schedule: tuple[Take, ...]
    """Everything carried; minutes of this run."""
    left_out: int = 0
    """How many drinks of the plan were left out, since this run loses less than the race."""
    fluid_l: float
    sodium_mg: float
    weighs: bool = True
    body_mass_change_pct: Interval | None = None
    """Predicted for `temp_air_c`, drunk as planned."""
    sweat_rate_l_per_h: Interval | None = None
    because: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsals:
    """The rehearsals of one race as they were kept, with what was predicted then."""

    rehearsals: tuple[Rehearsal, ...]
    plan_number: int
    """Of the drinking plan."""
    plan_mark: str
    """The rows and products of that plan in short; another mark is another plan."""
    race_wbgt_c: float | None
    race_min: float
    body_mass_kg: float
    table: SweatTable
    unmet: tuple[Said, ...] = ()
    """What the runs to come cannot show, and why."""


# ---------------------------------------------------------------- logged and scored


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """One rehearsal as it was: told by the runner, and read off the run and the scale."""

    session_id: str | None
    day: date
    took: Took | None = None
    gut: Gut | None = None
    twitched: bool | None = None
    cramped: bool | None = None
    activity: int | None = None
    began: datetime | None = None
    duration_min: float | None = None
    distance_m: float | None = None
    temp_air_c: float | None = None
    relative_humidity_pct: float | None = None
    wbgt_c: float | None = None
    body_mass_change_kg: float | None = None
    """After less before, as on the scale, with what was passed as urine put back, food taken off.
    """
    body_mass_before_kg: float | None = None
    fluid_intake_l: float | None = None
    scale_step_kg: float | None = None
    arm: Arm | None = None
    """Set on a run of a comparison."""
    position: int | None = None
    """Which run of the comparison, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One logged rehearsal held against what was predicted beforehand."""

    log: Log
    planned: Rehearsal | None
    """None: it was no rehearsal of the plan."""
    plan_mark: str
    race_wbgt_c: float | None
    """Drinking plan and expected weather that it was a rehearsal for."""
    predicted_at: datetime | None
    predicted: Interval | None
    """Body mass change in per cent, for the weather, pace and drinks that came."""
    check: Check | None
    fits: bool
    """Whether it says something about the plan it was a rehearsal of."""
    passed: bool | None
    """Inside the band with a quiet stomach; None where that cannot be said, or it does not fit."""
    like_the_race: bool
    """Hot and long enough to be the one that the stamp asks for."""
    because: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What the rehearsals have shown; never a promise against cramps."""

    state: StampState
    plan: PlanState
    passed: int
    """Fitting rehearsals in a row that went as predicted."""
    needed: int
    has_like_the_race: bool
    because: tuple[Said, ...]
    """Why the plan is where it is, the most important first."""
    missing: tuple[Said, ...]
    """What is still to be shown."""
    caution: Said
    """That it is no promise against cramps; shown wherever the stamp is."""
    passed_on: tuple[date, ...] = ()


# ---------------------------------------------------------------- compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A comparison as it was begun; everything is fixed before the first run."""

    outcome: Outcome
    base_share: float
    """Runs out of all with the outcome, as usual."""
    hoped_share: float
    """The same with the plan, were it as good as hoped."""
    pairs: int
    """Most pairs of runs, worked out beforehand."""
    certainty: float
    """How sure the comparison has to be to end before that, in either direction."""
    power: float
    """How often it would find what is hoped for."""
    false_claims: float
    """How often it would claim a difference where there is none."""
    order: tuple[Arm, ...]
    """Two a pair, in random order within each pair."""
    began: date
    ended: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Untestable:
    """What else could be compared, and how many runs that takes."""

    outcome: Outcome
    runs: int | None
    """None: more than any number that is tried."""
    possible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialState:
    """A comparison, begun or not, and what it says so far."""

    status: TrialStatus
    outcome: Outcome
    needed_runs: int | None
    """Worked out beforehand; None: more than any number that is tried."""
    available_runs: int
    done_runs: int
    next_arm: Arm | None
    plan_with: int = 0
    plan_runs: int = 0
    usual_with: int = 0
    usual_runs: int = 0
    """Runs with the outcome, and runs, in either arm; complete pairs only."""
    trial: Trial | None = None
    others: tuple[Untestable, ...] = ()
    because: tuple[Said, ...] = ()
