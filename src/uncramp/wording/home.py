"""The first page: where a runner stands, in one sentence, and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uncramp.units import metres_from_kilometres
from uncramp.wording.catalogue import text
from uncramp.wording.diary_page import first_words
from uncramp.wording.quantities import Units, distance
from uncramp.wording.run_pages import clock_words, day_words, row_words, run_heading
from uncramp.wording.safety import locks_data, stop_data

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from uncramp.actions.next_step import HomeState
    from uncramp.actions.preferences import OpenFlags
    from uncramp.store.rows import ActivityRow

    Days = Callable[[ActivityRow], date | None]

__all__ = ["flags_words", "last_run_words", "state_sentence", "step_words"]


def state_sentence(state: HomeState) -> str:
    """`56 runs since 2024. One of them cramped.`"""
    n_runs, year = state.n_runs, state.first_year
    if n_runs == 1:
        runs = text("home.run_undated") if year is None else text("home.run_since", year=year)
    elif year is None:
        runs = text("home.runs_undated", n=n_runs)
    else:
        runs = text("home.runs_since", n=n_runs, year=year)
    return f"{runs} {cramps_sentence(len(state.cramped), n_runs=n_runs)}"


def cramps_sentence(n_cramped: int, *, n_runs: int) -> str:
    """How many of the runs cramped, as far as that was told."""
    if not n_cramped:
        return text("home.no_cramp")
    if n_runs == 1:
        return text("home.cramp")
    return text("home.cramp_one") if n_cramped == 1 else text("home.cramps", n=n_cramped)


def step_words(
    state: HomeState, *, runner: str, units: Units, day_of: Days
) -> dict[str, str] | None:
    """The next step: what it is, why, and what its button says; None where it is not a button."""
    step = state.step
    subject = state.draft_run if step == "draft" else state.unexplained
    day = None if subject is None else day_of(subject)
    if step == "diary":
        about = first_words(state.diary, runner=runner, units=units, day_of=day_of)
    elif step == "draft":
        about = (
            text("home.step.draft_about")
            if subject is None
            else text("home.step.draft_run", day=day_words(day))
        )
    elif step == "why":
        about = text("home.step.why_about", day=day_words(day))
    elif step == "now":
        about = text("home.step.now_about")
    else:
        return None
    is_one = step == "diary" and state.diary.diary.n_open == 1
    button = text("home.step.diary_one") if is_one else text(f"home.step.{step}_button")
    return {"title": text(f"home.step.{step}"), "about": about, "button": button}


def last_run_words(state: HomeState, *, units: Units, day_of: Days) -> dict[str, Any] | None:
    """The newest run in a few words; None when there is none."""
    row = state.last_run
    if row is None:
        return None
    numbers = row_words(row, units=units)
    shown = ("distance", "time", "pace") if row.title else ("time", "pace")
    return {
        "id": row.activity_id,
        "heading": run_heading(row, units=units),
        "day": day_words(day_of(row)),
        "clock": clock_words(row),
        "cramp": cramp_words(state, units=units),
        "numbers": " · ".join(numbers[name] for name in shown if numbers[name]),
    }


def cramp_words(state: HomeState, *, units: Units) -> str:
    """Whether the last run cramped, and where; nothing when it did not, or nobody said."""
    mark = state.last_mark
    if mark is None or mark.cramped != "yes":
        return ""
    if mark.km is None:
        return text("home.last.cramped")
    at = distance(metres_from_kilometres(mark.km), units=units)
    return text("home.last.cramped_at", at=at)


def flags_words(flags: OpenFlags) -> dict[str, Any]:
    """Open stops and locks; of each level of stop the first is shown whole, the rest by name."""
    stops = (stop_data(flags.screening) or {"flags": []})["flags"]
    shown: list[dict[str, Any]] = []
    for flag in stops:
        if flag["urgency"] not in {one["urgency"] for one in shown}:
            shown.append(flag)
    opened = {(row.kind, row.flag_id): row.opened_at for row in flags.rows}
    return {
        "stops": [{**one, "opened": opened.get(("stop", one["id"]))} for one in stops],
        "shown": shown,
        "others": [one["name"] for one in stops if one not in shown],
        "locks": [
            {
                **one,
                "topics": ", ".join(text(f"why.topic.{topic}") for topic in one["blocks"]),
                "opened": opened.get(("lock", one["id"])),
            }
            for one in locks_data(flags.screening)
        ],
    }
