"""Adding runs in the browser: uploads, a folder, a watch, and what becomes of them."""

from __future__ import annotations

import io
import os
import stat
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from diary_support import run_bytes, write_history
from import_support import short_fit, twin_gpx, whole_trouble
from uncramp.actions import uploading
from uncramp.actions.context import Context
from uncramp.actions.curating import undo_import
from uncramp.actions.uploading import Count, Room, StopAskedError, clear_leftovers, take_in
from uncramp.errors import InputError
from uncramp.web.jobs import Job, Jobs, jobs_for
from uncramp.web.pages import add, keeping
from web_support import NOW, client, settings_for

ADD: Final = "/r/me/add"
Sent = tuple[str, tuple[str, bytes, str]]


def sent(name: str, content: bytes, *, field: str = "files") -> Sent:
    """One file of a form."""
    return field, (name, content, "application/octet-stream")


def rooms(data_dir: Path) -> list[Path]:
    """Uploads that are still there."""
    folder = data_dir / uploading.ROOMS
    return sorted(folder.iterdir()) if folder.exists() else []


def stored(data_dir: Path, runner: str = "me") -> list[str]:
    """Names of the files whose activities are stored."""
    with Context(data_dir=data_dir, now=NOW, runner=runner) as context:
        known = context.store.find_runner(runner)
        rows = [] if known is None else context.store.activities(known, with_duplicates=True)
        return sorted(row.source_file for row in rows)


def settled(browser: TestClient) -> Jobs:
    """The jobs of the server, when all are over."""
    jobs = jobs_for(browser.app)  # type: ignore[arg-type]
    until = time.monotonic() + 60
    while jobs.unfinished() and time.monotonic() < until:
        time.sleep(0.02)
    assert not jobs.unfinished()
    return jobs


@contextmanager
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Imports that stand still before each file until the test lets one go on."""
    gate = threading.Semaphore(0)
    before = Job.show

    def show(self: Job, **said: int) -> None:
        before(self, **said)
        gate.acquire(timeout=30)
        before(self, **said)

    monkeypatch.setattr(Job, "show", show)
    try:
        yield gate.release
    finally:
        for _ in range(1000):
            gate.release()


# ---------------------------------------------------------------- the form


def test_the_form_works_without_a_script(data_dir: Path) -> None:
    """Real file inputs in an ordinary form, for files and for a folder."""
    page = client(data_dir).get(ADD).text
    assert '<form class="drop" id="upload" method="post" action="/r/me/add"' in page
    assert 'enctype="multipart/form-data"' in page
    assert 'type="file" id="files" name="files" multiple' in page
    assert "webkitdirectory" in page


def test_looking_makes_nothing(data_dir: Path) -> None:
    """The first visit and the form leave no trace on the disk."""
    browser = client(data_dir)
    assert browser.get("/r/me").status_code == 200
    assert browser.get(ADD).status_code == 200
    assert not data_dir.exists()


def test_a_run_comes_in_and_the_diary_is_next(data_dir: Path) -> None:
    """Upload, result, and the one next step; the copies are gone."""
    browser = client(data_dir)
    run = run_bytes("2026-09-01", km=12, stop_km=9)
    answer = browser.post(ADD, files=[sent("Morning run.fit", run)])
    settled(browser)
    page = browser.get(str(answer.url)).text
    assert "One run is in." in page
    assert 'href="/r/me/diary"' in page
    assert "sudden stop" in page
    assert stored(data_dir) == ["Morning run.fit"]
    assert rooms(data_dir) == []


def test_a_bad_file_stays_out_and_the_good_one_comes_in(data_dir: Path) -> None:
    """The report names the file, the reason and what to do."""
    browser = client(data_dir)
    bad = [sent("letter.doc", b"Dear all"), sent("empty.fit", b"")]
    files = [sent("good.fit", short_fit(1)), *bad]
    answer = browser.post(ADD, files=files)
    settled(browser)
    page = browser.get(str(answer.url)).text
    assert "One run is in." in page
    assert "2 files stayed out" in page
    assert "letter.doc" in page
    assert "This is not a FIT, GPX or TCX file." in page
    assert "Export the run from your watch or app as FIT" in page
    assert stored(data_dir) == ["good.fit"]


def test_an_archive_comes_in_as_it_is(data_dir: Path) -> None:
    """A zip of runs, sent as one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(3):
            archive.writestr(f"deep/er/{number}.fit", short_fit(number))
    browser = client(data_dir)
    answer = browser.post(ADD, files=[sent("export.zip", packed.getvalue())])
    settled(browser)
    assert "3 runs are in." in browser.get(str(answer.url)).text
    assert stored(data_dir) == ["0.fit", "1.fit", "2.fit"]


