"""Hostile, broken and ordinary XML of GPX and TCX files, element by element.

Everything is turned into text first: what is checked is then exactly what is parsed, in any
encoding. Entity declarations are refused before the parser sees them, small damage is repaired,
and a file that breaks off still gives what came before.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite, nan
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

import numpy as np

from uncramp.errors import RefusedFileError
from uncramp.vocabulary import QualityFlag, Stream

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray

__all__ = ["Points", "XmlFile", "epoch_s", "number", "root_name", "unpack_text"]

BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CHUNK: Final = 1 << 16
FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FORBIDDEN_REFERENCE = re.compile(
    r"&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.I
)
BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
HIDDEN_PARTS = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.S)
ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")

SCALES: Final = MappingProxyType(
    {
        "latitude_deg": (10_000_000.0,),
        "longitude_deg": (10_000_000.0,),
        "elevation_m": (1.0, 10.0, 100.0, 1000.0),
        "distance_m": (1.0, 10.0, 100.0, 1000.0),
        "speed_m_s": (1.0, 1000.0),
        "heart_rate_bpm": (1.0, 10.0),
        "cadence_rpm": (1.0, 10.0),
        "power_w": (1.0, 10.0),
        "temp_watch_c": (1.0, 10.0, 100.0),
    }
)
"""Steps per unit that are tried for a channel; the first that holds every value is used."""
LARGEST_VALUE: Final = 1e9
"""Larger numbers in a file are damage, and would not fit an integer channel."""


def unpack_text(data: bytes) -> tuple[str, bool]:
    """The file as text, and whether bytes had to be replaced."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace"), False
    if data[:2] == b"<\0":
        return data.decode("utf-16-le", errors="replace"), False
    if data[:2] == b"\0<":
        return data.decode("utf-16-be", errors="replace"), False
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError:
        declared = re.search(rb"encoding=.(iso-8859-1|latin-?1|windows-1252)", data[:200], re.I)
        return data.decode("cp1252", errors="replace"), declared is None


def root_name(text: str) -> str | None:
    """Local name of the first element, in lower case; `html` also for a page's DOCTYPE."""
    position = 0
    while (hidden := HIDDEN_PARTS.match(text, position)) and hidden.end() > position:
        position = hidden.end()
    if text[position : position + 14].lower() == "<!doctype html":
        return "html"
    if text[position : position + 2] == "<!":
        return "doctype"
    found = ROOT.match(text, position)
    return found.group(1).lower() if found else None


@dataclass(slots=True)
class XmlFile:
    """The elements of one file; `flags` tells what was repaired once all were read."""

    flags: list[QualityFlag] = field(default_factory=list)

    def elements(self, data: bytes) -> Iterator[tuple[str, str, str, Element]]:
        """(`start` or `end`, local name, local name of the parent, element), in file order.

        An element is emptied and forgotten after its end has been seen.
        """
        parser: XMLPullParser[Element] = XMLPullParser(events=("start", "end"))
        parents: list[tuple[str, Element]] = []
        text = self._safe_text(data)
        try:
            for start in range(0, len(text), CHUNK):
                parser.feed(text[start : start + CHUNK])
                yield from _walk(parser, parents)
            parser.close()
        except ParseError:
            yield from _walk(parser, parents)
            if parents:
                self.flags.append(QualityFlag(code="truncated", kind="odd"))
            else:
                self.flags.append(QualityFlag(code="trailing_bytes", kind="odd"))

    def _safe_text(self, data: bytes) -> str:
        text, repaired = unpack_text(data)
        if re.search(r"<!\s*(?:DOCTYPE|ENTITY)", text, re.I):
            raise RefusedFileError("hostile_xml")
        text, forbidden = FORBIDDEN.subn("", text)
        text, references = FORBIDDEN_REFERENCE.subn("", text)
        text, ampersands = BARE_AMPERSAND.subn("&amp;", text)
        if repaired or forbidden or references or ampersands:
            self.flags.append(QualityFlag(code="text_repaired", kind="repaired"))
        return DECLARATION.sub("", text[max(0, text.find("<")) :], count=1)


def _walk(
    parser: XMLPullParser[Element], parents: list[tuple[str, Element]]
) -> Iterator[tuple[str, str, str, Element]]:
    for event, element in _events(parser):
        name = element.tag.rpartition("}")[2]
        if event == "start":
            yield "start", name, parents[-1][0] if parents else "", element
            parents.append((name, element))
        else:
            parents.pop()
            yield "end", name, parents[-1][0] if parents else "", element
            if parents:
                parents[-1][1].remove(element)


def _events(parser: XMLPullParser[Element]) -> Iterator[tuple[str, Element]]:
    """The parser's events up to the first damage, which is left for the parser to report."""
    return cast("Iterator[tuple[str, Element]]", parser.read_events())


@dataclass(slots=True)
class Points:
    """Track points as they are read, one list per channel."""

    epoch_s: list[float] = field(default_factory=list)
    values: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in SCALES})
    segment_starts: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.epoch_s)

    def add(self, point: dict[str, float]) -> None:
        """Take one point in; what it does not carry is null."""
        self.epoch_s.append(point.get("epoch_s", nan))
        for channel, values in self.values.items():
            values.append(point.get(channel, nan))

    def begin_segment(self) -> None:
        """What follows is not joined to what came before."""
        self.segment_starts.append(len(self.epoch_s))

    def extend(self, other: Points) -> None:
        """Put another track behind this one, as a new segment."""
        self.segment_starts.extend(len(self) + start for start in (0, *other.segment_starts))
        self.epoch_s.extend(other.epoch_s)
        for channel, values in self.values.items():
            values.extend(other.values[channel])

    def times(self) -> FloatArray:
        """Unix time of each point, NaN where it has none."""
        return np.array(self.epoch_s, dtype=np.float64)

    def streams(self) -> dict[str, Stream]:
        """The channels that carry anything, as integers."""
        arrays = {name: np.array(values) for name, values in self.values.items()}
        return {
            name: _stream(name, values)
            for name, values in arrays.items()
            if np.isfinite(values).any()
        }


def _stream(channel: str, values: FloatArray) -> Stream:
    null = ~(np.abs(values) < LARGEST_VALUE)  # also where it is not a number
    values = np.where(null, 0.0, values)
    scale = 1.0
    for scale in SCALES[channel]:
        steps = np.rint(values * scale)
        if np.abs(steps - values * scale).max() < 1e-3:
            break
    dtype = np.result_type(
        np.min_scalar_type(int(steps.min())), np.min_scalar_type(int(steps.max()))
    )
    return Stream(
        channel=channel,
        values=steps.astype(dtype),
        scale=scale,
        null=null if null.any() else None,
    )


def number(text: str | None) -> float:
    """The number an element holds, NaN when it holds none."""
    try:
        value = float(text or "")
    except ValueError:
        return nan
    return value if isfinite(value) else nan


def epoch_s(text: str | None) -> float:
    """Unix time of an ISO 8601 moment, NaN when it is none; without a zone it is universal."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return nan
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.timestamp()
    except (OverflowError, ValueError):
        return nan
