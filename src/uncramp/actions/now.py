"""`now`: a cramp this minute. No store, no numpy: answered from data files alone.

Open stops and locks come from `open_flags.json`, which the store mirrors, and from the journal
beside it, which `now` writes and the store takes in later: a second `now` never forgets the first.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from uncramp import MODEL_VERSION, __version__
from uncramp.evidence import EVIDENCE_VERSION, rules_file
from uncramp.interview import Question
from uncramp.roadside import RoadsideAdvice, advise, roadside_questions
from uncramp.vocabulary import Answers

__all__ = [
    "OpenFlags",
    "RoadsideAdvice",
    "advise_now",
    "note",
    "note_advice",
    "now_questions",
    "open_flags",
]

MIRROR: Final = "open_flags.json"
JOURNAL: Final = "now_journal.jsonl"
JOURNALS: Final = "now_journal*.jsonl"
"""The journal, and the parts of it that the store was taking in when it was interrupted."""


MOST_TRIES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFlags:
    """Flag ids still open for one runner."""

    stops: frozenset[str] = frozenset()
    locks: frozenset[str] = frozenset()
    readable: bool = True
    """False when what is stored could not be read; then every lock counts as open."""


def advise_now(answers: Answers, flags: OpenFlags) -> RoadsideAdvice:
    """What to do this minute, under the flags that are still open."""
    return advise(answers, open_stops=flags.stops, open_locks=flags.locks)


def now_questions() -> tuple[Question, ...]:
    """Everything that `now` may ask, in its order; the last ones only before salt."""
    asked = (*roadside_questions({}), *roadside_questions({"pattern": "twitching"}))
    return tuple({question.id: question for question in asked}.values())


def open_flags(folder: Path, runner: str) -> OpenFlags:
    """What is still open for `runner`; nothing when nothing was ever stored in `folder`."""
    try:
        stops, locks = _mirrored(folder, runner)
        for path in sorted(folder.glob(JOURNALS)):
            noted_stops, noted_locks = _noted(path, runner)
            stops, locks = stops | noted_stops, locks | noted_locks
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        every_lock = frozenset(str(entry["id"]) for entry in rules_file("red_flags")["locks"])
        return OpenFlags(locks=every_lock, readable=False)
    return OpenFlags(stops=frozenset(stops), locks=frozenset(locks))


def _mirrored(folder: Path, runner: str) -> tuple[set[str], set[str]]:
    try:
        stored = json.loads((folder / MIRROR).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return set(), set()
    flags = stored["runners"].get(runner, {"stops": (), "locks": ()})
    return set(flags["stops"]), set(flags["locks"])


def _noted(path: Path, runner: str) -> tuple[set[str], set[str]]:
    """Flags in journal lines of `runner`; a line cut off by a crash raised nothing yet."""
    stops: set[str] = set()
    locks: set[str] = set()
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry["runner"] == runner:
            stops |= {flag["id"] for flag in (entry["result"]["stop"] or {"flags": ()})["flags"]}
            locks |= {lock["id"] for lock in entry["result"]["locks"]}
    return stops, locks


def note(folder: Path, entry: Mapping[str, Any], *, at: datetime) -> None:
    """Append one answer to the journal, readable by its owner only.

    `entry` holds runner, inputs, result, text and the three versions as plain JSON values.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps({"at": at.isoformat(), **entry}, ensure_ascii=False).encode() + b"\n"
    for _ in range(MOST_TRIES):
        if _is_appended(folder / JOURNAL, line):
            return


def _is_appended(journal: Path, line: bytes) -> bool:
    """Append `line`; False when the store took the journal away before it was in there.

    The store may have read it nevertheless; it counts the same line once.
    """
    descriptor = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        file.write(line)
        file.flush()
        return os.fstat(file.fileno()).st_nlink > 0


def note_advice(
    folder: Path,
    advice: RoadsideAdvice,
    *,
    runner: str,
    data: Mapping[str, Any],
    said: str,
    at: datetime,
) -> None:
    """Append advice that was given to the journal, with every version that can change it."""
    entry = {
        "runner": runner,
        "inputs": {"answers": dict(advice.answers)},
        "result": data,
        "text": said,
        "package_version": __version__,
        "model_version": MODEL_VERSION,
        "evidence_version": EVIDENCE_VERSION,
    }
    note(folder, entry, at=at)
