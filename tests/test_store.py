"""The store keeps what it was given, whole, apart for each runner, and only by forward steps."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, event, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

import strategies
from uncramp.errors import InputError, NotFoundError, StoreError
from uncramp.store import changes, schema
from uncramp.store.blobs import pack_stream, pack_time, unpack_original, unpack_stream
from uncramp.store.migrations import MIGRATIONS, Migration
from uncramp.store.names import DATABASE_FILE, JOURNAL_FILE, MIRROR_FILE, kept_name
from uncramp.store.packing import PackedAbout, PackedReading, pack_reading
from uncramp.store.rows import CrampMark, StoredRunner, StoredWeather
from uncramp.store.store import Store
from uncramp.vocabulary import Activity, Sex, SodiumSample, Stream, UserProfile

NOW = datetime(2025, 10, 1, 18, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new store in a folder that did not exist."""
    with Store.open(tmp_path / "data", at=NOW) as opened:
        yield opened


@pytest.fixture
def me(store: Store) -> StoredRunner:
    """A runner in it."""
    return store.add_runner("me", at=NOW)


def activity(*, sport: str = "running", day: int = 1, distance_m: float = 10_000.0) -> Activity:
    """A short activity with one channel."""
    heart_rate = Stream(channel="heart_rate_bpm", values=np.array([120, 130, 125], dtype=np.uint8))
    return Activity(
        sport=sport,
        start_utc=datetime(2025, 9, day, 7, tzinfo=UTC),
        distance_m=distance_m,
        n_records=3,
        time_s=np.array([0.0, 1.0, 2.0]),
        streams={"heart_rate_bpm": heart_rate},
    )


def packed(*activities: Activity, content: bytes = b"bytes", name: str = "a.fit") -> PackedReading:
    """A reading ready to store."""
    return pack_reading(
        name=name,
        data=content,
        activities=[replace(one, session_index=i) for i, one in enumerate(activities)],
        sha256=content.hex().ljust(64, "0"),
        file_format="fit",
        decoder_version=1,
    )


def count_rows(folder: Path) -> dict[str, int]:
    """Rows of every table."""
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as database:
        return {
            table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
            for table in schema.METADATA.tables
        }


# ---------------------------------------------------------------- channels


@given(strategies.streams())
def test_any_channel_comes_back_bit_for_bit(stream: Stream) -> None:
    """Whatever dtype and bits: the same values where there are values, the same nulls."""
    found = unpack_stream(pack_stream(stream))
    null = np.zeros(len(stream.values), np.bool_) if stream.null is None else stream.null
    little_endian = stream.values.astype(stream.values.dtype.newbyteorder("<"))
    assert found.values.dtype == little_endian.dtype
    assert found.values[~null].tobytes() == little_endian[~null].tobytes()
    assert (found.null is None) == (not null.any())
    if found.null is not None:
        np.testing.assert_array_equal(found.null, null)
    assert (found.channel, found.scale, found.offset) == ("power_w", stream.scale, stream.offset)


@given(st.lists(st.one_of(st.integers(0, 10**6), st.floats(0, 1e6)), max_size=30), st.booleans())
def test_time_comes_back_exactly(seconds: list[float], in_milliseconds: bool) -> None:
    """Whole seconds and milliseconds are kept as integers, anything else as it is."""
    time_s = np.array(seconds, dtype=np.float64)
    time_s = np.rint(time_s * 1000) / 1000 if in_milliseconds else time_s
    result = pack_time(time_s)
    np.testing.assert_array_equal(unpack_stream(result).physical(), time_s)
    assert result.dtype == ("<i8" if in_milliseconds else result.dtype)


def test_a_smooth_channel_packs_small() -> None:
    """One step a record takes a small part of its bytes, nulls next to nothing."""
    values = np.cumsum(np.tile([1, 0, 2, 1], 1250)).astype(np.int32)
    plain = pack_stream(Stream(channel="distance_m", values=values))
    assert len(plain.content) < values.nbytes / 100
    gaps = values.copy()
    gaps[1000:2000] = 2**31 - 1
    null = np.zeros(5000, np.bool_)
    null[1000:2000] = True
    with_nulls = pack_stream(Stream(channel="distance_m", values=gaps, null=null))
    assert len(with_nulls.content) < 2 * len(plain.content)


