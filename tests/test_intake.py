"""What runners told of the intake on stored runs: minute by minute, and where it is used.

Rehearsals and races of the synthetic runner, told as they were or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from test_race_card import DRINK
from test_race_debrief import ASKED, BEFORE, RACE_DAY
from uncramp.actions.context import Context
from uncramp.actions.history_runs import RunReader
from uncramp.actions.intake import ToldIntake, told_intakes
from uncramp.actions.plans_kept import keep_plan
from uncramp.actions.preferences import change_profile
from uncramp.actions.race_debrief import DebriefAsked, tell_debrief
from uncramp.actions.races import KeptRace, add_race, change_race
from uncramp.actions.rehearsals_kept import (
    RehearsalNote,
    keep_rehearsals,
    note_rehearsal,
)
from uncramp.actions.run_balance import Air, RunBalance, run_balance
from uncramp.actions.runs import find_run
from uncramp.actions.weather import TypedWeather, set_weather
from uncramp.debrief import Took
from uncramp.demo_runs import PROFILE
from uncramp.drink_plan import Take
from uncramp.rehearsal.shapes import Arm, Heat, Rehearsal, Rehearsals, SweatTable
from uncramp.simulation.scenario import Exercise
from uncramp.vocabulary import WeighIn
from uncramp.wording.losses import losses_data
from web_support import NOW, demo_store

AIR = TypedWeather(temp_air_c=15.0, relative_humidity_pct=60.0)
HOUR = Exercise(speed_m_s=np.full(60, 3.0), grade=np.zeros(60))
"""180 m in each minute."""
CUPS = tuple(
    Take(at_m=at_m, at_min=at_min, product="iso", servings=1, fluid_l=0.15, sodium_mg=100.0)
    for at_m, at_min in ((3_600.0, 15.0), (7_200.0, 30.0), (14_400.0, 60.0))
)


# ---------------------------------------------------------------- minute by minute


def test_of_a_run_nobody_told_of_nothing_is_known() -> None:
    """Not known is not none."""
    assert ToldIntake().each_minute(HOUR) == (None, None)


def test_nothing_taken_is_known() -> None:
    """A runner who took nothing is another than one of whom nobody knows."""
    fluid_l, sodium_mg = ToldIntake(planned=()).each_minute(HOUR)
    assert fluid_l is not None
    assert sodium_mg is not None
    assert fluid_l.sum() == sodium_mg.sum() == 0.0


@pytest.mark.parametrize(("by_place", "minutes"), [(False, [15, 30]), (True, [19, 39])])
def test_a_followed_plan_goes_by_the_clock_or_by_the_course(
    by_place: bool, minutes: list[int]
) -> None:
    """A slower race reaches its stations later; what comes after the end was not taken."""
    fluid_l, sodium_mg = ToldIntake(planned=CUPS, by_place=by_place).each_minute(HOUR)
    assert fluid_l is not None
    assert sodium_mg is not None
    assert np.flatnonzero(fluid_l).tolist() == np.flatnonzero(sodium_mg).tolist() == minutes
    assert fluid_l.sum() == pytest.approx(0.3)
    assert sodium_mg.sum() == pytest.approx(200.0)


def test_a_measured_amount_takes_the_shape_of_the_plan_and_leaves_its_salt() -> None:
    """The scale knows how much, the plan when."""
    told = ToldIntake(planned=CUPS, fluid_intake_l=0.32, over_min=60.0)
    fluid_l, sodium_mg = told.each_minute(HOUR)
    assert fluid_l is not None
    assert sodium_mg is not None
    assert fluid_l[[15, 30]].tolist() == pytest.approx([0.16, 0.16])
    assert fluid_l.sum() == pytest.approx(0.32)
    assert sodium_mg.sum() == pytest.approx(200.0)


@pytest.mark.parametrize("fluid_l", [0.05, 0.6])
def test_litres_that_belie_the_plan_leave_its_salt_unknown(fluid_l: float) -> None:
    """Who drank a sip of the cups did not take the salt that was in them."""
    drunk_l, sodium_mg = ToldIntake(planned=CUPS, fluid_intake_l=fluid_l).each_minute(HOUR)
    assert drunk_l is not None
    assert np.ptp(drunk_l) == 0.0
    assert drunk_l.sum() == pytest.approx(fluid_l)
    assert sodium_mg is None


@pytest.mark.parametrize("over_min", [40.0, 90.0, None])
def test_a_measured_amount_alone_is_spread_evenly(over_min: float | None) -> None:
    """Over as long as was weighed, all of it within the run; its salt is not known."""
    fluid_l, sodium_mg = ToldIntake(fluid_intake_l=0.5, over_min=over_min).each_minute(HOUR)
    assert fluid_l is not None
    assert sodium_mg is None
    assert fluid_l.sum() == pytest.approx(0.5)
    assert np.flatnonzero(fluid_l).size == min(60, over_min or 60)
    assert np.ptp(fluid_l[fluid_l > 0]) == 0.0


# ---------------------------------------------------------------- what was told of stored runs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The synthetic runner's store with the weather of the marathon of 4 October."""
    made = demo_store(tmp_path / "data")
    with Context(data_dir=made, now=NOW) as context:
        change_profile(context, PROFILE)
        set_weather(context, RACE_DAY.isoformat(), AIR)
    return made


