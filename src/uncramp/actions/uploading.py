"""Files that a browser sends: kept in a private folder, imported like any others, then gone.

Every upload has a room of its own in the data folder. Folders of the sender mean nothing: a file
lies under its bare name, cleaned, in a numbered folder that is ours. What a server that was cut
off left behind is cleared away by the next one.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from uncramp.actions.context import Context
from uncramp.actions.decoding import Candidate
from uncramp.actions.finding import find_candidates, is_folder
from uncramp.actions.importing import ImportedActivity, ImportResult, import_candidates
from uncramp.actions.runners import check_runner_name
from uncramp.actions.safekeeping import import_export, is_export
from uncramp.errors import InputError, StoreError
from uncramp.store.database import make_private_folder
from uncramp.store.names import kept_name
from uncramp.store.rows import ImportRun

if TYPE_CHECKING:
    from uncramp.actions.reimporting import ReimportResult

__all__ = [
    "MOST_FILES",
    "ROOMS",
    "Count",
    "PastImport",
    "Room",
    "StopAskedError",
    "Taken",
    "clear_leftovers",
    "past_imports",
    "take_in",
    "take_in_room",
]

ROOMS: Final = "uploads"
"""Folder inside the data folder."""
MOST_FILES: Final = 5000
"""In one upload; an archive counts as one."""
LONGEST_NAME: Final = 200
"""Bytes of a file's name; every disk takes as many."""
NOT_IN_A_NAME: Final = re.compile(r"[^\w ._+()\-]")
NEVER_A_NAME: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
ROOM_NAME: Final = re.compile(r"(\d+)-[0-9a-f]+")
OLD_S: Final = 86_400.0
"""Nobody uploads for a whole day."""
SHOWN_IMPORTS: Final = 20
MADE_HERE: Final[set[Path]] = set()
"""Rooms of this very process; after a restart its number may be that of the one before."""


class StopAskedError(Exception):
    """Raised inside long work when its reader wants it to end; what is stored stays."""


class Count:
    """How far long work has come; `show` is called as it goes on."""

    def show(self, *, done: int, total: int, done_bytes: int = 0, total_bytes: int = 0) -> None:
        """`done` of `total` are finished. Raises StopAskedError when no more is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of files that were handed over."""

    result: ImportResult | None = None
    """None when an export of ours was taken in."""
    reimport: ReimportResult | None = None
    is_stopped: bool = False
    """Whether the reader ended it early; then only what was stored is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastImport:
    """An earlier import that can be taken back."""

    stamp: str
    day: str
    n_activities: int


# ---------------------------------------------------------------- a room for each upload


class Room:
    """A private folder for one upload, and what lies in it."""

    def __init__(self, data_dir: Path, *, most_files: int = MOST_FILES) -> None:
        """Make the folder; StoreError `store_folder` when that is not possible."""
        make_private_folder(data_dir)
        make_private_folder(data_dir / ROOMS)
        self.folder = data_dir / ROOMS / f"{os.getpid()}-{secrets.token_hex(8)}"
        MADE_HERE.add(self.folder)
        make_private_folder(self.folder)
        self.candidates: list[Candidate] = []
        self._most_files = most_files
        self._names: Counter[str] = Counter()

    def begin(self, told_name: str) -> BinaryIO:
        """A new file for what was sent as `told_name`, open for writing.

        InputError `too_many_files`; StoreError when the disk does not take it.
        """
        if len(self.candidates) >= self._most_files:
            raise InputError("too_many_files", values={"most": self._most_files})
        name = cleaned(told_name)
        number = self._names[name.casefold()]
        self._names[name.casefold()] += 1
        place = self.folder / str(number)
        path = place / name
        try:
            place.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise StoreError("store_folder", values={"detail": error.strerror or ""}) from error
        is_in_folder = "/" in told_name or "\\" in told_name
        self.candidates.append(Candidate(path=path, folder=self.folder if is_in_folder else None))
        return os.fdopen(descriptor, "wb")

    def place(self, name: str) -> Path:
        """Where a file of ours of this name goes."""
        return self.folder / cleaned(name)

    def remove(self) -> None:
        """Delete everything in it, and the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        MADE_HERE.discard(self.folder)


