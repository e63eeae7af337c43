"""`/api/runners/{runner}/history`: as `uncramp history`."""

from __future__ import annotations

from fastapi import Request

from uncramp.actions.history import history_of_runner
from uncramp.web.api.answering import Reply, about, answer, api_router, reading
from uncramp.web.api.parameters import RunnerName, ShownUnits
from uncramp.wording.history import history_data

__all__ = ["router"]

router = api_router("history")


@router.get("/runners/{runner}/history", **about("show_history", "history"))
def show(request: Request, runner: RunnerName, units: ShownUnits = "metric") -> Reply:
    """Every cramp held against all other runs, and the one change to try."""
    with reading(request, runner, units) as context:
        found = history_of_runner(context)
    return answer("history", history_data(found, units=units))
