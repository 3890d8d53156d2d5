"""What a merchant does with the products of a collection; and what becomes of those that the store lists no longer."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from storekeeper.catalog.collections import items, order, store
from storekeeper.catalog.collections.model import Collection, revised
from storekeeper.catalog.collections.order import END, ProductOrder, Spot
from storekeeper.catalog.collections.store import Ordered
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import Fault, Invalid, NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import CollectionId, ProductId, StoreId
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write
from storekeeper.tenancy import Store

MAX_ADDED = 90  # at once: that the store lists each of them is checked in one transaction with the change


def add_products(
    collection_id: str,
    product_ids: Sequence[ProductId],
    *,
    spot: Spot = END,
    shop: Store,
    table: Table,
    now: datetime,
    remember: Remember[Collection] = forget,
) -> Collection:
    """Put products into a collection, in the order given. What is in it already stays where it is.

    Raises:
        NotFound: the store has no such collection.
        Invalid: the store does not list some of them, each of which is named; the collection would hold too many; or
            `spot` names no product of it.
        Contended: others changed it every time.
    """

    def attempt() -> Collection:
        ordered = store.read_ordered(table, shop.id, collection_id)
        _check_listed(table, shop.id, product_ids)
        new = order.new_among(ordered.order, product_ids)
        checks = [
            items.is_listed(table.tenant_id, shop.id, one, otherwise=_not_listed(product_ids, [one])) for one in new
        ]
        after = order.with_products(ordered.order, product_ids, spot=spot)
        return _write(table, ordered, after, now=now, remember=remember, checks=checks)

    return until_written(attempt)


def _check_listed(table: Table, store_id: StoreId, product_ids: Sequence[ProductId]) -> None:
    listed = store.listed_among(table, store_id, product_ids)
    if missing := [one for one in product_ids if one not in listed]:
        raise _not_listed(product_ids, missing)


def _not_listed(product_ids: Sequence[ProductId], missing: Sequence[ProductId]) -> Invalid:
    faults = [
        Fault(f"product_ids.{at}", "product_not_listed", f"The store does not list the product {one}.")
        for at, one in enumerate(product_ids)
        if one in missing
    ]
    return Invalid("The store does not list some of these products; make listings of them first.", faults=faults)


def move_product(
    collection_id: str,
    product_id: ProductId,
    *,
    spot: Spot,
    shop: Store,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Collection:
    """Give one product of a collection another place.

    Raises:
        NotFound: the store has no such collection, or the collection no such product.
        Invalid: `spot` names no other product of it.
        Contended: others changed it every time.
    """
    return _reorder(
        collection_id,
        lambda known: order.moved(known, product_id, spot=spot),
        shop=shop,
        table=table,
        now=now,
        expects=expects,
    )


def arrange_products(
    collection_id: str,
    product_ids: Sequence[ProductId],
    *,
    shop: Store,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Collection:
    """Put a collection's products into this order; those that are not named follow as they stood.

    Raises:
        NotFound: the store has no such collection.
        Invalid: the collection does not have some of them, each of which is named.
        Contended: others changed it every time.
    """
    return _reorder(
        collection_id,
        lambda known: order.rearranged(known, product_ids),
        shop=shop,
        table=table,
        now=now,
        expects=expects,
    )


def remove_product(
    collection_id: str,
    product_id: ProductId,
    *,
    shop: Store,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Collection:
    """Take a product out of a collection. The product stays as it is.

    Raises:
        NotFound: the store has no such collection, or the collection no such product.
        Contended: others changed it every time.
    """
    return _reorder(
        collection_id,
        lambda known: order.without_product(known, product_id),
        shop=shop,
        table=table,
        now=now,
        expects=expects,
    )


def _reorder(
    collection_id: str,
    decide: Callable[[ProductOrder], ProductOrder],
    *,
    shop: Store,
    table: Table,
    now: datetime,
    expects: Callable[[int], None],
) -> Collection:
    def attempt() -> Collection:
        ordered = store.read_ordered(table, shop.id, collection_id)
        expects(ordered.collection.version)
        return _write(table, ordered, decide(ordered.order), now=now)

    return until_written(attempt)


def drop_unlisted(table: Table, store_id: StoreId, product_id: ProductId, *, now: datetime) -> None:
    """Take a product that the store lists no longer out of all collections; nothing if it lists it again.

    Raises:
        Contended: others changed one of them every time; the rest may be done.
    """
    for collection_id in sorted(store.collections_with(table, store_id, product_id)):
        _drop(table, store_id, collection_id, product_id, now=now)


def _drop(
    table: Table, store_id: StoreId, collection_id: CollectionId, product_id: ProductId, *, now: datetime
) -> None:
    def attempt() -> None:
        try:
            ordered = store.read_ordered(table, store_id, collection_id)
            after = order.without_product(ordered.order, product_id)
        except NotFound:
            return  # the collection is gone, or the product was taken out of it
        if not store.listed_among(table, store_id, [product_id]):
            checks = [items.is_unlisted(table.tenant_id, store_id, product_id)]
            _write(table, ordered, after, now=now, checks=checks)

    until_written(attempt)


def _write(
    table: Table,
    ordered: Ordered,
    after: ProductOrder,
    *,
    now: datetime,
    remember: Remember[Collection] = forget,
    checks: Iterable[Write] = (),
) -> Collection:
    """The collection with that order; where the order stays as it is, nothing changes but what is remembered."""
    if after == ordered.order:
        if marks := remember(ordered.collection):
            table.write(*marks)
        return ordered.collection
    changed = revised(ordered.collection, now=now, product_count=len(after))
    table.write(
        items.put_collection(table.tenant_id, changed),
        items.put_order(table.tenant_id, changed, after, version=ordered.order_version + 1),
        *checks,
        *remember(changed),
    )
    return changed
