"""Pictures: well-formed whatever the numbers, inside their edges, readable in both themes."""

from __future__ import annotations

import math
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uncramp.actions.pictures import (
    PLACES,
    Axis,
    Band,
    Bar,
    BodyWords,
    Care,
    Columns,
    Heading,
    Items,
    Layout,
    Mark,
    Panel,
    Paragraph,
    Picture,
    Space,
    Strip,
    body_map,
    both_layouts,
    icon_svg,
    png,
    run_strip,
    sheet,
    stacked,
    year_bars,
)
from uncramp.drawing.body import REGIONS
from uncramp.drawing.figure import FIGURES, HEIGHT, WIDTH
from uncramp.drawing.grammar import (
    WIDTHS,
    Label,
    nice_ticks,
    place_labels,
    shown_width,
)
from uncramp.drawing.icons import ICONS
from uncramp.drawing.letters import font_bytes, known_signs, text_width, wrap
from uncramp.drawing.sheet import Block, SheetTooTallError
from uncramp.drawing.svg import element, escape, hatch, number
from uncramp.drawing.tokens import Theme, pictures_sheet, sheet_text, tokens

SVG: Final = "{http://www.w3.org/2000/svg}"
HALF_MARK: Final = 16.0
"""A mark at the very end may stand out by its own radius, halo included."""

numbers = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(min_value=-1e4, max_value=1e4),
    st.sampled_from([0.0, -0.0, 300.0]),
)
places = st.floats(allow_nan=True, allow_infinity=True) | st.floats(min_value=-1, max_value=50)
said = st.text(max_size=60) | st.sampled_from(["<b>&\"'", "Past your longest run here", "\x00\x1b"])
points = st.lists(st.tuples(places, numbers), max_size=12)
panels = st.builds(
    Panel,
    name=said,
    unit=said,
    values=points,
    past=points,
    past_note=said,
    note=said,
    labels=st.lists(st.tuples(places, said), max_size=3).map(tuple),
    style=st.sampled_from(["line", "area"]),
    reads_as=st.sampled_from(["number", "minutes"]),
    inverted=st.booleans(),
    flattest=st.floats(min_value=0, max_value=100),
    limits=st.tuples(numbers, numbers),
    is_low=st.booleans(),
)
marks = st.builds(Mark, at=places, label=said, kind=st.sampled_from(["cramp", "maybe", "note"]))
bands = st.builds(
    Band,
    start=places,
    end=places,
    label=said,
    kind=st.sampled_from(["soft", "early", "beyond"]),
    only=st.none() | said,
)
ticks = st.lists(st.tuples(places, said), max_size=5).map(tuple)
strips = st.builds(
    Strip,
    within_share=numbers,
    beyond_from=numbers,
    cramps=st.lists(places, max_size=3).map(tuple),
    maybe=st.lists(places, max_size=3).map(tuple),
    label=said,
    description=said,
    low_note=st.none() | said,
    high_note=st.none() | said,
    cramp_note=st.none() | said,
    maybe_note=st.none() | said,
    ticks=ticks,
)
layouts = st.sampled_from(["wide", "narrow"])


# ---------------------------------------------------------------- reading a picture back


def read(svg: str) -> ET.Element:
    """The picture as a tree; fails when it is not well-formed."""
    return ET.fromstring(svg)  # noqa: S314  (our own)


def view_box(root: ET.Element) -> tuple[float, float]:
    """Width and height."""
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    assert (left, top) == (0, 0)
    assert width > 0
    assert height > 0
    return width, height


def box_of(shape: ET.Element) -> tuple[float, float, float, float] | None:
    """What a shape covers at most: left, top, right, bottom; None for what has no place."""
    has = shape.attrib
    match shape.tag.removeprefix(SVG):
        case "line":
            xs, ys = ([float(has[f"{axis}{n}"]) for n in "12"] for axis in "xy")
        case "rect":
            xs = [float(has["x"]), float(has["x"]) + float(has["width"])]
            ys = [float(has["y"]), float(has["y"]) + float(has["height"])]
        case "circle":
            xs, ys = (
                [float(has[key]) - float(has["r"]), float(has[key]) + float(has["r"])]
                for key in ("cx", "cy")
            )
        case "path":
            found = [float(one) for one in re.findall(r"-?[0-9.]+", has["d"])]
            xs, ys = found[::2], found[1::2]
        case "text":
            return text_box(shape)
        case _:
            return None
    return min(xs), min(ys), max(xs), max(ys)


