"""Training history of stored runs: kept at import, redone when stale, summed for the year view."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from store_support import NOW, use_made_up_format, write_runs
from uncramp import activities, training_history
from uncramp.actions import training_history as action
from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from uncramp.actions.training_history import (
    current_metrics,
    load_history,
    recent_runs,
    recompute,
    training_summary,
)
from uncramp.cli import main
from uncramp.store.rows import ActivityRow


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    """Six activities of `me`: four plain runs, a ride, and a run at 50 km/h."""
    use_made_up_format(monkeypatch)
    folder = write_runs(
        tmp_path / "in",
        {"start_utc": "2025-07-07T07:00:00+00:00", "distance_m": 9_000.0, "elapsed_s": 3000.0},
        {"start_utc": "2025-08-20T07:00:00+00:00", "distance_m": 21_100.0, "elapsed_s": 7000.0},
        {"start_utc": "2025-09-01T22:30:00+00:00", "utc_offset_s": 7200},
        {"start_utc": "2025-09-07T07:00:00+00:00", "distance_m": 6_000.0, "elapsed_s": 2000.0},
        {"start_utc": "2025-09-09T07:00:00+00:00", "sport": "cycling", "distance_m": 50_000.0},
        {"start_utc": "2025-09-10T07:00:00+00:00", "distance_m": 50_000.0, "elapsed_s": 3600.0},
    )
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        import_paths(opened, [folder])
        yield opened


def rows(context: Context) -> list[ActivityRow]:
    """Every stored activity."""
    return context.store.activities(context.stored_runner(), with_duplicates=True)


def counting(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is computed from now on."""
    seen: list[Any] = []

    def watched(activity: Any) -> dict[str, Any]:
        seen.append(activity)
        return training_history.metrics_of(activity)

    monkeypatch.setattr(action, "metrics_of", watched)
    return seen


def test_only_believed_runs_count(context: Context) -> None:
    """The ride is no run, and the run at 50 km/h is one that nobody ran."""
    history = load_history(context)
    assert [run.distance_m for run in history.runs] == [9_000, 21_100, 5_000, 6_000]
    assert [run.day for run in history.runs][2] == date(2025, 9, 2)
    assert {reason for run in history.others for reason in run.left_out} >= {
        "not_a_run",
        "faster_than_anyone",
    }
    assert history.fastest()["5km"].run.distance_m != 50_000


def test_excluded_and_linked_runs_do_not_count(context: Context) -> None:
    """The runner's word, and another recording of the same run."""
    runner = context.stored_runner()
    first, second, third, *_ = load_history(context).runs
    context.store.set_excluded(runner, second.run_id, True)
    context.store.link(runner, first.run_id, duplicate_of=third.run_id)
    history = load_history(context)
    assert {run.run_id for run in history.runs}.isdisjoint({second.run_id, first.run_id})
    context.store.set_excluded(runner, second.run_id, False)
    assert second.run_id in {run.run_id for run in load_history(context).runs}


def test_a_replay_is_held_against_runs_that_count(context: Context) -> None:
    """Not against itself, an excluded run, a ride, or a run nobody ran."""
    runner = context.stored_runner()
    first, second, third, fourth = load_history(context).runs
    row = context.store.activity_row(runner, fourth.run_id)
    assert [run.distance_m for run in recent_runs(context, row)] == [9_000, 21_100, 5_000]
    context.store.set_excluded(runner, second.run_id, True)
    found = recent_runs(context, row)
    assert [run.distance_m for run in found] == [9_000, 5_000]
    assert [run.start_utc for run in found] == [first.start_utc, third.start_utc]
    assert found[0].moving_s == 3_000


