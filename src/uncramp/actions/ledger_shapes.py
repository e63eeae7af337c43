"""What the ledger shows, as plain data: entries with what was said and what came, and the sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from uncramp.ledger import Calibration, Check
from uncramp.vocabulary import Interval, Said

if TYPE_CHECKING:
    from uncramp.screening import Screening

__all__ = ["Entry", "Ledger", "Predicted", "Versions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What an advice was made with."""

    package: str
    model: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """One prediction that went with an advice."""

    what: str
    unit: str
    band: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger."""

    id: str
    at: datetime
    verb: str
    run: int | None = None
    race: int | None = None
    advice: Said
    versions: Versions | None = None
    predictions: tuple[Predicted, ...] = ()
    outcome: tuple[Said, ...] = ()
    """Empty: nothing came of it yet, or nobody said."""
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A whole answer; the newest entry first."""

    entries: tuple[Entry, ...]
    calibration: Calibration
    screening: Screening

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every outcome that was held against a prediction, the oldest first."""
        return tuple(check for one in reversed(self.entries) for check in one.checks)
