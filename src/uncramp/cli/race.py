"""`uncramp race`: races. `add`, `list`, `show`, `change`, `remove`, `card`, `debrief`."""

from __future__ import annotations

from pathlib import Path

import click

from uncramp.actions.races import (
    RaceAsked,
    add_race,
    change_race,
    find_race,
    list_races,
    remove_race,
    restore_race,
)
from uncramp.actions.runs import parsed_day
from uncramp.actions.typed_quantities import (
    parsed_clock,
    parsed_duration,
    parsed_height,
    parsed_length,
)
from uncramp.actions.weather import parsed_weather
from uncramp.cli.race_debrief import debrief
from uncramp.cli.show import Face, common_options
from uncramp.errors import InputError
from uncramp.wording.catalogue import text
from uncramp.wording.races import (
    files_data,
    files_lines,
    race_data,
    race_lines,
    races_data,
    races_lines,
    removed_race_lines,
)

__all__ = ["race"]

WELL = "well"


@click.group(help=text("cli.help.race"))
@common_options
def race(face: Face) -> None:
    """Everything is done by the parts."""
    del face


race.add_command(debrief)


@race.command(help=text("cli.help.race_add"))
@common_options
@click.argument("name")
@click.option("--day", required=True, metavar="DATE", help=text("cli.option.race_day"))
@click.option("--distance", metavar="LENGTH", help=text("cli.option.race_distance"))
@click.option("--course", metavar="FILE", help=text("cli.option.race_course"),
              type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--start", metavar="HH:MM", help=text("cli.option.race_start"))
@click.option("--goal", metavar="TIME|well", help=text("cli.option.race_goal"))
@click.option("--up", metavar="HEIGHT", help=text("cli.option.race_up"))
@click.option("--down", metavar="HEIGHT", help=text("cli.option.race_down"))
@click.option("--weather", metavar="WEATHER", help=text("cli.option.race_weather"))
def add(
    face: Face,
    name: str,
    *,
    day: str,
    distance: str | None,
    course: Path | None,
    start: str | None,
    goal: str | None,
    up: str | None,
    down: str | None,
    weather: str | None,
) -> None:
    """Keep one more race."""
    wanted = asked(
        face, name=name, day=day, distance=distance, course=course, start=start, goal=goal,
        up=up, down=down, weather=weather,
    )  # fmt: skip
    with face.context() as context:
        kept = add_race(context, wanted)
        today = context.now.date()
    lines = race_lines(kept, today=today, runner=face.runner, units=face.units)
    face.out("race.add", race_data(kept), lines)


@race.command(help=text("cli.help.race_change"))
@common_options
@click.argument("reference", metavar="RACE|next")
@click.option("--name", metavar="NAME", help=text("cli.option.race_name"))
@click.option("--day", metavar="DATE", help=text("cli.option.race_day"))
@click.option("--distance", metavar="LENGTH", help=text("cli.option.race_distance"))
@click.option("--course", metavar="FILE", help=text("cli.option.race_course"),
              type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--start", metavar="HH:MM", help=text("cli.option.race_start"))
@click.option("--goal", metavar="TIME|well", help=text("cli.option.race_goal"))
@click.option("--up", metavar="HEIGHT", help=text("cli.option.race_up"))
@click.option("--down", metavar="HEIGHT", help=text("cli.option.race_down"))
@click.option("--weather", metavar="WEATHER", help=text("cli.option.race_weather"))
def change(
    face: Face,
    reference: str,
    *,
    name: str | None,
    day: str | None,
    distance: str | None,
    course: Path | None,
    start: str | None,
    goal: str | None,
    up: str | None,
    down: str | None,
    weather: str | None,
) -> None:
    """Change what is told; the rest stays."""
    with face.context() as context:
        before = find_race(context, reference)
        wanted = asked(
            face, name=name, day=day, distance=distance, course=course, start=start, goal=goal,
            up=up, down=down, weather=weather,
        )  # fmt: skip
        kept = change_race(
            context, str(before.race_id), wanted.over(before.race, keeps_goal=goal is None)
        )
        today = context.now.date()
    lines = race_lines(kept, today=today, runner=face.runner, units=face.units)
    face.out("race.change", race_data(kept), lines)


@race.command(name="list", help=text("cli.help.race_list"))
@common_options
def list_(face: Face) -> None:
    """Every race, the next one first."""
    with face.context() as context:
        races, today = list_races(context), context.now.date()
    lines = races_lines(races, today=today, runner=face.runner, units=face.units)
    face.out("race.list", races_data(races), lines)


@race.command(help=text("cli.help.race_show"))
@common_options
@click.argument("reference", metavar="RACE|next")
def show(face: Face, reference: str) -> None:
    """One race."""
    with face.context() as context:
        kept, today = find_race(context, reference), context.now.date()
    lines = race_lines(kept, today=today, runner=face.runner, units=face.units)
    face.out("race.show", race_data(kept), lines)


@race.command(help=text("cli.help.race_remove"))
@common_options
@click.argument("reference", metavar="RACE|next")
@click.option("--undo", is_flag=True, help=text("cli.option.race_undo"))
def remove(face: Face, reference: str, *, undo: bool) -> None:
    """Take a race out, or bring one back by its number."""
    with face.context() as context:
        if undo and not reference.isdecimal():
            raise InputError("race_number_needed", values={"given": reference})
        kept = restore_race(context, int(reference)) if undo else remove_race(context, reference)
    lines = removed_race_lines(kept, runner=face.runner, is_back=undo)
    face.out("race.remove", race_data(kept), lines)


@race.command(help=text("cli.help.race_card"))
@common_options
@click.argument("reference", metavar="RACE|next")
@click.option("--to", "folder", required=True, metavar="DIR", help=text("cli.option.race_to"),
              type=click.Path(file_okay=False, path_type=Path))  # fmt: skip
@click.option("--pdf", is_flag=True, help=text("cli.option.race_pdf"))
def card(face: Face, reference: str, *, folder: Path, pdf: bool) -> None:
    """Write everything to carry into a folder."""
    from uncramp.actions.race_files import race_files
    from uncramp.actions.roadside_files import write_files

    with face.context() as context:
        files = race_files(context, reference, units=face.units, with_pdf=pdf)
    written = write_files(folder, files)
    names = tuple(one.name for one in written)
    face.out("race.card", files_data(names), files_lines(names, folder=folder))


def asked(
    face: Face,
    *,
    name: str | None,
    day: str | None,
    distance: str | None,
    course: Path | None,
    start: str | None,
    goal: str | None,
    up: str | None,
    down: str | None,
    weather: str | None,
) -> RaceAsked:
    """What was typed, in SI."""
    told = None if weather is None else parsed_weather(weather)
    return RaceAsked(
        name=name or "",
        day=None if day is None else parsed_day(day),
        start=None if start is None else parsed_clock(start),
        distance_m=None if distance is None else parsed_length(distance, units=face.units),
        goal_time_s=None if goal in (None, WELL) else parsed_duration(goal or ""),
        ascent_m=None if up is None else parsed_height(up, units=face.units),
        descent_m=None if down is None else parsed_height(down, units=face.units),
        temp_air_c=None if told is None else told.temp_air_c,
        relative_humidity_pct=None if told is None else told.relative_humidity_pct,
        course=b"" if course is None else content_of(course),
        course_name="course.gpx" if course is None else course.name,
    )


def content_of(course: Path) -> bytes:
    """The bytes of a course file; InputError `no_course` when it cannot be read."""
    try:
        return course.read_bytes()
    except OSError as error:
        raise InputError("no_course", values={"name": course.name}) from error
