"""Asking in a browser: from the first page to an answer and its source."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import pytest

from e2e.looks import expect, faults, too_wide

if TYPE_CHECKING:
    from playwright.sync_api import Page, StorageState, ViewportSize

    from e2e.conftest import PageFactory
    from e2e.site import Site

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
NARROW: Final[ViewportSize] = {"width": 320, "height": 640}


@pytest.mark.parametrize("scripts", [True, False])
def test_from_home_to_an_answer_and_its_source(
    scripts: bool, page_factory: PageFactory, live_server: Site, entered: StorageState
) -> None:
    """Typed on the first page, read, and followed to who said so; then back to the answer."""
    page = page_factory(storage_state=entered, viewport=PHONE, java_script_enabled=scripts)
    page.goto(live_server.at("home"))
    page.get_by_label("Your question").fill("do bananas help?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", name="do bananas help?")).to_be_visible()
    expect(page.get_by_text("Most likely not.")).to_be_visible()
    page.get_by_role("link", name="Maughan 1986").first.click()
    page.wait_for_url(live_server.at("source", "maughan_1986"))
    page.go_back()
    expect(page.get_by_label("Your question")).to_have_value("do bananas help?")


@pytest.mark.parametrize(
    ("question", "seen"),
    [
        ("how much salt per hour?", "When to see a doctor"),
        ("chest pain and cramps, more salt?", "Heart warning"),
        ("dizzy, is it the heat?", "To the danger questions"),
        ("what is the capital of France", "I don't know"),
    ],
)
def test_every_kind_of_answer_is_for_everybody(
    question: str,
    seen: str,
    page_factory: PageFactory,
    live_server: Site,
    entered: StorageState,
    axe: Callable[[Page], list[str]],
) -> None:
    """Answer, stop, danger word and nothing: no fault in the page, and nothing too wide."""
    page = page_factory(storage_state=entered, viewport=PHONE, reduced_motion="reduce")
    page.goto(live_server.at("question"))
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    expect(page.get_by_text(seen).first).to_be_visible()
    found = faults(page, axe)
    assert not found, "\n".join(found)
    page.set_viewport_size(NARROW)
    assert not too_wide(page)
