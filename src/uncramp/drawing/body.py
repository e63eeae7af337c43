"""The body map: our own figure, front and back, legs first, with every place that can be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from uncramp.drawing.figure import (
    FIGURES,
    HEIGHT,
    MIDDLE,
    WIDTH,
    Figure,
    Region,
    View,
    smooth,
    whole_outline,
)
from uncramp.drawing.svg import circle, element, group, path, picture, words

__all__ = ["PLACES", "REGIONS", "BodyMap", "BodyWords", "body_map"]

REGIONS: Final = (
    "calf",
    "soleus",
    "foot",
    "shin",
    "hamstring",
    "quadriceps",
    "adductor",
    "hip_flexor",
    "glute",
    "abdomen",
    "back",
    "arm_or_hand",
    "chest",
    "neck",
)
PLACES: Final = tuple(f"{region}_{side}" for region in REGIONS for side in ("left", "right"))
"""Every place that can be chosen; left is the runner's own left."""

LETTERS: Final = 28.0
DISC: Final = 20.0
FOOT: Final = 80.0
"""How far from the middle line the word below a foot stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyWords:
    """The few words on the map."""

    front: str
    back: str
    left: str
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyMap:
    """The same figure from both sides, each an `<svg>` to stand beside the other."""

    front: str
    back: str


def body_map(
    selected: Sequence[str],
    names: Mapping[str, str],
    *,
    said: BodyWords,
    interactive: bool = False,
    prefix: str = "body",
) -> BodyMap:
    """The figure with the selected places numbered in their order.

    `names` says each place in words. Interactive: each place is a button (`role`, `tabindex`,
    `aria-pressed`, `aria-label`) with `data-place`, and below all of them lie larger targets with
    the same `data-place`. A script wires both to the list of checkboxes beside the map, and writes
    the order into `.order text`; it shows while the place is pressed.
    """
    return BodyMap(
        front=view_picture("front", selected, names, said, interactive=interactive, prefix=prefix),
        back=view_picture("back", selected, names, said, interactive=interactive, prefix=prefix),
    )


def view_picture(
    view: View,
    selected: Sequence[str],
    names: Mapping[str, str],
    said: BodyWords,
    *,
    interactive: bool,
    prefix: str,
) -> str:
    """One view."""
    figure = FIGURES[view]
    order = {place: index for index, place in enumerate(dict.fromkeys(selected), start=1)}
    regions = [
        (f"{name}_{side_name(view, side)}", region, side)
        for name, region in figure.regions.items()
        for side in (-1, 1)
    ]
    shown = [place for place in order if place in {one for one, _, _ in regions}]
    drawn = [
        region_shape(region, side, place, order.get(place), names[place], interactive=interactive)
        for place, region, side in regions
    ]
    targets = [target(region, side, place) for place, region, side in regions]
    return picture(
        width=WIDTH,
        height=HEIGHT,
        title={"front": said.front, "back": said.back}[view],
        description=""
        if interactive
        else ", ".join(f"{order[one]}: {names[one]}" for one in shown),
        prefix=f"{prefix}-{view}",
        classes=f"body {view}" + (" interactive" if interactive else ""),
        role="group" if interactive else "img",
        children=[
            silhouette(figure),
            group("targets", *targets) if interactive else "",
            fine_lines(figure),
            *drawn,
            captions(view, said),
        ],
    )


def side_name(view: View, side: int) -> str:
    """Whose left it is: from the front, the runner's left is on the right of the picture."""
    return "left" if (side == 1) == (view == "front") else "right"


def silhouette(figure: Figure) -> str:
    """The whole body as one shape with one contour: all edges first, all fills over them."""
    shapes = [whole_outline(half) for half in figure.whole]
    shapes += [smooth(one, side=side, closed=True) for one in figure.paired for side in (-1, 1)]
    together = "".join(shapes)
    return path(together, "body-edge") + path(together, "body-fill")


def fine_lines(figure: Figure) -> str:
    """Lines that belong to no region, such as the knee."""
    drawn = [smooth(one, side=side, closed=False) for one in figure.lines for side in (-1, 1)]
    return path("".join(drawn), "body-line")


def target(region: Region, side: int, place: str) -> str:
    """What a finger may hit."""
    left, top, right, bottom = region.target
    return element(
        "rect",
        {
            "x": MIDDLE + min(side * left, side * right),
            "y": float(top),
            "width": float(right - left),
            "height": float(bottom - top),
            "class": "target",
            "data-place": place,
        },
    )


def region_shape(
    region: Region, side: int, place: str, order: int | None, name: str, *, interactive: bool
) -> str:
    """One region with its fibres, and its number in the order of choosing."""
    x, y = MIDDLE + side * region.number_at[0], region.number_at[1]
    number_shown = "" if order is None else str(order)
    mark = group(
        "order",
        circle(x, y, DISC, "order-disc"),
        words(x, y + LETTERS * 0.35, number_shown, "strong", anchor="middle", size=LETTERS),
    )
    fibres = "".join(smooth(one, side=side, closed=False) for one in region.fibres)
    button: dict[str, object] = {}
    if interactive:
        button = {
            "role": "button",
            "tabindex": 0,
            "aria-pressed": "false" if order is None else "true",
            "aria-label": name,
        }
    return element(
        "g",
        {
            "class": "place" if order is None else "place chosen",
            "data-place": place,
            **button,
        },
        path(smooth(region.outline, side=side, closed=True), "muscle"),
        path(fibres, "fibres"),
        mark if interactive or order is not None else "",
    )


def captions(view: View, said: BodyWords) -> str:
    """Which view it is, and below each foot whose it is."""
    at_left, at_right = (said.right, said.left) if view == "front" else (said.left, said.right)
    name = {"front": said.front, "back": said.back}[view]
    below = HEIGHT - 8
    return "".join(
        (
            words(4, LETTERS, name, "strong", size=LETTERS),
            words(MIDDLE - FOOT, below, at_left, "soft", anchor="middle", size=LETTERS),
            words(MIDDLE + FOOT, below, at_right, "soft", anchor="middle", size=LETTERS),
        )
    )
