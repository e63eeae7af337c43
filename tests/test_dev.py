"""dev.py without a network: what it installs, with what, when not at all, and what it says."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCK_NAMES = ("run", "all", "dev", "oracle", "web", "peers", "lowest")


def load_dev() -> ModuleType:
    """dev.py as a module of its own, so that patches stay in one test."""
    spec = importlib.util.spec_from_file_location("uncramp_dev", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Machine:
    """A pretended checkout: commands are written down, and fail when told to."""

    def __init__(self, dev: ModuleType, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.dev = dev
        self.commands: list[list[str]] = []
        self.failing: str | None = None
        self.exit_code = 0
        self.at_root = True
        locks = folder / "requirements"
        locks.mkdir()
        for name in LOCK_NAMES:
            (locks / f"{name}.txt").write_text(f"{name}==1\n", encoding="utf-8")
        (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
        patch.setattr(dev, "ROOT", folder)
        patch.setattr(dev, "LOCKS", locks)
        patch.setattr(dev, "quietly", self.quietly)
        patch.setattr(dev, "child", self.child)
        patch.setattr(dev.shutil, "which", lambda _name: self.uv)
        self.uv: str | None = None

    def quietly(self, command: Sequence[str]) -> None:
        """Note the command; make the environment if that is what it asks for."""
        self.commands.append(list(command))
        if self.failing is not None and self.failing in command:
            raise self.dev.StepError("no route to host\nmore noise")
        if "venv" in command:
            python = self.dev.Place(Path(command[-1]), ()).python
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()

    def child(self, _place: object, *words: str, at_root: bool = True) -> int:
        """Note what would have been run inside the environment."""
        self.at_root = at_root
        self.commands.append([*words])
        return self.exit_code

    def installed(self) -> list[str]:
        """Names of the locks that were installed, in order."""
        return [Path(command[-1]).stem for command in self.commands if "-r" in command]


@pytest.fixture
def dev() -> ModuleType:
    """A fresh dev.py."""
    return load_dev()


@pytest.fixture
def machine(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A fresh machine without uv."""
    return Machine(dev, tmp_path, monkeypatch)


def test_setup_installs_the_run_lock_with_pip_then_the_package(machine: Machine) -> None:
    """Two steps, because hashes and an editable install do not mix."""
    assert machine.dev.main(["setup"]) == 0
    make, lock, package = machine.commands
    assert make[1:3] == ["-m", "venv"]
    assert "--require-hashes" in lock
    assert lock[-1].endswith("run.txt")
    assert {"--no-deps", "--no-build-isolation", "--editable"} <= set(package)
    assert "--require-hashes" not in package


def test_uv_is_used_when_it_is_there(machine: Machine) -> None:
    """With uv on PATH nothing else is started."""
    machine.uv = "uv"
    assert machine.dev.main(["setup"]) == 0
    assert {command[0] for command in machine.commands} == {"uv"}


