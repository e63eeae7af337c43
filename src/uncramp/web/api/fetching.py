"""`/api/runners/{runner}/fetch/intervals`: as `uncramp fetch intervals`."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Request
from pydantic import Field, StringConstraints

from uncramp.actions.fetching import OWN_ATHLETE, FetchedFiles, fetch_intervals, read_key
from uncramp.actions.runs import parsed_day
from uncramp.web.api.answering import Body, Reply, about, answer, api_router, carried_out, opened
from uncramp.web.api.parameters import Day, RunnerName
from uncramp.web.jobs import Job
from uncramp.wording.catalogue import text
from uncramp.wording.fetching import fetched_data, fetched_warnings

__all__ = ["router"]

router = api_router("fetch")

KEY: Final = "^[!-~]{1,200}$"
"""What `actions.fetching.read_key` takes."""
ATHLETE: Final = "^[A-Za-z0-9]{1,32}$"


class FetchRequest(Body):
    """By which key, whose runs, and which."""

    key: Annotated[str, StringConstraints(pattern=KEY)] | None = Field(
        None, description=text("api.field.key"), json_schema_extra={"writeOnly": True}
    )
    athlete: Annotated[str, StringConstraints(pattern=ATHLETE)] = Field(
        OWN_ATHLETE, description=text("api.field.athlete")
    )
    since: Day | None = Field(None, description=text("api.field.since"))
    all_sports: bool = Field(default=False, description=text("api.field.all_sports"))


@router.post("/runners/{runner}/fetch/intervals", **about("fetch_intervals", "fetch.intervals"))
def intervals(request: Request, runner: RunnerName, given: FetchRequest) -> Reply:
    """Originals from intervals.icu; the key is used for that one service and kept nowhere."""
    since = None if given.since is None else parsed_day(given.since)
    key = read_key(None) if given.key is None else given.key

    def work(job: Job) -> FetchedFiles:
        with opened(request, runner) as context:
            return fetch_intervals(
                context,
                key=key,
                athlete=given.athlete,
                since=since,
                all_sports=given.all_sports,
                progress=job.show,
            )

    fetched: FetchedFiles = carried_out(request, runner, "fetch", work)
    return answer(
        "fetch.intervals", fetched_data(fetched), fetched_warnings(fetched, key_is_open=False)
    )
