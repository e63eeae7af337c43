"""The committed numbers of JOS-3 are what pythermalcomfort gives."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import Any

import pytest

from test_jos3 import CASES

pytestmark = pytest.mark.deep


@pytest.mark.parametrize("case", CASES, ids=lambda one: f"{one['temp_air_c']} degrees")
def test_the_committed_numbers_are_theirs(case: Mapping[str, Any]) -> None:
    """One minute at rest for the basal rate, then an hour at the wanted power."""
    models = pytest.importorskip(
        "pythermalcomfort.models", reason="NEEDS-ORACLE: pythermalcomfort is not installed"
    )
    body = models.JOS3(height=1.75, weight=70, fat=12, age=35, sex="male", ci=2.6)
    body.tdb = body.tr = case["temp_air_c"]
    body.rh, body.v, body.clo = case["relative_humidity_pct"], 2.5, 0.2
    basal_w = body.bmr * body.bsa.sum()
    body.simulate(times=1, dtime=60)
    body.par = case["metabolic_rate_w"] / basal_w
    body.simulate(times=60, dtime=60)
    grams_per_s = body.dict_results()["weight_loss_by_evap_and_res"][1:]
    assert 3.6 * fmean(grams_per_s) == pytest.approx(case["water_l_per_h"], abs=0.01)
