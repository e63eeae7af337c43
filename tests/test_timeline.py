"""A run replayed: invented runs whose answers are known, properties, and real watch files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.activities import read_file
from uncramp.errors import RefusedFileError
from uncramp.evidence import value
from uncramp.onset import Onset, propose_onset
from uncramp.timeline import RecentRun, Timeline, replay
from uncramp.vocabulary import Activity, Stream

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray

START = datetime(2026, 10, 4, 8, 0, tzinfo=UTC)
Part = tuple[float, float]
"""Minutes, and the speed in m/s."""


def stream(channel: str, values: FloatArray) -> Stream:
    """A channel of plain numbers; NaN where nothing was recorded."""
    return Stream(channel=channel, values=values)


def ran(
    parts: Sequence[Part],
    *,
    every_s: int = 1,
    noise_m_s: float = 0.0,
    climb: float = 0.0,
    climb_min: tuple[float, float] = (0.0, 0.0),
) -> Activity:
    """A run of stretches at a steady speed, on the flat or with one climb of grade `climb`."""
    speed = np.concatenate([np.full(round(60 * minutes), m_s) for minutes, m_s in parts])
    wobble = np.random.default_rng(7).standard_normal(speed.size) * noise_m_s
    metres = np.append(0.0, np.cumsum(np.maximum(0.0, speed + wobble * (speed > 0))))
    time_s = np.arange(metres.size, dtype=np.float64)
    low, high = (round(60 * minute) for minute in climb_min)
    uphill = np.clip(metres - metres[low], 0.0, metres[high] - metres[low]) * climb
    kept = slice(None, None, every_s)
    return Activity(
        sport="running",
        start_utc=START,
        elapsed_s=float(time_s[kept][-1]),
        moving_s=float(time_s[kept][-1]),
        distance_m=float(metres[kept][-1]),
        n_records=time_s[kept].size,
        time_s=time_s[kept],
        streams={
            "distance_m": stream("distance_m", metres[kept]),
            "elevation_m": stream("elevation_m", (100.0 + uphill)[kept]),
        },
    )


def before(
    days: float, km: float, *, minutes: float | None = None, descent_m: float | None = None
) -> RecentRun:
    """A run so many days before START, at 3 m/s unless `minutes` says otherwise."""
    return RecentRun(
        start_utc=START - timedelta(days=days),
        distance_m=1000 * km,
        moving_s=1000 * km / 3 if minutes is None else 60 * minutes,
        descent_m=descent_m,
    )


def found(parts: Sequence[Part], *, every_s: int = 1) -> Onset | None:
    """What is proposed for a run with a watch's usual noise."""
    return propose_onset(ran(parts, every_s=every_s, noise_m_s=0.6))


def event(timeline: Timeline, name: str) -> tuple[float | None, float | None]:
    """Minute and kilometre of the one point of that name."""
    (point,) = [point for point in timeline.points if point.event == name]
    return point.minute, point.km


# ---------------------------------------------------------------- where it came

STOP_AT_31_KM: tuple[Part, ...] = ((31_000 / 3 / 60, 3.0), (6, 0.0), (60, 2.2))
WALK_AND_RUN: tuple[Part, ...] = ((3, 1.2), (2, 2.4))


@pytest.mark.parametrize("every_s", [1, 4, 13])
def test_a_sudden_stop_is_found_where_it_was(every_s: int) -> None:
    """Standing at 31 km and slower afterwards: found to the second, also with smart recording."""
    onset = propose_onset(ran(STOP_AT_31_KM, every_s=every_s, noise_m_s=0.4))
    assert onset is not None
    assert onset.sign == "stop"
    assert onset.proposed
    assert onset.minute == pytest.approx(31_000 / 3 / 60, abs=0.3)
    assert onset.km == pytest.approx(31.0, abs=0.1)


@pytest.mark.parametrize("every_s", [1, 5])
@pytest.mark.parametrize("then", [((45, 1.3),), WALK_AND_RUN * 8])
def test_a_lasting_collapse_is_found(every_s: int, then: tuple[Part, ...]) -> None:
    """From running to walking for good, or to walking and trying again."""
    onset = found([(180, 2.8), *then], every_s=every_s)
    assert onset is not None
    assert onset.sign == "collapse"
    assert onset.minute == pytest.approx(180, abs=0.5)


