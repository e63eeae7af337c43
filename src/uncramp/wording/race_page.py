"""The words of My race: what the race asks, how to pace it, and the training calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from uncramp.interview import questions
from uncramp.training_plan import (
    RuleState,
    Session,
    SessionKind,
    Status,
    Step,
    TrainingPlan,
)
from uncramp.vocabulary import Interval, PlannedRace, Said, TrainedRun
from uncramp.wording.catalogue import text
from uncramp.wording.gap import gap_band_words, gap_class_words, gap_value_words
from uncramp.wording.quantities import Units, distance, duration, pace, temperature
from uncramp.wording.run_pages import day_words
from uncramp.wording.safety import locks_data, question_data, stop_data
from uncramp.wording.said import height, said, sentences
from uncramp.wording.train import rule_words, session_title, step_amount, step_how

if TYPE_CHECKING:
    from uncramp.actions.gap import GapAnswer
    from uncramp.gap import Gap, Prediction
    from uncramp.pacing import PacePlan
    from uncramp.screening import Screening

__all__ = [
    "days_until",
    "file_rows",
    "flags_of_race",
    "gap_words",
    "muscle_options",
    "plan_changes",
    "plan_words",
    "race_facts",
    "race_name",
    "screen_questions",
    "session_row",
    "session_words",
    "weekday_options",
    "weeks_words",
]

MOST_RUNS: Final = 6
"""Runs named behind a gap; the others are counted."""
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KILOMETRE_M: Final = 1000.0
WEEK: Final = timedelta(days=7)
ICONS: Final = MappingProxyType(
    {
        SessionKind.EASY: "run",
        SessionKind.LONG: "run",
        SessionKind.SPEED: "bolt",
        SessionKind.HILLS: "mountain",
        SessionKind.DESCENT: "mountain",
        SessionKind.STRENGTH: "person",
        SessionKind.MOBILITY: "person",
        SessionKind.REHEARSAL: "drop",
        SessionKind.RACE: "tag",
    }
)
"""The picture before each kind of session."""
FILES: Final = MappingProxyType(
    {
        "training.ics": "calendar",
        "workouts.zip": "watch",
        "training.html": "sheet",
        "training.csv": "csv",
        "training.json": "json",
    }
)
"""Files of a plan to the ids of their words."""
NO_MUSCLE: Final = frozenset({"dont_remember"})
QUIET: Final = "to_come"
"""A session in this state has nothing to say of itself."""


# ---------------------------------------------------------------- the race


def race_name(race: PlannedRace) -> str:
    """What it is called; a race without a name is the reader's."""
    return race.name or text("race_page.unnamed")


def race_facts(race: PlannedRace, *, today: date, units: Units) -> list[str]:
    """Day, length, how long until then, the goal, and what is known of course and weather."""
    facts = [day_words(race.day), distance(race.distance_m, units=units), days_until(race, today)]
    if race.start is not None:
        facts.insert(1, f"{race.start:%H:%M}")
    if race.goal_time_s is None:
        facts.append(text("race_page.facts.finish_well"))
    else:
        facts.append(text("race_page.facts.goal", time=duration(race.goal_time_s)))
    if race.ascent_m is not None and race.descent_m is not None:
        up, down = (height(one, units=units) for one in (race.ascent_m, race.descent_m))
        facts.append(text("race_page.facts.hills", up=up, down=down))
    if race.temp_air_c is not None:
        facts.append(temperature(race.temp_air_c, units=units))
    return facts


def days_until(race: PlannedRace, today: date) -> str:
    """`in 20 days`, `today`, or that it is over."""
    days = (race.day - today).days
    if days < 0:
        return text("race_page.facts.over")
    known = {0: "today", 1: "tomorrow"}
    return text(f"race_page.facts.{known.get(days, 'in_days')}", days=days)


def flags_of_race(screening: Screening) -> dict[str, Any]:
    """What is open and speaks before anything else: stops, and locks on training."""
    stop = stop_data(screening)
    locks = [one for one in locks_data(screening) if "training" in one["blocks"]]
    return {"stop": [] if stop is None else stop["flags"], "locks": locks}


# ---------------------------------------------------------------- the gaps and the pace


def gap_words(answer: GapAnswer, *, units: Units) -> dict[str, Any]:
    """Everything of the page but the picture and the training."""
    report = answer.report
    return {
        "reachable": sentences(report.reachable, units=units),
        "prediction": None
        if report.prediction is None
        else _prediction(report.prediction, units=units),
        "pace": None if answer.pace is None else _pace(answer.pace, units=units),
        "gaps": [_gap(gap, units=units) for gap in report.gaps],
        "proneness": sentences(report.proneness, units=units),
        "says": sentences(report.says, units=units),
        "assumed": _assumed(answer, units=units),
    }


def _assumed(answer: GapAnswer, *, units: Units) -> list[str]:
    """What is taken as given, each once."""
    many = list(answer.report.assumed)
    many += [] if answer.report.prediction is None else answer.report.prediction.assumed
    many += [] if answer.pace is None else answer.pace.assumed
    return list(dict.fromkeys(sentences(tuple(many), units=units)))


