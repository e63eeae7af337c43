"""The words every layer shares, as frozen dataclasses. Missing is `None`, never 0.

Fields carry their unit in the name (docs/reference/vocabulary.md is the public copy).
numpy is imported for type checking only, so that start-up paths that need no arrays pay nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    NullMask = NDArray[np.bool_]

__all__ = [
    "Activity",
    "Answers",
    "CoursePoint",
    "Interval",
    "KeptTest",
    "Kind",
    "Lap",
    "PlannedRace",
    "QualityFlag",
    "Runner",
    "Said",
    "Sex",
    "SodiumSample",
    "Split",
    "Stream",
    "TrainedRun",
    "UserProfile",
    "WatchEstimate",
    "WeighIn",
]

Answers = Mapping[str, str | tuple[str, ...] | float]
"""Question id to the chosen option, options or number; a question not answered is absent."""


class Sex(StrEnum):
    """Sex as the published equations use it."""

    MALE = "male"
    FEMALE = "female"


class Kind(StrEnum):
    """Which pattern a cramp fits; never a diagnosis."""

    STOP = "stop"
    OVERLOAD = "overload"
    ELECTROLYTE = "electrolyte"
    MIXED = "mixed"
    UNCLEAR = "unclear"
    NOT_A_CRAMP = "not_a_cramp"


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with its band; `level` is the share of outcomes the band should hold (0–1)."""

    low: float
    median: float
    high: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UserProfile:
    """What the watch knows of its owner; offered for confirmation, never assumed."""

    sex: Sex | None = None
    age_y: float | None = None
    height_cm: float | None = None
    body_mass_kg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """One person; everything stored belongs to exactly one runner."""

    name: str
    profile: UserProfile = field(default_factory=UserProfile)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFlag:
    """One thing that is missing, odd or repaired in an activity; `code` names a message."""

    code: str
    kind: str
    """`missing`, `odd` or `repaired`."""
    detail: str = ""
    """Counts or values, never a place, an e-mail address or a path."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Stream:
    """One channel at device resolution: physical value = `values` / `scale` - `offset`.

    `values` has shape (n_records,), any integer or float dtype; `null` is True where the device
    wrote nothing (None when every record has a value).
    """

    channel: str
    values: NDArray[Any]
    scale: float = 1.0
    offset: float = 0.0
    null: NullMask | None = None

    def physical(self) -> FloatArray:
        """Values in the unit of the channel's name, float64, NaN where nothing was recorded."""
        import numpy as np

        with np.errstate(invalid="ignore"):  # a signalling NaN in a float channel is just a NaN
            result = self.values.astype(np.float64) / self.scale - self.offset
        if self.null is not None:
            result[self.null] = np.nan
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """One lap as the device summed it; times in seconds from the activity's start."""

    start_s: float
    elapsed_s: float | None = None
    timer_s: float | None = None
    distance_m: float | None = None


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Activity:
    """One recorded session of one sport, whatever file format it came from.

    `time_s` (shape (n_records,), float64) is seconds since `start_utc` and never steps back.
    `moving_s` leaves out pauses and recording gaps. Channel names: latitude_deg, longitude_deg,
    elevation_m, distance_m, speed_m_s, heart_rate_bpm, cadence_rpm (one leg), power_w,
    temp_watch_c (warmed by the wrist: not the weather), and `dev:<name>` for developer fields.
    """

    sport: str
    sub_sport: str | None = None
    session_index: int = 0
    """Which session of its file this is, from 0."""
    start_utc: datetime | None = None
    utc_offset_s: int | None = None
    elapsed_s: float | None = None
    moving_s: float | None = None
    distance_m: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    n_records: int = 0
    mean_heart_rate_bpm: float | None = None
    """Unweighted mean over records that carry a heart rate."""
    reported_sweat_loss_l: float | None = None
    """The watch's own estimate, kept as reported."""
    device: str | None = None
    device_serial: int | None = None
    file_created_utc: datetime | None = None
    profile: UserProfile | None = None
    time_s: FloatArray
    streams: Mapping[str, Stream] = field(default_factory=dict)
    laps: tuple[Lap, ...] = ()
    flags: tuple[QualityFlag, ...] = ()

    @property
    def is_run(self) -> bool:
        """Only running counts as running; walking, transitions and the rest do not."""
        return self.sport == "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighIn:
    """One sweat test on a scale; before, after, what was drunk and how long are enough."""

    body_mass_before_kg: float
    body_mass_after_kg: float
    fluid_intake_l: float
    duration_min: float
    food_kg: float | None = None
    urine_output_l: float | None = None
    held_sweat_kg: float | None = None
    """Sweat still on the scale at the end: in clothes, hair or a towel that was weighed too."""
    scale_step_kg: float | None = None
    distance_m: float | None = None
    temp_air_c: float | None = None
    relative_humidity_pct: float | None = None
    wind_speed_m_s: float | None = None
    solar_w_m2: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SodiumSample:
    """Sweat sodium as it was measured, and where."""

    sodium_mmol_per_l: float
    method: str
    """`patch` on the skin of one site, or `whole_body` from a laboratory wash-down."""
    site: str | None = None
    """Of a patch: `forearm`, `thigh` or `five_site`."""
    sweat_rate_l_per_h: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEstimate:
    """Sweat loss as a watch reckoned it: its own model, nothing measured."""

    sweat_loss_l: float
    duration_min: float
    distance_m: float | None = None
    temp_air_c: float | None = None
    relative_humidity_pct: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTest:
    """A sweat test in the store."""

    id: int
    day: date
    activity: int | None = None
    """The run it was done on, by its number in the store."""
    test: WeighIn | SodiumSample | WatchEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One sentence as data: the id of its message, what goes into it, and who said so.

    `wording.said.said` puts it into words; it reads the unit from the end of each value's name.
    """

    id: str
    values: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    """Keys of `evidence/sources.toml`; `judgement` for our own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePoint:
    """How high a course lies at a distance from its start."""

    at_m: float
    elevation_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRace:
    """A race to come."""

    day: date
    distance_m: float
    name: str = ""
    start: time | None = None
    """Local time of the gun."""
    goal_time_s: float | None = None
    """None: to finish well."""
    ascent_m: float | None = None
    descent_m: float | None = None
    course: tuple[CoursePoint, ...] = ()
    """In order; empty when the course is not known."""
    temp_air_c: float | None = None
    relative_humidity_pct: float | None = None
    wind_speed_m_s: float | None = None
    solar_w_m2: float | None = None
    wbgt_c: float | None = None
    """As told, or reckoned from the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedRun:
    """One run that was done, as training sees it: from the store, or as somebody told it."""

    day: date
    distance_m: float
    moving_s: float
    ascent_m: float | None = None
    descent_m: float | None = None
    steep_descent_m: float | None = None
    mean_heart_rate_bpm: float | None = None
    is_race: bool = False
    level_speed_m_s: float | None = None
    """Mean speed as if the way had been level; None when heights are not known."""
    fastest_s: Mapping[str, float] = field(default_factory=dict)
    """Fastest time inside the run by distance id of `evidence/training.toml`."""
    decoupling_pct: float | None = None
    wbgt_c: float | None = None
    cramped: bool | None = None
    run_id: int | None = None
    """Its number in the store; None when it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Where one should be when: both from the gun."""

    at_m: float
    at_s: float
