"""A run as distance over time: pauses, standing, jumps, climbs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_runs import channel, made_run
from strategies import activities
from uncramp.track import (
    bin_edges,
    bin_s,
    bin_speeds,
    climbed_and_fallen_m,
    climbing,
    distance_of,
    known,
    levels,
    track_of,
)
from uncramp.vocabulary import Activity

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray


def with_distance(run: Activity, metres: FloatArray) -> Activity:
    """The same run with another distance channel."""
    return replace(run, streams={**run.streams, "distance_m": channel("distance_m", metres)})


def test_places_and_times_belong_together() -> None:
    """Ten minutes at 3 m/s: 1.8 km; past the end only a little is the end."""
    track = track_of(made_run([(10, 3.0), (10, 2.0)]))
    assert track is not None
    assert track.second_at(1800) == pytest.approx(600)
    assert track.metres_at(900) == pytest.approx(2400)
    assert track.second_at(3030) == pytest.approx(1200)
    assert track.second_at(3100) is None
    assert track.metres_at(1300) is None
    assert track.speed_m_s(begin_m=0, end_m=3000, counted=track.moving) == pytest.approx(2.5)


def test_standing_pauses_and_jumps_are_no_running() -> None:
    """Five minutes at a light, ten with the watch stopped, 2 km in a second."""
    run = made_run([(20, 3.0), (5, 0.0), (20, 3.0)])
    metres = run.streams["distance_m"].physical()
    metres[500:] += 2000.0
    later = np.where(run.time_s > 2000, run.time_s + 600, run.time_s)
    odd = replace(
        run, time_s=later, streams={**run.streams, "distance_m": channel("distance_m", metres)}
    )
    track = track_of(odd)
    assert track is not None
    assert track.moving_s == pytest.approx(2400, abs=bin_s())
    assert track.moving_m == pytest.approx(7200, abs=10)
    assert track.jump_m == pytest.approx(2003)
    assert track.ran_m[-1] == pytest.approx(7200, abs=10)
    assert track.silent.sum() == 1
    assert track.jumps.sum() == 1


def test_fast_repetitions_are_no_jumps() -> None:
    """400 m in 67 s after slow jogging, and watches that stop in between."""
    run = made_run([(10, 1.5), *[(1.1, 6.0), (2, 1.0)] * 6])
    track = track_of(run)
    assert track is not None
    assert not track.jumps.any()
    rests = np.cumsum(np.where(run.time_s % 186 == 0, 300.0, 0.0))
    paused = track_of(replace(run, time_s=run.time_s + rests))
    assert paused is not None
    assert not paused.jumps.any()
    assert paused.moving_m > 0.9 * track.moving_m


def test_a_train_is_no_running() -> None:
    """Watch stopped, 20 minutes on a train, watch on: that way is not run; a tunnel's is."""
    run = made_run([(60, 3.0)])
    metres = run.streams["distance_m"].physical()
    train = replace(
        with_distance(run, np.where(run.time_s > 1800, metres + 30_000.0, metres)),
        time_s=np.where(run.time_s > 1800, run.time_s + 1200, run.time_s),
    )
    tunnel = with_distance(run, np.where((run.time_s > 900) & (run.time_s < 1000), np.nan, metres))
    for odd, jump_m in ((train, 30_003), (tunnel, 0)):
        track = track_of(odd)
        assert track is not None
        assert track.jump_m == pytest.approx(jump_m)
        assert track.ran_m[-1] == pytest.approx(10_800, abs=5)


def test_other_sports_have_no_limit_of_ours() -> None:
    """A descent on a bicycle is no jump."""
    track = track_of(made_run([(30, 7.0), (2, 20.0)], sport="cycling"))
    assert track is not None
    assert not track.jumps.any()


@pytest.mark.parametrize(
    ("grade", "up", "down"), [(0.03, 162, 0), (-0.03, 0, 162), (0.0, 0, 0)]
)  # fmt: skip
def test_up_and_down_are_counted_without_the_noise(grade: float, up: float, down: float) -> None:
    """Half an hour at 3 m/s on one slope, with a metre of noise on each record."""
    run = made_run([(30, 3.0)], grade=grade)
    rough = run.streams["elevation_m"].physical()
    rough += np.random.default_rng(1).normal(0.0, 1.0, rough.size)
    rough_run = replace(run, streams={**run.streams, "elevation_m": channel("elevation_m", rough)})
    at_edges = levels(rough_run, bin_edges(0.0, 1800.0))
    assert at_edges is not None
    assert climbed_and_fallen_m(at_edges) == pytest.approx((up, down), abs=4)


def test_climbing_needs_a_climb() -> None:
    """2 % and more, and way made; without elevation there is none."""
    for grade, expected in ((0.05, True), (0.01, False), (-0.05, False)):
        run = made_run([(10, 2.5)], grade=grade)
        track = track_of(run)
        assert track is not None
        speeds = bin_speeds(track.time_s, track.ran_m)
        uphill = climbing(speeds, levels(run, bin_edges(0.0, 600.0)))
        assert bool(uphill[1:-1].all()) is expected
        assert not climbing(speeds, None).any()


def test_distance_is_told_or_recorded() -> None:
    """The file's own distance first; NaN, 0 and None are no distance."""
    run = made_run([(10, 3.0)])
    track = track_of(run)
    assert distance_of(replace(run, distance_m=1790.0), track) == 1790.0
    assert distance_of(replace(run, distance_m=None), track) == pytest.approx(1800.0)
    assert distance_of(replace(run, distance_m=None), None) is None
    assert [known(one) for one in (None, float("nan"), -1.0, 0.0, 5.0)] == [0, 0, 0, 0, 5]


@given(activity=activities(sport="running"))
def test_any_activity_is_a_track_or_none(activity: Activity) -> None:
    """Whatever the channels hold: time rises, distance never falls, and nothing is NaN."""
    track = track_of(activity)
    if track is not None:
        assert (np.diff(track.time_s) > 0).all()
        assert (np.diff(track.ran_m) >= 0).all()
        assert np.isfinite(track.ran_m).all()
        assert track.moving.size == track.jumps.size == track.time_s.size - 1


@given(
    minutes=st.integers(5, 60),
    speed=st.floats(1.5, 5.0),
    jump_m=st.floats(200.0, 5000.0),
    where=st.floats(0.05, 0.95),
)
def test_a_jump_adds_nothing(minutes: int, speed: float, jump_m: float, where: float) -> None:
    """Wherever it comes and however far it goes."""
    run = made_run([(minutes, speed)])
    metres = run.streams["distance_m"].physical()
    metres[int(where * metres.size) :] += jump_m
    odd = replace(run, streams={**run.streams, "distance_m": channel("distance_m", metres)})
    track, plain = track_of(odd), track_of(run)
    assert track is not None
    assert plain is not None
    assert plain.moving_m - 15 * speed <= track.moving_m <= plain.moving_m
