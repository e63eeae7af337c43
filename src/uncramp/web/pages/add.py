"""Add runs: files sent by the browser, a folder or a watch on this computer; and what came of it.

The import itself is a job (`uncramp.web.jobs`), so that its page may be closed and opened again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from uncramp.actions.curating import undo_import
from uncramp.actions.days import local_date
from uncramp.actions.next_step import diary_of
from uncramp.actions.race_debrief import debriefs_due
from uncramp.actions.uploading import (
    MOST_FILES,
    Room,
    Taken,
    past_imports,
    take_in,
    take_in_room,
)
from uncramp.actions.watching import find_device_folders
from uncramp.errors import InputError, NotFoundError, UncrampError
from uncramp.web.jobs import Job, jobs_of
from uncramp.web.links import page_url
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
from uncramp.wording.adding import import_words, reimport_words, size_words
from uncramp.wording.catalogue import error_text, text
from uncramp.wording.diary_page import first_words
from uncramp.wording.race_debrief import due_words

__all__ = ["router", "upload_values"]

router = APIRouter(include_in_schema=False)


@router.get("/r/{runner}/add")
def add(request: Request) -> HTMLResponse:
    """The form, other ways in, and earlier imports."""
    return add_page(request)


def add_page(
    request: Request,
    *,
    errors: Mapping[str, str] | None = None,
    typed_path: str = "",
    status_code: int = 200,
) -> HTMLResponse:
    """The page with what was wrong with what was sent."""
    with context_of(request) as context:
        past = past_imports(context)
    values = {
        "here": "home",
        "errors": errors or {},
        "typed_path": typed_path,
        "past": past,
        "n_removed": request.query_params.get("removed", ""),
        **upload_values(request),
    }
    return render(request, "add.html", values, status_code=status_code)


def upload_values(request: Request) -> dict[str, Any]:
    """What the form for files needs to know."""
    limit = settings_of(request).upload_limit_bytes
    return {"most_files": MOST_FILES, "upload_limit": limit, "upload_size": size_words(limit)}


@router.post("/r/{runner}/add")
async def upload(request: Request) -> Response:
    """Files from the browser; they are read here as they come in, so this one is asynchronous."""
    room: Room | None = None
    try:
        room = await run_in_threadpool(Room, settings_of(request).data_dir)
        await receive(request, room.begin)
        if not room.candidates:
            raise InputError("no_file_chosen")
        job = await run_in_threadpool(start_with, request, room)
        room = None
        return see(page_url("import", runner_of(request), job.id))
    except UncrampError as error:
        words = {"files": problem_words(error)}
        return await run_in_threadpool(refused, request, words)
    finally:
        if room is not None:
            await run_in_threadpool(room.remove)


def start_with(request: Request, room: Room) -> Job:
    """Import what lies in `room`."""
    return start_work(
        request,
        "import",
        lambda context, job: take_in_room(context, room, job),
        cleanup=room.remove,
    )


def refused(request: Request, errors: Mapping[str, str], *, typed_path: str = "") -> HTMLResponse:
    """The form again, with what was wrong."""
    return add_page(request, errors=errors, typed_path=typed_path, status_code=UNFIT)


@router.post("/r/{runner}/add/path")
def add_path(request: Request, path: Annotated[str, Form()] = "") -> Response:
    """A folder or file of this computer, by its path."""
    given = path.strip()
    wrong = None
    if not given:
        wrong = text("add.path.empty")
    elif not is_there(Path(given).expanduser()):
        wrong = text("add.path.missing")
    if wrong is not None:
        return refused(request, {"path": wrong}, typed_path=given)
    target = Path(given).expanduser()
    job = start_work(request, "import", lambda context, job: take_in(context, (target,), job))
    return see(page_url("import", runner_of(request), job.id))


@router.post("/r/{runner}/add/watch")
def add_watch(request: Request) -> Response:
    """A watch that is plugged in."""
    try:
        folders = find_device_folders()
    except NotFoundError as error:
        return refused(request, {"watch": problem_words(error)})
    job = start_work(request, "import", lambda context, job: take_in(context, folders, job))
    return see(page_url("import", runner_of(request), job.id))


@router.post("/r/{runner}/add/undo")
def undo_earlier(request: Request, stamp: Annotated[str, Form()] = "") -> Response:
    """Take an earlier import back."""
    with context_of(request) as context:
        undone = undo_import(context, stamp)
    return see(f"{page_url('add', runner_of(request))}?removed={undone.n_removed}")


def is_there(path: Path) -> bool:
    """Whether there is something at `path`."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


# ---------------------------------------------------------------- an import under way, or over


@router.get("/r/{runner}/imports/{job}")
def import_page(request: Request, job: str) -> HTMLResponse:
    """How far it is; at its end what came of it and what to do next."""
    found = jobs_of(request).find(runner_of(request), job)
    state = job_state(found)
    values: dict[str, Any] = {"here": "home", "job": found, "state": state}
    if state["is_over"]:
        values |= outcome(request, found)
    return render(request, "import.html", values)


@router.get("/r/{runner}/imports/{job}/state")
def import_state(request: Request, job: str) -> JSONResponse:
    """How far it is, for the script of the page."""
    return JSONResponse(job_state(jobs_of(request).find(runner_of(request), job)))


@router.post("/r/{runner}/imports/{job}/stop")
def stop_import(request: Request, job: str) -> Response:
    """End it early; what is in stays in."""
    found = jobs_of(request).find(runner_of(request), job)
    found.stop()
    found.wait(SHORT_WAIT_S)
    return see(page_url("import", runner_of(request), job))


@router.post("/r/{runner}/imports/{job}/undo")
def undo(request: Request, job: str) -> Response:
    """Take back what it brought."""
    found = jobs_of(request).find(runner_of(request), job)
    stamp = None if found.result is None else stamp_of(found.result)
    if stamp is None:
        raise InputError("nothing_to_undo")
    if "n_removed" not in found.notes:
        with context_of(request) as context:
            found.notes["n_removed"] = undo_import(context, stamp).n_removed
    return see(page_url("import", runner_of(request), job))


def stamp_of(taken: Taken) -> str | None:
    """What undoing takes; None when nothing new was stored."""
    return None if taken.result is None else taken.result.stamp


def outcome(request: Request, job: Job) -> dict[str, Any]:
    """What came of an import."""
    values: dict[str, Any] = {"words": None, "reimport": None, "problem": None, "n_open": 0}
    if job.state == "failed":
        return values | {"problem": error_text(job.problem.code, job.problem.values)}
    taken = job.result or Taken(is_stopped=True)
    if taken.reimport is not None:
        return values | {"reimport": reimport_words(taken.reimport)}
    if taken.result is None:
        return values
    words = import_words(taken.result, is_stopped=taken.is_stopped)
    came = frozenset(one.row.activity_id for one in taken.result.activities)
    with context_of(request) as context:
        values["due"] = due_words(debriefs_due(context, among=came))
        page = diary_of(context)
        if page is not None and page.diary.n_open:
            first = first_words(
                page,
                runner=job.runner,
                units=context.units,
                day_of=partial(local_date, context),
            )
            values |= {"n_open": page.diary.n_open, "first": first}
    return values | {"words": words}
