"""What an import did, in words and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from uncramp.wording.catalogue import messages, refusal_text, text
from uncramp.wording.quantities import Units
from uncramp.wording.runs import flag_text, run_data, run_line

if TYPE_CHECKING:
    from uncramp.actions.importing import ImportResult, RefusedFile

__all__ = ["import_data", "import_lines", "import_warnings", "refusal"]

MOST_LINES = 12
"""Longer lists end with a count, so that the answer below them stays on the screen."""
MOST_NAMES = 5


def refusal(refused: RefusedFile) -> dict[str, str]:
    """Reason and remedy of a file that stayed out."""
    if f"import.refused.{refused.code}.reason" in messages("import"):
        return {
            part: text(f"import.refused.{refused.code}.{part}", **refused.values)
            for part in ("reason", "remedy")
        }
    return refusal_text(refused.code, refused.values)


def import_data(result: ImportResult) -> dict[str, Any]:
    """The `data` of `uncramp import --json`."""
    return {
        "added": result.added,
        "already_there": result.already_there,
        "flagged": [
            {
                "file": one.file,
                "activity_id": one.row.activity_id,
                "flags": [
                    {
                        "code": flag.code,
                        "kind": flag.kind,
                        "text": flag_text(flag.code),
                        "detail": flag.detail,
                    }
                    for flag in one.row.flags
                ],
            }
            for one in result.flagged
        ],
        "refused": [{"file": one.file, **refusal(one)} for one in result.refused],
        "activities": [{**run_data(one.row), "status": one.status} for one in result.activities],
    }


def import_warnings(result: ImportResult) -> list[str]:
    """One line about files in folders that are no activity files; none when there were none."""
    if not result.skipped:
        return []
    names = list(result.skipped[:MOST_NAMES])
    if len(result.skipped) > MOST_NAMES:
        names.append("…")
    return [text("import.skipped", n_files=len(result.skipped), names=", ".join(names))]


def import_lines(result: ImportResult, *, units: Units) -> Iterator[str]:
    """The end report: what came in, what is odd, what stayed out and why, what to do next."""
    yield from added_lines(result, units=units)
    yield from flagged_lines(result)
    yield from refused_lines(result)
    yield from import_warnings(result)
    yield ""
    yield text(
        "import.summary",
        runner=result.runner,
        added=result.added,
        already_there=result.already_there,
        flagged=len(result.flagged),
        refused=len(result.refused),
    )
    yield from next_lines(result)


def added_lines(result: ImportResult, *, units: Units) -> Iterator[str]:
    """The activities that are new."""
    added = [one.row for one in result.activities if one.status == "added"]
    if added:
        yield text("import.added_title")
        yield from (f"  {run_line(row, units=units)}" for row in added[:MOST_LINES])
        yield from rest_line(len(added))


def flagged_lines(result: ImportResult) -> Iterator[str]:
    """What is missing, odd or repaired, file by file."""
    if result.flagged:
        yield text("import.flagged_title")
        for one in result.flagged[:MOST_LINES]:
            said = " ".join(flag_text(flag.code) for flag in one.row.flags)
            yield f"  {one.file} ({one.row.activity_id}): {said}"
        yield from rest_line(len(result.flagged))


def refused_lines(result: ImportResult) -> Iterator[str]:
    """Every file that stayed out: all of them, since each needs a decision."""
    if result.refused:
        yield text("import.refused_title")
        for one in result.refused:
            words = refusal(one)
            yield f"  {one.file}: {words['reason']}"
            yield f"    {words['remedy']}"


def rest_line(n_items: int) -> Iterator[str]:
    """How many more there are than were listed."""
    if n_items > MOST_LINES:
        yield text("import.more", n_more=n_items - MOST_LINES)


def next_lines(result: ImportResult) -> Iterator[str]:
    """What to do now."""
    who = "" if result.runner == "me" else f" --runner {quoted(result.runner)}"
    if any(one.row.is_run for one in result.activities):
        yield text("import.next_why", who=who)
    if result.activities:
        yield text("import.next_runs", who=who)
    else:
        yield text("import.next_none")


def quoted(name: str) -> str:
    """A runner's name as a shell takes it."""
    return name if name.replace("-", "").replace("_", "").isalnum() else f'"{name}"'
