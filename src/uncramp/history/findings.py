"""The comparison in plain findings: what most cramps had, what was ordinary, what nobody can tell.

Counts speak first, for they are true whatever is believed of causes; what the comparison makes of
them is the headline. Nothing is said of cramps that have no other run beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from uncramp.evidence import value
from uncramp.history.crossover import comparable
from uncramp.history.shapes import (
    CORE,
    EXPOSURES,
    Compared,
    Count,
    Finding,
    Group,
    RiskSet,
    Verdict,
)
from uncramp.vocabulary import Said

__all__ = ["findings_of", "headline_of"]

SPOKEN: Final = ("past_longest", "pace", "descent", "sodium", "water", "heat", "hard_day",
                 "strength", "critical_speed", "decoupling")  # fmt: skip
"""In the order in which they are said; the first of a group that is high stands for the rest."""
GROUPS: Final = (Group.LOAD, Group.SALT)


def headline_of(compared: Compared) -> Said:
    """What it comes to, in one sentence."""
    verdict = compared.verdict
    values: dict[str, float] = {
        "n": compared.n_cramps,
        "told": compared.n_cramps_told,
        "placed": compared.n_placed,
        "needed": value("history.least_cramps"),
        "others": compared.n_controls,
        "runs": value("history.least_controls"),
    }
    if verdict is Verdict.TOO_FEW:
        return Said(id=f"my_history.head.too_few.{reason_of(compared)}", values=values)
    name = leading(compared, verdict) or doubt(compared)
    return Said(id=f"my_history.head.{verdict}{name}", values=values)


def reason_of(compared: Compared) -> str:
    """Why there is too little: of cramps, of their places, of runs beside them, or of weather."""
    least = value("history.least_cramps")
    if not compared.n_cramps_told:
        return "none"
    if compared.n_cramps_told < least:
        return "cramps"
    if compared.n_placed < least:
        return "places"
    few = compared.n_cramps < least or compared.n_controls < value("history.least_controls")
    return "alone" if few else "known"


def doubt(compared: Compared) -> str:
    """What keeps a verdict open, as the end of a message id: half of it is not known, or both
    groups did not rise."""
    if compared.verdict not in (Verdict.TOGETHER, Verdict.UNSURE):
        return ""
    if len(compared.groups) < len(GROUPS):
        return ".half"
    parts = [[one for one in compared.counts if one.name in CORE[group]] for group in GROUPS]
    rose = all(any(not is_usual(one) for one in part) for part in parts)
    return "" if rose or compared.verdict is Verdict.UNSURE else ".some"


def leading(compared: Compared, verdict: Verdict) -> str:
    """The part of the load that stands out most, as the end of a message id."""
    if verdict is not Verdict.LOAD:
        return ""
    high = [one for one in most_cramps(compared) if one.name in CORE[Group.LOAD]]
    if not high:
        return ".any"
    best = max(high, key=lambda one: (one.high / one.of) - others_share(one))
    return f".{best.name}"


def others_share(count: Count) -> float:
    """The share of the runs beside the cramps that had as much."""
    return count.others_high / count.others if count.others else 0.0


def most_cramps(compared: Compared) -> list[Count]:
    """What was high in most cramps, and in a smaller share of the runs beside them."""
    most = value("history.most_of")
    return [
        one
        for one in compared.counts
        if one.of >= value("history.least_cramps")
        and one.high >= most * one.of
        and one.high / one.of > others_share(one)
    ]


def findings_of(sets: Sequence[RiskSet], compared: Compared) -> tuple[Finding, ...]:
    """Everything that is said beside the headline, the most important first."""
    usable = comparable(sets)
    if len(usable) < value("history.least_cramps"):
        return tuple(alone(compared))
    found = list(high_findings(compared))
    found += ordinary_findings(compared, found)
    found += races_finding(usable)
    found += unknown_findings(compared)
    found += alone(compared)
    return tuple(found)


def high_findings(compared: Compared) -> list[Finding]:
    """What most cramps had: core parts each, and of the rest what adds to them."""
    high = {one.name: one for one in most_cramps(compared)}
    found = []
    for name in SPOKEN:
        if name not in high or (name == "water" and "sodium" in high):
            continue
        one = high[name]
        values = {"n": one.high, "of": one.of, "others_n": one.others_high, "others": one.others,
                  "days": value("cramps.history_days")}  # fmt: skip
        found.append(Finding(said=Said(id=f"my_history.high.{name}", values=values),
                             group=EXPOSURES[name]))  # fmt: skip
    return found


def ordinary_findings(compared: Compared, found: Sequence[Finding]) -> list[Finding]:
    """Groups of which every known part was ordinary, and nothing high."""
    spoken = {one.group for one in found}
    result = []
    for group in GROUPS:
        parts = [one for one in compared.counts if one.name in CORE[group]]
        if parts and group not in spoken and all(is_usual(one) for one in parts):
            result.append(Finding(said=Said(id=f"my_history.ordinary.{group}"), group=group))
    return result


def is_usual(count: Count) -> bool:
    """Whether cramp runs had no more of it than the runs beside them."""
    return count.is_ordinary or not count.is_more


def races_finding(sets: Sequence[RiskSet]) -> list[Finding]:
    """All cramps in races, all other runs in training: race day itself may have a part."""
    races = {one.cramp.run_id for one in sets if one.cramp.is_race}
    beside = {other.run_id for one in sets for other in one.controls if other.is_race}
    if len(races) < len(sets) or beside:
        return []
    values = {"n": len(races)}
    return [Finding(said=Said(id="my_history.all_races", values=values))]


def unknown_findings(compared: Compared) -> list[Finding]:
    """Groups of which too little is known to compare them."""
    told = {one.name for one in compared.groups}
    return [
        Finding(said=Said(id=f"my_history.unknown.{group}"), group=group)
        for group in GROUPS
        if compared.groups and group not in told
    ]


def alone(compared: Compared) -> list[Finding]:
    """Cramps beside which no other run stands."""
    left = compared.n_cramps_told - compared.n_cramps
    if left <= 0 or not compared.n_cramps:
        return []
    return [Finding(said=Said(id="my_history.alone", values={"n": left}))]
