"""Stored activities: which one is meant, and what is shown of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diary_support import run_bytes, write_history
from store_support import NOW, use_made_up_format, write_runs
from uncramp.actions.context import Context
from uncramp.actions.diary import answer, mark_run, proposals
from uncramp.actions.importing import import_paths
from uncramp.actions.runs import RunFilter, find_run, list_runs
from uncramp.actions.showing import RunDetails, show_run, splits
from uncramp.actions.years import year_view
from uncramp.activities.fit_writer import write_activity
from uncramp.cli import main
from uncramp.envelope import plain
from uncramp.errors import InputError, NotFoundError
from uncramp.units import metres_from_kilometres, metres_from_miles
from uncramp.vocabulary import Stream
from uncramp.wording import quantities
from uncramp.wording.quantities import MISSING
from uncramp.wording.runs import run_data, runs_data, runs_lines
from uncramp.wording.showing import details_data, details_lines, n_columns
from uncramp.wording.years import years_data, years_lines

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
        {
            "start_utc": "2025-09-07T07:00:00+00:00",
            "distance_m": 21_097.0,
            "elapsed_s": 7200.0,
            "sweat_l": 1.25,
        },
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
    rows = [plain(run_data(row)) for row in list_runs(context).rows]
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
    assert not any("Recorded" in line for line in lines)
    full = list(details_lines(details, runner="me", units="metric", full=True))
    assert any("Recorded" in line for line in full)
    assert "52.5" not in "\n".join(full)
    assert max(len(line) for line in lines) <= 80


def test_flags_of_one_activity_are_told_in_words(context: Context) -> None:
    """Code and words."""
    details = show_run(context, "2025-09-03")
    (flag,) = details_data(details)["flags"]
    assert flag["code"] == "truncated"
    assert f"  {flag['text']}" in list(details_lines(details, runner="me", units="metric"))


def test_the_table_fits_on_80_columns(context: Context) -> None:
    """In both unit systems, and it ends with the next step."""
    listed = list_runs(context)
    for units, unit in (("metric", "km"), ("imperial", "mi")):
        lines = list(runs_lines(listed, runner="ann", units=units))  # type: ignore[arg-type]
        assert max(len(line) for line in lines[:-1]) <= 80
        assert all(unit in line for line in lines[1:6])
        assert lines[-1].endswith("uncramp runs show ID --runner ann")
    with Context(data_dir=context.data_dir / "empty", now=NOW) as empty:
        empty.store.add_runner("me", at=NOW)
        assert len(list(runs_lines(list_runs(empty), runner="me", units="metric"))) == 1


# ---------------------------------------------------------------- filters


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (RunFilter(), [2, 5, 1, 3, 4]),
        (RunFilter(sport="Running"), [2, 5, 1, 3]),
        (RunFilter(sport="cycling"), [4]),
        (RunFilter(sport="swimming"), []),
        (RunFilter(year=2025), [2, 5, 1, 3, 4]),
        (RunFilter(year=2024), []),
        (RunFilter(flagged=True), [2]),
        (RunFilter(since=date(2025, 9, 5)), [5, 1, 3, 4]),
        (RunFilter(since=date(2025, 9, 5), until=date(2025, 9, 7)), [5, 1, 3]),
        (RunFilter(since=date(2025, 9, 5), sport="cycling", flagged=True), []),
        (RunFilter(cramped=True), []),
    ],
)
def test_filters_hold_all_together(context: Context, wanted: RunFilter, found: list[int]) -> None:
    """By the day it was there, in any case of letters; what is empty says so."""
    listed = list_runs(context, wanted)
    assert [row.activity_id for row in listed.rows] == found
    assert (listed.n_stored, listed.n_hidden) == (5, 0)
    lines = list(runs_lines(listed, runner="me", units="metric"))
    assert (lines[0] == "None of the 5 stored activities fits.") == (not found)


def test_excluded_and_doubled_runs_are_listed_only_on_demand(context: Context) -> None:
    """Counted, and with --all marked; by their id they are found as ever."""
    runner = context.stored_runner()
    context.store.set_excluded(runner, 3, excluded=True)
    context.store.link(runner, 2, duplicate_of=1)
    listed = list_runs(context)
    assert [row.activity_id for row in listed.rows] == [5, 1, 4]
    assert listed.n_hidden == 2
    assert any("--all" in line for line in runs_lines(listed, runner="me", units="metric"))
    everything = list_runs(context, RunFilter(hidden_too=True))
    lines = list(runs_lines(everything, runner="me", units="metric"))
    assert [line.rstrip()[-1] for line in lines[1:6]] == ["=", "0", "0", "-", "0"]
    assert max(len(line) for line in lines) <= 80
    data = {one["id"]: one for one in plain(runs_data(everything))["runs"]}
    assert (data[2]["duplicate_of"], data[3]["excluded"], data[1]["excluded"]) == (1, True, False)
    assert find_run(context, "last").activity_id == 1
    assert find_run(context, "3").excluded


def test_cramped_runs_carry_the_sign(context: Context) -> None:
    """In the list, in its legend, and in its data."""
    mark_run(context, "1", km=15.0, muscles=["calf"])
    listed = list_runs(context, RunFilter(cramped=True))
    lines = list(runs_lines(listed, runner="me", units="metric"))
    assert lines[1].endswith("✕")
    assert "✕ cramp" in lines
    (run,) = plain(runs_data(listed))["runs"]
    assert (run["cramp"]["said"], run["cramp"]["km"], run["cramp"]["muscles"]) == (
        "yes",
        15.0,
        ["calf"],
    )


# ---------------------------------------------------------------- years


def test_a_year_adds_up(context: Context) -> None:
    """Months to the year, runs only, unless a sport is named."""
    mark_run(context, "1", km=15.0)
    (year,) = year_view(context)
    assert (year.year, year.n_runs, year.n_cramps) == (2025, 4, 1)
    assert [month.n_runs for month in year.months] == [0] * 8 + [4] + [0] * 3
    (september,) = [month for month in year.months if month.n_runs]
    assert september.distance_m == year.distance_m == pytest.approx(34_097.0, abs=1)
    assert september.longest_m == year.longest_m == pytest.approx(21_097.0, abs=1)
    assert [mark.activity_id for mark in september.cramps] == [1]
    (rides,) = year_view(context, RunFilter(sport="cycling"))
    assert (rides.n_runs, rides.distance_m) == (1, 50_000.0)
    assert year_view(context, RunFilter(year=1999)) == ()


@pytest.mark.parametrize("width", [40, 58, 60, 69, 70, 80, 120])
@pytest.mark.parametrize("units", ["metric", "imperial"])
def test_the_years_fit_any_terminal(context: Context, width: int, units: Any) -> None:
    """Bars, names and cramps stand below each other; sentences are broken by the terminal."""
    mark_run(context, "1", km=15.0)
    lines = list(years_lines(year_view(context), runner="me", units=units, width=width))
    picture = [line for line in lines[1:] if line and not line.startswith(("✕", "One"))]
    assert max(len(line) for line in picture) <= width
    bar = next(line for line in picture if "█" in line)
    cramp = next(line for line in picture if "✕" in line)
    assert len(cramp.rstrip()) == len(bar.rstrip())
    assert "34" in "".join(lines) if units == "metric" else "21" in "".join(lines)


def test_no_years_and_the_same_numbers_as_data(context: Context) -> None:
    """An empty answer says so; the data hold what the picture shows."""
    lines = list(years_lines((), runner="me", units="metric"))
    assert lines[0] == "No runs with a day are stored."
    (year,) = plain(years_data(year_view(context)))["years"]
    assert [month["month"] for month in year["months"]] == list(range(1, 13))
    assert sum(month["distance_m"] for month in year["months"]) == year["distance_m"]


def test_a_ride_stored_as_a_run_is_in_no_year(tmp_path: Path) -> None:
    """Plausibility first: faster than anybody runs is no run, and never the longest."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "run.fit").write_bytes(run_bytes("2025-03-02", km=8.0))
    ride = run_bytes("2025-03-09", km=40.0, serial=2, speed_m_s=9.0, cadence_rpm=None)
    (folder / "ride.fit").write_bytes(ride)
    with Context(data_dir=tmp_path / "data", now=NOW) as context:
        import_paths(context, [folder])
        assert len(list_runs(context).rows) == 2
        (year,) = year_view(context)
        assert year.n_runs == 1
        assert year.longest_m == pytest.approx(8_000, rel=0.01)
        assert proposals(context).diary.n_runs == 1


