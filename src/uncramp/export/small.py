"""Style sheets and scripts made small by simple means, so that a page of ours loads in one go."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import product
from string import ascii_letters
from typing import Final

__all__ = ["small_css", "small_html", "small_js"]

NEEDLESS_TAG: Final = re.compile(r"</(?:li|p)>")
CSS_NOISE: Final = re.compile(r"/\*.*?\*/|\n", re.DOTALL)
CSS_SPACE: Final = re.compile(r"\s*([{};,>])\s*|(?<=:) ")
JS_PARTS: Final = re.compile(
    r"""(?P<kept>"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|/\^[^/\n]+/)"""
    r"""|(?://[^\n]*|/\*.*?\*/)|\s*(?P<sign>[{}()\[\];,=+<>?:&|!-]+)\s*|(?P<name>[A-Za-z_$][\w$]*)"""
    r"""|\n\s*""",
    re.DOTALL,
)
JS_FUNCTION: Final = re.compile(r"\bfunction\b\s*(\w*)\s*\(([^)]*)\)")
JS_VARIABLES: Final = re.compile(r"\bvar\b")
SHORT_WORDS: Final = frozenset({"do", "if", "in"})
"""Words of the language that a made-up name may not hit."""
OPENING, CLOSING = "([{", ")]}"


def small_html(markup: str) -> str:
    """Markup without line breaks, and without the closing tags that HTML does not ask for.

    For markup as ours is: no text goes on in a new line, nor after a list item or a paragraph.
    """
    lines = (line.strip() for line in markup.split("\n"))
    return NEEDLESS_TAG.sub("", "".join(lines))


def small_css(css: str) -> str:
    """The sheet without comments, line breaks and idle spaces; quoted texts hold no space."""
    return CSS_SPACE.sub(lambda found: found[1] or "", CSS_NOISE.sub(" ", css)).strip()


def small_js(script: str) -> str:
    """The script without comments and idle spaces, and with short names for what it declares.

    For scripts written as ours are: every statement ends in a semicolon, and a regular expression
    begins with `^`. A name that is also a key of an object keeps its length.
    """
    short = short_names(script)
    before = ""

    def part(found: re.Match[str]) -> str:
        nonlocal before
        if found["name"]:
            is_property = script[: found.start()].endswith(".")
            return found["name"] if is_property else short.get(found["name"], found["name"])
        return found["kept"] or found["sign"] or before

    return JS_PARTS.sub(part, script)


def short_names(script: str) -> dict[str, str]:
    """Declared name to a short one that the script does not use yet; frequent names come first."""
    names = [found for found in JS_PARTS.finditer(script) if found["name"]]
    keys = {one["name"] for one in names if re.match(r"\s*:", script[one.end() :])}
    counts = Counter(one["name"] for one in names)
    wanted = sorted(set(declared(script)) - keys, key=lambda name: (-counts[name], name))
    fresh = ("".join(letters) for n in (1, 2) for letters in product(ascii_letters, repeat=n))
    free = (name for name in fresh if name not in counts and name not in SHORT_WORDS)
    return dict(zip(wanted, free, strict=False))


def declared(script: str) -> Iterator[str]:
    """Every function, parameter and variable that the script declares."""
    for function in JS_FUNCTION.finditer(script):
        yield from (name for name in (function[1], *re.split(r"\W+", function[2])) if name)
    for variables in JS_VARIABLES.finditer(script):
        yield from listed(script, variables.end())


def listed(script: str, start: int) -> Iterator[str]:
    """The names of one `var` statement that goes on at `start`."""
    depth, is_next = 0, True
    for part in JS_PARTS.finditer(script, start):
        if part["name"] and depth == 0 and is_next:
            yield part["name"]
        is_next = is_next and not part["name"] and not part["sign"]
        for sign in part["sign"] or "":
            depth += (sign in OPENING) - (sign in CLOSING)
            is_next = sign == "," and depth == 0
            if depth < 0 or (sign == ";" and depth == 0):
                return
