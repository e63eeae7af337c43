"""My sweat in a browser: the form that says what it comes to, the undo, and the picture for all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest

from e2e.looks import expect, faults, too_wide

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, ViewportSize

    from e2e.conftest import PageFactory
    from e2e.site import Demo, Site

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
INK: Final = """() => [...document.querySelectorAll('.only-narrow .sweat-chart text')]
  .map(one => one.textContent)"""


@pytest.fixture
def own_demo(demo_store: Demo, tmp_path: Path) -> Demo:
    """The synthetic runner's store with a profile and three weigh-ins, for this test alone."""
    from e2e.site import weighed

    demo = demo_store.copied_to(tmp_path / "demo-store")
    weighed(demo.folder)
    return demo


@pytest.fixture
def opened(
    page_factory: PageFactory, changing_server: Site, sign_in: Callable[[Page, Site], None]
) -> Callable[..., Page]:
    """Opens a page of the app on a phone."""

    def open_it(name: str, **context_options: Any) -> Page:
        page = page_factory(viewport=PHONE, **context_options)
        sign_in(page, changing_server)
        page.goto(changing_server.at(name))
        return page

    return open_it


def test_the_picture_is_for_everybody(
    opened: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    """With curve, tests, table and error: nothing keeps anybody out, and nothing is too wide."""
    page = opened("sweat", reduced_motion="reduce", has_touch=True, is_mobile=True)
    assert {"You", "Test here next"} <= set(page.evaluate(INK))
    expect(page.locator(".only-narrow svg")).to_be_visible()
    expect(page.locator(".only-narrow .test-scale")).to_have_count(3)
    found = faults(page, axe)
    assert not found, "\n".join(found)
    found = too_wide(page)
    assert not found, "\n".join(found)


def test_the_form_says_what_it_comes_to_while_it_is_typed(opened: Callable[..., Page]) -> None:
    """A slip of the hand is told beside the form; then it is kept, and taken back by one button."""
    page = opened("weigh_in")
    page.select_option("#run", index=1)
    expect(page.locator(".no-run")).to_be_hidden()
    page.select_option("#run", "")
    expect(page.locator(".no-run")).to_be_visible()
    page.fill("#minutes", "60")
    page.fill("#before", "61.2")
    page.fill("#after", "57.0")
    page.fill("#drunk", "0.4")
    hint = page.locator("#hint")
    expect(hint).to_contain_text("L an hour")
    expect(hint).to_have_class("worked-out doubtful")
    page.fill("#after", "60.6")
    page.fill("#minutes", "75")
    expect(hint).to_contain_text("That would be 0.7 L an hour.")
    expect(hint).to_have_class("worked-out")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("status")).to_contain_text("Kept.")
    expect(page.locator(".tests li")).to_have_count(4)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Taken out.")
    expect(page.locator(".tests li")).to_have_count(3)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".tests li")).to_have_count(4)


def test_the_form_works_without_a_script(
    opened: Callable[..., Page], page_factory: PageFactory
) -> None:
    """The server says what it comes to, and what is wrong, with what was typed still there."""
    page_factory.expect("422")
    page = opened("weigh_in", java_script_enabled=False)
    page.select_option("#run", "")
    page.fill("#day", date(2026, 10, 3).isoformat())
    page.fill("#minutes", "75")
    page.fill("#before", "61.2")
    page.fill("#after", "sixty")
    page.fill("#drunk", "0.4")
    page.get_by_role("button", name="Work it out first").click()
    expect(page.locator("#after-error")).to_be_visible()
    assert page.input_value("#after") == "sixty"
    assert page.input_value("#before") == "61.2"
    page.fill("#after", "60.6")
    page.get_by_role("button", name="Work it out first").click()
    expect(page.locator("#hint")).to_contain_text("That would be 0.7 L an hour.")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator(".tests li")).to_have_count(4)
