"""`/api/version`: as `uncramp --version`."""

from __future__ import annotations

from uncramp import MODEL_VERSION, __version__
from uncramp.evidence import EVIDENCE_VERSION
from uncramp.web.api.answering import Reply, about, answer, api_router

__all__ = ["router"]

router = api_router("version")


@router.get("/version", **about("show_version", "version"))
def version() -> Reply:
    """Everything that can change an answer."""
    data = {"package": __version__, "models": MODEL_VERSION, "evidence": EVIDENCE_VERSION}
    return answer("version", data)
