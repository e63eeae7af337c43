"""Made-up runners who ask for a plan: requests as JSON, for the tests of training plans."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any, Final

__all__ = ["TODAY", "random_request", "request", "weekly_runs"]

TODAY: Final = date(2026, 6, 1)
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MUSCLES: Final = ("calf", "soleus", "hamstring", "quadriceps", "adductor", "foot", "glute")
RACES_M: Final = (10_000.0, 21_097.5, 42_195.0, 42_195.0, 50_000.0)


def weekly_runs(*, longest_m: float, week_m: float, weeks: int = 8) -> list[dict[str, Any]]:
    """Four runs a week up to yesterday, the longest of them yesterday."""
    rest = (week_m - longest_m) / 3
    return [
        {
            "date": (TODAY - timedelta(days=7 * week + back)).isoformat(),
            "distance_m": metres,
            "moving_s": metres / 2.7,
        }
        for week in range(weeks)
        for back, metres in ((1, longest_m), (3, rest), (5, rest), (6, rest))
    ]


def request(
    *,
    weeks: int = 18,
    longest_m: float = 14_000.0,
    week_m: float = 35_000.0,
    race_m: float = 42_195.0,
    days: tuple[str, ...] = ("tue", "thu", "sat", "sun"),
    race_in: int | None = None,
    history: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A synthetic runner of 40 with a race on the last day of so many weeks."""
    in_days = 7 * weeks - 1 if race_in is None else race_in
    runs = weekly_runs(longest_m=longest_m, week_m=week_m) if history is None else history
    return {
        "runner": {"sex": "male", "age_y": 40},
        "today": TODAY.isoformat(),
        "race": {"date": (TODAY + timedelta(days=in_days)).isoformat(), "distance_m": race_m},
        "history": runs,
        "days": list(days),
        "screen": {"complete": True, "flags": [], "locks": []},
        **more,
    }


def random_request(seed: int) -> dict[str, Any]:
    """Somebody: any age, any history from none to plenty, any days, any race."""
    chance = random.Random(seed)  # noqa: S311  (people for a test)
    runs = []
    per_week = chance.uniform(0.3, 6.0)
    middle = chance.uniform(3_000, 14_000)
    lay_off = chance.choice((0, 0, 0, 0, 8, 15, 25, 40))
    for back in range(lay_off, 100):
        if chance.random() < per_week / 7:
            far = chance.uniform(1.4, 2.6) if chance.random() < 0.2 else chance.uniform(0.5, 1.3)
            metres = round(middle * far, 1)
            runs.append(
                {
                    "date": (TODAY - timedelta(days=back)).isoformat(),
                    "distance_m": metres,
                    "moving_s": metres / chance.uniform(2.0, 4.2),
                    "race": chance.random() < 0.03,
                    "cramped": back < 30 and chance.random() < 0.03,
                }
            )
    hilly = {"ascent_m": 900, "descent_m": 900} if chance.random() < 0.3 else {}
    asked = request(
        race_in=chance.randint(1, 175),
        race_m=chance.choice(RACES_M),
        days=tuple(chance.sample(DAYS, chance.randint(1, 7))),
        history=runs,
        recently_injured=chance.random() < 0.2,
        cramped_muscles=chance.sample(MUSCLES, chance.randint(0, 2)),
        strength_days=chance.sample(DAYS, chance.randint(1, 4)) if chance.random() < 0.3 else [],
        blocked_days=[
            (TODAY + timedelta(days=chance.randint(1, 120))).isoformat()
            for _ in range(chance.choice((0, 0, 0, 1, 4)))
        ],
    )
    asked["runner"] = {"sex": chance.choice(("male", "female")), "age_y": chance.randint(18, 80)}
    asked["race"] |= hilly
    return asked
