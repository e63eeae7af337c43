"""What an import has to do: files in folders, members in archives, and how much is in them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from uncramp.actions.decoding import (
    HEAD_BYTES,
    Candidate,
    Job,
    MemberJob,
    RefusedFile,
    Skipped,
    from_system,
    guarded,
)
from uncramp.errors import RefusedFileError

if TYPE_CHECKING:
    from uncramp.activities.archive import Abouts, Member

__all__ = [
    "Planned",
    "abouts_of",
    "files_below",
    "find_candidates",
    "is_folder",
    "jobs",
    "planned",
]

NO_RECORDINGS = frozenset({"archive_empty"})
"""Refusals of whole archives that are no bad news about one that merely lies in a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One file to import, and about how much is in it."""

    candidate: Candidate
    is_archive: bool = False
    n_files: int = 1
    n_bytes: int = 0


def find_candidates(paths: Sequence[Path]) -> tuple[list[Candidate], list[RefusedFile]]:
    """Files to try, in a fixed order, each once; and folders that cannot be looked into."""
    found: dict[Path, Candidate] = {}
    unreadable: list[RefusedFile] = []
    for path in paths:
        if is_folder(path):
            for one in files_below(path, lambda error: unreadable.append(from_system(error))):
                found.setdefault(one.absolute(), Candidate(path=one, folder=path))
        else:
            found[path.absolute()] = Candidate(path=path)
    return list(found.values()), unreadable


def is_folder(path: Path) -> bool:
    """Whether `path` is a folder; one that cannot be asked is treated as a file and refused."""
    try:
        return path.is_dir()
    except OSError:
        return False


def files_below(folder: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """Every file in `folder` and below, sorted."""
    for root, folders, files in os.walk(folder, onerror=on_error):
        folders.sort()
        for name in sorted(files):
            yield Path(root) / name


def abouts_of(candidates: Sequence[Candidate]) -> Mapping[Path, Abouts]:
    """What lists say of the files beside them, for each folder that was given."""
    from uncramp.activities.archive import folder_about

    by_folder: dict[Path, list[Path]] = {}
    for candidate in candidates:
        if candidate.folder is not None and is_regular(candidate.path):
            by_folder.setdefault(candidate.folder, []).append(candidate.path)
    return {folder: folder_about(paths) for folder, paths in by_folder.items()}


def planned(candidates: Sequence[Candidate]) -> list[Planned]:
    """Each file with what is in it; one that cannot be looked into is found out later."""
    return [
        guess(replace(candidate, source=number, n_bytes=size_of_file(candidate.path)))
        for number, candidate in enumerate(candidates)
    ]


def guess(candidate: Candidate) -> Planned:
    """One file as it looks from outside."""
    from uncramp.activities import archive

    plain = Planned(candidate=candidate, n_bytes=candidate.n_bytes)
    try:
        if not is_regular(candidate.path) or not archive.is_archive(head_of(candidate.path)):
            return plain
    except OSError:
        return plain
    size = guarded(candidate.file, lambda: archive.size_of(candidate.path))
    n_files, n_bytes = (1, candidate.n_bytes) if isinstance(size, RefusedFile) else size
    return Planned(candidate=candidate, is_archive=True, n_files=max(n_files, 1), n_bytes=n_bytes)


def is_regular(path: Path) -> bool:
    """Whether `path` is an ordinary file; a pipe would wait for ever."""
    with suppress(OSError):
        return stat.S_ISREG(path.stat().st_mode)
    return False


def size_of_file(path: Path) -> int:
    """Its bytes; 0 when it cannot be asked."""
    with suppress(OSError):
        return path.stat().st_size
    return 0


def head_of(path: Path) -> bytes:
    """Its first kilobytes."""
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def jobs(plan: Sequence[Planned]) -> Iterator[Job]:
    """Everything to decode, in order; archives are unpacked as their members are asked for."""
    for one in plan:
        if one.is_archive:
            yield from members_of(one.candidate)
        else:
            yield one.candidate


def members_of(candidate: Candidate) -> Iterator[MemberJob]:
    """Members of one archive; what stops the reading of it is told like a member of its name."""
    from uncramp.activities import archive

    found = archive.members(candidate.path)
    while True:
        member = guarded(candidate.file, lambda: next(found, None))
        if member is None:
            return
        if isinstance(member, RefusedFile):
            outcome: RefusedFile | Skipped = member
            if member.code in NO_RECORDINGS and candidate.folder is not None:
                outcome = Skipped(file=candidate.file)
            yield MemberJob(name=candidate.file, outcome=outcome, source=candidate.source)
            return
        yield job_of(member, source=candidate.source)


def job_of(member: Member, *, source: int) -> MemberJob:
    """A member as a job."""
    job = MemberJob(name=member.name, data=member.data or b"", about=member.about, source=source)
    if member.skipped is not None:
        return replace(job, outcome=Skipped(file=job.file, reason=member.skipped))
    if member.refused is not None:
        return replace(job, outcome=refused(job.file, member.refused))
    return job


def refused(file: str, error: RefusedFileError) -> RefusedFile:
    """A member that stays out."""
    return RefusedFile(file=file, code=error.code, values=error.values)