def test_one_long_stop_is_a_sign_by_itself() -> None:
    """Who stands for ten minutes with the watch on is asked, even when the pace comes back."""
    onset = found([(90, 2.8), (10, 0.0), (40, 2.7)])
    assert onset is not None
    assert onset.sign == "stop"


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([(180, 2.8)], id="steady"),
        pytest.param([(5, 2.8), (1, 1.4)] * 25, id="run-walk 5 and 1"),
        pytest.param([(4, 2.8), (2, 1.4)] * 25, id="run-walk 4 and 2"),
        pytest.param([(20, 2.8), (4, 1.4)] * 6, id="run-walk 20 and 4"),
        pytest.param([(9, 2.8), (1.2, 0.0)] * 10, id="red lights"),
        pytest.param([(40, 2.8), (2.5, 0.0), (40, 2.8)], id="a short break"),
        pytest.param([(50, 2.6), (8, 0.0)] * 6, id="aid stations of an ultra"),
        pytest.param([(60, 2.8), (12, 1.4)], id="walk to the door"),
        pytest.param([(40, 3.7), (1, 1.2), (10, 2.4), (3, 1.8)], id="cool-down"),
        pytest.param([(25, 4.2), (30, 2.7)], id="fast, then easy"),
        pytest.param([(25, 2.7), (8, 0.0), (40, 4.0)], id="warm-up, wait, race"),
        pytest.param([(200, 2.8), (30, 0.0)], id="watch forgotten at the finish"),
        pytest.param([(200, 2.8), (5, 0.0), (30, 1.2)], id="finish and stroll"),
        pytest.param([(20, 2.8), *[(3, 4.5), (2.5, 1.2)] * 8, (15, 2.5)], id="intervals"),
        pytest.param([(1, 3.1 - minute / 180) for minute in range(180)], id="slow fade"),
        pytest.param([(8, 2.8), (5, 0.0), (60, 2.0)], id="stop at the start"),
    ],
)
def test_what_looks_like_it_is_not_proposed(parts: list[Part]) -> None:
    """A false proposal is worse than none."""
    assert found(parts) is None


def test_a_climb_explains_a_slow_pace() -> None:
    """Walking up a long hill is no collapse; walking as slowly on the flat is."""
    parts = [(60.0, 2.9), (60.0, 1.5)]
    uphill = ran(parts, noise_m_s=0.4, climb=0.10, climb_min=(60, 120))
    assert propose_onset(uphill) is None
    assert found(parts) is not None


def test_a_pause_with_the_watch_stopped_is_no_sign() -> None:
    """45 minutes without records, the same pace before and after."""
    run = ran([(180, 2.8)])
    later = replace(run, time_s=np.where(run.time_s > 6000, run.time_s + 2700, run.time_s))
    assert propose_onset(later) is None


def test_gaps_in_the_recording_hide_nothing_and_invent_nothing() -> None:
    """The distance goes on through a tunnel; a cramp beside one is still found."""
    steady, cramped = ran([(180, 2.8)]), ran(STOP_AT_31_KM)
    for run, expected in ((steady, None), (cramped, 31.0)):
        kept = (run.time_s < 3000) | (run.time_s > 3400)
        cut = replace(
            run,
            time_s=run.time_s[kept],
            streams={name: stream(name, one.physical()[kept]) for name, one in run.streams.items()},
        )
        onset = propose_onset(cut)
        assert (onset and onset.km) == (expected and pytest.approx(expected, abs=0.1))


def test_a_jump_of_the_positions_does_not_leak() -> None:
    """2 km in one second: no proposal, and the pace of the parts stays what it was."""
    run = ran([(120, 3.0)])
    metres = run.streams["distance_m"].physical()
    metres[1800:] += 2000.0
    jumped = replace(run, distance_m=metres[-1], streams={"distance_m": stream("m", metres)})
    assert propose_onset(jumped) is None
    facts = replay(jumped, recent=[before(d, 20) for d in (5, 9, 20)]).facts.facts
    assert facts["run.first_part_faster_pct"] == pytest.approx(0.0, abs=0.5)
    assert facts["run.slowdown_pct"] == pytest.approx(0.0, abs=0.5)


def test_only_running_is_judged() -> None:
    """A ride that ends on foot is no cramp."""
    assert propose_onset(replace(ran(STOP_AT_31_KM), sport="cycling")) is None


