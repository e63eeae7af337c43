"""What the tests of the web app share: settings, a client that is let in, the demo runner's store.

`client(folder)` is a browser that opened the token link; `demo_store(folder)` fills a folder with
the synthetic runner, made once a session and copied after that.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from atexit import register
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, Final, Protocol

from fastapi import FastAPI
from starlette.testclient import TestClient

from uncramp.actions.context import Context
from uncramp.actions.diary import mark_run
from uncramp.actions.importing import import_paths
from uncramp.actions.preferences import change_profile
from uncramp.demo_runs import fit_bytes, outings
from uncramp.interview import questions
from uncramp.vocabulary import Sex, UserProfile
from uncramp.web.app import create_app
from uncramp.web.settings import WebSettings

__all__ = [
    "HOST",
    "NOW",
    "ORIGIN",
    "TOKEN",
    "Answer",
    "Answered",
    "ask",
    "client",
    "demo_store",
    "drinks_planned",
    "let_in",
    "settings_for",
    "stranger",
    "words_of",
]

TOKEN: Final = "token-of-this-test"  # noqa: S105  (made up)
PORT: Final = 8765
ORIGIN: Final = f"http://127.0.0.1:{PORT}"
HOST: Final = f"127.0.0.1:{PORT}"
NOW: Final = datetime(2026, 10, 6, 18, 30, tzinfo=timezone(timedelta(hours=2)))
"""Two days after the synthetic marathon."""


def settings_for(data_dir: Path, **changes: Any) -> WebSettings:
    """Settings of a server on the data in `data_dir`, at an evening that does not move."""
    given: dict[str, Any] = {"data_dir": data_dir, "token": TOKEN, "port": PORT}
    return WebSettings(**{**given, "clock": lambda: NOW, **changes})


def stranger(data_dir: Path, **changes: Any) -> TestClient:
    """A browser that was given no link; what fails on the server is an answer, not a traceback."""
    app = create_app(settings_for(data_dir, **changes))
    return TestClient(
        app,
        base_url=ORIGIN,
        headers={"Origin": ORIGIN},
        raise_server_exceptions=False,
        follow_redirects=False,
    )


def let_in(browser: TestClient, token: str = TOKEN) -> TestClient:
    """Open the token link, and keep the cookie that it gives."""
    browser.get("/", params={"token": token})
    return browser


def client(data_dir: Path, *, raises: bool = True, **changes: Any) -> TestClient:
    """A browser that is let in; what fails on the server fails the test, unless `raises` is off.

    Redirects are followed. Say `follow_redirects=False` with a request to see one.
    """
    app = create_app(settings_for(data_dir, **changes))
    browser = TestClient(
        app, base_url=ORIGIN, headers={"Origin": ORIGIN}, raise_server_exceptions=raises
    )
    return let_in(browser)


def demo_store(folder: Path) -> Path:
    """Fill `folder` with the synthetic runner `me`: 14 weeks, a marathon, its cramp marked."""
    shutil.copytree(made_store(), folder, dirs_exist_ok=True)
    return folder


@cache
def made_store() -> Path:
    """The synthetic runner's store, made on first use and gone at the end of the session."""
    made = Path(tempfile.mkdtemp(prefix="uncramp-web-tests-"))
    register(shutil.rmtree, made, ignore_errors=True)
    files, store = made / "files", made / "store"
    files.mkdir()
    for outing in outings():
        (files / outing.name).write_bytes(fit_bytes(outing))
    with Context(data_dir=store, now=NOW.astimezone(UTC)) as context:
        import_paths(context, [files], workers=1)
        mark_run(context, "last", km=None, minute=None, muscles=("calf",))
    return store


@dataclass
class Answer:
    """What came back for a raw request."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def ask(
    app: FastAPI,
    path: str,
    *,
    method: str = "GET",
    headers: Iterable[tuple[str, str]] = (("host", HOST),),
    pieces: Sequence[bytes] = (b"",),
    query: str = "",
    client_address: str = "127.0.0.1",
) -> Answer:
    """Send a request exactly as given, without what a client library would add or put right."""
    scope: dict[str, Any] = {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": path,
        "raw_path": path.encode("utf-8", "surrogatepass"), "query_string": query.encode(),
        "root_path": "", "headers": [(key.encode(), value.encode()) for key, value in headers],
        "client": (client_address, 50000), "server": ("127.0.0.1", 8765), "state": {},
    }  # fmt: skip
    answer, left = Answer(), list(pieces)

    async def receive() -> dict[str, Any]:
        if not left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {key.decode(): value.decode() for key, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    return answer


def drinks_planned(folder: Path, browser: TestClient) -> None:
    """Give the runner of a store a body, and over HTTP a race with a drinking plan."""
    with Context(data_dir=folder, now=NOW) as context:
        body = UserProfile(sex=Sex.FEMALE, age_y=38, height_cm=168, body_mass_kg=61)
        change_profile(context, body)
    told = {"day": "2027-04-11", "distance_m": 42195, "temp_air_c": 20}
    browser.post("/api/runners/me/races", json=told | {"relative_humidity_pct": 50})
    clear = {one.id: ["none"] for one in questions().values() if one.section == "screen"}
    made = browser.post("/api/runners/me/races/1/plan", json={"answers": clear})
    assert made.status_code == 200, made.text


class Answered(Protocol):
    """What comes back from a page, whichever client fetched it."""

    @property
    def text(self) -> str:
        """The page."""

    @property
    def url(self) -> object:
        """Where it was found."""


def words_of(answer: Answered | str) -> str:
    """What a reader sees of a page: no markup, one space between words."""
    page = answer if isinstance(answer, str) else answer.text
    main = page.partition("<main")[2]
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", main, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())
