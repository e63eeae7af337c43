"""`uncramp rehearse` on a store: planned, logged, learnt from, compared, exported and held back.

The synthetic runner's last eight weeks before the marathon of 4 October.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import pytest

from uncramp.actions.context import Context
from uncramp.actions.curating import exclude_run
from uncramp.actions.exporting import export
from uncramp.actions.history_next import planned_run
from uncramp.actions.intake import told_intakes
from uncramp.actions.ledger import ledger_of
from uncramp.actions.plan import DrinkWishes, plan_of_race
from uncramp.actions.preferences import change_profile, note_conditions
from uncramp.actions.products import add_product
from uncramp.actions.races import RaceAsked, add_race, change_race
from uncramp.actions.rehearsals_kept import rehearsal_notes, rehearsals_kept
from uncramp.actions.rehearse import (
    CompareAsked,
    LogAsked,
    RehearsalAnswer,
    compare_for_race,
    log_rehearsal,
    plan_rehearsals,
    rehearsals_of_race,
)
from uncramp.actions.safekeeping import import_export
from uncramp.actions.sweat_tests import kept_tests
from uncramp.actions.train import TrainWishes
from uncramp.actions.train_kept import train_of_race
from uncramp.actions.weather import TypedWeather, set_weather
from uncramp.cli import main
from uncramp.demo_runs import PROFILE
from uncramp.errors import InputError, NotFoundError
from uncramp.history.shapes import Next
from uncramp.rehearsal.shapes import Arm, PlanState, StampState, TrialStatus
from uncramp.screening import screening_questions
from uncramp.training_plan import Novelty
from uncramp.vocabulary import Said, WeighIn
from uncramp.wording.rehearse import compare_data, rehearse_data, rehearse_lines
from web_support import client, demo_store

ZONE: Final = timezone(timedelta(hours=2))
SCREENED: Final = dict.fromkeys(screening_questions(), ("none",))
RACE: Final = RaceAsked(
    name="Synthetic autumn marathon",
    day=date(2026, 10, 4),
    distance_m=42_195.0,
    goal_time_s=14_100.0,
    temp_air_c=24.0,
    relative_humidity_pct=60.0,
)
ONE_TAP: Final[dict[str, Any]] = {
    "took": "as_planned",
    "gut": "fine",
    "twitched": False,
    "cramped": False,
}


def at(folder: Path, month: int, day: int, hour: int = 20) -> Context:
    """The store on an evening of the season."""
    return Context(data_dir=folder, now=datetime(2026, month, day, hour, 0, tzinfo=ZONE))


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both plans and the rehearsals, as they were made on 10 August."""
    folder = demo_store(tmp_path_factory.mktemp("season") / "data")
    with at(folder, 8, 10) as context:
        change_profile(context, PROFILE)
        add_race(context, RACE)
        train_of_race(context, "1", TrainWishes(days=("tue", "thu", "sat", "sun")),
                      answers=SCREENED)  # fmt: skip
        plan_of_race(context, "1", DrinkWishes(stations="every 5 km water+iso"),
                     answers=SCREENED)  # fmt: skip
        plan_rehearsals(context, "1")
    return folder


@pytest.fixture
def folder(season: Path, tmp_path: Path) -> Path:
    """A copy for one test alone."""
    return Path(shutil.copytree(season, tmp_path / "data"))


@pytest.fixture
def august(folder: Path) -> Iterator[Context]:
    """The evening of the long run of 30 August, in warm air."""
    with at(folder, 8, 30) as context:
        weather = TypedWeather(temp_air_c=23.0, relative_humidity_pct=60.0)
        set_weather(context, "2026-08-30", weather)
        yield context


