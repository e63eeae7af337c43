"""`uncramp serve` as a reader starts it: a real server, its link, its rights, and its end."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from uncramp.actions.context import Context
from uncramp.actions.now import note
from uncramp.cli.root import main
from uncramp.cli.serve import passphrase_for
from uncramp.errors import InputError
from uncramp.store.names import MIRROR_FILE
from uncramp.web import serving
from uncramp.web.serving import ShortFormatter, own_numbers
from uncramp.wording.serving import wait_text
from web_support import NOW, demo_store

ROOT: Final = Path(__file__).resolve().parent.parent
PASSPHRASE: Final = "salt cup hill twelve"  # noqa: S105
START_LIMIT_S: Final = 60
LINK: Final = re.compile(r"http://127\.0\.0\.1:\d+/\?token=[A-Za-z0-9_-]{43}")


@dataclass
class Running:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    link: str
    errors: Path
    told: list[str] = field(default_factory=list)
    jar: CookieJar = field(default_factory=CookieJar)

    @property
    def origin(self) -> str:
        """Where it answers."""
        parts = urlsplit(self.link)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def port(self) -> int:
        """On which port."""
        return urlsplit(self.link).port or 0

    def open(self, path: str, *, headers: Mapping[str, str] | None = None,
             data: bytes | None = None) -> tuple[int, str]:  # fmt: skip
        """Status and text of an address, as a browser with cookies opens it."""
        request = urllib.request.Request(  # noqa: S310
            self.origin + path, headers=dict(headers or {}), data=data
        )
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        try:
            with browser.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode("utf-8", "replace")

    def come_in(self) -> None:
        """Through the link."""
        status, _ = self.open(self.link.removeprefix(self.origin))
        assert status == 200

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal, and the exit code; what was printed after the link is in `told`."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=30)
        self.told = [self.link, *rest.splitlines()]
        return self.process.returncode

    def said(self) -> str:
        """Everything it printed, but for the one line with the link."""
        return "\n".join(self.told[1:]) + self.errors.read_text(encoding="utf-8")


@contextmanager
def serve(folder: Path, *words: str, data_dir: Path | None = None,
          **surroundings: str) -> Iterator[Running]:  # fmt: skip
    """`uncramp serve --no-open` on `folder / "data"`, until the block ends."""
    folder.mkdir(exist_ok=True)
    errors = folder / "errors.txt"
    clean = {name: value for name, value in os.environ.items() if name != "UNCRAMP_PASSPHRASE"}
    with errors.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "uncramp", "serve", "--no-open", "--data-dir",
             str(data_dir or folder / "data"), *words],
            env=clean | {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
            | surroundings,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
            encoding="utf-8", cwd=folder,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            link = process.stdout.readline().rstrip("\n")
            assert LINK.fullmatch(link), (link, errors.read_text(encoding="utf-8"))
            running = Running(process, link, errors)
            yield running
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=30)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server on the synthetic runner's store, for tests that leave it as it is."""
    folder = tmp_path_factory.mktemp("served")
    demo_store(folder / "data")
    with serve(folder, "--port", "0") as running:
        running.come_in()
        yield running


# ---------------------------------------------------------------- the link


def test_the_first_line_is_the_link_alone(server: Running) -> None:
    """One line on stdout; how to stop it stands on stderr."""
    assert LINK.fullmatch(server.link)
    hint = server.errors.read_text(encoding="utf-8")
    assert "Press Ctrl-C" in " ".join(hint.split())


def test_the_link_lets_in_and_nothing_else_does(server: Running) -> None:
    """Home with the cookie; 401 without; the API with the token in a header."""
    assert server.open("/r/me")[0] == 200
    stranger = Running(server.process, server.link, server.errors)
    for path in ("/", "/r/me", "/api/openapi.json"):
        assert stranger.open(path)[0] == 401
    token = server.link.partition("token=")[2]
    status, text = stranger.open("/api/openapi.json", headers={"Authorization": f"Bearer {token}"})
    assert status == 200
    assert json.loads(text)["info"]["title"] == "uncramp"


def test_it_listens_on_this_computer_only(server: Running) -> None:
    """At 127.0.0.1 and ::1; at the address that others see nobody answers."""
    assert answers("127.0.0.1", server.port)
    assert not [one for one in own_numbers() if answers(one, server.port)]
    with suppress(OSError), socket.socket(socket.AF_INET6) as other:
        other.bind(("::1", 0))  # raises where there is no IPv6
        assert answers("::1", server.port)


def answers(address: str, port: int) -> bool:
    """Whether somebody listens there."""
    with suppress(OSError), socket.create_connection((address, port), timeout=2):
        return True
    return False


