"""What each maker's export says, in every layout and language known, good and bad."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities_support import flag_codes
from archive_support import (
    DATES,
    DOCTYPE,
    ENGLISH,
    FIRST_COLUMNS,
    START,
    WEATHER,
    activity_of,
    apple,
    by_name,
    codes,
    csv_bytes,
    everything_said,
    found,
    garmin,
    gz,
    health_xml,
    monitoring_fit,
    polar,
    polar_new,
    polar_old,
    rate_record,
    route_gpx,
    run_fit,
    run_gpx,
    settings_fit,
    strava,
    strava_header,
    strava_row,
    summaries,
    summary,
    workout_xml,
    zipped,
)
from uncramp.activities import garmin as garmin_reader
from uncramp.activities import read_bytes
from uncramp.activities.archive import folder_about, members
from uncramp.activities.archive_members import About, StartTimes
from uncramp.activities.sport_names import sport_named
from uncramp.activities.strava import day_and_time, looks_like_list, read_list
from uncramp.errors import RefusedFileError

LANGUAGES = ("en", *sorted(FIRST_COLUMNS))

# ---------------------------------------------------------------- Strava


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [87, 92, 94, 99, 101])
def test_lists_in_any_language_and_width(language: str, columns: int) -> None:
    """Title, sport, start and weather are found whatever the header says."""
    rows = [
        strava_header(language, columns=columns),
        strava_row(7, "activities/7.fit.gz", language=language, columns=columns),
        strava_row(8, "activities/8.gpx", language=language, columns=columns, title="Zwei"),
    ]
    data = csv_bytes(rows)
    assert looks_like_list(data[:16_384])
    listed = read_list(data)
    about = listed.find("7.fit.gz")
    assert about is not None
    assert (about.title, about.sport, about.start_utc) == ("Morning Run", "running", START)
    assert about.weather == {
        "temp_air_c": 17.5,
        "dew_point_c": 12.25,
        "relative_humidity_pct": 71.0,
        "wind_speed_m_s": 3.5,
    }
    assert about.crop == (START, 120.0)
    second = listed.find("x/8.GPX")
    assert second is not None
    assert second.title == "Zwei"
    assert not listed.lost


def test_the_export_as_a_whole(tmp_path: Path) -> None:
    """Files with what the list says; photos and other lists are left out."""
    rows = [strava_row(1, "activities/1.fit.gz"), strava_row(2, "activities/2.gpx", title="Two")]
    got = found(
        tmp_path,
        strava(rows, {"activities/1.fit.gz": gz(run_fit()), "activities/2.gpx": run_gpx()}),
    )
    assert [one.name for one in got] == ["1.fit.gz", "2.gpx"]
    titles = [one.about.title for one in got if one.about is not None]
    assert titles == ["Morning Run", "Two"]
    assert activity_of(got[0]).start_utc == START


def test_the_old_list_of_before_july_2019(tmp_path: Path) -> None:
    """Ten columns, lower case, ISO dates."""
    table = (
        b"id,date,name,type,description,elapsed_time,distance,commute,gear,filename\n"
        b"1836776031,2018-09-12 15:02:23,Evening Run,Run,,783,3681.0,true,,activities/1.gpx\n"
    )
    (got,) = found(tmp_path, zipped({"activities.csv": table, "activities/1.gpx": run_gpx()}))
    assert got.about == About(
        source="strava",
        title="Evening Run",
        sport="running",
        start_utc=datetime(2018, 9, 12, 15, 2, 23, tzinfo=UTC),
        crop=(datetime(2018, 9, 12, 15, 2, 23, tzinfo=UTC), 783.0),
    )


def test_lost_recordings_are_refused_one_by_one(tmp_path: Path) -> None:
    """No file, an error in its place, a file that is not there: each with its own reason."""
    rows = [
        strava_row(1, "activities/1.fit.gz"),
        strava_row(2, ""),
        strava_row(3, "#error#"),
        strava_row(4, "activities/4.fit.gz", title="Gone"),
        strava_row(5, "activities/5.fit"),
    ]
    files = {"activities/1.fit.gz": gz(run_fit()), "activities/5.fit": b"broken"}
    got = by_name(found(tmp_path, strava(rows, files)))
    assert {name: codes([one])[0] for name, one in got.items()} == {
        "1.fit.gz": "ok",
        "Strava 2": "strava_no_file",
        "Strava 3": "strava_error",
        "4.fit": "strava_missing",
        "5.fit": "ok",
    }
    gone = got["4.fit"].about
    assert gone is not None
    assert gone.title == "Gone"
    with pytest.raises(RefusedFileError):
        activity_of(got["5.fit"])


def test_planned_routes_are_no_runs(tmp_path: Path) -> None:
    """A track without times that the list does not name is left out, one it names is kept."""
    files = {
        "activities/1.gpx": run_gpx(times=False),
        "routes/9.gpx": run_gpx(times=False),
        "routes/10.gpx": run_gpx(),
    }
    got = by_name(found(tmp_path, strava([strava_row(1, "activities/1.gpx")], files)))
    assert codes(got.values()) == ["ok", "skipped:refused.planned_route.reason", "ok"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lists_saved_again_by_a_spreadsheet(delimiter: str, encoding: str) -> None:
    """Other separators and encodings, quoted line breaks, decimal commas."""
    row = strava_row(1, "activities/1.fit", title='Läuft, "gut";\nsehr gut')
    row[ENGLISH.index("Weather Temperature")] = "17,5"
    data = csv_bytes([strava_header(), row], delimiter=delimiter).decode().encode(encoding)
    about = read_list(data).find("1.fit")
    assert about is not None
    assert about.title is not None
    assert about.title.startswith('Läuft, "gut";')
    assert about.weather is not None
    assert about.weather["temp_air_c"] == 17.5


def test_weather_that_cannot_be_is_not_taken() -> None:
    """Absurd numbers are left out; without a temperature there is no weather."""
    hot = {**WEATHER, "Weather Temperature": "170"}
    gale = {**WEATHER, "Wind Speed": "-4", "Humidity": "71"}
    rows = [strava_header(), strava_row(1, "1.fit", weather=hot), strava_row(2, "2.fit",
            weather=gale), strava_row(3, "3.fit", weather={})]  # fmt: skip
    listed = read_list(csv_bytes(rows))
    weather = [about.weather for about in listed.by_file.values()]
    assert weather[0] is None
    assert weather[1] == {
        "temp_air_c": 17.5,
        "dew_point_c": 12.25,
        "relative_humidity_pct": 71.0,
    }
    assert weather[2] is None


@pytest.mark.parametrize("content", [
    b"", b"a,b,c\n1,2,3\n", b"Media Filename,Media Caption\nmedia/1.jpg,x\n",
    b"<html>,,,,,</html>", b'{"a": "b,c,d,e,f,g.fit"}', bytes(range(256)) * 8,
])  # fmt: skip
def test_other_tables_are_not_mistaken(content: bytes) -> None:
    """Photo lists, pages, data and noise are no list of activities."""
    assert not looks_like_list(content)
    assert not read_list(content).by_file


@pytest.mark.parametrize(
    ("written", "day_first", "moment"),
    [
        ("Sep 12, 2018, 3:02:23 PM", True, (2018, 9, 12, 15, 2, 23)),
        ("Sep 12, 2018, 3:02:23\u202fPM", True, (2018, 9, 12, 15, 2, 23)),
        ("May 22, 2010, 12:39:29 AM", True, (2010, 5, 22, 0, 39, 29)),
        ("May 22, 2010, 12:39:29 PM", True, (2010, 5, 22, 12, 39, 29)),
        ("12.09.2018, 15:02:23", True, (2018, 9, 12, 15, 2, 23)),
        ("12.09.2018, 15:02:23", False, (2018, 9, 12, 15, 2, 23)),
        ("2018-09-12 15:02:23", True, (2018, 9, 12, 15, 2, 23)),
        ("2018-09-12T15:02:23Z", True, (2018, 9, 12, 15, 2, 23)),
        ("6 mrt. 2024 14:23:15", True, (2024, 3, 6, 14, 23, 15)),
        ("12 sept. 2018 à 15:02:23", True, (2018, 9, 12, 15, 2, 23)),
        ("3 août 2020, 07:05:01", True, (2020, 8, 3, 7, 5, 1)),
        ("3 déc. 2020, 07:05:01", True, (2020, 12, 3, 7, 5, 1)),
        ("14 juil. 2020, 07:05:01", True, (2020, 7, 14, 7, 5, 1)),
        ("12 de set. de 2018, 15:02:23", True, (2018, 9, 12, 15, 2, 23)),
        ("12 ene 2018, 3:02:23 p. m.", True, (2018, 1, 12, 15, 2, 23)),
        ("12. sep. 2018 15.02.23", True, (2018, 9, 12, 15, 2, 23)),
        ("3/4/2020, 15:02:23", True, (2020, 4, 3, 15, 2, 23)),
        ("3/4/2020, 15:02:23", False, (2020, 3, 4, 15, 2, 23)),
        ("3/14/2020, 3:02:23 PM", True, (2020, 3, 14, 15, 2, 23)),
        ("2018/09/12 15:02:23", True, (2018, 9, 12, 15, 2, 23)),
        ("2018年9月12日 15:02:23", True, (2018, 9, 12, 15, 2, 23)),
        ("2018年9月12日 午後3:02:23", True, (2018, 9, 12, 15, 2, 23)),
        ("Dez 1, 2021, 10:00:00 AM", True, (2021, 12, 1, 10, 0, 0)),
    ],
)
def test_dates(written: str, day_first: bool, moment: tuple[int, ...]) -> None:
    """Each way in which a date has been seen written, and the likely ones."""
    assert day_and_time(written, day_first=day_first) == datetime(*moment, tzinfo=UTC)  # type: ignore[misc,arg-type]


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    """Never an exception."""
    moment = day_and_time(text)
    assert moment is None or moment.tzinfo is UTC


def test_ambiguous_dates_follow_the_rest_of_the_list() -> None:
    """3/4/2020 is read like its neighbours that can be read in one way only."""
    for other, expected in (("25/04/2020, 10:00:00", 4), ("04/25/2020, 10:00:00", 3)):
        rows = [strava_header(), strava_row(1, "1.fit"), strava_row(2, "2.fit")]
        rows[1][1], rows[2][1] = "3/4/2020, 10:00:00", other
        about = read_list(csv_bytes(rows)).find("1.fit")
        assert about is not None
        assert about.start_utc is not None
        assert about.start_utc.month == expected


@pytest.mark.parametrize(
    ("words", "sport"),
    [
        ("Run", "running"), ("Trail Run", "running"), ("Virtual Run", "running"),
        ("treadmill_running", "running"), ("street_running", "running"), ("Lauf", "running"),
        ("Traillauf", "running"), ("Langlauf", "langlauf"), ("Hardloopsessie", "running"),
        ("Course à pied", "running"), ("Carrera", "running"), ("Corsa", "running"),
        ("Corrida", "running"), ("ラン", "running"), ("Ride", "cycling"),
        ("E-Bike Ride", "cycling"), ("ライド", "cycling"),
        ("Radfahrt", "cycling"), ("Fietsrit", "cycling"), ("Vélo", "cycling"),
        ("Walk", "walking"), ("Wandeling", "walking"), ("Spaziergang", "walking"),
        ("Hike", "hiking"), ("Wanderung", "hiking"), ("Randonnée", "hiking"), ("Swim", "swimming"),
        ("Rowing", "rowing"), ("Weight Training", "weight_training"), ("", None), ("🏃", None),
    ],
)  # fmt: skip
def test_sports(words: str, sport: str | None) -> None:
    """Sport words of the languages that exports come in."""
    assert sport_named(words) == sport


def test_titles_never_carry_an_address() -> None:
    """Runners write everything into titles."""
    rows = [strava_header(), strava_row(1, "1.fit", title="Run with bob@example.org \x07")]
    about = read_list(csv_bytes(rows)).find("1.fit")
    assert about is not None
    assert about.title == "Run with e-mail-removed ?"


def test_an_unpacked_export(tmp_path: Path) -> None:
    """The list beside unpacked files gives the same titles, and names the lost ones."""
    rows = [strava_header(), strava_row(1, "activities/1.fit.gz"), strava_row(2, "#error#")]
    table = tmp_path / "activities.csv"
    table.write_bytes(csv_bytes(rows))
    (tmp_path / "other.csv").write_bytes(b"a,b\n1,2\n")
    (tmp_path / "gone.csv").mkdir()
    abouts = folder_about(sorted(tmp_path.iterdir()))
    about = abouts.find("1.fit", run_fit())
    assert about is not None
    assert about.title == "Morning Run"
    assert codes(abouts.listed.lost) == ["strava_error"]
    assert abouts.find("77.fit", run_fit()) is None


# ---------------------------------------------------------------- Garmin


@pytest.mark.parametrize("stored", [True, False])
def test_garmin_export(tmp_path: Path, stored: bool) -> None:
    """Recordings in the inner zip get their summary; steps, settings and blanks are skipped."""
    later = START + timedelta(days=1)
    files = {
        "1.fit": run_fit(),
        "2.fit": monitoring_fit(),
        "3.fit": settings_fit(),
        "4.fit": b"",
        "5.fit": run_fit(later),
        "6.fit": run_fit(START + timedelta(days=2)),
        "7.fit": b"broken",
    }
    items = [
        summary(START + timedelta(seconds=4), "Berlin Running"),
        summary(later, "Triathlon", kind="multi_sport"),
        summary(later + timedelta(seconds=2), "Trail", kind="trail_running"),
        summary(START + timedelta(days=2, seconds=6), "Too far away"),
    ]
    got = found(tmp_path, garmin(files, items, stored=stored))
    assert [one.name for one in got] == [f"e-mail-removed_{i}.fit" for i in range(1, 8)]
    assert codes(got) == [
        "ok",
        "skipped:refused.fit_monitoring.reason",
        "skipped:refused.fit_settings.reason",
        "skipped:refused.empty.reason",
        "ok",
        "ok",
        "ok",
    ]
    abouts = [one.about for one in got if one.data is not None]
    assert [about.title if about else None for about in abouts] == [
        "Berlin Running",
        "Trail",
        None,
        None,
    ]
    assert abouts[1] is not None
    assert abouts[1].sport == "running"


def test_summaries_come_in_pieces_of_any_size() -> None:
    """Cut anywhere, all summaries are read; a damaged one ends the reading quietly."""
    items = [summary(START + timedelta(hours=i), f"Run {i} }}]{{") for i in range(20)]
    data = summaries(items)
    assert garmin_reader.looks_like_summaries(data[:100])
    for size in (7, 100, len(data)):
        known = StartTimes()
        garmin_reader.add_summaries(known, (data[i : i + size] for i in range(0, len(data), size)))
        assert len(known) == 20
    about = known.nearest((START + timedelta(hours=3)).timestamp() - 5)
    assert about is not None
    assert about.title == "Run 3 }]{"
    known = StartTimes()
    garmin_reader.add_summaries(known, [data[: len(data) // 2]])
    assert 5 < len(known) < 15


@given(st.lists(st.binary(max_size=80), max_size=6))
def test_any_summaries_are_survived(pieces: list[bytes]) -> None:
    """Never an exception."""
    garmin_reader.add_summaries(StartTimes(), [b'[{"summarizedActivitiesExport":[', *pieces])


@pytest.mark.parametrize("value", [None, "x", -1, 0, 10**20, True, [], {}])
def test_summaries_without_a_start_are_left_out(value: object) -> None:
    """A start that is none matches nothing."""
    known = StartTimes()
    item = {"name": "Run", "startTimeGmt": value, "activityType": value}
    garmin_reader.add_summaries(known, [summaries([item])])
    assert len(known) == 0


def test_the_start_of_a_fit_file() -> None:
    """Without decoding it: the first record, and the timer's start when that is earlier."""
    assert set(garmin_reader.fit_starts_epoch_s(run_fit())) == {START.timestamp()}
    assert garmin_reader.fit_starts_epoch_s(monitoring_fit()) == ()
    assert garmin_reader.fit_starts_epoch_s(b"no fit file at all") == ()


