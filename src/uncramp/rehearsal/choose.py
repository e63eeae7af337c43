"""Which long runs of a training plan rehearse the race, and in what heat.

No session is moved, made longer or added: the rules of the plan (R1 to R13) hold because it stays
as it is. Seeking out heat is new in itself, so that only a run without anything else new may do it
(R13), a week apart from any first time (R7), and never above a ceiling.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from uncramp.evidence import value
from uncramp.rehearsal.shapes import Heat
from uncramp.training_plan import Novelty, Session, SessionKind
from uncramp.units import minutes_from_seconds, seconds_from_minutes
from uncramp.vocabulary import Said

__all__ = ["Choice", "Chosen", "choose"]

LONG_RUNS = (SessionKind.REHEARSAL, SessionKind.LONG)
PLAIN = ((), (Novelty.LONGEST,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One long run that rehearses."""

    session: Session
    heat: Heat
    is_key: bool
    wbgt_from_c: float | None
    wbgt_to_c: float
    from_min: float
    """Minute of the race from which on the drinking is tried."""
    because: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """All of them by day, and what they cannot show."""

    chosen: tuple[Chosen, ...]
    unmet: tuple[Said, ...]


def choose(
    sessions: Sequence[Session],
    *,
    today: date,
    race_day: date,
    race_min: float,
    race_wbgt_c: float | None,
    known_wbgt_c: float | None,
    passed: int = 0,
    done: Collection[str] = (),
) -> Choice:
    """Rehearsals among the sessions from `today` on.

    `known_wbgt_c` is the most heat of the runs of the last weeks, None when none is known;
    `passed` how many rehearsals in a row went well already; `done` the sessions that were
    rehearsals and are over: start and end of the race take turns after them.
    """
    left = [one for one in sessions if one.id not in done]
    runs = able(left, today=today, race_day=race_day)
    unmet = []
    needed = max(0, int(value("rehearsal.stamp.rehearsals")) - passed)
    if len(runs) < needed:
        values = {"n": len(runs), "needed": needed}
        unmet.append(Said(id="rehearsals.unmet.few", values=values, sources=("judgement",)))
    key = key_run(
        runs,
        sessions,
        race_min=race_min,
        race_wbgt_c=race_wbgt_c,
        known_wbgt_c=known_wbgt_c,
    )
    if isinstance(key, Said):
        unmet.append(key)
    is_key = None if isinstance(key, Said) else key.id
    chosen = [
        one_run(
            session,
            index,
            is_key=session.id == is_key,
            race_min=race_min,
            race_wbgt_c=race_wbgt_c,
        )
        for index, session in enumerate(runs, start=len(done))
    ]
    return Choice(chosen=tuple(chosen), unmet=tuple(unmet))


def able(sessions: Sequence[Session], *, today: date, race_day: date) -> list[Session]:
    """Plain long runs to come, those that the plan calls rehearsals first, by day."""
    least = value("rehearsal.fit.least_min")
    found = [
        one
        for one in sessions
        if one.kind in LONG_RUNS
        and one.distance_m
        and today <= one.day < race_day
        and one.novelties in PLAIN
        and minutes_from_seconds(one.duration_s) >= least
    ]
    found.sort(key=lambda one: (one.kind is not SessionKind.REHEARSAL, race_day - one.day))
    return sorted(found[: int(value("rehearsal.choose.most"))], key=lambda one: one.day)


def key_run(
    runs: Sequence[Session],
    sessions: Sequence[Session],
    *,
    race_min: float,
    race_wbgt_c: float | None,
    known_wbgt_c: float | None,
) -> Session | Said:
    """The run that is to be as hot and nearly as long as the race, or why there is none."""
    if race_wbgt_c is None:
        return Said(id="rehearsals.unmet.no_weather")
    from_c = race_wbgt_c - value("rehearsal.stamp.wbgt_below_c")
    ceiling_c = value("rehearsal.heat.ceiling_wbgt_c")
    if from_c > ceiling_c:
        values = {"from_c": from_c, "ceiling_c": ceiling_c}
        return Said(id="rehearsals.unmet.too_hot", values=values, sources=("judgement",))
    least_min = value("rehearsal.stamp.duration_share") * race_min
    long = [one for one in runs if minutes_from_seconds(one.duration_s) >= least_min]
    if not long:
        values = {"least_s": seconds_from_minutes(least_min)}
        return Said(id="rehearsals.unmet.none_long", values=values, sources=("judgement",))
    is_new = known_wbgt_c is None or known_wbgt_c < from_c
    fit = [one for one in long if not is_new or may_be_hot(one, sessions)]
    if not fit:
        return Said(id="rehearsals.unmet.heat_is_new", sources=("judgement",))
    return max(fit, key=lambda one: (one.duration_s, one.day))


def may_be_hot(session: Session, sessions: Sequence[Session]) -> bool:
    """Whether nothing else is new in this run (R13), and no first time within a week (R7)."""
    apart = timedelta(days=value("rehearsal.heat.apart_days"))
    near = (one for one in sessions if one.id != session.id and abs(one.day - session.day) < apart)
    return not session.novelties and not any(one.first_of for one in near)


def one_run(
    session: Session,
    index: int,
    *,
    is_key: bool,
    race_min: float,
    race_wbgt_c: float | None,
) -> Chosen:
    """One rehearsal: the first, third … begin with the start of the race, the others end it."""
    minutes = minutes_from_seconds(session.duration_s)
    begins = is_key or index % 2 == 0
    from_min = 0.0 if begins else max(0.0, race_min - minutes)
    ceiling_c = value("rehearsal.heat.ceiling_wbgt_c")
    because = [Said(id="rehearsals.because.start" if from_min == 0.0 else "rehearsals.because.end")]
    if is_key:
        because.insert(0, Said(id="rehearsals.because.key"))
    below = value("rehearsal.stamp.wbgt_below_c")
    return Chosen(
        session=session,
        heat=Heat.LIKE_THE_RACE if is_key else Heat.AS_IT_COMES,
        is_key=is_key,
        wbgt_from_c=race_wbgt_c - below if is_key and race_wbgt_c is not None else None,
        wbgt_to_c=ceiling_c,
        from_min=from_min,
        because=tuple(because),
    )
