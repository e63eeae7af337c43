"""One rehearsal as it was, held against what was predicted before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from uncramp.debrief import Gut, Took
from uncramp.evidence import value
from uncramp.ledger import Check, check
from uncramp.rehearsal.predict import predicted_of_log
from uncramp.rehearsal.shapes import Arm, Log, Rehearsal, Rehearsals, Scored
from uncramp.vocabulary import Said

__all__ = ["MASS", "planned_fluid_l", "score"]

MASS = "body_mass_change_pct"


def score(
    log: Log,
    *,
    before: Rehearsals | None,
    predicted_at: datetime | None,
    race_wbgt_c: float | None,
    race_min: float,
) -> Scored:
    """How a run went against `before`, what was kept last before it began; None: nothing was.

    `race_wbgt_c` and `race_min` are those of the race as it is expected now.
    """
    planned = None if before is None else rehearsal_of(before, log)
    predicted = None if before is None else predicted_of_log(before.table, log)
    happened = happened_pct(log)
    follows = planned is not None and log.arm is not Arm.USUAL and as_planned(log, planned)
    held: Check | None = None
    if predicted is not None and happened is not None:
        held = check(MASS, "%", predicted, happened)
    fits, passed = verdict(log, planned, held, follows=follows)
    return Scored(
        log=log,
        planned=planned,
        plan_mark="" if before is None else before.plan_mark,
        race_wbgt_c=None if before is None else before.race_wbgt_c,
        predicted_at=predicted_at,
        predicted=predicted,
        check=held,
        fits=fits,
        passed=passed,
        like_the_race=is_like_the_race(log, race_wbgt_c=race_wbgt_c, race_min=race_min),
        because=tuple(reasons(log, planned, held, follows=follows, happened=happened)),
    )


def rehearsal_of(before: Rehearsals, log: Log) -> Rehearsal | None:
    """The rehearsal that was logged; None when it is none of the plan."""
    return next((one for one in before.rehearsals if one.session_id == log.session_id), None)


def verdict(
    log: Log, planned: Rehearsal | None, held: Check | None, *, follows: bool
) -> tuple[bool, bool | None]:
    """Whether the run says something about the plan, and whether it went well.

    An upset stomach speaks against the plan without any scale; so does a gain, wherever it lies.
    """
    if planned is None or not follows:
        return False, None
    if log.gut is Gut.UPSET:
        return True, False
    if held is None or log.gut is None:
        return False, None
    if not (long_enough(log, planned) and tried_enough(planned)) or too_cool(log, planned):
        return False, None
    return True, held.inside_90 and held.happened <= 0.0


def as_planned(log: Log, planned: Rehearsal) -> bool:
    """Whether the drinks were those of the plan; an amount that was told goes before a word."""
    if log.took is not Took.AS_PLANNED:
        return False
    if log.fluid_intake_l is None or not planned.schedule:
        return True
    wanted = planned_fluid_l(planned, log.duration_min)
    slack = wanted * value("rehearsal.fit.drink_pct") / 100
    return abs(log.fluid_intake_l - wanted) <= slack


def planned_fluid_l(planned: Rehearsal, duration_min: float | None) -> float:
    """What the plan had up to the end of the run as it was."""
    end = planned.duration_min if duration_min is None else duration_min
    return sum(one.fluid_l for one in planned.schedule if one.at_min <= end)


def long_enough(log: Log, planned: Rehearsal) -> bool:
    """Whether the run was the one that was planned."""
    share = value("rehearsal.fit.duration_share")
    least = max(value("rehearsal.fit.least_min"), share * planned.duration_min)
    return log.duration_min is not None and log.duration_min >= least


def too_cool(log: Log, planned: Rehearsal) -> bool:
    """Whether the runner was to leave the plan and drink to thirst in that air."""
    return (
        planned.coolest_c is not None
        and log.temp_air_c is not None
        and log.temp_air_c < planned.coolest_c
    )


def tried_enough(planned: Rehearsal) -> bool:
    """Whether enough of the plan was in it; nothing is left out of a plan to drink to thirst."""
    whole = len(planned.schedule) + planned.left_out
    return len(planned.schedule) >= value("rehearsal.fit.part_share") * whole


def happened_pct(log: Log) -> float | None:
    """Body mass change as the scale said it."""
    if log.body_mass_change_kg is None or not log.body_mass_before_kg:
        return None
    return 100 * log.body_mass_change_kg / log.body_mass_before_kg


def is_like_the_race(log: Log, *, race_wbgt_c: float | None, race_min: float) -> bool:
    """Hot and long enough to be the one that the stamp asks for."""
    if race_wbgt_c is None or log.wbgt_c is None or log.duration_min is None:
        return False
    hot = log.wbgt_c >= race_wbgt_c - value("rehearsal.stamp.wbgt_below_c")
    return hot and log.duration_min >= value("rehearsal.stamp.duration_share") * race_min


def reasons(
    log: Log,
    planned: Rehearsal | None,
    held: Check | None,
    *,
    follows: bool,
    happened: float | None,
) -> Iterator[Said]:
    """What there is to say of it: safety, stomach, scale, then why it may not count."""
    if happened is not None and happened > 0.0:
        yield Said(id="rehearsals.score.gained", sources=("eah_consensus_2015",))
    if log.gut is Gut.UPSET:
        yield Said(id="rehearsals.score.upset")
    if held is not None:
        values = {"happened": signed(held.happened), "low": signed(held.predicted.low),
                  "high": signed(held.predicted.high)}  # fmt: skip
        yield Said(id=f"rehearsals.score.{place_of(held)}", values=values)
    if log.cramped:
        yield Said(id="rehearsals.score.cramped")
    elif log.twitched:
        yield Said(id="rehearsals.score.twitched")
    yield from gaps(log, planned, held, follows=follows, happened=happened)


def gaps(
    log: Log,
    planned: Rehearsal | None,
    held: Check | None,
    *,
    follows: bool,
    happened: float | None,
) -> Iterator[Said]:
    """Why it does not count, or not fully."""
    if log.arm is Arm.USUAL:
        yield Said(id="rehearsals.score.usual")
    elif planned is None:
        yield Said(id="rehearsals.score.no_rehearsal")
    elif log.took is None:
        yield Said(id="rehearsals.score.took_unknown")
    elif not follows:
        yield Said(id="rehearsals.score.not_as_planned")
    elif not long_enough(log, planned):
        yield Said(id="rehearsals.score.short")
    elif not tried_enough(planned):
        yield Said(id="rehearsals.score.little_tried")
    elif too_cool(log, planned):
        yield Said(id="rehearsals.score.cooler")
    if log.gut is None:
        yield Said(id="rehearsals.score.gut_unknown")
    if happened is None:
        yield Said(id="rehearsals.score.not_weighed")
    elif held is None:
        what = "no_air" if log.temp_air_c is None else "not_predicted"
        yield Said(id=f"rehearsals.score.{what}")


def place_of(held: Check) -> str:
    """Where the outcome lies: `inside`, `lost_less` or `lost_more`."""
    if held.inside_90:
        return "inside"
    return "lost_less" if held.happened > held.predicted.median else "lost_more"


def signed(percent: float) -> str:
    """`-1.4`, `+0.2`: a change is read with its sign."""
    return f"{percent:+.1f}"
