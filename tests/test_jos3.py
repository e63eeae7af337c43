"""Our sweat beside another model's, which knows 17 parts of the body: no more than half off."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from uncramp.models.fluid import respiratory_water_mitchell1972
from uncramp.models.heat import saturation_vapour_pressure_kpa
from uncramp.simulation.run import outcome_of
from uncramp.simulation.scenario import scenario_from_document

PUBLISHED: Final = Path(__file__).resolve().parent / "published" / "jos3.toml"
CASES: Final = tomllib.loads(PUBLISHED.read_text())["case"]
MMHG_PER_KPA: Final = 7.50062
LEAST, MOST = 0.5, 1.5


def ours(case: Mapping[str, Any]) -> float:
    """Sweat and breath of the first hour, L/h, before any weigh-in."""
    weather = {name: case[name] for name in ("temp_air_c", "relative_humidity_pct")}
    runner = {"sex": "male", "age_y": 35, "height_cm": 175, "body_mass_kg": 70}
    exercise = {"duration_min": 60, "metabolic_rate_w": case["metabolic_rate_w"]}
    scenario = scenario_from_document({"runner": runner, "exercise": exercise, "weather": weather})
    sweat = outcome_of(scenario).end.bands["sweat_loss_l"].p50
    saturated = saturation_vapour_pressure_kpa(temperature_c=float(case["temp_air_c"]))
    breath = respiratory_water_mitchell1972(
        metabolic_rate_w=float(case["metabolic_rate_w"]),
        vapour_pressure_mmhg=saturated * case["relative_humidity_pct"] / 100.0 * MMHG_PER_KPA,
    )
    return float(sweat + breath / 1000.0)


@pytest.mark.parametrize("case", CASES, ids=lambda one: f"{one['temp_air_c']} degrees")
def test_the_other_model_is_within_half(case: Mapping[str, Any]) -> None:
    """An independent check of size and direction, not of truth: neither was made for runners."""
    assert LEAST < ours(case) / case["water_l_per_h"] < MOST


def test_both_rise_with_heat() -> None:
    """At the same work, ten degrees more cost both models more water."""
    cool, warm = (
        next(one for one in CASES if one["temp_air_c"] == t and one["metabolic_rate_w"] == 900)
        for t in (18, 28)
    )
    assert warm["water_l_per_h"] > cool["water_l_per_h"]
    assert ours(warm) > ours(cool)