def text_box(shape: ET.Element) -> tuple[float, float, float, float]:
    """Where words stand in the font of our images."""
    has, size = shape.attrib, float(shape.attrib["font-size"])
    bold = "strong" in has["class"]
    width = text_width(shape.text or "", size, bold=bold)
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[has.get("text-anchor", "start")]
    left = float(has["x"]) - share * width
    return left, float(has["y"]) - 0.8 * size, left + width, float(has["y"]) + 0.25 * size


def assert_is_inside(svg: str) -> None:
    """Well-formed, every coordinate finite, every shape and word inside the picture."""
    root = read(svg)
    width, height = view_box(root)
    assert not re.search(r"\b(nan|inf|None)\b", re.sub(r">[^<]*<", "><", svg_numbers(root)))
    for shape in root.iter():
        box = box_of(shape)
        if box is None:
            continue
        left, top, right, bottom = box
        room = HALF_MARK if shape.tag == f"{SVG}circle" else 1.0
        assert all(map(math.isfinite, box)), ET.tostring(shape)
        assert left >= -room, ET.tostring(shape)
        assert top >= -room, ET.tostring(shape)
        assert right <= width + room, ET.tostring(shape)
        assert bottom <= height + room, ET.tostring(shape)


def svg_numbers(root: ET.Element) -> str:
    """All attributes that hold places."""
    named = ("d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "viewBox")
    return " ".join(shape.attrib[key] for shape in root.iter() for key in named
                    if key in shape.attrib)  # fmt: skip


def classes(svg: str) -> set[str]:
    """Every class in the picture."""
    return {name for shape in read(svg).iter() for name in shape.attrib.get("class", "").split()}


def words_in(svg: str) -> list[str]:
    """Every line of text that is seen."""
    return ["".join(shape.itertext()) for shape in read(svg).iter(f"{SVG}text")]


# ---------------------------------------------------------------- markup


@given(st.text(max_size=40))
def test_text_survives_markup_and_never_becomes_markup(value: str) -> None:
    """What goes in as text comes out as text; what XML cannot hold is left out."""
    root = read(element("text", {"class": value}, escape(value)))
    kept = re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", value)
    assert re.sub(r"\s", " ", root.text or "") == re.sub(r"\s", " ", kept.replace("\r\n", "\n"))
    assert len(root) == 0


def test_numbers_are_short_and_never_endless() -> None:
    """At most two decimals, no minus zero, and no place that is none."""
    assert [number(one) for one in (1.0, 0.456, -0.001, 1234.5)] == ["1", "0.46", "0", "1234.5"]
    for wrong in (math.nan, math.inf):
        with pytest.raises(ValueError, match="no place"):
            number(wrong)
    with pytest.raises(ValueError, match="no name"):
        element("a b", {})


@given(*[st.floats(min_value=0.1, max_value=300) for _ in range(2)])
def test_hatching_stays_in_its_rectangle(width: float, height: float) -> None:
    """Slanted lines end at the edges."""
    found = [float(one) for one in re.findall(r"-?[0-9.]+", hatch(10, 20, width, height, step=7))]
    assert all(9.99 <= x <= 10.01 + width for x in found[::2])
    assert all(19.99 <= y <= 20.01 + height for y in found[1::2])


# ---------------------------------------------------------------- the strip


@settings(max_examples=60)
@given(strips, st.sampled_from(["large", "small"]), layouts)
def test_any_strip_is_a_picture(strip: Strip, size: str, layout: Layout) -> None:
    """Whatever is known of a run: well-formed and inside; small has no words."""
    svg = run_strip(strip, size=size, layout=layout)  # type: ignore[arg-type]
    assert_is_inside(svg)
    assert size == "large" or words_in(svg) == []


def test_a_strip_says_what_it_knows() -> None:
    """Grey within, hatch beyond, outline when unknown, disc where it grabbed, hollow when maybe."""
    known = Strip(within_share=0.6, beyond_from=0.6, cramps=(0.8,), label="x")
    assert {"within", "beyond", "hatch", "cramp"} <= classes(run_strip(known))
    assert "maybe" not in classes(run_strip(known))
    unknown = Strip(within_share=None, beyond_from=None, maybe=(0.5,), label="x")
    assert {"unknown", "maybe"} <= classes(run_strip(unknown))
    assert not {"within", "beyond", "cramp"} & classes(run_strip(unknown))


def test_a_strip_carries_its_words_for_those_who_cannot_see() -> None:
    """Title and description are named by the picture, under ids of their own."""
    root = read(run_strip(Strip(within_share=1, beyond_from=None, label="All <within>",
                                description="Nothing beyond"), prefix="row-7"))  # fmt: skip
    assert root.attrib["role"] == "img"
    told = {shape.attrib["id"]: shape.text for shape in root if "id" in shape.attrib}
    assert told == {"row-7-title": "All <within>", "row-7-desc": "Nothing beyond"}
    assert root.attrib["aria-labelledby"].split() == list(told)


def test_both_layouts_have_ids_of_their_own() -> None:
    """The page holds the picture twice; no id is there twice."""
    strip = Strip(within_share=1, beyond_from=None, label="x", description="y")
    markup = both_layouts(lambda layout, at: run_strip(strip, layout=layout, prefix=at), prefix="s")
    ids = re.findall(r'\bid="([^"]+)"', markup)
    assert len(ids) == len(set(ids)) == 4
    assert markup.index("only-wide") < markup.index("only-narrow")


# ---------------------------------------------------------------- charts


@settings(max_examples=80)
@given(
    st.lists(panels, max_size=3),
    st.builds(Axis, low=places, high=places, unit=said, ticks=ticks),
    st.lists(marks, max_size=3),
    st.lists(bands, max_size=3),
    st.none() | strips,
    layouts,
)
def test_any_numbers_make_a_chart(
    shown: list[Panel],
    axis: Axis,
    marked: list[Mark],
    banded: list[Band],
    strip: Strip | None,
    layout: Layout,
) -> None:
    """None, not a number, endless, constant, single or no values: well-formed and inside."""
    svg = stacked(shown, axis, marked, banded, title="t", layout=layout, strip=strip)
    assert_is_inside(svg)
    assert view_box(read(svg))[0] == WIDTHS[layout]


def pace_chart(layout: Layout = "wide") -> str:
    """A marathon that cramped, as pages draw it."""
    way = [one / 2 for one in range(1, 85)]
    return stacked(
        [
            Panel(
                name="Pace",
                unit="min/km",
                values=[(at, 310 + 5 * at if at < 32 else 800) for at in way],
                past=[(0, 330), (42, 330)],
                past_note="your usual long run",
                reads_as="minutes",
                inverted=True,
            ),
            Panel(
                name="Heart rate",
                values=[(at, None if 18 < at < 20 else 150 + at / 2) for at in way],
                note="Rises while you slow down",
            ),
            Panel(name="Power", values=[(at, None) for at in way]),
        ],
        Axis(high=42.2, unit="km"),
        [Mark(at=32, label="Cramp at 32 km", kind="cramp")],
        [
            Band(start=0, end=14, label="First third: 8 % fast", kind="early"),
            Band(start=26, end=42.2, label="Past your longest run here", kind="beyond"),
        ],
        title="You passed your longest run at 26 km",
        layout=layout,
        strip=Strip(within_share=0.62, beyond_from=0.62, label="x"),
    )


@pytest.mark.parametrize("layout", ["wide", "narrow"])
def test_a_chart_names_everything_at_its_place(layout: Layout) -> None:
    """Direct labels, gaps where data are missing, no panel without a value, all words inside."""
    svg = pace_chart(layout)
    assert_is_inside(svg)
    shown = words_in(svg)
    for wanted in ("Cramp at 32 km", "First third: 8 % fast", "Past your longest run here",
                   "Heart rate", "your usual long run", "Rises while you slow down"):  # fmt: skip
        assert wanted in " ".join(shown)
    assert "Power" not in shown
    assert {"6:00", "8:00", "10:00"} <= set(shown)
    lines = [one for group in read(svg).iter(f"{SVG}g") if group.attrib.get("class") == "today"
             for one in group]  # fmt: skip
    assert len(lines) == 3, "pace until it leaves the panel, heart rate before and after its gap"


@pytest.mark.parametrize("layout", ["wide", "narrow"])
def test_words_in_a_chart_do_not_touch(layout: Layout) -> None:
    """No line of text lies over another."""
    boxes = [text_box(shape) for shape in read(pace_chart(layout)).iter(f"{SVG}text")]
    for index, one in enumerate(boxes):
        for two in boxes[:index]:
            apart = (
                one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] + 4 or two[3] <= one[1] + 4
            )
            assert apart, (one, two)