def test_channels_that_do_not_fit_are_refused() -> None:
    """A channel of another length, or of no numbers, is a defect of the decoder."""
    bad = replace(activity(), time_s=np.array([0.0]))
    with pytest.raises(ValueError, match="heart_rate_bpm"):
        packed(bad)
    with pytest.raises(ValueError, match="no column"):
        pack_stream(Stream(channel="text", values=np.array(["a"])))


# ---------------------------------------------------------------- activities


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all examples of a property; each example adds its own runner."""
    with Store.open(tmp_path_factory.mktemp("shared"), at=NOW) as opened:
        yield opened


def fresh_runner(store: Store) -> StoredRunner:
    """A runner of whom nothing is stored yet."""
    return store.add_runner(f"runner {len(store.runners())}", at=NOW)


@given(given_activity=strategies.activities(), content=st.binary(max_size=50))
def test_an_activity_comes_back_whole(
    given_activity: Activity, content: bytes, shared_store: Store
) -> None:
    """Every field, channel, lap and flag; the file's bytes too."""
    runner = fresh_runner(shared_store)
    reading = packed(given_activity, content=content)
    ids = shared_store.add_reading(runner, reading, at=NOW).activity_ids
    _, found = shared_store.activity(runner, ids[0])
    assert shared_store.original(runner, reading.sha256) == content
    for field in fields(Activity):
        if field.name not in {"time_s", "streams"}:
            assert getattr(given_activity, field.name) == getattr(found, field.name), field.name
    np.testing.assert_array_equal(given_activity.time_s, found.time_s)
    assert given_activity.streams.keys() == found.streams.keys()
    for channel, stream in given_activity.streams.items():
        np.testing.assert_array_equal(stream.physical(), found.streams[channel].physical())


def test_one_file_of_several_sports_is_several_activities(store: Store, me: StoredRunner) -> None:
    """Ids count up within the runner, in the order of the sessions."""
    added = store.add_reading(me, packed(activity(sport="swimming"), activity()), at=NOW)
    assert added.activity_ids == (1, 2)
    assert [(row.sport, row.session_index, row.is_run) for row in store.activities(me)] == [
        ("swimming", 0, False),
        ("running", 1, True),
    ]


def test_the_same_content_is_stored_once(store: Store, me: StoredRunner, tmp_path: Path) -> None:
    """Under whatever name: it adds nothing and names what is there."""
    first = store.add_reading(me, packed(activity()), at=NOW)
    before = count_rows(tmp_path / "data")
    again = store.add_reading(me, packed(activity(), name="other.fit"), at=LATER)
    assert first.is_new
    assert not again.is_new
    assert first.activity_ids == again.activity_ids
    assert before == count_rows(tmp_path / "data")
    assert store.has_original(me, packed(activity()).sha256)
    assert store.original_hashes(me) == {packed(activity()).sha256}


def test_two_runners_with_the_same_file_are_never_merged(store: Store, me: StoredRunner) -> None:
    """Club mates who share a file have an activity each, and see only their own."""
    other = store.add_runner("ann", at=NOW)
    store.add_reading(me, packed(activity()), at=NOW)
    assert not store.has_original(other, packed(activity()).sha256)
    assert store.add_reading(other, packed(activity()), at=NOW).is_new
    store.add_reading(other, packed(activity(day=2), content=b"two"), at=NOW)
    assert len(store.activities(me)) == 1
    assert len(store.activities(other)) == 2
    with pytest.raises(NotFoundError, match="unknown_run"):
        store.activity_row(me, 2)
    with pytest.raises(NotFoundError, match="unknown_original"):
        store.original(me, packed(activity(), content=b"two").sha256)


def test_activities_are_listed_oldest_first(store: Store, me: StoredRunner) -> None:
    """By start, not by import; those without a start come before all others."""
    for day, content in ((3, b"3"), (1, b"1"), (2, b"2")):
        store.add_reading(me, packed(activity(day=day), content=content), at=NOW)
    undated = replace(activity(), start_utc=None)
    store.add_reading(me, packed(undated, content=b"0"), at=NOW)
    found = [row.start_utc and row.start_utc.day for row in store.activities(me)]
    assert found == [None, 1, 2, 3]


