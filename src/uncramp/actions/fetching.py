"""`uncramp fetch intervals`: original files from intervals.icu, into the ordinary import.

The key is read from a file or from the environment, used for one service, and kept nowhere.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Protocol

from uncramp.actions.context import Context
from uncramp.actions.decoding import RefusedFile
from uncramp.actions.importing import ImportResult, import_paths
from uncramp.actions.runners import check_runner_name
from uncramp.activities.container import unpack
from uncramp.errors import InputError, OutboundError, RefusedFileError
from uncramp.outbound.intervals import Intervals, ListedActivity

__all__ = [
    "KEY_VARIABLE",
    "OWN_ATHLETE",
    "FetchProgress",
    "FetchedFiles",
    "fetch_intervals",
    "read_key",
]

KEY_VARIABLE: Final = "UNCRAMP_INTERVALS_KEY"
OWN_ATHLETE: Final = "0"
"""Whoever the key belongs to."""
CACHE_KIND: Final = "intervals"
FIRST_DAY: Final = date(2000, 1, 1)
FILES_AT_ONCE: Final = 50
LONGEST_KEY: Final = 200
ATHLETE: Final = re.compile(r"[A-Za-z0-9]{1,32}")
RUN: Final = "run"
"""Ends the name of everything that is running there: Run, TrailRun, VirtualRun."""


class FetchProgress(Protocol):
    """Called before each download, and once at the end."""

    def __call__(self, *, done: int, total: int) -> None:
        """`done` of `total` files are fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFiles:
    """What a fetch did; the numbers of activities are those of the import."""

    n_listed: int
    n_fetched: int
    n_known: int
    """Fetched by an earlier call, and still stored."""
    n_other_sports: int
    added: int
    already_there: int
    linked: int
    from_strava: int
    """Stubs without a file: Strava does not let them be passed on."""
    by_hand: int
    refused: tuple[RefusedFile, ...]
    stamps: tuple[str, ...]
    """What `import --undo` takes, one for each part of the import."""
    problem: OutboundError | None
    """Why it ended before its end."""


def read_key(key_file: Path | None) -> str:
    """The key from a file of one line, else from UNCRAMP_INTERVALS_KEY.

    InputError `no_key` or `bad_key`; neither says anything of what was found.
    """
    if key_file is None:
        given = os.environ.get(KEY_VARIABLE, "")
    else:
        try:
            with key_file.open("rb") as file:
                given = file.read(LONGEST_KEY * 2).decode("ascii")
        except (OSError, UnicodeDecodeError):
            raise InputError("bad_key") from None
    key = given.strip()
    if not key and key_file is None:
        raise InputError("no_key", values={"variable": KEY_VARIABLE})
    if not re.fullmatch(rf"[!-~]{{1,{LONGEST_KEY}}}", key):
        raise InputError("bad_key")
    return key


def fetch_intervals(
    context: Context,
    *,
    key: str,
    athlete: str = OWN_ATHLETE,
    since: date | None = None,
    all_sports: bool = False,
    progress: FetchProgress | None = None,
    client: Intervals | None = None,
) -> FetchedFiles:
    """Fetch the originals that are not stored yet, and import them.

    Interrupted or cut off, what was imported stays, and the same call goes on from there.
    InputError `bad_athlete`; OutboundError when not even the list can be had.
    """
    check_runner_name(context.runner)
    if not ATHLETE.fullmatch(athlete):
        raise InputError("bad_athlete")
    asked = client or Intervals(key=key)
    newest = (context.now + timedelta(days=1)).date()
    listed = asked.activities(athlete, oldest=since or FIRST_DAY, newest=newest)
    there = [one for one in listed if not one.from_strava and not one.by_hand]
    chosen = there if all_sports else [one for one in there if is_run(one)]
    fetching = Fetching(context, asked)
    unknown = fetching.unknown(chosen)
    fetching.take_all(unknown, progress)
    return fetching.report(listed, n_known=len(chosen) - len(unknown), n_chosen=len(chosen))


def is_run(listed: ListedActivity) -> bool:
    """Whether it is running, or may be: the list does not always say."""
    return listed.sport is None or listed.sport.lower().endswith(RUN)


