"""The debrief of a race in words, on the terminal, as plain data, and for its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from uncramp.debrief import Debrief, Finding, Gut, SplitRow, Took, Towards
from uncramp.wording.catalogue import text
from uncramp.wording.ledger import check_words, checks_data
from uncramp.wording.quantities import Units, distance, duration
from uncramp.wording.race_card import race_title
from uncramp.wording.run_pages import day_words
from uncramp.wording.runs import runner_option
from uncramp.wording.safety import locks_data, stop_data, stop_lines
from uncramp.wording.said import said

if TYPE_CHECKING:
    from uncramp.actions.race_debrief import DebriefAnswer, DebriefDue

__all__ = [
    "debrief_about",
    "debrief_data",
    "debrief_lines",
    "debrief_view",
    "due_lines",
    "due_words",
]

SHOWN: Final = (Towards.ALERT, Towards.CHANGE, Towards.FITTED, Towards.NOTE, Towards.UNKNOWN)
"""In this order; safety first."""
TINY_S: Final = 0.5
"""Less than half a second is no difference on a clock of seconds."""


def debrief_about(answer: DebriefAnswer) -> str:
    """Which race it is about."""
    race = answer.kept.race
    return text("race_debrief.about", name=race_title(race), day=day_words(race.day))


# ---------------------------------------------------------------- plain data


def debrief_data(answer: DebriefAnswer, *, units: Units) -> dict[str, Any]:
    """The data of the envelope; SI units, sentences in the reader's."""
    made, before = answer.debrief, answer.before
    return {
        "race": answer.kept.race_id,
        "day": answer.kept.race.day,
        "run": None if answer.run is None else answer.run.row.activity_id,
        "stop": stop_data(answer.screening),
        "locks": locks_data(answer.screening),
        "headline": "" if made is None else said(made.headline, units=units),
        "finished": None if made is None else made.finished,
        "cramped": None if made is None else cramped_data(answer),
        "told": {
            "at": answer.told_at,
            "took": answer.told.took,
            "gut": answer.told.gut,
            "fluid_intake_l": answer.told.fluid_intake_l,
            "body_mass_change_pct": answer.told.body_mass_change_pct,
        },
        "plan": {
            "pace_at": before.pace_at,
            "drink_at": before.drink_at,
            "said_before": before.planned.said_before,
        },
        "splits": [] if made is None else [split_data(one) for one in made.splits],
        "findings": []
        if made is None
        else [finding_data(one, units=units) for one in made.findings],
        "checks": [] if made is None else checks_data(made.checks),
    }


def cramped_data(answer: DebriefAnswer) -> dict[str, Any] | None:
    """Whether and where it cramped."""
    if answer.run is None:
        return None
    found = answer.run.cramped
    return {"said": found.said, "at_m": found.at_m, "at_min": found.at_min}


def split_data(row: SplitRow) -> dict[str, Any]:
    """One mark, planned and run."""
    return {
        "at_m": row.at_m,
        "planned_s": row.planned_s,
        "ran_s": row.ran_s,
        "late_s": row.late_s,
    }


def finding_data(finding: Finding, *, units: Units) -> dict[str, Any]:
    """One finding with its sentence and its sources."""
    return {
        "id": finding.id,
        "towards": finding.towards,
        "topic": finding.topic,
        "text": said(finding.said, units=units),
        "sources": list(finding.said.sources),
    }


# ---------------------------------------------------------------- the terminal


def debrief_lines(answer: DebriefAnswer, *, runner: str, units: Units) -> Iterator[str]:
    """Safety first, what came, what to change, what fitted, the splits, and what to do next."""
    yield debrief_about(answer)
    if answer.stopped:
        yield from stop_lines(stop_data(answer.screening) or {})
        return
    if answer.debrief is None:
        yield text("race_debrief.no_run")
        return
    yield said(answer.debrief.headline, units=units)
    for towards in SHOWN:
        yield from part_lines(answer.debrief, towards, units=units)
    yield from held_lines(answer)
    yield from split_lines(answer.debrief.splits, units=units)
    if answer.debrief.checks:
        yield ""
        yield text("race_debrief.heading.checks")
        yield from (f"- {check_words(one, units=units)}" for one in answer.debrief.checks)
    yield ""
    yield text("race_debrief.not_why")
    yield ""
    yield from next_lines(answer, runner=runner)


