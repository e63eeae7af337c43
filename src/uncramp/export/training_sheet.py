"""A training plan on paper and as a table: a calendar to print, and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from markupsafe import Markup

from uncramp.export.frame import environment, hash_of, page_style
from uncramp.training_plan import Session, TrainingPlan
from uncramp.wording.catalogue import LANGUAGE, text
from uncramp.wording.quantities import Units, distance, duration
from uncramp.wording.run_pages import day_words
from uncramp.wording.train import session_lines, session_title

__all__ = ["training_csv", "training_page"]

COLUMNS: Final = ("date", "kind", "title", "distance_m", "duration_s", "what", "id")
CSP: Final = "default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; form-action 'none'"  # noqa: E501
WEEK: Final = timedelta(days=7)
FORMULA: Final = "=+-@\t\r"
"""A cell that begins so is a formula to a spreadsheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One week of the printed calendar."""

    first: str
    phase: str
    distance: str
    days: tuple[tuple[str, tuple[str, ...]], ...]


def training_csv(plan: TrainingPlan, *, units: Units) -> bytes:
    """A row a session, comma separated, with a heading."""
    file = io.StringIO(newline="")
    table = csv.writer(file)
    table.writerow(COLUMNS)
    for one in plan.sessions:
        what = " | ".join(
            line.strip().removeprefix("- ") for line in session_lines(one, units=units)[1:]
        )
        table.writerow(
            [one.day.isoformat(), one.kind.value, safe(session_title(one, units=units)),
             "" if one.distance_m is None else round(one.distance_m), round(one.duration_s),
             safe(what), one.id]
        )  # fmt: skip
    return file.getvalue().encode()


def safe(cell: str) -> str:
    """Text that no spreadsheet reckons with."""
    return f"'{cell}" if cell[:1] in FORMULA else cell


def training_page(plan: TrainingPlan, *, title: str, about: str, units: Units, made: str) -> str:
    """The plan as a page to print: one row a week, then every session with how and why."""
    style = page_style("training_sheet.css")
    values: Mapping[str, Any] = {
        "language": LANGUAGE,
        "csp": CSP.format(style=hash_of(style)),
        "style": Markup(style),  # noqa: S704  (our own file)
        "title": title,
        "about": about,
        "weekdays": text("run_pages.weekdays").split(),
        "rows": [row(week.first, week.phase.value, week.distance_m, plan.sessions, units=units)
                 for week in plan.weeks],
        "sessions": listed(plan.sessions, units=units),
        "made": made,
    }  # fmt: skip
    return environment().get_template("training_sheet.html").render(values)


def row(
    first: date, phase: str, distance_m: float, sessions: Sequence[Session], *, units: Units
) -> Row:
    """One week with its seven days."""
    days = [first + timedelta(days=offset) for offset in range(WEEK.days)]
    return Row(
        first=day_words(first, with_year=False),
        phase=text(f"train.phase.{phase}"),
        distance=distance(distance_m, units=units),
        days=tuple(
            (
                day_words(day, with_year=False),
                tuple(session_title(one, units=units) for one in sessions if one.day == day),
            )
            for day in days
        ),
    )


def listed(sessions: Sequence[Session], *, units: Units) -> list[dict[str, Any]]:
    """Every session with its steps; what was explained once is only named after that."""
    known: set[str] = set()
    return [
        {
            "day": day_words(one.day),
            "title": session_title(one, units=units),
            "duration": duration(one.duration_s),
            "lines": session_lines(one, units=units, known=known)[1:],
        }
        for one in sessions
    ]
