"""The guard in front of the app: for whom it answers, from where, and what every answer carries.

From outside to inside: headers of every answer (errors too), the shape of a request, the name it
asks for, who sent it, the door (`uncramp.web.door`), the size of what is sent
(`uncramp.web.bodies`), the app. Plain ASGI, so that nothing is read before it is allowed.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from uncramp.web.bodies import limit_bodies
from uncramp.web.door import bears_token, is_public, keep_door, refuse
from uncramp.web.failures import failure
from uncramp.web.links import path_fits
from uncramp.web.settings import WebSettings

__all__ = ["CONTENT_POLICY", "ONLY_HERE", "guard"]

CONTENT_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""What a page may load: nothing but its own files, and no script or style inside the page."""

OF_EVERY_ANSWER: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), hid=(), "
    "microphone=(), midi=(), payment=(), publickey-credentials-get=(), serial=(), usb=()",
}
REFERRER_POLICY: Final = "same-origin"
"""Not `no-referrer`: under that browsers send `Origin: null` with our own forms."""
NOT_KEPT: Final = "no-store"
ASKED_EACH_TIME: Final = "no-cache"

LONGEST_ADDRESS: Final = 8 * 1024
MOST_HEADERS: Final = 100
LONGEST_HEADERS: Final = 32 * 1024

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""
FROM_HERE: Final = frozenset({"same-origin", "none"})
"""Sec-Fetch-Site of our own pages, and of what a person typed or opened. `same-site` is not
among them: every port of this computer is the same site."""
ONLY_HERE: Final = (
    "/r/{runner}/add/path",
    "/r/{runner}/add/watch",
    "/r/{runner}/settings/watch",
)
"""What names folders of this computer, or reads what is plugged into it: not for other devices."""
HOST: Final = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:(?P<port>\d{1,5}))?")


def guard(app: ASGIApp, settings: WebSettings) -> ASGIApp:
    """`app` behind everything that keeps others out."""
    inside = limit_bodies(refuse_from_afar(answer_head(app), settings), settings)
    return add_headers(
        refuse_odd_shapes(
            refuse_other_hosts(refuse_other_sites(keep_door(inside, settings)), settings)
        )
    )


# Headers


def add_headers(app: ASGIApp) -> ASGIApp:
    """Every answer with the headers that tell a browser what it must not do."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                put_headers(MutableHeaders(scope=message), path=scope["path"])
            await send(message)

        await app(scope, receive, send_with_headers)

    return answer


def put_headers(headers: MutableHeaders, *, path: str) -> None:
    """Set what every answer carries. Only the public page may bring its own content policy."""
    for name, value in OF_EVERY_ANSWER.items():
        headers[name] = value
    headers.setdefault("Referrer-Policy", REFERRER_POLICY)
    if is_public(path):
        headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        headers.setdefault("Cache-Control", ASKED_EACH_TIME)
        return
    headers["Content-Security-Policy"] = CONTENT_POLICY
    if path.startswith("/static/"):
        headers.setdefault("Cache-Control", NOT_KEPT)
    else:
        headers["Cache-Control"] = NOT_KEPT


# Shape


def refuse_odd_shapes(app: ASGIApp) -> ASGIApp:
    """Refuse addresses and headers longer than any page of ours needs."""

    async def check(scope: Scope, receive: Receive, send: Send) -> None:
        status_code = odd_shape(scope) if scope["type"] == "http" else None
        if status_code is not None:
            await refuse(Request(scope), "web_too_long", status_code)(scope, receive, send)
            return
        await app(scope, receive, send)

    return check


def odd_shape(scope: Scope) -> int | None:
    """The status that says what is too long, None when nothing is."""
    address = scope.get("raw_path") or scope["path"].encode()
    if len(address) + len(scope["query_string"]) > LONGEST_ADDRESS:
        return 414
    headers = scope["headers"]
    if len(headers) > MOST_HEADERS or sum(len(k) + len(v) for k, v in headers) > LONGEST_HEADERS:
        return 431
    return None


# The name it asks for


def refuse_other_hosts(app: ASGIApp, settings: WebSettings) -> ASGIApp:
    """Answer only under our own names and our own port.

    Another site may let its name point at this computer (DNS rebinding): to the browser it is then
    the same origin as us. What it cannot change is the name that the browser asks for.
    """

    async def check(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_our_host(scope, settings):
            await refuse(Request(scope), "web_foreign_host", 421)(scope, receive, send)
            return
        await app(scope, receive, send)

    return check


def is_our_host(scope: Scope, settings: WebSettings) -> bool:
    """Whether the one Host header names us.

    The address at which this very connection came in is a name of ours too: a number cannot be
    made to point elsewhere.
    """
    given = Headers(scope=scope).getlist("host")
    found = HOST.fullmatch(given[0]) if len(given) == 1 else None
    if found is None or int(found["port"] or 80) != settings.port:
        return False
    name = found["name"].lower()
    return name in settings.hosts or same_address(name, (scope.get("server") or ("",))[0])


def same_address(name: str, address: str) -> bool:
    """Whether both are the same number of a machine; False when one of them is no number."""
    try:
        return ipaddress.ip_address(name.strip("[]")) == ipaddress.ip_address(address)
    except ValueError:
        return False


# Who sent it


def refuse_other_sites(app: ASGIApp) -> ASGIApp:
    """Refuse what another site made the browser send, without any token in our forms."""

    async def check(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_from_here(scope):
            await refuse(Request(scope), "web_cross_site", 403)(scope, receive, send)
            return
        await app(scope, receive, send)

    return check


def is_from_here(scope: Scope) -> bool:
    """Whether our own pages, a person or a program sent this; not a page of somebody else.

    Changing something: browsers say with `Sec-Fetch-Site` who sends it; over plain HTTP between
    machines they leave that out but send `Origin`, which must be where we are. With neither it is
    no browser of the last years, and only the token in a header will do, which no browser adds by
    itself. Reading: another site may lead a person here, but may not show or load what is ours.
    """
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if scope["method"] in READING:
        return site is None or site in FROM_HERE or is_led_here(headers)
    if site is not None:
        return site in FROM_HERE
    origin = headers.get("origin")
    if origin is not None:
        return origin.lower() == f"{scope['scheme']}://{headers['host']}".lower()
    return bears_token(scope)


def is_led_here(headers: Headers) -> bool:
    """A person followed a link to us, in a window of its own."""
    return (
        headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    )


# From which device


def refuse_from_afar(app: ASGIApp, settings: WebSettings) -> ASGIApp:
    """Keep what reaches into this computer to those who sit at it."""
    if settings.passphrase is None:
        return app  # nobody else can connect

    async def check(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_here(scope):
            path = scope["path"]
            if any(path_fits(path, known) for known in ONLY_HERE):
                response = failure(Request(scope), "web_only_here", status_code=403)
                await response(scope, receive, send)
                return
        await app(scope, receive, send)

    return check


def is_here(scope: Scope) -> bool:
    """Whether the request comes from this computer."""
    try:
        return ipaddress.ip_address((scope.get("client") or ("",))[0]).is_loopback
    except ValueError:
        return False


# HEAD


def answer_head(app: ASGIApp) -> ASGIApp:
    """Answer HEAD as GET without the body, for every page."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await app(scope, receive, send)
            return
        await app({**scope, "method": "GET"}, receive, without_body(send))

    return answer


def without_body(send: Send) -> Send:
    """`send` that keeps what a body says to itself."""

    async def send_without_body(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_without_body
