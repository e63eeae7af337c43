"""The race card as PDF, set by typst (the extra `pdf`); the HTML pages need no extra."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Final

from uncramp.errors import UncrampError
from uncramp.wording.catalogue import text
from uncramp.wording.race_card import CardStop, CardWords

__all__ = ["can_make_pdf", "race_pdf"]

SPECIAL: Final = str.maketrans({one: f"\\{one}" for one in "\\#$*_`<>@=-+/[]~\"'"})
PAGE: Final = """#set page(paper: "a4", margin: 14mm)
#set text(size: 9.5pt)
#set table(stroke: 0.4pt + luma(160), inset: 3pt)
#show heading.where(level: 1): set text(size: 15pt)
#show heading.where(level: 2): set text(size: 10.5pt)
"""


def can_make_pdf() -> bool:
    """Whether the extra is installed."""
    return find_spec("typst") is not None


def race_pdf(card: CardWords) -> bytes:
    """One sheet of A4 with everything; UncrampError `pdf_extra_missing` without the extra."""
    if not can_make_pdf():
        raise UncrampError("pdf_extra_missing")
    import typst

    made = typst.compile(markup(card).encode(), format="pdf")
    assert isinstance(made, bytes)  # noqa: S101  (one document, no file named)
    return made


def markup(card: CardWords) -> str:
    """The card in typst's own language."""
    left = [
        heading(text("race_card.pace")), *map(line, card.pace), splits(card.splits),
        heading(text("race_card.drinks")), stops(card.stops), strong(card.stop_drinking),
        *map(line, card.drink), *section("race_card.before", card.before),
        *section("race_card.carry", card.carry),
    ]  # fmt: skip
    right = [
        *section("race_card.twinge", card.twinge), heading(text("race_card.dangers")),
        strong(card.dangers), *section("race_card.do_not_start", card.do_not_start),
        *section("race_card.stop_when", card.stop_when),
        heading(text("race_card.after")), *map(line, card.after),
    ]  # fmt: skip
    columns = f"#grid(columns: (1fr, 1fr), gutter: 8mm, [{joined(left)}], [{joined(right)}])"
    branches = [part for one in card.branches for part in (heading(one.name), *map(item, one.do))]
    head = [PAGE, f"= {plain(card.title)}", line(card.about)]
    return joined([*head, columns, *branches, line(card.what_it_is)])


def plain(said: str) -> str:
    """Text that typst takes as nothing but text."""
    return said.translate(SPECIAL)


def joined(parts: Iterable[str]) -> str:
    """Blocks, one below the other."""
    return "\n\n".join(part for part in parts if part)


def heading(said: str) -> str:
    """A heading of a part."""
    return f"== {plain(said)}"


def line(said: str) -> str:
    """A paragraph."""
    return plain(said)


def strong(said: str | None) -> str:
    """A paragraph that stands out."""
    return f"#strong[{plain(said)}]" if said else ""


def item(said: str) -> str:
    """One of a list."""
    return f"- {plain(said)}"


def section(title: str, lines: Iterable[str]) -> list[str]:
    """A heading with a list; nothing when there is nothing to list."""
    items = [item(one) for one in lines]
    return [heading(text(title)), "\n".join(items)] if items else []


def splits(rows: Iterable[tuple[str, str]]) -> str:
    """Where and when, in two columns."""
    cells = [f"[{plain(at)}], [{plain(clock)}]" for at, clock in rows]
    return f"#table(columns: 4, {', '.join(cells)})" if cells else ""


def stops(rows: Iterable[CardStop]) -> str:
    """The schedule."""
    cells = [
        f"[{plain(one.at)}], [{plain(one.clock)}], [{' #linebreak() '.join(map(plain, one.takes))}]"
        for one in rows
    ]
    return f"#table(columns: (auto, auto, 1fr), {', '.join(cells)})" if cells else ""
