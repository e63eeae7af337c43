"""Backup, restore, export, erase and the check-up, in words and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from uncramp.wording.catalogue import messages, text
from uncramp.wording.runs import runner_option

if TYPE_CHECKING:
    from uncramp.actions.doctor import Check, CheckUp
    from uncramp.actions.exporting import ExportResult
    from uncramp.actions.reimporting import ReimportResult
    from uncramp.actions.safekeeping import BackupResult, Erased, ErasePlan, RestoreResult

__all__ = [
    "backup_data",
    "backup_lines",
    "doctor_data",
    "doctor_lines",
    "erase_data",
    "erase_plan_lines",
    "erased_lines",
    "export_data",
    "export_lines",
    "export_readme",
    "reimport_data",
    "reimport_lines",
    "restore_data",
    "restore_lines",
]

LAYOUT: Final = 1
MOST_NAMES: Final = 5


def size_text(size: int) -> str:
    """`12.3 MB` or `45 kB`."""
    if size >= 10**6:
        return text("safekeeping.size.megabytes", value=f"{size / 10**6:.1f}")
    return text("safekeeping.size.kilobytes", value=f"{size / 10**3:.0f}")


# ---------------------------------------------------------------- backup and restore


def backup_data(result: BackupResult) -> dict[str, Any]:
    """The `data` of `uncramp backup --json`."""
    return {
        "file": result.file,
        "in_data_folder": result.is_automatic,
        "size_bytes": result.size,
        "runners": result.n_runners,
        "activities": result.n_activities,
        "removed": result.removed,
    }


def backup_lines(result: BackupResult) -> Iterator[str]:
    """What was written, and where to keep it."""
    yield text("safekeeping.backup.done", file=result.file, size=size_text(result.size))
    if result.is_automatic:
        yield text("safekeeping.backup.where")
    yield text(
        "safekeeping.backup.holds", n_runners=result.n_runners, n_activities=result.n_activities
    )
    if result.removed:
        yield text("safekeeping.backup.removed", n_removed=result.removed)
    if result.is_automatic:
        yield text("safekeeping.backup.elsewhere")
    yield text("safekeeping.backup.next")


def restore_data(result: RestoreResult) -> dict[str, Any]:
    """The `data` of `uncramp restore --json`."""
    return {
        "file": result.file,
        "written_at": result.written_at,
        "runners": result.n_runners,
        "activities": result.n_activities,
        "kept_before": result.kept_before,
        "was_damaged": result.was_damaged,
        "flags_kept_open": result.n_flags_kept,
    }


def restore_lines(result: RestoreResult) -> Iterator[str]:
    """What is there now, and where the state before is."""
    if result.written_at is None:
        yield text("safekeeping.restore.done_undated", file=result.file)
    else:
        written = f"{result.written_at:%Y-%m-%d %H:%M} UTC"
        yield text("safekeeping.restore.done", file=result.file, written=written)
    yield text(
        "safekeeping.restore.holds", n_runners=result.n_runners, n_activities=result.n_activities
    )
    if result.was_damaged:
        yield text("safekeeping.restore.damaged", file=result.kept_before)
    elif result.kept_before is not None:
        yield text("safekeeping.restore.before", file=result.kept_before)
    if result.n_flags_kept:
        yield text("safekeeping.restore.flags", n_flags=result.n_flags_kept)
    yield text("safekeeping.restore.next")


# ---------------------------------------------------------------- export and its way back


def export_data(result: ExportResult) -> dict[str, Any]:
    """The `data` of `uncramp export --json`."""
    return {
        "file": result.file,
        "trim_home_m": result.trim_home_m,
        "without_places": result.without_places,
        "runners": [
            {
                "name": one.name,
                "activities": one.activities,
                "originals": one.originals,
                "originals_left_out": one.originals_left_out,
                "points_left_out": one.points_left_out,
                "answers": one.answers,
                "marks": one.marks,
                "advice": one.advice,
            }
            for one in result.runners
        ],
    }


def export_lines(result: ExportResult) -> Iterator[str]:
    """What was written, what was left out, and what to mind."""
    yield text("safekeeping.export.done", file=result.file)
    for one in result.runners:
        yield text(
            "safekeeping.export.runner",
            name=one.name,
            activities=one.activities,
            originals=one.originals,
            answers=one.answers,
            marks=one.marks,
        )
    yield from left_out_lines(result)
    yield text("safekeeping.export.health")
    if result.trim_home_m is None and not result.without_places:
        yield text("safekeeping.export.next_back", file=result.file)


def left_out_lines(result: ExportResult) -> Iterator[str]:
    """What is not in the file."""
    if result.without_places:
        yield text("safekeeping.export.no_places")
        yield text("safekeeping.export.height")
    if result.trim_home_m is not None:
        points = sum(one.points_left_out for one in result.runners)
        yield text("safekeeping.export.trimmed", points=points)
    if n_files := sum(one.originals_left_out for one in result.runners):
        yield text("safekeeping.export.left_out", n_files=n_files)


def export_readme(result: ExportResult) -> str:
    """The page that lies in the export."""
    parts = ("title", "runs", "units", "json")
    lines = [text(f"safekeeping.readme.{part}") for part in parts]
    lines += [*left_out_lines(result), text("safekeeping.export.health")]
    lines.append(text("safekeeping.readme.schema", version=LAYOUT))
    return "\n".join(lines) + "\n"


def reimport_data(result: ReimportResult) -> dict[str, Any]:
    """The `data` of `uncramp import EXPORT --json`."""
    return {
        "file": result.file,
        "runners": [
            {
                "name": one.name,
                "added": one.activities_added,
                "already_there": one.activities_there,
                "built_from_tables": one.built,
                "answers": one.answers,
                "drafts": one.drafts,
                "marks": one.marks,
                "weather": one.weather,
                "advice": one.advice,
                "flags": one.flags,
                "sweat_tests": one.sweat_tests,
                "documents": one.documents,
            }
            for one in result.runners
        ],
    }


def reimport_lines(result: ReimportResult) -> Iterator[str]:
    """What came back."""
    yield text("safekeeping.reimport.done", file=result.file)
    for one in result.runners:
        yield text(
            "safekeeping.reimport.runner",
            name=one.name,
            added=one.activities_added,
            there=one.activities_there,
        )
        yield text(
            "safekeeping.reimport.told",
            answers=one.answers,
            marks=one.marks,
            weather=one.weather,
            advice=one.advice,
            flags=one.flags,
        )
        if one.sweat_tests:
            yield text("safekeeping.reimport.sweat_tests", n=one.sweat_tests)
        if one.documents:
            yield text("safekeeping.reimport.documents", n=one.documents)
        if one.built:
            yield text("safekeeping.reimport.built", n_built=one.built)
    who = runner_option(result.runners[0].name) if len(result.runners) == 1 else ""
    yield text("safekeeping.reimport.next") + who


# ---------------------------------------------------------------- erase


def erase_data(erased: Erased) -> dict[str, Any]:
    """The `data` of `uncramp runner erase --json`."""
    plan = erased.plan
    return {
        "runner": plan.runner,
        "activities": plan.n_activities,
        "originals": plan.n_originals,
        "answers": plan.n_answers,
        "marks": plan.n_marks,
        "advice": plan.n_advice,
        "flags": plan.n_flags,
        "sweat_tests": plan.n_sweat_tests,
        "documents": plan.n_documents,
        "not_covered": list(plan.backups),
        "is_scrubbed": erased.is_scrubbed,
    }


def erase_plan_lines(plan: ErasePlan) -> Iterator[str]:
    """What will be gone, and what will not."""
    yield text("safekeeping.erase.title", runner=plan.runner)
    yield text(
        "safekeeping.erase.activities",
        n_activities=plan.n_activities,
        n_originals=plan.n_originals,
    )
    yield text("safekeeping.erase.told", n_answers=plan.n_answers, n_marks=plan.n_marks)
    yield text("safekeeping.erase.advice", n_advice=plan.n_advice, n_flags=plan.n_flags)
    if plan.n_sweat_tests:
        yield text("safekeeping.erase.sweat_tests", n_tests=plan.n_sweat_tests)
    if plan.n_documents:
        yield text("safekeeping.erase.documents", n_documents=plan.n_documents)
    yield from not_covered_lines(plan)


def not_covered_lines(plan: ErasePlan) -> Iterator[str]:
    """Copies that erasing does not reach."""
    if plan.backups:
        names = list(plan.backups[-MOST_NAMES:])
        if len(plan.backups) > MOST_NAMES:
            names.insert(0, "…")
        yield text("safekeeping.erase.backups", runner=plan.runner, names=", ".join(names))
    yield text("safekeeping.erase.exports")


def erased_lines(erased: Erased) -> Iterator[str]:
    """What is gone, and what is not."""
    yield text("safekeeping.erase.done", runner=erased.plan.runner)
    if not erased.is_scrubbed:
        yield text("safekeeping.erase.not_scrubbed")
    yield from not_covered_lines(erased.plan)


# ---------------------------------------------------------------- the check-up


def words_of(check: Check) -> tuple[str, str | None]:
    """What a check found, and what to do about it."""
    said = text(f"doctor.{check.id}.{check.finding}").format(**check.values)
    fix = messages("doctor").get(f"doctor.{check.id}.{check.finding}.fix")
    return said, None if fix is None else fix.format(**check.values)


def doctor_data(result: CheckUp) -> dict[str, Any]:
    """The `data` of `uncramp doctor --json`."""
    checks = []
    for check in result.checks:
        said, fix = words_of(check)
        checks.append({"check": check.id, "status": check.status, "found": said, "fix": fix})
    return {"is_well": not result.has_failed, "checks": checks}


def doctor_lines(result: CheckUp) -> Iterator[str]:
    """A line a check, its remedy below, and the verdict last."""
    for check in result.checks:
        said, fix = words_of(check)
        yield f"{text(f'doctor.status.{check.status}')}  {said}"
        if fix is not None:
            yield f"      {fix}"
    n_fail = sum(check.status == "fail" for check in result.checks)
    n_warn = sum(check.status == "warn" for check in result.checks)
    yield ""
    if n_fail:
        yield text("doctor.verdict.fail", n_fail=n_fail)
    elif n_warn:
        yield text("doctor.verdict.warn", n_warn=n_warn)
    else:
        yield text("doctor.verdict.ok")
