"""Faithful archives for the tests: the layouts that Strava, Garmin, Apple and Polar export."""

from __future__ import annotations

import csv
import gzip
import io
import json
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from activities_support import file_id
from uncramp.activities import Reading, read_bytes
from uncramp.activities import fit_writer as fit
from uncramp.activities.archive import Member, members
from uncramp.errors import RefusedFileError
from uncramp.vocabulary import Activity

START: Final = datetime(2024, 6, 1, 6, 0, tzinfo=UTC)
EMAIL: Final = "ann.runner@example.org"

Content = Mapping[str, bytes]


def run_fit(start: datetime = START, *, seconds: int = 120, heart_rate: int = 140) -> bytes:
    """A run of 3 m/s."""
    time_s = np.arange(seconds, dtype=np.float64)
    return fit.write_activity(
        start_utc=start,
        time_s=time_s,
        distance_m=3.0 * time_s,
        latitude_deg=48.0 + time_s * 1e-5,
        longitude_deg=11.0 + time_s * 1e-5,
        heart_rate_bpm=np.full(seconds, float(heart_rate)),
    )


def monitoring_fit() -> bytes:
    """A day of steps: file type 32 (monitoring), no record."""
    return fit.fit_file(file_id(32))


def settings_fit() -> bytes:
    """The watch's settings: file type 2."""
    return fit.fit_file(file_id(2))


def run_gpx(start: datetime = START, *, points: int = 40, times: bool = True) -> bytes:
    """A track of one point a second, about 3 m apart."""
    lines = [
        f'<trkpt lat="{48 + i * 2.7e-5:.7f}" lon="11.0"><ele>{500 + i}</ele>'
        + (f"<time>{start + timedelta(seconds=i):%Y-%m-%dT%H:%M:%SZ}</time>" if times else "")
        + "</trkpt>"
        for i in range(points)
    ]
    body = "".join(lines)
    track = f"<trk><type>running</type><trkseg>{body}</trkseg></trk>"
    return f'<?xml version="1.0"?><gpx>{track}</gpx>'.encode()


def zipped(content: Content | Iterable[tuple[str, bytes]], *, stored: bool = False) -> bytes:
    """A zip of these members; the same name may come twice when given as pairs."""
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    pairs = content.items() if isinstance(content, Mapping) else content
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in pairs:
            archive.writestr(zipfile.ZipInfo(name, (2024, 6, 1, 8, 0, 0)), data, method)
    return out.getvalue()


def found(tmp_path: Path, data: bytes, *, name: str = "archive.zip") -> list[Member]:
    """Members of an archive of these bytes."""
    path = tmp_path / name
    path.write_bytes(data)
    return list(members(path))


def read(member: Member) -> Reading:
    """A member decoded as the import does it."""
    assert member.data is not None, member
    return read_bytes(member.data, name=member.name)


def activity_of(member: Member) -> Activity:
    """The only activity of a member."""
    (activity,) = read(member).activities
    return activity


def codes(found_members: Iterable[Member]) -> list[str]:
    """What became of each member: its refusal's code, `skipped:…`, or `ok`."""
    return [
        one.refused.code
        if one.refused is not None
        else f"skipped:{one.skipped}"
        if one.skipped is not None
        else "ok"
        for one in found_members
    ]


def by_name(found_members: Iterable[Member]) -> dict[str, Member]:
    """Members by name."""
    return {one.name: one for one in found_members}


def everything_said(found_members: Iterable[Member]) -> str:
    """All text that members show, and what reading them shows."""
    parts: list[str] = []
    for one in found_members:
        parts.append(repr((one.name, one.about, one.refused, one.skipped)))
        if one.data is not None:
            try:
                reading = read_bytes(one.data, name=one.name)
            except RefusedFileError as refusal:
                parts.append(repr((refusal.code, refusal.values)))
            else:
                parts.append(repr([(a.device, a.flags, a.sport) for a in reading.activities]))
    return "\n".join(parts)


# ---------------------------------------------------------------- forged zips


def patched(data: bytes, signature: bytes, place: int, value: bytes) -> bytes:
    """The zip with bytes changed `place` after every occurrence of a signature."""
    out, at = bytearray(data), -1
    while (at := data.find(signature, at + 1)) >= 0:
        out[at + place : at + place + len(value)] = value
    return bytes(out)


