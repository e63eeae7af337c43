"""Before any plan: who sees a clinician first, who waits, who runs easy only.

Reads `evidence/training_screen.json`, in the rule language of the red flags and with the same
questions. A lock stays a lock until the runner notes a clearance; what the condition asks for
afterwards (sickle trait: no timed repeats, full recovery) stays for good.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from uncramp.evidence import rules_file, value
from uncramp.evidence.rules import holds
from uncramp.vocabulary import Said

__all__ = ["TrainingScreen", "training_screen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingScreen:
    """Whether there may be a plan, and what it has to leave out."""

    refused: tuple[Said, ...] = ()
    """Why there is no plan, most serious first; empty: there may be one."""
    says: tuple[Said, ...] = ()
    """What holds for the plan that there is."""
    no_hard_until: date | None = None
    """Easy running only before this day."""
    restrict: frozenset[str] = frozenset()
    """Of `no_timed_repeats`, `full_recovery`, `no_heat`, `no_heavy_legs`."""

    @property
    def may_plan(self) -> bool:
        """Whether nothing stands against a plan."""
        return not self.refused


def training_screen(
    *,
    complete: bool,
    stops: Collection[str],
    locks: Collection[str],
    blocking: Collection[str],
    today: date,
    cleared: Collection[str] = (),
    walking_hurts: bool | None = None,
    cramped_on: date | None = None,
) -> TrainingScreen:
    """Screen one runner for training.

    `blocking` are the open locks that block training; `cleared` are locks that a clinician has
    cleared. `cramped_on` is the day of the last cramp of a run.
    """
    if stops:
        return TrainingScreen(refused=(_said("train.screen.stop"),))
    if not complete:
        return TrainingScreen(refused=(_said("train.screen.incomplete"),))
    conditions: list[Mapping[str, Any]] = list(rules_file("training_screen")["conditions"])
    facts = _facts(today=today, walking_hurts=walking_hurts, cramped_on=cramped_on)
    true = [one for one in conditions if _holds(one, locks=locks, facts=facts)]
    refused = [one for one in true if one["verdict"] != "easy_only"]
    reasons = [_told(one, one["text"]) for one in refused]
    named = {one.get("lock") for one in refused}
    reasons += [_said("train.screen.lock")] if set(blocking) - named else []
    easy = [one for one in true if one["verdict"] == "easy_only"]
    was = [one for one in conditions if one.get("lock") in set(cleared) - set(locks)]
    until = None if cramped_on is None or not easy else _free_from(cramped_on)
    values = {} if until is None else {"until_day": until}
    return TrainingScreen(
        refused=tuple(reasons),
        says=(
            *(_told(one, one["cleared_text"]) for one in was),
            *(_told(one, one["text"], values) for one in easy),
        ),
        no_hard_until=until,
        restrict=frozenset(rule for one in was for rule in one["after_clearance"]),
    )


def _facts(*, today: date, walking_hurts: bool | None, cramped_on: date | None) -> dict[str, float]:
    """What rules can read beside the answers; what is not known is absent."""
    facts = {} if walking_hurts is None else {"training.walking_hurts": float(walking_hurts)}
    if cramped_on is not None:
        since = today - _day_after(cramped_on)
        facts["training.hours_since_cramp"] = since / timedelta(hours=1)
    return facts


def _day_after(day: date) -> date:
    """Hours are counted from the end of a day: when on it the cramp came is not told."""
    return day + timedelta(days=1)


def _free_from(cramped_on: date) -> date:
    """First day on which hard running is allowed again."""
    wait = timedelta(hours=value("conditioning.screen.easy_after_cramp_h"))
    return _day_after(cramped_on) + wait


def _holds(
    condition: Mapping[str, Any], *, locks: Collection[str], facts: Mapping[str, float]
) -> bool:
    return condition.get("lock") in locks or holds(condition["when"], facts, value) is True


def _told(
    condition: Mapping[str, Any], message: str, values: Mapping[str, Any] | None = None
) -> Said:
    sources = tuple(one["key"] for one in condition["sources"])
    return Said(id=message, values=values or {}, sources=sources)


def _said(message: str) -> Said:
    return Said(id=message, sources=("judgement",))
