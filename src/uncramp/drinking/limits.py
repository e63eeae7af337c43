"""The hard limits of a drinking plan, held against the rows of a schedule and nothing else.

`check_schedule` does not know the search. It takes rows as they were exported, rebuilds from them
what goes in at which minute, and works out every limit on fresh draws in double precision.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from uncramp.drink_plan import Limit, Product, ProductKind, Take
from uncramp.drinking.asked import DrinkAsked
from uncramp.drinking.days import Day, Days, days_of, models_of, scenario_with, window_sweat_l
from uncramp.evidence import value
from uncramp.simulation.balance import plasma_sodium_mmol_per_l, simulate
from uncramp.simulation.draws import draw_body
from uncramp.simulation.forcing import forcing_of
from uncramp.simulation.scenario import Intake
from uncramp.units import grams_from_milligrams, hours_from_minutes, mmol_from_mg_sodium

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = [
    "LIMITS",
    "check_schedule",
    "gains",
    "intake_of",
    "limits_of",
    "missing_water_l",
    "servings_in",
    "sodium_cap_mg",
    "takes_from_data",
    "trialled_cap_l",
    "window_min",
]

LIMITS: Final = ("rows", "water_peak", "water_end", "hour_sweat", "hour_trialled", "sodium_hour",
                 "sodium_total", "capsule_water", "label_max", "carried", "caffeine",
                 "carbohydrate_hour", "salt_is_no_licence", "stress_slower", "stress_cooler",
                 "stress_less_sweat", "stress_larger_cups", "stress_relief")  # fmt: skip
"""Every limit, in the order in which it is told."""
NEEDS_WATER: Final = (ProductKind.CAPSULE, ProductKind.CHEW)
ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Events:
    """What goes in, one entry a row, in the order of time."""

    minute: NDArray[np.int64]
    fluid_l: FloatArray
    sodium_mg: FloatArray
    carbohydrate_g: FloatArray
    caffeine_mg: FloatArray


def takes_from_data(rows: Sequence[Mapping[str, Any]]) -> tuple[Take, ...]:
    """Rows as they stand in exported JSON; what a row does not say is worked out from the label."""
    return tuple(
        Take(
            at_m=float(row["at_m"]),
            at_min=float(row["at_min"]),
            product=str(row["product"]),
            servings=int(row["servings"]),
            fluid_l=float(row["fluid_l"]),
            sodium_mg=float(row["sodium_mg"]),
        )
        for row in rows
    )


def check_schedule(asked: DrinkAsked, schedule: Sequence[Take]) -> tuple[Limit, ...]:
    """Every hard limit against the rows alone, on draws that no search has seen."""
    fresh = int(value("drinking.search.fresh_draws"))
    first = int(value("drinking.search.draws"))
    return limits_of(asked, schedule, days_of(asked, n_draws=fresh, first=first), first=first)


def limits_of(
    asked: DrinkAsked, schedule: Sequence[Take], days: Days, *, first: int
) -> tuple[Limit, ...]:
    """The same with the days at hand; `first` is the first of the draws for the sodium check."""
    events = events_of(asked, schedule)
    share = value("drinking.limit.gain_share_pct")
    peak, end = gains(events.minute, events.fluid_l, days.planned)
    found = {
        "rows": limit("rows", odd_rows(asked, schedule), 0.0, ""),
        "water_peak": limit("water_peak", peak, share, "%"),
        "water_end": limit("water_end", end, share, "%"),
        **{one.id: one for one in hourly_limits(asked, events, days)},
        **{one.id: one for one in product_limits(asked, schedule, events)},
        "salt_is_no_licence": limit(
            "salt_is_no_licence",
            low_sodium_share_pct(asked, schedule, n_draws=days.own.sweat_l.shape[1], first=first),
            value("drinking.limit.low_sodium_pct"),
            "%",
        ),
        **{
            f"stress_{name}": limit(
                f"stress_{name}", max(gains(events.minute, events.fluid_l, day)), share, "%"
            )
            for name, day in days.stressed.items()
        },
    }
    return tuple(found[name] for name in LIMITS)


def limit(name: str, found: float, most: float, unit: str) -> Limit:
    """One limit; what is not a number does not hold."""
    held = bool(found <= most + ROUNDING)
    return Limit(id=name, value=float(found), limit=float(most), held=held, unit=unit)


def events_of(asked: DrinkAsked, schedule: Sequence[Take]) -> Events:
    """Rows as numbers. Sodium is the row's or the product's, whichever is more."""
    rows = sorted(schedule, key=lambda one: one.at_min)
    last = asked.n_minutes - 1
    known = [of_product(asked, one) for one in rows]
    return Events(
        minute=np.array([minute_of(one, last) for one in rows], dtype=np.int64),
        fluid_l=np.array([one.fluid_l for one in rows], dtype=np.float64),
        sodium_mg=np.array(
            [max(one.sodium_mg, label[0]) for one, label in zip(rows, known, strict=True)],
            dtype=np.float64,
        ),
        carbohydrate_g=np.array(
            [max(one.carbohydrate_g, label[1]) for one, label in zip(rows, known, strict=True)],
            dtype=np.float64,
        ),
        caffeine_mg=np.array(
            [max(one.caffeine_mg, label[2]) for one, label in zip(rows, known, strict=True)],
            dtype=np.float64,
        ),
    )


def minute_of(take: Take, last: int) -> int:
    """The minute a row falls into; one that cannot be counts from the gun on."""
    return min(max(0, int(take.at_min)), last) if np.isfinite(take.at_min) else 0


def of_product(asked: DrinkAsked, take: Take) -> tuple[float, float, float]:
    """Sodium, carbohydrate and caffeine as the product's label says; 0 for one we do not know."""
    product = asked.products.get(take.product)
    if product is None:
        return 0.0, 0.0, 0.0
    times = servings_in(product, take)
    return product.sodium_mg * times, product.carbohydrate_g * times, product.caffeine_mg * times


