"""What the settings page keeps for a runner: the profile, conditions, and a folder to watch."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from uncramp.actions.cases import PROFILE_RANGES, profile_facts
from uncramp.actions.context import Context
from uncramp.actions.runners import check_runner_name
from uncramp.errors import InputError
from uncramp.interview import Question, questions, raised_by
from uncramp.screening import Screening, screen
from uncramp.store.rows import StoredRunner
from uncramp.vocabulary import UserProfile

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow, FlagRow

__all__ = [
    "Condition",
    "OpenFlags",
    "change_profile",
    "conditions",
    "may_not_train",
    "note_conditions",
    "open_flags_of",
    "profile_trouble",
    "start_runner",
    "stop_watching",
    "watch_says",
    "watched_folders",
    "watched_from_now",
]

ASKED: Final = ("health", "past", "medicines")
"""Questions of the screening whose answers open locks."""
FOLDERS: Final = "watch.folders"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition or a medicine that holds advice back."""

    id: str
    """`question.option`"""
    question: Question
    text: str
    """Message id."""
    locks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFlags:
    """Stops and locks that are open: what was stored, and what the rules say of each."""

    rows: tuple[FlagRow, ...]
    screening: Screening


# ---------------------------------------------------------------- stops and locks


def open_flags_of(context: Context) -> OpenFlags:
    """What is open for the runner; nothing for a runner that is not there yet."""
    runner = context.store.find_runner(context.runner) if context.has_store else None
    rows = () if runner is None else tuple(context.store.open_flags(runner))
    screening = screen(
        {},
        open_stops=[row.flag_id for row in rows if row.kind == "stop"],
        open_locks=[row.flag_id for row in rows if row.kind == "lock"],
    )
    return OpenFlags(rows=rows, screening=screening)


def may_not_train(context: Context) -> bool:
    """Whether a stop is open, or a lock that blocks training."""
    screening = open_flags_of(context).screening
    return bool(screening.stops) or any("training" in lock.blocks for lock in screening.locks)


def conditions() -> tuple[Condition, ...]:
    """Every condition and medicine that opens a lock and nothing worse, in the order asked."""
    found = []
    for question in (questions()[one] for one in ASKED):
        for option in question.options:
            stops, locks = raised_by(question.id, option.id)
            if locks and not stops:
                name = f"{question.id}.{option.id}"
                found.append(Condition(id=name, question=question, text=option.text, locks=locks))
    return tuple(found)


def note_conditions(context: Context, chosen: Sequence[str]) -> tuple[str, ...]:
    """Open the locks of the chosen conditions; the ids of those that are new.

    Nothing is closed here: what is left out of `chosen` says nothing. InputError
    `no_condition` when nothing is chosen, `unknown_option` for what is none.
    """
    known = {one.id: one for one in conditions()}
    if not chosen:
        raise InputError("no_condition")
    for one in chosen:
        if one not in known:
            values = {"question": "health", "option": one, "allowed": ", ".join(known)}
            raise InputError("unknown_option", values=values)
    runner = context.stored_runner()
    before = {row.flag_id for row in context.store.open_flags(runner) if row.kind == "lock"}
    wanted = dict.fromkeys(lock for one in chosen for lock in known[one].locks)
    new = tuple(lock for lock in wanted if lock not in before)
    for lock in new:
        context.store.open_flag(runner, flag_id=lock, kind="lock", at=context.now)
    return new


# ---------------------------------------------------------------- who the runner is


def start_runner(context: Context) -> StoredRunner:
    """The runner of `context`, made now when there is none; InputError `bad_runner_name`."""
    check_runner_name(context.runner)
    found = context.store.find_runner(context.runner)
    return found or context.store.add_runner(context.runner, at=context.now)


def profile_trouble(profile: UserProfile) -> dict[str, InputError]:
    """What nobody can have, by the field it stands in."""
    found = {}
    for name, (low, high, unit) in PROFILE_RANGES.items():
        value = getattr(profile, name)
        if value is not None and not low <= value <= high:
            found[name] = InputError(
                "bad_number",
                values={"question": name, "value": value, "low": low, "high": high, "unit": unit},
            )
    return found


def change_profile(context: Context, profile: UserProfile) -> tuple[str, ...]:
    """Keep what was typed in place of what was known; ids of the locks that this opens.

    An age can open a lock and never closes one. InputError `bad_number`.
    """
    for trouble in profile_trouble(profile).values():
        raise trouble
    runner = context.stored_runner()
    context.store.save_profile(runner, profile, at=context.now)
    before = {row.flag_id for row in context.store.open_flags(runner) if row.kind == "lock"}
    new = tuple(lock.id for lock in screen(profile_facts(profile)).locks if lock.id not in before)
    for lock in new:
        context.store.open_flag(runner, flag_id=lock, kind="lock", at=context.now)
    return new


def watch_says(context: Context, newest: ActivityRow | None) -> UserProfile | None:
    """What the watch of the newest run knows of its owner; None when it knows nothing."""
    if newest is None:
        return None
    _, activity = context.store.activity(context.stored_runner(), newest.activity_id)
    told = activity.profile
    return None if told is None or told == UserProfile() else told


# ---------------------------------------------------------------- a folder that is watched


def watched_folders(context: Context) -> dict[str, Path]:
    """Folders to watch by runner; those of runners who are gone are forgotten now."""
    if not context.has_store:
        return {}
    entries = read_folders(context)
    by_id = {one.runner_id: one for one in context.store.runners()}
    kept = [one for one in entries if is_of(by_id.get(one["runner_id"]), one)]
    if len(kept) < len(entries):
        write_folders(context, kept)
    return {by_id[one["runner_id"]].name: Path(one["folder"]) for one in kept}


def is_of(runner: StoredRunner | None, entry: Mapping[str, Any]) -> bool:
    """Whether the entry is about this very runner: numbers are given again, moments are not."""
    return runner is not None and entry["added_at"] == moment_text(runner.added_at)


def moment_text(moment: datetime) -> str:
    """A moment as it is kept."""
    return moment.isoformat()


def watched_from_now(context: Context, folder: Path) -> None:
    """Remember to watch `folder` for the runner; InputError `not_a_folder`."""
    if not is_there(folder):
        raise InputError("not_a_folder")
    runner = start_runner(context)
    entry = {
        "runner_id": runner.runner_id,
        "added_at": moment_text(runner.added_at),
        "folder": str(folder.absolute()),
    }
    others = [one for one in read_folders(context) if one["runner_id"] != runner.runner_id]
    write_folders(context, [*others, entry])


def stop_watching(context: Context) -> None:
    """Forget the folder of the runner."""
    runner = context.stored_runner()
    entries = read_folders(context)
    write_folders(context, [one for one in entries if one["runner_id"] != runner.runner_id])


def is_there(folder: Path) -> bool:
    """Whether it is a folder that can be asked."""
    try:
        return folder.is_dir()
    except (OSError, ValueError):
        return False


def read_folders(context: Context) -> list[dict[str, Any]]:
    """The setting as it is kept; what is not as we write it counts as nothing."""
    try:
        entries = json.loads(context.store.setting(FOLDERS) or "[]")
        return [
            {"runner_id": one["runner_id"], "added_at": one["added_at"], "folder": one["folder"]}
            for one in entries
        ]
    except (ValueError, LookupError, TypeError):
        return []


def write_folders(context: Context, entries: Sequence[Mapping[str, Any]]) -> None:
    """Keep the setting; without an entry it is taken away."""
    context.store.set_setting(FOLDERS, json.dumps(list(entries)) if entries else None)
