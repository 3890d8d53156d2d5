"""What a merchant does with kits: each act is one transaction of kit, variant, and all SKUs that it touches."""

from collections.abc import Callable, Collection
from datetime import datetime

from storekeeper.catalog import Component, Product, compose_writes, find_product
from storekeeper.inventory.errors import SkuUnknown
from storekeeper.inventory.kits import items
from storekeeper.inventory.kits.model import Kit, KitId, check_components, check_sku
from storekeeper.inventory.kits.store import facts_of, get_kit
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import ProductId, new_id
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write


def create_kit(
    sku: str,
    components: tuple[Component, ...],
    *,
    table: Table,
    now: datetime,
    remember: Remember[Kit] = forget,
) -> Kit:
    """Make a SKU a kit.

    Raises:
        SkuUnknown: no variant has it.
        KitExists, SkuStocked, SkuInKits: it cannot become one.
        Invalid: names every component that cannot be in it.
        Contended: others kept changing its product, or its components.
    """
    kit_id = KitId(new_id("kit", at=now))

    def attempt() -> Kit:
        known = facts_of([sku, *(one.sku for one in components)], table=table)
        if sku not in known:
            raise SkuUnknown("No variant has this SKU.")
        check_sku(sku, known[sku])
        check_components(sku, components, known=known)
        kit = Kit(kit_id, sku, known[sku].product_id, components, version=1, created_at=now, updated_at=now)
        table.write(
            items.put_kit(table.tenant_id, kit),
            items.claim_sku(table.tenant_id, kit),
            *_component_writes(table, kit, came=_skus(components), gone=()),
            *_compose(table, kit, components, now=now),
            *remember(kit),
        )
        return kit

    return until_written(attempt)


def change_kit(
    kit_id: str,
    components: tuple[Component, ...],
    *,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Kit:
    """Have a kit of other components. Orders that were placed keep what they bought.

    Raises:
        KitNotFound: there is none of this id.
        Invalid: names every component that cannot be in it.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> Kit:
        before = get_kit(kit_id, table=table)
        expects(before.version)
        if components == before.components:
            return before
        check_components(before.sku, components, known=facts_of(_skus(components), table=table))
        after = replace(
            before, components=components, version=before.version + 1, updated_at=max(now, before.updated_at)
        )
        was, wanted = _skus(before.components), _skus(components)
        table.write(
            items.put_kit(table.tenant_id, after),
            *_component_writes(table, after, came=wanted - was, gone=was - wanted),
            *_compose(table, after, components, now=now),
        )
        return after

    return until_written(attempt)


def delete_kit(kit_id: str, *, table: Table, now: datetime, expects: Callable[[int], None] = any_version) -> None:
    """Have a kit no more: its SKU can get stock of its own. Orders that were placed keep what they bought.

    Raises:
        KitNotFound: there is none of this id.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> None:
        kit = get_kit(kit_id, table=table)
        expects(kit.version)
        table.write(
            items.drop_kit(table.tenant_id, kit),
            items.leave_sku(table.tenant_id, kit),
            *_component_writes(table, kit, came=(), gone=_skus(kit.components)),
            *_compose(table, kit, (), now=now),
        )

    until_written(attempt)


def _skus(components: Collection[Component]) -> set[str]:
    return {one.sku for one in components}


def _component_writes(table: Table, kit: Kit, *, came: Collection[str], gone: Collection[str]) -> list[Write]:
    writes: list[Write] = []
    for sku in sorted(came):
        writes += [items.count_in(table.tenant_id, sku), items.put_row(table.tenant_id, kit, sku)]
    for sku in sorted(gone):
        writes += [items.count_out(table.tenant_id, sku), items.drop_row(table.tenant_id, kit, sku)]
    return writes


def _compose(table: Table, kit: Kit, components: tuple[Component, ...], *, now: datetime) -> tuple[Write, ...]:
    product = _product(table, kit.product_id)
    return compose_writes(product, kit.sku, components, table=table, now=now)


def _product(table: Table, product_id: ProductId) -> Product:
    product = find_product(table, product_id)
    if product is None:
        raise SkuUnknown("No variant has this SKU.")
    return product
