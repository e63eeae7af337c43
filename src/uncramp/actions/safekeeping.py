"""Keeping data safe: a backup in one file, putting one back, and erasing a runner for good.

The export and its way back stand in `exporting` and `reimporting`; the check-up in `doctor`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from uncramp import __version__
from uncramp.actions.context import Context
from uncramp.actions.export_format import is_export
from uncramp.errors import InputError, NotFoundError, StoreError
from uncramp.store.copies import (
    OpenFlag,
    check_copy,
    database_path,
    look_into,
    move_aside,
    replace_content,
    scrub,
    unpack_copy,
    write_copy,
)
from uncramp.store.names import DATABASE_FILE, JOURNAL_FILE, MIRROR_FILE

if TYPE_CHECKING:
    from uncramp.actions.reimporting import ReimportProgress, ReimportResult
    from uncramp.store.rows import FlagKind, StoredRunner
    from uncramp.store.store import Store

__all__ = [
    "BACKUPS",
    "BackupResult",
    "ErasePlan",
    "Erased",
    "RestoreResult",
    "automatic_backups",
    "backup",
    "copies_beside",
    "erase",
    "import_export",
    "is_export",
    "leftovers",
    "plan_erase",
    "restore",
]

BACKUPS: Final = "backups"
"""Folder inside the data folder."""
KEPT_BACKUPS: Final = 10
NAME: Final = "uncramp-{moment}{ending}.sqlite3"
AUTOMATIC: Final = re.compile(
    r"uncramp-\d{4}-\d\d-\d\d-\d{6}(?:-\d+)?(?:-before-restore)?\.sqlite3"
)
BEFORE_RESTORE: Final = "-before-restore"
DAMAGED: Final = "-damaged"
WORKROOM: Final = ".restoring-"
SMALL_FILES: Final = (MIRROR_FILE, "now_journal*.jsonl", "now_unread.jsonl")
JOURNALS: Final = "now_journal*.jsonl"
UNREAD: Final = "now_unread.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupResult:
    """A backup that was written and read again."""

    file: str
    """Its bare name."""
    is_automatic: bool
    """Whether it lies in the data folder under a name of ours, and makes room for later ones."""
    size: int
    n_runners: int
    n_activities: int
    removed: int
    """Older automatic ones that made room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreResult:
    """What was put back, and what became of the state before."""

    file: str
    written_at: datetime | None
    """When the backup was made; None when it does not say."""
    n_runners: int
    n_activities: int
    kept_before: str | None
    """Name of the backup of the state before; None when there was none."""
    was_damaged: bool
    """Whether the database before could not be read and was set aside as it was."""
    n_flags_kept: int
    """Stops and locks that the backup does not know and that stay open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePlan:
    """What will be gone."""

    runner: str
    n_activities: int
    n_originals: int
    n_answers: int
    n_marks: int
    n_advice: int
    n_flags: int
    n_sweat_tests: int
    """Those that were taken out too."""
    n_documents: int
    """Races, plans and what belongs to them, taken out or not."""
    backups: tuple[str, ...]
    """Names of copies in the data folder that may still hold the runner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What is gone; `is_scrubbed` is False when the file could not be tidied up."""

    plan: ErasePlan
    is_scrubbed: bool


# ---------------------------------------------------------------- backup


def backup(context: Context, target: Path | None = None) -> BackupResult:
    """Write database, open flags and journal into one file, while others may read and write.

    Without a `target` it gets a dated name in the data folder, where the last ten are kept.
    InputError `backup_exists`; NotFoundError `nothing_to_back_up`; StoreError `backup_elsewhere`
    when the database is no file.
    """
    database = file_of(context)
    if not database.exists():
        if not context.has_store:
            raise NotFoundError("nothing_to_back_up")
        context.store.close()  # takes the journal in
    file, is_automatic = place_for(context, target)
    about = write_copy(
        database,
        file,
        files=small_files(context.data_dir),
        at=context.now,
        package_version=__version__,
    )
    removed = make_room(context.data_dir, newest=file) if is_automatic else 0
    return BackupResult(
        file=file.name,
        is_automatic=is_automatic,
        size=file.stat().st_size,
        n_runners=about.n_runners,
        n_activities=about.n_activities,
        removed=removed,
    )


def file_of(context: Context) -> Path:
    """The database file; StoreError `backup_elsewhere` when the database is none."""
    database = database_path(context.data_dir, context.database_url)
    if database is None:
        raise StoreError("backup_elsewhere")
    return database


def place_for(context: Context, target: Path | None) -> tuple[Path, bool]:
    """Where the backup goes, and whether that is our own place for them."""
    try:
        if target is None:
            folder = context.data_dir / BACKUPS
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return free_name(folder, context.now), True
        if target.is_dir():
            return free_name(target, context.now), False
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError("backup_failed", values={"detail": error.strerror or ""}) from error
    if target.exists():
        raise InputError("backup_exists")
    return target, False


def free_name(folder: Path, now: datetime, *, ending: str = "") -> Path:
    """A dated name that nothing in `folder` has."""
    moment = f"{now:%Y-%m-%d-%H%M%S}"
    found, number = folder / NAME.format(moment=moment, ending=ending), 1
    while found.exists():
        number += 1
        found = folder / NAME.format(moment=f"{moment}-{number}", ending=ending)
    return found


def small_files(folder: Path) -> dict[str, bytes]:
    """Open flags and journal, by name; what vanishes meanwhile was taken into the database."""
    found = {}
    for pattern in SMALL_FILES:
        for path in sorted(folder.glob(pattern)):
            with suppress(FileNotFoundError):
                found[path.name] = path.read_bytes()
    return found


def automatic_backups(folder: Path) -> list[Path]:
    """Backups under names of ours in the data folder, oldest first."""
    found = (folder / BACKUPS).glob("uncramp-*.sqlite3")
    return sorted((path for path in found if AUTOMATIC.fullmatch(path.name)), key=age_key)


def age_key(path: Path) -> tuple[str, int, str]:
    """What puts names into the order of their making."""
    moment, number = path.name[8:25], re.match(r"-(\d+)", path.name[25:])
    return moment, int(number[1]) if number else 1, path.name


def make_room(folder: Path, *, newest: Path, spared: Path | None = None) -> int:
    """Remove automatic backups beyond the last ten; how many."""
    old = automatic_backups(folder)[:-KEPT_BACKUPS]
    removed = 0
    for path in old:
        if path not in {newest, spared}:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


# ---------------------------------------------------------------- restore


def restore(context: Context, path: Path) -> RestoreResult:
    """Put a backup in the place of everything stored; all of it or nothing.

    The file is checked first, brought up to date beside the database, and the present state is
    backed up. Then SQLite replaces the whole content in one transaction. Stops and locks that are
    open now stay open: no backup clears one.
    """
    database = file_of(context)
    about = check_copy(path)
    context.close()
    make_private_folder_of(context.data_dir)
    remove_leftovers(context.data_dir)
    kept, is_damaged = keep_present(context, database, spared=path)
    with workroom(context.data_dir) as room:
        unpack_copy(path, room / DATABASE_FILE)
        fill_journals(room, context.data_dir, about.files)
        is_readable = kept is not None and not is_damaged
        flags = look_into(database).open_flags if is_readable else mirrored_flags(context)
        n_flags = bring_up_to_date(context, room, flags)
        if is_damaged:
            move_aside(database, aside_name(context))
        replace_content(room / DATABASE_FILE, database)
        take_over_small_files(room, context.data_dir)
    with context.store as store:  # writes the mirror of open flags
        runners = store.runners()
        n_activities = sum(len(rows_of(store, one)) for one in runners)
    context.close()
    return RestoreResult(
        file=path.name,
        written_at=about.written_at,
        n_runners=len(runners),
        n_activities=n_activities,
        kept_before=kept,
        was_damaged=is_damaged,
        n_flags_kept=n_flags,
    )


def make_private_folder_of(folder: Path) -> None:
    """The data folder, made when there is none."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / BACKUPS).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreError("store_folder", values={"detail": error.strerror or ""}) from error


