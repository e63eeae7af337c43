"""`/api/runners/{runner}/flags`: open stops and locks, and `uncramp runner clear`."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path, Request
from pydantic import Field, StringConstraints

from uncramp.actions.runners import clear_flag, show_runner
from uncramp.actions.runs import parsed_day
from uncramp.web.api.answering import Body, Reply, about, answer, api_router, reading
from uncramp.web.api.parameters import NO_ZERO_BYTE, Day, RunnerName
from uncramp.wording.catalogue import text
from uncramp.wording.runs import cleared_data, runner_data

__all__ = ["router"]

router = api_router("flags")

FLAG: Final = r"^(?:(?:stop|lock):)?[a-z0-9_]{1,64}$"
LONGEST_NOTE: Final = 2000

FlagReference = Annotated[
    str,
    Path(max_length=70, pattern=FLAG, description=text("api.field.flag"), examples=["stop:dvt"]),
]


class Clearance(Body):
    """A visit that took place."""

    seen_clinician: Day = Field(description=text("api.field.seen_clinician"))
    note: (
        Annotated[str, StringConstraints(max_length=LONGEST_NOTE, pattern=NO_ZERO_BYTE)] | None
    ) = Field(None, description=text("api.field.note"))


@router.get("/runners/{runner}/flags", **about("list_flags", "runner.flags"))
def list_(request: Request, runner: RunnerName) -> Reply:
    """Stops and locks, open and cleared."""
    with reading(request, runner) as context:
        data = runner_data(show_runner(context))
    return answer("runner.flags", {name: data[name] for name in ("open_flags", "cleared_flags")})


@router.post("/runners/{runner}/flags/{flag}/clearance", **about("clear_flag", "runner.clear"))
def clear(request: Request, runner: RunnerName, flag: FlagReference, given: Clearance) -> Reply:
    """Close one, because a clinician has seen the runner about it."""
    day = parsed_day(given.seen_clinician)
    with reading(request, runner) as context:
        cleared = clear_flag(context, reference=flag, seen_clinician=day, note=given.note)
    return answer("runner.clear", cleared_data(cleared))
