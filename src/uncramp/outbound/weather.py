"""Open-Meteo: past weather, hour by hour, of a place rounded to 0.1 degree and a month.

What goes out: the rounded place, and the days of a month (for the last days not even those).
Licence of the data: CC BY 4.0, free for non-commercial use; `ATTRIBUTION` is shown with them.
Field names as its public documentation gives them for the endpoints `archive` and `forecast`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from uncramp.errors import OutboundError
from uncramp.outbound.asking import Patience, ask
from uncramp.units import (
    celsius_from_fahrenheit,
    metres_per_second_from_kilometres_per_hour,
    metres_per_second_from_miles_per_hour,
)

__all__ = [
    "ATTRIBUTION",
    "FIELDS",
    "RECENT_DAYS",
    "SERVICE",
    "Hourly",
    "OpenMeteo",
    "Place",
    "rounded_place",
]

SERVICE: Final = "Open-Meteo"
ATTRIBUTION: Final = "Weather data by Open-Meteo.com, CC BY 4.0"
ARCHIVE_URL: Final = "https://archive-api.open-meteo.com/v1/archive"
FORECAST_URL: Final = "https://api.open-meteo.com/v1/forecast"
LARGEST_ANSWER: Final = 2**21
RECENT_DAYS: Final = 10
"""Days before today in an answer about the last days."""
LONGEST_ANSWER_HOURS: Final = 24 * 100
HOUR: Final = timedelta(hours=1)
JSON_TYPES: Final = ("application/json", "text/json")

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "temp_air_c": "temperature_2m",
        "relative_humidity_pct": "relative_humidity_2m",
        "dew_point_c": "dew_point_2m",
        "wind_speed_m_s": "wind_speed_10m",
        "cloud_cover_pct": "cloud_cover",
    }
)
"""Our name of a quantity to theirs. The wind is the one ten metres above the ground."""

BELIEVED: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "temp_air_c": (-90.0, 60.0),
        "relative_humidity_pct": (0.0, 100.0),
        "dew_point_c": (-110.0, 40.0),
        "wind_speed_m_s": (0.0, 115.0),
        "cloud_cover_pct": (0.0, 100.0),
    }
)
"""What can be on Earth; anything else counts as not told."""


def same(value: float) -> float:
    """A value that has our unit already."""
    return value


CONVERSIONS: Final[Mapping[str, Mapping[str, Callable[[float], float]]]] = MappingProxyType(
    {
        "temp_air_c": {"°C": same, "°F": celsius_from_fahrenheit},
        "dew_point_c": {"°C": same, "°F": celsius_from_fahrenheit},
        "relative_humidity_pct": {"%": same},
        "cloud_cover_pct": {"%": same},
        "wind_speed_m_s": {
            "m/s": same,
            "km/h": metres_per_second_from_kilometres_per_hour,
            "mp/h": metres_per_second_from_miles_per_hour,
        },
    }
)
"""Our name of a quantity to the units it may come in; in another unit it counts as not told."""


class Place(NamedTuple):
    """A place rounded to 0.1 degree; nothing finer is ever sent."""

    latitude_deg: float
    longitude_deg: float


NO_SIGNAL: Final = Place(0.0, 0.0)
"""What a watch writes that has no position; a place in the sea."""


def rounded_place(latitude_deg: float, longitude_deg: float) -> Place | None:
    """The place to ask about, within about 5 to 8 km; None when there is no such place.

    Example: `rounded_place(48.137, 11.575)` is `Place(48.1, 11.6)`.
    """
    is_known = math.isfinite(latitude_deg) and math.isfinite(longitude_deg)
    if not is_known or abs(latitude_deg) > 90 or abs(longitude_deg) > 180:
        return None
    place = Place(round(latitude_deg, 1) + 0.0, round(longitude_deg, 1) + 0.0)
    return None if place == NO_SIGNAL else place


@dataclass(frozen=True, slots=True, kw_only=True)
class Hourly:
    """Weather at full hours from `begins` (UTC) on; None where the service has no value."""

    begins: datetime
    columns: Mapping[str, tuple[float | None, ...]]
    """By the names of `FIELDS`, all of one length."""

    def mean_between(self, begin: datetime, end: datetime) -> dict[str, float | None]:
        """The mean of each quantity from `begin` to `end`, by straight lines between full hours.

        None for a quantity when any of the hours around is not there.
        """
        first, last = self._hours(begin), self._hours(end)
        return {name: mean_of(self.columns[name], first, last) for name in FIELDS}

    def last_known(self) -> datetime | None:
        """The last hour with a temperature."""
        known = [i for i, value in enumerate(self.columns["temp_air_c"]) if value is not None]
        return self.begins + known[-1] * HOUR if known else None

    def _hours(self, moment: datetime) -> float:
        return (moment - self.begins) / HOUR

    def as_bytes(self) -> bytes:
        """To be kept; there is no place in it."""
        columns = {name: list(values) for name, values in self.columns.items()}
        kept = {"begins": self.begins.isoformat(), "columns": columns}
        return json.dumps(kept, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Hourly:
        """What `as_bytes` gave; ValueError, KeyError or TypeError for anything else."""
        kept = json.loads(content)
        begins = datetime.fromisoformat(kept["begins"])
        if begins.tzinfo is None:
            msg = "no time zone"
            raise ValueError(msg)
        columns = {name: believed(name, kept["columns"][name]) for name in FIELDS}
        if len({len(values) for values in columns.values()}) > 1:
            msg = "columns of different lengths"
            raise ValueError(msg)
        return cls(begins=begins, columns=columns)


def mean_of(values: tuple[float | None, ...], first: float, last: float) -> float | None:
    """Mean of straight lines between `values` from position `first` to `last`."""
    begin, end = math.floor(first), math.ceil(last)
    if begin < 0 or end >= len(values) or last < first:
        return None
    known = [value for value in values[begin : end + 1] if value is not None]
    if len(known) < end + 1 - begin:
        return None
    knots: list[float] = [first, *range(begin + 1, end), last]
    heights = [at(known, knot - begin) for knot in knots]
    if last == first:
        return heights[0]
    pieces = zip(pairwise(knots), pairwise(heights), strict=True)
    area = sum((b - a) * (low + high) / 2 for (a, b), (low, high) in pieces)
    return area / (last - first)


def at(values: list[float], position: float) -> float:
    """The straight line between two neighbours."""
    left = min(math.floor(position), len(values) - 1)
    right = min(left + 1, len(values) - 1)
    return values[left] + (position - left) * (values[right] - values[left])


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMeteo:
    """The client; the addresses can be those of a server of one's own, or of a test."""

    archive_url: str = ARCHIVE_URL
    forecast_url: str = FORECAST_URL
    patience: Patience = field(default_factory=Patience)

    def days(self, place: Place, *, first: date, last: date) -> Hourly:
        """All hours of the days from `first` to `last`, which the archive has about 5 days late.

        Raises OutboundError, as `ask`.
        """
        days = {"start_date": first.isoformat(), "end_date": last.isoformat()}
        return self._hourly(self.archive_url, place, days)

    def recent(self, place: Place) -> Hourly:
        """All hours of the last `RECENT_DAYS` days, today and tomorrow; OutboundError as `ask`."""
        days = {"past_days": str(RECENT_DAYS), "forecast_days": "2"}
        return self._hourly(self.forecast_url, place, days)

    def _hourly(self, url: str, place: Place, days: Mapping[str, str]) -> Hourly:
        question = {
            "latitude": f"{place.latitude_deg:.1f}",
            "longitude": f"{place.longitude_deg:.1f}",
            **days,
            "hourly": ",".join(FIELDS.values()),
            "wind_speed_unit": "ms",
            "timezone": "UTC",
        }
        content = ask(
            f"{url}?{urlencode(question)}",
            service=SERVICE,
            largest_bytes=LARGEST_ANSWER,
            accepted=JSON_TYPES,
            patience=self.patience,
        )
        return hourly_from(content)


