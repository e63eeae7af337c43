"""Where something can be taken, and what: the choices that the search picks from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product as every
from typing import Final

import numpy as np

from uncramp.drink_plan import Product, ProductKind, Station, Take
from uncramp.drinking.asked import DrinkAsked, at_minute, place_at
from uncramp.drinking.limits import missing_water_l, servings_in
from uncramp.evidence import value

__all__ = ["Choice", "Stop", "stops_of"]

Counted = tuple[tuple[Product, int], ...]
FLUIDS: Final = (ProductKind.WATER, ProductKind.DRINK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What could be taken at one stop; no rows is nothing."""

    takes: tuple[Take, ...]
    label: tuple[tuple[str, int], ...]
    """Products and how many: the same choice at another stop has the same label."""
    of_label: tuple[tuple[str, float], ...]
    """Products and servings as their labels count them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One place with everything that could be taken there; the first choice is nothing."""

    at_m: float
    at_min: float
    choices: tuple[Choice, ...]


def stops_of(asked: DrinkAsked) -> tuple[Stop, ...]:
    """Stations before the finish, and between them drinks out of what is carried."""
    stations = [
        (at_minute(asked, one.at_m), one)
        for one in asked.stations
        if 0.0 <= one.at_m < asked.distance_m and fluids_at(asked, one)
    ]
    stations = [(at, one) for at, one in stations if at < asked.n_minutes]
    found = [stop_at(asked, at, one, is_carried=False) for at, one in stations]
    taken = [at for at, _ in stations]
    found += [stop_at(asked, at, one, is_carried=True) for at, one in carried_stops(asked, taken)]
    return tuple(sorted(found, key=lambda one: (one.at_min, one.at_m)))


def fluids_at(asked: DrinkAsked, station: Station) -> list[Product]:
    """What can be drunk at a station."""
    offered = [asked.products[name] for name in station.offers if name in asked.products]
    return [one for one in offered if one.kind in FLUIDS]


def carried_stops(asked: DrinkAsked, taken: list[float]) -> Iterator[tuple[float, Station]]:
    """Times to drink from the bottle, away from stations: as if each were a small station."""
    offers = (
        tuple(
            name
            for name in asked.carry
            if name in asked.products and asked.products[name].kind in FLUIDS
        )
        or tuple(
            name for name, one in sorted(asked.products.items()) if one.kind is ProductKind.WATER
        )[:1]
    )
    if asked.carry_l <= 0.0 or not offers:
        return
    every_min = value("drinking.stop.carried_every_min")
    for at in np.arange(every_min, asked.n_minutes, every_min):
        if all(abs(at - other) >= every_min / 2 for other in taken):
            at_m = min(place_at(asked, float(at)), asked.distance_m)
            yield float(at), Station(at_m=at_m, offers=offers, cup_l=value("drinking.stop.sip_l"))


def stop_at(asked: DrinkAsked, at_min: float, station: Station, *, is_carried: bool) -> Stop:
    """A stop with its choices: whole cups of one drink, or of one and water, and a few dry things
    out of the pocket or off the table."""
    fluids = fluids_at(asked, station)
    dry = dry_at(asked, station)
    choices: dict[tuple[tuple[str, int], ...], Choice] = {}
    for cups, servings in every(cup_counts(fluids), dry_counts(dry)):
        takes = tuple(
            take_of(one, count, station, at_min, is_carried=is_carried) for one, count in cups
        ) + tuple(
            take_of(one, count, station, at_min, is_carried=one.id not in station.offers)
            for one, count in servings
        )
        if missing_water_l(asked, takes) <= 0.0:
            label = tuple((one.id, count) for one, count in (*cups, *servings))
            of_label = tuple(
                (one.product, servings_in(asked.products[one.product], one)) for one in takes
            )
            choices.setdefault(label, Choice(takes=takes, label=label, of_label=of_label))
    return Stop(at_m=station.at_m, at_min=at_min, choices=tuple(choices.values()))


def cup_counts(fluids: list[Product]) -> list[Counted]:
    """Nothing, one drink in whole cups, or water beside a drink."""
    most = int(value("drinking.stop.most_cups"))
    found: list[Counted] = [()]
    found += [((one, count),) for one in fluids for count in range(1, most + 1)]
    waters = [one for one in fluids if one.kind is ProductKind.WATER][:1]
    drinks = [one for one in fluids if one.kind is ProductKind.DRINK]
    found += [
        ((water, some), (drink, count))
        for water in waters
        for drink in drinks
        for some in range(1, most)
        for count in range(1, most + 1 - some)
    ]
    return found


def dry_at(asked: DrinkAsked, station: Station) -> list[Product]:
    """What can be swallowed or chewed: brought along, or offered; only what holds sodium, as food
    is not what a plan is searched for."""
    names = dict.fromkeys((*asked.carry, *station.offers))
    found = [asked.products[name] for name in names if name in asked.products]
    return [one for one in found if one.kind not in FLUIDS and one.sodium_mg > 0.0]


def dry_counts(dry: list[Product]) -> list[Counted]:
    """Nothing, or a few of one thing."""
    most = int(value("drinking.stop.most_dry"))
    found: list[Counted] = [()]
    found += [((one, count),) for one in dry for count in range(1, most + 1)]
    return found


def take_of(
    product: Product, count: int, station: Station, at_min: float, *, is_carried: bool
) -> Take:
    """One row: so many cups, or so many servings."""
    is_fluid = product.kind in FLUIDS
    fluid_l = count * station.cup_l if is_fluid else count * product.volume_l
    poured = is_fluid and product.volume_l > 0.0
    times = fluid_l / product.volume_l if poured else float(count)
    return Take(
        at_m=station.at_m,
        at_min=at_min,
        product=product.id,
        servings=count,
        fluid_l=fluid_l,
        sodium_mg=times * product.sodium_mg,
        carbohydrate_g=times * product.carbohydrate_g,
        caffeine_mg=times * product.caffeine_mg,
        carried=is_carried,
    )
