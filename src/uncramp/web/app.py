"""The app: every page and every API path, behind one guard."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from uncramp import __version__
from uncramp.web.failures import add_failure_pages
from uncramp.web.jobs import jobs_lifespan
from uncramp.web.links import page_url
from uncramp.web.rendering import settings_of
from uncramp.web.security import guard
from uncramp.web.settings import WebSettings

__all__ = ["create_app"]

FOREVER: Final = "public, max-age=31536000, immutable"


class Assets(StaticFiles):
    """Static files; their address carries a hash of the content, so browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept as long as its address stays."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = FOREVER
        return response


class GuardedApp(FastAPI):
    """The app with the guard outside of everything, so that pages of errors pass it too."""

    def build_middleware_stack(self) -> ASGIApp:
        """The framework's own layers, behind the guard."""
        return guard(super().build_middleware_stack(), self.state.settings)


def create_app(settings: WebSettings) -> FastAPI:
    """The whole app for one server."""
    app = GuardedApp(
        title="uncramp",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=jobs_lifespan,
    )
    app.state.settings = settings
    for router in (*page_routers(), *api_routers()):
        app.include_router(router)
    app.add_api_route("/", front_door, include_in_schema=False, response_class=HTMLResponse)
    app.mount("/static", Assets(directory=str(files("uncramp.web") / "static")), name="static")
    add_failure_pages(app)
    return app


def front_door(request: Request) -> RedirectResponse:
    """The bare address leads home."""
    return RedirectResponse(page_url("home", settings_of(request).home_runner), status_code=303)


def page_routers() -> tuple[APIRouter, ...]:
    """One router a page, imported here so that a single page can be read on its own."""
    from uncramp.web.pages import (
        add,
        answer,
        ask,
        diary,
        evidence,
        history,
        home,
        now,
        race,
        runs,
        settings,
        story,
        sweat,
        why,
    )

    pages = (home, ask, now, add, diary, story, why, history, answer, runs, race, sweat, evidence,
             settings)  # fmt: skip
    return tuple(page.router for page in pages)


def api_routers() -> tuple[APIRouter, ...]:
    """The same answers as JSON."""
    from uncramp.web.api import routers

    return routers()
