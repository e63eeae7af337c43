"""A race against its plan: each finding on a case that must bring it, and one that must not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from test_race_card import DRINK
from uncramp.debrief import (
    Cramped,
    Debrief,
    Gut,
    Planned,
    Ran,
    Told,
    Took,
    Towards,
    debrief,
)
from uncramp.pacing import PacePlan
from uncramp.vocabulary import Interval, Split

RACE_M = 42_195.0
HALF_M = 21_097.5
PACE = PacePlan(
    target_time_s=14_400.0,
    predicted=Interval(low=13_800.0, median=14_400.0, high=15_600.0, level=0.9),
    goal_is_beyond=False,
    ceiling_s_per_km=341.3,
    ceiling_until_m=HALF_M,
    splits=(Split(at_m=HALF_M, at_s=7_200.0), Split(at_m=RACE_M, at_s=14_400.0)),
    heat_slowdown_pct=None,
    twinge=(),
    do_not_start=(),
    stop_when=(),
    because=(),
    assumed=(),
)
PLANNED = Planned(distance_m=RACE_M, pace=PACE, said_before=True, drink=DRINK, temp_air_c=15.0)
RAN = Ran(
    distance_m=42_300.0,
    elapsed_s=14_500.0,
    splits=(Split(at_m=HALF_M, at_s=7_210.0), Split(at_m=RACE_M, at_s=14_500.0)),
    first_part_s=7_210.0,
    longest_before_m=30_000.0,
    temp_air_c=16.0,
)
WET_L = sum(one.fluid_l for one in DRINK.schedule)
MASS = DRINK.balance[-1].body_mass_change_pct
GOOD = Told(
    took=Took.AS_PLANNED, gut=Gut.FINE, fluid_intake_l=WET_L, body_mass_change_pct=MASS.median
)


def made(
    planned: Planned = PLANNED,
    ran: Ran = RAN,
    cramped: Cramped | None = None,
    told: Told = GOOD,
    **more: Any,
) -> Debrief:
    """The debrief of a race that went as planned, but for what is given."""
    cramp = Cramped(said=False) if cramped is None else cramped
    return debrief(planned=planned, ran=ran, cramped=cramp, told=told, **more)


def ids(found: Debrief, towards: Towards) -> set[str]:
    """Names of the findings of one sort."""
    return {one.id for one in found.of(towards)}


def test_a_race_as_planned_leaves_nothing_to_change() -> None:
    """All that fitted is said, and that one race without a cramp proves nothing."""
    found = made()
    assert found.finished
    assert found.headline.id == "race_debrief.head.none"
    assert not ids(found, Towards.CHANGE) | ids(found, Towards.ALERT)
    assert ids(found, Towards.FITTED) == {
        *("pace.first_held", "pace.even", "pace.finish_inside"),
        *("took.as_planned", "gut.fine", "mass.inside"),
    }
    assert "cramp.none_proves_nothing" in ids(found, Towards.NOTE)
    assert [(one.what, one.counts, one.inside_90) for one in found.checks] == [
        ("finish_time_s", True, True),
        ("body_mass_change_pct", True, True),
    ]


def test_a_first_part_too_fast_is_the_first_thing_to_change() -> None:
    """Told with both paces; below 2 % it is as planned."""
    fast = made(ran=replace(RAN, first_part_s=6_600.0), cramped=Cramped(said=True, at_m=33_000.0))
    first = fast.of(Towards.CHANGE)[0]
    assert first.id == "pace.first_fast"
    assert first.said.values["faster_pct"] == pytest.approx(9.1, abs=0.1)
    assert first.said.sources == ("schwellnus_2011b",)
    assert [one.id for one in fast.of(Towards.CHANGE)] == [
        "pace.first_fast",
        "distance.cramped_beyond",
    ]
    assert "pace.first_held" in ids(made(ran=replace(RAN, first_part_s=7_100.0)), Towards.FITTED)


def test_the_fade_and_the_finish_are_told_apart() -> None:
    """Slow in the end is a note; outside of the band a note too, never a fault."""
    slow = made(ran=replace(RAN, elapsed_s=16_800.0))
    assert {"pace.faded", "pace.finish_slower"} <= ids(slow, Towards.NOTE)
    fast = made(ran=replace(RAN, elapsed_s=13_700.0))
    assert "pace.finish_faster" in ids(fast, Towards.NOTE)
    assert not fast.checks[0].inside_90


def test_whoever_did_not_finish_is_held_against_no_finish() -> None:
    """No outcome of the race, and no weight for a race that was not run to its end."""
    found = made(ran=replace(RAN, distance_m=30_500.0, splits=RAN.splits[:1]))
    assert not found.finished
    assert not found.checks
    assert "pace.no_finish" in ids(found, Towards.NOTE)
    assert [one.ran_s for one in found.splits] == [7_210.0, None]
    assert found.splits[1].late_s is None


@pytest.mark.parametrize(
    ("cramped", "headline"),
    [
        (Cramped(said=None), "not_told"),
        (Cramped(said=None, at_m=32_000.0), "maybe"),
        (Cramped(said=True), "cramped"),
        (Cramped(said=True, at_m=20_000.0), "cramped_at"),
        (Cramped(said=True, at_m=32_000.0), "cramped_beyond"),
    ],
)
def test_the_headline_says_what_is_known_of_the_cramp(cramped: Cramped, headline: str) -> None:
    """And nothing that nobody told."""
    assert made(cramped=cramped).headline.id == f"race_debrief.head.{headline}"


def test_going_beyond_the_longest_run_is_a_change_only_where_it_grabbed() -> None:
    """Else it is a fact; and a race within the training is one that fitted."""
    assert "distance.beyond" in ids(made(), Towards.NOTE)
    early = made(cramped=Cramped(said=True, at_m=20_000.0))
    assert "distance.cramped_beyond" not in ids(early, Towards.CHANGE)
    within = made(ran=replace(RAN, longest_before_m=43_000.0))
    assert "distance.within" in ids(within, Towards.FITTED)


def test_a_gain_of_weight_comes_first_and_asks_for_no_drink() -> None:
    """Heavier than before is about safety, whatever the plan had said."""
    found = made(told=replace(GOOD, body_mass_change_pct=0.6))
    assert found.findings[0].id == "mass.gained"
    assert found.findings[0].topic is None
    assert "mass.lost_less" not in ids(found, Towards.CHANGE)
    same = made(told=replace(GOOD, body_mass_change_pct=0.2))
    assert not ids(same, Towards.ALERT)


def test_amounts_decide_what_was_taken() -> None:
    """Far off the plan is not as planned, whatever was ticked, and then no outcome counts."""
    less = made(told=replace(GOOD, fluid_intake_l=0.6 * WET_L))
    assert "took.less" in ids(less, Towards.CHANGE)
    assert [one.counts for one in less.checks] == [True, False]
    more = made(told=replace(GOOD, took=None, fluid_intake_l=1.5 * WET_L))
    assert "took.more" in ids(more, Towards.CHANGE)
    near = made(told=replace(GOOD, took=None, fluid_intake_l=1.1 * WET_L))
    assert "took.as_planned" in ids(near, Towards.FITTED)


def test_the_scale_outside_of_the_band_says_which_way() -> None:
    """More lost than said, or less."""
    more = made(told=replace(GOOD, body_mass_change_pct=MASS.low - 1.0))
    assert "mass.lost_more" in ids(more, Towards.CHANGE)
    less = made(told=replace(GOOD, body_mass_change_pct=min(MASS.high + 0.5, 0.0)))
    assert ids(less, Towards.CHANGE) == {"mass.lost_less"}


def test_an_upset_stomach_is_to_change_and_unsaid_things_are_named() -> None:
    """What nobody told is listed as what would tell more."""
    upset = made(told=replace(GOOD, gut=Gut.UPSET))
    assert "gut.upset" in ids(upset, Towards.CHANGE)
    nothing = made(told=Told())
    assert ids(nothing, Towards.UNKNOWN) == {"took.not_told", "mass.not_told"}


def test_a_pace_reckoned_afterwards_counts_nowhere() -> None:
    """It is shown, and said to be so."""
    found = made(replace(PLANNED, said_before=False))
    assert "pace.said_after" in ids(found, Towards.NOTE)
    assert not found.checks[0].counts


def test_a_plan_to_drink_to_thirst_is_no_schedule() -> None:
    """It is named, and nothing taken is held against it."""
    thirst = replace(DRINK, schedule=(), balance=())
    found = made(replace(PLANNED, drink=thirst), told=replace(GOOD, took=Took.LESS))
    assert "took.thirst" in ids(found, Towards.NOTE)
    assert "took.less" not in ids(found, Towards.CHANGE)
    assert [one.what for one in found.checks] == ["finish_time_s"]


def test_other_weather_than_planned_is_said() -> None:
    """Warmer and cooler by 5 °C or more."""
    assert "heat.warmer" in ids(made(ran=replace(RAN, temp_air_c=22.0)), Towards.NOTE)
    assert "heat.cooler" in ids(made(ran=replace(RAN, temp_air_c=8.0)), Towards.NOTE)
    assert not {"heat.warmer", "heat.cooler"} & ids(made(), Towards.NOTE)


def test_a_cramp_with_the_drink_as_planned_is_said_plainly() -> None:
    """It came all the same; nothing is added to the drink."""
    found = made(cramped=Cramped(said=True, at_m=32_000.0))
    assert "cramp.drink_fitted" in ids(found, Towards.NOTE)
    assert not any(one.topic == "drink" for one in found.of(Towards.CHANGE))


def test_blocked_topics_give_no_advice() -> None:
    """A lock on training or drink leaves the facts and takes the advice."""
    fast = replace(RAN, first_part_s=6_600.0)
    told = replace(GOOD, gut=Gut.UPSET, took=Took.LESS, fluid_intake_l=None)
    cramped = Cramped(said=True, at_m=33_000.0)
    found = made(ran=fast, told=told, cramped=cramped, blocked=("training", "drink"))
    assert not found.of(Towards.CHANGE)
    assert "distance.beyond" not in ids(found, Towards.CHANGE)
    assert made(ran=fast, told=told, cramped=cramped).of(Towards.CHANGE)


def test_without_any_plan_the_facts_are_left() -> None:
    """Nothing fails, and what is missing is named."""
    found = made(Planned(distance_m=RACE_M), told=Told())
    assert not found.splits
    assert not found.checks
    assert {"pace.no_plan", "took.no_plan"} <= ids(found, Towards.UNKNOWN)
