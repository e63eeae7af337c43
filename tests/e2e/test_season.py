"""A whole season in the browser: first import, race, plans, weigh-ins, the race, and the look back.

The clock of the server is set to each day, so that what is predicted is kept before it comes. The
runner is the synthetic one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

import pytest

from e2e.looks import expect, faults, too_wide
from e2e.site import RUNNER, serving, write_outings
from e2e.test_first_visit import result
from uncramp.web.settings import WebSettings

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, ViewportSize

    from e2e.conftest import PageFactory
    from e2e.site import Site

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
ZONE: Final = timezone(timedelta(hours=2))
PROFILE: Final = {"age_y": "38", "height_cm": "168", "body_mass_kg": "61"}
WEIGHED: Final = (
    (date(2026, 8, 2), "61.2", "60.6", "0.25", "19"),
    (date(2026, 8, 9), "61.0", "60.0", "0.3", "21"),
    (date(2026, 8, 16), "61.3", "60.1", "0.5", "25"),
)
"""Day of a long run, weight before and after, drunk in L, degrees."""
ADDED: Final = date(2026, 8, 10)
PLANNED: Final = date(2026, 8, 18)
TRIED: Final = (
    (date(2026, 8, 23), "61.1", "59.9", "21"),
    (date(2026, 8, 30), "61.2", "60.2", "19"),
    (date(2026, 9, 13), "61.0", "59.3", "25"),
)
"""Day of a long run on which the plan was tried, weight before and after, degrees."""
RACED: Final = date(2026, 10, 4)


@dataclass
class Clock:
    """The day it is on the server."""

    now: datetime = datetime(2026, 8, 10, 20, 0, tzinfo=ZONE)

    def go_to(self, day: date, hour: int = 20) -> None:
        """Set it to an hour of a day."""
        self.now = datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


@pytest.fixture
def clock() -> Clock:
    """The evening on which the race is added, eight weeks before it."""
    return Clock()


@pytest.fixture
def site(tmp_path: Path, clock: Clock, chromium_path: str) -> Iterator[Site]:
    """A server on an empty store whose day the test sets."""
    del chromium_path
    settings = WebSettings(
        data_dir=tmp_path / "season",
        token="a-token-for-a-season",  # noqa: S106  (made up)
        home_runner=RUNNER,
        clock=lambda: clock.now,
    )
    with serving(settings) as made:
        yield made


@pytest.fixture
def page(page_factory: PageFactory, site: Site, sign_in: Callable[[Page, Site], None]) -> Page:
    """A runner with a phone."""
    made = page_factory(viewport=PHONE)
    sign_in(made, site)
    return made


def tell_who_runs(page: Page, site: Site) -> None:
    """The profile: without it nothing that is lost can be reckoned."""
    page.goto(site.at("settings"))
    page.get_by_label("Sex").select_option("female")
    for name, typed in PROFILE.items():
        page.locator(f"#{name}").fill(typed)
    page.locator("#profile").get_by_role("button", name="Save").click()


def weigh(page: Page, site: Site, day: date, *typed: str) -> None:
    """A weigh-in on the phone, on the run of a day."""
    page.goto(site.at("weigh_in"))
    option = page.locator("#run option").filter(has_text=f" {day.day} {day:%b}")
    page.locator("#run").select_option(option.first.get_attribute("value"))
    for name, value in zip(("before", "after", "drunk"), typed, strict=False):
        page.locator(f"#{name}").fill(value)
    page.locator("summary", has_text="More").first.click()
    page.locator("#degrees").fill(typed[3])
    page.locator("#humidity").fill("60")
    page.get_by_role("button", name="Keep").first.click()
    expect(page.get_by_role("status").first).to_contain_text("Kept")


def add_the_race(page: Page, site: Site) -> None:
    """Name, day, distance, goal, and a warm forecast."""
    page.goto(site.at("race_add"))
    page.get_by_label("What is it called?").fill("Synthetic autumn marathon")
    page.get_by_label("Day of the race").fill("2026-10-04")
    page.get_by_label("Marathon", exact=True).check()
    page.get_by_label("Hours").fill("3")
    page.get_by_label("Minutes").fill("55")
    page.locator("details summary").first.click()
    page.locator("#degrees").fill("24")
    page.locator("#humidity").fill("60")
    page.get_by_role("button", name="Keep the race").click()
    expect(page.get_by_role("status")).to_contain_text("Kept.")


def with_nothing_wrong(page: Page) -> None:
    """Answer the danger questions, which count for a day, and go on."""
    for nothing in page.locator(".screen input[value=none]").all():
        nothing.check()
    page.get_by_role("button", name="Make the plan").click()


def plan_the_drinking(page: Page, site: Site, race: str) -> None:
    """Where the stations are, then the plan."""
    page.goto(site.at("race_plan", race))
    page.get_by_label("Stations on the course").fill("every 5 km water+iso")
    page.get_by_role("button", name="Make the plan").click()
    with_nothing_wrong(page)
    expect(page.get_by_role("heading", name="Here is your plan for the day.")).to_be_visible()


def plan_the_training(page: Page, site: Site, race: str) -> None:
    """The days of the week, and the health questions, which are then answered for the day."""
    page.goto(site.at("race_training", race))
    for day in ("tue", "thu", "sat", "sun"):
        page.locator(f"input[name=days][value={day}]").check()
    page.get_by_role("button", name="Make the plan").click()
    with_nothing_wrong(page)
    expect(page.get_by_role("status")).to_contain_text("Your plan is made.")


def import_until(page: Page, site: Site, files: list[Path], day: date) -> None:
    """Add the files up to a day, which are then no longer to come."""
    of_now = [one for one in files if one.stem[-10:] <= day.isoformat()]
    page.goto(site.at("add"))
    page.set_input_files("#files", of_now)
    assert result(page).endswith("runs are in.")
    del files[: len(of_now)]


def tell_in_one_tap(page: Page, site: Site, race: str, tried: tuple[date, str, str, str]) -> None:
    """The weather of the run, the scale, and one button."""
    _, before, after, degrees = tried
    page.goto(site.at("run", "last"))
    page.locator("summary", has_text="weather").first.click()
    page.locator("#degrees").fill(degrees)
    page.locator("#humidity").fill("60")
    page.locator("form[action$='/weather'] button").first.click()
    page.goto(site.at("rehearsals", race))
    page.locator("#before").fill(before)
    page.locator("#after").fill(after)
    page.get_by_role("button", name="As planned, all fine").click()
    expect(page.get_by_role("status")).to_contain_text("Kept.")
    expect(page.locator("ul.tried")).to_contain_text("as predicted")


def test_from_the_first_import_to_the_ledger(
    page: Page, site: Site, clock: Clock, tmp_path: Path, axe: Callable[[Page], list[str]]
) -> None:
    """All of it through pages, on a phone; what was predicted in August counts in October."""
    files = write_outings(tmp_path / "files")
    import_until(page, site, files, ADDED)
    tell_who_runs(page, site)
    for day, *typed in WEIGHED[:2]:
        weigh(page, site, day, *typed)
    add_the_race(page, site)
    race = page.url.partition("/race/")[2].partition("?")[0]
    plan_the_training(page, site, race)

    clock.go_to(PLANNED)
    import_until(page, site, files, PLANNED)
    weigh(page, site, *WEIGHED[2])
    plan_the_drinking(page, site, race)
    page.goto(site.at("rehearsals", race))
    page.get_by_role("button", name="Choose the runs").click()
    expect(page.locator(".stamp")).to_contain_text("Not yet proven to drink")
    expect(page.locator("details.rehearsal").first).to_contain_text("Sun 23 Aug 2026")

    for tried in TRIED:
        expect(page.locator(".stamp")).to_contain_text("Not yet proven to drink")
        clock.go_to(tried[0])
        import_until(page, site, files, tried[0])
        tell_in_one_tap(page, site, race, tried)
    expect(page.locator(".stamp")).not_to_contain_text("Not yet")
    expect(page.locator(".stamp")).to_contain_text("Proven to drink")
    expect(page.locator("main")).to_contain_text("no promise against cramps")
    found = faults(page, axe) + too_wide(page)
    assert not found, "\n".join(found)
    page.set_viewport_size(PHONE)

    clock.go_to(RACED)
    import_until(page, site, files, RACED)
    page.get_by_role("link", name="Look back at Synthetic autumn marathon").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Something stopped you at 32.0 km")
    page.get_by_role("group", name="Did you cramp?").get_by_label("Yes").check()
    page.get_by_label("As planned").check()
    page.get_by_label("Fine").check()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "You passed your longest run at 28.0 km; the cramp came at 32.0 km"
    )
    expect(page.locator("#change + p + ol > li").first).to_contain_text("The plan said")
    expect(page.locator("figure.picture svg").locator("visible=true")).to_have_count(2)
    found = faults(page, axe) + too_wide(page)
    assert not found, "\n".join(found)

    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="What we said, and what came").click()
    expect(page.locator("main")).to_contain_text("too few to judge by")
    expect(page.locator("ol.entries")).to_contain_text("A rehearsal on Sun 13 Sep 2026")
    found = faults(page, axe) + too_wide(page)
    assert not found, "\n".join(found)
    page.set_viewport_size(PHONE)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="All of it as JSON").click()
    told = json.loads(waiting.value.path().read_text(encoding="utf-8"))["data"]
    whats = [check["what"] for one in told["entries"] for check in one["checks"] if check["counts"]]
    assert sorted(whats) == [*["body_mass_change_pct"] * len(TRIED), "finish_time_s"]
    assert told["calibration"]["n"] == len(whats)
    (plan,) = (one for one in told["entries"] if one["verb"] == "plan")
    assert plan["at"].startswith(PLANNED.isoformat())
    assert plan["checks"][0]["what"] == "finish_time_s"
