"""Adding runs in the browser: how far it has come, and what became of the files."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from uncramp.wording.catalogue import messages, refusal_text, text
from uncramp.wording.runs import flag_text

if TYPE_CHECKING:
    from uncramp.actions.importing import ImportResult
    from uncramp.actions.reimporting import ReimportResult

__all__ = ["import_words", "one_or_many", "progress_words", "reimport_words", "size_words"]

BYTES_A_GB: Final = 10**9
BYTES_A_MB: Final = 10**6
BYTES_A_KB: Final = 10**3


def one_or_many(n: int, one: str, many: str) -> str:
    """The message `one` for a single thing, else `many` with its number."""
    return text(one) if n == 1 else text(many, n=n)


def size_words(n_bytes: int) -> str:
    """`4.3 GB`, `12.3 MB` or `45 kB`."""
    if n_bytes >= BYTES_A_GB:
        return text("home.gigabytes", value=f"{n_bytes / BYTES_A_GB:.1f}")
    if n_bytes >= BYTES_A_MB:
        return text("safekeeping.size.megabytes", value=f"{n_bytes / BYTES_A_MB:.1f}")
    return text("safekeeping.size.kilobytes", value=f"{n_bytes / BYTES_A_KB:.0f}")


def progress_words(
    *, state: str, done: int, total: int, done_bytes: int, total_bytes: int, is_stopping: bool
) -> str:
    """How far long work is, in one line."""
    if is_stopping:
        return text("add.job.stopping")
    if state == "waiting":
        return text("add.job.waiting")
    if not total:
        return text("add.job.begins")
    if not total_bytes:
        return text("add.job.steps", done=done, total=total)
    if total_bytes < BYTES_A_MB:
        return text("add.job.files", done=done, total=total)
    size = text(
        "import.progress_bytes",
        done_mb=done_bytes // BYTES_A_MB,
        total_mb=total_bytes // BYTES_A_MB,
    )
    return text("add.job.files_size", done=done, total=total, size=size)


def import_words(result: ImportResult, *, is_stopped: bool) -> dict[str, Any]:
    """What an import did: a headline, what else is to be said, and what stayed out and why."""
    added = [one.row for one in result.activities if one.status == "added"]
    n_runs = sum(row.is_run for row in added)
    return {
        "headline": headline(n_runs, n_added=len(added), is_stopped=is_stopped),
        "lines": list(more_lines(result, n_others=len(added) - n_runs, is_stopped=is_stopped)),
        "n_new": len(added) + result.linked,
        "has_runs": any(one.row.is_run for one in result.activities),
        "stamp": result.stamp,
        "refused_title": one_or_many(
            len(result.refused), "add.result.refused", "add.result.refused_many"
        ),
        "refused": [
            {"file": one.file, **refusal_text(one.code, one.values)} for one in result.refused
        ],
        "flagged": flagged(result),
        "left_out": left_out(result),
    }


def headline(n_runs: int, *, n_added: int, is_stopped: bool) -> str:
    """The one sentence that matters."""
    parts = [text("add.result.stopped")] if is_stopped else []
    if n_runs:
        parts.append(one_or_many(n_runs, "add.result.run", "add.result.runs"))
    elif n_added:
        parts.append(text("add.result.no_run"))
    elif not is_stopped:
        parts.append(text("add.result.nothing_new"))
    return " ".join(parts)


def more_lines(result: ImportResult, *, n_others: int, is_stopped: bool) -> list[str]:
    """What else came of it, one thought a line."""
    counted = (
        (n_others, "add.result.other", "add.result.others"),
        (result.already_there, "add.result.there", "add.result.there_many"),
        (result.linked, "add.result.linked", "add.result.linked_many"),
    )
    lines = [one_or_many(n, one, many) for n, one, many in counted if n]
    if is_stopped:
        is_empty = result.stamp is None
        lines.append(text("add.result.stopped_none" if is_empty else "add.result.stopped_rest"))
    elif not result.activities:
        lines.append(text("add.result.none_lead"))
    return lines


def flagged(result: ImportResult) -> list[dict[str, Any]]:
    """What is missing, odd or was repaired, with how many activities each is true of."""
    codes = Counter(
        code
        for one in result.flagged
        for code in dict.fromkeys(flag.code for flag in one.row.flags)
    )
    return [
        {"n": text("add.result.flag_count", n=n), "text": flag_text(code)}
        for code, n in codes.most_common()
    ]


def left_out(result: ImportResult) -> list[dict[str, Any]]:
    """Healthy files that hold no run, counted by reason."""
    found = [
        {"n": text("add.result.flag_count", n=n), "text": messages("refused").get(reason, reason)}
        for reason, n in result.skipped_for.items()
    ]
    if result.skipped:
        found.append({"n": "", "text": text("add.result.skipped", n=len(result.skipped))})
    return found


def reimport_words(result: ReimportResult) -> list[str]:
    """What an export brought back."""
    lines = []
    for one in result.runners:
        lines.append(
            text(
                "add.reimport.runner",
                name=one.name,
                added=one.activities_added,
                there=one.activities_there,
            )
        )
        lines.append(
            text(
                "add.reimport.told",
                answers=one.answers,
                marks=one.marks,
                weather=one.weather,
                advice=one.advice,
                flags=one.flags,
            )
        )
    return lines
