"""Slopes, load and spikes: the rows of tests/published/load.toml, and properties."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.evidence import source, value
from uncramp.models import outside
from uncramp.models.load import (
    GRADE_FACTOR_MINETTI2002,
    GRADE_FACTOR_STRAVA2017,
    TRIMP_BANISTER,
    banister_sum,
    decoupling_class_smyth2022,
    decoupling_smyth2022,
    grade_factor_minetti2002,
    grade_factor_strava2017,
    monotony_foster,
    spike_class_frandsen2025,
    strain_foster,
    trimp_banister,
)

PUBLISHED: Final[dict[str, Any]] = tomllib.loads(
    (Path(__file__).resolve().parent / "published" / "load.toml").read_text(encoding="utf-8")
)
LEVEL: Final = PUBLISHED["cost_minetti2002"]["level_j_per_kg_m"]


def by_grade(row: dict[str, float]) -> str:
    """Name of a row."""
    return f"{100 * row['grade']:+.1f}pct"


@pytest.mark.parametrize("row", PUBLISHED["grade_factor_minetti2002"]["row"], ids=by_grade)
def test_minetti_relative_to_level(row: dict[str, float]) -> None:
    """The ratios of a public test suite."""
    within = PUBLISHED["grade_factor_minetti2002"]["within"]
    assert grade_factor_minetti2002(row["grade"]) == pytest.approx(row["factor"], abs=within)


@pytest.mark.parametrize("row", PUBLISHED["cost_minetti2002"]["row"], ids=by_grade)
def test_minetti_in_joules(row: dict[str, float]) -> None:
    """The polynomial itself, as tabulated."""
    cost = LEVEL * grade_factor_minetti2002(row["grade"])
    assert cost == pytest.approx(row["cost"], abs=row["within"])


@pytest.mark.parametrize("row", PUBLISHED["measured_minetti2002"]["row"], ids=by_grade)
def test_minetti_is_what_was_measured(row: dict[str, float]) -> None:
    """Within one standard deviation of the ten runners."""
    cost = LEVEL * grade_factor_minetti2002(row["grade"])
    assert abs(cost - row["cost"]) < row["sd"]


@pytest.mark.parametrize("row", PUBLISHED["grade_factor_strava2017"]["row"], ids=by_grade)
def test_strava_table(row: dict[str, float]) -> None:
    """Every measured point."""
    within = PUBLISHED["grade_factor_strava2017"]["within"]
    assert grade_factor_strava2017(row["grade"]) == pytest.approx(row["factor"], abs=within)


def test_parents_are_named() -> None:
    """Each published table cites a source we list."""
    assert {source(table["source"]).key for table in PUBLISHED.values()} == {
        "frandsen_2025",
        "minetti_2002",
        "runalyze_2019",
        "smyth_2022",
        "strava_gap_2017",
    }


def test_the_sign_of_the_circulating_misprint() -> None:
    """+19.5 i, not −165 i as on a popular page: uphill costs more."""
    assert grade_factor_minetti2002(0.01) > 1 > grade_factor_minetti2002(-0.01)


@given(grade=st.floats(0, 0.45), more=st.floats(0.001, 0.1))
def test_uphill_costs_more_the_steeper(grade: float, more: float) -> None:
    """Both rise with the climb, and never fall below the level."""
    for factor in (grade_factor_minetti2002, grade_factor_strava2017):
        assert factor(grade) >= 1
        assert factor(min(grade + more, 0.45)) >= factor(grade)


@given(grade=st.floats(-0.45, -0.001))
def test_metabolism_promises_more_downhill_than_runners_make(grade: float) -> None:
    """The known gap between the two tables has one sign down to −30 %."""
    if grade >= -0.30:
        assert grade_factor_minetti2002(grade) < grade_factor_strava2017(grade)


def test_arrays_in_arrays_out() -> None:
    """Same numbers, same shape."""
    grades = np.array([[-0.1, 0.0], [0.05, 0.2]])
    for factor in (grade_factor_minetti2002, grade_factor_strava2017):
        many = factor(grades)
        assert many.shape == grades.shape
        assert many.tolist() == [[factor(one) for one in row] for row in grades.tolist()]
        assert isinstance(factor(0.1), float)


def test_validity_is_data() -> None:
    """A slope of 50 % is told to lie outside; 45 % is not."""
    for ranges in (GRADE_FACTOR_MINETTI2002, GRADE_FACTOR_STRAVA2017):
        assert outside(ranges, {"grade": 0.5}) == ("grade",)
        assert outside(ranges, {"grade": -0.45}) == ()


# ---------------------------------------------------------------- load, spikes, drift


def by_id(row: dict[str, Any]) -> str:
    """Name of a row."""
    return str(row["id"])


def trimp(sex: Any) -> float:
    """The run of the table."""
    table = PUBLISHED["trimp_banister"]
    return trimp_banister(
        duration_min=table["duration_min"], heart_rate_bpm=table["heart_rate_bpm"],
        resting_bpm=table["resting_bpm"], max_bpm=table["max_bpm"], sex=sex,
    )  # fmt: skip


@pytest.mark.parametrize("row", PUBLISHED["trimp_banister"]["row"], ids=by_id)
def test_trimp(row: dict[str, Any]) -> None:
    """TR-1 and TR-2."""
    within = PUBLISHED["trimp_banister"]["within"]
    assert trimp(row["sex"]) == pytest.approx(row["trimp"], abs=within)


def test_the_constant_of_women() -> None:
    """0.86: not the 0.64 of men, nor the 0.8218 that makes both equal at the maximum."""
    scale = trimp("female") / (60 * (90 / 130) * math.exp(1.67 * 90 / 130))
    assert scale == pytest.approx(0.86)
    assert outside(TRIMP_BANISTER, {"reserve": 1.1}) == ("reserve",)


@pytest.mark.parametrize("row", PUBLISHED["monotony_foster"]["row"], ids=by_id)
def test_monotony(row: dict[str, Any]) -> None:
    """MO-1 and MO-2, days of rest and all."""
    found = monotony_foster(daily_loads=row["daily_loads"])
    assert found == pytest.approx(row["monotony"], abs=row["within"])


def test_monotony_takes_the_population() -> None:
    """n and not n − 1: 2.366 where the other gives 2.191."""
    table = PUBLISHED["strain_foster"]
    loads = table["daily_loads"]
    assert strain_foster(daily_loads=loads) == pytest.approx(table["strain"], abs=0.05)
    of_a_sample = float(np.mean(loads) / np.std(loads, ddof=1))
    assert of_a_sample == pytest.approx(table["monotony_of_a_sample"], abs=0.0005)
    assert monotony_foster(daily_loads=loads) / of_a_sample == pytest.approx(math.sqrt(7 / 6))


def test_monotony_of_equal_days_and_of_none() -> None:
    """No spread is beyond all bounds; nothing done is nothing known."""
    assert math.isinf(monotony_foster(daily_loads=[10, 10, 10]))
    assert math.isnan(monotony_foster(daily_loads=[0, 0, 0]))
    assert math.isnan(monotony_foster(daily_loads=[]))


@pytest.mark.parametrize("row", PUBLISHED["banister_sum"]["row"], ids=by_id)
def test_banister_sum(row: dict[str, Any]) -> None:
    """BN-1 and BN-2: a sum from day 0 on, not an average."""
    loads = [row["load"]] * row["days"]
    left = banister_sum(daily_loads=loads, day=row["day"], tau_days=row["tau_days"])
    assert left == pytest.approx(row["left"], abs=PUBLISHED["banister_sum"]["within"])


def test_a_sum_is_not_an_average() -> None:
    """100 a day for ever makes 100 as an average, and 42 and a half times that as a sum."""
    for_ever = banister_sum(daily_loads=[100] * 2000, day=1999, tau_days=42)
    assert for_ever * (1 - math.exp(-1 / 42)) == pytest.approx(100)
    assert for_ever == pytest.approx(4250, abs=1)
    assert banister_sum(daily_loads=[100, 100], day=-1, tau_days=42) == 0


@pytest.mark.parametrize("row", PUBLISHED["spike_class_frandsen2025"]["row"], ids=by_id)
def test_spike_class(row: dict[str, Any]) -> None:
    """A limit belongs to the lower class."""
    longest = PUBLISHED["spike_class_frandsen2025"]["longest_30_days_km"]
    excess, klass = spike_class_frandsen2025(
        longest_30_days_km=longest, distance_km=row["distance_km"]
    )
    assert klass == row["class"]
    assert excess == pytest.approx(100 * (row["distance_km"] / longest - 1))


def test_every_marathon_is_a_spike() -> None:
    """38.4 km in the last month keeps it in the reference; the usual 32 km do not."""
    assert spike_class_frandsen2025(longest_30_days_km=38.4, distance_km=42.195)[1] == "reference"
    excess, klass = spike_class_frandsen2025(longest_30_days_km=32.0, distance_km=42.195)
    assert (round(excess), klass) == (32, "moderate")
    assert spike_class_frandsen2025(longest_30_days_km=0.0, distance_km=5.0) == (math.inf, "large")


@given(excess=st.floats(0, 400), more=st.floats(0, 50))
def test_a_class_is_no_dose(excess: float, more: float) -> None:
    """Classes rise with the excess; the injury rates printed for them do not: 1.64 above 1.52."""
    order = ("reference", "small", "moderate", "large")
    first, second = (
        order.index(spike_class_frandsen2025(longest_30_days_km=10.0,
                                             distance_km=10 * (1 + one / 100))[1])
        for one in (excess, excess + more)
    )  # fmt: skip
    assert first <= second
    small, moderate, large = (value(f"conditioning.gap.spike_{name}_ratio") for name in order[1:])
    assert moderate < small < large


def test_decoupling() -> None:
    """DC-1, and each side of each limit."""
    table = PUBLISHED["decoupling_smyth2022"]
    ratio, klass = decoupling_smyth2022(
        early_heart_rate_bpm=table["early_heart_rate_bpm"],
        early_speed_m_s=table["early_speed_m_s"],
        late_heart_rate_bpm=table["late_heart_rate_bpm"],
        late_speed_m_s=table["late_speed_m_s"],
    )
    assert ratio == pytest.approx(table["ratio"], abs=table["within"])
    assert klass == table["class"]
    for row in table["row"]:
        assert decoupling_class_smyth2022(ratio=row["ratio"]) == row["class"]


@given(heart=st.floats(90, 190), speed=st.floats(1.5, 6), scale=st.floats(0.5, 2))
def test_a_steady_run_does_not_drift(heart: float, speed: float, scale: float) -> None:
    """Beats that follow speed are a ratio of one."""
    ratio, klass = decoupling_smyth2022(
        early_heart_rate_bpm=heart, early_speed_m_s=speed,
        late_heart_rate_bpm=scale * heart, late_speed_m_s=scale * speed,
    )  # fmt: skip
    assert ratio == pytest.approx(1)
    assert klass == "low"
