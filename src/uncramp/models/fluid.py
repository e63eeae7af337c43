"""Fluid: body water, what leaves with the breath and as fuel, and what the gut lets through."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from uncramp.errors import InputError
from uncramp.models import Real, Validity, shaped

__all__ = [
    "TOTAL_BODY_WATER_WATSON1980",
    "body_water_change_l",
    "fuel_mass_loss_kg",
    "gastric_emptying_first_order",
    "respiratory_water_mitchell1972",
    "total_body_water_watson1980",
]

FUEL_MASS_G_PER_KCAL: Final = 0.20
OXYGEN_J_PER_L: Final = 20_900.0
"""Energy of a litre of oxygen on a mixed diet (0.23 R + 0.77) 21 166 at R = 0.95."""

TOTAL_BODY_WATER_WATSON1980: Final = {
    "age_y": Validity(low=17.0, high=86.0, unit="year"),
    "height_cm": Validity(low=140.0, high=205.0, unit="cm"),
    "body_mass_kg": Validity(low=38.0, high=140.0, unit="kg"),
}


def total_body_water_watson1980(
    *, sex: Literal["male", "female"], age_y: Real, height_cm: Real, body_mass_kg: Real
) -> Real:
    """Total body water, in L.

    Formula: men 2.447 − 0.09516 age + 0.1074 height + 0.3362 mass; women −2.097 + 0.1069 height +
    0.2466 mass (age does not count); `age_y` years (17 to 86), `height_cm` cm, `body_mass_kg` kg;
    any shapes that broadcast. Many pages print 0.09156 for the age: a slip of the pen.

    Error: standard deviation about 3.8 L in men and 3.6 L in women; athletes hold some per cent
    more. InputError `unknown_sex` for any other word.

    Source (`watson_1980`): Watson, Watson and Batt, Am J Clin Nutr 1980, 33:27.

    >>> round(total_body_water_watson1980(sex="male", age_y=35.0, height_cm=180.0,
    ...                                   body_mass_kg=80.0), 2)
    45.34
    """
    if sex == "male":
        water = 2.447 - 0.09516 * age_y + 0.1074 * height_cm + 0.3362 * body_mass_kg
    elif sex == "female":
        water = -2.097 + 0.1069 * height_cm + 0.2466 * body_mass_kg
    else:
        raise InputError("unknown_sex", values={"given": sex})
    return shaped(water, age_y, height_cm, body_mass_kg)


def respiratory_water_mitchell1972(*, metabolic_rate_w: Real, vapour_pressure_mmhg: Real) -> Real:
    """Water that leaves with the breath, in mL/h.

    Formula: 0.019 VO₂ (44 − Pₐ) g/min with VO₂ in L/min from `metabolic_rate_w` (W) at 20.9 kJ a
    litre, and Pₐ = `vapour_pressure_mmhg` of the air (mmHg, 0 to 44); any shapes that broadcast.

    Error: within 7 to 12 per cent of the table of the Institute of Medicine (1996).

    Source (`mitchell_1972`): Mitchell, Nadel and Stolwijk, J Appl Physiol 1972, 32:474.

    >>> round(respiratory_water_mitchell1972(metabolic_rate_w=600.0, vapour_pressure_mmhg=15.0))
    57
    """
    oxygen_l_min = 60.0 * np.asarray(metabolic_rate_w, dtype=np.float64) / OXYGEN_J_PER_L
    water_g_min = 0.019 * oxygen_l_min * (44.0 - vapour_pressure_mmhg)
    return shaped(60.0 * water_g_min, metabolic_rate_w, vapour_pressure_mmhg)


def fuel_mass_loss_kg(*, energy_kcal: Real) -> Real:
    """Body mass lost without any loss of body water, in kg: fuel burnt and breath.

    Formula: 0.20 g per kcal: carbon dioxide less oxygen, and the breath's water, which the water
    made from the fuel replaces about; `energy_kcal` kcal spent, 0 or more, any shape.

    Error: for one person a weighing can be off by a kilogram from body water all the same.

    Source (`cheuvront_montain_2017`): Experimental Physiology 2017.

    >>> round(fuel_mass_loss_kg(energy_kcal=3000.0), 2)
    0.6
    """
    return shaped(FUEL_MASS_G_PER_KCAL * np.asarray(energy_kcal) / 1000.0, energy_kcal)


def body_water_change_l(*, body_mass_change_kg: Real, energy_kcal: Real) -> Real:
    """Change of body water behind a change of body mass, in L (loss negative).

    Formula: ΔTBW = ΔBM + 0.20 EE / 1000; `body_mass_change_kg` kg (loss negative), `energy_kcal`
    kcal spent in between; any shapes that broadcast.

    Error: 0.07 ± 1.07 kg against heavy water in one study: no finer than half a kilogram.

    Source (`cheuvront_montain_2017`); error `baker_2009_water`.

    >>> round(body_water_change_l(body_mass_change_kg=-2.0, energy_kcal=3000.0), 2)
    -1.4
    """
    water = body_mass_change_kg + fuel_mass_loss_kg(energy_kcal=energy_kcal)
    return shaped(water, body_mass_change_kg, energy_kcal)


def gastric_emptying_first_order(*, gut_fluid_l: Real, rate_per_h: Real, cap_l_per_h: Real) -> Real:
    """Fluid that leaves the stomach and is taken up, in L/h.

    Formula: min(k V, cap): first order in what the gut holds, V = `gut_fluid_l` (L, 0 or more), k =
    `rate_per_h` (1/h, about 2), up to `cap_l_per_h` (L/h); any shapes that broadcast.

    Error: k = 2/h fits two trials (over 1 L/h with 350 mL every 20 min, 0.46 L/h with 150 mL every
    15 min); the cap was never measured.

    Source (`ryan_1989`, `mitchell_1989`); the form is our judgement.

    >>> gastric_emptying_first_order(gut_fluid_l=0.2, rate_per_h=2.0, cap_l_per_h=1.0)
    0.4
    """
    flow = np.minimum(np.asarray(rate_per_h) * gut_fluid_l, cap_l_per_h)
    return shaped(flow, gut_fluid_l, rate_per_h, cap_l_per_h)
