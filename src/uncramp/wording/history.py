"""Why somebody keeps cramping, in words: on the terminal, as plain data, and for the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from uncramp.history.shapes import EXPOSURES, Odds, Verdict
from uncramp.units import metres_from_kilometres, seconds_from_minutes
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, distance, duration, warmer_by
from uncramp.wording.run_pages import day_words
from uncramp.wording.safety import closing_lines, locks_data, screen_word, stop_data, stop_lines
from uncramp.wording.said import said, sentences

if TYPE_CHECKING:
    from uncramp.actions.history import HistoryAnswer
    from uncramp.actions.history_next import PlannedRun
    from uncramp.actions.history_sets import CrampRun, Missing
    from uncramp.history.shapes import Compared, Next

__all__ = ["history_data", "history_lines", "history_view"]

GROUP: Final = "group"
HEAT: Final = "heat"


# ---------------------------------------------------------------- plain data


def history_data(answer: HistoryAnswer, *, units: Units) -> dict[str, Any]:
    """The data of the envelope; SI units, sentences in the reader's."""
    compared = answer.compared
    return {
        "stop": stop_data(answer.screening),
        "locks": locks_data(answer.screening),
        "screen": screen_word(answer.screening),
        "verdict": None if compared is None else str(compared.verdict),
        "headline": None if answer.headline is None else said(answer.headline, units=units),
        "findings": [
            {"text": said(one.said, units=units), "group": str(one.group)}
            for one in answer.findings
        ],
        "cramps_told": 0 if compared is None else compared.n_cramps_told,
        "cramps_compared": 0 if compared is None else compared.n_cramps,
        "runs_compared": 0 if compared is None else compared.n_controls,
        "groups": [] if compared is None else [odds_data(one) for one in compared.groups],
        "exposures": [] if compared is None else [odds_data(one) for one in compared.exposures],
        "counts": []
        if compared is None
        else [
            {
                "name": one.name,
                "group": str(EXPOSURES[one.name]),
                "high": one.high,
                "of": one.of,
                "others_high": one.others_high,
                "others": one.others,
                "ordinary": one.is_ordinary,
            }
            for one in compared.counts
        ],
        "cramps": [cramp_data(one) for one in answer.cramps],
        "next": next_data(answer, units=units),
        "held_back": answer.held_back,
        "missing": {
            "profile": list(answer.missing.profile),
            "weather": answer.missing.weather,
            "places": answer.missing.places,
            "unasked": answer.missing.unasked,
        },
    }


def odds_data(one: Odds) -> dict[str, Any]:
    """Odds for one step, with the band."""
    return {
        "name": one.name,
        "per": one.per,
        "odds": {
            "low": one.band.low,
            "median": one.band.median,
            "high": one.band.high,
            "level": one.band.level,
        },
        "cramps": one.n_cramps,
        "runs": one.n_controls,
    }


def cramp_data(one: CrampRun) -> dict[str, Any]:
    """One cramp with what its run had had by then."""
    return {
        "run": one.run_id,
        "day": one.day,
        "race": one.is_race,
        "minute": one.minute,
        "km": one.km,
        "runs_beside": one.beside,
        "had": dict(one.values),
    }


def next_data(answer: HistoryAnswer, *, units: Units) -> dict[str, Any] | None:
    """The one change to try, and the run of a plan on which it is tried."""
    one, planned = answer.next, answer.planned
    if one is None:
        return None
    return {
        "id": one.id,
        "do": said(one.do, units=units),
        "why": said(one.why, units=units),
        "distance_m": one.distance_m,
        "wbgt_from_c": one.wbgt_from_c,
        "wbgt_to_c": one.wbgt_to_c,
        "not_before": one.not_before,
        "hand_to": one.hand_to,
        "planned": None
        if planned is None
        else {
            "race": planned.race_id,
            "session_id": planned.session_id,
            "day": planned.day,
            "distance_m": planned.distance_m,
        },
    }


def not_before_words(proposed: Next | None) -> str:
    """From which day on it may be tried; empty where that is any day."""
    if proposed is None or proposed.not_before is None:
        return ""
    return text("my_history.next.not_before", day=day_words(proposed.not_before))


def symptom_words(proposed: Next | None) -> str:
    """When to stop; with a run of its own, when not to begin."""
    is_run = proposed is not None and proposed.is_run
    return text("my_history.next.symptoms" if is_run else "my_history.next.stop")


def planned_words(planned: PlannedRun | None, *, units: Units) -> str:
    """On which run of a plan it is tried; empty without one."""
    if planned is None:
        return ""
    length = distance(planned.distance_m, units=units)
    return text("my_history.next.planned", day=day_words(planned.day), distance=length)


# ---------------------------------------------------------------- in words


def history_lines(answer: HistoryAnswer, *, units: Units) -> Iterator[str]:
    """Danger first, then what the runs say, how sure, and last what to do next."""
    stop = stop_data(answer.screening)
    if stop is not None:
        yield text("my_history.stopped")
        yield from stop_lines(stop)
        yield ""
        yield from closing_lines(stop)
        return
    view = history_view(answer, units=units)
    yield view["headline"]
    yield from listed("findings", view["findings"])
    yield from listed("odds", [f"{one['name']}: {one['odds']}" for one in view["groups"]])
    if view["groups"]:
        yield text("my_history.odds.lead")
    yield from listed("cramps", view["cramps"])
    yield from listed("missing", view["missing"])
    yield ""
    yield text("my_history.counts_only")
    yield ""
    yield text("my_history.heading.next")
    yield from next_lines(view)


