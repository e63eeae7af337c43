"""What the API refuses before it is read closer: names nobody knows, and what no store can keep."""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, Final

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from uncramp.errors import InputError
from uncramp.web.failures import failure
from uncramp.wording.catalogue import messages, text

__all__ = ["StrictRoute"]

LONGEST_PLACE: Final = 100
JSON_KIND: Final = "application/json"
CONFLICTS: Final = frozenset(
    {
        "ambiguous_flag",
        "clearance_before_stop",
        "erase_not_confirmed",
        "not_a_run",
        "not_merged",
        "race_is_over",
        "race_not_run",
        "runner_exists",
        "same_run",
        "sweat_already",
        "sweat_held",
        "sweat_locked",
        "weather_off",
    }
)
"""Nothing is wrong with what was sent, but what is stored does not allow it."""
STATUS_CODES: Final[Mapping[str, int]] = {**dict.fromkeys(CONFLICTS, 409), "bad_date": 404}
"""Errors of input that are told otherwise than as 422; a day is only looked at in an address."""


class StrictRoute(APIRoute):
    """A path of the API, strict about what it is sent."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's own reader, behind ours."""
        handle = super().get_route_handler()
        known = set(query_names(self.dependant))
        is_json = self.body_field is not None

        async def handled(request: Request) -> Response:
            refused = odd_query(request, known) or (await odd_body(request) if is_json else None)
            if refused is not None:
                return refused
            try:
                return await handle(request)
            except InputError as error:
                if error.code not in STATUS_CODES:
                    raise
                status_code = STATUS_CODES[error.code]
                return failure(request, error.code, dict(error.values), status_code=status_code)
            except RequestValidationError as error:
                return first_problem(request, error)

        return handled


def query_names(dependant: Dependant) -> Iterator[str]:
    """Names that an address may ask with."""
    yield from (field.alias for field in dependant.query_params)
    for inner_one in dependant.dependencies:
        yield from query_names(inner_one)


def odd_query(request: Request, known: set[str]) -> Response | None:
    """A refusal when the address asks for something that is not known here, or asks twice."""
    names = [name for name, _ in request.query_params.multi_items()]
    for name in names:
        if name not in known:
            return bad_field(request, f"query.{name}", text("api.unknown_parameter"))
        if names.count(name) > 1:
            return bad_field(request, f"query.{name}", text("api.given_twice"))
    return None


async def odd_body(request: Request) -> Response | None:
    """A refusal of what is not JSON, and of text and numbers that cannot be kept."""
    content = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content and kind != JSON_KIND:
        return failure(request, "api_not_json", status_code=415)
    try:
        parts = list(inner(await request.json()))
    except (ValueError, RecursionError):
        return None  # the framework says what is wrong with it
    if any(isinstance(one, str) and not can_be_kept(one) for one in parts):
        return bad_field(request, "body", text("api.odd_text"))
    if any(isinstance(one, float) and not math.isfinite(one) for one in parts):
        return bad_field(request, "body", text("api.odd_number"))
    return None


def first_problem(request: Request, error: RequestValidationError) -> Response:
    """The refusal of the first field that does not fit."""
    found: dict[str, Any] = next(iter(error.errors()), {})
    where = ".".join(str(part) for part in found.get("loc", ()))[:LONGEST_PLACE]
    own = messages("api").get(f"api.problem.{found.get('type', '')}")
    return bad_field(request, where or "body", own or str(found.get("msg", "")))


def bad_field(request: Request, where: str, problem: str) -> Response:
    """The refusal of one field."""
    values: dict[str, object] = {"where": where, "problem": problem}
    return failure(request, "web_bad_field", values, status_code=422)


def inner(value: Any) -> Iterator[Any]:
    """Every key and every value of parsed JSON, without going down into itself."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.keys()
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        else:
            yield one


def can_be_kept(said: str) -> bool:
    """Whether every database and every file can hold this text: whole letters, no zero byte."""
    return "\0" not in said and not any("\ud800" <= letter <= "\udfff" for letter in said)
