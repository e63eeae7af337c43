"""My race in a browser: from an empty page to a plan, a session that moves, and files to take."""

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
LABELS: Final = (
    "() => [...document.querySelectorAll('.only-narrow .gaps text')].map(one => one.textContent)"
)
DAYS: Final = ("tue", "thu", "sat", "sun")


@pytest.fixture
def planned(own_demo: Demo) -> tuple[int, str]:
    """A race to come with its plan, and the name of a long run in it."""
    from e2e.site import raced

    return raced(own_demo.folder)


@pytest.fixture
def opened(
    page_factory: PageFactory, changing_server: Site, sign_in: Callable[[Page, Site], None]
) -> Callable[..., Page]:
    """Opens a page of the app on a phone."""

    def open_it(name: str, *parts: object, **context_options: Any) -> Page:
        page = page_factory(viewport=PHONE, **context_options)
        sign_in(page, changing_server)
        page.goto(changing_server.at(name, *parts))
        return page

    return open_it


def test_from_nothing_to_a_plan_without_a_script(opened: Callable[..., Page]) -> None:
    """The door, the form, the gaps, the health questions, and the calendar."""
    page = opened("home", java_script_enabled=False)
    page.get_by_role("link", name="My race").last.click()
    page.get_by_role("link", name="Add a race").click()
    page.get_by_label("What is it called?").fill("Synthetic city marathon")
    page.get_by_label("Day of the race").fill("2026-12-13")
    page.get_by_label("Marathon", exact=True).check()
    page.get_by_label("Hours").fill("3")
    page.get_by_label("Minutes").fill("30")
    page.get_by_role("button", name="Keep the race").click()
    expect(page.get_by_role("status")).to_contain_text("Kept.")
    expect(page.locator("h1")).to_have_text("Synthetic city marathon")
    expect(page.locator(".gaps-of-race svg").locator("visible=true")).to_have_count(1)
    page.get_by_role("link", name="Plan the training").click()
    for day in DAYS:
        page.locator(f"input[name=days][value={day}]").check()
    page.get_by_role("button", name="Make the plan").click()
    expect(page.get_by_role("heading", name="First, some health questions")).to_be_visible()
    expect(page.locator("input[name=days]:checked")).to_have_count(len(DAYS))
    for nothing in page.locator(".screen input[value=none]").all():
        nothing.check()
    page.get_by_role("button", name="Make the plan").click()
    expect(page.get_by_role("status")).to_contain_text("Your plan is made.")
    assert page.locator(".week").count() >= 9
    expect(page.locator(".week[open]")).to_have_count(2)


def test_the_picture_is_for_everybody(
    planned: tuple[int, str], opened: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    """Seven names beside seven lines, all of the page usable, and nothing too wide."""
    page = opened("race_one", planned[0], reduced_motion="reduce", has_touch=True, is_mobile=True)
    names = {"Pace", "Distance", "Effort", "Weekly distance", "Staying power", "Downhill", "Heat"}
    assert names <= set(page.evaluate(LABELS))
    for part in page.locator("details").all():
        part.evaluate("one => { one.open = true; }")
    found = faults(page, axe) + too_wide(page)
    assert not found, "\n".join(found)


def test_a_session_moves_and_is_ticked_off(
    planned: tuple[int, str], opened: Callable[..., Page]
) -> None:
    """Its page says what to do; the calendar says what changed, and shows what was done."""
    page = opened("race_training", planned[0])
    session = page.locator(".session a", has_text="Easy run").nth(2)
    session.click()
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("status")).to_contain_text("Noted as done.")
    expect(page.locator(".session .tag", has_text="done").first).to_be_visible()
    page.locator(".week[open] .session", has_text="Sat 17 Oct").first.locator("a").click()
    page.get_by_label("New day").fill("2026-10-16")
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_role("status")).to_contain_text("Moved.")
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    expect(page.locator(".week[open] .session", has_text="Fri 16 Oct").first).to_be_visible()


def test_with_the_keyboard_alone(planned: tuple[int, str], opened: Callable[..., Page]) -> None:
    """A week opens, a session is reached, and the plan goes along as a file."""
    page = opened("race_training", planned[0])
    keys = Keys()
    keys.press(page.locator(".week:not([open]) summary").first)
    expect(page.locator(".week[open]")).to_have_count(3)
    with page.expect_download() as waiting:
        keys.press(page.get_by_role("link", name="Calendar file"))
    taken = waiting.value
    assert taken.suggested_filename == "training.ics"
    path: Path = taken.path()
    assert path.read_bytes().startswith(b"BEGIN:VCALENDAR")
