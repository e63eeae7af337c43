"""Backups, exports, fetching and erasing on their pages: what was done, in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uncramp.wording.adding import size_words
from uncramp.wording.catalogue import error_text, refusal_text, text
from uncramp.wording.safekeeping import doctor_data, erase_plan_lines, erased_lines

if TYPE_CHECKING:
    from uncramp.actions.doctor import CheckUp
    from uncramp.actions.exporting import ExportResult
    from uncramp.actions.fetching import FetchedFiles
    from uncramp.actions.open_meteo import FetchReport
    from uncramp.actions.safekeeping import BackupResult, Erased, ErasePlan, RestoreResult
    from uncramp.errors import OutboundError

__all__ = [
    "backup_words",
    "backups_words",
    "check_words",
    "erased_words",
    "export_words",
    "fetched_words",
    "plan_words",
    "restore_words",
    "weather_words",
]

Words = dict[str, Any]
"""`title`, `lines`, and what else the page of a result shows."""


def backups_words(files: Sequence[Path]) -> list[dict[str, str]]:
    """Backups in the data folder, newest first."""
    return [{"name": one.name, "size": size_words(one.stat().st_size)} for one in reversed(files)]


def backup_words(result: BackupResult) -> Words:
    """A backup that was written."""
    size = size_words(result.size)
    lines = [
        text(
            "safekeeping.backup.holds", n_runners=result.n_runners, n_activities=result.n_activities
        )
    ]
    if result.removed:
        lines.append(text("safekeeping.backup.removed", n_removed=result.removed))
    lines.append(text("safekeeping.backup.elsewhere"))
    title = text("safekeeping.backup.done", file=result.file, size=size)
    return {"title": title, "lines": lines, "backup": result.file}


def restore_words(result: RestoreResult) -> Words:
    """What is there now, and where the state before is."""
    if result.written_at is None:
        title = text("safekeeping.restore.done_undated", file=result.file)
    else:
        written = f"{result.written_at:%Y-%m-%d %H:%M} UTC"
        title = text("safekeeping.restore.done", file=result.file, written=written)
    lines = [
        text(
            "safekeeping.restore.holds",
            n_runners=result.n_runners,
            n_activities=result.n_activities,
        )
    ]
    if result.was_damaged:
        lines.append(text("safekeeping.restore.damaged", file=result.kept_before))
    elif result.kept_before is not None:
        lines.append(text("safekeeping.restore.before", file=result.kept_before))
    if result.n_flags_kept:
        lines.append(text("safekeeping.restore.flags", n_flags=result.n_flags_kept))
    return {"title": title, "lines": lines}


def export_words(result: ExportResult, *, size: int, most_kept: int) -> Words:
    """What was written, what was left out, and what to mind."""
    lines = [f"{result.file}, {size_words(size)}"]
    lines += [
        text(
            "safekeeping.export.runner",
            name=one.name,
            activities=one.activities,
            originals=one.originals,
            answers=one.answers,
            marks=one.marks,
        ).strip()
        for one in result.runners
    ]
    if result.without_places:
        lines += [text("safekeeping.export.no_places"), text("safekeeping.export.height")]
    if result.trim_home_m is not None:
        points = sum(one.points_left_out for one in result.runners)
        lines.append(text("safekeeping.export.trimmed", points=points))
    if n_files := sum(one.originals_left_out for one in result.runners):
        lines.append(text("safekeeping.export.left_out", n_files=n_files))
    lines += [text("safekeeping.export.health"), text("settings.export.kept", n=most_kept)]
    return {"title": text("settings.export.ready"), "lines": lines, "file": result.file}


def plan_words(plan: ErasePlan) -> list[str]:
    """What erasing takes away, and what it does not reach."""
    return [line.strip() for line in erase_plan_lines(plan)]


def erased_words(erased: Erased) -> Words:
    """What is gone, and what is not."""
    title = text("settings.erase.done", runner=erased.plan.runner)
    return {"title": title, "lines": list(erased_lines(erased))[1:]}


def check_words(result: CheckUp) -> Words:
    """Each look with what it found and what to do; the verdict is the title."""
    data = doctor_data(result)
    n_fail = sum(one["status"] == "fail" for one in data["checks"])
    n_warn = sum(one["status"] == "warn" for one in data["checks"])
    if n_fail:
        title = text("doctor.verdict.fail", n_fail=n_fail)
    elif n_warn:
        title = text("doctor.verdict.warn", n_warn=n_warn)
    else:
        title = text("doctor.verdict.ok")
    checks = [
        {**one, "level": text(f"settings.check.{one['status']}")}
        for one in sorted(data["checks"], key=lambda one: order_of(one["status"]))
    ]
    return {"title": title, "lines": [], "checks": checks}


def order_of(status: str) -> int:
    """What must be mended comes first."""
    return ("fail", "warn", "ok").index(status)


def fetched_words(fetched: FetchedFiles) -> Words:
    """What a fetch from intervals.icu brought."""
    title = text(
        "fetch.summary",
        n_listed=fetched.n_listed,
        n_fetched=fetched.n_fetched,
        n_known=fetched.n_known,
        n_other=fetched.n_other_sports,
    )
    lines = problem_lines(fetched.problem)
    counted = (
        (fetched.added, "settings.fetch.added"),
        (fetched.already_there, "settings.fetch.there"),
        (fetched.linked, "settings.fetch.linked"),
        (fetched.by_hand, "fetch.by_hand"),
        (fetched.from_strava, "settings.fetch.strava"),
    )
    lines += [text(message, n=n) for n, message in counted if n]
    if fetched.n_other_sports:
        lines.append(text("settings.fetch.other"))
    if fetched.stamps:
        lines.append(text("settings.fetch.undo"))
    refused = [{"file": one.file, **refusal_text(one.code, one.values)} for one in fetched.refused]
    return {
        "title": title,
        "lines": lines,
        "refused": refused,
        "is_new": fetched.added + fetched.linked > 0,
    }


def weather_words(report: FetchReport) -> Words:
    """What asking Open-Meteo brought."""
    if not report.n_wanted:
        return {"title": text("settings.weather.nothing"), "lines": []}
    title = text("settings.weather.result", n=report.n_saved, of=report.n_wanted)
    lines = problem_lines(report.problem)
    if report.left:
        lines.append(text("settings.weather.left"))
    for reason, n_runs in report.left.items():
        said = (
            text("settings.weather.not_asked")
            if reason == "not_asked"
            else text(f"weather.left.{reason}")
        )
        lines.append(text("settings.weather.left_line", n=n_runs, reason=said))
    return {"title": title, "lines": lines}


def problem_lines(problem: OutboundError | None) -> list[str]:
    """Why a service gave no answer, and what to do."""
    if problem is None:
        return []
    words = error_text(problem.code, problem.values)
    return [text("fetch.problem", what=words["what"], remedy=words["remedy"])]
