"""The drinking plan in a browser: made without a script, tried on another day, and taken along."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pytest

from e2e.hands import Keys
from e2e.looks import expect, faults, too_wide

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, ViewportSize

    from e2e.conftest import PageFactory
    from e2e.site import Demo, Site

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
STATIONS: Final = "every 5 km water+iso"


@pytest.fixture
def hot_race(own_demo: Demo) -> int:
    """A race on a hot day, of a runner who answered the health questions."""
    from e2e.site import hot_raced

    return hot_raced(own_demo.folder)


@pytest.fixture
def opened(
    page_factory: PageFactory,
    changing_server: Site,
    sign_in: Callable[[Page, Site], None],
    hot_race: int,
) -> Callable[..., Page]:
    """Opens the plan of the race on a phone."""

    def open_it(**context_options: Any) -> Page:
        page = page_factory(viewport=PHONE, **context_options)
        sign_in(page, changing_server)
        page.goto(changing_server.at("race_plan", hot_race))
        return page

    return open_it


def make_the_plan(page: Page) -> None:
    """Say where the stations are, and ask for the plan."""
    page.get_by_label("Stations on the course").fill(STATIONS)
    page.get_by_label("Most you drank in one hour").fill("700")
    page.get_by_role("button", name="Make the plan").click()
    expect(page.get_by_role("heading", name="Here is your plan for the day.")).to_be_visible()


def test_made_and_tried_out_without_a_script(opened: Callable[..., Page]) -> None:
    """The form, the schedule, and another day as a page of its own."""
    page = opened(java_script_enabled=False)
    make_the_plan(page)
    expect(page.get_by_role("status")).to_contain_text("Your plan is made.")
    expect(page.locator("table.stops").first).to_contain_text("sports drink of the race")
    page.get_by_label("Temperature").fill("8")
    page.get_by_role("button", name="Show it").click()
    expect(page.locator("#if-result")).to_contain_text("Drink to thirst.")
    expect(page.get_by_role("heading", name="Here is your plan for the day.")).to_be_visible()


def test_another_day_while_it_is_typed(
    opened: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    """The result comes by itself; all of the page is for everybody, and nothing is too wide."""
    page = opened(reduced_motion="reduce", has_touch=True, is_mobile=True)
    make_the_plan(page)
    address = page.url
    page.get_by_label("Temperature").fill("8")
    expect(page.locator("#if-result")).to_contain_text("Drink to thirst.")
    page.get_by_label("Temperature").fill("31")
    expect(page.locator("#if-result table.stops")).to_be_visible()
    assert page.url == address
    for part in page.locator("details").all():
        part.evaluate("one => { one.open = true; }")
    found = faults(page, axe) + too_wide(page)
    assert not found, "\n".join(found)


def test_the_card_goes_along_with_the_keyboard_alone(opened: Callable[..., Page]) -> None:
    """A what-if opens, and the race pack is taken."""
    page = opened()
    make_the_plan(page)
    keys = Keys()
    with page.expect_download() as waiting:
        keys.press(page.get_by_role("link", name="Race pack for your phone"))
    path: Path = waiting.value.path()
    assert b"sports drink of the race" in path.read_bytes()
    keys.press(page.get_by_text("Your stomach turns"))
    expect(page.locator(".branches details[open]")).to_contain_text("Stop all drinks")
