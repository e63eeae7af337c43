"""What the store gives back: plain frozen records, free of SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from uncramp.vocabulary import KeptTest, QualityFlag, UserProfile

__all__ = [
    "ActivityRow",
    "AddedReading",
    "AdviceRow",
    "CrampMark",
    "Cramped",
    "DocumentKind",
    "DocumentRow",
    "DraftRow",
    "FlagKind",
    "FlagRow",
    "ImportRun",
    "MarkSource",
    "StoredAnswer",
    "StoredMetrics",
    "StoredOriginal",
    "StoredRunner",
    "StoredWeather",
    "SweatTestRow",
    "WeatherSource",
]

DocumentKind = Literal[
    "race", "plan", "session", "product", "debrief", "rehearsal", "rehearsal_log", "comparison"
]
FlagKind = Literal["stop", "lock"]
WeatherSource = Literal["typed", "archive", "open_meteo", "watch"]
Cramped = Literal["yes", "no", "dont_remember"]
MarkSource = Literal["diary", "typed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRunner:
    """A runner the store knows; every other query asks for one."""

    runner_id: int
    name: str
    profile: UserProfile
    added_at: datetime
    profile_at: datetime | None = None
    """When the profile was last typed in; ages go stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRow:
    """The summary of one stored activity, with everything a list or a search needs."""

    activity_id: int
    sport: str
    sub_sport: str | None
    session_index: int
    start_utc: datetime | None
    utc_offset_s: int | None
    elapsed_s: float | None
    moving_s: float | None
    distance_m: float | None
    ascent_m: float | None
    descent_m: float | None
    n_records: int
    mean_heart_rate_bpm: float | None
    reported_sweat_loss_l: float | None
    device: str | None
    flags: tuple[QualityFlag, ...]
    source_file: str
    file_format: str
    sha256: str
    decoder_version: int
    imported_at: datetime
    title: str | None = None
    excluded: bool = False
    """Kept, but counts nowhere: no history, no proposals, no longest run."""
    duplicate_of: int | None = None
    """The fuller recording of the same run; None for the one that counts."""
    import_stamp: str | None = None
    """Which import brought it; None when that was before imports had stamps."""

    @property
    def is_run(self) -> bool:
        """Only running counts as running."""
        return self.sport == "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedReading:
    """Activities of one file; `is_new` is False when that content had been stored before."""

    activity_ids: tuple[int, ...]
    is_new: bool
    linked: tuple[int, ...] = ()
    """Those among them that turned out to be another recording of a stored run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceRow:
    """One line of the ledger: what was asked, what was answered, by which version."""

    advice_id: int
    verb: str
    activity_id: int | None
    at: datetime
    inputs: Mapping[str, object]
    result: Mapping[str, object]
    package_version: str
    model_version: str
    evidence_version: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRow:
    """A stop or a lock; open until a clearance date is given."""

    flag_number: int
    flag_id: str
    kind: FlagKind
    opened_at: datetime
    advice_id: int | None = None
    cleared_on: date | None = None
    clearance_note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """One answer of the interview and when it was given."""

    answer: str | tuple[str, ...] | float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """An interview that is under way, or was; `answers` each with the moment it was given."""

    draft_id: int
    activity_id: int | None
    answers: Mapping[str, StoredAnswer]
    path: tuple[str, ...]
    """Steps in the order in which they came up; one without an answer was skipped."""
    bystander: bool = False
    """Somebody answers for the runner."""
    dropped: bool = False
    """Put away; kept, so that it can be taken back."""
    started_at: datetime
    updated_at: datetime
    finished_advice_id: int | None = None
    """The line of the ledger it ended in; None while it is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMetrics:
    """What was computed of one activity at import, as plain JSON, and by which version."""

    activity_id: int
    version: str
    metrics: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWeather:
    """The weather of one activity as one source tells it; an activity may have several."""

    activity_id: int
    source: WeatherSource
    temp_air_c: float | None = None
    relative_humidity_pct: float | None = None
    wind_speed_m_s: float | None = None
    dew_point_c: float | None = None
    cloud_cover_pct: float | None = None
    attribution: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CrampMark:
    """What the runner says of one activity: whether a cramp came, and when and where."""

    activity_id: int
    cramped: Cramped
    minute: float | None = None
    km: float | None = None
    muscles: tuple[str, ...] = ()
    source: MarkSource = "typed"
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SweatTestRow:
    """A sweat test and when it was told; `removed_at` is None for one that counts."""

    kept: KeptTest
    added_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """Something that is planned, as JSON; `removed_at` is None for one that counts."""

    document_id: int
    kind: DocumentKind
    about: int | None
    """Number of the race that it belongs to."""
    name: str
    content: Mapping[str, Any]
    at: datetime
    removed_at: datetime | None = None


class ImportRun(NamedTuple):
    """One import: its stamp, when it was, how many activities of it are stored."""

    stamp: str
    at: datetime
    n_activities: int


class StoredOriginal(NamedTuple):
    """A stored file and its bytes as they were read."""

    sha256: str
    file_name: str
    file_format: str
    content: bytes
