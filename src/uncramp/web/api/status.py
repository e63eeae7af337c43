"""`/api/runners/{runner}/status`: as bare `uncramp`."""

from __future__ import annotations

from fastapi import Request

from uncramp.actions.runners import overview
from uncramp.web.api.answering import Reply, about, answer, api_router, opened
from uncramp.web.api.parameters import RunnerName
from uncramp.wording.runs import overview_data

__all__ = ["router"]

router = api_router("status")


@router.get("/runners/{runner}/status", **about("show_status", "status"))
def status(request: Request, runner: RunnerName) -> Reply:
    """Where things stand."""
    with opened(request, runner) as context:
        return answer("status", overview_data(overview(context)))
