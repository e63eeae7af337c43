"""A kept training plan as files: calendar, watch, paper, table, JSON. Made-up data."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from safekeeping_support import context_in
from store_support import NOW
from test_races_kept import ASKED, PLAN
from uncramp.actions.plan_files import TRAINING_FILES, training_file, training_files
from uncramp.actions.plans_kept import keep_plan
from uncramp.actions.races import add_race
from uncramp.errors import NotFoundError, UncrampError
from uncramp.export.workout import (
    file_number,
    session_workout,
    watch_step,
    whole_sentences,
    whole_words,
)
from uncramp.store.store import Store
from uncramp.training_plan import SessionKind, Step

(LONG,) = PLAN.sessions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A runner with a race and a plan of one session."""
    with Store.open(tmp_path / "data", at=NOW) as store:
        store.add_runner("me", at=NOW)
    with context_in(tmp_path / "data") as context:
        race = add_race(context, ASKED).race_id
        keep_plan(context, race, "training", PLAN, request={"days": ["sat", "sun"]})
    return tmp_path / "data"


def test_every_file_is_there_and_each_has_the_session(folder: Path) -> None:
    """The same day and kind in all of them."""
    with context_in(folder) as context:
        files = training_files(context, "next", units="metric")
    assert tuple(files) == TRAINING_FILES
    (row,) = csv.DictReader(io.StringIO(files["training.csv"].decode()))
    assert (row["date"], row["kind"], row["distance_m"]) == ("2025-10-07", "long", "16000")
    told = json.loads(files["training.json"])
    assert told["schema"] == "uncramp.train/1"
    assert [one["date"] for one in told["data"]["sessions"]] == ["2025-10-07"]
    page = files["training.html"].decode()
    assert "Tue 7 Oct 2025" in page
    assert "<script" not in page
    with zipfile.ZipFile(io.BytesIO(files["workouts.zip"])) as archive:
        assert archive.namelist() == ["2025-10-07-long.fit"]


def test_the_calendar_keeps_its_events_and_counts_up(folder: Path) -> None:
    """A second plan: the same identity, a higher sequence, another day."""
    from icalendar import Calendar

    with context_in(folder) as context:
        first = Calendar.from_ical(training_file(context, "next", "training.ics", units="metric"))
        moved = replace(PLAN, sessions=(replace(LONG, day=LONG.day + timedelta(days=1)),))
        keep_plan(context, 1, "training", moved, request={"days": ["sat", "sun"]})
        second = Calendar.from_ical(training_file(context, "next", "training.ics", units="metric"))
    (one,), (two,) = first.walk("VEVENT"), second.walk("VEVENT")
    assert one["UID"] == two["UID"]
    assert (one.decoded("SEQUENCE"), two.decoded("SEQUENCE")) == (0, 1)
    assert two.decoded("DTSTART") - one.decoded("DTSTART") == timedelta(days=1)
    assert "Long run" in str(one["SUMMARY"])


def test_what_is_no_more_planned_takes_itself_out_of_the_calendar(folder: Path) -> None:
    """Called off with its own identity, from the day of the new plan on; what is over stays."""
    from icalendar import Calendar

    days = [NOW.date() + timedelta(days=offset) for offset in (-3, 3, 4)]
    old = [replace(LONG, id=f"w-{day}", day=day) for day in days]
    with context_in(folder) as context:
        keep_plan(context, 1, "training", replace(PLAN, sessions=tuple(old)), request={})
        keep_plan(context, 1, "training", replace(PLAN, sessions=(old[2],)), request={})
        file = training_file(context, "next", "training.ics", units="metric")
        table = training_file(context, "next", "training.csv", units="metric")
    events = Calendar.from_ical(file).walk("VEVENT")
    called_off = {one.decoded("DTSTART") for one in events if one.get("STATUS") == "CANCELLED"}
    assert called_off == {LONG.day, days[1]}
    assert {one.decoded("SEQUENCE") for one in events} == {2}
    (stays,) = [one for one in events if "STATUS" not in one]
    assert stays.decoded("DTSTART") == days[2]
    assert str(stays["SUMMARY"]).startswith("Long run")
    assert all(str(one["SUMMARY"]).startswith("Left out") for one in events if one != stays)
    assert _days_of(file) == _days_of(table) == [days[2].isoformat()]


def _days_of(file: bytes) -> list[str]:
    """Days on which `train check` finds sessions in a calendar or table."""
    from uncramp.actions import train_check

    read = train_check._days_of_calendar if file.startswith(b"BEGIN") else None
    if read is not None:
        return sorted(read(file.decode()))
    return sorted(train_check._days_of_table("training.csv", file.decode()))


