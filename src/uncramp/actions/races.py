"""Races to come: distance, day, goal, course and weather; found by name, number or `next`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.from_plain import from_plain
from uncramp.actions.race_requests import RACE_RANGES, with_wbgt
from uncramp.activities import read_bytes
from uncramp.envelope import plain
from uncramp.errors import InputError, NotFoundError, RefusedFileError
from uncramp.evidence import value
from uncramp.store.rows import DocumentRow
from uncramp.track import climbed_and_fallen_m, course_metres
from uncramp.vocabulary import Activity, CoursePoint, PlannedRace

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow
    from uncramp.vocabulary import FloatArray

__all__ = [
    "Course",
    "KeptRace",
    "RaceAsked",
    "add_race",
    "change_race",
    "course_from",
    "find_race",
    "list_races",
    "race_of",
    "remove_race",
    "restore_race",
    "run_of_race",
]

KIND: Final = "race"
NEXT: Final = "next"
LONGEST_NAME: Final = 80
SHORTEST_COURSE_M: Final = 100.0
BROUGHT: Final = ("distance_m", "ascent_m", "descent_m")
"""What a course brings along."""
TYPED_NUMBERS: Final = ("ascent_m", "descent_m", "temp_air_c", "relative_humidity_pct",
                        "wind_speed_m_s", "solar_w_m2")  # fmt: skip
HEIGHTS_OVER_M: Final = 100.0
"""A course keeps its height every so many metres."""
COURSE_FITS_PCT: Final = 10.0
"""A file and the signs on the road differ by less; else it is another course."""
POINT_OF_ROUTE: Final = re.compile(rb"<(/?)rtept\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceAsked:
    """A race as it was typed; None is what was left out. A course brings distance and heights."""

    name: str = ""
    day: date | None = None
    start: time | None = None
    distance_m: float | None = None
    goal_time_s: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    temp_air_c: float | None = None
    relative_humidity_pct: float | None = None
    wind_speed_m_s: float | None = None
    solar_w_m2: float | None = None
    wbgt_c: float | None = None
    course: bytes = b""
    """A GPX, TCX or FIT file of the course; empty when there is none."""
    course_name: str = "course.gpx"

    def over(self, before: PlannedRace, *, keeps_goal: bool) -> RaceAsked:
        """What is left out here as it was before."""
        names = ("name", "day", "start", "goal_time_s", "distance_m", *TYPED_NUMBERS)
        kept = {
            name: getattr(before, name)
            for name in names
            if getattr(self, name) in (None, "") and (keeps_goal or name != "goal_time_s")
        }
        if self.course or not fits(self.distance_m or before.distance_m, before.distance_m):
            # another course, with hills of its own
            kept = {name: one for name, one in kept.items() if name not in BROUGHT}
        return replace(self, **kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRace:
    """A race in the store."""

    race_id: int
    race: PlannedRace


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a course file says."""

    distance_m: float
    points: tuple[CoursePoint, ...]
    """Empty when the file has no heights."""
    ascent_m: float | None
    descent_m: float | None


# ---------------------------------------------------------------- kept races


def list_races(context: Context) -> tuple[KeptRace, ...]:
    """Every race of the runner by day; NotFoundError for an unknown runner."""
    rows = context.store.documents(context.stored_runner(), KIND)
    return tuple(sorted(map(kept_from, rows), key=lambda one: (one.race.day, one.race_id)))


def find_race(context: Context, reference: str) -> KeptRace:
    """The race of this number or name, or the `next` one; NotFoundError `unknown_race`."""
    known = list_races(context)
    wanted = reference.strip().casefold()
    coming = [one for one in known if one.race.day >= context.now.date()]
    if wanted == NEXT:
        found = coming[:1]
    else:
        found = [one for one in known if str(one.race_id) == wanted]
        found = found or [one for one in (*coming, *known) if one.race.name.casefold() == wanted]
    if not found:
        names = ", ".join(f"{one.race_id} ({one.race.name})" for one in known) or "–"
        raise NotFoundError("unknown_race", values={"reference": reference, "known": names})
    return found[0]


