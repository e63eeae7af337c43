"""What all runs of one runner amount to when they are compared, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from uncramp.vocabulary import Interval, Said

__all__ = [
    "CORE",
    "EXPOSURES",
    "SCALES",
    "Compared",
    "Count",
    "Finding",
    "Group",
    "Moment",
    "Next",
    "Odds",
    "RiskSet",
    "Verdict",
]


class Group(StrEnum):
    """Which kind of cramp something speaks for."""

    LOAD = "load"
    """More than was trained for."""
    SALT = "salt"
    """Water and salt lost."""
    NEITHER = "neither"


EXPOSURES: Mapping[str, Group] = {
    "past_longest": Group.LOAD,
    "pace": Group.LOAD,
    "descent": Group.LOAD,
    "critical_speed": Group.LOAD,
    "hard_day": Group.LOAD,
    "strength": Group.LOAD,
    "sodium": Group.SALT,
    "water": Group.SALT,
    "heat": Group.SALT,
    "decoupling": Group.NEITHER,
}
"""Everything a run can have had up to a minute, with what it speaks for."""

SCALES: Mapping[str, tuple[str, str, str]] = {
    "past_longest": ("history.step.past_longest", "history.lowest.past_longest",
             "history.highest.past_longest"),
    "pace": ("history.step.pace", "history.lowest.pace", "history.highest.pace"),
    "descent": ("history.step.descent", "history.lowest.descent", "history.highest.descent"),
    "critical_speed": ("history.step.critical_speed", "history.lowest.critical_speed",
                       "history.highest.critical_speed"),
    "hard_day": ("history.step.hard_day", "history.lowest.hard_day", "history.highest.hard_day"),
    "strength": ("history.step.strength", "history.lowest.strength", "history.highest.strength"),
    "sodium": ("history.step.sodium", "history.lowest.sodium", "history.highest.sodium"),
    "water": ("history.step.water", "history.lowest.water", "history.highest.water"),
    "heat": ("history.step.heat", "history.lowest.heat", "history.highest.heat"),
    "decoupling": ("history.step.decoupling", "history.lowest.decoupling",
             "history.highest.decoupling"),
}  # fmt: skip
"""How much of each is one step, and where less and more make no difference: evidence keys."""

CORE: Mapping[Group, tuple[str, ...]] = {
    Group.LOAD: ("past_longest", "pace", "descent"),
    Group.SALT: ("sodium", "water"),
}
"""What the two groups are reckoned from; the others of a group say the same once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What one run had had up to one minute; what is not known is absent."""

    run_id: int
    is_race: bool
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskSet:
    """One cramp, and the other runs that went on at least as long without one."""

    minute: float
    """When the cramp came; everything is read off some minutes before."""
    cramp: Moment
    controls: tuple[Moment, ...]


class Verdict(StrEnum):
    """What the comparison of all runs comes to."""

    TOO_FEW = "too_few"
    LOAD = "load"
    SALT = "salt"
    BOTH = "both"
    LEANS_LOAD = "leans_load"
    """It points to load, and is not sure enough to be called found."""
    LEANS_SALT = "leans_salt"
    TOGETHER = "together"
    """One of the two has a part, and the runs cannot tell which."""
    NOTHING = "nothing"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """Odds of a cramp for one step more of something, with what is not known about it."""

    name: str
    """Of an exposure, or a group."""
    band: Interval
    per: float
    """How much one step is, in the unit of the exposure; 1 for a group."""
    n_cramps: int
    n_controls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """In how many cramps something was high, and in how many of the runs beside them."""

    name: str
    high: int
    of: int
    others_high: int
    others: int
    is_ordinary: bool
    """The cramp runs had neither much nor little of it."""
    is_more: bool
    """The middle cramp run had more of it than the runs beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Everything that the comparison says in numbers."""

    verdict: Verdict
    n_cramps: int
    """Cramps with enough runs beside them."""
    n_cramps_told: int
    """All that were told."""
    n_placed: int
    """Those of them with a place or a time."""
    n_controls: int
    """Different runs that stand beside at least one cramp."""
    groups: tuple[Odds, ...] = ()
    """Each with the other taken into account."""
    exposures: tuple[Odds, ...] = ()
    """Each by itself."""
    counts: tuple[Count, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)
    """How the four explanations share what is believed: `neither`, `load`, `salt`, `both`. Never
    shown to a runner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One plain finding; `group` is what it speaks for."""

    said: Said
    group: Group = Group.NEITHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """One change to try, and why just this one."""

    id: str
    """`hot_within`, `cool_beyond`, `cool_downhill`, `even_start` or `drink_plan`."""
    do: Said
    why: Said
    tells_bits: float
    """How much of the doubt it can take away, as is expected; never shown to a runner."""
    needs: frozenset[str] = frozenset()
    """Topics it may not be said under a block of."""
    hand_to: str = ""
    """The verb that takes it from here."""
    distance_m: float | None = None
    wbgt_from_c: float | None = None
    wbgt_to_c: float | None = None
    not_before: date | None = None
    """The first day for it, where a race or a cramp is too near; None: any day."""

    @property
    def is_run(self) -> bool:
        """Whether it sends out for a run of its own."""
        return self.distance_m is not None
