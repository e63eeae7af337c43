"""Races kept for a runner: typed, found, changed, taken out and back; plans and sessions with them.

All data are made up.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pytest

from safekeeping_support import context_in
from store_support import NOW
from test_race_card import DRINK
from uncramp.actions.from_plain import from_plain
from uncramp.actions.plans_kept import (
    SessionNote,
    keep_plan,
    newest_drinking,
    newest_training,
    note_session,
    session_notes,
    session_states,
)
from uncramp.actions.races import (
    RaceAsked,
    add_race,
    change_race,
    course_from,
    find_race,
    list_races,
    remove_race,
    restore_race,
)
from uncramp.cli.root import main
from uncramp.drink_plan import DrinkPlan
from uncramp.envelope import plain
from uncramp.errors import InputError, NotFoundError
from uncramp.store.store import Store
from uncramp.training_plan import (
    Effort,
    Novelty,
    Phase,
    RuleState,
    Session,
    SessionKind,
    Status,
    Step,
    TrainingPlan,
    Week,
)
from uncramp.vocabulary import PlannedRace, Said

DAY = NOW.date() + timedelta(weeks=20)
ASKED = RaceAsked(
    name="Spring", day=DAY, start=time(9, 30), distance_m=42195.0, goal_time_s=13500.0,
    temp_air_c=18.0, relative_humidity_pct=60.0,
)  # fmt: skip
PLAN = TrainingPlan(
    status=Status.PLANNED,
    because=(Said(id="pacing.twinge.ease", values={"longest_m": 32000.0}, sources=("judgement",)),),
    sessions=(
        Session(
            id="2025-10-06-1",
            day=date(2025, 10, 7),
            kind=SessionKind.LONG,
            duration_s=7200.0,
            distance_m=16000.0,
            steps=(
                Step(id="long", distance_m=15000.0, pace_s_per_km=(360.0, 420.0)),
                Step(id="repeats", times=5, steps=(Step(id="fast_100", distance_m=100.0,
                                                     effort=Effort.ACTIVE),)),
            ),
            why=Said(id="pacing.twinge.on"),
            claims=("G19",),
            grade="guide",
            novelties=(Novelty.FAST_FINISH,),
            first_of=(Novelty.FAST_FINISH,),
            is_hard=True,
        ),
    ),
    weeks=(Week(first=date(2025, 10, 6), phase=Phase.BUILD, distance_m=4e4, longest_m=16e3),),
    rules=(RuleState(id="R1", hard=True, held=True, grade="cohort"),),
)  # fmt: skip

GPX = b"""<?xml version="1.0"?><gpx version="1.1"><trk><trkseg>
<trkpt lat="47.00" lon="8.00"><ele>400</ele></trkpt>
<trkpt lat="47.01" lon="8.00"><ele>450</ele></trkpt>
<trkpt lat="47.02" lon="8.00"><ele>430</ele></trkpt>
</trkseg></trk></gpx>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with one runner and nothing else."""
    with Store.open(tmp_path / "data", at=NOW) as store:
        store.add_runner("me", at=NOW)
    return tmp_path / "data"


def test_a_race_is_kept_as_it_was_typed_with_its_heat(folder: Path) -> None:
    """Everything comes back; heat is reckoned from the weather."""
    with context_in(folder) as context:
        kept = add_race(context, ASKED)
        assert find_race(context, str(kept.race_id)) == kept
        assert find_race(context, "spring") == kept
        assert find_race(context, "next") == kept
    race = kept.race
    assert (race.day, race.start, race.goal_time_s) == (DAY, time(9, 30), 13500.0)
    assert race.wbgt_c == pytest.approx(19.0, abs=0.2)


def test_the_next_race_is_the_first_that_is_not_over(folder: Path) -> None:
    """Past ones stay in the list and are found by name."""
    with context_in(folder) as context:
        late = add_race(context, replace(ASKED, name="late", day=DAY + timedelta(days=9)))
        over = add_race(context, replace(ASKED, name="over", day=NOW.date() - timedelta(days=2)))
        early = add_race(context, replace(ASKED, name="early"))
        assert find_race(context, "next") == early
        assert list_races(context) == (over, early, late)
        assert find_race(context, "OVER") == over
        with pytest.raises(NotFoundError) as raised:
            find_race(context, "nowhere")
    assert raised.value.code == "unknown_race"


def test_a_change_keeps_number_and_plans_and_a_race_comes_back(folder: Path) -> None:
    """Taking out is not erasing."""
    with context_in(folder) as context:
        kept = add_race(context, ASKED)
        keep_plan(context, kept.race_id, "training", PLAN, request={"days": ["sun"]})
        changed = change_race(context, "next", replace(ASKED, goal_time_s=None))
        assert changed.race_id == kept.race_id
        assert changed.race.goal_time_s is None
        remove_race(context, "next")
        assert list_races(context) == ()
        assert restore_race(context, kept.race_id) == changed
        found = newest_training(context, kept.race_id)
        assert found is not None
        assert found.plan == PLAN


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (replace(ASKED, day=None), "race_without_day"),
        (replace(ASKED, distance_m=None), "race_without_distance"),
        (replace(ASKED, distance_m=-5.0), "bad_number"),
        (replace(ASKED, relative_humidity_pct=160.0), "bad_number"),
        (replace(ASKED, course=b"not a course"), "no_course"),
    ],
)
def test_what_no_race_can_be_is_refused(folder: Path, asked: RaceAsked, code: str) -> None:
    """With nothing kept."""
    with context_in(folder) as context:
        with pytest.raises(InputError) as raised:
            add_race(context, asked)
        assert list_races(context) == ()
    assert raised.value.code == code


def test_a_course_brings_distance_and_hills() -> None:
    """Heights every 100 m, from a file without times."""
    course = course_from(GPX, name="made-up.gpx")
    assert course.distance_m == pytest.approx(2224, rel=0.01)
    assert course.ascent_m == pytest.approx(50, abs=3)
    assert course.descent_m == pytest.approx(20, abs=3)
    assert [one.at_m for one in course.points[:3]] == [0.0, 100.0, 200.0]
    assert course.points[-1].at_m == pytest.approx(course.distance_m)


def test_a_course_is_drawn_out_to_the_length_that_was_typed(folder: Path) -> None:
    """A watch measures a little more or less than the signs; a change keeps the course."""
    with context_in(folder) as context:
        kept = add_race(context, replace(ASKED, distance_m=2200.0, course=GPX))
        assert kept.race.course[-1].at_m == pytest.approx(2200.0)
        changed = change_race(context, "next", replace(ASKED, distance_m=None))
    assert changed.race.distance_m == 2200.0
    assert changed.race.course == kept.race.course


def test_a_course_of_another_race_is_refused_and_left_behind(folder: Path) -> None:
    """A file of another length, when sent; the one of before, when the race grows longer."""
    with context_in(folder) as context:
        with pytest.raises(InputError, match="course_of_another_length"):
            add_race(context, replace(ASKED, course=GPX))
        kept = add_race(context, replace(ASKED, distance_m=None, course=GPX))
        assert kept.race.ascent_m == pytest.approx(50, abs=5)
        longer = RaceAsked(distance_m=10_000.0).over(kept.race, keeps_goal=True)
        changed = change_race(context, "next", longer)
    assert (changed.race.course, changed.race.ascent_m) == ((), None)
    assert (changed.race.name, changed.race.goal_time_s) == ("Spring", 13500.0)


def test_a_planned_route_is_a_course_too() -> None:
    """Race pages hand out both."""
    route = GPX.replace(b"<trk><trkseg>", b"<rte>").replace(b"</trkseg></trk>", b"</rte>")
    route = route.replace(b"trkpt", b"rtept")
    assert course_from(route, name="r.gpx") == course_from(GPX, name="t.gpx")


def test_wandering_heights_are_no_hills() -> None:
    """Four hills of 20 m in a recording whose heights wander by metres: 80 m, not hundreds."""
    rng = np.random.default_rng(6)
    metres = np.arange(0.0, 8000.0, 5.0)
    heights = 100 - 10 * np.cos(2 * np.pi * metres / 2000) + rng.normal(0, 3, metres.size)
    points = "".join(
        f'<trkpt lat="{47 + at / 111195:.6f}" lon="8"><ele>{level:.1f}</ele></trkpt>'
        for at, level in zip(metres, heights, strict=True)
    )
    file = f'<gpx version="1.1"><trk><trkseg>{points}</trkseg></trk></gpx>'
    course = course_from(file.encode(), name="made-up.gpx")
    assert course.ascent_m == pytest.approx(80, rel=0.2)
    assert course.descent_m == pytest.approx(80, rel=0.2)


def test_a_name_cannot_steer_the_terminal(folder: Path) -> None:
    """One line, nothing that is not to be seen."""
    with context_in(folder) as context:
        kept = add_race(context, replace(ASKED, name=" Bad\x1b[31m\n  name\u202e "))
    assert kept.race.name == "Bad[31m name"


def test_plans_are_kept_whole_and_the_newest_counts(folder: Path) -> None:
    """Older ones stay, and their number is what calendars count by."""
    with context_in(folder) as context:
        race = add_race(context, ASKED).race_id
        assert newest_training(context, race) is None
        assert newest_drinking(context, race) is None
        keep_plan(context, race, "training", replace(PLAN, sessions=()), request={})
        keep_plan(context, race, "training", PLAN, request={"days": ["sat"]})
        keep_plan(context, race, "drinking", DRINK, request={"carry": ["cap"]})
        training, drinking = newest_training(context, race), newest_drinking(context, race)
    assert training is not None
    assert drinking is not None
    assert (training.plan, training.sequence, training.request) == (PLAN, 1, {"days": ["sat"]})
    assert (drinking.plan, drinking.sequence) == (DRINK, 0)


def test_plain_data_comes_back_as_it_was() -> None:
    """Every shape that is kept: days, times, enums, pairs, repeats."""
    for one in (PLAN, DRINK, PlannedRace(day=DAY, distance_m=5000.0, start=time(8, 5))):
        assert from_plain(type(one), json.loads(json.dumps(plain(one)))) == one
    with pytest.raises(ValueError, match="planed"):
        from_plain(DrinkPlan, {**plain(DRINK), "status": "planed"})


def test_what_became_of_a_session_is_told_once(folder: Path) -> None:
    """A second word replaces the first."""
    with context_in(folder) as context:
        race = add_race(context, ASKED).race_id
        note_session(context, race, SessionNote(session_id="w-1", state="missed"))
        note = SessionNote(session_id="w-1", state="done", day=DAY, note="easy", activity=None)
        note_session(context, race, note)
        assert session_notes(context, race) == {"w-1": note}
        assert session_states(context, race) == {"w-1": "done"}


def test_races_belong_to_one_runner(folder: Path) -> None:
    """Not even by number does one reach another runner's race."""
    with Store.open(folder, at=NOW) as store:
        store.add_runner("ann", at=NOW)
    with context_in(folder) as context:
        number = add_race(context, ASKED).race_id
    with context_in(folder, runner="ann") as context:
        with pytest.raises(NotFoundError):
            find_race(context, str(number))
        with pytest.raises(NotFoundError):
            restore_race(context, number)
        with pytest.raises(NotFoundError):
            keep_plan(context, number, "training", PLAN, request={})


