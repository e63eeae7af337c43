"""What each run amounts to, which are believed, and what all of them do together."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities_support import only
from made_runs import START, Part, channel, made_run, past_run
from strategies import activities
from uncramp.activities import read_file
from uncramp.activities.fit_writer import write_activity
from uncramp.activities.quality import LIMITS
from uncramp.errors import RefusedFileError
from uncramp.evidence import value
from uncramp.models.load import grade_factor_minetti2002
from uncramp.training_history import RIDDEN, SPLITS, History, PastRun, metrics_of
from uncramp.vocabulary import Activity

DISTANCES: Final = {name: value(key) for name, key in SPLITS.items()}


def fastest(metrics: dict[str, Any]) -> dict[str, float]:
    """The fastest splits by name."""
    return {name: metrics[f"fastest_{name}_s"] for name in SPLITS if f"fastest_{name}_s" in metrics}


def with_channel(run: Activity, name: str, values: Any) -> Activity:
    """The same run with one channel replaced."""
    return replace(run, streams={**run.streams, name: channel(name, values)})


# ---------------------------------------------------------------- one run


def test_a_plain_run() -> None:
    """An hour at 3 m/s with three minutes at a light."""
    metrics = metrics_of(made_run([(30, 3.0), (3, 0.0), (30, 3.0)]))
    assert metrics["plausible"] is True
    assert metrics["reasons"] == []
    assert metrics["proposed_onset"] is None
    assert metrics["distance_m"] == pytest.approx(10800)
    assert metrics["moving_distance_m"] == pytest.approx(10800, abs=5)
    assert metrics["moving_s"] == pytest.approx(3600, abs=30)
    assert metrics["speed_m_s"] == pytest.approx(3.0, abs=0.03)
    assert metrics["level_speed_m_s"] == pytest.approx(metrics["speed_m_s"])
    assert metrics["decoupling_pct"] == pytest.approx(0.0, abs=0.5)
    assert metrics["steep_descent_m"] == 0
    assert "jump_m" not in metrics


def test_splits_are_elapsed_time() -> None:
    """A light on the way costs its time; the fastest stretch is found wherever it lies."""
    found = fastest(metrics_of(made_run([(20, 2.5), (4, 4.0), (20, 2.5), (2, 0.0), (40, 2.5)])))
    assert found["400m"] == pytest.approx(100, abs=0.5)
    assert found["5km"] == pytest.approx(240 + (5000 - 960) / 2.5, abs=1)
    assert found["10km"] == pytest.approx(240 + (10000 - 960) / 2.5 + 120, abs=1)
    assert "half" not in found


def test_a_jump_or_a_gap_with_way_breaks_a_split() -> None:
    """A run of 12 km with a tunnel in the middle holds no 10 km; a plain pause only costs time."""
    run = made_run([(60, 3.4)])
    gap = (run.time_s < 1500) | (run.time_s > 1700)
    cut = replace(
        run,
        time_s=run.time_s[gap],
        streams={name: channel(name, one.physical()[gap]) for name, one in run.streams.items()},
    )
    metres = run.streams["distance_m"].physical()
    metres[1600:] += 300.0
    jumped = replace(with_channel(run, "distance_m", metres), distance_m=float(metres[-1]))
    paused = replace(run, time_s=np.where(run.time_s > 1600, run.time_s + 900, run.time_s))
    whole = fastest(metrics_of(run))
    for broken in (cut, jumped):
        found = fastest(metrics_of(broken))
        assert "10km" not in found
        assert found["5km"] == pytest.approx(whole["5km"])
    assert metrics_of(jumped)["distance_m"] == pytest.approx(run.distance_m, abs=5)
    assert fastest(metrics_of(paused))["10km"] == pytest.approx(whole["10km"] + 900)


@pytest.mark.parametrize("grade", [0.05, 0.10])
def test_uphill_is_worth_more_on_the_level(grade: float) -> None:
    """By what Minetti measured."""
    metrics = metrics_of(made_run([(60, 2.0)], grade=grade))
    expected = metrics["speed_m_s"] * grade_factor_minetti2002(grade)
    assert metrics["level_speed_m_s"] == pytest.approx(expected, rel=0.01)
    assert metrics["level_speed_minetti2002_m_s"] == pytest.approx(expected, rel=0.01)
    assert metrics["ascent_m"] == pytest.approx(7200 * grade, rel=0.02)
    assert metrics["descent_m"] == 0


def test_downhill_is_worth_what_runners_make_of_it() -> None:
    """10 % down: Strava's 0.876, not the cost's 0.60; and every metre of it is steep."""
    metrics = metrics_of(made_run([(60, 3.0)], grade=-0.10))
    assert metrics["level_speed_m_s"] == pytest.approx(3 * 0.876, rel=0.01)
    assert metrics["level_speed_minetti2002_m_s"] == pytest.approx(3 * 0.598, rel=0.01)
    assert metrics["steep_descent_m"] == pytest.approx(10800, abs=100)
    assert metrics_of(made_run([(60, 3.0)], grade=-0.07))["steep_descent_m"] == 0


def test_a_noisy_elevation_is_no_hill() -> None:
    """A metre or so of noise on the flat moves the level speed by nothing."""
    run = made_run([(60, 3.0)])
    rough = 500.0 + np.random.default_rng(2).normal(0.0, 1.5, run.time_s.size)
    metrics = metrics_of(with_channel(run, "elevation_m", rough))
    assert metrics["level_speed_m_s"] == pytest.approx(metrics["speed_m_s"], rel=0.005)


def test_drift_of_the_heart_rate() -> None:
    """150 at 2.95 m/s, then 162 at 2.75: 15.85 % more beats a metre; walking does not count."""
    run = made_run([(40, 2.95), (10, 1.2), (40, 2.75)])
    beats = np.where(run.time_s < 2400, 150.0, np.where(run.time_s < 3000, 100.0, 162.0))
    metrics = metrics_of(with_channel(run, "heart_rate_bpm", beats))
    assert metrics["decoupling_pct"] == pytest.approx(15.85, abs=0.2)
    assert "decoupling_pct" not in metrics_of(made_run([(35, 3.0)]))
    assert "decoupling_pct" not in metrics_of(made_run([(60, 3.0)], without=["heart_rate_bpm"]))
    assert "decoupling_pct" not in metrics_of(made_run([(60, 1.5)]))


def test_the_proposal_goes_with_the_metrics() -> None:
    """Where a run seems to have stopped, in plain JSON, so that nobody need read it again."""
    metrics = metrics_of(made_run([(170, 3.0), (6, 0.0), (60, 2.2)], noise_m_s=0.4))
    assert set(metrics["proposed_onset"]) == {"km", "minute", "share", "sign"}
    assert metrics["proposed_onset"]["km"] == pytest.approx(30.6, abs=0.1)


# ---------------------------------------------------------------- what is believed


def reasons(run: Activity) -> set[str]:
    """Why a run is not believed, after checking that nothing of it can become a record."""
    metrics = metrics_of(run)
    assert metrics["plausible"] is not bool(metrics["reasons"])
    assert metrics["plausible"] or not fastest(metrics)
    return set(metrics["reasons"])


RIDE: Final[list[Part]] = [(20, 8.0), (3, 11.0), (40, 7.5), (2, 0.0), (20, 8.5)]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        pytest.param(made_run(RIDE, without=["cadence_rpm"]), "faster_than_anyone", id="ride"),
        pytest.param(made_run(RIDE), "faster_than_anyone", id="ride with cadence"),
        pytest.param(
            made_run([(30, 5.0), (3, 9.0), (30, 5.2)], without=["cadence_rpm"]),
            "as_fast_as_a_ride", id="slow ride, no cadence",
        ),
        pytest.param(
            made_run([(60, 5.0)], extra={"cadence_rpm": 0.4}), "no_steps", id="ride, no steps"
        ),
        pytest.param(
            made_run([(60, 5.6)], extra={"cadence_rpm": 70}), "steps_too_long", id="ride, pedals"
        ),
        pytest.param(
            made_run([(60, 3.0)],
                     without=["cadence_rpm", "heart_rate_bpm", "latitude_deg", "longitude_deg"]),
            "no_sign_of_running", id="treadmill nobody ran on",
        ),
        pytest.param(
            made_run([(60, 8.0)], without=["latitude_deg", "longitude_deg"]),
            "faster_than_anyone", id="treadmill too fast",
        ),
        pytest.param(replace(made_run([(60, 3.0)]), start_utc=None), "no_clock", id="no clock"),
        pytest.param(
            replace(made_run([(60, 3.0)]), distance_m=42195.0), "distances_disagree",
            id="typed over",
        ),
        pytest.param(made_run([(60, 3.0), (15, 15.0)]), "faster_than_anyone", id="drove home"),
        pytest.param(
            replace(made_run([(1, 3.0)]), streams={}, time_s=np.zeros(0), n_records=0,
                    distance_m=42195.0, moving_s=6000.0),
            "faster_than_anyone", id="summary only",
        ),
    ],
)  # fmt: skip
def test_what_nobody_ran_is_not_believed(run: Activity, expected: str) -> None:
    """Rides, jumps, treadmill fantasies and files without a clock, each by its reason."""
    assert expected in reasons(run)


def test_a_long_jump_is_not_believed() -> None:
    """Two kilometres in one second of a 10 km run; 200 m are taken out and the rest counts."""
    run = made_run([(60, 3.0)])
    metres = run.streams["distance_m"].physical()
    for jump_m, expected in ((2000.0, {"gps_jump"}), (200.0, set())):
        moved = np.where(run.time_s > 1800, metres + jump_m, metres)
        odd = replace(with_channel(run, "distance_m", moved), distance_m=float(moved[-1]))
        assert reasons(odd) == expected
        assert metrics_of(odd)["distance_m"] == pytest.approx(10800, abs=5)


def written(run: Activity) -> Activity:
    """The same run written to a watch file and read again, as importing reads it."""
    channels: dict[str, Any] = {name: one.physical() for name, one in run.streams.items()}
    return only(write_activity(start_utc=START, time_s=run.time_s, **channels))


@pytest.mark.parametrize("jump_m", [1000.0, 5000.0, 50_000.0])
@pytest.mark.parametrize("share", [0.005, 0.1, 0.5, 0.9, 0.995])
def test_a_jump_in_a_watch_file_makes_no_record(jump_m: float, share: float) -> None:
    """Wherever in the file it comes: not believed, or taken out."""
    run = made_run([(60, 3.0)])
    metres = run.streams["distance_m"].physical()
    metres[int(share * metres.size) :] += jump_m
    metrics = metrics_of(written(with_channel(run, "distance_m", metres)))
    if metrics["plausible"]:
        assert metrics["distance_m"] <= 11_000
    assert all(seconds >= DISTANCES[name] / 3.01 for name, seconds in fastest(metrics).items())


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(made_run([(126, 5.6)], extra={"cadence_rpm": 92}), id="winner of a marathon"),
        pytest.param(made_run([(15, 2.5), *[(1.1, 6.2), (2, 1.5)] * 10]), id="fast repetitions"),
        pytest.param(made_run([(180, 2.7)], noise_m_s=1.5, every_s=5), id="smart recording"),
        pytest.param(made_run([(60, 3.5)], extra={"cadence_rpm": 0.4}), id="behind a pram"),
        pytest.param(made_run([(60, 3.0)], without=["cadence_rpm", "heart_rate_bpm"]), id="phone"),
        pytest.param(made_run([(60, 3.0)], without=["latitude_deg", "longitude_deg"]), id="indoor"),
        pytest.param(made_run([(120, 1.3)], grade=0.2), id="mountain walk"),
        pytest.param(made_run([(600, 2.4), (20, 0.0), (600, 2.0)], every_s=10), id="ultra"),
        pytest.param(made_run([(60, 4.5)], without=["cadence_rpm"]), id="fast, no step counter"),
        pytest.param(
            replace(made_run([(30, 3.0)]), elapsed_s=3600.0, distance_m=10800.0), id="cut short"
        ),
    ],
)
def test_what_runners_do_is_believed(run: Activity) -> None:
    """A flag too many takes a real run out of the history."""
    assert reasons(run) == set()


def test_other_sports_are_not_judged_as_runs() -> None:
    """A ride stored as a ride is a plain activity without splits."""
    metrics = metrics_of(made_run(RIDE, sport="cycling"))
    assert metrics["plausible"]
    assert not fastest(metrics)
    assert metrics["distance_m"] > 30_000


# ---------------------------------------------------------------- properties of one run

parts = st.lists(
    st.tuples(st.floats(1, 40), st.sampled_from([0.0, 1.2, 2.2, 3.0, 4.2])), min_size=1, max_size=6
).filter(lambda some: any(speed for _, speed in some))


def within_limits(activity: Activity) -> Activity:
    """The activity without values that importing never lets in."""
    kept = {}
    for name, one in activity.streams.items():
        low, high = LIMITS.get(name, (-1e6, 1e6))
        with np.errstate(invalid="ignore", over="ignore"):
            values = one.physical()
            kept[name] = channel(name, np.where((values >= low) & (values <= high), values, np.nan))
    return replace(activity, streams=kept)


@given(activity=activities(sport="running") | activities())
def test_metrics_of_anything_are_plain_json(activity: Activity) -> None:
    """Any bits in any channel: no traceback, no NaN, nothing but plain JSON."""
    metrics = metrics_of(within_limits(activity))
    json.dumps(metrics, allow_nan=False)
    assert metrics["plausible"] is (not metrics["reasons"])
    assert all(
        number >= 0
        for name, number in metrics.items()
        if isinstance(number, float) and name != "decoupling_pct"
    )


@given(some=parts, noise=st.floats(0, 1))
def test_a_split_is_never_faster_than_the_fastest_step(some: list[Part], noise: float) -> None:
    """Nor shorter in time for being longer in way."""
    run = made_run(some, noise_m_s=noise)
    steps_m = np.diff(run.streams["distance_m"].physical())
    found = fastest(metrics_of(run))
    assert list(found.values()) == sorted(found.values())
    for name, seconds in found.items():
        assert DISTANCES[name] / seconds <= steps_m.max() + 1e-6


@given(some=parts, where=st.floats(0.01, 0.99), pause_s=st.floats(1, 4000))
def test_a_pause_makes_no_split_faster(some: list[Part], where: float, pause_s: float) -> None:
    """Whether short or long, and wherever it comes."""
    run = made_run(some)
    at_s = where * run.time_s[-1]
    paused = replace(run, time_s=np.where(run.time_s > at_s, run.time_s + pause_s, run.time_s))
    before, after = fastest(metrics_of(run)), fastest(metrics_of(paused))
    assert after.keys() <= before.keys()
    assert all(after[name] >= before[name] - 1e-6 for name in after)


@given(some=parts, grade=st.floats(0.0, 0.25))
def test_uphill_the_level_speed_is_no_slower(some: list[Part], grade: float) -> None:
    """By either way of counting."""
    metrics = metrics_of(made_run(some, grade=grade))
    for name in ("level_speed_m_s", "level_speed_minetti2002_m_s"):
        if name in metrics:
            assert metrics[name] >= metrics["speed_m_s"] - 1e-9


@given(some=parts, days=st.integers(-5000, 5000))
def test_the_date_changes_nothing(some: list[Part], days: int) -> None:
    """The same run on another day amounts to the same."""
    run = made_run(some)
    assert run.start_utc is not None
    moved = replace(run, start_utc=run.start_utc + timedelta(days=days))
    assert metrics_of(moved) == metrics_of(run)


# ---------------------------------------------------------------- real files

NOT_BELIEVED: Final = {
    "fitparse__antfs-dump.63.fit": ["no_clock"],
    "fitparse__compressed-speed-distance.fit": ["no_clock"],
}
"""Runs among the shared files that do not count, and why."""


def test_real_files_have_sane_metrics(shared_activities: Path) -> None:
    """Every run that a watch really wrote: finite, in order, and believed but for its clock."""
    doubted = {}
    for path in sorted(shared_activities.iterdir()):
        try:
            read = read_file(path).activities
        except RefusedFileError:
            continue
        for activity in read:
            metrics = metrics_of(activity)
            json.dumps(metrics, allow_nan=False)
            if not activity.is_run:
                continue
            if metrics["reasons"]:
                doubted[path.name] = metrics["reasons"]
            times = list(fastest(metrics).values())
            assert times == sorted(times), path.name
            assert metrics.get("moving_s", 0) <= (activity.elapsed_s or 0) + 5, path.name
            assert metrics.get("speed_m_s", 3) < 7, path.name
            if "level_speed_m_s" in metrics:
                assert 0.8 < metrics["level_speed_m_s"] / metrics["speed_m_s"] < 1.4, path.name
    assert doubted == NOT_BELIEVED


# ---------------------------------------------------------------- all runs together


def test_what_does_not_count_is_in_others() -> None:
    """Excluded, linked, another sport, not believed, not read, without a clock."""
    runs = [
        past_run(1),
        past_run(2, excluded=True),
        past_run(3, is_linked=True),
        past_run(4, is_run=False),
        past_run(5, metrics={"plausible": False, "reasons": ["gps_jump"]}),
        PastRun(run_id=6, start_utc=START, day=START.date(), is_run=True),
        past_run(7, start_utc=None, day=None),
    ]
    history = History(runs)
    assert [run.run_id for run in history.runs] == [1]
    assert [(run.run_id, run.left_out) for run in history.others] == [
        (2, ("excluded",)), (3, ("linked",)), (4, ("not_a_run",)), (5, ("gps_jump",)),
        (6, ("not_read",)), (7, ("no_clock",)),
    ]  # fmt: skip


def test_the_longest_of_thirty_days() -> None:
    """It rises with a longer run and falls when that is a month old."""
    history = History(
        [past_run(1, days_ago=100, km=20), past_run(2, days_ago=90, km=12),
         past_run(3, days_ago=80, km=25), past_run(4, days_ago=0, km=10)]
    )  # fmt: skip
    began = START.date()
    series = [
        ((began - one.day).days, one.run and one.run.run_id) for one in history.longest_series()
    ]
    assert series == [(100, 1), (80, 3), (50, None), (0, 4), (-30, None)]
    longest = history.longest_before(START - timedelta(days=60))
    assert longest is not None
    assert longest.run_id == 3
    assert history.longest_before(START) is None
    assert history.longest_before(START + timedelta(seconds=1)) is not None


def test_lay_offs() -> None:
    """Seven days without a run are one, six are none, the present one counts with a date."""
    runs = [past_run(1, days_ago=60), past_run(2, days_ago=53), past_run(3, days_ago=45),
            past_run(4, days_ago=20)]  # fmt: skip
    found = History(runs).lay_offs()
    assert [(one.days, one.is_long) for one in found] == [(7, False), (24, True)]
    today = History(runs).lay_offs(today=START.date())
    assert today[-1].days == 20
    assert today[-1].last == START.date()
    assert History([]).lay_offs(today=START.date()) == ()


def test_a_run_with_a_jump_ends_a_lay_off_and_a_ride_does_not() -> None:
    """The day was run, whatever the file says of the distance."""
    runs = [past_run(1, days_ago=40), past_run(3, days_ago=20)]
    for reason, expected in (("gps_jump", 2), (min(RIDDEN), 1)):
        between = past_run(2, days_ago=30, metrics={"plausible": False, "reasons": [reason]})
        assert len(History([*runs, between]).lay_offs()) == expected


def test_weeks_months_and_years() -> None:
    """Sums of what counts; a week without a run is a week."""
    days = [date(2025, 12, 30), date(2026, 1, 1), date(2026, 1, 20)]
    runs = [
        past_run(number, days_ago=(START.date() - day).days, km=10 * number)
        for number, day in enumerate(days, start=1)
    ]
    history = History([*runs, past_run(9, km=99, excluded=True)])
    assert [(week.first.isoformat(), week.n_runs) for week in history.weeks()] == [
        ("2025-12-29", 2), ("2026-01-05", 0), ("2026-01-12", 0), ("2026-01-19", 1),
    ]  # fmt: skip
    assert [(month.first.isoformat(), month.distance_m) for month in history.months()] == [
        ("2025-12-01", 10_000), ("2026-01-01", 50_000),
    ]  # fmt: skip
    year = history.years()[-1]
    assert year.first == date(2026, 1, 1)
    assert year.moving_s == pytest.approx(50_000 / 3)
    assert year.longest is not None
    assert year.longest.run_id == 3
    assert History([]).weeks() == ()


# ---------------------------------------------------------------- properties of all runs


@st.composite
def pasts(draw: st.DrawFn) -> list[PastRun]:
    """A few stored runs, some of which do not count."""
    found = []
    for number in range(draw(st.integers(1, 12))):
        km = draw(st.floats(1, 60))
        believed = draw(st.booleans()) or draw(st.booleans())
        splits = {
            f"fastest_{name}_s": distance_m / draw(st.floats(2, 5))
            for name, distance_m in DISTANCES.items()
            if distance_m <= 1000 * km
        }
        doubts = {"plausible": believed, "reasons": [] if believed else ["gps_jump"]}
        found.append(
            past_run(
                number,
                days_ago=draw(st.floats(0, 400)),
                km=km,
                excluded=draw(st.integers(0, 9)) == 0,
                metrics={**splits, **doubts},
            )
        )
    return found


def bests(runs: Sequence[PastRun]) -> dict[str, float]:
    """Longest run and fastest speeds: more is better."""
    history = History(runs)
    found = {
        f"speed {name}": one.distance_m / one.time_s for name, one in history.fastest().items()
    }
    longest = max((run.distance_m for run in history.runs), default=0.0)
    series = [one.run.distance_m for one in history.longest_series() if one.run is not None]
    assert max(series, default=0.0) == longest
    return {**found, "longest": longest}


@given(runs=pasts(), which=st.integers(0, 11))
def test_taking_a_run_away_raises_no_record(runs: list[PastRun], which: int) -> None:
    """Deleted or excluded, with the same result."""
    which %= len(runs)
    fewer = [run for place, run in enumerate(runs) if place != which]
    excluded = [
        replace(run, excluded=True) if place == which else run for place, run in enumerate(runs)
    ]
    before, after = bests(runs), bests(fewer)
    assert after == bests(excluded)
    assert after.keys() <= before.keys()
    assert all(after[name] <= before[name] for name in after)


@given(runs=pasts(), order=st.randoms(use_true_random=False))
def test_the_order_of_import_changes_nothing(runs: list[PastRun], order: Any) -> None:
    """History is the same whichever file came first."""
    shuffled = list(runs)
    order.shuffle(shuffled)
    one, other = History(runs), History(shuffled)
    assert one.runs == other.runs
    assert one.longest_series() == other.longest_series()
    assert one.lay_offs() == other.lay_offs()
    assert one.weeks() == other.weeks()


@given(runs=pasts())
def test_every_metre_is_counted_once(runs: list[PastRun]) -> None:
    """Weeks, months and years add up to the same."""
    history = History(runs)
    total = sum(run.distance_m for run in history.runs)
    for periods in (history.weeks(), history.months(), history.years()):
        assert math.isclose(sum(one.distance_m for one in periods), total, abs_tol=1e-6)
        assert sum(one.n_runs for one in periods) == len(history.runs)
