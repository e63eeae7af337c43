"""The words of the pages about runs: days, marks, flags, findings, splits, and the years.

Runs as a list for the terminal are in `runs.py`, one run for the terminal in `showing.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from uncramp.units import (
    fahrenheit_from_celsius,
    kilometres_from_metres,
    kilometres_per_hour_from_metres_per_second,
    metres_from_kilometres,
    metres_from_miles,
    miles_from_metres,
    miles_per_hour_from_metres_per_second,
)
from uncramp.wording.catalogue import messages, text
from uncramp.wording.losses import loss_words
from uncramp.wording.quantities import (
    MISSING,
    Units,
    distance,
    duration,
    heart_rate,
    volume,
)
from uncramp.wording.runs import run_pace, sport_name

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow, CrampMark
    from uncramp.timeline import TimelinePoint

__all__ = [
    "clock_words",
    "count_words",
    "counted",
    "day_words",
    "degrees_in",
    "event_note",
    "event_words",
    "flag_tags",
    "height_change",
    "is_on_foot",
    "length_in",
    "length_unit",
    "mark_words",
    "metres_in",
    "month_words",
    "muscle_words",
    "notable_words",
    "place_words",
    "reason_words",
    "row_words",
    "run_facts_words",
    "run_heading",
    "speed_in",
    "speed_unit",
    "sport_words",
]

RUNNING: Final = "running"
ON_FOOT: Final = frozenset({"running", "walking", "hiking"})
MOST_FLAGS: Final = 2
QUIET_FLAGS: Final = frozenset({"watch_temperature_warmed_by_wrist"})
"""True of nearly every file, so it says nothing in a list."""


# Days and hours


def day_words(day: date | None, *, with_year: bool = True) -> str:
    """`Sun 4 Oct 2026`, or `Sun 4 Oct`."""
    if day is None:
        return text("run_pages.no_day")
    weekday = text("run_pages.weekdays").split()[day.weekday()]
    month = text("run_pages.months_short").split()[day.month - 1]
    message = "run_pages.day" if with_year else "run_pages.day_short"
    return text(message, weekday=weekday, day=day.day, month=month, year=day.year)


def month_words(day: date | None) -> str:
    """`October 2026`."""
    if day is None:
        return text("run_pages.no_day")
    return text(
        "run_pages.month",
        month=text("run_pages.months").split()[day.month - 1],
        year=day.year,
    )


def clock_words(row: ActivityRow) -> str:
    """When it began on the clock there, `09:00`; with UTC where the file does not say."""
    if row.start_utc is None:
        return ""
    if row.utc_offset_s is None:
        return text("run_pages.clock_utc", clock=f"{row.start_utc:%H:%M}")
    return f"{row.start_utc + timedelta(seconds=row.utc_offset_s):%H:%M}"


# Lengths in the reader's units, for axes and fields


def length_unit(units: Units) -> str:
    """`km` or `mi`."""
    return text("run_pages.unit.mi" if units == "imperial" else "run_pages.unit.km")


def speed_unit(units: Units) -> str:
    """`km/h` or `mph`."""
    return text("run_pages.unit.mph" if units == "imperial" else "run_pages.unit.kmh")


def speed_in(speed_m_s: float, *, units: Units) -> float:
    """Metres a second as kilometres or miles an hour."""
    if units == "imperial":
        return miles_per_hour_from_metres_per_second(speed_m_s)
    return kilometres_per_hour_from_metres_per_second(speed_m_s)


def degrees_in(temperature_c: float, *, units: Units) -> float:
    """Degrees Celsius as the reader counts them."""
    return fahrenheit_from_celsius(temperature_c) if units == "imperial" else temperature_c


def length_in(metres: float, *, units: Units) -> float:
    """Metres as kilometres or miles."""
    return miles_from_metres(metres) if units == "imperial" else kilometres_from_metres(metres)


def metres_in(length: float, *, units: Units) -> float:
    """Kilometres or miles as metres."""
    metres = metres_from_miles if units == "imperial" else metres_from_kilometres
    return metres(length)


# One run


def run_heading(row: ActivityRow, *, units: Units) -> str:
    """What to call a run: its own name, else how long it was."""
    if row.title:
        return row.title
    return text(
        "run_pages.heading",
        sport=sport_words(row.sport if row.is_run else sport_name(row)),
        distance=distance(row.distance_m, units=units)
        if row.distance_m
        else duration(row.moving_s or row.elapsed_s),
    )


def sport_words(sport: str) -> str:
    """`Run`, or the sport as the file calls it."""
    return text("run_pages.a_run") if sport == RUNNING else sport.replace("_", " ").capitalize()


def row_words(row: ActivityRow, *, units: Units) -> dict[str, str]:
    """The numbers of a run in a list."""
    return {
        "distance": distance(row.distance_m, units=units),
        "time": duration(row.moving_s if row.moving_s is not None else row.elapsed_s),
        "pace": run_pace(row, units=units).replace(MISSING, ""),
        "sport": "" if row.is_run else sport_words(sport_name(row)),
    }


def run_facts_words(
    row: ActivityRow, metrics: Mapping[str, float], *, units: Units
) -> list[tuple[str, str]]:
    """The numbers of one run with their names; what is not known is left out.

    Up and down are our own count of `metrics`, the same for every device.
    """
    facts = (
        ("distance", distance(row.distance_m, units=units)),
        ("moving", duration(row.moving_s)),
        ("pace", run_pace(row, units=units) or MISSING),
        ("heart_rate", heart_rate(row.mean_heart_rate_bpm)),
        ("elapsed", duration(row.elapsed_s) if pauses(row) else MISSING),
        ("climbed", metres_words(metrics.get("ascent_m") or None)),
        ("down", metres_words(metrics.get("descent_m") or None)),
        ("sweat", volume(row.reported_sweat_loss_l, units=units)),
    )
    return [(text(f"run_pages.fact.{name}"), value) for name, value in facts if value != MISSING]


def pauses(row: ActivityRow) -> bool:
    """Whether the whole time says more than the moving time."""
    return row.moving_s is None or duration(row.moving_s) != duration(row.elapsed_s)


def metres_words(height_m: float | None) -> str:
    """`120 m`."""
    if height_m is None:
        return MISSING
    return text("run_pages.metres", value=f"{height_m:.0f}")


def is_on_foot(row: ActivityRow) -> bool:
    """Whether its speed is told as a pace."""
    return row.sport in ON_FOOT


def height_change(height_m: float | None) -> str:
    """`+12 m` or `−8 m`."""
    if height_m is None:
        return MISSING
    sign = "−" if round(height_m) < 0 else "+"
    return text("run_pages.metres", value=f"{sign}{abs(height_m):.0f}")


def count_words(n_found: int, *, n_runs: int, n_cramps: int) -> str:
    """How many runs are listed, and how many of them cramped."""
    parts = [counted("list.runs", n_runs)]
    if n_found > n_runs:
        parts.append(counted("list.others", n_found - n_runs))
    if n_cramps:
        parts.append(counted("list.cramps", n_cramps))
    return ", ".join(parts) + "."


def counted(name: str, number: int) -> str:
    """The words for one, or for several."""
    return text(f"run_pages.{name}_{'one' if number == 1 else 'many'}", n=number)


# Cramps


def muscle_words(muscles: Sequence[str]) -> str:
    """`Calf, Foot or toes`."""
    known = messages("interview")
    return ", ".join(known.get(f"interview.muscles.{one}", one) for one in muscles)


def mark_words(mark: CrampMark | None, *, units: Units) -> str:
    """What the runner said of a run, in a few words; nothing when nobody asked."""
    if mark is None:
        return ""
    if mark.cramped != "yes":
        return text(f"run_pages.mark.{mark.cramped}")
    if mark.km is not None:
        at = distance(metres_from_kilometres(mark.km), units=units)
        return text("run_pages.mark.at", at=at)
    if mark.minute is not None:
        return text("run_pages.mark.minute", minute=f"{mark.minute:.0f}")
    return text("run_pages.mark.yes")


# What is odd about a file


def flag_tags(row: ActivityRow, reasons: Sequence[str]) -> list[str]:
    """What is odd about a file in a word or two: why it is not believed first, and not too many."""
    short = messages("run_pages")
    codes = (flag.code for flag in row.flags if flag.code not in QUIET_FLAGS)
    doubts = [one for one in (f"run_pages.reason.{name}" for name in reasons) if one in short]
    flags = [one for one in (f"run_pages.flag.{name}" for name in codes) if one in short]
    return list(dict.fromkeys(short[one] for one in (*doubts[:1], *flags[:MOST_FLAGS])))


def reason_words(reasons: Sequence[str]) -> list[str]:
    """Why a file is not believed, in sentences."""
    known = messages("run_pages")
    return [known[one] for one in (f"run_pages.why_not.{name}" for name in reasons) if one in known]


# What happened on the way


def event_words(point: TimelinePoint, *, units: Units) -> str:
    """One thing that happened, in a sentence."""
    shown = {name: f"{number:.0f}" for name, number in point.values.items()}
    shown |= loss_words(point.values, units=units)
    if point.km is not None:
        shown["at"] = distance(metres_from_kilometres(point.km), units=units)
    return text(f"timeline.{point.event}", **shown)


def event_note(point: TimelinePoint) -> str:
    """The same in a few words, for a table that says where."""
    return messages("run_pages").get(f"run_pages.note.{point.event}", "")


def notable_words(point: TimelinePoint, *, at: str | None) -> str:
    """What was most unlike the runs before, as a finding; with where the cramp came."""
    shown = {name: f"{number:.0f}" for name, number in point.values.items()}
    message = f"run_pages.finding.{point.event}"
    return text(message, **shown) if at is None else text(f"{message}_cramp", at=at, **shown)


def place_words(km: float | None, minute: float | None, *, units: Units) -> str:
    """`32.0 km`, or `minute 178` where the distance is not known."""
    if km is not None:
        return distance(metres_from_kilometres(km), units=units)
    return MISSING if minute is None else text("run_pages.minute", minute=f"{minute:.0f}")
