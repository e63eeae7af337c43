"""Apple's Health export: workouts cut out of `export.xml`, each with its route and heart rate.

The file may have gigabytes, so it is never held as a tree: expat reports one element at a time and
nothing is kept but workouts and, eight bytes each, the heart rates.

Real exports start with a document type and its element and attribute declarations. Those are
harmless and let pass; what could do harm is not: any entity declaration, any outside document type
and any entity reference stops the reading at once, before anything is expanded. Attribute values
that only the declarations give are not taken.

A workout that was cut out is a small document of its own (root `AppleWorkout`: the elements as
Apple wrote them, the heart rates, the route's GPX). It is the original that is kept, and read again
by `read_apple`; names of people and phones are left out of it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite, nan
from types import MappingProxyType
from typing import Any, Final
from xml.parsers import expat
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

import numpy as np

from uncramp.activities.archive_members import About
from uncramp.activities.gpx import read_points
from uncramp.activities.quality import Recorded, RecordedLap, finish
from uncramp.activities.xml_stream import Points, XmlFile, number, unpack_text
from uncramp.errors import RefusedFileError
from uncramp.vocabulary import Activity

__all__ = [
    "HealthExport",
    "Workout",
    "is_health_route",
    "looks_like_health",
    "read_apple",
    "read_health",
    "route_start_epoch_s",
]

HEALTH_HEAD: Final = re.compile(rb"<!DOCTYPE\s+HealthData\b|<HealthData[\s>]")
ROUTE_HEAD: Final = re.compile(rb"<gpx\b[^>]*creator\s*=\s*[\"']Apple Health", re.I)
ROUTE_TIME: Final = re.compile(rb"<trkpt\b.*?<time>\s*([^<\s]{10,40})\s*</time>", re.S)

LONGEST_TOKEN: Final = 4 * 2**20
"""Bytes; longer single tags are made to fill memory."""
DEEPEST: Final = 64
MOST_WORKOUTS: Final = 100_000
MOST_PARTS: Final = 5_000
MOST_RATES: Final = 12_000_000
"""Ten years of a watch that is worn day and night; of more, the first are kept."""

DAMAGES: Final = frozenset({"zip_member_damaged"})
"""Refusals by the archive around the export that leave what came before as it is."""

HEART_RATE: Final = "HKQuantityTypeIdentifierHeartRate"
KEPT_ATTRIBUTES: Final = MappingProxyType(
    {
        "Workout": (
            "workoutActivityType", "duration", "durationUnit", "totalDistance",
            "totalDistanceUnit", "startDate", "endDate",
        ),
        "WorkoutEvent": ("type", "date", "duration", "durationUnit"),
        "WorkoutStatistics": ("type", "sum", "average", "minimum", "maximum", "unit"),
        "MetadataEntry": ("key", "value"),
    }
)  # fmt: skip
KEPT_METADATA: Final = frozenset(
    {
        "HKIndoorWorkout", "HKTimeZone", "HKWeatherTemperature", "HKWeatherHumidity",
        "HKElevationAscended", "HKElevationDescended",
    }
)  # fmt: skip
WORKOUT_TYPE: Final = "HKWorkoutActivityType"
DISTANCE_TYPES: Final = ("DistanceWalkingRunning", "DistanceCycling", "DistanceSwimming")
SECONDS_IN: Final = MappingProxyType({"s": 1.0, "sec": 1.0, "min": 60.0, "hr": 3600.0, "h": 3600.0})
METRES_IN: Final = MappingProxyType(
    {"m": 1.0, "km": 1000.0, "cm": 0.01, "mi": 1609.344, "ft": 0.3048, "yd": 0.9144}
)
PAUSES: Final = frozenset({"Pause", "MotionPaused"})
RESUMES: Final = frozenset({"Resume", "MotionResumed"})

NEAR_S: Final = 10.0
"""A heart rate stands for the points of the route within ten seconds: the watch measures all the
time but writes one every few seconds."""
TENTHS: Final = 10


@dataclass(slots=True)
class Workout:
    """One workout as the export tells it, and the names of its route files."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """(name, kept attributes); the workout itself first."""
    routes: list[str] = field(default_factory=list)

    @property
    def start_epoch_s(self) -> float:
        """Unix time of the start, NaN when it is not told."""
        return apple_epoch_s(self.elements[0][1].get("startDate"))

    @property
    def end_epoch_s(self) -> float:
        """Unix time of the end, NaN when it is not told."""
        return apple_epoch_s(self.elements[0][1].get("endDate"))

    def about(self) -> About:
        """Sport, start and weather."""
        start = self.start_epoch_s
        return About(
            source="apple",
            sport=_sport(self.elements[0][1].get("workoutActivityType", "")),
            start_utc=datetime.fromtimestamp(start, UTC) if 0 < start < 4e9 else None,
            weather=_weather(self.metadata()),
        )

    def metadata(self) -> dict[str, str]:
        """Metadata entries by key."""
        return {
            attributes.get("key", ""): attributes.get("value", "")
            for name, attributes in self.elements
            if name == "MetadataEntry"
        }


@dataclass(slots=True)
class HealthExport:
    """The workouts of an export, and every heart rate in it."""

    workouts: list[Workout] = field(default_factory=list)
    rates: array[int] = field(default_factory=lambda: array("Q"))
    """Unix second in the upper bits, tenths of beats a minute in the lowest sixteen."""
    damage: RefusedFileError | None = None
    """Why the reading ended before the export did."""

    def document(self, workout: Workout, routes: Iterable[bytes]) -> bytes:
        """The workout as a document of its own, with its heart rates and routes."""
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<AppleWorkout>"]
        (name, attributes), *inner = workout.elements
        lines.append(f"<{name}{_attributes(attributes)}>")
        lines += [f" <{part}{_attributes(told)}/>" for part, told in inner]
        lines.append(f"</{name}>")
        rates = " ".join(f"{moment}:{rate}" for moment, rate in self._rates_of(workout))
        lines.append(f"<HeartRate>{rates}</HeartRate>")
        for route in routes:
            text, _ = unpack_text(route)
            lines.append(text[max(0, text.find("<gpx")) :].strip())
        lines.append("</AppleWorkout>\n")
        return "\n".join(lines).encode("utf-8", errors="replace")

    def _rates_of(self, workout: Workout) -> Iterator[tuple[int, int]]:
        """Unix second and tenths of beats a minute within the workout, one a second."""
        start, end = workout.start_epoch_s, workout.end_epoch_s
        if not 0 <= start <= end < 2**40:
            return
        rates = np.frombuffer(self.rates, dtype=np.uint64)
        low, high = np.searchsorted(
            rates, np.array([int(start) << 16, (int(end) + 1) << 16], dtype=np.uint64)
        )
        last = -1
        for packed in rates[low:high].tolist():
            if packed >> 16 != last:
                last = packed >> 16
                yield last, packed & 0xFFFF


def looks_like_health(head: bytes) -> bool:
    """Whether this is the beginning of a Health export."""
    return HEALTH_HEAD.search(head) is not None


def is_health_route(head: bytes) -> bool:
    """Whether this is the beginning of a route that Health wrote."""
    return ROUTE_HEAD.search(head) is not None


def route_start_epoch_s(head: bytes) -> float:
    """Unix time of the first point of a route, NaN when it has none."""
    found = ROUTE_TIME.search(head)
    return apple_epoch_s(found[1].decode("ascii", errors="replace")) if found else nan


# The large file


def read_health(pieces: Iterable[bytes]) -> HealthExport:
    """Workouts and heart rates of an export that comes in pieces.

    A file that breaks off gives what came before, and tells the damage. Raises RefusedFileError
    for a file that declares or uses entities, or is built to fill memory.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.specified_attributes = True
    parser.buffer_text = False
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse_outside_doctype
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.SkippedEntityHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    fed = 0
    try:
        for piece in pieces:
            parser.Parse(piece, False)  # noqa: FBT003  the library takes it by place only
            fed += len(piece)
            if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
                raise RefusedFileError("hostile_xml")
        parser.Parse(b"", True)  # noqa: FBT003
    except (expat.ExpatError, UnicodeError, LookupError):
        reader.export.damage = RefusedFileError("xml_damaged")
    except RefusedFileError as refusal:
        if refusal.code not in DAMAGES:
            raise
        reader.export.damage = refusal
    np.frombuffer(reader.export.rates, dtype=np.uint64).sort()
    return reader.export


