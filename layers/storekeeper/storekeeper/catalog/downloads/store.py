"""Reads and changes of a product's downloads, and which of them come with what was bought."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

from storekeeper.catalog.downloads import items
from storekeeper.catalog.downloads.model import Download, Downloads
from storekeeper.catalog.products.items import product_key, variant_key
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import is_id
from storekeeper.kernel.table import Table

Bought: TypeAlias = tuple[str, str]
"""What was bought: product id and SKU."""


def read_downloads(table: Table, product_id: str) -> Downloads:
    """The downloads of a product that is there, as they are now.

    Raises:
        NotFound: there is no such product.
    """
    keys = product_key(table.tenant_id, product_id), items.downloads_key(table.tenant_id, product_id)
    found = table.get_many(keys) if is_id(product_id, "prd") else {}
    if keys[0] not in found:
        raise NotFound("There is no such product.")
    return items.downloads_from(found.get(keys[1]), product_id)


def change(
    table: Table,
    product_id: str,
    decide: Callable[[Downloads], Downloads],
    *,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Downloads] = forget,
) -> Downloads:
    """Read, decide, write; again from the start when somebody else was faster.

    Raises:
        NotFound: there is no such product.
        Contended: others were faster every time.
    """

    def attempt() -> Downloads:
        before = read_downloads(table, product_id)
        expects(before.version)
        after = decide(before)
        if before.version:
            table.write(items.change_downloads(table.tenant_id, after), *remember(after))
        else:
            stands = items.product_stands(table.tenant_id, product_id)
            table.write(items.create_downloads(table.tenant_id, after), stands, *remember(after))
        return after

    return until_written(attempt)


def downloads_bought(table: Table, bought: Iterable[Bought], *, at: datetime) -> Mapping[Bought, tuple[Download, ...]]:
    """The downloads that come with each thing that was bought at that instant, in one read."""
    wanted, tenant_id = tuple(bought), table.tenant_id
    of_product = {product_id: items.downloads_key(tenant_id, product_id) for product_id, _ in wanted}
    of_variant = {one: variant_key(tenant_id, *one) for one in wanted}
    found = table.get_many((*of_product.values(), *of_variant.values()))
    had: dict[Bought, tuple[Download, ...]] = {}
    for one, key in of_variant.items():
        downloads = items.downloads_from(found.get(of_product[one[0]]), one[0])
        variant_id = str(found[key]["id"]) if key in found else ""
        had[one] = tuple(each for each in downloads.entries if each.is_had_by(variant_id, bought_at=at))
    return had
