"""The guard of the web app: for whom it answers, from where, with how much, in which words."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from uncramp.errors import NotFoundError
from uncramp.web.app import create_app
from uncramp.web.bodies import UPLOAD_PATHS, limit_for
from uncramp.web.security import CONTENT_POLICY, ONLY_HERE
from web_support import HOST, ORIGIN, TOKEN, ask, client, let_in, settings_for, stranger

PASSPHRASE: Final = "salt cup hill twelve"  # noqa: S105
OURS: Final = "Annegret"
"""A runner's name, which nobody may read who is not let in."""
HEADERS_OF_ALL: Final = (
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "cache-control",
)


def whole_app(data_dir: Path, **changes: Any) -> FastAPI:
    """The app with four more paths, to see what reaches a page: the size, a defect, nothing."""
    app = create_app(settings_for(data_dir, **changes))

    async def size(request: Request) -> dict[str, int]:
        return {"n_bytes": len(await request.body())}

    async def form(request: Request) -> dict[str, int]:
        return {"n_fields": len(await request.form())}

    def defect() -> None:
        raise RuntimeError(f"{OURS} at /home/somebody/run.fit")

    for path, endpoint in (("/api/size", size), ("/api/form", form), ("/size", size)):
        app.add_api_route(path, endpoint, methods=["POST"])
    app.add_api_route("/defect", defect)
    app.add_api_route("/api/defect", defect)
    return app


# ---------------------------------------------------------------- the name it asks for


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8765", "127.0.0.1.evil.example:8765", "localhost.evil:8765",
        "127.0.0.1", "127.0.0.1:80", "127.0.0.1:9000", "localhost:", "localhost:x", "", " ",
        "[::1", "127.0.0.1:8765:8765", "127.0.0.1:8765/api/", "me@127.0.0.1:8765",
        "0.0.0.0:8765", "192.168.1.7:8765", "testserver", "127.0.0.1:8765, evil.example",
    ],
)  # fmt: skip
def test_a_name_that_is_not_ours_is_refused(tmp_path: Path, host: str) -> None:
    """DNS rebinding: the browser thinks it is the same origin, and the name gives it away."""
    app = create_app(settings_for(tmp_path, home_runner=OURS))
    browser = let_in(TestClient(app, base_url=ORIGIN))
    cookie = ("cookie", f"uncramp-8765={browser.cookies['uncramp-8765']}")
    for path in ("/", "/api/openapi.json", "/now/", "/static/app.css"):
        answer = ask(app, path, headers=(("host", host), cookie))
        assert answer.status == 421, path
        assert OURS.encode() not in answer.body
    assert ask(app, "/", headers=(("host", host),), query=f"token={TOKEN}").status == 421


def test_no_name_or_two_names_are_refused(tmp_path: Path) -> None:
    """Exactly one Host header."""
    app = create_app(settings_for(tmp_path))
    assert ask(app, "/now/", headers=()).status == 421
    assert ask(app, "/now/", headers=(("host", HOST), ("host", "evil.example"))).status == 421


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"]
)
def test_our_own_names_are_answered(tmp_path: Path, host: str) -> None:
    """With the port, large letters or small."""
    app = create_app(settings_for(tmp_path))
    assert ask(app, "/r/me", headers=(("host", host),)).status == 401


def test_port_80_needs_no_port_in_the_name(tmp_path: Path) -> None:
    """A browser leaves it out."""
    app = create_app(settings_for(tmp_path, port=80))
    assert ask(app, "/r/me", headers=(("host", "localhost"),)).status == 401


# ---------------------------------------------------------------- who sent it


CROSS: Final = "http://evil.example"
NEIGHBOUR: Final = "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 404),
        ({"sec-fetch-site": "none"}, 404),
        ({"sec-fetch-site": "same-origin", "origin": ORIGIN}, 404),
        ({"origin": ORIGIN}, 404),
        ({"origin": ORIGIN.upper()}, 404),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": ORIGIN}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": ""}, 403),
        ({"origin": CROSS}, 403),
        ({"origin": NEIGHBOUR}, 403),
        ({"origin": ORIGIN.replace("http:", "https:")}, 403),
        ({"origin": ORIGIN.replace("127.0.0.1", "localhost")}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({}, 403),
        ({"authorization": "Bearer x"}, 403),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "MADEUP"])
def test_what_another_site_sends_changes_nothing(
    tmp_path: Path, headers: dict[str, str], status: int, method: str
) -> None:
    """With a cookie that fits: only our own pages may send. No answer means: nothing was run."""
    app = create_app(settings_for(tmp_path))
    browser = let_in(TestClient(app, base_url=ORIGIN))
    cookie = ("cookie", f"uncramp-8765={browser.cookies['uncramp-8765']}")
    given_headers = (("host", HOST), cookie, *headers.items())
    assert ask(app, "/nowhere", method=method, headers=given_headers).status == status


