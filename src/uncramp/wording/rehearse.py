"""Rehearsals and comparisons in words, on the terminal and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from uncramp.envelope import plain
from uncramp.interview import questions
from uncramp.rehearsal.shapes import (
    Heat,
    Rehearsal,
    Rehearsals,
    Scored,
    Stamp,
    TrialState,
    Untestable,
)
from uncramp.units import seconds_from_minutes
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, distance, duration, small_volume, temperature
from uncramp.wording.race_card import race_title
from uncramp.wording.run_pages import day_words
from uncramp.wording.runs import runner_option
from uncramp.wording.safety import closing_lines, locks_data, stop_data, stop_lines
from uncramp.wording.said import said, sentences

if TYPE_CHECKING:
    from uncramp.actions.races import KeptRace
    from uncramp.actions.rehearse import CompareAnswer, RehearsalAnswer
    from uncramp.screening import Screening

__all__ = ["compare_data", "compare_lines", "rehearse_data", "rehearse_lines"]


# ---------------------------------------------------------------- plain data


def rehearse_data(answer: RehearsalAnswer, *, units: Units) -> dict[str, Any]:
    """The data of the envelope; SI units, sentences in the reader's."""
    planned = answer.planned
    return {
        **about_data(answer.kept, answer.screening, answer.held_back, answer.unanswered),
        "planned_at": answer.planned_at,
        "rehearsals": []
        if planned is None
        else [rehearsal_data(one, units=units) for one in planned.rehearsals],
        "unmet": [] if planned is None else sentences(planned.unmet, units=units),
        "done": [scored_data(one, units=units) for one in answer.scored],
        "stamp": None if answer.stamp is None else stamp_data(answer.stamp, units=units),
        "due": None if answer.due is None else answer.due.session_id,
        "due_run": answer.due_run,
        "products": dict(answer.names) if planned is not None else {},
    }


def about_data(
    kept: KeptRace, screening: Screening, held_back: str | None, unanswered: tuple[str, ...]
) -> dict[str, Any]:
    """The race, and what holds advice back."""
    return {
        "race": {"reference": str(kept.race_id), "name": kept.race.name, "date": kept.race.day},
        "held_back": held_back,
        "stop": stop_data(screening),
        "locks": locks_data(screening),
        "unanswered": list(unanswered),
    }


def rehearsal_data(one: Rehearsal, *, units: Units) -> dict[str, Any]:
    """One rehearsal as it is planned."""
    data: dict[str, Any] = plain(one)
    return {**data, "because": sentences(one.because, units=units)}


def scored_data(one: Scored, *, units: Units) -> dict[str, Any]:
    """One rehearsal as it was."""
    return {
        **plain(one.log),
        "predicted_at": one.predicted_at,
        "predicted": one.predicted,
        "happened": None if one.check is None else one.check.happened,
        "inside_50": None if one.check is None else one.check.inside_50,
        "inside_90": None if one.check is None else one.check.inside_90,
        "fits": one.fits,
        "passed": one.passed,
        "like_the_race": one.like_the_race,
        "because": sentences(one.because, units=units),
    }


def stamp_data(stamp: Stamp, *, units: Units) -> dict[str, Any]:
    """What has been shown, always with the caution."""
    return {
        "state": stamp.state,
        "plan": stamp.plan,
        "passed": stamp.passed,
        "needed": stamp.needed,
        "has_like_the_race": stamp.has_like_the_race,
        "passed_on": list(stamp.passed_on),
        "because": sentences(stamp.because, units=units),
        "missing": sentences(stamp.missing, units=units),
        "caution": said(stamp.caution, units=units),
    }


def compare_data(answer: CompareAnswer, *, units: Units) -> dict[str, Any]:
    """The data of the envelope; the order to come is left out, so that nobody reads ahead."""
    state = answer.state
    about = about_data(answer.kept, answer.screening, answer.held_back, answer.unanswered)
    if state is None:
        return {**about, "status": None}
    trial = state.trial
    return {
        **about,
        "status": state.status,
        "outcome": state.outcome,
        "needed_runs": state.needed_runs,
        "available_runs": state.available_runs,
        "done_runs": state.done_runs,
        "next_arm": state.next_arm,
        "plan": {"with": state.plan_with, "runs": state.plan_runs},
        "usual": {"with": state.usual_with, "runs": state.usual_runs},
        "begun": None if trial is None else trial.began,
        "ended": None if trial is None else trial.ended,
        "certainty": None if trial is None else trial.certainty,
        "power": None if trial is None else trial.power,
        "false_claims": None if trial is None else trial.false_claims,
        "others": plain(state.others),
        "because": sentences(state.because, units=units),
    }


