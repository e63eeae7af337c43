"""The colours and sizes of `web/static/tokens.css` as data, so that images match the pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal

__all__ = ["Theme", "pictures_sheet", "sheet_text", "tokens"]

Theme = Literal["light", "dark"]

COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
DARK_BLOCK: Final = re.compile(
    r"@media\s*\(prefers-color-scheme:\s*dark\)\s*\{\s*:root\s*\{([^}]*)\}"
)
ROOT_BLOCK: Final = re.compile(r":root\s*\{([^}]*)\}")
LINE: Final = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
USED: Final = re.compile(r"var\(--([a-z0-9-]+)\)")
AT_RULE: Final = re.compile(r"@[^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")


@cache
def sheet_text(name: str) -> str:
    """A style sheet of the pages as it is written."""
    return (files("uncramp") / "web" / "static" / name).read_text(encoding="utf-8")


@cache
def tokens(theme: Theme) -> Mapping[str, str]:
    """Name (without the dashes) to value, as the page has it in this theme."""
    text = COMMENT.sub("", sheet_text("tokens.css"))
    dark = DARK_BLOCK.search(text)
    first = ROOT_BLOCK.search(text)
    found = dict(LINE.findall(first[1] if first else ""))
    if theme == "dark" and dark:
        found |= dict(LINE.findall(dark[1]))
    return MappingProxyType({name: value.strip() for name, value in found.items()})


@cache
def pictures_sheet(theme: Theme) -> str:
    """`pictures.css` with every variable put in and no conditions: what a plain renderer reads."""
    known = tokens(theme)
    text = AT_RULE.sub("", COMMENT.sub("", sheet_text("pictures.css")))
    return USED.sub(lambda used: known[used[1]], text)
