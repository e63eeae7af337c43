"""TCX: activities of laps of track points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from types import MappingProxyType

from uncramp.activities.quality import Recorded, RecordedLap, finish
from uncramp.activities.xml_stream import Points, XmlFile, epoch_s, number
from uncramp.errors import RefusedFileError
from uncramp.vocabulary import Activity, QualityFlag

__all__ = ["read_tcx"]

CHANNEL_OF = MappingProxyType(
    {
        "LatitudeDegrees": "latitude_deg",
        "LongitudeDegrees": "longitude_deg",
        "AltitudeMeters": "elevation_m",
        "DistanceMeters": "distance_m",
        "Cadence": "cadence_rpm",
        "RunCadence": "cadence_rpm",
        "Speed": "speed_m_s",
        "Watts": "power_w",
    }
)
SPORTS = MappingProxyType({"running": "running", "biking": "cycling"})


@dataclass(slots=True)
class _Lap:
    start: float
    seconds: float | None = None
    distance_m: float | None = None


@dataclass(slots=True)
class _Session:
    sport: str
    points: Points = field(default_factory=Points)
    laps: list[_Lap] = field(default_factory=list)
    device: str | None = None
    serial: int | None = None


def read_tcx(data: bytes) -> tuple[Activity, ...]:
    """One activity per Activity element; refused when none has a lap or a point."""
    file = XmlFile()
    sessions = [s for s in list(_sessions(file, data)) if len(s.points) or s.laps]
    if not sessions:
        raise RefusedFileError("no_track")
    return tuple(
        finish(_recorded(session, index, tuple(file.flags)))
        for index, session in enumerate(sessions)
    )


def _sessions(file: XmlFile, data: bytes) -> Iterator[_Session]:
    session: _Session | None = None
    point: dict[str, float] | None = None
    for event, name, parent, element in file.elements(data):
        if event == "start":
            if name == "Activity":
                session = _Session(sport=(element.get("Sport") or "").strip().lower())
                yield session
            elif session is None:
                continue
            elif name == "Lap":
                session.laps.append(_Lap(start=epoch_s(element.get("StartTime"))))
            elif name == "Track":
                session.points.begin_segment()
            elif name == "Trackpoint":
                point = {}
        elif session is None:
            continue
        elif name == "Activity":
            session = None
        elif name == "Trackpoint" and point is not None:
            session.points.add(point)
            point = None
        elif point is not None:
            _read_point(point, name, parent, element.text)
        else:
            _read_summary(session, name, parent, element.text)


def _read_point(point: dict[str, float], name: str, parent: str, text: str | None) -> None:
    if name == "Time":
        point["epoch_s"] = epoch_s(text)
    elif name == "Value" and parent == "HeartRateBpm":
        point["heart_rate_bpm"] = number(text)
    elif (channel := CHANNEL_OF.get(name)) is not None:
        point[channel] = number(text)


def _read_summary(session: _Session, name: str, parent: str, text: str | None) -> None:
    if parent == "Lap" and session.laps:
        value = number(text)
        if name == "TotalTimeSeconds" and isfinite(value):
            session.laps[-1].seconds = value
        elif name == "DistanceMeters" and isfinite(value):
            session.laps[-1].distance_m = value
    elif parent == "Creator" and name == "Name":
        session.device = (text or "").strip()[:64] or None
    elif parent == "Creator" and name == "UnitId" and (text or "").strip().isdigit():
        session.serial = int(text or "0") or None


def _recorded(session: _Session, index: int, flags: tuple[QualityFlag, ...]) -> Recorded:
    laps = session.laps
    starts = [lap.start for lap in laps if isfinite(lap.start)]
    return Recorded(
        sport=SPORTS.get(session.sport, session.sport or "unknown"),
        session_index=index,
        start_epoch_s=starts[0] if starts else None,
        timer_s=_sum([lap.seconds for lap in laps]),
        distance_m=_sum([lap.distance_m for lap in laps]),
        device=session.device,
        device_serial=session.serial,
        epoch_s=session.points.times(),
        streams=session.points.streams(),
        segment_starts=tuple(session.points.segment_starts),
        laps=tuple(
            RecordedLap(start_epoch_s=lap.start, timer_s=lap.seconds, distance_m=lap.distance_m)
            for lap in laps
            if isfinite(lap.start)
        ),
        flags=flags,
    )


def _sum(values: list[float | None]) -> float | None:
    told = [value for value in values if value is not None]
    return sum(told) if told else None
