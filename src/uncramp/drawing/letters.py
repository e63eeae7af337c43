"""How wide a text is, read from the font that our images bring along.

Pages use other fonts; there `SLACK` leaves room, so that labels do not touch.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

__all__ = ["SLACK", "font_bytes", "known_signs", "shown_wrap", "text_width", "wrap"]

FILES: Final = MappingProxyType({False: "open-sans-regular.ttf", True: "open-sans-semibold.ttf"})
"""Bold or not to file."""
SLACK: Final = MappingProxyType({False: 1.14, True: 1.24})
"""So much wider than ours is DejaVu Sans, the widest font of the pages, in figures and digits.

Bold or not; measured in Chromium.
"""
UNKNOWN: Final = "?"


@cache
def font_bytes(*, bold: bool) -> bytes:
    """The font file."""
    return (files("uncramp.drawing") / "fonts" / FILES[bold]).read_bytes()


@cache
def advances(*, bold: bool) -> Mapping[str, float]:
    """Sign to its width, as a share of the letter size."""
    data = font_bytes(bold=bold)
    tables = {
        data[at : at + 4]: struct.unpack_from(">II", data, at + 8)
        for at in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)
    }
    head, hhea = tables[b"head"][0], tables[b"hhea"][0]
    units_per_size = struct.unpack_from(">H", data, head + 18)[0]
    n_metrics = struct.unpack_from(">H", data, hhea + 34)[0]
    hmtx = tables[b"hmtx"][0]
    widths = [struct.unpack_from(">H", data, hmtx + 4 * one)[0] for one in range(n_metrics)]
    glyphs = glyphs_of(data, tables[b"cmap"][0])
    last = n_metrics - 1
    return {sign: widths[min(glyph, last)] / units_per_size for sign, glyph in glyphs.items()}


def glyphs_of(data: bytes, cmap: int) -> dict[str, int]:
    """Sign to glyph, from the first table of segments (format 4) in `cmap`."""
    n_tables = struct.unpack_from(">H", data, cmap + 2)[0]
    starts = [cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * n)[0] for n in range(n_tables)]
    at = next(start for start in starts if struct.unpack_from(">H", data, start)[0] == 4)
    n = struct.unpack_from(">H", data, at + 6)[0] // 2
    columns = [struct.unpack_from(f">{n}H", data, at + 14 + 2 * n * column + 2 * (column > 0))
               for column in range(4)]  # fmt: skip
    offsets_at = at + 16 + 6 * n
    found = {}
    for index, (end, start, delta, offset) in enumerate(zip(*columns, strict=True)):
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if offset:
                place = offsets_at + 2 * index + offset + 2 * (code - start)
                glyph = struct.unpack_from(">H", data, place)[0]
                if not glyph:
                    continue
            found[chr(code)] = (glyph + delta) & 0xFFFF
    return found


def known_signs(text: str, *, bold: bool = False) -> str:
    """The text in signs that the font has: accents it lacks are dropped, the rest is a `?`."""
    widths = advances(bold=bold)
    shown = []
    for sign in unicodedata.normalize("NFC", " ".join(text.split())):
        plain = [one for one in unicodedata.normalize("NFKD", sign) if one in widths]
        shown.append(sign if sign in widths else "".join(plain) or UNKNOWN)
    return "".join(shown)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line of text is at this size of letters."""
    widths = advances(bold=bold)
    widest = max(widths.values())
    return size * sum(widths.get(sign, widest) for sign in text)


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """The text in lines that are not wider; a word that does not fit alone is broken.

    At least one sign stands in a line, however narrow.
    """
    lines: list[str] = []
    current = ""
    for word in text.split():
        joined = f"{current} {word}" if current else word
        if text_width(joined, size, bold=bold) <= width:
            current = joined
            continue
        if current:
            lines.append(current)
        *whole, current = broken(word, width, size, bold=bold)
        lines.extend(whole)
    return (*lines, current) if current else tuple(lines)


def shown_wrap(text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """The text in lines that are not wider in the font of a page either."""
    return wrap(text, width / SLACK[bold], size, bold=bold)


def broken(word: str, width: float, size: float, *, bold: bool) -> Sequence[str]:
    """A word in pieces that fit."""
    pieces = [""]
    for sign in word:
        if pieces[-1] and text_width(pieces[-1] + sign, size, bold=bold) > width:
            pieces.append("")
        pieces[-1] += sign
    return pieces
