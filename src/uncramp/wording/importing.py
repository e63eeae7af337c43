"""What an import did, in words and as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from uncramp.wording.catalogue import messages, refusal_text, text
from uncramp.wording.quantities import Units
from uncramp.wording.runs import flag_text, run_data, run_line, runner_option

if TYPE_CHECKING:
    from uncramp.actions.curating import Undone
    from uncramp.actions.importing import ImportResult
    from uncramp.store.rows import ActivityRow

__all__ = [
    "import_data",
    "import_lines",
    "import_warnings",
    "progress_text",
    "undone_data",
    "undone_lines",
]

MOST_LINES = 12
"""Of longer lists only the end is shown, so that the answer below stays on the screen."""
MOST_NAMES = 5
BYTES_A_MB = 10**6


def import_data(result: ImportResult) -> dict[str, Any]:
    """The `data` of `uncramp import --json`."""
    return {
        "added": result.added,
        "already_there": result.already_there,
        "linked": result.linked,
        "stamp": result.stamp,
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
        "refused": [
            {"file": one.file, **refusal_text(one.code, one.values)} for one in result.refused
        ],
        "skipped": [
            {"reason": messages("refused").get(reason, reason), "n_files": n_files}
            for reason, n_files in result.skipped_for.items()
        ],
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
    yield from left_out_lines(result)
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
    if result.linked:
        yield text("import.linked", n_runs=result.linked)
    yield from next_lines(result)


def added_lines(result: ImportResult, *, units: Units) -> Iterator[str]:
    """The newest of what came in, newest last."""
    added = [one.row for one in result.activities if one.status == "added"]
    if added:
        yield text("import.added_title")
        if len(added) > MOST_LINES:
            yield text("import.more", n_more=len(added) - MOST_LINES)
        known = sorted(added, key=lambda row: (row.start_utc is not None, row.start_utc))
        yield from (f"  {run_line(row, units=units)}" for row in known[-MOST_LINES:])


def flagged_lines(result: ImportResult) -> Iterator[str]:
    """What is missing, odd or repaired, with the number of activities each is true of."""
    if result.flagged:
        yield text("import.flagged_title")
        codes = Counter(code for one in result.flagged for code in codes_of(one.row))
        yield from (f"  {count:>4} x {flag_text(code)}" for code, count in codes.most_common())


def codes_of(row: ActivityRow) -> list[str]:
    """Codes of an activity's flags, each once."""
    return list(dict.fromkeys(flag.code for flag in row.flags))


def refused_lines(result: ImportResult) -> Iterator[str]:
    """Every file that stayed out: all of them, since each needs a decision."""
    if result.refused:
        yield text("import.refused_title")
        for one in result.refused:
            words = refusal_text(one.code, one.values)
            yield f"  {one.file}: {words['reason']}"
            yield f"    {words['remedy']}"


def left_out_lines(result: ImportResult) -> Iterator[str]:
    """Healthy files that hold no run, counted by reason."""
    if result.skipped_for:
        yield text("import.left_out_title")
        for reason, n_files in result.skipped_for.items():
            yield f"  {n_files:>4} x {messages('refused').get(reason, reason)}"


def next_lines(result: ImportResult) -> Iterator[str]:
    """What to do now."""
    who = runner_option(result.runner)
    if any(one.row.is_run for one in result.activities):
        yield text("import.next_why", who=who)
    if result.activities:
        yield text("import.next_runs", who=who)
    else:
        yield text("import.next_none")
    if result.stamp is not None:
        yield text("import.undo", stamp=result.stamp, who=who)


def progress_text(*, done_bytes: int, total_bytes: int) -> str:
    """How much is done, in megabytes."""
    done_mb, total_mb = done_bytes // BYTES_A_MB, total_bytes // BYTES_A_MB
    return text("import.progress_bytes", done_mb=done_mb, total_mb=total_mb)


def undone_data(undone: Undone) -> dict[str, Any]:
    """The `data` of `uncramp import --undo --json`."""
    return {"undone": undone.stamp, "removed": undone.n_removed}


def undone_lines(undone: Undone) -> Iterator[str]:
    """What was taken back."""
    yield text("import.undone", stamp=undone.stamp, n_activities=undone.n_removed)
