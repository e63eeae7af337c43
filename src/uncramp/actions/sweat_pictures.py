"""One runner's sweat over temperature as a picture, beside runners like them, with every test."""

from __future__ import annotations

from collections.abc import Iterator

from uncramp.actions.sweat import CurvePoint, Lesson, MySweat
from uncramp.drawing.grammar import both_layouts
from uncramp.drawing.sweat_chart import SweatBand, SweatChart, SweatMark, sweat_chart
from uncramp.models.spread import BAND, band_half_width
from uncramp.vocabulary import Interval
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units
from uncramp.wording.run_pages import degrees_in
from uncramp.wording.sweat_page import (
    degrees_unit,
    finding,
    is_known,
    picture_words,
    rate_name,
    volume_in,
)

__all__ = ["sweat_picture"]


def sweat_picture(sweat: MySweat, *, units: Units) -> str:
    """The picture in both layouts; empty where nothing can be said of the runner."""
    if not sweat.curve:
        return ""
    next_test = sweat.next_test
    chart = SweatChart(
        others=[point(one, one.prior, units=units) for one in sweat.curve],
        mine=[point(one, one.mine, units=units) for one in sweat.curve] if is_known(sweat) else (),
        marks=list(marks(sweat.tests, units=units)),
        next_at=None if next_test is None else degrees_in(next_test.temp_air_c, units=units),
        others_note=text("sweat_page.picture.others"),
        mine_note=text("sweat_page.picture.mine"),
        next_note=text("sweat_page.picture.next"),
        rate_unit=text("sweat_page.picture.unit", unit=rate_name(units)),
        heat_unit=degrees_unit(units),
        title=finding(sweat, units=units),
        description=picture_words(sweat, units=units),
    )
    return both_layouts(
        lambda layout, prefix: sweat_chart(chart, layout=layout, prefix=prefix), prefix="sweat"
    )


def point(at: CurvePoint, rate: Interval, *, units: Units) -> tuple[float, SweatBand]:
    """One temperature in the reader's units."""
    low, middle, high = (volume_in(one, units=units) for one in (rate.low, rate.median, rate.high))
    return degrees_in(at.temp_air_c, units=units), SweatBand(low=low, middle=middle, high=high)


def marks(tests: tuple[Lesson, ...], *, units: Units) -> Iterator[SweatMark]:
    """Tests of the rate that have a temperature and count; the whisker holds 9 of 10 too."""
    for one in tests:
        if one.kind == "sodium" or one.temp_air_c is None or not one.counts:
            continue
        half = band_half_width(BAND) * one.error
        yield SweatMark(
            at=degrees_in(one.temp_air_c, units=units),
            rate=volume_in(one.measured, units=units),
            low=volume_in(max(one.measured - half, 0.0), units=units),
            high=volume_in(one.measured + half, units=units),
            kind="watch" if one.kind == "watch" else "scale",
        )
