"""`/api/runners/{runner}/weather` and `…/runs/{run}/weather`: as `uncramp weather`."""

from __future__ import annotations

from fastapi import Request
from pydantic import Field

from uncramp.actions.open_meteo import FetchReport, fetch_weather, switch
from uncramp.actions.runs import parsed_day
from uncramp.actions.weather import (
    COLDEST_C,
    HOTTEST_C,
    RunWeather,
    TypedWeather,
    forget_typed,
    run_weather,
    set_weather,
    weather_state,
)
from uncramp.web.api.answering import Body, Reply, about, answer, api_router, carried_out, reading
from uncramp.web.api.parameters import Day, RunnerName, RunReference
from uncramp.web.jobs import Job
from uncramp.wording.catalogue import text
from uncramp.wording.weather import (
    fetch_data,
    fetch_warnings,
    run_weather_data,
    run_weather_warnings,
    state_data,
    switch_data,
)

__all__ = ["router"]

router = api_router("weather")


class Switch(Body):
    """Whether Open-Meteo may be asked."""

    on: bool = Field(description=text("api.field.on"))


class Typed(Body):
    """What somebody knows of the weather."""

    temp_air_c: float = Field(ge=COLDEST_C, le=HOTTEST_C, description=text("api.field.temp_air_c"))
    relative_humidity_pct: float | None = Field(
        None, gt=0, le=100, description=text("api.field.relative_humidity_pct")
    )


class FromDay(Body):
    """From which day on."""

    since: Day | None = Field(None, description=text("api.field.since"))


@router.get("/runners/{runner}/weather", **about("show_weather_state", "weather.state"))
def state(request: Request, runner: RunnerName) -> Reply:
    """Whether looking up is on, and how many runs have their weather."""
    with reading(request, runner) as context:
        return answer("weather.state", state_data(weather_state(context)))


@router.put("/runners/{runner}/weather/switch", **about("switch_weather", "weather.switch"))
def turn(request: Request, runner: RunnerName, given: Switch) -> Reply:
    """Let Open-Meteo be asked, or not, for all runners of this store."""
    with reading(request, runner) as context:
        switch(context, on=given.on)
    return answer("weather.switch", switch_data(on=given.on))


@router.post("/runners/{runner}/weather/fetch", **about("fetch_weather", "weather.fetch"))
def fetch(request: Request, runner: RunnerName, given: FromDay) -> Reply:
    """Ask about every run without weather."""
    since = None if given.since is None else parsed_day(given.since)
    with reading(request, runner) as context:
        context.stored_runner()

    def work(job: Job) -> FetchReport:
        with reading(request, runner) as context:
            return fetch_weather(context, since=since, progress=job.show)

    report: FetchReport = carried_out(request, runner, "weather", work)
    return answer("weather.fetch", fetch_data(report), fetch_warnings(report))


def said(found: RunWeather) -> Reply:
    """The weather of one run."""
    return answer("weather", run_weather_data(found), run_weather_warnings(found))


@router.get("/runners/{runner}/runs/{run}/weather", **about("show_run_weather", "weather"))
def show(request: Request, runner: RunnerName, run: RunReference) -> Reply:
    """What is known by now; nobody is asked."""
    with reading(request, runner) as context:
        return said(run_weather(context, run, ask=False))


@router.post("/runners/{runner}/runs/{run}/weather", **about("look_up_run_weather", "weather"))
def look_up(request: Request, runner: RunnerName, run: RunReference) -> Reply:
    """The same, after asking Open-Meteo if that is switched on and nothing better is known."""
    with reading(request, runner) as context:
        return said(run_weather(context, run))


@router.put("/runners/{runner}/runs/{run}/weather", **about("set_run_weather", "weather"))
def set_(request: Request, runner: RunnerName, run: RunReference, given: Typed) -> Reply:
    """Keep what somebody knows; it counts before every other source."""
    typed = TypedWeather(
        temp_air_c=given.temp_air_c, relative_humidity_pct=given.relative_humidity_pct
    )
    with reading(request, runner) as context:
        return said(set_weather(context, run, typed))


@router.delete("/runners/{runner}/runs/{run}/weather", **about("unset_run_weather", "weather"))
def unset(request: Request, runner: RunnerName, run: RunReference) -> Reply:
    """Take back what was typed."""
    with reading(request, runner) as context:
        return said(forget_typed(context, run))