@pytest.fixture(scope="module")
def after(season: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the rehearsal of 30 August told in one tap, and weighed."""
    folder = Path(shutil.copytree(season, tmp_path_factory.mktemp("after") / "data"))
    with at(folder, 8, 30) as context:
        weather = TypedWeather(temp_air_c=23.0, relative_humidity_pct=60.0)
        set_weather(context, "2026-08-30", weather)
        told(context, body_mass_before_kg=61.0, body_mass_after_kg=59.6)
    return folder


@pytest.fixture
def weighed(after: Path, tmp_path: Path) -> Iterator[Context]:
    """A copy of it for one test alone."""
    with at(Path(shutil.copytree(after, tmp_path / "weighed")), 8, 30) as context:
        yield context


def told(context: Context, **otherwise: Any) -> RehearsalAnswer:
    """The rehearsal that is due, as planned but for what is said."""
    return log_rehearsal(context, "1", LogAsked(**{**ONE_TAP, **otherwise}))


# ---------------------------------------------------------------- planned


def test_rehearsals_are_long_runs_of_the_training_plan_with_predictions(season: Path) -> None:
    """Every one is a session of the plan, unchanged; what the scale should show is kept."""
    with at(season, 8, 11) as context:
        answer = rehearsals_of_race(context, "1")
        made = train_of_race_sessions(context)
    assert answer.planned is not None
    assert answer.planned_at == datetime(2026, 8, 10, 20, tzinfo=ZONE)
    assert len(answer.planned.rehearsals) >= 3
    for one in answer.planned.rehearsals:
        session = made[one.session_id]
        assert (session.day, session.distance_m) == (one.day, one.distance_m)
        assert set(session.novelties) <= {Novelty.LONGEST}
        assert one.wbgt_to_c == 25.0
        assert one.body_mass_change_pct is not None
        assert one.body_mass_change_pct.high < 0.6
    assert answer.stamp is not None
    assert (answer.stamp.state, answer.stamp.plan) == (StampState.NOT_YET, PlanState.UNTESTED)


def train_of_race_sessions(context: Context) -> dict[str, Any]:
    """Sessions of the kept training plan by id."""
    from uncramp.actions.plans_kept import newest_training

    kept = newest_training(context, 1)
    assert kept is not None
    return {one.id: one for one in kept.plan.sessions}


def test_without_either_plan_there_is_nothing_to_rehearse(tmp_path: Path) -> None:
    """It says which plan is missing."""
    folder = demo_store(tmp_path / "data")
    with at(folder, 8, 10) as context:
        change_profile(context, PROFILE)
        add_race(context, RACE)
        with pytest.raises(NotFoundError, match="no_training_plan"):
            plan_rehearsals(context, "1", answers=SCREENED)
        train_of_race(context, "1", TrainWishes(days=("tue", "thu", "sat", "sun")))
        with pytest.raises(NotFoundError, match="no_drinking_plan"):
            plan_rehearsals(context, "1")


def test_the_screen_comes_first(folder: Path) -> None:
    """A day later nobody knows how the runner feels: no new rehearsals, nothing kept."""
    with at(folder, 8, 14) as context:
        answer = plan_rehearsals(context, "1")
        assert answer.held_back == "incomplete"
        assert answer.planned is None
        assert answer.unanswered
        assert len(rehearsals_kept(context, 1)) == 1
        lines = "\n".join(rehearse_lines(answer, runner="me", units="metric"))
    assert " mL" not in lines


@pytest.mark.parametrize(
    ("answers", "why"),
    [({"danger_feel": ("dark_urine",)}, "stop"), ({"health": ("kidney",)}, "locked")],
)
def test_a_stop_or_a_lock_shows_no_dose(
    folder: Path, answers: dict[str, tuple[str, ...]], why: str
) -> None:
    """Neither in the answer, nor on the terminal, nor as JSON; what was logged stays."""
    with at(folder, 8, 11) as context:
        answer = plan_rehearsals(context, "1", answers=answers)
        data = rehearse_data(answer, units="metric")
        lines = "\n".join(rehearse_lines(answer, runner="me", units="metric"))
    assert answer.held_back == why
    assert (answer.planned, data["rehearsals"]) == (None, [])
    assert " mL" not in lines
    assert "mg sodium" not in lines


# ---------------------------------------------------------------- logged


def test_one_tap_takes_the_amounts_of_the_plan(weighed: Context) -> None:
    """`as planned` with two weights: matched to the run of the day, scored, and learnt from."""
    answer = rehearsals_of_race(weighed, "1")
    (found,) = answer.scored
    assert found.log.day == date(2026, 8, 30)
    assert found.log.activity is not None
    assert found.planned is not None
    assert found.log.fluid_intake_l == pytest.approx(
        sum(one.fluid_l for one in found.planned.schedule
            if one.at_min <= (found.log.duration_min or 0.0))
    )  # fmt: skip
    assert found.passed
    assert found.predicted_at == datetime(2026, 8, 10, 20, tzinfo=ZONE)
    assert [one.activity for one in kept_tests(weighed)] == [found.log.activity]
    assert answer.stamp is not None
    assert answer.stamp.plan is PlanState.TOLERATED
    assert answer.due is None


def test_the_sweat_model_learns_and_later_rehearsals_are_predicted_anew(
    season: Path, weighed: Context
) -> None:
    """The bands of what is left are narrower; what was said before stays as it was said."""
    with at(season, 8, 11) as context:
        (before,) = rehearsals_kept(context, 1)
    sets = rehearsals_kept(weighed, 1)
    assert len(sets) == 2
    assert sets[0] == before
    old = {one.session_id: one for one in sets[0].rehearsals.rehearsals}
    assert sets[1].rehearsals.rehearsals
    for one in sets[1].rehearsals.rehearsals:
        then, now = old[one.session_id].sweat_rate_l_per_h, one.sweat_rate_l_per_h
        assert then is not None
        assert now is not None
        assert now.high / now.low < then.high / then.low


def test_what_is_told_later_changes_what_was_told(weighed: Context) -> None:
    """The stomach that turned in the evening; the weights are not asked for again."""
    answer = log_rehearsal(weighed, "1", LogAsked(run="2026-08-30", gut="upset"))
    (found,) = answer.scored
    assert found.passed is False
    assert answer.stamp is not None
    assert answer.stamp.plan is PlanState.CHANGED
    assert len(rehearsal_notes(weighed, 1)) == 1
    with pytest.raises(InputError, match="rehearsal_weighed_already"):
        told(weighed, run="2026-08-30", body_mass_before_kg=61.0, body_mass_after_kg=59.6)


def test_nothing_is_kept_when_a_part_cannot_be(august: Context) -> None:
    """One weight alone, a word that is none, a gain that no drink explains."""
    for wrong, code in (
        ({"body_mass_before_kg": 61.0}, "rehearsal_half_weighed"),
        ({"took": "some"}, "unknown_option"),
        ({"body_mass_before_kg": 61.0, "body_mass_after_kg": 63.0}, "sweat_gain"),
        ({"compares": True}, "no_comparison"),
    ):
        with pytest.raises((InputError, NotFoundError), match=code):
            told(august, **wrong)
    assert rehearsal_notes(august, 1) == ()
    assert kept_tests(august) == ()
    assert len(rehearsals_kept(august, 1)) == 1


def test_a_cramp_goes_into_the_diary(august: Context) -> None:
    """Said once, known everywhere."""
    answer = told(august, cramped=True)
    number = answer.scored[0].log.activity
    assert number is not None
    assert august.store.marks(august.stored_runner())[number].cramped == "yes"


def test_a_run_before_the_prediction_proves_nothing(folder: Path) -> None:
    """Rehearsals planned in the evening say nothing of the run of that morning."""
    with at(folder, 8, 30) as context:
        weather = TypedWeather(temp_air_c=23.0, relative_humidity_pct=60.0)
        set_weather(context, "2026-08-09", weather)
        answer = told(context, run="2026-08-09", fluid_intake_l=0.3,
                      body_mass_before_kg=61.0, body_mass_after_kg=60.0)  # fmt: skip
    assert answer.scored[0].predicted_at is None
    assert not answer.scored[0].fits


def test_a_run_that_is_to_come_cannot_be_told(folder: Path) -> None:
    """Nor a rehearsal that is none."""
    with at(folder, 8, 11) as context:
        with pytest.raises(InputError, match="rehearsal_to_come"):
            told(context, run="2026-09-20")
        with pytest.raises(NotFoundError, match="unknown_session"):
            told(context, session="2020-01-01-1")
        with pytest.raises(NotFoundError, match="no_rehearsal_due"):
            told(context)


def test_another_product_of_the_same_name_is_another_plan(weighed: Context) -> None:
    """What is in the bottle decides, not what it is called."""
    add_product(weighed, {"id": "iso", "kind": "drink", "sodium_mg": 300, "volume_l": 0.5})
    stamp = rehearsals_of_race(weighed, "1").stamp
    assert stamp is not None
    assert stamp.plan is PlanState.CHANGED
    assert stamp.because[0].id == "rehearsals.stamp.other_plan"


def test_another_weather_of_the_race_ends_what_was_shown(weighed: Context) -> None:
    """Eight degrees cooler: the plan was tried for another day."""
    change_race(weighed, "1", replace(RACE, temp_air_c=16.0))
    stamp = rehearsals_of_race(weighed, "1").stamp
    assert stamp is not None
    assert stamp.because[0].id == "rehearsals.stamp.other_weather"
    assert stamp.passed == 0


def test_nobody_with_an_eating_disorder_is_weighed(august: Context) -> None:
    """The lock opened since: no dose, no scale, and what is told without one is kept."""
    note_conditions(august, ["health.eating_disorder"])
    with pytest.raises(InputError, match="sweat_locked"):
        told(august, body_mass_before_kg=61.0, body_mass_after_kg=59.6)
    answer = told(august)
    assert not answer.weighs
    assert answer.planned is None
    assert len(answer.scored) == 1


# ---------------------------------------------------------------- compared


def test_a_comparison_is_begun_only_when_it_can_tell(august: Context) -> None:
    """Too few runs: it says so, says what can be done instead, and keeps nothing."""
    asked = CompareAsked(outcome="cramp", begins=True, seed=4)
    answer = compare_for_race(august, "1", asked, answers=SCREENED)
    assert answer.state is not None
    assert answer.state.status is TrialStatus.IMPOSSIBLE
    assert answer.state.others
    assert not august.store.documents(august.stored_runner(), "comparison")


def test_runs_of_a_comparison_take_their_places_in_the_order_of_chance(august: Context) -> None:
    """The same seed, the same order; a run as usual does not count for the stamp."""
    asked = CompareAsked(outcome="mass", runs=90, begins=True, seed=4)
    begun = compare_for_race(august, "1", asked, answers=SCREENED).state
    assert begun is not None
    assert begun.status is TrialStatus.RUNNING
    assert begun.trial is not None
    assert begun.next_arm is begun.trial.order[0]
    answer = told(august, compares=True, fluid_intake_l=0.4,
                  body_mass_before_kg=61.0, body_mass_after_kg=59.6)  # fmt: skip
    (found,) = answer.scored
    assert (found.log.arm, found.log.position) == (begun.trial.order[0], 0)
    assert found.log.arm is Arm.USUAL
    assert not found.fits
    now = compare_for_race(august, "1", CompareAsked()).state
    assert now is not None
    assert now.next_arm is begun.trial.order[1]
    assert "order" not in json.dumps(compare_data(
        compare_for_race(august, "1", CompareAsked()), units="metric"), default=str)  # fmt: skip


def test_one_change_at_a_time(august: Context) -> None:
    """A second comparison waits until the first has ended."""
    asked = CompareAsked(outcome="mass", runs=90, begins=True, seed=4)
    compare_for_race(august, "1", asked, answers=SCREENED)
    with pytest.raises(InputError, match="one_change"):
        compare_for_race(august, "1", asked)
    ended = compare_for_race(august, "1", CompareAsked(ends=True)).state
    assert ended is not None
    assert ended.status is TrialStatus.ENDED
    with pytest.raises(NotFoundError, match="no_comparison"):
        compare_for_race(august, "1", CompareAsked(ends=True))
    again = compare_for_race(august, "1", asked).state
    assert again is not None
    assert again.status is TrialStatus.RUNNING


def test_no_comparison_is_begun_without_the_whole_screen(folder: Path) -> None:
    """Looking is free; sending somebody out is not."""
    asked = CompareAsked(outcome="mass", runs=90, begins=True)
    with at(folder, 8, 14) as context:
        answer = compare_for_race(context, "1", asked)
        assert (answer.held_back, answer.state) == ("incomplete", None)


# ---------------------------------------------------------------- out and back, and the terminal


def test_an_export_carries_rehearsals_there_and_back(august: Context, tmp_path: Path) -> None:
    """Every document comes back once, with its run; a second time changes nothing."""
    compare_for_race(august, "1", CompareAsked(outcome="mass", runs=90, begins=True, seed=4),
                     answers=SCREENED)  # fmt: skip
    told(august, body_mass_before_kg=61.0, body_mass_after_kg=59.6)
    target = tmp_path / "out.zip"
    export(august, target, everybody=False)
    assert zipfile.is_zipfile(target)
    before = rehearsals_of_race(august, "1")
    with Context(data_dir=tmp_path / "there", now=august.now) as there:
        for _ in range(2):
            import_export(there, target)
        after = rehearsals_of_race(there, "1")
        assert len(rehearsals_kept(there, after.kept.race_id)) == 2
        assert [one.passed for one in after.scored] == [one.passed for one in before.scored]
        assert after.scored[0].log.activity is not None
        assert after.stamp == before.stamp
        assert compare_for_race(there, "1", CompareAsked()).state is not None


def test_the_ledger_counts_a_rehearsal(season: Path, weighed: Context) -> None:
    """Said before, and weighed afterwards: one more outcome against its band."""
    with at(season, 8, 30) as context:
        before = ledger_of(context).calibration.n
    assert ledger_of(weighed).calibration.n == before + 1


def test_the_command_line_says_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Words with the caution, and one envelope; an unknown race is exit code 1."""
    assert main(["rehearse", "show", "1", "--data-dir", str(folder)]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "This is no promise against cramps" in words
    assert main(["rehearse", "show", "1", "--json", "--data-dir", str(folder)]) == 0
    told_json = json.loads(capsys.readouterr().out)
    assert told_json["schema"] == "uncramp.rehearse.show/1"
    assert told_json["data"]["stamp"]["state"] == "not_yet"
    assert main(["rehearse", "show", "nowhere", "--data-dir", str(folder)]) == 1
    assert main(["rehearse", "log", "1", "--took", "some", "--data-dir", str(folder)]) == 2


# ---------------------------------------------------------------- told twice, late, or wrongly


def code_of(context: Context, **asked: Any) -> str:
    """How telling it is refused; nothing is kept of it."""
    before = (rehearsal_notes(context, 1), kept_tests(context))
    with pytest.raises((InputError, NotFoundError)) as refused:
        log_rehearsal(context, "1", LogAsked(**{**ONE_TAP, **asked}))
    assert (rehearsal_notes(context, 1), kept_tests(context)) == before
    return refused.value.code


def test_one_run_is_one_rehearsal(weighed: Context) -> None:
    """Told again as another session it would fill the row of the stamp by itself."""
    (found,) = rehearsals_of_race(weighed, "1").scored
    number, mine = str(found.log.activity), found.log.session_id
    sessions = [one.session_id for kept in rehearsals_kept(weighed, 1)
                for one in kept.rehearsals.rehearsals]  # fmt: skip
    near = [one for one in dict.fromkeys(sessions) if one != mine]
    codes = {code_of(weighed, run=number, session=one) for one in near}
    assert codes <= {"rehearsal_told_already", "rehearsal_other_session"}
    assert "rehearsal_told_already" in codes
    assert code_of(weighed, run=number, session="nonsense") == "unknown_session"
    answer = rehearsals_of_race(weighed, "1")
    assert len(answer.scored) == 1
    assert answer.stamp is not None
    assert answer.stamp.passed == 1


def test_another_word_for_what_was_taken_ends_the_litres_of_before(august: Context) -> None:
    """Litres that were told with `as planned` are not those of `nothing`."""
    told(august, fluid_intake_l=1.2)
    told(august, run="2026-08-30", took="nothing", body_mass_before_kg=61.0,
         body_mass_after_kg=59.6)  # fmt: skip
    (test,) = kept_tests(august)
    assert isinstance(test.test, WeighIn)
    assert test.test.fluid_intake_l == 0.0
    (found,) = rehearsals_of_race(august, "1").scored
    assert found.log.fluid_intake_l == 0.0


def test_rehearsals_made_after_the_run_change_nothing_of_it(august: Context) -> None:
    """What is drunk as planned is what was planned before it."""
    told(august)
    (before,) = rehearsals_of_race(august, "1").scored
    intake = told_intakes(august)
    plan_of_race(august, "1", DrinkWishes(stations="every 2.5 km water+iso"), answers=SCREENED)
    with at(august.data_dir, 8, 30, hour=21) as later:
        plan_rehearsals(later, "1", answers=SCREENED)
        (after,) = rehearsals_of_race(later, "1").scored
        assert after.log == before.log
        assert after.planned == before.planned
        assert told_intakes(later) == intake
        sets = rehearsals_kept(later, 1)
        assert before.log.session_id not in {
            one.session_id for one in sets[-1].rehearsals.rehearsals
        }


def test_of_two_that_wait_none_is_guessed(folder: Path) -> None:
    """One of last week and one of today whose file is not there: which is meant is asked."""
    with at(folder, 8, 30) as context:
        exclude_run(context, "2026-08-30")
        assert code_of(context) == "rehearsal_which"
        log_rehearsal(context, "1", LogAsked(run="2026-08-23", **ONE_TAP))
        answer = log_rehearsal(context, "1", LogAsked(run="2026-08-30", **ONE_TAP))
        assert [one.log.day.day for one in answer.scored] == [23, 30]
        weights = {"body_mass_before_kg": 61.0, "body_mass_after_kg": 59.6}
        assert code_of(context, run="2026-08-30", **weights) == "rehearsal_no_run"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"fluid_intake_l": -0.5}, "sweat_number"),
        ({"fluid_intake_l": 900.0}, "sweat_number"),
        ({"body_mass_before_kg": 134.0, "body_mass_after_kg": 131.0}, "rehearsal_other_mass"),
        ({"took": "less", "body_mass_before_kg": 61.0, "body_mass_after_kg": 59.6},
         "rehearsal_drunk_missing"),
    ],
)  # fmt: skip
def test_what_no_runner_weighs_or_drinks_is_refused(
    august: Context, asked: dict[str, Any], code: str
) -> None:
    """Pounds typed as kilograms would change the sweat model."""
    assert code_of(august, **asked) == code


