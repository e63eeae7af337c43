"""The layout of an export: names, columns, cells; folders and zips to write to and read from.

docs/reference/export-format.md is the public copy. Version-neutral: no table of the database shows
through, so that another uncramp, or another program, can read it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from uncramp.envelope import dump, plain
from uncramp.errors import InputError, StoreError

__all__ = [
    "ABOUT_FILE",
    "ACTIVITY_COLUMNS",
    "EXPORT_VERSION",
    "LAP_COLUMNS",
    "ORIGINALS",
    "Sink",
    "Source",
    "about_of",
    "csv_bytes",
    "csv_rows",
    "is_export",
    "json_bytes",
    "number_text",
    "open_source",
    "original_name",
    "part_name",
    "stream_name",
    "writing_to",
]

EXPORT_SCHEMA: Final = "uncramp.export/"
EXPORT_VERSION: Final = 1
ABOUT_FILE: Final = "export.json"
ORIGINALS: Final = "originals"

ACTIVITY_COLUMNS: Final = (
    "id",
    "sport",
    "sub_sport",
    "title",
    "start_utc",
    "utc_offset_s",
    "elapsed_s",
    "moving_s",
    "distance_m",
    "ascent_m",
    "descent_m",
    "n_records",
    "mean_heart_rate_bpm",
    "reported_sweat_loss_l",
    "device",
    "device_serial",
    "file_created_utc",
    "watch_sex",
    "watch_age_y",
    "watch_height_cm",
    "watch_body_mass_kg",
    "excluded",
    "duplicate_of",
    "quality_flags",
    "source_file",
    "file_format",
    "original_sha256",
    "session_index",
    "decoder_version",
    "imported_at",
    "import_stamp",
)
LAP_COLUMNS: Final = ("id", "lap", "start_s", "elapsed_s", "timer_s", "distance_m")

DANGEROUS_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "'")
"""A spreadsheet would run such a text as a formula; an apostrophe in front stops that."""

MOST_MEMBERS: Final = 200_000
LARGEST_MEMBER: Final = 256 * 2**20
SMALL_ENOUGH: Final = 16 * 2**20
LARGEST_RATIO: Final = 200
"""Numbers as text shrink five- to fiftyfold; more is made to fill a memory."""
QUICK: Final = 3
"""Numbers as text pack nearly as well as at the best level."""
ZIP_DAY: Final = (1980, 1, 1, 0, 0, 0)


# ---------------------------------------------------------------- names


def part_name(folder: str, part: str) -> str:
    """Where one part of a runner's data is, such as `runners/1/runs.csv`."""
    ending = "csv" if part in {"runs", "laps"} else "json"
    return f"{folder}/{part}.{ending}"


def stream_name(folder: str, activity_id: int) -> str:
    """Where the channels of one activity are."""
    return f"{folder}/streams/{activity_id:06d}.csv"


def original_name(folder: str, sha256: str, file_format: str) -> str:
    """Where the bytes of one original file are."""
    letters = "".join(one for one in file_format.lower() if one.isalnum())[:16]
    return f"{folder}/{ORIGINALS}/{sha256}.{letters or 'bin'}"


# ---------------------------------------------------------------- cells


def number_text(value: float) -> str:
    """The shortest text that gives the same number back; whole numbers without a point."""
    said = repr(value)
    return said.removesuffix(".0")


def cell(value: object) -> str:
    """One value of a CSV file; missing is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number_text(value)
    said = value if isinstance(value, str) else str(plain(value))
    return f"'{said}" if isinstance(value, str) and said.startswith(DANGEROUS_STARTS) else said


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file: UTF-8, comma, one line of names, LF."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return file.getvalue().encode()


def csv_rows(content: bytes) -> Iterator[dict[str, str]]:
    """Rows by column name; the apostrophe of `cell` is taken off again."""
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    for row in reader:
        yield {
            name: value[1:] if value.startswith("'") else value
            for name, value in row.items()
            if isinstance(name, str) and isinstance(value, str)
        }


def json_bytes(document: Mapping[str, object]) -> bytes:
    """A JSON file."""
    return dump(document).encode() + b"\n"


# ---------------------------------------------------------------- writing


class Sink(Protocol):
    """Where an export goes."""

    def add(self, name: str, content: bytes) -> None:
        """One file of it."""


class FolderSink:
    """A folder of files for their owner only."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._folder = folder

    def add(self, name: str, content: bytes) -> None:
        """One file of it."""
        target = self._folder / name
        inner = Path(name).parent
        for folder in (*reversed(inner.parents), inner):
            (self._folder / folder).mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)


