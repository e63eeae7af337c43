"""Every page of the app with a sample of what it shows, read from the app itself.

A page that somebody adds is looked at without being listed; one whose address has a place that is
new must be given a sample here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fastapi.routing import iter_route_contexts

from e2e.site import RUNNER, Demo, Site, looked_back, raced
from uncramp.demo import CASE
from uncramp.interview import questions
from uncramp.web.app import create_app
from uncramp.web.settings import WebSettings

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, BrowserContext

__all__ = [
    "LEAD_ON",
    "Samples",
    "address_of",
    "done",
    "file_routes",
    "make_samples",
    "page_routes",
    "sent",
]

PLACE: Final = re.compile(r"{(\w+)(?::\w+)?}")
NOBODY: Final = "nobody comes in with this"
DRAFT: Final = "/r/{runner}/why/{draft_id:int}/"
PAST: Final = "/r/{runner}/race/{past}/"
ALSO: Final = (DRAFT + "danger_body", DRAFT + "onset_km", PAST + "debrief", PAST + "rehearsals")
"""Pages that look another way than the sample of their route."""
LEAD_ON: Final = (
    "/",
    "/now",
    "/r/{runner}/why/stopped",
    "/r/{runner}/why/story",
    "/r/{runner}/why/{draft_id:int}",
    "/r/{runner}/why/{draft_id:int}/stopped",
)
"""Addresses that only lead to a page."""
TWICE: Final = frozenset({"/now/index.html"})
"""The same page as another address."""
A_FILE: Final = re.compile(
    r"\.(png|css|js|csv|json|webmanifest)$|/(state|file|page\.html|(backups|files|card|ledger)/{name})$"
)
"""Addresses that hand out a file, or numbers for a script."""
STEP: Final = re.compile(r"/why/(\d+)/(\w+)$")
WORK_LIMIT_S: Final = 60.0
ANSWERS: Final[Any] = CASE["answers"]

Samples = Mapping[str, str]
"""What fills a place of an address: its name, or that and the part of the address before it."""


@cache
def all_routes() -> frozenset[str]:
    """Every address outside `/api` that answers a browser."""
    app = create_app(WebSettings(data_dir=Path("never-made"), token=NOBODY))
    return frozenset(
        route.path
        for route in iter_route_contexts(app.routes)
        if route.path and "GET" in (route.methods or ()) and not route.path.startswith("/api/")
    )


def file_routes() -> list[str]:
    """Addresses of files."""
    return sorted(route for route in all_routes() if A_FILE.search(route))


def page_routes() -> list[str]:
    """Addresses that show a page, with their places still open.

    What is no file and not named in LEAD_ON is taken for a page.
    """
    gone = {*LEAD_ON} - all_routes()
    assert not gone, f"LEAD_ON names what is gone: {sorted(gone)}"
    return sorted(all_routes() - {*LEAD_ON, *file_routes(), *TWICE} | {*ALSO})


def address_of(route: str, samples: Samples) -> str:
    """The address with every place filled."""

    def filled(place: re.Match[str]) -> str:
        behind = route[: place.start()].rstrip("/").rpartition("/")[2]
        found = samples.get(f"{behind}/{place[1]}", samples.get(place[1]))
        assert found is not None, f"{route}: addresses.make_samples has nothing for {place[0]}"
        return found

    return PLACE.sub(filled, route)


def make_samples(context: BrowserContext, site: Site, demo: Demo, files: Path) -> Samples:
    """Something for every place: from the store of `demo`, and done now at `site` like a runner.

    `context` is a browser that was let in; `files` are watch files to take in once more.
    """
    imported = done(context, site, site.at("add") + "/path", {"path": str(files)})
    exported = done(context, site, site.at("settings") + "/export", {"how": "no_places"})
    done(context, site, site.at("settings") + "/backup", {})
    race, session = raced(site.settings.data_dir)
    backups = sorted((site.settings.data_dir / "backups").iterdir())
    return {
        "runner": RUNNER,
        "run": str(demo.run),
        "advice_id": str(demo.answer),
        "draft_id": screened_draft(context, site),
        "step": "places",
        "claim_id": "G1",
        "sources/key": "guide",
        "numbers/key": "cramps.weight.one_muscle",
        "imports/job": imported,
        "jobs/job": exported,
        "backups/name": backups[-1].name,
        "race": str(race),
        "session": session,
        "files/name": "training.ics",
        "card/name": "race-card.html",
        "past": str(looked_back(site.settings.data_dir)),
        "ledger/name": "uncramp-ledger.json",
    }


def sent(context: BrowserContext, site: Site, address: str, form: Mapping[str, str]) -> APIResponse:
    """A form sent as the page of this site sends it."""
    answered = context.request.post(address, form=dict(form), headers={"Origin": site.url})
    assert answered.ok, f"{address}: {answered.status}"
    return answered


def done(context: BrowserContext, site: Site, address: str, form: Mapping[str, str]) -> str:
    """What a piece of work is called that a form began, when it is over."""
    page = sent(context, site, address, form).url
    limit = time.monotonic() + WORK_LIMIT_S
    while not context.request.get(f"{page}/state").json()["is_over"]:
        assert time.monotonic() < limit, f"{address} takes too long"
        time.sleep(0.05)
    return page.rpartition("/")[2]


def screened_draft(context: BrowserContext, site: Site) -> str:
    """An interview about the last run in which every danger was asked about."""
    answered = sent(context, site, site.at("why"), {"about": "last"})
    while found := STEP.search(answered.url):
        draft, step = found.groups()
        if step in questions() and questions()[step].section == "screen":
            answered = sent(context, site, answered.url, {"choice": ANSWERS[step][0]})
        else:
            return draft
    raise AssertionError(f"{answered.url} is no question")