def test_real_files_begin_where_their_summary_would_say(shared_activities: Path) -> None:
    """The start told by the first messages is the decoded one, old devices left aside."""
    told = agreed = 0
    for path in sorted(shared_activities.glob("*.fit")):
        data = path.read_bytes()
        starts = garmin_reader.fit_starts_epoch_s(data)
        try:
            start = read_bytes(data, name=path.name).activities[0].start_utc
        except RefusedFileError:
            continue
        if starts and start is not None:
            told += 1
            agreed += any(abs(one - start.timestamp()) <= 5 for one in starts)
    assert told > 20
    assert agreed == told


@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_bytes_have_a_start_or_none(noise: bytes, place: int) -> None:
    """Never an exception, whatever stands behind the header."""
    run = run_fit(seconds=5)
    garmin_reader.fit_starts_epoch_s(run[:place] + noise)
    garmin_reader.not_recorded(run[:place] + noise)


def test_an_unpacked_garmin_export(tmp_path: Path) -> None:
    """Summaries lie in a folder of their own; the start tells which is which."""
    path = tmp_path / "ann_0_summarizedActivities.json"
    path.write_bytes(summaries([summary(START, "Morning")]))
    abouts = folder_about([path])
    about = abouts.find("123.fit", run_fit())
    assert about is not None
    assert about.title == "Morning"
    assert abouts.skip_reason("1.fit", monitoring_fit()) == "refused.fit_monitoring.reason"
    assert abouts.skip_reason("1.fit", run_fit()) is None


