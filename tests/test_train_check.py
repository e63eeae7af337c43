"""The checker of training plans: it passes what is right, and finds each rule that is broken."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

import pytest

from train_support import TODAY, random_request, request
from uncramp import evidence
from uncramp.actions.train import train_of_request
from uncramp.actions.train_check import check_files
from uncramp.envelope import envelope, plain
from uncramp.errors import InputError
from uncramp.training.check import check_plan
from uncramp.wording.train import train_data

PRINTED: Final = {
    "longest_ratio": 1.10,
    "longest_window_days": 30,
    "others_share": 0.7,
    "return_below_m": 5000,
    "volume_ratio": 1.15,
    "volume_refuse_ratio": 1.30,
    "recovery_every": 4,
    "recovery_every_careful": 3,
    "masters_age": 50,
    "recovery_volume_low": 0.65,
    "recovery_volume_high": 0.80,
    "recovery_long_low": 0.60,
    "recovery_long_high": 0.80,
    "long_share": 0.45,
    "long_share_five": 0.35,
    "long_run_s": 3.25 * 3600,
    "hard_gap_days": 2,
    "hard_gap_careful_days": 3,
    "strength_per_week": 2,
    "taper_days": 14,
    "taper_last_low": 0.40,
    "taper_last_high": 0.59,
    "taper_frequency": 0.8,
    "last_easy_days": 3,
    "longest_before_race_near": 14,
    "longest_before_race_far": 28,
    "race_week_days": 10,
    "rehearsals": 3,
}
"""Section 5 of the evidence notes on conditioning, typed off by hand."""


@cache
def exported(weeks: int = 18, longest_m: float = 14_000.0) -> str:
    """The plan of the made-up runner as it leaves the house, as text."""
    answer = train_of_request(request(weeks=weeks, longest_m=longest_m))
    return json.dumps(plain(train_data(answer, units="metric")))


def good() -> dict[str, Any]:
    """A fresh copy of it."""
    found: dict[str, Any] = json.loads(exported())
    return found


def hard_rules(data: Mapping[str, Any], asked: Mapping[str, Any] | None = None) -> set[str]:
    """Ids of the hard rules that the checker finds broken."""
    return {one.rule for one in check_plan(data, asked or request()) if one.hard}


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_the_numbers_of_the_rules_are_those_of_the_notes(name: str) -> None:
    """Planner and checker share their numbers, so the numbers themselves are held here."""
    assert evidence.value(f"conditioning.rule.{name}") == pytest.approx(PRINTED[name])


def test_a_plan_that_is_right_passes() -> None:
    """By what was asked, and by what the plan carries of it."""
    data = good()
    assert data["sessions"]
    assert not hard_rules(data)
    assert not hard_rules(data, data["asked"])


def run_on(data: dict[str, Any], day: date, distance_m: float, kind: str = "easy") -> None:
    """Put a run of one step on a day, in place of the runs of that day, and mend its week."""
    sample = next(one for one in data["sessions"] if one["kind"] == "easy")
    without = ("strength", "mobility")
    kept = [
        one for one in data["sessions"] if one["date"] != day.isoformat() or one["kind"] in without
    ]
    added = copy.deepcopy(sample)
    added |= {"date": day.isoformat(), "distance_m": distance_m, "kind": kind, "novelties": []}
    added["steps"] = [added["steps"][0] | {"distance_m": distance_m}]
    data["sessions"] = sorted([*kept, added], key=lambda one: str(one["date"]))
    mend_weeks(data)


def mend_weeks(data: dict[str, Any]) -> None:
    """Make the weeks add up again, so that only the rule in question is broken."""
    for week in data["weeks"]:
        first = date.fromisoformat(week["first"])
        days = {(first + timedelta(days=one)).isoformat() for one in range(7)}
        runs = [one["distance_m"] or 0 for one in data["sessions"]
                if one["date"] in days and one["kind"] != "race"]  # fmt: skip
        week["distance_m"], week["longest_m"] = sum(runs), max(runs, default=0)


def race_day(data: Mapping[str, Any]) -> date:
    """The day of the race."""
    return date.fromisoformat(data["race"]["date"])


def longs(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Long runs, by day."""
    return [one for one in data["sessions"] if one["kind"] in ("long", "rehearsal")]


def leap(data: dict[str, Any]) -> None:
    """The first long run one half longer than anything before."""
    run_on(data, date.fromisoformat(longs(data)[0]["date"]), 21_000.0, "long")