def test_faster_is_up() -> None:
    """An inverted panel draws the smaller value higher."""
    panel = Panel(name="Pace", values=[(0, 300), (1, 360)], reads_as="minutes", inverted=True)
    svg = stacked([panel], Axis(high=1), title="t")
    curve = next(one for one in read(svg).iter(f"{SVG}path"))
    _, y1, _, y2 = (float(one) for one in re.findall(r"[0-9.]+", curve.attrib["d"]))
    assert y1 < y2


@given(st.floats(min_value=-1e6, max_value=1e6), st.floats(min_value=1e-3, max_value=1e6),
       st.integers(min_value=1, max_value=6), st.booleans())  # fmt: skip
def test_ticks_are_few_and_in_range(low: float, span: float, most: int, minutes: bool) -> None:
    """At most so many, in order, between the ends."""
    found = nice_ticks(low, low + span, most=most, minutes=minutes)
    assert 1 <= len(found) <= most
    assert list(found) == sorted(set(found))
    slack = 1e-6 * max(abs(low), span)
    assert all(low - slack <= one <= low + span + slack for one in found)


def test_ticks_of_a_pace_are_round_minutes() -> None:
    """Half minutes and minutes, not hundreds of seconds."""
    assert nice_ticks(290, 420, most=4, minutes=True) == (300, 360, 420)