def test_a_program_without_origin_needs_the_token_in_a_header(tmp_path: Path) -> None:
    """Neither header: no browser of today. A cookie alone is not enough then."""
    app = whole_app(tmp_path)
    host = ("host", HOST)
    fits, wrong = ("authorization", f"Bearer {TOKEN}"), ("authorization", "Bearer x")
    assert ask(app, "/api/size", method="POST", headers=(host, fits)).status == 200
    assert ask(app, "/api/size", method="POST", headers=(host, wrong)).status == 401
    assert ask(app, "/size", method="POST", headers=(host, fits)).status == 403
    foreign = ("origin", CROSS)
    assert ask(app, "/api/size", method="POST", headers=(host, fits, foreign)).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/r/me", "/api/openapi.json", "/static/app.css", "/now/"])
def test_another_site_can_neither_load_nor_frame_what_is_ours(
    tmp_path: Path, site: str, path: str
) -> None:
    """It may lead a person here; then it is a window of its own, without the strict cookie."""
    browser = client(tmp_path)
    ways = (("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe"), ("no-cors", "script"),
            ("navigate", "embed"), ("navigate", "object"), ("", ""))  # fmt: skip
    for mode, destination in ways:
        headers = {
            "Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": destination,
        }  # fmt: skip
        assert browser.get(path, headers=headers).status_code == 403, (mode, destination)
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert browser.get(path, headers=headers).status_code != 403


def test_no_answer_opens_us_to_other_sites(tmp_path: Path) -> None:
    """No CORS header, whatever a preflight asks for."""
    for browser in (stranger(tmp_path), client(tmp_path)):
        for path in ("/", "/api/openapi.json", "/now/", "/static/app.css"):
            answer = browser.options(
                path,
                headers={
                    "Origin": CROSS,
                    "Access-Control-Request-Method": "POST",
                    "Access-Control-Request-Headers": "authorization",
                    "Access-Control-Request-Private-Network": "true",
                },
            )
            assert not [name for name in answer.headers if name.startswith("access-control")]


# ---------------------------------------------------------------- what every answer carries


def answers_of_every_kind(tmp_path: Path) -> Iterator[tuple[int, Any]]:
    """One answer for each status that we give, errors of every layer too."""
    app = whole_app(tmp_path, body_limit_bytes=1000)
    browser = let_in(
        TestClient(app, base_url=ORIGIN, headers={"Origin": ORIGIN}, raise_server_exceptions=False)
    )
    yield 200, browser.get("/r/me")
    yield 200, browser.get(f"/?token={TOKEN}")
    yield 200, browser.get("/api/openapi.json")
    yield 200, browser.get("/static/app.css")
    yield 200, browser.get("/now/")
    yield 200, browser.head("/r/me")
    yield 303, browser.get("/", follow_redirects=False)
    yield 401, stranger(tmp_path).get("/")
    yield 401, stranger(tmp_path).get("/api/x")
    yield 403, browser.post("/r/me", headers={"Origin": CROSS})
    yield 404, browser.get("/nowhere")
    yield 404, browser.get("/static/nowhere.css")
    yield 404, browser.get("/now/nowhere")
    yield 405, browser.delete("/r/me")
    yield 413, browser.post("/size", content=b"x" * 1001)
    yield 413, browser.post("/now/x", content=b"x" * 1001)
    yield 414, browser.get("/" + "x" * 9000)
    yield 421, browser.get("/", headers={"Host": "evil.example"})
    yield 431, browser.get("/", headers={f"x-{number}": "x" for number in range(101)})
    yield 500, browser.get("/defect")
    yield 500, browser.get("/api/defect")
    lan = stranger(tmp_path, passphrase=PASSPHRASE)
    yield 401, lan.get("/")
    yield 303, lan.post("/door", data={"passphrase": PASSPHRASE})


def test_every_answer_carries_the_headers(tmp_path: Path) -> None:
    """Pages, files, JSON and errors of every layer; no script and no style inside a page."""
    for status, answer in answers_of_every_kind(tmp_path):
        assert answer.status_code == status, answer.url
        missing = [name for name in HEADERS_OF_ALL if name not in answer.headers]
        assert not missing, (answer.url, missing)
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert "Traceback" not in answer.text
            if answer.url.path != "/now/":  # names its one script by its hash
                assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", answer.text)
            assert answer.request.method == "HEAD" or "<h1" in answer.text


def test_only_what_never_changes_is_kept_by_the_browser(tmp_path: Path) -> None:
    """Our own files under the address of their content; nothing about a runner, no error."""
    for status, answer in answers_of_every_kind(tmp_path):
        path = answer.url.path
        kept = answer.headers["cache-control"]
        if path == "/static/app.css" and status == 200:
            assert "immutable" in kept
        elif path.startswith("/now/"):
            assert kept == "no-cache"
        else:
            assert kept == "no-store", answer.url


