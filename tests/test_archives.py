"""Zips of every kind: what is in them comes out, one by one, and what would do harm does not."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import tracemalloc
import zipfile
from hashlib import shake_128
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive_support import (
    EMAIL,
    START,
    activity_of,
    apple,
    codes,
    everything_said,
    found,
    garmin,
    gz,
    health_xml,
    monitoring_fit,
    polar,
    polar_new,
    rate_record,
    route_gpx,
    run_fit,
    run_gpx,
    strava,
    strava_row,
    summary,
    with_flag,
    with_forged_size,
    with_method,
    workout_xml,
    zipped,
)
from uncramp.activities import archive_zip, read_bytes
from uncramp.activities.archive import is_archive, members, size_of
from uncramp.activities.archive_members import bare_name, masked
from uncramp.errors import RefusedFileError
from uncramp.wording.catalogue import refusal_text, text

ROOT = Path(__file__).resolve().parents[1]
GIB = 2**30


def noise_of(n_bytes: int) -> bytes:
    """Bytes that cannot be packed, the same each time."""
    return shake_128(b"noise").digest(n_bytes)


def refusal_of(tmp_path: Path, data: bytes) -> str:
    """The code with which a whole archive is refused."""
    with pytest.raises(RefusedFileError) as refused:
        found(tmp_path, data)
    assert refusal_text(refused.value.code, refused.value.values)["remedy"]
    return refused.value.code


def small_archives() -> dict[str, bytes]:
    """One archive of every kind, each with a second of data or little more."""
    run = run_fit(seconds=20)
    xml = health_xml([rate_record(START, 140)], [workout_xml(seconds=20, route="r.gpx")])
    return {
        "plain": zipped({"a.fit": run, "b.gpx": run_gpx(points=5), "c.fit.gz": gz(run)}),
        "strava": strava([strava_row(1, "activities/1.fit.gz")], {"activities/1.fit.gz": gz(run)}),
        "garmin": garmin({"1.fit": run, "2.fit": monitoring_fit()}, [summary(START, "Run")]),
        "apple": apple(xml, {"r.gpx": route_gpx(points=20)}),
        "polar": polar({"training-session-1.json": polar_new(seconds=20)}),
    }


# ---------------------------------------------------------------- what comes out


def test_members_are_known_by_content(tmp_path: Path) -> None:
    """Wrong endings, upper case and packing change nothing; what is no recording is left out."""
    run = run_fit()
    got = found(
        tmp_path,
        zipped(
            {
                "deep/er/RUN.FIT": run,
                "track.txt": run_gpx(),
                "packed.bin": gz(run_gpx()),
                "notes.txt": b"hello, world; nothing, here\n" * 20,
                "photo.jpg": b"\xff\xd8\xff" + bytes(500),
                "__MACOSX/deep/._RUN.FIT": b"\x00\x05\x16\x07" + bytes(100),
                "broken.fit": b"not a recording",
            }
        ),
    )
    assert [one.name for one in got] == ["RUN.FIT", "track.txt", "packed.bin", "broken.fit"]
    assert [activity_of(one).sport for one in got[:3]] == ["running"] * 3
    with pytest.raises(RefusedFileError):
        activity_of(got[3])


def test_member_paths_mean_nothing(tmp_path: Path) -> None:
    """Absolute and climbing paths give a bare name, and nothing is written anywhere."""
    run = run_fit(seconds=20)
    names = ["../../evil.fit", "/etc/evil.fit", "C:\\Users\\ann\\evil.fit", "a/../b/evil.fit"]
    before = sorted(tmp_path.rglob("*"))
    got = found(tmp_path, zipped([(name, run) for name in names]))
    assert [one.name for one in got] == ["evil.fit"] * 4
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "archive.zip"])


@pytest.mark.parametrize("stored", [True, False])
def test_zips_in_zips_three_deep(tmp_path: Path, stored: bool) -> None:
    """The third level is read, the fourth refused, and its neighbours still come."""
    run = run_fit(seconds=20)
    packed = zipped({"four.fit": run}, stored=stored)
    for level in ("three", "two", "one"):
        packed = zipped({f"{level}.fit": run, "inner.zip": packed}, stored=stored)
    got = found(tmp_path, packed)
    assert [one.name for one in got] == ["one.fit", "two.fit", "three.fit", "inner.zip"]
    assert codes(got) == ["ok", "ok", "ok", "zip_too_deep"]


def test_size_is_told_before_anything_is_unpacked(tmp_path: Path) -> None:
    """Members and bytes of the directory; an unpacked Health export is one member."""
    run, path = run_fit(), tmp_path / "a.zip"
    path.write_bytes(zipped({"a.fit": run, "folder/": b"", "b.fit": run}))
    assert size_of(path) == (2, 2 * len(run))
    path.write_bytes(health_xml([], [workout_xml()]))
    assert size_of(path) == (1, path.stat().st_size)


def test_what_is_an_archive() -> None:
    """Zips, empty ones too, and Health exports; nothing else."""
    assert is_archive(zipped({"a": b"b"})[:4096])
    assert is_archive(zipped({}))
    assert is_archive(health_xml([], [])[:4096])
    for other in (run_fit(), run_gpx(), gz(run_fit()), b"", b"PK", b"{}"):
        assert not is_archive(other[:4096])


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """An archive that cannot be opened is a refusal, not a traceback."""
    with pytest.raises(RefusedFileError):
        list(members(tmp_path / "none.zip"))
    with pytest.raises(RefusedFileError):
        size_of(tmp_path / "none.zip")


@pytest.mark.parametrize("kind", sorted(small_archives()))
def test_reading_twice_gives_the_same_bytes(tmp_path: Path, kind: str) -> None:
    """The same archive gives the same contents, so a second import knows them all."""
    data = small_archives()[kind]
    first, second = found(tmp_path, data), found(tmp_path, data, name="copy.zip")
    assert [one.data for one in first] == [one.data for one in second]
    digests = [
        [read_bytes(one.data, name=one.name).sha256 for one in got if one.data is not None]
        for got in (first, second)
    ]
    assert digests[0] == digests[1]
    assert digests[0]


# ---------------------------------------------------------------- e-mail addresses


@pytest.mark.parametrize(
    "name",
    [
        f"{EMAIL}_123.fit",
        f"x/{EMAIL}/{EMAIL}_1.fit",
        "ann%40example.org_1.fit",
        "a@b.co",
        "ann@localhost_77.fit",
        "ann+tag@sub.example.co.uk_1.fit",
        f"({EMAIL}).fit",
    ],
)
def test_no_address_stays_in_a_name(name: str) -> None:
    """Whatever stands around it, the address goes."""
    kept = bare_name(name)
    assert "@" not in kept
    assert "%40" not in kept
    assert "ann" not in kept
    assert "example" not in kept


def test_masking_leaves_other_names_alone() -> None:
    """Names without an address stay as they are."""
    for name in ("2024-06-01 Run.fit", "Läufe @ home.gpx", "a_b-c.tcx.gz", "ランニング.fit"):
        assert masked(name) == name


@pytest.mark.parametrize("kind", sorted(small_archives()))
def test_no_address_in_any_output(tmp_path: Path, kind: str) -> None:
    """Not in names, titles, refusals or readings, of good archives and damaged ones."""
    data = small_archives()[kind]
    for damaged in (data, with_flag(data, 1), data.replace(b".FIT", b".FAT")):
        try:
            got = found(tmp_path, damaged)
        except RefusedFileError as refusal:
            said = repr((refusal.code, refusal.values))
        else:
            said = everything_said(got)
        assert "@" not in said
        assert "Ann" not in said


# ---------------------------------------------------------------- bad members


def test_one_bad_member_stops_no_other(tmp_path: Path) -> None:
    """A member with flipped bytes is refused by itself."""
    run = run_fit()
    data = bytearray(zipped({"a.fit": run, "b.fit": run_gpx(), "c.fit": run}))
    place = data.find(b"b.fit") + 40
    data[place : place + 20] = bytes(20)
    assert codes(found(tmp_path, bytes(data))) == ["ok", "zip_member_damaged", "ok"]


def test_locked_members_are_refused_with_a_reason(tmp_path: Path) -> None:
    """A password is not asked for; the sentence says what to do."""
    got = found(tmp_path, with_flag(zipped({"a.fit": run_fit()}), 1))
    assert codes(got) == ["zip_encrypted"]
    assert "password" in refusal_text("zip_encrypted", {})["remedy"]


def test_unknown_packing_is_refused(tmp_path: Path) -> None:
    """Only the two usual ways of packing are read."""
    assert codes(found(tmp_path, with_method(zipped({"a.fit": run_fit()}), 9))) == ["zip_method"]


@pytest.mark.parametrize("size", [0, 1, 100, 10**6, 100 * 2**20])
def test_forged_sizes_are_found_out(tmp_path: Path, size: int) -> None:
    """Neither a smaller nor a larger size than the truth is believed."""
    data = with_forged_size(zipped({"a.fit": run_fit(seconds=500)}), size)
    tracemalloc.start()
    try:
        got = codes(found(tmp_path, data))
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert got in (["zip_member_damaged"], ["zip_bomb"])
    assert peak < 30 * 2**20


def test_a_name_that_is_no_text_costs_nothing(tmp_path: Path) -> None:
    """Marked as UTF-8 but not, and DOS letters: the members are read all the same."""
    run = run_fit(seconds=20)
    data = zipped({"aaaa.fit": run, "bbbb.fit": run})
    data = with_flag(data.replace(b"aaaa", b"\xff\xfe\x80a"), 0x0800)
    assert codes(found(tmp_path, data)) == ["ok", "ok"]


# ---------------------------------------------------------------- bad archives


def bomb() -> bytes:
    """A gibibyte of zeros in about a megabyte."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("run.fit", "w", force_zip64=True) as member,
    ):
        for _ in range(256):
            member.write(bytes(4 * 2**20))
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    """One gibibyte of zeros in one megabyte, alone, beside a run, and in a second zip."""
    data = bomb()
    assert len(data) < 2 * 2**20
    run = run_fit()
    tracemalloc.start()
    try:
        assert refusal_of(tmp_path, data) == "zip_bomb"
        noise = noise_of(8 * 2**20)
        beside = found(tmp_path, zipped({"a.fit": run, "noise.bin": noise, "bomb.zip": data}))
        assert codes(beside) == ["ok", "zip_bomb"]
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 60 * 2**20