# ---------------------------------------------------------------- Apple Health


def apple_run(seconds: int = 120) -> bytes:
    """One run with a route, heart rates every five seconds, and a pause."""
    pause = "".join(
        f'  <WorkoutEvent type="HKWorkoutEventType{kind}" date="2024-06-01 08:0{minute}:00 +0200"/>'
        "\n"
        for kind, minute in (("Pause", 1), ("Resume", 2))
    )
    rates = [rate_record(START + timedelta(seconds=i), 130 + i % 7) for i in range(0, seconds, 5)]
    rates.append(rate_record(START - timedelta(hours=1), 60))
    workout = workout_xml(seconds=seconds, route="route_1.gpx", inner=pause)
    return apple(health_xml(rates, [workout]), {"route_1.gpx": route_gpx(points=seconds)})


def test_apple_run_with_route_and_heart_rate(tmp_path: Path) -> None:
    """Route, rates, pause, distance, zone and weather end up in one activity."""
    (got,) = found(tmp_path, apple_run(300))
    run = activity_of(got)
    assert (run.sport, run.start_utc, run.utc_offset_s) == ("running", START, 7200)
    assert run.distance_m == pytest.approx(900)
    assert (run.elapsed_s, run.ascent_m, run.n_records) == (300, 12.34, 300)
    rates = run.streams["heart_rate_bpm"].physical()
    assert np.isfinite(rates).all()
    assert rates[0] == 130
    assert run.mean_heart_rate_bpm == pytest.approx(133, abs=1)
    assert run.streams["speed_m_s"].physical()[0] == 3.0
    assert got.about == About(
        source="apple",
        sport="running",
        start_utc=START,
        weather={"temp_air_c": 20.0, "relative_humidity_pct": 78.0},
    )
    assert not flag_codes(run) & {"heart_rate_patchy", "no_position", "no_heart_rate"}


