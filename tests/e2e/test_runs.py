"""The pages about runs in a browser: zooming by mouse, buttons, keys and fingers, and the undo."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pytest

from e2e.looks import expect

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, FloatRect, Page, ViewportSize

    from e2e.conftest import PageFactory
    from e2e.site import Demo, Site

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
DESK: Final[ViewportSize] = {"width": 1280, "height": 900}
SHOWN: Final = re.compile(r"Shown: ([\d.:]+) to ([\d.:]+)")
PAINTED: Final = """one => {
  const canvas = one.querySelector('canvas');
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, index) => index % 4 === 3 && value > 0);
}"""


@pytest.fixture
def run_page(
    page_factory: PageFactory,
    live_server: Site,
    demo_store: Demo,
    sign_in: Callable[[Page, Site], None],
) -> Callable[..., Page]:
    """Opens the page of the marathon, with its curves loaded."""

    def open_it(**context_options: Any) -> Page:
        page = page_factory(**{"viewport": DESK, **context_options})
        sign_in(page, live_server)
        page.goto(live_server.at("run", demo_store.run))
        page.locator(".zoom-curves canvas").first.wait_for()
        wait_for_rest(page)
        return page

    return open_it


def wait_for_rest(page: Page) -> None:
    """Until the part that is looked at has been loaded."""
    page.locator('.zoom-curves[aria-busy="false"]').wait_for()


def shown(page: Page) -> tuple[float, float]:
    """From where to where the curves go, as the page says it."""
    page.mouse.move(2, 2)
    found = SHOWN.search(page.locator(".zoom-readout").inner_text())
    assert found is not None
    return as_number(found[1]), as_number(found[2])


def as_number(said: str) -> float:
    """`31.5`, or minutes out of `2:51:36`."""
    if ":" not in said:
        return float(said)
    seconds = 0.0
    for part in said.split(":"):
        seconds = 60 * seconds + float(part)
    return seconds / 60


def box_of(page: Page) -> FloatRect:
    """Where the first curve is drawn, in the middle of the screen."""
    curve = page.locator(".zoom-curves .u-over").first
    curve.evaluate("one => one.scrollIntoView({block: 'center'})")
    box = curve.bounding_box()
    assert box is not None
    return box


def press(page: Page, name: str) -> None:
    """One of the buttons above the curves."""
    page.get_by_role("group", name="Zoom").get_by_role("button", name=name, exact=True).click()
    wait_for_rest(page)


def test_buttons_look_closer_move_and_come_back(run_page: Callable[..., Page]) -> None:
    """The whole run first; every step is said in words."""
    page = run_page()
    assert shown(page) == (0.0, 42.2)
    expect(page.locator(".zoom-curves canvas")).to_have_count(5)
    assert page.locator(".zoom-curves .uplot").first.evaluate(PAINTED)
    press(page, "Closer")
    assert shown(page) == pytest.approx((10.6, 31.7), abs=0.1)
    press(page, "On along the run")
    assert shown(page) == pytest.approx((21.1, 42.2), abs=0.1)
    press(page, "Back along the run")
    press(page, "Wider")
    assert shown(page) == pytest.approx((0.0, 42.2), abs=0.1)
    press(page, "Closer")
    press(page, "Whole run")
    assert shown(page) == (0.0, 42.2)


def test_dragging_with_the_mouse_shows_that_part(run_page: Callable[..., Page]) -> None:
    """And only that part is asked of the server, by the axis that is shown."""
    page = run_page()
    box = box_of(page)
    y = box["y"] + box["height"] / 2
    with page.expect_response(lambda answer: "streams.json" in answer.url) as answered:
        page.mouse.move(box["x"] + box["width"] * 0.70, y)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.80, y, steps=8)
        page.mouse.up()
    assert "by=distance" in answered.value.url
    data = answered.value.json()["data"]
    assert 150 < data["shown"]["from"] < data["shown"]["to"] < 200
    wait_for_rest(page)
    assert shown(page) == pytest.approx((29.6, 33.8), abs=0.3)


def test_the_cursor_is_told_in_words(run_page: Callable[..., Page]) -> None:
    """With the mouse, and with the arrow keys; plus and minus zoom, Home shows all."""
    page = run_page()
    box = box_of(page)
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20)
    said = page.locator(".zoom-readout").inner_text()
    assert re.match(r"At 21\.\d km, 1:5\d:\d\d after the start: Pace 5:\d\d /km\. Heart rate", said)
    page.mouse.move(2, 2)
    page.locator(".zoom-curves").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert page.locator(".zoom-readout").inner_text().startswith("At 2.5 km")
    page.keyboard.press("Escape")
    page.keyboard.press("+")
    wait_for_rest(page)
    assert shown(page) == pytest.approx((10.6, 31.7), abs=0.1)
    page.locator(".zoom-curves").focus()
    page.keyboard.press("Home")
    wait_for_rest(page)
    assert shown(page) == (0.0, 42.2)


def test_the_axis_can_be_the_time(run_page: Callable[..., Page]) -> None:
    """The part that is shown stays the same part."""
    page = run_page()
    press(page, "Closer")
    page.get_by_role("button", name="Time").click()
    wait_for_rest(page)
    assert page.get_by_role("button", name="Time").get_attribute("aria-pressed") == "true"
    low, high = shown(page)
    assert (low, high) == pytest.approx((55, 171), abs=2)
    page.get_by_role("button", name="Distance").click()
    wait_for_rest(page)
    assert shown(page) == pytest.approx((10.6, 31.7), abs=0.2)


def touch(screen: CDPSession, kind: str, *places: tuple[float, float]) -> None:
    """Fingers on the screen."""
    points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
    screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_fingers_drag_and_pinch(run_page: Callable[..., Page]) -> None:
    """One finger marks a part, two spread it; a tap tells the place."""
    page = run_page(viewport=PHONE, has_touch=True, is_mobile=True)
    box = box_of(page)
    y = box["y"] + box["height"] / 2
    at = [box["x"] + box["width"] * share for share in (0.3, 0.4, 0.5, 0.6)]
    screen = page.context.new_cdp_session(page)
    touch(screen, "touchStart", (at[0], y))
    for x in at[1:]:
        touch(screen, "touchMove", (x, y))
    touch(screen, "touchEnd")
    wait_for_rest(page)
    low, high = parts_of(page)
    assert (low, high) == pytest.approx((12.7, 25.3), abs=0.6)
    touch(screen, "touchStart", (at[1], y), (at[2], y))
    touch(screen, "touchMove", (at[0], y), (at[3], y))
    touch(screen, "touchEnd")
    wait_for_rest(page)
    closer = parts_of(page)
    assert closer[1] - closer[0] < 0.6 * (high - low)
    assert low < closer[0] < closer[1] < high


def parts_of(page: Page) -> tuple[float, float]:
    """From where to where the first curve goes, read from its axis."""
    page.locator(".zoom-curves").focus()
    page.keyboard.press("Escape")
    found = SHOWN.search(page.locator(".zoom-readout").inner_text())
    assert found is not None
    return as_number(found[1]), as_number(found[2])


def test_curves_fit_the_phone_and_the_night(run_page: Callable[..., Page]) -> None:
    """No sideways scroll, also after turning the phone; other colours in the dark."""
    page = run_page(viewport=PHONE, color_scheme="light")
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(wide)
    page.set_viewport_size({"width": 844, "height": 390})
    page.set_viewport_size({"width": 320, "height": 640})
    page.wait_for_function(
        "document.querySelector('.zoom-curves canvas').getBoundingClientRect().width <= 320"
    )
    assert page.evaluate(wide)
    pixels = "() => document.querySelector('.zoom-curves canvas').toDataURL()"
    light = page.evaluate(pixels)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"before => ({pixels})() !== before", arg=light)


def test_a_part_that_cannot_be_loaded_is_told(
    run_page: Callable[..., Page], page_factory: PageFactory
) -> None:
    """In words; what was loaded before stays."""
    page = run_page()
    page_factory.expect("ERR_FAILED")
    page.route("**/streams.json*", lambda route: route.abort())
    press(page, "Closer")
    assert page.locator(".zoom-readout").inner_text() == (
        "This part could not be loaded. Try again."
    )
    assert page.locator(".zoom-curves .uplot").first.evaluate(PAINTED)


def test_zooming_finds_no_fault_with_axe(
    run_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    """With everything open, in both colours."""
    page = run_page(viewport=PHONE)
    for summary in page.locator("summary").all():
        summary.click()
    press(page, "Closer")
    found = axe(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in axe(page)]
    assert not found, "\n".join(found)


def test_the_list_finds_no_fault_with_axe(
    page_factory: PageFactory,
    live_server: Site,
    sign_in: Callable[[Page, Site], None],
    axe: Callable[[Page], list[str]],
) -> None:
    """The list with its filter open, filtered with an error, and the years with their tables."""
    page = page_factory(viewport=PHONE)
    sign_in(page, live_server)
    page_factory.expect("422")
    for address in ("runs?cramped=1", "runs?since=soon", "years"):
        page.goto(f"{live_server.at('home')}/{address}")
        for summary in page.locator("details:not([open]) > summary").all():
            summary.click()
        found = axe(page)
        page.emulate_media(color_scheme="dark")
        found += axe(page)
        page.emulate_media(color_scheme="light")
        assert not found, f"{address}: " + "\n".join(found)


def test_an_empty_list_finds_no_fault_with_axe(
    page_factory: PageFactory,
    empty_server: Site,
    sign_in: Callable[[Page, Site], None],
    axe: Callable[[Page], list[str]],
) -> None:
    """What to do first, with the drawn example."""
    page = page_factory(viewport=PHONE)
    sign_in(page, empty_server)
    page.goto(empty_server.at("runs"))
    expect(page.get_by_role("link", name="Add my runs")).to_be_visible()
    assert not axe(page)


def test_a_row_of_the_list_is_one_link(
    page_factory: PageFactory, live_server: Site, sign_in: Callable[[Page, Site], None]
) -> None:
    """A thumb anywhere on it opens the run; so does the keyboard."""
    page = page_factory(viewport=PHONE)
    sign_in(page, live_server)
    page.goto(live_server.at("runs"))
    row = page.locator(".run-row").first
    expect(row.locator("a")).to_have_count(1)
    box = row.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    page.mouse.click(box["x"] + box["width"] - 8, box["y"] + box["height"] - 8)
    page.wait_for_url("**/runs/*")
    assert page.locator("h1").inner_text() == "Run, 42.2 km"


def test_a_change_is_undone_without_a_script(
    page_factory: PageFactory,
    changing_server: Site,
    own_demo: Demo,
    sign_in: Callable[[Page, Site], None],
) -> None:
    """Say that there was no cramp, read the note, press Undo."""
    page = page_factory(viewport=PHONE, java_script_enabled=False)
    sign_in(page, changing_server)
    page.goto(changing_server.at("run", own_demo.run))
    page.get_by_role("button", name="No cramp here").click()
    note = page.get_by_role("status")
    assert "Noted: no cramp on this run." in note.inner_text()
    assert "No cramp, you said." in page.locator(".finding").inner_text()
    page.get_by_role("button", name="Undo").click()
    assert "It is as it was before." in page.get_by_role("status").inner_text()
    assert "the cramp came at 32.0 km" in page.locator(".finding").inner_text()
