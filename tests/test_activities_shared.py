"""The shared real recordings, against two independent decoders where those can read them."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import pytest

from activities_support import SHARED, flag_codes, plain_run, shared_file
from uncramp.activities import looks_like_activity, read_file
from uncramp.errors import RefusedFileError
from uncramp.vocabulary import Activity, Sex, UserProfile

FILES = (
    sorted(path.name for path in SHARED.iterdir() if path.name != "README.md")
    if SHARED.is_dir()
    else []
)
FIT_FILES = [name for name in FILES if name.lower().endswith(".fit")]

REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "fitparse__WorkoutIndividualSteps.fit": "fit_workout",
        "fitparse__WorkoutRepeatSteps.fit": "fit_workout",
        "goldencheeta__MetadataOnly.gpx": "no_track",
        "gpxpy__unicode_with_bom.gpx": "no_track",
    }
)
SDK_CANNOT: Mapping[str, str] = MappingProxyType(
    {
        "fitparse__antfs-dump.63.fit": "compressed timestamps",
        "fitparse__compressed-speed-distance.fit": "compressed timestamps",
        "choochoo__2018-02-24-10-04-10.fit": "data size 0",
    }
)
FITDECODE_CANNOT: Mapping[str, str] = MappingProxyType(
    {
        "choochoo__2018-02-24-10-04-10.fit": "data size 0",
        "fitparse__sample_mulitple_header.fit": "does not merge hr messages",
    }
)
KNOWN_RECORDS: Mapping[str, int] = MappingProxyType(
    {
        "fitparse__antfs-dump.63.fit": 686,
        "fitparse__compressed-speed-distance.fit": 755,
        "choochoo__2018-02-24-10-04-10.fit": 4882,
        "goldencheeta__10kUNLP2014-Garmin15.tcx": 686,
        "tracker__2013-06-01-183220.TCX.gz": 3881,
        "tracker__2013-06-08-090442.TCX.gz": 1191,
        "tracker__2013-06-19-175630.TCX.gz": 329,
        "sweatpy__3173437224.tcx": 3507,
        "tcxparser__test.tcx": 384,
        "tcxparser__no_hr.tcx": 384,
        "goldencheeta__activity_165850259_multi-session.tcx": 1893,
        "tracker__20170708-154835-Run.gpx.gz": 5104,
        "goldencheeta__Move_2014_01_17_09_33_11.gpx": 1405,
        "gpxpy__cerknicko-without-times.gpx": 296,
        "sport-activi__broken1.gpx": 3497,
    }
)
ANY_FILE = FILES or ["any file"]
ANY_FIT = [name for name in FIT_FILES if name not in REFUSED] or ["any.fit"]


def activities_of(path: Path) -> tuple[Activity, ...]:
    """The activities of a shared file."""
    return read_file(path).activities


def mean_heart_rate(activities: tuple[Activity, ...]) -> float | None:
    """Mean over all records of the file that carry a heart rate."""
    if len(activities) == 1:
        return activities[0].mean_heart_rate_bpm
    total, count = 0.0, 0
    for activity in activities:
        stream = activity.streams.get("heart_rate_bpm")
        if stream is not None:
            rate = stream.physical()
            total += float(np.nansum(rate))
            count += int(np.isfinite(rate).sum())
    return total / count if count else None


def test_all_48_files_are_there() -> None:
    """The comparison below covers the whole set."""
    shared_file("README.md")
    assert len(FILES) == 48


@pytest.mark.parametrize("name", ANY_FILE)
def test_every_file_is_read_or_refused_with_its_reason(name: str) -> None:
    """No traceback, no empty answer, no step back in time, whatever the file."""
    path = shared_file(name)
    assert looks_like_activity(path.read_bytes()[:4096], "unknown")
    if name in REFUSED:
        with pytest.raises(RefusedFileError) as caught:
            read_file(path)
        assert caught.value.code == REFUSED[name]
        return
    activities = activities_of(path)
    assert activities
    for activity in activities:
        assert activity.time_s.shape == (activity.n_records,)
        assert (np.diff(activity.time_s[np.isfinite(activity.time_s)]) >= 0).all()
        for flag in activity.flags:
            assert "@" not in flag.detail
            assert "/" not in flag.detail
    if name in KNOWN_RECORDS:
        assert sum(a.n_records for a in activities) == KNOWN_RECORDS[name]


def sdk_messages(path: Path) -> dict[str, list[dict[Any, Any]]]:
    """All messages as the official decoder gives them."""
    if importlib.util.find_spec("garmin_fit_sdk") is None:
        pytest.skip("NEEDS-ORACLE: garmin-fit-sdk is not installed")
    from garmin_fit_sdk import Decoder, Stream

    stream = Stream.from_file(str(path))
    messages = Decoder(stream).read()[0]
    stream.close()
    return cast("dict[str, list[dict[Any, Any]]]", messages)


@pytest.mark.parametrize("name", [n for n in ANY_FIT if n not in SDK_CANNOT])
def test_fit_files_against_the_official_decoder(name: str) -> None:
    """Exact record count; heart rate, session sums and last distance as the official SDK has."""
    path = shared_file(name)
    messages = sdk_messages(path)
    activities = activities_of(path)
    expected = messages.get("record_mesgs", [])
    assert sum(a.n_records for a in activities) == len(expected)
    rates = [r["heart_rate"] for r in expected if r.get("heart_rate")]
    mean = mean_heart_rate(activities)
    if rates:
        assert mean == pytest.approx(float(np.mean(rates)), abs=0.5)
    else:
        assert mean is None
    sessions = sorted(messages.get("session_mesgs", []), key=lambda m: str(m["start_time"]))
    assert not sessions or len(sessions) == len(activities)
    for session, activity in zip(sessions, activities, strict=False):
        assert activity.sport == session["sport"]
        assert activity.start_utc == session["start_time"]
        assert activity.distance_m == pytest.approx(session["total_distance"], rel=1e-3)
        assert activity.elapsed_s == pytest.approx(session["total_elapsed_time"], rel=1e-3)
        timer_s = session.get("total_timer_time")
        if timer_s is not None:
            assert activity.moving_s == pytest.approx(timer_s, rel=1e-3)


@pytest.mark.parametrize("name", ANY_FIT)
def test_fit_means_are_over_records_as_recorded(name: str) -> None:
    """The stored mean is the unweighted one, session by session, before rows share values."""
    path = shared_file(name)
    if importlib.util.find_spec("fitdecode") is None:
        pytest.skip("NEEDS-ORACLE: fitdecode is not installed")
    if name in FITDECODE_CANNOT:
        assert activities_of(path)
        return
    count, rates, metres = fitdecode_records(path)
    activities = activities_of(path)
    assert sum(a.n_records for a in activities) == count
    if len(activities) == 1:
        mean = activities[0].mean_heart_rate_bpm
        assert mean == (pytest.approx(float(np.mean(rates)), abs=0.5) if rates else None)
    last = activities[-1].streams.get("distance_m")
    if metres and last is not None and len(activities) == 1:
        assert float(np.nanmax(last.physical())) == pytest.approx(max(metres), rel=1e-3)


def fitdecode_records(path: Path) -> tuple[int, list[float], list[float]]:
    """Number of records, heart rates and distances as fitdecode reads them."""
    import fitdecode

    count, rates, metres = 0, [], []
    try:
        with fitdecode.FitReader(
            str(path),
            check_crc=fitdecode.CrcCheck.DISABLED,
            error_handling=fitdecode.ErrorHandling.IGNORE,
        ) as reader:
            for frame in reader:
                if not isinstance(frame, fitdecode.FitDataMessage) or frame.name != "record":
                    continue
                count += 1
                rate = frame.get_value(3, fallback=None)
                if rate:
                    rates.append(float(rate))
                metre = frame.get_value(5, fallback=None)
                if metre is not None:
                    metres.append(float(metre))
    except fitdecode.FitError:
        pass  # what it read before the damage is what is compared
    return count, rates, metres


def test_the_same_run_as_fit_and_tcx() -> None:
    """Two exports of one race agree on what matters."""
    (fit_run,) = activities_of(shared_file("goldencheeta__10kUNLP2014-Garmin15.fit"))
    (tcx_run,) = activities_of(shared_file("goldencheeta__10kUNLP2014-Garmin15.tcx"))
    assert fit_run.n_records == tcx_run.n_records
    assert fit_run.distance_m == pytest.approx(tcx_run.distance_m, rel=1e-3)
    assert fit_run.start_utc == tcx_run.start_utc
    assert fit_run.moving_s == pytest.approx(tcx_run.moving_s, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("choochoo__2018-02-24-10-04-10.fit", "not_finalised"),
        ("fitparse__activity-activity-filecrc.fit", "crc_wrong"),
        ("fitparse__activity-settings-corruptheader.fit", "trailing_bytes"),
        ("fitparse__activity-unexpected-eof.fit", "truncated"),
        ("fitparse__strava-android-app-201.10-b1218918.fit", "undefined_message"),
        ("fitparse__sample_mulitple_header.fit", "heart_rate_merged"),
        ("fitparse__antfs-dump.63.fit", "clock_not_set"),
        ("sportgems__2019-09-14-17-22-05.fit", "watch_temperature_warmed_by_wrist"),
        ("tracker__2013-06-01-183220.TCX.gz", "duplicate_times"),
        ("gpxpy__cerknicko-without-times.gpx", "no_times"),
    ],
)
def test_known_oddities_are_flagged(name: str, code: str) -> None:
    """What the sample list says is odd about a file is told to the runner."""
    activities = activities_of(shared_file(name))
    assert any(code in flag_codes(activity) for activity in activities)


def test_core_temperature_is_a_channel() -> None:
    """A body-temperature sensor's developer field is readable by its name."""
    (walk,) = activities_of(shared_file("goldencheeta__FR55-CoreTemp-Walk.fit"))
    core = walk.streams["dev:core_temperature"].physical()
    assert 35 < float(np.nanmedian(core)) < 40
    assert not walk.is_run


