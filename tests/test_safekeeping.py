"""Backup, restore and erase: whole or not at all, and nothing left behind."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safekeeping_support import (
    LATER,
    advise,
    change,
    code_of,
    contents,
    context_in,
    every_byte,
    fill,
    journal_entry,
    store_run,
)
from store_support import NOW, use_made_up_format
from uncramp.actions import safekeeping
from uncramp.actions.context import Context
from uncramp.actions.now import note, open_flags
from uncramp.actions.safekeeping import (
    backup,
    erase,
    plan_erase,
    restore,
)
from uncramp.errors import InputError, NotFoundError, StoreError, UncrampError
from uncramp.store.migrations import MIGRATIONS
from uncramp.store.store import Store


@pytest.fixture(autouse=True)
def _made_up_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real decoders have tests of their own."""
    use_made_up_format(monkeypatch)
    monkeypatch.delenv("UNCRAMP_DATABASE_URL", raising=False)


# ---------------------------------------------------------------- backup and restore


def test_backup_and_restore_give_everything_back(tmp_path: Path) -> None:
    """Database, open flags and journal, into an empty data folder."""
    fill(tmp_path / "a", "me", "ann")
    note(tmp_path / "a", journal_entry("ann"), at=NOW)
    with context_in(tmp_path / "a") as context:
        result = backup(context, tmp_path / "copy.sqlite3")
    assert (result.n_runners, result.n_activities, result.is_automatic) == (2, 8, False)
    assert (tmp_path / "copy.sqlite3").stat().st_mode & 0o777 == 0o600
    before = contents(tmp_path / "a")
    with context_in(tmp_path / "b", now=LATER) as context:
        put_back = restore(context, tmp_path / "copy.sqlite3")
    assert put_back.written_at == NOW
    assert put_back.kept_before is None
    assert put_back.n_activities == 8
    restored = contents(tmp_path / "b")
    assert [row for row in before if row not in restored] == []
    assert [row[0] for row in restored if row not in before] == ["advice", "flag"]
    assert open_flags(tmp_path / "b", "ann").stops == {"chest_pain", "clot"}
    assert not list((tmp_path / "b").glob("now_journal*"))
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == [
        "backups",
        "open_flags.json",
        "uncramp.sqlite3",
    ]


def test_restore_replaces_all_and_keeps_what_was_there(tmp_path: Path) -> None:
    """The state before is backed up, and can be put back in its turn."""
    fill(tmp_path, "me")
    with context_in(tmp_path) as context:
        first = backup(context)
    old = contents(tmp_path)
    with Store.open(tmp_path, at=NOW) as store:
        store_run(store, store.add_runner("bob", at=NOW))
    new = contents(tmp_path)
    with context_in(tmp_path, now=LATER) as context:
        result = restore(context, tmp_path / "backups" / first.file)
    assert contents(tmp_path) == old
    assert result.kept_before is not None
    assert result.kept_before.endswith("-before-restore.sqlite3")
    with context_in(tmp_path, now=LATER + timedelta(hours=1)) as context:
        restore(context, tmp_path / "backups" / result.kept_before)
    assert contents(tmp_path) == new


def test_a_restore_never_clears_a_stop(tmp_path: Path) -> None:
    """What was raised after the backup stays open, with its day; `now` knows it too."""
    fill(tmp_path, "me")
    with context_in(tmp_path) as context:
        file = backup(context).file
    with Store.open(tmp_path, at=NOW) as store:
        bob = store.add_runner("bob", at=NOW)
        store.open_flag(bob, flag_id="clot", kind="stop", at=LATER)
        store.open_flag(store.runner("me"), flag_id="clot", kind="stop", at=LATER)
    note(tmp_path, journal_entry("cat"), at=LATER)
    with context_in(tmp_path, now=LATER) as context:
        result = restore(context, tmp_path / "backups" / file)
        flags = context.store.open_flags(context.stored_runner())
    assert result.n_flags_kept == 2
    assert [(one.flag_id, one.opened_at) for one in flags if one.flag_id == "clot"] == [
        ("clot", LATER)
    ]
    for name in ("me", "bob", "cat"):
        assert "clot" in open_flags(tmp_path, name).stops


def bad_copies(good: bytes) -> dict[str, tuple[bytes, str]]:
    """Broken and strange backup files, and the code each is refused with."""
    middle = len(good) // 2
    return {
        "truncated": (good[:middle], "backup_damaged"),
        "one page": (good[:4096], "backup_damaged"),
        "flipped": (flipped(good), "backup_damaged"),
        "zeros": (good[:middle] + bytes(8192) + good[middle + 8192 :], "backup_damaged"),
        "empty": (b"", "backup_foreign"),
        "text": (b"not a database at all" * 300, "backup_foreign"),
    }


