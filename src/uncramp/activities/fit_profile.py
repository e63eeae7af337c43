"""The few messages and fields of the public FIT profile that uncramp reads, as facts.

A field is its number in the message, our own name with the unit, and the scale and offset with
which the device wrote it: physical value = raw / scale - offset.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

__all__ = [
    "ACTIVITY",
    "BASE_TYPES",
    "CHANNELS",
    "DEVICE_INFO",
    "EPOCH_OFFSET_S",
    "EVENT",
    "FIELD_DESCRIPTION",
    "FILE_ID",
    "FILE_TYPES",
    "GARMIN_PRODUCTS",
    "HEART_RATE",
    "LAP",
    "MANUFACTURERS",
    "MESSAGE_FIELDS",
    "RECORD",
    "SEMICIRCLES_PER_DEGREE",
    "SESSION",
    "SPORT",
    "SPORTS",
    "SUB_SPORTS",
    "SYSTEM_TIME_LIMIT",
    "TIMESTAMP",
    "USER_PROFILE",
    "WANTED",
    "WORKOUT",
    "BaseType",
    "ChannelField",
    "FieldFact",
]

EPOCH_OFFSET_S = 631_065_600
"""Seconds from 1970-01-01 to 1989-12-31 00:00 UTC, where FIT time starts."""

SYSTEM_TIME_LIMIT = 0x10000000
"""Times below this count from when the device was switched on, not from 1989."""

SEMICIRCLES_PER_DEGREE = 2**31 / 180.0
TIMESTAMP = 253

FILE_ID = 0
USER_PROFILE = 3
SPORT = 12
SESSION = 18
LAP = 19
RECORD = 20
EVENT = 21
DEVICE_INFO = 23
WORKOUT = 26
ACTIVITY = 34
HEART_RATE = 132
FIELD_DESCRIPTION = 206


@dataclass(frozen=True, slots=True)
class BaseType:
    """How a value is stored: numpy type code without byte order, and the value for "nothing"."""

    code: str
    size: int
    invalid: int | None
    """None where the type marks nothing itself (text) or with not-a-number (floats)."""


BASE_TYPES: tuple[BaseType, ...] = (
    BaseType("u1", 1, 0xFF),  # enum
    BaseType("i1", 1, 0x7F),
    BaseType("u1", 1, 0xFF),
    BaseType("i2", 2, 0x7FFF),
    BaseType("u2", 2, 0xFFFF),
    BaseType("i4", 4, 0x7FFFFFFF),
    BaseType("u4", 4, 0xFFFFFFFF),
    BaseType("S", 1, None),  # text
    BaseType("f4", 4, None),
    BaseType("f8", 8, None),
    BaseType("u1", 1, 0),  # the three "z" types: 0 means nothing
    BaseType("u2", 2, 0),
    BaseType("u4", 4, 0),
    BaseType("u1", 1, 0xFF),  # bytes
    BaseType("i8", 8, 0x7FFFFFFFFFFFFFFF),
    BaseType("u8", 8, 0xFFFFFFFFFFFFFFFF),
    BaseType("u8", 8, 0),
)
"""By the lower five bits of a field's base type byte."""


@dataclass(frozen=True, slots=True)
class FieldFact:
    """Name and scaling of one field of a rare message."""

    name: str
    scale: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class ChannelField:
    """One field of the record message that feeds a channel; later entries win where both have
    a value (the enhanced form after the plain one)."""

    number: int
    channel: str
    dtype: str
    scale: float = 1.0
    offset: float = 0.0


CHANNELS: tuple[ChannelField, ...] = (
    ChannelField(0, "latitude_deg", "i4", SEMICIRCLES_PER_DEGREE),
    ChannelField(1, "longitude_deg", "i4", SEMICIRCLES_PER_DEGREE),
    ChannelField(2, "elevation_m", "u2", 5.0, 500.0),
    ChannelField(78, "elevation_m", "u4", 5.0, 500.0),
    ChannelField(3, "heart_rate_bpm", "u1"),
    ChannelField(4, "cadence_rpm", "u1"),
    ChannelField(5, "distance_m", "u4", 100.0),
    ChannelField(6, "speed_m_s", "u2", 1000.0),
    ChannelField(73, "speed_m_s", "u4", 1000.0),
    ChannelField(7, "power_w", "u2"),
    ChannelField(13, "temp_watch_c", "i1"),
)

_START = {253: FieldFact("timestamp"), 2: FieldFact("start_time")}
_SUMS = {
    7: FieldFact("elapsed_s", 1000.0),
    8: FieldFact("timer_s", 1000.0),
    9: FieldFact("distance_m", 100.0),
}