def test_a_foreign_host_and_a_foreign_origin_are_refused(server: Running) -> None:
    """Over a real connection too, with the cookie."""
    assert server.open("/r/me", headers={"Host": f"evil.example:{server.port}"})[0] == 421
    assert server.open("/r/me/add", data=b"x", headers={"Origin": "http://evil.example"})[0] == 403
    assert server.open("/r/me/add", data=b"x")[0] == 403


def raw(port: int, content: bytes) -> bytes:
    """Send bytes, and everything that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        answer = b""
        try:
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                answer += piece
        except TimeoutError:
            raise
        except OSError:  # a server that has heard enough may hang up
            pass
    return answer


def test_a_forged_length_and_a_stream_without_end_are_cut_off(server: Running) -> None:
    """Over a real connection: announced too large, two lengths, and pieces without end."""
    token = server.link.partition("token=")[2]
    head = (f"POST /api/runners HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n")  # fmt: skip
    announced = raw(server.port, f"{head}Content-Length: 99999999999\r\n\r\n".encode())
    assert announced.startswith(b"HTTP/1.1 413")
    two = raw(server.port, f"{head}Content-Length: 3\r\nContent-Length: 30\r\n\r\nabc".encode())
    assert two.startswith(b"HTTP/1.1 400")
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    chunked = f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + piece * 32 + b"0\r\n\r\n"
    assert raw(server.port, chunked).startswith(b"HTTP/1.1 413")


def test_what_is_no_http_at_all_is_answered_without_a_traceback(server: Running) -> None:
    """Garbage, a TLS greeting, a head without end."""
    for content in (b"\x16\x03\x01\x02\x00\x01\x00", b"\r\n\r\n", b"GET / HTTP/1.1\r\n" * 9999):
        raw(server.port, content)
    assert server.open("/r/me")[0] == 200
    assert "Traceback" not in server.errors.read_text(encoding="utf-8")


def test_many_requests_at_once_neither_wait_for_ever_nor_fail(server: Running) -> None:
    """Twenty at the same time, on one SQLite file, three times over."""
    paths = ["/r/me", "/r/me/add", "/api/openapi.json", "/r/me"] * 15
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda path: server.open(path)[0], paths))
    assert set(statuses) == {200}
    assert "Error" not in server.errors.read_text(encoding="utf-8")


# ---------------------------------------------------------------- its end, and what it leaves


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_it_ends_when_told_to(tmp_path: Path, name: str) -> None:
    """Exit code 0, a plain word, no traceback, nobody listening, nothing left behind."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with serve(tmp_path, "--port", "0", TMPDIR=str(temporary)) as running:
        running.come_in()
        assert running.open("/r/me")[0] == 200
        assert running.end(getattr(signal, name)) == 0
        said = running.said()
        assert "Stopped" in said
        assert "Traceback" not in said
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", running.port), timeout=2)
    assert not list(temporary.iterdir())
    left = sorted(path.name for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert not [name for name in left if not name.startswith(("uncramp.sqlite3", MIRROR_FILE))]


def test_the_token_is_in_no_log(tmp_path: Path) -> None:
    """Whatever is asked for and whatever fails: it stands in the first line, and nowhere else."""
    with serve(tmp_path, "--port", "0", UNCRAMP_DEBUG="1") as running:
        running.come_in()
        token = running.link.partition("token=")[2]
        for path in (f"/nowhere?token={token}", f"/r/me/x?token={token}", "/api/nowhere"):
            running.open(path, headers={"Authorization": f"Bearer {token}"})
        raw(running.port, f"GET /?token={token} HTTP/9.9\r\n\r\n".encode())
        (cookie,) = list(running.jar)
        assert running.end() == 0
        said = running.said()
        assert token not in said
        assert cookie.value
        assert cookie.value not in said


def test_folder_and_files_are_for_their_owner_only(tmp_path: Path) -> None:
    """0700 and 0600, whatever the umask was, and for what is made while it runs."""
    before = os.umask(0)
    try:
        with serve(tmp_path, "--port", "0", data_dir=tmp_path / "new" / "data") as running:
            token = running.link.partition("token=")[2]
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            status, text = running.open(
                "/api/runners", data=json.dumps({"name": "ann"}).encode(), headers=headers
            )
            assert status == 201, text
            made = [tmp_path / "new" / "data", *(tmp_path / "new" / "data").rglob("*")]
            rights = {path: stat.S_IMODE(path.stat().st_mode) for path in made}
            assert running.end() == 0
    finally:
        os.umask(before)
    assert any(path.name == "uncramp.sqlite3" for path in rights)
    too_wide = {path.name: oct(mode) for path, mode in rights.items() if mode & 0o077}
    assert not too_wide


# ---------------------------------------------------------------- the port


@contextmanager
def taken_port() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def run_cli(*words: str, **surroundings: str) -> subprocess.CompletedProcess[str]:
    """`uncramp …` that ends by itself."""
    clean = {name: value for name, value in os.environ.items() if name != "UNCRAMP_PASSPHRASE"}
    return subprocess.run(
        [sys.executable, "-m", "uncramp", *words],
        env=clean | {"PYTHONPATH": str(ROOT / "src")} | surroundings,
        stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """The one that was asked for: an error, exit code 2, no link."""
    with taken_port() as port:
        ended = run_cli("serve", "--no-open", "--port", str(port), "--data-dir", str(tmp_path))
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert f"Port {port} cannot be used" in ended.stderr


def test_when_the_usual_port_is_taken_a_free_one_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody asked for that very port, so nobody need care."""
    with taken_port() as port, ExitStack() as opened:
        monkeypatch.setattr(serving, "DEFAULT_PORT", port)
        sockets = serving.listen("127.0.0.1", None, opened)
        found = {one.getsockname()[1] for one in sockets}
        assert len(found) == 1
        assert found != {port}
        with pytest.raises(InputError, match="port_taken"):
            serving.listen("127.0.0.1", port, opened)


# ---------------------------------------------------------------- shared in a network


def test_lan_without_a_passphrase_is_refused(tmp_path: Path) -> None:
    """Nobody to ask, nothing given: it does not start."""
    ended = run_cli("serve", "--lan", "--no-open", "--port", "0", "--data-dir", str(tmp_path / "d"))
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "There is no passphrase" in ended.stderr
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("words", ["short one", "aaaaaaaaaaaaaaaaaaaa", "            "])
def test_a_passphrase_that_is_quickly_guessed_is_refused(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too short, one letter only, or nothing but spaces."""
    monkeypatch.setenv("UNCRAMP_PASSPHRASE", words)
    with pytest.raises(InputError, match="passphrase"):
        passphrase_for(lan=True, file=None, may_ask=False)


def test_a_passphrase_comes_from_a_file_or_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file wins; without --lan there is none to give."""
    file = tmp_path / "passphrase"
    file.write_text(f"{PASSPHRASE}\nsecond line\n", encoding="utf-8")
    monkeypatch.setenv("UNCRAMP_PASSPHRASE", "another one of words")
    assert passphrase_for(lan=True, file=file, may_ask=False) == PASSPHRASE
    assert passphrase_for(lan=True, file=None, may_ask=False) == "another one of words"
    assert passphrase_for(lan=False, file=None, may_ask=False) is None
    with pytest.raises(InputError, match="passphrase_alone"):
        passphrase_for(lan=False, file=file, may_ask=False)
    for bad in (tmp_path / "missing", tmp_path):
        with pytest.raises(InputError, match="passphrase_file"):
            passphrase_for(lan=True, file=bad, may_ask=False)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="passphrase_file"):
        passphrase_for(lan=True, file=file, may_ask=False)


def test_there_is_no_option_for_the_passphrase_itself() -> None:
    """A command line is seen by everybody on the computer, and kept in a history."""
    from uncramp.cli.serve import serve as command

    options = {name for option in command.params for name in option.opts}
    assert "--passphrase" not in options
    assert CliRunner().invoke(command, ["--passphrase", PASSPHRASE]).exit_code == 2


def test_lan_says_what_it_does_not_give_and_asks_everybody(tmp_path: Path) -> None:
    """At the start and on the page; the passphrase itself is never printed."""
    with serve(tmp_path, "--lan", "--port", "0", UNCRAMP_PASSPHRASE=PASSPHRASE) as running:
        status, page = running.open("/r/me")
        assert status == 401
        assert "Passphrase" in page
        headers = {"Origin": running.origin}
        status, _ = running.open("/door", data=b"passphrase=wrong", headers=headers)
        assert status == 401
        words = PASSPHRASE.replace(" ", "+").encode()
        status, _ = running.open("/door", data=b"passphrase=" + words, headers=headers)
        assert status == 200
        assert running.open("/r/me")[0] == 200
        addresses = own_numbers()
        for address in addresses:
            url = f"http://{address}:{running.port}/r/me"
            with pytest.raises(urllib.error.HTTPError, match="401") as refused:
                urllib.request.urlopen(url, timeout=10)
            refused.value.close()
        assert running.end() == 0
    said = " ".join(running.said().split())
    for words_said in ("not encrypted", "without signal", "sees all runners"):
        assert words_said in said
    assert PASSPHRASE not in said
    assert all(f"http://{address}:{running.port}/" in said for address in addresses)


def test_without_lan_nothing_is_said_about_it(server: Running) -> None:
    """One thing at a time."""
    assert "network" not in server.errors.read_text(encoding="utf-8")


# ---------------------------------------------------------------- small parts


def test_a_store_that_cannot_be_opened_is_told_at_the_start(tmp_path: Path) -> None:
    """Not on the first page."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "uncramp.sqlite3").write_bytes(b"this is no database at all, just words" * 50)
    ended = run_cli("serve", "--no-open", "--port", "0", "--data-dir", str(folder))
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr


def test_a_name_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    """As everywhere else."""
    code = main(["serve", "--no-open", "--runner", "a@b.c", "--data-dir", str(tmp_path)])
    assert code == 2


def test_the_log_names_the_kind_and_the_line_of_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an error says may name files and runners; only its kind and place are logged."""
    try:
        raise RuntimeError("ann ran /home/ann/run.fit")
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", None, sys.exc_info())
    formatter = ShortFormatter("uncramp: %(message)s")
    said = formatter.format(record)
    assert "ann" not in said
    assert re.search(r"RuntimeError at test_serve\.py:\d+", said)
    monkeypatch.setenv("UNCRAMP_DEBUG", "1")
    record.exc_text = None
    assert "/home/ann/run.fit" in formatter.format(record)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "2 seconds"), (2, "2 seconds"), (59.1, "60 seconds"), (119, "119 seconds"),
     (120, "2 minutes"), (121, "3 minutes"), (900, "15 minutes")],
)  # fmt: skip
def test_a_wait_is_never_told_too_short(seconds: float, words: str) -> None:
    """Rounded up, in whole seconds or minutes."""
    assert wait_text(seconds) == words


@pytest.mark.parametrize(
    ("platform", "surroundings", "is_there"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("darwin", {"SSH_CONNECTION": "x"}, False),
        ("win32", {}, True),
    ],
)
def test_a_browser_is_opened_only_where_there_is_a_window_for_it(
    platform: str,
    surroundings: Mapping[str, str],
    *,
    is_there: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Never a text browser in the terminal that shows the link."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert serving.has_display() is is_there


def test_the_browser_is_handed_a_token_that_works_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its command line is seen by others; what stands on stdout is not what stands there."""
    called = threading.Event()
    commands: list[list[str]] = []

    def note(command: list[str], **_: Any) -> None:
        commands.append(command)
        called.set()

    monkeypatch.setattr(subprocess, "run", note)
    serving.open_browser("http://127.0.0.1:1/?token=first", umask=0o022)
    assert called.wait(10)
    assert commands == [
        [sys.executable, "-m", "webbrowser", "-t", "http://127.0.0.1:1/?token=first"]
    ]


def test_many_may_open_a_new_store_at_the_same_time(tmp_path: Path) -> None:
    """The first page asks for several things at once, before there is a database."""
    together = threading.Barrier(20)

    def open_it(number: int) -> int:
        together.wait()
        with Context(data_dir=tmp_path / "data", now=NOW) as context:
            return len(context.store.runners())

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(open_it, range(20))) == [0] * 20


def test_the_public_part_is_written_for_a_web_host(tmp_path: Path) -> None:
    """Files, no server, no store, nothing about a runner."""
    ended = run_cli(
        "serve", "--export-site", str(tmp_path / "site"), UNCRAMP_DATA_DIR=str(tmp_path)
    )
    assert ended.returncode == 0, ended.stderr
    assert {"index.html", "sw.js"} <= {path.name for path in (tmp_path / "site").iterdir()}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]


