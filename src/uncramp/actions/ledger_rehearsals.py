"""Rehearsals in the ledger: what was expected of each run, and what the scale showed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.ledger_shapes import Entry, Predicted
from uncramp.actions.rehearsals_kept import rehearsals_kept
from uncramp.actions.rehearse import rehearsals_of_race
from uncramp.vocabulary import Said

if TYPE_CHECKING:
    from uncramp.actions.races import KeptRace
    from uncramp.rehearsal.shapes import Scored

__all__ = ["rehearsal_entries"]

REHEARSE: Final = "rehearse"
MASS: Final = "body_mass_change_pct"


def rehearsal_entries(context: Context, kept: KeptRace) -> Iterator[Entry]:
    """The choice of runs, and each run that was logged."""
    scored = rehearsals_of_race(context, str(kept.race_id)).scored
    sets = rehearsals_kept(context, kept.race_id)
    for one in sets:
        values = {"runs": len(one.rehearsals.rehearsals)}
        newest = one.number == sets[-1].number
        yield Entry(
            id=f"rehearsals-{one.number}",
            at=one.at,
            verb=REHEARSE,
            race=kept.race_id,
            advice=Said(id="ledger.advice.rehearsals", values=values),
            outcome=came_of_all(scored) if newest else (Said(id="ledger.outcome.replaced"),),
        )
    for number, found in enumerate(scored):
        yield entry_of(context, kept, found, number)


def came_of_all(scored: tuple[Scored, ...]) -> tuple[Said, ...]:
    """How many were run, and how many went as predicted; nothing before the first."""
    if not scored:
        return ()
    passed = sum(one.passed is True for one in scored)
    return (Said(id="ledger.outcome.rehearsals", values={"runs": len(scored), "passed": passed}),)


def entry_of(context: Context, kept: KeptRace, one: Scored, number: int) -> Entry:
    """One rehearsal that was logged."""
    at = one.predicted_at or datetime.combine(one.log.day, time(), tzinfo=context.now.tzinfo)
    fluid = 0.0 if one.planned is None else one.planned.fluid_l
    advice = (
        Said(id="ledger.advice.untold_run", values={"day": one.log.day})
        if one.planned is None
        else Said(id="ledger.advice.rehearsal", values={"day": one.log.day, "drink_l": fluid})
    )
    return Entry(
        id=f"rehearsal-{kept.race_id}-{number}",
        at=at,
        verb=REHEARSE,
        run=one.log.activity,
        race=kept.race_id,
        advice=advice,
        predictions=()
        if one.predicted is None
        else (Predicted(what=MASS, unit="%", band=one.predicted),),
        outcome=tuple(said for said in one.because if one.check is None or not said.values),
        checks=() if one.check is None else (one.check,),
    )
