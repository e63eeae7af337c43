"""Products to drink and take: the dated catalogue, and the runner's own over it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from uncramp.actions.context import Context
from uncramp.actions.from_plain import from_plain
from uncramp.drink_plan import Product, ProductKind
from uncramp.envelope import plain
from uncramp.errors import InputError, NotFoundError
from uncramp.evidence import ProductLabel, product_labels
from uncramp.units import sodium_mg_from_salt_mg

__all__ = [
    "PRODUCT_RANGES",
    "ListedProduct",
    "add_product",
    "catalogue",
    "list_products",
    "own_products",
    "product_from",
    "remove_product",
]

PRODUCT_RANGES: Final = {
    "sodium_mg": (0.0, 3000.0, "mg"),
    "volume_l": (0.0, 3.0, "L"),
    "carbohydrate_g": (0.0, 200.0, "g"),
    "caffeine_mg": (0.0, 400.0, "mg"),
}
ID: Final = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
MOST_SERVINGS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedProduct:
    """A product with where its numbers come from; `label` is None for the runner's own."""

    product: Product
    label: ProductLabel | None


def catalogue() -> dict[str, Product]:
    """Every product of the catalogue by its id."""
    return {
        one.id: Product(
            id=one.id,
            kind=ProductKind(one.kind),
            sodium_mg=one.sodium_mg,
            volume_l=one.volume_l,
            carbohydrate_g=one.carbohydrate_g,
            caffeine_mg=one.caffeine_mg,
            max=one.max,
            name=one.name,
        )
        for one in product_labels().values()
    }


def own_products(context: Context) -> dict[str, Product]:
    """What the runner typed in, by id."""
    rows = context.store.documents(context.stored_runner(), "product")
    return {one.name: from_plain(Product, one.content) for one in rows}


def list_products(context: Context) -> tuple[ListedProduct, ...]:
    """The catalogue with the runner's own products in place of those of the same id."""
    labels, own = product_labels(), own_products(context)
    shown = {**catalogue(), **own}
    return tuple(
        ListedProduct(product=one, label=None if name in own else labels[name])
        for name, one in shown.items()
    )


def add_product(context: Context, told: Mapping[str, Any]) -> Product:
    """Keep a product, in place of one of the same id; InputError says what is wrong."""
    product = product_from(told)
    runner, store = context.stored_runner(), context.store
    same = [one for one in store.documents(runner, "product") if one.name == product.id]
    if same:
        store.change_document(runner, same[0], plain(product), at=context.now)
    else:
        store.add_document(runner, "product", plain(product), at=context.now, name=product.id)
    return product


def remove_product(context: Context, product_id: str) -> Product:
    """Take out a product of one's own; NotFoundError `unknown_product`."""
    runner, store = context.stored_runner(), context.store
    for one in store.documents(runner, "product"):
        if one.name == product_id:
            store.remove_document(runner, one, at=context.now)
            return from_plain(Product, one.content)
    known = ", ".join(sorted(own_products(context))) or "–"
    raise NotFoundError("unknown_product", values={"product": product_id, "known": known})


def product_from(told: Mapping[str, Any]) -> Product:
    """A product of a JSON object; EU labels may say `salt_mg` in place of sodium."""
    name, kind = told.get("id"), told.get("kind")
    allowed = ("id", "kind", "name", "max", "salt_mg", *PRODUCT_RANGES)
    unknown = [key for key in told if key not in allowed]
    if unknown:
        values = {"key": unknown[0], "part": "products", "allowed": ", ".join(allowed)}
        raise InputError("unknown_request_key", values=values)
    if not isinstance(name, str) or not ID.fullmatch(name):
        raise InputError("bad_product_id", values={"given": name})
    if kind not in tuple(ProductKind):
        values = {"question": "kind", "option": str(kind), "allowed": ", ".join(ProductKind)}
        raise InputError("unknown_option", values=values)
    most = told.get("max")
    is_count = isinstance(most, int) and not isinstance(most, bool)
    if most is not None and not (is_count and 0 <= most <= MOST_SERVINGS):
        raise _bad("max", most, 0, MOST_SERVINGS, "")
    if kind == ProductKind.DRINK and not told.get("volume_l"):
        raise InputError("drink_without_volume", values={"product": name})
    return Product(
        id=name,
        kind=ProductKind(kind),
        sodium_mg=_sodium_mg(told),
        volume_l=_number(told, "volume_l"),
        carbohydrate_g=_number(told, "carbohydrate_g"),
        caffeine_mg=_number(told, "caffeine_mg"),
        max=most,
        name=str(told.get("name") or name.replace("_", " ")),
    )


def _sodium_mg(told: Mapping[str, Any]) -> float:
    if told.get("salt_mg") is None:
        return _number(told, "sodium_mg")
    if told.get("sodium_mg") is not None:
        raise InputError("salt_and_sodium", values={"product": str(told.get("id"))})
    sodium_mg = sodium_mg_from_salt_mg(_plain_number(told, "salt_mg"))
    return _number({"sodium_mg": sodium_mg}, "sodium_mg")


def _number(told: Mapping[str, Any], name: str) -> float:
    """A number in its range; 0 when it is left out, as labels leave out what is not in it."""
    low, high, unit = PRODUCT_RANGES[name]
    given = 0.0 if told.get(name) is None else _plain_number(told, name)
    if not low <= given <= high:
        raise _bad(name, given, low, high, unit)
    return given


def _plain_number(told: Mapping[str, Any], name: str) -> float:
    given = told[name]
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise _bad(name, given, 0, 0, "")
    return float(given)


def _bad(name: str, given: object, low: float, high: float, unit: str) -> InputError:
    values = {"question": name, "value": given, "low": low, "high": high, "unit": unit}
    return InputError("bad_number", values=values)
