"""The check-up, and the commands that keep data safe."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from safekeeping_support import change, code_of, context_in, every_byte, fill
from store_support import NOW, use_made_up_format
from uncramp.actions import doctor, safekeeping
from uncramp.actions.doctor import check_up
from uncramp.actions.safekeeping import (
    backup,
)
from uncramp.cli import main
from uncramp.envelope import plain
from uncramp.errors import InputError
from uncramp.store.copies import look_into
from uncramp.wording.safekeeping import doctor_data, doctor_lines


@pytest.fixture(autouse=True)
def _made_up_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real decoders have tests of their own."""
    use_made_up_format(monkeypatch)
    monkeypatch.delenv("UNCRAMP_DATABASE_URL", raising=False)


# ---------------------------------------------------------------- the check-up


def statuses(folder: Path, *, now: datetime = NOW) -> dict[str, tuple[str, str]]:
    """Check id to status and finding; every line has words."""
    with context_in(folder, now=now) as context:
        result = check_up(context)
    assert "\n".join(doctor_lines(result))
    for check in doctor_data(result)["checks"]:
        assert check["found"]
        assert check["status"] == "ok" or check["fix"]
    return {one.id: (one.status, one.finding) for one in result.checks}


def test_a_sound_folder_is_all_ok(tmp_path: Path) -> None:
    """And one that nobody has used yet; neither is changed by looking."""
    empty = statuses(tmp_path / "none")
    assert {status for status, _ in empty.values()} == {"ok"}
    assert not (tmp_path / "none").exists()
    fill(tmp_path / "data", "me")
    with context_in(tmp_path / "data", now=datetime.now(UTC)) as context:
        backup(context)
    before = every_byte(tmp_path / "data")
    found = statuses(tmp_path / "data", now=datetime.now(UTC))
    assert {status for status, _ in found.values()} == {"ok"}, found
    assert every_byte(tmp_path / "data") == before
    assert found.keys() >= {
        "python",
        "sqlite",
        "extras",
        "clock",
        "folder",
        "files",
        "space",
        "database",
        "tables",
        "journal",
        "mirror",
        "backup",
    }


def break_mirror(folder: Path) -> None:
    """`now` would not know of a stop."""
    (folder / "open_flags.json").write_text('{"runners": {}}', encoding="utf-8")


def say_too_much(folder: Path) -> None:
    """`now` would know of a stop that is none."""
    mirror = json.loads((folder / "open_flags.json").read_text())
    mirror["runners"]["me"]["stops"].append("clot")
    (folder / "open_flags.json").write_text(json.dumps(mirror), encoding="utf-8")


def old_backup(folder: Path) -> None:
    """A backup of two months ago."""
    with context_in(folder) as context:
        backup(context)
    (path,) = (folder / "backups").iterdir()
    os.utime(path, (NOW.timestamp() - 60 * 86400,) * 2)


def flip_page(folder: Path) -> None:
    """A page of the database full of zeros."""
    path = folder / "uncramp.sqlite3"
    content = path.read_bytes()
    path.write_bytes(content[:8192] + bytes(8192) + content[16384:])


def write_file(name: str, content: bytes) -> Callable[[Path], None]:
    """Something that puts a file into the data folder."""

    def apply(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return apply


def table_version(number: int) -> Callable[[Path], None]:
    """Something that makes the tables older or newer."""

    def apply(folder: Path) -> None:
        change(folder / "uncramp.sqlite3", "UPDATE migration SET number = -number")
        change(folder / "uncramp.sqlite3", f"UPDATE migration SET number = {number} "  # noqa: S608
               "WHERE number = -1")  # fmt: skip

    return apply


@pytest.mark.parametrize(
    ("harm", "check", "status", "finding"),
    [
        (break_mirror, "mirror", "fail", "lacks"),
        (say_too_much, "mirror", "warn", "more"),
        (write_file("open_flags.json", b"{"), "mirror", "fail", "unreadable"),
        (write_file("now_unread.jsonl", b"x\n"), "journal", "warn", "unread"),
        (write_file("now_journal.jsonl", b"{}\n"), "journal", "ok", "waiting"),
        (write_file("uncramp.sqlite3", b"x" * 9000), "database", "fail", "damaged"),
        (flip_page, "database", "fail", "damaged"),
        (table_version(1), "tables", "warn", "pending"),
        (table_version(99), "tables", "fail", "newer"),
        (lambda folder: folder.chmod(0o755), "folder", "warn", "open"),
        (lambda folder: (folder / "open_flags.json").chmod(0o644), "files", "warn", "open"),
        (lambda folder: (folder / ".restoring-1").mkdir(), "leftovers", "warn", "some"),
        (lambda _: None, "backup", "warn", "none"),
        (old_backup, "backup", "warn", "old"),
    ],
)
def test_each_trouble_is_found(
    tmp_path: Path, harm: Callable[[Path], None], check: str, status: str, finding: str
) -> None:
    """By its own line, with what to do about it."""
    fill(tmp_path / "data", "me")
    harm(tmp_path / "data")
    assert statuses(tmp_path / "data")[check] == (status, finding)


def test_a_database_that_cannot_be_opened_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system does not let us; that is no damage."""
    fill(tmp_path, "me")

    def cannot(path: Path, *, mode: str = "ro") -> None:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr("uncramp.store.copies.opened", cannot)
    assert statuses(tmp_path)["database"] == ("fail", "unreadable")


def test_a_foreign_database_is_told(tmp_path: Path) -> None:
    """Another program's tables."""
    tmp_path.chmod(0o700)
    change(tmp_path / "uncramp.sqlite3", "CREATE TABLE other (x)")
    assert statuses(tmp_path)["database"] == ("fail", "foreign")


@pytest.mark.parametrize(
    ("now", "finding"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), "year"),
        (NOW - timedelta(days=3), "behind"),
        (NOW.replace(tzinfo=None), "zone"),
    ],
)
def test_a_clock_that_cannot_be_right_is_told(tmp_path: Path, now: datetime, finding: str) -> None:
    """Before anything was stored, or without a zone."""
    fill(tmp_path, "me")
    with context_in(tmp_path, now=now) as context:
        database = safekeeping.file_of(context)
        patient = doctor.Patient(
            context=context,
            database=database,
            state=None if now.tzinfo is None else look_into(database),
            trouble=None,
        )
        (found,) = doctor.look_at_clock(patient)
    assert found.finding == finding
    assert found.status != "ok"