def test_apple_pauses_are_not_moving_time(tmp_path: Path) -> None:
    """Without a duration of its own, a minute of pause is taken off."""
    (got,) = found(tmp_path, apple_run(300))
    assert got.data is not None
    data = got.data.replace(b' duration="5.0"', b"")
    (run,) = read_bytes(data, name="x").activities
    assert run.moving_s == pytest.approx(240, abs=2)


def test_apple_documents_hold_no_names(tmp_path: Path) -> None:
    """What is kept as the original leaves out sources and devices."""
    (got,) = found(tmp_path, apple_run())
    assert got.data is not None
    assert b"Ann" not in got.data
    assert b"HKDevice" not in got.data
    assert b"DateOfBirth" not in got.data


def test_apple_workout_without_a_route(tmp_path: Path) -> None:
    """On the treadmill: duration and distance, heart rates as records."""
    indoor = '  <MetadataEntry key="HKIndoorWorkout" value="1"/>\n'
    rates = [rate_record(START + timedelta(seconds=i), 150) for i in range(0, 120, 5)]
    xml = health_xml(rates, [workout_xml(inner=indoor), workout_xml(START + timedelta(days=1))])
    first, second = (activity_of(one) for one in found(tmp_path, apple(xml)))
    assert (first.sport, first.sub_sport, first.n_records) == ("running", "treadmill", 24)
    assert first.mean_heart_rate_bpm == 150
    assert (second.n_records, second.elapsed_s) == (0, 120)
    assert [one.distance_m for one in (first, second)] == [pytest.approx(360)] * 2


