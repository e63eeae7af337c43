"""How much a request may bring, counted as it comes: what a header says is no proof."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from uncramp.web.failures import failure
from uncramp.web.links import path_fits
from uncramp.web.settings import MIB, WebSettings

__all__ = ["UPLOAD_PATHS", "limit_bodies"]

UPLOAD_PATHS: Final = (
    "/r/{runner}/add",
    "/r/{runner}/settings/restore",
    "/api/runners/{runner}/imports",
    "/api/runners/{runner}/restore",
)
"""Where files may be sent, up to `upload_limit_bytes`; everywhere else it is `body_limit_bytes`."""

COURSE_PATHS: Final = ("/r/{runner}/race/add", "/r/{runner}/race/{race}/change")
"""Where the one file of a course may be sent with a form."""
COURSE_LIMIT: Final = 8 * MIB
"""A marathon recorded every second, with heart rate, is about half of this as GPX."""
TOO_LARGE: Final = 413


def limit_bodies(app: ASGIApp, settings: WebSettings) -> ASGIApp:
    """`app`, which is never handed more of a body than its path may bring."""

    async def count(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        limited = LimitedBody(scope, receive, send, limit_bytes=limit_for(scope["path"], settings))
        if limited.is_announced_too_large():
            await limited.refuse()
            return
        try:
            await app(scope, limited.receive, limited.send)
        except BodyTooLargeError:
            if limited.has_answered:
                raise
        if limited.is_too_large and not limited.has_answered:
            await limited.refuse()

    return count


def limit_for(path: str, settings: WebSettings) -> int:
    """How many bytes a request to `path` may bring."""
    is_upload = any(path_fits(path, known) for known in UPLOAD_PATHS)
    if any(path_fits(path, known) for known in COURSE_PATHS):
        return max(COURSE_LIMIT, settings.body_limit_bytes)
    return settings.upload_limit_bytes if is_upload else settings.body_limit_bytes


class BodyTooLargeError(HTTPException):
    """More came than is allowed. An HTTPException, so that what parses bodies lets it through."""

    def __init__(self) -> None:
        super().__init__(status_code=TOO_LARGE)


class LimitedBody:
    """One request whose body is counted; what the app says after too much is not sent."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, limit_bytes: int) -> None:
        self.is_too_large = False
        self.has_answered = False
        self._scope, self._receive, self._send = scope, receive, send
        self._limit_bytes = limit_bytes
        self._n_bytes = 0

    def is_announced_too_large(self) -> bool:
        """Whether the header alone says that it is too much, or says nothing that is a number."""
        announced = Headers(scope=self._scope).getlist("content-length")
        return any(
            not (one.isascii() and one.isdigit()) or int(one[:20]) > self._limit_bytes
            for one in announced
        )

    async def receive(self) -> Message:
        """The next piece of the body; BodyTooLargeError when it is one too many."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._n_bytes += len(message.get("body", b""))
            if self._n_bytes > self._limit_bytes:
                self.is_too_large = True
                raise BodyTooLargeError
        return message

    async def send(self, message: Message) -> None:
        """Pass an answer on, unless it comes of a body that was cut off."""
        if self.is_too_large and not self.has_answered:
            return
        self.has_answered = True
        await self._send(message)

    async def refuse(self) -> None:
        """Say that it was too much; nothing of it was kept."""
        response = failure(Request(self._scope), "web_too_large", status_code=TOO_LARGE)
        await response(self._scope, self._receive, self._send)