@given(st.lists(st.tuples(said, st.floats(0, 360), st.floats(0, 360), st.booleans()), max_size=6))
def test_labels_never_lie_over_each_other(given_: list[tuple[str, float, float, bool]]) -> None:
    """Each stays inside, and none touches another."""
    labels = [Label(said=one, low=min(a, b), high=max(a, b), strong=strong)
              for one, a, b, strong in given_]  # fmt: skip
    placed = place_labels(labels, left=2, right=358, size=15, widest=220)
    for index, one in enumerate(placed):
        assert one.left >= 2
        assert one.left + one.width <= 358 + 1e-6
        assert not any(one.is_over(two) for two in placed[:index])


# ---------------------------------------------------------------- the year


@settings(max_examples=60)
@given(
    st.lists(
        st.builds(
            Bar, name=st.sampled_from(["J", "Jan", "<&"]), value=numbers, past=numbers,
            cramps=st.integers(min_value=-1, max_value=40),
        ),
        max_size=12,
    ),
    numbers,
    layouts,
)  # fmt: skip
def test_any_year_is_a_picture(bars: list[Bar], highest: float | None, layout: Layout) -> None:
    """Well-formed and inside, with as many marks as cramps, up to three."""
    svg = year_bars(bars, title="t", unit="km", highest=highest, layout=layout)
    assert_is_inside(svg)
    n_marks = sum(1 for one in read(svg).iter() if one.attrib.get("class") == "mark-disc")
    assert n_marks == sum(max(one.cramps, 0) if one.cramps <= 3 else 1 for one in bars)


# ---------------------------------------------------------------- the body

WORDS: Final = BodyWords(front="Front", back="Back", left="Left", right="Right")
NAMES: Final = {place: place.replace("_", " ") for place in PLACES}


def test_every_place_is_drawn_once_on_both_sides() -> None:
    """28 places; each is a button with a name, in one of the views, and one larger target."""
    drawn = body_map((), NAMES, said=WORDS, interactive=True)
    found = [shape for view in (drawn.front, drawn.back) for shape in read(view).iter()
             if "data-place" in shape.attrib]  # fmt: skip
    buttons = [one for one in found if one.attrib.get("role") == "button"]
    assert sorted(one.attrib["data-place"] for one in buttons) == sorted(PLACES)
    assert len(PLACES) == 2 * len(REGIONS) == 28
    for one in buttons:
        assert one.attrib["aria-label"] == NAMES[one.attrib["data-place"]]
        assert one.attrib["aria-pressed"] == "false"
        assert one.attrib["tabindex"] == "0"
    targets = [one for one in found if one.attrib.get("class") == "target"]
    assert sorted(one.attrib["data-place"] for one in targets) == sorted(PLACES)


