"""Sports by the words that sites and apps use for them, in the languages they export."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["plain", "sport_named"]

PATTERNS: Final = (
    (
        "running",
        (
            r"\brun\b|\bruns\b|running|\bjog|trailrun|\w*lauf(?:en)?\b|hardlo|course a pied|^trail$"
            r"|^course$|\bcarrera\b|\bcorrer\b|\bcorsa\b|\bcorrida\b|ラン(?!ク|チ)"
        ),
    ),
    (
        "hiking",
        (
            r"\bhik(?:e|ing|en)\b|wanderung|^wandern|randonnee|senderismo|excursion|escursion"
            r"|\btrilha\b|ハイキング"
        ),
    ),
    ("swimming", r"\bswim|schwimm|zwemm|natation|natacion|\bnuoto\b|natacao|スイム|水泳"),
    (
        "cycling",
        (
            r"\bride\b|cycl|bik(?:e|ing)\b|rad(?:fahr|tour)|fiets|\bvelo\b|bici|ciclismo|pedalada"
            r"|pedalata|ライド|サイクリング"
        ),
    ),
    (
        "walking",
        (
            r"\bwalk|spazier|^gehen|wandel(?:en|ing)|^marche|caminata|camminata|caminhada"
            r"|ウォーキング|散歩"
        ),
    ),
)
"""Tried in this order; German ski and skate words end in `lauf` too and are sorted out first."""
NOT_RUNNING: Final = re.compile(r"ski|snow|eis|schlitt|inline|skate|rollerski|langlauf")
SPORT_WORD: Final = re.compile(r"[a-z][a-z_]{2,30}")


def plain(text: str) -> str:
    """Lower case, accents taken off, runs of spaces and underscores as one space."""
    parts = unicodedata.normalize("NFKD", text)
    letters = "".join(letter for letter in parts if not "\u0300" <= letter <= "\u036f")
    letters = unicodedata.normalize("NFC", letters)
    return re.sub(r"[\s_]+", " ", letters.casefold()).strip()


def sport_named(words: str | None) -> str | None:
    """Our name of a sport; an English word that we do not know stays as it is.

    Examples: `sport_named("Course à pied")` is `"running"`, `sport_named("Rowing")` `"rowing"`.
    """
    text = plain(words or "")
    if not text:
        return None
    for sport, pattern in PATTERNS:
        if re.search(pattern, text) and not (sport == "running" and NOT_RUNNING.search(text)):
            return sport
    word = text.replace(" ", "_")
    return word if SPORT_WORD.fullmatch(word) else None