class ZipSink:
    """A zip file; members carry no clock, so that equal exports are equal files."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, content: bytes) -> None:
        """One file of it."""
        info = zipfile.ZipInfo(name, date_time=ZIP_DAY)
        info.external_attr = 0o600 << 16
        self._archive.writestr(
            info, content, compress_type=zipfile.ZIP_DEFLATED, compresslevel=QUICK
        )


@contextmanager
def writing_to(target: Path) -> Iterator[Sink]:
    """A sink for `target` (a zip when so named, else a folder), which appears whole or not at all.

    InputError `export_exists` when something is there already.
    """
    is_empty_folder = target.is_dir() and not any(target.iterdir())
    if target.exists() and not is_empty_folder:
        raise InputError("export_exists")
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix.lower() == ".zip":
            os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
            with zipfile.ZipFile(partial, "w", allowZip64=True) as archive:
                yield ZipSink(archive)
        else:
            yield FolderSink(partial)
            if is_empty_folder:
                target.rmdir()
        partial.replace(target)
    except OSError as error:
        raise StoreError("export_failed", values={"detail": error.strerror or ""}) from error
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)


# ---------------------------------------------------------------- reading


class Source:
    """An export that is read: a folder or a zip. Only names that we ask for are ever touched."""

    def __init__(
        self, *, read: Callable[[str], bytes | None], close: Callable[[], None] = lambda: None
    ) -> None:
        self._read = read
        self._close = close

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def find(self, name: str) -> bytes | None:
        """The bytes of one file; None when there is none of that name."""
        try:
            return self._read(name)
        except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError,
                ValueError) as error:  # fmt: skip
            # zipfile and zlib name what they cannot unpack in all these ways
            raise StoreError("export_damaged", values={"part": name}) from error

    def read(self, name: str) -> bytes:
        """The bytes of one file; StoreError `export_damaged` when it is missing."""
        content = self.find(name)
        if content is None:
            raise StoreError("export_damaged", values={"part": name})
        return content

    def table(self, name: str) -> list[dict[str, str]]:
        """Rows of a CSV file."""
        try:
            return list(csv_rows(self.read(name)))
        except (csv.Error, UnicodeDecodeError) as error:
            raise StoreError("export_damaged", values={"part": name}) from error

    def document(self, name: str) -> dict[str, Any]:
        """A JSON object."""
        try:
            found = json.loads(self.read(name))
        except ValueError as error:
            raise StoreError("export_damaged", values={"part": name}) from error
        if not isinstance(found, dict):
            raise StoreError("export_damaged", values={"part": name})
        return found


def open_source(path: Path) -> Source:
    """The export at `path`; StoreError `export_damaged` when it cannot be opened."""
    if path.is_dir():
        return Source(read=lambda name: file_in(path, name))
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise StoreError("export_damaged", values={"part": ABOUT_FILE}) from error
    if len(archive.infolist()) > MOST_MEMBERS:
        archive.close()
        raise StoreError("export_damaged", values={"part": ABOUT_FILE})
    return Source(read=lambda name: member_of(archive, name), close=archive.close)


def file_in(folder: Path, name: str) -> bytes | None:
    """A file below `folder`; None for what is no plain file or lies outside."""
    path = folder / name
    if ".." in Path(name).parts or path.is_symlink() or not path.is_file():
        return None
    if path.stat().st_size > LARGEST_MEMBER:
        raise StoreError("export_damaged", values={"part": name})
    return path.read_bytes()


def member_of(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """A member of a zip, its size checked before it is unpacked."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        return None
    room = min(LARGEST_MEMBER, max(SMALL_ENOUGH, LARGEST_RATIO * info.compress_size))
    if info.file_size > room:
        raise StoreError("export_damaged", values={"part": name})
    return archive.read(info)


def is_export(path: Path) -> bool:
    """Whether `path` is a folder or a zip that `uncramp export` wrote; told by its content."""
    try:
        if not path.is_dir() and not zipfile.is_zipfile(path):
            return False
        with open_source(path) as source:
            about = json.loads(source.find(ABOUT_FILE) or b"null")
    except (OSError, ValueError, StoreError):
        return False
    return isinstance(about, dict) and str(about.get("schema", "")).startswith(EXPORT_SCHEMA)


def about_of(source: Source) -> dict[str, Any]:
    """What the export says of itself; StoreError `export_newer` for a layout we do not know."""
    about = source.document(ABOUT_FILE)
    said = str(about.get("schema", "")).removeprefix(EXPORT_SCHEMA)
    if not said.isdecimal() or not isinstance(about.get("runners"), list):
        raise StoreError("export_damaged", values={"part": ABOUT_FILE})
    if int(said) > EXPORT_VERSION:
        raise StoreError("export_newer", values={"found": said, "known": EXPORT_VERSION})
    return about
