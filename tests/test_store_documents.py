"""Races, plans, sessions and products in the store: kept whole, handed out, back. Made-up data."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from safekeeping_support import LATER, contents, context_in, exported, fill, plan_race
from store_support import NOW, use_made_up_format
from uncramp.actions.documents import documents_told, put_documents_back
from uncramp.actions.exporting import export
from uncramp.actions.plans_kept import newest_training, session_notes
from uncramp.actions.products import own_products
from uncramp.actions.races import RaceAsked, add_race, change_race, find_race, list_races
from uncramp.actions.safekeeping import backup, erase, import_export, plan_erase, restore
from uncramp.envelope import plain
from uncramp.errors import NotFoundError, StoreError
from uncramp.store.migrations import MIGRATIONS
from uncramp.store.names import DATABASE_FILE
from uncramp.store.rows import StoredRunner
from uncramp.store.store import Store
from uncramp.wording.safekeeping import erase_data, erase_plan_lines, reimport_data, reimport_lines

PART = "runners/1/documents.json"
COUNTED = 4
"""Race, plan, session, product; a race that was taken out and its plan do not count."""
STORED = 6


@pytest.fixture(autouse=True)
def _made_up_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real decoders have tests of their own."""
    use_made_up_format(monkeypatch)
    monkeypatch.delenv("UNCRAMP_DATABASE_URL", raising=False)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new store."""
    with Store.open(tmp_path / "data", at=NOW) as opened:
        yield opened


@pytest.fixture
def me(store: Store) -> StoredRunner:
    """A runner in it."""
    return store.add_runner("me", at=NOW)


def test_documents_come_back_whole_by_kind_and_race(store: Store, me: StoredRunner) -> None:
    """In the order they came; 0 stays 0 and null stays null."""
    one = store.add_document(me, "race", {"day": "2026-04-18", "up": 0.0}, at=NOW, name="one")
    two = store.add_document(me, "race", {"goal_time_s": None}, at=NOW)
    plan = store.add_document(me, "plan", {"x": [1, "ü"]}, at=LATER, about=one, name="training")
    assert [row.document_id for row in store.documents(me)] == [one, two, plan]
    assert [row.content for row in store.documents(me, "race")] == [
        {"day": "2026-04-18", "up": 0.0},
        {"goal_time_s": None},
    ]
    (kept,) = store.documents(me, "plan", about=one)
    assert (kept.name, kept.content, kept.at) == ("training", {"x": [1, "ü"]}, LATER)
    assert store.documents(me, "plan", about=two) == []


def test_a_hidden_document_comes_back_and_keeps_its_moment(store: Store, me: StoredRunner) -> None:
    """Twice is once; another kind or number is not found."""
    number = store.add_document(me, "race", {}, at=NOW)
    store.remove_document(me, store.document(me, number, "race"), at=NOW)
    store.remove_document(me, store.document(me, number, "race"), at=LATER)
    assert store.documents(me) == []
    assert store.document(me, number, "race").removed_at == NOW
    store.restore_document(me, store.document(me, number, "race"))
    assert [row.removed_at for row in store.documents(me)] == [None]
    for wrong in ((number, "plan"), (number + 1, "race")):
        with pytest.raises(NotFoundError, match="unknown_document"):
            store.document(me, *wrong)


def test_nobody_reaches_the_documents_of_somebody_else(store: Store, me: StoredRunner) -> None:
    """Neither to read, nor to change, nor to hang a plan on."""
    ann = store.add_runner("ann", at=NOW)
    number = store.add_document(me, "race", {"day": "2026-04-18"}, at=NOW)
    row = store.document(me, number, "race")
    store.change_document(ann, row, {"day": "stolen"}, at=LATER)
    store.remove_document(ann, row, at=LATER)
    assert store.documents(ann, with_removed=True) == []
    with pytest.raises(NotFoundError):
        store.add_document(ann, "plan", {}, at=NOW, about=number, name="training")
    assert store.documents(me) == [row]


def test_an_older_database_is_brought_up_and_takes_documents(tmp_path: Path) -> None:
    """As migration 4 left it: everything stays, the old file is kept, the new table is empty."""
    folder = tmp_path / "old"
    with Store.open(folder, at=NOW, steps=MIGRATIONS[:4]) as store:
        store.add_runner("me", at=NOW)
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as database:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
        assert "document" not in tables
    with Store.open(folder, at=NOW) as store:
        me = store.runner("me")
        assert store.documents(me) == []
        store.add_document(me, "race", {"day": "2026-04-18"}, at=NOW)
        assert len(store.documents(me)) == 1
    assert (folder / f"{DATABASE_FILE}.before-{len(MIGRATIONS)}").exists()


def test_a_backup_brings_documents_back_to_the_byte(tmp_path: Path) -> None:
    """Hidden ones too: a backup is the database itself."""
    fill(tmp_path / "a", "me")
    before = contents(tmp_path / "a")
    assert sum(row[0] == "document" for row in before) == STORED
    copy = tmp_path / "copy.uncramp"
    with context_in(tmp_path / "a") as context:
        backup(context, copy)
    with context_in(tmp_path / "b") as context:
        restore(context, copy)
    assert contents(tmp_path / "b") == before


def test_an_export_has_what_counts_and_brings_it_back(tmp_path: Path) -> None:
    """The same file again; taken in twice it adds nothing; what was taken out here stays so."""
    fill(tmp_path / "a", "me")
    first = exported(tmp_path / "a", tmp_path / "first")
    with context_in(tmp_path / "b") as context:
        result = import_export(context, tmp_path / "first")
        assert result.runners[0].documents == COUNTED
        assert reimport_data(result)["runners"][0]["documents"] == COUNTED
        assert any(str(COUNTED) in line for line in reimport_lines(result) if "Races" in line)
        race = find_race(context, "spring")
        found = newest_training(context, race.race_id)
        assert found is not None
        assert found.request == {"days": ["sat", "sun"]}
        assert session_notes(context, race.race_id)["w-1"].activity == 1
        assert own_products(context)["capsule"].sodium_mg == 215
    assert exported(tmp_path / "b", tmp_path / "second") == first
    with context_in(tmp_path / "b") as context:
        store, me = context.store, context.stored_runner()
        store.remove_document(me, store.document(me, race.race_id, "race"), at=LATER)
        assert import_export(context, tmp_path / "first").runners[0].documents == 0
        assert list_races(context) == ()


def test_a_newer_word_stays_when_an_older_export_comes(tmp_path: Path) -> None:
    """A renamed race is still the same race; of a session the newer word counts, both ways."""
    for name in ("a", "b"):
        with Store.open(tmp_path / name, at=NOW) as opened:
            opened.add_runner("me", at=NOW)
    asked = RaceAsked(name="old name", day=date(2026, 4, 18), distance_m=10_000.0)
    with context_in(tmp_path / "a") as context:
        race = add_race(context, asked).race_id
        store, me = context.store, context.stored_runner()
        missed = {"session_id": "w-1", "state": "missed"}
        store.add_document(me, "session", missed, at=NOW, about=race, name="w-1")
    exported(tmp_path / "a", tmp_path / "early")
    with context_in(tmp_path / "a") as context:
        change_race(context, "next", RaceAsked(name="new", day=asked.day, distance_m=10_000.0))
        store, me = context.store, context.stored_runner()
        (row,) = store.documents(me, "session")
        store.change_document(me, row, {**missed, "state": "done"}, at=LATER)
    exported(tmp_path / "a", tmp_path / "late")
    with context_in(tmp_path / "a") as context:
        assert import_export(context, tmp_path / "early").runners[0].documents == 0
        assert [one.race.name for one in list_races(context)] == ["new"]
        assert session_notes(context, race)["w-1"].state == "done"
    with context_in(tmp_path / "b") as context:
        assert import_export(context, tmp_path / "early").runners[0].documents == 2
        assert import_export(context, tmp_path / "late").runners[0].documents == 1
        (kept,) = list_races(context)
        assert session_notes(context, kept.race_id)["w-1"].state == "done"


def test_an_export_of_before_there_were_races_is_taken_in(tmp_path: Path) -> None:
    """The part may be missing."""
    fill(tmp_path / "a", "me")
    exported(tmp_path / "a", tmp_path / "first")
    (tmp_path / "first" / PART).unlink()
    with context_in(tmp_path / "b") as context:
        (taken,) = import_export(context, tmp_path / "first").runners
        assert (taken.activities_added, taken.documents) == (4, 0)


@pytest.mark.parametrize(
    ("entry", "change"),
    [
        (0, {"content": {"day": "soon", "distance_m": 5000.0}}),
        (0, {"content": {"day": "2026-04-18"}}),
        (0, {"content": {"day": "2026-04-18", "distance_m": float("nan")}}),
        (0, {"content": {"day": "2026-04-18", "distance_m": 5000.0, "name": ["x"]}}),
        (0, {"content": {"day": "2026-04-18", "distance_m": 5000.0, "wbgt_c": 400.0}}),
        (0, {"kind": "marathon"}),
        (0, {"at": "2026-04-18T10:00:00"}),
        (1, {"about": None}),
        (1, {"about": 77}),
        (1, {"name": "sleeping"}),
        (1, {"content": {"plan": {"status": "planed", "because": []}, "request": {}}}),
        (1, {"content": {"plan": {"status": "planned", "because": []}, "request": 5}}),
        (2, {"content": {"session_id": "w-1", "state": "eaten"}}),
        (2, {"content": {"session_id": "w-1", "state": "done", "activity": 4711}}),
        (3, {"content": {"id": "capsule", "kind": "capsule", "sodium_mg": 1e9}}),
        (3, {"about": 1}),
    ],
)
def test_what_could_not_be_read_later_is_not_taken_in(
    store: Store, me: StoredRunner, entry: int, change: dict[str, Any]
) -> None:
    """A changed entry is told, and nothing of the others is kept."""
    plan_race(store, me)
    entries = json.loads(
        json.dumps(plain(documents_told(store.documents(me), without_places=False)))
    )
    ann = store.add_runner("ann", at=NOW)
    entries[entry] |= change
    with pytest.raises((ValueError, TypeError, LookupError)):
        put_documents_back(store, ann, entries, activities={1: 1})
    assert store.documents(ann, with_removed=True) == []


def test_a_damaged_part_is_told_as_damage(tmp_path: Path) -> None:
    """Not as a defect of ours."""
    fill(tmp_path / "a", "me")
    exported(tmp_path / "a", tmp_path / "out")
    file = tmp_path / "out" / PART
    file.write_text(file.read_text().replace('"capsule"', '"brick"'))
    with context_in(tmp_path / "b") as context, pytest.raises(StoreError, match="export_damaged"):
        import_export(context, tmp_path / "out")


def test_a_hand_over_file_does_not_say_where_the_race_is(tmp_path: Path) -> None:
    """No name, no course, no notes; day and distance stay, and it can be taken in."""
    fill(tmp_path / "a", "me")
    with context_in(tmp_path / "a") as context:
        export(context, tmp_path / "coach.zip", everybody=False, without_places=True)
        assert import_export(context, tmp_path / "coach.zip").runners[0].documents == 0
    with zipfile.ZipFile(tmp_path / "coach.zip") as archive:
        text = archive.read(PART).decode()
    for secret in ("spring", "Wannsee", "34.5", "elevation", "sat"):
        assert secret not in text
    with context_in(tmp_path / "b", runner="ann") as context:
        (taken,) = import_export(context, tmp_path / "coach.zip").runners
        assert taken.documents == COUNTED
        (kept,) = list_races(context)
    assert (kept.race.name, kept.race.course, kept.race.distance_m) == ("", (), 42195.0)


def test_erasing_takes_every_document_and_says_so(tmp_path: Path) -> None:
    """Hidden ones too; the other runner's stay."""
    fill(tmp_path / "a", "me", "ann")
    with context_in(tmp_path / "a") as context:
        plan = plan_erase(context, "me")
        assert plan.n_documents == STORED
        assert any(str(STORED) in line and "races" in line for line in erase_plan_lines(plan))
        erased = erase(context, "me")
        assert erase_data(erased)["documents"] == STORED
    with context_in(tmp_path / "a", runner="ann") as context:
        rows = context.store.documents(context.stored_runner(), with_removed=True)
        assert len(rows) == STORED
    assert sum(row[0] == "document" for row in contents(tmp_path / "a")) == STORED


def test_moments_need_their_zone(store: Store, me: StoredRunner) -> None:
    """One with another zone comes back as the same moment."""
    other = NOW + timedelta(minutes=7)
    store.add_document(me, "race", {}, at=other)
    assert [row.at for row in store.documents(me)] == [other]
    with pytest.raises(Exception, match="time zone"):
        store.add_document(me, "race", {}, at=NOW.replace(tzinfo=None))
