"""Long work behind the pages: imports, exports, backups, one after the other, each with a page.

A job lives in the server, not in a request, so that a page may be closed and opened again. Two
jobs never write at the same time. What watches a folder runs beside them for as long as it may.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from fastapi import FastAPI, Request

from uncramp.actions.context import Context
from uncramp.actions.importing import ImportResult
from uncramp.actions.preferences import watched_folders
from uncramp.actions.uploading import Count, Room, StopAskedError, clear_leftovers
from uncramp.actions.watching import watch_folder
from uncramp.errors import NotFoundError, UncrampError
from uncramp.web.settings import WebSettings

__all__ = [
    "MOST_EXPORTS",
    "Job",
    "JobKind",
    "JobState",
    "Jobs",
    "Watcher",
    "Work",
    "jobs_lifespan",
    "jobs_of",
    "nothing",
]

JobKind = Literal[
    "import", "fetch", "weather", "backup", "restore", "export", "erase", "check"
]  # fmt: skip
JobState = Literal["waiting", "running", "done", "stopped", "failed"]

MOST_KEPT: Final = 50
"""Finished jobs that are remembered; older ones are forgotten, what they did stays."""
MOST_EXPORTS: Final = 3
"""Of them with a file to download."""
MAKING: Final = threading.Lock()


class Job(Count):
    """One piece of long work, and how far it has come."""

    def __init__(self, *, runner: str, kind: JobKind, started_at: datetime) -> None:
        self.id: Final = secrets.token_hex(8)
        self.runner: Final = runner
        self.kind: Final = kind
        self.started_at: Final = started_at
        self.done, self.total, self.done_bytes, self.total_bytes = 0, 0, 0, 0
        self.notes: dict[str, Any] = {}
        """What happened to the result since, such as that it was taken back."""
        self.room: Room | None = None
        """Holds a file to download, and goes when the job is forgotten."""
        self._stop = threading.Event()
        self._future: Future[Any] | None = None

    def show(self, *, done: int, total: int, done_bytes: int = 0, total_bytes: int = 0) -> None:
        """Take in how far the work has come; the way in which it is told to stop."""
        self.done, self.total = done, total
        self.done_bytes, self.total_bytes = done_bytes, total_bytes
        if self._stop.is_set():
            raise StopAskedError

    def stop(self) -> None:
        """Ask the work to end; it does so at its next step. What waits is not begun at all."""
        self._stop.set()
        if self._future is not None:
            self._future.cancel()

    def run_as(self, future: Future[Any]) -> None:
        """Tie it to the work that runs."""
        self._future = future

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._stop.is_set()

    @property
    def state(self) -> JobState:
        """Where it stands."""
        future = self._future
        if future is None or (not future.running() and not future.done()):
            return "waiting"
        if not future.done():
            return "running"
        if future.cancelled() or isinstance(future.exception(), StopAskedError):
            return "stopped"
        return "done" if future.exception() is None else "failed"

    @property
    def percent(self) -> int | None:
        """How much is done, by bytes where they are counted; None while it is not known."""
        done, total = self.done_bytes, self.total_bytes
        if not total:
            done, total = self.done, self.total
        return min(100, 100 * done // total) if total else None

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self.state not in {"waiting", "running"}

    @property
    def result(self) -> Any:
        """What the work gave back; None before its end, and when it came to none."""
        return self._future.result() if self._future is not None and self.state == "done" else None

    @property
    def problem(self) -> UncrampError:
        """Why it failed; a defect of ours is told as such, without what it says of files."""
        error = None if self._future is None else self._future.exception()
        if isinstance(error, UncrampError):
            return error
        return UncrampError("defect", values={"problem": type(error).__name__})

    def wait(self, seconds: float) -> None:
        """Wait for its end, a short while; for work that is mostly over at once."""
        if self._future is not None:
            wait([self._future], timeout=seconds)


Work = Callable[[Job], Any]


@dataclass(slots=True)
class Watcher:
    """A folder that is watched for one runner."""

    runner: str
    folder: Path
    n_added: int = 0
    newest_at: datetime | None = None
    problem: UncrampError | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    def follow(self, settings: WebSettings) -> None:
        """Watch until told to stop; trouble ends it, and is told on the settings page."""
        try:
            watch_folder(
                lambda: settings.context(self.runner),
                self.folder,
                tell=self.note,
                sleep=self.sleep,
                stop=self.stop.is_set,
            )
        except UncrampError as error:
            self.problem = error

    def sleep(self, seconds: float) -> None:
        """Wait until it is time to look again, or to stop."""
        self.stop.wait(seconds)

    def note(self, context: Context, result: ImportResult) -> None:
        """Count what came."""
        self.n_added += result.added
        self.newest_at = context.now


def nothing() -> None:
    """There is nothing to clean up."""


def folders_to_watch(settings: WebSettings) -> dict[str, Path]:
    """What to watch from the start on; nothing while the store cannot be opened."""
    try:
        with settings.context(settings.home_runner) as context:
            return watched_folders(context)
    except UncrampError:
        return {}


class Jobs:
    """Every job of one server, and the folders it watches."""

    def __init__(self, settings: WebSettings) -> None:
        self._settings = settings
        self._jobs: dict[str, Job] = {}
        self._watchers: dict[str, Watcher] = {}
        self._lock = threading.Lock()
        self._one_at_a_time = ThreadPoolExecutor(1, thread_name_prefix="uncramp-job")
        clear_leftovers(settings.data_dir)
        for runner, folder in folders_to_watch(settings).items():
            self.watch(runner, folder)

    def start(
        self,
        *,
        runner: str,
        kind: JobKind,
        work: Work,
        cleanup: Callable[[], None] = nothing,
    ) -> Job:
        """Put work in the queue; it runs when what was before it is over.

        `cleanup` follows at its end, and when it was stopped before it began.
        """
        job = Job(runner=runner, kind=kind, started_at=self._settings.clock())
        with self._lock:
            self._jobs[job.id] = job
            future = self._one_at_a_time.submit(work, job)
            job.run_as(future)
        future.add_done_callback(lambda _: cleanup())
        future.add_done_callback(lambda _: self._prune())
        return job

    def _prune(self) -> None:
        """Forget what is long over."""
        with self._lock:
            over = [one for one in self._jobs.values() if one.is_over]
            with_files = [one for one in over if one.room is not None]
            for old in (*over[:-MOST_KEPT], *with_files[:-MOST_EXPORTS]):
                self._forget(old)

    def _forget(self, job: Job) -> None:
        """A job is known no more, and its files are gone."""
        if self._jobs.pop(job.id, None) is not None and job.room is not None:
            job.room.remove()

    def forget_runner(self, runner: str) -> None:
        """Everything about this runner that is over is known no more; nothing is watched."""
        self.stop_watching(runner)
        with self._lock:
            for job in [one for one in self._jobs.values() if one.runner == runner]:
                if job.is_over:
                    self._forget(job)

    def find(self, runner: str, job_id: str) -> Job:
        """The job of this runner; NotFoundError `unknown_job` for any other."""
        job = self._jobs.get(job_id)
        if job is None or job.runner != runner:
            raise NotFoundError("unknown_job")
        return job

    def unfinished(self, *, runner: str | None = None) -> list[Job]:
        """Jobs that run or wait, of one runner or of all, oldest first."""
        with self._lock:
            jobs = list(self._jobs.values())
        return [one for one in jobs if not one.is_over and runner in {None, one.runner}]

    def watch(self, runner: str, folder: Path) -> Watcher:
        """Watch `folder` for `runner`, in place of what was watched before."""
        self.stop_watching(runner)
        watcher = Watcher(runner=runner, folder=folder)
        self._watchers[runner] = watcher
        threading.Thread(
            target=watcher.follow, args=(self._settings,), name="uncramp-watch", daemon=True
        ).start()
        return watcher

    def watcher(self, runner: str) -> Watcher | None:
        """What is watched for this runner."""
        return self._watchers.get(runner)

    def stop_watching(self, runner: str) -> None:
        """Watch nothing for this runner any more."""
        watcher = self._watchers.pop(runner, None)
        if watcher is not None:
            watcher.stop.set()

    def close(self) -> None:
        """End everything: what runs stops at its next step, what waits is not begun."""
        for runner in list(self._watchers):
            self.stop_watching(runner)
        for job in self.unfinished():
            job.stop()
        self._one_at_a_time.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            for job in list(self._jobs.values()):
                self._forget(job)


def jobs_of(request: Request) -> Jobs:
    """The jobs of the server that answers."""
    return jobs_for(request.app)


def jobs_for(app: FastAPI) -> Jobs:
    """The jobs of `app`, made when they are asked for first."""
    with MAKING:
        found = getattr(app.state, "jobs", None)
        if not isinstance(found, Jobs):
            found = Jobs(app.state.settings)
            app.state.jobs = found
    return found


@asynccontextmanager
async def jobs_lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Clear what an earlier server left and watch again; at the end, stop what runs."""
    jobs = jobs_for(app)
    try:
        yield
    finally:
        jobs.close()
