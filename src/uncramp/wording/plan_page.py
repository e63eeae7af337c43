"""The words of the page of a drinking plan, and what is typed into its forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from uncramp.drink_plan import DrinkPlan, DrinkStatus, Limit, ProductKind, Take
from uncramp.units import (
    celsius_from_fahrenheit,
    fahrenheit_from_celsius,
    fluid_ounces_from_litres,
    grams_from_milligrams,
    millilitres_from_litres,
    salt_mg_from_sodium_mg,
)
from uncramp.wording.catalogue import text
from uncramp.wording.drink_plan import drink_headline
from uncramp.wording.quantities import Units, small_volume, temperature
from uncramp.wording.race_card import (
    CardStop,
    balance_finding,
    branch_words,
    carry_words,
    stop_drinking_words,
    stop_words,
)
from uncramp.wording.run_pages import day_words
from uncramp.wording.safety import locks_data, stop_data
from uncramp.wording.said import sentences
from uncramp.wording.sweat_page import degrees_unit

if TYPE_CHECKING:
    from datetime import datetime

    from uncramp.actions.plan import DrinkAnswer, DrinkWishes, LostPerHour
    from uncramp.actions.products import ListedProduct
    from uncramp.errors import UncrampError
    from uncramp.screening import Screening

__all__ = [
    "card_rows",
    "degrees_from",
    "flags_of_plan",
    "form_error",
    "if_words",
    "made_words",
    "missed_options",
    "number_from",
    "plan_page_words",
    "plan_units",
    "product_groups",
    "shown_degrees",
    "typed_from_wishes",
    "volume_from",
    "wrong_number",
]

OF_DRINK: Final = frozenset({"salt", "drink"})
LONGEST: Final = 12
WITHOUT_NUMBER: Final = frozenset({"rows", "label_max", "capsule_water", "salt_is_no_licence"})
"""Limits that hold or do not: their number says nothing to a reader."""
VOLUMES: Final = frozenset({"cup", "carry_l", "trialled_l"})
IF_FIELDS: Final = frozenset({"temp", "slower", "missed"})
AN_EXAMPLE: Final = "20"
FIELD_OF: Final = MappingProxyType(
    {
        "cup_l": "cup",
        "carry_l": "carry_l",
        "trialled_l_per_h": "trialled_l",
        "trialled_sodium_mg_per_h": "trialled_mg",
        "temp_air_c": "temp",
        "slower_share": "slower",
    }
)
"""What is out of range, to the field it was typed into."""
MISSING: Final = MappingProxyType(
    {
        "plan_without_body": "body",
        "plan_without_weather": "weather",
        "plan_without_pace": "pace",
    }
)
"""What has to be told first, to its words."""
FILES: Final = MappingProxyType(
    {
        "race-card.html": "card",
        "race-card.pdf": "pdf",
        "race-pack.html": "pack",
        "coach.html": "coach",
        "race.ics": "calendar",
        "race.fit": "watch",
    }
)
"""Files in the order in which they are offered, to the ids of their words."""


def flags_of_plan(screening: Screening) -> dict[str, Any]:
    """What is open and speaks before anything else: stops, and locks on drink or salt."""
    stop = stop_data(screening)
    locks = [one for one in locks_data(screening) if OF_DRINK & set(one["blocks"])]
    return {"stop": [] if stop is None else stop["flags"], "locks": locks}


# ---------------------------------------------------------------- the plan


def plan_page_words(
    plan: DrinkPlan,
    *,
    names: Mapping[str, str],
    lost: LostPerHour | None = None,
    units: Units,
) -> dict[str, Any]:
    """Everything that a plan says, as the command line and the card say it."""
    is_planned = plan.status is DrinkStatus.PLANNED
    return {
        "status": str(plan.status),
        "title": drink_headline(plan),
        "because": sentences(plan.because, units=units),
        "finding": balance_finding(plan, units=units) if plan.balance else "",
        "hourly": hourly_words(plan, units=units),
        "lost": "" if lost is None else lost_words(lost, units=units),
        "stops": [_stop(one) for one in stop_words(plan.schedule, names=names, units=units)],
        "stop_drinking": stop_drinking_words(plan) if is_planned else None,
        "rule": [text("race_card.most"), text("race_card.thirst")] if is_planned else [],
        "before": sentences(plan.before, units=units),
        "carry": list(carry_words(plan, names=names)),
        "after": sentences(plan.after, units=units),
        "branches": [
            {"name": one.name, "do": list(one.do), "stops": [_stop(stop) for stop in one.stops]}
            for one in branch_words(plan, names=names, units=units)
        ],
        "sure": sentences(plan.sensitivity, units=units),
        "assumed": sentences(plan.assumed, units=units),
        "limits": [limit_words(one, units=units) for one in plan.limits],
    }


def _stop(stop: CardStop) -> dict[str, Any]:
    """One row of the schedule; what is brought along says so."""
    takes = [
        {"text": said, "carried": row.carried}
        for said, row in zip(stop.takes, stop.rows, strict=True)
    ]
    return {"at": stop.at, "clock": stop.clock, "takes": takes}


def hourly_words(plan: DrinkPlan, *, units: Units) -> list[dict[str, str]]:
    """How much an hour, each with its name; nothing where nothing is planned."""
    if plan.per_hour is None:
        return []
    hour = plan.per_hour
    salt_g = grams_from_milligrams(salt_mg_from_sodium_mg(hour.sodium_mg))
    return [
        {
            "name": text("plan_page.hour.fluid"),
            "amount": small_volume(hour.fluid_l, units=units),
            "more": "",
        },
        {
            "name": text("plan_page.hour.sodium"),
            "amount": text("plan_page.mg", n=f"{hour.sodium_mg:.0f}"),
            "more": text("plan_page.hour.salt", salt=f"{salt_g:.1f}"),
        },
        {
            "name": text("plan_page.hour.carbohydrate"),
            "amount": text("plan_page.g", n=f"{hour.carbohydrate_g:.0f}"),
            "more": "",
        },
    ]


def lost_words(lost: LostPerHour, *, units: Units) -> str:
    """What goes out in an hour when nothing is drunk."""
    water, sodium = lost.water_l, lost.sodium_mg
    return text(
        "drink.lost",
        water=small_volume(water.median, units=units),
        water_low=small_volume(water.low, units=units),
        water_high=small_volume(water.high, units=units),
        sodium=f"{sodium.median:.0f}",
        low=f"{sodium.low:.0f}",
        high=f"{sodium.high:.0f}",
    )


def limit_words(limit: Limit, *, units: Units) -> dict[str, str]:
    """One hard limit: what it is, how close the plan comes, and whether it holds."""
    has_number = limit.id not in WITHOUT_NUMBER
    return {
        "name": text(f"plan_page.limit.{limit.id}"),
        "value": amount(limit.value, limit.unit, units=units) if has_number else "",
        "most": amount(limit.limit, limit.unit, units=units) if has_number else "",
        "held": text("plan_page.held" if limit.held else "plan_page.broken"),
    }


def amount(number: float, unit: str, *, units: Units) -> str:
    """A number of a limit with its unit."""
    if unit == "L":
        return small_volume(number, units=units)
    shown = f"{number:.1f}" if unit == "%" else f"{number:.0f}"
    return f"{shown} {unit}".strip()


def made_words(at: datetime) -> str:
    """When the plan was made."""
    return text("plan_page.made", day=day_words(at.date()))


def card_rows(names: Sequence[str]) -> list[dict[str, str]]:
    """Files to carry with what each is for."""
    return [
        {
            "file": name,
            "name": text(f"plan_page.file.{about}"),
            "hint": text(f"plan_page.file.{about}_hint"),
        }
        for name, about in FILES.items()
        if name in names
    ]


# ---------------------------------------------------------------- what if


def if_words(answer: DrinkAnswer, *, was: DrinkPlan, units: Units) -> dict[str, Any]:
    """The plan of another day, beside that of the day as it is expected."""
    words = plan_page_words(answer.plan, names=answer.names, lost=answer.lost_per_hour, units=units)
    before = [one["amount"] for one in hourly_words(was, units=units)]
    is_same = bool(words["hourly"]) and [one["amount"] for one in words["hourly"]] == before
    return words | {"same": text("plan_page.if.same") if is_same else "", "before": before}


def missed_options(
    schedule: Sequence[Take], *, names: Mapping[str, str], units: Units
) -> list[tuple[str, str]]:
    """Stations at which the plan takes something: only those can be missed."""
    handed_out = tuple(one for one in schedule if not one.carried)
    stops = stop_words(handed_out, names=names, units=units)
    return [
        ("", text("plan_page.if.none_missed")),
        *((f"{one.rows[0].at_m:.0f}", one.at) for one in stops),
    ]


# ---------------------------------------------------------------- forms


def plan_units(units: Units) -> dict[str, str]:
    """The unit behind each kind of field."""
    metric = units == "metric"
    return {
        "volume": text("plan_page.unit.ml" if metric else "sweat_page.unit.fl_oz"),
        "sodium": text("plan_page.unit.mg"),
        "heat": degrees_unit(units),
        "stations": text("plan_page.example.km" if metric else "plan_page.example.mi"),
        "cup": text("plan_page.example.cup" if metric else "plan_page.example.cup_oz"),
    }


def number_from(given: str) -> float | None:
    """A typed number, point or comma; None for an empty field, ValueError for no number."""
    said = given.strip().replace(",", ".").replace("−", "-")
    if not said:
        return None
    bare = said.removeprefix("-").replace(".", "", 1)
    if len(said) > LONGEST or not (bare.isascii() and bare.isdecimal()):
        raise ValueError(given)
    return float(said)


def volume_from(given: str, *, units: Units) -> str:
    """What is typed with the unit that stands behind the field, when none is typed."""
    said = " ".join(given.strip().lower().split())
    has_unit = any(one.isalpha() for one in said)
    unit = "ml" if units == "metric" else "fl oz"
    return said if has_unit or not said else f"{said} {unit}"


def degrees_from(number: float, *, units: Units) -> float:
    """Degrees of the reader as °C."""
    return celsius_from_fahrenheit(number) if units == "imperial" else number


def shown_degrees(temp_air_c: float | None, *, units: Units) -> str:
    """A temperature as it stands in its field."""
    if temp_air_c is None:
        return ""
    shown = fahrenheit_from_celsius(temp_air_c) if units == "imperial" else temp_air_c
    return f"{shown:.0f}"


def shown_volume(volume_l: float | None, *, units: Units) -> str:
    """A volume as it stands in its field; empty for nothing."""
    if not volume_l:
        return ""
    if units == "imperial":
        return f"{fluid_ounces_from_litres(volume_l):.3g}"
    return f"{millilitres_from_litres(volume_l):.4g}"


def typed_from_wishes(wishes: DrinkWishes, *, units: Units) -> dict[str, Any]:
    """Wishes as they stand in the form."""
    sodium = wishes.trialled_sodium_mg_per_h
    return {
        "stations": wishes.stations or "",
        "cup": shown_volume(wishes.cup_l, units=units),
        "carry_l": shown_volume(wishes.carry_l, units=units),
        "trialled_l": shown_volume(wishes.trialled_l_per_h, units=units),
        "trialled_mg": "" if sodium is None else f"{sodium:g}",
        "carry": list(wishes.carry),
        "trialled": list(wishes.trialled),
    }


def wrong_number(field: str, *, units: Units) -> str:
    """What is typed there is no number."""
    example = plan_units(units)["cup"] if field in VOLUMES else AN_EXAMPLE
    return text("plan_page.wrong.number", field=label_of(field), example=example)


def label_of(field: str) -> str:
    """What a field is called."""
    part = "if" if field in IF_FIELDS else "form"
    return text(f"plan_page.{part}.{field}")


def form_error(error: UncrampError, *, problem: str, units: Units) -> dict[str, str]:
    """A refusal beside the field it is about; `problem` is what it says of itself."""
    if error.code == "bad_number":
        name = str(error.values["question"])
        field = FIELD_OF.get(name.rpartition(".")[2])
        if field is None:
            return {"make": problem}
        low, high = (limit_of(field, error.values[end], units=units) for end in ("low", "high"))
        said = text("plan_page.wrong.range", field=label_of(field), low=low, high=high)
        return {field: said}
    if error.code == "bad_stations":
        example = plan_units(units)["stations"]
        return {"stations": text("plan_page.wrong.stations", example=example)}
    if error.code == "unknown_product":
        return {"stations": text("plan_page.wrong.product", **error.values)}
    if error.code in MISSING:
        return {"make": text(f"plan_page.wrong.{MISSING[error.code]}")}
    return {"make": problem}


def limit_of(field: str, number: object, *, units: Units) -> str:
    """The end of a range as it would be typed."""
    told = float(str(number))
    if field in VOLUMES:
        return small_volume(told, units=units)
    if field == "temp":
        return temperature(told, units=units)
    if field == "slower":
        return f"{100 * told:.0f} %"
    return f"{told:.0f}"


def product_groups(listed: Sequence[ListedProduct]) -> list[dict[str, Any]]:
    """Products by their kind, each with what one serving holds."""
    groups = []
    for kind in ProductKind:
        products = [one for one in listed if one.product.kind is kind]
        if products:
            groups.append(
                {
                    "kind": text(f"plan_page.kind.{kind}"),
                    "products": [_product(one) for one in products],
                }
            )
    return groups


def _product(listed: ListedProduct) -> dict[str, str]:
    product, label = listed.product, listed.label
    serving = text("drink.one_serving") if label is None else label.serving
    holds = text("plan_page.holds", serving=serving, sodium=f"{product.sodium_mg:.0f}")
    doubt = (
        ""
        if label is None or label.confidence == "high"
        else text(f"drink.sure.{label.confidence}")
    )
    return {
        "id": product.id,
        "name": product.name or product.id,
        "holds": " ".join(part for part in (holds, doubt) if part),
    }
