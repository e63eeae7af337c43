"""Keeping data safe: backups, exports, erasing, fetching; each with a page for its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from uncramp.actions import safekeeping
from uncramp.actions.context import Context
from uncramp.actions.hiding import radius_from
from uncramp.actions.settings_state import (
    backup_named,
    checked,
    erased,
    exported,
    fetched,
    pasted_key,
    weather_fetched,
)
from uncramp.actions.uploading import Room
from uncramp.errors import InputError, NotFoundError, UncrampError
from uncramp.web.jobs import MOST_EXPORTS, Job, jobs_of
from uncramp.web.links import page_url
from uncramp.web.pages.settings_view import settings_page
from uncramp.web.pages.work import (
    SHORT_WAIT_S,
    UNFIT,
    job_state,
    problem_words,
    see,
    start_work,
)
from uncramp.web.receiving import receive
from uncramp.web.rendering import context_of, render, runner_of, settings_of
from uncramp.wording.catalogue import error_text, text
from uncramp.wording.keeping import (
    backup_words,
    check_words,
    erased_words,
    export_words,
    fetched_words,
    plan_words,
    restore_words,
    weather_words,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

ATTACHED: Final = "attachment"


def to_job(request: Request, job: Job) -> RedirectResponse:
    """To the page of the work."""
    return see(page_url("job", runner_of(request), job.id))


def wrong(request: Request, errors: Mapping[str, str], typed: Mapping[str, str]) -> HTMLResponse:
    """The settings again, with what was wrong."""
    return settings_page(request, errors=errors, typed=typed, status_code=UNFIT)


def must_be_quiet(request: Request) -> None:
    """InputError `work_goes_on` while any work goes on or waits."""
    if jobs_of(request).unfinished():
        raise InputError("work_goes_on")


# ---------------------------------------------------------------- backup and restore


@router.post("/r/{runner}/settings/backup")
def make_backup(request: Request) -> Response:
    """A backup now, in the data folder."""
    job = start_work(request, "backup", lambda context, _: safekeeping.backup(context))
    return to_job(request, job)


@router.get("/r/{runner}/settings/backups/{name}")
def download_backup(request: Request, name: str) -> FileResponse:
    """One backup, as a file to keep elsewhere."""
    with context_of(request) as context:
        path = backup_named(context, name)
    return attached(path)


@router.post("/r/{runner}/settings/backups/{name}")
def put_back(request: Request, name: str) -> Response:
    """One of our own backups in the place of what is stored."""
    with context_of(request) as context:
        path = backup_named(context, name)
    must_be_quiet(request)
    job = start_work(request, "restore", lambda context, _: safekeeping.restore(context, path))
    return to_job(request, job)


@router.post("/r/{runner}/settings/restore")
async def put_back_file(request: Request) -> Response:
    """A backup that the browser sends; it is read as it comes in, so this one is asynchronous."""
    room: Room | None = None
    try:
        must_be_quiet(request)
        room = await run_in_threadpool(Room, settings_of(request).data_dir, most_files=1)
        await receive(request, room.begin)
        if not room.candidates:
            errors = {"backup_file": text("settings.backup.file_none")}
            return await run_in_threadpool(wrong, request, errors, {})
        job = await run_in_threadpool(start_restore, request, room)
        room = None
        return to_job(request, job)
    except UncrampError as error:
        errors = {"backup_file": problem_words(error)}
        return await run_in_threadpool(wrong, request, errors, {})
    finally:
        if room is not None:
            await run_in_threadpool(room.remove)


def start_restore(request: Request, room: Room) -> Job:
    """Put back what lies in `room`."""
    path = room.candidates[0].path
    return start_work(
        request,
        "restore",
        lambda context, _: safekeeping.restore(context, path),
        cleanup=room.remove,
    )


def attached(path: Path) -> FileResponse:
    """A file to keep, never to be shown in the browser."""
    return FileResponse(
        path,
        filename=path.name,
        media_type="application/octet-stream",
        content_disposition_type=ATTACHED,
    )


# ---------------------------------------------------------------- export and erase


@router.post("/r/{runner}/settings/export")
def make_export(
    request: Request,
    how: Annotated[str, Form()] = "whole",
    radius: Annotated[str, Form()] = "",
    everybody: Annotated[str, Form()] = "",
) -> Response:
    """Everything in files anybody can read, to download from the page of its result."""
    try:
        trim_home_m = radius_from(radius) if how == "trimmed" else None
    except InputError as error:
        typed = {"how": how, "radius": radius, "everybody": everybody}
        return wrong(request, {"radius": problem_words(error)}, typed)
    room = Room(settings_of(request).data_dir)
    is_all = everybody == "1"
    whose = "all" if is_all else runner_of(request)
    target = room.place(f"uncramp-{whose}-{settings_of(request).clock():%Y-%m-%d}.zip")

    def work(context: Context, job: Job) -> Any:
        return exported(
            context,
            target,
            job,
            everybody=is_all,
            trim_home_m=trim_home_m,
            without_places=how == "no_places",
        )

    job = start_work(request, "export", work)
    job.room = room
    return to_job(request, job)


@router.get("/r/{runner}/jobs/{job}/file")
def download_export(request: Request, job: str) -> FileResponse:
    """The export that a job wrote."""
    found = jobs_of(request).find(runner_of(request), job)
    path = file_of(found)
    if path is None or not path.is_file():
        raise NotFoundError("unknown_job")
    return attached(path)


def file_of(job: Job) -> Path | None:
    """The file that an export wrote, when it is over."""
    if job.kind != "export" or job.result is None or job.room is None:
        return None
    return job.room.place(str(job.result.file))


@router.get("/r/{runner}/settings/erase")
def erase(request: Request) -> HTMLResponse:
    """What erasing would take away; the one place that asks whether you are sure."""
    return erase_page(request)


def erase_page(request: Request, *, error: str = "", status_code: int = 200) -> HTMLResponse:
    """The page, with what was wrong with the name that was typed."""
    with context_of(request) as context:
        plan = safekeeping.plan_erase(context, runner_of(request))
    values = {
        "here": "settings",
        "plan": plan_words(plan),
        "errors": {"name": error} if error else {},
    }
    return render(request, "erase.html", values, status_code=status_code)


@router.post("/r/{runner}/settings/erase")
def erase_now(request: Request, name: Annotated[str, Form()] = "") -> Response:
    """Erase the runner, when their name was typed."""
    runner = runner_of(request)
    if name.strip() != runner:
        return erase_page(request, error=text("settings.erase.wrong"), status_code=UNFIT)
    with context_of(request) as context:
        safekeeping.plan_erase(context, runner)
    must_be_quiet(request)
    jobs_of(request).forget_runner(runner)
    return to_job(request, start_work(request, "erase", lambda context, _: erased(context)))


# ---------------------------------------------------------------- from elsewhere, and a check-up


@router.post("/r/{runner}/settings/intervals")
def fetch(
    request: Request,
    key: Annotated[str, Form()] = "",
    since: Annotated[str, Form()] = "",
    all_sports: Annotated[str, Form()] = "",
    key_file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Original files from intervals.icu, with a key that is used once and kept nowhere."""
    errors: dict[str, str] = {}
    given, day = key, None
    if not given.strip() and key_file is not None:
        given = key_file.file.read(1000).decode("ascii", "replace")
    try:
        given = pasted_key(given)
    except InputError as error:
        errors["key"] = problem_words(error)
    try:
        day = date.fromisoformat(since.strip()) if since.strip() else None
    except ValueError:
        errors["since"] = problem_words(InputError("bad_date", values={"date": since}))
    if errors:
        return wrong(request, errors, {"since": since, "all_sports": all_sports})

    def work(context: Context, job: Job) -> Any:
        return fetched(context, job, key=given, since=day, all_sports=all_sports == "1")

    return to_job(request, start_work(request, "fetch", work))