def test_fresh_metrics_are_read_and_stale_ones_redone(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once after an import, never again, and once more after a change of version."""
    before = current_metrics(context, rows(context))
    seen = counting(monkeypatch)
    assert current_metrics(context, rows(context)) == before
    assert seen == []
    monkeypatch.setattr(action, "METRICS_VERSION", "next")
    assert current_metrics(context, rows(context)) == before
    assert len(seen) == len(before) == 6
    assert current_metrics(context, rows(context)) == before
    assert len(seen) == 6


def test_a_new_decoder_reads_the_originals_again(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for each activity, from the bytes as they came."""
    before = current_metrics(context, rows(context))
    read: list[str] = []
    real = activities.read_bytes

    def watched(data: bytes, *, name: str) -> Any:
        read.append(name)
        return real(data, name=name)

    monkeypatch.setattr(activities, "read_bytes", watched)
    monkeypatch.setattr(activities, "DECODER_VERSION", 999)
    assert current_metrics(context, rows(context)) == before
    assert len(read) == 6
    assert current_metrics(context, rows(context)) == before
    assert len(read) == 6


def test_a_lost_original_is_no_hindrance(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stored channels are there all the same; so they are for a run cut by hand."""
    before = current_metrics(context, rows(context))
    monkeypatch.setattr(activities, "DECODER_VERSION", 999)

    def other(data: bytes, *, name: str) -> Any:
        reading = activities_read(data, name=name)
        later = [replace(one, elapsed_s=1.0) for one in reading.activities]
        return replace(reading, activities=tuple(later))

    activities_read = activities.read_bytes
    monkeypatch.setattr(activities, "read_bytes", other)
    assert current_metrics(context, rows(context)) == before


def test_recompute_says_how_many_and_how_far(context: Context) -> None:
    """Everything when asked, else only what is stale."""
    load_history(context)
    steps: list[tuple[int, int]] = []

    def progress(*, done: int, total: int) -> None:
        steps.append((done, total))

    assert recompute(context, everything=False) == 0
    assert recompute(context, progress=progress) == 6
    assert steps == [(done, 6) for done in range(6)]


def test_an_activity_that_cannot_be_counted_costs_nothing(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is kept, not believed, and the others count."""

    def stumbles(activity: Any) -> dict[str, Any]:
        if activity.sport == "running" and activity.distance_m == 9_000:
            raise ZeroDivisionError
        return training_history.metrics_of(activity)

    monkeypatch.setattr(action, "metrics_of", stumbles)
    recompute(context)
    history = load_history(context)
    assert [run.distance_m for run in history.runs] == [21_100, 5_000, 6_000]
    assert ("not_readable",) in [run.left_out for run in history.others]


def test_the_summary_has_what_a_year_view_needs(context: Context) -> None:
    """Years, months, weeks, lay-offs to this day, fastest times, and what is not believed."""
    summary = training_summary(context)
    (year,) = summary.years
    assert (year.n_runs, year.distance_m) == (4, 41_100)
    assert year.longest is not None
    assert year.longest.distance_m == 21_100
    assert [month.first.month for month in summary.months] == [7, 8, 9]
    assert sum(week.n_runs for week in summary.weeks) == 4
    assert [(one.days, one.is_long) for one in summary.lay_offs] == [
        (43, True), (12, False), (24, True),
    ]  # fmt: skip
    assert set(summary.fastest) == {"400m", "1km", "1mile", "5km", "10km", "half"}
    assert ["faster_than_anyone" in run.left_out for run in summary.left_out] == [True]
    assert summary.races == ()


def test_the_training_is_told_in_words_and_numbers(
    context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    """Best times with their runs, lay-offs, what is not believed; --recompute says how many."""
    folder = str(context.data_dir)
    assert main(["runs", "training", "--data-dir", folder]) == 0
    told = capsys.readouterr().out
    assert "half" in told
    assert "Files we do not believe" in told
    assert main(["runs", "training", "--recompute", "--json", "--data-dir", folder]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert data["recomputed"] == 6
    assert {one["name"] for one in data["fastest"]} >= {"400m", "1km", "5km", "half"}
    (left_out,) = data["left_out"]
    assert "faster_than_anyone" in left_out["reasons"]


def test_no_training_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A runner without runs is told what to do first."""
    folder = str(tmp_path / "data")
    assert main(["runner", "add", "me", "--data-dir", folder]) == 0
    capsys.readouterr()
    assert main(["runs", "training", "--data-dir", folder]) == 0
    assert "uncramp import" in capsys.readouterr().out
