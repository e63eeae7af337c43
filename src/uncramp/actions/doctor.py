"""`uncramp doctor`: a check-up of the program, the data folder and the database.

It changes nothing and opens no store, so that it can look at one that is damaged or newer. Each
check is one line with an id, a status and values; `wording` has the words and the remedy.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from uncramp.actions.context import Context
from uncramp.actions.safekeeping import BACKUPS, automatic_backups, leftovers
from uncramp.errors import StoreError
from uncramp.store.copies import DatabaseState, database_path, look_into
from uncramp.store.names import MIRROR_FILE

__all__ = ["Check", "CheckUp", "check_up"]

Status = Literal["ok", "warn", "fail"]

OLDEST_PYTHON: Final = (3, 11)
OLDEST_SQLITE: Final = (3, 35, 0)
"""Older ones lack what the statements use."""
LITTLE_SPACE: Final = 200 * 2**20
NO_SPACE: Final = 20 * 2**20
OLD_BACKUP: Final = timedelta(days=30)
CLOCK_SLACK: Final = timedelta(hours=1)
FIRST_YEAR, LAST_YEAR = 2025, 2100
"""A clock outside says that the battery of its machine is flat."""
WIDEST_ZONE: Final = timedelta(hours=14)
JOURNALS: Final = "now_journal*.jsonl"
UNREAD: Final = "now_unread.jsonl"
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
NO_VALUES: Final[Mapping[str, object]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the check-up: `doctor.<id>.<finding>` has its words."""

    id: str
    status: Status
    finding: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckUp:
    """Every line, in a fixed order."""

    checks: tuple[Check, ...]

    @property
    def has_failed(self) -> bool:
        """Whether something needs mending before uncramp can be relied on."""
        return any(check.status == "fail" for check in self.checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is looked at."""

    context: Context
    database: Path | None
    state: DatabaseState | None
    trouble: str | None
    """Code of the error that reading the database gave."""

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self.context.data_dir

    @property
    def trouble_finding(self) -> str:
        """What is wrong with a database that cannot be looked into."""
        known = {
            "foreign_database": "foreign",
            "store_locked": "busy",
            "backup_failed": "unreadable",
        }
        return known.get(self.trouble or "", "damaged")

    @property
    def is_there(self) -> bool:
        """Whether there is a database file with something in it."""
        return (
            self.database is not None
            and self.database.exists()
            and self.database.stat().st_size > 0
        )


def check_up(context: Context) -> CheckUp:
    """Look at everything; nothing is made or changed."""
    database = database_path(context.data_dir, context.database_url)
    state, trouble = None, None
    if database is not None and database.exists() and database.stat().st_size:
        try:
            state = look_into(database)
        except StoreError as error:
            trouble = error.code
    patient = Patient(context=context, database=database, state=state, trouble=trouble)
    looks: tuple[Callable[[Patient], Iterator[Check]], ...] = (
        look_at_python,
        look_at_sqlite,
        look_at_extras,
        look_at_clock,
        look_at_folder,
        look_at_files,
        look_at_space,
        look_at_database,
        look_at_tables,
        look_at_journal,
        look_at_mirror,
        look_at_backups,
    )
    return CheckUp(checks=tuple(check for look in looks for check in look(patient)))


def line(
    check_id: str, status: Status, finding: str, values: Mapping[str, object] = NO_VALUES
) -> Check:
    """One line."""
    return Check(id=check_id, status=status, finding=finding, values=dict(values))


# ---------------------------------------------------------------- the machine


def look_at_python(patient: Patient) -> Iterator[Check]:
    """Python's version."""
    del patient
    values = {
        "found": ".".join(map(str, sys.version_info[:3])),
        "needed": ".".join(map(str, OLDEST_PYTHON)),
    }
    is_fit = sys.version_info[:2] >= OLDEST_PYTHON
    yield line("python", "ok" if is_fit else "fail", "ok" if is_fit else "old", values)


def look_at_sqlite(patient: Patient) -> Iterator[Check]:
    """SQLite's version."""
    del patient
    values = {"found": sqlite3.sqlite_version, "needed": ".".join(map(str, OLDEST_SQLITE))}
    is_fit = sqlite3.sqlite_version_info >= OLDEST_SQLITE
    yield line("sqlite", "ok" if is_fit else "fail", "ok" if is_fit else "old", values)


def look_at_extras(patient: Patient) -> Iterator[Check]:
    """Optional parts of the package: which are there; none of them is needed."""
    del patient
    wanted = optional_packages()
    missing = sorted({package for package in wanted if not is_installed(package)})
    found = sorted(wanted - set(missing))
    values = {"found": ", ".join(found) or "–", "missing": ", ".join(missing) or "–"}
    yield line("extras", "ok", "some" if wanted else "none", values)


def optional_packages() -> set[str]:
    """Packages that only an extra of ours asks for."""
    try:
        asked = metadata.requires("uncramp") or []
    except metadata.PackageNotFoundError:  # run from its source
        return set()
    return {re.split(r"[<>=!~\[; ]", one)[0] for one in asked if "extra ==" in one}


def is_installed(package: str) -> bool:
    """Whether a package can be used."""
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def look_at_clock(patient: Patient) -> Iterator[Check]:
    """The clock against the calendar and against what is stored, and the time zone."""
    now = patient.context.now
    values = {"now": f"{now:%Y-%m-%d %H:%M}", "zone": f"{now:%z}" or "–"}
    newest = None if patient.state is None else patient.state.newest_at
    offset = now.utcoffset()
    if not FIRST_YEAR <= now.year <= LAST_YEAR:
        yield line("clock", "fail", "year", values)
    elif newest is not None and newest - CLOCK_SLACK > now:
        yield line("clock", "fail", "behind", {**values, "newest": f"{newest:%Y-%m-%d}"})
    elif offset is None or abs(offset) > WIDEST_ZONE:
        yield line("clock", "warn", "zone", values)
    else:
        yield line("clock", "ok", "ok", values)


# ---------------------------------------------------------------- the folder


def look_at_folder(patient: Patient) -> Iterator[Check]:
    """The data folder: there, ours to write to, closed to others."""
    folder = patient.folder
    if not folder.exists():
        yield line("folder", "ok", "none")
    elif not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield line("folder", "fail", "not_writable")
    elif is_open_to_others(folder):
        yield line("folder", "warn", "open")
    else:
        yield line("folder", "ok", "ok")


def is_open_to_others(path: Path) -> bool:
    """Whether others than the owner may do anything with `path`; Windows keeps rights elsewhere."""
    return os.name == "posix" and bool(path.stat().st_mode & OTHERS)


def look_at_files(patient: Patient) -> Iterator[Check]:
    """Every file in the folder closed to others; nothing left over from a restore."""
    if not patient.folder.is_dir():
        return
    try:
        paths = [path for path in sorted(patient.folder.rglob("*")) if not path.is_symlink()]
        opened = [path for path in paths if is_open_to_others(path)]
    except OSError as error:
        yield line("files", "fail", "unreadable", {"detail": error.strerror or ""})
        return
    values = {"n_files": len(paths), "n_open": len(opened)}
    yield line("files", "warn" if opened else "ok", "open" if opened else "ok", values)
    if left := leftovers(patient.folder):
        yield line("leftovers", "warn", "some", {"names": ", ".join(one.name for one in left)})


def look_at_space(patient: Patient) -> Iterator[Check]:
    """Room on the disk: for growth, and for a backup as large as the database."""
    place = next((one for one in (patient.folder, *patient.folder.parents) if one.exists()), None)
    if place is None:
        return
    free = shutil.disk_usage(place).free
    size = patient.database.stat().st_size if patient.is_there and patient.database else 0
    values = {"megabytes": free // 10**6, "database": -(-size // 10**6)}
    if free < NO_SPACE:
        yield line("space", "fail", "none", values)
    elif free < max(LITTLE_SPACE, 2 * size):
        yield line("space", "warn", "little", values)
    else:
        yield line("space", "ok", "ok", values)


# ---------------------------------------------------------------- the database


def look_at_database(patient: Patient) -> Iterator[Check]:
    """It opens, and SQLite finds no fault in it."""
    state = patient.state
    if patient.database is None:
        yield line("database", "ok", "elsewhere")
    elif not patient.is_there:
        yield line("database", "ok", "none")
    elif state is None:
        yield line("database", "fail", patient.trouble_finding)
    elif state.problems:
        yield line("database", "fail", "damaged")
    else:
        values = {"n_runners": state.n_runners, "n_activities": state.n_activities}
        yield line("database", "ok", "ok", values)


def look_at_tables(patient: Patient) -> Iterator[Check]:
    """Its version against ours."""
    state = patient.state
    if state is None:
        return
    values = {"found": state.number, "known": state.newest}
    if state.number > state.newest:
        yield line("tables", "fail", "newer", values)
    elif state.number < state.newest:
        yield line("tables", "warn", "pending", values)
    else:
        yield line("tables", "ok", "ok", values)


def look_at_journal(patient: Patient) -> Iterator[Check]:
    """What `now` noted and nobody took in yet, and lines that nobody could read."""
    try:
        waiting = sum(map(lines_in, patient.folder.glob(JOURNALS)))
        unread = lines_in(patient.folder / UNREAD)
    except OSError as error:
        yield line("journal", "fail", "unreadable", {"detail": error.strerror or ""})
        return
    values = {"n_waiting": waiting, "n_unread": unread}
    if unread:
        yield line("journal", "warn", "unread", values)
    else:
        yield line("journal", "ok", "waiting" if waiting else "ok", values)


def lines_in(path: Path) -> int:
    """Lines of a file that say something; none when there is no file."""
    if not path.exists():
        return 0
    return sum(1 for one in path.read_bytes().splitlines() if one.strip())


def look_at_mirror(patient: Patient) -> Iterator[Check]:
    """Open stops and locks as `now` reads them against the database."""
    state = patient.state
    if state is None:
        return
    stored = {(one.runner, f"{one.kind}s", one.flag_id) for one in state.open_flags}
    try:
        mirrored = flags_in(patient.folder / MIRROR_FILE)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        yield line("mirror", "fail", "unreadable")
        return
    values = {"n_open": len(stored), "n_missing": len(stored - mirrored)}
    if stored - mirrored:
        yield line("mirror", "fail", "lacks", values)
    elif mirrored - stored:
        yield line("mirror", "warn", "more", {**values, "n_more": len(mirrored - stored)})
    else:
        yield line("mirror", "ok", "ok", values)


def flags_in(path: Path) -> set[tuple[str, str, str]]:
    """Runner, kind and id of each flag in the mirror; none when there is no file."""
    if not path.exists():
        return set()
    runners: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["runners"]
    return {
        (str(name), kind, str(flag_id))
        for name, flags in runners.items()
        for kind in ("stops", "locks")
        for flag_id in flags[kind]
    }


def look_at_backups(patient: Patient) -> Iterator[Check]:
    """How old the newest backup of ours is."""
    if not patient.is_there or patient.state is None or not patient.state.n_activities:
        return
    found = automatic_backups(patient.folder)
    if not found:
        yield line("backup", "warn", "none", {"folder": BACKUPS})
        return
    made = datetime.fromtimestamp(found[-1].stat().st_mtime, UTC)
    age = max(patient.context.now - made, timedelta(0))
    values = {"days": age.days, "n_backups": len(found)}
    if age > OLD_BACKUP:
        yield line("backup", "warn", "old", values)
    else:
        yield line("backup", "ok", "ok", values)
