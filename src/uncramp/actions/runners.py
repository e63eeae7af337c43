"""`uncramp runner`: people, their profile, and the dated clearance of a stop or a lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from uncramp.actions.cases import PROFILE_RANGES, profile_facts
from uncramp.actions.context import Context
from uncramp.errors import InputError, NotFoundError
from uncramp.screening import screen, screening_questions
from uncramp.store.rows import ActivityRow, FlagKind, FlagRow, StoredRunner
from uncramp.vocabulary import UserProfile

__all__ = [
    "ClearedFlag",
    "Overview",
    "RunnerSummary",
    "add_runner",
    "check_runner_name",
    "clear_flag",
    "list_runners",
    "overview",
    "show_runner",
]

LONGEST_NAME: Final = 64
NAME_LETTERS: Final = " ._-'"
"""Besides letters and digits; no @, so that no e-mail address becomes a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerSummary:
    """One runner, and how much the store knows about them."""

    runner: StoredRunner
    n_activities: int
    n_runs: int
    newest_run: ActivityRow | None
    open_flags: tuple[FlagRow, ...]
    cleared_flags: tuple[FlagRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedFlag:
    """A stop or lock that is closed now."""

    flag_id: str
    kind: FlagKind
    cleared_on: date
    still_open: tuple[FlagRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Where things stand: `summary` is None when there is no such runner yet."""

    runner: str
    known: tuple[str, ...]
    summary: RunnerSummary | None


def overview(context: Context) -> Overview:
    """Where things stand for the runner of `context`; makes no store where there is none."""
    if not context.has_store:
        return Overview(runner=context.runner, known=(), summary=None)
    runner = context.store.find_runner(context.runner)
    return Overview(
        runner=context.runner,
        known=tuple(one.name for one in context.store.runners()),
        summary=None if runner is None else summary_of(context, runner),
    )


def check_runner_name(name: str) -> None:
    """InputError `bad_runner_name` when `name` cannot be used as one."""
    letters_fit = all(letter.isalnum() or letter in NAME_LETTERS for letter in name)
    if not letters_fit or not name[:1].isalnum() or name != name.strip():
        raise InputError("bad_runner_name", values={"longest": LONGEST_NAME})
    if len(name) > LONGEST_NAME:
        raise InputError("bad_runner_name", values={"longest": LONGEST_NAME})


def add_runner(context: Context, *, name: str, profile: UserProfile) -> RunnerSummary:
    """A new runner; InputError when the name is taken or cannot be one."""
    check_runner_name(name)
    check_profile(profile)
    runner = context.store.add_runner(name, at=context.now, profile=profile)
    for lock in screen(profile_facts(profile)).locks:
        context.store.open_flag(runner, flag_id=lock.id, kind="lock", at=context.now)
    return summary_of(context, runner)


def check_profile(profile: UserProfile) -> None:
    """InputError `bad_number` for a value nobody can have."""
    for name, (low, high, unit) in PROFILE_RANGES.items():
        value = getattr(profile, name)
        if value is not None and not low <= value <= high:
            raise InputError(
                "bad_number",
                values={"question": name, "value": value, "low": low, "high": high, "unit": unit},
            )


def list_runners(context: Context) -> list[RunnerSummary]:
    """Every runner, by name."""
    return [summary_of(context, runner) for runner in context.store.runners()]


def show_runner(context: Context) -> RunnerSummary:
    """The runner of `context`."""
    return summary_of(context, context.stored_runner())


def summary_of(context: Context, runner: StoredRunner) -> RunnerSummary:
    """Counts and flags of one runner."""
    rows = context.store.activities(runner, with_excluded=False)
    runs = [row for row in rows if row.is_run]
    flags = context.store.flags(runner)
    return RunnerSummary(
        runner=runner,
        n_activities=len(rows),
        n_runs=len(runs),
        newest_run=runs[-1] if runs else None,
        open_flags=tuple(flag for flag in flags if flag.cleared_on is None),
        cleared_flags=tuple(flag for flag in flags if flag.cleared_on is not None),
    )


def clear_flag(
    context: Context, *, reference: str, seen_clinician: date, note: str | None
) -> ClearedFlag:
    """Close an open stop or lock because a clinician has seen the runner on that day.

    `reference` is a flag id, or `stop:ID` / `lock:ID` when both are open. NotFoundError
    `unknown_flag` lists what is open; InputError for a day in the future, or for a stop cleared
    by a visit before it was raised. After a stop the danger questions are asked anew: what was
    answered before the visit would raise it again.
    """
    runner = context.stored_runner()
    flag = find_open_flag(context.store.open_flags(runner), reference=reference)
    today = context.now.date()
    if seen_clinician > today:
        raise InputError("date_in_future", values={"date": seen_clinician, "today": today})
    opened_on = flag.opened_at.astimezone(context.now.tzinfo).date()
    if flag.kind == "stop" and seen_clinician < opened_on:
        raise InputError(
            "clearance_before_stop", values={"date": seen_clinician, "opened_on": opened_on}
        )
    context.store.clear_flag(
        runner, flag_id=flag.flag_id, kind=flag.kind, cleared_on=seen_clinician, note=note
    )
    if flag.kind == "stop":
        context.store.forget_answers(runner, screening_questions())
    return ClearedFlag(
        flag_id=flag.flag_id,
        kind=flag.kind,
        cleared_on=seen_clinician,
        still_open=tuple(context.store.open_flags(runner)),
    )


def find_open_flag(open_flags: list[FlagRow], *, reference: str) -> FlagRow:
    """The one open flag that `reference` means."""
    found = [
        flag for flag in open_flags if reference in {flag.flag_id, f"{flag.kind}:{flag.flag_id}"}
    ]
    if len(found) > 1:
        choices = " / ".join(f"{flag.kind}:{flag.flag_id}" for flag in found)
        raise InputError("ambiguous_flag", values={"flag": reference, "choices": choices})
    if not found:
        known = ", ".join(f"{flag.kind}:{flag.flag_id}" for flag in open_flags) or "–"
        raise NotFoundError("unknown_flag", values={"flag": reference, "open": known})
    return found[0]