def keep_present(context: Context, database: Path, *, spared: Path) -> tuple[str | None, bool]:
    """Back up what is there now: the backup's name, and whether the database is past reading."""
    if not database.exists() or not database.stat().st_size:
        return None, False
    target = free_name(context.data_dir / BACKUPS, context.now, ending=BEFORE_RESTORE)
    try:
        write_copy(
            database,
            target,
            files=small_files(context.data_dir),
            at=context.now,
            package_version=__version__,
        )
    except StoreError as error:
        if error.code != "store_damaged":
            raise
        return aside_name(context).name, True
    make_room(context.data_dir, newest=target, spared=spared)
    return target.name, False


def aside_name(context: Context) -> Path:
    """Where a database goes that cannot be read."""
    return free_name(context.data_dir / BACKUPS, context.now, ending=DAMAGED)


@contextmanager
def workroom(folder: Path) -> Iterator[Path]:
    """A private folder for making ready, gone afterwards."""
    room = folder / f"{WORKROOM}{os.getpid()}"
    try:
        room.mkdir(mode=0o700)
        yield room
    except OSError as error:
        raise StoreError("backup_failed", values={"detail": error.strerror or ""}) from error
    finally:
        shutil.rmtree(room, ignore_errors=True)


def leftovers(folder: Path) -> list[Path]:
    """Folders of restores that were cut off."""
    return sorted(folder.glob(f"{WORKROOM}*"))


def remove_leftovers(folder: Path) -> None:
    """Clear away what cut-off restores left; they hold copies of runs."""
    for path in leftovers(folder):
        shutil.rmtree(path, ignore_errors=True)


def fill_journals(room: Path, folder: Path, kept: Mapping[str, bytes]) -> None:
    """What `now` noted, in the backup and since, for the store to take in."""
    lines: dict[bytes, None] = {}
    now_there = small_files(folder)
    for name, content in (*kept.items(), *now_there.items()):
        if Path(name).match(JOURNALS):
            lines |= dict.fromkeys(line for line in content.splitlines() if line.strip())
    if lines:
        (room / JOURNAL_FILE).write_bytes(b"\n".join(lines) + b"\n")
    if UNREAD in kept:
        (room / UNREAD).write_bytes(kept[UNREAD])