def _prediction(prediction: Prediction, *, units: Units) -> dict[str, Any]:
    band = prediction.time_s
    return {
        "band": text("race_page.expect.band", low=duration(band.low), high=duration(band.high)),
        "meaning": text("race_page.expect.meaning", time=duration(band.median)),
        "models": [_model(name, one) for name, one in prediction.by_model.items()],
        "because": [_cited(one, units=units) for one in prediction.because],
    }


def _model(name: str, band: Interval) -> dict[str, str]:
    return {
        "name": text(f"gap.model.{name}"),
        "time": duration(band.median),
        "band": text("race_page.expect.band", low=duration(band.low), high=duration(band.high)),
    }


def _cited(one: Said, *, units: Units) -> dict[str, Any]:
    return {"text": said(one, units=units), "sources": list(one.sources)}


def _pace(pace_plan: PacePlan, *, units: Units) -> dict[str, Any]:
    ceiling = Said(
        id="gap.line.ceiling",
        values={
            "ceiling_s_per_km": pace_plan.ceiling_s_per_km,
            "until_m": pace_plan.ceiling_until_m,
        },
    )
    lists = [(name, getattr(pace_plan, name)) for name in ("twinge", "do_not_start", "stop_when")]
    return {
        "ceiling": said(ceiling, units=units),
        "target": text("gap.line.target", target_s=duration(pace_plan.target_time_s)),
        "because": sentences(pace_plan.because, units=units),
        "splits": _splits(pace_plan, units=units),
        "lists": [
            {"title": text(f"gap.heading.{name}"), "lines": sentences(lines, units=units)}
            for name, lines in lists
            if lines
        ],
    }


def _splits(pace_plan: PacePlan, *, units: Units) -> list[dict[str, str]]:
    """Where to be when, and the pace of each piece."""
    rows, last_m, last_s = [], 0.0, 0.0
    for split in pace_plan.splits:
        rows.append(
            {
                "at": distance(split.at_m, units=units),
                "time": duration(split.at_s),
                "pace": pace(split.at_m - last_m, split.at_s - last_s, units=units),
            }
        )
        last_m, last_s = split.at_m, split.at_s
    return rows


def _gap(gap: Gap, *, units: Units) -> dict[str, Any]:
    runs = [run for run in gap.runs if run.run_id is not None]
    more = len(runs) - MOST_RUNS
    known = gap.value is not None
    return {
        "id": gap.id,
        "name": text(f"gap.name.{gap.id}"),
        "about": text(f"gap.about.{gap.id}"),
        "text": gap_value_words(gap, units=units),
        "band": gap_band_words(gap, units=units) if known else "",
        "klass": text("gap.line.class", name=gap_class_words(gap)) if known else "",
        "because": [_cited(one, units=units) for one in gap.because],
        "missing": sentences(gap.missing, units=units),
        "runs": [_run(run, units=units) for run in runs[:MOST_RUNS]],
        "more_runs": text("race_page.why.more_runs", n=more) if more > 0 else "",
    }


def _run(run: TrainedRun, *, units: Units) -> dict[str, Any]:
    name = f"{day_words(run.day, with_year=False)}, {distance(run.distance_m, units=units)}"
    return {"id": run.run_id, "name": name}


# ---------------------------------------------------------------- the calendar


def weekday_options() -> list[dict[str, str]]:
    """The days of a week with their names."""
    return [{"id": day, "name": text(f"race_page.weekday.{day}")} for day in WEEKDAYS]


def session_row(
    session: Session,
    *,
    state: str,
    today: date,
    address: str,
    units: Units,
) -> dict[str, Any]:
    """One session in a list."""
    has_way = session.distance_m is not None
    amount = distance(session.distance_m, units=units) if has_way else duration(session.duration_s)
    return {
        "kind": str(session.kind),
        "icon": ICONS[session.kind],
        "day": day_words(session.day, with_year=False),
        "name": text(f"session.kind.{session.kind}"),
        "detail": ", ".join(text(f"session.novelty.{one}") for one in session.novelties),
        "amount": amount,
        "amount_small": text("race_page.session.about", time=duration(session.duration_s))
        if has_way and session.kind is not SessionKind.RACE
        else "",
        "state": "" if state == QUIET else state,
        "state_words": "" if state == QUIET else text(f"race_page.state.{state}"),
        "is_today": session.day == today,
        "address": address,
    }


def weeks_words(
    plan: TrainingPlan,
    *,
    states: Mapping[str, str],
    today: date,
    address_of: Callable[[str], str],
    units: Units,
) -> list[dict[str, Any]]:
    """The calendar week by week, each with a bar as long as its distance and its sessions."""
    most = max((week.distance_m for week in plan.weeks), default=0.0)
    found = []
    for number, week in enumerate(plan.weeks, start=1):
        end = week.first + WEEK
        sessions = [one for one in plan.sessions if week.first <= one.day < end]
        found.append(
            {
                "number": number,
                "title": text(
                    "race_page.week.title", n=number, day=day_words(week.first, with_year=False)
                ),
                "phase": str(week.phase),
                "phase_words": text(f"race_page.phase.{week.phase}"),
                "distance": distance(week.distance_m, units=units),
                "longest": text(
                    "race_page.week.longest", distance=distance(week.longest_m, units=units)
                )
                if week.longest_m
                else "",
                "bar": f"{100 * week.distance_m / most:.0f}" if most else "0",
                "is_now": week.first <= today < end,
                "is_open": week.first - WEEK <= today < end,
                "sessions": [
                    session_row(one, state=states.get(one.id, QUIET), today=today,
                                address=address_of(one.id), units=units)
                    for one in sessions
                ],
            }
        )  # fmt: skip
    return found


