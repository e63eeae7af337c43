"""The ledger: every advice, what came of it, and how well predictions held; with files to keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from uncramp.actions.ledger import ledger_of
from uncramp.actions.ledger_pictures import ledger_picture
from uncramp.envelope import dump, envelope
from uncramp.errors import NotFoundError
from uncramp.web.rendering import context_of, render, units_of
from uncramp.wording.ledger import ledger_csv, ledger_data, ledger_view
from uncramp.wording.race_page import flags_of_race

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

MEDIA: Final[Mapping[str, str]] = {
    "uncramp-ledger.json": "application/json",
    "uncramp-ledger.csv": "text/csv; charset=utf-8",
}


@router.get("/r/{runner}/settings/ledger")
def ledger(request: Request) -> HTMLResponse:
    """The whole ledger, the newest first."""
    units = units_of(request)
    with context_of(request) as context:
        found = ledger_of(context)
    values = {
        "here": "settings",
        "flags": flags_of_race(found.screening),
        "view": ledger_view(found, units=units),
        "picture": ledger_picture(found, units=units),
        "files": tuple(MEDIA),
    }
    return render(request, "ledger.html", values)


@router.get("/r/{runner}/settings/ledger/{name}")
def file(request: Request, name: str) -> Response:
    """The ledger as a file; there is no place in it."""
    units = units_of(request)
    if name not in MEDIA:
        raise NotFoundError("unknown_file", values={"name": name, "known": ", ".join(MEDIA)})
    with context_of(request) as context:
        found = ledger_of(context)
    if name == "uncramp-ledger.csv":
        content = ledger_csv(found)
    else:
        content = dump(envelope("ledger", ledger_data(found, units=units))) + "\n"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content.encode("utf-8", "replace"), media_type=MEDIA[name], headers=headers)
