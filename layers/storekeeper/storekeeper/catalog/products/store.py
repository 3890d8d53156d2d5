"""Reads and changes of whole products."""

import json
from collections.abc import Callable, Iterable

from msgspec import Struct

from storekeeper.catalog.lists import Card, list_cards
from storekeeper.catalog.products import items, writes
from storekeeper.catalog.products.model import Product
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import ProductId, is_id
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table

_LAST = items.VARIANT_PREFIX + "\U0010ffff"


def read_product(table: Table, product_id: str) -> Product:
    """The product with its variants, as it is now.

    Raises:
        NotFound: there is no such product.
    """
    product = find_product(table, product_id) if is_id(product_id, "prd") else None
    if product is None:
        raise NotFound("There is no such product.")
    return product


def find_product(table: Table, product_id: str, *, consistent: bool = True) -> Product | None:
    """The product with its variants, as it is now, if there is one; not `consistent`: or as it was a moment ago.

    (Its listings stand before, and are not read.)
    """
    pk = items.product_pk(table.tenant_id, product_id)
    found = table.query(pk, low="PRODUCT", high=_LAST, consistent=consistent)
    return items.product_from({item["sk"]: item for item in found})


def product_of_sku(table: Table, sku: str) -> ProductId | None:
    """Which product a SKU belongs to."""
    item = table.get(items.sku_key(table.tenant_id, sku))
    return ProductId(item["product_id"]) if item else None


def product_of_slug(table: Table, slug: str) -> ProductId | None:
    """Which product a slug belongs to."""
    item = table.get(items.slug_key(table.tenant_id, slug))
    return ProductId(item["product_id"]) if item else None


def taken_slugs(table: Table, slugs: Iterable[str]) -> set[str]:
    """Which of them are some product's; a moment old, for the claim itself is guarded."""
    by_key = {items.slug_key(table.tenant_id, slug): slug for slug in slugs}
    return {by_key[key] for key in table.get_many(by_key, consistent=False)}


def stocked_skus(table: Table, product: Product) -> tuple[str, ...]:
    """Those of its SKUs that have, or had, stock."""
    found = table.get_many(items.sku_key(table.tenant_id, variant.sku) for variant in product.variants)
    return tuple(item["sku"] for item in found.values() if item.get("stocked"))


def change(
    table: Table,
    product_id: str,
    decide: Callable[[Product], Product],
    *,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Product] = forget,
) -> Product:
    """Read, decide, write; again from the start when somebody else was faster.

    Raises:
        NotFound: there is no such product.
        Contended: others were faster every time.
    """

    def attempt() -> Product:
        product = read_product(table, product_id)
        expects(product.version)
        changed = decide(product)
        table.write(*writes.change_writes(table.tenant_id, product, changed), *remember(changed))
        return changed

    return until_written(attempt)


class ProductFilter(Struct, frozen=True):
    """Which products a list shows."""

    status: str | None = None
    tag: str | None = None
    featured: bool | None = None

    def takes(self, card: Card) -> bool:
        """Whether a product, by its card, is shown."""
        return (
            self.status in (None, card["status"])
            and (self.tag is None or self.tag in card["tags"])
            and self.featured in (None, card["featured"])
        )


def find_card(table: Table, wanted: ProductFilter, *, sku: str | None, slug: str | None) -> Page[Card]:
    """The card of the one product that has this SKU and this slug (None: any), as it is now."""
    found = [find(table, text) for find, text in ((product_of_sku, sku), (product_of_slug, slug)) if text is not None]
    product_id = found[0]
    item = table.get(items.product_key(table.tenant_id, product_id)) if product_id and len(set(found)) == 1 else None
    return Page(tuple(filter(wanted.takes, [json.loads(item["card"])] if item else ())), None)


def list_products(table: Table, wanted: ProductFilter, *, after: str | None, limit: int) -> Page[Card]:
    """Cards of products, newest first; follows writes within seconds."""
    return list_cards(table, items.list_pks(table.tenant_id), wanted.takes, after=after, limit=limit)
