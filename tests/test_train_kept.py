"""Training plans of kept races: screened, kept, ticked, moved, made anew, cleared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from store_support import NOW, use_made_up_format, write_runs
from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from uncramp.actions.plans_kept import newest_training, session_states
from uncramp.actions.races import RaceAsked, add_race, find_race
from uncramp.actions.runners import clear_flag
from uncramp.actions.train import TrainAnswer, TrainWishes
from uncramp.actions.train_kept import kept_answer, train_of_race, update_training
from uncramp.envelope import plain
from uncramp.errors import InputError, NotFoundError
from uncramp.screening import screening_questions
from uncramp.training.check import check_plan
from uncramp.training_plan import Session, SessionKind, Status
from uncramp.wording.train import train_data

TODAY = NOW.date()
WISHES = TrainWishes(days=("tue", "thu", "sat", "sun"))
NONE = dict.fromkeys(screening_questions(), ("none",))
RACE = TODAY + timedelta(days=70)


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    """A synthetic runner with eight weeks of runs and a half marathon in ten weeks."""
    use_made_up_format(monkeypatch)
    runs = [
        {
            "start_utc": f"{TODAY - timedelta(days=7 * week + back)}T07:00:00+00:00",
            "distance_m": far,
            "elapsed_s": far / 2.7,
        }
        for week in range(8)
        for back, far in ((1, 12_000.0), (3, 7_000.0), (5, 8_000.0))
    ]
    folder = write_runs(tmp_path / "in", *runs)
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        import_paths(opened, [folder])
        add_race(opened, RaceAsked(name="Half", day=RACE, distance_m=21_097.5))
        yield opened


def later(context: Context, days: int) -> Context:
    """The same store some days on."""
    other = replace(context, now=NOW + timedelta(days=days))
    other.__dict__["store"] = context.store
    return other


def first_run(context: Context) -> date:
    """Day of the first run of the kept plan."""
    kept = newest_training(context, race_id(context))
    assert kept is not None
    return next(one.day for one in kept.plan.sessions if one.distance_m)


def race_id(context: Context) -> int:
    """Number of the race."""
    return find_race(context, "next").race_id


def test_without_the_safety_questions_there_is_no_plan(context: Context) -> None:
    """Refused, with what is missing, and nothing kept."""
    answer = train_of_race(context, "next", WISHES)
    assert answer.plan.status is Status.REFUSED
    assert set(answer.unanswered) == set(screening_questions())
    assert newest_training(context, race_id(context)) is None


def test_a_plan_is_made_kept_and_right(context: Context) -> None:
    """It keeps every hard rule, and is read back as it was made."""
    answer = train_of_race(context, "next", WISHES, answers=NONE)
    kept = newest_training(context, race_id(context))
    assert kept is not None
    assert kept.plan == answer.plan
    assert kept.request["days"] == list(WISHES.days or ())
    data = plain(train_data(answer, units="metric"))
    assert not [one for one in check_plan(data, data["asked"]) if one.hard]


def test_what_is_answered_opens_flags_for_good(context: Context) -> None:
    """A condition that is named today holds tomorrow, whatever is said then."""
    named = NONE | {"past": ("sickle_trait",)}
    assert train_of_race(context, "next", WISHES, answers=named).plan.status is Status.REFUSED
    again = train_of_race(context, "next", WISHES, answers=NONE)
    assert again.plan.status is Status.REFUSED
    assert [lock.id for lock in again.screening.locks] == ["sickle_trait"]


def test_a_cleared_carrier_gets_a_plan_without_timed_repeats(context: Context) -> None:
    """The clearance opens the way; the trait stays."""
    train_of_race(context, "next", WISHES, answers=NONE | {"past": ("sickle_trait",)})
    clear_flag(context, reference="lock:sickle_trait", seen_clinician=TODAY, note=None)
    answer = train_of_race(context, "next", WISHES, answers=NONE)
    assert answer.plan.status is not Status.REFUSED
    assert answer.asked.no_timed_repeats
    assert not [one for one in answer.plan.sessions if one.kind is SessionKind.SPEED]


def test_danger_signs_are_asked_anew_after_a_day(context: Context) -> None:
    """What was none of these on Monday may be one on Wednesday; a condition stays."""
    train_of_race(context, "next", WISHES, answers=NONE)
    answer = train_of_race(later(context, 2), "next", WISHES)
    assert answer.plan.status is Status.REFUSED
    assert not {"health", "past", "medicines"} & set(answer.unanswered)
    assert "danger_body" in answer.unanswered


def test_an_update_needs_a_plan(context: Context) -> None:
    """And says how to make one."""
    with pytest.raises(NotFoundError) as caught:
        update_training(context, "next")
    assert caught.value.code == "no_training_plan"


def test_an_update_counts_up_and_drops_what_was_missed(context: Context) -> None:
    """Nine days without a run: told so, lighter, nothing stacked, and every rule kept."""
    train_of_race(context, "next", WISHES, answers=NONE)
    answer = update_training(later(context, 9), "next")
    assert answer.sequence == 1
    said = [one.id for one in answer.plan.because]
    assert "train.update.missed" in said
    assert "train.update.week_off" in said
    assert answer.asked.limit_first_week == 0.8
    data = plain(train_data(answer, units="metric"))
    assert not [one for one in check_plan(data, data["asked"]) if one.hard]


def test_a_session_that_was_told_counts_as_run(context: Context) -> None:
    """Who brings no files is believed."""
    train_of_race(context, "next", WISHES, answers=NONE)
    day = first_run(context)
    answer = update_training(later(context, 7), "next", told={day: "done"})
    assert any(run.day == day for run in answer.asked.history)
    assert "done" in session_states(context, race_id(context)).values()


def test_pain_makes_the_rest_easy_for_a_week_and_stays_known(context: Context) -> None:
    """Also when the plan is made anew on the day after."""
    train_of_race(context, "next", WISHES, answers=NONE)
    day = first_run(context)
    days = (day - TODAY).days
    first = update_training(later(context, days), "next", told={day: "painful"})
    assert "train.update.painful" in [one.id for one in first.plan.because]
    second = update_training(later(context, days + 1), "next")
    until = day + timedelta(days=7)
    assert second.asked.no_hard_until == until
    assert not [one for one in second.plan.sessions if one.is_hard and one.day < until]


def test_a_session_is_moved(context: Context) -> None:
    """To the day that was wished for; the rest stays near to what it was."""
    train_of_race(context, "next", WISHES, answers=NONE)
    day = next(one.day for one in _kept(context) if one.kind is SessionKind.EASY
               and one.day > TODAY + timedelta(days=3))  # fmt: skip
    busy = {one.day for one in _kept(context) if one.distance_m}
    free = next(day + timedelta(days=step) for step in (1, -1, 2)
                if day + timedelta(days=step) not in busy)  # fmt: skip
    answer = update_training(context, "next", moves={day: free})
    days = {one.day for one in answer.plan.sessions if one.distance_m}
    assert free in days
    assert day not in days
    data = plain(train_data(answer, units="metric"))
    assert not [one for one in check_plan(data, data["asked"]) if one.hard]


def _kept(context: Context) -> tuple[Session, ...]:
    """Sessions of the kept plan."""
    kept = newest_training(context, race_id(context))
    assert kept is not None
    return kept.plan.sessions


def test_a_day_without_a_session_is_refused(context: Context) -> None:
    """With the day in words."""
    train_of_race(context, "next", WISHES, answers=NONE)
    with pytest.raises(InputError) as caught:
        update_training(context, "next", told={RACE + timedelta(days=3): "done"})
    assert caught.value.code == "no_session_on"


def test_nothing_is_planned_while_a_stop_is_open(context: Context) -> None:
    """Neither made nor made anew."""
    train_of_race(context, "next", WISHES, answers=NONE)
    stopped = NONE | {"danger_limb": ("bone_spot",)}
    answer = train_of_race(context, "next", WISHES, answers=stopped)
    assert answer.stopped
    assert not answer.plan.sessions
    assert update_training(context, "next").plan.status is Status.REFUSED


def test_a_kept_plan_comes_back_with_what_it_was_made_from(context: Context) -> None:
    """Weeks later its file can still be checked by itself."""
    made = update_after_planning(context)
    kept = newest_training(context, race_id(context))
    assert kept is not None
    again = kept_answer(later(context, 20), find_race(context, "next"), kept)
    data = plain(train_data(again, units="metric"))
    assert data["asked"] == plain(train_data(made, units="metric"))["asked"]
    assert not [one for one in check_plan(data, data["asked"]) if one.hard]


def update_after_planning(context: Context) -> TrainAnswer:
    """A plan, and the same a week on with one session told as done."""
    train_of_race(context, "next", WISHES, answers=NONE)
    return update_training(later(context, 7), "next", told={first_run(context): "done"})
