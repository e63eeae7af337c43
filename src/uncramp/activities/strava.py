"""Strava's list of activities (`activities.csv`): titles, sports and weather by file name.

The header is written in the runner's language and grows by the year, so columns are told by what
stands in them, then by the names known in several languages, then by their place.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import chain, islice
from math import isfinite
from types import MappingProxyType
from typing import Final

from uncramp.activities.archive_members import About, Member, masked
from uncramp.activities.sport_names import plain, sport_named
from uncramp.activities.xml_stream import number, unpack_text
from uncramp.errors import RefusedFileError

__all__ = ["Listed", "day_and_time", "file_key", "looks_like_list", "read_list"]

NAMES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        column: frozenset(map(plain, names))
        for column, names in {
            "date": (
                "Activity Date", "date", "Aktivitätsdatum", "Datum van activiteit",
                "Date de l'activité", "Fecha de la actividad", "Data dell'attività",
                "Data da atividade", "アクティビティ日",
            ),
            "title": (
                "Activity Name", "name", "Name der Aktivität", "Naam activiteit",
                "Naam van activiteit", "Nom de l'activité", "Nombre de la actividad",
                "Nome dell'attività", "Nome da atividade", "アクティビティ名",
            ),
            "sport": (
                "Activity Type", "type", "Aktivitätsart", "Activiteitstype", "Type d'activité",
                "Tipo de actividad", "Tipo di attività", "Tipo de atividade",
                "アクティビティタイプ", "アクティビティの種類",
            ),
            "file": (
                "Filename", "Dateiname", "Bestandsnaam", "Nom du fichier", "Nombre de archivo",
                "Nombre del archivo", "Nome file", "Nome del file", "Nome do arquivo", "ファイル名",
            ),
            "elapsed": (
                "Elapsed Time", "elapsed_time", "Verstrichene Zeit", "Verstreken tijd",
                "Temps écoulé", "Tiempo transcurrido", "Tempo trascorso", "Tempo decorrido",
                "経過時間",
            ),
            "temp_air_c": (
                "Weather Temperature", "Wetter: Temperatur", "Temperatuur", "Température",
                "Temperatura",
            ),
            "dew_point_c": (
                "Dewpoint", "Dew point", "Taupunkt", "Dauwpunt", "Point de rosée",
                "Punto de rocío", "Punto di rugiada", "Ponto de orvalho", "露点",
            ),
            "relative_humidity_pct": (
                "Humidity", "Luftfeuchtigkeit", "Luchtvochtigheid", "Vochtigheid", "Humidité",
                "Humedad", "Umidità", "Umidade", "湿度",
            ),
            "wind_speed_m_s": (
                "Wind Speed", "Windgeschwindigkeit", "Windsnelheid", "Vitesse du vent",
                "Velocidad del viento", "Velocità del vento", "Velocidade do vento", "風速",
            ),
        }.items()
    }
)  # fmt: skip
"""Header cells by column: those seen in real exports, and the plain translations."""

PLACES: Final = MappingProxyType({"date": 1, "title": 2, "sport": 3, "elapsed": 5})
"""Where the first columns have stood in every export known, whatever their names."""

FROM_WEATHER_TIME: Final = MappingProxyType(
    {"temp_air_c": 2, "dew_point_c": 4, "relative_humidity_pct": 5, "wind_speed_m_s": 7}
)
"""Columns after the weather's own time, a Unix time; six after it stands the air pressure."""
PRESSURE_STEP: Final = 6
UNIX_TIMES: Final = (9e8, 4e9)
PRESSURES_HPA: Final = (850.0, 1100.0)

WEATHER_LIMITS: Final = MappingProxyType(
    {
        "temp_air_c": (-60.0, 60.0),
        "dew_point_c": (-60.0, 40.0),
        "relative_humidity_pct": (0.0, 100.0),
        "wind_speed_m_s": (0.0, 60.0),
    }
)

FILE_CELL: Final = re.compile(r"(?:[^/\\]*[/\\])*[^/\\]+\.(?:fit|gpx|tcx)(?:\.gz)?", re.I)
ID_CELL: Final = re.compile(r"\d{1,20}")
SAMPLE_ROWS: Final = 300
FEWEST_COLUMNS: Final = 5
MOST_ROWS: Final = 200_000
LONGEST_TITLE: Final = 200

