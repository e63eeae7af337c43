"""What rehearsals have shown: where the plan stands, and whether it is "proven to drink".

Proven is a plan whose last rehearsals in a row went as predicted with a quiet stomach, one of them
nearly as hot and long as the race. One that goes otherwise starts the row anew. Another plan,
another product or another weather ends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from uncramp.debrief import Gut
from uncramp.evidence import value
from uncramp.rehearsal.shapes import PlanState, Scored, Stamp, StampState
from uncramp.units import seconds_from_minutes
from uncramp.vocabulary import Said

__all__ = ["stamp_of"]


def stamp_of(
    scored: Sequence[Scored],
    *,
    plan_mark: str,
    race_wbgt_c: float | None,
    race_min: float,
    weighs: bool,
) -> Stamp:
    """The state of the plan with this mark for a race in this heat; `scored` oldest first."""
    every = sorted((one for one in scored if one.fits), key=lambda one: one.log.day)
    current = [one for one in every if is_current(one, plan_mark, race_wbgt_c)]
    row = last_row(current)
    needed = int(value("rehearsal.stamp.rehearsals"))
    has_like = any(one.like_the_race for one in row)
    proven = len(row) >= needed and has_like
    was_proven = any(proven_once(group, needed) for group in by_plan(every))
    state = StampState.NOT_YET
    if proven:
        state = StampState.PROVEN
    elif was_proven:
        state = StampState.EXPIRED
    plan = plan_state(every, current)
    return Stamp(
        state=state,
        plan=plan,
        passed=len(row),
        needed=needed,
        has_like_the_race=has_like,
        because=tuple(reasons(every, current, row, plan_mark=plan_mark, race_wbgt_c=race_wbgt_c)),
        missing=()
        if proven
        else tuple(
            still_to_show(
                row, has_like=has_like, race_wbgt_c=race_wbgt_c, race_min=race_min, weighs=weighs
            )
        ),
        caution=caution(),
        passed_on=tuple(one.log.day for one in row),
    )


def is_current(one: Scored, plan_mark: str, race_wbgt_c: float | None) -> bool:
    """Whether it was a rehearsal of the plan as it is now, for the weather expected now."""
    return one.plan_mark == plan_mark and not weather_moved(one.race_wbgt_c, race_wbgt_c)


def weather_moved(then_c: float | None, now_c: float | None) -> bool:
    """Whether another weather is expected; weather that became known, or was lost, is another."""
    if then_c is None or now_c is None:
        return then_c is not now_c
    return abs(now_c - then_c) > value("rehearsal.stamp.weather_c")


def last_row(scored: Sequence[Scored]) -> list[Scored]:
    """The newest rehearsals in a row that went well."""
    row: list[Scored] = []
    for one in scored:
        row = [*row, one] if one.passed else []
    return row


def by_plan(scored: Sequence[Scored]) -> list[list[Scored]]:
    """Rehearsals of one plan for one weather together."""
    groups: dict[tuple[str, float | None], list[Scored]] = {}
    for one in scored:
        groups.setdefault((one.plan_mark, one.race_wbgt_c), []).append(one)
    return list(groups.values())


def proven_once(group: Sequence[Scored], needed: int) -> bool:
    """Whether a plan had earned the stamp at any time."""
    rows = (last_row(group[: end + 1]) for end in range(len(group)))
    return any(len(row) >= needed and any(one.like_the_race for one in row) for row in rows)


def plan_state(every: Sequence[Scored], current: Sequence[Scored]) -> PlanState:
    """Untested, tolerated and predicted, or changed."""
    if current:
        return PlanState.TOLERATED if current[-1].passed else PlanState.CHANGED
    return PlanState.CHANGED if every else PlanState.UNTESTED


def reasons(
    every: Sequence[Scored],
    current: Sequence[Scored],
    row: Sequence[Scored],
    *,
    plan_mark: str,
    race_wbgt_c: float | None,
) -> Iterator[Said]:
    """Why the plan stands where it does."""
    if not every:
        yield Said(id="rehearsals.stamp.untested")
        return
    last = every[-1]
    if last.plan_mark != plan_mark:
        yield Said(id="rehearsals.stamp.other_plan", values={"day": last.log.day})
    elif weather_moved(last.race_wbgt_c, race_wbgt_c):
        values = {"then_c": last.race_wbgt_c, "now_c": race_wbgt_c}
        known = None not in values.values()
        name = "other_weather" if known else "weather_told"
        yield Said(id=f"rehearsals.stamp.{name}", values=values if known else {})
    elif current and not current[-1].passed:
        what = "gut" if current[-1].log.gut is Gut.UPSET else "scale"
        yield Said(id=f"rehearsals.stamp.broken_{what}", values={"day": current[-1].log.day})
    if row:
        yield Said(id="rehearsals.stamp.passed", values={"n": len(row)})


def still_to_show(
    row: Sequence[Scored],
    *,
    has_like: bool,
    race_wbgt_c: float | None,
    race_min: float,
    weighs: bool,
) -> Iterator[Said]:
    """What the stamp still asks for."""
    if not weighs:
        yield Said(id="rehearsals.missing.no_scale")
        return
    lacking = int(value("rehearsal.stamp.rehearsals")) - len(row)
    if lacking > 0:
        yield Said(id="rehearsals.missing.more", values={"n": lacking})
    if race_wbgt_c is None:
        yield Said(id="rehearsals.missing.weather")
    elif not has_like:
        least_min = value("rehearsal.stamp.duration_share") * race_min
        values = {
            "from_c": race_wbgt_c - value("rehearsal.stamp.wbgt_below_c"),
            "least_s": seconds_from_minutes(least_min),
        }
        yield Said(id="rehearsals.missing.like_the_race", values=values)


def caution() -> Said:
    """No promise against cramps, with what chance alone would do."""
    risk = value("rehearsal.stamp.risk_share")
    runs = value("rehearsal.stamp.rehearsals")
    values = {"risk_pct": round(100 * risk), "runs": int(runs),
              "clean_pct": round(100 * (1.0 - risk) ** runs)}  # fmt: skip
    return Said(id="rehearsals.stamp.caution", values=values, sources=("judgement",))
