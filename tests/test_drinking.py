"""Drinking plans: what is refused, what is planned, and that the rows hold every hard limit."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from drinking_support import CAPSULE, COMPLETE, ISO, PRODUCTS, WATER, asked, runner
from uncramp.drink_plan import DrinkStatus, Limit, Station, Take
from uncramp.drinking.asked import (
    DrinkAsked,
    DrinkScreen,
    at_minute,
    exercise_of_splits,
    place_at,
)
from uncramp.drinking.branches import asked_for_branch
from uncramp.drinking.days import asked_slower, days_of, models_of, scenario_with
from uncramp.drinking.limits import LIMITS, check_schedule, intake_of, takes_from_data
from uncramp.drinking.plan import plan_drinking
from uncramp.drinking.stress import gain_on_worst_day_pct
from uncramp.simulation.balance import simulate
from uncramp.simulation.draws import draw_body
from uncramp.simulation.forcing import forcing_of
from uncramp.simulation.losses import lost_by_minute
from uncramp.simulation.scenario import Told
from uncramp.vocabulary import Split

SALTY = runner(body_mass_kg=90.0, sweat=Told(2.2, 0.15), sodium=Told(75.0, 5.0))
HOT = asked(temp_air_c=30.0, who=SALTY, trialled_l_per_h=1.0, trialled_sodium_mg_per_h=900.0)


def through_json(schedule: tuple[Take, ...]) -> tuple[Take, ...]:
    """The rows as a reader of the export has them."""
    names = ("at_m", "at_min", "product", "servings", "fluid_l", "sodium_mg")
    rows: list[dict[str, Any]] = [{name: asdict(one)[name] for name in names} for one in schedule]
    return takes_from_data(json.loads(json.dumps(rows)))


def broken(one: DrinkAsked, schedule: tuple[Take, ...]) -> list[str]:
    """Ids of the limits that rows break."""
    return [limit.id for limit in check_schedule(one, schedule) if not limit.held]


def cup(at_m: float, at_min: float, litres: float, product: str = "water") -> Take:
    """One row by hand."""
    sodium = 450.0 * litres if product == "iso" else 0.0
    return Take(
        at_m=at_m, at_min=at_min, product=product, servings=1, fluid_l=litres, sodium_mg=sodium
    )


# Asking


def test_splits_become_speed_and_places_become_minutes() -> None:
    """The way adds up, and a place is passed when the splits say so."""
    exercise = exercise_of_splits(
        splits=(Split(at_m=5_000.0, at_s=1_800.0), Split(at_m=10_000.0, at_s=3_300.0)),
        grade_at_m=((0.0, 0.0), (5_000.0, 0.02)),
    )
    assert exercise.n_minutes == 55
    assert float(exercise.speed_m_s.sum()) * 60.0 == pytest.approx(10_000.0)
    assert exercise.grade[0] == 0.0
    assert exercise.grade[-1] == 0.02
    race = replace(asked(n_minutes=55, distance_m=10_000.0), exercise=exercise)
    assert at_minute(race, 5_000.0) == pytest.approx(30.0)
    assert place_at(race, 30.0) == pytest.approx(5_000.0)


@pytest.mark.parametrize("splits", [(), ((5_000.0, 0.0),), ((5_000.0, 10.0), (4_000.0, 20.0))])
def test_splits_that_do_not_go_on_are_refused(splits: tuple[tuple[float, float], ...]) -> None:
    """Nobody runs backwards."""
    with pytest.raises(ValueError, match="go on"):
        exercise_of_splits(splits=tuple(Split(at_m=at_m, at_s=at_s) for at_m, at_s in splits))


def test_what_is_lost_is_what_the_simulator_loses() -> None:
    """The search's table against the readable reference, to the last bit that matters."""
    scenario = scenario_with(HOT, HOT.runner)
    body = draw_body(scenario, n_draws=64, first=7)
    table = lost_by_minute(scenario, body)
    minutes = (1, 60, 240)
    trace = simulate(scenario, forcing_of(scenario), body, minutes=minutes)
    rows = list(minutes)
    np.testing.assert_allclose(table.sweat_l[rows], trace.carried["sweat_loss_l"][:, 0], rtol=1e-12)
    np.testing.assert_allclose(table.urine_l[rows], trace.carried["urine_l"][:, 0], rtol=1e-12)
    lost_mmol = (
        trace.carried["sodium_loss_mmol"] + trace.carried["urine_l"] * body.urine_cation_mmol_per_l
    )
    np.testing.assert_allclose(table.sodium_mg, 22.98977 * lost_mmol[-1, 0], rtol=1e-12)


# Who gets no plan


