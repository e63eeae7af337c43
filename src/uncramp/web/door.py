"""The door: who has the link of this start, its cookie or the passphrase comes in.

Nobody else sees anything but the page for a cramp this minute, and what this door is drawn with.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from uncramp.envelope import error_envelope
from uncramp.web.rendering import render, settings_of
from uncramp.web.sessions import Attempts, Keys, Passphrase, Sessions
from uncramp.web.settings import WebSettings
from uncramp.wording.catalogue import error_text
from uncramp.wording.serving import wait_text

__all__ = ["OPEN_FILES", "bears_token", "cookie_name", "is_public", "keep_door", "refuse"]

PUBLIC: Final = "/now"
"""The page for a cramp this minute, with all it needs below it."""
OPEN_FILES: Final = frozenset({"/static/tokens.css", "/static/app.css", "/static/icon.svg"})
"""What the page at the door is drawn with; no file in `static` says anything about a runner."""
DOOR: Final = "/door"
"""Where the passphrase is sent."""
API: Final = "/api/"
BEARER: Final = "bearer "

LAN_SESSION_S: Final = 12 * 3600.0
"""A phone that is lost is out again after half a day."""
LONGEST_FORM: Final = 8 * 1024
START: Final = "/"
SAMPLE: Final = "http://127.0.0.1:{port}/?token=…"
NO_TOKEN: Final = "web_no_token"  # noqa: S105  (the name of an error)


def is_public(path: str) -> bool:
    """Whether everybody may see `path`."""
    return path == PUBLIC or path.startswith(PUBLIC + "/")


def is_api(path: str) -> bool:
    """Whether a program asks, which wants an envelope and not a page."""
    return path.startswith(API)


def cookie_name(settings: WebSettings) -> str:
    """The cookie's name; it holds the port, because all ports of a computer share their cookies."""
    return f"uncramp-{settings.port}"


def bearer_of(scope: Scope) -> str | None:
    """The token in the header of a program that uses the API."""
    given = Headers(scope=scope).get("authorization", "")
    return given[len(BEARER) :].strip() if given.lower().startswith(BEARER) else None


def bears_token(scope: Scope) -> bool:
    """Whether this is a program that shows a token; whether it fits, the door finds out."""
    return is_api(scope["path"]) and bearer_of(scope) is not None