# ---------------------------------------------------------------- the picture of one run


@pytest.fixture(scope="module")
def stops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of real files in which run 15 stopped at 10.6 of 14 km."""
    return write_history(tmp_path_factory.mktemp("stops"))


@pytest.fixture
def training(tmp_path: Path, stops: Path) -> Iterator[Context]:
    """That history, imported."""
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        import_paths(opened, [stops])
        yield opened


def test_the_title_is_the_finding(training: Context) -> None:
    """First a question, then what the runner said."""

    def title() -> str:
        return str(details_data(show_run(training, "15"))["finding"])

    assert title() == (
        "You passed your longest run of the month before at 8.0 km "
        "and came to a sudden stop at 10.6 km: was that a cramp?"
    )
    answer(training, proposals(training), {15: "yes"})
    assert title() == (
        "You passed your longest run of the month before at 8.0 km; the cramp came at 10.6 km."
    )
    mark_run(training, "15", km=6.0)
    assert title().startswith("The cramp came at 6.0 km. You passed your longest run")
    answer(training, proposals(training), {15: "no"})
    assert title().startswith("No cramp, you said.")
    answer(training, proposals(training), {15: "dont_remember"})
    assert title().startswith("You do not remember")
    assert details_data(show_run(training, "1"))["finding"] == (
        "No cramp is noted. No run of the month before is stored."
    )
    assert "no longer than your longest" in details_data(show_run(training, "2"))["finding"]
    mark_run(training, "2")
    assert details_data(show_run(training, "2"))["finding"].startswith("It cramped, but the place")


def picture(details: RunDetails, *, width: int, units: Any = "metric") -> list[str]:
    """The lines of the picture alone."""
    lines = list(details_lines(details, runner="me", units=units, width=width))
    drawn = [line for line in lines if any(sign in line for sign in "▁▂▃▄▅▆▇█─░·")]
    return [line for line in drawn if not line.startswith(("─", "·"))]


@pytest.mark.parametrize("width", [40, 47, 60, 76, 80, 120])
@pytest.mark.parametrize("units", ["metric", "imperial"])
def test_the_cramp_stands_in_one_column(training: Context, width: int, units: Any) -> None:
    """One sign, the same column in every curve and in the strip, at every width."""
    answer(training, proposals(training), {15: "yes"})
    details = show_run(training, "15", n_stretches=n_columns(width))
    lines = picture(details, width=width, units=units)
    assert max(len(line) for line in lines) <= width
    places = {line.index("✕") for line in lines if "✕" in line}
    assert len(places) == 1
    (strip,) = [line for line in lines if line.startswith("the run")]
    (place,) = places
    assert 0.7 < (place - 16) / n_columns(width) < 0.8
    assert strip.index("░") / len(strip) > 0.5
    assert strip.index("░") < place
    assert sum("✕" in line for line in lines) == 4


def test_a_question_has_a_sign_of_its_own(training: Context) -> None:
    """What nobody confirmed is not drawn as a cramp; after "no" nothing is drawn."""
    lines = picture(show_run(training, "15"), width=80)
    assert "✕" not in "".join(lines)
    assert sum("?" in line for line in lines) == 4
    answer(training, proposals(training), {15: "no"})
    assert "?" not in "".join(picture(show_run(training, "15"), width=80))


def test_gaps_stay_blank_and_what_is_missing_is_left_out(context: Context) -> None:
    """No elevation, no curve of it; a made-up run without history has dots, not a line."""
    details = show_run(context, "2025-09-03")
    lines = picture(details, width=80)
    assert not any(line.startswith("up (m)") for line in lines)
    assert any("·" in line for line in lines if line.startswith("the run"))
    course = details.course
    assert course is not None
    assert [one.elevation_m for one in course.stretches] == [None] * 60
    assert course.stretches[-1].until_m == pytest.approx(5_000.0)
    assert all(one.speed_m_s == pytest.approx(5000 / 1800, rel=0.05) for one in course.stretches)


def test_without_distance_the_picture_runs_over_time(tmp_path: Path) -> None:
    """Heart rate over minutes; no pace, and no strip line that would be a lie."""
    seconds = np.arange(0.0, 1800.0, 5.0)
    content = write_activity(
        start_utc=NOW, time_s=seconds, heart_rate_bpm=120.0 + seconds / 60.0, sport="running"
    )
    (tmp_path / "treadmill.fit").write_bytes(content)
    with Context(data_dir=tmp_path / "data", now=NOW) as context:
        import_paths(context, [tmp_path / "treadmill.fit"])
        details = show_run(context, "1")
        lines = list(details_lines(details, runner="me", units="metric"))
        assert any(line.startswith("minutes") for line in lines)
        assert not any(line.startswith("pace") for line in lines)
        assert any(line.startswith("heart") for line in lines)
        mark_run(context, "1", minute=15.0)
        strip = [line for line in picture(show_run(context, "1"), width=80) if "the run" in line]
        assert strip[0].index("✕") == 16 + 30


def test_narrower_than_a_picture_there_is_none(training: Context) -> None:
    """Words only, rather than broken lines."""
    details = show_run(training, "15", n_stretches=n_columns(30))
    assert [line for line in picture(details, width=30) if line.startswith("pace")] == []


# ---------------------------------------------------------------- the command


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Schema and data of one call."""
    assert main([*arguments, "--json"]) == 0
    answered = json.loads(capsys.readouterr().out)
    return answered["schema"], answered["data"]


def test_the_commands_filter_and_draw(
    data_dir: Path, stops: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`runs` with its options, `runs --years`, `runs show`."""
    assert main(["import", str(stops)]) == 0
    capsys.readouterr()
    schema, data = asked(capsys, "runs", "--since", "2025-05-01", "--sport", "running")
    assert (schema, len(data["runs"])) == ("uncramp.runs/1", 5)
    schema, data = asked(capsys, "runs", "--years")
    assert (schema, data["years"][0]["n_runs"]) == ("uncramp.runs.years/1", 15)
    schema, data = asked(capsys, "runs", "show", "last")
    assert (schema, len(data["course"]["stretches"])) == ("uncramp.runs.show/1", 60)
    assert data["course"]["onset"]["sign"] == "stop"
    for arguments in (["runs"], ["runs", "--years"], ["runs", "show", "15", "--full"]):
        assert main(arguments) == 0
        assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
    assert main(["runs", "--since", "2025"]) == 2
    assert main(["runs", "--year", "soon"]) == 2


# ---------------------------------------------------------------- splits and quantities


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
