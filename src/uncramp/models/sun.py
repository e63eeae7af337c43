"""Sun: how strong it is on level ground under clouds, and how much of it comes as a beam."""

from __future__ import annotations

from typing import Final

import numpy as np

from uncramp.models import Real, Validity, shaped

__all__ = ["SOLAR_RADIATION_KASTEN1980", "direct_share_liljegren2008", "solar_radiation_kasten1980"]

SOLAR_CONSTANT_W_M2: Final = 1367.0
LOWEST_COSINE: Final = 0.00873
"""Of 89.5 degrees; with the sun lower nothing comes as a beam."""
CLEAREST: Final = 0.85
LARGEST_SHARE: Final = 0.9

SOLAR_RADIATION_KASTEN1980: Final = {
    "cosine_of_zenith": Validity(low=0.087, high=1.0, unit="share"),
    "cloud_cover_share": Validity(low=0.0, high=1.0, unit="share"),
}


def solar_radiation_kasten1980(*, cosine_of_zenith: Real, cloud_cover_share: Real) -> Real:
    """Sun on level ground, direct and from the sky, in W/m²; 0 when it is too low.

    Formula: (910 cos z - 30) (1 - 0.75 N^3.4); `cosine_of_zenith` of the sun (sun above some 5
    degrees), `cloud_cover_share` N of the sky under cloud (0 to 1); any shapes that broadcast.

    Error: hourly values under broken clouds stray by a third and more; thin high cloud lets more
    through than the formula says.

    Source (`kasten_czeplak_1980`): Solar Energy 1980, 24:177; ten years of hours at Hamburg.

    >>> round(solar_radiation_kasten1980(cosine_of_zenith=0.866, cloud_cover_share=0.5))
    704
    """
    height = np.asarray(cosine_of_zenith, dtype=np.float64)
    clouds = np.asarray(cloud_cover_share, dtype=np.float64)
    clear = np.maximum(910.0 * height - 30.0, 0.0)
    return shaped(clear * (1.0 - 0.75 * clouds**3.4), cosine_of_zenith, cloud_cover_share)


def direct_share_liljegren2008(*, solar_w_m2: Real, cosine_of_zenith: Real) -> Real:
    """Share of the sun on level ground that comes as a beam (0 to 0.9).

    Formula: exp(3 - 1.34 S - 1.65 / S) with S the sun on the ground over the sun above the air,
    1367 W/m² cos z, at most 0.85; 0 with the sun below 0.5 degrees. `solar_w_m2` W/m²,
    `cosine_of_zenith` of the sun; any shapes that broadcast. The distance of the sun is taken as
    its mean, which moves S by 3 % at most.

    Source (`liljegren_2008`): J Occup Environ Hyg 2008, 5:645.

    >>> round(direct_share_liljegren2008(solar_w_m2=700.0, cosine_of_zenith=0.866), 2)
    0.56
    """
    height = np.asarray(cosine_of_zenith, dtype=np.float64)
    solar = np.asarray(solar_w_m2, dtype=np.float64)
    above = SOLAR_CONSTANT_W_M2 * np.maximum(height, LOWEST_COSINE)
    clear = np.minimum(solar / above, CLEAREST)
    is_up = (height >= LOWEST_COSINE) & (clear > 0.0)
    safe = np.where(is_up, clear, CLEAREST)
    share = np.minimum(np.exp(3.0 - 1.34 * safe - 1.65 / safe), LARGEST_SHARE)
    dark = np.isnan(height) | np.isnan(solar)
    shares = np.where(dark, np.nan, np.where(is_up, share, 0.0))
    return shaped(shares, solar_w_m2, cosine_of_zenith)
