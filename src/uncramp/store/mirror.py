"""Two small files beside the database, for the command that must not wait for it.

`open_flags.json` tells `uncramp now` which stops and locks are open; the store writes it.
`now_journal.jsonl` is where `uncramp now` notes its advice; the store takes it in.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from uncramp.store.names import JOURNAL_FILE, MIRROR_FILE

__all__ = [
    "JournalEntry",
    "journal_parts",
    "mirror_says",
    "read_journal",
    "remove_part",
    "set_aside",
    "write_mirror",
]

MIRROR_SCHEMA: Final = "uncramp.open_flags/1"
TAKEN: Final = "now_journal.taken-*.jsonl"
UNREAD: Final = "now_unread.jsonl"
NOT_RECORDED: Final = "not recorded"

OpenIds = Mapping[str, Mapping[str, list[str]]]
"""Runner name to `stops` and `locks`, each a list of flag ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One answer that `uncramp now` gave; `key` tells it from every other one."""

    key: str
    runner: str
    at: datetime
    inputs: dict[str, Any]
    result: dict[str, Any]
    stops: tuple[str, ...]
    locks: tuple[str, ...]
    text: str
    package_version: str
    model_version: str
    evidence_version: str


def write_mirror(folder: Path, runners: OpenIds) -> None:
    """Replace the mirror in one step, unless it says the same already."""
    if mirror_says(folder, runners):
        return
    waiting = folder / f".{MIRROR_FILE}.{own_mark()}"
    with open_private(waiting) as file:
        file.write(mirror_content(runners))
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(folder / MIRROR_FILE)


def mirror_says(folder: Path, runners: OpenIds) -> bool:
    """Whether the mirror that is there says just this."""
    with suppress(OSError):
        return (folder / MIRROR_FILE).read_bytes() == mirror_content(runners)
    return False


def mirror_content(runners: OpenIds) -> bytes:
    """The mirror as it lies on the disk."""
    document = {"schema": MIRROR_SCHEMA, "runners": runners}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def own_mark() -> str:
    """Tells files of this call from those of any other process or thread."""
    return f"{os.getpid()}-{secrets.token_hex(4)}"


def open_private(path: Path) -> Any:
    """`path` opened for writing bytes, readable by its owner only."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def journal_parts(folder: Path) -> list[Path]:
    """Files to take in: the journal, moved aside so that `now` starts a new one, and any left over.

    A part that was left over by a crash is found again; its entries carry keys, so that nothing
    is taken in twice.
    """
    journal = folder / JOURNAL_FILE
    if journal.exists():
        with suppress(FileNotFoundError, PermissionError):
            journal.rename(folder / TAKEN.replace("*", own_mark()))
    return sorted(folder.glob(TAKEN))


def read_journal(content: bytes) -> tuple[list[JournalEntry], list[bytes]]:
    """Entries, and the lines that are none (cut off by a crash, or not ours)."""
    entries, unread = [], []
    for line in content.splitlines():
        if not line.strip():
            continue
        try:
            entries.append(entry_from(json.loads(line), key=hashlib.sha256(line).hexdigest()))
        except (ValueError, KeyError, TypeError, AttributeError):
            unread.append(line)
    return entries, unread


def entry_from(given: dict[str, Any], *, key: str) -> JournalEntry:
    """One journal line; ValueError, KeyError, TypeError or AttributeError when it is none."""
    at = datetime.fromisoformat(given["at"])
    if at.tzinfo is None or not isinstance(given["runner"], str) or not given["runner"]:
        msg = "a journal entry names its runner and its moment with a zone"
        raise ValueError(msg)
    result = given["result"]
    stop = result.get("stop") or {}
    return JournalEntry(
        key=key,
        runner=given["runner"],
        at=at,
        inputs=dict(given["inputs"]),
        result=dict(result),
        stops=tuple(str(flag["id"]) for flag in stop.get("flags", ())),
        locks=tuple(str(lock["id"]) for lock in result.get("locks") or ()),
        text=str(given.get("text", "")),
        package_version=str(given.get("package_version", NOT_RECORDED)),
        model_version=str(given.get("model_version", NOT_RECORDED)),
        evidence_version=str(given.get("evidence_version", NOT_RECORDED)),
    )


def remove_part(part: Path, *, n_bytes: int) -> bytes:
    """Remove a journal part that was taken in; what `now` added to it in the last moment.

    A part that has grown since it was read stays. It is found again at the next opening, where
    keys keep its entries from counting twice.
    """
    with suppress(FileNotFoundError, PermissionError):
        if part.stat().st_size != n_bytes:
            return b""
        if os.name != "posix":  # there nobody can add to a file that can be removed
            part.unlink()
            return b""
        with part.open("rb") as file:
            part.unlink()
            return bytes(file.read()[n_bytes:])
    return b""


def set_aside(folder: Path, lines: list[bytes]) -> None:
    """Keep journal lines that could not be read, for a person to look at."""
    if lines:
        descriptor = os.open(folder / UNREAD, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(b"\n".join(lines) + b"\n")
