"""One run as pictures with their words: the finding, the strip, the stacked curves, the table.

`run_picture` reads the run and draws it. Everything that a picture shows is said in its title, its
table or its list of events too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.run_balance import Air, LossCurve, RunBalance, run_balance
from uncramp.actions.run_strips import cramp_words, strip_of
from uncramp.actions.run_tables import PictureTable, csv_of, table_of, table_rows
from uncramp.actions.runs import find_run
from uncramp.actions.showing import Course, RunDetails, run_details
from uncramp.actions.weather import Weather, best_weather
from uncramp.drawing.charts import Axis, Band, Mark, Panel, stacked
from uncramp.drawing.grammar import Layout, both_layouts
from uncramp.drawing.panels import Points
from uncramp.drawing.strip import run_strip
from uncramp.evidence import value
from uncramp.timeline import Losses, with_losses
from uncramp.units import (
    fluid_ounces_from_litres,
    metres_from_kilometres,
    minutes_from_seconds,
    seconds_from_minutes,
)
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, pace, temperature
from uncramp.wording.run_pages import (
    degrees_in,
    event_words,
    is_on_foot,
    length_in,
    length_unit,
    metres_in,
    notable_words,
    place_words,
    reason_words,
    speed_in,
    speed_unit,
)
from uncramp.wording.showing import finding
from uncramp.wording.weather import weather_parts

if TYPE_CHECKING:
    from uncramp.actions.streams import Window
    from uncramp.store.rows import ActivityRow
    from uncramp.timeline import TimelinePoint
    from uncramp.vocabulary import Activity

__all__ = ["Kept", "RunPicture", "draw_run", "losses_of", "read_run", "run_picture"]

Kept = tuple[Losses, LossCurve]
"""What was lost: the moment that matters, and the curve to it and on."""

N_STRETCHES: Final = 120
"""Into how many parts the curves are cut: one is about as wide as a few pixels."""
FLAT_PACE_S: Final = 60.0
FLAT_BPM: Final = 15.0
FLAT_M: Final = 30.0
FLAT_C: Final = 30.0
"""Panels span at least so much, so that noise does not look like hills."""
LAYOUTS: Final[Sequence[Layout]] = ("narrow", "wide")
NOTHING: Final[Mapping[Layout, str]] = {"narrow": "", "wide": ""}
SLOWEST_M_S: Final = 0.1
"""Slower is standing, which has no pace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPicture:
    """One run, or a part of it, drawn. Markup is our own and safe to put into a page as it is."""

    title: str
    """The finding, in a sentence or two."""
    events: tuple[str, ...]
    """What happened on the way, in order, each a sentence."""
    strip_svg: str
    """The large strip in both layouts; empty for what is no run, or too little was recorded."""
    strip_svg_narrow: str
    strip_svg_wide: str
    stacked_svg: str
    """The curves in both layouts; empty when too little was recorded."""
    stacked_svg_narrow: str
    stacked_svg_wide: str
    table: PictureTable | None
    csv: str
    """The table as CSV with a heading; empty when there is none."""


def run_picture(
    context: Context,
    reference: str,
    *,
    window: Window | None = None,
    kept: Kept | None = None,
    anew: bool = True,
) -> RunPicture:
    """The pictures of the run that `reference` means.

    What was lost is drawn as `kept` says, else reckoned `anew`, or left out. NotFoundError or
    InputError as `find_run`; InputError `bad_stretch` for a part that is none.
    """
    runner = context.stored_runner()
    row, activity = context.store.activity(runner, find_run(context, reference).activity_id)
    details = read_run(context, row, activity, window=window)
    weather = best_weather(context, row, activity)
    lost = kept
    if lost is None and anew:
        lost = losses_of(context, details, activity, weather)
    return draw_run(details, activity, weather=weather, units=context.units, lost=lost)


def losses_of(
    context: Context, details: RunDetails, activity: Activity, weather: Weather | None
) -> Kept | None:
    """What is reckoned to be lost on a run; None when something for it is not known."""
    if not details.row.is_run or details.is_doubted or weather is None:
        return None
    if weather.source == "watch":
        return None
    air = Air(temp_air_c=weather.temp_air_c, relative_humidity_pct=weather.relative_humidity_pct)
    onset_min = details.timeline.facts.facts.get("run.onset_min")
    found: RunBalance = run_balance(context, details.row, activity, air=air, onset_min=onset_min)
    if found.losses is None or found.curve is None:
        return None
    return found.losses, found.curve


def read_run(
    context: Context, row: ActivityRow, activity: Activity, *, window: Window | None = None
) -> RunDetails:
    """A run as finely as its pictures need it."""
    return run_details(context, row, activity, n_stretches=N_STRETCHES, window=window)


