"""Everything the page of one run shows, from one reading of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from uncramp.actions.context import Context
from uncramp.actions.run_pictures import RunPicture, draw_run, losses_of, read_run
from uncramp.actions.runs import find_run
from uncramp.actions.showing import RunDetails
from uncramp.actions.streams import Window
from uncramp.actions.training_history import current_metrics
from uncramp.actions.weather import RunWeather, known_weather

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow

__all__ = ["RunPage", "run_page"]

NEAR: Final = timedelta(days=1)
"""Two recordings of one run begin closer together than this, whatever their clocks say."""
AROUND: Final = timedelta(days=60)
"""How far the run before and the run after are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """One run, whole and perhaps a part of it closer, with what may be done about it."""

    details: RunDetails
    picture: RunPicture
    part: RunPicture | None
    """The part that was asked for."""
    weather: RunWeather
    metrics: Mapping[str, Any]
    """What was computed of it."""
    keeper: ActivityRow | None
    """The recording that counts, when this is a further one."""
    linked: tuple[ActivityRow, ...]
    """Further recordings of this run."""
    near: tuple[ActivityRow, ...]
    """Activities that may be another recording of it, nearest first."""
    earlier: ActivityRow | None
    later: ActivityRow | None


def run_page(context: Context, reference: str, *, window: Window | None = None) -> RunPage:
    """The run that `reference` means, with its pictures.

    NotFoundError or InputError as `find_run`; InputError `bad_stretch` for a part that is none.
    """
    store, runner = context.store, context.stored_runner()
    row, activity = store.activity(runner, find_run(context, reference).activity_id)
    weather = known_weather(context, row, activity)
    details = read_run(context, row, activity)
    lost = losses_of(context, details, activity, weather.best)
    picture = draw_run(details, activity, weather=weather.best, units=context.units, lost=lost)
    part = None
    if window is not None:
        closer = read_run(context, row, activity, window=window)
        part = draw_run(
            closer, activity, weather=weather.best, units=context.units, prefix="part", lost=lost
        )
    keeper = None if row.duplicate_of is None else store.activity_row(runner, row.duplicate_of)
    linked = store.linked_to(runner, row.activity_id)
    around = rows_around(context, row)
    own = {row.activity_id, row.duplicate_of, *(one.activity_id for one in linked)}
    return RunPage(
        details=details,
        picture=picture,
        part=part,
        weather=weather,
        metrics=current_metrics(context, [row])[row.activity_id],
        keeper=keeper,
        linked=tuple(linked),
        near=tuple(one for one in nearest(row, around) if one.activity_id not in own),
        **neighbours(row, around),
    )


def rows_around(context: Context, row: ActivityRow) -> list[ActivityRow]:
    """Activities of the weeks before and after, oldest first; none without a start."""
    if row.start_utc is None:
        return []
    between = (row.start_utc - AROUND, row.start_utc + AROUND)
    return context.store.activities(context.stored_runner(), between=between)


def nearest(row: ActivityRow, around: list[ActivityRow]) -> list[ActivityRow]:
    """Those that began within a day of `row`, nearest first."""
    apart = [
        (abs(one.start_utc - row.start_utc), one.activity_id, one)
        for one in around
        if one.start_utc is not None and row.start_utc is not None
    ]
    return [one for distance, _, one in sorted(apart, key=lambda each: each[:2]) if distance < NEAR]


def neighbours(row: ActivityRow, around: list[ActivityRow]) -> dict[str, ActivityRow | None]:
    """The activity before and the one after."""
    if row.start_utc is None:
        return {"earlier": None, "later": None}
    others = [one for one in around if one.activity_id not in {row.activity_id, row.duplicate_of}]
    key = (row.start_utc, row.activity_id)
    before = [one for one in others if one.start_utc and (one.start_utc, one.activity_id) < key]
    after = [one for one in others if one.start_utc and (one.start_utc, one.activity_id) > key]
    return {"earlier": before[-1] if before else None, "later": after[0] if after else None}
