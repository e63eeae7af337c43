"""Whole archives of an account: every recording in it, with what the archive says about it.

What an archive or a member is, is told by its content. Strava, Garmin, Apple Health and Polar
exports are known, and any zip of activity files is read; zips may lie in zips, three deep. Members
come one at a time, a bad one is refused by itself, and folders within the archive mean nothing:
no member is ever written under its own name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from math import isfinite
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from uncramp.activities import apple, garmin, polar, strava
from uncramp.activities.archive_members import HEAD_BYTES, About, Member, StartTimes, bare_name
from uncramp.activities.archive_zip import Budget, Entry, ZipArchive
from uncramp.activities.container import LARGEST_UNPACKED, looks_like_activity
from uncramp.activities.fit_scan import has_fit_header
from uncramp.activities.strava import Listed
from uncramp.errors import RefusedFileError

__all__ = ["About", "Abouts", "Member", "folder_about", "is_archive", "members", "size_of"]

ZIP_MAGICS: Final = (b"PK\x03\x04", b"PK\x05\x06")
APPLE_DOUBLE: Final = b"\x00\x05\x16\x07"
"""What a Mac adds beside each file of a zip; it only looks like one by its name."""
DEEPEST_ZIP: Final = 3
LARGEST_LIST: Final = 128 * 2**20
LARGEST_HEALTH: Final = 16 * 2**30
LARGEST_NESTED: Final = 32 * 2**30
STEP: Final = 2**20
ROUTE_FOLDER: Final = "workout-routes"
FOLDER_LIST_ENDINGS: Final = (".csv", ".json")
BEFORE_START_S: Final = 120.0
"""A route may begin this much before its workout."""


class Kind(Enum):
    """What a member is."""

    ACTIVITY = auto()
    HEALTH_ROUTE = auto()
    ZIP = auto()
    LIST = auto()
    SUMMARIES = auto()
    HEALTH = auto()
    OTHER = auto()


class Holder(Protocol):
    """Where a Health export and its routes lie: in a zip or in a folder."""

    def health(self) -> Iterator[bytes]:
        """The large file, in pieces."""

    def route_names(self) -> Sequence[str]:
        """Bare names of all routes."""

    def route(self, name: str) -> bytes | None:
        """The route of this bare name; None when there is none or it cannot be read."""


PLANS: Final = frozenset({"fit_workout", "fit_course"})
"""Refusal codes of files that plan a run and hold none."""


@dataclass(slots=True)
class Abouts:
    """What lists and summaries say about recordings that lie beside them."""

    listed: Listed = field(default_factory=Listed)
    starts: StartTimes = field(default_factory=StartTimes)
    has_health: bool = False

    def find(self, name: str, data: bytes) -> About | None:
        """What is said about the file of this name and content."""
        about = self.listed.find(name)
        if about is None and len(self.starts) and has_fit_header(data):
            matches = map(self.starts.nearest, garmin.fit_starts_epoch_s(data))
            about = next((one for one in matches if one is not None), None)
        if about is None and polar.looks_like_session(data[:HEAD_BYTES]):
            title, sport = polar.title_and_sport(data[:HEAD_BYTES])
            about = About(source="polar", title=title, sport=sport)
        return about

    def skip_reason(self, name: str, data: bytes) -> str | None:
        """Message id of the reason to leave a file out in silence, None to read it."""
        if has_fit_header(data):
            code = garmin.not_recorded(data)
            if code in PLANS and not len(self.starts):
                code = None  # a plan among one's own files is told about; an account has hundreds
        elif len(self.starts) and not data.strip(b"\0"):
            code = "empty"
        else:
            code = self._other_reason(name, data)
        return None if code is None else f"refused.{code}.reason"

    def _other_reason(self, name: str, data: bytes) -> str | None:
        try:
            if self.has_health and apple.is_health_route(data[:HEAD_BYTES]):
                raise RefusedFileError("health_route")
            if self.listed.by_file and self.listed.find(name) is None and is_planned(data):
                raise RefusedFileError("planned_route")
        except RefusedFileError as refusal:
            return refusal.code
        return None


def is_archive(head: bytes) -> bool:
    """Whether a file that begins like this holds many: a zip, or an unpacked Health export."""
    return head.startswith(ZIP_MAGICS) or apple.looks_like_health(head)


def size_of(path: Path) -> tuple[int, int]:
    """Members and unpacked bytes, as the archive tells; a zip within counts as one member.

    Raises RefusedFileError as `members`.
    """
    with opened(path) as file:
        if not file.read(4).startswith(ZIP_MAGICS):
            return 1, file.seek(0, 2)
        archive = ZipArchive(file, Budget.for_size(file.seek(0, 2)))
        return len(archive.entries), archive.unpacked_size


def members(path: Path) -> Iterator[Member]:
    """Every recording in the archive at `path`, and what is to be said about the others.

    Raises RefusedFileError when the archive as a whole is damaged, made to do harm, or holds no
    recording at all; what came before it was raised stands.
    """
    found = False
    with opened(path) as file:
        is_zip = file.read(4).startswith(ZIP_MAGICS)
        if is_zip:
            budget = Budget.for_size(file.seek(0, 2))
            everything = zip_members(file, budget, Abouts(), depth=1)
        else:
            everything = health_members(InFolder(path), bare_name(path.name))
        for member in everything:
            found = True
            yield member
    if not found:
        raise RefusedFileError("archive_empty")


def opened(path: Path) -> BinaryIO:
    """The file, open for reading."""
    try:
        return path.open("rb")
    except OSError as problem:
        raise RefusedFileError("unreadable") from problem


def folder_about(paths: Iterable[Path]) -> Abouts:
    """What the lists among `paths` say: for folders into which an archive was unpacked."""
    abouts = Abouts()
    for path in paths:
        if not path.name.lower().endswith((*FOLDER_LIST_ENDINGS, ".xml")):
            continue
        try:
            with path.open("rb") as file:
                head = file.read(HEAD_BYTES)
                if kind_of(head, path.name) is Kind.HEALTH:
                    abouts.has_health = True
                else:
                    file.seek(0)
                    take_list(abouts, kind_of(head, path.name), pieces_of(file, LARGEST_LIST))
        except (OSError, RefusedFileError):
            continue
    return abouts


def pieces_of(file: BinaryIO, limit: int) -> Iterator[bytes]:
    """The rest of an open file in pieces, up to `limit` bytes."""
    for _ in range(0, limit, STEP):
        piece = file.read(STEP)
        if not piece:
            return
        yield piece


def take_list(abouts: Abouts, kind: Kind, pieces: Iterable[bytes]) -> None:
    """Read a list or a file of summaries, if it is one."""
    if kind is Kind.LIST:
        listed = strava.read_list(b"".join(pieces))
        abouts.listed.by_file.update(listed.by_file)
        abouts.listed.lost.extend(listed.lost)
    elif kind is Kind.SUMMARIES:
        garmin.add_summaries(abouts.starts, pieces)


def kind_of(head: bytes, name: str) -> Kind:
    """What a member is by its first kilobytes; its name says only that a broken file was meant to
    be a recording."""
    if head.startswith(ZIP_MAGICS):
        return Kind.ZIP
    if head.startswith(APPLE_DOUBLE):
        return Kind.OTHER
    if apple.looks_like_health(head):
        return Kind.HEALTH
    if apple.is_health_route(head):
        return Kind.HEALTH_ROUTE
    if garmin.looks_like_summaries(head):
        return Kind.SUMMARIES
    if looks_like_activity(head, name):
        return Kind.ACTIVITY
    return Kind.LIST if strava.looks_like_list(head) else Kind.OTHER


def is_planned(data: bytes) -> bool:
    """Whether a track has no times: a route to follow, not one that was run."""
    head = data[:HEAD_BYTES]
    return b"<trkpt" in head and b"<time>" not in head.partition(b"<trkpt")[2]


# Zips


def zip_members(file: BinaryIO, budget: Budget, known: Abouts, *, depth: int) -> Iterator[Member]:
    """Members of one zip and of those within; `known` is what the zips around it told."""
    archive = ZipArchive(file, budget)
    kinds = [kind_of(archive.head(entry), entry.name) for entry in archive.entries]
    by_kind = {
        kind: [entry for entry, told in zip(archive.entries, kinds, strict=True) if told is kind]
        for kind in Kind
    }
    abouts = Abouts(listed=Listed(dict(known.listed.by_file)), starts=known.starts)
    for kind, limit in ((Kind.LIST, LARGEST_LIST), (Kind.SUMMARIES, LARGEST_UNPACKED * 8)):
        for entry in by_kind[kind]:
            try:
                take_list(abouts, kind, archive.pieces(entry, limit=limit))
            except RefusedFileError as refusal:
                yield Member(name=entry.name, refused=refusal)
    yield from activity_members(archive, by_kind[Kind.ACTIVITY], abouts)
    yield from missing_members(abouts, known, archive.entries)
    routes = {entry.name: entry for entry in by_kind[Kind.HEALTH_ROUTE]}
    for entry in by_kind[Kind.HEALTH]:
        yield from health_members(InZip(archive, entry, routes), entry.name)
    if not by_kind[Kind.HEALTH]:
        yield from activity_members(archive, by_kind[Kind.HEALTH_ROUTE], abouts)
    for entry in by_kind[Kind.ZIP]:
        yield from nested_members(archive, entry, budget, abouts, depth=depth + 1)


def activity_members(
    archive: ZipArchive, entries: Iterable[Entry], abouts: Abouts
) -> Iterator[Member]:
    """Each file with what is said about it."""
    for entry in entries:
        try:
            data = archive.read(entry, limit=LARGEST_UNPACKED)
        except RefusedFileError as refusal:
            if archive.is_spent:
                raise
            yield Member(name=entry.name, refused=refusal, about=abouts.listed.find(entry.name))
            continue
        reason = abouts.skip_reason(entry.name, data)
        if reason is not None:
            yield Member(name=entry.name, skipped=reason)
        else:
            yield Member(name=entry.name, data=data, about=abouts.find(entry.name, data))


def missing_members(abouts: Abouts, known: Abouts, entries: Iterable[Entry]) -> Iterator[Member]:
    """Activities of this zip's own list that it holds no recording of."""
    yield from abouts.listed.lost
    here = {strava.file_key(entry.name) for entry in entries}
    for name, about in abouts.listed.by_file.items():
        if name not in here and name not in known.listed.by_file:
            refused = RefusedFileError("strava_missing")
            yield Member(name=bare_name(name), about=about, refused=refused)


