"""One panel of a chart: a quantity along the run, its numbers, the runner's past behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Final, Literal

from uncramp.drawing.grammar import finite, nice_ticks, shown_width
from uncramp.drawing.letters import shown_wrap
from uncramp.drawing.svg import (
    circle,
    group,
    line,
    number,
    path,
    polyline,
    words,
)
from uncramp.wording.quantities import duration

__all__ = ["Box", "Canvas", "Frame", "Panel", "Points", "Scale", "draw_panel", "known_values"]

Points = Sequence[tuple[float, float | None]]
"""Place along the axis and value; None, and what is no number, is a gap."""
Pieces = list[list[tuple[float, float]]]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

LOW: Final = 0.6
"""How high a low panel is, as a share of a full one."""
SLOWEST: Final = 1.6
"""Minutes beyond so many times the middle one run out of the panel: a stop says no pace."""
LEADING: Final = 1.3
INSET: Final = 6.0
"""How far names stand inside the panel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One quantity along the run."""

    name: str
    unit: str = ""
    values: Points
    labels: tuple[tuple[float, str], ...] = ()
    """Values with the words for them; round numbers are found when there are none."""
    past: Points = ()
    """The runner's own past, in grey."""
    past_note: str = ""
    note: str = ""
    """What this panel shows, in a few words."""
    style: Literal["line", "area"] = "line"
    reads_as: Literal["number", "minutes"] = "number"
    """Minutes: values are seconds (a kilometre, a mile), read `5:30`."""
    inverted: bool = False
    """Small values stand high: for pace, so that faster is up."""
    flattest: float = 0.0
    """The least that the panel spans, so that noise does not look like hills."""
    spread: tuple[tuple[float, float, float], ...] = ()
    """Place, lowest and highest: how far today may be off, as a soft band."""
    limits: tuple[float | None, float | None] = (None, None)
    """What lies below or above runs out of the panel."""
    is_low: bool = False
    """A panel of less height, for what is only background."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where the panels lie and how far the axis goes."""

    left: float
    right: float
    low: float
    high: float
    letters: float
    full_height: float

    def x(self, at: float) -> float:
        """Where a place on the axis is drawn; outside goes to the edge."""
        share = (min(max(at, self.low), self.high) - self.low) / (self.high - self.low)
        return self.left + share * (self.right - self.left)

    def holds(self, at: float | None) -> bool:
        """Whether a place lies on the axis."""
        known = finite(at)
        return known is not None and self.low <= known <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Where the values of a panel stand."""

    low: float
    high: float
    top: float
    bottom: float
    inverted: bool = False

    def y(self, value: float) -> float:
        """Where a value is drawn; outside the range it lies outside the panel."""
        share = (value - self.low) / (self.high - self.low)
        height = self.bottom - self.top
        return self.top + height * (share if self.inverted else 1 - share)


@dataclass(slots=True, kw_only=True)
class Canvas:
    """What is drawn so far, back to front, and down to where."""

    y: float
    grid: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    front: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    taken: list[Box] = field(default_factory=list)
    """Where words stand that no line may cross."""


def known_values(panel: Panel) -> list[float]:
    """The values of today that can be drawn."""
    return [value for _, one in panel.values if (value := finite(one)) is not None]


def value_range(panel: Panel) -> tuple[float, float]:
    """The lowest and highest value the panel shows."""
    today = known_values(panel)
    every = today + [value for _, one in panel.past if (value := finite(one)) is not None]
    every += [value for _, *ends in panel.spread for value in ends]
    low, high = min(every), max(every)
    if panel.reads_as == "minutes" and panel.limits[1] is None:
        high = min(high, SLOWEST * median(today))
    low_limit, high_limit = (finite(one) for one in panel.limits)
    low = low if low_limit is None else max(low, low_limit)
    high = high if high_limit is None else min(high, high_limit)
    low, high = min(low, high), max(low, high)
    least = max(panel.flattest, abs(high) * 1e-3, 1e-3)
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    return low, high


def draw_panel(panel: Panel, frame: Frame, canvas: Canvas) -> Scale:
    """Add one panel below what is drawn: its name, its lines and its numbers."""
    top = draw_name(panel, frame, canvas)
    bottom = top + frame.full_height * (LOW if panel.is_low else 1.0)
    low, high = value_range(panel)
    scale = Scale(low=low, high=high, top=top, bottom=bottom, inverted=panel.inverted)
    draw_ticks(panel, frame, scale, canvas)
    past, today = (pieces_of(points, frame, scale) for points in (panel.past, panel.values))
    canvas.behind.append(group("past", *curves(past)))
    if panel.spread:
        canvas.behind.append(group("mine", *spread_shape(panel.spread, frame, scale)))
    if panel.style == "area":
        canvas.behind.append(group("terrain", *areas(today, bottom), *curves(today)))
    else:
        canvas.front.append(group("today", *curves(today)))
    if past and panel.past_note:
        canvas.said.append(past_label(panel.past_note, past, today, frame, scale))
    canvas.grid.append(line(frame.left, bottom, frame.right, bottom, "base"))
    canvas.y = bottom
    return scale


def draw_name(panel: Panel, frame: Frame, canvas: Canvas) -> float:
    """The name with its unit, and what the panel shows beside it, or below when that is long."""
    letters, left = frame.letters, frame.left + INSET
    room = frame.right - left
    gap = letters * 0.4
    names = shown_wrap(panel.name, room, letters, bold=True)
    base = canvas.y + 8 + letters
    beside = left
    for index, said in enumerate(names):
        base += index and letters * LEADING
        beside = write(canvas, left, base, said, "strong", letters) + gap
    rest = [(panel.unit, "soft"), (panel.note, "")]
    for said, classes in rest:
        width = shown_width(said, letters)
        if not said.strip():
            continue
        if beside + width <= frame.right:
            beside = write(canvas, beside, base, said, classes, letters) + 2 * gap
            continue
        for part in shown_wrap(said, room, letters):
            base += letters * LEADING
            beside = write(canvas, left, base, part, classes, letters) + 2 * gap
    return base + 14


def write(canvas: Canvas, x: float, base: float, said: str, classes: str, letters: float) -> float:
    """Words that no line may cross; where they end."""
    end = x + shown_width(said, letters, strong=classes == "strong")
    canvas.said.append(words(x, base, said, classes, size=letters))
    canvas.taken.append((x, base - letters, end, base + 4))
    return end


def draw_ticks(panel: Panel, frame: Frame, scale: Scale, canvas: Canvas) -> None:
    """Thin lines at round numbers, with the numbers left of them."""
    minutes, letters = panel.reads_as == "minutes", frame.letters
    ticks = panel.labels or tuple(
        (value, duration(value) if minutes else f"{value:g}")
        for value in nice_ticks(
            scale.low, scale.high, most=2 if panel.is_low else 4, minutes=minutes
        )
    )
    taken: list[float] = []
    for value, said in ticks:
        known = finite(value)
        if known is None or not scale.low - 1e-9 <= known <= scale.high + 1e-9:
            continue
        y = scale.y(known)
        if all(abs(y - other) >= letters for other in taken):
            taken.append(y)
            canvas.grid.append(line(frame.left, y, frame.right, y, "grid"))
            fits = shown_width(said, letters) <= frame.left - 8
            canvas.said.append(
                words(frame.left - 8, y + letters * 0.35, said, "soft", anchor="end", size=letters)
                if fits
                else words(frame.left + 4, y - 3, said, "soft halo", size=letters)
            )


# Lines


def pieces_of(points: Points, frame: Frame, scale: Scale) -> Pieces:
    """The points as drawn, in pieces without a gap, cut where they leave the panel."""
    pieces: Pieces = [[]]
    placed = sorted((one for one in points if frame.holds(one[0])), key=lambda one: one[0])
    for at, one in placed:
        value = finite(one)
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((frame.x(at), scale.y(value)))
    return [cut for piece in pieces for cut in inside(piece, scale.top, scale.bottom)]


def inside(piece: Sequence[tuple[float, float]], top: float, bottom: float) -> Pieces:
    """The parts of a line between two heights."""
    if len(piece) == 1:
        return [list(piece)] if top <= piece[0][1] <= bottom else []
    parts: Pieces = [[]]
    for (x1, y1), (x2, y2) in pairwise(piece):
        shares = [0.0, 1.0]
        if y1 != y2:
            ends = sorted(((top - y1) / (y2 - y1), (bottom - y1) / (y2 - y1)))
            shares = [max(ends[0], 0.0), min(ends[1], 1.0)]
        elif not top <= y1 <= bottom:
            shares = [1.0, 0.0]
        if shares[0] > shares[1]:
            parts.append([])
            continue
        start, end = ((x1 + one * (x2 - x1), y1 + one * (y2 - y1)) for one in shares)
        if shares[0] > 0:
            parts.append([])
        if not parts[-1]:
            parts[-1].append(start)
        parts[-1].append(end)
        if shares[1] < 1:
            parts.append([])
    return [part for part in parts if part]


def curves(pieces: Iterable[Sequence[tuple[float, float]]]) -> Iterator[str]:
    """A line for each piece, a dot for a single point."""
    for piece in pieces:
        if len(piece) == 1:
            yield circle(*piece[0], 3, "dot")
        else:
            yield path(polyline(piece), "curve")


def areas(pieces: Iterable[Sequence[tuple[float, float]]], floor: float) -> Iterator[str]:
    """What lies under each piece."""
    for piece in pieces:
        if len(piece) > 1:
            first, last, ground = (number(one) for one in (piece[0][0], piece[-1][0], floor))
            yield path(f"{polyline(piece)}L{last} {ground}L{first} {ground}Z", "ground")


def spread_shape(
    spread: Sequence[tuple[float, float, float]], frame: Frame, scale: Scale
) -> Iterator[str]:
    """The soft band with its two edges, on the part of the axis that is shown."""
    shown = [one for one in spread if frame.holds(one[0])]
    if len(shown) < 2:
        return
    low = [(frame.x(at), scale.y(lowest)) for at, lowest, _ in shown]
    high = [(frame.x(at), scale.y(highest)) for at, _, highest in shown]
    yield path(f"{polyline([*high, *reversed(low)])}Z", "band-fill")
    yield path(polyline(high), "band-edge")
    yield path(polyline(low), "band-edge")


def past_label(said: str, past: Pieces, today: Pieces, frame: Frame, scale: Scale) -> str:
    """The words for the grey line, where they hide the least."""
    letters = frame.letters
    width = shown_width(said, letters)
    drawn = [*past, *today]
    tries: list[tuple[int, float, float]] = []
    for piece in past:
        for x, y in piece[:: max(1, len(piece) // 12)]:
            left = max(frame.left + 4, min(x, frame.right - width - 4))
            for base in (y - 6, y + letters + 3):
                box = (left, base - letters, left + width, base + 4)
                if scale.top - 4 <= box[1] and box[3] <= scale.bottom + 4:
                    tries.append((touches(drawn, box), left, base))
    if not tries:
        return ""
    hits, left, base = min(tries, key=lambda one: one[0])
    return words(left, base, said, "soft halo" if hits else "soft", size=letters)


def touches(pieces: Pieces, box: Box) -> int:
    """How many stretches of the lines go through a box, roughly."""
    left, top, right, bottom = box
    return sum(
        1
        for piece in pieces
        for (x1, y1), (x2, y2) in pairwise(piece)
        if x2 >= left and x1 <= right and max(y1, y2) >= top and min(y1, y2) <= bottom
    )
