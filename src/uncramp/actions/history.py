"""`uncramp history`: why somebody keeps cramping, from every stored run of theirs.

A stop speaks alone; locks and an unanswered screen hold back what to try next, and nothing else,
for the rest is no advice.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from uncramp.actions.context import Context
from uncramp.actions.history_next import PlannedRun, planned_run, rested_on
from uncramp.actions.history_sets import CrampRun, Missing, Runs, risk_sets
from uncramp.actions.train_kept import answered_screening
from uncramp.history.crossover import compare
from uncramp.history.findings import findings_of, headline_of
from uncramp.history.next_test import next_test
from uncramp.history.shapes import Compared, Finding, Next, RiskSet
from uncramp.vocabulary import Answers, Said

if TYPE_CHECKING:
    from uncramp.screening import Screening

__all__ = ["HistoryAnswer", "history_of_runner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryAnswer:
    """The whole answer; only `screening` counts while a stop is open."""

    screening: Screening
    compared: Compared | None = None
    headline: Said | None = None
    findings: tuple[Finding, ...] = ()
    next: Next | None = None
    planned: PlannedRun | None = None
    """Where `next` stands in a plan already; None while it is in none."""
    held_back: str | None = None
    """Why nothing is proposed to try: `locked`, `incomplete`; None where nothing is held back."""
    cramps: tuple[CrampRun, ...] = ()
    missing: Missing = field(default_factory=Missing)
    sets: tuple[RiskSet, ...] = ()


def history_of_runner(context: Context, *, given: Answers | None = None) -> HistoryAnswer:
    """Compare all runs of the context's runner; `given` are answers to the screening.

    NotFoundError for an unknown runner.
    """
    screening = answered_screening(context, given or {})
    if screening.stops:
        return HistoryAnswer(screening=screening)
    runs = Runs.of(context)
    sets, cramps = risk_sets(runs)
    n_placed = sum(one.minute is not None for one in cramps)
    compared = compare(sets, n_told=len(cramps), n_placed=n_placed)
    longest_m = runs.longest_now_m()
    best = next_test(sets, compared, longest_m=longest_m)
    allowed = next_test(sets, compared, longest_m=longest_m, blocked=screening.blocked)
    if allowed is not None and allowed.is_run:
        allowed = replace(allowed, not_before=rested_on(runs))
    return HistoryAnswer(
        screening=screening,
        compared=compared,
        headline=headline_of(compared),
        findings=findings_of(sets, compared),
        next=allowed,
        planned=None if allowed is None else planned_run(context, allowed),
        held_back=held_back(screening, best, allowed),
        cramps=cramps,
        missing=runs.missing(sets, cramps),
        sets=tuple(sets),
    )


def held_back(screening: Screening, best: Next | None, allowed: Next | None) -> str | None:
    """Why what would tell most is not said."""
    if best is None or (allowed is not None and best.id == allowed.id):
        return None
    locked = {topic for lock in screening.locks for topic in lock.blocks}
    if best.needs & locked:
        return "locked"
    return "incomplete"