def test_a_run_of_before_the_comparison_is_no_part_of_it(august: Context) -> None:
    """Nor a short one: who knows the outcome must not choose the run."""
    asked = CompareAsked(outcome="mass", runs=90, begins=True, seed=4)
    compare_for_race(august, "1", asked, answers=SCREENED)
    assert code_of(august, run="2026-08-23", compares=True) == "comparison_not_this_run"


def test_without_a_known_body_it_is_kept_and_nothing_predicted(august: Context) -> None:
    """What is told does not depend on the profile."""
    change_profile(august, replace(PROFILE, body_mass_kg=None))
    before = len(rehearsals_kept(august, 1))
    answer = told(august)
    assert len(answer.scored) == 1
    assert len(rehearsals_kept(august, 1)) == before


def test_what_is_ahead_is_not_over(folder: Path) -> None:
    """Two days later the run of Sunday is no longer to come."""
    with at(folder, 8, 10) as context:
        first = rehearsals_of_race(context, "1").ahead
    with at(folder, 9, 15) as context:
        left = rehearsals_of_race(context, "1").ahead
        assert all(one.day >= date(2026, 9, 15) for one in left)
        assert len(left) < len(first)
        shown = "\n".join(
            rehearse_lines(rehearsals_of_race(context, "1"), runner="me", units="metric")
        )
        assert "30 Aug" not in shown