def test_pip_takes_over_from_the_start_when_uv_fails(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """An environment that uv half made is not used: it holds no pip."""
    machine.uv = machine.failing = "uv"
    assert machine.dev.main(["setup"]) == 0
    assert machine.commands[1][1:3] == ["-m", "venv"]
    assert machine.dev.installed(machine.dev.run_place())["tool"] == "pip"
    said = capsys.readouterr().err
    assert "no route to host" in said
    assert "more noise" not in said


def test_nothing_is_started_when_up_to_date(machine: Machine) -> None:
    """Second time: no installer, so no network."""
    machine.dev.main(["setup"])
    machine.commands.clear()
    assert machine.dev.main(["setup"]) == 0
    assert machine.commands == []


@pytest.mark.parametrize(
    ("change", "installed_again"),
    [("requirements/run.txt", ["run"]), ("pyproject.toml", []), ("requirements/dev.txt", None)],
)
def test_only_what_changed_is_installed_again(
    machine: Machine, change: str, installed_again: list[str] | None
) -> None:
    """A changed lock brings itself and the package; a lock that is not used brings nothing."""
    machine.dev.main(["setup"])
    machine.commands.clear()
    (machine.dev.ROOT / change).write_text("changed\n", encoding="utf-8")
    machine.dev.main(["setup"])
    if installed_again is None:
        assert machine.commands == []
    else:
        assert machine.installed() == installed_again
        assert "--editable" in machine.commands[-1]


def test_tests_add_their_locks_to_what_is_there(machine: Machine) -> None:
    """The run lock is not installed twice."""
    machine.dev.main(["demo"])
    machine.commands.clear()
    machine.dev.main(["test"])
    assert machine.installed() == ["dev", "oracle", "web"]


def test_a_moved_checkout_is_set_up_anew(machine: Machine) -> None:
    """Scripts in an environment know their folder; a copy of it runs somebody else's code."""
    machine.dev.main(["setup"])
    place = machine.dev.run_place()
    stamp = place.stamp.read_text(encoding="utf-8")
    place.stamp.write_text(stamp.replace(machine.dev.ROOT.name, "elsewhere"), encoding="utf-8")
    machine.commands.clear()
    machine.dev.main(["setup"])
    assert "venv" in machine.commands[0]


def test_without_uv_an_environment_made_by_uv_is_made_again(machine: Machine) -> None:
    """uv leaves pip out, so pip cannot go on in its environment."""
    machine.uv = "uv"
    machine.dev.main(["setup"])
    machine.uv = None
    machine.commands.clear()
    machine.dev.main(["test"])
    assert machine.commands[0][1:3] == ["-m", "venv"]
    assert machine.installed() == ["run", "dev", "oracle", "web"]


@pytest.mark.parametrize("stamp", ["", "[]", "{", "\x00"])
def test_an_unreadable_stamp_counts_as_none(machine: Machine, stamp: str) -> None:
    """A half-written stamp leads to a new set-up, not to a traceback."""
    machine.dev.main(["setup"])
    machine.dev.run_place().stamp.write_text(stamp, encoding="utf-8")
    assert not machine.dev.is_ready(machine.dev.run_place())


def test_an_interrupted_set_up_is_not_taken_for_finished(machine: Machine) -> None:
    """The stamp is gone before the first step and written after the last."""
    machine.dev.main(["setup"])
    (machine.dev.LOCKS / "run.txt").write_text("new\n", encoding="utf-8")
    machine.failing = "--editable"
    assert machine.dev.main(["setup"]) == 1
    assert machine.dev.installed(machine.dev.run_place()) == {}


def test_line_ends_do_not_change_a_digest(dev: ModuleType, tmp_path: Path) -> None:
    """git on Windows may turn \\n into \\r\\n."""
    (tmp_path / "unix").write_bytes(b"a\nb\n")
    (tmp_path / "windows").write_bytes(b"a\r\nb\r\n")
    assert dev.digest(tmp_path / "unix") == dev.digest(tmp_path / "windows")


def test_a_failing_pip_says_what_to_do(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """The end of pip's output, then the remedy."""
    machine.failing = "--require-hashes"
    assert machine.dev.main(["setup"]) == 1
    said = capsys.readouterr().err
    assert "more noise" in said
    assert "network" in said


def test_missing_venv_says_what_to_install(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Debian's Python comes without ensurepip until a package brings it."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        machine.dev.importlib.util,
        "find_spec",
        lambda name: None if name == "ensurepip" else find(name),
    )
    assert machine.dev.main(["setup"]) == 1
    assert "-venv" in capsys.readouterr().err
    assert machine.commands == []


def test_an_old_python_is_told_so() -> None:
    """One sentence with the version found, not a traceback."""
    pretend = (
        "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0);"
        "runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", pretend, str(ROOT / "dev.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; this is Python 3.9" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_old_python_can_read_the_file() -> None:
    """Newer grammar would give a syntax error before the friendly sentence."""
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize(
    ("words", "run"),
    [
        (["demo", "--no-serve"], ["-m", "uncramp.demo", "--no-serve"]),
        (["demo", "--port", "0"], ["-m", "uncramp.demo", "--port", "0"]),
        (["app"], ["-m", "uncramp", "serve"]),
        (["app", "--lan", "--no-open"], ["-m", "uncramp", "serve", "--lan", "--no-open"]),
        (["test"], ["-m", "pytest", "-n", "2", "-m", "not deep"]),
        (["test", "-k", "fit"], ["-m", "pytest", "-n", "2", "-m", "not deep", "-k", "fit"]),
        (["test", "--deep", "-q"], ["-m", "pytest", "--hypothesis-profile=deep", "-q"]),
        (["test", "--lowest"], ["-m", "pytest", "-n", "2", "-m", "not deep and not slow"]),
    ],
)
def test_words_are_passed_on(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, words: list[str], run: list[str]
) -> None:
    """The reader's words come last and so win; tests run side by side, one to a core."""
    monkeypatch.setattr(machine.dev.os, "cpu_count", lambda: 2)
    machine.dev.main(words)
    assert machine.commands[-1] == run


def test_the_demo_stays_where_the_reader_stands(machine: Machine) -> None:
    """A relative --data-dir means what it says; tests run at the top of the checkout."""
    machine.dev.main(["demo", "--data-dir", "here"])
    assert not machine.at_root
    machine.at_root = True
    machine.dev.main(["app", "--data-dir", "here"])
    assert not machine.at_root
    machine.dev.main(["test"])
    assert machine.at_root


def test_lowest_has_an_environment_of_its_own(machine: Machine) -> None:
    """Old and new libraries do not share a folder."""
    machine.dev.main(["test", "--lowest"])
    assert machine.installed() == ["lowest", "dev", "oracle"]
    assert machine.dev.lowest_place().folder != machine.dev.dev_place().folder


def test_the_exit_code_of_the_child_is_passed_on(machine: Machine) -> None:
    """pytest's 5 stays a 5."""
    machine.exit_code = 5
    assert machine.dev.main(["test"]) == 5


TIDY = """
import signal, sys, time
from pathlib import Path
def tidy(*_):
    time.sleep(1)
    Path(sys.argv[1]).write_text("tidied")
    sys.exit(7)
signal.signal(signal.SIGINT, tidy)
signal.signal(signal.SIGTERM, tidy)
print("ready", flush=True)
while True:
    time.sleep(0.05)
"""
CALLER = """
import importlib.util, sys, types
from pathlib import Path
spec = importlib.util.spec_from_file_location("uncramp_dev", sys.argv[1])
dev = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = dev
spec.loader.exec_module(dev)
place = types.SimpleNamespace(python=Path(sys.executable))
sys.exit(dev.child(place, "-c", sys.argv[2], sys.argv[3]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: process groups")
@pytest.mark.parametrize(
    ("number", "to_all"), [(signal.SIGINT, True), (signal.SIGTERM, False)], ids=["Ctrl-C", "kill"]
)
def test_what_runs_inside_may_tidy_up(
    tmp_path: Path, number: signal.Signals, *, to_all: bool
) -> None:
    """Ctrl-C reaches everybody in the terminal; the demo then throws its folder away."""
    note = tmp_path / "note"
    words = [sys.executable, "-c", CALLER, str(ROOT / "dev.py"), TIDY, str(note)]
    with subprocess.Popen(words, start_new_session=True, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"ready\n"
        if to_all:
            os.killpg(running.pid, number)
        else:
            running.send_signal(number)
        code = running.wait(30)
    assert note.read_text(encoding="utf-8") == "tidied"
    assert code == 7


def test_check_runs_everything_even_after_a_failure(machine: Machine) -> None:
    """One run shows all that is wrong."""
    machine.exit_code = 1
    assert machine.dev.main(["check"]) == 1
    assert [command[1] for command in machine.commands[-4:]] == ["ruff", "ruff", "mypy", "pytest"]


def test_bench_runs_every_benchmark_and_reports_the_first_failure(machine: Machine) -> None:
    """A failing benchmark does not hide the next."""
    folder = machine.dev.ROOT / "benchmarks"
    folder.mkdir()
    for name in ("bench_b.py", "bench_a.py", "other.py"):
        (folder / name).touch()
    machine.exit_code = 3
    assert machine.dev.main(["bench"]) == 3
    assert [Path(command[0]).name for command in machine.commands[-2:]] == [
        "bench_a.py",
        "bench_b.py",
    ]


@pytest.mark.parametrize(
    "words", [[], ["tset"], ["check", "now"], ["setup", "--all"], ["test", "--deep", "--lowest"]]
)
def test_what_is_not_understood_is_said(machine: Machine, words: list[str]) -> None:
    """Usage errors exit with 2 and install nothing."""
    assert machine.dev.main(words) == 2
    assert machine.commands == []


def test_lock_needs_uv(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """The only command that does."""
    assert machine.dev.main(["lock"]) == 1
    assert "uv" in capsys.readouterr().err


def test_lock_names_no_index_and_every_platform(machine: Machine) -> None:
    """Every lock is universal and hashed."""
    machine.uv = "uv"
    assert machine.dev.main(["lock", "--upgrade"]) == 0
    assert len(machine.commands) == len(LOCK_NAMES)
    for command in machine.commands:
        assert {"--universal", "--generate-hashes", "--no-emit-index-url"} <= set(command)
        assert command[-1] == "--upgrade"


def pins(name: str) -> dict[str, set[str]]:
    """Package to the versions that a real lock file pins (more than one: per Python)."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", text, re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


def needed() -> dict[str, str]:
    """Package to lowest version, from pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return dict(line.split(">=") for line in project["dependencies"])


def test_the_run_lock_holds_what_pyproject_asks_for() -> None:
    """Otherwise somebody forgot `python3 dev.py lock`."""
    assert {"hatchling", "editables", *needed()} <= set(pins("run"))


def test_the_lowest_lock_holds_the_floors_of_pyproject() -> None:
    """`click>=8.1.7` is tested with click 8.1.7."""
    locked = pins("lowest")
    for package, floor in needed().items():
        assert {re.sub(r"(\.0)+$", "", version) for version in locked[package]} == {
            re.sub(r"(\.0)+$", "", floor)
        }


@pytest.mark.parametrize(
    "together", [("run", "dev", "oracle", "web", "peers"), ("lowest", "dev", "oracle")]
)
def test_locks_that_are_used_together_agree(together: tuple[str, ...]) -> None:
    """One version of each package, whichever lock is installed last."""
    seen: dict[str, set[str]] = {}
    for name in together:
        for package, versions in pins(name).items():
            assert seen.setdefault(package, versions) == versions


@pytest.mark.parametrize("name", LOCK_NAMES)
def test_lock_files_are_hashed_and_name_no_host(name: str) -> None:
    """They resolve wherever the reader gets packages from."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert not re.search(r"^\s*--(index|extra-index|find-links)", text, re.MULTILINE)


SKIPPING = """
import pytest

def test_fine(): pass
def test_ours(): pytest.skip("NEEDS-SHARED: files")
def test_other(): pytest.skip("only on Windows")
@pytest.mark.xfail
def test_known(): assert False
"""
SKIPPING_MODULE = 'import pytest\npytest.skip("NEEDS-ORACLE: sdk", allow_module_level=True)\n'


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_skips_for_want_of_something_fail_on_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: str, code: int, workers: str
) -> None:
    """Loud on a desk, a failure where CI is set; other skips and known failures stay."""
    conftest = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    for name, text in (
        *(("conftest.py", conftest), ("pytest.ini", "[pytest]\n")),
        *(("test_one.py", SKIPPING), ("test_two.py", SKIPPING_MODULE)),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("CI", ci)
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tmp_path)]
    command += ["--continue-on-collection-errors", "-n", workers]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    closing = done.stdout.strip().splitlines()[-1]
    assert done.returncode == code, done.stdout
    assert "1 passed" in closing
    assert "1 xfailed" in closing
    if ci:
        assert "1 failed, 1 passed, 1 skipped, 1 xfailed, 1 error" in closing
    else:
        assert "3 skipped" in closing
        assert "1 x NEEDS-ORACLE: sdk" in done.stdout
        assert "1 x NEEDS-SHARED: files" in done.stdout
