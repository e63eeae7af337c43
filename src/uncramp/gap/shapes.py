"""The gap between a goal and the training behind it, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from uncramp.vocabulary import Interval, Said, TrainedRun

__all__ = ["GAPS", "Gap", "GapReport", "Prediction"]

GAPS: Final = (
    "gap_pace",
    "gap_spike",
    "gap_intensity",
    "gap_volume",
    "gap_durability",
    "gap_descent",
    "gap_heat",
)
"""Every gap, in the order in which they are shown. They are never averaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """How long a race would take this runner today, on this course and in this weather."""

    time_s: Interval
    """The band that should hold nine of ten outcomes."""
    by_model: Mapping[str, Interval]
    """What each published model says, with its own error; `racetime` function names as ids."""
    from_runs: tuple[TrainedRun, ...] = ()
    """The runs that it rests on."""
    because: tuple[Said, ...] = ()
    assumed: tuple[Said, ...] = ()
    level_time_s: Interval | None = None
    """The same on a level course in cool weather, before course and heat are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One way in which a race goes beyond what was trained for."""

    id: str
    """One of `GAPS`."""
    value: float | None
    """None: it could not be computed, and `missing` says why. Positive: the race asks for more."""
    unit: str
    """Of `value`, `low` and `high`: `%`, `ratio`, `km/week`, `m` or `°C`."""
    low: float | None = None
    high: float | None = None
    """The model's own error around `value`; None where none was published."""
    level: float | None = None
    """Share of runners the band should hold (0–1)."""
    kind_of_error: str = "none_published"
    """`model` (the model's error), `spread` (of several models), `none_published`, `exact`."""
    klass: str | None = None
    """Published class: message `gap.class.<klass>`; None where nobody published one."""
    because: tuple[Said, ...] = ()
    missing: tuple[Said, ...] = ()
    runs: tuple[TrainedRun, ...] = ()
    """The runs that produced it: a wrong one can be left out with `runs exclude`."""
    limits: tuple[float, ...] = ()
    """Where one published class ends and the next begins, in `unit`."""
    parts: Mapping[str, float] | None = None
    """Numbers a picture needs beside `value`, by name with their unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapReport:
    """A whole answer."""

    gaps: tuple[Gap, ...]
    """Seven, in the order of `GAPS`."""
    prediction: Prediction | None
    """None: no run to predict from."""
    proneness: tuple[Said, ...] = ()
    """What makes a cramp likelier whatever the training: context, not a gap."""
    reachable: tuple[Said, ...] = ()
    """Whether there is time to get ready, or what is reachable by then."""
    says: tuple[Said, ...] = ()
    """What holds for everybody who runs this distance."""
    assumed: tuple[Said, ...] = ()