MESSAGE_FIELDS: MappingProxyType[int, dict[int, FieldFact]] = MappingProxyType(
    {
        FILE_ID: {
            0: FieldFact("type"),
            1: FieldFact("manufacturer"),
            2: FieldFact("product"),
            3: FieldFact("serial_number"),
            4: FieldFact("time_created"),
            8: FieldFact("product_name"),
        },
        USER_PROFILE: {
            1: FieldFact("gender"),
            2: FieldFact("age_y"),
            3: FieldFact("height_m", 100.0),
            4: FieldFact("body_mass_kg", 10.0),
        },
        SPORT: {0: FieldFact("sport"), 1: FieldFact("sub_sport")},
        SESSION: {
            **_START,
            **_SUMS,
            5: FieldFact("sport"),
            6: FieldFact("sub_sport"),
            22: FieldFact("ascent_m"),
            23: FieldFact("descent_m"),
            178: FieldFact("sweat_loss_ml"),
        },
        LAP: {**_START, **_SUMS},
        EVENT: {253: FieldFact("timestamp"), 0: FieldFact("event"), 1: FieldFact("event_type")},
        DEVICE_INFO: {
            0: FieldFact("device_index"),
            2: FieldFact("manufacturer"),
            3: FieldFact("serial_number"),
            4: FieldFact("product"),
            27: FieldFact("product_name"),
        },
        WORKOUT: {4: FieldFact("sport")},
        ACTIVITY: {253: FieldFact("timestamp"), 5: FieldFact("local_timestamp")},
        HEART_RATE: {
            253: FieldFact("timestamp"),
            0: FieldFact("fraction_s", 32768.0),
            1: FieldFact("fraction_256_s", 256.0),
            6: FieldFact("filtered_bpm"),
            9: FieldFact("event_s", 1024.0),
            10: FieldFact("event_12_bit"),
        },
        FIELD_DESCRIPTION: {
            0: FieldFact("developer_index"),
            1: FieldFact("number"),
            2: FieldFact("base_type"),
            3: FieldFact("name"),
            6: FieldFact("scale"),
            7: FieldFact("offset"),
        },
    }
)

WANTED = frozenset(MESSAGE_FIELDS) | {RECORD}
"""Messages the position scan remembers; it steps over all others."""

FILE_TYPES = MappingProxyType(
    {
        1: "device",
        2: "settings",
        3: "sport_settings",
        4: "activity",
        5: "workout",
        6: "course",
        7: "schedule",
        9: "weight",
        10: "totals",
        11: "goals",
        14: "blood_pressure",
        15: "monitoring",
        20: "activity_summary",
        28: "monitoring",
        32: "monitoring",
        34: "segment",
        35: "segment",
        38: "settings",
        40: "settings",
        49: "monitoring",
    }
)

SPORTS = MappingProxyType(
    {
        0: "generic",
        1: "running",
        2: "cycling",
        3: "transition",
        4: "fitness_equipment",
        5: "swimming",
        6: "basketball",
        7: "soccer",
        8: "tennis",
        9: "american_football",
        10: "training",
        11: "walking",
        12: "cross_country_skiing",
        13: "alpine_skiing",
        14: "snowboarding",
        15: "rowing",
        16: "mountaineering",
        17: "hiking",
        18: "multisport",
        19: "paddling",
        20: "flying",
        21: "e_biking",
        25: "golf",
        30: "inline_skating",
        31: "rock_climbing",
        33: "ice_skating",
        35: "snowshoeing",
        37: "stand_up_paddleboarding",
        38: "surfing",
        41: "kayaking",
        43: "windsurfing",
        53: "diving",
        62: "hiit",
        64: "racket",
    }
)

SUB_SPORTS = MappingProxyType(
    {
        1: "treadmill",
        2: "street",
        3: "trail",
        4: "track",
        5: "spin",
        6: "indoor_cycling",
        7: "road",
        8: "mountain",
        9: "downhill",
        11: "cyclocross",
        14: "indoor_rowing",
        15: "elliptical",
        16: "stair_climbing",
        17: "lap_swimming",
        18: "open_water",
        20: "strength_training",
        26: "cardio_training",
        27: "indoor_walking",
        30: "casual_walking",
        31: "speed_walking",
        45: "indoor_running",
        46: "gravel_cycling",
        58: "virtual_activity",
        59: "obstacle",
        67: "ultra",
    }
)

MANUFACTURERS = MappingProxyType(
    {
        1: "garmin",
        15: "dynastream",
        23: "suunto",
        32: "wahoo",
        69: "stages",
        76: "moxy",
        95: "stryd",
        123: "polar",
        255: "development",
        258: "lezyne",
        260: "zwift",
        263: "favero",
        265: "strava",
        267: "bryton",
        294: "coros",
    }
)

GARMIN_PRODUCTS = MappingProxyType(
    {
        717: "fr405",
        782: "fr50",
        988: "fr60",
        1018: "fr310xt",
        1124: "fr110",
        1328: "fr910xt",
        1345: "fr610",
        1436: "fr70",
        1482: "fr10",
        1551: "fenix",
        1623: "fr620",
        1632: "fr220",
        1765: "fr920xt",
        1903: "fr15",
        1907: "vivo_active",
        1967: "fenix2",
        2050: "fenix3",
        2153: "fr225",
        2156: "fr630",
        2157: "fr230",
        2158: "fr735xt",
        2337: "vivo_active_hr",
        2413: "fenix3_hr",
        2431: "fr235",
        2503: "fr35",
        2544: "fenix5s",
        2604: "fenix5x",
        2691: "fr935",
        2697: "fenix5",
        2700: "vivo_active3",
        2886: "fr645",
        2888: "fr645m",
        2900: "fenix5s_plus",
        3076: "fr245",
        3077: "fr245m",
        3110: "fenix5_plus",
        3111: "fenix5x_plus",
        3113: "fr945",
        3282: "fr45",
        3289: "fenix6",
        3290: "fenix6",
        3291: "fenix6x",
        3589: "fr745",
        3703: "venu2",
        3869: "fr55",
        3905: "fenix7s",
        3906: "fenix7",
        3907: "fenix7x",
        3943: "epix2",
        3990: "fr255m",
        3992: "fr255",
        3993: "fr255s",
        4024: "fr955",
        4257: "fr265",
        4258: "fr265s",
        4260: "venu3",
        4315: "fr965",
        4432: "fr165",
    }
)
