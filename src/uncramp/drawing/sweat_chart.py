"""Sweat rate over temperature: what runners like this one lose, what they lose, and their tests.

Others are grey with a broken edge, the runner is in the accent colour with a whole one, so that the
two stay apart without colour. Every test stands at what was measured, with its own error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from uncramp.drawing.grammar import LETTERS, WIDTHS, Layout, nice_ticks, shown_width
from uncramp.drawing.letters import shown_wrap
from uncramp.drawing.panels import Frame, Scale
from uncramp.drawing.svg import circle, group, line, path, picture, polyline, rectangle, words

__all__ = ["SweatBand", "SweatChart", "SweatMark", "sweat_chart"]

MarkOf = Literal["scale", "watch"]
Curve = Sequence[tuple[float, "SweatBand"]]
Points = list[tuple[float, float]]

HEIGHT: Final = MappingProxyType({"wide": 300.0, "narrow": 240.0})
GUTTER: Final = MappingProxyType({"wide": 44.0, "narrow": 34.0})
NAMES: Final = MappingProxyType({"wide": 160.0, "narrow": 82.0})
"""Room right of the curves, where each is named."""
LEADING: Final = 1.25
DOT: Final = 6.5
CAP: Final = 4.0
"""Half of the short line at each end of an error."""
LEAST: Final = 1.0
"""The least that the rates span, so that noise does not look like much."""
ODD: Final = 999.0
"""Nobody is in such heat, and nobody sweats as much, in any unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweatBand:
    """A rate with its band, in the reader's units."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SweatMark:
    """One test: where it was done, what it gave, and how far off that may be."""

    at: float
    rate: float
    low: float
    high: float
    kind: MarkOf = "scale"


@dataclass(frozen=True, slots=True, kw_only=True)
class SweatChart:
    """All that stands in the picture. Temperatures and rates are in the reader's units."""

    others: Curve
    mine: Curve = ()
    """Empty as long as nothing is known of the runner."""
    marks: Sequence[SweatMark] = ()
    next_at: float | None = None
    """Where the next test would tell most."""
    others_note: str
    mine_note: str = ""
    next_note: str = ""
    rate_unit: str
    """`L an hour`; stands above the rates."""
    heat_unit: str
    """Stands behind the last temperature."""
    title: str
    description: str = ""


def sweat_chart(chart: SweatChart, *, layout: Layout = "wide", prefix: str = "sweat") -> str:
    """The picture; the finding is its title."""
    letters = LETTERS[layout]
    frame = frame_of(chart, layout)
    top = letters * LEADING + 14 + (letters * LEADING + 6 if has_next(chart, frame) else 0.0)
    scale = Scale(low=0.0, high=highest(chart), top=top, bottom=top + HEIGHT[layout])
    return picture(
        width=WIDTHS[layout],
        height=scale.bottom + letters + 20,
        title=chart.title,
        description=chart.description,
        prefix=prefix,
        classes="sweat-chart",
        children=[
            group("others", fill(chart.others, frame, scale)),
            group("mine", fill(chart.mine, frame, scale)),
            *rate_lines(frame, scale),
            words(2, letters, chart.rate_unit, "strong", size=letters),
            *next_place(chart, frame, scale),
            group("others", *edges(chart.others, frame, scale)),
            group("mine", *edges(chart.mine, frame, scale)),
            *(mark(one, frame, scale) for one in chart.marks if is_drawn(one)),
            *heat_ticks(chart, frame, scale),
            *names(chart, frame, scale, right=WIDTHS[layout]),
        ],
    )


