"""Import takes in what can be taken in, once, and tells of everything else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store_support import NOW, run_file, use_made_up_format, write_runs
from uncramp.actions.context import Context
from uncramp.actions.importing import Candidate, ImportResult, decode, import_paths
from uncramp.envelope import plain
from uncramp.errors import InputError
from uncramp.wording.catalogue import refusal_text
from uncramp.wording.importing import import_data, import_lines, import_warnings


@pytest.fixture(autouse=True)
def _made_up_format(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test but those on real files reads the made-up format."""
    if "shared_activities" not in request.fixturenames:
        use_made_up_format(monkeypatch)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """An action's context with an empty data folder."""
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        yield opened


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

    monkeypatch.setattr("uncramp.actions.importing.pack_reading", wrong)
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
    found = decode(Candidate(path=path))
    assert (found.file, found.code) == ("run1.fit", "file_unreadable")  # type: ignore[union-attr]
    assert found.values == {"problem": "Input/output error"}  # type: ignore[union-attr]


def test_a_file_far_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded before reading, not after."""
    monkeypatch.setattr("uncramp.actions.importing.LARGEST_FILE_BYTES", 10)
    path = write_runs(tmp_path / "in", {}) / "run1.fit"
    assert decode(Candidate(path=path)).code == "file_too_large"  # type: ignore[union-attr]


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
    assert lines[-2:] == [
        "Did one of them cramp? Next: uncramp why last",
        "All activities: uncramp runs",
    ]
    assert "me: 19 added, 0 already there, 0 flagged, 0 refused." in lines
    assert "7 earlier" in lines[1]
    assert "2025-09-19" in lines[13]
    assert max(len(line) for line in lines) <= 80


def test_progress_is_told_before_each_file(context: Context, tmp_path: Path) -> None:
    """Done, total and the bare name of what comes next; the end is told too."""
    heard: list[tuple[int, int, str]] = []

    def progress(*, done: int, total: int, name: str) -> None:
        heard.append((done, total, name))

    import_paths(context, [write_runs(tmp_path / "in", {}, {})], progress=progress)
    assert heard == [(0, 2, "run1.fit"), (1, 2, "run2.fit"), (2, 2, "")]


def test_an_interrupted_import_goes_on_where_it_stopped(context: Context, tmp_path: Path) -> None:
    """What was stored stays whole; the same call adds the rest."""
    folder = write_runs(tmp_path / "in", {}, {}, {})

    def stop(*, done: int, total: int, name: str) -> None:
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
    assert result.added == len(result.activities) > 40
    assert not [one for one in result.refused if one.code == "decoder_defect"]
    again = import_paths(context, [shared_activities])
    assert (again.added, again.already_there) == (0, result.added)
    assert refusals(again) == refusals(result)
    plain(import_data(result))
    assert list(import_lines(result, units="metric"))
    for imported in result.activities:
        _, stored = context.store.activity(context.stored_runner(), imported.row.activity_id)
        assert len(stored.time_s) == imported.row.n_records
