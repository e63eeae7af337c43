"""One file's reading made ready to store: pure, picklable, no database.

A pool of workers can decode and pack files while one writer stores what they hand back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from uncramp.store.blobs import pack_activity, pack_original
from uncramp.store.names import kept_name
from uncramp.vocabulary import Activity, UserProfile

__all__ = ["PackedAbout", "PackedActivity", "PackedReading", "pack_reading"]

SUMMARY_FIELDS = (
    "session_index",
    "sport",
    "sub_sport",
    "start_utc",
    "utc_offset_s",
    "elapsed_s",
    "moving_s",
    "distance_m",
    "ascent_m",
    "descent_m",
    "n_records",
    "mean_heart_rate_bpm",
    "reported_sweat_loss_l",
    "device",
    "device_serial",
    "file_created_utc",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedActivity:
    """Columns of the activity, stream and lap tables, without keys."""

    summary: dict[str, Any]
    streams: tuple[dict[str, Any], ...]
    laps: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedAbout:
    """What an archive tells of a file beside it: its name there, and the weather."""

    title: str | None = None
    weather: Mapping[str, float | None] | None = None
    """Columns of the weather table; None when the archive says nothing."""
    attribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedReading:
    """One file: its bytes as they are kept, and its activities in the order of its sessions."""

    file_name: str
    file_format: str
    sha256: str
    decoder_version: int
    compression: str
    content: bytes
    activities: tuple[PackedActivity, ...]
    metrics: tuple[Mapping[str, Any] | None, ...] = ()
    """One for each activity, or none at all; None where they could not be computed."""
    metrics_version: str = ""
    about: PackedAbout | None = None


def pack_reading(
    *,
    name: str,
    data: bytes,
    activities: Sequence[Activity],
    sha256: str,
    file_format: str,
    decoder_version: int,
    metrics: Sequence[Mapping[str, Any] | None] = (),
    metrics_version: str = "",
    about: PackedAbout | None = None,
) -> PackedReading:
    """Everything `Store.add_reading` needs; ValueError when an activity contradicts itself."""
    compression, content = pack_original(data)
    return PackedReading(
        file_name=kept_name(name),
        file_format=file_format,
        sha256=sha256,
        decoder_version=decoder_version,
        compression=compression,
        content=content,
        activities=tuple(packed_activity(activity) for activity in activities),
        metrics=tuple(metrics),
        metrics_version=metrics_version,
        about=about,
    )


def packed_activity(activity: Activity) -> PackedActivity:
    """One activity as columns."""
    summary = {name: plain_number(getattr(activity, name)) for name in SUMMARY_FIELDS}
    summary["flags"] = [[flag.code, flag.kind, flag.detail] for flag in activity.flags]
    summary["profile"] = None if activity.profile is None else profile_json(activity.profile)
    return PackedActivity(
        summary=summary,
        streams=tuple(
            {field: getattr(packed, field) for field in packed.__slots__}
            for packed in pack_activity(activity)
        ),
        laps=tuple(
            {"lap_index": index, **{key: plain_number(one) for key, one in asdict(lap).items()}}
            for index, lap in enumerate(activity.laps)
        ),
    )


def plain_number(value: Any) -> Any:
    """A numpy scalar as Python's own; everything else as it is."""
    return value.item() if hasattr(value, "item") else value


def profile_json(profile: UserProfile) -> dict[str, Any]:
    """A watch's profile as JSON."""
    values = {key: plain_number(one) for key, one in asdict(profile).items()}
    return {**values, "sex": None if profile.sex is None else profile.sex.value}
