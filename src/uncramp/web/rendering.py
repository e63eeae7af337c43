"""Templates to pages. A page is `render(request, "runs.html", {"rows": …})`; all else is given.

Every template knows `t(message_id, **values)`, `url(page, *parts)`, `static(file)`, `icon(name)`,
`source_name(key)`, `runner`, `units`, `is_demo`, `doors` and `here` (the door that is open).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from uncramp.actions.context import Context
from uncramp.actions.pictures import icon_svg
from uncramp.web.links import page_url
from uncramp.web.settings import WebSettings
from uncramp.wording.catalogue import LANGUAGE, text
from uncramp.wording.quantities import Units
from uncramp.wording.sources import source_name

__all__ = [
    "DOORS",
    "UNITS_COOKIE",
    "context_of",
    "render",
    "runner_of",
    "settings_of",
    "static_url",
    "units_of",
]

DOORS: Final = ("home", "why", "runs", "race", "sweat", "evidence", "settings")
UNITS_COOKIE: Final = "uncramp-units"
"""Metric or imperial is a matter of who reads, so the browser keeps it."""


def settings_of(request: Request) -> WebSettings:
    """The settings of the server that answers."""
    settings = request.app.state.settings
    assert isinstance(settings, WebSettings)  # noqa: S101  (create_app puts it there)
    return settings


def runner_of(request: Request) -> str:
    """The runner that the address names, else the one the server is for."""
    named = request.path_params.get("runner")
    return named if isinstance(named, str) else settings_of(request).home_runner


def units_of(request: Request) -> Units:
    """The units this reader chose, else those of the server."""
    chosen = request.cookies.get(UNITS_COOKIE)
    known: Mapping[str, Units] = {"metric": "metric", "imperial": "imperial"}
    return known.get(chosen or "", settings_of(request).units)


def context_of(request: Request) -> Context:
    """Where, when and for whom an action runs; use it as a context manager."""
    return settings_of(request).context(runner_of(request), units=units_of(request))


@cache
def static_url(file_name: str) -> str:
    """The address of a static file; it changes with the content, so that it may be kept forever."""
    content = (files("uncramp.web") / "static" / file_name).read_bytes()
    return f"/static/{file_name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def icon(name: str) -> Markup:
    """One of our own line icons, hidden from screen readers: the words beside it say it."""
    return Markup(icon_svg(name))  # noqa: S704  (our own drawing)


@cache
def environment() -> Environment:
    """The templates; what is missing is an error, and everything is escaped."""
    made = Environment(
        loader=PackageLoader("uncramp.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "t": text,
        "static": static_url,
        "icon": icon,
        "source_name": source_name,
        "language": LANGUAGE,
        "doors": DOORS,
        "bare": False,
        "here": "",
    }
    return made


def render(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    *,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """One page as a response, made of `values`."""
    settings, runner = settings_of(request), runner_of(request)
    given: dict[str, Any] = {
        "runner": runner,
        "units": units_of(request),
        "is_demo": settings.is_demo,
        "url": lambda name, *parts: page_url(name, runner, *parts),
    }
    html = environment().get_template(template).render({**given, **values})
    return HTMLResponse(html, status_code=status_code, headers=dict(headers or {}))
