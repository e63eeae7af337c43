"""GPX and TCX, ordinary and hostile, and what a file is told by its content."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from activities_support import START, flag_codes, only, plain_run
from uncramp.activities import DECODER_VERSION, looks_like_activity, read_bytes, read_file
from uncramp.errors import RefusedFileError

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def point(i: int, *, extra: str = "", time: bool = True, day: int = 19) -> str:
    """One GPX point, a second and about 11 m after the one before."""
    moment = f"<time>2026-04-{day}T08:{30 + i // 60:02d}:{i % 60:02d}Z</time>" if time else ""
    return (
        f'<trkpt lat="{48 + i * 1e-4:.6f}" lon="11.0"><ele>{500 + i}</ele>{moment}{extra}</trkpt>'
    )


def gpx(*tracks: str, attributes: str = "") -> str:
    """A GPX document of the given tracks."""
    return f"{HEAD}<gpx {attributes}>{''.join(tracks)}</gpx>"


def track(points: str, *, kind: str = "running") -> str:
    """A track of one segment."""
    return f"<trk><type>{kind}</type><trkseg>{points}</trkseg></trk>"


RUN = gpx(track("".join(point(i) for i in range(50))))


def test_gpx_summary() -> None:
    """Path, times and sport of an ordinary track."""
    run = only(RUN.encode(), "run.gpx")
    assert run.sport == "running"
    assert run.start_utc == START
    assert (run.n_records, run.elapsed_s, run.moving_s) == (50, 49.0, 49.0)
    assert run.distance_m == pytest.approx(49 * 11.1195, rel=1e-3)
    assert run.streams["elevation_m"].physical()[:3].tolist() == [500, 501, 502]
    assert flag_codes(run) == {"no_heart_rate"}


@pytest.mark.parametrize(
    "extension",
    [
        '<e><t:T xmlns:t="urn:a"><t:hr>151</t:hr><t:cad>86</t:cad></t:T></e>',
        '<e><ns3:hr xmlns:ns3="urn:b">151</ns3:hr><cadence>86</cadence></e>',
        "<e><heartrate>151</heartrate><RunCadence>86</RunCadence></e>",
        '<e xmlns:g="urn:c"><g:hr>151</g:hr><g:cadence>86</g:cadence></e>',
        "<e><HeartRateBpm><Value>151</Value></HeartRateBpm><cad>86</cad></e>",
    ],
)
def test_heart_rate_and_cadence_in_any_namespace(extension: str) -> None:
    """Elements are known by their local names."""
    run = only(gpx(track("".join(point(i, extra=extension) for i in range(5)))).encode())
    assert run.mean_heart_rate_bpm == 151.0
    assert run.streams["cadence_rpm"].physical().tolist() == [86.0] * 5


def test_gpx_without_times() -> None:
    """The path is kept; times are unknown, not zero."""
    run = only(gpx(track("".join(point(i, time=False) for i in range(5)))).encode())
    assert run.start_utc is None
    assert run.elapsed_s is None
    assert run.moving_s is None
    assert np.isnan(run.time_s).all()
    assert run.distance_m == pytest.approx(4 * 11.1195, rel=1e-3)
    assert "no_times" in flag_codes(run)


def test_segments_are_one_activity_with_a_pause() -> None:
    """A new segment is a pause: the way and the time between are not run."""
    first = "".join(point(i) for i in range(20))
    second = "".join(point(i) for i in range(600, 620))
    text = gpx(f"<trk><type>9</type><trkseg>{first}</trkseg><trkseg>{second}</trkseg></trk>")
    run = only(text.encode())
    assert run.is_run
    assert run.n_records == 40
    assert run.elapsed_s == 619.0
    assert run.moving_s == 38.0
    assert run.distance_m == pytest.approx(38 * 11.1195, rel=1e-3)


def test_tracks_of_different_days_are_different_activities() -> None:
    """Only a track that follows at once, of the same kind, belongs to the one before."""
    one = track("".join(point(i) for i in range(10)))
    at_once = track("".join(point(i) for i in range(12, 20)))
    next_day = track("".join(point(i, day=20) for i in range(10)))
    ride = track("".join(point(i, day=20) for i in range(12, 20)), kind="cycling")
    found = read_bytes(gpx(one, at_once, next_day, ride).encode(), name="a.gpx").activities
    assert [a.n_records for a in found] == [18, 10, 8]
    assert [a.sport for a in found] == ["running", "running", "cycling"]


def test_sport_from_the_title_is_flagged() -> None:
    """Where only the title tells the sport, it is believed and said so."""
    text = f"<trk><name>Afternoon Run</name><trkseg>{point(0)}{point(1)}</trkseg></trk>"
    run = only(gpx(text).encode())
    assert run.is_run
    assert "sport_from_title" in flag_codes(run)
    walk = only(gpx(text.replace("Afternoon Run", "Brunch trip")).encode())
    assert walk.sport == "unknown"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_byte_order_marks_and_wide_text(encoding: str) -> None:
    """The encoding is told by the bytes, whatever the declaration says."""
    assert only(RUN.encode(encoding), "run.gpx").n_records == 50


def test_truncated_gpx_keeps_the_good_points() -> None:
    """A download that broke off loses only what is missing."""
    run = only(RUN[: RUN.index("<trkpt", len(RUN) // 2) + 20].encode())
    assert 20 <= run.n_records < 30
    assert "truncated" in flag_codes(run)


@pytest.mark.parametrize(
    "name", [b"M\xfcnchen", b"a\x01b\x00c", b"Tom & Jerry", b"&#0;&nbsp;", b"\xff\xfe\xfd"]
)
def test_broken_characters_are_repaired(name: bytes) -> None:
    """A broken title does not cost the run."""
    data = RUN.encode().replace(b"<trkseg>", b"<name>" + name + b"</name><trkseg>")
    run = only(data)
    assert run.n_records == 50
    assert "text_repaired" in flag_codes(run)


BOMB = '<!DOCTYPE gpx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + RUN.removeprefix(HEAD).replace(
    "<trkseg>", "<name>&b;</name><trkseg>"
)
OUTSIDE = '<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///dev/null">]><gpx><trk>&x;</trk></gpx>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [BOMB, OUTSIDE, HEAD + BOMB, f"<gpx>{BOMB}</gpx>"])
def test_hostile_xml_is_refused(text: str, encoding: str) -> None:
    """Document types and entities are refused before the parser sees them, in any encoding."""
    with pytest.raises(RefusedFileError) as caught:
        read_bytes(text.encode(encoding), name="run.gpx")
    assert caught.value.code == "hostile_xml"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (bytes(5000), "empty"),
        (b"  \r\n ", "empty"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "html_page"),
        (b"\xef\xbb\xbf\n<HTML><head></head></HTML>", "html_page"),
        (b"<!-- saved --><html></html>", "html_page"),
        (b'<?xml version="1.0"?><kml><Document/></kml>', "other_xml"),
        (b"PK\x03\x04rest", "zip_archive"),
        (b"# Read me\n<gpx> is a format", "unknown_format"),
        (b"\x89PNG\r\n\x1a\n", "unknown_format"),
        (b"<gpx></gpx>", "no_track"),
        (b'<gpx><wpt lat="1" lon="2"/></gpx>', "no_track"),
        (b'<gpx><rte><rtept lat="1" lon="2"/></rte></gpx>', "no_track"),
        (b"<gpx><trk><trkseg/></trk></gpx>", "no_track"),
        (b"<TrainingCenterDatabase><Courses/></TrainingCenterDatabase>", "no_track"),
    ],
)
def test_what_is_no_recording_is_refused_with_its_reason(data: bytes, code: str) -> None:
    """The reason names what the file is, not what the parser stumbled over."""
    with pytest.raises(RefusedFileError) as caught:
        read_bytes(data, name="run.gpx")
    assert caught.value.code == code


def test_gzip_is_told_by_content() -> None:
    """Packed or not, named or not: the same activity and the same digest."""
    plain = read_bytes(RUN.encode(), name="run.gpx")
    for name in ("run.gpx.gz", "run.gpx", "x"):
        packed = read_bytes(gzip.compress(RUN.encode()), name=name)
        assert packed.sha256 == plain.sha256
        assert packed.file_format == "gpx"
    twice = read_bytes(gzip.compress(gzip.compress(RUN.encode())), name="x")
    assert twice.sha256 == plain.sha256


def test_broken_gzip_keeps_what_unpacks() -> None:
    """A packed download that broke off, or whose checksum is wrong, is read and flagged."""
    packed = gzip.compress(plain_run(seconds=3000))
    for data in (packed[: len(packed) // 2], packed[:-8] + bytes(8)):
        run = only(data, "run.fit.gz")
        assert run.n_records > 100
        assert "packing_damaged" in flag_codes(run)


def test_gzip_bomb_is_refused() -> None:
    """A file that unpacks far beyond any recording is refused before it fills the memory."""
    bomb = gzip.compress(bytes(80 * 2**20), compresslevel=9)
    with pytest.raises(RefusedFileError) as caught:
        read_bytes(bomb, name="run.gpx.gz")
    assert caught.value.code == "too_large"
    assert caught.value.values["limit_mb"] == 128


def tcx(*activities: str) -> bytes:
    """A TCX document."""
    inside = "".join(activities)
    return (
        f'{HEAD}<TrainingCenterDatabase xmlns="urn:tcx"><Activities>{inside}</Activities>'
        "</TrainingCenterDatabase>"
    ).encode()


def tcx_activity(*, sport: str = "Running", day: int = 19, laps: int = 2) -> str:
    """An activity of laps of 30 s and 90 m."""
    text = ""
    for lap in range(laps):
        text += (
            f'<Lap StartTime="2026-04-{day}T08:{30 + lap // 2:02d}:{lap % 2 * 30:02d}Z">'
            "<TotalTimeSeconds>30</TotalTimeSeconds><DistanceMeters>90</DistanceMeters>"
            "<Cadence>1</Cadence><MaximumHeartRateBpm><Value>199</Value></MaximumHeartRateBpm>"
            "<Track>"
        )
        for i in range(lap * 30, lap * 30 + 31):
            text += (
                f"<Trackpoint><Time>2026-04-{day}T08:{30 + i // 60:02d}:{i % 60:02d}.000Z</Time>"
                f"<Position><LatitudeDegrees>{48 + i * 1e-5}</LatitudeDegrees>"
                "<LongitudeDegrees>11</LongitudeDegrees></Position>"
                f"<DistanceMeters>{3 * i}</DistanceMeters>"
                "<HeartRateBpm><Value>150</Value></HeartRateBpm>"
                '<Extensions><ns3:TPX xmlns:ns3="urn:x"><ns3:RunCadence>88</ns3:RunCadence>'
                "</ns3:TPX></Extensions></Trackpoint>"
            )
        text += "</Track></Lap>"
    return (
        f'<Activity Sport="{sport}"><Id>x</Id>{text}<Creator><Name>Watch 5</Name>'
        "<UnitId>77</UnitId></Creator></Activity>"
    )


def test_tcx_summary() -> None:
    """Laps give distance and timer, points the channels; the lap border's twin is flagged."""
    run = only(tcx(tcx_activity()), "run.tcx")
    assert run.is_run
    assert run.start_utc == START
    assert (run.n_records, run.elapsed_s, run.moving_s) == (62, 60.0, 60.0)
    assert run.distance_m == 180.0
    assert run.mean_heart_rate_bpm == 150.0
    assert run.streams["cadence_rpm"].physical()[0] == 88.0
    assert [lap.start_s for lap in run.laps] == [0.0, 30.0]
    assert (run.device, run.device_serial) == ("Watch 5", 77)
    assert flag_codes(run) == {"duplicate_times"}


