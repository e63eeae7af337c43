"""The weather of a run: as typed, from an archive, from Open-Meteo when switched on, or the watch.

The first of these that knows the air temperature tells everything; two sources are never mixed,
because humidity means nothing without the temperature it was measured at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from uncramp.actions.context import Context
from uncramp.actions.open_meteo import QUICK, ask_about, is_on, needs_asking
from uncramp.actions.runs import find_run
from uncramp.errors import InputError, OutboundError
from uncramp.outbound.weather import OpenMeteo
from uncramp.store.rows import ActivityRow, StoredWeather, WeatherSource
from uncramp.units import celsius_from_fahrenheit
from uncramp.vocabulary import Activity

__all__ = [
    "COLDEST_C",
    "HOTTEST_C",
    "RunWeather",
    "TypedWeather",
    "Weather",
    "WeatherState",
    "best_of",
    "best_weather",
    "forget_typed",
    "keep_typed",
    "known_weather",
    "look_up",
    "parsed_weather",
    "run_weather",
    "set_weather",
    "weather_state",
]

ORDER: Final[Sequence[WeatherSource]] = ("typed", "archive", "open_meteo", "watch")
"""Whom we believe, most first."""
NOT_THE_AIR: Final = "watch_temperature"
"""`assumed.watch_temperature`: the wrist warms the watch."""

WATCH_CHANNEL: Final = "temp_watch_c"
COLDEST_C: Final = -60.0
HOTTEST_C: Final = 60.0

TYPED: Final = re.compile(
    r"([+\-−]?\d{1,3}(?:[.,]\d{1,3})?)\s*(°?\s*[CF](?![a-z])|%)", re.IGNORECASE
)
BETWEEN: Final = re.compile(r"[\s,;/]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """The weather of one run from one source; wind, clouds and the rest as far as it knows."""

    source: WeatherSource
    temp_air_c: float
    relative_humidity_pct: float | None = None
    wind_speed_m_s: float | None = None
    """Of Open-Meteo ten metres above the ground, mean over the run as all its values."""
    dew_point_c: float | None = None
    cloud_cover_pct: float | None = None
    attribution: str = ""
    because: tuple[str, ...] = ()
    """Message ids: why this source."""
    assumed: tuple[str, ...] = ()
    """Ids of messages `assumed.<id>`; `watch_temperature` means low trust."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedWeather:
    """What a person says of the weather."""

    temp_air_c: float
    relative_humidity_pct: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWeather:
    """One run with the weather that counts, and what other sources say."""

    row: ActivityRow
    best: Weather | None
    others: tuple[Weather, ...]
    may_ask: bool
    """Whether Open-Meteo is switched on."""
    problem: OutboundError | None
    """Why it gave no answer just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherState:
    """Where things stand: how many runs have their weather from which source."""

    is_on: bool
    n_runs: int
    by_source: Mapping[WeatherSource, int]
    """Runs by the source that counts; the watch is not looked at here."""


def best_weather(context: Context, row: ActivityRow, activity: Activity | None) -> Weather | None:
    """The weather of a stored run from the best source that knows the temperature, or None.

    Only what is stored or in the file: nobody is asked here.
    """
    found = all_weather(context, row, activity)
    return found[0] if found else None


def look_up(
    context: Context, row: ActivityRow, *, client: OpenMeteo | None = None
) -> OutboundError | None:
    """Ask Open-Meteo about one run, if it is switched on and nothing better is known.

    Once, within a few seconds; what went wrong is given back, not raised.
    """
    if not is_on(context):
        return None
    known = context.store.weather(context.stored_runner(), row.activity_id)
    if not needs_asking(known.get(row.activity_id, ())):
        return None
    return ask_about(context, [row], client=client or OpenMeteo(patience=QUICK)).problem


def run_weather(
    context: Context, reference: str, *, ask: bool = True, client: OpenMeteo | None = None
) -> RunWeather:
    """The weather of the run that `reference` means; asks Open-Meteo when that is switched on.

    Without `ask` nobody is asked and nothing is kept. NotFoundError or InputError as `find_run`.
    """
    row = find_run(context, reference)
    problem = look_up(context, row, client=client) if ask else None
    _, activity = context.store.activity(context.stored_runner(), row.activity_id)
    return replace(known_weather(context, row, activity), problem=problem)


def known_weather(context: Context, row: ActivityRow, activity: Activity | None) -> RunWeather:
    """The weather of a run as far as it is stored or in the file; nobody is asked."""
    found = all_weather(context, row, activity)
    return RunWeather(
        row=row,
        best=found[0] if found else None,
        others=tuple(found[1:]),
        may_ask=is_on(context),
        problem=None,
    )


def set_weather(context: Context, reference: str, typed: TypedWeather) -> RunWeather:
    """Keep what the runner says of the weather of a run; it counts before every other source."""
    row = find_run(context, reference)
    keep_typed(context, row, typed.temp_air_c, typed.relative_humidity_pct)
    return run_weather(context, str(row.activity_id))


def forget_typed(context: Context, reference: str) -> RunWeather:
    """Take back what was typed, so that the next source counts again."""
    row = find_run(context, reference)
    keep_typed(context, row, None, None)
    return run_weather(context, str(row.activity_id))


def keep_typed(
    context: Context,
    row: ActivityRow,
    temp_air_c: float | None,
    relative_humidity_pct: float | None,
) -> None:
    """Put what was typed in place of what was before; without a temperature it counts nowhere."""
    context.store.save_weather(
        context.stored_runner(),
        StoredWeather(
            activity_id=row.activity_id,
            source="typed",
            temp_air_c=temp_air_c,
            relative_humidity_pct=relative_humidity_pct,
            at=context.now,
        ),
    )


def weather_state(context: Context) -> WeatherState:
    """Whether Open-Meteo may be asked, and what is known by now."""
    runner = context.stored_runner()
    rows = [row for row in context.store.activities(runner, with_excluded=False) if row.is_run]
    known = context.store.weather(runner)
    best = (best_of(known.get(row.activity_id, ())) for row in rows)
    found = Counter(one.source for one in best if one is not None)
    return WeatherState(
        is_on=is_on(context),
        n_runs=len(rows),
        by_source={source: found[source] for source in ORDER if found[source]},
    )


# Choosing


def all_weather(context: Context, row: ActivityRow, activity: Activity | None) -> list[Weather]:
    """What every source says, the most believed first."""
    told = context.store.weather(context.stored_runner(), row.activity_id).get(row.activity_id, [])
    found = [weather_from(one) for one in sorted(told, key=lambda one: ORDER.index(one.source))]
    if all(one is None or one.source != "watch" for one in found):
        found.append(watch_weather(activity))
    return [one for one in found if one is not None]


def best_of(told: Iterable[StoredWeather]) -> StoredWeather | None:
    """The most believed of the stored sources that know the temperature."""
    known = [one for one in told if one.temp_air_c is not None]
    return min(known, key=lambda one: ORDER.index(one.source), default=None)


def weather_from(told: StoredWeather) -> Weather | None:
    """Stored weather as an answer; None without a temperature."""
    if told.temp_air_c is None:
        return None
    return Weather(
        source=told.source,
        temp_air_c=told.temp_air_c,
        relative_humidity_pct=told.relative_humidity_pct,
        wind_speed_m_s=told.wind_speed_m_s,
        dew_point_c=told.dew_point_c,
        cloud_cover_pct=told.cloud_cover_pct,
        attribution=told.attribution,
        because=(f"weather.because.{told.source}",),
        assumed=(NOT_THE_AIR,) if told.source == "watch" else (),
    )


def watch_weather(activity: Activity | None) -> Weather | None:
    """The mean of what the watch felt, which is warmer than the air; None without a sensor."""
    import numpy as np

    stream = None if activity is None else activity.streams.get(WATCH_CHANNEL)
    if stream is None:
        return None
    felt_c = stream.physical()
    felt_c = felt_c[np.isfinite(felt_c)]
    if not felt_c.size:
        return None
    return Weather(
        source="watch",
        temp_air_c=float(felt_c.mean()),
        because=("weather.because.watch",),
        assumed=(NOT_THE_AIR,),
    )


# What was typed


def parsed_weather(given: str) -> TypedWeather:
    """`24C 60%`, `75F, 60 %` or `24 °C`; InputError `bad_weather` for anything else.

    Without its unit a number is not guessed at.
    """
    if BETWEEN.sub("", TYPED.sub("", given)):
        raise InputError("bad_weather")
    temperatures, humidities = [], []
    for number, unit in TYPED.findall(given):
        value = float(number.replace(",", ".").replace("−", "-"))
        if unit == "%":
            humidities.append(value)
        else:
            is_fahrenheit = unit[-1] in "fF"
            temperatures.append(celsius_from_fahrenheit(value) if is_fahrenheit else value)
    if len(temperatures) != 1 or len(humidities) > 1:
        raise InputError("bad_weather")
    humidity_pct = humidities[0] if humidities else None
    if not COLDEST_C <= temperatures[0] <= HOTTEST_C:
        raise InputError("bad_weather")
    if humidity_pct is not None and not 0 < humidity_pct <= 100:
        raise InputError("bad_weather")
    return TypedWeather(temp_air_c=temperatures[0], relative_humidity_pct=humidity_pct)
