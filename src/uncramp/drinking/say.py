"""What a drinking plan says, as data; the words stand in `drink_plan.json`."""

from __future__ import annotations

from uncramp.drinking.asked import DrinkAsked
from uncramp.drinking.limits import sodium_cap_mg, trialled_cap_l
from uncramp.evidence import value
from uncramp.units import litres_from_millilitres
from uncramp.vocabulary import Said

__all__ = [
    "after",
    "assumed",
    "before",
    "before_thirst",
    "binding",
    "nothing_on_the_way",
    "refused",
    "thirst",
    "why",
]


def thirst(reason: str, lost_pct: float) -> tuple[Said, ...]:
    """Why thirst is the better guide, and what that means."""
    return (
        Said(
            id=f"drink_plan.thirst.{reason}",
            values={"lost_pct": lost_pct},
            sources=("kenefick_2018", "eah_consensus_2015"),
        ),
        Said(id="drink_plan.thirst.rule", sources=("eah_consensus_2015",)),
    )


def why(lost_pct: float, left_pct: float) -> tuple[Said, ...]:
    """What is lost without a drink, and what the plan leaves of it."""
    return (
        Said(id="drink_plan.why.lost", values={"lost_pct": lost_pct}, sources=("judgement",)),
        Said(id="drink_plan.why.left", values={"left_pct": left_pct}, sources=("judgement",)),
    )


def binding(limit: str | None) -> tuple[Said, ...]:
    """The limit that keeps a plan from more, and what would free it; nothing where none does."""
    if limit is None:
        return ()
    return (
        Said(id="drink_plan.more_is_not_safe", sources=("almond_2005",)),
        Said(id=f"drink_plan.binds.{limit}", sources=("judgement",)),
        Said(id=f"drink_plan.frees.{limit}", sources=("judgement",)),
    )


def refused(limit: str, lost_pct: float) -> tuple[Said, ...]:
    """Why there is no plan, the limit that binds, and what would free it."""
    return (
        Said(id="drink_plan.refused", values={"lost_pct": lost_pct}, sources=("judgement",)),
        Said(id=f"drink_plan.binds.{limit}", sources=("judgement",)),
        Said(id="drink_plan.frees.smaller", sources=("judgement",)),
        Said(id="drink_plan.thirst.rule", sources=("eah_consensus_2015",)),
    )


def nothing_on_the_way() -> tuple[Said, ...]:
    """No station and nothing carried."""
    return (
        Said(id="drink_plan.refused_no_stops", sources=("judgement",)),
        Said(id="drink_plan.frees.stations", sources=("judgement",)),
        Said(id="drink_plan.thirst.rule", sources=("eah_consensus_2015",)),
    )


def before(asked: DrinkAsked) -> tuple[Said, ...]:
    """The hours before the gun."""
    ml = value("drinking.around.before_ml_per_kg") * asked.runner.body_mass_kg
    return (
        Said(
            id="drink_plan.before.drink",
            values={
                "hours": value("drinking.around.before_h"),
                "most_l": litres_from_millilitres(ml),
            },
            sources=("judgement",),
        ),
        Said(id="drink_plan.before.then", sources=("eah_consensus_2015",)),
    )


def before_thirst() -> tuple[Said, ...]:
    """The hours before, where no amount is told."""
    return (Said(id="drink_plan.before.thirst", sources=("eah_consensus_2015",)),)


def after() -> tuple[Said, ...]:
    """The hours after: to thirst, with food; and when to get help."""
    return (
        Said(id="drink_plan.after.thirst", sources=("eah_consensus_2015",)),
        Said(id="drink_plan.after.danger", sources=("eah_consensus_2015",)),
    )


def assumed(asked: DrinkAsked) -> tuple[Said, ...]:
    """What nobody told us."""
    runner = asked.runner
    own = (runner.sweat_rate_l_per_h, runner.sweat_multiplier_log)
    found = list(asked.assumed)
    if all(one is None for one in own):
        found.append(Said(id="drink_plan.assumed.sweat"))
    if runner.sweat_sodium_mmol_per_l is None:
        found.append(Said(id="drink_plan.assumed.sweat_sodium"))
    if asked.trialled_l_per_h is None:
        found.append(
            Said(id="drink_plan.assumed.trialled_drink", values={"cap_l": trialled_cap_l(asked)})
        )
    if asked.trialled_sodium_mg_per_h is None:
        found.append(
            Said(id="drink_plan.assumed.trialled_sodium", values={"cap_mg": sodium_cap_mg(asked)})
        )
    if not asked.trialled:
        found.append(Said(id="drink_plan.assumed.trialled_products"))
    if asked.cramp_free_sodium_change_mg_per_h is None:
        share = 100 * value("drinking.aim.sodium_share")
        found.append(Said(id="drink_plan.assumed.sodium_aim", values={"share_pct": share}))
    return tuple(found)