class Fetching:
    """Downloads, imports and counts, some files at a time."""

    def __init__(self, context: Context, client: Intervals) -> None:
        self._context = context
        self._client = client
        self._results: list[ImportResult] = []
        self._refused: list[RefusedFile] = []
        self._n_fetched = 0
        self._problem: OutboundError | None = None

    def unknown(self, chosen: Sequence[ListedActivity]) -> list[ListedActivity]:
        """Oldest first, without those fetched before whose content is still stored."""
        runner = self._context.store.find_runner(self._context.runner)
        if runner is None:
            return list(reversed(chosen))
        stored = self._context.store.original_hashes(runner)
        return [
            one
            for one in reversed(chosen)
            if (self._noted(runner.runner_id, one.activity_id) or "") not in stored
        ]

    def take_all(self, unknown: Sequence[ListedActivity], progress: FetchProgress | None) -> None:
        """Every file, until the service gives no more."""
        n_done = 0
        for begin in range(0, len(unknown), FILES_AT_ONCE):
            with tempfile.TemporaryDirectory() as folder:
                hashes: dict[Path, str | None] = {}
                for one in unknown[begin : begin + FILES_AT_ONCE]:
                    if progress is not None:
                        progress(done=n_done, total=len(unknown))
                    content = self._original(one)
                    if content is not None:
                        path = Path(folder) / f"intervals-{one.activity_id}"
                        path.write_bytes(content)
                        hashes[path] = content_hash(content)
                    if self._problem is not None:
                        break
                    n_done += 1
                self._import(hashes)
            if self._problem is not None:
                return
        if progress is not None:
            progress(done=n_done, total=len(unknown))

    def report(
        self, listed: Sequence[ListedActivity], *, n_known: int, n_chosen: int
    ) -> FetchedFiles:
        """Everything added up."""
        n_strava = sum(one.from_strava for one in listed)
        n_by_hand = sum(one.by_hand and not one.from_strava for one in listed)
        results = self._results
        return FetchedFiles(
            n_listed=len(listed),
            n_fetched=self._n_fetched,
            n_known=n_known,
            n_other_sports=len(listed) - n_strava - n_by_hand - n_chosen,
            added=sum(one.added for one in results),
            already_there=sum(one.already_there for one in results),
            linked=sum(one.linked for one in results),
            from_strava=n_strava,
            by_hand=n_by_hand,
            refused=(*self._refused, *(file for one in results for file in one.refused)),
            stamps=tuple(one.stamp for one in results if one.stamp is not None),
            problem=self._problem,
        )

    def _original(self, one: ListedActivity) -> bytes | None:
        """One download; what cannot be had is noted."""
        try:
            content = self._client.original(one.activity_id)
        except OutboundError as error:
            if error.code in {"service_refused", "service_answer"}:
                self._refused.append(refused(one, "not_handed_out"))
            else:
                self._problem = error
            return None
        if not content:
            self._refused.append(refused(one, "no_original"))
            return None
        self._n_fetched += 1
        return content

    def _import(self, hashes: dict[Path, str | None]) -> None:
        """The ordinary import, and a note of what came from where."""
        if not hashes:
            return
        self._results.append(import_paths(self._context, list(hashes)))
        store = self._context.store
        runner = store.find_runner(self._context.runner)
        if runner is None:
            return
        for path, sha256 in hashes.items():
            if sha256 is not None and store.has_original(runner, sha256):
                name = note_name(runner.runner_id, path.name.removeprefix("intervals-"))
                store.cache(CACHE_KIND, name, sha256.encode(), at=self._context.now)

    def _noted(self, runner_id: int, activity_id: str) -> str | None:
        """The hash of what was fetched before under this number."""
        content = self._context.store.cached(CACHE_KIND, note_name(runner_id, activity_id))
        return None if content is None else content.decode("ascii", errors="replace")


def note_name(runner_id: int, activity_id: str) -> str:
    """Under which name it is noted that a file was fetched."""
    return f"{runner_id}/{activity_id}"


def refused(one: ListedActivity, code: str) -> RefusedFile:
    """A file that did not even arrive."""
    return RefusedFile(file=f"intervals-{one.activity_id}", code=code)


def content_hash(content: bytes) -> str | None:
    """SHA-256 of the unpacked bytes, as the store keeps it; None for what cannot be unpacked."""
    try:
        unpacked, _ = unpack(content)
    except RefusedFileError:
        return None
    return hashlib.sha256(unpacked).hexdigest()