def test_after_the_race_nothing_is_left_to_show(folder: Path) -> None:
    """What was not proven is said as past, and nobody is told what a plan still lacks."""
    with at(folder, 8, 11) as context:
        before = "\n".join(rehearse_lines(rehearsals_of_race(context, "1"), runner="me",
                                          units="metric"))  # fmt: skip
    with at(folder, 10, 6) as context:
        answer = rehearsals_of_race(context, "1")
        after = "\n".join(rehearse_lines(answer, runner="me", units="metric"))
    assert answer.is_over
    assert "Still to show" in before
    assert "Still to show" not in after
    assert "What it never showed before the race" in after
    assert "What these runs cannot show" not in after
    page = client(folder, clock=lambda: datetime(2026, 10, 6, 20, tzinfo=ZONE))
    said = page.get("/r/me/race/1/rehearsals").text
    assert "What it never showed before the race" in said
    assert "Still to be shown" not in said


def test_start_and_end_of_the_race_take_turns_however_often_it_is_planned(folder: Path) -> None:
    """Each keeps the part that it was given first, on whatever day the others are told."""
    with at(folder, 8, 10) as context:
        first = {one.session_id: one.part_from_min > 0 for one in
                 rehearsals_of_race(context, "1").ahead if not one.is_key}  # fmt: skip
    assert set(first.values()) == {False, True}
    for day in (17, 24, 30):
        with at(folder, 8, day) as context:
            if day < 30:
                log_rehearsal(context, "1", LogAsked(**ONE_TAP))
            for one in rehearsals_of_race(context, "1").ahead:
                if not one.is_key and one.session_id in first:
                    assert (one.part_from_min > 0) is first[one.session_id]


# ---------------------------------------------------------------- what history proposes to try


@pytest.mark.parametrize(
    ("proposed", "day"),
    [("drink_plan", 16), ("cool_beyond", 16), ("cool_downhill", None), ("even_start", None)],
)
def test_a_proposal_is_found_in_the_plan_that_has_it(
    folder: Path, proposed: str, day: int | None
) -> None:
    """A rehearsal for the drinks, a longest run for distance; none where the plan has none."""
    told = Next(id=proposed, do=Said(id="x"), why=Said(id="x"), tells_bits=0.1)
    with at(folder, 8, 10) as context:
        found = planned_run(context, told)
        assert (None if found is None else found.day.day) == day
    with at(folder, 8, 25) as later:
        left = planned_run(later, told)
        short = planned_run(later, replace(told, distance_m=10_000.0))
    assert left is None or left.day >= date(2026, 8, 25)
    assert short is None
    with at(folder, 12, 1) as over:
        assert planned_run(over, told) is None
