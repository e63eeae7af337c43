"""The API: the same answers as the command line, the same store, a refusal for what is odd."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

import web_support
from safekeeping_support import contents
from uncramp.actions.context import Context
from uncramp.actions.uploading import ROOMS
from uncramp.cli import main
from uncramp.demo import CASE
from uncramp.demo_runs import fit_bytes, outings
from uncramp.errors import OutboundError
from uncramp.outbound import asking
from uncramp.store.store import Store
from uncramp.wording.catalogue import error_text
from web_support import NOW, ORIGIN, TOKEN, client, demo_store, settings_for, stranger

ME: Final = "/api/runners/me"
DANGERS: Final = dict.fromkeys(
    ("danger_body", "danger_feel", "danger_limb", "danger_history"), "none"
)
TOLD: Final = {**DANGERS, "muscles": ["calf", "foot"], "pattern": "one_knot"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of the synthetic runner, for this test alone."""
    return demo_store(tmp_path / "store")


@contextmanager
def api(folder: Path) -> Iterator[TestClient]:
    """A client that is let in, at the moment it really is, as the command line's clock."""
    with client(folder, clock=lambda: datetime.now(UTC).astimezone()) as browser:
        yield browser
        jobs = getattr(browser.app.state, "jobs", None)  # type: ignore[attr-defined]
        if jobs is not None:
            jobs.close()


Cli = Callable[..., dict[str, Any]]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """What a command prints with `--json`."""

    def said(folder: Path, *arguments: str) -> dict[str, Any]:
        capsys.readouterr()
        main([*arguments, "--json", "--data-dir", str(folder)])
        printed: dict[str, Any] = json.loads(capsys.readouterr().out)
        return printed

    return said


def copied(folder: Path) -> Path:
    """The same store once more."""
    other = folder.with_name(f"{folder.name}-copy")
    shutil.copytree(folder, other)
    return other


# ---------------------------------------------------------------- the same answers

READ: Final = {
    "/api/runners": ("runner", "list"),
    ME: ("runner", "show"),
    f"{ME}/status": (),
    f"{ME}/history": ("history",),
    f"{ME}/now": ("now",),
    f"{ME}/why/questions": ("why", "--questions"),
    f"{ME}/runs": ("runs",),
    f"{ME}/runs?year=2026&since=2026-08-01&until=2026-09-30&sport=running": (
        *("runs", "--year", "2026", "--since", "2026-08-01", "--until", "2026-09-30"),
        *("--sport", "running"),
    ),
    f"{ME}/runs?cramped=true&all=true": ("runs", "--cramped", "--all"),
    f"{ME}/runs?flagged=true": ("runs", "--flagged"),
    f"{ME}/runs/years": ("runs", "--years"),
    f"{ME}/runs/years?cramped=true": ("runs", "--years", "--cramped"),
    f"{ME}/runs/training": ("runs", "training"),
    f"{ME}/runs/last": ("runs", "show", "last"),
    f"{ME}/runs/2026-10-04": ("runs", "show", "2026-10-04"),
    f"{ME}/runs/3": ("runs", "show", "3"),
    f"{ME}/diary": ("diary",),
    f"{ME}/diary?units=imperial": ("diary", "--units", "imperial"),
    f"{ME}/weather": ("weather",),
    f"{ME}/runs/last/weather": ("weather", "last"),
}


@pytest.mark.parametrize("path", READ)
def test_reading_says_what_the_command_says(path: str, folder: Path, cli: Cli) -> None:
    """The whole envelope is the same: schema, data and warnings."""
    expected = cli(folder, *READ[path])
    with api(folder) as browser:
        answer = browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == expected


def test_the_check_up_says_what_the_command_says(folder: Path, cli: Cli) -> None:
    """All but what changes from minute to minute."""
    expected = cli(folder, "doctor")["data"]
    with api(folder) as browser:
        found = browser.get("/api/doctor").json()["data"]
    assert found["is_well"] == expected["is_well"]
    lasting = [
        [(one["check"], one["status"], one["found"]) for one in told["checks"]
         if one["check"] not in ("clock", "space")]
        for told in (found, expected)
    ]  # fmt: skip
    assert lasting[0] == lasting[1]


