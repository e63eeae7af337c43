"""Parts of the page of one run in words: what the file says of itself, weather, laps, zooming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from uncramp.units import (
    metres_from_kilometres,
    minutes_from_seconds,
)
from uncramp.wording.catalogue import messages, text
from uncramp.wording.quantities import MISSING, Units, distance, duration, pace
from uncramp.wording.run_pages import (
    clock_words,
    day_words,
    degrees_in,
    is_on_foot,
    length_in,
    length_unit,
    mark_words,
    muscle_words,
    place_words,
    run_heading,
    speed_in,
    speed_unit,
)
from uncramp.wording.runs import flag_text
from uncramp.wording.weather import weather_data, weather_parts

if TYPE_CHECKING:
    from uncramp.actions.run_page import RunPage
    from uncramp.actions.showing import RunDetails
    from uncramp.actions.streams import Channel, RunStreams
    from uncramp.actions.weather import RunWeather
    from uncramp.store.rows import ActivityRow

__all__ = [
    "channel_rows",
    "cramp_fields",
    "cramp_words_of",
    "file_notes",
    "lap_rows",
    "recording_name",
    "recording_words",
    "streams_data",
    "weather_words",
    "zoom_marks",
    "zoom_words",
]

TYPED: Final = "typed"


# What the file says of itself


def file_notes(row: ActivityRow, reasons: Sequence[str]) -> list[dict[str, str]]:
    """What is wrong with the file and what was done about it, what counts most first."""
    known = messages("run_pages")
    told = [
        {
            "kind": text("run_pages.kind.doubt"),
            "said": known[f"run_pages.why_not.{one}"],
            "more": "",
        }
        for one in reasons
        if f"run_pages.why_not.{one}" in known
    ]
    return told + [
        {
            "kind": known.get(f"run_pages.kind.{flag.kind}", flag.kind),
            "said": flag_text(flag.code),
            "more": flag.detail,
        }
        for flag in row.flags
    ]


def recording_words(row: ActivityRow) -> list[tuple[str, str]]:
    """Where the numbers come from."""
    facts = (
        ("device", row.device or MISSING),
        ("file", row.source_file),
        ("format", row.file_format.upper()),
        ("records", f"{row.n_records:,}".replace(",", " ")),
        ("imported", f"{row.imported_at:%Y-%m-%d}"),
    )
    return [(text(f"run_pages.recording.{name}"), value) for name, value in facts
            if value != MISSING]  # fmt: skip


def channel_rows(details: RunDetails) -> list[tuple[str, str, str]]:
    """What was recorded, how often, and in which range; never a place."""
    known = messages("run_pages")
    rows = []
    for one in details.channels:
        if one.low is None and one.n_values:
            continue  # a place
        name = known.get(f"run_pages.channel.{one.channel}", one.channel)
        n_all = one.n_values + one.n_missing
        share = text("run_pages.channel_count", n=one.n_values, of=n_all)
        band = MISSING if one.low is None else f"{one.low:.4g} – {one.high:.4g}"
        rows.append((name, share, band))
    return rows


def lap_rows(details: RunDetails, *, units: Units) -> list[tuple[str, ...]]:
    """Laps as the watch summed them: number, time, distance, pace; none when it is only one."""
    if len(details.laps) < 2:
        return []
    on_foot = is_on_foot(details.row)
    rows: list[tuple[str, ...]] = []
    for number, lap in enumerate(details.laps, start=1):
        time_s = lap.timer_s if lap.timer_s is not None else lap.elapsed_s
        rate = pace(lap.distance_m, time_s, units=units) if on_foot else MISSING
        rows.append((str(number), duration(time_s), distance(lap.distance_m, units=units), rate))
    return rows


def recording_name(row: ActivityRow, day: date | None, *, units: Units) -> str:
    """Another recording, to recognise it by."""
    when = f"{day_words(day)} {clock_words(row)}".strip()
    file = row.device or row.source_file
    return text("run_pages.recording_of", run=run_heading(row, units=units), when=when, file=file)


# The cramp


def cramp_words_of(details: RunDetails, *, units: Units) -> dict[str, str]:
    """What is said of a cramp, where, and what the file suggests when nothing was said."""
    mark, course = details.mark, details.course
    onset = None if course is None else course.onset
    asked = ""
    if mark is None and onset is not None:
        at = place_words(onset.km, onset.minute, units=units)
        asked = text(f"run_pages.asked.{onset.sign}", at=at)
    return {
        "kind": "" if mark is None else mark.cramped,
        "said": mark_words(mark, units=units),
        "muscles": "" if mark is None else muscle_words(mark.muscles),
        "asked": asked,
    }


def cramp_fields(details: RunDetails, *, units: Units) -> dict[str, Any]:
    """What the form about the cramp holds: what was said, else what the file suggests."""
    mark, course = details.mark, details.course
    onset = None if course is None or mark is not None else course.onset
    km = onset.km if onset is not None else None if mark is None else mark.km
    minute = onset.minute if onset is not None else None if mark is None else mark.minute
    along = None if km is None else length_in(metres_from_kilometres(km), units=units)
    at = "" if along is None else f"{along:.1f}"
    shown_minute = "" if minute is None or along is not None else f"{minute:.0f}"
    return {
        "at": at,
        "at_was": at,
        "minute": shown_minute,
        "minute_was": shown_minute,
        "muscles": () if mark is None else mark.muscles,
    }


# The weather


def weather_words(found: RunWeather, *, units: Units) -> dict[str, Any]:
    """The weather that counts and why, what others say, and what was typed."""
    best = found.best
    typed = [one for one in (best, *found.others) if one is not None and one.source == TYPED]
    return {
        "best": "" if best is None else weather_parts(best, units=units),
        "because": " ".join((weather_data(best) or {}).get("because", ())),
        "attribution": best.attribution if best is not None and best.source == "open_meteo" else "",
        "others": [
            text(
                "run_pages.weather.other",
                source=text(f"weather.source.{one.source}"),
                parts=weather_parts(one, units=units),
            )
            for one in found.others
        ],
        "is_typed": bool(typed),
        "may_ask": found.may_ask and (best is None or best.source == "watch"),
        "unit": text(f"run_pages.unit.{'fahrenheit' if units == 'imperial' else 'celsius'}"),
        "degrees": f"{degrees_in(typed[0].temp_air_c, units=units):.0f}" if typed else "",
        "humidity": f"{typed[0].relative_humidity_pct:.0f}"
        if typed and typed[0].relative_humidity_pct is not None
        else "",
    }


# Zooming


def zoom_words(units: Units) -> dict[str, str]:
    """The words that the zooming script puts together; it has none of its own."""
    names = ("pace", "speed", "heart_rate", "elevation", "steps", "cadence", "power", "warmth")
    return {
        "here": text("run_pages.zoom.here"),
        "here_time": text("run_pages.zoom.here_time"),
        "standing": text("run_pages.zoom.standing"),
        "nothing": text("run_pages.zoom.nothing"),
        "failed": text("run_pages.zoom.failed"),
        "shown": text("run_pages.zoom.shown"),
        "shown_time": text("run_pages.zoom.shown_time"),
        "unit": length_unit(units),
        "minutes": text("run_pages.unit.min"),
        **{name: text(f"run_pages.panel.{name}") for name in names},
    }


def zoom_marks(page: RunPage, *, units: Units) -> list[dict[str, Any]]:
    """What the curves mark: the cramp, and where the longest run before was passed."""
    marks: list[dict[str, Any]] = []
    for point in page.details.timeline.points:
        kind = MARKED.get(point.event)
        onset = page.details.course.onset if page.details.course is not None else None
        if kind is None or (kind != "note" and onset is None):
            continue
        along = None if point.km is None else metres_from_kilometres(point.km)
        marks.append(
            {
                "kind": kind,
                "minute": point.minute,
                "along": None if along is None else length_in(along, units=units),
                "words": text(
                    f"run_pages.zoom.mark.{kind}",
                    at=place_words(point.km, point.minute, units=units),
                ),
            }
        )
    return marks


MARKED: Final[Mapping[str, str]] = {
    "longest_run_passed": "note",
    "onset": "cramp",
    "onset_minute": "cramp",
    "onset_stop": "maybe",
    "onset_collapse": "maybe",
}


def streams_data(streams: RunStreams, *, units: Units) -> dict[str, Any]:
    """The curves as plain data in the reader's units: minutes along, and lengths where known."""
    whole_m = streams.distance_m
    return {
        "minutes": round(minutes_from_seconds(streams.elapsed_s), 3),
        "along": None if whole_m is None else round(length_in(whole_m, units=units), 4),
        "unit": length_unit(units),
        "shown": {
            "from": round(minutes_from_seconds(streams.begin_s), 3),
            "to": round(minutes_from_seconds(streams.end_s), 3),
        },
        "channels": [channel_data(one, units=units) for one in streams.channels],
    }


def channel_data(channel: Channel, *, units: Units) -> dict[str, Any]:
    """One curve in the reader's units."""
    values = channel.values
    if channel.name == "speed":
        values = tuple(None if one is None else speed_in(one, units=units) for one in values)
    elif channel.name == "warmth":
        values = tuple(None if one is None else degrees_in(one, units=units) for one in values)
    return {
        "name": channel.name,
        "unit": unit_of(channel.name, units=units),
        "minutes": [round(minutes_from_seconds(one), 4) for one in channel.time_s],
        "along": None
        if channel.metres is None
        else [round(length_in(one, units=units), 4) for one in channel.metres],
        "values": [None if one is None else round(one, 2) for one in values],
    }


def unit_of(name: str, *, units: Units) -> str:
    """The unit that a curve is told in."""
    if name == "speed":
        return speed_unit(units)
    if name == "warmth":
        return text(f"run_pages.unit.{'fahrenheit' if units == 'imperial' else 'celsius'}")
    return text(f"run_pages.unit.{UNITS[name]}")


UNITS: Final[Mapping[str, str]] = {
    "heart_rate": "bpm",
    "elevation": "m",
    "cadence": "rpm",
    "steps": "spm",
    "power": "w",
}