def run_of_race(
    context: Context, race: PlannedRace, *, rows: Sequence[ActivityRow] | None = None
) -> ActivityRow | None:
    """The longest run of the day that can have been the race; None without one.

    `rows` are the runner's activities, where they are at hand.
    """
    if rows is None:
        rows = context.store.activities(context.stored_runner(), with_excluded=False)
    shortest_m = value("debrief.race.shortest_share") * race.distance_m
    longest_m = value("debrief.race.longest_share") * race.distance_m
    found = [
        row
        for row in rows
        if row.is_run
        and row.distance_m is not None
        and shortest_m <= row.distance_m <= longest_m
        and local_date(context, row) == race.day
    ]
    return max(found, key=lambda row: row.distance_m or 0.0, default=None)


def add_race(context: Context, asked: RaceAsked) -> KeptRace:
    """Keep one more race; InputError says what is missing or impossible."""
    race = race_from(asked)
    number = context.store.add_document(
        context.stored_runner(), KIND, plain(race), at=context.now, name=race.name
    )
    return KeptRace(race_id=number, race=race)


def change_race(context: Context, reference: str, asked: RaceAsked) -> KeptRace:
    """Put what is asked in place of what was kept; the course stays unless a new one comes."""
    kept = find_race(context, reference)
    race = race_from(asked, before=kept.race)
    runner = context.stored_runner()
    row = context.store.document(runner, kept.race_id, KIND)
    context.store.change_document(runner, row, plain(race), at=row.at, name=race.name)
    return KeptRace(race_id=kept.race_id, race=race)


def remove_race(context: Context, reference: str) -> KeptRace:
    """Take a race out; `restore_race` brings it back, with its plans."""
    kept, runner = find_race(context, reference), context.stored_runner()
    row = context.store.document(runner, kept.race_id, KIND)
    context.store.remove_document(runner, row, at=context.now)
    return kept


def restore_race(context: Context, race_id: int) -> KeptRace:
    """Bring back a race that was taken out; NotFoundError when there was none."""
    runner = context.stored_runner()
    row = context.store.document(runner, race_id, KIND)
    context.store.restore_document(runner, row)
    return kept_from(row)


def kept_from(row: DocumentRow) -> KeptRace:
    """A race out of its row."""
    return KeptRace(race_id=row.document_id, race=from_plain(PlannedRace, row.content))


def race_of(content: Mapping[str, Any]) -> PlannedRace:
    """A race out of plain data; ValueError, TypeError or LookupError for what no race can be."""
    race = from_plain(PlannedRace, content)
    if not isinstance(race.name, str):
        raise TypeError(race.name)
    for name, (low, high, _) in RACE_RANGES.items():
        given: float | None = getattr(race, name)
        if given is not None and not low <= given <= high:
            raise ValueError(name)
    if not np.isfinite(
        [number for one in race.course for number in (one.at_m, one.elevation_m)]
    ).all():
        raise ValueError("course")
    return race


# ---------------------------------------------------------------- what was typed


def race_from(asked: RaceAsked, *, before: PlannedRace | None = None) -> PlannedRace:
    """The race of what was typed and of its course; InputError for what cannot be."""
    if asked.day is None:
        raise InputError("race_without_day")
    told = {name: number(asked, name) for name in RACE_RANGES}
    course = course_for(asked, before, distance_m=told["distance_m"])
    if course is not None:
        for name in BROUGHT:
            if told[name] is None:
                told[name] = getattr(course, name)
    distance_m = told.pop("distance_m")
    if distance_m is None:
        raise InputError("race_without_distance")
    race = PlannedRace(
        day=asked.day,
        name=printable(asked.name)[:LONGEST_NAME],
        start=asked.start,
        distance_m=distance_m,
        course=() if course is None else scaled(course, distance_m),
        **told,
    )
    return with_wbgt(race)


def course_for(
    asked: RaceAsked, before: PlannedRace | None, *, distance_m: float | None
) -> Course | None:
    """The course that was sent, else the one of before if the race is still as long.

    InputError `course_of_another_length` when the course that was sent is not of this race.
    """
    if asked.course:
        course = course_from(asked.course, name=asked.course_name)
        if distance_m is not None and not fits(distance_m, course.distance_m):
            values = {"typed_m": round(distance_m), "course_m": round(course.distance_m)}
            raise InputError("course_of_another_length", values=values)
        return course
    if before is None or not before.course or not fits(distance_m, before.distance_m):
        return None
    return course_of(before)


