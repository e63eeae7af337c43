"""One case to one explanation: screening, balance of evidence and advice, put together.

Pure: what is stored comes in as arguments.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from uncramp.cramps import Balance, NotACramp, not_a_cramp, weigh
from uncramp.evidence.rules import Case
from uncramp.interview import Question, WouldChange, n_told, next_question, would_change
from uncramp.relief import AFTER, NEXT, Advice, relief_for
from uncramp.run_facts import RunFacts
from uncramp.screening import Screening, screen
from uncramp.vocabulary import Kind

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that is said about one cramp; texts are message ids throughout."""

    case: Case
    kind: Kind
    screening: Screening
    balance: Balance
    other: NotACramp | None
    n_told: int
    n_asked: int
    """Screening and kind questions with an answer someone remembers, and all of them."""
    would_change: tuple[WouldChange, ...]
    now: tuple[Advice, ...]
    next: tuple[Advice, ...]
    question: Question | None
    run_facts: RunFacts

    @property
    def completeness(self) -> float:
        """Share (0–1) of the questions that matter which have an answer."""
        return self.n_told / self.n_asked


def explain(
    case: Case,
    run_facts: RunFacts,
    *,
    open_stops: Collection[str] = (),
    open_locks: Collection[str] = (),
) -> Explanation:
    """Explain the cramp told in `case` (answers and facts), under flags that are still open.

    The kind is weighed even when the screening is incomplete; only the advice is withheld.
    """
    screening = screen(case, open_stops=open_stops, open_locks=open_locks)
    balance = weigh(case)
    other = None if screening.stops else not_a_cramp(case)
    kind = Kind.STOP if screening.stops else Kind.NOT_A_CRAMP if other else balance.kind
    open_kind = kind not in (Kind.STOP, Kind.NOT_A_CRAMP)
    told = {**case, "kind": kind.value}
    told_count, asked_count = n_told(case)
    return Explanation(
        case=case,
        kind=kind,
        screening=screening,
        balance=balance,
        other=other,
        n_told=told_count,
        n_asked=asked_count,
        would_change=would_change(case) if open_kind else (),
        now=relief_for(AFTER, told, screening) if open_kind else (),
        next=relief_for(NEXT, told, screening) if open_kind else (),
        question=None if kind == Kind.STOP else next_question(case),
        run_facts=run_facts,
    )
