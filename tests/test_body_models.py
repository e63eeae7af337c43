"""The equations of the body against published numbers, and what every equation must keep."""

from __future__ import annotations

import doctest
import importlib
import math
import tomllib
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.errors import InputError
from uncramp.models import energy, fluid, heat, sodium, sweat

FILE: Final = Path(__file__).resolve().parent / "published" / "body.toml"
PUBLISHED: Final[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
MODULES: Final = ("energy", "fluid", "heat", "sodium", "spread", "sweat", "wbgt")


def rows(name: str) -> list[Any]:
    """The published rows of one equation."""
    found: list[Any] = PUBLISHED[name]["row"]
    return found


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_the_docstrings_hold(name: str) -> None:
    """Every example is run."""
    result = doctest.testmod(importlib.import_module(f"uncramp.models.{name}"))
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("row", rows("plasma_sodium_nguyen_kurtz"))
def test_plasma_sodium(row: dict[str, float]) -> None:
    """Weschler's sensitivities and the equation by hand."""
    given_sodium = sodium.plasma_sodium_nguyen_kurtz(
        plasma_sodium_start_mmol_per_l=row["start"],
        total_body_water_l=row["water"],
        sodium_potassium_change_mmol=row["cation"],
        water_change_l=row["change"],
    )
    assert given_sodium == pytest.approx(row["plasma"], abs=row["within"])


@pytest.mark.parametrize("row", rows("running_cost_minetti2002"))
def test_running_cost(row: dict[str, float]) -> None:
    """The polynomial."""
    cost = energy.running_cost_minetti2002(grade=row["grade"])
    assert cost == pytest.approx(row["cost"], abs=row["within"])


@pytest.mark.parametrize("row", rows("oxygen_uptake_acsm_running"))
def test_oxygen_uptake(row: dict[str, float]) -> None:
    """The line of the ACSM."""
    oxygen = energy.oxygen_uptake_acsm_running(speed_m_s=row["speed_km_h"] / 3.6, grade=0.0)
    assert oxygen == pytest.approx(row["oxygen"], abs=row["within"])


@pytest.mark.parametrize("form", ["OSE", "OSEC", "PW", "PW_cool"])
@pytest.mark.parametrize("row", rows("sweat_loss_gonzalez2009"))
def test_sweat_regressions(row: dict[str, float], form: sweat.SweatForm) -> None:
    """All four forms, below zero where they go there."""
    loss = sweat.sweat_loss_gonzalez2009(ereq_w_m2=row["ereq"], emax_w_m2=row["emax"], form=form)
    assert loss == pytest.approx(row[form], abs=PUBLISHED["sweat_loss_gonzalez2009"]["within"])


@pytest.mark.parametrize("row", rows("respiratory_water_mitchell1972"))
def test_respiratory_water(row: dict[str, float]) -> None:
    """The table of the Institute of Medicine."""
    water = fluid.respiratory_water_mitchell1972(
        metabolic_rate_w=row["metabolic_rate_w"], vapour_pressure_mmhg=row["vapour_pressure_mmhg"]
    )
    share = PUBLISHED["respiratory_water_mitchell1972"]["share"]
    assert water == pytest.approx(row["water_ml_per_h"], rel=share)


@pytest.mark.parametrize("row", rows("total_body_water_watson1980"))
def test_body_water(row: dict[str, Any]) -> None:
    """Both sexes, with the coefficient as printed in the paper."""
    water = fluid.total_body_water_watson1980(
        sex=row["sex"], age_y=row["age_y"], height_cm=row["height_cm"],
        body_mass_kg=row["body_mass_kg"],
    )  # fmt: skip
    assert water == pytest.approx(row["water_l"], abs=0.02)


@pytest.mark.parametrize("row", rows("whole_body_sodium_baker"))
def test_patch_lines(row: dict[str, Any]) -> None:
    """Each site has its own line."""
    whole = sweat.whole_body_sodium_baker(
        regional_sweat_sodium_mmol_per_l=row["regional"], site=row["site"]
    )
    assert whole == pytest.approx(row["whole"], abs=0.01)


def test_fuel_has_mass() -> None:
    """A marathon hides about 0.6 kg."""
    (row,) = rows("fuel_mass_loss_kg")
    lost = fluid.fuel_mass_loss_kg(energy_kcal=row["energy_kcal"])
    assert lost == pytest.approx(row["mass_kg"], abs=row["within"])


@pytest.mark.parametrize("row", rows("wbgt_liljegren2008"))
def test_wbgt_in_sun_and_wind(row: dict[str, float]) -> None:
    """What thermofeel gave when the notes were written."""
    wbgt = heat.wbgt_liljegren2008(
        temp_air_c=row["temp_air_c"], relative_humidity_pct=row["humidity"],
        wind_speed_m_s=row["wind"], solar_w_m2=row["solar"], direct_share=0.7,
        cosine_of_zenith=math.cos(math.radians(35.0)), pressure_hpa=1013.0,
    )  # fmt: skip
    assert wbgt == pytest.approx(row["wbgt_c"], abs=PUBLISHED["wbgt_liljegren2008"]["within"])


def test_breath_loses_a_tenth_and_not_ten_times_the_work() -> None:
    """The trap of the unit: with 58.7 for kPa the breath alone would cool a runner to death."""
    lost = heat.respiratory_heat_loss_parsons1993(
        metabolic_rate_w_m2=500.0, temp_air_c=20.0, vapour_pressure_kpa=1.2
    )
    assert 0.05 < lost / 500.0 < 0.15


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("unknown_sex", lambda: fluid.total_body_water_watson1980(
            sex="x", age_y=1.0, height_cm=1.0, body_mass_kg=1.0)),  # type: ignore[arg-type]
        ("unknown_form", lambda: sweat.sweat_loss_gonzalez2009(
            ereq_w_m2=1.0, emax_w_m2=1.0, form="x")),  # type: ignore[arg-type]
        ("unknown_site", lambda: sweat.whole_body_sodium_baker(
            regional_sweat_sodium_mmol_per_l=1.0, site="chest")),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_a_word_nobody_knows_is_refused(code: str, call: Any) -> None:
    """Never a silent default."""
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.code == code


@given(
    start=st.floats(130, 150), water=st.floats(25, 60), cation=st.floats(-400, 200),
    change=st.floats(-5, 5),
)  # fmt: skip
def test_scalars_and_arrays_agree(start: float, water: float, cation: float, change: float) -> None:
    """Scalars in, a float out; arrays in, an array of the same numbers out."""
    one = sodium.plasma_sodium_nguyen_kurtz(
        plasma_sodium_start_mmol_per_l=start, total_body_water_l=water,
        sodium_potassium_change_mmol=cation, water_change_l=change,
    )  # fmt: skip
    many = sodium.plasma_sodium_nguyen_kurtz(
        plasma_sodium_start_mmol_per_l=np.full(3, start),
        total_body_water_l=np.full(3, water),
        sodium_potassium_change_mmol=np.full(3, cation),
        water_change_l=np.full(3, change),
    )
    assert isinstance(one, float)
    assert many.shape == (3,)
    assert many.tolist() == [one] * 3


@given(sodium_start=st.floats(125, 150), water=st.floats(25, 60), drunk=st.floats(0.01, 3))
def test_an_isonatric_drink_changes_nothing(
    sodium_start: float, water: float, drunk: float
) -> None:
    """The two forms of the equation belong together."""
    held = sodium.isonatric_intake_nguyen_kurtz(plasma_sodium_mmol_per_l=sodium_start)
    after = sodium.plasma_sodium_nguyen_kurtz(
        plasma_sodium_start_mmol_per_l=sodium_start, total_body_water_l=water,
        sodium_potassium_change_mmol=held * drunk, water_change_l=drunk,
    )  # fmt: skip
    assert after == pytest.approx(sodium_start, abs=0.1)


@given(air=st.floats(0.5, 10.0), temp=st.floats(0, 40), humidity=st.floats(10, 100))
def test_more_wind_takes_more(air: float, temp: float, humidity: float) -> None:
    """The most that can evaporate grows with wind, whenever anything can."""
    kpa = humidity / 100 * heat.saturation_vapour_pressure_kpa(temperature_c=temp)
    low, high = (
        heat.evaporation_maximum(
            skin_temperature_c=34.0, vapour_pressure_kpa=kpa, clothing_clo=0.2,
            convective_w_m2_k=heat.film_coefficient_kerslake1972(air_speed_m_s=speed),
        )
        for speed in (air, air + 0.5)
    )  # fmt: skip
    assert (high > low) == (high > 0)


def test_noon_on_the_equator() -> None:
    """The sun stands nearly overhead at an equinox noon, and under our feet at midnight."""
    days = (9942.0, 9942.5)  # 2027-03-21 12:00 and 2027-03-22 00:00
    noon, midnight = (
        heat.cosine_of_zenith_michalsky1988(
            days_since_j2000=day, latitude_deg=0.0, longitude_deg=0.0
        )
        for day in days
    )
    assert noon > 0.999
    assert midnight < -0.999
