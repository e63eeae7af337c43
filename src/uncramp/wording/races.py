"""Races to come in words and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from uncramp.envelope import plain
from uncramp.vocabulary import PlannedRace
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, temperature
from uncramp.wording.race_card import about_race, race_title
from uncramp.wording.runs import runner_option
from uncramp.wording.said import height

if TYPE_CHECKING:
    from uncramp.actions.races import KeptRace

TO_ID: Final = str.maketrans({"-": "_", ".": "_"})
"""File names to the ids of their messages."""

__all__ = [
    "files_data",
    "files_lines",
    "race_data",
    "race_lines",
    "races_data",
    "races_lines",
    "removed_race_lines",
]


def race_data(kept: KeptRace) -> dict[str, Any]:
    """The `data` of a race; the course is left out, only said to be there."""
    told = plain(kept.race)
    course = told.pop("course")
    return {"race": kept.race_id, **told, "has_course": bool(course)}


def races_data(races: Sequence[KeptRace]) -> dict[str, Any]:
    """The `data` of `uncramp race list`."""
    return {"races": [race_data(one) for one in races]}


def race_lines(kept: KeptRace, *, today: date, runner: str, units: Units) -> Iterator[str]:
    """One race, and what to do next."""
    race, who = kept.race, runner_option(runner)
    yield text("races.one", number=kept.race_id, name=race_title(race))
    yield about_race(race, units=units)
    yield from hills(race, units=units)
    if race.temp_air_c is not None:
        yield text("races.weather", degrees=temperature(race.temp_air_c, units=units))
    if race.day < today:
        return
    yield text("races.days_left", days=(race.day - today).days)
    yield ""
    yield text("races.next.gap", race=kept.race_id, who=who)
    yield text("races.next.train", race=kept.race_id, who=who)


def hills(race: PlannedRace, *, units: Units) -> Iterator[str]:
    """Metres up and down, where they are known."""
    if race.ascent_m is not None and race.descent_m is not None:
        up, down = (height(one, units=units) for one in (race.ascent_m, race.descent_m))
        yield text("races.hills", up=up, down=down)


def races_lines(
    races: Sequence[KeptRace], *, today: date, runner: str, units: Units
) -> Iterator[str]:
    """Every race on a line, those to come first."""
    if not races:
        yield text("races.none", who=runner_option(runner))
    coming = [one for one in races if one.race.day >= today]
    over = [one for one in reversed(races) if one.race.day < today]
    for one in (*coming, *over):
        about = about_race(one.race, units=units)
        yield text("races.line", number=one.race_id, name=race_title(one.race), about=about)


def removed_race_lines(kept: KeptRace, *, runner: str, is_back: bool) -> Iterator[str]:
    """What became of a race, and the way back."""
    if is_back:
        yield text("races.back", name=race_title(kept.race))
        return
    who = runner_option(runner)
    yield text("races.removed", name=race_title(kept.race))
    yield text("races.undo", number=kept.race_id, who=who)


def files_data(names: Sequence[str]) -> dict[str, Any]:
    """The `data` of a command that wrote files."""
    return {"files": list(names)}


def files_lines(names: Sequence[str], *, folder: Path) -> Iterator[str]:
    """Which files were written, and what each is for."""
    yield text("races.written", folder=folder)
    for name in names:
        what = text(f"races.file.{name.translate(TO_ID)}")
        yield text("races.file_line", name=name, what=what)
