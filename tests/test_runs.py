"""Stored activities: which one is meant, and what is shown of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_support import NOW, use_made_up_format, write_runs
from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from uncramp.actions.runs import find_run, list_runs, show_run, splits
from uncramp.envelope import plain
from uncramp.errors import InputError, NotFoundError
from uncramp.units import metres_from_kilometres, metres_from_miles
from uncramp.vocabulary import Stream
from uncramp.wording import quantities
from uncramp.wording.quantities import MISSING
from uncramp.wording.runs import details_data, details_lines, run_data, runs_lines

KEYS = {
    "id", "start_utc", "sport", "distance_m", "elapsed_s", "moving_s", "n_records",
    "mean_heart_rate_bpm", "flags", "source_file",
}  # fmt: skip


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    """Five activities of `me`, imported out of order."""
    use_made_up_format(monkeypatch)
    folder = write_runs(
        tmp_path / "in",
        {"start_utc": "2025-09-07T07:00:00+00:00", "distance_m": 21_097.0, "sweat_l": 1.25},
        {"start_utc": "2025-09-03T07:00:00+00:00", "flags": ["truncated"]},
        {"start_utc": "2025-09-07T17:00:00+00:00", "distance_m": 3_000.0},
        {"start_utc": "2025-09-09T07:00:00+00:00", "sport": "cycling", "distance_m": 50_000.0},
        {"start_utc": "2025-09-04T22:30:00+00:00", "utc_offset_s": 7200},
    )
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        import_paths(opened, [folder])
        yield opened


def test_every_sport_is_listed_newest_last(context: Context) -> None:
    """Unlimited, with at least the documented keys, missing values as null."""
    rows = [plain(run_data(row)) for row in list_runs(context)]
    assert [row["sport"] for row in rows] == ["running", "running", "running", "running", "cycling"]
    assert rows[0].keys() >= KEYS
    assert rows[0]["flags"] == ["truncated"]
    assert rows[0]["start_utc"] == "2025-09-03T07:00:00Z"
    assert rows[0]["utc_offset_s"] is None
    assert rows[0]["source_file"] == "run2.fit"


def test_last_is_the_newest_run(context: Context) -> None:
    """A later ride does not count, unless there is nothing else."""
    assert find_run(context, "last").distance_m == 3_000.0


def test_last_falls_back_to_any_sport(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who only ever walked has a last activity too."""
    use_made_up_format(monkeypatch)
    folder = write_runs(tmp_path / "in", {"sport": "walking"})
    with Context(data_dir=tmp_path / "data", now=NOW) as context:
        import_paths(context, [folder])
        assert find_run(context, "last").sport == "walking"


def test_a_day_means_its_longest_run(context: Context) -> None:
    """As the clock stood where it was run; where the file does not say, where we are."""
    assert find_run(context, "2025-09-07").distance_m == 21_097.0
    assert find_run(context, "2025-09-05").utc_offset_s == 7200
    assert find_run(context, "2025-9-3").distance_m == 5_000.0
    assert find_run(context, "2025-09-09").sport == "cycling"
    east = Context(data_dir=context.data_dir, now=NOW.astimezone(timezone(timedelta(hours=9))))
    with east:
        assert find_run(east, "2025-09-08").distance_m == 3_000.0


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("99", "unknown_run"),
        ("yesterday", "unknown_run"),
        ("", "unknown_run"),
        ("2025-09-30", "no_run_that_day"),
    ],
)
def test_what_is_not_there_is_told(context: Context, reference: str, code: str) -> None:
    """Each way of not finding has its own words."""
    with pytest.raises(NotFoundError, match=code):
        find_run(context, reference)


def test_a_day_that_does_not_exist_is_told(context: Context) -> None:
    """The calendar is checked."""
    with pytest.raises(InputError, match="bad_date"):
        find_run(context, "2025-02-30")


def test_no_runs_and_no_runner_are_told_apart(tmp_path: Path) -> None:
    """A runner without activities is told to import; an unknown one that they are unknown."""
    with Context(data_dir=tmp_path, now=NOW) as context:
        with pytest.raises(NotFoundError, match="unknown_runner"):
            find_run(context, "last")
        context.store.add_runner("me", at=NOW)
        with pytest.raises(NotFoundError, match="no_runs"):
            find_run(context, "last")


def test_details_show_everything_but_places(context: Context) -> None:
    """Channels are counted, places have no values, sweat loss is the watch's own word."""
    details = show_run(context, "2025-09-07")
    data = plain(details_data(details))
    places = [one for one in data["channels"] if one["channel"] == "latitude_deg"]
    assert [(one["low"], one["high"]) for one in places] == [(None, None)]
    assert "52.5" not in json.dumps(data)
    lines = list(details_lines(details, runner="me", units="metric"))
    assert "52.5" not in "\n".join(lines)
    assert any("Sweat loss*" in line and "1.2 L" in line for line in lines)
    assert any("as reported" in line for line in lines)
    assert lines[-1] == "Did it cramp? Next: uncramp why 1"
    assert max(len(line) for line in lines) <= 80