def test_versions_are_those_of_the_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every version that `--version` prints."""
    main(["--version"])
    printed = capsys.readouterr().out
    with api(folder) as browser:
        data = browser.get("/api/version").json()["data"]
    assert set(data) == {"package", "models", "evidence"}
    assert all(version in printed for version in data.values())


@pytest.mark.parametrize(
    ("body", "arguments"),
    [
        ({}, ("why",)),
        ({"run": "last"}, ("why", "last")),
        ({"run": "2026-10-04", "case": CASE}, ("why", "2026-10-04", "--case", "CASE")),
        ({"case": CASE}, ("why", "--case", "CASE", "--runner", "me")),
        (
            {"run": "3", "case": {"answers": {"danger_limb": ["pop_or_kick"]}}},
            ("why", "3", "--answer", "danger_limb=pop_or_kick"),
        ),
    ],
)
def test_why_says_and_keeps_what_the_command_does(
    body: dict[str, Any], arguments: tuple[str, ...], folder: Path, cli: Cli, tmp_path: Path
) -> None:
    """Answer, ledger, answers and flags are the same, whichever way it was asked."""
    other, case_file = copied(folder), tmp_path / "case.json"
    case_file.write_text(json.dumps(CASE))
    typed = [str(case_file) if one == "CASE" else one for one in arguments]
    expected = cli(folder, *typed)
    with api(other) as browser:
        answer = browser.post(f"{ME}/why", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json() == expected
    kept = [told(one) for one in (folder, other)]
    assert kept[0] == kept[1]
    assert kept[0]["advice"]


def told(folder: Path) -> dict[str, Any]:
    """What is stored of the runner's words, without moments and without commands."""
    with Store.open(folder, at=NOW) as store:
        runner = store.runner("me")
        return {
            "advice": [(one.inputs, one.result, one.activity_id) for one in store.advice(runner)],
            "answers": {
                row.activity_id: {
                    name: one.answer for name, one in store.answers(runner, row.activity_id).items()
                }
                for row in store.activities(runner)
            },
            "flags": [(one.kind, one.flag_id, one.cleared_on) for one in store.flags(runner)],
            "marks": {
                activity_id: (one.cramped, one.km, one.minute, one.muscles)
                for activity_id, one in store.marks(runner).items()
            },
            "weather": {
                activity_id: [(one.source, one.temp_air_c) for one in some]
                for activity_id, some in store.weather(runner).items()
            },
            "runs": [
                (row.activity_id, row.title, row.excluded, row.duplicate_of, row.sha256)
                for row in store.activities(runner, with_duplicates=True)
            ],
        }


def test_the_words_of_why_are_kept_too(folder: Path, cli: Cli) -> None:
    """The text of the ledger is what the command line would have printed."""
    other = copied(folder)
    cli(folder, "why")
    with api(other) as browser:
        browser.post(f"{ME}/why", json={})
    texts = []
    for one in (folder, other):
        with Store.open(one, at=NOW) as store:
            texts.append([line.text for line in store.advice(store.runner("me"))])
    assert texts[0] == texts[1]


def test_why_without_keeping_changes_nothing(folder: Path) -> None:
    """`keep=false` looks only: not even a danger sign stays."""
    before = contents(folder)
    body = {"run": "last", "case": {"answers": {"danger_limb": "pop_or_kick"}}}
    with api(folder) as browser:
        answer = browser.post(f"{ME}/why?keep=false", json=body)
        assert answer.json()["data"]["kind"] == "stop"
        assert browser.get(f"{ME}/flags").json()["data"]["open_flags"] == []
    assert contents(folder) == before


def test_now_says_and_notes_what_the_command_does(folder: Path, cli: Cli) -> None:
    """The same answer, and the same line in the journal."""
    other = copied(folder)
    given = [f"{name}={','.join(one) if isinstance(one, list) else one}"
             for name, one in TOLD.items()]  # fmt: skip
    expected = cli(folder, "now", *(part for one in given for part in ("--answer", one)))
    with api(other) as browser:
        answer = browser.post(f"{ME}/now", json={"answers": TOLD})
    assert answer.json() == expected
    lines = [
        {**json.loads((one / "now_journal.jsonl").read_text()), "at": None}
        for one in (folder, other)
    ]
    assert lines[0] == lines[1]


def test_looking_at_now_notes_nothing(folder: Path) -> None:
    """GET, and an answer that says nothing, leave no line."""
    with api(folder) as browser:
        asked = browser.get(f"{ME}/now/questions").json()["data"]["questions"]
        assert browser.get(f"{ME}/now").json()["data"]["next_question"] == asked[0]
        assert browser.post(f"{ME}/now", json={"answers": {}}).status_code == 200
    ids = [one["id"] for one in asked]
    assert ids[:3] == ["danger_body", "danger_feel", "danger_limb"]
    assert {"muscles", "pattern", "health", "medicines"} < set(ids)
    assert not (folder / "now_journal.jsonl").exists()


