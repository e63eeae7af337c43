"""The API against its own schema: made-up requests, good and bad, and never a surprise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from uncramp.actions.cases import Case
from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from uncramp.actions.why import record, why_run
from uncramp.demo_runs import fit_bytes, outings
from uncramp.errors import OutboundError
from uncramp.outbound import asking
from uncramp.web.app import create_app
from web_support import NOW, ORIGIN, TOKEN, client, settings_for, stranger

if TYPE_CHECKING:
    from schemathesis.engine import events

REFERENCE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference" / "http-api.md"
N_RUNS: Final = 2
SETTINGS: Final[dict[str, Any]] = {
    "seed": 26_2,
    "headers": {"Authorization": f"Bearer {TOKEN}", "Origin": ORIGIN},
    "generation": {"max-examples": 4, "deterministic": True, "no-shrink": True},
    "continue-on-failure": True,
    "suppress-health-check": ["all"],
    "dictionaries": {"there": {"values": ["me"]}},
    "parameters": {"path.runner": {"dictionary": "there", "probability": 0.8}},
    "operations": [
        {
            "include-operation-id": [
                "explain_cramp",
                "mark_cramp",
                "clear_flag",
                "add_weigh_in",
                "add_sweat_sodium",
                "add_watch_sweat",
                "add_group_day",
                "add_race",
                "change_race",
                "plan_training",
                "plan_drinks",
                "update_training",
            ],
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "4xx"]}},
        },
        {"include-operation-id": "answer_now", "phases": {"coverage": {"enabled": False}}},
    ],
}
"""Every phase and every check of schemathesis. Some paths may refuse what their schema allows: a
cramp after the end of its run, a visit tomorrow, and a runner who comes home heavier than all that
was drunk, are wrong, but no schema can say so. The questions of `now` are those of `why`, and one
walk through all of them is enough."""
FEWEST_CASES: Final = 1000
AUTHORIZED: Final = {"Authorization": f"Bearer {TOKEN}"}


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of everything that can be asked."""
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield method.upper(), path, told


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The schema as the app tells it."""
    told: dict[str, Any] = create_app(settings_for(tmp_path_factory.mktemp("schema"))).openapi()
    return told


# ---------------------------------------------------------------- what the schema says


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    """A name that stays, words, an answer and every refusal; names are used once."""
    offenders = []
    for method, path, told in operations(document):
        checks = {
            "a name": re.fullmatch(r"[a-z_]+", told["operationId"]),
            "a title": told.get("summary"),
            "words": told.get("description", "").endswith("."),
            "an answer": {"200", "201"} & told["responses"].keys(),
            "refusals": {"400", "401", "403", "404", "409", "413", "415", "422", "429"}
            <= told["responses"].keys(),
        }
        offenders += [f"{method} {path}: {check}" for check, true in checks.items() if not true]
    names = Counter(told["operationId"] for _, _, told in operations(document))
    assert not offenders
    assert max(names.values()) == 1


def test_runner_is_in_every_path_that_is_about_one(document: dict[str, Any]) -> None:
    """Only the list of runners, the check-up, versions and evidence are about nobody."""
    about_nobody = {path for path in document["paths"] if "{runner}" not in path}
    rest = {path for path in about_nobody if not path.startswith("/api/evidence/")}
    assert rest == {"/api/runners", "/api/doctor", "/api/version"}
    assert all(path.startswith("/api/") for path in document["paths"])


def described(schema: Mapping[str, Any], document: Mapping[str, Any], at: str) -> Iterator[str]:
    """Names of fields below `schema` that are not described in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from described(document["components"]["schemas"][name], document, name)
    for name, field in schema.get("properties", {}).items():
        if not field.get("description"):
            yield f"{at}.{name}"
        yield from described(field, document, f"{at}.{name}")
    for choice in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())):
        yield from described(choice, document, at)


def test_every_field_is_described(document: dict[str, Any]) -> None:
    """Parameters, bodies and envelopes, down to the last question of the interview."""
    offenders = []
    for method, path, told in operations(document):
        offenders += [
            f"{method} {path}: {parameter['name']}"
            for parameter in told.get("parameters", ())
            if not parameter.get("description")
        ]
        for content in told.get("requestBody", {}).get("content", {}).values():
            offenders += described(content["schema"], document, f"{method} {path}")
    for name, schema in document["components"]["schemas"].items():
        offenders += described(schema, document, name)
    assert not offenders


