"""The balance along the course as a picture: body water and sodium, with their bands."""

from __future__ import annotations

from uncramp.drawing.charts import Axis, Panel, stacked
from uncramp.drawing.grammar import Layout, both_layouts
from uncramp.drink_plan import DrinkPlan
from uncramp.units import fluid_ounces_from_litres
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units
from uncramp.wording.race_card import balance_finding
from uncramp.wording.run_pages import length_in, length_unit

__all__ = ["balance_drawing", "balance_picture"]


def balance_picture(plan: DrinkPlan, *, units: Units, prefix: str = "balance") -> str:
    """The picture in both layouts; empty where no plan was made."""
    if not plan.balance:
        return ""
    return both_layouts(
        lambda layout, ids: balance_drawing(plan, units=units, layout=layout, prefix=ids),
        prefix=prefix,
    )


def balance_drawing(
    plan: DrinkPlan, *, units: Units, layout: Layout = "narrow", prefix: str = "balance"
) -> str:
    """The picture in one layout; its title is the finding."""
    places = [length_in(one.at_m, units=units) for one in plan.balance]
    return stacked(
        panels(plan, places, units=units),
        Axis(low=0.0, high=places[-1], unit=length_unit(units)),
        title=balance_finding(plan, units=units),
        description=text("race_card.picture.how_to_read"),
        layout=layout,
        prefix=prefix,
    )


def panels(plan: DrinkPlan, places: list[float], *, units: Units) -> list[Panel]:
    """Body water in litres or ounces, and sodium in milligrams, each against the start."""
    is_imperial = units == "imperial"
    factor = fluid_ounces_from_litres(1.0) if is_imperial else 1.0
    unit = "losses.unit.fluid_ounces" if is_imperial else "losses.unit.litres"
    shown = (
        ("race_card.picture.water", unit, factor, [one.water_change_l for one in plan.balance]),
        ("race_card.picture.sodium", "losses.unit.mg", 1.0,
         [one.sodium_change_mg for one in plan.balance]),
    )  # fmt: skip
    return [
        Panel(
            name=text(name),
            unit=text(unit_id),
            values=tuple((at, scale * one.median) for at, one in zip(places, bands, strict=True)),
            spread=tuple(
                (at, scale * one.low, scale * one.high)
                for at, one in zip(places, bands, strict=True)
            ),
            note=text("losses.panel.band"),
        )
        for name, unit_id, scale, bands in shown
    ]