def fits(distance_m: float | None, course_m: float) -> bool:
    """Whether a course can be of a race so long; yes where nothing was said."""
    return distance_m is None or 100 * abs(distance_m - course_m) <= COURSE_FITS_PCT * course_m


def printable(name: str) -> str:
    """A name on one line, with nothing that would steer a terminal."""
    return "".join(one for one in " ".join(name.split()) if one.isprintable())


def number(asked: RaceAsked, name: str) -> float | None:
    """One number that was typed; InputError `bad_number` for what no race has."""
    given: float | None = getattr(asked, name)
    low, high, unit = RACE_RANGES[name]
    if given is not None and not low <= given <= high:
        values = {"question": name, "value": given, "low": low, "high": high, "unit": unit}
        raise InputError("bad_number", values=values)
    return given


def course_of(race: PlannedRace) -> Course:
    """The course that a race has already."""
    return Course(
        distance_m=race.distance_m,
        points=race.course,
        ascent_m=race.ascent_m,
        descent_m=race.descent_m,
    )


def scaled(course: Course, distance_m: float) -> tuple[CoursePoint, ...]:
    """The course drawn out to the length of the race: files and signs differ by a little."""
    factor = distance_m / course.distance_m
    return tuple(replace(one, at_m=one.at_m * factor) for one in course.points)


# ---------------------------------------------------------------- a course from a file


def course_from(content: bytes, *, name: str) -> Course:
    """The course in a GPX, TCX or FIT file; RefusedFileError or InputError `no_course`."""
    try:
        reading = read_bytes(as_track(content), name=name)
    except RefusedFileError as error:
        raise InputError("no_course", values={"name": name}) from error
    if not reading.activities:
        raise InputError("no_course", values={"name": name})
    activity = max(reading.activities, key=lambda one: one.distance_m or 0.0)
    return course_along(activity, name=name)


def as_track(content: bytes) -> bytes:
    """A planned route as the track it would give; anything else as it is."""
    if b"<trkpt" in content or not POINT_OF_ROUTE.search(content):
        return content
    tracked = POINT_OF_ROUTE.sub(rb"<\1trkpt", content)
    return tracked.replace(b"<rte>", b"<trk><trkseg>").replace(b"</rte>", b"</trkseg></trk>")


def course_along(activity: Activity, *, name: str) -> Course:
    """Distance and heights along a track."""
    metres = course_metres(activity)
    if metres is None:
        raise InputError("no_course", values={"name": name})
    stream = activity.streams.get("elevation_m")
    heights = np.full(len(metres), np.nan) if stream is None else stream.physical()
    known = np.isfinite(metres)
    length_m = float(np.nanmax(metres)) if known.any() else 0.0
    if length_m < SHORTEST_COURSE_M:
        raise InputError("no_course", values={"name": name})
    known &= np.isfinite(heights)
    if known.sum() < 2:
        return Course(distance_m=length_m, points=(), ascent_m=None, descent_m=None)
    places = np.append(np.arange(0.0, length_m, HEIGHTS_OVER_M), length_m)
    levels = mean_levels(np.maximum.accumulate(metres[known]), heights[known], places)
    ascent_m, descent_m = climbed_and_fallen_m(levels)
    points = tuple(
        CoursePoint(at_m=float(at), elevation_m=float(level))
        for at, level in zip(places, levels, strict=True)
    )
    return Course(distance_m=length_m, points=points, ascent_m=ascent_m, descent_m=descent_m)


def mean_levels(along: FloatArray, heights: FloatArray, places: FloatArray) -> FloatArray:
    """The mean height around each place, as for runs: single heights of a file wander."""
    nearest = np.minimum(np.rint(along / HEIGHTS_OVER_M).astype(int), places.size - 1)
    count = np.bincount(nearest, minlength=places.size)
    total = np.bincount(nearest, weights=heights, minlength=places.size)
    have = count > 0
    return np.interp(places, places[have], total[have] / count[have])
