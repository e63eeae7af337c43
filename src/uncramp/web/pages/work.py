"""What pages share about long work: how far it is, what goes on, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from fastapi import Request
from fastapi.responses import RedirectResponse

from uncramp.actions.context import Context
from uncramp.errors import UncrampError
from uncramp.web.jobs import Job, JobKind, jobs_of, nothing
from uncramp.web.links import page_url
from uncramp.web.rendering import runner_of, settings_of
from uncramp.wording.adding import progress_words
from uncramp.wording.catalogue import error_text, text

__all__ = [
    "SHORT_WAIT_S",
    "UNFIT",
    "job_state",
    "problem_words",
    "see",
    "start_work",
    "work_of",
]

SEE_OTHER: Final = 303
UNFIT: Final = 422
"""What was sent cannot be used; the page says why beside the field."""
SHORT_WAIT_S: Final = 0.4
"""So that short work shows its result at once."""

Result = TypeVar("Result")


def start_work(
    request: Request,
    kind: JobKind,
    work: Callable[[Context, Job], Result],
    *,
    cleanup: Callable[[], None] = nothing,
) -> Job:
    """Long work for the runner of the address; what is short is over before the next page."""
    settings, runner = settings_of(request), runner_of(request)

    def run(job: Job) -> Result:
        with settings.context(runner) as context:
            return work(context, job)

    job = jobs_of(request).start(runner=runner, kind=kind, work=run, cleanup=cleanup)
    job.wait(SHORT_WAIT_S)
    return job


def see(address: str) -> RedirectResponse:
    """Go there, as a new page."""
    return RedirectResponse(address, status_code=SEE_OTHER)


def problem_words(error: UncrampError) -> str:
    """What went wrong, why, and what to do, in one line."""
    words = error_text(error.code, error.values)
    return " ".join(words[part] for part in ("what", "why", "remedy") if part in words)


def job_state(job: Job) -> dict[str, Any]:
    """Where a job stands, for people and for the script of its page.

    Read once: a page that looks again may find the job over and its outcome not fetched.
    """
    is_over, state = job.is_over, job.state
    words = progress_words(
        state=state,
        done=job.done,
        total=job.total,
        done_bytes=job.done_bytes,
        total_bytes=job.total_bytes,
        is_stopping=job.is_stopping,
    )
    return {
        "state": state,
        "is_over": is_over,
        "percent": job.percent,
        "words": words,
        "title": text(f"add.job.title.{job.kind}"),
    }


def work_of(request: Request) -> list[dict[str, Any]]:
    """Long work that goes on for this runner, so that its page can be found again."""
    runner = runner_of(request)
    return [
        {"address": page_url("import" if job.kind == "import" else "job", runner, job.id)}
        | job_state(job)
        for job in jobs_of(request).unfinished(runner=runner)
    ]