def test_chosen_channels_are_read_alone(store: Store, me: StoredRunner) -> None:
    """A long activity need not be unpacked whole."""
    store.add_reading(me, packed(activity()), at=NOW)
    assert set(store.streams(me, 1)) == {"time_s", "heart_rate_bpm"}
    assert set(store.streams(me, 1, channels=["heart_rate_bpm"])) == {"heart_rate_bpm"}
    assert store.streams(me, 1, channels=[]) == {}
    assert store.laps(me, 1) == ()


@pytest.mark.parametrize("table", ["original_content", "stream", "activity", "lap", "metrics"])
def test_a_failure_in_the_middle_leaves_nothing(
    table: str, store: Store, me: StoredRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file is one transaction: whichever statement fails, no row of it stays."""
    before = count_rows(tmp_path / "data")
    whole = replace(packed(activity()), metrics=({"longest_s": 1.0},), metrics_version="1")
    whole = replace(
        whole, activities=(replace(whole.activities[0], laps=({"lap_index": 0, "start_s": 0.0},)),)
    )
    real = changes.insert_all

    def breaking(connection: Connection, into: Any, rows: Sequence[Any], *, key: Any) -> None:
        real(connection, into, rows, key=key)
        if into.name == table:
            raise KeyboardInterrupt

    monkeypatch.setattr("uncramp.store.changes.insert_all", breaking)
    with pytest.raises(KeyboardInterrupt):
        store.add_reading(me, whole, at=NOW)
    monkeypatch.undo()
    assert before == count_rows(tmp_path / "data")
    assert store.add_reading(me, whole, at=NOW).activity_ids == (1,)


# ---------------------------------------------------------------- runners


def test_a_runner_is_known_by_name_and_keeps_a_profile(store: Store) -> None:
    """What is not said stays unknown; a new profile replaces the old one whole."""
    profile = UserProfile(sex=Sex.FEMALE, age_y=41.0)
    ann = store.add_runner("ann", at=NOW, profile=profile)
    assert ann.profile == profile
    assert ann.profile_at == NOW
    store.save_profile(ann, UserProfile(body_mass_kg=60.5), at=LATER)
    assert store.runner("ann").profile == UserProfile(body_mass_kg=60.5)
    assert store.runner("ann").profile_at == LATER
    assert [runner.name for runner in store.runners()] == ["ann"]
    assert store.find_runner("bob") is None


def test_an_unknown_runner_is_an_error_that_names_the_known(store: Store, me: StoredRunner) -> None:
    """Nobody is made up, and nobody is added twice."""
    with pytest.raises(NotFoundError) as unknown:
        store.runner("bob")
    assert unknown.value.values == {"runner": "bob", "known": me.name}
    with pytest.raises(InputError, match="runner_exists"):
        store.add_runner("me", at=NOW)


# ---------------------------------------------------------------- answers, advice, flags


@given(first=strategies.answers, second=strategies.answers)
def test_answers_come_back_and_the_last_one_counts(
    first: dict[str, Any], second: dict[str, Any], shared_store: Store
) -> None:
    """By question, for each activity by itself and for none in particular, with their moment."""
    store, runner = shared_store, fresh_runner(shared_store)
    (run,) = store.add_reading(runner, packed(activity()), at=NOW).activity_ids
    store.save_answers(runner, None, first, at=NOW)
    store.save_answers(runner, run, second, at=NOW)
    store.save_answers(runner, None, second, at=LATER)
    found = store.answers(runner, None)
    assert {question: one.answer for question, one in found.items()} == {**first, **second}
    assert {one.at for question, one in found.items() if question in second} <= {LATER}
    assert {one.at for question, one in found.items() if question not in second} <= {NOW}
    of_run = store.answers(runner, run)
    assert {question: one.answer for question, one in of_run.items()} == second


def save_advice(store: Store, runner: StoredRunner, **flags: Sequence[str]) -> int:
    """A line in the ledger with the flags it raised."""
    return store.save_advice(
        runner,
        verb="why",
        activity_id=None,
        at=NOW,
        inputs={"answers": {"muscle": "calf"}},
        result={"kind": "stop"},
        text="Stop.",
        package_version="0.1.0",
        model_version="1",
        evidence_version="2026.1",
        stops=flags.get("stops", ()),
        locks=flags.get("locks", ()),
    )


def mirrored(folder: Path) -> dict[str, Any]:
    """What the mirror says of every runner."""
    document = json.loads((folder / MIRROR_FILE).read_text(encoding="utf-8"))
    assert document["schema"] == "uncramp.open_flags/1"
    runners: dict[str, Any] = document["runners"]
    return runners


def test_advice_is_kept_with_its_versions(store: Store, me: StoredRunner) -> None:
    """The ledger can later be held against what happened."""
    advice_id = save_advice(store, me)
    (line,) = store.advice(me)
    assert line.advice_id == advice_id
    assert line.inputs == {"answers": {"muscle": "calf"}}
    assert line.result == {"kind": "stop"}
    assert (line.package_version, line.model_version, line.evidence_version) == (
        "0.1.0",
        "1",
        "2026.1",
    )
    assert (line.at, line.verb, line.text) == (NOW, "why", "Stop.")


def test_flags_open_once_and_only_a_dated_clearance_closes_them(
    store: Store, me: StoredRunner, tmp_path: Path
) -> None:
    """Advice without the flag leaves it open; raised again after a clearance, it opens again."""
    first = save_advice(store, me, stops=["dvt"], locks=["medication", "pregnancy"])
    save_advice(store, me, stops=["dvt"])
    save_advice(store, me)
    assert [(flag.kind, flag.flag_id, flag.advice_id) for flag in store.open_flags(me)] == [
        ("stop", "dvt", first),
        ("lock", "medication", first),
        ("lock", "pregnancy", first),
    ]
    assert mirrored(tmp_path / "data") == {
        "me": {"stops": ["dvt"], "locks": ["medication", "pregnancy"]}
    }
    day = date(2025, 10, 2)
    assert store.clear_flag(me, flag_id="dvt", kind="stop", cleared_on=day, note="scan clear")
    assert not store.clear_flag(me, flag_id="dvt", kind="stop", cleared_on=day, note=None)
    assert not store.clear_flag(me, flag_id="medication", kind="stop", cleared_on=day, note=None)
    assert mirrored(tmp_path / "data")["me"]["stops"] == []
    store.open_flag(me, flag_id="dvt", kind="stop", at=LATER)
    assert [(flag.cleared_on, flag.clearance_note) for flag in store.flags(me)] == [
        (day, "scan clear"),
        (None, None),
        (None, None),
        (None, None),
    ]


def test_the_mirror_never_lacks_a_flag(
    store: Store, me: StoredRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the mirror cannot be written, the advice that raised the flag is not stored either."""

    def full(_folder: Path, _runners: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("uncramp.store.mirror.write_mirror", full)
    with pytest.raises(StoreError, match="No space left"):
        save_advice(store, me, stops=["dvt"])
    monkeypatch.undo()
    assert store.advice(me) == []
    assert store.open_flags(me) == []


def test_opening_puts_the_mirror_right(store: Store, me: StoredRunner, tmp_path: Path) -> None:
    """A mirror that was lost or spoilt is written again from the database."""
    save_advice(store, me, locks=["minor"])
    (tmp_path / "data" / MIRROR_FILE).write_text("spoilt", encoding="utf-8")
    with Store.open(tmp_path / "data", at=NOW):
        assert mirrored(tmp_path / "data") == {"me": {"stops": [], "locks": ["minor"]}}


# ---------------------------------------------------------------- the journal of `now`


def journal_line(runner: str = "me", *, stop: str | None = None, lock: str | None = None) -> str:
    """One answer as `now` notes it."""
    result = {
        "stop": None if stop is None else {"flags": [{"id": stop}]},
        "locks": [] if lock is None else [{"id": lock}],
    }
    entry = {"runner": runner, "at": NOW.isoformat(), "inputs": {"muscle": "calf"}}
    return json.dumps({**entry, "result": result}) + "\n"


def test_the_journal_is_taken_in_once_and_removed(tmp_path: Path) -> None:
    """Ledger lines and flags of every runner in it, known or not; lines cut off are set aside."""
    (tmp_path / JOURNAL_FILE).write_text(
        journal_line(stop="heat_stroke") + journal_line("ann", lock="minor") + '{"runner": "m',
        encoding="utf-8",
    )
    with Store.open(tmp_path, at=LATER) as store:
        me, ann = store.runner("me"), store.runner("ann")
        assert [(line.verb, line.at) for line in store.advice(me)] == [("now", NOW)]
        assert [flag.flag_id for flag in store.open_flags(me)] == ["heat_stroke"]
        assert [(flag.kind, flag.flag_id) for flag in store.open_flags(ann)] == [("lock", "minor")]
    assert mirrored(tmp_path).keys() == {"me", "ann"}
    assert not list(tmp_path.glob("now_journal*"))
    assert (tmp_path / "now_unread.jsonl").read_text(encoding="utf-8") == '{"runner": "m\n'
    with Store.open(tmp_path, at=LATER) as store:
        assert len(store.advice(store.runner("me"))) == 1


def test_a_journal_left_over_by_a_crash_counts_once(tmp_path: Path) -> None:
    """Taken in, but not removed: the next opening sees that it knows the entries."""
    (tmp_path / JOURNAL_FILE).write_text(journal_line(stop="stroke"), encoding="utf-8")
    with Store.open(tmp_path, at=NOW):
        pass
    (tmp_path / "now_journal.taken-1.jsonl").write_text(
        journal_line(stop="stroke") + journal_line(stop="cardiac"), encoding="utf-8"
    )
    with Store.open(tmp_path, at=NOW) as store:
        assert len(store.advice(store.runner("me"))) == 2
        flags = [flag.flag_id for flag in store.open_flags(store.runner("me"))]
        assert flags == ["stroke", "cardiac"]


# ---------------------------------------------------------------- the database itself


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_only_the_owner_can_read_the_store(store: Store, me: StoredRunner, tmp_path: Path) -> None:
    """The folder and every file in it."""
    save_advice(store, me, locks=["minor"])
    folder = tmp_path / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_migrations_make_the_tables_that_statements_use(tmp_path: Path) -> None:
    """Columns, types, nullability, keys and indexes of `schema.py` are those that were made."""
    with Store.open(tmp_path, at=NOW):
        pass
    fresh = create_engine("sqlite://")
    schema.METADATA.create_all(fresh)
    made = create_engine(f"sqlite:///{tmp_path / DATABASE_FILE}")
    try:
        assert shape(made) == shape(fresh)
    finally:
        fresh.dispose()
        made.dispose()


def shape(engine: Any) -> dict[str, Any]:
    """Everything the database says about its tables."""
    look = inspect(engine)
    return {
        table: {
            "columns": [
                (one["name"], str(one["type"]), one["nullable"], one["primary_key"])
                for one in look.get_columns(table)
            ],
            "foreign": sorted(
                (one["constrained_columns"], one["referred_table"], one["referred_columns"])
                for one in look.get_foreign_keys(table)
            ),
            "unique": sorted(one["column_names"] for one in look.get_unique_constraints(table)),
            "indexes": sorted(
                (one["name"], one["column_names"]) for one in look.get_indexes(table)
            ),
        }
        for table in look.get_table_names()
    }


def break_in_the_middle(connection: Connection) -> None:
    """A step that fails after it has changed something."""
    connection.exec_driver_sql("CREATE TABLE half (a INTEGER)")
    msg = "a defect in a migration"
    raise RuntimeError(msg)


def add_a_column(connection: Connection) -> None:
    """A step that works."""
    connection.exec_driver_sql("ALTER TABLE runner ADD COLUMN shoe TEXT")


def test_a_step_that_fails_leaves_the_database_as_it_was(
    store: Store, me: StoredRunner, tmp_path: Path
) -> None:
    """A migration and the record that it ran are one transaction, and a backup is made before."""
    newest = MIGRATIONS[-1].number
    steps = (*MIGRATIONS, Migration(newest + 1, "breaks", break_in_the_middle))
    with pytest.raises(RuntimeError, match="a defect"):
        Store.open(tmp_path / "data", at=NOW, steps=steps)
    with closing(sqlite3.connect(tmp_path / "data" / DATABASE_FILE)) as database:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
        assert "half" not in tables
        assert database.execute("SELECT max(number) FROM migration").fetchone() == (newest,)
    copy = tmp_path / "data" / f"{DATABASE_FILE}.before-{newest + 1}"
    with closing(sqlite3.connect(copy)) as backup:
        assert backup.execute("SELECT name FROM runner").fetchall() == [(me.name,)]


def test_a_newer_database_is_refused_unchanged(tmp_path: Path) -> None:
    """An older uncramp does not guess what newer tables mean."""
    newest = MIGRATIONS[-1].number
    steps = (*MIGRATIONS, Migration(newest + 1, "shoes", add_a_column))
    with Store.open(tmp_path, at=NOW, steps=steps) as store:
        store.add_runner("me", at=NOW)
    before = (tmp_path / DATABASE_FILE).read_bytes()
    with pytest.raises(StoreError) as refused:
        Store.open(tmp_path, at=NOW)
    assert (refused.value.code, refused.value.values) == (
        "newer_database",
        {"found": newest + 1, "known": newest},
    )
    assert before == (tmp_path / DATABASE_FILE).read_bytes()


def test_what_is_not_our_database_is_refused_unchanged(tmp_path: Path) -> None:
    """Another program's database, and a file that is none."""
    path = tmp_path / DATABASE_FILE
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE theirs (a INTEGER)")
        database.commit()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="foreign_database"):
        Store.open(tmp_path, at=NOW)
    assert before == path.read_bytes()
    path.write_bytes(b"no database at all, but long enough to look at" * 30)
    with pytest.raises(StoreError, match="store_damaged"):
        Store.open(tmp_path, at=NOW)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "data").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="store_folder"):
        Store.open(tmp_path / "data", at=NOW)


