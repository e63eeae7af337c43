"""Ways to use a page: a thumb on glass, or nothing but the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from e2e.site import Site

__all__ = ["Hand", "Keys", "Mouse", "Thumb", "come_in"]

MOST_STEPS: Final = 150
HAS_FOCUS: Final = "one => one === document.activeElement"
RADIO: Final = "one => one.type === 'radio'"
FOCUS_SHOWS: Final = """one => {
  const style = getComputedStyle(one), label = one.closest('label');
  const outlined = part => part && getComputedStyle(part).outlineStyle !== 'none';
  return outlined(one) || outlined(label) || style.boxShadow !== 'none' || style.strokeWidth !== '';
}"""


def come_in(page: Page, site: Site) -> None:
    """Through the link the terminal prints; its page sends on to home, so wait until that came."""
    page.goto(site.way_in)
    page.wait_for_url(site.at("home"))


class Hand(Protocol):
    """Somebody who uses the page."""

    def press(self, target: Locator) -> None:
        """Press a button, or follow a link."""

    def choose(self, target: Locator) -> None:
        """Tick a box or a round button, if it is not ticked."""


class Thumb:
    """Taps."""

    def press(self, target: Locator) -> None:
        """Tap it."""
        target.tap()

    def choose(self, target: Locator) -> None:
        """Tap it when it is not ticked."""
        if not target.is_checked():
            target.tap()


class Mouse:
    """Clicks."""

    def press(self, target: Locator) -> None:
        """Click it."""
        target.click()

    def choose(self, target: Locator) -> None:
        """Click it when it is not ticked."""
        if not target.is_checked():
            target.click()


class Keys:
    """Goes through the page with Tab, and sees where the focus is."""

    def press(self, target: Locator) -> None:
        """Go there and press Enter."""
        self.reach(target)
        target.page.keyboard.press("Enter")

    def choose(self, target: Locator) -> None:
        """Go there and tick it; round buttons of a group are one stop, with arrows inside."""
        if target.is_checked():
            return
        keyboard = target.page.keyboard
        if not target.evaluate(RADIO):
            self.reach(target)
            keyboard.press("Space")
            return
        group = target.page.locator(f"input[name='{target.get_attribute('name')}']")
        self.reach(group)
        keyboard.press("Space")
        for _ in range(group.count()):
            if target.is_checked():
                return
            keyboard.press("ArrowDown")
        assert target.is_checked(), "the arrows do not lead to it"

    def reach(self, target: Locator) -> None:
        """Press Tab until the focus is on it, or on one of them, and can be seen."""
        page = target.page
        for _ in range(MOST_STEPS):
            for one in target.all():
                if one.evaluate(HAS_FOCUS):
                    assert one.evaluate(FOCUS_SHOWS), "the focus cannot be seen"
                    return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {target}")
