"""Training plans in words: the data of the `train` envelope, and the lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from uncramp.training_plan import (
    RuleState,
    Session,
    Status,
    Step,
    Week,
)
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, distance, duration, pace
from uncramp.wording.run_pages import day_words
from uncramp.wording.runs import runner_option
from uncramp.wording.safety import closing_lines, locks_data, question_data, stop_data, stop_lines
from uncramp.wording.said import said, sentences

if TYPE_CHECKING:
    from uncramp.actions.train import TrainAnswer
    from uncramp.training.asked import TrainingAsked
    from uncramp.training.check import Violation
    from uncramp.training.update import Comparison

__all__ = [
    "check_data",
    "check_lines",
    "files_data",
    "files_lines",
    "rule_words",
    "session_data",
    "session_lines",
    "session_title",
    "step_amount",
    "step_how",
    "step_lines",
    "train_data",
    "train_lines",
]

KILOMETRE_M: Final = 1000.0
WEEK: Final = timedelta(days=7)
ONE_SIDED: Final = frozenset({"squat", "hip_hinge", "bird_dog", "dead_bug", "pogo", "shin_raise",
                              "squat_free", "calf_raise_free", "adductor_squeeze"})  # fmt: skip
"""Exercises that are done with both sides at once; all others are counted on each side."""
NO_SIDES: Final = frozenset({"warm_legs", "rest", "walk", "walk_in", "run_easy", *ONE_SIDED})
HISTORY_DAYS: Final = timedelta(days=60)
"""Runs this old that a plan carries with it, so that it can be checked by itself."""


# ---------------------------------------------------------------- one session


def session_title(session: Session, *, units: Units) -> str:
    """`Long run, 22.0 km` or `Strength`; what is special about it behind."""
    parts = [text(f"session.kind.{session.kind}")]
    if session.distance_m is not None:
        parts.append(distance(session.distance_m, units=units))
    parts += [text(f"session.novelty.{one}") for one in session.novelties]
    return ", ".join(parts)


def step_amount(step: Step, *, units: Units) -> str:
    """How much of a step: `2.0 km at 6:10 /km to 7:00 /km`, `12 times on each leg or side`."""
    if step.steps:
        return text("session.amount.times", times=step.times)
    if step.distance_m is not None:
        way = short_distance(step.distance_m, units=units)
        if step.pace_s_per_km is None:
            return way
        fastest, slowest = (pace(KILOMETRE_M, one, units=units) for one in step.pace_s_per_km)
        return f"{way} {text('session.amount.pace', fastest=fastest, slowest=slowest)}"
    sides = "together" if step.id in NO_SIDES else "each"
    if step.count is not None:
        return text(f"session.amount.count_{sides}", count=step.count)
    if step.duration_s is not None:
        return text(f"session.amount.for_{sides}", duration=duration(step.duration_s))
    return ""


def short_distance(distance_m: float, *, units: Units) -> str:
    """Metres below a kilometre, as on a track; whatever units are read."""
    if distance_m < KILOMETRE_M:
        return text("cli.quantity.metres", value=f"{distance_m:.0f}")
    return distance(distance_m, units=units)


def step_lines(steps: Sequence[Step], *, units: Units, known: set[str] | None = None) -> list[str]:
    """What to do, one thing a line: how much, what, and how; repeats are set in.

    What is `known` (ids of steps told before) is only named; what is told now is added to it.
    """
    lines = []
    for step in steps:
        amount = step_amount(step, units=units)
        if step.steps:
            lines.append(amount)
            inner = step_lines(step.steps, units=units, known=known)
            lines += [f"  {line}" for line in inner]
            continue
        head = text(f"session.name.{step.id}")
        is_known = known is not None and step.id in known
        how = "" if is_known else f" {step_how(step)}"
        lines.append(f"- {head}{', ' + amount if amount else ''}.{how}")
        if known is not None:
            known.add(step.id)
    return lines


def step_how(step: Step) -> str:
    """How it is done, and when to stop."""
    return text(f"session.step.{step.id}")


def session_lines(session: Session, *, units: Units, known: set[str] | None = None) -> list[str]:
    """One session with how and why; what is in `known` was told before and is only named."""
    title = session_title(session, units=units)
    lines = [f"{day_words(session.day)}: {title} ({duration(session.duration_s)})"]
    lines += [f"  {line}" for line in step_lines(session.steps, units=units, known=known)]
    if known is None or session.why.id not in known:
        lines.append(f"  {text('train.why')}: {said(session.why, units=units)}")
    if known is not None:
        known.add(session.why.id)
    claims = ", ".join(session.claims)
    lines.append(f"  {text('session.claims', claims=claims)} {grade_words(session.grade)}")
    if session.muscles:
        muscles = ", ".join(text(f"interview.muscles.{one}") for one in session.muscles)
        lines.append(f"  {text('session.aims', muscles=muscles)}")
    return lines


def grade_words(grade: str) -> str:
    """How good the evidence is."""
    return text("train.evidence", grade=text(f"session.grade.{grade.lower()}"))


def session_data(session: Session, *, units: Units) -> dict[str, Any]:
    """One session of the envelope."""
    return {
        "id": session.id,
        "date": session.day,
        "kind": session.kind,
        "title": session_title(session, units=units),
        "distance_m": session.distance_m,
        "duration_s": session.duration_s,
        "steps": [_step_data(step, units=units) for step in session.steps],
        "why": said(session.why, units=units),
        "sources": list(session.why.sources),
        "claims": list(session.claims),
        "grade": session.grade,
        "grade_text": text(f"session.grade.{session.grade.lower()}"),
        "novelties": list(session.novelties),
        "first_of": list(session.first_of),
        "muscles": list(session.muscles),
        "descent_m": session.descent_m,
        "hard": session.is_hard,
        "heavy_legs": session.heavy_legs,
    }


def _step_data(step: Step, *, units: Units) -> dict[str, Any]:
    return {
        "id": step.id,
        "name": text(f"session.name.{step.id}"),
        "text": step_how(step),
        "amount": step_amount(step, units=units),
        "effort": step.effort,
        "distance_m": step.distance_m,
        "duration_s": step.duration_s,
        "pace_s_per_km": step.pace_s_per_km,
        "count": step.count,
        "times": step.times,
        "steps": [_step_data(one, units=units) for one in step.steps],
    }


# ---------------------------------------------------------------- the whole answer as data


def train_data(answer: TrainAnswer, *, units: Units) -> dict[str, Any]:
    """The data of `uncramp.train/1`; a stop leaves nothing but itself."""
    plan = answer.plan
    return {
        "status": plan.status,
        "because": sentences(plan.because, units=units),
        "sessions": [session_data(one, units=units) for one in plan.sessions],
        "weeks": [_week_data(one) for one in plan.weeks],
        "rules": [_rule_data(one, units=units) for one in plan.rules],
        "unmet": sentences(plan.unmet, units=units),
        "assumed": sentences(plan.assumed, units=units),
        "race": {
            "name": answer.race.name,
            "date": answer.race.day,
            "distance_m": answer.race.distance_m,
            "reference": answer.reference,
        },
        "predicted_s": answer.asked.race_time_s,
        "asked": asked_data(answer.asked),
        "stop": stop_data(answer.screening),
        "locks": locks_data(answer.screening),
        "unanswered": list(answer.unanswered),
        "done": None if answer.comparison is None else comparison_data(answer.comparison),
    }


def asked_data(asked: TrainingAsked) -> dict[str, Any]:
    """What the plan was made from, so that an exported plan can be checked by itself."""
    recent = [run for run in asked.history if asked.today - run.day <= HISTORY_DAYS]
    return {
        "today": asked.today,
        "race": {"date": asked.race.day, "distance_m": asked.race.distance_m},
        "runner": {"age_y": asked.runner.age_y},
        "days": list(asked.days),
        "strength_days": list(asked.strength_days),
        "blocked_days": list(asked.blocked_days),
        "also_days": list(asked.fixed_days.values()),
        "cramped_muscles": list(asked.cramped_muscles),
        "recently_injured": asked.recently_injured,
        "more_recovery": asked.more_recovery,
        "no_hard_until": asked.no_hard_until,
        "no_timed_repeats": asked.no_timed_repeats,
        "history": [{"date": run.day, "distance_m": run.distance_m} for run in recent],
    }


def _week_data(week: Week) -> dict[str, Any]:
    return {
        "first": week.first,
        "phase": week.phase,
        "distance_m": week.distance_m,
        "longest_m": week.longest_m,
    }


def _rule_data(rule: RuleState, *, units: Units) -> dict[str, Any]:
    return {
        "id": rule.id,
        "text": rule_words(rule.id),
        "status": rule_status(rule),
        "hard": rule.hard,
        "held": rule.held,
        "applies": rule.applies,
        "grade": rule.grade,
        "because": sentences(rule.because, units=units),
    }


def rule_words(rule: str) -> str:
    """What a rule asks for."""
    return text(f"train.rule.{rule.lower()}")


def rule_status(rule: RuleState) -> str:
    """`held`, `broken` or `not_applicable`."""
    if not rule.applies:
        return "not_applicable"
    return "held" if rule.held else "broken"


def comparison_data(comparison: Comparison) -> dict[str, Any]:
    """Planned against done."""
    return {
        "sessions": [
            {
                "id": row.session.id,
                "date": row.session.day,
                "kind": row.session.kind,
                "state": row.state,
                "planned_m": row.session.distance_m,
                "run_m": None if row.run is None else row.run.distance_m,
                "run_date": None if row.run is None else row.run.day,
            }
            for row in comparison.rows
        ],
        "extra": [{"date": run.day, "distance_m": run.distance_m} for run in comparison.extra],
        "days_off": comparison.days_off,
    }


# ---------------------------------------------------------------- the whole answer in lines


def train_lines(
    answer: TrainAnswer, *, runner: str, units: Units, full: bool = False
) -> Iterator[str]:
    """The plan for a terminal: what it comes to, this week in full, the rest by week."""
    stop = stop_data(answer.screening)
    if stop is not None:
        yield from stop_lines(stop)
        yield from closing_lines(stop)
        return
    plan, race = answer.plan, answer.race
    name = race.name or text("train.the_race")
    yield text("train.title", name=name, day=day_words(race.day),
               distance=distance(race.distance_m, units=units))  # fmt: skip
    yield text(f"train.status.{plan.status}")
    yield ""
    yield from (f"- {line}" for line in sentences(plan.because, units=units))
    for lock in locks_data(answer.screening):
        yield f"- {lock['name']}: {lock['because']}"
    yield from (f"- {line}" for line in sentences(plan.unmet, units=units))
    if plan.status is Status.REFUSED:
        yield from _what_to_answer(answer, runner=runner)
        return
    yield from _done_lines(answer.comparison, units=units)
    yield from _change_lines(answer, units=units)
    yield ""
    yield from week_lines(plan.weeks, units=units)
    yield ""
    last, known = None if full else answer.asked.today + WEEK, set[str]()
    for session in plan.sessions:
        if last is None or session.day <= last:
            yield from session_lines(session, units=units, known=known)
            yield ""
    yield from _rule_lines(plan.rules, units=units)
    yield from (f"- {line}" for line in sentences(plan.assumed, units=units))
    if not full:
        yield text("train.more")


def _done_lines(comparison: Comparison | None, *, units: Units) -> Iterator[str]:
    """Planned against done, of the sessions that are over."""
    rows = [] if comparison is None else [
        row for row in comparison.rows if row.session.distance_m and row.state != "to_come"
    ]  # fmt: skip
    if rows:
        yield ""
        yield text("train.done.title")
    for row in rows:
        title = session_title(row.session, units=units)
        state = text(f"train.state.{row.state}")
        yield text("train.done.line", day=day_words(row.session.day), title=title, state=state)


def _change_lines(answer: TrainAnswer, *, units: Units) -> Iterator[str]:
    """What is otherwise than in the plan before."""
    if answer.asked.kept is None:
        return
    today = answer.asked.today
    before = {one.id: one for one in answer.asked.kept.sessions if one.day >= today}
    now = {one.id: one for one in answer.plan.sessions}
    lines = [
        text(f"train.update.{what}", title=session_title(one, units=units), **days)
        for what, one, days in _changes(before, now)
    ]
    yield ""
    yield text("train.update.changed" if lines else "train.update.unchanged")
    yield from (f"- {line}" for line in lines)


def _changes(
    before: Mapping[str, Session], now: Mapping[str, Session]
) -> Iterator[tuple[str, Session, dict[str, str]]]:
    """Each session that is new, gone, on another day, or another one, with its days."""
    for name, one in now.items():
        was = before.get(name)
        if was is None:
            yield "new", one, {"day": day_words(one.day)}
        elif was.day != one.day:
            days = {"before": day_words(was.day), "after": day_words(one.day)}
            yield "moved", one, days
        elif (was.kind, was.distance_m) != (one.kind, one.distance_m):
            yield "now", one, {"day": day_words(one.day)}
    for name, one in before.items():
        if name not in now:
            yield "gone", one, {"day": day_words(one.day)}


def _what_to_answer(answer: TrainAnswer, *, runner: str) -> Iterator[str]:
    """How to answer the screen, when that is what is missing."""
    if not answer.unanswered:
        return
    yield ""
    yield text("train.answer_first")
    for one in answer.unanswered:
        question = question_by_id(one)
        yield f"- {one}: {question['text']}"
        options = ", ".join(str(option["id"]) for option in question["options"])
        yield f"    {options}"
    given = " ".join(f"--answer {one}=none" for one in answer.unanswered)
    yield text("train.answer_how", reference=answer.reference or "next",
               runner=runner_option(runner), answers=given)  # fmt: skip


def question_by_id(question: str) -> dict[str, Any]:
    """A screening question with its options."""
    from uncramp.interview import questions

    return question_data(questions()[question])


def week_lines(weeks: Sequence[Week], *, units: Units) -> list[str]:
    """One line a week with a bar, so that the shape of the plan is seen."""
    most = max((week.distance_m for week in weeks), default=0.0) or 1.0
    columns = 24
    return [
        text(
            "train.week",
            day=day_words(week.first),
            phase=text(f"train.phase.{week.phase}"),
            distance=distance(week.distance_m, units=units),
            longest=distance(week.longest_m, units=units),
            bar="█" * round(columns * week.distance_m / most),
        )
        for week in weeks
    ]


def _rule_lines(rules: Sequence[RuleState], *, units: Units) -> Iterator[str]:
    """How many rules hold, and each that does not or says something."""
    count = sum(1 for rule in rules if rule.applies and rule.held)
    yield text("train.rules_held", held=count, of=sum(1 for rule in rules if rule.applies))
    for rule in rules:
        if rule.applies and (not rule.held or rule.because):
            told = " ".join(sentences(rule.because, units=units))
            yield f"- {rule.id}: {rule_words(rule.id)} {told}"


# ---------------------------------------------------------------- the checker


def check_data(
    found: Sequence[Violation], *, read: Mapping[str, Any], units: Units
) -> dict[str, Any]:
    """The data of `uncramp.train.check/1`."""
    return {
        "ok": not any(one.hard for one in found),
        "violations": [
            {
                "rule": one.rule,
                "hard": one.hard,
                "date": one.day,
                "what": said(one.said, units=units),
            }
            for one in found
        ],
        **read,
    }


def check_lines(found: Sequence[Violation], *, units: Units) -> Iterator[str]:
    """What the checker found, hard rules first."""
    hard = [one for one in found if one.hard]
    yield text("train.check.broken", n=len(hard)) if hard else text("train.check.fine")
    for one in found:
        level = "hard" if one.hard else "soft"
        day = "" if one.day is None else f" {day_words(one.day)}:"
        yield f"- {one.rule} ({text(f'train.check.{level}')}):{day} {said(one.said, units=units)}"


# ---------------------------------------------------------------- files


def files_data(folder: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The data of `uncramp.train.export/1`."""
    return {"folder": folder, "files": [{"name": name, "bytes": len(one)}
                                        for name, one in files.items()]}  # fmt: skip


def files_lines(folder: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """What was written, and what each file is for."""
    yield text("train.files.written", folder=folder)
    yield from (f"- {name}: {text(f'train.files.{name}')}" for name in files)