def _refuse(*_: object) -> int:
    """Whatever has to do with entities."""
    raise RefusedFileError("hostile_xml")


def _refuse_outside_doctype(
    _name: str, system: str | None, public: str | None, _has_subset: object
) -> None:
    """A document type that stands in another file or at another host."""
    if system is not None or public is not None:
        raise RefusedFileError("hostile_xml")


class _Reader:
    """Takes in elements as expat reports them."""

    def __init__(self) -> None:
        self.export = HealthExport()
        self._depth = 0
        self._workout: Workout | None = None
        self._workout_depth = 0
        self._day = ("", 0)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise RefusedFileError("hostile_xml")
        if name == "Record":
            if attributes.get("type") == HEART_RATE:
                self._take_rate(attributes)
        elif name == "Workout":
            self._workout = Workout(elements=[(name, _kept(name, attributes))])
            self._workout_depth = self._depth
        elif self._workout is not None:
            self._take_part(self._workout, name, attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        if name == "Workout" and self._workout is not None:
            if len(self.export.workouts) < MOST_WORKOUTS:
                self.export.workouts.append(self._workout)
            self._workout = None

    def _take_part(self, workout: Workout, name: str, attributes: dict[str, str]) -> None:
        """Events, statistics and metadata right below the workout; routes anywhere in it."""
        if len(workout.elements) >= MOST_PARTS or len(workout.routes) >= MOST_PARTS:
            return
        if name == "FileReference" and (path := attributes.get("path")):
            workout.routes.append(re.split(r"[/\\]", path)[-1])
        elif self._depth != self._workout_depth + 1 or name not in KEPT_ATTRIBUTES:
            return
        elif name != "MetadataEntry" or attributes.get("key") in KEPT_METADATA:
            workout.elements.append((name, _kept(name, attributes)))

    def _take_rate(self, attributes: dict[str, str]) -> None:
        rates = self.export.rates
        rate = number(attributes.get("value")) * TENTHS
        moment = self._epoch_s(attributes.get("startDate", ""))
        if 0 < rate < 2**12 and 0 < moment < 2**40 and len(rates) < MOST_RATES:
            rates.append(int(moment) << 16 | round(rate))

    def _epoch_s(self, text: str) -> float:
        """As `apple_epoch_s`, with the last day remembered: neighbours are mostly of one day."""
        day, clock = text[:10] + text[19:], text[11:19]
        if self._day[0] != day:
            midnight = apple_epoch_s(f"{text[:10]} 00:00:00{text[19:]}")
            if not isfinite(midnight):
                return nan
            self._day = (day, int(midnight))
        if not (clock[:2] + clock[3:5] + clock[6:]).isdecimal():
            return nan
        return self._day[1] + int(clock[:2]) * 3600 + int(clock[3:5]) * 60 + int(clock[6:])


def _kept(name: str, attributes: dict[str, str]) -> dict[str, str]:
    return {key: attributes[key] for key in KEPT_ATTRIBUTES[name] if key in attributes}


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())


