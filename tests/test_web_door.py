"""The door of the web app: the link, the cookie, the passphrase, and what a stranger sees."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from uncramp.web.app import create_app
from uncramp.web.door import OPEN_FILES, cookie_name, is_public, own_path
from uncramp.web.sessions import Attempts, Keys, Passphrase, Sessions
from uncramp.web.settings import WebSettings
from web_support import HOST, ORIGIN, TOKEN, ask, client, let_in, settings_for, stranger

PASSPHRASE: Final = "salt cup hill twelve"  # noqa: S105
OURS: Final = "Annegret"
"""A runner's name, which nobody may read who is not let in."""
ELSEWHERE: Final = ("http://evil.example", "http://127.0.0.1:9000", "null")


def sample_paths(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and path of the app, places filled with something."""
    for route in iter_route_contexts(app.routes):
        path = re.sub(r"\{[^}]+\}", "x1", route.path or "")
        for method in sorted(route.methods or {"GET"}):
            yield method, path


# ---------------------------------------------------------------- the door


def test_without_the_link_every_path_answers_401(tmp_path: Path) -> None:
    """All of them, read from the app itself; only the page for a cramp this minute is open."""
    browser = stranger(tmp_path, home_runner=OURS)
    app = browser.app
    assert isinstance(app, FastAPI)
    tried = 0
    for method, path in (*sample_paths(app), ("GET", "/nowhere"), ("GET", "/api/nowhere"),
                         ("GET", "/static/nowhere.css"), ("POST", "/door"), ("GET", "/now.html"),
                         ("GET", "/nowhere/now/"), ("TRACE", "/")):  # fmt: skip
        if is_public(path):
            continue
        answer = browser.request(method, path)
        assert answer.status_code == 401, (method, path)
        assert OURS not in answer.text, (method, path)
        assert "set-cookie" not in answer.headers
        if path.startswith("/api/") and method != "HEAD":
            assert answer.json()["error"]["code"] == "web_no_token", path
            assert answer.headers["www-authenticate"] == "Bearer"
        tried += 1
    assert tried > 10
    assert not tmp_path.joinpath("uncramp.sqlite3").exists()


def test_a_stranger_gets_only_what_the_door_is_drawn_with(tmp_path: Path) -> None:
    """Of our own files too, each must be named to be open; with the link all are there."""
    names = sorted(one.name for one in (files("uncramp.web") / "static").iterdir() if one.is_file())
    browser = stranger(tmp_path)
    seen = {f"/static/{name}" for name in names
            if browser.get(f"/static/{name}").status_code == 200}  # fmt: skip
    assert seen == OPEN_FILES
    let_in(browser)
    assert all(browser.get(f"/static/{name}").status_code == 200 for name in names)


def test_the_page_for_a_cramp_this_minute_is_open_with_all_it_needs(tmp_path: Path) -> None:
    """No link, no name of a runner, and no file that a stranger does not get."""
    browser = stranger(tmp_path, home_runner=OURS)
    page = browser.get("/now/")
    assert page.status_code == 200
    assert OURS not in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    for directive in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert directive in page.headers["content-security-policy"]
    for address in re.findall(r'(?:href|src)="([^"#:]+)"', page.text):
        assert browser.get(str(page.url.join(address))).status_code == 200, address
    assert browser.get("/now", follow_redirects=True).status_code == 200


def test_the_page_of_the_door_needs_nothing_that_is_closed(tmp_path: Path) -> None:
    """Every file it names answers 200 without the link."""
    browser = stranger(tmp_path)
    page = browser.get("/r/me").text
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(named) == len(OPEN_FILES)
    assert all(browser.get(one).status_code == 200 for one in named)


def test_the_link_gives_a_cookie_and_leads_on_without_the_token(tmp_path: Path) -> None:
    """A page that sends itself on: HttpOnly, Strict, no redirect, no token in any address."""
    browser = stranger(tmp_path)
    answer = browser.get(f"/r/me/runs?page=2&token={TOKEN}&q=a%26b")
    assert answer.status_code == 200
    assert 'content="0; url=/r/me/runs?page=2&amp;q=a%26b"' in answer.text
    assert TOKEN not in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    cookie = answer.headers["set-cookie"]
    name, _, value = cookie.partition(";")[0].partition("=")
    assert name == "uncramp-8765"
    assert value != TOKEN
    assert len(value) >= 43
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert attributes == {"httponly", "samesite=strict", "path=/"}
    assert browser.get("/r/me").status_code == 200
    assert "set-cookie" not in browser.get("/r/me").headers


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "ü", "\ud800", "a" * 1000])
def test_another_token_lets_nobody_in(tmp_path: Path, token: str) -> None:
    """Neither a wrong one nor something that is no token at all."""
    query = "token=" + "".join(f"%{byte:02x}" for byte in token.encode("utf-8", "surrogatepass"))
    answer = ask(create_app(settings_for(tmp_path)), "/", query=query)
    assert answer.status == 401
    assert "set-cookie" not in answer.headers


def test_every_start_has_sessions_of_its_own(tmp_path: Path) -> None:
    """A cookie of the server before opens nothing, and neither does a made-up one."""
    before = client(tmp_path)
    name = cookie_name(settings_for(tmp_path))
    kept = before.cookies[name]
    for value in (kept, "", "x", TOKEN):
        after = stranger(tmp_path)
        after.cookies.set(name, value)
        assert after.get("/r/me").status_code == 401


def test_the_cookie_of_another_port_is_not_ours(tmp_path: Path) -> None:
    """All ports of a computer share their cookies, so the name holds the port."""
    here, there = settings_for(tmp_path), settings_for(tmp_path, port=9000)
    assert cookie_name(here) != cookie_name(there)


def test_an_old_link_still_leads_in_whoever_is_in(tmp_path: Path) -> None:
    """A bookmark of the link of an earlier start is no dead end, as long as the cookie holds."""
    answer = client(tmp_path).get("/r/me?token=of-yesterday")
    assert answer.status_code == 200
    assert "url=/r/me" in answer.text


def test_the_first_token_opens_once(tmp_path: Path) -> None:
    """What was on a command line for all to see is worth nothing afterwards."""
    browser = stranger(tmp_path, first_token="once")  # noqa: S106
    assert "set-cookie" in browser.get("/?token=once").headers
    browser.cookies.clear()
    assert browser.get("/?token=once").status_code == 401
    assert browser.get(f"/?token={TOKEN}").status_code == 200


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("//elsewhere.example/x", "/elsewhere.example/x"),
        ("/\\elsewhere.example", "/elsewhere.example"),
        ("///", "/"),
        ("/\t//elsewhere.example", "/elsewhere.example"),
        ("/r/a%2Fb", "/r/a%2Fb"),
        ('/"><script>', "/&#34;&gt;&lt;script&gt;"),
    ],
)
def test_the_link_never_leads_elsewhere(tmp_path: Path, path: str, leads_to: str) -> None:
    """Nothing in the address makes the browser go to another host, or run a script."""
    app = create_app(settings_for(tmp_path))
    answer = ask(app, path, query=f"token={TOKEN}")
    assert f'content="0; url={leads_to}"' in answer.body.decode()


@given(st.text(max_size=40))
def test_an_own_path_is_always_own(path: str) -> None:
    """One slash at the start, none that a browser takes for the start of a host."""
    assert re.match(r"/(?![/\\])", own_path(path))
    assert not set("\r\n\t\\") & set(own_path(path))


def test_somebody_led_here_by_another_site_can_open_the_page_again(tmp_path: Path) -> None:
    """The strict cookie stays home on such a way; a link on our own page brings it along."""
    app = create_app(settings_for(tmp_path))
    page = ask(app, "/r/me/runs", query="page=2&token=old").body.decode()
    assert '<a href="/r/me/runs?page=2">' in page


def test_a_program_shows_the_token_in_a_header(tmp_path: Path) -> None:
    """For the API only; a wrong one is refused; in the address of the API it is no key."""
    app = create_app(settings_for(tmp_path))
    host = ("host", HOST)
    path = "/api/openapi.json"
    assert ask(app, path, headers=(host, ("authorization", f"Bearer {TOKEN}"))).status == 200
    assert ask(app, path, headers=(host, ("authorization", f"bearer  {TOKEN}"))).status == 200
    for wrong in ("Bearer x", "Bearer", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN} x"):
        assert ask(app, path, headers=(host, ("authorization", wrong))).status == 401
    assert ask(app, path, query=f"token={TOKEN}").status == 401
    assert ask(app, "/r/me", headers=(host, ("authorization", f"Bearer {TOKEN}"))).status == 401


def test_a_websocket_is_closed(tmp_path: Path) -> None:
    """There is none, so none is let in."""
    sent = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message["type"])

    scope = {"type": "websocket", "path": "/now/", "headers": [(b"host", HOST.encode())]}
    asyncio.run(create_app(settings_for(tmp_path))(scope, receive, send))  # type: ignore[arg-type]
    assert sent == ["websocket.close"]


# ---------------------------------------------------------------- a passphrase, for --lan


class Clock:
    """Goes on when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """What it shows."""
        return self.now


def lan(tmp_path: Path, **changes: Any) -> TestClient:
    """Another device in the network, before it comes in."""
    return stranger(tmp_path, passphrase=PASSPHRASE, **changes)


def test_the_passphrase_lets_in_and_leads_on(tmp_path: Path) -> None:
    """The page says first what it cannot keep from others, then leads where one wanted to go."""
    phone = lan(tmp_path, home_runner=OURS)
    page = phone.get("/r/me/runs?page=2")
    assert page.status_code == 401
    assert 'name="next" value="/r/me/runs?page=2"' in page.text
    assert OURS not in page.text
    for words in ("not encrypted", "without signal", "sees all runners"):
        assert words in page.text
    answer = phone.post("/door", data={"passphrase": PASSPHRASE, "next": "/r/me/runs?page=2"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/r/me/runs?page=2"
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    assert phone.get("/static/app.css?x").status_code == 200
    assert phone.get("/api/openapi.json").status_code == 200


@pytest.mark.parametrize("given_words", [f"  {PASSPHRASE} ", "ﬁnish line in sight"])
def test_a_passphrase_may_come_from_any_keyboard(given_words: str) -> None:
    """Spaces around it and letters written in another way are the same words."""
    assert Passphrase(given_words.strip().replace("ﬁ", "fi")).fits(given_words)


@pytest.mark.parametrize("wrong", ["", "x", PASSPHRASE.upper(), PASSPHRASE + "x", "x" * 5000])
def test_a_wrong_passphrase_lets_nobody_in(tmp_path: Path, wrong: str) -> None:
    """The page says so beside the field, and keeps where one wanted to go."""
    phone = lan(tmp_path)
    answer = phone.post("/door", data={"passphrase": wrong, "next": "/r/me/why"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "That is not the passphrase" in answer.text
    assert 'aria-describedby="trouble"' in answer.text
    assert wrong == "" or len(wrong) < 2 or wrong not in answer.text
    assert phone.get("/r/me").status_code == 401


@pytest.mark.parametrize("next_path", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_passphrase_leads_nowhere_else(tmp_path: Path, next_path: str) -> None:
    """The way back is a path of ours, whatever the form says."""
    answer = lan(tmp_path).post("/door", data={"passphrase": PASSPHRASE, "next": next_path})
    assert re.match(r"/(?![/\\])", answer.headers["location"])


def test_another_site_cannot_try_passphrases(tmp_path: Path) -> None:
    """Nor may a page of another device, or one of our own that sends no Origin."""
    phone = lan(tmp_path)
    for origin in ELSEWHERE:
        answer = phone.post("/door", data={"passphrase": PASSPHRASE}, headers={"Origin": origin})
        assert answer.status_code == 403


def test_after_five_wrong_tries_one_waits(tmp_path: Path) -> None:
    """The right one too; the page says how long, and other addresses are not kept waiting."""
    phone = lan(tmp_path)
    for _ in range(Attempts.FREE):
        assert phone.post("/door", data={"passphrase": "wrong"}).status_code == 401
    answer = phone.post("/door", data={"passphrase": PASSPHRASE})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert "too many wrong tries" in answer.text
    app = phone.app
    assert isinstance(app, FastAPI)
    headers = (("host", HOST), ("origin", ORIGIN))
    other = ask(app, "/door", method="POST", headers=headers, client_address="192.0.2.9",
                pieces=(b"passphrase=" + PASSPHRASE.replace(" ", "+").encode(),))  # fmt: skip
    assert other.status == 303


def test_many_tries_at_once_are_no_more_than_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred in parallel: as many are compared as are free."""
    compared = []

    def note(self: Passphrase, words: str) -> bool:
        compared.append(words)
        return False

    monkeypatch.setattr(Passphrase, "fits", note)
    app = create_app(settings_for(tmp_path, passphrase=PASSPHRASE))
    statuses = asyncio.run(knock_at_once(app, 100))
    assert len(compared) == Attempts.FREE
    assert sorted(set(statuses)) == [401, 429]


async def knock_at_once(app: FastAPI, n_times: int) -> list[int]:
    """Wrong passphrases, all at the same time."""
    statuses: list[int] = []

    async def knock() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"passphrase=x", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        scope = {
            "type": "http", "method": "POST", "path": "/door", "raw_path": b"/door",
            "query_string": b"", "scheme": "http", "client": ("192.0.2.1", 1), "state": {},
            "headers": [(b"host", HOST.encode()), (b"origin", ORIGIN.encode())], "root_path": "",
            "server": ("127.0.0.1", 8765), "http_version": "1.1",
        }  # fmt: skip
        await app(scope, receive, send)  # type: ignore[arg-type]

    await asyncio.gather(*(knock() for _ in range(n_times)))
    return statuses


def test_waits_grow_and_are_forgotten_after_a_quiet_hour() -> None:
    """Doubled each time, up to a quarter of an hour; a right one forgets them at once."""
    clock = Clock()
    attempts = Attempts(clock=clock)
    waits = []
    for _ in range(20):
        attempts.failed("a")
        waits.append(attempts.wait_s("a"))
        clock.now += waits[-1]
        assert attempts.wait_s("a") == 0.0
    assert waits[: Attempts.FREE] == [0.0] * (Attempts.FREE - 1) + [Attempts.FIRST_WAIT_S]
    assert waits == sorted(waits)
    assert waits[-1] == Attempts.LONGEST_WAIT_S
    attempts.failed("a")
    attempts.succeeded("a")
    assert attempts.wait_s("a") == 0.0
    for _ in range(Attempts.FREE - 1):
        attempts.failed("b")
    clock.now += Attempts.FORGOTTEN_AFTER_S
    attempts.failed("b")
    assert attempts.wait_s("b") == 0.0


def test_changing_addresses_does_not_help_a_guesser() -> None:
    """After fifty wrong tries from anywhere, everybody waits."""
    clock = Clock()
    attempts = Attempts(clock=clock)
    for number in range(Attempts.FREE_FOR_ALL):
        assert attempts.wait_s("honest") == 0.0
        attempts.failed(f"192.0.2.{number}")
    assert attempts.wait_s("honest") == Attempts.FIRST_WAIT_S


def test_a_session_of_another_device_ends() -> None:
    """A phone that is lost is out after half a day; here it lasts until the server stops."""
    clock = Clock()
    short, long = Sessions(clock=clock, longest_s=10.0), Sessions(clock=clock)
    kept, lasting = short.open(), long.open()
    assert short.holds(kept)
    assert not short.holds(lasting)
    clock.now += 10.0
    assert not short.holds(kept)
    assert long.holds(lasting)
    assert not long.holds(None)
    assert not long.holds("")


def test_secrets_are_not_kept_as_they_are() -> None:
    """What holds sessions, keys and the passphrase knows only digests of them."""
    sessions = Sessions(clock=Clock())
    reference = sessions.open()
    held = [vars(sessions), vars(Keys(TOKEN, "once")), vars(Passphrase(PASSPHRASE))]
    assert not [one for one in (reference, TOKEN, "once", PASSPHRASE) if one in str(held)]


def test_sessions_do_not_fill_the_memory() -> None:
    """The oldest gives way."""
    sessions = Sessions(clock=Clock())
    first = sessions.open()
    others = [sessions.open() for _ in range(1000)]
    assert not sessions.holds(first)
    assert sessions.holds(others[-1])


def test_settings_name_no_host_of_tests() -> None:
    """What makes testing easy is not in what is shipped."""
    hosts = WebSettings(data_dir=Path(), token="x").hosts  # noqa: S106
    assert set(hosts) == {"127.0.0.1", "localhost", "[::1]"}
