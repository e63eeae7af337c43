"""`uncramp import`: files and folders into the store, each file by itself, twice never twice.

A file goes through two steps. `decode` reads, decodes and packs it without touching the store,
so that it could run in a pool of workers; `Intake.take` then stores what came back.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Protocol

from uncramp import activities
from uncramp.actions.context import Context
from uncramp.actions.runners import check_runner_name
from uncramp.errors import RefusedFileError
from uncramp.store.names import kept_name
from uncramp.store.packing import PackedReading, pack_reading
from uncramp.store.rows import ActivityRow, StoredRunner

__all__ = [
    "FlaggedActivity",
    "ImportResult",
    "ImportedActivity",
    "Progress",
    "RefusedFile",
    "decode",
    "import_paths",
]

HEAD_BYTES: Final = 4096
"""How much of a file in a folder is read to see whether it is an activity file at all."""

LARGEST_FILE_BYTES: Final = 256 * 1024 * 1024
"""A guard for memory: a day of one-second records is a few megabytes in any format."""

Status = Literal["added", "already_there"]


class Progress(Protocol):
    """Called before each file."""

    def __call__(self, *, done: int, total: int, name: str) -> None:
        """`done` of `total` files are finished; `name` comes next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedFile:
    """A file that stayed out; `wording` has the reason and the remedy."""

    file: str
    code: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedActivity:
    """One activity of a file that was given, whether it is new or not."""

    row: ActivityRow
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedActivity:
    """An activity in which something is missing, odd or was repaired."""

    file: str
    row: ActivityRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did; `added` and `already_there` count activities, not files."""

    runner: str
    added: int
    already_there: int
    flagged: tuple[FlaggedActivity, ...]
    refused: tuple[RefusedFile, ...]
    skipped: tuple[str, ...]
    """Names of files in folders that are no activity files."""
    activities: tuple[ImportedActivity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A file to import; `folder` is the folder it was found in, None when it was given itself."""

    path: Path
    folder: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file in a folder that is no activity file."""

    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A file whose content the runner's store holds already."""

    file: str
    sha256: str


Decoded = PackedReading | RefusedFile | Skipped | Known


def import_paths(
    context: Context, paths: Sequence[Path], *, progress: Progress | None = None
) -> ImportResult:
    """Take every activity in `paths` (files and folders) into the store of `context.runner`.

    The runner is made with the first activity, when there is none of that name yet. Interrupted,
    everything stored so far stays, and the same call goes on from there.
    """
    check_runner_name(context.runner)
    candidates, unreadable = find_candidates(paths)
    intake = Intake(context)
    known = intake.known_hashes()
    for found in unreadable:
        intake.take(found)
    fruitful: set[Path | None] = set()
    for done, candidate in enumerate(candidates):
        if progress is not None:
            progress(done=done, total=len(candidates), name=kept_name(candidate.path.name))
        decoded = decode(candidate, known=known)
        intake.take(decoded)
        if not isinstance(decoded, Skipped):
            fruitful.add(candidate.folder)
    if progress is not None:
        progress(done=len(candidates), total=len(candidates), name="")
    for path in dict.fromkeys(paths):
        if is_folder(path) and path not in fruitful and not unreadable:
            intake.take(RefusedFile(file=kept_name(path.absolute().name), code="no_activity_files"))
    return intake.result()


def find_candidates(paths: Sequence[Path]) -> tuple[list[Candidate], list[RefusedFile]]:
    """Files to try, in a fixed order, each once; and folders that cannot be looked into."""
    found: dict[Path, Candidate] = {}
    unreadable: list[RefusedFile] = []
    for path in paths:
        if is_folder(path):
            for one in files_below(path, lambda error: unreadable.append(from_system(error))):
                found.setdefault(one.absolute(), Candidate(path=one, folder=path))
        else:
            found[path.absolute()] = Candidate(path=path)
    return list(found.values()), unreadable


def is_folder(path: Path) -> bool:
    """Whether `path` is a folder; one that cannot be asked is treated as a file and refused."""
    try:
        return path.is_dir()
    except OSError:
        return False