def nested_members(
    archive: ZipArchive, entry: Entry, budget: Budget, abouts: Abouts, *, depth: int
) -> Iterator[Member]:
    """Members of a zip within a zip, unpacked into a nameless file that vanishes by itself."""
    try:
        if depth > DEEPEST_ZIP:
            raise RefusedFileError("zip_too_deep")
        with tempfile.TemporaryFile() as spooled:
            try:
                for piece in archive.pieces(entry, limit=LARGEST_NESTED):
                    spooled.write(piece)
            except OSError as problem:
                raise RefusedFileError("no_room") from problem
            yield from zip_members(spooled, budget, abouts, depth=depth)
    except RefusedFileError as refusal:
        if budget.is_spent:
            raise
        yield Member(name=entry.name, refused=refusal)


# Health exports


@dataclass(frozen=True, slots=True)
class InZip:
    """A Health export as the phone packed it."""

    archive: ZipArchive
    entry: Entry
    routes: dict[str, Entry]

    def health(self) -> Iterator[bytes]:
        """The large file, in pieces."""
        return self.archive.pieces(self.entry, limit=LARGEST_HEALTH)

    def route_names(self) -> Sequence[str]:
        """Bare names of all routes."""
        return tuple(self.routes)

    def route(self, name: str) -> bytes | None:
        """The route of this bare name; None when there is none or it cannot be read."""
        entry = self.routes.get(name)
        if entry is None:
            return None
        try:
            return self.archive.read(entry, limit=LARGEST_UNPACKED)
        except RefusedFileError:
            return None


