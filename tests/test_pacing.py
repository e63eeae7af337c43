"""The pace plan: never faster than the runner is fit for, true to hills and heat, and safe.

The runners are made up, and so are their courses.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.evidence import source, value
from uncramp.gap import Prediction, course_factor
from uncramp.models.load import grade_factor_minetti2002, grade_factor_strava2017
from uncramp.pacing import PacePlan, pace_plan
from uncramp.vocabulary import CoursePoint, Interval, PlannedRace, Said
from uncramp.wording.said import said

MARATHON = 42_195.0
RACE = PlannedRace(day=date(2027, 4, 18), distance_m=MARATHON)


def predicted(median_s: float) -> Prediction:
    """A prediction with a band of 27 minutes to both sides, or a tenth where that is less."""
    wide = min(27 * 60, median_s / 10)
    band = Interval(low=median_s - wide, median=median_s, high=median_s + wide, level=0.9)
    return Prediction(time_s=band, by_model={})


def plan(
    race: PlannedRace = RACE, median_s: float = 14_400, longest_m: float | None = 30_000
) -> PacePlan:
    """Four hours, unless told."""
    return pace_plan(race=race, prediction=predicted(median_s), history_longest_m=longest_m)


def hills(*pieces: tuple[float, float]) -> tuple[CoursePoint, ...]:
    """A course of pieces: length in m and slope in %, a point every 100 m."""
    points = [CoursePoint(at_m=0.0, elevation_m=500.0)]
    for length_m, slope_pct in pieces:
        for _ in range(round(length_m / 100)):
            last = points[-1]
            points.append(
                CoursePoint(at_m=last.at_m + 100, elevation_m=last.elevation_m + slope_pct)
            )
    return tuple(points)


def ids(many: tuple[Said, ...]) -> set[str]:
    """Their messages."""
    return {one.id.partition(".")[2] for one in many}


# ---------------------------------------------------------------- the target


def test_without_a_goal_the_runs_decide() -> None:
    """The middle of the prediction, evenly."""
    found = plan()
    assert found.target_time_s == pytest.approx(14_400)
    assert not found.goal_is_beyond
    assert found.ceiling_until_m == MARATHON / 2
    assert found.ceiling_s_per_km == pytest.approx(14_400 / 42.195)
    assert "because.prediction" in ids(found.because)


@pytest.mark.parametrize(
    ("goal_s", "target_s", "beyond", "why"),
    [
        (15_300, 15_300, False, "because.goal"),
        (14_400, 14_400, False, "because.goal"),
        (13_800, 14_400, True, "because.goal_beyond"),
        (12_000, 14_400, True, "because.goal_far_beyond"),
    ],
)
def test_a_goal_only_ever_makes_slower(
    goal_s: float, target_s: float, beyond: bool, why: str
) -> None:
    """Slower goals are kept; faster ones are named and not planned for (R11)."""
    found = plan(replace(RACE, goal_time_s=goal_s))
    assert found.target_time_s == pytest.approx(target_s)
    assert found.goal_is_beyond is beyond
    assert why in ids(found.because)


def test_every_5_km_and_the_finish() -> None:
    """Marks as on the road; no mark a step before the line."""
    assert [one.at_m for one in plan().splits] == [*range(5000, 45_000, 5000), MARATHON]
    ten = [one.at_m for one in plan(replace(RACE, distance_m=10_000), 3000).splits]
    assert ten == [5000, 10_000]
    short = [one.at_m for one in plan(replace(RACE, distance_m=3000), 900).splits]
    assert short == [3000]


# ---------------------------------------------------------------- hills and heat


def test_a_hill_costs_time_where_it_stands() -> None:
    """Flat, 5 km up at 4 %, flat: that 5 km is slower by Minetti's factor, the others alike."""
    course = hills((25_000, 0), (5000, 4), (12_200, 0))
    found = plan(replace(RACE, course=course))
    times = [0.0, *(one.at_s for one in found.splits)]
    legs = [late - early for early, late in pairwise(times)]
    assert found.target_time_s == pytest.approx(14_400)
    assert legs[0] == pytest.approx(legs[3], rel=0.02)
    assert legs[5] / legs[6] == pytest.approx(grade_factor_minetti2002(0.04), abs=0.01)
    assert "because.falls_first" not in ids(found.because), "flat first is no fall"
    assert "because.course" in ids(found.because)
    assert "assumed.even_ground" not in ids(found.assumed)


