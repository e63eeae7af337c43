"""Both interpreters of the rules, Python and the browser's, say the same to every case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from roadside_vectors import (
    Vector,
    python_holds,
    python_says,
    rule_vectors,
    vectors,
)
from uncramp.export.roadside_page import page_script, roadside_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from e2e.conftest import PageFactory

ANSWER: Final = "cases => cases.map(one => uncramp.advise(one.answers, one.stops, one.locks))"
HOLDS: Final = "cases => cases.map(one => uncramp.holds(one.rule, one.answers))"
MALFORMED: Final = """rules => rules.map(rule => {
  try { return uncramp.holds(rule, {q: "yes"}); } catch (error) { return error.message; }
})"""
LEAST: Final = 5000
AT_ONCE: Final = 500

Opened = Callable[[str], "Page"]


@cache
def cases() -> list[tuple[Vector, dict[str, Any]]]:
    """Every vector with what Python says to it."""
    return [(case, python_says(case)) for case in vectors()]


@pytest.fixture
def opened(page_factory: PageFactory, tmp_path: Path) -> Opened:
    """Opens a page from a file."""

    def open_it(html: str) -> Page:
        file = tmp_path / "now.html"
        file.write_text(html, encoding="utf-8")
        page = page_factory()
        page.goto(file.as_uri())
        return page

    return open_it


def differing(page: Page) -> Iterator[object]:
    """Vectors to which the page and Python say different things, asked some at a time."""
    for start in range(0, len(cases()), AT_ONCE):
        asked = cases()[start : start + AT_ONCE]
        answered = page.evaluate(ANSWER, [asdict(case) for case, _ in asked])
        for (case, expected), one in zip(asked, answered, strict=True):
            if expected != one:
                yield case, expected, one


def test_python_and_the_page_agree_on_every_vector(opened: Opened) -> None:
    """Stops, urgency, order, locks, every sentence, what is open, and what is asked next."""
    assert len(cases()) > LEAST
    found = list(differing(opened(roadside_page())))
    assert not found, f"{len(found)} differ; first: {found[0]}"


def test_python_and_the_page_read_rules_alike(opened: Opened) -> None:
    """Any rule of the language is true, false or untold for both."""
    made = list(rule_vectors())
    expected = [python_holds(one) for one in made]
    assert {True, False, None} == set(expected)
    page = opened(roadside_page())
    answered = page.evaluate(HOLDS, [asdict(one) for one in made])
    found = [pair for pair in zip(made, expected, answered, strict=True) if pair[1] is not pair[2]]
    assert not found, f"{len(found)} differ; first: {found[0]}"
    broken = [{}, {"has": ["q", "yes"], "known": "q"}, {"unheard_of": []}]
    assert page.evaluate(MALFORMED, broken) == ["malformed rule"] * 3


def test_the_vectors_reach_everything() -> None:
    """Each stop at each level it can have, each lock, each step and each question occurs."""
    said = [one for _, one in cases()]
    flags = [flag for one in said if one["stop"] for flag in one["stop"]["flags"]]
    assert len({flag["id"] for flag in flags}) == 21
    assert len({(flag["id"], flag["urgency"]) for flag in flags}) >= 24
    assert {flag["stored"] for flag in flags} == {True, False}
    assert len({lock["id"] for one in said for lock in one["locks"]}) == 9
    assert len({step["id"] for one in said for step in one["now"]}) == 15
    assert len({step["text"] for one in said for step in one["now"]}) >= 15 + 12
    assert len({one["next_question"] for one in said}) == 9 + 1
    assert {one["salt_waits"] for one in said} == {True, False}
    assert any(len(one["stop"]["flags"]) > 3 for one in said if one["stop"])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("whole_screen", "topics"),
        ("urgency_rules", "urgency_steps"),
        ('.pattern==="twitching"', '.pattern!=="twitching"'),
        ('"stretch_card"', '"stretch_cart"'),
    ],
)
def test_a_broken_page_is_noticed(opened: Opened, right: str, wrong: str) -> None:
    """The vectors tell a wrong interpreter from a right one."""
    script, html = page_script(), roadside_page()
    assert right in script
    policy = html[html.index("<meta http-equiv") : html.index("<meta name")]
    broken = html.replace(policy, "").replace(script, script.replace(right, wrong))
    assert next(differing(opened(broken)), None)
