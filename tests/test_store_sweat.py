"""Sweat tests in the store: kept whole, taken out and back, gone with the runner. Made-up data."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safekeeping_support import contents, context_in, exported, fill, store_run
from store_support import NOW, use_made_up_format
from uncramp.actions.safekeeping import backup, erase, import_export, plan_erase, restore
from uncramp.errors import NotFoundError
from uncramp.store.migrations import MIGRATIONS
from uncramp.store.names import DATABASE_FILE
from uncramp.store.rows import StoredRunner
from uncramp.store.store import Store
from uncramp.store.sweat_tests import sweat_test_from, sweat_test_kind
from uncramp.vocabulary import KeptTest, SodiumSample, WatchEstimate, WeighIn
from uncramp.wording.safekeeping import erase_data, erase_plan_lines, reimport_data, reimport_lines

DAY = date(2025, 9, 1)
WEIGH_IN = WeighIn(
    body_mass_before_kg=70.4, body_mass_after_kg=69.6, fluid_intake_l=0.0, duration_min=61.5
)
PATCH = SodiumSample(sodium_mmol_per_l=44.0, method="patch", site="thigh")
ESTIMATE = WatchEstimate(sweat_loss_l=0.8, duration_min=55.0)

amounts = st.floats(min_value=0.0, max_value=100.0, allow_nan=False)
maybe = st.none() | amounts
tests = st.one_of(
    st.builds(
        WeighIn,
        body_mass_before_kg=amounts,
        body_mass_after_kg=amounts,
        fluid_intake_l=amounts,
        duration_min=amounts,
        food_kg=maybe,
        urine_output_l=maybe,
        scale_step_kg=maybe,
        temp_air_c=st.none() | st.floats(min_value=-40.0, max_value=45.0),
    ),
    st.builds(
        SodiumSample,
        sodium_mmol_per_l=amounts,
        method=st.sampled_from(["patch", "whole_body"]),
        site=st.none() | st.sampled_from(["forearm", "thigh"]),
        sweat_rate_l_per_h=maybe,
    ),
    st.builds(WatchEstimate, sweat_loss_l=amounts, duration_min=amounts, distance_m=maybe),
)


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


def test_tests_come_back_as_they_were_told_oldest_first(store: Store, me: StoredRunner) -> None:
    """0 stays 0, what is not known stays None; each has its number, its day and its run."""
    run = store_run(store, me)
    two = store.add_sweat_test(me, PATCH, day=DAY, at=NOW)
    three = store.add_sweat_test(me, ESTIMATE, day=DAY, at=NOW)
    one = store.add_sweat_test(me, WEIGH_IN, day=DAY - timedelta(days=1), at=NOW, activity_id=run)
    assert store.sweat_tests(me) == (
        KeptTest(id=one, day=DAY - timedelta(days=1), activity=run, test=WEIGH_IN),
        KeptTest(id=two, day=DAY, test=PATCH),
        KeptTest(id=three, day=DAY, test=ESTIMATE),
    )
    assert len({one, two, three}) == 3


@given(test=tests)
def test_every_test_survives_its_plain_form(test: WeighIn | SodiumSample | WatchEstimate) -> None:
    """Kind and told values are all there is to a test."""
    told = {name: getattr(test, name) for name in test.__slots__}
    known = {name: one for name, one in told.items() if one is not None}
    assert sweat_test_from(sweat_test_kind(test), known) == test


def test_a_removed_test_counts_no_more_until_it_is_brought_back(
    store: Store, me: StoredRunner
) -> None:
    """Twice is once; an unknown number is told."""
    test_id = store.add_sweat_test(me, WEIGH_IN, day=DAY, at=NOW)
    removed = store.remove_sweat_test(me, test_id, at=NOW)
    assert removed == KeptTest(id=test_id, day=DAY, test=WEIGH_IN)
    assert store.sweat_tests(me) == ()
    store.remove_sweat_test(me, test_id, at=NOW + timedelta(days=1))
    assert [row.removed_at for row in store.sweat_test_rows(me)] == [NOW]
    assert store.restore_sweat_test(me, test_id) == removed
    assert store.sweat_tests(me) == (removed,)
    with pytest.raises(NotFoundError, match="unknown_sweat_test"):
        store.remove_sweat_test(me, 99, at=NOW)
    with pytest.raises(NotFoundError, match="unknown_sweat_test"):
        store.restore_sweat_test(me, 99)


def test_nobody_reaches_the_tests_of_somebody_else(store: Store, me: StoredRunner) -> None:
    """Neither to read, nor to take out, nor to link with a run."""
    ann = store.add_runner("ann", at=NOW)
    test_id = store.add_sweat_test(me, WEIGH_IN, day=DAY, at=NOW)
    run = store_run(store, me)
    assert store.sweat_tests(ann) == ()
    with pytest.raises(NotFoundError, match="unknown_sweat_test"):
        store.remove_sweat_test(ann, test_id, at=NOW)
    with pytest.raises(NotFoundError, match="unknown_run"):
        store.add_sweat_test(ann, WEIGH_IN, day=DAY, at=NOW, activity_id=run)
    assert (len(store.sweat_tests(me)), store.sweat_tests(ann)) == (1, ())


def test_a_test_outlives_the_import_of_its_run(store: Store, me: StoredRunner) -> None:
    """Undoing takes the run; what the scale said stays, and points to the other recording."""
    run = store_run(store, me, stamp="first", number=1)
    test_id = store.add_sweat_test(me, WEIGH_IN, day=DAY, at=NOW, activity_id=run)
    fuller = store_run(store, me, stamp="second", elapsed_s=1830.0, number=2)
    kept = store.activity_row(me, run).duplicate_of or run
    assert store.sweat_tests(me)[0].activity == kept
    assert kept in {run, fuller}
    gone, other = ("second", run) if kept == fuller else ("first", fuller)
    store.undo_import(me, gone)
    assert store.sweat_tests(me) == (KeptTest(id=test_id, day=DAY, activity=other, test=WEIGH_IN),)
    store.undo_import(me, "first" if gone == "second" else "second")
    assert store.sweat_tests(me) == (KeptTest(id=test_id, day=DAY, test=WEIGH_IN),)


def test_an_older_database_is_brought_up_and_takes_tests(tmp_path: Path) -> None:
    """As migration 3 left it: everything stays, the old file is kept, the new table is empty."""
    folder = tmp_path / "old"
    with Store.open(folder, at=NOW, steps=MIGRATIONS[:3]) as store:
        store.add_runner("me", at=NOW)
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as database:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
        assert "sweat_test" not in tables
    with Store.open(folder, at=NOW) as store:
        me = store.runner("me")
        assert store.sweat_tests(me) == ()
        store.add_sweat_test(me, WEIGH_IN, day=DAY, at=NOW)
        assert [one.test for one in store.sweat_tests(me)] == [WEIGH_IN]
    assert (folder / f"{DATABASE_FILE}.before-{len(MIGRATIONS)}").exists()


def test_a_backup_brings_tests_back_to_the_byte(tmp_path: Path) -> None:
    """Removed ones too: a backup is the database itself."""
    fill(tmp_path / "a", "me")
    before = contents(tmp_path / "a")
    assert sum(row[0] == "sweat_test" for row in before) == 4
    copy = tmp_path / "copy.uncramp"
    with context_in(tmp_path / "a") as context:
        backup(context, copy)
    with context_in(tmp_path / "b") as context:
        restore(context, copy)
    assert contents(tmp_path / "b") == before


def test_an_export_has_the_tests_that_count_and_brings_them_back(tmp_path: Path) -> None:
    """Three of four; taken in once and again; what was taken out here is not brought back."""
    fill(tmp_path / "a", "me")
    first = exported(tmp_path / "a", tmp_path / "first")
    with context_in(tmp_path / "b") as context:
        result = import_export(context, tmp_path / "first")
        assert result.runners[0].sweat_tests == 3
        assert reimport_data(result)["runners"][0]["sweat_tests"] == 3
        assert "Sweat tests: 3." in list(reimport_lines(result))
        me = context.stored_runner()
        (newest,) = [one for one in context.store.sweat_tests(me) if one.activity is None]
        context.store.remove_sweat_test(me, newest.id, at=NOW)
        again = import_export(context, tmp_path / "first")
        assert again.runners[0].sweat_tests == 0
        assert len(context.store.sweat_tests(me)) == 2
        context.store.restore_sweat_test(me, newest.id)
    assert exported(tmp_path / "b", tmp_path / "second") == first


def test_an_export_of_before_there_were_tests_is_taken_in(tmp_path: Path) -> None:
    """The part may be missing."""
    fill(tmp_path / "a", "me")
    exported(tmp_path / "a", tmp_path / "first")
    (tmp_path / "first" / "runners/1/sweat.json").unlink()
    with context_in(tmp_path / "b") as context:
        (taken,) = import_export(context, tmp_path / "first").runners
        assert (taken.activities_added, taken.sweat_tests) == (4, 0)


def test_erasing_takes_every_test_and_says_so(tmp_path: Path) -> None:
    """Four, the one that was taken out too; the other runner's stay."""
    fill(tmp_path / "a", "me", "ann")
    with context_in(tmp_path / "a") as context:
        plan = plan_erase(context, "me")
        assert plan.n_sweat_tests == 4
        assert any("sweat tests 4" in line for line in erase_plan_lines(plan))
        erased = erase(context, "me")
        assert erase_data(erased)["sweat_tests"] == 4
    with context_in(tmp_path / "a", runner="ann") as context:
        assert len(context.store.sweat_test_rows(context.stored_runner())) == 4
    rows = [row for row in contents(tmp_path / "a") if row[0] == "sweat_test"]
    assert len(rows) == 4


def test_moments_need_their_zone(store: Store, me: StoredRunner) -> None:
    """A moment without one is refused; with another zone it is the same moment."""
    other = datetime(2025, 10, 1, 20, 30, tzinfo=UTC) + timedelta()
    store.add_sweat_test(me, replace(WEIGH_IN, food_kg=0.05), day=DAY, at=other)
    assert [row.added_at for row in store.sweat_test_rows(me)] == [other]