def apple_epoch_s(text: str | None) -> float:
    """Unix time of `2024-06-01 08:00:00 +0000` or any ISO 8601 moment, NaN when it is none."""
    words = re.sub(r"(?<=\d) (?=[+-]\d)", "", (text or "").strip())
    try:
        moment = datetime.fromisoformat(words)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return nan


# One workout


def read_apple(data: bytes) -> tuple[Activity, ...]:
    """The workout of a document made by `HealthExport.document`."""
    file = XmlFile()
    workout, rates = Workout(), ""
    for event, name, parent, element in file.elements(data):
        if event == "start" and (name == "Workout" or parent == "Workout"):
            if name in KEPT_ATTRIBUTES and (workout.elements or name == "Workout"):
                workout.elements.append((name, dict(element.attrib)))
        elif event == "end" and name == "HeartRate" and parent == "AppleWorkout":
            rates = element.text or ""
    if not workout.elements:
        raise RefusedFileError("no_records")
    points = _joined(read_points(data), *_rates(rates))
    return (finish(_recorded(workout, points, file)),)


def _rates(text: str) -> tuple[Any, Any]:
    """Unix seconds and beats a minute of each `second:tenths`."""
    pairs = [pair.partition(":") for pair in text.split()]
    told = [
        (int(moment), int(tenths) / TENTHS)
        for moment, _, tenths in pairs
        if moment.isdecimal() and tenths.isdecimal() and len(moment) < 12 and len(tenths) < 6
    ]
    table = np.array(told, dtype=np.float64).reshape(-1, 2)
    table = table[np.argsort(table[:, 0], kind="stable")]
    return table[:, 0], table[:, 1]


