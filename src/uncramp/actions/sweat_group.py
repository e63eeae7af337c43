"""A day on which a group weighed in, as CSV: a line for each runner, each line by itself.

A line that cannot be used is told with its number and its reason; the others are kept. The same
file given again adds only what is new. docs/reference/sweat-group-csv.md has the columns.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from uncramp.actions.context import Context
from uncramp.actions.runs import parsed_day
from uncramp.actions.sweat_tests import Added, WeighInAsked, add_weigh_in
from uncramp.actions.typed_quantities import parsed_number
from uncramp.errors import InputError, NotFoundError
from uncramp.store.names import kept_name
from uncramp.units import (
    celsius_from_fahrenheit,
    kilograms_from_grams,
    kilograms_from_ounces,
    kilograms_from_pounds,
    litres_from_fluid_ounces,
    litres_from_millilitres,
    metres_from_kilometres,
    metres_from_miles,
)

__all__ = [
    "GroupLine",
    "GroupResult",
    "RefusedLine",
    "add_group_csv",
    "group_sample",
    "table_rows",
]

RUNNER, DAY, RUN = "runner", "date", "run"
MOST_LINES: Final = 2000
MOST_BYTES: Final = 2_000_000
SEPARATORS: Final = ",;\t"
NO_RUN: Final = "none"
ALREADY: Final = "sweat_already"

Convert = Callable[[float], float]


def same(number: float) -> float:
    """SI already."""
    return number


COLUMNS: Final[Mapping[str, tuple[str, Convert]]] = MappingProxyType(
    {
        "before_kg": ("body_mass_before_kg", same),
        "before_lb": ("body_mass_before_kg", kilograms_from_pounds),
        "after_kg": ("body_mass_after_kg", same),
        "after_lb": ("body_mass_after_kg", kilograms_from_pounds),
        "drunk_l": ("fluid_intake_l", same),
        "drunk_ml": ("fluid_intake_l", litres_from_millilitres),
        "drunk_fl_oz": ("fluid_intake_l", litres_from_fluid_ounces),
        "minutes": ("duration_min", same),
        "food_g": ("food_kg", kilograms_from_grams),
        "food_oz": ("food_kg", kilograms_from_ounces),
        "urine_l": ("urine_output_l", same),
        "urine_ml": ("urine_output_l", litres_from_millilitres),
        "urine_fl_oz": ("urine_output_l", litres_from_fluid_ounces),
        "towel_g": ("held_sweat_kg", kilograms_from_grams),
        "towel_oz": ("held_sweat_kg", kilograms_from_ounces),
        "scale_step_kg": ("scale_step_kg", same),
        "scale_step_lb": ("scale_step_kg", kilograms_from_pounds),
        "distance_km": ("distance_m", metres_from_kilometres),
        "distance_mi": ("distance_m", metres_from_miles),
        "temp_c": ("temp_air_c", same),
        "temp_f": ("temp_air_c", celsius_from_fahrenheit),
        "humidity_pct": ("relative_humidity_pct", same),
    }
)
"""Column to what it tells and how it becomes SI; the unit stands in the name."""
NEEDED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "body_mass_before_kg": "before_kg",
        "body_mass_after_kg": "after_kg",
        "fluid_intake_l": "drunk_l",
    }
)
SAMPLE: Final = (
    "runner,date,before_kg,after_kg,drunk_l,minutes,urine_l,scale_step_kg,temp_c,humidity_pct",
    "ann,2026-06-14,58.4,57.6,0.4,75,,0.1,24,60",
    "bob,2026-06-14,81.2,79.9,0.5,75,0.1,0.1,24,60",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """One line that is kept."""

    line: int
    """As an editor counts; the names are line 1."""
    runner: str
    added: Added


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """One line that stays out: `error.<code>` says why."""

    line: int
    runner: str
    code: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResult:
    """What became of a file."""

    file: str
    added: tuple[GroupLine, ...]
    refused: tuple[RefusedLine, ...]
    already: tuple[RefusedLine, ...]
    """Lines that were kept before; no fault."""
    unknown_columns: tuple[str, ...]
    """Columns that say nothing to us, and were passed over."""


def group_sample() -> str:
    """A file to start from; nobody in it is real."""
    return "\n".join(SAMPLE) + "\n"


def add_group_csv(context: Context, content: bytes, name: str) -> GroupResult:
    """Keep every line that can be kept; `name` is the bare name of the file.

    InputError for the file as a whole: `sweat_csv_unreadable`, `sweat_csv_columns`,
    `sweat_csv_twice`, `sweat_csv_long`. The lines are numbered as an editor does.
    """
    header, rows = table_rows(content)
    check_columns(header)
    added: list[GroupLine] = []
    refused: list[RefusedLine] = []
    already: list[RefusedLine] = []
    for line, cells in rows:
        told = {column: cell.strip() for column, cell in zip(header, cells, strict=False)}
        who = told.get(RUNNER, "")
        try:
            if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                raise InputError("sweat_csv_cells", values={"n_names": len(header)})
            added.append(GroupLine(line=line, runner=who, added=add_line(context, told)))
        except (InputError, NotFoundError) as error:
            out = RefusedLine(line=line, runner=who, **reason(error))
            (already if error.code == ALREADY else refused).append(out)
    return GroupResult(
        file=kept_name(name),
        added=tuple(added),
        refused=tuple(refused),
        already=tuple(already),
        unknown_columns=tuple(one for one in header if one and one not in known_columns()),
    )


def reason(error: InputError | NotFoundError) -> dict[str, Any]:
    """Why a line stays out; a lock of somebody else is nobody's business."""
    code = "sweat_group_not_kept" if error.code == "sweat_locked" else error.code
    return {"code": code, "values": error.values}