def test_a_zip_made_to_do_harm_is_refused(data_dir: Path) -> None:
    """A megabyte that would unpack to a gigabyte: nothing is unpacked, the other file comes in."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.fit", bytes(400 * 2**20))
    browser = client(data_dir)
    answer = browser.post(
        ADD, files=[sent("bomb.zip", packed.getvalue()), sent("good.fit", short_fit(1))]
    )
    settled(browser)
    page = browser.get(str(answer.url)).text
    assert "It would unpack to far more than a real archive does" in page
    assert stored(data_dir) == ["good.fit"]
    assert sum(path.stat().st_size for path in data_dir.rglob("*")) < 50 * 2**20


def test_the_same_files_again_add_nothing(data_dir: Path) -> None:
    """Told so, and there is nothing to take back."""
    browser = client(data_dir)
    for _ in range(2):
        answer = browser.post(ADD, files=[sent("a.fit", short_fit(1)), sent("b.fit", short_fit(2))])
        settled(browser)
    page = browser.get(str(answer.url)).text
    assert "Nothing new came in." in page
    assert "2 were here already." in page
    assert "/undo" not in page
    assert stored(data_dir) == ["a.fit", "b.fit"]


def test_a_second_recording_is_said(data_dir: Path) -> None:
    """A phone ran along: linked, and said in a sentence."""
    browser = client(data_dir)
    answer = browser.post(ADD, files=[sent("w.fit", short_fit(6)), sent("p.gpx", twin_gpx(6))])
    settled(browser)
    assert "One is a second recording of a run you have." in browser.get(str(answer.url)).text


def test_nothing_chosen_is_said_beside_the_field(data_dir: Path) -> None:
    """An empty form comes back with a word, in the summary and at the field."""
    answer = client(data_dir).post(ADD, files=[sent("", b"")])
    assert answer.status_code == 422
    assert answer.text.count("No file was chosen.") == 2
    assert rooms(data_dir) == []


def test_a_form_that_is_no_form_is_refused(data_dir: Path) -> None:
    """No parts, no boundary, half a part: a page, and nothing left behind."""
    browser = client(data_dir)
    assert browser.post(ADD, data={"files": "x"}).status_code == 400
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    for body in (b"nonsense", b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"'):
        answer = browser.post(ADD, content=body, headers=headers)
        assert answer.status_code in {400, 422}, body
    assert rooms(data_dir) == []


# ---------------------------------------------------------------- many files, odd names


def test_a_thousand_small_files_come_in(data_dir: Path) -> None:
    """More than any form reader of the framework takes, one file open at a time."""
    browser = client(data_dir)
    many = [sent(f"runs/{number}.txt", b"x") for number in range(1000)]
    answer = browser.post(ADD, files=[*many, sent("runs/good.fit", short_fit(1))])
    settled(browser)
    page = browser.get(str(answer.url)).text
    assert "One run is in." in page
    assert "1000 other files in the folder, no recordings" in page
    assert rooms(data_dir) == []


def test_too_many_files_are_refused_in_words(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is said, and nothing of it was taken in."""
    real = uploading.Room
    monkeypatch.setattr(add, "Room", lambda folder: real(folder, most_files=3))
    files = [sent(f"{number}.fit", short_fit(number)) for number in range(4)]
    answer = client(data_dir).post(ADD, files=files)
    assert answer.status_code == 422
    assert "That is more than 3 files at once." in answer.text
    assert rooms(data_dir) == []
    assert stored(data_dir) == []


