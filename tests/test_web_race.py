"""My race without a script: the form, the gaps, the pace, the calendar, and what holds it back."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from uncramp.actions.context import Context
from uncramp.actions.preferences import change_profile, conditions, note_conditions
from uncramp.cli import main
from uncramp.vocabulary import Sex, UserProfile
from uncramp.wording.quantities import Units
from uncramp.wording.race_forms import race_unit_names, typed_from_race, typed_race
from web_support import NOW, Answered, client, demo_store, words_of

PROFILE = UserProfile(sex=Sex.FEMALE, age_y=38, height_cm=168, body_mass_kg=61)
RACE_DAY: Final = date(2026, 12, 13)
GOOD: Final = {
    "name": "Synthetic city marathon",
    "day": RACE_DAY.isoformat(),
    "start": "09:30",
    "length": "marathon",
    "hours": "3",
    "minutes": "20",
    "degrees": "12",
    "humidity": "60",
}
WEEK: Final = {"days": ["tue", "thu", "sat", "sun"]}
METRES_NORTH: Final = 111_195.0
"""One degree of latitude."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The synthetic runner's store, for this test alone."""
    made = demo_store(tmp_path / "data")
    with Context(data_dir=made, now=NOW) as context:
        change_profile(context, PROFILE)
    return made


def added(browser: TestClient, **changes: str) -> str:
    """The address of a race that was just kept."""
    answer = browser.post("/r/me/race/add", data={**GOOD, **changes})
    assert answer.status_code == 200, words_of(answer)
    return str(answer.url.path)


def course(n_points: int = 200, step_m: float = 100.0) -> bytes:
    """A synthetic way straight north, up to the middle and down again."""
    points = [
        f'<trkpt lat="{48 + step_m * one / METRES_NORTH:.7f}" lon="11.0">'
        f"<ele>{500 + min(one, n_points - one):.1f}</ele></trkpt>"
        for one in range(n_points + 1)
    ]
    track = f"<trk><trkseg>{''.join(points)}</trkseg></trk>"
    head = '<?xml version="1.0"?><gpx version="1.1" creator="made up" '
    return f'{head}xmlns="http://www.topografix.com/GPX/1/1">{track}</gpx>'.encode()


# ---------------------------------------------------------------- the form


def test_before_the_first_race_it_says_what_there_is_to_get(browser: TestClient) -> None:
    """One button, and nothing that is guessed."""
    answer = browser.get("/r/me/race")
    assert answer.status_code == 200
    assert 'href="/r/me/race/add"' in answer.text
    assert "<figure" not in answer.text


def test_everything_wrong_is_said_at_once_and_nothing_is_lost(browser: TestClient) -> None:
    """Beside the field and in the summary, with what was typed still there."""
    wrong = {"name": "Spring race", "day": "", "length": "other", "start": "nine", "hours": "abc"}
    answer = browser.post("/r/me/race/add", data=wrong)
    assert answer.status_code == 422
    for field in ("day", "start", "distance", "hours"):
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}-error"' in answer.text
    assert 'value="Spring race"' in answer.text
    assert 'value="abc"' in answer.text
    assert 'value="other" checked' in answer.text
    assert 'href="/r/me/race/add"' in browser.get("/r/me/race").text


def test_a_length_has_to_be_chosen(browser: TestClient) -> None:
    """None is taken for granted, and a course that was not sent says no length."""
    without = browser.post("/r/me/race/add", data={"day": RACE_DAY.isoformat()})
    assert 'id="length-error"' in without.text
    no_file = browser.post("/r/me/race/add", data={**GOOD, "length": "course"})
    assert no_file.status_code == 422
    assert 'id="course-error"' in no_file.text


def test_a_course_says_how_long_and_how_hilly_it_is(browser: TestClient) -> None:
    """The file comes with the form; the page shows its length and its hills."""
    answer = browser.post(
        "/r/me/race/add",
        data={**GOOD, "length": "course"},
        files={"course": ("synthetic.gpx", course(), "application/gpx+xml")},
    )
    words = words_of(answer)
    assert answer.status_code == 200
    assert "20.0 km" in words
    assert re.search(r"\d+ m up, \d+ m down", words)
    form = browser.get(f"{answer.url.path}/change").text
    assert 'value="course" checked' in form


