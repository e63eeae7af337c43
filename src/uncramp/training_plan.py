"""A training plan as plain data: what the planner makes, the checker reads, and files carry."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from uncramp.vocabulary import Said

__all__ = [
    "Effort",
    "Novelty",
    "Phase",
    "RuleState",
    "Session",
    "SessionKind",
    "Status",
    "Step",
    "TrainingPlan",
    "Week",
]


class SessionKind(StrEnum):
    """What a session is; a rest day has none."""

    EASY = "easy"
    LONG = "long"
    SPEED = "speed"
    HILLS = "hills"
    DESCENT = "descent"
    STRENGTH = "strength"
    MOBILITY = "mobility"
    REHEARSAL = "rehearsal"
    RACE = "race"


class Novelty(StrEnum):
    """What can be new in a session; never two in one (R13), nor two in one week (R7)."""

    LONGEST = "longest"
    PRE_FATIGUE = "pre_fatigue"
    FAST_FINISH = "fast_finish"
    DESCENT = "descent"
    HEAT = "heat"


class Phase(StrEnum):
    """What a week is for."""

    RETURN = "return"
    BUILD = "build"
    RECOVERY = "recovery"
    TAPER = "taper"
    RACE = "race"


class Status(StrEnum):
    """How the asking ended."""

    PLANNED = "planned"
    BEST_REACHABLE = "best_reachable"
    REFUSED = "refused"


class Effort(StrEnum):
    """How hard one step is, in the words of watch workouts."""

    WARM_UP = "warm_up"
    ACTIVE = "active"
    RECOVERY = "recovery"
    REST = "rest"
    COOL_DOWN = "cool_down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do; without distance and duration it ends when the runner says so."""

    id: str
    """Message `session.step.<id>`."""
    effort: Effort = Effort.ACTIVE
    distance_m: float | None = None
    duration_s: float | None = None
    pace_s_per_km: tuple[float, float] | None = None
    """Fastest and slowest."""
    count: int | None = None
    """How often, of an exercise that is counted."""
    times: int = 1
    """How often `steps` are gone through; a step with `steps` does nothing of its own."""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session of a plan."""

    id: str
    """Stays the same when the session is moved, and in every file: `<monday of its week>-<n>`."""
    day: date
    kind: SessionKind
    duration_s: float
    distance_m: float | None = None
    """With warm-up and strides; None where nothing is run."""
    steps: tuple[Step, ...] = ()
    why: Said
    claims: tuple[str, ...] = ()
    """Ids of the guide's claims, G1 to G38."""
    grade: str
    """Of the evidence for it; `none` where no trial was found."""
    novelties: tuple[Novelty, ...] = ()
    first_of: tuple[Novelty, ...] = ()
    """Those of `novelties` that are new to the runner, which is what R7 and R13 count."""
    muscles: tuple[str, ...] = ()
    """What strength work aims at."""
    descent_m: float | None = None
    is_hard: bool = False
    """Counts for R5 and R9: speed, hills, descent, a fast finish."""
    heavy_legs: bool = False
    """Heavy strength work for the legs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days from `first`; the first begins on the day of the plan. The race is left out."""

    first: date
    phase: Phase
    distance_m: float
    longest_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleState:
    """How the plan stands to one rule."""

    id: str
    """`R1` to `R13`, with `R1b` and `R1c`."""
    hard: bool
    held: bool
    grade: str
    applies: bool = True
    because: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan:
    """A whole answer."""

    status: Status
    because: tuple[Said, ...]
    sessions: tuple[Session, ...] = ()
    weeks: tuple[Week, ...] = ()
    rules: tuple[RuleState, ...] = ()
    unmet: tuple[Said, ...] = ()
    """What was wished for and is not in it, with the least that would free it."""
    assumed: tuple[Said, ...] = field(default_factory=tuple)