def test_a_large_member_beside_much_else_is_refused_alone(tmp_path: Path) -> None:
    """The archive as a whole is honest; the one member that is too large stays out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("noise.bin", noise_of(2 * 2**20))
        archive.writestr("big.fit", bytes(140 * 2**20), zipfile.ZIP_DEFLATED)
        archive.writestr("a.fit", run_fit())
    assert codes(found(tmp_path, out.getvalue())) == ["too_large", "ok"]


def test_overlapping_members_cannot_multiply(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many directory entries for the same bytes are counted each time."""
    monkeypatch.setattr(archive_zip, "SMALL_ARCHIVE", 2**20)
    run = run_gpx(points=2000)
    one = zipped({"a.gpx": run})
    end = one.rfind(b"PK\x05\x06")
    start = one.rfind(b"PK\x01\x02")
    count = 1000
    directory = one[start:end] * count
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    assert refusal_of(tmp_path, one[:start] + directory + tail) == "zip_bomb"


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the end of the archive claims, entries are counted; nested ones count too."""
    monkeypatch.setattr(archive_zip, "MOST_MEMBERS", 50)
    monkeypatch.setattr(archive_zip.Budget.__init__, "__defaults__", (50, 10**9))
    many = zipped({f"{i}.fit": b"" for i in range(60)})
    assert refusal_of(tmp_path, many) == "zip_too_many"
    end = many.rfind(b"PK\x05\x06")
    claims_few = many[: end + 8] + struct.pack("<2H", 1, 1) + many[end + 12 :]
    assert refusal_of(tmp_path, claims_few) == "zip_too_many"
    thirty = zipped({f"{i}.fit": b"" for i in range(30)})
    nested = codes(found(tmp_path, zipped({f"{i}.zip": thirty for i in range(2)})))
    assert nested == ["ok"] * 30 + ["zip_too_many"]


def test_a_nested_bomb_in_many_pieces_ends_the_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zips in zips share one budget, so small ratios cannot be multiplied."""
    monkeypatch.setattr(archive_zip, "SMALL_ARCHIVE", 3 * 2**20)
    inner = zipped({f"{i}.gpx": run_gpx(points=8000) for i in range(3)})
    outer = zipped({f"{i}.zip": inner for i in range(3)})
    monkeypatch.setattr(archive_zip, "LARGEST_RATIO", 1)
    monkeypatch.setattr(archive_zip, "SMALL_ENOUGH", 2**30)
    with pytest.raises(RefusedFileError) as refused:
        found(tmp_path, outer)
    assert refused.value.code == "zip_bomb"


