"""Set up uncramp and run it, with nothing but Python 3.11 or newer.

    python3 dev.py demo      set up, then show uncramp on a made-up runner, and open the app on them
                             --no-serve: only print; --no-open: no browser
    python3 dev.py app       set up, then open the app on your own runs (`uncramp serve`)
    python3 dev.py setup     set up what running uncramp needs (--dev: the test tools too)
    python3 dev.py test      set up, then run the tests
                             --deep: the long studies too; --lowest: oldest allowed libraries
    python3 dev.py check     lint, formatting, types, and the rules of the house
    python3 dev.py bench     every benchmark in benchmarks/
    python3 dev.py lock      write the lock files anew (needs uv; --upgrade: newest versions)

Everything goes into `.venv` beside this file; deleting that folder undoes it all. Further words
are passed on: `python3 dev.py test -k fit`, `python3 dev.py app --port 8080`.
"""

# This file must be readable by old Pythons far enough to say that they are too old.
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        f"uncramp needs Python 3.11 or newer; this is Python {PYTHON}.\n"
        "Install a newer Python, then run this again with it, for example:\n"
        "    python3.11 dev.py demo"
    )

__all__ = ["main"]

ROOT = Path(__file__).resolve().parent
LOCKS = ROOT / "requirements"
STAMP = "uncramp-setup.json"
NOISE_LINES = 25
INTERRUPTED = 130
SECONDS_TO_TIDY = 10

SHALLOW = ("-m", "not deep")
DEEP = ("--hypothesis-profile=deep",)
LOWEST = ("-m", "not deep and not slow")
MOST_WORKERS = 4

LOCK_RECIPES: Mapping[str, Sequence[str]] = {
    "run": ("pyproject.toml", "requirements/run.in"),
    "all": ("pyproject.toml", "requirements/all.in", "--all-extras", "-c", "requirements/run.txt"),
    "dev": ("requirements/dev.in", "-c", "requirements/all.txt"),
    "oracle": (
        *("requirements/oracle.in", "-c", "requirements/all.txt"),
        *("-c", "requirements/dev.txt"),
    ),
    "web": (
        *("requirements/web.in", "-c", "requirements/all.txt", "-c", "requirements/dev.txt"),
        *("-c", "requirements/oracle.txt"),
    ),
    "peers": (
        *("requirements/peers.in", "-c", "requirements/all.txt", "-c", "requirements/dev.txt"),
        *("-c", "requirements/oracle.txt", "-c", "requirements/web.txt"),
    ),
    "lowest": (
        *("pyproject.toml", "requirements/lowest.in", "--resolution", "lowest-direct"),
        *("-c", "requirements/dev.txt", "-c", "requirements/oracle.txt"),
    ),
}


class SetupError(Exception):
    """Something that stops the set-up; its text says what to do about it."""


class StepError(SetupError):
    """A tool we started failed; its text ends with the last lines it printed."""


class Place(NamedTuple):
    """A virtual environment and the locks that belong in it."""

    folder: Path
    locks: tuple[str, ...]

    @property
    def python(self) -> Path:
        """The interpreter inside, as Windows or everybody else lays it out."""
        inside = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
        return self.folder.joinpath(*inside)

    @property
    def stamp(self) -> Path:
        """Where it is written what was installed."""
        return self.folder / STAMP


def run_place() -> Place:
    """What a runner needs."""
    return Place(ROOT / ".venv", ("run",))


def dev_place() -> Place:
    """What the tests, types and lint need on top."""
    return Place(ROOT / ".venv", ("run", "dev", "oracle", "web"))


def lowest_place() -> Place:
    """The tests again, on the oldest libraries that pyproject.toml allows."""
    return Place(ROOT / ".venv-lowest", ("lowest", "dev", "oracle"))


def peers_place() -> Place:
    """Deep tests and benchmarks: other people's models beside ours."""
    return Place(ROOT / ".venv-peers", (*dev_place().locks, "peers"))


def say(text: str) -> None:
    """One line about a step, on stderr: stdout belongs to what was asked for."""
    print(f"uncramp: {text}", file=sys.stderr, flush=True)


