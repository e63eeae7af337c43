"""Rows of the tables to the records that the store gives back, and profiles to columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Row

from uncramp.store.rows import ActivityRow, AdviceRow, FlagRow, StoredRunner
from uncramp.vocabulary import Activity, Lap, QualityFlag, Sex, Stream, UserProfile

__all__ = [
    "activity_from",
    "activity_rows_from",
    "advice_from",
    "flag_from",
    "lap_from",
    "profile_values",
    "runner_from",
    "streams_from",
]


SUMMARY: Final = tuple(field.name for field in fields(ActivityRow) if field.name != "flags")


def activity_rows_from(rows: Sequence[Row[Any]]) -> list[ActivityRow]:
    """Summaries out of rows whose columns are named as their fields, and `flags_json`.

    Reads by position: asking a row for a name costs more than all the rest, 3,000 times 20.
    """
    if not rows:
        return []
    pick = itemgetter(*(rows[0]._fields.index(name) for name in (*SUMMARY, "flags_json")))
    picked = (pick(row) for row in rows)
    return [
        ActivityRow(**dict(zip(SUMMARY, values[:-1], strict=True)), flags=flags_from(values[-1]))
        for values in picked
    ]


@lru_cache(maxsize=1024)
def flags_from(flags_json: str) -> tuple[QualityFlag, ...]:
    """Quality flags out of their JSON; most activities share a few sets of them."""
    return tuple(
        QualityFlag(code=code, kind=kind, detail=detail)
        for code, kind, detail in json.loads(flags_json)
    )


def activity_from(
    row: Row[Any], *, streams: Sequence[Row[Any]], laps: Sequence[Row[Any]]
) -> Activity:
    """A whole activity out of its rows."""
    channels = streams_from(streams)
    time = channels.pop("time_s")
    return Activity(
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
        device_serial=row.device_serial,
        file_created_utc=row.file_created_utc,
        profile=None if row.profile is None else watch_profile_from(row.profile),
        time_s=time.physical(),
        streams=channels,
        laps=tuple(lap_from(lap) for lap in laps),
        flags=flags_from(row.flags_json),
    )


def streams_from(rows: Sequence[Row[Any]]) -> dict[str, Stream]:
    """Channels by name out of rows of the stream table."""
    from uncramp.store.blobs import PackedStream, unpack_stream

    return {
        row.channel: unpack_stream(
            PackedStream(
                channel=row.channel,
                dtype=row.dtype,
                n_values=row.n_values,
                scale=row.scale,
                offset=row.offset,
                null_bits=row.null_bits,
                content=row.content,
            )
        )
        for row in rows
    }


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