@dataclass(frozen=True, slots=True)
class InFolder:
    """A Health export that somebody unpacked; routes lie in the folder of that name beside it."""

    path: Path

    def health(self) -> Iterator[bytes]:
        """The large file, in pieces."""
        with opened(self.path) as file:
            yield from pieces_of(file, LARGEST_HEALTH)

    def route_names(self) -> Sequence[str]:
        """Bare names of all routes."""
        return sorted(path.name for path in (self.path.parent / ROUTE_FOLDER).glob("*.gpx"))

    def route(self, name: str) -> bytes | None:
        """The route of this bare name; None when there is none or it cannot be read."""
        path = self.path.parent / ROUTE_FOLDER / bare_name(name)
        try:
            if path.stat().st_size > LARGEST_UNPACKED:
                return None
            return path.read_bytes()
        except (OSError, ValueError):
            return None


def health_members(holder: Holder, name: str) -> Iterator[Member]:
    """Every workout of a Health export with its route, then routes that belong to no workout."""
    try:
        export = apple.read_health(holder.health())
    except RefusedFileError as refusal:
        yield Member(name=name, refused=refusal)
        return
    if export.damage is not None:
        yield Member(name=name, refused=export.damage)
    names = holder.route_names()
    named = {route for workout in export.workouts for route in workout.routes}
    free = free_routes(holder, [one for one in names if one not in named])
    for index, workout in enumerate(export.workouts):
        wanted = list(dict.fromkeys(workout.routes)) or take_fitting(free, workout)
        routes = [data for one in wanted if (data := holder.route(one)) is not None]
        yield Member(
            name=f"{name} #{index + 1}",
            data=export.document(workout, routes),
            about=workout.about(),
        )
    for route in free:
        data = holder.route(route)
        if data is not None:
            yield Member(name=bare_name(route), data=data)


def free_routes(holder: Holder, names: Iterable[str]) -> dict[str, float]:
    """When each of these routes begins."""
    return {name: apple.route_start_epoch_s(holder.route(name) or b"") for name in names}


def take_fitting(free: dict[str, float], workout: apple.Workout) -> list[str]:
    """Routes that began during the workout; older exports do not name them."""
    low, high = workout.start_epoch_s - BEFORE_START_S, workout.end_epoch_s
    fitting = [name for name, start in free.items() if isfinite(start) and low <= start <= high]
    for name in fitting:
        del free[name]
    return fitting
