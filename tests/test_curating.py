"""The runner has the last word: merge, split, exclude, name, and take an import back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from store_support import run_file, use_made_up_format, write_runs
from uncramp.cli import main


@pytest.fixture(autouse=True)
def _two_days(tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs 1 and 2 of two days, 3 a second recording of the second."""
    use_made_up_format(monkeypatch)
    folder = write_runs(tmp_path / "in", {}, {"distance_m": 8000.0})
    twin = {"start_utc": "2025-09-02T07:00:30+00:00", "distance_m": 8100.0}
    (folder / "twin.fit").write_bytes(run_file(twin))
    assert main(["import", str(folder), "--json"]) == 0


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Exit code and the one JSON object on stdout."""
    capsys.readouterr()
    code = main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a call that works says."""
    capsys.readouterr()
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def listed(capsys: pytest.CaptureFixture[str]) -> list[int]:
    """Ids that `uncramp runs` shows."""
    _, answer = run_json(capsys, "runs")
    return sorted(one["id"] for one in answer["data"]["runs"])


def test_split_and_merge(capsys: pytest.CaptureFixture[str]) -> None:
    """What the import linked can be parted, and linked the other way round."""
    assert listed(capsys) == [1, 2]
    assert "2, 3" not in run(capsys, "runs", "split", "3")
    assert listed(capsys) == [1, 2, 3]
    assert "uncramp runs split 2" in run(capsys, "runs", "merge", "3", "2")
    assert listed(capsys) == [1, 3]
    code, answer = run_json(capsys, "runs", "merge", "2", "3")
    assert (code, answer["schema"]) == (0, "uncramp.runs.merge/1")
    assert (answer["data"]["kept"]["id"], answer["data"]["linked"]["id"]) == (2, 3)
    _, answer = run_json(capsys, "runs", "split", "2")
    assert [one["id"] for one in answer["data"]["runs"]] == [3]


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["merge", "1", "1"], 2, "itself"),
        (["merge", "1", "77"], 1, "77"),
        (["split", "1"], 2, "not merged"),
        (["exclude", "77"], 1, "77"),
    ],
)
def test_what_cannot_be_is_told(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, word: str
) -> None:
    """With exit code and words, nothing changed."""
    assert main(["runs", *arguments]) == code
    assert word in capsys.readouterr().err
    assert listed(capsys) == [1, 2]


def test_excluded_runs_count_nowhere_and_come_back(capsys: pytest.CaptureFixture[str]) -> None:
    """Left out of the list, still stored."""
    assert "--undo" in run(capsys, "runs", "exclude", "1")
    assert listed(capsys) == [2]
    _, answer = run_json(capsys, "runs", "exclude", "1", "--undo")
    assert answer["data"]["run"]["excluded"] is False
    assert listed(capsys) == [1, 2]


def test_names(capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, without addresses; an empty one takes it away."""
    said = run(capsys, "runs", "title", "1", "First\nmarathon ann@example.org")
    assert "First marathon e-mail-removed" in said
    _, answer = run_json(capsys, "runs", "title", "1", " ")
    assert answer["data"]["run"]["title"] is None
    assert "no name" in run(capsys, "runs", "title", "1", "")


def test_an_import_is_taken_back(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """By the stamp it said; a second time there is nothing to take back."""
    later = tmp_path / "later.fit"
    later.write_bytes(run_file({"start_utc": "2025-09-20T07:00:00+00:00"}))
    _, answer = run_json(capsys, "import", str(later))
    stamp = answer["data"]["stamp"]
    assert listed(capsys) == [1, 2, 4]
    assert stamp in run(capsys, "import", "--undo", stamp)
    assert listed(capsys) == [1, 2]
    code, answer = run_json(capsys, "import", "--undo", stamp)
    assert (code, answer["error"]["code"]) == (1, "unknown_import")