def test_a_file_that_is_no_course_is_refused_beside_its_field(browser: TestClient) -> None:
    """In words; nothing is kept."""
    answer = browser.post(
        "/r/me/race/add",
        data={**GOOD, "length": "course"},
        files={"course": ("holiday.gpx", b"not a course", "application/gpx+xml")},
    )
    assert answer.status_code == 422
    assert 'id="course-error"' in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(("mb", "status"), [(3, 200), (9, 413)])
def test_a_course_may_be_large_but_not_endless(mb: int, status: int, browser: TestClient) -> None:
    """More than a page sends otherwise, and a page says so when it is too much."""
    file = course().replace(b"<trk>", b"<!--" + b"x" * (mb * 1_000_000) + b"--><trk>")
    answer = browser.post(
        "/r/me/race/add",
        data={**GOOD, "length": "course"},
        files={"course": ("synthetic.gpx", file, "application/gpx+xml")},
    )
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("units", "given", "metres"), [("metric", "33,5", 33_500), ("imperial", "20", 32_186.88)]
)
def test_what_is_typed_is_read_in_the_units_of_the_reader(
    units: Units, given: str, metres: float
) -> None:
    """Also feet and degrees; left out is not 0, and a comma is a point."""
    typed = {
        "day": "2026-12-13",
        "length": "other",
        "distance": given,
        "up": "100",
        "degrees": "50",
    }
    found, errors = typed_race(typed, has_course=False, units=units)
    assert not errors
    assert found.distance_m == pytest.approx(metres)
    assert found.ascent_m == pytest.approx(100 if units == "metric" else 30.48)
    assert found.temp_air_c == pytest.approx(50 if units == "metric" else 10)
    assert (found.goal_time_s, found.descent_m, found.start) == (None, None, None)
    assert race_unit_names(units)["length"] == ("km" if units == "metric" else "mi")


def test_a_goal_is_hours_minutes_and_seconds() -> None:
    """Nothing to guess between 3:45 and 3 min 45 s; nothing at all is to finish well."""
    typed = {"day": "2026-12-13", "length": "ten", "hours": "0", "minutes": "45", "seconds": "30"}
    found, errors = typed_race(typed, has_course=False, units="metric")
    assert (found.goal_time_s, found.distance_m, errors) == (2730, 10_000, {})
    _, errors = typed_race({**typed, "minutes": "0", "seconds": ""}, has_course=False,
                           units="metric")  # fmt: skip
    assert [*errors] == ["hours"]


def test_changing_shows_what_is_kept_and_keeps_what_is_shown(browser: TestClient) -> None:
    """The form comes back filled, and sending it as it is changes nothing."""
    address = added(browser)
    form = browser.get(f"{address}/change").text
    for kept in ("Synthetic city marathon", "2026-12-13", "09:30", "3", "20", "12", "60"):
        assert f'value="{kept}"' in form
    assert 'value="marathon" id="length" checked' in form
    answer = browser.post(f"{address}/change", data={**GOOD, "hours": "", "minutes": ""})
    assert "Changed." in words_of(answer)
    assert "to finish well" in words_of(answer)


def test_a_race_goes_and_comes_back(browser: TestClient) -> None:
    """By one button, without asking twice."""
    address = added(browser)
    gone = browser.post(f"{address}/remove")
    assert "Taken out." in words_of(gone)
    assert browser.get(address).status_code == 404
    number = address.rpartition("/")[2]
    back = browser.post("/r/me/race/undo", data={"race": number})
    assert "Back again." in words_of(back)
    assert browser.get(address).status_code == 200


def test_the_form_of_an_old_race_is_complete() -> None:
    """Every field of the form is filled from what is kept, or empty."""
    from uncramp.vocabulary import PlannedRace

    race = PlannedRace(day=RACE_DAY, distance_m=42195, goal_time_s=13_530, ascent_m=300)
    shown = typed_from_race(race, units="imperial")
    assert (shown["hours"], shown["minutes"], shown["seconds"]) == ("3", "45", "30")
    assert (shown["length"], shown["up"], shown["down"]) == ("marathon", "984", "")


