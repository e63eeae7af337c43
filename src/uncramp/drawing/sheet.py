"""A page as one picture: a title, paragraphs that wrap, pictures below each other.

Used for what leaves the app as an image: the answer to share, the lock screen. Words are measured
with the font that `raster.png` draws, so nothing runs over an edge.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from types import MappingProxyType
from typing import Final, Literal

from uncramp.drawing.icons import ICONS
from uncramp.drawing.letters import known_signs, text_width, wrap
from uncramp.drawing.svg import (
    circle,
    element,
    group,
    line,
    number,
    path,
    picture,
    rectangle,
    words,
)

__all__ = [
    "Block",
    "Care",
    "Columns",
    "Heading",
    "Items",
    "Paragraph",
    "Picture",
    "SheetTooTallError",
    "Space",
    "sheet",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A title; level 1 is the largest of three."""

    said: str
    level: Literal[1, 2, 3] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Words that wrap."""

    said: str
    soft: bool = False
    strong: bool = False
    size: float | None = None
    """Size of letters; the size of the sheet when None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list with a dot, or a number, before each item."""

    said: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An SVG made by `drawing`, as wide as there is room, or a share of it."""

    svg: str
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """A care card: its level in words, then what to do."""

    urgency: Literal["emergency_now", "same_day", "see_doctor"]
    level: str
    """The words for the level."""
    title: str
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Blocks side by side, each column as wide as the others."""

    columns: tuple[tuple[Heading | Paragraph | Items | Picture | Space, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Room between two blocks, in letters; with a thin line in the middle when asked."""

    letters: float = 1.0
    rule: bool = False


Inner = Heading | Paragraph | Items | Picture | Space
Block = Inner | Care | Columns

LEADING: Final = 1.38
TIGHT: Final = 1.2
SIZES: Final = MappingProxyType({1: 1.75, 2: 1.25, 3: 1.0})
"""Letters of a heading by level, as a share of those of the sheet."""
SVG_OPENS: Final = re.compile(r'<svg [^>]*?class="([^"]*)" viewBox="0 0 ([0-9.]+) ([0-9.]+)"[^>]*>')
SPOKEN: Final = re.compile(r"<(title|desc)[^>]*>.*?</\1>", re.DOTALL)
CARE_ICONS: Final = MappingProxyType(
    {
        "emergency_now": "care_emergency_now",
        "same_day": "care_same_day",
        "see_doctor": "care_see_doctor",
    }
)


class SheetTooTallError(ValueError):
    """The blocks need more height than the sheet has; try smaller letters or fewer blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Where blocks go: left edge, width, and the size of letters."""

    x: float
    width: float
    letters: float


Drawn = tuple[str, float]
"""Markup, and where it ends."""


def sheet(
    blocks: Sequence[Block],
    *,
    title: str,
    description: str = "",
    width: float = 1080.0,
    height: float | None = None,
    letters: float = 34.0,
    margin: float = 64.0,
    top: float | None = None,
    prefix: str = "sheet",
) -> str:
    """The blocks on one page: as high as they need, or so high, and an error when they need more.

    The theme is chosen when it becomes an image: `raster.png(svg, width=…, theme=…)`. `top` is the
    room above the first block (a lock screen has its clock there).
    """
    column = Column(x=margin, width=width - 2 * margin, letters=letters)
    drawn, bottom = below_each_other(blocks, column, margin if top is None else top)
    needed = bottom + margin
    if height is not None and needed > height:
        raise SheetTooTallError(f"the sheet needs {needed:.0f} of {height:.0f}")
    whole = needed if height is None else height
    return picture(
        width=width,
        height=whole,
        title=title,
        description=description,
        prefix=prefix,
        classes="sheet",
        children=[rectangle(0, 0, width, whole, "sheet-paper"), drawn],
    )


def below_each_other(blocks: Sequence[Block], column: Column, y: float) -> Drawn:
    """Blocks with the room between them that their kind asks for."""
    parts = []
    for index, block in enumerate(blocks):
        y += room_before(block, column.letters) if index else 0
        markup, y = draw_block(block, column, y)
        parts.append(markup)
    return "".join(parts), y


def room_before(block: Block, letters: float) -> float:
    """Room above a block that is not the first."""
    if isinstance(block, Heading):
        return letters * (1.0 if block.level == 1 else 0.9)
    if isinstance(block, Space):
        return 0.0
    return letters * (0.9 if isinstance(block, Picture | Care | Columns) else 0.45)


def draw_block(block: Block, column: Column, y: float) -> Drawn:
    """One block from `y` down."""
    letters = column.letters
    match block:
        case Heading():
            return draw_lines(block.said, column, y, size=letters * SIZES[block.level], bold=True)
        case Paragraph():
            return draw_lines(
                block.said, column, y, size=block.size or letters, bold=block.strong,
                soft=block.soft
            )  # fmt: skip
        case Items():
            return draw_items(block, column, y)
        case Picture():
            return draw_picture(block, column, y)
        case Care():
            return draw_care(block, column, y)
        case Columns():
            return draw_columns(block, column, y)
        case Space():
            return draw_space(block, column, y)


