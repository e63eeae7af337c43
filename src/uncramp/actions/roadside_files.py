"""The roadside page and its paper as files, and as what a server hands out.

A runner with an open stop gets no files: what is printed or sent to a phone cannot be called back.
Locks are no hindrance, because nothing that a lock could block is in them.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from uncramp.actions.context import Context
from uncramp.actions.now import open_flags
from uncramp.errors import StoreError, UncrampError
from uncramp.evidence import rules_file
from uncramp.export.frame import page_style
from uncramp.export.roadside_card import card_html, lock_screen_png
from uncramp.export.roadside_page import RunnersOwn, page_script, roadside_csp, roadside_page
from uncramp.export.roadside_site import INDEX, MEDIA_TYPES, SITE_NAMES, WORKER, site_files
from uncramp.wording.catalogue import text
from uncramp.wording.runs import runner_option

__all__ = [
    "INDEX",
    "MEDIA_TYPES",
    "SITE_NAMES",
    "WORKER",
    "open_stops_in_words",
    "own_page",
    "own_script",
    "own_style",
    "roadside_csp",
    "roadside_files",
    "site_files",
    "write_files",
    "write_site",
]


def roadside_files(context: Context) -> dict[str, bytes]:
    """The page, the card and the lock screen by file name.

    UncrampError `open_stop_export` while a stop of the runner is open.
    """
    flags = open_flags(context.data_dir, context.runner)
    if flags.stops:
        raise UncrampError("open_stop_export", values=open_stops_in_words(context, flags.stops))
    return {
        "now.html": roadside_page().encode(),
        "card.html": card_html(flags.locks).encode(),
        "lock-screen.png": lock_screen_png(flags.locks),
    }


def open_stops_in_words(context: Context, stops: frozenset[str]) -> dict[str, object]:
    """The names of open stops, and the commands that close them."""
    known = [entry for entry in rules_file("red_flags")["stops"] if entry["id"] in stops]
    whom = runner_option(context.runner)
    commands = [
        f"`uncramp runner clear stop:{entry['id']} --seen-clinician YYYY-MM-DD{whom}`"
        for entry in known
    ]
    return {
        "names": ", ".join(text(entry["name"]) for entry in known),
        "commands": ", ".join(commands),
    }


def write_site(folder: Path) -> tuple[Path, ...]:
    """The public page with all it needs, for any web host; nothing in it is about a runner."""
    return write_files(folder, site_files())


def write_files(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write `files` into `folder`, each whole or not at all; files of the same name are replaced.

    StoreError `files_not_written` when the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        waiting: list[tuple[Path, Path]] = []
        try:
            for name, content in files.items():
                waiting.append((part_file(folder, content), folder / name))
            for part, target in waiting:
                part.replace(target)
        finally:
            for part, _ in waiting:
                part.unlink(missing_ok=True)
    except OSError as error:
        values = {"folder": folder, "detail": error.strerror or type(error).__name__}
        raise StoreError("files_not_written", values=values) from error
    return tuple(target for _, target in waiting)


def part_file(folder: Path, content: bytes) -> Path:
    """The content in a file of its own beside its target, safe on the disk, to be renamed."""
    descriptor, name = tempfile.mkstemp(prefix=".uncramp-", suffix=".part", dir=folder)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return part


# ---------------------------------------------------------------- for a server


def own_page(
    context: Context,
    *,
    save: str,
    home: str,
    settings: str,
    anybody: str,
    style: str,
    script: str,
) -> str:
    """The page of the context's runner, who knows their open flags; see RunnersOwn."""
    flags = open_flags(context.data_dir, context.runner)
    return roadside_page(
        RunnersOwn(
            stops=flags.stops,
            locks=flags.locks,
            readable=flags.readable,
            save=save,
            home=home,
            settings=settings,
            anybody=anybody,
            style=style,
            script=script,
        )
    )


def own_script() -> str:
    """The script of a runner's own page."""
    return page_script(is_own=True)


def own_style() -> str:
    """The style sheet of a runner's own page."""
    return page_style()