def test_many_threads_leave_the_mirror_right(tmp_path: Path) -> None:
    """Pages open the store all the time, while `now` notes stops: none is ever lost from the file
    that `now` reads."""
    folder = demo_store(tmp_path / "data")
    result = {"stop": {"flags": [{"id": "stroke"}]}, "locks": []}
    done, names = threading.Event(), {f"runner {number}" for number in range(60)}

    def look() -> None:
        while not done.is_set():
            with Context(data_dir=folder, now=NOW) as context:
                context.store.runners()

    with ThreadPoolExecutor(6) as pool:
        looking = [pool.submit(look) for _ in range(4)]
        for name in names:
            note(folder, {"runner": name, "inputs": {}, "result": result}, at=NOW)
            time.sleep(0.005)
        done.set()
        for one in looking:
            one.result()
    with Context(data_dir=folder, now=NOW) as context:
        opened = {
            runner.name: [flag.flag_id for flag in context.store.open_flags(runner)]
            for runner in context.store.runners()
        }
    mirrored = json.loads((folder / MIRROR_FILE).read_text(encoding="utf-8"))["runners"]
    assert {name: one["stops"] for name, one in mirrored.items() if one["stops"]} == {
        name: flags for name, flags in opened.items() if flags
    }
    assert names <= mirrored.keys()
    assert not list(folder.glob("now_journal*"))
    assert not list(folder.glob(f".{MIRROR_FILE}*"))