def flipped(good: bytes) -> bytes:
    """One bit changed inside a value, which SQLite's own check does not see."""
    place = good.index(b"See a clinician")
    return good[:place] + b"T" + good[place + 1 :]


@pytest.mark.parametrize("kind", ["truncated", "one page", "flipped", "zeros", "empty", "text"])
def test_a_bad_backup_is_refused_and_nothing_is_changed(tmp_path: Path, kind: str) -> None:
    """Cut off, changed, or no backup at all."""
    fill(tmp_path / "data", "me")
    with context_in(tmp_path / "data") as context:
        backup(context, tmp_path / "good")
    content, code = bad_copies((tmp_path / "good").read_bytes())[kind]
    (tmp_path / "bad").write_bytes(content)
    before = contents(tmp_path / "data")
    with context_in(tmp_path / "data") as context, pytest.raises(UncrampError) as error:
        restore(context, tmp_path / "bad")
    assert code_of(error) == code
    assert contents(tmp_path / "data") == before
    assert not (tmp_path / "data" / "backups").exists()


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_no_cut_or_flip_of_a_backup_gets_in(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever happens to the file, the answer is a refusal or the whole and true content."""
    good = good_copy(tmp_path_factory)
    cut = data.draw(st.booleans())
    place = data.draw(st.integers(0, len(good) - 1))
    changed = good[:place] if cut else good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
    folder = tmp_path_factory.mktemp("flip")
    (folder / "copy").write_bytes(changed)
    with context_in(folder / "data") as context:
        try:
            restore(context, folder / "copy")
            code = ""
        except UncrampError as error:
            code = error.code
    if code:
        assert code in {"backup_damaged", "backup_foreign", "backup_newer"}
        assert not (folder / "data" / "uncramp.sqlite3").exists()
        return
    assert contents(folder / "data") == contents(GOOD[0].parent / "data")


GOOD: list[Path] = []


def good_copy(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of one runner, made once."""
    if not GOOD:
        folder = tmp_path_factory.mktemp("good")
        fill(folder / "data", "me")
        with context_in(folder / "data") as context:
            backup(context, folder / "copy")
        GOOD.append(folder / "copy")
    return GOOD[0].read_bytes()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("INSERT INTO migration VALUES (99, 'x', '2030-01-01', '9')", "backup_newer"),
        ("DROP TABLE migration", "backup_foreign"),
        ("CREATE TABLE other (x)", "backup_foreign"),
        (
            "CREATE TRIGGER t AFTER INSERT ON flag BEGIN DELETE FROM flag; END",
            "backup_foreign",
        ),
        ("CREATE VIEW v AS SELECT 1", "backup_foreign"),
        ("UPDATE advice SET text = 'Drink more.'", "backup_damaged"),
        ("DELETE FROM flag", "backup_damaged"),
        ("UPDATE kept_file SET content = '[]' WHERE name = 'about'", "backup_damaged"),
    ],
)
def test_a_foreign_newer_or_changed_database_is_refused(
    tmp_path: Path, statement: str, code: str
) -> None:
    """A trigger would run by itself; a changed row is no backup; a newer one is left alone."""
    fill(tmp_path / "data", "me")
    with context_in(tmp_path / "data") as context:
        backup(context, tmp_path / "copy")
        change(tmp_path / "copy", statement)
        with pytest.raises(StoreError) as error:
            restore(context, tmp_path / "copy")
    assert code_of(error) == code


def test_a_missing_backup_is_told(tmp_path: Path) -> None:
    """Nothing is made."""
    with context_in(tmp_path / "data") as context, pytest.raises(NotFoundError) as error:
        restore(context, tmp_path / "none")
    assert code_of(error) == "backup_missing"
    assert not (tmp_path / "data").exists()


def test_a_copy_made_before_a_migration_can_be_put_back(tmp_path: Path) -> None:
    """It has no `about`; it is brought up to date before it takes the place of anything."""
    with Store.open(tmp_path / "old", at=NOW, steps=MIGRATIONS[:1]) as store:
        store.add_runner("me", at=NOW)
    Store.open(tmp_path / "old", at=NOW).close()
    (copy,) = (tmp_path / "old").glob("uncramp.sqlite3.before-*")
    with context_in(tmp_path / "new") as context:
        result = restore(context, copy)
        assert [one.name for one in context.store.runners()] == ["me"]
    assert (result.written_at, result.n_runners) == (None, 1)


