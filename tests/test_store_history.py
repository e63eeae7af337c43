"""What the store keeps beside the files: metrics, weather, marks, links, imports, settings."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.errors import InputError, NotFoundError
from uncramp.store.migrations import MIGRATIONS
from uncramp.store.names import DATABASE_FILE, MIRROR_FILE
from uncramp.store.packing import PackedAbout, PackedReading, pack_reading
from uncramp.store.rows import CrampMark, StoredRunner, StoredWeather
from uncramp.store.store import Store
from uncramp.store.twins import Recording, is_fuller, is_same_run
from uncramp.vocabulary import Activity, Stream

NOW = datetime(2025, 10, 1, 18, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
START = datetime(2025, 9, 1, 7, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new store."""
    with Store.open(tmp_path / "data", at=NOW) as opened:
        yield opened


@pytest.fixture
def me(store: Store) -> StoredRunner:
    """A runner in it."""
    return store.add_runner("me", at=NOW)


def recording(
    content: str,
    *starts_s: float,
    sport: str = "running",
    channels: int = 1,
    elapsed_s: float = 3000.0,
    distance_m: float | None = 10_000.0,
    file_format: str = "fit",
    serial: int | None = None,
    about: PackedAbout | None = None,
) -> PackedReading:
    """A file with one activity for each start, in seconds from a fixed morning."""
    streams = {
        f"dev:{number}": Stream(channel=f"dev:{number}", values=np.arange(3, dtype=np.uint8))
        for number in range(channels)
    }
    activities = [
        Activity(
            sport=sport,
            session_index=index,
            start_utc=START + timedelta(seconds=start_s),
            elapsed_s=elapsed_s,
            distance_m=distance_m,
            n_records=3,
            device_serial=serial,
            file_created_utc=None if serial is None else START,
            time_s=np.array([0.0, 1.0, 2.0]),
            streams=streams,
        )
        for index, start_s in enumerate(starts_s or (0.0,))
    ]
    return pack_reading(
        name=f"{content}.fit",
        data=content.encode(),
        activities=activities,
        sha256=content.encode().hex().ljust(64, "0"),
        file_format=file_format,
        decoder_version=1,
        metrics=[{"moving_s": elapsed_s}] * len(activities),
        metrics_version="1",
        about=about,
    )


def add(
    store: Store, runner: StoredRunner, content: str, *starts: float, stamp: str = "a", **more: Any
) -> int:
    """Id of the first activity of one more file."""
    reading = recording(content, *starts, **more)
    return store.add_reading(runner, reading, at=NOW, stamp=stamp).activity_ids[0]


def shown(store: Store, runner: StoredRunner) -> list[int]:
    """Ids of what counts."""
    return sorted(row.activity_id for row in store.activities(runner))


def links(store: Store, runner: StoredRunner) -> dict[int, int]:
    """What is linked to what."""
    rows = store.activities(runner, with_duplicates=True)
    return {row.activity_id: row.duplicate_of for row in rows if row.duplicate_of is not None}