@pytest.mark.parametrize(
    ("screen", "told"),
    [
        (DrinkScreen(), "drink_plan.locked.incomplete"),
        (DrinkScreen(complete=True, locks=("salt_contraindicated",)), "lock.ask_clinician"),
        (DrinkScreen(complete=True, stops=("hyponatraemia",)), "stop.hyponatraemia.do.1"),
        (DrinkScreen(complete=True, stops=("never_heard_of",)), "drink_plan.locked.unknown"),
        (DrinkScreen(complete=True, locks=("never_heard_of",)), "drink_plan.locked.unknown"),
    ],
)
def test_stops_locks_and_open_questions_leave_no_dose(screen: DrinkScreen, told: str) -> None:
    """Not a number, and the flag's own words."""
    plan = plan_drinking(asked(screen=screen))
    assert plan.status is DrinkStatus.LOCKED
    assert told in [one.id for one in plan.because]
    assert not plan.schedule
    assert not plan.before
    assert plan.per_hour is None
    assert not plan.branches


def test_nobody_under_18_gets_doses() -> None:
    """Whatever the screening says."""
    young = replace(runner(), age_y=16.0)
    plan = plan_drinking(asked(who=young))
    assert plan.status is DrinkStatus.LOCKED
    assert "lock.minor.because" in [one.id for one in plan.because]


def test_a_lock_that_leaves_drink_alone_does_not_lock() -> None:
    """The list says what each one blocks."""
    assert plan_drinking(asked(screen=COMPLETE), with_branches=False).status is DrinkStatus.PLANNED


# Published practice


def test_short_cool_and_slow_runs_get_thirst() -> None:
    """Ten kilometres, a cool half, and a small slow runner on a cool day."""
    small = runner(body_mass_kg=48.0)
    for race, reason in (
        (asked(n_minutes=50, distance_m=10_000.0), "short"),
        (asked(n_minutes=85, distance_m=16_000.0, temp_air_c=10.0), "short_cool"),
        (asked(n_minutes=330, temp_air_c=8.0, who=small), "little_loss"),
        (asked(n_minutes=420, temp_air_c=18.0, who=runner(sweat=Told(0.4, 0.02))), "limits"),
    ):
        plan = plan_drinking(race)
        assert plan.status is DrinkStatus.THIRST
        assert [one.id for one in plan.because] == [
            f"drink_plan.thirst.{reason}",
            "drink_plan.thirst.rule",
        ]
        assert not plan.schedule


def test_a_salty_heavy_sweater_in_heat_gets_most() -> None:
    """More drink and more sodium in an hour than a usual runner, and than on a mild day."""
    usual = plan_drinking(asked(), with_branches=False).per_hour
    mild = plan_drinking(replace(HOT, weather=asked(temp_air_c=19.0).weather), with_branches=False)
    most = plan_drinking(HOT, with_branches=False).per_hour
    assert usual is not None
    assert mild.per_hour is not None
    assert most is not None
    assert most.fluid_l > 1.3 * usual.fluid_l
    assert most.sodium_mg > 1.3 * usual.sodium_mg
    assert most.fluid_l > 1.3 * mild.per_hour.fluid_l


def test_drinking_as_in_boston_2002_is_refused() -> None:
    """A cup at every mile, more than three litres, more than four hours, a small body."""
    small = asked(n_minutes=290, temp_air_c=14.0, who=runner(body_mass_kg=52.0))
    miles = [1_609.344 * mile for mile in range(1, 27)]
    rows = tuple(cup(at, at_minute(small, at), 0.13, "iso") for at in miles)
    assert sum(one.fluid_l for one in rows) > 3.0
    found = broken(small, rows)
    assert {"water_peak", "water_end", "hour_sweat", "stress_cooler"} <= set(found)


def test_nothing_on_the_way_and_cups_that_do_not_fit_are_refused() -> None:
    """With the limit that binds, and what frees it."""
    nothing = plan_drinking(asked(stations=[]))
    assert nothing.status is DrinkStatus.REFUSED
    assert nothing.because[0].id == "drink_plan.refused_no_stops"
    huge = plan_drinking(asked(stations=[Station(at_m=20_000.0, offers=("water",), cup_l=2.0)]))
    assert huge.status is DrinkStatus.REFUSED
    ids = [one.id for one in huge.because]
    assert ids[1].startswith("drink_plan.binds.")
    assert ids[2].startswith("drink_plan.frees.")


# The rows


@pytest.fixture(scope="module")
def hot_plan() -> Any:
    """One whole plan, with branches."""
    return plan_drinking(HOT)