def draw_lines(
    said: str, column: Column, y: float, *, size: float, bold: bool = False, soft: bool = False
) -> Drawn:
    """Words that wrap."""
    leading = size * (TIGHT if bold else LEADING)
    classes = " ".join(name for name, wanted in (("strong", bold), ("soft", soft)) if wanted)
    parts = []
    for one in wrap(known_signs(said, bold=bold), column.width, size, bold=bold):
        parts.append(words(column.x, y + size, one, classes, size=size))
        y += leading
    return "".join(parts), y


def draw_items(block: Items, column: Column, y: float) -> Drawn:
    """A list; its signs hang left of the words."""
    letters = column.letters
    indent = letters * (1.4 if block.numbered else 1.0)
    inner = Column(x=column.x + indent, width=column.width - indent, letters=letters)
    parts = []
    for index, said in enumerate(block.said, start=1):
        y += letters * 0.2 if index > 1 else 0
        if block.numbered:
            parts.append(words(column.x, y + letters, f"{index}.", "strong", size=letters))
        else:
            parts.append(
                circle(column.x + letters * 0.3, y + letters * 0.65, letters * 0.13, "bullet")
            )
        markup, y = draw_lines(said, inner, y, size=letters)
        parts.append(markup)
    return "".join(parts), y


def draw_picture(block: Picture, column: Column, y: float) -> Drawn:
    """A picture, scaled to its share of the width and in the middle of it."""
    opening = SVG_OPENS.match(block.svg)
    if opening is None:
        raise ValueError("a picture of a sheet is an svg that `drawing` made")
    inside = SPOKEN.sub("", block.svg[opening.end() : -len("</svg>")])
    width = column.width * min(max(block.share, 0.0), 1.0)
    height = width * float(opening[3]) / float(opening[2])
    attributes = {
        "class": unescape(opening[1]),
        "x": column.x + (column.width - width) / 2,
        "y": float(y),
        "width": float(width),
        "height": float(height),
        "viewBox": f"0 0 {opening[2]} {opening[3]}",
    }
    return element("svg", attributes, inside), y + height


def draw_care(block: Care, column: Column, y: float) -> Drawn:
    """A care card: the level in words and a sign on a filled bar, what to do below it."""
    letters = column.letters
    pad = letters * 0.7
    size = letters * SIZES[2]
    bar = size * 1.9
    inner = Column(x=column.x + pad, width=column.width - 2 * pad, letters=letters)
    content: list[Block] = [Heading(said=block.title, level=2)]
    content += [Items(said=block.said)] if block.said else []
    inside, bottom = below_each_other(content, inner, y + bar + pad * 0.6)
    bottom += pad * 0.7
    scale = size * 1.2 / 24
    sign = element(
        "g",
        {
            "class": "care-sign",
            "transform": f"translate({number(column.x + pad)} {number(y + (bar - size * 1.2) / 2)})"
            f" scale({number(scale)})",
        },
        path(ICONS[CARE_ICONS[block.urgency]], "sign"),
    )
    level = known_signs(block.level, bold=True)
    room = column.width - 2 * pad - size * 1.6
    shown = size * min(1.0, room / max(text_width(level, size, bold=True), 1.0))
    markup = group(
        f"care-card {block.urgency}",
        rectangle(column.x, y, column.width, bottom - y, "care-edge", radius=10),
        path(bar_with_round_top(column.x, y, column.width, bar, 10), "care-bar"),
        sign,
        words(column.x + pad + size * 1.6, y + bar / 2 + shown * 0.36, level, "care-level strong",
              size=shown),
        inside,
    )  # fmt: skip
    return markup, bottom


def bar_with_round_top(x: float, y: float, width: float, height: float, radius: float) -> str:
    """The `d` of a bar whose upper corners are round."""
    left, right, upper, lower = (number(one) for one in (x, x + width, y, y + height))
    r = number(radius)
    return (
        f"M{left} {lower}V{number(y + radius)}A{r} {r} 0 0 1 {number(x + radius)} {upper}"
        f"H{number(x + width - radius)}A{r} {r} 0 0 1 {right} {number(y + radius)}V{lower}Z"
    )


def draw_columns(block: Columns, column: Column, y: float) -> Drawn:
    """Blocks side by side."""
    n = max(len(block.columns), 1)
    gap = column.letters * 1.2
    width = (column.width - gap * (n - 1)) / n
    parts, ends = [], [y]
    for index, blocks in enumerate(block.columns):
        inner = Column(x=column.x + index * (width + gap), width=width, letters=column.letters)
        markup, end = below_each_other(blocks, inner, y)
        parts.append(markup)
        ends.append(end)
    return "".join(parts), max(ends)


def draw_space(block: Space, column: Column, y: float) -> Drawn:
    """Room, with a thin line in its middle when asked."""
    height = block.letters * column.letters
    middle = y + height / 2
    rule = line(column.x, middle, column.x + column.width, middle, "rule") if block.rule else ""
    return rule, y + height
