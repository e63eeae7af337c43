"""From a file to what the store takes: read, decode, compute, pack. It never touches the store.

So it can run in a pool of workers. Whatever goes wrong with one file is an answer, never an
exception, and never a reason to stop.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from uncramp import activities
from uncramp.activities.container import unpack
from uncramp.errors import RefusedFileError
from uncramp.store.names import kept_name, kept_title
from uncramp.store.packing import PackedAbout, PackedReading, pack_reading
from uncramp.vocabulary import Activity, QualityFlag

if TYPE_CHECKING:
    from uncramp.activities.archive import About, Abouts

__all__ = [
    "HEAD_BYTES",
    "Candidate",
    "Decoded",
    "Hints",
    "Job",
    "Known",
    "MemberJob",
    "RefusedFile",
    "Skipped",
    "decode",
    "from_system",
    "guarded",
]

HEAD_BYTES: Final = 16_384
"""How much of a file in a folder is read to see whether it is an activity file or an archive."""

LARGEST_FILE_BYTES: Final = 256 * 1024 * 1024
"""A guard for memory: a day of one-second records is a few megabytes in any format."""

UNTOLD_SPORTS: Final = frozenset({"unknown", "generic"})
CROP_SHARE: Final = 0.05
"""Beyond this share of a recording, what was cut away elsewhere is worth a word."""
WEATHER_COLUMNS: Final = (
    "temp_air_c",
    "relative_humidity_pct",
    "wind_speed_m_s",
    "dew_point_c",
    "cloud_cover_pct",
)

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedFile:
    """A file that stayed out; `wording` has the reason and the remedy."""

    file: str
    code: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file that nobody misses: no activity file, or a watch file of another kind."""

    file: str
    reason: str | None = None
    """Message id of the reason, None for a file that is no activity file at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A file whose content the runner's store holds already."""

    file: str
    sha256: str
    about: PackedAbout | None = None
    """What an archive tells of it, for where the store lacks it."""


Decoded = PackedReading | RefusedFile | Skipped | Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A file to import; `folder` is the folder it was found in, None when it was given itself."""

    path: Path
    folder: Path | None = None
    n_bytes: int = 0
    source: int = 0
    """Which file of the import this is, or came out of."""

    @property
    def file(self) -> str:
        """The name it is kept and shown under."""
        return kept_name(self.path.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJob:
    """One member of an archive: unpacked from it already, or what became of it there."""

    name: str
    data: bytes = b""
    about: About | None = None
    outcome: RefusedFile | Skipped | None = None
    source: int = 0

    @property
    def file(self) -> str:
        """The name it is kept and shown under."""
        return kept_name(self.name)

    @property
    def n_bytes(self) -> int:
        """About how much memory it takes."""
        return len(self.data)


Job = Candidate | MemberJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What every job of an import may need to know; workers are told once."""

    known: frozenset[str] = frozenset()
    """SHA-256 of contents that are stored and need not be decoded again."""
    abouts: Mapping[Path, Abouts] = field(default_factory=dict)
    """What the lists in a folder say of the files there: an archive that somebody unpacked."""


def decode(job: Job, *, hints: Hints) -> Decoded:
    """Read, decode and pack one file."""
    if isinstance(job, Candidate):
        return guarded(job.file, lambda: decoded_file(job, hints=hints))
    if job.outcome is not None:
        return job.outcome
    return guarded(
        job.file, lambda: decoded_bytes(job.name, job.data, about=job.about, hints=hints)
    )


def guarded(file: str, step: Callable[[], Found]) -> Found | RefusedFile:
    """What `step` gives; a RefusedFile whatever goes wrong in it."""
    try:
        return step()
    except RefusedFileError as error:
        return RefusedFile(file=file, code=error.code, values=error.values)
    except OSError as error:
        return from_system(error, file=file)
    except Exception as error:  # noqa: BLE001  the import's edge: a defect in one decoder must not
        # cost the other files. The type is kept, never the message, which may quote the file.
        values: dict[str, object] = {"problem": type(error).__name__}
        return RefusedFile(file=file, code="decoder_defect", values=values)


def from_system(error: OSError, *, file: str | None = None) -> RefusedFile:
    """A file or folder that the system does not let us read."""
    name = kept_name(str(error.filename or "")) if file is None else file
    code = "file_missing" if isinstance(error, FileNotFoundError) else "file_unreadable"
    return RefusedFile(file=name, code=code, values={"problem": error.strerror or ""})