def with_forged_size(data: bytes, size: int) -> bytes:
    """Every member claims this unpacked size, in both headers."""
    packed = struct.pack("<I", size)
    return patched(patched(data, b"PK\x01\x02", 24, packed), b"PK\x03\x04", 22, packed)


def with_flag(data: bytes, flag: int) -> bytes:
    """Every member carries these general purpose flags."""
    packed = struct.pack("<H", flag)
    return patched(patched(data, b"PK\x01\x02", 8, packed), b"PK\x03\x04", 6, packed)


def with_method(data: bytes, method: int) -> bytes:
    """Every member claims to be packed by this method."""
    packed = struct.pack("<H", method)
    return patched(patched(data, b"PK\x01\x02", 10, packed), b"PK\x03\x04", 8, packed)


# ---------------------------------------------------------------- Strava

ENGLISH_HEADER: Final = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,"
    "Distance,Max Heart Rate,Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,"
    "Athlete Weight,Bike Weight,Elapsed Time,Moving Time,Distance,Max Speed,Average Speed,"
    "Elevation Gain,Elevation Loss,Elevation Low,Elevation High,Max Grade,Average Grade,"
    "Average Positive Grade,Average Negative Grade,Max Cadence,Average Cadence,Max Heart Rate,"
    "Average Heart Rate,Max Watts,Average Watts,Calories,Max Temperature,Average Temperature,"
    "Relative Effort,Total Work,Number of Runs,Uphill Time,Downhill Time,Other Time,"
    "Perceived Exertion,Type,Start Time,Weighted Average Power,Power Count,"
    "Prefer Perceived Exertion,Perceived Relative Effort,Commute,Total Weight Lifted,From Upload,"
    "Grade Adjusted Distance,Weather Observation Time,Weather Condition,Weather Temperature,"
    "Apparent Temperature,Dewpoint,Humidity,Weather Pressure,Wind Speed,Wind Gust,Wind Bearing,"
    "Precipitation Intensity,Sunrise Time,Sunset Time,Moon Phase,Bike,Gear,"
    "Precipitation Probability,Precipitation Type,Cloud Cover,Weather Visibility,UV Index,"
    "Weather Ozone,Jump Count,Total Grit,Average Flow,Flagged,Average Elapsed Speed,Dirt Distance,"
    "Newly Explored Distance,Newly Explored Dirt Distance,Activity Count,Total Steps,Carbon Saved"
)
ENGLISH: Final = tuple(ENGLISH_HEADER.split(","))
"""The 87 columns of 2024, names that come twice included."""

FIRST_COLUMNS: Final = {
    "de": "Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,Aktivitätsbeschreibung,"
    "Verstrichene Zeit,Distanz,Max. Herzfrequenz,Relative Leistung,Pendeln,"
    "Hinweis zur Privatsphäre für Aktivitäten,Aktivitätsausrüstung,Dateiname",
    "nl": "Activiteits-ID,Datum van activiteit,Naam activiteit,Activiteitstype,"
    "Beschrijving van activiteit,Verstreken tijd,Afstand,Max. hartslag,Relatieve inspanning,"
    "Woon-werkverkeer,Privénotitie,Uitrusting voor activiteit,Bestandsnaam",
    "fr": "ID de l'activité,Date de l'activité,Nom de l'activité,Type d'activité,"
    "Description de l'activité,Temps écoulé,Distance,Fréquence cardiaque max.,Effort relatif,"
    "Trajet domicile-travail,Note privée,Équipement,Nom du fichier",
    "es": "ID de actividad,Fecha de la actividad,Nombre de la actividad,Tipo de actividad,"
    "Descripción de la actividad,Tiempo transcurrido,Distancia,Ritmo cardiaco máximo,"
    "Esfuerzo relativo,Desplazamiento,Nota privada,Equipo,Nombre de archivo",
    "it": "ID attività,Data dell'attività,Nome dell'attività,Tipo di attività,Descrizione,"
    "Tempo trascorso,Distanza,FC max,Sforzo relativo,Pendolarismo,Nota privata,Attrezzatura,"
    "Nome file",
    "pt": "ID da atividade,Data da atividade,Nome da atividade,Tipo de atividade,Descrição,"
    "Tempo decorrido,Distância,FC máxima,Esforço relativo,Trajeto,Nota privada,Equipamento,"
    "Nome do arquivo",
    "ja": "アクティビティID,アクティビティ日,アクティビティ名,アクティビティタイプ,説明,経過時間,"
    "距離,最大心拍数,相対的エフォート,通勤,プライベートメモ,ギア,ファイル名",
    "xx": "a,b,c,d,e,f,g,h,i,j,k,l,m",
}
"""The first thirteen columns in other languages; German and Dutch as seen in real exports, the
last a language that nobody knows."""