def servings_in(product: Product, take: Take) -> float:
    """Servings of the label in one row: by volume for what is drunk, else as counted."""
    if product.volume_l > 0.0 and take.fluid_l > 0.0:
        return take.fluid_l / product.volume_l
    return float(take.servings)


def odd_rows(asked: DrinkAsked, schedule: Sequence[Take]) -> float:
    """Rows that cannot be: unknown products, outside the race, no whole servings, less than 0."""
    odd = 0
    for one in schedule:
        numbers = (one.at_min, one.at_m, one.fluid_l, one.sodium_mg, one.carbohydrate_g,
                   one.caffeine_mg)  # fmt: skip
        fine = (
            one.product in asked.products
            and all(np.isfinite(number) and number >= 0.0 for number in numbers)
            and one.at_min <= asked.n_minutes
            and one.at_m <= asked.distance_m
            and one.servings >= 1
        )
        odd += not fine
    return float(odd)


# Water


def gains(minute: NDArray[np.int64], fluid_l: FloatArray, day: Day) -> tuple[float, float]:
    """Percent of draws that come too far above the start at any minute, and that end above it;
    the worse model of each."""
    drunk = np.cumsum(day.cup_factor * fluid_l) + day.extra_l
    total = float(drunk[-1]) if len(drunk) else day.extra_l
    peaks, ends = [], []
    for lost in day.lost_l:
        most = np.full(lost.shape[1], day.extra_l)
        if len(drunk):
            most = np.maximum(most, (drunk[:, None] - lost[minute]).max(axis=0))
        peaks.append(100 * float(np.mean(most > value("drinking.limit.peak_l") + ROUNDING)))
        ends.append(100 * float(np.mean(total - lost[-1] > ROUNDING)))
    return max(peaks), max(ends)


# By the hour


def window_min() -> int:
    """How many minutes an hour has."""
    return int(value("drinking.limit.window_min"))


def trialled_cap_l(asked: DrinkAsked) -> float:
    """Most drink in an hour by what was tried; never more than a gut takes up."""
    tried = asked.trialled_l_per_h
    if tried is None:
        return value("drinking.limit.comfort_l_per_h")
    return min(tried, value("fluid.gut_cap_high_l_per_h"))


def sodium_cap_mg(asked: DrinkAsked) -> float:
    """Most sodium in an hour."""
    tried = asked.trialled_sodium_mg_per_h
    if tried is None:
        return value("drinking.limit.untested_sodium_mg_per_h")
    return min(tried, value("drinking.limit.tested_sodium_mg_per_h"))


def in_windows(asked: DrinkAsked, events: Events, amount: FloatArray) -> FloatArray:
    """Sum in the window that starts at each minute."""
    each = by_minute(asked, events, amount)
    width = min(window_min(), asked.n_minutes)
    running = np.concatenate(([0.0], np.cumsum(each)))
    return np.asarray(running[width:] - running[: len(running) - width])


def hourly_limits(asked: DrinkAsked, events: Events, days: Days) -> list[Limit]:
    """Fluid, sodium and carbohydrate in any hour."""
    drunk = in_windows(asked, events, events.fluid_l)
    sweat = window_sweat_l(
        days, window_min=window_min(), percentile=value("drinking.limit.sweat_percentile")
    )
    worst = int(np.argmax(drunk - sweat))
    salted = in_windows(asked, events, events.sodium_mg)
    fed = in_windows(asked, events, events.carbohydrate_g)
    gut = value("drinking.limit.carbohydrate_g_per_h")
    return [
        limit("hour_sweat", drunk[worst], sweat[worst], "L"),
        limit("hour_trialled", drunk.max(), trialled_cap_l(asked), "L"),
        limit("sodium_hour", salted.max(), sodium_cap_mg(asked), "mg"),
        limit("carbohydrate_hour", fed.max(), gut, "g"),
    ]


