"""Looking back on a kept race, and the ledger behind it: the store, the command line, an export.

The synthetic runner's marathon of 4 October, with a plan that was kept three weeks before.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from test_race_card import DRINK
from uncramp.actions.context import Context
from uncramp.actions.curating import exclude_run
from uncramp.actions.debrief_notes import DebriefNote, keep_debrief_note
from uncramp.actions.exporting import export
from uncramp.actions.ledger import ledger_of
from uncramp.actions.plans_kept import keep_plan
from uncramp.actions.preferences import change_profile, note_conditions
from uncramp.actions.race_debrief import (
    DebriefAsked,
    debrief_of_race,
    debriefs_due,
    tell_debrief,
)
from uncramp.actions.races import KeptRace, RaceAsked, add_race, list_races
from uncramp.actions.safekeeping import import_export
from uncramp.cli import main
from uncramp.debrief import Took, Towards
from uncramp.demo_runs import PROFILE
from uncramp.errors import InputError, NotFoundError
from uncramp.wording.ledger import ledger_csv
from web_support import NOW, demo_store

RACE_DAY: Final = date(2026, 10, 4)
BEFORE: Final = NOW - timedelta(days=23)
"""When the plan was made."""
ASKED: Final = RaceAsked(
    name="Synthetic autumn marathon",
    day=RACE_DAY,
    distance_m=42_195.0,
    goal_time_s=13_500.0,
    temp_air_c=15.0,
    relative_humidity_pct=60.0,
)
WEIGHED: Final = DebriefAsked(
    took="as_planned",
    gut="fine",
    body_mass_before_kg=61.0,
    body_mass_after_kg=60.0,
    fluid_intake_l=sum(one.fluid_l for one in DRINK.schedule),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The synthetic runner's store, for this test alone."""
    made = demo_store(tmp_path / "data")
    with Context(data_dir=made, now=NOW) as context:
        change_profile(context, PROFILE)
    return made


@pytest.fixture
def context(folder: Path) -> Iterator[Context]:
    """The store two days after the race."""
    with Context(data_dir=folder, now=NOW) as made:
        yield made


@pytest.fixture
def planned(folder: Path) -> KeptRace:
    """The race with a drinking plan that was kept three weeks before."""
    with Context(data_dir=folder, now=BEFORE) as context:
        kept = add_race(context, ASKED)
        keep_plan(context, kept.race_id, "drinking", DRINK, request={"products": []})
    return kept


def test_the_race_is_found_by_its_day_and_held_against_what_was_kept(
    context: Context, planned: KeptRace
) -> None:
    """The pace and the band are those of three weeks before, not of today."""
    answer = debrief_of_race(context, str(planned.race_id))
    assert answer.run is not None
    assert answer.run.row.distance_m == pytest.approx(42_240, abs=60)
    assert answer.before.planned.said_before
    assert answer.before.pace_at == BEFORE
    assert answer.debrief is not None
    assert answer.debrief.headline.id == "race_debrief.head.cramped_beyond"
    assert [one.id for one in answer.debrief.of(Towards.CHANGE)] == [
        "pace.first_fast",
        "distance.cramped_beyond",
    ]
    ran = [one.ran_s for one in answer.debrief.splits]
    assert None not in ran
    assert ran == sorted(ran, key=lambda one: one or 0.0)
    assert ran[-1] == pytest.approx(answer.run.ran.elapsed_s)


def test_a_plan_made_after_the_race_predicts_nothing(folder: Path, context: Context) -> None:
    """Neither the pace nor the drink of a plan that came later is held against the race."""
    with Context(data_dir=folder, now=BEFORE) as earlier:
        kept = add_race(earlier, ASKED)
    keep_plan(context, kept.race_id, "drinking", DRINK, request={"products": []})
    answer = debrief_of_race(context, str(kept.race_id))
    assert not answer.before.planned.said_before
    assert answer.before.planned.drink is None
    assert answer.debrief is not None
    assert [one.counts for one in answer.debrief.checks] == [False]
    assert ledger_of(context).calibration.n == 0


