"""Sweat over temperature as a picture: inside its edges, and told without colour."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from test_drawing import assert_is_inside, classes, read, words_in
from uncramp.actions.pictures import Layout, SweatBand, SweatChart, SweatMark, sweat_chart
from uncramp.drawing.tokens import pictures_sheet

numbers = st.floats(allow_nan=True, allow_infinity=True) | st.floats(min_value=0, max_value=6)
heats = st.floats(allow_nan=True, allow_infinity=True) | st.floats(min_value=-20, max_value=50)
bands = st.builds(SweatBand, low=numbers, middle=numbers, high=numbers)
curves = st.lists(st.tuples(heats, bands), max_size=6)
charts = st.builds(
    SweatChart,
    others=curves,
    mine=curves,
    marks=st.lists(
        st.builds(
            SweatMark,
            at=heats,
            rate=numbers,
            low=numbers,
            high=numbers,
            kind=st.sampled_from(["scale", "watch"]),
        ),
        max_size=4,
    ),
    next_at=st.none() | heats,
    others_note=st.sampled_from(["Runners like you", "<others>"]),
    mine_note=st.sampled_from(["", "You"]),
    next_note=st.sampled_from(["", "Test here next"]),
    rate_unit=st.just("Litres an hour"),
    heat_unit=st.just("°C"),
    title=st.text(max_size=30),
    description=st.text(max_size=30),
)


def curve(share: float, *, spread: float) -> list[tuple[float, SweatBand]]:
    """A rate that grows with heat, 5 to 35 °C."""
    return [
        (
            float(at),
            SweatBand(
                low=share * (0.5 + 0.03 * at) * math.exp(-spread),
                middle=share * (0.5 + 0.03 * at),
                high=share * (0.5 + 0.03 * at) * math.exp(spread),
            ),
        )
        for at in range(5, 36)
    ]


def known_runner(layout: Layout = "wide") -> str:
    """A runner with two weigh-ins and one hint of a watch."""
    chart = SweatChart(
        others=curve(1.0, spread=0.66),
        mine=curve(1.2, spread=0.2),
        marks=[
            SweatMark(at=12, rate=1.0, low=0.9, high=1.1),
            SweatMark(at=24, rate=1.4, low=1.3, high=1.5),
            SweatMark(at=18, rate=0.9, low=0.4, high=1.4, kind="watch"),
        ],
        next_at=30,
        others_note="Runners like you",
        mine_note="You",
        next_note="Test here next",
        rate_unit="Litres an hour",
        heat_unit="°C",
        title="At 20 °C you lose about 1.3 L an hour",
    )
    return sweat_chart(chart, layout=layout)


@settings(max_examples=60)
@given(charts, st.sampled_from(["wide", "narrow"]))
def test_any_numbers_make_a_picture(chart: SweatChart, layout: Layout) -> None:
    """Nothing known, one point, endless or senseless numbers: well-formed and inside."""
    assert_is_inside(sweat_chart(chart, layout=layout))


@pytest.mark.parametrize("layout", ["wide", "narrow"])
def test_who_is_who_is_told_in_words(layout: Layout) -> None:
    """Each curve has its name, and the next test its place; there is no legend."""
    said = words_in(known_runner(layout))
    assert {"You", "Litres an hour", "Test here next"} <= set(said)
    assert "Runners like you" in " ".join(said)
    assert any(one.endswith("°C") for one in said)
    assert_is_inside(known_runner(layout))


def test_tests_stand_at_what_was_measured() -> None:
    """Warmer is further right, more is higher; a watch is another shape than a scale."""
    root = read(known_runner())
    discs = [one for one in root.iter() if one.attrib.get("class") == "test-scale"]
    (square,) = [one for one in root.iter() if one.attrib.get("class") == "test-watch"]
    cool, warm = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in discs]
    assert cool[0] < float(square.attrib["x"]) < warm[0]
    assert warm[1] < cool[1] < float(square.attrib["y"]) + float(square.attrib["height"])
    assert square.tag != discs[0].tag


def test_nobody_is_drawn_who_is_not_known() -> None:
    """Without a test there is no curve of the runner, only that of others."""
    chart = SweatChart(
        others=curve(1.0, spread=0.66),
        others_note="Runners like you",
        mine_note="You",
        rate_unit="Litres an hour",
        heat_unit="°C",
        title="t",
    )
    svg = sweat_chart(chart)
    assert "others" in classes(svg)
    assert "mine" not in classes(svg)
    assert "You" not in words_in(svg)


def test_it_is_told_without_colour() -> None:
    """The edge of others is broken, mine is whole; every class has its rule."""
    sheet = pictures_sheet("light")
    assert re.search(r"\.others \.band-edge {[^}]*stroke-dasharray", sheet)
    rule = re.search(r"\.mine \.band-edge {([^}]*)}", sheet)
    assert rule is not None
    assert "dasharray" not in rule[1]
    for name in ("band-fill", "curve", "whisker", "test-scale", "test-watch"):
        assert name in classes(known_runner())
        assert f".{name} " in sheet
