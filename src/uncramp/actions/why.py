"""`why`: which kind a cramp fits, from a case file or from a stored run and its answers.

A case file is answered on its own: no store is read or written. A stored run is replayed, its
saved answers are used, open flags are honoured, and the answer goes to the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from uncramp import MODEL_VERSION, __version__
from uncramp.actions.cases import Case, profile_facts
from uncramp.actions.context import Context
from uncramp.actions.runs import find_run
from uncramp.evidence import EVIDENCE_VERSION, value
from uncramp.evidence.rules import DONT_REMEMBER
from uncramp.explanation import Explanation, explain
from uncramp.interview import questions
from uncramp.places import MAP, with_places
from uncramp.run_facts import RunFacts, RunSummary, facts_from_summary
from uncramp.screening import screen
from uncramp.vocabulary import Activity, Answers, UserProfile

if TYPE_CHECKING:
    from uncramp.actions.run_balance import RunBalance
    from uncramp.actions.weather import Weather
    from uncramp.store.rows import ActivityRow, StoredAnswer, StoredRunner
    from uncramp.timeline import Timeline

__all__ = [
    "FOLLOWS",
    "WhyAnswer",
    "look_up_weather",
    "record",
    "usable_answers",
    "why_case",
    "why_run",
    "with_other_runs",
]

FOLLOWS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {MAP: ("spread", "muscles"), "onset_confirm": ("onset_km",)}
)
"""Answers that an answer takes the place of."""


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
    watch: UserProfile | None = None
    """What the watch knows of its owner."""
    timeline: Timeline | None = None
    weather: Weather | None = None
    """The stored weather the answer rests on; None when the case tells it, or nobody does."""
    balance: RunBalance | None = None
    """What was lost on the run; None without one."""


def why_case(case: Case) -> WhyAnswer:
    """Explain a case on its own; no store is touched."""
    facts = _with_answered_onset(facts_from_summary(case.run), case)
    answers = with_places(case.answers)
    told = {**answers, **facts.facts, **profile_facts(case.profile)}
    return WhyAnswer(explanation=explain(told, facts), answers=answers, given=answers)


def why_run(
    context: Context, *, reference: str | None, case: Case, with_watch: bool = True
) -> WhyAnswer:
    """Explain a cramp of the context's runner, on the stored run `reference` if one is named.

    What `case` tells wins over what was saved before. Open stops and locks hold whatever is
    answered. What the watch says of its owner counts where nobody told it, unless `with_watch` is
    off. Raises NotFoundError for an unknown runner or run.
    """
    runner = context.stored_runner()
    row = None if reference is None else find_run(context, reference)
    case = replace(case, answers=with_places(case.answers))
    told = replace(case, answers={**_remembered(context, runner, row), **case.answers})
    if row is not None:
        told = _with_mark(context, row, told, given=case.answers)
    told = replace(told, answers=_without_replaced(told.answers, given=case.answers))
    answers = told.answers
    weather = None if row is None else _weather(context, row, case)
    read = _read(context, runner, row, told, weather)
    facts, watch = read.facts, read.watch
    profile = _told_profile(case.profile, runner.profile)
    unconfirmed: dict[str, float] = {}
    if with_watch and profile is None and watch is not None and watch.age_y is not None:
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
        watch=watch,
        timeline=read.timeline,
        weather=weather,
        balance=read.balance,
    )


def with_other_runs(context: Context, answer: WhyAnswer) -> WhyAnswer:
    """The answer with like runs of the runner beside it; it reads a dozen files, so only once.

    Nothing while a stop speaks, or where there is no run to hold them against.
    """
    losses = None if answer.balance is None else answer.balance.losses
    if answer.run is None or answer.balance is None or losses is None:
        return answer
    if answer.explanation.screening.stops:
        return answer
    from uncramp.actions.run_balance import compared

    others = compared(context, answer.run, answer.balance)
    return replace(answer, balance=replace(answer.balance, others=others))


def look_up_weather(context: Context, reference: str | None, case: Case) -> None:
    """Ask Open-Meteo about the run, once, if that is switched on and nothing better is known.

    That it gives no answer is no error here. Raises NotFoundError as `why_run`.
    """
    if reference is None or case.run.temp_air_c is not None:
        return
    from uncramp.actions.weather import look_up

    look_up(context, find_run(context, reference))


def record(context: Context, answer: WhyAnswer, *, data: Mapping[str, Any], text: str) -> int:
    """Save the answers, the flags and the advice; returns the id of the ledger line."""
    runner = context.stored_runner()
    run_id = None if answer.run is None else answer.run.activity_id
    context.store.save_answers(runner, run_id, answer.given, at=context.now)
    onset = None if answer.timeline is None else answer.timeline.onset
    if answer.run is not None and onset is not None:
        from uncramp.actions.diary import note_onset  # the arrays behind it are not for a case

        note_onset(context, answer.run, answer.given, onset)
    screening = answer.explanation.screening
    return context.store.save_advice(
        runner,
        verb="why",
        activity_id=run_id,
        at=context.now,
        inputs={
            "answers": dict(answer.answers),
            "facts": dict(answer.explanation.run_facts.facts),
            "units": context.units,
        },
        result=data,
        text=text,
        package_version=__version__,
        model_version=MODEL_VERSION,
        evidence_version=EVIDENCE_VERSION,
        stops=[stop.id for stop in screening.stops],
        locks=[lock.id for lock in screening.locks if lock.id not in answer.unconfirmed_locks],
    )


def _with_mark(context: Context, row: ActivityRow, case: Case, *, given: Answers) -> Case:
    """The case with what the diary was told of this run, in place of what was answered before."""
    from uncramp.actions.diary import mark_answers

    mark = context.store.marks(context.stored_runner()).get(row.activity_id)
    marked = mark_answers(mark)
    if mark is None or mark.cramped == "dont_remember":
        return case
    replaced = {"onset_confirm", "onset_km", *marked}
    kept = {name: said for name, said in case.answers.items() if name not in replaced}
    run = case.run
    if mark.km is None and run.onset_min is None:
        run = replace(run, onset_min=mark.minute)
    return replace(case, answers={**kept, **marked, **given}, run=run)


def _without_replaced(answers: Answers, *, given: Answers) -> Answers:
    """`answers` without what was told before and something in `given` takes the place of."""
    replaced = {
        follower
        for name, followers in FOLLOWS.items()
        if name in given and _says_something(given[name])
        for follower in followers
    }
    return {name: one for name, one in answers.items() if name in given or name not in replaced}


def _says_something(answer: object) -> bool:
    """Neither "no" nor "I don't remember"."""
    return answer not in ("no", DONT_REMEMBER, (DONT_REMEMBER,))


def _remembered(
    context: Context, runner: StoredRunner, row: ActivityRow | None
) -> dict[str, str | tuple[str, ...] | float]:
    """Saved answers about this run; danger signs only while they are fresh, for they change."""
    if row is None:
        return {}
    return usable_answers(context, context.store.answers(runner, row.activity_id))


def usable_answers(
    context: Context, saved: Mapping[str, StoredAnswer]
) -> dict[str, str | tuple[str, ...] | float]:
    """Those of `saved` that still count: what was said of danger signs does for a day only."""
    fresh_from = context.now - timedelta(hours=value("safety.screen_valid_hours"))
    return {
        name: stored.answer
        for name, stored in saved.items()
        if name in questions()
        and (questions()[name].section != "screen" or stored.at >= fresh_from)
    }


def _with_answered_onset(facts: RunFacts, case: Case) -> RunFacts:
    """Where the cramp came, when the interview was told and the case file was not."""
    onset_km = _number(case.answers, "onset_km")
    if onset_km is None or case.run.onset_km is not None:
        return facts
    return facts_from_summary(replace(case.run, onset_km=onset_km))


def _number(answers: Answers, name: str) -> float | None:
    answer = answers.get(name)
    return answer if isinstance(answer, float) else None


def _weather(context: Context, row: ActivityRow, case: Case) -> Weather | None:
    """The stored weather of a run, unless the case tells it; a watch warmed by the wrist never."""
    if case.run.temp_air_c is not None:
        return None
    from uncramp.actions.weather import best_weather

    found = best_weather(context, row, None)
    return None if found is None or found.source == "watch" else found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What a run tells: its own file, or what was told of it."""

    facts: RunFacts
    timeline: Timeline | None = None
    watch: UserProfile | None = None
    balance: RunBalance | None = None


