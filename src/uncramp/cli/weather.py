"""`uncramp weather`: of one run, typed or looked up; and the switch for looking it up."""

from __future__ import annotations

import sys

import click

from uncramp.actions.open_meteo import FetchReport, fetch_weather, switch
from uncramp.actions.runs import parsed_day
from uncramp.actions.weather import (
    RunWeather,
    forget_typed,
    parsed_weather,
    run_weather,
    set_weather,
    weather_state,
)
from uncramp.cli.progress import counted_progress
from uncramp.cli.show import ExitCode, Face, common_options, echo_lines
from uncramp.errors import InputError
from uncramp.wording.catalogue import text
from uncramp.wording.runs import runner_option
from uncramp.wording.weather import (
    fetch_data,
    fetch_lines,
    fetch_warnings,
    run_weather_data,
    run_weather_lines,
    run_weather_warnings,
    state_data,
    state_lines,
    switch_data,
)

__all__ = ["weather"]


@click.command(help=text("cli.help.weather"))
@common_options
@click.argument("reference", metavar="[RUN]", required=False)
@click.option("--set", "typed", metavar="WEATHER", help=text("cli.option.weather_set"))
@click.option("--unset", is_flag=True, help=text("cli.option.weather_unset"))
@click.option("--on", is_flag=True, help=text("cli.option.weather_on"))
@click.option("--off", is_flag=True, help=text("cli.option.weather_off"))
@click.option("--fetch", is_flag=True, help=text("cli.option.weather_fetch"))
@click.option("--since", metavar="DATE", help=text("cli.option.weather_since"))
def weather(
    face: Face,
    reference: str | None,
    *,
    typed: str | None,
    unset: bool,
    on: bool,
    off: bool,
    fetch: bool,
    since: str | None,
) -> None:
    """One of: a run, the switch, asking about all runs, or where things stand."""
    about_run = reference is not None or typed is not None or unset
    if sum((about_run, on, off, fetch)) > 1 or (typed is not None and unset):
        raise InputError("weather_one_thing")
    if since is not None and not fetch:
        raise InputError("since_without_fetch")
    if on or off:
        turn(face, on=on)
    elif fetch:
        fetch_all(face, since)
    elif about_run:
        one_run(face, reference or "last", typed=typed, unset=unset)
    else:
        with face.context() as context:
            state = weather_state(context)
        face.out("weather.state", state_data(state), state_lines(state, runner=face.runner))


def one_run(face: Face, reference: str, *, typed: str | None, unset: bool) -> None:
    """Type, take back or look at the weather of one run."""
    told = None if typed is None else parsed_weather(typed)
    with face.context() as context:
        found: RunWeather
        if told is not None:
            found = set_weather(context, reference, told)
        elif unset:
            found = forget_typed(context, reference)
        else:
            found = run_weather(context, reference)
    face.out(
        "weather",
        run_weather_data(found),
        run_weather_lines(found, runner=face.runner, units=face.units),
        warnings=run_weather_warnings(found),
    )


def turn(face: Face, *, on: bool) -> None:
    """The switch; what will be sent is said before it is turned on."""
    if on and not face.json:
        echo_lines([text("weather.explain")])
        if sys.stdin.isatty() and not click.confirm(text("weather.sure"), default=False):
            echo_lines([text("weather.left_off")])
            face.exit(ExitCode.CANNOT)
    with face.context() as context:
        switch(context, on=on)
    lines = [text("weather.switched_off")]
    if on:
        next_step = text("weather.next_fetch", who=runner_option(face.runner))
        lines = [text("weather.switched_on"), text("weather.how_to_switch_off"), next_step]
    face.out("weather.switch", switch_data(on=on), lines)


def fetch_all(face: Face, since: str | None) -> None:
    """Ask about every run without weather."""
    day = None if since is None else parsed_day(since)
    with face.context() as context, counted_progress(text("weather.asking")) as progress:
        report = fetch_weather(context, since=day, progress=progress)
    face.out(
        "weather.fetch",
        fetch_data(report),
        fetch_lines(report, runner=face.runner),
        warnings=fetch_warnings(report),
    )
    face.exit(exit_code(report))


def exit_code(report: FetchReport) -> ExitCode:
    """0; 4 when not all could be asked, 1 when nothing came of it."""
    if report.problem is None:
        return ExitCode.DONE
    return ExitCode.PARTLY_DONE if report.n_saved else ExitCode.CANNOT