def test_several_activities_in_one_tcx() -> None:
    """Each Activity element is its own activity."""
    data = tcx(tcx_activity(), tcx_activity(sport="Biking", day=20), tcx_activity(day=21))
    found = read_bytes(data, name="a.tcx").activities
    assert [a.sport for a in found] == ["running", "cycling", "running"]
    assert [a.session_index for a in found] == [0, 1, 2]
    assert [a.n_records for a in found] == [62, 62, 62]


def test_looks_like_activity() -> None:
    """Content first, then the ending; ordinary files in the folder are passed by."""
    assert looks_like_activity(plain_run(seconds=5), "noname")
    assert looks_like_activity(RUN.encode()[:300], "notes.txt")
    assert looks_like_activity(RUN.encode("utf-16")[:301], "notes.txt")
    assert looks_like_activity(tcx(tcx_activity())[:300], "x")
    assert looks_like_activity(gzip.compress(RUN.encode())[:200], "x")
    assert looks_like_activity(b"<!DOCTYPE html>", "run.GPX")
    assert looks_like_activity(b"", "run.fit")
    assert looks_like_activity(b"broken", "RUN.TCX.GZ")
    assert not looks_like_activity(b"# Files\n<gpx> and others", "README.md")
    assert not looks_like_activity(gzip.compress(b"notes"), "notes.txt.gz")
    assert not looks_like_activity(b"<html>", "page.html")
    assert not looks_like_activity(b"", "empty")


def test_read_file(tmp_path: Path) -> None:
    """A path is read like its bytes; one that cannot be opened is refused."""
    path = tmp_path / "RUN.FIT"
    path.write_bytes(plain_run(seconds=30))
    reading = read_file(path)
    assert reading.file_format == "fit"
    assert reading.activities[0].n_records == 30
    for wrong in (tmp_path / "missing.fit", tmp_path):
        with pytest.raises(RefusedFileError) as caught:
            read_file(wrong)
        assert caught.value.code == "unreadable"
    assert DECODER_VERSION >= 1
