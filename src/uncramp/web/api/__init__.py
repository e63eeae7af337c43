"""The same answers as JSON, one file a verb, each path with the runner in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from uncramp.web.failures import failure

__all__ = ["routers"]

METHODS: Final = frozenset({"DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"})
"""HEAD is answered as GET, by the guard."""


def routers() -> tuple[APIRouter, ...]:
    """Every router of the API, imported here so that a page on its own stays light."""
    from uncramp.web.api import (
        ask,
        curating,
        diary,
        doctor,
        evidence,
        fetching,
        flags,
        history,
        imports,
        ledger,
        now,
        plan,
        races,
        rehearsals,
        runners,
        runs,
        safekeeping,
        status,
        sweat,
        version,
        weather,
        why,
    )

    verbs = (
        runners,
        status,
        now,
        why,
        ask,
        history,
        runs,
        curating,
        races,
        plan,
        rehearsals,
        ledger,
        sweat,
        diary,
        flags,
        imports,
        weather,
        fetching,
        safekeeping,
        doctor,
        evidence,
        version,
    )
    found = tuple(verb.router for verb in verbs)
    return (*found, other_methods(found))


def other_methods(routers: tuple[APIRouter, ...]) -> APIRouter:
    """Refuses every other method of each path, and says which ones there are."""
    allowed: dict[str, set[str]] = {}
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                allowed.setdefault(route.path, set()).update(route.methods or ())
    refusing = APIRouter(include_in_schema=False)
    for path, methods in allowed.items():
        refusing.add_route(path, refuser(methods), methods=sorted(METHODS - methods))
    return refusing


def refuser(methods: set[str]) -> Callable[[Request], Response]:
    """A refusal that names what would be answered."""

    def refuse(request: Request) -> Response:
        response = failure(request, "web_no_method", status_code=405)
        response.headers["Allow"] = ", ".join(sorted(methods))
        return response

    return refuse
