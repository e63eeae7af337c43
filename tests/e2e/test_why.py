"""The interview and its answer in a browser: the figure, the keyboard, axe, narrow and large."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import pytest

from e2e.hands import Hand, Keys, Mouse, Thumb
from e2e.looks import expect
from uncramp.screening import screening_questions

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from e2e.conftest import PageFactory
    from e2e.site import Site

PHONE: Final[Mapping[str, Any]] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SMALL: Final[Mapping[str, Any]] = {"viewport": {"width": 320, "height": 700}}
DESK: Final[Mapping[str, Any]] = {"viewport": {"width": 1280, "height": 800}}
TOLD: Final[Mapping[str, str]] = {
    **dict.fromkeys(screening_questions(), "none"),
    "profile": "yes",
    "when": "during_run",
    "feel": "knot",
    "spread": "neighbours",
    "warning": "twitches",
    "relief": "stretch_returned",
    "drinking": "plain_water",
    "sweat": "heavy",
    "salt_marks": "yes",
    "heat": "hot_new",
    "cramped_before": "first_time",
    "load": "longer",
    "onset_confirm": "yes",
    "muscles": "calf",
    "strength_work": "never",
}
MOST_STEPS: Final = 30
A_DAY: Final = "2026-09-20"

SignIn = Callable[["Page", "Site"], None]
Axe = Callable[["Page"], list[str]]


def begin(page: Page, site: Site, sign_in: SignIn) -> None:
    """To the first question about a long run of the week before, of which nobody asked yet."""
    sign_in(page, site)
    page.goto(site.at("why"))
    page.locator("#day").fill(A_DAY)
    page.get_by_role("button", name="Begin").click()


def step_of(page: Page) -> str:
    """Which step of the interview is open, once its page is there."""
    page.wait_for_load_state("domcontentloaded")
    return page.url.partition("?")[0].rpartition("/")[2]


def go_on(page: Page, hand: Hand) -> None:
    """Continue, and be on the next page."""
    with page.expect_navigation():
        hand.press(page.get_by_role("button", name="Continue"))


def steps(page: Page, hand: Hand, *, until: str = "check") -> Iterator[str]:
    """Answer page by page; gives each step before it is answered."""
    for _ in range(MOST_STEPS):
        step = step_of(page)
        yield step
        if step in (until, "check"):
            return
        if step == "places":
            for place in ("calf_left", "foot_left"):
                hand.press(spot(page, place))
        else:
            hand.choose(page.locator(f"form.ask input[name=choice][value={TOLD[step]}]"))
        go_on(page, hand)
    pytest.fail("the questions do not end")


def spot(page: Page, place: str) -> Locator:
    """A place on the figure."""
    return page.locator(f"[role=button][data-place={place}]").first


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    width: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width


@pytest.mark.parametrize(("hand", "screen"), [(Keys(), DESK), (Thumb(), PHONE)])
def test_the_whole_interview_by_one_hand(
    page_factory: PageFactory,
    changing_server: Site,
    sign_in: SignIn,
    hand: Hand,
    screen: Mapping[str, Any],
) -> None:
    """With the keyboard alone, and with a thumb alone, from the first danger to the answer."""
    page = page_factory(**screen)
    begin(page, changing_server, sign_in)
    seen = list(steps(page, hand))
    assert seen[: len(screening_questions())] == list(screening_questions())
    with page.expect_navigation():
        hand.press(page.get_by_role("button", name="Show my answer").first)
    assert re.search(r"/answers/\d+$", page.url)
    assert page.locator(".where ol li").all_inner_texts() == ["Left calf", "Left foot or toes"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_it_is_hard_to_use(
    page_factory: PageFactory, changing_server: Site, sign_in: SignIn, axe: Axe, scheme: str
) -> None:
    """axe finds nothing, and nothing is wider than a small phone, on any page, errors too."""
    page_factory.expect("422")  # what a form that was sent empty is answered with
    page = page_factory(**SMALL, color_scheme=scheme)
    begin(page, changing_server, sign_in)
    for step in steps(page, Keys()):
        if step != "check" and not page.locator("form.ask input:checked").count():
            go_on(page, Mouse())  # with nothing chosen
            expect(page.locator(".error-summary")).to_be_visible()
        assert not axe(page), step
        assert overflow(page) <= 0, step
    page.get_by_role("button", name="Show my answer").first.click()
    for details in page.locator("main details").all():
        details.evaluate("one => { one.open = true }")
    assert not axe(page)
    assert overflow(page) <= 0


def test_a_danger_sign_takes_the_whole_page(
    page_factory: PageFactory, changing_server: Site, sign_in: SignIn, axe: Axe
) -> None:
    """The stop says what to do, and how it is closed; no door leads away from it but first aid."""
    page = page_factory(**PHONE)
    begin(page, changing_server, sign_in)
    page.locator("input[value=chest_pain]").check()
    page.get_by_role("button", name="Continue").click()
    assert step_of(page) == "stopped"
    expect(page.locator("section.care.emergency_now")).to_be_visible()
    expect(page.locator("nav")).to_have_count(0)
    assert not axe(page)
    page.locator("input[name=day]").first.fill("2026-10-05")
    page.get_by_role("button", name="A clinician has seen me").first.click()
    assert step_of(page) == "danger_body"
    expect(page.locator("input[name=choice]:checked")).to_have_count(0)


def test_the_figure_and_its_list_are_one(
    page_factory: PageFactory, changing_server: Site, sign_in: SignIn
) -> None:
    """A tap on either marks both; the order of the taps is shown and sent."""
    page = page_factory(**DESK)
    begin(page, changing_server, sign_in)
    assert list(steps(page, Keys(), until="places"))[-1] == "places"
    spot(page, "hamstring_right").click()
    page.locator("input[value=calf_left]").check()
    listed = page.locator("[data-list] li")
    assert listed.all_inner_texts() == ["Back of the right thigh", "Left calf"]
    assert page.locator("input[value=hamstring_right]").is_checked()
    pressed = spot(page, "calf_left")
    assert pressed.get_attribute("aria-pressed") == "true"
    spot(page, "hamstring_right").click()
    assert listed.all_inner_texts() == ["Left calf"]
    spot(page, "hamstring_right").click()
    assert listed.all_inner_texts() == ["Left calf", "Back of the right thigh"]
    page.locator("input[value=dont_remember]").check()
    expect(listed).to_have_count(0)
    page.locator("input[value=calf_left]").check()
    assert not page.locator("input[value=dont_remember]").is_checked()
    page.locator("input[value=foot_left]").check()
    go_on(page, Keys())
    page.go_back()
    assert page.locator("[data-list] li").all_inner_texts() == ["Left calf", "Left foot or toes"]


def test_none_of_these_unticks_the_rest(
    page_factory: PageFactory, changing_server: Site, sign_in: SignIn
) -> None:
    """And a sign unticks it; the server says the same where no script runs."""
    page = page_factory(**DESK)
    begin(page, changing_server, sign_in)
    page.locator("input[value=confused]").check()
    page.locator("input[value=none]").check()
    assert not page.locator("input[value=confused]").is_checked()
    page.locator("input[value=seizure]").check()
    assert not page.locator("input[value=none]").is_checked()


def test_large_letters_and_print(
    page_factory: PageFactory, live_server: Site, entered: Any, demo_store: Any
) -> None:
    """Twice the letters on a small phone; on paper no button, and every reason."""
    page = page_factory(**SMALL, storage_state=entered)
    page.goto(live_server.at("answer", demo_store.answer))
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert overflow(page) <= 0
    page.emulate_media(media="print")
    expect(page.locator(".share")).to_be_hidden()
    expect(page.locator(".why .side").first).to_be_visible()
    assert page.locator("figure.picture svg[role=img] >> visible=true").count() >= 1