def test_database_urls_are_understood_or_refused_without_repeating_them(tmp_path: Path) -> None:
    """Any SQLAlchemy URL opens a store; a wrong one may hold a password and is never quoted."""
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    with Store.open(tmp_path / "data", at=NOW, url=url) as store:
        store.add_runner("me", at=NOW)
    assert (tmp_path / "elsewhere.db").exists()
    assert not (tmp_path / "data" / DATABASE_FILE).exists()
    for wrong, code in (
        ("secret nonsense", "bad_database_url"),
        ("nosuchdb://u:secret@host/name", "no_database_driver"),
    ):
        with pytest.raises(StoreError) as refused:
            Store.open(tmp_path / "data", at=NOW, url=wrong)
        assert refused.value.code == code
        assert "secret" not in str(refused.value)


def use_everything(store: Store) -> None:
    """Call every public method of the store."""
    me = store.add_runner("me", at=NOW, profile=UserProfile(age_y=40.0))
    store.find_runner("me")
    store.runner("me")
    store.runners()
    store.save_profile(me, UserProfile(), at=NOW)
    lapped = replace(activity(), laps=tuple(strategies_laps()))
    (run,) = store.add_reading(me, packed(lapped), at=NOW).activity_ids
    store.has_original(me, "0" * 64)
    store.original_hashes(me)
    store.original(me, packed(lapped).sha256)
    store.activity_ids(me, "0" * 64)
    store.activities(me)
    store.activity_row(me, run)
    store.activity(me, run)
    store.streams(me, run, channels=["time_s"])
    store.laps(me, run)
    store.save_answers(me, run, {"muscle": "calf"}, at=NOW)
    store.answers(me, None)
    save_advice(store, me, stops=["dvt"])
    store.advice_row(me, store.advice(me)[0].advice_id)
    draft = store.add_draft(me, run, {}, started_at=NOW, updated_at=NOW)
    store.change_draft(me, draft, lambda one: replace(one, path=("spread",)))
    store.draft(me, draft)
    store.drafts(me)
    store.forget_answers(me, ["danger_body"])
    store.flags(me)
    store.open_flags(me)
    store.open_flag(me, flag_id="minor", kind="lock", at=NOW)
    store.clear_flag(me, flag_id="dvt", kind="stop", cleared_on=NOW.date(), note=None)
    store.count_answers(me)
    use_sweat_tests(store, me, run)
    use_documents(store, me)
    use_training_history(store, me, run)