def test_targets_are_large_enough_for_a_finger() -> None:
    """44 px each way when both views share the 358 px of a phone, with 6 px between them."""
    pixel = (358 - 6) / 2 / WIDTH
    for figure in FIGURES.values():
        for name, region in figure.regions.items():
            left, top, right, bottom = region.target
            assert (right - left) * pixel >= 44, name
            assert (bottom - top) * pixel >= 44, name


def test_regions_lie_in_their_half_and_their_target() -> None:
    """No region crosses the middle, and its number stands inside what belongs to it."""
    for figure in FIGURES.values():
        for name, region in figure.regions.items():
            assert all(0 < x < WIDTH / 2 and 0 < y < HEIGHT for x, y in region.outline), name
            x, y = region.number_at
            left, top, right, bottom = region.target
            assert left <= x <= right, name
            assert top <= y <= bottom, name


def test_left_is_the_runners_own_left() -> None:
    """From the front it is on the right of the picture, from behind on the left."""
    drawn = body_map((), NAMES, said=WORDS, interactive=True)
    views = ((drawn.front, "shin_left", True), (drawn.back, "calf_left", False))
    for view, place, is_right in views:
        shape = next(one for one in read(view).iter()
                     if one.attrib.get("data-place") == place and "x" in one.attrib)  # fmt: skip
        middle = float(shape.attrib["x"]) + float(shape.attrib["width"]) / 2
        assert (middle > WIDTH / 2) is is_right
        named = {one.text: float(one.attrib["x"]) for one in read(view).iter(f"{SVG}text")}
        assert (named["Left"] > named["Right"]) is is_right


def test_the_order_of_choosing_is_shown_and_said() -> None:
    """Numbers on the chosen, in order, also as words; what is only looked at has no buttons."""
    drawn = body_map(("calf_left", "quadriceps_left", "calf_left", "soleus_right"), NAMES,
                     said=WORDS)  # fmt: skip
    assert_is_inside(drawn.front)
    assert_is_inside(drawn.back)
    numbers_shown = [[one for one in words_in(view) if one.isdigit()]
                     for view in (drawn.front, drawn.back)]  # fmt: skip
    assert [sorted(one) for one in numbers_shown] == [["2"], ["1", "3"]]
    assert "1: calf left, 3: soleus right" in drawn.back
    assert 'role="button"' not in drawn.front + drawn.back
    assert "tabindex" not in drawn.front + drawn.back


# ---------------------------------------------------------------- letters


def test_widths_are_those_of_the_font() -> None:
    """Twice the sign is twice as wide, an `i` is narrow, bold is wide, an empty line is nothing."""
    assert text_width("nn", 10) == pytest.approx(2 * text_width("n", 10))
    assert text_width("i", 10) < text_width("n", 10) < text_width("m", 10)
    assert text_width("km", 10, bold=True) > text_width("km", 10)
    assert text_width("", 10) == 0
    assert text_width("0", 2048) == 1171, "hmtx of the font"
    assert len({text_width(digit, 10) for digit in "0123456789"}) == 1, "numbers stand in columns"


def test_fonts_are_small() -> None:
    """Both weights together cost little."""
    assert all(len(font_bytes(bold=bold)) < 60_000 for bold in (False, True))


