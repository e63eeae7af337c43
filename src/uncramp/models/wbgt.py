"""Wet-bulb globe temperature from what people know: no numpy, so that a case answers at once."""

from __future__ import annotations

import math
from typing import Final

from uncramp.models import Validity

__all__ = ["WBGT_APPROXIMATION_ABM", "wbgt_approximation_abm"]

WBGT_APPROXIMATION_ABM: Final = {
    "temp_air_c": Validity(low=-5.0, high=50.0, unit="°C"),
    "relative_humidity_pct": Validity(low=0.0, high=100.0, unit="%"),
}


def wbgt_approximation_abm(*, temp_air_c: float, relative_humidity_pct: float) -> float:
    """Wet-bulb globe temperature from temperature and humidity alone, in °C.

    Formula: WBGT = 0.567 T + 0.393 e + 3.94 with the vapour pressure
    e = (RH / 100) 6.105 exp(17.27 T / (237.7 + T)) in hPa; T in °C (−5 to 50), RH in % (0 to 100).

    Assumes moderately strong sun and light wind, whatever the weather was: against a full model it
    is wrong by about −4 to +4 °C (evidence notes on water and sodium, section 11). Use it for bands
    and messages only.

    Source (`abm_wbgt`): Australian Bureau of Meteorology, approximation to the WBGT; as in the
    American College of Sports Medicine position stand of 1984.

    >>> round(wbgt_approximation_abm(temp_air_c=28.0, relative_humidity_pct=50.0), 1)
    27.2
    """
    vapour_pressure_hpa = (
        relative_humidity_pct / 100.0 * 6.105 * math.exp(17.27 * temp_air_c / (237.7 + temp_air_c))
    )
    return 0.567 * temp_air_c + 0.393 * vapour_pressure_hpa + 3.94