def test_apple_rates_before_the_route_starts_are_kept(tmp_path: Path) -> None:
    """Satellites found late: the first minute has heart rates only."""
    rates = [rate_record(START + timedelta(seconds=i), 150) for i in range(0, 180, 5)]
    xml = health_xml(rates, [workout_xml(seconds=180, route="r.gpx")])
    route = route_gpx(START + timedelta(seconds=60))
    (got,) = found(tmp_path, apple(xml, {"r.gpx": route}))
    run = activity_of(got)
    assert run.n_records == 120 + 10
    assert run.time_s[0] == 0
    assert run.streams["heart_rate_bpm"].null is None
    latitude = run.streams["latitude_deg"].null
    assert latitude is not None
    assert int(latitude.sum()) == 10


@pytest.mark.parametrize("folder", ["apple_health_export", "Apple_Health-Daten", "x"])
def test_apple_names_do_not_matter(tmp_path: Path, folder: str) -> None:
    """Phones in other languages name the folder and the file differently."""
    xml = health_xml([], [workout_xml(kind="Cycling"), workout_xml(kind="CrossCountrySkiing")])
    got = found(tmp_path, zipped({f"{folder}/Export.xml": xml}))
    assert [activity_of(one).sport for one in got] == ["cycling", "cross_country_skiing"]