MONTHS: Final = MappingProxyType(
    {
        1: ("jan", "ene", "gen"),
        2: ("feb", "fev"),
        3: ("mar", "mrt", "maa"),
        4: ("apr", "avr", "abr"),
        5: ("may", "mai", "mei", "mag", "maj"),
        6: ("jun", "juin", "giu"),
        7: ("jul", "juil", "lug"),
        8: ("aug", "aou", "ago"),
        9: ("sep", "set"),
        10: ("oct", "okt", "ott", "out"),
        11: ("nov",),
        12: ("dec", "dez", "des", "dic"),
    }
)
CLOCK: Final = re.compile(r"(?<![\d.])(\d{1,2})(?::(\d{2})(?::(\d{2}))?|\.(\d{2})\.(\d{2}))(?!\d)")
AFTERNOON: Final = re.compile(r"\bp\.?\s?m\b|午後")
MORNING: Final = re.compile(r"\ba\.?\s?m\b|午前")
YEAR_FIRST: Final = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})")
YEAR_LAST: Final = re.compile(r"(\d{1,2})\s?([./-])\s?(\d{1,2})\s?[./-]\s?(\d{4})")
WITH_MONTH: Final = re.compile(r"([^\W\d_]{3,})")


@dataclass(slots=True)
class Listed:
    """What a list says: about each file, and which activities came without one."""

    by_file: dict[str, About] = field(default_factory=dict)
    """By `file_key`."""
    lost: list[Member] = field(default_factory=list)

    def find(self, name: str) -> About | None:
        """What is said about the file of this name."""
        return self.by_file.get(file_key(name))


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where things stand in a row."""

    places: Mapping[str, int]
    day_first: bool

    def cell(self, row: Sequence[str], column: str) -> str:
        place = self.places.get(column)
        return row[place].strip() if place is not None and place < len(row) else ""


def file_key(name: str) -> str:
    """The name without folders, case and packing: browsers unpack some files on the way."""
    return re.split(r"[/\\]", name)[-1].lower().removesuffix(".gz")


def looks_like_list(head: bytes) -> bool:
    """Whether this can be the first kilobytes of a list of activities, in any language."""
    if b"," not in head and b";" not in head and b"\t" not in head:
        return False
    text, _ = unpack_text(head)
    if text.lstrip()[:1] in ("<", "{", "[", ""):
        return False
    rows = list(islice(_rows(text), SAMPLE_ROWS))
    if not rows or len(rows[0]) < FEWEST_COLUMNS:
        return False
    header = [plain(cell) for cell in rows[0]]
    if _named(header, "file") is not None and _named(header, "date") is not None:
        return True
    place = _file_column(header, rows[1:])
    return place is not None and place >= FEWEST_COLUMNS - 1 and _has_ids(rows[1:])


def read_list(data: bytes) -> Listed:
    """What the list says; nothing when it is no such list after all."""
    text, _ = unpack_text(data)
    rows = islice(_rows(text), MOST_ROWS)
    header = next(rows, [])
    sample = list(islice(rows, SAMPLE_ROWS))
    columns = _columns([plain(cell) for cell in header], sample)
    listed = Listed()
    if columns is not None:
        for row in chain(sample, rows):
            _take(listed, columns, row)
    return listed


def _take(listed: Listed, columns: _Columns, row: Sequence[str]) -> None:
    """Note one row of the list."""
    about, cell = _about(columns, row), columns.cell(row, "file")
    identity = columns.cell(row, "id")
    if FILE_CELL.fullmatch(cell):
        listed.by_file.setdefault(file_key(cell), about)
    elif ID_CELL.fullmatch(identity):
        if cell.startswith("#"):
            refused = RefusedFileError("strava_error")
        else:
            refused = RefusedFileError("strava_no_file")
        listed.lost.append(Member(name=f"Strava {identity}", about=about, refused=refused))


def _rows(text: str) -> Iterator[list[str]]:
    """Rows up to the first that cannot be read; the separator is the header's most frequent."""
    text = text.replace("\0", "")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    lines = StringIO(text, newline="")
    try:
        yield from (row for row in csv.reader(lines, delimiter=separator) if row)
    except csv.Error:
        return


# Columns


def _columns(header: list[str], sample: list[list[str]]) -> _Columns | None:
    """Where things stand; None when there is neither a file column nor a name of one."""
    file_place = _file_column(header, sample)
    if file_place is None:
        file_place = _named(header, "file")
    if file_place is None:
        return None
    places = {"id": 0, "file": file_place}
    for column in NAMES:
        place = _named(header, column)
        if place is not None and column != "file":
            places[column] = place
    for column, place in PLACES.items():
        if column not in places and place < file_place:
            places[column] = place
    places.update(_weather_columns(sample, file_place))
    dates = [row[places["date"]] for row in sample if places.get("date", len(row)) < len(row)]
    return _Columns(places=places, day_first=_day_first(dates))


def _named(header: Sequence[str], column: str) -> int | None:
    """The first column of a known name; later ones of the same name are other units."""
    return next((place for place, cell in enumerate(header) if cell in NAMES[column]), None)


def _file_column(header: Sequence[str], sample: Iterable[Sequence[str]]) -> int | None:
    """The column in which most names of activity files stand."""
    counts = [0] * len(header)
    for row in sample:
        for place, cell in enumerate(row[: len(counts)]):
            counts[place] += FILE_CELL.fullmatch(cell.strip()) is not None
    best = max(range(len(counts)), key=counts.__getitem__, default=0)
    return best if counts and counts[best] else None


