"""Import takes in what can be taken in, once, and tells of everything else."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from import_support import content_of, short_fit
from store_support import NOW, run_file, use_made_up_format, write_runs
from uncramp.actions import decoding_pool
from uncramp.actions.context import Context
from uncramp.actions.curating import undo_import
from uncramp.actions.decoding import Candidate, Hints, MemberJob, RefusedFile, decode
from uncramp.actions.decoding_pool import decoded_by
from uncramp.actions.finding import Planned
from uncramp.actions.importing import ImportResult, import_paths, workers_for
from uncramp.activities.archive import About
from uncramp.envelope import plain
from uncramp.errors import InputError
from uncramp.store.packing import PackedReading
from uncramp.training_history import METRICS_VERSION
from uncramp.vocabulary import Activity
from uncramp.wording.catalogue import refusal_text
from uncramp.wording.importing import import_data, import_lines, import_warnings


@pytest.fixture(autouse=True)
def _made_up_format(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test but those on real files reads the made-up format."""
    if not {"shared_activities", "real_format"} & set(request.fixturenames):
        use_made_up_format(monkeypatch)


@pytest.fixture
def real_format() -> None:
    """For tests with worker processes, which know nothing of a made-up format."""


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """An action's context with an empty data folder."""
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        yield opened


STAMP = "20251001T183000Z"


def run_on(day: int, **more: Any) -> bytes:
    """A run on a day of September 2025."""
    return run_file({"start_utc": f"2025-09-{day:02d}T07:00:00+00:00", **more})


def zipped(path: Path, **members: bytes) -> Path:
    """A zip of these members; a double underscore in a name is a folder."""
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "/"), data)
    return path


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    """Added, already there, flagged, refused."""
    return result.added, result.already_there, len(result.flagged), len(result.refused)


def refusals(result: ImportResult) -> list[tuple[str, str]]:
    """File and code of what stayed out."""
    return [(one.file, one.code) for one in result.refused]


