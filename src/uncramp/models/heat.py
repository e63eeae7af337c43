"""Heat: how hot it is for a runner, and how heat leaves the skin and the breath.

The heat balance is that of partitional calorimetry, W per square metre of skin: heat made, less
what the breath and dry air take, less what the body stores, has to be taken away by sweat.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from uncramp.models import Real, Validity, shaped

__all__ = [
    "EMISSIVITY",
    "KELVIN",
    "RADIATING_SHARE",
    "SKIN_TEMPERATURE_ISO7933",
    "STEFAN_BOLTZMANN",
    "WBGT_LILJEGREN2008",
    "body_area_du_bois1916",
    "clothing_insulation_m2_c_per_w",
    "cosine_of_zenith_michalsky1988",
    "dry_heat_loss",
    "evaporation_maximum",
    "film_coefficient_iso7933",
    "film_coefficient_kerslake1972",
    "radiative_coefficient",
    "respiratory_heat_loss_parsons1993",
    "saturation_vapour_pressure_kpa",
    "skin_temperature_iso7933",
    "wbgt_liljegren2008",
]

STEFAN_BOLTZMANN: Final = 5.670374419e-8
KELVIN: Final = 273.15
EMISSIVITY: Final = 0.97
RADIATING_SHARE: Final = 0.73
LEWIS_K_PER_KPA: Final = 16.5
PERMEABILITY: Final = 0.38

SKIN_TEMPERATURE_ISO7933: Final = {
    "temp_air_c": Validity(low=15.0, high=50.0, unit="°C"),
    "vapour_pressure_kpa": Validity(low=0.0, high=4.5, unit="kPa"),
    "air_speed_m_s": Validity(low=0.0, high=3.0, unit="m/s"),
}
WBGT_LILJEGREN2008: Final = {
    "temp_air_c": Validity(low=-10.0, high=50.0, unit="°C"),
    "relative_humidity_pct": Validity(low=0.0, high=100.0, unit="%"),
    "wind_speed_m_s": Validity(low=0.62, high=20.0, unit="m/s"),
    "solar_w_m2": Validity(low=0.0, high=1200.0, unit="W/m²"),
}


def body_area_du_bois1916(*, body_mass_kg: Real, height_cm: Real) -> Real:
    """Area of the skin, in m².

    Formula: 0.202 m^0.425 h^0.725 with m = `body_mass_kg` (kg) and h = `height_cm` in metres;
    adults of usual build; any shapes that broadcast.

    Error: within about 5 per cent of moulds; drawn from nine people.

    Source (`du_bois_1916`): Du Bois and Du Bois, Arch Intern Med 1916, 17:863.

    >>> round(body_area_du_bois1916(body_mass_kg=70.0, height_cm=175.0), 2)
    1.84
    """
    area = 0.202 * np.asarray(body_mass_kg) ** 0.425 * (np.asarray(height_cm) / 100.0) ** 0.725
    return shaped(area, body_mass_kg, height_cm)


def saturation_vapour_pressure_kpa(*, temperature_c: Real) -> Real:
    """Vapour pressure over water, in kPa.

    Formula: 0.6105 exp(17.27 T / (T + 237.3)), T = `temperature_c` in °C, 0 to 60; any shape.

    Error: below 0.1 per cent against tables from 0 to 50 °C.

    Source (`iso_7933`): as used in ISO 7933 and in the manual of heatex.

    >>> round(saturation_vapour_pressure_kpa(temperature_c=35.0), 2)
    5.62
    """
    t = np.asarray(temperature_c, dtype=np.float64)
    return shaped(0.6105 * np.exp(17.27 * t / (t + 237.3)), temperature_c)


def film_coefficient_kerslake1972(*, air_speed_m_s: Real) -> Real:
    """Heat that moving air takes from the skin, in W m⁻² K⁻¹.

    Formula: 8.3 v^0.6, v = `air_speed_m_s`, air relative to the runner (m/s, up to 4); any shape.

    Error: not stated; a still manikin. Swinging limbs take more.

    Source (`kerslake_1972`): The Stress of Hot Environments, as in the manual of heatex.

    >>> round(film_coefficient_kerslake1972(air_speed_m_s=2.5), 1)
    14.4
    """
    return shaped(8.3 * np.asarray(air_speed_m_s, dtype=np.float64) ** 0.6, air_speed_m_s)


def film_coefficient_iso7933(*, air_speed_m_s: Real) -> Real:
    """Heat that moving air takes from the skin, in W m⁻² K⁻¹, by the standard.

    Formula: 3.5 + 5.2 v up to 1 m/s, 8.7 v^0.6 above; v = `air_speed_m_s` relative to the person
    (m/s, 0 to 3); any shape.

    Error: not stated.

    Source (`iso_7933`).

    >>> round(film_coefficient_iso7933(air_speed_m_s=2.5), 1)
    15.1
    """
    v = np.asarray(air_speed_m_s, dtype=np.float64)
    return shaped(np.where(v <= 1.0, 3.5 + 5.2 * v, 8.7 * v**0.6), air_speed_m_s)


def radiative_coefficient(*, skin_temperature_c: Real, radiant_temperature_c: Real) -> Real:
    """Heat that radiation takes from the skin, in W m⁻² K⁻¹.

    Formula: 4 ε σ 0.73 (273.15 + (Tsk + Tr)/2)³, ε 0.97, 0.73 the share of the skin that sees the
    surroundings when standing; both temperatures °C, any shapes that broadcast.

    Error: a few per cent from the linear form.

    Source (`parsons_1993`): as in the manual of heatex.

    >>> round(radiative_coefficient(skin_temperature_c=33.0, radiant_temperature_c=25.0), 1)
    4.4
    """
    mean_k = KELVIN + (np.asarray(skin_temperature_c) + radiant_temperature_c) / 2.0
    coefficient = 4.0 * EMISSIVITY * STEFAN_BOLTZMANN * RADIATING_SHARE * mean_k**3
    return shaped(coefficient, skin_temperature_c, radiant_temperature_c)


def clothing_insulation_m2_c_per_w(*, clothing_clo: Real) -> Real:
    """Resistance of clothing to dry heat, in m² K W⁻¹.

    Formula: 0.155 clo; `clothing_clo` in clo, 0.1 (shorts) to 1; any shape.

    Error: none: it is the definition of the clo.

    Source (`iso_7933`).

    >>> round(clothing_insulation_m2_c_per_w(clothing_clo=0.2), 3)
    0.031
    """
    return shaped(0.155 * np.asarray(clothing_clo, dtype=np.float64), clothing_clo)


def clothing_area_factor(clothing_clo: Real) -> Real:
    """How much larger the clothed surface is than the skin (ISO 7933:2023)."""
    return shaped(1.0 + 0.28 * np.asarray(clothing_clo, dtype=np.float64), clothing_clo)


def dry_heat_loss(
    *,
    skin_temperature_c: Real,
    temp_air_c: Real,
    radiant_temperature_c: Real,
    convective_w_m2_k: Real,
    radiative_w_m2_k: Real,
    clothing_clo: Real,
) -> Real:
    """Heat that leaves through air and radiation, in W/m²; negative when the runner is heated.

    Formula: (Tsk − To) / (Rcl + 1 / (fcl (hc + hr))), To = (hc Ta + hr Tr) / (hc + hr), fcl = 1 +
    0.28 clo, Rcl = 0.155 clo; temperatures °C, coefficients W m⁻² K⁻¹; any shapes that broadcast.

    Error: that of its coefficients.

    Source (`parsons_1993`, `iso_7933`): partitional calorimetry, as in the manual of heatex.

    >>> round(dry_heat_loss(skin_temperature_c=33.0, temp_air_c=20.0, radiant_temperature_c=20.0,
    ...     convective_w_m2_k=14.4, radiative_w_m2_k=4.4, clothing_clo=0.2))
    160
    """
    hc = np.asarray(convective_w_m2_k, dtype=np.float64)
    operative_c = (hc * temp_air_c + radiative_w_m2_k * radiant_temperature_c) / (
        hc + radiative_w_m2_k
    )
    outer = clothing_area_factor(clothing_clo) * (hc + radiative_w_m2_k)
    resistance = clothing_insulation_m2_c_per_w(clothing_clo=clothing_clo) + 1.0 / outer
    return shaped(
        (skin_temperature_c - operative_c) / resistance,
        skin_temperature_c, temp_air_c, radiant_temperature_c, convective_w_m2_k,
        radiative_w_m2_k, clothing_clo,
    )  # fmt: skip


def evaporation_maximum(
    *,
    skin_temperature_c: Real,
    vapour_pressure_kpa: Real,
    convective_w_m2_k: Real,
    clothing_clo: Real,
) -> Real:
    """The most heat that sweat can take away in this air, in W/m².

    Formula: (Psk − Pa) / (Recl + 1 / (fcl 16.5 hc)), Psk saturated at `skin_temperature_c` (°C),
    Recl = Rcl / (0.38 × 16.5), 16.5 K/kPa after Lewis; Pa = `vapour_pressure_kpa` (kPa),
    `convective_w_m2_k` W m⁻² K⁻¹, `clothing_clo` clo; any shapes that broadcast.

    Error: that of its coefficients.

    Source (`parsons_1993`): as in the manual of heatex.

    >>> round(evaporation_maximum(skin_temperature_c=35.0, vapour_pressure_kpa=1.5,
    ...     convective_w_m2_k=14.4, clothing_clo=0.0))
    979
    """
    skin_kpa = saturation_vapour_pressure_kpa(temperature_c=skin_temperature_c)
    dry = clothing_insulation_m2_c_per_w(clothing_clo=clothing_clo)
    outer = clothing_area_factor(clothing_clo) * LEWIS_K_PER_KPA * np.asarray(convective_w_m2_k)
    resistance = dry / (PERMEABILITY * LEWIS_K_PER_KPA) + 1.0 / outer
    return shaped(
        (np.asarray(skin_kpa) - vapour_pressure_kpa) / resistance,
        skin_temperature_c, vapour_pressure_kpa, convective_w_m2_k, clothing_clo,
    )  # fmt: skip


def respiratory_heat_loss_parsons1993(
    *, metabolic_rate_w_m2: Real, temp_air_c: Real, vapour_pressure_kpa: Real
) -> Real:
    """Heat that leaves with the breath, dry and wet, in W/m².

    Formula: 0.0014 M (34 − Ta) + 0.0173 M (5.87 − Pa); M = `metabolic_rate_w_m2` W/m², Ta °C, Pa =
    `vapour_pressure_kpa` in kPa (another manual prints 58.7: that is for hPa); any shapes that
    broadcast.

    Error: some per cent of the metabolic rate.

    Source (`parsons_1993`): after Fanger 1970, as in the manual of heatex, with its unit put right.

    >>> round(respiratory_heat_loss_parsons1993(metabolic_rate_w_m2=500.0, temp_air_c=20.0,
    ...                                         vapour_pressure_kpa=1.2))
    50
    """
    m = np.asarray(metabolic_rate_w_m2, dtype=np.float64)
    loss = 0.0014 * m * (34.0 - temp_air_c) + 0.0173 * m * (5.87 - vapour_pressure_kpa)
    return shaped(loss, metabolic_rate_w_m2, temp_air_c, vapour_pressure_kpa)


def skin_temperature_iso7933(
    *,
    temp_air_c: Real,
    radiant_temperature_c: Real,
    vapour_pressure_kpa: Real,
    air_speed_m_s: Real,
    core_temperature_c: Real,
) -> Real:
    """Mean temperature of nearly bare skin in work, in °C.

    Formula: 7.191 + 0.064 Ta + 0.061 Tr + 0.198 Pa − 0.348 v + 0.616 Tre; temperatures °C, Pa =
    `vapour_pressure_kpa` (kPa), v = `air_speed_m_s` (m/s, 0 to 3); any shapes that broadcast.

    Error: not stated; runners are outside its range of work and of air speed.

    Source (`iso_7933`): ISO 7933, near-nude form.

    >>> round(skin_temperature_iso7933(temp_air_c=25.0, radiant_temperature_c=25.0,
    ...     vapour_pressure_kpa=1.6, air_speed_m_s=2.5, core_temperature_c=38.5), 1)
    33.5
    """
    skin = (
        7.191
        + 0.064 * np.asarray(temp_air_c)
        + 0.061 * np.asarray(radiant_temperature_c)
        + 0.198 * np.asarray(vapour_pressure_kpa)
        - 0.348 * np.asarray(air_speed_m_s)
        + 0.616 * np.asarray(core_temperature_c)
    )
    return shaped(skin, temp_air_c, radiant_temperature_c, vapour_pressure_kpa, air_speed_m_s,
                  core_temperature_c)  # fmt: skip


def wbgt_liljegren2008(
    *,
    temp_air_c: Real,
    relative_humidity_pct: Real,
    wind_speed_m_s: Real,
    solar_w_m2: Real,
    direct_share: Real,
    cosine_of_zenith: Real,
    pressure_hpa: Real,
) -> Real:
    """Wet-bulb globe temperature in sun and wind, in °C; NaN where its iteration does not settle.

    Formula: 0.7 Tnw + 0.2 Tg + 0.1 Ta, globe and natural wet bulb each from their own heat balance;
    `temp_air_c` °C, `relative_humidity_pct` %, `wind_speed_m_s` at 10 m (m/s, raised to 0.62),
    `solar_w_m2` on the level (W/m²), `direct_share` of it that comes as a beam (0 to 0.9),
    `cosine_of_zenith` of the sun, `pressure_hpa` hPa; any shapes that broadcast.

    Error: within 1 °C of instruments at nine military sites.

    Source (`liljegren_2008`): J Occup Environ Hyg 2008, 5:645; computed by thermofeel.

    >>> round(wbgt_liljegren2008(temp_air_c=28.0, relative_humidity_pct=50.0, wind_speed_m_s=2.0,
    ...     solar_w_m2=800.0, direct_share=0.7, cosine_of_zenith=0.819, pressure_hpa=1013.0), 1)
    27.7
    """
    from thermofeel import calculate_wbgt_liljegren

    given = (temp_air_c, relative_humidity_pct, pressure_hpa, wind_speed_m_s, solar_w_m2,
             direct_share, cosine_of_zenith)  # fmt: skip
    arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(one, dtype=float)) for one in given))
    kelvin = arrays[0] + KELVIN
    wbgt_k = calculate_wbgt_liljegren(
        kelvin, arrays[1], arrays[2], arrays[3], arrays[4], arrays[5], arrays[6]
    )
    shape = np.broadcast_shapes(*(np.shape(one) for one in given))
    return shaped(np.reshape(wbgt_k - KELVIN, shape), *given)


def cosine_of_zenith_michalsky1988(
    *, days_since_j2000: Real, latitude_deg: Real, longitude_deg: Real
) -> Real:
    """Cosine of the angle between the sun and straight up; below 0 at night.

    Formula: the Astronomical Almanac's short series: mean longitude and anomaly, ecliptic longitude
    and obliquity, sidereal time, hour angle; `days_since_j2000` days (UTC) since 2000-01-01 12:00,
    1950 to 2050; `latitude_deg` and `longitude_deg` (east positive) degrees; any shapes that
    broadcast.

    Error: 0.01 degrees within 1950 to 2050, refraction left out.

    Source (`michalsky_1988`): Solar Energy 1988, 40:227.

    >>> round(cosine_of_zenith_michalsky1988(days_since_j2000=9668.0, latitude_deg=0.0,
    ...                                      longitude_deg=0.0), 2)
    0.92
    """
    n = np.asarray(days_since_j2000, dtype=np.float64)
    mean_longitude = np.radians((280.460 + 0.9856474 * n) % 360.0)
    anomaly = np.radians((357.528 + 0.9856003 * n) % 360.0)
    ecliptic = mean_longitude + np.radians(1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    obliquity = np.radians(23.439 - 0.0000004 * n)
    ascension = np.arctan2(np.cos(obliquity) * np.sin(ecliptic), np.cos(ecliptic))
    declination = np.arcsin(np.sin(obliquity) * np.sin(ecliptic))
    sidereal_h = (18.697374558 + 24.06570982441908 * n) % 24.0
    hour_angle = np.radians(15.0 * sidereal_h + np.asarray(longitude_deg)) - ascension
    latitude = np.radians(np.asarray(latitude_deg, dtype=np.float64))
    cosine = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(
        declination
    ) * np.cos(hour_angle)
    return shaped(cosine, days_since_j2000, latitude_deg, longitude_deg)
