"""The cramp diary in words and as plain data: what to ask, what was told, what repeats."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from uncramp.diary import DiaryRun, Group, Place, Repeat
from uncramp.evidence import value
from uncramp.units import kilometres_from_metres, metres_from_kilometres, miles_from_metres
from uncramp.wording.catalogue import text
from uncramp.wording.pictures import CRAMP, MAYBE
from uncramp.wording.quantities import MISSING, Units, distance
from uncramp.wording.runs import runner_option, when

if TYPE_CHECKING:
    from uncramp.actions.diary import DiaryPage
    from uncramp.store.rows import ActivityRow

__all__ = ["diary_data", "diary_lines", "diary_page_lines", "step_lines"]

MOST_LINES: Final = 12
"""Of longer lists only the end is shown, so that the question stays on the screen."""


# After an import


def diary_lines(page: DiaryPage, *, runner: str, units: Units) -> Iterator[str]:
    """What the runs show, in one sentence, and the next step; nothing when there are no runs."""
    diary, who = page.diary, runner_option(runner)
    if not diary.n_runs:
        return
    if diary.n_open:
        yield first_question(page, units=units)
        n_more = diary.n_open - len(diary.groups[0].runs) if diary.groups else 0
        if n_more:
            yield text("diary.first.more", n=n_more)
        yield text("diary.first.next", who=who)
    elif diary.cramped:
        yield text("diary.first.told", n=len(diary.cramped))
        yield from (repeat_text(one, units=units) for one in diary.repeats[:1])
        yield text("diary.first.told_next", who=who)
    else:
        yield text("diary.first.none", n_runs=diary.n_runs)
        yield text("diary.first.none_next", who=who)


def first_question(page: DiaryPage, *, units: Units) -> str:
    """About the largest group, else about the one run, else how many runs there are."""
    diary = page.diary
    if diary.groups:
        group = diary.groups[0]
        where = span(group.low_km, group.high_km, units=units)
        return text("diary.first.group", n=len(group.runs), n_runs=diary.n_runs, where=where)
    if len(diary.scattered) > 1:
        return text("diary.first.some", n=len(diary.scattered), n_runs=diary.n_runs)
    run = diary.scattered[0]
    sign = "stop" if run.proposed is None else run.proposed.sign
    day = when(page.rows[run.activity_id]).strip()
    return text(f"diary.first.one_{sign}", when=day, at=place_text(run.proposed, units=units))


# The diary itself


def diary_page_lines(page: DiaryPage, *, runner: str, units: Units) -> Iterator[str]:
    """What to ask, what was told, what repeats, and what to do next."""
    diary, who = page.diary, runner_option(runner)
    yield from open_lines(page, who=who, units=units)
    yield from told_lines(page, units=units)
    yield ""
    if not diary.n_open and not diary.cramped:
        yield text("diary.first.none", n_runs=diary.n_runs)
    if diary.cramped or diary.n_without or diary.n_forgotten:
        yield text("diary.undo", who=who)
    yield text("diary.next_mark", who=who)
    if diary.n_open:
        yield text("diary.next_open", who=who)
    elif diary.cramped:
        yield text("diary.next_why", id=diary.cramped[-1].activity_id, who=who)


def open_lines(page: DiaryPage, *, who: str, units: Units) -> Iterator[str]:
    """Every run that is asked about, with the command that answers for a whole group."""
    for group in page.diary.groups:
        yield group_text(group, units=units)
        yield from item_lines(page, group.runs, units=units)
        ids = ",".join(str(run.activity_id) for run in group.runs)
        yield "  " + text("diary.group_all", ids=ids, who=who)
    if page.diary.scattered:
        yield text("diary.elsewhere" if page.diary.groups else "diary.scattered")
        yield from item_lines(page, page.diary.scattered, units=units)


def told_lines(page: DiaryPage, *, units: Units) -> Iterator[str]:
    """The cramps and what they have in common."""
    diary = page.diary
    if not (diary.cramped or diary.n_without or diary.n_forgotten):
        return
    if diary.n_open:
        yield ""
    yield text(
        "diary.cramps",
        n=len(diary.cramped),
        n_without=diary.n_without,
        n_forgotten=diary.n_forgotten,
    )
    if len(diary.cramped) > MOST_LINES:
        yield "  " + text("diary.more_cramps", n=len(diary.cramped) - MOST_LINES)
    yield from item_lines(page, diary.cramped[-MOST_LINES:], units=units)
    yield from (f"- {repeat_text(one, units=units)}" for one in diary.repeats)
    if diary.repeats:
        yield text("diary.counts_only")
    elif diary.cramped and len(diary.cramped) < value("cramps.diary.repeat_runs"):
        yield text("diary.too_few", n=f"{value('cramps.diary.repeat_runs'):.0f}")


def item_lines(page: DiaryPage, runs: Sequence[DiaryRun], *, units: Units) -> Iterator[str]:
    """One line a run."""
    return (f"  {item_text(run, page.rows[run.activity_id], units=units)}" for run in runs)


def item_text(run: DiaryRun, row: ActivityRow, *, units: Units) -> str:
    """Sign, number, day and length of a run, and what happened where."""
    place = run.proposed if run.said is None else run.place
    if place is None or place.km is None:
        happened = text("diary.item.no_place")
    else:
        minute = MISSING if place.minute is None else f"{place.minute:.0f}"
        at = place_text(place, units=units)
        happened = text(f"diary.item.{place.sign}", at=at, minute=minute)
    sign = MAYBE if run.said is None else CRAMP
    length = distance(row.distance_m, units=units)
    muscles = "".join(f", {muscle_text(muscle)}" for muscle in run.muscles)
    return f"{sign} {row.activity_id:>5} {when(row):<17} {length:>8}  {happened}{muscles}"


def group_text(group: Group, *, units: Units) -> str:
    """The question about one group."""
    where = span(group.low_km, group.high_km, units=units)
    return text("diary.group", n=len(group.runs), where=where)


def step_lines(page: DiaryPage, runs: Sequence[DiaryRun], *, units: Units) -> Iterator[str]:
    """One question of the interactive diary: about one run, or about a group of them."""
    if len(runs) > 1:
        places = [run.proposed.km for run in runs if run.proposed and run.proposed.km is not None]
        where = span(min(places), max(places), units=units)
        yield text("diary.group", n=len(runs), where=where)
    else:
        yield text("diary.scattered")
    yield from item_lines(page, runs, units=units)


# Words


def in_unit(km: float, *, units: Units) -> float:
    """A place in kilometres, or in miles."""
    metres = metres_from_kilometres(km)
    return miles_from_metres(metres) if units == "imperial" else kilometres_from_metres(metres)


def place_text(place: Place | None, *, units: Units) -> str:
    """`32.1 km`."""
    km = None if place is None else place.km
    return distance(None if km is None else metres_from_kilometres(km), units=units)


def whole_text(number: float, *, units: Units) -> str:
    """`28 km`: a whole number of the runner's units."""
    unit = "miles" if units == "imperial" else "kilometres"
    return text(f"cli.quantity.{unit}", value=f"{number:.0f}")


