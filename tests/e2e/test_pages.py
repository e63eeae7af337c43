"""The frame around every page, and pages that no address of the demo shows: see test_audits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from e2e.addresses import sent
from e2e.looks import expect, faults, too_wide

if TYPE_CHECKING:
    from playwright.sync_api import Page, StorageState

    from e2e.conftest import PageFactory
    from e2e.site import Demo, Site

PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


def test_the_doors_lead_where_they_say(
    page_factory: PageFactory, live_server: Site, sign_in: Callable[[Page, Site], None]
) -> None:
    """Each door opens a page that marks that door as open."""
    page = page_factory()
    sign_in(page, live_server)
    doors = page.locator("nav .doors a")
    names = doors.all_inner_texts()
    assert names == ["Home", "Why", "My runs", "My race", "My sweat", "Evidence", "Settings"]
    for name in names:
        page.get_by_role("link", name=name, exact=True).first.click()
        assert page.locator(".doors [aria-current=page]").inner_text() == name


def test_the_open_door_is_told_apart_in_forced_colours(
    page_factory: PageFactory, live_server: Site, entered: StorageState
) -> None:
    """A line that is only see-through in our colours is drawn in the reader's; one door has it."""
    page = page_factory(storage_state=entered, forced_colors="active")
    page.goto(live_server.at("evidence"))
    lines = page.locator(".doors a").evaluate_all(
        """doors => doors.map(one => {
          const line = getComputedStyle(one);
          return line.borderBottomStyle !== 'none'
            && line.borderBottomColor !== getComputedStyle(document.body).backgroundColor;
        })"""
    )
    assert sum(lines) == 1


def test_the_first_visit(
    page_factory: PageFactory,
    empty_server: Site,
    sign_in: Callable[[Page, Site], None],
    axe: Callable[[Page], list[str]],
) -> None:
    """What somebody sees who has nothing yet."""
    page = page_factory(**PHONE)
    sign_in(page, empty_server)
    assert faults(page, axe) + too_wide(page) == []


def test_a_danger_sign_has_a_page_of_its_own(
    page_factory: PageFactory,
    changing_server: Site,
    sign_in: Callable[[Page, Site], None],
    axe: Callable[[Page], list[str]],
) -> None:
    """One emergency stops the interview, Home and why; its card says its level in words."""
    page = page_factory(**PHONE)
    sign_in(page, changing_server)
    begun = sent(page.context, changing_server, changing_server.at("why"), {"about": "last"})
    draft = begun.url.partition("/why/")[2].partition("/")[0]
    danger = changing_server.at("ask", draft, "danger_body")
    stop = sent(page.context, changing_server, danger, {"choice": "chest_pain"})
    for address in (stop.url, changing_server.at("why"), changing_server.at("home")):
        page.goto(address)
        expect(page.get_by_text("emergency").first).to_be_visible()
        assert faults(page, axe) + too_wide(page) == [], address
        page.set_viewport_size(PHONE["viewport"])


def test_what_is_not_there_is_a_page(
    page_factory: PageFactory,
    live_server: Site,
    entered: StorageState,
    axe: Callable[[Page], list[str]],
) -> None:
    """A wrong address says so, and leads home; so does a run or a runner that nobody has."""
    page = page_factory(**PHONE, storage_state=entered)
    page_factory.expect("404")
    page_factory.expect("422")
    nobody = live_server.at("home", runner="nobody-of-this-name")
    for address in (live_server.url + "/nowhere", live_server.at("run", 999_999), nobody):
        answered = page.goto(address)
        assert answered is not None
        assert answered.status == 404, address
        assert "Traceback" not in page.content()
        expect(page.locator("main a").first).to_be_visible()
        assert faults(page, axe) + too_wide(page) == [], address
        page.set_viewport_size(PHONE["viewport"])


def test_a_stranger_stands_at_the_door(
    page_factory: PageFactory, live_server: Site, axe: Callable[[Page], list[str]]
) -> None:
    """Without the link there is no name and no run, but first aid is one tap away."""
    page = page_factory(**PHONE)
    page_factory.expect("401")
    answered = page.goto(live_server.at("runs"))
    assert answered is not None
    assert answered.status == 401
    assert "42.2" not in page.content()
    assert faults(page, axe) + too_wide(page) == []
    page.set_viewport_size(PHONE["viewport"])
    page.locator("a[href^='/now']").first.tap()
    page.wait_for_url("**/now/")


def test_the_page_to_share_stands_alone(
    page_factory: PageFactory,
    live_server: Site,
    demo_store: Demo,
    entered: StorageState,
    axe: Callable[[Page], list[str]],
    tmp_path: Path,
) -> None:
    """Opened from a file, by somebody who has no uncramp: nothing is missing, nothing is asked."""
    page = page_factory(**PHONE, storage_state=entered)
    shared = page.request.get(live_server.at("answer", demo_store.answer) + "/page.html")
    path = tmp_path / "why-i-cramped.html"
    path.write_bytes(shared.body())
    page.goto(path.as_uri())
    assert page.locator("svg[role=img]").count() >= 2
    expect(page.locator("a[href^='/'], a[href^='http']")).to_have_count(0)
    assert faults(page, axe) + too_wide(page) == []
