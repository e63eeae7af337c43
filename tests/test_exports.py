"""Export and its way back, and what is left out of what is handed on."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safekeeping_support import HOME, LATER, code_of, context_in, exported, fill, store_run
from store_support import NOW, read_bytes, run_file, use_made_up_format
from uncramp import activities
from uncramp.actions import exporting, hiding
from uncramp.actions.export_format import csv_bytes, csv_rows
from uncramp.actions.exporting import export
from uncramp.actions.safekeeping import (
    import_export,
    is_export,
)
from uncramp.errors import InputError, NotFoundError, RefusedFileError, StoreError
from uncramp.store.packing import pack_reading
from uncramp.store.store import Store
from uncramp.vocabulary import Activity, Stream


@pytest.fixture(autouse=True)
def _made_up_format(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real decoders have tests of their own."""
    if "shared_activities" not in request.fixturenames:
        use_made_up_format(monkeypatch)
    monkeypatch.delenv("UNCRAMP_DATABASE_URL", raising=False)


# ---------------------------------------------------------------- export and its way back


@pytest.mark.parametrize("ending", ["", ".zip"])
def test_an_export_taken_in_again_is_equal(tmp_path: Path, ending: str) -> None:
    """Every file of every runner, ids with their gaps too, from a folder and from a zip."""
    fill(tmp_path / "a", "me", "ann")
    first = exported(tmp_path / "a", tmp_path / "first")
    assert is_export(tmp_path / "first")
    source = tmp_path / f"source{ending}"
    with context_in(tmp_path / "a") as context:
        export(context, source, everybody=True)
    assert is_export(source)
    with context_in(tmp_path / "b", now=LATER) as context:
        result = import_export(context, source)
    assert [(one.name, one.activities_added, one.built) for one in result.runners] == [
        ("ann", 4, 0),
        ("me", 4, 0),
    ]
    second = exported(tmp_path / "b", tmp_path / "second")
    assert second == first
    with context_in(tmp_path / "b") as context:
        ann = context.store.runner("ann")
        new = store_run(context.store, ann, start_utc="2026-01-01T06:00:00+00:00")
        assert new == 6


