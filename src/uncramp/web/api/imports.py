"""`/api/runners/{runner}/imports`: as `uncramp import` and `uncramp import --undo`."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Path, Request
from starlette.concurrency import run_in_threadpool

from uncramp.actions.curating import undo_import
from uncramp.actions.uploading import Room, Taken, past_imports, take_in_room
from uncramp.errors import InputError
from uncramp.web.api.answering import Reply, about, answer, api_router, carried_out, opened, reading
from uncramp.web.api.parameters import RunnerName
from uncramp.web.jobs import Job
from uncramp.web.receiving import receive
from uncramp.web.rendering import settings_of
from uncramp.wording.catalogue import text
from uncramp.wording.importing import import_data, import_warnings, undone_data
from uncramp.wording.safekeeping import reimport_data

__all__ = ["FILES_BODY", "router"]

router = api_router("imports")

STAMP: Final = r"^[0-9]{8}T[0-9]{6}Z(?:-[0-9]{1,9})?$"

FILES_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "minItems": 1,
                            "description": text("api.field.files"),
                        }
                    },
                    "required": ["files"],
                }
            }
        },
    }
}
"""Files are read as they come, past the framework; the schema has to be told by hand."""


@router.get("/runners/{runner}/imports", **about("list_imports", "imports"))
def list_(request: Request, runner: RunnerName) -> Reply:
    """The newest imports, with the stamps that take them back."""
    with reading(request, runner) as context:
        context.stored_runner()
        return answer("imports", {"imports": past_imports(context)})


@router.post(
    "/runners/{runner}/imports",
    **about("import_files", "import", "reimport"),
    openapi_extra=FILES_BODY,
)
async def import_(request: Request, runner: RunnerName) -> Reply:
    """Take in files; the runner is made with the first activity."""
    room = await run_in_threadpool(Room, settings_of(request).data_dir)
    try:
        await receive(request, room.begin)
        if not room.candidates:
            raise InputError("no_files_sent")
        return await run_in_threadpool(taken, request, runner, room)
    finally:
        await run_in_threadpool(room.remove)


def taken(request: Request, runner: str, room: Room) -> Reply:
    """What became of the files in the room."""

    def work(job: Job) -> Taken:
        with opened(request, runner) as context:
            return take_in_room(context, room, job)

    done: Taken = carried_out(request, runner, "import", work)
    if done.reimport is not None:
        return answer("reimport", reimport_data(done.reimport))
    assert done.result is not None  # noqa: S101  (nobody stopped it, and it is no export)
    return answer("import", import_data(done.result), import_warnings(done.result))


@router.delete("/runners/{runner}/imports/{stamp}", **about("undo_import", "import"))
def undo(
    request: Request,
    runner: RunnerName,
    stamp: Annotated[
        str,
        Path(
            max_length=26,
            pattern=STAMP,
            description=text("api.field.stamp"),
            examples=["20261122T163015Z"],
        ),
    ],
) -> Reply:
    """Take back all that one import brought."""
    with reading(request, runner) as context:
        return answer("import", undone_data(undo_import(context, stamp)))