def test_native_and_developer_cadence_stay_apart() -> None:
    """Where Stryd and the watch both write a cadence, the watch's is the cadence."""
    (run,) = activities_of(shared_file("goldencheeta__Garmin920_withFirstbeat.fit"))
    assert {"cadence_rpm", "dev:Cadence", "dev:Power"} <= set(run.streams)


def test_what_we_write_is_right_to_the_official_decoder(tmp_path: Path) -> None:
    """Our writer's files pass the official integrity check and carry the same values."""
    if importlib.util.find_spec("garmin_fit_sdk") is None:
        pytest.skip("NEEDS-ORACLE: garmin-fit-sdk is not installed")
    from garmin_fit_sdk import Decoder, Stream

    path = tmp_path / "run.fit"
    profile = UserProfile(sex=Sex.MALE, age_y=38.0, height_cm=180.0, body_mass_kg=72.0)
    path.write_bytes(plain_run(sweat_loss_ml=900, profile=profile, pauses_s=[(60.0, 90.0)]))
    stream = Stream.from_file(str(path))
    assert Decoder(stream).check_integrity()
    stream.close()
    stream = Stream.from_file(str(path))
    content, errors = Decoder(stream).read()
    stream.close()
    messages = cast("dict[str, list[dict[Any, Any]]]", content)
    assert not errors
    assert len(messages["record_mesgs"]) == 600
    (session,) = messages["session_mesgs"]
    assert session["sport"] == "running"
    assert session["total_distance"] == 1797.0
    assert session["total_timer_time"] == 569.0
    assert session[178] == 900
    assert messages["user_profile_mesgs"][0]["weight"] == 72.0
    assert [e["event_type"] for e in messages["event_mesgs"]] == [
        "start",
        "stop_all",
        "start",
        "stop_all",
    ]
    assert messages["record_mesgs"][100]["temperature"] == 27