# ---------------------------------------------------------------- the terminal


def rehearse_lines(answer: RehearsalAnswer, *, runner: str, units: Units) -> Iterator[str]:
    """The stamp first, then what is to come, what came, and what to do next."""
    stop = stop_data(answer.screening)
    if stop is not None:
        yield from stop_lines(stop)
        yield from closing_lines(stop)
        return
    who, race = runner_option(runner), answer.kept.race_id
    yield text("rehearsals.title", name=race_title(answer.kept.race))
    yield from held_lines(answer.screening, answer.held_back, answer.unanswered)
    if not (answer.is_over or (answer.has_drinking and answer.has_training)):
        yield text("rehearsals.plan_first", race=race, who=who)
    if answer.stamp is not None:
        yield from stamp_lines(answer.stamp, is_over=answer.is_over, units=units)
    if answer.planned is not None:
        yield from planned_lines(answer, answer.planned, units=units)
    elif answer.held_back is None and answer.has_drinking and not answer.is_over:
        yield text("rehearsals.none_yet", race=race, who=who)
    yield from done_lines(answer.scored, units=units)
    if answer.held_back is None and answer.planned is not None:
        yield ""
        yield from next_lines(answer, who=who)
        yield text("page.not_a_device")


def held_lines(
    screening: Screening, held_back: str | None, unanswered: tuple[str, ...]
) -> Iterator[str]:
    """Why no dose is shown, and what can be done about it."""
    if held_back is None:
        return
    yield text(f"rehearsals.held.{held_back}")
    yield from (f"- {one['name']}: {one['because']}" for one in locks_data(screening))
    if unanswered:
        yield text("rehearsals.held.how")
    for name in unanswered:
        question = questions()[name]
        yield f"- {name}: {text(question.text)}"
        yield f"    {', '.join(option.id for option in question.options)}"


def stamp_lines(stamp: Stamp, *, is_over: bool, units: Units) -> Iterator[str]:
    """Where the plan stands and why; never without the caution."""
    yield text(f"rehearsals.stamp.state.{stamp.state}")
    yield text(f"rehearsals.stamp.plan.{stamp.plan}")
    yield from listed(sentences(stamp.because, units=units))
    heading = "never_shown" if is_over else "missing"
    yield from under(heading, sentences(stamp.missing, units=units))
    yield said(stamp.caution, units=units)


def planned_lines(answer: RehearsalAnswer, planned: Rehearsals, *, units: Units) -> Iterator[str]:
    """Every rehearsal to come with its drinks and what the scale should show."""
    coming = answer.ahead
    if coming:
        yield ""
        yield text("rehearsals.heading.planned")
    for one in coming:
        yield f"- {when(one, units=units)}"
        yield from (f"    {line}" for line in how(answer, one, units=units))
    if not answer.is_over:
        yield from under("unmet", sentences(planned.unmet, units=units))


def when(one: Rehearsal, *, units: Units) -> str:
    """Day, length and heat."""
    values = {
        "day": day_words(one.day),
        "distance": distance(one.distance_m, units=units),
        "duration": duration(seconds_from_minutes(one.duration_min)),
    }
    if one.heat is Heat.LIKE_THE_RACE and one.wbgt_from_c is not None:
        low = temperature(one.wbgt_from_c, units=units)
        high = temperature(one.wbgt_to_c, units=units)
        return text("rehearsals.planned.key", low=low, high=high, **values)
    return text("rehearsals.planned.line", temp=temperature(one.temp_air_c, units=units), **values)


def how(answer: RehearsalAnswer, one: Rehearsal, *, units: Units) -> Iterator[str]:
    """What to drink, when not to, and what the scale should show."""
    yield from sentences(one.because, units=units)
    if one.schedule:
        fluid = small_volume(one.fluid_l, units=units)
        yield text("rehearsals.planned.drink", fluid=fluid, sodium=f"{one.sodium_mg:.0f}")
        yield from take_lines(answer, one, units=units)
        yield text("rehearsals.planned.cooler", temp=temperature(one.coolest_c, units=units))
    else:
        yield text("rehearsals.planned.nothing" if one.left_out else "rehearsals.planned.thirst")
    if one.left_out and one.schedule:
        yield text("rehearsals.planned.left_out", n=one.left_out)
    yield text("rehearsals.planned.ceiling", temp=temperature(one.wbgt_to_c, units=units))
    band = one.body_mass_change_pct
    if one.weighs and band is not None:
        yield text("rehearsals.planned.weigh", low=f"{band.low:+.1f}", high=f"{band.high:+.1f}")


