"""`train check`: exported plans read again by the checker that knows nothing of the planner."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from uncramp.actions.race_requests import document_from_text
from uncramp.errors import InputError
from uncramp.training.check import Violation, check_plan
from uncramp.vocabulary import Said

__all__ = ["CheckedPlan", "check_files"]

SCHEMA: Final = "uncramp.train/1"
PARTS: Final = ("status", "sessions", "weeks", "rules")
SESSION_PARTS: Final = ("date", "kind", "distance_m", "duration_s", "steps")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPlan:
    """What was read, and what is wrong with it."""

    found: tuple[Violation, ...]
    n_sessions: int
    files: tuple[str, ...]

    @property
    def is_fine(self) -> bool:
        """Whether every hard rule holds."""
        return not any(one.hard for one in self.found)


def check_files(
    files: Sequence[tuple[str, str]], *, request: Mapping[str, Any] | None = None
) -> CheckedPlan:
    """Check a plan in JSON, and that calendars and tables given with it carry the same sessions.

    `files` are names with their text, the JSON first. `request` is what was asked; without it
    the plan's own word for it is taken. InputError `bad_plan_file` for what is no plan.
    """
    name, content = files[0]
    data = _plan_data(document_from_text(content, file_name=name), name)
    asked = request or data.get("asked")
    if not isinstance(asked, Mapping) or "today" not in asked or "race" not in asked:
        raise InputError("bad_plan_file", values={"file": name, "problem": "no `asked`"})
    try:
        found = list(check_plan(data, asked))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        values = {"file": name, "problem": f"{type(error).__name__}: {error}"}
        raise InputError("bad_plan_file", values=values) from None
    for other, text in files[1:]:
        found += _differs(data, other, text)
    return CheckedPlan(
        found=tuple(found),
        n_sessions=len(data["sessions"]),
        files=tuple(PurePath(one).name for one, _ in files),
    )


def _plan_data(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The data of a plan, with its envelope or without."""
    data = document.get("data") if document.get("schema") == SCHEMA else document
    if not isinstance(data, Mapping) or not all(part in data for part in PARTS):
        raise InputError(
            "bad_plan_file", values={"file": name, "problem": f"not of schema {SCHEMA}"}
        )
    for session in data["sessions"]:
        if not isinstance(session, Mapping) or not all(one in session for one in SESSION_PARTS):
            raise InputError(
                "bad_plan_file", values={"file": name, "problem": "a session lacks a part"}
            )
    return data


def _differs(data: Mapping[str, Any], name: str, text: str) -> list[Violation]:
    """One violation for each day on which a file has another number of sessions than the plan."""
    days = _days_of_calendar(text) if name.lower().endswith(".ics") else _days_of_table(name, text)
    planned = Counter(str(one["date"]) for one in data["sessions"])
    return [
        Violation(
            rule="plan",
            hard=True,
            day=None,
            said=Said(id="train.check.file_differs",
                      values={"file": PurePath(name).name, "on": day}),
        )
        for day in sorted(planned.keys() | days.keys())
        if planned[day] != days[day]
    ]  # fmt: skip


def _days_of_calendar(text: str) -> Counter[str]:
    """How many events begin on each day; those that were called off count no more."""
    events = text.replace("\r\n ", "").replace("\r\n\t", "").split("BEGIN:VEVENT")
    lines = [line for one in events if "STATUS:CANCELLED" not in one.upper()
             for line in one.splitlines()]  # fmt: skip
    starts = [line.rpartition(":")[2] for line in lines if line.upper().startswith("DTSTART")]
    return Counter(f"{one[:4]}-{one[4:6]}-{one[6:8]}" for one in starts)


def _days_of_table(name: str, text: str) -> Counter[str]:
    """How many rows a day has in a CSV with a column `date`."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if "date" not in (rows.fieldnames or ()):
        raise InputError("bad_plan_file", values={"file": name, "problem": "no column `date`"})
    return Counter(str(row["date"])[:10] for row in rows)
