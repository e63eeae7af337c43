"""Activity files in, activities out: bytes of FIT, GPX, TCX and two more, whole or broken.

What a file is, is told by its content, never by its name. Whatever can be saved is saved and
flagged; what is no recorded activity is refused with a reason, never with a traceback.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from uncramp.activities.apple import read_apple
from uncramp.activities.container import (
    APPLE,
    FIT,
    GPX,
    LARGEST_UNPACKED,
    POLAR,
    file_format,
    looks_like_activity,
    unpack,
)
from uncramp.activities.fit import read_fit
from uncramp.activities.gpx import read_gpx
from uncramp.activities.polar import read_polar
from uncramp.activities.tcx import read_tcx
from uncramp.errors import RefusedFileError
from uncramp.vocabulary import Activity, QualityFlag

__all__ = ["DECODER_VERSION", "Reading", "looks_like_activity", "read_bytes", "read_file"]

DECODER_VERSION: Final = 1
"""Rises when the same bytes would give another activity, so that originals are read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one file holds."""

    activities: tuple[Activity, ...]
    """One per session: each sport its own; only `running` counts as running."""
    file_format: str
    """`fit`, `gpx`, `tcx`, `apple` (a workout cut out of an export) or `polar`."""
    sha256: str
    """Of the unpacked bytes, as hexadecimal digits."""


def read_bytes(data: bytes, *, name: str) -> Reading:
    """Read one file; `name` is used only to say more about a refusal.

    Raises RefusedFileError when there is no recorded activity in it.
    """
    unpacked, damaged = unpack(data)
    try:
        kind = file_format(unpacked)
    except RefusedFileError as refusal:
        raise _with_ending(refusal, name) from None
    readers = {FIT: read_fit, GPX: read_gpx, APPLE: read_apple, POLAR: read_polar}
    reader = readers.get(kind, read_tcx)
    activities = reader(unpacked)
    if damaged:
        flag = QualityFlag(code="packing_damaged", kind="odd")
        activities = tuple(replace(a, flags=(*a.flags, flag)) for a in activities)
    digest = sha256(unpacked).hexdigest()
    return Reading(activities=activities, file_format=kind, sha256=digest)


def _with_ending(refusal: RefusedFileError, name: str) -> RefusedFileError:
    """The refusal with the file's ending, which its sentence repeats to the runner."""
    ending = Path(name).suffix.lower()[:8]
    return RefusedFileError(refusal.code, values={**refusal.values, "ending": ending or "?"})


def read_file(path: Path) -> Reading:
    """Read the file at `path`; RefusedFileError as `read_bytes`, also when it cannot be opened."""
    try:
        if path.stat().st_size > LARGEST_UNPACKED:
            raise RefusedFileError("too_large", values={"limit_mb": LARGEST_UNPACKED // 2**20})
        data = path.read_bytes()
    except OSError as problem:
        raise RefusedFileError("unreadable") from problem
    return read_bytes(data, name=path.name)
