"""Sentences that are data, in words."""

from __future__ import annotations

from datetime import date

import pytest

from uncramp.vocabulary import Said
from uncramp.wording import catalogue
from uncramp.wording.quantities import Units
from uncramp.wording.said import said, sentences

ALL = (
    "{day} {longest_m} {ascent_m} {goal_s} {ceiling_s_per_km} {air_c} {drink_l} {body_kg} {n} {id}"
)


@pytest.fixture(autouse=True)
def one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue with nothing but a message that shows every kind of value."""
    monkeypatch.setattr("uncramp.wording.said.text", said_text)


def said_text(message_id: str, **values: object) -> str:
    """The message of the test, and the real ones of quantities."""
    return (
        ALL.format(**values) if message_id == "test.all" else catalogue.text(message_id, **values)
    )


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ("metric", "Sun 4 Oct 2026 32.0 km 450 m 3:45:00 5:20 /km 24 °C 0.5 L 70 kg 7.5 hill"),
        (
            "imperial",
            "Sun 4 Oct 2026 19.9 mi 1476 ft 3:45:00 8:35 /mi 75 °F 17 fl oz 154 lb 7.5 hill",
        ),
    ],
)
def test_the_end_of_a_name_says_what_a_value_is(units: Units, expected: str) -> None:
    """Distances, heights, times, paces and the rest come in the reader's own units."""
    one = Said(
        id="test.all",
        values={
            "day": date(2026, 10, 4), "longest_m": 32000.0, "ascent_m": 450.0, "goal_s": 13500.0,
            "ceiling_s_per_km": 320.0, "air_c": 24.0, "drink_l": 0.5, "body_kg": 70.0, "n": 7.5,
            "id": "hill",
        },
    )  # fmt: skip
    assert said(one, units=units) == expected
    assert sentences((one, one), units=units) == [expected, expected]