def test_a_fall_at_the_start_buys_no_time() -> None:
    """Down first, up later: the first half is run as on the level, the rest not made up for."""
    found = plan(replace(RACE, course=hills((21_100, -2), (21_100, 2))))
    down, up = grade_factor_strava2017(-0.02), grade_factor_minetti2002(0.02)
    level_s = 14_400 / (down + up)
    first_s = found.ceiling_s_per_km * MARATHON / 2 / 1000
    assert first_s == pytest.approx(level_s)
    assert found.target_time_s - first_s == pytest.approx(level_s * up), "no harder than even"
    assert found.target_time_s > 14_400
    assert "because.falls_first" in ids(found.because)


def test_with_time_to_spare_the_goal_is_met_after_a_falling_start() -> None:
    """A goal well inside what the runner can do takes the held back minutes in its stride."""
    race = replace(RACE, course=hills((21_100, -2), (21_100, 2)), goal_time_s=16_200)
    assert plan(race).target_time_s == pytest.approx(16_200)


def test_a_climb_at_the_start_lowers_the_ceiling() -> None:
    """Up first, down later: the mean to halfway is slower than that of the whole."""
    found = plan(replace(RACE, course=hills((21_100, 2), (21_100, -2))))
    assert found.ceiling_s_per_km > 14_400 / 42.195
    assert found.target_time_s == pytest.approx(14_400)
    assert "because.falls_first" not in ids(found.because)


def test_a_file_that_is_too_long_is_stretched() -> None:
    """A course recorded as 42.6 km has its hills at the same share of the way."""
    course = hills((20_000, 0), (22_600, 1))
    found = plan(replace(RACE, course=course))
    assert found.splits[-1].at_s == pytest.approx(14_400)
    longer = tuple(replace(one, at_m=one.at_m + 300) for one in course)
    assert plan(replace(RACE, course=longer)).splits == found.splits, "nor where it begins"


def test_heat_is_told_and_not_counted_twice() -> None:
    """The prediction has it; the plan says how much, and keeps the time."""
    warm = plan(replace(RACE, wbgt_c=19.0))
    assert warm.heat_slowdown_pct == pytest.approx((1.2, 1.6))
    assert warm.target_time_s == pytest.approx(14_400)
    assert "because.heat" in ids(warm.because)
    assert "because.cold" in ids(plan(replace(RACE, wbgt_c=-5.0)).because)
    best = plan(replace(RACE, wbgt_c=11.0))
    assert not {"because.heat", "because.cold"} & ids(best.because)
    unknown = plan()
    assert unknown.heat_slowdown_pct is None
    assert "assumed.cool" in ids(unknown.assumed)


# ---------------------------------------------------------------- safety


def test_when_not_to_start_comes_with_the_heat_first() -> None:
    """From 20.5 °C on the heat heads the list, with its source; below it is not there."""
    limit_c = value("conditioning.pacing.do_not_start_wbgt_c")
    hot = plan(replace(RACE, wbgt_c=limit_c)).do_not_start
    assert hot[0].id == "pacing.do_not_start.hot"
    assert source(hot[0].sources[0]).year == 2010
    assert "do_not_start.hot" not in ids(plan(replace(RACE, wbgt_c=limit_c - 0.1)).do_not_start)


