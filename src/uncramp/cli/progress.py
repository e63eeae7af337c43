"""A bar for work that goes question by question."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

__all__ = ["Counted", "counted_progress"]


class Counted(Protocol):
    """Takes how far the work has come."""

    def __call__(self, *, done: int, total: int) -> None:
        """`done` of `total` are finished."""


@contextmanager
def counted_progress(label: str) -> Iterator[Counted | None]:
    """A bar on stderr, when that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(label, markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(*, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield show