def second_step(data: dict[str, Any]) -> None:
    """Two runs of one week near the longest."""
    first = next(one for one in longs(data) if "longest" in one["novelties"])
    run_on(data, date.fromisoformat(first["date"]) - timedelta(days=3), 12_000.0)


def no_recovery(data: dict[str, Any]) -> None:
    """The first light week is as heavy as those before it."""
    week = next(one for one in data["weeks"] if one["phase"] == "recovery")
    first = date.fromisoformat(week["first"])
    run_on(data, first + timedelta(days=1), 15_000.0)
    run_on(data, first + timedelta(days=3), 15_000.0)


def explosion(data: dict[str, Any]) -> None:
    """A week with one half more than those before."""
    for day in (1, 3, 5):
        run_on(data, TODAY + timedelta(days=7 + day), 15_000.0)


def hard_in_a_row(data: dict[str, Any]) -> None:
    """A speed session on the day before a long run."""
    day = date.fromisoformat(longs(data)[4]["date"]) - timedelta(days=1)
    run_on(data, day, 5_000.0, "speed")


def lifting_before(data: dict[str, Any]) -> None:
    """Strength on the day before the long run."""
    lift = copy.deepcopy(next(one for one in data["sessions"] if one["kind"] == "strength"))
    day = date.fromisoformat(longs(data)[2]["date"]) - timedelta(days=1)
    data["sessions"].append(lift | {"date": day.isoformat()})


def lifting_last(data: dict[str, Any]) -> None:
    """Strength in race week."""
    lift = copy.deepcopy(next(one for one in data["sessions"] if one["kind"] == "strength"))
    day = race_day(data) - timedelta(days=5)
    data["sessions"].append(lift | {"date": day.isoformat()})


def two_news(data: dict[str, Any]) -> None:
    """Leg work before a run that is the longest so far."""
    run = next(one for one in longs(data) if one["novelties"] == ["longest"])
    squat = {"id": "squat_free", "count": 12, "times": 1, "steps": [], "distance_m": None}
    run["steps"].insert(0, squat)


def news_in_a_row(data: dict[str, Any]) -> None:
    """A first fast finish four days after a new longest run."""
    run = next(one for one in longs(data) if one["novelties"] == ["longest"])
    after = date.fromisoformat(run["date"])
    easy = next(one for one in data["sessions"]
                if one["kind"] == "easy" and date.fromisoformat(one["date"]) > after)  # fmt: skip
    step = easy["steps"][0]
    fast = step | {"id": "fast_100", "distance_m": 100.0}
    easy["steps"] = [step | {"distance_m": step["distance_m"] - 100.0}, fast]


def no_taper(data: dict[str, Any]) -> None:
    """As much in the last week as in any."""
    for back in (6, 5, 4):
        run_on(data, race_day(data) - timedelta(days=back), 16_000.0)


def too_little(data: dict[str, Any]) -> None:
    """Next to nothing in the last week."""
    for one in data["sessions"]:
        is_last = date.fromisoformat(one["date"]) >= race_day(data) - timedelta(days=7)
        if is_last and one["kind"] in ("easy", "speed"):
            run_on(data, date.fromisoformat(one["date"]), 500.0)


def hard_last(data: dict[str, Any]) -> None:
    """Speed two days before the race."""
    run_on(data, race_day(data) - timedelta(days=2), 5_000.0, "speed")


def longest_late(data: dict[str, Any]) -> None:
    """The longest run nine days before the race."""
    run_on(data, race_day(data) - timedelta(days=8), 33_000.0, "long")


def other_pace(data: dict[str, Any]) -> None:
    """A race pace that nobody predicted."""
    race = next(one for one in data["sessions"] if one["kind"] == "race")
    race["steps"][0]["pace_s_per_km"] = [240.0, 250.0]


def on_a_busy_day(data: dict[str, Any]) -> None:
    """A run on a Monday, which is not free."""
    run_on(data, TODAY + timedelta(days=7), 5_000.0)


def steps_do_not_add_up(data: dict[str, Any]) -> None:
    """A step that is missing half its way."""
    easy = next(one for one in data["sessions"] if one["kind"] == "easy")
    easy["steps"][0]["distance_m"] /= 2


def race_is_gone(data: dict[str, Any]) -> None:
    """No race in the plan."""
    data["sessions"] = [one for one in data["sessions"] if one["kind"] != "race"]


