"""What every page is held against, whoever made it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, ViewportSize
    from playwright.sync_api._generated import LocatorAssertions

__all__ = ["expect", "faults", "too_wide"]

NARROW: Final[ViewportSize] = {"width": 320, "height": 640}
DESK: Final[ViewportSize] = {"width": 1280, "height": 900}
LARGE_TEXT: Final[ViewportSize] = {"width": 640, "height": 900}
FINGER_PX: Final = 44
TOO_WIDE: Final = """() => {
  const width = document.documentElement.clientWidth;
  const inScroller = one => {
    for (let up = one.parentElement; up; up = up.parentElement)
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return true;
    return false;
  };
  const beyond = [...document.body.querySelectorAll('*')].filter(one =>
    one.getBoundingClientRect().right > width + 1 && !inScroller(one)
    && getComputedStyle(one).visibility !== 'hidden');
  const scrolls = document.documentElement.scrollWidth > width;
  return scrolls ? [`${document.documentElement.scrollWidth} > ${width}`,
    ...beyond.slice(0, 5).map(one => one.outerHTML.slice(0, 120))] : [];
}"""
CUT_OFF: Final = """() => [...document.querySelectorAll('svg text')]
  .filter(one => one.checkVisibility())
  .map(one => [one, one.getBoundingClientRect(), one.ownerSVGElement.getBoundingClientRect()])
  .filter(([one, own, whole]) => one.textContent.trim()
    && (own.right > whole.right + 1 || own.left < whole.left - 1))
  .map(([one]) => one.textContent)"""
SMALL_TARGETS: Final = """least => {
  const wanted = 'button, .button, nav a, select, input:not([type=hidden]), textarea';
  const targets = [...document.querySelectorAll(wanted)].filter(one => !one.closest('svg'));
  const shown = one => one.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const area = one => {
    const label = one.matches('input') ? one.closest('label') ?? one.labels?.[0] : null;
    const boxes = [one, ...(label ? [label] : [])].map(part => part.getBoundingClientRect());
    return [Math.max(...boxes.map(box => box.width)), Math.max(...boxes.map(box => box.height))];
  };
  const hidden = one => one.getBoundingClientRect().width <= 1;
  return targets.filter(one => shown(one) && !hidden(one))
    .filter(one => area(one).some(size => size < least - 0.5))
    .map(one => `${area(one).map(Math.round).join(' x ')} px: ${one.outerHTML.slice(0, 120)}`);
}"""
PALE: Final = """() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => parts(colour).slice(0, 3).map(one => one / 255)
    .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, i) => sum + one * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = one => {
    for (let up = one; up; up = up.parentElement) {
      const colour = getComputedStyle(up).backgroundColor;
      if ((parts(colour)[3] ?? 1) === 1) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const says = one => [...one.childNodes].some(part => part.nodeType === 3 && part.data.trim());
  return [...document.body.querySelectorAll('*')]
    .filter(one => says(one) && !one.closest('svg') && one.checkVisibility())
    .map(one => [one, [getComputedStyle(one).color, behind(one)].map(light).sort()])
    .filter(([one, [dark, bright]]) => (bright + 0.05) / (dark + 0.05) < 4.5)
    .map(([one]) => one.outerHTML.slice(0, 120));
}"""
HEADINGS: Final = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
  .filter(one => one.checkVisibility()).map(one => Number(one.tagName[1]))"""
MOVING: Final = """() => document.getAnimations()
  .map(one => String(one.effect?.target?.className))"""


def expect(locator: Locator) -> LocatorAssertions:
    """Playwright's own, which waits while a page is still coming; the oldest libraries lack it."""
    from playwright.sync_api import expect as awaited

    return awaited(locator)


def faults(page: Page, axe: Callable[[Page], list[str]]) -> list[str]:
    """What keeps somebody out of this page, one line each; it is loaded anew in forced colours.

    WCAG 2.2 AA as far as a program can tell, in light and dark; headings in order under one main
    heading; a language and a title; nothing that moves; room for a thumb. In forced colours only
    the contrast: axe reads the colour that the page asked for, not the one forced on its letters.
    """
    page.emulate_media(color_scheme="light", forced_colors="none", reduced_motion="reduce")
    found = [f"light: {one}" for one in axe(page)]
    found += [f"too small for a thumb: {one}" for one in page.evaluate(SMALL_TARGETS, FINGER_PX)]
    found += [f"moves: {one}" for one in page.evaluate(MOVING)]
    levels = page.evaluate(HEADINGS)
    if levels.count(1) != 1 or any(after > before + 1 for before, after in pairwise(levels)):
        found.append(f"headings out of order: {levels}")
    if page.locator("html").get_attribute("lang") != "en" or not page.title().strip():
        found.append("no language, or no title")
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in axe(page)]
    page.emulate_media(forced_colors="active")
    page.reload()
    return found + [f"pale in forced colours: {one}" for one in page.evaluate(PALE)]


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways on the smallest phone, or with letters twice as large.

    And words that go over the edge of their picture, there or on a desk.
    """
    page.set_viewport_size(DESK)
    found = [f"cut off on a desk: {one}" for one in page.evaluate(CUT_OFF)]
    page.set_viewport_size(NARROW)
    found += [f"320 px: {one}" for one in page.evaluate(TOO_WIDE)]
    found += [f"cut off at 320 px: {one}" for one in page.evaluate(CUT_OFF)]
    page.set_viewport_size(LARGE_TEXT)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    return found + [f"200 % text: {one}" for one in page.evaluate(TOO_WIDE)]
