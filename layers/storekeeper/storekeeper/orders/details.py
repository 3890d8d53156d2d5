"""What a merchant may change on an order at any time: tags, gift message, own metadata."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.merging import MapPatch, merged
from storekeeper.kernel.records import replace
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.orders.items import change_order, open_contact, seal_contact
from storekeeper.orders.model import Order, changed
from storekeeper.orders.shipments.use_cases import Shipped, read_shipped

MAX_METADATA = 50


class DetailsPatch(Struct, frozen=True):
    """A merge patch. What is not named in `given` stays; `metadata` merges, and null takes a member away."""

    given: frozenset[str]
    tags: tuple[str, ...] = ()
    gift_message: str | None = None
    metadata: MapPatch | None = None


def change_details(
    order_id: str,
    patch: DetailsPatch,
    *,
    check_version: Callable[[int], None],
    table: Table,
    sealer: Sealer,
    now: datetime,
) -> Shipped:
    """Apply a patch; a lost race is read and applied again.

    Raises:
        OrderNotFound: there is no such order.
        StaleVersion: from `check_version`.
        Invalid: `too_many_members` of metadata.
        Contended: others kept changing it.
    """

    def attempt() -> Shipped:
        before = read_shipped(order_id, table=table)
        check_version(before.order.version)
        after = patched(before.order, patch, sealer=sealer, now=now)
        if after != before.order:
            table.write(change_order(before.order, after))
        return Shipped(after, before.shipments)

    return until_written(attempt)


def patched(order: Order, patch: DetailsPatch, *, sealer: Sealer, now: datetime) -> Order:
    """The order with the patch; the same one if it says nothing new.

    Raises:
        Invalid: `too_many_members` of metadata.
    """
    tags = tuple(dict.fromkeys(patch.tags)) if "tags" in patch.given else order.tags
    metadata = order.metadata
    if "metadata" in patch.given:
        metadata = merged(order.metadata, patch.metadata, field="metadata", most=MAX_METADATA)
    sealed = order.sealed_contact
    if "gift_message" in patch.given:
        contact = open_contact(order, sealer=sealer)
        if contact.gift_message != patch.gift_message:
            sealed = seal_contact(replace(contact, gift_message=patch.gift_message), sealer=sealer)
    if (tags, metadata, sealed) == (order.tags, order.metadata, order.sealed_contact):
        return order
    return changed(order, now=now, tags=tags, metadata=metadata, sealed_contact=sealed)
