"""`why`: which kind a cramp fits, from a case file or from a stored run and its answers.

A case file is answered on its own: no store is read or written. A stored run is replayed, its
saved answers are used, open flags are honoured, and the answer goes to the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from uncramp import MODEL_VERSION, __version__
from uncramp.actions.cases import Case, profile_facts
from uncramp.actions.context import Context
from uncramp.actions.runs import find_run
from uncramp.evidence import EVIDENCE_VERSION, value
from uncramp.explanation import Explanation, explain
from uncramp.interview import questions
from uncramp.run_facts import RunFacts, facts_from_summary
from uncramp.screening import screen
from uncramp.vocabulary import Answers, UserProfile

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow, StoredAnswer, StoredRunner
    from uncramp.timeline import Timeline

__all__ = ["WhyAnswer", "record", "why_case", "why_run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyAnswer:
    """An explanation with the stored run it is about, if any."""

    explanation: Explanation
    answers: Answers
    """All that counted: those given now, and those saved before."""
    given: Answers
    unconfirmed_locks: frozenset[str] = frozenset()
    """Locks that rest only on what the watch says of its owner: they count, but are not kept."""
    run: ActivityRow | None = None
    timeline: Timeline | None = None


def why_case(case: Case) -> WhyAnswer:
    """Explain a case on its own; no store is touched."""
    facts = _with_answered_onset(facts_from_summary(case.run), case)
    told = {**case.answers, **facts.facts, **profile_facts(case.profile)}
    return WhyAnswer(explanation=explain(told, facts), answers=case.answers, given=case.answers)


def why_run(context: Context, *, reference: str | None, case: Case) -> WhyAnswer:
    """Explain a cramp of the context's runner, on the stored run `reference` if one is named.

    What `case` tells wins over what was saved before. Open stops and locks hold whatever is
    answered. Raises NotFoundError for an unknown runner or run.
    """
    runner = context.stored_runner()
    row = None if reference is None else find_run(context, reference)
    answers = {**_remembered(context, runner, row), **case.answers}
    told = replace(case, answers=answers)
    facts, timeline, watch = _facts(context, runner, row, told)
    profile = _told_profile(case.profile, runner.profile)
    unconfirmed: dict[str, float] = {}
    if profile is None and watch is not None and watch.age_y is not None:
        unconfirmed = profile_facts(watch)
        facts = replace(facts, assumed=(*facts.assumed, "profile_from_watch"))
    known = unconfirmed if profile is None else profile_facts(profile)
    flags = context.store.open_flags(runner)
    explanation = explain(
        {**answers, **facts.facts, **known},
        facts,
        open_stops=[flag.flag_id for flag in flags if flag.kind == "stop"],
        open_locks=[flag.flag_id for flag in flags if flag.kind == "lock"],
    )
    return WhyAnswer(
        explanation=explanation,
        answers=answers,
        given=case.answers,
        unconfirmed_locks=_locks(unconfirmed) - _locks(answers),
        run=row,
        timeline=timeline,
    )


def record(context: Context, answer: WhyAnswer, *, data: Mapping[str, Any], text: str) -> int:
    """Save the answers, the flags and the advice; returns the id of the ledger line."""
    runner = context.stored_runner()
    run_id = None if answer.run is None else answer.run.activity_id
    context.store.save_answers(runner, run_id, answer.given, at=context.now)
    screening = answer.explanation.screening
    return context.store.save_advice(
        runner,
        verb="why",
        activity_id=run_id,
        at=context.now,
        inputs={"answers": dict(answer.answers), "facts": dict(answer.explanation.run_facts.facts)},
        result=data,
        text=text,
        package_version=__version__,
        model_version=MODEL_VERSION,
        evidence_version=EVIDENCE_VERSION,
        stops=[stop.id for stop in screening.stops],
        locks=[lock.id for lock in screening.locks if lock.id not in answer.unconfirmed_locks],
    )


def _remembered(
    context: Context, runner: StoredRunner, row: ActivityRow | None
) -> dict[str, str | tuple[str, ...] | float]:
    """Saved answers about this run; danger signs only while they are fresh, for they change."""
    if row is None:
        return {}
    saved = context.store.answers(runner, row.activity_id)
    fresh_from = context.now - timedelta(hours=value("safety.screen_valid_hours"))
    return {
        name: stored.answer
        for name, stored in saved.items()
        if name in questions() and _is_usable(name, stored, fresh_from)
    }


def _is_usable(name: str, stored: StoredAnswer, fresh_from: datetime) -> bool:
    return questions()[name].section != "screen" or stored.at >= fresh_from


def _with_answered_onset(facts: RunFacts, case: Case) -> RunFacts:
    """Where the cramp came, when the interview was told and the case file was not."""
    onset_km = _number(case.answers, "onset_km")
    if onset_km is None or case.run.onset_km is not None:
        return facts
    return facts_from_summary(replace(case.run, onset_km=onset_km))


def _number(answers: Answers, name: str) -> float | None:
    answer = answers.get(name)
    return answer if isinstance(answer, float) else None


def _facts(
    context: Context, runner: StoredRunner, row: ActivityRow | None, case: Case
) -> tuple[RunFacts, Timeline | None, UserProfile | None]:
    """Facts of the stored run, else of the case's own run, with what the watch knows."""
    if row is None:
        return _with_answered_onset(facts_from_summary(case.run), case), None, None
    from uncramp.timeline import RecentRun, replay

    _, activity = context.store.activity(runner, row.activity_id)
    recent = [
        RecentRun(
            start_utc=other.start_utc,
            distance_m=other.distance_m,
            moving_s=other.moving_s,
            descent_m=other.descent_m,
        )
        for other in context.store.activities(runner)
        if other.is_run and other.start_utc is not None and other.activity_id != row.activity_id
    ]
    onset_km = _number(case.answers, "onset_km")
    timeline = replay(
        activity,
        recent=recent,
        onset_km=case.run.onset_km if onset_km is None else onset_km,
        onset_min=case.run.onset_min,
        onset_confirmed=case.answers.get("onset_confirm") == "yes",
        temp_air_c=case.run.temp_air_c,
        relative_humidity_pct=case.run.relative_humidity_pct,
    )
    return timeline.facts, timeline, activity.profile


def _told_profile(*told: UserProfile) -> UserProfile | None:
    """The first profile with an age; None when nobody told one."""
    return next((profile for profile in told if profile.age_y is not None), None)


def _locks(case: Mapping[str, object]) -> frozenset[str]:
    return frozenset(lock.id for lock in screen(case).locks)
