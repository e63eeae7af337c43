"""Take a picture of every page, on the synthetic runner, at an hour that never moves.

Run it with the Python that `python3 dev.py setup --dev` makes, where Chromium is installed:

    .venv/bin/python docs/screenshots/make.py               writes the pictures beside this file
    .venv/bin/python docs/screenshots/make.py --only runs --to /tmp/look --as png

The list of pages is read from the app, so a new page is in it without being named here. Also
written: README.md with every picture.
"""

from __future__ import annotations

import argparse
import base64
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "tests"), str(HERE.parents[1] / "src")]

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

    from e2e.site import Demo, Site
    from uncramp.web.settings import WebSettings

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
DESK: Final[ViewportSize] = {"width": 1280, "height": 800}
TALLEST: Final = {"phone": 2600, "desk": 1800}
DARK: Final = (
    *("home", "now", "answer", "run", "sweat", "race", "training", "look-back"),
    "history-of-years",
)
"""Pages that are also shown in dark, on the phone."""
QUALITY: Final = 72
MB: Final = 2**20
KEY: Final = "only-for-pictures"
STORY: Final = (
    "Pinging away in both calves from 15 miles, boiling hot, just water. Then the right one locked "
    "on the last hill, and I nearly fainted at the finish."
)
ONE_SCREEN: Final = ("now", "now-for-all")
"""Pages with a bar at the thumb, which a longer picture would show in the middle."""
NAMES: Final = {
    "answers-advice_id": "answer",
    "evidence-claims-claim_id": "claim",
    "evidence-numbers-key": "number",
    "evidence-sources-key": "source",
    "imports-job": "import",
    "jobs-job": "export",
    "public-now": "now-for-all",
    "race-race": "race-by-number",
    "race-race-change": "race-change",
    "race-past-debrief": "look-back",
    "race-past-rehearsals": "rehearsals",
    "race-race-debrief": "look-back-before-the-race",
    "race-race-plan": "drinking-plan",
    "race-race-rehearsals": "rehearsals-before-the-plan",
    "race-race-training": "training",
    "race-race-training-session": "session",
    "runs-run": "run",
    "settings-ledger": "ledger",
    "sweat-weigh-in": "weigh-in",
    "why-draft_id-check": "check-answers",
    "why-draft_id-danger_body": "danger-signs",
    "why-draft_id-onset_km": "question",
    "why-draft_id-step": "figure",
}
"""Better names for pictures than their addresses give."""
PLACE: Final = re.compile(r"[{}]|:\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One page in one state."""

    name: str
    when: str
    """The route it shows, or how it came about."""
    open: Callable[[Page], None]


class Taken(NamedTuple):
    """The pictures of one page, each with what it was taken on."""

    title: str
    when: str
    pictures: Mapping[str, Path]


def main() -> None:
    """Serve the synthetic runner and an empty store, go through the pages, write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--to", type=Path, default=HERE, metavar="DIR")
    parser.add_argument("--as", dest="picture_format", choices=("webp", "png"), default="webp")
    parser.add_argument("--only", action="append", metavar="NAME")
    given = parser.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    written: list[Taken] = []
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for shot in all_shots(browser, Path(folder)):
            if given.only and shot.name not in given.only:
                continue
            written.append(taken(browser, shot, given.to, given.picture_format))
            sys.stdout.write(f"{shot.name}\n")
    if not given.only:
        write_list(given.to, written)
    paths = [path for one in written for path in one.pictures.values()]
    size = sum(path.stat().st_size for path in paths)
    sys.stdout.write(f"{len(paths)} pictures, {size / MB:.1f} MB\n")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the tests."""
    from playwright.sync_api import sync_playwright

    from e2e.chromium import ARGUMENTS, browser_path, what_lacks

    lacking = what_lacks()
    if lacking is not None:
        raise SystemExit(f"NEEDS-BROWSER: {lacking}")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path(), args=list(ARGUMENTS))
        yield browser
        browser.close()


def all_shots(browser: Browser, folder: Path) -> Iterator[Shot]:
    """Every page of the app, and the states that no address alone shows."""
    from e2e.site import make_demo, serving, told_of_years, weighed

    demo = make_demo(folder / "made")
    weighed(demo.folder)
    with serving(settings(demo.folder)) as site, serving(settings(folder / "empty")) as empty:
        yield from first_day(browser, empty, folder / "made" / "files")
        yield from of_routes(browser, site, demo)
    hot = make_demo(folder / "hot")
    weighed(hot.folder)
    with serving(settings(hot.folder)) as site:
        yield drinks_planned(browser, site)
        told_of_years(hot)
        years = opens(site, site.at("history"))
        yield Shot(name="history-of-years", when="Four cramps in three years", open=years)
        yield Shot(name="story-heard", when="A story was told", open=story_told(site))
        question = f"{site.at('question')}?q=do+bananas+help"
        yield Shot(name="ask-answered", when="A question was asked", open=opens(site, question))


def settings(folder: Path) -> WebSettings:
    """A server on `folder` at the hour of the tests."""
    from e2e.site import NOW, RUNNER
    from uncramp.web.settings import WebSettings

    return WebSettings(data_dir=folder, token=KEY, home_runner=RUNNER, clock=lambda: NOW)


