"""Evidence as a runner reads it: from the door to a claim, both sides, its source, and a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import pytest

from e2e.looks import expect
from uncramp.evidence import claims

if TYPE_CHECKING:
    from playwright.sync_api import Page, StorageState, ViewportSize

    from e2e.conftest import PageFactory
    from e2e.site import Site

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
SCREEN: Final[ViewportSize] = {"width": 1280, "height": 800}

SIDE_BY_SIDE: Final = """() => [...document.querySelectorAll('.sides')].map(one => {
  const [left, right] = [...one.children].map(side => side.getBoundingClientRect());
  return Math.abs(left.top - right.top) < 1 && left.right <= right.left;
})"""
SHAPES: Final = """() => Object.fromEntries([...document.querySelectorAll('.built .status')]
  .map(one => [one.textContent, ['backgroundColor', 'borderStyle', 'borderRadius', 'boxShadow']
    .map(name => getComputedStyle(one, '::before')[name]).join()]))"""


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_door_to_the_paper_and_back(
    scripts: bool,
    page_factory: PageFactory,
    live_server: Site,
    entered: StorageState,
) -> None:
    """By links alone: filter, claim, source, what else rests on it; nothing leaves the computer."""
    page = page_factory(storage_state=entered, viewport=PHONE, java_script_enabled=scripts)
    page.goto(live_server.at("home"))
    page.get_by_role("link", name="Evidence", exact=True).click()
    page.get_by_role("link", name="Disputed").click()
    disputed = [one for one in claims().values() if one.status == "contested"]
    expect(page.locator("article.claim")).to_have_count(len(disputed))
    of_salt = sum(one.kind == "electrolyte" for one in disputed)
    page.get_by_role("link", name=f"Electrolyte loss {of_salt}").click()
    page.get_by_role("link", name="An electrolyte cramp comes from salt").click()
    page.wait_for_url(live_server.at("claim", "G21"))
    page.get_by_role("link", name="Lau 2021").click()
    page.wait_for_url(live_server.at("source", "lau_2021"))
    leaving = page.locator("a[rel~=noreferrer]")
    assert leaving.first.get_attribute("href") == "https://doi.org/10.1186/s12970-021-00414-8"
    page.get_by_role("link", name="G31").click()
    page.wait_for_url(live_server.at("claim", "G31"))
    page.get_by_role("link", name="All claims").click()
    page.wait_for_url(live_server.at("evidence") + "#G31")


@pytest.mark.parametrize("size", [PHONE, SCREEN])
def test_both_sides_stand_beside_each_other(
    size: ViewportSize, page_factory: PageFactory, live_server: Site, entered: StorageState
) -> None:
    """On a phone too; below that they stand under each other rather than in slivers."""
    page = page_factory(storage_state=entered, viewport=size)
    page.goto(live_server.at("evidence"))
    found = page.evaluate(SIDE_BY_SIDE)
    assert len(found) == 38
    assert all(found)


def test_a_status_has_a_shape_of_its_own(
    page_factory: PageFactory, live_server: Site, entered: StorageState
) -> None:
    """Five words, five shapes: it does not take colour to tell them apart."""
    page = page_factory(storage_state=entered, viewport=PHONE)
    page.goto(live_server.at("evidence"))
    shapes = page.evaluate(SHAPES)
    assert len(shapes) == 5
    assert len(set(shapes.values())) == 5


def test_forced_colours_and_print_keep_the_words(
    page_factory: PageFactory, live_server: Site, entered: StorageState
) -> None:
    """Where colours are taken away, and on paper, status and sides are still said."""
    page = page_factory(storage_state=entered, viewport=SCREEN, forced_colors="active")
    page.goto(live_server.at("claim", "G4"))
    for words in ("Disputed", "For", "Against"):
        expect(page.get_by_text(words, exact=True).first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text("Disputed", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="I have a cramp now")).to_be_hidden()


def test_axe_finds_nothing_in_a_filtered_list(
    page_factory: PageFactory,
    live_server: Site,
    entered: StorageState,
    axe: Callable[[Page], list[str]],
) -> None:
    """With a filter on, with sources open, and where a filter leaves nothing."""
    page = page_factory(storage_state=entered, viewport=PHONE)
    for query in ("?status=contested", "?status=planned&kind=magnesium"):
        page.goto(live_server.at("evidence") + query)
        for summary in page.locator("summary").all():
            summary.click()
        assert axe(page) == []