@pytest.mark.parametrize("kind", sorted(small_archives()))
def test_truncated_archives_are_refused_whole(tmp_path: Path, kind: str) -> None:
    """Half a download is not half an archive: the directory at its end is missing."""
    data = small_archives()[kind]
    for share in (0.1, 0.5, 0.9, 0.999):
        assert refusal_of(tmp_path, data[: int(share * len(data))]) == "zip_damaged"


def test_an_archive_without_recordings_says_so(tmp_path: Path) -> None:
    """Never nothing without a reason."""
    assert refusal_of(tmp_path, zipped({})) == "archive_empty"
    assert refusal_of(tmp_path, zipped({"photo.jpg": b"\xff\xd8\xff"})) == "archive_empty"


def test_bytes_after_an_archive_are_harmless(tmp_path: Path) -> None:
    """Downloads with a tail are read."""
    data = zipped({"a.fit": run_fit()})
    path = tmp_path / "a.zip"
    path.write_bytes(data + bytes(100))
    assert codes(members(path)) == ["ok"]


def test_archives_beyond_four_gigabytes_are_understood(tmp_path: Path) -> None:
    """The long form of the directory, which phones write, is read."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w") as archive,
        archive.open("a.fit", "w", force_zip64=True) as member,
    ):
        member.write(run_fit())
    data = out.getvalue()
    end = data.rfind(b"PK\x05\x06")
    start, size = data.rfind(b"PK\x01\x02"), end - data.rfind(b"PK\x01\x02")
    long_end = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    short = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    assert codes(found(tmp_path, data[:end] + long_end + locator + short)) == ["ok"]


# ---------------------------------------------------------------- damage at random

ONCE = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
SEEDS = sorted(small_archives().items())


def check(tmp_path: Path, data: bytes) -> None:
    """Members or a refusal, every refusal with its sentences, and no address anywhere."""
    try:
        got = found(tmp_path, data)
    except RefusedFileError as refusal:
        refusal_text(refusal.code, refusal.values)
        return
    assert got
    for one in got:
        told = [one.data, one.reading, one.refused, one.skipped]
        assert sum(part is not None for part in told) == 1
        if one.refused is not None:
            assert refusal_text(one.refused.code, one.refused.values)["remedy"]
        if one.skipped is not None:
            assert text(one.skipped)
    everything_said(got)


@ONCE
@given(
    seed=st.sampled_from(SEEDS),
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=30),
)
def test_flipped_bytes(
    seed: tuple[str, bytes],
    flips: list[tuple[float, int]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Any bytes may be wrong, in headers, directory or data."""
    damaged = bytearray(seed[1])
    for place, change in flips:
        damaged[int(place * (len(damaged) - 1))] ^= change
    check(tmp_path_factory.getbasetemp(), bytes(damaged))


