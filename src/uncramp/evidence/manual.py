"""The manual: what `docs/` tells readers, as plain text in sections, for `uncramp ask` to search.

In a wheel it lies in `uncramp/manual`; in a checkout it is read from `docs/` itself, so that there
is one text and nothing to keep in step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

__all__ = ["FOLDERS", "LEFT_OUT", "ManualSection", "manual_sections"]

FOLDERS: Final = ("tutorial", "how-to", "explanation", "reference")
LEFT_OUT: Final = frozenset(
    {
        "reference/ask",
        "reference/cli",
        "reference/http-api",
        "reference/plain-words",
        "reference/validation",
        "reference/web-quality",
    }
)
"""Lists to look things up in, and the pages about how words are understood."""

HEADING: Final = re.compile(r"(?m)^#{1,6} ")
FENCE: Final = re.compile(r"(?ms)^```.*?^```\s*$")
NOTE: Final = re.compile("<!--.*?-->", re.DOTALL)
TABLE_ROW: Final = re.compile(r"(?m)^\s*\|.*$")
LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
MARKS: Final = re.compile(r"[*`_]{1,2}(?=\S)|(?<=\S)[*`_]{1,2}")
BLANKS: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualSection:
    """One section of a page; `page` is folder and file without ending."""

    page: str
    title: str
    """Of the page."""
    heading: str
    """Of the section; that of the page for what stands before the first."""
    text: str


@cache
def manual_sections() -> tuple[ManualSection, ...]:
    """Every section that says something in sentences, by page; none where no manual was shipped."""
    found: list[ManualSection] = []
    root = _root()
    for folder in FOLDERS:
        for path in sorted((root / folder).glob("*.md")):
            page = f"{folder}/{path.stem}"
            if page not in LEFT_OUT:
                found += _sections(page, path.read_text(encoding="utf-8"))
    return tuple(found)


def _root() -> Path:
    package = Path(str(files("uncramp")))
    shipped = package / "manual"
    return shipped if shipped.is_dir() else package.parent.parent / "docs"


def _sections(page: str, markdown: str) -> Iterator[ManualSection]:
    title = ""
    for part in HEADING.split(NOTE.sub("", FENCE.sub("", markdown))):
        heading, _, body = part.partition("\n")
        heading, text = _plain(heading), _plain(TABLE_ROW.sub("", body))
        title = title or heading
        if heading and text:
            yield ManualSection(page=page, title=title, heading=heading, text=text)


def _plain(markdown: str) -> str:
    return BLANKS.sub(" ", MARKS.sub("", LINK.sub(r"\1", markdown))).strip()