def test_a_page_cannot_loosen_the_content_policy(tmp_path: Path) -> None:
    """Only the public page brings a policy of its own."""
    app = create_app(settings_for(tmp_path))
    loose = {"Content-Security-Policy": "default-src *", "Cache-Control": "public"}

    def page() -> Any:
        return HTMLResponse("x", headers=loose)

    app.add_api_route("/loose", page)
    app.router.routes.insert(0, app.router.routes.pop())
    answer = let_in(TestClient(app, base_url=ORIGIN)).get("/loose")
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert answer.headers["cache-control"] == "no-store"


# ---------------------------------------------------------------- how much


LIMIT: Final = 1000


@pytest.mark.parametrize(
    ("headers", "pieces", "status"),
    [
        ((), (b"x" * LIMIT,), 200),
        ((), (b"x" * 400, b"x" * 600), 200),
        ((), (b"x" * (LIMIT + 1),), 413),
        ((), tuple([b"x" * 100] * 11), 413),
        ((("content-length", "10"),), (b"x" * (LIMIT + 1),), 413),
        ((("content-length", "-1"),), (b"x",), 413),
        ((("content-length", "ten"),), (b"x",), 413),
        ((("content-length", "9" * 400),), (b"x",), 413),
        ((("content-length", str(LIMIT + 1)),), (b"x",), 413),
        ((("content-length", "5"), ("content-length", "5000")), (b"x",), 413),
    ],
)
def test_a_body_is_counted_as_it_comes(
    tmp_path: Path, headers: tuple[tuple[str, str], ...], pieces: tuple[bytes, ...], status: int
) -> None:
    """What the header says is believed only where it says too much."""
    app = whole_app(tmp_path, body_limit_bytes=LIMIT)
    sent = (("host", HOST), ("authorization", f"Bearer {TOKEN}"), *headers)
    answer = ask(app, "/api/size", method="POST", headers=sent, pieces=pieces)
    assert answer.status == status
    if status == 413:
        assert b"web_too_large" in answer.body


def test_what_is_announced_too_large_is_not_even_read(tmp_path: Path) -> None:
    """Refused before the first byte, so that nothing is written anywhere."""
    app = whole_app(tmp_path, body_limit_bytes=LIMIT)
    sent = (("host", HOST), ("authorization", f"Bearer {TOKEN}"), ("content-length", "100000"))
    assert ask(app, "/api/size", method="POST", headers=sent, pieces=()).status == 413


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_that_is_too_long_is_cut_off(tmp_path: Path, kind: str) -> None:
    """The parser gets no more than the limit, and the answer is ours, not a half-read form."""
    app = whole_app(tmp_path, body_limit_bytes=LIMIT)
    start = b'--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'
    sent = (("host", HOST), ("authorization", f"Bearer {TOKEN}"),
            ("content-type", f"{kind}; boundary=b"))  # fmt: skip
    pieces = (start, *[b"a=b&" * 50] * 20)
    answer = ask(app, "/api/form", method="POST", headers=sent, pieces=pieces)
    assert answer.status == 413
    assert b"web_too_large" in answer.body


def test_files_may_be_larger_where_files_are_sent(tmp_path: Path) -> None:
    """The table says where; everywhere else the small limit holds, and strangers send nothing."""
    settings = settings_for(tmp_path, body_limit_bytes=LIMIT, upload_limit_bytes=10 * LIMIT)
    for path in UPLOAD_PATHS:
        filled = re.sub(r"\{\w+\}", "me", path)
        assert limit_for(filled, settings) == 10 * LIMIT
        assert limit_for(filled + "/x", settings) == LIMIT
        assert limit_for(re.sub(r"\{\w+\}", "me/x", path), settings) == LIMIT
    assert limit_for("/r/me/why", settings) == LIMIT


def test_the_large_limit_is_where_files_are_received_and_nowhere_else(tmp_path: Path) -> None:
    """The table names just the paths whose code receives files."""
    assert paths_whose_code_says(tmp_path, "await receive(") == set(UPLOAD_PATHS)


def paths_whose_code_says(data_dir: Path, *words: str) -> set[str]:
    """Addresses that something is sent to, and whose function holds one of `words`."""
    return {
        re.sub(r"\{(\w+)(:\w+)?\}", r"{\1}", route.path or "")
        for route in iter_route_contexts(create_app(settings_for(data_dir)).routes)
        if {"POST", "PUT"} & set(route.methods or ())
        and inspect.isfunction(endpoint := getattr(route, "endpoint", None))
        and any(one in inspect.getsource(endpoint) for one in words)
    }