def draw_run(
    details: RunDetails,
    activity: Activity,
    *,
    weather: Weather | None,
    units: Units,
    prefix: str = "run",
    lost: Kept | None = None,
) -> RunPicture:
    """The pictures of a run that was read already, of the part that its course is of.

    `prefix` keeps their ids apart from those of another picture on the page.
    """
    title = title_of(details, units=units)
    if lost is not None:
        details = replace(details, timeline=with_losses(details.timeline, lost[0]))
    curve = None if lost is None else lost[1]
    rows = table_rows(details, activity, curve=curve)
    row = details.row
    strips, curves = dict(NOTHING), dict(NOTHING)
    if details.course is not None:
        drawn = Curves(
            details=details, course=details.course, weather=weather, units=units, lost=curve
        )
        prefix = f"{prefix}-{row.activity_id}"
        curves = {one: drawn.drawn(title, one, prefix) for one in LAYOUTS}
        if row.is_run:
            strip = strip_of(details, details.course, title=title, units=units)
            strips = {
                one: run_strip(strip, layout=one, prefix=f"{prefix}-strip-{one}") for one in LAYOUTS
            }
    return RunPicture(
        title=title,
        events=tuple(event_words(one, units=units) for one in details.timeline.points),
        strip_svg=both(strips),
        strip_svg_narrow=strips["narrow"],
        strip_svg_wide=strips["wide"],
        stacked_svg=both(curves),
        stacked_svg_narrow=curves["narrow"],
        stacked_svg_wide=curves["wide"],
        table=table_of(rows, on_foot=is_on_foot(row), units=units),
        csv=csv_of(rows),
    )


def both(drawings: Mapping[Layout, str]) -> str:
    """Both layouts for a page that shows one; nothing when nothing was drawn."""
    if not drawings["wide"]:
        return ""
    return both_layouts(lambda layout, _: drawings[layout], prefix="")


# The finding


def title_of(details: RunDetails, *, units: Units) -> str:
    """The one thing that the picture shows.

    That the run went past the longest before, then the cramp; else what was most unlike the runs
    before; else what was said of it.
    """
    if not details.row.is_run:
        return text("run_pages.title.no_run")
    if details.is_doubted:
        return next(iter(reason_words(details.reasons)), finding(details, units=units))
    course = details.course
    if course is not None and course.beyond_m is not None:
        return finding(details, units=units)
    told = notable(details)
    if told is None:
        return finding(details, units=units)
    onset = None if course is None else course.onset
    at = None
    if onset is not None and not onset.proposed:
        at = place_words(onset.km, onset.minute, units=units)
    return notable_words(told, at=at)


def notable(details: RunDetails) -> TimelinePoint | None:
    """What was plainly unlike the runs before, the most telling first."""
    least = {
        "first_part": ("faster_pct", value("cramps.threshold.first_part_faster_pct")),
        "descent_beyond": ("beyond_pct", 0.0),
        "slowdown": ("slowdown_pct", value("cramps.threshold.slowdown_pct")),
    }
    if details.is_doubted:
        return None
    by_event = {point.event: point for point in details.timeline.points}
    for event, (name, limit) in least.items():
        point = by_event.get(event)
        if point is not None and point.values[name] >= limit:
            return point
    return None


