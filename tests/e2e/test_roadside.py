"""The roadside page in a browser: two taps, bright sun, no signal, no scripts, one thumb."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from e2e.chromium import PHONE_ORIGIN
from e2e.hands import come_in
from e2e.looks import expect
from uncramp.actions.roadside_files import write_site
from uncramp.export.roadside_page import roadside_page
from uncramp.wording.catalogue import text

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Page, ViewportSize

    from e2e.conftest import PageFactory
    from e2e.site import Site

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
SMALL_PHONE: Final[ViewportSize] = {"width": 320, "height": 568}
NONE: Final = text("screen.none")
DONT_KNOW: Final = text("screen.dont_know")
CALF: Final = text("interview.muscles.calf")
TWITCHING: Final = text("interview.pattern.twitching")
STRETCH: Final = text("relief.stretch.calf")
SALT: Final = "sip a sports drink"
DIZZY: Final = text("screen.danger_feel.dizzy_or_sick")
FIT: Final = text("screen.danger_body.seizure")

SMALL_TARGETS: Final = """() => [...document.querySelectorAll('button, summary, a')]
  .filter(one => one.checkVisibility())
  .map(one => [one.getBoundingClientRect(), one.textContent])
  .filter(([box]) => box.width < 64 || box.height < 64)
  .map(([box, words]) => `${box.width} x ${box.height}: ${words}`)"""
SMALL_TEXT: Final = """() => {
  const walker = document.createTreeWalker(document.body, 4), found = [];
  while (walker.nextNode()) {
    const around = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && around.checkVisibility() && around.id !== 'live'
        && parseFloat(getComputedStyle(around).fontSize) < 18)
      found.push(walker.currentNode.data.slice(0, 40));
  }
  return found;
}"""
OVERFLOW: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FAINT: Final = """() => {
  const channel = value =>
    (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const colour = words => words.match(/[\\d.]+/g).map(Number);
  const behind = one => {
    for (; one; one = one.parentElement) {
      const [r, g, b, alpha] = colour(getComputedStyle(one).backgroundColor);
      if (alpha !== 0) return [r, g, b];
    }
    return colour(getComputedStyle(document.body).backgroundColor);
  };
  const walker = document.createTreeWalker(document.body, 4), found = [];
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.checkVisibility()) continue;
    const letters = light(colour(getComputedStyle(one).color)), ground = light(behind(one));
    const contrast = (Math.max(letters, ground) + 0.05) / (Math.min(letters, ground) + 0.05);
    if (contrast < 7) found.push(`${contrast.toFixed(2)}: ${one.textContent.slice(0, 40)}`);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as a file."""
    file = tmp_path_factory.mktemp("roadside") / "now.html"
    file.write_text(roadside_page(), encoding="utf-8")
    return file


@pytest.fixture
def phone(page_factory: PageFactory, exported: Path) -> Callable[..., Page]:
    """Opens the exported file on a phone."""

    def open_it(**context_options: Any) -> Page:
        page = page_factory(**{"viewport": PHONE, **context_options})
        page.goto(exported.as_uri())
        return page

    return open_it


def tap(page: Page, words: str) -> None:
    """Tap the button that says exactly this."""
    page.get_by_role("button", name=words, exact=True).click()


def heading(page: Page, words: str) -> None:
    """Wait until the screen with this heading is there."""
    page.get_by_role("heading", level=1, name=words).wait_for()


def in_view(page: Page, words: str) -> bool:
    """Whether a button can be tapped without scrolling."""
    size = page.viewport_size
    assert size is not None
    box = page.get_by_role("button", name=words, exact=True).bounding_box()
    return in_sight(box, height=size["height"])


def in_sight(box: FloatRect | None, *, height: int = PHONE["height"]) -> bool:
    """Whether all of it is on the screen."""
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= height


def walk(page: Page) -> Iterator[str]:
    """Every screen of the page, one after the other, by name."""
    heading(page, text("roadside.say.signs"))
    yield "signs"
    tap(page, DIZZY)
    page.get_by_text(text("roadside.say.noted")).first.wait_for()
    yield "one sign noted"
    tap(page, FIT)
    heading(page, text("stop.urgency.emergency_now"))
    yield "emergency"
    tap(page, text("page.back"))
    tap(page, FIT)
    tap(page, text("screen.danger_limb.pop_or_kick"))
    heading(page, text("stop.urgency.same_day"))
    yield "urgent"
    tap(page, text("page.back"))
    tap(page, text("screen.danger_limb.pop_or_kick"))
    tap(page, DIZZY)
    tap(page, DONT_KNOW)
    heading(page, text("roadside.say.unsure"))
    yield "unsure"
    tap(page, text("page.back"))
    tap(page, NONE)
    heading(page, text("roadside.say.where"))
    yield "where"
    tap(page, CALF)
    heading(page, text("roadside.say.steps"))
    yield "steps"
    tap(page, TWITCHING)
    heading(page, text("screen.danger_history.text"))
    yield "health questions"
    tap(page, text("screen.danger_history.wasting_or_weakness"))
    heading(page, text("stop.urgency.see_doctor"))
    yield "see someone"
    tap(page, text("page.back"))
    tap(page, text("screen.danger_history.wasting_or_weakness"))
    for _ in range(4):
        tap(page, NONE)
    page.get_by_text(SALT).wait_for()
    yield "salt"


# ---------------------------------------------------------------- taps and answers


@pytest.mark.parametrize("viewport", [PHONE, SMALL_PHONE])
def test_two_taps_and_no_scrolling_to_an_action(
    phone: Callable[..., Page], viewport: ViewportSize
) -> None:
    """None of these, calf: there is the stretch, in view, and the screen reader stands on it."""
    page = phone(viewport=viewport)
    assert in_view(page, NONE)
    tap(page, NONE)
    assert in_view(page, CALF)
    tap(page, CALF)
    heading(page, text("roadside.say.steps"))
    card = page.get_by_text(STRETCH).bounding_box()
    assert card is not None
    assert card["y"] + card["height"] <= viewport["height"]
    assert page.evaluate("document.activeElement.textContent") == text("roadside.say.steps")
    assert page.evaluate("window.pageYOffset") == 0


def test_a_danger_sign_is_one_tap_from_help_and_nothing_else(phone: Callable[..., Page]) -> None:
    """An emergency is a screen of its own: no stretch, no other screen behind it."""
    page = phone()
    tap(page, FIT)
    heading(page, text("stop.urgency.emergency_now"))
    shown = page.locator("main").inner_text()
    assert text("page.level.emergency_now") in shown
    assert text("stop.heat_stroke.do.1") in shown
    assert text("stop.heat_stroke.do_not.2") in shown
    assert "stretch" not in shown.lower()
    page.goto(f"{page.url.partition('#')[0]}#do")
    heading(page, text("stop.urgency.emergency_now"))


def test_going_back_loses_no_answer_and_a_wrong_tap_can_be_taken_back(
    phone: Callable[..., Page],
) -> None:
    """Back shows what was tapped; so does the phone's own back."""
    page = phone()
    tap(page, FIT)
    heading(page, text("stop.urgency.emergency_now"))
    page.go_back()
    sign = page.get_by_role("button", name=FIT, exact=True)
    assert sign.get_attribute("aria-pressed") == "true"
    sign.click()
    assert sign.get_attribute("aria-pressed") == "false"
    tap(page, NONE)
    tap(page, CALF)
    heading(page, text("roadside.say.steps"))
    tap(page, text("page.back"))
    calf = page.get_by_role("button", name=CALF, exact=True)
    assert calf.get_attribute("aria-pressed") == "true"
    page.go_forward()
    heading(page, text("roadside.say.steps"))
    assert STRETCH in page.locator("main").inner_text()


def test_back_from_a_stop_comes_back_to_the_same_place(phone: Callable[..., Page]) -> None:
    """Nobody must look for the sign again in a list of thirty."""
    page = phone()
    sign = page.get_by_role("button", name=text("screen.danger_limb.pop_or_kick"), exact=True)
    sign.click()
    heading(page, text("stop.urgency.same_day"))
    tap(page, text("page.back"))
    box = sign.bounding_box()
    assert box is not None
    assert 0 <= box["y"] <= PHONE["height"]


def test_a_sign_that_is_no_stop_alone_is_kept_and_the_others_are_asked(
    phone: Callable[..., Page],
) -> None:
    """A bit dizzy: the other signs first, then the steps say to sit down."""
    page = phone()
    tap(page, DIZZY)
    assert page.locator("#live").inner_text() == text("roadside.say.noted")
    tap(page, text("roadside.say.none_else"))
    tap(page, CALF)
    heading(page, text("roadside.say.steps"))
    assert text("relief.roadside.dizzy") in page.locator("main").inner_text()


def test_not_knowing_means_get_looked_at(phone: Callable[..., Page]) -> None:
    """No stretch, no rubbing, no muscle is asked for."""
    page = phone()
    tap(page, DONT_KNOW)
    heading(page, text("roadside.say.unsure"))
    shown = page.locator("main").inner_text()
    assert text("relief.roadside.get_help") in shown
    assert STRETCH not in shown
    assert text("relief.roadside.massage") not in shown
    tap(page, text("roadside.say.look_again"))
    heading(page, text("roadside.say.signs"))


def test_more_places_can_be_added(phone: Callable[..., Page]) -> None:
    """Two muscles, two stretches, in the order of the taps; the new one is what is read next."""
    page = phone()
    tap(page, NONE)
    tap(page, text("interview.muscles.foot"))
    tap(page, text("roadside.say.add"))
    tap(page, CALF)
    heading(page, text("roadside.say.steps"))
    cards = page.locator(".stretch_card").all_inner_texts()
    assert [card.partition(":")[0] for card in cards] == ["Foot", "Calf"]
    assert STRETCH in page.evaluate("document.activeElement.textContent")


def test_salt_waits_for_every_health_question(phone: Callable[..., Page]) -> None:
    """Twitching asks four questions; only after the last is there a word on salt."""
    page = phone()
    tap(page, NONE)
    tap(page, CALF)
    tap(page, TWITCHING)
    for question in ("danger_history", "health", "past", "medicines"):
        heading(page, text(f"screen.{question}.text"))
        assert SALT not in page.locator("main").inner_text()
        tap(page, NONE)
    heading(page, text("roadside.say.steps"))
    assert SALT in page.locator("main").inner_text()
    assert SALT in page.evaluate("document.activeElement.textContent")


def test_an_unknown_health_answer_holds_salt_back_and_can_be_given_later(
    phone: Callable[..., Page],
) -> None:
    """The page says that salt waits, and for what."""
    page = phone()
    tap(page, NONE)
    tap(page, CALF)
    tap(page, TWITCHING)
    tap(page, NONE)
    tap(page, DONT_KNOW)
    tap(page, NONE)
    tap(page, NONE)
    heading(page, text("roadside.say.steps"))
    shown = page.locator("main").inner_text()
    assert SALT not in shown
    assert text("now.salt_waits") in shown
    tap(page, text("roadside.say.health"))
    heading(page, text("screen.health.text"))
    tap(page, NONE)
    page.get_by_text(SALT).wait_for()


def test_a_health_problem_locks_salt_and_says_why(phone: Callable[..., Page]) -> None:
    """Kidney disease: the stretch stays, salt goes, nothing more is asked."""
    page = phone()
    tap(page, NONE)
    tap(page, CALF)
    tap(page, TWITCHING)
    tap(page, NONE)
    tap(page, text("screen.health.kidney"))
    tap(page, text("roadside.say.next"))
    heading(page, text("roadside.say.steps"))
    shown = page.locator("main").inner_text()
    assert STRETCH in shown
    assert SALT not in shown
    locked = text("lock.salt_contraindicated.name").lower()
    assert text("now.salt_locked", names=locked) in shown


def test_a_bystander_is_asked_in_their_own_words(phone: Callable[..., Page]) -> None:
    """One switch, on every screen that asks, and no answer is lost by it."""
    page = phone()
    tap(page, DIZZY)
    tap(page, text("roadside.say.helping"))
    expect(page.get_by_role("heading", name=text("screen.danger_body.bystander"))).to_be_visible()
    sign = page.get_by_role("button", name=DIZZY, exact=True)
    assert sign.get_attribute("aria-pressed") == "true"
    tap(page, text("roadside.say.helping"))
    expect(page.get_by_role("heading", name=text("screen.danger_body.text"))).to_be_visible()


def test_starting_over_forgets_everything(phone: Callable[..., Page]) -> None:
    """The next person on this phone starts with nothing answered."""
    page = phone()
    tap(page, NONE)
    tap(page, CALF)
    tap(page, text("roadside.say.start_over"))
    heading(page, text("roadside.say.signs"))
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    page.goto(f"{page.url.partition('#')[0]}#do")
    heading(page, text("roadside.say.signs"))


# ---------------------------------------------------------------- for every eye and hand


@pytest.mark.parametrize("viewport", [PHONE, SMALL_PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_can_be_seen_and_hit(
    phone: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    viewport: ViewportSize,
    scheme: str,
) -> None:
    """Targets of 64 px, letters of 18 px, contrast of 7, no sideways scroll, nothing for axe."""
    page = phone(viewport=viewport, color_scheme=scheme)
    for name in walk(page):
        assert page.evaluate(SMALL_TARGETS) == [], name
        assert page.evaluate(SMALL_TEXT) == [], name
        assert page.evaluate(FAINT) == [], name
        assert page.evaluate(OVERFLOW) <= 0, name
        assert [one for one in axe(page) if not under_the_bar(one)] == [], name


def under_the_bar(complaint: str) -> bool:
    """A row that the bar at the thumb half covers is not small: SMALL_TARGETS measures it."""
    return complaint.startswith("target-size") and ".row" in complaint


def test_twice_the_text_still_fits(phone: Callable[..., Page]) -> None:
    """At 200 % nothing scrolls sideways."""
    page = phone(viewport=SMALL_PHONE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for name in walk(page):
        assert page.evaluate(OVERFLOW) <= 0, name


def test_forced_colours_show_what_is_chosen(phone: Callable[..., Page]) -> None:
    """What is pressed is told by more than a colour of ours."""
    page = phone(forced_colors="active", reduced_motion="reduce")
    tap(page, DIZZY)
    sign = page.get_by_role("button", name=DIZZY, exact=True)
    page.get_by_role("heading", level=1).focus()
    other = page.get_by_role("button", name=FIT, exact=True)
    outline = "one => getComputedStyle(one).outlineStyle"
    assert sign.evaluate(outline) == "solid"
    assert other.evaluate(outline) == "none"
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_everything_readable(
    phone: Callable[..., Page], axe: Callable[[Page], list[str]], scheme: str
) -> None:
    """Colours of the reader on every screen."""
    page = phone(forced_colors="active", color_scheme=scheme)
    for name in walk(page):
        assert [one for one in axe(page) if not under_the_bar(one)] == [], name


def test_the_keyboard_is_enough(phone: Callable[..., Page]) -> None:
    """Tab and Enter lead to the stretch."""
    page = phone()
    page.get_by_role("button", name=NONE, exact=True).focus()
    page.keyboard.press("Enter")
    heading(page, text("roadside.say.where"))
    assert page.evaluate("document.activeElement.textContent") == text("roadside.say.where")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == CALF
    page.keyboard.press("Enter")
    heading(page, text("roadside.say.steps"))


# ---------------------------------------------------------------- without scripts


@pytest.mark.parametrize("viewport", [PHONE, SMALL_PHONE])
def test_without_scripts_the_same_road_is_walked_by_opening(
    phone: Callable[..., Page], viewport: ViewportSize
) -> None:
    """Every sign has its help, the stretch is two taps away, salt behind every health question."""
    page = phone(java_script_enabled=False, viewport=viewport)
    fit = page.locator("summary", has_text=FIT)
    fit.click()
    expect(page.get_by_text(text("stop.heat_stroke.do.1")).first).to_be_visible()
    fit.click()
    none = page.locator("summary", has_text=NONE)
    expect(page.get_by_text(text("relief.roadside.stop")).nth(-1)).to_be_hidden()
    none.first.click()
    page.locator("summary", has_text=re.compile(f"^{CALF}$")).click()
    expect(page.get_by_text(STRETCH)).to_be_visible()
    page.locator("summary", has_text=TWITCHING).click()
    salt = page.get_by_text(SALT)
    for number in range(1, 5):
        expect(salt).to_be_hidden()
        none.nth(number).click()
    expect(salt).to_be_visible()
    expect(none).to_have_count(1 + 4)


# ---------------------------------------------------------------- without a signal


@contextmanager
def static_host(folder: Path) -> Iterator[str]:
    """Any web host: hands out the files of a folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def saved(page: Page, yes_or_no: str) -> None:
    """Wait until the page says whether it is saved on this phone."""
    start = text(f"roadside.say.saved_{yes_or_no}").partition("{")[0]
    page.get_by_text(start).wait_for()


def to_the_stretch(page: Page) -> None:
    """Two taps."""
    tap(page, NONE)
    tap(page, CALF)
    page.get_by_text(STRETCH).wait_for()


def test_offline_the_page_opens_again(page_factory: PageFactory, empty_server: Site) -> None:
    """Once seen, it comes back with no network, and says that it is saved."""
    page = page_factory(viewport=PHONE)
    page.goto(f"{empty_server.url}/now/")
    saved(page, "yes")
    page.context.set_offline(True)
    page.reload()
    saved(page, "yes")
    to_the_stretch(page)


def test_with_the_host_gone_the_page_opens_again(page_factory: PageFactory, tmp_path: Path) -> None:
    """A folder on any host; the host dies; the page is there under both of its addresses."""
    page = page_factory(viewport=PHONE)
    write_site(tmp_path / "site")
    with static_host(tmp_path / "site") as address:
        page.goto(address)
        saved(page, "yes")
    page.goto(f"{address}index.html")
    saved(page, "yes")
    to_the_stretch(page)
    names = page.evaluate("caches.keys()")
    assert len(names) == 1


def test_a_new_version_takes_the_place_of_the_old(
    page_factory: PageFactory, tmp_path: Path
) -> None:
    """The old cache goes when the new one is whole; others on that host are left alone."""
    page = page_factory(viewport=PHONE)
    folder = tmp_path / "site"
    write_site(folder)
    with static_host(folder) as address:
        page.goto(address)
        saved(page, "yes")
        (old,) = page.evaluate("caches.keys()")
        page.evaluate("caches.open('of-somebody-else')")
        worker = folder / "sw.js"
        worker.write_text(worker.read_text().replace(old, "uncramp-now-newer"))
        page.evaluate("navigator.serviceWorker.getRegistration().then(one => one.update())")
        page.wait_for_function(
            """caches.keys().then(names =>
              names.sort().join() === 'of-somebody-else,uncramp-now-newer')"""
        )


def test_as_a_file_it_works_and_says_that_it_is_saved(phone: Callable[..., Page]) -> None:
    """Opened from the phone's own files: no host at all."""
    page = phone()
    saved(page, "yes")
    to_the_stretch(page)


def test_over_the_local_network_it_works_and_does_not_claim_to_be_saved(
    page_factory: PageFactory, tmp_path: Path
) -> None:
    """No secure context: no worker, no cache, and nothing that throws."""
    from e2e.conftest import settings_for
    from e2e.site import serving

    settings = settings_for(tmp_path / "data")
    page_factory.expect("Cross-Origin-Opener-Policy header has been ignored")
    with serving(replace(settings, hosts=(*settings.hosts, PHONE_ORIGIN))) as site:
        page = page_factory(viewport=PHONE)
        page.goto(f"http://{PHONE_ORIGIN}:{site.settings.port}/now/")
        assert page.evaluate("window.isSecureContext") is False
        saved(page, "no")
        to_the_stretch(page)


# ---------------------------------------------------------------- a runner's own page


def own(page_factory: PageFactory, site: Site) -> Page:
    """The page of the runner `me`, let in by the link."""
    page = page_factory(viewport=PHONE)
    come_in(page, site)
    page.goto(site.at("now"))
    heading(page, text("roadside.say.signs"))
    return page


def journal(site: Site) -> list[dict[str, Any]]:
    """What was noted for the store to take in."""
    file = site.settings.data_dir / "now_journal.jsonl"
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def wait_for(is_so: Callable[[], bool]) -> None:
    """Come back when it is so; fail when it is not so in time."""
    limit = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_a_runners_own_page_saves_what_it_advised(
    page_factory: PageFactory, empty_server: Site
) -> None:
    """The answers and the advice are in the journal; looking without answering leaves nothing."""
    page = own(page_factory, empty_server)
    assert journal(empty_server) == []
    expect(page.get_by_text(text("roadside.own.knows_flags"))).to_be_visible()
    home = page.get_by_role("link", name=text("page.door.home"), exact=True)
    assert in_sight(home.bounding_box())
    with page.expect_response("**/api/**") as response:
        to_the_stretch(page)
    assert response.value.status == 200
    (entry,) = journal(empty_server)
    assert entry["runner"] == "me"
    assert entry["inputs"]["answers"]["muscles"] == ["calf"]
    assert STRETCH in entry["text"]


def test_a_wrong_tap_on_the_own_page_is_not_saved_when_taken_back_at_once(
    page_factory: PageFactory, empty_server: Site
) -> None:
    """A stop is kept after some seconds, or when the page is left."""
    page = own(page_factory, empty_server)
    tap(page, FIT)
    heading(page, text("stop.urgency.emergency_now"))
    tap(page, text("page.back"))
    tap(page, FIT)
    assert journal(empty_server) == []
    tap(page, FIT)
    heading(page, text("stop.urgency.emergency_now"))
    page.goto("about:blank")
    wait_for(lambda: len(journal(empty_server)) == 1)
    page.goto(empty_server.at("now"))
    heading(page, text("stop.urgency.emergency_now"))
    shown = page.locator("main").inner_text()
    assert text("why.still_open") in shown
    assert text("stop.cleared_by") in shown
    expect(page.get_by_role("link", name=text("page.go_home"))).to_be_visible()
    close = page.get_by_role("link", name=text("roadside.own.close"))
    assert str(close.get_attribute("href")).endswith("/settings#health")
    assert len(journal(empty_server)) == 1


def test_a_stop_that_was_saved_does_not_go_away(
    page_factory: PageFactory, empty_server: Site
) -> None:
    """After the time for second thoughts no other answer on the same screen closes it."""
    page = page_factory(viewport=PHONE)
    page.clock.install()
    come_in(page, empty_server)
    page.goto(empty_server.at("now"))
    tap(page, FIT)
    heading(page, text("stop.urgency.emergency_now"))
    with page.expect_response("**/api/**"):
        page.clock.run_for(9000)
    page.go_back()
    heading(page, text("stop.urgency.emergency_now"))
    expect(page.get_by_role("button", name=text("page.back"))).to_have_count(0)


def test_the_own_page_works_on_when_the_server_is_gone(
    page_factory: PageFactory, empty_server: Site
) -> None:
    """What cannot be saved is skipped in silence."""
    page = own(page_factory, empty_server)
    page_factory.expect("net::ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    to_the_stretch(page)
    assert journal(empty_server) == []


def test_an_open_lock_is_known_to_the_own_page_and_to_no_other(
    page_factory: PageFactory, empty_server: Site
) -> None:
    """Kidney disease told once holds salt back, with and without scripts."""
    page = own(page_factory, empty_server)
    tap(page, NONE)
    tap(page, CALF)
    tap(page, TWITCHING)
    tap(page, NONE)
    tap(page, text("screen.health.kidney"))
    with page.expect_response("**/api/**"):
        tap(page, text("roadside.say.next"))
    page.goto(empty_server.at("now"))
    tap(page, NONE)
    tap(page, CALF)
    locked = text("now.salt_locked", names=text("lock.salt_contraindicated.name").lower())
    page.get_by_text(locked).wait_for()
    plain = page_factory(
        viewport=PHONE, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain.goto(empty_server.at("now"))
    plain.locator("summary", has_text=NONE).first.click()
    plain.locator("summary", has_text=TWITCHING).click()
    expect(plain.get_by_text(locked)).to_be_visible()
    expect(plain.get_by_text(SALT)).to_have_count(0)
    page.goto(f"{empty_server.url}/now/")
    expect(page.get_by_text(text("roadside.plain.knows_no_flags"))).to_be_visible()
