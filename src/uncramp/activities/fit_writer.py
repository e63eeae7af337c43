"""Real FIT bytes from plain numbers: for the demo runner, and piece by piece for nasty files.

`write_activity` is what a watch writes; `definition`, `message` and `fit_file` build anything
else, including files that no watch should ever write.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from uncramp.activities.fit_crc import crc16
from uncramp.activities.fit_profile import (
    ACTIVITY,
    BASE_TYPES,
    DEVICE_INFO,
    EPOCH_OFFSET_S,
    EVENT,
    FILE_ID,
    LAP,
    RECORD,
    SEMICIRCLES_PER_DEGREE,
    SESSION,
    SPORTS,
    SUB_SPORTS,
    TIMESTAMP,
    USER_PROFILE,
)
from uncramp.vocabulary import Lap, Sex, UserProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from uncramp.vocabulary import FloatArray

    RawColumn = NDArray[np.integer]

__all__ = [
    "BYTES",
    "ENUM",
    "FLOAT32",
    "SINT8",
    "SINT32",
    "TEXT",
    "UINT8",
    "UINT16",
    "UINT32",
    "UINT32Z",
    "Field",
    "RawValue",
    "definition",
    "fit_file",
    "fit_time",
    "message",
    "write_activity",
]

ENUM: Final = 0x00
SINT8: Final = 0x01
UINT8: Final = 0x02
UINT16: Final = 0x84
SINT32: Final = 0x85
UINT32: Final = 0x86
TEXT: Final = 0x07
FLOAT32: Final = 0x88
UINT32Z: Final = 0x8C
BYTES: Final = 0x0D

RawValue = int | float | bytes | str | Sequence[int] | None
STRUCT_CODES: Final = {"u1": "B", "i1": "b", "i2": "h", "u2": "H", "i4": "i", "u4": "I"} | {
    "f4": "f",
    "f8": "d",
    "i8": "q",
    "u8": "Q",
}
PROTOCOL_VERSION: Final = 0x20
PROFILE_VERSION: Final = 2160
Crc = Literal["right", "wrong", "zero", "none"]

TIMER: Final = 0
START: Final = 0
STOP_ALL: Final = 4
LAP_EVENT: Final = 9
SESSION_EVENT: Final = 8
STOP: Final = 1
ACTIVITY_FILE: Final = 4
MANUAL_ACTIVITY: Final = 0
ACTIVITY_EVENT: Final = 26


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a definition message; `size` in bytes, by default that of one value."""

    number: int
    base_type: int
    size: int | None = None

    @property
    def bytes_long(self) -> int:
        """How many bytes the field takes in a message."""
        return BASE_TYPES[self.base_type & 0x1F].size if self.size is None else self.size


def fit_time(moment: datetime | float) -> int:
    """FIT seconds of a moment, or of Unix seconds."""
    unix = moment.timestamp() if isinstance(moment, datetime) else moment
    return round(unix) - EPOCH_OFFSET_S


def definition(
    *,
    local: int,
    global_number: int,
    fields: Sequence[Field],
    developer_fields: Sequence[tuple[int, int, int]] = (),
    big_endian: bool = False,
) -> bytes:
    """A definition message; a developer field is (number, size, developer index)."""
    header = 0x40 | local | (0x20 if developer_fields else 0)
    order: Literal["big", "little"] = "big" if big_endian else "little"
    content = bytes([header, 0, int(big_endian)])
    content += global_number.to_bytes(2, order) + bytes([len(fields)])
    for field in fields:
        content += bytes([field.number, field.bytes_long, field.base_type])
    if developer_fields:
        content += bytes([len(developer_fields)])
        content += b"".join(bytes(triple) for triple in developer_fields)
    return content


