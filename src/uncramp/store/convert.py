"""Rows of the tables to the records that the store gives back, and profiles to columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from uncramp.store.rows import ActivityRow, AdviceRow, FlagRow, StoredRunner
from uncramp.vocabulary import Lap, QualityFlag, Sex, UserProfile

__all__ = [
    "activity_row_from",
    "advice_from",
    "flag_from",
    "lap_from",
    "profile_values",
    "runner_from",
    "watch_profile_from",
]


def activity_row_from(row: Row[Any]) -> ActivityRow:
    """A summary out of one row of `activity_query`."""
    return ActivityRow(
        activity_id=row.activity_id,
        sport=row.sport,
        sub_sport=row.sub_sport,
        session_index=row.session_index,
        start_utc=row.start_utc,
        utc_offset_s=row.utc_offset_s,
        elapsed_s=row.elapsed_s,
        moving_s=row.moving_s,
        distance_m=row.distance_m,
        ascent_m=row.ascent_m,
        descent_m=row.descent_m,
        n_records=row.n_records,
        mean_heart_rate_bpm=row.mean_heart_rate_bpm,
        reported_sweat_loss_l=row.reported_sweat_loss_l,
        device=row.device,
        flags=tuple(
            QualityFlag(code=code, kind=kind, detail=detail) for code, kind, detail in row.flags
        ),
        source_file=row.file_name,
        file_format=row.file_format,
        sha256=row.original_sha256,
        decoder_version=row.decoder_version,
        imported_at=row.imported_at,
    )


def runner_from(row: Row[Any]) -> StoredRunner:
    """A runner out of one row of the runner table."""
    return StoredRunner(
        runner_id=row.runner_id,
        name=row.name,
        profile=UserProfile(
            sex=None if row.sex is None else Sex(row.sex),
            age_y=row.age_y,
            height_cm=row.height_cm,
            body_mass_kg=row.body_mass_kg,
        ),
        added_at=row.added_at,
        profile_at=row.profile_at,
    )


def flag_from(row: Row[Any]) -> FlagRow:
    """A flag out of one row of the flag table."""
    return FlagRow(
        flag_number=row.flag_number,
        flag_id=row.flag_id,
        kind=row.kind,
        opened_at=row.opened_at,
        advice_id=row.advice_id,
        cleared_on=row.cleared_on,
        clearance_note=row.clearance_note,
    )


def profile_values(profile: UserProfile) -> dict[str, Any]:
    """A profile as columns of the runner table."""
    return {
        "sex": None if profile.sex is None else profile.sex.value,
        "age_y": profile.age_y,
        "height_cm": profile.height_cm,
        "body_mass_kg": profile.body_mass_kg,
    }


def watch_profile_from(values: Mapping[str, Any]) -> UserProfile:
    """What the watch knew of its owner, out of an activity's JSON."""
    sex = values.get("sex")
    return UserProfile(
        sex=None if sex is None else Sex(sex),
        age_y=values.get("age_y"),
        height_cm=values.get("height_cm"),
        body_mass_kg=values.get("body_mass_kg"),
    )


def lap_from(row: Row[Any]) -> Lap:
    """A lap out of one row of the lap table."""
    return Lap(
        start_s=row.start_s,
        elapsed_s=row.elapsed_s,
        timer_s=row.timer_s,
        distance_m=row.distance_m,
    )


def advice_from(row: Row[Any]) -> AdviceRow:
    """A ledger line out of one row of the advice table."""
    return AdviceRow(
        advice_id=row.advice_id,
        verb=row.verb,
        activity_id=row.activity_id,
        at=row.at,
        inputs=row.inputs,
        result=row.result,
        package_version=row.package_version,
        model_version=row.model_version,
        evidence_version=row.evidence_version,
        text=row.text,
    )
