"""A plugged-in watch is found, and a watched folder is taken in as files come."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

import pytest

from store_support import NOW, run_file, use_made_up_format, write_runs
from uncramp.actions import watching
from uncramp.actions.context import Context
from uncramp.actions.importing import ImportResult
from uncramp.actions.watching import find_device_folders, volume_roots, watch_folder
from uncramp.cli import main
from uncramp.errors import InputError, NotFoundError


@pytest.fixture(autouse=True)
def _made_up_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """No real decoder is needed here."""
    use_made_up_format(monkeypatch)


@pytest.mark.parametrize(
    "place",
    ["GARMIN/ACTIVITY", "Garmin/Activity", "Internal Storage/GARMIN/Activity", "ACTIVITY", ""],
)
def test_a_watch_is_found_wherever_its_maker_puts_files(tmp_path: Path, place: str) -> None:
    """In any case of letters, right on the volume or one folder down."""
    folder = tmp_path / "GARMIN" / place
    folder.mkdir(parents=True)
    (folder / "A1.FIT").write_bytes(b"x")
    (tmp_path / "USB stick" / "photos").mkdir(parents=True)
    roots = [tmp_path / "USB stick", tmp_path / "gone", tmp_path / "GARMIN"]
    assert find_device_folders(roots) == [folder]


def test_no_watch_is_told(tmp_path: Path) -> None:
    """An empty activity folder is none either."""
    (tmp_path / "GARMIN" / "ACTIVITY").mkdir(parents=True)
    with pytest.raises(NotFoundError, match="no_watch"):
        find_device_folders([tmp_path])
    with pytest.raises(NotFoundError, match="no_watch"):
        find_device_folders([])


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_volumes_can_be_looked_for_everywhere(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a system mounts nothing there is nothing, and no error."""
    monkeypatch.setattr(sys, "platform", platform)
    assert all(isinstance(root, Path) for root in volume_roots())


def test_a_watch_is_imported(
    tmp_path: Path,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One command, no path to type."""
    write_runs(tmp_path / "vol" / "GARMIN" / "Activity", {}, {})
    monkeypatch.setattr(watching, "volume_roots", lambda: [tmp_path / "vol"])
    assert main(["import", "--watch-device", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["data"]["added"] == 2
    assert "vol" not in captured.out + captured.err


class Days:
    """In place of a clock: each sleep, something happens; then it is over."""

    def __init__(self, *happenings: object) -> None:
        self.left = list(happenings)

    def sleep(self, _seconds: float) -> None:
        """The next thing happens."""
        happening = self.left.pop(0)
        if callable(happening):
            happening()

    def stop(self) -> bool:
        """Whether nothing is to come."""
        return not self.left


def watched(tmp_path: Path, folder: Path, days: Days) -> list[ImportResult]:
    """What a watched folder told."""
    told: list[ImportResult] = []
    watch_folder(
        lambda: Context(data_dir=tmp_path / "data", now=NOW),
        folder,
        tell=lambda _, result: told.append(result),
        sleep=days.sleep,
        stop=days.stop,
    )
    return told


def test_files_are_taken_when_they_have_stopped_growing(tmp_path: Path) -> None:
    """What lies there comes first; a file being written waits; nothing new is told of nothing."""
    folder = write_runs(tmp_path / "in", {})
    content = run_file({"start_utc": "2025-09-20T07:00:00+00:00"})
    growing = folder / "sub" / "new.fit"

    def begin() -> None:
        growing.parent.mkdir()
        growing.write_bytes(content[:20])

    days = Days(None, None, begin, lambda: growing.write_bytes(content), None, None, None)
    told = watched(tmp_path, folder, days)
    assert [(one.added, one.refused) for one in told] == [(1, ()), (1, ())]
    assert told[0].stamp != told[1].stamp


def test_bad_files_are_told_once(tmp_path: Path) -> None:
    """And other files not at all."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "bad.fit").write_bytes(b"RUN defect")
    (folder / "notes.txt").write_text("hello", encoding="utf-8")
    told = watched(tmp_path, folder, Days(None, None, None, None))
    assert [[file.file for file in one.refused] for one in told] == [["bad.fit"]]


def test_only_a_folder_can_be_watched(tmp_path: Path) -> None:
    """A file, or what is not there, is refused at once."""
    with pytest.raises(InputError, match="not_a_folder"):
        watched(tmp_path, tmp_path / "gone", Days())


def test_watching_ends_with_ctrl_c(
    tmp_path: Path,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 130; what was taken in stays."""
    folder = write_runs(tmp_path / "in", {})
    naps = iter([None, None])

    def nap(_seconds: float) -> None:
        if next(naps, "stop") == "stop":
            raise KeyboardInterrupt

    monkeypatch.setattr("uncramp.cli.importing.watch_folder", partial(watch_folder, sleep=nap))
    assert main(["import", "--watch", str(folder)]) == 130
    assert "1 added" in capsys.readouterr().out
    assert main(["runs", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["data"]["runs"]) == 1


@pytest.mark.parametrize(
    "arguments", [[], ["--watch-device", "x.fit"], ["--undo", "a", "--watch", "b"]]
)
def test_one_thing_to_import_at_a_time(
    arguments: list[str], data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing, or two things: told with what would work."""
    assert main(["import", *arguments]) == 2
    assert "uncramp import" in capsys.readouterr().err