@pytest.mark.parametrize("channels", [(), ("elevation_m",)])
def test_a_file_without_distance_says_so(channels: tuple[str, ...]) -> None:
    """No distance, no speed, no places: the told kilometre stays, and nothing is invented."""
    run = ran(STOP_AT_31_KM)
    bare = replace(run, distance_m=None, streams={name: run.streams[name] for name in channels})
    timeline = replay(bare, recent=[before(5, 20)], onset_km=31)
    assert propose_onset(bare) is None
    assert timeline.onset is None
    assert {"no_distance", "onset_not_placed"} <= set(timeline.thin)
    assert timeline.facts.facts["run.onset_km"] == 31
    assert timeline.facts.facts["run.past_longest_pct"] == pytest.approx(55.0)
    assert "run.onset_min" not in timeline.facts.facts
    assert "run.slowdown_pct" not in timeline.facts.facts


@pytest.mark.parametrize("n_records", [0, 1, 2, 10])
def test_very_short_files_are_replayed(n_records: int) -> None:
    """Nothing to see, and no traceback."""
    run = ran([(5, 2.8)])
    few = slice(0, n_records)
    short = replace(
        run,
        time_s=run.time_s[few],
        distance_m=None,
        streams={name: stream(name, one.physical()[few]) for name, one in run.streams.items()},
    )
    assert propose_onset(short) is None
    assert replay(short, recent=[]).onset is None


def test_distance_comes_from_speed_or_places_when_it_must() -> None:
    """The same stop from the speed channel, and from positions scaled to the total distance."""
    run = ran(STOP_AT_31_KM)
    metres = run.streams["distance_m"].physical()
    speed = {"speed_m_s": stream("speed_m_s", np.append(0.0, np.diff(metres)))}
    places = {
        "latitude_deg": stream("latitude_deg", metres / 111_000),
        "longitude_deg": stream("longitude_deg", np.zeros(metres.size)),
    }
    for streams in (speed, places):
        onset = propose_onset(replace(run, streams=streams))
        assert onset is not None
        assert onset.km == pytest.approx(31.0, abs=0.1)


# ---------------------------------------------------------------- what the runner says


def test_an_answered_onset_wins_and_is_placed() -> None:
    """Kilometre to minute, minute to kilometre, past the stop in between; nothing is proposed."""
    run = ran(STOP_AT_31_KM)
    by_km = replay(run, recent=[], onset_km=20)
    assert by_km.onset is not None
    assert by_km.onset.sign == "answered"
    assert not by_km.onset.proposed
    assert by_km.onset.minute == pytest.approx(20_000 / 3 / 60, abs=0.02)
    assert by_km.onset.share == pytest.approx(20_000 / (run.distance_m or 1))
    assert "run.proposed_onset_km" not in by_km.facts.facts
    by_minute = replay(run, recent=[], onset_min=31_000 / 3 / 60 + 6 + 10)
    assert by_minute.onset is not None
    assert by_minute.onset.km == pytest.approx(31 + 10 * 60 * 2.2 / 1000, abs=0.02)
    assert by_minute.facts.facts["run.onset_share"] == pytest.approx(by_minute.onset.share)


def test_at_the_place_of_the_stop_the_first_minute_counts() -> None:
    """The cramp came when the runner got there, not when they went on."""
    onset = replay(ran(STOP_AT_31_KM), recent=[], onset_km=30.999).onset
    assert onset is not None
    assert onset.minute == pytest.approx(31_000 / 3 / 60, abs=0.05)


def test_a_place_past_the_end_is_not_placed() -> None:
    """A little past the end is the end; far past it is a mistake that is told."""
    run = ran([(60, 3.0)])
    near, far = (replay(run, recent=[], onset_km=km) for km in (10.9, 15.0))
    assert near.onset is not None
    assert near.onset.share == 1.0
    assert far.onset is None
    assert "onset_not_placed" in far.thin


def test_a_proposal_moves_nothing_until_it_is_confirmed() -> None:
    """Before: only the proposal itself. After: every fact that hangs on the onset."""
    run, recent = ran(STOP_AT_31_KM), [before(7, 26)]
    asked = replay(run, recent=recent)
    agreed = replay(run, recent=recent, onset_confirmed=True)
    for timeline, is_open in ((asked, True), (agreed, False)):
        assert timeline.onset is not None
        assert timeline.onset.proposed is is_open
        assert timeline.facts.facts["run.proposed_onset_km"] == pytest.approx(31.0, abs=0.1)
    hanging = {"run.onset_km", "run.onset_min", "run.onset_share", "run.past_longest_pct"}
    assert not hanging & asked.facts.facts.keys()
    assert hanging <= agreed.facts.facts.keys()
    assert agreed.facts.facts["run.past_longest_pct"] == pytest.approx(19.2, abs=0.5)
    assert event(asked, "onset_stop") == event(agreed, "onset")