def test_real_files_come_back_equal(
    tmp_path: Path, shared_activities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every real file that can be read: decoded anew, and built from the tables alone."""
    with Store.open(tmp_path / "a", at=NOW) as store:
        runner = store.add_runner("me", at=NOW)
        n_stored = 0
        for path in sorted(shared_activities.iterdir()):
            try:
                reading = activities.read_bytes(path.read_bytes(), name=path.name)
            except RefusedFileError:
                continue
            if reading.activities:
                packed = pack_reading(
                    name=path.name,
                    data=path.read_bytes(),
                    activities=reading.activities,
                    sha256=reading.sha256,
                    file_format=reading.file_format,
                    decoder_version=activities.DECODER_VERSION,
                )
                n_stored += store.add_reading(runner, packed, at=NOW, stamp="s").is_new
    assert n_stored > 30
    first = exported(tmp_path / "a", tmp_path / "first")
    with context_in(tmp_path / "b") as context:
        (taken,) = import_export(context, tmp_path / "first").runners
    assert taken.built == 0
    assert exported(tmp_path / "b", tmp_path / "second") == first
    monkeypatch.setattr("uncramp.activities.read_bytes", cannot)
    with context_in(tmp_path / "c") as context:
        (taken,) = import_export(context, tmp_path / "first").runners
    assert taken.built == taken.activities_added > n_stored
    assert exported(tmp_path / "c", tmp_path / "third") == first


def cannot(data: bytes, *, name: str) -> None:
    """A decoder that has forgotten every format."""
    raise RefusedFileError("unknown_format", values={"ending": "?"})


def test_taking_an_export_in_twice_adds_nothing(tmp_path: Path) -> None:
    """Nor where it came from; and what is newer here stays."""
    fill(tmp_path / "a", "me")
    first = exported(tmp_path / "a", tmp_path / "first")
    with context_in(tmp_path / "a", now=LATER) as context:
        (taken,) = import_export(context, tmp_path / "first").runners
        assert (taken.activities_added, taken.activities_there) == (0, 4)
        assert (taken.answers, taken.marks, taken.weather, taken.advice, taken.flags) == (0,) * 5
        assert taken.drafts == 0
        me = context.stored_runner()
        context.store.save_answers(me, 1, {"spread": "both_legs"}, at=LATER)
        context.store.clear_flag(
            me, flag_id="kidney", kind="lock", cleared_on=date(2025, 10, 1), note=None
        )
        import_export(context, tmp_path / "first")
        assert context.store.answers(me, 1)["spread"].answer == "both_legs"
        assert [one.flag_id for one in context.store.open_flags(me)] == ["chest_pain"]
    assert exported(tmp_path / "a", tmp_path / "again") != first


def test_an_export_of_before_interviews_were_kept_is_taken_in(tmp_path: Path) -> None:
    """A part that came later may be missing; all else comes back."""
    fill(tmp_path / "a", "me")
    exported(tmp_path / "a", tmp_path / "first")
    (tmp_path / "first" / "runners/1/drafts.json").unlink()
    with context_in(tmp_path / "b") as context:
        (taken,) = import_export(context, tmp_path / "first").runners
        assert (taken.activities_added, taken.drafts) == (4, 0)
        assert context.store.drafts(context.stored_runner()) == []


def test_an_interrupted_import_of_an_export_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after any number of files, the same call ends in the same store."""
    fill(tmp_path / "a", "me")
    first = exported(tmp_path / "a", tmp_path / "first")
    for stop_after in range(4):
        folder = tmp_path / f"b{stop_after}"

        def stopping(*, done: int, total: int, name: str, at: int = stop_after) -> None:
            if done == at:
                raise KeyboardInterrupt

        with context_in(folder) as context, pytest.raises(KeyboardInterrupt):
            import_export(context, tmp_path / "first", progress=stopping)
        with context_in(folder, now=LATER) as context:
            import_export(context, tmp_path / "first")
        mended = exported(folder, tmp_path / f"again{stop_after}")
        runs, told = mended.pop("runners/1/runs.csv"), dict(first)
        assert runs.splitlines()[0] == told.pop("runners/1/runs.csv").splitlines()[0]
        assert mended == told


def test_activities_are_built_from_the_tables_when_no_decoder_can_read_the_original(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version, another program: what was exported comes back all the same."""
    fill(tmp_path / "a", "me")
    first = exported(tmp_path / "a", tmp_path / "first")

    monkeypatch.setattr("uncramp.activities.read_bytes", cannot)
    with context_in(tmp_path / "b") as context:
        (taken,) = import_export(context, tmp_path / "first").runners
    assert taken.built == 4
    assert exported(tmp_path / "b", tmp_path / "second") == first


def test_two_people_of_one_name_are_never_merged(tmp_path: Path) -> None:
    """Nothing in common: refused, with a way out; under another name it goes in."""
    fill(tmp_path / "a", "me")
    exported(tmp_path / "a", tmp_path / "first")
    with context_in(tmp_path / "b") as context:
        me = context.store.add_runner("me", at=NOW)
        store_run(context.store, me, start_utc="2024-01-01T06:00:00+00:00")
        with pytest.raises(StoreError) as error:
            import_export(context, tmp_path / "first")
        assert code_of(error) == "export_other_runner"
        assert len(context.store.activities(me)) == 1
    with context_in(tmp_path / "b", runner="ann") as context:
        assert import_export(context, tmp_path / "first").runners[0].name == "ann"
        assert len(context.store.activities(context.store.runner("ann"))) == 3


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("export.json", b'{"schema": "uncramp.export/2", "runners": []}', "export_newer"),
        ("export.json", b'{"schema": "uncramp.export/1"}', "export_damaged"),
        ("runners/1/runs.csv", b"id\nseven\n", "export_damaged"),
        ("runners/1/runs.csv", b"\xff\xfe", "export_damaged"),
        ("runners/1/flags.json", b"[]", "export_damaged"),
        ("runners/1/flags.json", b'{"flags": [7]}', "export_damaged"),
        ("runners/1/marks.json", b'{"marks": [{"activity": 99}]}', "export_damaged"),
        ("runners/1/answers.json", None, "export_damaged"),
        ("runners/1/profile.json", b"{}", "export_damaged"),
    ],
)
def test_a_damaged_export_is_refused_in_words(
    tmp_path: Path, part: str, content: bytes | None, code: str
) -> None:
    """Never a traceback, whatever is missing or misspelt."""
    fill(tmp_path / "a", "me")
    exported(tmp_path / "a", tmp_path / "first")
    if content is None:
        (tmp_path / "first" / part).unlink()
    else:
        (tmp_path / "first" / part).write_bytes(content)
    with context_in(tmp_path / "b") as context, pytest.raises(StoreError) as error:
        import_export(context, tmp_path / "first")
    assert code_of(error) == code


def test_a_changed_original_is_not_taken_for_the_one_exported(tmp_path: Path) -> None:
    """Its content does not have the name it goes by: the tables are used instead."""
    fill(tmp_path / "a", "me")
    first = exported(tmp_path / "a", tmp_path / "first")
    for path in (tmp_path / "first" / "runners/1/originals").iterdir():
        path.write_bytes(run_file({"distance_m": 99999.0}))
    with context_in(tmp_path / "b") as context:
        (taken,) = import_export(context, tmp_path / "first").runners
    assert taken.built == 4
    assert exported(tmp_path / "b", tmp_path / "second").keys() == first.keys()


def test_what_is_no_export_is_not_taken_for_one(tmp_path: Path) -> None:
    """Other folders, other zips, zips that are none."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "export.json").write_text('{"schema": "other/1"}', encoding="utf-8")
    (tmp_path / "text.zip").write_bytes(b"PK\x03\x04 no")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("activities.csv", "x")
    for name in ("folder", "text.zip", "other.zip", "missing"):
        assert not is_export(tmp_path / name)


def test_a_small_zip_that_unpacks_to_fill_the_memory_is_refused(tmp_path: Path) -> None:
    """Sizes are looked at before anything is unpacked."""
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        about = {"schema": "uncramp.export/1", "runners": [{"name": "me", "folder": "r"}]}
        archive.writestr("export.json", json.dumps(about))
        archive.writestr("r/runs.csv", b"0" * (64 * 2**20))
    with context_in(tmp_path / "data") as context, pytest.raises(StoreError) as error:
        import_export(context, tmp_path / "bomb.zip")
    assert code_of(error) == "export_damaged"


def test_an_export_reaches_no_file_outside_itself(tmp_path: Path) -> None:
    """Neither by a path nor by a link."""
    fill(tmp_path / "a", "me")
    exported(tmp_path / "a", tmp_path / "first")
    about = json.loads((tmp_path / "first" / "export.json").read_text())
    about["runners"][0]["folder"] = "../elsewhere"
    shutil.copytree(tmp_path / "first" / "runners" / "1", tmp_path / "elsewhere")
    (tmp_path / "first" / "export.json").write_text(json.dumps(about))
    with context_in(tmp_path / "b") as context, pytest.raises(StoreError) as error:
        import_export(context, tmp_path / "first")
    assert code_of(error) == "export_damaged"


def test_an_export_appears_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in the middle, nothing is left; what is there is never overwritten."""
    fill(tmp_path / "a", "me")

    def stop(*given: object) -> None:
        raise KeyboardInterrupt

    for name in ("folder", "file.zip"):
        with monkeypatch.context() as patch, context_in(tmp_path / "a") as context:
            patch.setattr(exporting, "write_originals", stop)
            with pytest.raises(KeyboardInterrupt):
                export(context, tmp_path / name, everybody=True)
        assert [path.name for path in tmp_path.iterdir()] == ["a"]
    (tmp_path / "there").mkdir()
    with context_in(tmp_path / "a") as context:
        export(context, tmp_path / "there", everybody=True)
        with pytest.raises(InputError) as error:
            export(context, tmp_path / "there", everybody=True)
    assert code_of(error) == "export_exists"
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "there").rglob("*")}
    assert modes == {0}


def test_the_export_of_one_runner_says_nothing_of_another(tmp_path: Path) -> None:
    """Of two in one store, one goes out; unknown ones and empty stores are told."""
    fill(tmp_path / "a", "me", "ann")
    with context_in(tmp_path / "a", runner="ann") as context:
        result = export(context, tmp_path / "ann", everybody=False)
    assert [one.name for one in result.runners] == ["ann"]
    assert [path.name for path in (tmp_path / "ann" / "runners").iterdir()] == ["1"]
    with context_in(tmp_path / "none") as context:
        with pytest.raises(NotFoundError) as unknown:
            export(context, tmp_path / "x", everybody=False)
        with pytest.raises(NotFoundError) as nothing:
            export(context, tmp_path / "x", everybody=True)
    assert (code_of(unknown), code_of(nothing)) == ("unknown_runner", "nothing_to_export")
    assert not (tmp_path / "none").exists()


def test_the_documented_columns_are_the_written_ones(tmp_path: Path) -> None:
    """docs/reference/export-format.md names every column, every file and every JSON key."""
    fill(tmp_path / "a", "me")
    files = exported(tmp_path / "a", tmp_path / "first")
    page = Path(__file__).parent.parent / "docs" / "reference" / "export-format.md"
    said = set(re.findall(r"`([^`]+)`", page.read_text(encoding="utf-8")))
    for name, content in files.items():
        short = name.removeprefix("runners/1/")
        if short.endswith(".csv") and "/" not in short:
            assert set(content.decode().splitlines()[0].split(",")) <= said
        elif short.endswith(".json"):
            assert short in said
            assert json_keys(json.loads(content)) <= said


def json_keys(document: dict[str, Any]) -> set[str]:
    """Keys of a document and of the entries of its list; not those of free content."""
    inner = next((one for one in document.values() if isinstance(one, list)), [])
    return {*document, *(key for entry in inner for key in entry)}


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\r"))))
def test_a_cell_comes_back_as_it_was(texts: list[str]) -> None:
    """And none begins with what a spreadsheet would run."""
    content = csv_bytes(("text",), [(one,) for one in texts])
    cells = [row[0] for row in csv.reader(io.StringIO(content.decode(), newline=""))][1:]
    assert not [one for one in cells if one.startswith(("=", "+", "-", "@"))]
    assert [row["text"] for row in csv_rows(content)] == texts


# ---------------------------------------------------------------- places


def placed(place: tuple[float, float], *, n: int = 200, step: float = 0.0003) -> Activity:
    """A run that goes straight north from `place`, about 33 m a record."""
    reading = read_bytes(run_file({"elapsed_s": (n - 1) * 10.0, "n": n}), name="run.fit")
    activity = reading.activities[0]
    north = place[0] + step * np.arange(n)
    streams = {
        **activity.streams,
        "latitude_deg": Stream(channel="latitude_deg", values=north),
        "longitude_deg": Stream(channel="longitude_deg", values=np.full(n, place[1])),
        "dev:gps_position": Stream(channel="dev:gps_position", values=north),
        "elevation_m": Stream(channel="elevation_m", values=np.arange(n) % 7),
    }
    return replace(activity, streams=streams)


def store_placed(folder: Path, *activities: Activity, name: str = "me") -> None:
    """Runs with places, each from a file that says where and whose."""
    with Store.open(folder, at=NOW) as store:
        runner = store.add_runner(name, at=NOW)
        for number, activity in enumerate(activities):
            start = datetime(2025, 9, 1 + number, 7, tzinfo=UTC)
            told = replace(activity, start_utc=start, device_serial=3901234567, device="watch")
            packed = pack_reading(
                name=f"ann@example.org_{number}.fit",
                data=b"original with places %d" % number,
                activities=[told],
                sha256=f"{number:064d}",
                file_format="fit",
                decoder_version=1,
            )
            store.add_reading(runner, packed, at=NOW)
            store.set_title(runner, number + 1, "Round the lake, ask ann@example.org")


def positions(files: Path) -> list[list[tuple[float, float] | None]]:
    """Positions of every run in an export, None where there is none."""
    found = []
    for path in sorted(files.glob("runners/1/streams/*.csv")):
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        found.append(
            [
                (float(row["latitude_deg"]), float(row["longitude_deg"]))
                if row["latitude_deg"]
                else None
                for row in rows
            ]
        )
    return found


def test_places_near_home_and_near_both_ends_are_left_out(tmp_path: Path) -> None:
    """The middle of a run stays; a run that only passes home loses that stretch."""
    away = (HOME[0] - 0.03, HOME[1])
    near_home = (HOME[0] + 0.0009, HOME[1])
    store_placed(tmp_path / "a", placed(HOME), placed(near_home), placed(away))
    with context_in(tmp_path / "a") as context:
        result = export(context, tmp_path / "out", everybody=False, trim_home_m=500.0)
    (counts,) = result.runners
    assert (counts.originals, counts.originals_left_out) == (0, 3)
    runs = positions(tmp_path / "out")
    assert [len([one for one in run if one]) > 20 for run in runs] == [True] * 3
    for start, run in zip((HOME, near_home, away), runs, strict=True):
        end = (start[0] + 0.0003 * 199, start[1])
        for place in filter(None, run):
            assert min(metres(place, one) for one in (start, end, HOME, near_home)) > 499.0
    header = (tmp_path / "out/runners/1/streams/000001.csv").read_text().splitlines()[0]
    assert "dev:gps_position" not in header
    assert not (tmp_path / "out/runners/1/originals").exists()
    assert "left out" in (tmp_path / "out" / "README.txt").read_text()


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance by the plane, good enough for a few kilometres."""
    north = (one[0] - other[0]) * 111_195.0
    east = (one[1] - other[1]) * 111_195.0 * float(np.cos(np.radians(one[0])))
    return float(np.hypot(north, east))


@given(
    st.lists(st.tuples(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05)), min_size=1, max_size=4),
    st.floats(50.0, 3000.0),
)
@settings(max_examples=30, deadline=None)
def test_no_point_within_the_radius_of_any_hidden_place_is_left(
    tmp_path_factory: pytest.TempPathFactory,
    offsets: list[tuple[float, float]],
    radius_m: float,
) -> None:
    """Whatever the runs and the radius: own ends, home, and ends near home."""
    folder = tmp_path_factory.mktemp("trim")
    starts = [(HOME[0] + north, HOME[1] + east) for north, east in offsets]
    store_placed(folder / "a", *(placed(start, n=60, step=0.002) for start in starts))
    with context_in(folder / "a") as context:
        export(context, folder / "out", everybody=False, trim_home_m=radius_m)
    home = hiding.find_home(
        [hiding.Ends(start=start, end=start) for start in starts], radius_m=radius_m
    )
    assert home is not None
    shared = [one for one in starts if metres(one, home.place) < 0.98 * radius_m]
    for start, run in zip(starts, positions(folder / "out"), strict=True):
        end = (start[0] + 0.002 * 59, start[1])
        left = [one for one in run if one is not None]
        assert all(metres(one, place) > 0.98 * radius_m
                   for one in left for place in (start, end, home.place, *shared))  # fmt: skip


@pytest.mark.parametrize(
    ("given_text", "metres_meant"),
    [("500m", 500.0), ("0.5km", 500.0), ("1 mi", 1609.344), ("0.3MI", 482.8032)],
)
def test_a_radius_is_typed_with_its_unit(given_text: str, metres_meant: float) -> None:
    """Metres, kilometres, miles."""
    assert hiding.radius_from(given_text) == pytest.approx(metres_meant)


@pytest.mark.parametrize("given_text", ["", "500", "10m", "51km", "-500m", "half a mile", "1e9m"])
def test_a_radius_that_makes_no_sense_is_refused(given_text: str) -> None:
    """Without a unit, too small to hide anything, too large to leave anything."""
    with pytest.raises(InputError) as error:
        hiding.radius_from(given_text)
    assert code_of(error) == "bad_radius"


PLACES = st.tuples(
    st.floats(-80, 80).map(lambda one: round(one, 7)),
    st.floats(-179, 179).map(lambda one: round(one, 7)),
).filter(lambda one: all(abs(part) > 2 and len(str(part).partition(".")[2]) > 5 for part in one))


@given(PLACES)
@settings(max_examples=30, deadline=None)
def test_a_hand_over_file_holds_no_place_of_its_source(
    tmp_path_factory: pytest.TempPathFactory, place: tuple[float, float]
) -> None:
    """No latitude or longitude to four decimals, no e-mail, serial, title or file name."""
    folder = tmp_path_factory.mktemp("hand")
    store_placed(folder / "a", placed(place, n=40))
    with Store.open(folder / "a", at=NOW) as store:
        me = store.runner("me")
        store.save_metrics(me, 1, {"start_latitude_deg": place[0], "km": 5.0}, version="1")
        store.open_flag(me, flag_id="kidney", kind="lock", at=NOW)
        store.clear_flag(
            me,
            flag_id="kidney",
            kind="lock",
            cleared_on=date(2025, 9, 30),
            note="write to dr@example.org",
        )
    with context_in(folder / "a") as context:
        export(context, folder / "coach.zip", everybody=False, without_places=True)
    with zipfile.ZipFile(folder / "coach.zip") as archive:
        names = archive.namelist()
        text = "\n".join(archive.read(name).decode() for name in names)
    assert not [name for name in names if "originals/" in name]
    source = [place[0] + 0.0003 * step for step in range(40)] + [place[1]]
    for number in source:
        assert str(abs(number))[: str(abs(number)).index(".") + 5] not in text
        assert str(round(abs(number) * 2**31 / 180)) not in text
    for secret in ("example.org", "3901234567", "Round the lake", "latitude", "longitude", "dev:"):
        assert secret not in text
    assert "heart_rate_bpm" in text
    assert "run-1.fit" in text


def test_a_hand_over_file_can_be_taken_in_by_the_coach(tmp_path: Path) -> None:
    """Built from its tables; taken in twice it adds nothing."""
    store_placed(tmp_path / "a", placed(HOME), placed(HOME))
    with context_in(tmp_path / "a") as context:
        export(context, tmp_path / "coach.zip", everybody=False, without_places=True)
    with context_in(tmp_path / "b", runner="ann") as context:
        (taken,) = import_export(context, tmp_path / "coach.zip").runners
        assert (taken.name, taken.activities_added, taken.built) == ("ann", 2, 2)
        (again,) = import_export(context, tmp_path / "coach.zip").runners
        assert (again.activities_added, again.activities_there) == (0, 2)
        _, activity = context.store.activity(context.stored_runner(), 1)
    assert "latitude_deg" not in activity.streams
    assert activity.distance_m == 5000.0