def content_of(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as database:
        tables = [
            row[0]
            for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            table: sorted(database.execute(f'SELECT * FROM "{table}"').fetchall(), key=repr)  # noqa: S608
            for table in tables
        }


# ---------------------------------------------------------------- kept beside an activity


def test_metrics_come_with_the_activity_and_can_be_computed_again(
    store: Store, me: StoredRunner
) -> None:
    """They are stored with the file in one go, with their version; a later version replaces."""
    run = add(store, me, "a")
    found = store.metrics(me)[run]
    assert (found.version, found.metrics) == ("1", {"moving_s": 3000.0})
    store.save_metrics(me, run, {"splits": [1.5, None]}, version="2")
    assert store.metrics(me)[run].metrics == {"splits": [1.5, None]}
    assert store.metrics(store.add_runner("ann", at=NOW)) == {}


@pytest.mark.parametrize("most_named", [500, 1])
def test_only_what_is_asked_for_is_read(
    store: Store, me: StoredRunner, monkeypatch: pytest.MonkeyPatch, most_named: int
) -> None:
    """Metrics of some, however many are named; weather of one; activities of a time."""
    monkeypatch.setattr("uncramp.store.about_runs.MOST_NAMED", most_named)
    first, second, third = (add(store, me, name) for name in "abc")
    assert set(store.metrics(me, [first, third])) == {first, third}
    assert store.metrics(me, []) == {}
    for run in (first, second):
        store.save_weather(me, StoredWeather(activity_id=run, source="typed", at=NOW))
    assert set(store.weather(me, second)) == {second}
    assert store.weather(me, third) == {}
    every = store.activities(me, with_duplicates=True)
    starts = sorted({row.start_utc for row in every if row.start_utc is not None})
    later = starts[-1] + timedelta(seconds=1)
    assert store.activities(me, with_duplicates=True, between=(starts[0], later)) == every
    assert store.activities(me, between=(later, later + timedelta(days=1))) == []
    assert all(
        row.start_utc < starts[-1]
        for row in store.activities(me, with_duplicates=True, between=(starts[0], starts[-1]))
        if row.start_utc is not None
    )


def test_further_recordings_are_found_from_the_one_that_counts(
    store: Store, me: StoredRunner
) -> None:
    """And only from that one."""
    first, second = add(store, me, "a"), add(store, me, "b")
    store.link(me, second, duplicate_of=first)
    assert [row.activity_id for row in store.linked_to(me, first)] == [second]
    assert store.linked_to(me, second) == []
    store.unlink(me, second)
    assert store.linked_to(me, first) == []


def test_weather_is_kept_by_source(store: Store, me: StoredRunner) -> None:
    """What was typed and what an archive says stand side by side; the same source replaces."""
    about = PackedAbout(title="Autumn", weather={"temp_air_c": 9.5}, attribution="strava")
    run = add(store, me, "a", about=about)
    typed = StoredWeather(activity_id=run, source="typed", temp_air_c=8.0, at=LATER)
    store.save_weather(me, replace(typed, temp_air_c=1.0))
    store.save_weather(me, typed)
    archive, found = store.weather(me)[run]
    assert (archive.source, archive.temp_air_c, archive.attribution) == ("archive", 9.5, "strava")
    assert found == typed
    assert store.activity_row(me, run).title == "Autumn"


def test_marks_are_kept_one_a_run(store: Store, me: StoredRunner) -> None:
    """The last word counts; everything told comes back."""
    run = add(store, me, "a")
    mark = CrampMark(
        activity_id=run,
        cramped="yes",
        minute=95.0,
        km=21.5,
        muscles=("calf",),
        source="diary",
        at=NOW,
    )
    store.save_mark(me, replace(mark, cramped="dont_remember"))
    store.save_mark(me, mark)
    assert store.marks(me) == {run: mark}
    store.remove_mark(me, run)
    store.remove_mark(me, run)
    assert store.marks(me) == {}


def test_nothing_is_kept_about_an_activity_that_is_not_there(
    store: Store, me: StoredRunner
) -> None:
    """Another runner's activity is not there either."""
    run = add(store, store.add_runner("ann", at=NOW), "a")
    for change in (
        lambda: store.save_metrics(me, run, {}, version="1"),
        lambda: store.save_weather(me, StoredWeather(activity_id=run, source="typed", at=NOW)),
        lambda: store.save_mark(me, CrampMark(activity_id=run, cramped="no", at=NOW)),
        lambda: store.set_title(me, run, "x"),
        lambda: store.set_excluded(me, run, True),
        lambda: store.unlink(me, run),
        lambda: store.remove_mark(me, run),
    ):
        with pytest.raises(NotFoundError, match="unknown_run"):
            change()


def test_excluded_activities_stay_but_can_be_left_out(store: Store, me: StoredRunner) -> None:
    """Excluding deletes nothing and can be taken back."""
    run = add(store, me, "a")
    store.set_excluded(me, run, True)
    assert shown(store, me) == [run]
    assert store.activities(me, with_excluded=False) == []
    store.set_excluded(me, run, False)
    assert len(store.activities(me, with_excluded=False)) == 1


def test_settings_and_fetched_months_belong_to_nobody(store: Store) -> None:
    """Set, replaced, taken away; what was never there is None."""
    assert store.setting("weather.open_meteo") is None
    store.set_setting("weather.open_meteo", "off")
    store.set_setting("weather.open_meteo", "on")
    assert store.setting("weather.open_meteo") == "on"
    store.set_setting("weather.open_meteo", None)
    assert store.setting("weather.open_meteo") is None
    assert store.cached("weather", "k") is None
    store.cache("weather", "k", b"1", at=NOW)
    store.cache("weather", "k", b"2", at=LATER)
    assert (store.cached("weather", "k"), store.cached("other", "k")) == (b"2", None)


def test_originals_come_one_at_a_time(store: Store, me: StoredRunner) -> None:
    """Every stored file with its bytes."""
    add(store, me, "a")
    add(store, me, "b", 10_000)
    assert [(one.file_name, one.file_format, one.content) for one in store.originals(me)] == [
        ("a.fit", "fit", b"a"),
        ("b.fit", "fit", b"b"),
    ]


# ---------------------------------------------------------------- several recordings of one run


def test_the_same_run_from_two_sources_counts_once(store: Store, me: StoredRunner) -> None:
    """Start, distance and time agree: the fuller recording counts, whichever came first."""
    poor = add(store, me, "gpx", 40, distance_m=10_200, elapsed_s=2950, file_format="gpx")
    rich = add(store, me, "fit", channels=4)
    third = add(store, me, "tcx", -30, file_format="tcx")
    assert shown(store, me) == [rich]
    assert links(store, me) == {poor: rich, third: rich}


@pytest.mark.parametrize(
    "other",
    [
        {"starts": (301,)},
        {"distance_m": 10_600.0},
        {"elapsed_s": 3200.0},
        {"distance_m": None},
    ],
)
def test_what_differs_is_another_run(store: Store, me: StoredRunner, other: dict[str, Any]) -> None:
    """Beyond five minutes, or five in a hundred of distance or time, or unknown on one side."""
    add(store, me, "a")
    add(store, me, "b", *other.pop("starts", ()), **other)
    assert len(shown(store, me)) == 2


def test_repeats_on_a_track_are_not_one_run(store: Store, me: StoredRunner) -> None:
    """Four minutes each, saved one by one, as alike as can be: they do not overlap."""
    for number in range(5):
        add(store, me, f"repeat {number}", 250 * number, elapsed_s=200, distance_m=1000)
    assert len(shown(store, me)) == 5


def test_one_device_and_one_moment_are_one_run(store: Store, me: StoredRunner) -> None:
    """Cut short or edited, the file of the same recording is known by serial and creation time."""
    half = add(store, me, "half", elapsed_s=1500, distance_m=5000, serial=7, channels=6)
    whole = add(store, me, "whole", serial=7)
    bike = add(store, me, "bike", sport="cycling", serial=7, elapsed_s=60)
    assert links(store, me) == {half: whole}
    assert shown(store, me) == [whole, bike]


def test_sessions_of_one_file_are_never_one_run(store: Store, me: StoredRunner) -> None:
    """Two copies of a multisport file pair up session by session, and only across the files."""
    starts = (0.0, 120.0, 240.0)
    one = store.add_reading(me, recording("one", *starts, serial=7), at=NOW)
    assert (one.linked, links(store, me)) == ((), {})
    two = store.add_reading(me, recording("two", *starts, serial=7, channels=2), at=NOW)
    assert two.linked == two.activity_ids
    assert links(store, me) == dict(zip(one.activity_ids, two.activity_ids, strict=True))


def test_two_runners_who_ran_together_are_never_one(store: Store, me: StoredRunner) -> None:
    """Side by side, with the same watch even: each has a run."""
    ann = store.add_runner("ann", at=NOW)
    assert add(store, me, "a", serial=7) == add(store, ann, "b", serial=7)
    assert (links(store, me), links(store, ann)) == ({}, {})


FIXED = Recording(
    activity_id=1,
    sport="running",
    start_utc=START,
    elapsed_s=3000.0,
    distance_m=10_000.0,
    device_serial=None,
    file_created_utc=None,
    n_records=3000,
    duplicate_of=None,
    excluded=False,
    file_format="fit",
    n_channels=8,
)
recordings = st.builds(
    replace,
    st.just(FIXED),
    sport=st.sampled_from(("running", "cycling", "unknown")),
    start_utc=st.none() | st.integers(-400, 400).map(lambda s: START + timedelta(seconds=s)),
    elapsed_s=st.none() | st.floats(0, 4000),
    distance_m=st.none() | st.floats(0, 12_000),
    device_serial=st.none() | st.just(7),
    file_created_utc=st.none() | st.just(START),
    n_records=st.integers(0, 4000),
    file_format=st.sampled_from(("fit", "gpx", "tcx", "apple")),
    n_channels=st.integers(0, 9),
)


@given(recordings, recordings)
def test_being_one_run_has_no_direction(one: Recording, other: Recording) -> None:
    """Either both are of one run or neither; at most one is fuller than the other."""
    assert is_same_run(one, other) == is_same_run(other, one)
    assert not (is_fuller(one, other) and is_fuller(other, one))


def test_a_watch_wins_over_a_phone_that_writes_every_second() -> None:
    """With the same channels the format decides, not how often something was written."""
    phone = replace(FIXED, file_format="gpx", n_records=9000)
    assert is_fuller(FIXED, phone)
    assert is_fuller(phone, replace(FIXED, n_channels=3))
    assert is_fuller(phone, replace(FIXED, elapsed_s=1000.0))


def test_what_was_said_of_a_run_stays_with_it(store: Store, me: StoredRunner) -> None:
    """When a fuller recording takes the place of one with marks, answers and a name."""
    about = PackedAbout(title="Autumn", weather={"temp_air_c": 9.5})
    old = add(store, me, "gpx", file_format="gpx", about=about)
    store.save_mark(me, CrampMark(activity_id=old, cramped="yes", km=8.0, at=NOW))
    store.save_answers(me, old, {"feel": "knot"}, at=NOW)
    store.save_weather(me, StoredWeather(activity_id=old, source="typed", temp_air_c=8.0, at=NOW))
    store.set_excluded(me, old, True)
    new = add(store, me, "fit", channels=3, stamp="b")
    assert shown(store, me) == [new]
    row = store.activity_row(me, new)
    assert (row.title, row.excluded) == ("Autumn", True)
    assert store.marks(me)[new].km == 8.0
    assert set(store.answers(me, new)) == {"feel"}
    assert [one.source for one in store.weather(me)[new]] == ["archive", "typed"]


def test_the_runner_has_the_last_word_on_links(store: Store, me: StoredRunner) -> None:
    """Merge, change places, merge a whole group, part one, part all."""
    a, b, c = (add(store, me, name, 10_000 * number) for number, name in enumerate("abc"))
    store.link(me, b, duplicate_of=a)
    assert links(store, me) == {b: a}
    store.link(me, a, duplicate_of=b)
    assert links(store, me) == {a: b}
    store.link(me, b, duplicate_of=c)
    assert links(store, me) == {a: c, b: c}
    store.link(me, b, duplicate_of=a)
    assert links(store, me) == {a: c, b: c}
    assert store.unlink(me, a) == (a,)
    assert store.unlink(me, c) == (b,)
    assert store.unlink(me, c) == ()
    assert links(store, me) == {}
    with pytest.raises(InputError, match="same_run"):
        store.link(me, a, duplicate_of=a)


# ---------------------------------------------------------------- taking things back


def test_undoing_an_import_leaves_what_was_there_before(
    store: Store, me: StoredRunner, tmp_path: Path
) -> None:
    """Row by row: files, activities, metrics, weather, marks, links, filled-in names."""
    add(store, me, "before")
    store.save_mark(me, CrampMark(activity_id=1, cramped="no", at=NOW))
    (counter,) = content_of(tmp_path / "data")["runner"]
    before = content_of(tmp_path / "data")
    about = PackedAbout(title="Autumn", weather={"temp_air_c": 9.5})
    add(store, me, "richer", channels=4, stamp="b", about=about)
    add(store, me, "before", stamp="b", about=about)
    new = add(store, me, "new", 50_000, stamp="b")
    store.save_mark(me, CrampMark(activity_id=new, cramped="yes", at=NOW))
    store.save_weather(me, StoredWeather(activity_id=new, source="typed", at=NOW))
    store.save_answers(me, new, {"feel": "knot"}, at=NOW)
    assert store.activity_row(me, 1).title == "Autumn"
    assert [(run.stamp, run.n_activities) for run in store.import_stamps(me)] == [
        ("a", 1),
        ("b", 2),
    ]
    assert store.undo_import(me, "b") == 2
    after = content_of(tmp_path / "data")
    assert after.pop("runner") != [counter]  # ids are never given out twice
    before.pop("runner")
    assert after == before
    with pytest.raises(NotFoundError, match="unknown_import"):
        store.undo_import(me, "b")
    assert add(store, me, "new", 50_000, stamp="c") == 4


def test_undoing_keeps_the_ledger_and_what_the_runner_said(store: Store, me: StoredRunner) -> None:
    """Advice about a run that goes points nowhere; a mark stays with the other recording."""
    old = add(store, me, "gpx", file_format="gpx")
    other = add(store, me, "tcx", file_format="tcx", stamp="b", channels=2)
    new = add(store, me, "fit", stamp="c", channels=3)
    store.save_mark(me, CrampMark(activity_id=new, cramped="yes", at=NOW))
    store.save_advice(
        me,
        verb="why",
        activity_id=new,
        at=NOW,
        inputs={},
        result={},
        text="",
        package_version="1",
        model_version="1",
        evidence_version="1",
    )
    store.undo_import(me, "c")
    assert links(store, me) == {old: other}
    assert store.marks(me)[other].cramped == "yes"
    assert [line.activity_id for line in store.advice(me)] == [None]


def test_a_name_the_runner_gave_outlives_an_undone_import(store: Store, me: StoredRunner) -> None:
    """An import fills in a missing name only, and takes only its own back."""
    run = add(store, me, "a")
    add(store, me, "a", stamp="b", about=PackedAbout(title="From the archive"))
    store.set_title(me, run, "My own")
    with pytest.raises(NotFoundError, match="unknown_import"):
        store.undo_import(me, "b")
    assert store.activity_row(me, run).title == "My own"


def test_erasing_a_runner_leaves_no_byte(store: Store, tmp_path: Path) -> None:
    """Nothing in any table, nothing in the file, nothing in the mirror; others stay."""
    ann, bob = store.add_runner("ann-unique", at=NOW), store.add_runner("bob", at=NOW)
    run = add(store, ann, "secret-content", 0)
    add(store, bob, "bobs", 0)
    store.set_title(ann, run, "secret-title")
    store.open_flag(ann, flag_id="dvt", kind="stop", at=NOW)
    store.erase_runner(ann)
    assert [runner.name for runner in store.runners()] == ["bob"]
    assert len(store.activities(bob)) == 1
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir())
    for word in (b"secret-content", b"secret-title", b"ann-unique"):
        assert word not in kept
    assert "bob" not in (tmp_path / "data" / MIRROR_FILE).read_text(encoding="utf-8")


