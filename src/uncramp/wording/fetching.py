"""What `uncramp fetch` brought, in words and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from uncramp.wording.catalogue import error_text, refusal_text, text
from uncramp.wording.runs import runner_option

if TYPE_CHECKING:
    from uncramp.actions.fetching import FetchedFiles

__all__ = ["fetched_data", "fetched_lines", "fetched_warnings"]


def fetched_data(fetched: FetchedFiles) -> dict[str, Any]:
    """The `data` of `uncramp fetch intervals --json`."""
    return {
        "n_listed": fetched.n_listed,
        "n_fetched": fetched.n_fetched,
        "n_known": fetched.n_known,
        "n_other_sports": fetched.n_other_sports,
        "added": fetched.added,
        "already_there": fetched.already_there,
        "linked": fetched.linked,
        "from_strava": fetched.from_strava,
        "by_hand": fetched.by_hand,
        "refused": [
            {"file": one.file, **refusal_text(one.code, one.values)} for one in fetched.refused
        ],
        "stamps": fetched.stamps,
        "problem": None if fetched.problem is None else fetched.problem.code,
    }


def fetched_warnings(fetched: FetchedFiles, *, key_is_open: bool) -> list[str]:
    """What a script should know besides."""
    warnings = [text("fetch.key_is_open")] if key_is_open else []
    if fetched.from_strava:
        warnings.append(text("fetch.from_strava", n=fetched.from_strava))
    if fetched.problem is not None:
        words = error_text(fetched.problem.code, fetched.problem.values)
        warnings.append(text("fetch.problem", what=words["what"], remedy=words["remedy"]))
    return warnings


def fetched_lines(fetched: FetchedFiles, *, runner: str, key_is_open: bool) -> Iterator[str]:
    """What came, what did not and why, and what to do next."""
    who = runner_option(runner)
    yield text(
        "fetch.summary",
        n_listed=fetched.n_listed,
        n_fetched=fetched.n_fetched,
        n_known=fetched.n_known,
        n_other=fetched.n_other_sports,
    )
    if fetched.n_other_sports:
        yield text("fetch.all_sports")
    if fetched.refused:
        yield text("fetch.refused_title")
        for one in fetched.refused:
            yield text("fetch.refused", file=one.file, **refusal_text(one.code, one.values))
    if fetched.by_hand:
        yield text("fetch.by_hand", n=fetched.by_hand)
    yield from fetched_warnings(fetched, key_is_open=key_is_open)
    yield text(
        "fetch.imported",
        runner=runner,
        added=fetched.added,
        already_there=fetched.already_there,
        linked=fetched.linked,
        n_refused=len(fetched.refused),
    )
    for stamp in fetched.stamps:
        yield text("fetch.undo", stamp=stamp, who=who)
    is_new = fetched.added + fetched.linked > 0
    yield text("fetch.next_diary" if is_new else "fetch.next_nothing", who=who)