# ---------------------------------------------------------------- the gaps and the pace


def test_the_page_of_a_race(browser: TestClient) -> None:
    """What it asks, how to pace it, where to be when, and each gap with its reason."""
    answer = browser.get(added(browser))
    words = words_of(answer)
    assert "Sun 13 Dec 2026" in words
    assert "in 68 days" in words
    assert "goal 3:20:00" in words
    assert answer.text.count('class="pic ') >= 1
    for gap in ("pace", "spike", "intensity", "volume", "durability", "descent", "heat"):
        assert f'<details id="gap_{gap}">' in answer.text
    rows = re.findall(r'<tr><th scope="row">(\d+\.\d) km</th>', answer.text)
    assert rows[:9] == ["5.0", "10.0", "15.0", "20.0", "25.0", "30.0", "35.0", "40.0", "42.2"]
    assert re.search(r"not faster than \d:\d\d", words)
    assert re.search(r'href="/r/me/runs/\d+"', answer.text)


def test_the_pace_plan_never_goes_by_the_goal_alone(browser: TestClient) -> None:
    """A goal that no model sees is told, and the splits end later."""
    answer = browser.get(added(browser, hours="2", minutes="10"))
    words = words_of(answer)
    assert "Your goal is faster than every model says." in words
    finish = re.search(r"42\.2 km (\d):(\d\d):\d\d", words)
    assert finish is not None
    assert int(finish[1]) * 60 + int(finish[2]) > 150


def test_the_next_race_is_shown_first(browser: TestClient) -> None:
    """The one that comes soonest; the other is one tap away."""
    later = added(browser, name="Spring race", day="2027-04-11")
    added(browser)
    answer = browser.get("/r/me/race")
    assert "<h1>Synthetic city marathon</h1>" in answer.text
    assert f'href="{later}">Spring race</a>' in answer.text


def test_a_race_that_is_over_has_no_training(browser: TestClient) -> None:
    """It can be looked at, and what comes next is offered."""
    address = added(browser, day="2026-10-04")
    assert "/training" not in browser.get(address).text
    assert f'href="{address}"' in browser.get("/r/me/race").text


@pytest.mark.parametrize("path", ["99", "99/change", "99/training", "99/training/x", "99/files/x"])
def test_a_race_that_is_not_there(path: str, browser: TestClient) -> None:
    """A page that says so."""
    assert browser.get(f"/r/me/race/{path}").status_code == 404


# ---------------------------------------------------------------- safety first


def test_an_open_stop_is_all_that_speaks(browser: TestClient, context: Context) -> None:
    """No pace, no picture, no plan, on any page of the race."""
    address = added(browser)
    context.store.open_flag(context.stored_runner(), kind="stop", flag_id="cardiac", at=NOW)
    for page in (address, f"{address}/training"):
        answer = browser.get(page)
        assert 'class="care emergency_now"' in answer.text, page
        for never in ("<figure", "not faster than", "<form", "Split times"):
            assert never not in answer.text.partition("<main")[2], (page, never)


def test_a_lock_on_training_holds_back_pace_and_plan(browser: TestClient, context: Context) -> None:
    """The gaps are still told; why the rest is not stands above them."""
    address = added(browser)
    locked = [one.id for one in conditions() if "sickle_trait" in one.locks]
    assert locked
    note_conditions(context, locked)
    answer = browser.get(address)
    assert "See a clinician first" in words_of(answer)
    assert "not faster than" not in words_of(answer)
    assert "<figure" in answer.text
    refused = browser.post(f"{address}/training", data=WEEK)
    assert 'class="week' not in refused.text


def test_a_plan_is_held_back_when_a_lock_opens_later(browser: TestClient, context: Context) -> None:
    """Neither calendar nor session nor file; it is all there again when the lock is cleared."""
    address = added(browser)
    link, _ = sessions(answered(browser, address))[0]
    context.store.open_flag(context.stored_runner(), kind="lock", flag_id="sickle_trait", at=NOW)
    assert not sessions(browser.get(f"{address}/training"))
    assert not sessions(browser.get(address))
    assert "What to do" not in words_of(browser.get(link))
    assert browser.get(f"{address}/files/training.ics").status_code >= 400