def no_reason(data: dict[str, Any]) -> None:
    """A session that does not say why."""
    data["sessions"][0]["why"] = ""


BROKEN: Final[Mapping[str, tuple[Callable[[dict[str, Any]], None], ...]]] = {
    "R1": (leap,),
    "R1b": (second_step,),
    "R2": (explosion,),
    "R3": (no_recovery,),
    "R5": (hard_in_a_row,),
    "R6": (lifting_before, lifting_last),
    "R7": (news_in_a_row,),
    "R8": (no_taper,),
    "R9": (hard_last,),
    "R10": (longest_late,),
    "R11": (other_pace,),
    "R13": (two_news,),
    "plan": (on_a_busy_day, steps_do_not_add_up, race_is_gone, no_reason),
}


@pytest.mark.parametrize(
    ("rule", "harm"), [(rule, harm) for rule, all_harm in BROKEN.items() for harm in all_harm]
)
def test_each_broken_rule_is_found(rule: str, harm: Callable[[dict[str, Any]], None]) -> None:
    """A plan that was right before is wrong after one change, and by the rule that was broken."""
    data = good()
    harm(data)
    assert rule in hard_rules(data)


def test_next_to_nothing_in_the_last_week_is_seen() -> None:
    """The lower half of R8 is soft: it is said, and breaks no plan."""
    data = good()
    too_little(data)
    found = [one for one in check_plan(data, request()) if one.rule == "R8"]
    assert found
    assert not any(one.hard for one in found)


def test_after_a_cramp_nothing_hard_passes() -> None:
    """What the screen forbids is checked too."""
    asked = request(no_hard_until=(TODAY + timedelta(days=30)).isoformat())
    assert "screen" in hard_rules(good(), asked)


def test_timed_repeats_do_not_pass_for_a_carrier() -> None:
    """Sickle cell trait: no repeats against the clock."""
    assert "screen" in hard_rules(good(), request(no_timed_repeats=True))


def test_a_break_is_seen_without_the_word_of_the_plan() -> None:
    """Nothing run for a month: weeks called `build` are found out."""
    long_ago = [one | {"date": "2026-01-10"} for one in request()["history"]]
    assert "R1c" in hard_rules(good(), request(history=long_ago))


@pytest.mark.parametrize("seed", [3, 5, 6])
def test_plans_of_anybody_pass(seed: int) -> None:
    """A few of the random runners of the deep test."""
    asked = random_request(seed)
    data = plain(train_data(train_of_request(asked), units="metric"))
    assert not hard_rules(data, asked)


# ---------------------------------------------------------------- files


def test_a_file_with_its_envelope_is_read() -> None:
    """What `train --json` writes can be checked as it is."""
    text = json.dumps(envelope("train", good()))
    assert check_files([("plan.json", text)], request=request()).is_fine


def calendar(data: Mapping[str, Any]) -> str:
    """A calendar with one event a session."""
    events = "".join(
        f"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{one['date'].replace('-', '')}\r\nEND:VEVENT\r\n"
        for one in data["sessions"]
    )
    return f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n"


def test_files_beside_the_plan_must_agree_with_it() -> None:
    """A calendar and a table with every session pass; one without the last does not."""
    data = good()
    plan = ("plan.json", exported())
    table = "date,kind\n" + "".join(f"{one['date']},{one['kind']}\n" for one in data["sessions"])
    fine = check_files([plan, ("plan.ics", calendar(data)), ("plan.csv", table)])
    assert fine.is_fine
    del data["sessions"][-1]
    assert not check_files([plan, ("plan.ics", calendar(data))]).is_fine
    assert not check_files([plan, ("plan.csv", table.rpartition("\n2")[0] + "\n")]).is_fine


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"schema": "uncramp.gap/1", "data": {}}',
        '{"status": "planned", "sessions": [3], "weeks": [], "rules": []}',
        '{"status": "planned", "sessions": [], "weeks": [], "rules": []}',
        '{"status": "planned", "sessions": [], "weeks": [4], "rules": [], "asked": {"today": 1}}',
        json.dumps(
            {
                "status": "planned",
                "sessions": [],
                "weeks": [4],
                "rules": [],
                "asked": {"today": "x", "race": {}},
            }
        ),
    ],
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    """Any JSON may come; none ends in a traceback."""
    with pytest.raises(InputError) as caught:
        check_files([("plan.json", text)])
    assert caught.value.code == "bad_plan_file"