def _read(
    context: Context,
    runner: StoredRunner,
    row: ActivityRow | None,
    case: Case,
    weather: Weather | None,
) -> _Read:
    """Facts of the stored run, else of the case's own run, with what the watch knows."""
    if row is None:
        return _Read(facts=_with_answered_onset(facts_from_summary(case.run), case))
    from uncramp.actions.sky import sky_of
    from uncramp.actions.training_history import recent_runs
    from uncramp.timeline import replay

    _, activity = context.store.activity(runner, row.activity_id)
    onset_km = _number(case.answers, "onset_km")
    timeline = replay(
        activity,
        recent=recent_runs(context, row),
        onset_km=case.run.onset_km if onset_km is None else onset_km,
        onset_min=case.run.onset_min,
        onset_confirmed=case.answers.get("onset_confirm") == "yes",
        temp_air_c=(weather or case.run).temp_air_c,
        relative_humidity_pct=(weather or case.run).relative_humidity_pct,
        sky=sky_of(activity, weather),
    )
    if not row.is_run:
        return _Read(facts=timeline.facts, timeline=timeline, watch=activity.profile)
    balance = _balance(context, row, activity, timeline, weather or case.run)
    timeline = _with_own_history(context, row, _with_balance(timeline, balance))
    return _Read(facts=timeline.facts, timeline=timeline, watch=activity.profile, balance=balance)


