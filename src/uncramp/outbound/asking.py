"""One question to a web service: time, size and place of the answer are limited, failures told.

Nothing of a question (its address may hold a place) or of a key is logged or put into an error.
Redirects are not followed: what is sent goes to the one service that was named.
"""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from uncramp import __version__
from uncramp.errors import OutboundError

__all__ = ["Patience", "ask"]

USER_AGENT: Final = f"uncramp/{__version__}"
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
PIECE: Final = 2**16
OFTEN_PASSING: Final = frozenset({500, 502, 503, 504})
TOO_MANY: Final = 429

Trouble = Literal[
    "service_unreachable", "service_untrusted", "service_timeout", "service_failing", "service_busy"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for an answer, and how often to ask again.

    A question is asked again after each of `waits_s`, or of `busy_waits_s` when the service says
    that there were too many; what the service itself asks for counts, up to `longest_wait_s`.
    """

    timeout_s: float = 15.0
    """Without any news from the service."""
    deadline_s: float = 120.0
    """For one whole answer."""
    waits_s: Sequence[float] = (1.0, 5.0, 20.0)
    busy_waits_s: Sequence[float] = (10.0, 30.0, 60.0)
    longest_wait_s: float = 120.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


class Passing(Exception):  # noqa: N818  (not an error yet: it is asked again)
    """Something that may be over in a moment."""

    def __init__(self, trouble: Trouble, *, retry_after_s: float | None = None) -> None:
        self.trouble = trouble
        self.retry_after_s = retry_after_s
        super().__init__(trouble)


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A service that points elsewhere has given no answer."""

    def redirect_request(self, *args: Any) -> None:
        """Never."""
        del args


def ask(
    url: str,
    *,
    service: str,
    largest_bytes: int,
    accepted: Sequence[str] = (),
    authorization: str | None = None,
    patience: Patience,
) -> bytes:
    """The answer to one GET request, as bytes.

    `accepted` are content types, all when empty; `service` is the name that errors tell. Only
    https, or http to this machine. Raises OutboundError: service_unreachable, service_timeout,
    service_busy, service_failing (all after asking again), service_untrusted, service_refused
    (with `status`) or service_answer.
    """
    if not is_allowed(url):
        msg = "only https, or http to this machine"
        raise ValueError(msg)
    request = urllib.request.Request(url, headers={"User-Agent": USER_AGENT})  # noqa: S310
    if authorization is not None:
        request.add_unredirected_header("Authorization", authorization)
    n_asked = 0
    while True:
        try:
            content, kind = answered(request, largest_bytes=largest_bytes, patience=patience)
        except Passing as passing:
            wait_s = wait_before_next(passing, n_asked, patience)
            if wait_s is None:
                raise given_up(passing.trouble, service) from None
        except urllib.error.HTTPError as refusal:
            values = {"service": service, "status": refusal.code}
            raise OutboundError("service_refused", values=values) from None
        else:
            if content is None or (accepted and kind not in accepted):
                raise OutboundError("service_answer", values={"service": service})
            return content
        patience.sleep(wait_s)
        n_asked += 1


def is_allowed(url: str) -> bool:
    """Whether nobody on the way can read or change what is said."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def wait_before_next(passing: Passing, n_asked: int, patience: Patience) -> float | None:
    """Seconds until the question is asked again; None to give up."""
    is_busy = passing.trouble == "service_busy"
    waits_s = patience.busy_waits_s if is_busy else patience.waits_s
    if passing.trouble == "service_untrusted" or n_asked >= len(waits_s):
        return None
    wanted_s = passing.retry_after_s
    if wanted_s is None:
        return waits_s[n_asked]
    return wanted_s if wanted_s <= patience.longest_wait_s else None


def given_up(trouble: Trouble, service: str) -> OutboundError:
    """The error for a trouble that did not pass."""
    values = {"service": service}
    if trouble == "service_busy":
        return OutboundError("service_busy", values=values)
    if trouble == "service_timeout":
        return OutboundError("service_timeout", values=values)
    if trouble == "service_failing":
        return OutboundError("service_failing", values=values)
    if trouble == "service_untrusted":
        return OutboundError("service_untrusted", values=values)
    return OutboundError("service_unreachable", values=values)


def answered(
    request: urllib.request.Request, *, largest_bytes: int, patience: Patience
) -> tuple[bytes | None, str]:
    """Content (None when there is too much of it) and content type; raises Passing or HTTPError."""
    opener = urllib.request.build_opener(NoRedirects)
    until = patience.clock() + patience.deadline_s
    try:
        with opener.open(request, timeout=patience.timeout_s) as response:
            kind = response.headers.get_content_type()
            return content_of(response, largest_bytes, until=until, clock=patience.clock), kind
    except urllib.error.HTTPError as refusal:
        refusal.close()
        if refusal.code == TOO_MANY or refusal.code in OFTEN_PASSING:
            trouble: Trouble = "service_busy" if refusal.code == TOO_MANY else "service_failing"
            raise Passing(trouble, retry_after_s=retry_after_s(refusal)) from None
        raise
    except (TimeoutError, OSError, http.client.HTTPException) as problem:
        raise Passing(trouble_of(problem)) from None


def content_of(
    response: http.client.HTTPResponse,
    largest_bytes: int,
    *,
    until: float,
    clock: Callable[[], float],
) -> bytes | None:
    """What the service sends, piece by piece; None when it is more than is allowed."""
    pieces: list[bytes] = []
    room = largest_bytes + 1
    while room > 0:
        if clock() > until:
            raise TimeoutError
        piece = response.read1(min(PIECE, room))
        if not piece:
            break
        pieces.append(piece)
        room -= len(piece)
    if room > 0 and response.length:
        raise http.client.IncompleteRead(b"")
    return b"".join(pieces) if room > 0 else None


def trouble_of(problem: BaseException) -> Trouble:
    """A word for what went wrong on the way."""
    reason = getattr(problem, "reason", problem)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return "service_untrusted"
    return "service_timeout" if isinstance(reason, TimeoutError) else "service_unreachable"


def retry_after_s(refusal: urllib.error.HTTPError) -> float | None:
    """How long the service asks us to wait, where it says so in seconds."""
    told = (refusal.headers.get("Retry-After") or "").strip()
    return float(told) if told.isdecimal() and len(told) < 6 else None