def test_older_apple_exports(tmp_path: Path) -> None:
    """Distance in miles in the workout itself, and routes that nothing names."""
    workout = (
        ' <Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="2" '
        'durationUnit="min" totalDistance="0.25" totalDistanceUnit="mi" '
        'startDate="2024-06-01 08:00:00 +0200" endDate="2024-06-01 08:02:00 +0200"/>\n'
    )
    other = route_gpx(START + timedelta(days=3))
    data = apple(health_xml([], [workout]), {"a.gpx": route_gpx(), "b.gpx": other})
    first, second = found(tmp_path, data)
    run = activity_of(first)
    assert run.n_records == 120
    assert run.distance_m == pytest.approx(402.336)
    assert second.name == "b.gpx"
    assert activity_of(second).start_utc == START + timedelta(days=3)


def test_apple_with_a_bad_route(tmp_path: Path) -> None:
    """A broken or missing route costs only itself."""
    xml = health_xml([], [workout_xml(route="bad.gpx"), workout_xml(route="gone.gpx"),
                          workout_xml(route="good.gpx")])  # fmt: skip
    routes = {"bad.gpx": route_gpx()[:5000], "good.gpx": route_gpx()}
    runs = [activity_of(one) for one in found(tmp_path, apple(xml, routes))]
    assert [run.distance_m for run in runs] == [pytest.approx(360)] * 3
    assert 10 < runs[0].n_records < 120
    assert (runs[1].n_records, runs[2].n_records) == (0, 120)


def test_apple_export_that_breaks_off(tmp_path: Path) -> None:
    """Workouts before the break are kept; a break before any is said."""
    whole = health_xml([rate_record(START, 140)], [workout_xml(), workout_xml(kind="Walking")])
    got = found(tmp_path, apple(whole[: whole.rfind(b"<Workout ")]))
    assert codes(got) == ["xml_damaged", "ok"]
    assert activity_of(got[1]).sport == "running"
    assert codes(found(tmp_path, apple(whole[: whole.find(b"<Workout ")]))) == ["xml_damaged"]


ENTITY = '<!DOCTYPE HealthData [\n<!ENTITY a "aaaaaaaaaa">\n<!ENTITY b "&a;&a;&a;">\n]>\n'


