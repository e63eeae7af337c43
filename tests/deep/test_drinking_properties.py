"""Thousands of random askings: no exported row and no branch ever breaks a hard limit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from strategies import drink_askings
from test_drinking import broken, through_json
from uncramp.drink_plan import DrinkStatus
from uncramp.drinking.asked import DrinkAsked
from uncramp.drinking.branches import asked_for_branch
from uncramp.drinking.days import days_of
from uncramp.drinking.plan import plan_drinking
from uncramp.drinking.stress import gain_on_worst_day_pct

pytestmark = pytest.mark.deep


@given(race=drink_askings())
def test_no_row_breaks_a_limit(race: DrinkAsked) -> None:
    """Rows through JSON against every limit, in thousands of races."""
    plan = plan_drinking(race, with_branches=False)
    assert (plan.status is DrinkStatus.PLANNED) == bool(plan.schedule)
    if plan.schedule:
        assert not broken(race, through_json(plan.schedule))


@settings(max_examples=300)
@given(race=drink_askings())
def test_no_plan_no_branch_and_no_worst_day_gains_water(race: DrinkAsked) -> None:
    """Rows through JSON, each branch in its own weather, and the trigger on the worst day."""
    plan = plan_drinking(race)
    assert (plan.status is DrinkStatus.PLANNED) == bool(plan.schedule)
    assert not broken(race, through_json(plan.schedule)) or not plan.schedule
    for one in plan.branches:
        if one.schedule:
            assert not broken(asked_for_branch(race, one.id), through_json(one.schedule))
    if plan.schedule:
        trigger = plan.stop_drinking_trigger
        until = race.n_minutes if trigger is None else trigger.skip_after_min
        kept = [one for one in plan.schedule if one.at_min <= until]
        gained = gain_on_worst_day_pct(kept, days_of(race, n_draws=1024, first=512))
        assert gained <= 1.0 or until == 0.0
