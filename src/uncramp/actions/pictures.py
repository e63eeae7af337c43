"""Pictures for the faces: what `drawing` makes of results, as SVG or PNG."""

from __future__ import annotations

from uncramp.drawing.bars import Bar, year_bars
from uncramp.drawing.body import PLACES, BodyMap, BodyWords, body_map
from uncramp.drawing.charts import Axis, Band, Mark, Panel, stacked
from uncramp.drawing.grammar import Layout, both_layouts
from uncramp.drawing.icons import icon_svg
from uncramp.drawing.raster import png
from uncramp.drawing.sheet import (
    Care,
    Columns,
    Heading,
    Items,
    Paragraph,
    Picture,
    Space,
    sheet,
)
from uncramp.drawing.strip import Strip, run_strip
from uncramp.drawing.sweat_chart import SweatBand, SweatChart, SweatMark, sweat_chart
from uncramp.drawing.tokens import Theme, sheet_text

__all__ = [
    "PLACES",
    "Axis",
    "Band",
    "Bar",
    "BodyMap",
    "BodyWords",
    "Care",
    "Columns",
    "Heading",
    "Items",
    "Layout",
    "Mark",
    "Panel",
    "Paragraph",
    "Picture",
    "Space",
    "Strip",
    "SweatBand",
    "SweatChart",
    "SweatMark",
    "Theme",
    "body_map",
    "both_layouts",
    "icon_svg",
    "png",
    "run_strip",
    "sheet",
    "sheet_text",
    "stacked",
    "sweat_chart",
    "year_bars",
]