def test_a_folder_is_taken_in_with_everything_below(context: Context, tmp_path: Path) -> None:
    """Sorted, so that ids do not depend on the disk; other files are skipped by content."""
    write_runs(tmp_path / "in" / "b", {})
    write_runs(tmp_path / "in" / "a", {"distance_m": 1000.0})
    (tmp_path / "in" / "notes.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "in" / "photo.fit").write_bytes(b"not an activity")
    result = import_paths(context, [tmp_path / "in"])
    assert counts(result) == (2, 0, 0, 0)
    assert result.skipped == ("notes.txt", "photo.fit")
    assert [one.row.distance_m for one in result.activities] == [1000.0, 5000.0]
    assert "notes.txt, photo.fit" in import_warnings(result)[0]


def test_counts_are_of_activities_not_files(context: Context, tmp_path: Path) -> None:
    """A triathlon in one file adds three."""
    sessions = [{"sport": sport} for sport in ("swimming", "cycling", "running")]
    (tmp_path / "tri.fit").write_bytes(run_file(*sessions))
    assert counts(import_paths(context, [tmp_path / "tri.fit"])) == (3, 0, 0, 0)
    assert counts(import_paths(context, [tmp_path / "tri.fit"])) == (0, 3, 0, 0)


def test_import_is_idempotent_by_content(context: Context, tmp_path: Path) -> None:
    """Again, under another name, or twice in one call: nothing is added."""
    folder = write_runs(tmp_path / "in", {}, {})
    (folder / "copy.gpx").write_bytes((folder / "run1.fit").read_bytes())
    first = import_paths(context, [folder, folder / "run2.fit"])
    assert counts(first) == (2, 0, 0, 0)
    again = import_paths(context, [folder])
    assert counts(again) == (0, 2, 0, 0)
    assert [one.status for one in again.activities] == ["already_there"] * 2


def test_two_runners_import_the_same_file_each(tmp_path: Path) -> None:
    """Nobody's run is merged with anybody else's."""
    folder = write_runs(tmp_path / "in", {})
    for name in ("ann", "bob"):
        with Context(data_dir=tmp_path / "data", now=NOW, runner=name) as context:
            assert counts(import_paths(context, [folder])) == (1, 0, 0, 0)
    with Context(data_dir=tmp_path / "data", now=NOW) as context:
        assert [runner.name for runner in context.store.runners()] == ["ann", "bob"]


def test_one_bad_file_costs_only_itself(context: Context, tmp_path: Path) -> None:
    """Refused by a decoder, tripping a decoder, empty of activities or missing: each is told."""
    folder = write_runs(tmp_path / "in", {})
    (folder / "defect.fit").write_bytes(b"RUN defect")
    (folder / "nothing.fit").write_bytes(b"RUN nothing")
    text = tmp_path / "letter.txt"
    text.write_text("hello", encoding="utf-8")
    result = import_paths(context, [folder, text, tmp_path / "missing.fit"])
    assert counts(result) == (1, 0, 0, 4)
    assert refusals(result) == [
        ("defect.fit", "decoder_defect"),
        ("nothing.fit", "no_activity"),
        ("letter.txt", "unknown_format"),
        ("missing.fit", "file_missing"),
    ]
    for one in result.refused:
        assert set(refusal_text(one.code, one.values)) == {"reason", "remedy"}
    assert "must not get out" not in json.dumps(import_data(result), default=str)


def test_channels_that_contradict_the_time_column_refuse_the_file(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect found while packing is isolated like one found while reading."""

    def wrong(**given: Any) -> None:
        raise ValueError("lengths")

    monkeypatch.setattr("uncramp.actions.decoding.pack_reading", wrong)
    result = import_paths(context, [write_runs(tmp_path / "in", {})])
    assert refusals(result) == [("run1.fit", "decoder_defect")]
    assert context.store.runners() == []


@pytest.mark.skipif(os.name != "posix", reason="FIFOs and modes are POSIX")
def test_what_is_no_file_is_never_opened(context: Context, tmp_path: Path) -> None:
    """A pipe would wait for ever: refused when named, skipped in a folder."""
    folder = write_runs(tmp_path / "in", {})
    os.mkfifo(folder / "pipe.fit")
    result = import_paths(context, [folder, folder / "pipe.fit"])
    assert refusals(result) == [("pipe.fit", "not_a_file")]
    assert import_paths(context, [folder]).skipped == ("pipe.fit",)


@pytest.mark.skipif(
    os.name != "posix" or not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="root may read everything",
)
def test_what_may_not_be_read_is_told(context: Context, tmp_path: Path) -> None:
    """A file without rights is refused; the others come in."""
    folder = write_runs(tmp_path / "in", {}, {})
    (folder / "run1.fit").chmod(0)
    assert refusals(import_paths(context, [folder])) == [("run1.fit", "file_unreadable")]


def test_system_errors_are_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing disk is told as the system says it."""
    path = write_runs(tmp_path / "in", {}) / "run1.fit"

    def failing(*given: Any, **named: Any) -> None:
        raise OSError(5, "Input/output error", str(path))

    monkeypatch.setattr(Path, "open", failing)
    found = decode(Candidate(path=path), hints=Hints())
    assert (found.file, found.code) == ("run1.fit", "file_unreadable")  # type: ignore[union-attr]
    assert found.values == {"problem": "Input/output error"}  # type: ignore[union-attr]


def test_a_file_far_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded before reading, not after."""
    monkeypatch.setattr("uncramp.actions.decoding.LARGEST_FILE_BYTES", 10)
    path = write_runs(tmp_path / "in", {}) / "run1.fit"
    assert decode(Candidate(path=path), hints=Hints()).code == "file_too_large"  # type: ignore[union-attr]


def test_nothing_found_is_told_with_a_reason(context: Context, tmp_path: Path) -> None:
    """A folder without activity files is refused, and makes no runner."""
    (tmp_path / "empty").mkdir()
    result = import_paths(context, [tmp_path / "empty"])
    assert refusals(result) == [("empty", "no_activity_files")]
    assert context.store.runners() == []


def test_names_are_kept_bare_and_without_addresses(context: Context, tmp_path: Path) -> None:
    """Neither the path nor an e-mail address in a name is stored or shown."""
    folder = tmp_path / "Ann Other"
    folder.mkdir()
    (folder / "ann@example.org_7.fit").write_bytes(run_file({"flags": ["truncated"]}))
    (folder / "ann@example.org_8.fit").write_bytes(b"RUN defect")
    result = import_paths(context, [folder])
    shown = json.dumps(plain(import_data(result))) + "\n".join(import_lines(result, units="metric"))
    assert "e-mail-removed_7.fit" in shown
    assert "e-mail-removed_8.fit" in shown
    for hidden in ("example", "Ann Other", str(tmp_path)):
        assert hidden not in shown
    database = (tmp_path / "data").glob("uncramp.sqlite3*")
    assert not any(b"example" in path.read_bytes() for path in database)


def test_flagged_activities_are_told_in_words(context: Context, tmp_path: Path) -> None:
    """Code, kind and words in JSON; counted words for people."""
    folder = write_runs(
        tmp_path / "in", {"flags": ["truncated", "no_heart_rate"]}, {"flags": ["truncated"]}, {}
    )
    result = import_paths(context, [folder])
    assert counts(result) == (3, 0, 2, 0)
    first = import_data(result)["flagged"][0]
    assert (first["file"], first["activity_id"]) == ("run1.fit", 1)
    assert [flag["code"] for flag in first["flags"]] == ["truncated", "no_heart_rate"]
    assert first["flags"][0]["text"].endswith(".")
    lines = list(import_lines(result, units="metric"))
    assert any(line.strip().startswith("2 x") for line in lines)


def test_the_report_ends_with_what_to_do_next(context: Context, tmp_path: Path) -> None:
    """Counts, then the next command; a long list shows its newest and says how many more."""
    days = [{"start_utc": f"2025-09-{day:02d}T07:00:00+00:00"} for day in range(1, 20)]
    result = import_paths(context, [write_runs(tmp_path / "in", *days)])
    lines = list(import_lines(result, units="imperial"))
    assert lines[-3:] == [
        "Did one of them cramp? Next: uncramp why last",
        "All activities: uncramp runs",
        f"To take this import back: uncramp import --undo {STAMP}",
    ]
    assert "me: 19 added, 0 already there, 0 flagged, 0 refused." in lines
    assert "7 earlier" in lines[1]
    assert "2025-09-19" in lines[13]
    assert max(len(line) for line in lines) <= 80


def test_progress_is_told_before_each_file(context: Context, tmp_path: Path) -> None:
    """Done, total and the bare name of what comes next; the end is told too."""
    heard: list[tuple[int, int, str]] = []
    read: list[int] = []

    def progress(*, done: int, total: int, done_bytes: int, total_bytes: int, name: str) -> None:
        heard.append((done, total, name))
        read.extend((done_bytes, total_bytes))

    folder = write_runs(tmp_path / "in", {}, {})
    import_paths(context, [folder], progress=progress)
    assert heard == [(0, 2, "run1.fit"), (1, 2, "run2.fit"), (2, 2, "")]
    sizes = [path.stat().st_size for path in sorted(folder.iterdir())]
    assert read == [0, sum(sizes), sizes[0], sum(sizes), sum(sizes), sum(sizes)]


def test_progress_through_an_archive_never_passes_its_end(context: Context, tmp_path: Path) -> None:
    """Whatever an archive holds and promises, the count rises to the total and no further."""
    archive = zipped(tmp_path / "a.zip", **{f"run{n}.fit": run_on(n) for n in range(1, 4)})
    heard: list[tuple[int, int, int, int]] = []

    def progress(*, done: int, total: int, done_bytes: int, total_bytes: int, name: str) -> None:
        heard.append((done, total, done_bytes, total_bytes))

    single = tmp_path / "x.fit"
    single.write_bytes(run_on(9))
    import_paths(context, [archive, single], progress=progress)
    assert heard == sorted(heard)
    assert [done for done, *_ in heard] == [0, 1, 2, 3, 4]
    assert all(done <= total and n <= most for done, total, n, most in heard)
    assert heard[-1][0::2] == heard[-1][1::2]


def test_an_interrupted_import_goes_on_where_it_stopped(context: Context, tmp_path: Path) -> None:
    """What was stored stays whole; the same call adds the rest."""
    folder = write_runs(tmp_path / "in", {}, {}, {})

    def stop(*, done: int, total: int, done_bytes: int, total_bytes: int, name: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_paths(context, [folder], progress=stop)
    assert counts(import_paths(context, [folder])) == (1, 2, 0, 0)


def test_a_runner_needs_a_usable_name(tmp_path: Path) -> None:
    """Before anything is read: no address, no control characters."""
    with Context(data_dir=tmp_path / "data", now=NOW, runner="ann@example.org") as context:
        with pytest.raises(InputError, match="bad_runner_name"):
            import_paths(context, [tmp_path])
        assert not (tmp_path / "data").exists()


def test_the_real_files_come_in_without_a_traceback(
    shared_activities: Path, context: Context
) -> None:
    """Every activity of every shared file is stored once; what stays out has a reason."""
    result = import_paths(context, [shared_activities])
    assert result.added + result.linked == len(result.activities) > 40
    assert result.linked == 4
    assert not [one for one in result.refused if one.code == "decoder_defect"]
    again = import_paths(context, [shared_activities])
    assert (again.added, again.already_there) == (0, len(result.activities))
    assert refusals(again) == refusals(result)
    plain(import_data(result))
    assert list(import_lines(result, units="metric"))
    for imported in result.activities:
        _, stored = context.store.activity(context.stored_runner(), imported.row.activity_id)
        assert len(stored.time_s) == imported.row.n_records


# ---------------------------------------------------------------- archives


STRAVA_LIST = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Filename\n"
    '1,"Sep 1, 2025, 7:00:00 AM",Autumn ann@example.org,Run,activities/1.fit\n'
    '2,"Sep 2, 2025, 7:00:00 AM",Loop,Run,activities/2.fit\n'
)


def strava_zip(path: Path, **more: bytes) -> Path:
    """Two runs and the list that names them."""
    return zipped(
        path,
        **{
            "activities.csv": STRAVA_LIST.encode(),
            "activities__1.fit": run_on(1, sport="unknown", flags=["no_sport"]),
            "activities__2.fit": run_on(2),
            **more,
        },
    )


def test_an_archive_is_taken_in_with_what_it_tells(context: Context, tmp_path: Path) -> None:
    """Names come along, without addresses; a sport is told where the file does not know it."""
    result = import_paths(context, [strava_zip(tmp_path / "export.zip")])
    assert counts(result) == (2, 0, 0, 0)
    assert [(one.row.title, one.row.sport, one.row.source_file) for one in result.activities] == [
        ("Autumn e-mail-removed", "running", "1.fit"),
        ("Loop", "running", "2.fit"),
    ]
    again = import_paths(context, [tmp_path / "export.zip"])
    assert (again.added, again.already_there, again.stamp) == (0, 2, None)


def test_one_bad_member_costs_only_itself(context: Context, tmp_path: Path) -> None:
    """A member that cannot be read is refused under its name."""
    archive = strava_zip(tmp_path / "export.zip", activities__3_fit=b"", **{"4.fit": b"RUN defect"})
    result = import_paths(context, [archive])
    assert counts(result)[0] == 2
    assert ("4.fit", "decoder_defect") in refusals(result)


def test_an_archive_without_a_run_is_told_only_when_it_was_named(
    context: Context, tmp_path: Path
) -> None:
    """A zip of letters in a folder of downloads is no bad news."""
    folder = write_runs(tmp_path / "in", {})
    letters = zipped(folder / "letters.zip", **{"a.txt": b"hello"})
    assert import_paths(context, [folder]).skipped == ("letters.zip",)
    assert refusals(import_paths(context, [letters])) == [("letters.zip", "archive_empty")]
    (folder / "broken.zip").write_bytes(letters.read_bytes()[:40])
    assert [file for file, _ in refusals(import_paths(context, [folder]))] == ["broken.zip"]


def test_an_unpacked_archive_is_taken_in_as_well(context: Context, tmp_path: Path) -> None:
    """The list lies in the folder and still names the runs."""
    folder = tmp_path / "export"
    with zipfile.ZipFile(strava_zip(tmp_path / "export.zip")) as file:
        file.extractall(folder)
    result = import_paths(context, [folder])
    assert sorted(one.row.title or "" for one in result.activities) == [
        "Autumn e-mail-removed",
        "Loop",
    ]


def test_an_archive_tells_about_files_that_came_before_it(context: Context, tmp_path: Path) -> None:
    """The file was imported alone, the archive knows its name; undoing takes the name back."""
    alone = tmp_path / "alone.fit"
    alone.write_bytes(run_on(2))
    import_paths(context, [alone])
    result = import_paths(context, [strava_zip(tmp_path / "export.zip")])
    assert (result.added, result.already_there) == (1, 1)
    me = context.stored_runner()
    assert context.store.activity_row(me, 1).title == "Loop"
    assert result.stamp == f"{STAMP}-2"
    assert undo_import(context, result.stamp).n_removed == 1
    assert [row.title for row in context.store.activities(me)] == [None]


def test_what_was_cut_away_elsewhere_is_flagged(context: Context) -> None:
    """The file holds the way home in the car; the app's list says how much was kept."""
    about = About(source="strava", crop=(NOW, 1000.0))
    job = MemberJob(name="1.fit", data=run_on(1, elapsed_s=1800.0), about=about)
    found = decode(job, hints=Hints())
    assert isinstance(found, PackedReading)
    assert ["cropped_elsewhere", "odd", "800 s"] in found.activities[0].summary["flags"]
    whole = decode(replace(job, about=replace(about, crop=(NOW, 1750.0))), hints=Hints())
    assert isinstance(whole, PackedReading)
    assert whole.activities[0].summary["flags"] == []


# ---------------------------------------------------------------- the same run twice


def test_a_second_source_is_linked_not_added(context: Context, tmp_path: Path) -> None:
    """It is counted as such, and shown to people and scripts."""
    one, other = tmp_path / "one.fit", tmp_path / "other.fit"
    one.write_bytes(run_on(1))
    other.write_bytes(run_on(1, distance_m=5100.0, elapsed_s=1820.0))
    result = import_paths(context, [one, other])
    assert (result.added, result.linked) == (1, 1)
    assert [item.status for item in result.activities] == ["added", "linked"]
    assert import_data(result)["linked"] == 1
    assert any("second recordings" in line for line in import_lines(result, units="metric"))
    assert import_paths(context, [other]).already_there == 1
    assert len(context.store.activities(context.stored_runner())) == 1


def test_metrics_are_computed_on_the_way_in(context: Context, tmp_path: Path) -> None:
    """With their version; an activity that they stumble over is stored without."""
    import_paths(context, [write_runs(tmp_path / "in", {}, {})])
    metrics = context.store.metrics(context.stored_runner())
    assert {one.version for one in metrics.values()} == {METRICS_VERSION}
    assert all(one.metrics["distance_m"] == pytest.approx(5000) for one in metrics.values())


def test_an_activity_without_metrics_is_stored_all_the_same(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect in the numbers must not cost the run."""

    def stumbling(_activity: Activity) -> dict[str, Any]:
        raise ZeroDivisionError

    monkeypatch.setattr("uncramp.training_history.metrics_of", stumbling)
    assert counts(import_paths(context, [write_runs(tmp_path / "in", {})])) == (1, 0, 0, 0)
    assert context.store.metrics(context.stored_runner()) == {}


# ---------------------------------------------------------------- workers


def real_folder(folder: Path, n_runs: int) -> Path:
    """Runs as FIT files, which worker processes can decode too."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(n_runs):
        (folder / f"{number:03d}.fit").write_bytes(short_fit(number))
    return folder


def test_workers_store_the_same_as_one_process(tmp_path: Path, real_format: None) -> None:
    """In the same order, with the same ids, refusals included."""
    folder = real_folder(tmp_path / "in", 25)
    (folder / "010.fit").write_bytes(short_fit(10)[:100])
    (folder / "011.fit").write_bytes(b"no watch wrote this")
    archive = zipped(tmp_path / "a.zip", **{f"{n}.fit": short_fit(100 + n) for n in range(5)})
    found = []
    for workers in (1, 2):
        data_dir = tmp_path / f"data{workers}"
        with Context(data_dir=data_dir, now=NOW) as context:
            result = import_paths(context, [folder, archive], workers=workers)
            found.append((content_of(data_dir), result.refused, result.skipped))
            again = import_paths(context, [folder, archive], workers=workers)
            assert (again.added, again.already_there) == (0, result.added)
    assert found[0] == found[1]
    assert len(found[0][0]["activity"]) == 28


def test_a_worker_that_dies_costs_one_file(tmp_path: Path, real_format: None) -> None:
    """Killed twice by the same file: that one is refused, everything else comes in, in order."""
    paths = sorted(real_folder(tmp_path / "in", 8).iterdir())
    waiting = [Candidate(path=path) for path in paths]
    killer = MemberJob(name="killer.fit", about=cast("Any", Killer()))
    jobs: Iterator[Candidate | MemberJob] = iter([*waiting[:3], killer, *waiting[3:]])
    found = [wait() for _, wait in decoded_by(2, jobs, hints=Hints())]
    assert [getattr(one, "file_name", None) for one in found] == [
        *(path.name for path in paths[:3]),
        None,
        *(path.name for path in paths[3:]),
    ]
    assert isinstance(found[3], RefusedFile)
    assert (found[3].file, found[3].code) == ("killer.fit", "decoder_defect")


class Killer:
    """Ends the process that unpickles it."""

    def __reduce__(self) -> tuple[Any, tuple[int]]:
        """Called in this process; what it names is called in the worker."""
        return os._exit, (1,)


def test_only_so_much_waits_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However fast an archive can be unpacked, members are taken out as others are stored."""
    monkeypatch.setattr(decoding_pool, "MOST_BYTES", 3000)
    monkeypatch.setattr(decoding_pool, "ProcessPoolExecutor", AtOnce)
    taken = 0

    def members() -> Iterator[MemberJob]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield MemberJob(name=f"{number}.fit", data=b"x" * 1000)

    stored = 0
    for _, wait in decoding_pool.decoded_by(2, members(), hints=Hints()):
        assert isinstance(wait(), RefusedFile)
        stored += 1
        assert taken - stored <= 4
    assert stored == 50


class AtOnce:
    """In place of a pool: every job is done when it is given."""

    def __init__(self, _n_workers: int, **named: Any) -> None:
        decoding_pool.HINTS.append(named["initargs"][0])

    def submit(self, call: Any, *given: Any) -> Future[Any]:
        """The result, there already."""
        future: Future[Any] = Future()
        future.set_result(call(*given))
        return future

    def shutdown(self, *, wait: bool, cancel_futures: bool) -> None:
        """Nothing to let go."""


def test_small_imports_start_no_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few files, or few bytes: starting workers would take longer than they save."""
    few = [Planned(candidate=Candidate(path=tmp_path), n_bytes=10**8)] * 3
    light = [Planned(candidate=Candidate(path=tmp_path), n_bytes=10)] * 300
    many = [Planned(candidate=Candidate(path=tmp_path), n_bytes=10**5)] * 300
    assert [workers_for(plan, None) for plan in (few, light, many)] == [1, 1, 2]
    assert workers_for(few, 4) == 4
