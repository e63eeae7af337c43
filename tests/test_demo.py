"""The synthetic runner: real files, the real command line, and a story with two sides."""

from __future__ import annotations

import html
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from uncramp.activities import read_bytes
from uncramp.demo import CASE, SCREEN
from uncramp.demo_runs import PAST_RACES, earlier_outings, fit_bytes, outings
from uncramp.demo_season import PLANNED
from uncramp.wording.catalogue import text

ROOT = Path(__file__).resolve().parent.parent


def run_module(
    module: str, *arguments: str, cwd: Path, temporary: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """`python -m module …` somewhere else than in the project, as a reader may call it."""
    surroundings = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    if temporary is not None:
        surroundings |= {name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=cwd,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A demo that was kept: its folder, and what it printed."""
    place = tmp_path_factory.mktemp("reader")
    finished = run_module("uncramp.demo", "--no-serve", "--data-dir", "demo", cwd=place)
    assert finished.returncode == 0, finished.stderr
    return place / "demo", finished.stdout


@pytest.fixture(scope="module")
def why(kept: tuple[Path, str]) -> dict[str, Any]:
    """The data of the printed `why`, asked again as JSON in the kept store."""
    folder, _ = kept
    case = folder / "synthetic-case.json"
    words = ("why", "last", "--case", str(case), "--data-dir", str(folder), "--json")
    finished = run_module("uncramp", *words, cwd=folder)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    data: dict[str, Any] = json.loads(finished.stdout)["data"]
    return data


def test_every_step_is_shown_with_its_command(kept: tuple[Path, str]) -> None:
    """From the profile to now, each as a line to repeat, all marked as synthetic."""
    folder, printed = kept
    commands = [line for line in printed.splitlines() if line.startswith("$ uncramp ")]
    assert [command.split()[2] for command in commands] == [
        *("runner", "import", "import", "diary", "weather", "sweat", "runs", "why", "history"),
        *("rehearse", "race", "ledger", "race", "gap", "train", "now"),
    ]
    assert printed.count("[SYNTHETIC RUNNER]") >= len(commands)
    n_training = len(earlier_outings()) + len(outings()) - 1
    assert f"{n_training} added, 0 already there" in printed
    assert f"1 added, {n_training} already there" in printed
    assert "0 refused" in printed
    assert "Traceback" not in printed
    assert "--interactive" in printed.splitlines()[-1]
    assert (folder / "SYNTHETIC.txt").exists()
    assert all(path.name.startswith("synthetic-") for path in (folder / "files").iterdir())


def test_the_season_ends_with_a_look_back_and_a_ledger(kept: tuple[Path, str]) -> None:
    """What was said weeks before is held against the race: the finish and four weighings."""
    folder, printed = kept
    assert "You passed your longest run at 28.0 km; the cramp came at 32.0 km" in printed
    assert "Made-up autumn marathon is run. Look back" in printed
    assert "Proven to drink." in printed
    assert "The run was too short to count." in printed
    words = ("ledger", "--data-dir", str(folder), "--json")
    finished = run_module("uncramp", *words, cwd=folder)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    told = json.loads(finished.stdout)["data"]
    assert told["calibration"]["n"] == 5
    verbs = {one["verb"] for one in told["entries"]}
    assert verbs == {"why", "now", "plan", "train", "rehearse", "debrief"}
    plan = next(one for one in told["entries"] if one["verb"] == "plan")
    raced = max(path.stem.removeprefix("synthetic-") for path in (folder / "files").iterdir())
    said = date.fromisoformat(raced) - timedelta(days=PLANNED)
    assert plan["at"].startswith(said.isoformat())


def test_the_cause_that_was_built_in_is_found(kept: tuple[Path, str]) -> None:
    """Two hot races went well, three hilly ones and a fast one cramped: it is load, not heat."""
    folder, _ = kept
    screened = [word for answer in SCREEN for word in ("--answer", answer)]
    words = ("history", *screened, "--data-dir", str(folder), "--json")
    finished = run_module("uncramp", *words, cwd=folder)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    told = json.loads(finished.stdout)["data"]
    assert told["verdict"] == "load"
    assert len(told["cramps"]) == 1 + sum(one.is_hilly for one in PAST_RACES) == 4
    load, salt = told["groups"]
    assert load["odds"]["low"] > 1 > salt["odds"]["low"]
    assert told["next"]["id"] != "drink_plan"


def test_both_kinds_are_named_in_the_answer(why: dict[str, Any]) -> None:
    """Mixed, with the load of the file on one side and salt and water on the other."""
    assert why["kind"] in {"mixed", "overload"}
    assert why["screen"] == "complete"
    assert why["stop"] is None
    towards = {one["finding"]: one["towards"] for one in why["because"]}
    assert {name for name, side in towards.items() if side == "overload"} >= {
        "past_longest_run",
        "first_part_fast",
        "one_muscle",
    }
    assert {name for name, side in towards.items() if side == "electrolyte"} >= {
        "twitches_first",
        "plain_water_heavy_sweat",
        "salt_marks",
        "hot_new_or_repeated",
    }
    assert why["now"]
    assert why["next"]


def test_the_file_itself_shows_where_it_came(why: dict[str, Any]) -> None:
    """Proposed from the stop at 32 km and confirmed; past the longest run, after a fast start."""
    assert "onset_km" not in json.dumps(CASE)
    assert why["onset"]["km"] == pytest.approx(32.0, abs=0.2)
    assert [point["event"] for point in why["timeline"]] == [
        "first_part",
        "slowdown",
        "longest_run_passed",
        "onset",
        "losses",
    ]
    passed = why["timeline"][2]
    assert passed["km"] == pytest.approx(28.0, abs=0.1)
    assert why["timeline"][0]["values"]["faster_pct"] > 8


def test_again_in_the_same_folder_adds_nothing(kept: tuple[Path, str]) -> None:
    """The same bytes each time, and an import that knows them."""
    folder, _ = kept
    finished = run_module("uncramp.demo", "--no-serve", "--data-dir", str(folder), cwd=folder)
    assert finished.returncode == 0, finished.stderr
    n_files = len(earlier_outings()) + len(outings())
    assert f"0 added, {n_files} already there" in finished.stdout


def test_the_app_is_opened_on_the_made_up_runner_and_leaves_nothing(
    tmp_path: Path, data_dir: Path
) -> None:
    """The same story in the browser with a banner; stopped, all of it is gone.

    Neither in the reader's folder, nor among temporary files, nor in their own store. By
    Ctrl-C; that the server ends alike when told otherwise is shown in test_serve.py.
    """
    place, temporary = tmp_path / "reader", tmp_path / "temporary"
    place.mkdir()
    temporary.mkdir()
    surroundings = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    surroundings |= {name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")}
    with subprocess.Popen(
        [sys.executable, "-m", "uncramp.demo", "--no-open", "--port", "0"],
        cwd=place, env=surroundings, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, encoding="utf-8",
    ) as running:  # fmt: skip
        assert running.stdout is not None
        printed: list[str] = []
        while not (printed and "?token=" in printed[-1]):
            printed.append(running.stdout.readline().rstrip("\n"))
            assert printed[-1] or running.poll() is None, printed
        assert "$ uncramp import files" in printed
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        browser.open(printed[-1], timeout=30).close()
        with browser.open(printed[-1].partition("?")[0] + "r/me", timeout=30) as answer:
            page = answer.read().decode()
        assert text("page.demo") in html.unescape(page)
        assert list(temporary.iterdir())
        running.send_signal(signal.SIGINT)
        rest, errors = running.communicate(timeout=60)
    assert running.returncode == 0, errors
    assert "thrown away" in " ".join(rest.split())
    assert "Traceback" not in errors
    assert not list(temporary.iterdir())
    assert not list(place.iterdir())
    assert not data_dir.exists()


def test_a_port_that_is_taken_is_told_in_words(tmp_path: Path) -> None:
    """No traceback, and what was made for it is gone."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        words = ("--no-open", "--port", str(port))
        finished = run_module("uncramp.demo", *words, cwd=tmp_path, temporary=tmp_path)
    assert finished.returncode == 1
    assert f"Port {port} cannot be used" in finished.stderr
    assert "Traceback" not in finished.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    """Made-up runs never mix with real ones."""
    (tmp_path / "uncramp.sqlite3").write_bytes(b"mine")
    finished = run_module("uncramp.demo", "--data-dir", str(tmp_path), cwd=tmp_path)
    assert finished.returncode == 2
    assert "must not mix" in " ".join(finished.stderr.split())
    assert [path.name for path in tmp_path.iterdir()] == ["uncramp.sqlite3"]


def test_the_files_are_what_a_watch_writes() -> None:
    """Each reads back as one run with a watch's channels, no place, and nothing repaired."""
    written = outings()
    assert len({outing.name for outing in written}) == len(written)
    assert (written[-1].start_utc - written[0].start_utc).days in range(90, 99)
    for outing in written:
        (activity,) = read_bytes(fit_bytes(outing), name=outing.name).activities
        assert activity.is_run
        assert activity.n_records == outing.time_s.size
        assert activity.distance_m == pytest.approx(float(outing.distance_m[-1]), abs=0.01)
        assert activity.profile is not None
        assert activity.profile.age_y == 38
        assert not {"latitude_deg", "longitude_deg"} & activity.streams.keys()
        assert not [flag for flag in activity.flags if flag.kind == "repaired"]
        heart_rate = activity.streams["heart_rate_bpm"].physical()
        assert 80 <= heart_rate.min() <= heart_rate.max() <= 185


def test_the_story_is_the_same_each_time() -> None:
    """A fixed seed: byte for byte."""
    first, second = outings(), outings()
    assert [fit_bytes(outing) for outing in first] == [fit_bytes(outing) for outing in second]
    assert all(np.all(np.diff(outing.distance_m) >= 0) for outing in first)
