"""Files out of a form as they come in, straight into a place of our own.

The framework's reader keeps every file of a form open, and in memory up to a megabyte each; that
is nothing for many hundred files. Here one file is open at a time, and nothing lies elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import BinaryIO, Final

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from uncramp.errors import StoreError, UncrampError

__all__ = ["receive"]

LONGEST_FIELD: Final = 64 * 1024
MOST_FIELDS: Final = 100
BAD_REQUEST: Final = 400
DISK_FULL: Final = 28

Begin = Callable[[str], BinaryIO]
"""Opens a file for what is sent under this name."""


async def receive(request: Request, begin: Begin) -> Mapping[str, str]:
    """Write each file of the form where `begin` says; its other fields come back.

    The first trouble that `begin` makes is raised when the whole form has come in, so that the
    browser hears of it; what comes after it is dropped.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise HTTPException(BAD_REQUEST)
    form = Form(begin)
    parser = form.parser(boundary)
    try:
        async for piece in request.stream():
            if piece:
                await run_in_threadpool(parser.write, piece)
        await run_in_threadpool(parser.finalize)
    except FormParserError as error:
        raise HTTPException(BAD_REQUEST) from error
    except ClientDisconnect as error:
        raise HTTPException(BAD_REQUEST) from error
    finally:
        form.close()
    if form.trouble is not None:
        raise form.trouble
    return form.fields


class Form:
    """One form while it comes in."""

    def __init__(self, begin: Begin) -> None:
        self.fields: dict[str, str] = {}
        self.trouble: UncrampError | None = None
        self._begin = begin
        self._file: BinaryIO | None = None
        self._is_file = False
        self._name = ""
        self._value = bytearray()
        self._header, self._told = bytearray(), bytearray()
        self._disposition = b""

    def parser(self, boundary: bytes) -> MultipartParser:
        """What takes the form apart and tells us of each part."""
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self.part_begins,
                "on_header_field": self.header_goes_on,
                "on_header_value": self.value_of_header,
                "on_header_end": self.header_ends,
                "on_headers_finished": self.headers_end,
                "on_part_data": self.data_comes,
                "on_part_end": self.part_ends,
            },
        )

    def close(self) -> None:
        """Close what is open; twice is no harm."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None

    # What the parser tells

    def part_begins(self) -> None:
        """A new part."""
        self._header.clear()
        self._told.clear()
        self._value.clear()
        self._disposition, self._name, self._is_file = b"", "", False

    def header_goes_on(self, data: bytes, start: int, end: int) -> None:
        """Part of a header's name."""
        self._header += data[start:end]

    def value_of_header(self, data: bytes, start: int, end: int) -> None:
        """Part of a header's value."""
        self._told += data[start:end]

    def header_ends(self) -> None:
        """A header is whole."""
        if bytes(self._header).lower() == b"content-disposition":
            self._disposition = bytes(self._told)
        self._header.clear()
        self._told.clear()

    def headers_end(self) -> None:
        """What kind of part this is."""
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        told_name = options.get(b"filename")
        self._is_file = told_name is not None
        if told_name and self.trouble is None:
            try:
                self._file = self._begin(told_name.decode("utf-8", "replace"))
            except UncrampError as error:
                self.trouble = error

    def data_comes(self, data: bytes, start: int, end: int) -> None:
        """A piece of the part."""
        if self._file is not None:
            try:
                self._file.write(data[start:end])
            except OSError as error:
                self._fail(error)
        elif not self._is_file:
            self._value += data[start:end]
            if len(self._value) > LONGEST_FIELD:
                raise HTTPException(BAD_REQUEST)

    def part_ends(self) -> None:
        """The part is whole."""
        if self._file is not None:
            file, self._file = self._file, None
            try:
                file.close()
            except OSError as error:
                self._fail(error)
        elif not self._is_file and self._name:
            if len(self.fields) >= MOST_FIELDS:
                raise HTTPException(BAD_REQUEST)
            self.fields[self._name] = bytes(self._value).decode("utf-8", "replace")

    def _fail(self, error: OSError) -> None:
        """The disk does not take it."""
        self.close()
        code = "store_full" if error.errno == DISK_FULL else "store_folder"
        values = {} if code == "store_full" else {"detail": error.strerror or ""}
        self.trouble = self.trouble or StoreError(code, values=values)