def first_day(browser: Browser, site: Site, files: Path) -> Iterator[Shot]:
    """What only a first visitor sees, each state made when its turn comes."""
    from e2e.addresses import done, sent

    context = browser.new_context()
    context.request.get(site.way_in)
    yield Shot(name="first-visit", when="The first visit", open=opens(site, site.at("home")))
    job = done(context, site, site.at("add") + "/path", {"path": str(files)})
    address = site.at("import", job)
    yield Shot(name="first-import", when="After the first import", open=opens(site, address))
    yield Shot(name="first-diary", when="The diary asks", open=opens(site, site.at("diary")))
    question = sent(context, site, site.at("why"), {"about": "last"}).url
    stop = sent(context, site, question, {"choice": "chest_pain"}).url
    yield Shot(name="stopped", when="A danger sign in the interview", open=opens(site, stop))
    context.close()


def of_routes(browser: Browser, site: Site, demo: Demo) -> Iterator[Shot]:
    """One for each address that shows a page."""
    from e2e.addresses import address_of, make_samples, page_routes

    context = browser.new_context()
    context.request.get(site.way_in)
    samples = make_samples(context, site, demo, demo.folder.parent / "files")
    for route in page_routes():
        address = site.url + address_of(route, samples)
        answered = context.request.get(address)
        if not answered.ok:
            sys.stderr.write(f"{route}: {answered.status}\n")
            continue
        is_page = answered.headers["content-type"].startswith("text/html")
        if is_page and answered.url == address:
            yield Shot(name=called(route), when=f"`{route}`", open=opens(site, address))
    context.close()


def drinks_planned(browser: Browser, site: Site) -> Shot:
    """The drinking plan of a hot day, made through its form."""
    from e2e.addresses import sent
    from e2e.site import hot_raced

    race = hot_raced(site.settings.data_dir)
    context = browser.new_context()
    context.request.get(site.way_in)
    wishes = {"stations": "every 5 km water+iso", "carry": "s_caps", "trialled_l": "700"}
    made = sent(context, site, site.at("race_plan", race), wishes).url
    context.close()
    return Shot(name="drinks-planned", when="A drinking plan for a hot day", open=opens(site, made))


def story_told(site: Site) -> Callable[[Page], None]:
    """What was understood of a story with an unclear danger word."""

    def go(page: Page) -> None:
        opens(site, site.at("why"))(page)
        page.locator("textarea[name=story]").fill(STORY)
        page.locator("button[formaction$='/why/story']").click()

    return go


def opens(site: Site, address: str) -> Callable[[Page], None]:
    """Comes in through the link, then opens the address."""

    def go(page: Page) -> None:
        page.goto(site.way_in)
        page.wait_for_url(site.at("home"))
        page.goto(address)

    return go


def called(route: str) -> str:
    """A file name for a route. Example: `/r/{runner}/runs/{run}` is `run`."""
    inside = route.removeprefix("/r/{runner}").strip("/")
    if not route.startswith("/r/"):
        inside = f"public-{inside}"
    name = PLACE.sub("", inside).replace("/", "-") or "home"
    return NAMES.get(name, name)


def taken(browser: Browser, shot: Shot, folder: Path, picture_format: str) -> Taken:
    """The pictures of one page: phone and desk, and dark for some."""
    kinds = [("phone", PHONE), ("desk", DESK)]
    if shot.name in DARK:
        kinds.append(("phone-dark", PHONE))
    title, written = "", {}
    for kind, viewport in kinds:
        context = browser.new_context(
            viewport=viewport,
            color_scheme="dark" if kind.endswith("dark") else "light",
            reduced_motion="reduce",
            locale="en-GB",
        )
        page = context.new_page()
        shot.open(page)
        page.wait_for_load_state("networkidle")
        title = page.title().removesuffix(" · uncramp")
        tallest = TALLEST[kind.partition("-")[0]]
        tallest = viewport["height"] if shot.name in ONE_SCREEN else tallest
        path = folder / f"{shot.name}-{kind}.{picture_format}"
        path.write_bytes(picture(page, viewport, tallest, picture_format))
        context.close()
        written[kind] = path
    return Taken(title, shot.when, written)


def picture(page: Page, viewport: ViewportSize, tallest: int, picture_format: str) -> bytes:
    """The page from its top, cut where it gets long."""
    whole = page.evaluate("document.documentElement.scrollHeight")
    clip = {
        "x": 0,
        "y": 0,
        "scale": 1,
        "width": viewport["width"],
        "height": min(max(whole, viewport["height"]), tallest),
    }
    options = {"format": picture_format, "captureBeyondViewport": True, "clip": clip}
    if picture_format == "webp":
        options["quality"] = QUALITY
    answered = page.context.new_cdp_session(page).send("Page.captureScreenshot", options)
    return base64.b64decode(answered["data"])


def write_list(folder: Path, written: list[Taken]) -> None:
    """README.md with every picture."""
    lines = [
        "# Every page, in pictures",
        "",
        "Made by [make.py](make.py) from the synthetic runner: nobody ran any of this. A phone is",
        "390 x 844, a desk 1280 x 800; long pages are cut at the end.",
    ]
    for title, when, pictures in written:
        alike = [f"![{title}, {kind.replace('-', ', ')}]({path.name})"
                 for kind, path in pictures.items()]  # fmt: skip
        lines += ["", f"## {title}", "", when, "", *alike]
    (folder / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
