"""What the store gives back: plain frozen records, free of SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from uncramp.vocabulary import QualityFlag, UserProfile

__all__ = [
    "ActivityRow",
    "AddedReading",
    "AdviceRow",
    "FlagKind",
    "FlagRow",
    "StoredAnswer",
    "StoredRunner",
]

FlagKind = Literal["stop", "lock"]


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

    @property
    def is_run(self) -> bool:
        """Only running counts as running."""
        return self.sport == "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedReading:
    """Activities of one file; `is_new` is False when that content had been stored before."""

    activity_ids: tuple[int, ...]
    is_new: bool


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