def files_below(folder: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """Every file in `folder` and below, sorted."""
    for root, folders, files in os.walk(folder, onerror=on_error):
        folders.sort()
        for name in sorted(files):
            yield Path(root) / name


def decode(candidate: Candidate, *, known: frozenset[str] = frozenset()) -> Decoded:
    """Read, decode and pack one file; whatever goes wrong is an answer, never an exception.

    `known` holds SHA-256 of contents that are stored and need not be decoded again.
    """
    file = kept_name(candidate.path.name)
    try:
        data = read_file(candidate)
        if data is None:
            return Skipped(file=file)
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 in known:
            return Known(file=file, sha256=sha256)
        return decoded_and_packed(candidate.path.name, data)
    except RefusedFileError as error:
        return RefusedFile(file=file, code=error.code, values=error.values)
    except OSError as error:
        return from_system(error, file=file)
    except Exception as error:  # noqa: BLE001  the import's edge: a defect in one decoder must not
        # cost the other files. The type is kept, never the message, which may quote the file.
        values: dict[str, object] = {"problem": type(error).__name__}
        return RefusedFile(file=file, code="decoder_defect", values=values)


def read_file(candidate: Candidate) -> bytes | None:
    """The file's bytes; None for a file in a folder that is no activity file."""
    about = candidate.path.stat()
    is_named = candidate.folder is None
    if not stat.S_ISREG(about.st_mode):
        if is_named:
            raise RefusedFileError("not_a_file")
        return None
    with candidate.path.open("rb") as file:
        if not is_named:
            head = file.read(HEAD_BYTES)
            if not activities.looks_like_activity(head, candidate.path.name):
                return None
            file.seek(0)
        if about.st_size > LARGEST_FILE_BYTES:
            raise RefusedFileError("file_too_large", values={"megabytes": about.st_size // 10**6})
        return file.read()


def decoded_and_packed(name: str, data: bytes) -> PackedReading:
    """One file's activities, ready to store."""
    reading = activities.read_bytes(data, name=name)
    if not reading.activities:
        raise RefusedFileError("no_activity")
    return pack_reading(
        name=name,
        data=data,
        activities=reading.activities,
        sha256=reading.sha256,
        file_format=reading.file_format,
        decoder_version=activities.DECODER_VERSION,
    )


def from_system(error: OSError, *, file: str | None = None) -> RefusedFile:
    """A file or folder that the system does not let us read."""
    name = kept_name(str(error.filename or "")) if file is None else file
    code = "file_missing" if isinstance(error, FileNotFoundError) else "file_unreadable"
    return RefusedFile(file=name, code=code, values={"problem": error.strerror or ""})


class Intake:
    """The writing side of one import: stores what is handed to it and counts."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._runner = context.store.find_runner(context.runner)
        self._statuses: dict[int, Status] = {}
        self._files: dict[int, str] = {}
        self._refused: list[RefusedFile] = []
        self._skipped: list[str] = []

    def known_hashes(self) -> frozenset[str]:
        """Contents that this runner's store holds already."""
        if self._runner is None:
            return frozenset()
        return self._context.store.original_hashes(self._runner)

    def take(self, decoded: Decoded) -> None:
        """Store one file, or note why not."""
        if isinstance(decoded, RefusedFile):
            self._refused.append(decoded)
        elif isinstance(decoded, Skipped):
            self._skipped.append(decoded.file)
        elif isinstance(decoded, Known):
            ids = self._context.store.activity_ids(self._known_runner(), decoded.sha256)
            self._note(ids, "already_there", decoded.file)
        else:
            runner = self._known_runner()
            added = self._context.store.add_reading(runner, decoded, at=self._context.now)
            status: Status = "added" if added.is_new else "already_there"
            self._note(added.activity_ids, status, decoded.file_name)

    def _note(self, activity_ids: Iterable[int], status: Status, file: str) -> None:
        """Remember what became of a file's activities; what was said of one first, stays."""
        for activity_id in activity_ids:
            self._statuses.setdefault(activity_id, status)
            self._files.setdefault(activity_id, file)

    def _known_runner(self) -> StoredRunner:
        """The runner, made now when there is none of that name."""
        if self._runner is None:
            store = self._context.store
            self._runner = store.add_runner(self._context.runner, at=self._context.now)
        return self._runner

    def result(self) -> ImportResult:
        """What was done, with the stored summaries."""
        rows = self._rows()
        imported = tuple(
            ImportedActivity(row=rows[activity_id], status=status)
            for activity_id, status in self._statuses.items()
        )
        n_added = sum(one.status == "added" for one in imported)
        return ImportResult(
            runner=self._context.runner,
            added=n_added,
            already_there=len(imported) - n_added,
            flagged=tuple(
                FlaggedActivity(file=self._files[one.row.activity_id], row=one.row)
                for one in imported
                if one.row.flags
            ),
            refused=tuple(self._refused),
            skipped=tuple(self._skipped),
            activities=imported,
        )

    def _rows(self) -> dict[int, ActivityRow]:
        """Summaries of everything stored for the runner, by id."""
        if self._runner is None or not self._statuses:
            return {}
        return {row.activity_id: row for row in self._context.store.activities(self._runner)}