# ---------------------------------------------------------------- held against other runs


def test_the_load_is_held_against_the_right_runs() -> None:
    """Longest of 30 days, fastest of like length in 90, both only of runs that were over."""
    run = ran([(50, 3.3), (150, 2.8)])
    recent = [
        before(4, 8, minutes=30),  # fast, but too short to compare
        before(10, 26),
        before(29, 15),
        before(45, 40),  # too long ago for the longest run
        before(95, 20, minutes=60),  # too long ago for any
        before(0.001, 60),  # another watch on the same run
        before(-3, 70, minutes=200),  # afterwards
    ]
    timeline = replay(run, recent=recent, onset_km=32)
    facts = timeline.facts.facts
    assert facts["run.past_longest_pct"] == pytest.approx(100 * (32 / 26 - 1))
    assert facts["run.first_part_faster_pct"] == pytest.approx(7.2, abs=0.3)
    assert event(timeline, "longest_run_passed")[1] == 26.0
    assert event(timeline, "first_part")[1] == pytest.approx(
        value("cramps.first_part_share") * (run.distance_m or 0) / 1000
    )
    minutes = [point.minute for point in timeline.points if point.minute is not None]
    assert minutes == sorted(minutes)


def test_a_thin_history_says_nothing() -> None:
    """No earlier run, or too few of like length: absent and named, never 0."""
    run = ran([(60, 3.0)])
    alone = replay(run, recent=[], onset_km=9)
    few = replay(run, recent=[before(3, 9), before(6, 9)], onset_km=9)
    no_clock = replay(replace(run, start_utc=None), recent=[before(3, 9)] * 5, onset_km=9)
    assert {"longest_run", "first_part", "descent"} <= set(alone.thin)
    assert "first_part" in few.thin
    assert "longest_run" not in few.thin
    assert {"no_start", "longest_run", "first_part"} <= set(no_clock.thin)
    for timeline in (alone, no_clock):
        assert "run.past_longest_pct" not in timeline.facts.facts
    for timeline in (alone, few, no_clock):
        assert "run.first_part_faster_pct" not in timeline.facts.facts


def test_slowdown_leaves_out_pauses_and_what_came_after_the_cramp() -> None:
    """Pace of running time; until the onset where that is known."""
    run = ran([(60, 3.0), (10, 0.0), (60, 2.5), (60, 1.2)])
    whole, cut = replay(run, recent=[]), replay(run, recent=[], onset_km=19.8)
    assert cut.facts.facts["run.slowdown_pct"] == pytest.approx(18.0, abs=1.5)
    assert whole.facts.facts["run.slowdown_pct"] > 40


def test_descent_is_counted_to_the_cramp_and_against_the_most_before() -> None:
    """300 m down on the way, 200 of them before the cramp, 80 at most in training."""
    run = ran([(150, 2.8)], climb=-300 / 25_200, climb_min=(0, 150))
    rough = run.streams["elevation_m"].physical()
    rough += np.random.default_rng(3).normal(0.0, 1.5, rough.size)
    bumpy = replace(run, streams={**run.streams, "elevation_m": stream("elevation_m", rough)})
    recent = [before(5, 10, descent_m=80), before(9, 10, descent_m=40)]
    timeline = replay(bumpy, recent=recent, onset_min=100)
    facts = timeline.facts.facts
    assert facts["run.descent_m"] == pytest.approx(200, abs=8)
    assert facts["run.descent_beyond_pct"] == pytest.approx(150, abs=10)
    assert event(timeline, "descent_beyond")[0] == pytest.approx(100, abs=0.1)


def test_a_little_descent_loads_nothing() -> None:
    """Three times as much as in training is not worth a word when it is 30 m."""
    run = ran([(60, 2.8)], climb=-0.003, climb_min=(0, 60))
    facts = replay(run, recent=[before(5, 10, descent_m=10)]).facts.facts
    assert facts["run.descent_m"] == pytest.approx(30, abs=3)
    assert "run.descent_beyond_pct" not in facts


def test_heat_is_told_when_it_is_known() -> None:
    """The weather is passed in; the watch's own thermometer is on a wrist."""
    facts = replay(ran([(60, 3.0)]), recent=[], temp_air_c=29, relative_humidity_pct=60).facts
    assert facts.facts["run.temp_air_c"] == 29
    assert facts.facts["run.wbgt_c"] > 28
    assert facts.assumed == ("sun_and_wind",)


