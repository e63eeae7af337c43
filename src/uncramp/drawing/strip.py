"""The run strip, the signature picture: one run, what was beyond training, where it grabbed.

Plain grey lies within what was trained, accent hatch beyond the longest run of the weeks before;
an empty outline is not known. Places are shares of the run, 0 to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from uncramp.drawing.grammar import (
    LETTERS,
    WIDTHS,
    Label,
    Layout,
    MarkKind,
    Placed,
    cramp_mark,
    draw_labels,
    finite,
    place_labels,
    rows_height,
    shown_width,
)
from uncramp.drawing.svg import Anchor, group, hatch, line, path, picture, rectangle, words

__all__ = ["Size", "Strip", "run_strip", "strip_bar"]

Size = Literal["large", "small"]

SMALL_WIDTH: Final = 160.0
SMALL_HEIGHT: Final = 16.0
SHORTEST: Final = 0.06
"""A small strip is never shorter than this share, so that its mark has a place."""
SMALL_MARK: Final = 6.5
LARGE_MARK: Final = 13.0
LARGE_BAR: Final = 28.0
EDGE: Final = 16.0
"""Room at both ends, so that a mark at the start or finish is whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One run. What is None is not known, or did not happen."""

    within_share: float | None
    """Up to where it lay within what was trained; None when the weeks before are not known."""
    beyond_from: float | None
    """From where on it lay beyond; None when it did not."""
    cramps: tuple[float, ...] = ()
    maybe: tuple[float, ...] = ()
    """Where a cramp may have been: the file suggests it, nobody has said so."""
    label: str
    """What the picture tells, in a sentence."""
    description: str = ""
    low_note: str | None = None
    """Names the part within."""
    high_note: str | None = None
    """Names the part beyond."""
    cramp_note: str | None = None
    """Stands at the first cramp."""
    maybe_note: str | None = None
    """Stands at the first place where one may have been."""
    ticks: tuple[tuple[float, str], ...] = ()
    """Distances along the run, ready to read: `((0.24, "10"), (0.95, "40 km"))`."""


def run_strip(
    strip: Strip,
    *,
    size: Size = "large",
    layout: Layout = "wide",
    prefix: str = "strip",
    length: float = 1.0,
) -> str:
    """The strip as a picture; small has no words in it and stays the same in both layouts.

    `length` is how long a small one is as a share of the longest beside it, so that lists compare.
    """
    if size == "small":
        middle, left = SMALL_HEIGHT / 2, SMALL_MARK + 1
        span = (SMALL_WIDTH - 2 * left) * min(max(length, SHORTEST), 1.0)
        inside = strip_bar(strip, left=left, right=left + span, y=middle - 4, height=8)
        return picture(
            width=SMALL_WIDTH,
            height=SMALL_HEIGHT,
            title=strip.label,
            prefix=prefix,
            classes="strip-small",
            children=[inside],
        )
    return large_strip(strip, layout=layout, prefix=prefix)


def large_strip(strip: Strip, *, layout: Layout, prefix: str) -> str:
    """The parts named above, the distances below, the cramp below them."""
    letters, width = LETTERS[layout], WIDTHS[layout]
    left, right = EDGE, width - EDGE
    above = names_of_parts(strip, left=left, right=right, letters=letters)
    bar_y = rows_height(above) + 8
    bar_end = bar_y + LARGE_BAR
    pointers = pointer_labels(strip, left=left, right=right)
    below = place_labels(pointers, left=0, right=width, size=letters, widest=width * 0.6)
    tick_room = letters * 1.25 + 8 if strip.ticks else 8.0
    from_y = bar_end + tick_room
    leaders = [line(one.pointer, bar_end, one.pointer, from_y + 2, "leader") for one in below]
    height = from_y + 4 + rows_height(below) + 4
    return picture(
        width=width,
        height=height,
        title=strip.label,
        description=strip.description,
        prefix=prefix,
        classes="strip-large",
        children=[
            draw_labels(above, y=bar_y - 8, reach=8, size=letters),
            distance_ticks(strip, left=left, right=right, y=bar_end, letters=letters),
            *leaders,
            strip_bar(strip, left=left, right=right, y=bar_y, height=LARGE_BAR),
            draw_labels(below, y=from_y + 4, size=letters, down=True),
        ],
    )


def names_of_parts(
    strip: Strip, *, left: float, right: float, letters: float
) -> tuple[Placed, ...]:
    """The names of the part within and the part beyond, each above its part."""
    within, beyond = ends_of_parts(strip)
    span = right - left
    labels = []
    if strip.low_note:
        end = left + span * (within if within is not None else beyond if beyond else 1.0)
        labels.append(Label(said=strip.low_note, low=left, high=end, from_low=True))
    if strip.high_note and beyond is not None:
        labels.append(
            Label(
                said=strip.high_note,
                low=left + span * beyond,
                high=right,
                strong=True,
                from_low=True,
            )
        )
    return place_labels(labels, left=left, right=right, size=letters, widest=span)


def pointer_labels(strip: Strip, *, left: float, right: float) -> list[Label]:
    """What stands at the marks."""
    span = right - left
    noted = ((strip.cramps, strip.cramp_note, True), (strip.maybe, strip.maybe_note, False))
    return [
        Label(said=note, low=at, high=at, strong=strong)
        for places, note, strong in noted
        if note
        for at in [left + span * one for one in shares(places)[:1]]
    ]


def distance_ticks(strip: Strip, *, left: float, right: float, y: float, letters: float) -> str:
    """Short lines with distances; words that would touch another or a mark's line are left out."""
    span = right - left
    noted = [*(shares(strip.cramps)[:1] if strip.cramp_note else ()),
             *(shares(strip.maybe)[:1] if strip.maybe_note else ())]  # fmt: skip
    taken = [(left + span * one - 4, left + span * one + 4) for one in noted]
    drawn = []
    for share, said in strip.ticks:
        at = finite(share)
        if at is None or not 0 <= at <= 1:
            continue
        x, width = left + span * at, shown_width(said, letters)
        anchor: Anchor = "middle"
        start = x - width / 2
        if start < 0:
            anchor, start = "start", x
        elif start + width > right + EDGE:
            anchor, start = "end", x - width
        drawn.append(line(x, y, x, y + 6, "tick"))
        if all(start > high + 4 or start + width < low - 4 for low, high in taken):
            taken.append((start, start + width))
            drawn.append(words(x, y + 6 + letters, said, "soft", anchor=anchor, size=letters))
    return "".join(drawn)