def _has_ids(sample: Sequence[Sequence[str]]) -> bool:
    return any(row and ID_CELL.fullmatch(row[0].strip()) for row in sample)


def _weather_columns(sample: Sequence[Sequence[str]], file_place: int) -> dict[str, int]:
    """Weather columns by their contents: a Unix time, and six places on an air pressure."""
    widest = max(map(len, sample), default=0)
    for place in range(file_place + 1, widest - FROM_WEATHER_TIME["wind_speed_m_s"]):
        times = [_number(row[place]) for row in sample if len(row) > place + PRESSURE_STEP]
        pressures = [
            _number(row[place + PRESSURE_STEP])
            for row in sample
            if len(row) > place + PRESSURE_STEP
        ]
        if _all_within(times, UNIX_TIMES) and _all_within(pressures, PRESSURES_HPA):
            return {column: place + step for column, step in FROM_WEATHER_TIME.items()}
    return {}


def _all_within(values: Iterable[float], limits: tuple[float, float]) -> bool:
    known = [value for value in values if isfinite(value)]
    return bool(known) and all(limits[0] <= value <= limits[1] for value in known)


# Cells


def _about(columns: _Columns, row: Sequence[str]) -> About:
    start = day_and_time(columns.cell(row, "date"), day_first=columns.day_first)
    elapsed_s = _number(columns.cell(row, "elapsed"))
    title = masked(columns.cell(row, "title"))[:LONGEST_TITLE]
    return About(
        source="strava",
        title=title or None,
        sport=sport_named(columns.cell(row, "sport")),
        start_utc=start,
        weather=_weather(columns, row),
        crop=(start, elapsed_s) if start is not None and elapsed_s > 0 else None,
    )


def _weather(columns: _Columns, row: Sequence[str]) -> dict[str, float] | None:
    """What was told and can be; humidity stands as a share of one."""
    weather = {}
    for column, (low, high) in WEATHER_LIMITS.items():
        value = _number(columns.cell(row, column))
        if column == "relative_humidity_pct" and 0 < value <= 1:
            value *= 100
        if low <= value <= high:
            weather[column] = value
    return weather if "temp_air_c" in weather else None


def _number(text: str) -> float:
    """The number in a cell, with a point or a comma; NaN when there is none."""
    return number(text.strip().replace(",", "."))


# Dates: always universal time, written in the runner's language


def day_and_time(text: str, *, day_first: bool = True) -> datetime | None:
    """The moment a cell tells, None when it tells none.

    Examples: "Sep 12, 2018, 3:02:23 PM", "12.09.2018, 15:02:23", "6 mrt. 2024 14:23:15",
    "2018/09/12 15:02:23", "2018年9月12日 15:02:23".
    """
    text = plain(text)
    clock = CLOCK.search(text)
    day = _day(text[: clock.start()] + " " + text[clock.end() :] if clock else text, day_first)
    if day is None:
        return None
    try:
        moment = datetime(*day, tzinfo=UTC)
        return moment + _since_midnight(clock, text) if clock else moment
    except (ValueError, OverflowError):
        return None


def _since_midnight(clock: re.Match[str], text: str) -> timedelta:
    hour, minute, second, dotted_minute, dotted_second = (int(part or 0) for part in clock.groups())
    if AFTERNOON.search(text) and hour < 12:
        hour += 12
    elif MORNING.search(text) and hour == 12:
        hour = 0
    return timedelta(hours=hour, minutes=minute + dotted_minute, seconds=second + dotted_second)


def _day(text: str, day_first: bool) -> tuple[int, int, int] | None:  # noqa: FBT001
    """Year, month and day."""
    if found := YEAR_FIRST.search(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := YEAR_LAST.search(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if second > 12 or (not day_first and found[2] != "." and first <= 12):
            return year, first, second
        return year, second, first
    month = next((m for word in WITH_MONTH.findall(text) if (m := _month(word))), None)
    numbers = [int(digits) for digits in re.findall(r"\d{1,4}", text)]
    years = [value for value in numbers if value > 31]
    days = [value for value in numbers if 1 <= value <= 31]
    return (years[0], month, days[0]) if month and years and days else None


def _month(word: str) -> int | None:
    """The month a word names; the longest beginning decides, for `juin` and `juillet`."""
    fitting = [
        (len(start), month)
        for month, starts in MONTHS.items()
        for start in starts
        if word.startswith(start)
    ]
    return max(fitting)[1] if fitting else None


def _day_first(cells: Iterable[str]) -> bool:
    """Whether 3/4/2020 is in April: by the other dates of the list, else by the clock used."""
    halves = False
    for cell in cells:
        text = plain(cell)
        if found := YEAR_LAST.search(text):
            if int(found[1]) > 12:
                return True
            if int(found[3]) > 12:
                return False
        halves = halves or bool(AFTERNOON.search(text) or MORNING.search(text))
    return not halves
