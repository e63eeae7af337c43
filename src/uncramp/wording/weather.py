"""The weather of a run, where things stand with looking it up, and what asking brought."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from uncramp.units import (
    kilometres_per_hour_from_metres_per_second,
    miles_per_hour_from_metres_per_second,
)
from uncramp.wording.catalogue import error_text, text
from uncramp.wording.quantities import Units, temperature
from uncramp.wording.runs import run_name, runner_option

if TYPE_CHECKING:
    from uncramp.actions.open_meteo import FetchReport
    from uncramp.actions.weather import RunWeather, Weather, WeatherState
    from uncramp.errors import OutboundError

__all__ = [
    "fetch_data",
    "fetch_lines",
    "fetch_warnings",
    "run_weather_data",
    "run_weather_lines",
    "run_weather_warnings",
    "state_data",
    "state_lines",
    "switch_data",
    "used_line",
    "weather_data",
    "weather_parts",
    "wind",
]


def wind(speed_m_s: float, *, units: Units) -> str:
    """`12 km/h` or `7 mph`."""
    if units == "imperial":
        value = miles_per_hour_from_metres_per_second(speed_m_s)
        return text("weather.miles_an_hour", value=f"{value:.0f}")
    value = kilometres_per_hour_from_metres_per_second(speed_m_s)
    return text("weather.kilometres_an_hour", value=f"{value:.0f}")


def weather_parts(weather: Weather, *, units: Units) -> str:
    """`24 °C, humidity 60 %, …`, as far as it is known."""
    parts = [temperature(weather.temp_air_c, units=units)]
    if weather.relative_humidity_pct is not None:
        parts.append(text("weather.humidity", value=f"{weather.relative_humidity_pct:.0f}"))
    if weather.dew_point_c is not None:
        value = temperature(weather.dew_point_c, units=units)
        parts.append(text("weather.dew_point", value=value))
    if weather.wind_speed_m_s is not None:
        parts.append(text("weather.wind", value=wind(weather.wind_speed_m_s, units=units)))
    if weather.cloud_cover_pct is not None:
        parts.append(text("weather.clouds", value=f"{weather.cloud_cover_pct:.0f}"))
    return ", ".join(parts)


# ---------------------------------------------------------------- one run


def weather_data(weather: Weather | None) -> dict[str, Any] | None:
    """One source's weather as plain data."""
    if weather is None:
        return None
    return {
        "source": weather.source,
        "temp_air_c": weather.temp_air_c,
        "relative_humidity_pct": weather.relative_humidity_pct,
        "wind_speed_m_s": weather.wind_speed_m_s,
        "dew_point_c": weather.dew_point_c,
        "cloud_cover_pct": weather.cloud_cover_pct,
        "attribution": weather.attribution,
        "because": [because(weather, one) for one in weather.because],
        "assumed": list(weather.assumed),
    }


def because(weather: Weather, message_id: str) -> str:
    """Why this source, in words."""
    return text(message_id, attribution=weather.attribution)


def run_weather_data(found: RunWeather) -> dict[str, Any]:
    """The `data` of `uncramp weather RUN --json`."""
    return {
        "run": found.row.activity_id,
        "weather": weather_data(found.best),
        "others": [weather_data(one) for one in found.others],
        "open_meteo": found.may_ask,
    }


def run_weather_warnings(found: RunWeather) -> list[str]:
    """What a script should know besides."""
    warnings = [] if found.problem is None else [problem_text("weather.problem", found.problem)]
    if found.best is not None:
        warnings += [text(f"assumed.{one}") for one in found.best.assumed]
    return warnings


def run_weather_lines(found: RunWeather, *, runner: str, units: Units) -> Iterator[str]:
    """The weather that counts, why, what else is known, and what to do next."""
    run_id, who = found.row.activity_id, runner_option(runner)
    yield text("weather.title", id=run_id, run=run_name(found.row, units=units))
    if found.best is None:
        yield text("weather.none")
    else:
        yield from best_lines(found.best, units=units)
    if found.others:
        yield text("weather.others")
        for one in found.others:
            source = text(f"weather.source.{one.source}")
            parts = weather_parts(one, units=units)
            yield text("weather.other", source=source, parts=parts)
    if found.problem is not None:
        yield problem_text("weather.problem", found.problem)
    if found.best is None or found.best.source == "watch":
        yield text("weather.how_to_set", id=run_id, who=who)
        if not found.may_ask:
            yield text("weather.how_to_switch_on")
    elif found.best.relative_humidity_pct is None:
        yield text("weather.add_humidity")
        yield text("weather.how_to_set", id=run_id, who=who)
    yield text("weather.next_why", id=run_id, who=who)