def span(low_km: float, high_km: float, *, units: Units) -> str:
    """`between 31 and 33 km`: the whole numbers around; `at 32 km` when that is all."""
    low = math.floor(in_unit(low_km, units=units))
    high = math.ceil(in_unit(high_km, units=units))
    if low == high:
        return text("diary.place", at=whole_text(high, units=units))
    return text("diary.between", low=low, high=whole_text(high, units=units))


def muscle_text(muscle: str) -> str:
    """A muscle in the words of the interview."""
    return text(f"interview.muscles.{muscle}").lower()


def repeat_text(repeat: Repeat, *, units: Units) -> str:
    """One repeat as one or two plain sentences, with its counts."""
    part = "diary.all_of" if repeat.count == repeat.of else "diary.some_of"
    said = {"part": text(part, count=repeat.count, of=repeat.of)}
    values = {name: f"{number:.0f}" for name, number in repeat.values.items()}
    if "longer_than" in repeat.values:
        said["length"] = whole_text(repeat.values["longer_than"], units=units)
    if "low_km" in repeat.values:
        said["where"] = span(repeat.values["low_km"], repeat.values["high_km"], units=units)
    if repeat.muscle is not None:
        said["muscle"] = muscle_text(repeat.muscle)
    sentences = [text(f"diary.repeat.{repeat.what}", **(values | said))]
    if repeat.n_unknown:
        sentences.append(text("diary.repeat.unknown", n_unknown=repeat.n_unknown))
    if repeat.without is not None:
        count, of = repeat.without
        sentences.append(text("diary.repeat.without", count=count, of=of))
    return " ".join(sentences)


# Plain data


def diary_data(page: DiaryPage, *, units: Units) -> dict[str, Any]:
    """The `data` of `uncramp diary --json`."""
    diary = page.diary
    return {
        "n_runs": diary.n_runs,
        "n_open": diary.n_open,
        "groups": [
            {
                "low_km": group.low_km,
                "high_km": group.high_km,
                "text": group_text(group, units=units),
                "runs": [item_data(page, run) for run in group.runs],
            }
            for group in diary.groups
        ],
        "scattered": [item_data(page, run) for run in diary.scattered],
        "cramps": [item_data(page, run) for run in diary.cramped],
        "n_without": diary.n_without,
        "n_forgotten": diary.n_forgotten,
        "repeats": [
            {
                "id": repeat.what,
                "count": repeat.count,
                "of": repeat.of,
                "n_unknown": repeat.n_unknown,
                "values": repeat.values,
                "muscle": repeat.muscle,
                "without": without_data(repeat),
                "text": repeat_text(repeat, units=units),
            }
            for repeat in diary.repeats
        ],
        "first": list(diary_lines(page, runner="me", units=units))[:1],
    }


def without_data(repeat: Repeat) -> Mapping[str, int] | None:
    """How many runs without a cramp share it, of how many."""
    if repeat.without is None:
        return None
    count, of = repeat.without
    return {"count": count, "of": of}


def item_data(page: DiaryPage, run: DiaryRun) -> dict[str, Any]:
    """One run of the diary."""
    place = run.proposed if run.said is None else run.place
    return {
        "id": run.activity_id,
        "start_utc": page.rows[run.activity_id].start_utc,
        "distance_m": run.distance_m,
        "said": run.said,
        "km": None if place is None else place.km,
        "minute": None if place is None else place.minute,
        "share": None if place is None else place.share,
        "sign": None if place is None else place.sign,
        "muscles": run.muscles,
    }
