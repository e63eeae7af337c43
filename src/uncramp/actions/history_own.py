"""What a runner's other cramps say of one more, and what to make of it elsewhere.

Personal evidence is kept apart from what is known of people in general: `why` counts it as one
group of its own that is capped and never names a kind alone; training puts first the muscles that
cramped most often; a drinking plan aims at the sodium of long runs without a cramp. All are hooks:
they read what `history` reads, and change nothing in it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from statistics import median
from typing import TYPE_CHECKING

from uncramp.actions.context import Context
from uncramp.evidence import value
from uncramp.history.crossover import compare, steps_of
from uncramp.history.exposures import exposures_at
from uncramp.history.shapes import CORE, Group, Moment
from uncramp.units import hours_from_minutes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uncramp.actions.history_sets import Runs
    from uncramp.history.shapes import Compared
    from uncramp.store.rows import ActivityRow

__all__ = [
    "OWN",
    "CrampFree",
    "cramp_free_sodium",
    "cramped_muscles",
    "long_without_cramp",
    "own_facts",
]

OWN: Mapping[Group, str] = {Group.LOAD: "run.own_load", Group.SALT: "run.own_salt"}
"""Facts for `why`: how sure the other cramps are of a group that this run had too."""


def own_facts(context: Context, activity_id: int, *, minute: float) -> dict[str, float]:
    """What all other cramps of the runner say of the one that came at `minute` of this run.

    The run itself is left out of the comparison, so that it never speaks for itself. Nothing is
    said with too few other cramps, of a group that this run did not have, or of one that is not
    found. Reads stored runs only when there are enough cramps.
    """
    marks = context.store.marks(context.stored_runner())
    others = [one for number, one in marks.items() if number != activity_id]
    if sum(one.cramped == "yes" for one in others) < value("history.least_cramps"):
        return {}
    from uncramp.actions.history_sets import Runs, beside_at, risk_sets

    runs = Runs.of(context)
    sets, _ = risk_sets(runs, without=activity_id)
    compared = compare(sets)
    here = moment_of(runs, activity_id, minute)
    if here is None or not compared.shares:
        return {}
    beside = beside_at(runs, minute, without=activity_id)
    return {
        OWN[group]: sure for group, sure in sure_of(compared).items() if had_it(group, here, beside)
    }


def sure_of(compared: Compared) -> dict[Group, float]:
    """How sure the comparison is of each group that it knows; never shown."""
    known = {one.name for one in compared.groups}
    shares = compared.shares
    if len(known) < len(OWN):
        return {}
    return {group: shares[group] + shares["both"] for group in OWN}


def moment_of(runs: Runs, activity_id: int, minute: float) -> Moment | None:
    """What this run had had by its cramp."""
    run = next((one for one in runs.trained if one.run_id == activity_id), None)
    course = None if run is None else runs.course(run)
    if run is None or course is None:
        return None
    values = exposures_at(course, runs.prepared(run), minute)
    return Moment(run_id=activity_id, is_race=run.is_race, values=values)


def had_it(group: Group, here: Moment, beside: list[Moment]) -> bool:
    """Whether this run had more of a part of the group than the middle of the runs beside it."""
    for name in CORE[group]:
        amounts = [steps_of(name, one.values[name]) for one in beside if name in one.values]
        if name not in here.values or not amounts:
            continue
        above = steps_of(name, here.values[name]) - median(amounts)
        if above >= value("history.high_steps"):
            return True
    return False


def cramped_muscles(context: Context, *, most: int = 2) -> tuple[str, ...]:
    """The muscles that cramped most often by the diary, for strength work to begin with.

    What the runner wishes for goes before this; nothing for a runner who told of no muscle.
    """
    store, runner = context.store, context.stored_runner()
    counted = {row.activity_id for row in store.activities(runner, with_excluded=False)}
    told = Counter(
        muscle
        for number, mark in store.marks(runner).items()
        if mark.cramped == "yes" and number in counted
        for muscle in sorted(set(mark.muscles))
    )
    return tuple(muscle for muscle, _ in told.most_common(most))


@dataclass(frozen=True, slots=True, kw_only=True)
class CrampFree:
    """What long runs without a cramp got by on."""

    n_runs: int
    sodium_change_mg_per_h: float
    """Taken in less lost, mg of sodium an hour; below 0. What nobody told was taken is 0."""


def cramp_free_sodium(context: Context) -> CrampFree | None:
    """Sodium balance an hour of the latest long runs without a cramp; None with too few of them.

    The middle of runs whose weather is known, simulated with this runner's own sweat.
    """
    from uncramp.actions.history_runs import RunReader

    reader, lost = RunReader.of(context), list[float]()
    known = [row for row in long_without_cramp(context) if row.activity_id in reader.air]
    for row in known[-int(value("history.cramp_free.most")) :]:
        course = reader.course(row)
        if course is not None and course.body is not None:
            hours = hours_from_minutes(course.body.sodium_mg.size)
            lost.append(float(course.body.sodium_mg[-1]) / hours)
    if len(lost) < value("history.cramp_free.least"):
        return None
    return CrampFree(n_runs=len(lost), sodium_change_mg_per_h=min(0.0, -median(lost)))


def long_without_cramp(context: Context) -> list[ActivityRow]:
    """Long runs of the last year without a cramp, oldest first.

    The runner said that there was none, or nothing was said and nothing in the file looks like one,
    as for the runs that `history` compares with.
    """
    from uncramp.actions.diary import diary_runs

    store, runner = context.store, context.stored_runner()
    rows, marks = store.activities(runner, with_excluded=False), store.marks(runner)
    unclear = {one.activity_id for one in diary_runs(context, rows, marks) if one.is_open}
    unclear |= {number for number, mark in marks.items() if mark.cramped != "no"}
    first = context.now - timedelta(days=value("history.cramp_free.days"))
    found = [
        (row.start_utc, row)
        for row in rows
        if row.is_run
        and row.start_utc is not None
        and row.start_utc >= first
        and (row.elapsed_s or 0.0) >= value("history.cramp_free.least_s")
        and row.activity_id not in unclear
    ]
    return [row for _, row in sorted(found, key=itemgetter(0))]