def test_more_bytes_than_allowed_are_refused(data_dir: Path) -> None:
    """The guard counts what comes; nothing of it is kept."""
    browser = client(data_dir, upload_limit_bytes=20_000)
    answer = browser.post(ADD, files=[sent("big.fit", bytes(30_000))])
    assert answer.status_code == 413
    assert "That is more than uncramp takes at once." in answer.text
    assert rooms(data_dir) == []


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/cron.d/job", "job"),
        (".hidden", "hidden"),
        ("...", "file_"),
        ("..", "file_"),
        ("run.fit:stream", "run.fit_stream"),
        ("a\x00b.fit", "a_b.fit"),
        ("con.fit", "file_con.fit"),
        ("NUL", "file_NUL"),
        ("ann@example.org_77.fit", "e-mail-removed_77.fit"),
        ("Läufe am Meer (3).fit", "Läufe am Meer (3).fit"),
        ("x" * 300 + ".fit", "x" * 196 + ".fit"),
        ("日" * 300, "日" * 66),
        ("trailing. . ", "trailing"),
    ],
)
def test_a_name_never_leads_out_of_its_room(tmp_path: Path, told: str, kept: str) -> None:
    """Folders, hidden names, devices, streams and addresses are taken off a sender's name."""
    room = Room(tmp_path / "data")
    with room.begin(told) as file:
        file.write(b"x")
    (candidate,) = room.candidates
    assert candidate.path.name == kept
    assert candidate.path.parent == room.folder / "0"
    assert candidate.path.read_bytes() == b"x"


def test_equal_names_from_different_folders_both_come_in(data_dir: Path) -> None:
    """Names are flattened; no file lies over another."""
    browser = client(data_dir)
    files = [sent("2024/run.fit", short_fit(1)), sent("2025/RUN.fit", short_fit(2))]
    answer = browser.post(ADD, files=files)
    settled(browser)
    assert "2 runs are in." in browser.get(str(answer.url)).text
    assert stored(data_dir) == ["RUN.fit", "run.fit"]


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps rights elsewhere")
def test_what_is_sent_is_the_owners_alone(tmp_path: Path) -> None:
    """Folders 0700, files 0600, whatever the umask says."""
    before = os.umask(0)
    try:
        room = Room(tmp_path / "data")
        room.begin("a/run.fit").close()
    finally:
        os.umask(before)
    folders = [room.folder.parent.parent, room.folder.parent, room.folder, room.folder / "0"]
    assert {stat.S_IMODE(one.stat().st_mode) for one in folders} == {0o700}
    assert stat.S_IMODE(room.candidates[0].path.stat().st_mode) == 0o600


