"""How long one training plan takes: target 2 s of CPU for 8 to 24 weeks.

Runners are imagined: seven even weeks of four runs, then a marathon. Beside the whole plan stands
the first question alone, how far the longest run can get; their ratio says what the rest costs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from typing import Final

from uncramp.training.asked import TrainingAsked
from uncramp.training.frame import frame_of
from uncramp.training.plan import plan
from uncramp.training.weeks import best_longest
from uncramp.vocabulary import PlannedRace, TrainedRun, UserProfile

__all__ = ["main"]

TODAY: Final = date(2026, 3, 2)
MARATHON_M: Final = 42_195.0
DAYS: Final = ("tue", "thu", "sat", "sun")
WEEKS: Final = (8, 12, 16, 20, 24)
LEVELS: Final = ((10_000.0, 25_000.0), (14_000.0, 35_000.0), (20_000.0, 55_000.0))
"""Longest run and volume of a week before."""
TARGET_S: Final = 2.0
PACE_S_PER_M: Final = 0.36


def history(longest_m: float, week_m: float) -> tuple[TrainedRun, ...]:
    """Seven weeks alike up to the day before `TODAY`."""
    others = (week_m - longest_m) / 3
    return tuple(
        TrainedRun(day=TODAY - timedelta(days=7 * back + before), distance_m=far,
                   moving_s=PACE_S_PER_M * far)
        for back in range(7)
        for before, far in ((1, longest_m), (2, others), (4, others), (6, others))
    )  # fmt: skip


def asked(weeks: int, longest_m: float, week_m: float) -> TrainingAsked:
    """A marathon on the Sunday so many weeks off."""
    day = TODAY + timedelta(days=7 * weeks - 1)
    return TrainingAsked(
        runner=UserProfile(age_y=38),
        today=TODAY,
        race=PlannedRace(day=day, distance_m=MARATHON_M),
        history=history(longest_m, week_m),
        days=DAYS,
    )


def cpu_s(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print the figures with their target."""
    plan(asked(WEEKS[0], *LEVELS[0]))
    every = []
    for weeks in WEEKS:
        whole, first = [], []
        for level in LEVELS:
            question = asked(weeks, *level)
            frame = frame_of(question, long_weekday="sun")
            first.append(cpu_s(lambda frame=frame: best_longest(frame)))  # type: ignore[misc]
            whole.append(cpu_s(lambda question=question: plan(question)))  # type: ignore[misc]
        every += whole
        ratio = median(whole) / median(first)
        print(f"{weeks:2d} weeks: median {median(whole):.2f} s, longest {max(whole):.2f} s, "
              f"{ratio:.1f} times the first question")  # fmt: skip
    print(f"all: longest {max(every):.2f} s   target {TARGET_S} s")


if __name__ == "__main__":
    main()
