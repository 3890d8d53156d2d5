"""What a merchant does with the variants of a product."""

from collections.abc import Callable
from datetime import datetime

from storekeeper.catalog.products import store, writes
from storekeeper.catalog.products.model import Component, Product, Variant, check_image, revised
from storekeeper.kernel.attempts import any_version
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write


def add_variant(
    product_id: str,
    make: Callable[[Product], Variant],
    *,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Product] = forget,
) -> Product:
    """Give a product one more variant, its last. A product without options takes over the variant's.

    Raises:
        NotFound: there is no such product.
        Invalid: it does not fit the product, or the product has as many as one can have.
        SkuTaken: another variant of the tenant has its SKU.
    """

    def decide(product: Product) -> Product:
        position = 1 + max((variant.position for variant in product.variants), default=-1)
        added = replace(make(product), position=position)
        check_image(product, added)
        details = replace(product.details, options=product.details.options or tuple(added.options))
        return revised(product, now=now, details=details, variants=(*product.variants, added))

    return store.change(table, product_id, decide, expects=expects, remember=remember)


def change_variant(
    product_id: str,
    variant_id: str,
    revise: Callable[[Product, Variant], Variant],
    *,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Product:
    """Change a variant.

    Raises:
        NotFound: there is no such product or variant.
        Invalid: it would no longer fit the product.
        SkuInUse: its SKU would change, but has, or had, stock.
        SkuTaken: another variant of the tenant has the new SKU.
    """

    def decide(product: Product) -> Product:
        variant = find_variant(product, variant_id)
        changed = revise(product, variant)
        if changed.image_id != variant.image_id:
            check_image(product, changed)
        variants = tuple(changed if one.id == variant_id else one for one in product.variants)
        return revised(product, now=now, variants=variants)

    return store.change(table, product_id, decide, expects=expects)


def delete_variant(
    product_id: str, variant_id: str, *, table: Table, now: datetime, expects: Callable[[int], None] = any_version
) -> Product:
    """Delete a variant that never had stock.

    Raises:
        NotFound: there is no such product or variant.
        SkuInUse: its SKU has, or had, stock.
    """

    def decide(product: Product) -> Product:
        gone = find_variant(product, variant_id)
        return revised(product, now=now, variants=tuple(one for one in product.variants if one.id != gone.id))

    return store.change(table, product_id, decide, expects=expects)


def compose_writes(
    product: Product, sku: str, components: tuple[Component, ...], *, table: Table, now: datetime
) -> tuple[Write, ...]:
    """A SKU of the product becomes a kit of these, or is none any more: for inventory's transaction.

    Refused if the product has changed since it was read.

    Raises:
        NotFound: the product has no such SKU (any more).
    """
    if all(one.sku != sku for one in product.variants):
        raise NotFound("There is no such variant.")
    variants = tuple(replace(one, components=components) if one.sku == sku else one for one in product.variants)
    changed = revised(product, now=now, variants=variants)
    return tuple(writes.change_writes(table.tenant_id, product, changed))


def find_variant(product: Product, variant_id: str) -> Variant:
    """The product's variant of this id.

    Raises:
        NotFound: it has none.
    """
    if (variant := product.variant(variant_id)) is None:
        raise NotFound("There is no such variant.")
    return variant