def message(
    *,
    local: int,
    fields: Sequence[Field],
    values: Sequence[RawValue],
    developer_bytes: bytes = b"",
    big_endian: bool = False,
    time_offset: int | None = None,
) -> bytes:
    """A data message of raw values (None: nothing); with `time_offset` its header is compressed."""
    header = local if time_offset is None else 0x80 | local << 5 | time_offset & 0x1F
    packed = [_packed(f, v, big_endian=big_endian) for f, v in zip(fields, values, strict=True)]
    return bytes([header]) + b"".join(packed) + developer_bytes


def _packed(field: Field, value: RawValue, *, big_endian: bool) -> bytes:
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return value.ljust(field.bytes_long, b"\0")[: field.bytes_long]
    base = BASE_TYPES[field.base_type & 0x1F]
    count = max(1, field.bytes_long // base.size)
    if value is None:
        value = [base.invalid or 0] * count
    items = [value] if isinstance(value, int | float) else list(value)
    code = STRUCT_CODES.get(base.code, "B")
    return struct.pack(f"{'>' if big_endian else '<'}{len(items)}{code}", *items)


def fit_file(
    body: bytes,
    *,
    header_size: int = 14,
    header_crc: Crc = "right",
    data_size: int | None = None,
    file_crc: Crc = "right",
) -> bytes:
    """Header, body and checksum; every part can be made wrong on purpose."""
    told = len(body) if data_size is None else data_size
    header = struct.pack("<BBHI4s", header_size, PROTOCOL_VERSION, PROFILE_VERSION, told, b".FIT")
    if header_size >= len(header) + 2:
        header += _crc_bytes(header, header_crc)
    return header + body + _crc_bytes(header + body, file_crc)


def _crc_bytes(content: bytes, kind: Crc) -> bytes:
    if kind == "none":
        return b""
    right = crc16(content)
    value = {"right": right, "wrong": right ^ 0x5A5A, "zero": 0}[kind]
    return value.to_bytes(2, "little")


def write_activity(
    *,
    start_utc: datetime,
    time_s: ArrayLike,
    sport: str = "running",
    sub_sport: str | None = None,
    distance_m: ArrayLike | None = None,
    latitude_deg: ArrayLike | None = None,
    longitude_deg: ArrayLike | None = None,
    elevation_m: ArrayLike | None = None,
    speed_m_s: ArrayLike | None = None,
    heart_rate_bpm: ArrayLike | None = None,
    cadence_rpm: ArrayLike | None = None,
    power_w: ArrayLike | None = None,
    temp_watch_c: ArrayLike | None = None,
    pauses_s: Sequence[tuple[float, float]] = (),
    laps: Sequence[Lap] = (),
    profile: UserProfile | None = None,
    utc_offset_s: int = 0,
    serial: int = 1,
    sweat_loss_ml: int | None = None,
) -> bytes:
    """One recorded session as a finished FIT file.

    Channels have the shape of `time_s` (seconds from `start_utc`, rising); NaN is written as
    "nothing". `pauses_s` are times between which the timer stood still.
    """
    start = fit_time(start_utc)
    times = np.asarray(time_s, dtype=np.float64)
    columns = {
        0: _raw(latitude_deg, "<i4", SEMICIRCLES_PER_DEGREE),
        1: _raw(longitude_deg, "<i4", SEMICIRCLES_PER_DEGREE),
        5: _raw(distance_m, "<u4", 100.0),
        2: _raw(elevation_m, "<u2", 5.0, 500.0),
        6: _raw(speed_m_s, "<u2", 1000.0),
        7: _raw(power_w, "<u2"),
        3: _raw(heart_rate_bpm, "u1"),
        4: _raw(cadence_rpm, "u1"),
        13: _raw(temp_watch_c, "i1"),
    }
    known = {number: column for number, column in columns.items() if column is not None}
    elapsed_s = float(times[-1]) if times.size else 0.0
    timer_s = elapsed_s - sum(end - begin for begin, end in pauses_s)
    total_m = None if distance_m is None else float(np.nanmax(np.asarray(distance_m)))
    end = start + round(elapsed_s)
    sport_number = _number_of(SPORTS, sport)
    body = _about(start, serial, profile)
    body += _records(start, times, known, pauses_s)
    for index, lap in enumerate(laps or (Lap(start_s=0.0, distance_m=total_m),)):
        body += _lap(index, lap, start, elapsed_s, sport_number)
    body += _session(
        start=start,
        end=end,
        sums=(elapsed_s, timer_s, total_m),
        sport=sport_number,
        sub_sport=0 if sub_sport is None else _number_of(SUB_SPORTS, sub_sport),
        climbs=_climbs(elevation_m),
        sweat_loss_ml=sweat_loss_ml,
        n_laps=max(1, len(laps)),
    )
    return fit_file(body + _activity(end, end + utc_offset_s, timer_s))


def _activity(end: int, local_end: int, timer_s: float) -> bytes:
    """The closing message, which also tells the runner's own clock."""
    return _once(
        ACTIVITY,
        [
            (Field(TIMESTAMP, UINT32), end),
            (Field(0, UINT32), round(timer_s * 1000)),
            (Field(1, UINT16), 1),
            (Field(2, ENUM), MANUAL_ACTIVITY),
            (Field(3, ENUM), ACTIVITY_EVENT),
            (Field(4, ENUM), STOP),
            (Field(5, UINT32), local_end),
        ],
    )


def _number_of(names: Mapping[int, str], name: str) -> int:
    for number, known in names.items():
        if known == name:
            return number
    raise ValueError(f"{name!r} is not a sport the FIT profile knows")


def _raw(
    values: ArrayLike | None, dtype: str, scale: float = 1.0, offset: float = 0.0
) -> RawColumn | None:
    """A channel as the device writes it, with the type's own value where there is nothing."""
    if values is None:
        return None
    physical = np.asarray(values, dtype=np.float64)
    limits = np.iinfo(np.dtype(dtype))
    steps = np.rint((physical + offset) * scale)
    steps = np.clip(np.nan_to_num(steps, nan=limits.max), limits.min, limits.max)
    raw: RawColumn = steps.astype(dtype)
    return raw


def _once(global_number: int, content: Sequence[tuple[Field, RawValue]]) -> bytes:
    """A definition and its only message, under local type 1."""
    fields = [field for field, _ in content]
    values = [value for _, value in content]
    return definition(local=1, global_number=global_number, fields=fields) + message(
        local=1, fields=fields, values=values
    )


def _about(start: int, serial: int, profile: UserProfile | None) -> bytes:
    """Who wrote the file, and on whose wrist."""
    maker: list[tuple[Field, RawValue]] = [(Field(3, UINT32Z), serial), (Field(2, UINT16), 1)]
    body = _once(
        FILE_ID,
        [
            (Field(0, ENUM), ACTIVITY_FILE),
            (Field(1, UINT16), 255),
            *maker,
            (Field(4, UINT32), start),
        ],
    )
    body += _once(
        DEVICE_INFO,
        [
            (Field(TIMESTAMP, UINT32), start),
            (Field(0, UINT8), 0),
            (Field(2, UINT16), 255),
            (Field(3, UINT32Z), serial),
            (Field(4, UINT16), 1),
        ],
    )
    if profile is None:
        return body
    sex = {Sex.FEMALE: 0, Sex.MALE: 1, None: None}[profile.sex]
    height, mass = profile.height_cm, profile.body_mass_kg
    return body + _once(
        USER_PROFILE,
        [
            (Field(1, ENUM), sex),
            (Field(2, UINT8), None if profile.age_y is None else int(profile.age_y)),
            (Field(3, UINT8), None if height is None else round(height)),
            (Field(4, UINT16), None if mass is None else round(mass * 10)),
        ],
    )


def _records(
    start: int,
    times: FloatArray,
    columns: dict[int, RawColumn],
    pauses_s: Sequence[tuple[float, float]],
) -> bytes:
    """All record messages, with timer events where it was stopped and started."""
    base_types = {"i4": SINT32, "u4": UINT32, "u2": UINT16, "u1": UINT8, "i1": SINT8}
    fields = [Field(TIMESTAMP, UINT32)]
    fields += [Field(n, base_types[c.dtype.str[1:]]) for n, c in columns.items()]
    layout = [("header", "u1"), (str(TIMESTAMP), "<u4")]
    layout += [(str(n), c.dtype.str) for n, c in columns.items()]
    rows = np.zeros(times.size, dtype=layout)
    rows[str(TIMESTAMP)] = start + np.rint(times).astype(np.int64)
    for number, raw in columns.items():
        rows[str(number)] = raw
    event = [Field(TIMESTAMP, UINT32), Field(0, ENUM), Field(1, ENUM)]

    def timer(at_s: float, kind: int) -> bytes:
        return message(local=2, fields=event, values=[start + round(at_s), TIMER, kind])

    body = definition(local=0, global_number=RECORD, fields=fields)
    body += definition(local=2, global_number=EVENT, fields=event) + timer(0.0, START)
    done = 0
    for begin_s, end_s in pauses_s:
        upto = int(np.searchsorted(times, begin_s, side="right"))
        body += rows[done:upto].tobytes() + timer(begin_s, STOP_ALL) + timer(end_s, START)
        done = upto
    last_s = float(times[-1]) if times.size else 0.0
    return body + rows[done:].tobytes() + timer(last_s, STOP_ALL)


def _lap(index: int, lap: Lap, start: int, activity_s: float, sport: int) -> bytes:
    elapsed_s = activity_s - lap.start_s if lap.elapsed_s is None else lap.elapsed_s
    timer_s = elapsed_s if lap.timer_s is None else lap.timer_s
    begin = start + round(lap.start_s)
    return _once(
        LAP,
        [
            (Field(254, UINT16), index),
            (Field(TIMESTAMP, UINT32), begin + round(elapsed_s)),
            (Field(2, UINT32), begin),
            (Field(7, UINT32), round(elapsed_s * 1000)),
            (Field(8, UINT32), round(timer_s * 1000)),
            (Field(9, UINT32), _centimetres(lap.distance_m)),
            (Field(0, ENUM), LAP_EVENT),
            (Field(1, ENUM), STOP),
            (Field(25, ENUM), sport),
        ],
    )


def _session(
    *,
    start: int,
    end: int,
    sums: tuple[float, float, float | None],
    sport: int,
    sub_sport: int,
    climbs: tuple[int | None, int | None],
    sweat_loss_ml: int | None,
    n_laps: int,
) -> bytes:
    elapsed_s, timer_s, distance_m = sums
    content: list[tuple[Field, RawValue]] = [
        (Field(254, UINT16), 0),
        (Field(TIMESTAMP, UINT32), end),
        (Field(2, UINT32), start),
        (Field(7, UINT32), round(elapsed_s * 1000)),
        (Field(8, UINT32), round(timer_s * 1000)),
        (Field(9, UINT32), _centimetres(distance_m)),
        (Field(5, ENUM), sport),
        (Field(6, ENUM), sub_sport),
        (Field(0, ENUM), SESSION_EVENT),
        (Field(1, ENUM), STOP),
        (Field(22, UINT16), climbs[0]),
        (Field(23, UINT16), climbs[1]),
        (Field(25, UINT16), 0),
        (Field(26, UINT16), n_laps),
    ]
    if sweat_loss_ml is not None:
        content.append((Field(178, UINT16), sweat_loss_ml))
    return _once(SESSION, content)


def _centimetres(distance_m: float | None) -> int | None:
    return None if distance_m is None else round(distance_m * 100)


def _climbs(elevation_m: ArrayLike | None) -> tuple[int | None, int | None]:
    """Metres up and down along the elevation channel."""
    if elevation_m is None:
        return None, None
    steps = np.diff(np.asarray(elevation_m, dtype=np.float64))
    return round(float(np.nansum(steps[steps > 0]))), round(float(-np.nansum(steps[steps < 0])))
