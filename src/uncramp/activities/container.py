"""What a file is, by its content, and its bytes unpacked within bounds."""

from __future__ import annotations

import zlib
from typing import Final

from uncramp.activities.fit_scan import has_fit_header
from uncramp.activities.polar import looks_like_session
from uncramp.activities.xml_stream import root_name, unpack_text
from uncramp.errors import RefusedFileError

__all__ = [
    "APPLE",
    "FIT",
    "GPX",
    "LARGEST_UNPACKED",
    "POLAR",
    "TCX",
    "file_format",
    "looks_like_activity",
    "unpack",
]

FIT: Final = "fit"
GPX: Final = "gpx"
TCX: Final = "tcx"
APPLE: Final = "apple"
POLAR: Final = "polar"
FORMAT_OF_ROOT: Final = {"gpx": GPX, "trainingcenterdatabase": TCX, "appleworkout": APPLE}

GZIP_MAGIC: Final = b"\x1f\x8b"
ZIP_MAGIC: Final = b"PK\x03\x04"
ENDINGS: Final = (".fit", ".gpx", ".tcx")

LARGEST_UNPACKED: Final = 128 * 2**20
"""Bytes; several times the longest recordings known."""
SMALL_ENOUGH: Final = 16 * 2**20
LARGEST_RATIO: Final = 200
"""Real recordings shrink ten- to fiftyfold; beyond this a large file is made to fill memory."""
DEEPEST_PACKING: Final = 2
STEP: Final = 2**20
HEAD: Final = 4096


def looks_like_activity(head: bytes, name: str) -> bool:
    """Whether a file is worth reading: `head` is its first few kilobytes, `name` decides only
    where the content does not."""
    if head.startswith(GZIP_MAGIC):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, HEAD)
        except zlib.error:
            head = b""
    if has_fit_header(head):
        return True
    if root_name(unpack_text(head[:HEAD])[0]) in FORMAT_OF_ROOT or looks_like_session(head):
        return True
    return name.lower().removesuffix(".gz").endswith(ENDINGS)


def unpack(data: bytes) -> tuple[bytes, bool]:
    """The bytes inside any gzip wrapping, and whether the wrapping was damaged."""
    damaged = False
    for _ in range(DEEPEST_PACKING):
        if not data.startswith(GZIP_MAGIC):
            break
        data, broken = _gunzip(data)
        damaged = damaged or broken
    if len(data) > LARGEST_UNPACKED:
        raise _too_large()
    return data, damaged


def _too_large() -> RefusedFileError:
    return RefusedFileError("too_large", values={"limit_mb": LARGEST_UNPACKED // 2**20})


def _gunzip(data: bytes) -> tuple[bytes, bool]:
    """Unpacked bytes of one or more gzip members; what came before damage is kept.

    The checksum is looked at here, not by zlib, which would keep the last part to itself.
    """
    pieces: list[bytes] = []
    room = min(LARGEST_UNPACKED, max(SMALL_ENOUGH, LARGEST_RATIO * len(data)))
    rest = data
    while rest.startswith(GZIP_MAGIC):
        member = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
        waiting, checksum = rest[_gzip_header_size(rest) :], 0
        while not member.eof:
            try:
                piece = member.decompress(waiting, STEP)
            except zlib.error:
                return b"".join(pieces), True
            room -= len(piece)
            if room < 0:
                raise _too_large()
            pieces.append(piece)
            checksum = zlib.crc32(piece, checksum)
            waiting = member.unconsumed_tail
            if not piece and not waiting and not member.eof:
                return b"".join(pieces), True
        trailer, rest = member.unused_data[:8], member.unused_data[8:]
        if int.from_bytes(trailer[:4], "little") != checksum:
            return b"".join(pieces), True
    return b"".join(pieces), False


def _gzip_header_size(data: bytes) -> int:
    """Bytes before the packed data: ten, and what the flags say (extra, name, comment, sum)."""
    flags = data[3] if len(data) > 3 else 0
    size = 10
    if flags & 4:
        size += 2 + int.from_bytes(data[size : size + 2], "little")
    for text in (8, 16):
        if flags & text:
            size = data.find(b"\0", size) + 1 or len(data)
    return size + (2 if flags & 2 else 0)


def file_format(data: bytes) -> str:
    """`fit`, `gpx`, `tcx`, `apple` or `polar`; anything else is refused with its reason."""
    if not data.strip(b"\0 \t\r\n"):
        raise RefusedFileError("empty")
    if has_fit_header(data):
        return FIT
    if data.startswith(ZIP_MAGIC):
        raise RefusedFileError("zip_archive")
    if looks_like_session(data[: 16 * HEAD]):
        return POLAR
    root = root_name(unpack_text(data[: 4 * HEAD])[0])
    if root in FORMAT_OF_ROOT:
        return FORMAT_OF_ROOT[root]
    if root in ("html", "head", "body"):
        raise RefusedFileError("html_page")
    if root == "doctype":
        raise RefusedFileError("hostile_xml")
    raise RefusedFileError("other_xml" if root else "unknown_format")