def listed(heading: str, lines: list[str]) -> Iterator[str]:
    """A heading and a list; nothing for an empty one."""
    if lines:
        yield ""
        yield text(f"my_history.heading.{heading}")
        yield from (f"- {one}" for one in lines)


def next_lines(view: dict[str, Any]) -> Iterator[str]:
    """What to try, or why nothing is said."""
    if view["next"] is not None:
        if view["not_before"]:
            yield view["not_before"]
        yield view["next"]["do"]
        yield view["next"]["why"]
        yield text("my_history.next.one")
        yield view["symptoms"]
        yield view["planned"] or text(f"my_history.hand.{view['next']['hand_to']}")
    elif view["held"]:
        yield view["held"]
        if view["held_back"] == "incomplete":
            yield text("my_history.held.how")
    else:
        yield view["no_next"]


def no_next_words(compared: Compared | None) -> str:
    """Why there is nothing to try: the cramps are not told yet, or no test would tell more."""
    is_early = compared is None or compared.verdict is Verdict.TOO_FEW
    return text("my_history.tell_first" if is_early else "my_history.no_next")


def history_view(answer: HistoryAnswer, *, units: Units) -> dict[str, Any]:
    """Everything that the page says."""
    compared = answer.compared
    return {
        "no_next": no_next_words(compared),
        "headline": "" if answer.headline is None else said(answer.headline, units=units),
        "findings": sentences(tuple(one.said for one in answer.findings), units=units),
        "groups": []
        if compared is None
        else [
            odds_words(one, name=f"{GROUP}.{one.name}", per=GROUP, units=units)
            for one in compared.groups
        ],
        "rows": [] if compared is None else table_rows(answer, units=units),
        "cramps": [cramp_words(one, units=units) for one in answer.cramps],
        "runs": [
            {"run": one.run_id, "words": cramp_words(one, units=units)} for one in answer.cramps
        ],
        "missing": list(missing_words(answer.missing)) if answer.cramps else [],
        "next": next_data(answer, units=units),
        "not_before": not_before_words(answer.next),
        "symptoms": symptom_words(answer.next),
        "planned": planned_words(answer.planned, units=units),
        "held_back": answer.held_back,
        "held": "" if answer.held_back is None else text(f"my_history.held.{answer.held_back}"),
    }


def step_words(one: Odds, *, units: Units) -> str:
    """How much one step is; heat in the reader's degrees."""
    return warmer_by(one.per, units=units) if one.name == HEAT else f"{one.per:g}"


def odds_words(one: Odds, *, name: str, per: str, units: Units) -> dict[str, str]:
    """One line of odds: what, for how much, how many times."""
    low, median, high = (odds_number(part) for part in (one.band.low, one.band.median,
                                                        one.band.high))  # fmt: skip
    return {
        "name": text(f"my_history.{name}"),
        "per": text(f"my_history.per.{per}", per=step_words(one, units=units)),
        "odds": text("my_history.odds.line", low=low, median=median, high=high),
        "basis": text("my_history.odds.basis", cramps=one.n_cramps, controls=one.n_controls),
    }


def odds_number(odds: float) -> str:
    """Two figures are as many as it can bear."""
    return f"{odds:.2g}"


def table_rows(answer: HistoryAnswer, *, units: Units) -> list[dict[str, Any]]:
    """Every exposure: in how many cramps it was high, in how many other runs, and its odds."""
    assert answer.compared is not None  # noqa: S101  (the caller looked)
    odds = {one.name: one for one in answer.compared.exposures}
    rows = []
    for one in answer.compared.counts:
        told = odds.get(one.name)
        rows.append(
            {
                "name": text(f"my_history.name.{one.name}"),
                "cramps": text("my_history.picture.said", n=one.high, of=one.of),
                "others": text("my_history.picture.said", n=one.others_high, of=one.others),
                "odds": None
                if told is None
                else odds_words(told, name=f"name.{one.name}", per=one.name, units=units),
            }
        )
    return rows


def cramp_words(one: CrampRun, *, units: Units) -> str:
    """When a cramp came, and how many runs it can be held against."""
    time = None if one.minute is None else duration(seconds_from_minutes(one.minute))
    km = None if one.km is None else distance(metres_from_kilometres(one.km), units=units)
    if time is not None and km is not None:
        place = text("my_history.cramp.place", time=time, km=km)
    elif time is not None:
        place = text("my_history.cramp.minute", time=time)
    elif km is not None:
        place = text("my_history.cramp.km", km=km)
    else:
        place = text("my_history.cramp.nowhere")
    day = "" if one.day is None else day_words(one.day)
    if one.is_race:
        day = f"{day}, {text('my_history.cramp.race')}".removeprefix(", ")
    line = "line" if one.beside else "none_beside"
    return text(f"my_history.cramp.{line}", day=day, place=place, beside=one.beside)


def missing_words(missing: Missing) -> Iterator[str]:
    """What the runner could tell to make the comparison better."""
    if missing.profile:
        yield text("my_history.missing.profile")
    for name in ("weather", "places", "unasked"):
        count = getattr(missing, name)
        if count:
            yield text(f"my_history.missing.{name}", n=count)
