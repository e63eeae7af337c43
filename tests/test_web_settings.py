"""Settings in the browser: people, units, what holds advice back, and keeping data safe."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from import_support import short_fit
from outbound_support import Heard, Said, only_this_machine, patience, stub_service
from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from uncramp.actions.preferences import conditions, watched_folders
from uncramp.outbound.intervals import Intervals
from uncramp.store.names import DATABASE_FILE
from uncramp.vocabulary import Sex, UserProfile
from uncramp.web.jobs import jobs_for
from uncramp.web.pages import keeping
from web_support import NOW, client, demo_store

SETTINGS: Final = "/r/me/settings"
KEY: Final = "1s3cr3tk3yofnobody9"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test gets beyond this machine."""
    only_this_machine(monkeypatch)


@pytest.fixture
def browser(data_dir: Path) -> TestClient:
    """A browser on the synthetic runner's store."""
    return client(demo_store(data_dir))


def words(page: str) -> str:
    """What a page says, without its markup."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def fields(page: str) -> dict[str, str]:
    """What stands in the text fields of a page."""
    found = re.findall(r'<input type="text"[^>]*name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def over(browser: TestClient, address: str) -> str:
    """The page of a piece of work when it is over."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if browser.get(f"{address}/state").json()["is_over"]:
            return browser.get(address).text
        time.sleep(0.02)
    pytest.fail("it never ended")


def profile_of(data_dir: Path, runner: str = "me") -> UserProfile:
    """What is stored of a runner."""
    with Context(data_dir=data_dir, now=NOW, runner=runner) as context:
        return context.stored_runner().profile


def open_flags(data_dir: Path, runner: str = "me") -> list[str]:
    """Stops and locks that are open."""
    with Context(data_dir=data_dir, now=NOW, runner=runner) as context:
        return [flag.flag_id for flag in context.store.open_flags(context.stored_runner())]


# ---------------------------------------------------------------- the page


def test_every_part_is_there(browser: TestClient) -> None:
    """With a list of its parts on top; each place a list leads to exists."""
    page = browser.get(SETTINGS).text
    assert '<nav class="jump"' in page
    for part in re.findall(r'<li><a href="#(\w+)">', page):
        assert f'id="{part}"' in page
    said = words(page)
    for one in ("55 runs", "You are here", "Nothing is held back.", "Off: nothing is sent.",
                "Make a backup now", "Check everything", "Apache-2.0"):  # fmt: skip
        assert one in said
    from uncramp.evidence import EVIDENCE_VERSION

    assert EVIDENCE_VERSION in said


def test_looking_makes_nothing(data_dir: Path) -> None:
    """Before anything is stored the page shows what can be set, and leaves no trace."""
    page = client(data_dir).get(SETTINGS)
    assert page.status_code == 200
    assert "Nobody yet." in words(page.text)
    assert not data_dir.exists()


# ---------------------------------------------------------------- people and units


def test_a_runner_is_added(browser: TestClient) -> None:
    """And the page is theirs at once; everybody is in the list."""
    answer = browser.post(f"{SETTINGS}/runners", data={"name": " Anna-Lena 2 "})
    assert answer.url.path == "/r/Anna-Lena 2"
    page = words(browser.get("/r/Anna-Lena%202/settings").text)
    assert "Anna-Lena 2" in page
    assert "55 runs" in page


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("me", "There is a runner called me already."),
        ("", "This name cannot be used for a runner."),
        ("ann@example.org", "This name cannot be used for a runner."),
        ('"><b>', "This name cannot be used for a runner."),
    ],
)
def test_a_wrong_name_is_said_beside_the_field(browser: TestClient, name: str, said: str) -> None:
    """In the summary and at the field; what was typed stays, as text."""
    answer = browser.post(f"{SETTINGS}/runners", data={"name": name})
    assert answer.status_code == 422
    assert answer.text.count(said) == 2
    assert fields(answer.text)["name"] == name
    assert "<b>" not in answer.text