def decoded_file(candidate: Candidate, *, hints: Hints) -> Decoded:
    """A file of the disk, with what a list beside it tells."""
    name = candidate.path.name
    data = read_file(candidate)
    if data is None:
        return Skipped(file=candidate.file)
    about = None
    if candidate.folder is not None:
        abouts = hints.abouts.get(candidate.folder) or no_abouts()
        reason = abouts.skip_reason(name, data)
        if reason is not None:
            return Skipped(file=candidate.file, reason=reason)
        about = abouts.find(name, data)
    return decoded_bytes(name, data, about=about, hints=hints)


def no_abouts() -> Abouts:
    """What nobody told."""
    from uncramp.activities.archive import Abouts

    return Abouts()


def read_file(candidate: Candidate) -> bytes | None:
    """The file's bytes; None for a file in a folder that is no activity file."""
    about = candidate.path.stat()
    is_named = candidate.folder is None
    if not stat.S_ISREG(about.st_mode):
        if is_named:
            raise RefusedFileError("not_a_file")
        return None
    with candidate.path.open("rb") as file:
        if not is_named:
            head = file.read(HEAD_BYTES)
            if not activities.looks_like_activity(head, candidate.path.name):
                return None
            file.seek(0)
        if about.st_size > LARGEST_FILE_BYTES:
            raise RefusedFileError("file_too_large", values={"megabytes": about.st_size // 10**6})
        return file.read()


def decoded_bytes(
    name: str, data: bytes, *, about: About | None, hints: Hints
) -> PackedReading | Known:
    """One file's activities, ready to store; known content is not decoded again."""
    unpacked, is_damaged = unpack(data)
    sha256 = hashlib.sha256(unpacked).hexdigest()
    if sha256 in hints.known:
        return Known(file=kept_name(name), sha256=sha256, about=packed_about(about))
    reading = activities.read_bytes(data if is_damaged else unpacked, name=name)
    if not reading.activities:
        raise RefusedFileError("no_activity")
    return packed(name, data, reading, about=about)


def packed(
    name: str, data: bytes, reading: activities.Reading, *, about: About | None
) -> PackedReading:
    """A reading with what an archive tells of it and what history needs of it."""
    read = reading.activities
    if about is not None and len(read) == 1:
        read = (told_apart(read[0], about),)
    metrics, version = metrics_of(read)
    return pack_reading(
        name=name,
        data=data,
        activities=read,
        sha256=reading.sha256,
        file_format=reading.file_format,
        decoder_version=activities.DECODER_VERSION,
        metrics=metrics,
        metrics_version=version,
        about=packed_about(about),
    )


def told_apart(activity: Activity, about: About) -> Activity:
    """The activity with the sport that the archive tells, where the file does not say it.

    A part that was cut away elsewhere is still in the recording; that is flagged.
    """
    if about.sport is not None and activity.sport in UNTOLD_SPORTS:
        flags = tuple(flag for flag in activity.flags if flag.code != "no_sport")
        activity = replace(activity, sport=about.sport, flags=flags)
    kept_s = None if about.crop is None else about.crop[1]
    if kept_s is not None and activity.elapsed_s is not None:
        cut_s = activity.elapsed_s - kept_s
        if cut_s > CROP_SHARE * activity.elapsed_s:
            detail = f"{cut_s:.0f} s"
            flag = QualityFlag(code="cropped_elsewhere", kind="odd", detail=detail)
            activity = replace(activity, flags=(*activity.flags, flag))
    return activity


def packed_about(about: About | None) -> PackedAbout | None:
    """What an archive tells, ready to store; None when that is nothing."""
    if about is None:
        return None
    weather = about.weather or {}
    told = {name: float(weather[name]) for name in WEATHER_COLUMNS if name in weather}
    title = kept_title(about.title or "")
    if not title and not told:
        return None
    return PackedAbout(title=title or None, weather=told or None, attribution=about.source)


def metrics_of(read: tuple[Activity, ...]) -> tuple[list[Mapping[str, Any] | None], str]:
    """What history needs of each activity, and the version of the numbers.

    An activity that the numbers stumble over is stored without them.
    """
    from uncramp import training_history

    result: list[Mapping[str, Any] | None] = []
    for activity in read:
        try:
            result.append(training_history.metrics_of(activity))
        except (ArithmeticError, LookupError, TypeError, ValueError):
            result.append(None)
    return result, training_history.METRICS_VERSION
