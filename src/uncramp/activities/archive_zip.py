"""Zip files read with distrust: what the directory claims is checked before anything is unpacked,
and again while it is.

The standard library's reader trusts headers in a few places (one undecodable name and the whole
archive is lost) and keeps large objects for each member, so this is our own: the central directory
once, then any member as a stream of small pieces. Nothing is ever written under a member's name.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Final, Protocol

from uncramp.activities.archive_members import HEAD_BYTES, bare_name
from uncramp.errors import RefusedFileError

__all__ = ["LARGEST_RATIO", "MOST_MEMBERS", "SMALL_ENOUGH", "Budget", "Entry", "ZipArchive"]

MOST_MEMBERS: Final = 200_000
"""Twenty years of everything a watch writes stay below; more is made to fill memory."""
LARGEST_RATIO: Final = 200
"""Text of a tracker shrinks twenty- to fiftyfold, zeros a thousandfold."""
SMALL_ENOUGH: Final = 16 * 2**20
"""Bytes that may come from however little."""
SMALL_ARCHIVE: Final = 256 * 2**20
LARGEST_TOTAL: Final = 64 * 2**30
"""Bytes out of one archive, nested ones included."""

LOCAL_MAGIC: Final = b"PK\x03\x04"
CENTRAL_MAGIC: Final = b"PK\x01\x02"
END_MAGIC: Final = b"PK\x05\x06"
END64_MAGIC: Final = b"PK\x06\x06"
LOCATOR64_MAGIC: Final = b"PK\x06\x07"
LOCAL: Final = struct.Struct("<4s5H3I2H")
CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
END: Final = struct.Struct("<4s4H2IH")
END64: Final = struct.Struct("<4sQ2H2I4Q")
LOCATOR64: Final = struct.Struct("<4sIQI")
LONGEST_COMMENT: Final = 65_535
IN_EXTRA_16: Final = 0xFFFF
IN_EXTRA_32: Final = 0xFFFFFFFF
ZIP64_EXTRA: Final = 1

ENCRYPTED: Final = 0x0001 | 0x0040
UTF8_NAME: Final = 0x0800
STORED: Final = 0
DEFLATED: Final = 8
ENCRYPTED_METHOD: Final = 99

PACKED_STEP: Final = 2**16
UNPACKED_STEP: Final = 2**20


class Inflate(Protocol):
    """What we use of the library's unpacker, whose own type has no public name."""

    @property
    def eof(self) -> bool:
        """Whether the packed data has come to its end."""

    @property
    def unconsumed_tail(self) -> bytes:
        """What was given but not yet unpacked."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """The next bytes, `max_length` at most."""


@dataclass(slots=True)
class Budget:
    """What may still come out of an archive and all archives in it."""

    members: int = MOST_MEMBERS
    bytes_left: int = LARGEST_TOTAL

    @classmethod
    def for_size(cls, packed: int) -> Budget:
        """The budget of a whole archive file of `packed` bytes."""
        return cls(bytes_left=min(LARGEST_TOTAL, max(SMALL_ARCHIVE, LARGEST_RATIO * packed)))

    @property
    def is_spent(self) -> bool:
        """Whether more came out already than may; then nothing else is tried."""
        return self.bytes_left < 0 or self.members < 0

    def spend(self, n_bytes: int) -> None:
        """Count bytes that came out; raises RefusedFileError when it is too much."""
        self.bytes_left -= n_bytes
        if self.bytes_left < 0:
            raise RefusedFileError("zip_bomb")


@dataclass(frozen=True, slots=True)
class Entry:
    """One member as the central directory describes it."""

    name: str
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    offset: int


class ZipArchive:
    """The members of one zip file that is open for reading."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        """Read the directory; RefusedFileError when it is damaged or promises too much."""
        self._file = file
        self._budget = budget
        self._file_size = file.seek(0, 2)
        start, count = self._directory()
        if count > budget.members:
            raise RefusedFileError("zip_too_many", values={"limit": MOST_MEMBERS})
        self.entries = list(self._entries(start))
        if self.unpacked_size > max(SMALL_ARCHIVE, LARGEST_RATIO * self._file_size):
            raise RefusedFileError("zip_bomb")

    @property
    def unpacked_size(self) -> int:
        """Bytes of all members, as the directory tells."""
        return sum(entry.size for entry in self.entries)

    @property
    def is_spent(self) -> bool:
        """Whether the budget of the whole archive is used up."""
        return self._budget.is_spent

    # The directory

    def _read_at(self, place: int, n_bytes: int) -> bytes:
        if place < 0:
            raise RefusedFileError("zip_damaged")
        self._file.seek(place)
        return self._file.read(n_bytes)

    def _unpacked(self, layout: struct.Struct, place: int) -> tuple[int, ...]:
        """The numbers at `place`, without the magic in front."""
        data = self._read_at(place, layout.size)
        if len(data) < layout.size:
            raise RefusedFileError("zip_damaged")
        values: tuple[int, ...] = layout.unpack(data)[1:]
        return values

    def _directory(self) -> tuple[int, int]:
        """Where the central directory starts, and how many members it tells.

        It has to stand where it says: the end of a zip within a zip that was cut short would
        otherwise pass for the end of the whole.
        """
        tail_start = max(0, self._file_size - END.size - LONGEST_COMMENT)
        found = self._read_at(tail_start, END.size + LONGEST_COMMENT).rfind(END_MAGIC)
        if found < 0:
            raise RefusedFileError("zip_damaged")
        end = tail_start + found
        _, _, _, count, size, offset, _ = self._unpacked(END, end)
        if (count == IN_EXTRA_16 or IN_EXTRA_32 in (size, offset)) and end >= LOCATOR64.size:
            locator = self._read_at(end - LOCATOR64.size, LOCATOR64.size)
            if locator.startswith(LOCATOR64_MAGIC):
                end, count, size, offset = self._directory64(end, locator)
        if end - size != offset:
            raise RefusedFileError("zip_damaged")
        return offset, count

    def _directory64(self, end: int, locator: bytes) -> tuple[int, int, int, int]:
        """The same for archives of more than 4 GiB or 65,535 members."""
        told = LOCATOR64.unpack(locator)[2]
        for place in (told, end - LOCATOR64.size - END64.size):
            if 0 <= place < end and self._read_at(place, 4) == END64_MAGIC:
                numbers = self._unpacked(END64, place)
                return place, numbers[6], numbers[7], numbers[8]
        raise RefusedFileError("zip_damaged")

    def _entries(self, start: int) -> Iterator[Entry]:
        self._file.seek(start)
        while True:
            fixed = self._file.read(CENTRAL.size)
            if len(fixed) < CENTRAL.size or not fixed.startswith(CENTRAL_MAGIC):
                return
            _, _, _, flags, method, _, _, checksum, packed, size, *rest = CENTRAL.unpack(fixed)
            name_size, extra_size, comment_size, _, _, _, offset = rest
            name = self._file.read(name_size)
            extra = self._file.read(extra_size)
            self._file.seek(comment_size, 1)
            self._budget.members -= 1
            if self._budget.members < 0:
                raise RefusedFileError("zip_too_many", values={"limit": MOST_MEMBERS})
            if name.endswith(b"/"):
                continue
            size, packed, offset = _with_extra(extra, size, packed, offset)
            yield Entry(_name(name, flags), flags, method, checksum, packed, size, offset)

    # One member

    def head(self, entry: Entry) -> bytes:
        """Its first kilobytes; nothing when it cannot be unpacked."""
        try:
            start = self._data_start(entry)
            packed = self._read_at(start, min(entry.packed, HEAD_BYTES))
        except RefusedFileError:
            return b""
        if entry.method == STORED:
            return packed
        try:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, HEAD_BYTES)
        except zlib.error:
            return b""

    def read(self, entry: Entry, *, limit: int) -> bytes:
        """All its bytes; RefusedFileError when it is damaged, locked or larger than `limit`."""
        whole = BytesIO()
        for piece in self.pieces(entry, limit=limit):
            whole.write(piece)
        return whole.getvalue()

    def pieces(self, entry: Entry, *, limit: int) -> Iterator[bytes]:
        """Its bytes piece by piece; RefusedFileError as `read`."""
        if entry.size > limit:
            raise RefusedFileError("too_large", values={"limit_mb": limit // 2**20})
        if entry.size > max(SMALL_ENOUGH, LARGEST_RATIO * entry.packed):
            raise RefusedFileError("zip_bomb")
        start = self._data_start(entry)
        left, checksum = entry.size, 0
        for piece in self._unpack(entry, start):
            left -= len(piece)
            if left < 0:
                raise RefusedFileError("zip_member_damaged")
            self._budget.spend(len(piece))
            checksum = zlib.crc32(piece, checksum)
            yield piece
        if left or checksum != entry.checksum:
            raise RefusedFileError("zip_member_damaged")

    def _data_start(self, entry: Entry) -> int:
        if entry.flags & ENCRYPTED or entry.method == ENCRYPTED_METHOD:
            raise RefusedFileError("zip_encrypted")
        if entry.method not in (STORED, DEFLATED):
            raise RefusedFileError("zip_method")
        header = self._read_at(entry.offset, LOCAL.size)
        if len(header) < LOCAL.size or not header.startswith(LOCAL_MAGIC):
            raise RefusedFileError("zip_member_damaged")
        name_size, extra_size = LOCAL.unpack(header)[-2:]
        start: int = entry.offset + LOCAL.size + name_size + extra_size
        if start + entry.packed > self._file_size:
            raise RefusedFileError("zip_member_damaged")
        return start

    def _unpack(self, entry: Entry, start: int) -> Iterator[bytes]:
        """Pieces of at most a megabyte; places are sought each time, since pieces of different
        members may be asked for in turns."""
        inflate = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == DEFLATED else None
        for done in range(0, entry.packed, PACKED_STEP):
            waiting = self._read_at(start + done, min(PACKED_STEP, entry.packed - done))
            if inflate is None:
                yield waiting
            else:
                yield from _inflated(inflate, waiting)
        if inflate is not None:
            yield from _inflated(inflate, b"")


def _inflated(inflate: Inflate, waiting: bytes) -> Iterator[bytes]:
    """What `waiting` unpacks to; with nothing waiting, what the unpacker still keeps back."""
    while not inflate.eof:
        try:
            piece = inflate.decompress(waiting, UNPACKED_STEP)
        except zlib.error as problem:
            raise RefusedFileError("zip_member_damaged") from problem
        waiting = inflate.unconsumed_tail
        if piece:
            yield piece
        if not waiting and len(piece) < UNPACKED_STEP:
            return


def _name(raw: bytes, flags: int) -> str:
    """The bare name; without the mark for UTF-8 it may still be UTF-8, else it is DOS letters."""
    try:
        return bare_name(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return bare_name(raw.decode("utf-8" if flags & UTF8_NAME else "cp437", errors="replace"))


def _with_extra(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The three numbers, from the extra field where they are too large for the directory."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if kind == ZIP64_EXTRA:
            told = extra[place + 4 : place + 4 + length]
            larger = [
                int.from_bytes(told[i : i + 8], "little") for i in range(0, len(told) // 8 * 8, 8)
            ]
            numbers = [
                larger.pop(0) if number == IN_EXTRA_32 and larger else number
                for number in (size, packed, offset)
            ]
            return numbers[0], numbers[1], numbers[2]
        place += 4 + length
    return size, packed, offset