@pytest.fixture
def race(folder: Path) -> KeptRace:
    """That race with a drinking plan that was kept before."""
    with Context(data_dir=folder, now=BEFORE) as context:
        kept = add_race(context, ASKED)
        keep_plan(context, kept.race_id, "drinking", DRINK, request={"products": []})
    return kept


@pytest.fixture
def context(folder: Path, race: KeptRace) -> Iterator[Context]:
    """The store two days after the race."""
    with Context(data_dir=folder, now=NOW) as made:
        yield made


def number_of_race(context: Context) -> int:
    """Number of the run that was the race."""
    return find_run(context, RACE_DAY.isoformat()).activity_id


def balance_of_race(context: Context) -> RunBalance:
    """What the race cost, whole."""
    row, activity = context.store.activity(context.stored_runner(), number_of_race(context))
    air = Air(temp_air_c=15.0, relative_humidity_pct=60.0)
    return run_balance(context, row, activity, air=air, onset_min=None)


def test_a_race_as_planned_tells_drinks_and_salt(context: Context, race: KeptRace) -> None:
    """In `why` and in the comparison of all runs; the loss itself stays what it was."""
    row = find_run(context, RACE_DAY.isoformat())
    before, course = balance_of_race(context), RunReader.of(context).course(row)
    assert told_intakes(context) == {}
    assert {"drink_not_told"} <= set(before.assumed)
    tell_debrief(context, str(race.race_id), DebriefAsked(took="as_planned"))
    after, again = balance_of_race(context), RunReader.of(context).course(row)
    assert told_intakes(context) == {
        row.activity_id: ToldIntake(planned=DRINK.schedule, by_place=True)
    }
    assert not {"drink_not_told", "salt_not_told"} & set(after.assumed)
    assert after.losses == before.losses
    assert after.drunk_l == pytest.approx(sum(one.fluid_l for one in DRINK.schedule))
    planned_mg = sum(one.sodium_mg for one in DRINK.schedule)
    assert planned_mg > 0
    assert after.sodium_taken_mg == pytest.approx(planned_mg)
    assert course is not None
    assert course.body is not None
    assert again is not None
    assert again.body is not None
    assert course.body.sodium_mg[-1] - again.body.sodium_mg[-1] == pytest.approx(planned_mg)
    assert course.body.water_pct[-1] > again.body.water_pct[-1]
    said = losses_data(after, units="metric")
    assert said is not None
    assert said["sodium_taken_mg"] == pytest.approx(planned_mg)
    assert "By your plan you took about" in said["text"]


def test_more_or_less_than_planned_tells_no_amount(context: Context, race: KeptRace) -> None:
    """Only words that settle an amount count; nothing settles it too."""
    for took in ("less", "more"):
        tell_debrief(context, str(race.race_id), DebriefAsked(took=took))
        assert told_intakes(context) == {}
    tell_debrief(context, str(race.race_id), DebriefAsked(took="nothing"))
    balance = balance_of_race(context)
    assert (balance.drunk_l, balance.sodium_taken_mg) == (0.0, 0.0)
    said = losses_data(balance, units="metric")
    assert said is not None
    assert "By your plan" not in said["text"]


def test_a_plan_that_came_after_the_race_was_not_followed(folder: Path) -> None:
    """What was not there yet cannot have been taken as planned."""
    with Context(data_dir=folder, now=NOW) as context:
        kept = add_race(context, ASKED)
        keep_plan(context, kept.race_id, "drinking", DRINK, request={"products": []})
        tell_debrief(context, str(kept.race_id), DebriefAsked(took="as_planned"))
        assert told_intakes(context) == {}


