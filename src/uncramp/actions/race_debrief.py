"""`uncramp race debrief`: the run of a race against its pace plan, drinking plan and prediction.

What the runner tells (took what, stomach, weights, cramp) is kept; what it means is reckoned anew
each time, from the plans that were there before the race. While a stop is open, only it speaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.debrief_notes import DebriefNote, debrief_note, keep_debrief_note
from uncramp.actions.diary import mark_run
from uncramp.actions.from_plain import from_plain
from uncramp.actions.gap import gap_of_race
from uncramp.actions.plans_kept import plans_before
from uncramp.actions.preferences import open_flags_of
from uncramp.actions.race_run import RaceRun, named_run, race_run
from uncramp.actions.races import KeptRace, find_race, list_races, run_of_race
from uncramp.actions.sweat_tests import (
    Checked,
    WeighInAsked,
    check_plausible_weigh_in,
    keep_test,
    refuse_weighing_under_lock,
    weighing_lock,
)
from uncramp.debrief import Debrief, Gut, Planned, Told, Took, debrief
from uncramp.drink_plan import DrinkPlan
from uncramp.errors import InputError, NotFoundError
from uncramp.pacing import PacePlan
from uncramp.store.rows import CrampMark
from uncramp.vocabulary import WeighIn

if TYPE_CHECKING:
    from uncramp.screening import Screening
    from uncramp.store.rows import ActivityRow

__all__ = [
    "GUT",
    "TOOK",
    "DebriefAnswer",
    "DebriefAsked",
    "DebriefDue",
    "PlanBefore",
    "debrief_of_race",
    "debriefs_due",
    "plan_before",
    "tell_debrief",
]

DRINKING: Final = "drinking"
TOOK: Final = tuple(str(one) for one in Took)
GUT: Final = tuple(str(one) for one in Gut)


@dataclass(frozen=True, slots=True, kw_only=True)
class DebriefAsked:
    """What the runner tells of a race; None: not said, or as it was said before."""

    run: str | None = None
    took: str | None = None
    """One of `TOOK`."""
    gut: str | None = None
    """One of `GUT`."""
    cramped: bool | None = None
    km: float | None = None
    muscles: tuple[str, ...] = ()
    body_mass_before_kg: float | None = None
    body_mass_after_kg: float | None = None
    fluid_intake_l: float | None = None

    @property
    def weighs(self) -> bool:
        """Whether a number of a weighing was told."""
        told = (self.body_mass_before_kg, self.body_mass_after_kg, self.fluid_intake_l)
        return any(one is not None for one in told)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBefore:
    """What was planned before the race, with the moments."""

    planned: Planned
    pace_at: datetime | None = None
    pace_number: int | None = None
    drink_at: datetime | None = None
    drink_number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DebriefAnswer:
    """The debrief of one race with everything a face needs."""

    kept: KeptRace
    screening: Screening
    debrief: Debrief | None
    """None while a stop is open, and where there is no run of the race."""
    run: RaceRun | None
    before: PlanBefore
    told: Told
    told_at: datetime | None
    """None: nothing was told yet."""
    weighs: bool
    """Whether this runner may be asked for weights."""

    @property
    def stopped(self) -> bool:
        """Whether a stop is open: then only it speaks."""
        return bool(self.screening.stops)


@dataclass(frozen=True, slots=True, kw_only=True)
class DebriefDue:
    """A race whose run is there and of which nothing was told yet."""

    kept: KeptRace
    run: ActivityRow


# ---------------------------------------------------------------- the answer


def debrief_of_race(context: Context, reference: str, *, run: str | None = None) -> DebriefAnswer:
    """The debrief of a race that was run.

    NotFoundError for an unknown race or run; InputError `race_not_run` for one to come,
    `race_other_day` for a run of another day.
    """
    kept = find_race(context, reference)
    today = context.now.date()
    if kept.race.day > today:
        raise InputError("race_not_run", values={"day": kept.race.day, "today": today})
    note = debrief_note(context, kept.race_id)
    row = which_run(context, kept, run, None if note is None else note.note.activity)
    before = plan_before(context, kept, began=None if row is None else row.start_utc)
    raced = None if row is None else race_run(context, kept.race, before.planned.pace, row)
    told = told_of(context, None if note is None else note.note, raced)
    screening = open_flags_of(context).screening
    blocked = {topic for lock in screening.locks for topic in lock.blocks}
    made = None
    if raced is not None and not screening.stops:
        made = debrief(
            planned=before.planned,
            ran=raced.ran,
            cramped=raced.cramped,
            told=told,
            blocked=blocked | ({"drink"} if "salt" in blocked else set()),
        )
    return DebriefAnswer(
        kept=kept,
        screening=screening,
        debrief=made,
        run=raced,
        before=before,
        told=told,
        told_at=None if note is None else note.at,
        weighs=weighing_lock(context) is None,
    )


def which_run(
    context: Context, kept: KeptRace, run: str | None, noted: int | None
) -> ActivityRow | None:
    """The run that is named, else the one that was noted if it is still there, else the day's."""
    if run is not None:
        return named_run(context, kept.race, run)
    if noted is not None:
        try:
            return named_run(context, kept.race, str(noted))
        except (InputError, NotFoundError):  # its import was taken back, or the race was moved
            pass
    return run_of_race(context, kept.race)