def test_a_plan_made_on_the_evening_of_the_race_predicts_nothing(folder: Path) -> None:
    """The hour at which the run began decides, not the day."""
    morning = NOW.replace(day=4, hour=7)
    for at, counts in ((morning.replace(hour=20), False), (morning, True)):
        with Context(data_dir=folder, now=at) as context:
            kept = add_race(context, ASKED)
            keep_plan(context, kept.race_id, "drinking", DRINK, request={"products": []})
            answer = debrief_of_race(context, str(kept.race_id))
        assert answer.before.planned.said_before is counts


def test_what_is_told_is_kept_and_counted(context: Context, planned: KeptRace) -> None:
    """Both outcomes stand in the ledger, at the plan that had said them, once."""
    tell_debrief(context, str(planned.race_id), WEIGHED)
    found = ledger_of(context)
    by_id = {one.id: one for one in found.entries}
    plan = next(one for name, one in by_id.items() if name.startswith("plan-"))
    assert [one.what for one in plan.checks] == ["finish_time_s", "body_mass_change_pct"]
    assert all(one.counts for one in plan.checks)
    assert by_id[f"debrief-{planned.race_id}"].checks == ()
    assert found.calibration.n == 2
    again = tell_debrief(context, str(planned.race_id), DebriefAsked(gut="upset"))
    assert again.told.took == "as_planned"
    assert again.told.gut == "upset"
    assert ledger_of(context).calibration.n == 2


def test_a_second_plan_takes_over_and_the_race_still_counts_once(
    folder: Path, context: Context, planned: KeptRace
) -> None:
    """The older plan says that it was replaced, and holds no outcome."""
    with Context(data_dir=folder, now=BEFORE + timedelta(days=7)) as later:
        keep_plan(later, planned.race_id, "drinking", DRINK, request={"products": []})
    tell_debrief(context, str(planned.race_id), WEIGHED)
    newer, older = (one for one in ledger_of(context).entries if one.verb == "plan")
    assert newer.at > older.at
    assert len(newer.checks) == 2
    assert older.checks == ()
    assert [one.id for one in older.outcome] == ["ledger.outcome.replaced"]
    assert ledger_of(context).calibration.n == 2


def test_a_race_is_offered_until_something_was_told(context: Context, planned: KeptRace) -> None:
    """Only to those whose run of that day is there."""
    (due,) = debriefs_due(context)
    assert due.kept.race_id == planned.race_id
    assert debriefs_due(context, among=frozenset({due.run.activity_id})) == (due,)
    assert debriefs_due(context, among=frozenset({1})) == ()
    tell_debrief(context, str(planned.race_id), DebriefAsked(cramped=True))
    assert debriefs_due(context) == ()


def test_a_run_that_was_taken_back_leaves_what_was_told(
    context: Context, planned: KeptRace
) -> None:
    """The debrief and the ledger go on without it, and a new import of it is found by its day."""
    race = str(planned.race_id)
    keep_debrief_note(context, planned.race_id, DebriefNote(activity=9999, took=Took.LESS))
    answer = debrief_of_race(context, race)
    assert answer.run is not None
    assert answer.told.took == "less"
    exclude_run(context, str(answer.run.row.activity_id))
    assert debrief_of_race(context, race).debrief is None
    assert ledger_of(context).calibration.n == 0


def test_saying_no_cramp_takes_the_mark_away(context: Context, planned: KeptRace) -> None:
    """The diary and the debrief say the same."""
    answer = tell_debrief(context, str(planned.race_id), DebriefAsked(cramped=False))
    assert answer.debrief is not None
    assert answer.debrief.headline.id == "race_debrief.head.none"
    assert answer.run is not None
    marks = context.store.marks(context.stored_runner())
    assert marks[answer.run.row.activity_id].cramped == "no"


