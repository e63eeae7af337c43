"""Polar's account export: one `training-session-….json` for each session.

Two layouts are known. Until about 2024 every sample was an object with its own moment
(`samples.heartRate[].dateTime`, `.value`; `samples.recordedRoute`); since then a channel is one
list of values at a fixed interval (`samples.samples[].values`, `routes.route.wayPoints`). Times are
the runner's local clock, with the offset to universal time in minutes beside them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import isfinite, nan
from statistics import median
from types import MappingProxyType
from typing import Any, Final

from uncramp.activities.quality import Recorded, RecordedLap, finish
from uncramp.activities.sport_names import sport_named
from uncramp.activities.xml_stream import Points
from uncramp.errors import RefusedFileError
from uncramp.vocabulary import Activity

__all__ = ["looks_like_session", "read_polar", "title_and_sport"]

LARGEST: Final = 48 * 2**20
MOST_VALUES: Final = 3_000_000
"""A day of six channels a second, three times over."""
LONGEST_TITLE: Final = 200

CHANNEL_OF: Final = MappingProxyType(
    {
        "heartrate": "heart_rate_bpm",
        "distance": "distance_m",
        "speed": "speed_m_s",
        "altitude": "elevation_m",
        "cadence": "cadence_rpm",
        "temperature": "temp_watch_c",
        "power": "power_w",
    }
)
"""By the name of the samples, letters only, in lower case."""
CHANNEL_OF_NUMBER: Final = MappingProxyType(
    {
        0: "heart_rate_bpm",
        1: "speed_m_s",
        2: "cadence_rpm",
        3: "elevation_m",
        4: "power_w",
        9: "temp_watch_c",
        10: "distance_m",
    }
)
SPORT_OF_NUMBER: Final = MappingProxyType(
    {
        "1": "running",
        "2": "cycling",
        "3": "walking",
        "4": "running",
        "5": "cycling",
        "11": "hiking",
        "17": "running",
        "27": "running",
    }
)
KMH_PER_M_S: Final = 3.6

SESSION_HEAD: Final = re.compile(rb'"(?:startTime|start-time)"')
PARTS: Final = re.compile(rb'"exercises"\s*:\s*\[')
PLANNED: Final = re.compile(rb'"(?:nonUserEditable|programRef|phases|done)"\s*:')
TITLE: Final = re.compile(rb'"name"\s*:\s*("(?:[^"\\]|\\.){0,400}")')
ISO_DURATION: Final = re.compile(
    r"P(?:(\d+)D)?T?(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?", re.I
)


@dataclass(slots=True)
class _Rows:
    """Samples by their moment, in milliseconds of Unix time."""

    by_moment: dict[int, dict[str, float]] = field(default_factory=dict)

    def put(self, epoch_s: float, channel: str, value: object) -> None:
        """Note one value; what is no number, and a heart rate of zero, is nothing."""
        told = _number(value)
        if (
            not isfinite(told)
            or not isfinite(epoch_s)
            or (channel == "heart_rate_bpm" and not told)
        ):
            return
        row = self.by_moment.setdefault(round(epoch_s * 1000), {})
        row.setdefault(channel, told)

    def points(self) -> Points:
        """The same as track points, in order of time."""
        points = Points()
        for moment in sorted(self.by_moment):
            points.add({"epoch_s": moment / 1000.0, **self.by_moment[moment]})
        return points


def looks_like_session(head: bytes) -> bool:
    """Whether this is the beginning of a session; planned ones are not."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text.startswith(b"{") or not SESSION_HEAD.search(text):
        return False
    parts = PARTS.search(text)
    return parts is not None and not PLANNED.search(text)


def title_and_sport(head: bytes) -> tuple[str | None, str | None]:
    """The name that stands before the parts of the session, and the sport if it names one."""
    parts = PARTS.search(head)
    found = TITLE.search(head[: parts.start()] if parts else head)
    if found is None:
        return None, None
    try:
        title = str(json.loads(found[1].decode("utf-8", errors="replace")))
    except ValueError:
        return None, None
    return title[:LONGEST_TITLE].strip() or None, sport_named(title)


def read_polar(data: bytes) -> tuple[Activity, ...]:
    """One activity for each part of the session; refused when it holds no recording."""
    if len(data) > LARGEST or sum(map(data.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise RefusedFileError("too_large", values={"limit_mb": LARGEST // 2**20})
    try:
        session = json.loads(data.decode("utf-8-sig", errors="replace"), object_hook=_compact)
    except (ValueError, RecursionError) as problem:
        raise RefusedFileError("json_damaged") from problem
    parts = session.get("exercises") if isinstance(session, dict) else None
    recorded = [
        _recorded(session, part, index)
        for index, part in enumerate(parts if isinstance(parts, list) else [])
        if isinstance(part, dict)
    ]
    activities = tuple(
        finish(one) for one in recorded if one.epoch_s.size or one.elapsed_s or one.timer_s
    )
    if not activities:
        raise RefusedFileError("no_records")
    return activities


def _compact(found: dict[str, Any]) -> object:
    """A sample as a pair, so that a long session does not fill the memory with dictionaries."""
    if len(found) == 2 and "dateTime" in found and "value" in found:
        return (found["dateTime"], found["value"])
    return found


def _recorded(session: Mapping[str, Any], part: Mapping[str, Any], index: int) -> Recorded:
    offset_min = _first_number(part, session, "timezoneOffset", "timezoneOffsetMinutes")
    offset_s = 60.0 * offset_min if abs(offset_min) <= 14 * 60 else nan
    zone_s = offset_s if isfinite(offset_s) else 0.0
    start = _epoch_s(part.get("startTime", session.get("startTime")), zone_s)
    stop = _epoch_s(part.get("stopTime"), zone_s)
    rows = _Rows()
    for moment, channel, value in _samples(part.get("samples"), start, zone_s):
        rows.put(moment, channel, value)
    _read_route(part, rows, start, zone_s)
    duration_s = _duration_s(part)
    distance_m = _first_number(part, {}, "distance", "distanceMeters")
    _speeds_to_m_s(rows, distance_m, duration_s)
    points = rows.points()
    product = session.get("product")
    return Recorded(
        sport=_sport(session, part),
        session_index=index,
        start_epoch_s=_known(start),
        elapsed_s=_known(stop - start) if stop > start else _known(duration_s),
        timer_s=_known(duration_s),
        distance_m=_known(distance_m),
        ascent_m=_known(_first_number(part, {}, "ascent", "ascentMeters")),
        descent_m=_known(_first_number(part, {}, "descent", "descentMeters")),
        utc_offset_s=round(offset_s) if isfinite(offset_s) else None,
        device=_words(product.get("modelName")) if isinstance(product, dict) else None,
        epoch_s=points.times(),
        streams=points.streams(),
        laps=tuple(_laps(part.get("laps"), start)),
    )


# Samples


def _samples(samples: object, start: float, zone_s: float) -> Iterator[tuple[float, str, object]]:
    """(Unix time, channel, value) of every sample, in any of the known layouts."""
    if isinstance(samples, dict) and isinstance(samples.get("samples"), list):
        samples = samples["samples"]
    if isinstance(samples, list):
        for one in samples:
            if isinstance(one, dict):
                yield from _listed_samples(one, start)
    elif isinstance(samples, dict):
        for name, values in samples.items():
            channel = CHANNEL_OF.get(_letters(name))
            if channel is not None and isinstance(values, list):
                for place, value in enumerate(values):
                    if isinstance(value, tuple):
                        yield _epoch_s(value[0], zone_s), channel, value[1]
                    elif not isinstance(value, dict):
                        yield start + place, channel, value


def _listed_samples(one: Mapping[str, Any], start: float) -> Iterator[tuple[float, str, object]]:
    """A channel that is one list, or one text of numbers, at a fixed interval."""
    kind = one.get("type", one.get("sample-type", one.get("sampleType")))
    if isinstance(kind, str):
        channel = CHANNEL_OF.get(_letters(kind))
        if channel is None and kind.isdigit() and len(kind) < 4:
            channel = CHANNEL_OF_NUMBER.get(int(kind))
    else:
        channel = CHANNEL_OF_NUMBER.get(kind) if isinstance(kind, int) else None
    interval_s = _number(one.get("intervalMillis")) / 1000.0
    if not isfinite(interval_s):
        interval_s = _number(one.get("recording-rate", one.get("recordingRate", 1)))
    values = one.get("values", one.get("data"))
    if isinstance(values, str):
        values = values.split(",")
    if channel is not None and isinstance(values, list) and 0 < interval_s <= 3600:
        for place, value in enumerate(values):
            yield start + place * interval_s, channel, value


def _read_route(part: Mapping[str, Any], rows: _Rows, start: float, zone_s: float) -> None:
    """Positions, of either layout."""
    samples = part.get("samples")
    points = samples.get("recordedRoute") if isinstance(samples, dict) else None
    routes = part.get("routes")
    route = routes.get("route") if isinstance(routes, dict) else None
    if isinstance(route, dict):
        points = route.get("wayPoints", points)
        told = _epoch_s(route.get("startTime"), zone_s)
        start = told if isfinite(told) else start
    for point in points if isinstance(points, list) else ():
        if not isinstance(point, dict):
            continue
        moment = _epoch_s(point.get("dateTime"), zone_s)
        if not isfinite(moment):
            moment = start + _number(point.get("elapsedMillis")) / 1000.0
        for name, channel in (
            ("latitude", "latitude_deg"),
            ("longitude", "longitude_deg"),
            ("altitude", "elevation_m"),
        ):
            rows.put(moment, channel, point.get(name))


def _speeds_to_m_s(rows: _Rows, distance_m: float, duration_s: float) -> None:
    """Speeds are in km/h, unless the distance covered says that they are metres a second."""
    speeds = [row["speed_m_s"] for row in rows.by_moment.values() if "speed_m_s" in row]
    if not speeds:
        return
    covered = distance_m / duration_s if duration_s > 0 else nan
    usual = median(speeds)
    if covered > 0 and abs(usual - covered) < abs(usual / KMH_PER_M_S - covered):
        return
    for row in rows.by_moment.values():
        if "speed_m_s" in row:
            row["speed_m_s"] = round(row["speed_m_s"] / KMH_PER_M_S, 3)


def _laps(laps: object, start: float) -> Iterator[RecordedLap]:
    """Laps one after the other, by their durations."""
    if isinstance(laps, dict):
        laps = laps.get("laps")
    for lap in laps if isinstance(laps, list) and isfinite(start) else ():
        duration_s = _duration_s(lap) if isinstance(lap, dict) else nan
        if not duration_s > 0:
            return
        distance_m = _known(_first_number(lap, {}, "distance", "distanceMeters"))
        yield RecordedLap(start_epoch_s=start, elapsed_s=duration_s, distance_m=distance_m)
        start += duration_s


# Single values


def _sport(session: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    for holder in (part, session):
        sport = holder.get("sport")
        if isinstance(sport, dict):
            sport = SPORT_OF_NUMBER.get(str(sport.get("id")))
        if isinstance(sport, str) and (named := sport_named(sport)) is not None:
            return named
    return sport_named(_words(session.get("name"))) or "unknown"


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _words(value: object) -> str | None:
    return value.strip()[:64] or None if isinstance(value, str) else None


def _number(value: object) -> float:
    """The number that a value is or holds, NaN when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return nan
    try:
        told = float(value)
    except (ValueError, OverflowError):
        return nan
    return told if isfinite(told) else nan


def _known(value: float) -> float | None:
    return value if isfinite(value) else None


def _first_number(first: Mapping[str, Any], second: Mapping[str, Any], *names: str) -> float:
    for holder in (first, second):
        for name in names:
            if isfinite(told := _number(holder.get(name))):
                return told
    return nan


def _duration_s(part: Mapping[str, Any]) -> float:
    """Seconds, told as ISO 8601 duration, milliseconds or seconds."""
    told = part.get("duration")
    found = ISO_DURATION.fullmatch(told) if isinstance(told, str) and len(told) < 40 else None
    if found is not None:
        days, hours, minutes, seconds = (float(text or 0) for text in found.groups())
        return days * 86_400 + hours * 3600 + minutes * 60 + seconds
    millis = _number(part.get("durationMillis"))
    return millis / 1000.0 if isfinite(millis) else _number(told)


def _epoch_s(text: object, zone_s: float) -> float:
    """Unix time of a moment on the runner's clock, or on the clock it names."""
    if not isinstance(text, str):
        return nan
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC) - timedelta(seconds=zone_s)
        return moment.timestamp()
    except (ValueError, OverflowError):
        return nan