def plan_before(context: Context, kept: KeptRace, *, began: datetime | None = None) -> PlanBefore:
    """The plans that counted when the race began; without a pace plan, what runs say of it."""
    race = kept.race
    rows = plans_before(context, kept.race_id, race.day, began=began)
    with_pace = [row for row in rows if row.content.get("pace")]
    drinks = [row for row in rows if row.name == DRINKING]
    drink = from_plain(DrinkPlan, drinks[-1].content["plan"]) if drinks else None
    if with_pace:
        pace: PacePlan | None = from_plain(PacePlan, with_pace[-1].content["pace"])
    else:
        pace = gap_of_race(context, str(kept.race_id)).pace
    return PlanBefore(
        planned=Planned(
            distance_m=race.distance_m,
            pace=pace,
            said_before=bool(with_pace),
            drink=drink,
            temp_air_c=race.temp_air_c,
        ),
        pace_at=with_pace[-1].at if with_pace else None,
        pace_number=with_pace[-1].document_id if with_pace else None,
        drink_at=drinks[-1].at if drinks else None,
        drink_number=drinks[-1].document_id if drinks else None,
    )


def told_of(context: Context, note: DebriefNote | None, raced: RaceRun | None) -> Told:
    """What was told, with the scale of a weigh-in on that run."""
    weighed = None if raced is None else weigh_in_on(context, raced.row)
    change = None
    if weighed is not None:
        lost = weighed.body_mass_after_kg - weighed.body_mass_before_kg
        change = 100.0 * lost / weighed.body_mass_before_kg
    return Told(
        took=None if note is None else note.took,
        gut=None if note is None else note.gut,
        fluid_intake_l=None if weighed is None else weighed.fluid_intake_l,
        body_mass_change_pct=change,
    )


def weigh_in_on(context: Context, row: ActivityRow) -> WeighIn | None:
    """The last weigh-in done on a run; None without one."""
    kept = context.store.sweat_tests(context.stored_runner())
    found = [one.test for one in kept
             if one.activity == row.activity_id and isinstance(one.test, WeighIn)]  # fmt: skip
    return found[-1] if found else None


# ---------------------------------------------------------------- telling


def tell_debrief(context: Context, reference: str, asked: DebriefAsked) -> DebriefAnswer:
    """Keep what the runner tells of a race, and give the debrief that follows.

    NotFoundError `no_race_run` where no run of the race is stored; InputError as
    `debrief_of_race`, `mark_run` and `add_weigh_in`, `debrief_half_weighed` for one weight alone.
    """
    took, gut = option("took", asked.took, TOOK), option("gut", asked.gut, GUT)
    found = debrief_of_race(context, reference, run=asked.run)
    if found.run is None:
        raise NotFoundError("no_race_run", values={"day": found.kept.race.day})
    row = found.run.row
    weighed = weighing(context, row, asked) if asked.weighs else None
    if asked.cramped is not None:
        mark_cramp(context, row, asked)
    if weighed is not None:
        keep_test(context, weighed)
    note = debrief_note(context, found.kept.race_id)
    was = DebriefNote() if note is None else note.note
    keep_debrief_note(
        context,
        found.kept.race_id,
        DebriefNote(
            activity=row.activity_id,
            took=was.took if took is None else Took(took),
            gut=was.gut if gut is None else Gut(gut),
        ),
    )
    return debrief_of_race(context, reference)


def option(question: str, given: str | None, allowed: tuple[str, ...]) -> str | None:
    """A word out of a few; InputError `unknown_option` for another one."""
    if given is not None and given not in allowed:
        values = {"question": question, "option": given, "allowed": ", ".join(allowed)}
        raise InputError("unknown_option", values=values)
    return given


def weighing(context: Context, row: ActivityRow, asked: DebriefAsked) -> Checked:
    """The weights as a sweat test of this run, of which there is none yet; keeps nothing."""
    refuse_weighing_under_lock(context)
    before_kg, after_kg = asked.body_mass_before_kg, asked.body_mass_after_kg
    if before_kg is None or after_kg is None or asked.fluid_intake_l is None:
        raise InputError("debrief_half_weighed")
    if weigh_in_on(context, row) is not None:
        raise InputError("rehearsal_weighed_already", values={"day": local_date(context, row)})
    return check_plausible_weigh_in(
        context,
        WeighInAsked(
            body_mass_before_kg=before_kg,
            body_mass_after_kg=after_kg,
            fluid_intake_l=asked.fluid_intake_l,
            run=str(row.activity_id),
        ),
    )


def mark_cramp(context: Context, row: ActivityRow, asked: DebriefAsked) -> None:
    """Note in the diary whether it cramped, and where."""
    if asked.cramped:
        mark_run(context, str(row.activity_id), km=asked.km, muscles=asked.muscles)
        return
    mark = CrampMark(activity_id=row.activity_id, cramped="no", source="typed", at=context.now)
    context.store.save_mark(context.stored_runner(), mark)


# ---------------------------------------------------------------- offered by itself


def debriefs_due(
    context: Context, *, among: frozenset[int] | None = None
) -> tuple[DebriefDue, ...]:
    """Races that were run and not told of yet, the newest first; nobody's store is made for it.

    `among` are the runs that may be the race, such as those that just came in; None: any.
    """
    if not context.has_store or context.store.find_runner(context.runner) is None:
        return ()
    today = context.now.date()
    over = [one for one in list_races(context) if one.race.day <= today]
    if not over:
        return ()
    rows = context.store.activities(context.stored_runner(), with_excluded=False)
    found = []
    for kept in reversed(over):
        row = run_of_race(context, kept.race, rows=rows)
        fits = row is not None and (among is None or row.activity_id in among)
        if row is not None and fits and debrief_note(context, kept.race_id) is None:
            found.append(DebriefDue(kept=kept, run=row))
    return tuple(found)
