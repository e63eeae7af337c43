"""Sweat: how much, how salty, and what a patch or a pair of scales says of it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from uncramp.errors import InputError
from uncramp.models import Real, Validity, shaped

__all__ = [
    "ACCLIMATION_MMOL_PER_L",
    "LATENT_HEAT_J_PER_G",
    "PATCH_LINES",
    "SWEAT_LOSS_GONZALEZ2009",
    "PatchSite",
    "SweatForm",
    "efficiency_iso7933",
    "sweat_loss_gonzalez2009",
    "sweat_loss_shapiro1982",
    "sweat_rate_from_heat_balance",
    "sweat_rate_from_weigh_in",
    "sweat_sodium_buono2007",
    "whole_body_sodium_baker",
]

SweatForm = Literal["OSE", "OSEC", "PW", "PW_cool"]
PatchSite = Literal["forearm", "thigh", "five_site"]

LATENT_HEAT_J_PER_G: Final = 2430.0
ACCLIMATION_MMOL_PER_L: Final = 15.0

PATCH_LINES: Final = MappingProxyType(
    {"forearm": (0.57, 11.05), "thigh": (0.75, 11.37), "five_site": (0.68, 0.44)}
)
"""Slope and offset (mmol/L) of whole body on regional sweat sodium."""

SWEAT_LOSS_GONZALEZ2009: Final = {
    "ereq_w_m2": Validity(low=0.0, high=450.0, unit="W/m²"),
    "temp_air_c": Validity(low=15.0, high=46.0, unit="°C"),
    "vapour_pressure_kpa": Validity(low=0.27, high=4.45, unit="kPa"),
    "air_speed_m_s": Validity(low=0.4, high=2.5, unit="m/s"),
    "duration_h": Validity(low=2.0, high=8.0, unit="h"),
}


def sweat_loss_shapiro1982(*, ereq_w_m2: Real, emax_w_m2: Real) -> Real:
    """Sweat loss by the first of the regressions, in g m⁻² h⁻¹.

    Formula: 27.9 Ereq Emax^−0.455; `ereq_w_m2` the evaporation that heat balance asks for, and
    `emax_w_m2` the most that the air takes up, both W/m², above 0; any shapes that broadcast.

    Error: too high outside the few climates it was fitted in (P < 0.003); of the regressions the
    closest to running, with no guarantee.

    Source (`shapiro_1982`): Shapiro, Pandolf and Goldman, Eur J Appl Physiol 1982, 48:83.

    >>> round(sweat_loss_shapiro1982(ereq_w_m2=300.0, emax_w_m2=400.0), 1)
    548.0
    """
    return shaped(27.9 * ereq_w_m2 * np.asarray(emax_w_m2) ** -0.455, ereq_w_m2, emax_w_m2)


def sweat_loss_gonzalez2009(*, ereq_w_m2: Real, emax_w_m2: Real, form: SweatForm) -> Real:
    """Sweat loss by the corrected regressions, in g m⁻² h⁻¹; `PW` can fall below zero.

    Formula, by `form`: `OSE` the equation of Shapiro 1982; `OSEC` 147 exp(0.0012 OSE); `PW` 147 +
    1.527 Ereq − 0.87 Emax; `PW_cool` 350 + 1.527 Ereq − 0.87 Emax (2012, below 20 °C); `ereq_w_m2`
    and `emax_w_m2` in W/m², any shapes that broadcast. InputError `unknown_form` for another form.

    Error: standard error below 100 g m⁻² h⁻¹ in 101 people from rest to 450 W/m², 2 to 8 h; a
    runner makes 420 to 710 W/m², so all are outside their range.

    Source (`gonzalez_2009`): J Appl Physiol 2009, 107:379; `PW_cool` `gonzalez_2012`.

    >>> round(sweat_loss_gonzalez2009(ereq_w_m2=300.0, emax_w_m2=400.0, form="OSEC"), 1)
    283.7
    """
    forms = ("OSE", "OSEC", "PW", "PW_cool")
    if form not in forms:
        raise InputError("unknown_form", values={"given": form, "allowed": ", ".join(forms)})
    if form in ("OSE", "OSEC"):
        first = sweat_loss_shapiro1982(ereq_w_m2=ereq_w_m2, emax_w_m2=emax_w_m2)
        return first if form == "OSE" else shaped(147.0 * np.exp(0.0012 * first), first)
    start = 147.0 if form == "PW" else 350.0
    return shaped(start + 1.527 * ereq_w_m2 - 0.87 * emax_w_m2, ereq_w_m2, emax_w_m2)


def efficiency_iso7933(*, wettedness: Real) -> Real:
    """Share of the sweat that evaporates rather than drips.

    Formula: 1 − w²/2 up to w = 1, (2 − w)²/2 above, never below 0.05; `wettedness` w = Ereq / Emax,
    0 or more, any shape.

    Error: for somebody who stands or walks. At running pace it asks for two to three times the
    sweat that runners make: their swinging limbs take up more than the formula knows.

    Source (`iso_7933`): ISO 7933:2023, as in public code of it.

    >>> efficiency_iso7933(wettedness=1.0)
    0.5
    """
    w = np.asarray(wettedness, dtype=np.float64)
    share = np.where(w <= 1.0, 1.0 - w * w / 2.0, np.maximum(2.0 - w, 0.0) ** 2 / 2.0)
    return shaped(np.maximum(share, 0.05), wettedness)


def sweat_rate_from_heat_balance(*, ereq_w_m2: Real, body_area_m2: Real, efficiency: Real) -> Real:
    """Sweat rate that evaporates what heat balance asks for, in L/h; below zero counts as none.

    Formula: 3.6 Ereq A / (2430 r); `ereq_w_m2` W/m², `body_area_m2` m², `efficiency` r the share
    that evaporates, above 0 to 1; any shapes that broadcast.

    Error: explains 93 per cent of the differences between cyclists up to 487 W; without weigh-ins
    good to about ± 35 per cent between studies of runners.

    Source (`gagnon_jay_kenny_2013`): J Physiol 2013, 591:2925, on the balance of `cramer_jay_2019`.

    >>> round(sweat_rate_from_heat_balance(ereq_w_m2=400.0, body_area_m2=1.85, efficiency=1.0), 2)
    1.1
    """
    rate = (
        3.6 * np.asarray(ereq_w_m2) * body_area_m2 / (LATENT_HEAT_J_PER_G * np.asarray(efficiency))
    )
    return shaped(np.maximum(rate, 0.0), ereq_w_m2, body_area_m2, efficiency)


def sweat_rate_from_weigh_in(
    *,
    body_mass_before_kg: Real,
    body_mass_after_kg: Real,
    duration_h: Real,
    energy_kcal: Real,
    fluid_intake_l: Real,
    food_kg: Real,
    urine_output_l: Real,
    held_sweat_kg: Real,
) -> Real:
    """Sweat rate from weighing before and after, in L/h.

    Formula: (before − after + drunk + eaten + held − urine − 0.20 EE/1000) / t; masses kg, volumes
    L (a litre weighs a kilogram), `energy_kcal` kcal spent, `duration_h` h, above 0; any shapes
    that broadcast. Held is sweat in clothes or a towel that stood on the scale too: it hides part
    of the loss, so it is added. Without the fuel term the rate is about 0.15 L/h too high.

    Error: scale error × √2 / t: 0.14 L/h for an hour on a 0.1 kg scale, 0.07 for two.

    Source (`cheuvront_montain_2017`): the fuel term; the rest is a balance of masses.

    >>> round(sweat_rate_from_weigh_in(body_mass_before_kg=70.0, body_mass_after_kg=69.0,
    ...     duration_h=1.0, energy_kcal=700.0, fluid_intake_l=0.5, food_kg=0.0,
    ...     urine_output_l=0.0, held_sweat_kg=0.0), 2)
    1.36
    """
    from uncramp.models.fluid import fuel_mass_loss_kg

    lost_kg = body_mass_before_kg - body_mass_after_kg + fluid_intake_l + food_kg + held_sweat_kg
    kept_out = urine_output_l + fuel_mass_loss_kg(energy_kcal=energy_kcal)
    return shaped(
        (lost_kg - kept_out) / np.asarray(duration_h),
        body_mass_before_kg, body_mass_after_kg, duration_h, energy_kcal, fluid_intake_l,
        food_kg, urine_output_l, held_sweat_kg,
    )  # fmt: skip


def whole_body_sodium_baker(*, regional_sweat_sodium_mmol_per_l: Real, site: PatchSite) -> Real:
    """Whole-body sweat sodium from a patch, in mmol/L.

    Formula: forearm 0.57 x + 11.05; thigh 0.75 x + 11.37; five sites weighted 0.68 x + 0.44; x =
    `regional_sweat_sodium_mmol_per_l`, mmol/L, about 10 to 110; any shape. InputError
    `unknown_site` for another site: chest and back read far too high.

    Error: bias 3 mmol/L, 95 % limits ± 14 at the forearm in another group of 49.

    Source (`baker_2009`, `baker_2016`): equations; error `baker_2020`.

    >>> round(whole_body_sodium_baker(regional_sweat_sodium_mmol_per_l=40.0, site="forearm"), 2)
    33.85
    """
    if site not in PATCH_LINES:
        raise InputError("unknown_site", values={"given": site, "allowed": ", ".join(PATCH_LINES)})
    slope, offset = PATCH_LINES[site]
    return shaped(slope * regional_sweat_sodium_mmol_per_l + offset,
                  regional_sweat_sodium_mmol_per_l)  # fmt: skip


def sweat_sodium_buono2007(
    *,
    sweat_sodium_mmol_per_l: Real,
    slope_mmol_per_l_per_l_per_h: Real,
    sweat_rate_l_per_h: Real,
    reference_rate_l_per_h: Real,
    acclimation: Real,
) -> Real:
    """One person's sweat sodium at another sweat rate and state of acclimation, in mmol/L.

    Formula: c + s (SR − SR₀) − 15 a: a straight line within a person, whose offset falls by 15
    mmol/L over ten days in the heat with the slope unchanged; c = `sweat_sodium_mmol_per_l` at
    SR₀ = `reference_rate_l_per_h` before acclimation, s = `slope_mmol_per_l_per_l_per_h`, SR =
    `sweat_rate_l_per_h` (L/h), a = `acclimation`, 0 to 1; any shapes that broadcast.

    Error: the fall by 15 is a group mean; the slope was measured on the forearm and differs between
    people. Between people a higher rate means no saltier sweat.

    Source (`buono_2007`): J Appl Physiol 2007, 103:990.

    >>> sweat_sodium_buono2007(sweat_sodium_mmol_per_l=40.0, slope_mmol_per_l_per_l_per_h=8.0,
    ...     sweat_rate_l_per_h=1.7, reference_rate_l_per_h=1.2, acclimation=0.0)
    44.0
    """
    sodium = (
        sweat_sodium_mmol_per_l
        + slope_mmol_per_l_per_l_per_h * (sweat_rate_l_per_h - reference_rate_l_per_h)
        - ACCLIMATION_MMOL_PER_L * acclimation
    )
    return shaped(
        sodium, sweat_sodium_mmol_per_l, slope_mmol_per_l_per_l_per_h, sweat_rate_l_per_h,
        reference_rate_l_per_h, acclimation,
    )  # fmt: skip