def refuse(
    request: Request,
    code: str,
    status_code: int,
    *,
    values: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error for somebody who may be a stranger: a page without names, or an envelope."""
    words = error_text(code, dict(values or {}))
    if is_api(request.scope["path"]):
        return JSONResponse(
            error_envelope(code, words), status_code=status_code, headers=dict(headers or {})
        )
    shown: dict[str, Any] = {"words": words, "again": None, "sample": None}
    if code == NO_TOKEN:
        port = settings_of(request).port
        shown |= {"again": again(request), "sample": SAMPLE.format(port=port)}
    return render(request, "door.html", shown, status_code=status_code, headers=headers)


def again(request: Request) -> str | None:
    """The same address, for somebody who is in but came over a link of another site.

    The browser keeps our cookie to itself then; from our own page it sends it along.
    """
    return own_address(request) if request.method == "GET" else None


def own_address(request: Request) -> str:
    """The address that was asked for, without the token; it always leads back to us."""
    given = [(k, v) for k, v in request.query_params.multi_items() if k != "token"]
    path = request.scope.get("raw_path") or request.scope["path"].encode()
    query = f"?{urlencode(given)}" if given else ""
    return own_path(path.decode("latin-1")) + query


def own_path(path: str) -> str:
    """`path` as one on this server: nothing at its start that a browser takes for another host."""
    return "/" + re.sub(r"[\x00-\x20\x7f]", "", path).replace("\\", "/").lstrip("/")


def keep_door(app: ASGIApp, settings: WebSettings) -> ASGIApp:
    """`app` for those who may come in."""
    door = Door(app, settings)
    return door.answer


class Door:
    """Lets in by cookie, by token, or by passphrase when there is one."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app = app
        self._cookie = cookie_name(settings)
        self._keys = Keys(settings.token, settings.first_token)
        is_lan = settings.passphrase is not None
        self._sessions = Sessions(clock=time.monotonic, longest_s=LAN_SESSION_S if is_lan else None)
        self._passphrase = Passphrase(settings.passphrase) if settings.passphrase else None
        self._attempts = Attempts(clock=time.monotonic)
        self._one_at_a_time = asyncio.Lock()

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass; answer everything else here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        is_in = self._sessions.holds(request.cookies.get(self._cookie))
        response = self._entering(request, is_in=is_in)
        if response is None and not self._may_pass(scope, is_in=is_in):
            response = await self._at_the_door(request)
        if response is None:
            await self._app(scope, receive, send)
        else:
            await response(scope, receive, send)

    def _may_pass(self, scope: Scope, *, is_in: bool) -> bool:
        """Whether the app answers."""
        path = scope["path"]
        if is_in or is_public(path) or path in OPEN_FILES:
            return True
        token = bearer_of(scope) if is_api(path) else None
        return token is not None and self._keys.fits(token)

    def _entering(self, request: Request, *, is_in: bool) -> Response | None:
        """The small page between the token link and the page it leads to; None for all else.

        A page that sends itself on, not a redirect: a browser that was led here by another program
        would not send our strict cookie along on a redirect. And the token leaves the address bar.
        """
        token = request.query_params.get("token")
        path = request.scope["path"]
        if token is None or request.method != "GET" or is_api(path) or path.startswith("/static/"):
            return None
        opens = self._keys.opens(token)
        if not opens and not is_in:
            return None
        response = render(
            request,
            "entering.html",
            {"target": own_address(request)},
            headers={"Referrer-Policy": "no-referrer"},
        )
        if not is_in:
            self._give_cookie(response)
        return response

    def _give_cookie(self, response: Response) -> None:
        """A new session for this browser; gone when it is closed."""
        response.set_cookie(
            self._cookie, self._sessions.open(), httponly=True, samesite="strict", path="/"
        )

    async def _at_the_door(self, request: Request) -> Response:
        """What somebody sees who was not let in."""
        path = request.scope["path"]
        if self._passphrase is None or is_api(path):
            wants = {"WWW-Authenticate": "Bearer"} if is_api(path) else None
            return refuse(request, NO_TOKEN, 401, headers=wants)
        if path == DOOR and request.method == "POST":
            return await self._knock(request, self._passphrase)
        return ask_passphrase(request, next_path=again(request) or START, status_code=401)

    async def _knock(self, request: Request, passphrase: Passphrase) -> Response:
        """Compare a passphrase, one at a time, so that many tries at once are no more than one."""
        form = await small_form(request)
        next_path = own_path(form.get("next", START))
        address = request.client.host if request.client else ""
        async with self._one_at_a_time:
            wait_s = self._attempts.wait_s(address)
            if wait_s > 0:
                return ask_passphrase(
                    request, next_path=next_path, status_code=429, wait_s=math.ceil(wait_s)
                )
            if not await run_in_threadpool(passphrase.fits, form.get("passphrase", "")):
                self._attempts.failed(address)
                return ask_passphrase(request, next_path=next_path, status_code=401, is_wrong=True)
            self._attempts.succeeded(address)
        response = RedirectResponse(next_path, status_code=303)
        self._give_cookie(response)
        return response


async def small_form(request: Request) -> dict[str, str]:
    """The fields of a short form; empty when it is longer than any form of ours."""
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > LONGEST_FORM:
            return {}
    return dict(parse_qsl(content.decode("utf-8", "replace"), errors="replace"))


def ask_passphrase(
    request: Request,
    *,
    next_path: str,
    status_code: int,
    is_wrong: bool = False,
    wait_s: int = 0,
) -> Response:
    """The page that asks for the passphrase, and says what it cannot keep from others."""
    shown: dict[str, Any] = {
        "next_path": next_path,
        "is_wrong": is_wrong,
        "wait": wait_text(wait_s) if wait_s else None,
    }
    headers = {"Retry-After": str(wait_s)} if wait_s else None
    return render(request, "passphrase.html", shown, status_code=status_code, headers=headers)
