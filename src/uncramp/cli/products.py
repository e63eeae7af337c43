"""`uncramp products`: drinks, gels and capsules, and what the runner knows better."""

from __future__ import annotations

import click

from uncramp.actions.products import ListedProduct, add_product, list_products, remove_product
from uncramp.actions.typed_quantities import parsed_quantity
from uncramp.cli.show import Face, common_options
from uncramp.wording.catalogue import text
from uncramp.wording.drink_plan import product_data, product_lines, products_data

__all__ = ["products"]


@click.group(invoke_without_command=True, help=text("cli.help.products"))
@common_options
def products(face: Face) -> None:
    """The list, unless a subcommand was given."""
    if click.get_current_context().invoked_subcommand is None:
        with face.context() as context:
            listed = list_products(context)
        face.out("products", products_data(listed), product_lines(listed))


@products.command(help=text("cli.help.products_add"))
@common_options
@click.argument("name", metavar="ID")
@click.option("--kind", required=True, metavar="KIND", help=text("cli.option.product_kind"))
@click.option("--sodium", type=float, metavar="N", help=text("cli.option.product_sodium"))
@click.option("--salt", type=float, metavar="N", help=text("cli.option.product_salt"))
@click.option("--volume", metavar="VOLUME", help=text("cli.option.product_volume"))
@click.option(
    "--carbohydrate", type=float, metavar="N", help=text("cli.option.product_carbohydrate")
)
@click.option("--caffeine", type=float, metavar="N", help=text("cli.option.product_caffeine"))
@click.option("--max", "most", type=int, metavar="N", help=text("cli.option.product_max"))
@click.option("--called", metavar="NAME", help=text("cli.option.product_name"))
def add(
    face: Face,
    name: str,
    *,
    kind: str,
    sodium: float | None,
    salt: float | None,
    volume: str | None,
    carbohydrate: float | None,
    caffeine: float | None,
    most: int | None,
    called: str | None,
) -> None:
    """Keep a product."""
    volume_l = None if volume is None else parsed_quantity(volume, "volume", units=face.units)
    told = {
        "id": name, "kind": kind, "sodium_mg": sodium, "salt_mg": salt, "volume_l": volume_l,
        "carbohydrate_g": carbohydrate, "caffeine_mg": caffeine, "max": most, "name": called,
    }  # fmt: skip
    with face.context() as context:
        product = add_product(context, told)
    listed = ListedProduct(product=product, label=None)
    lines = [text("drink.product_added", name=product.name)]
    face.out("products.add", product_data(listed), lines)


@products.command(help=text("cli.help.products_remove"))
@common_options
@click.argument("name", metavar="ID")
def remove(face: Face, name: str) -> None:
    """Take out a product of one's own."""
    with face.context() as context:
        product = remove_product(context, name)
    listed = ListedProduct(product=product, label=None)
    lines = [text("drink.product_removed", name=product.name)]
    face.out("products.remove", product_data(listed), lines)