def use_sweat_tests(store: Store, me: StoredRunner, run: int) -> None:
    """Call every method about sweat tests."""
    sodium = SodiumSample(sodium_mmol_per_l=44.0, method="patch", site="thigh")
    test = store.add_sweat_test(me, sodium, day=NOW.date(), at=NOW, activity_id=run)
    store.remove_sweat_test(me, test, at=NOW)
    store.restore_sweat_test(me, test)
    assert [one.test for one in store.sweat_tests(me)] == [sodium]
    store.sweat_test_rows(me)


def use_documents(store: Store, me: StoredRunner) -> None:
    """Call every method about documents."""
    number = store.add_document(me, "race", {"day": "2026-04-18"}, at=NOW, name="spring")
    row = store.document(me, number, "race")
    store.add_document(me, "plan", {"plan": {}}, at=NOW, about=number, name="training")
    store.change_document(me, row, {"day": "2026-04-19"}, at=NOW)
    store.remove_document(me, row, at=NOW)
    store.restore_document(me, row)
    assert [one.content for one in store.documents(me, "race")] == [{"day": "2026-04-19"}]
    store.documents(me, "plan", about=number, with_removed=True)


def use_training_history(store: Store, me: StoredRunner, run: int) -> None:
    """Call every method about what is kept beside the files."""
    about = PackedAbout(title="Autumn", weather={"temp_air_c": 9.0})
    twin = replace(packed(activity(), content=b"twin"), about=about)
    (other,) = store.add_reading(me, twin, at=NOW, stamp="later").activity_ids
    store.tell_about(me, packed(activity()).sha256, about, at=NOW)
    store.set_title(me, run, "Half")
    store.set_excluded(me, run, True)
    store.save_metrics(me, run, {"moving_s": 2.0}, version="1")
    store.metrics(me)
    store.metrics(me, [run])
    store.activities(me, between=(NOW, NOW))
    store.linked_to(me, run)
    store.weather(me, run)
    store.save_weather(me, StoredWeather(activity_id=run, source="typed", at=NOW))
    store.weather(me)
    store.save_mark(me, CrampMark(activity_id=run, cramped="yes", at=NOW))
    store.marks(me)
    store.remove_mark(me, run)
    store.unlink(me, other)
    store.link(me, other, duplicate_of=run)
    list(store.originals(me))
    store.import_stamps(me)
    store.undo_import(me, "later")
    store.set_setting("weather.open_meteo", "on")
    store.setting("weather.open_meteo")
    store.cache("weather", "2025-09", b"{}", at=NOW)
    store.cached("weather", "2025-09")
    store.erase_runner(me)