def test_a_weigh_in_goes_before_the_plan(context: Context, race: KeptRace) -> None:
    """Its litres count; where they fit the plan, the salt is the plan's, else not known."""
    number = number_of_race(context)
    fluid_l = 1.1 * sum(one.fluid_l for one in DRINK.schedule)
    test = WeighIn(
        body_mass_before_kg=61.0, body_mass_after_kg=60.0, fluid_intake_l=fluid_l,
        duration_min=230.0,
    )  # fmt: skip
    context.store.add_sweat_test(
        context.stored_runner(), test, day=RACE_DAY, at=NOW, activity_id=number
    )
    alone = balance_of_race(context)
    assert alone.drunk_l == pytest.approx(fluid_l)
    assert alone.sodium_taken_mg is None
    assert "salt_not_told" in alone.assumed
    tell_debrief(context, str(race.race_id), DebriefAsked(took="as_planned"))
    both = balance_of_race(context)
    assert both.drunk_l == pytest.approx(fluid_l)
    assert both.sodium_taken_mg == pytest.approx(sum(one.sodium_mg for one in DRINK.schedule))


# ---------------------------------------------------------------- rehearsals

PLANNED = Rehearsal(
    session_id="long-1", day=date(2026, 9, 6), distance_m=20_000.0, duration_min=120.0,
    heat=Heat.AS_IT_COMES, part_from_min=0.0, part_to_min=120.0, schedule=CUPS, fluid_l=0.45,
    sodium_mg=300.0,
)  # fmt: skip
TABLE = SweatTable(
    temps_c=(15.0,), humidities_pct=(60.0,), speeds_m_s=(3.0,), log_rate=(((0.0,),),),
    log_sd=(((0.3,),),), fuel_kg_per_h=(0.1,), duration_min=90.0, warm_up_l=0.1,
)  # fmt: skip
SET = Rehearsals(
    rehearsals=(PLANNED,), plan_number=1, plan_mark="a", race_wbgt_c=None, race_min=230.0,
    body_mass_kg=61.0, table=TABLE,
)  # fmt: skip
NOTE = RehearsalNote(session_id="long-1", day=PLANNED.day, took=Took.AS_PLANNED)


@pytest.mark.parametrize(
    ("note", "known"),
    [
        (NOTE, ToldIntake(planned=CUPS)),
        (replace(NOTE, fluid_intake_l=0.3), ToldIntake(planned=CUPS, fluid_intake_l=0.3)),
        (replace(NOTE, took=Took.NOTHING), ToldIntake(planned=())),
        (replace(NOTE, took=Took.LESS, fluid_intake_l=0.2), ToldIntake(fluid_intake_l=0.2)),
        (replace(NOTE, arm=Arm.USUAL), None),
        (replace(NOTE, took=None), None),
        (replace(NOTE, session_id="another"), None),
    ],
)
def test_a_rehearsal_tells_what_its_words_settle(
    context: Context, race: KeptRace, note: RehearsalNote, known: ToldIntake | None
) -> None:
    """The usual drinks of a comparison are not the plan, whatever was ticked."""
    number = number_of_race(context)
    keep_before(context, race)
    note_rehearsal(context, race.race_id, replace(note, activity=number))
    assert told_intakes(context).get(number) == known


def keep_before(context: Context, race: KeptRace) -> None:
    """Keep the rehearsals as they were before any of the runs."""
    with Context(data_dir=context.data_dir, now=BEFORE) as earlier:
        keep_rehearsals(earlier, race.race_id, SET)


def test_a_plan_of_rehearsals_made_after_the_run_was_not_followed(
    context: Context, race: KeptRace
) -> None:
    """However it is told: what was not there yet cannot have been drunk."""
    keep_rehearsals(context, race.race_id, SET)
    number = number_of_race(context)
    note_rehearsal(context, race.race_id, replace(NOTE, activity=number))
    assert told_intakes(context) == {}


def test_a_run_whose_file_came_later_is_found_by_its_day(context: Context, race: KeptRace) -> None:
    """Told before the import, or imported again since: the number in the note is not there."""
    keep_before(context, race)
    for number in (None, 9_999):
        note = replace(NOTE, day=RACE_DAY, activity=number)
        note_rehearsal(context, race.race_id, note)
        assert told_intakes(context) == {number_of_race(context): ToldIntake(planned=CUPS)}
    note_rehearsal(context, race.race_id, replace(NOTE, day=date(2026, 9, 8)))
    assert told_intakes(context) == {}


def test_a_race_that_was_moved_gives_its_plan_to_no_other_run(
    context: Context, race: KeptRace
) -> None:
    """What was drunk on the old day was not drunk for this race."""
    tell_debrief(context, str(race.race_id), DebriefAsked(took="as_planned"))
    assert told_intakes(context)
    change_race(context, str(race.race_id), replace(ASKED, day=date(2026, 11, 20)))
    assert told_intakes(context) == {}
