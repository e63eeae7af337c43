"""Names of files: those in the data folder, and those under which a runner's files are kept.

A file is kept under its bare name: never a path, never an e-mail address.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["DATABASE_FILE", "JOURNAL_FILE", "MIRROR_FILE", "kept_name", "kept_title"]

DATABASE_FILE: Final = "uncramp.sqlite3"
MIRROR_FILE: Final = "open_flags.json"
JOURNAL_FILE: Final = "now_journal.jsonl"

EMAIL: Final = re.compile(r"[^\s@/\\]+@[^\s@/\\]+?\.[A-Za-z]{2,}(?![A-Za-z])")
SEPARATORS: Final = re.compile(r"[/\\]")
LONGEST_NAME: Final = 200


def kept_name(name: str) -> str:
    """The last part of `name`, e-mail addresses masked, bytes that are no text shown as `?`.

    Example: `kept_name("/home/a/ann@example.org_77.fit")` is `"e-mail-removed_77.fit"`.
    """
    bare = SEPARATORS.split(name.rstrip("/\\"))[-1]
    return masked(bare)[-LONGEST_NAME:]


def kept_title(title: str) -> str:
    """A run's name in one line, e-mail addresses masked; empty when nothing is left of it."""
    return masked(" ".join(title.split()))[:LONGEST_NAME]


def masked(text: str) -> str:
    """`text` without e-mail addresses and without what cannot be printed."""
    printable = "".join(letter if letter.isprintable() else "?" for letter in text)
    return EMAIL.sub("e-mail-removed", printable)
