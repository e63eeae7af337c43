"""`/api/evidence/…`: claims, sources and numbers, as the evidence pages show them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Query

from uncramp.actions.evidence_pages import (
    claim_at,
    list_claims,
    list_numbers,
    list_sources,
    number_at,
    source_at,
)
from uncramp.web.api.answering import Reply, about, answer, api_router
from uncramp.wording.catalogue import text
from uncramp.wording.evidence_pages import (
    claim_data,
    claims_data,
    number_data,
    numbers_data,
    source_data,
    sources_data,
)

__all__ = ["router"]

router = api_router("evidence")

Status = Literal["implemented", "partial", "contested", "shown_only", "planned"]
About = Literal["both", "overload", "electrolyte", "magnesium", "personal"]


@router.get("/evidence/claims", **about("list_claims", "evidence.claims"))
def claims(
    status: Annotated[Status | None, Query(description=text("api.field.claim_status"))] = None,
    kind: Annotated[About | None, Query(description=text("api.field.claim_kind"))] = None,
) -> Reply:
    """Every claim of the guide, or those of one status or kind."""
    return answer("evidence.claims", claims_data(list_claims(status=status, kind=kind)))


@router.get("/evidence/claims/{claim}", **about("show_claim", "evidence.claim"))
def claim(
    claim: Annotated[str, Path(pattern="^G[1-9][0-9]?$", description=text("api.field.claim"))],
) -> Reply:
    """One claim."""
    return answer("evidence.claim", claim_data(claim_at(claim).claim))


@router.get("/evidence/sources", **about("list_sources", "evidence.sources"))
def sources() -> Reply:
    """Every source."""
    return answer("evidence.sources", sources_data(list_sources()))


@router.get("/evidence/sources/{source}", **about("show_source", "evidence.source"))
def source(
    source: Annotated[
        str, Path(pattern="^[a-z][a-z0-9_]{1,63}$", description=text("api.field.source"))
    ],
) -> Reply:
    """One source."""
    return answer("evidence.source", source_data(source_at(source).source))


@router.get("/evidence/numbers", **about("list_numbers", "evidence.numbers"))
def numbers() -> Reply:
    """Every number that was measured in people, or decided by us."""
    return answer("evidence.numbers", numbers_data(list_numbers()))


@router.get("/evidence/numbers/{number}", **about("show_number", "evidence.number"))
def number(
    number: Annotated[
        str, Path(pattern=r"^[a-z0-9_]+(?:\.[a-z0-9_]+)+$", max_length=100,
                  description=text("api.field.number"))
    ],
) -> Reply:  # fmt: skip
    """One number, and where it comes from."""
    return answer("evidence.number", number_data(number_at(number).number))