def test_two_sessions_of_a_day_are_two_workouts(folder: Path) -> None:
    """Strength has none; no cell of the table is a formula."""
    lift = replace(LONG, id="w-3", kind=SessionKind.STRENGTH, distance_m=None)
    twice = replace(PLAN, sessions=(LONG, replace(LONG, id="w-2"), lift))
    with context_in(folder) as context:
        keep_plan(context, 1, "training", twice, request={})
        packed = training_file(context, "next", "workouts.zip", units="metric")
        table = training_file(context, "next", "training.csv", units="metric").decode()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == ["2025-10-07-long.fit", "2025-10-07-long-2.fit"]
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row if cell]
    assert not [cell for cell in cells if cell[0] in "=+-@'"]


def test_a_watch_shows_whole_words_and_sentences() -> None:
    """No step that is run loses its last sentence, which says when to stop."""
    assert whole_words("Easy run, 12.7 km, leg work first") == "Easy run 12.7"
    assert whole_words("Rehearsallongword more") == "Rehearsallongwo"
    assert whole_sentences("One. Two? " + "x" * 200) == "One. Two?"
    assert len(whole_sentences("y" * 300)) == 200
    for name in RUN_STEPS:
        note = watch_step(Step(id=name)).note
        assert whole_sentences(note) == note


RUN_STEPS = ("easy", "long", "rehearse", "warm_day", "run_easy", "warm_up", "cool_down", "jog",
             "repeat", "short_repeat", "sharp_repeat", "fast_100", "fast_200", "fast_400",
             "hill_up", "descent_down", "race")  # fmt: skip


def test_two_runners_in_one_calendar_stay_apart(tmp_path: Path) -> None:
    """The same race number and session of two runners are two events."""
    from icalendar import Calendar

    uids = set()
    for name in ("ann", "bea"):
        with Store.open(tmp_path / name, at=NOW) as store:
            store.add_runner(name, at=NOW)
        with context_in(tmp_path / name, runner=name) as context:
            race = add_race(context, ASKED).race_id
            keep_plan(context, race, "training", PLAN, request={"days": ["sun"]})
            file = training_file(context, "next", "training.ics", units="metric")
        (event,) = Calendar.from_ical(file).walk("VEVENT")
        uids.add(str(event["UID"]))
    assert len(uids) == 2


def test_a_workout_is_read_back_by_the_official_reader() -> None:
    """Lengths, repeats, ranges: short repeats are wide on the fast side."""
    sdk = pytest.importorskip("garmin_fit_sdk", reason="NEEDS-ORACLE garmin-fit-sdk")
    reps = replace(LONG.steps[1].steps[0], id="fast_100", pace_s_per_km=(240.0, 250.0))
    steps = (
        replace(LONG.steps[0], id="long"),
        replace(LONG.steps[1], id="repeats", steps=(reps, replace(reps, id="jog", distance_m=None,
                duration_s=60.0, pace_s_per_km=None))),
        Step(id="round", times=1, steps=(Step(id="squat", count=12),)),
        replace(reps, id="walk", distance_m=None, pace_s_per_km=None),
    )  # fmt: skip
    content = session_workout(
        replace(LONG, steps=steps), name="Long run with a long name", number=5, made_at=NOW
    )
    read, errors = sdk.Decoder(sdk.Stream.from_byte_array(bytearray(content))).read()
    assert not errors
    assert read["file_id_mesgs"][0]["serial_number"] == 5
    assert read["workout_mesgs"][0]["wkt_name"] == "Long run with a"
    long, fast, jog, again, squat, walk = read["workout_step_mesgs"]
    assert long["duration_distance"] == 15000.0
    assert long["custom_target_speed_low"] == pytest.approx(0.5 * 1000 / 420, abs=0.001)
    assert long["custom_target_speed_high"] == pytest.approx(1.03 * 1000 / 360, abs=0.001)
    assert fast["custom_target_speed_high"] == pytest.approx(1.2 * 1000 / 240, abs=0.001)
    assert jog["duration_time"] == 60.0
    assert (again["duration_step"], again["repeat_steps"]) == (1, 5)
    assert (squat["wkt_step_name"], squat["duration_type"]) == ("12 × Squat", "open")
    assert (walk["duration_type"], walk["target_type"]) == ("open", "open")


def test_a_changed_plan_is_another_file_to_the_watch(folder: Path) -> None:
    """Watches throw away a file with a serial number they know."""
    assert file_number("a 1 w-1 3") != file_number("a 1 w-1 4")
    with context_in(folder) as context:
        first = training_file(context, "next", "workouts.zip", units="metric")
        assert training_file(context, "next", "workouts.zip", units="metric") == first
        keep_plan(context, 1, "training", PLAN, request={"days": ["sat", "sun"]})
        assert training_file(context, "next", "workouts.zip", units="metric") != first


def test_nothing_leaves_while_training_is_held_back(folder: Path) -> None:
    """A stop, or a lock on training; and what is not there is not found."""
    with context_in(folder) as context:
        with pytest.raises(NotFoundError):
            training_file(context, "next", "plan.doc", units="metric")
        context.store.open_flag(context.stored_runner(), flag_id="dvt", kind="stop", at=NOW)
        with pytest.raises(UncrampError) as raised:
            training_files(context, "next", units="metric")
    assert raised.value.code == "no_training_now"
