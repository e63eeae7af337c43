"""The race card on paper and the race pack on a phone: files that work with no signal.

Every row of a schedule carries its numbers as attributes. What is printed can so be read back and
held against the hard limits once more, which the tests do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from markupsafe import Markup

from uncramp.export.frame import environment, hash_of, page_style
from uncramp.export.roadside_card import paper_steps
from uncramp.export.roadside_page import plain_words, roadside_version, shapes
from uncramp.export.roadside_plain import plain_page
from uncramp.export.small import small_html
from uncramp.wording.catalogue import LANGUAGE, text
from uncramp.wording.race_card import CardWords
from uncramp.wording.run_pages import day_words
from uncramp.wording.safety import advice_data

__all__ = ["RaceCard", "card_page", "coach_page", "race_pack", "stretch_steps"]

CSP: Final = "default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; form-action 'none'"  # noqa: E501
EMERGENCY: Final = "emergency_now"


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceCard:
    """What is printed, for whom."""

    words: CardWords
    made_on: date
    open_locks: Collection[str] = ()
    picture: str = ""
    """The balance along the course as SVG."""


def stretch_steps(muscles: Collection[str], open_locks: Collection[str]) -> tuple[str, ...]:
    """What eases a cramp of these muscles, when there is no danger sign; nothing that is locked."""
    return tuple(str(advice_data(one)["text"]) for one in paper_steps(open_locks, muscles=muscles))


def card_page(card: RaceCard) -> str:
    """Wristband and pocket card as a page to print and cut."""
    return page(card, "race_card.html", page_style("race_card.css"), {"shape": shapes()[EMERGENCY]})


def coach_page(card: RaceCard) -> str:
    """Everything on one sheet of A4 for whoever helps."""
    return page(card, "coach.html", page_style("race_card.css"), {"shape": shapes()[EMERGENCY]})


def race_pack(card: RaceCard) -> str:
    """Plan, branches and roadside help in one file, for a phone without signal or scripts."""
    style = "".join(map(page_style, ("page.css", "race_pack.css", "pictures.css")))
    more = {
        **plain_words(),
        "shapes": shapes(),
        "plain": plain_page(open_locks=card.open_locks),
        "own": {"knows": text("race_card.knows")},
        "top": "h2",
        "picture": Markup(card.picture),  # noqa: S704  (our own drawing)
    }
    return page(card, "race_pack.html", style, more)


def page(card: RaceCard, template: str, style: str, more: Mapping[str, Any]) -> str:
    """One template filled."""
    made = text("race_card.made", day=day_words(card.made_on), version=roadside_version())
    shown = (
        environment()
        .get_template(template)
        .render(
            card=card.words,
            made=made,
            language=LANGUAGE,
            csp=CSP.format(style=hash_of(style)),
            style=Markup(style),  # noqa: S704  (our own file)
            **more,
        )
    )
    return small_html(shown) + "\n"
