"""The guard of the web app as a browser meets it: the link, other sites, and a phone at home."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from e2e.conftest import settings_for
from e2e.looks import expect
from e2e.site import Site, serving

if TYPE_CHECKING:
    from e2e.conftest import PageFactory

PASSPHRASE: Final = "salt cup hill twelve"  # noqa: S105


@contextmanager
def other_site(html: str) -> Iterator[str]:
    """Another site with one page: `localhost` is not the same site as 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """The page, whatever is asked for."""
            content = html.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing is noted."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()


def test_the_link_lets_in_from_wherever_it_is_opened(
    page_factory: PageFactory, empty_server: Site
) -> None:
    """From a mail or another page too; the token is in no address, and not behind the back key."""
    page = page_factory()
    with other_site(f'<title>mail</title><a href="{empty_server.way_in}">in</a>') as mail:
        page.goto(mail)
        page.click("a")
        page.wait_for_url(empty_server.at("home") + "*")
        expect(page.locator("h1")).to_have_count(1)
        assert "token" not in page.url
        page.go_back()
        assert page.url == mail


def test_who_is_in_and_comes_over_another_site_stands_before_the_door_once(
    page_factory: PageFactory, empty_server: Site, sign_in: Callable[..., None]
) -> None:
    """The strict cookie stays home on that way; one press on our own page brings it along."""
    page_factory.expect("401")
    page = page_factory()
    sign_in(page, empty_server)
    wanted = empty_server.at("add")
    with other_site(f'<title>x</title><a href="{wanted}">there</a>') as site:
        page.goto(site)
        page.click("a")
        page.wait_for_url(wanted)
        page.click("main a")
        page.wait_for_selector("nav")
        assert page.url == wanted


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_another_site_or_port_neither_shows_nor_sends(
    page_factory: PageFactory,
    empty_server: Site,
    sign_in: Callable[..., None],
    host: str,
) -> None:
    """With somebody who is in: no frame, no picture, no script, no answer to read, no form.

    127.0.0.1 with another port is the same site to a browser, so the cookie goes along; then our
    own refusal is what holds.
    """
    page_factory.expect("")
    page = page_factory()
    sign_in(page, empty_server)
    add, icon = empty_server.at("add"), f"{empty_server.url}/static/icon.svg"
    html = f"""<!doctype html><title>bad</title><iframe src="{add}"></iframe>
        <img src="{icon}"><form method="post" action="{empty_server.at("home")}"></form>"""
    with other_site(html) as site:
        page.goto(site.replace("localhost", host))
        assert page.evaluate("document.images[0].complete && document.images[0].naturalWidth") == 0
        assert not [frame for frame in page.frames[1:] if frame.locator("nav").count()]
        assert (
            page.evaluate(f"fetch({add!r}, {{credentials: 'include'}}).then(() => 1, () => 0)") == 0
        )
        with page.expect_navigation() as left:
            page.evaluate("document.forms[0].submit()")
        assert left.value is not None
        assert left.value.status in {401, 403}
        assert "was refused" in page.locator("h1").inner_text()


def test_a_phone_at_home_comes_in_with_the_passphrase(
    page_factory: PageFactory, tmp_path: Path, chromium_path: str
) -> None:
    """The browser sends where the form stands; a wrong one is said beside the field."""
    page_factory.expect("401")
    page = page_factory(viewport={"width": 390, "height": 844})
    with serving(replace(settings_for(tmp_path / "data"), passphrase=PASSPHRASE)) as site:
        page.goto(site.at("add"))
        page.fill("#passphrase", "wrong words")
        page.press("#passphrase", "Enter")
        page.wait_for_selector("#trouble")
        assert "not the passphrase" in page.inner_text("#trouble")
        page.fill("#passphrase", PASSPHRASE)
        page.click("main button")
        page.wait_for_url(site.at("add"))
        expect(page.locator("nav")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_door_can_be_used_by_everybody(
    page_factory: PageFactory,
    axe: Callable[..., list[str]],
    tmp_path: Path,
    chromium_path: str,
    scheme: str,
) -> None:
    """axe finds nothing on the pages that only strangers see, and nothing is cut off at 320 px."""
    for words in ("401", "429", "421"):
        page_factory.expect(words)
    page = page_factory(viewport={"width": 320, "height": 700}, color_scheme=scheme)
    with serving(settings_for(tmp_path / "a")) as site:
        page.goto(site.at("add"))
        assert not axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    with serving(replace(settings_for(tmp_path / "b"), passphrase=PASSPHRASE)) as site:
        page.goto(site.at("add"))
        assert not axe(page)
        for _ in range(6):
            page.fill("#passphrase", "wrong words")
            with page.expect_navigation():
                page.click("main button")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert "too many wrong tries" in page.inner_text("#trouble")
        assert not axe(page)
