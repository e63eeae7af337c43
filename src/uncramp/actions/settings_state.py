"""Everything the settings page shows of a runner, and where copies of the data are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from uncramp import MODEL_VERSION, __version__
from uncramp.actions.context import Context
from uncramp.actions.doctor import CheckUp, check_up
from uncramp.actions.exporting import ExportResult, export
from uncramp.actions.fetching import FetchedFiles, fetch_intervals
from uncramp.actions.open_meteo import FetchReport, fetch_weather, is_on
from uncramp.actions.preferences import OpenFlags, open_flags_of, stop_watching, watch_says
from uncramp.actions.runners import RunnerSummary, list_runners
from uncramp.actions.safekeeping import Erased, automatic_backups, erase
from uncramp.actions.uploading import Count
from uncramp.actions.weather import WeatherState, weather_state
from uncramp.errors import InputError, NotFoundError
from uncramp.evidence import EVIDENCE_VERSION

if TYPE_CHECKING:
    from datetime import date

    from uncramp.vocabulary import UserProfile

__all__ = [
    "VERSIONS",
    "SettingsState",
    "backup_named",
    "checked",
    "erased",
    "exported",
    "fetched",
    "pasted_key",
    "settings_state",
    "weather_fetched",
]

PRINTABLE_KEY: Final = re.compile(r"[!-~]{1,200}")
VERSIONS: Final = (("version", __version__), ("models", MODEL_VERSION),
                   ("evidence", EVIDENCE_VERSION))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsState:
    """Where things stand; `me` is None for a runner who is not there yet."""

    runners: tuple[RunnerSummary, ...]
    me: RunnerSummary | None
    watch_profile: UserProfile | None
    flags: OpenFlags
    is_looking_up: bool
    """Whether Open-Meteo is asked."""
    weather: WeatherState | None
    """How many runs have theirs; counted only while it is looked up."""
    backups: tuple[Path, ...]
    """Oldest first."""


def settings_state(context: Context) -> SettingsState:
    """Where things stand; makes no store where there is none."""
    runners = tuple(list_runners(context)) if context.has_store else ()
    me = next((one for one in runners if one.runner.name == context.runner), None)
    is_looking_up = context.has_store and is_on(context)
    return SettingsState(
        runners=runners,
        me=me,
        watch_profile=None if me is None else watch_says(context, me.newest_run),
        flags=open_flags_of(context),
        is_looking_up=is_looking_up,
        weather=weather_state(context) if is_looking_up and me is not None else None,
        backups=tuple(automatic_backups(context.data_dir)),
    )


def backup_named(context: Context, name: str) -> Path:
    """The backup of this name in the data folder; NotFoundError `backup_missing`."""
    found = {path.name: path for path in automatic_backups(context.data_dir)}
    if name not in found:
        raise NotFoundError("backup_missing")
    return found[name]


# ---------------------------------------------------------------- long work


def checked(context: Context) -> CheckUp:
    """The check-up."""
    return check_up(context)


def exported(
    context: Context,
    target: Path,
    count: Count,
    *,
    everybody: bool,
    trim_home_m: float | None,
    without_places: bool,
) -> ExportResult:
    """An export that can be stopped between two activities."""

    def shown(*, done: int, total: int, name: str) -> None:
        del name
        count.show(done=done, total=total)

    return export(
        context,
        target,
        everybody=everybody,
        trim_home_m=trim_home_m,
        without_places=without_places,
        progress=shown,
    )


def pasted_key(given: str) -> str:
    """A key as it was pasted or stood in a file; InputError `bad_key` for what can be none."""
    key = given.strip()
    if not PRINTABLE_KEY.fullmatch(key):
        raise InputError("bad_key")
    return key


def fetched(
    context: Context, count: Count, *, key: str, since: date | None, all_sports: bool
) -> FetchedFiles:
    """Originals from intervals.icu; can be stopped between two of them."""

    def shown(*, done: int, total: int) -> None:
        count.show(done=done, total=total)

    return fetch_intervals(context, key=key, since=since, all_sports=all_sports, progress=shown)


def weather_fetched(context: Context, count: Count) -> FetchReport:
    """The weather of every run that has none; can be stopped between two questions."""

    def shown(*, done: int, total: int) -> None:
        count.show(done=done, total=total)

    return fetch_weather(context, progress=shown)


def erased(context: Context) -> Erased:
    """The runner gone for good, with what the settings remember of them."""
    stop_watching(context)
    return erase(context, context.runner)
