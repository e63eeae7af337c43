"""`/api/runners/{runner}/backup`, `…/restore` and `…/export`: as the verbs of these names.

A backup holds every runner; whose address it is asked for changes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Query, Request
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from uncramp.actions import safekeeping
from uncramp.actions.exporting import ExportResult, export
from uncramp.actions.hiding import LARGEST_RADIUS_M, SMALLEST_RADIUS_M
from uncramp.actions.uploading import Room
from uncramp.errors import InputError
from uncramp.web.api.answering import Reply, about, answer, api_router, carried_out, opened, reading
from uncramp.web.api.parameters import RunnerName
from uncramp.web.jobs import Job
from uncramp.web.receiving import receive
from uncramp.web.rendering import settings_of
from uncramp.wording.catalogue import text
from uncramp.wording.safekeeping import backup_data, restore_data

__all__ = ["router"]

router = api_router("safekeeping")

EXPORT_NAME: Final = "uncramp-export.zip"
ZIP: Final = "application/zip"

ONE_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": text("api.field.file"),
                        }
                    },
                    "required": ["file"],
                }
            }
        },
    }
}


@router.post("/runners/{runner}/backup", **about("make_backup", "backup"))
def backup(request: Request, runner: RunnerName) -> Reply:
    """Everything in one file, in the folder `backups` of the data folder."""

    def work(job: Job) -> safekeeping.BackupResult:
        del job
        with opened(request, runner) as context:
            return safekeeping.backup(context)

    return answer("backup", backup_data(carried_out(request, runner, "backup", work)))


@router.post(
    "/runners/{runner}/restore", **about("restore_backup", "restore"), openapi_extra=ONE_FILE
)
async def restore(request: Request, runner: RunnerName) -> Reply:
    """Put a backup in the place of everything stored."""
    room = await run_in_threadpool(Room, settings_of(request).data_dir, most_files=1)
    try:
        await receive(request, room.begin)
        if not room.candidates:
            raise InputError("no_files_sent")
        return await run_in_threadpool(put_back, request, runner, room.candidates[0].path)
    finally:
        await run_in_threadpool(room.remove)


def put_back(request: Request, runner: str, file: Path) -> Reply:
    """What is there now."""

    def work(job: Job) -> safekeeping.RestoreResult:
        del job
        with opened(request, runner) as context:
            return safekeeping.restore(context, file)

    return answer("restore", restore_data(carried_out(request, runner, "restore", work)))


def export_words() -> dict[str, Any]:
    """As `about`, for an answer that is a file."""
    told = about("export_data")
    content = {ZIP: {"schema": {"type": "string", "format": "binary"}}}
    told["responses"][200] = {"description": text("api.status.file"), "content": content}
    return told | {"response_class": FileResponse}


@router.get("/runners/{runner}/export", **export_words())
def export_(
    request: Request,
    runner: RunnerName,
    *,
    trim_home_m: Annotated[
        float | None,
        Query(
            ge=SMALLEST_RADIUS_M,
            le=LARGEST_RADIUS_M,
            allow_inf_nan=False,
            description=text("api.field.trim_home_m"),
        ),
    ] = None,
    no_gps: Annotated[bool, Query(description=text("api.field.no_gps"))] = False,
    everybody: Annotated[bool, Query(description=text("api.field.everybody"))] = False,
) -> FileResponse:
    """Everything of one runner, or of all, as a zip of files anybody can read."""
    with reading(request, runner):
        room = Room(settings_of(request).data_dir)
    target = room.folder / EXPORT_NAME

    def work(job: Job) -> ExportResult:
        del job
        with reading(request, runner) as context:
            return export(
                context,
                target,
                everybody=everybody,
                trim_home_m=trim_home_m,
                without_places=no_gps,
            )

    try:
        carried_out(request, runner, "export", work)
    except BaseException:
        room.remove()
        raise
    gone = BackgroundTask(room.remove)
    return FileResponse(target, media_type=ZIP, filename=EXPORT_NAME, background=gone)