def _joined(route: Points, moments: Any, rates: Any) -> Points:
    """The route with the nearest heart rate at each point, and heart rates far from any point as
    points of their own."""
    times = route.times()
    if not moments.size:
        return route
    if times.size and not np.isfinite(times).all():
        return route
    route.values["heart_rate_bpm"] = _nearest(times, moments, rates).tolist()
    alone = ~np.isfinite(_nearest(moments, times, times)) if times.size else moments > 0
    segments = [times[start] for start in route.segment_starts if start < times.size]
    for moment, rate in zip(moments[alone].tolist(), rates[alone].tolist(), strict=True):
        route.add({"epoch_s": moment, "heart_rate_bpm": rate})
    if alone.any() and (np.diff(times) >= 0).all():
        order = np.argsort(route.times(), kind="stable").tolist()
        route.epoch_s = [route.epoch_s[place] for place in order]
        for channel, values in route.values.items():
            route.values[channel] = [values[place] for place in order]
        route.segment_starts = [
            int(np.searchsorted(route.times(), start)) for start in dict.fromkeys(segments)
        ]
    return route


def _nearest(moments: Any, known: Any, values: Any) -> Any:
    """For each moment the value known nearest to it, NaN when none is near; `known` rises."""
    if not known.size or not moments.size:
        return np.full(moments.size, nan)
    after = np.clip(np.searchsorted(known, moments), 0, known.size - 1)
    before = np.maximum(after - 1, 0)
    best = np.where(
        np.abs(known[before] - moments) <= np.abs(known[after] - moments), before, after
    )
    return np.where(np.abs(known[best] - moments) <= NEAR_S, values[best], nan)


def _recorded(workout: Workout, points: Points, file: XmlFile) -> Recorded:
    told = workout.elements[0][1]
    start, end = workout.start_epoch_s, workout.end_epoch_s
    metadata = workout.metadata()
    return Recorded(
        sport=_sport(told.get("workoutActivityType", "")) or "unknown",
        sub_sport="treadmill" if _is_indoor_run(told, metadata) else None,
        start_epoch_s=_known(start),
        elapsed_s=_known(end - start),
        timer_s=_known(_quantity(told.get("duration"), told.get("durationUnit"), SECONDS_IN)),
        distance_m=_known(_distance_m(workout)),
        ascent_m=_known(_in_metres(metadata.get("HKElevationAscended"))),
        descent_m=_known(_in_metres(metadata.get("HKElevationDescended"))),
        utc_offset_s=_utc_offset_s(metadata.get("HKTimeZone"), told.get("startDate"), start),
        device="Apple Health",
        epoch_s=points.times(),
        streams=points.streams(),
        pauses=tuple(_pauses(workout, end)),
        segment_starts=tuple(points.segment_starts),
        laps=tuple(_laps(workout)),
        flags=tuple(file.flags),
    )