def best_lines(weather: Weather, *, units: Units) -> Iterator[str]:
    """One source's weather, why it counts, and whom it is from."""
    yield text("weather.line", parts=weather_parts(weather, units=units))
    for one in weather.because:
        yield text("weather.line", parts=because(weather, one))
    if weather.source == "open_meteo" and weather.attribution:
        yield text("weather.line", parts=weather.attribution)


def problem_text(message_id: str, problem: OutboundError) -> str:
    """Why a service gave no answer, and what to do."""
    words = error_text(problem.code, problem.values)
    return text(message_id, what=words["what"], remedy=words["remedy"])


def used_line(weather: Weather, *, units: Units) -> str:
    """The weather that an answer rests on, with whom it is from: for other verbs."""
    told = [because(weather, one) for one in weather.because]
    if weather.source == "open_meteo":
        told.append(f"{weather.attribution}.")
    parts = weather_parts(weather, units=units)
    return text("weather.used", parts=parts, because=" ".join(told))


# ---------------------------------------------------------------- where things stand


def state_data(state: WeatherState) -> dict[str, Any]:
    """The `data` of `uncramp weather --json`."""
    return {"open_meteo": state.is_on, "n_runs": state.n_runs, "by_source": dict(state.by_source)}


def state_lines(state: WeatherState, *, runner: str) -> Iterator[str]:
    """Whether it is looked up, for how many runs it is known, and what to do next."""
    who = runner_option(runner)
    yield text("weather.state.on" if state.is_on else "weather.state.off")
    if state.is_on:
        yield text("weather.how_to_switch_off")
    n_known = sum(state.by_source.values())
    yield text("weather.state.counts", n_known=n_known, n_runs=state.n_runs)
    for source, n_runs in state.by_source.items():
        yield text("weather.state.source", n=n_runs, source=text(f"weather.source.{source}"))
    if n_known < state.n_runs:
        next_step = "weather.state.next_fetch" if state.is_on else "weather.state.next_on"
        yield text(next_step, who=who)


def switch_data(*, on: bool) -> dict[str, Any]:
    """The `data` of `uncramp weather --on` and `--off`."""
    return {"open_meteo": on, "sends": text("weather.explain") if on else None}


# ---------------------------------------------------------------- asking


def fetch_data(report: FetchReport) -> dict[str, Any]:
    """The `data` of `uncramp weather --fetch --json`."""
    return {
        "n_wanted": report.n_wanted,
        "n_saved": report.n_saved,
        "n_requests": report.n_requests,
        "n_from_cache": report.n_from_cache,
        "left": dict(report.left),
        "problem": None if report.problem is None else report.problem.code,
    }


def fetch_warnings(report: FetchReport) -> list[str]:
    """Why not everything could be asked."""
    return [] if report.problem is None else [problem_text("weather.fetch.problem", report.problem)]


def fetch_lines(report: FetchReport, *, runner: str) -> Iterator[str]:
    """What came, what did not and why, and what to do next."""
    who = runner_option(runner)
    if not report.n_wanted:
        yield text("weather.fetch.nothing")
    else:
        yield text(
            "weather.fetch.summary",
            n_saved=report.n_saved,
            n_wanted=report.n_wanted,
            n_requests=report.n_requests,
            n_from_cache=report.n_from_cache,
        )
    yield from fetch_warnings(report)
    if report.left:
        yield text("weather.fetch.left_title")
        for reason, n_runs in report.left.items():
            yield text("weather.fetch.left", n=n_runs, reason=text(f"weather.left.{reason}"))
        yield text("weather.fetch.next_set", who=who)
    yield text("weather.fetch.next_why", who=who)
