"""Many files decoded at once, handed back in their order, with bounded memory.

Workers only decode; they never see the store. They are started fresh (`spawn`), so that they work
alike on every system, leave Ctrl-C to the process that stores, and end when that process does.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import partial
from typing import Final

from uncramp.actions.decoding import Decoded, Hints, Job, RefusedFile, decode

__all__ = ["Waiting", "decoded_by", "decoded_here"]

MOST_WAITING: Final = 8
"""Jobs for each worker that are decoded or decoding and not stored yet."""
MOST_BYTES: Final = 64 * 2**20
"""Bytes of archive members that wait in memory at most, unless a single one has more."""

Waiting = Callable[[], Decoded]
"""Gives the decoded file, waiting for it if need be."""


def decoded_here(jobs: Iterator[Job], *, hints: Hints) -> Generator[tuple[Job, Waiting]]:
    """Each job with its result, decoded in this process when it is asked for."""
    for job in jobs:
        yield job, partial(decode, job, hints=hints)


def decoded_by(
    n_workers: int, jobs: Iterator[Job], *, hints: Hints
) -> Generator[tuple[Job, Waiting]]:
    """Each job with its result, in the order of `jobs`, decoded by worker processes.

    A worker that dies costs the file it died of, which is refused; the others go on.
    """
    crew = Crew(n_workers, hints=hints)
    try:
        for job in jobs:
            while crew.is_full(job):
                yield crew.next()
            crew.put(job)
        while crew.waiting:
            yield crew.next()
    finally:
        crew.dismiss()


class Crew:
    """The workers and the jobs they were given, oldest first."""

    def __init__(self, n_workers: int, *, hints: Hints) -> None:
        self._n_workers = n_workers
        self._hints = hints
        self.waiting: deque[tuple[Job, Future[Decoded]]] = deque()
        self._pool = self._hired()

    def _hired(self) -> ProcessPoolExecutor:
        """Workers, each told the hints; until they are there, Ctrl-C waits."""
        pool = ProcessPoolExecutor(
            self._n_workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=prepare_worker,
            initargs=(self._hints,),
        )
        with interrupts_held():
            for _ in range(self._n_workers):
                pool.submit(os.getpid)
        return pool

    def is_full(self, job: Job) -> bool:
        """Whether something has to be taken before `job` can wait too."""
        n_bytes = sum(one.n_bytes for one, _ in self.waiting) + job.n_bytes
        most = MOST_WAITING * self._n_workers
        return bool(self.waiting) and (len(self.waiting) >= most or n_bytes > MOST_BYTES)

    def put(self, job: Job) -> None:
        """Give a worker one more job."""
        try:
            future = self._pool.submit(decode_in_worker, job)
        except BrokenProcessPool as error:  # noticed late: whoever asks for the result hires anew
            future = Future()
            future.set_exception(error)
        self.waiting.append((job, future))

    def next(self) -> tuple[Job, Waiting]:
        """The oldest job and its result."""
        job, future = self.waiting.popleft()
        try:
            result = future.result()
        except BrokenProcessPool:
            result = self._once_more(job)
        return job, lambda: result

    def _once_more(self, job: Job) -> Decoded:
        """The result of `job` after a worker died; all that waits is given out again."""
        self.dismiss()
        result = decoded_alone(job, hints=self._hints)
        again = [one for one, _ in self.waiting]
        self.waiting.clear()
        self._pool = self._hired()
        for one in again:
            self.put(one)
        return result

    def dismiss(self) -> None:
        """Let the workers go without waiting for what they have in hand."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def decoded_alone(job: Job, *, hints: Hints) -> Decoded:
    """`job` in a worker of its own; refused when that dies too."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        1, mp_context=context, initializer=prepare_worker, initargs=(hints,)
    ) as pool:
        try:
            return pool.submit(decode_in_worker, job).result()
        except BrokenProcessPool:
            values: dict[str, object] = {"problem": "BrokenProcessPool"}
            return RefusedFile(file=job.file, code="decoder_defect", values=values)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Ctrl-C ignored for a moment; processes that start meanwhile ignore it for good."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not in the main thread, where Ctrl-C does not arrive anyway
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


# In the worker

HINTS: list[Hints] = []
"""Last of all: contents that the runner's store held when the import began."""


def prepare_worker(hints: Hints) -> None:
    """Take in the hints, ignore Ctrl-C, and end when the process that stores has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    HINTS.append(hints)
    threading.Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    """Wait for the end of the process that stores, however it ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        with suppress(OSError):
            parent.join()
        os._exit(1)


def decode_in_worker(job: Job) -> Decoded:
    """`decode` with what the worker was told."""
    return decode(job, hints=HINTS[-1])
