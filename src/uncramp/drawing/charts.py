"""Numbers along one run as stacked panels over one axis, so that the eye can go down at a minute.

Today is in the accent colour, the runner's own past in grey, a gap where data are missing. What
matters is said at its place: a mark through all panels, or a soft band with its meaning in words.
The run strip is the foot of the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from uncramp.drawing.grammar import (
    LETTERS,
    WIDTHS,
    Label,
    Layout,
    MarkKind,
    cramp_mark,
    draw_labels,
    finite,
    nice_ticks,
    place_labels,
    rows_height,
    shown_width,
)
from uncramp.drawing.panels import Box, Canvas, Frame, Panel, draw_panel, known_values
from uncramp.drawing.strip import Strip, strip_bar
from uncramp.drawing.svg import group, line, picture, rectangle, words

__all__ = ["Axis", "Band", "BandKind", "Mark", "Panel", "stacked"]

BandKind = Literal["soft", "early", "beyond"]

GUTTER: Final = MappingProxyType({"wide": 60.0, "narrow": 48.0})
PANEL: Final = MappingProxyType({"wide": 104.0, "narrow": 84.0})
WIDEST_LABEL: Final = MappingProxyType({"wide": 330.0, "narrow": 180.0})
EDGE: Final = 16.0
STRIP_BAR: Final = 24.0
STRIP_MARK: Final = 13.0
NARROWEST_BAND: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """What all panels share, from edge to edge; round numbers are found when no ticks are given."""

    low: float = 0.0
    high: float
    unit: str = ""
    """Stands behind the last number."""
    ticks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One place that matters, through all panels."""

    at: float
    label: str
    kind: MarkKind = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A stretch that matters, through all panels or only the one that is named."""

    start: float
    end: float
    label: str
    kind: BandKind = "soft"
    only: str | None = None
    """Name of the panel; the label stands over the picture all the same."""


def stacked(
    panels: Sequence[Panel],
    axis: Axis,
    marks: Sequence[Mark] = (),
    bands: Sequence[Band] = (),
    *,
    title: str,
    description: str = "",
    layout: Layout = "wide",
    prefix: str = "chart",
    strip: Strip | None = None,
) -> str:
    """Panels over one axis; `title` is the finding. A panel without a single value is left out.

    The marks of `strip` are not drawn again: give them as `marks`.
    """
    frame = frame_of(axis, layout)
    shown = [one for one in panels if known_values(one)]
    named = {None, *(one.name for one in shown)}
    bands = [one for one in bands if one.only in named and is_drawn(one, frame)]
    marks = [one for one in marks if frame.holds(one.at)]
    labels = place_labels(
        [*labels_of_marks(marks, frame, on_foot=False), *labels_of_bands(bands, frame)],
        left=2.0,
        right=WIDTHS[layout] - 2.0,
        size=frame.letters,
        widest=WIDEST_LABEL[layout],
    )
    top = rows_height(labels) + 10
    canvas = Canvas(y=top)
    extents: dict[str | None, tuple[float, float]] = {}
    for panel in shown:
        scale = draw_panel(panel, frame, canvas)
        extents[panel.name] = (scale.top - 6, scale.bottom)
    extents[None] = (top, canvas.y)
    foot = draw_foot(axis, strip, marks, frame, canvas)
    return picture(
        width=WIDTHS[layout],
        height=canvas.y,
        title=title,
        description=description,
        prefix=prefix,
        classes="stacked",
        children=[
            *(band_shape(one, frame, extents[one.only], top, canvas.taken) for one in bands),
            *canvas.grid,
            *canvas.behind,
            foot.bar,
            *through_lines(marks, frame, (top - 4, foot.line_end), canvas.taken),
            *canvas.front,
            *canvas.said,
            foot.marks,
            draw_labels(labels, y=top - 6, reach=6, size=frame.letters),
        ],
    )


def frame_of(axis: Axis, layout: Layout) -> Frame:
    """The frame for an axis; one without length gets some."""
    low, high = finite(axis.low) or 0.0, finite(axis.high)
    if high is None or high - low <= abs(low) * 1e-9:
        high = low + max(1.0, abs(low) * 1e-3)
    return Frame(
        left=GUTTER[layout],
        right=WIDTHS[layout] - EDGE,
        low=low,
        high=high,
        letters=LETTERS[layout],
        full_height=PANEL[layout],
    )


# Marks and bands


def labels_of_marks(marks: Sequence[Mark], frame: Frame, *, on_foot: bool) -> Iterator[Label]:
    """The words at marks: of cramps, which stand at the foot, or of all others."""
    for one in marks:
        if (one.kind != "note") is on_foot:
            x = frame.x(one.at)
            yield Label(said=one.label, low=x, high=x, strong=one.kind == "cramp")


def labels_of_bands(bands: Sequence[Band], frame: Frame) -> Iterator[Label]:
    """The words over bands."""
    for one in bands:
        low, high = frame.x(one.start), frame.x(one.end)
        yield Label(said=one.label, low=low, high=high, from_low=True)


def is_drawn(band: Band, frame: Frame) -> bool:
    """Whether some of the band lies on the axis."""
    start, end = finite(band.start), finite(band.end)
    if start is None or end is None:
        return False
    return start < end and start < frame.high and end > frame.low


def band_shape(
    band: Band, frame: Frame, extent: tuple[float, float], top: float, taken: Sequence[Box]
) -> str:
    """A soft fill under a strong line, so that it shows in greyscale too."""
    left, right = frame.x(band.start), frame.x(band.end)
    right = max(right, left + NARROWEST_BAND)
    from_y, until_y = extent
    return group(
        f"band {band.kind}",
        rectangle(left, from_y, right - left, until_y - from_y, "band-fill"),
        *(broken_line(left, top, until_y, "band-edge", taken) if band.kind == "beyond" else ()),
        line(left, top, right, top, "band-top"),
    )


def through_lines(
    marks: Sequence[Mark], frame: Frame, extent: tuple[float, float], taken: Sequence[Box]
) -> Iterator[str]:
    """The line of each mark, from the top of the panels to the foot."""
    for one in marks:
        yield from broken_line(frame.x(one.at), *extent, f"through {one.kind}", taken)


def broken_line(
    x: float, top: float, bottom: float, classes: str, taken: Sequence[Box]
) -> Iterator[str]:
    """A line from top to bottom that makes room where words stand."""
    across = sorted(
        (high - 2, low + 2) for left, high, right, low in taken if left - 4 < x < right + 4
    )
    y = top
    for start, end in [*across, (bottom, bottom)]:
        if start > y:
            yield line(x, y, x, min(start, bottom), classes)
        y = max(y, end)


# The foot


@dataclass(frozen=True, slots=True, kw_only=True)
class Foot:
    """The lowest part: the strip, the marks on it, and how far the lines of marks go down."""

    bar: str
    marks: str
    line_end: float


def draw_foot(
    axis: Axis, strip: Strip | None, marks: Sequence[Mark], frame: Frame, canvas: Canvas
) -> Foot:
    """The run strip, or only the line of the lowest panel, with the numbers of the axis below."""
    bar, middle = "", canvas.y
    discs = [one for one in marks if one.kind != "note"]
    if strip is not None:
        start = canvas.y + 16
        bar = strip_bar(
            strip, left=frame.left, right=frame.right, y=start, height=STRIP_BAR, marks=False
        )
        middle, canvas.y = start + STRIP_BAR / 2, start + STRIP_BAR
    line_end = canvas.y
    letters, right = frame.letters, frame.right + EDGE
    labels = place_labels(
        list(labels_of_marks(discs, frame, on_foot=True)),
        left=2.0,
        right=right - 2.0,
        size=letters,
        widest=right * 0.6,
    )
    pointers = [one.pointer for one in labels]
    canvas.said += axis_ticks(axis, frame, line_end, pointers)
    canvas.y = line_end + letters + 16
    drawn = [line(x, line_end, x, canvas.y, "leader") for x in pointers]
    drawn += [cramp_mark(frame.x(one.at), middle, STRIP_MARK, one.kind) for one in discs]
    drawn.append(draw_labels(labels, y=canvas.y, size=letters, down=True))
    canvas.y += rows_height(labels) + (4 if labels else 0)
    return Foot(bar=bar, marks="".join(drawn), line_end=line_end)


def axis_ticks(axis: Axis, frame: Frame, y: float, pointers: Sequence[float]) -> Iterator[str]:
    """Short lines with numbers, the unit behind the last; what would touch a line is left out."""
    letters = frame.letters
    ticks = axis.ticks or tuple(
        (value, f"{value:g}")
        for value in nice_ticks(frame.low, frame.high, most=6 if frame.right > 400 else 5)
    )
    ticks = tuple((at, said) for at, said in ticks if frame.holds(at))
    until = float("-inf")
    for index, (at, said) in enumerate(ticks):
        named = f"{said} {axis.unit}" if axis.unit and index == len(ticks) - 1 else said
        x, width = frame.x(at), shown_width(named, letters)
        left = max(0.0, min(x - shown_width(said, letters) / 2, frame.right + EDGE - width))
        yield line(x, y, x, y + 6, "tick")
        if any(left - 5 < one < left + width + 5 for one in pointers):
            continue
        if left > until + 6 and left + width <= frame.right + EDGE:
            until = left + width
            yield words(left, y + 9 + letters, named, "soft", size=letters)
