"""SVG to PNG, the same bytes on every machine: our own font, colours put in, nothing of the system.

`resvg_py` is loaded only when an image is asked for.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from typing import Final

from uncramp.drawing.tokens import Theme, pictures_sheet, tokens

__all__ = ["png"]

FAMILY: Final = "Open Sans"


def png(svg: str, *, width: int, theme: Theme = "light") -> bytes:
    """The picture as PNG, so many pixels wide, on the paper of the theme."""
    import resvg_py

    with as_file(files("uncramp.drawing") / "fonts") as folder:
        fonts = [str(one) for one in sorted(folder.glob("*.ttf"))]
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg,
                width=width,
                background=tokens(theme)["paper"],
                style_sheet=image_sheet(theme),
                skip_system_fonts=True,
                font_files=fonts,
                font_family=FAMILY,
                sans_serif_family=FAMILY,
            )
        )


@cache
def image_sheet(theme: Theme) -> str:
    """The rules for pictures with the one font we bring along."""
    stack = tokens(theme)["font"]
    return pictures_sheet(theme).replace(stack, f'"{FAMILY}"')
