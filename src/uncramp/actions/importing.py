"""`uncramp import`: files, folders and archives into the store, each file by itself, once.

`finding` finds the files, `decoding` reads, decodes and packs them without touching the store,
here or in worker processes. `Intake.take` stores what came back, each file in one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from itertools import accumulate, chain, count
from pathlib import Path
from typing import Final, Literal, Protocol

from uncramp.actions.context import Context
from uncramp.actions.decoding import Candidate, Decoded, Hints, Job, Known, RefusedFile, Skipped
from uncramp.actions.decoding_pool import Waiting, decoded_by, decoded_here
from uncramp.actions.finding import Planned, abouts_of, find_candidates, is_folder, jobs, planned
from uncramp.actions.runners import check_runner_name
from uncramp.store.names import kept_name
from uncramp.store.packing import PackedReading
from uncramp.store.rows import ActivityRow, StoredRunner

__all__ = [
    "FlaggedActivity",
    "ImportResult",
    "ImportedActivity",
    "Progress",
    "RefusedFile",
    "Status",
    "import_candidates",
    "import_paths",
]

DEFAULT_WORKERS: Final = 2
SMALL_IMPORT_FILES: Final = 20
SMALL_IMPORT_BYTES: Final = 2_000_000
"""Below either, starting workers takes longer than they save."""

Status = Literal["added", "already_there", "linked"]


class Progress(Protocol):
    """Called before each file is stored, and once at the end."""

    def __call__(
        self, *, done: int, total: int, done_bytes: int, total_bytes: int, name: str
    ) -> None:
        """`done` of `total` files are finished; `name` comes next, empty at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedActivity:
    """One activity of a file that was given, whether it is new or not."""

    row: ActivityRow
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedActivity:
    """An activity in which something is missing, odd or was repaired."""

    file: str
    row: ActivityRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did; `added`, `already_there` and `linked` count activities, not files."""

    runner: str
    added: int
    already_there: int
    linked: int
    """New files of runs that were stored before; the fuller recording counts."""
    flagged: tuple[FlaggedActivity, ...]
    refused: tuple[RefusedFile, ...]
    skipped: tuple[str, ...]
    """Names of files in folders that are no activity files."""
    skipped_for: Mapping[str, int]
    """Message id to how many files were left out for that reason, and nothing is missed."""
    activities: tuple[ImportedActivity, ...]
    stamp: str | None
    """What `import --undo` takes; None when nothing new was stored."""


def import_paths(
    context: Context,
    paths: Sequence[Path],
    *,
    progress: Progress | None = None,
    workers: int | None = None,
) -> ImportResult:
    """Take every activity in `paths` (files, folders, archives) into the store of the runner.

    The runner is made with the first activity, when there is none of that name yet. Interrupted,
    everything stored so far stays, and the same call goes on from there. With `workers` above 1
    that many processes decode; when it is not said, two do as soon as it pays.
    """
    check_runner_name(context.runner)
    candidates, unreadable = find_candidates(paths)
    folders = () if unreadable else tuple(path for path in paths if is_folder(path))
    return import_candidates(
        context,
        candidates,
        refused=unreadable,
        folders=folders,
        progress=progress,
        workers=workers,
    )


def import_candidates(
    context: Context,
    candidates: Sequence[Candidate],
    *,
    refused: Sequence[RefusedFile] = (),
    folders: Sequence[Path] = (),
    progress: Progress | None = None,
    workers: int | None = None,
) -> ImportResult:
    """As `import_paths`, for files that were found already.

    Each of `folders` in which nothing was found is refused.
    """
    intake = Intake(context)
    for found in refused:
        intake.take(found)
    plan = planned(candidates)
    hints = Hints(known=intake.known_hashes(), abouts=abouts_of(candidates))
    decoding = decoded(jobs(plan), hints=hints, n_workers=workers_for(plan, workers))
    gauge = Gauge(plan, progress)
    fruitful: set[Path | None] = set()
    with closing(decoding):
        for job, wait in decoding:
            gauge.show(job)
            result = wait()
            intake.take(result)
            if not isinstance(result, Skipped):
                fruitful.add(plan[job.source].candidate.folder)
    gauge.finish()
    for folder in dict.fromkeys(folders):
        if folder not in fruitful:
            name = kept_name(folder.absolute().name)
            intake.take(RefusedFile(file=name, code="no_activity_files"))
    return intake.result()


def workers_for(plan: Sequence[Planned], wanted: int | None) -> int:
    """How many processes decode; 1 is this one."""
    if wanted is not None:
        return wanted
    n_files, n_bytes = sum(one.n_files for one in plan), sum(one.n_bytes for one in plan)
    is_small = n_files < SMALL_IMPORT_FILES or n_bytes < SMALL_IMPORT_BYTES
    return 1 if is_small else DEFAULT_WORKERS


def decoded(
    waiting: Iterator[Job], *, hints: Hints, n_workers: int
) -> Generator[tuple[Job, Waiting]]:
    """Each job with its result, here or from workers."""
    if n_workers < 2:
        return decoded_here(waiting, hints=hints)
    return decoded_by(n_workers, waiting, hints=hints)


class Gauge:
    """How far an import has come, in files and in bytes."""

    def __init__(self, plan: Sequence[Planned], progress: Progress | None) -> None:
        self._progress = progress
        self._files = [0, *accumulate(one.n_files for one in plan)]
        self._bytes = [0, *accumulate(one.n_bytes for one in plan)]
        self._source = 0
        self._done, self._done_bytes = 0, 0

    def show(self, job: Job) -> None:
        """Tell that everything before `job` is stored, and count it.

        An archive tells only about how much is in it; at its end the count is put right.
        """
        if job.source != self._source:
            self._source = job.source
            self._done, self._done_bytes = self._files[job.source], self._bytes[job.source]
        self._tell(job.file)
        self._done = min(self._done + 1, self._files[job.source + 1])
        self._done_bytes = min(self._done_bytes + job.n_bytes, self._bytes[job.source + 1])

    def finish(self) -> None:
        """Tell that everything is stored."""
        self._done, self._done_bytes = self._files[-1], self._bytes[-1]
        self._tell("")

    def _tell(self, name: str) -> None:
        if self._progress is not None:
            self._progress(
                done=self._done,
                total=self._files[-1],
                done_bytes=self._done_bytes,
                total_bytes=self._bytes[-1],
                name=name,
            )


class Intake:
    """The writing side of one import: stores what is handed to it and counts."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._runner = context.store.find_runner(context.runner)
        self._stamp = self._new_stamp()
        self._statuses: dict[int, Status] = {}
        self._files: dict[int, str] = {}
        self._refused: list[RefusedFile] = []
        self._skipped: list[str] = []
        self._skipped_for: Counter[str] = Counter()

    def _new_stamp(self) -> str:
        """The moment of this import, made different from every earlier one of the runner."""
        stamp = self._context.now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        if self._runner is None:
            return stamp
        known = {run.stamp for run in self._context.store.import_stamps(self._runner)}
        numbered = (f"{stamp}-{number}" for number in count(2))
        return next(one for one in chain([stamp], numbered) if one not in known)

    def known_hashes(self) -> frozenset[str]:
        """Contents that this runner's store holds already."""
        if self._runner is None:
            return frozenset()
        return self._context.store.original_hashes(self._runner)

    def take(self, decoded: Decoded) -> None:
        """Store one file, or note why not."""
        if isinstance(decoded, RefusedFile):
            self._refused.append(decoded)
        elif isinstance(decoded, Skipped):
            if decoded.reason is None:
                self._skipped.append(decoded.file)
            else:
                self._skipped_for[decoded.reason] += 1
        elif isinstance(decoded, Known):
            self._take_known(decoded)
        else:
            self._take_new(decoded)

    def _take_known(self, known: Known) -> None:
        """A file that is stored: only what an archive tells of it may be new."""
        store, runner = self._context.store, self._known_runner()
        if known.about is None:
            ids = store.activity_ids(runner, known.sha256)
        else:
            ids = store.tell_about(
                runner, known.sha256, known.about, at=self._context.now, stamp=self._stamp
            )
        self._note(ids, "already_there", known.file)

    def _take_new(self, packed: PackedReading) -> None:
        """A file that was not stored when this import began."""
        added = self._context.store.add_reading(
            self._known_runner(), packed, at=self._context.now, stamp=self._stamp
        )
        self._note(added.linked, "linked", packed.file_name)
        status: Status = "added" if added.is_new else "already_there"
        self._note(added.activity_ids, status, packed.file_name)

    def _note(self, activity_ids: Iterable[int], status: Status, file: str) -> None:
        """Remember what became of a file's activities; what was said of one first, stays."""
        for activity_id in activity_ids:
            self._statuses.setdefault(activity_id, status)
            self._files.setdefault(activity_id, file)

    def _known_runner(self) -> StoredRunner:
        """The runner, made now when there is none of that name."""
        if self._runner is None:
            store = self._context.store
            self._runner = store.add_runner(self._context.runner, at=self._context.now)
        return self._runner

    def result(self) -> ImportResult:
        """What was done, with the stored summaries."""
        rows = self._rows()
        imported = tuple(
            ImportedActivity(row=rows[activity_id], status=status)
            for activity_id, status in self._statuses.items()
        )
        n_of = Counter(one.status for one in imported)
        return ImportResult(
            runner=self._context.runner,
            added=n_of["added"],
            already_there=n_of["already_there"],
            linked=n_of["linked"],
            flagged=tuple(
                FlaggedActivity(file=self._files[one.row.activity_id], row=one.row)
                for one in imported
                if one.row.flags
            ),
            refused=tuple(self._refused),
            skipped=tuple(self._skipped),
            skipped_for=dict(self._skipped_for.most_common()),
            activities=imported,
            stamp=self._stamp if n_of["added"] + n_of["linked"] else None,
        )

    def _rows(self) -> dict[int, ActivityRow]:
        """Summaries of everything stored for the runner, by id."""
        if self._runner is None or not self._statuses:
            return {}
        rows = self._context.store.activities(self._runner, with_duplicates=True)
        return {row.activity_id: row for row in rows}