def test_a_stranger_sends_nothing(tmp_path: Path) -> None:
    """The door is before the limit: a body of theirs is never read."""
    read = []

    async def receive() -> dict[str, Any]:
        read.append(1)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        pass

    scope = {
        "type": "http", "method": "POST", "path": "/r/me/add", "raw_path": b"/r/me/add",
        "query_string": b"", "scheme": "http", "client": ("127.0.0.1", 1), "state": {},
        "headers": [(b"host", HOST.encode()), (b"origin", ORIGIN.encode())], "root_path": "",
        "server": ("127.0.0.1", 8765), "http_version": "1.1",
    }  # fmt: skip
    for passphrase in (None, PASSPHRASE):
        app = create_app(settings_for(tmp_path, passphrase=passphrase))
        asyncio.run(app(dict(scope), receive, send))  # type: ignore[arg-type]
    assert not read


# ---------------------------------------------------------------- from which device


def test_what_reaches_into_this_computer_is_listed(tmp_path: Path) -> None:
    """The table names just the paths whose code takes a path, or looks for a watch."""
    reaching = paths_whose_code_says(tmp_path, "expanduser", "find_device_folders")
    assert reaching == set(ONLY_HERE)


@pytest.mark.parametrize("path", [one.format(runner="me") for one in ONLY_HERE])
def test_another_device_does_not_reach_into_this_computer(tmp_path: Path, path: str) -> None:
    """With the passphrase too: folders of this computer are for those who sit at it."""
    app = create_app(settings_for(tmp_path, passphrase=PASSPHRASE))
    host, origin = ("host", HOST), ("origin", ORIGIN)
    words = b"passphrase=" + PASSPHRASE.replace(" ", "+").encode()
    let_in_as = ask(app, "/door", method="POST", headers=(host, origin), pieces=(words,))
    cookie = ("cookie", let_in_as.headers["set-cookie"].partition(";")[0])
    sent = (host, origin, cookie, ("content-type", "application/x-www-form-urlencoded"))
    for address, refused in (("192.0.2.7", True), ("127.0.0.1", False), ("::1", False)):
        answer = ask(app, path, method="POST", headers=sent, client_address=address)
        assert (answer.status == 403) is refused, address
        assert (b"only at the computer" in answer.body) is refused


# ---------------------------------------------------------------- errors are pages


def test_a_defect_is_a_page_that_says_nothing_of_the_runner(tmp_path: Path) -> None:
    """Its kind, and no word of what it says; under /api the same as an envelope."""
    browser = let_in(
        TestClient(whole_app(tmp_path), base_url=ORIGIN, raise_server_exceptions=False)
    )
    page = browser.get("/defect")
    assert page.status_code == 500
    assert "RuntimeError" in page.text
    envelope = browser.get("/api/defect").json()
    assert envelope["schema"] == "uncramp.error/1"
    for words in (page.text, str(envelope)):
        assert OURS not in words
        assert "run.fit" not in words


@pytest.mark.parametrize(
    "path",
    ["/r/%zz", "/r/%ff%fe", "/r/%00", "/r/%2e%2e/runs", "/r/%0d%0aSet-Cookie:x", "/r/a%2Fb/runs",
     "/r/%F0%9F%A5%A8", "/r/me/runs/%00", "/r/me/runs/99999999999999999999", "/r/me/runs/-1",
     "/r/" + "x" * 300, "/r/me?" + "a&" * 2000, "/%", "/r/%F0%9F", "/static/%2e%2e/app.py",
     "/static/..%2f..%2fapp.py", "/now/%2e%2e/r/me"],
)  # fmt: skip
def test_an_odd_address_is_a_page(tmp_path: Path, path: str) -> None:
    """What a person mistypes, or a program tries: an answer of ours, never a defect."""
    answer = client(tmp_path, raises=False).get(path)
    assert answer.status_code < 500, answer.text
    assert "def create_app" not in answer.text
    assert "<h1" in answer.text


def test_a_runner_that_is_not_there_can_be_added(tmp_path: Path) -> None:
    """404, and the way to add one."""
    browser = client(tmp_path)

    def nobody() -> None:
        raise NotFoundError("unknown_runner", values={"runner": "ann", "known": "me"})

    app = browser.app
    assert isinstance(app, FastAPI)
    app.add_api_route("/r/{runner}/nobody", nobody)
    page = browser.get("/r/ann/nobody")
    assert page.status_code == 404
    assert "There is no runner called ann" in page.text
    assert 'href="/r/ann/add"' in page.text


def test_a_method_that_does_not_fit_is_told_which_do(tmp_path: Path) -> None:
    """405 with Allow; HEAD is answered wherever GET is, without a body."""
    browser = client(tmp_path)
    assert browser.delete("/r/me").headers["allow"]
    whole, head = browser.get("/r/me"), browser.head("/r/me")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole.content))