def take_lines(answer: RehearsalAnswer, one: Rehearsal, *, units: Units) -> Iterator[str]:
    """Every drink with its minute."""
    for take in one.schedule:
        name = answer.names.get(take.product, take.product)
        dry = text("rehearsals.planned.take.dry", product=name, n=take.servings)
        wet = text(
            "rehearsals.planned.take.drink",
            volume=small_volume(take.fluid_l, units=units),
            product=name,
        )
        at = duration(seconds_from_minutes(take.at_min))
        yield "  " + text("rehearsals.planned.row", at=at, take=wet if take.fluid_l else dry)


def done_lines(scored: Iterable[Scored], *, units: Units) -> Iterator[str]:
    """Every rehearsal that was logged, with what it says."""
    every = list(scored)
    if every:
        yield ""
        yield text("rehearsals.heading.done")
    for one in every:
        verdict = {True: "passed", False: "failed", None: "neither"}[one.passed]
        yield "- " + text(
            "rehearsals.done.line",
            day=day_words(one.log.day),
            verdict=text(f"rehearsals.done.{verdict}"),
        )
        yield from (f"    {line}" for line in sentences(one.because, units=units))


def next_lines(answer: RehearsalAnswer, *, who: str) -> Iterator[str]:
    """How to tell what came of a rehearsal; nothing when none is left."""
    race = answer.kept.race_id
    if answer.due is not None:
        yield text("rehearsals.next.due", day=day_words(answer.due.day), race=race, who=who)
    elif answer.ahead:
        yield text("rehearsals.next.log", race=race, who=who)


def compare_lines(answer: CompareAnswer, *, units: Units) -> Iterator[str]:
    """Whether it could tell, or what it says so far, and what could be tested instead."""
    stop = stop_data(answer.screening)
    if stop is not None:
        yield from stop_lines(stop)
        yield from closing_lines(stop)
        return
    yield text("rehearsals.compare.title")
    yield from held_lines(answer.screening, answer.held_back, answer.unanswered)
    if answer.state is not None:
        yield from state_lines(answer.state, units=units)


def state_lines(state: TrialState, *, units: Units) -> Iterator[str]:
    """A comparison as it stands."""
    what = text(f"rehearsals.compare.outcome.{state.outcome}")
    yield from sentences(state.because, units=units)
    if state.trial is None:
        if state.status == "possible":
            yield text("rehearsals.compare.begin")
    else:
        yield text("rehearsals.compare.counts", what=what, plan=state.plan_with,
                   usual=state.usual_with, runs=state.plan_runs)  # fmt: skip
        power, wrong = state.trial.power, state.trial.false_claims
        yield text(
            "rehearsals.compare.errors", power=f"{100 * power:.0f}", wrong=f"{100 * wrong:.0f}"
        )
    if state.next_arm is not None:
        yield text(f"rehearsals.compare.next.{state.next_arm}")
        yield text("rehearsals.compare.one_thing")
    if state.others:
        yield ""
        yield text("rehearsals.compare.heading.others")
        yield from (f"- {other_words(one)}" for one in state.others)


def other_words(one: Untestable) -> str:
    """One more thing that could be counted, and how many runs that takes."""
    what = text(f"rehearsals.compare.outcome.{one.outcome}")
    if one.runs is None:
        return text("rehearsals.compare.other.never", what=what)
    if one.possible:
        return text("rehearsals.compare.other.possible", what=what, n=one.runs)
    return text("rehearsals.compare.other.too_many", what=what, n=one.runs)


def under(heading: str, lines: list[str]) -> Iterator[str]:
    """Sentences under their heading; nothing without one."""
    if lines:
        yield ""
        yield text(f"rehearsals.heading.{heading}")
        yield from listed(lines)


def listed(lines: Iterable[str]) -> Iterator[str]:
    """Sentences as a list."""
    yield from (f"- {line}" for line in lines)