def digest(path: Path) -> str:
    """SHA-256 of a file, the same on Windows whatever git does to line ends."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def wanted(place: Place) -> dict[str, str]:
    """What the stamp must say for `place` to be up to date."""
    return {
        "folder": str(place.folder),
        "python": PYTHON,
        "project": digest(ROOT / "pyproject.toml"),
        **{name: digest(LOCKS / f"{name}.txt") for name in place.locks},
    }


def installed(place: Place) -> dict[str, str]:
    """What the stamp says; empty when there is none, or none that can be read."""
    try:
        stamp = json.loads(place.stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in stamp.items()} if isinstance(stamp, dict) else {}


def is_ready(place: Place) -> bool:
    """True when nothing has to be installed."""
    return place.python.exists() and wanted(place).items() <= installed(place).items()


def quietly(command: Sequence[str]) -> None:
    """Run `command` without a sound; StepError with the end of its output when it fails."""
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as problem:
        raise StepError(f"{command[0]}: {problem}") from problem
    if done.returncode != 0:
        raise StepError("\n".join(done.stdout.splitlines()[-NOISE_LINES:]))


def base_python() -> str:
    """The interpreter outside any virtual environment."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def make_environment(place: Place, uv: str | None) -> None:
    """An empty virtual environment in `place`; whatever was there is gone."""
    if uv is not None:
        quietly([uv, "venv", "--clear", "--python", base_python(), str(place.folder)])
    else:
        require_venv()
        quietly([base_python(), "-m", "venv", "--clear", str(place.folder)])
    (place.folder / ".gitignore").write_text("*\n", encoding="utf-8")


def require_venv() -> None:
    """SetupError with the remedy when this Python cannot make virtual environments."""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise SetupError(
            f"this Python comes without {' and '.join(missing)}, so it cannot make a place to\n"
            "install into. Do one of these, then run the same command again:\n"
            f"    Debian or Ubuntu:  sudo apt-get install python{PYTHON}-venv\n"
            "    anywhere:          install uv, which needs neither\n"
            "    anywhere:          use a Python from python.org or from your system's full package"
        )


def install_command(place: Place, uv: str | None) -> list[str]:
    """The start of every install command, up to what is to be installed."""
    if uv is not None:
        return [uv, "pip", "install", "--quiet", "--python", str(place.python)]
    quiet = ("--quiet", "--no-input", "--disable-pip-version-check")
    return [str(place.python), "-m", "pip", "install", *quiet]


