"""Finding a plugged-in watch, and importing what a folder is given as time goes on.

Where to look, how to wait and when to stop are passed in, so that tests need neither a watch nor
patience.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from uncramp.actions.context import Context
from uncramp.actions.decoding import Candidate
from uncramp.actions.finding import files_below
from uncramp.actions.importing import ImportResult, import_candidates
from uncramp.actions.runners import check_runner_name
from uncramp.errors import InputError, NotFoundError

__all__ = ["find_device_folders", "volume_roots", "watch_folder"]

ACTIVITY_FOLDERS: Final = (("garmin", "activity"), ("garmin", "activities"), ("activity",),
                           ("activities",), ("fit_files",), ("exports",))  # fmt: skip
"""Where watches keep activities, in small letters; the first that is there counts."""
FIT: Final = ".fit"
POLL_S: Final = 5.0
"""A file that has not changed between two looks is whole."""
DRIVE_LETTERS: Final = "DEFGHIJKLMNOPQRSTUVWXYZ"

Snapshot = dict[Path, tuple[int, int]]


def volume_roots() -> list[Path]:
    """Every mounted volume that may be a watch, on Linux, macOS and Windows."""
    if sys.platform == "win32":
        drives = (Path(f"{letter}:\\") for letter in DRIVE_LETTERS)
        return [drive for drive in drives if drive.exists()]
    if sys.platform == "darwin":
        return folders_in(Path("/Volumes"))
    near = [Path("/media"), Path("/run/media"), Path("/mnt")]
    shared = Path(f"/run/user/{os.getuid()}/gvfs")
    below = [folder for root in near for folder in folders_in(root)]
    deeper = [folder for root in below for folder in folders_in(root)]
    return [*below, *deeper, *folders_in(shared)]


def folders_in(folder: Path) -> list[Path]:
    """Folders right inside `folder`, sorted; none when it is not there or may not be read."""
    try:
        return sorted(path for path in folder.iterdir() if is_folder(path))
    except OSError:
        return []


def is_folder(path: Path) -> bool:
    """Whether `path` is a folder that can be asked."""
    try:
        return path.is_dir()
    except OSError:
        return False


def find_device_folders(roots: Sequence[Path] | None = None) -> list[Path]:
    """Folders with activities on plugged-in watches; NotFoundError `no_watch` when there is none.

    Looks on every volume of `roots`, and one folder further down, where newer watches keep theirs.
    """
    found: list[Path] = []
    for root in volume_roots() if roots is None else roots:
        folder = activity_folder(root)
        inner = () if folder is not None else folders_in(root)
        found += [one for one in (folder, *map(activity_folder, inner)) if one is not None]
    if not found:
        raise NotFoundError("no_watch")
    return list(dict.fromkeys(found))


def activity_folder(volume: Path) -> Path | None:
    """Where this volume keeps activities; the volume itself when FIT files lie right on it."""
    for names in ACTIVITY_FOLDERS:
        folder: Path | None = volume
        for name in names:
            folder = None if folder is None else folder_called(folder, name)
        if folder is not None and has_file(folder):
            return folder
    return volume if has_file(volume, ending=FIT) else None


def folder_called(folder: Path, name: str) -> Path | None:
    """The folder of this name inside, in whatever case it is written."""
    return next((one for one in folders_in(folder) if one.name.lower() == name), None)


def has_file(folder: Path, *, ending: str = FIT) -> bool:
    """Whether a file with this ending lies right inside."""
    try:
        return any(path.name.lower().endswith(ending) for path in folder.iterdir())
    except OSError:
        return False


def watch_folder(
    open_context: Callable[[], Context],
    folder: Path,
    *,
    tell: Callable[[Context, ImportResult], None],
    sleep: Callable[[float], None] = time.sleep,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Import what is in `folder` and whatever comes, until `stop` or Ctrl-C.

    A file is taken once it has stopped growing, and again when it changes. Each batch is an
    import of its own, with a store opened for it, and is told only when something came of it.
    """
    if not is_folder(folder):
        raise InputError("not_a_folder")
    with open_context() as context:
        check_runner_name(context.runner)
    before: Snapshot = {}
    taken: Snapshot = {}
    while not stop():
        now = snapshot(folder)
        whole = [path for path, state in now.items() if before.get(path) == state]
        fresh = [path for path in whole if taken.get(path) != now[path]]
        if fresh:
            with open_context() as context:
                candidates = [Candidate(path=path, folder=folder) for path in fresh]
                result = import_candidates(context, candidates)
                if result.stamp is not None or result.refused:
                    tell(context, result)
            taken |= {path: now[path] for path in fresh}
        before = now
        sleep(POLL_S)


def ignored(error: OSError) -> None:
    """A folder that cannot be looked into just now is looked into the next time."""
    del error


def snapshot(folder: Path) -> Snapshot:
    """Size and moment of change of every file in `folder` and below."""
    found: Snapshot = {}
    for path in files_below(folder, ignored):
        with suppress(OSError):
            about = path.stat()
            found[path] = (about.st_size, about.st_mtime_ns)
    return found
