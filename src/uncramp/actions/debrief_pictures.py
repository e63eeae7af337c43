"""The race against its plan as pictures: the run strip, and pace and time against the plan."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from uncramp.actions.race_debrief import DebriefAnswer
from uncramp.actions.run_strips import cramp_words, strip_of
from uncramp.drawing.charts import Axis, Band, Mark, Panel, stacked
from uncramp.drawing.grammar import Layout, both_layouts
from uncramp.drawing.strip import run_strip
from uncramp.units import metres_from_kilometres, minutes_from_seconds
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units
from uncramp.wording.run_pages import length_in, length_unit, metres_in
from uncramp.wording.said import said

if TYPE_CHECKING:
    from uncramp.actions.race_run import RaceRun
    from uncramp.actions.showing import Course
    from uncramp.drawing.panels import Points
    from uncramp.pacing import PacePlan

__all__ = ["DebriefPicture", "debrief_picture"]

FLAT_PACE_S: Final = 60.0
FLAT_MIN: Final = 4.0
FLAT_M: Final = 30.0
SLOWEST_M_S: Final = 0.4
"""Slower is standing: its pace would hide everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DebriefPicture:
    """Markup of our own; empty where there is nothing to draw."""

    title: str
    strip_svg: str
    stacked_svg: str


def debrief_picture(answer: DebriefAnswer, *, units: Units) -> DebriefPicture | None:
    """The pictures of a debrief; None where nothing may be said, or too little was recorded."""
    if answer.debrief is None or answer.run is None or answer.run.details.course is None:
        return None
    title = said(answer.debrief.headline, units=units)
    drawn = Drawn(raced=answer.run, course=answer.run.details.course, units=units,
                  pace=answer.before.planned.pace)  # fmt: skip
    strip = strip_of(answer.run.details, drawn.course, title=title, units=units)
    return DebriefPicture(
        title=text("race_debrief.picture.title"),
        strip_svg=both_layouts(
            lambda layout, own: run_strip(strip, layout=layout, prefix=own), prefix="race-strip"
        ),
        stacked_svg=both_layouts(
            lambda layout, own: drawn.stacked(title, layout, own), prefix="race-plan"
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One race on its way to the stacked picture."""

    raced: RaceRun
    course: Course
    units: Units
    pace: PacePlan | None

    def stacked(self, title: str, layout: Layout, prefix: str) -> str:
        """Pace with the plan behind it, time against the plan, and the hills."""
        panels = [self.pace_panel(), *self.late_panel(), *self.hills_panel()]
        return stacked(
            panels,
            Axis(low=0.0, high=self.ends()[-1], unit=length_unit(self.units)),
            self.marks(),
            self.bands(),
            title=title,
            description=text("race_debrief.picture.behind_note"),
            layout=layout,
            prefix=prefix,
        )

    def ends(self) -> list[float]:
        """Where each stretch ends on the axis."""
        return [length_in(one.until_m or 0.0, units=self.units) for one in self.course.stretches]

    def middles(self) -> list[float]:
        """The middle of each stretch on the axis."""
        return [(low + high) / 2 for low, high in pairwise([0.0, *self.ends()])]

    def pace_panel(self) -> Panel:
        """What was run, and what was planned in grey."""
        speeds = [one.speed_m_s for one in self.course.stretches]
        unit_m = metres_in(1.0, units=self.units)
        paces = [
            None if speed is None or speed < SLOWEST_M_S else unit_m / speed for speed in speeds
        ]
        return Panel(
            name=text("race_debrief.picture.pace"),
            unit=text("run_pages.unit.min_a", unit=length_unit(self.units)),
            values=tuple(zip(self.middles(), paces, strict=True)),
            past=self.planned_pace(unit_m),
            past_note="" if self.pace is None else text("race_debrief.picture.plan"),
            reads_as="minutes",
            flattest=FLAT_PACE_S,
            inverted=True,
        )

    def planned_pace(self, unit_m: float) -> Points:
        """The pace of the plan from mark to mark."""
        found: list[tuple[float, float | None]] = []
        for begin_m, begin_s, end_m, end_s in self.planned_parts():
            a_unit = unit_m * (end_s - begin_s) / (end_m - begin_m)
            found += [(self.place(begin_m), a_unit), (self.place(end_m), a_unit)]
        return tuple(found)

    def planned_parts(self) -> list[tuple[float, float, float, float]]:
        """Metres and seconds of the plan from mark to mark."""
        if self.pace is None:
            return []
        marks = [(0.0, 0.0), *((one.at_m, one.at_s) for one in self.pace.splits)]
        return [(*one, *other) for one, other in pairwise(marks) if other[0] > one[0]]

    def place(self, metres: float) -> float:
        """A place of the plan on the axis of the watch, whose metres differ a little."""
        planned_m = self.planned_parts()[-1][2]
        ran_m = self.raced.ran.distance_m
        factor = ran_m / planned_m if self.is_whole else 1.0
        return min(length_in(metres * factor, units=self.units), self.ends()[-1])

    @property
    def is_whole(self) -> bool:
        """Whether the race was run to its end, so that both lengths are the same."""
        splits = () if self.pace is None else self.pace.splits
        return bool(splits) and len(self.raced.ran.splits) == len(splits)

    def late_panel(self) -> list[Panel]:
        """Minutes behind the plan at every mark that was passed."""
        planned = {} if self.pace is None else {one.at_m: one.at_s for one in self.pace.splits}
        passed = self.raced.ran.splits
        if not planned or not passed:
            return []
        values = [
            (self.place(one.at_m), minutes_from_seconds(one.at_s - planned[one.at_m]))
            for one in passed
        ]
        return [
            Panel(
                name=text("race_debrief.picture.behind"),
                unit=text("race_debrief.picture.min"),
                values=((0.0, 0.0), *values),
                past=((0.0, 0.0), (self.ends()[-1], 0.0)),
                past_note=text("race_debrief.picture.plan"),
                flattest=FLAT_MIN,
            )
        ]

    def hills_panel(self) -> list[Panel]:
        """The heights, where they were recorded."""
        heights = [one.elevation_m for one in self.course.stretches]
        if not any(height is not None for height in heights):
            return []
        return [
            Panel(
                name=text("run_pages.panel.elevation"),
                unit=text("run_pages.unit.m"),
                values=tuple(zip(self.middles(), heights, strict=True)),
                style="area",
                flattest=FLAT_M,
                is_low=True,
            )
        ]

    def marks(self) -> list[Mark]:
        """Where it cramped, or may have."""
        onset = self.course.onset
        if onset is None or onset.km is None:
            return []
        at = length_in(metres_from_kilometres(onset.km), units=self.units)
        label = cramp_words(onset, units=self.units)
        return [Mark(at=at, label=label, kind="maybe" if onset.proposed else "cramp")]

    def bands(self) -> list[Band]:
        """What lay beyond the longest run of the weeks before."""
        longest_m = self.raced.ran.longest_before_m
        if longest_m is None or longest_m >= self.raced.ran.distance_m:
            return []
        start = length_in(longest_m, units=self.units)
        label = text("run_pages.band.beyond")
        return [Band(start=start, end=self.ends()[-1], label=label, kind="beyond")]
