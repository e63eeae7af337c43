"""What uncramp rests on, to be looked at: claims, sources, numbers, and who cites whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from uncramp.errors import NotFoundError
from uncramp.evidence import (
    GRADES,
    PARAMETER_FILES,
    Citation,
    Claim,
    Parameter,
    Source,
    claims,
    parameters,
    rules_file,
    sources,
)

__all__ = [
    "KINDS",
    "STATUSES",
    "CitedClaim",
    "CitedFlag",
    "CitedNumber",
    "ClaimList",
    "ClaimPage",
    "GradeCount",
    "NumberGroup",
    "NumberList",
    "NumberPage",
    "SourceList",
    "SourcePage",
    "claim_at",
    "grade_counts",
    "list_claims",
    "list_numbers",
    "list_sources",
    "number_at",
    "source_at",
]

STATUSES: Final = ("implemented", "partial", "contested", "shown_only", "planned")
"""What has become of a claim, from most to least."""
KINDS: Final = ("both", "overload", "electrolyte", "magnesium", "personal")
"""What a claim is about, in the order of the page."""
Towards = Literal["overload", "electrolyte", "neither"]
READ: Final = ("full", "abstract", "secondary")
WEIGHT_UNIT: Final = "likelihood ratio"
ADVICE_SECTIONS: Final = ("roadside", "after", "next")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimList:
    """Claims that were wanted, in the order of the guide, and how many there are of each."""

    claims: tuple[Claim, ...]
    n_all: int
    by_status: Mapping[str, int]
    """Of all claims."""
    by_kind: Mapping[str, int]
    """Of the chosen status, if one was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPage:
    """One claim, what kind of studies it rests on, and its neighbours in the guide."""

    claim: Claim
    designs: Mapping[str, str]
    """By the key of the source."""
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedClaim:
    """A claim that cites a source, and where in the source it stands."""

    claim: Claim
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedNumber:
    """A number that cites a source, and where in the source it stands."""

    number: Parameter
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedFlag:
    """A danger sign that cites a source, and where in the source it stands."""

    flag_id: str
    name: str
    """Message id."""
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceList:
    """Every source, by its authors, and how much of what others wrote was read."""

    ours: tuple[Source, ...]
    """The guide and our own judgement."""
    papers: tuple[Source, ...]
    by_read: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """One source and everything that cites it."""

    source: Source
    title_is_ours: bool
    """The printed title was not seen, or there is none."""
    claims: tuple[CitedClaim, ...]
    numbers: tuple[CitedNumber, ...]
    flags: tuple[CitedFlag, ...]
    n_advice: int
    """Pieces of advice that cite it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberGroup:
    """Numbers that belong together; `id` is the part of the key that they share."""

    id: str
    numbers: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberList:
    """Every number, in groups."""

    groups: tuple[NumberGroup, ...]
    n_all: int
    n_judged: int
    """Decided by us, because nobody has measured them."""
    towards: Mapping[str, Towards]
    """Which kind a weight speaks for, by its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPage:
    """One number; a weight also says which kind it speaks for, and how strongly."""

    number: Parameter
    towards: Towards | None
    """None for a number that is no weight."""
    to_one: float | None
    """How many times as much it speaks for that kind; at least 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeCount:
    """How many claims and numbers carry a grade."""

    grade: str
    n_claims: int
    n_numbers: int


# Claims


def list_claims(*, status: str | None = None, kind: str | None = None) -> ClaimList:
    """The claims of this status and kind; all where nothing is said."""
    every = tuple(claims().values())
    of_status = [one for one in every if status in {None, one.status}]
    return ClaimList(
        claims=tuple(one for one in of_status if kind in {None, one.kind}),
        n_all=len(every),
        by_status=counted((one.status for one in every), STATUSES),
        by_kind=counted((one.kind for one in of_status), KINDS),
    )


def counted(found: Iterable[str], names: Iterable[str]) -> dict[str, int]:
    """How often each name was found, in the order of `names`."""
    counts = Counter(found)
    return {name: counts[name] for name in names}


def claim_at(claim_id: str) -> ClaimPage:
    """The claim with this id; NotFoundError `no_such_claim`."""
    ids = list(claims())
    if claim_id not in claims():
        raise NotFoundError("no_such_claim", values={"claim": claim_id})
    place = ids.index(claim_id)
    claim = claims()[claim_id]
    return ClaimPage(
        claim=claim,
        designs={cited.key: sources()[cited.key].design for cited in claim.citations},
        before=ids[place - 1] if place else None,
        after=ids[place + 1] if place + 1 < len(ids) else None,
    )


# Sources


def list_sources() -> SourceList:
    """Every source by its authors."""
    every = sorted(sources().values(), key=lambda one: (one.authors.lower(), one.year))
    papers = tuple(one for one in every if is_paper(one))
    return SourceList(
        ours=tuple(one for one in every if not is_paper(one)),
        papers=papers,
        by_read=counted((one.read for one in papers), READ),
    )


def is_paper(source: Source) -> bool:
    """Whether somebody else wrote it."""
    return not source.identifier.startswith("docs/")


def source_at(key: str) -> SourcePage:
    """The source with this key and who cites it; NotFoundError `no_such_source`."""
    if key not in sources():
        raise NotFoundError("no_such_source", values={"source": key})
    source = sources()[key]
    return SourcePage(
        source=source,
        title_is_ours=source.title.startswith("[") or not is_paper(source),
        claims=tuple(
            CitedClaim(claim=one, at=at)
            for one in claims().values()
            for at in places_in(key, one.citations)
        ),
        numbers=tuple(
            CitedNumber(number=one, at=at)
            for one in every_number()
            for at in places_in(key, one.citations)
        ),
        flags=tuple(flags_citing(key)),
        n_advice=len({piece["id"] for piece in advice_pieces() if cites(piece, key)}),
    )


def places_in(key: str, citations: Iterable[Citation]) -> Iterator[str]:
    """Where in the source a statement stands, for each time it is cited."""
    return (cited.at for cited in citations if cited.key == key)


def flags_citing(key: str) -> Iterator[CitedFlag]:
    """Stops and locks that rest on the source."""
    flags = rules_file("red_flags")
    for flag in (*flags["stops"], *flags["locks"]):
        for cited in flag["sources"]:
            if cited["key"] == key:
                yield CitedFlag(flag_id=flag["id"], name=flag["name"], at=cited["at"])


def advice_pieces() -> list[Mapping[str, Any]]:
    """Every piece of advice."""
    relief = rules_file("relief")
    return [piece for section in ADVICE_SECTIONS for piece in relief[section]]


def cites(piece: Mapping[str, Any], key: str) -> bool:
    """Whether a piece of advice rests on the source."""
    return any(cited["key"] == key for cited in piece["sources"])


# Numbers


def every_number() -> Iterator[Parameter]:
    """All numbers, file by file."""
    for name in PARAMETER_FILES:
        yield from parameters(name).values()


def list_numbers() -> NumberList:
    """All numbers in groups, in the order of their files."""
    groups: dict[str, list[Parameter]] = {}
    every = tuple(every_number())
    for one in every:
        groups.setdefault(one.key.rpartition(".")[0], []).append(one)
    return NumberList(
        groups=tuple(NumberGroup(id=name, numbers=tuple(some)) for name, some in groups.items()),
        n_all=len(every),
        n_judged=sum(one.grade == "judgement" for one in every),
        towards={one.key: towards_of(one.value) for one in every if is_weight(one)},
    )


def is_weight(number: Parameter) -> bool:
    """Whether it says how much a finding speaks for one kind."""
    return number.unit == WEIGHT_UNIT and ".weight." in number.key


def towards_of(weight: float | None) -> Towards:
    """Which kind a weight speaks for."""
    if weight is None or weight == 1:
        return "neither"
    return "overload" if weight < 1 else "electrolyte"


def number_at(key: str) -> NumberPage:
    """The number with this key; NotFoundError `no_such_number`."""
    found = next((one for one in every_number() if one.key == key), None)
    if found is None:
        raise NotFoundError("no_such_number", values={"number": key})
    if not is_weight(found) or not found.value:
        return NumberPage(number=found, towards=None, to_one=None)
    return NumberPage(
        number=found, towards=towards_of(found.value), to_one=max(found.value, 1 / found.value)
    )


# Grades


def grade_counts() -> tuple[GradeCount, ...]:
    """Every grade, from the best proven down, with how many claims and numbers carry it."""
    of_claims = Counter(one.grade for one in claims().values())
    of_numbers = Counter(one.grade for one in every_number())
    return tuple(
        GradeCount(grade=grade, n_claims=of_claims[grade], n_numbers=of_numbers[grade])
        for grade in GRADES
    )
