"""Several recordings of one run: finding them within a runner, and which of them counts.

A run arrives from the watch, from Strava and from Garmin. The fullest recording counts; the others
stay, linked to it. Everything here looks at one runner only, inside its caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select, update

from uncramp.errors import InputError
from uncramp.store import schema
from uncramp.store.about_runs import carry_over, carry_told, set_columns

__all__ = ["elect_keepers", "is_same_run", "join", "link_twins", "separate"]

START_APART: Final = timedelta(minutes=5)
"""Clocks of watch and phone differ by seconds; one of the two is often started a little later."""
SHARE_APART: Final = 0.05
"""How far two devices differ in distance or time of the same run."""
OVERLAP: Final = 0.5
"""Two recordings of one run cover the same time. Repeats on a track do not, however alike."""
UNTOLD_SPORTS: Final = frozenset({"unknown", "generic"})
FORMAT_RANK: Final = {"gpx": 1, "tcx": 2}
"""What a format can carry; everything else, FIT above all, carries more."""
BEST_RANK: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What tells one recording from another, and how much it holds."""

    activity_id: int
    sport: str
    start_utc: datetime | None
    elapsed_s: float | None
    distance_m: float | None
    device_serial: int | None
    file_created_utc: datetime | None
    n_records: int
    duplicate_of: int | None
    excluded: bool
    file_format: str
    n_channels: int

    @property
    def keeper(self) -> int:
        """The recording that counts for this run."""
        return self.activity_id if self.duplicate_of is None else self.duplicate_of


def is_same_run(one: Recording, other: Recording) -> bool:
    """Whether two recordings of one runner are of the same run.

    Either the same device wrote both at the same moment, or start, distance and time agree.
    Without a start nothing is claimed.
    """
    if one.start_utc is None or other.start_utc is None:
        return False
    if abs(one.start_utc - other.start_utc) > START_APART:
        return False
    if has_same_origin(one, other):
        return one.sport == other.sport or bool({one.sport, other.sport} & UNTOLD_SPORTS)
    if not one.elapsed_s or not other.elapsed_s:
        return False
    shorter = timedelta(seconds=min(one.elapsed_s, other.elapsed_s))
    return (
        abs(one.start_utc - other.start_utc) <= OVERLAP * shorter
        and is_close(one.elapsed_s, other.elapsed_s)
        and is_close(one.distance_m, other.distance_m)
    )


def has_same_origin(one: Recording, other: Recording) -> bool:
    """Whether one device wrote both files at one moment."""
    return (
        one.device_serial is not None
        and one.file_created_utc is not None
        and (one.device_serial, one.file_created_utc)
        == (other.device_serial, other.file_created_utc)
    )


def is_close(one: float | None, other: float | None) -> bool:
    """Whether two measures of the same thing agree; both unknown is no contradiction."""
    if one is None or other is None:
        return one is None and other is None
    return abs(one - other) <= SHARE_APART * max(one, other)


def is_fuller(new: Recording, old: Recording) -> bool:
    """Whether `new` tells clearly more of the run than `old`.

    One that was cut short tells less. Then channels count, then the format, then records: a phone
    that writes every second is not fuller than a watch that writes when something changes.
    """
    if not is_close(new.elapsed_s, old.elapsed_s):
        return (new.elapsed_s or 0.0) > (old.elapsed_s or 0.0)
    return fullness(new) > fullness(old)


def fullness(recording: Recording) -> tuple[int, int, int]:
    """Channels, format and records, to compare by."""
    rank = FORMAT_RANK.get(recording.file_format, BEST_RANK)
    return recording.n_channels, rank, recording.n_records


def fullest(recordings: Sequence[Recording]) -> Recording:
    """The recording that counts, the oldest among equals."""
    best = recordings[0]
    for one in recordings[1:]:
        best = one if is_fuller(one, best) else best
    return best


def link_twins(
    connection: Connection,
    runner_id: int,
    new_ids: Sequence[int],
    *,
    stamp: str | None,
) -> tuple[int, ...]:
    """Link the activities of one new file with other recordings of the same runs.

    Returns those of `new_ids` that turned out to be such. Activities of the file are never linked
    with each other, nor two of them with the same run.
    """
    new = recordings(connection, runner_id, schema.activity.c.activity_id.in_(new_ids))
    starts = [one.start_utc for one in new if one.start_utc is not None]
    if not starts:
        return ()
    start_utc = schema.activity.c.start_utc
    around = start_utc.between(min(starts) - START_APART, max(starts) + START_APART)
    old = recordings(connection, runner_id, around, schema.activity.c.activity_id.not_in(new_ids))
    linked = []
    for one, keeper_id in pairs(new, old):
        (keeper,) = recordings(connection, runner_id, schema.activity.c.activity_id == keeper_id)
        ends = (keeper, one) if is_fuller(one, keeper) else (one, keeper)
        link_group(connection, runner_id, *(end.activity_id for end in ends), stamp=stamp)
        if keeper.excluded and ends[1] is one:
            set_columns(connection, runner_id, one.activity_id, {"excluded": True})
        linked.append(one.activity_id)
    return tuple(sorted(linked))


