"""The first visit in a real browser: files chosen and dropped, called off, and the diary after."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from e2e.looks import expect
from e2e.site import write_outings

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from e2e.conftest import PageFactory
    from e2e.site import Site

IMPORT_LIMIT_MS: Final = 60_000

DROP: Final = """([target, files]) => {
  const moved = new DataTransfer();
  for (const [name, content] of files) {
    const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
    moved.items.add(new File([bytes], name));
  }
  const tell = kind => target.dispatchEvent(
    new DragEvent(kind, {dataTransfer: moved, bubbles: true, cancelable: true}));
  tell('dragenter');
  const isOver = target.classList.contains('over');
  tell('drop');
  return isOver;
}"""


@pytest.fixture
def visitor(
    page_factory: PageFactory, empty_server: Site, sign_in: Callable[[Page, Site], None]
) -> Page:
    """Somebody who has never been here."""
    page = page_factory()
    sign_in(page, empty_server)
    return page


def drop(page: Page, files: dict[str, bytes]) -> bool:
    """Drop files on the form; whether it showed that it would take them."""
    target = page.locator("#upload").element_handle()
    packed = [[name, base64.b64encode(one).decode()] for name, one in files.items()]
    return bool(page.evaluate(DROP, [target, packed]))


def result(page: Page) -> str:
    """The headline of the import, when it is over."""
    page.wait_for_url(re.compile("/imports/"), timeout=IMPORT_LIMIT_MS)
    page.locator("[data-job]").wait_for(state="detached", timeout=IMPORT_LIMIT_MS)
    return page.get_by_role("heading", level=1).inner_text()


def test_the_whole_first_visit(visitor: Page, tmp_path: Path) -> None:
    """Files, progress, result, diary with one tap, undo, and the reason next."""
    assert visitor.get_by_role("heading", level=1).inner_text().startswith("Why you cramp")
    visitor.set_input_files("#files", write_outings(tmp_path / "files"))
    assert result(visitor) == "55 runs are in."
    visitor.get_by_role("link", name="Answer the questions").click()
    assert "sudden stop at 32.0 km" in visitor.locator("#question").inner_text()
    visitor.get_by_role("button", name="Yes", exact=True).click()
    visitor.get_by_text("Noted: a cramp.").wait_for()
    visitor.get_by_role("button", name="Undo").click()
    visitor.get_by_text("Taken back. You are asked again.").wait_for()
    visitor.get_by_role("button", name="Yes", exact=True).click()
    visitor.get_by_role("link", name="Find out why").wait_for()
    visitor.get_by_role("link", name="Home", exact=True).click()
    assert "55 runs since 2026. One of them cramped." in visitor.locator("main").inner_text()
    assert visitor.locator(".button.big").inner_text().strip() == "Find out why"


def test_dropping_files(visitor: Page, tmp_path: Path) -> None:
    """Shown that they may be let go, then sent at once; a bad one beside a good one is told."""
    (run,) = write_outings(tmp_path / "files", last=1)
    assert drop(visitor, {"run.fit": run.read_bytes(), "notes.doc": b"Dear all"})
    assert result(visitor) == "One run is in."
    assert "notes.doc" in visitor.locator(".refused").inner_text()
    visitor.get_by_role("button", name="Take this import back").click()
    visitor.get_by_role("heading", name="This import was taken back.").wait_for()


def test_a_whole_folder(visitor: Page, tmp_path: Path) -> None:
    """Chosen as a folder; what is no recording in it is passed over in silence."""
    folder = tmp_path / "watch"
    write_outings(folder / "GARMIN" / "Activity", last=3)
    (folder / "readme.txt").write_text("hello", encoding="utf-8")
    visitor.set_input_files("#folder", folder)
    assert result(visitor) == "3 runs are in."
    expect(visitor.locator(".refused")).to_have_count(0)


def test_too_much_is_said_before_it_is_sent(visitor: Page) -> None:
    """By number and by size; the form stays as it was."""
    visitor.evaluate("document.getElementById('upload').dataset.most = '1'")
    drop(visitor, {"a.fit": b"x", "b.fit": b"x"})
    assert "more than" in visitor.locator("#files-error").inner_text()
    visitor.evaluate("Object.assign(document.getElementById('upload').dataset, {limit: '1'})")
    drop(visitor, {"a.fit": b"xx"})
    assert "That is more than 4.3 GB." in visitor.locator("#files-error").inner_text()
    expect(visitor.get_by_text("Choose files or an archive")).to_be_visible()


def test_sending_can_be_called_off(visitor: Page, tmp_path: Path) -> None:
    """Halfway: nothing is stored, and the form is there again."""

    def hold(route: Route) -> None:
        """Let it wait for ever."""
        del route

    visitor.route("**/add", hold)
    drop(visitor, {"a.fit": b"x" * 1000})
    visitor.get_by_role("button", name="Cancel").click()
    visitor.get_by_text("Choose files or an archive").wait_for()
    visitor.unroute("**/add")
    (run,) = write_outings(tmp_path / "files", last=1)
    drop(visitor, {"run.fit": run.read_bytes()})
    assert result(visitor) == "One run is in."


def test_a_server_that_is_gone_is_said(visitor: Page, page_factory: PageFactory) -> None:
    """In words, beside the files, with the form still there."""
    page_factory.expect("Failed to load resource")
    visitor.route("**/add", lambda route: route.abort())
    drop(visitor, {"a.fit": b"x"})
    visitor.get_by_text("Is uncramp still running?").wait_for()
    expect(visitor.get_by_text("Choose files or an archive")).to_be_visible()


def test_what_the_server_refuses_is_said_in_place(visitor: Page, page_factory: PageFactory) -> None:
    """Its own words, without leaving the page."""
    page_factory.expect("Failed to load resource")
    drop(visitor, {})
    visitor.evaluate(
        """() => { const send = XMLHttpRequest.prototype.send;
        XMLHttpRequest.prototype.send = function () {
          const body = new FormData(); body.append('other', 'x'); send.call(this, body); }; }"""
    )
    drop(visitor, {"a.fit": b"x"})
    visitor.get_by_text("No file was chosen.").wait_for()
    assert visitor.url.endswith("/r/me")