def test_what_cannot_be_is_refused_and_keeps_nothing(context: Context, planned: KeptRace) -> None:
    """Half a weighing, a run of another day, a race to come, a word that is none."""
    race = str(planned.race_id)
    with pytest.raises(InputError, match="debrief_half_weighed"):
        tell_debrief(context, race, DebriefAsked(took="less", body_mass_before_kg=61.0))
    with pytest.raises(InputError, match="debrief_half_weighed"):
        tell_debrief(context, race, DebriefAsked(fluid_intake_l=1.0))
    with pytest.raises(InputError):
        tell_debrief(context, race, replace(WEIGHED, cramped=True, km=70.0))
    assert not context.store.sweat_tests(context.stored_runner())
    with pytest.raises(InputError, match="race_other_day"):
        debrief_of_race(context, race, run="1")
    with pytest.raises(InputError, match="unknown_option"):
        tell_debrief(context, race, DebriefAsked(took="plenty"))
    coming = add_race(context, RaceAsked(day=NOW.date() + timedelta(days=9), distance_m=10_000.0))
    with pytest.raises(InputError, match="race_not_run"):
        debrief_of_race(context, str(coming.race_id))
    lonely = add_race(context, RaceAsked(day=date(2026, 10, 2), distance_m=10_000.0))
    with pytest.raises(NotFoundError, match="no_race_run"):
        tell_debrief(context, str(lonely.race_id), DebriefAsked(gut="fine"))
    assert debrief_of_race(context, race).told_at is None
    assert debrief_of_race(context, str(lonely.race_id)).debrief is None


def test_a_race_that_was_entered_twice_is_one_outcome(folder: Path, context: Context) -> None:
    """The same run held against the same plan under two numbers says nothing more."""
    with Context(data_dir=folder, now=BEFORE) as earlier:
        for name in ("Synthetic autumn marathon", "Synthetic marathon again"):
            kept = add_race(earlier, replace(ASKED, name=name))
            keep_plan(earlier, kept.race_id, "drinking", DRINK, request={"products": []})
    for kept in list_races(context):
        if kept.race.day == RACE_DAY:
            asked = WEIGHED if kept.race.name == ASKED.name else DebriefAsked(gut="fine")
            tell_debrief(context, str(kept.race_id), asked)
    found = ledger_of(context)
    assert sum(len(one.checks) for one in found.entries) == 4
    assert found.calibration.n == 2


def test_a_race_is_weighed_once(context: Context, planned: KeptRace) -> None:
    """Two weighings of one run would teach the sweat model twice; pounds are not kilograms."""
    race = str(planned.race_id)
    pounds = replace(WEIGHED, body_mass_before_kg=134.0, body_mass_after_kg=132.0)
    with pytest.raises(InputError, match="rehearsal_other_mass"):
        tell_debrief(context, race, pounds)
    tell_debrief(context, race, WEIGHED)
    with pytest.raises(InputError, match="rehearsal_weighed_already"):
        tell_debrief(context, race, replace(WEIGHED, body_mass_after_kg=59.0))
    assert len(context.store.sweat_tests(context.stored_runner())) == 1


def test_a_stop_leaves_only_itself(context: Context, planned: KeptRace) -> None:
    """No debrief, no offer on the terminal, and no advice in the ledger."""
    tell_debrief(context, str(planned.race_id), WEIGHED)
    runner = context.stored_runner()
    context.store.open_flag(runner, flag_id="hyponatraemia", kind="stop", at=NOW)
    assert debrief_of_race(context, str(planned.race_id)).debrief is None
    entries = ledger_of(context).entries
    assert {one.advice.id for one in entries} <= {"ledger.advice.held", "ledger.advice.stop"}


def test_a_salt_lock_takes_the_doses(context: Context, planned: KeptRace) -> None:
    """Neither the ledger nor the debrief speaks of drink to change."""
    told = DebriefAsked(took="less", gut="upset")
    tell_debrief(context, str(planned.race_id), told)
    note_conditions(context, ["health.kidney"])
    answer = debrief_of_race(context, str(planned.race_id))
    assert answer.debrief is not None
    assert not any(one.topic == "drink" for one in answer.debrief.findings)
    (plan,) = (one for one in ledger_of(context).entries if one.verb == "plan")
    assert plan.advice.id == "ledger.advice.held"
    assert plan.predictions == ()


