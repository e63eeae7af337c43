"""The run strip of one run: large for its page, small for a line of a list.

The small one is drawn from stored numbers alone, so that a list of a hundred stays quick.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from uncramp.drawing.grammar import both_layouts, nice_ticks
from uncramp.drawing.strip import Strip, run_strip
from uncramp.units import metres_from_kilometres, seconds_from_minutes
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, distance
from uncramp.wording.run_pages import length_in, length_unit, metres_in, place_words

if TYPE_CHECKING:
    from uncramp.actions.showing import Course, RunDetails
    from uncramp.onset import Onset

__all__ = ["StripFacts", "cramp_words", "example_strip", "small_strip", "strip_of"]

MOST_TICKS: Final = 5
EXAMPLE_M: Final = 42_195.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StripFacts:
    """What a strip is drawn from; None is not known."""

    distance_m: float | None
    longest_before_m: float | None
    """The longest run of the weeks before."""
    cramp_share: float | None = None
    maybe_share: float | None = None
    """Where the file suggests one and nobody has said."""

    @property
    def beyond_from(self) -> float | None:
        """From which share on the run was longer than any of the weeks before."""
        if not self.distance_m or self.longest_before_m is None:
            return None
        share = self.longest_before_m / self.distance_m
        return share if share < 1 else None

    @property
    def within(self) -> float | None:
        """Up to which share it was not."""
        if not self.distance_m or self.longest_before_m is None:
            return None
        return min(1.0, self.longest_before_m / self.distance_m)


def small_strip(
    facts: StripFacts, *, prefix: str, units: Units, longest_m: float | None = None
) -> str:
    """The strip without words, from stored numbers; `prefix` keeps its ids apart from others.

    With `longest_m`, the longest of a list, it is as long as the run is beside that.
    """
    said = []
    if facts.beyond_from is not None:
        beyond = distance(facts.longest_before_m, units=units)
        said.append(text("run_pages.strip.beyond", beyond=beyond))
    elif facts.within is None:
        said.append(text("run_pages.strip.unknown"))
    else:
        said.append(text("run_pages.strip.within"))
    if facts.cramp_share is not None:
        said.append(text("run_pages.strip.cramp"))
    elif facts.maybe_share is not None:
        said.append(text("run_pages.strip.maybe"))
    strip = Strip(
        within_share=facts.within,
        beyond_from=facts.beyond_from,
        cramps=places(facts.cramp_share),
        maybe=places(facts.maybe_share),
        label=" ".join(said),
    )
    length = 1.0
    if longest_m and facts.distance_m:
        length = facts.distance_m / longest_m
    return run_strip(strip, size="small", prefix=prefix, length=length)


def strip_of(details: RunDetails, course: Course, *, title: str, units: Units) -> Strip:
    """What the large strip shows of a whole run; what is not believed is held against nothing."""
    known = course.longest_before_known and not details.is_doubted
    beyond = course.share(course.beyond_m, None) if known else None
    low_note = "runs.sign.within" if known else "runs.sign.not_known"
    onset = course.onset
    share = onset_share(course)
    is_maybe = onset is not None and onset.proposed
    return Strip(
        within_share=(1.0 if beyond is None else beyond) if known else None,
        beyond_from=beyond,
        cramps=() if is_maybe else places(share),
        maybe=places(share) if is_maybe else (),
        label=title,
        low_note=None if details.is_doubted else text(low_note),
        high_note=None if beyond is None else text("runs.sign.beyond"),
        cramp_note=None if onset is None or is_maybe else cramp_words(onset, units=units),
        maybe_note=cramp_words(onset, units=units) if onset is not None and is_maybe else None,
        ticks=() if course.distance_m is None else ticks(course.distance_m, units=units),
    )


def onset_share(course: Course) -> float | None:
    """How far along the run the cramp came, or may have come."""
    if course.onset is None:
        return None
    metres = None if course.onset.km is None else metres_from_kilometres(course.onset.km)
    return course.share(metres, seconds_from_minutes(course.onset.minute))


def cramp_words(onset: Onset, *, units: Units) -> str:
    """What stands at the mark."""
    message = "run_pages.at.maybe" if onset.proposed else "run_pages.at.cramp"
    return text(message, at=place_words(onset.km, onset.minute, units=units))


def ticks(distance_m: float, *, units: Units) -> tuple[tuple[float, str], ...]:
    """Round distances along the run, the unit behind the last."""
    whole = nice_ticks(0.0, length_in(distance_m, units=units), most=MOST_TICKS)
    share = partial(share_of, distance_m=distance_m, units=units)
    last = len(whole) - 1
    return tuple(
        (share(one), f"{one:g} {length_unit(units)}" if index == last else f"{one:g}")
        for index, one in enumerate(whole)
    )


def share_of(length: float, *, distance_m: float, units: Units) -> float:
    """How far along the run a length in the reader's units lies."""
    return min(1.0, metres_in(length, units=units) / distance_m)


def places(share: float | None) -> tuple[float, ...]:
    """One place, or none."""
    return () if share is None else (share,)


def example_strip(*, units: Units) -> str:
    """What a run will look like, for a page that has none yet; it says that it is an example."""
    strip = Strip(
        within_share=0.62,
        beyond_from=0.62,
        cramps=(0.76,),
        label=text("run_pages.example.label"),
        low_note=text("runs.sign.within"),
        high_note=text("runs.sign.beyond"),
        cramp_note=text("run_pages.example.cramp"),
        ticks=ticks(EXAMPLE_M, units=units),
    )
    return both_layouts(
        lambda layout, name: run_strip(strip, layout=layout, prefix=name), prefix="example"
    )
