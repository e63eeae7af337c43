"""Markup for pictures: elements whose values are always escaped, numbers always finite and short.

A picture is one `picture(...)` around elements. Colours, lines and letters come from classes in
`web/static/pictures.css`; here are only shapes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal

__all__ = [
    "Anchor",
    "circle",
    "element",
    "escape",
    "group",
    "hatch",
    "line",
    "number",
    "path",
    "picture",
    "polyline",
    "rectangle",
    "words",
]

Anchor = Literal["start", "middle", "end"]

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*")
ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
)
NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that no XML document may hold, not even escaped."""


def escape(value: object) -> str:
    """The value as text that is safe inside markup and inside a quoted attribute."""
    clean = NOT_IN_XML.sub("", str(value))
    return clean.translate(ESCAPES)


def number(value: float) -> str:
    """A coordinate with at most two decimals: `12`, `0.5`, `-3.25`."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is no place in a picture")
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown in ("-0", "") else shown


def element(name: str, attributes: Mapping[str, object], *children: str) -> str:
    """One element. Values are escaped, None leaves one out; `children` are markup already."""
    parts = [name]
    for key, value in attributes.items():
        if value is None:
            continue
        shown = number(value) if isinstance(value, float) else escape(value)
        parts.append(f'{checked(key)}="{shown}"')
    inside = "".join(children)
    opening = " ".join([checked(parts[0]), *parts[1:]])
    return f"<{opening}>{inside}</{name}>" if inside else f"<{opening}/>"


def checked(name: str) -> str:
    """The name, which must be one: names are ours, never a reader's."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of an element or attribute")
    return name


def picture(
    *,
    width: float,
    height: float,
    title: str,
    description: str = "",
    prefix: str,
    classes: str = "",
    children: Iterable[str],
    role: str = "img",
) -> str:
    """A whole picture with its words for those who cannot see it.

    `prefix` makes the ids in it the only ones of their kind on the page.
    """
    named = [(f"{prefix}-title", "title", title), (f"{prefix}-desc", "desc", description)]
    told = [(id_, element(tag, {"id": id_}, escape(said))) for id_, tag, said in named if said]
    return element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": f"pic {classes}".strip(),
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "width": float(width),
            "height": float(height),
            "role": role,
            "aria-labelledby": " ".join(id_ for id_, _ in told) or None,
            "focusable": "false",
        },
        *(markup for _, markup in told),
        *children,
    )


def group(classes: str | None, *children: str) -> str:
    """Elements that belong together; nothing when there are none."""
    inside = "".join(children)
    return element("g", {"class": classes}, inside) if inside else ""


def rectangle(
    x: float, y: float, width: float, height: float, classes: str, *, radius: float | None = None
) -> str:
    """A rectangle; nothing when it has no size."""
    if width <= 0 or height <= 0:
        return ""
    values = {"x": x, "y": y, "width": width, "height": height}
    floats: dict[str, object] = {key: float(value) for key, value in values.items()}
    round_ = None if radius is None else float(radius)
    return element("rect", {**floats, "rx": round_, "class": classes})


def line(x1: float, y1: float, x2: float, y2: float, classes: str) -> str:
    """A straight line."""
    return element(
        "line",
        {"x1": float(x1), "y1": float(y1), "x2": float(x2), "y2": float(y2), "class": classes},
    )


def circle(x: float, y: float, radius: float, classes: str) -> str:
    """A circle."""
    return element("circle", {"cx": float(x), "cy": float(y), "r": float(radius), "class": classes})


def path(d: str, classes: str) -> str:
    """A path; nothing when it goes nowhere."""
    return element("path", {"d": d, "class": classes}) if d else ""


def polyline(points: Iterable[tuple[float, float]]) -> str:
    """The `d` of straight lines from point to point."""
    return "".join(
        f"{'L' if index else 'M'}{number(x)} {number(y)}" for index, (x, y) in enumerate(points)
    )


def words(
    x: float,
    y: float,
    said: str,
    classes: str,
    *,
    size: float,
    anchor: Anchor = "start",
) -> str:
    """A line of text on its base line."""
    attributes = {
        "x": float(x),
        "y": float(y),
        "class": classes,
        "text-anchor": None if anchor == "start" else anchor,
        "font-size": float(size),
    }
    return element("text", attributes, escape(said))


def hatch(x: float, y: float, width: float, height: float, *, step: float) -> str:
    """The `d` of slanted lines that fill a rectangle: a pattern that needs no id.

    They rise to the right at 45° and stand `step` apart along the x axis. The lines keep their
    place when the rectangle grows to the right.
    """
    if width <= 0 or height <= 0 or step <= 0:
        return ""
    lines, right, offset = [], x + width, step / 2
    while offset < width + height:
        start_x = x + offset - height
        from_x, to_x = max(start_x, x), min(x + offset, right)
        if to_x > from_x:
            from_y = y + height - (from_x - start_x)
            to_y = y + height - (to_x - start_x)
            lines.append(f"M{number(from_x)} {number(from_y)}L{number(to_x)} {number(to_y)}")
        offset += step
    return "".join(lines)
