"""Now: the page for a cramp this minute, for everybody and for one runner.

The public one is the same file that `uncramp serve --export-site` writes; it asks for no token, so
that a phone can keep it. The runner's own knows open stops and locks, and saves what it advised.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from uncramp.actions.roadside_files import (
    INDEX,
    MEDIA_TYPES,
    SITE_NAMES,
    WORKER,
    own_page,
    own_script,
    own_style,
    roadside_csp,
    site_files,
)
from uncramp.web.links import page_url
from uncramp.web.rendering import context_of, runner_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

PUBLIC: Final = "/now/"
OWN_STYLE, OWN_SCRIPT = "own.css", "own.js"
CSS: Final = "text/css; charset=utf-8"
ASK_EACH_TIME: Final = "no-cache"
NEVER_KEEP: Final = "no-store"
NOT_IN_FRAMES: Final = "; frame-ancestors 'none'"
"""A policy that stands inside a page cannot say this."""


@router.get("/now")
def without_slash() -> RedirectResponse:
    """The page stands in a folder of its own, so that all it needs stands below it."""
    return RedirectResponse(PUBLIC, status_code=308)


@router.get(PUBLIC)
def for_everybody(request: Request) -> Response:
    """The page that knows nobody."""
    return public_file(request, INDEX)


@router.get("/r/{runner}/now")
def own(request: Request) -> HTMLResponse:
    """The page of one runner, who knows what is open and keeps what is advised."""
    runner = runner_of(request)
    with context_of(request) as context:
        html = own_page(
            context,
            save=page_url("save_now", runner),
            home=page_url("home", runner),
            settings=page_url("settings", runner) + "#health",
            anybody=PUBLIC,
            style=PUBLIC + OWN_STYLE,
            script=PUBLIC + OWN_SCRIPT,
        )
    return HTMLResponse(html, headers={"Cache-Control": NEVER_KEEP})


@cache
def public_content(name: str) -> bytes:
    """One file that the pages need; nothing in it is about a runner."""
    if name == OWN_STYLE:
        return own_style().encode()
    return own_script().encode() if name == OWN_SCRIPT else site_files()[name]


def public_file(request: Request, name: str) -> Response:
    """One public file; the browser asks each time whether it is still the same."""
    content = public_content(name)
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": ASK_EACH_TIME}
    if name == INDEX:
        headers["Content-Security-Policy"] = roadside_csp() + NOT_IN_FRAMES
    if name != WORKER and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    media_type = {**MEDIA_TYPES, "css": CSS}[name.rpartition(".")[2]]
    return Response(content, media_type=media_type, headers=headers)


def add_public_file(name: str) -> None:
    """Let `router` hand out one public file."""

    @router.get(PUBLIC + name)
    def answer(request: Request) -> Response:
        return public_file(request, name)


for file_name in (*SITE_NAMES, OWN_STYLE, OWN_SCRIPT):
    add_public_file(file_name)
