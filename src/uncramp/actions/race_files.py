"""Everything to carry to a race as files: card, sheet for the coach, race pack, calendar, watch.

While a stop is open nothing leaves: what is printed or sent to a phone cannot be called back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.drink_pictures import balance_drawing
from uncramp.actions.gap import gap_of_race
from uncramp.actions.plans_kept import newest_drinking
from uncramp.actions.preferences import open_flags_of
from uncramp.actions.races import KeptRace, find_race
from uncramp.actions.roadside_files import open_stops_in_words
from uncramp.errors import UncrampError
from uncramp.export.calendar import calendar_file
from uncramp.export.race_card import RaceCard, card_page, coach_page, race_pack, stretch_steps
from uncramp.export.race_pdf import race_pdf
from uncramp.export.race_watch import race_event, race_workout
from uncramp.export.workout import file_number
from uncramp.wording.quantities import Units
from uncramp.wording.race_card import CardWords, card_words

if TYPE_CHECKING:
    from uncramp.drink_plan import DrinkPlan
    from uncramp.pacing import PacePlan

__all__ = ["PDF_FILE", "RACE_FILES", "race_card", "race_files"]

RACE_FILES: Final = ("race-card.html", "coach.html", "race-pack.html", "race.ics", "race.fit")
PDF_FILE: Final = "race-card.pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A race with all that its files need."""

    kept: KeptRace
    pace: PacePlan | None
    drink: DrinkPlan | None
    words: CardWords
    card: RaceCard
    sequence: int
    identity: str
    """The same for the same race and plan, another one after a change."""


def race_files(
    context: Context, reference: str, *, units: Units, with_pdf: bool = False
) -> dict[str, bytes]:
    """Every file by its name; the PDF only when asked for.

    NotFoundError for an unknown race; UncrampError `open_stop_export` while a stop is open,
    `pdf_extra_missing` when the PDF cannot be made.
    """
    carried = race_card(context, reference, units=units)
    race, made_at = carried.kept.race, context.now
    splits = () if carried.pace is None else carried.pace.splits
    event = race_event(race, carried.words, uid=f"{carried.identity.rpartition(' ')[0]}@uncramp")
    files = {
        "race-card.html": card_page(carried.card).encode(),
        "coach.html": coach_page(carried.card).encode(),
        "race-pack.html": race_pack(carried.card).encode(),
        "race.ics": calendar_file(
            [event], name=carried.words.title, sequence=carried.sequence, made_at=made_at
        ),
        "race.fit": race_workout(
            race, carried.words, splits, number=file_number(carried.identity), made_at=made_at
        ),
    }
    return {**files, PDF_FILE: race_pdf(carried.words)} if with_pdf else files


def race_card(context: Context, reference: str, *, units: Units) -> Carried:
    """The card of a race from the plans that count; errors as `race_files`."""
    kept, screening = find_race(context, reference), open_flags_of(context).screening
    if screening.stops:
        stops = frozenset(stop.id for stop in screening.stops)
        raise UncrampError("open_stop_export", values=open_stops_in_words(context, stops))
    drinking = newest_drinking(context, kept.race_id)
    answer = gap_of_race(context, str(kept.race_id))
    locks = tuple(lock.id for lock in screening.locks)
    blocked = {topic for lock in screening.locks for topic in lock.blocks}
    drink = None if drinking is None or blocked & {"salt", "drink"} else drinking.plan
    words = card_words(
        kept.race,
        pace_plan=answer.pace,
        drink=drink,
        names=names_of(None if drinking is None else drinking.request),
        stretch=stretch_steps((), locks),
        units=units,
    )
    owner = hashlib.sha256(context.runner.encode()).hexdigest()[:8]
    number = 0 if drinking is None else drinking.number
    picture = balance_drawing(drink, units=units) if drink is not None and drink.balance else ""
    return Carried(
        kept=kept,
        pace=answer.pace,
        drink=drink,
        words=words,
        card=RaceCard(words=words, made_on=context.now.date(), open_locks=locks, picture=picture),
        sequence=0 if drinking is None else drinking.sequence,
        identity=f"race-{kept.race_id}-{owner} {number}",
    )


def names_of(request: Mapping[str, object] | None) -> dict[str, str]:
    """What the products of a kept plan are called, by their ids."""
    products = (request or {}).get("products")
    if not isinstance(products, list):
        return {}
    return {str(one["id"]): str(one.get("name") or one["id"]) for one in products}