def test_little_space_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than a backup needs, and next to nothing."""
    usage = shutil.disk_usage(tmp_path)
    for free, status in ((100 * 2**20, "warn"), (2**20, "fail")):
        small = usage._replace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _, small=small: small)
        assert statuses(tmp_path / "none")["space"][0] == status


# ---------------------------------------------------------------- the command line


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], data_dir: Path) -> Callable[..., tuple[int, str, str]]:
    """A command on a data folder of its own: exit code, stdout, stderr."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        code = main([str(one) for one in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_the_commands_say_what_they_did(
    run: Callable[..., tuple[int, str, str]], data_dir: Path, tmp_path: Path
) -> None:
    """In words and as JSON; no path of the machine in either."""
    fill(data_dir, "me", "ann")
    code, out, _ = run("backup")
    assert (code, "Runners in it: 2. Activities: 8." in out) == (0, True)
    (file,) = (data_dir / "backups").iterdir()
    code, out, _ = run("restore", file)
    assert (code, "Put back" in out) == (0, True)
    said = [out]
    for arguments in (
        ("backup", tmp_path / "copy", "--json"),
        ("restore", tmp_path / "copy", "--json"),
        ("export", "--all", tmp_path / "all.zip", "--json"),
        ("export", "--runner", "ann", "--no-gps", tmp_path / "coach.zip", "--json"),
        ("export", "--trim-home", "500m", tmp_path / "trimmed", "--json"),
        ("doctor", "--json"),
        ("runner", "erase", "ann", "--yes", "--json"),
    ):
        code, out, err = run(*arguments)
        assert (code, err) == (0, ""), arguments
        assert json.loads(out)["schema"].startswith("uncramp.")
        assert plain(json.loads(out)["data"])
        said.append(out)
    for words in (
        ("export", tmp_path / "one.zip"),
        ("export", "--no-gps", tmp_path / "two.zip"),
        ("export", "--trim-home", "0.3mi", tmp_path / "three.zip"),
        ("doctor",),
    ):
        code, out, _ = run(*words)
        assert code == 0
        said.append(out)
    assert str(tmp_path) not in "".join(said)


def test_erase_asks_and_takes_no_for_an_answer(
    run: Callable[..., tuple[int, str, str]], data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Says what will be gone; without somebody to ask it needs --yes; the name must be typed."""
    fill(data_dir, "me")
    code, _, err = run("runner", "erase", "me")
    assert (code, "--yes" in err) == (2, True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    for typed, gone in (("yes", False), ("me", True)):
        monkeypatch.setattr("click.prompt", lambda *_, typed=typed, **__: typed)
        code, out, _ = run("runner", "erase", "me")
        assert "4 activities, with 4 original files" in out
        assert (code, "Nothing was erased" in out) == ((0, False) if gone else (1, True))
    assert run("runner", "erase", "me", "--yes")[0] == 1


def test_doctor_ends_with_3_when_something_failed(
    run: Callable[..., tuple[int, str, str]], data_dir: Path
) -> None:
    """And says how to mend it."""
    fill(data_dir, "me")
    break_mirror(data_dir)
    code, out, _ = run("doctor")
    assert code == 3
    assert "FAIL" in out
    assert "uncramp runner list" in out
    run("runner", "list")
    assert run("doctor")[0] == 0


def test_import_takes_an_export_in(
    run: Callable[..., tuple[int, str, str]], data_dir: Path, tmp_path: Path
) -> None:
    """Told by its content; alone; `--runner` and `--all` do not go together."""
    from uncramp.cli.export import take_in_export
    from uncramp.cli.show import Face

    fill(data_dir, "me")
    run("export", "--all", tmp_path / "all.zip")
    shutil.rmtree(data_dir)
    assert take_in_export(Face(), [tmp_path / "all.zip"])
    assert not take_in_export(Face(), [tmp_path])
    with pytest.raises(InputError) as error:
        take_in_export(Face(), [tmp_path / "all.zip", tmp_path])
    assert code_of(error) == "export_alone"
    code, _, err = run("export", "--all", "--runner", "me", tmp_path / "x")
    assert (code, "do not go together" in err) == (2, True)
