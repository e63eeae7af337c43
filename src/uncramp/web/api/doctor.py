"""`/api/doctor`: as `uncramp doctor`."""

from __future__ import annotations

from fastapi import Request

from uncramp.actions.doctor import check_up
from uncramp.web.api.answering import Reply, about, answer, api_router, opened
from uncramp.web.rendering import settings_of
from uncramp.wording.safekeeping import doctor_data

__all__ = ["router"]

router = api_router("doctor")


@router.get("/doctor", **about("check_up", "doctor"))
def doctor(request: Request) -> Reply:
    """A check-up; `is_well` says whether something must be mended."""
    with opened(request, settings_of(request).home_runner) as context:
        return answer("doctor", doctor_data(check_up(context)))