def test_the_exported_rows_hold_every_limit(hot_plan: Any) -> None:
    """What a reader of the JSON has, not the object; and the object says the same."""
    limits = check_schedule(HOT, through_json(hot_plan.schedule))
    assert tuple(one.id for one in limits) == LIMITS
    assert all(one.held for one in limits)
    assert limits == hot_plan.limits


def test_the_rows_of_branches_hold_every_limit_in_their_weather(hot_plan: Any) -> None:
    """Hotter and cooler have schedules of their own; the rest leaves something out."""
    with_rows = [one for one in hot_plan.branches if one.schedule]
    assert {one.id for one in with_rows} <= {"hotter", "cooler"}
    assert with_rows
    for one in with_rows:
        other = asked_for_branch(HOT, one.id)
        assert not broken(other, through_json(one.schedule))
    ids = [one.id for one in hot_plan.branches]
    assert ids == ["hotter", "cooler", "slower", "missed_station", "queasy", "twinge"]


def test_the_simulator_itself_finds_no_gain(hot_plan: Any) -> None:
    """Each stress run through the readable reference, gut and all, on draws never seen before."""
    rows = through_json(hot_plan.schedule)
    more = tuple(replace(one, fluid_l=1.3 * one.fluid_l) for one in rows)
    relief = (cup(0.0, 0.0, 0.15), *rows)
    cooler = asked_for_branch(HOT, "cooler")
    for race, drunk in ((HOT, rows), (asked_slower(HOT), rows), (cooler, rows), (HOT, more),
                        (HOT, relief)):  # fmt: skip
        planned = race is HOT and drunk is rows
        for one in models_of(HOT.runner) if planned else [HOT.runner]:
            scenario = scenario_with(race, one, intake_of(race, drunk))
            body = draw_body(scenario, n_draws=512, first=9_000)
            end = simulate(scenario, forcing_of(scenario), body, minutes=[race.n_minutes]).carried
            assert np.mean(end["most_water_l"] > 0.3) <= 0.01
            assert np.mean(end["water_change_l"] + end["gut_fluid_l"] > 0.0) <= 0.015


def test_the_stop_drinking_trigger_prevents_a_gain_on_the_worst_day(hot_plan: Any) -> None:
    """All stresses at once: with every row water is gained, with those that are left it is not."""
    days = days_of(HOT, n_draws=1024, first=512)
    trigger = hot_plan.stop_drinking_trigger
    assert trigger is not None
    assert gain_on_worst_day_pct(hot_plan.schedule, days) > 1.0
    kept = [one for one in hot_plan.schedule if one.at_min <= trigger.skip_after_min]
    assert gain_on_worst_day_pct(kept, days) <= 1.0


@pytest.mark.parametrize(
    ("rows", "limit"),
    [
        ((cup(5_000.0, 28.0, 0.5), cup(9_000.0, 51.0, 0.9)), "hour_trialled"),
        ((cup(5_000.0, 1.0, 0.6),), "water_peak"),
        (tuple(cup(5_000.0 * n, 28.4 * n, 0.9) for n in range(1, 9)), "water_end"),
        ((Take(at_m=5e3, at_min=28.0, product="capsule", servings=1, fluid_l=0.0,
               sodium_mg=215.0),), "capsule_water"),
        ((cup(5_000.0, 28.0, 0.4), Take(at_m=5e3, at_min=28.0, product="capsule", servings=5,
                                       fluid_l=0.0, sodium_mg=0.0)), "sodium_hour"),
        (tuple(Take(at_m=5e3 * n, at_min=28.0 * n, product="capsule", servings=2, fluid_l=0.0,
                    sodium_mg=430.0) for n in range(1, 8)), "label_max"),
        (tuple(Take(at_m=5e3 * n, at_min=28.0 * n, product="gel", servings=1, fluid_l=0.0,
                    sodium_mg=60.0) for n in range(1, 7)), "caffeine"),
        (tuple(Take(at_m=5e3 * n, at_min=10.0 * n, product="gel", servings=1, fluid_l=0.0,
                    sodium_mg=60.0) for n in range(1, 4)), "carbohydrate_hour"),
        ((cup(7_000.0, 40.0, 0.1),), "carried"),
        ((replace(cup(5_000.0, 28.0, 0.1), product="mystery"),), "rows"),
        ((cup(5_000.0, 900.0, 0.1),), "rows"),
        ((cup(5_000.0, 28.0, -0.1),), "rows"),
        ((replace(cup(5_000.0, 28.0, 0.1), servings=0),), "rows"),
        ((cup(5_000.0, float("nan"), 0.1),), "rows"),
        ((cup(5_000.0, 28.0, float("nan")),), "rows"),
    ],
)  # fmt: skip
def test_rows_that_break_a_limit_are_caught(rows: tuple[Take, ...], limit: str) -> None:
    """One bad card for each limit, sodium told too low on purpose among them."""
    heavy = replace(HOT, runner=replace(SALTY, body_mass_kg=80.0))
    assert limit in broken(heavy, rows)


