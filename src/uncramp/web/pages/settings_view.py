"""The settings page: where things stand, what was typed, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from uncramp.actions.preferences import conditions
from uncramp.actions.settings_state import VERSIONS, SettingsState, settings_state
from uncramp.vocabulary import UserProfile
from uncramp.web.jobs import jobs_of
from uncramp.web.links import page_url
from uncramp.web.pages.work import problem_words, work_of
from uncramp.web.rendering import context_of, render, runner_of, settings_of, units_of
from uncramp.wording.catalogue import text
from uncramp.wording.home import flags_words
from uncramp.wording.keeping import backups_words
from uncramp.wording.settings_page import (
    cleared_words,
    condition_groups,
    profile_words,
    runner_words,
    watch_words,
)

__all__ = ["settings_page"]

PARTS: Final = (
    "runners", "units", "profile", "health", "files", "weather", "safe", "ledger", "phone", "about",
)  # fmt: skip
DONE: Final = (
    "units", "profile", "profile_lock", "conditions", "conditions_known", "cleared",
    "weather_on", "weather_off", "watching", "not_watching",
)  # fmt: skip


def settings_page(
    request: Request,
    *,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    """The page with what was wrong with what was sent, and what was typed."""
    with context_of(request) as context:
        state = settings_state(context)
    done = request.query_params.get("done", "")
    values = {
        "here": "settings",
        "parts_of_page": PARTS,
        "errors": errors or {},
        "typed": typed or {},
        "done": text(f"settings.done.{done}") if done in DONE else "",
        "work": work_of(request),
        "versions": VERSIONS,
        "url_of": page_url,
        **state_values(request, state),
    }
    if typed is not None:
        values["profile"] = {**values["profile"], **typed}
    return render(request, "settings.html", values, status_code=status_code)


def state_values(request: Request, state: SettingsState) -> dict[str, Any]:
    """Where things stand, in words."""
    units, runner = units_of(request), runner_of(request)
    me = state.me
    profile = UserProfile() if me is None else me.runner.profile
    flags = flags_words(state.flags)
    said_at = None if me is None else me.runner.profile_at
    return {
        "is_known": me is not None,
        "runners": [runner_words(one) for one in state.runners],
        "home_runner": settings_of(request).home_runner,
        "profile": profile_words(profile, units=units),
        "profile_day": None if said_at is None or profile == UserProfile() else said_at.date(),
        "watch_profile": watch_words(state.watch_profile, units=units)
        if profile == UserProfile()
        else "",
        "flags": flags,
        "cleared": cleared_words(me),
        "groups": condition_groups(
            conditions(), open_locks=[lock["id"] for lock in flags["locks"]]
        ),
        "is_looking_up": state.is_looking_up,
        "weather": state.weather,
        "n_weather": 0 if state.weather is None else sum(state.weather.by_source.values()),
        "backups": backups_words(state.backups),
        "watcher": watcher_values(request, runner),
    }


def watcher_values(request: Request, runner: str) -> dict[str, Any] | None:
    """The folder that is watched for the runner, and what came of it."""
    watcher = jobs_of(request).watcher(runner)
    if watcher is None:
        return None
    return {
        "folder": str(watcher.folder),
        "n_added": watcher.n_added,
        "newest": "" if watcher.newest_at is None else f"{watcher.newest_at:%Y-%m-%d %H:%M}",
        "problem": "" if watcher.problem is None else problem_words(watcher.problem),
    }