def known_columns() -> frozenset[str]:
    """Every name that says something."""
    return frozenset({RUNNER, DAY, RUN, *COLUMNS})


def table_rows(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Names in small letters, and the lines that are not empty with their numbers."""
    if len(content) > MOST_BYTES:
        raise InputError("sweat_csv_long", values={"most": MOST_LINES})
    try:
        said = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("sweat_csv_unreadable") from error
    first = next((line for line in said.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    rows = list(numbered_rows(said, separator))
    if not rows or "\0" in said:
        raise InputError("sweat_csv_unreadable")
    if len(rows) - 1 > MOST_LINES:
        raise InputError("sweat_csv_long", values={"most": MOST_LINES})
    header = [name.strip().lower() for name in rows[0][1]]
    return header, rows[1:]


def numbered_rows(said: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with something in them; the number is that of the row's first line."""
    reader = csv.reader(io.StringIO(said, newline=""), delimiter=separator, strict=True)
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise InputError("sweat_csv_unreadable") from error


def check_columns(header: Sequence[str]) -> None:
    """InputError when a line could not be understood, whatever is in it."""
    fields = [COLUMNS[name][0] if name in COLUMNS else name for name in header if name]
    known = [one for one in header if one in known_columns()]
    for column in known:
        field = COLUMNS[column][0] if column in COLUMNS else column
        if fields.count(field) > 1:
            raise InputError("sweat_csv_twice", values={"column": column})
    missing = [name for field, name in ((RUNNER, RUNNER), *NEEDED.items()) if field not in fields]
    if missing:
        raise InputError("sweat_csv_columns", values={"missing": ", ".join(missing)})


def add_line(context: Context, told: Mapping[str, str]) -> Added:
    """Keep one line; InputError or NotFoundError says why it cannot be."""
    name = told.get(RUNNER, "")
    if not name:
        raise InputError("sweat_csv_empty", values={"column": RUNNER})
    runner = context.store.runner(name)
    asked = asked_from(told)
    return add_weigh_in(context.of_runner(runner.name), asked, ask=False)


def asked_from(told: Mapping[str, str]) -> WeighInAsked:
    """What one line says."""
    values: dict[str, float] = {}
    for column, (field, convert) in COLUMNS.items():
        if said := told.get(column):
            values[field] = convert(number_in(column, said))
        elif column in told and field in NEEDED:
            raise InputError("sweat_csv_empty", values={"column": column})
    run = told.get(RUN) or None
    without_run = run is not None and run.lower() == NO_RUN
    for field, column in NEEDED.items():
        if field not in values:
            raise InputError("sweat_csv_empty", values={"column": column})
    return WeighInAsked(
        body_mass_before_kg=values["body_mass_before_kg"],
        body_mass_after_kg=values["body_mass_after_kg"],
        fluid_intake_l=values["fluid_intake_l"],
        duration_min=values.get("duration_min"),
        run=None if without_run else run,
        without_run=without_run,
        day=day_in(told.get(DAY, "")),
        food_kg=values.get("food_kg"),
        urine_output_l=values.get("urine_output_l"),
        held_sweat_kg=values.get("held_sweat_kg"),
        scale_step_kg=values.get("scale_step_kg"),
        distance_m=values.get("distance_m"),
        temp_air_c=values.get("temp_air_c"),
        relative_humidity_pct=values.get("relative_humidity_pct"),
    )


def number_in(column: str, said: str) -> float:
    """A number of a cell; InputError `sweat_csv_number`."""
    try:
        return parsed_number(said)
    except InputError as error:
        raise InputError("sweat_csv_number", values={"column": column, "given": said}) from error


def day_in(said: str) -> date | None:
    """A day of a cell, None when it is empty; InputError `sweat_csv_day`."""
    if not said:
        return None
    try:
        return parsed_day(said)
    except InputError as error:
        raise InputError("sweat_csv_day", values={"given": said}) from error