def strip_bar(
    strip: Strip, *, left: float, right: float, y: float, height: float, marks: bool = True
) -> str:
    """Only the bar with its marks, to stand in another picture over the same axis."""
    within, beyond = ends_of_parts(strip)
    span = right - left
    parts = [rectangle(left, y, span, height, "unknown", radius=2)]
    if within is not None:
        parts.append(rectangle(left, y, span * within, height, "within"))
    if beyond is not None:
        start = left + span * beyond
        step = 8.0 if height > 12 else 5.0
        parts.append(rectangle(start, y, right - start, height, "beyond"))
        parts.append(path(hatch(start, y, right - start, height, step=step), "hatch"))
        parts.append(rectangle(start, y, right - start, height, "beyond-edge"))
    small = height <= 12
    radius = SMALL_MARK if small else LARGE_MARK
    kinds: tuple[tuple[Sequence[float], MarkKind], ...]
    kinds = ((strip.maybe, "maybe"), (strip.cramps, "cramp"))
    drawn = [
        cramp_mark(left + span * share, y + height / 2, radius, kind)
        for places, kind in kinds
        for share in shares(places)
        if marks
    ]
    return group("strip small" if small else "strip", *parts, *drawn)


def ends_of_parts(strip: Strip) -> tuple[float | None, float | None]:
    """Where the part within ends and where the part beyond begins, in order and in the picture."""
    within, beyond = (
        None if one is None else min(max(one, 0.0), 1.0)
        for one in (finite(strip.within_share), finite(strip.beyond_from))
    )
    if within is not None and beyond is not None:
        within = min(within, beyond)
    return within, beyond


def shares(places: Sequence[float]) -> list[float]:
    """The places that can be drawn, each inside the picture."""
    known = [finite(one) for one in places]
    return [min(max(one, 0.0), 1.0) for one in known if one is not None]
