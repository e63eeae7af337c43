"""What every path of the API answers with: the envelope, or the error envelope, described.

A verb's file is thin: parse, call an action, `answer(verb, data)`. `about` says of each path what
the schema shows: its name, what it does in words, its envelope and every refusal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Security
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, create_model

from uncramp.actions.context import Context
from uncramp.envelope import envelope
from uncramp.errors import NotFoundError, UncrampError
from uncramp.web.api.strictness import StrictRoute
from uncramp.web.jobs import JobKind, Work, jobs_of
from uncramp.web.rendering import settings_of
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units

__all__ = [
    "Body",
    "Reply",
    "about",
    "answer",
    "api_router",
    "carried_out",
    "opened",
    "reading",
]

REFUSALS: Final = (400, 401, 403, 404, 409, 413, 415, 422, 429)
STEP_S: Final = 60.0


class Body(BaseModel):
    """What a request brings: nothing is guessed, and what is not known is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Envelope(BaseModel):
    """An answer, the same as the command line gives with `--json`."""

    model_config = ConfigDict(extra="forbid")

    schema_: str = Field(alias="schema", description=text("api.envelope.schema"))
    data: dict[str, Any] = Field(description=text("api.envelope.data"))
    warnings: list[str] = Field(description=text("api.envelope.warnings"))


class ErrorWords(BaseModel):
    """What went wrong, and what to do."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(description=text("api.error.code"))
    what: str = Field(description=text("api.error.what"))
    why: str = Field(default="", description=text("api.error.why"))
    remedy: str = Field(default="", description=text("api.error.remedy"))


class ErrorEnvelope(BaseModel):
    """A refusal, in words."""

    model_config = ConfigDict(extra="forbid")

    schema_: Annotated[str, WithJsonSchema({"const": "uncramp.error/1"})] = Field(
        alias="schema", description=text("api.envelope.schema")
    )
    error: ErrorWords = Field(description=text("api.error"))


class Reply(JSONResponse):
    """JSON that never fails for a letter."""

    def render(self, content: Any) -> bytes:
        """Compact UTF-8; half a letter becomes a question mark."""
        said = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return said.encode("utf-8", "replace")


def answer(
    verb: str, data: Mapping[str, object], warnings: Iterable[str] = (), *, status_code: int = 200
) -> Reply:
    """The envelope of a verb."""
    return Reply(envelope(verb, data, warnings), status_code=status_code)


def envelope_of(*verbs: str) -> type[Envelope]:
    """The model of the envelopes of these verbs; its `schema` can have no other value."""
    names = [f"uncramp.{verb}/1" for verb in verbs]
    only = {"const": names[0]} if len(names) == 1 else {"enum": names}
    title = "".join(part.title() for part in verbs[0].replace("_", ".").split("."))
    given = Field(alias="schema", description=text("api.envelope.schema"))
    kind: Any = Annotated[str, WithJsonSchema({"type": "string", **only})]
    return create_model(f"{title}Envelope", __base__=Envelope, schema_=(kind, given))


def about(name: str, *verbs: str, status_code: int = 200) -> dict[str, Any]:
    """What a path says of itself: its name for programs, its words, its answer and refusals."""
    told: dict[int | str, dict[str, Any]] = {
        code: {"model": ErrorEnvelope, "description": text(f"api.status.{code}")}
        for code in REFUSALS
    }
    if verbs:
        told[status_code] = {"model": envelope_of(*verbs), "description": text("api.status.done")}
    return {
        "operation_id": name,
        "summary": text(f"api.{name}"),
        "description": text(f"api.{name}.what"),
        "status_code": status_code,
        "response_class": Reply,
        "responses": told,
    }


def api_router(tag: str) -> APIRouter:
    """A router for one verb: strict about what comes in, its paths below `/api`."""
    bearer = HTTPBearer(auto_error=False, description=text("api.bearer"))
    return APIRouter(
        prefix="/api", tags=[tag], route_class=StrictRoute, dependencies=[Security(bearer)]
    )


def opened(request: Request, runner: str, units: Units = "metric") -> Context:
    """Where, when and for whom an action runs; nothing is made by asking for it."""
    return settings_of(request).context(runner, units=units)


@contextmanager
def reading(request: Request, runner: str, units: Units = "metric") -> Iterator[Context]:
    """As `opened`, for what needs a store: NotFoundError `unknown_runner` where there is none."""
    with opened(request, runner, units) as context:
        if not context.has_store:
            raise NotFoundError("unknown_runner", values={"runner": runner, "known": "–"})
        yield context


def carried_out(request: Request, runner: str, kind: JobKind, work: Work) -> Any:
    """The result of long work, done in the one queue of the server, so that no two write at once.

    What goes wrong in it is raised here.
    """
    job = jobs_of(request).start(runner=runner, kind=kind, work=work)
    while not job.is_over:
        job.wait(STEP_S)
    if job.state == "stopped":
        raise UncrampError("interrupted")
    if job.state == "failed":
        problem = job.problem
        if problem.code == "defect":
            raise RuntimeError(str(problem.values["problem"]))
        raise problem
    return job.result
