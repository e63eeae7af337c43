"""Plans for calendars (iCalendar): an event a session, the same one each time it is made anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from icalendar import Calendar, Event

__all__ = ["CalendarEvent", "calendar_file"]

PRODUCT = "-//uncramp//plan//EN"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One event; without a time it takes the whole day."""

    uid: str
    """Stays the same when the event is moved, so that calendars move it too."""
    day: date
    title: str
    description: str
    start: time | None = None
    duration_s: float = 0.0
    is_cancelled: bool = False
    """It was in an earlier calendar and is no more: this takes it out there."""


def calendar_file(
    events: Sequence[CalendarEvent], *, name: str, sequence: int, made_at: datetime
) -> bytes:
    """A calendar; `sequence` rises each time the plan is made anew, so that the newest wins."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for one in events:
        calendar.add_component(event(one, sequence=sequence, made_at=made_at))
    return bytes(calendar.to_ical())


def event(one: CalendarEvent, *, sequence: int, made_at: datetime) -> Event:
    """One event as the format has it."""
    made = Event()
    made.add("uid", one.uid)
    made.add("sequence", sequence)
    made.add("dtstamp", made_at)
    made.add("summary", one.title)
    made.add("description", one.description)
    if one.start is None:
        made.add("dtstart", one.day)
        made.add("dtend", one.day + timedelta(days=1))
        made.add("transp", "TRANSPARENT")  # a session does not make the whole day busy
    else:
        begins = datetime.combine(one.day, one.start)
        made.add("dtstart", begins)
        made.add("dtend", begins + timedelta(seconds=one.duration_s))
    if one.is_cancelled:
        made.add("status", "CANCELLED")
    return made
