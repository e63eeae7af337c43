"""What uncramp knows from people and papers, as data, and the loader.

`*.toml` hold numbers (thresholds, weights, doses, limits), sources, claims and published cases;
`*.json` hold the rules that Python and a browser both run. A parameter's key starts with its file:
`cramps.weight.one_muscle` stands in `cramps.toml`. Everything is read on first use and cached.
"""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from string import ascii_lowercase
from typing import Any, Final

from uncramp.errors import EvidenceError

__all__ = [
    "EVIDENCE_VERSION",
    "GRADES",
    "PARAMETER_FILES",
    "Citation",
    "Claim",
    "Parameter",
    "ProductLabel",
    "PublishedCase",
    "RacePreset",
    "Source",
    "claims",
    "parameter",
    "parameters",
    "product_labels",
    "published_cases",
    "race_presets",
    "rules_file",
    "source",
    "sources",
    "value",
]

EVIDENCE_VERSION: Final = "2026.11.1"

PARAMETER_FILES: Final = ("conditioning", "cramps", "debrief", "drinking", "enquiry", "fluid",
                          "heat", "history", "rehearsal", "safety", "sodium", "sweat",
                          "training")  # fmt: skip

GRADES: Final = ("A", "B", "C", "trial", "cohort", "lab", "standard", "consensus", "guide",
                 "judgement")  # fmt: skip
