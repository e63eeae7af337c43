"""What an answer to a question is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from uncramp.evidence import Citation

__all__ = ["Enquiry", "Ground", "Line"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence: a message id and what fills its places."""

    text: str
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One thing that an answer rests on.

    `id` is that of a statement, a claim, a source or a page of the manual, by `kind`.
    """

    kind: Literal["statement", "claim", "source", "manual"]
    id: str
    grade: str | None = None
    """None for a page of the manual, which proves nothing by itself."""
    citations: tuple[Citation, ...] = ()
    said: Line | None = None
    """The words of a statement; the others have their own."""
    title: str = ""
    excerpt: str = ""
    """Of a page of the manual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """The answer to one question, as data."""

    answered: bool
    entry: str | None = None
    """Id of the curated answer, if one fits."""
    short: tuple[Line, ...] = ()
    """Nothing for what was found by search: the first ground speaks."""
    advice: tuple[Line, ...] = ()
    grounds: tuple[Ground, ...] = ()
    for_you: tuple[Line, ...] = ()
    see_doctor_if: tuple[str, ...] = ()
    """Message ids."""
    near: tuple[str, ...] = ()
    """Message ids of like questions, where there is no answer."""
    held_back: tuple[str, ...] = ()
    """Topics on which there is something to say that may not be said now."""