# ---------------------------------------------------------------- the training


def answered(browser: TestClient, address: str, **more: Any) -> Any:
    """A plan: the health questions are answered with nothing to report, when they are asked."""
    page = browser.post(f"{address}/training", data={**WEEK, **more})
    names = dict.fromkeys(re.findall(r'type="(?:radio|checkbox)" name="(\w+)"', page.text))
    known = (*WEEK, "strength_days", "cramped_muscles", "recently_injured", "more_recovery",
             "walking_hurts")  # fmt: skip
    asked = {name: "none" for name in names if name not in known}
    return browser.post(f"{address}/training", data={**WEEK, **asked, **more}) if asked else page


def sessions(page: Answered) -> list[tuple[str, str]]:
    """Address and words of every session in the calendar."""
    rows = re.findall(r'<li class="session [^"]*"><a href="([^"]+)">(.*?)</a>', page.text,
                      flags=re.DOTALL)  # fmt: skip
    return [(link, " ".join(re.sub(r"<[^>]+>", " ", row).split())) for link, row in rows]


def test_two_days_at_least(browser: TestClient) -> None:
    """Said beside the days, and what was chosen is still chosen."""
    address = added(browser)
    answer = browser.post(f"{address}/training", data={"days": ["tue"]})
    assert answer.status_code == 422
    assert 'id="days-error"' in answer.text
    assert 'name="days" value="tue" checked' in answer.text


def test_nothing_is_planned_before_the_health_questions(browser: TestClient) -> None:
    """They are asked on the same page, with what was wished for kept."""
    address = added(browser)
    page = browser.post(f"{address}/training", data=WEEK)
    assert not sessions(page)
    assert 'id="screen"' in page.text
    assert 'name="days" value="tue" checked' in page.text


def test_the_calendar_week_by_week(browser: TestClient) -> None:
    """Up to race day; each session leads to what to do and why."""
    address = added(browser)
    page = answered(browser, address)
    rows = sessions(page)
    assert len(rows) > 20
    assert "You cramped less than 72 hours ago. Up to Thu 8 Oct" in words_of(page)
    assert page.text.count('<details class="week') == 10
    assert rows[-1][1].startswith("Sun 13 Dec Race")
    link = next(link for link, row in rows if "Long run" in row or "Rehearsal" in row)
    one = browser.get(link)
    words = words_of(one)
    assert one.status_code == 200
    assert "What to do" in words
    assert "Evidence:" in words
    assert re.search(r'href="/r/me/evidence/claims/G\d+"', one.text)
    race = browser.get(address)
    assert len(sessions(race)) == 4
    assert "Open the training plan" in words_of(race)


def test_a_session_is_ticked_off_and_that_is_taken_back(browser: TestClient) -> None:
    """The calendar shows what became of it."""
    address = added(browser)
    link, _ = sessions(answered(browser, address))[0]
    assert "Noted as done." in words_of(browser.post(f"{link}/state", data={"state": "done"}))
    assert '<span class="tag">done</span>' in browser.get(link).text
    browser.post(f"{link}/state", data={"state": "to_come"})
    assert '<span class="tag">done</span>' not in browser.get(link).text


def test_a_session_is_moved_and_what_changed_is_said(browser: TestClient) -> None:
    """The plan is made anew around it; no word of a day that cannot be read."""
    address = added(browser)
    rows = sessions(answered(browser, address))
    link = next(link for link, row in rows if row.startswith("Sat 17 Oct") and "run" in row)
    wrong = browser.post(f"{link}/move", data={"to": "soon"})
    assert wrong.status_code == 422
    assert 'id="to-error"' in wrong.text
    moved = browser.post(f"{link}/move", data={"to": "2026-10-16"})
    words = words_of(moved)
    assert moved.status_code == 200, words
    assert "What changed" in words
    assert re.search(r"Fri 16 Oct, was Sat 17 Oct", words)
    assert any(row.startswith("Fri 16 Oct") for _, row in sessions(moved))