"""SORT letters as printed in a review, else the design of the best study, else whose word it is."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where in which source a statement stands."""

    key: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One paper, guideline or label, listed once."""

    key: str
    authors: str
    year: int
    title: str
    identifier: str
    """DOI, PMID, PMCID or, for the guide and our own judgement, where to read it."""
    design: str
    population: str
    read: str
    """How much of it was read: `full`, `abstract`, `secondary`."""
    letter: str = ""
    """`a`, `b` … where an author has more than one source of a year, in the order of the file."""

    @property
    def short(self) -> str:
        """How a sentence names it: `Miller 2010a`."""
        return f"{self.first_author_and_year}{self.letter}"

    @property
    def first_author_and_year(self) -> str:
        """Not always of one source alone."""
        return f"{self.authors.split(',')[0]} {self.year}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number estimated from people, or decided by us, with its parents."""

    key: str
    label: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    population: str
    grade: str
    citations: tuple[Citation, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim of the guide and what has become of it."""

    id: str
    text: str
    kind: str
    """`both`, `overload`, `electrolyte`, `magnesium` or `personal`."""
    status: str
    """`implemented`, `partial`, `shown_only`, `contested` or `planned`."""
    grade: str
    citations: tuple[Citation, ...]
    supports: str
    against: str
    implemented_by: tuple[str, ...]
    tested_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCase:
    """One published number, and how ours is made to compare."""

    id: str
    what: str
    citation: Citation
    kind: str
    """`equation`, `measured`, `tuned` (we set a prior by it) or `self_consistency`."""
    topic: str
    how: str
    """Function of `actions.validating` that makes ours."""
    inputs: Mapping[str, Any]
    unit: str
    published: float
    published_sd: float | None
    """Spread between people, where the source gives it."""
    tolerance: Mapping[str, float]
    """`absolute`, `share`, `low` and `high`, or `band`; set before ours was looked at."""
    assumed: str
    """What the source does not say."""
    known_gap: str
    """Why we do not meet it; empty where we do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLabel:
    """One serving of a product as its label, or a page about it, told it."""

    id: str
    name: str
    kind: str
    serving: str
    sodium_mg: float
    volume_l: float
    carbohydrate_g: float
    caffeine_mg: float
    max: int | None
    read_on: str
    """Year and month."""
    confidence: str
    """`high`, `medium` or `low`."""
    conflict: str
    """Where pages differ; empty where they do not."""
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RacePreset:
    """What a big race handed out, as a page told it."""

    id: str
    name: str
    distance_m: float
    as_of: str
    """Year the page tells of; empty when it does not say."""
    read_on: str
    """Year and month."""
    stations: str
    """As a runner would type it."""
    cup_l: float
    note: str
    """What is not known, and was guessed."""
    citations: tuple[Citation, ...]


def _read_text(file_name: str) -> str:
    return (files(__package__) / file_name).read_text(encoding="utf-8")


def _citations(entry: Mapping[str, Any]) -> tuple[Citation, ...]:
    return tuple(Citation(cited["key"], cited["at"]) for cited in entry.get("sources", ()))


def _parameter(key: str, entry: Mapping[str, Any]) -> Parameter:
    low, high = entry.get("range", (None, None))
    return Parameter(
        key=key,
        label=entry["label"],
        unit=entry["unit"],
        value=entry.get("value"),
        low=low,
        high=high,
        population=entry.get("population", ""),
        grade=entry["grade"],
        citations=_citations(entry),
        note=entry.get("note", ""),
    )


def _walk(prefix: str, table: Mapping[str, Any]) -> dict[str, Parameter]:
    """Entries are the tables that carry a label; the tables above them only group."""
    if "label" in table:
        return {prefix: _parameter(prefix, table)}
    found: dict[str, Parameter] = {}
    for name, inner in table.items():
        found |= _walk(f"{prefix}.{name}", inner)
    return found


@cache
def parameters(file_name: str) -> Mapping[str, Parameter]:
    """All parameters of one file by key."""
    return _walk(file_name, tomllib.loads(_read_text(f"{file_name}.toml")))


def parameter(key: str) -> Parameter:
    """The parameter with this key; EvidenceError when there is none."""
    file_name = key.partition(".")[0]
    if file_name not in PARAMETER_FILES or key not in parameters(file_name):
        raise EvidenceError("unknown_parameter", values={"key": key})
    return parameters(file_name)[key]


def value(key: str) -> float:
    """The single value of a parameter, in its unit; EvidenceError when it only has a range."""
    number = parameter(key).value
    if number is None:
        raise EvidenceError("parameter_without_value", values={"key": key})
    return number


@cache
def sources() -> Mapping[str, Source]:
    """All sources by key."""
    table = tomllib.loads(_read_text("sources.toml"))
    listed = [Source(key=key, **entry) for key, entry in table.items()]
    alike = defaultdict(list)
    for one in listed:
        alike[one.first_author_and_year].append(one.key)
    return {one.key: replace(one, letter=_letter(alike[one.first_author_and_year], one.key))
            for one in listed}  # fmt: skip


def _letter(keys: Sequence[str], key: str) -> str:
    """Which of the sources that share a short name this is; nothing where it shares none."""
    return ascii_lowercase[keys.index(key)] if len(keys) > 1 else ""


def source(key: str) -> Source:
    """The source with this key; EvidenceError when there is none."""
    if key not in sources():
        raise EvidenceError("unknown_source", values={"key": key})
    return sources()[key]


@cache
def claims() -> Mapping[str, Claim]:
    """All claims of the guide by id, in order."""
    table = tomllib.loads(_read_text("claims.toml"))
    return {
        claim_id: Claim(
            id=claim_id,
            text=entry["text"],
            kind=entry["kind"],
            status=entry["status"],
            grade=entry["grade"],
            citations=_citations(entry),
            supports=entry.get("supports", ""),
            against=entry.get("against", ""),
            implemented_by=tuple(entry.get("implemented_by", ())),
            tested_by=tuple(entry.get("tested_by", ())),
        )
        for claim_id, entry in table.items()
    }


@cache
def published_cases() -> Mapping[str, PublishedCase]:
    """All published cases by id, in order."""
    table = tomllib.loads(_read_text("validation.toml"))
    return {
        case_id: PublishedCase(
            id=case_id,
            what=entry["what"],
            citation=Citation(entry["source"]["key"], entry["source"]["at"]),
            kind=entry["kind"],
            topic=entry["topic"],
            how=entry["how"],
            inputs=entry["inputs"],
            unit=entry["unit"],
            published=entry["published"],
            published_sd=entry.get("published_sd"),
            tolerance=entry["tolerance"],
            assumed=entry.get("assumed", ""),
            known_gap=entry.get("known_gap", ""),
        )
        for case_id, entry in table.items()
    }


@cache
def product_labels() -> Mapping[str, ProductLabel]:
    """The dated catalogue of products by id."""
    table = tomllib.loads(_read_text("products.toml"))
    return {
        name: ProductLabel(
            id=name,
            name=entry["name"],
            kind=entry["kind"],
            serving=entry["serving"],
            sodium_mg=float(entry["sodium_mg"]),
            volume_l=float(entry["volume_l"]),
            carbohydrate_g=float(entry["carbohydrate_g"]),
            caffeine_mg=float(entry["caffeine_mg"]),
            max=entry.get("max"),
            read_on=entry["read_on"],
            confidence=entry["confidence"],
            conflict=entry.get("conflict", ""),
            citations=_citations(entry),
        )
        for name, entry in table.items()
    }


@cache
def race_presets() -> Mapping[str, RacePreset]:
    """What big races handed out, by id."""
    table = tomllib.loads(_read_text("race_presets.toml"))
    return {
        name: RacePreset(
            id=name,
            name=entry["name"],
            distance_m=float(entry["distance_m"]),
            as_of=entry["as_of"],
            read_on=entry["read_on"],
            stations=entry["stations"],
            cup_l=float(entry["cup_l"]),
            note=entry["note"],
            citations=_citations(entry),
        )
        for name, entry in table.items()
    }


@cache
def rules_file(name: str) -> Mapping[str, Any]:
    """One of the shared rule files: `interview`, `red_flags` or `relief`."""
    loaded: Mapping[str, Any] = json.loads(_read_text(f"{name}.json"))
    return loaded