@pytest.mark.parametrize(
    "doctype",
    [
        ENTITY,
        ENTITY.replace("<!ENTITY b", "<!ENTITY % b"),
        '<!DOCTYPE HealthData SYSTEM "http://example.org/x.dtd">\n',
        '<!DOCTYPE HealthData PUBLIC "-//x" "x.dtd" [\n<!ELEMENT a EMPTY>\n]>\n',
        '<!DOCTYPE HealthData [\n<!ENTITY a SYSTEM "file:///etc/passwd">\n]>\n',
        '<!DOCTYPE HealthData [\n<!ENTITY % a SYSTEM "http://example.org/x">\n%a;\n]>\n',
    ],
)
def test_hostile_document_types_are_refused(tmp_path: Path, doctype: str) -> None:
    """Any entity and any document type from elsewhere ends the reading before it is used."""
    got = found(tmp_path, apple(health_xml([], [workout_xml()], doctype=doctype)))
    assert codes(got) == ["hostile_xml"]


def test_the_document_type_of_real_exports_is_let_pass(tmp_path: Path) -> None:
    """Element and attribute declarations do no harm; what only they give is not taken."""
    doctype = DOCTYPE.replace("]>", "<!ATTLIST Workout duration CDATA '99'>\n]>")
    xml = health_xml([], [workout_xml()], doctype=doctype).replace(b' duration="2.0"', b"")
    (got,) = found(tmp_path, apple(xml))
    assert got.data is not None
    assert b"99" not in got.data


@pytest.mark.parametrize(
    "inside",
    ["<a>" * 100, '<Record type="' + "x" * 6_000_000 + '"/>', "<!--" + "x" * 6_000_000 + "-->"],
)
def test_xml_built_to_fill_memory_is_refused(tmp_path: Path, inside: str) -> None:
    """Endless nesting, tags and comments."""
    path = tmp_path / "export.xml"
    path.write_bytes(health_xml([inside], [workout_xml()]))
    assert codes(members(path)) == ["hostile_xml"]


def test_an_unpacked_apple_export(tmp_path: Path) -> None:
    """Given the large file itself, routes are found beside it, and nowhere else."""
    (tmp_path / "workout-routes").mkdir()
    (tmp_path / "workout-routes" / "r.gpx").write_bytes(route_gpx())
    (tmp_path / "secret.gpx").write_bytes(route_gpx())
    path = tmp_path / "export.xml"
    xml = health_xml([], [workout_xml(route="r.gpx"), workout_xml(route="../../secret.gpx")])
    path.write_bytes(xml)
    first, second = members(path)
    assert (activity_of(first).n_records, activity_of(second).n_records) == (120, 0)
    abouts = folder_about([path])
    reason = abouts.skip_reason("r.gpx", route_gpx())
    assert reason == "refused.health_route.reason"
    assert abouts.skip_reason("r.gpx", run_gpx()) is None


# ---------------------------------------------------------------- Polar


@pytest.mark.parametrize("layout", ["old", "new"])
def test_polar_sessions(tmp_path: Path, layout: str) -> None:
    """Both layouts give the same run; planned sessions and account data are left out."""
    session = polar_old() if layout == "old" else polar_new()
    (got,) = found(tmp_path, polar({"training-session-2024-06-01-1-2.json": session}))
    run = activity_of(got)
    assert (run.sport, run.start_utc, run.utc_offset_s) == ("running", START, 7200)
    assert (run.n_records, run.elapsed_s, run.distance_m) == (120, 120, 360)
    assert run.moving_s == pytest.approx(120, abs=1)
    assert run.streams["speed_m_s"].physical()[0] == pytest.approx(3.0)
    assert run.streams["latitude_deg"].physical()[-1] == pytest.approx(48 + 119 * 2.7e-5)
    assert run.mean_heart_rate_bpm == pytest.approx(142, abs=0.1)
    assert got.about == About(source="polar", title="Running", sport="running")
    if layout == "old":
        assert run.streams["temp_watch_c"].physical()[0] == 21.5
        assert run.streams["cadence_rpm"].physical()[0] == 85
    else:
        assert run.device == "Polar Vantage V2"
        null = run.streams["heart_rate_bpm"].null
        assert null is not None
        assert int(null.sum()) == 1


def test_polar_speeds_in_metres_a_second_are_told_by_the_distance(tmp_path: Path) -> None:
    """Speeds that already fit the distance are not divided again."""
    session = polar_new()
    session["exercises"][0]["samples"]["samples"][2]["values"] = [3.0] * 120
    (got,) = found(tmp_path, polar({"a.json": session}))
    assert activity_of(got).streams["speed_m_s"].physical()[0] == pytest.approx(3.0)


