"""What a reader sees when something goes wrong: a page that says what, why and what to do.

Under `/api` the same words come as the error envelope. Never a traceback, neither on the page nor
in what is logged: the framework hands a defect on to the server's log, which
`uncramp.web.serving` keeps to the kind of error and the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from uncramp.envelope import error_envelope
from uncramp.errors import InputError, NotFoundError, UncrampError
from uncramp.web.door import is_public, refuse
from uncramp.web.rendering import render
from uncramp.wording.catalogue import error_text

__all__ = ["add_failure_pages", "failure"]

STATUS_CODES: Final[Mapping[type[UncrampError], int]] = {NotFoundError: 404, InputError: 422}
"""An error of ours to its HTTP status; all others are 409: the store or a file says no."""
CODES: Final[Mapping[int, str]] = {404: "web_no_page", 405: "web_no_method", 413: "web_too_large"}
"""What the framework refuses to the words for it; all else is a request we do not understand."""


def add_failure_pages(app: FastAPI) -> None:
    """Make every error of `app` a page, or an error envelope under `/api`."""
    app.add_exception_handler(UncrampError, of_ours)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, of_input)
    app.add_exception_handler(Exception, of_defect)


def failure(
    request: Request, code: str, values: dict[str, object] | None = None, *, status_code: int
) -> Response:
    """The error `code` of the catalogue as a page, or as an envelope under `/api`.

    Where everybody may look, it names no runner.
    """
    if is_public(request.scope["path"]):
        return refuse(request, code, status_code, values=values)
    words = error_text(code, values or {}) or error_text("defect", {"problem": code})
    if request.scope["path"].startswith("/api/"):
        return JSONResponse(error_envelope(code, words), status_code=status_code)
    shown = {"words": words, "code": code, "named": (values or {}).get("runner")}
    return render(request, "failure.html", shown, status_code=status_code)


async def of_ours(request: Request, error: Exception) -> Response:
    """One of our own errors."""
    assert isinstance(error, UncrampError)  # noqa: S101  (registered for it)
    codes = (code for kind, code in STATUS_CODES.items() if isinstance(error, kind))
    status_code = next(codes, 409)
    return failure(request, error.code, dict(error.values), status_code=status_code)


async def of_http(request: Request, error: Exception) -> Response:
    """What the framework refuses."""
    assert isinstance(error, HTTPException)  # noqa: S101  (registered for it)
    code = CODES.get(error.status_code, "web_bad_request")
    response = failure(request, code, status_code=error.status_code)
    response.headers.update(error.headers or {})
    return response


async def of_input(request: Request, error: Exception) -> Response:
    """A request that lacks something, or brings what cannot be read."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  (registered for it)
    first: dict[str, Any] = next(iter(error.errors()), {})
    where = ".".join(str(part) for part in first.get("loc", ()))
    values: dict[str, object] = {"where": where, "problem": first.get("msg", "")}
    return failure(request, "web_bad_field", values, status_code=422)


async def of_defect(request: Request, error: Exception) -> Response:
    """A defect of ours; its kind is named, what it says is not: that may name files or runners."""
    return failure(request, "defect", {"problem": type(error).__name__}, status_code=500)