def hourly_from(content: bytes) -> Hourly:
    """An answer of Open-Meteo, in our names and units; OutboundError `service_answer`."""
    try:
        answer = json.loads(content)
        units, columns = answer["hourly_units"], answer["hourly"]
        offset = timedelta(seconds=float(answer.get("utc_offset_seconds") or 0))
        hours = [moment_from(one) - offset for one in columns["time"]]
        if not hours or (hours[-1] - hours[0]) / HOUR > LONGEST_ANSWER_HOURS:
            raise unusable()
        begins = min(hours)
        positions = [round((hour - begins) / HOUR) for hour in hours]
        told = {
            name: in_our_unit(name, columns.get(theirs), str(units.get(theirs)), len(hours))
            for name, theirs in FIELDS.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise unusable() from None
    n_hours = max(positions) + 1
    if n_hours > LONGEST_ANSWER_HOURS:
        raise unusable()
    return Hourly(
        begins=begins,
        columns={name: spread(values, positions, n_hours) for name, values in told.items()},
    )


def unusable() -> OutboundError:
    """An answer that is not what the service promises."""
    return OutboundError("service_answer", values={"service": SERVICE})


def moment_from(told: Any) -> datetime:
    """`2025-08-01T00:00`; ValueError or TypeError for what is no full hour."""
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is not None or moment.minute or moment.second or moment.microsecond:
        msg = "no full hour of UTC"
        raise ValueError(msg)
    return moment.replace(tzinfo=UTC)


def in_our_unit(name: str, told: Any, unit: str, n_hours: int) -> tuple[float | None, ...]:
    """A column converted; all None when it is missing or comes in a unit we do not know."""
    convert = CONVERSIONS[name].get(unit)
    if convert is None or told is None:
        return (None,) * n_hours
    if len(told) != n_hours:
        msg = "columns of different lengths"
        raise ValueError(msg)
    return believed(name, [convert(one) if is_number(one) else None for one in told])


def is_number(value: Any) -> bool:
    """Whether JSON gave a number that can be reckoned with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def believed(name: str, values: Any) -> tuple[float | None, ...]:
    """The values that can be on Earth; None for the others."""
    low, high = BELIEVED[name]
    return tuple(float(v) if is_number(v) and low <= v <= high else None for v in values)


def spread(
    values: tuple[float | None, ...], positions: list[int], n_hours: int
) -> tuple[float | None, ...]:
    """One value an hour, None for hours that were left out."""
    result: list[float | None] = [None] * n_hours
    for position, value in zip(positions, values, strict=True):
        result[position] = value
    return tuple(result)
