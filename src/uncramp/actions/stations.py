"""Aid stations in one line: `every 5 km water+iso`, or `5, 10, 15 km water; 20 km water+gel`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from uncramp.drink_plan import Station
from uncramp.errors import InputError
from uncramp.units import metres_from_kilometres, metres_from_miles
from uncramp.wording.quantities import Units

__all__ = ["parsed_stations", "stations_every"]

EVERY: Final = re.compile(
    r"every (\d+(?:[.,]\d+)?) ?(km|mi|miles?)?(?: from (\d+(?:[.,]\d+)?))? (.+)"
)
LISTED: Final = re.compile(
    r"((?:\d+(?:[.,]\d+)?)(?:(?:, ?| )\d+(?:[.,]\d+)?)*) ?(km|mi|miles?)? (.+)"
)
NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")
UNITS: Final = ("km", "mi", "mile", "miles")
"""A part that ends here names a place and nothing that is there."""
MOST: Final = 200


def parsed_stations(
    given: str, *, distance_m: float, cup_l: float, known: Collection[str], units: Units
) -> tuple[Station, ...]:
    """The stations of a line, in order; those of one place are joined.

    InputError `bad_stations` for a line that cannot be read, `unknown_product` for what is offered
    and not known.
    """
    found: dict[float, list[str]] = {}
    for part in filter(None, (one.strip() for one in given.lower().split(";"))):
        for at_m, offers in places_of(part, distance_m=distance_m, units=units):
            for offer in offers:
                if offer not in known:
                    values = {"product": offer, "known": ", ".join(sorted(known))}
                    raise InputError("unknown_product", values=values)
            if 0.0 < at_m < distance_m:
                found.setdefault(at_m, []).extend(offers)
    if not found:
        raise InputError("bad_stations", values={"given": given})
    return tuple(
        Station(at_m=at_m, offers=tuple(dict.fromkeys(found[at_m])), cup_l=cup_l)
        for at_m in sorted(found)
    )


def places_of(
    part: str, *, distance_m: float, units: Units
) -> Iterator[tuple[float, tuple[str, ...]]]:
    """Places and what they offer, of one part of the line."""
    every, listed = EVERY.fullmatch(part), LISTED.fullmatch(part)
    if part.rpartition(" ")[2] in UNITS:
        raise InputError("bad_stations", values={"given": part})
    if every is not None:
        step_m = metres(every[1], every[2], units=units)
        first_m = metres(every[3], every[2], units=units) if every[3] else step_m
        offers = offers_of(every[4])
        if step_m <= 0.0 or distance_m / step_m > MOST:
            raise InputError("bad_stations", values={"given": part})
        step, first = amount(every[1]), amount(every[3] or every[1])
        for number in range(int((distance_m - first_m) / step_m) + 1):
            yield metres(str(first + number * step), every[2], units=units), offers
    elif listed is not None:
        offers = offers_of(listed[3])
        for number in NUMBER.findall(listed[1]):
            yield metres(number, listed[2], units=units), offers
    else:
        raise InputError("bad_stations", values={"given": part})


def metres(number: str, unit: str | None, *, units: Units) -> float:
    """A place in metres; without a unit the runner's own."""
    told = amount(number)
    in_miles = unit != "km" if unit else units == "imperial"
    return round(metres_from_miles(told) if in_miles else metres_from_kilometres(told), 1)


def amount(number: str) -> float:
    """A number with a point or a comma."""
    return float(number.replace(",", "."))


def offers_of(given: str) -> tuple[str, ...]:
    """`water+iso` as ids of products."""
    return tuple(one.strip().replace(" ", "_") for one in re.split(r"[+&,]| and ", given))


def stations_every(
    step_m: float, *, distance_m: float, cup_l: float, offers: tuple[str, ...]
) -> tuple[Station, ...]:
    """The same every so many metres, for a race of which no station is known."""
    return tuple(
        Station(at_m=number * step_m, offers=offers, cup_l=cup_l)
        for number in range(1, int(distance_m / step_m) + 1)
        if number * step_m < distance_m
    )