def test_a_damaged_database_is_set_aside(tmp_path: Path) -> None:
    """The reason to restore may be that nothing can be read; it is kept as it was."""
    fill(tmp_path, "me")
    with context_in(tmp_path) as context:
        file = backup(context).file
    good = contents(tmp_path)
    (tmp_path / "uncramp.sqlite3").write_bytes(b"x" * 9000)
    with context_in(tmp_path, now=LATER) as context:
        result = restore(context, tmp_path / "backups" / file)
    assert result.was_damaged
    assert result.kept_before is not None
    assert (tmp_path / "backups" / result.kept_before).read_bytes() == b"x" * 9000
    assert contents(tmp_path) == good


def test_a_newer_database_here_is_not_replaced(tmp_path: Path) -> None:
    """It could not be backed up and put back by this version."""
    fill(tmp_path, "me")
    with context_in(tmp_path) as context:
        file = backup(context).file
    change(tmp_path / "uncramp.sqlite3", "INSERT INTO migration VALUES (99, 'x', '2030', '9')")
    before = contents(tmp_path)
    with context_in(tmp_path, now=LATER) as context, pytest.raises(StoreError) as error:
        restore(context, tmp_path / "backups" / file)
    assert code_of(error) == "newer_database"
    assert contents(tmp_path) == before