# The curves


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """One run on its way to the stacked picture."""

    details: RunDetails
    course: Course
    weather: Weather | None
    units: Units
    lost: LossCurve | None = None

    @property
    def has_way(self) -> bool:
        """Whether the axis is the distance; else it is the time."""
        return self.course.stretches[0].until_m is not None

    def drawn(self, title: str, layout: Layout, prefix: str) -> str:
        """The whole picture; empty when nothing but the time was recorded."""
        panels = list(self.panels())
        if not panels:
            return ""
        return stacked(
            panels,
            self.axis(),
            list(self.marks()),
            list(self.bands()),
            title=title,
            description=" ".join(
                event_words(one, units=self.units) for one in self.details.timeline.points
            ),
            layout=layout,
            prefix=f"{prefix}-{layout}",
        )

    def place(self, metres: float | None, second: float | None) -> float | None:
        """Where on the axis something lies; None when it cannot be placed."""
        if self.has_way:
            return None if metres is None else length_in(metres, units=self.units)
        return None if second is None else minutes_from_seconds(second)

    def axis(self) -> Axis:
        """From the first to the last stretch, in the reader's units."""
        last = self.course.stretches[-1]
        low = self.place(self.course.begin_m, self.course.begin_s)
        high = self.place(last.until_m, last.until_s)
        unit = length_unit(self.units) if self.has_way else text("run_pages.unit.min")
        return Axis(low=low or 0.0, high=high or 0.0, unit=unit)

    def middles(self) -> list[float]:
        """The middle of each stretch on the axis."""
        ends = [self.place(one.until_m, one.until_s) or 0.0 for one in self.course.stretches]
        return [(low + high) / 2 for low, high in pairwise([self.axis().low, *ends])]

    def panels(self) -> Iterator[Panel]:
        """Pace, heart rate, elevation, what was lost and heat, as far as they are known."""
        stretches, at = self.course.stretches, self.middles()
        speeds = [one.speed_m_s for one in stretches]
        if any(speed is not None for speed in speeds):
            yield self.pace_panel(at, speeds)
        rates = [one.heart_rate_bpm for one in stretches]
        if any(rate is not None for rate in rates):
            yield Panel(
                name=text("run_pages.panel.heart_rate"),
                unit=text("run_pages.unit.bpm"),
                values=tuple(zip(at, rates, strict=True)),
                flattest=FLAT_BPM,
            )
        heights = [one.elevation_m for one in stretches]
        if any(height is not None for height in heights):
            yield Panel(
                name=text("run_pages.panel.elevation"),
                unit=text("run_pages.unit.m"),
                values=tuple(zip(at, heights, strict=True)),
                style="area",
                flattest=FLAT_M,
                is_low=True,
            )
        if self.lost is not None:
            yield from self.loss_panels(self.lost)
        if self.weather is not None and self.weather.source != "watch":
            yield self.heat_panel(self.weather)

    def pace_panel(self, at: list[float], speeds: list[float | None]) -> Panel:
        """Pace on foot, faster is up; else speed."""
        if not is_on_foot(self.details.row):
            return Panel(
                name=text("run_pages.panel.speed"),
                unit=speed_unit(self.units),
                values=tuple(
                    (place, None if one is None else speed_in(one, units=self.units))
                    for place, one in zip(at, speeds, strict=True)
                ),
            )
        past, note = self.past_pace(at)
        return Panel(
            name=text("run_pages.panel.pace"),
            unit=text("run_pages.unit.min_a", unit=length_unit(self.units)),
            values=tuple(zip(at, map(self.seconds_a_unit, speeds), strict=True)),
            past=past,
            note=note,
            reads_as="minutes",
            flattest=FLAT_PACE_S,
            inverted=True,
        )

    def seconds_a_unit(self, speed_m_s: float | None) -> float | None:
        """Pace as seconds a kilometre or mile; None while standing."""
        if speed_m_s is None or speed_m_s < SLOWEST_M_S:
            return None
        return metres_in(1.0, units=self.units) / speed_m_s

    def past_pace(self, at: list[float]) -> tuple[Points, str]:
        """The pace of the fastest run of like length before, as a line."""
        seconds = self.seconds_a_unit(self.course.fastest_like_m_s)
        if seconds is None or not at or self.details.is_doubted:
            return (), ""
        fastest = pace(self.course.fastest_like_m_s, 1.0, units=self.units)
        axis = self.axis()
        return (
            ((axis.low, seconds), (axis.high, seconds)),
            text("run_pages.panel.past_pace", pace=fastest),
        )

    def heat_panel(self, weather: Weather) -> Panel:
        """The air during the run: one value, said in words beside its line."""
        axis = self.axis()
        degrees = degrees_in(weather.temp_air_c, units=self.units)
        return Panel(
            name=text("run_pages.panel.heat"),
            values=((axis.low, degrees), (axis.high, degrees)),
            labels=((degrees, temperature(weather.temp_air_c, units=self.units)),),
            note=weather_parts(weather, units=self.units),
            flattest=FLAT_C,
            is_low=True,
        )

    def loss_panels(self, lost: LossCurve) -> Iterator[Panel]:
        """Sweat and sodium since the start, each with its soft band."""
        ends = [(self.axis().low, self.course.begin_s)]
        ends += [(self.place(one.until_m, one.until_s) or 0.0, one.until_s)
                 for one in self.course.stretches]  # fmt: skip
        is_imperial = self.units == "imperial"
        litres = fluid_ounces_from_litres(1.0) if is_imperial else 1.0
        unit = "losses.unit.fluid_ounces" if is_imperial else "losses.unit.litres"
        shown = (
            ("losses.panel.sweat", unit, lost.sweat_l, litres),
            ("losses.panel.sodium", "losses.unit.mg", lost.sodium_mg, 1.0),
        )
        for name, unit_id, bands, factor in shown:
            at = [(place, lost.at(bands, minutes_from_seconds(second))) for place, second in ends]
            yield Panel(
                name=text(name),
                unit=text(unit_id),
                values=tuple((place, factor * one.median) for place, one in at),
                spread=tuple((place, factor * one.low, factor * one.high) for place, one in at),
                note=text("losses.panel.band"),
                is_low=True,
            )

    def marks(self) -> Iterator[Mark]:
        """Where the cramp came, or may have come."""
        onset = self.course.onset
        if onset is None:
            return
        metres = None if onset.km is None else metres_from_kilometres(onset.km)
        at = self.place(metres, seconds_from_minutes(onset.minute))
        if at is not None:
            yield Mark(
                at=at,
                label=cramp_words(onset, units=self.units),
                kind="maybe" if onset.proposed else "cramp",
            )

    def bands(self) -> Iterator[Band]:
        """The first part when it was plainly too fast, and what lay beyond the longest run."""
        told = notable(self.details)
        if self.details.is_doubted:
            return
        for point in self.details.timeline.points:
            metres = None if point.km is None else metres_from_kilometres(point.km)
            at = self.place(metres, None)
            if at is None:
                continue
            if point.event == "longest_run_passed":
                yield Band(
                    start=at,
                    end=self.axis().high,
                    label=text("run_pages.band.beyond"),
                    kind="beyond",
                )
            elif point.event == "first_part" and told is point:
                faster = f"{point.values['faster_pct']:.0f}"
                yield Band(
                    start=0.0,
                    end=at,
                    label=text("run_pages.band.first_part", pct=faster),
                    kind="early",
                )
