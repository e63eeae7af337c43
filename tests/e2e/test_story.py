"""A story in the runner's own words in a browser: told, ticked, corrected, then the questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import pytest

from e2e.looks import expect, too_wide

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from e2e.conftest import PageFactory
    from e2e.site import Site

SignIn = Callable[["Page", "Site"], None]
Axe = Callable[["Page"], list[str]]

PHONE: Final[Mapping[str, Any]] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SMALL: Final[Mapping[str, Any]] = {"viewport": {"width": 320, "height": 700}}
STORY: Final = (
    "Pinging away in both calves from 15 miles, then the right one locked on the last hill. "
    "I threw up at the finish."
)


@pytest.mark.parametrize("looks", [PHONE, SMALL], ids=["phone", "small"])
def test_a_story_is_told_and_corrected(
    page_factory: PageFactory,
    changing_server: Site,
    sign_in: SignIn,
    axe: Axe,
    looks: Mapping[str, Any],
) -> None:
    """Words in the box become ticks; the unclear word is settled; the danger questions follow."""
    page = page_factory(**looks)
    sign_in(page, changing_server)
    tell(page, changing_server)
    expect(page.get_by_role("heading", level=1)).to_have_text("What we understood")
    expect(page.locator("q", has_text="Pinging away")).to_be_visible()
    assert not too_wide(page)
    page.set_viewport_size(looks["viewport"])
    assert not axe(page)
    page.get_by_label("It came at").uncheck()
    page.get_by_label("No, something else").check()
    go_on(page)
    page.goto(page.url.replace("danger_body", "check"))
    expect(page.locator("main")).to_contain_text("Twitches for minutes first")
    expect(page.locator("main")).not_to_contain_text("24.1")


def test_a_story_needs_no_script(
    page_factory: PageFactory, changing_server: Site, sign_in: SignIn
) -> None:
    """The same with scripts switched off; an unclear word left open is said beside it."""
    page = page_factory(**PHONE, java_script_enabled=False)
    page_factory.expect("422")
    sign_in(page, changing_server)
    tell(page, changing_server)
    page.get_by_role("button", name="This is right, go on").click()
    expect(page.get_by_role("alert")).to_contain_text("Say yes, no or I don't know")
    page.get_by_label("I don't know").check()
    go_on(page)


def tell(page: Page, site: Site) -> None:
    """Type the story into the box of the page `why`."""
    page.goto(site.at("why"))
    page.locator("input[name=about][value=none]").check()
    page.get_by_label("What happened?").fill(STORY)
    page.get_by_role("button", name="Show what you understood").click()


def go_on(page: Page) -> None:
    """Take what is ticked; the first danger question opens."""
    page.get_by_role("button", name="This is right, go on").click()
    page.wait_for_url(re.compile(r"/why/\d+/danger_body$"))
