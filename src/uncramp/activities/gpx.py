"""GPX 1.0 and 1.1: tracks of points, with heart rate and cadence under any namespace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from types import MappingProxyType

from uncramp.activities.quality import Recorded, finish
from uncramp.activities.xml_stream import Points, XmlFile, epoch_s, number
from uncramp.errors import RefusedFileError
from uncramp.vocabulary import Activity, QualityFlag

__all__ = ["read_gpx", "read_points", "sport_in_words"]

CHANNEL_OF = MappingProxyType(
    {
        "ele": "elevation_m",
        "hr": "heart_rate_bpm",
        "heartrate": "heart_rate_bpm",
        "heartratebpm": "heart_rate_bpm",
        "heart_rate": "heart_rate_bpm",
        "bpm": "heart_rate_bpm",
        "cad": "cadence_rpm",
        "cadence": "cadence_rpm",
        "runcadence": "cadence_rpm",
        "speed": "speed_m_s",
        "atemp": "temp_watch_c",
        "temp": "temp_watch_c",
        "temperature": "temp_watch_c",
        "power": "power_w",
        "powerinwatts": "power_w",
        "watts": "power_w",
    }
)
"""By local name in lower case."""

SPORT_WORDS = (
    (r"\b(?:trail|treadmill|track|virtual|indoor)?_?run(?:ning)?\b|\bjog(?:ging)?\b", "running"),
    (r"\bwalk(?:ing)?\b", "walking"),
    (r"\bhik(?:e|ing)\b", "hiking"),
    (r"cycling|\bbik(?:e|ing)\b|\bride\b", "cycling"),
    (r"\bswim(?:ming)?\b", "swimming"),
)
SPORT_NUMBERS = MappingProxyType({"1": "cycling", "9": "running"})
"""Numbers that a large training site wrote as track type for years."""

SAME_OUTING_S = 300.0
"""Tracks that follow within five minutes are one outing that the device cut."""


@dataclass(slots=True)
class _Track:
    points: Points = field(default_factory=Points)
    kind: str = ""
    title: str = ""


def read_gpx(data: bytes) -> tuple[Activity, ...]:
    """One activity per outing; refused when there is no track with points."""
    file = XmlFile()
    tracks = [track for track in list(_tracks(file, data)) if len(track.points)]
    if not tracks:
        raise RefusedFileError("no_track")
    return tuple(
        finish(_recorded(track, index, tuple(file.flags)))
        for index, track in enumerate(_outings(tracks))
    )


def read_points(data: bytes) -> Points:
    """All points of all tracks in any document, in file order; none when there are none."""
    points = Points()
    for track in list(_tracks(XmlFile(), data)):
        if len(track.points):
            points.extend(track.points)
    return points


def _tracks(file: XmlFile, data: bytes) -> Iterator[_Track]:
    track: _Track | None = None
    point: dict[str, float] | None = None
    for event, name, parent, element in file.elements(data):
        if event == "start":
            if name == "trk":
                track = _Track()
                yield track
            elif name == "trkseg" and track is not None:
                track.points.begin_segment()
            elif name == "trkpt":
                point = {
                    "latitude_deg": number(element.get("lat")),
                    "longitude_deg": number(element.get("lon")),
                }
        elif track is None:
            continue
        elif name == "trkpt" and point is not None:
            track.points.add(point)
            point = None
        elif point is not None:
            _read_into(point, name.lower(), parent.lower(), element.text)
        elif parent == "trk" and name == "type":
            track.kind = (element.text or "").strip().lower()
        elif parent == "trk" and name == "name":
            track.title = (element.text or "").lower()


def _read_into(point: dict[str, float], name: str, parent: str, text: str | None) -> None:
    if name == "time":
        point["epoch_s"] = epoch_s(text)
    elif (channel := CHANNEL_OF.get(parent if name == "value" else name)) is not None:
        value = number(text)
        if isfinite(value):
            point[channel] = value


def _outings(tracks: list[_Track]) -> list[_Track]:
    """Tracks joined where the next follows at once, or where neither tells any time."""
    joined = [tracks[0]]
    for track in tracks[1:]:
        last = joined[-1]
        if last.kind == track.kind and _follows(last.points, track.points):
            last.points.extend(track.points)
        else:
            joined.append(track)
    return joined


def _follows(before: Points, after: Points) -> bool:
    end = [t for t in before.epoch_s if isfinite(t)][-1:]
    start = [t for t in after.epoch_s if isfinite(t)][:1]
    if end and start:
        return 0 <= start[0] - end[0] <= SAME_OUTING_S
    return not end and not start


def sport_in_words(words: str) -> str | None:
    """The sport that a type or title names, if any."""
    for pattern, sport in SPORT_WORDS:
        if re.search(pattern, words):
            return sport
    return None


def _recorded(track: _Track, index: int, flags: tuple[QualityFlag, ...]) -> Recorded:
    sport = SPORT_NUMBERS.get(track.kind) or sport_in_words(track.kind)
    if sport is None and re.fullmatch(r"[a-z][a-z_ ]{2,30}", track.kind):
        sport = track.kind.replace(" ", "_")
    if sport is None and (sport := sport_in_words(track.title)) is not None:
        flags = (*flags, QualityFlag(code="sport_from_title", kind="odd"))
    return Recorded(
        sport=sport or "unknown",
        sub_sport="trail" if "trail" in track.kind else None,
        session_index=index,
        epoch_s=track.points.times(),
        streams=track.points.streams(),
        segment_starts=tuple(track.points.segment_starts),
        flags=flags,
    )