def cleaned(told_name: str) -> str:
    """The bare name as it may lie on any disk: no folder, no e-mail address, nothing hidden.

    Example: `cleaned("../../etc/.pass:wd")` is `"pass_wd"`.
    """
    name = NOT_IN_A_NAME.sub("_", kept_name(told_name)).lstrip(". ").rstrip(". ")
    name = name.encode()[-LONGEST_NAME:].decode(errors="ignore").lstrip(". ")
    if not name or NEVER_A_NAME.fullmatch(name):
        return f"file_{name}"
    return name


def clear_leftovers(data_dir: Path) -> int:
    """Delete rooms whose server is gone; how many. For the start of a server."""
    rooms = data_dir / ROOMS
    if not is_folder(rooms):
        return 0
    left = [room for room in rooms.iterdir() if is_left_over(room)]
    for room in left:
        shutil.rmtree(room, ignore_errors=True)
    return len(left)


def is_left_over(room: Path) -> bool:
    """Whether nobody is filling `room` any more."""
    if room in MADE_HERE:
        return False
    with suppress(OSError):
        if time.time() - room.stat().st_mtime > OLD_S:
            return True
    found = ROOM_NAME.fullmatch(room.name)
    if found is None:
        return False
    process = int(found[1])
    return process == os.getpid() or not is_alive(process)


def is_alive(process: int) -> bool:
    """Whether a process of this number runs; on Windows nobody can be asked without harm."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


# ---------------------------------------------------------------- into the store


def take_in_room(context: Context, room: Room, count: Count) -> Taken:
    """Import what lies in `room`, and delete the copies, whatever comes of it."""
    try:
        exports = [one for one in room.candidates if is_export(one.path)]
        if not exports:
            return take_in(context, (), count, candidates=room.candidates)
        if len(room.candidates) > 1:
            raise InputError("export_alone")

        def shown(*, done: int, total: int, name: str) -> None:
            del name
            count.show(done=done, total=total)

        try:
            return Taken(reimport=import_export(context, exports[0].path, progress=shown))
        except StopAskedError:
            return Taken(is_stopped=True)
    finally:
        room.remove()


def take_in(
    context: Context,
    paths: Sequence[Path],
    count: Count,
    *,
    candidates: Sequence[Candidate] | None = None,
) -> Taken:
    """Import `paths`, or `candidates` that were found already; can be stopped between two files."""
    check_runner_name(context.runner)
    found, unreadable = (candidates, []) if candidates is not None else find_candidates(paths)
    folders = () if unreadable else tuple(path for path in paths if is_folder(path))
    before = {one.stamp for one in stamps(context)}

    def shown(*, done: int, total: int, done_bytes: int, total_bytes: int, name: str) -> None:
        del name
        count.show(done=done, total=total, done_bytes=done_bytes, total_bytes=total_bytes)

    try:
        result = import_candidates(
            context, found, refused=unreadable, folders=folders, progress=shown
        )
    except StopAskedError:
        return Taken(result=stored_by_now(context, before), is_stopped=True)
    return Taken(result=result)


def stamps(context: Context) -> list[ImportRun]:
    """Imports of the runner, oldest first; none when there is no such runner yet."""
    if not context.has_store:
        return []
    runner = context.store.find_runner(context.runner)
    return [] if runner is None else context.store.import_stamps(runner)


def stored_by_now(context: Context, before: set[str]) -> ImportResult:
    """What an import that was ended early has stored; what it refused is not known any more."""
    mine = f"{context.now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    new = [one.stamp for one in stamps(context) if one.stamp not in before]
    stamp = next((one for one in new if one.startswith(mine)), None)
    runner = context.store.find_runner(context.runner) if context.has_store else None
    rows = [] if runner is None else context.store.activities(runner, with_duplicates=True)
    mine_rows = [row for row in rows if stamp is not None and row.import_stamp == stamp]
    activities = tuple(
        ImportedActivity(row=row, status="added" if row.duplicate_of is None else "linked")
        for row in mine_rows
    )
    n_linked = sum(one.status == "linked" for one in activities)
    return ImportResult(
        runner=context.runner,
        added=len(activities) - n_linked,
        already_there=0,
        linked=n_linked,
        flagged=(),
        refused=(),
        skipped=(),
        skipped_for={},
        activities=activities,
        stamp=stamp,
    )


def past_imports(context: Context) -> tuple[PastImport, ...]:
    """The newest imports of which anything is stored, newest first."""
    zone = context.now.tzinfo
    return tuple(
        PastImport(
            stamp=one.stamp,
            day=f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}",
            n_activities=one.n_activities,
        )
        for one in reversed(stamps(context)[-SHOWN_IMPORTS:])
    )