def strategies_laps() -> Iterator[Any]:
    """One lap."""
    from uncramp.vocabulary import Lap

    yield Lap(start_s=0.0, elapsed_s=2.0)


def test_every_statement_can_be_said_to_postgresql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every public method is called; each statement it runs compiles for PostgreSQL."""
    heard: list[Any] = []
    called: set[str] = set()
    methods = {name for name in dir(Store) if not name.startswith("_")}
    with Store.open(tmp_path, at=NOW) as store:
        event.listen(store._engine, "before_execute", lambda *given: heard.append(given[1]))
        for name in methods - {"open", "close"}:
            real = getattr(store, name)

            def counted(*given: Any, _name: str = name, _real: Any = real, **named: Any) -> Any:
                called.add(_name)
                return _real(*given, **named)

            monkeypatch.setattr(store, name, counted)
        use_everything(store)
    assert called == methods - {"open", "close"}
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    said = {str(statement.compile(dialect=dialect)) for statement in heard}
    assert len(said) > 25
    for table in schema.METADATA.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            assert "CREATE" in str(CreateIndex(index).compile(dialect=dialect))


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("run.fit", "run.fit"),
        ("/home/ann/watch/run.fit", "run.fit"),
        ("C:\\Users\\Ann\\run.fit", "run.fit"),
        ("folder/", "folder"),
        ("ann@example.org_123.fit", "e-mail-removed_123.fit"),
        ("2024 ann.b@mail.example.fit", "2024 e-mail-removed.fit"),
        ("bad\x1b[31m\udcffname.fit", "bad?[31m?name.fit"),
    ],
)
def test_names_hold_no_path_no_address_and_nothing_unprintable(given_name: str, kept: str) -> None:
    """The name of a file may travel; where it lay and whose it is may not."""
    assert kept_name(given_name) == kept


def test_the_store_itself_drops_paths(store: Store, me: StoredRunner) -> None:
    """Even a caller who forgets cannot store one."""
    reading = replace(packed(activity()), file_name="/home/ann/run.fit")
    store.add_reading(me, reading, at=NOW)
    assert [row.source_file for row in store.activities(me)] == ["run.fit"]


def test_originals_that_do_not_shrink_are_kept_as_they_are(store: Store, me: StoredRunner) -> None:
    """Bytes that are packed already are not packed again."""
    random = np.random.default_rng(7).bytes(500)
    reading = packed(activity(), content=random[:20])
    assert reading.compression == "none"
    assert unpack_original(reading.compression, reading.content) == random[:20]
