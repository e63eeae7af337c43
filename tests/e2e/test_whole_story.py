"""The whole story, as a runner lives it: from the first visit to a page that works offline.

Three times: with a thumb on a phone, with nothing but the keyboard, and with scripts switched off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from e2e.hands import Hand, Keys, Mouse, Thumb, come_in
from e2e.looks import expect
from e2e.site import write_outings
from uncramp.demo import CASE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from e2e.conftest import PageFactory
    from e2e.site import Site

PHONE: Final[Mapping[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 1,
}
DESK: Final[Mapping[str, Any]] = {"viewport": {"width": 1280, "height": 800}}
ANSWERS: Final[Any] = CASE["answers"]
TOLD: Final[Mapping[str, Any]] = {
    **ANSWERS,
    "places": ["calf_left", "calf_right"],
    "profile": "yes",
    "load": ["longer"],
}
"""What this runner answers; what is not here is not remembered."""
IMPORT_LIMIT_MS: Final = 60_000
MOST_QUESTIONS: Final = 40


def test_with_a_thumb(page_factory: PageFactory, empty_server: Site, tmp_path: Path) -> None:
    """On a phone, everything by tapping, the cramp marked on the figure."""
    page = page_factory(**PHONE)
    whole_story(page, empty_server, Thumb(), write_outings(tmp_path / "files"), has_figure=True)


def test_with_the_keyboard_alone(
    page_factory: PageFactory, empty_server: Site, tmp_path: Path
) -> None:
    """At a desk without a mouse; where the focus is can be seen at every stop."""
    page = page_factory(**DESK)
    whole_story(page, empty_server, Keys(), write_outings(tmp_path / "files"), has_figure=True)


def test_without_scripts(page_factory: PageFactory, empty_server: Site, tmp_path: Path) -> None:
    """Scripts switched off: forms and links carry it all."""
    page = page_factory(**DESK, java_script_enabled=False)
    whole_story(page, empty_server, Mouse(), write_outings(tmp_path / "files"), has_figure=False)


def whole_story(
    page: Page, site: Site, hand: Hand, files: Sequence[Path], *, has_figure: bool
) -> None:
    """First visit, files, diary, why, answer, the files to share, and first aid."""
    come_in(page, site)
    take_in(page, hand, files, sends_itself=has_figure)
    keep_diary(page, hand)
    begin_why(page, hand)
    answer_questions(page, hand, has_figure=has_figure)
    see_answer(page, hand)
    take_along(page, hand)
    if has_figure:
        be_without_signal(page, site, hand)
    else:
        read_first_aid(page, hand)


def take_in(page: Page, hand: Hand, files: Sequence[Path], *, sends_itself: bool) -> None:
    """Choose the watch files; see how far it is; see what came of it."""
    page.set_input_files("#files", files)
    if not sends_itself:
        hand.press(page.get_by_role("button", name="Add them"))
    page.wait_for_url(re.compile("/imports/"))
    page.get_by_role("heading", level=1, name=re.compile(str(len(files)))).wait_for(
        timeout=IMPORT_LIMIT_MS
    )


def keep_diary(page: Page, hand: Hand) -> None:
    """Say that the marathon cramped; what else is asked is answered with no."""
    lead_on(hand, page.locator(".next-step a.button"))
    assert page.url.endswith("/diary")
    says_yes = True
    while page.locator("form.answers").count():
        said = "yes" if says_yes else "no"
        lead_on(hand, page.locator(f"form.answers button[value={said}]"))
        expect(page.locator(".noted")).to_be_visible()
        says_yes = False
    assert not says_yes, "the diary asked nothing"


def begin_why(page: Page, hand: Hand) -> None:
    """From the diary to the first question about that run."""
    lead_on(hand, page.locator("section.over a.button"))
    assert "/why?run=" in page.url
    lead_on(hand, page.get_by_role("button", name="Begin"))
    assert re.search(r"/why/\d+/danger_body$", page.url), page.url


def answer_questions(page: Page, hand: Hand, *, has_figure: bool) -> None:
    """Danger signs, the figure, one question after the other; then look at all answers."""
    seen = []
    for _ in range(MOST_QUESTIONS):
        step = page.url.partition("?")[0].rpartition("/")[2]
        if step == "check":
            break
        seen.append(step)
        expect(page.locator("h1")).to_have_count(1)
        if step == "places":
            mark_places(page, hand, TOLD["places"], on_figure=has_figure)
        else:
            answer_one(page, hand, TOLD.get(step, "dont_remember"))
        lead_on(hand, page.get_by_role("button", name="Continue"))
    assert "places" in seen
    assert seen[:4] == ["danger_body", "danger_feel", "danger_limb", "danger_history"]


def lead_on(hand: Hand, target: Locator) -> None:
    """Press what leads to another page, and be there."""
    with target.page.expect_navigation():
        hand.press(target)


def answer_one(page: Page, hand: Hand, said: str | Sequence[str]) -> None:
    """Tick what is said."""
    for one in [said] if isinstance(said, str) else said:
        hand.choose(page.locator(f"form.ask input[name=choice][value={one}]"))


def mark_places(page: Page, hand: Hand, places: Sequence[str], *, on_figure: bool) -> None:
    """Where it cramped, in order: on the figure, or with its list."""
    for place in places:
        if on_figure:
            hand.press(page.locator(f"[role=button][data-place={place}]").first)
        else:
            hand.choose(page.locator(f"input[name=choice][value={place}]"))
    if on_figure:
        expect(page.locator("[data-list] li")).to_have_count(len(places))


def see_answer(page: Page, hand: Hand) -> None:
    """The answer: a finding, the run as a picture, both sides, what to do, where it is from."""
    lead_on(hand, page.locator("main form button.button").first)
    assert re.search(r"/answers/\d+$", page.url), page.url
    assert page.locator("h1").inner_text().strip()
    assert "32" in page.locator("figure.picture figcaption").inner_text()
    assert page.locator("figure.picture svg[role=img]").count() >= 2
    assert page.locator(".why .side").count() >= 2
    expect(page.locator("#now")).to_be_visible()
    expect(page.locator("#watch")).to_be_visible()
    sources = page.locator(".pieces details").first
    expect(sources.locator("li").first).to_be_hidden()
    hand.press(sources.locator("summary"))
    expect(sources.locator("li").first).to_be_visible()


def take_along(page: Page, hand: Hand) -> None:
    """The answer as a picture, and as a page that needs nothing else and holds no place."""
    with page.expect_download() as coming:
        hand.press(page.locator(".share button").first)
    assert coming.value.suggested_filename.endswith(".png")
    assert Path(coming.value.path()).read_bytes().startswith(b"\x89PNG\r\n")
    with page.expect_download() as coming:
        hand.press(page.locator(".share button").nth(1))
    html = Path(coming.value.path()).read_text(encoding="utf-8")
    assert page.locator("h1").inner_text() in html.replace("&#39;", "'")
    assert not re.search(r"""(src|href)=["']?(https?:)?//|url\(["']?https?:""", html)
    assert "<script" not in html


def be_without_signal(page: Page, site: Site, hand: Hand) -> None:
    """From the red button to the page for a phone; then the signal goes, and it still helps."""
    lead_on(hand, page.locator("a.now-door"))
    lead_on(hand, page.locator("a[href='/now/']").first)
    page.locator(".saved", has_text="yes").wait_for()
    page.context.set_offline(True)
    page.reload()
    hand.press(page.locator(".bar button.main"))
    hand.press(page.locator(".tiles button").first)
    steps = page.locator("ol.steps > li")
    steps.first.wait_for()
    assert steps.count() >= 2


def read_first_aid(page: Page, hand: Hand) -> None:
    """Without scripts first aid can be read: dangers first, then the stretch of each muscle."""
    lead_on(hand, page.locator("a.now-door"))
    expect(page.locator("h1")).to_be_visible()
    hand.press(page.locator("#plain main > details > summary.main"))
    stretch = page.locator("li.stretch_card details").first
    expect(stretch.locator("p")).to_be_hidden()
    hand.press(stretch.locator("summary"))
    expect(stretch.locator("p")).to_be_visible()
