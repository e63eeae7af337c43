"""Evidence: every claim with both sides, every source, every number, and what a grade means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from uncramp.actions.evidence_pages import (
    KINDS,
    STATUSES,
    claim_at,
    grade_counts,
    list_claims,
    list_numbers,
    list_sources,
    number_at,
    source_at,
)
from uncramp.web.rendering import render
from uncramp.wording.evidence_pages import (
    claim_data,
    group_title,
    group_what,
    identifier_links,
    lean_text,
    number_data,
    number_range,
    number_value,
    plain_title,
    source_data,
    unit_what,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

HELPERS: Final[Mapping[str, Any]] = {
    "group_title": group_title,
    "group_what": group_what,
    "number_range": number_range,
    "number_value": number_value,
    "plain_title": plain_title,
    "unit_what": unit_what,
}
"""Words that templates ask for."""


def shown(request: Request, template: str, tab: str, values: Mapping[str, Any]) -> HTMLResponse:
    """One evidence page; `tab` is which of its four lists is open."""
    return render(request, template, {"here": "evidence", "tab": tab, **HELPERS, **values})


@router.get("/r/{runner}/evidence")
def claims_page(request: Request, status: str = "", kind: str = "") -> HTMLResponse:
    """Every claim, or those of one status or kind; a filter that there is not filters nothing."""
    chosen = {
        "status": status if status in STATUSES else None,
        "kind": kind if kind in KINDS else None,
    }
    listed = list_claims(status=chosen["status"], kind=chosen["kind"])
    found = [claim_data(one) for one in listed.claims]
    groups = [(name, [one for one in found if one["kind"] == name]) for name in KINDS]
    return shown(
        request,
        "evidence.html",
        "claims",
        {
            "listed": listed,
            "groups": [group for group in groups if group[1]],
            "chosen": chosen,
            "statuses": STATUSES,
            "kinds": KINDS,
        },
    )


@router.get("/r/{runner}/evidence/claims/{claim_id}")
def claim_page(request: Request, claim_id: str) -> HTMLResponse:
    """One claim."""
    page = claim_at(claim_id)
    return shown(
        request,
        "evidence_claim.html",
        "claims",
        {
            "claim": claim_data(page.claim),
            "designs": page.designs,
            "before": page.before,
            "after": page.after,
        },
    )


@router.get("/r/{runner}/evidence/sources")
def sources_page(request: Request) -> HTMLResponse:
    """Every source."""
    return shown(request, "evidence_sources.html", "sources", {"listed": list_sources()})


@router.get("/r/{runner}/evidence/sources/{key}")
def source_page(request: Request, key: str) -> HTMLResponse:
    """One source, and everything that cites it."""
    page = source_at(key)
    links = identifier_links(page.source.identifier)
    return shown(
        request,
        "evidence_source.html",
        "sources",
        {"page": page, "source": source_data(page.source), "links": links},
    )


@router.get("/r/{runner}/evidence/numbers")
def numbers_page(request: Request) -> HTMLResponse:
    """Every number."""
    return shown(request, "evidence_numbers.html", "numbers", {"listed": list_numbers()})


@router.get("/r/{runner}/evidence/numbers/{key}")
def number_page(request: Request, key: str) -> HTMLResponse:
    """One number, and where it comes from."""
    page = number_at(key)
    return shown(
        request,
        "evidence_number.html",
        "numbers",
        {
            "number": page.number,
            "cited": number_data(page.number)["sources"],
            "lean": lean_text(page),
        },
    )


@router.get("/r/{runner}/evidence/grades")
def grades_page(request: Request) -> HTMLResponse:
    """What a grade means."""
    return shown(request, "evidence_grades.html", "grades", {"grades": grade_counts()})