def test_units_are_kept_by_the_browser(browser: TestClient) -> None:
    """A cookie that no script reads and no other site sends; nonsense changes nothing."""
    answer = browser.post(f"{SETTINGS}/units", data={"units": "imperial"}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert "uncramp-units=imperial" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Miles, pounds" in words(browser.get(SETTINGS).text)
    assert 'name="pounds"' in browser.get(SETTINGS).text
    nonsense = browser.post(f"{SETTINGS}/units", data={"units": "cubits"}, follow_redirects=False)
    assert "set-cookie" not in nonsense.headers


# ---------------------------------------------------------------- the profile


def test_the_profile_is_kept(browser: TestClient, data_dir: Path) -> None:
    """As it was typed, a comma as good as a point; empty again is unknown again."""
    form = {"sex": "female", "age_y": "38", "height_cm": "168", "body_mass_kg": "61,5"}
    page = browser.post(f"{SETTINGS}/profile", data=form)
    assert "Saved." in words(page.text)
    kept = UserProfile(sex=Sex.FEMALE, age_y=38, height_cm=168, body_mass_kg=61.5)
    assert profile_of(data_dir) == kept
    assert fields(page.text)["body_mass_kg"] == "61.5"
    assert "As you said on 2026-10-06." in words(page.text)
    browser.post(f"{SETTINGS}/profile", data={})
    assert profile_of(data_dir) == UserProfile()


def test_wrong_numbers_are_said_beside_their_fields(browser: TestClient, data_dir: Path) -> None:
    """Each in words that help; what was typed stays, and nothing is kept."""
    form = {"age_y": "abc", "height_cm": "16", "body_mass_kg": "6100", "sex": "male"}
    answer = browser.post(f"{SETTINGS}/profile", data=form)
    assert answer.status_code == 422
    said = words(answer.text)
    assert said.count("Age in years: type a number, or leave it out.") == 2
    assert said.count("Height in cm: a number from 80 to 250, or leave it out.") == 2
    assert said.count("Weight in kg: a number from 20 to 250, or leave it out.") == 2
    kept = {name: value for name, value in fields(answer.text).items() if name in form}
    assert kept == {"age_y": "abc", "height_cm": "16", "body_mass_kg": "6100"}
    assert 'aria-describedby="age_y-error"' in answer.text
    assert 'href="#age_y"' in answer.text
    assert profile_of(data_dir) == UserProfile()


@pytest.mark.parametrize("typed", ["nan", "inf", "-inf", "1e400"])
def test_no_number_is_no_number(browser: TestClient, data_dir: Path, typed: str) -> None:
    """What only a computer calls a number is not kept."""
    assert browser.post(f"{SETTINGS}/profile", data={"age_y": typed}).status_code == 422
    assert profile_of(data_dir) == UserProfile()


def test_feet_and_pounds(browser: TestClient, data_dir: Path) -> None:
    """Typed in imperial, kept in SI, shown again as typed; saving again changes nothing."""
    browser.cookies.set("uncramp-units", "imperial")
    form = {"age_y": "40", "feet": "5", "inches": "6", "pounds": "150"}
    page = browser.post(f"{SETTINGS}/profile", data=form).text
    kept = profile_of(data_dir)
    assert kept.height_cm == pytest.approx(167.64)
    assert kept.body_mass_kg == pytest.approx(68.0389, abs=1e-4)
    shown = {name: value for name, value in fields(page).items() if name in form}
    assert shown == form
    wrong = browser.post(f"{SETTINGS}/profile", data={"pounds": "10", "feet": "1"})
    assert "Weight in pounds: a number from 44 to 551" in words(wrong.text)
    assert "Height: a number from 3 to 8" in words(wrong.text)


def test_what_was_kept_in_kilograms_stays_exact(browser: TestClient, data_dir: Path) -> None:
    """Looked at in pounds and saved again, it is not rounded away."""
    browser.post(f"{SETTINGS}/profile", data={"height_cm": "168.3", "body_mass_kg": "61.3"})
    browser.cookies.set("uncramp-units", "imperial")
    shown = fields(browser.get(SETTINGS).text)
    form = {name: shown[name] for name in ("feet", "inches", "pounds")}
    browser.post(f"{SETTINGS}/profile", data={**form, "age_y": "50"})
    kept = profile_of(data_dir)
    assert (kept.height_cm, kept.body_mass_kg, kept.age_y) == (168.3, 61.3, 50.0)


def test_what_the_watch_knows_is_offered(browser: TestClient, data_dir: Path) -> None:
    """Never taken by itself; one tap takes it, and it is not offered again."""
    page = browser.get(SETTINGS).text
    assert "Your watch says: female, 38 years, 168 cm, 61 kg." in words(page)
    assert profile_of(data_dir) == UserProfile()
    page = browser.post(f"{SETTINGS}/profile/watch").text
    kept = UserProfile(sex=Sex.FEMALE, age_y=38, height_cm=168, body_mass_kg=61)
    assert profile_of(data_dir) == kept
    assert "Your watch says" not in page


def test_a_young_age_holds_advice_back_for_good(browser: TestClient, data_dir: Path) -> None:
    """An older age typed later closes nothing: only a clinician's visit does."""
    page = browser.post(f"{SETTINGS}/profile", data={"age_y": "16"}).text
    assert "Because of the age some advice is held back now." in words(page)
    assert open_flags(data_dir) == ["minor"]
    browser.post(f"{SETTINGS}/profile", data={"age_y": "36"})
    assert open_flags(data_dir) == ["minor"]


# ---------------------------------------------------------------- what holds advice back


def test_every_condition_opens_its_locks_and_no_stop(data_dir: Path) -> None:
    """The whole list ticked: each lock once, with what it holds back; no stop among them."""
    browser = client(data_dir)
    browser.post("/r/me")
    every = [one.id for one in conditions()]
    assert {"health.kidney", "past.sickle_trait", "medicines.lithium"} <= set(every)
    assert "medicines.cramps_since_new_medicine" not in every
    page = browser.post(f"{SETTINGS}/conditions", data={"condition": every}).text
    wanted = {lock for one in conditions() for lock in one.locks}
    assert set(open_flags(data_dir)) == wanted
    assert words(page).count("No advice on:") == len(wanted)
    assert "Noted. What it holds back is listed below." in words(page)
    with Context(data_dir=data_dir, now=NOW) as context:
        assert {flag.kind for flag in context.store.flags(context.stored_runner())} == {"lock"}


def test_leaving_out_closes_nothing(browser: TestClient, data_dir: Path) -> None:
    """Ticking one more keeps the others; ticking one again changes nothing."""
    browser.post(f"{SETTINGS}/conditions", data={"condition": ["health.kidney"]})
    page = browser.post(f"{SETTINGS}/conditions", data={"condition": ["health.pregnant"]}).text
    assert open_flags(data_dir) == ["salt_contraindicated", "pregnancy"]
    assert "held back" in words(page)
    again = browser.post(f"{SETTINGS}/conditions", data={"condition": ["health.heart"]}).text
    assert "It was held back already." in words(again)
    assert open_flags(data_dir) == ["salt_contraindicated", "pregnancy"]


@pytest.mark.parametrize("chosen", [[], ["health.none"], ["x"], ["health.kidney", "x"]])
def test_nonsense_opens_nothing(browser: TestClient, data_dir: Path, chosen: list[str]) -> None:
    """A word beside the list, and not half of it."""
    answer = browser.post(f"{SETTINGS}/conditions", data={"condition": chosen})
    assert answer.status_code == 422
    assert 'href="#condition"' in answer.text
    assert open_flags(data_dir) == []


def test_a_lock_is_closed_by_a_dated_visit(browser: TestClient, data_dir: Path) -> None:
    """Listed with the day afterwards; asked for twice it is not there any more."""
    browser.post(f"{SETTINGS}/conditions", data={"condition": ["health.kidney"]})
    form = {"flag": "lock:salt_contraindicated", "day": "2026-09-30", "page": "settings"}
    page = browser.post(f"{SETTINGS}/clear", data=form)
    assert page.url.path == SETTINGS
    assert "Closed, with the day of the visit." in words(page.text)
    assert "A health problem that salt can upset: seen on 2026-09-30." in words(page.text)
    assert open_flags(data_dir) == []
    assert browser.post(f"{SETTINGS}/clear", data=form).status_code == 404


def test_a_lock_of_another_runner_stays(browser: TestClient, data_dir: Path) -> None:
    """Closing it under the wrong name is refused."""
    browser.post(f"{SETTINGS}/conditions", data={"condition": ["health.kidney"]})
    browser.post("/r/anna")
    form = {"flag": "lock:salt_contraindicated", "day": "2026-09-30"}
    assert browser.post("/r/anna/settings/clear", data=form).status_code == 404
    assert open_flags(data_dir) == ["salt_contraindicated"]


# ---------------------------------------------------------------- new files and weather


def test_a_watched_folder(
    browser: TestClient, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New files come in by themselves; it is remembered, and stopped with one button."""
    monkeypatch.setattr("uncramp.actions.watching.POLL_S", 0.02)
    folder = tmp_path / "watch folder"
    folder.mkdir()
    page = browser.post(f"{SETTINGS}/watch", data={"folder": str(folder)}).text
    assert f"Watching {folder}." in words(page)
    assert "Nothing new came in so far." in words(page)
    (folder / "new.fit").write_bytes(short_fit(3))
    until = time.monotonic() + 30
    while "1 came in" not in words(browser.get(SETTINGS).text) and time.monotonic() < until:
        time.sleep(0.05)
    assert "1 came in, the newest on 2026-10-06 18:30." in words(browser.get(SETTINGS).text)
    with client(data_dir) as later:
        assert f"Watching {folder}." in words(later.get(SETTINGS).text)
        assert "Stop watching" not in words(later.post(f"{SETTINGS}/watch/stop").text)
    browser.post(f"{SETTINGS}/watch/stop")
    with client(data_dir) as later:
        assert "Watching" not in words(later.get(SETTINGS).text)


def test_a_folder_that_is_none(browser: TestClient) -> None:
    """A word at the field; what was typed stays."""
    for folder in ("", "/no/such/place", "~nobody-of-this-name/x", "\x00"):
        answer = browser.post(f"{SETTINGS}/watch", data={"folder": folder})
        assert answer.status_code == 422, folder
        assert words(answer.text).count("There is no such folder. Check the path.") == 2
    assert jobs_for(browser.app).watcher("me") is None  # type: ignore[arg-type]


def test_a_folder_that_is_gone_is_told(browser: TestClient, data_dir: Path, tmp_path: Path) -> None:
    """After a restart the page says why nothing comes, and keeps the path to mend it."""
    folder = tmp_path / "gone"
    folder.mkdir()
    browser.post(f"{SETTINGS}/watch", data={"folder": str(folder)})
    browser.post("/r/me/add/path", data={"path": str(folder)})
    jobs_for(browser.app).stop_watching("me")  # type: ignore[arg-type]
    folder.rmdir()
    with client(data_dir) as later:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            page = later.get(SETTINGS).text
            if "There is no such folder." in words(page):
                break
            time.sleep(0.02)
        assert "There is no such folder." in words(page)
        assert f'value="{folder}"' in page


def test_the_folder_of_an_erased_runner_is_forgotten(data_dir: Path, tmp_path: Path) -> None:
    """Numbers of runners are given again; the folder of one never becomes the other's."""
    demo_store(data_dir)
    browser = client(data_dir)
    browser.post(f"{SETTINGS}/watch", data={"folder": str(tmp_path)})
    over(browser, browser.post(f"{SETTINGS}/erase", data={"name": "me"}).url.path)
    browser.post("/r/anna")
    with Context(data_dir=data_dir, now=NOW) as context:
        assert watched_folders(context) == {}
        assert context.store.setting("watch.folders") is None
        context.store.set_setting(
            "watch.folders",
            json.dumps([{"runner_id": 1, "added_at": "2020-01-01", "folder": str(tmp_path)}]),
        )
        assert watched_folders(context) == {}
        assert context.store.setting("watch.folders") is None
        context.store.set_setting("watch.folders", "{nonsense")
        assert watched_folders(context) == {}


def test_the_weather_switch(browser: TestClient) -> None:
    """Off until asked for; what is sent is said before; off again with one button."""
    page = words(browser.get(SETTINGS).text)
    assert "It sends where a run began, rounded to about 10 km, and the month." in page
    assert "Look up all missing weather now" not in page
    page = words(browser.post(f"{SETTINGS}/weather", data={"on": "1"}).text)
    assert "On: weather is looked up." in page
    assert "Look up all missing weather now" in page
    page = words(browser.post(f"{SETTINGS}/weather", data={"on": ""}).text)
    assert "Off: nothing is sent." in page


def test_all_missing_weather(browser: TestClient) -> None:
    """The synthetic runs have no places: nothing is asked, and the page says why."""
    off = over(browser, browser.post(f"{SETTINGS}/weather/fetch").url.path)
    assert "Looking up the weather is off." in words(off)
    browser.post(f"{SETTINGS}/weather", data={"on": "1"})
    page = words(over(browser, browser.post(f"{SETTINGS}/weather/fetch").url.path))
    assert "Weather came for 0 of 55 runs." in page
    assert "55: have no position; nothing can be asked" in page


# ---------------------------------------------------------------- intervals.icu


def service(heard: Heard) -> Said:
    """Two runs, one of which comes from Strava."""
    if heard.path.startswith("/athlete/"):
        day = "2025-09-01T09:00:00"
        listed = [
            {"id": "i1", "start_date_local": day, "type": "Run", "source": "GARMIN_CONNECT"},
            {"id": "i2", "start_date_local": day, "source": "STRAVA", "_note": "not available"},
        ]
        return Said(json.dumps(listed).encode())
    return Said(short_fit(7), kind="application/octet-stream")


def use_stub(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Let the action ask the stub."""
    made: Callable[..., Intervals] = partial(Intervals, base_url=url, patience=patience())
    monkeypatch.setattr("uncramp.actions.fetching.Intervals", made)


@pytest.mark.parametrize("how", ["pasted", "file"])
def test_fetching_with_a_key(
    browser: TestClient, data_dir: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Pasted or out of a file; the key is used once, and is in no file and on no page."""
    with stub_service(service) as stub:
        use_stub(monkeypatch, stub.url)
        if how == "pasted":
            answer = browser.post(f"{SETTINGS}/intervals", data={"key": f" {KEY} "})
        else:
            files = {"key_file": ("key.txt", f"{KEY}\n".encode(), "text/plain")}
            answer = browser.post(f"{SETTINGS}/intervals", data={"key": ""}, files=files)
        page = over(browser, answer.url.path)
        assert stub.heard[0].authorization is not None
    said = words(page)
    assert "2 activities listed: 1 fetched" in said
    assert "New: 1." in said
    assert "1 came from Strava" in said
    assert 'href="/r/me/diary"' in page
    assert KEY not in page
    for path in data_dir.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path.name


def test_a_key_that_can_be_none(browser: TestClient) -> None:
    """Said at the field, together with a day that is none; the key itself is not shown again."""
    form = {"key": "not a key", "since": "2026-02-31", "all_sports": "1"}
    answer = browser.post(f"{SETTINGS}/intervals", data=form)
    assert answer.status_code == 422
    said = words(answer.text)
    assert "The key cannot be read." in said
    assert "2026-02-31 is not a day in the calendar." in said
    assert "not a key" not in answer.text
    assert browser.post(f"{SETTINGS}/intervals", data={}).status_code == 422


# ---------------------------------------------------------------- backup and restore


def made_backup(browser: TestClient) -> str:
    """The name of a backup that was made now."""
    page = over(browser, browser.post(f"{SETTINGS}/backup").url.path)
    assert "Backup written:" in words(page)
    return str(re.findall(r"settings/backups/([^\"]+)", page)[0])


def test_a_backup_is_made_listed_and_downloaded(browser: TestClient, data_dir: Path) -> None:
    """One file with everything, sent as something to keep and not to show."""
    name = made_backup(browser)
    assert name in browser.get(SETTINGS).text
    answer = browser.get(f"{SETTINGS}/backups/{name}")
    assert answer.content == (data_dir / "backups" / name).read_bytes()
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    "name", ["..%2Funcramp.sqlite3", "uncramp.sqlite3", "%2Fetc%2Fpasswd", "nothing", "%2E%2E"]
)
def test_only_backups_are_handed_out(browser: TestClient, name: str) -> None:
    """No other file can be asked for, to download or to put back."""
    for method in ("GET", "POST"):
        answer = browser.request(method, f"{SETTINGS}/backups/{name}")
        assert answer.status_code in {404, 405}, (method, answer.text)
        assert b"SQLite" not in answer.content


def test_a_backup_is_put_back(browser: TestClient, data_dir: Path) -> None:
    """Round trip: what came after it is gone, and is itself kept in a backup of its own."""
    name = made_backup(browser)
    browser.post("/r/anna")
    page = over(browser, browser.post(f"{SETTINGS}/backups/{name}").url.path)
    assert "Put back:" in words(page)
    assert "Runners now: 1. Activities: 55." in words(page)
    before = re.findall(r"kept as (uncramp-[^ ,]+before-restore\.sqlite3)", words(page))[0]
    assert browser.get("/r/anna").status_code == 404
    over(browser, browser.post(f"{SETTINGS}/backups/{before}").url.path)
    assert browser.get("/r/anna").status_code == 200


def test_a_backup_is_put_back_from_a_file(browser: TestClient, data_dir: Path) -> None:
    """Sent by the browser; the copy is gone afterwards."""
    content = (data_dir / "backups" / made_backup(browser)).read_bytes()
    fresh_dir = data_dir.parent / "fresh"
    fresh = client(fresh_dir)
    files = {"backup_file": ("../my backup.sqlite3", content, "application/octet-stream")}
    page = over(fresh, fresh.post(f"{SETTINGS}/restore", files=files).url.path)
    assert "Put back: my backup.sqlite3" in words(page)
    assert "55 runs since 2026." in words(fresh.get("/r/me").text)
    assert list((fresh_dir / "uploads").iterdir()) == []


def test_what_is_no_backup_changes_nothing(browser: TestClient) -> None:
    """A page says so; another file of SQLite is none either; nothing chosen is said at once."""
    strange = io.BytesIO()
    with zipfile.ZipFile(strange, "w") as archive:
        archive.writestr("a", "b")
    for content in (b"Dear all", strange.getvalue()):
        files = {"backup_file": ("b.sqlite3", content, "application/octet-stream")}
        page = over(browser, browser.post(f"{SETTINGS}/restore", files=files).url.path)
        assert "This is no backup of uncramp." in words(page)
    none = browser.post(f"{SETTINGS}/restore", files={"backup_file": ("", b"", "text/plain")})
    assert none.status_code == 422
    assert "Choose a backup file first." in words(none.text)
    assert "55 runs since 2026." in words(browser.get("/r/me").text)


def test_open_stops_survive_a_restore(browser: TestClient, data_dir: Path) -> None:
    """No backup clears one."""
    name = made_backup(browser)
    browser.post(f"{SETTINGS}/conditions", data={"condition": ["health.kidney"]})
    page = over(browser, browser.post(f"{SETTINGS}/backups/{name}").url.path)
    assert "Stops and locks that were open stay open: 1." in words(page)
    assert open_flags(data_dir) == ["salt_contraindicated"]


# ---------------------------------------------------------------- export


def exported(browser: TestClient, **form: str) -> zipfile.ZipFile:
    """The export, as it is downloaded."""
    page = over(browser, browser.post(f"{SETTINGS}/export", data=form).url.path)
    assert "Your export is ready" in words(page), words(page)
    address = re.findall(r'href="(/r/me/jobs/\w+/file)"', page)[0]
    answer = browser.get(address)
    assert answer.headers["content-disposition"].startswith("attachment")
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_an_export_is_made_and_downloaded(browser: TestClient) -> None:
    """Whole: runs, originals, marks, one runner's."""
    with exported(browser) as archive:
        names = archive.namelist()
        about = json.loads(archive.read("export.json"))
    assert about["runners"] == [{"name": "me", "folder": "runners/1", "activities": 55}]
    assert sum("/originals/" in name for name in names) == 55


def test_an_export_to_hand_on(browser: TestClient) -> None:
    """Without places: no originals, and it says so."""
    with exported(browser, how="no_places") as archive:
        assert not any("/originals/" in name for name in archive.namelist())
        assert json.loads(archive.read("export.json"))["without_places"] is True
    with exported(browser, how="trimmed", radius="500m") as archive:
        assert json.loads(archive.read("export.json"))["trim_home_m"] == 500.0


def test_an_export_of_everybody(browser: TestClient) -> None:
    """Only offered where there are several."""
    assert 'name="everybody"' not in browser.get(SETTINGS).text
    browser.post("/r/anna")
    assert 'name="everybody"' in browser.get(SETTINGS).text
    with exported(browser, everybody="1") as archive:
        names = [one["name"] for one in json.loads(archive.read("export.json"))["runners"]]
    assert names == ["anna", "me"]


def test_a_wrong_radius_is_said_beside_the_field(browser: TestClient, data_dir: Path) -> None:
    """What was typed and chosen stays; nothing is written."""
    answer = browser.post(f"{SETTINGS}/export", data={"how": "trimmed", "radius": "3 parsec"})
    assert answer.status_code == 422
    assert words(answer.text).count("This distance cannot be used.") == 2
    assert fields(answer.text)["radius"] == "3 parsec"
    assert re.search(r'value="trimmed" checked', answer.text)
    assert not (data_dir / "uploads").exists()


def test_only_the_last_exports_are_kept(browser: TestClient, data_dir: Path) -> None:
    """Older files go by themselves, and all of them with the server."""
    addresses = [browser.post(f"{SETTINGS}/export").url.path for _ in range(6)]
    for address in addresses[3:]:
        assert "Download" in words(over(browser, address))
    assert browser.get(f"{addresses[0]}/file").status_code == 404
    assert len(list((data_dir / "uploads").iterdir())) <= 5
    jobs_for(browser.app).close()  # type: ignore[arg-type]
    assert list((data_dir / "uploads").iterdir()) == []


def test_an_export_is_nobody_elses(browser: TestClient) -> None:
    """Its address under another runner is no page."""
    address = browser.post(f"{SETTINGS}/export").url.path
    over(browser, address)
    other = address.replace("/me/", "/anna/")
    assert browser.get(other).status_code == 404
    assert browser.get(f"{other}/file").status_code == 404


# ---------------------------------------------------------------- erase


def test_erasing_asks_for_the_name(browser: TestClient, data_dir: Path) -> None:
    """Says what will be gone; the wrong name erases nothing."""
    page = browser.get(f"{SETTINGS}/erase").text
    assert "55 activities, with 55 original files" in words(page)
    for name in ("", "ME", "anna"):
        answer = browser.post(f"{SETTINGS}/erase", data={"name": name})
        assert answer.status_code == 422
        assert "This is not the name. Nothing was erased." in words(answer.text)
    assert "55 runs since 2026." in words(browser.get("/r/me").text)


def test_a_runner_is_erased(browser: TestClient, data_dir: Path) -> None:
    """From the store and from the memory of the server; others stay."""
    browser.post("/r/anna")
    kept = browser.post("/r/me/add", files=[("files", ("x.fit", short_fit(1), "x/y"))]).url.path
    over(browser, kept)
    address = browser.post(f"{SETTINGS}/erase", data={"name": "me"}).url.path
    page = words(over(browser, address))
    assert "The runner me is erased" in page
    assert browser.get("/r/me").status_code == 404
    assert browser.get("/r/anna").status_code == 200
    assert browser.get(kept).status_code == 404
    with sqlite3.connect(data_dir / DATABASE_FILE) as database:
        assert database.execute("SELECT count(*) FROM activity").fetchone() == (0,)
    database.close()


def test_erasing_waits_until_nothing_else_goes_on(
    browser: TestClient, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that an import under way does not bring the runner back; a restore waits too."""
    import threading

    name = made_backup(browser)
    gate = threading.Event()

    def wait(*_: Any) -> None:
        gate.wait(30)

    monkeypatch.setattr(keeping, "checked", wait)
    try:
        address = browser.post(f"{SETTINGS}/check").url.path
        for path in (f"{SETTINGS}/erase", f"{SETTINGS}/backups/{name}"):
            answer = browser.post(path, data={"name": "me"})
            assert answer.status_code == 422
            assert "Other work is going on." in words(answer.text)
        files = {"backup_file": ("b", b"x", "text/plain")}
        refused = browser.post(f"{SETTINGS}/restore", files=files)
        assert "Other work is going on." in words(refused.text)
        assert "Looking at everything" in words(browser.get("/r/me").text)
    finally:
        gate.set()
    over(browser, address)
    assert "55 runs since 2026." in words(browser.get("/r/me").text)


# ---------------------------------------------------------------- check-up


def test_the_check_up(browser: TestClient, data_dir: Path) -> None:
    """Every look in words, what must be mended first."""
    page = over(browser, browser.post(f"{SETTINGS}/check").url.path)
    said = words(page)
    assert "The database is sound. Runners: 1. Activities: 55." in said
    assert "There is no backup in backups." in said
    assert page.index('class="warn"') < page.index('class="ok"')
    if os.name == "posix":
        (data_dir / DATABASE_FILE).chmod(0o644)
        assert "Others may read" in words(over(browser, browser.post(f"{SETTINGS}/check").url.path))


def test_a_stale_profile_is_asked_about(data_dir: Path) -> None:
    """The day on which it was said stands above it."""
    browser = client(demo_store(data_dir))
    browser.post(f"{SETTINGS}/profile", data={"age_y": "38"})
    later = client(data_dir, clock=lambda: NOW + timedelta(days=800))
    assert "As you said on 2026-10-06. Still right?" in words(later.get(SETTINGS).text)


def test_an_import_beside_is_not_lost_by_a_backup(data_dir: Path, tmp_path: Path) -> None:
    """Somebody imports on the command line while the server makes a backup."""
    browser = client(demo_store(data_dir))
    (tmp_path / "a.fit").write_bytes(short_fit(1))
    with Context(data_dir=data_dir, now=NOW) as context:
        import_paths(context, [tmp_path / "a.fit"])
    assert "Activities: 56." in words(over(browser, browser.post(f"{SETTINGS}/backup").url.path))
