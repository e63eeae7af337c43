"""An answer to `why` as one image to hand on: the finding, the run, for and against in short.

No map and no place on earth is in it, and no name unless one was typed. While a stop is open the
image says nothing but the stop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from uncramp.drawing.body import BodyWords, body_map
from uncramp.drawing.raster import png
from uncramp.drawing.sheet import (
    Block,
    Care,
    Columns,
    Heading,
    Items,
    Paragraph,
    Picture,
    Space,
    sheet,
)
from uncramp.wording.answers import place_words, reasons_in_short
from uncramp.wording.asking import by_level, place_names
from uncramp.wording.catalogue import text

__all__ = ["WIDTH", "answer_sheet", "stop_sheet"]

WIDTH: Final = 1080


def answer_sheet(
    data: Mapping[str, Any],
    *,
    name: str,
    day: str,
    finding: str,
    pictures: Sequence[str],
    places: Sequence[str],
) -> bytes:
    """The answer as a PNG.

    `pictures` are SVGs of the run; where there is no file of it, the figure with the places that
    were marked stands in their stead.
    """
    said = ", ".join(part for part in (name, day) if part)
    blocks: list[Block] = [
        Paragraph(said=said, soft=True),
        Heading(said=data["headline"]),
    ]
    drawn = [Picture(svg=svg) for svg in pictures if svg]
    if drawn:
        blocks += [Space(letters=0.5), Heading(said=finding, level=2), *drawn]
    elif places:
        blocks += [Space(letters=0.5), figure_block(places)]
    short = reasons_in_short(data)
    if short:
        columns = tuple((Heading(said=title, level=3), Items(said=said)) for title, said in short)
        blocks += [Space(letters=0.5), Columns(columns=columns)]
    blocks += [
        Space(rule=True),
        Paragraph(said=text("why.not_diagnosis"), soft=True),
        Paragraph(said=text("page.name"), strong=True),
    ]
    return png(
        sheet(blocks, width=float(WIDTH), title=data["headline"], description=finding), width=WIDTH
    )


def figure_block(places: Sequence[str]) -> Columns:
    """The figure from both sides, with the places in their order beside it."""
    said = BodyWords(
        **{name: text(f"ask.map.{name}") for name in ("front", "back", "left", "right")}
    )
    figure = body_map(places, place_names(), said=said)
    return Columns(
        columns=(
            (Picture(svg=figure.front),),
            (Picture(svg=figure.back),),
            (Items(said=tuple(place_words(places)), numbered=True),),
        )
    )


def stop_sheet(stop: Mapping[str, Any]) -> bytes:
    """The open stops (of `stop_data`) and nothing else, one card a level, as a PNG."""
    headline = text("why.headline.stop")
    cards = (
        Care(
            urgency=level,  # type: ignore[arg-type]
            level=text(f"page.level.{level}"),
            title=", ".join(flag["name"] for flag in flags),
            said=tuple(
                dict.fromkeys(step for flag in flags for step in (*flag["do"], *flag["do_not"]))
            ),
        )
        for level, flags in by_level(stop)
    )
    blocks: list[Block] = [
        Heading(said=headline),
        *cards,
        Paragraph(said=text("page.name"), strong=True),
    ]
    return png(sheet(blocks, width=float(WIDTH), title=headline), width=WIDTH)
