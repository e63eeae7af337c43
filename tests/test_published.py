"""Numbers from the literature against our models: the rows of tests/published/*.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from uncramp.evidence import source
from uncramp.models.wbgt import wbgt_approximation_abm

PUBLISHED: Final = Path(__file__).resolve().parent / "published"


def table(name: str) -> dict[str, Any]:
    """One file of published numbers."""
    return tomllib.loads((PUBLISHED / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "row", table("heat")["wbgt_approximation_abm"]["row"],
    ids=lambda row: f"{row['temp_air_c']}C-{row['relative_humidity_pct']}pct",
)  # fmt: skip
def test_wbgt_is_reproduced(row: dict[str, float]) -> None:
    """The simple formula gives what an independent run of it gave."""
    given = wbgt_approximation_abm(
        temp_air_c=row["temp_air_c"], relative_humidity_pct=row["relative_humidity_pct"]
    )
    assert given == pytest.approx(
        row["wbgt_c"], abs=table("heat")["wbgt_approximation_abm"]["within"]
    )


def test_wbgt_names_its_parent() -> None:
    """The published row carries the source the model cites."""
    key = table("heat")["wbgt_approximation_abm"]["source"]
    assert source(key).key in str(wbgt_approximation_abm.__doc__)


@pytest.mark.parametrize("humidity", [0.0, 20.0, 50.0, 80.0, 100.0])
def test_wbgt_rises_with_heat_and_damp(humidity: float) -> None:
    """Hotter is hotter, and damper never cooler, over the valid range."""
    over = [wbgt_approximation_abm(temp_air_c=float(degree), relative_humidity_pct=humidity)
            for degree in range(-5, 51)]  # fmt: skip
    assert over == sorted(over)
    damper = wbgt_approximation_abm(
        temp_air_c=25.0, relative_humidity_pct=min(100.0, humidity + 10)
    )
    assert damper >= wbgt_approximation_abm(temp_air_c=25.0, relative_humidity_pct=humidity)
