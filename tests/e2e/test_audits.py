"""Every page that the app has, held against the same list: nobody is kept out by how it is made."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pytest

from e2e.addresses import LEAD_ON, address_of, file_routes, page_routes
from e2e.looks import expect, faults, too_wide

if TYPE_CHECKING:
    from playwright.sync_api import Page, StorageState, ViewportSize

    from e2e.addresses import Samples
    from e2e.conftest import PageFactory
    from e2e.site import Site

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
FORMS: Final = """() => [...document.querySelectorAll('form')]
  .map(one => `${one.method} ${new URL(one.action).pathname}`).sort()"""


@pytest.fixture
def opened(
    page_factory: PageFactory, live_server: Site, entered: StorageState, samples: Samples
) -> Callable[..., Page]:
    """Opens the page of a route."""

    def open_it(route: str, **context_options: Any) -> Page:
        page = page_factory(storage_state=entered, **context_options)
        answered = page.goto(live_server.url + address_of(route, samples))
        assert answered is not None
        assert answered.status == 200, f"{route}: {answered.status}"
        assert answered.headers["content-type"].startswith("text/html"), f"{route} is no page"
        return page

    return open_it


@pytest.mark.parametrize("route", page_routes())
def test_everybody_can_use_it(
    route: str, opened: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    """WCAG 2.2 AA as far as a program can tell, in light, in dark and in forced colours.

    Headings in order under one main heading, nothing that moves under reduced motion, and what is
    pressed at least 44 px each way; links in a sentence are left to axe.
    """
    page = opened(route, viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    found = faults(page, axe)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("route", page_routes())
def test_it_fits_and_needs_no_script(route: str, opened: Callable[..., Page]) -> None:
    """No sideways scroll at 320 px or with text at 200 %; without scripts the same forms."""
    page = opened(route)
    found = too_wide(page)
    assert not found, "\n".join(found)
    without = opened(route, viewport=PHONE, java_script_enabled=False)
    heading = without.locator("h1")
    expect(heading).to_be_visible()
    assert heading.inner_text() == page.locator("h1").inner_text()
    assert without.evaluate(FORMS) == page.evaluate(FORMS)


@pytest.mark.parametrize("route", LEAD_ON)
def test_it_leads_to_a_page(
    route: str,
    page_factory: PageFactory,
    live_server: Site,
    entered: StorageState,
    samples: Samples,
) -> None:
    """What shows nothing itself leads to what does."""
    page = page_factory(storage_state=entered)
    address = live_server.url + address_of(route, samples)
    answered = page.request.get(address)
    assert answered.ok
    assert answered.url != address
    assert answered.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("route", file_routes())
def test_it_hands_out_a_file(
    route: str,
    page_factory: PageFactory,
    live_server: Site,
    entered: StorageState,
    samples: Samples,
) -> None:
    """What is no page is never shown as one: it is attached, or it is no HTML."""
    page = page_factory(storage_state=entered)
    answered = page.request.get(live_server.url + address_of(route, samples))
    assert answered.ok
    assert len(answered.body()) > 0
    attached = answered.headers.get("content-disposition", "").startswith("attachment")
    assert attached or not answered.headers["content-type"].startswith("text/html")
    assert answered.headers["x-content-type-options"] == "nosniff"


def test_no_two_pages_are_called_the_same(
    page_factory: PageFactory,
    live_server: Site,
    entered: StorageState,
    samples: Samples,
) -> None:
    """Who has several tabs open can tell them apart; first aid is one page, whoever asks."""
    page = page_factory(storage_state=entered)
    titles: dict[str, set[str]] = {}
    for route in (route for route in page_routes() if route != "/now/"):
        html = page.request.get(live_server.url + address_of(route, samples)).text()
        title = re.search("<title>(.*?)</title>", html, re.DOTALL)
        titles.setdefault(title[1].strip() if title else "", set()).add(route)
    assert {title: routes for title, routes in titles.items() if len(routes) > 1} == {}
