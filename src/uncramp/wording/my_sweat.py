"""The runner's own sweat on a terminal and as plain data; the sentences are those of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units
from uncramp.wording.runs import runner_option
from uncramp.wording.sweat_page import page_words

if TYPE_CHECKING:
    from uncramp.actions.sweat import MySweat

__all__ = ["my_sweat_data", "my_sweat_lines"]

NEWEST: Final = 6
"""More tests than this are left to `uncramp sweat list`."""


def my_sweat_data(sweat: MySweat) -> dict[str, Any]:
    """The `data` of `uncramp sweat --json`: SI units, codes instead of sentences."""
    return {one.name: getattr(sweat, one.name) for one in fields(sweat)}


def my_sweat_lines(sweat: MySweat, *, runner: str, units: Units) -> Iterator[str]:
    """Where the runner stands, the rates, what each test taught, how sure, what to do next."""
    who = runner_option(runner)
    words = page_words(sweat, units=units)
    yield words["lead"]
    if sweat.missing:
        yield text("sweat_page.missing.lead")
        yield from (f"- {one}" for one in words["missing"])
        yield text("my_sweat.missing_next", who=who)
        return
    if words["locked"]:
        yield words["locked"]
    yield ""
    yield from rate_lines(words)
    yield from words["sodium"]
    yield from test_lines(words, who=who)
    if words["error"]:
        yield ""
        yield from words["error"]
    yield ""
    yield text("my_sweat.assumed")
    yield from (f"- {one}" for one in words["assumed"])
    if sweat.locked is None:
        yield ""
        yield from words["next"]["lines"] if sweat.is_held else next_lines(words, who=who)


def rate_lines(words: Mapping[str, Any]) -> Iterator[str]:
    """The table, a line a condition."""
    is_mine = words["is_mine"]
    yield text("sweat_page.rates.title" if is_mine else "sweat_page.rates.title_others")
    for group in words["rates"]:
        yield group["name"]
        for row in group["rows"]:
            message = "my_sweat.rate" if is_mine else "my_sweat.rate_others"
            yield "  " + text(message, **row)
    yield text("my_sweat.rate_note")


def test_lines(words: Mapping[str, Any], *, who: str) -> Iterator[str]:
    """The newest tests: what each gave, and how much it taught."""
    if not words["tests"]:
        return
    yield ""
    yield text("sweat_page.tests.title")
    for one in words["tests"][:NEWEST]:
        said = [text("my_sweat.test", day=one["day"], what=one["what"]), one["expected"],
                one["taught"]]  # fmt: skip
        doubts = ", ".join(one["doubts"])
        if doubts:
            said.append(text("my_sweat.doubts", doubts=doubts))
        yield "- " + " ".join(part for part in said if part)
    n_older = len(words["tests"]) - NEWEST
    if n_older > 0:
        yield text("my_sweat.older", n=n_older, who=who)


def next_lines(words: Mapping[str, Any], *, who: str) -> Iterator[str]:
    """Which condition to test next, why, and the command."""
    found = words["next"]
    yield found["title"]
    yield from found["lines"]
    yield text("my_sweat.next", who=who)