@router.post("/r/{runner}/settings/weather/fetch")
def fetch_weather(request: Request) -> Response:
    """The weather of every run that has none."""
    return to_job(request, start_work(request, "weather", weather_fetched))


@router.post("/r/{runner}/settings/check")
def check(request: Request) -> Response:
    """The check-up."""
    return to_job(request, start_work(request, "check", lambda context, _: checked(context)))


# ---------------------------------------------------------------- the page of a piece of work

WORDS: Final[Mapping[str, Callable[[Any], dict[str, Any]]]] = {
    "backup": backup_words,
    "restore": restore_words,
    "erase": erased_words,
    "fetch": fetched_words,
    "weather": weather_words,
    "check": check_words,
}


@router.get("/r/{runner}/jobs/{job}")
def job_page(request: Request, job: str) -> HTMLResponse:
    """How far it is, or what came of it."""
    found = jobs_of(request).find(runner_of(request), job)
    state = job_state(found)
    values: dict[str, Any] = {
        "here": "settings",
        "job": found,
        "state": state,
        "problem": None,
        "words": None,
    }
    if state["is_over"] and found.state == "failed":
        values["problem"] = error_text(found.problem.code, found.problem.values)
    elif state["is_over"] and found.result is not None:
        values["words"] = result_words(found)
    return render(request, "job.html", values)


def result_words(job: Job) -> dict[str, Any]:
    """What came of it, in words."""
    path = file_of(job)
    if job.kind == "export":
        size = path.stat().st_size if path is not None and path.is_file() else 0
        return export_words(job.result, size=size, most_kept=MOST_EXPORTS)
    return WORDS[job.kind](job.result)


@router.get("/r/{runner}/jobs/{job}/state")
def job_progress(request: Request, job: str) -> JSONResponse:
    """How far it is, for the script of the page."""
    return JSONResponse(job_state(jobs_of(request).find(runner_of(request), job)))


@router.post("/r/{runner}/jobs/{job}/stop")
def stop(request: Request, job: str) -> Response:
    """End it early."""
    found = jobs_of(request).find(runner_of(request), job)
    found.stop()
    found.wait(SHORT_WAIT_S)
    return to_job(request, found)