# ---------------------------------------------------------------- from version 1

VERSION_1 = """
INSERT INTO runner VALUES (1, 'me', NULL, 44.0, NULL, NULL, '2025-09-01 00:00:00', NULL, 1);
INSERT INTO original VALUES (1, 'ab', 'a.fit', 'fit', '2025-09-01 00:00:00');
INSERT INTO original_content VALUES (1, 'ab', 'none', x'0102');
INSERT INTO activity VALUES (1, 1, 'ab', 0, 'running', NULL, '2025-09-01 07:00:00', NULL, 1800.0,
    1800.0, 5000.0, NULL, NULL, 3, 150.0, NULL, NULL, NULL, NULL, NULL, '[]', 1,
    '2025-09-01 00:00:00');
INSERT INTO cramp_answers VALUES (1, 1, 1, 'feel', '"knot"', '2025-09-01 00:00:00');
"""


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    """A data folder as the first release left it."""
    folder = tmp_path / "old"
    with Store.open(folder, at=NOW, steps=MIGRATIONS[:1]):
        pass
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as database:
        database.executescript(VERSION_1)
    return folder


def test_a_version_1_database_is_brought_up_with_everything_in_it(version_1: Path) -> None:
    """Nothing is lost; what is new is empty; the old file is kept beside it."""
    before = content_of(version_1)
    with Store.open(version_1, at=NOW) as store:
        me = store.runner("me")
        (row,) = store.activities(me)
        assert (row.distance_m, row.title, row.excluded, row.duplicate_of, row.import_stamp) == (
            5000.0,
            None,
            False,
            None,
            None,
        )
        assert store.original(me, "ab") == b"\1\2"
        assert store.answers(me, 1)["feel"].answer == "knot"
        assert (store.metrics(me), store.weather(me), store.marks(me)) == ({}, {}, {})
        assert store.import_stamps(me) == []
        assert store.drafts(me) == []
        (version_1 / DATABASE_FILE).with_name("kept").mkdir()
    backup = version_1 / f"{DATABASE_FILE}.before-{MIGRATIONS[-1].number}"
    backup.rename(version_1 / "kept" / DATABASE_FILE)
    assert content_of(version_1 / "kept") == before


KILLED_IN_THE_MIDDLE = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from uncramp.store.migrations import MIGRATIONS, Migration
from uncramp.store.store import Store

def dies(connection):
    MIGRATIONS[1].run(connection)
    os.kill(os.getpid(), 9)

steps = (MIGRATIONS[0], Migration(2, "dies", dies))
Store.open(Path(sys.argv[1]), at=datetime.now(UTC), steps=steps)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_a_kill_during_the_migration_leaves_version_1(version_1: Path) -> None:
    """Every new table made, not yet said so: it is version 1 still, whole, and can go on."""
    before = content_of(version_1)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_IN_THE_MIDDLE, str(version_1)], check=False, timeout=60
    )
    assert killed.returncode == -9
    assert content_of(version_1) == before
    with Store.open(version_1, at=NOW) as store:
        assert len(store.activities(store.runner("me"))) == 1
