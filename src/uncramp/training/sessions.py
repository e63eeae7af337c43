"""What is in a session: a `Slot` (when, what, how far) becomes a `Session` (how, why, how sure).

The distances of the steps add up to the distance of the slot, to the metre: what the planner
decided is what is run. Doses grow with how often a thing was done before. Everything a step asks
for is said by its message `session.step.<id>`: how it is done, and when to stop.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from uncramp.evidence import value
from uncramp.training.asked import TrainingAsked
from uncramp.training.paces import Paces, paces_of
from uncramp.training.slots import Slot
from uncramp.training.strength import (
    mobility_steps,
    pre_fatigue_steps,
    seconds_of,
    strength_steps,
)
from uncramp.training_plan import Effort, Novelty, Phase, Session, SessionKind, Step
from uncramp.units import seconds_from_minutes
from uncramp.vocabulary import Said

__all__ = ["fill"]

FAST: Final = frozenset({"fast_100", "fast_200", "fast_400", "repeat", "short_repeat",
                         "sharp_repeat", "hill_up"})  # fmt: skip
"""Steps that are not easy running."""

WHY: Final = MappingProxyType(
    {
        "easy": (("G12", "G20"), "cohort", ("judgement",)),
        "return": (("G12",), "judgement", ("judgement",)),
        "long": (("G13", "G14", "G17"), "cohort", ("frandsen_2025", "guide")),
        "longest": (("G12", "G13", "G17"), "cohort", ("frandsen_2025", "guide")),
        "pre_fatigue": (("G17", "G18"), "none", ("guide", "doma_deakin_2013")),
        "fast_finish": (("G16", "G17", "G19"), "none", ("guide",)),
        "heat": (("G13", "G35"), "none", ("guide", "judgement")),
        "speed": (("G14", "G16", "G17"), "judgement", ("guide", "judgement")),
        "sharpen": (("G16",), "A", ("bosquet_2007",)),
        "hills": (("G14", "G16"), "judgement", ("guide", "judgement")),
        "descent": (("G12", "G13"), "lab", ("bontemps_2020", "judgement")),
        "strength": (("G14", "G15", "G17"), "trial", ("zanini_2025", "blagrove_2018", "guide")),
        "mobility": (("G10", "G12"), "none", ("guide", "miller_2018_stretch")),
        "rehearsal": (("G34", "G35", "G36"), "guide", ("guide",)),
        "race": (("G20", "G36"), "guide", ("guide",)),
    }
)
"""Reason to claims of the guide, grade of the evidence, and who says so; `session.why.<reason>`."""


def fill(slots: Sequence[Slot], asked: TrainingAsked) -> tuple[Session, ...]:
    """Every slot with its content, in the order of the slots."""
    paces = paces_of(asked)
    return tuple(_session(slot, asked, paces) for slot in slots)


def _session(slot: Slot, asked: TrainingAsked, paces: Paces) -> Session:
    steps = _steps(slot, asked, paces)
    reason = _reason(slot)
    claims, grade, sources = WHY[reason]
    return Session(
        id=slot.id,
        day=slot.day,
        kind=slot.kind,
        duration_s=_duration_s(slot, steps, paces, asked),
        distance_m=slot.distance_m,
        steps=steps,
        why=Said(id=f"session.why.{reason}", sources=sources),
        claims=claims,
        grade=grade,
        novelties=slot.novelties,
        first_of=slot.first_of,
        muscles=_muscles(slot, asked),
        descent_m=slot.descent_m,
        is_hard=slot.is_hard,
        heavy_legs=slot.heavy_legs,
    )


def _reason(slot: Slot) -> str:
    """Which reason of `WHY` stands for a session: what is special about it, else its kind."""
    if slot.sharpen:
        return "sharpen"
    special = (Novelty.PRE_FATIGUE, Novelty.FAST_FINISH, Novelty.HEAT)
    found = [one for one in special if one in slot.novelties]
    if found:
        return str(found[0])
    if slot.kind is SessionKind.LONG and Novelty.LONGEST in slot.novelties:
        return "longest"
    is_return = slot.phase is Phase.RETURN and slot.kind is SessionKind.EASY
    return "return" if is_return else str(slot.kind)


def _muscles(slot: Slot, asked: TrainingAsked) -> tuple[str, ...]:
    aims = slot.kind in (SessionKind.STRENGTH, SessionKind.MOBILITY)
    return asked.cramped_muscles if aims else ()


def _steps(slot: Slot, asked: TrainingAsked, paces: Paces) -> tuple[Step, ...]:
    match slot.kind:
        case SessionKind.STRENGTH:
            is_light = asked.no_heavy_legs or not slot.heavy_legs
            return strength_steps(nth=slot.nth, muscles=asked.cramped_muscles, is_light=is_light)
        case SessionKind.MOBILITY:
            return mobility_steps(asked.cramped_muscles)
        case SessionKind.RACE:
            return (Step(id="race", distance_m=slot.distance_m, pace_s_per_km=paces.race),)
        case SessionKind.SPEED:
            return _speed(slot, paces)
        case SessionKind.HILLS:
            return _hills(slot, paces)
        case SessionKind.DESCENT:
            return _descent(slot, paces)
    if slot.phase is Phase.RETURN and slot.duration_s is not None:
        return _run_and_walk(slot.duration_s)
    return _steady(slot, paces)


def _steady(slot: Slot, paces: Paces) -> tuple[Step, ...]:
    """An easy or a long run, with what comes before and after it."""
    distance_m = slot.distance_m or 0
    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()
    if Novelty.PRE_FATIGUE in slot.novelties:
        before = pre_fatigue_steps(slot.nth)
    if Novelty.FAST_FINISH in slot.novelties:
        after = _fast_finish(slot, paces)
        distance_m -= metres_of(after)
    name = "long" if slot.is_long or slot.kind is not SessionKind.EASY else "easy"
    if slot.kind is SessionKind.REHEARSAL:
        name = "rehearse"
    if Novelty.HEAT in slot.novelties:
        name = "warm_day"
    run = Step(id=name, distance_m=distance_m, pace_s_per_km=paces.easy)
    return (*before, run, *after)


def _fast_finish(slot: Slot, paces: Paces) -> tuple[Step, ...]:
    """100s, then 200s, then 100s again, later 400s: more of them from time to time."""
    whole_m, nth = slot.distance_m or 0, slot.nth
    rep_m, start, most, grown = value("conditioning.session.finish_rep_m"), 0.0, 0.0, 0.0
    later = nth - value("conditioning.session.finish_400_from")
    if nth % 2 == 1:
        name, start = "fast_100", value("conditioning.session.finish_100s")
        most, grown = value("conditioning.session.finish_most_100s"), nth - 1
    elif later < 0:
        name, rep_m, start = "fast_200", 2 * rep_m, value("conditioning.session.finish_200s")
        most, grown = value("conditioning.session.finish_most_200s"), nth - 2
    else:
        name, rep_m, start = "fast_400", 2 * 2 * rep_m, value("conditioning.session.finish_400s")
        most, grown = value("conditioning.session.finish_most_400s"), later
    cool_m = min(value("conditioning.session.finish_cool_m"), whole_m / 2)
    times = _fitting(min(most, start + grown), 2 * rep_m, whole_m / 2 - cool_m)
    repeats = _repeats(
        times,
        Step(id=name, distance_m=rep_m, pace_s_per_km=paces.finish),
        Step(id="jog_back", effort=Effort.RECOVERY, distance_m=rep_m),
    )
    cool = Step(id="cool_down", effort=Effort.COOL_DOWN, distance_m=cool_m)
    return (*repeats, cool)


def _speed(slot: Slot, paces: Paces) -> tuple[Step, ...]:
    """Repeats, long and short in turn; in the taper few and short."""
    if slot.sharpen:
        rep_m = jog_m = value("conditioning.session.sharp_rep_m")
        name, wanted = "sharp_repeat", value("conditioning.session.sharp_reps")
    elif slot.nth % 2 == 1:
        rep_m, jog_m = (
            value("conditioning.session.short_rep_m"),
            value("conditioning.session.short_jog_m"),
        )
        name, wanted = "short_repeat", min(
            value("conditioning.session.short_most_reps"),
            value("conditioning.session.short_reps") + slot.nth // 2,
        )  # fmt: skip
    else:
        rep_m, jog_m = (
            value("conditioning.session.speed_rep_m"),
            value("conditioning.session.speed_jog_m"),
        )
        name, wanted = "repeat", min(
            value("conditioning.session.speed_most_reps"),
            value("conditioning.session.speed_reps") + slot.nth // 2 - 1,
        )  # fmt: skip
    rep = Step(id=name, distance_m=rep_m, pace_s_per_km=paces.repeat)
    jog = Step(id="jog", effort=Effort.RECOVERY, distance_m=jog_m)
    return _framed(slot, rep, jog, wanted, paces)


def _hills(slot: Slot, paces: Paces) -> tuple[Step, ...]:
    """Up with a push, down at ease."""
    rep_m = value("conditioning.session.hill_rep_m")
    wanted = min(
        value("conditioning.session.hill_most_reps"),
        value("conditioning.session.hill_reps") + slot.nth - 1,
    )
    up = Step(id="hill_up", distance_m=rep_m)
    down = Step(id="hill_back", effort=Effort.RECOVERY, distance_m=rep_m)
    return _framed(slot, up, down, wanted, paces)


def _descent(slot: Slot, paces: Paces) -> tuple[Step, ...]:
    """Down at ease, up at a walk or a jog, as often as the distance allows."""
    rep_m = value("conditioning.session.descent_rep_m")
    up = Step(id="descent_up", effort=Effort.RECOVERY, distance_m=rep_m)
    down = Step(id="descent_down", distance_m=rep_m)
    return _framed(slot, up, down, (slot.distance_m or 0) // (2 * rep_m), paces)


def _framed(slot: Slot, rep: Step, jog: Step, wanted: float, paces: Paces) -> tuple[Step, ...]:
    """Warm-up, as many repeats as were wanted and fit, cool-down: together the whole distance."""
    whole_m = slot.distance_m or 0
    cool_m = min(value("conditioning.session.cool_down_m"), whole_m / 2 / 2)
    warm_m = min(value("conditioning.session.warm_up_m"), whole_m / 2)
    pair_m = (rep.distance_m or 0) + (jog.distance_m or 0)
    times = _fitting(wanted, pair_m, whole_m - warm_m - cool_m)
    left_m = whole_m - times * pair_m - cool_m
    warm = Step(id="warm_up", effort=Effort.WARM_UP, distance_m=left_m, pace_s_per_km=paces.easy)
    cool = Step(id="cool_down", effort=Effort.COOL_DOWN, distance_m=cool_m)
    return (warm, *_repeats(times, rep, jog), cool)


def _fitting(wanted: float, pair_m: float, room_m: float) -> int:
    """How often something fits, at most as often as wanted."""
    return max(0, min(int(wanted), int(room_m // pair_m)))


def _repeats(times: int, *steps: Step) -> tuple[Step, ...]:
    return (Step(id="repeats", times=times, steps=steps),) if times else ()


def _run_and_walk(duration_s: float) -> tuple[Step, ...]:
    """A run by time for the way back: walk in, then run and walk in turn."""
    run_s = value("conditioning.session.return_run_s")
    walk_s = value("conditioning.session.return_walk_s")
    walk_in_s = value("conditioning.session.walk_in_s")
    times = _fitting(duration_s, run_s + walk_s, duration_s - walk_in_s)
    walk_in = Step(
        id="walk_in",
        effort=Effort.WARM_UP,
        duration_s=duration_s - times * (run_s + walk_s),
    )
    run = Step(id="run_easy", duration_s=run_s)
    walk = Step(id="walk", effort=Effort.RECOVERY, duration_s=walk_s)
    return (walk_in, *_repeats(times, run, walk))


def metres_of(steps: Sequence[Step]) -> float:
    """The way that steps make."""
    total = 0.0
    for step in steps:
        once = metres_of(step.steps) if step.steps else step.distance_m or 0
        total += step.times * once
    return total


def _duration_s(slot: Slot, steps: Sequence[Step], paces: Paces, asked: TrainingAsked) -> float:
    """How long a session takes: told, or reckoned from its steps."""
    if slot.duration_s is not None:
        return slot.duration_s
    if slot.kind is SessionKind.STRENGTH:
        return max(
            seconds_from_minutes(value("conditioning.session.strength_min")), seconds_of(steps)
        )
    if slot.kind is SessionKind.MOBILITY:
        return max(
            seconds_from_minutes(value("conditioning.session.mobility_min")), seconds_of(steps)
        )
    if slot.kind is SessionKind.RACE and asked.race_time_s is not None:
        return asked.race_time_s.median
    return _running_s(steps, paces)


def _running_s(steps: Sequence[Step], paces: Paces) -> float:
    total = 0.0
    for step in steps:
        if step.steps:
            total += step.times * _running_s(step.steps, paces)
        elif step.distance_m is not None:
            speed = paces.repeat_speed_m_s if step.id in FAST else paces.easy_speed_m_s
            total += step.distance_m / speed
        else:
            total += seconds_of((step,))
    return total