def pairs(new: list[Recording], old: list[Recording]) -> Iterable[tuple[Recording, int]]:
    """Each new recording with the run it is of, nearest starts first, each run once."""
    alike = [(one, other) for one, other in product(new, old) if is_same_run(one, other)]
    taken: set[int] = set()
    for one, other in sorted(alike, key=lambda pair: apart(*pair)):
        if one.activity_id not in taken and other.keeper not in taken:
            taken |= {one.activity_id, other.keeper}
            yield one, other.keeper


def apart(one: Recording, other: Recording) -> tuple[timedelta, int, int]:
    """How far two starts are apart; ids make the order certain."""
    assert one.start_utc is not None  # noqa: S101  (`is_same_run` said so)
    assert other.start_utc is not None  # noqa: S101
    return abs(one.start_utc - other.start_utc), one.activity_id, other.activity_id


def recordings(
    connection: Connection, runner_id: int, *which: ColumnElement[bool]
) -> list[Recording]:
    """The runner's recordings that fulfil every one of `which`, oldest ids first."""
    table, stream = schema.activity, schema.stream
    n_channels = (
        select(func.count())
        .select_from(stream)
        .where(stream.c.runner_id == table.c.runner_id, stream.c.activity_id == table.c.activity_id)
        .scalar_subquery()
    )
    columns: list[Any] = [
        table.c[name] for name in Recording.__slots__ if name not in {"file_format", "n_channels"}
    ]
    query = (
        select(*columns, schema.original.c.file_format, n_channels.label("n_channels"))
        .join_from(table, schema.original)
        .where(table.c.runner_id == runner_id, *which)
        .order_by(table.c.activity_id)
    )
    return [Recording(**row) for row in connection.execute(query).mappings()]


def link_group(
    connection: Connection,
    runner_id: int,
    duplicate: int,
    keeper: int,
    *,
    stamp: str | None,
) -> None:
    """Make `duplicate`, and whatever is linked to it, duplicates of `keeper`."""
    table = schema.activity
    connection.execute(
        update(table)
        .where(
            table.c.runner_id == runner_id,
            (table.c.activity_id == duplicate) | (table.c.duplicate_of == duplicate),
        )
        .values(duplicate_of=keeper)
    )
    set_columns(connection, runner_id, keeper, {"duplicate_of": None})
    carry_over(connection, runner_id, old=duplicate, new=keeper, stamp=stamp)


def join(connection: Connection, runner_id: int, *, duplicate: int, keeper: int) -> None:
    """Link two activities because the runner says so; `keeper` (or what it is linked to) counts.

    When `keeper` was linked to `duplicate`, they change places. InputError `same_run` for one
    activity given twice.
    """
    (one,) = recordings(connection, runner_id, schema.activity.c.activity_id == duplicate)
    (other,) = recordings(connection, runner_id, schema.activity.c.activity_id == keeper)
    if duplicate == keeper:
        raise InputError("same_run", values={"id": keeper})
    target = keeper if other.keeper == duplicate else other.keeper
    if one.keeper == target:
        return
    link_group(connection, runner_id, duplicate, target, stamp=None)


def separate(connection: Connection, runner_id: int, activity_id: int) -> tuple[int, ...]:
    """Take an activity away from the run it is linked to, or all that are linked to it away.

    Returns the activities that count by themselves again; none when nothing was linked.
    """
    table = schema.activity
    own = (table.c.activity_id == activity_id) & table.c.duplicate_of.is_not(None)
    apart_now = recordings(connection, runner_id, own | (table.c.duplicate_of == activity_id))
    for one in apart_now:
        set_columns(connection, runner_id, one.activity_id, {"duplicate_of": None})
    return tuple(one.activity_id for one in apart_now)


def elect_keepers(connection: Connection, runner_id: int, leaving: Any) -> None:
    """Before the activities that `leaving` selects go: what is linked to them finds a new keeper.

    What the runner said of a recording that goes stays with the run.
    """
    table = schema.activity
    staying = recordings(
        connection,
        runner_id,
        table.c.duplicate_of.in_(leaving),
        table.c.activity_id.not_in(leaving),
    )
    groups: dict[int, list[Recording]] = {}
    for one in staying:
        groups.setdefault(one.keeper, []).append(one)
    for gone, group in groups.items():
        best = fullest(group)
        for one in group:
            linked_to = None if one is best else best.activity_id
            set_columns(connection, runner_id, one.activity_id, {"duplicate_of": linked_to})
        carry_told(connection, runner_id, old=gone, new=best.activity_id)