def install(place: Place, uv: str | None, *, afresh: bool) -> None:
    """Bring `place` up to date with one tool: uv, or pip when `uv` is None.

    Two steps, because hashes and an editable install do not mix: first the locks, then uncramp.
    """
    tool = "pip" if uv is None else "uv"
    want, have = wanted(place), installed(place)
    same = place.python.exists() and all(have.get(key) == want[key] for key in ("folder", "python"))
    keep = same and not afresh and have.get("tool") == tool
    place.stamp.unlink(missing_ok=True)
    if not keep:
        say(f"making {place.folder.name} with Python {want['python']}")
        make_environment(place, uv)
        have = {}
    command = install_command(place, uv)
    for name in place.locks:
        if have.get(name) != want[name]:
            say(f"installing requirements/{name}.txt with {tool}")
            quietly([*command, "--require-hashes", "-r", str(LOCKS / f"{name}.txt")])
    say("installing uncramp itself")
    quietly([*command, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    place.stamp.write_text(json.dumps({**have, **want, "tool": tool}), encoding="utf-8")


def set_up(place: Place) -> None:
    """Make `place` ready: uv when it is on PATH, pip when it is not or when uv fails."""
    if is_ready(place):
        return
    uv = shutil.which("uv")
    if uv is not None:
        try:
            install(place, uv, afresh=False)
        except StepError as problem:
            reason = (str(problem).strip().splitlines() or ["no reason given"])[0]
            say(f"uv could not do it ({reason}); starting again with pip")
        else:
            return
    try:
        install(place, None, afresh=uv is not None)
    except StepError as problem:
        raise SetupError(
            f"a step failed. The end of what it said:\n\n{problem}\n\n"
            "If this is about a connection: the first set-up needs the network once. Check it\n"
            "(behind a company proxy: HTTPS_PROXY and PIP_CERT), then run the same command again.\n"
            f"If it still fails, delete the folder {place.folder.name} and run it once more."
        ) from problem


def child(place: Place, *words: str, at_root: bool = True) -> int:
    """Run Python with `words` inside `place` and hand back its exit code.

    Ctrl-C reaches it too, so it is given time to tidy up; a polite kill is passed on.
    """
    command = [str(place.python), *words]
    with subprocess.Popen(command, cwd=ROOT if at_root else None) as process:
        before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        try:
            code = patiently(process)
        finally:
            signal.signal(signal.SIGTERM, before)
    return code if code >= 0 else 128 - code


def patiently(process: "subprocess.Popen[bytes]") -> int:
    """Wait for `process` to end; after Ctrl-C ten seconds more, then it is told to."""
    try:
        return process.wait()
    except KeyboardInterrupt:
        try:
            return process.wait(SECONDS_TO_TIDY)
        except subprocess.TimeoutExpired:
            process.terminate()
            return process.wait()


def take(flag: str, words: Sequence[str]) -> tuple[bool, list[str]]:
    """Whether `flag` is among `words`, and the words without it."""
    return flag in words, [word for word in words if word != flag]


def setup(words: Sequence[str]) -> int:
    """Set up, and say what to try first."""
    everything, rest = take("--dev", words)
    if rest:
        return usage(f"setup does not know {' '.join(rest)}")
    place = dev_place() if everything else run_place()
    set_up(place)
    uncramp = place.python.with_name("uncramp.exe" if os.name == "nt" else "uncramp")
    shown = os.path.relpath(uncramp)
    say(f"ready. Try: {shown} now")
    return 0


def demo(words: Sequence[str]) -> int:
    """The made-up runner; a relative --data-dir is taken from where the reader stands."""
    set_up(run_place())
    return child(run_place(), "-m", "uncramp.demo", *words, at_root=False)


def app(words: Sequence[str]) -> int:
    """The app on the reader's own store."""
    set_up(run_place())
    return child(run_place(), "-m", "uncramp", "serve", *words, at_root=False)


def test(words: Sequence[str]) -> int:
    """Run pytest; words of the reader come last and win."""
    deep, words = take("--deep", words)
    lowest, words = take("--lowest", words)
    if deep and lowest:
        return usage("--deep and --lowest do not go together")
    place = lowest_place() if lowest else peers_place() if deep else dev_place()
    set_up(place)
    chosen = DEEP if deep else LOWEST if lowest else SHALLOW
    workers = () if deep else ("-n", str(min(os.cpu_count() or 1, MOST_WORKERS)))
    return child(place, "-m", "pytest", *workers, *chosen, *words)


def check(words: Sequence[str]) -> int:
    """Lint, formatting, types, house: all of them, even after one has failed."""
    if words:
        return usage(f"check does not know {' '.join(words)}")
    place = dev_place()
    set_up(place)
    steps = (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("pytest", "-q", "tests/test_house.py"),
    )
    failed = []
    for step in steps:
        say(f"check: {' '.join(step)}")
        if child(place, "-m", *step) != 0:
            failed.append(step[0])
    if failed:
        say(f"check found problems: {', '.join(failed)}")
    return 1 if failed else 0


def bench(words: Sequence[str]) -> int:
    """Run every benchmark, one after the other; the first failure decides the exit code."""
    scripts = sorted((ROOT / "benchmarks").glob("bench_*.py"))
    if not scripts:
        say("there is no benchmark yet")
        return 0
    place = peers_place()
    set_up(place)
    codes = []
    for script in scripts:
        say(f"benchmark: {script.stem.removeprefix('bench_')}")
        codes.append(child(place, str(script), *words))
    return next((code for code in codes if code != 0), 0)


def lock(words: Sequence[str]) -> int:
    """Write every lock file anew, for every system and every Python from 3.11 on."""
    uv = shutil.which("uv")
    if uv is None:
        raise SetupError(
            "lock needs uv on PATH; nothing else here does. Install it with your system's package\n"
            "manager, or with pip in a virtual environment of its own, then run this again."
        )
    for name, recipe in LOCK_RECIPES.items():
        say(f"locking requirements/{name}.txt")
        quietly(lock_command(uv, name, recipe, words))
    return 0


def lock_command(uv: str, name: str, recipe: Sequence[str], words: Sequence[str]) -> list[str]:
    """The uv command behind one lock file: every platform, hashes, and no registry named."""
    return [
        *(uv, "pip", "compile", *recipe, "--output-file", f"requirements/{name}.txt"),
        *("--universal", "--python-version", "3.11", "--generate-hashes"),
        *("--no-emit-index-url", "--no-emit-find-links"),
        *("--custom-compile-command", "python3 dev.py lock", *words),
    ]


def usage(problem: str) -> int:
    """Say what was not understood and what would be; exit code 2."""
    say(f"{problem}.\n\n{(__doc__ or '').strip()}")
    return 2


COMMANDS = {
    "setup": setup,
    "demo": demo,
    "app": app,
    "test": test,
    "check": check,
    "bench": bench,
    "lock": lock,
}


def main(words: Sequence[str]) -> int:
    """Do what `words` say; the exit code is that of what was run."""
    if not words or words[0] in ("-h", "--help", "help"):
        print((__doc__ or "").strip())
        return 0 if words else 2
    command = COMMANDS.get(words[0])
    if command is None:
        return usage(f"there is no command {words[0]!r}")
    try:
        return command(words[1:])
    except SetupError as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
