"""Chromium, pages that forgive nothing, and servers to look at; see also `e2e.site`.

Every test here carries the marks e2e and slow. Without Chromium (or the driver for it) they are
skipped loudly, which is a failure where CI is set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest

from e2e.chromium import ARGUMENTS, OWN_HOSTS, axe_source, browser_path, what_lacks

if TYPE_CHECKING:
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        ConsoleMessage,
        Error,
        Page,
        StorageState,
    )

    from e2e.addresses import Samples
    from e2e.site import Demo, Site
    from uncramp.web.settings import WebSettings

HERE: Final = Path(__file__).parent
AXE_RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
ACTION_LIMIT_MS: Final = 10_000
TOKEN: Final = "a-token-for-tests-in-a-browser"  # noqa: S105


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What stands in this folder needs a browser and takes seconds."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.slow)


class PageFactory:
    """Pages that write down every request to elsewhere and everything the console complains of."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._expected: list[str] = []
        self.elsewhere: list[str] = []
        """Addresses on other computers that a page asked for."""
        self.complaints: list[str] = []
        """Errors in the console, and errors no script caught."""

    def __call__(self, **context_options: Any) -> Page:
        """A page in a browser profile of its own; options as `Browser.new_context` takes them."""
        context = self._browser.new_context(**context_options)
        context.set_default_timeout(ACTION_LIMIT_MS)
        context.on("request", lambda request: self._asked(request.url))
        context.on("console", self._said)
        context.on("weberror", lambda error: self._failed(error.error))
        self._contexts.append(context)
        return context.new_page()

    def expect(self, words: str) -> None:
        """Let a complaint pass that holds `words`: the test makes it happen on purpose."""
        self._expected.append(words)

    def _asked(self, url: str) -> None:
        address = urlsplit(url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in OWN_HOSTS:
            self.elsewhere.append(url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            where = message.location
            self._complain(f"{message.text} ({where.get('url')}:{where.get('lineNumber')})")

    def _failed(self, error: Error) -> None:
        self._complain(f"{error.name}: {error.message}")

    def _complain(self, words: str) -> None:
        if not any(expected in words for expected in self._expected):
            self.complaints.append(words)

    def close(self) -> None:
        """Close every page."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()


@pytest.fixture(scope="package")
def chromium_path() -> str:
    """The browser on this machine."""
    lacking = what_lacks()
    found = browser_path()
    if lacking is not None or found is None:
        pytest.skip(f"NEEDS-BROWSER: {lacking}")
    return found


@pytest.fixture(scope="package")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One browser for this folder; closed before other tests run, for it occupies the thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def page_factory(browser: Browser) -> Iterator[PageFactory]:
    """Makes pages; at the end no page may have asked elsewhere or complained."""
    factory = PageFactory(browser)
    yield factory
    factory.close()
    assert not factory.elsewhere, f"asked other computers: {factory.elsewhere}"
    assert not factory.complaints, f"the console says: {factory.complaints}"


@pytest.fixture(scope="package")
def axe(chromium_path: str) -> Callable[[Page], list[str]]:
    """What axe-core holds against a page, one line a place; empty is what we want."""
    source = axe_source()

    def violations(page: Page) -> list[str]:
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(source)
        found = page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})",
            list(AXE_RULES),
        )
        return [
            f"{one['id']} at {node['target']}: {node['failureSummary']}"
            for one in found["violations"]
            for node in one["nodes"]
        ]

    return violations


@pytest.fixture(scope="package")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The synthetic runner's store; look, and copy it to change something."""
    from e2e.site import make_demo

    return make_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def own_demo(demo_store: Demo, tmp_path: Path) -> Demo:
    """The synthetic runner's store for this test alone."""
    return demo_store.copied_to(tmp_path / "demo-store")


@pytest.fixture(scope="package")
def live_server(
    demo_store: Demo, tmp_path_factory: pytest.TempPathFactory, chromium_path: str
) -> Iterator[Site]:
    """A real server on a copy of the synthetic runner's store, shared by all that only look."""
    from e2e.site import serving

    folder = tmp_path_factory.mktemp("live") / "data"
    demo_store.copied_to(folder)
    with serving(settings_for(folder)) as site:
        yield site


@pytest.fixture
def changing_server(own_demo: Demo, chromium_path: str) -> Iterator[Site]:
    """A real server on the synthetic runner's store, for this test alone."""
    from e2e.site import serving

    with serving(settings_for(own_demo.folder)) as site:
        yield site


@pytest.fixture
def empty_server(tmp_path: Path, chromium_path: str) -> Iterator[Site]:
    """A real server as a first visitor finds it: nothing is stored."""
    from e2e.site import serving

    with serving(settings_for(tmp_path / "empty")) as site:
        yield site


def settings_for(folder: Path) -> WebSettings:
    """Settings on `folder`, at the hour of the tests."""
    from e2e.site import NOW, RUNNER
    from uncramp.web.settings import WebSettings

    return WebSettings(data_dir=folder, token=TOKEN, home_runner=RUNNER, clock=lambda: NOW)


@pytest.fixture
def sign_in() -> Callable[[Page, Site], None]:
    """Let a page in the way a runner comes in: through the link the terminal prints."""

    from e2e.hands import come_in

    return come_in


@pytest.fixture(scope="package")
def entered(browser: Browser, live_server: Site) -> StorageState:
    """What a browser keeps that came in to `live_server`: pass it on as `storage_state`."""
    context = browser.new_context()
    context.request.get(live_server.way_in)
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture(scope="package")
def samples(
    browser: Browser,
    live_server: Site,
    demo_store: Demo,
    entered: StorageState,
    tmp_path_factory: pytest.TempPathFactory,
) -> Samples:
    """What fills the places of an address of `live_server`."""
    from e2e.addresses import make_samples
    from e2e.site import write_outings

    folder = tmp_path_factory.mktemp("once-more")
    write_outings(folder, last=2)
    context = browser.new_context(storage_state=entered)
    made = make_samples(context, live_server, demo_store, folder)
    context.close()
    return made
