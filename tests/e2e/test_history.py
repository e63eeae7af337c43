"""Why do I keep cramping, in a browser: from the diary to the page, at every width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from e2e.looks import expect, too_wide

if TYPE_CHECKING:
    from playwright.sync_api import StorageState, ViewportSize

    from e2e.conftest import PageFactory
    from e2e.site import Site

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}


@pytest.mark.parametrize("scripts", [True, False])
def test_from_why_to_all_cramps(
    scripts: bool, page_factory: PageFactory, live_server: Site, entered: StorageState
) -> None:
    """One tap from Why; with one cramp it says what is still needed, and leads to it."""
    page = page_factory(storage_state=entered, viewport=PHONE, java_script_enabled=scripts)
    page.goto(live_server.at("why"))
    page.get_by_role("link", name="Why do I keep cramping?").click()
    page.wait_for_url(live_server.at("history"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Too few cramps to compare")
    expect(page.get_by_role("heading", name="Your cramps")).to_be_visible()


def test_it_fits_the_smallest_phone(
    page_factory: PageFactory, live_server: Site, entered: StorageState
) -> None:
    """Nothing sticks out at 320 px, or with letters twice as large."""
    page = page_factory(storage_state=entered, viewport=PHONE)
    page.goto(live_server.at("history"))
    assert not too_wide(page)
