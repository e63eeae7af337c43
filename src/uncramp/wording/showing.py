"""One activity in words, as a small picture, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from uncramp.units import (
    kilometres_from_metres,
    metres_from_kilometres,
    miles_from_metres,
    minutes_from_seconds,
    seconds_from_minutes,
)
from uncramp.wording.catalogue import text
from uncramp.wording.pictures import (
    CRAMP,
    MAYBE,
    NOTHING,
    WITHIN,
    axis,
    bars,
    column_of,
    legend,
    run_strip,
    ticks,
)
from uncramp.wording.quantities import (
    MISSING,
    Units,
    distance,
    duration,
    heart_rate,
    pace,
    volume,
)
from uncramp.wording.runs import (
    flag_data_of,
    flag_text,
    mark_data,
    run_data,
    run_pace,
    runner_option,
    sport_name,
    when,
)

if TYPE_CHECKING:
    from uncramp.actions.showing import Course, RunDetails
    from uncramp.store.rows import ActivityRow

__all__ = ["details_data", "details_lines", "finding", "n_columns"]

LABEL: Final = 15
"""Columns left of a picture."""
WIDEST: Final = 60
NARROWEST: Final = 20
FLAT_BPM: Final = 15.0
FLAT_M: Final = 30.0
"""Smaller ups and downs fill the picture only in part, so that noise does not look like hills."""
ROWS: Final = 2
"""How many lines of text each curve is high."""


def n_columns(width: int) -> int:
    """How many columns wide the picture is on a terminal of this width."""
    return min(max(width - LABEL - 1, NARROWEST), WIDEST)


def details_data(details: RunDetails) -> dict[str, Any]:
    """The `data` of `uncramp runs show --json`."""
    row = details.row
    return {
        "run": run_data(row),
        "cramp": mark_data(details.mark),
        "finding": finding(details, units="metric"),
        "course": None if details.course is None else course_data(details.course),
        "flags": flag_data_of(row),
        "watch_profile": details.profile,
        "laps": details.laps,
        "splits": details.splits,
        "channels": details.channels,
        "decoder_version": row.decoder_version,
        "imported_at": row.imported_at,
        "sha256": row.sha256,
    }


def course_data(course: Course) -> dict[str, Any]:
    """The numbers behind the picture."""
    onset = course.onset
    return {
        "distance_m": course.distance_m,
        "elapsed_s": course.elapsed_s,
        "beyond_longest_from_m": course.beyond_m,
        "longest_before_known": course.longest_before_known,
        "onset": onset,
        "stretches": course.stretches,
    }


def details_lines(
    details: RunDetails, *, runner: str, units: Units, full: bool = False, width: int = 80
) -> Iterator[str]:
    """One activity, what is odd about it, its picture with the finding above, what to do next.

    `full` adds splits, laps and channels. The picture is as many columns wide as the course has
    stretches.
    """
    row, who = details.row, runner_option(runner)
    yield text("runs.show.title", id=row.activity_id, when=when(row).strip(), sport=sport_name(row))
    yield from summary_lines(row, units=units)
    if full:
        yield from split_lines(details, units=units)
        yield from lap_lines(details, units=units)
        yield from channel_lines(details)
    if row.flags:
        yield text("runs.show.flags")
        for flag in row.flags:
            yield f"  {flag_text(flag.code)}" + (f" ({flag.detail})" if flag.detail else "")
    if row.is_run:
        yield ""
        yield finding(details, units=units)
    if details.course is not None and len(details.course.stretches) + LABEL < width:
        yield ""
        yield from picture_lines(details.course, units=units, is_run=row.is_run)
    yield ""
    if not full:
        yield text("runs.show.more", id=row.activity_id, who=who)
    yield text(next_message(details), id=row.activity_id, who=who)


def next_message(details: RunDetails) -> str:
    """Which step comes next for this activity."""
    if not details.row.is_run:
        return "runs.show.no_run"
    if details.mark is not None:
        return "runs.show.why" if details.mark.cramped == "yes" else "runs.show.changed_mind"
    proposed = details.course is not None and details.course.onset is not None
    return "runs.show.answer" if proposed else "runs.show.next"


# The finding and its picture


def finding(details: RunDetails, *, units: Units) -> str:
    """What the picture shows, in a sentence or two."""
    course, mark = details.course, details.mark
    onset = None if course is None else course.onset
    onset_m = None if onset is None or onset.km is None else metres_from_kilometres(onset.km)
    beyond_m = None if course is None else course.beyond_m
    values = {"beyond": distance(beyond_m, units=units), "at": distance(onset_m, units=units)}
    said: str = "none" if mark is None else mark.cramped
    sign = "cramp" if said == "yes" else "" if onset is None or said != "none" else onset.sign
    if sign and beyond_m is not None and onset_m is not None and beyond_m <= onset_m:
        return text(f"runs.finding.beyond_then_{sign}", **values)
    if said == "yes" and onset_m is None:
        said = "no_place"
    elif said == "none" and sign:
        said = f"maybe_{sign}"
    known = course is not None and course.longest_before_known
    training = "beyond" if beyond_m is not None else "within" if known else "unknown"
    parts = (f"runs.finding.said.{said}", f"runs.finding.{training}")
    return " ".join(text(part, **values) for part in parts)


def picture_lines(course: Course, *, units: Units, is_run: bool) -> Iterator[str]:
    """Pace, heart rate and elevation over one axis, and the run strip; one sign for the cramp."""
    columns = len(course.stretches)
    marks = marks_of(course)
    speeds = [one.speed_m_s for one in course.stretches]
    rates = [one.heart_rate_bpm for one in course.stretches]
    levels = [one.elevation_m for one in course.stretches]
    unit = "mile" if units == "imperial" else "kilometre"
    yield from panel(
        text(f"runs.picture.pace_{unit}"),
        speeds,
        [pace(one, 1.0, units=units).partition(" ")[0] for one in ends(speeds)],
        marks=marks,
    )
    labels = [heart_rate(one) for one in ends(rates)]
    yield from panel(text("runs.picture.heart_rate"), rates, labels, marks=marks, flattest=FLAT_BPM)
    labels = [f"{one:.0f}" for one in ends(levels)]
    yield from panel(text("runs.picture.elevation"), levels, labels, marks=marks, flattest=FLAT_M)
    if is_run:
        beyond = course.share(course.beyond_m, None)
        strip = run_strip(
            columns,
            within=WITHIN if course.longest_before_known else NOTHING,
            beyond_from=None if beyond is None else column_of(beyond, columns=columns),
            marks=marks,
        )
        yield f"{text('runs.picture.strip'):<{LABEL}} {strip}"
    whole = course.elapsed_s if course.distance_m is None else course.distance_m
    along = text(f"runs.picture.{'minute' if course.distance_m is None else unit}")
    yield f"{along:<{LABEL}} {axis(columns, ticks(in_unit(course, whole, units), columns))}"
    if is_run:
        yield legend(strip)


def ends(values: Sequence[float | None]) -> list[float]:
    """The highest and the lowest; nothing when there are none."""
    known = [one for one in values if one is not None]
    return [max(known), min(known)] if known else []


def marks_of(course: Course) -> dict[int, str]:
    """The column of the cramp, or of what may have been one."""
    onset = course.onset
    if onset is None:
        return {}
    metres = None if onset.km is None else metres_from_kilometres(onset.km)
    share = course.share(metres, seconds_from_minutes(onset.minute))
    if share is None:
        return {}
    column = column_of(share, columns=len(course.stretches))
    return {column: MAYBE if onset.proposed else CRAMP}


def panel(
    name: str,
    values: Sequence[float | None],
    labels: Sequence[str],
    *,
    marks: dict[int, str],
    flattest: float = 0.0,
) -> Iterator[str]:
    """One curve with its name and its highest and lowest value; nothing when there is none.

    A curve that spans less than `flattest` is one line high and drawn as flat as it is.
    """
    if not labels:
        return
    highest, lowest = ends(values)
    is_flat = highest - lowest < flattest
    rows = 1 if is_flat else ROWS
    numbers = ["–".join(dict.fromkeys((labels[-1], labels[0])))] if is_flat else list(labels)
    high = max(highest, lowest + flattest)
    names = [name, *[""] * (rows - 1)]
    lines = bars(values, rows=rows, high=high, marks=marks)
    for part, number, line in zip(names, numbers, lines, strict=True):
        yield f"{part}{number:>{LABEL - len(part)}} {line}".rstrip()


def in_unit(course: Course, whole: float, units: Units) -> float:
    """How long the axis is, in the units that it is labelled with."""
    if course.distance_m is None:
        return minutes_from_seconds(whole)
    return miles_from_metres(whole) if units == "imperial" else kilometres_from_metres(whole)


# The tables


def summary_lines(row: ActivityRow, *, units: Units) -> Iterator[str]:
    """The numbers of the whole activity."""
    facts = {
        "name": row.title or MISSING,
        "distance": distance(row.distance_m, units=units),
        "moving": duration(row.moving_s),
        "elapsed": duration(row.elapsed_s),
        "pace": run_pace(row, units=units) or MISSING,
        "heart_rate": heart_rate(row.mean_heart_rate_bpm),
        "sweat": volume(row.reported_sweat_loss_l, units=units),
        "device": row.device or MISSING,
        "file": row.source_file,
    }
    for name, value in facts.items():
        if value != MISSING:
            yield f"  {text(f'runs.show.{name}'):<22}{value}"
    if row.reported_sweat_loss_l is not None:
        yield text("runs.show.sweat_note")


def split_lines(details: RunDetails, *, units: Units) -> Iterator[str]:
    """A small table of kilometres or miles."""
    if not details.splits:
        return
    unit = "mile" if units == "imperial" else "kilometre"
    yield text("runs.show.splits")
    time, rate = text("runs.head.time"), text("runs.head.heart_rate")
    yield f"  {text(f'runs.show.{unit}'):>5} {time:>8} {rate:>5}"
    for split in details.splits:
        part = f"  {distance(split.distance_m, units=units)}" if not split.is_whole else ""
        yield (
            f"  {split.number:>5} {duration(split.elapsed_s):>8} "
            f"{heart_rate(split.mean_heart_rate_bpm):>5}{part}"
        )


def lap_lines(details: RunDetails, *, units: Units) -> Iterator[str]:
    """Laps as the device summed them, when there is more than one."""
    if len(details.laps) < 2:
        return
    yield text("runs.show.laps")
    for number, lap in enumerate(details.laps, start=1):
        time = lap.timer_s if lap.timer_s is not None else lap.elapsed_s
        yield f"  {number:>5} {duration(time):>8} {distance(lap.distance_m, units=units):>9}"


def channel_lines(details: RunDetails) -> Iterator[str]:
    """What was recorded, how often, in which range."""
    if not details.channels:
        return
    yield text("runs.show.channels")
    for channel in details.channels:
        n_all = channel.n_values + channel.n_missing
        band = "" if channel.low is None else f"  {channel.low:.6g} … {channel.high:.6g}"
        yield f"  {channel.channel[:28]:<28} {channel.n_values:>6} / {n_all}{band}"
