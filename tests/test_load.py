"""What slopes cost: the rows of tests/published/load.toml, and properties."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.evidence import source
from uncramp.models import outside
from uncramp.models.load import (
    GRADE_FACTOR_MINETTI2002,
    GRADE_FACTOR_STRAVA2017,
    grade_factor_minetti2002,
    grade_factor_strava2017,
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
        "minetti_2002",
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