def frame_of(chart: SweatChart, layout: Layout) -> Frame:
    """From the coolest to the hottest of curves and tests."""
    places = [at for at, _ in (*chart.others, *chart.mine)]
    places += [one.at for one in chart.marks if is_drawn(one)]
    known = [at for one in places if (at := sane(one)) is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return Frame(
        left=GUTTER[layout],
        right=WIDTHS[layout] - NAMES[layout],
        low=low,
        high=max(high, low + 1.0),
        letters=LETTERS[layout],
        full_height=HEIGHT[layout],
    )


def highest(chart: SweatChart) -> float:
    """How high the picture goes: over every band and every test."""
    every = [one.high for _, one in (*chart.others, *chart.mine)]
    every += [max(one.rate, one.high) for one in chart.marks if is_drawn(one)]
    known = [value for one in every if (value := sane(one)) is not None]
    return 1.05 * max([*known, LEAST])


def sane(value: float) -> float | None:
    """The number, or None when it cannot be one of this picture."""
    return value if abs(value) <= ODD else None


def is_drawn(one: SweatMark) -> bool:
    """Whether a test has a place in the picture."""
    numbers = (one.at, one.rate, one.low, one.high)
    return all(sane(value) is not None for value in numbers) and one.rate >= 0


# The ground


def rate_lines(frame: Frame, scale: Scale) -> Iterator[str]:
    """Thin lines at round rates, with the numbers left of them."""
    for value in nice_ticks(0.0, scale.high, most=7):
        y, letters = scale.y(value), frame.letters
        yield line(frame.left, y, frame.right, y, "grid" if value else "base")
        said = f"{value:g}"
        yield words(frame.left - 8, y + letters * 0.35, said, "soft", anchor="end", size=letters)


def heat_ticks(chart: SweatChart, frame: Frame, scale: Scale) -> Iterator[str]:
    """Temperatures below, the unit behind the last."""
    letters, until = frame.letters, float("-inf")
    ticks = nice_ticks(frame.low, frame.high, most=7)
    for index, at in enumerate(ticks):
        x, said = frame.x(at), f"{at:g}"
        left = max(0.0, x - shown_width(said, letters) / 2)
        named = f"{said} {chart.heat_unit}" if index == len(ticks) - 1 else said
        yield line(x, scale.bottom, x, scale.bottom + 6, "tick")
        if left > until + 6:
            until = left + shown_width(named, letters)
            yield words(left, scale.bottom + 9 + letters, named, "soft", size=letters)


def has_next(chart: SweatChart, frame: Frame) -> bool:
    """Whether the place of the next test is shown."""
    return bool(chart.next_note) and frame.holds(chart.next_at)


def next_place(chart: SweatChart, frame: Frame, scale: Scale) -> Iterator[str]:
    """Where to test next: a dotted line with its words over the picture."""
    if chart.next_at is None or not has_next(chart, frame):
        return
    x, letters = frame.x(chart.next_at), frame.letters
    width = shown_width(chart.next_note, letters)
    left = min(max(x - width / 2, 2.0), frame.right + 4 - width)
    base = scale.top - 10
    yield line(x, base + 5, x, scale.bottom, "through note")
    yield words(max(left, 2.0), base, chart.next_note, "halo", size=letters)


# Curves and tests


def lines_of(curve: Curve, frame: Frame, scale: Scale) -> tuple[Points, Points, Points]:
    """The upper edge, the middle and the lower edge as drawn; nothing when there is no curve."""
    known = [
        (frame.x(at), one)
        for at, one in sorted(curve, key=lambda two: two[0])
        if frame.holds(at)
        and all(sane(each) is not None for each in (one.low, one.middle, one.high))
    ]
    if len(known) < 2:
        return [], [], []
    return (
        [(x, kept(scale, one.high)) for x, one in known],
        [(x, kept(scale, one.middle)) for x, one in known],
        [(x, kept(scale, one.low)) for x, one in known],
    )


def fill(curve: Curve, frame: Frame, scale: Scale) -> str:
    """The soft band; lines of the ground stay visible through it."""
    upper, _, lower = lines_of(curve, frame, scale)
    return path(polyline([*upper, *reversed(lower)]) + "Z", "band-fill") if upper else ""


def edges(curve: Curve, frame: Frame, scale: Scale) -> Iterator[str]:
    """The edges of the band, and the line of what is likeliest."""
    upper, middle, lower = lines_of(curve, frame, scale)
    yield path(polyline(upper), "band-edge")
    yield path(polyline(lower), "band-edge")
    yield path(polyline(middle), "curve")


def kept(scale: Scale, value: float) -> float:
    """Where a rate is drawn; never out of the picture."""
    return scale.y(min(max(value, scale.low), scale.high))


def mark(one: SweatMark, frame: Frame, scale: Scale) -> str:
    """A test with its error: a disc from a scale, an empty square from a watch."""
    x, y = frame.x(one.at), kept(scale, one.rate)
    top, bottom = kept(scale, one.high), kept(scale, one.low)
    whiskers = [
        line(x, top, x, bottom, "whisker"),
        line(x - CAP, top, x + CAP, top, "whisker"),
        line(x - CAP, bottom, x + CAP, bottom, "whisker"),
    ]
    if one.kind == "watch":
        shape = rectangle(x - DOT, y - DOT, 2 * DOT, 2 * DOT, "test-watch")
    else:
        shape = circle(x, y, DOT, "test-scale")
    return group("test", *whiskers, shape)


# Names


def names(chart: SweatChart, frame: Frame, scale: Scale, *, right: float) -> Iterator[str]:
    """Each curve is named where it ends; a thin line leads there when the names had to part."""
    letters, left = frame.letters, frame.right + 12
    wanted = []
    for curve, said, classes in (
        (chart.others, chart.others_note, "soft"),
        (chart.mine, chart.mine_note, "strong"),
    ):
        last = max(curve, key=lambda one: one[0], default=None)
        if last is None or not said:
            continue
        is_mine = classes == "strong"
        at = sane(last[1].middle if is_mine or not chart.mine else edge_of(chart, last[1]))
        lines = shown_wrap(said, right - left, letters, bold=is_mine)
        if at is not None and lines:
            wanted.append((kept(scale, at), lines, classes))
    yield from set_apart(wanted, frame=frame, scale=scale, left=left)


def edge_of(chart: SweatChart, others: SweatBand) -> float:
    """Where the band of others stands out of the runner's own the most."""
    mine = max(chart.mine, key=lambda one: one[0])[1]
    above, below = others.high - mine.high, mine.low - others.low
    if above >= below:
        return (others.high + max(mine.high, others.low)) / 2
    return (others.low + min(mine.low, others.high)) / 2


def set_apart(
    wanted: Iterable[tuple[float, tuple[str, ...], str]],
    *,
    frame: Frame,
    scale: Scale,
    left: float,
) -> Iterator[str]:
    """Names below each other, none over another and all beside the picture."""
    letters, until, placed = frame.letters, scale.top - 4, []
    for y, lines, classes in sorted(wanted, key=lambda one: one[0]):
        height = len(lines) * letters * LEADING
        top = max(y - height / 2, until)
        until = top + height + 6
        placed.append((y, top, lines, classes))
    too_low = max(until - 6 - scale.bottom, 0.0)
    for y, wished, lines, classes in placed:
        top = wished - too_low
        middle = top + len(lines) * letters * LEADING / 2
        yield line(frame.right + 2, y, left - 3, middle, "leader")
        for index, said in enumerate(lines):
            base = top + (index + 0.8) * letters * LEADING
            yield words(left, base, said, classes, size=letters)