def test_a_full_disk_is_an_answer(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says that there is no room; the copies are gone."""

    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            del data
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploading.Room, "begin", lambda *_: Full())
    answer = client(data_dir).post(ADD, files=[sent("a.fit", short_fit(1))])
    assert answer.status_code == 422
    assert "There is no room left for this." in answer.text
    assert rooms(data_dir) == []


# ---------------------------------------------------------------- under way


def test_the_page_of_an_import_says_how_far_it_is(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a page that looks again by itself, and as JSON; a second visit shows the same."""
    browser = client(data_dir)
    files = [sent(f"{number}.fit", short_fit(number)) for number in range(4)]
    with held(monkeypatch) as go_on:
        answer = browser.post(ADD, files=files)
        go_on()
        until = time.monotonic() + 30
        while time.monotonic() < until:
            state = browser.get(f"{answer.url.path}/state").json()
            if state["words"] == "1 of 4 files":
                break
            time.sleep(0.02)
        assert state["words"] == "1 of 4 files"
        assert state["state"] == "running"
        assert 0 < state["percent"] < 100
        page = browser.get(str(answer.url)).text
        assert '<meta http-equiv="refresh" content="2">' in page
        assert "1 of 4 files" in page
        assert "Adding your runs" in browser.get("/r/me").text
    settled(browser)
    assert browser.get(f"{answer.url.path}/state").json()["is_over"]
    assert "4 runs are in." in browser.get(str(answer.url)).text


def test_an_import_that_ends_while_its_page_is_made_is_a_page(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says what it saw when it looked: under way, and it looks again by itself."""
    browser = client(data_dir)
    answer = browser.post(ADD, files=[sent("a.fit", short_fit(1))])
    settled(browser)
    seen = {"state": "running", "is_over": False}
    for module in (add, keeping):
        real = module.job_state
        monkeypatch.setattr(module, "job_state", lambda job, real=real: real(job) | seen)
    page = browser.get(str(answer.url))
    assert page.status_code == 200
    assert 'http-equiv="refresh"' in page.text
    exported = browser.post("/r/me/settings/export", data={"how": "no_places"})
    settled(browser)
    page = browser.get(str(exported.url))
    assert page.status_code == 200
    assert 'http-equiv="refresh"' in page.text


def test_an_import_can_be_stopped_and_what_is_in_stays(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is whole, the result counts what came in, and undo takes just that back."""
    browser = client(data_dir)
    files = [sent(f"{number}.fit", short_fit(number)) for number in range(5)]
    with held(monkeypatch) as go_on:
        answer = browser.post(ADD, files=files)
        go_on()
        go_on()
        until = time.monotonic() + 30
        while stored(data_dir) != ["0.fit", "1.fit"] and time.monotonic() < until:
            time.sleep(0.02)
        stopping = browser.post(f"{answer.url.path}/stop")
        assert "Stopping after the file in hand." in stopping.text
        go_on()
    settled(browser)
    assert whole_trouble(data_dir) == []
    assert stored(data_dir) == ["0.fit", "1.fit"]
    page = browser.get(str(answer.url)).text
    assert "Stopped. 2 runs are in." in page
    assert "Add the same files again to go on." in page
    assert rooms(data_dir) == []
    browser.post(f"{answer.url.path}/undo")
    assert stored(data_dir) == []


def test_what_waits_can_be_stopped_before_it_begins(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One import at a time; the second waits, is called off, and its copies are gone."""
    browser = client(data_dir)
    with held(monkeypatch):
        first = browser.post(ADD, files=[sent("a.fit", short_fit(1))])
        second = browser.post(ADD, files=[sent("b.fit", short_fit(2))])
        assert browser.get(f"{second.url.path}/state").json()["state"] == "waiting"
        assert "Waiting for other work to end." in browser.get(str(second.url)).text
        page = browser.post(f"{second.url.path}/stop").text
        assert "Nothing was stored." in page
    settled(browser)
    assert "One run is in." in browser.get(str(first.url)).text
    assert stored(data_dir) == ["a.fit"]
    assert rooms(data_dir) == []


def test_a_defect_in_the_work_is_told_as_one(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback, no endless waiting; what the defect says of files is not shown."""

    def stumble(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(add, "take_in_room", stumble)
    browser = client(data_dir)
    answer = browser.post(ADD, files=[sent("a.fit", short_fit(1))])
    settled(browser)
    page = browser.get(str(answer.url)).text
    assert "Something went wrong inside uncramp (ZeroDivisionError)." in page
    assert "secret" not in page
    assert rooms(data_dir) == []


def test_an_unknown_import_is_a_page(data_dir: Path) -> None:
    """After a restart an old address says so; another runner's import is not shown."""
    browser = client(data_dir)
    assert browser.get("/r/me/imports/0123").status_code == 404
    answer = browser.post(ADD, files=[sent("a.fit", short_fit(1))])
    settled(browser)
    assert browser.get(str(answer.url)).status_code == 200
    other = answer.url.path.replace("/me/", "/anna/")
    assert browser.get(other).status_code == 404
    assert browser.post(f"{other}/undo").status_code == 404
    assert stored(data_dir) == ["a.fit"]


# ---------------------------------------------------------------- taking back


def test_an_import_is_taken_back_with_one_button(data_dir: Path) -> None:
    """From its own page; twice is no harm, and the files can be added again."""
    browser = client(data_dir)
    answer = browser.post(ADD, files=[sent("a.fit", short_fit(1)), sent("b.fit", short_fit(2))])
    settled(browser)
    for _ in range(2):
        page = browser.post(f"{answer.url.path}/undo").text
        assert "This import was taken back. Activities removed: 2." in page
    assert stored(data_dir) == []
    browser.post(ADD, files=[sent("a.fit", short_fit(1))])
    settled(browser)
    assert stored(data_dir) == ["a.fit"]


def test_an_import_taken_back_elsewhere_is_no_defect(data_dir: Path) -> None:
    """Somebody was faster on the command line: a page says so."""
    browser = client(data_dir)
    answer = browser.post(ADD, files=[sent("a.fit", short_fit(1))])
    job = settled(browser).find("me", answer.url.path.rpartition("/")[2])
    with Context(data_dir=data_dir, now=NOW) as context:
        undo_import(context, job.result.result.stamp)
    again = browser.post(f"{answer.url.path}/undo")
    assert again.status_code == 404
    assert "has no import" in again.text


def test_earlier_imports_can_be_taken_back(data_dir: Path) -> None:
    """Also after a restart, from the list under the form."""
    browser = client(data_dir)
    browser.post(ADD, files=[sent("a.fit", short_fit(1))])
    settled(browser)
    later = client(data_dir)
    page = later.get(ADD).text
    assert "Earlier imports" in page
    stamp = page.partition('name="stamp" value="')[2].partition('"')[0]
    assert "Activities removed: 1." in later.post(f"{ADD}/undo", data={"stamp": stamp}).text
    assert stored(data_dir) == []
    assert later.post(f"{ADD}/undo", data={"stamp": stamp}).status_code == 404


def test_an_import_that_brought_nothing_has_nothing_to_take_back(data_dir: Path) -> None:
    """Asked for all the same, it is a page and no defect."""
    browser = client(data_dir)
    answer = browser.post(ADD, files=[sent("a.doc", b"Dear all")])
    settled(browser)
    assert browser.post(f"{answer.url.path}/undo").status_code == 422


# ---------------------------------------------------------------- other ways in


def test_a_folder_of_this_computer_comes_in(data_dir: Path, tmp_path: Path) -> None:
    """By its path; nothing in it is changed."""
    folder = write_history(tmp_path / "history")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    browser = client(data_dir)
    answer = browser.post(f"{ADD}/path", data={"path": f" {folder} "})
    settled(browser)
    page = browser.get(str(answer.url)).text
    assert "15 runs are in." in page
    assert "between 10 and 11 km" in page
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("path", "said"),
    [("", "Type a path first."), ("/no/such/place", "There is no such folder or file."),
     ("\x00", "There is no such folder or file.")],
)  # fmt: skip
def test_a_wrong_path_is_said_beside_the_field(data_dir: Path, path: str, said: str) -> None:
    """What was typed stays."""
    answer = client(data_dir).post(f"{ADD}/path", data={"path": path})
    assert answer.status_code == 422
    assert answer.text.count(said) == 2
    if path.startswith("/"):
        assert f'value="{path}"' in answer.text


def test_a_watch_that_is_plugged_in(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found and read; when there is none, that is said with what to do."""
    browser = client(data_dir)
    monkeypatch.setattr("uncramp.actions.watching.volume_roots", list)
    none = browser.post(f"{ADD}/watch")
    assert none.status_code == 422
    assert "No watch with activity files was found." in none.text
    activities = tmp_path / "WATCH" / "GARMIN" / "Activity"
    activities.mkdir(parents=True)
    (activities / "1.fit").write_bytes(short_fit(1))
    monkeypatch.setattr("uncramp.actions.watching.volume_roots", lambda: [tmp_path / "WATCH"])
    answer = browser.post(f"{ADD}/watch")
    settled(browser)
    assert "One run is in." in browser.get(str(answer.url)).text


def test_a_name_that_cannot_be_is_refused_before_anything_is_stored(data_dir: Path) -> None:
    """An address with an e-mail in it makes no runner."""
    browser = client(data_dir)
    answer = browser.post("/r/ann@example.org/add", files=[sent("a.fit", short_fit(1))])
    settled(browser)
    assert "This name cannot be used for a runner." in browser.get(str(answer.url)).text
    assert stored(data_dir, "ann@example.org") == []


# ---------------------------------------------------------------- what a server leaves behind


def test_a_new_server_clears_what_an_old_one_left(data_dir: Path) -> None:
    """Copies of a server that is gone are deleted at the start; those of a living one stay."""
    gone = data_dir / uploading.ROOMS / f"{2**22 + 7}-00ff"
    alive = data_dir / uploading.ROOMS / f"{os.getppid()}-00ff"
    for room in (gone, alive):
        (room / "0").mkdir(parents=True)
        (room / "0" / "a.fit").write_bytes(b"x")
    with client(data_dir):
        assert rooms(data_dir) == [alive]


def test_a_server_that_ends_leaves_nothing(data_dir: Path) -> None:
    """What is under way stops, and its copies go."""
    settings = settings_for(data_dir)
    jobs = Jobs(settings)
    room = Room(data_dir)
    room.begin("a.fit").close()
    started = threading.Event()

    def work(job: Job) -> None:
        started.set()
        while True:
            job.show(done=0, total=1)
            time.sleep(0.01)

    job = jobs.start(runner="me", kind="import", work=work, cleanup=room.remove)
    waiting = jobs.start(runner="me", kind="import", work=work)
    assert started.wait(30)
    jobs.close()
    assert job.state == "stopped"
    assert waiting.state == "stopped"
    assert rooms(data_dir) == []


def test_old_rooms_go_whoever_made_them(tmp_path: Path) -> None:
    """After a day nobody fills one any more."""
    room = tmp_path / uploading.ROOMS / f"{os.getppid()}-00ff"
    room.mkdir(parents=True)
    os.utime(room, (1, 1))
    assert clear_leftovers(tmp_path) == 1
    assert clear_leftovers(tmp_path / "nowhere") == 0


# ---------------------------------------------------------------- an export taken in again


def test_an_export_of_ours_is_taken_in_again(data_dir: Path, tmp_path: Path) -> None:
    """Dropped like any other file; with others beside it, it is refused in words."""
    from uncramp.actions.exporting import export

    browser = client(data_dir)
    browser.post(ADD, files=[sent("a.fit", short_fit(1))])
    settled(browser)
    with Context(data_dir=data_dir, now=NOW) as context:
        export(context, tmp_path / "out.zip", everybody=False)
    content = (tmp_path / "out.zip").read_bytes()
    fresh = client(tmp_path / "other")
    answer = fresh.post(ADD, files=[sent("out.zip", content)])
    settled(fresh)
    page = fresh.get(str(answer.url)).text
    assert "Your export is back in" in page
    assert "me: 1 activities added, 0 were here already." in page
    assert stored(tmp_path / "other") == ["a.fit"]
    both = fresh.post(ADD, files=[sent("out.zip", content), sent("b.fit", short_fit(2))])
    settled(fresh)
    assert "An export is taken in by itself." in fresh.get(str(both.url)).text


# ---------------------------------------------------------------- the action by itself


class StopAfter(Count):
    """Lets so many files through."""

    def __init__(self, n_files: int) -> None:
        self.n_left = n_files

    def show(self, *, done: int, total: int, done_bytes: int = 0, total_bytes: int = 0) -> None:
        """One more; then no more."""
        del done, total, done_bytes, total_bytes
        if not self.n_left:
            raise StopAskedError
        self.n_left -= 1


@pytest.mark.parametrize("n_files", [0, 1, 3])
def test_stopping_keeps_what_was_stored(data_dir: Path, tmp_path: Path, n_files: int) -> None:
    """Whatever the moment, and going on afterwards comes to the same as never stopping."""
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.fit").write_bytes(short_fit(number))
    with Context(data_dir=data_dir, now=NOW) as context:
        taken = take_in(context, [folder], StopAfter(n_files))
        assert taken.is_stopped
        assert taken.result is not None
        assert taken.result.added == n_files
        assert (taken.result.stamp is None) == (n_files == 0)
        again = take_in(context, [folder], Count())
        assert again.result is not None
        assert (again.result.added, again.result.already_there) == (4 - n_files, n_files)
    assert whole_trouble(data_dir) == []


def test_a_bad_name_stops_before_anything(data_dir: Path) -> None:
    """No runner is made for it."""
    with Context(data_dir=data_dir, now=NOW, runner="@") as context, pytest.raises(InputError):
        take_in(context, [], Count())