def test_a_restore_that_is_cut_off_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each step: the old content stays whole, and the same call works afterwards."""
    fill(tmp_path, "me")
    with context_in(tmp_path) as context:
        file = backup(context).file
    with Store.open(tmp_path, at=NOW) as store:
        store.add_runner("bob", at=NOW)
    before = contents(tmp_path)
    steps = ("unpack_copy", "fill_journals", "bring_up_to_date", "replace_content")
    for number, step in enumerate(steps):

        def stop(*given: Any, **named: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(safekeeping, step, stop)
            now = LATER + timedelta(minutes=number)
            with context_in(tmp_path, now=now) as context, pytest.raises(KeyboardInterrupt):
                restore(context, tmp_path / "backups" / file)
        assert contents(tmp_path) == before
        assert not safekeeping.leftovers(tmp_path)
    with context_in(tmp_path, now=LATER + timedelta(hours=1)) as context:
        restore(context, tmp_path / "backups" / file)
    assert contents(tmp_path) != before


def test_a_backup_while_others_write_holds_one_moment(tmp_path: Path) -> None:
    """Each of two rows written together is in the copy with the other, or neither is."""
    fill(tmp_path, "me")
    stop = threading.Event()

    def write() -> None:
        with Store.open(tmp_path, at=NOW) as store:
            number = 0
            while not stop.is_set():
                number += 1
                advise(store, store.runner("me"), activity_id=None, stop=f"stop_{number}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = []
        for number in range(5):
            with context_in(tmp_path) as context:
                backup(context, tmp_path / f"copy{number}")
            copies.append(tmp_path / f"copy{number}")
    finally:
        stop.set()
        writer.join()
    for copy in copies:
        with closing(sqlite3.connect(copy)) as connection:
            (loose,) = connection.execute(
                "SELECT count(*) FROM advice WHERE advice_id NOT IN "
                "(SELECT advice_id FROM flag WHERE advice_id IS NOT NULL)"
            ).fetchone()
        assert loose == 0


def test_a_restore_waits_for_nobody_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process writes, nothing is replaced, and that is said."""
    monkeypatch.setattr("uncramp.store.copies.SECONDS_TO_WAIT", 0.1)
    fill(tmp_path, "me")
    with context_in(tmp_path) as context:
        file = backup(context).file
    with closing(sqlite3.connect(tmp_path / "uncramp.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with context_in(tmp_path, now=LATER) as context, pytest.raises(StoreError) as error:
            restore(context, tmp_path / "backups" / file)
        other.execute("ROLLBACK")
    assert code_of(error) == "store_locked"


def test_the_last_ten_automatic_backups_are_kept(tmp_path: Path) -> None:
    """Files that somebody put there stay; the one that is being put back stays too."""
    fill(tmp_path, "me")
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "mine.sqlite3").write_bytes(b"x")
    names = []
    for number in range(12):
        with context_in(tmp_path, now=NOW + timedelta(days=number)) as context:
            names.append(backup(context).file)
    assert names[0] == "uncramp-2025-10-01-183000.sqlite3"
    found = [path.name for path in safekeeping.automatic_backups(tmp_path)]
    assert found == names[2:]
    assert (tmp_path / "backups" / "mine.sqlite3").exists()
    with context_in(tmp_path, now=NOW + timedelta(days=20)) as context:
        restore(context, tmp_path / "backups" / names[2])
    assert (tmp_path / "backups" / names[2]).exists()
    assert len(safekeeping.automatic_backups(tmp_path)) == 11


def test_two_backups_in_one_second_are_two(tmp_path: Path) -> None:
    """In order, and into a folder that was given too."""
    fill(tmp_path, "me")
    (tmp_path / "stick").mkdir()
    with context_in(tmp_path) as context:
        names = [backup(context).file for _ in range(3)]
        outside = backup(context, tmp_path / "stick")
    assert [path.name for path in safekeeping.automatic_backups(tmp_path)] == names
    assert (tmp_path / "stick" / outside.file).exists()
    assert not outside.is_automatic


def test_a_backup_overwrites_nothing_and_needs_something(tmp_path: Path) -> None:
    """A file of that name, an empty data folder, a database server."""
    fill(tmp_path / "data", "me")
    (tmp_path / "there").write_bytes(b"x")
    with context_in(tmp_path / "data") as context, pytest.raises(InputError) as taken:
        backup(context, tmp_path / "there")
    assert code_of(taken) == "backup_exists"
    with context_in(tmp_path / "empty") as context, pytest.raises(NotFoundError) as empty:
        backup(context)
    assert code_of(empty) == "nothing_to_back_up"
    assert not (tmp_path / "empty").exists()
    elsewhere = Context(data_dir=tmp_path, now=NOW, database_url="postgresql://host/name")
    with elsewhere, pytest.raises(StoreError) as server:
        backup(elsewhere)
    assert code_of(server) == "backup_elsewhere"


def test_a_damaged_database_is_not_backed_up_as_if_it_were_sound(tmp_path: Path) -> None:
    """The copy is read again before it gets its name."""
    fill(tmp_path, "me")
    (tmp_path / "uncramp.sqlite3").write_bytes(b"x" * 9000)
    with context_in(tmp_path) as context, pytest.raises(StoreError) as error:
        backup(context)
    assert code_of(error) == "store_damaged"
    assert list((tmp_path / "backups").iterdir()) == []


# ---------------------------------------------------------------- erase


def test_erasing_a_runner_leaves_no_trace(tmp_path: Path) -> None:
    """Of name, text and files, in tables, free space, mirror and journal; the others stay."""
    fill(tmp_path, "zoe-the-runner", "ann")
    with Store.open(tmp_path, at=NOW) as store:
        zoe = store.runner("zoe-the-runner")
        for number in range(50):
            store_run(store, zoe, start_utc=f"2024-01-{number % 28 + 1:02d}T06:00:00+00:00",
                      distance_m=20000.0 + number, name="zoe-secret.fit")  # fmt: skip
        store.set_title(zoe, 1, "only-zoe-ran-here")
        store.cache("weather", "52.5/13.4/2025-09", b"zoe-was-here", at=NOW)
    (tmp_path / "now_unread.jsonl").write_bytes(
        b'{"at": "x", "runner": "zoe-the-runner", "cut\n{"at": "x", "runner": "ann", "cut\n'
    )
    note(tmp_path, journal_entry("zoe-the-runner"), at=NOW)
    with context_in(tmp_path) as context:
        kept = backup(context).file
        plan = plan_erase(context, "zoe-the-runner")
        before = context.store.activities(context.store.runner("ann"))
        erased = erase(context, "zoe-the-runner")
        after = context.store.activities(context.store.runner("ann"))
    assert erased.is_scrubbed
    assert (plan.n_activities, plan.n_originals, plan.n_marks, plan.n_answers) == (54, 54, 1, 4)
    assert (plan.n_advice, plan.n_flags) == (2, 4)
    assert plan.backups == (kept,)
    assert after == before
    rest = every_byte(tmp_path)
    for trace in (b"zoe", b"only-zoe", b"52.5/13.4"):
        assert trace not in rest
    assert b"ann" in rest
    with context_in(tmp_path) as context, pytest.raises(NotFoundError):
        plan_erase(context, "zoe-the-runner")


def test_erasing_while_another_reads_says_that_traces_may_be_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are gone; the file could not be tidied up."""
    monkeypatch.setattr("uncramp.store.copies.SECONDS_TO_WAIT", 0.1)
    monkeypatch.setattr("uncramp.store.database.SECONDS_TO_WAIT_FOR_ANOTHER_WRITER", 0.1)
    fill(tmp_path, "me", "ann")
    with closing(sqlite3.connect(tmp_path / "uncramp.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM runner").fetchall()
        with context_in(tmp_path) as context:
            erased = erase(context, "me")
            assert [one.name for one in context.store.runners()] == ["ann"]
        other.execute("ROLLBACK")
    assert not erased.is_scrubbed


def test_nobody_is_erased_where_nothing_is_stored(tmp_path: Path) -> None:
    """And no store is made by asking."""
    with context_in(tmp_path / "data") as context, pytest.raises(NotFoundError) as error:
        plan_erase(context, "me")
    assert code_of(error) == "unknown_runner"
    assert not (tmp_path / "data").exists()
