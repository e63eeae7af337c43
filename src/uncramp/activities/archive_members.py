"""What comes out of an archive: its members one by one, and what the archive says about each."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from uncramp.errors import RefusedFileError

if TYPE_CHECKING:
    from uncramp.activities import Reading

__all__ = ["HEAD_BYTES", "About", "Member", "Source", "StartTimes", "bare_name", "masked"]

Source = Literal["strava", "garmin", "apple", "polar"]

HEAD_BYTES: Final = 16_384
"""How much of a member is looked at to tell what it is."""

EMAIL: Final = re.compile(
    r"[^\s@/\\<>\"',;:()]+(?:@|%40)[^\s@/\\<>\"',;:()]*?\.[A-Za-z]{2,}(?![A-Za-z])"
)
SEPARATORS: Final = re.compile(r"[/\\]")
LONGEST_NAME: Final = 200

SAME_START_S: Final = 5.0
"""A summary belongs to the recording that began within five seconds of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an archive says about one activity, beside the recording itself."""

    source: Source
    title: str | None = None
    sport: str | None = None
    """In our words, None when the archive's word is not known."""
    start_utc: datetime | None = None
    weather: Mapping[str, float] | None = None
    """temp_air_c, relative_humidity_pct, wind_speed_m_s, dew_point_c: those that were told."""
    crop: tuple[datetime, float] | None = None
    """The part that the runner kept: when it begins, and its seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of an archive: bytes to read, or why there are none.

    `data` goes to `read_bytes`, whatever the archive was, and is what is worth keeping as the
    original. Exactly one of `data`, `reading`, `refused` and `skipped` is set.
    """

    name: str
    """Without folders, e-mail addresses masked."""
    data: bytes | None = None
    reading: Reading | None = None
    about: About | None = None
    refused: RefusedFileError | None = None
    skipped: str | None = None
    """Message id of the reason why nothing is missed by leaving it out."""


@dataclass(slots=True)
class StartTimes:
    """What is known about activities by the moment they began."""

    _by_start: dict[float, About] = field(default_factory=dict)
    _starts: list[float] | None = None

    def __len__(self) -> int:
        return len(self._by_start)

    def add(self, epoch_s: float, about: About) -> None:
        """Take in one activity; of two with the same start the first stays."""
        self._by_start.setdefault(epoch_s, about)
        self._starts = None

    def nearest(self, epoch_s: float) -> About | None:
        """What began within five seconds of `epoch_s`, the nearest first."""
        if self._starts is None:
            self._starts = sorted(self._by_start)
        place = bisect_left(self._starts, epoch_s)
        near = self._starts[max(0, place - 1) : place + 1]
        best = min(near, key=lambda start: abs(start - epoch_s), default=None)
        if best is None or abs(best - epoch_s) > SAME_START_S:
            return None
        return self._by_start[best]


def masked(text: str) -> str:
    """The text without e-mail addresses and without letters that cannot be printed.

    Example: `masked("ann@example.org_77.fit")` is `"e-mail-removed_77.fit"`.
    """
    printable = "".join(letter if letter.isprintable() else "?" for letter in text)
    return EMAIL.sub("e-mail-removed", printable)


def bare_name(name: str) -> str:
    """The last part of a member's path, as it may be kept and shown."""
    return masked(SEPARATORS.split(name.rstrip("/\\"))[-1])[-LONGEST_NAME:]