@given(st.text(max_size=200), st.floats(min_value=20, max_value=500), st.booleans())
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: float, bold: bool) -> None:
    """No line is wider than asked unless a single sign is; all signs come out in order."""
    lines = wrap(text, width, 16, bold=bold)
    assert all(text_width(one, 16, bold=bold) <= width + 1e-9 or len(one) == 1 for one in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_signs_the_font_lacks_are_replaced() -> None:
    """Accents stay where the font has them; what cannot be drawn is a question mark."""
    assert known_signs("naïve Šárka ≥ 20 °C") == "naïve Šárka ≥ 20 °C"
    assert known_signs("日本\n x") == "?? x"


# ---------------------------------------------------------------- sheets

LONG: Final = "Stretch the calf for 20 seconds and keep it there until it lets go. " * 3
blocks_simple = st.one_of(
    st.builds(Heading, said=said, level=st.sampled_from([1, 2, 3])),
    st.builds(Paragraph, said=st.text(max_size=300), soft=st.booleans(), strong=st.booleans()),
    st.builds(Items, said=st.lists(said, max_size=3).map(tuple), numbered=st.booleans()),
    st.builds(Space, letters=st.floats(min_value=0, max_value=4), rule=st.booleans()),
    st.just(Picture(svg=run_strip(Strip(within_share=1, beyond_from=None, label="x")))),
)
blocks_any = st.one_of(
    blocks_simple,
    st.builds(
        Care,
        urgency=st.sampled_from(["emergency_now", "same_day", "see_doctor"]),
        level=said,
        title=said,
        said=st.lists(said, max_size=3).map(tuple),
    ),
    st.builds(
        Columns,
        columns=st.lists(st.lists(blocks_simple, max_size=2).map(tuple), max_size=3).map(tuple),
    ),
)


@settings(max_examples=60)
@given(st.lists(blocks_any, max_size=6), st.floats(min_value=600, max_value=1200))
def test_words_never_run_over_the_edge_of_a_sheet(blocks: list[Block], width: float) -> None:
    """Every line ends before the margin does."""
    root = read(sheet(blocks, width=width, title="t", margin=60))
    for shape in root:
        for one in [shape] if shape.tag == f"{SVG}text" else text_outside_pictures(shape):
            left, top, right, bottom = text_box(one)
            assert left >= 60 - 0.01
            assert right <= width - 60 + 0.01, one.text
            assert top >= 0
            assert bottom <= view_box(root)[1]


def text_outside_pictures(shape: ET.Element) -> Iterator[ET.Element]:
    """Words of the sheet itself; a picture in it has its own coordinates."""
    if shape.tag == f"{SVG}svg":
        return
    for inner in shape:
        if inner.tag == f"{SVG}text":
            yield inner
        yield from text_outside_pictures(inner)


def test_a_sheet_of_fixed_height_refuses_what_does_not_fit() -> None:
    """Rather an error than words cut off."""
    blocks: list[Block] = [Heading(said="Why"), Paragraph(said=LONG)]
    assert view_box(read(sheet(blocks, width=800, height=900, title="t"))) == (800, 900)
    with pytest.raises(SheetTooTallError):
        sheet(blocks, width=800, height=200, title="t")
    with pytest.raises(ValueError, match="drawing"):
        sheet([Picture(svg="<p>no</p>")], title="t")


def test_ids_of_pictures_do_not_come_along() -> None:
    """A sheet may hold the same picture twice: its own title and description are the only ids."""
    one = Picture(svg=run_strip(Strip(within_share=1, beyond_from=None, label="x")))
    markup = sheet([one, one], title="t", description="d", prefix="p")
    assert re.findall(r'\bid="([^"]+)"', markup) == ["p-title", "p-desc"]


# ---------------------------------------------------------------- images


def size_of(image: bytes) -> tuple[int, int]:
    """Width and height from the head of a PNG."""
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    found = struct.unpack(">II", image[16:24])
    return found[0], found[1]


def test_an_image_is_as_wide_as_asked_and_keeps_its_shape() -> None:
    """Pixels follow the view box."""
    svg = pace_chart()
    width, height = view_box(read(svg))
    across, down = size_of(png(svg, width=480))
    assert across == 480
    assert abs(down - 480 * height / width) <= 1


def test_images_differ_by_theme_and_by_nothing_else() -> None:
    """The same bytes twice; other colours in the dark."""
    svg = run_strip(Strip(within_share=0.5, beyond_from=0.5, cramps=(0.7,), label="x"))
    assert png(svg, width=320) == png(svg, width=320)
    assert png(svg, width=320) != png(svg, width=320, theme="dark")


def test_words_are_in_the_image() -> None:
    """Text is drawn, with the font of the package: without it the picture would be another."""
    text = sheet([Paragraph(said="Cramp")], width=300, title="t")
    empty = sheet([Paragraph(said="     "), Space(letters=1.38)], width=300, title="t")
    assert size_of(png(text, width=300)) == size_of(png(empty, width=300))
    assert png(text, width=300) != png(empty, width=300)


def test_the_renderer_is_loaded_only_for_images() -> None:
    """A page that draws SVG does not pay for it."""
    code = "import sys, uncramp.actions.pictures; sys.exit('resvg_py' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ---------------------------------------------------------------- looks


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """Contrast ratio of two colours."""
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_of_pictures_have_contrast(theme: Theme) -> None:
    """Text 4.5:1 on all it stands on, lines that carry meaning 3:1."""
    known = tokens(theme)
    grounds = ("paper", "paper-raised", "accent-soft", "warning-soft", "paper-sunk")
    for ground in grounds:
        for ink in ("ink", "ink-soft"):
            assert contrast(known[ink], known[ground]) >= 4.5, (ink, ground)
        for lines in ("accent", "line-strong", "warning", "emergency"):
            assert contrast(known[lines], known[ground]) >= 3, (lines, ground)
    assert contrast(known["emergency"], known["emergency-ink"]) >= 4.5
    assert contrast(known["past"], known["paper"]) >= 3
    assert contrast(known["accent"], known["past-soft"]) >= 3, "a chosen muscle beside others"


def test_dark_changes_colours_and_keeps_sizes() -> None:
    """The dark sheet is the light one with other colours."""
    light, dark = tokens("light"), tokens("dark")
    assert light.keys() == dark.keys()
    assert light["paper"] != dark["paper"]
    assert light["space-3"] == dark["space-3"]
    assert all(re.fullmatch("#[0-9a-f]{6}", known[name]) for known in (light, dark)
               for name in ("paper", "ink", "accent", "past", "emergency"))  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_images_know_every_value(theme: Theme) -> None:
    """No variable and no condition is left in what the renderer reads."""
    sheet_read = pictures_sheet(theme)
    assert "var(" not in sheet_read
    assert "@" not in sheet_read
    assert sheet_read.count("{") == sheet_read.count("}") > 40


def test_pictures_use_only_tokens() -> None:
    """No colour stands in the style sheet itself; letters of pages come from the system."""
    text = sheet_text("pictures.css")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", text)
    assert "forced-colors" in text
    assert "print" in text


def test_every_class_that_is_drawn_has_a_look() -> None:
    """A class without a rule is a typing error; groups may have none."""
    drawn = body_map(PLACES, NAMES, said=WORDS, interactive=True)
    cards: list[Block] = [
        Care(urgency="emergency_now", level="x", title="y", said=("z",)),
        Care(urgency="same_day", level="x", title="y"),
        Care(urgency="see_doctor", level="x", title="y"),
    ]
    sheet_ = sheet([*cards, Space(rule=True)], title="t")
    strip = Strip(within_share=0.4, beyond_from=0.6, cramps=(0.8,), maybe=(0.1,), label="x",
                  low_note="a", high_note="b", ticks=((0.5, "20"),))  # fmt: skip
    everything = (drawn.front, drawn.back, sheet_, run_strip(strip), pace_chart(),
                  run_strip(strip, size="small"),
                  year_bars([Bar(name="J", value=3, past=4, cramps=1)], title="t"))  # fmt: skip
    known = set(re.findall(r"\.([a-z][a-z-]*)", sheet_text("pictures.css")))
    leaves = {
        name
        for svg in everything
        for shape in read(svg).iter()
        if shape.tag not in {f"{SVG}g", f"{SVG}svg"}
        for name in shape.attrib.get("class", "").split()
    }
    assert leaves <= known, sorted(leaves - known)


# ---------------------------------------------------------------- icons


def test_icons_stay_on_their_grid() -> None:
    """Each is one path that the renderer draws, without a stroke beyond 24 units."""
    for name, path in ICONS.items():
        absolute = [float(one) for one in re.findall(r"[MLHV](-?[0-9.]+)", path)]
        assert all(0 <= one <= 24 for one in absolute), name
        svg = icon_svg(name)
        root = read(svg)
        assert root.attrib["aria-hidden"] == "true"
        assert root[0].attrib["d"] == path
        framed = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="{path}" '
                  'fill="none" stroke="#000" stroke-width="2"/></svg>')  # fmt: skip
        blank = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"></svg>'
        assert png(framed, width=24) != png(blank, width=24), name


def test_the_package_ships_fonts_with_their_licence() -> None:
    """Both weights, the licence and how they were made."""
    shipped = {one.name for one in (files("uncramp.drawing") / "fonts").iterdir()}
    assert {
        "open-sans-regular.ttf",
        "open-sans-semibold.ttf",
        "LICENSE.txt",
        "README.md",
    } <= shipped


def test_labels_leave_room_for_other_fonts() -> None:
    """Pages use the fonts of the system; the room kept for words is wider than ours."""
    assert shown_width("Past your longest run here", 16) > text_width(
        "Past your longest run here", 16
    )