def test_what_is_always_said() -> None:
    """Fever, chest, walking pain before; confusion, chest and swelling under way."""
    found = plan()
    assert {"do_not_start.fever", "do_not_start.chest", "do_not_start.pain",
            "do_not_start.pills"} <= ids(found.do_not_start)  # fmt: skip
    assert {"stop_when.confused", "stop_when.chest", "stop_when.swollen",
            "stop_when.spreads"} <= ids(found.stop_when)  # fmt: skip
    assert found.twinge[0].id == "pacing.twinge.ease"
    assert "twinge.no_more_drink" in ids(found.twinge)


def test_past_the_longest_run_is_said() -> None:
    """Where new ground begins; nothing without runs, nor for who has run further."""
    assert "because.beyond" in ids(plan(longest_m=30_000).because)
    assert "because.beyond" not in ids(plan(longest_m=None).because)
    assert "because.beyond" not in ids(plan(longest_m=50_000).because)


@pytest.mark.parametrize("goal_s", [None, 12_000, 13_800, 15_000])
@pytest.mark.parametrize("wbgt_c", [None, -5.0, 25.0])
def test_everything_can_be_said(goal_s: float | None, wbgt_c: float | None) -> None:
    """Every sentence has its words and its values, metric and imperial."""
    for course in ((), hills((21_100, -2), (21_100, 2))):
        race = replace(RACE, goal_time_s=goal_s, wbgt_c=wbgt_c, course=course)
        found = plan(race)
        for one in (*found.twinge, *found.do_not_start, *found.stop_when, *found.because,
                    *found.assumed):  # fmt: skip
            for units in ("metric", "imperial"):
                words = said(one, units=units)
                assert words.endswith(".")
                assert "{" not in words


# ---------------------------------------------------------------- laws

pieces = st.lists(st.tuples(st.floats(200, 8000), st.floats(-12, 12)), max_size=8)


@given(
    distance_m=st.floats(3000, 100_000),
    km_s=st.floats(180, 600),
    goal=st.one_of(st.none(), st.floats(0.6, 1.5)),
    course=pieces,
    wbgt_c=st.one_of(st.none(), st.floats(-15, 35)),
)
def test_never_faster_than_fit_for(
    distance_m: float,
    km_s: float,
    goal: float | None,
    course: list[tuple[float, float]],
    wbgt_c: float | None,
) -> None:
    """Whatever the goal, the course and the day: target and ceiling stay at or behind the runs.

    The second half never asks for a harder effort than the prediction either; splits go forward,
    end at the finish, and stand at the target there.
    """
    km = distance_m / 1000
    median_s = km * km_s
    race = replace(
        RACE,
        distance_m=distance_m,
        goal_time_s=None if goal is None else goal * median_s,
        course=hills(*course) if course else (),
        wbgt_c=wbgt_c,
    )
    found = plan(race, median_s)
    slack = 1 + 1e-9
    assert found.target_time_s * slack >= max(median_s, race.goal_time_s or 0)
    level = course_factor(race) if race.course else 1
    assert found.ceiling_s_per_km * level * slack >= max(km_s, (race.goal_time_s or 0) / km)
    times = [0.0, *(one.at_s for one in found.splits)]
    assert all(early < late for early, late in pairwise(times))
    assert found.splits[-1].at_m == distance_m
    assert found.splits[-1].at_s == pytest.approx(found.target_time_s)


@given(course=pieces.filter(bool), goal_s=st.floats(10_000, 20_000))
def test_a_harder_goal_never_makes_a_faster_plan_than_the_runs(
    course: list[tuple[float, float]], goal_s: float
) -> None:
    """A goal beyond gives the same splits as no goal at all."""
    race = replace(RACE, course=hills(*course))
    free, asked = plan(race), plan(replace(race, goal_time_s=goal_s))
    if goal_s <= 14_400:
        assert asked.splits == free.splits
    else:
        assert all(
            late.at_s >= early.at_s * (1 - 1e-9)
            for late, early in zip(asked.splits, free.splits, strict=True)
        )
