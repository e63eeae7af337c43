"""Which kind of cramp the pattern fits, and why: a transparent balance of evidence.

Likelihood ratios (electrolyte : overload) of the findings in `evidence/cramps.toml` add up as log
odds, group by group; correlated findings of a group count once. Their sizes are our judgement, so
the answer is words with reasons, abstains easily, and never becomes a percentage or a diagnosis.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from uncramp.evidence import rules_file, value
from uncramp.evidence.rules import Case, holds
from uncramp.vocabulary import Kind

__all__ = [
    "Balance",
    "Contribution",
    "NotACramp",
    "kind_of",
    "not_a_cramp",
    "salt_loss_ratio",
    "weigh",
]

NEUTRAL: Final = "neutral"
HALVED: Final = 0.5
DOUBLED: Final = 2.0
NOTHING: Final = 1e-9
"""Log odds smaller than this are rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One finding and what it says."""

    finding: str
    group: str
    towards: str
    """`overload`, `electrolyte` or `neither`."""
    likelihood_ratio: float
    log_odds: float
    """What was counted, natural log, positive towards electrolyte; 0 when another finding of the
    group already said it."""
    evidence: str
    """Key of the evidence parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The balance of evidence; log odds are natural, positive towards electrolyte."""

    kind: Kind
    log_odds: float
    low: float
    high: float
    """Lowest and highest log odds when every weight is halved, kept or doubled."""
    steady: bool
    """The kind stays the same when every weight is halved and when every one is doubled."""
    prior_log_odds: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotACramp:
    """Something else that is often called a cramp; texts are message ids with their topics."""

    id: str
    name: str
    because: str
    advice: tuple[tuple[str, str], ...]


def _present(case: Case) -> tuple[Mapping[str, Any], ...]:
    findings = rules_file("interview")["findings"]
    return tuple(finding for finding in findings if holds(finding["when"], case, value))


def _weight_key(finding: Mapping[str, Any]) -> str:
    return f"cramps.weight.{finding['id']}"


def _group_sums(findings: tuple[Mapping[str, Any], ...], factor: float) -> dict[str, float]:
    """Log odds per group: the strongest finding on each side counts once; opposed ones cancel."""
    logs: dict[str, list[float]] = {}
    for finding in findings:
        if finding["group"] != NEUTRAL:
            weight = factor * math.log(value(_weight_key(finding)))
            logs.setdefault(finding["group"], []).append(weight)
    sums = {group: max(0.0, *found) + min(0.0, *found) for group, found in logs.items()}
    return _capped(sums)


def _capped(sums: dict[str, float]) -> dict[str, float]:
    """Sodium lost, salt marks, drinking and heat together may say no more than their cap."""
    rule = rules_file("interview")["capped_together"]
    cap = math.log(value(rule["cap"]))
    together = sum(max(0.0, sums.get(group, 0.0)) for group in rule["groups"])
    if together <= cap:
        return sums
    return {
        group: found * cap / together if group in rule["groups"] and found > 0 else found
        for group, found in sums.items()
    }


def kind_of(sums: Mapping[str, float], prior_log_odds: float) -> Kind:
    """The kind that log odds per group amount to; `UNCLEAR` unless the evidence is plain."""
    alone = rules_file("interview")["never_alone"]
    speaking = _joined({group: found for group, found in sums.items() if group not in alone})
    sums = _joined(sums)
    towards_electrolyte = sum(found for found in sums.values() if found > 0)
    towards_overload = -sum(found for found in sums.values() if found < 0)
    evidence = towards_electrolyte - towards_overload
    strong = math.log(value("cramps.strong_ratio")) - NOTHING
    weaker, stronger = sorted((towards_electrolyte, towards_overload))
    both_strong = max(sums.values(), default=0) >= strong and min(sums.values()) <= -strong
    if both_strong and weaker >= value("cramps.mixed_share") * stronger:
        return Kind.MIXED
    if abs(evidence) < math.log(value("cramps.thin_ratio")):
        return Kind.UNCLEAR
    share = value("cramps.label_share")
    needed = math.log(share / (1 - share))
    if prior_log_odds + evidence >= needed and _spoken(speaking, sign=1):
        return Kind.ELECTROLYTE
    if prior_log_odds + evidence <= -needed and _spoken(speaking, sign=-1):
        return Kind.OVERLOAD
    return Kind.UNCLEAR


def _joined(sums: Mapping[str, float]) -> dict[str, float]:
    """The groups that share a cap speak as one, so that another of them never weakens the rest.

    Of the runner's other cramps only what they say of salt is about sweat.
    """
    rules = rules_file("interview")
    together, alone = rules["capped_together"]["groups"], rules["never_alone"]
    for_electrolyte = sum(max(0.0, sums.get(group, 0.0)) for group in together)
    for_overload = sum(min(0.0, sums.get(group, 0.0)) for group in together if group not in alone)
    apart = {group: found for group, found in sums.items() if group not in together}
    own = {group: min(0.0, sums.get(group, 0.0)) for group in alone}
    return {**apart, **own, "sweat": for_electrolyte, "no_sweat": for_overload}


def _spoken(sums: Mapping[str, float], *, sign: int) -> bool:
    """Whether enough groups speak for one side: a single finding names no kind."""
    speaking = sum(1 for found in sums.values() if sign * found > NOTHING)
    return speaking >= value("cramps.thin_groups")


def _contributions(
    findings: tuple[Mapping[str, Any], ...], sums: Mapping[str, float]
) -> tuple[Contribution, ...]:
    """Each finding with its share of what its group counted; the rest of a group counts 0."""
    raw = {finding["id"]: math.log(value(_weight_key(finding))) for finding in findings}
    taken: set[tuple[str, bool]] = set()
    result = []
    for finding in sorted(findings, key=lambda found: -abs(raw[found["id"]])):
        weight, group = raw[finding["id"]], finding["group"]
        first = (group, weight > 0) not in taken and group != NEUTRAL and weight != 0
        opposed = {
            other["id"] for other in findings if other["group"] == group
            and raw[other["id"]] * weight < 0
        }  # fmt: skip
        if first:
            taken.add((group, weight > 0))
        counted = (weight if opposed else sums[group]) if first else 0.0
        result.append(
            Contribution(
                finding=finding["id"],
                group=group,
                towards="neither" if not weight else "electrolyte" if weight > 0 else "overload",
                likelihood_ratio=value(_weight_key(finding)),
                log_odds=counted,
                evidence=_weight_key(finding),
            )
        )
    return tuple(result)


def weigh(case: Case) -> Balance:
    """Weigh what a case tells about the kind of cramp.

    `case` maps question ids to answers and fact names to numbers (`run.past_longest_pct`, …);
    what is missing says nothing. Neutral facts (age, sex, earlier cramps, late in the run) are
    listed and move nothing. Basis: evidence/cramps.toml, docs/decisions.
    """
    findings = _present(case)
    prior = math.log(value("cramps.prior"))
    sums = _group_sums(findings, 1.0)
    halved, doubled = _group_sums(findings, HALVED), _group_sums(findings, DOUBLED)
    ends = [prior + sum(scaled.values()) for scaled in (halved, sums, doubled)]
    kind = kind_of(sums, prior)
    return Balance(
        kind=kind,
        log_odds=prior + sum(sums.values()),
        low=min(ends),
        high=max(ends),
        steady=kind_of(halved, prior) == kind == kind_of(doubled, prior),
        prior_log_odds=prior,
        contributions=_contributions(findings, sums),
    )


def salt_loss_ratio(*, log_mg: float, log_sd: float) -> float:
    """What sodium lost until the cramp says: likelihood ratio electrolyte : overload.

    `log_mg` is the natural log of the milligrams that are reckoned, `log_sd` how far that may be
    off. Formula: exp(d (z - d/2)), with z the deviations above players without cramps and d how
    far those with cramps lie above them, averaged over what z may be. Someone of whom nothing was
    measured, on a run on which such players would lose as much as they did, gets about 1.
    """
    spread = value("cramps.salt_loss.others_log_sd")
    apart = value("cramps.salt_loss.separation")
    above = (log_mg - math.log(value("cramps.salt_loss.others_mg"))) / spread
    unsure = log_sd / spread
    return math.exp(apart * (above - apart / 2) + (apart * unsure) ** 2 / 2)


def not_a_cramp(case: Case) -> NotACramp | None:
    """The first thing that is no exercise cramp and that the answers describe, if any."""
    for entry in rules_file("interview")["not_a_cramp"]:
        if holds(entry["when"], case, value):
            return NotACramp(
                id=entry["id"],
                name=entry["name"],
                because=entry["because"],
                advice=tuple(zip(entry["advice"], entry["topics"], strict=True)),
            )
    return None
