"""What a runner changes on the page of a run, each with what it takes to take it back.

Every change gives a `Change`: what was done, and how things stood before. `undo` puts exactly that
back, so that no page has to ask "are you sure".
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from uncramp.actions.context import Context
from uncramp.actions.curating import exclude_run, merge_runs, name_run, split_run
from uncramp.actions.diary import forget, mark_run
from uncramp.actions.runs import find_run
from uncramp.actions.weather import TypedWeather, keep_typed
from uncramp.errors import InputError, UncrampError
from uncramp.interview import checked_answers, questions
from uncramp.store.names import kept_title
from uncramp.store.rows import Cramped, CrampMark, MarkSource

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow

__all__ = [
    "Change",
    "Topic",
    "count_run",
    "forget_cramp",
    "link_run",
    "muscle_ids",
    "note_cramp",
    "note_without_cramp",
    "part_run",
    "rename_run",
    "type_weather",
    "undo",
]

Topic = Literal["cramp", "title", "count", "links", "weather"]
"""What a change is about, and what an undo is of."""

LONGEST_STATE: Final = 4_000
"""A longer text is no state that a page of ours has written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that was changed; `was` is how it stood before, for `undo`."""

    row: ActivityRow
    done: str
    """Names the message `run_pages.done.<done>`."""
    topic: Topic
    was: str


def muscle_ids() -> tuple[str, ...]:
    """What may be said of where it cramped, without "I don't remember"."""
    return tuple(option.id for option in questions()["muscles"].options[:-1])


# Cramps


def note_cramp(
    context: Context,
    reference: str,
    *,
    km: float | None = None,
    minute: float | None = None,
    muscles: Sequence[str] = (),
) -> Change:
    """Note that it cramped; InputError as `mark_run` for a place or a muscle that cannot be."""
    row = find_run(context, reference)
    was = cramp_state(context, row)
    mark_run(context, str(row.activity_id), km=km, minute=minute, muscles=muscles)
    return Change(row=row, done="cramp_noted", topic="cramp", was=was)


def note_without_cramp(context: Context, reference: str, *, remembered: bool) -> Change:
    """Note that there was no cramp, or that nobody remembers; InputError `not_a_run`."""
    row = find_run(context, reference)
    if not row.is_run:
        raise InputError("not_a_run", values={"id": row.activity_id, "sport": row.sport})
    was = cramp_state(context, row)
    mark = CrampMark(
        activity_id=row.activity_id,
        cramped="no" if remembered else "dont_remember",
        source="typed",
        at=context.now,
    )
    context.store.save_mark(context.stored_runner(), mark)
    done = "no_cramp" if remembered else "not_remembered"
    return Change(row=row, done=done, topic="cramp", was=was)


def forget_cramp(context: Context, reference: str) -> Change:
    """Take back what was said, so that the run is asked about again."""
    row = find_run(context, reference)
    was = cramp_state(context, row)
    forget(context, [str(row.activity_id)])
    return Change(row=row, done="cramp_forgotten", topic="cramp", was=was)


def cramp_state(context: Context, row: ActivityRow) -> str:
    """What is said of a run now."""
    mark = context.store.marks(context.stored_runner()).get(row.activity_id)
    if mark is None:
        return written(None)
    return written([mark.cramped, mark.km, mark.minute, list(mark.muscles), mark.source])


def restore_cramp(context: Context, row: ActivityRow, was: Any) -> None:
    """Put back what was said."""
    keep_mark(context, row, mark_from(context, row, was))


def mark_from(context: Context, row: ActivityRow, was: Any) -> CrampMark | None:
    """What was said, out of its written state; ValueError or InputError when it is none."""
    if was is None:
        return None
    said, km, minute, muscles, source = was
    if said not in get_args(Cramped) or source not in get_args(MarkSource) or not row.is_run:
        raise ValueError(said)
    checked_answers({"muscles": muscles})
    return CrampMark(
        activity_id=row.activity_id,
        cramped=said,
        km=number_or_none(km),
        minute=number_or_none(minute),
        muscles=tuple(muscles),
        source=source,
        at=context.now,
    )


def keep_mark(context: Context, row: ActivityRow, mark: CrampMark | None) -> None:
    """Keep what is said of a run; None takes it back."""
    if mark is None:
        context.store.remove_mark(context.stored_runner(), row.activity_id)
    else:
        context.store.save_mark(context.stored_runner(), mark)


# Name, and whether it counts


def rename_run(context: Context, reference: str, title: str) -> Change:
    """Give a run a name; an empty one takes the name away."""
    before = find_run(context, reference)
    row = name_run(context, str(before.activity_id), title)
    done = "unnamed" if row.title is None else "named"
    return Change(row=row, done=done, topic="title", was=written(before.title))


def restore_title(context: Context, row: ActivityRow, was: Any) -> None:
    """Put the name back."""
    context.store.set_title(context.stored_runner(), row.activity_id, title_from(was))


def title_from(was: Any) -> str | None:
    """A name out of its written state; ValueError when it is none."""
    if was is not None and not isinstance(was, str):
        raise ValueError(was)
    return kept_title(was or "") or None


def count_run(context: Context, reference: str, *, counts: bool) -> Change:
    """Leave a run out of the history, or let it count again."""
    before = find_run(context, reference)
    row = exclude_run(context, str(before.activity_id), excluded=not counts)
    done = "included" if counts else "excluded"
    return Change(row=row, done=done, topic="count", was=written(before.excluded))


def restore_count(context: Context, row: ActivityRow, was: Any) -> None:
    """Let it count, or not, as before."""
    if not isinstance(was, bool):
        raise ValueError(was)
    exclude_run(context, str(row.activity_id), excluded=was)


# Recordings of one run


def link_run(context: Context, reference: str, keeper: str) -> Change:
    """Say that a run is a second recording of `keeper`; InputError `same_run`."""
    row, other = find_run(context, reference), find_run(context, keeper)
    was = links_state(context, row, other)
    merge_runs(context, str(other.activity_id), str(row.activity_id))
    return Change(row=row, done="merged", topic="links", was=was)


def part_run(context: Context, reference: str) -> Change:
    """Part a run from those it was linked with; InputError `not_merged`."""
    row = find_run(context, reference)
    was = links_state(context, row)
    split_run(context, str(row.activity_id))
    return Change(row=row, done="split", topic="links", was=was)


def links_state(context: Context, *rows: ActivityRow) -> str:
    """How runs and all their recordings are linked, with what linking may tell of them anew."""
    store, runner = context.store, context.stored_runner()
    keepers = {row.duplicate_of or row.activity_id for row in rows}
    group = [store.activity_row(runner, one) for one in sorted(keepers)]
    group += [one for keeper in sorted(keepers) for one in store.linked_to(runner, keeper)]
    states = [
        [one.activity_id, one.duplicate_of, one.title, json.loads(cramp_state(context, one))]
        for one in group
    ]
    return written(states)


def restore_links(context: Context, row: ActivityRow, was: Any) -> None:
    """Link all as they were, and forget what the linking told of them."""
    store, runner = context.store, context.stored_runner()
    rows = {one[0]: store.activity_row(runner, int(one[0])) for one in was}
    marks = [mark_from(context, rows[one[0]], one[3]) for one in was]
    titles = [title_from(one[2]) for one in was]
    keepers = [rows[one[1]].activity_id if one[1] is not None else None for one in was]
    if row.activity_id not in rows:
        raise ValueError(row.activity_id)
    for one in rows.values():
        store.unlink(runner, one.activity_id)
    for one, keeper, title, mark in zip(rows.values(), keepers, titles, marks, strict=True):
        if keeper is not None:
            store.link(runner, one.activity_id, duplicate_of=keeper)
        store.set_title(runner, one.activity_id, title)
        keep_mark(context, one, mark)


# Weather


def type_weather(context: Context, reference: str, typed: TypedWeather | None) -> Change:
    """Keep what the runner says of the weather; None takes it back."""
    row = find_run(context, reference)
    was = weather_state(context, row)
    temp_air_c = None if typed is None else typed.temp_air_c
    keep_typed(context, row, temp_air_c, None if typed is None else typed.relative_humidity_pct)
    done = "weather_forgotten" if typed is None else "weather_typed"
    return Change(row=row, done=done, topic="weather", was=was)


def weather_state(context: Context, row: ActivityRow) -> str:
    """What was typed of the weather."""
    told = context.store.weather(context.stored_runner(), row.activity_id)
    typed = [one for one in told.get(row.activity_id, ()) if one.source == "typed"]
    return written([typed[0].temp_air_c, typed[0].relative_humidity_pct] if typed else [None, None])


def restore_weather(context: Context, row: ActivityRow, was: Any) -> None:
    """Put back what was typed."""
    temp_air_c, humidity_pct = was
    keep_typed(context, row, number_or_none(temp_air_c), number_or_none(humidity_pct))


# Taking back


RESTORING: Final[Mapping[str, Callable[[Context, ActivityRow, Any], None]]] = MappingProxyType(
    {
        "cramp": restore_cramp,
        "title": restore_title,
        "count": restore_count,
        "links": restore_links,
        "weather": restore_weather,
    }
)


def undo(context: Context, reference: str, *, topic: str, was: str) -> ActivityRow:
    """Put one thing back as it was; InputError `bad_undo` for a state that we did not write."""
    row = find_run(context, reference)
    restore = RESTORING.get(topic)
    if restore is None or len(was) > LONGEST_STATE:
        raise InputError("bad_undo")
    try:
        restore(context, row, json.loads(was))
    except (ValueError, TypeError, KeyError, UncrampError) as error:
        raise InputError("bad_undo") from error
    return context.store.activity_row(context.stored_runner(), row.activity_id)


def written(state: object) -> str:
    """A state as short text."""
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


def number_or_none(value: object) -> float | None:
    """A number that can be one; ValueError for anything else."""
    if value is None:
        return None
    number = float(value) if isinstance(value, int | float) else math.nan
    if not math.isfinite(number):
        raise ValueError(value)
    return number