@ONCE
@given(
    seed=st.sampled_from(SEEDS),
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_a_forged_directory(
    seed: tuple[str, bytes],
    flips: list[tuple[float, int]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Any numbers may stand in the directory: sizes, offsets, methods, lengths, counts."""
    data = bytearray(seed[1])
    start = data.find(b"PK\x01\x02")
    for place, value in flips:
        data[start + int(place * (len(data) - 1 - start))] = value
    check(tmp_path_factory.getbasetemp(), bytes(data))


@ONCE
@given(
    seed=st.sampled_from(SEEDS),
    place=st.floats(0, 1),
    inserted=st.binary(max_size=40),
    removed=st.integers(0, 40),
)
def test_shifted_bytes(
    seed: tuple[str, bytes],
    place: float,
    inserted: bytes,
    removed: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Bytes may be lost or added anywhere."""
    data = seed[1]
    at = int(place * len(data))
    check(tmp_path_factory.getbasetemp(), data[:at] + inserted + data[at + removed :])


@ONCE
@given(seed=st.sampled_from(SEEDS), which=st.integers(0, 9), content=st.binary(max_size=300))
def test_any_member_may_hold_anything(
    seed: tuple[str, bytes], which: int, content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A sound zip around damaged lists, exports and recordings."""
    with zipfile.ZipFile(io.BytesIO(seed[1])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = sorted(parts)[which % len(parts)]
    at = len(parts[name]) * which // 10
    parts[name] = parts[name][:at] + content + parts[name][at + len(content) :]
    check(tmp_path_factory.getbasetemp(), zipped(parts))


# ---------------------------------------------------------------- memory

LARGE_EXPORT = """
import re, sys
from pathlib import Path
from uncramp.activities.archive import members
n = sum(one.data is not None for one in members(Path(sys.argv[1])))
status = Path("/proc/self/status").read_text()
print(n, int(re.search(r"VmHWM:\\s*(\\d+)", status)[1]) // 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_a_large_health_export_is_read_in_small_memory(tmp_path: Path) -> None:
    """200 MB of records and a few workouts, under 80 MB in all with Python and numpy."""
    path = tmp_path / "export.zip"
    record = "".join(rate_record(START.replace(second=i), 140 + i) for i in range(60)).encode()
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("apple_health_export/export.xml", "w", force_zip64=True) as member,
    ):
        member.write(health_xml([], [])[: -len(b"</HealthData>\n")])
        for _ in range(200 * 2**20 // len(record)):
            member.write(record)
        member.write((workout_xml() * 20 + "</HealthData>\n").encode())
    done = subprocess.run(
        [sys.executable, "-c", LARGE_EXPORT, str(path)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    count, peak_mb = (int(word) for word in done.stdout.split())
    assert count == 20
    assert peak_mb < 80