def test_every_file_is_there_to_take(browser: TestClient) -> None:
    """Each is attached with a name of its own, and is not empty."""
    address = added(browser)
    page = answered(browser, address)
    files = re.findall(rf'href="({address}/files/[^"]+)"', page.text)
    assert len(files) == 5
    for file in files:
        answer = browser.get(file)
        assert answer.status_code == 200, file
        assert answer.headers["content-disposition"].startswith("attachment"), file
        assert answer.content, file
    assert browser.get(f"{address}/files/other.exe").status_code == 404


def test_a_race_this_week_is_answered_too(browser: TestClient) -> None:
    """Most people come in the last days: what can still change."""
    day = (NOW.date() + timedelta(days=5)).isoformat()
    address = added(browser, day=day)
    page = answered(browser, address)
    assert sessions(page)[-1][1].startswith("Sun 11 Oct Race")


def test_a_danger_sign_in_the_health_questions_stops_everything(browser: TestClient) -> None:
    """It is opened as everywhere: the card speaks here, and on Home."""
    address = added(browser)
    page = answered(browser, address, danger_body="chest_pain")
    assert not sessions(page)
    assert 'class="care emergency_now"' in page.text
    assert 'class="care emergency_now"' in browser.get("/r/me").text


# ---------------------------------------------------------------- the same as elsewhere


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("races", ("race", "list")),
        ("races/1", ("race", "show", "1")),
        ("races/1/gap", ("gap", "1")),
        ("races/1/gap?units=imperial", ("gap", "1", "--units", "imperial")),
    ],
)
def test_the_api_says_what_the_command_says(
    path: str, command: tuple[str, ...], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole envelope, of the same store at the same moment."""
    with client(folder, clock=lambda: datetime.now(UTC).astimezone()) as browser:
        added(browser)
        said = browser.get(f"/api/runners/me/{path}").json()
    capsys.readouterr()
    main([*command, "--json", "--data-dir", str(folder)])
    assert said == json.loads(capsys.readouterr().out)


def test_the_api_plans_and_keeps(browser: TestClient) -> None:
    """From a race to a plan that the pages show; what is moved is moved for both."""
    api = "/api/runners/me/races"
    race = {"name": "By a program", "day": RACE_DAY.isoformat(), "distance_m": 42_195}
    made = browser.post(api, json=race)
    assert made.status_code == 201
    number = made.json()["data"]["race"]
    first = browser.post(f"{api}/{number}/train", json={"days": WEEK["days"]}).json()["data"]
    assert (first["status"], first["sessions"]) == ("refused", [])
    answers = {name: ["none"] for name in first["unanswered"]}
    wishes = {"days": WEEK["days"], "answers": answers}
    plan = browser.post(f"{api}/{number}/train", json=wishes).json()["data"]
    assert plan["status"] == "planned"
    shown = sessions(browser.get(f"/r/me/race/{number}/training"))
    assert len(shown) == len(plan["sessions"])
    day = next(one["date"] for one in plan["sessions"] if one["date"] == "2026-10-17")
    moves = {"moves": [{"day": day, "to": "2026-10-16"}]}
    moved = browser.post(f"{api}/{number}/train/update", json=moves).json()["data"]
    assert "2026-10-16" in {one["date"] for one in moved["sessions"]}
    none = browser.post(f"{api}/{number + 50}/train/update", json={})
    assert (none.status_code, none.json()["error"]["code"]) == (404, "unknown_race")


def test_the_api_changes_removes_and_restores(browser: TestClient) -> None:
    """Everything told anew, but the course stays; what is out of range is refused."""
    api = "/api/runners/me/races"
    race = {"day": RACE_DAY.isoformat(), "course": course().decode()}
    number = browser.post(api, json=race).json()["data"]["race"]
    changed = browser.put(f"{api}/{number}", json={"day": "2026-12-20", "goal_time_s": 7200})
    data = changed.json()["data"]
    assert (data["day"], data["has_course"]) == ("2026-12-20", True)
    assert data["distance_m"] == pytest.approx(20_000, rel=0.01)
    assert browser.put(f"{api}/{number}", json={"day": "2026-12-20", "goal_time_s": 1}).is_error
    browser.delete(f"{api}/{number}")
    assert browser.get(f"{api}/{number}").status_code == 404
    browser.post(f"{api}/{number}/restore")
    assert browser.get(f"{api}/{number}").json()["data"] == data
