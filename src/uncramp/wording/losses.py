"""What was lost on a run in words: sweat, sodium, and other runs that cost as much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, volume

if TYPE_CHECKING:
    from datetime import date

    from uncramp.actions.run_balance import OtherRun, RunBalance
    from uncramp.vocabulary import Interval

__all__ = ["loss_lines", "loss_words", "losses_data", "sodium_words"]

ROUND_MG: Final = -2
"""To a hundred milligrams: nothing finer is known."""
ROUND_CURVE: Final = 3
MOST_SHOWN: Final = 3
MOST_TELLING: Final = ("no", "yes", None)
"""Runs without a cramp say most, then those with one, then those of which nobody said."""


def sodium_words(sodium_mg: float) -> str:
    """`1900 mg`."""
    return text("losses.mg", value=f"{round(sodium_mg, ROUND_MG):.0f}")


def loss_words(values: Mapping[str, float], *, units: Units) -> dict[str, str]:
    """The numbers of a moment that says what was lost; nothing for any other moment."""
    if "sodium_mg" not in values:
        return {}
    parts = ("", "_low", "_high")
    return {f"sweat{part}": volume(values[f"sweat_l{part}"], units=units) for part in parts} | {
        f"sodium{part}": sodium_words(values[f"sodium_mg{part}"]) for part in parts
    }


def losses_data(balance: RunBalance | None, *, units: Units) -> dict[str, Any] | None:
    """The losses for the envelope and the ledger; None when there is no run to reckon."""
    if balance is None:
        return None
    losses, curve = balance.losses, balance.curve
    if losses is None or curve is None:
        return {"missing": list(balance.missing), "profile_missing": list(balance.profile_missing)}
    return {
        "missing": [],
        "minute": losses.minute,
        "at_cramp": losses.at_cramp,
        "sweat_l": asdict(losses.sweat_l),
        "sodium_mg": asdict(losses.sodium_mg),
        "drunk_l": balance.drunk_l,
        "sodium_taken_mg": balance.sodium_taken_mg,
        "water_l": None if balance.water_l is None else asdict(balance.water_l),
        "curve": {
            "minutes": list(curve.minutes),
            "sweat_l": [triple(one) for one in curve.sweat_l],
            "sodium_mg": [triple(one) for one in curve.sodium_mg],
        },
        "compared": [other_data(one) for one in balance.others],
        "text": own_words(balance, units=units),
        "lines": other_words(balance),
        "meaning": text("losses.meaning"),
    }


def triple(one: Interval) -> list[float]:
    """Low, middle and high."""
    return [round(number, ROUND_CURVE) for number in (one.low, one.median, one.high)]


def own_words(balance: RunBalance, *, units: Units) -> str:
    """What was lost on this run, in a sentence or two."""
    losses = balance.losses
    assert losses is not None  # noqa: S101  (the caller looked)
    shown = {
        "sweat": volume(losses.sweat_l.median, units=units),
        "sweat_low": volume(losses.sweat_l.low, units=units),
        "sweat_high": volume(losses.sweat_l.high, units=units),
        "sodium": sodium_words(losses.sodium_mg.median),
        "sodium_low": sodium_words(losses.sodium_mg.low),
        "sodium_high": sodium_words(losses.sodium_mg.high),
    }
    said = text("losses.at_cramp" if losses.at_cramp else "losses.at_end", **shown)
    if balance.drunk_l is None or balance.water_l is None:
        return said
    if balance.sodium_taken_mg:
        sodium = sodium_words(balance.sodium_taken_mg)
        said = f"{said} {text('losses.took_sodium', sodium=sodium)}"
    drunk = volume(balance.drunk_l, units=units)
    water_l = balance.water_l.median
    if water_l >= 0:
        return f"{said} {text('losses.drank_as_much', drunk=drunk)}"
    left = volume(-water_l, units=units)
    return f"{said} {text('losses.drank', drunk=drunk, left=left)}"


def other_data(one: OtherRun) -> dict[str, Any]:
    """One like run in numbers and in words."""
    return {
        "run": one.activity_id,
        "day": None if one.day is None else one.day.isoformat(),
        "cramped": one.cramped,
        "minutes": one.minutes,
        "temp_air_c": one.temp_air_c,
        "sweat_l": round(one.sweat_l, ROUND_CURVE),
        "sodium_mg": round(one.sodium_mg),
        "as_much": one.as_much,
    }


def other_words(balance: RunBalance) -> list[str]:
    """The like runs that cost as much, the most telling first; or that none did."""
    as_much = [one for one in balance.others if one.as_much]
    as_much.sort(key=lambda one: MOST_TELLING.index(one.cramped))
    if as_much:
        return [other_sentence(one) for one in as_much[:MOST_SHOWN]]
    if not balance.others:
        return []
    if len(balance.others) == 1:
        return [text("losses.compared.less_one")]
    return [text("losses.compared.less", count=len(balance.others))]


def other_sentence(one: OtherRun) -> str:
    """One like run that cost as much."""
    return text(
        f"losses.compared.{one.cramped or 'not_told'}",
        day=day_of(one.day),
        sodium=sodium_words(one.sodium_mg),
    )


def day_of(day: date | None) -> str:
    """`On 12 July 2026`, or that the day is not known."""
    if day is None:
        return text("losses.another_day")
    month = text("run_pages.months").split()[day.month - 1]
    return text("losses.day", day=day.day, month=month, year=day.year)


def loss_lines(data: Mapping[str, Any] | None) -> list[str]:
    """The losses for a terminal: the runs beside it, and what the numbers can not say."""
    if not data or data["missing"]:
        return []
    return [data["text"], *data["lines"], data["meaning"]]
