"""Training plans for a thousand made-up people, held against every rule; optimality against CP-SAT.

The people are random: any age, any history, any days, any race up to 25 weeks off. The checker
knows nothing of the planner. The oracle is a model of its own in OR-tools CP-SAT, written from the
evidence notes: the longest run that can stand in the last 30 days before the race.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from train_support import random_request, request
from uncramp.actions.train import train_of_request
from uncramp.envelope import plain
from uncramp.training.check import check_plan
from uncramp.wording.train import train_data

pytestmark = pytest.mark.deep

PEOPLE: Final = 1000
SHARDS: Final = 10
STEP_M: Final = 100
SAMPLE: Final = (
    (18, 14_000.0, 35_000.0),
    (8, 14_000.0, 35_000.0),
    (12, 14_000.0, 35_000.0),
    (20, 10_000.0, 25_000.0),
    (14, 16_000.0, 40_000.0),
    (10, 18_000.0, 45_000.0),
    (9, 15_000.0, 38_000.0),
    (7, 12_000.0, 30_000.0),
    (16, 21_000.0, 60_000.0),
)
"""Weeks to the race, longest run and volume of the weeks before."""


def planned(asked: dict[str, Any]) -> dict[str, Any]:
    """The exported plan."""
    found: dict[str, Any] = plain(train_data(train_of_request(asked), units="metric"))
    return found


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_plan_breaks_a_hard_rule(shard: int) -> None:
    """Not one violation; nearly everybody gets a plan."""
    each = PEOPLE // SHARDS
    broken: Counter[str] = Counter()
    refused = 0
    for seed in range(shard * each, (shard + 1) * each):
        asked = random_request(seed)
        data = planned(asked)
        refused += data["status"] == "refused"
        for one in check_plan(data, asked):
            if one.hard:
                broken[f"{one.rule} {one.said.id} seed {seed}"] += 1
    assert not broken, broken.most_common(20)
    assert refused <= each // 25, refused


def longest_by_cp_sat(problems: list[list[int]]) -> list[int]:
    """The answers of the oracle, from a process of its own; skips where there is none."""
    if importlib.util.find_spec("ortools") is None:
        pytest.skip("NEEDS-ORACLE: OR-tools is not installed")
    script = Path(__file__).with_name("training_oracle.py")
    finished = subprocess.run(
        [sys.executable, str(script), json.dumps(problems)],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    found: list[int] = json.loads(finished.stdout)
    return found


def test_the_longest_run_is_as_long_as_it_can_be() -> None:
    """The first objective of the planner is that of an exact solver of another kind.

    The planner plans days too, and may lose a step of rounding; it can never be better.
    """
    problems = [[weeks, round(far / STEP_M), round(week / STEP_M), 320]
                for weeks, far, week in SAMPLE]  # fmt: skip
    best = longest_by_cp_sat(problems)
    ours = []
    for weeks, far, week in SAMPLE:
        data = planned(request(weeks=weeks, longest_m=far, week_m=week))
        ours.append(round(max(one["longest_m"] for one in data["weeks"]) / STEP_M))
    apart = [theirs - mine for theirs, mine in zip(best, ours, strict=True)]
    assert all(0 <= one <= 1 for one in apart), list(zip(SAMPLE, best, ours, strict=True))
