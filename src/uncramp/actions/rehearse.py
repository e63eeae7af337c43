"""`uncramp rehearse`: rehearsals of a drinking plan, planned, logged, scored and compared.

What faces need of it, in one place; the parts stand in `rehearsal_plans`, `rehearse_log` and
`rehearse_compare`.
"""

from __future__ import annotations

from uncramp.actions.rehearsal_plans import RehearsalAnswer, plan_rehearsals, rehearsals_of_race
from uncramp.actions.rehearse_compare import (
    OUTCOMES,
    CompareAnswer,
    CompareAsked,
    compare_for_race,
)
from uncramp.actions.rehearse_log import GUT, TOOK, LogAsked, log_rehearsal

__all__ = [
    "GUT",
    "OUTCOMES",
    "TOOK",
    "CompareAnswer",
    "CompareAsked",
    "LogAsked",
    "RehearsalAnswer",
    "compare_for_race",
    "log_rehearsal",
    "plan_rehearsals",
    "rehearsals_of_race",
]
