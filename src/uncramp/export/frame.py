"""What every file of ours that works on its own is made with: templates, style sheets, hashes.

Templates and sheets lie in the folders beside this module; colours and sizes come from the token
sheet, so that paper and screen look alike.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from uncramp.drawing.tokens import sheet_text, tokens
from uncramp.export.small import small_css
from uncramp.wording.catalogue import text

__all__ = ["environment", "hash_of", "page_style", "sheet"]

FOLDERS: Final = ("roadside", "race")
"""No two of them hold a file of the same name."""
USED_TOKEN: Final = re.compile(r"var\(--([a-z0-9-]+)\)")


def sheet(name: str) -> str:
    """One file of the folders as it is written; else one of the sheets that pages share."""
    places = [files(__package__) / folder / name for folder in FOLDERS]
    found = next((place for place in places if place.is_file()), None)
    return sheet_text(name) if found is None else found.read_text(encoding="utf-8")


@cache
def page_style(name: str = "page.css") -> str:
    """A style sheet on one line: colours as variables for day and night, sizes put in."""
    css = sheet(name)
    light, dark = tokens("light"), tokens("dark")
    colours = [name for name in sorted(set(USED_TOKEN.findall(css))) if light[name] != dark[name]]
    day = ";".join(f"--{name}:{light[name]}" for name in colours)
    night = ";".join(f"--{name}:{dark[name]}" for name in colours)
    sized = USED_TOKEN.sub(lambda used: used[0] if used[1] in colours else light[used[1]], css)
    return small_css(
        f":root{{color-scheme:light dark;{day}}}"
        f"@media (prefers-color-scheme:dark){{:root{{{night}}}}}{sized}"
    )


def hash_of(inline: str) -> str:
    """The hash by which a policy knows an inline script or style."""
    return b64encode(hashlib.sha256(inline.encode()).digest()).decode()


@cache
def environment() -> Environment:
    """The frame; what is missing is an error, and everything is escaped."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader("uncramp.export", one) for one in FOLDERS]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"t": text}
    return made