# Products


def product_limits(asked: DrinkAsked, schedule: Sequence[Take], events: Events) -> list[Limit]:
    """Totals over the race: sodium, caffeine, labels, what can be carried, water to capsules."""
    hours = hours_from_minutes(max(asked.n_minutes, window_min()))
    sodium = min(value("drinking.limit.sodium_total_mg"), hours * sodium_cap_mg(asked))
    caffeine = value("drinking.limit.caffeine_mg_per_kg") * asked.runner.body_mass_kg
    carried = sum(one.fluid_l for one in schedule if one.carried or not is_offered(asked, one))
    return [
        limit("sodium_total", events.sodium_mg.sum(), sodium, "mg"),
        limit("caffeine", events.caffeine_mg.sum(), caffeine, "mg"),
        limit("label_max", beyond_label(asked, schedule), 0.0, ""),
        limit("carried", carried, asked.carry_l, "L"),
        limit("capsule_water", missing_water_l(asked, schedule), 0.0, "L"),
    ]


def is_offered(asked: DrinkAsked, take: Take) -> bool:
    """Whether a station stands there that hands it out."""
    return any(
        take.product in one.offers and abs(one.at_m - take.at_m) <= 1.0 for one in asked.stations
    )


def beyond_label(asked: DrinkAsked, schedule: Sequence[Take]) -> float:
    """Servings of any product above the most of its label."""
    taken: dict[str, float] = defaultdict(float)
    for one in schedule:
        product = asked.products.get(one.product)
        if product is not None:
            taken[one.product] += servings_in(product, one)
    over = [
        count - most
        for name, count in taken.items()
        if (most := asked.products[name].max) is not None
    ]
    return max(0.0, *over, 0.0)


def missing_water_l(asked: DrinkAsked, schedule: Sequence[Take]) -> float:
    """Plain water that capsules and chews lack at the place where they are taken."""
    lacking: dict[float, float] = defaultdict(float)
    per_g = value("drinking.limit.water_per_sodium_l_per_g")
    for one in schedule:
        product = asked.products.get(one.product)
        if product is None:
            continue
        if product.kind in NEEDS_WATER:
            sodium_mg = max(one.sodium_mg, product.sodium_mg * one.servings)
            lacking[one.at_min] += per_g * grams_from_milligrams(sodium_mg)
        elif product.kind is ProductKind.WATER:
            lacking[one.at_min] -= one.fluid_l
    return max(0.0, *lacking.values(), 0.0)


# Salt never licenses fluid


def by_minute(asked: DrinkAsked, events: Events, amount: FloatArray) -> FloatArray:
    """One amount, minute by minute."""
    found = np.zeros(asked.n_minutes)
    np.add.at(found, events.minute, amount)
    return found


def intake_of(asked: DrinkAsked, schedule: Sequence[Take], *, salt_counts: bool = True) -> Intake:
    """What goes in, minute by minute, from the rows alone."""
    events = events_of(asked, schedule)
    nothing = np.zeros(asked.n_minutes)
    fluid = by_minute(asked, events, events.fluid_l)
    sodium = by_minute(asked, events, mmol_from_mg_sodium(1.0) * events.sodium_mg)
    salt = sodium if salt_counts else nothing
    return Intake(fluid_l=fluid[None], cation_mmol=salt[None], sodium_mmol=sodium[None])


def low_sodium_share_pct(
    asked: DrinkAsked, schedule: Sequence[Take], *, n_draws: int, first: int
) -> float:
    """Percent of draws whose blood sodium ends low by the published equation, with the usual start,
    nothing that strays, and none of the salt that was taken; the worse model."""
    intake = intake_of(asked, schedule, salt_counts=False)
    shares = []
    for runner in models_of(asked.runner):
        scenario = scenario_with(asked, runner, intake)
        drawn = draw_body(scenario, n_draws=n_draws, first=first)
        flat = np.zeros(n_draws)
        body = replace(
            drawn,
            plasma_sodium_start_mmol_per_l=flat + value("sodium.plasma_start_mmol_per_l"),
            plasma_residual_z=flat,
            field_buffering=flat + 1.0,
        )
        trace = simulate(scenario, forcing_of(scenario), body, minutes=[asked.n_minutes])
        plasma = plasma_sodium_mmol_per_l(body, trace)
        shares.append(100 * float(np.mean(plasma < value("sodium.low_mmol_per_l"))))
    return max(shares)
