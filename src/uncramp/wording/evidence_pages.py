"""Claims, sources and numbers as plain data, and the words that pages put around them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from uncramp.units import seconds_from_minutes
from uncramp.wording.catalogue import messages, text
from uncramp.wording.quantities import duration

if TYPE_CHECKING:
    from uncramp.actions.evidence_pages import ClaimList, NumberList, NumberPage, SourceList
    from uncramp.evidence import Citation, Claim, Parameter, Source

__all__ = [
    "Link",
    "claim_data",
    "claims_data",
    "group_title",
    "group_what",
    "identifier_links",
    "lean_text",
    "number_data",
    "number_range",
    "number_value",
    "numbers_data",
    "plain_title",
    "source_data",
    "sources_data",
    "unit_what",
]

PLACES: Final = (
    (re.compile(r"doi:(10\.\d{4,}/\S+?)(?=[,;]|$)"), "https://doi.org/{}"),
    (re.compile(r"\bPMID (\d+)"), "https://pubmed.ncbi.nlm.nih.gov/{}/"),
    (re.compile(r"\b(PMC\d+)"), "https://pmc.ncbi.nlm.nih.gov/articles/{}/"),
    (re.compile(r"\b(NCT\d{8})"), "https://clinicaltrials.gov/study/{}"),
)
"""Identifiers that lead somewhere, and where to."""
LIKELIHOOD_RATIO: Final = "likelihood ratio"


class Link(NamedTuple):
    """An identifier as it is printed, and the address it leads to."""

    name: str
    address: str


# Plain data


def citations_data(citations: Iterable[Citation]) -> list[dict[str, str]]:
    """Source keys with where in the source it stands."""
    return [{"key": one.key, "at": one.at} for one in citations]


def claim_data(claim: Claim) -> dict[str, Any]:
    """One claim; a side that nobody takes is None."""
    return {
        "id": claim.id,
        "text": claim.text,
        "kind": claim.kind,
        "status": claim.status,
        "grade": claim.grade,
        "supports": claim.supports or None,
        "against": claim.against or None,
        "sources": citations_data(claim.citations),
        "implemented_by": list(claim.implemented_by),
        "tested_by": list(claim.tested_by),
    }


def claims_data(listed: ClaimList) -> dict[str, Any]:
    """The claims that were wanted, and how many of all there are of each status."""
    return {
        "claims": [claim_data(one) for one in listed.claims],
        "n_all": listed.n_all,
        "by_status": dict(listed.by_status),
    }


def source_data(source: Source) -> dict[str, Any]:
    """One source."""
    return {
        "key": source.key,
        "name": source.short,
        "authors": source.authors,
        "year": source.year,
        "title": source.title,
        "identifier": source.identifier,
        "links": [one.address for one in identifier_links(source.identifier)],
        "design": source.design,
        "population": source.population,
        "read": source.read,
    }


def sources_data(listed: SourceList) -> dict[str, Any]:
    """Every source, and how many of what others wrote were read how far."""
    return {
        "sources": [source_data(one) for one in (*listed.ours, *listed.papers)],
        "by_read": dict(listed.by_read),
    }


def number_data(number: Parameter) -> dict[str, Any]:
    """One number with its parents."""
    return {
        "key": number.key,
        "label": number.label,
        "unit": number.unit,
        "value": number.value,
        "low": number.low,
        "high": number.high,
        "population": number.population,
        "grade": number.grade,
        "sources": citations_data(number.citations),
        "note": number.note or None,
    }


def numbers_data(listed: NumberList) -> dict[str, Any]:
    """Every number, and how many of them we decided ourselves."""
    return {
        "numbers": [number_data(one) for group in listed.groups for one in group.numbers],
        "n_judged": listed.n_judged,
    }


# Words


def figure(value: float) -> str:
    """A number with all its figures, thousands apart: `42,195`, `0.333`."""
    return f"{value:,.7g}"


def with_unit(figures: str, unit: str) -> str:
    """A number and its unit, as far as the unit says something."""
    known = messages("evidence_page").get(f"evidence_page.unit.{unit_id(unit)}")
    return f"{figures} {unit}" if known is None else known.format(n=figures)


def number_value(number: Parameter) -> str:
    """The value with its unit; a dash between the ends of the range when there is only that."""
    if number.value is None:
        return number_range(number) or ""
    said = with_unit(figure(number.value), number.unit)
    if number.unit == "s" and number.value >= seconds_from_minutes(1):
        return text("evidence_page.seconds", value=said, time=duration(number.value))
    return said


def number_range(number: Parameter) -> str | None:
    """From where to where we would take it; None where it is exact."""
    if number.low is None or number.high is None or number.low == number.high:
        return None
    low, high = figure(number.low), with_unit(figure(number.high), number.unit)
    return text("evidence_page.range", low=low, high=high)


def lean_text(page: NumberPage) -> str | None:
    """Which kind a weight speaks for, in words; None for a number that is no weight."""
    if page.towards is None or page.to_one is None:
        return None
    return text(f"evidence_page.lean.{page.towards}", to_one=f"{page.to_one:.2g}")


def unit_id(unit: str) -> str:
    """A unit as part of a message id."""
    return re.sub(r"[^a-z]+", "_", unit.lower())


def unit_what(unit: str) -> str | None:
    """What a unit means, where that is not plain."""
    return messages("evidence_page").get(f"evidence_page.unit_what.{unit_id(unit)}")


def group_title(group_id: str) -> str:
    """The heading above a group of numbers; of a new group its own name."""
    return messages("evidence_page").get(f"evidence_page.group.{group_id}", group_id)


def group_what(group_id: str) -> str | None:
    """What the numbers of a group have in common, where that needs saying."""
    return messages("evidence_page").get(f"evidence_page.group_what.{group_id}")


def plain_title(title: str) -> str:
    """A title without the brackets that say it is ours."""
    return title[1:-1] if title.startswith("[") and title.endswith("]") else title


def identifier_links(identifier: str) -> tuple[Link, ...]:
    """Where an identifier leads: to each place that it names."""
    return tuple(
        Link(name=found.group(0).strip(), address=address.format(found.group(1)))
        for pattern, address in PLACES
        for found in pattern.finditer(identifier)
    )