@pytest.mark.parametrize(
    "samples",
    [
        {"heartRate": [140] * 120},
        [{"sample-type": 0, "recording-rate": 1, "data": ",".join(["140"] * 120)}],
        [{"type": "HEART_RATE", "intervalMillis": 1000, "values": [140] * 120}],
        {"samples": [{"type": 0, "intervalMillis": 1000, "values": ["140"] * 120}]},
    ],
)
def test_other_ways_to_write_samples(samples: object) -> None:
    """Plain lists, the numbered channels of the interface, one text of numbers."""
    session = polar_new()
    session["exercises"][0]["samples"] = samples
    session["exercises"][0].pop("routes")
    (run,) = read_bytes(json.dumps(session).encode(), name="x.json").activities
    assert run.n_records == 120
    assert run.mean_heart_rate_bpm == 140


def test_polar_session_without_samples_or_of_several_parts(tmp_path: Path) -> None:
    """Duration and distance are enough; each part is an activity."""
    session = polar_new()
    part = session["exercises"][0]
    del part["samples"], part["routes"]
    laps = {"laps": [{"durationMillis": 60_000, "distanceMeters": 180.0}] * 2}
    session["exercises"] = [part | {"laps": laps}, part | {"sport": {"id": "2"}}]
    (got,) = found(tmp_path, polar({"s.json": session}))
    assert got.data is not None
    first, second = read_bytes(got.data, name=got.name).activities
    assert (first.elapsed_s, first.distance_m, len(first.laps)) == (120, 360, 2)
    assert (second.sport, second.session_index) == ("cycling", 1)


def test_a_bad_polar_session_stops_no_other(tmp_path: Path) -> None:
    """One that breaks off is refused with its reason, the next one is read."""
    good = json.dumps(polar_new()).encode()
    got = found(tmp_path, zipped({"a.json": good[:2000], "b.json": good}))
    with pytest.raises(RefusedFileError) as refused:
        activity_of(got[0])
    assert refused.value.code == "json_damaged"
    assert activity_of(got[1]).n_records == 120


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["samples", "heartRate", "type", "values", "dateTime", "value", "routes", "route",
             "wayPoints", "startTime", "duration", "durationMillis", "laps", "sport", "id",
             "timezoneOffset", "intervalMillis", "latitude", "recordedRoute", "distance"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@given(JSON, JSON)
def test_any_session_is_read_or_refused(part: object, samples: object) -> None:
    """Whatever stands in a session, never an exception but a refusal."""
    exercise = part if isinstance(part, dict) else {"samples": samples}
    session = {"startTime": "2024-06-01T08:00:00", "exercises": [exercise, part]}
    try:
        reading = read_bytes(json.dumps(session).encode(), name="s.json")
    except RefusedFileError:
        return
    assert reading.file_format == "polar"


def test_deep_and_endless_json_is_refused() -> None:
    """Nesting and numbers made to fill memory."""
    head = b'{"startTime": "x", "exercises": ['
    for rest in (b"[" * 100_000, b"0," * 4_000_000, b" " * (49 * 2**20)):
        with pytest.raises(RefusedFileError):
            read_bytes(head + rest, name="s.json")


# ---------------------------------------------------------------- and all of them


def test_dates_of_all_languages_are_the_same_moment() -> None:
    """The support file's dates are one moment, written in many ways."""
    moments = {day_and_time(text) for text in DATES.values()}
    assert moments == {START}


def test_no_address_in_a_mixed_folder_of_exports(tmp_path: Path) -> None:
    """Every export at once, zipped together: nothing personal is said."""
    rows = [strava_row(1, "activities/1.fit", title="with ann@example.org"), strava_row(2, "")]
    inner = {
        "export_1.zip": strava(rows, {"activities/1.fit": run_fit()}),
        "ann@example.org.zip": garmin({"1.fit": run_fit()}, [summary(START, "a@b.org run")]),
        "export.zip": apple_run(),
        "polar.zip": polar({"s.json": polar_old()}),
    }
    got = found(tmp_path, zipped(inner))
    assert codes(got).count("ok") == 4
    said = everything_said(got)
    assert "@" not in said
    assert io.StringIO(said).read().count("e-mail-removed") >= 2
