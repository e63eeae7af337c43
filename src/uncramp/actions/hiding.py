"""What is taken out of a file before somebody else gets it: places, and who it is about.

Two ways: `--trim-home` takes the places near home and near both ends of each run out, `--no-gps`
takes out every place and whatever names the runner, the watch or a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from uncramp.errors import InputError
from uncramp.units import metres_from_kilometres, metres_from_miles

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray, NullMask

__all__ = [
    "HAND_OVER_CHANNELS",
    "LARGEST_RADIUS_M",
    "PLACE_CHANNELS",
    "SMALLEST_RADIUS_M",
    "Ends",
    "Home",
    "find_home",
    "hidden",
    "is_about_places",
    "masked",
    "radius_from",
    "without_places",
]

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius; half a per cent off at worst, which is nothing for hiding a home."""
SMALLEST_RADIUS_M: Final = 50.0
LARGEST_RADIUS_M: Final = 50_000.0
RADIUS: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*(m|km|mi)")
EMAIL: Final = re.compile(r"[^\s@/\\]+@[^\s@/\\]+?\.[A-Za-z]{2,}")
REMOVED: Final = "e-mail-removed"

PLACE_CHANNELS: Final = ("latitude_deg", "longitude_deg")
PLACE_WORDS: Final = ("latitude", "longitude", "position", "coordinate", "location", "gps")
SHORT_PLACE_WORDS: Final = frozenset({"lat", "lon", "lng", "geo", "place", "polyline"})

HAND_OVER_CHANNELS: Final = (
    "elevation_m",
    "distance_m",
    "speed_m_s",
    "heart_rate_bpm",
    "cadence_rpm",
    "power_w",
    "temp_watch_c",
)
"""All a coach gets: channels of known meaning; an app's own may hold anything."""

Place = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Where one activity began and ended; None without any position."""

    start: Place | None = None
    end: Place | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """The place most runs begin at, and how far around it positions are taken out."""

    place: Place
    radius_m: float


def radius_from(given: str) -> float:
    """Metres out of `500m`, `0.5km` or `0.3mi`; InputError `bad_radius`."""
    found = RADIUS.fullmatch(given.strip().lower())
    if found is None:
        raise InputError("bad_radius")
    number, unit = float(found[1]), found[2]
    metres = number
    if unit != "m":
        metres = metres_from_kilometres(number) if unit == "km" else metres_from_miles(number)
    if not SMALLEST_RADIUS_M <= metres <= LARGEST_RADIUS_M:
        raise InputError("bad_radius")
    return metres


def metres_between(latitude: FloatArray, longitude: FloatArray, place: Place) -> FloatArray:
    """Great-circle distance of every position to `place`; NaN where there is no position."""
    import numpy as np

    lat, lon = np.radians(latitude), np.radians(longitude)
    here_lat, here_lon = np.radians(place[0]), np.radians(place[1])
    half = np.sin((lat - here_lat) / 2) ** 2
    half = half + np.cos(lat) * np.cos(here_lat) * np.sin((lon - here_lon) / 2) ** 2
    result: FloatArray = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return result


def find_home(ends: Sequence[Ends], *, radius_m: float) -> Home | None:
    """The start with most other starts within `radius_m`; None when nothing has a position.

    Around home twice the radius is hidden, so that no run that begins or ends near it is left
    with a point within `radius_m` of that beginning or end.
    """
    import numpy as np

    starts = [one.start for one in ends if one.start is not None]
    if not starts:
        return None
    latitude, longitude = np.array(starts).T
    near = [int((metres_between(latitude, longitude, one) <= radius_m).sum()) for one in starts]
    return Home(place=starts[int(np.argmax(near))], radius_m=2 * radius_m)


def hidden(
    latitude: FloatArray, longitude: FloatArray, *, ends: Ends, home: Home | None, radius_m: float
) -> NullMask:
    """Which positions of one run are taken out: near its ends, and near home."""
    import numpy as np

    circles = [(one, radius_m) for one in (ends.start, ends.end) if one is not None]
    if home is not None:
        circles.append((home.place, home.radius_m))
    result = np.zeros(len(latitude), dtype=np.bool_)
    for place, reach_m in circles:
        result |= metres_between(latitude, longitude, place) <= reach_m
    return result


def is_about_places(name: str) -> bool:
    """Whether a channel or a key is named as if it held places."""
    lower = name.lower()
    words = set(re.split(r"[^a-z]+", lower))
    return any(word in lower for word in PLACE_WORDS) or bool(words & SHORT_PLACE_WORDS)


def masked(text: str) -> str:
    """`text` without e-mail addresses."""
    return EMAIL.sub(REMOVED, text)


def without_places(value: Any) -> Any:
    """Plain data without keys that are about places, and without e-mail addresses."""
    if isinstance(value, Mapping):
        return {
            key: without_places(one) for key, one in value.items() if not is_about_places(str(key))
        }
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Sequence):
        return [without_places(one) for one in value]
    return value