# ---------------------------------------------------------------- in the terminal


def call(folder: Path, *words: str) -> int:
    """One call of the command line."""
    return main(["race", *words, "--data-dir", str(folder)])


def test_the_whole_way_in_the_terminal(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Add with a course, list, change, show, remove, undo."""
    monkeypatch.delenv("UNCRAMP_DATABASE_URL", raising=False)
    course = tmp_path / "course.gpx"
    course.write_bytes(GPX)
    day = (datetime.now(UTC).date() + timedelta(days=90)).isoformat()
    added = ("--start", "9:30", "--goal", "0:15:00", "--weather", "24C 60%", "--json")
    assert call(folder, "add", "Made-up", "--day", day, "--course", str(course), *added) == 0
    told = json.loads(capsys.readouterr().out)["data"]
    assert told["distance_m"] == pytest.approx(2224, rel=0.01)
    assert (told["start"], told["goal_time_s"], told["has_course"]) == ("09:30:00", 900.0, True)
    number = str(told["race"])
    assert call(folder, "change", "next", "--goal", "well", "--distance", "half", "--json") == 0
    told = json.loads(capsys.readouterr().out)["data"]
    assert (told["goal_time_s"], told["distance_m"]) == (None, 21097.5)
    assert call(folder, "change", number, "--name", "Other", "--json") == 0
    told = json.loads(capsys.readouterr().out)["data"]
    assert (told["name"], told["distance_m"], told["temp_air_c"]) == ("Other", 21097.5, 24.0)
    assert call(folder, "remove", number) == 0
    assert f"uncramp race remove {number} --undo" in capsys.readouterr().out
    assert call(folder, "list") == 0
    assert "uncramp race add" in capsys.readouterr().out
    assert call(folder, "remove", number, "--undo") == 0
    assert call(folder, "show", "next") == 0
    assert "Other" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ("add", "x", "--day", "soon", "--distance", "half"),
        ("add", "x", "--day", "2030-04-18", "--distance", "far"),
        ("add", "x", "--day", "2030-04-18", "--distance", "half", "--goal", "fast"),
        ("add", "x", "--day", "2030-04-18", "--distance", "half", "--start", "25:00"),
        ("add", "x", "--day", "2030-04-18"),
        ("remove", "spring", "--undo"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_kept(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """Exit code 2 and a remedy."""
    assert call(folder, *words) == 2
    assert "Traceback" not in capsys.readouterr().err
    with context_in(folder) as context:
        assert list_races(context) == ()


def test_the_race_card_is_written(folder: Path, tmp_path: Path) -> None:
    """Every file, with no plan yet; a runner without runs gets no pace."""
    with context_in(folder, now=datetime.now(UTC)) as context:
        add_race(context, replace(ASKED, day=datetime.now(UTC).date() + timedelta(days=30)))
    assert call(folder, "card", "next", "--to", str(tmp_path / "out")) == 0
    names = sorted(one.name for one in (tmp_path / "out").iterdir())
    assert names == ["coach.html", "race-card.html", "race-pack.html", "race.fit", "race.ics"]