def test_bodies_take_nothing_unknown(document: dict[str, Any]) -> None:
    """A misspelt field is refused, not ignored."""
    bodies = [
        content["schema"]["$ref"].rpartition("/")[2]
        for _, _, told in operations(document)
        for kind, content in told.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json"
    ]
    assert bodies
    for name in bodies:
        assert document["components"]["schemas"][name]["additionalProperties"] is False, name


def test_the_schema_is_behind_the_door_and_no_page_draws_it(tmp_path: Path) -> None:
    """It tells nothing of a runner, but strangers need not see it; there is no docs page."""
    with stranger(tmp_path) as outside:
        assert outside.get("/api/openapi.json").status_code == 401
    with client(tmp_path) as inside:
        assert inside.get("/api/openapi.json").json()["openapi"].startswith("3.1")
        assert inside.get("/docs").status_code == 404
        assert inside.get("/redoc").status_code == 404


def test_every_path_is_in_the_reference(document: dict[str, Any]) -> None:
    """The page for people names each method and path, and none that is not there."""
    page = REFERENCE.read_text(encoding="utf-8")
    written = set(re.findall(r"\| `(GET|POST|PUT|DELETE) (/api/[^` ]+)` \|", page))
    assert written == {(method, path) for method, path, _ in operations(document)}


# ---------------------------------------------------------------- what the app does


def named(app: ASGIApp) -> ASGIApp:
    """`app` under the name it answers to: the tool calls it by another."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            others = [one for one in scope["headers"] if one[0].lower() != b"host"]
            name = ORIGIN.removeprefix("http://").encode()
            scope = {**scope, "headers": [(b"host", name), *others]}
        await app(scope, receive, send)

    return answer


def small_store(folder: Path) -> Path:
    """The shortest runs of the synthetic runner, with an open stop."""
    files, store = folder / "files", folder / "store"
    files.mkdir()
    for outing in sorted(outings(), key=lambda one: len(one.time_s))[:N_RUNS]:
        (files / outing.name).write_bytes(fit_bytes(outing))
    with Context(data_dir=store, now=NOW) as context:
        import_paths(context, [files], workers=1)
        case = Case(answers={"danger_limb": ("pop_or_kick",)})
        found = why_run(context, reference="1", case=case)
        record(context, found, data={}, text="made up")
    return store


def told_of(event: events.ScenarioFinished) -> Iterator[str]:
    """Every check that failed, with the request and what came back."""
    for case_id, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            seen = event.recorder.interactions.get(case_id)
            sent = "" if seen is None else f"{seen.request.method} {seen.request.uri}"
            body = "" if seen is None or seen.request.body is None else str(seen.request.body)[:300]
            back = "" if seen is None or seen.response is None else str(seen.response.content[:300])
            failure = check.failure_info.failure
            yield f"{check.name}: {failure.title}: {failure.message} | {sent} {body} -> {back}"


@pytest.mark.slow
def test_the_api_keeps_to_its_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is sent: no failure of ours, no status, type or shape that was not announced."""
    import schemathesis  # not there on the lowest versions, where slow tests are left out
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

    def nobody(*_: object, **__: object) -> None:
        raise OutboundError("service_unreachable", values={"service": "nobody"})

    monkeypatch.setattr(asking, "answered", nobody)
    monkeypatch.setenv("UNCRAMP_INTERVALS_KEY", "no-key-of-anybody")
    app = create_app(settings_for(small_store(tmp_path)))
    schema = schemathesis.openapi.from_asgi(
        "/api/openapi.json",
        named(app),
        config=SchemathesisConfig.from_dict(SETTINGS),
        headers=AUTHORIZED,
    )
    failures: list[str] = []
    seen: set[str] = set()
    n_cases = 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            n_cases += len(event.recorder.cases)
            seen.add(event.recorder.label)
            failures += told_of(event)
        elif isinstance(event, events.NonFatalError):
            failures.append(f"{event.label}: {event.value}")
        elif isinstance(event, events.FatalError):
            failures.append(str(event.exception))
    if hasattr(app.state, "jobs"):
        app.state.jobs.close()
    assert not failures, "\n".join(failures)
    assert n_cases >= FEWEST_CASES
    assert seen >= {f"{method} {path}" for method, path, _ in operations(app.openapi())}
