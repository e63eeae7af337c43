"""Sodium: what sweat, drinks and water do to the sodium of the blood plasma."""

from __future__ import annotations

from typing import Final

from uncramp.models import Real, Validity, shaped

__all__ = [
    "PLASMA_SODIUM_NGUYEN_KURTZ",
    "isonatric_intake_nguyen_kurtz",
    "plasma_sodium_nguyen_kurtz",
]

SLOPE: Final = 1.03
OFFSET_MMOL_PER_L: Final = 23.8

PLASMA_SODIUM_NGUYEN_KURTZ: Final = {
    "plasma_sodium_start_mmol_per_l": Validity(low=120.0, high=160.0, unit="mmol/L"),
    "total_body_water_l": Validity(low=20.0, high=70.0, unit="L"),
}


def plasma_sodium_nguyen_kurtz(
    *,
    plasma_sodium_start_mmol_per_l: Real,
    total_body_water_l: Real,
    sodium_potassium_change_mmol: Real,
    water_change_l: Real,
) -> Real:
    """Plasma sodium after a change of body water and of sodium plus potassium, in mmol/L.

    Formula: ((Na₀ + 23.8) TBW + 1.03 ΔE) / (TBW + ΔV) − 23.8, from [Na]p = 1.03 (Naₑ + Kₑ) / TBW −
    23.8; Na₀ = `plasma_sodium_start_mmol_per_l`, TBW = `total_body_water_l` at the start, ΔE =
    `sodium_potassium_change_mmol` (mmol, gain positive), ΔV = `water_change_l` (L, gain positive);
    any shapes that broadcast.

    Error: right to about 0.2 mmol/L in the laboratory when body mass is kept or lost; falls too far
    when it rises; in the field three to four times too steep. It says nothing of sodium that leaves
    or enters the store without osmotic effect.

    Source (`nguyen_kurtz_2005`): Nguyen and Kurtz, Am J Physiol Renal Physiol 2005, after Edelman
    1958, whose form for plasma water is in `nguyen_kurtz_2004`; as used by `weschler_2005`.

    >>> round(plasma_sodium_nguyen_kurtz(plasma_sodium_start_mmol_per_l=140.0,
    ...     total_body_water_l=50.0, sodium_potassium_change_mmol=0.0, water_change_l=1.0), 1)
    136.8
    """
    held = (plasma_sodium_start_mmol_per_l + OFFSET_MMOL_PER_L) * total_body_water_l
    now = (held + SLOPE * sodium_potassium_change_mmol) / (total_body_water_l + water_change_l)
    return shaped(
        now - OFFSET_MMOL_PER_L,
        plasma_sodium_start_mmol_per_l,
        total_body_water_l,
        sodium_potassium_change_mmol,
        water_change_l,
    )


def isonatric_intake_nguyen_kurtz(*, plasma_sodium_mmol_per_l: Real) -> Real:
    """Sodium plus potassium that a drink must hold to leave plasma sodium as it is, in mmol/L.

    Formula: 0.97 [Na]p + 23.1, the plasma equation turned round; `plasma_sodium_mmol_per_l` in
    mmol/L, any shape. Every sports drink holds far less, so every sports drink thins.

    Error: as `plasma_sodium_nguyen_kurtz`.

    Source (`nguyen_kurtz_2005`).

    >>> round(isonatric_intake_nguyen_kurtz(plasma_sodium_mmol_per_l=140.0))
    159
    """
    return shaped(0.97 * plasma_sodium_mmol_per_l + 23.1, plasma_sodium_mmol_per_l)
