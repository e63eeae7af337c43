"""The words of the page of rehearsals: the stamp, what is due, what is to come, what came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from uncramp.debrief import Gut, Took
from uncramp.errors import UncrampError
from uncramp.rehearsal.shapes import Heat, Outcome, TrialStatus
from uncramp.vocabulary import Interval
from uncramp.wording.catalogue import error_text, text
from uncramp.wording.quantities import Units, distance, duration, small_volume, temperature
from uncramp.wording.race_card import stop_words
from uncramp.wording.run_pages import day_words
from uncramp.wording.said import sentences

if TYPE_CHECKING:
    from uncramp.actions.rehearse import CompareAnswer, RehearsalAnswer
    from uncramp.rehearsal.shapes import Rehearsal, Scored, Stamp, TrialState

__all__ = [
    "REHEARSAL_NOTES",
    "compare_words",
    "rehearsal_trouble",
    "rehearsal_view",
]

MINUTE_S: Final = 60.0
COMMAND: Final = "`"
"""Stands in words that are for a terminal."""
REHEARSAL_NOTES: Final = ("planned", "logged", "begun", "ended")
"""What was just done, as the address says it."""


def rehearsal_trouble(error: UncrampError) -> str:
    """What went wrong, without what is for a terminal."""
    parts = error_text(error.code, error.values).values()
    return " ".join(one for one in parts if COMMAND not in one)


def rehearsal_view(answer: RehearsalAnswer, *, units: Units) -> dict[str, Any]:
    """Everything that the page says; nothing of doses while they are held back."""
    held = answer.held_back is not None
    planned = None if held else answer.planned
    return {
        "stamp": None if held or answer.stamp is None else stamp_words(answer.stamp, units=units),
        "due": None if held or answer.due is None else due_words(answer, answer.due),
        "made": ""
        if held or answer.planned_at is None
        else text("rehearsal_page.made", day=day_words(answer.planned_at.date())),
        "coming": [
            coming_words(one, names=answer.names, units=units)
            for one in (() if held else answer.ahead)
        ],
        "unmet": [] if planned is None else sentences(planned.unmet, units=units),
        "done": [scored_words(one, units=units) for one in reversed(answer.scored)],
        "took": [(str(one), text(f"race_debrief.form.took.{one}")) for one in Took],
        "gut": [(str(one), text(f"race_debrief.form.gut.{one}")) for one in Gut],
    }


def stamp_words(stamp: Stamp, *, units: Units) -> dict[str, Any]:
    """The stamp with what it rests on; what it is no promise of is always there."""
    (caution,) = sentences((stamp.caution,), units=units)
    like = "like" if stamp.has_like_the_race else "not_like"
    return {
        "state": str(stamp.state),
        "title": text(f"rehearsal_page.stamp.{stamp.state}"),
        "plan": text(f"rehearsal_page.stamp.plan.{stamp.plan}"),
        "count": text("rehearsal_page.stamp.count", passed=stamp.passed, needed=stamp.needed),
        "like": text(f"rehearsal_page.stamp.{like}"),
        "steps": [one < stamp.passed for one in range(stamp.needed)],
        "because": sentences(stamp.because, units=units),
        "missing": sentences(stamp.missing, units=units),
        "caution": caution,
    }


def due_words(answer: RehearsalAnswer, due: Rehearsal) -> dict[str, str]:
    """The rehearsal that waits for its words."""
    name = "run_waits" if answer.due_run is None else "run_in"
    return {
        "session": due.session_id,
        "text": text(f"rehearsal_page.due.{name}", day=day_words(due.day)),
    }


def coming_words(one: Rehearsal, *, names: Mapping[str, str], units: Units) -> dict[str, Any]:
    """One rehearsal that is planned: when, how far, in what heat, with what to drink."""
    day = day_words(one.day)
    lines = [*heat_words(one, units=units)]
    if one.coolest_c is not None:
        degrees = temperature(one.coolest_c, units=units)
        lines.append(text("rehearsal_page.coming.cool", degrees=degrees))
    if one.weighs:
        lines.append(text("rehearsal_page.coming.weigh"))
    if one.body_mass_change_pct is not None:
        lines.append(expected_words(one.body_mass_change_pct))
    fluid, sodium = small_volume(one.fluid_l, units=units), f"{one.sodium_mg:.0f}"
    left = text("rehearsal_page.coming.left_out", count=one.left_out) if one.left_out else ""
    return {
        "id": one.session_id,
        "day": day,
        "length": distance(one.distance_m, units=units),
        "time": duration(MINUTE_S * one.duration_min),
        "is_key": one.is_key,
        "lines": lines,
        "take": text("rehearsal_page.coming.take", fluid=fluid, sodium=sodium),
        "left_out": left,
        "label": text("rehearsal_page.coming.schedule", day=day),
        "stops": [
            {"at": stop.at, "clock": stop.clock, "takes": stop.takes}
            for stop in stop_words(one.schedule, names=names, units=units)
        ],
        "because": sentences(one.because, units=units),
    }


def heat_words(one: Rehearsal, *, units: Units) -> list[str]:
    """In what heat it is run, and when it is not."""
    if one.wbgt_to_c is None:
        return []
    high = temperature(one.wbgt_to_c, units=units)
    if one.heat is Heat.LIKE_THE_RACE and one.wbgt_from_c is not None:
        low = temperature(one.wbgt_from_c, units=units)
        return [text("rehearsal_page.coming.heat", low=low, high=high)]
    return [text("rehearsal_page.coming.any_heat", high=high)]


def expected_words(band: Interval) -> str:
    """What the scale should show."""
    low, high = (f"{one:+.1f}" for one in (band.low, band.high))
    return text("rehearsal_page.coming.expect", low=low, high=high)


def scored_words(one: Scored, *, units: Units) -> dict[str, Any]:
    """One rehearsal that was run, against what was said of it beforehand."""
    state = {True: "passed", False: "failed", None: "unsaid"}[one.passed]
    if not one.fits:
        state = "not_fitting"
    expected = ""
    if one.check is None and one.predicted is not None:
        expected = expected_words(one.predicted)
    return {
        "day": day_words(one.log.day),
        "run": one.log.activity,
        "state": state,
        "state_words": text(f"rehearsal_page.done.{state}"),
        "check": expected,
        "because": sentences(one.because, units=units),
    }


# ---------------------------------------------------------------- a comparison


def compare_words(answer: CompareAnswer, *, units: Units) -> dict[str, Any] | None:
    """A comparison, begun or not; None while advice is held back."""
    state = answer.state
    if state is None:
        return None
    begun = state.trial is not None
    words: list[str] = [status_words(state)]
    if state.plan_runs or state.usual_runs:
        words.append(
            text(
                "rehearsal_page.compare.counts",
                plan_with=state.plan_with,
                plan_runs=state.plan_runs,
                usual_with=state.usual_with,
                usual_runs=state.usual_runs,
            )
        )
    running = state.status is TrialStatus.RUNNING
    return {
        "lines": words,
        "next": text(f"rehearsal_page.compare.next.{state.next_arm}")
        if running and state.next_arm is not None
        else "",
        "because": sentences(state.because, units=units),
        "others": [other_words(one.outcome, one.runs) for one in state.others if one.possible],
        "outcome": str(state.outcome),
        "outcomes": [(str(one), text(f"rehearsal_page.compare.outcome.{one}")) for one in Outcome],
        "may_begin": state.status is TrialStatus.POSSIBLE,
        "may_end": begun and running,
        "running": running,
    }


def status_words(state: TrialState) -> str:
    """How it stands, in a sentence."""
    return text(
        f"rehearsal_page.compare.status.{state.status}",
        runs=state.needed_runs,
        available=state.available_runs,
        done=state.done_runs,
    )


def other_words(outcome: Outcome, runs: int | None) -> str:
    """What else could be compared."""
    named = text(f"rehearsal_page.compare.outcome.{outcome}")
    if runs is None:
        return text("rehearsal_page.compare.other_none", outcome=named)
    return text("rehearsal_page.compare.other", outcome=named, runs=runs)