def test_salt_that_is_taken_never_licenses_fluid() -> None:
    """Rows with and without salt have the same share of low sodium."""
    salty = tuple(cup(5_000.0 * n, 28.4 * n, 1.2, "iso") for n in range(1, 9))
    plain = tuple(replace(one, product="water", sodium_mg=0.0) for one in salty)
    with_salt, without = (
        next(one for one in check_schedule(HOT, rows) if one.id == "salt_is_no_licence")
        for rows in (salty, plain)
    )
    assert with_salt == without
    assert with_salt.value > with_salt.limit


def test_whichever_model_is_stricter_decides_about_the_day() -> None:
    """A runner who says 4 L/h gains water by the population; one who says 0.2 by that."""
    rows = plan_drinking(HOT, with_branches=False).schedule
    torrent = replace(HOT, runner=replace(SALTY, sweat_rate_l_per_h=Told(4.0, 0.0)))
    sips = [cup(5_000.0 * one, 30.0 * one, 0.15) for one in range(1, 9)]
    much = tuple(cup for one in sips for cup in (one, one, one))
    assert "water_end" not in broken(torrent, rows)
    assert "water_end" in broken(torrent, much)
    trickle = replace(HOT, runner=replace(SALTY, sweat_rate_l_per_h=Told(0.2, 0.0)))
    assert {"water_end", "hour_sweat"} <= set(broken(trickle, rows))


def test_a_weighed_runner_is_held_against_their_own_sweat_on_other_days() -> None:
    """Without a weigh-in the population decides, and less is planned."""
    own = plan_drinking(HOT, with_branches=False).per_hour
    unknown = replace(HOT, runner=models_of(SALTY)[0])
    usual = plan_drinking(unknown, with_branches=False).per_hour
    assert own is not None
    assert usual is not None
    assert own.fluid_l > 1.2 * usual.fluid_l


def test_less_is_planned_where_less_was_tried() -> None:
    """Trialled amounts bind from below as well as from above."""
    tried = plan_drinking(replace(HOT, trialled_l_per_h=0.3), with_branches=False)
    assert tried.status is DrinkStatus.PLANNED
    hour = next(one for one in tried.limits if one.id == "hour_trialled")
    assert hour == Limit(id="hour_trialled", value=hour.value, limit=0.3, held=True, unit="L")
    none = plan_drinking(replace(HOT, trialled_sodium_mg_per_h=0.0), with_branches=False)
    assert all(one.sodium_mg == 0.0 for one in none.schedule)


def test_carried_drink_never_exceeds_what_is_carried() -> None:
    """And the bottle is on the packing list."""
    race = replace(HOT, stations=(), carry=("iso", "capsule"), carry_l=0.7)
    plan = plan_drinking(race, with_branches=False)
    assert plan.status is DrinkStatus.PLANNED
    assert all(one.carried for one in plan.schedule)
    assert sum(one.fluid_l for one in plan.schedule) <= 0.7 + 1e-9
    assert dict(plan.carry)["iso"] == 2
    assert "lost_bottle" in [one.id for one in plan.branches]


def test_balance_runs_from_gun_to_finish(hot_plan: Any) -> None:
    """Bands in order, intake as in the rows, and the end at the finish."""
    first, last = hot_plan.balance[0], hot_plan.balance[-1]
    assert (first.at_min, first.at_m, first.fluid_intake_l) == (0.0, 0.0, 0.0)
    assert last.at_min == 240.0
    assert last.fluid_intake_l == pytest.approx(sum(one.fluid_l for one in hot_plan.schedule))
    assert last.sodium_intake_mg == pytest.approx(sum(one.sodium_mg for one in hot_plan.schedule))
    for one in hot_plan.balance[1:]:
        band = one.water_change_l
        assert band.low < band.median < band.high < 0.0
        assert band.level == pytest.approx(0.9)


def test_servings_add_up_to_what_products_hold(hot_plan: Any) -> None:
    """Whole cups and capsules, sodium as the label says."""
    assert {WATER.id, ISO.id, CAPSULE.id} <= set(PRODUCTS)
    for one in hot_plan.schedule:
        product = PRODUCTS[one.product]
        assert one.servings >= 1
        times = one.fluid_l / product.volume_l if product.volume_l else one.servings
        assert one.sodium_mg == pytest.approx(times * product.sodium_mg)
