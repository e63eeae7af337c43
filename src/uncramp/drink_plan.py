"""A drinking plan as plain data: what the search makes, the limits check, and the card carries."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from uncramp.vocabulary import Interval, Said

__all__ = [
    "Branch",
    "DrinkPlan",
    "DrinkStatus",
    "Limit",
    "Moment",
    "PerHour",
    "Product",
    "ProductKind",
    "Station",
    "StopDrinking",
    "Take",
]


class ProductKind(StrEnum):
    """What a product is; a capsule and a chew need water with them."""

    WATER = "water"
    DRINK = "drink"
    CAPSULE = "capsule"
    CHEW = "chew"
    GEL = "gel"
    FOOD = "food"


class DrinkStatus(StrEnum):
    """How the asking ended."""

    PLANNED = "planned"
    THIRST = "thirst"
    REFUSED = "refused"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One serving of something to drink or take; sodium is sodium, not salt."""

    id: str
    kind: ProductKind
    sodium_mg: float
    volume_l: float = 0.0
    """Of one serving as drunk; 0 for what is dry."""
    carbohydrate_g: float = 0.0
    caffeine_mg: float = 0.0
    max: int | None = None
    """Most servings in one race, by the label or the runner."""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Where something is handed out."""

    at_m: float
    offers: tuple[str, ...]
    """Ids of products."""
    cup_l: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One thing taken at one place; water to a capsule is a `Take` of its own."""

    at_m: float
    at_min: float
    product: str
    servings: int
    fluid_l: float
    sodium_mg: float
    carbohydrate_g: float = 0.0
    caffeine_mg: float = 0.0
    carried: bool = False
    """Brought along, not handed out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PerHour:
    """Means over the race."""

    fluid_l: float
    sodium_mg: float
    carbohydrate_g: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Where the runner stands at one minute; bands over bodies and days like this."""

    at_min: float
    at_m: float
    water_change_l: Interval
    body_mass_change_pct: Interval
    sodium_change_mg: Interval
    """Taken in less lost in sweat and urine."""
    fluid_intake_l: float
    sodium_intake_mg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One hard limit and how close the plan comes to it."""

    id: str
    value: float
    limit: float
    held: bool
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """What to do when something is otherwise: its id is the message `branch.<id>`."""

    id: str
    do: tuple[Said, ...]
    schedule: tuple[Take, ...] | None = None
    """None: the same schedule, with what `do` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDrinking:
    """When to leave out what is planned, so that no water is gained whatever the day brings."""

    when: str
    """Message `stop_drinking.<when>`."""
    skip_after_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DrinkPlan:
    """A whole answer; `schedule` runs from the gun to the finish."""

    status: DrinkStatus
    because: tuple[Said, ...]
    schedule: tuple[Take, ...] = ()
    per_hour: PerHour | None = None
    before: tuple[Said, ...] = ()
    after: tuple[Said, ...] = ()
    balance: tuple[Moment, ...] = ()
    limits: tuple[Limit, ...] = ()
    branches: tuple[Branch, ...] = ()
    stop_drinking_trigger: StopDrinking | None = None
    assumed: tuple[Said, ...] = ()
    sensitivity: tuple[Said, ...] = ()
    """How the plan would change had the sweat test been off."""
    carry: tuple[tuple[str, int], ...] = field(default_factory=tuple)
    """Product ids and how many to bring along."""
