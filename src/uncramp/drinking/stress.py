"""When to stop drinking: a card in the hand must not add water on the worst day either.

Each stress of `days` alone is a hard limit that the plan itself holds, under the runner's own
model. All of them at once are not: there, under either model, the card says from which minute on
everything is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uncramp.drink_plan import StopDrinking, Take
from uncramp.drinking.days import Days
from uncramp.drinking.limits import gains
from uncramp.evidence import value

__all__ = ["gain_on_worst_day_pct", "stop_drinking"]


def gain_on_worst_day_pct(schedule: Sequence[Take], days: Days) -> float:
    """Percent of draws that gain water when all goes wrong at once and every row is drunk."""
    rows = sorted(schedule, key=lambda one: one.at_min)
    last = min(len(one) for one in days.worst.lost_l) - 1
    minute = np.array([min(int(one.at_min), last) for one in rows], dtype=np.int64)
    fluid = np.array([one.fluid_l for one in rows], dtype=np.float64)
    return max(gains(minute, fluid, days.worst))


def stop_drinking(schedule: Sequence[Take], days: Days) -> StopDrinking | None:
    """None when every row can be drunk on the worst day; else the last minute up to which they can.

    What is left out are the rows planned later than that minute; 0 means all from the first on.
    """
    most = value("drinking.limit.gain_share_pct")
    if gain_on_worst_day_pct(schedule, days) <= most:
        return None
    times = sorted({one.at_min for one in schedule}, reverse=True)
    for at_min in times:
        kept = [one for one in schedule if one.at_min <= at_min]
        if gain_on_worst_day_pct(kept, days) <= most:
            return StopDrinking(when="less_sweat", skip_after_min=at_min)
    return StopDrinking(when="less_sweat_at_all", skip_after_min=0.0)