def part_lines(made: Debrief, towards: Towards, *, units: Units) -> Iterator[str]:
    """The findings of one sort under their heading."""
    found = made.of(towards)
    if not found and towards is not Towards.CHANGE:
        return
    yield ""
    yield text(f"race_debrief.heading.{towards}")
    if not found:
        yield text("race_debrief.nothing_to_change")
    if towards is Towards.CHANGE and len(found) > 1:
        yield text("race_debrief.one_thing")
    yield from (f"- {said(one.said, units=units)}" for one in found)


def held_lines(answer: DebriefAnswer) -> Iterator[str]:
    """Which locks hold advice back."""
    words = held_back(answer)
    if words:
        yield ""
        yield words


def held_back(answer: DebriefAnswer) -> str:
    """The locks that hold advice back, in a sentence; empty without one."""
    names = [one["name"] for one in locks_data(answer.screening)]
    return text("race_debrief.held_back", locks=", ".join(names)) if names else ""


def split_lines(rows: Sequence[SplitRow], *, units: Units) -> Iterator[str]:
    """Plan and race at every mark."""
    if not rows:
        return
    yield ""
    yield text("race_debrief.heading.splits")
    for row in rows:
        words = split_words(row, units=units)
        yield text("race_debrief.splits.line", **words)


def split_words(row: SplitRow, *, units: Units) -> dict[str, str]:
    """One mark as the table shows it."""
    return {
        "at": distance(row.at_m, units=units),
        "planned": duration(row.planned_s),
        "ran": duration(row.ran_s),
        "off": late_words(row.late_s),
    }


def late_words(late_s: float | None) -> str:
    """`4:10 later`, `0:30 sooner`; a dash for a mark that was not passed."""
    if late_s is None:
        return duration(None)
    if abs(late_s) < TINY_S:
        return text("race_debrief.splits.same")
    name = "behind" if late_s > 0 else "ahead"
    return text(f"race_debrief.splits.{name}", time=duration(abs(late_s)))


def next_lines(answer: DebriefAnswer, *, runner: str) -> Iterator[str]:
    """What to do next; nothing is asked twice."""
    who, race = runner_option(runner), answer.kept.race_id
    if answer.told_at is None:
        yield text("race_debrief.next.tell", race=race, who=who)
    if answer.run is not None and answer.run.cramped.said:
        yield text("race_debrief.next.why", run=answer.run.row.activity_id, who=who)
    yield text("race_debrief.next.ledger", who=who)


# ---------------------------------------------------------------- its page


def debrief_view(answer: DebriefAnswer, *, units: Units) -> dict[str, Any]:
    """Everything that the page says; empty lists where nothing may be said."""
    made = answer.debrief
    if made is None:
        return {"headline": "", "parts": {}, "splits": [], "checks": [], "held_back": ""}
    parts = {
        str(towards): [
            {"text": said(one.said, units=units), "sources": list(one.said.sources)}
            for one in made.of(towards)
        ]
        for towards in SHOWN
    }
    return {
        "headline": said(made.headline, units=units),
        "parts": parts,
        "splits": [split_words(one, units=units) for one in made.splits],
        "checks": [check_words(one, units=units) for one in made.checks],
        "held_back": held_back(answer),
        "took": [(str(one), text(f"race_debrief.form.took.{one}")) for one in Took],
        "gut": [(str(one), text(f"race_debrief.form.gut.{one}")) for one in Gut],
        "cramped": [(one, text(f"race_debrief.form.cramped.{one}")) for one in ("no", "yes")],
    }


# ---------------------------------------------------------------- offered by itself


def due_words(due: Sequence[DebriefDue]) -> list[dict[str, Any]]:
    """Races that wait for a look back, as a page offers them."""
    names = [(one.kept.race_id, race_title(one.kept.race)) for one in due]
    return [
        {
            "race": race,
            "text": text("race_debrief.due", name=name),
            "link": text("race_debrief.due.link", name=name),
        }
        for race, name in names
    ]


def due_lines(due: Sequence[DebriefDue], *, runner: str) -> Iterator[str]:
    """The offer of a look back, with its command."""
    for one in due:
        yield ""
        yield text("race_debrief.due", name=race_title(one.kept.race))
        yield text("race_debrief.due.command", race=one.kept.race_id, who=runner_option(runner))