DATES: Final = {
    "en": "Jun 1, 2024, 6:00:00 AM",
    "de": "01.06.2024, 06:00:00",
    "nl": "1 jun. 2024 06:00:00",
    "fr": "1 juin 2024, 06:00:00",
    "es": "1 jun 2024, 6:00:00",
    "it": "1 giu 2024, 06:00:00",
    "pt": "1 de jun. de 2024, 06:00:00",
    "ja": "2024/06/01 6:00:00",
    "xx": "2024-06-01 06:00:00",
}
RUN_WORDS: Final = {
    "en": "Run",
    "de": "Lauf",
    "nl": "Hardloopsessie",
    "fr": "Course à pied",
    "es": "Carrera",
    "it": "Corsa",
    "pt": "Corrida",
    "ja": "ラン",
    "xx": "Run",
}
WEATHER: Final = {
    "Weather Observation Time": "1717218000.0",
    "Weather Condition": "1.0",
    "Weather Temperature": "17.5",
    "Apparent Temperature": "17.0",
    "Dewpoint": "12.25",
    "Humidity": "0.71",
    "Weather Pressure": "1013.2",
    "Wind Speed": "3.5",
    "Wind Gust": "6.0",
    "Wind Bearing": "240.0",
}


def strava_header(language: str = "en", *, columns: int = 87) -> list[str]:
    """The header in a language, cut or grown to this many columns."""
    header = list(ENGLISH)
    if language != "en":
        header = FIRST_COLUMNS[language].split(",") + [f"{language}{i}" for i in range(13, 87)]
    return (header + [f"New {i}" for i in range(columns - 87)])[:columns]


def strava_row(
    identity: int,
    file_cell: str,
    *,
    language: str = "en",
    title: str = "Morning Run",
    columns: int = 87,
    weather: Mapping[str, str] = WEATHER,
) -> list[str]:
    """One row as wide as the header."""
    row = [""] * 87
    row[:7] = [str(identity), DATES[language], title, RUN_WORDS[language], "", "120", "0.36"]
    row[12] = file_cell
    row[ENGLISH.index("Start Time")] = "1717221600.0"
    for column, value in weather.items():
        row[ENGLISH.index(column)] = value
    return (row + [""] * max(0, columns - 87))[:columns]