def session_words(session: Session, *, state: str, units: Units) -> dict[str, Any]:
    """One session in full: what, how, why, and how good the evidence is."""
    return {
        "id": session.id,
        "kind": str(session.kind),
        "title": session_title(session, units=units),
        "day": day_words(session.day),
        "time": text("race_page.session.about", time=duration(session.duration_s)),
        "steps": [_step(step, units=units) for step in session.steps],
        "why": said(session.why, units=units),
        "sources": list(session.why.sources),
        "claims": list(session.claims),
        "grade": text("train.evidence", grade=text(f"session.grade.{session.grade.lower()}")),
        "muscles": [text(f"interview.muscles.{one}") for one in session.muscles],
        "state": "" if state == QUIET else state,
        "state_words": "" if state == QUIET else text(f"race_page.state.{state}"),
    }


def _step(step: Step, *, units: Units) -> dict[str, Any]:
    if step.steps:
        return {"amount": step_amount(step, units=units), "name": "", "how": "",
                "steps": [_step(one, units=units) for one in step.steps]}  # fmt: skip
    return {
        "amount": step_amount(step, units=units),
        "name": text(f"session.name.{step.id}"),
        "how": step_how(step),
        "steps": [],
    }


def plan_changes(before: Sequence[Session], after: Sequence[Session], *, units: Units) -> list[str]:
    """What is otherwise between two plans, a line a session."""
    was = {one.id: one for one in before}
    now = {one.id: one for one in after}
    lines = []
    for name, session in now.items():
        old = was.get(name)
        title, day = session_title(session, units=units), day_words(session.day, with_year=False)
        if old is None:
            lines.append(text("race_page.changed.new", title=title, day=day))
        elif old.day != session.day:
            was_on = day_words(old.day, with_year=False)
            lines.append(text("race_page.changed.moved", title=title, day=day, was=was_on))
        elif session_title(old, units=units) != title:
            was_title = session_title(old, units=units)
            lines.append(text("race_page.changed.other", title=title, day=day, was=was_title))
    for name, session in was.items():
        if name not in now:
            title = session_title(session, units=units)
            day = day_words(session.day, with_year=False)
            lines.append(text("race_page.changed.gone", title=title, day=day))
    return lines


# ---------------------------------------------------------------- the plan as a whole


def plan_words(plan: TrainingPlan, *, units: Units) -> dict[str, Any]:
    """What a plan says of itself, without its calendar."""
    rules = [one for one in plan.rules if one.applies]
    return {
        "status": str(plan.status),
        "refused": plan.status is Status.REFUSED,
        "title": text(f"train.status.{plan.status}"),
        "because": list(dict.fromkeys(sentences(plan.because, units=units))),
        "unmet": sentences(plan.unmet, units=units),
        "assumed": list(dict.fromkeys(sentences(plan.assumed, units=units))),
        "rules": [_rule(one, units=units) for one in rules],
        "rules_said": text(
            "race_page.training.rules_said",
            held=sum(1 for one in rules if one.held),
            of=len(rules),
        ),
    }


def _rule(rule: RuleState, *, units: Units) -> dict[str, Any]:
    return {
        "text": rule_words(rule.id),
        "kind": text("race_page.rule.hard" if rule.hard else "race_page.rule.soft"),
        "status": text("race_page.rule.held" if rule.held else "race_page.rule.broken"),
        "because": sentences(rule.because, units=units),
        "grade": text(f"session.grade.{rule.grade.lower()}"),
    }


# ---------------------------------------------------------------- the form about the week


def muscle_options() -> list[dict[str, str]]:
    """Muscles that may have cramped, as the interview names them."""
    return [
        {"id": one.id, "name": text(f"interview.muscles.{one.id}")}
        for one in questions()["muscles"].options
        if one.id not in NO_MUSCLE
    ]


def screen_questions(
    asked: Sequence[str], *, chosen: Mapping[str, Sequence[str]], units: Units
) -> list[dict[str, Any]]:
    """Health questions that have no answer yet, with what was chosen."""
    return [
        question_data(questions()[one], units=units) | {"chosen": list(chosen.get(one, ()))}
        for one in asked
    ]


def file_rows(names: Sequence[str]) -> list[dict[str, str]]:
    """Files of a plan with what each is for."""
    found = []
    for name in names:
        about = FILES[name]
        found.append(
            {
                "file": name,
                "name": text(f"race_page.file.{about}"),
                "hint": text(f"race_page.file.{about}_hint"),
            }
        )
    return found