def _balance(
    context: Context,
    row: ActivityRow,
    activity: Activity,
    timeline: Timeline,
    told: Weather | RunSummary,
) -> RunBalance:
    """What was lost on the run, up to the cramp where that is placed."""
    from uncramp.actions.run_balance import Air, run_balance

    air = None
    if told.temp_air_c is not None:
        air = Air(temp_air_c=told.temp_air_c, relative_humidity_pct=told.relative_humidity_pct)
    onset_min = timeline.facts.facts.get("run.onset_min")
    return run_balance(context, row, activity, air=air, onset_min=onset_min)


def _with_balance(timeline: Timeline, balance: RunBalance) -> Timeline:
    """The timeline with what was lost, or with what is missing for saying so."""
    from uncramp.timeline import with_losses

    if balance.losses is None:
        thin = (f"losses_{one}" for one in balance.missing)
        return replace(timeline, thin=(*timeline.thin, *thin))
    seen = with_losses(timeline, balance.losses)
    assumed = (*seen.facts.assumed, *balance.assumed)
    return replace(seen, facts=replace(seen.facts, assumed=tuple(dict.fromkeys(assumed))))


def _with_own_history(context: Context, row: ActivityRow, timeline: Timeline) -> Timeline:
    """The timeline with what the runner's other cramps say of this one; nothing without a place."""
    onset_min = timeline.facts.facts.get("run.onset_min")
    if onset_min is None:
        return timeline
    from uncramp.actions.history_own import own_facts

    own = own_facts(context, row.activity_id, minute=onset_min)
    facts = replace(timeline.facts, facts={**timeline.facts.facts, **own})
    return replace(timeline, facts=facts) if own else timeline


def _told_profile(*told: UserProfile) -> UserProfile | None:
    """The first profile with an age; None when nobody told one."""
    return next((profile for profile in told if profile.age_y is not None), None)


def _locks(case: Mapping[str, object]) -> frozenset[str]:
    return frozenset(lock.id for lock in screen(case).locks)