def _is_indoor_run(told: dict[str, str], metadata: dict[str, str]) -> bool:
    is_run = _sport(told.get("workoutActivityType", "")) == "running"
    return is_run and metadata.get("HKIndoorWorkout") == "1"


def _sport(kind: str) -> str | None:
    """`HKWorkoutActivityTypeCrossCountrySkiing` is `cross_country_skiing`."""
    name = kind.removeprefix(WORKOUT_TYPE)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return words if re.fullmatch(r"[a-z][a-z0-9_]{2,39}", words) else None


def _events(workout: Workout) -> Iterator[tuple[str, float, float]]:
    """(kind, Unix time, seconds) of each event, in order of time."""
    found = [
        (
            attributes.get("type", "").removeprefix("HKWorkoutEventType"),
            apple_epoch_s(attributes.get("date")),
            _quantity(attributes.get("duration"), attributes.get("durationUnit"), SECONDS_IN),
        )
        for name, attributes in workout.elements
        if name == "WorkoutEvent"
    ]
    yield from sorted((one for one in found if isfinite(one[1])), key=lambda one: one[1])


def _pauses(workout: Workout, end: float) -> Iterator[tuple[float, float]]:
    """When the clock of the workout stood still."""
    since: float | None = None
    for kind, moment, _ in _events(workout):
        if kind in PAUSES and since is None:
            since = moment
        elif kind in RESUMES and since is not None:
            yield since, moment
            since = None
    if since is not None and isfinite(end) and end > since:
        yield since, end


def _laps(workout: Workout) -> Iterator[RecordedLap]:
    for kind, moment, seconds in _events(workout):
        if kind == "Lap" and seconds > 0:
            yield RecordedLap(start_epoch_s=moment, elapsed_s=seconds)


def _distance_m(workout: Workout) -> float:
    """From the statistics, in older exports from the workout itself."""
    for name, told in workout.elements:
        if name == "WorkoutStatistics" and told.get("type", "").endswith(DISTANCE_TYPES):
            distance = _quantity(told.get("sum"), told.get("unit"), METRES_IN)
            if isfinite(distance):
                return distance
    told = workout.elements[0][1]
    return _quantity(told.get("totalDistance"), told.get("totalDistanceUnit"), METRES_IN)


def _quantity(value: str | None, unit: str | None, factors: MappingProxyType[str, float]) -> float:
    return number(value) * factors.get(unit or "", nan)


def _in_metres(text: str | None) -> float:
    """`12345 cm` in metres."""
    value, _, unit = (text or "").strip().partition(" ")
    return _quantity(value, unit, METRES_IN)


def _known(value: float) -> float | None:
    return value if isfinite(value) and value >= 0 else None


def _weather(metadata: dict[str, str]) -> dict[str, float] | None:
    """Air temperature and humidity as the phone noted them; humidity stands as hundredths."""
    value, _, unit = metadata.get("HKWeatherTemperature", "").partition(" ")
    temperature = number(value)
    if unit == "degF":
        temperature = (temperature - 32) / 1.8
    if not -60 <= temperature <= 60:
        return None
    weather = {"temp_air_c": round(temperature, 2)}
    humidity = number(metadata.get("HKWeatherHumidity", "").partition(" ")[0])
    humidity = humidity / 100 if humidity > 100 else humidity
    if 0 < humidity <= 100:
        weather["relative_humidity_pct"] = humidity
    return weather


def _utc_offset_s(zone: str | None, start_date: str | None, start: float) -> int | None:
    """From the zone of the workout; the dates themselves are in the zone of the export."""
    if zone and isfinite(start) and re.fullmatch(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*", zone):
        try:
            there = datetime.fromtimestamp(start, ZoneInfo(zone)).utcoffset()
        except (KeyError, ValueError, OSError, OverflowError):
            there = None
        if there is not None:
            return round(there.total_seconds())
    found = re.search(r"([+-])(\d\d):?(\d\d)$", (start_date or "").strip())
    if found is None:
        return None
    return (1 if found[1] == "+" else -1) * (int(found[2]) * 3600 + int(found[3]) * 60)