def test_a_danger_told_to_now_stops_why(folder: Path) -> None:
    """The journal is taken in: a stop stays open until it is cleared."""
    with api(folder) as browser:
        browser.post(f"{ME}/now", json={"answers": {"danger_limb": ["pop_or_kick"]}})
        assert browser.post(f"{ME}/why", json={}).json()["data"]["kind"] == "stop"
        (flag,) = browser.get(f"{ME}/flags").json()["data"]["open_flags"]
        day = date.today().isoformat()  # noqa: DTZ011  (the runner's own calendar)
        early = browser.post(
            f"{ME}/flags/{flag['id']}/clearance", json={"seen_clinician": "2020-01-01"}
        )
        assert early.status_code == 409
        cleared = browser.post(
            f"{ME}/flags/stop:{flag['id']}/clearance", json={"seen_clinician": day, "note": "ok"}
        )
        assert cleared.json()["data"]["still_open"] == []
        assert browser.post(f"{ME}/why", json={}).json()["data"]["kind"] != "stop"


# ---------------------------------------------------------------- the same store

CHANGES: Final[dict[str, tuple[str, str, Any, tuple[str, ...]]]] = {
    "exclude": ("POST", f"{ME}/runs/3/exclude", None, ("runs", "exclude", "3")),
    "include": ("POST", f"{ME}/runs/3/include", None, ("runs", "exclude", "3", "--undo")),
    "merge": ("POST", f"{ME}/runs/3/merge", {"other": "4"}, ("runs", "merge", "3", "4")),
    "title": ("PUT", f"{ME}/runs/3/title", {"title": "Long"}, ("runs", "title", "3", "Long")),
    "mark": (
        "PUT",
        f"{ME}/diary/3",
        {"km": 2.5, "muscles": ["calf", "foot"]},
        ("diary", "--mark", "3", "--km", "2.5", "--muscle", "calf", "--muscle", "foot"),
    ),
    "answer": (
        "POST",
        f"{ME}/diary",
        {"answers": [{"run": 3, "said": "yes"}, {"run": 4, "said": "dont_remember"}]},
        ("diary", "--answer", "3=yes", "--answer", "4=dont_remember"),
    ),
    "take back": ("DELETE", f"{ME}/diary/last", None, ("diary", "--undo", "last")),
    "weather": (
        "PUT",
        f"{ME}/runs/3/weather",
        {"temp_air_c": 24, "relative_humidity_pct": 60},
        ("weather", "3", "--set", "24C 60%"),
    ),
    "no weather": ("DELETE", f"{ME}/runs/3/weather", None, ("weather", "3", "--unset")),
    "switch on": ("PUT", f"{ME}/weather/switch", {"on": True}, ("weather", "--on")),
    "switch off": ("PUT", f"{ME}/weather/switch", {"on": False}, ("weather", "--off")),
    "training": (
        "POST",
        f"{ME}/runs/training",
        None,
        ("runs", "training", "--recompute"),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changes_are_those_of_the_command(change: str, folder: Path, cli: Cli) -> None:
    """The same answer, and the same rows afterwards."""
    method, path, body, arguments = CHANGES[change]
    other = copied(folder)
    expected = cli(folder, *arguments)
    with api(other) as browser:
        answer = browser.request(method, path, json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json() == expected
    assert told(other) == told(folder)


def test_what_was_merged_can_be_split(folder: Path) -> None:
    """Both count again; a second time there is nothing to split."""
    with api(folder) as browser:
        browser.post(f"{ME}/runs/3/merge", json={"other": "4"})
        assert len(browser.get(f"{ME}/runs").json()["data"]["runs"]) == 54
        parted = browser.post(f"{ME}/runs/4/split").json()
        again = browser.post(f"{ME}/runs/4/split")
    assert parted["schema"] == "uncramp.runs.split/1"
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "not_merged"


def test_one_answer_for_every_open_run(folder: Path) -> None:
    """`all_open` answers what is still asked about; what is said of one run goes before it."""
    with api(folder) as browser:
        browser.delete(f"{ME}/diary/last")
        asked = browser.get(f"{ME}/diary").json()["data"]
        assert asked["n_open"] == 1
        page = browser.post(f"{ME}/diary", json={"all_open": "no"}).json()["data"]
    assert (page["n_open"], page["n_without"]) == (0, 1)


def test_runners_come_and_go(folder: Path, cli: Cli) -> None:
    """Added and erased by the API, as the command line sees it; the name is asked for twice."""
    profile = {"sex": "female", "age_y": 38, "height_cm": 168, "body_mass_kg": 61}
    with api(folder) as browser:
        added = browser.post("/api/runners", json={"name": "Anna Ö", **profile})
        assert added.status_code == 201
        assert added.json()["schema"] == "uncramp.runner.add/1"
        assert browser.post("/api/runners", json={"name": "Anna Ö"}).status_code == 409
        shown = browser.get("/api/runners/Anna%20%C3%96").json()
        assert shown["data"] == cli(folder, "runner", "show", "--runner", "Anna Ö")["data"]
        unsure = browser.request("DELETE", "/api/runners/Anna Ö", json={"confirm": "Anna"})
        assert unsure.status_code == 409
        assert len(cli(folder, "runner", "list")["data"]["runners"]) == 2
        gone = browser.request("DELETE", "/api/runners/Anna Ö", json={"confirm": "Anna Ö"})
        assert gone.json()["data"]["is_scrubbed"] is True
        assert browser.get("/api/runners/Anna Ö").status_code == 404
    assert [one["name"] for one in cli(folder, "runner", "list")["data"]["runners"]] == ["me"]


def test_whoever_is_erased_is_not_watched_any_more(folder: Path, tmp_path: Path) -> None:
    """A folder that is watched would bring the runner back."""
    watched = tmp_path / "watched"
    watched.mkdir()
    with api(folder) as browser:
        browser.post("/api/runners", json={"name": "Anna"})
        browser.post(f"{ME}/backup")
        jobs = browser.app.state.jobs  # type: ignore[attr-defined]
        jobs.watch("Anna", watched)
        browser.request("DELETE", "/api/runners/Anna", json={"confirm": "Anna"})
        assert jobs.watcher("Anna") is None


# ---------------------------------------------------------------- files


def sent(*files: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    """Files of a form."""
    return [("files", one) for one in files]


def test_files_come_in_and_go_again(tmp_path: Path, cli: Cli) -> None:
    """What the command says of the same files; a bad one is told, the others go on; then undone."""
    runs = [(one.name, fit_bytes(one)) for one in outings()[-2:]]
    files = [*runs, ("notes.txt", b"no run at all")]
    on_disk = tmp_path / "files"
    on_disk.mkdir()
    for name, content in files:
        (on_disk / name).write_bytes(content)
    expected = cli(tmp_path / "a", "import", *(str(on_disk / name) for name, _ in files))
    with api(tmp_path / "b") as browser:
        answer = browser.post(f"{ME}/imports", files=sent(*files))
        assert answer.status_code == 200, answer.text
        stamp = answer.json()["data"]["stamp"]
        again = browser.post(f"{ME}/imports", files=sent(*runs)).json()["data"]
        assert (again["added"], again["already_there"], again["stamp"]) == (0, 2, None)
        (listed,) = browser.get(f"{ME}/imports").json()["data"]["imports"]
        assert (listed["stamp"], listed["n_activities"]) == (stamp, 2)
        undone = browser.delete(f"{ME}/imports/{stamp}")
        assert undone.json()["data"] == {"undone": stamp, "removed": 2}
        assert browser.delete(f"{ME}/imports/{stamp}").status_code == 404
        assert browser.get(f"{ME}/runs").json()["data"]["runs"] == []
    for one in (expected["data"], answer.json()["data"]):
        one.pop("stamp")
    assert answer.json() == {**expected, "data": answer.json()["data"]}
    assert list((tmp_path / "b" / ROOMS).iterdir()) == [], "copies of what was sent stay nowhere"


def test_more_than_a_page_sends_is_taken_where_files_come(tmp_path: Path) -> None:
    """The limit for files counts there, the small one everywhere else."""
    run = outings()[-1]
    with client(tmp_path, body_limit_bytes=1000) as browser:
        answer = browser.post(f"{ME}/imports", files=sent((run.name, fit_bytes(run))))
        assert answer.json()["data"]["added"] == 1
        long = browser.put(f"{ME}/runs/1/title", json={"title": "x" * 2000})
        assert long.status_code == 413
        assert long.json()["schema"] == "uncramp.error/1"
        browser.app.state.jobs.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", [f"{ME}/imports", f"{ME}/restore"])
def test_a_form_without_files_is_refused(path: str, tmp_path: Path) -> None:
    """Said in words; nothing is left lying about."""
    with api(tmp_path) as browser:
        assert browser.post(path, files={"a": (None, "b")}).json()["error"]["code"] == (
            "no_files_sent"
        )
        assert browser.post(path, json={}).status_code == 400
        assert browser.post(path, content=b"\0").status_code == 400
    assert list((tmp_path / ROOMS).iterdir()) == []


def test_an_export_goes_out_and_comes_in_again(folder: Path, tmp_path: Path) -> None:
    """A zip with everything; taken in elsewhere it is the same runs."""
    with api(folder) as browser:
        answer = browser.get(f"{ME}/export")
    assert answer.headers["content-type"] == "application/zip"
    assert "attachment" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "export.json" in archive.namelist()
    with api(tmp_path / "new") as browser:
        back = browser.post(f"{ME}/imports", files=sent(("me.zip", answer.content))).json()
        assert back["schema"] == "uncramp.reimport/1"
        assert back["data"]["runners"][0]["added"] == 55
        together = browser.post(
            f"{ME}/imports", files=sent(("me.zip", answer.content), ("a.fit", b"x"))
        )
        assert together.json()["error"]["code"] == "export_alone"
    assert told(tmp_path / "new")["marks"] == told(folder)["marks"]
    assert list((folder / ROOMS).iterdir()) == []


def test_an_export_to_hand_on_names_nobody(folder: Path) -> None:
    """`no_gps`, and a distance in metres within its bounds."""
    with api(folder) as browser:
        whole = browser.get(f"{ME}/export?no_gps=true&everybody=true")
        with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
            assert not [name for name in archive.namelist() if "/originals/" in name]
        assert browser.get(f"{ME}/export?trim_home_m=500").status_code == 200
        for metres in ("49", "50001", "nan", "inf", "far"):
            assert browser.get(f"{ME}/export?trim_home_m={metres}").status_code == 422


def test_a_backup_can_be_put_back(folder: Path) -> None:
    """Made, then the store is changed, then put back as it was."""
    before = told(folder)
    with api(folder) as browser:
        made = browser.post(f"{ME}/backup").json()["data"]
        assert made["activities"] == 55
        content = (folder / "backups" / made["file"]).read_bytes()
        browser.post(f"{ME}/runs/3/exclude")
        back = browser.post(f"{ME}/restore", files={"file": ("b.sqlite3", content)}).json()
        assert back["data"]["activities"] == 55
        assert back["data"]["kept_before"]
        wrong = browser.post(f"{ME}/restore", files={"file": ("b.sqlite3", b"nothing")})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (409, "backup_foreign")
    assert told(folder) == before


# ---------------------------------------------------------------- asking others


def test_a_service_that_is_away_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    """Off unless switched on; then the trouble is in the answer, as on the command line."""

    def nobody(*_: object, **__: object) -> None:
        raise OutboundError("service_unreachable", values={"service": "nobody"})

    monkeypatch.setattr(asking, "answered", nobody)
    with api(folder) as browser:
        assert browser.post(f"{ME}/weather/fetch", json={}).status_code == 409
        sends = browser.put(f"{ME}/weather/switch", json={"on": True}).json()["data"]["sends"]
        assert "Open-Meteo" in sends
        fetched = browser.post(f"{ME}/weather/fetch", json={"since": "2026-10-01"})
        assert fetched.json() == cli(folder, "weather", "--fetch", "--since", "2026-10-01")
        away = browser.post(f"{ME}/fetch/intervals", json={"key": "k3y", "athlete": "i1"})
        assert (away.status_code, away.json()["error"]["code"]) == (409, "service_unreachable")
        assert "k3y" not in away.text
        no_key = browser.post(f"{ME}/fetch/intervals", json={})
        assert (no_key.status_code, no_key.json()["error"]["code"]) == (422, "no_key")


def test_reading_the_weather_asks_nobody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even when looking up is on: only a POST goes out."""
    asked = []

    def noted(*_: object, **__: object) -> None:
        asked.append(1)
        raise OutboundError("service_unreachable", values={"service": "nobody"})

    monkeypatch.setattr(asking, "answered", noted)
    with api(folder) as browser:
        browser.put(f"{ME}/weather/switch", json={"on": True})
        browser.get(f"{ME}/runs/last/weather")
        browser.get(f"{ME}/weather")
        browser.post(f"{ME}/why?keep=false", json={})
    assert not asked


# ---------------------------------------------------------------- reading changes nothing

PLACES: Final = {
    "runner": "me",
    "run": "last",
    "flag": "stop:dvt",
    "stamp": "20260101T000000Z",
    "claim": "G1",
    "source": "guide",
    "number": "cramps.prior",
    "race": "1",
}


NEEDED: Final = {"/api/runners/{runner}/ask": "?question=bananas"}
"""What an address cannot be read without."""


def every_get(browser: TestClient) -> list[str]:
    """Every address that can be read."""
    document = browser.get("/api/openapi.json").json()
    return [
        path.format(**PLACES) + NEEDED.get(path, "")
        for path, told in document["paths"].items()
        if "get" in told
    ]


def test_reading_makes_no_store(tmp_path: Path) -> None:
    """Where nothing is stored nothing is made; what needs a runner says that there is none."""
    folder = tmp_path / "nothing"
    with api(folder) as browser:
        answers = {path: browser.get(path).status_code for path in every_get(browser)}
        assert browser.get("/api/runners").json()["data"] == {"runners": []}
        assert browser.get(f"{ME}/status").json()["data"] == {"runner": None, "known": []}
        unknown = browser.get(f"{ME}/runs")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "unknown_runner")
    assert set(answers.values()) == {200, 404}
    assert not folder.exists()


def test_reading_changes_nothing(folder: Path) -> None:
    """Every row of every table stays as it is."""
    with api(folder) as browser:
        web_support.drinks_planned(folder, browser)
        before = contents(folder)
        paths = every_get(browser)
        told = {path: browser.get(path).status_code for path in paths}
        assert told.pop(f"{ME}/races/1/debrief") == 409  # a race to come
        assert set(told.values()) == {200}
        assert len(paths) > 20
    assert contents(folder) == before


# ---------------------------------------------------------------- who may ask


def test_strangers_get_an_envelope_and_no_more(folder: Path) -> None:
    """401 without the token, the token as a header is enough, a wrong one is not."""
    with stranger(folder) as outside:
        refused = outside.get(f"{ME}/runs")
        assert refused.status_code == 401
        assert refused.json()["schema"] == "uncramp.error/1"
        assert refused.headers["www-authenticate"] == "Bearer"
        wrong = outside.get(f"{ME}/runs", headers={"Authorization": "Bearer wrong"})
        assert wrong.status_code == 401
        right = outside.get(f"{ME}/runs", headers={"Authorization": f"Bearer {TOKEN}"})
        assert right.status_code == 200
        assert right.headers["cache-control"] == "no-store"


def test_another_site_changes_nothing(folder: Path) -> None:
    """Neither with the cookie of the browser, nor from another port of this computer."""
    with client(folder) as browser:
        for headers in (
            {"Origin": "https://example.org"},
            {"Origin": "http://127.0.0.1:9999"},
            {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
        ):
            refused = browser.post(f"{ME}/runs/3/exclude", headers=headers)
            assert refused.status_code == 403
        assert browser.get(f"{ME}/runs/3").json()["data"]["run"]["excluded"] is False


def test_every_other_method_is_refused_with_all_that_are_allowed(folder: Path) -> None:
    """405, and `Allow` is whole although each method has a function of its own."""
    with api(folder) as browser:
        answer = browser.patch(ME)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "DELETE, GET"
        assert answer.json()["error"]["code"] == "web_no_method"
        assert browser.head(f"{ME}/runs").status_code == 200


# ---------------------------------------------------------------- odd requests

LONG: Final = "9" * 30

ODD: Final[dict[str, tuple[str, str, Any, int]]] = {
    "a number larger than the database knows": ("GET", f"{ME}/runs/{LONG}", None, 422),
    "a number that is not there": ("GET", f"{ME}/runs/999999999", None, 404),
    "a number below zero": ("GET", f"{ME}/runs/-1", None, 422),
    "no day": ("GET", f"{ME}/runs/2026-02-30", None, 404),
    "no day to filter by": ("GET", f"{ME}/runs?since=2026-02-30", None, 422),
    "a day without zeros to filter by": ("GET", f"{ME}/runs?since=2026-2-3", None, 422),
    "a year of no calendar": ("GET", f"{ME}/runs?year=99999999999999999999", None, 422),
    "a filter nobody knows": ("GET", f"{ME}/runs?yeer=2026", None, 422),
    "a filter given twice": ("GET", f"{ME}/runs?year=2025&year=2026", None, 422),
    "a zero byte for a name": ("GET", "/api/runners/%00", None, 422),
    "half a letter for a name": ("GET", "/api/runners/%ED%A0%80", None, 422),
    "a mark for a name": ("GET", "/api/runners/%F0%9F%8F%83", None, 422),
    "a folder for a name": ("GET", "/api/runners/..%2F..%2Fetc", None, 404),
    "an e-mail address for a name": ("POST", "/api/runners", {"name": "ann@example.org"}, 422),
    "a name that is too long": ("GET", f"/api/runners/{'a' * 65}", None, 422),
    "nobody": ("GET", "/api/runners/nobody/runs", None, 404),
    "no such path": ("GET", "/api/nothing", None, 404),
    "an id beyond the database in a list": (
        "POST",
        f"{ME}/diary",
        {"answers": [{"run": int(LONG), "said": "no"}]},
        422,
    ),
    "text for an id": ("POST", f"{ME}/diary", {"answers": [{"run": "3", "said": "no"}]}, 422),
    "an id that is not there": (
        "POST",
        f"{ME}/diary",
        {"answers": [{"run": 999999999, "said": "no"}]},
        404,
    ),
    "a place after the end": ("PUT", f"{ME}/diary/3", {"km": 900}, 422),
    "a muscle that is none": ("PUT", f"{ME}/diary/3", {"muscles": ["tail"]}, 422),
    "a run merged with itself": ("POST", f"{ME}/runs/3/merge", {"other": "3"}, 409),
    "text for a switch": ("PUT", f"{ME}/weather/switch", {"on": "true"}, 422),
    "an oven": ("PUT", f"{ME}/runs/3/weather", {"temp_air_c": 200}, 422),
    "a field nobody knows": ("PUT", f"{ME}/runs/3/title", {"title": "a", "titel": "b"}, 422),
    "a list for an object": ("PUT", f"{ME}/runs/3/title", [], 422),
    "null for an object": ("PUT", f"{ME}/runs/3/title", None, 422),
    "a question nobody asked": ("POST", f"{ME}/now", {"answers": {"weather": "fine"}}, 422),
    "an answer nobody offered": ("POST", f"{ME}/now", {"answers": {"muscles": "tail"}}, 422),
    "an object for an answer": ("POST", f"{ME}/now", {"answers": {"muscles": {"a": 1}}}, 422),
    "a case with a part nobody knows": ("POST", f"{ME}/why", {"case": {"rnner": {}}}, 422),
    "a case that is text": ("POST", f"{ME}/why", {"case": "x"}, 422),
    "a cramp after the run": (
        "POST",
        f"{ME}/why",
        {"case": {"run": {"distance_m": 1000, "onset_km": 30}}},
        422,
    ),
    "an age of nobody": ("POST", f"{ME}/why", {"case": {"runner": {"age_y": 10**400}}}, 422),
    "a stamp that is none": ("DELETE", f"{ME}/imports/yesterday", None, 422),
    "a stamp that is not there": ("DELETE", f"{ME}/imports/20200101T000000Z", None, 404),
    "a flag that is not open": (
        "POST",
        f"{ME}/flags/dvt/clearance",
        {"seen_clinician": "2026-01-01"},
        404,
    ),
    "a visit that has not been": (
        "POST",
        f"{ME}/flags/minor/clearance",
        {"seen_clinician": "9999-12-31"},
        404,
    ),
    "a key with spaces": ("POST", f"{ME}/fetch/intervals", {"key": "a b"}, 422),
    "a claim that is none": ("GET", "/api/evidence/claims/G39", None, 404),
    "a source that is none": ("GET", "/api/evidence/sources/nobody_1900", None, 404),
    "a number that is none": ("GET", "/api/evidence/numbers/cramps.nothing", None, 404),
    "a status that is none": ("GET", "/api/evidence/claims?status=proved", None, 422),
}


@pytest.mark.parametrize("request_", ODD)
def test_odd_requests_are_refused_in_words(request_: str, folder: Path) -> None:
    """A status that fits, the error envelope, and nothing stored."""
    method, path, body, status_code = ODD[request_]
    before = contents(folder)
    with api(folder) as browser:
        json_body = {} if body is None and method in ("GET", "DELETE") else {"json": body}
        answer = browser.request(method, path, **json_body)
    assert answer.status_code == status_code, answer.text
    told_of = answer.json()
    assert told_of["schema"] == "uncramp.error/1"
    assert told_of["error"]["what"]
    assert error_text(told_of["error"]["code"], FILLED), "the code is one of the catalogue"
    assert contents(folder) == before


FILLED: Final[dict[str, object]] = dict.fromkeys(
    ("where", "problem", "reference", "runner", "known", "date", "question", "option", "allowed",
     "value", "low", "high", "unit", "id", "key", "stamp", "flag", "open", "claim", "source",
     "number", "file"), "x"
)  # fmt: skip

RAW: Final[dict[str, tuple[bytes, str, int]]] = {
    "no JSON at all": (b"{", "application/json", 422),
    "nothing": (b"", "application/json", 422),
    "not a number": (b'{"temp_air_c": NaN}', "application/json", 422),
    "more than any number": (b'{"temp_air_c": 1e999}', "application/json", 422),
    "half a letter": (b'{"temp_air_c": "\\ud800"}', "application/json", 422),
    "half a letter in a name": (b'{"\\udfff": 1}', "application/json", 422),
    "a zero byte": (b'{"temp_air_c": "\\u0000"}', "application/json", 422),
    "bytes that are no text": (b'{"temp_air_c": "\xff\xfe"}', "application/json", 400),
    "a tower": (b"[" * 200_000, "application/json", 400),
    "a number of ten thousand figures": (b"9" * 10_000, "application/json", 400),
    "a form": (b"temp_air_c=20", "application/x-www-form-urlencoded", 415),
    "plain text": (b'{"temp_air_c": 20}', "text/plain", 415),
    "another kind of JSON": (b'{"temp_air_c": 20}', "application/vnd.api+json", 415),
}


@pytest.mark.parametrize("what", RAW)
def test_odd_bodies_are_refused_in_words(what: str, folder: Path) -> None:
    """Whatever the bytes are: a refusal, never a failure."""
    content, kind, status_code = RAW[what]
    with api(folder) as browser:
        answer = browser.put(
            f"{ME}/runs/3/weather", content=content, headers={"Content-Type": kind}
        )
    assert answer.status_code == status_code, answer.text
    assert answer.json()["schema"] == "uncramp.error/1"


def test_a_defect_is_told_as_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 and words; what went wrong inside is not told to anybody, in a queue or out of it."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret of a runner")

    with client(folder, raises=False) as browser:
        for name, method, path in (
            ("uncramp.web.api.runs.list_runs", "GET", f"{ME}/runs"),
            ("uncramp.web.api.safekeeping.export", "GET", f"{ME}/export"),
            ("uncramp.actions.safekeeping.backup", "POST", f"{ME}/backup"),
        ):
            monkeypatch.setattr(name, broken)
            answer = browser.request(method, path)
            assert answer.status_code == 500
            assert answer.json()["error"]["code"] == "defect"
            assert "secret" not in answer.text
        browser.app.state.jobs.close()  # type: ignore[attr-defined]
    assert list((folder / ROOMS).iterdir()) == []


# ---------------------------------------------------------------- evidence


def test_evidence_is_all_of_it(folder: Path) -> None:
    """38 claims with both sides, every source that is cited, every number with its parents."""
    with api(folder) as browser:
        claims = browser.get("/api/evidence/claims").json()["data"]
        sources = browser.get("/api/evidence/sources").json()["data"]
        numbers = browser.get("/api/evidence/numbers").json()["data"]
        assert [one["id"] for one in claims["claims"]] == [f"G{n}" for n in range(1, 39)]
        assert sum(claims["by_status"].values()) == 38
        keys = {one["key"] for one in sources["sources"]}
        for one in (*claims["claims"], *numbers["numbers"]):
            assert {cited["key"] for cited in one["sources"]} <= keys
        disputed = browser.get("/api/evidence/claims?status=contested").json()["data"]["claims"]
        assert disputed
        assert all(one["supports"] and one["against"] for one in disputed)
        for kind, found in (("claims", claims), ("sources", sources), ("numbers", numbers)):
            for one in found[kind]:
                name = one.get("id") or one["key"]
                single = browser.get(f"/api/evidence/{kind}/{name}")
                assert single.json()["data"] == one


def test_the_context_is_that_of_the_server(folder: Path) -> None:
    """Asked for one runner, answered for that one, never for another."""
    with Context(data_dir=folder, now=NOW) as context:
        context.store.add_runner("Bea", at=NOW)
    with api(folder) as browser:
        assert browser.get("/api/runners/Bea/runs").json()["data"]["runs"] == []
        assert browser.get("/api/runners/Bea/runs/3").status_code == 404
        assert browser.post("/api/runners/Bea/runs/3/exclude").status_code == 404
        assert browser.get("/api/runners/Bea/export").status_code == 200
    assert settings_for(folder).home_runner == "me"
