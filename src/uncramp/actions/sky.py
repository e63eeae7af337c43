"""Sun and wind of a stored run, worked out from its place, its hour and the clouds.

The place is used here and goes nowhere else.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.models.heat import cosine_of_zenith_michalsky1988
from uncramp.models.sun import direct_share_liljegren2008, solar_radiation_kasten1980
from uncramp.run_facts import Sky

if TYPE_CHECKING:
    from uncramp.actions.weather import Weather
    from uncramp.vocabulary import Activity

__all__ = ["sky_of"]

J2000: Final = datetime(2000, 1, 1, 12, tzinfo=UTC)
PLACE: Final = ("latitude_deg", "longitude_deg")
PRESSURE_HPA: Final = 1013.0
"""At sea level: higher up the heat index is a little lower, by less than the model's own error."""
INDOORS: Final = frozenset({"treadmill", "indoor_running", "virtual_activity"})


def sky_of(activity: Activity, weather: Weather | None) -> Sky | None:
    """Sun and wind in the middle of the run; None unless place, time, wind and clouds are known."""
    if weather is None or activity.start_utc is None or activity.sub_sport in INDOORS:
        return None
    if weather.wind_speed_m_s is None or weather.cloud_cover_pct is None:
        return None
    where = [middle_of(activity, channel) for channel in PLACE]
    if where[0] is None or where[1] is None:
        return None
    middle = activity.start_utc + timedelta(seconds=(activity.elapsed_s or 0.0) / 2)
    cosine = cosine_of_zenith_michalsky1988(
        days_since_j2000=(middle - J2000) / timedelta(days=1),
        latitude_deg=where[0],
        longitude_deg=where[1],
    )
    solar = solar_radiation_kasten1980(
        cosine_of_zenith=cosine, cloud_cover_share=weather.cloud_cover_pct / 100
    )
    return Sky(
        wind_speed_m_s=weather.wind_speed_m_s,
        solar_w_m2=solar,
        direct_share=direct_share_liljegren2008(solar_w_m2=solar, cosine_of_zenith=cosine),
        cosine_of_zenith=cosine,
        pressure_hpa=PRESSURE_HPA,
    )


def middle_of(activity: Activity, channel: str) -> float | None:
    """The middle value of a channel; None when it holds none."""
    stream = activity.streams.get(channel)
    if stream is None:
        return None
    values = stream.physical()
    values = values[np.isfinite(values)]
    return float(np.median(values)) if values.size else None