# ---------------------------------------------------------------- properties

runs = st.lists(
    st.tuples(st.floats(0.5, 45.0), st.sampled_from([0.0, 0.3, 1.2, 2.0, 2.8, 4.0])),
    min_size=1,
    max_size=7,
).map(lambda parts: ran(parts, every_s=3, noise_m_s=0.5))
others = st.lists(
    st.builds(
        RecentRun,
        start_utc=st.floats(-5, 120).map(lambda days: START - timedelta(days=days)),
        distance_m=st.none() | st.floats(0, 1e5) | st.just(math.nan),
        moving_s=st.none() | st.floats(0, 5e4),
        descent_m=st.none() | st.floats(0, 3e3),
    ),
    max_size=6,
)
told = st.fixed_dictionaries(
    {
        "onset_km": st.none() | st.floats(0, 60),
        "onset_min": st.none() | st.floats(0, 300),
        "onset_confirmed": st.booleans(),
    }
)


def replayed(run: Activity, recent: Sequence[RecentRun], said: dict[str, float | None]) -> Timeline:
    """A replay with what was said of the onset."""
    return replay(
        run,
        recent=recent,
        onset_km=said["onset_km"],
        onset_min=said["onset_min"],
        onset_confirmed=bool(said["onset_confirmed"]),
    )


@given(run=runs, recent=others, said=told)
def test_every_number_is_a_number(
    run: Activity, recent: list[RecentRun], said: dict[str, float | None]
) -> None:
    """No NaN, no infinity, no share outside 0 to 1, points in order, whatever the run."""
    timeline = replayed(run, recent, said)
    assert all(math.isfinite(fact) for fact in timeline.facts.facts.values())
    for point in timeline.points:
        assert all(math.isfinite(number) for number in point.values.values())
        assert point.share is None or 0 <= point.share <= 1
    minutes = [point.minute for point in timeline.points if point.minute is not None]
    assert minutes == sorted(minutes)
    assert 0 <= timeline.facts.facts.get("run.onset_share", 0) <= 1
    if timeline.onset is not None and timeline.onset.share is not None:
        assert 0 <= timeline.onset.share <= 1


@given(run=runs, recent=others, said=told, days=st.floats(91, 4000), km=st.floats(0, 300))
def test_a_run_of_long_ago_changes_nothing(
    run: Activity,
    recent: list[RecentRun],
    said: dict[str, float | None],
    days: float,
    km: float,
) -> None:
    """What is older than every window is out of every comparison."""
    with_old = [*recent, before(days, km, descent_m=9999)]
    assert replayed(run, with_old, said) == replayed(run, recent, said)


@given(run=runs, recent=others, said=told, shift_s=st.integers(-(10**8), 10**8))
def test_the_date_changes_nothing(
    run: Activity, recent: list[RecentRun], said: dict[str, float | None], shift_s: int
) -> None:
    """A year earlier, everything is the same."""
    shift = timedelta(seconds=shift_s)
    assert run.start_utc is not None
    moved = replace(run, start_utc=run.start_utc + shift)
    earlier = [replace(other, start_utc=other.start_utc + shift) for other in recent]
    assert replayed(moved, earlier, said) == replayed(run, recent, said)


@given(run=runs, lost=st.sets(st.integers(0, 3000), max_size=200))
def test_missing_values_leak_nowhere(run: Activity, lost: set[int]) -> None:
    """Records without distance or elevation are skipped, not counted as 0."""
    streams = {}
    for name, one in run.streams.items():
        values = one.physical()
        values[[place for place in lost if place < values.size]] = np.nan
        streams[name] = stream(name, values)
    timeline = replay(replace(run, streams=streams), recent=[before(3, 10)])
    assert all(math.isfinite(fact) for fact in timeline.facts.facts.values())


# ---------------------------------------------------------------- real files


def test_real_files_are_replayed(shared_activities: Path) -> None:
    """Every activity a watch really wrote: no traceback, numbers finite, hardly a proposal."""
    proposals = []
    for path in sorted(shared_activities.iterdir()):
        try:
            activities = read_file(path).activities
        except RefusedFileError:
            continue
        for activity in activities:
            timeline = replay(activity, recent=[before(3, 10)], onset_confirmed=True)
            assert all(math.isfinite(fact) for fact in timeline.facts.facts.values()), path.name
            proposals += [] if timeline.onset is None else [path.name]
    assert len(proposals) <= 1, proposals