def mirrored_flags(context: Context) -> list[OpenFlag]:
    """Stops and locks that are open according to the mirror, when the database cannot tell."""
    at, mirror = context.now, context.data_dir / MIRROR_FILE
    try:
        runners = json.loads(mirror.read_text(encoding="utf-8"))["runners"]
        return [
            OpenFlag(runner=str(name), kind=kind, flag_id=str(flag_id), opened_at=at)
            for name, flags in runners.items()
            for kind in ("stop", "lock")
            for flag_id in flags[f"{kind}s"]
        ]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []


def bring_up_to_date(context: Context, room: Path, flags: Iterable[OpenFlag]) -> int:
    """Migrate the copy, take the journals in, open `flags`; how many of these were new to it."""
    from uncramp.store.store import Store

    n_new = 0
    with Store.open(room, at=context.now) as store:
        for flag in flags:
            runner = store.find_runner(flag.runner)
            runner = runner or store.add_runner(flag.runner, at=context.now)
            kind: FlagKind = "stop" if flag.kind == "stop" else "lock"
            known = {(one.kind, one.flag_id) for one in store.open_flags(runner)}
            if (kind, flag.flag_id) not in known:
                store.open_flag(runner, flag_id=flag.flag_id, kind=kind, at=flag.opened_at)
                n_new += 1
    return n_new


def take_over_small_files(room: Path, folder: Path) -> None:
    """The journals are in the database now; lines that nobody could read are kept."""
    for path in folder.glob(JOURNALS):
        path.unlink(missing_ok=True)
    if (room / UNREAD).exists() and not (folder / UNREAD).exists():
        (room / UNREAD).replace(folder / UNREAD)


def rows_of(store: Store, runner: StoredRunner) -> list[object]:
    """Every activity of a runner."""
    return [*store.activities(runner, with_excluded=True, with_duplicates=True)]


# ---------------------------------------------------------------- an export taken in again


def import_export(
    context: Context, path: Path, *, progress: ReimportProgress | None = None
) -> ReimportResult:
    """Take in what `uncramp export` wrote; see `reimporting`, which loads the decoders."""
    from uncramp.actions import reimporting

    return reimporting.import_export(context, path, progress=progress)


# ---------------------------------------------------------------- erase


def plan_erase(context: Context, name: str) -> ErasePlan:
    """What erasing the runner `name` would take away; nothing is changed."""
    if not context.has_store:
        raise NotFoundError("unknown_runner", values={"runner": name, "known": "–"})
    store = context.store
    runner = store.runner(name)
    rows = store.activities(runner, with_excluded=True, with_duplicates=True)
    return ErasePlan(
        runner=name,
        n_activities=len(rows),
        n_originals=len(store.original_hashes(runner)),
        n_answers=store.count_answers(runner),
        n_marks=len(store.marks(runner)),
        n_advice=len(store.advice(runner)),
        n_flags=len(store.flags(runner)),
        n_sweat_tests=len(store.sweat_test_rows(runner)),
        n_documents=len(store.documents(runner, with_removed=True)),
        backups=tuple(copies_beside(context)),
    )


def copies_beside(context: Context) -> list[str]:
    """Names of copies of the database in the data folder, oldest first."""
    database = database_path(context.data_dir, context.database_url)
    beside = [] if database is None else sorted(database.parent.glob(f"{database.name}.before-*"))
    kept = sorted((context.data_dir / BACKUPS).glob("*"), key=age_key)
    return [path.name for path in (*beside, *kept)]


def erase(context: Context, name: str) -> Erased:
    """Remove a runner for good: from tables, free space of the file, open flags and journal.

    Backups and exports are not covered.
    """
    plan = plan_erase(context, name)
    store = context.store
    try:
        store.erase_runner(store.runner(name))
    except StoreError:
        if store.find_runner(name) is not None:
            raise  # nothing was erased; else only the tidying up failed, and is tried again below
    context.close()
    forget_in_small_files(context.data_dir, name)
    remove_leftovers(context.data_dir)
    database = database_path(context.data_dir, context.database_url)
    return Erased(plan=plan, is_scrubbed=database is not None and scrub(database))


def forget_in_small_files(folder: Path, name: str) -> None:
    """Take lines that name the runner out of the journals, and of the lines nobody could read.

    The store took the journal in when it was opened, so that as a rule nothing is left here.
    """
    said = json.dumps(name), json.dumps(name, ensure_ascii=False)
    marks = [f'"runner":{space}{one}'.encode() for one in said for space in ("", " ")]
    for pattern in SMALL_FILES[1:]:
        for path in folder.glob(pattern):
            content = path.read_bytes()
            lines = content.splitlines(keepends=True)
            kept = [line for line in lines if not any(mark in line for mark in marks)]
            if len(kept) == len(lines):
                continue
            if kept:
                rewrite(path, b"".join(kept))
            else:
                path.unlink()


def rewrite(path: Path, content: bytes) -> None:
    """Replace a small file in one step, for its owner only."""
    waiting = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(path)
