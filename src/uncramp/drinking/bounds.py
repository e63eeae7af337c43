"""The hard limits as sums over stops, for the search: a plan inside them is checked afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from uncramp.drinking.asked import DrinkAsked
from uncramp.drinking.days import Day, Days, window_sweat_l
from uncramp.drinking.limits import sodium_cap_mg, trialled_cap_l, window_min
from uncramp.drinking.search import Bound
from uncramp.drinking.stops import Stop
from uncramp.evidence import value
from uncramp.units import hours_from_minutes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["bounds_of", "most_fluid_l"]


def bounds_of(
    asked: DrinkAsked, stops: Sequence[Stop], days: Days, *, share_pct: float, scale: float
) -> tuple[Bound, ...]:
    """Every bound; `scale` below 1 is stricter with water than the search draws ask for."""
    minutes = np.array([int(one.at_min) for one in stops], dtype=np.int64)
    sweat = scale * window_sweat_l(
        days, window_min=window_min(), percentile=value("drinking.limit.sweat_percentile")
    )
    hours = hours_from_minutes(max(asked.n_minutes, window_min()))
    cap_mg = sodium_cap_mg(asked)
    total_mg = min(value("drinking.limit.sodium_total_mg"), hours * cap_mg)
    caffeine_mg = value("drinking.limit.caffeine_mg_per_kg") * asked.runner.body_mass_kg
    gut_g = value("drinking.limit.carbohydrate_g_per_h")
    return (
        *water_bounds(minutes, days, share_pct=share_pct, scale=scale),
        windowed("hour_sweat", "fluid_l", minutes, asked.n_minutes, least_of(sweat)),
        windowed(
            "hour_trialled", "fluid_l", minutes, asked.n_minutes, always(trialled_cap_l(asked))
        ),
        windowed("sodium_hour", "sodium_mg", minutes, asked.n_minutes, always(cap_mg)),
        windowed("carbohydrate_hour", "carbohydrate_g", minutes, asked.n_minutes, always(gut_g)),
        total("sodium_total", "sodium_mg", len(stops), total_mg),
        total("caffeine", "caffeine_mg", len(stops), caffeine_mg),
        total("carried", "carried_l", len(stops), asked.carry_l),
        *(
            total("label_max", f"label:{name}", len(stops), float(one.max))
            for name, one in asked.products.items()
            if one.max is not None
        ),
    )


def total(limit: str, amount: str, n_stops: int, most: float) -> Bound:
    """One sum over all stops."""
    return Bound(limit=limit, amount=amount, members=np.ones((n_stops, 1)), most=np.array([most]))


def most_fluid_l(days: Days, *, share_pct: float) -> float:
    """The most that may be drunk in the whole race, on the planned day and under every stress."""
    return min(end_l(day, share_pct) for day in (days.planned, *days.stressed.values()))


def end_l(day: Day, share_pct: float) -> float:
    """The same for one day."""
    lost_l = min(low(one[-1], share_pct) for one in day.lost_l)
    return max(0.0, (lost_l - day.extra_l) / day.cup_factor)


def low(values: FloatArray, share_pct: float) -> float:
    """The value that only so many percent of draws fall below."""
    return float(np.percentile(values, share_pct, method="lower"))


def water_bounds(
    minutes: NDArray[np.int64], days: Days, *, share_pct: float, scale: float
) -> list[Bound]:
    """What may be drunk up to each stop, and in all: one bound a day."""
    upto = np.triu(np.ones((len(minutes), len(minutes))))
    named = {"water_end": days.planned} | {
        f"stress_{name}": day for name, day in days.stressed.items()
    }
    found = []
    for name, day in named.items():
        lost = np.array(
            [min(low(one[minute], share_pct) for one in day.lost_l) for minute in minutes.tolist()]
        )
        room = (lost + value("drinking.limit.peak_l") - day.extra_l) / day.cup_factor
        most = scale * np.concatenate((np.maximum(room, 0.0), [end_l(day, share_pct)]))
        members = np.column_stack((upto, np.ones(len(minutes))))
        found.append(Bound(limit=name, amount="fluid_l", members=members, most=most))
    return found


def least_of(caps: FloatArray) -> Callable[[int, int], float]:
    """The least cap of the windows that start between two minutes."""
    return lambda first, last: float(caps[first : last + 1].min())


def always(cap: float) -> Callable[[int, int], float]:
    """The same cap at any time."""
    return lambda _first, _last: cap


def windowed(
    limit: str,
    amount: str,
    minutes: NDArray[np.int64],
    n_minutes: int,
    cap: Callable[[int, int], float],
) -> Bound:
    """One sum for each run of stops that fits into an hour somewhere."""
    width = min(window_min(), n_minutes)
    columns, most = [], []
    for first in range(len(minutes)):
        for last in range(first, len(minutes)):
            if minutes[last] - minutes[first] >= width:
                break
            earliest = max(0, int(minutes[last]) - width + 1)
            latest = min(int(minutes[first]), n_minutes - width)
            column = np.zeros(len(minutes))
            column[first : last + 1] = 1.0
            columns.append(column)
            most.append(cap(min(earliest, latest), latest))
    return Bound(
        limit=limit, amount=amount, members=np.array(columns).T, most=np.maximum(most, 0.0)
    )