def called(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The exit code of a command and what it printed."""
    code = main([*words])
    return code, capsys.readouterr().out


def test_the_command_line_tells_keeps_and_hands_out(
    folder: Path, planned: KeptRace, capsys: pytest.CaptureFixture[str]
) -> None:
    """The names of the issue, and a ledger in which no place and no name stands."""
    store, race = ("--data-dir", str(folder)), str(planned.race_id)
    code, said = called(capsys, "race", "debrief", race, *store)
    assert code == 0
    assert "What to change" in said
    assert f"uncramp race debrief {race} --took" in said
    code, said = called(
        capsys, "race", "debrief", race, "--took", "as_planned", "--at", "31km", "--muscle", "calf",
        "--json", *store,
    )  # fmt: skip
    data: dict[str, Any] = json.loads(said)["data"]
    assert code == 0
    assert data["cramped"]["said"] is True
    assert data["cramped"]["at_m"] == pytest.approx(31_000, abs=1)
    assert data["told"]["took"] == "as_planned"
    code, said = called(capsys, "ledger", "--json", *store)
    document = json.loads(said)
    assert code == 0
    assert document["schema"] == "uncramp.ledger/1"
    assert set(document["data"]) == {"entries", "calibration"}
    assert set(document["data"]["calibration"]) == {"n", "inside_50_pct", "inside_90_pct"}
    assert document["data"]["calibration"]["n"] == 1
    assert ASKED.name not in said
    assert "latitude" not in said
    code, said = called(capsys, "ledger", *store)
    assert code == 0
    assert "too few to judge by" in said


def test_an_import_offers_the_look_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file of the race itself brings it up; the other files do not."""
    from uncramp.demo_runs import fit_bytes, outings

    *training, race = outings()
    store = ("--data-dir", str(tmp_path / "data"))
    before, raced = tmp_path / "before.fit", tmp_path / "race.fit"
    before.write_bytes(fit_bytes(training[-1]))
    raced.write_bytes(fit_bytes(race))
    with Context(data_dir=tmp_path / "data", now=BEFORE) as context:
        context.store.add_runner("me", at=BEFORE)
        add_race(context, ASKED)
    code, said = called(capsys, "import", str(before), *store)
    assert code == 0
    assert "race debrief" not in said
    code, said = called(capsys, "import", str(raced), *store)
    assert code == 0
    assert "uncramp race debrief 1" in said


def test_it_leaves_with_an_export_and_comes_back(
    tmp_path: Path, context: Context, planned: KeptRace
) -> None:
    """What was told of the race is the same in a new store, and the ledger with it."""
    tell_debrief(context, str(planned.race_id), WEIGHED)
    target = tmp_path / "out.zip"
    export(context, target, everybody=False)
    with zipfile.ZipFile(target) as archive:
        told = json.loads(archive.read("runners/1/documents.json"))["documents"]
    assert [one["kind"] for one in told if one["kind"] == "debrief"] == ["debrief"]
    with Context(data_dir=tmp_path / "other", now=NOW) as other:
        import_export(other, target)
        answer = debrief_of_race(other, "Synthetic autumn marathon")
        assert answer.told.took == "as_planned"
        assert ledger_of(other).calibration == ledger_of(context).calibration


def test_the_table_has_one_row_an_outcome(context: Context, planned: KeptRace) -> None:
    """With the band in SI units."""
    tell_debrief(context, str(planned.race_id), WEIGHED)
    head, *rows = ledger_csv(ledger_of(context)).splitlines()
    assert head.startswith("day,verb,race,what,unit,low")
    assert [row.split(",")[3] for row in rows] == ["finish_time_s", "body_mass_change_pct"]