def test_flags_of_one_activity_are_told_in_words(context: Context) -> None:
    """Code and words."""
    details = show_run(context, "2025-09-03")
    (flag,) = details_data(details)["flags"]
    assert flag["code"] == "truncated"
    assert f"  {flag['text']}" in list(details_lines(details, runner="me", units="metric"))


def test_the_table_fits_on_80_columns(context: Context) -> None:
    """In both unit systems, and it ends with the next step."""
    rows = list_runs(context)
    for units, unit in (("metric", "km"), ("imperial", "mi")):
        lines = list(runs_lines(rows, runner="ann", units=units))  # type: ignore[arg-type]
        assert max(len(line) for line in lines[:-1]) <= 80
        assert all(unit in line for line in lines[1:6])
        assert lines[-1].endswith("uncramp runs show ID --runner ann")
    assert len(list(runs_lines([], runner="me", units="metric"))) == 1


def distance_stream(*covered_m: float) -> dict[str, Stream]:
    """A distance channel; NaN where nothing was recorded."""
    values = np.array(covered_m)
    return {"distance_m": Stream(channel="distance_m", values=values, null=np.isnan(values))}


def test_splits_are_cut_at_whole_kilometres() -> None:
    """By straight lines between records; a short rest is left out, a long one marked."""
    time_s = np.array([0.0, 300.0, 900.0])
    found = splits(time_s, distance_stream(0.0, 1000.0, 2500.0), every_m=1000.0)
    assert [(one.distance_m, one.elapsed_s, one.is_whole) for one in found] == [
        (1000.0, 300.0, True),
        (1000.0, 400.0, True),
        (500.0, 200.0, False),
    ]
    assert [one.mean_heart_rate_bpm for one in found] == [None] * 3
    assert len(splits(time_s, distance_stream(0.0, 1000.0, 2050.0), every_m=1000.0)) == 2


def test_splits_need_distance() -> None:
    """Without a distance, or with one value of it, there are none."""
    time_s = np.array([0.0, 1.0])
    assert splits(time_s, {}, every_m=1000.0) == ()
    assert splits(time_s, distance_stream(float("nan"), 5.0), every_m=1000.0) == ()


@given(
    st.lists(st.floats(0, 500), min_size=2, max_size=60),
    st.sampled_from((metres_from_kilometres(1), metres_from_miles(1))),
)
def test_splits_add_up(steps_m: list[float], every_m: float) -> None:
    """Whole splits have the full length; none is negative; together no more than the run."""
    covered = np.cumsum(steps_m)
    time_s = np.arange(len(covered), dtype=np.float64)
    found = splits(time_s, distance_stream(*covered), every_m=every_m)
    assert all(one.elapsed_s >= 0 for one in found)
    assert all(one.distance_m == pytest.approx(every_m) for one in found if one.is_whole)
    assert sum(one.distance_m for one in found) <= covered[-1] - covered[0] + 1e-6
    assert [one.number for one in found] == list(range(1, len(found) + 1))


def test_quantities_in_both_systems() -> None:
    """Rounded as people say them; missing is a dash, never 0."""
    assert quantities.distance(42_195.0, units="metric") == "42.2 km"
    assert quantities.distance(42_195.0, units="imperial") == "26.2 mi"
    assert quantities.duration(3599.6) == "1:00:00"
    assert quantities.duration(309.0) == "5:09"
    assert quantities.pace(10_000.0, 3200.0, units="metric") == "5:20 /km"
    assert quantities.pace(10_000.0, 3200.0, units="imperial") == "8:35 /mi"
    assert quantities.temperature(21.0, units="imperial") == "70 °F"
    assert quantities.temperature(21.4, units="metric") == "21 °C"
    assert quantities.volume(0.5, units="metric") == "0.5 L"
    assert quantities.volume(0.5, units="imperial") == "17 fl oz"
    assert quantities.body_mass(68.0, units="imperial") == "150 lb"
    assert quantities.body_mass(68.4, units="metric") == "68 kg"
    assert quantities.heart_rate(151.6) == "152"
    for missing in (
        quantities.distance(None, units="metric"),
        quantities.duration(None),
        quantities.pace(0.0, 10.0, units="metric"),
        quantities.pace(10.0, None, units="metric"),
        quantities.temperature(None, units="metric"),
        quantities.volume(None, units="metric"),
        quantities.body_mass(None, units="metric"),
        quantities.heart_rate(None),
    ):
        assert missing == MISSING