def csv_bytes(rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> bytes:
    """Rows as a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode()


def strava(
    rows: Iterable[Sequence[str]], files: Content, *, header: Sequence[str] | None = None
) -> bytes:
    """A Strava export of these rows and files."""
    table = csv_bytes([header or strava_header(), *rows])
    extras = {
        "profile.csv": f"Athlete ID,Email Address\n1,{EMAIL}\n".encode(),
        "media/1.jpg": b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8,
    }
    return zipped({"activities.csv": table, **extras, **files})


# ---------------------------------------------------------------- Garmin


def summary(
    start: datetime, title: str, *, kind: str = "running", **more: object
) -> dict[str, object]:
    """One activity as Garmin sums it up: centimetres, milliseconds, tenths of metres a second."""
    epoch_ms = start.timestamp() * 1000
    return {
        "activityId": round(epoch_ms),
        "name": title,
        "activityType": kind,
        "beginTimestamp": epoch_ms,
        "startTimeGmt": epoch_ms,
        "startTimeLocal": epoch_ms + 7_200_000,
        "duration": 120_000.0,
        "distance": 36_000.0,
        "avgSpeed": 0.3,
        **more,
    }


def summaries(items: Sequence[Mapping[str, object]]) -> bytes:
    """A file of summaries."""
    return json.dumps([{"summarizedActivitiesExport": list(items)}], indent=2).encode()


def garmin(files: Content, items: Sequence[Mapping[str, object]], *, stored: bool = True) -> bytes:
    """A Garmin account export; files lie in a zip of their own, named by e-mail address."""
    inner = zipped({f"{EMAIL}_{name}": data for name, data in files.items()})
    outer = {
        f"DI_CONNECT/DI-Connect-Fitness/{EMAIL}_0_summarizedActivities.json": summaries(items),
        "DI_CONNECT/DI-Connect-User/user_profile.json": json.dumps({"userName": EMAIL}).encode(),
        "DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part1.zip": inner,
    }
    return zipped(outer, stored=stored)


# ---------------------------------------------------------------- Apple

DOCTYPE: Final = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Workout)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
<!ATTLIST Record
  type          CDATA #REQUIRED
  unit          CDATA #IMPLIED
  value         CDATA #IMPLIED
  startDate     CDATA #REQUIRED
>
]>
"""


def apple_date(moment: datetime, hours: int = 0) -> str:
    """`2024-06-01 08:00:00 +0200`."""
    return f"{moment + timedelta(hours=hours):%Y-%m-%d %H:%M:%S} {hours * 100:+05d}"


def rate_record(moment: datetime, rate: float) -> str:
    """One heart rate as Health writes it."""
    when = apple_date(moment, 2)
    return (
        f' <Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Ann\'s Watch" '
        f'unit="count/min" creationDate="{when}" startDate="{when}" endDate="{when}" '
        f'value="{rate:g}">\n'
        f'  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="2"/>\n </Record>\n'
    )


def workout_xml(
    start: datetime = START,
    *,
    seconds: int = 120,
    kind: str = "Running",
    route: str | None = None,
    inner: str = "",
) -> str:
    """One workout as a phone of 2024 writes it."""
    begin, end = apple_date(start, 2), apple_date(start + timedelta(seconds=seconds), 2)
    reference = (
        f'  <WorkoutRoute sourceName="Ann\'s Watch" startDate="{begin}" endDate="{end}">\n'
        f'   <FileReference path="/workout-routes/{route}"/>\n  </WorkoutRoute>\n'
        if route
        else ""
    )
    return (
        f' <Workout workoutActivityType="HKWorkoutActivityType{kind}" duration="{seconds / 60}" '
        f'durationUnit="min" sourceName="Ann\'s Watch" sourceVersion="10.4" '
        f'device="&lt;&lt;HKDevice: 0x1&gt;, name:Apple Watch&gt;" creationDate="{end}" '
        f'startDate="{begin}" endDate="{end}">\n'
        '  <MetadataEntry key="HKTimeZone" value="Europe/Berlin"/>\n'
        '  <MetadataEntry key="HKWeatherTemperature" value="68 degF"/>\n'
        '  <MetadataEntry key="HKWeatherHumidity" value="7800 %"/>\n'
        '  <MetadataEntry key="HKElevationAscended" value="1234 cm"/>\n'
        f"{inner}"
        f'  <WorkoutActivity uuid="1" startDate="{begin}" endDate="{end}" duration="1" '
        'durationUnit="min">\n'
        '   <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" '
        f'startDate="{begin}" endDate="{end}" sum="99" unit="km"/>\n'
        "  </WorkoutActivity>\n"
        '  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" '
        f'startDate="{begin}" endDate="{end}" sum="{seconds * 0.003:g}" unit="km"/>\n'
        f"{reference} </Workout>\n"
    )


def health_xml(records: Iterable[str], workouts: Iterable[str], *, doctype: str = DOCTYPE) -> bytes:
    """A whole export.xml."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        + doctype
        + '<HealthData locale="de_DE">\n <ExportDate value="2024-07-01 08:00:00 +0200"/>\n'
        + ' <Me HKCharacteristicTypeIdentifierDateOfBirth="1980-01-01"/>\n'
        + "".join(records)
        + "".join(workouts)
        + "</HealthData>\n"
    ).encode()


def route_gpx(start: datetime = START, *, points: int = 120) -> bytes:
    """A route as Health writes it: one point a second."""
    body = "".join(
        f'<trkpt lon="11.0" lat="{48 + i * 2.7e-5:.6f}"><ele>{500 + i / 10:.1f}</ele>'
        f"<time>{start + timedelta(seconds=i):%Y-%m-%dT%H:%M:%SZ}</time><extensions>"
        "<speed>3.0</speed><course>0</course><hAcc>1.5</hAcc></extensions></trkpt>"
        for i in range(points)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Apple Health Export" '
        'xmlns="http://www.topografix.com/GPX/1/1"><metadata><time>2024-07-01T06:00:00Z</time>'
        f"</metadata><trk><name>Route 2024-06-01</name><trkseg>{body}</trkseg></trk></gpx>"
    ).encode()


def apple(
    xml: bytes, routes: Content | None = None, *, folder: str = "apple_health_export"
) -> bytes:
    """A phone's export.zip."""
    files = {
        f"{folder}/export.xml": xml,
        f"{folder}/export_cda.xml": b'<?xml version="1.0"?><ClinicalDocument></ClinicalDocument>',
        f"{folder}/electrocardiograms/ecg_1.csv": b"Name,Ann\nDate of Birth,1980\n\n1,2,3\n",
    }
    for name, data in (routes or {}).items():
        files[f"{folder}/workout-routes/{name}"] = data
    return zipped(files)


# ---------------------------------------------------------------- Polar


def polar_old(start: datetime = START, *, seconds: int = 120) -> dict[str, Any]:
    """A session as exported until about 2024: each sample with its moment on the local clock."""
    local = start + timedelta(hours=2)

    def moments() -> Iterator[tuple[int, str]]:
        for i in range(seconds):
            yield i, f"{local + timedelta(seconds=i):%Y-%m-%dT%H:%M:%S}.000"

    return {
        "exportVersion": "1.6",
        "name": "Running",
        "startTime": f"{local:%Y-%m-%dT%H:%M:%S}.000",
        "exercises": [
            {
                "startTime": f"{local:%Y-%m-%dT%H:%M:%S}.000",
                "stopTime": f"{local + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.000",
                "timezoneOffset": 120,
                "duration": f"PT{seconds // 60}M{seconds % 60}.000S",
                "distance": 3.0 * seconds,
                "sport": "RUNNING",
                "samples": {
                    "heartRate": [{"dateTime": at, "value": 140 + i % 5} for i, at in moments()],
                    "distance": [{"dateTime": at, "value": 3.0 * i} for i, at in moments()],
                    "speed": [{"dateTime": at, "value": 10.8} for _, at in moments()],
                    "altitude": [{"dateTime": at, "value": 500.0} for _, at in moments()],
                    "cadence": [{"dateTime": at, "value": 85} for _, at in moments()],
                    "temperature": [{"dateTime": at, "value": 21.5} for _, at in moments()],
                    "recordedRoute": [
                        {"dateTime": at, "longitude": 11.0, "latitude": 48 + i * 2.7e-5,
                         "altitude": 500.0}
                        for i, at in moments()
                    ],
                },
            }
        ],
    }  # fmt: skip


def polar_new(start: datetime = START, *, seconds: int = 120) -> dict[str, Any]:
    """A session as exported since: lists of values at a fixed interval."""
    local = f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}"
    rates: list[float] = [140.0 + i % 5 for i in range(seconds)]
    rates[3] = float("nan")
    return {
        "identifier": {"id": "b1"},
        "name": "Running",
        "startTime": local,
        "durationMillis": seconds * 1000,
        "distanceMeters": 3.0 * seconds,
        "timezoneOffsetMinutes": 120,
        "sport": {"id": "1"},
        "product": {"modelName": "Polar Vantage V2"},
        "exercises": [
            {
                "identifier": {"id": "b2"},
                "startTime": local,
                "durationMillis": seconds * 1000,
                "distanceMeters": 3.0 * seconds,
                "timezoneOffsetMinutes": 120,
                "sport": {"id": "1"},
                "laps": {},
                "samples": {
                    "samples": [
                        {"type": "HEART_RATE", "intervalMillis": 1000, "values": rates},
                        {"type": "DISTANCE", "intervalMillis": 1000,
                         "values": [3.0 * i for i in range(seconds)]},
                        {"type": "SPEED", "intervalMillis": 1000, "values": [10.8] * seconds},
                    ]
                },
                "routes": {
                    "route": {
                        "startTime": local,
                        "wayPoints": [
                            {"latitude": 48 + i * 2.7e-5, "longitude": 11.0,
                             "elapsedMillis": i * 1000}
                            for i in range(seconds)
                        ],
                    }
                },
            }
        ],
    }  # fmt: skip


def polar(sessions: Mapping[str, object]) -> bytes:
    """A Polar account export."""
    folder = "polar-user-data-export_1"
    files = {f"{folder}/{name}": json.dumps(one).encode() for name, one in sessions.items()}
    files[f"{folder}/account-data-1.json"] = json.dumps({"username": EMAIL}).encode()
    files[f"{folder}/training-target-2024-1.json"] = json.dumps(
        {"startTime": "2024-06-01T08:00", "done": False, "exercises": [{"phases": []}]}
    ).encode()
    return zipped(files)


def gz(data: bytes) -> bytes:
    """The bytes in gzip wrapping, the same each time."""
    return gzip.compress(data, mtime=0)
